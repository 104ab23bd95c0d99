//! The directory of libraries, and reading numbers and ids off what was typed.

use std::io::ErrorKind;
use std::path::Path;

use super::quoted::quoted;
use super::{Assets, Desk, Settings};
use crate::back::settings;
use crate::back::store::members;
use crate::plan::member::{Directory, Library, LibraryCode, MemberNumber, refuse_identity_number};
use crate::plan::messages::Trouble;

/// The library this desk stands in.
#[derive(Debug, Clone)]
pub struct LibraryLine {
    pub code: LibraryCode,
    /// Its code when the directory does not know it.
    pub name: String,
}

/// The embedded directory, with the rows of `templates/data/library-codes.csv` beside the settings over it.
pub fn directory(settings: &Settings, _assets: &Assets) -> Result<Directory, Trouble> {
    let directory = Directory::embedded();
    let file = settings.templates().join("data/library-codes.csv");
    match std::fs::read_to_string(&file) {
        Ok(rows) => directory.with_rows(&rows, &file.display().to_string()),
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(directory),
        Err(fault) => Err(Trouble::new("asset-unreadable").with("file", file.display()).with("reason", fault)),
    }
}

impl Desk {
    pub fn library(&self) -> LibraryLine {
        let code = self.settings.library.code;
        let name = self.directory.show(code).map_or_else(|| code.to_string(), |library| library.name.clone());
        LibraryLine { code, name }
    }
}

pub fn find_library(desk: &Desk, text: &str) -> Vec<Library> {
    desk.directory.find(text).into_iter().cloned().collect()
}

/// `library-code` for what is no code, `library-unknown` for one that the directory does not have.
pub fn show_library(desk: &Desk, code: &str) -> Result<Library, Trouble> {
    let code = LibraryCode::parse(code)?;
    desk.directory.show(code).cloned().ok_or_else(|| Trouble::new("library-unknown").with("code", code))
}

/// How many of our members go by a number of this library. A count names nobody.
pub fn members_of(desk: &Desk, code: LibraryCode) -> Result<u32, Trouble> {
    desk.store.look(|tx| members::count_of_library(tx, &code.to_string()))
}

/// A member number off the command line; an identity number is refused and not repeated.
pub fn member_number(text: &str) -> Result<MemberNumber, Trouble> {
    MemberNumber::parse(text).map_err(|trouble| refuse_identity_number(text).err().unwrap_or(trouble))
}

/// Whether a text holds a resident registration number or the like, which is never repeated.
pub fn holds_identity_number(text: &str) -> bool {
    refuse_identity_number(text).is_err()
}

/// An id of a member, job or batch: an integer from 1. What is none cannot be known: `code`, naming it as `name`.
pub fn id(text: &str, code: &'static str, name: &'static str) -> Result<i64, Trouble> {
    let id = text.trim().parse().ok().filter(|id: &i64| *id >= 1);
    id.ok_or_else(|| Trouble::new(code).with(name, quoted(text)))
}

/// `--config`, else `ISSUER_CONFIG`, else `./issuer.toml`, else the embedded defaults; with `ISSUER__…` over them.
pub fn settings(config: Option<&Path>) -> Result<Settings, Trouble> {
    let here = std::env::current_dir()
        .map_err(|fault| Trouble::new("file-unwritable").with("file", ".").with("reason", fault))?;
    settings::load(config, std::env::vars_os(), &here)
}

/// Writes what a command was asked to write; `file-unwritable` names the place.
pub fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    std::fs::write(file, bytes)
        .map_err(|fault| Trouble::new("file-unwritable").with("file", file.display()).with("reason", fault))
}
