//! Unusual patterns in a period of the access log, for whoever reviews it: much, at night, own colleagues, one member again and
//! again, and one's own data. All of them are questions to a person, none is a verdict. Works on counts alone: it reads no log,
//! knows no names and takes no clock. Start at [`much`] and [`flags`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A day with fewer different members is never much: a clerk who works through a queue comes that far.
pub const MUCH_LEAST: u64 = 50;
/// So many times what the others usually see. A colleague's busiest day is about twice their usual one.
pub const MUCH_TIMES: u64 = 3;
/// The same where nobody else, and no other day, shows what is usual.
pub const MUCH_ALONE: u64 = MUCH_LEAST * MUCH_TIMES;
/// A day with fewer rows of lists is never a harvest: a hundred searches that fill a page each come to about as many.
pub const LISTS_LEAST: u64 = 2_000;
/// So many times what the others' lists usually come to.
pub const LISTS_TIMES: u64 = 3;
/// The same where nobody else, and no other day, shows what is usual.
pub const LISTS_ALONE: u64 = LISTS_LEAST * LISTS_TIMES;
/// Nobody serves people at a desk from this hour on: public libraries close at 22 at the latest.
pub const NIGHT_FROM: i8 = 22;
/// And not before this one.
pub const NIGHT_UNTIL: i8 = 7;
/// So many looks at one member on one day without any change. Serving somebody takes two or three, and leaves a change.
pub const AGAIN: u64 = 5;
/// What is usual is learnt from so many days before the period as well.
pub const USUAL_DAYS: i64 = 90;

/// What is unusual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Far more different members on a day than others usually see.
    Much,
    /// Far more rows of lists on a day than others usually see: people are collected and not served.
    Lists,
    /// Outside the hours in which anybody is served.
    Night,
    /// Looks at members who work here.
    Colleague,
    /// One member on one day again and again, and nothing was changed.
    Again,
    /// Looks at one's own data.
    Own,
}
kebab!(Kind { Much = "much", Lists = "lists", Night = "night", Colleague = "colleague", Again = "again", Own = "self" });

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Kind, D::Error> {
        let text = <std::borrow::Cow<str>>::deserialize(from)?;
        Kind::parse(&text).ok_or_else(|| serde::de::Error::custom("no kind of pattern"))
    }
}

/// Something unusual that one person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    pub kind: Kind,
    /// `staff:3` or `os:root`.
    pub staff: String,
    /// Different members of that day (`much`), rows of lists of that day (`lists`), else entries.
    pub count: u64,
    /// `YYYY-MM-DD`: the day, or the last of several.
    pub day: Option<String>,
    /// Of `again` and `colleague`, where it is one.
    pub member: Option<i64>,
}

/// How many different members somebody had before them on a day, or how many rows of lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    pub day: String,
    pub staff: String,
    pub members: u64,
}

/// Entries of one person that are alike, of one day or of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub staff: String,
    pub count: u64,
    /// The last of them.
    pub day: String,
    pub member: Option<i64>,
}

/// Whether anybody is served at this hour.
pub fn is_night(hour: i8) -> bool {
    !(NIGHT_UNTIL..NIGHT_FROM).contains(&hour)
}

/// What makes a day stand out.
struct Limit {
    kind: Kind,
    least: u64,
    times: u64,
    alone: u64,
}

/// The days from `from` on that are much, by what all `days` say is usual: those of the others, or where there are no others the
/// same person's other ones.
pub fn much(days: &[Day], from: &str) -> Vec<Flag> {
    above(days, from, &Limit { kind: Kind::Much, least: MUCH_LEAST, times: MUCH_TIMES, alone: MUCH_ALONE })
}

/// The same of rows of lists.
pub fn lists(days: &[Day], from: &str) -> Vec<Flag> {
    above(days, from, &Limit { kind: Kind::Lists, least: LISTS_LEAST, times: LISTS_TIMES, alone: LISTS_ALONE })
}

fn above(days: &[Day], from: &str, limit: &Limit) -> Vec<Flag> {
    let mut sorted: Vec<(u64, &str)> = days.iter().map(|day| (day.members, day.staff.as_str())).collect();
    sorted.sort_unstable();
    let mut own: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (members, staff) in &sorted {
        own.entry(staff).or_default().push(*members);
    }
    let mut others: BTreeMap<&str, Option<u64>> = BTreeMap::new();
    let candidates = days.iter().filter(|day| day.members >= limit.least && day.day.as_str() >= from);
    let flags = candidates.filter_map(|day| {
        let mine = own.get(day.staff.as_str()).map_or(&[][..], Vec::as_slice);
        let usual = others.entry(&day.staff).or_insert_with(|| {
            let theirs = sorted.iter().filter(|(_, staff)| *staff != day.staff).map(|(members, _)| *members);
            middle(theirs, sorted.len() - mine.len())
        });
        let most = match usual.or_else(|| without(mine, day.members)) {
            Some(usual) => usual.saturating_mul(limit.times),
            None => limit.alone,
        };
        let (staff, at) = (day.staff.clone(), Some(day.day.clone()));
        (day.members > most).then_some(Flag { kind: limit.kind, staff, count: day.members, day: at, member: None })
    });
    flags.collect()
}

/// The middle of `count` sorted values; of an even count the lower one.
fn middle(sorted: impl Iterator<Item = u64>, count: usize) -> Option<u64> {
    let mut sorted = sorted;
    sorted.nth(count.checked_sub(1)? / 2)
}

/// The middle of the others of these, one that is `value` left out.
fn without(sorted: &[u64], value: u64) -> Option<u64> {
    let at = sorted.iter().position(|found| *found == value);
    let others = sorted.iter().enumerate().filter(|(place, _)| Some(*place) != at).map(|(_, value)| *value);
    middle(others, sorted.len() - usize::from(at.is_some()))
}

/// Counts as flags of this kind, a person's or, where a member is named, a person's and a member's added up.
pub fn flags(kind: Kind, told: impl IntoIterator<Item = Told>) -> Vec<Flag> {
    let mut found: BTreeMap<(String, Option<i64>), Flag> = BTreeMap::new();
    for Told { staff, count, day, member } in told {
        if count == 0 {
            continue;
        }
        let new = || Flag { kind, staff: staff.clone(), count: 0, day: None, member };
        let flag = found.entry((staff.clone(), member)).or_insert_with(new);
        flag.count += count;
        flag.day = flag.day.take().max(Some(day));
    }
    found.into_values().collect()
}

/// By kind, and what is most first.
pub fn sort(flags: &mut [Flag]) {
    flags.sort_by(|a, b| {
        (a.kind, b.count, &a.staff, &a.day, a.member).cmp(&(b.kind, a.count, &b.staff, &b.day, b.member))
    });
}

#[cfg(test)]
#[path = "patterns_tests.rs"]
mod tests;
