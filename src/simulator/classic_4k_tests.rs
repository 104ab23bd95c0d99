//! MIFARE Classic 4K against MF1S70YYX_V1: 32 sectors of 4 blocks, 8 of 16 blocks, whose conditions rule the blocks 0
//! to 4, 5 to 9, 10 to 14 and the trailer. The tables and keys are the second transcription of the 1K's tests.

use super::*;

/// First block, trailer, and the last block of each of the four groups, counted from the first.
fn sectors() -> impl Iterator<Item = (u8, u8, [u8; 4])> {
    let small = (0..32).map(|sector| (sector * 4, sector * 4 + 3, [0, 1, 2, 3]));
    small.chain((0..8).map(|sector| (128 + sector * 16, 128 + sector * 16 + 15, [4, 9, 14, 15])))
}

fn blank() -> Classic {
    Classic::blank(Kind::Classic4k, uid())
}

/// A card whose sector with this trailer has these conditions, selected.
fn card_with(at: u8, blocks: [&str; 4]) -> Classic {
    let mut image = blank().image().to_vec();
    image[usize::from(at) * BLOCK..][..BLOCK].copy_from_slice(&trailer(blocks));
    let mut card = Classic::from_image(Kind::Classic4k, uid(), &image).expect("4096 bytes");
    card.select();
    card
}

#[test]
fn a_4k_is_as_delivered_and_says_what_it_is() {
    let mut card = blank();
    assert_eq!(card.image().len(), 4096);
    let trailers: Vec<u8> = sectors().map(|(_, trailer, _)| trailer).collect();
    assert_eq!((trailers.len(), trailers[31], trailers[32], trailers[39]), (40, 127, 143, 255));
    for at in 1..=255 {
        let content = block(&card, usize::from(at));
        if trailers.contains(&at) {
            assert_eq!(content[..10], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x80, 0x69], "{at}");
        } else {
            assert_eq!(content, [0; BLOCK], "{at}");
        }
    }
    let tag = card.select();
    assert_eq!((tag.atqa, tag.sak), ([0x00, 0x02], 0x18));
    let seven = Uid::new(&[0x04, 1, 2, 3, 4, 5, 6]).expect("seven bytes");
    assert_eq!(Classic::blank(Kind::Classic4k, seven).select().atqa, [0x00, 0x42]);
}

#[test]
fn an_authentication_opens_its_sector_and_no_other() {
    for (first, trailer, _) in sectors() {
        for at in [first, trailer] {
            let mut card = blank();
            card.select();
            assert_eq!(authenticate_with(&mut card, 0x60, at, &TRANSPORT_KEY), ack(), "{at}");
            for target in 0..=255 {
                let mut card = card.clone();
                let inside = (first..=trailer).contains(&target);
                let read = matches!(send(&mut card, &[0x30, target]), Answer::Data(_));
                assert_eq!(read, inside, "authenticated {at}, read {target}");
            }
        }
    }
}

/// Every data condition on each group of a large sector, under every trailer condition, with both keys: each block of
/// the group, and a block of another group that has the condition 000.
#[test]
fn table_8_in_large_sectors() {
    let (first, at, ends) = (224, 239, [4u8, 9, 14]);
    for (group, end) in ends.into_iter().enumerate() {
        for (bits, grants) in TABLE_8 {
            for (trailer_bits, _) in TABLE_7 {
                let mut blocks = ["000", "000", "000", trailer_bits];
                blocks[group] = bits;
                let fresh = card_with(at, blocks);
                for key in ['A', 'B'] {
                    let opens = key_opens(key, trailer_bits);
                    let mut card = fresh.clone();
                    authenticate(&mut card, key, first);
                    for offset in 0..15 {
                        let ruled = offset <= end && offset + 5 > end;
                        let row = if ruled { grants } else { ["AB"; 4] };
                        let case = format!("{bits} group {group} trailer {trailer_bits} key {key} block {offset}");
                        let read = matches!(send(&mut card.clone(), &[0x30, first + offset]), Answer::Data(_));
                        assert_eq!(read, opens && row[0].contains(key), "read {case}");
                        let written = send(&mut card.clone(), &write(first + offset, &[7; BLOCK])) == ack();
                        assert_eq!(written, opens && row[1].contains(key), "write {case}");
                    }
                }
            }
        }
    }
}

#[test]
fn table_7_rules_every_trailer() {
    for (first, at, _) in sectors() {
        for (bits, [key_a_write, _, access_write, _, key_b_write]) in TABLE_7 {
            for key in ['A', 'B'] {
                let mut card = card_with(at, ["000", "000", "000", bits]);
                authenticate(&mut card, key, first);
                let old = trailer(["000", "000", "000", bits]);
                let new = trailer(["100", "100", "100", "011"]);
                let granted = [key_a_write, access_write, key_b_write].iter().any(|grant| grant.contains(key));
                let expected = if granted && key_opens(key, bits) { ack() } else { nak() };
                assert_eq!(send(&mut card, &write(at, &new)), expected, "sector at {first}, {bits}, key {key}");
                let access = if access_write.contains(key) && key_opens(key, bits) { &new } else { &old };
                assert_eq!(block(&card, usize::from(at))[6..9], access[6..9]);
            }
        }
    }
}

#[test]
fn a_bad_inverted_copy_blocks_every_block_of_a_large_sector() {
    let mut card = card_with(143, ["000", "000", "000", "001"]);
    authenticate(&mut card, 'A', 128);
    let mut bad = trailer(["000", "000", "000", "001"]);
    bad[7] ^= 0x10;
    assert_eq!(send(&mut card, &write(143, &bad)), ack());
    for at in 128..=143 {
        card.select();
        assert_eq!(authenticate_with(&mut card, 0x60, at, &KEY_A), Answer::Refused(Refusal::WrongKey));
    }
    card.select();
    assert_eq!(authenticate_with(&mut card, 0x60, 144, &TRANSPORT_KEY), ack());
}
