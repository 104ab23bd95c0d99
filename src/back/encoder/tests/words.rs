//! Every refusal of the chip, key and encoder rooms speaks both languages, with what it was given.

use std::collections::BTreeMap;
use std::path::Path;

/// Message id → its variables.
fn messages(lang: &str) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for room in ["chip", "keys", "encoder", "reader"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("templates/messages/{lang}/{room}.ftl"));
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let Some((id, text)) = line.split_once(" = ") else { continue };
            let mut names: Vec<String> =
                text.split("{ $").skip(1).filter_map(|rest| rest.split(" }").next()).map(str::to_owned).collect();
            names.sort();
            names.dedup();
            assert_eq!(found.insert(id.to_owned(), names), None, "{id} stands twice");
        }
    }
    found
}

/// The codes that stand in the sources of the three rooms, tests aside.
fn codes(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("tests") {
                codes(&path, found);
            }
            continue;
        }
        // The simulated readers have a catalogue of their own.
        if path.ends_with("simulated.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]\npub(super) mod tests").next().unwrap();
        let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        for start in ["Trouble::new(\"", "named(\""] {
            found.extend(source.split(start).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
}

#[test]
fn every_code_has_its_pair_in_both_languages() {
    let (korean, english) = (messages("ko"), messages("en"));
    assert_eq!(korean, english);
    let mut found = ["sector-open", "sector-unread", "directory-wrong", "number-missing", "header-wrong"]
        .map(str::to_owned)
        .to_vec();
    found.extend(["seal-foreign", "seal-invalid", "seal-absent", "pages-open", "pages-unread"].map(str::to_owned));
    for room in ["src/plan/chip", "src/back/keys", "src/back/encoder"] {
        codes(&Path::new(env!("CARGO_MANIFEST_DIR")).join(room), &mut found);
    }
    assert!(found.len() > 40);
    for code in &found {
        for id in [format!("err-{code}"), format!("rec-{code}")] {
            assert!(korean.contains_key(&id), "{id} is missing");
        }
    }
    // A key or a profile may also be refused at the desk.
    codes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/desk"), &mut found);
    for id in korean.keys() {
        let Some(code) = id.strip_prefix("err-").or_else(|| id.strip_prefix("rec-")) else { continue };
        assert!(found.iter().any(|found| found == code), "{id} is spoken by nobody");
    }
}
