//! Blank cards: lots, what was written down of them (a chain, see [`MOVES`]), and the sums in which the cards themselves count. Lots
//! and movements are never changed or taken away. It decides nothing: which lot is used, and what may be taken, is the plan's and
//! the desk's.
//! Start at [`sums`].

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, params};

use super::chain::Chain;
use super::shape::has_columns;
use super::{Tx, known};
use crate::plan::audit::Value;
use crate::plan::job::CardKind;
use crate::plan::messages::Trouble;
use crate::plan::stock::{MoveKind, StockType, Tally};

/// The chain of what was written down.
pub const MOVES: Chain = Chain {
    table: "stock_moves",
    version: 1,
    columns: &["time", "lot", "type", "name", "kind", "n", "expected", "why", "by", "desk"],
};

/// Cards that came in one box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// The older the smaller.
    pub id: i64,
    pub kind: StockType,
    pub name: String,
    pub created: i64,
}

/// A lot and its sums.
#[derive(Debug, Clone)]
pub struct LotSums {
    pub lot: Lot,
    pub tally: Tally,
    /// Waste that no cancelling made and nobody used.
    pub bad: u32,
    /// When it was opened before its turn, the last time.
    pub opened: Option<i64>,
    /// When its maker was told that it is faulty, the first time.
    pub fault: Option<i64>,
    /// The last time anything was received, or a card of it handed over.
    pub used: i64,
}

/// Something written down of a lot.
#[derive(Debug, Clone)]
pub struct Move {
    pub lot: i64,
    pub time: i64,
    pub kind: MoveKind,
    pub n: u32,
    /// Of a count: what the books said.
    pub expected: Option<u32>,
    pub why: Option<String>,
    /// `staff:3` or `os:root`.
    pub by: String,
    pub desk: String,
}

/// A card that is waste, or some that were found broken by hand.
#[derive(Debug, Clone)]
pub struct Waste {
    pub time: i64,
    pub lot: i64,
    pub n: u32,
    pub uid: Option<String>,
    /// A code of ours of a card, somebody's words of what was found by hand.
    pub why: Option<String>,
    pub job: Option<i64>,
}

/// The lot of this type and name; a name is the same in capitals.
pub fn lot(tx: &Tx, kind: StockType, name: &str) -> Result<Option<Lot>, Trouble> {
    let mut statement = tx.prepare_cached("SELECT id, name, created FROM stock_lots WHERE type = ?1 AND name = ?2")?;
    let found = statement.query_row([kind.as_str(), name], |row| {
        Ok(Lot { id: row.get(0)?, kind, name: row.get(1)?, created: row.get(2)? })
    });
    Ok(found.optional()?)
}

pub fn insert_lot(tx: &Tx, kind: StockType, name: &str, now: i64) -> Result<i64, Trouble> {
    tx.prepare_cached("INSERT INTO stock_lots (type, name, created) VALUES (?1, ?2, ?3)")?.execute(params![
        kind.as_str(),
        name,
        now
    ])?;
    Ok(tx.last_insert_rowid())
}

/// Writes a movement down, in the month of its time (`YYYY-MM` where the library is), and answers its number.
pub fn insert_move(tx: &Tx, month: &str, made: &Move) -> Result<i64, Trouble> {
    let mut lot = tx.prepare_cached("SELECT type, name FROM stock_lots WHERE id = ?1")?;
    let (kind, name): (String, String) = lot.query_row([made.lot], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let row = [
        Value::Integer(made.time),
        Value::Integer(made.lot),
        Value::Text(&kind),
        Value::Text(&name),
        Value::Text(made.kind.as_str()),
        Value::Integer(made.n.into()),
        number(made.expected),
        made.why.as_deref().map_or(Value::Null, Value::Text),
        Value::Text(&made.by),
        Value::Text(&made.desk),
    ];
    MOVES.append(tx, month, [row])?;
    MOVES.newest(tx)
}

pub(super) fn number(number: Option<u32>) -> Value<'static> {
    number.map_or(Value::Null, |number| Value::Integer(number.into()))
}

