//! What the service does by itself once a minute: sessions that have ended go with what was kept in them, counts of wrong
//! passwords after a day, and old spool files with the names on them.

use std::sync::Arc;
use std::time::Duration;

use super::{Desk, hand_over, log_in, session};
use crate::plan::messages::Trouble;

const EVERY: Duration = Duration::from_secs(60);

/// Starts the upkeep of a service; it ends with the desk.
pub fn keep_house(desk: &Arc<Desk>) -> Result<(), Trouble> {
    let desk = Arc::downgrade(desk);
    let work = move || {
        while let Some(desk) = desk.upgrade() {
            for done in [session::sweep(&desk), log_in::sweep(&desk), hand_over::sweep_spool(&desk)] {
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
