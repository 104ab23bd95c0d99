//! A new card in place of an old one: reason, fee, number and kind on one page, which says what will happen. What was
//! chosen and refused lives in the session; the desk judges everything. Start at [`show`].

use actix_web::{HttpRequest, web};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::approval;
use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::devices::ReadyPart;
use super::kept::Kept;
use super::members::{self, once};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Evidence, ReissueForm, ReissueOption, ReissueView, Restored, Whom};
use crate::plan::fees::{ExemptionProof, Reason, SaidExempt, Settlement};
use crate::plan::job::CardKind;
use crate::plan::messages::Trouble;

/// What was chosen, and why it was refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub reason: String,
    pub kind: String,
    pub card: String,
    pub pay: String,
    pub why: String,
    pub told: bool,
    pub exempt: bool,
    pub exempt_seen: bool,
    pub anyway: bool,
    pub refused: Option<Refused>,
}

/// In the words of the session's language.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Refused {
    pub code: String,
    pub what: String,
    pub help: String,
}

impl Default for Draft {
    fn default() -> Draft {
        let text = str::to_owned;
        Draft {
            reason: text(Reason::Lost.as_str()),
            kind: String::new(),
            card: String::new(),
            pay: String::new(),
            why: String::new(),
            told: false,
            exempt: false,
            exempt_seen: false,
            anyway: false,
            refused: None,
        }
    }
}

impl Kept for Draft {
    const KIND: &'static str = "reissue";
}

impl Draft {
    fn sent(fields: &Fields) -> Draft {
        let text = |name| fields.text(name).to_owned();
        Draft {
            reason: text("reason"),
            kind: text("kind"),
            card: text("card"),
            pay: text("pay"),
            why: text("why"),
            told: fields.has("told"),
            exempt: fields.has("exempt"),
            exempt_seen: fields.has("exempt-seen"),
            anyway: fields.has("anyway"),
            refused: None,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/reissue.html")]
pub struct ReissuePage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub view: ReissueView,
    pub draft: Draft,
    pub ready: ReadyPart<'a>,
    /// The member's card was read in this session.
    pub card_read: bool,
    /// Where a block acts: the register's kind.
    pub register: &'static str,
    pub once: String,
}

impl ReissuePage<'_> {
    /// `new` or `keep`, as the page's style knows it.
    fn number(&self, option: &ReissueOption) -> &'static str {
        option.number.as_str()
    }

    /// What is refused beside a field has the focus; else what was typed last, or the first reason.
    fn focus(&self, field: &str) -> bool {
        let field_of = |refused: &Refused| match refused.code.as_str() {
            "told-missing" => "told",
            "exempt-proof-missing" => "exempt-seen",
            "exempt-not-here" => "exempt",
            "reissue-wait" | "reissue-limit" => "anyway",
            "pay-missing" => "pay",
            "why-missing" | "why-text" | "identity-number" => "why",
            _ => "reason",
        };
        // Come back to from the dialogue of a signature, a waiver is where it was left.
        let left = if self.draft.pay == "waive" && !self.draft.why.is_empty() { "why" } else { "reason" };
        self.draft.refused.as_ref().map_or(left, field_of) == field
    }

    /// A manager may let it all the same, and it was refused for want of that.
    fn held_back(&self) -> bool {
        let held = |refused: &Refused| matches!(refused.code.as_str(), "reissue-wait" | "reissue-limit");
        self.draft.anyway || self.draft.refused.as_ref().is_some_and(held)
    }

