//! Receipts: what one says in the words of its reader, drawn by the same way as the cards, and put into the spool. It books
//! nothing and asks for no right: the use case that moved the money has done both, and gives what stands on the paper. Of a
//! member there is no more on it than a masked name and a masked number. Start at [`draw`].

use std::path::PathBuf;

use super::{Desk, devices, find, pictures};
use crate::plan::audit::anchors::Anchor;
use crate::plan::fees::{PayBy, Reason, grouped};
use crate::plan::layout::{self, Paper, Row, Scene};
use crate::plan::member::MemberNumber;
use crate::plan::messages::{Lang, Trouble};

/// A receipt, of whatever it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    /// Its number in the one series of receipts.
    pub number: i64,
    /// Milliseconds since 1970.
    pub time: i64,
    pub desk: String,
    /// Who took the money or closed the day: `staff:7`, `os:root`.
    pub by: String,
    /// Printed again: marked so that nobody takes it for the first.
    pub copy: Option<Copied>,
    pub of: Of,
}

/// A print after the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copied {
    /// Of the copies, from 1.
    pub nth: u32,
    /// Milliseconds since 1970.
    pub time: i64,
    /// Who printed it.
    pub by: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Of {
    Money(Money),
    Close(Close),
}

/// Money of one member's charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Money {
    pub movement: Movement,
    /// Masked on paper.
    pub member: MemberNumber,
    /// The whole name; masked on paper.
    pub name: String,
    /// What the charge was for.
    pub reason: Reason,
    /// Won, never negative: the movement says which way they went.
    pub amount: u32,
    pub by: PayBy,
    /// The receipt of the payment that this gives back.
    pub first: Option<i64>,
    /// Why it goes back, in somebody's words, and who allowed it.
    pub why: Option<String>,
    pub allowed_by: Option<String>,
}

/// Which way the money went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Movement {
    Payment,
    Refund,
    /// Its job was cancelled.
    Reversal,
}

impl Movement {
    fn as_str(self) -> &'static str {
        match self {
            Movement::Payment => "payment",
            Movement::Refund => "refund",
            Movement::Reversal => "reversal",
        }
    }
}

/// A day of a desk, closed. Amounts in won.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Cash that should be there, and that was counted before anybody saw what should be.
    pub expected: i64,
    pub counted: i64,
    /// Why they differ.
    pub why: Option<String>,
    /// Won that stay in the drawer.
    pub change: i64,
    /// Cash of later business days, which lies in the drawer too.
    pub later: i64,
    /// The receipt of the close of this day that was opened again, and who opened it.
    pub before: Option<(i64, String)>,
    /// What was counted first, and expected then, where the day was closed by another count.
    pub first: Option<(i64, i64)>,
    pub times_counted: usize,
    pub taken: Sums,
    pub given_back: Sums,
    pub payments: u64,
    /// The highest of each that was given out so far.
    pub last_receipt: i64,
    pub last_entry: i64,
    pub last_number: Option<MemberNumber>,
    pub anchor: Anchor,
}

/// Won by the way they went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub cash: u64,
    pub card: u64,
    pub transfer: u64,
}

impl Sums {
    fn of(self, by: PayBy) -> u64 {
        match by {
            PayBy::Cash => self.cash,
            PayBy::Card => self.card,
            PayBy::Transfer => self.transfer,
        }
    }
}

/// The PDF of a receipt, by the layout of `[layout] receipt`. Draw it before anything is booked: `receipt-text-too-long`,
/// `receipt-too-long`, `glyph-missing`, `font-missing`, `font-unknown`, `font-unreadable`.
pub(super) fn draw(desk: &Desk, receipt: &Receipt, lang: Lang) -> Result<Vec<u8>, Trouble> {
    layout::pdf(&scene(desk, receipt, lang)?)
}

/// Puts a drawn receipt into the spool, where it stays for `[printer] keep_days`. Put twice it lies there once. Errors: those of
/// [`Spool::print`](crate::back::printer::Spool::print).
pub(super) fn put_in_spool(desk: &Desk, number: i64, copy: bool, pdf: &[u8]) -> Result<PathBuf, Trouble> {
    devices::printer(desk).print_receipt(number, copy, pdf)
}

