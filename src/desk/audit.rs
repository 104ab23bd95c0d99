//! The proof of the records: every chain from its first row to its last, held against heads that were kept elsewhere, what hangs on
//! a chain beside it (counts and reviews of the access log, charges, words, lots of cards, jobs, cards, accounts), and the form of the
//! database with the guards that keep rows as written. It changes nothing: counts that differ may be all that is left of entries
//! that were cut off. Somebody who knows why has them counted anew, and that is an entry. Start at [`verify_audit`].

use std::path::Path;

use jiff::ToSpan;
use serde::Serialize;

use super::{Act, Actor, Desk, actor, log_time};
use crate::back::store::access::{ENTRIES, RIGHTS, dropped_unsaid};
use crate::back::store::chain::{Chain, Standing};
use crate::back::store::guards::{self, Form, Guard};
use crate::back::store::heads::{self, CHAINS};
use crate::back::store::held::{self, Astray, or_unreadable};
use crate::back::store::{Tx, access_counts, ledger, receipts, reviews, rights_held, stock};
use crate::plan::audit::anchors::{self, Anchor};
use crate::plan::audit::hex;
use crate::plan::messages::Trouble;

/// Those of money and of blank cards.
pub(super) const BOOKS: [&Chain; 4] = [&ledger::ENTRIES, &ledger::COUNTS, &stock::MOVES, &receipts::PRINTS];

/// No month that is younger may have been dropped, whatever the settings say.
const KEPT_AT_LEAST: i64 = 365 - 31;
/// The longest file of anchors, in bytes: one a day for centuries.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What one chain is like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainState {
    /// The table.
    pub chain: &'static str,
    pub entries: u64,
    pub first_broken: Option<i64>,
    /// 64 hexadecimal digits.
    pub head: Option<String>,
}

/// What all of them are like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    pub ok: bool,
    pub entries: u64,
    /// The number of the first row that is not what it was, in `chain`.
    pub first_broken: Option<i64>,
    pub chain: Option<&'static str>,
    /// `anchored`, `consistent-in-itself` or `broken`.
    pub proven: &'static str,
    /// `same` or `differ`; nothing while the log itself is broken.
    pub counts: Option<&'static str>,
    pub reviews: Option<&'static str>,
    /// Whether charges stand as their entries left them, and the words of entries are theirs; as `counts`, of the ledger.
    pub charges: Option<&'static str>,
    pub notes: Option<&'static str>,
    /// Whether lots of cards are those that their movements say.
    pub stock: Option<&'static str>,
    /// Guards of tables that are not as they were made, by name: rows may have been altered and chained anew.
    pub guards: Vec<Guard>,
    /// Tables, indexes and views that are not as they were made, by name.
    pub schema: Vec<Form>,
    /// Whether accounts stand as the record of rights says, and jobs and cards as charges and the log do; as `counts`.
    pub accounts: Option<&'static str>,
    pub cards: Option<&'static str>,
    /// Whether the places where the chains ended are those that were kept.
    pub heads: Option<&'static str>,
    /// Each row beside the chains that is not as they say; of a sort no more than twenty.
    pub findings: Vec<Astray>,
    pub anchors_checked: usize,
    /// Of months that were dropped since.
    pub anchors_unchecked: usize,
    pub chains: Vec<ChainState>,
    /// The heads as they are now, to be kept elsewhere.
    pub anchors: Vec<Anchor>,
}

impl Verified {
    /// Whether all that is written is what was written, whatever became of the guards.
    fn is_whole(&self) -> bool {
        let beside = [self.counts, self.reviews, self.charges, self.notes, self.stock];
        let held = [self.accounts, self.cards, self.heads];
        let tables = self.schema.iter().any(|form| form.kind == "table");
        self.first_broken.is_none() && !tables && !held.contains(&Some("differ")) && !beside.contains(&Some("differ"))
    }
}

/// Walks over every chain. Refused: `anchors-unreadable`, `anchors-malformed`, `anchors-chain`. That somebody looked is no look at a
/// person, and is not logged.
pub fn verify_audit(desk: &Desk, actor: &Actor, kept: Option<&Path>) -> Result<Verified, Trouble> {
    actor.may(Act::VerifyAudit)?;
    let kept = kept.map(read).transpose()?.unwrap_or_default();
    desk.store.look(|tx| walk(desk, tx, &kept))
}

/// The same, and counts that differ are made anew from entries that are proven, in the time zone of the settings. It is an entry of
/// the log how many were counted before and are now. While the log is broken nothing is counted.
pub fn recount_audit(desk: &Desk, actor: &Actor, kept: Option<&Path>) -> Result<Verified, Trouble> {
    actor.may(Act::VerifyAudit)?;
    let kept = kept.map(read).transpose()?.unwrap_or_default();
    desk.store.change(|tx| {
        if walk(desk, tx, &kept)?.counts == Some("differ") {
            let before = access_counts::total(tx)?;
            let zone = log_time::adopt(desk, tx)?;
            access_counts::make_anew(tx, None, &log_time::calendar(&zone))?;
            let purpose = format!("audit-recount, {before} -> {}", access_counts::total(tx)?);
            actor::log_house(desk, tx, actor, "change", &purpose)?;
        }
        walk(desk, tx, &kept)
    })
}

