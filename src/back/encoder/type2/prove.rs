//! Attacks a locked Type 2 chip as a phone app would. Every write carries what the page should hold. Start at [`attack`].

use super::visit::Visit;
use crate::back::encoder::contact::Written;
use crate::back::encoder::marks::{Mark, OnMark, SectorState, Stop};
use crate::back::encoder::{Identified, Reader};
use crate::plan::chip::attempt::AttemptKind;
use crate::plan::chip::type2::Page;
use crate::plan::chip::type2::attack::{PageAttack, PageProof};
use crate::plan::chip::type2::read::RawPages;
use crate::plan::chip::{Attempt, Password};
use crate::plan::messages::Trouble;

/// The pages must show what they should to a reader without a password: `chip-unverified`.
pub fn read(reader: &mut dyn Reader, card: &Identified, plan: &PageProof) -> Result<(), Stop> {
    let mut visit = Visit::new(reader, card);
    visit.leave();
    let numbers = plan.pages.iter().map(|(page, _)| *page);
    let (Some(first), Some(last)) = (numbers.clone().min(), numbers.max()) else { return Ok(()) };
    let found = visit.read(first, last)?.map(|pages| RawPages { pages, ..RawPages::default() });
    let shown = |page: u8| found.as_ref().and_then(|found| found.page(page));
    match plan.pages.iter().find(|(page, content)| shown(*page) != Some(*content)) {
        None => Ok(()),
        Some((page, _)) => Err(unverified(*page)),
    }
}

/// Every attack, and what the chip did.
pub fn attack(
    reader: &mut dyn Reader,
    card: &Identified,
    plan: &PageProof,
    on_mark: OnMark<'_>,
) -> Result<Vec<Attempt>, Stop> {
    let mut visit = Visit::new(reader, card);
    // Whoever was here before may have given the password.
    visit.leave();
    let shown = shown(&mut visit, plan)?;
    let mut attempts = Vec::with_capacity(plan.attacks.len());
    for attack in &plan.attacks {
        attempts.push(attempt(&mut visit, plan, attack, &shown)?);
    }
    // A refusal says nothing of who refused: the last one counts only with the same card still lying there.
    visit.leave();
    visit.select()?;
    let mut rows: Vec<u8> = attempts.iter().map(|attempt| attempt.area).collect();
    rows.sort_unstable();
    rows.dedup();
    for row in rows {
        if attempts.iter().all(|attempt| attempt.area != row || attempt.refused) {
            on_mark(Mark::Sector { sector: row, state: SectorState::Proven })?;
        }
    }
    Ok(attempts)
}

/// What is to be written back to pages of which the plan knows no content.
fn shown(visit: &mut Visit<'_>, plan: &PageProof) -> Result<RawPages, Stop> {
    let unknown = plan.attacks.iter().filter_map(|attack| match attack {
        PageAttack::Write { page, content: None } | PageAttack::Entered { page, content: None } => Some(*page),
        _ => None,
    });
    let (Some(first), Some(last)) = (unknown.clone().min(), unknown.max()) else { return Ok(RawPages::default()) };
    let pages = visit.read(first, last)?.ok_or_else(|| unverified(first))?;
    Ok(RawPages { pages, ..RawPages::default() })
}

fn attempt(visit: &mut Visit<'_>, plan: &PageProof, attack: &PageAttack, shown: &RawPages) -> Result<Attempt, Stop> {
    let content = |page: u8, content: Option<&Page>| {
        content.copied().or_else(|| shown.page(page)).ok_or_else(|| unverified(page))
    };
    let (kind, block, key, refused) = match attack {
        PageAttack::Write { page, content: known } => {
            let content = content(*page, known.as_deref())?;
            (AttemptKind::Write, Some(*page), "none".to_owned(), refuses(visit, *page, &content, None)?)
        }
        PageAttack::Entered { page, content: known } => {
            let content = content(*page, known.as_deref())?;
            let refused = refuses(visit, *page, &content, Some(&plan.password))?;
            (AttemptKind::Write, Some(*page), "own".to_owned(), refused)
        }
        PageAttack::Password(pwd) => {
            let refused = visit.open(pwd)?.is_none();
            // What stands open now is not what the next attack expects.
            visit.leave();
            (AttemptKind::Key, None, pwd.iter().map(|byte| format!("{byte:02X}")).collect(), refused)
        }
    };
    Ok(Attempt { kind, area: plan.area(attack), block, letter: None, key, refused })
}

/// Whether the chip refuses a write. Unanswered ones are tried again, as often as the visit bears.
fn refuses(visit: &mut Visit<'_>, page: u8, content: &Page, door: Option<&Password>) -> Result<bool, Stop> {
    loop {
        // A write behind a password that was refused would be refused whatever the lock bits say.
        if let Some(password) = door
            && visit.open(password.pwd())?.is_none()
        {
            return Err(unverified(page));
        }
        match visit.write(page, content, None)? {
            Written::Acknowledged => return Ok(false),
            Written::Refused => return Ok(true),
            Written::Unsure => {}
        }
    }
}

fn unverified(page: u8) -> Stop {
    Stop::resumable(Trouble::new("chip-unverified").with("sector", page / 4))
}
