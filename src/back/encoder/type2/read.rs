//! Reads the pages of a Type 2 chip. Writes nothing. Start at [`read`].

use super::visit::{AT_ONCE, Visit};
use crate::back::encoder::marks::Stop;
use crate::back::encoder::{Identified, Reader};
use crate::plan::chip::Whose;
use crate::plan::chip::type2::map::STATIC_LOCKS;
use crate::plan::chip::type2::read::{PageRead, RawPages};

/// Reads what the plan names. Pages that are shown only behind a password are missing in the answer, no error.
pub fn read(reader: &mut dyn Reader, card: &Identified, plan: &PageRead) -> Result<RawPages, Stop> {
    let map = &plan.map;
    let mut visit = Visit::new(reader, card);
    let small = map.pages - STATIC_LOCKS <= AT_ONCE;
    let ranges: &[(u8, u8)] = match small {
        // All in one exchange.
        true => &[(STATIC_LOCKS, map.pages - 1)],
        false => &[(STATIC_LOCKS, plan.last), (map.settings(), map.access())],
    };
    let mut raw = RawPages::default();
    for (first, last) in ranges {
        raw.pages.extend(visit.read(*first, *last)?.unwrap_or_default());
    }
    raw.signature = visit.signature()?;
    // The limit would shut the chip for its owner too, so one that does not bear wrong passwords is not asked.
    let settings = raw.settings(map);
    if settings.is_some_and(|settings| settings.is_protected(map) && settings.limit() == 0) {
        for probe in &plan.probes {
            if let Some(pack) = visit.open(probe.password.pwd())? {
                raw.opened = Some(probe.whose);
                raw.wrong_pack = probe.whose != Whose::Transport && pack != *probe.password.pack();
                break;
            }
        }
    }
    Ok(raw)
}
