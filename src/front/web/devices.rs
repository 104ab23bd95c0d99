//! Readers and printers as the strip names them, in full, with what to do where one is not ready.

use askama::Template;

use super::clerk::{Answer, Clerk, Reply};
use super::page::{Page, draw};
use super::speech::Speech;
use super::tray::TrayPart;
use crate::desk::{self, PrinterLine, ReaderLine};

#[derive(Template)]
#[template(path = "pages/devices.html")]
pub struct DevicesPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub readers: Vec<ReaderLine>,
    pub printers: Vec<PrinterLine>,
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
                readers: desk::readers(&room.desk)?,
                printers: desk::printers(&room.desk),
            })))
        })
        .await
}
