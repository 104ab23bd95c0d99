//! The chip against its data sheet: tables 7 and 8 as they are printed, and what the text around them says.
//!
//! Nothing here calls [`access`](super::access): the rows below are a second transcription, and access bytes are
//! composed by the layout of section 8.7.1.

use super::super::air::Answer;
use super::super::kind::MEMORY_1K;
use super::{BLOCK, Classic, Exchange, Kind, Programming, Refusal, Uid, value_block};

const KEY_A: [u8; 6] = [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5];
const KEY_B: [u8; 6] = [0xB0, 0xB1, 0xB2, 0xB3, 0xB4, 0xB5];
const TRANSPORT_KEY: [u8; 6] = [0xFF; 6];

/// Table 8: C1C2C3, then who may read, write, increment, and decrement-transfer-restore.
const TABLE_8: [(&str, [&str; 4]); 8] = [
    ("000", ["AB", "AB", "AB", "AB"]),
    ("010", ["AB", "", "", ""]),
    ("100", ["AB", "B", "", ""]),
    ("110", ["AB", "B", "B", "AB"]),
    ("001", ["AB", "", "", "AB"]),
    ("011", ["B", "B", "", ""]),
    ("101", ["B", "", "", ""]),
    ("111", ["", "", "", ""]),
];

/// Table 7: C1C2C3, then key A write, access bits read and write, key B read and write. Key A is never read.
const TABLE_7: [(&str, [&str; 5]); 8] = [
    ("000", ["A", "A", "", "A", "A"]),
    ("010", ["", "A", "", "A", ""]),
    ("100", ["B", "AB", "", "", "B"]),
    ("110", ["", "AB", "", "", ""]),
    ("001", ["A", "A", "A", "A", "A"]),
    ("011", ["B", "AB", "B", "", "B"]),
    ("101", ["", "AB", "B", "", ""]),
    ("111", ["", "AB", "", "", ""]),
];

