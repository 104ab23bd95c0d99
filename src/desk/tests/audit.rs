//! The proof of the records: what was altered is found wherever it stands, what was dropped for its age is not, and whose data were
//! touched.

use super::access::{account, entry};
use super::*;
use crate::back::store::access::{Moment, RIGHTS, RightsEntry, append_right};
use crate::desk::retain;

fn right(desk: &Desk, time: &str, what: &str) {
    let zoned = time.parse::<jiff::civil::DateTime>().unwrap().to_zoned_datetime(desk.zone()).unwrap();
    let when = &Moment { time: zoned.timestamp().as_millisecond(), day: zoned.date().to_string(), hour: zoned.hour() };
    let entry = RightsEntry { when, staff: "staff:1", desk: "1", origin: "page", whose: "staff:2", what, detail: "" };
    desk.store.change(|tx| append_right(tx, &entry)).unwrap();
}

/// Three months of both records, and a review.
fn filled() -> Room {
    let desk = Room::new(&[]);
    for month in ["2026-08", "2026-09", "2026-10"] {
        entry(&desk, &format!("{month}-03T10:00"), "staff:1", "look", &[1, 2]);
        entry(&desk, &format!("{month}-04T23:00"), "staff:2", "change", &[]);
        right(&desk, &format!("{month}-03T10:00"), "locked");
        right(&desk, &format!("{month}-04T10:00"), "unlocked");
    }
    review_access(&desk, &actor(), "2026-08-01", "2026-10-31", "없음", None).unwrap();
    desk
}

fn verified(desk: &Desk) -> Verified {
    verify_audit(desk, &actor(), None).unwrap()
}

fn sql(desk: &Desk, sql: &str) {
    desk.store.change(|tx| Ok(tx.execute_batch(sql)?)).unwrap();
}

trait Folder {
    fn folder(&self) -> std::path::PathBuf;
}

impl Folder for Desk {
    fn folder(&self) -> std::path::PathBuf {
        self.settings.base.clone()
    }
}

#[test]
fn records_that_nobody_altered_are_whole() {
    let found = verified(&Room::new(&[]));
    assert_eq!((found.ok, found.entries, found.first_broken, found.proven), (true, 0, None, "consistent-in-itself"));
    assert_eq!((found.counts, found.reviews, found.anchors.len()), (Some("same"), Some("same"), 0));
    let desk = filled();
    let found = verified(&desk);
    assert_eq!((found.ok, found.entries, found.first_broken, found.chain), (true, 16, None, None), "{found:?}");
    assert_eq!(found.chains.iter().map(|chain| chain.entries).collect::<Vec<_>>(), [10, 6, 0, 0, 0, 0]);
    assert_eq!(found.anchors.iter().map(|anchor| anchor.sequence).collect::<Vec<_>>(), [10, 6]);
    assert_eq!(verified(&desk).entries, 16, "the proof itself writes nothing");
}

#[test]
fn every_column_of_every_row_is_found_when_it_is_altered() {
    let desk = filled();
    for (table, rows, columns) in [
        (
            "access_entries",
            10,
            &["time", "staff", "role", "desk", "origin", "member", "what", "purpose", "hash", "seq"][..],
        ),
        ("access_rights", 6, &["time", "staff", "desk", "origin", "whose", "what", "detail", "hash", "seq"]),
    ] {
        for seq in 1..=rows {
            for column in columns {
                let other = match *column {
                    "time" => "time + 1",
                    "member" => "CASE WHEN member IS NULL THEN 0 ELSE NULL END",
                    "hash" => "CAST(substr(hash, 1, 31) AS BLOB)",
                    "seq" => "seq + 1000",
                    "staff" => "CAST(x'ff' AS TEXT)",
                    other => &format!("{other} || ' '"),
                };
                let text = format!("UPDATE {table} SET {column} = {other} WHERE seq = {seq}");
                let found = tampered(&desk, &text);
                assert!(!found.ok && found.proven == "broken", "{text}");
                assert_eq!((found.first_broken, found.chain), (Some(seq), Some(table)), "{text}");
            }
        }
    }
}

