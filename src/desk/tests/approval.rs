//! The signature of a second person: what it is for, who may give it, how long it holds, and that it is used once.

use super::*;
use crate::back::store::{charges, staff};
use crate::desk::approval::{Subject, allowed};
use crate::desk::secret::hashed;
use crate::plan::fees::{ChargeState, Reason, Settlement};

const PASSWORD: &str = "낙동강 하구 1003";
const WHY: &str = "도서관 사정";
const MINUTE: i64 = 60_000;

/// A clerk at desk 1 who asks, and others who might sign; 홍길동 with an unpaid first card.
pub(super) struct House {
    pub room: Room,
    pub clerk: Session,
    pub member: i64,
    pub job: i64,
    pub charge: i64,
}

impl House {
    pub(super) fn new() -> House {
        let fees = ["FIRST_ISSUE", "LOST", "CONVERSION"].map(|fee| format!("ISSUER__FEES__{fee}__AMOUNT"));
        let room = Room::new(&fees.each_ref().map(|fee| (fee.as_str(), "2000")));
        for (name, role) in
            [("이몽룡", Role::Clerk), ("방자", Role::Clerk), ("변학도", Role::Manager), ("성춘향", Role::Administrator)]
        {
            let secret = hashed(PASSWORD.as_bytes()).unwrap();
            room.store.change(|tx| staff::insert(tx, name, role.as_str(), &secret, 0)).unwrap();
        }
        room.store.change(crate::back::store::rights_held::stand).unwrap();
        let member = room.enrol(|_| {}).unwrap().member;
        let job = room.issue(member, CardKind::Barcode).unwrap();
        let charge = fees_of(&room, &actor(), member).unwrap()[0].charge;
        let clerk = log_in(&room, "이몽룡", PASSWORD, "1", &Whence::default()).unwrap().session;
        House { room, clerk, member, job, charge }
    }

    pub(super) fn session(&self, name: &str) -> Session {
        log_in(&self.room, name, PASSWORD, "2", &Whence::default()).unwrap().session
    }

    pub(super) fn id(&self, name: &str) -> String {
        format!("staff:{}", self.room.store.look(|tx| staff::by_name(tx, name)).unwrap().unwrap().id)
    }

    fn waive(&self, key: Option<&str>) -> Result<ChargeReport, Trouble> {
        waive_fee(&self.room, &self.clerk.actor, Evidence::Word, self.charge, WHY, key)
    }

    /// What the act is refused for is written down.
    fn ask(&self) -> String {
        ask_approval(&self.room, &self.clerk, &self.waive(None).unwrap_err()).unwrap()
    }

    /// What the dialogue shows.
    fn shown(&self, id: &str) -> Option<Asked> {
        show_approval(&self.room, &self.clerk, id).unwrap()
    }

    pub(super) fn sign(&self, id: &str, name: &str) -> Result<(), Trouble> {
        sign_approval(&self.room, &self.clerk, id, name, PASSWORD, &Whence::default())
    }

    pub(super) fn sql(&self, sql: &str) {
        self.room.store.change(|tx| Ok(tx.execute_batch(sql)?)).unwrap();
    }

    pub(super) fn count(&self, sql: &str) -> i64 {
        self.room.store.look(|tx| Ok(tx.query_row(sql, [], |row| row.get(0))?)).unwrap()
    }

    pub(super) fn charge(&self) -> charges::Charge {
        self.room.store.look(|tx| charges::get(tx, self.charge)).unwrap()
    }
}

