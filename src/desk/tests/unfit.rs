//! What lies on the reader of the page's job and is not its card: that is said as long as it is so, and the job goes on by itself
//! when it is gone. Over the simulated reader, with hands at its tray.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::plan::job::JobState;
use crate::simulator::field::{Tear, TearOrder};
use crate::simulator::silicon::{Kind, Uid};
use crate::simulator::tray::Tray;

/// One job of the page, and the hands at its two readers.
struct Counter {
    desk: Arc<Desk>,
    tray: Tray,
    job: i64,
    _folder: tempfile::TempDir,
}

impl Counter {
    /// With these blanks, laid side by side before the job begins.
    fn new(blanks: usize) -> (Counter, Vec<Uid>) {
        let folder = tempfile::tempdir().unwrap();
        let settings = [("ISSUER__SIMULATOR__DISPENSER", "none"), ("ISSUER__SIMULATOR__READERS", "2")];
        let desk = Arc::new(open(folder.path(), &settings).unwrap());
        let tray = Tray::open(&desk.settings.simulator.folder, 2).unwrap();
        let member = enrol(&desk, &actor(), &hong(), None).unwrap().member;
        let reader = Some(tray.reader_names()[0].clone());
        let form = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Rfid, reader, printer: None };
        let job = plan_issue(&desk, &actor(), &form, None).unwrap();
        let counter = Counter { desk, tray, job, _folder: folder };
        let laid: Vec<Uid> = (0..blanks).map(|_| counter.blank()).collect();
        laid.iter().for_each(|uid| counter.tray.lay_beside(counter.reader(), *uid).unwrap());
        start(&counter.desk, &actor(), job).unwrap();
        (counter, laid)
    }

    fn reader(&self) -> &str {
        &self.tray.reader_names()[0]
    }

    fn blank(&self) -> Uid {
        self.tray.new_blank(Kind::Classic1k).unwrap()
    }

    fn lay(&self, uid: Uid) {
        self.tray.lay(self.reader(), uid).unwrap();
    }

    /// Waits until the page shows this.
    #[track_caller]
    fn comes_to(&self, so: impl Fn(&JobView) -> bool) -> JobView {
        let mut events = self.desk.subscribe();
        let began = std::time::Instant::now();
        loop {
            let view = job_view(&self.desk, &actor(), self.job, false).unwrap();
            if so(&view) {
                return view;
            }
            let late = began.elapsed() > Duration::from_secs(20);
            assert!(!late, "{:?} {:?} {:?}", view.phase, view.state, view.trouble);
            if events.try_recv().is_err() {
                std::thread::yield_now();
            }
        }
    }

    #[track_caller]
    fn proven(&self) -> JobView {
        self.comes_to(|view| view.state == JobState::Proven)
    }
}

fn code_of(view: &JobView) -> Option<&str> {
    view.trouble.as_ref().map(|trouble| trouble.code.as_str())
}

#[test]
fn a_wrong_card_that_was_lifted_is_no_longer_spoken_of() {
    let (counter, _) = Counter::new(0);
    let (right, wrong) = (counter.blank(), counter.blank());
    counter.tray.tear_after(counter.reader(), TearOrder { after: 60, how: Tear::FrameLost }).unwrap();
    counter.lay(right);
    counter.comes_to(|view| view.phase == Phase::WaitSameCard && code_of(view) == Some("card-removed"));
    counter.lay(wrong);
    counter.comes_to(|view| matches!(view.phase, Phase::Swapped { .. }));
    counter.tray.lift(counter.reader()).unwrap();
    let view = counter.comes_to(|view| view.phase == Phase::WaitSameCard);
    assert_eq!(code_of(&view), None, "nothing lies there that could be wrong");
    counter.lay(right);
    assert_eq!(counter.proven().uid, Some(right.to_string()));
}

#[test]
fn of_two_cards_one_is_taken_away_and_the_job_goes_on_with_the_other() {
    let (counter, laid) = Counter::new(2);
    let (right, wrong) = (laid[0], laid[1]);
    let before = counter.tray.image(wrong).unwrap();
    counter.comes_to(|view| view.phase == Phase::Stopped && view.goes_on && code_of(view) == Some("two-cards"));
    // The reader is never empty meanwhile.
    counter.tray.lay(&counter.tray.reader_names()[1], wrong).unwrap();
    assert_eq!(counter.proven().uid, Some(right.to_string()));
    assert_eq!(counter.tray.image(wrong).unwrap(), before);
}
