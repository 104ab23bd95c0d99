//! The texts that are consented to, as this library shows them, and the record of who consented to which. Start at
//! [`consent_texts`].

use jiff::civil::Date;
use serde::Serialize;

use super::{Actor, Assets, Desk, hex};
use crate::back::store::Tx;
use crate::back::store::consents::{self, Consent as Given};
use crate::plan::member::{Consent, ConsentKind, ConsentText, Membership};
use crate::plan::messages::{Lang, Trouble};

/// Both texts, the library's own consent first: `templates/consents/`, or what lies in their place beside the settings.
pub fn consent_texts(desk: &Desk, lang: Lang) -> Result<[ConsentText; 2], Trouble> {
    Ok([text(desk, ConsentKind::Local, lang)?, text(desk, ConsentKind::National, lang)?])
}

fn text(desk: &Desk, kind: ConsentKind, lang: Lang) -> Result<ConsentText, Trouble> {
    let (library, period) = (desk.library(), retention(desk, lang));
    let named = (library.name.as_str(), period.as_str());
    read(&desk.assets, desk.settings.library.membership, named, kind, lang)
}

/// When the data of one who withdrew are erased, as part of a sentence.
pub fn retention(desk: &Desk, lang: Lang) -> String {
    let (unit, n) = desk.settings.library.retention.words();
    desk.messages.text(lang, &format!("retention-{unit}"), &[("n", n.to_string())])
}

/// A text that cannot be shown to anybody is said at the start, not in front of a new member.
pub(super) fn check_texts(assets: &Assets, membership: Membership) -> Result<(), Trouble> {
    ConsentKind::ALL.iter().try_for_each(|kind| read(assets, membership, ("", ""), *kind, Lang::Ko).map(|_| ()))
}

fn read(
    assets: &Assets,
    membership: Membership,
    named: (&str, &str),
    kind: ConsentKind,
    lang: Lang,
) -> Result<ConsentText, Trouble> {
    ConsentText::parse(&assets.text(&format!("consents/{kind}.toml"))?, kind, membership, named, lang)
}

/// A day before the text that is consented to was there is no day of this consent: `consent-before-text`.
pub(super) fn after_texts(desk: &Desk, consent: Consent, day: Date) -> Result<(), Trouble> {
    for (kind, given) in [(ConsentKind::Local, consent.local), (ConsentKind::National, consent.national)] {
        let text = if given { text(desk, kind, Lang::Ko)? } else { continue };
        if text.since().is_some_and(|since| day < since) {
            return Err(Trouble::new("consent-before-text").with("version", text.version));
        }
    }
    Ok(())
}

/// One consent of a member, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentRow {
    /// `local` or `national`.
    pub kind: String,
    /// Of the text; empty for those given before texts had one.
    pub version: String,
    /// `YYYY-MM-DD`.
    pub given_on: String,
    pub way: String,
    /// SHA-256 of the text that was shown, in hex.
    pub hash: Option<String>,
    pub withdrawn: bool,
}

/// What a member consented to, oldest first.
pub(super) fn consent_rows(tx: &Tx, member: i64) -> Result<Vec<ConsentRow>, Trouble> {
    let row = |given: Given| ConsentRow {
        kind: given.kind,
        version: given.version,
        given_on: given.given_on,
        way: given.way,
        hash: given.hash.map(|hash| hex(&hash)),
        withdrawn: given.withdrawn.is_some(),
    };
    Ok(consents::of_member(tx, member)?.into_iter().map(row).collect())
}

/// How and on which day consent was given, and in which language its text was shown.
pub(super) struct Shown {
    /// As recorded: at the desk or on paper, by a guardian or not.
    pub way: &'static str,
    /// `YYYY-MM-DD`.
    pub on: String,
    pub lang: Lang,
}

/// Records what a member consented to: a row each, with the version and the hash of the text that was shown.
pub(super) fn record(
    desk: &Desk,
    tx: &Tx,
    actor: &Actor,
    member: i64,
    consent: Consent,
    shown: &Shown,
) -> Result<(), Trouble> {
    let kinds = [(ConsentKind::Local, consent.local), (ConsentKind::National, consent.national)];
    for (kind, _) in kinds.into_iter().filter(|(_, given)| *given) {
        let text = text(desk, kind, shown.lang)?;
        let given = Given {
            kind: kind.as_str().to_owned(),
            hash: Some(text.hash().to_vec()),
            version: text.version,
            given: desk.now().as_millisecond(),
            given_on: shown.on.clone(),
            way: shown.way.to_owned(),
            taken_by: actor.id(),
            withdrawn: None,
        };
        consents::insert(tx, member, &given)?;
    }
    Ok(())
}
