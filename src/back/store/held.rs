//! What stands beside the chains, held against them: charges, their jobs and cards, words, rules, prints and closes. Each of what is
//! astray is told with its table and row. It reads along indexes, once each, and changes nothing. Start at [`Astray`].

use rusqlite::{Params, Row};

use super::{Tx, fee_rules};
use crate::plan::fees;
use crate::plan::messages::Trouble;

/// So many of a sort are told; where there are more, these lead to them.
const TOLD: usize = 20;

/// Something that is not as the chains say.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Astray {
    /// What it is not, `charge-why`: words are in `err-audit-astray`.
    pub how: &'static str,
    pub table: &'static str,
    /// The number or the name of the row.
    pub row: String,
}

impl Astray {
    pub fn new(how: &'static str, table: &'static str, row: impl ToString) -> Astray {
        Astray { how, table, row: row.to_string() }
    }
}

/// What was found, or that the table could not be read at all: it is gone, or holds what no program of ours writes.
pub fn or_unreadable(table: &'static str, found: Result<Vec<Astray>, Trouble>) -> Result<Vec<Astray>, Trouble> {
    match found {
        Err(trouble) if trouble.code == "database-trouble" => Ok(vec![Astray::new("unreadable", table, "")]),
        found => found,
    }
}

/// What the entries of a charge make of it. Of those that settle it the last that was signed, and the last that has words, by number.
const ENTERED: &str = "SELECT charge, member, job, sum(CASE kind WHEN 'charge' THEN amount ELSE 0 END) AS amount,
    CASE WHEN sum(kind = 'reversal') THEN 'reversed' WHEN sum(kind = 'refund') THEN 'refunded'
         WHEN sum(kind = 'waiver') THEN 'waived' WHEN sum(kind = 'payment') THEN 'paid'
         WHEN sum(CASE kind WHEN 'charge' THEN amount ELSE 0 END) = 0 THEN 'free' ELSE 'unpaid' END AS state,
    max(CASE kind WHEN 'payment' THEN account END) AS paid_by, max(CASE kind WHEN 'payment' THEN receipt END) AS receipt,
    max(CASE kind WHEN 'charge' THEN rule END) AS rule, max(CASE kind WHEN 'charge' THEN allowed_by END) AS allowed_by,
    max(CASE kind WHEN 'charge' THEN basis END) AS basis, max(CASE kind WHEN 'charge' THEN evidence END) AS evidence,
    max(CASE kind WHEN 'charge' THEN reason END) AS reason, max(CASE kind WHEN 'charge' THEN staff END) AS created_by,
    max(CASE WHEN kind <> 'charge' THEN printf('%020d', seq) || staff END) AS settled_by,
    max(CASE WHEN kind <> 'charge' AND allowed_by IS NOT NULL THEN seq END) AS signed,
    max(CASE WHEN note IS NOT NULL THEN seq END) AS noted
    FROM ledger_entries WHERE charge IS NOT NULL GROUP BY charge";

/// A card may go out unpaid: its charge has words and a signature that no entry holds, and the access log says that it was let. Of what
/// is older than the log that is kept, nothing says so any more. ?1 is the log's beginning.
const LET_GO: &str = "(charges.created < ?1 OR (EXISTS (SELECT 1 FROM access_entries AS log WHERE log.member = charges.member
      AND log.what = 'change' AND log.purpose = 'hand-over-unpaid, job ' || charges.job)
    AND (charges.allowed_by IS NULL OR charges.allowed_by LIKE 'os:%' OR EXISTS (SELECT 1 FROM approvals
      WHERE approvals.allowed_by = charges.allowed_by AND act = 'hand-over-unpaid' AND charge = charges.id AND used IS NOT NULL))))";

