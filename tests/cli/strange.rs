//! Cards of others, formatted chips and clones: told as what they are, and nothing of ours is written on them.

use serde_json::Value;

use crate::found::{by_hand, codes, edit, live_card, memory, new_blank, overwrite, read, verify};
use crate::refusals::refused;
use crate::support::Desk;
use crate::{enrol, field, words};

fn lay_new(desk: &Desk, kind: &str) -> String {
    desk.run(&words("rig card lift --json"));
    field(&desk.run(&["rig", "card", "new", "--kind", kind, "--lay", "--json"]).done().json, "uid")
}

/// Whatever keys it has: plain kiosks' cards went out unlocked.
#[test]
fn another_librarys_number_makes_no_blank_and_is_not_wiped() {
    let desk = by_hand();
    for kind in ["classic-1k", "ntag213"] {
        let uid = lay_new(&desk, kind);
        edit(&desk, &uid, |bytes| match kind {
            "classic-1k" => bytes[64..80].copy_from_slice(b"14100100000077\0\0"),
            _ => {
                bytes[16..18].copy_from_slice(&[0xFD, 48]);
                bytes[18..34].copy_from_slice(b"14100100000077\0\0");
                bytes[66] = 0xFE;
            }
        });
        let before = memory(&desk, &uid);
        let found = read(&desk);
        assert_eq!(
            (field(&found, "status"), &found["library"]["code"]),
            ("foreign".into(), &"141001".into()),
            "{kind}"
        );
        for line in ["card blank", "card recover"] {
            refused(&desk, &words(line), "card-foreign");
        }
        assert_eq!(codes(&verify(&desk)), ["card-foreign"], "{kind}");
        assert!(memory(&desk, &uid) == before, "{kind}");
    }
    // A number of ours that the register does not know.
    let uid = new_blank(&desk);
    edit(&desk, &uid, |bytes| bytes[64..80].copy_from_slice(b"12100300000099\0\0"));
    let found = read(&desk);
    assert_eq!(field(&found, "status"), "unknown");
    assert!(field(&found, "next").contains("issuer card blank"), "{found}");
    desk.run(&words("card blank --json")).done();
    assert_eq!(field(&read(&desk), "status"), "blank");
}

/// What anyone can write is never sealed by us: a number and a header on an unprotected chip make no card of ours.
#[test]
fn a_number_that_anyone_may_have_written_is_not_sealed() {
    let desk = by_hand();
    enrol(&desk, "홍길동");
    let lay = || field(&desk.run(&words("rig card new --kind ntag213 --lay --json")).done().json, "uid");
    let first = lay();
    desk.run(&words("issue 1 --json")).done();
    let copied = memory(&desk, &first)[12..80].to_vec();
    desk.run(&words("rig card lift --json")).done();
    let second = lay();
    edit(&desk, &second, |bytes| bytes[12..80].copy_from_slice(&copied));
    let before = memory(&desk, &second);
    let found = read(&desk);
    assert_eq!((field(&found, "status"), field(&found, "number")), ("unknown".into(), "12100300000001".into()));
    refused(&desk, &words("card recover"), "card-not-ours");
    assert!(memory(&desk, &second) == before);
    desk.run(&words("card blank --json")).done();
    assert_eq!(field(&read(&desk), "status"), "blank");
}

/// A Classic as phones format it for NDEF (the directory's and NDEF's keys A, the factory's key B), and a tag with text.
#[test]
fn a_chip_that_was_formatted_for_phones_can_be_blanked_and_issued() {
    let format = |bytes: &mut [u8]| match bytes.len() {
        1024 => (0..16).for_each(|sector| {
            let (key, access): (&[u8], &[u8]) = match sector {
                0 => (b"\xA0\xA1\xA2\xA3\xA4\xA5", b"\x78\x77\x88\xC1"),
                _ => (b"\xD3\xF7\xD3\xF7\xD3\xF7", b"\x7F\x07\x88\x40"),
            };
            let trailer = &mut bytes[sector * 64 + 48..][..16];
            trailer[..6].copy_from_slice(key);
            trailer[6..10].copy_from_slice(access);
        }),
        _ => bytes[16..32].copy_from_slice(b"\x03\x0CNDEF of olds\xFE\x00"),
    };
    for kind in ["classic-1k", "ntag213"] {
        for command in ["card blank --json", "issue 1 --json"] {
            let desk = by_hand();
            enrol(&desk, "홍길동");
            let uid = lay_new(&desk, kind);
            edit(&desk, &uid, format);
            let found = read(&desk);
            assert_eq!((field(&found, "status"), &found["member"]), ("unknown".into(), &Value::Null), "{kind}");
            assert!(field(&found, "next").contains("issuer card blank"), "{found}");
            desk.run(&words(command)).done();
            let status = if command.starts_with("card") { "blank" } else { "in-work" };
            assert_eq!(field(&read(&desk), "status"), status, "{kind}");
        }
    }
}

#[test]
fn a_clone_is_called_a_clone_and_no_blank() {
    let desk = by_hand();
    for (kind, code) in [("gen1a", "card-uid-settable"), ("fm11rf08s", "card-back-door")] {
        let uid = lay_new(&desk, kind);
        let before = memory(&desk, &uid);
        let found = read(&desk);
        assert_eq!(
            (field(&found, "status"), &found["warnings"][0]["code"]),
            ("unknown".into(), &code.into()),
            "{kind}"
        );
        assert!(field(&found, "next").contains("복제"), "{found}");
        assert_eq!(codes(&verify(&desk)), [code], "{kind}");
        for line in ["card recover", "card blank"] {
            refused(&desk, &words(line), code);
        }
        assert!(memory(&desk, &uid) == before, "{kind}");
    }
}

/// A card that was made when clones were taken, or a copy in a card's place.
#[test]
fn a_clone_gets_no_seal_of_ours() {
    let desk = by_hand().with("ISSUER__CHIP__MAGIC_CARDS", "accept");
    enrol(&desk, "홍길동");
    let uid = lay_new(&desk, "gen1a");
    desk.run(&words("issue 1 --json")).done();
    desk.run(&words("hand-over 1 --json")).done();
    let desk = desk.with("ISSUER__CHIP__MAGIC_CARDS", "refuse");
    assert_eq!(codes(&verify(&desk)), ["card-uid-settable"]);
    desk.run(&words("key rotate --json")).done();
    let before = memory(&desk, &uid);
    let found = read(&desk);
    assert_eq!((&found["rekeyed"], &found["warnings"][0]["code"]), (&Value::Null, &"card-uid-settable".into()));
    refused(&desk, &words("card recover"), "card-uid-settable");
    assert!(memory(&desk, &uid) == before, "it was re-keyed");
    edit(&desk, &uid, overwrite);
    assert!(field(&read(&desk), "next").contains("복제"));
    refused(&desk, &words("card recover"), "card-uid-settable");
}

/// The proof that the tests above would see a live card that is no clone.
#[test]
fn a_genuine_card_is_no_clone() {
    let desk = by_hand();
    live_card(&desk, "홍길동", 1);
    assert!(codes(&verify(&desk)).is_empty());
}
