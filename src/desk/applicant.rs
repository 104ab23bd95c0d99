//! Somebody who asks for membership, as typed: every field becomes a typed value or a refusal that says what to enter, all of
//! them at once. Enrolment and correction read the same fields by the same rules. It writes nothing. Start at [`read`].

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Actor, Desk, actor, consent, pictures};
use crate::back::store::Tx;
use crate::back::store::members::{self, Member, Search};
use crate::plan::job::CardKind;
use crate::plan::member::{
    Admission, Applicant, BirthDate, Condition, Consent, ConsentWay, Guardian, Identity, LibraryKind, MemberKind,
    MemberNumber, OwnNumber, PersonName, Phone, Region, admit, another_stands_in, condition_met, consent_day,
    needs_guardian, refuse_identity_number,
};
use crate::plan::messages::{Lang, Trouble};

/// A person as typed; what is missing is `None` or empty.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct EnrolForm {
    pub name: String,
    pub birth: String,
    pub phone: Option<String>,
    pub kind: Option<String>,
    pub identity: Option<String>,
    /// `home`, `work` or `school`, where the library asks.
    pub condition: Option<String>,
    /// `local` or `local,national`.
    pub consent: Option<String>,
    /// `at-desk` or `on-paper`.
    pub consent_way: Option<String>,
    /// The day of the consent; today when nothing is said.
    pub consent_on: Option<String>,
    pub guardian: Option<String>,
    pub guardian_identity: Option<String>,
    /// Of a group.
    pub representative: Option<String>,
    pub representative_identity: Option<String>,
    pub own_number: Option<String>,
    /// Go on although there is a member like this one.
    pub anyway: bool,
    /// In which language the texts of the consents were shown, `ko` or `en`; no option, the front's own.
    pub lang: Option<String>,
}

/// A field that takes a text: the name of its option, and what was typed there.
type Field = (&'static str, fn(&EnrolForm) -> Option<&str>);

/// Every one of them, as a page asks for them.
const FIELDS: [Field; 14] = [
    ("name", |form| Some(&form.name)),
    ("birth", |form| Some(&form.birth)),
    ("phone", |form| form.phone.as_deref()),
    ("kind", |form| form.kind.as_deref()),
    ("guardian", |form| form.guardian.as_deref()),
    ("guardian-identity", |form| form.guardian_identity.as_deref()),
    ("representative", |form| form.representative.as_deref()),
    ("representative-identity", |form| form.representative_identity.as_deref()),
    ("identity", |form| form.identity.as_deref()),
    ("condition", |form| form.condition.as_deref()),
    ("own-number", |form| form.own_number.as_deref()),
    ("consent", |form| form.consent.as_deref()),
    ("consent-way", |form| form.consent_way.as_deref()),
    ("consent-on", |form| form.consent_on.as_deref()),
];

/// The names of [`EnrolForm`]'s fields, as options and as keys of `enrol --from -`.
pub const ENROL_OPTIONS: [&str; FIELDS.len() + 1] = {
    let mut names = ["anyway"; FIELDS.len() + 1];
    let mut at = 0;
    while at < FIELDS.len() {
        names[at] = FIELDS[at].0;
        at += 1;
    }
    names
};

impl EnrolForm {
    /// Where a field stands among the others, as a page asks for them.
    pub(super) fn place_of(&self, field: &str) -> usize {
        FIELDS.iter().position(|(known, _)| *known == field).unwrap_or(usize::MAX)
    }

    pub(super) fn shown_in(&self) -> Lang {
        self.lang.as_deref().and_then(Lang::parse).unwrap_or_default()
    }
}

/// The fields in which the number of an identity document was typed. A page keeps their names, for what was typed there is
/// kept nowhere.
pub fn identity_numbers_in(form: &EnrolForm) -> Vec<&'static str> {
    let inside = |(_, typed): &&Field| typed(form).is_some_and(|text| refuse_identity_number(text).is_err());
    FIELDS.iter().filter(inside).map(|(field, _)| *field).collect()
}

