//! `access show|review` and `audit exposure|verify` by the contract's words: rows, refusals, exit codes, and a database that
//! somebody altered.

use serde_json::Value;

use crate::found::{past_guards, sql};
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
    past_guards(&desk, "DELETE FROM access_entries WHERE seq = 7; DELETE FROM reviews");
    let cut = desk.run(&words("audit verify --json"));
    assert_eq!(
        (cut.status, &cut.json["first_broken"], &cut.json["chain"]),
        (Some(1), &7.into(), &"access_entries".into()),
        "{cut:?}"
    );
    let cut = desk.run(&words(&against));
    assert_eq!(
        (cut.status, &cut.json["ok"], &cut.json["chain"]),
        (Some(1), &false.into(), &"access_entries".into()),
        "{cut:?}"
    );
    past_guards(&desk, "UPDATE access_entries SET member = NULL WHERE seq = 3");
    let broken = desk.run(&words("audit verify --json"));
    assert_eq!((broken.status, &broken.json["first_broken"]), (Some(1), &3.into()), "{broken:?}");
}

#[test]
fn verify_mends_nothing_says_what_to_do_and_counts_anew_when_it_is_told_to() {
    let desk = ready_desk();
    let member = enrol(&desk, "홍길동");
    for _ in 0..3 {
        desk.run(&words(&format!("member show {member} --json"))).done();
    }
    sql(&desk, "UPDATE log_hours SET looks = looks + 1 WHERE looks = (SELECT max(looks) FROM log_hours)");
    for _ in 0..3 {
        let cut = desk.run(&words("audit verify --json"));
        assert_eq!((cut.status, &cut.json["ok"], &cut.json["counts"]), (Some(1), &false.into(), &"differ".into()));
    }
    for (lang, word) in [("ko", "개인정보 보호책임자"), ("en", "privacy officer")] {
        let told = desk.run(&words(&format!("audit verify --lang {lang}")));
        assert!(told.status == Some(1) && told.stderr.contains(word) && told.stderr.contains("--recount"), "{told:?}");
    }
    let mended = desk.run(&words("audit verify --recount --json")).done().json;
    assert_eq!((&mended["ok"], &mended["counts"]), (&true.into(), &"same".into()));
    let all = desk.run(&words("access show --json")).done().json;
    assert!(all.to_string().contains("audit-recount, 5 -> 4"), "{all}");
    sql(&desk, "ALTER TABLE access_rights ADD COLUMN extra TEXT");
    let grown = desk.run(&words("audit verify --json"));
    assert_eq!((grown.status, &grown.json["chain"]), (Some(1), &"access_rights".into()), "{grown:?}");
    sql(&desk, "DROP TABLE access_rights");
    let gone = desk.run(&words("audit verify --json"));
    assert_eq!((gone.status, &gone.json["ok"]), (Some(1), &false.into()), "{gone:?}");
    assert!(!desk.run(&words("doctor --json")).json.to_string().contains("log-broken"));
    past_guards(&desk, "UPDATE access_entries SET member = 9 WHERE seq = 2");
    let doctor = desk.run(&words("doctor --json"));
    let row = doctor.json.as_array().unwrap().iter().find(|row| row["check"] == "access-log").unwrap();
    assert_eq!((doctor.status, &row["state"]), (Some(1), &"fail".into()), "{row}");
    let today = all[0]["time"].as_str().unwrap()[..10].to_owned();
    refused(&desk, &["access", "review", "--from", &today, "--to", &today, "--findings", "없음"], "log-broken");
}

#[test]
fn records_of_rights_are_shown_in_words_and_bad_questions_are_refused() {
    let desk = ready_desk();
    desk.run(&words("staff add 이몽룡 --role clerk --json")).done();
    let rows = desk.run(&words("access rights --json")).done().json;
    let row = rows.as_array().and_then(|rows| rows.last()).unwrap();
    let keys: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["seq", "time", "staff", "origin", "desk", "whose", "what", "detail"]);
    assert_eq!((&row["what"], &row["detail"]), (&"invited".into(), &"clerk".into()));
    let text = desk.run(&words("access rights")).done().stdout;
    assert!(text.contains("계정 만듦") && text.contains("이몽룡") && text.contains("사서"), "{text}");
    assert_eq!(
        desk.run(&words("access rights --from 2000-01-01 --to 2000-01-31 --json")).done().json,
        Value::Array(Vec::new())
    );
    let member = enrol(&desk, "홍길동");
    desk.run(&words(&format!("member show {member}"))).done();
    let text = desk.run(&words("access show")).done().stdout;
    assert!(text.contains("회원 화면") && text.contains("가입") && !text.contains("access-show"), "{text}");
    desk.run(&words("access show --to 9999-12-31 --json")).done();
    for (line, code) in [
        (&["access", "show", "--staff", ""][..], "access-staff-unknown"),
        (&["access", "show", "--staff", "os:nobody"], "access-staff-unknown"),
        (&["access", "show", "--from", ""], "day"),
        (&["access", "show", "--to", " "], "day"),
        (&["access", "rights", "--staff", ""], "access-staff-unknown"),
        (&["access", "rights", "--staff", "99"], "access-staff-unknown"),
        (&["access", "rights", "--staff", "x"], "access-account-unknown"),
        (&["access", "rights", "--from", ""], "day"),
        (&["access", "show", "--member", "12100300000099"], "number-unknown"),
        (&["audit", "exposure", "--from", "2026-10-01", "--to", "2026-10-02", "--staff", ""], "access-staff-unknown"),
        (&["access", "review", "--from", "2999-01-01", "--to", "2999-01-31", "--findings", "없음"], "review-ahead"),
    ] {
        refused(&desk, line, code);
    }
}

/// Whoever reads the answer must not take a full disk for an empty list; a pipe that was closed is their own doing.
#[test]
fn an_answer_that_is_lost_is_no_success() {
    let desk = ready_desk();
    enrol(&desk, "홍길동");
    for line in ["job list", "access show", "access show --json", "access rights", "audit verify --json", "doctor"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = desk.command().args(words(line)).stdout(full).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{line}: {said}");
        assert!(said.contains("답을 다 내보내지 못했습니다") || said.contains("output-lost"), "{line}: {said}");
    }
    let (read, write) = std::io::pipe().unwrap();
    drop(read);
    let output = desk.command().args(words("access show --json")).stdout(write).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