#[test]
fn a_clerk_waives_with_a_managers_signature_once() {
    let house = House::new();
    let needed = house.waive(Some("k")).unwrap_err();
    assert_eq!(needed.code, "approval-needed");
    assert_eq!(house.charge().state, ChargeState::Unpaid);
    let id = ask_approval(&house.room, &house.clerk, &needed).unwrap();
    let asked = house.shown(&id).unwrap();
    assert_eq!(
        (asked.act, asked.amount, asked.job, asked.charge),
        (Act::WaiveFee, Some(2000), Some(house.job), Some(house.charge))
    );
    assert_eq!(
        (asked.name.as_str(), asked.reason.as_deref(), asked.why.as_deref()),
        ("홍*동", Some("first-issue"), Some(WHY))
    );
    // Asked again it is the same, and unsigned it lets nothing through.
    assert_eq!(ask_approval(&house.room, &house.clerk, &needed).unwrap(), asked.id);
    assert_eq!(code(house.waive(Some("k"))), "approval-needed");
    house.sign(&asked.id, "변학도").unwrap();
    assert!(house.shown(&id).is_none(), "it is signed");
    // A second press signs nothing again.
    house.sign(&asked.id, "nobody").unwrap();
    let done = house.waive(Some("k")).unwrap();
    assert_eq!((done.state, done.allowed_by), (ChargeState::Waived, Some(house.id("변학도"))));
    assert_eq!(house.charge().settled_by, Some(house.id("이몽룡")), "the one who asked did it");
    assert_eq!(
        house.waive(Some("k")).unwrap().allowed_by,
        Some(house.id("변학도")),
        "the same press is answered the same"
    );
    assert_eq!(house.count("SELECT count(*) FROM approvals WHERE used IS NOT NULL"), 1);
    // The charge as it was: the signature is gone.
    house.sql("UPDATE charges SET state = 'unpaid'");
    assert_eq!(code(house.waive(None)), "approval-needed");
    let log = "SELECT count(*) FROM access_entries WHERE what = 'approve'";
    assert_eq!(house.count(log), 1);
    let by = format!(
        "{log} AND staff = '{}' AND role = 'manager' AND purpose = 'waive-fee, job {}' AND member = {}",
        house.id("변학도"),
        house.job,
        house.member
    );
    assert_eq!(house.count(&by), 1);
    let sessions = format!("SELECT count(*) FROM sessions WHERE staff <> {}", &house.id("이몽룡")[6..]);
    assert_eq!(house.count(&sessions), 0, "a signature is no session");
    let (rows, _) = recent_history(&house.room, &actor(), house.member).unwrap();
    assert!(
        rows.iter()
            .any(|row| (row.act.as_str(), row.detail.as_str(), row.by.as_str()) == ("approve", "waive-fee", "변학도"))
    );
}

#[test]
fn who_may_not_sign_is_told_why_and_nothing_is_signed() {
    let house = House::new();
    let id = house.ask();
    for (name, refused) in
        [("이몽룡", "approval-self"), ("방자", "approval-role"), ("월매", "log-in-refused"), ("", "log-in-refused")]
    {
        assert_eq!(code(house.sign(&id, name)), refused, "{name}");
    }
    let wrong = sign_approval(&house.room, &house.clerk, &id, "변학도", "아무 말이나", &Whence::default());
    assert_eq!(code(wrong), "log-in-refused");
    let now = house.room.now().as_millisecond();
    for (change, refused) in [
        ("state = 'locked'".to_owned(), "log-in-refused"),
        (format!("reset_at = {}", now - 23 * 60 * MINUTE), "approval-reset"),
        (format!("reset_at = {}", now + 60 * MINUTE), "approval-reset"),
        (format!("reset_at = {}", now - 25 * 60 * MINUTE), "done"),
        (format!("member = {}", house.member), "approval-self"),
    ] {
        house.sql(
            "UPDATE staff SET state = 'active', reset_at = NULL, member = NULL; UPDATE approvals SET signed = NULL, allowed_by = NULL",
        );
        house.sql(&format!("UPDATE staff SET {change} WHERE name = '변학도'"));
        assert_eq!(code(house.sign(&id, "변학도")), refused, "{change}");
        let signed = house.count("SELECT count(*) FROM approvals WHERE signed IS NOT NULL");
        assert_eq!(signed, i64::from(refused == "done"), "{change}");
    }
}