/// What [`draw`] draws: for a page's PNG too.
pub(super) fn scene(desk: &Desk, receipt: &Receipt, lang: Lang) -> Result<Scene, Trouble> {
    let words = Words { desk, lang };
    let layout = &desk.receipt_layout;
    let fonts = desk.assets.fonts(&layout.font_names())?;
    let scene = layout::compose_paper(layout, &words.paper(receipt), &fonts, desk.settings.printer.dpi)?;
    let copy = receipt.copy.as_ref().map(|_| words.word("copy"));
    let marks: Vec<String> = pictures::practice(desk, lang).into_iter().chain(copy).collect();
    if marks.is_empty() { Ok(scene) } else { layout::mark(scene, layout, &fonts, &marks.join(" ")) }
}

/// The desk's words in one language.
struct Words<'a> {
    desk: &'a Desk,
    lang: Lang,
}

impl Words<'_> {
    fn paper(&self, receipt: &Receipt) -> Paper {
        let (title, rows) = match &receipt.of {
            Of::Money(money) => (format!("title-{}", money.movement.as_str()), self.money(receipt, money)),
            Of::Close(close) => ("title-close".to_owned(), self.close(receipt, close)),
        };
        let title = self.word(&title);
        Paper {
            library: self.desk.library().name,
            // Said in black as well as marked across: a printer of black alone may lose the mark.
            title: if receipt.copy.is_some() { self.text("title-copy", [("title", title)]) } else { title },
            number: self.number(receipt.number),
            rows,
        }
    }

    fn money(&self, receipt: &Receipt, money: &Money) -> Vec<Row> {
        let movement = money.movement.as_str();
        let back = money.movement != Movement::Payment;
        let amount = i64::from(money.amount);
        let mut rows = vec![
            Row::Rule,
            self.pair("time", self.time(receipt.time)),
            self.pair("member", masked(money.member)),
            self.pair("name", find::masked_name(&money.name)),
            self.pair("why", self.word(&format!("why-{}", money.reason))),
            self.pair(&format!("by-{movement}"), self.by(money.by)),
        ];
        rows.extend(money.first.map(|first| self.pair("first", self.number(first))));
        rows.extend(money.why.iter().filter(|_| back).map(|why| self.pair("back-why", why.clone())));
        rows.extend([
            Row::Rule,
            Row::Strong(self.label(&format!("amount-{movement}")), self.won(if back { -amount } else { amount })),
            Row::Rule,
        ]);
        rows.extend(self.place(receipt));
        rows.push(self.pair("staff", receipt.by.clone()));
        rows.extend(money.allowed_by.iter().filter(|_| back).map(|by| self.pair("allowed-by", by.clone())));
        rows.extend(self.copied(receipt));
        // Money that leaves the drawer goes to somebody, who says so, once.
        rows.extend((back && receipt.copy.is_none()).then(|| Row::Sign(self.label("sign-member"))));
        rows
    }

    fn close(&self, receipt: &Receipt, close: &Close) -> Vec<Row> {
        let difference = close.counted.saturating_sub(close.expected);
        let plus = if difference > 0 { "+" } else { "" };
        let mut rows = vec![Row::Rule];
        rows.extend(self.place(receipt));
        rows.extend([
            self.pair("day", date(&close.day)),
            self.pair("time-close", self.time(receipt.time)),
            self.pair("staff-close", receipt.by.clone()),
            Row::Rule,
        ]);
        if let Some((receipt, by)) = &close.before {
            rows.push(self.pair("closed-before", self.number(*receipt)));
            rows.push(self.pair("reopened-by", by.clone()));
            rows.push(Row::Rule);
        }
        rows.extend([
            self.pair("expected", self.won(close.expected)),
            self.pair("counted", self.won(close.counted)),
            Row::Strong(self.label("difference"), format!("{plus}{}", self.won(difference))),
        ]);
        rows.extend((close.change > 0).then(|| self.pair("change", self.won(close.change))));
        rows.extend((close.later != 0).then(|| self.pair("later", self.won(close.later))));
        if let Some((counted, expected)) = close.first {
            let times = self.text("times-counted", [("count", grouped(close.times_counted as u64))]);
            rows.push(self.pair("first-counted", format!("{} / {} · {times}", self.won(counted), self.won(expected))));
        }
        rows.extend(close.why.iter().map(|why| self.pair("difference-why", why.clone())));
        rows.push(Row::Rule);
        rows.push(Row::Columns(vec![String::new(), self.label("taken"), self.label("given-back")]));
        rows.extend(PayBy::ALL.iter().map(|by| {
            let won = |sums: Sums| self.won(i64::try_from(sums.of(*by)).unwrap_or(i64::MAX));
            Row::Columns(vec![self.by(*by), won(close.taken), won(close.given_back)])
        }));
        let last_number = close.last_number.map_or_else(|| self.word("none"), |number| number.grouped());
        rows.extend([
            self.pair("payments", self.text("times", [("count", grouped(close.payments))])),
            Row::Rule,
            self.pair("last-receipt", self.number(close.last_receipt)),
            self.pair("last-entry", close.last_entry.to_string()),
            self.pair("last-number", last_number),
            Row::Rule,
        ]);
        rows.extend(self.anchor(&close.anchor));
        rows.extend(self.copied(receipt));
        rows.extend(receipt.copy.is_none().then(|| Row::Sign(self.label("sign"))));
        rows
    }

    /// As an auditor types it off again: the hash in groups of four digits, four groups a line.
    fn anchor(&self, anchor: &Anchor) -> Vec<Row> {
        let digits: Vec<char> = anchor.head.chars().collect();
        let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
        let mut rows = vec![
            Row::Heading(self.label("anchor")),
            self.pair("anchor-chain", anchor.chain.clone()),
            self.pair("anchor-sequence", anchor.sequence.to_string()),
            self.pair("anchor-time", anchor.time.clone()),
            self.pair("anchor-head", String::new()),
        ];
        rows.extend(groups.chunks(4).map(|line| Row::Groups(line.to_vec())));
        rows
    }

    fn pair(&self, label: &str, value: String) -> Row {
        Row::Pair(self.label(label), value)
    }

    /// Which copy this is, and who made it when.
    fn copied(&self, receipt: &Receipt) -> Option<Row> {
        let Copied { nth, time, by } = receipt.copy.as_ref()?;
        let made = self.text("copied", [("nth", nth.to_string())]);
        Some(self.pair("copied", format!("{made} · {} · {by}", self.time(*time))))
    }

    /// The command line has no desk.
    fn place(&self, receipt: &Receipt) -> Option<Row> {
        (!receipt.desk.is_empty()).then(|| self.pair("desk", receipt.desk.clone()))
    }

    fn label(&self, name: &str) -> String {
        self.word(&format!("label-{name}"))
    }

    fn by(&self, by: PayBy) -> String {
        self.word(&format!("by-{by}"))
    }

    fn word(&self, name: &str) -> String {
        self.text(name, [])
    }

    fn text<const N: usize>(&self, name: &str, args: [(&'static str, String); N]) -> String {
        self.desk.messages.text(self.lang, &format!("receipt-{name}"), &args)
    }

    fn won(&self, amount: i64) -> String {
        let sign = if amount < 0 { "-" } else { "" };
        format!("{sign}{}", self.text("won", [("amount", grouped(amount.unsigned_abs()))]))
    }

    fn number(&self, number: i64) -> String {
        self.text("number", [("number", format!("{number:06}"))])
    }

    fn time(&self, millis: i64) -> String {
        self.desk.local(millis).strftime("%Y. %-m. %-d. %H:%M:%S").to_string()
    }
}

fn date(day: &str) -> String {
    day.parse::<jiff::civil::Date>().map_or_else(|_| day.to_owned(), |day| day.strftime("%Y. %-m. %-d.").to_string())
}

/// The library and the last two digits: serials are given out in order, so that in a small library the last four would be all.
fn masked(number: MemberNumber) -> String {
    let digits = number.as_str();
    let shown = |from, to| digits.get(from..to).unwrap_or_default();
    format!("{} **** **{}", shown(0, 6), shown(12, 14))
}
