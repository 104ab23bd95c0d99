//! Whose card is this? Every word of the contract for a found card, what is to be done with it, and that nothing is called
//! blank which merely cannot be read. Card images are made and judged byte by byte.

use serde_json::{Value, json};

use crate::refusals::refused;
use crate::support::{Desk, Output};
use crate::{enrol, field, image, made, words};

/// A desk whose reader is fed by hand.
pub(crate) fn by_hand() -> Desk {
    made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none"))
}

/// A new blank on the reader.
pub(crate) fn new_blank(desk: &Desk) -> String {
    desk.run(&words("rig card lift --json"));
    field(&desk.run(&words("rig card new --lay --json")).done().json, "uid")
}

/// Lays a card down in the place of whatever lies there.
pub(crate) fn lay(desk: &Desk, uid: &str) {
    desk.run(&words("rig card lift --json"));
    desk.run(&["rig", "card", "lay", uid, "--json"]).done();
}

/// A finished card of a new member, `ready`; gives its UID.
pub(crate) fn ready_card(desk: &Desk, name: &str) -> String {
    let member = enrol(desk, name);
    let uid = new_blank(desk);
    desk.run(&["issue", &member, "--json"]).done();
    uid
}

/// The same, handed over as the job of this id.
pub(crate) fn live_card(desk: &Desk, name: &str, job: u32) -> String {
    let uid = ready_card(desk, name);
    desk.run(&["hand-over", &job.to_string(), "--json"]).done();
    uid
}

/// Blocks of a Classic, or pages of a Type 2 chip.
fn file_of(desk: &Desk, uid: &str) -> std::path::PathBuf {
    let files =
        ["mfd", "bin", "gen1a", "fm11rf08s"].map(|kind| desk.path(&format!("var/simulator/cards/{uid}.{kind}")));
    files.into_iter().find(|file| file.exists()).expect("the card's image")
}

pub(crate) fn memory(desk: &Desk, uid: &str) -> Vec<u8> {
    std::fs::read(file_of(desk, uid)).unwrap()
}

/// Changes a card's memory behind everybody's back.
pub(crate) fn edit(desk: &Desk, uid: &str, change: impl FnOnce(&mut [u8])) {
    let mut bytes = memory(desk, uid);
    change(&mut bytes);
    std::fs::write(file_of(desk, uid), bytes).unwrap();
}

/// What a phone app that knew our keys would do: other data, the same keys.
pub(crate) fn overwrite(bytes: &mut [u8]) {
    for block in [1, 2, 4, 5, 6] {
        bytes[block * 16..block * 16 + 16].fill(0xA5);
    }
}

/// Somebody's own keys in a sector, with the usual conditions.
pub(crate) fn take_sector(bytes: &mut [u8], sector: usize) {
    let trailer = b"\x11\x22\x33\x44\x55\x66\x78\x77\x88\x00\xAA\xBB\xCC\xDD\xEE\xFF";
    bytes[sector * 64 + 48..sector * 64 + 64].copy_from_slice(trailer);
}

/// Changes the register as only a later version's commands, or a mishap, would.
pub(crate) fn sql(desk: &Desk, statement: &str) {
    rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap().execute_batch(statement).unwrap();
}

