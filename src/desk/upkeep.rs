//! What the service does by itself once a minute: sessions that have ended go with what was kept in them, counts of wrong
//! passwords after a day, and old spool files with the names on them. Once a day a month of the records that is past its time
//! goes too.

use std::sync::Arc;
use std::time::Duration;

use super::{Desk, approval, hand_over, log_in, retain, session};
use crate::plan::messages::Trouble;

const EVERY: Duration = Duration::from_secs(60);

/// Starts the upkeep of a service; it ends with the desk.
pub fn keep_house(desk: &Arc<Desk>) -> Result<(), Trouble> {
    let desk = Arc::downgrade(desk);
    let work = move || {
        let mut purged_on = None;
        while let Some(desk) = desk.upgrade() {
            let today = desk.today();
            let purged = if purged_on == Some(today) { Ok(()) } else { retain::purge(&desk).map(drop) };
            if purged.is_ok() {
                purged_on = Some(today);
            }
            let swept =
                [session::sweep, log_in::sweep, approval::sweep, hand_over::sweep_spool].map(|sweep| sweep(&desk));
            for done in swept.into_iter().chain([purged]) {
                if let Err(trouble) = done {
                    tracing::warn!(%trouble, "upkeep");
                }
            }
            drop(desk);
            std::thread::park_timeout(EVERY);
        }
    };
    let thread = std::thread::Builder::new().name("upkeep".to_owned()).spawn(work);
    thread.map(drop).map_err(|fault| Trouble::new("no-thread").with("reason", fault))
}