#[test]
fn rows_that_are_gone_moved_or_swapped_are_found() {
    let desk = filled();
    for (text, table, first) in [
        ("DELETE FROM access_entries WHERE seq = 4", "access_entries", 4),
        ("DELETE FROM access_entries WHERE seq = 1", "access_entries", 1),
        ("DELETE FROM access_rights WHERE seq = 3", "access_rights", 3),
        (
            "UPDATE access_entries SET seq = -1 WHERE seq = 4; UPDATE access_entries SET seq = 4 WHERE seq = 5;
             UPDATE access_entries SET seq = 5 WHERE seq = -1",
            "access_entries",
            4,
        ),
        (
            "INSERT INTO access_rights SELECT 7, time, staff, desk, origin, 'staff:2', what, purpose, hash FROM access_entries WHERE seq = 7",
            "access_rights",
            7,
        ),
        ("UPDATE log_months SET start = x'00' WHERE log = 'access_rights'", "access_rights", 1),
        (
            "UPDATE log_months SET head = zeroblob(32) WHERE log = 'access_entries' AND month = '2026-08'",
            "access_entries",
            4,
        ),
        (
            "UPDATE log_months SET month = '2026-07' WHERE log = 'access_rights' AND month = '2026-09'",
            "access_rights",
            1,
        ),
        ("UPDATE log_months SET purged = 1 WHERE log = 'access_entries' AND month = '2026-08'", "access_entries", 4),
        ("DELETE FROM log_months WHERE log = 'access_entries'", "access_entries", 1),
    ] {
        let found = tampered(&desk, text);
        assert_eq!((found.ok, found.first_broken, found.chain), (false, Some(first), Some(table)), "{text}");
    }
}

#[test]
fn what_hangs_on_the_log_is_compared_with_it() {
    let desk = filled();
    for text in [
        "UPDATE log_hours SET looks = looks + 1 WHERE day = '2026-08-03'",
        "DELETE FROM log_days WHERE day = '2026-09-03'",
        "UPDATE log_members SET member = 3 WHERE member = 2 AND day = '2026-10-03'",
        "INSERT INTO log_days VALUES ('2020-01-01', 'staff:9', 4)",
    ] {
        let found = tampered(&desk, text);
        assert_eq!(
            (found.ok, found.first_broken, found.counts, found.reviews),
            (false, None, Some("differ"), Some("same")),
            "{text}"
        );
    }
    for text in [
        "UPDATE reviews SET findings = '다른 말'",
        "UPDATE reviews SET flags = '[]'",
        "UPDATE reviews SET reviewer = 'staff:1'",
        "UPDATE reviews SET rows = 1",
        "UPDATE reviews SET entry = 3",
        "UPDATE reviews SET id = 2",
        "UPDATE reviews SET from_day = '2026-08-02'",
        "UPDATE reviews SET to_day = '2026-10-30'",
        "UPDATE reviews SET made = made + 1",
        "DELETE FROM reviews",
    ] {
        let found = tampered(&desk, text);
        assert_eq!(
            (found.ok, found.first_broken, found.counts, found.reviews),
            (false, None, Some("same"), Some("differ")),
            "{text}"
        );
    }
    // Whoever looks mends nothing; counting anew is done on purpose, and said.
    sql(&desk, "UPDATE log_hours SET looks = 0");
    for _ in 0..3 {
        let found = verified(&desk);
        assert_eq!((found.ok, found.counts, found.entries), (false, Some("differ"), 16));
    }
    let after = recount_audit(&desk, &actor(), None).unwrap();
    assert_eq!((after.ok, after.counts, after.entries), (true, Some("same"), 17), "{after:?}");
    assert!(verified(&desk).ok);
    let mut told = Vec::new();
    show_access(&desk, &actor(), &AccessQuery::default(), &mut |row| {
        told.push(row.purpose);
        Ok(())
    })
    .unwrap();
    assert_eq!(told.last().map(String::as_str), Some("audit-recount, 4 -> 10"));
    let again = recount_audit(&desk, &actor(), None).unwrap();
    assert_eq!((again.ok, again.entries), (true, 18), "what is the same is not counted anew");
}

