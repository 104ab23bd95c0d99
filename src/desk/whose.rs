//! Whose card or number is this? Answered in a few masked words, for the errors of the desk.

use super::{Desk, find};
use crate::back::store::members::Search;
use crate::back::store::{cards, members};
use crate::plan::chip::Uid;
use crate::plan::member::{MemberNumber, OwnNumber};
use crate::plan::messages::Trouble;

/// The library that gave a number, by name or code, with the masked name of our member who has it: `홍*동, 구포도서관`.
pub(super) fn of_number(desk: &Desk, number: MemberNumber) -> Result<String, Trouble> {
    let ours = desk.store.look(|tx| members::search(tx, &Search::Number(number), 1))?;
    let library = desk.directory.decode(number).library;
    let library = library.name.unwrap_or_else(|| library.code.to_string());
    Ok(match ours.first() {
        Some(member) => format!("{}, {library}", find::masked_name(&member.name)),
        None => library,
    })
}

/// The library's own number in this text and the masked name of who has it; `None` when nobody does.
pub(super) fn of_own_number(desk: &Desk, text: &str) -> Result<Option<(String, String)>, Trouble> {
    let Ok(own) = OwnNumber::parse(text) else { return Ok(None) };
    let ours = desk.store.look(|tx| members::search(tx, &Search::OwnNumber(own.as_str()), 1))?;
    Ok(ours.first().map(|member| (own.as_str().to_owned(), find::masked_name(&member.name))))
}

/// The masked name of whoever this chip was made for last, and the number on it; `–` when we never saw it.
pub(super) fn of_uid(desk: &Desk, uid: &Uid) -> Result<String, Trouble> {
    desk.store.look(|tx| {
        let records = cards::of_uid(tx, &uid.to_string())?;
        Ok(match records.first() {
            Some(card) => {
                let member = members::get(tx, card.member)?;
                format!("{} {}", find::masked_name(&member.name), card.number.grouped())
            }
            None => "–".to_owned(),
        })
    })
}
