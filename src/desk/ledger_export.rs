//! Money and registers as sheets that leave the house: for a reason, which becomes an entry of the access log before the first row is
//! read. It adds nothing up that a report does not; how a sheet is written is `plan::sheet`'s. Start at [`ledger_sheet`].

use std::fs::File;
use std::io::BufWriter;

use jiff::civil::{Date, DateTime};

use super::access::Names;
use super::export::{SheetFile, handed_out, nameless};
use super::ledger_papers::Paper;
use super::money_report::{self, ClerkLine, times};
use super::registers::{self, RegisterRow};
use super::{Act, Actor, Desk, actor};
use crate::back::store::ledger::{self, Entry};
use crate::back::store::{Tx, ledger_reading as reading};
use crate::plan::fees::{Account, By, Compared, EntryKind, Line, MEASURES, Measure, Period, Totals, why};
use crate::plan::messages::{Lang, Trouble};
use crate::plan::sheet::{Cell, Column, Form, Format, Sheet};

/// A sheet of the books, and the sums of its period.
pub struct LedgerSheet {
    pub sheet: SheetFile,
    pub totals: Totals,
}

/// The books of a period as a file, in words of this language.
///
/// # Errors
/// `why-missing`, `why-text`, `identity-number` of the reason; `sheet-write`, and nothing is handed out.
pub fn ledger_sheet(
    desk: &Desk,
    actor: &Actor,
    paper: Paper,
    period: Period,
    text: &str,
    format: Format,
    lang: Lang,
) -> Result<LedgerSheet, Trouble> {
    actor.may(Act::ExportLedger)?;
    let reason = why(text)?;
    let between = times(desk, &period)?;
    let persons = match paper {
        Paper::Issues => Some(false),
        Paper::Reissues => Some(true),
        _ => None,
    };
    desk.store.change(|tx| {
        actor::log_house(desk, tx, actor, "export", &format!("export: {reason}"))?;
        match persons {
            Some(reissues) => {
                let (_, members) = reading::issued_to(tx, between, reissues)?;
                registers::log(desk, tx, actor, members, reissues)
            }
            None => actor::log_house(desk, tx, actor, "list", "ledger-report"),
        }
    })?;
    desk.store.look(|tx| {
        let mut page = Writing::begin(desk, tx, paper, format, lang)?;
        match persons {
            Some(reissues) => {
                registers::each(desk, tx, between, reissues, (-1, 0), true, &mut |row| page.issued(&row))?;
                page.fees_in_all()?;
            }
            None if paper == Paper::Entries => page.entries(period)?,
            None if paper == Paper::Rates => page.rates(period)?,
            None => page.sums(period, paper.by().unwrap_or(By::Day))?,
        }
        let day = |end: Option<Date>| end.unwrap_or_else(|| desk.today()).to_string();
        let first = period.from.map_or_else(|| "all".to_owned(), |from| from.to_string());
        let name = format!("{}-{first}-{}.{}", paper.file(), day(period.to), format.extension());
        let Writing { sheet, rows, totals, .. } = page;
        Ok(LedgerSheet { sheet: handed_out(sheet, format, name, rows)?, totals })
    })
}

/// A sheet on its way.
struct Writing<'a> {
    desk: &'a Desk,
    tx: &'a Tx,
    lang: Lang,
    sheet: Sheet<BufWriter<File>>,
    names: Names,
    reissues: bool,
    rows: u64,
    totals: Totals,
    /// Won that the rows of a register asked for.
    fees: i64,
}

