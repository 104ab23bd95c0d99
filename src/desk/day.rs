//! One day of this desk: what was made by kind and reason, by the hour, and the jobs one by one with masked names; and the search of jobs. Money is
//! the ledger's. Start at [`day`] and [`seek_jobs`].

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::did::Work;
use super::{Act, Actor, Desk, actor, find};
use crate::back::store::jobs::{self, Done, Job, Sought};
use crate::back::store::members::{self, Member};
use crate::back::store::{Tx, cards};
use crate::plan::job::{CardKind, JobState};
use crate::plan::member::{MemberNumber, refuse_identity_number};
use crate::plan::messages::Trouble;

/// More rows than this are read by nobody.
const SHOWN: u32 = 100;
/// The hours that the plot always has.
const OPEN_FROM: i8 = 9;
const OPEN_UNTIL: i8 = 18;

/// How many of a kind the day brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub issued: u32,
    pub reissued: u32,
    pub stickers: u32,
    pub converted: u32,
    pub imported: u32,
    pub spoiled: u32,
}

impl Counts {
    fn add(&mut self, kind: CardKind, reason: &str, n: u32) {
        let count = match Work::of(reason, kind) {
            Work::Issue => &mut self.issued,
            Work::Reissue => &mut self.reissued,
            Work::Sticker => &mut self.stickers,
            Work::Conversion => &mut self.converted,
        };
        *count += n;
    }

    /// All cards that were handed over.
    pub fn cards(self) -> u32 {
        self.issued + self.reissued + self.stickers + self.converted
    }
}

/// What one hour brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    pub hour: i8,
    pub issued: u32,
    pub reissued: u32,
}

/// One line of the counts: kind, reason and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub kind: CardKind,
    pub reason: String,
    pub n: u32,
}

/// One job of a list.
#[derive(Debug, Clone)]
pub struct JobRow {
    pub job: i64,
    /// `YYYY-MM-DD`.
    pub day: String,
    /// `HH:MM` of the last change.
    pub time: String,
    /// Masked.
    pub name: String,
    /// The membership ended since.
    pub withdrawn: bool,
    pub number: MemberNumber,
    pub kind: CardKind,
    pub reason: String,
    pub state: JobState,
    pub reader: Option<String>,
}

pub struct Day {
    /// `YYYY-MM-DD`.
    pub date: String,
    pub is_today: bool,
    pub before: String,
    /// Not beyond today.
    pub after: Option<String>,
    pub counts: Counts,
    pub tallies: Vec<Tally>,
    pub hours: Vec<Hour>,
    /// Newest first.
    pub jobs: Vec<JobRow>,
    /// There are more than are shown.
    pub more: bool,
}

/// What a search of jobs was asked, as it was typed; empty fields do not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobQuery {
    pub number: String,
    pub state: String,
    pub kind: String,
    pub day: String,
    pub reader: String,
}

pub struct JobsFound {
    pub jobs: Vec<JobRow>,
    pub more: bool,
}

/// What was handed over today, by kind. A count names nobody, so no look is logged.
pub fn counts_today(desk: &Desk) -> Result<Counts, Trouble> {
    desk.store.look(|tx| counts(tx, desk.midnight().as_millisecond(), i64::MAX).map(|(counts, _)| counts))
}

fn counts(tx: &Tx, since: i64, until: i64) -> Result<(Counts, Vec<Done>), Trouble> {
    let done = jobs::done_between(tx, since, until)?;
    let mut counts = Counts {
        imported: members::imported_count(tx, since, until)?,
        spoiled: cards::spoiled_count(tx, since, until)?,
        ..Counts::default()
    };
    done.iter().for_each(|done| counts.add(done.kind, &done.reason, done.n));
    Ok((counts, done))
}

