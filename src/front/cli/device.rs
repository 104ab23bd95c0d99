//! `reader list`, `printer list`, `preview`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Done, Rooms, answer, json, messages_of};
use crate::desk::{self, ReaderLine};
use crate::plan::messages::{Lang, Messages, Trouble};

#[derive(Subcommand)]
pub(super) enum Reader {
    /// Readers with their state
    List,
}

impl Reader {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let Reader::List = self;
        let (lang, json_wanted, settings) = (rooms.lang, rooms.json, rooms.settings.clone());
        let lines = match rooms.desk() {
            Ok(desk) => desk::readers(&desk)?,
            // A technician looks for the readers before anything is set up.
            Err(trouble) if trouble.code == "not-initialised" => desk::readers_without_desk(&settings)?,
            Err(trouble) => return Err(trouble),
        };
        let messages = messages_of(Some(&settings));
        if json_wanted {
            return Ok((Some(lines.iter().map(|line| shown(&messages, lang, line)).collect()), 0));
        }
        // Too long for a table.
        let troubles: Vec<Trouble> = lines.iter().filter_map(|line| line.trouble.clone()).collect();
        answer::warn(&messages, lang, &troubles);
        Ok((json(&lines), 0))
    }
}

/// With its code, the reason and what to do, where a reader cannot be used.
fn shown(messages: &Messages, lang: Lang, line: &ReaderLine) -> Value {
    let mut shown = json!(line);
    shown["trouble"] = line.trouble.as_ref().map_or(Value::Null, |trouble| answer::one(messages, lang, trouble));
    shown
}

#[derive(Subcommand)]
pub(super) enum Printer {
    /// Printers with their state
    List,
}

impl Printer {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let Printer::List = self;
        Ok((json(&desk::printers(&rooms.desk()?)), 0))
    }
}

#[derive(Args)]
pub(super) struct Preview {
    /// Member number
    #[arg(allow_negative_numbers = true)]
    number: String,
    /// PNG file to write
    #[arg(long, value_name = "FILE.png")]
    out: PathBuf,
    /// Layout by name; else the card's
    #[arg(long)]
    layout: Option<String>,
    /// front or back
    #[arg(long, default_value = "front")]
    side: String,
}

impl Preview {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        let number = desk::member_number(&self.number)?;
        match self.side.as_str() {
            "front" => {}
            "back" => return Err(Trouble::new("side-missing").with("side", self.side)),
            _ => return Err(Trouble::new("side").with("side", desk::quoted(&self.side))),
        }
        let desk = rooms.desk()?;
        let (png, width, height) = desk::preview(&desk, &actor, number, self.layout.as_deref())?;
        desk::write_file(&self.out, &png)?;
        Ok((Some(json!({ "file": self.out.display().to_string(), "width": width, "height": height })), 0))
    }
}
