//! What somebody tries who has no business here: with sessions that ended, with pages of another origin, with crooked requests, with ten
//! thousand passwords, and with a log that cannot be written. Each against the running service. Start at `sessions.rs`.

mod flood;
mod hostile;
mod raw;
mod sessions;
mod unlogged;

use std::path::Path;

use rusqlite::types::Value;

use super::PASSWORD;
use super::support::{Desk, Service, Visitor};

const NAME: &str = "성춘향";

/// A practice desk, which has members and jobs in every state, and its administrator, logged in.
fn practice() -> (Desk, Service, Visitor) {
    // The numbers of these members are not those that pages have as an example.
    let desk = Desk::new().with("ISSUER__NUMBER__FIRST", "70001").with("ISSUER__WEB__HOSTS", "desk.local");
    let service = desk.serve_with(&["serve", "--training"]);
    let mut visitor = Visitor::new(&service.url);
    visitor.set_up(&service.setup_link(), NAME, PASSWORD);
    (desk, service, visitor)
}

/// The database of a practice desk, opened by SQLite alone: our own hands on the file would let go of its locks.
fn database(desk: &Desk) -> rusqlite::Connection {
    let store = rusqlite::Connection::open(desk.path("var/training/issuer.db")).expect("the database");
    store.busy_timeout(std::time::Duration::from_secs(10)).expect("patience");
    store
}

/// The numbers of a query, one a row.
fn ids(store: &rusqlite::Connection, query: &str) -> Vec<i64> {
    let mut rows = store.prepare(query).expect(query);
    rows.query_map([], |row| row.get(0)).expect(query).map(|id| id.expect("a number")).collect()
}

/// Everything that the tables hold but the log, its counts and end, and what a session writes of itself.
fn contents(store: &rusqlite::Connection) -> String {
    let mut names = store
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'access_%' AND name NOT LIKE 'log_%'")
        .expect("the tables");
    let names: Vec<String> = names.query_map([], |row| row.get(0)).expect("names").map(Result::unwrap).collect();
    let mut all = String::new();
    // A session notes when it was last active, and a known desk too.
    for name in names.iter().filter(|name| !["sessions", "known_desks", "chain_heads"].contains(&name.as_str())) {
        // Of what a session keeps, that it is kept: a draft notes that it was looked at.
        let columns = if name == "kept" { "session, id, kind" } else { "*" };
        let mut rows = store.prepare(&format!("SELECT {columns} FROM {name}")).expect("a table");
        let width = rows.column_count();
        let mut rows = rows.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let values: Vec<Value> = (0..width).map(|at| row.get(at).expect("a value")).collect();
            all.push_str(&format!("{name} {values:?}\n"));
        }
    }
    all
}

/// Every route of the router's own list: whether it takes GET and POST, and its path with the places open.
fn routes() -> Vec<(bool, bool, String)> {
    const MAP: &str = include_str!("../../../src/front/web/mod.rs");
    let mut all = Vec::new();
    for part in MAP.split("resource(\"").skip(1) {
        let part = part.split(".service(").next().unwrap_or_default();
        let (path, rest) = part.split_once('"').expect("a path");
        all.push((rest.contains("get().to("), rest.contains("post().to("), path.to_owned()));
    }
    assert!(all.len() > 60, "the map was not read");
    all
}

/// What the service keeps for a session under an opaque id, made as a clerk would make it: (beginning of the path, id).
fn kept(visitor: &mut Visitor, store: &rusqlite::Connection) -> Vec<(&'static str, String)> {
    let person = [("kind", "adult"), ("name", "허난설"), ("birth", "19880314"), ("identity", "resident-card")];
    let asked: [(&str, &[(&str, &str)]); 7] = [
        ("/find", &[("q", "김가온")]),
        ("/jobs", &[("state", "handed-over")]),
        ("/codes", &[("q", "서울")]),
        ("/enrol", &person),
        ("/import", &person),
        ("/day", &[("date", "2020-01-01")]),
        ("/reports", &[("from", "2020-01"), ("to", "2020-02")]),
    ];
    let mut all = Vec::new();
    for (path, fields) in asked {
        let to = visitor.post(path, fields).header("location");
        let mut parts = to.trim_start_matches('/').split('/');
        let (first, mut id) =
            (parts.next().unwrap_or_default().to_owned(), parts.next().unwrap_or_default().to_owned());
        if id == "found" {
            id = parts.next().unwrap_or_default().to_owned();
        }
        assert!(first == path.trim_start_matches('/') || first == "found", "{path} led to {to:?}");
        all.push((if first == "found" { "/found" } else { path }, id));
    }
    all.push(("/approvals", asked_for(visitor, store)));
    all
}

/// The id under which a waiver waits to be signed. Nobody but a clerk has to ask.
fn asked_for(visitor: &mut Visitor, store: &rusqlite::Connection) -> String {
    let as_a = |role: &str| store.execute("UPDATE staff SET role = ?1", [role]).expect("the staff");
    let card = ids(store, "SELECT max(id) FROM cards WHERE member = 1")[0].to_string();
    as_a("clerk");
    visitor.post("/members/1/seen", &[("evidence", "document")]);
    let fields =
        [("reason", "damaged"), ("kind", "barcode"), ("card", &card), ("pay", "waive"), ("why", "도서관 사정")];
    let to = visitor.post("/members/1/reissue", &fields).header("location");
    as_a("administrator");
    to.strip_prefix("/approvals/").unwrap_or_else(|| panic!("led to {to:?}")).to_owned()
}

/// Each GET (or POST) address with each member, job, library and kept thing in its places.
fn addresses(post: bool, store: &rusqlite::Connection, kept: &[(&'static str, String)]) -> Vec<String> {
    let members = ids(store, "SELECT id FROM members");
    let jobs = ids(store, "SELECT id FROM jobs");
    let charges = ids(store, "SELECT id FROM charges");
    let mut all = Vec::new();
    for (_, _, path) in routes().into_iter().filter(|(get, takes, _)| if post { *takes } else { *get }) {
        let filled = path
            .replace("{name}", "desk.css")
            .replace("{lang}", "en")
            .replace("{code}", "121003")
            .replace("{token}", "abc");
        let filled = filled.replace("{told}", "abc").replace("{day}", "2026-11-24");
        let of_kept = |start: &str| kept.iter().filter(|(of, _)| *of == start).map(|(_, id)| id.clone()).collect();
        let fill: Vec<String> = match filled.split('/').nth(1).unwrap_or_default() {
            _ if !filled.contains("{id}") => vec![String::new()],
            "members" => members.iter().map(i64::to_string).collect(),
            "charges" => charges.iter().map(i64::to_string).collect(),
            "close" => vec!["1".to_owned()],
            "jobs" if !filled.starts_with("/jobs/found") => jobs.iter().map(i64::to_string).collect(),
            first => of_kept(&format!("/{first}")),
        };
        all.extend(fill.iter().map(|id| filled.replace("{id}", id)));
    }
    all
}

/// A line of `/proc/PID/status` in MiB.
fn memory(process: u32, line: &str) -> f64 {
    let status =
        std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).expect("a process");
    let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':')).expect(line);
    let kilobytes = found.trim().strip_suffix("kB").expect("kilobytes").trim().parse::<f64>().expect("a number");
    kilobytes / 1024.0
}
