//! What this process keeps and leaves behind: no image of its memory when it dies, for that holds keys, passwords and persons; and no
//! more memory than it works with. It sets this for the process it runs in, and does nothing else. Start at [`leaves_nothing`].

#[cfg(target_env = "gnu")]
use std::ffi::c_int;

use rustix::process::{DumpableBehavior, Resource, Rlimit};

#[cfg(target_env = "gnu")]
unsafe extern "C" {
    fn mallopt(parameter: c_int, value: c_int) -> c_int;
}

/// `M_MMAP_THRESHOLD` of malloc.h.
#[cfg(target_env = "gnu")]
const MAPPED_FROM: c_int = -3;

/// No core is written, nor handed to a program of the machine's that collects them, which asks no limit; and no other process of the
/// same account reads this one's memory. Where the system refuses, the work goes on: a clerk is not kept from it for that.
pub fn leaves_nothing() {
    let _ = rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Large pieces go back to the system when they are let go of. Left to itself malloc(3) learns from the 19 MiB of the first password
/// to keep as much for every thread that ever looked at one, and three hundred wrong passwords are half a gigabyte.
pub fn gives_back() {
    // SAFETY: mallopt(3) takes two numbers, and no other thread is there yet.
    #[cfg(target_env = "gnu")]
    unsafe {
        mallopt(MAPPED_FROM, 256 * 1024)
    };
}
