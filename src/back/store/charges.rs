//! What cards cost their holders: one charge a job, and how it stands. The entries of the ledger say how it came to that; this is kept
//! beside them, and held against them by [`super::held`].

use rusqlite::{OptionalExtension, Row, params};

use super::{Tx, known};
use crate::plan::fees::{Basis, ChargeState, NoFeeEvidence, PayBy, Reason};
use crate::plan::messages::Trouble;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    pub id: i64,
    pub member: i64,
    pub job: Option<i64>,
    pub reason: Reason,
    /// Won.
    pub amount: u32,
    pub state: ChargeState,
    pub paid_by: Option<PayBy>,
    /// Why it is waived; of an unpaid one, why its card may be handed over all the same.
    pub why: Option<String>,
    pub created: i64,
    pub created_by: String,
    pub settled: Option<i64>,
    pub settled_by: Option<String>,
    /// Whose signature let it go, or its card go out unpaid.
    pub allowed_by: Option<String>,
    /// Of its payment.
    pub receipt: Option<i64>,
    /// Under which it was charged; `None` from before rules had names.
    pub rule: Option<String>,
    /// Why the amount is not what the rule names.
    pub basis: Option<Basis>,
    /// What shows that a reason without a fee is right.
    pub evidence: Option<NoFeeEvidence>,
    /// Why its card went out before it was settled, and who let it.
    pub unpaid_why: Option<String>,
    pub unpaid_by: Option<String>,
}

/// Inserts a charge; `charge.id` is passed over and the new id returned.
pub fn insert(tx: &Tx, charge: &Charge) -> Result<i64, Trouble> {
    tx.prepare_cached(
        "INSERT INTO charges (member, job, reason, amount, state, paid_by, why, created, created_by, settled, settled_by,
         allowed_by, receipt, rule, basis, evidence)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?
    .execute(params![
        charge.member,
        charge.job,
        charge.reason.as_str(),
        charge.amount,
        charge.state.as_str(),
        charge.paid_by.map(PayBy::as_str),
        charge.why,
        charge.created,
        charge.created_by,
        charge.settled,
        charge.settled_by,
        charge.allowed_by,
        charge.receipt,
        charge.rule,
        charge.basis.map(Basis::as_str),
        charge.evidence.map(NoFeeEvidence::as_str)
    ])?;
    Ok(tx.last_insert_rowid())
}

/// Writes how it stands now.
pub fn update(tx: &Tx, charge: &Charge) -> Result<(), Trouble> {
    tx.prepare_cached(
        "UPDATE charges SET state = ?2, paid_by = ?3, why = ?4, settled = ?5, settled_by = ?6, allowed_by = ?7,
         receipt = ?8, unpaid_why = ?9, unpaid_by = ?10 WHERE id = ?1",
    )?
    .execute(params![
        charge.id,
        charge.state.as_str(),
        charge.paid_by.map(PayBy::as_str),
        charge.why,
        charge.settled,
        charge.settled_by,
        charge.allowed_by,
        charge.receipt,
        charge.unpaid_why,
        charge.unpaid_by
    ])?;
    Ok(())
}

const COLUMNS: &str = "id, member, job, reason, amount, state, paid_by, why, created, created_by, settled, settled_by,
     allowed_by, receipt, rule, basis, evidence, unpaid_why, unpaid_by FROM charges";

fn from_row(row: &Row) -> rusqlite::Result<Result<Charge, Trouble>> {
    let (reason, state, paid_by): (String, String, Option<String>) = (row.get(3)?, row.get(5)?, row.get(6)?);
    let (basis, evidence): (Option<String>, Option<String>) = (row.get(15)?, row.get(16)?);
    let words = || -> Result<_, Trouble> {
        Ok((
            known(Reason::parse(&reason), "charges.reason", &reason)?,
            known(ChargeState::parse(&state), "charges.state", &state)?,
            paid_by.as_deref().map(|by| known(PayBy::parse(by), "charges.paid_by", by)).transpose()?,
            basis.as_deref().map(|word| known(Basis::parse(word), "charges.basis", word)).transpose()?,
            evidence.as_deref().map(|word| known(NoFeeEvidence::parse(word), "charges.evidence", word)).transpose()?,
        ))
    };
    let (reason, state, paid_by, basis, evidence) = match words() {
        Ok(words) => words,
        Err(trouble) => return Ok(Err(trouble)),
    };
    Ok(Ok(Charge {
        id: row.get(0)?,
        member: row.get(1)?,
        job: row.get(2)?,
        reason,
        amount: row.get(4)?,
        state,
        paid_by,
        why: row.get(7)?,
        created: row.get(8)?,
        created_by: row.get(9)?,
        settled: row.get(10)?,
        settled_by: row.get(11)?,
        allowed_by: row.get(12)?,
        receipt: row.get(13)?,
        rule: row.get(14)?,
        basis,
        evidence,
        unpaid_why: row.get(17)?,
        unpaid_by: row.get(18)?,
    }))
}

