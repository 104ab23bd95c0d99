//! What the service does by itself once a minute: sessions that have ended go with what was kept in them, and old spool
//! files with the names on them. Once a day a month of the records that is past its time goes too.

use std::sync::Arc;
use std::time::Duration;

use super::{Desk, hand_over, retain, session};
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
            for done in [session::sweep(&desk), hand_over::sweep_spool(&desk), purged] {
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