#[test]
fn an_approval_of_another_session_or_too_late_is_not_signed() {
    let house = House::new();
    let id = house.ask();
    for other in ["방자", "이몽룡"] {
        let session = house.session(other);
        let signed = sign_approval(&house.room, &session, &id, "변학도", PASSWORD, &Whence::default());
        assert_eq!(code(signed), "approval-gone", "{other}");
        assert!(show_approval(&house.room, &session, &id).unwrap().is_none(), "{other}");
    }
    assert_eq!(code(house.sign("0000", "변학도")), "approval-gone");
    let now = house.room.now().as_millisecond();
    for asked in [now - 11 * MINUTE, now + MINUTE] {
        house.sql(&format!("UPDATE approvals SET asked = {asked}, until = {asked} + 600000"));
        assert!(house.shown(&id).is_none(), "{asked}");
        assert_eq!(code(house.sign(&id, "변학도")), "approval-late", "{asked}");
    }
    assert_ne!(house.ask(), id, "what is too old is asked for anew");
}

#[test]
fn a_signature_holds_for_that_act_of_that_session_for_two_minutes() {
    let house = House::new();
    let id = house.ask();
    house.sign(&id, "변학도").unwrap();
    let (room, clerk) = (&house.room, &house.clerk.actor);
    let subject = Subject {
        member: house.member,
        job: Some(house.job),
        charge: Some(house.charge),
        reason: Reason::FirstIssue,
        amount: 2000,
    };
    let other = room.enrol(|form| form.name = "임꺽정".into()).unwrap().member;
    let tried = |actor: &Actor, act: Act, subject: &Subject, why: &str| {
        // Nothing is kept: as of an act that fails after it was allowed.
        let done: Result<(), Trouble> = room.store.change(|tx| {
            allowed(room, tx, actor, act, subject, why, None)?;
            Err(Trouble::new("planted"))
        });
        done.unwrap_err().code
    };
    let second = house.session("이몽룡").actor;
    for (what, actor, act, subject, why) in [
        ("another act", clerk, Act::HandOverUnpaid, &subject, WHY),
        ("another amount", clerk, Act::WaiveFee, &Subject { amount: 3000, ..subject }, WHY),
        ("another job", clerk, Act::WaiveFee, &Subject { job: Some(house.job + 1), ..subject }, WHY),
        ("no job", clerk, Act::WaiveFee, &Subject { job: None, ..subject }, WHY),
        ("another charge", clerk, Act::WaiveFee, &Subject { charge: Some(house.charge + 1), ..subject }, WHY),
        ("another member", clerk, Act::WaiveFee, &Subject { member: other, ..subject }, WHY),
        ("another reason", clerk, Act::WaiveFee, &Subject { reason: Reason::Lost, ..subject }, WHY),
        ("other words", clerk, Act::WaiveFee, &subject, "다른 까닭"),
        ("another session", &second, Act::WaiveFee, &subject, WHY),
    ] {
        assert_eq!(tried(actor, act, subject, why), "approval-needed", "{what}");
    }
    let same = || tried(clerk, Act::WaiveFee, &subject, WHY);
    assert_eq!([same(), same()], ["planted", "planted"], "an act that fails leaves the signature");
    let now = room.now().as_millisecond();
    for (signed, until, expected) in [
        (now - 119_000, now + 1_000, "planted"),
        (now - 121_000, now - 1_000, "approval-needed"),
        (now - 121_000, now + 60 * MINUTE, "approval-needed"),
        (now + MINUTE, now + 3 * MINUTE, "approval-needed"),
        (now, now + 2 * MINUTE, "planted"),
    ] {
        house.sql(&format!("UPDATE approvals SET signed = {signed}, until = {until}"));
        assert_eq!(same(), expected, "{} {}", signed - now, until - now);
    }
    let by = house.id("변학도");
    let own = format!("member = {}", house.member);
    for change in ["state = 'locked'", "role = 'clerk'", "reset_at = 9999999999999", &own] {
        house.sql(&format!("UPDATE staff SET {change} WHERE 'staff:' || id = '{by}'"));
        assert_eq!(same(), "approval-needed", "{change}");
        house.sql(&format!(
            "UPDATE staff SET state = 'active', role = 'manager', reset_at = NULL, member = NULL WHERE 'staff:' || id = '{by}'"
        ));
    }
    assert_eq!(same(), "planted");
    // The clock was set back: what is signed in the future ends, and does not wake when its time comes.
    house.sql(&format!("UPDATE approvals SET signed = {}, until = {}", now + 60 * MINUTE, now + 62 * MINUTE));
    crate::desk::approval::sweep(room).unwrap();
    assert_eq!(house.count("SELECT max(until) FROM approvals"), 0);
}

