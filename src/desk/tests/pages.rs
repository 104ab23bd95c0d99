//! What the issue page is told in every state of a job, and what lies on the desk.

use super::*;
use crate::back::locks;
use crate::back::store::jobs as stored;
use crate::plan::job::{JobState, Step};

/// Puts a job into a state as a run would have left it, and gives its phase.
fn phase(desk: &Desk, job: i64, state: JobState, stood: Option<JobState>, trouble: Option<&'static str>) -> Phase {
    desk.store
        .change(|tx| {
            let mut job = stored::get(tx, job)?;
            (job.state, job.failed_from) = (state, stood);
            job.trouble = trouble.map(|code| Told::from(&Trouble::new(code)));
            stored::update(tx, &job)
        })
        .unwrap();
    job_view(desk, &actor(), job, false).unwrap().phase
}

#[test]
fn every_state_has_its_phase() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let job = desk.issue(member, CardKind::Rfid).unwrap();
    use JobState::*;
    for (state, stood, trouble, wanted) in [
        (Planned, None, None, Phase::Stopped),
        (Planned, None, Some("card-timeout"), Phase::Stopped),
        (Planned, None, Some("chip-spoiled"), Phase::Spoiled),
        (Failed, Some(Encoding), Some("card-removed"), Phase::Stopped),
        (Failed, Some(Locked), Some("chip-lets-write"), Phase::Spoiled),
        (Proven, None, None, Phase::FeedPrinter),
        (Failed, Some(Printing), Some("printer-media-empty"), Phase::PrinterNeeds),
        (Failed, Some(Proven), Some("printer-media-jam"), Phase::PrinterNeeds),
        (Failed, Some(Proven), Some("printer-ribbon-out"), Phase::PrinterNeeds),
        (PrintInDoubt, None, None, Phase::PrintDoubt),
        (Ready, None, None, Phase::Check),
        (HandedOver, None, None, Phase::HandedOver),
        (Cancelled, None, None, Phase::Cancelled),
    ] {
        assert_eq!(phase(&desk, job, state, stood, trouble), wanted, "{state} {stood:?} {trouble:?}");
    }
    let _running = locks::take(&desk.locks, &format!("job-{job}")).unwrap().unwrap();
    assert_eq!(phase(&desk, job, Encoding, None, None), Phase::Elsewhere);
    assert_eq!(phase(&desk, job, HandedOver, None, None), Phase::HandedOver);
}

#[test]
fn a_job_without_a_chip_has_three_steps_and_no_sectors() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    let view = job_view(&desk, &actor(), job, true).unwrap();
    assert_eq!(view.phase, Phase::FeedPrinter);
    assert_eq!(view.steps.iter().map(|step| step.step).collect::<Vec<_>>(), [Step::Print, Step::Check, Step::HandOver]);
    assert_eq!(
        view.steps.iter().map(|step| step.s).collect::<Vec<_>>(),
        [StepState::Now, StepState::Wait, StepState::Wait]
    );
    assert!(view.sectors.is_empty());
    assert_eq!(view.name, "홍길동");
}

#[test]
fn the_desk_lists_open_work_masked_and_what_was_done_today() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    let open = today(&desk, &actor()).unwrap();
    assert_eq!((open.open.len(), open.open[0].job, open.open[0].name.as_str(), open.issued), (1, job, "홍*동", 0));
    phase(&desk, job, JobState::HandedOver, None, None);
    let done = today(&desk, &actor()).unwrap();
    assert_eq!((done.open.len(), done.recent[0].name.as_str(), done.issued), (0, "홍*동", 1));
}
