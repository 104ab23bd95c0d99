//! Append-only tables whose rows hang together by hashes, month by month: each month is a chain of its own that begins with
//! the head of the month before, so that old months can be dropped and what is left is still proven.
//!
//! It decides nothing: what a row says, and how long it is kept, is told. Rows hold ids and codes, never names.
//! Start at [`Chain::append`] and [`Chain::verify`].

use rusqlite::types::ValueRef;
use rusqlite::{OptionalExtension, params};

use super::shape::has_columns;
use super::{Tx, heads};
use crate::plan::audit::{self, GENESIS, Row, Value};
use crate::plan::messages::Trouble;

/// A chained table: `seq`, these columns in this order, `hash`.
pub struct Chain {
    pub table: &'static str,
    /// Of the row's shape, as [`Row::version`].
    pub version: u32,
    pub columns: &'static [&'static str],
}

/// The head of a chain: what has to be kept elsewhere too, since a chain proves nothing against whoever owns the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub seq: i64,
    pub hash: [u8; 32],
}

/// Before the first row.
const NONE: Head = Head { seq: 0, hash: GENESIS };

/// What a walk over a whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    pub entries: u64,
    /// The first row that does not follow from the one before it; one that is missing counts by its own number.
    pub first_broken: Option<i64>,
    pub head: Option<Head>,
}

/// What a chain knows of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The hash of its row, or of the end of a month that was dropped.
    Hash(Vec<u8>),
    /// It went with its month.
    Dropped,
    /// It was never there.
    Missing,
}

/// A month of a chain. `last` and `head` once it is over.
struct Month {
    name: String,
    first: i64,
    start: [u8; 32],
    last: Option<i64>,
    head: Option<[u8; 32]>,
    purged: bool,
}

const MONTHS: [&str; 7] = ["log", "month", "first", "start", "last", "head", "purged"];

impl Chain {
    /// Appends rows after the last one, in the caller's transaction. `month` is `YYYY-MM` where the library is; a clock that
    /// was set back goes on in the month that is open.
    pub fn append<'v, const N: usize>(
        &self,
        tx: &Tx,
        month: &str,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<(), Trouble> {
        debug_assert_eq!(N, self.columns.len());
        let before = self.head(tx)?.unwrap_or(NONE);
        let after = self.append_unheaded(tx, month, rows)?;
        if after == before { Ok(()) } else { heads::moved(tx, self.table, before, after) }
    }

    /// The same, and its head is not kept: in a database that keeps none yet. The new head.
    pub(super) fn append_unheaded<'v, const N: usize>(
        &self,
        tx: &Tx,
        month: &str,
        rows: impl IntoIterator<Item = [Value<'v>; N]>,
    ) -> Result<Head, Trouble> {
        let mut head = self.head(tx)?.unwrap_or(NONE);
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_some() {
            head.hash = self.in_month(tx, month, head)?;
        }
        let mut insert = tx.prepare_cached(&self.insert())?;
        for columns in rows {
            let seq = head.seq + 1;
            let hash = self.link(&head.hash, seq, &columns);
            let hash_value = Value::Bytes(&hash);
            let all = [Value::Integer(seq)].into_iter().chain(columns).chain([hash_value]);
            insert.execute(rusqlite::params_from_iter(all))?;
            head = Head { seq, hash };
        }
        Ok(head)
    }

    /// The newest row.
    pub fn head(&self, tx: &Tx) -> Result<Option<Head>, Trouble> {
        let newest = format!("SELECT seq, hash FROM {} ORDER BY seq DESC LIMIT 1", self.table);
        let newest = tx.prepare_cached(&newest)?.query_row([], |row| Ok(Head { seq: row.get(0)?, hash: row.get(1)? }));
        match newest.optional()? {
            Some(head) => Ok(Some(head)),
            // All of it was dropped: the last month says where it ended.
            None => {
                Ok(self.read_months(tx)?.last().and_then(|month| Some(Head { seq: month.last?, hash: month.head? })))
            }
        }
    }

