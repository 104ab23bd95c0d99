//! Lock bits, block-locking bits and tears of the Type 2 chips: every bit of every kind, from the figures of the
//! sheets' sections on static and dynamic lock bytes.

use super::*;

/// A lock bit: byte and bit of its page, and the pages that it locks.
struct Lock {
    bit: (usize, u8),
    pages: std::ops::RangeInclusive<u8>,
    /// The block-locking bit that freezes it.
    frozen_by: (usize, u8),
}

/// Page 2, bytes 2 and 3: BL_OTP/CC, BL9-4, BL15-10, L_OTP/CC, L4 … L7; L8 … L15.
fn static_locks() -> Vec<Lock> {
    let lock = |page: u8| Lock {
        bit: if page < 8 { (2, page) } else { (3, page - 8) },
        pages: page..=page,
        frozen_by: (
            2,
            if page == 3 {
                0
            } else if page < 10 {
                1
            } else {
                2
            },
        ),
    };
    (3..=15).map(lock).collect()
}

/// Written out as the figures draw them: first and last page of each lock bit, in the order of the bits.
fn dynamic_locks(kind: Kind) -> Vec<Lock> {
    let (ranges, locks_per_bl): (&[(u8, u8)], usize) = match kind {
        Kind::UltralightEv1Large => {
            (&[(16, 17), (18, 19), (20, 21), (22, 23), (24, 25), (26, 27), (28, 29), (30, 31), (32, 33), (34, 35)], 2)
        }
        Kind::Ntag213 => (
            &[
                (16, 17),
                (18, 19),
                (20, 21),
                (22, 23),
                (24, 25),
                (26, 27),
                (28, 29),
                (30, 31),
                (32, 33),
                (34, 35),
                (36, 37),
                (38, 39),
            ],
            2,
        ),
        Kind::Ntag215 => (&[(16, 31), (32, 47), (48, 63), (64, 79), (80, 95), (96, 111), (112, 127), (128, 129)], 2),
        Kind::Ntag216 => (
            &[
                (16, 31),
                (32, 47),
                (48, 63),
                (64, 79),
                (80, 95),
                (96, 111),
                (112, 127),
                (128, 143),
                (144, 159),
                (160, 175),
                (176, 191),
                (192, 207),
                (208, 223),
                (224, 225),
            ],
            2,
        ),
        _ => (&[], 1),
    };
    let lock = |(i, (first, last)): (usize, &(u8, u8))| Lock {
        bit: (i / 8, (i % 8) as u8),
        pages: *first..=*last,
        frozen_by: (2, (i / locks_per_bl) as u8),
    };
    ranges.iter().enumerate().map(lock).collect()
}

/// The lock page of a kind and its bits.
fn locks(sheet: &Sheet) -> Vec<(u8, Lock)> {
    let dynamic =
        sheet.dynamic.into_iter().flat_map(|page| dynamic_locks(sheet.kind).into_iter().map(move |lock| (page, lock)));
    static_locks().into_iter().map(|lock| (2, lock)).chain(dynamic).collect()
}

fn only((byte, bit): (usize, u8)) -> [u8; 4] {
    let mut data = [0; 4];
    data[byte] = 1 << bit;
    data
}

fn set(chip: &Type2, at: u8, (byte, bit): (usize, u8)) -> bool {
    page(chip, at)[byte] >> bit & 1 == 1
}

#[test]
fn every_lock_bit_locks_its_pages_and_no_others() {
    for sheet in SHEETS {
        for (at, lock) in locks(&sheet) {
            let mut locked = sheet.chip();
            assert_eq!(write(&mut locked, at, only(lock.bit)), Answer::Ack);
            for target in 3..sheet.pages {
                let mut chip = locked.clone();
                let before = page(&chip, target);
                let answer = write(&mut chip, target, [0xFF; 4]);
                let case = format!("{} lock {:?} page {target}", sheet.kind.name(), lock.bit);
                if lock.pages.contains(&target) {
                    assert_eq!((answer, page(&chip, target)), (nak(), before), "{case}");
                } else {
                    assert_eq!(answer, Answer::Ack, "{case}");
                }
            }
        }
    }
}

#[test]
fn every_block_locking_bit_freezes_its_lock_bits_and_no_others() {
    for sheet in SHEETS {
        let all = locks(&sheet);
        for (at, frozen_by) in all.iter().map(|(at, lock)| (*at, lock.frozen_by)) {
            let mut frozen = sheet.chip();
            assert_eq!(write(&mut frozen, at, only(frozen_by)), Answer::Ack);
            assert!(set(&frozen, at, frozen_by));
            for (other, lock) in &all {
                let mut chip = frozen.clone();
                assert_eq!(write(&mut chip, *other, only(lock.bit)), Answer::Ack);
                let free = (*other, lock.frozen_by) != (at, frozen_by);
                assert_eq!(set(&chip, *other, lock.bit), free, "{} {frozen_by:?} {:?}", sheet.kind.name(), lock.bit);
                let target = *lock.pages.start();
                assert_eq!(write(&mut chip, target, [0; 4]), if free { nak() } else { Answer::Ack }, "page {target}");
            }
        }
    }
}

