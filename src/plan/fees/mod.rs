//! Why a card is made, what that costs and whether the number stays. Pure; amounts are whole won. It books nothing and never
//! knows who pays. Start at [`Reason`] and [`Rule`].

/// Why a card is made: the first one, a sticker, or a reason of reissue. Each has its table in `[fees]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    FirstIssue,
    Sticker,
    Lost,
    Stolen,
    Damaged,
    Worn,
    Overwritten,
    Defective,
    Renamed,
    NumberChanged,
    Conversion,
}
kebab!(Reason {
    FirstIssue = "first-issue",
    Sticker = "sticker",
    Lost = "lost",
    Stolen = "stolen",
    Damaged = "damaged",
    Worn = "worn",
    Overwritten = "overwritten",
    Defective = "defective",
    Renamed = "renamed",
    NumberChanged = "number-changed",
    Conversion = "conversion",
});

impl Reason {
    /// Whether a card that the member has gives way to a new one.
    pub fn is_reissue(self) -> bool {
        !matches!(self, Reason::FirstIssue | Reason::Sticker)
    }

    /// Somebody else may hold the old card: it stays blocked even when the reissue is cancelled.
    pub fn is_loss(self) -> bool {
        matches!(self, Reason::Lost | Reason::Stolen)
    }

    /// The new card has another number, whatever the settings say.
    pub fn changes_number(self) -> bool {
        matches!(self, Reason::NumberChanged | Reason::Conversion)
    }
}

/// Whether a reissued card keeps the member's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberPolicy {
    Keep,
    New,
}
kebab!(NumberPolicy { Keep = "keep", New = "new" });

/// What self-service kiosks look at: the number alone, which the finder of a lost card has, or the card (its UID or seal).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KioskCheck {
    Number,
    Card,
}
kebab!(KioskCheck { Number = "number", Card = "card" });

/// What the library asks for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Won.
    pub amount: u32,
    pub number: NumberPolicy,
}

/// Whether the number changes with this reason. A lost card's number is not kept where a kiosk would lend by it.
pub fn number_policy(reason: Reason, rule: Rule, kiosks: KioskCheck) -> NumberPolicy {
    let forced = reason.changes_number() || (reason.is_loss() && kiosks == KioskCheck::Number);
    if forced { NumberPolicy::New } else { rule.number }
}

/// How an amount was settled, or that it was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChargeState {
    /// Nothing was asked for.
    Free,
    Unpaid,
    Paid,
    Waived,
}
kebab!(ChargeState { Free = "free", Unpaid = "unpaid", Paid = "paid", Waived = "waived" });

/// How money came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayBy {
    Cash,
    Card,
    Transfer,
}
kebab!(PayBy { Cash = "cash", Card = "card", Transfer = "transfer" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_cards_number_is_kept_only_where_kiosks_check_the_card() {
        let keep = Rule { amount: 0, number: NumberPolicy::Keep };
        let new = Rule { amount: 0, number: NumberPolicy::New };
        for (reason, rule, kiosks, expected) in [
            (Reason::Lost, keep, KioskCheck::Number, NumberPolicy::New),
            (Reason::Stolen, keep, KioskCheck::Number, NumberPolicy::New),
            (Reason::Lost, keep, KioskCheck::Card, NumberPolicy::Keep),
            (Reason::Lost, new, KioskCheck::Card, NumberPolicy::New),
            (Reason::Damaged, keep, KioskCheck::Number, NumberPolicy::Keep),
            (Reason::Damaged, new, KioskCheck::Number, NumberPolicy::New),
            (Reason::NumberChanged, keep, KioskCheck::Card, NumberPolicy::New),
            (Reason::Conversion, keep, KioskCheck::Card, NumberPolicy::New),
        ] {
            assert_eq!(number_policy(reason, rule, kiosks), expected, "{reason} {rule:?} {kiosks}");
        }
    }
}
