//! From an own card to a 책이음 card, on one page: what changes, that it was said, consent, the kind of card. What was ticked lives
//! in the session until the job is made. Start at [`show`].

use actix_web::web;
use askama::Template;
use serde::{Deserialize, Serialize};

use super::clerk::{Answer, Clerk, Posted, Reply, Room};
use super::members;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Conversion, ConvertForm, IssueForm, MemberFile, Told};
use crate::plan::fees::{Reason, Settlement};
use crate::plan::job::CardKind;
use crate::plan::member::ConsentText;
use crate::plan::messages::Trouble;

const KIND: &str = "convert";
const CARDS: [&str; 3] = ["rfid", "barcode", "sticker"];
const PAYS: [&str; 4] = ["cash", "card", "transfer", "later"];

/// What was chosen so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Draft {
    /// That the library advises the own card was read, and gone over.
    advised: bool,
    consent: bool,
    told: bool,
    card: String,
    pay: String,
    refused: Option<Told>,
}

impl Draft {
    fn of(room: &Room, member: i64) -> Result<Draft, Trouble> {
        let kept = desk::kept(&room.desk, &room.session, KIND, &place(member))?;
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    fn keep(&self, room: &Room, member: i64) -> Result<(), Trouble> {
        let text = serde_json::to_string(self).map_err(|_| Trouble::new("web-trouble"))?;
        desk::rekeep(&room.desk, &room.session, KIND, &place(member), &text)
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
    /// Makes pressing the button twice one job.
    once: String,
}

impl ConvertPage<'_> {
    fn picked(&self, card: &str) -> bool {
        if self.draft.card.is_empty() { card == "rfid" } else { self.draft.card == card }
    }

    fn paid(&self, pay: &str) -> bool {
        if self.draft.pay.is_empty() { pay == "cash" } else { self.draft.pay == pay }
    }

    /// The library's advice comes first, by itself.
    fn advice(&self) -> bool {
        self.conversion.own_advised && !self.draft.advised
    }

    /// Where the keyboard stands: at what is left to tick, else at the card.
    fn focus(&self, field: &str) -> bool {
        let told = self.conversion.keeps_number.is_none() && !self.draft.told;
        let consent = !self.conversion.consented && !self.draft.consent;
        field
            == if told {
                "told"
            } else if consent {
                "national"
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
            Ok(Reply::Page(draw(&ConvertPage {
                page: Page::new(room, "desk", &format!("/members/{id}/convert")),
                s: room.speech(),
                draft: Draft::of(room, *id)?,
                texts: if conversion.consented { Vec::new() } else { vec![national] },
                once: members::once()?,
                conversion,
                member,
            })))
        })
        .await
}

/// `POST /members/{id}/convert`: the advice was read, or the conversion is asked for: plans its card and starts the job.
pub async fn sent(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let member = *id;
            let mut draft = Draft::of(room, member)?;
            if fields.has("advised") {
                draft.advised = true;
                draft.keep(room, member)?;
                return Ok(Reply::Go(format!("/members/{member}/convert")));
            }
            let kind = CardKind::parse(fields.text("card")).ok_or_else(|| Trouble::new("web-request"))?;
            let evidence = desk::evidence_needed(&room.desk, &room.session, member)?;
            (draft.consent, draft.told) = (fields.has("national"), fields.has("told"));
            draft.card = kind.as_str().to_owned();
            draft.pay = PAYS.into_iter().find(|pay| *pay == fields.text("pay")).unwrap_or_default().to_owned();
            let reader = members::reader_for(room, kind)?;
            let card = IssueForm { member, evidence, kind, reader, printer: None };
            let amount = desk::fee_amount(&room.desk, Reason::Conversion);
            let form = ConvertForm {
                card,
                consent: draft.consent.then(|| "national".to_owned()),
                told: draft.told,
                settlement: Settlement::choice(amount, &draft.pay, "")?,
                lang: room.session.lang,
            };
            let once = fields.text("once");
            let key = (!once.is_empty()).then(|| format!("page-{once}"));
            match desk::plan_convert(&room.desk, room.actor(), &form, key.as_deref()) {
                Ok(job) => {
                    desk::drop_kept(&room.desk, &room.session, KIND, &place(member))?;
                    desk::start(&room.desk, room.actor(), job)?;
                    Ok(Reply::Go(format!("/jobs/{job}")))
                }
                Err(refused) => {
                    draft.refused = Some(Told::from(&refused));
                    draft.keep(room, member)?;
                    Ok(Reply::Go(format!("/members/{member}/convert")))
                }
            }
        })
        .await
}