/// The classic mistake of block-locking bits first: the pages stay open, and for ever.
#[test]
fn block_locking_before_locking_leaves_the_pages_open() {
    let sheet = &SHEETS[2];
    let mut chip = sheet.chip();
    write(&mut chip, 0x28, [0, 0, 0x3F, 0]);
    write(&mut chip, 0x28, [0xFF, 0x0F, 0, 0]);
    assert_eq!(page(&chip, 0x28), [0, 0, 0x3F, 0xBD]);
    assert_eq!(write(&mut chip, 16, [1; 4]), Answer::Ack);
}

#[test]
fn lock_bits_are_only_ever_set() {
    for sheet in SHEETS {
        for at in [Some(2), sheet.dynamic].into_iter().flatten() {
            let mut chip = sheet.chip();
            let mut held = page(&chip, at);
            for bit in 0..32 {
                assert_eq!(write(&mut chip, at, only((bit / 8, (bit % 8) as u8))), Answer::Ack);
                assert_eq!(write(&mut chip, at, [0; 4]), Answer::Ack);
                let now = page(&chip, at);
                assert!((0..4).all(|i| held[i] & !now[i] == 0), "{} {at} bit {bit}", sheet.kind.name());
                held = now;
            }
        }
    }
}

/// Bytes 0 and 1 of page 2 are the maker's; bits without a meaning stay 0; the fourth dynamic byte reads as BD.
#[test]
fn what_is_no_lock_bit_stays_as_it_is() {
    for sheet in SHEETS {
        let mut chip = sheet.chip();
        let [check, internal, ..] = page(&chip, 2);
        write(&mut chip, 2, [0xFF; 4]);
        assert_eq!(page(&chip, 2), [check, internal, 0xFF, 0xFF]);
        let full = match sheet.kind {
            Kind::UltralightEv1Large => [0xFF, 0x03, 0x1F, 0xBD],
            Kind::Ntag213 => [0xFF, 0x0F, 0x3F, 0xBD],
            Kind::Ntag215 => [0xFF, 0x00, 0x0F, 0xBD],
            Kind::Ntag216 => [0xFF, 0x3F, 0x7F, 0xBD],
            _ => continue,
        };
        let dynamic = sheet.dynamic.expect("all but MF0UL11");
        write(&mut chip, dynamic, [0xFF; 4]);
        assert_eq!(page(&chip, dynamic), full, "{}", sheet.kind.name());
    }
}

#[test]
fn a_locked_page_3_gains_no_bit_any_more() {
    for sheet in SHEETS {
        let mut chip = sheet.chip();
        write(&mut chip, 2, only((2, 3)));
        assert_eq!(write(&mut chip, 3, [0xFF; 4]), nak());
        assert_eq!(page(&chip, 3), sheet.page_3);
    }
}

const TEARS: [Programming; 5] = [
    Programming::Half(2),
    Programming::Half(3),
    Programming::Half(77),
    Programming::Erased(0x00),
    Programming::Erased(0xFF),
];

#[test]
fn pages_2_and_3_and_the_dynamic_locks_are_never_torn() {
    for sheet in SHEETS {
        for at in [Some(2), Some(3), sheet.dynamic].into_iter().flatten() {
            let mut whole = sheet.chip();
            let old = page(&whole, at);
            write(&mut whole, at, [0x0F, 0x03, 0x38, 0x0F]);
            let new = page(&whole, at);
            let mut seen = [false; 2];
            for how in TEARS {
                let mut chip = sheet.chip();
                chip.exchange(&[0xA2, at, 0x0F, 0x03, 0x38, 0x0F], how);
                let left = page(&chip, at);
                assert!(left == old || left == new, "{} {at} {how:?}", sheet.kind.name());
                seen[usize::from(left == new)] = true;
            }
            assert_eq!(seen, [true; 2], "both may happen");
        }
    }
}

#[test]
fn any_other_page_is_torn() {
    for sheet in SHEETS {
        for at in [4, sheet.cfg0, sheet.cfg1(), sheet.pwd()] {
            for (how, expected) in [(Programming::Erased(0x00), [0; 4]), (Programming::Erased(0xFF), [0xFF; 4])] {
                let mut chip = sheet.chip();
                let Exchange { programmed, .. } = chip.exchange(&[0xA2, at, 0x12, 0x34, 0x56, 0x78], how);
                assert!(programmed);
                assert_eq!(page(&chip, at), expected, "{} {at}", sheet.kind.name());
            }
        }
    }
}
