//! The registers: cards that were handed over, with names masked on the page and in full in a file that leaves for a reason; and what
//! such a file says, by other people's readers.

use std::io::Read;

use calamine::{Data, Reader, Xlsx};

use super::*;
use crate::plan::fees::{PayBy, Period, Reason, Settlement};
use crate::plan::messages::Lang;
use crate::plan::sheet::Format;

/// A desk on which one card was issued, and reissued for a fee in cash.
fn issued() -> (Room, i64) {
    let room = Room::new(&[]);
    let member = room.enrol(|form| form.name = "똠방각하".into()).unwrap().member;
    let finish = |job| {
        let number = print_on_page(&room, &actor(), job).unwrap().number.to_string();
        hand_over(&room, &actor(), job, Some(&number), None, Feed::ByHand, None).unwrap();
        number
    };
    let number = finish(room.issue(member, CardKind::Barcode).unwrap());
    let form = ReissueForm {
        whom: Whom::Number(number),
        card: None,
        evidence: Evidence::Document,
        reason: Reason::Lost,
        kind: None,
        settlement: Settlement::Paid(PayBy::Cash),
        told: true,
        exempt: crate::plan::fees::SaidExempt::No,
        anyway: false,
        reader: None,
        printer: None,
    };
    finish(plan_reissue(&room, &actor(), &form, None).unwrap());
    // Nobody has handed this one over.
    let other = room.enrol(|form| form.name = "임꺽정".into()).unwrap().member;
    room.issue(other, CardKind::Barcode).unwrap();
    (room, member)
}

fn sheet(room: &Room, paper: Paper, format: Format) -> (Vec<u8>, LedgerSheet) {
    let mut made = ledger_sheet(room, &actor(), paper, Period::default(), "결산", format, Lang::Ko).unwrap();
    let mut bytes = Vec::new();
    made.sheet.file.read_to_end(&mut bytes).unwrap();
    (bytes, made)
}

fn xlsx(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
    let (_, range) = book.worksheets().remove(0);
    range.rows().map(<[Data]>::to_vec).collect()
}

fn csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{feff}');
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_register_has_what_was_handed_over_and_masks_names() {
    let (room, member) = issued();
    let issues = register_page(&room, &actor(), false, Period::default(), 1).unwrap();
    assert_eq!((issues.total, issues.rows.len(), issues.pages), (2, 2, 1));
    let first = &issues.rows[0];
    assert_eq!((first.nth, first.card.member, first.card.reason.as_str()), (1, member, "first-issue"));
    assert_eq!((first.day.as_str(), first.card.by.as_str()), (room.today().to_string().as_str(), "os:tester"));
    let name = first.card.name.as_deref().unwrap();
    assert!(name.starts_with('똠') && name != "똠방각하", "{name}");
    let reissues = register_page(&room, &actor(), true, Period::default(), 9).unwrap();
    let [row] = &reissues.rows[..] else { panic!("{reissues:?}") };
    assert_eq!(
        (row.card.reason.as_str(), row.card.state.as_deref(), row.card.paid_by.as_deref()),
        ("lost", Some("paid"), Some("cash"))
    );
    assert_eq!((row.card.old_state.as_deref(), row.card.receipt, reissues.page), (Some("void"), Some(1), 1));
    assert_eq!(row.card.old_number.as_deref(), Some(first.card.number.as_str()));
    // The contract's fields, in their order.
    let keys = |row: &RegisterRow| {
        let shown = serde_json::to_value(row).unwrap();
        shown.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };
    let of_a_row = "nth day job member number name kind uid reason amount state paid_by receipt basis evidence by by_name desk \
        allowed_by allowed_name old_uid old_number old_state";
    assert_eq!((keys(first).as_str(), keys(row).as_str()), (of_a_row, of_a_row));
    assert_eq!((row.card.by.as_str(), row.card.by_name.as_str()), ("os:tester", "os:tester"));
    let last_year = money_span(&room, "last-year");
    assert_eq!(register_page(&room, &actor(), false, last_year, 1).unwrap().total, 0);
    // Whoever is on the page was looked at.
    let of = AccessQuery { member: Some(member), what: Some("list".into()), ..AccessQuery::default() };
    let purposes: Vec<String> =
        access_page(&room, &actor(), &of, 1).unwrap().rows.into_iter().map(|row| row.purpose).collect();
    assert!(purposes.contains(&"issue-register".to_owned()) && purposes.contains(&"reissue-register".to_owned()));
}

