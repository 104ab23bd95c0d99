//! Tests of the room: overrides, catalogues, fonts.

use std::collections::BTreeSet;

use super::*;

fn overridden(files: &[(&str, &str)]) -> (tempfile::TempDir, Assets) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let assets = Assets::new(Some(folder.path().to_owned()));
    (folder, assets)
}

#[test]
fn an_override_replaces_its_own_file_and_no_other() {
    let (_folder, assets) = overridden(&[("static/mark.svg", "<svg/>")]);
    assert_eq!(assets.text("static/mark.svg").unwrap(), "<svg/>");
    assert_eq!(assets.bytes("layouts/ieum-card.toml"), Assets::new(None).bytes("layouts/ieum-card.toml"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let trouble = Assets::new(None).text("layouts/none.toml").unwrap_err();
    assert_eq!(trouble, Trouble::new("asset-missing").with("path", "layouts/none.toml"));
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let (folder, _) = overridden(&[("secret", "x"), ("templates/a", "a")]);
    let assets = Assets::new(Some(folder.path().join("templates")));
    let absolute = folder.path().join("secret");
    assert_eq!(assets.text("a").unwrap(), "a");
    for path in ["../secret", "a/../../secret", absolute.to_str().unwrap()] {
        assert_eq!(assets.text(path).unwrap_err().code, "asset-missing", "{path}");
    }
}

#[test]
fn an_override_that_cannot_be_read_is_no_silent_fallback() {
    let (folder, assets) = overridden(&[("static/mark.svg/inside", "x")]);
    assert_eq!(assets.bytes("static/mark.svg").unwrap_err().code, "asset-unreadable");
    std::fs::write(folder.path().join("latin1.toml"), [0xe9]).unwrap();
    assert_eq!(assets.text("latin1.toml").unwrap_err().code, "asset-unreadable");
}

#[test]
fn an_overriding_catalogue_changes_one_message_and_keeps_the_others() {
    let (_folder, assets) = overridden(&[("messages/ko/ours.ftl", "rec-asset-missing = 담당자를 부르세요.")]);
    let messages = assets.messages().unwrap();
    let trouble = Trouble::new("asset-missing").with("path", "x");
    assert_eq!(messages.help(Lang::Ko, &trouble), "담당자를 부르세요.");
    let embedded = Assets::new(None).messages().unwrap();
    assert_eq!(messages.what(Lang::Ko, &trouble), embedded.what(Lang::Ko, &trouble));
    assert_eq!(messages.help(Lang::En, &trouble), embedded.help(Lang::En, &trouble));
}

#[test]
fn a_broken_overriding_catalogue_is_an_error() {
    let (_folder, assets) = overridden(&[("messages/en/ours.ftl", "rec-asset-missing = { $path")]);
    assert_eq!(assets.messages().err().map(|trouble| trouble.code), Some("messages-unreadable"));
}

/// Message ids of a Fluent source with the variables that each names.
fn ids(source: &str) -> BTreeSet<(String, BTreeSet<String>)> {
    let mut ids: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            ids.push((line.split('=').next().unwrap_or_default().trim().to_owned(), BTreeSet::new()));
        }
        let variables =
            line.split('$').skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
        if let Some((_, known)) = ids.last_mut() {
            known.extend(variables.flatten().map(str::to_owned));
        }
    }
    ids.into_iter().collect()
}

#[test]
fn both_languages_say_the_same_things() {
    let paths: Vec<_> = Embedded::iter().filter(|path| path.starts_with("messages/")).collect();
    assert!(!paths.is_empty());
    for path in paths {
        let other = if path.starts_with("messages/ko/") {
            path.replacen("/ko/", "/en/", 1)
        } else {
            path.replacen("/en/", "/ko/", 1)
        };
        let assets = Assets::new(None);
        let (one, other) = (ids(&assets.text(&path).unwrap()), ids(&assets.text(&other).unwrap()));
        assert_eq!(
            one.symmetric_difference(&other).collect::<Vec<_>>(),
            Vec::<&(String, BTreeSet<String>)>::new(),
            "{path}"
        );
    }
}

#[test]
fn every_trouble_of_these_rooms_is_a_pair() {
    let sources = [
        include_str!("mod.rs"),
        include_str!("../printer/mod.rs"),
        include_str!("../printer/receipts.rs"),
        include_str!("../../plan/layout/barcode.rs"),
        include_str!("../../plan/layout/compose.rs"),
        include_str!("../../plan/layout/file.rs"),
        include_str!("../../plan/layout/fit.rs"),
        include_str!("../../plan/layout/font.rs"),
        include_str!("../../plan/layout/paper.rs"),
        include_str!("../../plan/layout/png.rs"),
        include_str!("../../plan/layout/precheck.rs"),
        include_str!("../../plan/layout/rows.rs"),
    ];
    let messages = Assets::new(None).messages().unwrap();
    let mut codes: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split("Trouble::new(\"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    codes.extend(["name-too-long", "library-too-long", "layout-text-too-long"]);
    assert!(codes.len() > 15, "{codes:?}");
    for code in codes {
        for lang in [Lang::Ko, Lang::En] {
            for id in [format!("err-{code}"), format!("rec-{code}")] {
                assert!(messages.find(lang, &id, &[]).is_some(), "{id} in {}", lang.code());
            }
        }
    }
}

#[test]
fn the_layouts_read_and_share_their_art() {
    let assets = Assets::new(None);
    let (card, barcode) = (assets.layout("ieum-card").unwrap(), assets.layout("barcode-card").unwrap());
    assert!(!card.art.is_empty());
    assert_eq!(card.art, barcode.art);
    assert_eq!(assets.layout("none").unwrap_err().code, "layout-missing");
    assert_eq!(assets.layout("../messages/ko/layout").unwrap_err().code, "layout-missing");
}

#[test]
fn a_missing_font_names_its_package() {
    let assets = Assets::new(None);
    let trouble = assets.fonts(&["NanumNichtda".to_owned()]).unwrap_err();
    assert_eq!(trouble, Trouble::new("font-missing").with("font", "NanumNichtda").with("package", "fonts-nanum"));
    for unknown in ["Nichtda", "../nanum/NanumGothic"] {
        assert_eq!(assets.fonts(&[unknown.to_owned()]).unwrap_err().code, "font-unknown", "{unknown}");
    }
}

#[test]
fn what_is_no_font_is_refused() {
    let (_folder, assets) = overridden(&[("fonts/Text.ttf", "not a font"), ("fonts/Empty.ttf", "")]);
    assert_eq!(assets.fonts(&["Text".to_owned()]).unwrap_err().code, "font-unreadable");
    assert_eq!(assets.fonts(&["Empty".to_owned()]).unwrap_err().code, "asset-unreadable");
}

#[test]
fn a_font_is_mapped_once() {
    let assets = Assets::new(None);
    let names = ["NanumGothic".to_owned()];
    let first = assets.fonts(&names).expect("apt-get install fonts-nanum");
    let second = assets.fonts(&names).unwrap();
    let glyphs = |set: &FontSet| set.fonts["NanumGothic"].glyphs("가").unwrap();
    assert!(glyphs(&first)[0].is_some());
    assert!(first.fonts["NanumGothic"].shares_bytes(&second.fonts["NanumGothic"]));
}

#[test]
fn a_folders_names_are_the_embedded_and_the_overriding_ones() {
    let (_folder, assets) = overridden(&[("chips/ours.toml", ""), ("chips/ieum.toml", ""), ("chips/notes.txt", "")]);
    assert_eq!(assets.names("chips", "toml").unwrap(), ["ieum", "number-only", "ours", "uid-only"]);
}
