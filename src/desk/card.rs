//! The card on the reader: what it holds, whose it is, what a phone could still change.
//! Never "blank" for a card that we merely cannot read. Start at [`read_card`].

use serde::Serialize;
use serde_json::{Value, json};

use super::hold::lock_reader;
use super::{Actor, Desk, actor, devices};
use crate::back::encoder::{self, Feed, Identified, Reader};
use crate::back::store::cards::{self, Card};
use crate::plan::chip::{Depth, ReadPlan, Reading, Seal};
use crate::plan::job::CardState;
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// What `card read` shows.
#[derive(Debug, Clone, Serialize)]
pub struct CardReport {
    pub uid: String,
    pub chip: &'static str,
    pub profile: Option<String>,
    pub number: Option<MemberNumber>,
    /// Format, key version, sequence, library and date of issue.
    pub header: Option<Value>,
    pub seal: Seal,
    /// How many sectors are locked, open, or answer to no key of ours.
    pub locks: Value,
    pub member: Option<i64>,
    /// The contract's word: `live`, `suspended`, `void`, `returned`, `in-work`, `spoiled`, `foreign`, `overwritten`, `blank`, `unknown`.
    pub status: &'static str,
}

/// What `card verify` shows: all well, or what a phone could change and what is not as it should be.
pub struct CardVerdict {
    pub ok: bool,
    pub findings: Vec<Trouble>,
    pub report: CardReport,
}

/// Reads the data of the card that lies there. A member's card is a look at that member and logged.
pub fn read_card(desk: &Desk, actor: &Actor, reader: Option<&str>) -> Result<CardReport, Trouble> {
    Ok(look(desk, actor, reader, Depth::Data)?.1)
}

/// Reads every sector and says what is open or wrong.
pub fn verify_card(desk: &Desk, actor: &Actor, reader: Option<&str>) -> Result<CardVerdict, Trouble> {
    let (reading, report, card) = look(desk, actor, reader, Depth::Whole)?;
    let mut findings = reading.findings;
    if let Some(card) = card
        && reading.number != Some(card.number)
        && matches!(card.state, CardState::Ready | CardState::Live | CardState::Suspended)
    {
        findings.push(Trouble::new("chip-mismatch").with("uid", &report.uid).with("wanted", card.number.grouped()));
    }
    Ok(CardVerdict { ok: findings.is_empty(), findings, report })
}

fn look(
    desk: &Desk,
    actor: &Actor,
    name: Option<&str>,
    depth: Depth,
) -> Result<(Reading, CardReport, Option<Card>), Trouble> {
    let mut reader = devices::open_reader(desk, name)?;
    // A card command acts on what lies there; nothing is laid down for it.
    if !reader.wait_for_card(None, Feed::ByHand, std::time::Duration::ZERO)? {
        return Err(Trouble::new("card-not-there"));
    }
    let _held = lock_reader(desk, reader.name())?;
    let target = encoder::identify(&mut *reader)?;
    let reading = read_chip(desk, &mut *reader, &target, depth)?;
    let uid = target.uid.to_string();
    let card = desk.store.look(|tx| Ok(cards::of_uid(tx, &uid)?.into_iter().next()))?;
    if let Some(card) = &card {
        desk.store.change(|tx| actor::log(desk, tx, actor, [card.member], "look", "card"))?;
    }
    let (locked, open, unknown) = reading.lock_counts();
    let status = status(desk, &reading, card.as_ref());
    let report = CardReport {
        uid,
        chip: reading.kind.code(),
        profile: reading.profile.clone(),
        number: reading.number,
        header: reading.header.as_ref().map(|header| {
            json!({
                "format": 1, "key_version": header.key_version, "sequence": header.sequence, "library": header.library,
                "date": header.date.date().to_string(),
            })
        }),
        seal: reading.seal,
        locks: json!({ "locked": locked, "open": open, "unknown": unknown }),
        // A blank is nobody's, whoever had it before.
        member: card.as_ref().filter(|_| status != "blank").map(|card| card.member),
        status,
    };
    Ok((reading, report, card))
}

/// One visit's reading of the card that was identified.
pub(super) fn read_chip(
    desk: &Desk,
    reader: &mut dyn Reader,
    target: &Identified,
    depth: Depth,
) -> Result<Reading, Trouble> {
    let plan = ReadPlan::new(&desk.profile, target.kind, &target.uid, desk.settings.library.code, &desk.keys(), depth)?;
    encoder::read(reader, target, &plan).map_err(|stop| stop.trouble)
}

/// Our record decides, unless the chip shows that somebody wrote over it.
fn status(desk: &Desk, reading: &Reading, card: Option<&Card>) -> &'static str {
    let ours_intact = reading.seal == Seal::Valid && reading.profile.is_some();
    match card.map(|card| card.state) {
        Some(CardState::Live | CardState::Suspended) if !ours_intact => "overwritten",
        Some(CardState::Live) => "live",
        Some(CardState::Suspended) => "suspended",
        Some(CardState::Void) => "void",
        Some(CardState::InWork | CardState::Ready) => "in-work",
        Some(CardState::Spoiled) => "spoiled",
        Some(CardState::Returned | CardState::Blank) if reading.transport => "blank",
        Some(CardState::Returned | CardState::Blank) => "returned",
        None if reading.transport => "blank",
        None => {
            let other = |code| code != desk.settings.library.code;
            let by_header = reading.header.as_ref().is_some_and(|header| other(header.library));
            let by_number = reading.number.is_some_and(|number| other(number.library()));
            if by_header || by_number { "foreign" } else { "unknown" }
        }
    }
}
