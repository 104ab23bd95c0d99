//! `number decode`, `library find`, `library show`: the directory alone, without a database.

use clap::Subcommand;
use serde_json::{Value, json};

use super::{Done, Rooms};
use crate::desk;
use crate::plan::member::{LibraryCode, LibraryKind, Region};
use crate::plan::messages::{Lang, Trouble};

#[derive(Subcommand)]
pub(super) enum Number {
    /// Library, region, kind and serial of a number
    Decode {
        /// Fourteen digits
        #[arg(allow_negative_numbers = true)]
        number: String,
    },
}

#[derive(Subcommand)]
pub(super) enum Library {
    /// By name, part of it, initial consonants, region, code or member number
    Find {
        /// What to look for
        #[arg(allow_negative_numbers = true)]
        text: String,
    },
    /// The library of a code
    Show {
        /// Six digits
        #[arg(allow_negative_numbers = true)]
        code: String,
    },
}

impl Number {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let Number::Decode { number } = self;
        let decoded = desk::directory(&rooms.settings, &rooms.assets)?.decode(desk::member_number(&number)?);
        let library = &decoded.library;
        Ok((
            Some(json!({
                "number": decoded.number,
                "grouped": decoded.grouped,
                "library": {
                    "code": library.code,
                    "name": library.name,
                    "kind": kind(library.kind, &rooms),
                    "region": region(library.region, rooms.lang),
                },
                "serial": decoded.serial,
            })),
            0,
        ))
    }
}

impl Library {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let directory = desk::directory(&rooms.settings, &rooms.assets)?;
        let shown = |library: &crate::plan::member::Library| {
            json!({
                "code": library.code,
                "name": library.name,
                "kind": kind(library.kind(), &rooms),
                "region": region(library.region(), rooms.lang),
                "address": library.address,
            })
        };
        match self {
            Library::Find { text } => {
                Ok((Some(Value::Array(directory.find(&text).into_iter().map(shown).collect())), 0))
            }
            Library::Show { code } => {
                let code = LibraryCode::parse(&code)?;
                let library = directory.show(code).ok_or_else(|| Trouble::new("library-unknown").with("code", code))?;
                Ok((Some(Value::Array(vec![shown(library)])), 0))
            }
        }
    }
}

/// A stable word for programs, the field's own word for people.
fn kind(kind: LibraryKind, rooms: &Rooms) -> &'static str {
    if rooms.json { kind.as_str() } else { kind.word(rooms.lang) }
}

fn region(region: Option<Region>, lang: Lang) -> Option<&'static str> {
    region.map(|region| region.word(lang))
}
