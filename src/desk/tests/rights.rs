//! The table of rights, use case × role, by driving the use cases themselves: whom the table refuses is refused with
//! `not-allowed`, and nobody else is. A right without a use case here fails. The fronts are walked in `front`.

use super::*;

type Drive = fn(&Room, &Actor) -> &'static str;

/// One use case of each right. What it is given need not be there: only whether it is refused by right is looked at.
const DRIVEN: &[(Act, Drive)] = &[
    (Act::Find, |room, actor| code(find(room, actor, "홍길동"))),
    (Act::ShowMember, |room, actor| code(show_member(room, actor, 1))),
    (Act::ShowHistory, |room, actor| code(history(room, actor, 1, 1, false))),
    (Act::Enrol, |room, actor| code(check_person(room, actor, &hong()))),
    (Act::EditMember, |room, actor| code(edit_form(room, actor, 1))),
    (Act::WithdrawMember, |room, actor| code(withdrawal(room, actor, 1))),
    (Act::Import, |room, actor| code(check_import(room, actor, &ImportForm { number: String::new(), person: hong() }))),
    (Act::Issue, |room, actor| {
        let (evidence, kind) = (Evidence::Word, CardKind::Barcode);
        code(plan_issue(room, actor, &IssueForm { member: 1, evidence, kind, reader: None, printer: None }, None))
    }),
    (Act::Convert, |room, actor| code(conversion(room, actor, 1))),
    (Act::Reissue, |room, actor| code(reissue_view(room, actor, 1))),
    (Act::BlockCard, |room, actor| {
        code(block_card(room, actor, Evidence::Word, &Which::Of(1, 1), &BlockAct::Return, None))
    }),
    (Act::ReleaseCard, |room, actor| {
        code(block_card(room, actor, Evidence::Word, &Which::Of(1, 1), &BlockAct::Release, None))
    }),
    (Act::ReadCard, |room, actor| code(read_card(room, actor, None, &|| ()))),
    (Act::RecoverCard, |room, actor| code(recover_card(room, actor, None, None))),
    (Act::BlankCard, |room, actor| code(blank_card(room, actor, None, None))),
    (Act::ShowJob, |room, actor| code(show_job(room, actor, 1))),
    (Act::WorkOnJob, |room, actor| code(print_on_page(room, actor, 1))),
    (Act::WorkOnJob, |room, actor| code(stop_waiting(room, actor, 1))),
    (Act::WorkOnJob, |room, actor| code(settle_print_once(room, actor, 1, PrintFate::Out, None))),
    (Act::CancelJob, |room, actor| code(cancel(room, actor, 1, Feed::ByHand))),
    (Act::HandOver, |room, actor| code(hand_over(room, actor, 1, None, None, Feed::ByHand, None))),
    (Act::HandOver, |room, actor| code(note_old_card(room, actor, 1, true))),
    (Act::HandOver, |room, actor| code(check_and_hand_over(room, actor, 1, None))),
    (Act::HandOverUnpaid, |room, actor| code(leave_unpaid(room, actor, 1, "왜"))),
    (Act::ShowFees, |room, actor| code(show_fees(room, actor, &mut |_| Ok(())))),
    (Act::TakeFee, |room, actor| code(pay_fee(room, actor, Evidence::Word, 1, crate::plan::fees::PayBy::Cash, None))),
    (Act::WaiveFee, |room, actor| code(waive_fee(room, actor, Evidence::Word, 1, "왜", None))),
    (Act::RefundFee, |room, actor| code(refund_fee(room, actor, Evidence::Word, 1, "왜", None))),
    (Act::PrintReceipt, |room, actor| code(show_receipt(room, actor, 1))),
    (Act::GiveUpCard, |room, actor| code(cancel(room, actor, 1, Feed::ByHand))),
    (Act::ShowDay, |room, actor| code(day(room, actor, None))),
    (Act::CloseDay, |room, actor| code(close_view(room, actor))),
    (Act::CloseDay, |room, actor| code(count_drawer(room, actor, None, Some("2099-01-01"), Counted::Sum(0)))),
    (Act::CloseDay, |room, actor| code(close_day(room, actor, 99, "", None))),
    (Act::CloseDay, |room, actor| code(count_and_close(room, actor, None, Some("2099-01-01"), 0, "", None))),
    (Act::ReopenDay, |room, actor| code(reopen_day(room, actor, None, "2020-01-01", "왜", None))),
    (Act::ShowLedger, |room, actor| code(show_ledger(room, actor, None, None, &mut |_| Ok(())))),
    (Act::Preview, |room, actor| code(preview(room, actor, member_number("12100300000001").unwrap(), None))),
    (Act::Practise, |room, actor| code(begin_anew(room, actor, 0))),
    (Act::ShowKeys, |room, actor| code(show_keys(room, actor))),
    (Act::RotateKeys, |room, actor| code(rotate_keys(room, actor, None))),
    (Act::OwnAccount, |room, actor| code(own_account(room, &of_session(actor)))),
    (Act::OwnAccount, |room, actor| code(end_session(room, &of_session(actor), 1))),
    (Act::OwnAccount, |room, actor| code(change_password(room, &of_session(actor), "", "", "", &Whence::default()))),
    (Act::ShowStaff, |room, actor| code(list_staff(room, actor))),
    (Act::ChangeStaff, |room, actor| code(add_staff(room, actor, "", Role::Clerk, None, None))),
    (Act::ChangeStaff, |room, actor| code(lock_staff(room, actor, 99, None))),
    (Act::ChangeStaff, |room, actor| code(unlock_staff(room, actor, 99, None))),
    (Act::ChangeStaff, |room, actor| code(reset_staff(room, actor, 99, None))),
    (Act::ChangeStaff, |room, actor| code(set_role(room, actor, 99, Role::Clerk, None))),
    (Act::ShowAccess, |room, actor| code(access_page(room, actor, &AccessQuery::default(), 1))),
    (Act::ShowAccess, |room, actor| code(show_access(room, actor, &AccessQuery::default(), &mut |_| Ok(())))),
    (Act::ShowAccess, |room, actor| code(rights_log(room, actor, None, None, None))),
    (Act::ShowAccess, |room, actor| code(access_member(room, actor, "1"))),
    (Act::ReviewAccess, |room, actor| code(review_access(room, actor, "2026-01-01", "2026-01-31", "", None))),
    (Act::ExportAccess, |room, actor| code(export_access(room, actor, &AccessQuery::default(), "", &mut |_| Ok(())))),
    (Act::ShowExposure, |room, actor| code(exposure(room, actor, "2026-01-01", "2026-01-31", None))),
    (Act::VerifyAudit, |room, actor| code(verify_audit(room, actor, None))),
    (Act::VerifyAudit, |room, actor| code(recount_audit(room, actor, None))),
    (Act::VerifyAudit, |room, actor| code(put_guards_back(room, actor, None))),
    (Act::ShowStock, |room, actor| code(show_stock(room, actor))),
    (Act::ShowStock, |room, actor| code(stock_day(room, actor, None))),
    (Act::ShowStock, |room, actor| code(stock_view(room, actor, None))),
    (Act::TakeStock, |room, actor| code(take_stock(room, actor, ("sticker", "A"), "1", "test", "왜", None))),
    (Act::TakeStock, |room, actor| code(open_stock(room, actor, ("sticker", "A"), None))),
    (Act::ReceiveStock, |room, actor| code(receive_stock(room, actor, ("sticker", "A"), "1", None))),
    (Act::FaultStock, |room, actor| code(fault_stock(room, actor, ("sticker", "A"), "왜", None))),
    (Act::ShowReports, |room, actor| code(money_report(room, actor, Period::default(), By::Day))),
    (Act::ShowReports, |room, actor| code(clerk_report(room, actor, Period::default()))),
    (Act::ShowReports, |room, actor| code(register_page(room, actor, false, Period::default(), 1))),
    (Act::ShowReports, |room, actor| code(register(room, actor, true, Period::default(), &mut |_| Ok(())))),
    (Act::ExportLedger, |room, actor| {
        let (paper, format) = (Paper::Entries, crate::plan::sheet::Format::Csv);
        code(ledger_sheet(room, actor, paper, Period::default(), "", format, crate::plan::messages::Lang::Ko))
    }),
];

