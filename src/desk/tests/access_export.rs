//! The access log as a file: for a reason that is kept, in words, without names of members, and by nobody who may not.

use std::io::Read;

use super::*;
use crate::plan::messages::Lang;
use crate::plan::sheet::Format;

fn read(sheet: &mut SheetFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    sheet.file.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, sheet.length, "what the browser is told");
    bytes
}

fn csv(room: &Room, query: &AccessQuery, lang: Lang) -> (Vec<Vec<String>>, String) {
    let mut sheet = access_sheet(room, &actor(), query, "상반기, 보고", Format::Csv, lang).unwrap();
    let bytes = read(&mut sheet);
    let text = String::from_utf8(bytes).unwrap();
    let mut reader =
        ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    (reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect(), sheet.name)
}

#[test]
fn a_sheet_says_in_words_who_did_what_and_names_no_member() {
    let room = Room::new(&[]);
    let member = room.enrol(|_| {}).unwrap().member;
    show_member(&room, &actor(), member).unwrap();
    let query = AccessQuery { member: Some(member), ..AccessQuery::default() };
    let (rows, name) = csv(&room, &query, Lang::Ko);
    assert_eq!(rows[0][..3], ["번호", "시각", "계정"]);
    let looked = rows.iter().find(|row| row[8] == "열람").expect("the look");
    assert_eq!(
        (looked[7].as_str(), looked[9].as_str(), looked[10].as_str()),
        (&*member.to_string(), "회원 화면", "member")
    );
    assert_eq!(looked[1].len(), "2026-11-26 09:05:07".len(), "{looked:?}");
    assert!(!format!("{rows:?}").contains("홍길동"));
    let today = room.today().to_string();
    assert_eq!(name, format!("access-{today}-{today}.csv"));
    let (rows, _) = csv(&room, &query, Lang::En);
    assert!(rows[0].contains(&"What was done".to_owned()) && rows.iter().any(|row| row[8] == "Looked"));
    assert_eq!(
        std::fs::read_dir(room.settings.store.path.parent().unwrap())
            .unwrap()
            .flatten()
            .filter(|entry| {
                let name = entry.file_name();
                name.to_string_lossy().ends_with("csv") || name.to_string_lossy().starts_with(".tmp")
            })
            .count(),
        0,
        "nothing with a name stays on the disk"
    );
}

#[test]
fn an_export_is_an_entry_with_its_reason_and_needs_one() {
    let room = Room::new(&[]);
    let all = AccessQuery::default();
    for why in ["", "  "] {
        let refused = access_sheet(&room, &actor(), &all, why, Format::Csv, Lang::Ko);
        assert_eq!(refused.err().map(|trouble| trouble.code), Some("why-missing"));
    }
    csv(&room, &all, Lang::Ko);
    let (rows, _) = csv(&room, &all, Lang::Ko);
    let last = rows.last().expect("the first export");
    assert_eq!((last[8].as_str(), last[9].as_str()), ("파일로 받음", "상반기, 보고"));
    let clerk = Actor { role: Role::Clerk, ..actor() };
    let refused = access_sheet(&room, &clerk, &all, "보고", Format::Xlsx, Lang::Ko);
    assert_eq!(refused.err().map(|trouble| trouble.code), Some("not-allowed"));
}

#[test]
fn both_formats_are_named_and_typed() {
    let room = Room::new(&[]);
    let query =
        AccessQuery { from: Some("2026-01-01".into()), to: Some("2026-01-31".into()), ..AccessQuery::default() };
    for (format, kind, begins) in [
        (Format::Csv, "text/csv; charset=utf-8", &b"\xef\xbb\xbf"[..]),
        (Format::Xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
    ] {
        let mut sheet = access_sheet(&room, &actor(), &query, "보고", format, Lang::En).unwrap();
        assert_eq!(
            (sheet.media_type, sheet.name.as_str()),
            (kind, format!("access-2026-01-01-2026-01-31.{format}").as_str())
        );
        assert!(read(&mut sheet).starts_with(begins));
    }
}

#[test]
fn whoever_may_be_chosen_is_an_account_or_did_something() {
    let room = Room::new(&[]);
    room.enrol(|_| {}).unwrap();
    let people = access_people(&room, &actor()).unwrap();
    let me = actor().id();
    assert_eq!(people.iter().filter(|person| person.staff == me).count(), 1, "{people:?}");
}
