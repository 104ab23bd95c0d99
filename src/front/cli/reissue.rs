//! `reissue`: a new card in place of one that the member has; the whole job, as `issue` does it.

use clap::Args;

use super::{Done, Rooms, job};
use crate::desk::{self, Evidence, ReissueForm, Whom};
use crate::plan::fees::{SaidExempt, Settlement};

#[derive(Args)]
pub(super) struct Reissue {
    /// The member's number
    #[arg(allow_negative_numbers = true)]
    number: String,
    /// lost, stolen, damaged, worn, overwritten, defective, renamed, number-changed or conversion
    #[arg(long, allow_negative_numbers = true)]
    reason: String,
    /// rfid, barcode or sticker; else as the old card
    #[arg(long)]
    kind: Option<String>,
    /// By name or port, as `issuer reader list` has it; else the first one
    #[arg(long)]
    reader: Option<String>,
    /// By name, as `issuer printer list` has it; else the first one
    #[arg(long)]
    printer: Option<String>,
    /// How the fee is paid: cash, card or transfer
    #[arg(long)]
    pay: Option<String>,
    /// Why the fee is waived
    #[arg(long)]
    waive: Option<String>,
    /// The member is exempt: seen, where their proof was looked at, or told
    #[arg(long)]
    exempt: Option<String>,
    /// Although it would have to wait, or the most of the year is reached
    #[arg(long)]
    anyway: bool,
    /// Seconds to wait for a card, instead of `[reader] card_timeout`
    #[arg(long, allow_negative_numbers = true)]
    wait: Option<String>,
    /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
    #[arg(long)]
    key: Option<String>,
}

impl Reissue {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        let form = ReissueForm {
            whom: Whom::Number(self.number),
            card: None,
            evidence: Evidence::Word,
            reason: desk::reissue_reason(&self.reason)?,
            kind: self.kind.as_deref().map(job::kind).transpose()?,
            settlement: Settlement::read(self.pay.as_deref(), self.waive.as_deref())?,
            exempt: SaidExempt::read(self.exempt.as_deref())?,
            anyway: self.anyway,
            // Whoever writes the command answers for what the member is told.
            told: true,
            reader: self.reader,
            printer: self.printer,
        };
        let key = super::key(self.key)?;
        job::made(rooms, &actor, self.wait.as_deref(), |desk| desk::plan_reissue(desk, &actor, &form, key.as_deref()))
    }
}
