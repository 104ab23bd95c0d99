//! What to read of a Type 2 chip and what the answers mean. Start at [`PageRead`].

use super::content;
use super::goal::{Ruler, rulers};
use super::map::{CONTAINER, FIRST_USER, Locks, Map, Page, STATIC_LOCKS};
use super::originality::{self, Originality};
use super::settings::Settings;
use crate::plan::chip::card::Card;
use crate::plan::chip::found::{Authority, Depth, Found, Holder, Lock};
use crate::plan::chip::keys::Whose;
use crate::plan::chip::profile::Profile;
use crate::plan::chip::{ChipKind, Uid};
use crate::plan::messages::Trouble;

/// What is read of a chip whatever the profile fills: enough to see that somebody else's data stand there.
const LOOKED_AT: u8 = 15;

/// What to read.
#[derive(Debug, Clone)]
pub struct PageRead {
    pub map: Map,
    /// User pages are read from page 2 to this one; the settings besides.
    pub last: u8,
    /// Passwords to try on a chip that bears it, in this order, to learn whose it is.
    pub probes: Vec<Ruler>,
}

impl PageRead {
    pub(in crate::plan::chip) fn new(card: &Card<'_>, depth: Depth) -> PageRead {
        let map = Map::of(card.kind);
        let filled = content::filled(card.profile, card.kind).max().unwrap_or(FIRST_USER);
        let (last, probes) = match depth {
            Depth::Data => (filled.max(LOOKED_AT).min(map.last_user), Vec::new()),
            Depth::Whole => (map.last_user, rulers(card)),
        };
        PageRead { map, last, probes }
    }
}

/// What a Type 2 chip gave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawPages {
    /// By their number; what was refused or not asked for is missing.
    pub pages: Vec<(u8, Page)>,
    /// Whose password opens it; `None`: none of those tried, or none was.
    pub opened: Option<Whose>,
    /// It opened to one of ours, and answered with another PACK than that one's.
    pub wrong_pack: bool,
    /// READ_SIG.
    pub signature: Option<[u8; 32]>,
}

impl RawPages {
    pub fn page(&self, page: u8) -> Option<Page> {
        self.pages.iter().find(|(place, _)| *place == page).map(|(_, content)| *content)
    }

    /// `None`: reading asks for a password.
    pub fn settings(&self, map: &Map) -> Option<Settings> {
        Some(Settings { cfg0: self.page(map.config)?, cfg1: self.page(map.access())? })
    }

    /// `None`: reading asks for a password.
    pub fn locks(&self, map: &Map) -> Option<Locks> {
        let dynamic = match map.dynamic {
            Some(dynamic) => self.page(dynamic.page)?,
            None => [0; 4],
        };
        Some(Locks::read(map, self.page(STATIC_LOCKS)?, dynamic))
    }

    pub(in crate::plan::chip) fn judge(&self, profile: &Profile, kind: ChipKind, authority: &Authority<'_>) -> Found {
        let map = Map::of(kind);
        let found = content::found(profile, &map, |page| self.page(page), authority);
        let by_page: Vec<(u8, Lock)> = (STATIC_LOCKS..map.pages).map(|page| (page, self.lock(&map, page))).collect();
        Found {
            fields: found.fields,
            directory: found.announced,
            transport: self.is_delivered(&map, profile),
            holder: self.holder(&map),
            // A password locks the chip as a whole; it stands in the last row.
            strange: if self.holder(&map) == Holder::Other { vec![(map.pages - 1) / 4] } else { Vec::new() },
            rewritable: self.is_rewritable(&map, profile),
            locks: rows(&by_page),
            findings: unlocked(&by_page).into_iter().chain(self.wrong_settings(&map)).collect(),
        }
    }

    pub(in crate::plan::chip) fn originality(&self, uid: &Uid, kind: ChipKind) -> Option<Originality> {
        self.signature.map(|signature| originality::verify(&signature, uid, kind))
    }

    fn lock(&self, map: &Map, page: u8) -> Lock {
        let for_ever = self.locks(map).is_some_and(|locks| locks.locks(map, page));
        match self.settings(map) {
            _ if for_ever => Lock::Locked,
            None => Lock::Unknown,
            // A password that everybody knows is none.
            Some(settings) if page < settings.auth0() || self.opened == Some(Whose::Transport) => Lock::Open,
            Some(_) => Lock::Locked,
        }
    }

