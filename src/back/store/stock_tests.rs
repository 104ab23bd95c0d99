//! What the stock reads comes out of indexes, and what was written stays.

use super::*;
use crate::back::store::Store;

/// However many cards there are: a lot's sums come out of one index alone, a day's out of the times of it.
#[test]
fn no_sum_reads_the_cards_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("issuer.db")).unwrap();
    let plan = |sql: &str, values: &[i64]| {
        store
            .look(|tx| {
                let mut plan = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let steps = plan.query_map(rusqlite::params_from_iter(values), |row| row.get::<_, String>(3))?;
                Ok(steps.collect::<Result<Vec<_>, _>>()?.join("; "))
            })
            .unwrap()
    };
    for (sql, values, index) in
        [(ISSUED, &[1][..], "cards_stock"), (WORK, &[], "cards_stock_work"), (BACK, &[1], "cards_stock_back")]
    {
        let steps = plan(sql, values);
        assert!(steps.contains(&format!("INDEX {index} ")) && !steps.contains("SCAN"), "{steps}");
        assert!(index == "cards_stock_back" || !steps.contains("TEMP B-TREE"), "{steps}");
    }
    let waste = plan(WASTE, &[1]);
    assert!(waste.starts_with("SEARCH cards USING COVERING INDEX cards_stock_spoiled"), "{waste}");
    for ((sql, _), index) in CHANGES.iter().zip(["cards_live", "cards_stock_back", "cards_stock_spoiled"]) {
        let steps = plan(sql, &[1, 2]);
        assert!(steps.starts_with(&format!("SEARCH cards USING COVERING INDEX {index}")), "{steps}");
    }
}

#[test]
fn a_lot_and_a_movement_stay_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("issuer.db")).unwrap();
    let lot = store.change(|tx| insert_lot(tx, StockType::Sticker, "S-1", 5)).unwrap();
    let made = Move {
        lot,
        time: 5,
        kind: MoveKind::Received,
        n: 9,
        expected: None,
        why: None,
        by: "os:x".to_owned(),
        desk: "1".to_owned(),
    };
    store.change(|tx| insert_move(tx, "2026-11", &made)).unwrap();
    for sql in [
        "UPDATE stock_moves SET n = 8",
        "DELETE FROM stock_moves",
        "UPDATE stock_lots SET name = 'S-2'",
        "DELETE FROM stock_lots",
        "INSERT INTO stock_moves (lot, time, kind, n, by, desk) VALUES (1, 5, 'lost', 1, 'x', '1')",
        "INSERT INTO stock_moves (lot, time, kind, n, by, desk) VALUES (1, 5, 'test', -1, 'x', '1')",
        "INSERT INTO stock_moves (lot, time, kind, n, by, desk) VALUES (1, 5, 'counted', 1, 'x', '1')",
        "INSERT INTO stock_lots (type, name, created) VALUES ('sticker', 's-1', 6)",
    ] {
        assert!(store.change(|tx| Ok(tx.execute(sql, [])?)).is_err(), "{sql}");
    }
}
