//! The rules of fees at the desk: what a charge is made under, who pays nothing, what waits, how many a year, what must be shown
//! where a reason is free, and what becomes of the old card.

use super::*;
use crate::back::store::charges::{self, Charge};
use crate::back::store::{fee_rules, staff};
use crate::desk::secret::hashed;
use crate::plan::fees::{Basis, NoFeeEvidence, Reason, SaidExempt, Settlement};
use crate::plan::job::CardState;

const PASSWORD: &str = "낙동강 하구 1003";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A member with a bar code card in hand, and a clerk at desk 1.
struct House {
    room: Room,
    clerk: Session,
    member: i64,
    number: String,
}

impl House {
    fn new(settings: &[(&str, &str)]) -> House {
        House::with(settings, "1988-03-14")
    }

    fn with(settings: &[(&str, &str)], birth: &str) -> House {
        let room = Room::new(settings);
        for (name, role) in [("이몽룡", Role::Clerk), ("변학도", Role::Manager)] {
            let secret = hashed(PASSWORD.as_bytes()).unwrap();
            room.store.change(|tx| staff::insert(tx, name, role.as_str(), &secret, 0)).unwrap();
        }
        room.store.change(crate::back::store::rights_held::stand).unwrap();
        let member = room.enrol(|form| form.birth = birth.into()).unwrap().member;
        let job = room.issue(member, CardKind::Barcode).unwrap();
        let clerk = log_in(&room, "이몽룡", PASSWORD, "1", &Whence::default()).unwrap().session;
        let mut house = House { room, clerk, member, number: String::new() };
        house.number = house.finish(job);
        house
    }

    fn finish(&self, job: i64) -> String {
        let number = print_on_page(&self.room, &actor(), job).unwrap().number.to_string();
        let why = Some("나중에 낸다고 함");
        hand_over(&self.room, &actor(), job, Some(&number), None, Feed::ByHand, why).unwrap();
        number
    }

    fn form(&self, reason: Reason) -> ReissueForm {
        ReissueForm {
            whom: Whom::Member(self.member),
            card: None,
            evidence: Evidence::Document,
            reason,
            kind: None,
            settlement: Settlement::Later,
            exempt: SaidExempt::No,
            anyway: false,
            told: true,
            reader: None,
            printer: None,
        }
    }

    /// What the command line plans.
    fn plan(&self, form: &ReissueForm) -> Result<i64, Trouble> {
        plan_reissue(&self.room, &actor(), form, None)
    }

    /// What the clerk plans on the page.
    fn clerk_plans(&self, form: &ReissueForm) -> Result<i64, Trouble> {
        plan_reissue(&self.room, &self.clerk.actor, form, None)
    }

    /// The manager signs what the clerk was refused.
    fn sign(&self, needed: &Trouble) {
        let id = ask_approval(&self.room, &self.clerk, needed).unwrap();
        assert!(show_approval(&self.room, &self.clerk, &id).unwrap().unwrap().why.is_none(), "there are no words");
        sign_approval(&self.room, &self.clerk, &id, "변학도", PASSWORD, &Whence::default()).unwrap();
    }

    fn charge(&self, job: i64) -> Charge {
        self.room.store.look(|tx| charges::of_job(tx, job)).unwrap().unwrap()
    }

    /// Amount and why, of a job that is planned and taken back again.
    fn asked(&self, form: &ReissueForm) -> Result<(u32, Option<Basis>), &'static str> {
        let job = self.plan(form).map_err(|trouble| trouble.code)?;
        let charge = self.charge(job);
        cancel(&self.room, &actor(), job, Feed::ByHand).unwrap();
        Ok((charge.amount, charge.basis))
    }

    fn states(&self) -> Vec<CardState> {
        let file = show_member(&self.room, &actor(), self.member).unwrap();
        file.cards.iter().rev().map(|card| card.state).filter(|state| *state != CardState::Spoiled).collect()
    }

    fn sql(&self, sql: &str) {
        self.room.store.change(|tx| Ok(tx.execute_batch(sql)?)).unwrap();
    }

    fn count(&self, sql: &str) -> i64 {
        self.room.store.look(|tx| Ok(tx.query_row(sql, [], |row| row.get(0))?)).unwrap()
    }
}