impl<'a> Writing<'a> {
    fn begin(desk: &'a Desk, tx: &'a Tx, paper: Paper, format: Format, lang: Lang) -> Result<Writing<'a>, Trouble> {
        let word = |id: String| desk.messages.text(lang, &id, &[]);
        let column =
            |(name, width): &(&str, u16)| Column { heading: word(format!("reports-col-{name}")), width: *width };
        let columns: Vec<Column> = paper.columns().map(column).collect();
        let (folder, to) = nameless(desk)?;
        let made = jiff::tz::Offset::UTC.to_datetime(desk.now());
        let form = Form { title: &word(format!("reports-paper-{paper}")), columns: &columns, made };
        let sheet = Sheet::begin(format, &form, to, folder)?;
        let (names, totals) = (Names::default(), Totals::default());
        Ok(Writing { desk, tx, lang, sheet, names, reissues: paper == Paper::Reissues, rows: 0, totals, fees: 0 })
    }

    fn text(&self, id: &str) -> String {
        self.desk.messages.text(self.lang, id, &[])
    }

    /// A word of the catalogue, or what stands in the record.
    fn word(&self, family: &str, value: &str) -> String {
        let known = self.desk.messages.find(self.lang, &format!("{family}-{value}"), &[]);
        known.unwrap_or_else(|| value.to_owned())
    }

    fn row(&mut self, cells: &[Cell]) -> Result<(), Trouble> {
        self.rows += 1;
        self.sheet.row(cells)
    }

    fn entries(&mut self, period: Period) -> Result<(), Trouble> {
        let day = |end: Option<Date>| end.map(|day| day.to_string());
        let (from, to) = (day(period.from), day(period.to));
        ledger::each(self.tx, from.as_deref(), to.as_deref(), |entry| self.entry(&entry))?;
        let Totals { charged, paid, waived, refunded, reversed, unpaid } = self.totals;
        let sum = self.text("reports-sum");
        let mut cells = vec![Cell::Text(&sum)];
        cells.resize(7, Cell::Empty);
        cells.extend([charged, paid, waived, refunded, reversed, unpaid].map(Cell::Won));
        self.sheet.sums(&cells)
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), Trouble> {
        let mut moved = Totals::default();
        let close = matches!(entry.kind, EntryKind::Close | EntryKind::Reopen);
        if let Some(account) = entry.account {
            moved.add(entry.kind, account, entry.amount);
            self.totals.add(entry.kind, account, entry.amount);
        }
        let time: DateTime = self.desk.local(entry.time).datetime();
        let kind = self.word("reports-entry", entry.kind.as_str());
        let reason = entry.reason.map(|reason| self.word("web-why", reason.as_str()));
        let account = entry.account.map(|account| self.word("reports-account", Account::as_str(account)));
        let basis = entry.basis.as_deref().map(|basis| self.word("reports-basis", basis));
        let evidence = entry.evidence.as_deref().map(|shown| self.word("reports-evidence", shown));
        let by = self.names.of(self.tx, &entry.staff)?;
        let allowed = entry.allowed_by.as_deref().map(|by| self.names.of(self.tx, by)).transpose()?;
        let why = ledger::words(self.tx, entry)?;
        let desk = self.place(&entry.desk);
        let won = |won: i64| if won == 0 { Cell::Empty } else { Cell::Won(won) };
        self.row(&[
            Cell::Integer(entry.seq),
            entry.day.parse().map_or(Cell::Text(&entry.day), Cell::Date),
            Cell::Time(time),
            Cell::Text(&kind),
            text(reason.as_deref()),
            text(account.as_deref()),
            if close { Cell::Empty } else { Cell::Won(entry.amount) },
            won(moved.charged),
            won(moved.paid),
            won(moved.waived),
            won(moved.refunded),
            won(moved.reversed),
            won(moved.unpaid),
            if entry.kind == EntryKind::Close { Cell::Won(entry.amount) } else { Cell::Empty },
            entry.expected.map_or(Cell::Empty, Cell::Won),
            number(entry.charge),
            number(entry.job),
            number(entry.member),
            number(entry.receipt),
            Cell::Text(&by),
            text(allowed.as_deref()),
            Cell::Text(&desk),
            text(entry.rule.as_deref()),
            text(basis.as_deref()),
            text(evidence.as_deref()),
            number(entry.refers),
            text(why.as_deref()),
        ])
    }

    /// A desk by its number; the command line has none.
    fn place(&self, desk: &str) -> String {
        if desk.is_empty() { self.text("reports-command-line") } else { desk.to_owned() }
    }

    fn sums(&mut self, period: Period, by: By) -> Result<(), Trouble> {
        let report = money_report::read(self.tx, period, by)?;
        for row in &report.rows {
            let key = match by {
                By::Desk => self.place(&row.line.key),
                By::Reason => self.word("web-why", &row.line.key),
                _ => row.name.clone().unwrap_or_else(|| row.line.key.clone()),
            };
            let day = (by == By::Day).then(|| key.parse().ok()).flatten();
            self.row(&line(day.map_or(Cell::Text(&key), Cell::Date), &row.line))?;
        }
        self.totals = report.totals.totals;
        let sum = self.text("reports-sum");
        self.sheet.sums(&line(Cell::Text(&sum), &report.totals))
    }

    fn rates(&mut self, period: Period) -> Result<(), Trouble> {
        let report = money_report::read_clerks(self.desk, self.tx, period)?;
        for of in &report.rows {
            of.compared.iter().try_for_each(|one| self.rate(of, one))?;
        }
        // Accounts of the command line are compared with nobody.
        for of in &report.command_line {
            for measure in MEASURES {
                let (count, all) = of.deeds.of(*measure);
                let (measure, none) = (*measure, None);
                let one = Compared { measure, count, of: all, rate: none, others: none, flagged: false, alone: false };
                self.rate(of, &one)?;
            }
        }
        self.totals = money_report::read(self.tx, period, By::Year)?.totals.totals;
        Ok(())
    }

    fn rate(&mut self, of: &ClerkLine, one: &Compared) -> Result<(), Trouble> {
        let measure = self.word("reports-measure", Measure::as_str(one.measure));
        let flagged = match (one.flagged, one.alone) {
            (true, _) => self.text("reports-flagged"),
            (_, true) => self.text("reports-alone"),
            _ => String::new(),
        };
        self.row(&[
            Cell::Text(&of.name),
            Cell::Text(&of.staff),
            Cell::Text(&measure),
            whole(one.count),
            whole(one.of),
            rate(one.rate),
            rate(one.others),
            Cell::Text(&flagged),
        ])
    }

    /// What the rows of a register asked for, below them.
    fn fees_in_all(&mut self) -> Result<(), Trouble> {
        let sum = self.text("reports-sum");
        let mut cells = vec![Cell::Text(&sum)];
        cells.resize(7, Cell::Empty);
        cells.push(Cell::Won(self.fees));
        self.sheet.sums(&cells)
    }

    fn issued(&mut self, RegisterRow { nth, day, card }: &RegisterRow) -> Result<(), Trouble> {
        let kind = self.word("web-card", &card.kind);
        let reason = self.word("web-why", &card.reason);
        let settled = card.paid_by.as_deref().filter(|_| card.state.as_deref() == Some("paid"));
        let settled = match (settled, &card.state) {
            (Some(by), _) => self.word("reports-account", by),
            (None, Some(state)) => self.word("reports-state", state),
            (None, None) => String::new(),
        };
        let old = card.old_state.as_deref().map(|state| self.word("reports-old", state));
        let waived = match (card.basis.as_deref(), card.state.as_deref()) {
            (Some(basis), _) => Some(self.word("reports-basis", basis)),
            (None, Some("waived")) => Some(self.text("reports-state-waived")),
            _ => None,
        };
        let evidence = card.evidence.as_deref().map(|shown| self.word("reports-evidence", shown));
        let desk = self.place(&card.desk);
        self.fees += card.amount.unwrap_or(0);
        let mut cells = vec![
            whole(*nth),
            day.parse().map_or(Cell::Text(day), Cell::Date),
            Cell::Text(&card.number),
            text(card.name.as_deref()),
            Cell::Text(&kind),
            text(card.uid.as_deref()),
            Cell::Text(&reason),
            card.amount.map_or(Cell::Empty, Cell::Won),
            Cell::Text(&settled),
            number(card.receipt),
            Cell::Text(&card.by_name),
            Cell::Text(&desk),
        ];
        if self.reissues {
            cells.extend([text(card.old_uid.as_deref()), text(card.old_number.as_deref()), text(old.as_deref())]);
        }
        cells.extend([text(waived.as_deref()), text(evidence.as_deref()), text(card.allowed_name.as_deref())]);
        self.row(&cells)
    }
}

fn line<'a>(key: Cell<'a>, line: &Line) -> [Cell<'a>; 14] {
    let (totals, money) = (line.totals, line.money);
    [
        key,
        whole(line.entries),
        Cell::Won(totals.charged),
        Cell::Won(totals.paid),
        Cell::Won(totals.waived),
        Cell::Won(totals.refunded),
        Cell::Won(totals.reversed),
        Cell::Won(totals.unpaid),
        Cell::Won(money.cash_in),
        Cell::Won(money.cash_out),
        Cell::Won(money.card_in),
        Cell::Won(money.card_out),
        Cell::Won(money.transfer_in),
        Cell::Won(money.transfer_out),
    ]
}

fn text(text: Option<&str>) -> Cell<'_> {
    text.map_or(Cell::Empty, Cell::Text)
}

fn number<'a>(number: Option<i64>) -> Cell<'a> {
    number.map_or(Cell::Empty, Cell::Integer)
}

fn whole<'a>(number: u64) -> Cell<'a> {
    Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Per cent to a tenth.
fn rate<'a>(rate: Option<f64>) -> Cell<'a> {
    rate.map_or(Cell::Empty, |rate| Cell::Permille((rate * 10.0).round() as i64))
}