/// Whether a lot is another one than its movements say, or there is one without the other.
pub fn lots_astray(tx: &Tx) -> Result<bool, Trouble> {
    if !has_columns(tx, "stock_lots", &["id", "type", "name", "created"])? {
        return Ok(true);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM stock_moves AS made LEFT JOIN stock_lots AS lot ON lot.id = made.lot
           WHERE lot.id IS NULL OR lot.type <> made.type OR lot.name <> made.name COLLATE BINARY)
         OR EXISTS (SELECT 1 FROM stock_lots AS lot WHERE lot.created IS NOT
           (SELECT time FROM stock_moves AS made WHERE made.lot = lot.id ORDER BY made.seq LIMIT 1))";
    Ok(tx.query_row(sql, [], |row| row.get(0))?)
}

/// Every lot with its sums of what happened before `until`, oldest first; those of one type, or all. What is in work and what
/// waits to be blanked is of now.
pub fn sums(tx: &Tx, kind: Option<StockType>, until: i64) -> Result<Vec<LotSums>, Trouble> {
    let mut found: BTreeMap<i64, LotSums> = BTreeMap::new();
    let mut lots = tx.prepare_cached("SELECT id, type, name, created FROM stock_lots WHERE ?1 IS NULL OR type = ?1")?;
    let mut rows = lots.query([kind.map(StockType::as_str)])?;
    while let Some(row) = rows.next()? {
        let code: String = row.get(1)?;
        let kind = known(StockType::parse(&code), "stock_lots.type", &code)?;
        let lot = Lot { id: row.get(0)?, kind, name: row.get(2)?, created: row.get(3)? };
        let used = lot.created;
        found.insert(lot.id, LotSums { lot, tally: Tally::default(), bad: 0, opened: None, fault: None, used });
    }
    drop(rows);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    add_cards(tx, until, &mut found)?;
    add_waste(tx, until, &mut found)?;
    add_moves(tx, i64::MIN, until, |lot, kind, sums| {
        let Some(of) = found.get_mut(&lot) else { return };
        add(&mut of.tally, kind, sums);
        match kind {
            MoveKind::Received => of.used = of.used.max(sums.last),
            MoveKind::Opened => of.opened = Some(sums.last),
            MoveKind::Fault => of.fault = Some(sums.first),
            // Cards that somebody laid aside as no good are the lot's, as those are that a job found out.
            MoveKind::Spoiled => of.bad += sums.n,
            MoveKind::Test | MoveKind::Counted => {}
        }
    })?;
    Ok(found.into_values().collect())
}

/// Cards handed over, the many: counted along an index.
const ISSUED: &str = "SELECT lot, count(*), max(live_at) FROM cards INDEXED BY cards_stock
     WHERE lot IS NOT NULL AND live_at < ?1 GROUP BY lot";
/// Cards in a job's hands now.
const WORK: &str = "SELECT lot, count(*) FROM cards INDEXED BY cards_stock_work
     WHERE lot IS NOT NULL AND state IN ('blank', 'in-work', 'ready') GROUP BY lot";
/// Cards that came back; of those what is waste, since a card without a chip is printed for good, and what is no blank yet.
const BACK: &str = "SELECT lot, sum(back_at < ?1), sum(back_at < ?1 AND state <> 'spoiled' AND kind <> 'rfid'),
     sum(kind = 'rfid' AND state <> 'spoiled' AND blank_at IS NULL) FROM cards INDEXED BY cards_stock_back
     WHERE back_at IS NOT NULL AND lot IS NOT NULL GROUP BY lot";

fn add_cards(tx: &Tx, until: i64, found: &mut BTreeMap<i64, LotSums>) -> Result<(), Trouble> {
    let mut statement = tx.prepare_cached(ISSUED)?;
    let mut rows = statement.query([until])?;
    while let Some(row) = rows.next()? {
        let Some(of) = found.get_mut(&row.get(0)?) else { continue };
        of.tally.issued = row.get(1)?;
        of.used = of.used.max(row.get(2)?);
    }
    let mut statement = tx.prepare_cached(WORK)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Some(of) = found.get_mut(&row.get(0)?) else { continue };
        of.tally.in_work = row.get(1)?;
    }
    let mut statement = tx.prepare_cached(BACK)?;
    let mut rows = statement.query([until])?;
    while let Some(row) = rows.next()? {
        let Some(of) = found.get_mut(&row.get(0)?) else { continue };
        of.tally.returned = row.get(1)?;
        of.tally.spoiled += row.get::<_, u32>(2)?;
        of.tally.to_blank = row.get(3)?;
    }
    Ok(())
}