/// A field and what is wrong with it.
pub type Problem = (&'static str, Trouble);

/// A person whose every part is good.
#[derive(Clone)]
pub(super) struct Person {
    pub name: PersonName,
    pub birth: BirthDate,
    pub phone: Option<Phone>,
    pub kind: MemberKind,
    pub identity: Option<Identity>,
    /// The guardian of a child, the representative of a group.
    pub stand_in: Option<Guardian>,
    pub own_number: Option<OwnNumber>,
    pub condition: Option<Condition>,
    pub way: ConsentWay,
    pub consented_on: Date,
}

impl Person {
    /// Whether a guardian consents in their place.
    pub fn is_guarded(&self, today: Date) -> bool {
        needs_guardian(self.kind, self.birth, today)
    }
}

/// Reads every field; all problems at once, so that a page can show them all.
pub(super) fn read(desk: &Desk, form: &EnrolForm) -> Result<Person, Vec<Problem>> {
    let today = desk.today();
    let numbers = identity_numbers_in(form);
    let mut problems: Vec<Problem> = numbers.iter().map(|field| (*field, Trouble::new("identity-number"))).collect();
    // What holds the number of a document is wrong by that alone, whatever else it is.
    let mut note = |field: &'static str, trouble: Trouble| {
        if !numbers.contains(&field) {
            problems.push((field, trouble));
        }
    };
    let name = PersonName::parse(&form.name).map_err(|trouble| note("name", trouble)).ok();
    let group = filled(&form.kind).and_then(MemberKind::parse) == Some(MemberKind::Group);
    let birth = if group { BirthDate::founded(&form.birth, today) } else { BirthDate::parse(&form.birth, today) };
    let birth = birth.map_err(|trouble| note("birth", trouble)).ok();
    let phone = filled(&form.phone).map(Phone::parse).transpose().map_err(|trouble| note("phone", trouble)).ok();
    let kind = match filled(&form.kind) {
        Some(text) => MemberKind::read(text).map_err(|trouble| note("kind", trouble)).ok(),
        None => birth.map(|birth| MemberKind::by_age(birth, today)),
    };
    let mut identity =
        filled(&form.identity).map(Identity::read).transpose().map_err(|trouble| note("identity", trouble)).ok();
    let stand_in = stand_in(form, kind).map_err(|(field, trouble)| note(field, trouble)).ok();
    // A group has no document of its own: the one that was seen is its representative's.
    if let (Some(MemberKind::Group), Some(None), Some(Some(representative))) = (kind, &identity, &stand_in) {
        identity = Some(Some(representative.identity));
    }
    let condition = condition(desk, form).map_err(|trouble| note("condition", trouble)).ok();
    let own_number = filled(&form.own_number).map(|text| own_number(desk, text)).transpose();
    let own_number = own_number.map_err(|trouble| note("own-number", trouble)).ok();
    let way = consent_way(&form.consent_way).map_err(|trouble| note("consent-way", trouble)).ok();
    if let (Some(kind), Some(name), Some(guardian)) = (kind, &name, &stand_in)
        && let Err(trouble) = another_stands_in(kind, name, guardian.as_ref())
    {
        note("guardian", trouble);
    }
    let consent = Consent::parse(form.consent.as_deref().unwrap_or_default()).unwrap_or_default();
    let consented_on =
        consented_on(desk, &form.consent_on, birth, consent).map_err(|trouble| note("consent-on", trouble)).ok();
    let person = (|| {
        Some(Person {
            name: name?,
            birth: birth?,
            phone: phone?,
            kind: kind?,
            identity: identity?,
            stand_in: stand_in?,
            own_number: own_number?,
            condition: condition?,
            way: way?,
            consented_on: consented_on?,
        })
    })();
    person.filter(|_| problems.is_empty()).ok_or(problems)
}

/// A number of the library's own system. A 책이음 number of another library is none (`own-number-foreign`): whoever goes by it is
/// imported, and taken as an own number it would stand in the way of that library's member. Digits whose code cannot be a
/// library's stay what they are.
fn own_number(desk: &Desk, text: &str) -> Result<OwnNumber, Trouble> {
    let own = OwnNumber::parse(text)?;
    let number = Some(own.as_str()).filter(|own| own.len() == 14).and_then(|own| MemberNumber::parse(own).ok());
    let Some(code) = number.map(|number| number.library()) else { return Ok(own) };
    let listed = desk.directory.show(code);
    let possible = LibraryKind::of(code) != LibraryKind::Unknown && Region::of(code).is_some();
    if code == desk.settings.library.code || (listed.is_none() && !possible) {
        return Ok(own);
    }
    let library = listed.map_or_else(|| code.to_string(), |library| library.name.clone());
    Err(Trouble::new("own-number-foreign").with("number", own).with("library", library))
}

