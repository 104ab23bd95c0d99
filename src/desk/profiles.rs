//! Chip profiles by name: the one that new cards take, and those that older cards were made by. A file is read once a
//! run of the program, and the settings' own at the start. Start at [`Desk::profile_named`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Assets, Desk, Settings};
use crate::back::store::cards::Card;
use crate::plan::chip::profile::FieldContent;
use crate::plan::chip::{ChipKind, Profile, Protection};
use crate::plan::messages::Trouble;

/// Those that were asked for beside the settings' own.
pub(super) type Others = Mutex<BTreeMap<String, Arc<Profile>>>;

impl Desk {
    /// The profile of this name: the settings' own without reading a file, another one from the assets, once.
    ///
    /// # Errors
    /// `profile-missing` naming it when its file is gone, `profile-name`, and what else is wrong with the file.
    pub(super) fn profile_named(&self, name: &str) -> Result<Arc<Profile>, Trouble> {
        if name == self.profile.name {
            return Ok(self.profile.clone());
        }
        let mut others = self.profiles.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = others.get(name) {
            return Ok(known.clone());
        }
        let profile = Arc::new(load(&self.assets, name)?);
        others.insert(name.to_owned(), profile.clone());
        Ok(profile)
    }

    /// The profiles beside the settings' own by which a chip of this kind may bear a number. A file that cannot be used is
    /// told in the log and passed over: no card hangs on it.
    pub(super) fn other_profiles(&self, kind: ChipKind) -> Result<Vec<Arc<Profile>>, Trouble> {
        let mut names = self.assets.names("chips", "toml")?;
        names.retain(|name| *name != self.profile.name);
        let mut found = Vec::new();
        for name in names {
            match self.profile_named(&name) {
                Ok(profile) => found.push(profile),
                Err(trouble) => tracing::warn!(%trouble, name, "a chip profile cannot be used and is passed over"),
            }
        }
        found.retain(|profile| profile.fits(kind).is_ok() && profile.field(FieldContent::Number).is_some());
        Ok(found)
    }

    /// By which profile a card is made and how firmly it is locked: as its record says, one without a record as the
    /// settings do. A card that was begun under other settings is ended as it was begun.
    pub(super) fn made_by(&self, card: Option<&Card>) -> Result<(Arc<Profile>, Protection), Trouble> {
        let profile = match card.and_then(|card| card.profile.as_deref()) {
            Some(name) => self.profile_named(name)?,
            None => self.profile.clone(),
        };
        let protection = match card.and_then(|card| card.protection.as_deref()) {
            Some(text) => Protection::parse(text)
                .ok_or_else(|| Trouble::new("database-newer").with("file", format!("cards.protection = {text}")))?,
            None => self.settings.chip.protection,
        };
        Ok((profile, protection))
    }
}

/// The profile of `[chip] profile`, which must fit the chips that are to be laid down and be locked as it asks for:
/// `profile-fit`, `protection-weak`, before a number is reserved.
pub(super) fn current(settings: &Settings, assets: &Assets) -> Result<Arc<Profile>, Trouble> {
    let profile = load(assets, &settings.chip.profile)?;
    if settings.chip.protection < profile.protection {
        return Err(Trouble::new("protection-weak").with("profile", &profile.name));
    }
    settings.simulator.dispenser.map(|kind| profile.fits(kind)).transpose()?;
    Ok(Arc::new(profile))
}

fn load(assets: &Assets, name: &str) -> Result<Profile, Trouble> {
    let text = assets.text(&format!("chips/{name}.toml")).map_err(|trouble| match trouble.code {
        "asset-missing" => Trouble::new("profile-missing").with("profile", name),
        _ => trouble,
    })?;
    let profile = Profile::parse(&text, name)?;
    // The store keeps the name that stands in the file, and the file is looked for by it.
    if profile.name == name {
        return Ok(profile);
    }
    Err(Trouble::new("profile-name").with("file", name).with("name", profile.name))
}
