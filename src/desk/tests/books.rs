//! Whatever is done at a desk, in whatever order, the books balance, no entry is ever altered, and every card that was handed out
//! has its charge or what shows that it needed none.

use proptest::prelude::*;

use super::*;
use crate::back::store::ledger;
use crate::desk::close_day::Counted;
use crate::plan::fees::{PayBy, Reason, SaidExempt, Settlement, Totals};

#[derive(Debug, Clone, Copy)]
enum Deed {
    Issue(u8),
    Reissue(Reason, u8),
    HandOver,
    Pay(PayBy),
    Waive,
    Refund,
    Cancel,
    Close,
    Reopen,
}

fn deed() -> impl Strategy<Value = Deed> {
    let reasons = [Reason::Lost, Reason::Damaged, Reason::Defective, Reason::Worn, Reason::Renamed];
    prop_oneof![
        3 => (0..3u8).prop_map(Deed::Issue),
        3 => (prop::sample::select(reasons.to_vec()), 0..3u8).prop_map(|(reason, said)| Deed::Reissue(reason, said)),
        5 => Just(Deed::HandOver),
        2 => prop::sample::select(PayBy::ALL).prop_map(Deed::Pay),
        1 => Just(Deed::Waive),
        2 => Just(Deed::Refund),
        2 => Just(Deed::Cancel),
        1 => Just(Deed::Close),
        1 => Just(Deed::Reopen),
    ]
}

fn said(n: u8) -> Settlement {
    match n {
        0 => Settlement::Later,
        1 => Settlement::Paid(PayBy::Cash),
        _ => Settlement::Waived("사정".to_owned()),
    }
}

/// Does it to whatever is there that it fits, by the place `at` chooses; what does not fit is refused, and that is fine.
fn done(room: &Room, deed: Deed, at: usize) -> Result<(), Trouble> {
    let me = actor();
    let count = |sql: &str| room.store.look(|tx| Ok(tx.query_row(sql, [], |row| row.get::<_, i64>(0))?));
    let any = |table: &str| -> Result<i64, Trouble> {
        Ok(1 + at as i64 % count(&format!("SELECT max(1, count(*)) FROM {table}"))?)
    };
    match deed {
        Deed::Issue(n) => {
            let nth = count("SELECT count(*) FROM members")?;
            let member =
                room.enrol(|form| form.birth = format!("19{:02}-{:02}-11", 50 + nth / 12, 1 + nth % 12))?.member;
            let form =
                IssueForm { member, evidence: Evidence::Word, kind: CardKind::Barcode, reader: None, printer: None };
            plan_issue_paid(room, &me, &form, &said(n), SaidExempt::No, None).map(drop)
        }
        Deed::Reissue(reason, n) => {
            let form = ReissueForm {
                whom: Whom::Member(any("members")?),
                card: None,
                evidence: Evidence::Word,
                reason,
                kind: None,
                settlement: if reason == Reason::Lost { said(n) } else { Settlement::Later },
                exempt: SaidExempt::No,
                anyway: false,
                told: true,
                reader: None,
                printer: None,
            };
            plan_reissue(room, &me, &form, None).map(drop)
        }
        Deed::HandOver => {
            let job = any("jobs")?;
            let number = print_on_page(room, &me, job)?.number.to_string();
            hand_over(room, &me, job, Some(&number), None, Feed::ByHand, Some("나중에")).map(drop)
        }
        Deed::Pay(by) => pay_fee(room, &me, Evidence::Word, any("charges")?, by, None).map(drop),
        Deed::Waive => waive_fee(room, &me, Evidence::Word, any("charges")?, "사정", None).map(drop),
        Deed::Refund => refund_fee(room, &me, Evidence::Word, any("charges")?, "사정", None).map(drop),
        Deed::Cancel => cancel(room, &me, any("jobs")?, Feed::ByHand).map(drop),
        Deed::Close => {
            let count = count_drawer(room, &me, None, None, Counted::Sum(at as i64))?;
            close_day(room, &me, count.count, "실수", None).map(drop)
        }
        Deed::Reopen => reopen_day(room, &me, None, &room.today().to_string(), "실수", None).map(drop),
    }
}

fn hashes(room: &Room) -> Vec<Vec<u8>> {
    let read = |tx: &crate::back::store::Tx| {
        let mut rows = tx.prepare("SELECT hash FROM ledger_entries ORDER BY seq")?;
        let found = rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(found)
    };
    room.store.look(read).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]
    #[test]
    fn the_books_balance_whatever_is_done(deeds in prop::collection::vec((deed(), 0..1_000usize), 10..40)) {
        let fees = ["FIRST_ISSUE", "LOST"].map(|fee| format!("ISSUER__FEES__{fee}__AMOUNT"));
        let room = Room::new(&fees.each_ref().map(|fee| (fee.as_str(), "2000")));
        let mut before = Vec::new();
        for (deed, at) in deeds {
            let _refused = done(&room, deed, at);
            let after = hashes(&room);
            prop_assert!(after.starts_with(&before), "{:?} altered an entry", deed);
            before = after;
            let mut totals = Totals::default();
            let added = room.store.look(|tx| ledger::each(tx, None, None, |entry| {
                if let Some(account) = entry.account {
                    totals.add(entry.kind, account, entry.amount);
                }
                Ok(())
            }));
            prop_assert!(added.is_ok() && totals.is_balanced(), "{:?} after {:?}", totals, deed);
        }
        let found = verify_audit(&room, &actor(), None).unwrap();
        prop_assert!(found.ok, "{:?}", found);
        let count = |sql: &str| room.store.look(|tx| Ok(tx.query_row(sql, [], |row| row.get::<_, i64>(0))?)).unwrap();
        // Cards that somebody has, or had: each was charged for, or its charge says what shows that it is free.
        let handed_out = count("SELECT count(*) FROM cards WHERE live_at IS NOT NULL");
        let of_jobs = "FROM ledger_entries e JOIN jobs j ON j.id = e.job WHERE e.kind = 'charge' AND j.state = 'handed-over'";
        let charged = count(&format!("SELECT count(*) {of_jobs} AND e.amount > 0"));
        let shown = count(&format!("SELECT count(*) {of_jobs} AND e.amount = 0 AND coalesce(e.basis, e.evidence) IS NOT NULL"));
        prop_assert_eq!(handed_out, charged + shown);
        let receipts = count("SELECT count(receipt) FROM ledger_entries");
        prop_assert_eq!(receipts, count("SELECT coalesce(max(receipt), 0) FROM ledger_entries"), "no gap");
    }
}
