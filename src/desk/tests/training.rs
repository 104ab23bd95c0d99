//! Practice: what its desk holds, that it begins anew, and that no other database is taken for it.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::back::store::{cards, jobs, members, training};
use crate::plan::job::CardState;

fn settings_of(folder: &Path) -> Settings {
    settings::load(None, std::iter::empty(), folder).unwrap()
}

/// What the database holds: how many cards of each state, open jobs and members.
fn counts(desk: &Desk) -> (BTreeMap<&'static str, usize>, usize, usize) {
    let look = |tx: &crate::back::store::Tx| {
        let mut states = BTreeMap::new();
        let mut people = 0;
        while let Ok(member) = members::get(tx, people as i64 + 1) {
            people += 1;
            for card in cards::of_member(tx, member.id)? {
                *states.entry(card.state.as_str()).or_insert(0) += 1;
            }
        }
        Ok((states, jobs::list(tx, true)?.len(), people))
    };
    desk.store.look(look).unwrap()
}

fn at_first() -> (BTreeMap<&'static str, usize>, usize, usize) {
    ([(CardState::Live.as_str(), 11), (CardState::Suspended.as_str(), 2)].into(), 2, 20)
}

#[test]
fn a_practice_desk_has_members_in_every_state_and_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let desk = open_training(settings_of(folder.path())).unwrap();
    assert_eq!((desk.stamp(), counts(&desk)), (Stamp::Training, at_first()));
    let link = new_setup(&desk, None).unwrap().unwrap();
    let new = set_up(&desk, &link, "성춘향", "옛집 살구나무 73", "1", &Whence::default()).unwrap();
    let clerk = &new.session.actor;
    let found = |text: &str| find(&desk, clerk, text).unwrap().hits.len();
    assert_eq!((found("김가온"), found("가온"), found("ㄱㄱㅇ")), (1, 1, 1), "found by name");
    // One more member and an open job; what lies on the reader is practised with too.
    let mut form = hong();
    form.phone = Some("01012345678".into());
    let member = enrol(&desk, clerk, &form, None).unwrap().member;
    let wanted = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Rfid, reader: None, printer: None };
    plan_issue(&desk, clerk, &wanted, None).unwrap();
    tray_do(&desk, clerk, &TrayAct::LayNew("ntag213".into())).unwrap();
    tray_do(&desk, clerk, &TrayAct::Break(Fault::RibbonOut)).unwrap();
    assert_ne!(counts(&desk), at_first());
    let made = practice(&desk).unwrap().made;
    // A page from before another beginning throws nothing away.
    begin_anew(&desk, clerk, made - 1).unwrap();
    assert_ne!(counts(&desk), at_first());
    begin_anew(&desk, clerk, made).unwrap();
    assert_eq!(counts(&desk), at_first());
    assert_eq!((found("김가온"), found("홍길동")), (1, 0), "found by name after another beginning");
    let tray = tray(&desk).unwrap().unwrap();
    assert_eq!((tray.lying, tray.media, tray.plugged), (None, "ok", true));
    assert!(session(&desk, &new.cookie, &Whence::default()).unwrap().is_some(), "who is logged in stays");
    // The log keeps nothing of before, and is as closed as ever.
    assert!(desk.store.change(|tx| Ok(tx.execute("DELETE FROM access_entries", [])?)).is_err());
    drop(desk);
    // A making that was cut short begins again.
    let desk = open_training(settings_of(folder.path())).unwrap();
    desk.store.change(training::empty).unwrap();
    drop(desk);
    assert_eq!(counts(&open_training(settings_of(folder.path())).unwrap()), at_first());
}

#[test]
fn no_database_is_taken_for_another_kind() {
    let real = Room::new(&[]);
    let member = real.enrol(|_| {}).unwrap().member;
    assert_eq!(code(practice(&real)), "not-training");
    assert_eq!(code(begin_anew(&real, &actor(), 0)), "not-training");
    assert_eq!(code(real.store.change(training::empty)), "not-training");
    assert!(show_member(&real, &actor(), member).is_ok(), "nothing was emptied");
    // Somebody's real database where that of practice belongs: by copying it, and by a link to its folder.
    let folder = real.folder.path().to_owned();
    let var = folder.join("var");
    drop(real.desk);
    std::fs::create_dir(var.join("training")).unwrap();
    for file in ["issuer.db", "keys.toml"] {
        std::fs::copy(var.join(file), var.join("training").join(file)).unwrap();
    }
    assert_eq!(code(open_training(settings_of(&folder))), "training-elsewhere");
    std::fs::remove_dir_all(var.join("training")).unwrap();
    std::os::unix::fs::symlink(&var, var.join("training")).unwrap();
    assert_eq!(code(open_training(settings_of(&folder))), "training-elsewhere");
    std::fs::remove_file(var.join("training")).unwrap();
    // And the other way round.
    drop(open_training(settings_of(&folder)).unwrap());
    let practice =
        [("ISSUER__STORE__PATH", "var/training/issuer.db"), ("ISSUER__KEYS__FILE", "var/training/keys.toml")];
    assert_eq!(code(open(&folder, &practice)), "stamp-training");
    assert!(open(&folder, &[]).is_ok());
}

#[test]
fn every_print_and_picture_of_practice_is_marked() {
    let folder = tempfile::tempdir().unwrap();
    let practice = open_training(settings_of(folder.path())).unwrap();
    let real = Room::new(&[]);
    let number = practice.store.look(|tx| members::get(tx, 1)).unwrap().number.unwrap();
    for kind in [CardKind::Rfid, CardKind::Barcode] {
        let drawn = |desk: &Desk| {
            let scene = pictures::compose(desk, "홍길동", number, kind).unwrap();
            let bytes = crate::plan::layout::png(&scene, 300).unwrap();
            (scene, bytes)
        };
        let ((marked, one), (plain, other)) = (drawn(&practice), drawn(&real));
        assert_eq!(marked.shapes.len(), plain.shapes.len() + 1, "{kind}");
        assert_ne!(one, other, "{kind}");
    }
}
