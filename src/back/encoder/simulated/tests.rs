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
        assert_eq!(desk.readers().unwrap()[0], ListedReader { name: FIRST.into(), cards: vec![first] });
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
    let wrong = silicon::WrongSize { found: 3, expected: 1024 };
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
