//! A file mapped into memory for reading: of a font of 4.7 MB only the pages of the glyphs in use become resident.

use std::fs::File;
use std::path::Path;

use rustix::mm::{MapFlags, ProtFlags};

/// A private, read-only mapping of a whole file; never empty.
pub struct Mapped {
    start: *mut std::ffi::c_void,
    length: usize,
}

// SAFETY: the mapping is read-only and belongs to this value alone until it is dropped.
unsafe impl Send for Mapped {}
// SAFETY: as above; nobody can write through it.
unsafe impl Sync for Mapped {}

impl Mapped {
    /// Maps a file. An empty one and what cannot be mapped are errors.
    ///
    /// A file that is cut short while it is mapped ends the program with SIGBUS. Font packages are upgraded by
    /// renaming a new file into place, which leaves the mapped one whole.
    pub fn open(path: &Path) -> std::io::Result<Mapped> {
        let file = File::open(path)?;
        let length = usize::try_from(file.metadata()?.len()).map_err(std::io::Error::other)?;
        // SAFETY: a new mapping at an address of the kernel's choice touches no memory of ours; an empty length is
        // refused by the kernel (EINVAL).
        let start =
            unsafe { rustix::mm::mmap(std::ptr::null_mut(), length, ProtFlags::READ, MapFlags::PRIVATE, &file, 0) }?;
        Ok(Mapped { start, length })
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: `start` is the beginning of a readable mapping of `length` bytes that lives as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.cast::<u8>(), self.length) }
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: exactly what `open` mapped, and no borrow of it outlives `self`. A failure leaks address space only.
        let _ = unsafe { rustix::mm::munmap(self.start, self.length) };
    }
}
