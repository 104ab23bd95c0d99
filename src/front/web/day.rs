//! One day of this desk: counts, the plot by the hour, the jobs. The plot is drawn here, as SVG; the numbers are the desk's.

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Posted, Reply, Room};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Day, Hour};
use crate::plan::messages::Trouble;

const KIND: &str = "day";

#[derive(Template)]
#[template(path = "pages/day.html")]
pub struct DayPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub desk: String,
    pub day: Day,
    pub plot: Plot,
    /// A date that could not be read.
    pub trouble: Option<Trouble>,
}

/// The plot in units of its own view box, 336 × 160.
pub struct Plot {
    pub bars: Vec<Bar>,
    pub lines: Vec<Line>,
    /// The hour of the most, and how many.
    pub most: Option<(i8, u32)>,
}

/// One hour: what was issued is filled, what was reissued stands on it as an outline.
pub struct Bar {
    pub hour: i8,
    pub x: String,
    pub middle: String,
    pub width: String,
    pub issued: Option<(String, String)>,
    pub reissued: Option<(String, String)>,
    /// An hour whose name has room.
    pub named: bool,
}

/// A horizontal line at so many.
pub struct Line {
    pub n: u32,
    pub y: String,
    /// Of its text.
    pub under: String,
}

const LEFT: f64 = 32.0;
const RIGHT: f64 = 336.0;
const FLOOR: f64 = 134.0;
const HEIGHT: f64 = 116.0;

impl Plot {
    pub fn of(hours: &[Hour]) -> Plot {
        let most = hours.iter().map(|hour| hour.issued + hour.reissued).max().unwrap_or(0);
        // The lines are at whole numbers that are read at a glance; the highest is not below the highest bar by much.
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500].into_iter().find(|step| most <= step * 3).unwrap_or(1000);
        let unit = HEIGHT / f64::from((most.max(1)).max(step * 2));
        let slot = (RIGHT - LEFT) / hours.len().max(1) as f64;
        let width = slot * 0.66;
        let one = |number: f64| format!("{number:.1}");
        let bar = |(at, hour): (usize, &Hour)| {
            let x = LEFT + slot * at as f64 + (slot - width) / 2.0;
            let (issued, reissued) = (f64::from(hour.issued) * unit, f64::from(hour.reissued) * unit);
            Bar {
                hour: hour.hour,
                x: one(x),
                middle: one(x + width / 2.0),
                width: one(width),
                issued: (issued > 0.0).then(|| (one(FLOOR - issued), one(issued))),
                reissued: (reissued > 0.0).then(|| (one(FLOOR - issued - reissued), one(reissued))),
                named: hours.len() <= 12 || at % 2 == 0,
            }
        };
        let line = |n: u32| {
            let y = FLOOR - f64::from(n) * unit;
            Line { n, y: one(y), under: one(y + 4.5) }
        };
        Plot {
            bars: hours.iter().enumerate().map(bar).collect(),
            lines: (1..=3).map(|times| times * step).filter(|n| *n <= most.max(step * 2)).map(line).collect(),
            most: hours
                .iter()
                .map(|hour| (hour.hour, hour.issued + hour.reissued))
                .filter(|(_, n)| *n > 0)
                .max_by_key(|(hour, n)| (*n, -hour)),
        }
    }
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
        plot: Plot::of(&day.hours),
        day,
        trouble,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bar_stays_inside_and_stands_on_the_floor() {
        for most in [0, 1, 3, 7, 44, 999, 5000] {
            let hours: Vec<Hour> = (9..=18).map(|hour| Hour { hour, issued: most, reissued: most / 2 }).collect();
            let plot = Plot::of(&hours);
            assert_eq!(plot.bars.len(), 10);
            for bar in &plot.bars {
                if let Some((y, height)) = &bar.issued {
                    let (y, height): (f64, f64) = (y.parse().unwrap(), height.parse().unwrap());
                    assert!((y + height - FLOOR).abs() < 0.2 && y >= 0.0, "{most}: {y} {height}");
                }
                if let Some((y, _)) = &bar.reissued {
                    assert!(y.parse::<f64>().unwrap() >= 10.0, "{most}");
                }
            }
            assert!(plot.lines.len() >= 2, "{most} has lines to read by");
        }
        assert_eq!(Plot::of(&[]).most, None);
    }
}
