//! Where each chain ended when it was last written, kept beside the chains: an end that is cut off, and a chain that is taken away with
//! its months, leaves nothing in itself that could say so. A sum over all of them stands beside them. It mends nothing: a head that is
//! not its table's stays as it is, whatever is written after. Whoever runs this program's own code over the file can make them anew;
//! against that there are anchors kept elsewhere. Start at [`moved`] and [`against`].

use rusqlite::{OptionalExtension, Transaction, params};
use rusqlite_migration::{HookError, HookResult};

use super::chain::{Chain, Head, Standing};
use super::{Tx, access, ledger, receipts, rights_held, stock};
use crate::plan::audit::{self, GENESIS, Row, Value};
use crate::plan::messages::Trouble;

/// Every chain there is.
pub const CHAINS: [&Chain; 6] =
    [&access::ENTRIES, &access::RIGHTS, &ledger::ENTRIES, &ledger::COUNTS, &stock::MOVES, &receipts::PRINTS];

/// Notes that a chain goes on from `before`, where its head is that, to `after`; in the transaction that writes the rows.
pub(super) fn moved(tx: &Tx, table: &str, before: Head, after: Head) -> Result<(), Trouble> {
    let known = kept(tx, table)?;
    let follows = match &known {
        Some((seq, hash)) => *seq == before.seq && hash.as_slice() == before.hash,
        None => before.seq == 0,
    };
    if !follows {
        return Ok(());
    }
    let whole = sealed(tx)?;
    put(tx, table, after.seq, &after.hash)?;
    // A sum that was wrong stays wrong.
    if whole { seal(tx) } else { Ok(()) }
}

/// The first number of this chain that is not what its kept head says; `None` where it ends as it was left.
pub fn against(tx: &Tx, chain: &Chain) -> Result<Option<i64>, Trouble> {
    let newest = chain.head(tx)?.map_or(0, |head| head.seq);
    let Some((seq, hash)) = kept(tx, chain.table)? else {
        return Ok((newest > 0).then_some(1));
    };
    Ok(match chain.standing(tx, seq)? {
        Standing::Hash(found) if found == hash => (newest > seq).then_some(seq + 1),
        Standing::Hash(_) | Standing::Dropped => Some(seq),
        Standing::Missing if newest < seq => Some(newest + 1),
        Standing::Missing => Some(seq),
    })
}

/// Whether the heads are those whose sum stands beside them.
pub fn sealed(tx: &Tx) -> Result<bool, Trouble> {
    let Some((times, hash)) = kept(tx, "")? else {
        // Before anything was ever written.
        return Ok(tx.query_row("SELECT NOT EXISTS (SELECT 1 FROM chain_heads)", [], |row| row.get(0))?);
    };
    Ok(sum(tx, times)?.as_slice() == hash)
}

/// Takes every chain as it ends now; one whose end is none that could be is left out, and is broken.
pub fn make_anew(tx: &Tx) -> Result<(), Trouble> {
    tx.execute("DELETE FROM chain_heads", [])?;
    for chain in CHAINS {
        if let Ok(Some(head)) = chain.head(tx) {
            put(tx, chain.table, head.seq, &head.hash)?;
        }
    }
    seal(tx)
}

/// Once in the life of a database, in the transaction of its migration: accounts and chains as they stand.
pub(super) fn begin(tx: &Transaction) -> HookResult {
    let told = |trouble: Trouble| HookError::Hook(trouble.to_string());
    make_anew(tx).map_err(told)?;
    match rights_held::stand(tx) {
        // A record that cannot be read is told of when it is proven; the database opens all the same.
        Err(trouble) if trouble.code == "database-trouble" => Ok(()),
        done => done.map_err(told),
    }
}

fn kept(tx: &Tx, log: &str) -> Result<Option<(i64, Vec<u8>)>, Trouble> {
    let mut kept = tx.prepare_cached("SELECT seq, hash FROM chain_heads WHERE log = ?1")?;
    Ok(kept.query_row([log], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

fn put(tx: &Tx, log: &str, seq: i64, hash: &[u8; 32]) -> Result<(), Trouble> {
    tx.prepare_cached("INSERT INTO chain_heads VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET seq = ?2, hash = ?3")?
        .execute(params![log, seq, hash.as_slice()])?;
    Ok(())
}

fn seal(tx: &Tx) -> Result<(), Trouble> {
    let times = kept(tx, "")?.map_or(0, |(times, _)| times) + 1;
    put(tx, "", times, &sum(tx, times)?)
}

fn sum(tx: &Tx, times: i64) -> Result<[u8; 32], Trouble> {
    let mut heads = tx.prepare_cached("SELECT log, seq, hash FROM chain_heads WHERE log <> '' ORDER BY log")?;
    let heads = heads.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let heads: Vec<(String, i64, Vec<u8>)> = heads.collect::<Result<_, _>>()?;
    let columns: Vec<Value> = heads
        .iter()
        .flat_map(|(log, seq, hash)| [Value::Text(log), Value::Integer(*seq), Value::Bytes(hash)])
        .collect();
    let sequence = times.unsigned_abs();
    Ok(audit::chain(&GENESIS, &Row { table: "chain_heads", version: 1, sequence, columns: &columns }))
}
