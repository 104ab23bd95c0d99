//! Sessions of the page and what is kept in them: they lie in the store under the hash of their cookie, so that they can be
//! ended, and end by themselves when idle or old. Start at [`session`].

use std::ops::RangeInclusive;

use super::secret::{hash, random_id, random_token};
use super::{Actor, Desk, Event, Origin, Role, StaffRef, Whence, actor};
use crate::back::store::sessions::{self, Span};
use crate::back::store::{Tx, known_desks, staff as accounts};
use crate::plan::member::refuse_identity_number;
use crate::plan::messages::{Lang, Trouble};

/// A session ends after twelve hours, however busy.
pub(super) const LONGEST_MILLIS: i64 = 12 * 60 * 60 * 1000;
/// As long what was typed waits for its person's next session, when one ended by itself.
const DRAFT_MILLIS: i64 = 12 * 60 * 60 * 1000;

/// Clocks are put right by seconds all day long: by so much a session may seem to be of a time to come.
const MOMENT_MILLIS: i64 = 60 * 1000;
/// A browser is forgotten when nobody logged in there for so long.
pub const KNOWN_DESK_MILLIS: i64 = 400 * 24 * 60 * 60 * 1000;
/// More browsers than any library has; of more, those that were used last are known.
const MOST_KNOWN_DESKS: u32 = 1000;

/// What a log-in gives the browser: the values of the session's cookie and of its own, shown once.
pub struct NewSession {
    pub cookie: String,
    pub desk_cookie: String,
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

/// What makes a session of this account alive now. A clock that was set back by more than a moment ends the sessions of the
/// time that is yet to come: else they would live until then and twelve hours more.
fn span(desk: &Desk) -> Span {
    let now = desk.now().as_millisecond();
    Span { seen_from: now - desk.idle_millis(), born_from: now - LONGEST_MILLIS, until: now + MOMENT_MILLIS }
}

/// When a session must have been seen last for what was typed in it to go on.
fn kept_span(desk: &Desk) -> RangeInclusive<i64> {
    let now = desk.now().as_millisecond();
    now - DRAFT_MILLIS..=now + DRAFT_MILLIS
}

/// The desks of a library: their numbers stand on the page of the log-in, and each has a drawer.
pub const DESKS: [&str; 3] = ["1", "2", "3"];

/// The number of a desk, of what a form said: `desk-unknown` for one that there is not.
pub(super) fn desk_number(typed: &str) -> Result<String, Trouble> {
    let typed = typed.trim();
    let known = DESKS.into_iter().find(|desk| *desk == typed).map(str::to_owned);
    known.ok_or_else(|| Trouble::new("desk-unknown").with("desk", super::quoted(typed)).with("desks", DESKS.join(", ")))
}

/// A session under a new id, of an account whose password, as it is hashed, was proven. `log-in-refused` when the account was
/// locked or got another password meanwhile. The session that the browser brought along ends, and its cookie is never used on. That
/// it began is an entry of the access log, with the address and the `wrong` passwords in a row that came before.
pub(super) fn begin(
    desk: &Desk,
    (staff, proven): (i64, &str),
    desk_no: &str,
    wrong: u32,
    whence: &Whence,
) -> Result<NewSession, Trouble> {
    let desk_no = desk_number(desk_no)?;
    let (cookie, csrf, id) = (random_token()?, random_token()?, random_id()?);
    let now = desk.now().as_millisecond();
    let (actor, lang, desk_cookie, ended) = desk.store.change(|tx| {
        let (name, role, lang) =
            sessions::opens_for(tx, staff, proven)?.ok_or_else(|| Trouble::new("log-in-refused"))?;
        let lang = lang.and_then(|lang| Lang::parse(&lang)).unwrap_or(Lang::Ko);
        let new = sessions::NewSession {
            id,
            hash: &hash(&cookie),
            staff,
            desk: &desk_no,
            csrf: &csrf,
            lang: lang.code(),
            address: &whence.address,
            now,
        };
        accounts::seen(tx, staff, now)?;
        sessions::insert(tx, &new)?;
        let mut ended = Vec::new();
        for old in &whence.sessions {
            ended.extend(sessions::take_over(tx, id, staff, &hash(old))?);
        }
        sessions::inherit(tx, id, staff, span(desk), kept_span(desk))?;
        let actor = Actor {
            staff: StaffRef::Account { id: staff, name },
            role: Role::stored(&role),
            desk: desk_no.clone(),
            origin: Origin::Page,
            session: Some(id),
        };
        actor::log_house(desk, tx, &actor, "log-in", &log_in_words(&whence.address, wrong))?;
        Ok((actor, lang, desk_cookie(desk, tx, whence, &desk_no)?, ended))
    })?;
    ended.into_iter().for_each(|id| desk.tell(Event::SessionEnded(id)));
    Ok(NewSession { cookie, desk_cookie, session: Session { id, actor, csrf, lang } })
}

/// `log-in: 10.0.0.7, 3 wrong`: what the log says of a log-in, and `entry_words` reads.
fn log_in_words(address: &str, wrong: u32) -> String {
    let wrong = if wrong > 0 { format!(", {wrong} wrong") } else { String::new() };
    format!("log-in: {address}{wrong}")
}

/// The cookie by which this browser is known from now on: its own, if it is known already.
fn desk_cookie(desk: &Desk, tx: &Tx, whence: &Whence, desk_no: &str) -> Result<String, Trouble> {
    let now = desk.now().as_millisecond();
    if let Some(cookie) = known_desk(desk, tx, whence)? {
        known_desks::seen(tx, &hash(cookie), now - KNOWN_DESK_MILLIS, desk_no, now)?;
        return Ok(cookie.to_owned());
    }
    let cookie = random_token()?;
    known_desks::insert(tx, &hash(&cookie), desk_no, now)?;
    Ok(cookie)
}

/// The cookie of a browser in which somebody has logged in. Of several that are known, which is the browser's own cannot be told.
pub(super) fn known_desk<'a>(desk: &Desk, tx: &Tx, whence: &'a Whence) -> Result<Option<&'a str>, Trouble> {
    let since = desk.now().as_millisecond() - KNOWN_DESK_MILLIS;
    let mut known = Vec::new();
    for cookie in &whence.known_desks {
        if known_desks::is_known(tx, &hash(cookie), since)? {
            known.push(cookie.as_str());
        }
    }
    Ok(if let [sole] = known[..] { Some(sole) } else { None })
}

