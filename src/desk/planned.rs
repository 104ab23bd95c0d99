//! A job on its way into the books: whatever card it makes and why, it is written once under its key, with its first mark, its
//! charge and its line in the access log, in one transaction. What stands against it, and which number it gets, is judged by
//! those who ask: `issue`, `reissue`, `convert`. Start at [`planned_once`].

use serde_json::{Value, json};

use super::enrol::Request;
use super::fee_rules::Terms;
use super::once::made_once;
use super::print_receipt::print_due;
use super::{Actor, Desk, Event, Evidence, actor, charge, devices};
use crate::back::store::Tx;
use crate::back::store::jobs::{self, NewJob};
use crate::plan::fees::Settlement;
use crate::plan::job::{CardKind, steps};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// A kind of card, and the reader and the printer by which it is made.
pub(super) struct MadeAt {
    pub kind: CardKind,
    pub reader: Option<String>,
    pub printer: String,
}

impl MadeAt {
    /// By name, or the first one; a card without a chip needs no reader.
    pub fn new(desk: &Desk, kind: CardKind, reader: Option<&str>, printer: Option<&str>) -> Result<MadeAt, Trouble> {
        let printer = devices::printer_name(printer)?;
        let reader = match kind {
            CardKind::Rfid => Some(devices::reader_name(desk, reader)?),
            CardKind::Barcode | CardKind::Sticker => None,
        };
        Ok(MadeAt { kind, reader, printer })
    }
}

/// The number that the card will bear.
pub(super) struct Numbered {
    pub number: MemberNumber,
    /// This job reserved it, and retires it when it is cancelled.
    pub reserved: bool,
    /// The one that it takes the place of.
    pub old: Option<MemberNumber>,
}

/// Everything that was settled of a job before it is written.
pub(super) struct Planned<'a> {
    pub member: i64,
    pub terms: Terms,
    pub made_at: &'a MadeAt,
    pub numbered: Numbered,
    /// The card that gives way.
    pub replaces: Option<i64>,
    pub settlement: &'a Settlement,
    /// What speaks for the person, and what the log says was done.
    pub evidence: Evidence,
    pub purpose: &'a str,
    /// What the first mark says besides kind and number: an object.
    pub detail: Value,
}

/// Plans a job once: what `plan` answers now, or what this very request made before. Whoever watches is told.
pub(super) fn planned_once(
    desk: &Desk,
    actor: &Actor,
    asked: Option<&Request>,
    plan: impl FnOnce(&Tx, i64) -> Result<i64, Trouble>,
) -> Result<i64, Trouble> {
    let now = desk.now().as_millisecond();
    let id = desk.store.change(|tx| made_once(tx, asked, now, || plan(tx, now)))?;
    print_due(desk, actor);
    desk.tell(Event::Job(id));
    Ok(id)
}

impl Planned<'_> {
    /// Writes the job and answers its id.
    pub(super) fn write(self, desk: &Desk, tx: &Tx, actor: &Actor, now: i64) -> Result<i64, Trouble> {
        actor::not_oneself(tx, actor, self.member)?;
        let (kind, Numbered { number, reserved, old }) = (self.made_at.kind, self.numbered);
        let id = jobs::insert(
            tx,
            &NewJob {
                member: self.member,
                kind,
                reason: self.terms.rule.reason.as_str(),
                number,
                reserved,
                replaces: self.replaces,
                old_number: old,
                step: steps(kind)[0],
                reader: self.made_at.reader.as_deref(),
                printer: Some(&self.made_at.printer),
                created: now,
                created_by: &actor.id(),
            },
        )?;
        let mut mark = json!({ "kind": kind, "number": number, "reserved": reserved });
        if let (Value::Object(mark), Value::Object(detail)) = (&mut mark, self.detail) {
            mark.extend(detail);
        }
        jobs::mark(tx, id, now, "planned", &mark)?;
        charge::book(desk, tx, actor, (id, self.member), &self.terms, self.settlement)?;
        actor::log(desk, tx, actor, [self.member], "change", &self.evidence.purpose(self.purpose))?;
        Ok(id)
    }
}