/// The day of this date, or today. The ids shown are logged.
pub fn day(desk: &Desk, actor: &Actor, date: Option<&str>) -> Result<Day, Trouble> {
    actor.may(Act::ShowDay)?;
    let today = desk.today();
    let date = date.map(day_typed).transpose()?.unwrap_or(today).min(today);
    let (since, until) = bounds(desk, date)?;
    let sought = Sought { between: Some((since, until)), ..Sought::default() };
    let (counts, done, found) = desk.store.look(|tx| {
        let (counts, done) = counts(tx, since, until)?;
        Ok((counts, done, rows(desk, tx, &sought)?))
    })?;
    let JobsFound { jobs, more } = logged(desk, actor, found, "day")?;
    let mut tallies: BTreeMap<(&str, &str), Tally> = BTreeMap::new();
    for Done { kind, reason, n, .. } in &done {
        let tally = tallies.entry((kind.as_str(), reason));
        tally.or_insert_with(|| Tally { kind: *kind, reason: reason.clone(), n: 0 }).n += n;
    }
    let mut tallies: Vec<Tally> = tallies.into_values().collect();
    tallies.sort_by_key(|tally| std::cmp::Reverse(tally.n));
    let shown = |date: Date| date.to_string();
    Ok(Day {
        date: shown(date),
        is_today: date == today,
        before: date.yesterday().map(shown).unwrap_or_default(),
        after: date.tomorrow().ok().filter(|next| *next <= today).map(shown),
        hours: hours(&done.iter().map(|done| by_hour(desk, done)).collect::<Vec<_>>()),
        counts,
        tallies,
        jobs,
        more,
    })
}

/// The hour of a count, whether it counts reissues, and how many.
fn by_hour(desk: &Desk, done: &Done) -> (i8, bool, u32) {
    (desk.local(done.at).hour(), Work::of(&done.reason, done.kind) == Work::Reissue, done.n)
}

/// The opening hours, and whatever lies before and after them.
fn hours(done: &[(i8, bool, u32)]) -> Vec<Hour> {
    let first = done.iter().map(|(hour, ..)| *hour).min().map_or(OPEN_FROM, |hour| hour.min(OPEN_FROM));
    let last = done.iter().map(|(hour, ..)| *hour).max().map_or(OPEN_UNTIL, |hour| hour.max(OPEN_UNTIL));
    let count = |hour: i8, wanted: bool| {
        let here = done.iter().filter(|(at, reissued, _)| *at == hour && *reissued == wanted);
        here.map(|(.., n)| n).sum()
    };
    (first..=last).map(|hour| Hour { hour, issued: count(hour, false), reissued: count(hour, true) }).collect()
}

/// `2026-11-24`, `20261124`, `2026. 11. 24.`; `day` otherwise.
pub(super) fn day_typed(text: &str) -> Result<Date, Trouble> {
    let wrong = || Trouble::new("day").with("text", super::quoted(text));
    refuse_identity_number(text)?;
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let numbers = match numbers[..] {
        [bare] if bare.len() == 8 => vec![&bare[..4], &bare[4..6], &bare[6..]],
        _ => numbers,
    };
    let [year, month, day] = numbers[..] else { return Err(wrong()) };
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else { return Err(wrong()) };
    // Two figures are no year.
    Date::new(year, month, day).ok().filter(|date| date.year() >= 1900).ok_or_else(wrong)
}

/// From its first to before its last moment here.
pub(super) fn bounds(desk: &Desk, date: Date) -> Result<(i64, i64), Trouble> {
    let wrong = |_| Trouble::new("day").with("text", date);
    let begins = |date: Date| {
        let midnight = date.to_zoned_datetime(desk.zone())?.start_of_day()?;
        Ok::<_, jiff::Error>(midnight.timestamp().as_millisecond())
    };
    Ok((begins(date).map_err(wrong)?, date.tomorrow().and_then(begins).map_err(wrong)?))
}

