//! Every phase draws in both languages, and every word a page or a handler asks for stands in both catalogues.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use actix_web::cookie::Cookie;

use super::clerk::Room;
use super::enrol;
use super::parts::{Refused, parts};
use crate::desk::{
    self, After, Assets, CardSince, CheckView, Compared, Desk, JobView, NumberFate, Opening, Phase, Proof, SectorState,
    SectorUse, Session, StepState, StepView, Told,
};
use crate::plan::chip::profile::FieldContent;
use crate::plan::chip::{BackDoors, ChipKind};
use crate::plan::job::{CardKind, CardState, JobState, Step, steps};
use crate::plan::member::{LibraryKind, MemberNumber, Membership};
use crate::plan::messages::Lang;

/// A desk in a folder of its own, with an administrator who is logged in.
pub struct House {
    pub desk: Arc<Desk>,
    pub session: Session,
    value: String,
    _folder: tempfile::TempDir,
}

impl House {
    pub const PASSWORD: &str = "단추 열두 개 모으기";

    pub fn cookie(&self) -> Cookie<'static> {
        Cookie::new("issuer-8470", self.value.clone())
    }

    pub fn room(&self) -> Room {
        Room { desk: self.desk.clone(), session: self.session.clone() }
    }
}

pub fn house() -> House {
    house_with("")
}

/// With these settings.
pub fn house_with(settings: &str) -> House {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.toml");
    std::fs::write(&file, settings).unwrap();
    let settings = desk::settings(Some(&file)).unwrap();
    let assets = Assets::new(None);
    let desk = Arc::new(Desk::open(settings, assets, Opening::Make).unwrap());
    let link = desk::new_setup(&desk, None).unwrap().unwrap();
    let new = desk::set_up(&desk, &link, "성춘향", House::PASSWORD, "2", &desk::Whence::default()).unwrap();
    House { desk, session: new.session, value: new.cookie, _folder: folder }
}

const PHASES: [Phase; 14] = [
    Phase::WaitCard,
    Phase::Working,
    Phase::WaitSameCard,
    Phase::Swapped { lying: String::new() },
    Phase::Spoiled,
    Phase::FeedPrinter,
    Phase::Printing,
    Phase::PrintDoubt,
    Phase::PrinterNeeds,
    Phase::Check,
    Phase::HandedOver,
    Phase::Cancelled,
    Phase::Stopped,
    Phase::Elsewhere,
];

/// A job whose `at`-th step stands as the phase says.
fn view(phase: Phase, kind: CardKind, at: usize, trouble: Option<&str>) -> JobView {
    let trouble = trouble.map(|code| Told { code: code.to_owned(), args: Vec::new() });
    let step = |(i, step): (usize, &Step)| StepView {
        step: *step,
        s: match i.cmp(&at) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal if trouble.is_some() => StepState::Bad,
            std::cmp::Ordering::Equal => StepState::Now,
            std::cmp::Ordering::Greater => StepState::Wait,
        },
        millis: (i <= at).then_some(1234),
        progress: (i == at).then_some((9, 16)),
        note: trouble.clone().filter(|_| i == at),
    };
    let all =
        [SectorState::Empty, SectorState::Written, SectorState::Locking, SectorState::Locked, SectorState::Proven];
    let (handed, over) = (phase == Phase::HandedOver, matches!(phase, Phase::HandedOver | Phase::Cancelled));
    JobView {
        originality: None,
        job: 7,
        member: 1,
        name: "홍<b>길동".to_owned(),
        member_kind: "adult".to_owned(),
        number: MemberNumber::parse("12100300000001").unwrap(),
        kind,
        reason: "first-issue".to_owned(),
        state: JobState::Planned,
        phase,
        goes_on: false,
        steps: steps(kind).iter().enumerate().map(step).collect(),
        sectors: if kind == CardKind::Rfid { all.into_iter().cycle().take(16).collect() } else { Vec::new() },
        uses: vec![(0, SectorUse::Directory), (1, SectorUse::Field(FieldContent::Number))],
        uid: Some("047A1C5E".to_owned()),
        chip: None,
        reader: None,
        trouble,
        fate: NumberFate::Retired,
        charge: None,
        elapsed_millis: 3800,
        proof: Some(Proof { attempts: 46, refused: 46, let_through: 0, back_doors: BackDoors::Refused }),
        files: Vec::new(),
        old_card: None,
        after: over.then(|| After {
            compared: handed.then_some(Compared { chip: kind == CardKind::Rfid, scan: true }),
            day: "2026-11-26".to_owned(),
            fresh: true,
            left: false,
            card: Some(CardSince {
                state: if handed { CardState::Live } else { CardState::Returned },
                why: None,
                day: None,
            }),
            withdrawn: false,
        }),
        check: CheckView {
            chip: (kind == CardKind::Rfid).then_some(StepState::Now),
            print: StepState::Now,
            member: StepState::Wait,
            trouble: None,
        },
    }
}

