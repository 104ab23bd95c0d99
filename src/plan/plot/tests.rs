//! Whatever is plotted, the picture is well-formed XML, every bar lies inside of it, and no name is markup.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::*;

/// What an XML parser finds: elements with their attributes, and all texts.
#[derive(Default)]
struct Drawn {
    rects: Vec<[f64; 4]>,
    classes: Vec<String>,
    texts: Vec<String>,
    view: [f64; 2],
    elements: Vec<String>,
    attributes: Vec<String>,
}

fn parse(svg: &str) -> Drawn {
    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let (mut drawn, mut depth, mut text) = (Drawn::default(), 0, String::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(start) => {
                depth += 1;
                element(&mut drawn, &start);
            }
            Event::Empty(start) => element(&mut drawn, &start),
            Event::End(_) => {
                depth -= 1;
                let said = std::mem::take(&mut text);
                drawn.texts.extend((!said.is_empty()).then_some(said));
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(part) => {
                let name: &str = &part;
                text.push(match name {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "#39" => '\'',
                    other => panic!("{other}"),
                });
            }
            Event::Eof => break,
            other => panic!("not of a plot: {other:?}"),
        }
    }
    assert_eq!(depth, 0);
    drawn
}

fn element(drawn: &mut Drawn, start: &BytesStart) {
    let name = start.name().as_ref().to_owned();
    let mut of = std::collections::BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute.expect("well-formed");
        let key = attribute.key.as_ref().to_owned();
        drawn.attributes.push(key.clone());
        of.insert(key, attribute.value.to_string());
    }
    if name == "rect" {
        drawn.rects.push(["x", "y", "width", "height"].map(|key| of[key].parse().unwrap()));
        drawn.classes.push(of["class"].clone());
    }
    if name == "svg" {
        let view: Vec<f64> = of["viewBox"].split(' ').map(|part| part.parse().unwrap()).collect();
        drawn.view = [view[2], view[3]];
    }
    drawn.elements.push(name);
}

fn bar(name: &str, values: &[u64]) -> Bar {
    Bar { name: name.to_owned(), values: values.to_vec() }
}

fn plot(bars: &[Bar]) -> Plot<'_> {
    Plot {
        id: "p", title: "시간대별", desc: "가장 많은 때 9시", parts: &["조회", "목록", "변경"], bars
    }
}

fn drawings(bars: &[Bar]) -> [Drawn; 2] {
    [parse(&plot(bars).columns(480.0, 180.0)), parse(&plot(bars).rows(480.0))]
}

fn inside(drawn: &Drawn) -> bool {
    let [width, height] = drawn.view;
    let near = |part: f64, whole: f64| (-0.02..=whole + 0.02).contains(&part);
    drawn.rects.iter().all(|[x, y, w, h]| {
        *w >= 0.0 && *h >= 0.0 && near(*x, width) && near(*y, height) && near(x + w, width) && near(y + h, height)
    })
}

#[test]
fn ticks_are_round_and_reach_the_most() {
    for (most, ticks) in [
        (0, &[1u64, 2][..]),
        (1, &[1, 2]),
        (3, &[1, 2, 3]),
        (5, &[2, 4, 6]),
        (7, &[2, 4, 6, 8]),
        (9, &[5, 10]),
        (44, &[20, 40, 60]),
        (999, &[500, 1000]),
        (123_456, &[50_000, 100_000, 150_000]),
    ] {
        assert_eq!(Scale::to(most).ticks().collect::<Vec<_>>(), ticks, "{most}");
    }
    assert!(Scale::to(u64::MAX).top() >= u64::MAX / 2);
}

#[test]
fn nothing_is_drawn_as_nothing() {
    for bars in [vec![], vec![bar("09", &[0, 0, 0])], (0..24).map(|hour| bar(&hour.to_string(), &[0, 0, 0])).collect()]
    {
        for drawn in drawings(&bars) {
            assert!(drawn.rects.is_empty() && drawn.texts.contains(&"시간대별".to_owned()));
        }
    }
}

