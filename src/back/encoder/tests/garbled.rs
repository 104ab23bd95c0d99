//! Single selects that bring another UID or nothing, as a garbled or a lost answer does: no card is named that does not lie
//! there, and no silence counts that the link may have made.

use super::*;
use crate::back::encoder::classic::visit::Visit;
use crate::back::encoder::pn532::tests::{blank, expected, job};
use crate::plan::chip::BackDoors;
use crate::plan::chip::classic::attack::BACK_DOOR;

/// What becomes of the answer to the select of that number.
struct Selects<F> {
    reader: LooseReader,
    count: u32,
    pass: F,
    /// To raw frames.
    silent: bool,
}

fn over<F: FnMut(u32, Target) -> Option<Target> + Send>(card: Silicon, pass: F) -> Selects<F> {
    Selects { reader: LooseReader::with_card(card), count: 0, pass, silent: false }
}

impl<F: FnMut(u32, Target) -> Option<Target> + Send> Reader for Selects<F> {
    fn name(&self) -> &str {
        self.reader.name()
    }

    fn wait_for_card(&mut self, _: Option<&Uid>, _: Feed, _: Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn wait_until_empty(&mut self, _: Duration) -> Result<bool, Trouble> {
        Ok(true)
    }

    fn select(&mut self) -> Result<Vec<Target>, Miss> {
        self.count += 1;
        let found = self.reader.select()?;
        found.into_iter().map(|target| (self.pass)(self.count, target).ok_or(Miss::Silent)).collect()
    }

    fn exchange(&mut self, frame: &[u8]) -> Result<Vec<u8>, Miss> {
        self.reader.exchange(frame)
    }

    fn raw(&mut self, frame: Raw<'_>) -> Result<Vec<u8>, Miss> {
        if self.silent {
            return Err(Miss::Silent);
        }
        self.reader.raw(frame)
    }

    fn cost(&self) -> Cost {
        self.reader.cost()
    }
}

/// The same with the lowest bits of its last byte changed.
fn garbled(target: Target, by: u8) -> Option<Target> {
    let mut uid = target.uid.bytes().to_vec();
    *uid.last_mut()? ^= by;
    Some(Target { uid: Uid::new(&uid).ok()?, ..target })
}

#[test]
fn one_garbled_select_names_no_other_card() {
    for kind in [Kind::Classic1k, Kind::Ntag213] {
        let (silicon, exchanges) = expected(kind, Protection::Keyed);
        let mut met = 0;
        for at in 2..30 {
            let mut reader =
                over(blank(kind), |count, target| if count == at { garbled(target, 1) } else { Some(target) });
            job(&mut reader, Protection::Keyed).unwrap();
            assert_eq!(reader.reader.cards()[0].image(), silicon, "{kind:?} at {at}");
            met += u32::from(reader.count >= at);
            assert!(reader.cost().exchanges <= exchanges + 1, "{kind:?} at {at}: one select more");
        }
        assert!(met > 0, "{kind:?}");
    }
}

#[test]
fn who_lies_there_is_seen_twice_before_it_is_another() {
    let wanted: Uid = Uid::parse(SEVEN).unwrap();
    let find = |pass: fn(u32, Target) -> Option<Target>| {
        let mut reader = over(blank(Kind::Classic1k), pass);
        identify_as(&mut reader, Some(&wanted)).map(|found| (found.uid == wanted, reader.count)).map_err(|t| t.code)
    };
    assert_eq!(find(|_, target| Some(target)), Ok((true, 1)));
    assert_eq!(find(|count, target| if count == 1 { garbled(target, 1) } else { Some(target) }), Ok((true, 2)));
    assert_eq!(find(|_, target| garbled(target, 1)), Ok((false, 2)));
    assert_eq!(find(|count, target| garbled(target, count as u8)), Err("card-unsteady"));
}

#[test]
fn a_swapped_card_is_one_that_is_seen_twice() {
    let stops = |pass: fn(u32, Target) -> Option<Target>| {
        let mut reader = over(blank(Kind::Classic1k), pass);
        job(&mut reader, Protection::Keyed).unwrap_err().trouble.code
    };
    assert_eq!(stops(|count, target| if count == 1 { Some(target) } else { garbled(target, 1) }), "card-swapped");
    assert_eq!(stops(|count, target| garbled(target, (count - 1) as u8)), "card-unsteady");
}

/// Some genuine chips are silent to the back doors' frame.
#[test]
fn silence_counts_as_refused_only_on_a_link_that_loses_nothing_meanwhile() {
    let tried = |lost: u32| {
        let mut reader = over(blank(Kind::Classic1k), |count, target| (count != lost).then_some(target));
        reader.silent = true;
        let card = identify(&mut reader).unwrap();
        let mut visit = Visit::new(&mut reader, &card);
        visit.leave();
        let found = visit.raw(Raw::Bytes(&BACK_DOOR)).unwrap();
        (found, reader.count)
    };
    // The first was to identify it.
    let (found, selects) = tried(0);
    assert_eq!((found, selects), (BackDoors::Refused, 5));
    for lost in 2..=selects {
        assert_eq!(tried(lost).0, BackDoors::NotTested, "{lost}");
    }
}
