//! One field with cards of all makes: who answers, who is spoken to, and what a reader hears of it.

use super::super::silicon::{Kind, Refusal};
use super::*;

const SINGLE: Uid = Uid::single([0x0F, 1, 2, 3]);
const DOUBLE: Uid = Uid::double([0x04, 1, 2, 3, 4, 5, 6]);

fn card(kind: Kind) -> Silicon {
    Silicon::blank(kind, if kind.takes_uid_of(4) { SINGLE } else { DOUBLE })
}

fn field(kinds: &[Kind]) -> Field {
    let mut field = Field::default();
    kinds.iter().for_each(|kind| field.lay(card(*kind)));
    field
}

/// ATQA and SAK as AN10833 and ISO/IEC 14443-3 give them.
#[test]
fn selection_tells_the_families_apart() {
    for (kind, atqa, sak) in [
        (Kind::Classic1k, [0x00, 0x04], 0x08),
        (Kind::Classic4k, [0x00, 0x02], 0x18),
        (Kind::UltralightEv1, [0x00, 0x44], 0x00),
        (Kind::Ntag216, [0x00, 0x44], 0x00),
        (Kind::Fm11rf08s, [0x00, 0x04], 0x08),
        (Kind::Desfire, [0x03, 0x44], 0x20),
        (Kind::Phone, [0x00, 0x04], 0x20),
    ] {
        let found = field(&[kind]).select();
        assert_eq!(found.iter().map(|tag| (tag.atqa, tag.sak)).collect::<Vec<_>>(), [(atqa, sak)], "{}", kind.name());
    }
}

#[test]
fn what_speaks_no_type_a_is_found_by_looking_for_it() {
    for (kind, name) in [(Kind::Felica, "FeliCa"), (Kind::Iso15693, "ISO 15693")] {
        let mut field = field(&[kind]);
        assert_eq!(field.select(), []);
        assert_eq!(field.others(), [name]);
        assert_eq!(field.exchange(&[0x30, 0]).answer, Answer::Silent);
    }
    assert_eq!(field(&[Kind::Classic1k]).others(), [""; 0]);
}

#[test]
fn a_type_a_card_beside_a_stranger_is_the_one_spoken_to() {
    let mut field = field(&[Kind::Felica, Kind::Ntag213]);
    assert_eq!(field.select().len(), 1);
    assert!(matches!(field.exchange(&[0x30, 0]).answer, Answer::Data(_)));
    assert_eq!(field.others(), ["FeliCa"]);
    assert_eq!(field.exchange(&[0x30, 0]).answer, Answer::Silent, "looking has unselected it");
    field.select();
    let (torn, _) = field.torn_exchange(Frame::Exchange(&[0x30, 0]), Tear::AnswerLost, 0).expect("a card");
    assert_eq!(torn.kind(), Kind::Ntag213);
    assert_eq!(field.others(), ["FeliCa"]);
}

#[test]
fn a_telephone_has_another_uid_in_every_field() {
    let mut field = field(&[Kind::Phone]);
    let mut seen: Vec<Uid> = (0..20).flat_map(|_| field.select()).map(|tag| tag.uid).collect();
    assert!(seen.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(seen.iter().all(|uid| uid.bytes().len() == 4 && uid.bytes()[0] == 0x08));
    seen.sort();
    seen.dedup();
    assert!(seen.len() > 15);
}

#[test]
fn an_answer_longer_than_a_frame_of_the_reader_is_lost() {
    let mut field = field(&[Kind::Ntag216]);
    field.select();
    for (last, heard) in [(62, true), (63, false), (230, false)] {
        let answer = field.raw(&[0x3A, 0, last]).answer;
        assert_eq!(matches!(answer, Answer::Data(_)), heard, "{last}");
        assert_eq!(answer == Answer::Silent, !heard, "{last}");
    }
}

#[test]
fn a_torn_card_has_no_power_when_it_is_laid_back() {
    let mut field = field(&[Kind::Ntag213]);
    field.select();
    let (torn, programmed) =
        field.torn_exchange(Frame::Exchange(&[0xA2, 4, 1, 2, 3, 4]), Tear::AnswerLost, 0).expect("a card");
    assert!(programmed);
    field.lay(torn);
    assert_eq!(field.exchange(&[0x30, 4]).answer, Answer::Silent);
    field.select();
    assert!(matches!(field.exchange(&[0x30, 4]).answer, Answer::Data(data) if data[..4] == [1, 2, 3, 4]));
}

/// The frames of one family to the other: refused, and no harm done.
#[test]
fn a_chip_refuses_the_commands_of_the_other_family() {
    let authenticate = [&[0x60, 4], &[0xFF; 6][..], SINGLE.last_four()].concat();
    for (kind, frame, refusal) in [
        (Kind::Classic1k, &[0x60][..], Refusal::Nak),
        (Kind::Classic1k, &[0xA2, 4, 1, 2, 3, 4], Refusal::Nak),
        (Kind::Classic4k, &[0x1B, 1, 2, 3, 4], Refusal::Nak),
        (Kind::Ntag213, &authenticate, Refusal::WrongKey),
        (Kind::UltralightEv1, &[0x61, 4], Refusal::Nak),
    ] {
        let mut field = field(&[kind]);
        field.select();
        let before = field.cards()[0].image().to_vec();
        assert_eq!(field.exchange(frame).answer, Answer::Refused(refusal), "{} {frame:02X?}", kind.name());
        assert_eq!(field.cards()[0].image(), before);
    }
}

#[test]
fn a_desfire_tells_its_version_and_knows_no_page() {
    let mut field = field(&[Kind::Desfire]);
    field.select();
    assert!(matches!(field.exchange(&[0x60]).answer, Answer::Data(data) if data[0] == 0xAF));
    assert_eq!(field.exchange(&[0x30, 0]).answer, Answer::Data(vec![0x1C]));
    assert_eq!(field.raw(&[0x30, 0]).answer, Answer::Silent);
}