#[test]
fn a_file_names_in_full_for_a_reason_that_is_logged_first() {
    let (room, member) = issued();
    let (bytes, made) = sheet(&room, Paper::Reissues, Format::Xlsx);
    let rows = xlsx(bytes);
    let text = |row: usize, column: usize| rows[row][column].to_string();
    assert_eq!([text(0, 0), text(0, 1), text(0, 3), text(0, 7)], ["연번", "발급일", "성명", "수수료"]);
    assert_eq!((text(1, 3), text(1, 6), text(1, 8)), ("똠방각하".into(), "분실".into(), "현금".into()));
    assert!(matches!(rows[1][1], Data::DateTime(_)), "a date is one: {:?}", rows[1][1]);
    assert!(matches!(rows[1][7], Data::Float(won) if won > 0.0), "won are a number: {:?}", rows[1][7]);
    assert_eq!(rows[2][7], rows[1][7], "the sum of one row is its own");
    assert_eq!((made.sheet.rows, made.sheet.replaced), (1, 0));
    assert!(made.sheet.name.starts_with("reissues-all-") && made.sheet.name.ends_with(".xlsx"));
    let of = AccessQuery { member: Some(member), what: Some("list".into()), ..AccessQuery::default() };
    assert_eq!(access_page(&room, &actor(), &of, 1).unwrap().rows[0].purpose, "reissue-register");
    let all = access_page(&room, &actor(), &AccessQuery::default(), 1).unwrap();
    assert!(all.rows.iter().any(|row| row.what == "export" && row.purpose == "export: 결산"), "{all:?}");
    for (why, code) in [("", "why-missing"), ("880314-1234567", "identity-number")] {
        let refused = ledger_sheet(&room, &actor(), Paper::Issues, Period::default(), why, Format::Csv, Lang::Ko);
        assert_eq!(refused.err().map(|trouble| trouble.code), Some(code));
    }
}

#[test]
fn cp949_keeps_the_whole_sheet_and_counts_what_it_lacks() {
    let (room, _) = issued();
    let (bytes, made) = sheet(&room, Paper::Issues, Format::CsvCp949);
    // 똠 is one of the syllables that CP949 has beyond KS X 1001.
    let (text, _, wrong) = encoding_rs::EUC_KR.decode(&bytes);
    assert!(!wrong && text.contains("똠방각하") && made.sheet.replaced == 0, "{text}");
    assert!(!bytes.starts_with(b"\xef\xbb\xbf") && made.sheet.name.ends_with(".csv"));
    let utf8 = csv(&sheet(&room, Paper::Issues, Format::Csv).0);
    let cp949 = csv(text.as_bytes());
    assert_eq!(utf8, cp949);
}

#[test]
fn the_ledger_as_a_sheet_adds_up_to_its_sums() {
    let (room, _) = issued();
    let report = money_report(&room, &actor(), Period::default(), By::Day).unwrap();
    let (bytes, made) = sheet(&room, Paper::Entries, Format::Csv);
    let rows = csv(&bytes);
    assert_eq!(made.totals, report.totals.totals);
    let column = |name: &str| rows[0].iter().position(|heading| heading == name).expect("a column");
    let (last, body) = (rows.last().unwrap(), &rows[1..rows.len() - 1]);
    for (name, sum) in [
        ("부과", made.totals.charged),
        ("수납", made.totals.paid),
        ("면제", made.totals.waived),
        ("반환", made.totals.refunded),
        ("취소", made.totals.reversed),
        ("미납", made.totals.unpaid),
    ] {
        let at = column(name);
        let added: i64 = body.iter().map(|row| row[at].parse::<i64>().unwrap_or(0)).sum();
        assert_eq!((added, last[at].as_str()), (sum, sum.to_string().as_str()), "{name}");
    }
    assert!(made.totals.charged > 0 && made.sheet.rows == body.len() as u64);
    for paper in PAPERS {
        for format in [Format::Csv, Format::CsvCp949, Format::Xlsx] {
            let (bytes, _) = sheet(&room, *paper, format);
            assert!(bytes.len() > 50, "{paper} {format}");
        }
        let csv = String::from_utf8(sheet(&room, *paper, Format::Csv).0).unwrap();
        assert!(!csv.contains("reports-"), "{paper} has a word that nobody wrote: {csv}");
    }
}

#[test]
fn a_register_is_asked_for_on_one_page_where_it_is_printed() {
    let (room, _) = issued();
    let copies = "CREATE TEMP TABLE one AS SELECT * FROM jobs WHERE id = 1; UPDATE one SET id = NULL;
        INSERT INTO jobs WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) SELECT one.* FROM one, n;";
    room.store.change(|tx| Ok(tx.execute_batch(copies)?)).unwrap();
    for (asked, page, pages, rows) in [(1, 1, 2, 50), (2, 2, 2, 12), (9, 2, 2, 12), (ALL_PAGES, 1, 1, 62)] {
        let shown = register_page(&room, &actor(), false, Period::default(), asked).unwrap();
        assert_eq!((shown.page, shown.pages, shown.rows.len(), shown.whole), (page, pages, rows, true), "{asked}");
        assert_eq!(shown.rows.last().map(|row| row.nth), Some(if asked == 1 { 50 } else { 62 }), "{asked}");
    }
}
