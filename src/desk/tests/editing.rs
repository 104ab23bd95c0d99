//! Putting a record right, ending a membership, and the history that tells of both.

use super::*;
use crate::back::store::cards::{self, Card};
use crate::back::store::charges::{self, Charge};
use crate::back::store::{access, consents, jobs, members, numbers, passwords};
use crate::plan::fees::{ChargeState, Reason};
use crate::plan::job::{CardState, JobState, NumberState};

fn change(desk: &Desk, member: i64, change: impl FnOnce(&mut EditForm)) -> Result<Edited, Trouble> {
    let mut form = EditForm::default();
    change(&mut form);
    edit(desk, &actor(), member, Evidence::Document, &form, None)
}

/// A card in the member's hands, as a job would have left it.
fn hand_out(desk: &Room, member: i64, state: CardState) -> i64 {
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    let card = desk.store.change(|tx| {
        let mut job = jobs::get(tx, job)?;
        let id = cards::insert(tx, &Card::begun(&job, 1, desk.today().to_string(), 0))?;
        cards::update(tx, &Card { state, live_at: Some(1), ..cards::get(tx, id)? })?;
        numbers::set_state(tx, job.number, NumberState::Live)?;
        (job.card, job.state) = (Some(id), JobState::HandedOver);
        jobs::update(tx, &job)?;
        Ok(id)
    });
    card.unwrap()
}

fn acts_logged(desk: &Desk, member: i64) -> Vec<String> {
    let past = desk.store.look(|tx| access::past(tx, member, access::Which::All, 100, 0)).unwrap();
    let mut acts: Vec<String> =
        past.iter().filter(|past| past.what == "change").map(|past| past.detail.clone()).collect();
    acts.reverse();
    acts
}

#[test]
fn a_record_is_put_right_by_the_rules_of_enrolment() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let member = desk.enrol(|form| form.own_number = Some("GP-1".into())).unwrap().member;
    let other = desk.enrol(|form| (form.name, form.own_number) = ("심청".into(), Some("GP-2".into()))).unwrap().member;
    let child = format!("{}-01-01", desk.today().year() - 8);
    let some = |text: &str| Some(text.to_owned());
    type Change<'a> = &'a dyn Fn(&mut EditForm);
    let edits: [(Change, Result<&[&str], &str>); 16] = [
        (&|_| {}, Ok(&[])),
        (&|form| form.phone = some("010-1111-2222"), Ok(&["phone"])),
        (&|form| form.phone = some("010 1111 2222"), Ok(&[])),
        (&|form| form.phone = some(""), Ok(&["phone"])),
        (&|form| form.phone = some("12"), Err("phone")),
        (&|form| form.name = some("홍길동 900101-1234567"), Err("identity-number")),
        (&|form| form.name = some(""), Err("name-missing")),
        (&|form| form.name = some("홍\u{10000}길동"), Err("glyph-missing")),
        (&|form| form.birth = some(&child), Err("kind-birth")),
        (&|form| (form.birth, form.kind) = (some(&child), some("child")), Err("guardian-missing")),
        (&|form| form.kind = some("group"), Err("representative-missing")),
        (&|form| form.condition = some("home"), Err("condition")),
        (&|form| form.own_number = some("gp_2"), Err("own-number")),
        (&|form| form.own_number = some("GP-2"), Err("own-number-taken")),
        (&|form| form.own_number = some("12100300000042"), Err("own-number-fixed")),
        (&|form| (form.name, form.birth) = (some("심청"), some("1988-03-14")), Err("member-duplicate")),
    ];
    for (at, (edit, expected)) in edits.into_iter().enumerate() {
        let got = change(&desk, member, edit);
        match expected {
            Ok(changed) => assert_eq!(got.unwrap().changed, changed, "{at}"),
            Err(expected) => assert_eq!(code(got), expected, "{at}"),
        }
    }
    let done = change(&desk, member, |form| {
        (form.name, form.anyway, form.own_number) = (some("심청"), true, some("GP-3"));
    });
    assert_eq!(done.unwrap().changed, ["name", "own-number"]);
    let file = show_member(&desk, &actor(), member).unwrap();
    assert_eq!((file.name.as_str(), file.own_number.as_deref(), file.phone), ("심청", Some("GP-3"), None));
    assert_eq!(find(&desk, &actor(), "ㅅㅊ").unwrap().hits.len(), 2, "initials are those of the new name");
    assert_eq!(
        acts_logged(&desk, member),
        ["enrol", "edit, document seen", "edit, document seen", "edit, document seen"]
    );
    assert_eq!(acts_logged(&desk, other), ["enrol"]);
}

