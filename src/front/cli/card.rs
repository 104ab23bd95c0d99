//! `card read`, `card verify`: what lies on the reader.

use clap::Subcommand;
use serde_json::json;

use super::{Done, Rooms, json};
use crate::desk;

#[derive(Subcommand)]
pub(super) enum Card {
    /// What the card holds and whose it is
    Read {
        #[arg(long)]
        reader: Option<String>,
    },
    /// Seal, locks and what a phone could still change; exit 1 when something is not as it should be
    Verify {
        #[arg(long)]
        reader: Option<String>,
    },
}

impl Card {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, lang) = (rooms.actor(), rooms.lang);
        match self {
            Card::Read { reader } => Ok((json(&desk::read_card(&rooms.desk()?, &actor, reader.as_deref())?), 0)),
            Card::Verify { reader } => {
                let desk = rooms.desk()?;
                let verdict = desk::verify_card(&desk, &actor, reader.as_deref())?;
                let findings: Vec<_> = verdict
                    .findings
                    .iter()
                    .map(|finding| {
                        let (what, help) = (desk.messages.what(lang, finding), desk.messages.help(lang, finding));
                        json!({ "code": finding.code, "what": what, "help": help })
                    })
                    .collect();
                let value = json!({ "ok": verdict.ok, "uid": verdict.report.uid, "status": verdict.report.status, "findings": findings });
                Ok((Some(value), u8::from(!verdict.ok)))
            }
        }
    }
}
