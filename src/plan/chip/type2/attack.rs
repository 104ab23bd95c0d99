//! The attacks on the pages of a finished Type 2 chip. Start at [`PageProof`].

use std::fmt;

use zeroize::Zeroizing;

use super::goal::PageGoal;
use super::map::{CONTAINER, FIRST_USER, Map, Page, STATIC_LOCKS};
use crate::plan::chip::ProofLevel;
use crate::plan::chip::keys::{Password, WELL_KNOWN_PASSWORDS};

/// One thing that the card must refuse.
#[derive(Clone)]
pub enum PageAttack {
    /// Write without a password. `None`: what the page shows is read first and written back.
    Write { page: u8, content: Option<Zeroizing<Page>> },
    /// Write behind the right password, to a page that is locked for ever.
    Entered { page: u8, content: Option<Zeroizing<Page>> },
    /// A password that everybody knows. The chip bears any number of them: AUTHLIM is 0.
    Password(Page),
}

/// A write to PWD carries the password, so no content is shown.
impl fmt::Debug for PageAttack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PageAttack::Write { page, .. } => write!(f, "Write({page})"),
            PageAttack::Entered { page, .. } => write!(f, "Entered({page})"),
            PageAttack::Password(_) => write!(f, "Password"),
        }
    }
}

/// The attacks on a chip, and what it must show.
#[derive(Debug, Clone)]
pub struct PageProof {
    pub map: Map,
    pub password: Password,
    /// User pages and what reading without a password must find.
    pub pages: Vec<(u8, Page)>,
    pub attacks: Vec<PageAttack>,
}

impl PageProof {
    /// `Used`: the lock and configuration pages, page 3, the first and the last user page. `Full`: every page that is not
    /// the maker's.
    pub(in crate::plan::chip) fn new(goal: &PageGoal, level: ProofLevel) -> PageProof {
        let map = goal.map;
        let attacked = |page: u8| level == ProofLevel::Full || page <= FIRST_USER || page >= map.last_user;
        let write = |page: u8| (page, content(goal, page));
        let pages = (STATIC_LOCKS..map.pages).filter(|page| attacked(*page)).map(write);
        let mut attacks: Vec<PageAttack> = pages.map(|(page, content)| PageAttack::Write { page, content }).collect();
        attacks.extend(WELL_KNOWN_PASSWORDS.map(PageAttack::Password));
        if goal.permanent {
            let (page, content) = write(FIRST_USER);
            attacks.push(PageAttack::Entered { page, content });
        }
        PageProof { map, password: goal.password.clone(), pages: goal.pages.clone(), attacks }
    }

    /// The area of the live picture of an attack.
    pub fn area(&self, attack: &PageAttack) -> u8 {
        match attack {
            PageAttack::Write { page, .. } | PageAttack::Entered { page, .. } => page / 4,
            PageAttack::Password(_) => self.map.pwd() / 4,
        }
    }
}

/// What the page should hold already; `None`: that is read first. Zeros change nothing where bits are only ever set.
fn content(goal: &PageGoal, page: u8) -> Option<Zeroizing<Page>> {
    let map = &goal.map;
    let dynamic = map.dynamic.map(|dynamic| dynamic.page);
    let known = match page {
        STATIC_LOCKS | CONTAINER => Some([0; 4]),
        _ if Some(page) == dynamic => Some([0; 4]),
        _ if page == map.pwd() => Some(*goal.password.pwd()),
        _ if page == map.pack() => {
            let [a, b] = *goal.password.pack();
            Some([a, b, 0, 0])
        }
        _ => goal.pages.iter().find(|(place, _)| *place == page).map(|(_, content)| *content),
    };
    known.map(Zeroizing::new)
}
