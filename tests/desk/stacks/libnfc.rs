//! The PN532 boards, through Debian's libnfc and its tools.

use super::rig::Rig;

fn said(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A UID as libnfc's tools print it.
fn spaced(uid: &str) -> String {
    let digits: Vec<char> = uid.to_lowercase().chars().collect();
    digits.chunks(2).map(|pair| pair.iter().collect()).collect::<Vec<String>>().join("  ")
}

#[test]
fn nfc_list_finds_the_board_and_the_card_on_it() {
    let rig = Rig::start(&["--readers", "0", "--pn532", "2"]);
    assert!(rig.told["pcsc"].is_null());
    let (tray, _) = rig.board(0);
    for kind in ["classic-1k", "classic-4k", "ntag213"] {
        rig.ask(&["card", "lift", "--reader", &tray]);
        let uid = rig.lay(kind, &tray);
        let listed = said(&rig.tool("libnfc-bin", "nfc-list", &[]));
        assert!(listed.contains("NFC device") && listed.contains(&spaced(&uid)), "{kind} {uid}: {listed}");
    }
    rig.ask(&["card", "lift", "--reader", &tray]);
    let listed = said(&rig.tool("libnfc-bin", "nfc-list", &[]));
    assert!(listed.contains("NFC device") && !listed.contains("UID"), "{listed}");
}

/// No board answers for a reader that it is not.
#[test]
fn a_board_has_its_own_name_at_the_tray_and_is_the_first_where_there_is_no_reader() {
    let rig = Rig::start(&["--readers", "0", "--pn532", "2"]);
    assert_eq!([0, 1].map(|number| rig.board(number).0), ["pn532-0", "pn532-1"]);
    rig.lay("classic-1k", "pn532-1");
    let laid = rig.ask(&["card", "new", "--lay"]);
    assert_eq!(laid["reader"], "pn532-0");
    let listed = said(&rig.tool("libnfc-bin", "nfc-list", &[]));
    assert!(listed.contains(&spaced(laid["uid"].as_str().expect("a UID"))), "{listed}");
}

#[test]
fn a_board_that_is_unplugged_cannot_be_opened_and_comes_back_under_its_name() {
    let rig = Rig::start(&["--readers", "0", "--pn532", "1"]);
    rig.ask(&["unplug", "pn532-0"]);
    let listed = said(&rig.tool("libnfc-bin", "nfc-list", &[]));
    assert!(listed.contains("Unable to open"), "{listed}");
    rig.ask(&["plug", "pn532-0"]);
    let listed = said(&rig.tool("libnfc-bin", "nfc-list", &[]));
    assert!(listed.contains("NFC device"), "{listed}");
}

/// The image is given as the file of keys, since no card tells its key A.
#[test]
fn nfc_mfclassic_dumps_a_blank_1k_byte_by_byte() {
    let rig = Rig::start(&["--readers", "0", "--pn532", "1"]);
    let uid = rig.lay("classic-1k", &rig.board(0).0);
    let image = rig.image(&uid, "mfd");
    let keys = image.to_str().expect("a path in UTF-8");
    let dumped = rig.tool("libnfc-bin", "nfc-mfclassic", &["r", "a", "u", "dump.mfd", keys, "f"]);
    assert!(said(&dumped).contains("64 of 64 blocks read"), "{}", said(&dumped));
    let dump = std::fs::read(rig.desk.path("tmp/dump.mfd")).expect("the dump");
    assert_eq!(dump, std::fs::read(image).expect("the image"));
}

/// All but the password and its acknowledgement, which no chip tells.
#[test]
fn nfc_mfultralight_dumps_an_ntag213_byte_by_byte() {
    let rig = Rig::start(&["--readers", "0", "--pn532", "1"]);
    let uid = rig.lay("ntag213", &rig.board(0).0);
    let dumped = rig.tool("libnfc-bin", "nfc-mfultralight", &["r", "dump.bin"]);
    assert!(said(&dumped).contains("45 of 45 pages read"), "{}", said(&dumped));
    let mut image = std::fs::read(rig.image(&uid, "bin")).expect("the image");
    image[172..].fill(0);
    assert_eq!(std::fs::read(rig.desk.path("tmp/dump.bin")).expect("the dump"), image);
}