/// Charges that stand otherwise than their entries left them, and their jobs; a charge without an entry, a receipt that was printed and
/// never given, a close of what nobody counted, a rule whose text is another.
pub fn charges(tx: &Tx) -> Result<Vec<Astray>, Trouble> {
    let sql = format!(
        "SELECT CASE WHEN how LIKE 'job%' THEN job ELSE charge END, how FROM (SELECT entered.charge, entered.job, CASE
           WHEN charges.id IS NULL THEN 'charge-gone'
           WHEN charges.amount <> entered.amount THEN 'charge-amount'
           WHEN charges.state <> entered.state THEN 'charge-state'
           WHEN charges.member <> entered.member OR charges.job IS NOT entered.job THEN 'charge-whose'
           WHEN charges.paid_by IS NOT entered.paid_by OR charges.receipt IS NOT entered.receipt THEN 'charge-paid'
           WHEN charges.reason IS NOT entered.reason OR charges.basis IS NOT entered.basis
             OR charges.evidence IS NOT entered.evidence THEN 'charge-reason'
           WHEN charges.rule IS NOT nullif(entered.rule, 'before') THEN 'charge-rule'
           WHEN charges.created_by IS NOT entered.created_by
             OR charges.settled_by IS NOT substr(entered.settled_by, 21) THEN 'charge-by'
           WHEN entered.signed IS NOT NULL AND charges.allowed_by IS NOT
             (SELECT allowed_by FROM ledger_entries WHERE seq = entered.signed) THEN 'charge-allowed'
           WHEN entered.noted IS NOT NULL AND charges.why IS NOT (SELECT text FROM money_notes
             WHERE hash = (SELECT note FROM ledger_entries WHERE seq = entered.noted)) THEN 'charge-why'
           WHEN entered.rule IS NOT 'before' AND entered.signed IS NULL AND charges.allowed_by IS NOT entered.allowed_by
             AND NOT {LET_GO} THEN 'charge-allowed'
           WHEN entered.rule IS NOT 'before' AND entered.noted IS NULL AND charges.why IS NOT NULL
             AND NOT {LET_GO} THEN 'charge-why'
           WHEN entered.job IS NULL THEN NULL
           WHEN jobs.id IS NULL THEN 'job-gone'
           WHEN jobs.member <> entered.member THEN 'job-member'
           WHEN jobs.reason IS NOT entered.reason THEN 'job-reason'
           WHEN entered.state = 'reversed' AND jobs.state <> 'cancelled' THEN 'job-taken-back'
           WHEN jobs.state = 'cancelled' AND entered.state NOT IN ('reversed', 'refunded')
             AND entered.rule IS NOT 'before' THEN 'job-cancelled'
         END AS how FROM ({ENTERED}) AS entered LEFT JOIN charges ON charges.id = entered.charge
           LEFT JOIN jobs ON jobs.id = entered.job) WHERE how IS NOT NULL"
    );
    let mut found = rows(tx, &sql, [log_since(tx)?], |row| {
        let (id, how): (i64, String) = (row.get(0)?, row.get(1)?);
        let how = JUDGED.iter().copied().find(|known| *known == how).unwrap_or("charge-state");
        let table = if how.starts_with("job") { "jobs" } else { "charges" };
        Ok(Astray::new(how, table, id))
    })?;
    for (how, table, sql) in BESIDE {
        found.extend(rows(tx, sql, [], |row| Ok(Astray::new(how, table, row.get::<_, i64>(0)?)))?);
    }
    let rules = fee_rules::each(tx)?.into_iter().filter(|(rule, text)| !rule.ends_with(&fees::rule_sum(text)));
    found.extend(rules.map(|(rule, _)| Astray::new("rule-text", "fee_rules", rule)));
    Ok(found)
}

const JUDGED: [&str; 15] = [
    "charge-gone",
    "charge-amount",
    "charge-state",
    "charge-whose",
    "charge-paid",
    "charge-reason",
    "charge-rule",
    "charge-by",
    "charge-allowed",
    "charge-why",
    "job-gone",
    "job-member",
    "job-reason",
    "job-taken-back",
    "job-cancelled",
];

/// What hangs on entries, each by the row that does not.
const BESIDE: [(&str, &str, &str); 4] = [
    (
        "charge-unentered",
        "charges",
        "SELECT id FROM charges WHERE NOT EXISTS (SELECT 1 FROM ledger_entries WHERE charge = charges.id)",
    ),
    (
        "rule-gone",
        "charges",
        "SELECT min(id) FROM charges WHERE rule IS NOT NULL AND rule NOT IN (SELECT rule FROM fee_rules) GROUP BY rule",
    ),
    (
        "print-ungiven",
        "receipt_prints",
        "SELECT seq FROM receipt_prints WHERE receipt NOT IN (SELECT receipt FROM ledger_entries WHERE receipt > 0)",
    ),
    (
        "close-uncounted",
        "ledger_entries",
        "SELECT seq FROM ledger_entries AS closed WHERE kind = 'close' AND NOT EXISTS (
           SELECT 1 FROM ledger_counts AS counted WHERE counted.desk = closed.desk AND counted.day = closed.day
             AND counted.counted = closed.amount AND counted.entry < closed.seq)",
    ),
];