    /// What the next row hangs on: the head, or the start of a month that begins now.
    fn in_month(&self, tx: &Tx, month: &str, head: Head) -> Result<[u8; 32], Trouble> {
        let open: Option<(String, i64)> = tx
            .prepare_cached("SELECT month, first FROM log_months WHERE log = ?1 ORDER BY month DESC LIMIT 1")?
            .query_row([self.table], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match open {
            Some((open, _)) if open.as_str() >= month => return Ok(head.hash),
            // Rows from before there were months belong to the first one.
            None if head.seq > 0 => {
                self.begin(tx, month, 1, &GENESIS)?;
                return Ok(head.hash);
            }
            Some((open, _)) => {
                tx.prepare_cached("UPDATE log_months SET last = ?3, head = ?4 WHERE log = ?1 AND month = ?2")?
                    .execute(params![self.table, open, head.seq, head.hash.as_slice()])?;
            }
            None => {}
        }
        let start = self.start(month, head);
        self.begin(tx, month, head.seq + 1, &start)?;
        Ok(start)
    }

    fn begin(&self, tx: &Tx, month: &str, first: i64, start: &[u8; 32]) -> Result<(), Trouble> {
        tx.prepare_cached("INSERT INTO log_months (log, month, first, start) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![self.table, month, first, start.as_slice()])?;
        Ok(())
    }

    /// What stands in front of a month's first row: it hangs on the month before, and on its own name.
    fn start(&self, month: &str, before: Head) -> [u8; 32] {
        let columns = [Value::Text(self.table), Value::Text(month)];
        let sequence = before.seq.unsigned_abs();
        audit::chain(&before.hash, &Row { table: "log_months", version: 1, sequence, columns: &columns })
    }

    fn link(&self, previous: &[u8; 32], seq: i64, columns: &[Value]) -> [u8; 32] {
        let sequence = seq.unsigned_abs();
        audit::chain(previous, &Row { table: self.table, version: self.version, sequence, columns })
    }

    fn insert(&self) -> String {
        let places: Vec<String> = (1..=self.columns.len() + 2).map(|place| format!("?{place}")).collect();
        format!("INSERT INTO {} (seq, {}, hash) VALUES ({})", self.table, self.columns.join(", "), places.join(", "))
    }

    fn read_months(&self, tx: &Tx) -> rusqlite::Result<Vec<Month>> {
        let mut months = tx.prepare_cached(
            "SELECT month, first, start, last, head, purged IS NOT NULL FROM log_months WHERE log = ?1 ORDER BY month",
        )?;
        let found = months.query_map([self.table], |row| {
            Ok(Month {
                name: row.get(0)?,
                first: row.get(1)?,
                start: row.get(2)?,
                last: row.get(3)?,
                head: row.get(4)?,
                purged: row.get(5)?,
            })
        })?;
        found.collect()
    }

    /// The same for whoever looks for what was altered: `None` when a month is none any more.
    fn sound_months(&self, tx: &Tx) -> Result<Option<Vec<Month>>, Trouble> {
        match self.read_months(tx) {
            Ok(months) => Ok(Some(months)),
            Err(fault @ rusqlite::Error::SqliteFailure(..)) => Err(fault.into()),
            Err(_) => Ok(None),
        }
    }

    /// The number of the last row that is there; 0 without any.
    pub fn newest(&self, tx: &Tx) -> Result<i64, Trouble> {
        let newest = format!("SELECT coalesce(max(seq), 0) FROM {}", self.table);
        Ok(tx.query_row(&newest, [], |row| row.get(0))?)
    }

    /// What is known of the row with this number.
    pub fn standing(&self, tx: &Tx, seq: i64) -> Result<Standing, Trouble> {
        let row = format!("SELECT hash FROM {} WHERE seq = ?1", self.table);
        let row = tx.prepare_cached(&row)?.query_row([seq], |row| Ok(row.get_ref(0)?.as_blob().map(<[u8]>::to_vec)));
        if let Some(hash) = row.optional()? {
            return Ok(Standing::Hash(hash.unwrap_or_default()));
        }
        let month: Option<(i64, Vec<u8>)> = tx
            .prepare_cached(
                "SELECT last, head FROM log_months WHERE log = ?1 AND purged IS NOT NULL AND head IS NOT NULL AND ?2 BETWEEN first AND last",
            )?
            .query_row(params![self.table, seq], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(match month {
            Some((last, head)) if last == seq => Standing::Hash(head),
            Some(_) => Standing::Dropped,
            None => Standing::Missing,
        })
    }

    /// Walks over every row and every month. A table that is gone, or has other columns than are covered, is broken from its
    /// first row on.
    pub fn verify(&self, tx: &Tx) -> Result<Walked, Trouble> {
        let broken = |first_broken| Ok(Walked { entries: 0, first_broken: Some(first_broken), head: None });
        if !self.has_shape(tx)? {
            return broken(1);
        }
        let Some(months) = self.sound_months(tx)? else {
            let first: Option<i64> =
                tx.query_row(&format!("SELECT min(seq) FROM {}", self.table), [], |row| row.get(0))?;
            return broken(first.unwrap_or(1));
        };
        let dropped = months.iter().take_while(|month| month.purged).count();
        if let Some(first) = self.ill_dropped(&months, dropped) {
            return broken(first);
        }
        self.walk(tx, Walk::begin(self, &months, dropped))
    }

    /// The same from the beginning of the month that holds this number on: what hangs on it, and nothing before it.
    pub fn verify_since(&self, tx: &Tx, seq: i64) -> Result<Walked, Trouble> {
        match self.sound_months(tx)?.filter(|_| self.has_shape(tx).unwrap_or(false)) {
            None => self.verify(tx),
            Some(months) => {
                let dropped = months.iter().take_while(|month| month.purged).count();
                let at = months.iter().rposition(|month| month.first <= seq).unwrap_or(0);
                self.walk(tx, Walk::begin(self, &months, at.max(dropped)))
            }
        }
    }

    fn walk(&self, tx: &Tx, mut walk: Walk) -> Result<Walked, Trouble> {
        let since = if walk.is_after_dropped() { i64::MIN } else { walk.before.seq + 1 };
        let columns = self.columns.join(", ");
        let rows = format!("SELECT seq, {columns}, hash FROM {} WHERE seq >= ?1 ORDER BY seq", self.table);
        let mut rows = tx.prepare(&rows)?;
        let mut rows = rows.query([since])?;
        while let Some(row) = rows.next()? {
            if let Some(broken) = walk.step(row)? {
                return Ok(Walked { entries: walk.entries, first_broken: Some(broken), head: None });
            }
        }
        Ok(walk.end())
    }

    /// Whether the table and that of the months are what is chained: a column beside them would say what nothing proves.
    fn has_shape(&self, tx: &Tx) -> Result<bool, Trouble> {
        let own: Vec<&str> = ["seq"].into_iter().chain(self.columns.iter().copied()).chain(["hash"]).collect();
        Ok(has_columns(tx, self.table, &own)? && has_columns(tx, "log_months", &MONTHS)?)
    }

    /// The first number of a month among the dropped ones that does not follow from the one before it: it was never there.
    fn ill_dropped(&self, months: &[Month], dropped: usize) -> Option<i64> {
        let mut before = NONE;
        for month in months.iter().take(dropped) {
            let old = before.seq == 0 && month.start == GENESIS;
            let begins = month.first == before.seq + 1 && (old || month.start == self.start(&month.name, before));
            match (month.last, month.head) {
                (Some(last), Some(head)) if begins && last >= month.first => before = Head { seq: last, hash: head },
                _ => return Some(before.seq + 1),
            }
        }
        None
    }

    /// The oldest month that is over and was not dropped.
    pub fn oldest(&self, tx: &Tx) -> Result<Option<String>, Trouble> {
        Ok(tx
            .prepare_cached("SELECT min(month) FROM log_months WHERE log = ?1 AND last IS NOT NULL AND purged IS NULL")?
            .query_row([self.table], |row| row.get(0))?)
    }

    /// The first month that is kept, once older ones were dropped.
    pub fn kept_since(&self, tx: &Tx) -> Result<Option<String>, Trouble> {
        Ok(tx
            .prepare_cached(
                "SELECT min(month) FROM log_months WHERE log = ?1 AND purged IS NULL
                 AND EXISTS (SELECT 1 FROM log_months WHERE log = ?1 AND purged IS NOT NULL)",
            )?
            .query_row([self.table], |row| row.get(0))?)
    }

    /// Drops the months before this one, which are over; how many rows went. What they ended with stays, so that the rest is
    /// still proven.
    pub fn purge_before(&self, tx: &Tx, month: &str, now: i64) -> Result<u64, Trouble> {
        let marked = tx
            .prepare_cached(
                "UPDATE log_months SET purged = ?3 WHERE log = ?1 AND month < ?2 AND last IS NOT NULL AND purged IS NULL",
            )?
            .execute(params![self.table, month, now])?;
        if marked == 0 {
            return Ok(0);
        }
        let last: i64 = tx.query_row(
            "SELECT max(last) FROM log_months WHERE log = ?1 AND purged IS NOT NULL",
            [self.table],
            |row| row.get(0),
        )?;
        let gone = tx.execute(&format!("DELETE FROM {} WHERE seq <= ?1", self.table), [last])?;
        Ok(gone as u64)
    }
}

/// A walk from the first row that is kept to the last.
struct Walk<'c> {
    chain: &'c Chain,
    months: &'c [Month],
    /// The month that is walked in or comes next, by its place.
    at: usize,
    before: Head,
    entries: u64,
}

impl<'c> Walk<'c> {
    fn begin(chain: &'c Chain, months: &'c [Month], dropped: usize) -> Walk<'c> {
        let gone = dropped.checked_sub(1).and_then(|last| months.get(last));
        let before = gone.and_then(|month| Some(Head { seq: month.last?, hash: month.head? }));
        Walk { chain, months, at: dropped, before: before.unwrap_or(NONE), entries: 0 }
    }

    /// What comes before it was dropped, and nothing is there any more.
    fn is_after_dropped(&self) -> bool {
        self.at.checked_sub(1).and_then(|before| self.months.get(before)).is_none_or(|before| before.purged)
    }

    /// The number of the row when it does not follow.
    fn step(&mut self, row: &rusqlite::Row) -> Result<Option<i64>, Trouble> {
        let expected = self.before.seq + 1;
        let Ok(seq) = row.get::<_, i64>(0) else { return Ok(Some(expected)) };
        if seq != expected || !self.enters(seq) {
            return Ok(Some(expected));
        }
        let columns: Vec<Value> =
            (1..=self.chain.columns.len()).map(|place| row.get_ref(place).map(value)).collect::<Result<_, _>>()?;
        let hash = self.chain.link(&self.before.hash, seq, &columns);
        if row.get_ref(columns.len() + 1)?.as_blob().ok() != Some(hash.as_slice()) {
            return Ok(Some(seq));
        }
        self.before = Head { seq, hash };
        self.entries += 1;
        Ok(None)
    }

    /// Goes over into the month that begins with this row, if one does; whether that month is what it says.
    fn enters(&mut self, seq: i64) -> bool {
        let Some(month) = self.months.get(self.at).filter(|month| month.first == seq) else { return true };
        let over = self.at.checked_sub(1).and_then(|before| self.months.get(before));
        let closed = over.is_none_or(|over| (over.last, over.head) == (Some(seq - 1), Some(self.before.hash)));
        // The first month may hold rows from before there were months.
        let start = self.chain.start(&month.name, self.before);
        let old = seq == 1 && month.start == GENESIS;
        if !closed || month.purged || (month.start != start && !old) {
            return false;
        }
        self.before.hash = month.start;
        self.at += 1;
        true
    }

    fn end(self) -> Walked {
        let open = self.at.checked_sub(1).and_then(|last| self.months.get(last));
        // A month that nothing began, one that was cut short, and one that ended and has no next.
        let is_open = |month: &Month| month.last.is_none() && month.head.is_none();
        let whole = self.at == self.months.len() && open.is_none_or(|month| month.purged || is_open(month));
        let first_broken = (!whole).then_some(self.before.seq + 1);
        let head = (self.before.seq > 0).then_some(self.before);
        Walked { entries: self.entries, first_broken, head }
    }
}

/// As the chain saw it; text that is none any more is another value.
fn value(found: ValueRef<'_>) -> Value<'_> {
    match found {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(_) => Value::Bytes(&[]),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map_or(Value::Bytes(bytes), Value::Text),
        ValueRef::Blob(bytes) => Value::Bytes(bytes),
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