#[test]
fn one_value_is_one_bar_that_says_its_number() {
    for drawn in drawings(&[bar("사서", &[0, 1, 0])]) {
        assert_eq!((drawn.rects.len(), drawn.classes[0].as_str()), (1, "b"));
        assert!(drawn.texts.contains(&"사서: 목록 1".to_owned()), "{:?}", drawn.texts);
        assert!(inside(&drawn));
    }
}

#[test]
fn parts_stand_on_each_other_without_a_gap() {
    let [columns, rows] = drawings(&[bar("9", &[3, 4, 5])]);
    let [a, b, c]: [[f64; 4]; 3] = columns.rects.try_into().unwrap();
    assert!((a[1] - (b[1] + b[3])).abs() < 0.03 && (b[1] - (c[1] + c[3])).abs() < 0.03, "{a:?} {b:?} {c:?}");
    assert!((a[3] / b[3] - 0.75).abs() < 0.01, "as high as they are many");
    let [a, b, c]: [[f64; 4]; 3] = rows.rects.try_into().unwrap();
    assert!((a[0] + a[2] - b[0]).abs() < 0.03 && (b[0] + b[2] - c[0]).abs() < 0.03, "{a:?} {b:?} {c:?}");
}

#[test]
fn long_names_are_cut_and_said_in_full() {
    let long = "아주 긴 이름을 가진 도서관 사서 선생님 그리고 또 한 사람 더";
    let [_, rows] = drawings(&[bar(long, &[5, 0, 0]), bar("짧음", &[1, 0, 0])]);
    assert!(rows.texts.contains(&format!("{long}: 조회 5")));
    let shown = rows.texts.iter().find(|text| text.ends_with('…')).expect("a cut name");
    assert!(long.starts_with(shown.trim_end_matches('…')) && width_of(shown) <= 160.0, "{shown}");
    assert!(rows.texts.contains(&"짧음".to_owned()));
}

#[test]
fn names_below_do_not_touch() {
    let bars: Vec<Bar> = (0..24).map(|hour| bar(&format!("{hour}시"), &[1, 0, 0])).collect();
    let shown = |width: f64| {
        let texts = parse(&plot(&bars).columns(width, 160.0)).texts;
        texts.iter().filter(|text| text.ends_with('시') && text.chars().count() <= 3).count()
    };
    assert_eq!((shown(1200.0), shown(480.0), shown(240.0)), (24, 12, 6));
}

/// A page's policy refuses style attributes and scripts; a screen reader is told what the picture is.
#[test]
fn a_plot_keeps_to_the_policy_and_has_a_name() {
    for drawn in drawings(&[bar("<script>alert(1)</script>", &[1, 2, 3])]) {
        assert!(drawn.attributes.iter().all(|name| name != "style" && !name.starts_with("on")));
        assert!(
            drawn
                .elements
                .iter()
                .all(|name| ["svg", "title", "desc", "path", "text", "g", "rect"].contains(&name.as_str()))
        );
        assert_eq!(&drawn.elements[..3], ["svg", "title", "desc"]);
        assert!(drawn.attributes.contains(&"aria-labelledby".to_owned()));
    }
    assert!(plot(&[]).rows(300.0).contains(r#"aria-labelledby="p-title p-desc"><title id="p-title">"#));
}

#[test]
fn a_number_is_grouped() {
    let all = [0, 12, 999, 1000, 12_345, 1_234_567].map(grouped);
    assert_eq!(all, ["0", "12", "999", "1,000", "12,345", "1,234,567"]);
}

proptest! {
    #[test]
    fn every_bar_is_inside_and_every_name_is_text(
        bars in proptest::collection::vec((".{0,30}", proptest::collection::vec(0u64..2_000_000, 3)), 0..30),
    ) {
        let bars: Vec<Bar> = bars.into_iter().map(|(name, values)| Bar { name, values }).collect();
        for drawn in drawings(&bars) {
            prop_assert!(inside(&drawn), "{:?} in {:?}", drawn.rects, drawn.view);
            let some = bars.iter().flat_map(|bar| &bar.values).filter(|n| **n > 0).count();
            prop_assert_eq!(drawn.rects.len(), some);
        }
    }
}
