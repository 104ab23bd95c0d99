//! Taking in another library's member (반입): they keep their number, everything else is asked for as of anyone, and they choose
//! a password for this library. The register is not connected: what was typed by hand is marked as not yet reconciled with it.
//! It makes no card; `issue` does. Start at [`import`].

use serde::{Deserialize, Serialize};

use super::alike::Alike;
use super::applicant::{ENROL_OPTIONS, admitted, consented_on, named_in, no_likeness, printable, read, way_wrong};
use super::consent::{self, Shown};
use super::enrol::{as_member, asked, check_person};
use super::once::made_once;
use super::password::{TypedPassword, hashed};
use super::{Act, Actor, Desk, EnrolForm, Evidence, actor};
use crate::back::store::members::{self, Member, Search};
use crate::back::store::numbers::{self, Origin};
use crate::back::store::{Tx, passwords};
use crate::plan::job::NumberState;
use crate::plan::member::{About, BirthDate, Consent, Decoded, DecodedLibrary, MemberNumber, MemberPassword, hangul};
use crate::plan::messages::Trouble;

/// A member of another library as typed; the password is no part of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct ImportForm {
    /// Their 책이음 number, of another library's code.
    pub number: String,
    pub person: EnrolForm,
}

/// The names of the options of `import`, as keys of `import --from -`: those of enrolment but for an own number, and its own.
pub fn import_options() -> Vec<&'static str> {
    let person = ENROL_OPTIONS.into_iter().filter(|option| *option != "own-number");
    person.chain(["card", "password", "password-again"]).collect()
}

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
    pub duplicates: Vec<Alike>,
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
    actor.may(Act::Import)?;
    let decoded = foreign_number(desk, &form.number)?;
    let number = decoded.number;
    let person = read(desk, &form.person).map_err(|mut problems| problems.swap_remove(0).1)?;
    let consent = Consent::parse(form.person.consent.as_deref().unwrap_or_default())?;
    national(consent)?;
    let admission = admitted(desk, &person, consent)?;
    printable(desk, &person)?;
    let about = About { birth: person.birth, phone: person.phone.as_ref(), number };
    let (phc, version) = hashed(desk, &MemberPassword::parse(&password.first, &password.again, &about)?)?;
    let now = desk.now().as_millisecond();
    let asked = key.map(|key| asked(desk, key, "import", form, actor));
    let done = desk.store.change(|tx| {
        made_once(tx, asked.as_ref(), now, || {
            not_known(tx, number)?;
            if !form.person.anyway {
                no_likeness(tx, &person, None)?;
            }
            let member = Member {
                origin: "imported".to_owned(),
                number: Some(number),
                ..as_member(actor, &person, admission, desk.today(), now)
            };
            let id = members::insert(tx, &member, &hangul::initials(person.name.as_str()))?;
            numbers::insert(tx, number, Origin::Adopted, NumberState::Live, id, now)?;
            let way = person.way.recorded(person.is_guarded(desk.today()));
            let shown = Shown { way, on: person.consented_on.to_string(), lang: form.person.shown_in() };
            consent::record(desk, tx, actor, id, consent, &shown)?;
            passwords::set(tx, id, &phc, version, now)?;
            actor::log(desk, tx, actor, [id], "change", &Evidence::Document.purpose("import"))?;
            Ok(id)
        })
    });
    let member = named_in(desk, actor, done, "import")?;
    Ok(Imported { member, number, library: decoded.library })
}

/// Step 1 of the page: what is wrong with the fields, and who might be the same person. The hits shown are logged.
pub fn check_import(desk: &Desk, actor: &Actor, form: &ImportForm) -> Result<ImportCheck, Trouble> {
    actor.may(Act::Import)?;
    let mut problems = Vec::new();
    let number = foreign_number(desk, &form.number).and_then(|decoded| {
        named_in(desk, actor, desk.store.look(|tx| not_known(tx, decoded.number)), "import")?;
        Ok(decoded)
    });
    problems.extend(number.err().map(|trouble| ("number", trouble)));
    let person = check_person(desk, actor, &form.person)?;
    problems.extend(person.problems);
    // How and when consent is given belongs to the clerk's step: the member's has the texts and the password alone.
    let (way, on) = (&form.person.consent_way, &form.person.consent_on);
    let both = Consent { local: true, national: true };
    let mut wrong = way_wrong(desk, way, on, both);
    let birth = BirthDate::parse(&form.person.birth, desk.today()).ok();
    if wrong.is_empty() {
        wrong.extend(consented_on(desk, on, birth, both).err().map(|trouble| ("consent-on", trouble)));
    }
    problems.extend(wrong);
    Ok(ImportCheck { problems, duplicates: person.duplicates })
}

/// Both are needed, whatever the library's kind: the member stays in the register, and uses this library.
fn national(consent: Consent) -> Result<(), Trouble> {
    if consent.local && !consent.national { Err(Trouble::new("import-national-missing")) } else { Ok(()) }
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
