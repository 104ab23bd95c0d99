//! `rig card new|lay|lift|swap|tear|list|dump`: the same cards that the page's tray and the command line's jobs use.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::back::encoder::simulated::{self, trouble};
use crate::desk::{self, Settings, quoted};
use crate::plan::messages::Trouble;
use crate::simulator::field::{Tear, TearOrder};
use crate::simulator::silicon::{Kind, Uid};
use crate::simulator::tray::{CardState, Tray};

#[derive(Subcommand)]
pub enum Card {
    /// A new blank on the tray; `--lay` lays it on the reader
    New {
        /// As in [simulator] dispenser
        #[arg(long, alias = "chip", default_value = "classic-1k")]
        kind: String,
        /// 4 or 7 bytes, hex; else one never used before
        #[arg(long)]
        uid: Option<String>,
        #[arg(long)]
        lay: bool,
        #[arg(long)]
        reader: Option<String>,
    },
    /// Lays a card on the reader
    Lay {
        uid: String,
        #[arg(long)]
        reader: Option<String>,
        /// Beside the one that lies there already
        #[arg(long)]
        beside: bool,
    },
    /// Lifts what lies on the reader
    Lift {
        #[arg(long)]
        reader: Option<String>,
    },
    /// Another blank in place of the card that lies there
    Swap {
        #[arg(long)]
        reader: Option<String>,
        #[arg(long, default_value = "classic-1k")]
        kind: String,
    },
    /// Tears the card away at the n-th exchange from now
    Tear {
        #[arg(long, default_value = "1", allow_negative_numbers = true)]
        after: String,
        /// frame-lost, answer-lost, half-programmed, erased-00 or erased-ff
        #[arg(long, default_value = "frame-lost")]
        how: String,
        #[arg(long)]
        reader: Option<String>,
        /// Forget the tear that was ordered
        #[arg(long)]
        never: bool,
    },
    /// Every card and where it lies
    List,
    /// The raw memory image, hex
    Dump { uid: String },
}

impl Card {
    pub fn run(self, settings: &Settings) -> Result<Value, Trouble> {
        let tray = &Tray::open(&settings.simulator.folder, settings.simulator.readers as usize).map_err(trouble)?;
        match self {
            Card::New { kind, uid, lay, reader } => new(tray, &kind, uid.as_deref(), lay, reader),
            Card::Lay { uid, reader, beside } => {
                let (uid, reader) = (uid_of(&uid)?, reader_of(tray, reader)?);
                if beside { tray.lay_beside(&reader, uid) } else { tray.lay(&reader, uid) }.map_err(trouble)?;
                shown(tray, uid)
            }
            Card::Lift { reader } => {
                let lifted = tray.lift(&reader_of(tray, reader)?).map_err(trouble)?;
                Ok(json!(lifted.iter().map(|uid| json!({ "uid": uid.to_string() })).collect::<Vec<_>>()))
            }
            Card::Swap { reader, kind } => {
                let uid = tray.swap(&reader_of(tray, reader)?, kind_of(&kind)?).map_err(trouble)?;
                shown(tray, uid)
            }
            Card::Tear { after, how, reader, never } => tear(tray, &after, &how, &reader_of(tray, reader)?, never),
            Card::List => Ok(Value::Array(tray.list().map_err(trouble)?.iter().map(card).collect())),
            Card::Dump { uid } => {
                let uid = uid_of(&uid)?;
                let image = tray.image(uid).map_err(trouble)?;
                let hex: String = image.iter().map(|byte| format!("{byte:02X}")).collect();
                Ok(json!({ "uid": uid.to_string(), "bytes": image.len(), "image": hex }))
            }
        }
    }
}

fn new(tray: &Tray, kind: &str, uid: Option<&str>, lay: bool, reader: Option<String>) -> Result<Value, Trouble> {
    let kind = kind_of(kind)?;
    let uid = match uid {
        Some(uid) => {
            let uid = uid_of(uid)?;
            tray.new_blank_with(kind, uid).map_err(trouble)?;
            uid
        }
        None => tray.new_blank(kind).map_err(trouble)?,
    };
    if lay {
        tray.lay(&reader_of(tray, reader)?, uid).map_err(trouble)?;
    }
    shown(tray, uid)
}

fn tear(tray: &Tray, after: &str, how: &str, reader: &str, never: bool) -> Result<Value, Trouble> {
    if never {
        tray.forget_tear(reader).map_err(trouble)?;
        return Ok(json!({ "reader": reader, "after": null, "how": null }));
    }
    let exchanges = after.trim().parse().ok().filter(|after: &u32| *after >= 1);
    let after = exchanges.ok_or_else(|| Trouble::new("tear-after").with("text", quoted(after)))?;
    let how: Tear = how.parse().map_err(|_| Trouble::new("tear-how").with("text", quoted(how)))?;
    tray.tear_after(reader, TearOrder { after, how }).map_err(trouble)?;
    Ok(json!({ "reader": reader, "after": after, "how": how.name() }))
}

fn shown(tray: &Tray, uid: Uid) -> Result<Value, Trouble> {
    let cards = tray.list().map_err(trouble)?;
    cards.iter().find(|state| state.uid == uid).map(card).ok_or_else(|| Trouble::new("simulator-card").with("uid", uid))
}

fn card(state: &CardState) -> Value {
    json!({ "uid": state.uid.to_string(), "kind": state.kind.name(), "reader": state.reader })
}

fn uid_of(text: &str) -> Result<Uid, Trouble> {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | ':')).collect();
    bare.parse().map_err(|_| Trouble::new("uid").with("length", quoted(text)))
}

fn kind_of(text: &str) -> Result<Kind, Trouble> {
    refuse(text)?;
    simulated::kind(text)
}

fn reader_of(tray: &Tray, reader: Option<String>) -> Result<String, Trouble> {
    reader.as_deref().map(refuse).transpose()?;
    reader.or_else(|| tray.reader_names().first().cloned()).ok_or_else(|| Trouble::new("no-reader"))
}

/// The names of chips and readers are repeated by their refusals; an identity number is not.
fn refuse(text: &str) -> Result<(), Trouble> {
    if desk::holds_identity_number(text) { Err(Trouble::new("identity-number")) } else { Ok(()) }
}
