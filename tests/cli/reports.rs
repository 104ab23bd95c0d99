//! `ledger report|clerks|issues|reissues|export` by the contract's words, and the sheets as others open them: LibreOffice for XLSX,
//! iconv for CP949. Start at the first test.

use std::path::Path;

use serde_json::Value;

use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, ready_desk, words};

/// The longest that LibreOffice may take, in seconds, its first start on a busy machine included.
const OFFICE_LIMIT: &str = "50";
const SUMS: [&str; 6] = ["charged", "paid", "waived", "refunded", "reversed", "unpaid"];

/// A desk with a card, and reissues that were paid, waived, paid back, cancelled and left open.
fn worked() -> Desk {
    let desk = ready_desk();
    for (name, then) in
        [("홍길동", "--pay cash"), ("똠방각하", "--pay card"), ("임꺽정", "--waive 사유"), ("장길산", "")]
    {
        let member = enrol(&desk, name);
        let job = desk.run(&words(&format!("issue {member} --kind barcode --json"))).done().json;
        let number = field(&job, "number");
        desk.run(&words(&format!("hand-over {} --scan {number} --json", job["job"]))).done();
        desk.run(&words(&format!("reissue {number} --reason lost {then} --json"))).done();
    }
    desk.run(&["fee", "refund", "4", "--why", "=잘못 받음", "--json"]).done();
    desk.run(&words("job cancel 2 --json")).done();
    desk
}

fn json(desk: &Desk, line: &str) -> Value {
    desk.run(&words(&format!("{line} --json"))).done().json
}

/// Sums as numbers, in the order of [`SUMS`].
fn sums(of: &Value) -> Vec<i64> {
    SUMS.iter().map(|name| of[*name].as_i64().unwrap_or_else(|| panic!("{name} in {of}"))).collect()
}

#[test]
fn reports_add_up_in_every_division_and_are_said_in_words() {
    let desk = worked();
    let day = json(&desk, "ledger report");
    let totals = sums(&day["totals"]);
    assert_eq!(totals[0], totals[1..].iter().sum::<i64>(), "charged is what became of it: {day}");
    assert!(totals[..5].iter().all(|sum| *sum > 0) || totals[1] == 0, "{day}");
    for by in ["day", "month", "year", "desk", "clerk", "reason"] {
        let report = json(&desk, &format!("ledger report --by {by}"));
        assert_eq!(sums(&report["totals"]), totals, "{by}");
        let rows = report["rows"].as_array().unwrap();
        let added: Vec<i64> = (0..SUMS.len()).map(|at| rows.iter().map(|row| sums(row)[at]).sum()).collect();
        assert_eq!(added, totals, "{by}");
    }
    assert!(json(&desk, "ledger report --from 2001 --to 2001")["rows"].as_array().unwrap().is_empty());
    let clerks = json(&desk, "ledger clerks");
    assert!(clerks["rows"].as_array().unwrap().is_empty());
    let apart = &clerks["command_line"][0];
    assert!(
        apart["waivers"] == 1 && apart["refunds"] == 1 && apart["cancels"] == 1 && apart["handed_over"] == 4,
        "{apart}"
    );
    let issues = json(&desk, "ledger issues");
    assert_eq!(issues.as_array().unwrap().len(), 4);
    assert!(
        !issues.to_string().contains("홍길동") && issues[0]["name"].as_str().unwrap().starts_with('홍'),
        "{issues}"
    );
    assert_eq!(json(&desk, "ledger reissues"), Value::Array(Vec::new()), "none was handed over yet");
    for lang in ["ko", "en"] {
        for line in ["report", "report --by reason", "report --by desk", "clerks", "issues"] {
            let said = desk.run(&words(&format!("ledger {line} --lang {lang}"))).done().stdout;
            assert!(said.lines().count() >= 2 && !said.contains("reports-") && !said.contains("web-"), "{said}");
        }
    }
}

#[test]
fn what_cannot_be_exported_is_refused_and_nothing_is_written() {
    let desk = ready_desk();
    for (line, code) in [
        ("ledger report --by week", "report-by"),
        ("ledger report --from 어제", "day"),
        ("ledger report --from 2026-02 --to 2026-01", "period-backwards"),
        ("ledger export --out a.pdf --why 까닭", "sheet-format"),
        ("ledger export --out a.xlsx --why 까닭 --encoding cp949", "sheet-encoding"),
        ("ledger export --out a.csv --why 까닭 --encoding latin1", "sheet-encoding"),
        ("ledger export --out none/a.csv --why 까닭", "file-unwritable"),
        ("ledger issues --out a.csv", "register-why"),
        ("ledger issues --why 까닭", "register-why"),
    ] {
        refused(&desk, &words(line), code);
    }
    refused(&desk, &["ledger", "export", "--out", "a.csv", "--why", " "], "why-missing");
    assert!(!desk.path("a.csv").exists() && !desk.path("a.xlsx").exists());
    assert_eq!(desk.run(&words("ledger export --out a.csv")).status, Some(2), "a reason is asked for");
}