/// The same, and guards that are not as they were made are put back, where everything else is proven. It is an entry of the log how
/// many they were. What was done while they were gone is proven by heads that were kept elsewhere alone.
pub fn put_guards_back(desk: &Desk, actor: &Actor, kept: Option<&Path>) -> Result<Verified, Trouble> {
    actor.may(Act::VerifyAudit)?;
    let kept = kept.map(read).transpose()?.unwrap_or_default();
    desk.store.change(|tx| {
        let found = walk(desk, tx, &kept)?;
        if (found.guards.is_empty() && found.schema.is_empty()) || !found.is_whole() {
            return Ok(found);
        }
        let purpose = format!("audit-guards, {}", guards::put_back(tx)?);
        actor::log_house(desk, tx, actor, "change", &purpose)?;
        walk(desk, tx, &kept)
    })
}

fn read(file: &Path) -> Result<Vec<Anchor>, Trouble> {
    let unreadable = |reason: &dyn std::fmt::Display| {
        Trouble::new("anchors-unreadable").with("file", file.display()).with("reason", reason)
    };
    let size = std::fs::metadata(file).map_err(|fault| unreadable(&fault))?;
    if !size.is_file() {
        return Err(Trouble::new("anchors-no-file").with("file", file.display()));
    }
    if size.len() > LONGEST {
        return Err(Trouble::new("anchors-long").with("file", file.display()).with("most", LONGEST / 1024 / 1024));
    }
    let text = std::fs::read_to_string(file).map_err(|fault| unreadable(&fault))?;
    let found = anchors::read(&text)?;
    let stranger = |anchor: &Anchor| !CHAINS.iter().any(|chain| chain.table == anchor.chain);
    match found.iter().position(stranger) {
        Some(place) => {
            let chain = found.get(place).map(|anchor| super::quoted(&anchor.chain)).unwrap_or_default();
            Err(Trouble::new("anchors-chain").with("place", place + 1).with("chain", chain))
        }
        None => Ok(found),
    }
}

pub(super) fn walk(desk: &Desk, tx: &Tx, kept: &[Anchor]) -> Result<Verified, Trouble> {
    let schema = guards::form_astray(tx)?;
    let heads_there = !schema.iter().any(|form| form.name == "chain_heads");
    let (mut chains, mut heads, mut checked, mut unchecked) = (Vec::new(), Vec::new(), 0, 0);
    for chain in CHAINS {
        let walked = chain.verify(tx)?;
        let mut broken = match walked.first_broken {
            None => dropped_unsaid(tx, chain)?,
            broken => broken,
        };
        if broken.is_none() && heads_there {
            broken = heads::against(tx, chain)?;
        }
        // Of a table that is gone nothing can be compared.
        let there = walked.entries > 0 || walked.first_broken.is_none();
        for anchor in kept.iter().filter(|anchor| there && anchor.chain == chain.table) {
            match against(desk, tx, chain, anchor)? {
                Against::Agrees => checked += 1,
                Against::Unknown => unchecked += 1,
                Against::Differs(seq) => {
                    checked += 1;
                    broken = Some(broken.map_or(seq, |before| before.min(seq)));
                }
            }
        }
        heads.extend(walked.head.filter(|_| broken.is_none()).map(|head| Anchor {
            chain: chain.table.to_owned(),
            sequence: head.seq,
            head: hex(&head.hash),
            time: desk.rfc3339(desk.now().as_millisecond()),
        }));
        let head = walked.head.map(|head| hex(&head.hash));
        chains.push(ChainState { chain: chain.table, entries: walked.entries, first_broken: broken, head });
    }
    let broken = chains.iter().find(|chain| chain.first_broken.is_some());
    let stands = |table: &str| chains.iter().any(|chain| chain.chain == table && chain.first_broken.is_none());
    let beside = Beside::look(desk, tx, heads_there, stands)?;
    let found = Verified {
        ok: false,
        entries: chains.iter().map(|chain| chain.entries).sum(),
        first_broken: broken.and_then(|chain| chain.first_broken),
        chain: broken.map(|chain| chain.chain),
        proven: match (broken, checked) {
            (Some(_), _) => "broken",
            (None, 0) => "consistent-in-itself",
            (None, _) => "anchored",
        },
        counts: beside.counts,
        reviews: beside.reviews,
        charges: beside.charges,
        notes: beside.notes,
        stock: beside.stock,
        guards: guards::astray(tx)?,
        schema,
        accounts: beside.accounts,
        cards: beside.cards,
        heads: beside.heads,
        findings: beside.findings,
        anchors_checked: checked,
        anchors_unchecked: unchecked,
        chains,
        anchors: heads,
    };
    Ok(Verified { ok: found.is_whole() && found.guards.is_empty() && found.schema.is_empty(), ..found })
}

