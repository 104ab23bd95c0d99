//! A receipt that was given: what it is for, and printing it again. Start at [`show`].

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Posted, Reply};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, ReceiptView, RuleText};
use crate::plan::fees::EntryKind;

#[derive(Template)]
#[template(path = "pages/receipt.html")]
pub struct ReceiptPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub receipt: ReceiptView,
}

impl ReceiptPage<'_> {
    /// Money is to be handed to the member, who signs for it.
    fn gives_back(&self) -> bool {
        matches!(self.receipt.kind, EntryKind::Refund | EntryKind::Reversal)
    }

    /// The rule's own lines: what it says and of what.
    fn rule_lines<'r>(&self, rule: &'r RuleText) -> Vec<(&'r str, &'r str)> {
        let lines = rule.text.lines().filter_map(|line| line.split_once(" = "));
        lines.map(|(thing, said)| (thing, if said.is_empty() { "–" } else { said })).collect()
    }

    fn back(&self) -> String {
        if self.receipt.kind == EntryKind::Close {
            return "/close".to_owned();
        }
        match (self.receipt.job, self.receipt.member) {
            (Some(job), _) => format!("/jobs/{job}"),
            (_, Some(member)) => format!("/members/{member}"),
            _ => "/desk".to_owned(),
        }
    }
}

/// `GET /receipts/{id}`.
pub async fn show(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let receipt = desk::show_receipt(&room.desk, room.actor(), *id)?;
            let page = Page::new(room, "desk", &format!("/receipts/{id}"));
            Ok(Reply::Page(draw(&ReceiptPage { page, s: room.speech(), receipt })))
        })
        .await
}

/// `GET` of the button's path: the receipt, and nothing is printed.
pub async fn back(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |_| Ok(Reply::Go(format!("/receipts/{id}")))).await
}

/// `POST /receipts/{id}/print`.
pub async fn print(Posted { clerk, .. }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            desk::print_receipt(&room.desk, room.actor(), *id)?;
            Ok(Reply::Go(format!("/receipts/{id}")))
        })
        .await
}
