//! Set-up of the first administrator, log-in and sessions. Passwords are argon2id, at most two computed at once;
//! links and cookies are 256 random bits of which only the SHA-256 is kept.

use std::sync::{Condvar, Mutex};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::{Actor, Desk, Event, Origin, Role, StaffRef, hex};
use crate::back::store::{sessions, staff};
use crate::plan::member::{PersonName, refuse_identity_number};
use crate::plan::messages::{Lang, Trouble};

/// A set-up link can be used for a day.
const SETUP_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// A session ends after twelve hours, however busy.
const LONGEST_MILLIS: i64 = 12 * 60 * 60 * 1000;
/// As long what was typed waits for its person's next session, when one ended by itself.
const DRAFT_MILLIS: i64 = 12 * 60 * 60 * 1000;
/// Passwords are typed at a shared desk: long enough to withstand a look over the shoulder.
const PASSWORD_CHARS: usize = 10;

/// What a log-in gives the browser: the cookie's value, shown once.
pub struct NewSession {
    pub cookie: String,
    pub session: Session,
}

#[derive(Clone)]
pub struct Session {
    pub id: i64,
    pub actor: Actor,
    /// Stands in every form of this session.
    pub csrf: String,
    pub lang: Lang,
}

/// Makes a new one-use link for the first administrator, which ends the link before it; `None` when there is an
/// administrator already.
pub fn new_setup(desk: &Desk, name: Option<&str>) -> Result<Option<String>, Trouble> {
    let name = name.map(staff_name).transpose()?;
    let token = random_token()?;
    let until = desk.now().as_millisecond() + SETUP_MILLIS;
    desk.store.change(|tx| {
        if staff::has_administrator(tx)? {
            return Ok(None);
        }
        staff::new_setup(tx, &hash(&token), name.as_deref(), until)?;
        Ok(Some(token))
    })
}

/// Whether nobody can administer yet.
pub fn wants_set_up(desk: &Desk) -> Result<bool, Trouble> {
    Ok(!desk.store.look(staff::has_administrator)?)
}

/// Whether a set-up link can still be used, and the name it was made for; else `setup-link`.
pub fn set_up_open(desk: &Desk, token: &str) -> Result<Option<String>, Trouble> {
    let now = desk.now().as_millisecond();
    desk.store.look(|tx| staff::setup(tx, &hash(token), now))?.ok_or_else(|| Trouble::new("setup-link"))
}

/// The first administrator, made through the one-use link, logged in at once.
pub fn set_up(desk: &Desk, token: &str, name: &str, password: &str, desk_no: &str) -> Result<NewSession, Trouble> {
    set_up_open(desk, token)?;
    let name = staff_name(name)?;
    strong(&name, password)?;
    let secret = hashed(password.as_bytes())?;
    let now = desk.now().as_millisecond();
    let id = desk.store.change(|tx| {
        staff::setup(tx, &hash(token), now)?.ok_or_else(|| Trouble::new("setup-link"))?;
        staff::drop_setups(tx)?;
        staff::insert(tx, &name, Role::Administrator.as_str(), &secret, now)
    })?;
    begin(desk, id, name, Role::Administrator, desk_no)
}

/// `log-in-refused` for a wrong name or a wrong password alike, and after the same work.
pub fn log_in(desk: &Desk, name: &str, password: &str, desk_no: &str) -> Result<NewSession, Trouble> {
    let account = desk.store.look(|tx| staff::by_name(tx, &name.trim().nfc().collect::<String>()))?;
    // An unknown name costs the same: the password is compared with a hash that nothing matches.
    let known = account.as_ref().and_then(|account| account.password.as_deref()).unwrap_or(NOBODYS);
    let right = matches(known, password.as_bytes());
    match account {
        Some(account) if right && account.state == "active" => {
            let role = Role::parse(&account.role).unwrap_or(Role::Clerk);
            begin(desk, account.id, account.name, role, desk_no)
        }
        _ => Err(Trouble::new("log-in-refused")),
    }
}

