//! Whatever is altered in the books of money and of blank cards is found: every column of every row, words, charges and lots beside
//! them, an end that was cut off or written anew. The access log's is in `audit`.

use super::close_day::{clerk, days, manager, sum, verified};
use super::*;
use crate::back::store::ledger as entries;
use crate::back::store::receipts::PRINTS;
use crate::back::store::stock::MOVES;
use crate::plan::fees::PayBy;
use crate::plan::fees::close::Pieces;

/// Charges, payments, a refund, a waiver with words, counts, a close with a difference, a reopening, a close; every kind of movement of
/// two lots; a receipt that was printed twice.
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
    print_receipt(&room, &actor(), 1).unwrap();
    let (a, b) = (("ntag213", "A-1"), ("sticker", "S"));
    for lot in [a, b] {
        receive_stock(&room, &actor(), lot, "30", None).unwrap();
    }
    for (n, taken_as) in [("2", "test"), ("1", "spoiled"), ("26", "counted")] {
        take_stock(&room, &actor(), a, n, taken_as, "확인", None).unwrap();
    }
    open_stock(&room, &actor(), b, None).unwrap();
    fault_stock(&room, &actor(), b, "떨어짐", None).unwrap();
    room
}

/// What a column becomes, whatever its row says.
fn other(table: &str, column: &str) -> String {
    let nothing_or = |other: &str| format!("CASE WHEN {column} IS NULL THEN {other} ELSE NULL END");
    match (table, column) {
        (_, "seq") => "seq + 1000".to_owned(),
        (_, "hash") => "CAST(substr(hash, 1, 31) AS BLOB)".to_owned(),
        ("stock_moves", "kind") => "CASE kind WHEN 'test' THEN 'spoiled' ELSE 'test' END".to_owned(),
        (_, "kind") => "CASE kind WHEN 'charge' THEN 'payment' ELSE 'charge' END".to_owned(),
        // There are two.
        ("stock_moves", "lot") => "3 - lot".to_owned(),
        ("receipt_prints", "receipt" | "nth") => format!("{column} + 900"),
        (_, "note") => nothing_or("x'00'"),
        (_, "time" | "amount" | "counted" | "entry" | "n") => format!("{column} + 1"),
        (_, "charge" | "job" | "member" | "receipt" | "refers" | "expected" | "change") => nothing_or("900"),
        _ => format!("coalesce({column}, '') || ' '"),
    }
}

