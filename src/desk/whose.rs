//! Whose card or number is this? Answered in a few masked words, for the errors of the desk.

use super::{Desk, find};
use crate::back::store::members::Search;
use crate::back::store::{cards, members};
use crate::plan::chip::Uid;
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// A masked name, a library's name or its code.
pub(super) fn of_number(desk: &Desk, number: MemberNumber) -> Result<String, Trouble> {
    let ours = desk.store.look(|tx| members::search(tx, &Search::Number(number), 1))?;
    Ok(match ours.first() {
        Some(member) => find::masked_name(&member.name),
        None => {
            let library = desk.directory.decode(number).library;
            library.name.map_or_else(|| library.code.to_string(), |name| name.to_string())
        }
    })
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
