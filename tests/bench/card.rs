//! How long one card takes and how large it is: PDF and preview PNG against their limits, and the same card by
//! ReportLab in the same run. `cargo bench --bench card`. Ends with 1 when a limit is missed.

use std::process::{Command, ExitCode};
use std::time::Instant;

use issuer::back::assets::Assets;
use issuer::plan::layout::{Face, compose, pdf, pixels, png};
use issuer::plan::member::MemberNumber;

/// Milliseconds and bytes that a card may take.
const PDF_LIMIT: f64 = 2.0;
const PDF_BYTES: usize = 12 * 1024;
const PNG_LIMIT: f64 = 3.0;

fn main() -> ExitCode {
    let assets = Assets::new(None);
    let began = Instant::now();
    let layout = assets.layout("ieum-card").expect("the embedded layout");
    let fonts = assets.fonts(&layout.font_names()).expect("apt-get install fonts-nanum");
    let scene = |serial: u32| {
        let number = MemberNumber::parse(&format!("121003{serial:08}")).expect("14 digits");
        let face = Face { name: "홍길동", number, library_name: "부산광역시립구포도서관" };
        compose(&layout, &face, &fonts, 300).expect("a card that fits")
    };
    let bytes = pdf(&scene(1)).expect("a PDF").len();
    let first = began.elapsed().as_secs_f64() * 1e3;
    let picture = png(&scene(1), 300).expect("a PNG").len();

    let composed = median(|serial| drop(scene(serial)));
    let made_pdf = median(|serial| drop(pdf(&scene(serial))));
    let made_png = {
        let scene = scene(1);
        median(|_| drop(png(&scene, 300)))
    };
    let rastered = {
        let scene = scene(1);
        median(|_| drop(pixels(&scene, 300)))
    };
    println!("first card, cold     {first:8.2} ms");
    println!("compose, pre-checked {composed:8.2} ms");
    println!("PDF with compose     {made_pdf:8.2} ms  limit {PDF_LIMIT} ms   {bytes} bytes, limit {PDF_BYTES}");
    println!("raster alone         {rastered:8.2} ms");
    println!("PNG, 300 dpi         {made_png:8.2} ms  limit {PNG_LIMIT} ms   {picture} bytes");
    beside_reportlab(made_pdf, bytes);

    let kept = made_pdf <= PDF_LIMIT && bytes <= PDF_BYTES && made_png <= PNG_LIMIT;
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The middle of 200 runs, in milliseconds, after 20 to warm up; each run another number.
fn median(mut once: impl FnMut(u32)) -> f64 {
    (1..=20).for_each(&mut once);
    let mut times: Vec<f64> = (21..=220)
        .map(|serial| {
            let began = Instant::now();
            once(serial);
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn beside_reportlab(ours: f64, bytes: usize) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/reportlab_card.py");
    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let answer = Command::new(python).arg(script).output();
    let said = answer.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let parts: Vec<&str> = said.split_whitespace().collect();
    let [kept, anew, size, version] = parts[..] else {
        println!(
            "ReportLab            not here: python3 -m venv V && V/bin/pip install reportlab, then PYTHON=V/bin/python cargo bench --bench card"
        );
        return;
    };
    if let (Ok(kept), Ok(anew), Ok(size)) = (kept.parse::<f64>(), anew.parse::<f64>(), size.parse::<f64>()) {
        println!("ReportLab {version}, same art, {size} bytes, {:.1} times ours", size / bytes as f64);
        println!("  fonts kept open    {kept:8.2} ms  {:.0} times ours", kept / ours);
        println!("  fonts opened anew  {anew:8.2} ms  {:.0} times ours", anew / ours);
    }
}
