//! The PN532 against the examples of its manual and what libnfc, nfcpy and their users have met.

use proptest::prelude::*;

use super::super::field::Field;
use super::super::pn532_air::crc_a;
use super::super::silicon::{Kind, Silicon, Uid};
use super::*;

const SINGLE: Uid = Uid::single([0x0F, 1, 2, 3]);
const DOUBLE: Uid = Uid::double([0x04, 1, 2, 3, 4, 5, 6]);
const FACTORY: [u8; 6] = [0xFF; 6];

/// A chip with these cards before it that gives up looking for more, as libnfc sets it.
fn chip(kinds: &[Kind]) -> Pn532<Field> {
    let mut field = Field::default();
    for kind in kinds {
        field.lay(Silicon::blank(*kind, if kind.takes_uid_of(4) { SINGLE } else { DOUBLE }));
    }
    let mut chip = Pn532::new(field);
    assert_eq!(told(&mut chip, &[0x32, 0x05, 0x00, 0x01, 0x02]), [0x33]);
    chip
}

/// The same with one target listed.
fn listed(kind: Kind) -> Pn532<Field> {
    let mut chip = chip(&[kind]);
    assert_eq!(told(&mut chip, &[0x4A, 1, 0])[1], 1);
    chip
}

fn told(chip: &mut Pn532<Field>, command: &[u8]) -> Vec<u8> {
    match chip.command(command).expect("a field has no files") {
        Reply::Response(response) => response,
        other => panic!("{command:02X?}: {other:?}"),
    }
}

fn raw(chip: &mut Pn532<Field>, frame: &[u8]) -> Vec<u8> {
    told(chip, &[&[0x42], frame].concat())
}

fn write(chip: &mut Pn532<Field>, register: u16, value: u8) {
    let [high, low] = register.to_be_bytes();
    assert_eq!(told(chip, &[0x08, high, low, value]), [0x09]);
}

fn authenticate(letter: u8, block: u8, key: [u8; 6], uid: Uid) -> Vec<u8> {
    [&[0x40, 0x01, letter, block], &key[..], uid.last_four()].concat()
}

#[test]
fn it_answers_to_its_host_without_a_card() {
    for (command, answer) in [
        (&b"\x00\x00libnfc"[..], &b"\x01\x00libnfc"[..]),
        (&[0x00, 0x01], &[0x01, 0x00]),
        (&[0x00, 0x02], &[0x01, 0x00]),
        (&[0x00, 0x06], &[0x01, 0x27]),
        (&[0x02], &[0x03, 0x32, 0x01, 0x06, 0x07]),
        (&[0x04], &[0x05, 0x00, 0x00, 0x00, 0x80]),
        (&[0x10, 0x04], &[0x11]),
        (&[0x12, 0x14], &[0x13]),
        (&[0x14, 0x01], &[0x15]),
        (&[0x14, 0x01, 0x14, 0x01], &[0x15]),
        (&[0x16, 0xF0], &[0x17, 0x00]),
        (&[0x32, 0x01, 0x01], &[0x33]),
        (&[0x32, 0x02, 0x00, 0x0B, 0x0A], &[0x33]),
        (&[0x4A, 0x01, 0x00], &[0x4B, 0x00]),
        (&[0x4A, 0x01, 0x03, 0x00], &[0x4B, 0x00]),
        (&[0x4A, 0x01, 0x01, 0x00, 0xFF, 0xFF, 0x01, 0x00], &[0x4B, 0x00]),
        (&[0x60, 0x03, 0x02, 0x00, 0x11], &[0x61, 0x00]),
        (&[0x40, 0x01, 0x30, 0x04], &[0x41, 0x27]),
        (&[0x42, 0x30, 0x04], &[0x43, 0x01]),
        (&[0x44, 0x01], &[0x45, 0x27]),
        (&[0x52, 0x00], &[0x53, 0x00]),
        (&[0x54, 0x01], &[0x55, 0x27]),
        (&[0x56, 0x00, 0x02, 0x00], &[0x57, 0x01]),
    ] {
        assert_eq!(told(&mut chip(&[]), command), answer, "{command:02X?}");
    }
}

