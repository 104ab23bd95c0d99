//! `card read|verify|blank|recover`: what lies on the reader; `card suspend|release|return`: blocking a member's card, by
//! the reader or by its number.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::answer::told;
use super::{Done, Rooms, job};
use crate::desk::{self, BlockAct, Desk, Evidence, Next, Which};
use crate::plan::messages::Lang;

#[derive(Subcommand)]
pub(super) enum Card {
    /// What the card holds, whose it is and what to do with it
    Read(Lies),
    /// Seal, locks and what a phone could still change; exit 1 when something is not as it should be
    Verify(Lies),
    /// Takes a card of ours that nobody has any more back to a blank
    Blank(Act),
    /// Completes a torn or overwritten card of ours, or takes it back to a blank; free of charge
    Recover(Act),
    /// Blocks a member's card at once
    Suspend {
        #[command(flatten)]
        which: Whose,
        /// lost, stolen, found or other
        #[arg(long)]
        why: String,
    },
    /// Lifts the block of a member's card
    Release(Whose),
    /// Takes a card back that its holder gave up
    Return(Whose),
}

#[derive(Args)]
pub(super) struct Whose {
    /// By the member's number; else the card that lies on the reader
    #[arg(long, allow_negative_numbers = true)]
    number: Option<String>,
    /// rfid, barcode or sticker, where the number has more than one card
    #[arg(long, requires = "number")]
    kind: Option<String>,
    /// By name; else the first one
    #[arg(long, conflicts_with = "number")]
    reader: Option<String>,
    /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
    #[arg(long)]
    key: Option<String>,
}

impl Whose {
    fn run(self, rooms: Rooms, act: &BlockAct) -> Done {
        let actor = rooms.actor();
        let kind = self.kind.as_deref().map(job::kind).transpose()?;
        let key = super::key(self.key)?;
        let (evidence, which) = match self.number {
            Some(number) => (Evidence::Word, Which::Number(number, kind)),
            None => (Evidence::Card, Which::Reader(self.reader)),
        };
        let done = desk::block_card(&rooms.desk()?, &actor, evidence, &which, act, key.as_deref())?;
        Ok((super::json(&done), 0))
    }
}

#[derive(Args)]
pub(super) struct Lies {
    /// By name; else the first one
    #[arg(long)]
    reader: Option<String>,
}

#[derive(Args)]
pub(super) struct Act {
    /// By name; else the first one
    #[arg(long)]
    reader: Option<String>,
    /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
    #[arg(long)]
    key: Option<String>,
}

/// The order in which a clerk reads a card: how it stands, what to do, whose it is; what the chip is comes last.
const GLANCE: [&str; 14] = [
    "ok",
    "outcome",
    "status",
    "next",
    "findings",
    "warnings",
    "number",
    "member",
    "library",
    "seal",
    "locks",
    "open",
    "originality",
    "rekeyed",
];

impl Card {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, as_json, lang) = (rooms.actor(), rooms.json, rooms.lang);
        let show = |value: Value| Some(if as_json { value } else { at_a_glance(value) });
        match self {
            Card::Suspend { which, why } => which.run(rooms, &BlockAct::Suspend(why)),
            Card::Release(which) => which.run(rooms, &BlockAct::Release),
            Card::Return(which) => which.run(rooms, &BlockAct::Return),
            Card::Read(Lies { reader }) => {
                let desk = rooms.desk()?;
                let report = desk::read_card(&desk, &actor, reader.as_deref(), &|| rekeying(&desk, lang, as_json))?;
                let mut value = object(&report);
                value.insert("next".to_owned(), said(&desk, lang, &report.next).into());
                value.insert("warnings".to_owned(), told(&desk.messages, lang, &report.warnings));
                Ok((show(value.into()), 0))
            }
            Card::Verify(Lies { reader }) => {
                let desk = rooms.desk()?;
                let begins = || rekeying(&desk, lang, as_json);
                let verdict = desk::verify_card(&desk, &actor, reader.as_deref(), &begins)?;
                let mut value = Map::new();
                value.insert("ok".to_owned(), verdict.ok.into());
                value.insert("findings".to_owned(), told(&desk.messages, lang, &verdict.findings));
                value.insert("open".to_owned(), json!(verdict.open));
                let report = object(&verdict.report);
                let kept =
                    ["uid", "chip", "status", "seal", "locks", "number", "member", "library", "originality", "rekeyed"];
                value.extend(report.into_iter().filter(|(name, _)| kept.contains(&name.as_str())));
                value.insert("warnings".to_owned(), told(&desk.messages, lang, &verdict.report.warnings));
                Ok((show(value.into()), u8::from(!verdict.ok)))
            }
            Card::Blank(Act { reader, key }) => {
                let key = super::key(key)?;
                let desk = rooms.desk()?;
                let done = desk::blank_card(&desk, &actor, reader.as_deref(), key.as_deref())?;
                let mut value = object(&done);
                value.insert("next".to_owned(), said(&desk, lang, &done.next).into());
                Ok((show(value.into()), 0))
            }
            Card::Recover(Act { reader, key }) => {
                let key = super::key(key)?;
                let desk = rooms.desk()?;
                let done = desk::recover_card(&desk, &actor, reader.as_deref(), key.as_deref())?;
                let mut value = object(&done);
                value.insert("next".to_owned(), said(&desk, lang, &done.next).into());
                Ok((show(value.into()), 0))
            }
        }
    }
}

fn object(value: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn said(desk: &Desk, lang: Lang, next: &Next) -> String {
    desk.messages.find_told(lang, &next.id, &next.args).unwrap_or_else(|| next.id.clone())
}

/// Writing takes a while, and whoever only reads a card would lift it.
fn rekeying(desk: &Desk, lang: Lang, as_json: bool) {
    if !as_json {
        eprintln!("{}", desk.messages.text(lang, "cli-rekeying", &[]));
    }
}

/// The same fields in the order in which a clerk needs them.
fn at_a_glance(value: Value) -> Value {
    let Value::Object(mut fields) = value else { return value };
    let mut ordered = Map::new();
    for name in GLANCE {
        ordered.extend(fields.remove(name).map(|value| (name.to_owned(), value)));
    }
    ordered.extend(fields);
    ordered.into()
}
