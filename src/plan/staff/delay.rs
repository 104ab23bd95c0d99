//! How long after wrong passwords the next one is looked at: it doubles, and it ends. Never a lock for good, which anybody
//! could put on anybody. Start at [`Delay::after`].

use std::time::Duration;

/// Where a password was typed. The two are counted apart, so that nobody from elsewhere makes the people at a desk wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A browser in which somebody has logged in before, by a cookie of its own.
    KnownDesk,
    Elsewhere,
}

impl Place {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::KnownDesk => "known-desk",
            Place::Elsewhere => "elsewhere",
        }
    }

    /// The longest wait.
    fn longest(self) -> Duration {
        match self {
            Place::KnownDesk => Duration::from_secs(60),
            Place::Elsewhere => Duration::from_secs(15 * 60),
        }
    }
}

/// What wrong passwords are counted under; each is counted under both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counted {
    /// The account, or a name that nobody has.
    Account,
    /// The browser that is known, else the address: whoever tries one password on many names. Several people share it, and
    /// what one of them types right clears nothing there, so that more is free.
    Source,
}

/// Wrong passwords that cost nothing: people mistype.
fn free(place: Place, counted: Counted) -> u32 {
    match (counted, place) {
        (Counted::Account, Place::KnownDesk) => 4,
        (Counted::Account, Place::Elsewhere) => 2,
        (Counted::Source, _) => 20,
    }
}

/// Wrong passwords in a row, of one account in one kind of place or from one source, and when the last one was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    pub place: Place,
    pub counted: Counted,
    pub wrong: u32,
    /// Milliseconds since 1970.
    pub last: i64,
}

/// After so long without a wrong password nothing is held against anybody.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

impl Delay {
    /// The wait that so many wrong passwords in a row bring: 1, 2, 4 … seconds from the first that is not free.
    pub fn after(place: Place, counted: Counted, wrong: u32) -> Duration {
        let Some(doublings) = wrong.checked_sub(free(place, counted) + 1) else { return Duration::ZERO };
        Duration::from_secs(1 << doublings.min(20)).min(place.longest())
    }

    /// What is left of it at `now`. A clock that was set back makes nobody wait longer than the wait itself.
    pub fn left(self, now: i64) -> Duration {
        let wait = Delay::after(self.place, self.counted, self.wrong);
        let passed = Duration::from_millis(now.saturating_sub(self.last).max(0).unsigned_abs());
        wait.saturating_sub(passed)
    }

    /// One more wrong password at `now`.
    pub fn more(self, now: i64) -> Delay {
        let wrong = if self.is_forgotten(now) { 1 } else { self.wrong.saturating_add(1) };
        Delay { wrong, last: now, ..self }
    }

    /// Whether it may be swept.
    pub fn is_forgotten(self, now: i64) -> bool {
        now.saturating_sub(self.last) >= i64::try_from(FORGOTTEN.as_millis()).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn waits_double_and_end() {
        for (place, counted, wrong, seconds) in [
            (Place::KnownDesk, Counted::Account, 0, 0),
            (Place::KnownDesk, Counted::Account, 4, 0),
            (Place::KnownDesk, Counted::Account, 5, 1),
            (Place::KnownDesk, Counted::Account, 6, 2),
            (Place::KnownDesk, Counted::Account, 10, 32),
            (Place::KnownDesk, Counted::Account, 11, 60),
            (Place::KnownDesk, Counted::Account, u32::MAX, 60),
            (Place::Elsewhere, Counted::Account, 2, 0),
            (Place::Elsewhere, Counted::Account, 3, 1),
            (Place::Elsewhere, Counted::Account, 12, 512),
            (Place::Elsewhere, Counted::Account, 13, 900),
            (Place::Elsewhere, Counted::Account, u32::MAX, 900),
            (Place::KnownDesk, Counted::Source, 20, 0),
            (Place::KnownDesk, Counted::Source, 40, 60),
            (Place::Elsewhere, Counted::Source, 21, 1),
            (Place::Elsewhere, Counted::Source, 31, 900),
        ] {
            assert_eq!(
                Delay::after(place, counted, wrong),
                Duration::from_secs(seconds),
                "{place:?} {counted:?} {wrong}"
            );
        }
    }

    #[test]
    fn a_day_without_a_wrong_password_forgets_the_others() {
        let delay = Delay { place: Place::Elsewhere, counted: Counted::Account, wrong: 40, last: 0 };
        assert_eq!(delay.more(1000).wrong, 41);
        assert_eq!(delay.more(24 * 60 * 60 * 1000).wrong, 1);
    }

    proptest! {
        #[test]
        fn whoever_waits_gets_in(wrong: u32, last in 0..i64::MAX / 2, back in 0i64..100_000_000) {
            let all = [Place::KnownDesk, Place::Elsewhere].map(|place| [(place, Counted::Account), (place, Counted::Source)]);
            for (place, counted) in all.into_iter().flatten() {
                let delay = Delay { place, counted, wrong, last };
                let wait = Delay::after(place, counted, wrong);
                prop_assert_eq!(delay.left(last + i64::try_from(wait.as_millis()).unwrap()), Duration::ZERO);
                prop_assert!(delay.left(last - back) <= wait);
            }
        }
    }
}