/// What hangs on the chains; nothing of a chain that is broken.
#[derive(Default)]
struct Beside {
    counts: Option<&'static str>,
    reviews: Option<&'static str>,
    charges: Option<&'static str>,
    notes: Option<&'static str>,
    stock: Option<&'static str>,
    accounts: Option<&'static str>,
    cards: Option<&'static str>,
    heads: Option<&'static str>,
    findings: Vec<Astray>,
}

impl Beside {
    fn look(desk: &Desk, tx: &Tx, heads: bool, stands: impl Fn(&str) -> bool) -> Result<Beside, Trouble> {
        let (log, money) = (stands(ENTRIES.table), stands(ledger::ENTRIES.table));
        let word = |differ: bool| if differ { "differ" } else { "same" };
        let mut beside = Beside {
            counts: log.then(|| counts_differ(desk, tx).map(word)).transpose()?,
            reviews: log.then(|| reviews::astray(tx).map(word)).transpose()?,
            stock: stands(stock::MOVES.table).then(|| stock::lots_astray(tx).map(word)).transpose()?,
            heads: heads.then(|| heads::sealed(tx).map(|sealed| word(!sealed))).transpose()?,
            ..Beside::default()
        };
        if beside.heads == Some("differ") {
            beside.findings.push(Astray::new("heads-sum", "chain_heads", ""));
        }
        let mut tell = |found: Vec<Astray>| {
            let told = word(!found.is_empty());
            beside.findings.extend(found);
            told
        };
        if money {
            beside.charges = Some(tell(or_unreadable("charges", held::charges(tx))?));
            beside.notes = Some(tell(or_unreadable("money_notes", ledger::notes_astray(tx))?));
        }
        if money && log {
            beside.cards = Some(tell(or_unreadable("cards", held::cards(tx))?));
        }
        if stands(RIGHTS.table) {
            beside.accounts = Some(tell(or_unreadable("staff", rights_held::astray(tx))?));
        }
        Ok(beside)
    }
}

fn counts_differ(desk: &Desk, tx: &Tx) -> Result<bool, Trouble> {
    // A zone that cannot be read was altered.
    let Ok(zone) = log_time::zone(desk, tx) else { return Ok(true) };
    access_counts::differ(tx, &log_time::calendar(&zone))
}

/// Whether the newest month of the books is what it was, and the guards of all tables: years of them would take too long, and are
/// [`verify_audit`]'s. `books-broken`, `audit-guard`.
pub(super) fn books_stand(desk: &Desk) -> Result<(), Trouble> {
    desk.store.look(|tx| {
        for chain in BOOKS {
            if let Some(seq) = chain.verify_since(tx, i64::MAX)?.first_broken {
                return Err(Trouble::new("books-broken").with("chain", chain.table).with("seq", seq));
            }
        }
        if let Some(form) = guards::form_astray(tx)?.first() {
            return Err(form_trouble(form));
        }
        for chain in BOOKS {
            if let Some(seq) = heads::against(tx, chain)? {
                return Err(Trouble::new("books-broken").with("chain", chain.table).with("seq", seq));
            }
        }
        guards::astray(tx)?.first().map_or(Ok(()), |guard| Err(guard_trouble(guard)))
    })
}

/// What is said of a guard that is not as it was made.
pub fn guard_trouble(guard: &Guard) -> Trouble {
    let trouble = Trouble::new("audit-guard").with("table", &guard.table).with("guard", &guard.guard);
    trouble.with("how", guard.changed.as_str())
}

/// What is said of a table, an index or a view that is not as it was made.
pub fn form_trouble(form: &Form) -> Trouble {
    let trouble = Trouble::new("audit-form").with("table", &form.table).with("name", &form.name);
    trouble.with("kind", &form.kind).with("how", form.changed.as_str())
}

/// What is said of a row that is not as the chains say.
pub fn astray_trouble(found: &Astray) -> Trouble {
    Trouble::new("audit-astray").with("how", found.how).with("table", found.table).with("row", &found.row)
}

/// How a head that was kept compares.
enum Against {
    Agrees,
    /// Its row went with its month, and was not the last one.
    Unknown,
    /// From this number on.
    Differs(i64),
}

fn against(desk: &Desk, tx: &Tx, chain: &Chain, anchor: &Anchor) -> Result<Against, Trouble> {
    let seq = anchor.sequence;
    Ok(match chain.standing(tx, seq)? {
        Standing::Hash(hash) if anchor.hash().is_some_and(|kept| kept.as_slice() == hash) => Against::Agrees,
        Standing::Hash(_) => Against::Differs(seq),
        // A head is of its own time: what was dropped so soon was not dropped for its age.
        Standing::Dropped => {
            let floor = desk.now().checked_sub((24 * KEPT_AT_LEAST).hours()).ok();
            let young = anchor.taken().zip(floor).is_some_and(|(taken, floor)| taken > floor);
            if young { Against::Differs(seq) } else { Against::Unknown }
        }
        // An end that was cut off: it breaks right after what is left.
        Standing::Missing => {
            let left = chain.newest(tx)?;
            Against::Differs(if left < seq { left + 1 } else { seq })
        }
    })
}
