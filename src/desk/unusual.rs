//! What is unusual in a period of the access log: gathers the counts that the patterns are looked for in, and knows which members
//! work here. It changes nothing and blames nobody. Start at [`unusual`].

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::Desk;
use super::log_time::{self, bounds};
use crate::back::store::Tx;
use crate::back::store::access_reading::{self as reading, Days};
use crate::plan::audit::patterns::{self, Flag, Kind, Told, USUAL_DAYS};
use crate::plan::messages::Trouble;

/// The flags of these days, both included.
pub(super) fn unusual(desk: &Desk, tx: &Tx, (from, to): (Date, Date)) -> Result<Vec<Flag>, Trouble> {
    let (first, last) = (from.to_string(), to.to_string());
    let days = Days { first: &first, last: &last };
    let before = from.saturating_sub(USUAL_DAYS.days()).to_string();
    let usual = reading::days(tx, Days { first: &before, last: &last })?;
    let mut flags = patterns::much(&usual, &first);
    flags.extend(patterns::lists(&reading::lists(tx, Days { first: &before, last: &last })?, &first));
    flags.extend(patterns::flags(Kind::Night, reading::nights(tx, days)?));
    flags.extend(patterns::flags(Kind::Again, reading::again(tx, days)?));
    let (own, colleagues) = of_those_who_work_here(desk, tx, (from, to))?;
    flags.extend(patterns::flags(Kind::Colleague, colleagues));
    flags.extend(patterns::flags(Kind::Own, own));
    patterns::sort(&mut flags);
    Ok(flags)
}

/// Looks at one's own data, and at those of colleagues.
fn of_those_who_work_here(desk: &Desk, tx: &Tx, (from, to): (Date, Date)) -> Result<(Vec<Told>, Vec<Told>), Trouble> {
    let zone = log_time::zone(desk, tx)?;
    let (since, until) = (bounds(&zone, from)?.0, bounds(&zone, to)?.1);
    let mut whose: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (member, actor) in reading::colleagues(tx)? {
        whose.entry(member).or_default().push(actor);
    }
    let mut looks = Vec::new();
    for (member, actors) in whose {
        for (staff, count, last) in reading::looks_at(tx, since, until, member)? {
            let own = actors.contains(&staff);
            looks.push((
                own,
                Told { staff, count, day: log_time::local(&zone, last).date().to_string(), member: Some(member) },
            ));
        }
    }
    let (own, others): (Vec<_>, Vec<_>) = looks.into_iter().partition(|(own, _)| *own);
    let told = |looks: Vec<(bool, Told)>| looks.into_iter().map(|(_, told)| told).collect();
    Ok((told(own), told(others)))
}
