//! Another library's member in three steps: number and person; consent and password, on a page that is turned to the member;
//! the card. What is typed lives in the session as a draft, but never the password: it goes from its form into the hash, and
//! the member is written with it. Start at [`first`].

use actix_web::web;
use askama::Template;
use serde::{Deserialize, Serialize};

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::draft::{self, Problem, problem};
use super::enrol::{IDENTITIES, KINDS};
use super::kept::{self, Kept};
use super::members;
use super::page::{Page, draw};
use super::speech::{PathStep, Speech};
use crate::desk::{self, Alike, Evidence, ImportForm, IssueForm, Told, TypedPassword};
use crate::plan::job::CardKind;
use crate::plan::member::{Condition, ConsentText, Decoded};
use crate::plan::messages::Trouble;

/// What the last step offers; `none` is the card that the member brought.
const CARDS: [&str; 4] = ["none", "sticker", "rfid", "barcode"];

/// An import that is being typed: the number, and the person as enrolment has one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Draft {
    number: String,
    typed: draft::Draft,
    /// Why step 2 was refused.
    refused: Option<Told>,
    /// Written: only the card is left to choose.
    member: Option<i64>,
}

impl Kept for Draft {
    const KIND: &'static str = "import";
}

impl Draft {
    fn form(&self) -> ImportForm {
        ImportForm { number: self.number.clone(), person: self.typed.form.clone() }
    }

    fn take_person(&mut self, fields: &Fields) {
        self.number = fields.text("number").trim().to_owned();
        if fields.has("name") {
            self.typed.take_person(fields);
            self.typed.take_way(fields);
        }
        // A scan sends the number before anything else is typed, and so does the search for a number.
        self.typed.tried = !["name", "birth", "phone"].iter().all(|name| fields.text(name).trim().is_empty());
    }
}

#[derive(Template)]
#[template(path = "pages/import_person.html")]
struct PersonPage<'a> {
    page: Page<'a>,
    s: Speech<'a>,
    /// Where the form goes: `/import`, or `/import/{id}` once there is a draft.
    to: String,
    /// Of the draft, or of the one that there will be.
    id: String,
    path: Vec<PathStep>,
    draft: Draft,
    /// Whose number it is, once there is one of another library.
    number: Option<Decoded>,
    /// What ties a member to this library; empty: it asks for nothing.
    conditions: &'a [Condition],
    own_advised: bool,
    /// A guardian consents, not the member.
    guarded: bool,
    problems: Vec<Problem>,
    duplicates: Vec<Alike>,
}

impl PersonPage<'_> {
    fn problem(&self, field: &str) -> Option<&Trouble> {
        problem(&self.problems, field)
    }

    /// The first bad field gets the focus; without one the number, and once that is known the name. Where somebody like
    /// this one is known, opening them has it.
    fn focus(&self, field: &str) -> bool {
        let first = if self.number.is_some() { "name" } else { "number" };
        let otherwise = if self.duplicates.is_empty() { first } else { "" };
        self.problems.first().map_or(otherwise, |(first, _)| first) == field
    }

    fn picked(&self, field: &Option<String>, value: &str, otherwise: &str) -> bool {
        field.as_deref().unwrap_or(otherwise) == value
    }

    fn by(&self, way: &str) -> bool {
        self.picked(&self.draft.typed.form.consent_way, way, "at-desk")
    }
}

#[derive(Template)]
#[template(path = "pages/import_password.html")]
struct PasswordPage<'a> {
    page: Page<'a>,
    s: Speech<'a>,
    id: String,
    path: Vec<PathStep>,
    draft: Draft,
    /// The whole texts, the library's own first.
    texts: [ConsentText; 2],
    trouble: Option<Told>,
}

impl PasswordPage<'_> {
    /// It is about what was typed into the password's fields.
    fn at_password(&self) -> bool {
        self.trouble
            .as_ref()
            .is_some_and(|told| told.code.starts_with("member-password") || told.code == "identity-number")
    }
}

#[derive(Template)]
#[template(path = "pages/import_card.html")]
struct CardPage<'a> {
    page: Page<'a>,
    s: Speech<'a>,
    id: String,
    path: Vec<PathStep>,
    draft: Draft,
    number: Option<Decoded>,
}

/// `GET /import`: an empty form.
pub async fn begin(clerk: Clerk) -> Answer {
    clerk
        .answer(|room| Ok(Reply::Page(person_page(room, "/import".to_owned(), members::once()?, Draft::default())?)))
        .await
}

