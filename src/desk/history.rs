//! What happened to a member and who looked at them: the access log, the journal of their jobs, cards and consents as one
//! list, newest first. Looks are many and tell little: they are counted, and shown to whoever asks for them. Whoever opens the
//! whole of it is logged too; the newest lines on a member's page belong to the look at that page. It changes nothing. Start at
//! [`history`].

use super::{Act, Actor, Desk, actor};
use crate::back::store::Tx;
use crate::back::store::access::{self, Past, Which};
use crate::back::store::members;
use crate::plan::messages::Trouble;

/// Lines of a page.
pub const PAGE: u32 = 50;
/// Lines on the member's page.
const RECENT: u32 = 8;

/// One line. Words are the front's: `act` and `detail` are of the catalogue, `web-history-…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// RFC 3339 with offset.
    pub time: String,
    pub today: bool,
    /// What was done: `look`, `list`, `enrol`, `issue`, `hand-over`, `edit`, `consent`, `card-ended`, `printed` ….
    pub act: String,
    /// The family of words that `detail` is of.
    pub family: &'static str,
    /// More about it; may be empty.
    pub detail: String,
    /// Who did it: the name of an account, `os:root`, or nobody.
    pub by: String,
    /// The number of the desk; empty at the command line.
    pub desk: String,
}

pub struct History {
    pub name: String,
    pub rows: Vec<HistoryRow>,
    /// From 1.
    pub page: u32,
    pub pages: u32,
    pub lines: Lines,
    /// Looks are among the rows.
    pub looks: bool,
}

/// How many lines there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    /// Of what was done.
    pub done: u32,
    /// Of who looked.
    pub looks: u32,
}

/// A page of a member's history, with the looks or without; reading it is a line of it.
pub fn history(desk: &Desk, actor: &Actor, id: i64, page: u32, looks: bool) -> Result<History, Trouble> {
    actor.may(Act::ShowHistory)?;
    desk.store.change(|tx| {
        let member = members::get(tx, id)?;
        actor::log(desk, tx, actor, [id], "look", "history")?;
        let lines = lines(tx, id)?;
        let (which, shown) = if looks { (Which::All, lines.done + lines.looks) } else { (Which::Done, lines.done) };
        let pages = shown.div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages);
        let rows = access::past(tx, id, which, PAGE, (page - 1) * PAGE)?;
        let rows = rows.into_iter().map(|past| row(desk, past)).collect();
        Ok(History { name: member.name, rows, page, pages, lines, looks })
    })
}

/// What was done last, and how many lines there are, beside a member who is open already.
pub fn recent_history(desk: &Desk, actor: &Actor, id: i64) -> Result<(Vec<HistoryRow>, Lines), Trouble> {
    actor.may(Act::ShowHistory)?;
    let (rows, lines) = desk.store.look(|tx| Ok((access::past(tx, id, Which::Done, RECENT, 0)?, lines(tx, id)?)))?;
    Ok((rows.into_iter().map(|past| row(desk, past)).collect(), lines))
}

fn lines(tx: &Tx, id: i64) -> Result<Lines, Trouble> {
    let done = access::past_count(tx, id, Which::Done)?;
    Ok(Lines { done, looks: access::past_count(tx, id, Which::All)?.saturating_sub(done) })
}

fn row(desk: &Desk, past: Past) -> HistoryRow {
    let (act, family, detail) = told(&past);
    HistoryRow {
        time: desk.rfc3339(past.time),
        today: past.time >= desk.midnight().as_millisecond(),
        act,
        family,
        detail,
        by: past.name.unwrap_or(past.by),
        desk: past.desk,
    }
}

/// The act, and of which family of words its detail is.
fn told(past: &Past) -> (String, &'static str, String) {
    match past.source.as_str() {
        "access" => told_entry(&past.what, &past.detail),
        "mark" => (past.what.clone(), "web-card", past.detail.clone()),
        "card-ended" => (past.source.clone(), "web-ended", past.what.clone()),
        "card-blocked" => (past.source.clone(), "web-history-why", past.what.clone()),
        source => (source.to_owned(), "web-history-consent", past.what.clone()),
    }
}

/// The same of an entry of the access log. A purpose reads `reissue, card read`: the act, then what spoke for the person. What is
/// no look, list or change (a review, an export) is an act itself, and its purpose what somebody said about it.
pub(super) fn told_entry(what: &str, purpose: &str) -> (String, &'static str, String) {
    // What was signed is the telling part.
    if what == "approve" {
        let act = purpose.split_once(", ").map_or(purpose, |(act, _)| act);
        return (what.to_owned(), "web-history", act.to_owned());
    }
    if !matches!(what, "look" | "list" | "change") {
        let rest = purpose.strip_prefix(what).unwrap_or(purpose);
        // `export: what for`, and `review 3` before its hash.
        let said = rest.strip_prefix(": ").unwrap_or_else(|| rest.split(", ").next().unwrap_or(rest).trim());
        return (what.to_owned(), "web-history-at", said.to_owned());
    }
    let (act, evidence) = purpose.split_once(", ").unwrap_or((purpose, ""));
    // What spoke for the person is the telling part, also of the look that identified them.
    if what != "change" && evidence.is_empty() {
        return (what.to_owned(), "web-history-at", act.to_owned());
    }
    let spoke = match evidence {
        "card read" => "card",
        "document seen" => "document",
        "clerk's word" => "word",
        // Which job it was of stands beside it already.
        job if job.starts_with("job ") => "",
        other => other,
    };
    (act.to_owned(), "web-evidence", spoke.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_says_what_was_done_and_of_which_words_the_rest_is() {
        for (source, what, detail, expected) in [
            ("access", "look", "member", ("look", "web-history-at", "member")),
            ("access", "list", "find", ("list", "web-history-at", "find")),
            ("access", "look", "identify, document seen", ("identify", "web-evidence", "document")),
            ("access", "change", "enrol", ("enrol", "web-evidence", "")),
            ("access", "change", "issue, document seen", ("issue", "web-evidence", "document")),
            ("access", "change", "reissue, card read", ("reissue", "web-evidence", "card")),
            ("access", "change", "edit, clerk's word", ("edit", "web-evidence", "word")),
            ("access", "change", "waive-fee, job 12", ("waive-fee", "web-evidence", "")),
            ("access", "approve", "waive-fee, job 12", ("approve", "web-history", "waive-fee")),
            ("access", "look", "access, 2026-11-01 2026-11-26", ("access", "web-evidence", "2026-11-01 2026-11-26")),
            ("access", "review", "review 3, 0a1b2c", ("review", "web-history-at", "3")),
            ("access", "export", "export: 상반기, 보고", ("export", "web-history-at", "상반기, 보고")),
            ("mark", "printed", "rfid", ("printed", "web-card", "rfid")),
            ("card-ended", "withdrawn", "rfid", ("card-ended", "web-ended", "withdrawn")),
            ("card-blocked", "lost", "rfid", ("card-blocked", "web-history-why", "lost")),
            ("consent", "national", "2026-11", ("consent", "web-history-consent", "national")),
            ("consent-withdrawn", "local", "2026-11", ("consent-withdrawn", "web-history-consent", "local")),
        ] {
            let past = Past {
                time: 0,
                source: source.into(),
                what: what.into(),
                detail: detail.into(),
                by: String::new(),
                name: None,
                desk: String::new(),
            };
            let (act, family, detail) = told(&past);
            assert_eq!((act.as_str(), family, detail.as_str()), expected, "{source} {what}");
        }
    }
}
