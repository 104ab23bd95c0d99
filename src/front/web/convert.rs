//! From an own card to a 책이음 card, on one page: what changes, that it was said, consent, the kind of card. What was ticked lives
//! in the session until the job is made. Start at [`show`].

use std::collections::BTreeSet;

use actix_web::web;
use askama::Template;
use serde::{Deserialize, Serialize};

use super::approval;
use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::draft::{self, Problem, problem, some};
use super::kept::Kept;
use super::members;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Conversion, ConvertForm, Evidence, IssueForm, MemberFile, Told};
use crate::plan::fees::{Reason, SaidExempt, Settlement};
use crate::plan::job::CardKind;
use crate::plan::member::{Consent, ConsentText};
use crate::plan::messages::Trouble;

const CARDS: [&str; 3] = ["rfid", "barcode", "sticker"];
const PAYS: [&str; 5] = ["cash", "card", "transfer", "later", "waive"];

/// What was chosen so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Draft {
    /// That the library advises the own card was read, and gone over.
    advised: bool,
    /// The form was sent: from now on it shows what is wrong.
    tried: bool,
    consent: bool,
    consent_way: Option<String>,
    consent_on: Option<String>,
    told: bool,
    card: String,
    pay: String,
    /// Of a waiver.
    why: String,
    /// The fields that held the number of a document: of them nothing is kept.
    numbers: BTreeSet<String>,
    /// Why it was refused, where no field says it.
    refused: Option<Told>,
}

impl Kept for Draft {
    const KIND: &'static str = "convert";
}

impl Draft {
    fn take(&mut self, fields: &Fields) {
        self.tried = true;
        (self.consent, self.told) = (fields.has("national"), fields.has("told"));
        (self.consent_way, self.consent_on) = (some(fields, "consent-way"), some(fields, "consent-on"));
        self.card = fields.text("card").to_owned();
        self.pay = PAYS.into_iter().find(|pay| *pay == fields.text("pay")).unwrap_or_default().to_owned();
        self.why = fields.text("why").to_owned();
    }

    /// What is wrong with how and when consent was given; it is asked for with the consent alone.
    fn way_wrong(&self, room: &Room) -> Vec<desk::Problem> {
        let national = Consent { local: false, national: true };
        let wrong = || desk::way_wrong(&room.desk, &self.consent_way, &self.consent_on, national);
        if self.consent { wrong() } else { Vec::new() }
    }
}

/// Unlike what else the session keeps of this member.
fn place(member: i64) -> String {
    format!("convert-{member}")
}

#[derive(Template)]
#[template(path = "pages/convert.html")]
struct ConvertPage<'a> {
    page: Page<'a>,
    s: Speech<'a>,
    member: MemberFile,
    conversion: Conversion,
    draft: Draft,
    /// The whole text of the consent that is missing.
    texts: Vec<ConsentText>,
    /// A guardian consents, not the member.
    guarded: bool,
    /// What is wrong, by field, first field first.
    problems: Vec<Problem>,
    /// Makes pressing the button twice one job.
    once: String,
}

impl ConvertPage<'_> {
    fn picked(&self, card: &str) -> bool {
        if self.draft.card.is_empty() { card == "rfid" } else { self.draft.card == card }
    }

    fn paid(&self, pay: &str) -> bool {
        self.draft.pay == pay
    }

    /// The library's advice comes first, by itself.
    fn advice(&self) -> bool {
        self.conversion.own_advised && !self.draft.advised
    }

    fn problem(&self, field: &str) -> Option<&Trouble> {
        problem(&self.problems, field)
    }

    fn by(&self, way: &str) -> bool {
        self.draft.consent_way.as_deref().unwrap_or("at-desk") == way
    }

    /// Why nothing was paid is what is wrong.
    fn why_wrong(&self) -> bool {
        let codes = ["why-missing", "why-text", "identity-number"];
        self.draft.refused.as_ref().is_some_and(|told| codes.contains(&told.code.as_str()))
    }

    /// Where the keyboard stands: at what is left to tick or is wrong, else at the card.
    fn focus(&self, field: &str) -> bool {
        let told = self.conversion.keeps_number.is_none() && !self.draft.told;
        let consent = !self.conversion.consented && !self.draft.consent;
        field
            == if told {
                "told"
            } else if consent {
                "national"
            } else if let Some((first, _)) = self.problems.first() {
                first
            } else if self.why_wrong() {
                "why"
            } else if self.draft.refused.as_ref().is_some_and(|told| told.code == "pay-missing") {
                "pay"
            } else if self.draft.refused.is_none() && self.draft.pay == "waive" && !self.draft.why.is_empty() {
                // Come back to from the dialogue of a signature.
                "why"
            } else {
                "card"
            }
    }
}

