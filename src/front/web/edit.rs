//! Putting a member's record right. What was typed and is not good yet lives in the session; its opaque id stands in the path.
//! The desk judges; nothing is written until every field is good.

use std::collections::BTreeSet;

use actix_web::web;
use askama::Template;
use serde::{Deserialize, Serialize};

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::draft::{Problem, problem, refused, so_far, with_refused};
use super::enrol::{IDENTITIES, KINDS};
use super::kept::Kept;
use super::members::once;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Alike, EDIT_FIELDS, EditForm, Renamed};
use crate::plan::member::{Condition, Membership};
use crate::plan::messages::Trouble;

const KIND: &str = "edit";

/// A correction that was sent and is not good yet.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Draft {
    form: EditForm,
    /// What the fields showed before anything was typed.
    was: EditForm,
    /// The fields that somebody else changed meanwhile; `was` has their values.
    meanwhile: BTreeSet<String>,
    /// The likely duplicates that the clerk has seen.
    seen: BTreeSet<i64>,
    refused: BTreeSet<String>,
}

impl Kept for Draft {
    const KIND: &'static str = KIND;
}

#[derive(Template)]
#[template(path = "pages/edit.html")]
pub struct EditPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub member: i64,
    /// Where the form goes.
    pub to: String,
    /// Under which it is kept while it is being typed.
    pub draft: String,
    pub form: EditForm,
    /// What stood there when the form was drawn: it comes back with what was typed.
    pub was: Vec<(&'static str, String)>,
    pub problems: Vec<Problem>,
    pub duplicates: Vec<Alike>,
    pub conditions: &'a [Condition],
    /// The library gives own numbers, or the member has one.
    pub own_numbers: bool,
    pub once: String,
}

/// One line of text of the form.
pub struct Typed {
    pub name: &'static str,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub mode: &'static str,
}

impl EditPage<'_> {
    fn problem(&self, field: &str) -> Option<&Trouble> {
        problem(&self.problems, field)
    }

    fn focus(&self, field: &str) -> bool {
        let otherwise = if self.duplicates.is_empty() { "name" } else { "" };
        self.problems.first().map_or(otherwise, |(first, _)| first) == field
    }

    fn picked(&self, field: &Option<String>, value: &str) -> bool {
        field.as_deref() == Some(value)
    }

    fn line(&self, name: &'static str, value: &Option<String>, mode: &'static str) -> Typed {
        let (label, hint) = (self.s.of("web-edit-label", name), self.s.of("web-edit-hint", name));
        Typed { name, label, hint, value: value.clone().unwrap_or_default(), mode }
    }

    fn lines(&self) -> Vec<Typed> {
        let form = &self.form;
        let mut lines = vec![
            self.line("name", &form.name, "text"),
            self.line("birth", &form.birth, "numeric"),
            self.line("phone", &form.phone, "tel"),
        ];
        if self.own_numbers {
            lines.push(self.line("own-number", &form.own_number, "text"));
        }
        lines
    }

    /// Who stands in: the class of the box, the line of the name, the name of the list and what is chosen in it.
    fn stand_ins(&self) -> [(&'static str, Typed, &'static str, &Option<String>); 2] {
        let form = &self.form;
        [
            ("when-child", self.line("guardian", &form.guardian, "text"), "guardian-identity", &form.guardian_identity),
            (
                "when-group",
                self.line("representative", &form.representative, "text"),
                "representative-identity",
                &form.representative_identity,
            ),
        ]
    }
}

#[derive(Template)]
#[template(path = "pages/renamed.html")]
pub struct RenamedPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub member: i64,
    pub renamed: Renamed,
}

/// `GET /members/{id}/edit`: the fields as they stand. Without anything that speaks for the person, the member's page asks.
pub async fn show(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            if desk::evidence_of(&room.desk, &room.session, *id)?.is_none() {
                return Ok(Reply::Go(format!("/members/{id}")));
            }
            let told = once()?;
            let form = desk::edit_form(&room.desk, room.actor(), *id)?;
            let draft = Draft { was: form.clone(), form, ..Draft::default() };
            page(room, *id, format!("/members/{id}/edit"), told, draft, Vec::new(), Vec::new())
        })
        .await
}

