//! Whoever owns the file takes the guards away, writes, and puts them back; no head was kept elsewhere. What stands beside the chains
//! tells all the same: accounts, kept ends, jobs and cards, charges, words, and the form of the database.

use super::ledger::{CASH, PRICED, job};
use super::staff::{PASSWORD, id_of, somebody};
use super::*;
use crate::back::store::rights_held;
use crate::desk::before;
use crate::plan::fees::{PayBy, SaidExempt, Settlement};
use crate::plan::messages::Lang;

fn verified(room: &Room) -> Verified {
    verify_audit(room, &actor(), None).unwrap()
}

/// What is told of this: how it is not, and of which row.
fn told(room: &Room, text: &str) -> Vec<(&'static str, String)> {
    let found = tampered(room, &format!("PRAGMA defer_foreign_keys = ON; {text}"));
    assert!(!found.ok, "{text}: {found:?}");
    for one in &found.findings {
        for lang in [Lang::Ko, Lang::En] {
            let said = room.messages.what(lang, &astray_trouble(one));
            assert!(said.contains(&one.row) && said.len() > 20, "{said}");
        }
    }
    found.findings.iter().map(|one| (one.how, one.row.clone())).collect()
}

/// A finding of its own, first.
fn tells(room: &Room, cases: &[(&str, &str, i64)]) {
    for (text, how, row) in cases {
        let found = told(room, text);
        assert!(found.contains(&(how, row.to_string())), "{text}: {found:?}");
    }
}

fn hand(room: &Room, job: i64) {
    let number = print_on_page(room, &actor(), job).unwrap().number.to_string();
    hand_over(room, &actor(), job, Some(&number), None, Feed::ByHand, None).unwrap();
}

/// Jobs 1 and 2 handed over, 3 cancelled with its charge taken back, 4 waived, 5 open and its charge unpaid.
fn busy() -> Room {
    let room = Room::new(PRICED);
    for _ in 1..=3 {
        job(&room, &actor(), &CASH);
    }
    hand(&room, 1);
    hand(&room, 2);
    print_on_page(&room, &actor(), 3).unwrap();
    cancel(&room, &actor(), 3, Feed::ByHand).unwrap();
    job(&room, &actor(), &Settlement::Waived("도서관 사정".into()));
    job(&room, &actor(), &Settlement::Later);
    assert!(verified(&room).ok, "{:?}", verified(&room));
    room
}

#[test]
fn an_account_that_the_record_of_rights_did_not_make_so_is_found() {
    let room = Room::new(&[]);
    let (clerk, boss) = (somebody(&room, "이몽룡", Role::Clerk), somebody(&room, "성춘향", Role::Administrator));
    let (clerk, boss) = (id_of(&clerk), id_of(&boss));
    let member = room.enrol(|_| ()).unwrap().member;
    set_own_membership(&room, &actor(), clerk, Some(member), None).unwrap();
    let ok = |what: &str| assert!(verified(&room).ok, "{what}: {:?}", verified(&room));
    ok("made");
    tells(
        &room,
        &[
            (
                "INSERT INTO staff (id, name, role, state, created) VALUES (9, '변', 'administrator', 'active', 0)",
                "account-unrecorded",
                9,
            ),
            ("UPDATE staff SET role = 'administrator', member = NULL WHERE id = 1", "account-role", clerk),
            ("UPDATE staff SET member = NULL WHERE id = 1", "account-member", clerk),
            ("UPDATE staff SET state = 'locked' WHERE id = 2", "account-state", boss),
            ("DELETE FROM sessions; DELETE FROM staff WHERE id = 2", "account-gone", boss),
        ],
    );
    let wiped = "DELETE FROM access_rights; DELETE FROM log_months WHERE log = 'access_rights'";
    let found = tampered(&room, wiped);
    assert_eq!((found.ok, found.chain, found.first_broken), (false, Some("access_rights"), Some(1)));
    // Even where its kept end is made to fit, the accounts are there.
    let given_up = room.store.change(|tx| {
        past_heads(tx, wiped)?;
        let found = crate::desk::audit::walk(&room, tx, &[])?;
        assert_eq!((found.ok, found.accounts, found.findings.len()), (false, Some("differ"), 2));
        Err::<(), _>(Trouble::new("given-up"))
    });
    assert_eq!(code(given_up), "given-up");
    // Every change that is made by the rules is one.
    set_role(&room, &actor(), clerk, Role::Manager, None).unwrap();
    ok("role");
    lock_staff(&room, &actor(), clerk, None).unwrap();
    ok("locked");
    unlock_staff(&room, &actor(), clerk, None).unwrap();
    ok("unlocked");
    let again = reset_staff(&room, &actor(), clerk, None).unwrap();
    ok("reset");
    lock_staff(&room, &actor(), clerk, None).unwrap();
    unlock_staff(&room, &actor(), clerk, None).unwrap();
    ok("locked while it waited");
    let token = reset_staff(&room, &actor(), clerk, None).unwrap().token.or(again.token).unwrap();
    set_up(&room, &token, "", PASSWORD, "1", &Whence::default()).unwrap();
    ok("set up");
}

