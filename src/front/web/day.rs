//! One day of this desk: counts, the plot by the hour, the jobs. The numbers are the desk's, the drawing `plan::plot`'s. Start at
//! [`show`].

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Posted, Reply, Room};
use super::page::{Page, draw};
use super::speech::{Raw, Speech};
use crate::desk::{self, Day, Hour};
use crate::plan::messages::Trouble;
use crate::plan::plot::{Bar, Plot};

const KIND: &str = "day";

#[derive(Template)]
#[template(path = "pages/day.html")]
pub struct DayPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub desk: String,
    pub day: Day,
    pub plot: Raw,
    /// Today is closed here, and is shown: the day on which counts what comes now.
    pub counts_for: Option<String>,
    /// A date that could not be read.
    pub trouble: Option<Trouble>,
}

/// Of the plot's view box.
const WIDTH: f64 = 336.0;
const HEIGHT: f64 = 160.0;

/// Hour by hour: what was issued is filled, what was reissued stands on it as an outline.
fn plot(s: Speech<'_>, hours: &[Hour]) -> Raw {
    let bar = |hour: &Hour| Bar { name: hour.hour.to_string(), values: vec![hour.issued.into(), hour.reissued.into()] };
    let bars: Vec<Bar> = hours.iter().map(bar).collect();
    let most = hours.iter().map(|hour| (hour.hour, hour.issued + hour.reissued)).filter(|(_, n)| *n > 0);
    let desc = match most.max_by_key(|(hour, n)| (*n, -hour)) {
        Some((hour, n)) => s.t2("web-day-most", "hour", hour, "n", n),
        None => s.t("web-day-none"),
    };
    let (title, issued, reissued) = (s.t("web-day-hours"), s.t("web-day-issued"), s.t("web-day-reissued"));
    let plot = Plot { id: "plot", title: &title, desc: &desc, parts: &[&issued, &reissued], bars: &bars };
    Raw(plot.columns(WIDTH, HEIGHT))
}

/// `GET /day`: today.
pub async fn show(clerk: Clerk) -> Answer {
    clerk.answer(|room| day_page(room, "/day", None)).await
}

/// `POST /day`: another day, which the session keeps.
pub async fn turn(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let date = fields.text("date").trim();
            if date.is_empty() {
                return Ok(Reply::Go("/day".to_owned()));
            }
            Ok(Reply::Go(format!("/day/{}", desk::keep(&room.desk, &room.session, KIND, date)?)))
        })
        .await
}

/// `GET /day/{id}`.
pub async fn kept(clerk: Clerk, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| match desk::kept(&room.desk, &room.session, KIND, &id)? {
            Some(date) => day_page(room, &format!("/day/{id}"), Some(&date)),
            None => Ok(Reply::Go("/day".to_owned())),
        })
        .await
}

fn day_page(room: &Room, here: &str, date: Option<&str>) -> Result<Reply, Trouble> {
    let (day, trouble) = match desk::day(&room.desk, room.actor(), date) {
        Err(trouble) if date.is_some() => (desk::day(&room.desk, room.actor(), None)?, Some(trouble)),
        day => (day?, None),
    };
    Ok(Reply::Page(draw(&DayPage {
        page: Page::new(room, "day", here),
        s: room.speech(),
        desk: room.actor().desk.clone(),
        plot: plot(room.speech(), &day.hours),
        counts_for: desk::next_business_day(&room.desk, room.actor())?.filter(|_| day.is_today),
        day,
        trouble,
    })))
}