#[test]
fn a_charge_names_its_rule_whose_text_stays_when_the_rule_changes() {
    let house = House::new(&[]);
    let job = house.plan(&house.form(Reason::Damaged)).unwrap();
    let charge = house.charge(job);
    let rule = charge.rule.clone().unwrap();
    let text = |house: &House, rule: &str| house.room.store.look(|tx| fee_rules::text(tx, rule)).unwrap();
    assert!(rule.starts_with("damaged@base#") && charge.amount == 2000, "{rule}");
    assert!(text(&house, &rule).unwrap().contains("amount = 2000\n"));
    assert_eq!(show_job(&house.room, &actor(), job).unwrap().fee.rule, Some(rule.clone()));
    cancel(&house.room, &actor(), job, Feed::ByHand).unwrap();
    // From another day on it is another rule; the one of a day that has yet to come does not count.
    let changes = "[{ since = \"2020-01-01\", amount = 2500 }, { since = \"2999-01-01\", amount = 9000 }]";
    let House { room, clerk, member, number } = house;
    let room = room.again(&[("ISSUER__FEES__DAMAGED__CHANGE", changes)]).unwrap();
    let house = House { room, clerk, member, number };
    let job = house.plan(&house.form(Reason::Damaged)).unwrap();
    let later = house.charge(job);
    assert_eq!(later.amount, 2500);
    assert!(later.rule.clone().unwrap().starts_with("damaged@2020-01-01#"));
    assert!(text(&house, &rule).unwrap().contains("amount = 2000\n"), "what was charged stands under its own rule");
    assert_eq!(house.count("SELECT count(*) FROM fee_rules WHERE rule LIKE 'damaged%'"), 2);
    let altered = house.room.store.change(|tx| Ok(tx.execute("UPDATE fee_rules SET text = ''", [])?));
    assert!(altered.is_err(), "the text of a rule is never changed");
}

#[test]
fn who_is_exempt_pays_nothing_and_the_ground_is_nowhere() {
    let exempt = ("ISSUER__FEES__DAMAGED__EXEMPT", "65-and-over, disabled");
    let house = House::new(&[exempt]);
    let said = |exempt| ReissueForm { exempt, ..house.form(Reason::Damaged) };
    assert_eq!(house.asked(&said(SaidExempt::No)), Ok((2000, None)));
    assert_eq!(house.asked(&said(SaidExempt::Seen)), Ok((0, Some(Basis::ExemptSeen))));
    assert_eq!(house.asked(&said(SaidExempt::Told)), Err("exempt-proof-missing"));
    let lost = ReissueForm { exempt: SaidExempt::Seen, ..house.form(Reason::Lost) };
    assert_eq!(house.asked(&lost), Err("exempt-not-here"));
    let paid = ReissueForm { settlement: Settlement::Waived("왜".into()), ..said(SaidExempt::Seen) };
    assert_eq!(house.asked(&paid), Err("nothing-to-pay"), "nobody pays what is not asked");
    let due = fee_due(&house.room, &actor(), house.member, Reason::Damaged, SaidExempt::Seen).unwrap();
    assert_eq!(due.amount, 0);
    let told = House::new(&[exempt, ("ISSUER__EXEMPTIONS__PROOF", "told")]);
    let form = ReissueForm { exempt: SaidExempt::Told, ..told.form(Reason::Damaged) };
    assert_eq!(told.asked(&form), Ok((0, Some(Basis::ExemptTold))));
    // The records show the age: nobody says so, and it is not asked.
    let old = House::with(&[exempt], "1950-03-14");
    assert_eq!(old.asked(&old.form(Reason::Damaged)), Ok((0, Some(Basis::ExemptSeen))));
    let view = reissue_view(&old.room, &actor(), old.member).unwrap();
    let damaged = view.options.iter().find(|option| option.reason == Reason::Damaged).unwrap();
    assert_eq!((damaged.amount, damaged.basis, damaged.exempts), (0, Some(Basis::ExemptSeen), None));
    for (house, grounds) in [(&house, ["disabled", "65-and-over"]), (&old, ["disabled", "65-and-over"])] {
        for ground in grounds {
            let marks = format!("SELECT count(*) FROM marks WHERE detail LIKE '%{ground}%'");
            let log = format!("SELECT count(*) FROM access_entries WHERE purpose LIKE '%{ground}%'");
            assert_eq!((house.count(&marks), house.count(&log)), (0, 0), "{ground}");
        }
    }
}