/// Whoever owns the file takes the guards of its tables away, writes, and puts them back as they were.
pub(crate) fn past_guards(desk: &Desk, statement: &str) {
    let store = rusqlite::Connection::open(desk.path("var/issuer.db")).unwrap();
    let mut named = store.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").unwrap();
    let guards: Vec<(String, String)> =
        named.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    for (name, _) in &guards {
        store.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    store.execute_batch(statement).unwrap();
    for (_, text) in &guards {
        store.execute_batch(text).unwrap();
    }
}

/// The register no longer knows any card.
pub(crate) fn forget_cards(desk: &Desk) {
    sql(desk, "UPDATE jobs SET card = NULL; DELETE FROM cards;");
}

pub(crate) fn read(desk: &Desk) -> Value {
    desk.run(&words("card read --json")).done().json
}

pub(crate) fn verify(desk: &Desk) -> Output {
    desk.run(&words("card verify --json"))
}

pub(crate) fn codes(verified: &Output) -> Vec<&str> {
    verified.json["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn each_state_of_the_register_is_told_with_what_to_do() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let mut said = Vec::new();
    for (state, word) in [
        ("live", "live"),
        ("suspended", "suspended"),
        ("void", "void"),
        ("returned", "returned"),
        ("spoiled", "spoiled"),
        ("in-work", "in-work"),
        ("ready", "in-work"),
    ] {
        sql(&desk, &format!("UPDATE cards SET state = '{state}'"));
        let found = read(&desk);
        assert_eq!((field(&found, "status"), field(&found, "uid")), (word.to_owned(), uid.clone()), "{state}");
        assert_eq!(
            (&found["member"], &found["recoverable"], &found["library"]),
            (&1.into(), &Value::Null, &Value::Null)
        );
        assert_eq!(field(&found, "number"), "12100300000001");
        let next = field(&found, "next");
        assert!(next.ends_with("세요.") && !next.contains(['{', '$']), "{next}");
        let text = desk.run(&words("card read --lang en")).done().stdout;
        assert!(
            text.starts_with("Status") && text.lines().nth(1).is_some_and(|line| line.starts_with("Next")),
            "{text}"
        );
        said.push(next);
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 7, "one sentence for two states: {said:#?}");
}

#[test]
fn a_blank_is_blank_only_with_the_factorys_keys_throughout() {
    let desk = by_hand();
    for line in ["card blank", "card recover"] {
        refused(&desk, &words(line), "card-not-there");
    }
    let uid = new_blank(&desk);
    assert_eq!(field(&read(&desk), "status"), "blank");
    assert!(read(&desk)["member"].is_null());
    // One sector of sixteen with another key: not blank, and not ours.
    edit(&desk, &uid, |bytes| take_sector(bytes, 9));
    assert_eq!(field(&read(&desk), "status"), "unknown");
    for sector in 0..16 {
        edit(&desk, &uid, |bytes| take_sector(bytes, sector));
    }
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["recoverable"]), ("unknown".into(), &Value::Null));
    assert_eq!(verify(&desk).status, Some(1));
}

#[test]
fn a_card_of_another_library_is_named_by_its_code() {
    let theirs = made(Desk::new().with("ISSUER__SIMULATOR__DISPENSER", "none").with("ISSUER__LIBRARY__CODE", "111006"));
    let uid = live_card(&theirs, "성춘향", 1);
    let memory = image(&theirs, &uid).0;
    let desk = by_hand();
    desk.run(&["rig", "card", "new", "--uid", &uid, "--lay", "--json"]).done();
    edit(&desk, &uid, |bytes| bytes.copy_from_slice(&memory));
    let found = read(&desk);
    assert_eq!((field(&found, "status"), field(&found, "seal")), ("foreign".into(), "foreign".into()));
    assert_eq!((field(&found["library"], "code"), &found["member"]), ("111006".into(), &Value::Null));
    let name = field(&desk.run(&words("library show 111006 --json")).done().json[0], "name");
    assert_eq!(field(&found["library"], "name"), name);
    assert!(field(&found, "next").contains(&name));
    // Without a header its number says it.
    edit(&desk, &uid, |bytes| bytes[5 * 16..7 * 16].fill(0));
    assert_eq!(read(&desk)["library"]["code"], "111006");
    for line in ["card blank", "card recover"] {
        refused(&desk, &words(line), "card-foreign");
    }
    let verified = verify(&desk);
    assert_eq!((verified.status, codes(&verified)), (Some(1), vec!["card-foreign"]), "one word for all of it");
    assert!(field(&verified.json["findings"][0], "what").contains(&name));
    assert_eq!(image(&desk, &uid).0[..5 * 16], memory[..5 * 16], "something was written on it");
}

#[test]
fn an_overwritten_card_can_be_restored_as_long_as_our_keys_rule_it() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    edit(&desk, &uid, overwrite);
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["recoverable"]), ("overwritten".into(), &true.into()));
    assert_eq!(
        (&found["member"], &found["number"], field(&found, "seal")),
        (&1.into(), &Value::Null, "invalid".into())
    );
    assert!(field(&found, "next").contains("card recover"), "{found}");
    // Somebody changed a key: no longer ours.
    edit(&desk, &uid, |bytes| take_sector(bytes, 5));
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["recoverable"]), ("overwritten".into(), &false.into()));
    let before = image(&desk, &uid).0;
    refused(&desk, &words("card recover"), "card-unrecoverable");
    assert_eq!(image(&desk, &uid).0, before);
}

/// An intact chip in the wrong hands: the number of another member of ours on this member's card.
#[test]
fn a_live_card_with_another_number_is_not_called_live() {
    let desk = by_hand();
    let first = live_card(&desk, "홍길동", 1);
    sql(
        &desk,
        "INSERT INTO numbers (number, library, serial, origin, state, member, created)
           SELECT '12100300000002', library, serial + 1, origin, state, member, created FROM numbers;
         UPDATE cards SET number = '12100300000002'",
    );
    let found = read(&desk);
    assert_eq!((field(&found, "uid"), field(&found, "status")), (first, "overwritten".into()));
    let verified = verify(&desk);
    assert_eq!((verified.status, codes(&verified)), (Some(1), vec!["content-differs"]));
}

