//! Putting a member's record right: the same fields, rules and refusals as at enrolment, over what is stored. A changed name
//! leaves cards with the old one, and the answer says so. Consents and the document seen are not corrected: they stay as they
//! were given. Start at [`edit`].

use serde::{Deserialize, Serialize};

use super::alike;
use super::applicant::{
    Person, Problem, admitted_on, field_of, likely, named_in, no_likeness, own_number_free, printable, read,
};
use super::issue::no_open_job;
use super::{Act, Actor, Desk, EnrolForm, Evidence, PersonCheck, actor, once};
use crate::back::store::Tx;
use crate::back::store::cards;
use crate::back::store::members::{self, Correction, Member};
use crate::plan::job::CardState;
use crate::plan::member::{Consent, MemberNumber, Phone, hangul};
use crate::plan::messages::Trouble;

/// What is to be changed, as typed; `None` leaves it as it is, an empty text takes it away.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct EditForm {
    pub name: Option<String>,
    pub birth: Option<String>,
    pub phone: Option<String>,
    pub kind: Option<String>,
    pub condition: Option<String>,
    pub guardian: Option<String>,
    pub guardian_identity: Option<String>,
    pub representative: Option<String>,
    pub representative_identity: Option<String>,
    pub own_number: Option<String>,
    /// Go on although there is another member like this one.
    pub anyway: bool,
    /// What the fields showed when somebody began to type: what was changed elsewhere since is not written over.
    #[serde(skip)]
    pub was: Option<Box<EditForm>>,
}