#[test]
fn tables_that_are_gone_or_grew_and_months_that_were_invented_are_found() {
    let desk = filled();
    let ddl = |text: &str| {
        let mut found = None;
        let given_up = desk.store.change(|tx| {
            tx.execute_batch(text)?;
            found = Some(crate::desk::audit::walk(&desk, tx, &[])?);
            Err::<(), _>(Trouble::new("given-up"))
        });
        assert_eq!(code(given_up), "given-up", "{text}");
        found.unwrap()
    };
    for (text, chain) in [
        ("ALTER TABLE access_entries ADD COLUMN extra TEXT", Some("access_entries")),
        ("ALTER TABLE access_rights ADD COLUMN extra TEXT", Some("access_rights")),
        ("ALTER TABLE log_months ADD COLUMN extra TEXT", Some("access_entries")),
        ("ALTER TABLE log_hours ADD COLUMN extra TEXT", None),
        ("ALTER TABLE reviews ADD COLUMN extra TEXT", None),
        ("DROP TABLE access_entries", Some("access_entries")),
        ("DROP TABLE access_rights", Some("access_rights")),
        ("DROP TABLE log_months", Some("access_entries")),
        ("DROP TABLE log_hours", None),
        ("DROP TABLE log_zone", None),
        ("DROP TABLE reviews", None),
    ] {
        let found = ddl(text);
        assert_eq!((found.ok, found.chain), (false, chain), "{text}: {found:?}");
    }
    for (text, first) in [
        (
            "INSERT INTO log_months VALUES ('access_entries', '2020-01', 0, zeroblob(32), 0, zeroblob(32), 1600000000000)",
            1,
        ),
        (
            "INSERT INTO log_months VALUES ('access_entries', '2020-01', 1, zeroblob(32), 3, zeroblob(32), 1600000000000)",
            4,
        ),
        ("UPDATE log_months SET last = 10, head = zeroblob(32) WHERE log = 'access_entries' AND last IS NULL", 11),
        ("UPDATE log_months SET head = zeroblob(32) WHERE log = 'access_entries' AND last IS NULL", 11),
        // A whole month dropped by hand: it follows, and nobody said that it was dropped.
        (
            "UPDATE log_months SET purged = 1900000000000 WHERE log = 'access_entries' AND month = '2026-08';
             DELETE FROM access_entries WHERE seq <= 3; UPDATE reviews SET id = id",
            1,
        ),
        (
            "UPDATE log_months SET purged = 1 WHERE log = 'access_entries' AND month = '2026-08';
             DELETE FROM access_entries WHERE seq <= 3",
            1,
        ),
    ] {
        let found = tampered(&desk, text);
        assert_eq!((found.ok, found.first_broken, found.chain), (false, Some(first), Some("access_entries")), "{text}");
    }
}

#[test]
fn a_time_zone_that_was_changed_moves_no_entry() {
    let desk = Room::new(&[]);
    // The enrolment is an entry of now, by the zone of then.
    let member = desk.enrol(|_| ()).unwrap().member;
    entry(&desk, "2026-10-01T08:30", "staff:1", "look", &[member]);
    assert!(verified(&desk).ok);
    let desk = desk.again(&[("ISSUER__LIBRARY__TIME_ZONE", "America/New_York")]).unwrap();
    assert!(verified(&desk).ok, "{:?}", verified(&desk));
    show_member(&desk, &actor(), member).unwrap();
    assert!(verified(&desk).ok);
    let october =
        AccessQuery { from: Some("2026-10-01".into()), to: Some("2026-10-01".into()), ..AccessQuery::default() };
    let page = access_page(&desk, &actor(), &october, 1).unwrap();
    assert_eq!((page.total, page.rows.len(), page.hours[8]), (1, 1, 1), "days are those of the log");
    // Counting anew takes the new zone over, and the proof holds again.
    sql(&desk, "UPDATE log_hours SET looks = 0");
    assert!(recount_audit(&desk, &actor(), None).unwrap().ok);
    let page = access_page(&desk, &actor(), &october, 1).unwrap();
    assert_eq!(page.total, 0);
}

