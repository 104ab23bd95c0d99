//! The Type 2 chips against their data sheets: what they are delivered with, what each command answers, the password,
//! and what rules from when on.
//!
//! Nothing here calls [`type2_map`](super::super::type2_map): the figures below are a second transcription of
//! MF0ULX1 (table of the memory organisation, 8.5; GET_VERSION, 10.1) and NTAG213_215_216 (the same sections).

use super::super::air::Answer;
use super::super::silicon::Silicon;
use super::{Exchange, Hidden, Kind, Programming, Refusal, Type2, Uid};

pub(super) struct Sheet {
    pub(super) kind: Kind,
    /// How many pages.
    pub(super) pages: u8,
    pub(super) dynamic: Option<u8>,
    pub(super) cfg0: u8,
    version: [u8; 8],
    page_3: [u8; 4],
    pub(super) last_user: u8,
}

impl Sheet {
    fn cfg1(&self) -> u8 {
        self.cfg0 + 1
    }

    fn pwd(&self) -> u8 {
        self.cfg0 + 2
    }

    fn pack(&self) -> u8 {
        self.cfg0 + 3
    }

    fn ev1(&self) -> bool {
        self.dynamic.is_none() || self.dynamic == Some(0x24)
    }

    /// A page that no lock bit reaches by default and that belongs to the user.
    fn user(&self) -> u8 {
        self.last_user
    }

    pub(super) fn chip(&self) -> Type2 {
        match Silicon::blank(self.kind, uid()) {
            Silicon::Type2(mut chip) => {
                chip.select();
                chip
            }
            _ => panic!("{} is a Type 2 chip", self.kind.name()),
        }
    }
}

pub(super) const SHEETS: [Sheet; 5] = [
    Sheet {
        kind: Kind::UltralightEv1,
        pages: 20,
        dynamic: None,
        cfg0: 0x10,
        version: [0, 4, 3, 1, 1, 0, 0x0B, 3],
        page_3: [0; 4],
        last_user: 0x0F,
    },
    Sheet {
        kind: Kind::UltralightEv1Large,
        pages: 41,
        dynamic: Some(0x24),
        cfg0: 0x25,
        version: [0, 4, 3, 1, 1, 0, 0x0E, 3],
        page_3: [0; 4],
        last_user: 0x23,
    },
    Sheet {
        kind: Kind::Ntag213,
        pages: 45,
        dynamic: Some(0x28),
        cfg0: 0x29,
        version: [0, 4, 4, 2, 1, 0, 0x0F, 3],
        page_3: [0xE1, 0x10, 0x12, 0],
        last_user: 0x27,
    },
    Sheet {
        kind: Kind::Ntag215,
        pages: 135,
        dynamic: Some(0x82),
        cfg0: 0x83,
        version: [0, 4, 4, 2, 1, 0, 0x11, 3],
        page_3: [0xE1, 0x10, 0x3E, 0],
        last_user: 0x81,
    },
    Sheet {
        kind: Kind::Ntag216,
        pages: 231,
        dynamic: Some(0xE2),
        cfg0: 0xE3,
        version: [0, 4, 4, 2, 1, 0, 0x13, 3],
        page_3: [0xE1, 0x10, 0x6D, 0],
        last_user: 0xE1,
    },
];

pub(super) const PASSWORD: [u8; 4] = [0x50, 0x57, 0x44, 0x21];
const PACK: [u8; 2] = [0xAC, 0x1D];

fn uid() -> Uid {
    Uid::double([0x04, 0xE1, 0x41, 0x12, 0x4C, 0x28, 0x80])
}

pub(super) fn send(chip: &mut Type2, frame: &[u8]) -> Answer {
    chip.exchange(frame, Programming::Whole).answer
}

pub(super) fn write(chip: &mut Type2, page: u8, data: [u8; 4]) -> Answer {
    let [a, b, c, d] = data;
    send(chip, &[0xA2, page, a, b, c, d])
}

pub(super) fn nak() -> Answer {
    Answer::Refused(Refusal::Nak)
}