    /// No password, no lock, no setting that keeps it from being ours, nothing in the user memory but what the factory writes
    /// or zeros, and on page 3 nothing that must not stay there: its bits are one-time.
    fn is_delivered(&self, map: &Map, profile: &Profile) -> bool {
        let Some((settings, locks)) = self.settings(map).zip(self.locks(map)) else { return false };
        let mut user = self.pages.iter().filter(|(page, _)| map.user().contains(page));
        let free = !settings.is_protected(map) && !settings.is_foreign(map) && self.can_be_announced(map, profile);
        let clear = user.all(|(page, content)| *content == [0; 4] || *content == map.delivered(*page));
        free && clear && locks.first_set(map).is_none()
    }

    /// Nothing that a card of this profile needs is locked for ever: no page of its fields, nor page 3 where it announces them,
    /// nor the settings. False where reading asks for a password: that is a setting that we cannot take back.
    fn is_rewritable(&self, map: &Map, profile: &Profile) -> bool {
        let Some((settings, locks)) = self.settings(map).zip(self.locks(map)) else { return false };
        let container = content::is_announced(profile).then_some(CONTAINER);
        let mut needed = content::filled(profile, map.kind).chain(container);
        !settings.is_foreign(map) && self.can_be_announced(map, profile) && !needed.any(|page| locks.locks(map, page))
    }

    fn can_be_announced(&self, map: &Map, profile: &Profile) -> bool {
        let able = |found| content::can_be_container(map, found);
        !content::is_announced(profile) || self.page(CONTAINER).is_some_and(able)
    }

    /// Settings in which it differs from a finished card, and which no lock shows. They stop nobody from reading it.
    fn wrong_settings(&self, map: &Map) -> Option<Trouble> {
        let has = |wrong: fn(&Settings, &Map) -> bool| self.settings(map).is_some_and(|found| wrong(&found, map));
        let wrong =
            [(self.wrong_pack, "PACK"), (has(Settings::is_foreign), "ACCESS"), (has(Settings::is_mirrored), "MIRROR")];
        let wrong: Vec<&str> = wrong.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
        (!wrong.is_empty()).then(|| Trouble::new("settings-wrong").with("what", wrong.join(", ")))
    }

    fn holder(&self, map: &Map) -> Holder {
        match (self.settings(map), self.opened) {
            (Some(settings), _) if !settings.is_protected(map) => Holder::Transport,
            (_, Some(Whose::Ours(version))) => Holder::Ours { versions: vec![version] },
            (_, Some(Whose::Transport)) => Holder::Transport,
            (_, None | Some(Whose::Everybody)) => Holder::Other,
        }
    }
}

/// A row of four pages is as locked as its weakest page.
fn rows(pages: &[(u8, Lock)]) -> Vec<(u8, Lock)> {
    let weakest = |row: &[(u8, Lock)]| {
        let has = |lock| row.iter().any(|(_, found)| *found == lock);
        match () {
            _ if has(Lock::Open) => Lock::Open,
            _ if has(Lock::Unknown) => Lock::Unknown,
            _ => Lock::Locked,
        }
    };
    pages.chunk_by(|(one, _), (other, _)| one / 4 == other / 4).map(|row| (row[0].0 / 4, weakest(row))).collect()
}

fn unlocked(pages: &[(u8, Lock)]) -> Vec<Trouble> {
    let mut found = Vec::new();
    for (lock, code) in [(Lock::Open, "pages-open"), (Lock::Unknown, "pages-unread")] {
        let here: Vec<u8> = pages.iter().filter(|(_, is)| *is == lock).map(|(page, _)| *page).collect();
        if !here.is_empty() {
            let runs = here.chunk_by(|one, next| one + 1 == *next).map(|run| match run {
                [first, .., last] => format!("{first}–{last}"),
                one => one.iter().map(u8::to_string).collect(),
            });
            found.push(Trouble::new(code).with("pages", runs.collect::<Vec<_>>().join(", ")));
        }
    }
    found
}