const WASTE: &str = "SELECT lot, count(*), sum(ended_why IS NOT 'cancelled')
     FROM cards INDEXED BY cards_stock_spoiled WHERE state = 'spoiled' AND lot IS NOT NULL AND ended_at < ?1 GROUP BY lot";

fn add_waste(tx: &Tx, until: i64, found: &mut BTreeMap<i64, LotSums>) -> Result<(), Trouble> {
    let mut statement = tx.prepare_cached(WASTE)?;
    let mut rows = statement.query([until])?;
    while let Some(row) = rows.next()? {
        let Some(of) = found.get_mut(&row.get(0)?) else { continue };
        of.tally.spoiled += row.get::<_, u32>(1)?;
        of.bad += row.get::<_, u32>(2)?;
    }
    Ok(())
}

/// The movements of one kind of one lot together.
#[derive(Clone, Copy)]
struct OfKind {
    n: u32,
    found: u32,
    missing: u32,
    first: i64,
    last: i64,
}

fn add(tally: &mut Tally, kind: MoveKind, sums: OfKind) {
    match kind {
        MoveKind::Received => tally.received += sums.n,
        MoveKind::Test => tally.test += sums.n,
        MoveKind::Spoiled => tally.spoiled += sums.n,
        MoveKind::Counted => {
            tally.found += sums.found;
            tally.missing += sums.missing;
        }
        MoveKind::Opened | MoveKind::Fault => {}
    }
}

fn add_moves(tx: &Tx, since: i64, until: i64, mut on: impl FnMut(i64, MoveKind, OfKind)) -> Result<(), Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT lot, kind, sum(n), sum(max(n - coalesce(expected, n), 0)), sum(max(coalesce(expected, n) - n, 0)),
         min(time), max(time) FROM stock_moves WHERE time >= ?1 AND time < ?2 GROUP BY lot, kind",
    )?;
    let mut rows = statement.query([since, until])?;
    while let Some(row) = rows.next()? {
        let code: String = row.get(1)?;
        let kind = known(MoveKind::parse(&code), "stock_moves.kind", &code)?;
        let (n, found, missing) = (row.get(2)?, row.get(3)?, row.get(4)?);
        on(row.get(0)?, kind, OfKind { n, found, missing, first: row.get(5)?, last: row.get(6)? });
    }
    Ok(())
}

/// What happened to the lots from `since` to before `until`.
pub fn changes(tx: &Tx, since: i64, until: i64) -> Result<BTreeMap<i64, Tally>, Trouble> {
    let mut found: BTreeMap<i64, Tally> = BTreeMap::new();
    for (sql, write) in CHANGES {
        let mut statement = tx.prepare_cached(sql)?;
        let mut rows = statement.query([since, until])?;
        while let Some(row) = rows.next()? {
            write(found.entry(row.get(0)?).or_default(), row.get(1)?, row.get(2)?);
        }
    }
    add_moves(tx, since, until, |lot, kind, sums| add(found.entry(lot).or_default(), kind, sums))?;
    Ok(found)
}

/// How two counts of a row go into the sums.
type Adds = fn(&mut Tally, u32, u32);

/// By an index of the time each: what was issued, what came back (of that what is waste), what was spoiled.
const CHANGES: [(&str, Adds); 3] = [
    (
        "SELECT lot, count(*), 0 FROM cards WHERE live_at >= ?1 AND live_at < ?2 AND lot IS NOT NULL GROUP BY lot",
        |tally, n, _| tally.issued += n,
    ),
    (
        "SELECT lot, count(*), sum(state <> 'spoiled' AND kind <> 'rfid') FROM cards INDEXED BY cards_stock_back
         WHERE back_at >= ?1 AND back_at < ?2 AND lot IS NOT NULL GROUP BY lot",
        |tally, n, waste| {
            tally.returned += n;
            tally.spoiled += waste;
        },
    ),
    (
        "SELECT lot, count(*), 0 FROM cards INDEXED BY cards_stock_spoiled
         WHERE state = 'spoiled' AND lot IS NOT NULL AND ended_at >= ?1 AND ended_at < ?2 GROUP BY lot",
        |tally, n, _| tally.spoiled += n,
    ),
];

