//! A chain of two columns over three months: what follows, what was altered, what was dropped.

use super::*;
use crate::back::store::Store;

const CHAIN: Chain = Chain { table: "access_rights", version: 1, columns: &COLUMNS };
const COLUMNS: [&str; 7] = ["time", "staff", "desk", "origin", "whose", "what", "detail"];

fn store(folder: &tempfile::TempDir) -> Store {
    Store::open(&folder.path().join("issuer.db")).unwrap()
}

fn row(time: i64) -> [Value<'static>; 7] {
    let text = |text| Value::Text(text);
    [Value::Integer(time), text("staff:1"), text(""), text("page"), text("staff:2"), text("locked"), text("")]
}

fn append(store: &Store, month: &str, count: i64) {
    store.change(|tx| CHAIN.append(tx, month, (0..count).map(row))).unwrap();
}

fn walked(store: &Store) -> Walked {
    store.look(|tx| CHAIN.verify(tx)).unwrap()
}

/// Two rows each in three months.
fn three_months(folder: &tempfile::TempDir) -> Store {
    let store = store(folder);
    for month in ["2026-09", "2026-10", "2026-11"] {
        append(&store, month, 1);
        append(&store, month, 1);
    }
    store
}

/// Past every trigger, as whoever owns the file.
fn tamper(folder: &tempfile::TempDir, sql: &str) -> usize {
    let db = rusqlite::Connection::open(folder.path().join("issuer.db")).unwrap();
    db.execute_batch("DROP TRIGGER access_rights_no_update; DROP TRIGGER access_rights_no_delete;").unwrap();
    db.execute(sql, []).unwrap()
}

#[test]
fn rows_follow_each_other_over_months() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_months(&folder);
    let walked = walked(&store);
    assert_eq!((walked.entries, walked.first_broken), (6, None));
    assert_eq!(walked.head, store.look(|tx| CHAIN.head(tx)).unwrap());
}

#[test]
fn a_chain_without_rows_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(walked(&store(&folder)), Walked { entries: 0, first_broken: None, head: None });
}

#[test]
fn a_clock_set_back_goes_on_in_the_month_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_months(&folder);
    append(&store, "2026-10", 1);
    assert_eq!((walked(&store).entries, walked(&store).first_broken), (7, None));
    assert_eq!(store.look(|tx| Ok(CHAIN.read_months(tx)?)).unwrap().len(), 3);
}

#[test]
fn rows_from_before_there_were_months_belong_to_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_months(&folder);
    let hash = |seq: i64, previous: &[u8; 32]| CHAIN.link(previous, seq, &row(0));
    store
        .change(|tx| {
            tx.execute_batch(
                "DROP TRIGGER access_rights_no_delete; DELETE FROM access_rights; DELETE FROM log_months",
            )?;
            let first = hash(1, &GENESIS);
            let mut insert = tx.prepare(&CHAIN.insert())?;
            let hash = Value::Bytes(&first);
            insert.execute(rusqlite::params_from_iter([Value::Integer(1)].into_iter().chain(row(0)).chain([hash])))?;
            Ok(())
        })
        .unwrap();
    append(&store, "2026-11", 1);
    append(&store, "2026-12", 1);
    assert_eq!((walked(&store).entries, walked(&store).first_broken), (3, None));
}

#[test]
fn every_column_of_every_row_is_found_when_it_is_changed() {
    for seq in 1..=6 {
        for column in COLUMNS.into_iter().chain(["hash"]) {
            let folder = tempfile::tempdir().unwrap();
            drop(three_months(&folder));
            let other = match column {
                "time" => "time + 1".to_owned(),
                "hash" => "zeroblob(32)".to_owned(),
                _ => format!("{column} || ' '"),
            };
            let sql = format!("UPDATE access_rights SET {column} = {other} WHERE seq = {seq}");
            assert_eq!(tamper(&folder, &sql), 1);
            assert_eq!(walked(&store(&folder)).first_broken, Some(seq), "{sql}");
        }
    }
}

#[test]
fn a_row_that_is_missing_is_found_wherever_it_stood() {
    for seq in 1..=6 {
        let folder = tempfile::tempdir().unwrap();
        drop(three_months(&folder));
        tamper(&folder, &format!("DELETE FROM access_rights WHERE seq = {seq}"));
        let found = walked(&store(&folder)).first_broken;
        // Nothing inside the file tells that its newest row is gone: the head kept elsewhere does.
        assert_eq!(found, (seq < 6).then_some(seq), "{seq}");
    }
}

#[test]
fn every_column_of_a_month_is_found_when_it_is_changed() {
    for month in ["2026-09", "2026-10", "2026-11"] {
        for (column, other) in [
            ("month", "month || '0'"),
            ("first", "first + 1"),
            ("start", "zeroblob(32)"),
            ("last", "last + 1"),
            ("head", "zeroblob(32)"),
            ("purged", "1"),
        ] {
            if month == "2026-11" && ["last", "head"].contains(&column) {
                continue;
            }
            let folder = tempfile::tempdir().unwrap();
            drop(three_months(&folder));
            tamper(&folder, &format!("UPDATE log_months SET {column} = {other} WHERE month = '{month}'"));
            assert!(walked(&store(&folder)).first_broken.is_some(), "{month} {column}");
        }
    }
}

#[test]
fn old_months_are_dropped_and_the_rest_is_still_proven() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_months(&folder);
    let head = walked(&store).head;
    let gone = store.change(|tx| CHAIN.purge_before(tx, "2026-11", 5)).unwrap();
    assert_eq!(gone, 4);
    assert_eq!(walked(&store), Walked { entries: 2, first_broken: None, head });
    assert_eq!(store.change(|tx| CHAIN.purge_before(tx, "2026-11", 6)).unwrap(), 0);
    append(&store, "2026-12", 1);
    assert_eq!((walked(&store).entries, walked(&store).first_broken), (3, None));
}

#[test]
fn the_month_that_is_open_is_never_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_months(&folder);
    assert_eq!(store.change(|tx| CHAIN.purge_before(tx, "2030-01", 5)).unwrap(), 4);
    assert_eq!((walked(&store).entries, walked(&store).first_broken), (2, None));
}

#[test]
fn nobody_drops_or_alters_a_row_of_a_month_that_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = three_months(&folder);
    for sql in ["DELETE FROM access_rights WHERE seq = 1", "UPDATE access_rights SET what = 'role' WHERE seq = 1"] {
        assert!(store.change(|tx| Ok(tx.execute(sql, [])?)).is_err(), "{sql}");
    }
}
