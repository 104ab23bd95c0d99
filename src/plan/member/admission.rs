//! Who may become a member, and with which card: consent, identity check, guardian, own number.
//! It never looks for duplicates and never decides about residence. Start at [`admit`].

use jiff::civil::Date;

use super::{BirthDate, Consent, OwnNumber, PersonName};
use crate::plan::messages::Trouble;

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemberKind {
    Adult,
    Teen,
    Child,
    Foreigner,
    Group,
}
kebab!(MemberKind { Adult = "adult", Teen = "teen", Child = "child", Foreigner = "foreigner", Group = "group" });

impl MemberKind {
    /// The kind when nobody said one: under 14 a child, under 19 a teen.
    pub fn by_age(birth: BirthDate, today: Date) -> MemberKind {
        match birth.age(today) {
            ..14 => MemberKind::Child,
            14..19 => MemberKind::Teen,
            _ => MemberKind::Adult,
        }
    }

    /// `member-kind` when it is none of them.
    pub fn read(text: &str) -> Result<MemberKind, Trouble> {
        MemberKind::parse(text.trim()).ok_or_else(|| Trouble::new("member-kind"))
    }
}

/// The document that was looked at. Which one, never its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Identity {
    ResidentCard,
    DriverLicence,
    Passport,
    AlienCard,
    StudentCard,
    /// A mobile identity card.
    Mobile,
    Other,
}
kebab!(Identity {
    ResidentCard = "resident-card",
    DriverLicence = "driver-licence",
    Passport = "passport",
    AlienCard = "alien-card",
    StudentCard = "student-card",
    Mobile = "mobile",
    Other = "other",
});

impl Identity {
    /// `identity-kind`, without the text, when it is none of them.
    pub fn read(text: &str) -> Result<Identity, Trouble> {
        Identity::parse(text.trim()).ok_or_else(|| Trouble::new("identity-kind"))
    }
}

/// What ties somebody to a library. A 책이음 card alone does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// Lives in its area.
    Home,
    /// Works there.
    Work,
    /// Goes to school there.
    School,
}
kebab!(Condition { Home = "home", Work = "work", School = "school" });

impl Condition {
    /// `condition`, without the text, when it is none of them.
    pub fn read(text: &str) -> Result<Condition, Trouble> {
        Condition::parse(text.trim()).ok_or_else(|| Trouble::new("condition"))
    }
}

/// What ties them to the library, where it asks for that: `condition-missing` without an answer, `condition` for one that it
/// does not ask for. A 책이음 card is no answer.
pub fn condition_met(asked: &[Condition], given: Option<Condition>) -> Result<(), Trouble> {
    match given {
        Some(given) if !asked.contains(&given) => Err(Trouble::new("condition")),
        None if !asked.is_empty() => Err(Trouble::new("condition-missing")),
        _ => Ok(()),
    }
}

/// How a library stands to 책이음.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Membership {
    /// ① Every card is a 책이음 card.
    Integrated,
    /// ② Its own card first, 책이음 by request.
    OnRequest,
    /// ③ Its own card is advised.
    OwnCard,
}
kebab!(Membership { Integrated = "integrated", OnRequest = "on-request", OwnCard = "own-card" });

/// Who stands in: a child's guardian, or the representative of a group. Name and the document looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardian {
    pub name: PersonName,
    pub identity: Identity,
}

/// Someone who asks for membership, as far as the rules look.
#[derive(Debug, Clone, Copy)]
pub struct Applicant<'a> {
    pub kind: MemberKind,
    pub birth: BirthDate,
    pub consent: Consent,
    pub identity: Option<Identity>,
    pub guardian: Option<&'a Guardian>,
    pub own_number: Option<&'a OwnNumber>,
}

/// What an admitted member may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// A 책이음 card and entry in the national register; without it the own card only.
    pub national: bool,
    /// A card of the library's own: the applicant brought an own number and the library gives such cards.
    pub own_card: bool,
}

/// The age from which someone agrees for themselves (개인정보 보호법 제22조의2).
pub const OF_AGE_TO_CONSENT: i16 = 14;

/// The rules of the library's kind of membership, the first one that is not met: `consent-missing`,
/// `consent-national-missing`, `identity-missing`, `kind-birth`, `guardian-missing`, `representative-missing`,
/// `own-number-missing`.
pub fn admit(membership: Membership, applicant: &Applicant, today: Date) -> Result<Admission, Trouble> {
    if !applicant.consent.local {
        return Err(Trouble::new("consent-missing"));
    }
    if membership == Membership::Integrated && !applicant.consent.national {
        return Err(Trouble::new("consent-national-missing"));
    }
    if applicant.kind == MemberKind::Group {
        // Whose document it is comes first.
        guarded(applicant, today)?;
    }
    if applicant.identity.is_none() {
        return Err(Trouble::new("identity-missing"));
    }
    guarded(applicant, today)?;
    let admission = Admission {
        national: applicant.consent.national,
        own_card: membership != Membership::Integrated && applicant.own_number.is_some(),
    };
    if !admission.national && !admission.own_card {
        return Err(Trouble::new("own-number-missing"));
    }
    Ok(admission)
}