#[test]
fn an_end_that_was_cut_off_and_a_record_made_anew_are_found_by_heads_kept_elsewhere() {
    let desk = filled();
    let file = desk.folder().join("anchors.json");
    let keep = |text: &str| std::fs::write(&file, text).unwrap();
    let against = |desk: &Desk| verify_audit(desk, &actor(), Some(&file));
    let anchors = verified(&desk).anchors;
    keep(&serde_json::to_string(&verified(&desk)).unwrap());
    let found = against(&desk).unwrap();
    assert_eq!((found.ok, found.proven, found.anchors_checked), (true, "anchored", 2));
    entry(&desk, "2026-10-09T10:00", "staff:1", "look", &[1]);
    assert!(against(&desk).unwrap().ok, "a record goes on after its head was kept");
    let mut other = anchors.clone();
    other[1].head = "0".repeat(64);
    keep(&serde_json::to_string(&other).unwrap());
    let found = against(&desk).unwrap();
    assert_eq!((found.ok, found.first_broken, found.chain), (false, Some(6), Some("access_rights")));
    keep(&serde_json::to_string(&anchors).unwrap());
    desk.store.change(|tx| past_guards(tx, "DELETE FROM access_rights WHERE seq >= 5")).unwrap();
    let alone = verified(&desk);
    assert!(alone.chains[0].first_broken.is_none(), "{alone:?}");
    let found = against(&desk).unwrap();
    assert_eq!((found.ok, found.first_broken, found.chain), (false, Some(5), Some("access_rights")));
    for (text, refusal) in [("", "anchors-empty"), ("[]", "anchors-empty"), ("{}", "anchors-malformed")] {
        keep(text);
        assert_eq!(code(against(&desk)), refusal);
    }
    other[0].chain = "ledger_receipts".into();
    keep(&serde_json::to_string(&other).unwrap());
    assert_eq!(code(against(&desk)), "anchors-chain");
    let missing = desk.folder().join("none");
    assert_eq!(code(verify_audit(&desk, &actor(), Some(&missing))), "anchors-unreadable");
    assert_eq!(code(verify_audit(&desk, &actor(), Some(&desk.folder()))), "anchors-no-file");
    assert_eq!(code(verify_audit(&desk, &super::access::clerk(), None)), "not-allowed");
}

#[test]
fn months_past_their_time_go_one_by_one_and_the_rest_is_proven() {
    let desk = Room::new(&[]);
    let today = desk.today();
    let month = |back: i64| today.first_of_month().saturating_sub(jiff::Span::new().months(back));
    let at = |back: i64| format!("{}T00:00", month(back));
    // Two years and this month are kept: 26 and 25 months ago are past it, 24 is not.
    for back in [26, 25, 24, 1] {
        entry(&desk, &at(back), "staff:1", "look", &[back, 99]);
        right(&desk, &at(back), "locked");
    }
    // A clock that was set back wrote into the month that was open.
    entry(&desk, &at(26), "staff:2", "change", &[98]);
    right(&desk, &at(0), "unlocked");
    let anchors = desk.folder().join("anchors.json");
    std::fs::write(&anchors, serde_json::to_string(&verified(&desk)).unwrap()).unwrap();
    let purged = |desk: &Desk| {
        retain::purge(desk).unwrap().into_iter().map(|(table, month)| format!("{table} {month}")).collect::<Vec<_>>()
    };
    let name = |back: i64| month(back).strftime("%Y-%m").to_string();
    assert_eq!(purged(&desk), [format!("access_entries {}", name(26))]);
    assert_eq!(purged(&desk), [format!("access_entries {}", name(25))]);
    assert_eq!(purged(&desk), [""; 0]);
    let found = verify_audit(&desk, &actor(), Some(&anchors)).unwrap();
    assert!(found.ok && found.proven == "anchored", "{found:?}");
    let touched = exposure(&desk, &actor(), "2000-01-01", "2999-12-31", None).unwrap();
    assert_eq!((touched.rows, touched.members.as_slice()), (5, &[1, 24, 98, 99][..]));
    assert_eq!(touched.kept_since, Some(month(24).to_string()));
    let later =
        exposure(&desk, &actor(), &month(24).to_string(), "9999-12-31", Some("1")).err().map(|trouble| trouble.code);
    assert_eq!(later, None, "whoever is in the log is known");
    let mut told = Vec::new();
    show_access(&desk, &actor(), &AccessQuery { staff: Some("house".into()), ..AccessQuery::default() }, &mut |row| {
        told.push(row.purpose);
        Ok(())
    })
    .unwrap();
    assert_eq!(told, [format!("purge-access, {}", name(26)), format!("purge-access, {}", name(25))]);
    assert_eq!(
        access_page(&desk, &actor(), &AccessQuery::default(), 1).unwrap().kept_since,
        Some(month(24).to_string())
    );
}