pub(super) fn page(chip: &Type2, page: u8) -> [u8; 4] {
    chip.image()[usize::from(page) * 4..][..4].try_into().expect("four bytes")
}

fn verify(chip: &mut Type2, password: [u8; 4]) -> Answer {
    let [a, b, c, d] = password;
    send(chip, &[0x1B, a, b, c, d])
}

fn pack() -> Answer {
    Answer::Data(PACK.to_vec())
}

/// Password and acknowledgement set, AUTH0 and the access byte as given, powered anew.
fn protected(sheet: &Sheet, auth0: u8, access: u8) -> Type2 {
    let mut chip = sheet.chip();
    assert_eq!(write(&mut chip, sheet.pwd(), PASSWORD), Answer::Ack);
    assert_eq!(write(&mut chip, sheet.pack(), [PACK[0], PACK[1], 0, 0]), Answer::Ack);
    assert_eq!(write(&mut chip, sheet.cfg1(), [access, 0, 0, 0]), Answer::Ack);
    assert_eq!(write(&mut chip, sheet.cfg0, [0, 0, 0, auth0]), Answer::Ack);
    chip.select();
    chip
}

#[test]
fn a_chip_is_as_delivered() {
    for sheet in SHEETS {
        let chip = sheet.chip();
        let name = sheet.kind.name();
        assert_eq!(chip.image().len(), usize::from(sheet.pages) * 4, "{name}");
        assert_eq!(page(&chip, 0), [0x04, 0xE1, 0x41, 0x88 ^ 0x04 ^ 0xE1 ^ 0x41], "BCC0 with the cascade tag");
        assert_eq!(page(&chip, 1), [0x12, 0x4C, 0x28, 0x80]);
        assert_eq!(page(&chip, 2), [0x12 ^ 0x4C ^ 0x28 ^ 0x80, 0x48, 0, 0]);
        assert_eq!(page(&chip, 3), sheet.page_3, "{name}");
        let first: [[u8; 4]; 2] = match sheet.kind {
            Kind::Ntag213 => [[0x01, 0x03, 0xA0, 0x0C], [0x34, 0x03, 0x00, 0xFE]],
            Kind::Ntag215 | Kind::Ntag216 => [[0x03, 0x00, 0xFE, 0x00], [0; 4]],
            _ => [[0; 4]; 2],
        };
        assert_eq!([page(&chip, 4), page(&chip, 5)], first, "{name}");
        assert!((6..=sheet.last_user).all(|at| page(&chip, at) == [0; 4]), "{name}");
        if let Some(dynamic) = sheet.dynamic {
            assert_eq!(page(&chip, dynamic), [0, 0, 0, 0xBD], "{name}");
        }
        let configuration = [[if sheet.ev1() { 0 } else { 4 }, 0, 0, 0xFF], [0, 5, 0, 0]];
        assert_eq!([page(&chip, sheet.cfg0), page(&chip, sheet.cfg1())], configuration, "{name}");
        assert_eq!([page(&chip, sheet.pwd()), page(&chip, sheet.pack())], [[0xFF; 4], [0; 4]], "{name}");
    }
}

#[test]
fn it_says_what_it_is() {
    for sheet in SHEETS {
        let mut chip = sheet.chip();
        let tag = chip.select().unwrap();
        assert_eq!((tag.uid, tag.atqa, tag.sak), (uid(), [0x00, 0x44], 0x00));
        assert_eq!(send(&mut chip, &[0x60]), Answer::Data(sheet.version.to_vec()));
    }
}

