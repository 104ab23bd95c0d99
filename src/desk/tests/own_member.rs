//! Nobody serves themselves: every act on the member that is joined to the account that acts is refused, looking is not, and the
//! command line has no self. Start at [`ACTS`].

use super::*;
use crate::back::store::staff;
use crate::desk::secret::hashed;
use crate::plan::fees::{PayBy, Reason, Settlement};
use crate::plan::messages::Lang;

const PASSWORD: &str = "낙동강 하구 1003";

/// 심청, an administrator at desk 1, and 홍길동, who is a member.
struct Stage {
    room: Room,
    session: Session,
    member: i64,
}

type Work = fn(&Stage) -> Result<(), Trouble>;

/// What is done, what must be there before it, and the act.
const ACTS: &[(&str, Work, Work)] = &[
    ("evidence", nothing, |stage| note_evidence(&stage.room, &stage.session, stage.member, Evidence::Document)),
    ("evidence that is needed", seen, |stage| evidence_needed(&stage.room, &stage.session, stage.member).map(drop)),
    ("issue", nothing, |stage| {
        let form = IssueForm {
            member: stage.member,
            evidence: Evidence::Document,
            kind: CardKind::Barcode,
            reader: None,
            printer: None,
        };
        plan_issue(&stage.room, stage.by(), &form, None).map(drop)
    }),
    ("reissue", handed_over, |stage| {
        let form = ReissueForm {
            whom: Whom::Member(stage.member),
            card: None,
            evidence: Evidence::Document,
            reason: Reason::Damaged,
            kind: None,
            settlement: Settlement::Later,
            exempt: crate::plan::fees::SaidExempt::No,
            anyway: false,
            told: true,
            reader: None,
            printer: None,
        };
        plan_reissue(&stage.room, stage.by(), &form, None).map(drop)
    }),
    ("the own card", own_number, |stage| with_own_card(&stage.room, stage.by(), stage.member)),
    ("convert", own_number, |stage| {
        let form = ConvertForm {
            card: IssueForm {
                member: stage.member,
                evidence: Evidence::Document,
                kind: CardKind::Barcode,
                reader: None,
                printer: None,
            },
            consent: Some("national".into()),
            consent_way: Some("at-desk".into()),
            consent_on: None,
            told: true,
            settlement: Settlement::Later,
            lang: Lang::Ko,
        };
        plan_convert(&stage.room, stage.by(), &form, None).map(drop)
    }),
    ("edit", nothing, |stage| {
        let form = EditForm { phone: Some("010-1234-5678".into()), ..EditForm::default() };
        edit(&stage.room, stage.by(), stage.member, Evidence::Document, &form, None).map(drop)
    }),
    ("block", handed_over, |stage| stage.block(BlockAct::Suspend("other".into()))),
    ("release", blocked, |stage| stage.block(BlockAct::Release)),
    ("return", handed_over, |stage| stage.block(BlockAct::Return)),
    ("pay", planned, |stage| {
        pay_fee(&stage.room, stage.by(), Evidence::Document, stage.charge(), PayBy::Cash, None).map(drop)
    }),
    ("waive", planned, |stage| {
        waive_fee(&stage.room, stage.by(), Evidence::Document, stage.charge(), "사정", None).map(drop)
    }),
    ("leave unpaid", planned, |stage| leave_unpaid(&stage.room, stage.by(), stage.job(), "내일 냄")),
    ("print", planned, |stage| print_on_page(&stage.room, stage.by(), stage.job()).map(drop)),
    ("settle a print", printed, |stage| settle_print(&stage.room, stage.by(), stage.job(), PrintFate::Out)),
    ("cancel", planned, |stage| cancel(&stage.room, stage.by(), stage.job(), Feed::ByHand).map(drop)),
    ("hand over", paid, |stage| {
        hand_over(&stage.room, stage.by(), stage.job(), None, None, Feed::ByHand, None).map(drop)
    }),
    ("hand over unpaid", printed, |stage| {
        hand_over(&stage.room, stage.by(), stage.job(), None, None, Feed::ByHand, Some("내일 냄")).map(drop)
    }),
    ("check", paid, |stage| {
        let number = show_job(&stage.room, &actor(), stage.job())?.number.to_string();
        check_and_hand_over(&stage.room, stage.by(), stage.job(), Some(&number))
    }),
    ("withdraw", nothing, |stage| {
        withdraw(&stage.room, stage.by(), stage.member, Evidence::Document, None, None).map(drop)
    }),
];