#[test]
fn the_id_of_a_session_that_is_gone_signs_for_no_later_one() {
    let house = House::new();
    house.sign(&house.ask(), "변학도").unwrap();
    house.sql("UPDATE sessions SET hash = x'00'");
    assert_eq!(code(house.waive(None)), "approval-needed");
}

#[test]
fn a_manager_waives_alone_and_the_command_line_allows_itself() {
    let house = House::new();
    let manager = house.session("변학도").actor;
    let done = waive_fee(&house.room, &manager, Evidence::Word, house.charge, WHY, None).unwrap();
    assert_eq!(done.allowed_by, Some(manager.id()), "they hold the right: the entry names them");
    house.sql("UPDATE charges SET state = 'unpaid'");
    let done = waive_fee(&house.room, &actor(), Evidence::Word, house.charge, WHY, None).unwrap();
    assert_eq!(done.allowed_by.as_deref(), Some("os:tester"));
    assert_eq!(house.count("SELECT count(*) FROM approvals"), 0);
}

#[test]
fn nobody_asks_for_their_own_membership() {
    let house = House::new();
    let needed = house.waive(None).unwrap_err();
    house.sql(&format!("UPDATE staff SET member = {} WHERE name = '이몽룡'", house.member));
    assert_eq!(code(house.waive(None)), "own-member");
    assert_eq!(code(ask_approval(&house.room, &house.clerk, &needed)), "own-member");
    assert_eq!(house.count("SELECT count(*) FROM approvals"), 0);
}

/// Money that is let go with a job has a line of its own, whoever did it: no signature tells of it.
#[test]
fn what_a_manager_or_the_command_line_lets_go_is_in_the_log_by_its_job() {
    let house = House::new();
    let (room, manager) = (&house.room, house.session("변학도").actor);
    let logged = |purpose: &str, by: &Actor, member: i64| {
        let sql = "SELECT count(*) FROM access_entries WHERE what = 'change' AND purpose =";
        house.count(&format!("{sql} '{purpose}' AND staff = '{}' AND member = {member}", by.id()))
    };
    for by in [&manager, &actor()] {
        let member = room.enrol(|form| form.name = format!("임꺽{}", "정".repeat(by.id().len()))).unwrap().member;
        let kind = CardKind::Barcode;
        let form = IssueForm { member, evidence: Evidence::Document, kind, reader: None, printer: None };
        let job = plan_issue_paid(
            room,
            by,
            &form,
            &Settlement::Waived(WHY.to_owned()),
            crate::plan::fees::SaidExempt::No,
            None,
        )
        .unwrap();
        assert_eq!(logged(&format!("waive-fee, job {job}"), by, member), 1, "{}", by.id());
        let other = room.enrol(|form| form.name = format!("장길{}", "산".repeat(by.id().len()))).unwrap().member;
        let job = room.issue(other, kind).unwrap();
        for _ in 0..2 {
            leave_unpaid(room, by, job, "내일 냄").unwrap();
        }
        assert_eq!(logged(&format!("hand-over-unpaid, job {job}"), by, other), 1, "pressed twice: {}", by.id());
        let (rows, _) = recent_history(room, &actor(), other).unwrap();
        assert!(rows.iter().any(|row| row.act == "hand-over-unpaid" && row.detail.is_empty()), "{}", by.id());
    }
    print_on_page(room, &actor(), house.job).unwrap();
    hand_over(room, &actor(), house.job, None, None, Feed::ByHand, Some("내일 냄")).unwrap();
    assert_eq!(logged(&format!("hand-over-unpaid, job {}", house.job), &actor(), house.member), 1);
}