/// As tools set one: three writes in a row. A genuine NTAG213 refuses the first.
#[test]
fn a_magic_ntag213_takes_another_uid_and_is_an_ntag213_in_all_else() {
    let Silicon::Type2(mut clone) = Silicon::blank(Kind::MagicNtag213, uid()) else { panic!("a Type 2 chip") };
    let genuine = SHEETS[2].chip();
    assert_eq!(clone.select().unwrap().uid, uid());
    assert_eq!(clone.image(), genuine.image());
    for frame in [&[0x60][..], &[0x3C, 0], &[0x30, 0], &[0x3A, 2, 0x2C]] {
        assert_eq!(send(&mut clone, frame), send(&mut genuine.clone(), frame), "{frame:02X?}");
    }
    let pages = [[0x04, 0x11, 0x22, 0xBF], [0x33, 0x44, 0x55, 0x66], [0x44, 0x48, 0, 0]];
    for (page, content) in (0..).zip(pages) {
        assert_eq!(write(&mut clone, page, content), Answer::Ack);
    }
    assert_eq!(clone.select().unwrap().uid, Uid::double([0x04, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66]));
    assert_eq!(clone.uid(), uid(), "it lies on the tray under the old one");
    // The lock bits of page 2 are only ever set, on a clone too.
    write(&mut clone, 2, [0x44, 0x48, 0x80, 0]);
    write(&mut clone, 2, [0x44, 0x48, 0, 0]);
    assert_eq!(page(&clone, 2), [0x44, 0x48, 0x80, 0]);
    // With a check byte that does not fit it never comes through anticollision.
    write(&mut clone, 0, [0x04, 0x11, 0x22, 0xBE]);
    assert_eq!(clone.select(), None);
    assert_eq!(send(&mut clone, &[0x30, 0]), Answer::Silent);
    for page in 0..2 {
        assert_eq!(write(&mut genuine.clone(), page, pages[0]), Answer::Refused(Refusal::Nak));
    }
}

#[test]
fn reading_gives_four_pages_and_rolls_over_to_page_0() {
    for sheet in SHEETS {
        let mut chip = sheet.chip();
        for start in 0..sheet.pages {
            let expected: Vec<u8> = (0..4u16)
                .map(|i| ((u16::from(start) + i) % u16::from(sheet.pages)) as u8)
                .flat_map(|at| if at >= sheet.pwd() { [0; 4] } else { page(&chip, at) })
                .collect();
            assert_eq!(send(&mut chip, &[0x30, start]), Answer::Data(expected), "{} {start}", sheet.kind.name());
        }
        for start in sheet.pages..=255 {
            chip.select();
            assert_eq!(send(&mut chip, &[0x30, start]), nak(), "{} {start}", sheet.kind.name());
        }
    }
}

#[test]
fn fast_reading_gives_a_range_inside_the_memory_and_no_other() {
    for sheet in SHEETS {
        let last = sheet.pages - 1;
        for (from, to, good) in [(0, last, true), (3, 3, true), (4, 3, false), (0, sheet.pages, false)] {
            let mut chip = sheet.chip();
            let answer = send(&mut chip, &[0x3A, from, to]);
            if !good {
                assert_eq!(answer, nak(), "{from} to {to}");
                continue;
            }
            let Answer::Data(data) = answer else { panic!("{from} to {to}") };
            let shown = usize::from(sheet.pwd().min(to + 1)) * 4;
            let hidden = data[shown - usize::from(from) * 4..].iter().all(|byte| *byte == 0);
            assert!(data[..shown - usize::from(from) * 4] == chip.image()[usize::from(from) * 4..shown] && hidden);
            assert_eq!(data.len(), usize::from(to - from + 1) * 4);
        }
    }
}

#[test]
fn a_refusal_and_a_halt_leave_it_idle() {
    for sheet in SHEETS {
        for spoil in [&[0x30, sheet.pages][..], &[0xA2, 0, 1, 2, 3, 4], &[0x1B, 1, 2, 3, 4], &[0x77], &[], &[0x50, 0]] {
            let mut chip = sheet.chip();
            let answer = send(&mut chip, spoil);
            let halt = spoil == [0x50, 0];
            assert_eq!(answer, if halt { Answer::Silent } else { nak() }, "{spoil:02X?}");
            assert_eq!(send(&mut chip, &[0x30, 0]), Answer::Silent, "{spoil:02X?}");
            chip.select();
            assert!(matches!(send(&mut chip, &[0x30, 0]), Answer::Data(_)));
        }
    }
}