#[test]
fn cp949_is_what_iconv_says_it_is() {
    let desk = worked();
    let said = json(&desk, "ledger issues --out issues.csv --why 결산 --encoding cp949");
    assert_eq!((&said["rows"], &said["replaced"]), (&4.into(), &0.into()), "{said}");
    desk.run(&words("ledger issues --out utf8.csv --why 결산")).done();
    let read =
        std::process::Command::new("iconv").args(["-f", "CP949", "-t", "UTF-8"]).arg(desk.path("issues.csv")).output();
    let read = read.expect("iconv, of libc-bin");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let utf8 = std::fs::read_to_string(desk.path("utf8.csv")).unwrap();
    assert_eq!(String::from_utf8(read.stdout).unwrap(), utf8.trim_start_matches('\u{feff}'));
    assert!(utf8.starts_with('\u{feff}') && utf8.contains("똠방각하"));
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(desk.path("utf8.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "names are nobody else's to read");
}

/// Converts a sheet in a home of its own; `timeout` ends whatever of it does not end by itself.
fn opened_by_libreoffice(file: &Path) -> Vec<Vec<String>> {
    const MISSING: &str = "apt-get install --no-install-recommends libreoffice-calc";
    let home = Desk::of("timeout");
    // As the cells are, not as they are shown; UTF-8.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false";
    let (out, sheet) = (home.path("out"), file.to_str().expect("a path of letters"));
    let limit = ["--kill-after=5", OFFICE_LIMIT];
    let office = ["soffice", "--headless", "--norestore", "--convert-to", filter, "--outdir", "out", sheet];
    let ended = home.run(&[&limit[..], &office].concat());
    assert_ne!(ended.status, Some(127), "LibreOffice is missing: {MISSING}");
    assert_ne!(ended.status, Some(124), "LibreOffice did not end in {OFFICE_LIMIT} s");
    let converted = out.join(file.file_stem().unwrap()).with_extension("csv");
    let text = std::fs::read_to_string(&converted)
        .unwrap_or_else(|fault| panic!("{}: {fault}; {MISSING}; {ended:?}", converted.display()));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// LibreOffice groups what is formatted so; a text would have stayed as it was written.
fn won(shown: &str) -> i64 {
    shown.replace(',', "").parse().unwrap_or_else(|fault| panic!("{shown:?}: {fault}"))
}

#[test]
fn libreoffice_opens_the_ledger_and_every_figure_is_the_same() {
    let desk = worked();
    let said = json(&desk, "ledger export --out ledger.xlsx --why 결산");
    let report = json(&desk, "ledger report --by year");
    assert_eq!(sums(&said["totals"]), sums(&report["totals"]));
    let rows = opened_by_libreoffice(&desk.path("ledger.xlsx"));
    let column = |name: &str| rows[0].iter().position(|heading| heading == name).unwrap_or_else(|| panic!("{name}"));
    let (body, last) = (&rows[1..rows.len() - 1], rows.last().unwrap());
    assert_eq!(Some(body.len() as u64), said["rows"].as_u64());
    for (name, heading) in SUMS.iter().zip(["부과", "수납", "면제", "반환", "취소", "미납"]) {
        let at = column(heading);
        let number = |row: &Vec<String>| if row[at].is_empty() { 0 } else { won(&row[at]) };
        let sum = said["totals"][*name].as_i64().unwrap();
        assert_eq!((body.iter().map(number).sum::<i64>(), number(last)), (sum, sum), "{name}");
    }
    let day = column("영업일");
    assert!(body.iter().all(|row| row[day].starts_with("20") && row[day].len() == 10), "a date is one: {:?}", body[0]);
    assert!(last[column("부과")].contains(','), "won are numbers with a format, and no texts: {last:?}");
    // Row by row as the database has it.
    let store = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    let mut kept = store.prepare("SELECT seq, amount, day FROM ledger_entries ORDER BY seq").unwrap();
    let kept: Vec<(i64, i64, String)> =
        kept.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect();
    let (seq, amount) = (column("순번"), column("금액"));
    let found: Vec<(i64, i64, String)> =
        body.iter().map(|row| (row[seq].parse().unwrap(), won(&row[amount]), row[day].clone())).collect();
    assert_eq!(found, kept);
}
