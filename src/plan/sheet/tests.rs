//! What is written is read back by other people's readers: calamine for XLSX, the csv crate for CSV. A million rows are measured by
//! `cargo test --lib a_million_rows -- --ignored --nocapture`.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use jiff::civil::{Date, DateTime, date};
use proptest::prelude::*;

use super::*;

const MADE: DateTime = DateTime::constant(2026, 11, 26, 13, 0, 0, 0);

fn columns(headings: &[&str]) -> Vec<Column> {
    headings.iter().map(|heading| Column { heading: (*heading).to_owned(), width: 20 }).collect()
}

fn sheet(format: Format, headings: &[&str], rows: &[Vec<Cell>]) -> Vec<u8> {
    let columns = columns(headings);
    let form = Form { title: "열람 기록", columns: &columns, made: MADE };
    let spool = tempfile::tempdir().unwrap();
    let mut sheet = Sheet::begin(format, &form, Vec::new(), spool.path()).unwrap();
    rows.iter().for_each(|row| sheet.row(row).unwrap());
    let bytes = sheet.finish().unwrap();
    assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0, "nothing is left behind");
    bytes
}

fn read_csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).unwrap().strip_prefix('\u{feff}').expect("the mark of UTF-8");
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn read_xlsx(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets = book.worksheets();
    sheets.into_iter().map(|(name, range)| (name, range.rows().map(<[Data]>::to_vec).collect())).collect()
}

/// The text of one part of an XLSX.
fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

const DAY: Date = date(2026, 11, 26);

fn sample() -> Vec<Vec<Cell<'static>>> {
    vec![
        vec![Cell::Integer(1), Cell::Time(DAY.at(9, 5, 7, 0)), Cell::Date(DAY), Cell::Text("김\"사서\", 둘째 줄\n<b>")],
        vec![Cell::Integer(-20), Cell::Empty, Cell::Empty, Cell::Text("=HYPERLINK(\"x\")")],
    ]
}

#[test]
fn csv_is_what_a_korean_excel_opens() {
    let bytes = sheet(Format::Csv, &["번호", "시각", "날짜", "내용"], &sample());
    let expected = "\u{feff}번호,시각,날짜,내용\r\n\
        1,2026-11-26 09:05:07,2026-11-26,\"김\"\"사서\"\", 둘째 줄\n<b>\"\r\n\
        -20,,,\"'=HYPERLINK(\"\"x\"\")\"\r\n";
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
    assert_eq!(read_csv(&bytes)[1][3], "김\"사서\", 둘째 줄\n<b>");
}

