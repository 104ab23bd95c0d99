//! Counters, the ASCII mirror and the originality signature of the Type 2 chips.

use super::*;

fn count(value: u32) -> Answer {
    Answer::Data(value.to_le_bytes()[..3].to_vec())
}

fn ev1() -> impl Iterator<Item = Sheet> {
    SHEETS.into_iter().filter(Sheet::ev1)
}

fn ntag() -> impl Iterator<Item = Sheet> {
    SHEETS.into_iter().filter(|sheet| !sheet.ev1())
}

#[test]
fn the_counters_of_ev1_only_go_up_and_stop_at_the_end() {
    for sheet in ev1() {
        let mut chip = sheet.chip();
        for address in 0..3 {
            assert_eq!(send(&mut chip, &[0x39, address]), count(0));
            assert_eq!(send(&mut chip, &[0xA5, address, 0x10, 0x02, 0, 0xEE]), Answer::Ack);
            assert_eq!(send(&mut chip, &[0x39, address]), count(0x210));
            assert_eq!(send(&mut chip, &[0x3E, address]), Answer::Data(vec![0xBD]));
        }
        let room = 0xFF_FFFF - 0x210;
        let [a, b, c, _] = u32::to_le_bytes(room + 1);
        assert_eq!(send(&mut chip, &[0xA5, 0, a, b, c, 0]), nak(), "one too many");
        chip.select();
        let [a, b, c, _] = u32::to_le_bytes(room);
        assert_eq!(send(&mut chip, &[0xA5, 0, a, b, c, 0]), Answer::Ack);
        assert_eq!(send(&mut chip, &[0x39, 0]), count(0xFF_FFFF));
        for refused in [&[0x39, 3][..], &[0xA5, 3, 1, 0, 0, 0], &[0x3E, 3], &[0xA5, 0, 1, 0, 0]] {
            chip.select();
            assert_eq!(send(&mut chip, refused), nak(), "{refused:02X?}");
        }
    }
}

#[test]
fn ntag_has_none_of_them() {
    for sheet in ntag() {
        for refused in [&[0x39, 0][..], &[0x39, 2], &[0xA5, 2, 1, 0, 0, 0], &[0x3E, 0], &[0x3E, 3], &[0x4B; 21]] {
            assert_eq!(send(&mut sheet.chip(), refused), nak(), "{refused:02X?}");
        }
        assert_eq!(send(&mut sheet.chip(), &[0x3E, 2]), Answer::Data(vec![0xBD]), "not in the sheet, but in silicon");
    }
}

#[test]
fn the_nfc_counter_counts_the_first_reading_after_each_power_on() {
    for sheet in ntag() {
        let mut chip = protected(&sheet, 0xFF, 0x10);
        assert_eq!(send(&mut chip, &[0x39, 2]), count(0));
        for visit in 1..4 {
            chip.select();
            for frame in [&[0x30, 4][..], &[0x3A, 4, 5], &[0x30, 0]] {
                send(&mut chip, frame);
                assert_eq!(send(&mut chip, &[0x39, 2]), count(visit));
            }
        }
        let mut kept = protected(&sheet, 0xFF, 0x18);
        send(&mut kept, &[0x30, 4]);
        assert_eq!(send(&mut kept, &[0x39, 2]), nak(), "NFC_CNT_PWD_PROT");
        kept.select();
        verify(&mut kept, PASSWORD);
        assert_eq!(send(&mut kept, &[0x39, 2]), count(1));
    }
}

/// The sheet's example: UID 04E141124C2880 and counter 003F31 from page 0Ch byte 1, an x between them.
#[test]
fn the_mirror_shows_uid_and_counter_as_text() {
    for sheet in ntag() {
        for (what, text) in [(1u8, "04E141124C2880"), (2, "003F31"), (3, "04E141124C2880x003F31")] {
            let mut chip = sheet.chip();
            write(&mut chip, sheet.cfg1(), [0x10, 0, 0, 0]);
            write(&mut chip, sheet.cfg0, [what << 6 | 0x14, 0, 0x0C, 0xFF]);
            chip.set_hidden(Hidden { nfc: 0x3F30, ..Hidden::default() });
            let plain = send(&mut chip, &[0x3A, 0x0B, 0x13]);
            assert_eq!(plain, Answer::Data(vec![0; 36]), "not before power-on");
            chip.select();
            let Answer::Data(shown) = send(&mut chip, &[0x3A, 0x0B, 0x13]) else { panic!("read") };
            let mut expected = vec![0; 36];
            expected[5..5 + text.len()].copy_from_slice(text.as_bytes());
            assert_eq!(shown, expected, "{} {what}", sheet.kind.name());
            assert_eq!(page(&chip, 0x0D), [0; 4], "the memory itself is as it was");
        }
        let mut chip = sheet.chip();
        write(&mut chip, sheet.cfg0, [0x44, 0, sheet.last_user - 2, 0xFF]);
        chip.select();
        let Answer::Data(shown) = send(&mut chip, &[0x30, sheet.last_user - 2]) else { panic!("read") };
        assert_eq!(shown[..12], [0; 12], "a mirror that does not fit");
    }
}

#[test]
fn a_counter_that_may_not_be_shown_leaves_the_uid_alone() {
    const UID: &[u8; 14] = b"04E141124C2880";
    for sheet in ntag() {
        // MIRROR_CONF, ACCESS, MIRROR_PAGE: from the last one the UID just fits, UID and counter do not.
        let last = sheet.last_user - 3;
        for (what, access, from, uid) in [
            (3u8, 0x00, 0x0C, true),
            (3, 0x18, 0x0C, true),
            (1, 0x10, last, true),
            (3, 0x10, last, false),
            (2, 0x00, 0x0C, false),
            (2, 0x18, 0x0C, false),
        ] {
            let mut chip = sheet.chip();
            write(&mut chip, sheet.cfg1(), [access, 0, 0, 0]);
            write(&mut chip, sheet.cfg0, [what << 6 | 0x04, 0, from, 0xFF]);
            chip.select();
            let Answer::Data(shown) = send(&mut chip, &[0x30, from]) else { panic!("read") };
            let expected = if uid { *UID } else { [0; 14] };
            assert_eq!((&shown[..14], &shown[14..]), (&expected[..], &[0, 0][..]), "{what} {access:02X} {from:02X}");
        }
    }
}

#[test]
fn the_signature_is_the_same_each_time_and_another_when_forged() {
    for sheet in SHEETS {
        let mut chip = sheet.chip();
        let genuine = send(&mut chip, &[0x3C, 0x00]);
        assert!(matches!(&genuine, Answer::Data(signature) if signature.len() == 32));
        assert_eq!(send(&mut chip, &[0x3C, 0x00]), genuine);
        chip.set_hidden(Hidden { forged_signature: true, ..Hidden::default() });
        assert_ne!(send(&mut chip, &[0x3C, 0x00]), genuine);
        assert_eq!(send(&mut chip, &[0x3C, 0x01]), nak());
    }
}

#[test]
fn ev1_answers_vcsl_with_its_type_identifier() {
    for sheet in ev1() {
        assert_eq!(send(&mut sheet.chip(), &[0x4B; 21]), Answer::Data(vec![0x05]));
        assert_eq!(send(&mut sheet.chip(), &[0x4B; 20]), nak());
    }
}