/// Where the charge is made in the act that waives it: the member, the reason and the amount are signed.
#[test]
fn a_card_is_planned_with_its_fee_waived_by_signature() {
    let house = House::new();
    let (room, clerk) = (&house.room, &house.clerk);
    let member = room.enrol(|form| form.name = "임꺽정".into()).unwrap().member;
    let form = IssueForm { member, evidence: Evidence::Document, kind: CardKind::Barcode, reader: None, printer: None };
    let plan = |key: &str, why: &str| {
        plan_issue_paid(
            room,
            &clerk.actor,
            &form,
            &Settlement::Waived(why.to_owned()),
            crate::plan::fees::SaidExempt::No,
            Some(key),
        )
    };
    let needed = plan("k", WHY).unwrap_err();
    let numbers = house.count("SELECT count(*) FROM numbers");
    assert_eq!(needed.code, "approval-needed");
    let asked = house.shown(&ask_approval(room, clerk, &needed).unwrap()).unwrap();
    assert_eq!((asked.job, asked.charge, asked.amount), (None, None, Some(2000)));
    house.sign(&asked.id, "성춘향").unwrap();
    assert_eq!(code(plan("k", "다른 까닭")), "approval-needed");
    let job = plan("k", WHY).unwrap();
    assert_eq!(plan("k", WHY).unwrap(), job, "pressed twice it is one job, and asked for once");
    assert_eq!(house.count("SELECT count(*) FROM numbers"), numbers + 1, "what was refused reserved nothing");
    let fee = fees_of(room, &actor(), member).unwrap().pop().unwrap();
    assert_eq!((fee.state, fee.allowed_by), (ChargeState::Waived, Some(house.id("성춘향"))));

    cancel(room, &actor(), job, Feed::ByHand).unwrap();
    assert_eq!(code(plan("other", WHY)), "approval-needed", "the next one wants its own");
    print_on_page(room, &actor(), house.job).unwrap();
    let number = show_job(room, &actor(), house.job).unwrap().number.to_string();
    hand_over(room, &actor(), house.job, Some(&number), None, Feed::ByHand, Some("나중에 냄")).unwrap();
    let form = ReissueForm {
        whom: Whom::Member(house.member),
        card: None,
        evidence: Evidence::Document,
        reason: Reason::Lost,
        kind: None,
        settlement: Settlement::Waived(WHY.to_owned()),
        exempt: crate::plan::fees::SaidExempt::No,
        anyway: false,
        told: true,
        reader: None,
        printer: None,
    };
    let needed = plan_reissue(room, &clerk.actor, &form, Some("r")).unwrap_err();
    house.sign(&ask_approval(room, clerk, &needed).unwrap(), "변학도").unwrap();
    plan_reissue(room, &clerk.actor, &form, Some("r")).unwrap();
}

#[test]
fn a_card_goes_out_unpaid_by_signature() {
    let house = House::new();
    let (room, clerk) = (&house.room, &house.clerk);
    print_on_page(room, &clerk.actor, house.job).unwrap();
    let leave = |why: &str| leave_unpaid(room, &clerk.actor, house.job, why);
    let needed = leave("내일 냄").unwrap_err();
    assert_eq!(needed.code, "approval-needed");
    let asked = house.shown(&ask_approval(room, clerk, &needed).unwrap()).unwrap();
    assert_eq!(asked.act, Act::HandOverUnpaid);
    house.sign(&asked.id, "변학도").unwrap();
    leave("내일 냄").unwrap();
    leave("내일 냄").unwrap();
    assert_eq!(code(leave("모레 냄")), "approval-needed");
    let number = show_job(room, &clerk.actor, house.job).unwrap().number.to_string();
    check_and_hand_over(room, &clerk.actor, house.job, Some(&number)).unwrap();
    assert_eq!((house.charge().state, house.charge().allowed_by), (ChargeState::Unpaid, Some(house.id("변학도"))));
}

#[test]
fn what_nobody_signed_is_forgotten_after_a_day_and_what_was_is_kept() {
    let house = House::new();
    house.sign(&house.ask(), "변학도").unwrap();
    house.waive(None).unwrap();
    house.sql("UPDATE charges SET state = 'unpaid'");
    house.ask();
    let left = || house.count("SELECT count(*) FROM approvals");
    crate::desk::approval::sweep(&house.room).unwrap();
    assert_eq!(left(), 2);
    house.sql("UPDATE approvals SET asked = asked - 90000000");
    crate::desk::approval::sweep(&house.room).unwrap();
    assert_eq!((left(), house.count("SELECT count(*) FROM approvals WHERE used IS NOT NULL")), (1, 1));
}