#[test]
fn no_text_of_a_csv_is_a_formula() {
    for (text, written) in [
        ("=1+1", "'=1+1"),
        ("+82 10", "'+82 10"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        ("\u{3000}＝1", "'\u{3000}＝1"),
        ("＠x", "'＠x"),
        (" \t=1", "' \t=1"),
        ("a=1", "a=1"),
        ("홍길동", "홍길동"),
        ("'=1", "'=1"),
        ("", ""),
    ] {
        let rows = read_csv(&sheet(Format::Csv, &["x", "y"], &[vec![Cell::Text(text), Cell::Integer(-1)]]));
        assert_eq!(rows[1], [written, "-1"], "{text:?}");
    }
    assert_eq!(read_csv(&sheet(Format::Csv, &["=x", "y"], &[]))[0], ["'=x", "y"], "headings too");
}

#[test]
fn xlsx_has_numbers_dates_and_texts_that_are_never_formulas() {
    let bytes = sheet(Format::Xlsx, &["번호", "시각", "날짜", "내용"], &sample());
    let read = read_xlsx(bytes.clone());
    let (name, rows) = &read[0];
    assert_eq!((name.as_str(), rows.len()), ("열람 기록", 3));
    assert_eq!(rows[0][1], Data::String("시각".into()));
    assert_eq!((&rows[1][0], &rows[2][0]), (&Data::Float(1.0), &Data::Float(-20.0)));
    let when = |cell: &Data| match cell {
        Data::DateTime(moment) => moment.to_ymd_hms_milli(),
        other => panic!("no date: {other:?}"),
    };
    assert_eq!(when(&rows[1][1]), (2026, 11, 26, 9, 5, 7, 0));
    assert_eq!(when(&rows[1][2]), (2026, 11, 26, 0, 0, 0, 0));
    assert_eq!(rows[1][3], Data::String("김\"사서\", 둘째 줄\n<b>".into()));
    assert_eq!(rows[2][1..], [Data::Empty, Data::Empty, Data::String("=HYPERLINK(\"x\")".into())]);
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!xml.contains("<f>"), "no formula: {xml}");
    assert!(xml.contains(r#"state="frozen""#) && xml.contains("ySplit=\"1\""), "the headings stay: {xml}");
    assert!(xml.contains("<cols>"), "{xml}");
    assert!(xml.contains(r#"<autoFilter ref="A1:D3"/>"#), "the headings filter: {xml}");
    assert!(part(&bytes, "docProps/core.xml").contains("2026-11-26T13:00:00Z"), "no clock of ours");
}

#[test]
fn what_the_format_cannot_hold_is_kept_as_text() {
    let large = Cell::Integer(i64::MAX);
    let long = "가".repeat(40_000);
    let rows = [vec![large, Cell::Date(date(1899, 1, 1)), Cell::Text("a\u{0}\u{1b}b\u{ffff}"), Cell::Text(&long)]];
    let read = read_xlsx(sheet(Format::Xlsx, &["a", "b", "c", "d"], &rows));
    let row = &read[0].1[1];
    assert_eq!(row[0], Data::String(i64::MAX.to_string()));
    assert_eq!(row[1], Data::String("1899-01-01".into()));
    assert_eq!(row[2], Data::String("a  b".into()));
    assert!(matches!(&row[3], Data::String(text) if text.chars().count() == 32_767));
}

#[test]
fn more_rows_than_a_sheet_holds_go_on_in_the_next() {
    let columns = columns(&["n"]);
    let form = Form { title: "a/b:c?d[e]*f\\'", columns: &columns, made: MADE };
    let spool = tempfile::tempdir().unwrap();
    let mut sheet = xlsx::XlsxSheet::of_at_most(4, &form, Vec::new(), spool.path()).unwrap();
    (1..=7).for_each(|n| sheet.row(&[Cell::Integer(n)]).unwrap());
    let read = read_xlsx(sheet.finish().unwrap());
    let shape: Vec<(&str, usize)> = read.iter().map(|(name, rows)| (name.as_str(), rows.len())).collect();
    assert_eq!(shape, [("a b c d e  f", 4), ("a b c d e  f 2", 4), ("a b c d e  f 3", 2)]);
    assert_eq!(read[1].1[1][0], Data::Float(4.0));
    assert_eq!(read[2].1[0][0], Data::String("n".into()), "headings again");
}

#[test]
fn a_sheet_without_rows_has_its_headings() {
    assert_eq!(read_csv(&sheet(Format::Csv, &["하나", "둘"], &[])), [["하나", "둘"]]);
    assert_eq!(read_xlsx(sheet(Format::Xlsx, &["하나", "둘"], &[]))[0].1.len(), 1);
}

/// A medium that is full after so many bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.len() > self.0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_medium_is_said() {
    let columns = columns(&["n"]);
    let form = Form { title: "t", columns: &columns, made: MADE };
    let spool = tempfile::tempdir().unwrap();
    for format in [Format::Csv, Format::Xlsx] {
        let mut sheet = Sheet::begin(format, &form, Full(100), spool.path()).unwrap();
        let rows = (0..100).try_for_each(|n| sheet.row(&[Cell::Integer(n)]));
        let done = rows.and_then(|()| sheet.finish().map(|_| ()));
        assert_eq!(done.unwrap_err().code, "sheet-write", "{format}");
    }
    let missing = Sheet::begin(Format::Xlsx, &form, Vec::new(), Path::new("/nowhere/at/all"));
    assert_eq!(missing.err().map(|trouble| trouble.code), Some("sheet-write"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_text_comes_back(texts in proptest::collection::vec("\\PC{0,40}", 1..6)) {
        let row: Vec<Cell> = texts.iter().map(|text| Cell::Text(text)).collect();
        let headings: Vec<&str> = texts.iter().map(|_| "h").collect();
        let rows = read_csv(&sheet(Format::Csv, &headings, std::slice::from_ref(&row)));
        for (text, read) in texts.iter().zip(&rows[1]) {
            prop_assert!(read == text || read.strip_prefix('\'') == Some(text), "{text:?} {read:?}");
        }
        let read = read_xlsx(sheet(Format::Xlsx, &headings, &[row]));
        for (at, text) in texts.iter().enumerate() {
            let cell = read[0].1.get(1).and_then(|row| row.get(at)).cloned().unwrap_or(Data::Empty);
            let same = match &cell { Data::String(read) => read == text, _ => text.is_empty() };
            prop_assert!(same, "{text:?} {cell:?}");
        }
    }
}

/// Resident memory of this process at its highest, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
#[ignore = "a minute"]
fn a_million_rows_take_no_more_memory_than_a_few() {
    let columns = columns(&["번호", "시각", "누가", "역할", "어디서", "회원", "한 일", "목적"]);
    let form = Form { title: "열람 기록", columns: &columns, made: MADE };
    let spool = tempfile::tempdir().unwrap();
    for format in [Format::Csv, Format::Xlsx] {
        let (before, begun) = (peak(), std::time::Instant::now());
        let file = std::fs::File::create(spool.path().join("sheet")).unwrap();
        let mut sheet = Sheet::begin(format, &form, std::io::BufWriter::new(file), spool.path()).unwrap();
        for n in 0..1_000_000i64 {
            let time = Cell::Time(DAY.at((n % 24) as i8, (n % 60) as i8, (n % 59) as i8, 0));
            let who = format!("staff:{}", n % 17);
            let texts = [Cell::Text(&who), Cell::Text("clerk"), Cell::Text("page"), Cell::Integer(n % 100_000)];
            let mut row = vec![Cell::Integer(n), time];
            row.extend(texts);
            row.extend([Cell::Text("look"), Cell::Text("member")]);
            sheet.row(&row).unwrap();
        }
        sheet.finish().unwrap();
        let size = std::fs::metadata(spool.path().join("sheet")).unwrap().len();
        let (more, took) = (peak() - before, begun.elapsed());
        println!("{format}: 1,000,000 rows, {} MiB, {} s, {} MiB more memory", size >> 20, took.as_secs(), more >> 10);
        assert!(more < 64 << 10, "{format}: {more} KiB");
    }
}

#[test]
fn cp949_writes_what_it_has_and_counts_what_it_lacks() {
    let columns = columns(&["이름", "금액"]);
    let form = Form { title: "표", columns: &columns, made: MADE };
    let spool = tempfile::tempdir().unwrap();
    let mut sheet = Sheet::begin(Format::CsvCp949, &form, Vec::new(), spool.path()).unwrap();
    // Beyond KS X 1001, in pieces, with what must be quoted, a formula, and two that CP949 lacks.
    for text in ["똠방각하, \"뷁\"", "\u{1112}\u{1169}\u{11bc}", "=1", "김😀𠀋"] {
        sheet.row(&[Cell::Text(text), Cell::Won(-2_000)]).unwrap();
    }
    assert_eq!(sheet.replaced(), 2);
    let bytes = sheet.finish().unwrap();
    let (text, _, wrong) = encoding_rs::EUC_KR.decode(&bytes);
    let expected = "이름,금액\r\n\"똠방각하, \"\"뷁\"\"\",-2000\r\n홍,-2000\r\n'=1,-2000\r\n김??,-2000\r\n";
    assert_eq!((text.as_ref(), wrong), (expected, false));
}

#[test]
fn won_are_grouped_numbers_and_sums_stand_below_the_filter() {
    let columns = columns(&["이름", "금액", "비율"]);
    let form = Form { title: "표", columns: &columns, made: MADE };
    let spool = tempfile::tempdir().unwrap();
    let mut sheet = Sheet::begin(Format::Xlsx, &form, Vec::new(), spool.path()).unwrap();
    sheet.row(&[Cell::Text("가"), Cell::Won(2_000), Cell::Permille(125)]).unwrap();
    sheet.row(&[Cell::Text("나"), Cell::Won(-500), Cell::Empty]).unwrap();
    sheet.sums(&[Cell::Text("합계"), Cell::Won(1_500)]).unwrap();
    let bytes = sheet.finish().unwrap();
    assert!(
        part(&bytes, "xl/styles.xml").contains("#,##0") || part(&bytes, "xl/styles.xml").contains("numFmtId=\"3\"")
    );
    let drawn = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(drawn.contains("<autoFilter ref=\"A1:C3\"") && drawn.contains("state=\"frozen\""), "{drawn}");
    let rows = read_xlsx(bytes).remove(0).1;
    assert_eq!(
        (&rows[1][1], &rows[2][1], &rows[3][1]),
        (&Data::Float(2_000.0), &Data::Float(-500.0), &Data::Float(1_500.0))
    );
    assert_eq!(rows[1][2], Data::Float(0.125));
}
