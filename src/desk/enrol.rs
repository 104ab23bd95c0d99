//! Enrolling a member: everything that was typed becomes typed values or a refusal that says what to enter, likely
//! duplicates are named, and the member with consent and identity check is written in one commit. Start at [`enrol`].

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::find::{Hit, hits};
use super::{Actor, Desk, Role, actor, pictures};
use crate::back::store::Tx;
use crate::back::store::answers::{self, Asked};
use crate::back::store::members::{self, Member};
use crate::back::store::numbers::{self, Origin};
use crate::plan::job::{CardKind, NumberState};
use crate::plan::member::{
    Admission, Applicant, BirthDate, Consent, Guardian, Identity, MemberKind, MemberNumber, OwnNumber, PersonName,
    Phone, admit, guard_range, hangul,
};
use crate::plan::messages::Trouble;

/// A person as typed; what is missing is `None` or empty.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct EnrolForm {
    pub name: String,
    pub birth: String,
    pub phone: Option<String>,
    pub kind: Option<String>,
    pub identity: Option<String>,
    /// `local` or `local,national`.
    pub consent: Option<String>,
    pub guardian: Option<String>,
    pub guardian_identity: Option<String>,
    pub own_number: Option<String>,
    /// Go on although there is a member like this one.
    pub anyway: bool,
}

/// The names of [`EnrolForm`]'s fields, as options and as keys of `enrol --from -`.
pub const ENROL_OPTIONS: [&str; 10] =
    ["name", "birth", "phone", "kind", "identity", "consent", "guardian", "guardian-identity", "own-number", "anyway"];

#[derive(Debug, Clone, Serialize)]
pub struct Enrolled {
    pub member: i64,
    pub kind: String,
    pub national: bool,
    pub own_number: Option<String>,
}

