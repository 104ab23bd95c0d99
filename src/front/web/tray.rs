//! The simulated tray (모의 장비): lay, lift, swap, tear, printer out of media. It is absent on real hardware
//! and decides nothing: every act is the desk's. Start at [`act`].

use askama::Template;

use super::clerk::{Answer, Posted, Reply, Room};
use super::speech::Speech;
use crate::desk::{self, Fault, Tray, TrayAct, TrayCard};
use crate::plan::messages::Trouble;

/// The tray below the work. Its id on the page is `tray`.
#[derive(Template)]
#[template(path = "pages/tray.html")]
pub struct TrayPart<'a> {
    pub s: Speech<'a>,
    pub csrf: &'a str,
    pub here: String,
    pub lying: Option<TrayCard>,
    pub lifted: Vec<TrayCard>,
    pub tear_after: Option<u32>,
    pub media: &'static str,
    pub plugged: bool,
    /// The kind of blank that is offered first.
    pub kind: &'static str,
    /// The kinds there are blanks of.
    pub kinds: Vec<&'static str>,
}

impl<'a> TrayPart<'a> {
    /// The tray, or `None` where the devices are real.
    pub fn of(room: &'a Room, here: &str) -> Result<Option<TrayPart<'a>>, Trouble> {
        let Some(Tray { lying, lifted, tear_after, media, plugged, dispenser, kinds }) = desk::tray(&room.desk)? else {
            return Ok(None);
        };
        Ok(Some(TrayPart {
            s: room.speech(),
            csrf: &room.session.csrf,
            here: here.to_owned(),
            lying,
            lifted,
            tear_after,
            media,
            plugged,
            kind: dispenser,
            kinds,
        }))
    }
}

/// `POST /tray`: does what the pressed button says, and goes back to the page it stands on.
pub async fn act(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let act = read(&fields)?;
            desk::tray_do(&room.desk, room.actor(), &act)?;
            Ok(Reply::Go(back(fields.text("from"))))
        })
        .await
}

fn read(fields: &super::clerk::Fields) -> Result<TrayAct, Trouble> {
    let pressed = fields.text("act");
    let refused = || Trouble::new("web-request");
    Ok(match pressed {
        "lay-new" => TrayAct::LayNew(fields.text("kind").to_owned()),
        "lay" => TrayAct::Lay(fields.text("lifted").to_owned()),
        "lift" => TrayAct::Lift,
        "swap" => TrayAct::Swap,
        "tear" => TrayAct::TearAfter(fields.text("after").trim().parse().map_err(|_| refused())?),
        "unplug" => TrayAct::Unplug,
        "plug" => TrayAct::Plug,
        "refill" => TrayAct::Refill,
        fault => TrayAct::Break(Fault::parse(fault).ok_or_else(refused)?),
    })
}

/// A path of this service to go back to, with what a page was asked for; anything that could lead elsewhere becomes the desk.
pub fn back(from: &str) -> String {
    let (path, query) = from.split_once('?').unwrap_or((from, ""));
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let plain =
        path.bytes().all(|b| word(b) || b == b'/') && query.bytes().all(|b| word(b) || matches!(b, b'=' | b'&'));
    if plain && from.starts_with('/') && !from.starts_with("//") { from.to_owned() } else { "/desk".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::web::clerk::Fields;

    #[test]
    fn the_way_back_never_leaves_this_service() {
        for here in ["/jobs/12", "/members/1/reissue?reason=lost", "/members/1/history?page=2&looks=1"] {
            assert_eq!(back(here), here);
        }
        for away in [
            "",
            "jobs",
            "//evil.example/x",
            "https://evil.example",
            "/\\evil.example",
            "/jobs?to=https://evil.example",
            "/jobs?x=1?y",
            "/a\r\nSet-Cookie:x",
        ] {
            assert_eq!(back(away), "/desk", "{away}");
        }
    }

    #[test]
    fn a_button_is_read_with_what_it_needs() {
        let press = |fields: &[(&str, &str)]| {
            read(&Fields(fields.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect()))
        };
        assert!(
            matches!(press(&[("act", "lay-new"), ("kind", "ntag213")]), Ok(TrayAct::LayNew(kind)) if kind == "ntag213")
        );
        assert!(matches!(press(&[("act", "lay"), ("lifted", "047A1C5E")]), Ok(TrayAct::Lay(uid)) if uid == "047A1C5E"));
        assert!(matches!(press(&[("act", "tear"), ("after", " 9 ")]), Ok(TrayAct::TearAfter(9))));
        for wrong in [&[("act", "tear"), ("after", "soon")][..], &[("act", "melt")], &[]] {
            assert!(press(wrong).is_err(), "{wrong:?}");
        }
    }
}
