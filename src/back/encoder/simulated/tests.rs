//! The simulated readers as the house meets them: what is counted, what is heard, what is refused in both languages.

use super::*;
use crate::plan::messages::{Lang, Messages};
use crate::simulator::silicon::Silicon;

const FIRST: &str = "ACS ACR122U PICC Interface 00 00";
const SOON: Duration = Duration::from_millis(5);

fn simulation(test: impl FnOnce(Simulation)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder_path = folder.path().join("simulator");
    let classic = Some(Kind::Classic1k);
    test(Simulation { folder: folder_path, readers: 2, dispenser: classic, timing: Timing::None });
}

#[test]
fn a_job_is_dispensed_a_blank_and_its_own_card_again() {
    simulation(|desk| {
        let mut reader = desk.open(FIRST).unwrap();
        assert_eq!(reader.wait_for_card(None, Feed::Dispense, SOON), Ok(true));
        let first = reader.select().unwrap()[0].uid;
        assert_eq!(reader.wait_for_card(None, Feed::Dispense, SOON), Ok(true));
        assert_ne!(reader.select().unwrap()[0].uid, first);
        assert_eq!(reader.wait_for_card(Some(&first), Feed::Dispense, SOON), Ok(true));
        assert_eq!(reader.select().unwrap()[0].uid, first);
        let listed = &desk.list().unwrap()[0];
        assert_eq!((listed.name.as_str(), listed.uid, listed.state), (FIRST, Some(first), ReaderState::Card));
    });
}

#[test]
fn by_hand_or_without_a_dispenser_nothing_moves_by_itself() {
    simulation(|desk| {
        assert_eq!(desk.open(FIRST).unwrap().wait_for_card(None, Feed::ByHand, SOON), Ok(false));
        let none = Simulation { dispenser: None, ..desk };
        assert_eq!(none.open(FIRST).unwrap().wait_for_card(None, Feed::Dispense, SOON), Ok(false));
        assert_eq!(none.tray().unwrap().list().unwrap(), []);
    });
}

#[test]
fn a_selection_counts_as_one_exchange_and_one_command() {
    simulation(|desk| {
        let mut reader = desk.open(FIRST).unwrap();
        reader.wait_for_card(None, Feed::Dispense, SOON).unwrap();
        let uid = reader.select().unwrap()[0].uid;
        let wrong = [&[0x60, 4], &[0; 6][..], &uid.for_authentication()].concat();
        assert_eq!(reader.exchange(&wrong), Err(Miss::Refused));
        assert_eq!(reader.exchange(&[0x30, 4]), Err(Miss::Silent));
        assert_eq!(reader.cost(), Cost { exchanges: 3, commands: 3 });
    });
}

#[test]
fn a_loose_reader_tears_its_card_out_and_lays_it_back() {
    let uid = "0F112233".parse().unwrap();
    let mut reader = LooseReader::with_card(Silicon::blank(Kind::Classic1k, uid));
    reader.tear(TearOrder { after: 2, how: Tear::FrameLost });
    assert_eq!(reader.select().unwrap().len(), 1);
    assert_eq!(reader.exchange(&[0x30, 4]), Err(Miss::Silent));
    assert_eq!(reader.select().unwrap(), []);
    assert_eq!(reader.wait_for_card(None, Feed::ByHand, SOON), Ok(false));
    assert_eq!(reader.wait_for_card(None, Feed::Dispense, SOON), Ok(true));
    assert_eq!(reader.select().unwrap().len(), 1);
}

#[test]
fn a_chip_that_is_not_simulated_is_refused_by_name() {
    assert_eq!(dispenser("none"), Ok(None));
    assert_eq!(dispenser("classic-1k"), Ok(Some(Kind::Classic1k)));
    for kind in Kind::BLANKS {
        assert_eq!(dispenser(kind.name()), Ok(Some(kind)));
    }
    for stranger in ["ntag999", "desfire", "gen1a"] {
        let refused = dispenser(stranger).unwrap_err();
        assert_eq!((refused.code, refused.args[0].1.as_str()), ("simulator-kind", stranger));
    }
}

/// No placeholder is left open and no id stands for a missing text.
#[test]
fn every_refusal_is_a_pair_in_both_languages() {
    let ko = include_str!("../../../../templates/messages/ko/simulator.ftl");
    let en = include_str!("../../../../templates/messages/en/simulator.ftl");
    let messages = Messages::new([ko], [en]).unwrap();
    let uid: silicon::Uid = "0F112233".parse().unwrap();
    let path = || PathBuf::from("/somewhere");
    let source = std::io::Error::other("full");
    let wrong = silicon::WrongSize { found: 3, fitting: vec![1024, 4096] };
    for error in [
        TrayError::Io { path: path(), source },
        TrayError::Damaged { path: path(), why: "cut".into() },
        TrayError::Busy { path: path() },
        TrayError::NoSuchReader("ACS".into()),
        TrayError::NoSuchCard(uid),
        TrayError::Occupied { reader: "ACS".into(), card: uid },
        TrayError::UidTaken(uid),
        TrayError::UidLength { kind: Kind::Ntag213, length: 4 },
        TrayError::NoSignature { kind: Kind::Classic1k },
        TrayError::Kind(silicon::UnknownKind("ntag213".into())),
        TrayError::Image { uid, source: wrong },
        TrayError::NoRandom(getrandom::Error::UNSUPPORTED),
    ] {
        let trouble = trouble(error);
        for lang in [Lang::Ko, Lang::En] {
            for text in [messages.what(lang, &trouble), messages.help(lang, &trouble)] {
                let whole = !text.contains(['{', '$']) && !text.starts_with("err-") && !text.starts_with("rec-");
                assert!(whole, "{text}");
            }
        }
    }
}

