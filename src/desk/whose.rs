//! Whose card or number is this? Answered in a few masked words, for the errors of the desk. That a member was named is an entry
//! of the log, committed before the words are answered. Start at [`of_number`].

use super::{Actor, Desk, actor, find};
use crate::back::store::members::{Member, Search};
use crate::back::store::{Tx, access, cards, members};
use crate::plan::chip::Uid;
use crate::plan::member::{MemberNumber, OwnNumber};
use crate::plan::messages::Trouble;

/// What the log says of it.
const PURPOSE: &str = "scan";
/// A card that goes on lying there is read again and again: naming its member once in this time is one entry.
const ONE_TELLING: i64 = 60_000;

/// The library that gave a number, by name or code, with the masked name of our member who has it: `홍*동, 구포도서관`.
pub(super) fn of_number(desk: &Desk, actor: &Actor, number: MemberNumber) -> Result<String, Trouble> {
    let library = desk.directory.decode(number).library;
    let library = library.name.unwrap_or_else(|| library.code.to_string());
    Ok(match named(desk, actor, &Search::Number(number))? {
        Some(member) => format!("{}, {library}", find::masked_name(&member.name)),
        None => library,
    })
}

/// The library's own number in this text and the masked name of who has it; `None` when nobody does.
pub(super) fn of_own_number(desk: &Desk, actor: &Actor, text: &str) -> Result<Option<(String, String)>, Trouble> {
    let Ok(own) = OwnNumber::parse(text) else { return Ok(None) };
    let member = named(desk, actor, &Search::OwnNumber(own.as_str()))?;
    Ok(member.map(|member| (own.as_str().to_owned(), find::masked_name(&member.name))))
}

fn named(desk: &Desk, actor: &Actor, search: &Search) -> Result<Option<Member>, Trouble> {
    let found = desk.store.look(|tx| members::search(tx, search, 1))?.into_iter().next();
    if let Some(member) = &found {
        desk.store.change(|tx| tell(desk, tx, actor, member.id))?;
    }
    Ok(found)
}

fn tell(desk: &Desk, tx: &Tx, actor: &Actor, member: i64) -> Result<(), Trouble> {
    let since = desk.now().as_millisecond() - ONE_TELLING;
    if access::listed_since(tx, &actor.id(), member, PURPOSE, since)? {
        return Ok(());
    }
    actor::log(desk, tx, actor, [member], "list", PURPOSE)
}

/// The masked name of whoever this chip was made for last, and the number on it; `–` when we never saw it. Whoever lets a card
/// be written is not at hand while it is: `None`.
pub(super) fn of_uid(desk: &Desk, actor: Option<&Actor>, uid: &Uid) -> Result<String, Trouble> {
    desk.store.change(|tx| {
        let records = cards::of_uid(tx, &uid.to_string())?;
        let Some(card) = records.first() else { return Ok("–".to_owned()) };
        let member = members::get(tx, card.member)?;
        if let Some(actor) = actor {
            tell(desk, tx, actor, member.id)?;
        }
        Ok(format!("{} {}", find::masked_name(&member.name), card.number.grouped()))
    })
}