/// Asked for where the desk is shared by threads, or by no use case that is told who acts: the fronts' walk has them.
const ELSEWHERE: [Act; 2] = [Act::Examine, Act::ShowDevices];

fn of_session(actor: &Actor) -> Session {
    Session { id: 1, actor: actor.clone(), csrf: String::new(), lang: crate::plan::messages::Lang::Ko }
}

fn of(role: Role) -> Actor {
    Actor { staff: StaffRef::Account { id: 7, name: "이몽룡".into() }, role, origin: Origin::Page, ..actor() }
}

#[test]
fn whom_the_table_refuses_is_refused_by_the_use_case_and_nobody_else_is() {
    let room = Room::new(&[]);
    let mut refused = 0;
    for (act, drive) in DRIVEN {
        for role in [Role::Clerk, Role::Manager, Role::Administrator] {
            let said = drive(&room, &of(role));
            let no = act.right_of(role) == Right::No;
            assert_eq!(said == "not-allowed", no, "{act} {}: {said}", role.as_str());
            refused += u32::from(no);
        }
    }
    assert!(refused >= 3, "nobody was refused anything");
}

/// A right that a use case asks for stands in the list above.
#[test]
fn every_right_that_is_asked_for_is_driven() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/desk");
    let mut sources = String::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        sources += &std::fs::read_to_string(path).unwrap_or_default();
    }
    let mut asked = 0;
    for act in Act::ALL {
        if !sources.contains(&format!("Act::{act:?}")) || ELSEWHERE.contains(act) {
            continue;
        }
        // The table itself and the approval's own look name no `may`.
        let may = sources.split(".may(").skip(1).any(|rest| {
            let argument = rest.split(")?").next().unwrap_or_default();
            argument.split(|c: char| !c.is_alphanumeric()).any(|word| word == format!("{act:?}"))
        });
        asked += u32::from(may);
        assert!(!may || DRIVEN.iter().any(|(driven, _)| driven == act), "{act} is asked for and nobody drives it here");
    }
    assert!(asked > 20, "the sources were not read: {asked}");
}

