//! Receipts in the spool: `receipt-000123.pdf`, a copy of it as `receipt-000123-copy.pdf`. Whole under their names or not there, as
//! cards are; no job knows them, and so they go by their age. Start at [`Spool::print_receipt`].

use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::{ErrorKind, File, Spool, Staged, remove_if_there};
use crate::plan::messages::Trouble;

impl Spool {
    /// Spools a receipt; one of the same number and kind that lies there is replaced. Returns the file's path. Errors: those of
    /// [`Spool::print`].
    pub fn print_receipt(&self, number: i64, copy: bool, pdf: &[u8]) -> Result<PathBuf, Trouble> {
        self.check_media()?;
        self.has_room()?;
        self.put_receipt(&name(number, copy), pdf).map_err(|error| self.trouble(&error))
    }

    fn put_receipt(&self, name: &str, pdf: &[u8]) -> io::Result<PathBuf> {
        let (aside, path) = (self.folder.join(format!(".{name}.part")), self.folder.join(format!("{name}.pdf")));
        let path = Staged::write(aside, path, pdf)?.publish()?;
        File::open(&self.folder)?.sync_all()?;
        Ok(path)
    }

    /// Takes receipts away that were spooled before a time (milliseconds since 1970). `spool-unwritable`; a spool that is not there
    /// has none.
    pub fn remove_receipts(&self, before: i64) -> Result<(), Trouble> {
        let before = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(before).unwrap_or(0));
        for path in self.receipts().map_err(|error| self.trouble(&error))? {
            let spooled = std::fs::symlink_metadata(&path).ok().filter(std::fs::Metadata::is_file);
            if spooled.and_then(|found| found.modified().ok()).is_some_and(|spooled| spooled < before) {
                remove_if_there(&path).map_err(|error| self.trouble(&error))?;
            }
        }
        Ok(())
    }

    fn receipts(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(names.filter(|name| is_receipt(name)).map(|name| self.folder.join(name)).collect())
    }
}

fn name(number: i64, copy: bool) -> String {
    format!("receipt-{number:06}{}", if copy { "-copy" } else { "" })
}

/// No other file, whatever lies in the folder.
fn is_receipt(file: &str) -> bool {
    let digits = file.strip_prefix("receipt-").and_then(|rest| rest.strip_suffix(".pdf"));
    let digits = digits.map(|rest| rest.strip_suffix("-copy").unwrap_or(rest));
    digits.is_some_and(|digits| digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spool() -> (tempfile::TempDir, Spool) {
        let var = tempfile::tempdir().unwrap();
        let spool = Spool::new(var.path().join("spool"), &var.path().join("simulator"));
        (var, spool)
    }

    fn names(spool: &Spool) -> Vec<String> {
        let entries = std::fs::read_dir(&spool.folder).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }

    fn aged(path: &std::path::Path, days: u64) {
        let then = SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
        File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
    }

    #[test]
    fn a_receipt_and_its_copy_lie_side_by_side_and_only_the_owner_reads_them() {
        use std::os::unix::fs::PermissionsExt;
        let (_var, spool) = spool();
        let first = spool.print_receipt(123, false, b"first").unwrap();
        let copy = spool.print_receipt(123, true, b"copy").unwrap();
        assert_eq!(names(&spool), ["receipt-000123-copy.pdf", "receipt-000123.pdf"]);
        assert_eq!((std::fs::read(&first).unwrap(), std::fs::read(&copy).unwrap()), (b"first".into(), b"copy".into()));
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(spool.print_receipt(1_234_567, false, b"").unwrap(), spool.folder.join("receipt-1234567.pdf"));
    }

    #[test]
    fn what_a_torn_write_left_is_gone_over_and_is_no_receipt() {
        let (_var, spool) = spool();
        spool.ready().unwrap();
        std::fs::write(spool.folder.join(".receipt-000007.part"), b"torn").unwrap();
        assert_eq!(spool.receipts().unwrap(), Vec::<PathBuf>::new());
        spool.print_receipt(7, false, b"whole").unwrap();
        assert_eq!(names(&spool), ["receipt-000007.pdf"]);
        std::fs::create_dir(spool.folder.join("receipt-000008.pdf")).unwrap();
        assert_eq!(spool.print_receipt(8, false, b"whole").unwrap_err().code, "spool-unwritable");
        assert_eq!(names(&spool), ["receipt-000007.pdf", "receipt-000008.pdf"]);
    }

    #[test]
    fn a_printer_without_paper_takes_no_receipt() {
        let (_var, spool) = spool();
        spool.set_fault(Some(super::super::Fault::MediaEmpty)).unwrap();
        assert_eq!(spool.print_receipt(7, false, b"").unwrap_err().code, "printer-media-empty");
    }

    #[test]
    fn receipts_go_by_their_age_and_nothing_else_goes_with_them() {
        let (_var, spool) = spool();
        assert_eq!(spool.remove_receipts(i64::MAX), Ok(()), "no folder yet");
        let cards = spool.print(7, b"front", None).unwrap();
        let old = spool.print_receipt(7, true, b"old").unwrap();
        let young = spool.print_receipt(8, false, b"young").unwrap();
        for other in
            ["receipt-7.pdf", "receipt-.pdf", "receipt-000009.txt", "my-receipt-000009.pdf", "receipt-00000x.pdf"]
        {
            std::fs::write(spool.folder.join(other), b"theirs").unwrap();
            aged(&spool.folder.join(other), 9);
        }
        aged(&cards[0], 9);
        aged(&old, 9);
        let before = names(&spool).len();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
        spool.remove_receipts(i64::try_from(now).unwrap() - 7 * 24 * 60 * 60 * 1000).unwrap();
        assert_eq!((old.exists(), young.exists(), names(&spool).len()), (false, true, before - 1));
    }
}