/// `charge-unknown` when there is none of that id.
pub fn get(tx: &Tx, id: i64) -> Result<Charge, Trouble> {
    let found = tx.prepare_cached(&format!("SELECT {COLUMNS} WHERE id = ?1"))?.query_row([id], from_row).optional()?;
    found.unwrap_or_else(|| Err(Trouble::new("charge-unknown").with("charge", id)))
}

/// The charge of a job, if it has one.
pub fn of_job(tx: &Tx, job: i64) -> Result<Option<Charge>, Trouble> {
    let found =
        tx.prepare_cached(&format!("SELECT {COLUMNS} WHERE job = ?1"))?.query_row([job], from_row).optional()?;
    found.transpose()
}

/// The charges of a member, oldest first.
pub fn of_member(tx: &Tx, member: i64) -> Result<Vec<Charge>, Trouble> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} WHERE member = ?1 ORDER BY id"))?;
    let rows = statement.query_map([member], from_row)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}

/// All charges up to this one, oldest first, one after the other.
pub fn each(tx: &Tx, newest: i64, mut then: impl FnMut(Charge) -> Result<(), Trouble>) -> Result<(), Trouble> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} WHERE id <= ?1 ORDER BY id"))?;
    let mut rows = statement.query([newest])?;
    while let Some(row) = rows.next()? {
        then(from_row(row)??)?;
    }
    Ok(())
}

/// The number of the last one; 0 without any.
pub fn newest(tx: &Tx) -> Result<i64, Trouble> {
    Ok(tx.prepare_cached("SELECT coalesce(max(id), 0) FROM charges")?.query_row([], |row| row.get(0))?)
}

/// Whose charges there are, each once.
pub fn members(tx: &Tx) -> Result<Vec<i64>, Trouble> {
    let mut statement = tx.prepare_cached("SELECT DISTINCT member FROM charges ORDER BY member")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// The newest charges that nobody paid or waived, at most `limit`, and how many there are.
pub fn unpaid(tx: &Tx, limit: u32) -> Result<(Vec<Charge>, u32), Trouble> {
    let count =
        tx.prepare_cached("SELECT count(*) FROM charges WHERE state = 'unpaid'")?.query_row([], |row| row.get(0))?;
    // There are few of them among all that were ever paid.
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} INDEXED BY charges_unpaid WHERE state = 'unpaid' ORDER BY id DESC LIMIT ?1"
    ))?;
    let rows = statement.query_map([limit], from_row)?.collect::<Result<Vec<_>, _>>()?;
    Ok((rows.into_iter().collect::<Result<_, _>>()?, count))
}

/// How many of them no open job asks for any more: the card was handed over, or there is none.
pub fn unpaid_for_good(tx: &Tx) -> Result<u32, Trouble> {
    let sql = "SELECT count(*) FROM charges c LEFT JOIN jobs j ON j.id = c.job
        WHERE c.state = 'unpaid' AND (j.id IS NULL OR j.state IN ('handed-over', 'cancelled'))";
    Ok(tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Those that no entry of the ledger speaks of, oldest first.
pub fn without_entry(tx: &Tx) -> Result<Vec<Charge>, Trouble> {
    let mut statement = tx.prepare(&format!(
        "SELECT {COLUMNS} WHERE NOT EXISTS (SELECT 1 FROM ledger_entries WHERE charge = charges.id) ORDER BY id"
    ))?;
    let rows = statement.query_map([], from_row)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().collect()
}
