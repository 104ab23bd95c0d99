//! Accounts held against the record of rights: each account's making stands there, and every change of role, state and membership, so
//! that an account that nobody made, or one that was given a role past the record, is found. It changes no account. Start at [`astray`].

use std::collections::BTreeMap;

use super::Tx;
use super::access::RIGHTS;
use super::access_reading::HOUSE;
use super::held::Astray;
use crate::plan::audit::Value;
use crate::plan::messages::Trouble;

/// The state of an account that was unlocked and of which only the lock was known: with a password active, else invited.
const UNLOCKED: &str = "unlocked";

/// What stands of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stands {
    role: String,
    state: String,
    member: Option<i64>,
}

impl Stands {
    /// As one word each, for the record.
    fn told(&self) -> String {
        let member = self.member.map_or_else(|| "none".to_owned(), |member| format!("member:{member}"));
        format!("{} {} {member}", self.role, self.state)
    }

    /// Whether they are the same, `self` as the record says it.
    fn agrees(&self, other: &Stands) -> bool {
        self.role == other.role && self.is_state(&other.state) && self.member == other.member
    }

    fn is_state(&self, state: &str) -> bool {
        self.state == state || (self.state == UNLOCKED && state != "locked")
    }

    fn parse(detail: &str) -> Option<Stands> {
        let mut words = detail.split(' ');
        let (role, state, member) = (words.next()?.to_owned(), words.next()?.to_owned(), words.next()?);
        Some(Stands { role, state, member: member_of(member) })
    }
}

fn member_of(word: &str) -> Option<i64> {
    word.strip_prefix("member:")?.parse().ok()
}

/// What the record makes of an account, and how it stood before it was locked.
struct Recorded {
    stands: Stands,
    before_lock: String,
}

/// Every account that stands otherwise than the record of rights left it: unrecorded, gone, of another role, state or member.
pub fn astray(tx: &Tx) -> Result<Vec<Astray>, Trouble> {
    let (mut recorded, mut found) = (recorded(tx)?, Vec::new());
    for (id, stands) in accounts(tx)? {
        let how = match recorded.remove(&id) {
            None => "account-unrecorded",
            Some(said) if said.role != stands.role => "account-role",
            Some(said) if !said.is_state(&stands.state) => "account-state",
            Some(said) if said.member != stands.member => "account-member",
            Some(_) => continue,
        };
        found.push(Astray::new(how, "staff", id));
    }
    found.extend(recorded.into_keys().map(|id| Astray::new("account-gone", "staff", id)));
    Ok(found)
}

/// Writes into the record how every account stands that it does not account for: of a database from before it was held against it,
/// and of a practice database that begins anew.
pub fn stand(tx: &Tx) -> Result<(), Trouble> {
    let recorded = recorded(tx)?;
    let unsaid = |(id, stands): &(i64, Stands)| !says(&recorded, *id, stands);
    accounts(tx)?.iter().filter(|account| unsaid(account)).try_for_each(|(id, stands)| write(tx, *id, stands))
}

/// Drops old months by `purge`, and writes down how those accounts stand whose making went with them. One that stood otherwise than
/// the record said before is not made right by it.
pub fn carried_over(tx: &Tx, purge: impl FnOnce() -> Result<(), Trouble>) -> Result<(), Trouble> {
    let before = recorded(tx)?;
    purge()?;
    let after = recorded(tx)?;
    let lost = |(id, stands): &(i64, Stands)| says(&before, *id, stands) && !says(&after, *id, stands);
    accounts(tx)?.iter().filter(|account| lost(account)).try_for_each(|(id, stands)| write(tx, *id, stands))
}

fn says(recorded: &BTreeMap<i64, Stands>, id: i64, stands: &Stands) -> bool {
    recorded.get(&id).is_some_and(|said| said.agrees(stands))
}

fn write(tx: &Tx, id: i64, stands: &Stands) -> Result<(), Trouble> {
    // The time of the statement; the month goes on where the record is.
    let (time, month): (i64, String) = tx.query_row(
        "SELECT now, strftime('%Y-%m', now / 1000 + 32400, 'unixepoch') FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (whose, detail) = (format!("staff:{id}"), stands.told());
    let [staff, desk, origin, what] = [HOUSE, "", "service", "stood"].map(Value::Text);
    let row = [Value::Integer(time), staff, desk, origin, Value::Text(&whose), what, Value::Text(&detail)];
    RIGHTS.append(tx, &month, [row])
}

fn accounts(tx: &Tx) -> Result<Vec<(i64, Stands)>, Trouble> {
    let mut accounts = tx.prepare("SELECT id, role, state, member FROM staff ORDER BY id")?;
    let rows = accounts.query_map([], |row| {
        Ok((row.get(0)?, Stands { role: row.get(1)?, state: row.get(2)?, member: row.get(3)? }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What the record says of each account whose making it holds, or how it stood.
fn recorded(tx: &Tx) -> Result<BTreeMap<i64, Stands>, Trouble> {
    let mut found: BTreeMap<i64, Recorded> = BTreeMap::new();
    let mut entries = tx.prepare(
        "SELECT whose, what, detail FROM access_rights WHERE what NOT IN ('password', 'session-ended', 'purged') ORDER BY seq",
    )?;
    let mut rows = entries.query([])?;
    while let Some(row) = rows.next()? {
        let (whose, what, detail): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let Some(id) = whose.strip_prefix("staff:").and_then(|id| id.parse().ok()) else { continue };
        note(&mut found, id, &what, &detail);
    }
    Ok(found.into_iter().map(|(id, recorded)| (id, recorded.stands)).collect())
}

fn note(found: &mut BTreeMap<i64, Recorded>, id: i64, what: &str, detail: &str) {
    let member = found.get(&id).and_then(|recorded| recorded.stands.member);
    let begun = |state: &str| Stands { role: detail.to_owned(), state: state.to_owned(), member };
    let begins = match what {
        "invited" => Some(begun("invited")),
        "set-up" => Some(begun("active")),
        "stood" => Stands::parse(detail),
        _ => None,
    };
    if let Some(stands) = begins {
        let before_lock = if stands.state == "locked" { UNLOCKED.to_owned() } else { stands.state.clone() };
        found.insert(id, Recorded { stands, before_lock });
        return;
    }
    let Some(recorded) = found.get_mut(&id) else { return };
    let stands = &mut recorded.stands;
    match what {
        "role" => stands.role = detail.rsplit(' ').next().unwrap_or_default().to_owned(),
        "locked" => recorded.before_lock = std::mem::replace(&mut stands.state, "locked".to_owned()),
        "unlocked" => stands.state.clone_from(&recorded.before_lock),
        "reset" => stands.state = "invited".to_owned(),
        "member" => stands.member = member_of(detail),
        _ => {}
    }
}
