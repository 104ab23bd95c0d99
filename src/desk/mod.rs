//! The use cases, one file each, named by the verb. The desk decides: it asks pure plans what may happen and the back
//! rooms to carry it out. Every use case takes an [`Actor`]; rights and access-log entries are made here, never in a front.
//! Start at [`Desk::open`], then [`plan_issue`], [`run`] and [`hand_over`]: one member, one card.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::broadcast;

mod access;
mod access_asked;
mod access_query;
mod actor;
mod acts;
mod admit;
mod after;
mod alike;
mod applicant;
mod approval;
mod asked;
mod audit;
mod before;
mod blank;
mod block;
mod cancel;
mod card;
mod charge;
mod check;
mod chip;
mod close_day;
mod closed;
mod consent;
mod convert;
mod day;
mod devices;
mod did;
mod doctor;
mod edit;
mod encode;
mod enrol;
mod entry_words;
mod events;
mod evidence;
mod export;
mod exposure;
mod fee_rules;
mod find;
mod give_up;
mod gravity;
mod hand_over;
mod history;
mod hold;
mod import;
mod issue;
mod job_view;
mod journal;
mod just_done;
mod key_file;
mod keys;
mod laid;
mod ledger;
mod ledger_export;
mod ledger_list;
mod ledger_papers;
mod libraries;
mod log_in;
mod log_time;
mod money_report;
mod old_card;
mod on_page;
mod once;
mod open;
mod other_profile;
mod own_account;
mod password;
mod pictures;
mod planned;
mod presence;
mod print;
mod print_receipt;
mod profiles;
mod quoted;
mod rebook;
mod receipt;
mod recover;
mod registers;
mod reissue;
mod report;
mod retain;
mod review;
mod rewrite;
mod rights;
mod rights_log;
mod run;
mod secret;
mod session;
mod set_up;
mod signalling;
mod slip;
mod staff;
mod standing;
mod station;
mod stock;
mod stock_view;
mod today;
mod training;
mod tray;
mod unfinished;
mod unusual;
mod upkeep;
mod waiting;
mod whose;
mod withdraw;

