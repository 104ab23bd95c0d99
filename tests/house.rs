//! The rules of the house, read from its own files: which room may name which, what may lie at the top, how a file
//! begins, and that every trouble can speak in both languages. Runs nothing of the program and changes nothing.
//! Each test reads the files and hands their text to pure functions, whose own tests (here and in the files
//! under `house/`) plant a violation for every rule.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

#[path = "house/arrows.rs"]
mod arrows;
#[path = "house/outside.rs"]
mod outside;
#[path = "house/paths.rs"]
mod paths;
#[path = "house/rights.rs"]
mod rights;
#[path = "house/words.rs"]
mod words;

/// What may lie at the top besides dot-files.
const TOP: [&str; 8] =
    ["Cargo.toml", "Cargo.lock", "LICENSE", "README.md", "hardware", "issuer.toml", "src", "templates"];

#[test]
fn rooms_name_only_what_the_design_lets_them() {
    let files = sources();
    let modules: Vec<Vec<String>> = files.keys().map(|file| paths::module_of(file)).collect();
    let rooms: BTreeSet<[String; 2]> =
        modules.iter().filter(|m| m.len() >= 2).map(|m| [m[0].clone(), m[1].clone()]).collect();
    let mut wrong = Vec::new();
    for (file, text) in &files {
        let module = paths::module_of(file);
        let source = paths::read(text, &module).unwrap_or_else(|fault| panic!("{file}: {fault}"));
        for naming in &source.namings {
            wrong.extend(arrows::judge(&module, naming, &rooms).map(|why| format!("{file}:{}: {why}", naming.line)));
        }
        for naming in &source.outside {
            wrong.extend(outside::judge(&module, naming).map(|why| format!("{file}:{}: {why}", naming.line)));
        }
    }
    assert!(wrong.is_empty(), "what the design does not allow:\n{}", wrong.join("\n"));
}

#[test]
fn the_top_level_holds_nothing_else() {
    let files = tracked();
    let wrong = strangers(&files);
    assert!(wrong.is_empty(), "not at the top, please: {wrong:?}");
}

#[test]
fn every_source_says_what_it_is_for() {
    let mut wrong = Vec::new();
    for file in tracked().into_iter().filter(|file| file.ends_with(".rs")) {
        if !introduces_itself(&read(&file)) {
            wrong.push(file);
        }
    }
    assert!(wrong.is_empty(), "these do not begin with `//!` and a sentence: {wrong:?}");
}

#[test]
fn every_trouble_speaks_in_both_languages() {
    let troubles: BTreeMap<String, words::Troubles> = sources()
        .into_iter()
        .map(|(file, text)| {
            let found = words::troubles(&text).unwrap_or_else(|fault| panic!("{file}: {fault}"));
            (file, found)
        })
        .collect();
    let wrong = words::complaints(&troubles, &catalogue("ko"), &catalogue("en"));
    assert!(wrong.is_empty(), "{} complaints about messages:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_use_case_asks_for_its_right() {
    let desk = sources().into_iter().filter(|(file, _)| file.starts_with("src/desk/"));
    let files: BTreeMap<String, Vec<rights::Function>> = desk
        .map(|(file, text)| {
            let found = rights::functions(&text).unwrap_or_else(|fault| panic!("{file}: {fault}"));
            (file, found)
        })
        .collect();
    let told = files.values().flatten().filter(|function| function.public && function.told).count();
    assert!(told > 60, "only {told} use cases were read");
    assert_eq!(rights::stale(&files), Vec::<&str>::new(), "no exceptions any more");
    let wrong = rights::complaints(&files);
    assert!(wrong.is_empty(), "whoever acts is asked for their right, or `BUT` says why not:\n{}", wrong.join("\n"));
}

#[test]
fn the_readme_draws_the_graph_of_the_code() {
    let readme = read("README.md");
    let block = readme.split("<!-- job-graph -->\n").nth(1).and_then(|rest| rest.split("<!-- /job-graph -->").next());
    let expected = format!("```mermaid\n{}```\n", issuer::plan::job::graph());
    assert_eq!(block, Some(expected.as_str()), "put this between the markers in README.md:\n{expected}");
}

/// The tracked top-level names that are not allowed.
fn strangers(files: &[String]) -> BTreeSet<&str> {
    let tops = files.iter().filter_map(|file| file.split('/').next());
    tops.filter(|top| !TOP.contains(top) && *top != "tests" && !top.starts_with('.')).collect()
}

fn introduces_itself(text: &str) -> bool {
    text.strip_prefix("//!").and_then(|rest| rest.lines().next()).is_some_and(|line| !line.trim().is_empty())
}

/// The sources of the program by path, those left out that are test modules in files of their own.
fn sources() -> BTreeMap<String, String> {
    let rust = tracked().into_iter().filter(|file| file.starts_with("src/") && file.ends_with(".rs"));
    let mut files: BTreeMap<String, String> = rust.map(|file| (file.clone(), read(&file))).collect();
    assert!(files.contains_key("src/lib.rs"), "git lists no src/lib.rs: nothing would be checked");
    let mut tests = Vec::new();
    for (file, text) in &files {
        let module = paths::module_of(file);
        let source = paths::read(text, &module).unwrap_or_else(|fault| panic!("{file}: {fault}"));
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        tests.extend(source.test_modules);
        tests.extend(source.test_files.iter().map(|beside| paths::module_of(&format!("{folder}/{beside}"))));
    }
    files.retain(|file, _| !tests.iter().any(|test| paths::module_of(file).starts_with(test)));
    files
}

fn catalogue(language: &str) -> words::Catalogue {
    let folder = format!("templates/messages/{language}/");
    let mut catalogue = words::Catalogue::new();
    for file in tracked().into_iter().filter(|file| file.starts_with(&folder) && file.ends_with(".ftl")) {
        words::add(&mut catalogue, &read(&file)).unwrap_or_else(|fault| panic!("{file}: {fault}"));
    }
    catalogue
}

/// What git tracks or would track: a file not yet added counts, one that is ignored does not.
fn tracked() -> Vec<String> {
    let root = env!("CARGO_MANIFEST_DIR");
    let output = Command::new("git")
        .args(["-c", &format!("safe.directory={root}"), "-C", root])
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .expect("git runs (install it: apt-get install git)");
    assert!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr));
    let files = output.stdout.split(|byte| *byte == 0).map(|name| String::from_utf8_lossy(name).into_owned());
    files.filter(|file| !file.is_empty() && Path::new(root).join(file).is_file()).collect()
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_at_the_top_is_named() {
        let files = ["src/lib.rs", ".ci/run", "tests/house.rs", "benches/card.rs", "notes.md"].map(str::to_owned);
        assert_eq!(strangers(&files), BTreeSet::from(["benches", "notes.md"]));
    }

    #[test]
    fn a_source_without_introduction_is_found() {
        for (text, good) in [("//! What it is.\n", true), ("//!\n//! Late.", false), ("// No.\n", false), ("", false)] {
            assert_eq!(introduces_itself(text), good, "{text:?}");
        }
    }
}
