//! What the pages of a Type 2 chip shall hold in the end, and with which passwords to look for the one that rules it.
//! Holds passwords, so it is made for one visit and dropped. Start at [`PageGoal`].

use sha2::{Digest, Sha256};

use super::content;
use super::map::{AUTH0_OFF, AUTH0_ON, Map, Page, READ_ONLY};
use super::settings::Settings;
use crate::plan::chip::card::Card;
use crate::plan::chip::diversify::Passwords;
use crate::plan::chip::header::Content;
use crate::plan::chip::keys::{KeyVersion, Password, WELL_KNOWN_PASSWORDS, Whose};
use crate::plan::chip::profile::Protection;

/// A password that may rule a chip.
#[derive(Debug, Clone)]
pub struct Ruler {
    pub password: Password,
    pub whose: Whose,
}

/// What a chip shall hold in the end.
#[derive(Debug, Clone)]
pub struct PageGoal {
    pub map: Map,
    /// User pages and what they shall hold, in the order of writing. Others are left alone.
    pub pages: Vec<(u8, Page)>,
    /// Page 3; `None`: it is left alone.
    pub container: Option<Page>,
    pub password: Password,
    /// From which page on the password guards.
    pub auth0: u8,
    /// All user pages and page 3 read-only for ever, in a second pass over a card that is verified whole.
    pub permanent: bool,
    /// In the order of trying.
    pub ruling: Vec<Ruler>,
}

impl PageGoal {
    /// User pages are written from the back, page 4 last: a half-made card is not announced.
    pub(in crate::plan::chip) fn encode(
        card: &Card<'_>,
        content: &Content,
        version: &KeyVersion,
        protection: Protection,
    ) -> PageGoal {
        let map = Map::of(card.kind);
        let mut pages = content::pages(card, content, version);
        pages.reverse();
        let password = password(card, version, card.profile.layout);
        let mut ruling = rulers(card);
        // The target's own first: a finished card answers to it at once.
        ruling.sort_by_key(|ruler| ruler.password != password);
        let container = content::is_announced(card.profile).then(|| map.container());
        let permanent = protection == Protection::Permanent;
        PageGoal { map, pages, container, password, auth0: AUTH0_ON, permanent, ruling }
    }

    /// Page 4 goes first, so that a half-cleared card is not announced. Page 3 stays: its bits are one-time.
    pub(in crate::plan::chip) fn blank(card: &Card<'_>) -> PageGoal {
        let map = Map::of(card.kind);
        PageGoal {
            map,
            pages: map.user().map(|page| (page, [0; 4])).collect(),
            container: None,
            password: Password::factory(),
            auth0: AUTH0_OFF,
            permanent: false,
            ruling: rulers(card),
        }
    }

    /// Whether the card is taken back to what the factory delivers.
    pub fn is_blank(&self) -> bool {
        self.auth0 == AUTH0_OFF
    }

    /// CFG0 as a chip shall have it which has these settings now. CFG1 is never written.
    pub fn cfg0(&self, found: &Settings) -> Page {
        found.cfg0_with(&self.map, self.auth0)
    }

    /// The capability container of a permanent card.
    pub fn read_only_container(&self) -> Option<Page> {
        self.container.filter(|_| self.permanent).map(|[a, b, c, _]| [a, b, c, READ_ONLY])
    }

    /// Whether page 3 is as it should be before the second pass.
    pub fn container_stands(&self, found: Page) -> bool {
        self.container.is_none() || content::is_container(&self.map, found)
    }

    /// Whether page 3 can still be made right: its bits are only ever set.
    pub fn container_possible(&self, found: Page) -> bool {
        self.container.is_none() || content::can_be_container(&self.map, found)
    }

    /// All that is public of the goal.
    pub(in crate::plan::chip) fn hash_into(&self, hash: &mut Sha256) {
        hash.update([self.pages.len() as u8]);
        for (page, content) in &self.pages {
            hash.update([*page]);
            hash.update(content);
        }
        hash.update(self.container.unwrap_or_default());
        hash.update([self.auth0, u8::from(self.permanent)]);
    }
}

fn password(card: &Card<'_>, version: &KeyVersion, layout: u8) -> Password {
    Passwords { master: &version.pwd, uid: *card.uid, layout, site: card.site }.password()
}

/// Ours, of the newest layout and version first, and last those that everybody knows, with which somebody may have guarded a
/// blank.
pub(super) fn rulers(card: &Card<'_>) -> Vec<Ruler> {
    let ours = card.layouts().flat_map(|layout| {
        let of = move |version: &KeyVersion| (password(card, version, layout), Whose::Ours(version.version));
        card.keys.newest_first().map(of).map(|(password, whose)| Ruler { password, whose })
    });
    let known = WELL_KNOWN_PASSWORDS.map(|pwd| Ruler { password: Password::new(pwd, [0; 2]), whose: Whose::Transport });
    ours.chain(known).collect()
}
