//! Blank cards: receiving them, taking some by hand (for a test, broken, after a count), opening a lot before its turn, reporting
//! a lot as faulty; and from which lot the blank of a job comes. What is issued, spoiled or given back is said by the cards
//! themselves, so nothing is counted twice. No blank is ever in the way of a job: without stock a card is of no lot.
//! Start at [`receive_stock`] and [`lot_for`]; what is shown of it is `stock_view.rs`.

use super::enrol::asked;
use super::once::made_once;
use super::quoted::quoted;
use super::stock_view::{StockLine, lines};
use super::{Act, Actor, Desk};
use crate::back::store::Tx;
use crate::back::store::cards::{self, Card};
use crate::back::store::stock::{self, Lot, LotSums, Move};
use crate::plan::fees::why;
use crate::plan::messages::Trouble;
use crate::plan::stock::{LotLeft, MoveKind, Movement, StockType, TAKEN_AS, count, lot_name, which};

/// Type and name of a lot, as typed.
pub type Named<'a> = (&'a str, &'a str);

/// Books that blanks of a lot came, a new one or one that is known, and answers the whole list. The same key books them once.
///
/// # Errors
/// `stock-type`, `stock-lot`, `stock-count`.
pub fn receive_stock(
    desk: &Desk,
    actor: &Actor,
    lot: Named,
    n: &str,
    key: Option<&str>,
) -> Result<Vec<StockLine>, Trouble> {
    actor.may(Act::ReceiveStock)?;
    let (kind, name, n) = (stock_type(lot.0)?, lot_name(lot.1)?, count(n, 1)?);
    booked(desk, actor, key, "stock-receive", &(kind, &name, n), |tx, now| {
        let lot = match stock::lot(tx, kind, &name)? {
            Some(lot) => lot.id,
            None => stock::insert_lot(tx, kind, &name, now)?,
        };
        Ok(Move { n, ..written(actor, lot, now, MoveKind::Received) })
    })
}

/// Books by hand what happened to blanks outside of any job: used for a test, found broken, or counted (those in jobs left out).
/// A count sets the books to what is there and keeps the difference by its name.
///
/// # Errors
/// `stock-type`, `stock-lot`, `stock-lot-unknown`, `stock-count`, `stock-as`, `stock-short`, `why-missing`, `why-text`.
pub fn take_stock(
    desk: &Desk,
    actor: &Actor,
    lot: Named,
    n: &str,
    taken_as: &str,
    reason: &str,
    key: Option<&str>,
) -> Result<Vec<StockLine>, Trouble> {
    actor.may(Act::TakeStock)?;
    let (kind, name) = (stock_type(lot.0)?, lot_name(lot.1)?);
    let wrong = || Trouble::new("stock-as").with("text", quoted(taken_as));
    let taken = MoveKind::parse(taken_as.trim()).filter(|kind| TAKEN_AS.contains(kind)).ok_or_else(wrong)?;
    let n = count(n, u32::from(taken != MoveKind::Counted))?;
    let reason = why(reason)?;
    booked(desk, actor, key, "stock-take", &(kind, &name, n, taken, &reason), |tx, now| {
        let lot = known(tx, kind, &name)?;
        let sums = stock::sums(tx, Some(kind), i64::MAX)?.into_iter().find(|sums| sums.lot.id == lot.id);
        let tally = sums.map(|sums| sums.tally).unwrap_or_default();
        let movement = match taken {
            MoveKind::Test => Movement::Test(n),
            MoveKind::Spoiled => Movement::Spoiled(n),
            _ => Movement::Counted(n),
        };
        tally.after(movement).map_err(|short| short.with("lot", &lot.name))?;
        let expected = (taken == MoveKind::Counted).then(|| tally.on_hand());
        Ok(Move { n, expected, why: Some(reason.clone()), ..written(actor, lot.id, now, taken) })
    })
}

/// The next blanks of its type come from this lot, whatever is left of older ones.
pub fn open_stock(desk: &Desk, actor: &Actor, lot: Named, key: Option<&str>) -> Result<Vec<StockLine>, Trouble> {
    actor.may(Act::TakeStock)?;
    let (kind, name) = (stock_type(lot.0)?, lot_name(lot.1)?);
    booked(desk, actor, key, "stock-open", &(kind, &name), |tx, now| {
        Ok(written(actor, known(tx, kind, &name)?.id, now, MoveKind::Opened))
    })
}

