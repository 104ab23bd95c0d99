//! `issue`, `hand-over`, `job list|show|resume|cancel`: progress on stderr, the answer on stdout.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{Done, Rooms, answer, json};
use crate::desk::{self, Actor, Desk, Event, Evidence, Feed, IssueForm, JobReport, PrintFate, Until, Waiting};
use crate::plan::fees::{SaidExempt, Settlement};
use crate::plan::job::{CardKind, Step};
use crate::plan::messages::{Lang, Trouble};

#[derive(Args)]
pub(super) struct Issue {
    /// The member, by id
    #[arg(allow_negative_numbers = true)]
    member: String,
    /// rfid, barcode or sticker
    #[arg(long, default_value = "rfid")]
    kind: String,
    /// By name or port, as `issuer reader list` has it; else the first one
    #[arg(long)]
    reader: Option<String>,
    /// By name, as `issuer printer list` has it; else the first one
    #[arg(long)]
    printer: Option<String>,
    /// How the fee is paid: cash, card or transfer
    #[arg(long)]
    pay: Option<String>,
    /// Why the fee is waived
    #[arg(long)]
    waive: Option<String>,
    /// The member is exempt: seen, where their proof was looked at, or told
    #[arg(long)]
    exempt: Option<String>,
    /// Seconds to wait for a card, instead of `[reader] card_timeout`
    #[arg(long, allow_negative_numbers = true)]
    wait: Option<String>,
    /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
    #[arg(long)]
    key: Option<String>,
}

impl Issue {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        let kind = kind(&self.kind)?;
        let member = desk::id(&self.member, "member-unknown", "member")?;
        let key = super::key(self.key)?;
        let said = Settlement::read(self.pay.as_deref(), self.waive.as_deref())?;
        let exempt = SaidExempt::read(self.exempt.as_deref())?;
        let form = IssueForm { member, evidence: Evidence::Word, kind, reader: self.reader, printer: self.printer };
        made(rooms, &actor, self.wait.as_deref(), |desk| {
            desk::plan_issue_paid(desk, &actor, &form, &said, exempt, key.as_deref())
        })
    }
}

/// A kind of card as typed.
pub(super) fn kind(text: &str) -> Result<CardKind, Trouble> {
    CardKind::parse(text).ok_or_else(|| Trouble::new("card-kind").with("kind", desk::quoted(text)))
}

/// The whole of a job: plans it and runs it, or answers how it stands when it was asked for under its key before.
pub(super) fn made(
    rooms: Rooms,
    actor: &Actor,
    wait: Option<&str>,
    plan: impl FnOnce(&Desk) -> Result<i64, Trouble>,
) -> Done {
    let (json_wanted, lang) = (rooms.json, rooms.lang);
    let wait = wait.map(seconds).transpose()?;
    let desk = rooms.desk()?;
    let job = plan(&desk)?;
    finish(&desk, actor, job, wait, json_wanted, lang)
}

#[derive(Args)]
pub(super) struct HandOver {
    /// The job, by id
    #[arg(allow_negative_numbers = true)]
    job: String,
    /// The printed number, scanned or typed
    #[arg(long, allow_negative_numbers = true)]
    scan: Option<String>,
    /// By name or port, as `issuer reader list` has it; else the first one
    #[arg(long)]
    reader: Option<String>,
    /// Why it is handed over unpaid
    #[arg(long)]
    unpaid: Option<String>,
    /// The member brought the old card back
    #[arg(long)]
    old_returned: bool,
    /// Idempotency key: handing over twice is one handing over anyway
    #[arg(long)]
    key: Option<String>,
}

impl HandOver {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        let job = desk::id(&self.job, "job-unknown", "job")?;
        let key = super::key(self.key)?;
        let desk = rooms.desk()?;
        if self.old_returned {
            desk::old_card_came(&desk, &actor, job)?;
        }
        let (scan, reader) = (self.scan.as_deref(), self.reader.as_deref());
        let unpaid = self.unpaid.as_deref();
        let words: Vec<Option<&str>> = [scan, reader].into_iter().chain(unpaid.map(Some)).collect();
        let done = desk::once(&desk, &actor, key.as_deref(), "hand-over", job, &words, |_| {
            desk::hand_over(&desk, &actor, job, scan, reader, Feed::Dispense, unpaid)
        })?;
        Ok((json(&done), 0))
    }
}