fn begin(desk: &Desk, id: i64, name: String, role: Role, desk_no: &str) -> Result<NewSession, Trouble> {
    let desk_no: String = desk_no.chars().filter(char::is_ascii_digit).take(3).collect();
    let (cookie, csrf) = (random_token()?, random_token()?);
    let now = desk.now().as_millisecond();
    let session = desk.store.change(|tx| {
        staff::seen(tx, id, now)?;
        let session = sessions::insert(tx, &hash(&cookie), id, &desk_no, &csrf, Lang::Ko.code(), now)?;
        sessions::inherit(tx, session, id, now - desk.idle_millis(), now - LONGEST_MILLIS, now - DRAFT_MILLIS)?;
        Ok(session)
    })?;
    let actor = Actor { staff: StaffRef::Account { id, name }, role, desk: desk_no, origin: Origin::Page };
    Ok(NewSession { cookie, session: Session { id: session, actor, csrf, lang: Lang::Ko } })
}

/// Removes sessions that ended by themselves, and with them their searches; drafts wait twelve hours for their person.
pub(super) fn sweep(desk: &Desk) -> Result<(), Trouble> {
    let now = desk.now().as_millisecond();
    desk.store.change(|tx| sessions::sweep(tx, now - desk.idle_millis(), now - LONGEST_MILLIS, now - DRAFT_MILLIS))
}

/// The session of a cookie; `None` when it ended, was idle too long or never was.
pub fn session(desk: &Desk, cookie: &str) -> Result<Option<Session>, Trouble> {
    let now = desk.now().as_millisecond();
    let found =
        desk.store.look(|tx| sessions::get(tx, &hash(cookie), now - desk.idle_millis(), now - LONGEST_MILLIS))?;
    Ok(found.map(|row| Session {
        id: row.id,
        actor: Actor {
            staff: StaffRef::Account { id: row.staff, name: row.name },
            role: Role::parse(&row.role).unwrap_or(Role::Clerk),
            desk: row.desk,
            origin: Origin::Page,
        },
        csrf: row.csrf,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
    }))
}

/// Whether a session still stands: an event stream asks this and is itself no activity.
pub fn session_stands(desk: &Desk, session: &Session) -> Result<bool, Trouble> {
    let now = desk.now().as_millisecond();
    desk.store.look(|tx| sessions::stands(tx, session.id, now - desk.idle_millis(), now - LONGEST_MILLIS))
}

/// Activity of a person: keeps an idle session from ending.
pub fn touch(desk: &Desk, session: &Session) -> Result<(), Trouble> {
    desk.store.change(|tx| sessions::touch(tx, session.id, desk.now().as_millisecond()))
}

pub fn log_out(desk: &Desk, cookie: &str) -> Result<(), Trouble> {
    if let Some(id) = desk.store.change(|tx| sessions::end(tx, &hash(cookie)))? {
        desk.tell(Event::SessionEnded(id));
    }
    Ok(())
}

pub fn set_lang(desk: &Desk, session: &Session, lang: Lang) -> Result<(), Trouble> {
    desk.store.change(|tx| sessions::set_lang(tx, session.id, lang.code()))
}

/// Keeps a search or a draft in the session; the id is opaque and may stand in a URL.
pub fn keep(desk: &Desk, session: &Session, kind: &str, text: &str) -> Result<String, Trouble> {
    let id = random_token()?[..22].to_owned();
    rekeep(desk, session, kind, &id, text)?;
    Ok(id)
}

pub fn rekeep(desk: &Desk, session: &Session, kind: &str, id: &str, text: &str) -> Result<(), Trouble> {
    let text = &without_identity_numbers(text);
    desk.store.change(|tx| sessions::keep(tx, session.id, id, kind, text, desk.now().as_millisecond()))
}

/// Keeps what becomes of the text that is there, in one go: whatever is sent meanwhile is neither lost nor undone.
pub fn keep_on(
    desk: &Desk,
    session: &Session,
    kind: &str,
    id: &str,
    work: impl FnOnce(Option<String>) -> Result<String, Trouble>,
) -> Result<(), Trouble> {
    desk.store.change(|tx| {
        let text = without_identity_numbers(&work(sessions::kept(tx, session.id, kind, id)?)?);
        sessions::keep(tx, session.id, id, kind, &text, desk.now().as_millisecond())
    })
}

