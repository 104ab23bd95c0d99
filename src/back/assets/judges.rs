//! What others read from our cards: poppler, qpdf and zbar judge the PDF and the PNG. The programs come from the Debian
//! packages poppler-utils, qpdf, zbar-tools and fonts-nanum.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use super::Assets;
use crate::plan::layout::scene::{Bars, Run, Shape};
use crate::plan::layout::{Face, Layout, Scene, compose, pdf, png};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets::new(None));

const DIGITS: &str = "12100300000001";

fn card(layout: &str, name: &str, library: &str, dpi: u32) -> Result<Scene, Trouble> {
    let layout = ASSETS.layout(layout).unwrap();
    let fonts = ASSETS.fonts(&layout.font_names()).expect("apt-get install fonts-nanum");
    let number = MemberNumber::parse(DIGITS).unwrap();
    compose(&layout, &Face { name, number, library_name: library }, &fonts, dpi)
}

fn gildong(layout: &str, dpi: u32) -> Scene {
    card(layout, "홍길동", "부산광역시립구포도서관", dpi).unwrap()
}

fn bars(scene: &Scene) -> &Bars {
    scene.shapes.iter().find_map(|shape| if let Shape::Bars(bars) = shape { Some(bars) } else { None }).unwrap()
}

fn lines(scene: &Scene) -> Vec<(String, f32, f32)> {
    let text = |run: &Run| (run.glyphs.iter().map(|g| g.character).collect(), run.size, run.baseline);
    scene.shapes.iter().filter_map(|shape| if let Shape::Text(run) = shape { Some(text(run)) } else { None }).collect()
}

struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn of(scene: &Scene) -> Files {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("card.pdf"), pdf(scene).unwrap()).unwrap();
        std::fs::write(folder.path().join("card.png"), png(scene, scene.dpi).unwrap()).unwrap();
        Files { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The PDF as poppler rasterises it.
    fn raster(&self, dpi: u32) -> PathBuf {
        let (pdf, to) = (self.path("card.pdf"), self.path("raster"));
        run("pdftoppm", "poppler-utils", &["-r", &dpi.to_string(), "-png", "-singlefile", text(&pdf), text(&to)]);
        self.path("raster.png")
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn run(program: &str, package: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; apt-get install {package}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Width and RGB bytes.
fn read_png(path: &Path) -> (usize, Vec<u8>) {
    let mut decoder = ::png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).unwrap()));
    decoder.set_transformations(::png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    assert_eq!(frame.color_type, ::png::ColorType::Rgb);
    (frame.width as usize, pixels)
}

#[test]
fn zbar_reads_the_number_from_the_pdf_and_from_the_png() {
    for layout in ["ieum-card", "barcode-card", "sticker"] {
        for dpi in [203, 300, 600] {
            let files = Files::of(&gildong(layout, dpi));
            for picture in [files.raster(dpi), files.path("card.png")] {
                let said = run("zbarimg", "zbar-tools", &["-q", text(&picture)]);
                assert_eq!(said.trim(), format!("CODE-128:{DIGITS}"), "{layout} {dpi}");
            }
        }
    }
}

#[test]
fn poppler_finds_one_page_of_id_1_and_qpdf_no_fault() {
    let files = Files::of(&gildong("ieum-card", 300));
    let said = run("pdfinfo", "poppler-utils", &["-box", text(&files.path("card.pdf"))]);
    for part in ["Page size:       242.646 x 153.014 pts", "Pages:           1"] {
        assert!(said.contains(part), "{said}");
    }
    let said = run("qpdf", "qpdf", &["--check", text(&files.path("card.pdf"))]);
    assert!(said.contains("No syntax or stream encoding errors"), "{said}");
}

#[test]
fn what_stands_on_the_card_can_be_copied_out() {
    let scene =
        card("ieum-card", "압둘라흐만 빈 무함마드 알파이살", "KB국민은행과 함께하는 나무 작은도서관", 300).unwrap();
    let files = Files::of(&scene);
    let said = run("pdftotext", "poppler-utils", &["-raw", text(&files.path("card.pdf")), "-"]);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in
        ["책이음", "전국 도서관 회원증", "압둘라흐만 빈", "무함마드 알파이살", "121003 0000 0001", "KB국민은행과"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn every_font_is_embedded_and_a_subset() {
    let files = Files::of(&gildong("ieum-card", 300));
    let said = run("pdffonts", "poppler-utils", &[text(&files.path("card.pdf"))]);
    let fonts: Vec<Vec<&str>> = said.lines().skip(2).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(fonts.len(), 2, "{said}");
    for font in fonts {
        assert!(font[0].contains("+NanumGothic"), "{said}");
        // emb, sub, uni.
        assert_eq!(font[font.len() - 5..font.len() - 2], ["yes", "yes", "yes"], "{said}");
    }
}

/// Needs fonts-dejavu-core and fonts-droid-fallback, as hardware/setup.sh installs them.
#[test]
fn vietnamese_and_chinese_names_are_printed_in_one_face_and_can_be_copied_out() {
    for (name, face) in [("Nguyễn Thị Hồng-Ánh", "+DejaVuSans"), ("张伟", "+DroidSansFallback")] {
        let files = Files::of(&card("ieum-card", name, "부산광역시립구포도서관", 300).unwrap());
        let said = run("pdffonts", "poppler-utils", &[text(&files.path("card.pdf"))]);
        assert_eq!(said.lines().filter(|line| line.contains(face)).count(), 1, "{said}");
        for line in said.lines().skip(2) {
            let font: Vec<&str> = line.split_whitespace().collect();
            assert_eq!(font[font.len() - 5..font.len() - 2], ["yes", "yes", "yes"], "{said}");
        }
        let said = run("pdftotext", "poppler-utils", &["-raw", text(&files.path("card.pdf")), "-"]);
        // A long name stands in two lines.
        assert!(said.split_whitespace().collect::<Vec<_>>().join(" ").contains(name), "{said}");
        let read = run("zbarimg", "zbar-tools", &["-q", "--raw", text(&files.raster(300))]);
        assert_eq!(read.trim(), DIGITS);
    }
    for (name, package) in [("𠮷野", "fonts-noto-cjk"), ("محمد", "none"), ("🧿", "fonts-noto-core")] {
        let refused = card("ieum-card", name, "구포", 300).err().unwrap();
        assert!(refused.args.contains(&("package", package.to_owned())), "{refused:?}");
    }
}

#[test]
fn an_optional_font_that_is_not_there_is_left_out_and_recommended() {
    let mut layout = ASSETS.layout("sticker").unwrap();
    layout.fonts.bold_if_installed = vec!["DejaVuNichtda".to_owned(), "NanumGothic".to_owned()];
    layout.fonts.take_installed(|name| ASSETS.font_path(name).is_some());
    assert_eq!(layout.fonts.bold_if_installed, ["DejaVuNichtda"]);
    assert!(!layout.font_names().contains(&"DejaVuNichtda".to_owned()));
    assert_eq!(super::font_package("DejaVuNichtda"), Some("fonts-dejavu-core"));
}

#[test]
fn preview_and_print_are_equal_in_every_pixel_of_the_bars() {
    for dpi in [203, 300, 600] {
        let scene = gildong("ieum-card", dpi);
        let (bars, files) = (bars(&scene).clone(), Files::of(&scene));
        let (width, ours) = read_png(&files.path("card.png"));
        let (their_width, theirs) = read_png(&files.raster(dpi));
        assert_eq!((width, ours.len()), (their_width, theirs.len()));
        let row = |pixels: &[u8], y: u32| pixels[y as usize * width * 3..(y as usize + 1) * width * 3].to_vec();
        for y in bars.top - 1..=bars.top + bars.height {
            assert!(row(&ours, y) == row(&theirs, y), "{dpi} dpi: row {y} of {}..{}", bars.top, bars.top + bars.height);
        }
    }
}

#[test]
fn preview_and_print_look_alike() {
    let scene = gildong("ieum-card", 300);
    let files = Files::of(&scene);
    let ((_, ours), (_, theirs)) = (read_png(&files.path("card.png")), read_png(&files.raster(300)));
    let apart: u64 = ours.iter().zip(&theirs).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let mean = apart as f64 / ours.len() as f64;
    // Edges are softened differently, and upright ones not at all in ours: 0.6 here.
    assert!(mean < 0.8, "mean difference {mean} of 255");
}

#[test]
fn bars_are_whole_dots_with_quiet_zones_inside_the_card() {
    for dpi in [203, 300, 600, 1200] {
        let scene = gildong("ieum-card", dpi);
        let bars = bars(&scene);
        let width = (scene.width * dpi as f32 / 254.0).floor() as u32;
        assert_eq!(bars.width(), 112 * bars.module);
        assert!(bars.left >= 10 * bars.module && bars.left + 122 * bars.module <= width, "{dpi}: {bars:?}");
    }
}

/// A label of 50 × 25 mm, and every name that a card can show.
#[test]
fn a_sticker_is_one_page_of_its_label_and_shows_what_a_card_shows() {
    let files = Files::of(&gildong("sticker", 300));
    let said = run("pdfinfo", "poppler-utils", &["-box", text(&files.path("card.pdf"))]);
    for part in ["Page size:       141.732 x 70.866 pts", "Pages:           1"] {
        assert!(said.contains(part), "{said}");
    }
    for dpi in [203, 300, 600, 1200] {
        let scene = gildong("sticker", dpi);
        let bars = bars(&scene);
        let width = (scene.width * dpi as f32 / 254.0).floor() as u32;
        assert_eq!(bars.width(), 112 * bars.module);
        assert!(bars.left >= 10 * bars.module && bars.left + 122 * bars.module <= width, "{dpi}: {bars:?}");
    }
    let library = "전북특별자치도교육청 군산학생교육문화관 대야분관";
    for name in ["압둘라흐만 빈 무함마드 알파이살", "Maximiliana Wilhelmina Featherstonehaugh", "제갈공명선우아름"]
    {
        let scene = card("sticker", name, library, 300).unwrap_or_else(|trouble| panic!("{name}: {trouble}"));
        let files = Files::of(&scene);
        let said = run("pdftotext", "poppler-utils", &["-raw", text(&files.path("card.pdf")), "-"]);
        let said = said.split_whitespace().collect::<String>();
        for part in [name, library, "121003 0000 0001"] {
            let bare = part.split_whitespace().collect::<String>();
            assert!(said.contains(&bare), "{part}: {said}");
        }
    }
    let number = MemberNumber::parse(DIGITS).unwrap();
    let layout = ASSETS.layout("sticker").unwrap();
    let fonts = ASSETS.fonts(&layout.font_names()).unwrap();
    let long = "가나다라마바사아자차카타파하".repeat(6);
    let face = Face { name: &long, number, library_name: "구포도서관" };
    assert_eq!(compose(&layout, &face, &fonts, 300).err().map(|trouble| trouble.code), Some("name-too-long"));
}

#[test]
fn the_same_card_is_the_same_file() {
    assert_eq!(pdf(&gildong("ieum-card", 300)), pdf(&gildong("ieum-card", 300)));
}

#[test]
fn a_card_is_at_most_12_kilobytes() {
    let size = pdf(&gildong("ieum-card", 300)).unwrap().len();
    assert!(size <= 12 * 1024, "{size}");
}

#[test]
fn names_shrink_then_break_then_are_refused() {
    let of = |name: &str| card("ieum-card", name, "부산광역시립구포도서관", 300).map(|scene| lines(&scene));
    let name_lines = |name: &str| {
        let first = name.chars().next().unwrap();
        let lines = of(name).unwrap();
        let at = lines.iter().position(|(text, ..)| text.starts_with(first)).unwrap();
        let mut ours = vec![lines[at].clone()];
        // The number is set after the name.
        ours.extend(lines[at + 1..].iter().take_while(|(text, ..)| !text.starts_with("121003")).cloned());
        ours
    };
    let short = name_lines("홍길동");
    assert_eq!((short.len(), short[0].1), (1, 50.0));
    let middle = name_lines("제갈공명선우아름");
    assert_eq!(middle.len(), 1);
    assert!(middle[0].1 < 50.0, "{middle:?}");
    let long = name_lines("압둘라흐만 빈 무함마드 알파이살");
    assert_eq!(long.iter().map(|line| line.0.as_str()).collect::<Vec<_>>(), ["압둘라흐만 빈", "무함마드 알파이살"]);
    let lines_of = |library: &str| lines(&card("ieum-card", "홍길동", library, 300).unwrap());
    let office = lines_of("서울특별시교육청서울시립어린이도서관");
    assert!(office.iter().any(|(text, ..)| text == "서울시립어린이도서관"), "{office:?}");
    let latin = name_lines("Maximiliana Wilhelmina Featherstonehaugh");
    assert_eq!(latin.len(), 2);
    assert_eq!(of("가나다라마바사아자차카타파하".repeat(4).as_str()).unwrap_err().code, "name-too-long");
    assert_eq!(of(&"w".repeat(60)).unwrap_err().code, "name-too-long");
}

#[test]
fn every_library_of_the_directory_fits_beside_a_name() {
    let directory = ASSETS.text("data/library-codes.csv").unwrap();
    let mut names: Vec<&str> = directory.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
    for library in names.iter().take(60) {
        for layout in ["ieum-card", "barcode-card", "sticker"] {
            card(layout, "홍길동", library, 300).unwrap_or_else(|trouble| panic!("{library}: {trouble}"));
        }
    }
    let trouble = card("ieum-card", "홍길동", &"도서관".repeat(20), 300).err().unwrap();
    assert_eq!(trouble.code, "library-too-long");
}

#[test]
fn a_character_without_a_glyph_is_named() {
    for (name, character, code) in [("홍🧿동", "🧿", "U+1F9FF"), ("ᄒᆞᆫ글", "ᄒ", "U+1112"), ("محمد", "م", "U+0645")]
    {
        let trouble = card("ieum-card", name, "구포도서관", 300).err().unwrap();
        assert_eq!(trouble.code, "glyph-missing");
        assert_eq!(trouble.args[..2], [("character", character.to_owned()), ("code", code.to_owned())]);
    }
}

#[test]
fn a_decomposed_name_is_set_composed() {
    let scene = card("ieum-card", "\u{1112}\u{1169}\u{11bc}길동", "구포도서관", 300).unwrap();
    assert!(lines(&scene).iter().any(|(text, ..)| text == "홍길동"));
}

#[test]
fn a_name_with_braces_is_not_filled_in() {
    let scene = card("ieum-card", "{number}", "구포도서관", 300).unwrap();
    assert!(lines(&scene).iter().any(|(text, ..)| text == "{number}"));
}

#[test]
fn the_pre_check_sees_what_is_drawn_into_the_bar_code() {
    let source = ASSETS.text("layouts/ieum-card.toml").unwrap();
    let colour = |from: &str, to: &str| source.replace(from, to);
    let art = |path: &str, fill: &str| format!("{source}\n[[art]]\npath = \"{path}\"\nfill = \"{fill}\"\n");
    for (layout, code) in [
        // All along the left quiet zone; faintly along the right one; a spot in the left one.
        (art("M60 300h10v200h-10z", "#000000"), "barcode-quiet-zone"),
        (art("M60 380h10v20h-10z", "#000000"), "barcode-quiet-zone"),
        (art("M790 300h8v200h-8z", "#b0b0b0"), "barcode-quiet-zone"),
        (colour("fill = \"#fdfdfb\"", "fill = \"#404040\""), "barcode-contrast"),
        (colour("colour = \"#000000\"", "colour = \"#c00000\""), "barcode-contrast"),
        (art("M300 300h200v100h-200z", "#000000"), "barcode-modules"),
        (colour("left = 32\nwidth = 792", "left = 300\nwidth = 300"), "barcode-too-narrow"),
    ] {
        let layout = Layout::parse("spoiled", &layout).unwrap();
        let fonts = ASSETS.fonts(&layout.font_names()).unwrap();
        let number = MemberNumber::parse(DIGITS).unwrap();
        let face = Face { name: "홍길동", number, library_name: "구포도서관" };
        let trouble = compose(&layout, &face, &fonts, 300).err().map(|trouble| trouble.code);
        assert_eq!(trouble, Some(code));
    }
}

/// Writes the cards that people look at into the folder that `ISSUER_LOOK` names.
#[test]
fn look() {
    let Some(folder) = std::env::var_os("ISSUER_LOOK").map(PathBuf::from) else { return };
    for (file, layout, name, library) in [
        ("gildong", "ieum-card", "홍길동", "부산광역시립구포도서관"),
        ("barcode", "barcode-card", "홍길동", "부산광역시립구포도서관"),
        ("sticker", "sticker", "홍길동", "부산광역시립구포도서관"),
        ("sticker-long", "sticker", "압둘라흐만 빈 무함마드 알파이살", "서울특별시교육청서울시립어린이도서관"),
        (
            "sticker-latin",
            "sticker",
            "Maximiliana Wilhelmina Featherstonehaugh",
            "전북특별자치도교육청 군산학생교육문화관 대야분관",
        ),
        ("long", "ieum-card", "압둘라흐만 빈 무함마드 알파이살", "부산광역시립구포도서관"),
        (
            "latin",
            "ieum-card",
            "Maximiliana Wilhelmina Featherstonehaugh",
            "전북특별자치도교육청 군산학생교육문화관 대야분관",
        ),
        ("library", "ieum-card", "남궁아름다운별", "서울특별시교육청서울시립어린이도서관"),
    ] {
        let files = Files::of(&card(layout, name, library, 300).unwrap());
        std::fs::copy(files.raster(300), folder.join(format!("{file}.png"))).unwrap();
        std::fs::copy(files.path("card.png"), folder.join(format!("{file}-preview.png"))).unwrap();
        std::fs::copy(files.path("card.pdf"), folder.join(format!("{file}.pdf"))).unwrap();
    }
}
