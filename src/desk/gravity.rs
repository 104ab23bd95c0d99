//! How grave what stands out in the access log is, so that the gravest is read first and is never out of sight. It finds nothing
//! itself, that is `unusual.rs`'s, and no order of it is a verdict. Start at [`gravest_first`].

use super::{Flag, PastReview};

/// The gravest first: one's own data, those of people who work here, one member again and again, much, lists, nights.
const GRAVITY: [&str; 6] = ["self", "colleague", "again", "much", "lists", "night"];
/// How many of these are never folded away.
const GRAVE: usize = 4;

fn place(flag: &Flag) -> usize {
    let kind = flag.kind.to_string();
    GRAVITY.iter().position(|known| *known == kind).unwrap_or(GRAVITY.len())
}

/// The gravest first, of the same kind in their own order.
pub fn gravest_first(flags: &mut [Flag]) {
    flags.sort_by_key(place);
}

/// Whether it must be seen without asking for more.
pub fn is_grave(flag: &Flag) -> bool {
    place(flag) < GRAVE
}

/// Whether it was there, as it is, when somebody signed a review.
pub fn was_reviewed(flag: &Flag, reviews: &[PastReview]) -> bool {
    reviews.iter().any(|past| past.review.flags.contains(flag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::FlagKind;

    #[test]
    fn the_gravest_stand_first_and_in_sight() {
        let flag = |kind| Flag { kind, staff: "staff:1".into(), count: 9, day: None, member: None };
        let mut flags =
            [FlagKind::Night, FlagKind::Much, FlagKind::Again, FlagKind::Colleague, FlagKind::Own].map(flag);
        gravest_first(&mut flags);
        let kinds = flags.each_ref().map(|flag| flag.kind.to_string());
        assert_eq!(kinds, ["self", "colleague", "again", "much", "night"]);
        assert_eq!(flags.iter().filter(|flag| is_grave(flag)).count(), 4);
    }
}