#[derive(Subcommand)]
pub(super) enum Job {
    /// All jobs, oldest first
    List {
        /// Only those neither handed over nor cancelled
        #[arg(long)]
        open: bool,
    },
    /// One job in full; the look is logged
    Show {
        /// The job, by id
        #[arg(allow_negative_numbers = true)]
        id: String,
    },
    /// Goes on where the job stands
    Resume {
        /// The job, by id
        #[arg(allow_negative_numbers = true)]
        id: String,
        /// After a print whose fate is not known: out, not-out or spoiled
        #[arg(long)]
        print: Option<String>,
        /// Another reader than the one that it was begun at, by name or port
        #[arg(long)]
        reader: Option<String>,
        /// Seconds to wait for a card, instead of `[reader] card_timeout`
        #[arg(long, allow_negative_numbers = true)]
        wait: Option<String>,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// Gives the job up: a number it reserved is retired, its card blanked or spoiled
    Cancel {
        /// The job, by id
        #[arg(allow_negative_numbers = true)]
        id: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
}

impl Job {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, json_wanted, lang) = (rooms.actor(), rooms.json, rooms.lang);
        match self {
            Job::List { open } => Ok((json(&desk::list_jobs(&rooms.desk()?, &actor, open)?), 0)),
            Job::Show { id } => {
                let id = desk::id(&id, "job-unknown", "job")?;
                let desk = rooms.desk()?;
                Ok(shown(&desk, &desk::show_job(&desk, &actor, id)?, json_wanted, lang))
            }
            Job::Resume { id, print, reader, wait, key } => {
                let id = desk::id(&id, "job-unknown", "job")?;
                let (wait, key) = (wait.as_deref().map(seconds).transpose()?, super::key(key)?);
                let fate = print
                    .map(|text| {
                        PrintFate::parse(&text)
                            .ok_or_else(|| Trouble::new("print-fate").with("text", desk::quoted(&text)))
                    })
                    .transpose()?;
                let desk = rooms.desk()?;
                let fated = fate.map(PrintFate::as_str);
                // Under one key only the same request goes on: at the same reader too.
                let moved = reader.as_deref().map(|reader| format!("{} at {reader}", fated.unwrap_or_default()));
                let said = moved.or(fated.map(str::to_owned));
                desk::once(&desk, &actor, key.as_deref(), "job-resume", id, &said, |again| {
                    if let Some(reader) = &reader {
                        desk::at_reader(&desk, &actor, id, reader)?;
                    }
                    if let Some(fate) = fate.filter(|_| !again) {
                        desk::settle_print_once(&desk, &actor, id, fate, key.as_deref())?;
                    }
                    run(&desk, &actor, id, wait, json_wanted, lang)
                })
            }
            Job::Cancel { id, key } => {
                let (id, key) = (desk::id(&id, "job-unknown", "job")?, super::key(key)?);
                let desk = rooms.desk()?;
                let done = desk::once(&desk, &actor, key.as_deref(), "job-cancel", id, &(), |_| {
                    desk::cancel(&desk, &actor, id, Feed::Dispense)
                })?;
                Ok((json(&done), 0))
            }
        }
    }
}

/// Runs a job that was planned now, or under the same key before.
pub(super) fn finish(desk: &Desk, actor: &Actor, job: i64, wait: Option<Duration>, quiet: bool, lang: Lang) -> Done {
    if !desk::is_open(desk, job)? {
        // Asked again under its key, after its end: the same answer.
        return Ok(shown(desk, &desk::show_job(desk, actor, job)?, quiet, lang));
    }
    run(desk, actor, job, wait, quiet, lang)
}

fn run(desk: &Desk, actor: &Actor, job: i64, wait: Option<Duration>, quiet: bool, lang: Lang) -> Done {
    let waiting =
        Waiting { feed: Feed::Dispense, longest: wait.unwrap_or(desk.card_timeout()), stop: &AtomicBool::new(false) };
    let run = || desk::run(desk, actor, job, Until::Printed, &waiting);
    let done = if quiet { run() } else { with_progress(desk, job, lang, run) };
    let report = done.map_err(|trouble| {
        let named = trouble.args.iter().any(|(name, _)| *name == "job");
        if named { trouble } else { trouble.with("job", job) }
    })?;
    Ok(shown(desk, &report, quiet, lang))
}

/// A job with what is odd about its card: under `--json` in it, else on stderr.
fn shown(desk: &Desk, report: &JobReport, as_json: bool, lang: Lang) -> (Option<Value>, u8) {
    let warnings = report.warnings();
    let mut value = json(report);
    match &mut value {
        Some(Value::Object(fields)) if as_json => {
            fields.insert("warnings".to_owned(), answer::told(&desk.messages, lang, &warnings));
        }
        _ => answer::warn(&desk.messages, lang, &warnings),
    }
    (value, 0)
}

/// Says each step on stderr as it begins, while `work` runs.
fn with_progress<T>(desk: &Desk, job: i64, lang: Lang, work: impl FnOnce() -> T) -> T {
    let mut events = desk.subscribe();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut told: Option<Step> = None;
            loop {
                match events.blocking_recv() {
                    Ok(Event::Job(changed)) if changed == job => {}
                    Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                    Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
                }
                if let Some(live) = desk.live(job)
                    && told != Some(live.step)
                {
                    told = Some(live.step);
                    eprintln!("{}", desk.messages.text(lang, &format!("step-{}", live.step), &[]));
                }
                if ended.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
            }
        });
        // Told even when the work panics: the scope waits for the thread that listens.
        let _end = End { desk, job, ended: &ended };
        work()
    })
}

struct End<'a> {
    desk: &'a Desk,
    job: i64,
    ended: &'a AtomicBool,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.ended.store(true, std::sync::atomic::Ordering::Relaxed);
        self.desk.tell(Event::Job(self.job));
    }
}

/// A time to wait, in seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, Trouble> {
    let seconds: Option<f64> = text.trim().parse().ok().filter(|seconds| (0.0..=86_400.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| Trouble::new("seconds").with("text", desk::quoted(text)))
}