#[test]
fn a_child_grows_up_and_a_group_has_another_representative() {
    let desk = Room::new(&[]);
    let years = |years: i16| format!("{}-01-01", desk.today().year() - years);
    let child = desk.enrol(|form| {
        (form.birth, form.guardian, form.guardian_identity) =
            (years(8), Some("홍판서".into()), Some("passport".into()));
    });
    let child = child.unwrap().member;
    // Their guardian stays who consented then.
    let grown = change(&desk, child, |form| (form.birth, form.kind) = (Some(years(15)), Some("teen".into())));
    assert_eq!(grown.unwrap().changed, ["birth", "kind"]);
    assert_eq!(show_member(&desk, &actor(), child).unwrap().guardian.as_deref(), Some("홍판서"));
    let group = desk.enrol(|form| {
        (form.name, form.kind) = ("책사랑 독서회".into(), Some("group".into()));
        (form.representative, form.representative_identity) = (Some("심청".into()), Some("mobile".into()));
    });
    let group = group.unwrap().member;
    let other = change(&desk, group, |form| form.representative = Some("이몽룡".into()));
    assert_eq!(other.unwrap().changed, ["representative"]);
    let file = show_member(&desk, &actor(), group).unwrap();
    assert_eq!((file.guardian.as_deref(), file.guardian_identity.as_deref()), (Some("이몽룡"), Some("mobile")));
    // Nobody stands in for a group because they stood in for a person, nor the other way round.
    assert_eq!(code(change(&desk, child, |form| form.kind = Some("group".into()))), "representative-missing");
    let person = change(&desk, group, |form| form.kind = Some("adult".into()));
    assert_eq!(person.unwrap().changed, ["kind", "guardian"]);
    assert_eq!(show_member(&desk, &actor(), group).unwrap().guardian, None);
}

#[test]
fn a_new_name_names_the_cards_that_show_the_old_one() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let rename = |name: &str| change(&desk, member, |form| form.name = Some(name.into())).unwrap();
    let edited = rename("홍길순");
    assert_eq!((edited.renamed, edited.old_name_on.len()), (true, 0), "no card shows it yet");
    let card = hand_out(&desk, member, CardState::Live);
    assert_eq!(rename("홍길동").old_name_on, [card]);
    let same = change(&desk, member, |form| form.phone = Some("010-1111-2222".into())).unwrap();
    assert_eq!((same.renamed, same.old_name_on.len()), (false, 0));
}

/// Two pages were drawn from the same record: the second to save writes what was changed in it alone, and over what the first
/// wrote in the same field only after both values were seen.
#[test]
fn a_page_drawn_before_a_change_does_not_take_it_back() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let drawn = edit_form(&desk, &actor(), member).unwrap();
    let save = |typed: &EditForm, was: &EditForm| {
        edit(&desk, &actor(), member, Evidence::Word, &typed.against(was.clone()), None)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(drawn.against(drawn.clone()), EditForm { was: some_box(&drawn), ..EditForm::default() });
    let sent = EditForm { phone: some(""), ..drawn.clone() };
    let first = EditForm { phone: some("010-1111-2222"), ..sent.clone() };
    assert_eq!(save(&first, &sent).unwrap().changed, ["phone"]);
    let second = EditForm { name: some("홍길순"), ..sent.clone() };
    assert_eq!(save(&second, &sent).unwrap().changed, ["name"], "nobody typed in the field of the telephone");
    assert_eq!(show_member(&desk, &actor(), member).unwrap().phone.as_deref(), Some("010-1111-2222"));
    let other = EditForm { phone: some("010-3333-4444"), ..sent.clone() };
    let refused = save(&other, &sent).unwrap_err();
    assert_eq!(refused, Trouble::new("edit-meanwhile").with("now", "010-1111-2222"));
    let told = check_edit(&desk, &actor(), member, &other.against(sent.clone())).unwrap();
    assert_eq!(told.problems, [("phone", refused)]);
    assert_eq!(save(&first, &sent).unwrap().changed, [] as [&str; 0], "both typed the same");
    let now = edit_form(&desk, &actor(), member).unwrap();
    assert_eq!(save(&EditForm { phone: some("010-3333-4444"), ..now.clone() }, &now).unwrap().changed, ["phone"]);
}

