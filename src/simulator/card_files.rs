//! The files of the cards of one desk: each card's image, and beside it what a chip keeps outside of its pages.
//!
//! Says where they are, finds, makes and replaces them; deletes no image. Start at [`Cards::find`].

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::silicon::{Hidden, Kind, Silicon, Uid};
use super::tray_error::{TrayError, io_error};

/// The folder with the cards of one desk.
#[derive(Debug, Clone)]
pub(super) struct Cards {
    folder: PathBuf,
}

impl Cards {
    pub(super) fn new(folder: PathBuf) -> Cards {
        Cards { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a card's image is, and what it is.
    pub(super) fn find(&self, uid: Uid) -> Result<Option<(PathBuf, Kind)>, TrayError> {
        let mut looked: Vec<&str> = Vec::new();
        for kind in Kind::ALL {
            let extension = kind.extension();
            if looked.contains(&extension) {
                continue;
            }
            looked.push(extension);
            let path = self.image_path(kind, uid);
            match fs::metadata(&path) {
                Ok(found) if found.is_file() => {
                    let kind = Kind::of_image(extension, found.len()).unwrap_or(Ok(kind));
                    return kind.map(|kind| Some((path, kind))).map_err(|source| TrayError::Image { uid, source });
                }
                // A folder of that name is no card.
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(io_error(&path, e)),
            }
        }
        Ok(None)
    }

    /// What a chip keeps outside its image.
    pub(super) fn hidden(&self, uid: Uid) -> Result<Hidden, TrayError> {
        let path = self.hidden_path(uid);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| TrayError::Damaged { path, why: e.to_string() }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Hidden::default()),
            Err(e) => Err(io_error(&path, e)),
        }
    }

    /// A chip that keeps what a new one does has no file.
    pub(super) fn keep_hidden(&self, uid: Uid, hidden: Hidden) -> io::Result<()> {
        let path = self.hidden_path(uid);
        if hidden != Hidden::default() {
            return write_whole(&path, "state-new", &serde_json::to_vec(&hidden)?);
        }
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    pub(super) fn hidden_path(&self, uid: Uid) -> PathBuf {
        self.folder.join(format!("{uid}.state"))
    }

    /// A new blank under a UID that no card here has ever had.
    pub(super) fn make_blank(&self, kind: Kind) -> Result<Uid, TrayError> {
        loop {
            let uid = random_uid(kind)?;
            if self.find(uid)?.is_none() {
                self.make(kind, uid)?;
                return Ok(uid);
            }
        }
    }

    /// A new blank under this UID.
    pub(super) fn make(&self, kind: Kind, uid: Uid) -> Result<(), TrayError> {
        // Whatever an earlier card of this UID has left, when its image was thrown away by hand.
        self.keep_hidden(uid, Hidden::default()).map_err(|e| io_error(&self.hidden_path(uid), e))?;
        write_aside(&self.image_path(kind, uid), Silicon::blank(kind, uid).image())
    }

    fn image_path(&self, kind: Kind, uid: Uid) -> PathBuf {
        self.folder.join(format!("{uid}.{}", kind.extension()))
    }
}

/// Whole or not at all under its name, for readers without the lock too.
pub(super) fn write_aside(path: &Path, bytes: &[u8]) -> Result<(), TrayError> {
    write_whole(path, "new", bytes).map_err(|e| io_error(path, e))
}

fn write_whole(path: &Path, aside: &str, bytes: &[u8]) -> io::Result<()> {
    let aside = path.with_extension(aside);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(bytes)?;
    fs::rename(&aside, path)
}

/// The card whose image this file is. A folder is none, nor a file of a size that no card of its kind has.
pub(super) fn card_of(path: &Path) -> Option<(Uid, Kind)> {
    let uid = path.file_stem()?.to_str()?.parse().ok()?;
    let found = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let kind = Kind::of_image(path.extension()?.to_str()?, found.len())?.ok()?;
    Some((uid, kind))
}

/// As NXP gives them today: a Classic has a fixed, non-unique number, the low nibble of whose first byte is F (AN10927,
/// table 2); a double UID begins with NXP's 04. A telephone's begins with 08.
fn random_uid(kind: Kind) -> Result<Uid, TrayError> {
    let mut bytes = [0; 7];
    getrandom::fill(&mut bytes).map_err(TrayError::NoRandom)?;
    let [a, b, c, d, ..] = bytes;
    Ok(match kind {
        Kind::Phone => Uid::single([0x08, b, c, d]),
        _ if kind.takes_uid_of(4) => Uid::single([a | 0x0F, b, c, d]),
        _ => {
            bytes[0] = 0x04;
            Uid::double(bytes)
        }
    })
}
