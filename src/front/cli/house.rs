//! `init`, `serve`, `key show|rotate`: the house itself.

use std::io::Write;
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Done, Rooms, answer, json};
use crate::desk::{self, Desk, Opening};
use crate::front::web;
use crate::plan::messages::Trouble;

#[derive(Args)]
pub(super) struct Init {
    /// Name of the first administrator, for the set-up link
    #[arg(long, value_name = "NAME")]
    admin: Option<String>,
    /// A production database: refuses simulated readers, and wants an issuer.toml of its own
    #[arg(long)]
    production: bool,
}

impl Init {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        // Before anything is made for a name that will not do.
        self.admin.as_deref().map(desk::staff_name).transpose()?;
        let opening = if self.production { Opening::Production } else { Opening::Make };
        let (actor, listen) = (rooms.actor(), rooms.settings.web.listen.to_string());
        let file = rooms.settings.store.path.display().to_string();
        let desk = Desk::open(rooms.settings, rooms.assets, opening)?;
        let link = desk::new_setup(&desk, self.admin.as_deref())?.map(|token| set_up_link(&listen, &token));
        let keys = desk::show_keys(&desk, &actor)?;
        Ok((Some(json!({ "database": file, "stamp": desk.stamp(), "keys": keys, "setup": link })), 0))
    }
}

#[derive(Args)]
pub(super) struct Serve {
    /// Practice: simulated devices, made-up members and a database of their own in training/ beside the real one, at the next port
    #[arg(long)]
    training: bool,
}

impl Serve {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let lang = rooms.lang;
        let desk = Arc::new(match self.training {
            true => desk::open_training(rooms.settings)?,
            false => Desk::open(rooms.settings, rooms.assets, Opening::Make)?,
        });
        let listen = desk.settings.web.listen;
        answer::warn(&desk.messages, lang, &desk.warnings());
        desk::keep_house(&desk)?;
        let _watch = desk::watch_readers(&desk);
        // The journal keeps what is printed, and others may read it; init prints the link to who runs it.
        let journal = std::env::var("JOURNAL_STREAM").ok();
        let setup = match rustix::fs::fstat(std::io::stdout()) {
            Ok(out) if in_journal(journal.as_deref(), out.st_dev, out.st_ino) => {
                if desk::wants_set_up(&desk)? {
                    answer::warn(&desk.messages, lang, &[Trouble::new("no-administrator")]);
                }
                None
            }
            _ => desk::new_setup(&desk, None)?,
        };
        web::serve(desk, listen, move |address| {
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "listening on http://{address}");
            if let Some(token) = &setup {
                let _ = writeln!(out, "{}", set_up_link(&address.to_string(), token));
            }
            let _ = out.flush();
        })?;
        Ok((None, 0))
    }
}

/// Whether that output is systemd's journal, by the `DEVICE:INODE` that it tells (systemd.exec(5), `$JOURNAL_STREAM`).
fn in_journal(journal: Option<&str>, device: u64, inode: u64) -> bool {
    journal.is_some_and(|journal| journal == format!("{device}:{inode}"))
}

/// The one-use link of a token.
pub(super) fn set_up_link(address: &str, token: &str) -> String {
    format!("http://{address}/setup/{token}")
}

#[derive(Subcommand)]
pub(super) enum Key {
    /// Versions and check values
    Show,
    /// Adds a version of all master keys; new cards take it, older cards stay readable
    Rotate {
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
}

impl Key {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, json_wanted, lang) = (rooms.actor(), rooms.json, rooms.lang);
        match self {
            Key::Show => Ok((json(&desk::show_keys(&rooms.desk()?, &actor)?), 0)),
            Key::Rotate { key } => {
                let key = super::key(key)?;
                let desk = rooms.desk()?;
                let keys = desk::rotate_keys(&desk, &actor, key.as_deref())?;
                if json_wanted {
                    return Ok((json(&keys), 0));
                }
                let file = desk.settings.key_file.display().to_string();
                let next = desk.messages.text(lang, "key-rotated-next", &[]);
                Ok((Some(json!({ "keys": keys, "file": file, "next": next })), 0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::in_journal;

    #[test]
    fn the_journal_is_that_one_output_and_not_a_name_that_was_inherited() {
        assert!(in_journal(Some("8:1234"), 8, 1234));
        assert!(!in_journal(Some("8:1234"), 8, 12) && !in_journal(Some(""), 8, 1234) && !in_journal(None, 8, 1234));
    }
}
