//! The ledger: what was charged and what became of it, entry after entry, and the closes of desks' days. Append-only and chained;
//! rows hold ids and codes, words stand beside. It sums and finds, and decides nothing. Start at [`append`].

use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use super::chain::Chain;
use super::held::{self, Astray};
use super::{Tx, known};
use crate::plan::audit::{Value, personal};
use crate::plan::fees::{Account, EntryKind, Reason};
use crate::plan::messages::Trouble;

/// The chain of money.
pub const ENTRIES: Chain = Chain {
    table: "ledger_entries",
    version: 1,
    columns: &[
        "time",
        "day",
        "desk",
        "kind",
        "charge",
        "job",
        "member",
        "reason",
        "amount",
        "account",
        "staff",
        "allowed_by",
        "rule",
        "basis",
        "evidence",
        "receipt",
        "refers",
        "expected",
        "change",
        "note",
    ],
};

/// The chain of what was counted.
pub const COUNTS: Chain = Chain {
    table: "ledger_counts",
    version: 1,
    columns: &["time", "day", "desk", "staff", "counted", "pieces", "entry"],
};

/// An entry; `seq` is 0 until it is appended. Written out it has its fields in this order; its number and time stand before them, and
/// what is kept for the proof alone is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    #[serde(skip)]
    pub seq: i64,
    /// Milliseconds since 1970.
    #[serde(skip)]
    pub time: i64,
    /// The desk's business day, `YYYY-MM-DD`.
    pub day: String,
    pub kind: EntryKind,
    pub charge: Option<i64>,
    pub job: Option<i64>,
    pub member: Option<i64>,
    pub reason: Option<Reason>,
    /// Won; of a close what was counted.
    pub amount: i64,
    pub account: Option<Account>,
    /// Who did it: `staff:7`, `os:root`.
    #[serde(rename = "by")]
    pub staff: String,
    pub allowed_by: Option<String>,
    /// Its number on the page; empty at the command line.
    pub desk: String,
    pub rule: Option<String>,
    pub basis: Option<String>,
    /// What shows that a card that costs nothing is right to.
    pub evidence: Option<String>,
    pub receipt: Option<i64>,
    /// The entry that it takes back; of a close the last one before it.
    pub refers: Option<i64>,
    /// Of a close: what the drawer should hold.
    pub expected: Option<i64>,
    /// Of a close: what of that stays in the drawer.
    #[serde(skip)]
    pub change: Option<i64>,
    /// The hash of its words.
    #[serde(skip)]
    pub note: Option<Vec<u8>>,
}

impl Entry {
    /// One of this kind by this person; all else is empty.
    pub fn of(kind: EntryKind, staff: &str) -> Entry {
        Entry {
            seq: 0,
            time: 0,
            day: String::new(),
            desk: String::new(),
            kind,
            charge: None,
            job: None,
            member: None,
            reason: None,
            amount: 0,
            account: None,
            staff: staff.to_owned(),
            allowed_by: None,
            rule: None,
            basis: None,
            evidence: None,
            receipt: None,
            refers: None,
            expected: None,
            change: None,
            note: None,
        }
    }
}

/// Appends it after the last one, in the caller's transaction, and answers its number. It belongs to the month of its time.
pub fn append(tx: &Tx, month: &str, entry: &Entry) -> Result<i64, Trouble> {
    fn text(text: Option<&str>) -> Value<'_> {
        text.map_or(Value::Null, Value::Text)
    }
    let number = |number: Option<i64>| number.map_or(Value::Null, Value::Integer);
    let row = [
        Value::Integer(entry.time),
        Value::Text(&entry.day),
        Value::Text(&entry.desk),
        Value::Text(entry.kind.as_str()),
        number(entry.charge),
        number(entry.job),
        number(entry.member),
        text(entry.reason.map(Reason::as_str)),
        Value::Integer(entry.amount),
        text(entry.account.map(Account::as_str)),
        Value::Text(&entry.staff),
        text(entry.allowed_by.as_deref()),
        text(entry.rule.as_deref()),
        text(entry.basis.as_deref()),
        text(entry.evidence.as_deref()),
        number(entry.receipt),
        number(entry.refers),
        number(entry.expected),
        number(entry.change),
        entry.note.as_deref().map_or(Value::Null, Value::Bytes),
    ];
    ENTRIES.append(tx, month, [row])?;
    ENTRIES.newest(tx)
}