/// A field's name and how to come at what is typed there.
type EditField = (&'static str, fn(&mut EditForm) -> &mut Option<String>);

/// Every field of [`EditForm`] that holds a text.
pub const EDIT_FIELDS: [EditField; 10] = [
    ("name", |form| &mut form.name),
    ("birth", |form| &mut form.birth),
    ("phone", |form| &mut form.phone),
    ("kind", |form| &mut form.kind),
    ("condition", |form| &mut form.condition),
    ("guardian", |form| &mut form.guardian),
    ("guardian-identity", |form| &mut form.guardian_identity),
    ("representative", |form| &mut form.representative),
    ("representative-identity", |form| &mut form.representative_identity),
    ("own-number", |form| &mut form.own_number),
];

impl EditForm {
    /// What was changed against what the fields showed, and that alone: the rest is nothing to write.
    pub fn against(&self, mut was: EditForm) -> EditForm {
        let mut changed = self.clone();
        for (_, field) in EDIT_FIELDS {
            let same = field(&mut was).is_some() && text(field(&mut changed)) == text(field(&mut was));
            if same {
                *field(&mut changed) = None;
            }
        }
        EditForm { was: Some(Box::new(was)), ..changed }
    }
}

fn text(typed: &Option<String>) -> &str {
    typed.as_deref().unwrap_or_default().trim()
}

/// The names of [`EditForm`]'s fields, as options and as keys of `member edit ID --from -`.
pub const EDIT_OPTIONS: [&str; 11] = [
    "name",
    "birth",
    "phone",
    "kind",
    "condition",
    "guardian",
    "guardian-identity",
    "representative",
    "representative-identity",
    "own-number",
    "anyway",
];

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edited {
    pub member: i64,
    /// Names of the fields that are others now.
    pub changed: Vec<&'static str>,
    /// The name is another one now.
    pub renamed: bool,
    /// Cards in use that show the old name: reissue them for this reason, `renamed`.
    pub old_name_on: Vec<i64>,
}

/// The fields as they stand, to be put right. The look is logged.
pub fn edit_form(desk: &Desk, actor: &Actor, id: i64) -> Result<EditForm, Trouble> {
    actor.may(Act::EditMember)?;
    desk.store.change(|tx| {
        let member = members::get(tx, id)?;
        stands(tx, &member)?;
        actor::log(desk, tx, actor, [id], "look", "edit")?;
        Ok(shown(&member))
    })
}

/// A member's fields as a page shows them.
fn shown(member: &Member) -> EditForm {
    let form = stored(member);
    EditForm {
        name: Some(form.name),
        birth: Some(form.birth),
        phone: form.phone.map(|phone| Phone::parse(&phone).map_or(phone, |phone| phone.grouped())),
        kind: form.kind,
        condition: form.condition,
        guardian: form.guardian,
        guardian_identity: form.guardian_identity,
        representative: form.representative,
        representative_identity: form.representative_identity,
        own_number: form.own_number,
        anyway: false,
        was: None,
    }
}

/// The fields that somebody else changed to another value since they were shown, where something is to be written over them.
fn meanwhile(member: &Member, form: &EditForm) -> Vec<Problem> {
    let Some(was) = &form.was else { return Vec::new() };
    let (mut was, mut typed, mut now) = (EditForm::clone(was), form.clone(), shown(member));
    let mut problems = Vec::new();
    for (name, field) in EDIT_FIELDS {
        let (was, typed, now) = (field(&mut was), field(&mut typed), field(&mut now));
        // What the page did not show cannot have changed under it.
        if was.is_some() && typed.is_some() && text(now) != text(was) && text(now) != text(typed) {
            problems.push((name, Trouble::new("edit-meanwhile").with("now", text(now))));
        }
    }
    problems
}

/// What is wrong with the fields, each by its name, and who else might be the same person; those shown are logged.
pub fn check_edit(desk: &Desk, actor: &Actor, id: i64, form: &EditForm) -> Result<PersonCheck, Trouble> {
    actor.may(Act::EditMember)?;
    let member = desk.store.look(|tx| members::get(tx, id))?;
    let meanwhile = meanwhile(&member, form);
    if !meanwhile.is_empty() {
        return Ok(PersonCheck { problems: meanwhile, duplicates: Vec::new() });
    }
    let person = match judged(desk, &member, form) {
        Ok(person) => person,
        Err(problems) => return Ok(PersonCheck { problems, duplicates: Vec::new() }),
    };
    let own = person.own_number.as_ref().map(|own| own.as_str());
    let taken = desk.store.look(|tx| own_number_free(tx, own, Some(id))).err();
    let problems = taken.map(|trouble| (field_of(&trouble), trouble)).into_iter().collect();
    let alike = match is_other_person(&member, &person) {
        true => desk.store.look(|tx| likely(tx, &person, Some(id)))?,
        false => Vec::new(),
    };
    if !alike.is_empty() {
        desk.store.change(|tx| actor::log(desk, tx, actor, alike.iter().map(|member| member.id), "list", "edit"))?;
    }
    Ok(PersonCheck { problems, duplicates: alike.into_iter().map(|member| alike::masked(desk, member)).collect() })
}

/// Changes a member. Refused while a job is open (`job-open`), for one who withdrew (`member-withdrawn`), and, unless the
/// form says `anyway`, where the change makes the member like another one (`member-duplicate`). `edit-meanwhile` where the form
/// says what it was drawn from and somebody changed that since.
pub fn edit(
    desk: &Desk,
    actor: &Actor,
    id: i64,
    evidence: Evidence,
    form: &EditForm,
    key: Option<&str>,
) -> Result<Edited, Trouble> {
    actor.may(Act::EditMember)?;
    once::once(desk, actor, key, "edit", id, form, |_| {
        let done = desk.store.change(|tx| {
            actor::not_oneself(tx, actor, id)?;
            let member = members::get(tx, id)?;
            stands(tx, &member)?;
            if let Some((_, trouble)) = meanwhile(&member, form).into_iter().next() {
                return Err(trouble);
            }
            let person = judged(desk, &member, form).map_err(|mut problems| problems.swap_remove(0).1)?;
            own_number_free(tx, person.own_number.as_ref().map(|own| own.as_str()), Some(id))?;
            if !form.anyway && is_other_person(&member, &person) {
                no_likeness(tx, &person, Some(id))?;
            }
            let changed = write(tx, &member, &person)?;
            if !changed.is_empty() {
                actor::log(desk, tx, actor, [id], "change", &evidence.purpose("edit"))?;
            }
            edited(tx, id, changed)
        });
        named_in(desk, actor, done, "edit")
    })
}

/// Nothing is corrected beside an open job, which prints what stands there now, or after the end of a membership.
fn stands(tx: &Tx, member: &Member) -> Result<(), Trouble> {
    if member.state != "active" {
        return Err(Trouble::new("member-withdrawn").with("member", member.id));
    }
    no_open_job(tx, member)
}

/// The record as an enrolment would have typed it.
fn stored(member: &Member) -> EnrolForm {
    let group = member.kind == "group";
    let of = |wanted: bool, text: &Option<String>| text.clone().filter(|_| wanted);
    EnrolForm {
        name: member.name.clone(),
        birth: member.birth.clone(),
        phone: member.phone.clone(),
        kind: Some(member.kind.clone()),
        identity: Some(member.identity.clone()),
        condition: member.condition.clone(),
        consent: Some(if member.national { "local,national" } else { "local" }.to_owned()),
        guardian: of(!group, &member.guardian),
        guardian_identity: of(!group, &member.guardian_identity),
        representative: of(group, &member.guardian),
        representative_identity: of(group, &member.guardian_identity),
        own_number: member.own_number.clone(),
        ..EnrolForm::default()
    }
}

/// The record with the changes over it, judged as at enrolment.
fn judged(desk: &Desk, member: &Member, form: &EditForm) -> Result<Person, Vec<Problem>> {
    let mut over = stored(member);
    if form.kind.as_deref().is_some_and(|kind| (kind.trim() == "group") != (member.kind == "group")) {
        // Who stood in for a person does not stand in for a group, nor the other way round.
        (over.guardian, over.guardian_identity) = (None, None);
        (over.representative, over.representative_identity) = (None, None);
    }
    let put = |place: &mut Option<String>, typed: &Option<String>| {
        if typed.is_some() {
            place.clone_from(typed);
        }
    };
    over.name = form.name.clone().unwrap_or(over.name);
    over.birth = form.birth.clone().unwrap_or(over.birth);
    for (place, typed) in [
        (&mut over.phone, &form.phone),
        (&mut over.kind, &form.kind),
        (&mut over.condition, &form.condition),
        (&mut over.guardian, &form.guardian),
        (&mut over.guardian_identity, &form.guardian_identity),
        (&mut over.representative, &form.representative),
        (&mut over.representative_identity, &form.representative_identity),
        (&mut over.own_number, &form.own_number),
    ] {
        put(place, typed);
    }
    let person = read(desk, &over)?;
    let consent = Consent { local: true, national: member.national };
    // Who has grown up since is what they were enrolled as, until somebody says another kind.
    let kept = person.kind.as_str() == member.kind && person.birth.to_string() == member.birth;
    let day = if kept { desk.date_of(member.created) } else { desk.today() };
    admitted_on(desk, &person, consent, day).map_err(|trouble| vec![(field_of(&trouble), trouble)])?;
    let own = person.own_number.as_ref().map(|own| own.as_str());
    if own != member.own_number.as_deref()
        && [own, member.own_number.as_deref()].into_iter().any(|own| is_ours(desk, own))
    {
        return Err(vec![("own-number", Trouble::new("own-number-fixed"))]);
    }
    if person.name.as_str() != member.name {
        printable(desk, &person).map_err(|trouble| vec![("name", trouble)])?;
    }
    Ok(person)
}

/// An own number of fourteen digits under our code is a 책이음 number, and those are not corrected but reissued.
fn is_ours(desk: &Desk, own: Option<&str>) -> bool {
    let number = own.filter(|own| own.len() == 14).and_then(|own| MemberNumber::parse(own).ok());
    number.is_some_and(|number| number.library() == desk.settings.library.code)
}

fn is_other_person(member: &Member, person: &Person) -> bool {
    person.name.as_str() != member.name
        || person.birth.to_string() != member.birth
        || person.phone.as_ref().map(Phone::as_str) != member.phone.as_deref()
}

/// Writes what is different and names it.
fn write(tx: &Tx, member: &Member, person: &Person) -> Result<Vec<&'static str>, Trouble> {
    let (birth, initials) = (person.birth.to_string(), hangul::initials(person.name.as_str()));
    let to = Correction {
        kind: person.kind.as_str(),
        condition: person.condition.map(|condition| condition.as_str()),
        own_number: person.own_number.as_ref().map(|own| own.as_str()),
        name: person.name.as_str(),
        initials: &initials,
        birth: &birth,
        phone: person.phone.as_ref().map(Phone::as_str),
        guardian: person.stand_in.as_ref().map(|stand_in| stand_in.name.as_str()),
        guardian_identity: person.stand_in.as_ref().map(|stand_in| stand_in.identity.as_str()),
    };
    let stand_in = if to.kind == "group" { "representative" } else { "guardian" };
    let changed: Vec<&'static str> = [
        ("name", to.name != member.name),
        ("birth", to.birth != member.birth),
        ("phone", to.phone != member.phone.as_deref()),
        ("kind", to.kind != member.kind),
        ("condition", to.condition != member.condition.as_deref()),
        (
            stand_in,
            to.guardian != member.guardian.as_deref() || to.guardian_identity != member.guardian_identity.as_deref(),
        ),
        ("own-number", to.own_number != member.own_number.as_deref()),
    ]
    .into_iter()
    .filter_map(|(field, different)| different.then_some(field))
    .collect();
    if !changed.is_empty() {
        members::correct(tx, member.id, &to)?;
    }
    Ok(changed)
}

fn edited(tx: &Tx, id: i64, changed: Vec<&'static str>) -> Result<Edited, Trouble> {
    let renamed = changed.contains(&"name");
    let in_use = |state| matches!(state, CardState::Ready | CardState::Live | CardState::Suspended);
    let cards = if renamed { cards::of_member(tx, id)? } else { Vec::new() };
    let old_name_on = cards.iter().filter(|card| in_use(card.state)).map(|card| card.id).collect();
    Ok(Edited { member: id, changed, renamed, old_name_on })
}
