//! `access show|review` and `audit exposure|verify` by the contract's words: rows, refusals, exit codes, and a database that
//! somebody altered.

use serde_json::Value;

use crate::found::sql;
use crate::refusals::refused;
use crate::{enrol, ready_desk, words};

#[test]
fn every_look_is_a_row_and_rows_are_found_by_member_person_and_day() {
    let desk = ready_desk();
    let member = enrol(&desk, "홍길동");
    desk.run(&words(&format!("member show {member} --json"))).done();
    let rows = |line: &str| desk.run(&words(&format!("access show {line} --json"))).done().json;
    let found = rows(&format!("--member {member}"));
    let said: Vec<_> =
        found.as_array().unwrap().iter().map(|row| (row["what"].as_str(), row["purpose"].as_str())).collect();
    assert_eq!(said, [(Some("change"), Some("enrol")), (Some("look"), Some("member"))]);
    for row in found.as_array().unwrap() {
        let text = row.to_string();
        assert!(
            row["seq"].is_i64() && row["member"].as_i64() == member.parse().ok() && row["origin"] == "command-line",
            "{row}"
        );
        assert!(
            row["staff"].as_str().is_some_and(|staff| staff.starts_with("os:")) && !text.contains("홍길동"),
            "{row}"
        );
    }
    assert_eq!(rows("--from 2000-01-01 --to 2000-01-31"), Value::Array(Vec::new()));
    let mine = found[0]["staff"].as_str().unwrap().to_owned();
    let all = rows(&format!("--staff {mine}"));
    assert!(all.as_array().unwrap().windows(2).all(|pair| pair[0]["seq"].as_i64() < pair[1]["seq"].as_i64()), "{all}");
    assert!(all.to_string().contains("access-show"), "the looks at the log are in it: {all}");
    for lang in ["ko", "en"] {
        let text = desk.run(&words(&format!("access show --lang {lang}"))).done().stdout;
        assert!(text.lines().count() >= 5 && !text.contains("label-") && !text.contains("word-"), "{text}");
    }
    for (line, code) in [
        ("access show --member 99", "member-unknown"),
        ("access show --member x", "member-unknown"),
        ("access show --staff 99", "access-staff-unknown"),
        ("access show --from 2026-13-01", "day"),
        ("access show --from 2026-10-02 --to 2026-10-01", "period-backwards"),
        ("access show --staff 880314-1234567", "identity-number"),
        ("audit exposure --from 2026-10-02 --to 2026-10-01", "period-backwards"),
        ("audit verify --anchors none.json", "anchors-unreadable"),
    ] {
        refused(&desk, &words(line), code);
    }
    refused(
        &desk,
        &["access", "review", "--from", "2026-10-01", "--to", "2026-10-02", "--findings", ""],
        "findings-missing",
    );
    let touched = desk.run(&words("audit exposure --from 2000-01-01 --to 2999-12-31 --json")).done().json;
    assert_eq!((&touched["rows"], touched["members"].to_string()), (&2.into(), format!("[{member}]")));
}

#[test]
fn a_review_is_kept_and_the_records_are_proven() {
    let desk = ready_desk();
    let member = enrol(&desk, "홍길동");
    for _ in 0..5 {
        desk.run(&words(&format!("member show {member} --json"))).done();
    }
    let line = ["access", "review", "--from", "2000-01-01", "--to", "2999-12-31", "--findings", "이상 없음", "--json"];
    let review = desk.run(&line).done().json;
    assert_eq!((&review["review"], &review["rows"]), (&1.into(), &6.into()), "{review}");
    assert!(review["flags"].is_array() && review["own_rows"] == 6, "{review}");
    let verified = desk.run(&words("audit verify --json")).done().json;
    assert_eq!(
        (&verified["ok"], &verified["entries"], &verified["first_broken"]),
        (&true.into(), &7.into(), &Value::Null)
    );
    let anchors = desk.path("anchors.json");
    std::fs::write(&anchors, verified.to_string()).unwrap();
    let against = format!("audit verify --anchors {} --json", anchors.display());
    assert_eq!(desk.run(&words(&against)).done().json["proven"], "anchored");
    let text = desk.run(&words("audit verify")).done().stdout;
    assert!(text.contains("따로 둔 기준이 없으면"), "{text}");
    // Whoever owns the file: an entry is altered, then its end is cut off.
    sql(
        &desk,
        "DROP TRIGGER access_entries_no_update; DROP TRIGGER access_entries_no_delete; DELETE FROM access_entries WHERE seq = 7; DELETE FROM reviews",
    );
    let cut = desk.run(&words("audit verify --json"));
    assert_eq!(
        (cut.status, &cut.json["first_broken"], &cut.json["counts"]),
        (Some(1), &Value::Null, &"differ".into()),
        "{cut:?}"
    );
    let cut = desk.run(&words(&against));
    assert_eq!(
        (cut.status, &cut.json["ok"], &cut.json["chain"]),
        (Some(1), &false.into(), &"access_entries".into()),
        "{cut:?}"
    );
    sql(&desk, "UPDATE access_entries SET member = NULL WHERE seq = 3");
    let broken = desk.run(&words("audit verify --json"));
    assert_eq!((broken.status, &broken.json["first_broken"]), (Some(1), &3.into()), "{broken:?}");
}
