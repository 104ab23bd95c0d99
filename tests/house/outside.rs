//! Which room may use what from outside the house: plans are pure, and SQL, pages and the command line have a place
//! of their own. Knows the names in its two tables and no others. Start at [`judge`].

use super::paths::Naming;

/// What no plan may touch: files, network, processes, threads, environment, clock, randomness. Types that only carry a
/// value (`std::time::Duration`, `std::io::Cursor`) are not here.
const IMPURE: [&str; 19] = [
    "std::fs",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::net::UdpSocket",
    "std::process",
    "std::thread",
    "std::env",
    "std::os",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    "std::time::SystemTime",
    "std::time::Instant",
    "now",
    "getrandom",
    "rusqlite",
    "rustix",
    "actix_web",
    "tokio",
];

/// Crates that one room, or one floor, alone knows.
const KEPT: [(&str, &[&str]); 4] = [
    ("rusqlite", &["back", "store"]),
    ("actix_web", &["front", "web"]),
    ("clap", &["front"]),
    ("printpdf", &["plan", "layout"]),
];

/// What is wrong with using this in `module`, or `None`. `main.rs` wires everything and is free.
pub fn judge(module: &[String], naming: &Naming) -> Option<String> {
    let path = naming.path.join("::");
    let under = |name: &str| path == name || path.starts_with(&format!("{name}::"));
    let from = module.join("/");
    if module.is_empty() {
        return None;
    }
    if let Some((name, room)) = KEPT.iter().find(|(name, room)| {
        under(name) && !module.iter().map(String::as_str).take(room.len()).eq(room.iter().copied())
    }) {
        return Some(format!("{from} uses {path}: only {} knows {name}", room.join("/")));
    }
    let impure = module[0] == "plan" && IMPURE.iter().any(|name| under(name));
    impure.then(|| format!("{from} uses {path}: a plan does no I/O and takes clock and randomness as arguments"))
}

#[cfg(test)]
mod tests {
    use super::super::paths::{module_of, read};
    use super::*;

    fn complaints(file: &str, text: &str) -> usize {
        let module = module_of(file);
        read(text, &module).unwrap().outside.iter().filter(|naming| judge(&module, naming).is_some()).count()
    }

    #[test]
    fn plans_are_pure_and_rooms_keep_their_crates() {
        let table = [
            ("src/plan/chip/mod.rs", "use std::{collections::BTreeMap, time::Duration, io::Write};", 0),
            ("src/plan/chip/mod.rs", "use std::{fs, time::{Duration, Instant}};", 2),
            ("src/plan/chip/mod.rs", "fn f() { Timestamp::now() }", 1),
            ("src/plan/chip/mod.rs", "fn f() { getrandom::fill(&mut x) }", 1),
            ("src/plan/chip/mod.rs", "fn f(now: u8) { g(now) } #[cfg(test)] mod tests { use std::fs; }", 0),
            ("src/back/store/job.rs", "use rusqlite::Connection; use std::fs; fn f() { Instant::now() }", 0),
            ("src/desk/issue.rs", "use rusqlite::Connection;", 1),
            ("src/front/web/mod.rs", "use actix_web::{web, HttpRequest};", 0),
            ("src/desk/mod.rs", "fn f() { actix_web::rt::spawn(x) }", 1),
            ("src/main.rs", "use rusqlite::Connection;", 0),
            ("src/desk/mod.rs", "use clap::Parser;", 1),
        ];
        for (file, text, expected) in table {
            assert_eq!(complaints(file, text), expected, "{file}: {text}");
        }
    }
}
