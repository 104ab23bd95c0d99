//! `fee show|pay|waive|refund|receipt|rule`: what cards cost their holders, and how it was settled.

use clap::Subcommand;

use super::listing::{Listing, moment, or_none};
use super::{Done, Rooms, answer, json};
use crate::desk::{self, ChargeReport, Evidence};
use crate::plan::fees::PayBy;

#[derive(Subcommand)]
pub(super) enum Fee {
    /// All charges, oldest first
    Show {
        /// Of one member, by id or number; the look is logged
        #[arg(long, allow_negative_numbers = true)]
        member: Option<String>,
    },
    /// Books that an unpaid charge was paid
    Pay {
        /// The charge, by id
        #[arg(allow_negative_numbers = true)]
        charge: String,
        /// cash, card or transfer
        #[arg(long)]
        by: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// Lets an unpaid charge go, for a reason
    Waive {
        /// The charge, by id
        #[arg(allow_negative_numbers = true)]
        charge: String,
        /// The reason, which is kept
        #[arg(long)]
        why: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// Prints a receipt by its number: the original once, then copies that say so
    Receipt {
        /// The number on the receipt
        #[arg(allow_negative_numbers = true)]
        number: String,
    },
    /// The text of a rule by its id, as `fee show` and the ledger name it
    Rule {
        /// The id of the rule: lost@base#d49fd40a
        id: String,
    },
    /// Pays back what was paid for a charge, the way it came, for a reason
    Refund {
        /// The charge, by id
        #[arg(allow_negative_numbers = true)]
        charge: String,
        /// The reason, which is kept
        #[arg(long)]
        why: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
}

impl Fee {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        let charge = |text: &str| desk::id(text, "charge-unknown", "charge");
        match self {
            Fee::Show { member } => {
                let (lang, as_json, desk) = (rooms.lang, rooms.json, rooms.desk()?);
                let member = member.map(|text| desk::fees_member(&desk, &actor, &text)).transpose()?;
                let mut rows = Listing::new(&desk, lang, as_json, &COLUMNS);
                let put = &mut |charge| rows.put(&charge, of_a_charge);
                match member {
                    Some(member) => desk::fees_of(&desk, &actor, member)?.into_iter().try_for_each(put)?,
                    None => desk::show_fees(&desk, &actor, put)?,
                }
                rows.end()?;
                Ok((None, 0))
            }
            Fee::Pay { charge: id, by, key } => {
                let (id, by, key) = (charge(&id)?, PayBy::read(&by)?, super::key(key)?);
                let done = desk::pay_fee(&rooms.desk()?, &actor, Evidence::Word, id, by, key.as_deref())?;
                Ok((json(&done), 0))
            }
            Fee::Waive { charge: id, why, key } => {
                let (id, key) = (charge(&id)?, super::key(key)?);
                let done = desk::waive_fee(&rooms.desk()?, &actor, Evidence::Word, id, &why, key.as_deref())?;
                Ok((json(&done), 0))
            }
            Fee::Receipt { number } => {
                let number = desk::id(&number, "receipt-unknown", "receipt")?;
                Ok((json(&desk::print_receipt(&rooms.desk()?, &actor, number)?), 0))
            }
            Fee::Rule { id } => {
                let (as_json, desk) = (rooms.json, rooms.desk()?);
                let found = desk::fee_rule(&desk, &actor, &id)?;
                if as_json {
                    return Ok((json(&found), 0));
                }
                answer::put(found.text.as_bytes())?;
                Ok((None, 0))
            }
            Fee::Refund { charge: id, why, key } => {
                let (id, key) = (charge(&id)?, super::key(key)?);
                let done = desk::refund_fee(&rooms.desk()?, &actor, Evidence::Word, id, &why, key.as_deref())?;
                Ok((json(&done), 0))
            }
        }
    }
}

const COLUMNS: [(&str, usize); 11] = [
    ("label-charge", 7),
    ("label-member", 7),
    ("label-job", 7),
    ("label-reason", 14),
    ("label-amount", 11),
    ("label-state", 10),
    ("label-paid-by", 9),
    ("label-allowed-by", 12),
    ("label-created", 19),
    ("label-receipt", 7),
    ("label-why", 0),
];

fn of_a_charge(list: &Listing, charge: &ChargeReport) -> Vec<String> {
    vec![
        charge.charge.to_string(),
        charge.member.to_string(),
        or_none(charge.job.map(|job| job.to_string())),
        list.word("word", charge.reason.as_str()),
        list.won(charge.amount),
        list.word("word", charge.state.as_str()),
        or_none(charge.paid_by.map(|by| list.word("word", by.as_str()))),
        or_none(charge.allowed_by.clone()),
        moment(&charge.created),
        or_none(charge.receipt.map(|receipt| receipt.to_string())),
        or_none(charge.why.clone()),
    ]
}
