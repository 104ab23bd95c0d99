//! Any sequence of exchanges, by somebody who knows the password too: what must never happen on a Type 2 chip,
//! whatever is sent and wherever it is torn. And frames of any bytes to any card at all: nothing panics.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Act {
    Select,
    Verify(bool),
    Read(u8),
    FastRead(u8, u8),
    Write(u8, [u8; 4]),
    Torn(u8, [u8; 4], u32),
    Raw(Vec<u8>),
}

fn act() -> impl Strategy<Value = Act> {
    // The pages that matter in every kind, and any other.
    let at = || prop_oneof![4 => 0u8..0x18, 3 => 0x20u8..0x2D, 2 => 0x80u8..0x87, 2 => 0xE0u8..0xE7, 1 => any::<u8>()];
    prop_oneof![
        2 => Just(Act::Select),
        2 => prop::bool::weighted(0.8).prop_map(Act::Verify),
        2 => at().prop_map(Act::Read),
        1 => (at(), at()).prop_map(|(a, b)| Act::FastRead(a, b)),
        8 => (at(), any::<[u8; 4]>()).prop_map(|(p, d)| Act::Write(p, d)),
        1 => (at(), any::<[u8; 4]>(), any::<u32>()).prop_map(|(p, d, s)| Act::Torn(p, d, s)),
        1 => prop::collection::vec(any::<u8>(), 0..20).prop_map(Act::Raw),
    ]
}

fn perform(chip: &mut Type2, sheet: &Sheet, act: &Act) -> Answer {
    match act {
        Act::Select => {
            chip.select();
            Answer::Silent
        }
        Act::Verify(right) => {
            let [a, b, c, d] = page(chip, sheet.pwd());
            verify(chip, if *right { [a, b, c, d] } else { [a ^ 1, b, c, d] })
        }
        Act::Read(at) => send(chip, &[0x30, *at]),
        Act::FastRead(from, to) => send(chip, &[0x3A, *from, *to]),
        Act::Write(at, data) => write(chip, *at, *data),
        Act::Torn(at, [a, b, c, d], seed) => {
            chip.exchange(&[0xA2, *at, *a, *b, *c, *d], Programming::Half(*seed));
            Answer::Silent
        }
        Act::Raw(frame) => send(chip, frame),
    }
}

/// The bytes that a reading shows of the password pages.
fn shown_secrets<'d>(sheet: &Sheet, act: &Act, answer: &'d Answer, end: u8) -> Vec<&'d [u8]> {
    let Answer::Data(data) = answer else { return Vec::new() };
    let first = match act {
        Act::Read(at) | Act::FastRead(at, _) => *at,
        _ => return Vec::new(),
    };
    let numbers = (0..data.len() / 4).map(|i| (usize::from(first) + i) % usize::from(end.max(1)));
    data.chunks(4).zip(numbers).filter(|(_, at)| *at >= usize::from(sheet.pwd())).map(|(bytes, _)| bytes).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(768))]

    /// No answer shows PWD or PACK; the UID stays; no lock, block-locking or one-time bit is taken back; a page that
    /// a lock bit locks, or that AUTH0 kept at power-on without the password since, is not changed; one exchange
    /// changes one page.
    #[test]
    fn no_sequence_reads_the_password_takes_back_a_bit_or_writes_what_is_locked(
        kind in 0usize..5,
        acts in prop::collection::vec(act(), 1..80),
    ) {
        let sheet = &SHEETS[kind];
        let mut chip = sheet.chip();
        let (mut auth0, mut access, mut open) = (0xFF, 0, false);
        for act in acts {
            let before = chip.clone();
            let answer = perform(&mut chip, sheet, &act);
            for secret in shown_secrets(sheet, &act, &answer, sheet.pages) {
                prop_assert_eq!(secret, [0; 4], "{:?}", act);
            }
            match (&act, &answer) {
                (Act::Select, _) => {
                    (auth0, access, open) = (page(&chip, sheet.cfg0)[3], page(&chip, sheet.cfg1())[0], false);
                }
                (_, Answer::Refused(_)) => open = false,
                (Act::Verify(_), Answer::Data(_)) => open = true,
                (Act::Raw(frame), Answer::Data(_)) if frame.first() == Some(&0x1B) => open = true,
                _ => {}
            }
            let changed: Vec<u8> = (0..sheet.pages).filter(|at| page(&before, *at) != page(&chip, *at)).collect();
            prop_assert!(changed.len() <= 1, "{:?}", act);
            let Some(&at) = changed.first() else { continue };
            let (old, new) = (page(&before, at), page(&chip, at));
            prop_assert!(at >= 2 && (open || at < auth0), "{:?}", act);
            prop_assert!(!((at == sheet.cfg0 || at == sheet.cfg1()) && access & 0x40 != 0), "CFGLCK {:?}", act);
            let [_, _, low, high] = page(&before, 2);
            prop_assert!(!(3..16).contains(&at) || u16::from_le_bytes([low, high]) >> at & 1 == 0, "{:?}", act);
            if at == 2 || at == 3 || Some(at) == sheet.dynamic {
                prop_assert!((0..4).all(|i| old[i] & !new[i] == 0), "{:?}", act);
            }
            if at == 2 {
                prop_assert_eq!(old[..2].to_vec(), new[..2].to_vec());
            }
        }
    }

    /// Whatever is sent in whichever way, selected or not, torn or not: nothing panics.
    #[test]
    fn no_frame_panics_any_card(
        kind in prop::sample::select(Kind::ALL.to_vec()),
        image in prop::collection::vec(any::<u8>(), 4096),
        hidden in any::<([u32; 3], u32, u8)>(),
        frames in prop::collection::vec((0u8..5, prop::collection::vec(any::<u8>(), 0..24), any::<u32>()), 1..40),
    ) {
        let uid = uid();
        let mut card = Silicon::from_image(kind, uid, &image[..kind.image_size()]).expect("its size");
        card.set_hidden(Hidden { counters: hidden.0, nfc: hidden.1, failed: hidden.2, forged_signature: false });
        for (how, frame, seed) in frames {
            let programming = [Programming::Whole, Programming::Half(seed), Programming::Erased(0)][seed as usize % 3];
            match how {
                0 => {
                    card.select();
                }
                1 => {
                    card.short(seed as u8);
                }
                2 => {
                    card.raw(&frame, programming);
                }
                _ => {
                    card.exchange(&frame, programming);
                }
            }
            prop_assert_eq!(card.image().len(), kind.image_size());
        }
    }
}