#[test]
fn a_first_card_knows_exemptions_and_the_first_reissue_may_be_free() {
    let house = House::new(&[("ISSUER__FEES__DAMAGED__FIRST_FREE", "true")]);
    let form = house.form(Reason::Damaged);
    // One that was cancelled was not the first; one for the library's own fault is not counted.
    assert_eq!(house.asked(&form), Ok((0, Some(Basis::FirstFree))));
    let fault = house.plan(&house.form(Reason::Defective)).unwrap();
    assert_eq!(house.charge(fault).basis, Some(Basis::OwnFault));
    house.finish(fault);
    let first = house.plan(&form).unwrap();
    assert_eq!(house.charge(first).basis, Some(Basis::FirstFree));
    house.finish(first);
    assert_eq!(house.asked(&form), Ok((2000, None)));
    let issues =
        Room::new(&[("ISSUER__FEES__FIRST_ISSUE__AMOUNT", "1000"), ("ISSUER__FEES__FIRST_ISSUE__EXEMPT", "veteran")]);
    let member = issues.enrol(|_| {}).unwrap().member;
    let (evidence, kind) = (Evidence::Document, CardKind::Barcode);
    let form = IssueForm { member, evidence, kind, reader: None, printer: None };
    let issue = |exempt, key| plan_issue_paid(&issues, &actor(), &form, &Settlement::Later, exempt, Some(key));
    assert_eq!(code(issue(SaidExempt::Told, "a")), "exempt-proof-missing");
    let job = issue(SaidExempt::Seen, "b").unwrap();
    let fee = show_job(&issues, &actor(), job).unwrap().fee;
    assert_eq!((fee.amount, fee.basis), (0, Some(Basis::ExemptSeen)));
    assert_eq!(issue(SaidExempt::Seen, "b"), Ok(job));
    assert_eq!(code(issue(SaidExempt::No, "b")), "key-reused");
}

#[test]
fn a_loss_waits_from_its_report_and_a_manager_lets_it() {
    let house = House::new(&[("ISSUER__FEES__LOST__WAIT_DAYS", "3")]);
    let lost = house.form(Reason::Lost);
    let refused = house.plan(&lost).unwrap_err();
    let first = house.room.today().saturating_add(jiff::Span::new().days(3)).to_string();
    assert_eq!(refused.code, "reissue-wait");
    assert!(refused.args.contains(&("first", first)), "{refused}");
    assert_eq!(house.states(), [CardState::Live], "a refusal blocks nothing");
    let which = Which::Of(house.member, 1);
    block_card(&house.room, &actor(), Evidence::Word, &which, &BlockAct::Suspend("lost".into()), None).unwrap();
    assert_eq!(code(house.clerk_plans(&lost)), "reissue-wait");
    // A clerk who says that a manager lets it needs one; at the command line it is the account's own word.
    let anyway = ReissueForm { anyway: true, ..lost.clone() };
    let needed = house.clerk_plans(&anyway).unwrap_err();
    assert_eq!(needed.code, "approval-needed");
    assert!(needed.args.contains(&("act", "reissue-early".to_owned())), "{needed}");
    house.sign(&needed);
    let job = house.clerk_plans(&anyway).unwrap();
    let early = "SELECT count(*) FROM access_entries WHERE what = 'change' AND purpose LIKE 'reissue-early, job %'";
    assert_eq!(house.count(early), 1);
    let manager = house.count("SELECT id FROM staff WHERE name = '변학도'");
    let marked = |by: &str| format!("SELECT count(*) FROM marks WHERE detail LIKE '%\"reissue-early\":\"{by}\"%'");
    assert_eq!(house.count(&marked(&format!("staff:{manager}"))), 1);
    cancel(&house.room, &actor(), job, Feed::ByHand).unwrap();
    let job = house.plan(&anyway).unwrap();
    assert_eq!(house.count(&marked("os:tester")), 1);
    cancel(&house.room, &actor(), job, Feed::ByHand).unwrap();
    // Three days after the report it is time.
    house.sql(&format!("UPDATE cards SET suspended_at = suspended_at - {}", 3 * DAY));
    assert_eq!(code(house.clerk_plans(&lost)), "done");
}

