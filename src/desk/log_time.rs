//! Days and hours of the access log: they are those of the zone in which the log was begun, whatever the settings say by now, so that what
//! was counted is counted the same ever after. Only counting anew on purpose takes the zone of the settings over. Start at
//! [`moment`] and [`zone`].

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Desk;
use crate::back::store::Tx;
use crate::back::store::access::Moment;
use crate::back::store::access_counts::{self, Calendar, Span};
use crate::plan::messages::Trouble;

/// The zone of the log; before its first entry the settings'.
pub(super) fn zone(desk: &Desk, tx: &Tx) -> Result<TimeZone, Trouble> {
    let kept = access_counts::zone(tx)?.and_then(|name| TimeZone::get(&name).ok());
    Ok(kept.unwrap_or_else(|| desk.zone()))
}

/// Now, as an entry records it. The first entry of all fixes the zone.
pub(super) fn moment(desk: &Desk, tx: &Tx) -> Result<Moment, Trouble> {
    let zone = match access_counts::zone(tx)? {
        Some(_) => zone(desk, tx)?,
        None => adopt(desk, tx)?,
    };
    let now = desk.now();
    let here = now.to_zoned_datetime(zone);
    Ok(Moment { time: now.as_millisecond(), day: here.date().to_string(), hour: here.hour() })
}

/// From now on days are the settings'; what was counted has to be counted anew.
pub(super) fn adopt(desk: &Desk, tx: &Tx) -> Result<TimeZone, Trouble> {
    let zone = desk.zone();
    access_counts::set_zone(tx, zone.iana_name().unwrap_or("UTC"))?;
    Ok(zone)
}

/// From its first to before its last moment in this zone.
pub(super) fn bounds(zone: &TimeZone, date: Date) -> Result<(i64, i64), Trouble> {
    let wrong = |_| Trouble::new("day").with("text", date);
    let begins = |date: Date| {
        let midnight = date.to_zoned_datetime(zone.clone())?.start_of_day()?;
        Ok::<_, jiff::Error>(midnight.timestamp().as_millisecond())
    };
    // The last day that a calendar has ends with it.
    let last = |_| jiff::Timestamp::MAX.as_millisecond();
    Ok((begins(date).map_err(wrong)?, date.tomorrow().and_then(begins).unwrap_or_else(last)))
}

/// The day and hour of a stored time in this zone.
pub(super) fn local(zone: &TimeZone, millis: i64) -> jiff::ZonedDateTime {
    let time = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.to_zoned_datetime(zone.clone())
}

pub(super) fn span(zone: &TimeZone, day: Date) -> Result<Span, Trouble> {
    let (since, until) = bounds(zone, day)?;
    Ok(Span { day: day.to_string(), since, until })
}

/// Days and hours of this zone, for counting.
pub(super) fn calendar(zone: &TimeZone) -> Calendar<'_> {
    Calendar {
        day: Box::new(move |time| {
            let found = span(zone, local(zone, time).date())?;
            // A time that no calendar has would be looked for for ever.
            let holds = (found.since..found.until).contains(&time);
            if holds { Ok(found) } else { Err(Trouble::new("day").with("text", time)) }
        }),
        hour: Box::new(move |time| local(zone, time).hour()),
    }
}
