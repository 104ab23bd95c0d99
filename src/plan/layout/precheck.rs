//! The bar code's pre-check on what is drawn: quiet zones clear, contrast, whole modules, decodes back. A pre-check on
//! pixels with thresholds of ISO/IEC 15416, not a verifier's grade: there is no light and no aperture here.

use super::barcode::{self, QUIET_MODULES};
use super::png;
use super::scene::{Bars, Scene};
use crate::plan::messages::Trouble;

/// Symbol contrast of grade A (ISO/IEC 15416, table 3), in parts of 255.
const CONTRAST: f32 = 0.70 * 255.0;

/// Looks at every dot row of the bars at the printer's resolution.
///
/// Errors: `barcode-quiet-zone` (art or text in it, or it reaches over the edge), `barcode-contrast`,
/// `barcode-modules` (a bar or space that is not whole modules wide), `barcode-decode`.
pub fn check(scene: &Scene, bars: &Bars) -> Result<(), Trouble> {
    let quiet = QUIET_MODULES * bars.module;
    let (width, _) = png::size(scene, scene.dpi);
    let (Some(from), to) = (bars.left.checked_sub(quiet), bars.left + bars.width() + quiet) else {
        return Err(Trouble::new("barcode-quiet-zone"));
    };
    if to > width {
        return Err(Trouble::new("barcode-quiet-zone"));
    }
    let band = png::band(scene, scene.dpi, bars.top, bars.height)?;
    let row_bytes = width as usize * 4;
    let seen = (from as usize * 4)..(to as usize * 4);
    let mut last = None;
    for row in band.data().chunks_exact(row_bytes).filter_map(|row| row.get(seen.clone())) {
        if last != Some(row) {
            check_row(&row.chunks_exact(4).map(reflectance).collect::<Vec<_>>(), bars)?;
            last = Some(row);
        }
    }
    Ok(())
}

/// Red light of 660 nm, as most scanners use: the red channel is what they see.
fn reflectance(pixel: &[u8]) -> f32 {
    f32::from(pixel.first().copied().unwrap_or(0))
}

fn check_row(row: &[f32], bars: &Bars) -> Result<(), Trouble> {
    let (least, most) = row.iter().fold((255.0f32, 0.0f32), |(least, most), r| (least.min(*r), most.max(*r)));
    if most - least < CONTRAST {
        let contrast = (most - least) / 2.55;
        return Err(Trouble::new("barcode-contrast").with("contrast", format!("{contrast:.0}")));
    }
    let middle = (least + most) / 2.0;
    let mut runs: Vec<(bool, u32)> = Vec::new();
    for reflectance in row {
        let dark = *reflectance < middle;
        match runs.last_mut() {
            Some((last, length)) if *last == dark => *length += 1,
            _ => runs.push((dark, 1)),
        }
    }
    let quiet = QUIET_MODULES * bars.module;
    let clear = |run: Option<&(bool, u32)>| run == Some(&(false, quiet));
    // A grey smear in a quiet zone is no run of its own, but it is not clear either.
    let faint = |zone: &[f32]| zone.iter().any(|r| most - r > (most - least) / 4.0);
    let zones = [row.get(..quiet as usize), row.get(row.len().saturating_sub(quiet as usize)..)];
    if !clear(runs.first()) || !clear(runs.last()) || zones.into_iter().flatten().any(faint) {
        return Err(Trouble::new("barcode-quiet-zone"));
    }
    let elements = runs.get(1..runs.len() - 1).unwrap_or_default();
    if elements.iter().any(|(_, length)| length % bars.module != 0) {
        return Err(Trouble::new("barcode-modules"));
    }
    let widths: Vec<u8> = elements.iter().map(|(_, length)| u8::try_from(length / bars.module).unwrap_or(0)).collect();
    match barcode::decode(&widths) {
        Some(digits) if digits == bars.digits => Ok(()),
        read => Err(Trouble::new("barcode-decode")
            .with("digits", &bars.digits)
            .with("read", read.unwrap_or_else(|| "-".to_owned()))),
    }
}