/// What the first step of the page shows beside its fields.
pub struct PersonCheck {
    /// Field name and what is wrong with it.
    pub problems: Vec<(&'static str, Trouble)>,
    /// Likely the same person, masked.
    pub duplicates: Vec<Hit>,
}

/// A person whose every part is good.
#[derive(Clone)]
pub(super) struct Person {
    pub name: PersonName,
    pub birth: BirthDate,
    pub phone: Option<Phone>,
    kind: MemberKind,
    identity: Option<Identity>,
    guardian: Option<Guardian>,
    own_number: Option<OwnNumber>,
}

/// Enrols a member. The same key with the same form answers the same member.
/// `member-duplicate` names members that are likely the same person, unless the form says `anyway`.
pub fn enrol(desk: &Desk, actor: &Actor, form: &EnrolForm, key: Option<&str>) -> Result<Enrolled, Trouble> {
    actor.must_be(Role::Clerk)?;
    let person = read(desk, form).map_err(|mut problems| problems.swap_remove(0).1)?;
    let consent = Consent::parse(form.consent.as_deref().unwrap_or_default())?;
    let admission = admitted(desk, &person, consent)?;
    if admission.national {
        printable(desk, &person)?;
    }
    let now = desk.now().as_millisecond();
    desk.store.change(|tx| {
        let asked = key.map(|key| asked(desk, key, "enrol", form, actor));
        if let Some(asked) = &asked
            && let Some(made) = answers::made_before(tx, &asked.as_asked(), now)?
        {
            return Ok(enrolled(members::get(tx, made)?));
        }
        if !form.anyway {
            no_likeness(tx, &person)?;
        }
        let member = as_member(actor, &person, admission, desk.today(), now);
        own_number_free(tx, &member)?;
        let id = members::insert(tx, &member, &hangul::initials(person.name.as_str()))?;
        adopt(desk, tx, id, &member, now)?;
        actor::log(desk, tx, actor, [id], "change", "enrol")?;
        if let Some(asked) = &asked {
            answers::note(tx, &asked.as_asked(), id, now)?;
        }
        Ok(enrolled(members::get(tx, id)?))
    })
}

/// Step 1 of the page: what is wrong with the fields, and who might be the same person. The hits shown are logged.
pub fn check_person(desk: &Desk, actor: &Actor, form: &EnrolForm) -> Result<PersonCheck, Trouble> {
    actor.must_be(Role::Clerk)?;
    let mut problems = Vec::new();
    let mut duplicates = Vec::new();
    match read(desk, form) {
        Ok(person) => {
            // Consent comes in the next step and the identity is asked for below; what else keeps this person out is said here.
            let all = Consent { local: true, national: true };
            let seen = Person { identity: person.identity.or(Some(Identity::Other)), ..person.clone() };
            if let Err(trouble) = admitted(desk, &seen, all) {
                problems.push((if trouble.code == "guardian-missing" { "guardian" } else { "birth" }, trouble));
            }
            if let Err(trouble) = printable(desk, &person) {
                problems.push(("name", trouble));
            }
            let phone = person.phone.as_ref().map(Phone::as_str);
            let alike =
                desk.store.look(|tx| members::alike(tx, &person.name.key(), &person.birth.to_string(), phone))?;
            duplicates = hits(desk, actor, alike, "enrol")?;
        }
        Err(found) => problems.extend(found),
    }
    if filled(&form.identity).is_none() {
        problems.push(("identity", Trouble::new("identity-missing")));
    }
    Ok(PersonCheck { problems, duplicates })
}

/// Step 2 of the page: whether the consents given are enough for a card of this library.
pub fn check_consent(desk: &Desk, form: &EnrolForm) -> Result<(), Trouble> {
    let person = read(desk, form).map_err(|mut problems| problems.swap_remove(0).1)?;
    admitted(desk, &person, Consent::parse(form.consent.as_deref().unwrap_or_default())?).map(|_| ())
}

/// Reads every field; all problems at once, so that a page can show them all.
pub(super) fn read(desk: &Desk, form: &EnrolForm) -> Result<Person, Vec<(&'static str, Trouble)>> {
    let today = desk.today();
    let mut problems = Vec::new();
    let mut note = |field: &'static str, trouble: Trouble| problems.push((field, trouble));
    let name = PersonName::parse(&form.name).map_err(|trouble| note("name", trouble)).ok();
    let birth = BirthDate::parse(&form.birth, today).map_err(|trouble| note("birth", trouble)).ok();
    let phone = filled(&form.phone).map(Phone::parse).transpose().map_err(|trouble| note("phone", trouble)).ok();
    let kind = match filled(&form.kind) {
        Some(text) => MemberKind::read(text).map_err(|trouble| note("kind", trouble)).ok(),
        None => birth.map(|birth| MemberKind::by_age(birth, today)),
    };
    let identity =
        filled(&form.identity).map(Identity::read).transpose().map_err(|trouble| note("identity", trouble)).ok();
    let guardian = guardian(form).map_err(|(field, trouble)| note(field, trouble)).ok();
    let own_number =
        filled(&form.own_number).map(OwnNumber::parse).transpose().map_err(|trouble| note("own-number", trouble)).ok();
    match (name, birth, phone, kind, identity, guardian, own_number) {
        (Some(name), Some(birth), Some(phone), Some(kind), Some(identity), Some(guardian), Some(own_number)) => {
            Ok(Person { name, birth, phone, kind, identity, guardian, own_number })
        }
        _ => Err(problems),
    }
}

fn guardian(form: &EnrolForm) -> Result<Option<Guardian>, (&'static str, Trouble)> {
    let Some(name) = filled(&form.guardian) else { return Ok(None) };
    let name = PersonName::parse(name).map_err(|trouble| ("guardian", trouble))?;
    match filled(&form.guardian_identity) {
        Some(text) => {
            let identity = Identity::read(text).map_err(|trouble| ("guardian-identity", trouble))?;
            Ok(Some(Guardian { name, identity }))
        }
        None => Err(("guardian-identity", Trouble::new("guardian-identity-missing"))),
    }
}

pub(super) fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

pub(super) fn admitted(desk: &Desk, person: &Person, consent: Consent) -> Result<Admission, Trouble> {
    let applicant = Applicant {
        kind: person.kind,
        birth: person.birth,
        consent,
        identity: person.identity,
        guardian: person.guardian.as_ref(),
        own_number: person.own_number.as_ref(),
    };
    admit(desk.settings.library.membership, &applicant, desk.today())
}

/// A name that no card can show is refused before the member gets a number for it.
pub(super) fn printable(desk: &Desk, person: &Person) -> Result<(), Trouble> {
    let number = MemberNumber::new(desk.settings.library.code, 0)?;
    pictures::compose(desk, person.name.as_str(), number, CardKind::Rfid).map(|_| ())
}

pub(super) fn no_likeness(tx: &Tx, person: &Person) -> Result<(), Trouble> {
    let phone = person.phone.as_ref().map(Phone::as_str);
    let alike = members::alike(tx, &person.name.key(), &person.birth.to_string(), phone)?;
    if alike.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = alike.iter().map(|member| member.id.to_string()).collect();
    Err(Trouble::new("member-duplicate").with("members", ids.join(", ")))
}

pub(super) fn as_member(actor: &Actor, person: &Person, admission: Admission, today: Date, now: i64) -> Member {
    Member {
        id: 0,
        kind: person.kind.as_str().to_owned(),
        national: admission.national,
        identity: person.identity.map(Identity::as_str).unwrap_or_default().to_owned(),
        identity_on: Some(today.to_string()),
        condition: None,
        origin: "enrolled".to_owned(),
        reconciled: None,
        own_ended: None,
        guardian_identity: person.guardian.as_ref().map(|guardian| guardian.identity.as_str().to_owned()),
        consent_at: now,
        own_number: person.own_number.as_ref().map(|own| own.as_str().to_owned()),
        number: None,
        state: "active".to_owned(),
        created: now,
        created_by: actor.id(),
        name: person.name.as_str().to_owned(),
        birth: person.birth.to_string(),
        phone: person.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        guardian: person.guardian.as_ref().map(|guardian| guardian.name.as_str().to_owned()),
    }
}

fn own_number_free(tx: &Tx, member: &Member) -> Result<(), Trouble> {
    let Some(own) = member.own_number.as_deref() else { return Ok(()) };
    match members::search(tx, &members::Search::OwnNumber(own), 1)?.first() {
        Some(holder) => Err(Trouble::new("own-number-taken").with("number", own).with("member", holder.id)),
        None => Ok(()),
    }
}

/// An own number of 14 digits under our own code is a 책이음 number already (the seed's 부천): it is adopted unchanged.
/// One that this desk's range would still give to somebody else is refused.
pub(super) fn adopt(desk: &Desk, tx: &Tx, id: i64, member: &Member, now: i64) -> Result<(), Trouble> {
    let own = member.own_number.as_deref().filter(|own| own.len() == 14);
    let Some(number) = own.and_then(|own| MemberNumber::parse(own).ok()) else { return Ok(()) };
    let range = desk.number_range();
    if number.library() != range.library || !member.national {
        return Ok(());
    }
    if numbers::state(tx, number)?.is_some() {
        return Err(Trouble::new("own-number-taken").with("number", number.grouped()).with("member", "–"));
    }
    let year = desk.today().year();
    let (low, high) = range.serials(year);
    guard_range(&range, numbers::last_reserved(tx, range.library, low, high)?, [number.serial()], year)?;
    numbers::insert(tx, number, Origin::Adopted, NumberState::Live, id, now)?;
    members::set_number(tx, id, number)
}

fn enrolled(member: Member) -> Enrolled {
    Enrolled { member: member.id, kind: member.kind, national: member.national, own_number: member.own_number }
}

/// A request under an idempotency key, its arguments only as a hash.
pub(super) struct Request {
    key: String,
    command: &'static str,
    arguments: [u8; 32],
    actor: String,
}

impl Request {
    pub(super) fn as_asked(&self) -> Asked<'_> {
        Asked { key: &self.key, command: self.command, arguments: self.arguments, actor: &self.actor }
    }
}

pub(super) fn asked(
    desk: &Desk,
    key: &str,
    command: &'static str,
    arguments: &impl Serialize,
    actor: &Actor,
) -> Request {
    // Salted: whoever sees the file must not find a name by trying names.
    let mut text = desk.salt.to_vec();
    text.extend(serde_json::to_vec(arguments).unwrap_or_default());
    Request { key: key.to_owned(), command, arguments: Sha256::digest(&text).into(), actor: actor.id() }
}
