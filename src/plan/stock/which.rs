//! From which lot the next blank comes. It knows no types and no store. Start at [`which`].

/// A lot of the wanted type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LotLeft {
    /// The older the smaller.
    pub lot: i64,
    /// Blanks that can be taken.
    pub usable: u32,
    /// When it was opened before its turn; the latest counts.
    pub opened: Option<i64>,
}

/// The lot that was opened last and has any left, else the oldest that has; `None` when none has.
pub fn which(lots: &[LotLeft]) -> Option<i64> {
    let left = || lots.iter().filter(|lot| lot.usable > 0);
    let opened = left().filter(|lot| lot.opened.is_some()).max_by_key(|lot| (lot.opened, lot.lot));
    opened.or(left().min_by_key(|lot| lot.lot)).map(|lot| lot.lot)
}
