//! What printing needs: fonts that are there and have every letter a name may hold, a spool that can be written, and
//! nothing left lying in it. Printers of kinds to come are not judged. Start at [`fonts`].

use super::{Patient, Settings, Verdict, fail, fine, hidden, mend::Mend, warn};
use crate::back::assets::font_package;
use crate::back::machine::{Look, files};
use crate::back::store::jobs;
use crate::desk::{Assets, devices};
use crate::plan::layout::{Font, FontSet, Layout};
use crate::plan::messages::Trouble;

const DAY: u64 = 24 * 60 * 60;

/// Signs that names and bar codes hold besides letters and digits.
const SIGNS: &str = " ’'.-()·";

fn layouts(assets: &Assets, settings: &Settings) -> Result<Vec<Layout>, Trouble> {
    [&settings.layout.card, &settings.layout.barcode_card].into_iter().map(|name| assets.layout(name)).collect()
}

fn names(layouts: &[Layout], settings: &Settings) -> Vec<String> {
    let mut names: Vec<String> = layouts.iter().flat_map(Layout::font_names).collect();
    names.extend(settings.layout.fonts.iter().cloned());
    names.sort_unstable();
    names.dedup();
    names
}

pub(super) fn fonts(patient: &Patient, settings: &Settings) -> Verdict {
    let found = layouts(patient.assets, settings).and_then(|layouts| {
        let names = names(&layouts, settings);
        patient.assets.fonts(&names).map(|_| (names, recommended(&layouts)))
    });
    match found {
        Ok((names, more)) if more.is_empty() => fine("").with("fonts", names.join(", ")),
        Ok((names, more)) => fine("recommended").with("fonts", names.join(", ")).with("packages", more.join(" ")),
        Err(trouble) => fail(trouble),
    }
}

/// The packages of fonts that the layouts would use if they were there, each once.
pub(super) fn recommended(layouts: &[Layout]) -> Vec<&'static str> {
    let fonts = layouts.iter().map(|layout| &layout.fonts);
    let lacking = fonts.flat_map(|fonts| fonts.regular_if_installed.iter().chain(&fonts.bold_if_installed));
    let mut packages: Vec<&'static str> = lacking.filter_map(|font| font_package(font)).collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// Whether every letter that a Korean or Latin name may hold can be printed, in both weights of both layouts.
pub(super) fn font_coverage(patient: &Patient, settings: &Settings) -> Verdict {
    let Ok(layouts) = layouts(patient.assets, settings) else { return hidden("templates/layouts") };
    let names = names(&layouts, settings);
    // A font that is missing is said by the check before this one; what is there is judged.
    let found: Vec<FontSet> =
        names.iter().filter_map(|name| patient.assets.fonts(std::slice::from_ref(name)).ok()).collect();
    let font = |name: &String| found.iter().find_map(|set| set.fonts.get(name));
    let mut lacks: Vec<char> = Vec::new();
    for chain in layouts.iter().flat_map(|layout| [&layout.fonts.regular, &layout.fonts.bold]) {
        let fonts: Vec<&Font> = chain.iter().chain(&settings.layout.fonts).filter_map(font).collect();
        for letter in lacking(&fonts) {
            if !lacks.contains(&letter) {
                lacks.push(letter);
            }
        }
    }
    lacks.sort_unstable();
    judged(&lacks)
}

/// Hangul and plain Latin letters every desk needs. Of the rest it is said what lacks: a name that holds such a letter is
/// refused before anything is printed.
pub(super) fn judged(lacks: &[char]) -> Verdict {
    let sample: String = lacks.iter().take(12).map(|letter| format!("{letter} ")).collect();
    let (count, sample) = (lacks.len(), sample.trim_end());
    match lacks {
        [] => fine("").with("syllables", "11,172"),
        _ if lacks.iter().any(|letter| syllable(*letter) || letter.is_ascii()) => {
            fail(Trouble::new("doctor-font-coverage").with("count", count).with("sample", sample))
        }
        _ => fine("most").with("syllables", "11,172").with("count", count).with("sample", sample),
    }
}

/// The letters that none of the fonts has.
pub(super) fn lacking(fonts: &[&Font]) -> Vec<char> {
    let mut left: Vec<char> = wanted().collect();
    for font in fonts {
        let text: String = left.iter().collect();
        let Ok(glyphs) = font.glyphs(&text) else { continue };
        let kept = left.iter().zip(glyphs).filter(|(_, glyph)| glyph.is_none()).map(|(letter, _)| *letter);
        left = kept.collect();
    }
    left
}

/// All Hangul syllables, the Latin letters of Latin-1, digits and signs.
pub(super) fn wanted() -> impl Iterator<Item = char> {
    let latin = ('\u{c0}'..='\u{ff}').filter(|letter| letter.is_alphabetic());
    ('가'..='힣').chain('A'..='Z').chain('a'..='z').chain('0'..='9').chain(latin).chain(SIGNS.chars())
}

fn syllable(letter: char) -> bool {
    ('가'..='힣').contains(&letter)
}

pub(super) fn printers(patient: &Patient, settings: &Settings) -> Verdict {
    let folder = &settings.printer.folder;
    // Before the first start there is nothing that a spool could lie in, and that is as it should be.
    match files::there(folder) {
        Look::Hidden => return hidden(folder.display()),
        Look::Missing if patient.health.is_none() => return fine("not-yet"),
        Look::Missing | Look::Found(()) => {}
    }
    let state = devices::spool(settings).state();
    match state.trouble {
        None => fine("").with("folder", folder.display()),
        Some(trouble) if trouble.code.starts_with("printer-media") => warn(trouble),
        Some(trouble) => fail(trouble),
    }
}

pub(super) fn spool_leftovers(patient: &Patient, settings: &Settings) -> Verdict {
    let days = u64::from(settings.printer.keep_days);
    let files = match files::leftovers(&settings.printer.folder, days.max(1) * DAY) {
        Look::Found(files) => files,
        Look::Missing => Vec::new(),
        Look::Hidden => return hidden(settings.printer.folder.display()),
    };
    let until = jiff::Timestamp::now().as_millisecond() - i64::try_from(days * DAY * 1000).unwrap_or(i64::MAX);
    let overdue =
        patient.desk.as_ref().ok().and_then(|desk| desk.store.look(|tx| jobs::spooled_before(tx, until)).ok());
    let prints = overdue.map_or(0, |jobs| jobs.len());
    match files.len() + prints {
        0 => fine(""),
        count => warn(Trouble::new("doctor-leftovers").with("count", count)).mend(Mend::Spool { files, prints }),
    }
}