/// `GET /members/{id}/edit/{told}`: what was typed, and what is wrong with it.
pub async fn again(clerk: Clerk, path: web::Path<(i64, String)>) -> Answer {
    clerk
        .answer(move |room| {
            let (id, told) = path.into_inner();
            let Some(mut draft) = draft_of(room, &told)? else {
                return Ok(Reply::Go(format!("/members/{id}/edit")));
            };
            let check = desk::check_edit(&room.desk, room.actor(), id, &draft.form.against(draft.was.clone()))?;
            draft.seen = check.duplicates.iter().map(|hit| hit.member).collect();
            keep(room, &told, &draft)?;
            let mut problems = with_refused(&draft.refused, check.problems);
            problems.extend(changed_meanwhile(room, &mut draft));
            page(room, id, format!("/members/{id}/edit/{told}"), told, draft, problems, check.duplicates)
        })
        .await
}

/// `GET` of a path that only the script sends to.
pub async fn to_page(clerk: Clerk, path: web::Path<(i64, String)>) -> Answer {
    clerk.answer(move |_| Ok(Reply::Go(format!("/members/{}/edit", path.0)))).await
}

/// `POST /members/{id}/edit`.
pub async fn sent(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk.answer(move |room| judge(room, *id, None, &fields)).await
}

/// `POST /members/{id}/edit/{told}`.
pub async fn sent_again(Posted { clerk, fields }: Posted, path: web::Path<(i64, String)>) -> Answer {
    clerk
        .answer(move |room| {
            let (id, told) = path.into_inner();
            judge(room, id, Some(told), &fields)
        })
        .await
}

/// `POST /members/{id}/edit/{told}/keep`: what stands in the fields, so that a scan or another page loses nothing.
pub async fn keep_typed(Posted { clerk, fields }: Posted, path: web::Path<(i64, String)>) -> Answer {
    clerk
        .answer(move |room| {
            desk::evidence_needed(&room.desk, &room.session, path.0)?;
            let form = typed(&so_far(fields));
            Draft::typing(room, &path.1, |draft| draft.form = form)?;
            Ok(Reply::Page(String::new()))
        })
        .await
}

/// Writes it when every field is good and no likely duplicate is new to the clerk's eyes; else the page says what is not.
fn judge(room: &Room, id: i64, told: Option<String>, fields: &Fields) -> Result<Reply, Trouble> {
    let evidence = desk::evidence_needed(&room.desk, &room.session, id)?;
    let before = told.as_deref().map(|told| draft_of(room, told)).transpose()?.flatten().unwrap_or_default();
    let (typed, was) = (typed(fields), was(fields));
    let mut form = typed.against(was.clone());
    let check = desk::check_edit(&room.desk, room.actor(), id, &form)?;
    if check.problems.is_empty() && check.duplicates.iter().all(|hit| before.seen.contains(&hit.member)) {
        form.anyway = !check.duplicates.is_empty();
        let once = fields.text("once");
        let key = (!once.is_empty()).then(|| format!("page-{once}"));
        let edited = desk::edit(&room.desk, room.actor(), id, evidence, &form, key.as_deref())?;
        desk::note_renamed(&room.desk, &room.session, &edited)?;
        // Sent twice, the second time changes nothing, and its answer is the one that the browser shows.
        let plain = edited.old_name_on.is_empty() && !edited.changed.is_empty();
        return Ok(Reply::Go(format!("/members/{id}{}", if plain { "" } else { "/renamed" })));
    }
    let meanwhile = check.problems.iter().filter(|(_, trouble)| trouble.code == "edit-meanwhile");
    let meanwhile: BTreeSet<String> = meanwhile.map(|(field, _)| (*field).to_owned()).collect();
    let mut draft = Draft { refused: refused(&check.problems), form: typed, was, meanwhile, ..before };
    if !draft.meanwhile.is_empty() {
        // What was typed is kept; a field that nobody typed in shows what stands there now.
        draft.was = desk::edit_form(&room.desk, room.actor(), id)?;
        for (_, field) in EDIT_FIELDS {
            if field(&mut form).is_none() && field(&mut draft.form).is_some() {
                *field(&mut draft.form) = field(&mut draft.was).clone();
            }
        }
    }
    let told = match told {
        Some(told) => told,
        None => desk::keep(&room.desk, &room.session, KIND, "{}")?,
    };
    keep(room, &told, &draft)?;
    Ok(Reply::Go(format!("/members/{id}/edit/{told}")))
}

