//! A job that is over says what was compared and nothing more, and what became of its card since.

use super::*;
use crate::back::store::jobs as stored;
use crate::plan::fees::{Reason, Settlement};
use crate::plan::job::CardState;

const HOUR: i64 = 60 * 60 * 1000;

/// A job of 홍길동 that is printed.
fn printed(room: &Room, kind: CardKind) -> (i64, i64) {
    let member = room.enrol(|_| {}).unwrap().member;
    let job = room.issue(member, kind).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let waiting = Waiting { feed: Feed::Dispense, longest: Duration::ZERO, stop: &stop };
    run(room, &actor(), job, Until::Printed, &waiting).unwrap();
    (member, job)
}

fn after(room: &Room, job: i64) -> After {
    job_view(room, &actor(), job, false).unwrap().after.unwrap()
}

/// As if it had ended an hour before.
fn long_ago(room: &Room, job: i64) {
    let change = |tx: &crate::back::store::Tx| {
        let mut job = stored::get(tx, job)?;
        job.updated -= HOUR;
        stored::update(tx, &job)
    };
    room.store.change(change).unwrap();
}

#[test]
fn what_nobody_compared_is_not_claimed() {
    let number = "12100300000001";
    for (kind, scan, wanted, lamps) in [
        (CardKind::Rfid, None, "chip", (Some(StepState::Done), StepState::Wait, StepState::Wait)),
        (CardKind::Rfid, Some(number), "both", (Some(StepState::Done), StepState::Done, StepState::Done)),
        (CardKind::Barcode, None, "none", (None, StepState::Wait, StepState::Wait)),
        (CardKind::Barcode, Some(number), "scan", (None, StepState::Done, StepState::Done)),
        (CardKind::Sticker, None, "none", (None, StepState::Wait, StepState::Wait)),
    ] {
        let room = Room::new(&[]);
        let (_, job) = printed(&room, kind);
        assert_eq!(job_view(&room, &actor(), job, false).unwrap().after, None, "it is not over");
        assert_eq!(show_job(&room, &actor(), job).unwrap().compared, None);
        hand_over(&room, &actor(), job, scan, None, Feed::ByHand, None).unwrap();
        let view = job_view(&room, &actor(), job, false).unwrap();
        let compared = view.after.and_then(|after| after.compared).unwrap();
        assert_eq!(compared.as_str(), wanted, "{kind} {scan:?}");
        assert_eq!((view.check.chip, view.check.print, view.check.member), lamps, "{kind} {scan:?}");
        let told = serde_json::to_value(show_job(&room, &actor(), job).unwrap()).unwrap();
        let wanted = serde_json::json!({ "chip": kind == CardKind::Rfid, "scan": scan.is_some() });
        assert_eq!(told["compared"], wanted, "{kind} {scan:?}");
    }
}

#[test]
fn an_old_job_says_where_its_card_stands_now() {
    let room = Room::new(&[]);
    let (member, job) = printed(&room, CardKind::Barcode);
    let number = "12100300000001";
    hand_over(&room, &actor(), job, Some(number), None, Feed::ByHand, None).unwrap();
    let now = after(&room, job);
    assert!(now.in_use() && now.fresh, "{now:?}");
    long_ago(&room, job);
    let now = after(&room, job);
    assert!(now.in_use() && !now.fresh, "{now:?}");
    let form = ReissueForm {
        whom: Whom::Number(number.into()),
        card: None,
        evidence: Evidence::Word,
        reason: Reason::Lost,
        kind: None,
        settlement: Settlement::Waived("시험".into()),
        exempt: crate::plan::fees::SaidExempt::No,
        anyway: false,
        told: true,
        reader: None,
        printer: None,
    };
    let new = plan_reissue(&room, &actor(), &form, None).unwrap();
    let card = after(&room, job).card.unwrap();
    assert_eq!((card.state, card.why.as_deref(), card.day.is_some()), (CardState::Suspended, Some("lost"), true));
    let number = print_on_page(&room, &actor(), new).unwrap().number.to_string();
    hand_over(&room, &actor(), new, Some(&number), None, Feed::ByHand, None).unwrap();
    let card = after(&room, job).card.unwrap();
    assert_eq!((card.state, card.why.as_deref(), card.day.is_some()), (CardState::Void, Some("lost"), true));
    withdraw(&room, &actor(), member, Evidence::Word, None, None).unwrap();
    let now = after(&room, new);
    let why = now.card.as_ref().and_then(|card| card.why.as_deref());
    assert_eq!((now.in_use(), now.withdrawn, why), (false, true, Some("withdrawn")));
}