/// The record of rights is kept three years: how an account stands goes on, and what was altered before is not made right.
#[test]
fn the_making_of_an_account_outlives_its_month() {
    let room = Room::new(&[]);
    somebody(&room, "이몽룡", Role::Clerk);
    somebody(&room, "성춘향", Role::Administrator);
    room.store
        .change(|tx| {
            past_guards(tx, "UPDATE staff SET role = 'manager' WHERE id = 2")?;
            rights_held::carried_over(tx, || {
                past_heads(tx, "DELETE FROM access_rights; DELETE FROM log_months WHERE log = 'access_rights'")
            })
        })
        .unwrap();
    let found = verified(&room);
    let findings: Vec<_> = found.findings.iter().map(|one| (one.how, one.row.as_str())).collect();
    assert_eq!(findings, [("account-unrecorded", "2")]);
    // One that only stood so goes on as any other.
    room.store.change(|tx| past_guards(tx, "UPDATE staff SET role = 'administrator' WHERE id = 2")).unwrap();
    room.store.change(rights_held::stand).unwrap();
    assert!(verified(&room).ok, "{:?}", verified(&room));
    lock_staff(&room, &actor(), 1, None).unwrap();
    unlock_staff(&room, &actor(), 1, None).unwrap();
    assert!(verified(&room).ok, "{:?}", verified(&room));
}

#[test]
fn a_chain_that_is_gone_with_its_months_or_whose_end_was_cut_off_is_found() {
    let room = busy();
    receive_stock(&room, &actor(), ("ntag213", "A-1"), "30", None).unwrap();
    receive_stock(&room, &actor(), ("ntag213", "A-2"), "30", None).unwrap();
    assert!(verified(&room).ok);
    let gone = |table: &str| format!("DELETE FROM {table}; DELETE FROM log_months WHERE log = '{table}'");
    for (text, chain, first) in [
        (gone("receipt_prints"), "receipt_prints", 1),
        ("DELETE FROM receipt_prints WHERE seq >= 3".to_owned(), "receipt_prints", 3),
        (format!("{}; DELETE FROM stock_lots", gone("stock_moves")), "stock_moves", 1),
        ("DELETE FROM stock_moves WHERE seq = 2; DELETE FROM stock_lots WHERE id = 2".to_owned(), "stock_moves", 2),
        (gone("access_entries"), "access_entries", 1),
        (
            "DELETE FROM ledger_entries WHERE seq = (SELECT max(seq) FROM ledger_entries)".to_owned(),
            "ledger_entries",
            10,
        ),
    ] {
        let found = tampered(&room, &text);
        assert_eq!((found.ok, found.chain, found.first_broken), (false, Some(chain), Some(first)), "{text}");
        assert_eq!(found.proven, "broken");
    }
    // With its kept end, and with all of them.
    let found =
        tampered(&room, &format!("{}; DELETE FROM chain_heads WHERE log = 'receipt_prints'", gone("receipt_prints")));
    assert_eq!((found.ok, found.heads), (false, Some("differ")));
    assert_eq!(tampered(&room, "DELETE FROM chain_heads").chain, Some("access_entries"));
    assert_eq!(tampered(&room, "DELETE FROM chain_heads WHERE log = ''").heads, Some("differ"));
    assert_eq!(tampered(&room, "UPDATE chain_heads SET seq = 3 WHERE log = 'receipt_prints'").heads, Some("differ"));
    // What is written after does not cover it up, and the doctor sees it.
    room.store.change(|tx| past_guards(tx, &gone("receipt_prints"))).unwrap();
    assert!(!print_receipt(&room, &actor(), 1).unwrap().copy, "a second original");
    let found = verified(&room);
    assert_eq!((found.ok, found.chain), (false, Some("receipt_prints")));
    assert_eq!(code(crate::desk::audit::books_stand(&room)), "books-broken");
}