/// Jobs by number, state, kind, day and reader. The ids shown are logged.
///
/// # Errors
/// `identity-number`, `member-number`, `day` for what cannot be read so.
pub fn seek_jobs(desk: &Desk, actor: &Actor, asked: &JobQuery) -> Result<JobsFound, Trouble> {
    actor.may(Act::ShowDay)?;
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let number =
        given(&asked.number).map(|text| super::member_number(&text)).transpose()?.map(|number| number.to_string());
    let between = given(&asked.day).map(|text| bounds(desk, day_typed(&text)?)).transpose()?;
    let state = given(&asked.state).filter(|state| state == "open" || JobState::parse(state).is_some());
    let kind = given(&asked.kind).filter(|kind| CardKind::parse(kind).is_some());
    let reader = given(&asked.reader);
    let sought = Sought {
        number: number.as_deref(),
        state: state.as_deref(),
        kind: kind.as_deref(),
        between,
        reader: reader.as_deref(),
    };
    let found = desk.store.look(|tx| rows(desk, tx, &sought))?;
    logged(desk, actor, found, "jobs")
}

fn rows(desk: &Desk, tx: &Tx, sought: &Sought) -> Result<Vec<(i64, JobRow)>, Trouble> {
    jobs::seek(tx, sought, SHOWN + 1)?
        .into_iter()
        .map(|job| Ok((job.member, row(desk, &members::get(tx, job.member)?, job))))
        .collect()
}

fn logged(desk: &Desk, actor: &Actor, found: Vec<(i64, JobRow)>, purpose: &str) -> Result<JobsFound, Trouble> {
    let more = found.len() > SHOWN as usize;
    let mut ids: Vec<i64> = found.iter().take(SHOWN as usize).map(|(member, _)| *member).collect();
    ids.sort_unstable();
    ids.dedup();
    if !ids.is_empty() {
        desk.store.change(|tx| actor::log(desk, tx, actor, ids, "list", purpose))?;
    }
    Ok(JobsFound { jobs: found.into_iter().take(SHOWN as usize).map(|(_, row)| row).collect(), more })
}

fn row(desk: &Desk, member: &Member, job: Job) -> JobRow {
    JobRow {
        job: job.id,
        day: desk.day_of(job.updated),
        time: desk.local(job.updated).strftime("%H:%M").to_string(),
        name: find::masked_name(&member.name),
        withdrawn: find::has_withdrawn(member),
        number: job.number,
        kind: job.kind,
        reason: job.reason,
        state: job.state,
        reader: job.reader,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_typed_in_every_usual_form() {
        for text in ["2026-11-24", "20261124", "2026. 11. 24.", "2026년 11월 24일", "2026/11/24"] {
            assert_eq!(day_typed(text).unwrap().to_string(), "2026-11-24", "{text}");
        }
        for text in ["", "오늘", "2026-13-01", "2026-11", "11-24", "2026-2-30"] {
            assert_eq!(day_typed(text).unwrap_err().code, "day", "{text}");
        }
    }

    #[test]
    fn every_hour_between_the_first_and_the_last_has_its_place() {
        let shown = hours(&[(8, false, 1), (14, true, 2), (14, false, 1), (14, true, 1), (20, false, 1)]);
        assert_eq!(shown.iter().map(|hour| hour.hour).collect::<Vec<_>>(), (8..=20).collect::<Vec<_>>());
        assert_eq!(shown[6], Hour { hour: 14, issued: 1, reissued: 3 });
        assert_eq!(hours(&[]).len(), 10);
    }

    #[test]
    fn what_is_made_counts_once() {
        let mut counts = Counts::default();
        for (kind, reason) in [
            (CardKind::Rfid, "first-issue"),
            (CardKind::Sticker, "sticker"),
            (CardKind::Sticker, "first-issue"),
            (CardKind::Sticker, "damaged"),
            (CardKind::Barcode, "lost"),
            (CardKind::Rfid, "conversion"),
            (CardKind::Sticker, "conversion"),
        ] {
            counts.add(kind, reason, 1);
        }
        assert_eq!((counts.issued, counts.stickers, counts.reissued, counts.converted), (1, 2, 2, 2));
        counts.add(CardKind::Rfid, "first-issue", 10_000);
        assert_eq!(counts.cards(), 10_007);
    }
}