/// `POST /import`: the first step of a new draft. The number alone begins one too: from a search, or from a scan.
pub async fn first(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let (id, draft) = kept::begun::<Draft>(room, &fields)?;
            person_sent(room, &id, draft, &fields)
        })
        .await
}

/// `GET /import/{id}`: the first step as it was typed, with what is wrong and who might be the same person.
pub async fn person(clerk: Clerk, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, |room, id, draft| Ok(Reply::Page(person_page(room, format!("/import/{id}"), id, draft)?)))
        .await
}

/// `POST /import/{id}`.
pub async fn person_again(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, move |room, id, draft| person_sent(room, &id, draft, &fields)).await
}

/// On to the member's step when every field is good and no likely duplicate is new to the clerk's eyes.
fn person_sent(room: &Room, id: &str, mut draft: Draft, fields: &Fields) -> Result<Reply, Trouble> {
    draft.take_person(fields);
    if !draft.typed.tried {
        draft.keep(room, id)?;
        return Ok(Reply::Go(format!("/import/{id}")));
    }
    let check = desk::check_import(&room.desk, room.actor(), &draft.form())?;
    let on = draft.typed.judged(&check.problems, &check.duplicates);
    draft.refused = None;
    draft.keep(room, id)?;
    Ok(Reply::Go(if on { format!("/import/{id}/password") } else { format!("/import/{id}") }))
}

fn person_page(room: &Room, to: String, id: String, mut draft: Draft) -> Result<String, Trouble> {
    let typed = !draft.number.is_empty();
    let number = if typed { Some(desk::foreign_number(&room.desk, &draft.number)) } else { None };
    let (mut wrong, mut duplicates) = (Vec::new(), Vec::new());
    if draft.typed.tried {
        let check = desk::check_import(&room.desk, room.actor(), &draft.form())?;
        (wrong, duplicates) = (check.problems, check.duplicates);
        draft.typed.shown(&duplicates);
        draft.keep(room, &id)?;
    } else if let Some(Err(trouble)) = &number {
        wrong.push(("number", trouble.clone()));
    }
    let library = &room.desk.settings.library;
    Ok(draw(&PersonPage {
        page: Page::new(room, "desk", &to),
        s: room.speech(),
        path: path(room, 1),
        number: number.and_then(Result::ok),
        conditions: &library.conditions,
        own_advised: library.membership.as_str() == "own-card",
        guarded: draft.typed.form.guardian.is_some(),
        problems: draft.typed.with_refused(wrong),
        to,
        id,
        draft,
        duplicates,
    }))
}

/// `GET /import/{id}/password`: what the member reads, agrees to and enters. There is no search on this page: what is typed
/// fast here must not be taken for a scan.
pub async fn password(clerk: Clerk, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, |room, id, draft| {
        Ok(Reply::Page(draw(&PasswordPage {
            page: Page::new(room, "desk", &format!("/import/{id}/password")),
            s: room.speech(),
            path: path(room, 2),
            texts: desk::consent_texts(&room.desk, room.session.lang)?,
            trouble: draft.refused.clone(),
            id,
            draft,
        })))
    })
    .await
}

/// `POST /import/{id}/password`: imports. The draft's id is the idempotency key, so that pressing twice makes one member.
pub async fn password_sent(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, move |room, id, mut draft| {
        draft.typed.take_consents(&fields, room.session.lang);
        let typed = TypedPassword::new(fields.text("password"), fields.text("password-again"));
        let done = desk::import(&room.desk, room.actor(), &draft.form(), &typed, Some(&format!("page-import-{id}")));
        draft.refused = done.as_ref().err().map(Told::from);
        draft.member = done.ok().map(|imported| imported.member);
        draft.keep(room, &id)?;
        let Some(member) = draft.member else { return Ok(Reply::Go(format!("/import/{id}/password"))) };
        desk::note_evidence(&room.desk, &room.session, member, Evidence::Document)?;
        Ok(Reply::Go(format!("/import/{id}/card")))
    })
    .await
}

/// `GET /import/{id}/card`: the clerk's again.
pub async fn card(clerk: Clerk, id: web::Path<String>) -> Answer {
    with_written(clerk, id, |room, id, draft, _| {
        Ok(Reply::Page(draw(&CardPage {
            page: Page::new(room, "desk", &format!("/import/{id}/card")),
            s: room.speech(),
            path: path(room, 3),
            number: desk::foreign_number(&room.desk, &draft.number).ok(),
            id,
            draft,
        })))
    })
    .await
}