/// The newest record of this chip, when its card is over and was not waste, and the lot that it says: the plastic that lies there
/// is one of that lot. Four-byte UIDs are not unique, so the kind must be the same.
pub fn over_of_uid(tx: &Tx, uid: &str, chip: &str) -> Result<Option<(i64, Option<i64>)>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT id, lot, state IN ('void', 'returned') FROM cards WHERE uid = ?1 AND chip = ?2 ORDER BY id DESC LIMIT 1",
    )?;
    let found = statement.query_row([uid, chip], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, bool>(2)?)));
    Ok(found.optional()?.filter(|(.., over)| *over).map(|(card, lot, _)| (card, lot)))
}

/// How many cards of this type were begun at or after `since` of no lot. One that the register only found again was not.
pub fn unassigned(tx: &Tx, kind: StockType, since: i64) -> Result<u32, Trouble> {
    let (card, chip) = of_cards(kind);
    let sql = "SELECT count(*) FROM cards WHERE lot IS NULL AND kind = ?1 AND chip IS ?2 AND created >= ?3
        AND live_at IS NOT created AND NOT (state = 'returned' AND live_at IS NULL)";
    Ok(tx.prepare_cached(sql)?.query_row(params![card.as_str(), chip, since], |row| row.get(0))?)
}

/// How many cards were handed over from `since` to before `until` of no lot, whatever their type.
pub fn issued_of_none(tx: &Tx, since: i64, until: i64) -> Result<u32, Trouble> {
    let sql = "SELECT count(*) FROM cards WHERE live_at >= ?1 AND live_at < ?2 AND lot IS NULL AND live_at <> created";
    Ok(tx.prepare_cached(sql)?.query_row([since, until], |row| row.get(0))?)
}

/// What cards of this type say in the books.
fn of_cards(kind: StockType) -> (CardKind, Option<&'static str>) {
    match kind {
        StockType::BarcodeCard => (CardKind::Barcode, None),
        StockType::Sticker => (CardKind::Sticker, None),
        chip => (CardKind::Rfid, chip.chip()),
    }
}

/// What became waste from `since` to before `until`, newest first, at most `limit`: cards, and what was found by hand.
pub fn waste(tx: &Tx, since: i64, until: i64, limit: u32) -> Result<Vec<Waste>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT ended_at AS time, lot, 1, uid, ended_why, job FROM cards INDEXED BY cards_stock_spoiled
           WHERE state = 'spoiled' AND lot IS NOT NULL AND ended_at >= ?1 AND ended_at < ?2
         UNION ALL SELECT back_at, lot, 1, uid, ended_why, job FROM cards INDEXED BY cards_stock_back
           WHERE back_at >= ?1 AND back_at < ?2 AND lot IS NOT NULL AND state <> 'spoiled' AND kind <> 'rfid'
         UNION ALL SELECT time, lot, n, NULL, why, NULL FROM stock_moves
           WHERE kind = 'spoiled' AND time >= ?1 AND time < ?2
         ORDER BY time DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![since, until, limit], |row| {
        Ok(Waste {
            time: row.get(0)?,
            lot: row.get(1)?,
            n: row.get(2)?,
            uid: row.get(3)?,
            why: row.get(4)?,
            job: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The newest movements that somebody wrote down, at most `limit`.
pub fn last_moves(tx: &Tx, limit: u32) -> Result<Vec<Move>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT lot, time, kind, n, expected, why, by, desk FROM stock_moves ORDER BY seq DESC LIMIT ?1",
    )?;
    let mut rows = statement.query([limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let code: String = row.get(2)?;
        found.push(Move {
            lot: row.get(0)?,
            time: row.get(1)?,
            kind: known(MoveKind::parse(&code), "stock_moves.kind", &code)?,
            n: row.get(3)?,
            expected: row.get(4)?,
            why: row.get(5)?,
            by: row.get(6)?,
            desk: row.get(7)?,
        });
    }
    Ok(found)
}

/// Whether somebody reported this lot as faulty.
pub fn has_fault(tx: &Tx, lot: i64) -> Result<bool, Trouble> {
    let sql = "SELECT EXISTS (SELECT 1 FROM stock_moves WHERE lot = ?1 AND kind = 'fault')";
    Ok(tx.prepare_cached(sql)?.query_row([lot], |row| row.get(0))?)
}

#[cfg(test)]
#[path = "stock_tests.rs"]
mod tests;
