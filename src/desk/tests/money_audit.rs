//! Whatever is altered in the books of money is found: every column of every row, words and charges beside them, an end that was cut
//! off or written anew. The access log's is in `audit`.

use super::close_day::{clerk, days, manager, sum, verified};
use super::*;
use crate::back::store::ledger as entries;
use crate::plan::fees::PayBy;
use crate::plan::fees::close::Pieces;

/// Charges, payments, a refund, a waiver with words, counts, a close with a difference, a reopening, a close.
fn books() -> Room {
    let room = Room::new(&[("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000")]);
    let today = days(&room, 0);
    for charge in 1..=3 {
        let member = room.enrol(|form| form.name = format!("홍길{}", ["동", "서", "남"][charge - 1])).unwrap().member;
        room.issue(member, CardKind::Barcode).unwrap();
    }
    pay_fee(&room, &clerk(), Evidence::Word, 1, PayBy::Cash, None).unwrap();
    pay_fee(&room, &clerk(), Evidence::Word, 2, PayBy::Card, None).unwrap();
    refund_fee(&room, &manager(), Evidence::Word, 2, "잘못 받음", None).unwrap();
    waive_fee(&room, &manager(), Evidence::Word, 3, "도서관 사정", None).unwrap();
    let count = sum(&room, &clerk(), None, 1500).unwrap();
    close_day(&room, &clerk(), count.count, "모자람", None).unwrap();
    reopen_day(&room, &manager(), None, &today, "다시 셈", None).unwrap();
    let pieces = Counted::Pieces(Pieces::parse("1000x2").unwrap());
    let count = count_drawer(&room, &clerk(), None, None, pieces).unwrap();
    close_day(&room, &clerk(), count.count, "", None).unwrap();
    room
}

/// Past every guard, in a transaction that is given up: what is found.
fn tampered(room: &Room, text: &str) -> Verified {
    let mut found = None;
    let given_up = room.desk.store.change(|tx| {
        for table in ["ledger_entries", "ledger_counts", "fee_rules"] {
            tx.execute_batch(&format!("DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete"))?;
        }
        let changes = || tx.query_row("SELECT total_changes()", [], |row| row.get::<_, i64>(0));
        let before = changes()?;
        tx.execute_batch(text)?;
        assert!(changes()? > before, "nothing was altered by {text}");
        found = Some(crate::desk::audit::walk(room, tx, &[])?);
        Err::<(), _>(Trouble::new("given-up"))
    });
    assert_eq!(code(given_up), "given-up", "{text}");
    found.unwrap()
}

#[test]
fn every_column_of_every_row_of_money_is_found_when_it_is_altered() {
    let room = books();
    assert!(verified(&room).ok, "{:?}", verified(&room));
    let mut altered = 0;
    for chain in [&entries::ENTRIES, &entries::COUNTS] {
        let table = chain.table;
        let rows: i64 = room.desk.store.look(|tx| chain.newest(tx)).unwrap();
        assert!(rows >= 2, "{table}");
        for seq in 1..=rows {
            for column in chain.columns.iter().copied().chain(["seq", "hash"]) {
                let other = match column {
                    "seq" => "seq + 1000".to_owned(),
                    "hash" => "CAST(substr(hash, 1, 31) AS BLOB)".to_owned(),
                    "kind" => "CASE kind WHEN 'charge' THEN 'payment' ELSE 'charge' END".to_owned(),
                    "note" => "CASE WHEN note IS NULL THEN x'00' ELSE NULL END".to_owned(),
                    "time" | "amount" | "counted" | "entry" => format!("{column} + 1"),
                    "charge" | "job" | "member" | "receipt" | "refers" | "expected" | "change" => {
                        format!("CASE WHEN {column} IS NULL THEN 900 ELSE NULL END")
                    }
                    _ => format!("coalesce({column}, '') || ' '"),
                };
                let text = format!("UPDATE {table} SET {column} = {other} WHERE seq = {seq}");
                let found = tampered(&room, &text);
                assert!(!found.ok && found.proven == "broken", "{text}");
                assert_eq!((found.first_broken, found.chain), (Some(seq), Some(table)), "{text}");
                altered += 1;
            }
        }
    }
    assert!(altered > 200, "{altered}");
    assert!(verified(&room).ok);
}