#[test]
fn a_card_that_the_register_lost_is_not_called_blank() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    forget_cards(&desk);
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["recoverable"]), ("unknown".into(), &Value::Null));
    assert_eq!((field(&found, "seal"), &found["member"]), ("valid".into(), &Value::Null));
    edit(&desk, &uid, overwrite);
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["recoverable"]), ("overwritten".into(), &false.into()));
}

#[test]
fn verify_names_what_a_phone_could_still_change() {
    let desk = by_hand();
    let uid = live_card(&desk, "홍길동", 1);
    let well = verify(&desk).done();
    assert_eq!((&well.json["ok"], &well.json["findings"], &well.json["open"]), (&true.into(), &json!([]), &json!([])));
    for (name, value) in [("uid", uid.as_str()), ("status", "live"), ("seal", "valid")] {
        assert_eq!(field(&well.json, name), value);
    }
    assert_eq!((&well.json["member"], &well.json["locks"]["locked"]), (&1.into(), &16.into()));
    // Sector 7 under the factory's key and conditions, sector 1's data writable with the key that everybody knows.
    edit(&desk, &uid, |bytes| {
        bytes[7 * 64 + 48..8 * 64].copy_from_slice(b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x07\x80\x69\xFF\xFF\xFF\xFF\xFF\xFF");
        bytes[64 + 48 + 6..64 + 48 + 9].copy_from_slice(&[0x7F, 0x07, 0x88]);
    });
    let open = verify(&desk);
    assert_eq!((open.status, &open.json["ok"], &open.json["open"]), (Some(1), &false.into(), &json!([1, 7])));
    assert_eq!(codes(&open), ["sector-open"]);
    assert!(desk.run(&words("card verify")).stdout.contains("1, 7"));
    // Reading for a clerk looks at the same locks; what the card holds is the member's all the same.
    let found = read(&desk);
    assert_eq!((field(&open.json, "status"), field(&found, "status")), ("live".into(), "live".into()));
    assert_eq!(found["warnings"][0]["code"], "sector-open");
    assert!(field(&found, "next").contains("card recover"), "{found}");
    desk.run(&words("card recover --json")).done();
    verify(&desk).done();
}

const CHIPS: [&str; 7] =
    ["classic-1k", "classic-4k", "ultralight-ev1", "ultralight-ev1-128", "ntag213", "ntag215", "ntag216"];

/// Somebody's own key where the number stands, or somebody's own password on the page before the last.
fn take_keys(bytes: &mut [u8]) {
    match bytes.len() {
        1024 | 4096 => take_sector(bytes, 1),
        length => bytes[length - 8..length - 4].fill(0x5A),
    }
}

/// The place of the number: block 4, or from page 4 on.
fn number_at(bytes: &[u8]) -> std::ops::Range<usize> {
    if matches!(bytes.len(), 1024 | 4096) { 64..80 } else { 16..32 }
}

/// Where the profile has no seal, the keys show that a card is ours; where it has no number, its UID is all there is.
#[test]
fn every_profile_and_chip_is_told_as_what_it_is() {
    for profile in ["ieum", "number-only", "uid-only"] {
        let few = |chip: &&str| profile == "ieum" || ["classic-1k", "ultralight-ev1", "ntag216"].contains(chip);
        for chip in CHIPS.into_iter().filter(few) {
            let desk = by_hand().with("ISSUER__CHIP__PROFILE", profile);
            let at = format!("{profile} on {chip}");
            enrol(&desk, "홍길동");
            let uid = field(&desk.run(&["rig", "card", "new", "--kind", chip, "--lay", "--json"]).done().json, "uid");
            assert_eq!(field(&read(&desk), "status"), "blank", "{at}");
            desk.run(&words("issue 1 --json")).done();
            assert_eq!(field(&read(&desk), "status"), "in-work", "{at}");
            desk.run(&words("hand-over 1 --json")).done();
            let found = read(&desk);
            assert_eq!((field(&found, "status"), field(&found, "chip")), ("live".into(), chip.into()), "{at}");
            assert_eq!(found["number"].is_null(), profile == "uid-only", "{at}");
            let signed = if chip.starts_with("classic") { Value::Null } else { "simulated".into() };
            assert_eq!(found["originality"], signed, "{at}");
            assert_eq!(verify(&desk).done().json["ok"], true, "{at}");
            desk.run(&words("key rotate --json")).done();
            assert_eq!(read(&desk)["rekeyed"], json!({ "from": 1, "to": 2 }), "{at}");
            assert_eq!(verify(&desk).done().json["ok"], true, "{at}");
            let whole = memory(&desk, &uid);
            assert_eq!(field(&desk.run(&words("card recover --json")).done().json, "outcome"), "whole", "{at}");
            if profile != "uid-only" {
                edit(&desk, &uid, |bytes| bytes[number_at(&whole)].fill(0xA5));
                let found = read(&desk);
                assert_eq!(
                    (field(&found, "status"), &found["recoverable"]),
                    ("overwritten".into(), &true.into()),
                    "{at}"
                );
                desk.run(&words("card recover --json")).done();
                assert!(memory(&desk, &uid) == whole, "{at}: not as before");
            }
            edit(&desk, &uid, take_keys);
            let verified = verify(&desk);
            assert!(verified.status == Some(1) && !codes(&verified).is_empty(), "{at}: {verified:#?}");
            if profile != "ieum" || chip.starts_with("classic") {
                let found = read(&desk);
                assert_eq!(
                    (field(&found, "status"), &found["recoverable"]),
                    ("overwritten".into(), &false.into()),
                    "{at}"
                );
            }
            desk.run(&words("card recover --json")).refused("card-unrecoverable");
            edit(&desk, &uid, |bytes| bytes.copy_from_slice(&whole));
            sql(&desk, "UPDATE cards SET state = 'void'");
            desk.run(&words("card blank --json")).done();
            assert_eq!(field(&read(&desk), "status"), "blank", "{at}");
        }
    }
}

/// A copy of a number under somebody else's keys is no card of ours, whatever it says.
#[test]
fn a_number_alone_under_other_keys_is_not_ours() {
    let theirs = by_hand().with("ISSUER__CHIP__PROFILE", "number-only");
    let uid = live_card(&theirs, "성춘향", 1);
    let memory = image(&theirs, &uid).0;
    // The same library code, other master keys.
    let desk = by_hand().with("ISSUER__CHIP__PROFILE", "number-only");
    desk.run(&["rig", "card", "new", "--uid", &uid, "--lay", "--json"]).done();
    edit(&desk, &uid, |bytes| bytes.copy_from_slice(&memory));
    let found = read(&desk);
    assert_eq!((field(&found, "status"), field(&found, "number")), ("unknown".into(), "12100300000001".into()));
    let verified = verify(&desk);
    assert!(verified.status == Some(1) && codes(&verified).contains(&"keys-not-ours"), "{verified:#?}");
    for line in ["card blank", "card recover"] {
        refused(&desk, &words(line), "unknown-key");
    }
    assert_eq!(image(&desk, &uid).0, memory);
}

#[test]
fn a_card_that_is_locked_for_ever_keeps_its_keys_and_cannot_be_blanked() {
    let desk = by_hand().with("ISSUER__CHIP__PROTECTION", "permanent");
    let uid = live_card(&desk, "홍길동", 1);
    let before = image(&desk, &uid).0;
    desk.run(&words("key rotate --json")).done();
    let found = read(&desk);
    assert_eq!((field(&found, "status"), &found["rekeyed"]), ("live".into(), &Value::Null));
    assert_eq!(verify(&desk).done().json["ok"], true);
    assert_eq!(field(&desk.run(&words("card recover --json")).done().json, "outcome"), "whole");
    for state in ["void", "returned"] {
        sql(&desk, &format!("UPDATE cards SET state = '{state}'"));
        let next = field(&read(&desk), "next");
        assert!(next.contains("폐기") && !next.contains("issuer"), "{state}: {next}");
        refused(&desk, &words("card blank"), "card-permanent");
    }
    forget_cards(&desk);
    refused(&desk, &words("card blank"), "card-permanent");
    assert_eq!(image(&desk, &uid).0, before);
}

#[test]
fn a_makers_signature_that_is_wrong_is_a_warning_and_no_more() {
    let desk = by_hand();
    desk.run(&words("rig card new --kind ntag213 --forged-signature --lay --json")).done();
    let found = read(&desk);
    assert_eq!((field(&found, "originality"), field(&found, "status")), ("wrong".into(), "blank".into()));
    assert_eq!(found["warnings"][0]["code"], "originality-wrong");
    let text = desk.run(&words("card read")).done().stdout;
    assert!(text.contains("정품") && text.contains("서명"), "{text}");
    enrol(&desk, "홍길동");
    desk.run(&words("issue 1 --json")).done();
    let verified = verify(&desk).done().json;
    assert_eq!((&verified["ok"], &verified["originality"]), (&true.into(), &"wrong".into()));
}