fn loose(kind: Kind, uid: &str) -> LooseReader {
    LooseReader::with_card(Silicon::blank(kind, uid.parse().unwrap()))
}

#[test]
fn raw_frames_are_heard_as_a_pn532_hears_them() {
    let mut tag = loose(Kind::Ntag213, "04112233445566");
    tag.select().unwrap();
    assert_eq!(tag.raw(Raw::Bytes(&[0x60])), Ok(vec![0, 4, 4, 2, 1, 0, 0x0F, 3]));
    assert_eq!(tag.raw(Raw::Bytes(&[0x1B, 0xFF, 0xFF, 0xFF, 0xFF])), Ok(vec![0, 0]));
    assert_eq!(tag.exchange(&[0xA2, 4, 1, 2, 3, 4]), Ok(vec![]), "its own exchange ends well");
    assert_eq!(tag.raw(Raw::Bytes(&[0xA2, 4, 1, 2, 3, 4])), Err(Miss::Refused), "four bits are no frame with a CRC");
    assert_eq!(tag.exchange(&[0x30, 4]).unwrap()[..4], [1, 2, 3, 4], "though it was written");
    assert_eq!(tag.raw(Raw::Bytes(&[0x1B, 0, 0, 0, 0])), Err(Miss::Refused));
    assert_eq!(tag.raw(Raw::Bytes(&[0x60])), Err(Miss::Silent));
    assert_eq!(tag.cost(), Cost { exchanges: 8, commands: 8 });

    let mut clone = loose(Kind::Gen1a, "0F112233");
    assert_eq!([0x40, 0x43].map(|byte| clone.raw(Raw::Short(byte))), [Ok(vec![0x0A]), Ok(vec![0x0A])]);
    let mut genuine = loose(Kind::Classic1k, "0F112233");
    assert_eq!(genuine.raw(Raw::Short(0x40)), Err(Miss::Silent));
}

#[test]
fn strangers_are_named_at_both_readers() {
    simulation(|desk| {
        let tray = desk.tray().unwrap();
        let uid = tray.new_blank(Kind::Felica).unwrap();
        tray.lay(FIRST, uid).unwrap();
        let mut reader = desk.open(FIRST).unwrap();
        assert_eq!(reader.select(), Ok(vec![]));
        assert_eq!(reader.strangers(), Ok(vec!["FeliCa"]));
        assert_eq!(reader.cost(), Cost { exchanges: 2, commands: 2 });
    });
    assert_eq!(loose(Kind::Iso15693, "04112233445566").strangers(), Ok(vec!["ISO 15693"]));
}

#[test]
fn raw_frames_are_torn_as_any_other() {
    let mut reader = loose(Kind::Ntag213, "04112233445566");
    reader.tear(TearOrder { after: 2, how: Tear::AnswerLost });
    reader.select().unwrap();
    assert_eq!(reader.raw(Raw::Bytes(&[0x60])), Err(Miss::Silent));
    assert_eq!(reader.select(), Ok(vec![]));
}

#[test]
fn what_silicon_and_link_take_is_summed() {
    let mut reader = loose(Kind::Ntag213, "04112233445566").timed(Timing::Acr122u);
    let start = std::time::Instant::now();
    reader.select().unwrap();
    reader.exchange(&[0x30, 4]).unwrap();
    assert_eq!(reader.spent(), Duration::from_micros(3_500 + 8_000 + 1_916 + 8_000));
    assert!(start.elapsed() >= reader.spent());
}

/// Whoever selects anew after every silence is never told a wrong thing, whatever the link loses.
#[test]
fn a_flaky_link_loses_and_delays_but_does_not_lie_after_a_selection() {
    let (mut silent, mut empty) = (0, 0);
    for seed in 0..200 {
        let mut reader = loose(Kind::Ntag213, "04112233445566");
        reader.flaky(5, seed);
        for page in 0..40u8 {
            match reader.select() {
                Ok(found) if found.is_empty() => empty += 1,
                Ok(_) => {}
                Err(miss) => assert_eq!(miss, Miss::Silent),
            }
            match reader.exchange(&[0x30, page]) {
                Ok(data) => assert_eq!(data[..4], reader.cards()[0].image()[usize::from(page) * 4..][..4]),
                Err(miss) => {
                    assert_eq!(miss, Miss::Silent);
                    silent += 1;
                }
            }
        }
    }
    assert!(silent > 100 && empty > 100, "{silent} {empty}");
}
