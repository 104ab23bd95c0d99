//! `audit exposure|verify`: whose data were touched, and whether the records are what they were. It judges nothing.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::Value;

use super::{Done, Rooms, access, answer, json};
use crate::desk::{self, Verified};
use crate::plan::messages::Trouble;

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Ids of the members whose data were looked at, listed or changed in a period
    Exposure {
        /// The first day
        #[arg(long)]
        from: String,
        /// The last day
        #[arg(long)]
        to: String,
        /// By one of the staff: 3, staff:3 or os:root
        #[arg(long, allow_negative_numbers = true)]
        staff: Option<String>,
    },
    /// Walks over every record from end to end and changes nothing; exit 1 when one is broken or its counts differ
    Verify {
        /// Heads that were kept elsewhere: what --json of an earlier run answered, or one a line
        #[arg(long, value_name = "FILE")]
        anchors: Option<PathBuf>,
        /// Counts that differ are made anew from the entries, in the settings' time zone; that becomes an entry. Counts may be all
        /// that is left of entries that were cut off: find out why they differ before
        #[arg(long)]
        recount: bool,
        /// Guards and indexes of tables that somebody took away or altered are put back, where all else is proven; that becomes an entry. Find out
        /// who did it before
        #[arg(long, conflicts_with = "recount")]
        guards: bool,
    },
}

impl Audit {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, as_json) = (rooms.actor(), rooms.json);
        match self {
            Audit::Exposure { from, to, staff } => {
                let staff = access::named(staff)?;
                let found = desk::exposure(&rooms.desk()?, &actor, &from, &to, staff.as_deref())?;
                Ok((json(&found), 0))
            }
            Audit::Verify { anchors, recount, guards } => {
                let look = match (recount, guards) {
                    (true, _) => desk::recount_audit,
                    (_, true) => desk::put_guards_back,
                    _ => desk::verify_audit,
                };
                let lang = rooms.lang;
                let desk = rooms.desk()?;
                let found = look(&desk, &actor, anchors.as_deref())?;
                if !as_json {
                    answer::warn(&desk.messages, lang, &wrong(&found));
                }
                let mut shown = json(&found);
                // The same heads stand in the table of the chains.
                if let (false, Some(Value::Object(fields))) = (as_json, &mut shown) {
                    fields.remove("anchors");
                }
                Ok((shown, u8::from(!found.ok)))
            }
        }
    }
}

/// What is wrong, each with what to do about it.
fn wrong(found: &Verified) -> Vec<Trouble> {
    let broken = found.chain.zip(found.first_broken);
    let broken = broken.map(|(chain, seq)| Trouble::new("audit-broken").with("chain", chain).with("seq", seq));
    let differ = |what: Option<&str>, code| (what == Some("differ")).then(|| Trouble::new(code));
    let beside = [
        differ(found.counts, "audit-counts"),
        differ(found.reviews, "audit-reviews"),
        differ(found.charges, "audit-charges"),
        differ(found.notes, "audit-notes"),
        differ(found.stock, "audit-stock"),
    ];
    let each = found.findings.iter().map(desk::astray_trouble).chain(found.schema.iter().map(desk::form_trouble));
    let all = broken.into_iter().chain(beside.into_iter().flatten()).chain(each);
    all.chain(found.guards.iter().map(desk::guard_trouble)).collect()
}