/// Notes that the maker was told of a lot's faults: from then on its cards are evidence of their own for a new card without a fee.
pub fn fault_stock(
    desk: &Desk,
    actor: &Actor,
    lot: Named,
    reason: &str,
    key: Option<&str>,
) -> Result<Vec<StockLine>, Trouble> {
    actor.may(Act::FaultStock)?;
    let (kind, name, reason) = (stock_type(lot.0)?, lot_name(lot.1)?, why(reason)?);
    booked(desk, actor, key, "stock-fault", &(kind, &name, &reason), |tx, now| {
        let lot = known(tx, kind, &name)?.id;
        Ok(Move { why: Some(reason.clone()), ..written(actor, lot, now, MoveKind::Fault) })
    })
}

/// Writes one movement, once under its key, and answers the list as it is then.
fn booked(
    desk: &Desk,
    actor: &Actor,
    key: Option<&str>,
    command: &'static str,
    arguments: &impl serde::Serialize,
    movement: impl FnOnce(&Tx, i64) -> Result<Move, Trouble>,
) -> Result<Vec<StockLine>, Trouble> {
    let now = desk.now().as_millisecond();
    let asked = key.map(|key| asked(desk, key, command, arguments, actor));
    desk.store.change(|tx| {
        made_once(tx, asked.as_ref(), now, || stock::insert_move(tx, &desk.month_of(now), &movement(tx, now)?))?;
        lines(desk, tx)
    })
}

fn written(actor: &Actor, lot: i64, time: i64, kind: MoveKind) -> Move {
    let (by, desk) = (actor.id(), actor.desk.clone());
    Move { lot, time, kind, n: 0, expected: None, why: None, by, desk }
}

/// A type as its code, or as a clerk reads it on the box.
fn stock_type(text: &str) -> Result<StockType, Trouble> {
    let known: Vec<&str> = StockType::ALL.iter().map(|kind| kind.as_str()).collect();
    let wrong = || Trouble::new("stock-type").with("text", quoted(text)).with("known", known.join(", "));
    StockType::parse(text.trim()).ok_or_else(wrong)
}

fn known(tx: &Tx, kind: StockType, name: &str) -> Result<Lot, Trouble> {
    let unknown = || Trouble::new("stock-lot-unknown").with("lot", name).with("type", kind.as_str());
    stock::lot(tx, kind, name)?.ok_or_else(unknown)
}

/// The lot of the blank that a job takes in hand, in the transaction that books its card. A chip that the register knew as a card
/// that is over was one of its own lot and is that again; what nobody received is of no lot.
pub(super) fn lot_for(desk: &Desk, tx: &Tx, kind: StockType, uid: Option<&str>) -> Result<Option<i64>, Trouble> {
    let own = match (kind.chip(), uid) {
        (Some(chip), Some(uid)) => stock::over_of_uid(tx, uid, chip)?,
        _ => None,
    };
    if let Some((card, _)) = own {
        // It lies here, so it came back, and a job may write on it: a blank, whoever said so.
        let now = desk.now().as_millisecond();
        cards::came_back(tx, card, now)?;
        cards::is_blank_again(tx, card, now)?;
    }
    let lots = stock::sums(tx, Some(kind), i64::MAX)?;
    Ok(match own {
        // Not where somebody booked it away by hand meanwhile: a card counts once.
        Some((_, lot)) => lot.filter(|lot| lots.iter().any(|sums| sums.lot.id == *lot && sums.tally.usable() > 0)),
        None => next_of(lots.iter()),
    })
}

/// Which of these lots of one type the next blank comes from.
pub(super) fn next_of<'a>(lots: impl Iterator<Item = &'a LotSums>) -> Option<i64> {
    let left = |sums: &LotSums| LotLeft { lot: sums.lot.id, usable: sums.tally.usable(), opened: sums.opened };
    which(&lots.map(left).collect::<Vec<_>>())
}

/// Whether this card was made of a lot that somebody reported as faulty.
pub(super) fn lot_is_faulty(tx: &Tx, card: &Card) -> Result<bool, Trouble> {
    card.lot.map_or(Ok(false), |lot| stock::has_fault(tx, lot))
}