    /// What somebody who is exempt must show, `required` or `told`, as the page's style knows it; `no` where nobody is.
    fn exempts(&self, option: &ReissueOption) -> &'static str {
        option.exempts.map_or("no", ExemptionProof::as_str)
    }

    /// `no`: free, and neither card nor books show why, so that it will be signed for.
    fn shown(&self, option: &ReissueOption) -> &'static str {
        if option.unshown && !self.card_read { "no" } else { "yes" }
    }

    /// Without a script and without a choice yet, the form still says what a first card of this kind was.
    fn kind(&self, kind: &str) -> bool {
        let now = self.view.cards.first().map_or(CardKind::Rfid, |card| card.kind);
        let chosen = CardKind::parse(&self.draft.kind).unwrap_or(now);
        chosen.as_str() == kind
    }

    fn as_now(&self, kind: &str) -> bool {
        self.view.cards.first().is_some_and(|card| card.kind.as_str() == kind)
    }

    fn card(&self, card: &i64, first: &bool) -> bool {
        if self.draft.card.is_empty() { *first } else { self.draft.card == card.to_string() }
    }
}

/// `GET /members/{id}/reissue?reason=renamed`, or without a reason. Without anything that speaks for the person it is the
/// member's page, which asks for that.
pub async fn show(clerk: Clerk, id: web::Path<i64>, request: HttpRequest) -> Answer {
    let draft = Draft { reason: reason_of(request.query_string()), ..Draft::default() };
    let here = format!("/members/{id}/reissue?reason={}", draft.reason);
    clerk.answer(move |room| page(room, *id, &here, draft)).await
}

/// The reason that a link chose; else the one that is chosen most.
fn reason_of(query: &str) -> String {
    let asked = query.split('&').find_map(|part| desk::reissue_reason(part.strip_prefix("reason=")?).ok());
    asked.unwrap_or(Reason::Lost).as_str().to_owned()
}

/// `GET /members/{id}/reissue/told/{told}`: the same as it was sent, with what was refused.
pub async fn show_told(clerk: Clerk, path: web::Path<(i64, String)>) -> Answer {
    clerk
        .answer(move |room| {
            let (id, told) = path.into_inner();
            page(room, id, &format!("/members/{id}/reissue/told/{told}"), Draft::of(room, &told)?.unwrap_or_default())
        })
        .await
}

/// `GET` of a button's path: the page, and nothing is done.
pub async fn back(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |_| Ok(Reply::Go(format!("/members/{id}/reissue")))).await
}

fn page(room: &Room, member: i64, here: &str, draft: Draft) -> Result<Reply, Trouble> {
    let Some(evidence) = desk::evidence_of(&room.desk, &room.session, member)? else {
        return Ok(Reply::Go(format!("/members/{member}")));
    };
    Ok(Reply::Page(draw(&ReissuePage {
        page: Page::new(room, "desk", here),
        s: room.speech(),
        view: desk::reissue_view(&room.desk, room.actor(), member)?,
        draft,
        card_read: evidence == Evidence::Card,
        ready: ReadyPart::new(room, &desk::readers(&room.desk)),
        register: room.desk.settings.register.as_str(),
        once: once()?,
    })))
}

/// `POST /members/{id}/reissue`: plans the card, starts the job, and goes to its page.
pub async fn begin(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let evidence = desk::evidence_needed(&room.desk, &room.session, *id)?;
            let draft = Draft::sent(&fields);
            let planned = form(room, *id, evidence, &draft).and_then(|form| {
                let key = format!("page-{}", fields.text("once"));
                desk::plan_reissue(&room.desk, room.actor(), &form, Some(&key))
            });
            match planned {
                Ok(job) => {
                    desk::start(&room.desk, room.actor(), job)?;
                    Ok(Reply::Go(format!("/jobs/{job}")))
                }
                Err(trouble) if approval::wanted(&trouble) => {
                    let back = format!("/members/{id}/reissue/told/{}", draft.begin(room)?);
                    Ok(Reply::Sign(trouble, back))
                }
                Err(trouble) => refused(room, *id, draft, &trouble),
            }
        })
        .await
}

