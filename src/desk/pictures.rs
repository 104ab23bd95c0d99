//! The card or sticker as it will be printed: one scene for the printer, the preview and the page.

use super::{Act, Actor, Assets, Desk, EnrolForm, Settings, Stamp, actor, issue, job_view};
use crate::back::store::jobs;
use crate::back::store::members::{self, Search};
use crate::plan::job::CardKind;
use crate::plan::layout::{self, Face, FontSet, Layout, Scene};
use crate::plan::member::{MemberNumber, PersonName};
use crate::plan::messages::{Lang, Trouble};

/// Draws and pre-checks a card; what is wrong with name, glyphs or bar code is said here, before anything is printed.
pub(super) fn compose(desk: &Desk, name: &str, number: MemberNumber, kind: CardKind) -> Result<Scene, Trouble> {
    scene(desk, layout_of(desk, kind), name, number)
}

/// What is marked on everything that a practice desk prints.
pub(super) fn practice(desk: &Desk, lang: Lang) -> Option<String> {
    match desk.stamp() {
        Stamp::Training => Some(desk.messages.text(lang, "practice", &[])),
        Stamp::Trial | Stamp::Production => None,
    }
}

/// A layout, whose texts also have the fonts of `[layout] fonts`.
pub(super) fn layout(assets: &Assets, settings: &Settings, name: &str) -> Result<Layout, Trouble> {
    let mut layout = assets.layout(name)?;
    layout.fonts.take_further(&settings.layout.fonts);
    Ok(layout)
}

fn layout_of(desk: &Desk, kind: CardKind) -> &Layout {
    match kind {
        CardKind::Rfid => &desk.card_layout,
        CardKind::Barcode => &desk.barcode_layout,
        CardKind::Sticker => &desk.sticker_layout,
    }
}

fn scene(desk: &Desk, layout: &Layout, name: &str, number: MemberNumber) -> Result<Scene, Trouble> {
    let library = desk.library();
    let face = Face { name, number, library_name: &library.name };
    let scene = layout::compose(layout, &face, fonts(desk)?, desk.settings.printer.dpi)?;
    match practice(desk, Lang::Ko) {
        Some(word) => layout::mark(scene, layout, fonts(desk)?, &word),
        None => Ok(scene),
    }
}

fn fonts(desk: &Desk) -> Result<&FontSet, Trouble> {
    if let Some(fonts) = desk.fonts.get() {
        return Ok(fonts);
    }
    let mut names = desk.card_layout.font_names();
    let others = [&desk.barcode_layout, &desk.sticker_layout].map(Layout::font_names);
    for name in others.into_iter().flatten().chain(desk.settings.layout.fonts.iter().cloned()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let fonts = desk.assets.fonts(&names)?;
    Ok(desk.fonts.get_or_init(|| fonts))
}

/// The front of a job's card, or its sticker, as PNG at the printer's resolution. It holds a name: part of a look at the job's
/// page, or a look of its own.
pub fn card_picture(desk: &Desk, actor: &Actor, job: i64) -> Result<Vec<u8>, Trouble> {
    actor.may(Act::ShowJob)?;
    job_view::follow_job(desk, actor, job)?;
    let (job, member) = desk.store.look(|tx| {
        let job = jobs::get(tx, job)?;
        let member = members::get(tx, job.member)?;
        Ok((job, member))
    })?;
    layout::png(&compose(desk, &member.name, job.number, job.kind)?, desk.settings.printer.dpi)
}

/// The card that an enrolment would give, with the number that would come next; nothing is reserved.
pub fn draft_picture(desk: &Desk, actor: &Actor, form: &EnrolForm, kind: CardKind) -> Result<Vec<u8>, Trouble> {
    actor.may(Act::Enrol)?;
    let name = PersonName::parse(&form.name)?;
    layout::png(&compose(desk, name.as_str(), issue::next_number(desk)?, kind)?, desk.settings.printer.dpi)
}

/// `issuer preview`: a member's card; for a number nobody has, with a sample name. A member's name that is shown is logged.
pub fn preview(
    desk: &Desk,
    actor: &Actor,
    number: MemberNumber,
    name: Option<&str>,
) -> Result<(Vec<u8>, u32, u32), Trouble> {
    actor.may(Act::Preview)?;
    let holder = desk.store.look(|tx| members::search(tx, &Search::Number(number), 1))?.pop();
    if let Some(member) = &holder {
        desk.store.change(|tx| actor::log(desk, tx, actor, [member.id], "look", "preview"))?;
    }
    let sample = desk.messages.text(Lang::Ko, "sample-name", &[]);
    let person = holder.map_or(sample, |member| member.name);
    let scene = match name {
        None => compose(desk, &person, number, CardKind::Rfid)?,
        Some(layout) => scene(desk, &self::layout(&desk.assets, &desk.settings, layout)?, &person, number)?,
    };
    let dpi = desk.settings.printer.dpi;
    let (width, height) = layout::size(&scene, dpi);
    Ok((layout::png(&scene, dpi)?, width, height))
}
