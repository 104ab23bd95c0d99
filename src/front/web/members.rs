//! One member in full. Opening this page is logged by the desk before it answers.

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Acts, Evidence, HistoryRow, IssueForm, Lines, MemberFile};
use crate::plan::job::CardKind;
use crate::plan::member::Decoded;
use crate::plan::messages::Trouble;

#[derive(Template)]
#[template(path = "pages/member.html")]
pub struct MemberPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub member: MemberFile,
    /// Whose number it is, part by part.
    pub number: Option<Decoded>,
    pub acts: Acts,
    /// What speaks for the person at the desk; without it nothing is done for this member.
    pub evidence: Option<Evidence>,
    /// No card yet: then issuing one is what Enter does; a second card is never made by an Enter too many.
    pub first: bool,
    /// Makes pressing a button twice one job.
    pub once: String,
    pub desk: String,
    /// What was done last, and how many lines there are.
    pub history: Vec<HistoryRow>,
    pub lines: Lines,
}

/// `GET /members/{id}`.
pub async fn show(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let member = desk::show_member(&room.desk, room.actor(), *id)?;
            let number = member.number.map(|number| room.desk.directory.decode(number));
            let acts = desk::acts(&member);
            let (history, lines) = desk::recent_history(&room.desk, room.actor(), *id)?;
            let mut page = Page::new(room, "desk", &format!("/members/{id}"));
            page.live = Some(format!("/members/{id}/events"));
            Ok(Reply::Page(draw(&MemberPage {
                page,
                s: room.speech(),
                number,
                // Nor a 책이음 card for one who has their own.
                first: !acts.convert && member.cards.iter().all(|card| !card.state.is_in_use()),
                acts,
                evidence: desk::evidence_of(&room.desk, &room.session, *id)?,
                once: once()?,
                desk: room.actor().desk.clone(),
                history,
                lines,
                member,
            })))
        })
        .await
}

/// `GET` of the button's path: the member's page, and nothing is done.
pub async fn back(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |_| Ok(Reply::Go(format!("/members/{id}")))).await
}

/// `POST /members/{id}/seen`: what speaks for the person at the desk, as the clerk says. That a card does is not said but read.
pub async fn seen(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            desk::evidence_of(&room.desk, &room.session, *id)?;
            desk::note_evidence(&room.desk, &room.session, *id, said(&fields)?)?;
            Ok(Reply::Go(format!("/members/{id}")))
        })
        .await
}

/// What the clerk says speaks for the person. That a card does is not said but read.
pub fn said(fields: &Fields) -> Result<Evidence, Trouble> {
    let said = Evidence::parse(fields.text("evidence")).filter(|said| *said != Evidence::Card);
    said.ok_or_else(|| Trouble::new("web-request"))
}

/// The clerk's usual reader, for a card that has a chip.
pub fn reader_for(room: &Room, kind: CardKind) -> Result<Option<String>, Trouble> {
    if kind != CardKind::Rfid {
        return Ok(None);
    }
    let usable = desk::usable_readers(desk::readers(&room.desk).unwrap_or_default());
    desk::usual_reader(&room.desk, room.actor(), &usable)
}

/// `POST /members/{id}/issue`: plans the card, starts the job, and goes to its page.
pub async fn issue(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let evidence = desk::evidence_needed(&room.desk, &room.session, *id)?;
            let kind = CardKind::parse(fields.text("kind")).ok_or_else(|| Trouble::new("web-request"))?;
            let reader = reader_for(room, kind)?;
            let form = IssueForm { member: *id, evidence, kind, reader, printer: None };
            let once = fields.text("once");
            let key = (!once.is_empty()).then(|| format!("page-{once}"));
            let job = desk::plan_issue(&room.desk, room.actor(), &form, key.as_deref())?;
            desk::start(&room.desk, room.actor(), job)?;
            Ok(Reply::Go(format!("/jobs/{job}")))
        })
        .await
}

/// 128 random bits: the idempotency key of one button on one page.
pub fn once() -> Result<String, Trouble> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Trouble::new("web-trouble"))?;
    Ok(desk::hex(&bytes))
}
