//! Every kind of card in its files: what stands in the image, what beside it, and under which UID.

use super::*;

/// Two visits, and a third process' view: the image holds the pages, the other file what stands in none of them.
#[test]
fn counters_outlive_the_visit_in_a_file_of_their_own() {
    with_tray(|tray| {
        let uid = tray.swap(FIRST, Kind::UltralightEv1).unwrap();
        let aside = tray.folder.join(format!("cards/{uid}.state"));
        let mut first = station(&tray, FIRST);
        first.select().unwrap();
        assert!(matches!(first.exchange(&[0x30, 0]).unwrap(), Answer::Data(_)));
        assert!(!aside.exists(), "a new chip has nothing to keep");
        assert_eq!(first.exchange(&[0xA5, 1, 7, 0, 0, 0]).unwrap(), ack());
        assert!(aside.exists());
        tray.lift(FIRST).unwrap();
        tray.lay(FIRST, uid).unwrap();
        let mut second = station(&tray, FIRST);
        second.select().unwrap();
        assert_eq!(second.exchange(&[0x39, 1]).unwrap(), Answer::Data(vec![7, 0, 0]));
        assert_eq!(tray.image(uid).unwrap(), Silicon::blank(Kind::UltralightEv1, uid).image());
        assert_eq!(tray.list().unwrap().len(), 1, "the other file is no card");
    });
}

#[test]
fn a_forged_chip_stays_one_and_only_a_chip_that_signs_can_be_forged() {
    with_tray(|tray| {
        let uid = tray.new_blank(Kind::Ntag213).unwrap();
        let signature = |tray: &Tray| {
            tray.lay(FIRST, uid).unwrap();
            let mut station = station(tray, FIRST);
            station.select().unwrap();
            let signature = station.exchange(&[0x3C, 0]).unwrap();
            tray.lift(FIRST).unwrap();
            signature
        };
        let genuine = signature(&tray);
        tray.forge_signature(uid).unwrap();
        assert_ne!(signature(&tray), genuine);
        let classic = blank(&tray);
        assert!(matches!(tray.forge_signature(classic), Err(TrayError::NoSignature { .. })));
    });
}

#[test]
fn every_kind_is_laid_down_under_a_uid_of_its_own_length() {
    with_tray(|tray| {
        for kind in Kind::ALL {
            let uid = tray.new_blank(kind).unwrap();
            assert!(kind.takes_uid_of(uid.bytes().len()));
            let first = uid.bytes()[0];
            match kind {
                Kind::Phone => assert_eq!(first, 0x08),
                _ if kind.takes_uid_of(4) => assert_eq!(first & 0x0F, 0x0F),
                _ => assert_eq!(first, 0x04),
            }
            tray.lay(FIRST, uid).unwrap();
            let found = station(&tray, FIRST).select().unwrap().len();
            assert_eq!(found, usize::from(!matches!(kind, Kind::Felica | Kind::Iso15693)), "{}", kind.name());
            tray.lift(FIRST).unwrap();
        }
        assert_eq!(tray.list().unwrap().len(), Kind::ALL.len());
        let four: Uid = "0F000001".parse().unwrap();
        for kind in Kind::ALL.into_iter().filter(|kind| kind.map().is_some()) {
            assert!(matches!(tray.new_blank_with(kind, four), Err(TrayError::UidLength { length: 4, .. })));
        }
    });
}

#[test]
fn a_torn_tag_is_laid_back_as_it_was_left() {
    with_tray(|tray| {
        let uid = tray.swap(FIRST, Kind::Ntag213).unwrap();
        tray.tear_after(FIRST, TearOrder { after: 2, how: Tear::ErasedToFf }).unwrap();
        let mut station = station(&tray, FIRST);
        station.select().unwrap();
        assert_eq!(station.exchange(&[0xA2, 6, 1, 2, 3, 4]).unwrap(), Answer::Silent);
        assert_eq!(tray.image(uid).unwrap()[24..28], [0xFF; 4]);
        tray.lay(FIRST, uid).unwrap();
        assert_eq!(station.select().unwrap().len(), 1);
    });
}

/// A cut-off dump says which sizes there are, and so the tray does not take it for another chip; a folder is no card.
#[test]
fn a_file_that_is_no_card_is_not_taken_for_one() {
    with_tray(|tray| {
        let uid = tray.swap(FIRST, Kind::Ntag213).unwrap();
        let image = tray.folder.join(format!("cards/{uid}.bin"));
        std::fs::write(&image, [0; 100]).unwrap();
        let Err(TrayError::Image { source, .. }) = tray.image(uid) else { panic!("an image of 100 bytes") };
        assert_eq!((source.found, source.fitting), (100, vec![80, 164, 180, 540, 924]));
        assert_eq!(tray.list().unwrap().len(), 0);
        let folder: Uid = "0F000001".parse().unwrap();
        std::fs::create_dir(tray.folder.join(format!("cards/{folder}.mfd"))).unwrap();
        assert_eq!(tray.list().unwrap().len(), 0);
        assert!(matches!(tray.lay(FIRST, folder), Err(TrayError::NoSuchCard(_))));
    });
}