#[test]
fn of_a_year_there_are_so_many_and_the_librarys_own_faults_are_none_of_them() {
    let house = House::new(&[("ISSUER__FEES__DAMAGED__PER_YEAR", "1")]);
    let damaged = house.form(Reason::Damaged);
    let fault = house.plan(&house.form(Reason::Defective)).unwrap();
    house.finish(fault);
    let one = house.plan(&damaged).unwrap();
    house.finish(one);
    let refused = house.plan(&damaged).unwrap_err();
    assert_eq!(refused.code, "reissue-limit");
    assert!(refused.args.contains(&("had", "1".to_owned())), "{refused}");
    let anyway = ReissueForm { anyway: true, ..damaged.clone() };
    assert_eq!(code(house.clerk_plans(&anyway)), "approval-needed");
    let job = house.plan(&anyway).unwrap();
    let beyond = "SELECT count(*) FROM access_entries WHERE purpose LIKE 'reissue-beyond, job %'";
    assert_eq!(house.count(beyond), 1);
    cancel(&house.room, &actor(), job, Feed::ByHand).unwrap();
    // Another reason has a rule of its own, and those of another year are over.
    let lost = house.plan(&house.form(Reason::Lost)).unwrap();
    cancel(&house.room, &actor(), lost, Feed::ByHand).unwrap();
    house.sql(&format!("UPDATE jobs SET created = created - {}", 366 * DAY));
    assert_eq!(code(house.plan(&damaged)), "done");
}

#[test]
fn what_is_free_for_its_reason_is_shown_or_signed_for() {
    let house = House::new(&[]);
    let evidence = |job| (house.charge(job).evidence, house.charge(job).allowed_by);
    let end = |job| assert!(cancel(&house.room, &actor(), job, Feed::ByHand).is_ok(), "job {job}");
    for reason in [Reason::Worn, Reason::Defective, Reason::Renamed] {
        let needed = house.clerk_plans(&house.form(reason)).unwrap_err();
        assert_eq!(needed.code, "approval-needed", "{reason}");
        assert!(needed.args.contains(&("act", "reissue-free".to_owned())), "{needed}");
        let view = reissue_view(&house.room, &house.clerk.actor, house.member).unwrap();
        assert!(view.options.iter().any(|option| option.reason == reason && option.unshown), "{reason}");
        // The card on the reader shows it.
        let card = ReissueForm { evidence: Evidence::Card, ..house.form(reason) };
        let job = house.clerk_plans(&card).unwrap();
        assert_eq!(evidence(job), (Some(NoFeeEvidence::CardRead), None), "{reason}");
        end(job);
    }
    // A clerk who spoils a card by cancelling its job has shown nothing.
    let card = ReissueForm { evidence: Evidence::Card, ..house.form(Reason::Defective) };
    let job = house.clerk_plans(&card).unwrap();
    print_on_page(&house.room, &actor(), job).unwrap();
    end(job);
    assert_eq!(house.count("SELECT count(*) FROM cards WHERE state = 'spoiled' AND ended_why = 'cancelled'"), 1);
    assert_eq!(code(house.clerk_plans(&house.form(Reason::Defective))), "approval-needed");
    // A manager signs: the charge knows who.
    let worn = house.form(Reason::Worn);
    house.sign(&house.clerk_plans(&worn).unwrap_err());
    let job = house.clerk_plans(&worn).unwrap();
    let manager = format!("staff:{}", house.count("SELECT id FROM staff WHERE name = '변학도'"));
    assert_eq!(evidence(job), (Some(NoFeeEvidence::Signed), Some(manager)));
    end(job);
    assert_eq!(code(house.clerk_plans(&worn)), "approval-needed", "once");
    // At the command line it is the account's own word, and is named.
    let job = house.plan(&worn).unwrap();
    assert_eq!(evidence(job), (Some(NoFeeEvidence::Signed), Some("os:tester".to_owned())));
    end(job);
    // The books: a name that was corrected since, a card of ours that was spoiled. That a number changes is nobody's evidence.
    assert_eq!(code(house.clerk_plans(&house.form(Reason::NumberChanged))), "approval-needed");
    let renamed = EditForm { name: Some("홍길순".into()), ..EditForm::default() };
    edit(&house.room, &actor(), house.member, Evidence::Document, &renamed, None).unwrap();
    let job = house.clerk_plans(&house.form(Reason::Renamed)).unwrap();
    assert_eq!(evidence(job).0, Some(NoFeeEvidence::RecordChanged));
    house.finish(job);
    assert_eq!(code(house.clerk_plans(&house.form(Reason::Renamed))), "approval-needed", "the new card bears the name");
    house.sql("UPDATE cards SET ended_why = 'print-spoiled' WHERE state = 'spoiled'");
    let job = house.clerk_plans(&house.form(Reason::Defective)).unwrap();
    assert_eq!(evidence(job).0, Some(NoFeeEvidence::FailedJob));
    end(job);
    house.sql(&format!("UPDATE cards SET ended_at = ended_at - {}", 8 * DAY));
    assert_eq!(code(house.clerk_plans(&house.form(Reason::Defective))), "approval-needed", "that is long ago");
}