fn form(room: &Room, member: i64, evidence: Evidence, draft: &Draft) -> Result<ReissueForm, Trouble> {
    let reason = desk::reissue_reason(&draft.reason)?;
    let kind = CardKind::parse(&draft.kind);
    let exempt = SaidExempt::ticked(draft.exempt, draft.exempt_seen);
    let due = desk::fee_due(&room.desk, room.actor(), member, reason, exempt)?;
    let usable = desk::usable_readers(desk::readers(&room.desk).unwrap_or_default());
    let usual = desk::usual_reader(&room.desk, room.actor(), &usable)?;
    Ok(ReissueForm {
        whom: Whom::Member(member),
        card: Some(desk::id(&draft.card, "card-unknown", "card")?),
        evidence,
        reason,
        kind,
        settlement: Settlement::choice(due.amount, &draft.pay, &draft.why)?,
        exempt,
        anyway: draft.anyway,
        told: draft.told,
        reader: usual.filter(|_| kind == Some(CardKind::Rfid)),
        printer: None,
    })
}

/// Back to the page as it was sent, with what is wrong and what to do.
fn refused(room: &Room, member: i64, draft: Draft, trouble: &Trouble) -> Result<Reply, Trouble> {
    let s = room.speech();
    // The page cannot be drawn any more: the refusal stands alone.
    if matches!(trouble.code, "job-open" | "card-none" | "member-withdrawn" | "key-reused") {
        return Err(trouble.clone());
    }
    let refused = Refused { code: trouble.code.to_owned(), what: s.what(trouble), help: s.help(trouble) };
    let draft = Draft { refused: Some(refused), ..draft };
    let id = draft.begin(room)?;
    tracing::info!(code = trouble.code, "refused");
    Ok(Reply::Go(format!("/members/{member}/reissue/told/{id}")))
}

/// `POST /members/{id}/reissue/recover`: the overwritten card on the reader, in place and free of charge.
pub async fn recover(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            desk::evidence_needed(&room.desk, &room.session, *id)?;
            let reader = members::reader_for(room, CardKind::Rfid)?;
            let key = format!("page-recover-{}", fields.text("once"));
            match desk::recover_of(&room.desk, room.actor(), *id, reader.as_deref(), Some(&key)) {
                Ok(done) => {
                    desk::note_recovered(&room.desk, &room.session, *id, &done)?;
                    Ok(Reply::Go(format!("/members/{id}/reissue/recovered")))
                }
                Err(trouble) => {
                    let reason = Reason::Overwritten.as_str().to_owned();
                    refused(room, *id, Draft { reason, ..Draft::default() }, &trouble)
                }
            }
        })
        .await
}

#[derive(Template)]
#[template(path = "pages/recovered.html")]
pub struct RecoveredPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub member: i64,
    pub done: Restored,
}

impl RecoveredPage<'_> {
    /// What was done, as the catalogue's words end.
    fn what(&self) -> &'static str {
        if self.done.whole { "whole" } else { "written" }
    }

    /// What is to be done with the card.
    fn next(&self) -> &'static str {
        if self.done.suspended { "suspended" } else { "live" }
    }
}

/// `GET /members/{id}/reissue/recovered`: what to do with the card that works again. Where none was recovered, it is the
/// member's page.
pub async fn recovered(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let Some(done) = desk::restored(&room.desk, &room.session, *id)? else {
                return Ok(Reply::Go(format!("/members/{id}")));
            };
            let page = Page::new(room, "desk", &format!("/members/{id}/reissue/recovered"));
            Ok(Reply::Page(draw(&RecoveredPage { page, s: room.speech(), member: *id, done })))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::reason_of;

    #[test]
    fn a_link_chooses_a_reason_of_reissue_and_no_other() {
        for (query, reason) in [
            ("", "lost"),
            ("reason=renamed", "renamed"),
            ("a=b&reason=damaged", "damaged"),
            ("reason=first-issue", "lost"),
            ("reason=%22", "lost"),
        ] {
            assert_eq!(reason_of(query), reason, "{query}");
        }
    }
}
