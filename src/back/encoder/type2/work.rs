//! Lays the pages of a goal down, locks and verifies them. What stands already is left alone, so the same work completes a
//! torn card, renews an old one and changes nothing on a finished one.
//!
//! It goes in rounds: the chip is read from a fresh activation and without a password; if all stands, that was the
//! verification, else what differs is written. AUTH0 is never written while no known password rules the chip: torn in
//! mid-programming it may guard everything with whatever stands in PWD. PWD is never written while AUTH0 guards anything. And
//! CFG1 is never written at all: torn it may freeze the configuration for ever. So nothing that is torn here locks its owner out. Start at [`run`].

use super::visit::{AT_ONCE, Visit};
use crate::back::encoder::contact::Written;
use crate::back::encoder::marks::{SectorState, Step, Stop};
use crate::back::encoder::progress::Progress;
use crate::back::encoder::{Identified, Reader};
use crate::plan::chip::Password;
use crate::plan::chip::type2::goal::PageGoal;
use crate::plan::chip::type2::map::{AUTH0_OFF, CONTAINER, FIRST_USER, READ_ONLY, STATIC_LOCKS};
use crate::plan::chip::type2::read::RawPages;
use crate::plan::chip::type2::{Locks, Page, Settings};
use crate::plan::messages::Trouble;

/// Rounds in which every write was answered and the card still is not right, before it counts as defective.
const ROUNDS: u32 = 4;
/// Writes of one page that does not come to hold what it should.
const WRITES: u32 = 3;

/// Lays everything down and verifies it; gives the number of lock and configuration pages written.
pub fn run(reader: &mut dyn Reader, card: &Identified, goal: &PageGoal, progress: Progress<'_>) -> Result<u32, Stop> {
    Work { visit: Visit::new(reader, card), goal, progress, locks: 0 }.run()
}

struct Work<'w, 'p> {
    visit: Visit<'w>,
    goal: &'w PageGoal,
    progress: Progress<'p>,
    locks: u32,
}

/// The chip as a fresh activation shows it.
struct State<'g> {
    settings: Settings,
    locks: Locks,
    container: Page,
    /// User pages that do not hold what they should, in the order of writing.
    differ: Vec<(u8, Page)>,
    /// The password that opens it, and whether the chip answered with its PACK. `None`: none was asked for.
    opened: Option<(&'g Password, bool)>,
}

/// How a round of writing ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Laid {
    /// Every write was answered.
    Done,
    /// Something went unheard, or the chip must be activated anew first.
    Unsure,
}