#[test]
fn rows_that_are_gone_words_and_charges_that_were_altered_are_found() {
    let room = books();
    for (text, chain) in [
        ("DELETE FROM ledger_entries WHERE seq = 4", Some("ledger_entries")),
        ("DELETE FROM ledger_counts WHERE seq = 1", Some("ledger_counts")),
        ("DELETE FROM log_months WHERE log = 'ledger_entries'", Some("ledger_entries")),
        ("UPDATE money_notes SET text = text || '.' WHERE text = '모자람'", None),
        ("UPDATE money_notes SET salt = zeroblob(32)", None),
        ("INSERT INTO money_notes VALUES (x'00', x'00', '가')", None),
        ("UPDATE charges SET state = 'unpaid' WHERE id = 1", None),
        ("UPDATE charges SET amount = 1 WHERE id = 3", None),
        ("UPDATE charges SET receipt = 9 WHERE id = 1", None),
        ("UPDATE charges SET reason = 'worn' WHERE id = 1", None),
        ("UPDATE charges SET settled_by = 'staff:9' WHERE id = 1", None),
        ("UPDATE charges SET created_by = 'staff:9' WHERE id = 1", None),
        ("INSERT INTO receipt_prints VALUES (99, 1, 0, 'os:tester')", None),
        ("UPDATE fee_rules SET text = text || ' '", None),
        ("DELETE FROM ledger_counts; DELETE FROM log_months WHERE log = 'ledger_counts'", None),
        (
            "DELETE FROM ledger_entries; DELETE FROM ledger_counts; DELETE FROM charges; DELETE FROM money_notes;
             DELETE FROM log_months WHERE log LIKE 'ledger%'",
            None,
        ),
    ] {
        let found = tampered(&room, text);
        assert_eq!((found.ok, found.chain), (false, chain), "{text}: {found:?}");
    }
}

/// Whoever owns the file takes the guards away, cuts the end off and writes another one that hangs together: the close's paper says so.
#[test]
fn an_end_that_was_cut_off_or_written_anew_is_found_by_the_anchor_of_a_close() {
    let room = books();
    let last = close_view(&room, &clerk()).unwrap().past[0].close;
    let anchor = closed_day(&room, &clerk(), last).unwrap().anchor;
    let file = room.folder.path().join("anchors.json");
    std::fs::write(&file, serde_json::to_string(&anchor).unwrap()).unwrap();
    let held = |room: &Room| verify_audit(room, &actor(), Some(&file)).unwrap();
    assert_eq!((held(&room).ok, held(&room).anchors_checked), (true, 1));
    let cut = format!("DROP TRIGGER ledger_entries_no_delete; DELETE FROM ledger_entries WHERE seq >= {last}");
    room.desk.store.change(|tx| Ok(tx.execute_batch(&cut)?)).unwrap();
    assert_eq!(verified(&room).charges, Some("differ"), "a receipt was printed that nobody gave");
    room.desk.store.change(|tx| Ok(tx.execute_batch("DELETE FROM receipt_prints")?)).unwrap();
    assert!(verified(&room).ok, "a chain alone does not know its end");
    let found = held(&room);
    assert_eq!((found.ok, found.first_broken, found.chain), (false, Some(last), Some("ledger_entries")));
    // Closed once more with another sum: whole in itself, and not what the paper says.
    let count = sum(&room, &clerk(), None, 1000).unwrap();
    assert_eq!(close_day(&room, &clerk(), count.count, "왜", None).unwrap().anchor.sequence, last);
    assert!(verified(&room).ok);
    let found = held(&room);
    assert_eq!((found.ok, found.first_broken, found.proven), (false, Some(last), "broken"));
}