pub use access::{ACCESS_PAGE, AccessPage, AccessRow, StaffCount, access_page, export_access, show_access};
pub use access_asked::{AccessTyped, WrongField, access_asked};
pub use access_query::{ACCESS_KINDS, AccessQuery, access_member};
pub use actor::{Actor, Origin, Role, StaffRef};
pub use acts::{Acts, acts};
pub use after::{After, CardSince, Compared, NumberFate};
pub use alike::{Alike, alike_as_typed};
pub use applicant::{ENROL_OPTIONS, EnrolForm, Problem, identity_numbers_in, way_wrong};
pub use approval::{Asked, Subject, ask_approval, show_approval, sign_approval};
pub use audit::{
    ChainState, Verified, astray_trouble, form_trouble, guard_trouble, put_guards_back, recount_audit, verify_audit,
};
pub use blank::{Blanked, blank_card};
pub use block::{BLOCK_WHYS, BlockAct, Blocked, Which, block_card};
pub use cancel::{Cancelled, cancel};
pub use card::{CardReport, CardVerdict, read_card, verify_card};
pub use charge::{
    ChargeReport, charge_member, fees_member, fees_of, leave_unpaid, pay_fee, refund_fee, show_fees, waive_fee,
};
pub use check::{CheckView, check_and_hand_over, is_reading, look_at_chip};
pub use close_day::{Counted, Reopened, close_day, count_and_close, count_drawer, reopen_day};
pub use closed::{
    CloseView, Closed, Covered, DrawerCount, FirstCount, PastClose, Ways, close_view, closed_day, counted_drawer,
    next_business_day,
};
pub use consent::{ConsentRow, consent_texts, retention};
pub use convert::{Conversion, ConvertForm, conversion, gives_own_cards, plan_convert, with_own_card};
pub use day::{Counts, Day, Hour, JobQuery, JobRow, JobsFound, Tally, counts_today, day, seek_jobs};
pub use devices::{
    PrinterLine, ReaderLine, next_reader, printers, reader_at_hand, readers, readers_without_desk, usable_readers,
    usual_reader, watch_readers,
};
pub use doctor::{CheckState, Doctor, Finding, Mend, examine};
pub use edit::{EDIT_FIELDS, EDIT_OPTIONS, EditForm, Edited, check_edit, edit, edit_form};
pub use enrol::{Enrolled, PersonCheck, check_consent, check_person, consents_wrong, enrol};
pub use entry_words::{entry_words, rights_words};
pub use events::{Event, Live, StepState};
pub use evidence::{Evidence, evidence_needed, evidence_of, note_evidence};
pub use export::{Person, SheetFile, access_people, access_sheet, save_sheet};
pub use exposure::{Exposure, exposure};
pub use fee_rules::{RuleText, fee_due, fee_rule, first_fee};
pub use find::{CardLine, CardRow, Elsewhere, Found, Hit, MemberFile, find, show_member};
pub use gravity::{gravest_first, is_grave, was_reviewed};
pub use hand_over::{HandedOver, hand_over, sweep_spool};
pub use history::{History, HistoryRow, Lines, history, recent_history};
pub use import::{ImportCheck, ImportForm, Imported, check_import, foreign_number, import, import_options};
pub use issue::{IssueForm, plan_issue, plan_issue_paid};
pub use job_view::{JobCharge, JobView, Phase, SectorUse, StepView, follow_job, job_view};
pub use just_done::{Renamed, Restored, note_recovered, note_renamed, renamed, restored};
pub use keys::{KeyLine, rotate_keys, show_keys};
pub use laid::{
    FoundCard, FoundView, Landing, found_by_number, found_card, laid, listen, notice, read_laid, read_now,
    recover_found, release_found, shown, silent_reader,
};
pub use ledger_export::{LedgerSheet, ledger_sheet};
pub use ledger_list::{LedgerRow, show_ledger};
pub use ledger_papers::{PAPERS, Paper};
pub use libraries::{
    LibraryLine, directory, find_library, holds_identity_number, id, member_number, members_of, settings, show_library,
    write_file,
};
pub use log_in::{Whence, log_in, name_again};
pub use money_report::{
    ClerkLine, ClerkReport, MoneyReport, MoneyRow, SPANS, clerk_report, money_period, money_report, money_span,
};
pub use old_card::{OldCardSaid, note_old_card, old_card_came};
pub use on_page::{at_reader, new_card, other_reader, print_on_page, resume_on_page, start, stop_waiting};
pub use once::once;
pub use open::{Opening, Stamp};
pub use own_account::{OwnAccount, SessionLine, change_password, end_other_sessions, end_session, own_account};
pub use password::TypedPassword;
pub use pictures::{card_picture, draft_picture, preview};
pub use print::{PrintFate, settle_print, settle_print_once};
pub use print_receipt::{Printed, ReceiptView, newest_receipt, print_receipt, show_receipt};
pub use quoted::quoted;
pub use recover::{Outcome, Recovered, recover_card};
pub use registers::{ALL_PAGES, REGISTER_PAGE, RegisterPage, RegisterRow, register, register_page};
pub use reissue::{
    ReissueForm, ReissueOption, ReissueView, Whom, plan_reissue, recover_of, reissue_reason, reissue_view,
};
pub use report::{Fee, JobReport, is_open, list_jobs, show_job};
pub use review::{PastReview, Review, last_reviews, review_access};
pub use rewrite::Rekeyed;
pub use rights::{Act, Right};
pub use rights_log::{RightsRow, rights_log};
pub use run::{Until, run};
pub use session::{
    DESKS, KNOWN_DESK_MILLIS, NewSession, Session, drop_kept, keep, keep_on, kept, log_out, newest_draft, rekeep,
    session, session_of, session_stands, set_lang, touch,
};
pub use set_up::{SetUp, new_setup, set_up, set_up_open, staff_name, wants_set_up};
pub use slip::{BlockReach, Change, Slip, SlipFee, slip};
pub use staff::{
    Invited, StaffChange, StaffReport, add_staff, list_staff, lock_staff, own_membership, reset_staff,
    set_own_membership, set_role, staff_role, staff_to_change, unlock_staff,
};
pub use standing::{CardStatus, Issuer, Next};
pub use stock::{fault_stock, open_stock, receive_stock, take_stock};
pub use stock_view::{
    DayLine, MoveLine, PlotDay, StockDay, StockLine, StockView, TypeLine, WasteLine, show_stock, stock_day, stock_low,
    stock_view,
};
pub use today::{RecentRow, Today, TodoRow, today};
pub use training::{Practice, SampleLine, begin_anew, open_training, practice};
pub use tray::{Fault, Tray, TrayAct, TrayCard, tray, tray_do};
pub use unfinished::{CardLineRow, ImportRow, LONG_BLOCKED_DAYS, Unfinished, UnpaidRow, unfinished, unfinished_count};
pub use upkeep::keep_house;
pub use waiting::Waiting;
pub use withdraw::{Withdrawal, Withdrawn, withdraw, withdrawal};

// What the fronts hand in or show: types of the back rooms that the desk answers for.
pub use crate::back::assets::Assets;
pub use crate::back::encoder::{Feed, ReaderState, SectorState};
pub use crate::back::settings::Settings;
pub use crate::back::store::jobs::{Proof, Told};
pub use crate::plan::audit::hex;
pub use crate::plan::audit::patterns::{Flag, Kind as FlagKind};
pub use crate::plan::fees::close::{signed, won_typed};
pub use crate::plan::fees::{
    By, CERTAINTY, Compared as RateBeside, LEAST, Line as MoneyLine, MEASURES, Measure, Money, Period, TIMES, Totals,
    grouped,
};