/// The columns of an [`Entry`], for whoever reads rows by [`from_row`].
pub const COLUMNS: &str =
    "seq, time, day, desk, kind, charge, job, member, reason, amount, account, staff, allowed_by, rule, basis,
     evidence, receipt, refers, expected, change, note";

/// An entry as it stands in a row of [`COLUMNS`]; the inner trouble is a code that this program does not know.
pub fn from_row(row: &Row) -> rusqlite::Result<Result<Entry, Trouble>> {
    let (kind, reason, account): (String, Option<String>, Option<String>) = (row.get(4)?, row.get(8)?, row.get(10)?);
    let words = || -> Result<_, Trouble> {
        let reason = reason.as_deref().map(|text| known(Reason::parse(text), "ledger_entries.reason", text));
        let account = account.as_deref().map(|text| known(Account::parse(text), "ledger_entries.account", text));
        let kind = known(EntryKind::parse(&kind), "ledger_entries.kind", &kind)?;
        Ok((kind, reason.transpose()?, account.transpose()?))
    };
    let (kind, reason, account) = match words() {
        Ok(words) => words,
        Err(trouble) => return Ok(Err(trouble)),
    };
    Ok(Ok(Entry {
        seq: row.get(0)?,
        time: row.get(1)?,
        day: row.get(2)?,
        desk: row.get(3)?,
        kind,
        charge: row.get(5)?,
        job: row.get(6)?,
        member: row.get(7)?,
        reason,
        amount: row.get(9)?,
        account,
        staff: row.get(11)?,
        allowed_by: row.get(12)?,
        rule: row.get(13)?,
        basis: row.get(14)?,
        evidence: row.get(15)?,
        receipt: row.get(16)?,
        refers: row.get(17)?,
        expected: row.get(18)?,
        change: row.get(19)?,
        note: row.get(20)?,
    }))
}

/// The entries of these business days, both included and either open, oldest first, one after the other.
pub fn each(
    tx: &Tx,
    from: Option<&str>,
    to: Option<&str>,
    mut then: impl FnMut(Entry) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entries WHERE day >= coalesce(?1, '') AND day <= coalesce(?2, '9999-99') ORDER BY seq"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let mut rows = statement.query(params![from, to])?;
    while let Some(row) = rows.next()? {
        then(from_row(row)??)?;
    }
    Ok(())
}

/// The entry of this number.
pub fn get(tx: &Tx, seq: i64) -> Result<Option<Entry>, Trouble> {
    one(tx, "seq = ?1", seq)
}

/// The entry that this receipt was given for.
pub fn of_receipt(tx: &Tx, receipt: i64) -> Result<Option<Entry>, Trouble> {
    one(tx, "receipt = ?1", receipt)
}

fn one(tx: &Tx, which: &str, value: i64) -> Result<Option<Entry>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM ledger_entries WHERE {which}");
    tx.prepare_cached(&sql)?.query_row([value], from_row).optional()?.transpose()
}

/// The entries of a charge, oldest first.
pub fn of_charge(tx: &Tx, charge: i64) -> Result<Vec<Entry>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM ledger_entries WHERE charge = ?1 ORDER BY seq");
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map([charge], from_row)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// The next number of the one series of receipts. Given in the transaction that writes it, so that there is no gap.
pub fn next_receipt(tx: &Tx) -> Result<i64, Trouble> {
    let sql = "SELECT coalesce(max(receipt), 0) + 1 FROM ledger_entries WHERE receipt IS NOT NULL";
    Ok(tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// The close of a desk that stands: its last one that was not reopened.
pub fn last_close(tx: &Tx, desk: &str) -> Result<Option<Entry>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entries AS closed WHERE desk = ?1 AND kind IN ('close', 'reopen') AND kind = 'close'
         AND NOT EXISTS (SELECT 1 FROM ledger_entries AS opened WHERE opened.desk = closed.desk
           AND opened.kind IN ('close', 'reopen') AND opened.kind = 'reopen' AND opened.refers = closed.seq)
         ORDER BY seq DESC LIMIT 1"
    );
    tx.prepare_cached(&sql)?.query_row([desk], from_row).optional()?.transpose()
}

/// Whether any entry is of this desk.
pub fn has_desk(tx: &Tx, desk: &str) -> Result<bool, Trouble> {
    let sql = "SELECT EXISTS (SELECT 1 FROM ledger_entries WHERE desk = ?1)";
    Ok(tx.prepare_cached(sql)?.query_row([desk], |row| row.get(0))?)
}

