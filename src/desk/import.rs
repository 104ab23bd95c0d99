//! Taking in another library's member (반입): they keep their number, everything else is asked for as of anyone, and they choose
//! a password for this library. The register is not connected: what was typed by hand is marked as not yet reconciled with it.
//! It makes no card; `issue` does. Start at [`import`].

use serde::{Deserialize, Serialize};

use super::enrol::{admitted, as_member, asked, check_person, filled, no_likeness, printable, read};
use super::find::Hit;
use super::password::{TypedPassword, hashed};
use super::{Actor, Desk, EnrolForm, Evidence, Role, actor};
use crate::back::store::consents;
use crate::back::store::members::{self, Member, Search};
use crate::back::store::numbers::{self, Origin};
use crate::back::store::{Tx, answers, passwords};
use crate::plan::job::NumberState;
use crate::plan::member::{About, Condition, Consent, Decoded, DecodedLibrary, MemberNumber, MemberPassword, hangul};
use crate::plan::messages::Trouble;

/// A member of another library as typed; the password is no part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct ImportForm {
    /// Their 책이음 number, of another library's code.
    pub number: String,
    pub person: EnrolForm,
    /// `home`, `work` or `school`, where the library asks for it.
    pub condition: Option<String>,
}

/// The names of the options of `import`, as keys of `import --from -`.
pub const IMPORT_OPTIONS: [&str; 13] = [
    "name",
    "birth",
    "phone",
    "kind",
    "identity",
    "consent",
    "guardian",
    "guardian-identity",
    "anyway",
    "condition",
    "card",
    "password",
    "password-again",
];

/// Who was taken in, and whose member they are.
#[derive(Debug, Clone)]
pub struct Imported {
    pub member: i64,
    pub number: MemberNumber,
    /// Kind and region come from the code and are told for a library that is in no list too.
    pub library: DecodedLibrary,
}

/// What the first step of the page shows beside its fields.
pub struct ImportCheck {
    /// Field name and what is wrong with it, first field first.
    pub problems: Vec<(&'static str, Trouble)>,
    /// Likely the same person, masked.
    pub duplicates: Vec<Hit>,
}

/// Whose number it is; `number-own` for one of our own code: nobody is imported from here to here.
pub fn foreign_number(desk: &Desk, text: &str) -> Result<Decoded, Trouble> {
    let number = MemberNumber::parse(text)?;
    if number.library() == desk.settings.library.code {
        return Err(Trouble::new("number-own").with("number", number.grouped()));
    }
    Ok(desk.directory.decode(number))
}

/// Imports a member. The same key with the same form answers the same member; the password does not count there, since
/// nothing of it is kept that could be compared.
///
/// # Errors
/// `number-own`, `member-known`; those of an enrolment; `import-national-missing`, `condition-missing`; the password's
/// (`member-password-…`).
pub fn import(
    desk: &Desk,
    actor: &Actor,
    form: &ImportForm,
    password: &TypedPassword,
    key: Option<&str>,
) -> Result<Imported, Trouble> {
    actor.must_be(Role::Clerk)?;
    let decoded = foreign_number(desk, &form.number)?;
    let number = decoded.number;
    let person = read(desk, &form.person).map_err(|mut problems| problems.swap_remove(0).1)?;
    let condition = condition(desk, form)?;
    let consent = Consent::parse(form.person.consent.as_deref().unwrap_or_default())?;
    national(consent)?;
    let admission = admitted(desk, &person, consent)?;
    printable(desk, &person)?;
    let about = About { birth: person.birth, phone: person.phone.as_ref(), number };
    let (phc, version) = hashed(desk, &MemberPassword::parse(&password.first, &password.again, &about)?)?;
    let now = desk.now().as_millisecond();
    let member = desk.store.change(|tx| {
        let asked = key.map(|key| asked(desk, key, "import", form, actor));
        if let Some(asked) = &asked
            && let Some(made) = answers::made_before(tx, &asked.as_asked(), now)?
        {
            return Ok(made);
        }
        not_known(tx, number)?;
        if !form.person.anyway {
            no_likeness(tx, &person)?;
        }
        let member = Member {
            origin: "imported".to_owned(),
            number: Some(number),
            condition: condition.map(|condition| condition.as_str().to_owned()),
            ..as_member(actor, &person, admission, desk.today(), now)
        };
        let id = members::insert(tx, &member, &hangul::initials(person.name.as_str()))?;
        numbers::insert(tx, number, Origin::Adopted, NumberState::Live, id, now)?;
        for kind in ["local", "national"] {
            note_consent(desk, tx, actor, id, kind, way(&member), now)?;
        }
        passwords::set(tx, id, &phc, version, now)?;
        actor::log(desk, tx, actor, [id], "change", &Evidence::Document.purpose("import"))?;
        if let Some(asked) = &asked {
            answers::note(tx, &asked.as_asked(), id, now)?;
        }
        Ok(id)
    })?;
    Ok(Imported { member, number, library: decoded.library })
}

/// Step 1 of the page: what is wrong with the fields, and who might be the same person. The hits shown are logged.
pub fn check_import(desk: &Desk, actor: &Actor, form: &ImportForm) -> Result<ImportCheck, Trouble> {
    actor.must_be(Role::Clerk)?;
    let mut problems = Vec::new();
    let number = foreign_number(desk, &form.number).and_then(|decoded| {
        desk.store.look(|tx| not_known(tx, decoded.number))?;
        Ok(decoded)
    });
    problems.extend(number.err().map(|trouble| ("number", trouble)));
    let person = check_person(desk, actor, &form.person)?;
    problems.extend(person.problems);
    problems.extend(condition(desk, form).err().map(|trouble| ("condition", trouble)));
    Ok(ImportCheck { problems, duplicates: person.duplicates })
}

/// Both are needed, whatever the library's kind: the member stays in the register, and uses this library.
fn national(consent: Consent) -> Result<(), Trouble> {
    if consent.local && !consent.national { Err(Trouble::new("import-national-missing")) } else { Ok(()) }
}

/// What ties them to this library, where it asks: a 책이음 card alone ties nobody.
fn condition(desk: &Desk, form: &ImportForm) -> Result<Option<Condition>, Trouble> {
    let wanted = &desk.settings.library.conditions;
    let given = filled(&form.condition).map(Condition::read).transpose()?;
    match given {
        _ if wanted.is_empty() => Ok(None),
        Some(given) if wanted.contains(&given) => Ok(Some(given)),
        Some(_) => Err(Trouble::new("condition")),
        None => Err(Trouble::new("condition-missing")),
    }
}

/// `member-known` when the number is somebody's here already, be it as their own number.
fn not_known(tx: &Tx, number: MemberNumber) -> Result<(), Trouble> {
    for search in [Search::Number(number), Search::OwnNumber(number.as_str())] {
        if let Some(known) = members::search(tx, &search, 1)?.first() {
            return Err(Trouble::new("member-known").with("number", number.grouped()).with("member", known.id));
        }
    }
    Ok(())
}

/// How a consent was given at the desk.
pub(super) fn way(member: &Member) -> &'static str {
    if member.guardian.is_some() { "by-guardian-at-desk" } else { "at-desk" }
}

/// Writes one consent down.
pub(super) fn note_consent(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    member: i64,
    kind: &str,
    way: &str,
    now: i64,
) -> Result<(), Trouble> {
    let consent = consents::Consent {
        kind: kind.to_owned(),
        version: String::new(),
        hash: None,
        given: now,
        given_on: desk.today().to_string(),
        way: way.to_owned(),
        taken_by: actor.id(),
        withdrawn: None,
    };
    consents::insert(tx, member, &consent)
}
