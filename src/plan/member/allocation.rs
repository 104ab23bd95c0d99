//! Which member number comes next in a range, and whether the range may be used at all. It never reserves one:
//! the store does, in the transaction that makes the job. Start at [`next_number`].

use super::{LibraryCode, MemberNumber};
use crate::plan::messages::Trouble;

/// How the eight digits behind the library code are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Running.
    Serial,
    /// Two digits of the local year and six that restart with it.
    YearSerial,
}
kebab!(Scheme { Serial = "serial", YearSerial = "year-serial" });

impl Scheme {
    /// The greatest count: eight digits, or the six behind the year.
    pub fn greatest(self) -> u32 {
        match self {
            Scheme::Serial => MemberNumber::LAST_SERIAL,
            Scheme::YearSerial => 999_999,
        }
    }
}

/// The numbers that a desk may give: `first` to `last` inclusive, counted as the scheme counts (under
/// `year-serial` the six digits behind the year, the same ones every year).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberRange {
    pub library: LibraryCode,
    pub scheme: Scheme,
    pub first: u32,
    pub last: u32,
}

impl NumberRange {
    /// `number-range` when `first` lies above `last` or `last` above what the scheme's digits hold.
    pub fn new(library: LibraryCode, scheme: Scheme, first: u32, last: u32) -> Result<NumberRange, Trouble> {
        if first > last || last > scheme.greatest() {
            let greatest = scheme.greatest();
            return Err(Trouble::new("number-range")
                .with("first", first)
                .with("last", last)
                .with("greatest", greatest));
        }
        Ok(NumberRange { library, scheme, first, last })
    }

    /// The least and greatest eight-digit serial of that local year. The store asks for the greatest one reserved between them.
    pub fn serials(&self, year: i16) -> (u32, u32) {
        let base = match self.scheme {
            Scheme::Serial => 0,
            Scheme::YearSerial => u32::from(year.rem_euclid(100).unsigned_abs()) * 1_000_000,
        };
        (base + self.first, base + self.last)
    }
}

/// The number after `last_used`, the greatest serial reserved between [`NumberRange::serials`] of that year (`None`:
/// none yet). A clock that fell back a year goes on where that year ended. `numbers-used-up` when there is no other.
pub fn next_number(range: &NumberRange, last_used: Option<u32>, year: i16) -> Result<MemberNumber, Trouble> {
    let (first, last) = range.serials(year);
    let next = next_serial(first, last_used);
    if next > last {
        let used_up = Trouble::new("numbers-used-up").with("library", range.library);
        return Err(used_up.with("first", range.first).with("last", range.last));
    }
    MemberNumber::new(range.library, next)
}

/// The warning `numbers-low` from nine tenths of the range on, with the count that is left.
pub fn numbers_low(range: &NumberRange, last_used: Option<u32>, year: i16) -> Option<Trouble> {
    let (first, last) = range.serials(year);
    let (size, used) = (u64::from(last - first) + 1, u64::from(next_serial(first, last_used) - first));
    let left = size.saturating_sub(used);
    (used * 10 >= size * 9).then(|| Trouble::new("numbers-low").with("library", range.library).with("left", left))
}

/// Refuses the range (`number-range-guard`, naming the least such number) when a number under its own code that it
/// did not reserve lies at or above its next serial and at or below its last: it would be given to a second person.
/// `others`: the serials under that code that came otherwise (adopted, imported, another desk's).
pub fn guard_range(
    range: &NumberRange,
    last_used: Option<u32>,
    others: impl IntoIterator<Item = u32>,
    year: i16,
) -> Result<(), Trouble> {
    let (first, last) = range.serials(year);
    let next = next_serial(first, last_used);
    match others.into_iter().filter(|serial| (next..=last).contains(serial)).min() {
        None => Ok(()),
        Some(serial) => {
            let number = MemberNumber::new(range.library, serial)?;
            Err(Trouble::new("number-range-guard").with("number", number.grouped()).with("next", format!("{next:08}")))
        }
    }
}

