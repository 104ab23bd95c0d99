//! Papers held to their edges: any text is fitted, whole, or refused with a reason. Fonts come from the Debian package
//! fonts-nanum. Start at [`any_text_is_fitted_or_refused`].

use std::sync::LazyLock;

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::Assets;
use crate::plan::layout::scene::{Run, Shape};
use crate::plan::layout::{FontSet, Layout, Paper, Row, Scene, compose_paper};
use crate::plan::messages::{Lang, Trouble};

static PAPERS: LazyLock<Vec<(Layout, FontSet)>> = LazyLock::new(|| {
    let assets = Assets::new(None);
    let paper = |name: &str| {
        let layout = assets.layout(name).unwrap();
        let fonts = assets.fonts(&layout.font_names()).expect("apt-get install fonts-nanum");
        (layout, fonts)
    };
    ["receipt", "receipt-a6"].map(paper).into()
});

fn paper(library: &str, rows: &[Row]) -> Paper {
    Paper {
        library: library.into(),
        title: "반환 영수증 (사본)".into(),
        number: "No. 9999999999".into(),
        rows: rows.to_vec(),
    }
}

fn runs(scene: &Scene) -> Vec<&Run> {
    scene.shapes.iter().filter_map(|shape| if let Shape::Text(run) = shape { Some(run) } else { None }).collect()
}

fn text(run: &Run) -> String {
    run.glyphs.iter().map(|glyph| glyph.character).collect()
}

/// Everything is on the paper and inside the edges that the layout gives its lines.
fn within(scene: &Scene, layout: &Layout) {
    let rows = layout.rows().unwrap();
    assert!(scene.width == layout.width && scene.height >= layout.height);
    assert!(rows.roll || scene.height == layout.height);
    for run in runs(scene) {
        let wide: f32 = run.glyphs.iter().map(|glyph| glyph.advance * run.size + run.spacing).sum();
        let (from, to) = (run.x + 0.1, run.x + wide - run.spacing - 0.1);
        assert!(from >= rows.left && to <= rows.right, "`{}` from {from} to {to}", text(run));
        let (top, bottom) = (run.baseline - 0.95 * run.size, run.baseline + 0.3 * run.size);
        assert!(top >= 0.0 && bottom <= scene.height, "`{}` from {top} to {bottom} of {}", text(run), scene.height);
    }
    for pair in runs(scene).windows(2) {
        let down = pair[1].baseline - pair[0].baseline;
        assert!(down == 0.0 || down >= pair[1].size, "`{}` over `{}`: {down}", text(pair[1]), text(pair[0]));
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[가-힣 a-zA-Z0-9.,()-]{0,80}",
        2 => "[가-힣]{1,8}",
        1 => "[W]{1,200}",
        1 => "\\PC{0,12}",
    ]
}

fn any_row() -> impl Strategy<Value = Row> {
    let cells = |most| proptest::collection::vec("[가-힣0-9a-f,]{0,12}", 1..most);
    prop_oneof![
        Just(Row::Rule),
        (any_text(), any_text()).prop_map(|(label, value)| Row::Pair(label, value)),
        (any_text(), any_text()).prop_map(|(label, value)| Row::Strong(label, value)),
        any_text().prop_map(Row::Heading),
        cells(5).prop_map(Row::Columns),
        cells(5).prop_map(Row::Groups),
        any_text().prop_map(Row::Sign),
    ]
}

fn words(row: &Row) -> String {
    match row {
        Row::Rule => String::new(),
        Row::Pair(label, value) | Row::Strong(label, value) => format!("{label}{value}"),
        Row::Heading(text) | Row::Sign(text) => text.clone(),
        Row::Columns(cells) | Row::Groups(cells) => cells.concat(),
    }
}

