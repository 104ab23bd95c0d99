//! What is embedded in the binary and may be overridden, file by file, by a `templates/` folder beside `issuer.toml`;
//! and fonts, which are never embedded but found on the system when first asked for.
//!
//! Never writes. Start at [`Assets`].

mod mapped;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rust_embed::RustEmbed;

use crate::plan::layout::{Font, FontSet, Layout};
use crate::plan::messages::{Lang, Messages, Trouble};
use mapped::Mapped;

#[derive(RustEmbed)]
#[folder = "templates/"]
struct Embedded;

/// Folders where font files are looked for, after `fonts/` in the overriding folder.
const FONT_FOLDERS: [&str; 7] = [
    "/usr/local/share/fonts",
    "/usr/share/fonts/truetype/nanum",
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/truetype/droid",
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts",
];

/// Embedded files, overrides and fonts.
pub struct Assets {
    overrides: Option<PathBuf>,
    fonts: Mutex<BTreeMap<String, Font>>,
}

impl Assets {
    /// `overrides`: the `templates/` folder beside `issuer.toml`; it need not exist.
    pub fn new(overrides: Option<PathBuf>) -> Assets {
        Assets { overrides, fonts: Mutex::new(BTreeMap::new()) }
    }

    /// A file by its path below `templates/`, as `layouts/ieum-card.toml`. `asset-missing`; `asset-unreadable` when an
    /// override is there and cannot be read.
    pub fn bytes(&self, path: &str) -> Result<Cow<'static, [u8]>, Trouble> {
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if let Some(folder) = self.overrides.as_ref().filter(|_| plain) {
            match std::fs::read(folder.join(path)) {
                Ok(bytes) => return Ok(Cow::Owned(bytes)),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(error) => return Err(unreadable(&folder.join(path), error)),
            }
        }
        Embedded::get(path).map(|file| file.data).ok_or_else(|| Trouble::new("asset-missing").with("path", path))
    }

    /// As [`Assets::bytes`], as UTF-8; `asset-unreadable` when it is not.
    pub fn text(&self, path: &str) -> Result<Cow<'static, str>, Trouble> {
        let not_text = || unreadable(Path::new(path), "not UTF-8");
        match self.bytes(path)? {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| not_text()),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|_| not_text()),
        }
    }

    /// Both catalogues: the embedded files of `messages/ko/` and `messages/en/` by name, then the overriding folder's.
    /// An override replaces the messages it holds and no others. `messages-unreadable`.
    pub fn messages(&self) -> Result<Messages, Trouble> {
        let (ko, en) = (self.catalogue(Lang::Ko)?, self.catalogue(Lang::En)?);
        Messages::new(ko.iter().map(AsRef::as_ref), en.iter().map(AsRef::as_ref))
            .map_err(|why| Trouble::new("messages-unreadable").with("why", why))
    }

    fn catalogue(&self, lang: Lang) -> Result<Vec<Cow<'static, str>>, Trouble> {
        let folder = format!("messages/{}/", lang.code());
        let mut paths: Vec<Cow<str>> =
            Embedded::iter().filter(|path| path.starts_with(&folder) && path.ends_with(".ftl")).collect();
        paths.sort_unstable();
        let embedded = Assets::new(None);
        let mut sources = paths.iter().map(|path| embedded.text(path)).collect::<Result<Vec<_>, _>>()?;
        for path in self.overriding(&folder, "ftl")? {
            let source = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            sources.push(Cow::Owned(source));
        }
        Ok(sources)
    }

    /// The names of all files of this ending in a folder, as `chips` and `toml`, each once and without it; no others than
    /// [`Assets::bytes`] finds. `asset-unreadable`.
    pub fn names(&self, folder: &str, ending: &str) -> Result<Vec<String>, Trouble> {
        let within = Path::new(folder);
        let embedded = Embedded::iter().map(|path| PathBuf::from(path.as_ref()));
        let embedded = embedded
            .filter(|path| path.parent() == Some(within) && path.extension().is_some_and(|found| found == ending));
        let paths = embedded.chain(self.overriding(folder, ending)?);
        let names = paths.filter_map(|path| path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        Ok(names.collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn overriding(&self, folder: &str, ending: &str) -> Result<Vec<PathBuf>, Trouble> {
        let Some(folder) = self.overrides.as_ref().map(|overrides| overrides.join(folder)) else {
            return Ok(Vec::new());
        };
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&folder, error)),
        };
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(|error| unreadable(&folder, error))?;
        paths.retain(|path| path.extension().is_some_and(|found| found == ending));
        paths.sort_unstable();
        Ok(paths)
    }

    /// A layout of a card or paper by name, `layouts/NAME.toml`, with the art that it shares and those of its optional fonts that are there. `layout-missing`, `layout-file`.
    pub fn layout(&self, name: &str) -> Result<Layout, Trouble> {
        let mut layout = self.layout_alone(name)?;
        if let Some(other) = layout.art_of.clone() {
            layout.take_art(&self.layout_alone(&other)?);
        }
        layout.fonts.take_installed(|name| self.font_path(name).is_some());
        Ok(layout)
    }

    fn layout_alone(&self, name: &str) -> Result<Layout, Trouble> {
        let text = self.text(&format!("layouts/{name}.toml")).map_err(|trouble| match trouble.code {
            "asset-missing" => Trouble::new("layout-missing").with("layout", name),
            _ => trouble,
        })?;
        Layout::parse(name, &text)
    }

    /// Fonts by file name without ending, mapped on first use and shared from then on. `font-missing` (with the package
    /// that has it, where that is known, else `font-unknown`), `font-unreadable`.
    pub fn fonts(&self, names: &[String]) -> Result<FontSet, Trouble> {
        let mut known = self.fonts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut set = FontSet::default();
        for name in names {
            let font = match known.get(name) {
                Some(font) => font.clone(),
                None => {
                    let font = self.open_font(name)?;
                    known.insert(name.clone(), font.clone());
                    font
                }
            };
            set.fonts.insert(name.clone(), font);
        }
        Ok(set)
    }

    fn open_font(&self, name: &str) -> Result<Font, Trouble> {
        let path = self.font_path(name).ok_or_else(|| match font_package(name) {
            Some(package) => Trouble::new("font-missing").with("font", name).with("package", package),
            None => Trouble::new("font-unknown").with("font", name),
        })?;
        let mapped = Mapped::open(&path).map_err(|error| unreadable(&path, error))?;
        Font::new(name, Arc::new(mapped))
    }

    fn font_path(&self, name: &str) -> Option<PathBuf> {
        if !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ')) {
            return None;
        }
        let ours = self.overrides.iter().map(|folder| folder.join("fonts"));
        ours.chain(FONT_FOLDERS.iter().map(PathBuf::from))
            .flat_map(|folder| ["ttf", "otf"].map(|ending| folder.join(format!("{name}.{ending}"))))
            .find(|path| path.is_file())
    }
}

/// The Debian package that has a font.
pub fn font_package(font: &str) -> Option<&'static str> {
    [
        ("Nanum", "fonts-nanum"),
        ("DejaVu", "fonts-dejavu-core"),
        ("DroidSansFallback", "fonts-droid-fallback"),
        ("NotoSansCJK", "fonts-noto-cjk"),
        ("NotoSerifCJK", "fonts-noto-cjk"),
        ("Noto", "fonts-noto-core"),
    ]
    .into_iter()
    .find_map(|(begin, package)| font.starts_with(begin).then_some(package))
}

fn unreadable(path: &Path, why: impl std::fmt::Display) -> Trouble {
    Trouble::new("asset-unreadable").with("path", path.display()).with("why", why)
}

#[cfg(test)]
mod judges;
#[cfg(test)]
mod papers;
#[cfg(test)]
mod tests;