#[test]
fn records_of_rights_are_kept_three_years_and_a_clock_behind_drops_nothing() {
    let desk = Room::new(&[("ISSUER__ACCESS__KEEP_YEARS", "1")]);
    let month = |back: i64| desk.today().first_of_month().saturating_sub(jiff::Span::new().months(back));
    for back in [37, 36, 0] {
        right(&desk, &format!("{}T00:00", month(back)), "locked");
    }
    let gone = retain::purge(&desk).unwrap();
    assert_eq!(gone, [(RIGHTS.table, month(37).strftime("%Y-%m").to_string())]);
    assert!(retain::purge(&desk).unwrap().is_empty());
    assert!(verified(&desk).ok);
    for back in [14, 13, 12, 0] {
        entry(&desk, &format!("{}T00:00", month(back)), "staff:1", "look", &[1]);
    }
    let ahead = desk.today().tomorrow().unwrap();
    entry(&desk, &format!("{ahead}T00:00"), "staff:1", "look", &[1]);
    assert!(retain::purge(&desk).unwrap().is_empty(), "the clock is behind the newest entry");
}

#[test]
fn whose_data_were_touched_is_answered_by_ids() {
    let desk = Room::new(&[]);
    let (a, b) = (account(&desk, "이몽룡", Role::Clerk), account(&desk, "성춘향", Role::Clerk));
    entry(&desk, "2026-10-01T00:00", &a, "look", &[9, 3]);
    entry(&desk, "2026-10-02T10:00", &b, "list", &[3, 4]);
    entry(&desk, "2026-10-03T23:59:59.999", &a, "change", &[9]);
    entry(&desk, "2026-10-03T12:00", &a, "change", &[]);
    let asked = |from: &str, to: &str, staff: Option<&str>| {
        let found = exposure(&desk, &actor(), from, to, staff).unwrap();
        assert_eq!((found.kept_since, found.note), (None, None));
        (found.rows, found.members)
    };
    assert_eq!(asked("2026-10-01", "2026-10-03", None), (5, vec![3, 4, 9]));
    assert_eq!(asked("2026-10-02", "2026-10-03", Some(&a)), (1, vec![9]));
    assert_eq!(asked("2026-10-04", "2026-10-31", None), (0, vec![]));
    for (from, to, staff, refusal) in [
        ("2026-10-03", "2026-10-01", None, "period-backwards"),
        ("", "2026-10-01", None, "day"),
        ("2026-10-01", "2026-10-03", Some("99"), "access-staff-unknown"),
    ] {
        assert_eq!(code(exposure(&desk, &actor(), from, to, staff)), refusal);
    }
    assert_eq!(code(exposure(&desk, &super::access::clerk(), "2026-10-01", "2026-10-03", None)), "not-allowed");
}