#[test]
fn a_cancelled_job_shows_nothing_as_done() {
    let room = Room::new(&[]);
    let (_, job) = printed(&room, CardKind::Rfid);
    assert!(job_view(&room, &actor(), job, false).unwrap().proof.is_some(), "it was proven");
    cancel(&room, &actor(), job, Feed::ByHand).unwrap();
    let view = job_view(&room, &actor(), job, false).unwrap();
    assert!(view.steps.iter().all(|step| step.s == StepState::Wait && step.millis.is_none()), "{:?}", view.steps);
    let after = view.after.unwrap();
    let state = after.card.map(|card| card.state);
    assert_eq!((after.compared, after.fresh, state), (None, true, Some(CardState::Returned)));
}

#[test]
fn a_cancelled_job_says_of_its_number_what_is_so() {
    let number = "12100300000001";
    let job = |room: &Room, change: &dyn Fn(&Room, i64) -> i64| {
        let (member, job) = printed(room, CardKind::Barcode);
        hand_over(room, &actor(), job, Some(number), None, Feed::ByHand, None).unwrap();
        change(room, member)
    };
    let reissue = |reason| {
        move |room: &Room, member: i64| {
            let form = ReissueForm {
                whom: Whom::Member(member),
                card: None,
                evidence: Evidence::Word,
                reason,
                kind: None,
                settlement: Settlement::Later,
                exempt: crate::plan::fees::SaidExempt::No,
                anyway: false,
                told: true,
                reader: None,
                printer: None,
            };
            plan_reissue(room, &actor(), &form, None).unwrap()
        }
    };
    let sticker = |room: &Room, member: i64| room.issue(member, CardKind::Sticker).unwrap();
    let holder = [("ISSUER__NUMBER__FIRST", "00000100"), ("ISSUER__LIBRARY__MEMBERSHIP", "on-request")];
    let integrated = || Room::new(&[]);
    let first = {
        let room = integrated();
        let member = room.enrol(|_| {}).unwrap().member;
        let job = room.issue(member, CardKind::Barcode).unwrap();
        (room, job)
    };
    let made = |change: &dyn Fn(&Room, i64) -> i64| {
        let room = integrated();
        let job = job(&room, change);
        (room, job)
    };
    let converted = |own: &str| {
        let room = Room::new(&holder);
        let member = room.own(own);
        let job = room.convert(member, |_| {}).unwrap();
        (room, job)
    };
    for ((room, job), wanted, keeps) in [
        (first, NumberFate::Retired, None),
        (made(&sticker), NumberFate::Kept, Some(number)),
        (made(&reissue(Reason::Damaged)), NumberFate::Kept, Some(number)),
        (made(&reissue(Reason::Lost)), NumberFate::RetiredBeside, Some(number)),
        (converted("GP-77"), NumberFate::RetiredOwn, None),
        (converted("12100300000042"), NumberFate::OwnAgain, None),
    ] {
        assert_eq!(job_view(&room, &actor(), job, false).unwrap().fate, wanted);
        cancel(&room, &actor(), job, Feed::ByHand).unwrap();
        let view = job_view(&room, &actor(), job, false).unwrap();
        assert_eq!(view.fate, wanted, "the same when it is done");
        let left = room.file(view.member).number.map(|number| number.to_string());
        assert_eq!(left.as_deref(), keeps, "{wanted}");
    }
}