/// Jobs and cards that do not fit each other, the charges and the access log. Jobs from before there were charges have none; a
/// hand-over that is older than the log that is kept, or than the ledger, is not looked for in it.
pub fn cards(tx: &Tx) -> Result<Vec<Astray>, Trouble> {
    let since: Option<i64> = tx.query_row("SELECT max(ledger) FROM house", [], |row| row.get(0))?;
    let since = since.unwrap_or(i64::MAX);
    let logged = log_since(tx)?.max(since);
    let mut found = Vec::new();
    for (how, table, sql) in CARDS {
        let tell = |row: &Row| Ok(Astray::new(how, table, row.get::<_, i64>(0)?));
        found.extend(match sql.contains("?1") {
            true => rows(tx, sql, [if how == "job-charge" { since } else { logged }], tell)?,
            false => rows(tx, sql, [], tell)?,
        });
    }
    Ok(found)
}

const CARDS: [(&str, &str, &str); 8] = [
    (
        "job-charge",
        "jobs",
        "SELECT id FROM jobs WHERE NOT EXISTS (SELECT 1 FROM charges WHERE charges.job = jobs.id)
           AND NOT (created < ?1 AND id > 0 AND id < coalesce((SELECT min(job) FROM charges), 1 << 62))",
    ),
    (
        "job-card",
        "jobs",
        "SELECT jobs.id FROM jobs LEFT JOIN cards ON cards.id = jobs.card
         WHERE (jobs.card IS NOT NULL AND (cards.id IS NULL OR cards.job <> jobs.id OR cards.member <> jobs.member))
           OR (jobs.state = 'handed-over' AND cards.live_at IS NULL)",
    ),
    (
        "job-marks",
        "jobs",
        "SELECT id FROM jobs WHERE state IN ('handed-over', 'cancelled') AND NOT EXISTS (SELECT 1 FROM marks
           WHERE marks.job = jobs.id AND mark = CASE state WHEN 'cancelled' THEN 'cancel' ELSE 'hand-over' END)",
    ),
    (
        "job-unlogged",
        "jobs",
        "SELECT max(job) FROM (SELECT member, id AS job, 1 AS n FROM jobs WHERE state = 'handed-over' AND updated >= ?1
           UNION ALL SELECT member, NULL, -1 FROM access_entries WHERE what = 'change' AND purpose = 'hand-over')
         GROUP BY member HAVING sum(n) > 0",
    ),
    (
        "card-job",
        "cards",
        "SELECT cards.id FROM cards LEFT JOIN jobs ON jobs.id = cards.job WHERE jobs.id IS NULL OR cards.member <> jobs.member",
    ),
    (
        "card-live",
        "cards",
        "SELECT cards.id FROM cards JOIN jobs ON jobs.id = cards.job WHERE jobs.state <> 'handed-over'
           AND (cards.live_at IS NOT NULL OR cards.state IN ('live', 'suspended'))",
    ),
    (
        "card-second",
        "cards",
        "SELECT max(id) FROM cards WHERE state IN ('live', 'suspended') GROUP BY member, kind HAVING count(*) > 1",
    ),
    ("card-lot", "cards", "SELECT id FROM cards WHERE lot IS NOT NULL AND lot NOT IN (SELECT id FROM stock_lots)"),
];

/// Entries whose words are gone; nobody ever purges them.
pub fn notes_gone(tx: &Tx) -> Result<Vec<Astray>, Trouble> {
    let sql = "SELECT seq FROM ledger_entries WHERE note IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM money_notes WHERE hash = ledger_entries.note)";
    rows(tx, sql, [], |row| Ok(Astray::new("note-gone", "ledger_entries", row.get::<_, i64>(0)?)))
}

/// Since when the access log is whole, in milliseconds: before the month after the last that was dropped, entries are gone. A day more
/// than that, wherever the library is.
fn log_since(tx: &Tx) -> Result<i64, Trouble> {
    let sql = "SELECT max(unixepoch(month || '-01', '+1 month', '+1 day')) * 1000 FROM log_months
        WHERE log = 'access_entries' AND purged IS NOT NULL";
    let since: Option<i64> = tx.query_row(sql, [], |row| row.get(0))?;
    Ok(since.unwrap_or(i64::MIN))
}

fn rows<P: Params>(
    tx: &Tx,
    sql: &str,
    params: P,
    tell: impl Fn(&Row) -> rusqlite::Result<Astray>,
) -> Result<Vec<Astray>, Trouble> {
    let mut found = tx.prepare(sql)?;
    let found = found.query_map(params, |row| tell(row))?;
    Ok(found.take(TOLD).collect::<Result<_, _>>()?)
}