#[test]
fn writing_touches_one_page_and_never_the_uid() {
    for sheet in SHEETS {
        for at in 0..=255 {
            let mut chip = sheet.chip();
            let before = chip.image().to_vec();
            let answer = write(&mut chip, at, [0x11, 0x22, 0x33, 0x44]);
            let allowed = (2..sheet.pages).contains(&at);
            assert_eq!(answer, if allowed { Answer::Ack } else { nak() }, "{} {at}", sheet.kind.name());
            let changed: Vec<usize> =
                (0..usize::from(sheet.pages)).filter(|p| chip.image()[p * 4..][..4] != before[p * 4..][..4]).collect();
            assert!(changed.iter().all(|p| *p == usize::from(at)));
            assert!(allowed || changed.is_empty());
        }
    }
}

#[test]
fn a_compatibility_write_takes_the_first_four_bytes_in_one_part_or_two() {
    for sheet in SHEETS {
        let data: Vec<u8> = (1..=16).collect();
        let mut chip = sheet.chip();
        assert_eq!(send(&mut chip, &[&[0xA0, sheet.user()], &data[..]].concat()), Answer::Ack);
        assert_eq!(page(&chip, sheet.user()), [1, 2, 3, 4]);
        assert_eq!(page(&chip, sheet.user() + 1), page(&sheet.chip(), sheet.user() + 1));

        let mut chip = sheet.chip();
        assert_eq!(send(&mut chip, &[0xA0, sheet.user()]), Answer::Ack);
        assert_eq!(page(&chip, sheet.user()), page(&sheet.chip(), sheet.user()), "nothing yet");
        assert_eq!(send(&mut chip, &data), Answer::Ack);
        assert_eq!(page(&chip, sheet.user()), [1, 2, 3, 4]);
        assert_eq!(send(&mut chip, &[0xA0, 0]), nak(), "the first part is refused already");
        chip.select();
        assert_eq!(send(&mut chip, &[0xA0, 4]), Answer::Ack);
        assert_eq!(send(&mut chip, &[0x30, 4]), nak(), "no second part");
    }
}

#[test]
fn page_3_only_gains_bits() {
    for sheet in SHEETS {
        let mut chip = sheet.chip();
        let mut held = sheet.page_3;
        for data in [[0x01, 0x80, 0x00, 0x0F], [0; 4], [0xF0, 0x00, 0x55, 0x00], [0xFF; 4], [0; 4]] {
            assert_eq!(write(&mut chip, 3, data), Answer::Ack);
            (0..4).for_each(|i| held[i] |= data[i]);
            assert_eq!(page(&chip, 3), held);
        }
    }
}

#[test]
fn password_and_pack_rule_at_once_and_are_never_read() {
    for sheet in SHEETS {
        let mut chip = sheet.chip();
        assert_eq!(verify(&mut chip, [0xFF; 4]), Answer::Data(vec![0, 0]), "as delivered");
        write(&mut chip, sheet.pwd(), PASSWORD);
        write(&mut chip, sheet.pack(), [PACK[0], PACK[1], 0, 0]);
        assert_eq!(verify(&mut chip, PASSWORD), pack(), "without power-on between");
        assert_eq!([page(&chip, sheet.pwd()), page(&chip, sheet.pack())], [PASSWORD, [PACK[0], PACK[1], 0, 0]]);
        for frame in [vec![0x30, sheet.pwd()], vec![0x3A, sheet.pwd(), sheet.pack()]] {
            let Answer::Data(data) = send(&mut chip, &frame) else { panic!("read") };
            assert_eq!(data[..8], [0; 8]);
        }
        assert_eq!(verify(&mut chip, [0xFF; 4]), nak());
    }
}

#[path = "type2_counter_tests.rs"]
mod counters;
#[path = "type2_lock_tests.rs"]
mod locks;
#[path = "type2_password_tests.rs"]
mod password;
#[path = "type2_property.rs"]
mod property;
