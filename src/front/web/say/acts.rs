//! The buttons of the band: which there are of a job, by what key each is pressed, and where it goes. Start at [`Acts`].

use crate::desk::{JobView, OldCardSaid};
use crate::front::web::speech::{Speech, reader_label};

/// A button of the band.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Act {
    /// The element's id, and for a form the last part of its path: `/jobs/N/ID`.
    pub id: &'static str,
    /// A plain link instead of a form.
    pub link: Option<String>,
    pub text: String,
    /// The key shown on it.
    pub key: &'static str,
    /// The letter of Alt.
    pub accesskey: &'static str,
    pub primary: bool,
    /// The page's way out.
    pub esc: bool,
    /// Sent with the form.
    pub value: &'static str,
}

/// Makes the buttons of one job.
pub(super) struct Acts<'a> {
    pub(super) s: Speech<'a>,
    /// A reader at which the job could go on.
    pub(super) other: Option<&'a str>,
}

impl Acts<'_> {
    pub(super) fn primary(&self, id: &'static str, text: &str) -> Act {
        Act { id, text: self.s.t(text), key: "Enter", primary: true, ..Act::default() }
    }

    /// These, moving to another reader where there is one, and leaving.
    pub(super) fn at_reader(&self, mut acts: Vec<Act>) -> Vec<Act> {
        acts.extend(self.other.map(|name| Act {
            id: "other-reader",
            text: self.s.t1("web-act-other-reader", "reader", reader_label(name)),
            key: "Alt O",
            accesskey: "o",
            ..Act::default()
        }));
        acts.push(self.later());
        acts
    }

    pub(super) fn slip(&self, view: &JobView) -> Act {
        let link = format!("/jobs/{}/slip", view.job);
        Act { accesskey: "p", ..self.link("slip", link, "web-act-slip", "Alt P") }
    }

    /// The other word than the one that was said of an old card which the rule wants back.
    pub(super) fn old_card(&self, view: &JobView) -> Option<Act> {
        let act =
            |value| Act { id: "old-returned", value, text: self.s.of("web-old-card-but", value), ..Act::default() };
        match view.old_card? {
            OldCardSaid::Unsaid => None,
            OldCardSaid::Returned => Some(act("no")),
            OldCardSaid::Kept => Some(act("yes")),
        }
    }

    pub(super) fn later(&self) -> Act {
        Act { id: "leave", text: self.s.t("web-act-later"), key: "Esc", esc: true, ..Act::default() }
    }

    pub(super) fn new_card(&self, how: &str) -> Act {
        Act {
            id: "new-card",
            text: self.s.t(&format!("web-act-new-card-{how}")),
            key: "Alt C",
            accesskey: "c",
            ..Act::default()
        }
    }

    pub(super) fn fate(&self, value: &'static str, primary: bool) -> Act {
        let key = if primary { "Enter" } else { "" };
        Act { id: "fate", value, text: self.s.t(&format!("web-act-fate-{value}")), key, primary, ..Act::default() }
    }

    pub(super) fn link(&self, id: &'static str, to: String, text: &str, key: &'static str) -> Act {
        Act { id, link: Some(to), text: self.s.t(text), key, ..Act::default() }
    }
}