#[test]
fn what_it_does_not_know_gets_the_error_frame() {
    for command in [
        &[][..],
        &[0x99],
        &[0x02, 0x00],
        &[0x06, 0x63],
        &[0x08, 0x63, 0x02],
        &[0x14, 0x05],
        &[0x32, 0x0A, 0x00],
        &[0x4A, 0x00, 0x00],
        &[0x4A, 0x03, 0x00],
        &[0x4A, 0x01, 0x00, 0x01],
        &[0x40],
        &[0x8C, 0x00],
        &[0x00; 265],
    ] {
        assert_eq!(chip(&[]).command(command).unwrap(), Reply::SyntaxError, "{command:02X?}");
    }
}

/// 7.3.5: Tg, SENS_RES, SEL_RES, NFCID1 with its length, ATS.
#[test]
fn a_listed_card_tells_its_target_data() {
    let seven = [4, 1, 2, 3, 4, 5, 6];
    for (kind, data) in [
        (Kind::Classic1k, &[0x00, 0x04, 0x08, 4, 0x0F, 1, 2, 3][..]),
        (Kind::Classic4k, &[0x00, 0x02, 0x18, 4, 0x0F, 1, 2, 3]),
        (Kind::UltralightEv1, &[&[0x00, 0x44, 0x00, 7], &seven[..]].concat()),
        (Kind::Ntag216, &[&[0x00, 0x44, 0x00, 7], &seven[..]].concat()),
        (Kind::Desfire, &[&[0x03, 0x44, 0x20, 7], &seven[..], &[0x06, 0x75, 0x77, 0x81, 0x02, 0x80]].concat()),
    ] {
        let mut chip = chip(&[kind]);
        assert_eq!(told(&mut chip, &[0x4A, 1, 0]), [&[0x4B, 1, 1], data].concat(), "{}", kind.name());
        assert_eq!(told(&mut chip, &[0x04]), [0x05, 0, 0, 1, 1, 0, 0, 0, 0x80]);
    }
    let mut field = Field::default();
    field.lay(Silicon::blank(Kind::Classic1k, DOUBLE));
    let double = told(&mut Pn532::new(field), &[0x4A, 1, 0]);
    assert_eq!(double, [&[0x4B, 1, 1, 0x00, 0x44, 0x08, 7], &seven[..]].concat());
}

#[test]
fn without_automatic_rats_a_card_of_part_4_is_not_activated() {
    let mut chip = chip(&[Kind::Desfire]);
    told(&mut chip, &[0x12, 0x04]);
    assert_eq!(told(&mut chip, &[0x4A, 1, 0]).len(), 3 + 4 + 7);
    assert_eq!(told(&mut chip, &[0x40, 1, 0x60]), [0x41, 0x10]);
    assert_eq!(told(&mut chip, &[0x00, 0x06]), [0x01, 0x27]);
    told(&mut chip, &[0x12, 0x14]);
    told(&mut chip, &[0x52, 0]);
    told(&mut chip, &[0x32, 1, 0]);
    told(&mut chip, &[0x4A, 1, 0]);
    assert_eq!(told(&mut chip, &[0x40, 1, 0x60])[..3], [0x41, 0x00, 0xAF]);
    assert_eq!(told(&mut chip, &[0x00, 0x06]), [0x01, 0x00]);
    chip.antenna_mut().lift();
    assert_eq!(told(&mut chip, &[0x00, 0x06]), [0x01, 0x01]);
}

#[test]
fn felica_is_found_at_its_own_rates_and_iso_15693_never() {
    let poll = [0x4A, 1, 1, 0x00, 0xFF, 0xFF, 0x01, 0x00];
    let mut felica = chip(&[Kind::Felica]);
    assert_eq!(told(&mut felica, &[0x4A, 1, 0]), [0x4B, 0]);
    assert_eq!(told(&mut felica, &poll)[..14], [0x4B, 1, 1, 20, 1, 1, 4, 1, 2, 3, 4, 5, 6, 3]);
    assert_eq!(told(&mut felica, &[0x04]), [0x05, 0, 0, 1, 1, 1, 1, 0x10, 0x80]);
    assert_eq!(told(&mut felica, &[0x60, 1, 1, 0x00, 0x11])[..3], [0x61, 1, 0x11]);
    assert_eq!(told(&mut chip(&[Kind::Iso15693]), &poll), [0x4B, 0]);
}

#[test]
fn auto_polling_gives_the_first_type_that_fits() {
    for (kind, asked, found) in [
        (Kind::Classic1k, &[0x20, 0x10][..], Some(0x10)),
        (Kind::Desfire, &[0x10, 0x20], Some(0x20)),
        (Kind::Ntag213, &[0x00], Some(0x00)),
        (Kind::Ntag213, &[0x04, 0x23], None),
    ] {
        let answer = told(&mut chip(&[kind]), &[&[0x60, 1, 1], asked].concat());
        assert_eq!(answer.get(2).copied(), found, "{} {asked:02X?}", kind.name());
    }
}

