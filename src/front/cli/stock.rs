//! `stock receive|show|take|open|fault|day`: blank cards by type and lot. It knows no rule. Start at [`Stock`].

use clap::Subcommand;

use super::{Done, Rooms, json};
use crate::desk;

#[derive(Subcommand)]
pub(super) enum Stock {
    /// Books that blanks of a lot came
    Receive {
        #[command(flatten)]
        lot: Lot,
        /// How many, 1 to 100000
        #[arg(long, allow_negative_numbers = true)]
        count: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// All lots: received, issued, spoiled, used for tests, given back, left
    Show,
    /// Books what happened to blanks outside of any job: a test, broken ones, or what was counted
    Take {
        #[command(flatten)]
        lot: Lot,
        /// How many; counted: how many lie there, those in jobs left out
        #[arg(long, allow_negative_numbers = true)]
        count: String,
        /// test, spoiled or counted
        #[arg(long = "as")]
        taken_as: String,
        /// The reason, which is kept
        #[arg(long)]
        why: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// Takes the next blanks from this lot, before older ones
    Open {
        #[command(flatten)]
        lot: Lot,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// Notes that a lot was reported to its maker as faulty
    Fault {
        #[command(flatten)]
        lot: Lot,
        /// What is wrong with it, which is kept
        #[arg(long)]
        why: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// A day's balance, held against our jobs
    Day {
        /// Another day than today, as 2026-11-24
        #[arg(long)]
        date: Option<String>,
    },
}

#[derive(clap::Args)]
pub(super) struct Lot {
    /// classic-1k, classic-4k, ultralight-ev1, ultralight-ev1-128, ntag213, ntag215, ntag216, barcode-card or sticker
    #[arg(long = "type")]
    kind: String,
    /// The lot, as its maker printed it on the box
    #[arg(long, allow_hyphen_values = true)]
    lot: String,
}

impl Lot {
    fn named(&self) -> (&str, &str) {
        (&self.kind, &self.lot)
    }
}

impl Stock {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        let lines = match self {
            Stock::Receive { lot, count, key } => {
                let key = super::key(key)?;
                desk::receive_stock(&rooms.desk()?, &actor, lot.named(), &count, key.as_deref())?
            }
            Stock::Show => desk::show_stock(&rooms.desk()?, &actor)?,
            Stock::Take { lot, count, taken_as, why, key } => {
                let key = super::key(key)?;
                desk::take_stock(&rooms.desk()?, &actor, lot.named(), &count, &taken_as, &why, key.as_deref())?
            }
            Stock::Open { lot, key } => {
                let key = super::key(key)?;
                desk::open_stock(&rooms.desk()?, &actor, lot.named(), key.as_deref())?
            }
            Stock::Fault { lot, why, key } => {
                let key = super::key(key)?;
                desk::fault_stock(&rooms.desk()?, &actor, lot.named(), &why, key.as_deref())?
            }
            Stock::Day { date } => {
                return Ok((json(&desk::stock_day(&rooms.desk()?, &actor, date.as_deref())?), 0));
            }
        };
        Ok((json(&lines), 0))
    }
}
