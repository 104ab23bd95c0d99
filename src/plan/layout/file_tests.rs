//! Which layout files are read, and what is said of those that are not.

use super::*;

const LEAST: &str = r##"
width = 856
height = 539.8
[fonts]
regular = ["NanumGothic"]
bold = ["NanumGothicBold"]
[[art]]
path = "M0 0h856v540H0z"
fill = "#fdfdfb"
[barcode]
symbology = "code128-c"
left = 32
width = 792
top = 366
height = 104
colour = "#000000"
[[text]]
id = "number"
value = "{number}"
colour = "#14201e"
x = "bars"
baseline = 512
size = 34
"##;

#[test]
fn the_least_layout_reads() {
    let layout = Layout::parse("least", LEAST).unwrap();
    assert_eq!(layout.texts[0].x, Place::Bars);
    assert_eq!(layout.art[0].colour, Colour([0xfd, 0xfd, 0xfb]));
    assert_eq!(layout.font_names(), ["NanumGothic", "NanumGothicBold"]);
}

#[test]
fn each_mistake_is_named() {
    for (right, wrong, part) in [
        ("width = 856", "width = 85.6", "tenths of a millimetre"),
        ("height = 539.8", "hight = 539.8", "line"),
        ("\"#fdfdfb\"", "\"white\"", "#rrggbb"),
        ("M0 0h856", "M0 0X856", "art 1"),
        ("width = 792", "width = 830", "over the card's edge"),
        ("{number}", "121003", "no text shows {number}"),
        ("{number}", "{number} {phone}", "only {name}"),
        ("x = \"bars\"", "x = \"left\"", "line"),
        ("size = 34", "size = 34\nleast = 40", "least"),
        ("size = 34", "size = 34\nbeside = \"name\"", "no text above"),
        ("left = 32", "left = nan", "lengths"),
        ("{number}", "{number} {title}", "only {name}"),
        ("[barcode]\n", "[barcodes]\n", "line"),
        ("size = 34", "size = nan", "size"),
        ("code128-c", "qr", "line"),
        ("regular = [\"NanumGothic\"]", "regular = []", "fonts.regular"),
    ] {
        assert!(LEAST.contains(right));
        let trouble = Layout::parse("least", &LEAST.replace(right, wrong)).unwrap_err();
        assert_eq!(trouble.code, "layout-file");
        assert!(trouble.to_string().contains(part), "{wrong}: {trouble}");
    }
}

const PAPER: &str = r##"
width = 800
height = 700
[fonts]
regular = ["NanumGothic"]
bold = ["NanumGothicBold"]
[rows]
left = 40
right = 760
top = 262
bottom = 70
size = 31
least = 24
line = 1.5
strong = 1.45
rule = 2.5
colour = "#000000"
[[text]]
id = "number"
value = "{title} {number}"
colour = "#000000"
x = 400
width = 720
baseline = 120
size = 34
"##;

#[test]
fn a_paper_has_rows_in_the_place_of_bars() {
    let layout = Layout::parse("paper", PAPER).unwrap();
    assert_eq!(layout.barcode().unwrap_err(), Trouble::new("layout-no-barcode").with("layout", "paper"));
    assert!(!layout.rows().unwrap().roll);
    let card = Layout::parse("card", LEAST).unwrap();
    assert_eq!(card.rows().unwrap_err(), Trouble::new("layout-no-rows").with("layout", "card"));
}

#[test]
fn each_mistake_of_a_paper_is_named() {
    for (right, wrong, part) in [
        ("{title} {number}", "{name} {number}", "only {title}"),
        ("{title} {number}", "{title}", "no text shows {number}"),
        ("x = 400", "x = \"bars\"", "without a bar code"),
        ("width = 720\n", "", "without a bar code"),
        ("width = 720", "width = nan", "without a bar code"),
        ("left = 40", "left = 760", "lie on the paper"),
        ("right = 760", "right = 801", "lie on the paper"),
        ("top = 262", "top = 640", "lie on the paper"),
        ("bottom = 70", "bottom = nan", "lie on the paper"),
        ("least = 24", "least = 32", "rows.least"),
        ("least = 24", "least = 0", "rows.least"),
        ("size = 31", "size = inf", "rows.size"),
        ("line = 1.5", "line = 0.5", "rows.line"),
        ("strong = 1.45", "strong = nan", "rows.strong"),
        ("rule = 2.5", "rule = 0", "rows.rule"),
        ("[rows]", "[barcode]", "line"),
    ] {
        assert!(PAPER.contains(right));
        let trouble = Layout::parse("paper", &PAPER.replacen(right, wrong, 1)).unwrap_err();
        assert_eq!(trouble.code, "layout-file");
        assert!(trouble.to_string().contains(part), "{wrong}: {trouble}");
    }
}