fn next_serial(first: u32, last_used: Option<u32>) -> u32 {
    last_used.map_or(first, |used| first.max(used.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(scheme: Scheme, first: u32, last: u32) -> NumberRange {
        NumberRange::new(LibraryCode::parse("121003").unwrap(), scheme, first, last).unwrap()
    }

    #[test]
    fn the_next_number() {
        let (serial, yearly) = (Scheme::Serial, Scheme::YearSerial);
        for (scheme, first, last, used, year, expected) in [
            (serial, 1, 99_999_999, None, 2026, Ok("12100300000001")),
            (serial, 1, 99_999_999, Some(1), 2026, Ok("12100300000002")),
            (serial, 5_001, 6_000, None, 2026, Ok("12100300005001")),
            (serial, 1, 3, Some(3), 2026, Err("numbers-used-up")),
            (serial, 1, 99_999_999, Some(99_999_999), 2026, Err("numbers-used-up")),
            (yearly, 1, 999_999, None, 2026, Ok("12100326000001")),
            (yearly, 1, 999_999, Some(26_000_009), 2026, Ok("12100326000010")),
            (yearly, 1, 999_999, Some(26_000_009), 2027, Ok("12100327000001")),
            (yearly, 1, 999_999, Some(26_999_999), 2026, Err("numbers-used-up")),
            (yearly, 1, 999_999, None, 2100, Ok("12100300000001")),
        ] {
            let got = next_number(&range(scheme, first, last), used, year);
            let got = got.as_ref().map(MemberNumber::as_str).map_err(|t| t.code);
            assert_eq!(got, expected, "{scheme} {first}..={last} after {used:?} in {year}");
        }
    }

    #[test]
    fn warns_from_nine_tenths_on() {
        let hundred = range(Scheme::Serial, 1, 100);
        assert_eq!(numbers_low(&hundred, None, 2026), None);
        assert_eq!(numbers_low(&hundred, Some(89), 2026), None);
        let low = Trouble::new("numbers-low").with("library", "121003");
        assert_eq!(numbers_low(&hundred, Some(90), 2026), Some(low.clone().with("left", 10)));
        assert_eq!(numbers_low(&hundred, Some(100), 2026), Some(low.with("left", 0)));
    }

    #[test]
    fn guards_against_numbers_that_it_did_not_give() {
        let thousand = range(Scheme::Serial, 1, 1_000);
        for (used, others, refused) in [
            (None, vec![], false),
            (None, vec![1], true),
            (Some(10), vec![1, 10], false),
            (Some(10), vec![11], true),
            (Some(10), vec![1_000], true),
            (Some(10), vec![1_001], false),
        ] {
            let got = guard_range(&thousand, used, others.clone(), 2026).map_err(|t| t.code);
            assert_eq!(got.is_err(), refused, "{used:?} {others:?}");
        }
        let named = guard_range(&thousand, Some(10), [900, 500], 2026).unwrap_err();
        let expected = Trouble::new("number-range-guard").with("number", "121003 0000 0500").with("next", "00000011");
        assert_eq!(named, expected);
        assert!(guard_range(&range(Scheme::YearSerial, 1, 999_999), None, [26_000_001], 2026).is_err());
        assert!(guard_range(&range(Scheme::YearSerial, 1, 999_999), None, [26_000_001], 2027).is_ok());
    }

    #[test]
    fn a_range_must_fit_its_scheme() {
        let code = LibraryCode::parse("121003").unwrap();
        assert!(NumberRange::new(code, Scheme::YearSerial, 1, 1_000_000).is_err());
        assert!(NumberRange::new(code, Scheme::Serial, 2, 1).is_err());
        assert!(NumberRange::new(code, Scheme::Serial, 0, 100_000_000).is_err());
        assert!(NumberRange::new(code, Scheme::Serial, 7, 7).is_ok());
    }

    proptest! {
        #[test]
        fn numbers_rise_without_a_gap_and_stay_inside(
            yearly: bool, first in 0u32..900_000, size in 1u32..1_000, given in 0usize..40, year in 1900i16..2200,
        ) {
            let scheme = if yearly { Scheme::YearSerial } else { Scheme::Serial };
            let range = range(scheme, first, first + size - 1);
            let (lowest, highest) = range.serials(year);
            let mut used = None;
            for turn in 0..given as u32 {
                let Ok(number) = next_number(&range, used, year) else {
                    prop_assert_eq!(turn, size);
                    break;
                };
                prop_assert_eq!(number.serial(), lowest + turn);
                prop_assert!(number.serial() <= highest);
                used = Some(number.serial());
            }
        }
    }
}
