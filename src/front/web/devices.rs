//! Readers and printers as the strip names them, in full, with what to do where one is not ready.

use askama::Template;

use super::clerk::{Answer, Clerk, Reply, Room};
use super::page::{Page, draw};
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
    pub fn new(room: &'a Room) -> ReadersPart<'a> {
        ReadersPart { s: room.speech(), readers: desk::readers(&room.desk) }
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
                readers: ReadersPart::new(room),
                printers: desk::printers(&room.desk),
            })))
        })
        .await
}
