//! Enrolling a member: everything that was typed becomes typed values or a refusal that says what to enter, likely
//! duplicates are named, and the member with consent and identity check is written in one commit. Start at [`enrol`].

use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::alike::{self, Alike};
use super::applicant::{
    Person, Problem, admitted, field_of, filled, likely, named_in, no_likeness, own_number_free, printable, read,
    stand_in_missing,
};
use super::consent::{self, Shown};
use super::once::made_once;
use super::{Act, Actor, Desk, EnrolForm, actor};
use crate::back::store::Tx;
use crate::back::store::answers::Asked;
use crate::back::store::members::{self, Member};
use crate::back::store::numbers::{self, Origin};
use crate::plan::job::NumberState;
use crate::plan::member::{
    Admission, Consent, Identity, MemberNumber, OwnNumber, consent_problems, guard_range, hangul,
};
use crate::plan::messages::Trouble;

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
    pub duplicates: Vec<Alike>,
}

/// Enrols a member. The same key with the same form answers the same member.
/// `member-duplicate` names members that are likely the same person, unless the form says `anyway`.
pub fn enrol(desk: &Desk, actor: &Actor, form: &EnrolForm, key: Option<&str>) -> Result<Enrolled, Trouble> {
    actor.may(Act::Enrol)?;
    let person = read(desk, form).map_err(|mut problems| problems.swap_remove(0).1)?;
    let consent = Consent::parse(form.consent.as_deref().unwrap_or_default())?;
    let admission = admitted(desk, &person, consent)?;
    if admission.national {
        printable(desk, &person)?;
    }
    let now = desk.now().as_millisecond();
    let asked = key.map(|key| asked(desk, key, "enrol", form, actor));
    let done = desk.store.change(|tx| {
        let id = made_once(tx, asked.as_ref(), now, || {
            if !form.anyway {
                no_likeness(tx, &person, None)?;
            }
            let member = as_member(actor, &person, admission, desk.today(), now);
            own_number_free(tx, member.own_number.as_deref(), None)?;
            let id = members::insert(tx, &member, &hangul::initials(person.name.as_str()))?;
            adopt(desk, tx, id, &member, now)?;
            let way = person.way.recorded(person.is_guarded(desk.today()));
            let shown = Shown { way, on: person.consented_on.to_string(), lang: form.shown_in() };
            consent::record(desk, tx, actor, id, consent, &shown)?;
            actor::log(desk, tx, actor, [id], "change", "enrol")?;
            Ok(id)
        })?;
        Ok(enrolled(members::get(tx, id)?))
    });
    named_in(desk, actor, done, "enrol")
}

/// Step 1 of the page: what is wrong with the fields, and who might be the same person. Those shown are logged.
pub fn check_person(desk: &Desk, actor: &Actor, form: &EnrolForm) -> Result<PersonCheck, Trouble> {
    actor.may(Act::Enrol)?;
    // How consent was given is asked for in the next step.
    let form = &EnrolForm { consent_way: None, consent_on: None, ..form.clone() };
    let (mut problems, duplicates) = match read(desk, form) {
        Ok(person) => (of_person(desk, &person), shown_alike(desk, actor, &person)?),
        Err(found) => (found, Vec::new()),
    };
    let group = filled(&form.kind) == Some("group");
    if !group && filled(&form.identity).is_none() && !problems.iter().any(|(field, _)| *field == "identity") {
        problems.push(("identity", Trouble::new("identity-missing")));
    }
    for missing in stand_in_missing(desk, form) {
        if !problems.iter().any(|(field, _)| *field == missing.0) {
            problems.push(missing);
        }
    }
    problems.sort_by_key(|(field, _)| form.place_of(field));
    Ok(PersonCheck { problems, duplicates })
}

/// Consent comes in the next step and the identity is asked for by itself; what else keeps this person out.
fn of_person(desk: &Desk, person: &Person) -> Vec<Problem> {
    let all = Consent { local: true, national: true };
    let seen = Person { identity: person.identity.or(Some(Identity::Other)), ..person.clone() };
    let refused = admitted(desk, &seen, all).err().map(|trouble| (field_of(&trouble), trouble));
    refused.into_iter().chain(printable(desk, person).err().map(|trouble| ("name", trouble))).collect()
}

fn shown_alike(desk: &Desk, actor: &Actor, person: &Person) -> Result<Vec<Alike>, Trouble> {
    let alike = desk.store.look(|tx| likely(tx, person, None))?;
    if !alike.is_empty() {
        desk.store.change(|tx| actor::log(desk, tx, actor, alike.iter().map(|member| member.id), "list", "enrol"))?;
    }
    Ok(alike.into_iter().map(|member| alike::masked(desk, member)).collect())
}

/// Step 2 of the page: whether the consents given are enough for a card of this library.
pub fn check_consent(desk: &Desk, form: &EnrolForm) -> Result<(), Trouble> {
    match consents_wrong(desk, form).into_iter().next() {
        Some((_, trouble)) => Err(trouble),
        None => Ok(()),
    }
}

/// The same, every field by its name: `local`, `national`, `own-number`, `consent-way`, `consent-on`, or one of step 1.
pub fn consents_wrong(desk: &Desk, form: &EnrolForm) -> Vec<(&'static str, Trouble)> {
    let mut problems = read(desk, form).err().unwrap_or_default();
    let consent = match Consent::parse(form.consent.as_deref().unwrap_or_default()) {
        Ok(consent) => consent,
        Err(trouble) => {
            problems.push(("local", trouble));
            return problems;
        }
    };
    let own = filled(&form.own_number);
    let missing = consent_problems(desk.settings.library.membership, consent, own.is_some());
    problems.extend(missing.into_iter().map(|trouble| (field_of(&trouble), trouble)));
    if let Some(own) = own.and_then(|own| OwnNumber::parse(own).ok())
        && let Err(trouble) = desk.store.look(|tx| own_number_free(tx, Some(own.as_str()), None))
    {
        problems.push(("own-number", trouble));
    }
    if problems.is_empty()
        && let Ok(person) = read(desk, form)
        && let Err(trouble) = admitted(desk, &person, consent)
    {
        problems.push((field_of(&trouble), trouble));
    }
    problems
}

pub(super) fn as_member(actor: &Actor, person: &Person, admission: Admission, today: Date, now: i64) -> Member {
    Member {
        id: 0,
        kind: person.kind.as_str().to_owned(),
        national: admission.national,
        identity: person.identity.map(Identity::as_str).unwrap_or_default().to_owned(),
        identity_on: Some(today.to_string()),
        condition: person.condition.map(|condition| condition.as_str().to_owned()),
        origin: "enrolled".to_owned(),
        reconciled: None,
        own_ended: None,
        // With the consent to a national registration any card may be made.
        own_card: !admission.national,
        guardian_identity: person.stand_in.as_ref().map(|guardian| guardian.identity.as_str().to_owned()),
        consent_at: now,
        own_number: person.own_number.as_ref().map(|own| own.as_str().to_owned()),
        number: None,
        state: "active".to_owned(),
        created: now,
        created_by: actor.id(),
        name: person.name.as_str().to_owned(),
        birth: person.birth.to_string(),
        phone: person.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        guardian: person.stand_in.as_ref().map(|guardian| guardian.name.as_str().to_owned()),
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
    if let Some((holder, _)) = numbers::holder(tx, number)? {
        return Err(Trouble::new("own-number-taken").with("number", number.grouped()).with("member", holder));
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
