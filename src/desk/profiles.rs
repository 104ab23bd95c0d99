//! Chip profiles by name: the one that new cards take, and those that older cards were made by. A file is read once a
//! run of the program, and the settings' own at the start. Start at [`Desk::profile_named`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Assets, Desk, Settings};
use crate::plan::chip::Profile;
use crate::plan::messages::Trouble;

/// Those that were asked for beside the settings' own.
pub(super) type Others = Mutex<BTreeMap<String, Arc<Profile>>>;

impl Desk {
    /// The profile of this name: the settings' own without reading a file, another one from the assets, once.
    ///
    /// # Errors
    /// `profile-missing` naming it when its file is gone, and what is wrong with the file.
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
}

/// The profile of `[chip] profile`, which must fit the chips that are to be laid down.
pub(super) fn current(settings: &Settings, assets: &Assets) -> Result<Arc<Profile>, Trouble> {
    let profile = load(assets, &settings.chip.profile)?;
    settings.simulator.dispenser.map(|kind| profile.fits(kind)).transpose()?;
    Ok(Arc::new(profile))
}

fn load(assets: &Assets, name: &str) -> Result<Profile, Trouble> {
    let text = assets.text(&format!("chips/{name}.toml")).map_err(|trouble| match trouble.code {
        "asset-missing" => Trouble::new("profile-missing").with("profile", name),
        _ => trouble,
    })?;
    Profile::parse(&text, name)
}
