//! `rig card new|lay|lift|swap|tear|list|dump`: the same cards that the page's tray and the command line's jobs use.

use clap::Subcommand;
use serde_json::{Value, json};

use super::client;
use crate::back::encoder::simulated::{self, trouble};
use crate::desk::{self, Settings, quoted};
use crate::plan::messages::Trouble;
use crate::simulator::field::{Tear, TearOrder};
use crate::simulator::silicon::{Kind, Uid};
use crate::simulator::tray::{CardState, Tray, TrayError};
use crate::simulator::{classic, type2_map};

#[derive(Subcommand)]
pub enum Card {
    /// A new blank on the tray; `--lay` lays it on the reader
    New {
        /// As in [simulator] dispenser; also gen1a, gen2, fm11rf08s, magic-ntag213, desfire, phone, felica, iso15693
        #[arg(long, alias = "chip", default_value = "classic-1k")]
        kind: String,
        /// 4 or 7 bytes, hex; else one never used before
        #[arg(long)]
        uid: Option<String>,
        /// Ultralight EV1 and NTAG: an originality signature that does not fit the UID
        #[arg(long)]
        forged_signature: bool,
        /// Lay it on the reader
        #[arg(long)]
        lay: bool,
        /// By name, as rig devices has it; else the first one, of the rig where one runs
        #[arg(long)]
        reader: Option<String>,
    },
    /// Lays a card on the reader
    Lay {
        /// As `rig card list` has it
        uid: String,
        /// By name, as rig devices has it; else the first one, of the rig where one runs
        #[arg(long)]
        reader: Option<String>,
        /// Beside the one that lies there already
        #[arg(long)]
        beside: bool,
    },
    /// Lifts what lies on the reader
    Lift {
        /// By name, as rig devices has it; else the first one, of the rig where one runs
        #[arg(long)]
        reader: Option<String>,
    },
    /// Another blank in place of the card that lies there
    Swap {
        /// By name, as rig devices has it; else the first one, of the rig where one runs
        #[arg(long)]
        reader: Option<String>,
        /// Of the new blank
        #[arg(long, default_value = "classic-1k")]
        kind: String,
    },
    /// Tears the card away at the n-th exchange from now
    Tear {
        /// At which exchange, from 1
        #[arg(long, default_value = "1", allow_negative_numbers = true)]
        after: String,
        /// frame-lost, answer-lost, half-programmed, erased-00 or erased-ff
        #[arg(long, default_value = "frame-lost")]
        how: String,
        /// By name, as rig devices has it; else the first one, of the rig where one runs
        #[arg(long)]
        reader: Option<String>,
        /// Forget the tear that was ordered
        #[arg(long)]
        never: bool,
    },
    /// Every card and where it lies
    List,
    /// The raw memory image, hex; keys and passwords as --
    Dump {
        /// As `rig card list` has it
        uid: String,
    },
}

impl Card {
    pub fn run(self, settings: &Settings) -> Result<Value, Trouble> {
        let tray = &Tray::open_all(&settings.simulator.folder, settings.simulator.readers as usize).map_err(trouble)?;
        match self {
            Card::New { kind, uid, forged_signature, lay, reader } => {
                let uid = new(tray, &kind, uid.as_deref(), forged_signature)?;
                if lay {
                    tray.lay(&reader_of(tray, reader, settings)?, uid).map_err(trouble)?;
                }
                shown(tray, uid)
            }
            Card::Lay { uid, reader, beside } => {
                let (uid, reader) = (uid_of(&uid)?, reader_of(tray, reader, settings)?);
                if beside { tray.lay_beside(&reader, uid) } else { tray.lay(&reader, uid) }.map_err(trouble)?;
                shown(tray, uid)
            }
            Card::Lift { reader } => {
                let lifted = tray.lift(&reader_of(tray, reader, settings)?).map_err(trouble)?;
                Ok(json!(lifted.iter().map(|uid| json!({ "uid": uid.to_string() })).collect::<Vec<_>>()))
            }
            Card::Swap { reader, kind } => {
                let uid = tray.swap(&reader_of(tray, reader, settings)?, kind_of(&kind)?).map_err(trouble)?;
                shown(tray, uid)
            }
            Card::Tear { after, how, reader, never } => {
                tear(tray, &after, &how, &reader_of(tray, reader, settings)?, never)
            }
            Card::List => Ok(Value::Array(tray.list().map_err(trouble)?.iter().map(card).collect())),
            Card::Dump { uid } => {
                let uid = uid_of(&uid)?;
                let kind = state_of(tray, uid)?.kind;
                Ok(dump(uid, kind, &tray.image(uid).map_err(trouble)?))
            }
        }
    }
}