fn nothing(_: &Stage) -> Result<(), Trouble> {
    Ok(())
}

/// Before the account was joined.
fn seen(stage: &Stage) -> Result<(), Trouble> {
    note_evidence(&stage.room, &stage.session, stage.member, Evidence::Document)
}

fn planned(stage: &Stage) -> Result<(), Trouble> {
    stage.room.issue(stage.member, CardKind::Barcode).map(drop)
}

fn printed(stage: &Stage) -> Result<(), Trouble> {
    planned(stage)?;
    print_on_page(&stage.room, &actor(), stage.job()).map(drop)
}

fn paid(stage: &Stage) -> Result<(), Trouble> {
    printed(stage)?;
    pay_fee(&stage.room, &actor(), Evidence::Document, stage.charge(), PayBy::Cash, None).map(drop)
}

fn handed_over(stage: &Stage) -> Result<(), Trouble> {
    paid(stage)?;
    hand_over(&stage.room, &actor(), stage.job(), None, None, Feed::ByHand, None).map(drop)
}

fn blocked(stage: &Stage) -> Result<(), Trouble> {
    handed_over(stage)?;
    let act = BlockAct::Suspend("other".into());
    block_card(&stage.room, &actor(), Evidence::Document, &stage.card()?, &act, None).map(drop)
}

/// They have the library's own number, and could have a card of 책이음.
fn own_number(stage: &Stage) -> Result<(), Trouble> {
    stage.sql("UPDATE members SET own_number = '20240001', national = 0");
    Ok(())
}

impl Stage {
    fn new() -> Stage {
        let room =
            Room::new(&[("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "2000"), ("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
        let secret = hashed(PASSWORD.as_bytes()).unwrap();
        room.store.change(|tx| staff::insert(tx, "심청", "administrator", &secret, 0)).unwrap();
        let member = room.enrol(|_| {}).unwrap().member;
        let session = log_in(&room, "심청", PASSWORD, "1", &Whence::default()).unwrap().session;
        Stage { room, session, member }
    }

    fn by(&self) -> &Actor {
        &self.session.actor
    }

    fn sql(&self, sql: &str) {
        self.room.store.change(|tx| Ok(tx.execute_batch(sql)?)).unwrap();
    }

    fn count(&self, sql: &str) -> i64 {
        self.room.store.look(|tx| Ok(tx.query_row(sql, [], |row| row.get(0))?)).unwrap()
    }

    fn job(&self) -> i64 {
        self.count("SELECT max(id) FROM jobs")
    }

    fn charge(&self) -> i64 {
        self.count("SELECT max(id) FROM charges")
    }

    fn card(&self) -> Result<Which, Trouble> {
        Ok(Which::Of(self.member, self.count("SELECT max(id) FROM cards")))
    }

    fn block(&self, act: BlockAct) -> Result<(), Trouble> {
        block_card(&self.room, self.by(), Evidence::Document, &self.card()?, &act, None).map(drop)
    }
}

#[test]
fn no_act_on_ones_own_membership_is_done_and_the_same_of_anybody_else_is() {
    for (what, before, act) in ACTS {
        let stage = Stage::new();
        before(&stage).unwrap_or_else(|trouble| panic!("before {what}: {trouble:?}"));
        stage.sql("UPDATE staff SET member = 1");
        assert_eq!(stage.member, 1);
        let changes = "SELECT count(*) FROM access_entries WHERE what = 'change' OR purpose LIKE 'identify%'";
        let had = stage.count(changes);
        assert_eq!(code(act(&stage)), "own-member", "{what}");
        assert_eq!(stage.count(changes), had, "{what} was logged as done");
        // Somebody else's membership is joined, or none.
        stage.sql("UPDATE staff SET member = NULL");
        let done = act(&stage);
        assert!(done.is_ok(), "{what}: {done:?}");
    }
}

#[test]
fn ones_own_page_is_looked_at_and_the_look_is_logged() {
    let stage = Stage::new();
    stage.sql("UPDATE staff SET member = 1");
    show_member(&stage.room, stage.by(), stage.member).unwrap();
    assert_eq!(evidence_of(&stage.room, &stage.session, stage.member).unwrap(), None);
    let looks = format!("SELECT count(*) FROM access_entries WHERE staff = '{}' AND member = 1", stage.by().id());
    assert_eq!(stage.count(&looks), 1);
}