/// The first business day of all entries.
pub fn first_day(tx: &Tx) -> Result<Option<String>, Trouble> {
    Ok(tx.prepare_cached("SELECT min(day) FROM ledger_entries")?.query_row([], |row| row.get(0))?)
}

/// Keeps the words of an entry under the hash that it holds.
pub fn keep_note(tx: &Tx, hash: &[u8; 32], salt: &[u8; 32], text: &str) -> Result<(), Trouble> {
    tx.prepare_cached("INSERT INTO money_notes (hash, salt, text) VALUES (?1, ?2, ?3)")?.execute(params![
        hash.as_slice(),
        salt.as_slice(),
        text
    ])?;
    Ok(())
}

/// The words of an entry; nothing where there were none, or they were purged.
pub fn note(tx: &Tx, hash: &[u8]) -> Result<Option<String>, Trouble> {
    let mut found = tx.prepare_cached("SELECT text FROM money_notes WHERE hash = ?1")?;
    Ok(found.query_row([hash], |row| row.get(0)).optional()?)
}

/// The words of this entry, as [`note`].
pub fn words(tx: &Tx, entry: &Entry) -> Result<Option<String>, Trouble> {
    Ok(entry.note.as_ref().map(|hash| note(tx, hash)).transpose()?.flatten())
}

/// Words that are not those that an entry was made with, that hang on no entry, or that are gone.
pub fn notes_astray(tx: &Tx) -> Result<Vec<Astray>, Trouble> {
    let mut found = held::notes_gone(tx)?;
    let mut kept = tx.prepare("SELECT hash, salt, text FROM money_notes")?;
    let mut rows = kept.query([])?;
    while let Some(row) = rows.next()? {
        let (hash, salt): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
        // Text that is none any more was altered.
        let (text, salt) = (row.get::<_, String>(2), <[u8; 32]>::try_from(salt));
        let same = match (&text, &salt) {
            (Ok(text), Ok(salt)) => personal(salt, &[Value::Text(text)]).as_slice() == hash,
            _ => false,
        };
        if !same {
            let mut entry = tx.prepare_cached("SELECT min(seq) FROM ledger_entries WHERE note = ?1")?;
            let entry: Option<i64> = entry.query_row([&hash], |row| row.get(0))?;
            // On no entry: told below.
            found.extend(entry.map(|entry| Astray::new("note-altered", "ledger_entries", entry)));
        }
    }
    let mut loose =
        tx.prepare("SELECT hex(hash) FROM (SELECT hash FROM money_notes EXCEPT SELECT note FROM ledger_entries)")?;
    let loose = loose.query_map([], |row| Ok(Astray::new("note-loose", "money_notes", row.get::<_, String>(0)?)))?;
    found.extend(loose.collect::<Result<Vec<_>, _>>()?);
    Ok(found)
}

/// A count of a drawer; `seq` is 0 until it is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub seq: i64,
    pub time: i64,
    /// Through which business day, `YYYY-MM-DD`.
    pub day: String,
    pub desk: String,
    pub staff: String,
    /// Won.
    pub counted: i64,
    /// `10000x3 500x2`; empty where a sum was typed.
    pub pieces: String,
    /// The last entry of the ledger by then; 0 before the first.
    pub entry: i64,
}

/// Appends it, in the caller's transaction, and answers its number.
pub fn append_count(tx: &Tx, month: &str, count: &Count) -> Result<i64, Trouble> {
    let row = [
        Value::Integer(count.time),
        Value::Text(&count.day),
        Value::Text(&count.desk),
        Value::Text(&count.staff),
        Value::Integer(count.counted),
        Value::Text(&count.pieces),
        Value::Integer(count.entry),
    ];
    COUNTS.append(tx, month, [row])?;
    COUNTS.newest(tx)
}

/// The counts of a desk after this entry of the ledger, oldest first: the first one is the blind one.
pub fn counts_since(tx: &Tx, desk: &str, entry: i64) -> Result<Vec<Count>, Trouble> {
    let mut statement = tx.prepare_cached(
        "SELECT seq, time, day, desk, staff, counted, pieces, entry FROM ledger_counts WHERE desk = ?1 AND entry >= ?2 ORDER BY seq",
    )?;
    let rows = statement.query_map(params![desk, entry], |row| {
        Ok(Count {
            seq: row.get(0)?,
            time: row.get(1)?,
            day: row.get(2)?,
            desk: row.get(3)?,
            staff: row.get(4)?,
            counted: row.get(5)?,
            pieces: row.get(6)?,
            entry: row.get(7)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
