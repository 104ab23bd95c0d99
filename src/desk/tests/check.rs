//! Handing over from the page: one handing over however often it is asked for, and a print that must be this member's.

use super::*;
use crate::plan::job::JobState;

/// A sticker of 홍길동 that is printed and to be checked.
fn printed(room: &Room) -> i64 {
    let member = room.enrol(|_| {}).unwrap().member;
    let job = room.issue(member, CardKind::Sticker).unwrap();
    print_on_page(room, &actor(), job).unwrap();
    job
}

fn state(room: &Room, job: i64) -> JobState {
    job_view(room, &actor(), job, false).unwrap().state
}

#[test]
fn asked_for_by_many_at_once_it_is_handed_over_once() {
    let room = Room::new(&[]);
    let job = printed(&room);
    std::thread::scope(|scope| {
        let ask = || check_and_hand_over(&room, &actor(), job, Some("12100300000001"));
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        for answer in asked {
            assert_eq!(code(answer.join().unwrap()), "done");
        }
    });
    assert_eq!(state(&room, job), JobState::HandedOver);
    let member = show_member(&room, &actor(), 1).unwrap();
    assert_eq!(member.cards.iter().map(|card| card.state.as_str()).collect::<Vec<_>>(), ["live"]);
}

#[test]
fn what_is_scanned_is_named_and_nothing_is_handed_over() {
    let room = Room::new(&[]);
    let job = printed(&room);
    room.enrol(|form| {
        form.name = "성춘향".into();
        form.birth = "1990-05-05".into();
        form.own_number = Some("GP-77".into());
    })
    .unwrap();
    for (scan, wanted, whose) in [
        (Some("11131400000001"), "scan-mismatch", Some("서울도서관")),
        (Some("12100300000099"), "scan-mismatch", Some("부산광역시립구포도서관")),
        (Some("gp-77"), "scan-mismatch", Some("성*향")),
        (Some("9788936434120"), "scan-unreadable", None),
        (None, "scan-missing", None),
    ] {
        let trouble = check_and_hand_over(&room, &actor(), job, scan).unwrap_err();
        assert_eq!(trouble.code, wanted, "{scan:?}");
        let said = trouble.args.iter().find(|(name, _)| *name == "whose").map(|(_, value)| value.as_str());
        assert_eq!(said, whose, "{scan:?}");
        let view = job_view(&room, &actor(), job, false).unwrap();
        assert_eq!((view.state, view.check.chip), (JobState::Ready, None));
        if scan.is_some() {
            assert_eq!(view.check.print, StepState::Bad, "{scan:?}");
        }
    }
    let mut told = Vec::new();
    let of_other = AccessQuery { member: Some(2), ..AccessQuery::default() };
    show_access(&room, &actor(), &of_other, &mut |row| {
        told.push((row.what, row.purpose));
        Ok(())
    })
    .unwrap();
    let row = |what: &str, purpose: &str| (what.to_owned(), purpose.to_owned());
    assert_eq!(told, [row("change", "enrol"), row("list", "scan")], "whoever was named is an entry");
    check_and_hand_over(&room, &actor(), job, Some("121003 0000 0001")).unwrap();
    let view = job_view(&room, &actor(), job, false).unwrap();
    assert_eq!((view.check.print, view.check.member), (StepState::Done, StepState::Done));
}

#[test]
fn a_misprinted_label_is_made_anew_under_the_same_number() {
    let room = Arc::new(Room::new(&[]).desk);
    let member = enrol(&room, &actor(), &hong(), None).unwrap().member;
    let form = IssueForm { member, evidence: Evidence::Word, kind: CardKind::Sticker, reader: None, printer: None };
    let job = plan_issue(&room, &actor(), &form, None).unwrap();
    print_on_page(&room, &actor(), job).unwrap();
    new_card(&room, &actor(), job).unwrap();
    let view = job_view(&room, &actor(), job, false).unwrap();
    assert_eq!((view.state, view.phase), (JobState::Planned, Phase::FeedPrinter));
    print_on_page(&room, &actor(), job).unwrap();
    check_and_hand_over(&room, &actor(), job, Some("12100300000001")).unwrap();
    let cards = show_member(&room, &actor(), member).unwrap().cards;
    let cards: Vec<_> = cards.iter().map(|card| (card.state.as_str(), card.number.to_string())).collect();
    assert!(
        cards.contains(&("live", "12100300000001".into())) && cards.contains(&("spoiled", "12100300000001".into())),
        "{cards:?}"
    );
}
