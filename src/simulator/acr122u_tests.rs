//! The ACR122U against the examples of its API and what its users have met.

use proptest::prelude::*;

use super::super::field::Field;
use super::super::silicon::{Silicon, Uid};
use super::*;

const SINGLE: Uid = Uid::single([0x0F, 1, 2, 3]);
const DOUBLE: Uid = Uid::double([0x04, 1, 2, 3, 4, 5, 6]);
const LOAD: [u8; 11] = [0xFF, 0x82, 0x00, 0x00, 0x06, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
const AUTHENTICATE: [u8; 10] = [0xFF, 0x86, 0x00, 0x00, 0x05, 0x01, 0x00, 0x04, 0x60, 0x00];

fn card(kind: Kind) -> Silicon {
    Silicon::blank(kind, if kind.takes_uid_of(4) { SINGLE } else { DOUBLE })
}

fn reader(kinds: &[Kind]) -> Acr122u<Field> {
    let mut field = Field::default();
    kinds.iter().for_each(|kind| field.lay(card(*kind)));
    Acr122u::new(field)
}

fn told(reader: &mut Acr122u<Field>, apdu: &[u8]) -> Vec<u8> {
    reader.transmit(apdu).expect("a field has no files")
}

fn direct(reader: &mut Acr122u<Field>, command: &[u8]) -> Vec<u8> {
    told(reader, &[&[0xFF, 0x00, 0x00, 0x00, command.len() as u8], command].concat())
}

fn atr_of(reader: &mut Acr122u<Field>) -> Option<String> {
    let atr = reader.atr().expect("a field has no files")?;
    Some(atr.iter().map(|byte| format!("{byte:02X}")).collect())
}

/// 3.1.1 and 3.1.2, with the check bytes that real ones have.
#[test]
fn the_atr_tells_what_lies_there() {
    for (kind, atr) in [
        (Kind::Classic1k, "3B8F8001804F0CA000000306030001000000006A"),
        (Kind::Classic4k, "3B8F8001804F0CA0000003060300020000000069"),
        (Kind::UltralightEv1, "3B8F8001804F0CA0000003060300030000000068"),
        (Kind::Ntag216, "3B8F8001804F0CA0000003060300030000000068"),
        (Kind::Desfire, "3B8180018080"),
        (Kind::Felica, "3B8F8001804F0CA00000030603F011000000008A"),
    ] {
        assert_eq!(atr_of(&mut reader(&[kind])).as_deref(), Some(atr), "{}", kind.name());
    }
    assert_eq!(atr_of(&mut reader(&[])), None);
    assert_eq!(atr_of(&mut reader(&[Kind::Iso15693])), None);
}

#[test]
fn a_card_in_the_place_of_another_is_a_removal_first() {
    let mut reader = reader(&[Kind::Classic1k]);
    assert!(atr_of(&mut reader).is_some());
    reader.antenna_mut().lift();
    reader.antenna_mut().lay(card(Kind::Ntag213));
    assert_eq!(
        direct(&mut reader, &[0xD4, 0x40, 0x01, 0x30, 0x00]),
        [0xD5, 0x41, 0x01, 0x90, 0x00],
        "not selected yet"
    );
    assert_eq!(told(&mut reader, &[0xFF, 0xCA, 0x00, 0x00, 0x00])[..4], [0x0F, 1, 2, 3], "from memory");
    assert_eq!(atr_of(&mut reader), None);
    assert!(atr_of(&mut reader).is_some_and(|atr| atr.ends_with("68")));
    assert_eq!(told(&mut reader, &[0xFF, 0xCA, 0x00, 0x00, 0x00])[..2], [4, 1]);
    reader.antenna_mut().lift();
    assert_eq!([atr_of(&mut reader), atr_of(&mut reader)], [None, None]);
}

#[test]
fn of_two_cards_the_one_that_was_found_counts() {
    let mut reader = reader(&[Kind::Felica, Kind::Ntag213]);
    assert!(atr_of(&mut reader).is_some_and(|atr| atr.ends_with("68")));
    let mut cards = reader.antenna_mut().stay();
    let ntag = cards.pop().expect("two cards");
    reader.antenna_mut().lay(cards.remove(0));
    assert_eq!(atr_of(&mut reader), None);
    assert!(atr_of(&mut reader).is_some_and(|atr| atr.ends_with("8A")));
    reader.antenna_mut().lay(ntag);
    assert!(atr_of(&mut reader).is_some_and(|atr| atr.ends_with("8A")), "laid beside it");
}

#[test]
fn looking_disturbs_no_card() {
    let mut reader = reader(&[Kind::Classic1k]);
    told(&mut reader, &LOAD);
    assert_eq!(told(&mut reader, &AUTHENTICATE), DONE);
    assert!(atr_of(&mut reader).is_some());
    assert_eq!(told(&mut reader, &[0xFF, 0xB0, 0x00, 0x04, 0x10]).len(), 18);
}

#[test]
fn with_automatic_polling_off_no_card_is_seen() {
    let mut reader = reader(&[Kind::Ntag213]);
    assert_eq!(told(&mut reader, &[0xFF, 0x00, 0x51, 0x7F, 0x00]), [0x90, 0x7F]);
    assert_eq!(atr_of(&mut reader), None);
    assert_eq!(direct(&mut reader, &[0xD4, 0x4A, 0x01, 0x00])[2], 1);
    assert_eq!(told(&mut reader, &[0xFF, 0x00, 0x51, 0xFF, 0x00]), [0x90, 0xFF]);
    assert!(atr_of(&mut reader).is_some());
}

#[test]
fn a_reset_takes_the_cards_power() {
    let mut reader = reader(&[Kind::Classic1k]);
    told(&mut reader, &LOAD);
    assert_eq!(told(&mut reader, &[0xFF, 0x88, 0x00, 0x04, 0x60, 0x00]), DONE);
    assert!(reader.reset().unwrap().is_some());
    assert_eq!(told(&mut reader, &[0xFF, 0xB0, 0x00, 0x04, 0x10]), FAILED);
    assert_eq!(told(&mut reader, &AUTHENTICATE), FAILED, "refused, it is deaf");
    assert!(reader.reset().unwrap().is_some());
    assert_eq!(told(&mut reader, &AUTHENTICATE), DONE);
}

/// 6.1: FF 00 00 00 Lc, D4 … in, D5 … 90 00 out.
#[test]
fn commands_of_the_host_reach_the_chip() {
    let mut reader = reader(&[Kind::Ntag213]);
    for (command, answer) in [
        (&[0xD4, 0x02][..], &[0xD5, 0x03, 0x32, 0x01, 0x06, 0x07, 0x90, 0x00][..]),
        (&[0xD4, 0x04], &[0xD5, 0x05, 0, 0, 1, 1, 0, 0, 0, 0x80, 0x90, 0x00]),
        (&[0xD4, 0x42, 0x1B, 0xFF, 0xFF, 0xFF, 0xFF], &[0xD5, 0x43, 0x00, 0x00, 0x00, 0x90, 0x00]),
        (&[0xD4, 0x8C], &[0x63, 0x7F]),
        (&[0xD5, 0x02], &[0x63, 0x7F]),
        (&[], &[0x63, 0x7F]),
    ] {
        assert_eq!(direct(&mut reader, command), answer, "{command:02X?}");
    }
    assert_eq!(told(&mut reader, &[0xFF, 0x00, 0x00, 0x00, 0x02, 0xD4, 0x02, 0x00])[..2], [0xD5, 0x03], "with Le");
    for apdu in [&[0xFF, 0x00, 0x00, 0x00, 0x03, 0xD4, 0x02][..], &[0xFF, 0x00, 0x00], &[0xFF; 262], &[]] {
        assert_eq!(told(&mut reader, apdu), WRONG_LENGTH, "{apdu:02X?}");
    }
    direct(&mut reader, &[0xD4, 0x32, 0x05, 0xFF, 0x01, 0xFF]);
    reader.antenna_mut().lift();
    assert_eq!(direct(&mut reader, &[0xD4, 0x4A, 0x01, 0x00]), [0x63, 0x01]);
}

#[test]
fn light_and_buzzer_are_remembered_and_cost_time() {
    let mut reader = reader(&[]);
    assert_eq!(reader.signal(), None);
    // 6.3, example 5: the red one blinks three times at 1 Hz and is as before then.
    assert_eq!(told(&mut reader, &[0xFF, 0x00, 0x40, 0x50, 0x04, 0x05, 0x05, 0x03, 0x01]), [0x90, 0x00]);
    assert_eq!(reader.signal(), Some(Signal { led: 0x50, t1: 5, t2: 5, times: 3, buzzer: 1 }));
    assert_eq!(reader.take_busy(), Duration::from_secs(3));
    assert_eq!(reader.take_busy(), Duration::ZERO);
    // Example 1: both on.
    assert_eq!(told(&mut reader, &[0xFF, 0x00, 0x40, 0x0F, 0x04, 0x00, 0x00, 0x00, 0x00]), [0x90, 0x03]);
    assert_eq!(told(&mut reader, &[0xFF, 0x00, 0x40, 0x04, 0x04, 0x00, 0x00, 0x00, 0x00]), [0x90, 0x02]);
    assert_eq!(told(&mut reader, &[0xFF, 0x00, 0x40, 0x0F, 0x04, 0x00]), FAILED);
}

#[test]
fn settings_of_the_reader() {
    let mut reader = reader(&[]);
    for (apdu, answer) in [
        (&[0xFF, 0x00, 0x48, 0x00, 0x00][..], FIRMWARE),
        (&[0xFF, 0x00, 0x50, 0x00, 0x00], &[0x90, 0xFF]),
        (&[0xFF, 0x00, 0x41, 0x01, 0x00], &DONE),
        (&[0xFF, 0x00, 0x52, 0x00, 0x00], &DONE),
        (&[0xFF, 0x00, 0x99, 0x00, 0x00], &UNSUPPORTED),
    ] {
        assert_eq!(told(&mut reader, apdu), answer, "{apdu:02X?}");
        assert_eq!(reader.escape(apdu).unwrap().as_deref(), Some(answer), "{apdu:02X?}");
    }
    assert_eq!(reader.escape(&[0xFF, 0xCA, 0x00, 0x00, 0x00]).unwrap().as_deref(), Some(&UNSUPPORTED[..]));
    reader.faults.escape_refused = true;
    assert_eq!(reader.escape(&[0xFF, 0x00, 0x48, 0x00, 0x00]).unwrap(), None);
}

/// Chapters 4 and 5, without a command to the chip.
#[test]
fn storage_commands_work_on_a_classic() {
    let mut reader = reader(&[Kind::Classic1k]);
    let write = [&[0xFF, 0xD6, 0x00, 0x05, 0x10], &[7; 16][..]].concat();
    let stored = [&[7; 16][..], &DONE].concat();
    for (apdu, answer) in [
        (&[0xFF, 0xCA, 0x00, 0x00, 0x00][..], &[0x0F, 1, 2, 3, 0x90, 0x00][..]),
        (&[0xFF, 0xCA, 0x00, 0x00, 0x04], &[0x0F, 1, 2, 3, 0x90, 0x00]),
        (&[0xFF, 0xCA, 0x01, 0x00, 0x00], &UNSUPPORTED),
        (&LOAD, &DONE),
        (&AUTHENTICATE, &DONE),
        (&write, &DONE),
        (&[0xFF, 0xB0, 0x00, 0x05, 0x10], &stored),
        (&[0xFF, 0xD7, 0x00, 0x06, 0x05, 0x00, 0x00, 0x00, 0x00, 0x0A], &DONE),
        (&[0xFF, 0xD7, 0x00, 0x06, 0x05, 0x01, 0x00, 0x00, 0x00, 0x05], &DONE),
        (&[0xFF, 0xD7, 0x00, 0x06, 0x05, 0x02, 0x00, 0x00, 0x00, 0x01], &DONE),
        (&[0xFF, 0xD7, 0x00, 0x06, 0x02, 0x03, 0x04], &DONE),
        (&[0xFF, 0xB1, 0x00, 0x04, 0x04], &[0x00, 0x00, 0x00, 0x0E, 0x90, 0x00]),
        (&[0xFF, 0xD6, 0x00, 0x05, 0x04, 1, 2, 3, 4], &FAILED),
        (&[0xFF, 0xB0, 0x00, 0x05, 0x20], &FAILED),
        (&[0xFF, 0xC0, 0x00, 0x00, 0x00], &UNSUPPORTED),
        (&[0x00, 0xA4, 0x04, 0x00], &UNSUPPORTED),
    ] {
        assert_eq!(told(&mut reader, apdu), answer, "{apdu:02X?}");
    }
}

#[test]
fn storage_commands_work_on_a_type_2() {
    let mut reader = reader(&[Kind::Ntag213]);
    for (apdu, answer) in [
        (&[0xFF, 0xCA, 0x00, 0x00, 0x00][..], &[4, 1, 2, 3, 4, 5, 6, 0x90, 0x00][..]),
        (&[0xFF, 0xD6, 0x00, 0x04, 0x04, 1, 2, 3, 4], &DONE),
        (&[0xFF, 0xB0, 0x00, 0x04, 0x04], &[1, 2, 3, 4, 0x90, 0x00]),
        (&[0xFF, 0xB0, 0x00, 0xFF, 0x04], &FAILED),
        (&[0xFF, 0xB0, 0x00, 0x04, 0x04], &FAILED),
    ] {
        assert_eq!(told(&mut reader, apdu), answer, "{apdu:02X?}");
    }
}

#[test]
fn a_card_of_part_4_gets_its_apdus() {
    let mut reader = reader(&[Kind::Desfire]);
    let ats = [0x06, 0x75, 0x77, 0x81, 0x02, 0x80, 0x90, 0x00];
    assert_eq!(told(&mut reader, &[0xFF, 0xCA, 0x01, 0x00, 0x00]), ats);
    assert_eq!(told(&mut reader, &[0x90, 0x60, 0x00, 0x00, 0x00]), [0x1C]);
}

fn apdus() -> impl Strategy<Value = Vec<u8>> {
    let ins = prop::sample::select(vec![0x00, 0x82, 0x86, 0x88, 0xB0, 0xB1, 0xCA, 0xD6, 0xD7]);
    let small = prop_oneof![2 => 0..7_u8, 1 => Just(0xD4), 1 => any::<u8>()];
    let likely = (ins, prop::collection::vec(small, 0..24)).prop_map(|(ins, rest)| [&[0xFF, ins], &rest[..]].concat());
    prop_oneof![4 => likely, 1 => prop::collection::vec(any::<u8>(), 0..300)]
}

proptest! {
    #[test]
    fn no_sequence_of_apdus_panics(
        kinds in prop::collection::vec(prop::sample::select(Kind::ALL.to_vec()), 0..3),
        apdus in prop::collection::vec(apdus(), 0..40),
    ) {
        let mut reader = reader(&kinds);
        for apdu in apdus {
            prop_assert!(!reader.transmit(&apdu).unwrap().is_empty());
            reader.escape(&apdu).unwrap();
            reader.atr().unwrap();
        }
    }
}

#[test]
fn apdus_and_escape_commands_are_counted() {
    let mut reader = reader(&[]);
    told(&mut reader, &[0xFF, 0x00, 0x48, 0x00, 0x00]);
    reader.escape(&[0xFF, 0x00, 0x48, 0x00, 0x00]).expect("a field has no files");
    atr_of(&mut reader);
    assert_eq!(reader.commands(), 2);
}