fn row<const N: usize>(table: &[(&str, [&'static str; N]); 8], bits: &str) -> [&'static str; N] {
    table.iter().find(|(b, _)| *b == bits).map(|(_, row)| *row).expect("a row of the table")
}

/// A key B that can be read opens nothing (table 8, note 1).
fn key_opens(key: char, trailer: &str) -> bool {
    key == 'A' || row(&TABLE_7, trailer)[3].is_empty()
}

/// Figure 10: bytes 6 to 8 for the conditions of the blocks 0 1 2 3.
fn access_bytes(blocks: [&str; 4]) -> [u8; 3] {
    let nibble = |n: usize| -> u8 {
        let digit = |block: &str| block.as_bytes()[n] - b'0';
        (0..4).map(|i| digit(blocks[i]) << i).sum()
    };
    let (c1, c2, c3) = (nibble(0), nibble(1), nibble(2));
    [(0x0F ^ c2) << 4 | (0x0F ^ c1), c1 << 4 | (0x0F ^ c3), c3 << 4 | c2]
}

fn uid() -> Uid {
    Uid::new(&[0x1F, 0x22, 0x33, 0x44]).expect("four bytes")
}

fn trailer(blocks: [&str; 4]) -> [u8; BLOCK] {
    let mut bytes = [0x5A; BLOCK];
    bytes[..6].copy_from_slice(&KEY_A);
    bytes[6..9].copy_from_slice(&access_bytes(blocks));
    bytes[10..].copy_from_slice(&KEY_B);
    bytes
}

/// Sector 1 with these conditions and a value of 100 in each data block, selected.
fn card(blocks: [&str; 4]) -> Classic {
    let mut image = Classic::blank(Kind::Classic1k, uid()).image().to_vec();
    for block in 4..7 {
        image[block * BLOCK..][..BLOCK].copy_from_slice(&value_block(100, block as u8));
    }
    image[7 * BLOCK..][..BLOCK].copy_from_slice(&trailer(blocks));
    let mut card = Classic::from_image(Kind::Classic1k, uid(), &image).expect("1024 bytes");
    card.select();
    card
}

fn send(card: &mut Classic, frame: &[u8]) -> Answer {
    card.exchange(frame, Programming::Whole).answer
}

fn authenticate_with(card: &mut Classic, command: u8, block: u8, key: &[u8]) -> Answer {
    let uid = card.uid();
    send(card, &[&[command, block], key, uid.last_four()].concat())
}

fn authenticate(card: &mut Classic, key: char, block: u8) {
    let (command, bytes) = if key == 'A' { (0x60, KEY_A) } else { (0x61, KEY_B) };
    assert_eq!(authenticate_with(card, command, block, &bytes), ack(), "key {key}");
}

fn write(block: u8, data: &[u8; BLOCK]) -> Vec<u8> {
    [&[0xA0, block], &data[..]].concat()
}

fn ack() -> Answer {
    Answer::Ack
}

fn nak() -> Answer {
    Answer::Refused(Refusal::Nak)
}

fn block(card: &Classic, block: usize) -> &[u8] {
    &card.image()[block * BLOCK..][..BLOCK]
}

/// Every data condition, under every trailer condition, with both keys, each operation on a fresh card.
#[test]
fn table_8_data_blocks() {
    for (bits, grants) in TABLE_8 {
        for (trailer, _) in TABLE_7 {
            for key in ['A', 'B'] {
                let allowed = |column: usize| grants[column].contains(key) && key_opens(key, trailer);
                let fresh = || {
                    let mut card = card([bits, "000", "000", trailer]);
                    authenticate(&mut card, key, 4);
                    card
                };
                let case = format!("data {bits} trailer {trailer} key {key}");
                let expected = |allowed: bool| if allowed { ack() } else { nak() };

                let read = send(&mut fresh(), &[0x30, 4]);
                let content = Answer::Data(value_block(100, 4).to_vec());
                assert_eq!(read, if allowed(0) { content } else { nak() }, "read {case}");

                let mut written = fresh();
                assert_eq!(send(&mut written, &write(4, &[7; BLOCK])), expected(allowed(1)), "write {case}");
                let kept = value_block(100, 4);
                assert_eq!(block(&written, 4), if allowed(1) { [7; BLOCK] } else { kept }, "written {case}");

                for (command, column) in [(0xC1, 2), (0xC0, 3), (0xC2, 3)] {
                    let answer = send(&mut fresh(), &[command, 4, 1, 0, 0, 0]);
                    assert_eq!(answer, expected(allowed(column)), "{command:02X} {case}");
                }

                let mut transferred = fresh();
                let loaded = send(&mut transferred, &[0xC2, 5, 0, 0, 0, 0]) == ack();
                assert_eq!(loaded, key_opens(key, trailer), "restore of an open block {case}");
                if loaded {
                    assert_eq!(send(&mut transferred, &[0xB0, 4]), expected(allowed(3)), "transfer {case}");
                    let content = if allowed(3) { value_block(100, 5) } else { kept };
                    assert_eq!(block(&transferred, 4), content, "transferred {case}");
                }
            }
        }
    }
}

/// Every trailer condition with both keys, each field.
#[test]
fn table_7_sector_trailers() {
    for (bits, [key_a_write, access_read, access_write, key_b_read, key_b_write]) in TABLE_7 {
        for key in ['A', 'B'] {
            let opens = key_opens(key, bits);
            let case = format!("trailer {bits} key {key}");
            let old = trailer(["000", "100", "111", bits]);
            let fresh = || {
                let mut card = card(["000", "100", "111", bits]);
                authenticate(&mut card, key, 7);
                card
            };

            let read = send(&mut fresh(), &[0x30, 7]);
            if access_read.contains(key) && opens {
                let mut expected = [0; BLOCK];
                expected[6..10].copy_from_slice(&old[6..10]);
                if key_b_read.contains(key) {
                    expected[10..].copy_from_slice(&KEY_B);
                }
                assert_eq!(read, Answer::Data(expected.to_vec()), "read {case}");
            } else {
                assert_eq!(read, nak(), "read {case}");
            }

            let mut new = [0xEE; BLOCK];
            new[6..9].copy_from_slice(&access_bytes(["010", "010", "010", "110"]));
            let mut expected = old;
            for (grant, bytes) in [(key_a_write, 0..6), (access_write, 6..10), (key_b_write, 10..16)] {
                if grant.contains(key) && opens {
                    expected[bytes.clone()].copy_from_slice(&new[bytes]);
                }
            }
            let mut card = fresh();
            let answer = send(&mut card, &write(7, &new));
            assert_eq!(answer, if expected == old { nak() } else { ack() }, "write {case}");
            assert_eq!(block(&card, 7), expected, "written {case}");
        }
    }
}

#[test]
fn a_blank_is_as_delivered() {
    let card = Classic::blank(Kind::Classic1k, uid());
    assert_eq!(card.image().len(), MEMORY_1K);
    assert_eq!(card.image()[..5], [0x1F, 0x22, 0x33, 0x44, 0x1F ^ 0x22 ^ 0x33 ^ 0x44]);
    assert_eq!(card.image()[5..12], [0x88, 0x04, 0x00, 0xC8, 0x24, 0x00, 0x20], "SAK, ATQA, strong modulation");
    let seven = Classic::blank(Kind::Classic1k, Uid::new(&[0x04, 1, 2, 3, 4, 5, 6]).expect("seven bytes"));
    assert_eq!(seven.image()[..12], [0x04, 1, 2, 3, 4, 5, 6, 0x88, 0x44, 0x00, 0xC8, 0x20]);
    for sector in 0..16 {
        let trailer = block(&card, sector * 4 + 3);
        assert_eq!(trailer[..6], TRANSPORT_KEY);
        assert_eq!(trailer[6..10], [0xFF, 0x07, 0x80, 0x69]);
        assert_eq!(trailer[10..], TRANSPORT_KEY);
    }
    assert!((1..64).filter(|b| b % 4 != 3).all(|b| block(&card, b) == [0; BLOCK]));
}

#[test]
fn selection_tells_the_uid_length() {
    let seven = Uid::new(&[0x04, 1, 2, 3, 4, 5, 6]).expect("seven bytes");
    assert_eq!(Classic::blank(Kind::Classic1k, uid()).select().atqa, [0x00, 0x04]);
    let tag = Classic::blank(Kind::Classic1k, seven).select();
    assert_eq!((tag.uid, tag.atqa, tag.sak), (seven, [0x00, 0x44], 0x08));
}

#[test]
fn seven_byte_cards_authenticate_by_their_last_four() {
    let mut card = Classic::blank(Kind::Classic1k, Uid::new(&[0x04, 1, 2, 3, 4, 5, 6]).expect("seven bytes"));
    card.select();
    assert_eq!(send(&mut card, &[&[0x60, 0], &TRANSPORT_KEY[..], &[3, 4, 5, 6]].concat()), ack());
    card.select();
    let first_four = send(&mut card, &[&[0x60, 0], &TRANSPORT_KEY[..], &[0x04, 1, 2, 3]].concat());
    assert_eq!(first_four, Answer::Refused(Refusal::WrongKey));
}

#[test]
fn nothing_is_heard_before_selection_and_nothing_done_before_authentication() {
    let mut card = Classic::blank(Kind::Classic1k, uid());
    assert_eq!(authenticate_with(&mut card, 0x60, 4, &TRANSPORT_KEY), Answer::Silent);
    card.select();
    assert_eq!(send(&mut card, &[0x30, 4]), nak());
}

#[test]
fn a_failed_authentication_and_a_nak_leave_it_idle() {
    for spoil in
        [&[0x30, 8][..], &[0x30, 64], &[0xA0, 0], &[0x60, 4, 0, 0, 0, 0, 0, 0, 0x1F, 0x22, 0x33, 0x44], &[0x77]]
    {
        let mut card = Classic::blank(Kind::Classic1k, uid());
        card.select();
        assert_eq!(authenticate_with(&mut card, 0x60, 4, &TRANSPORT_KEY), ack());
        assert!(matches!(send(&mut card, spoil), Answer::Refused(_)), "{spoil:02X?}");
        assert_eq!(authenticate_with(&mut card, 0x60, 4, &TRANSPORT_KEY), Answer::Silent, "{spoil:02X?}");
        card.select();
        assert_eq!(send(&mut card, &[0x30, 4]), nak(), "the session is gone after {spoil:02X?}");
    }
}

#[test]
fn halt_and_selection_end_the_session() {
    let mut card = Classic::blank(Kind::Classic1k, uid());
    card.select();
    assert_eq!(authenticate_with(&mut card, 0x60, 4, &TRANSPORT_KEY), ack());
    assert_eq!(send(&mut card, &[0x50, 0x00]), Answer::Silent);
    assert_eq!(send(&mut card, &[0x30, 4]), Answer::Silent);
}

#[test]
fn a_session_may_go_on_to_another_sector_by_authenticating_again() {
    let mut card = Classic::blank(Kind::Classic1k, uid());
    card.select();
    for sector in 0..16 {
        assert_eq!(authenticate_with(&mut card, 0x60, sector * 4 + 1, &TRANSPORT_KEY), ack());
        assert_eq!(send(&mut card, &write(sector * 4 + 1, &[sector; BLOCK])), ack());
    }
}

#[test]
fn block_0_is_read_only_in_every_condition() {
    for (bits, _) in TABLE_8 {
        let mut image = Classic::blank(Kind::Classic1k, uid()).image().to_vec();
        image[3 * BLOCK..4 * BLOCK].copy_from_slice(&trailer([bits, bits, bits, "011"]));
        image[..BLOCK].copy_from_slice(&value_block(1, 0));
        let mut card = Classic::from_image(Kind::Classic1k, uid(), &image).expect("1024 bytes");
        for frame in [write(0, &[9; BLOCK]), vec![0xC1, 0, 1, 0, 0, 0], vec![0xB0, 0]] {
            card.select();
            authenticate(&mut card, 'B', 0);
            assert_eq!(send(&mut card, &frame), nak(), "{bits} {:02X}", frame[0]);
            assert_eq!(card.image(), image);
        }
    }
}

#[test]
fn new_conditions_and_keys_rule_from_the_next_authentication() {
    let mut card = card(["000", "000", "000", "001"]);
    authenticate(&mut card, 'A', 4);
    let mut locked = trailer(["100", "100", "100", "011"]);
    locked[..6].copy_from_slice(&[1; 6]);
    assert_eq!(send(&mut card, &write(7, &locked)), ack());
    assert_eq!(send(&mut card, &write(4, &[1; BLOCK])), ack(), "the old conditions still hold");

    assert_eq!(authenticate_with(&mut card, 0x60, 4, &[1; 6]), ack(), "the new key A");
    assert_eq!(send(&mut card, &write(4, &[2; BLOCK])), nak(), "the new conditions");
    card.select();
    assert_eq!(authenticate_with(&mut card, 0x60, 4, &KEY_A), Answer::Refused(Refusal::WrongKey), "the old key A");
}

#[test]
fn a_bad_inverted_copy_blocks_the_sector_for_good() {
    for bit in 0..24 {
        let mut card = card(["000", "000", "000", "001"]);
        authenticate(&mut card, 'A', 4);
        let good = trailer(["000", "000", "000", "001"]);
        let mut bad = good;
        bad[6 + bit / 8] ^= 1 << (bit % 8);
        assert_eq!(send(&mut card, &write(7, &bad)), ack());
        assert_eq!(send(&mut card, &write(7, &good)), nak(), "not even the open session mends it, bit {bit}");
        for (command, key) in [(0x60, KEY_A), (0x61, KEY_B)] {
            for block in 4..8 {
                card.select();
                let answer = authenticate_with(&mut card, command, block, &key);
                assert_eq!(answer, Answer::Refused(Refusal::WrongKey), "bit {bit}");
            }
        }
        card.select();
        assert_eq!(authenticate_with(&mut card, 0x60, 8, &TRANSPORT_KEY), ack(), "the other sectors live");
    }
}

#[test]
fn value_blocks_count_and_move() {
    let mut card = card(["000", "000", "000", "011"]);
    authenticate(&mut card, 'A', 4);
    assert_eq!(send(&mut card, &[0xC1, 4, 5, 0, 0, 0]), ack());
    assert_eq!(block(&card, 4), value_block(100, 4), "only transfer touches the memory");
    assert_eq!(send(&mut card, &[0xB0, 4]), ack());
    assert_eq!(block(&card, 4), value_block(105, 4));
    assert_eq!(send(&mut card, &[0xC0, 4, 200, 0, 0, 0]), ack());
    assert_eq!(send(&mut card, &[0xB0, 6]), ack());
    assert_eq!(block(&card, 6), value_block(-95, 4), "the address byte goes along");
}

#[test]
fn value_commands_refuse_what_is_no_value() {
    let fresh = || {
        let mut card = card(["000", "000", "000", "011"]);
        authenticate(&mut card, 'A', 4);
        card
    };
    assert_eq!(send(&mut fresh(), &[0xB0, 4]), nak(), "an empty transfer buffer");
    assert_eq!(send(&mut fresh(), &[0xC1, 7, 1, 0, 0, 0]), nak(), "a trailer");
    assert_eq!(send(&mut fresh(), &[0xC1, 4, 1]), nak(), "a short operand");
    for byte in 0..BLOCK {
        let mut card = fresh();
        let mut spoiled = value_block(100, 4);
        spoiled[byte] ^= 0x10;
        assert_eq!(send(&mut card, &write(4, &spoiled)), ack());
        assert_eq!(send(&mut card, &[0xC2, 4, 0, 0, 0, 0]), nak(), "byte {byte}");
    }
}

/// Table 4 of the sheet: 1234567 at address 17.
#[test]
fn the_value_block_of_the_data_sheet() {
    let expected = [0x87, 0xD6, 0x12, 0x00, 0x78, 0x29, 0xED, 0xFF, 0x87, 0xD6, 0x12, 0x00, 0x11, 0xEE, 0x11, 0xEE];
    assert_eq!(value_block(1_234_567, 17), expected);
}

#[test]
fn a_torn_write_leaves_what_its_programming_left() {
    for (how, expected) in [(Programming::Erased(0), [0; BLOCK]), (Programming::Erased(0xFF), [0xFF; BLOCK])] {
        let mut card = card(["000", "000", "000", "011"]);
        authenticate(&mut card, 'A', 4);
        let Exchange { programmed, .. } = card.exchange(&write(4, &[0x55; BLOCK]), how);
        assert!(programmed);
        assert_eq!(block(&card, 4), expected);
    }
}

#[path = "classic_4k_tests.rs"]
mod large;
#[path = "classic_property.rs"]
mod property;
