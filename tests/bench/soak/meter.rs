//! What a process holds, as `/proc` tells it. Start at [`Meter::of`].

use std::fmt;
use std::fs;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Meter {
    pub resident_kb: u64,
    pub threads: usize,
    pub descriptors: usize,
    /// Processes that it started and that are still there: libnfc children.
    pub children: usize,
    /// Of these, the dead ones that it has not waited for.
    pub zombies: usize,
}

impl Meter {
    /// All zero for a process that is gone.
    pub fn of(process: u32) -> Meter {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = |name: &str| {
            let rest = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
            rest.split_whitespace().next()?.parse::<u64>().ok()
        };
        let states = children(process);
        Meter {
            resident_kb: line("VmRSS").unwrap_or_default(),
            threads: line("Threads").unwrap_or_default() as usize,
            descriptors: fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count),
            children: states.len(),
            zombies: states.iter().filter(|state| **state == 'Z').count(),
        }
    }
}

/// The states of the processes whose parent it is (proc(5): what stands behind the last bracket of `stat`).
fn children(process: u32) -> Vec<char> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((_, rest)) = stat.rsplit_once(')') else { continue };
        let mut words = rest.split_whitespace();
        let state = words.next().and_then(|word| word.chars().next());
        let parent = words.next().and_then(|word| word.parse::<u32>().ok());
        if let (Some(state), true) = (state, parent == Some(process)) {
            found.push(state);
        }
    }
    found
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let resident = self.resident_kb as f64 / 1024.0;
        write!(
            f,
            "{resident:.1} MiB, {} threads, {} descriptors, {} children",
            self.threads, self.descriptors, self.children
        )
    }
}