impl<'w> Work<'w, '_> {
    fn run(mut self) -> Result<u32, Stop> {
        self.progress.begin()?;
        let mut rounds = 0;
        loop {
            let state = self.survey()?;
            self.refuse(&state)?;
            let laid = match self.stands(&state) {
                true if !self.goal.permanent || self.is_frozen(&state.locks, state.container) => break,
                true => self.freeze(&state)?,
                false => self.lay(&state)?,
            };
            rounds += u32::from(laid == Laid::Done);
            if rounds == ROUNDS {
                return Err(defective(self.goal.map.config));
            }
            self.visit.leave();
        }
        let state = if self.goal.is_blank() { SectorState::Empty } else { SectorState::Locked };
        self.progress.reach(Step::Lock)?;
        for row in 0..self.goal.map.kind.areas() {
            self.progress.area(row, state)?;
        }
        self.progress.end()?;
        Ok(self.locks)
    }

    /// Reads what is to be compared, and finds the password that rules a protected chip.
    fn survey(&mut self) -> Result<State<'w>, Stop> {
        let (goal, map) = (self.goal, &self.goal.map);
        let raw = self.look()?;
        let (Some(settings), Some(locks), Some(container)) = (raw.settings(map), raw.locks(map), raw.page(CONTAINER))
        else {
            return Err(unknown(FIRST_USER));
        };
        // Before any password: the limit would shut the chip for its owner too.
        self.refuse_settings(&settings)?;
        let differ = goal.pages.iter().filter(|(page, content)| raw.page(*page) != Some(*content)).copied().collect();
        let opened = self.open(&settings)?;
        Ok(State { settings, locks, container, differ, opened })
    }

    /// Static locks, page 3, user pages and settings: all in one exchange where the chip is small enough.
    fn look(&mut self) -> Result<RawPages, Stop> {
        let map = &self.goal.map;
        let last = self.goal.pages.iter().map(|(page, _)| *page).max().unwrap_or(CONTAINER);
        let reads: &[(u8, u8)] = match map.pages - STATIC_LOCKS {
            ..=AT_ONCE => &[(STATIC_LOCKS, map.pages - 1)],
            _ => &[(STATIC_LOCKS, last), (map.settings(), map.access())],
        };
        let mut raw = RawPages::default();
        for (first, last) in reads {
            match self.visit.read(*first, *last)? {
                Some(pages) => raw.pages.extend(pages),
                None => return Err(unknown(*first)),
            }
        }
        Ok(raw)
    }

    fn refuse_settings(&self, settings: &Settings) -> Result<(), Stop> {
        if !settings.is_foreign(&self.goal.map) {
            return Ok(());
        }
        Err(Stop::unusable(match settings.limit() {
            0 => Trouble::new("card-configured").with("access", format!("{:02X}", settings.cfg1[0])),
            limit => Trouble::new("card-auth-limit").with("limit", limit),
        }))
    }

    fn open(&mut self, settings: &Settings) -> Result<Option<(&'w Password, bool)>, Stop> {
        let goal = self.goal;
        if settings.is_protected(&goal.map) {
            for ruler in &goal.ruling {
                if let Some(pack) = self.visit.open(ruler.password.pwd())? {
                    return Ok(Some((&ruler.password, pack == *ruler.password.pack())));
                }
            }
            return Err(unknown(settings.auth0()));
        }
        // A card that is blank already answers to the factory's password.
        if goal.is_blank() {
            let pack = self.visit.open(goal.password.pwd())?;
            return Ok(pack.map(|pack| (&goal.password, pack == *goal.password.pack())));
        }
        Ok(None)
    }

    /// Finds out before anything is written that what must be written cannot be.
    fn refuse(&self, state: &State<'_>) -> Result<(), Stop> {
        let (goal, map, locks) = (self.goal, &self.goal.map, &state.locks);
        let locked = |page: u8| locks.locks(map, page);
        let page = state.differ.iter().map(|(page, _)| *page).find(|page| locked(*page));
        let container = !goal.container_possible(state.container)
            || locked(CONTAINER) && (!goal.container_stands(state.container) || self.lacks_read_only(state.container));
        let left_open = locks.first_left_open(map).filter(|_| goal.permanent);
        let any = locks.first_set(map).filter(|_| goal.is_blank());
        let permanent = page.or(container.then_some(CONTAINER)).or(left_open).or(any);
        match permanent {
            Some(page) => Err(Stop::unusable(Trouble::new("card-permanent").with("sector", page / 4))),
            None => Ok(()),
        }
    }

    fn lacks_read_only(&self, container: Page) -> bool {
        self.goal.read_only_container().is_some() && container[3] != READ_ONLY
    }

    /// Whether all is as it should be but for what a second pass locks for ever.
    fn stands(&self, state: &State<'_>) -> bool {
        let opens = state.opened.is_some_and(|(password, pack)| pack && *password == self.goal.password);
        opens
            && state.differ.is_empty()
            && self.goal.container_stands(state.container)
            && state.settings.cfg0 == self.goal.cfg0(&state.settings)
    }

    fn is_frozen(&self, locks: &Locks, container: Page) -> bool {
        locks.has(&self.goal.map.all_frozen()) && !self.lacks_read_only(container)
    }

    /// Writes what differs: content, password, configuration.
    fn lay(&mut self, state: &State<'_>) -> Result<Laid, Stop> {
        let (goal, map) = (self.goal, &self.goal.map);
        let due = goal.cfg0(&state.settings);
        let door = state.opened.map(|(password, _)| password).filter(|_| state.settings.is_protected(map));
        // What is mirrored cannot be compared: that is switched off first.
        if !state.settings.is_mirrored(map) && !self.write_pages(state, door)? {
            return Ok(Laid::Done);
        }
        self.progress.reach(Step::Lock)?;
        let (rules, pack_right) = match state.opened {
            Some((password, pack)) => (*password == goal.password, pack),
            None => (false, false),
        };
        let mut found = state.settings.cfg0;
        if !(rules && pack_right) {
            self.progress.area(map.config / 4, SectorState::Locking)?;
            let written = match door.filter(|_| rules) {
                // PACK alone; the password stays, and is asked for again in the next round.
                Some(_) => return Ok(laid(self.write(map.pack(), &pack_page(&goal.password), door)?)),
                None => self.change_password(&mut found, due, door)?,
            };
            if written != Written::Acknowledged {
                return Ok(laid(written));
            }
        }
        if found == due {
            return Ok(Laid::Done);
        }
        Ok(laid(self.write(map.config, &due, door.filter(|_| rules))?))
    }

    /// A password is changed on an open chip only: torn in mid-programming it would be nobody's. `cfg0` becomes the one that
    /// rules then.
    fn change_password(&mut self, cfg0: &mut Page, due: Page, door: Option<&Password>) -> Result<Written, Stop> {
        let [modulation, mirror, page, _] = due;
        let open = [modulation, mirror, page, AUTH0_OFF];
        if door.is_some() {
            let written = self.write(self.goal.map.config, &open, door)?;
            if written != Written::Acknowledged {
                return Ok(written);
            }
            *cfg0 = open;
            self.visit.leave();
        }
        self.set_password()
    }

    /// Writes the user pages that differ, and page 3 before page 4, and reads them back. False: the chip refused.
    fn write_pages(&mut self, state: &State<'_>, door: Option<&Password>) -> Result<bool, Stop> {
        let goal = self.goal;
        let mut due = state.differ.clone();
        if let Some(container) = goal.container.filter(|_| !goal.container_stands(state.container)) {
            let announcing = due.iter().position(|(page, _)| *page == FIRST_USER).unwrap_or(due.len());
            due.insert(announcing, (CONTAINER, container));
        }
        let written: Vec<u8> = due.iter().map(|(page, _)| *page).collect();
        let mut writes = 0;
        while !due.is_empty() {
            let mut sure = true;
            for (page, content) in &due {
                match self.write(*page, content, door)? {
                    Written::Acknowledged => {}
                    Written::Refused => return Ok(false),
                    // What follows must not announce what is missing.
                    Written::Unsure => {
                        sure = false;
                        break;
                    }
                }
            }
            self.progress.reach(Step::ReadBack)?;
            due = self.left(due)?;
            writes += u32::from(sure);
            if writes == WRITES
                && let Some((page, _)) = due.first()
            {
                return Err(defective(*page));
            }
        }
        for (place, page) in written.iter().enumerate() {
            if !written[..place].iter().any(|before| before / 4 == page / 4) {
                self.progress.area(page / 4, SectorState::Written)?;
            }
        }
        Ok(true)
    }

    /// Which of these pages do not hold what they should.
    fn left(&mut self, due: Vec<(u8, Page)>) -> Result<Vec<(u8, Page)>, Stop> {
        let numbers = due.iter().map(|(page, _)| *page);
        let (Some(first), Some(last)) = (numbers.clone().min(), numbers.max()) else { return Ok(due) };
        let found =
            RawPages { pages: self.visit.read(first, last)?.ok_or_else(|| unknown(first))?, ..RawPages::default() };
        let goal = self.goal;
        let stands = |page: u8, content: Page| match found.page(page) {
            Some(found) if page == CONTAINER => goal.container_stands(found),
            found => found == Some(content),
        };
        Ok(due.into_iter().filter(|(page, content)| !stands(*page, *content)).collect())
    }

    /// PWD and PACK of an open chip, proven: neither can be read, but the right one is answered with the other.
    fn set_password(&mut self) -> Result<Written, Stop> {
        let (goal, map) = (self.goal, &self.goal.map);
        for _ in 0..WRITES {
            for (page, content) in [(map.pwd(), *goal.password.pwd()), (map.pack(), pack_page(&goal.password))] {
                if self.write(page, &content, None)? == Written::Refused {
                    return Ok(Written::Refused);
                }
            }
            if self.visit.open(goal.password.pwd())? == Some(*goal.password.pack()) {
                return Ok(Written::Acknowledged);
            }
        }
        // Acknowledged and not kept, as often as we tried.
        Ok(Written::Refused)
    }

    /// The second pass: the read-only nibble, then the lock bits, read back, and only then the bits that freeze them.
    fn freeze(&mut self, state: &State<'_>) -> Result<Laid, Stop> {
        let (goal, map) = (self.goal, &self.goal.map);
        if let Some(container) = goal.read_only_container().filter(|_| self.lacks_read_only(state.container)) {
            let written = self.write(CONTAINER, &container, Some(&goal.password))?;
            if written != Written::Acknowledged {
                return Ok(laid(written));
            }
        }
        let (locked, frozen) = (map.all_locked(), map.all_frozen());
        let mut found = state.locks;
        if !found.has(&locked) {
            let written = self.set_locks(&found, &locked)?;
            if written != Written::Acknowledged {
                return Ok(laid(written));
            }
            let raw = self.look()?;
            match raw.locks(map) {
                Some(locks) if locks.has(&locked) => found = locks,
                _ => return Ok(Laid::Done),
            }
        }
        Ok(laid(self.set_locks(&found, &frozen)?))
    }

    /// Sets what is missing of these bits, on page 2 and on the dynamic lock page.
    fn set_locks(&mut self, found: &Locks, due: &Locks) -> Result<Written, Stop> {
        let map = &self.goal.map;
        let fixed = (!found.has_fixed(due)).then(|| (STATIC_LOCKS, due.page_2()));
        let dynamic = map.dynamic.filter(|_| !found.has_dynamic(due)).map(|dynamic| (dynamic.page, due.dynamic_page()));
        for (page, content) in fixed.into_iter().chain(dynamic) {
            let written = self.write(page, &content, Some(&self.goal.password))?;
            if written != Written::Acknowledged {
                return Ok(written);
            }
        }
        Ok(Written::Acknowledged)
    }

    /// One write behind the durable intent.
    fn write(&mut self, page: u8, content: &Page, door: Option<&Password>) -> Result<Written, Stop> {
        self.progress.intend()?;
        let written = self.visit.write(page, content, door)?;
        let user = page == CONTAINER || self.goal.map.user().contains(&page);
        self.locks += u32::from(!user && written == Written::Acknowledged);
        Ok(written)
    }
}

fn pack_page(password: &Password) -> Page {
    let [a, b] = *password.pack();
    [a, b, 0, 0]
}

fn laid(written: Written) -> Laid {
    if written == Written::Unsure { Laid::Unsure } else { Laid::Done }
}

/// Guarded by a password, from this page on, that none of ours is.
fn unknown(page: u8) -> Stop {
    Stop::unusable(Trouble::new("unknown-key").with("sector", page / 4))
}

fn defective(page: u8) -> Stop {
    Stop::spoiled(Trouble::new("chip-defective").with("sectors", page / 4))
}
