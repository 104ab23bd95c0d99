//! The clones against what is published of them: what opens, how, and that all else is a Classic 1K.

use super::super::air::Answer;
use super::super::silicon::Silicon;
use super::*;

const FACTORY: [u8; 6] = [0xFF; 6];

fn uid() -> Uid {
    Uid::single([0x1F, 0x22, 0x33, 0x44])
}

fn card(kind: Kind) -> Silicon {
    let mut card = Silicon::blank(kind, uid());
    card.select();
    card
}

fn send(card: &mut Silicon, frame: &[u8]) -> Answer {
    card.exchange(frame, Programming::Whole).answer
}

fn raw(card: &mut Silicon, frame: &[u8]) -> Answer {
    card.raw(frame, Programming::Whole).answer
}

fn key(command: u8, block: u8, key: [u8; 6]) -> Vec<u8> {
    [&[command, block], &key[..], uid().last_four()].concat()
}

fn nak() -> Answer {
    Answer::Refused(Refusal::Nak)
}

/// Block 0 with another UID and a check byte that fits, or does not.
fn block_0(good: bool) -> [u8; 16] {
    let mut block = [0; 16];
    block[..4].copy_from_slice(&[0xAA, 0xBB, 0xCC, 0x11]);
    block[4] = 0xCC ^ u8::from(!good);
    block
}

#[test]
fn to_a_reader_they_are_a_classic_1k() {
    for kind in [Kind::Gen1a, Kind::Gen2, Kind::Fm11rf08s] {
        let tag = Silicon::blank(kind, uid()).select().expect("an answer");
        assert_eq!((tag.uid, tag.atqa, tag.sak), (uid(), [0x00, 0x04], 0x08));
        let mut card = card(kind);
        assert_eq!(card.image(), Silicon::blank(Kind::Classic1k, uid()).image());
        assert_eq!(send(&mut card, &[0x30, 4]), nak(), "{}", kind.name());
        card.select();
        assert_eq!(send(&mut card, &key(0x60, 4, FACTORY)), Answer::Ack);
        assert_eq!(send(&mut card, &[&[0xA0, 5], &[7; 16][..]].concat()), Answer::Ack);
        assert_eq!(send(&mut card, &[0x30, 5]), Answer::Data(vec![7; 16]));
    }
}

#[test]
fn gen1a_opens_when_it_is_halted_and_not_before() {
    let mut card = card(Kind::Gen1a);
    assert_eq!(card.short(0x40).answer, Answer::Silent, "it waits for a command");
    card.select();
    assert_eq!(raw(&mut card, &[0x50, 0x00]), Answer::Silent);
    assert_eq!(card.short(0x43).answer, Answer::Silent, "the wrong order");
    assert_eq!([card.short(0x40).answer, card.short(0x43).answer], [Answer::Ack, Answer::Ack]);
    let Answer::Data(trailer) = raw(&mut card, &[0x30, 7]) else { panic!("everything is read") };
    assert_eq!(trailer[..6], FACTORY);
    assert_eq!([raw(&mut card, &[0xA0, 0]), raw(&mut card, &block_0(true))], [Answer::Ack, Answer::Ack]);
    assert_eq!(send(&mut card, &[&[0xA0, 7], &[0; 16][..]].concat()), Answer::Ack, "even a bricked sector");
    assert_eq!(card.image()[112..128], [0; 16]);
    assert_eq!(card.select().expect("an answer").uid.to_string(), "AABBCC11");
    assert_eq!(send(&mut card, &[0x30, 4]), nak(), "a selection closes it");
}

#[test]
fn a_refusal_closes_gen1a() {
    let mut card = Silicon::blank(Kind::Gen1a, uid());
    card.short(0x40);
    card.short(0x43);
    assert_eq!(raw(&mut card, &[0x30, 64]), nak());
    assert_eq!(raw(&mut card, &[0x30, 4]), Answer::Silent);
}

#[test]
fn no_other_card_hears_the_short_frames() {
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Gen1a) {
        let mut card = Silicon::blank(kind, uid());
        for byte in 0..=0x7F {
            assert_eq!(card.short(byte).answer, Answer::Silent, "{}", kind.name());
        }
    }
}

#[test]
fn gen2_writes_block_0_by_an_ordinary_write() {
    let mut card = card(Kind::Gen2);
    let write = [&[0xA0, 0], &block_0(true)[..]].concat();
    assert_eq!(send(&mut card, &write), nak(), "not without a key");
    card.select();
    assert_eq!(send(&mut card, &key(0x60, 0, FACTORY)), Answer::Ack);
    assert_eq!(send(&mut card, &write), Answer::Ack);
    assert_eq!(card.uid(), uid(), "it lies there under its first name");
    assert_eq!(card.select().expect("an answer").uid.to_string(), "AABBCC11");
}

#[test]
fn a_check_byte_that_does_not_fit_silences_it() {
    let mut card = card(Kind::Gen2);
    send(&mut card, &key(0x60, 0, FACTORY));
    assert_eq!(send(&mut card, &[&[0xA0, 0], &block_0(false)[..]].concat()), Answer::Ack);
    assert_eq!(card.select(), None);
    assert_eq!(send(&mut card, &[0x30, 0]), Answer::Silent);
}

#[test]
fn fm11rf08s_opens_every_sector_for_reading_by_its_own_key() {
    const BACK_DOOR: [u8; 6] = [0xA3, 0x96, 0xEF, 0xA4, 0xE2, 0x4F];
    for command in 0x64..=0x67 {
        let mut card = card(Kind::Fm11rf08s);
        assert!(matches!(raw(&mut card, &[command, 0]), Answer::Data(nonce) if nonce.len() == 4));
        for sector in 0..16 {
            card.select();
            assert_eq!(send(&mut card, &key(command, sector * 4, BACK_DOOR)), Answer::Ack);
            for block in 0..64 {
                let Answer::Data(data) = send(&mut card, &[0x30, block]) else { panic!("one key for all sectors") };
                let keys = (&data[..6], &data[10..]);
                assert!(block % 4 != 3 || keys == (&[0; 6][..], &[0; 6][..]), "no keys");
            }
            assert_eq!(send(&mut card, &[&[0xA0, sector * 4 + 1], &[1; 16][..]].concat()), nak());
        }
        card.select();
        assert_eq!(send(&mut card, &key(command, 0, FACTORY)), Answer::Refused(Refusal::WrongKey));
        assert_eq!(send(&mut card, &key(command, 0, BACK_DOOR)), Answer::Silent);
    }
}

#[test]
fn a_genuine_classic_refuses_the_back_door_commands() {
    for kind in [Kind::Classic1k, Kind::Classic4k, Kind::Gen2] {
        for command in 0x62..=0x6F {
            let mut card = card(kind);
            assert_eq!(raw(&mut card, &[command, 0]), nak(), "{command:02X}");
            assert_eq!(raw(&mut card, &[command, 0]), Answer::Silent);
        }
    }
}

#[test]
fn a_nonce_is_all_that_a_raw_authentication_gives() {
    for kind in [Kind::Classic1k, Kind::Classic4k, Kind::Fm11rf08s] {
        let mut card = card(kind);
        let first = raw(&mut card, &[0x60, 4]);
        assert!(matches!(&first, Answer::Data(nonce) if nonce.len() == 4), "{}", kind.name());
        assert_eq!(raw(&mut card, &[0; 8]), Answer::Silent);
        card.select();
        assert_ne!(raw(&mut card, &[0x61, 4]), first);
        assert_eq!(send(&mut card, &[0x30, 4]), Answer::Silent);
    }
}
