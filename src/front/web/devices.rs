//! Readers and printers as the strip names them, in full, with what to do where one is not ready.

use askama::Template;

use super::clerk::{Answer, Clerk, Reply, Room};
use super::page::{Lamp, Page, StripPart, draw, printer_tone, reader_tone};
use super::speech::Speech;
use super::tray::TrayPart;
use crate::desk::{self, PrinterLine, ReaderLine};
use crate::plan::messages::Trouble;

#[derive(Template)]
#[template(path = "pages/devices.html")]
pub struct DevicesPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub readers: ReadersPart<'a>,
    pub printers: Vec<PrinterLine>,
}

/// The readers, or why none can be seen. Its id on the page is `readers`.
#[derive(Template)]
#[template(path = "pages/readers.html")]
pub struct ReadersPart<'a> {
    pub s: Speech<'a>,
    pub readers: Result<Vec<ReaderLine>, Trouble>,
}

impl<'a> ReadersPart<'a> {
    pub fn new(room: &'a Room, readers: Result<Vec<ReaderLine>, Trouble>) -> ReadersPart<'a> {
        ReadersPart { s: room.speech(), readers }
    }
}

impl ReadersPart<'_> {
    /// A state as a tag: its tone, icon and word.
    fn tag(&self, reader: &ReaderLine) -> (&'static str, &'static str, String) {
        let (tone, icon) = reader_tone(reader);
        (tone, icon, self.s.of("web-reader", reader.state.as_str()))
    }
}

impl DevicesPage<'_> {
    /// A state as a tag: its tone, icon and word.
    fn tag(&self, printer: &PrinterLine) -> (&'static str, &'static str, String) {
        let (tone, icon) = printer_tone(printer);
        (tone, icon, self.s.of("web-printer", printer.state))
    }
}

/// Whether a card can be issued now, beside the last step of enrolling. Its id on the page is `ready`.
#[derive(Template)]
#[template(path = "pages/ready.html")]
pub struct ReadyPart<'a> {
    pub s: Speech<'a>,
    reader: Lamp,
    printer: Lamp,
    /// What keeps every reader away.
    trouble: Option<Trouble>,
}

impl<'a> ReadyPart<'a> {
    pub fn new(room: &'a Room, readers: &Result<Vec<ReaderLine>, Trouble>) -> ReadyPart<'a> {
        let StripPart { s, reader, printer, .. } = StripPart::of(room, readers, None);
        let lost = |readers: &Vec<ReaderLine>| {
            let all = readers.iter().all(|reader| reader.state.is_lost());
            readers.first().and_then(|first| first.trouble.clone()).filter(|_| all)
        };
        let trouble = desk::reader_at_hand(&room.desk, readers).err();
        let trouble = trouble.or_else(|| readers.as_ref().ok().and_then(lost));
        ReadyPart { s, reader, printer, trouble }
    }
}

/// `GET /devices`.
pub async fn show(clerk: Clerk) -> Answer {
    clerk
        .answer(|room| {
            let mut page = Page::new(room, "", "/devices");
            page.live = Some("/devices/events".to_owned());
            page.tray = TrayPart::of(room, "/devices")?;
            Ok(Reply::Page(draw(&DevicesPage {
                page,
                s: room.speech(),
                readers: ReadersPart::new(room, desk::readers(&room.desk)),
                printers: desk::printers(&room.desk),
            })))
        })
        .await
}
