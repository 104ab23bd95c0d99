//! Who may give a job's card up, judged once for whoever cancels the job, calls its card spoiled or wants a new one: a locked card that nobody sees
//! blanked may be in somebody's pocket, and money that somebody took does not go back by their hand alone. It moves no card and no
//! money. Start at [`GivingUp::of`].

use std::time::Duration;

use super::{Act, Actor, Desk, Origin, Subject, approval, charge, devices};
use crate::back::encoder::{self, Feed};
use crate::back::store::Tx;
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs::{self, Job};
use crate::plan::chip::Uid;
use crate::plan::job::{CardKind, JobState};
use crate::plan::messages::Trouble;

/// A judgement under way: what a second person would sign, and whether one has to.
pub(super) struct GivingUp<'a> {
    desk: &'a Desk,
    actor: &'a Actor,
    subject: Subject,
    /// Who took the money that would go back.
    took: Option<String>,
    locked: bool,
    /// A card that the job had before left it locked.
    left: bool,
    alone: bool,
}

impl<'a> GivingUp<'a> {
    /// Of this job's card, before anything is judged.
    pub(super) fn of(desk: &'a Desk, actor: &'a Actor, job: &Job) -> Result<GivingUp<'a>, Trouble> {
        let judged = |tx: &Tx| Ok((charge::going_back(tx, job)?, jobs::left_locked(tx, job.id)?));
        let ((subject, took), left) = desk.store.look(judged)?;
        Ok(GivingUp { desk, actor, subject, took, locked: is_locked(job), left, alone: true })
    }

    /// Money goes back with it: whoever took that does not do it alone. `approval-needed`, before a card is touched.
    pub(super) fn with_money(&mut self) -> Result<(), Trouble> {
        if self.took.as_deref() == Some(&self.actor.id()) { self.asks() } else { Ok(()) }
    }

    /// Nobody saw the card blanked: one that is locked wants a second person. `approval-needed` while none has signed.
    pub(super) fn out_of_sight(&mut self) -> Result<(), Trouble> {
        if self.alone && self.locked { self.asks() } else { Ok(()) }
    }

    /// The whole job ends: a card that left it before, locked and not seen blanked, may bear the number that goes with it.
    /// `approval-needed` while none has signed.
    pub(super) fn with_the_job(&mut self) -> Result<(), Trouble> {
        if self.alone && self.left { self.asks() } else { Ok(()) }
    }

    fn asks(&mut self) -> Result<(), Trouble> {
        self.alone = false;
        let (desk, actor, me) = (self.desk, self.actor, self.actor.id());
        let judged =
            |tx: &Tx| approval::would_be_allowed(desk, tx, actor, Act::GiveUpCard, &self.subject, "", Some(&me));
        desk.store.look(judged)
    }

    /// In the commit: uses the signature up that it wants, and answers whose it was. At the command line nobody is asked, and its own
    /// account is named.
    pub(super) fn allowed(&self, tx: &Tx) -> Result<Option<String>, Trouble> {
        let (actor, me) = (self.actor, self.actor.id());
        match self.alone {
            true => Ok((actor.origin == Origin::CommandLine).then_some(me)),
            false => approval::allowed(self.desk, tx, actor, Act::GiveUpCard, &self.subject, "", Some(&me)),
        }
    }
}

/// What lets a job's card be given up while the job goes on: it was blanked on the reader just now, or a second person signed, or it
/// was never locked. No money goes back with it.
#[derive(Default)]
pub(super) struct Leave<'a> {
    giving_up: Option<GivingUp<'a>>,
    /// Somebody saw it blanked.
    pub blanked: bool,
}

impl<'a> Leave<'a> {
    /// `approval-needed` while nobody has signed for a locked card that does not lie here to be blanked now.
    pub(super) fn of(desk: &'a Desk, actor: &'a Actor, job: &Job) -> Result<Leave<'a>, Trouble> {
        if !is_locked(job) {
            return Ok(Leave::default());
        }
        let card = desk.store.look(|tx| job.card.map(|card| cards::get(tx, card)).transpose())?;
        if actor.origin == Origin::Page
            && let Some(card) = card
            && blanked(desk, &card, job.reader.as_deref(), Feed::ByHand)?
        {
            return Ok(Leave { giving_up: None, blanked: true });
        }
        let mut giving_up = GivingUp::of(desk, actor, job)?;
        giving_up.out_of_sight()?;
        Ok(Leave { giving_up: Some(giving_up), blanked: false })
    }

    /// In the commit: uses the signature up that it wants.
    pub(super) fn use_up(&self, tx: &Tx) -> Result<(), Trouble> {
        self.giving_up.as_ref().map_or(Ok(()), |giving_up| giving_up.allowed(tx).map(drop))
    }
}

/// Its card left the library's keys shut: whoever has it has a member's card.
fn is_locked(job: &Job) -> bool {
    let stood = job.failed_from.unwrap_or(job.state);
    let locked = [JobState::Locked, JobState::Proven, JobState::Printing, JobState::PrintInDoubt, JobState::Ready];
    job.kind == CardKind::Rfid && locked.contains(&stood)
}

/// Whether the card lay on the reader and is blank now. A chipless card is simply kept back and counts as spoiled print.
pub(super) fn blanked(desk: &Desk, card: &Card, reader: Option<&str>, feed: Feed) -> Result<bool, Trouble> {
    let Some(uid) = card.uid.as_deref().map(Uid::parse).transpose()? else { return Ok(false) };
    let Ok(mut reader) = devices::open_reader(desk, reader) else { return Ok(false) };
    let patience = if feed == Feed::Dispense { Duration::from_secs(1) } else { Duration::ZERO };
    let lies = devices::card_on(desk, &mut *reader, feed, |reader| reader.wait_for_card(Some(&uid), feed, patience))?;
    let Some(_held) = lies else { return Ok(false) };
    let target = encoder::identify_as(&mut *reader, Some(&uid))?;
    Ok(target.uid == uid && devices::blank_chip(desk, &mut *reader, &target, card)?)
}
