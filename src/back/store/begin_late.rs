//! The beginning of chains on tables that are older than their chain: their rows are chained once, as they stand, in the transaction
//! that changes the tables. It judges no row: what was altered before is not found. Start at [`begin`].

use rusqlite::Transaction;
use rusqlite_migration::{HookError, HookResult};

use super::stock::MOVES;
use super::{receipts::PRINTS, stock};
use crate::plan::audit::Value;
use crate::plan::messages::Trouble;

/// The month of a time. The only time zone that a library of this program had before is +09:00.
const MONTH: &str = "strftime('%Y-%m', made.time / 1000 + 32400, 'unixepoch')";

/// Chains what `stock_moves_before` and `receipt_prints_before` hold, in its order, and drops them.
pub(super) fn begin(tx: &Transaction) -> HookResult {
    let told = |trouble: Trouble| HookError::Hook(trouble.to_string());
    moves(tx).map_err(told)?;
    prints(tx).map_err(told)?;
    Ok(tx.execute_batch("DROP TABLE stock_moves_before; DROP TABLE receipt_prints_before")?)
}

fn moves(tx: &Transaction) -> Result<(), Trouble> {
    let mut before = tx.prepare(&format!(
        "SELECT {MONTH}, made.time, made.lot, lot.type, lot.name, made.kind, made.n, made.expected, made.why, made.by, made.desk
         FROM stock_moves_before AS made JOIN stock_lots AS lot ON lot.id = made.lot ORDER BY made.id"
    ))?;
    let mut rows = before.query([])?;
    while let Some(row) = rows.next()? {
        let month: String = row.get(0)?;
        let (kind, lot, made): (String, String, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let (why, by, desk): (Option<String>, String, String) = (row.get(8)?, row.get(9)?, row.get(10)?);
        let values = [
            Value::Integer(row.get(1)?),
            Value::Integer(row.get(2)?),
            Value::Text(&kind),
            Value::Text(&lot),
            Value::Text(&made),
            Value::Integer(row.get(6)?),
            stock::number(row.get(7)?),
            why.as_deref().map_or(Value::Null, Value::Text),
            Value::Text(&by),
            Value::Text(&desk),
        ];
        MOVES.append_unheaded(tx, &month, [values])?;
    }
    Ok(())
}

fn prints(tx: &Transaction) -> Result<(), Trouble> {
    let mut before = tx.prepare(&format!(
        "SELECT {MONTH}, made.time, made.receipt, made.nth, made.staff FROM receipt_prints_before AS made
         ORDER BY made.time, made.receipt, made.nth"
    ))?;
    let mut rows = before.query([])?;
    while let Some(row) = rows.next()? {
        let (month, staff): (String, String) = (row.get(0)?, row.get(4)?);
        let numbers = [row.get(1)?, row.get(2)?, row.get(3)?].map(Value::Integer);
        let [time, receipt, nth] = numbers;
        PRINTS.append_unheaded(tx, &month, [[time, receipt, nth, Value::Text(&staff)]])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{MIGRATIONS_BEFORE, Store};
    use super::*;
    use rusqlite_migration::Migrations;

    /// A database as the program before made it, with movements and prints of two months; one clock was set back.
    fn before() -> (tempfile::TempDir, std::path::PathBuf) {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("issuer.db");
        let mut old = rusqlite::Connection::open(&path).unwrap();
        Migrations::from_slice(MIGRATIONS_BEFORE).to_latest(&mut old).unwrap();
        old.execute_batch(
            "INSERT INTO stock_lots (type, name, created) VALUES ('ntag213', 'A-1', 1792000000000), ('sticker', 'S', 1792000000001);
             INSERT INTO stock_moves (lot, time, kind, n, expected, why, by, desk) VALUES
               (1, 1792000000000, 'received', 30, NULL, NULL, 'os:root', ''), (2, 1792000000001, 'received', 5, NULL, NULL, 'staff:2', '1'),
               (1, 1795600000000, 'counted', 28, 30, '실사', 'staff:2', '1'), (1, 1793000000000, 'test', 1, NULL, '시험', 'staff:2', '1');
             INSERT INTO receipt_prints VALUES (2, 1, 1792000000500, 'staff:2'), (1, 1, 1792000000400, 'os:root'),
               (1, 2, 1795600000000, 'staff:2');",
        )
        .unwrap();
        drop(old);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        (folder, path)
    }

    #[test]
    fn what_was_written_before_is_chained_as_it_stood_and_goes_on() {
        let (_folder, path) = before();
        let store = Store::open(&path).unwrap();
        let walked = |chain: &crate::back::store::chain::Chain| store.look(|tx| chain.verify(tx)).unwrap();
        assert_eq!((walked(&MOVES).entries, walked(&MOVES).first_broken), (4, None));
        assert_eq!((walked(&PRINTS).entries, walked(&PRINTS).first_broken), (3, None));
        assert!(!store.look(stock::lots_astray).unwrap());
        let last = store.look(|tx| stock::last_moves(tx, 9)).unwrap();
        assert_eq!(last.iter().map(|made| (made.lot, made.n)).collect::<Vec<_>>(), [(1, 1), (1, 28), (2, 5), (1, 30)]);
        assert_eq!(
            (last[1].expected, last[1].why.as_deref(), last[2].by.as_str()),
            (Some(30), Some("실사"), "staff:2")
        );
        let sums = store.look(|tx| stock::sums(tx, None, i64::MAX)).unwrap();
        assert_eq!((sums[0].tally.received, sums[0].tally.missing, sums[0].tally.test), (30, 2, 1));
        let printed = |receipt| store.look(|tx| crate::back::store::receipts::count(tx, receipt)).unwrap();
        assert_eq!((printed(1), printed(2)), (2, 1));
        store.change(|tx| crate::back::store::receipts::note(tx, "2026-12", 2, 1_796_900_000_000, "os:root")).unwrap();
        store.change(|tx| stock::insert_move(tx, "2026-12", &last[2])).unwrap();
        assert_eq!((walked(&MOVES).entries, walked(&MOVES).first_broken), (5, None));
        assert_eq!((walked(&PRINTS).entries, walked(&PRINTS).first_broken), (4, None));
        drop(store);
        let store = Store::open(&path).unwrap();
        assert_eq!(store.look(|tx| PRINTS.verify(tx)).unwrap().entries, 4, "once");
    }

    #[test]
    fn whoever_handed_an_older_card_over_is_taken_from_the_access_log() {
        let (_folder, path) = before();
        let old = rusqlite::Connection::open(&path).unwrap();
        old.execute_batch(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO access_entries (seq, time, staff, role, desk, origin, member, what, purpose, hash) VALUES
               (1, 400, 'staff:1', 'clerk', '1', 'page', 7, 'change', 'hand-over', x'00'),
               (2, 502, 'staff:3', 'clerk', '1', 'page', 7, 'change', 'hand-over', x'00'),
               (3, 503, 'staff:4', 'clerk', '1', 'page', 8, 'change', 'hand-over', x'00');
             INSERT INTO jobs (member, kind, reason, number, reserved, state, step, created, updated, created_by) VALUES
               (7, 'rfid', 'first-issue', '12100300000001', 1, 'handed-over', 'hand-over', 1, 501, 'staff:2'),
               (8, 'rfid', 'first-issue', '12100300000002', 1, 'ready', 'hand-over', 1, 501, 'staff:2'),
               (9, 'rfid', 'first-issue', '12100300000003', 1, 'handed-over', 'hand-over', 1, 501, 'staff:2');",
        )
        .unwrap();
        drop(old);
        let store = Store::open(&path).unwrap();
        let by: Vec<Option<String>> = store
            .look(|tx| {
                let mut jobs = tx.prepare("SELECT handed_over_by FROM jobs ORDER BY id")?;
                Ok(jobs.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
            })
            .unwrap();
        assert_eq!(by, [Some("staff:3".to_owned()), None, None]);
    }
}
