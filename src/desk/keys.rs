//! The master keys as they may be shown, and a further version of them. Never the keys themselves.
//! Start at [`show_keys`] and [`rotate_keys`].

use serde::Serialize;

use super::enrol::asked;
use super::journal::durable;
use super::{Act, Actor, Desk, actor, key_file};
use crate::back::keys::{self, Rotation};
use crate::back::store::{answers, cards, key_checks};
use crate::plan::chip::{ChipKind, Purpose};
use crate::plan::messages::Trouble;

/// A key as it may be shown: never the key.
#[derive(Debug, Clone, Serialize)]
pub struct KeyLine {
    #[serde(flatten)]
    pub key: keys::KeyLine,
    /// Cards in use whose chip hangs on this key.
    pub cards: i64,
}

/// Versions and check values of all master keys, the current version first.
pub fn show_keys(desk: &Desk, actor: &Actor) -> Result<Vec<KeyLine>, Trouble> {
    actor.may(Act::ShowKeys)?;
    let counts = desk.store.look(cards::by_key_version)?;
    let of = |key: &keys::KeyLine| {
        let these = counts.iter().filter(|count| {
            let purpose = Purpose::parse(key.purpose);
            count.version == key.version && purpose.is_some_and(|purpose| hangs_on(count.chip, purpose))
        });
        these.map(|count| count.cards).sum()
    };
    Ok(keys::lines(&desk.keys()).into_iter().map(|key| KeyLine { cards: of(&key), key }).collect())
}

/// Adds a version of all master keys and makes it the current one: new cards take it, older cards stay readable. The
/// version is written down before it is made, so that the same request under the same idempotency key makes one.
///
/// # Errors
/// What is wrong with the key file, `key-file-busy`, `key-version-last`, `key-file-old`, `key-file-unwritable`.
pub fn rotate_keys(desk: &Desk, actor: &Actor, key: Option<&str>) -> Result<Vec<KeyLine>, Trouble> {
    actor.may(Act::RotateKeys)?;
    let rotation = Rotation::begin(&desk.settings.key_file)?;
    let now = desk.now().as_millisecond();
    let version = desk.store.change(|tx| {
        let asked = key.map(|key| asked(desk, key, "key-rotate", &(), actor));
        if let Some(asked) = &asked
            && let Some(made) = answers::made_before(tx, &asked.as_asked(), now)?
        {
            return Ok(u8::try_from(made).unwrap_or(u8::MAX));
        }
        let version = rotation.next()?;
        if key_checks::all(tx)?.iter().any(|known| known.version == version) {
            // An older copy of the file: the cards of that version would be nobody's.
            return Err(Trouble::new("key-file-old")
                .with("file", desk.settings.key_file.display())
                .with("version", version));
        }
        if let Some(asked) = &asked {
            answers::note(tx, &asked.as_asked(), version.into(), now)?;
        }
        actor::log_house(desk, tx, actor, "change", "key-rotate")?;
        Ok(version)
    })?;
    let made = durable("rotate", || rotation.make(version))?;
    key_file::note(&desk.store, &made)?;
    show_keys(desk, actor)
}

/// Whether a chip's keys follow from the master key of this purpose.
fn hangs_on(chip: ChipKind, purpose: Purpose) -> bool {
    match purpose {
        Purpose::Classic => chip.sectors() > 0,
        Purpose::Pwd => chip.sectors() == 0,
        Purpose::Seal => true,
        Purpose::Backup => false,
    }
}
