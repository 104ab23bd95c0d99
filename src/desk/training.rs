//! Practice (연습): a database, keys, cards and prints of their own, simulated devices, made-up members in every state that a
//! clerk meets. It never touches a real desk's data or devices: a database with another stamp is refused, and the settings
//! name nothing outside the practice folder ([`Settings::for_training`]). Start at [`open_training`].

use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, TryLockError};
use std::time::Duration;

use super::{Act, Actor, Assets, Desk, Opening, Settings, Stamp, actor, devices};
use crate::back::store::training;
use crate::plan::messages::Trouble;

mod samples;

pub use samples::SampleLine;

/// As long as the work on one card may still take.
const LONGEST: Duration = Duration::from_secs(10);

/// One beginning anew at a time.
static BEGINNING: Mutex<()> = Mutex::new(());

/// What the page of practice shows.
#[derive(Debug, Clone)]
pub struct Practice {
    /// When its members were made; the button names it, so that a stale page throws nothing away.
    pub made: i64,
    pub samples: Vec<SampleLine>,
}

/// Opens the practice desk beside that of these settings; its folder, database, keys and members are made when they are missing,
/// or when their making was cut short. `training-elsewhere` where its database is somebody's real one.
pub fn open_training(settings: Settings) -> Result<Desk, Trouble> {
    let settings = settings.for_training();
    let assets = || Assets::new(Some(settings.templates()));
    let desk = Desk::open(settings.clone(), assets(), Opening::Training)?;
    if desk.store.look(training::made)?.is_none() {
        fill(&desk)?;
    }
    Ok(desk)
}

/// What there is to practise with; `not-training` at any other desk.
pub fn practice(desk: &Desk) -> Result<Practice, Trouble> {
    only_training(desk)?;
    let made = desk.store.look(training::made)?.unwrap_or_default();
    Ok(Practice { made, samples: samples::lines(desk.settings.library.membership) })
}

/// Takes everything that was practised away and makes the members anew; who may log in, and who is logged in, stays. `made` is
/// what the page said: when it is no longer so, somebody has begun anew since, and nothing is done.
pub fn begin_anew(desk: &Desk, actor: &Actor, made: i64) -> Result<(), Trouble> {
    actor.may(Act::Practise)?;
    only_training(desk)?;
    let _alone = match BEGINNING.try_lock() {
        Ok(alone) => alone,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return Err(Trouble::new("training-busy")),
    };
    if desk.store.look(training::made)? != Some(made) {
        return Ok(());
    }
    if !desk.stations.let_go_of_all(LONGEST) {
        return Err(Trouble::new("training-busy"));
    }
    fill(desk)?;
    desk.store.change(|tx| actor::log_house(desk, tx, actor, "change", "begin-anew"))
}

fn only_training(desk: &Desk) -> Result<(), Trouble> {
    if desk.stamp() == Stamp::Training { Ok(()) } else { Err(Trouble::new("not-training")) }
}

/// Empty, then the samples, then the word that they are whole: a start after a cut begins here again.
fn fill(desk: &Desk) -> Result<(), Trouble> {
    desk.store.change(training::empty)?;
    devices::simulation(desk)?.clear()?;
    devices::printer(desk).clear()?;
    desk.board.forget_all();
    let settings = desk.settings.clone().in_haste();
    let assets = Assets::new(Some(settings.templates()));
    let quick = Desk::open(settings, assets, Opening::Training)?;
    samples::make(&quick, &AtomicBool::new(false))?;
    let now = desk.now().as_millisecond();
    desk.store.change(|tx| training::set_made(tx, now))
}
