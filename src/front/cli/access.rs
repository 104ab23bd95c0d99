//! `access show|rights|review`: the access log and the records of rights, one entry after the other as they are read, and the
//! review. It judges nothing.

use clap::Subcommand;

use super::listing::{Listing, moment, or_none};
use super::{Done, Rooms, json};
use crate::desk::{self, AccessQuery, AccessRow, RightsRow};
use crate::plan::messages::Trouble;

#[derive(Subcommand)]
pub(super) enum Access {
    /// Entries of the access log, oldest first; the look is an entry too
    Show {
        /// Of one member, by id or number
        #[arg(long, allow_negative_numbers = true)]
        member: Option<String>,
        /// By one of the staff: 3, staff:3 or os:root
        #[arg(long, allow_negative_numbers = true)]
        staff: Option<String>,
        /// From this day on
        #[arg(long)]
        from: Option<String>,
        /// Until this day, included
        #[arg(long)]
        to: Option<String>,
    },
    /// What became of accounts and their rights, oldest first; the look is an entry of the access log
    Rights {
        /// Of one account, by id: what became of it and what it did to others
        #[arg(long, allow_negative_numbers = true, value_name = "ID")]
        staff: Option<String>,
        /// From this day on
        #[arg(long)]
        from: Option<String>,
        /// Until this day, included
        #[arg(long)]
        to: Option<String>,
    },
    /// Looks a period through for unusual patterns and signs what was found
    Review {
        /// The first day
        #[arg(long)]
        from: String,
        /// The last day; today at the latest
        #[arg(long)]
        to: String,
        /// What was looked at and what was found
        #[arg(long)]
        findings: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
}

impl Access {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, lang, as_json) = (rooms.actor(), rooms.lang, rooms.json);
        match self {
            Access::Show { member, staff, from, to } => {
                let (staff, from, to) = (named(staff)?, day(from)?, day(to)?);
                let desk = rooms.desk()?;
                let member = member.map(|text| desk::access_member(&desk, &actor, &text)).transpose()?;
                let query = AccessQuery { from, to, staff, member, what: None };
                let mut rows = Listing::new(&desk, lang, as_json, &OF_THE_LOG);
                desk::show_access(&desk, &actor, &query, &mut |row| rows.put(&row, of_the_log))?;
                rows.end()?;
                Ok((None, 0))
            }
            Access::Rights { staff, from, to } => {
                let (staff, from, to) = (named(staff)?, day(from)?, day(to)?);
                let id = |text: String| {
                    let id = text.trim().strip_prefix("staff:").unwrap_or(&text);
                    desk::id(id, "access-account-unknown", "staff")
                };
                let staff = staff.map(id).transpose()?;
                let desk = rooms.desk()?;
                let found = desk::rights_log(&desk, &actor, staff, from.as_deref(), to.as_deref())?;
                let mut rows = Listing::new(&desk, lang, as_json, &OF_RIGHTS);
                found.iter().try_for_each(|row| rows.put(row, of_rights))?;
                rows.end()?;
                Ok((None, 0))
            }
            Access::Review { from, to, findings, key } => {
                let key = super::key(key)?;
                let done = desk::review_access(&rooms.desk()?, &actor, &from, &to, &findings, key.as_deref())?;
                Ok((json(&done), 0))
            }
        }
    }
}

/// Somebody of the staff as typed; an option without a value asks for nobody.
pub(super) fn named(typed: Option<String>) -> Result<Option<String>, Trouble> {
    filled(typed, || Trouble::new("access-staff-unknown").with("staff", "\"\""))
}

fn day(typed: Option<String>) -> Result<Option<String>, Trouble> {
    filled(typed, || Trouble::new("day").with("text", "\"\""))
}

fn filled(typed: Option<String>, refused: impl Fn() -> Trouble) -> Result<Option<String>, Trouble> {
    match typed {
        Some(text) if text.trim().is_empty() => Err(refused()),
        typed => Ok(typed),
    }
}

const OF_THE_LOG: [(&str, usize); 8] = [
    ("access-col-seq", 7),
    ("access-col-time", 19),
    ("access-label-who", 14),
    ("access-col-origin", 8),
    ("access-col-desk", 4),
    ("access-label-member", 7),
    ("access-col-act", 18),
    ("access-col-detail", 0),
];

const OF_RIGHTS: [(&str, usize); 7] = [
    ("access-col-seq", 7),
    ("access-col-time", 19),
    ("access-label-who", 14),
    ("access-col-origin", 8),
    ("label-whose", 14),
    ("access-col-act", 16),
    ("access-col-detail", 0),
];

fn of_the_log(list: &Listing, row: &AccessRow) -> Vec<String> {
    let (act, detail) = list.entry_words(&row.what, &row.purpose);
    vec![
        row.seq.to_string(),
        moment(&row.time),
        who(list, &row.staff, &row.name),
        list.word("access-origin", &row.origin),
        or_none(Some(row.desk.clone())),
        or_none(row.member.map(|member| member.to_string())),
        act,
        detail,
    ]
}

fn of_rights(list: &Listing, row: &RightsRow) -> Vec<String> {
    let detail = row.detail.split(" -> ").map(|part| list.word("web-role", part)).collect::<Vec<_>>();
    vec![
        row.seq.to_string(),
        moment(&row.time),
        who(list, &row.staff, &row.name),
        list.word("access-origin", &row.origin),
        who(list, &row.whose, &row.whose_name),
        list.word("rights-what", &row.what),
        detail.join(" → "),
    ]
}

/// Names may be alike: the id stands beside them.
fn who(list: &Listing, id: &str, name: &str) -> String {
    match id {
        _ if id == name => list.word("access-who", id),
        _ => format!("{name} ({})", id.strip_prefix("staff:").unwrap_or(id)),
    }
}