#[test]
fn where_a_loss_costs_nothing_nobody_names_another_reason_for_it() {
    let house = House::new(&[("ISSUER__FEES__LOST__AMOUNT", "0")]);
    let job = house.clerk_plans(&house.form(Reason::Worn)).unwrap();
    assert_eq!(house.charge(job).evidence, None);
}

#[test]
fn an_old_card_is_returned_only_where_it_came_back() {
    let returned = ("ISSUER__FEES__DAMAGED__OLD_CARD", "returned");
    let (yes, no) = (Some(OldCardSaid::Returned), Some(OldCardSaid::Kept));
    for (rule, evidence, words, asked, said, expected) in [
        (&[][..], Evidence::Card, &[true][..], None, None, CardState::Void),
        (&[returned][..], Evidence::Document, &[], Some(OldCardSaid::Unsaid), None, CardState::Void),
        (&[returned][..], Evidence::Document, &[true, true], Some(OldCardSaid::Unsaid), yes, CardState::Returned),
        (&[returned][..], Evidence::Document, &[false], Some(OldCardSaid::Unsaid), no, CardState::Void),
        // The last word counts.
        (&[returned][..], Evidence::Document, &[true, false], Some(OldCardSaid::Unsaid), no, CardState::Void),
        (&[returned][..], Evidence::Document, &[false, true], Some(OldCardSaid::Unsaid), yes, CardState::Returned),
        // It lay on the reader.
        (&[returned][..], Evidence::Card, &[false], None, None, CardState::Returned),
    ] {
        let house = House::new(rule);
        let job = house.clerk_plans(&ReissueForm { evidence, ..house.form(Reason::Damaged) }).unwrap();
        let told = || job_view(&house.room, &actor(), job, false).unwrap().old_card;
        assert_eq!(told(), asked, "{rule:?} {evidence}");
        for word in words {
            note_old_card(&house.room, &house.clerk.actor, job, *word).unwrap();
        }
        if !words.is_empty() {
            assert_eq!(told(), said, "{rule:?} {evidence} {words:?}");
        }
        let noted = "SELECT count(*) FROM access_entries WHERE purpose LIKE 'old-card-%'";
        let changes = words.windows(2).filter(|pair| pair[0] != pair[1]).count() + usize::from(!words.is_empty());
        let changes = if evidence == Evidence::Card { 0 } else { changes };
        assert_eq!(house.count(noted), i64::try_from(changes).unwrap(), "each word is noted once: {words:?}");
        let number = print_on_page(&house.room, &actor(), job).unwrap().number.to_string();
        let done = hand_over(&house.room, &actor(), job, Some(&number), None, Feed::ByHand, Some("왜")).unwrap();
        assert_eq!(done.old_card, Some(expected), "{rule:?} {evidence} {words:?}");
        assert_eq!(house.states(), [expected, CardState::Live]);
        note_old_card(&house.room, &house.clerk.actor, job, true).unwrap();
        assert_eq!(house.states(), [expected, CardState::Live], "too late it changes nothing");
    }
}

#[test]
fn a_page_hands_nothing_over_before_it_is_said_whether_the_old_card_came_back() {
    let damaged = ("ISSUER__FEES__DAMAGED__OLD_CARD", "returned");
    let stolen = ("ISSUER__FEES__STOLEN__OLD_CARD", "returned");
    for (reason, word, refused) in [
        (Reason::Damaged, None, true),
        (Reason::Damaged, Some(true), false),
        (Reason::Damaged, Some(false), false),
        // Nobody brings back what is gone, and nobody waits for it; nor for what no rule wants.
        (Reason::Stolen, None, false),
        (Reason::Worn, None, false),
    ] {
        let house = House::new(&[damaged, stolen]);
        let job = house.plan(&house.form(reason)).unwrap();
        let number = print_on_page(&house.room, &actor(), job).unwrap().number.to_string();
        leave_unpaid(&house.room, &actor(), job, "나중에").ok();
        if let Some(word) = word {
            note_old_card(&house.room, &actor(), job, word).unwrap();
        }
        let done = check_and_hand_over(&house.room, &actor(), job, Some(&number));
        assert_eq!(done.err().map(|trouble| trouble.code), refused.then_some("old-card-unsaid"), "{reason} {word:?}");
    }
}