/// `GET /members/{id}/renamed`: the card shows the old name. Where none does, it is the member's page.
pub async fn renamed(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let Some(renamed) = desk::renamed(&room.desk, &room.session, *id)? else {
                return Ok(Reply::Go(format!("/members/{id}")));
            };
            let page = Page::new(room, "desk", &format!("/members/{id}/renamed"));
            Ok(Reply::Page(draw(&RenamedPage { page, s: room.speech(), member: *id, renamed })))
        })
        .await
}

/// What was typed. Who stands in is asked of those alone whose kind needs somebody; of the others it stays as it is.
fn typed(fields: &Fields) -> EditForm {
    let given = |name| fields.has(name).then(|| fields.text(name).to_owned());
    let kind = given("kind");
    let child = matches!(kind.as_deref(), Some("child" | "foreigner"));
    let group = kind.as_deref() == Some("group");
    EditForm {
        name: given("name"),
        birth: given("birth"),
        phone: given("phone"),
        condition: given("condition"),
        guardian: given("guardian").filter(|_| child),
        guardian_identity: given("guardian-identity").filter(|_| child),
        representative: given("representative").filter(|_| group),
        representative_identity: given("representative-identity").filter(|_| group),
        own_number: given("own-number"),
        kind,
        anyway: false,
        was: None,
    }
}

/// What the form was drawn from, as it came back with it.
fn was(fields: &Fields) -> EditForm {
    let mut was = EditForm::default();
    for (name, field) in EDIT_FIELDS {
        let sent = format!("was-{name}");
        *field(&mut was) = fields.has(&sent).then(|| fields.text(&sent).to_owned());
    }
    was
}

/// Both values of a field are shown: the one that was typed in it, and under it what somebody else wrote meanwhile.
fn changed_meanwhile(room: &Room, draft: &mut Draft) -> Vec<Problem> {
    let s = room.speech();
    let fields = EDIT_FIELDS.into_iter().filter(|(name, _)| draft.meanwhile.contains(*name));
    let told = fields.map(|(name, field)| {
        let now = field(&mut draft.was).clone().filter(|now| !now.is_empty());
        let now = now.map_or("–".to_owned(), |now| match name {
            "kind" | "condition" => s.of(&format!("web-{name}"), now),
            "guardian-identity" | "representative-identity" => s.of("web-identity", now),
            _ => now,
        });
        (name.to_owned(), Trouble::new("edit-meanwhile").with("now", now))
    });
    told.collect()
}

fn draft_of(room: &Room, told: &str) -> Result<Option<Draft>, Trouble> {
    let kept = desk::kept(&room.desk, &room.session, KIND, told)?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

fn keep(room: &Room, told: &str, draft: &Draft) -> Result<(), Trouble> {
    let text = serde_json::to_string(draft).map_err(|_| Trouble::new("web-trouble"))?;
    desk::rekeep(&room.desk, &room.session, KIND, told, &text)
}

fn page(
    room: &Room,
    member: i64,
    to: String,
    told: String,
    mut draft: Draft,
    problems: Vec<Problem>,
    duplicates: Vec<Alike>,
) -> Result<Reply, Trouble> {
    let library = &room.desk.settings.library;
    let own = draft.form.own_number.as_ref().is_some_and(|own| !own.is_empty());
    let was = EDIT_FIELDS.map(|(name, field)| (name, field(&mut draft.was).clone().unwrap_or_default()));
    Ok(Reply::Page(draw(&EditPage {
        page: Page::new(room, "desk", &to),
        s: room.speech(),
        member,
        to,
        draft: told,
        problems,
        duplicates,
        conditions: &library.conditions,
        own_numbers: library.membership != Membership::Integrated || own,
        once: once()?,
        was: was.to_vec(),
        form: draft.form,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stands_in_is_changed_only_for_a_kind_that_needs_somebody() {
        let all = [("name", "홍길동"), ("guardian", "홍판서"), ("representative", ""), ("own-number", "")];
        let sent = |kind: &str| {
            let fields = [&all[..], &[("kind", kind)]].concat();
            typed(&Fields(fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()))
        };
        for (kind, guardian, representative) in
            [("child", Some("홍판서"), None), ("adult", None, None), ("group", None, Some(""))]
        {
            let form = sent(kind);
            assert_eq!(
                (form.guardian.as_deref(), form.representative.as_deref()),
                (guardian, representative),
                "{kind}"
            );
            assert_eq!((form.phone, form.own_number.as_deref()), (None, Some("")), "what was not sent stays as it is");
        }
    }
}