fn some_box(form: &EditForm) -> Option<Box<EditForm>> {
    Some(Box::new(form.clone()))
}

#[test]
fn a_key_changes_a_record_once() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let form = EditForm { phone: Some("010-1111-2222".into()), ..EditForm::default() };
    let edit = |form: &EditForm| edit(&desk, &actor(), member, Evidence::Word, form, Some("k"));
    assert_eq!(edit(&form).unwrap().changed, ["phone"]);
    assert_eq!(edit(&form).unwrap().changed, [] as [&str; 0]);
    assert_eq!(code(edit(&EditForm::default())), "key-reused");
    assert_eq!(acts_logged(&desk, member), ["enrol", "edit, clerk's word"]);
}

#[test]
fn beside_an_open_job_nothing_is_corrected_and_nobody_leaves() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let job = desk.issue(member, CardKind::Barcode).unwrap();
    assert_eq!(code(change(&desk, member, |form| form.phone = Some("010-1111-2222".into()))), "job-open");
    assert_eq!(code(leave(&desk, member, None, None)), "job-open");
    let would = withdrawal(&desk, &actor(), member).unwrap();
    assert_eq!(would.against.map(|trouble| trouble.code), Some("job-open"));
    cancel(&desk, &actor(), job, Feed::ByHand).unwrap();
    assert_eq!(code(leave(&desk, member, None, None)), "done");
}

fn leave(desk: &Desk, member: i64, why: Option<&str>, key: Option<&str>) -> Result<Withdrawn, Trouble> {
    withdraw(desk, &actor(), member, Evidence::Document, why, key)
}

#[test]
fn who_owes_something_does_not_leave() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let charge = |state| Charge {
        id: 0,
        member,
        job: None,
        reason: Reason::Lost,
        amount: 2000,
        state,
        paid_by: None,
        why: None,
        created: 0,
        created_by: "os:tester".into(),
        settled: None,
        settled_by: None,
        allowed_by: None,
        unpaid_why: None,
        unpaid_by: None,
        receipt: None,
        rule: None,
        basis: None,
        evidence: None,
    };
    desk.store.change(|tx| charges::insert(tx, &charge(ChargeState::Waived))).unwrap();
    let owed = desk.store.change(|tx| charges::insert(tx, &charge(ChargeState::Unpaid))).unwrap();
    let refused = leave(&desk, member, None, None).unwrap_err();
    assert_eq!((refused.code, refused.args[1].1.as_str()), ("member-fee-unpaid", "2000"));
    desk.store.change(|tx| charges::update(tx, &Charge { id: owed, ..charge(ChargeState::Paid) })).unwrap();
    assert_eq!(code(leave(&desk, member, None, None)), "done");
}

