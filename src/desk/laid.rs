//! A card laid down on an idle desk: read in the background and never written, it opens its holder and speaks for the person, or says what is to be
//! done with it. A printed number that is out of use or blocked is told the same way. Start at [`laid`] and [`read_laid`].

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::card::{CardReport, read_untouched};
use super::find::masked_name;
use super::standing::{CardStatus, Next};
use super::{
    Act, Actor, BlockAct, Desk, Evidence, ReaderLine, Recovered, Session, Which, actor, block_card, devices, keep,
    kept, note_evidence, recover_card, touch,
};
use crate::back::encoder::ReaderState;
use crate::back::settings::ReaderKind;
use crate::back::store::cards::{self, Card, Suspended};
use crate::back::store::jobs::{self, Told};
use crate::back::store::members;
use crate::plan::job::CardState;
use crate::plan::member::{Decoded, Library, LibraryCode, MemberNumber};
use crate::plan::messages::Trouble;

const KIND: &str = "found-card";
/// The card or the reader went away, or somebody else is at it: nothing is to be said.
const PASSED: [&str; 8] = [
    "card-not-there",
    "card-removed",
    "card-timeout",
    "reader-taken",
    "reader-gone",
    "pcscd-absent",
    "pcscd-hung",
    "card-swapped",
];

/// Where a card that was laid down leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    Nothing,
    /// Its holder, for whom it speaks now.
    Member(i64),
    /// The job that has yet to hand it over.
    Job(i64),
    /// What is to be said of it, under this id of the session.
    Found(String),
}

/// A found card as the session keeps it: what the reading said, no names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FoundCard {
    /// The reader it lay on; `None` when its printed number was scanned.
    pub reader: Option<String>,
    pub uid: Option<String>,
    /// A word of [`CardStatus`], `open` for one in use that can be tampered with, or `unread`.
    pub status: String,
    pub number: Option<String>,
    pub member: Option<i64>,
    /// The library's code, when it is another one's.
    pub library: Option<String>,
    pub recoverable: Option<bool>,
    /// Why it cannot be read.
    pub trouble: Option<Told>,
    /// What came of recovering it.
    pub recovered: Option<Next>,
}

/// A found card with what the register says now.
pub struct FoundView {
    pub card: FoundCard,
    /// Masked.
    pub whose: Option<String>,
    pub number: Option<Decoded>,
    pub library: Option<Library>,
    pub suspended: Option<Suspended>,
    /// `2026-11-24`, of the block.
    pub since: Option<String>,
}

/// A page of this session begins to listen for cards; of several the newest hears. Its ticket is what [`laid`] asks for.
pub fn listen(desk: &Desk, session: &Session) -> u64 {
    desk.presence.listen(session.id)
}

/// Takes in what the readers show; the reader on which a card was laid just now for this session, if there is one. That it
/// was laid down is a person's act.
pub fn laid(desk: &Desk, session: &Session, ticket: u64, readers: &[ReaderLine]) -> Option<String> {
    notice(desk, readers);
    if !desk.presence.hears(session.id, ticket) {
        return None;
    }
    let now = Instant::now();
    let reader = own_reader(desk, &session.actor, readers).filter(|reader| desk.presence.take(reader, now))?;
    if let Err(trouble) = touch(desk, session) {
        tracing::warn!(code = trouble.code, "an active session was not noted");
    }
    Some(reader)
}

/// Of several readers each clerk hears the one at which they work.
fn own_reader(desk: &Desk, actor: &Actor, readers: &[ReaderLine]) -> Option<String> {
    match readers {
        [only] => Some(only.name.clone()),
        several => devices::usual_reader(desk, actor, several).ok().flatten(),
    }
}

/// The board at which this person works, where it does not tell that a card was laid down: nobody asks it again and again,
/// and [`read_now`] reads what lies there when they say so.
pub fn silent_reader(desk: &Desk, session: &Session) -> Option<String> {
    // Of the other kinds none is silent; they are not asked twice for one page.
    if desk.settings.reader.kind != ReaderKind::Libnfc {
        return None;
    }
    let readers = devices::readers(desk).ok()?;
    let own = own_reader(desk, &session.actor, &readers)?;
    readers
        .into_iter()
        .find(|reader| reader.name == own && reader.state == ReaderState::Ready)
        .map(|reader| reader.name)
}

/// Takes in what the readers show, where nobody waits for a card.
pub fn notice(desk: &Desk, readers: &[ReaderLine]) {
    desk.presence.notice(readers, &desk.stations.at_work(), Instant::now());
}