/// How consent was given, as typed; at the desk where nothing is said.
pub(super) fn consent_way(typed: &Option<String>) -> Result<ConsentWay, Trouble> {
    let Some(text) = filled(typed) else { return Ok(ConsentWay::default()) };
    refuse_identity_number(text)?;
    ConsentWay::read(text)
}

/// The day of the consent, as typed; today where nothing is said. It lies neither before the birth nor before the texts.
pub(super) fn consented_on(
    desk: &Desk,
    typed: &Option<String>,
    birth: Option<BirthDate>,
    consent: Consent,
) -> Result<Date, Trouble> {
    let (text, today) = (filled(typed), desk.today());
    text.map_or(Ok(()), refuse_identity_number)?;
    let day = consent_day(text, today)?;
    if birth.is_some_and(|birth| day < birth.date()) {
        return Err(Trouble::new("consent-before-birth"));
    }
    // Today's is consent to what is shown today, whatever the text's version is called.
    if day < today {
        consent::after_texts(desk, consent, day)?;
    }
    Ok(day)
}

/// What is wrong with how and when consent was given, by field: `consent-way`, `consent-on`.
pub fn way_wrong(desk: &Desk, way: &Option<String>, on: &Option<String>, consent: Consent) -> Vec<Problem> {
    let way = consent_way(way).err().map(|trouble| ("consent-way", trouble));
    let on = consented_on(desk, on, None, consent).err().map(|trouble| ("consent-on", trouble));
    way.into_iter().chain(on).collect()
}

/// Who stands in. A group's is called representative, and the names of a guardian's options serve as well.
fn stand_in(form: &EnrolForm, kind: Option<MemberKind>) -> Result<Option<Guardian>, Problem> {
    let group = kind == Some(MemberKind::Group);
    if !group && kind.is_some() && filled(&form.representative).is_some() {
        return Err(("representative", Trouble::new("representative-kind")));
    }
    let (who, seen, missing) = if group {
        ("representative", "representative-identity", Trouble::new("representative-identity-missing"))
    } else {
        ("guardian", "guardian-identity", Trouble::new("guardian-identity-missing"))
    };
    let (name, identity) = if group {
        let identity = filled(&form.representative_identity).or(filled(&form.guardian_identity));
        (filled(&form.representative).or(filled(&form.guardian)), identity.or(filled(&form.identity)))
    } else {
        (filled(&form.guardian), filled(&form.guardian_identity))
    };
    let Some(name) = name else { return Ok(None) };
    let name = PersonName::parse(name).map_err(|trouble| (who, trouble))?;
    let identity = identity.ok_or((seen, missing))?;
    Ok(Some(Guardian { name, identity: Identity::read(identity).map_err(|trouble| (seen, trouble))? }))
}

/// Nobody stands in where somebody must: for a page that tells all that is wrong, whatever else is.
pub(super) fn stand_in_missing(desk: &Desk, form: &EnrolForm) -> Vec<Problem> {
    let today = desk.today();
    let birth = BirthDate::parse(&form.birth, today).ok();
    let kind = filled(&form.kind).and_then(MemberKind::parse).or(birth.map(|birth| MemberKind::by_age(birth, today)));
    let unnamed = |names: [&Option<String>; 2]| names.into_iter().all(|name| filled(name).is_none());
    let (who, seen, identity) = match (kind, birth) {
        (Some(MemberKind::Group), _) if unnamed([&form.representative, &form.guardian]) => (
            ("representative", Trouble::new("representative-missing")),
            ("representative-identity", Trouble::new("representative-identity-missing")),
            &form.representative_identity,
        ),
        (Some(MemberKind::Child | MemberKind::Foreigner), Some(birth))
            if needs_guardian(MemberKind::Child, birth, today) && unnamed([&form.guardian, &None]) =>
        {
            (
                ("guardian", Trouble::new("guardian-missing").with("age", birth.age(today))),
                ("guardian-identity", Trouble::new("guardian-identity-missing")),
                &form.guardian_identity,
            )
        }
        _ => return Vec::new(),
    };
    let seen = filled(identity).is_none().then_some(seen);
    [who].into_iter().chain(seen).collect()
}

