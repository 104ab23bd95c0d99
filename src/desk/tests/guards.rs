//! Guards that somebody took away, altered or added are found by name, whichever it is, and put back on purpose alone.

use super::*;

/// A statement outside of any use case.
fn sql(room: &Room, text: &str) {
    room.store.change(|tx| Ok(tx.execute_batch(text)?)).unwrap();
}

fn verified(room: &Room) -> Verified {
    verify_audit(room, &actor(), None).unwrap()
}

/// Name, table and text of every trigger there is.
fn guards(room: &Room) -> Vec<(String, String, String)> {
    let named = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name";
    let look = |tx: &Tx| {
        let mut named = tx.prepare(named)?;
        let rows = named.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    room.store.look(look).unwrap()
}

/// As table, guard and what became of it.
fn astray(found: &Verified) -> Vec<(&str, &str, &str)> {
    found.guards.iter().map(|one| (one.table.as_str(), one.guard.as_str(), one.changed.as_str())).collect()
}

#[test]
fn each_guard_that_is_taken_away_or_altered_is_found_by_its_name() {
    let room = Room::new(&[]);
    assert!(verified(&room).ok && verified(&room).guards.is_empty());
    let all = guards(&room);
    for table in ["access_entries", "access_rights", "ledger_entries", "ledger_counts", "stock_moves", "receipt_prints"]
    {
        let of = all.iter().filter(|(_, on, text)| on == table && text.contains("append-only"));
        assert_eq!(of.count(), 2, "{table}");
    }
    for (name, table, text) in &all {
        sql(&room, &format!("DROP TRIGGER {name}"));
        let found = verified(&room);
        assert!(!found.ok && found.first_broken.is_none() && found.chain.is_none(), "{found:?}");
        assert_eq!(astray(&found), [(table.as_str(), name.as_str(), "missing")]);
        // The same name, and it guards nothing.
        sql(&room, &format!("CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN 0 BEGIN SELECT 1; END"));
        assert_eq!(astray(&verified(&room)), [(table.as_str(), name.as_str(), "altered")]);
        sql(&room, &format!("DROP TRIGGER {name}; {text}"));
        assert!(verified(&room).ok, "{name}");
    }
    sql(&room, "CREATE TRIGGER more AFTER INSERT ON stock_moves BEGIN DELETE FROM money_notes; END");
    assert_eq!(astray(&verified(&room)), [("stock_moves", "more", "added")]);
}

#[test]
fn guards_are_put_back_on_purpose_where_all_else_is_proven_and_that_is_an_entry() {
    let room = Room::new(&[]);
    let before = guards(&room);
    room.enrol(|_| ()).unwrap();
    sql(
        &room,
        "DROP TRIGGER stock_moves_no_update; DROP TRIGGER ledger_entries_no_delete; DROP TRIGGER receipt_prints_no_delete;
         CREATE TRIGGER receipt_prints_no_delete BEFORE DELETE ON receipt_prints WHEN 0 BEGIN SELECT 1; END;
         CREATE TRIGGER more AFTER INSERT ON stock_moves BEGIN DELETE FROM money_notes; END",
    );
    assert_eq!(verified(&room).guards.len(), 4);
    // While something else is wrong nothing is put back.
    sql(&room, "INSERT INTO stock_lots (type, name, created) VALUES ('sticker', 'T', 0)");
    assert_eq!(put_guards_back(&room, &actor(), None).unwrap().guards.len(), 4);
    room.store.change(|tx| past_guards(tx, "DELETE FROM stock_lots")).unwrap();
    let entries = verified(&room).entries;
    let after = put_guards_back(&room, &actor(), None).unwrap();
    assert_eq!((after.ok, after.guards.len(), after.entries), (true, 0, entries + 1), "{after:?}");
    assert_eq!(guards(&room), before);
    assert_eq!(put_guards_back(&room, &actor(), None).unwrap().entries, entries + 1, "nothing to put back");
    let mut told = Vec::new();
    show_access(&room, &actor(), &AccessQuery::default(), &mut |row| {
        told.push(row.purpose);
        Ok(())
    })
    .unwrap();
    assert_eq!(told.last().map(String::as_str), Some("audit-guards, 4"));
}