/// `POST /import/{id}/card`: to the member's page, or plans the card and starts its job.
pub async fn card_sent(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    with_written(clerk, id, move |room, id, _, member| {
        let chosen = CARDS.into_iter().find(|card| *card == fields.text("card"));
        let chosen = chosen.ok_or_else(|| Trouble::new("web-request"))?;
        let Some(kind) = CardKind::parse(chosen) else {
            Draft::forget(room, &id)?;
            return Ok(Reply::Go(format!("/members/{member}")));
        };
        let reader = members::reader_for(room, kind)?;
        let form = IssueForm { member, evidence: Evidence::Document, kind, reader, printer: None };
        let job = desk::plan_issue(&room.desk, room.actor(), &form, Some(&format!("page-import-card-{id}")))?;
        Draft::forget(room, &id)?;
        desk::start(&room.desk, room.actor(), job)?;
        Ok(Reply::Go(format!("/jobs/{job}")))
    })
    .await
}

/// `POST /import/{id}/keep`: what stands in the fields of the first step, as enrolment keeps it.
pub async fn keep(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let fields = draft::so_far(fields);
            Draft::typing(room, &id, |draft| {
                let tried = draft.typed.tried;
                draft.take_person(&fields);
                draft.typed.tried = tried;
                draft.typed.refused.clear();
            })?;
            Ok(Reply::Page(String::new()))
        })
        .await
}

/// `POST /import/{id}/leave`: what was typed is forgotten.
pub async fn leave(Posted { clerk, .. }: Posted, id: web::Path<String>) -> Answer {
    kept::leave::<Draft>(clerk, id).await
}

/// The draft of this id; one that is gone begins anew, and one whose member is written has its card left to choose.
async fn with_draft(
    clerk: Clerk,
    id: web::Path<String>,
    work: impl FnOnce(&Room, String, Draft) -> Result<Reply, Trouble> + Send + 'static,
) -> Answer {
    clerk
        .answer(move |room| match Draft::of(room, &id)? {
            Some(Draft { member: Some(_), .. }) => Ok(Reply::Go(format!("/import/{id}/card"))),
            Some(draft) => work(room, id.into_inner(), draft),
            None => Ok(Reply::Go("/import".to_owned())),
        })
        .await
}

/// The draft of a member who is written.
async fn with_written(
    clerk: Clerk,
    id: web::Path<String>,
    work: impl FnOnce(&Room, String, Draft, i64) -> Result<Reply, Trouble> + Send + 'static,
) -> Answer {
    clerk
        .answer(move |room| match Draft::of(room, &id)? {
            Some(draft) => match draft.member {
                Some(member) => work(room, id.into_inner(), draft, member),
                None => Ok(Reply::Go(format!("/import/{id}/password"))),
            },
            None => Ok(Reply::Go("/desk".to_owned())),
        })
        .await
}

/// The three steps, seen from step `at`.
fn path(room: &Room, at: usize) -> Vec<PathStep> {
    let names = ["web-import-path-person", "web-import-path-password", "web-import-path-card"];
    let step = |(i, name): (usize, &str)| PathStep {
        n: i + 1,
        done: i + 1 < at,
        now: i + 1 == at,
        text: room.speech().t(name),
    };
    names.into_iter().enumerate().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::messages::Lang;

    fn sent(fields: &[(&str, &str)]) -> Fields {
        Fields(fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn a_number_alone_is_kept_and_nothing_is_called_wrong() {
        let mut draft = Draft::default();
        draft.take_person(&sent(&[("number", " 11131400000001 ")]));
        assert_eq!((draft.number.as_str(), draft.typed.tried), ("11131400000001", false));
        draft.take_person(&sent(&[("number", "11131400000001"), ("name", ""), ("kind", "teen"), ("birth", "")]));
        assert_eq!((draft.typed.form.kind.as_deref(), draft.typed.tried), (Some("teen"), false));
        draft.take_person(&sent(&[("number", "11131400000001"), ("name", "홍길동")]));
        assert!(draft.typed.tried);
    }

    #[test]
    fn no_password_gets_into_a_draft() {
        let mut draft = Draft::default();
        let fields = sent(&[("local", "1"), ("name", "홍길동"), ("password", "739182"), ("password-again", "739182")]);
        draft.take_person(&fields);
        draft.typed.take_consents(&fields, Lang::Ko);
        assert!(draft.typed.consents("local") && !draft.typed.consents("national"));
        assert!(!serde_json::to_string(&draft).unwrap().contains("739182"));
    }
}