/// Reads the card that was laid down; it is never written. A member's card in use speaks for the person.
pub fn read_laid(desk: &Desk, session: &Session, reader: &str) -> Result<Landing, Trouble> {
    match read_untouched(desk, &session.actor, Some(reader)) {
        Ok(report) => landing(desk, session, reader, report),
        Err(trouble) if PASSED.contains(&trouble.code) => Ok(Landing::Nothing),
        Err(trouble) => found(desk, session, &unread(reader, &trouble)),
    }
}

/// Reads, once, what lies on the reader at which this person works, because they say so: the same as [`read_laid`], but
/// that nothing could be read is said.
///
/// # Errors
/// `card-not-there`, `reader-taken`, `no-reader`, the reader's own.
pub fn read_now(desk: &Desk, session: &Session) -> Result<Landing, Trouble> {
    let readers = devices::readers(desk)?;
    let reader = devices::reader_name(desk, own_reader(desk, &session.actor, &readers).as_deref())?;
    let report = match read_untouched(desk, &session.actor, Some(&reader)) {
        Ok(report) => report,
        Err(trouble) if PASSED.contains(&trouble.code) => return Err(trouble),
        Err(trouble) => return found(desk, session, &unread(&reader, &trouble)),
    };
    match landing(desk, session, &reader, report.clone())? {
        // Of somebody else's job: its card is told as any other.
        Landing::Nothing => found(desk, session, &of_report(&reader, report)),
        landing => Ok(landing),
    }
}

/// Where a card leads that was read.
fn landing(desk: &Desk, session: &Session, reader: &str, report: CardReport) -> Result<Landing, Trouble> {
    if report.status == CardStatus::InWork {
        return job_of(desk, &session.actor, &report);
    }
    let holder = report.member.filter(|_| report.status == CardStatus::Live);
    if let Some(member) = holder {
        match note_evidence(desk, session, member, Evidence::Card) {
            // One's own card opens one's own page, and speaks for nothing.
            Err(own) if own.code == "own-member" => {}
            noted => noted?,
        }
        if report.next.id == "card-next-live" {
            return Ok(Landing::Member(member));
        }
    }
    found(desk, session, &of_report(reader, report))
}

/// The job that made it and has not handed it over, if it is this person's; the command line's goes on there.
fn job_of(desk: &Desk, actor: &Actor, report: &CardReport) -> Result<Landing, Trouble> {
    let record = desk.store.look(|tx| Ok(cards::of_uid(tx, &report.uid)?.into_iter().next()))?;
    let Some(record) = record else { return Ok(Landing::Nothing) };
    let job = desk.store.look(|tx| jobs::get(tx, record.job))?;
    let mine = job.created_by == actor.id() && job.state.is_open();
    Ok(if mine { Landing::Job(job.id) } else { Landing::Nothing })
}

fn found(desk: &Desk, session: &Session, card: &FoundCard) -> Result<Landing, Trouble> {
    keep_found(desk, session, card).map(Landing::Found)
}

fn keep_found(desk: &Desk, session: &Session, card: &FoundCard) -> Result<String, Trouble> {
    let text = serde_json::to_string(card).map_err(|_| Trouble::new("web-trouble"))?;
    keep(desk, session, KIND, &text)
}

fn of_report(reader: &str, report: CardReport) -> FoundCard {
    // One in use that is not as it should be closed.
    let open = report.status == CardStatus::Live;
    FoundCard {
        reader: Some(reader.to_owned()),
        uid: Some(report.uid),
        status: if open { "open".to_owned() } else { report.status.to_string() },
        number: report.number.map(|number| number.to_string()),
        member: report.member,
        library: report.library.map(|library| library.code.to_string()),
        recoverable: if open { Some(true) } else { report.recoverable },
        trouble: report.warnings.first().filter(|_| report.status == CardStatus::Unknown).map(Told::from),
        recovered: None,
    }
}

fn unread(reader: &str, trouble: &Trouble) -> FoundCard {
    FoundCard {
        reader: Some(reader.to_owned()),
        uid: None,
        status: "unread".to_owned(),
        number: None,
        member: None,
        library: None,
        recoverable: None,
        trouble: Some(Told::from(trouble)),
        recovered: None,
    }
}

/// A scanned number that names no card in use: one that is blocked, or a number that was given up. The id under which the
/// session keeps what is to be said; `None` when the member's own page says it all.
pub fn found_by_number(desk: &Desk, session: &Session, number: MemberNumber) -> Result<Option<String>, Trouble> {
    session.actor.may(Act::Find)?;
    let cards = desk.store.look(|tx| cards::of_number(tx, &number))?;
    let in_use = cards.iter().any(|card| matches!(card.state, CardState::InWork | CardState::Ready | CardState::Live));
    let told = |card: &&Card| matches!(card.state, CardState::Suspended | CardState::Void);
    let Some(card) = cards.iter().find(told).filter(|_| !in_use) else { return Ok(None) };
    let member = desk.store.look(|tx| members::get(tx, card.member))?;
    if card.state == CardState::Void && member.number == Some(number) {
        return Ok(None);
    }
    let found = FoundCard {
        reader: None,
        uid: card.uid.clone(),
        status: card.state.to_string(),
        number: Some(number.to_string()),
        member: Some(card.member),
        library: None,
        recoverable: None,
        trouble: None,
        recovered: None,
    };
    keep_found(desk, session, &found).map(Some)
}