#[test]
fn without_a_limit_it_waits_for_a_card() {
    let mut chip = Pn532::new(Field::default());
    assert_eq!(chip.command(&[0x4A, 1, 0]).unwrap(), Reply::Nothing);
    assert_eq!(chip.command(&[0x60, 0xFF, 1, 0x10]).unwrap(), Reply::Nothing);
    chip.antenna_mut().lay(Silicon::blank(Kind::Ntag213, DOUBLE));
    assert_eq!(told(&mut chip, &[0x4A, 1, 0])[1], 1);
}

/// 7.3.8: `60|61 block key6 uid4`, then blocks; with a double UID its last four bytes.
#[test]
fn a_classic_is_read_and_written_behind_its_key() {
    for uid in [SINGLE, DOUBLE] {
        let mut field = Field::default();
        field.lay(Silicon::blank(Kind::Classic1k, uid));
        let mut chip = Pn532::new(field);
        told(&mut chip, &[0x4A, 1, 0]);
        assert_eq!(told(&mut chip, &authenticate(0x60, 4, FACTORY, uid)), [0x41, 0x00]);
        let written = told(&mut chip, &[&[0x40, 1, 0xA0, 5], &[7; 16][..]].concat());
        assert_eq!(written, [0x41, 0x00]);
        assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 5]), [&[0x41, 0x00], &[7; 16][..]].concat());
    }
}

/// 7.1: 14h, 13h, and afterwards the card hears nothing but a selection.
#[test]
fn a_refusal_leaves_the_card_deaf_until_it_is_found_again() {
    let wrong = authenticate(0x60, 4, [0; 6], SINGLE);
    for (command, status) in [(&wrong[..], 0x14), (&[0x40, 1, 0x30, 4], 0x13)] {
        let mut chip = listed(Kind::Classic1k);
        assert_eq!(told(&mut chip, command), [0x41, status]);
        assert_eq!(told(&mut chip, &[0x04])[1], status);
        assert_eq!(told(&mut chip, &authenticate(0x60, 4, FACTORY, SINGLE)), [0x41, 0x01]);
        assert_eq!(told(&mut chip, &[0x4A, 1, 0])[1], 1, "the field stayed on");
        assert_eq!(told(&mut chip, &authenticate(0x60, 4, FACTORY, SINGLE)), [0x41, 0x00]);
    }
}

#[test]
fn an_active_card_answers_the_second_request_only() {
    let mut chip = listed(Kind::Classic1k);
    told(&mut chip, &[0x32, 5, 0, 1, 0]);
    assert_eq!(told(&mut chip, &[0x4A, 1, 0]), [0x4B, 0], "one request made it idle");
    assert_eq!(told(&mut chip, &[0x4A, 1, 0])[1], 1);
    assert_eq!(told(&mut chip, &authenticate(0x60, 4, FACTORY, SINGLE)), [0x41, 0x00]);
    told(&mut chip, &[0x32, 5, 0, 1, 1]);
    assert_eq!(told(&mut chip, &[0x4A, 1, 0])[1], 1);
    assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 4]), [0x41, 0x13], "its authentication is gone");
}

/// libnfc's nfc_initiator_list_passive_targets: deselected one by one, they are gone until the field goes off.
#[test]
fn a_deselected_card_answers_no_request() {
    for release in [0x44, 0x52] {
        let mut chip = listed(Kind::Ntag213);
        assert_eq!(told(&mut chip, &[release, 1]), [release + 1, 0]);
        assert_eq!(told(&mut chip, &[0x4A, 1, 0]), [0x4B, 0]);
        told(&mut chip, &[0x32, 1, 0]);
        assert_eq!(told(&mut chip, &[0x4A, 1, 0])[1], 1);
    }
    let mut chip = listed(Kind::Ntag213);
    told(&mut chip, &[0x44, 1]);
    assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 4]), [0x41, 0x01]);
    assert_eq!(told(&mut chip, &[0x54, 1]), [0x55, 0x00]);
    assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 4])[..2], [0x41, 0x00]);
    told(&mut chip, &[0x52, 1]);
    assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 4]), [0x41, 0x27]);
}