/// The kind and id of the enrolment or import that was typed last and waits to be gone on with.
pub fn newest_draft(desk: &Desk, session: &Session) -> Result<Option<(String, String)>, Trouble> {
    desk.store.look(|tx| sessions::newest_draft(tx, session.id))
}

/// What is kept may be anything that somebody typed; an identity number is not kept, be it a whole text or a part of JSON.
fn without_identity_numbers(text: &str) -> String {
    fn scrub(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) if refuse_identity_number(text).is_err() => text.clear(),
            serde_json::Value::Array(items) => items.iter_mut().for_each(scrub),
            serde_json::Value::Object(fields) => fields.values_mut().for_each(scrub),
            _ => {}
        }
    }
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(mut value) if value.is_object() => {
            scrub(&mut value);
            value.to_string()
        }
        _ if refuse_identity_number(text).is_err() => String::new(),
        _ => text.to_owned(),
    }
}

pub fn kept(desk: &Desk, session: &Session, kind: &str, id: &str) -> Result<Option<String>, Trouble> {
    desk.store.look(|tx| sessions::kept(tx, session.id, kind, id))
}

pub fn drop_kept(desk: &Desk, session: &Session, kind: &str, id: &str) -> Result<(), Trouble> {
    desk.store.change(|tx| sessions::drop_kept(tx, session.id, kind, id))
}

/// The name of a member of staff, as members' names: NFC, no invisible signs, no identity number, at most forty characters.
pub fn staff_name(text: &str) -> Result<String, Trouble> {
    match PersonName::parse(text) {
        Ok(name) if name.as_str().chars().count() <= 40 => Ok(name.as_str().to_owned()),
        Err(trouble) if trouble.code == "identity-number" => Err(trouble),
        _ => Err(Trouble::new("staff-name")),
    }
}

fn strong(name: &str, password: &str) -> Result<(), Trouble> {
    let chars = password.chars().count();
    if !(PASSWORD_CHARS..=200).contains(&chars) {
        return Err(Trouble::new("password-short").with("least", PASSWORD_CHARS));
    }
    let mut distinct: Vec<char> = password.to_lowercase().chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let holds_name = name.chars().count() >= 2 && password.to_lowercase().contains(&name.to_lowercase());
    if distinct.len() < 4 || holds_name {
        return Err(Trouble::new("password-guessable"));
    }
    Ok(())
}

/// 256 random bits as 64 hex digits.
pub(super) fn random_token() -> Result<String, Trouble> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|fault| Trouble::new("no-randomness").with("reason", fault))?;
    Ok(hex(&bytes))
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Of a password that nobody has: it was random and is forgotten.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// argon2id of a secret, as a PHC string.
pub(super) fn hashed(secret: &[u8]) -> Result<String, Trouble> {
    let _turn = Turn::take();
    let hash = Argon2::default().hash_password(secret);
    hash.map(|hash| hash.to_string()).map_err(|fault| Trouble::new("no-randomness").with("reason", fault))
}

/// Whether a PHC string is of this secret.
pub(super) fn matches(phc: &str, secret: &[u8]) -> bool {
    let _turn = Turn::take();
    PasswordHash::new(phc).is_ok_and(|known| Argon2::default().verify_password(secret, &known).is_ok())
}

/// One of two places at the stove: each hash takes 19 MiB, and a flood of log-ins must not take the machine.
struct Turn;

static COOKING: (Mutex<u8>, Condvar) = (Mutex::new(0), Condvar::new());

impl Turn {
    fn take() -> Turn {
        let (count, freed) = &COOKING;
        let count = count.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut count = freed.wait_while(count, |count| *count >= 2).unwrap_or_else(std::sync::PoisonError::into_inner);
        *count += 1;
        Turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (count, freed) = &COOKING;
        *count.lock().unwrap_or_else(std::sync::PoisonError::into_inner) -= 1;
        freed.notify_one();
    }
}