fn condition(desk: &Desk, form: &EnrolForm) -> Result<Option<Condition>, Trouble> {
    let given = filled(&form.condition).map(Condition::read).transpose()?;
    condition_met(&desk.settings.library.conditions, given)?;
    Ok(given)
}

pub(super) fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// What the library's rules make of a person who is good in every field.
pub(super) fn admitted(desk: &Desk, person: &Person, consent: Consent) -> Result<Admission, Trouble> {
    admitted_on(desk, person, consent, desk.today())
}

/// The same, by the age of that day.
pub(super) fn admitted_on(desk: &Desk, person: &Person, consent: Consent, day: Date) -> Result<Admission, Trouble> {
    let applicant = Applicant {
        kind: person.kind,
        birth: person.birth,
        consent,
        identity: person.identity,
        guardian: person.stand_in.as_ref(),
        own_number: person.own_number.as_ref(),
    };
    admit(desk.settings.library.membership, &applicant, day)
}

/// The field at which a refusal of the library's rules is shown.
pub(super) fn field_of(refusal: &Trouble) -> &'static str {
    match refusal.code {
        "guardian-missing" => "guardian",
        "representative-missing" => "representative",
        "identity-missing" => "identity",
        "consent-missing" => "local",
        "consent-national-missing" => "national",
        "own-number-missing" | "own-number-taken" => "own-number",
        _ => "birth",
    }
}

/// A name that no card can show is refused before the member gets a number for it.
pub(super) fn printable(desk: &Desk, person: &Person) -> Result<(), Trouble> {
    let number = MemberNumber::new(desk.settings.library.code, 0)?;
    pictures::compose(desk, person.name.as_str(), number, CardKind::Rfid).map(|_| ())
}

/// Active members who are likely the same person, `but` left out.
pub(super) fn likely(tx: &Tx, person: &Person, but: Option<i64>) -> Result<Vec<Member>, Trouble> {
    let phone = person.phone.as_ref().map(Phone::as_str);
    let mut alike = members::alike(tx, &person.name.key(), &person.birth.to_string(), phone)?;
    alike.retain(|member| Some(member.id) != but);
    Ok(alike)
}

/// `member-duplicate`, naming them, when there are any.
pub(super) fn no_likeness(tx: &Tx, person: &Person, but: Option<i64>) -> Result<(), Trouble> {
    let alike = likely(tx, person, but)?;
    if alike.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = alike.iter().map(|member| member.id.to_string()).collect();
    Err(Trouble::new("member-duplicate").with("members", ids.join(", ")))
}

/// Logs that a refusal named members, before it is answered: it undid whatever else its transaction wrote.
pub(super) fn named_in<T>(desk: &Desk, actor: &Actor, done: Result<T, Trouble>, purpose: &str) -> Result<T, Trouble> {
    if let Err(trouble) = &done
        && matches!(trouble.code, "member-duplicate" | "member-known")
    {
        let named = trouble.args.iter().filter(|(name, _)| name.starts_with("member"));
        let ids: Vec<i64> = named.flat_map(|(_, ids)| ids.split(", ")).filter_map(|id| id.parse().ok()).collect();
        desk.store.change(|tx| actor::log(desk, tx, actor, ids, "list", purpose))?;
    }
    done
}

/// `own-number-taken` when somebody else has it.
pub(super) fn own_number_free(tx: &Tx, own: Option<&str>, but: Option<i64>) -> Result<(), Trouble> {
    let Some(own) = own else { return Ok(()) };
    match members::search(tx, &Search::OwnNumber(own), 1)?.first().filter(|holder| Some(holder.id) != but) {
        Some(holder) => Err(Trouble::new("own-number-taken").with("number", own).with("member", holder.id)),
        None => Ok(()),
    }
}
