//! The made-up members of a practice desk: nobody's names, nobody's numbers. They go the way of every member, through the
//! desk's own use cases, so that their cards are cards. Start at [`make`].

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::back::encoder::Feed;
use crate::back::encoder::simulated::Hands;
use crate::back::store::cards::{self, Suspended};
use crate::back::store::jobs;
use crate::desk::journal::move_card;
use crate::desk::{
    Actor, Desk, EnrolForm, Evidence, IssueForm, Until, Waiting, devices, enrol, hand_over, plan_issue, run,
};
use crate::plan::chip::Uid;
use crate::plan::fees::Reason;
use crate::plan::job::{CardEvent, CardKind};
use crate::plan::member::Membership;
use crate::plan::messages::Trouble;

/// How a made-up member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sample {
    /// Has a card with a chip in use.
    Live,
    /// Has a card with a bar code alone.
    Barcode,
    /// Lost the card; it is blocked.
    Suspended,
    /// Something else was written on the card.
    Overwritten,
    /// Has the library's own card. Where every card is a 책이음 card: has none yet.
    OwnCard,
    /// Is enrolled and has no card.
    NoCard,
    /// A card was begun and not finished.
    Unfinished,
}

impl Sample {
    const ALL: [Sample; 7] = [
        Sample::Live,
        Sample::Barcode,
        Sample::Suspended,
        Sample::Overwritten,
        Sample::OwnCard,
        Sample::NoCard,
        Sample::Unfinished,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Sample::Live => "live",
            Sample::Barcode => "barcode",
            Sample::Suspended => "suspended",
            Sample::Overwritten => "overwritten",
            Sample::OwnCard => "own-card",
            Sample::NoCard => "no-card",
            Sample::Unfinished => "unfinished",
        }
    }
}

/// What the page of practice says of the members of one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleLine {
    /// Name of a [`Sample`].
    pub state: &'static str,
    pub names: Vec<&'static str>,
}

/// Name, age, and how they stand. Under 14 with a guardian.
const PEOPLE: [(&str, i16, Sample); 20] = [
    ("김가온", 38, Sample::Live),
    ("이나래", 27, Sample::Live),
    ("박다솜", 15, Sample::Live),
    ("최라온", 9, Sample::Live),
    ("정마루", 52, Sample::Live),
    ("강바다", 67, Sample::Live),
    ("조사랑", 41, Sample::Barcode),
    ("윤아람", 33, Sample::Barcode),
    ("장자람", 12, Sample::Barcode),
    ("임차오름", 29, Sample::Suspended),
    ("한큰솔", 46, Sample::Suspended),
    ("오타래", 24, Sample::Overwritten),
    ("서푸름", 16, Sample::Overwritten),
    ("신하늘", 35, Sample::OwnCard),
    ("권한결", 58, Sample::OwnCard),
    ("황슬기", 8, Sample::OwnCard),
    ("안새벽", 31, Sample::NoCard),
    ("송여울", 22, Sample::NoCard),
    ("류온유", 44, Sample::Unfinished),
    ("홍이슬", 19, Sample::Unfinished),
];

/// As the page lists them, state by state.
pub fn lines(membership: Membership) -> Vec<SampleLine> {
    let of = |state: Sample| {
        let names: Vec<_> =
            PEOPLE.iter().filter(|(.., person)| stands(*person, membership) == state).map(|(name, ..)| *name).collect();
        SampleLine { state: state.as_str(), names }
    };
    Sample::ALL.iter().map(|state| of(*state)).filter(|line| !line.names.is_empty()).collect()
}

/// Where every card is a 책이음 card nobody has another one.
fn stands(sample: Sample, membership: Membership) -> Sample {
    match (sample, membership) {
        (Sample::OwnCard, Membership::Integrated) => Sample::NoCard,
        _ => sample,
    }
}

/// Makes them all. A trouble ends it: half of them would be taken for all.
pub fn make(desk: &Desk, stop: &AtomicBool) -> Result<(), Trouble> {
    let by = Actor::command_line("training");
    for (at, (name, age, sample)) in PEOPLE.iter().enumerate() {
        let sample = stands(*sample, desk.settings.library.membership);
        let member = enrol(desk, &by, &form(desk, at, name, *age, sample), None)?.member;
        let kind = match sample {
            Sample::OwnCard | Sample::NoCard => continue,
            Sample::Barcode => CardKind::Barcode,
            _ => CardKind::Rfid,
        };
        let wanted = IssueForm { member, evidence: Evidence::Document, kind, reader: None, printer: None };
        let job = plan_issue(desk, &by, &wanted, None)?;
        if sample == Sample::Unfinished {
            continue;
        }
        let waiting = Waiting { feed: Feed::Dispense, longest: Duration::from_secs(5), stop };
        run(desk, &by, job, Until::Printed, &waiting)?;
        let number = desk.store.look(|tx| jobs::get(tx, job))?.number.to_string();
        hand_over(desk, &by, job, Some(&number), None, Feed::Dispense, None)?;
        afterwards(desk, &by, job, sample)?;
    }
    devices::simulation(desk)?.act(&Hands::Lift)
}

fn form(desk: &Desk, at: usize, name: &str, age: i16, sample: Sample) -> EnrolForm {
    let birth = format!("{:04}-{:02}-{:02}", desk.today().year() - age - 1, at % 12 + 1, at + 5);
    let child = age < 14;
    EnrolForm {
        name: name.to_owned(),
        birth,
        // No such numbers are given to anybody.
        phone: Some(format!("0100000{:04}", at + 1)),
        identity: Some(if age < 19 { "student-card" } else { "resident-card" }.to_owned()),
        condition: desk.settings.library.conditions.first().map(|condition| condition.as_str().to_owned()),
        consent: Some(if sample == Sample::OwnCard { "local" } else { "local,national" }.to_owned()),
        guardian: child.then(|| "김보람".to_owned()),
        guardian_identity: child.then(|| "resident-card".to_owned()),
        own_number: (sample == Sample::OwnCard).then(|| format!("PRACTICE-{:02}", at + 1)),
        ..EnrolForm::default()
    }
}

/// What happened to the card since it was handed over.
fn afterwards(desk: &Desk, by: &Actor, job: i64, sample: Sample) -> Result<(), Trouble> {
    let card =
        desk.store.look(|tx| jobs::get(tx, job))?.card.ok_or_else(|| Trouble::new("card-unknown").with("card", "–"))?;
    match sample {
        Sample::Suspended => desk.store.change(|tx| {
            move_card(desk, tx, card, CardEvent::Suspend, None)?;
            let mut card = cards::get(tx, card)?;
            let (why, at) = (Reason::Lost.as_str().to_owned(), desk.now().as_millisecond());
            card.suspended = Some(Suspended { why, at, by: by.id() });
            cards::update(tx, &card)
        }),
        Sample::Overwritten => {
            let uid = desk.store.look(|tx| cards::get(tx, card))?.uid;
            devices::simulation(desk)?.overwrite(&Uid::parse(uid.as_deref().unwrap_or_default())?)
        }
        _ => Ok(()),
    }
}