#[test]
fn every_column_of_every_row_of_money_is_found_when_it_is_altered() {
    let room = books();
    assert!(verified(&room).ok, "{:?}", verified(&room));
    for (chain, least) in [(&entries::ENTRIES, 10), (&entries::COUNTS, 2), (&MOVES, 7), (&PRINTS, 6)] {
        let table = chain.table;
        let rows: i64 = room.desk.store.look(|tx| chain.newest(tx)).unwrap();
        assert!(rows >= least, "{table}: {rows}");
        for seq in 1..=rows {
            for column in chain.columns.iter().copied().chain(["seq", "hash"]) {
                let text = format!("UPDATE {table} SET {column} = {} WHERE seq = {seq}", other(table, column));
                let found = tampered(&room, &text);
                assert!(!found.ok && found.proven == "broken", "{text}");
                assert_eq!((found.first_broken, found.chain), (Some(seq), Some(table)), "{text}");
            }
        }
    }
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
        ("DELETE FROM receipt_prints WHERE seq = 2", Some("receipt_prints")),
        ("INSERT INTO receipt_prints VALUES (99, 0, 1, 7, 'os:tester', x'00')", Some("receipt_prints")),
        ("DELETE FROM stock_moves WHERE seq = 3", Some("stock_moves")),
        ("DELETE FROM log_months WHERE log = 'stock_moves'", Some("stock_moves")),
        ("UPDATE stock_lots SET name = 'A-2' WHERE id = 1", None),
        ("UPDATE stock_lots SET name = 'a-1' WHERE id = 1", None),
        ("UPDATE stock_lots SET type = 'barcode-card' WHERE id = 2", None),
        ("UPDATE stock_lots SET created = created - 1 WHERE id = 2", None),
        ("INSERT INTO stock_lots (type, name, created) VALUES ('sticker', 'T', 0)", None),
        ("UPDATE fee_rules SET text = text || ' '", None),
        ("DELETE FROM ledger_counts; DELETE FROM log_months WHERE log = 'ledger_counts'", Some("ledger_counts")),
        (
            "DELETE FROM ledger_entries; DELETE FROM ledger_counts; DELETE FROM charges; DELETE FROM money_notes;
             DELETE FROM log_months WHERE log LIKE 'ledger%'",
            Some("ledger_entries"),
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
    let past = |text: &str| room.desk.store.change(|tx| past_heads(tx, text)).unwrap();
    past(&format!("DELETE FROM ledger_entries WHERE seq >= {last}"));
    assert_eq!(verified(&room).charges, Some("differ"), "a receipt was printed that nobody gave");
    past("DELETE FROM receipt_prints; DELETE FROM log_months WHERE log = 'receipt_prints'");
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

/// The same of blank cards and of prints: the heads that `audit verify` answers speak for them too.
#[test]
fn an_end_of_movements_or_prints_that_was_cut_off_or_written_anew_is_found_by_heads_kept_elsewhere() {
    for chain in [&MOVES, &PRINTS] {
        let (room, table) = (books(), chain.table);
        let file = room.folder.path().join("anchors.json");
        std::fs::write(&file, serde_json::to_string(&verified(&room)).unwrap()).unwrap();
        let held = || verify_audit(&room, &actor(), Some(&file)).unwrap();
        assert_eq!((held().ok, held().anchors_checked), (true, 5));
        let last = room.desk.store.look(|tx| chain.newest(tx)).unwrap();
        let cut = format!("DELETE FROM {table} WHERE seq >= {last}");
        room.desk.store.change(|tx| past_heads(tx, &cut)).unwrap();
        assert!(verified(&room).ok, "a chain alone does not know its end");
        let found = held();
        assert_eq!((found.ok, found.first_broken, found.chain), (false, Some(last), Some(table)));
        // Another movement, another print: whole in itself.
        take_stock(&room, &actor(), ("ntag213", "A-1"), "1", "test", "다른 것", None).unwrap();
        print_receipt(&room, &actor(), 2).unwrap();
        assert!(verified(&room).ok && room.desk.store.look(|tx| chain.newest(tx)).unwrap() >= last);
        let found = held();
        assert_eq!((found.ok, found.first_broken, found.chain), (false, Some(last), Some(table)));
    }
}

/// The doctor's quick look: what was altered in the open month of any of the books, and a guard that is gone.
#[test]
fn the_doctor_sees_what_was_altered_this_month_and_a_guard_that_is_gone() {
    let room = books();
    let stands = || crate::desk::audit::books_stand(&room);
    assert!(stands().is_ok());
    for table in ["ledger_entries", "ledger_counts", "stock_moves", "receipt_prints"] {
        let given_up = room.desk.store.change(|tx| {
            past_guards(tx, &format!("UPDATE {table} SET time = time + 1 WHERE seq = 2"))?;
            for chain in crate::desk::audit::BOOKS {
                let broken = chain.verify_since(tx, i64::MAX)?.first_broken;
                assert_eq!(broken, (chain.table == table).then_some(2), "{table}");
            }
            Err::<(), _>(Trouble::new("given-up"))
        });
        assert_eq!(code(given_up), "given-up");
    }
    room.desk.store.change(|tx| Ok(tx.execute_batch("DROP TRIGGER fee_rules_no_delete")?)).unwrap();
    let said = stands().unwrap_err();
    assert_eq!((said.code, said.args[0].1.as_str()), ("audit-guard", "fee_rules"));
    room.desk.store.change(|tx| past_guards(tx, "UPDATE stock_moves SET n = n + 1 WHERE seq = 1")).unwrap();
    let said = stands().unwrap_err();
    assert_eq!((said.code, said.args[0].1.as_str(), said.args[1].1.as_str()), ("books-broken", "stock_moves", "1"));
}