/// Removes sessions that ended by themselves, and with them their searches; drafts wait twelve hours for their person. Browsers
/// in which nobody logged in for long are known no more.
pub(super) fn sweep(desk: &Desk) -> Result<(), Trouble> {
    desk.store.change(|tx| {
        known_desks::sweep(tx, desk.now().as_millisecond() - KNOWN_DESK_MILLIS, MOST_KNOWN_DESKS)?;
        sessions::sweep(tx, span(desk), kept_span(desk))
    })
}

/// Ends every session of an account in the caller's transaction; after the commit `Event::SessionEnded` is told for each
/// of the ids, so that their streams end at once.
pub(super) fn end_all(desk: &Desk, tx: &Tx, staff: i64) -> Result<Vec<i64>, Trouble> {
    sessions::end_of(tx, staff, None, span(desk))
}

/// The same but for this one.
pub(super) fn end_others(desk: &Desk, tx: &Tx, staff: i64, mine: i64) -> Result<Vec<i64>, Trouble> {
    sessions::end_of(tx, staff, Some(mine), span(desk))
}

/// One session of an account; `session-unknown` when it has none of this id that stands.
pub(super) fn end_one(desk: &Desk, tx: &Tx, staff: i64, id: i64) -> Result<(), Trouble> {
    let ended = sessions::end_one(tx, staff, id, span(desk))?;
    ended.then_some(()).ok_or_else(|| Trouble::new("session-unknown"))
}

/// Those of an account that stand, the newest first.
pub(super) fn listed(desk: &Desk, tx: &Tx, staff: i64) -> Result<Vec<sessions::Listed>, Trouble> {
    sessions::list(tx, staff, span(desk))
}

/// The session of a cookie; `None` when it ended, was idle too long or never was. `session-elsewhere` when it was begun at
/// another address: whoever has its cookie there does not go on with it, and its owner does.
pub fn session(desk: &Desk, cookie: &str, whence: &Whence) -> Result<Option<Session>, Trouble> {
    let found = desk.store.look(|tx| sessions::get(tx, &hash(cookie), span(desk)))?;
    let Some(row) = found else { return Ok(None) };
    if row.address != whence.address {
        return Err(Trouble::new("session-elsewhere"));
    }
    Ok(Some(Session {
        id: row.id,
        actor: Actor {
            staff: StaffRef::Account { id: row.staff, name: row.name },
            role: Role::stored(&row.role),
            desk: row.desk,
            origin: Origin::Page,
            session: Some(row.id),
        },
        csrf: row.csrf,
        lang: Lang::parse(&row.lang).unwrap_or_default(),
    }))
}

/// The session that a browser has, and its cookie. Any program of this computer can set a cookie of our name beside ours: what is no
/// session counts for nothing, and of several sessions none is taken, for it may be somebody else's in whose name one would work.
pub fn session_of(desk: &Desk, whence: &Whence) -> Result<Option<(Session, String)>, Trouble> {
    let (mut found, mut elsewhere) = (Vec::new(), None);
    for cookie in &whence.sessions {
        match session(desk, cookie, whence) {
            Ok(session) => found.extend(session.map(|session| (session, cookie.clone()))),
            Err(trouble) if trouble.code == "session-elsewhere" => elsewhere = Some(trouble),
            Err(trouble) => return Err(trouble),
        }
    }
    match (found.len(), elsewhere) {
        (0, Some(trouble)) => Err(trouble),
        (1, _) => Ok(found.pop()),
        _ => Ok(None),
    }
}

/// Whether a session still stands: an event stream asks this and is itself no activity.
pub fn session_stands(desk: &Desk, session: &Session) -> Result<bool, Trouble> {
    desk.store.look(|tx| sessions::stands(tx, session.id, span(desk)))
}

/// Activity of a person: keeps an idle session from ending, and brings back none that ended.
pub fn touch(desk: &Desk, session: &Session) -> Result<(), Trouble> {
    desk.store.change(|tx| sessions::touch(tx, session.id, span(desk), desk.now().as_millisecond()))
}

pub fn log_out(desk: &Desk, cookie: &str) -> Result<(), Trouble> {
    if let Some(id) = desk.store.change(|tx| sessions::end(tx, &hash(cookie)))? {
        desk.tell(Event::SessionEnded(id));
    }
    Ok(())
}

/// The language of this session and of its person's next ones.
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