use crate::back::encoder::Readers;
use crate::back::keys::KeyFile;
use crate::back::store::Store;
use crate::back::store::access::last_time;
use crate::plan::chip::{KeySet, Profile};
use crate::plan::layout::{FontSet, Layout};
use crate::plan::member::{Directory, NumberRange};
use crate::plan::messages::{Messages, Trouble};

/// All rooms behind one desk, opened and checked. Shared by every thread.
pub struct Desk {
    pub settings: Settings,
    pub messages: Messages,
    pub directory: Directory,
    stamp: Stamp,
    /// For hashes of what people typed.
    salt: [u8; 32],
    store: Store,
    keys: KeyFile,
    /// What new cards are made by; an older card keeps the profile of its record ([`Desk::profile_named`]).
    profile: Arc<Profile>,
    profiles: profiles::Others,
    card_layout: Layout,
    barcode_layout: Layout,
    sticker_layout: Layout,
    receipt_layout: Layout,
    fonts: OnceLock<FontSet>,
    pub assets: Assets,
    locks: PathBuf,
    readers: Box<dyn Readers>,
    board: Arc<events::Board>,
    stations: station::Stations,
    checks: check::Checks,
    presence: presence::Presence,
    stove: secret::Stove,
}

impl Desk {
    /// Now, by the system's clock.
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// The date here.
    pub fn today(&self) -> jiff::civil::Date {
        self.now().to_zoned_datetime(self.zone()).date()
    }

    /// The date here of a time that was recorded, in milliseconds.
    fn date_of(&self, millis: i64) -> jiff::civil::Date {
        let time = Timestamp::from_millisecond(millis).unwrap_or_else(|_| self.now());
        time.to_zoned_datetime(self.zone()).date()
    }

    /// When today began here.
    fn midnight(&self) -> Timestamp {
        let now = self.now().to_zoned_datetime(self.zone());
        now.start_of_day().map_or(self.now(), |midnight| midnight.timestamp())
    }

    /// A stored time as the clock on the wall showed it.
    fn local(&self, millis: i64) -> jiff::ZonedDateTime {
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned_datetime(self.zone())
    }

    /// The day of a stored time, `YYYY-MM-DD`.
    fn day_of(&self, millis: i64) -> String {
        self.local(millis).strftime("%Y-%m-%d").to_string()
    }

    /// The month of a stored time, `YYYY-MM`: that of the chain in which it is written.
    fn month_of(&self, millis: i64) -> String {
        self.local(millis).strftime("%Y-%m").to_string()
    }

    /// Now, as RFC 3339 with the offset here.
    pub fn clock(&self) -> String {
        self.rfc3339(self.now().as_millisecond())
    }

    /// RFC 3339 with offset, to the second.
    fn rfc3339(&self, millis: i64) -> String {
        self.local(millis).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    fn zone(&self) -> TimeZone {
        self.settings.library.time_zone.clone()
    }

    fn number_range(&self) -> NumberRange {
        self.settings.number
    }

    /// The master keys as their file has them now: a rotation by another process is noticed. One visit of a card takes
    /// them once.
    fn keys(&self) -> Arc<KeySet> {
        let known = || key_file::known(&self.store);
        self.keys.keys(known, |known, found| key_file::belongs(known, &self.settings.key_file, found))
    }

    /// `[reader] card_timeout`.
    pub fn card_timeout(&self) -> Duration {
        Duration::from_secs(self.settings.reader.card_timeout.into())
    }

    /// After this long without a person's act a session has ended.
    fn idle_millis(&self) -> i64 {
        i64::from(self.settings.web.idle_minutes) * 60_000
    }

    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// What is odd and stops nobody: the clock behind the newest entry, numbers running out.
    pub fn warnings(&self) -> Vec<Trouble> {
        let newest = self.store.look(last_time).ok().flatten().unwrap_or_default();
        let behind = newest - self.now().as_millisecond();
        let clock = (behind > 0).then(|| Trouble::new("clock-behind").with("seconds", behind / 1000));
        clock
            .into_iter()
            .chain(open::loose_folder(self))
            .chain(issue::numbers_low(self).ok().flatten())
            .chain(self.of_the_log())
            .collect()
    }

    /// What the access log wants from somebody.
    fn of_the_log(&self) -> impl Iterator<Item = Trouble> {
        [review::due(self), retain::keep_short(self)].into_iter().filter_map(|found| found.ok().flatten())
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.board.subscribe()
    }

    pub fn tell(&self, event: Event) {
        self.board.tell(event);
    }

    /// The live picture of a job that this process works on.
    pub fn live(&self, job: i64) -> Option<Live> {
        self.board.live(job)
    }
}

#[cfg(test)]
mod tests;