/// The markup of the chip's picture.
fn picture(view: &JobView) -> String {
    let house = house();
    let drawn = parts(&house.room(), view, None, "/jobs/7").unwrap();
    drawn.into_iter().find(|(id, _)| *id == "chip").unwrap().1
}

#[test]
fn a_sector_is_named_by_what_the_profile_has_there() {
    let mut view = view(Phase::Working, CardKind::Rfid, 1, None);
    let field = |content, sector| (sector, SectorUse::Field(content));
    view.uses = vec![field(FieldContent::Number, 5), field(FieldContent::Header, 5), field(FieldContent::Seal, 6)];
    let drawn = picture(&view);
    for name in ["<span>0</span>", "<span>1</span>", "<span>5 번호</span>", "<span>6 봉인</span>", "구역"] {
        assert!(drawn.contains(name), "{name}: {drawn}");
    }
}

#[test]
fn the_last_row_of_a_chip_has_as_many_boxes_as_pages() {
    let mut view = view(Phase::Working, CardKind::Rfid, 1, None);
    view.chip = Some(ChipKind::Ntag213);
    view.sectors = vec![SectorState::Locked; 12];
    let drawn = picture(&view);
    assert!(drawn.contains("<span>28–2B</span>") && drawn.contains("<span>2C</span>"), "{drawn}");
    assert_eq!(drawn.matches("<i></i>").count(), 45);
    assert!(drawn.contains("잠긴 페이지") && !drawn.contains("구역"), "{drawn}");
}

#[test]
fn every_phase_draws_in_both_languages_without_a_missing_word() {
    let house = house();
    let refused = |phase: &str| Refused {
        code: "x".into(),
        what: "무엇".into(),
        help: "할 일".into(),
        phase: phase.into(),
        why: String::new(),
    };
    for lang in [Lang::Ko, Lang::En] {
        let mut room = house.room();
        room.session.lang = lang;
        for phase in PHASES {
            for (kind, trouble) in [
                (CardKind::Rfid, None),
                (CardKind::Rfid, Some("card-removed")),
                (CardKind::Barcode, None),
                (CardKind::Sticker, None),
            ] {
                for at in 0..steps(kind).len() {
                    let view = view(phase.clone(), kind, at, trouble);
                    let told = refused(super::parts::phase(&view));
                    let drawn = parts(&room, &view, Some(&told), "/jobs/7").unwrap();
                    for (id, html) in drawn {
                        let place = format!("{lang:?} {phase:?} {kind} {at} {id}: {html}");
                        assert!(!html.contains("web-"), "a word is missing: {place}");
                        assert!(!html.contains("<b>길동"), "a name is not escaped: {place}");
                        assert!(id == "told" || !html.is_empty(), "nothing drawn: {place}");
                    }
                }
            }
        }
    }
}

/// What the regions of a job that is over say, as one text.
fn over(phase: Phase, after: impl FnOnce(&mut After)) -> String {
    let mut view = view(phase, CardKind::Rfid, 7, None);
    if let Some(told) = &mut view.after {
        after(told);
    }
    let house = house();
    let drawn = parts(&house.room(), &view, None, "/jobs/7").unwrap();
    let shown = drawn.into_iter().filter(|(id, _)| ["say", "facts", "chip", "steps"].contains(id));
    shown.map(|(_, html)| html).collect()
}