#[test]
fn of_two_cards_each_is_spoken_to_by_its_number() {
    let mut chip = chip(&[Kind::Classic1k, Kind::Ntag213]);
    let both = told(&mut chip, &[0x4A, 2, 0]);
    assert_eq!((both[1], both[2], both[11]), (2, 1, 2));
    for _ in 0..2 {
        assert_eq!(told(&mut chip, &[0x40, 2, 0x30, 0])[..4], [0x41, 0x00, 0x04, 1]);
        assert_eq!(told(&mut chip, &authenticate(0x60, 4, FACTORY, SINGLE)), [0x41, 0x00]);
    }
    assert_eq!(told(&mut chip, &[0x4A, 2, 0])[1], 1, "the one that slept is halted");
    told(&mut chip, &[0x32, 1, 0]);
    let wanted = told(&mut chip, &[0x4A, 1, 0, 0x88, 4, 1, 2, 3, 4, 5, 6]);
    assert_eq!(wanted[1..7], [1, 1, 0x00, 0x44, 0x00, 7]);
    assert_eq!(told(&mut chip, &[0x4A, 1, 0, 9, 9, 9, 9]), [0x4B, 0]);
}

/// The second target sleeps: what lifts the first does not turn its frames to the other.
#[test]
fn a_lifted_card_is_not_taken_for_its_neighbour() {
    let mut chip = chip(&[Kind::Classic1k, Kind::Ntag213]);
    told(&mut chip, &[0x4A, 2, 0]);
    let mut cards = chip.antenna_mut().stay();
    chip.antenna_mut().lay(cards.pop().expect("two cards"));
    assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 0]), [0x41, 0x01]);
}

/// CFG0 is latched at power-on and stays latched while the card is merely found again.
#[test]
fn protection_that_was_just_written_rules_after_the_next_power_on() {
    let mut chip = listed(Kind::Ntag213);
    assert_eq!(told(&mut chip, &[0x40, 1, 0xA2, 0x29, 0x04, 0, 0, 0x04]), [0x41, 0x00]);
    for (off, status) in [(false, 0x00), (true, 0x13)] {
        if off {
            told(&mut chip, &[0x32, 1, 0]);
        }
        told(&mut chip, &[0x4A, 1, 0]);
        assert_eq!(told(&mut chip, &[0x40, 1, 0xA2, 4, 1, 2, 3, 4]), [0x41, status], "off: {off}");
    }
}

#[test]
fn a_lost_card_and_a_field_that_is_off_are_time_outs() {
    let mut chip = listed(Kind::Ntag213);
    told(&mut chip, &[0x32, 1, 0]);
    assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 4]), [0x41, 0x01]);
    assert_eq!(raw(&mut chip, &[0x60]), [0x43, 0x01]);
    told(&mut chip, &[0x4A, 1, 0]);
    chip.antenna_mut().lift();
    assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 4]), [0x41, 0x01]);
}

/// nfcpy, _tt2_send_cmd_recv_rsp: with the CRC checked an acknowledgement is a CRC error.
#[test]
fn a_password_is_told_from_a_wrong_one_by_what_the_registers_let_through() {
    let right = [0x1B, 0xFF, 0xFF, 0xFF, 0xFF];
    let wrong = [0x1B, 1, 2, 3, 4];
    let pack = [0x00, 0x00];
    let with_crc = [&[0x43, 0x00], &pack[..], &crc_a(&pack)].concat();
    for (rx, frame, answer, bits) in [
        (0x80, &right[..], &[0x43, 0x00, 0x00, 0x00][..], 0),
        (0x00, &right, &with_crc, 0),
        (0x80, &wrong, &[0x43, 0x02], 4),
        (0x00, &wrong, &[0x43, 0x00, 0x00], 4),
        (0x80, &[0xA2, 4, 1, 2, 3, 4], &[0x43, 0x02], 4),
        (0x00, &[0xA2, 4, 1, 2, 3, 4], &[0x43, 0x00, 0x0A], 4),
    ] {
        let mut chip = listed(Kind::Ntag213);
        write(&mut chip, 0x6303, rx);
        assert_eq!(raw(&mut chip, frame), answer, "{rx:02X} {frame:02X?}");
        assert_eq!(told(&mut chip, &[0x06, 0x63, 0x3C])[1] & 0x07, bits, "{rx:02X} {frame:02X?}");
    }
}