#[test]
fn jobs_and_cards_are_held_against_the_ledger() {
    let room = busy();
    tells(
        &room,
        &[
            ("UPDATE jobs SET state = 'handed-over' WHERE id = 3; UPDATE cards SET state = 'live' WHERE job = 3", "job-taken-back", 3),
            ("UPDATE cards SET state = 'live', ended_at = NULL WHERE job = 3", "card-live", 3),
            (
                "INSERT INTO cards SELECT 90, member, job, kind, number, state, sequence, replaces, uid, chip, profile, protection,
                   key_version, target, issued_on, created, live_at, ended_at, ended_why, originality, suspended_why, suspended_at,
                   suspended_by, lot, back_at, blank_at FROM cards WHERE id = 1",
                "card-second",
                90,
            ),
            ("UPDATE jobs SET reason = 'defective' WHERE id = 1", "job-reason", 1),
            ("UPDATE jobs SET member = 2 WHERE id = 1", "job-member", 1),
            ("DELETE FROM marks WHERE job = 1; DELETE FROM cards WHERE job = 1; DELETE FROM jobs WHERE id = 1", "job-gone", 1),
            ("DELETE FROM marks WHERE job = 1", "job-marks", 1),
            ("DELETE FROM cards WHERE job = 2", "job-card", 2),
            ("UPDATE cards SET live_at = NULL WHERE job = 2", "job-card", 2),
            ("UPDATE cards SET member = 1 WHERE job = 2", "card-job", 2),
            ("UPDATE cards SET lot = 7 WHERE job = 2", "card-lot", 2),
            ("UPDATE jobs SET state = 'cancelled' WHERE id = 2", "job-cancelled", 2),
            ("UPDATE jobs SET state = 'handed-over', updated = 9999999999999 WHERE id = 5", "job-unlogged", 5),
            (
                "INSERT INTO jobs (id, member, kind, reason, number, reserved, state, step, created, updated, created_by)
                 SELECT 77, member, kind, reason, number, 0, 'planned', step, 0, 0, created_by FROM jobs WHERE id = 1",
                "job-charge",
                77,
            ),
        ],
    );
    assert!(verified(&room).ok);
}

#[test]
fn the_words_signatures_and_rules_of_charges_are_the_ledger_s() {
    let room = busy();
    tells(
        &room,
        &[
            ("UPDATE charges SET why = '다른 말' WHERE id = 4", "charge-why", 4),
            ("UPDATE charges SET why = NULL WHERE id = 4", "charge-why", 4),
            ("UPDATE charges SET why = '봐 줌' WHERE id = 5", "charge-why", 5),
            ("UPDATE charges SET allowed_by = 'staff:9' WHERE id = 4", "charge-allowed", 4),
            ("UPDATE charges SET allowed_by = NULL WHERE id = 4", "charge-allowed", 4),
            ("UPDATE charges SET allowed_by = 'staff:9' WHERE id = 1", "charge-allowed", 1),
            ("UPDATE charges SET rule = 'x' WHERE id = 1", "charge-rule", 1),
            ("UPDATE charges SET rule = NULL WHERE id = 1", "charge-rule", 1),
            ("UPDATE charges SET basis = 'first-free' WHERE id = 1", "charge-reason", 1),
            ("DELETE FROM fee_rules WHERE rule <> 'x'", "rule-gone", 1),
            ("DELETE FROM money_notes", "note-gone", 9),
        ],
    );
    assert_eq!(told(&room, "DELETE FROM money_notes").iter().filter(|(how, _)| *how == "note-gone").count(), 1);
    // A card that went out unpaid has words that no entry holds: the access log says that it was let.
    let number = print_on_page(&room, &actor(), 5).unwrap().number.to_string();
    hand_over(&room, &actor(), 5, Some(&number), None, Feed::ByHand, Some("다음에 내기로 함")).unwrap();
    assert!(verified(&room).ok, "{:?}", verified(&room));
    tells(&room, &[("UPDATE charges SET allowed_by = 'staff:9' WHERE id = 5", "charge-allowed", 5)]);
    pay_fee(&room, &actor(), Evidence::Word, 5, PayBy::Card, None).unwrap();
    refund_fee(&room, &actor(), Evidence::Word, 5, "잘못 받음", None).unwrap();
    assert!(verified(&room).ok, "{:?}", verified(&room));
    tells(&room, &[("UPDATE charges SET why = '다음에 내기로 함' WHERE id = 5", "charge-why", 5)]);
}