#[test]
fn a_job_that_is_over_claims_no_check_that_nobody_made_and_hands_no_dead_card_over() {
    let card = |after: &mut After, state, why: &str| {
        after.card = Some(CardSince { state, why: Some(why.to_owned()), day: Some("2026-11-26".to_owned()) });
    };
    let give = "님께 드리세요";
    let both = over(Phase::HandedOver, |_| {});
    assert!(both.contains("칩과 바코드를 확인함") && both.contains(give), "{both}");
    let chip = over(Phase::HandedOver, |after| after.compared = Some(Compared { chip: true, scan: false }));
    assert!(chip.contains("칩은 확인함 · 바코드는 찍지 않음") && chip.contains(give), "{chip}");
    assert!(!chip.contains("tag ok") && !chip.contains("바코드가 이 회원의 것"), "{chip}");
    let old = over(Phase::HandedOver, |after| after.fresh = false);
    assert!(old.contains("회원이 쓰고 있습니다") && !old.contains(give), "{old}");
    let blocked = over(Phase::HandedOver, |after| card(after, CardState::Suspended, "lost"));
    assert!(blocked.contains("정지 · 분실 · 2026. 11. 26.") && !blocked.contains(give), "{blocked}");
    let void = over(Phase::HandedOver, |after| card(after, CardState::Void, "lost"));
    assert!(void.contains("더는 쓰지 않는") && void.contains("무효 · 분실") && !void.contains(give), "{void}");
    let gone = over(Phase::HandedOver, |after| {
        card(after, CardState::Void, "withdrawn");
        after.withdrawn = true;
    });
    assert!(gone.contains("탈퇴한 회원입니다") && !gone.contains(give) && !gone.contains("신분증"), "{gone}");
    let fresh = over(Phase::Cancelled, |_| {});
    assert!(fresh.contains("비운 카드를 치우세요") && fresh.contains("칩을 비웠습니다"), "{fresh}");
    assert!(!fresh.contains("거부했습니다"), "{fresh}");
    let old = over(Phase::Cancelled, |after| after.fresh = false);
    assert!(!old.contains("치우세요") && old.contains("비워서 돌려놓았습니다"), "{old}");
    let none = over(Phase::Cancelled, |after| after.card = None);
    assert!(none.contains("만든 카드가 없습니다") && !none.contains("치우세요"), "{none}");
    let left = over(Phase::Cancelled, |after| {
        card(after, CardState::Spoiled, "given-up");
        after.left = true;
    });
    assert!(left.contains("비운 것을 아무도 보지 못했습니다") && !left.contains("만든 카드가 없습니다"), "{left}");
}

#[test]
fn a_refusal_is_told_once_and_only_in_its_phase() {
    let house = house();
    let room = house.room();
    let told = |view: &JobView, code: &str, phase: &str| {
        let refused = Refused {
            code: code.into(),
            what: "무엇".into(),
            help: "할 일".into(),
            phase: phase.into(),
            why: String::new(),
        };
        let drawn = parts(&room, view, Some(&refused), "/jobs/7").unwrap();
        drawn.iter().filter(|(id, html)| ["told", "say"].contains(id) && html.contains("무엇")).count()
    };
    let stopped = view(Phase::Stopped, CardKind::Rfid, 1, Some("card-removed"));
    assert_eq!(told(&stopped, "job-running", "stopped"), 1);
    assert_eq!(told(&stopped, "job-running", "check"), 0, "the page went on since");
    assert_eq!(told(&stopped, "card-removed", "stopped"), 0, "the band says it already");
    assert_eq!(told(&view(Phase::Check, CardKind::Rfid, 6, None), "reader-taken", "check"), 1);
    assert_eq!(told(&view(Phase::Check, CardKind::Rfid, 6, None), "scan-mismatch", "check"), 0, "the lamps say it");
}

/// Two cards lie there: the job goes on when one is taken away, and no key has to be pressed for it.
#[test]
fn what_goes_on_by_itself_asks_for_no_enter() {
    let house = house();
    let room = house.room();
    let say = |goes_on: bool| {
        let view = JobView { goes_on, ..view(Phase::Stopped, CardKind::Rfid, 1, Some("two-cards")) };
        let drawn = parts(&room, &view, None, "/jobs/7").unwrap();
        drawn.into_iter().find(|(id, _)| *id == "say").unwrap().1
    };
    let (alone, stopped) = (say(true), say(false));
    assert!(
        alone.contains("저절로 이어집니다") && !alone.contains("id=\"resume\"") && !alone.contains("Enter"),
        "{alone}"
    );
    assert!(stopped.contains("id=\"resume\"") && !stopped.contains("저절로"), "nobody waits any more: {stopped}");
}

/// What pages and handlers ask for: whole ids, and families that end in a value.
fn asked() -> (BTreeSet<String>, BTreeSet<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut ids, mut families) = (BTreeSet::new(), BTreeSet::new());
    for folder in ["src/front/web", "src/front/web/say", "templates/pages"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() || path.ends_with("word_tests.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for (at, _) in text.match_indices("\"web-") {
                let literal = text[at + 1..].split('"').next().unwrap_or_default();
                let start = literal.split('{').next().unwrap_or_default().trim_end_matches('-');
                let family = text[..at].ends_with(".of(") || literal.contains('{');
                if family {
                    families.insert(start.to_owned())
                } else {
                    ids.insert(literal.to_owned())
                };
            }
        }
    }
    (ids, families)
}