/// `GET /members/{id}/convert`.
pub async fn show(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            desk::evidence_needed(&room.desk, &room.session, *id)?;
            let conversion = desk::conversion(&room.desk, room.actor(), *id)?;
            let member = desk::show_member(&room.desk, room.actor(), *id)?;
            let [_, national] = desk::consent_texts(&room.desk, room.session.lang)?;
            let draft = Draft::of(room, &place(*id))?.unwrap_or_default();
            let wrong = if draft.tried { draft.way_wrong(room) } else { Vec::new() };
            Ok(Reply::Page(draw(&ConvertPage {
                page: Page::new(room, "desk", &format!("/members/{id}/convert")),
                s: room.speech(),
                texts: if conversion.consented { Vec::new() } else { vec![national] },
                guarded: conversion.guarded,
                problems: draft::with_refused(&draft.numbers, wrong),
                once: members::once()?,
                conversion,
                draft,
                member,
            })))
        })
        .await
}

/// `POST /members/{id}/convert`: the advice was read, or the conversion is asked for: plans its card and starts the job.
pub async fn sent(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let (member, place) = (*id, place(*id));
            let mut draft = Draft::of(room, &place)?.unwrap_or_default();
            if fields.has("advised") {
                draft.advised = true;
                draft.keep(room, &place)?;
                return Ok(Reply::Go(format!("/members/{member}/convert")));
            }
            let evidence = desk::evidence_needed(&room.desk, &room.session, member)?;
            draft.take(&fields);
            let wrong = draft.way_wrong(room);
            draft.numbers = draft::refused(&wrong);
            draft.refused = None;
            if wrong.is_empty() {
                let once = fields.text("once");
                let key = (!once.is_empty()).then(|| format!("page-{once}"));
                let planned = form(room, member, evidence, &draft)
                    .and_then(|form| desk::plan_convert(&room.desk, room.actor(), &form, key.as_deref()));
                match planned {
                    Ok(job) => {
                        Draft::forget(room, &place)?;
                        desk::start(&room.desk, room.actor(), job)?;
                        return Ok(Reply::Go(format!("/jobs/{job}")));
                    }
                    Err(trouble) if approval::wanted(&trouble) => {
                        draft.keep(room, &place)?;
                        return Ok(Reply::Sign(trouble, format!("/members/{member}/convert")));
                    }
                    Err(refused) => draft.refused = Some(Told::from(&refused)),
                }
            }
            draft.keep(room, &place)?;
            Ok(Reply::Go(format!("/members/{member}/convert")))
        })
        .await
}

fn form(room: &Room, member: i64, evidence: Evidence, draft: &Draft) -> Result<ConvertForm, Trouble> {
    let kind = CardKind::parse(&draft.card).ok_or_else(|| Trouble::new("web-request"))?;
    let amount = desk::fee_due(&room.desk, room.actor(), member, Reason::Conversion, SaidExempt::No)?.amount;
    let reader = members::reader_for(room, kind)?;
    Ok(ConvertForm {
        card: IssueForm { member, evidence, kind, reader, printer: None },
        consent: draft.consent.then(|| "national".to_owned()),
        consent_way: draft.consent_way.clone(),
        consent_on: draft.consent_on.clone(),
        told: draft.told,
        settlement: Settlement::choice(amount, &draft.pay, &draft.why)?,
        lang: room.session.lang,
    })
}