#[test]
fn tables_indexes_and_views_that_are_not_as_they_were_made_are_found_by_name() {
    let room = busy();
    let found = |text: &str| {
        let mut found = None;
        let given_up = room.store.change(|tx| {
            tx.execute_batch(text)?;
            found = Some(crate::desk::audit::walk(&room, tx, &[])?);
            Err::<(), _>(Trouble::new("given-up"))
        });
        assert_eq!(code(given_up), "given-up", "{text}");
        let found: Verified = found.unwrap();
        assert!(!found.ok, "{text}");
        for (form, lang) in found.schema.iter().flat_map(|form| [(form, Lang::Ko), (form, Lang::En)]) {
            assert!(room.messages.what(lang, &form_trouble(form)).contains(&form.name));
        }
        found
            .schema
            .iter()
            .map(|form| format!("{} {} {}", form.kind, form.name, form.changed.as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(found("DROP INDEX ledger_entries_receipt"), ["index ledger_entries_receipt missing"]);
    let other = "DROP INDEX ledger_entries_receipt; CREATE INDEX ledger_entries_receipt ON ledger_entries (receipt)";
    assert_eq!(found(other), ["index ledger_entries_receipt altered"]);
    assert_eq!(found("CREATE TABLE more (one INTEGER)"), ["table more added"]);
    assert_eq!(found("CREATE VIEW seen AS SELECT * FROM staff"), ["view seen added"]);
    assert_eq!(found("CREATE UNIQUE INDEX own ON charges (member, id)"), ["index own added"]);
    assert_eq!(found("ALTER TABLE cards ADD COLUMN more TEXT"), ["table cards altered"]);
    assert_eq!(found("DROP TABLE chain_heads"), ["table chain_heads missing"]);
    assert!(
        found("PRAGMA defer_foreign_keys = ON; DROP TABLE money_notes")
            .contains(&"table money_notes missing".to_owned())
    );
    // What SQLite makes of itself is nobody's doing.
    room.store.change(|tx| Ok(tx.execute_batch("ANALYZE")?)).unwrap();
    assert!(verified(&room).ok);
    // Indexes and views are put back on purpose; a table is not.
    room.store
        .change(|tx| Ok(tx.execute_batch(&format!("{other}; DROP INDEX jobs_done; CREATE VIEW seen AS SELECT 1"))?))
        .unwrap();
    assert_eq!(code(crate::desk::audit::books_stand(&room)), "audit-form");
    let after = put_guards_back(&room, &actor(), None).unwrap();
    assert!(after.ok, "{after:?}");
    room.store.change(|tx| Ok(tx.execute_batch("CREATE TABLE more (one INTEGER); DROP INDEX jobs_done")?)).unwrap();
    assert_eq!(put_guards_back(&room, &actor(), None).unwrap().schema.len(), 2);
}

#[test]
fn an_honest_database_from_before_the_ledger_is_whole() {
    let room = busy();
    let old = "DELETE FROM ledger_entries; DELETE FROM log_months WHERE log IN ('ledger_entries', 'receipt_prints');
        DELETE FROM money_notes; DELETE FROM receipt_prints;
        UPDATE charges SET receipt = NULL, rule = NULL, basis = NULL, evidence = NULL; UPDATE house SET ledger = NULL;
        UPDATE charges SET why = '예전 말', allowed_by = 'staff:2' WHERE id = 5;
        DELETE FROM charges WHERE id = 1";
    room.store.change(|tx| past_heads(tx, old)).unwrap();
    before::adopt(&room).unwrap();
    let found = verified(&room);
    assert!(found.ok, "{found:?}");
    let member = room.enrol(|form| form.name = "박문수".into()).unwrap().member;
    let form = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Barcode, reader: None, printer: None };
    let free = plan_issue_paid(&room, &actor(), &form, &CASH, SaidExempt::No, None).unwrap();
    hand(&room, free);
    assert!(verified(&room).ok, "{:?}", verified(&room));
    tells(&room, &[("UPDATE jobs SET reason = 'lost' WHERE id = 2", "job-reason", 2)]);
}
