//! Which cards were laid down just now, by what the readers show from look to look: a card that stays is one laying, one that a job had in
//! hand is none. It opens no reader and knows no card. Start at [`Presence::notice`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::devices::ReaderLine;
use crate::back::encoder::ReaderState;

/// A card that nobody listened for when it was laid down is not taken up later.
const FRESH: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Empty,
    /// Its UID, where the reader tells it; and since when it is new, unless somebody took it up or it is a job's.
    Card(Option<String>, Option<Instant>),
}

/// What was seen of each reader last, and who listens.
#[derive(Default)]
pub struct Presence {
    seen: Mutex<HashMap<String, Seen>>,
    /// By session: the page that began to listen last.
    listening: Mutex<(u64, HashMap<i64, u64>)>,
}

impl Presence {
    /// Takes in what the readers show now. A reader in `at_work` has a job's card.
    pub fn notice(&self, readers: &[ReaderLine], at_work: &[String], now: Instant) {
        let mut known = self.known();
        for reader in readers {
            let before = known.get(&reader.name);
            let seen = match reader.state {
                ReaderState::Empty | ReaderState::Gone => Seen::Empty,
                ReaderState::Taken => Seen::Card(None, None),
                ReaderState::Card if at_work.contains(&reader.name) => Seen::Card(reader.uid.clone(), None),
                ReaderState::Card => match before {
                    // What lay there before we looked first was laid down for something else.
                    None => Seen::Card(reader.uid.clone(), None),
                    Some(Seen::Card(uid, since)) if is_same(uid.as_ref(), reader.uid.as_ref()) => {
                        Seen::Card(reader.uid.clone().or_else(|| uid.clone()), *since)
                    }
                    Some(_) => Seen::Card(reader.uid.clone(), Some(now)),
                },
                // They do not say whether a card lies there.
                ReaderState::Ready | ReaderState::Stuck => continue,
            };
            known.insert(reader.name.clone(), seen);
        }
    }

    /// What lies on this reader was in a job's hands.
    pub fn is_work(&self, reader: &str) {
        let mut known = self.known();
        let uid = match known.get(reader) {
            Some(Seen::Card(uid, _)) => uid.clone(),
            _ => None,
        };
        known.insert(reader.to_owned(), Seen::Card(uid, None));
    }

    /// Takes up the card that was just laid on this reader; true for one asker alone.
    pub fn take(&self, reader: &str, now: Instant) -> bool {
        match self.known().get_mut(reader) {
            Some(Seen::Card(_, since)) => since.take().is_some_and(|since| now.duration_since(since) < FRESH),
            _ => false,
        }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, Seen>> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A page of this session begins to listen; the one before it may not have ended yet, and hears nothing more.
    pub fn listen(&self, session: i64) -> u64 {
        let mut listening = self.listening.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        listening.0 += 1;
        let ticket = listening.0;
        listening.1.insert(session, ticket);
        ticket
    }

    /// Whether it is still the newest of its session.
    pub fn hears(&self, session: i64, ticket: u64) -> bool {
        let listening = self.listening.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        listening.1.get(&session) == Some(&ticket)
    }
}

/// A reader that tells no UID changes its card only by being empty in between.
fn is_same(one: Option<&String>, other: Option<&String>) -> bool {
    one.is_none() || other.is_none() || one == other
}

#[cfg(test)]
mod tests {
    use ReaderState::{Card, Empty, Gone, Taken};

    use super::*;

    fn reader(state: ReaderState, uid: &str) -> ReaderLine {
        let uid = (!uid.is_empty()).then(|| uid.to_owned());
        ReaderLine { name: "r".to_owned(), kind: "pcsc", state, uid, port: None, trouble: None }
    }

    /// Whether a card can be taken up after these looks, and then once more.
    fn taken(looks: &[(ReaderState, &str, bool)]) -> bool {
        let (presence, now) = (Presence::default(), Instant::now());
        for (state, uid, job) in looks {
            let at_work = if *job { vec!["r".to_owned()] } else { Vec::new() };
            presence.notice(&[reader(*state, uid)], &at_work, now);
        }
        let first = presence.take("r", now);
        assert!(!presence.take("r", now), "one laying is taken up once: {looks:?}");
        presence.notice(&[reader(looks.last().map_or(Card, |look| look.0), "")], &[], now);
        assert!(!presence.take("r", now), "a card that stays is not taken up again: {looks:?}");
        first
    }

    #[test]
    fn a_card_is_taken_up_once_when_it_was_laid_down_for_nothing_else() {
        for (looks, wanted) in [
            (&[(Empty, "", false), (Card, "", false)][..], true),
            (&[(Empty, "", false), (Card, "A", false), (Card, "A", false)], true),
            (&[(Card, "A", false)], false),
            (&[(Card, "A", false), (Card, "B", false)], true),
            (&[(Card, "A", false), (Empty, "", false), (Card, "A", false)], true),
            (&[(Gone, "", false), (Card, "", false)], true),
            (&[(Empty, "", false), (Card, "A", true), (Card, "A", false)], false),
            (&[(Empty, "", false), (Taken, "", false), (Card, "A", false)], false),
            (&[(Empty, "", false), (Card, "A", false), (Empty, "", false)], false),
            (&[(Empty, "", true)], false),
        ] {
            assert_eq!(taken(looks), wanted, "{looks:?}");
        }
    }

    #[test]
    fn a_card_that_a_job_was_at_between_two_looks_is_none_that_was_laid_down() {
        let (presence, now) = (Presence::default(), Instant::now());
        presence.notice(&[reader(Empty, "")], &[], now);
        presence.is_work("r");
        presence.notice(&[reader(Card, "A")], &[], now);
        assert!(!presence.take("r", now));
        presence.notice(&[reader(Card, "B")], &[], now);
        assert!(presence.take("r", now), "the next card is one");
    }

    #[test]
    fn of_a_session_s_pages_the_newest_hears() {
        let presence = Presence::default();
        let (first, other) = (presence.listen(1), presence.listen(2));
        assert!(presence.hears(1, first) && presence.hears(2, other));
        let second = presence.listen(1);
        assert!(!presence.hears(1, first) && presence.hears(1, second) && presence.hears(2, other));
    }

    #[test]
    fn a_card_that_nobody_listened_for_is_let_lie() {
        let (presence, now) = (Presence::default(), Instant::now());
        presence.notice(&[reader(Empty, "")], &[], now);
        presence.notice(&[reader(Card, "")], &[], now);
        assert!(!presence.take("r", now + FRESH));
    }
}