fn new(tray: &Tray, kind: &str, uid: Option<&str>, forged_signature: bool) -> Result<Uid, Trouble> {
    let kind = kind_of(kind)?;
    if forged_signature && kind.map().is_none() {
        return Err(trouble(TrayError::NoSignature { kind }));
    }
    let uid = match uid {
        Some(uid) => {
            let uid = uid_of(uid)?;
            tray.new_blank_with(kind, uid).map_err(trouble)?;
            uid
        }
        None => tray.new_blank(kind).map_err(trouble)?,
    };
    if forged_signature {
        tray.forge_signature(uid).map_err(trouble)?;
    }
    Ok(uid)
}

/// Blocks of 16 bytes in one text, as dumps of Classic are; of Type 2 a list of pages.
fn dump(uid: Uid, kind: Kind, image: &[u8]) -> Value {
    let hex = |at: usize, byte: &u8| if secret(kind, at) { "--".to_owned() } else { format!("{byte:02X}") };
    let shown: Vec<String> = image.iter().enumerate().map(|(at, byte)| hex(at, byte)).collect();
    let (uid, bytes) = (uid.to_string(), image.len());
    match kind.map() {
        Some(_) => {
            let pages: Vec<String> = shown.chunks(type2_map::PAGE).map(|page| page.concat()).collect();
            json!({ "uid": uid, "bytes": bytes, "pages": pages })
        }
        None => json!({ "uid": uid, "bytes": bytes, "image": shown.concat() }),
    }
}

/// Whether a byte of an image is part of a key, a password or its acknowledgement.
fn secret(kind: Kind, at: usize) -> bool {
    match kind.map() {
        Some(map) => at / type2_map::PAGE >= usize::from(map.password()),
        None => {
            let (block, byte) = (at / classic::BLOCK, at % classic::BLOCK);
            classic::is_trailer(block) && !(6..10).contains(&byte)
        }
    }
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
    state_of(tray, uid).map(|state| card(&state))
}

fn state_of(tray: &Tray, uid: Uid) -> Result<CardState, Trouble> {
    let cards = tray.list().map_err(trouble)?;
    cards.into_iter().find(|state| state.uid == uid).ok_or_else(|| Trouble::new("simulator-card").with("uid", uid))
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

fn reader_of(tray: &Tray, reader: Option<String>, settings: &Settings) -> Result<String, Trouble> {
    reader.as_deref().map(refuse).transpose()?;
    let first = || client::first(settings).or_else(|| tray.reader_names().first().cloned());
    reader.or_else(first).ok_or_else(|| Trouble::new("no-reader"))
}

/// The names of chips and readers are repeated by their refusals; an identity number is not.
fn refuse(text: &str) -> Result<(), Trouble> {
    if desk::holds_identity_number(text) { Err(Trouble::new("identity-number")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::silicon::Silicon;

    fn dumped(kind: Kind) -> Value {
        let uid = Uid::double([0x04, 1, 2, 3, 4, 5, 6]);
        dump(uid, kind, Silicon::blank(kind, uid).image())
    }

    #[test]
    fn a_dump_shows_no_key() {
        for (kind, sectors) in [(Kind::Classic1k, 16), (Kind::Classic4k, 40), (Kind::Gen2, 16)] {
            let dump = dumped(kind);
            let text = dump["image"].as_str().unwrap();
            assert_eq!(text.len(), dump["bytes"].as_u64().unwrap() as usize * 2);
            assert_eq!(text.matches("------------FF078069------------").count(), sectors, "{}", kind.name());
            assert!(!text.contains("FFFFFF"));
        }
    }

    #[test]
    fn a_dump_of_type_2_is_a_list_of_pages_without_password() {
        let pages = dumped(Kind::Ntag213)["pages"].as_array().unwrap().clone();
        assert_eq!(pages.len(), 45);
        assert_eq!(pages[3], "E1101200");
        assert_eq!(pages[41..], ["040000FF", "00050000", "--------", "--------"]);
    }
}