fn bare(text: &str) -> String {
    text.nfc().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// All that is said stands on the paper, inside its edges, each line under the one before; or it is refused and why.
    #[test]
    fn any_text_is_fitted_or_refused(library in any_text(), rows in proptest::collection::vec(any_row(), 0..24)) {
        for (layout, fonts) in PAPERS.iter() {
            let paper = paper(&library, &rows);
            match compose_paper(layout, &paper, fonts, 203) {
                Ok(scene) => {
                    within(&scene, layout);
                    let said: String = runs(&scene).into_iter().map(text).collect();
                    let wanted: String = paper.rows.iter().map(words).collect();
                    prop_assert_eq!(bare(&said), bare(&format!("{library}{}{}{wanted}", paper.title, paper.number)));
                }
                Err(trouble) => prop_assert!(
                    ["glyph-missing", "receipt-text-too-long", "receipt-too-long"].contains(&trouble.code), "{trouble}"
                ),
            }
        }
    }
}

#[test]
fn every_library_of_the_directory_fits() {
    let directory = Assets::new(None).text("data/library-codes.csv").unwrap();
    let mut names: Vec<&str> = directory.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
    for (layout, fonts) in PAPERS.iter() {
        for library in names.iter().take(60) {
            within(&compose_paper(layout, &paper(library, &[]), fonts, 203).unwrap(), layout);
        }
    }
}

#[test]
fn what_does_not_fit_is_named_in_both_languages() {
    let messages = Assets::new(None).messages().unwrap();
    let long = "도서관".repeat(40);
    let of = |name: usize, library: &str, rows: &[Row]| -> Option<Trouble> {
        let (layout, fonts) = &PAPERS[name];
        compose_paper(layout, &paper(library, rows), fonts, 300).err()
    };
    let many = |count| vec![Row::Pair("가".into(), "나".into()); count];
    assert_eq!((of(0, "구포", &many(60)), of(1, "구포", &many(20))), (None, None));
    for (trouble, code) in [
        (of(1, "구포", &many(60)), "receipt-too-long"),
        (of(0, "구포", &many(300)), "receipt-too-long"),
        (of(0, "구포", &[Row::Columns(vec!["가".into(), long.clone()])]), "receipt-text-too-long"),
        (of(0, "구포", &[Row::Sign(long.clone())]), "receipt-text-too-long"),
        (of(0, &long, &[]), "receipt-text-too-long"),
    ] {
        let trouble = trouble.unwrap();
        assert_eq!(trouble.code, code);
        for lang in [Lang::Ko, Lang::En] {
            assert!(!messages.what(lang, &trouble).contains("err-"), "{trouble}");
            assert!(!messages.help(lang, &trouble).contains("rec-"), "{trouble}");
        }
    }
}

/// A word goes to the next line whole; one that is longer than a line breaks where it must.
#[test]
fn a_long_value_breaks_between_words_under_its_label() {
    let (layout, fonts) = &PAPERS[0];
    let lines = |value: &str| -> Vec<String> {
        let scene =
            compose_paper(layout, &paper("구포", &[Row::Pair("사유".into(), value.into())]), fonts, 203).unwrap();
        runs(&scene).into_iter().skip(3).map(text).collect()
    };
    assert_eq!(lines("거스름돈 착오"), ["사유", "거스름돈 착오"]);
    assert_eq!(
        lines("오전에 거스름돈을 잘못 드렸다가 오후에 회원이 다시 와서 바로잡았음"),
        ["사유", "오전에 거스름돈을 잘못 드렸다가 오후에 회원이 다시", "와서 바로잡았음"]
    );
    let broken = lines(&"W".repeat(60));
    assert!(broken.len() > 3 && broken[1..].concat() == "W".repeat(60), "{broken:?}");
}

#[test]
fn an_override_of_a_receipts_layout_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("layouts")).unwrap();
    let ours = Assets::new(None).text("layouts/receipt.toml").unwrap().replace("width = 800", "width = 780");
    std::fs::write(folder.path().join("layouts/receipt.toml"), ours).unwrap();
    let layout = Assets::new(Some(folder.path().to_owned())).layout("receipt").unwrap();
    assert_eq!(compose_paper(&layout, &paper("구포", &[]), &PAPERS[0].1, 203).unwrap().width, 780.0);
}