/// What is known of a found card now. Whose it is is masked, and that it was shown is logged.
pub fn found_card(desk: &Desk, session: &Session, id: &str) -> Result<Option<FoundView>, Trouble> {
    session.actor.may(Act::Find)?;
    let Some(card) = read_found(desk, session, id)? else { return Ok(None) };
    let whose = card.member.map(|member| shown(desk, &session.actor, member)).transpose()?;
    let number = number_of(&card);
    let suspended = records_of(desk, &card)?.into_iter().find_map(|record| record.suspended);
    let code = card.library.as_deref().and_then(|code| LibraryCode::parse(code).ok());
    Ok(Some(FoundView {
        whose,
        number: number.map(|number| desk.directory.decode(number)),
        library: code.and_then(|code| desk.directory.show(code)).cloned(),
        since: suspended.as_ref().map(|block| desk.day_of(block.at)),
        suspended,
        card,
    }))
}

fn number_of(card: &FoundCard) -> Option<MemberNumber> {
    card.number.as_deref().and_then(|text| MemberNumber::parse(text).ok())
}

/// What the register has of it, by its chip, else by its number.
fn records_of(desk: &Desk, card: &FoundCard) -> Result<Vec<Card>, Trouble> {
    match (&card.uid, number_of(card)) {
        (Some(uid), _) => desk.store.look(|tx| cards::of_uid(tx, uid)),
        (None, Some(number)) => desk.store.look(|tx| cards::of_number(tx, &number)),
        (None, None) => Ok(Vec::new()),
    }
}

fn read_found(desk: &Desk, session: &Session, id: &str) -> Result<Option<FoundCard>, Trouble> {
    Ok(kept(desk, session, KIND, id)?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// A member's name, masked; that it was shown is logged.
pub fn shown(desk: &Desk, actor: &Actor, member: i64) -> Result<String, Trouble> {
    actor.may(Act::Find)?;
    desk.store.change(|tx| {
        actor::log(desk, tx, actor, [member], "list", "found-card")?;
        Ok(masked_name(&members::get(tx, member)?.name))
    })
}

/// Recovers the found card, which must lie there still, free of charge; gives the id of what came of it.
pub fn recover_found(desk: &Desk, session: &Session, id: &str) -> Result<Option<String>, Trouble> {
    session.actor.may(Act::RecoverCard)?;
    let Some(mut card) = read_found(desk, session, id)? else { return Ok(None) };
    let reader = card.reader.as_deref();
    let lying = read_untouched(desk, &session.actor, reader)?.uid;
    if let Some(uid) = card.uid.as_ref().filter(|uid| **uid != lying) {
        return Err(Trouble::new("card-swapped").with("uid", uid).with("found", lying));
    }
    // The same press again is held to the same card, and answered as it was.
    let key = format!("page-recover-{id}");
    let Recovered { status, next, .. } = recover_card(desk, &session.actor, reader, Some(&key))?;
    card.status = status;
    card.recoverable = None;
    card.recovered = Some(next);
    keep_found(desk, session, &card).map(Some)
}

/// Lifts the block of a found card for the person who has come for it, by what the clerk says speaks for them; gives its
/// holder. The same again is answered the same.
///
/// # Errors
/// `card-none` when its holder has no such card any more, or those of [`block_card`].
pub fn release_found(desk: &Desk, session: &Session, id: &str, evidence: Evidence) -> Result<Option<i64>, Trouble> {
    session.actor.may(Act::ReleaseCard)?;
    let Some(card) = read_found(desk, session, id)? else { return Ok(None) };
    let Some(member) = card.member else { return Ok(None) };
    let records = records_of(desk, &card)?;
    let of = |state| records.iter().find(|record| record.member == member && record.state == state);
    let record = of(CardState::Suspended).or(of(CardState::Live));
    let record = record.ok_or_else(|| Trouble::new("card-none").with("member", member))?.id;
    note_evidence(desk, session, member, evidence)?;
    let key = format!("page-release-{id}");
    block_card(desk, &session.actor, evidence, &Which::Of(member, record), &BlockAct::Release, Some(&key))?;
    Ok(Some(member))
}