#[test]
fn every_word_asked_for_stands_in_both_catalogues_and_none_stands_idle() {
    let house = house();
    let (ids, families) = asked();
    assert!(ids.len() > 150 && families.len() > 15, "the sources were not read");
    for lang in [Lang::Ko, Lang::En] {
        for id in &ids {
            let trouble = house.desk.messages.find(lang, &format!("err-{id}"), &[]).is_some();
            let word = house.desk.messages.find(lang, id, &[]).is_some();
            assert!(word || trouble, "{lang:?} {id}");
        }
    }
    for catalogue in
        [include_str!("../../../templates/messages/ko/web.ftl"), include_str!("../../../templates/messages/en/web.ftl")]
    {
        for id in catalogue.lines().filter_map(|line| line.split_once(" = ")).map(|(id, _)| id) {
            let code = id.trim_start_matches("err-").trim_start_matches("rec-");
            let page = id.strip_prefix("page-rec-").or(id.strip_prefix("page-err-"));
            if let Some(code) = page {
                let said = house.desk.messages.find(Lang::Ko, &format!("rec-{code}"), &[]);
                assert!(said.is_some(), "no trouble has the code of {id}");
                continue;
            }
            let used = ids.contains(id)
                || ids.contains(code)
                || families.iter().any(|family| id.starts_with(&format!("{family}-")));
            assert!(used, "nobody says {id}");
        }
    }
}

/// What the log calls an act or a look is read by people in the member's history.
#[test]
fn every_purpose_that_is_logged_has_its_word() {
    let house = house();
    let mut families = BTreeSet::new();
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/desk")).unwrap() {
        let path = file.unwrap().path();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (start, family) in [
            ("\"look\", \"", "web-history-at"),
            ("\"list\", \"", "web-history-at"),
            ("\"change\", \"", "web-history"),
            (".purpose(\"", "web-history"),
        ] {
            let purposes = text.split(start).skip(1).filter_map(|rest| rest.split(['"', ',']).next());
            // The history's own family names, and the other kinds of entry, stand beside the same words.
            let purposes =
                purposes.filter(|purpose| !purpose.starts_with("web-") && !["list", "change"].contains(purpose));
            families.extend(purposes.map(|purpose| format!("{family}-{purpose}")));
        }
    }
    // Chosen on the spot.
    for (family, purposes) in [
        ("web-history-at", &["find", "day", "jobs"][..]),
        ("web-history", &["card-suspend", "card-release", "card-return", "card-blank", "pay-fee", "waive-fee"]),
    ] {
        families.extend(purposes.iter().map(|purpose| format!("{family}-{purpose}")));
    }
    // Of no member, or of a desk that is gone.
    let nobody_s = ["web-history-key-rotate", "web-history-begin-anew"];
    assert!(families.len() > 20, "the sources were not read: {families:?}");
    for id in families.iter().filter(|id| !nobody_s.contains(&id.as_str())) {
        for lang in [Lang::Ko, Lang::En] {
            assert!(house.desk.messages.find(lang, id, &[]).is_some(), "{lang:?} {id}");
        }
    }
}

#[test]
fn every_value_of_a_family_has_its_word() {
    let house = house();
    let words = |values: &[&str]| values.iter().map(|value| value.to_string()).collect::<Vec<_>>();
    let tray = desk::tray(&house.desk).unwrap().unwrap();
    let families = [
        ("web-kind", words(&enrol::KINDS)),
        ("web-kind-hint", words(&enrol::KINDS)),
        ("web-identity", words(&enrol::IDENTITIES)),
        ("web-card", CardKind::ALL.iter().map(|kind| kind.to_string()).collect()),
        ("web-card-state", CardState::ALL.iter().map(|state| state.to_string()).collect()),
        ("web-job-state", JobState::ALL.iter().map(|state| state.to_string()).collect()),
        ("web-step", Step::ALL.iter().map(|step| step.to_string()).collect()),
        ("web-say-working", Step::ALL.iter().map(|step| step.to_string()).collect()),
        ("web-membership", Membership::ALL.iter().map(|one| one.to_string()).collect()),
        ("web-consent-national-when", Membership::ALL.iter().map(|one| one.to_string()).collect()),
        ("web-consent-national-text", Membership::ALL.iter().map(|one| one.to_string()).collect()),
        ("web-library", LibraryKind::ALL.iter().map(|kind| kind.to_string()).collect()),
        ("web-blank", words(&tray.kinds)),
        ("web-chip", words(&tray.kinds)),
        ("web-media", words(&["ok", "media-empty", "media-jam", "ribbon-out"])),
        ("web-reader", words(&["empty", "card", "ready", "taken", "gone", "stuck"])),
        ("web-printer", words(&["ready", "media-empty", "media-jam", "ribbon-out", "unwritable", "full", "gone"])),
    ];
    for lang in [Lang::Ko, Lang::En] {
        for (family, values) in &families {
            for value in values {
                assert!(
                    house.desk.messages.find(lang, &format!("{family}-{value}"), &[]).is_some(),
                    "{lang:?} {family}-{value}"
                );
            }
        }
    }
    assert!(!crate::desk::DESKS.is_empty());
}