#[test]
fn a_write_that_is_a_crc_error_was_done_all_the_same() {
    let mut chip = listed(Kind::Ntag213);
    assert_eq!(raw(&mut chip, &[0xA2, 4, 1, 2, 3, 4]), [0x43, 0x02]);
    assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 4])[2..6], [1, 2, 3, 4]);
}

#[test]
fn without_a_crc_a_genuine_card_is_silent_and_with_the_hosts_own_it_is_not() {
    let mut chip = listed(Kind::Ntag213);
    write(&mut chip, 0x6302, 0x00);
    let version = [&[0x60], &crc_a(&[0x60])[..]].concat();
    assert_eq!(raw(&mut chip, &version)[..2], [0x43, 0x00]);
    assert_eq!(raw(&mut chip, &[0x60]), [0x43, 0x01]);
    assert_eq!(raw(&mut chip, &version), [0x43, 0x01], "it is idle now");
    let mut chip = listed(Kind::Ntag213);
    write(&mut chip, 0x6302, 0x83);
    assert_eq!(raw(&mut chip, &[0x60]), [0x43, 0x01], "type B modulation");
}

/// nfc-mfclassic's unlock_card: HLTA with its own CRC, seven bits 40h, eight bits 43h, all without the chip's CRC.
#[test]
fn gen1a_opens_by_registers_and_no_other_card_does() {
    for (kind, opens) in [(Kind::Gen1a, true), (Kind::Gen2, false), (Kind::Classic1k, false)] {
        let mut chip = listed(kind);
        write(&mut chip, 0x6302, 0x00);
        write(&mut chip, 0x6303, 0x00);
        assert_eq!(raw(&mut chip, &[0x50, 0x00, 0x57, 0xCD]), [0x43, 0x01]);
        write(&mut chip, 0x633D, 0x07);
        let ack = if opens { &[0x43, 0x00, 0x0A][..] } else { &[0x43, 0x01] };
        assert_eq!(raw(&mut chip, &[0x40]), ack, "{}", kind.name());
        write(&mut chip, 0x633D, 0x00);
        assert_eq!(raw(&mut chip, &[0x43]), ack, "{}", kind.name());
        write(&mut chip, 0x6302, 0x80);
        write(&mut chip, 0x6303, 0x80);
        assert_eq!(told(&mut chip, &[0x40, 1, 0x30, 0])[1] == 0x00, opens, "{}", kind.name());
    }
}

#[test]
fn registers_keep_what_is_written_but_the_bits_that_were_received() {
    let mut chip = chip(&[]);
    assert_eq!(told(&mut chip, &[0x08, 0x63, 0x05, 0x44, 0x63, 0x3C, 0xFF]), [0x09]);
    assert_eq!(told(&mut chip, &[0x06, 0x63, 0x05, 0x63, 0x3C, 0x63, 0x02]), [0x07, 0x44, 0xF8, 0x80]);
}

/// The RF buffer and one frame to the host hold 252 bytes of answer.
#[test]
fn an_answer_that_does_not_fit_is_lost() {
    let mut chip = listed(Kind::Ntag216);
    assert_eq!(raw(&mut chip, &[0x3A, 0, 62]).len(), 2 + 252);
    assert_eq!(raw(&mut chip, &[0x3A, 0, 63]), [0x43, 0x01]);
}

fn commands() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<u8> = (0x00..=0x16).step_by(2).chain((0x32..=0x60).step_by(2)).collect();
    let code = prop_oneof![4 => prop::sample::select(known), 1 => any::<u8>()];
    let small = prop_oneof![3 => 0..4_u8, 1 => any::<u8>()];
    (code, prop::collection::vec(small, 0..24)).prop_map(|(code, rest)| [&[code], &rest[..]].concat())
}

proptest! {
    #[test]
    fn no_sequence_of_commands_panics(
        kinds in prop::collection::vec(prop::sample::select(Kind::ALL.to_vec()), 0..3),
        commands in prop::collection::vec(commands(), 0..40),
    ) {
        let mut chip = chip(&kinds);
        for command in commands {
            if let Reply::Response(response) = chip.command(&command).unwrap() {
                prop_assert_eq!(response[0], command[0] + 1);
                prop_assert!(response.len() <= LONGEST);
            }
        }
    }
}

#[test]
fn every_command_is_counted_and_one_that_it_does_not_know_too() {
    let mut chip = Pn532::new(Field::default());
    for command in [&[0x02][..], &[0x99], &[]] {
        chip.command(command).expect("a field has no files");
    }
    assert_eq!(chip.commands(), 3);
}