#[test]
fn a_membership_ends_with_its_cards_number_consents_and_password() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    let (live, blocked) = (hand_out(&desk, member, CardState::Live), CardState::Suspended);
    desk.store
        .change(|tx| {
            let second = Card { state: blocked, ..cards::get(tx, live)? };
            let id = cards::insert(tx, &second)?;
            cards::update(tx, &Card { id, ..second })?;
            passwords::set(tx, member, "$argon2id$", 1, 1)
        })
        .unwrap();
    assert_eq!(code(leave(&desk, member, Some("홍판서 900101-1234567"), None)), "identity-number");
    assert_eq!(code(leave(&desk, member, Some(&"가".repeat(201)), None)), "why-long");
    let done = leave(&desk, member, Some(" 이사 "), Some("k")).unwrap();
    assert_eq!(
        (done.cards_ended, done.number_retired.map(|number| number.to_string())),
        (2, Some("12100300000001".into()))
    );
    assert_eq!(leave(&desk, member, Some("이사"), Some("k")).unwrap(), done, "the same key answers the same");
    assert_eq!(code(leave(&desk, member, None, None)), "member-withdrawn");
    let (rows, state, password, kept) = desk
        .store
        .look(|tx| {
            let number = members::get(tx, member)?.number.unwrap();
            let rows = consents::of_member(tx, member)?;
            Ok((rows, numbers::state(tx, number)?, passwords::set_at(tx, member)?, members::withdrawn(tx, member)?))
        })
        .unwrap();
    assert!(rows.len() == 2 && rows.iter().all(|row| row.withdrawn.is_some()), "{rows:?}");
    assert_eq!((state, password), (Some(NumberState::Retired), None));
    assert_eq!(kept.and_then(|(_, why)| why).as_deref(), Some("이사"));
    // Found and shown as one who left; nothing is offered, and nothing is done.
    let file = show_member(&desk, &actor(), member).unwrap();
    assert_eq!((file.state.as_str(), file.name.as_str()), ("withdrawn", "홍길동"));
    assert!(
        file.cards.iter().all(|card| card.state == CardState::Void && card.ended_why.as_deref() == Some("withdrawn"))
    );
    assert_eq!(acts(&file), Acts::default());
    let found = find(&desk, &actor(), "121003 0000 0001").unwrap().hits;
    assert_eq!((found.len(), found[0].state.as_str()), (1, "withdrawn"));
    let listed = seek_jobs(&desk, &actor(), &JobQuery::default()).unwrap().jobs;
    assert!(!listed.is_empty() && listed.iter().all(|row| row.withdrawn), "{listed:?}");
    assert_eq!(code(desk.issue(member, CardKind::Barcode)), "member-withdrawn");
    assert_eq!(code(change(&desk, member, |form| form.phone = Some("010-1111-2222".into()))), "member-withdrawn");
    // Who comes back is a new member.
    assert_eq!(code(desk.enrol(|_| {})), "done");
}

#[test]
fn a_history_tells_all_of_it_newest_first_and_who_reads_it() {
    let desk = Room::new(&[]);
    let member = desk.enrol(|_| {}).unwrap().member;
    desk.enrol(|form| form.name = "심청".into()).unwrap();
    change(&desk, member, |form| form.phone = Some("010-1111-2222".into())).unwrap();
    leave(&desk, member, None, None).unwrap();
    let acts = |page: &History| page.rows.iter().map(|row| row.act.clone()).collect::<Vec<_>>();
    let told = history(&desk, &actor(), member, 1, true).unwrap();
    let mut all = acts(&told);
    all.sort();
    let wanted = ["consent", "consent", "consent-withdrawn", "consent-withdrawn", "edit", "enrol", "look", "withdraw"];
    assert_eq!(all, wanted);
    assert_eq!((told.lines, told.pages), (Lines { done: 7, looks: 1 }, 1));
    assert!(told.rows.iter().all(|row| row.today && row.desk.is_empty()));
    assert!(told.rows.windows(2).all(|pair| pair[0].time >= pair[1].time), "newest first");
    let looked = &told.rows.iter().find(|row| row.act == "look").unwrap();
    assert_eq!((looked.detail.as_str(), looked.by.as_str()), ("history", "os:tester"));
    // The newest few beside the member cost no look of their own.
    let (few, lines) = recent_history(&desk, &actor(), member).unwrap();
    assert_eq!((few.len(), lines), (7, Lines { done: 7, looks: 1 }));
    for _ in 0..60 {
        show_member(&desk, &actor(), member).unwrap();
    }
    let second = history(&desk, &actor(), member, 2, true).unwrap();
    assert_eq!((second.lines.looks, second.pages, second.page, second.rows.len()), (62, 2, 2, 19));
    assert_eq!(history(&desk, &actor(), member, 99, true).unwrap().page, 2, "past the end is the end");
    // However many looked, what was done stays in sight; the looks are counted, and none is lost.
    let done = history(&desk, &actor(), member, 1, false).unwrap();
    assert_eq!((done.rows.len(), done.pages, done.lines), (7, 1, Lines { done: 7, looks: 64 }));
    assert!(acts(&done).iter().all(|act| act != "look" && act != "list"));
    assert_eq!(recent_history(&desk, &actor(), member).unwrap().0, few);
    assert_eq!(code(history(&desk, &actor(), 99, 1, false)), "member-unknown");
}
