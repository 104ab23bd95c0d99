//! Versions of installed packages, from dpkg's own list; nothing is run. Start at [`version`].

use super::{Look, Machine, read};

/// The upstream version of an installed Debian package, `1.5.2` for `1:1.5.2-1`. Missing: it is not installed.
pub fn version(machine: &Machine, package: &str) -> Look<String> {
    let status = match read(&machine.at("/var/lib/dpkg/status")) {
        Look::Found(status) => status,
        other => return other,
    };
    let wanted = format!("Package: {package}");
    let of_it = status.split("\n\n").find(|paragraph| paragraph.lines().any(|line| line == wanted));
    let field = |name: &str| of_it?.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let installed = field("Status").is_some_and(|status| status.ends_with(" installed"));
    match field("Version").filter(|_| installed) {
        Some(version) => Look::Found(upstream(version).to_owned()),
        None => Look::Missing,
    }
}

/// Debian's epoch and revision off.
fn upstream(version: &str) -> &str {
    let version = version.split_once(':').map_or(version, |(_, version)| version);
    version.rsplit_once('-').map_or(version, |(version, _)| version)
}

/// Whether a version is older than another, by its numbers: `1.5.2` is older than `1.10`. `None` where it has none.
pub fn older(version: &str, than: &[u32]) -> Option<bool> {
    let part = |part: &str| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let numbers: Vec<u32> = version.split('.').map_while(part).collect();
    if numbers.is_empty() { None } else { Some(numbers.as_slice() < than) }
}