/// The table as a library would read it: a line a right, a column a role.
#[test]
fn the_table_is_what_it_is_meant_to_be() {
    let cell = |act: Act, role| match act.right_of(role) {
        Right::Yes => "yes",
        Right::WithApproval => "signed",
        Right::No => "no",
    };
    for act in Act::ALL {
        let row = [Role::Clerk, Role::Manager, Role::Administrator].map(|role| cell(*act, role));
        let expected = match act {
            Act::HandOverUnpaid | Act::WaiveFee | Act::RefundFee | Act::GiveUpCard => ["signed", "yes", "yes"],
            Act::ReissueFree | Act::ReissueEarly | Act::ReissueBeyond => ["signed", "yes", "yes"],
            Act::RotateKeys | Act::ChangeStaff => ["no", "no", "yes"],
            Act::ShowKeys
            | Act::ShowStaff
            | Act::ReopenDay
            | Act::ShowLedger
            | Act::Approve
            | Act::ShowAccess
            | Act::ReviewAccess
            | Act::ExportAccess
            | Act::ShowExposure
            | Act::VerifyAudit
            | Act::ReceiveStock
            | Act::FaultStock
            | Act::ShowReports
            | Act::ExportLedger => ["no", "yes", "yes"],
            _ => ["yes", "yes", "yes"],
        };
        assert_eq!(row, expected, "{act}");
    }
}
