//! A library of 100,000 members with their numbers, jobs, cards and log entries, written through the store in one commit.
//! Names are put together from the commonest surnames and syllables; no member is a person. Start at [`fill`].

use std::path::Path;

use issuer::back::store::access::{self, Entry, Moment};
use issuer::back::store::cards::{self, Card};
use issuer::back::store::jobs::{self, NewJob};
use issuer::back::store::members::{self, Member};
use issuer::back::store::numbers::{self, Origin};
use issuer::back::store::{Store, Tx};
use issuer::plan::job::{CardKind, CardState, JobState, NumberState, steps};
use issuer::plan::member::{LibraryCode, MemberNumber, hangul};
use issuer::plan::messages::Trouble;

/// 2024-01-01T00:00:00Z, and a minute for each member after it.
const BEGAN: i64 = 1_704_067_200_000;
/// So many of the members enrolled last have no card yet.
const WITHOUT_CARD: u32 = 100;
/// How often each kind of question is asked.
const ASKED: usize = 100;

/// What can be asked of it.
pub struct Crowd {
    pub names: Vec<String>,
    pub births: Vec<String>,
    pub numbers: Vec<String>,
    pub without_card: Vec<i64>,
}

impl Crowd {
    /// Kinds of question and [`ASKED`] texts of each.
    pub fn questions(&self) -> Vec<(&'static str, Vec<String>)> {
        let step = self.names.len() / ASKED;
        let names = || self.names.iter().step_by(step).take(ASKED);
        let given = |name: &String| name.chars().skip(1).collect::<String>();
        vec![
            ("number", self.numbers.iter().step_by(step).take(ASKED).cloned().collect()),
            ("name", names().cloned().collect()),
            ("given name", names().map(given).collect()),
            ("초성, three", names().map(|name| hangul::initials(name)).collect()),
            ("초성, two", names().map(|name| hangul::initials(&given(name))).collect()),
            ("birth date", self.births.iter().step_by(step).take(ASKED).cloned().collect()),
            ("a name not there", names().map(|name| format!("{name}뷁")).collect()),
        ]
    }
}

/// Writes the members into a database that `init` has made.
pub fn fill(database: &Path, members: u32) -> Crowd {
    let store = Store::open(database).expect("the database");
    let library = LibraryCode::parse("121003").expect("a library code");
    let mut crowd = Crowd { names: Vec::new(), births: Vec::new(), numbers: Vec::new(), without_card: Vec::new() };
    let written = store.change(|tx| {
        for at in 0..members {
            let id = member(tx, at, &mut crowd)?;
            if at + WITHOUT_CARD < members {
                let number = MemberNumber::new(library, at + 1)?;
                card(tx, id, number, at)?;
                crowd.numbers.push(number.to_string());
            } else {
                crowd.without_card.push(id);
            }
        }
        let when = Moment { time: BEGAN, day: "2024-01-01".to_owned(), hour: 9 };
        access::append(tx, &enrolled(&when), (1..=i64::from(members)).map(Some))
    });
    written.expect("the members");
    crowd
}

/// 김 is one in five as in the country; the rest falls off.
fn name(at: u32) -> String {
    let surnames: Vec<char> = "김김김김김이이이박박최정정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국".chars().collect();
    let syllables: Vec<char> =
        "민서준지우하윤도은현수영진호정미경성재희혜인유연주태동상승원선나예채아가온별시후건율린솔다해찬빈규석철"
            .chars()
            .collect();
    // A full-period generator: neighbours in the list are no neighbours in the alphabet.
    let mixed = u64::from(at).wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407) >> 17;
    let pick = |from: &[char], by: u64| from[(by % from.len() as u64) as usize];
    [pick(&surnames, mixed), pick(&syllables, mixed >> 9), pick(&syllables, mixed >> 21)].iter().collect()
}

fn member(tx: &Tx, at: u32, crowd: &mut Crowd) -> Result<i64, Trouble> {
    let name = name(at);
    let birth = format!("{}-{:02}-{:02}", 1940 + at % 77, 1 + at / 77 % 12, 1 + at / 924 % 28);
    let initials = hangul::initials(&name);
    crowd.names.push(name.clone());
    crowd.births.push(birth.clone());
    let member = Member {
        id: 0,
        kind: "adult".to_owned(),
        national: true,
        identity: "resident-card".to_owned(),
        identity_on: None,
        guardian_identity: None,
        condition: None,
        origin: "enrolled".to_owned(),
        reconciled: None,
        own_ended: None,
        own_card: false,
        consent_at: time(at),
        own_number: None,
        number: None,
        state: "active".to_owned(),
        created: time(at),
        created_by: "os:bench".to_owned(),
        name,
        birth,
        phone: Some(format!("010{at:08}")),
        guardian: None,
    };
    members::insert(tx, &member, &initials)
}

/// The number, and the card that was handed over under it.
fn card(tx: &Tx, member: i64, number: MemberNumber, at: u32) -> Result<(), Trouble> {
    numbers::insert(tx, number, Origin::Range, NumberState::Live, member, time(at))?;
    members::set_number(tx, member, number)?;
    let new = NewJob {
        member,
        kind: CardKind::Rfid,
        reason: "first-issue",
        number,
        reserved: true,
        replaces: None,
        old_number: None,
        step: steps(CardKind::Rfid)[0],
        reader: None,
        printer: None,
        created: time(at),
        created_by: "os:bench",
    };
    let mut job = jobs::get(tx, jobs::insert(tx, &new)?)?;
    let card = Card {
        id: 0,
        member,
        job: job.id,
        kind: CardKind::Rfid,
        number,
        state: CardState::Live,
        sequence: 1,
        replaces: None,
        uid: Some(format!("{at:08X}")),
        chip: Some("classic-1k".to_owned()),
        profile: Some("ieum".to_owned()),
        protection: Some("keyed".to_owned()),
        key_version: Some(1),
        originality: None,
        target: Some(vec![7; 32]),
        issued_on: "2024-01-01".to_owned(),
        created: time(at),
        live_at: Some(time(at)),
        ended_at: None,
        ended_why: None,
        suspended: None,
        lot: None,
    };
    job.card = Some(cards::insert(tx, &card)?);
    job.state = JobState::HandedOver;
    jobs::update(tx, &job)?;
    jobs::mark(tx, job.id, time(at), "hand-over", &serde_json::Value::Null)
}

fn enrolled(when: &Moment) -> Entry<'_> {
    Entry {
        when,
        staff: "os:bench",
        role: "administrator",
        desk: "",
        origin: "command-line",
        what: "change",
        purpose: "enrol",
    }
}

fn time(at: u32) -> i64 {
    BEGAN + i64::from(at) * 60_000
}
