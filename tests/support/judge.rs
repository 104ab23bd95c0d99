//! Judges from outside: Debian's own tools say what a PDF and a bar code hold. None of our code takes part. A tool
//! that is missing fails the test with the command that installs it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a tool to its end and gives its standard output.
#[track_caller]
fn tool(name: &str, package: &str, arguments: &[&str]) -> String {
    let output = match Command::new(name).args(arguments).output() {
        Ok(output) => output,
        Err(fault) => panic!("{name}: {fault} (install it: apt-get install {package}, or hardware/setup.sh --test)"),
    };
    assert!(
        output.status.success(),
        "{name} {arguments:?}: {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// The first page as a PNG beside the PDF, so many dots an inch.
#[track_caller]
pub fn rasterise(pdf: &Path, dpi: u32) -> PathBuf {
    let bare = pdf.with_extension("");
    tool("pdftoppm", "poppler-utils", &["-png", "-singlefile", "-r", &dpi.to_string(), text(pdf), text(&bare)]);
    pdf.with_extension("png")
}

/// The text of a PDF as a reader copies it.
#[track_caller]
pub fn pdf_text(pdf: &Path) -> String {
    tool("pdftotext", "poppler-utils", &["-layout", text(pdf), "-"])
}

/// Every page and word of a PDF with the box that it fills, in points: lines of `<page …>` and `<word …>`.
#[track_caller]
pub fn pdf_boxes(pdf: &Path) -> String {
    tool("pdftotext", "poppler-utils", &["-bbox", text(pdf), "-"])
}

/// The fonts of a PDF, one line each: name, type, embedded, subset.
#[track_caller]
pub fn pdf_fonts(pdf: &Path) -> String {
    tool("pdffonts", "poppler-utils", &[text(pdf)])
}

/// Fails unless the PDF's structure is sound.
#[track_caller]
pub fn check_pdf(pdf: &Path) {
    tool("qpdf", "qpdf", &["--check", text(pdf)]);
}

/// Every bar code in a picture as (symbology, text): `("CODE-128", "12100300000001")`. No bar code is a failure.
#[track_caller]
pub fn bar_codes(picture: &Path) -> Vec<(String, String)> {
    let found = tool("zbarimg", "zbar-tools", &["--quiet", "--nodbus", text(picture)]);
    let split = found.lines().filter_map(|line| line.split_once(':'));
    split.map(|(kind, code)| (kind.to_owned(), code.to_owned())).collect()
}
