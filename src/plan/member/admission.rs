//! Who may become a member, and with which card: consent, identity check, guardian, own number.
//! It never looks for duplicates and never decides about residence. Start at [`admit`].

use jiff::civil::Date;

use super::{BirthDate, OwnNumber, PersonName};
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

/// What the member agreed to. Each is asked for by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Consent {
    /// Membership and use of this library.
    pub local: bool,
    /// Entry in the national register.
    pub national: bool,
}

impl Consent {
    /// `local`, `local,national` in any order, or nothing. Another word is `consent`.
    pub fn parse(text: &str) -> Result<Consent, Trouble> {
        let mut consent = Consent::default();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "local" => consent.local = true,
                "national" => consent.national = true,
                _ => return Err(Trouble::new("consent")),
            }
        }
        Ok(consent)
    }
}

/// Who agrees for a child: name and the document looked at.
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
/// `consent-national-missing`, `identity-missing`, `kind-birth`, `guardian-missing`, `own-number-missing`.
pub fn admit(membership: Membership, applicant: &Applicant, today: Date) -> Result<Admission, Trouble> {
    if !applicant.consent.local {
        return Err(Trouble::new("consent-missing"));
    }
    if membership == Membership::Integrated && !applicant.consent.national {
        return Err(Trouble::new("consent-national-missing"));
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

/// Below the age of consent a guardian stands in, whatever kind was said. A group's date is no person's.
fn guarded(applicant: &Applicant, today: Date) -> Result<(), Trouble> {
    let age = applicant.birth.age(today);
    let young = age < OF_AGE_TO_CONSENT;
    let fits = match applicant.kind {
        MemberKind::Group => return Ok(()),
        MemberKind::Foreigner => true,
        MemberKind::Child => young,
        MemberKind::Teen => !young && age < 20,
        MemberKind::Adult => !young,
    };
    if !fits {
        return Err(Trouble::new("kind-birth").with("kind", applicant.kind).with("age", age));
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
            (MemberKind::Foreigner, 13, false, Some("guardian-missing")),
            (MemberKind::Foreigner, 13, true, None),
            (MemberKind::Foreigner, 14, false, None),
            (MemberKind::Group, 3, false, None),
        ] {
            let got = answer(Membership::Integrated, |a| {
                (a.kind, a.birth) = (kind, born(years));
                a.guardian = guarded.then_some(&guardian);
            });
            assert_eq!(got.err().map(|t| t.code), expected, "{kind} of {years}");
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
    }

    #[test]
    fn reads_words_and_refuses_others() {
        assert_eq!(Consent::parse("local"), Ok(Consent { local: true, national: false }));
        assert_eq!(Consent::parse(" national, local"), Ok(Consent { local: true, national: true }));
        assert_eq!(Consent::parse(""), Ok(Consent::default()));
        assert_eq!(Consent::parse("local national"), Err(Trouble::new("consent")));
        assert_eq!(Identity::read("driver-licence"), Ok(Identity::DriverLicence));
        assert_eq!(Identity::read("880314-1234567"), Err(Trouble::new("identity-kind")));
        assert_eq!(MemberKind::read("teen"), Ok(MemberKind::Teen));
        assert_eq!(MemberKind::read("Teen"), Err(Trouble::new("member-kind")));
    }
}
