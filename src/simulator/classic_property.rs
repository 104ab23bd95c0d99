//! Any sequence of exchanges by somebody who knows every key, judged by the second transcription of the tables.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    Select,
    /// With the key that stands on the card: an attacker who knows everything.
    Authenticate(bool, u8),
    Read(u8),
    Write(u8, [u8; BLOCK]),
    /// A trailer with valid access bytes.
    Trailer(u8, [usize; 4]),
    Value(u8, u8, [u8; 4]),
    Raw(Vec<u8>),
}

/// Blocks of the first three sectors, or of the last two, large ones.
fn act(large: bool) -> impl Strategy<Value = Act> {
    let block = if large { 224..=255u8 } else { 0..=11 };
    let trailers = if large { vec![239u8, 255] } else { vec![3, 7, 11] };
    prop_oneof![
        1 => Just(Act::Select),
        4 => (any::<bool>(), block.clone()).prop_map(|(a, b)| Act::Authenticate(a, b)),
        2 => block.clone().prop_map(Act::Read),
        2 => (block.clone(), any::<[u8; BLOCK]>()).prop_map(|(b, d)| Act::Write(b, d)),
        2 => (prop::sample::select(trailers), [0usize..8, 0..8, 0..8, 0..8]).prop_map(|(at, c)| Act::Trailer(at, c)),
        3 => (prop_oneof![Just(0xC0), Just(0xC1), Just(0xC2), Just(0xB0)], block, any::<[u8; 4]>())
            .prop_map(|(c, b, v)| Act::Value(c, b, v)),
        1 => prop::collection::vec(any::<u8>(), 0..20).prop_map(Act::Raw),
    ]
}

fn frame(card: &Classic, act: &Act) -> Vec<u8> {
    match act {
        Act::Select => Vec::new(),
        Act::Authenticate(a, at) => {
            let trailer = block(card, trailer_at(usize::from(*at)));
            let (command, key) = if *a { (0x60, &trailer[..6]) } else { (0x61, &trailer[10..]) };
            [&[command, *at], key, card.uid().last_four()].concat()
        }
        Act::Read(at) => vec![0x30, *at],
        Act::Write(at, data) => write(*at, data),
        Act::Trailer(at, conditions) => write(*at, &trailer(conditions.map(|c| TABLE_8[c].0))),
        Act::Value(0xB0, at, _) => vec![0xB0, *at],
        Act::Value(command, at, operand) => [&[*command, *at], &operand[..]].concat(),
        Act::Raw(bytes) => bytes.clone(),
    }
}

/// The trailer of a block's sector: of 4 blocks, above 127 of 16.
fn trailer_at(at: usize) -> usize {
    if at < 128 { at / 4 * 4 + 3 } else { at / 16 * 16 + 15 }
}

/// Which of the four conditions rules a block.
fn group(at: usize) -> usize {
    match (at < 128, at % 16) {
        (true, _) => at % 4,
        (false, 15) => 3,
        (false, offset) => offset / 5,
    }
}

/// C1C2C3 of the blocks of a sector, read from the image as figure 10 draws them.
fn conditions(card: &Classic, sector_trailer: usize) -> Option<[&'static str; 4]> {
    let trailer = block(card, sector_trailer);
    let all = TABLE_8.map(|(bits, _)| bits);
    let mut found = ["000"; 4];
    for (i, place) in found.iter_mut().enumerate() {
        let c = [trailer[7] >> (4 + i) & 1, trailer[8] >> i & 1, trailer[8] >> (4 + i) & 1];
        *place = all.into_iter().find(|bits| bits.bytes().zip(c).all(|(bit, c)| bit - b'0' == c))?;
    }
    (access_bytes(found) == trailer[6..9]).then_some(found)
}

/// A 4K whose sector 38 has these conditions.
fn large_card(blocks: [&str; 4]) -> Classic {
    let mut image = Classic::blank(Kind::Classic4k, uid()).image().to_vec();
    image[239 * BLOCK..][..BLOCK].copy_from_slice(&trailer(blocks));
    let mut card = Classic::from_image(Kind::Classic4k, uid(), &image).expect("4096 bytes");
    card.select();
    card
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Whatever is sent, by somebody who knows every key: no answer shows a key A, nothing but one block changes in
    /// an exchange, and only as the conditions read at the last authentication allow.
    #[test]
    fn no_sequence_reads_a_key_a_or_writes_what_is_locked(
        first in [0usize..8, 0..8, 0..8, 0..8],
        (large, acts) in any::<bool>()
            .prop_flat_map(|large| (Just(large), prop::collection::vec(act(large), 1..60))),
    ) {
        let first = first.map(|c| TABLE_8[c].0);
        let mut card = if large { large_card(first) } else { card(first) };
        let mut session = None;
        for act in acts {
            if matches!(act, Act::Select) {
                card.select();
                continue;
            }
            let frame = frame(&card, &act);
            let before = card.clone();
            let answer = send(&mut card, &frame);
            if let (Act::Authenticate(a, at), true) = (&act, answer == ack()) {
                let sector = trailer_at(usize::from(*at));
                session = Some((sector, if *a { 'A' } else { 'B' }, conditions(&card, sector).expect("not blocked")));
            }
            if let (Answer::Data(data), [0x30, at]) = (&answer, &frame[..]) {
                let at = usize::from(*at);
                let hidden = &block(&card, at)[..6];
                let shown = trailer_at(at) == at && data[..6] == *hidden;
                prop_assert!(!shown || hidden == [0; 6], "key A shown by {:?}", act);
            }
            let blocks = 0..card.image().len() / BLOCK;
            let changed: Vec<usize> = blocks.filter(|at| block(&before, *at) != block(&card, *at)).collect();
            prop_assert!(changed.len() <= 1);
            let Some(&at) = changed.first() else { continue };
            let (sector, key, conditions) = session.expect("changed without a session");
            prop_assert!(at != 0 && trailer_at(at) == sector && key_opens(key, conditions[3]), "{:?} at {}", act, at);
            let bits = conditions[group(at)];
            if at == sector {
                let [key_a, _, access, _, key_b] = row(&TABLE_7, bits);
                for (grant, bytes) in [(key_a, 0..6), (access, 6..10), (key_b, 10..16)] {
                    let kept = block(&before, at)[bytes.clone()] == block(&card, at)[bytes];
                    prop_assert!(kept || grant.contains(key), "trailer {} key {}", bits, key);
                }
            } else {
                let column = if frame[0] == 0xA0 { 1 } else { 3 };
                prop_assert!(row(&TABLE_8, bits)[column].contains(key), "data {} key {}", bits, key);
            }
        }
    }
}
