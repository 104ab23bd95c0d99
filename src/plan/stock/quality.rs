//! How good a lot is: what of it was waste beside what was used. A question to a person, never a verdict: only somebody's report
//! makes a lot faulty. Start at [`suspicious`].

/// Fewer bad cards than this say nothing about a lot.
const LEAST_BAD: u32 = 3;
/// So many times what the other lots of the type show is more than chance.
const TIMES: u64 = 3;
/// What the others have used must be at least this much to be held against.
const PEERS_LEAST: u32 = 50;

/// What was used of a lot, and what of that was bad by itself: a card of a cancelled job is waste, and no fault of its maker's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quality {
    pub used: u32,
    pub bad: u32,
}

impl Quality {
    /// Bad ones in a thousand of those used.
    pub fn permille(self) -> u32 {
        u32::try_from(u64::from(self.bad) * 1000 / u64::from(self.used.max(1))).unwrap_or(u32::MAX)
    }
}

/// Whether a lot is worth a look: more bad ones than `percent` in a hundred, or three times what its peers show together.
pub fn suspicious(lot: Quality, peers: Quality, percent: u32) -> bool {
    let (used, bad) = (u64::from(lot.used), u64::from(lot.bad));
    let above = bad * 100 > used * u64::from(percent);
    // The others' rate with one more bad card, so that a clean record makes nobody guilty of three.
    let usual = u64::from(peers.bad) + 1;
    let apart = peers.used >= PEERS_LEAST && bad * u64::from(peers.used) > TIMES * usual * used;
    lot.bad >= LEAST_BAD && (above || apart)
}