/// What is missing of the consents for this kind of membership, all of it; the same codes as [`admit`]'s.
pub fn consent_problems(membership: Membership, consent: Consent, has_own_number: bool) -> Vec<Trouble> {
    let mut problems = Vec::new();
    if !consent.local {
        problems.push(Trouble::new("consent-missing"));
    }
    match (membership, consent.national) {
        (Membership::Integrated, false) => problems.push(Trouble::new("consent-national-missing")),
        (_, false) if !has_own_number => problems.push(Trouble::new("own-number-missing")),
        _ => {}
    }
    problems
}

/// Whether a guardian consents in their place.
pub fn needs_guardian(kind: MemberKind, birth: BirthDate, today: Date) -> bool {
    kind != MemberKind::Group && birth.age(today) < OF_AGE_TO_CONSENT
}

/// Below the age of consent a guardian stands in, whatever kind was said; for a group its representative. A group's date
/// is no person's.
fn guarded(applicant: &Applicant, today: Date) -> Result<(), Trouble> {
    let age = applicant.birth.age(today);
    let young = age < OF_AGE_TO_CONSENT;
    let fits = match applicant.kind {
        MemberKind::Group if applicant.guardian.is_none() => return Err(Trouble::new("representative-missing")),
        MemberKind::Group => return Ok(()),
        MemberKind::Foreigner => true,
        MemberKind::Child => young,
        MemberKind::Teen | MemberKind::Adult => applicant.kind == MemberKind::by_age(applicant.birth, today),
    };
    if !fits {
        let fits = MemberKind::by_age(applicant.birth, today);
        return Err(Trouble::new("kind-birth").with("kind", applicant.kind).with("age", age).with("fits", fits));
    }
    if young && applicant.guardian.is_none() {
        return Err(Trouble::new("guardian-missing").with("age", age));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    /// An adult who agreed to everything and showed a document, changed by `change`.
    fn answer<'a>(membership: Membership, change: impl FnOnce(&mut Applicant<'a>)) -> Result<Admission, Trouble> {
        let mut applicant = Applicant {
            kind: MemberKind::Adult,
            birth: BirthDate::new(date(1988, 3, 14), TODAY).unwrap(),
            consent: Consent { local: true, national: true },
            identity: Some(Identity::ResidentCard),
            guardian: None,
            own_number: None,
        };
        change(&mut applicant);
        admit(membership, &applicant, TODAY)
    }

    fn born(years: i16) -> BirthDate {
        BirthDate::new(date(2026 - years, 11, 24), TODAY).unwrap()
    }

    fn code(answer: Result<Admission, Trouble>) -> &'static str {
        answer.unwrap_err().code
    }

    #[test]
    fn each_kind_of_membership_gives_what_was_agreed_to() {
        let own = OwnNumber::parse("B-1").unwrap();
        let (only_local, both) = (Consent { local: true, national: false }, Consent { local: true, national: true });
        for (membership, consent, own_number, expected) in [
            (Membership::Integrated, both, None, Ok((true, false))),
            (Membership::Integrated, both, Some(&own), Ok((true, false))),
            (Membership::Integrated, only_local, Some(&own), Err("consent-national-missing")),
            (Membership::OnRequest, both, None, Ok((true, false))),
            (Membership::OnRequest, both, Some(&own), Ok((true, true))),
            (Membership::OnRequest, only_local, Some(&own), Ok((false, true))),
            (Membership::OnRequest, only_local, None, Err("own-number-missing")),
            (Membership::OwnCard, only_local, Some(&own), Ok((false, true))),
            (Membership::OwnCard, only_local, None, Err("own-number-missing")),
            (Membership::OwnCard, both, None, Ok((true, false))),
        ] {
            let got = answer(membership, |a| (a.consent, a.own_number) = (consent, own_number));
            let got = got.map(|a| (a.national, a.own_card)).map_err(|t| t.code);
            assert_eq!(got, expected, "{membership} {consent:?} {own_number:?}");
        }
    }

    #[test]
    fn nobody_without_consent_or_identity_check() {
        for membership in Membership::ALL {
            assert_eq!(code(answer(*membership, |a| a.consent = Consent::default())), "consent-missing");
            let national_only = Consent { local: false, national: true };
            assert_eq!(code(answer(*membership, |a| a.consent = national_only)), "consent-missing");
            assert_eq!(code(answer(*membership, |a| a.identity = None)), "identity-missing");
        }
    }

    #[test]
    fn below_fourteen_a_guardian_stands_in_whatever_the_kind_says() {
        let guardian = Guardian { name: PersonName::parse("홍판서").unwrap(), identity: Identity::Passport };
        for (kind, years, guarded, expected) in [
            (MemberKind::Child, 13, false, Some("guardian-missing")),
            (MemberKind::Child, 13, true, None),
            (MemberKind::Child, 14, true, Some("kind-birth")),
            (MemberKind::Adult, 13, true, Some("kind-birth")),
            (MemberKind::Teen, 13, true, Some("kind-birth")),
            (MemberKind::Teen, 14, false, None),
            (MemberKind::Teen, 18, false, None),
            (MemberKind::Teen, 19, false, Some("kind-birth")),
            (MemberKind::Adult, 14, false, Some("kind-birth")),
            (MemberKind::Adult, 18, false, Some("kind-birth")),
            (MemberKind::Adult, 19, false, None),
            (MemberKind::Foreigner, 13, false, Some("guardian-missing")),
            (MemberKind::Foreigner, 13, true, None),
            (MemberKind::Foreigner, 14, false, None),
            (MemberKind::Group, 3, false, Some("representative-missing")),
            (MemberKind::Group, 3, true, None),
        ] {
            let got = answer(Membership::Integrated, |a| {
                (a.kind, a.birth) = (kind, born(years));
                a.guardian = guarded.then_some(&guardian);
            });
            assert_eq!(got.err().map(|t| t.code), expected, "{kind} of {years}");
        }
    }

    /// Every kind of person × membership × consent × own number: admitted or not, and why not, in one table of rules.
    #[test]
    fn every_kind_of_person_in_every_kind_of_library() {
        let (own, guardian) = (
            OwnNumber::parse("B-1").unwrap(),
            Guardian { name: PersonName::parse("홍판서").unwrap(), identity: Identity::Passport },
        );
        let mut admitted = 0;
        for kind in MemberKind::ALL {
            let years = match kind {
                MemberKind::Child => 9,
                MemberKind::Teen => 15,
                _ => 30,
            };
            for (membership, bits) in Membership::ALL.iter().flat_map(|one| (0..16).map(move |bits| (one, bits))) {
                let [local, national, has_own, guarded] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
                let consent = Consent { local, national };
                let got = answer(*membership, |a| {
                    (a.kind, a.birth, a.consent) = (*kind, born(years), consent);
                    (a.own_number, a.guardian) = (has_own.then_some(&own), guarded.then_some(&guardian));
                });
                let expected = match (kind, *membership) {
                    _ if !local => Err("consent-missing"),
                    (_, Membership::Integrated) if !national => Err("consent-national-missing"),
                    (MemberKind::Child, _) if !guarded => Err("guardian-missing"),
                    (MemberKind::Group, _) if !guarded => Err("representative-missing"),
                    (_, Membership::Integrated) => Ok((true, false)),
                    _ if !national && !has_own => Err("own-number-missing"),
                    _ => Ok((national, has_own)),
                };
                let got = got.map(|a| (a.national, a.own_card)).map_err(|trouble| trouble.code);
                assert_eq!(got, expected, "{kind} {membership} {consent:?} own {has_own} stand-in {guarded}");
                let problems = consent_problems(*membership, consent, has_own);
                let of_consent = ["consent-missing", "consent-national-missing", "own-number-missing"];
                match got {
                    Ok(_) => assert_eq!(problems, []),
                    Err(code) if of_consent.contains(&code) => {
                        assert!(problems.iter().any(|problem| problem.code == code), "{code}");
                    }
                    Err(_) => {}
                }
                admitted += usize::from(got.is_ok());
            }
        }
        assert_eq!(admitted, 64, "of 240");
    }

    #[test]
    fn where_a_library_asks_for_a_condition_one_of_its_own_is_given() {
        use Condition::{Home, School, Work};
        for (asked, given, expected) in [
            (&[][..], None, Ok(())),
            (&[], Some(Home), Err("condition")),
            (&[Home, Work], None, Err("condition-missing")),
            (&[Home, Work], Some(Work), Ok(())),
            (&[Home, Work], Some(School), Err("condition")),
        ] {
            assert_eq!(condition_met(asked, given).map_err(|trouble| trouble.code), expected, "{asked:?} {given:?}");
        }
    }

    #[test]
    fn kind_by_age() {
        for (years, kind) in [
            (0, MemberKind::Child),
            (13, MemberKind::Child),
            (14, MemberKind::Teen),
            (18, MemberKind::Teen),
            (19, MemberKind::Adult),
        ] {
            assert_eq!(MemberKind::by_age(born(years), TODAY), kind, "{years}");
        }
        assert!(needs_guardian(MemberKind::Foreigner, born(13), TODAY));
        assert!(
            !needs_guardian(MemberKind::Group, born(3), TODAY) && !needs_guardian(MemberKind::Teen, born(14), TODAY)
        );
    }

    #[test]
    fn reads_words_and_refuses_others() {
        assert_eq!(Identity::read("driver-licence"), Ok(Identity::DriverLicence));
        assert_eq!(Identity::read("880314-1234567"), Err(Trouble::new("identity-kind")));
        assert_eq!(MemberKind::read("teen"), Ok(MemberKind::Teen));
        assert_eq!(MemberKind::read("Teen"), Err(Trouble::new("member-kind")));
    }
}
