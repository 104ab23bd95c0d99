//! Blank cards: lots, a day's balance, the last thirty days, and the forms for receiving and for taking by hand. A day stands in
//! the address, for it is nobody's. It judges nothing. Start at [`show`].

use actix_web::web;
use askama::Template;
use serde::Deserialize;

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::members::once;
use super::page::{Page, draw};
use super::speech::{Raw, Speech};
use crate::desk::{self, PlotDay, StockView, TypeLine, WasteLine};
use crate::plan::messages::Trouble;
use crate::plan::plot::{Bar, Plot};
use crate::plan::stock::{StockType, TAKEN_AS};

/// Of the plot's view box.
const WIDTH: f64 = 352.0;
const HEIGHT: f64 = 150.0;

#[derive(Template)]
#[template(path = "pages/stock.html")]
pub struct StockPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub view: StockView,
    /// Types of which few blanks are left.
    pub low: Vec<TypeLine>,
    pub plot: Raw,
    pub typed: Typed,
    /// What was done just now: a word of the page's own.
    pub done: Option<&'static str>,
    pub once: String,
}

/// What can have been done.
const DONE: [&str; 3] = ["received", "taken", "opened"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    done: String,
}

/// What was typed, and what is wrong with it.
#[derive(Default)]
pub struct Typed {
    /// `receive`, `take` or `day`; empty where nothing is wrong.
    form: &'static str,
    kind: String,
    lot: String,
    count: String,
    taken_as: String,
    why: String,
    wrong: Option<Trouble>,
}

impl StockPage<'_> {
    /// Where the hands go first: to what is wrong, else to the first thing to do.
    fn focus(&self, field: &str) -> bool {
        let first = match (self.typed.form, self.view.lots.is_empty()) {
            ("receive", _) => match self.typed.wrong.as_ref().map(|wrong| wrong.code) {
                Some("stock-count") => "count",
                _ => "lot",
            },
            ("take", _) => match self.typed.wrong.as_ref().map(|wrong| wrong.code) {
                Some("why-missing" | "why-text" | "identity-number") => "take-why",
                Some("stock-as") => "as-test",
                _ => "take-count",
            },
            (_, true) if self.page.may("receive-stock") => "kind",
            (_, true) => "back",
            _ => "date",
        };
        first == field
    }

    /// What is wrong with a form.
    fn wrong(&self, form: &str) -> Option<&Trouble> {
        self.typed.wrong.as_ref().filter(|_| self.typed.form == form)
    }

    /// A field as it was typed into this form; an identity number is not shown again.
    fn typed(&self, form: &str, field: &str) -> &str {
        let text = match field {
            _ if self.typed.form != form => "",
            "kind" => &self.typed.kind,
            "lot" => &self.typed.lot,
            "count" => &self.typed.count,
            "as" => &self.typed.taken_as,
            _ => &self.typed.why,
        };
        if desk::holds_identity_number(text) { "" } else { text }
    }

    /// The type that the list offers first: what was typed, else the last one that was received.
    fn offered(&self, kind: &StockType) -> bool {
        let typed = self.typed("receive", "kind");
        let last = || self.view.moves.first().map_or("", |made| made.kind.as_str());
        (if typed.is_empty() { last() } else { typed }) == kind.as_str()
    }

    /// Why a card is waste, in words where there are any.
    fn waste_why(&self, line: &WasteLine) -> String {
        let Some(why) = &line.why else { return "–".to_owned() };
        let word = self.s.of("web-ended", why);
        // A code without a word says what it is called at its job.
        if line.job.is_some() && word == *why { self.s.of("stock-why", why) } else { word }
    }

    /// Whether the day's cards and jobs are as many, as a sentence.
    fn day_word(&self) -> String {
        let day = &self.view.day;
        let id = match (day.balanced, day.issued_of_none) {
            (false, _) => "stock-day-off",
            (true, 0) => "stock-day-ok",
            (true, _) => "stock-day-ok-none",
        };
        let all = day.issued.saturating_add(day.issued_of_none);
        let (jobs, none) = (day.jobs.to_string(), day.issued_of_none.to_string());
        self.s.messages.text(self.s.lang, id, &[("jobs", jobs), ("issued", all.to_string()), ("none", none)])
    }
}

/// Day by day: what was issued is filled, what was spoiled stands on it as an outline.
fn plot(s: Speech<'_>, days: &[PlotDay]) -> Raw {
    let name = |day: &PlotDay| day.date.get(8..).unwrap_or_default().trim_start_matches('0').to_owned();
    let bar = |day: &PlotDay| Bar { name: name(day), values: vec![day.issued.into(), day.spoiled.into()] };
    let bars: Vec<Bar> = days.iter().map(bar).collect();
    let desc = match days.iter().filter(|day| day.issued > 0).max_by_key(|day| day.issued) {
        Some(day) => s.t2("stock-plot-most", "day", s.date(&day.date), "n", day.issued),
        None => s.t("stock-plot-none"),
    };
    let (title, issued, spoiled) = (s.t("stock-plot"), s.t("stock-issued"), s.t("stock-spoiled"));
    let plot = Plot { id: "plot", title: &title, desc: &desc, parts: &[&issued, &spoiled], bars: &bars };
    Raw(plot.columns(WIDTH, HEIGHT))
}

fn stock_page(room: &Room, date: Option<&str>, typed: Typed, done: &str) -> Result<String, Trouble> {
    let view = desk::stock_view(&room.desk, room.actor(), date)?;
    let here = if view.is_today { "/stock".to_owned() } else { path(&view.day.date) };
    Ok(draw(&StockPage {
        page: Page::new(room, "stock", &here),
        s: room.speech(),
        low: view.types.iter().filter(|line| line.low).cloned().collect(),
        plot: plot(room.speech(), &view.plot),
        view,
        typed,
        done: DONE.into_iter().find(|word| *word == done),
        once: once()?,
    }))
}

fn path(day: &str) -> String {
    format!("/stock/{day}")
}

/// `GET /stock`: today.
pub async fn show(clerk: Clerk, asked: Option<web::Query<Asked>>) -> Answer {
    let done = asked.map(|asked| asked.into_inner().done).unwrap_or_default();
    clerk.answer(move |room| stock_page(room, None, Typed::default(), &done).map(Reply::Page)).await
}

/// `GET /stock/{day}`: another day; what is none says so above today's.
pub async fn day(clerk: Clerk, day: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| match stock_page(room, Some(&day), Typed::default(), "") {
            Err(wrong) => wrong_day(room, wrong),
            page => page.map(Reply::Page),
        })
        .await
}

fn wrong_day(room: &Room, wrong: Trouble) -> Result<Reply, Trouble> {
    let typed = Typed { form: "day", wrong: Some(wrong), ..Typed::default() };
    stock_page(room, None, typed, "").map(Reply::Wrong)
}

/// `POST /stock`: another day, however it was typed.
pub async fn turn(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| match fields.text("date").trim() {
            "" => Ok(Reply::Go("/stock".to_owned())),
            date => match desk::stock_day(&room.desk, room.actor(), Some(date)) {
                Ok(day) => Ok(Reply::Go(path(&day.date))),
                Err(wrong) => wrong_day(room, wrong),
            },
        })
        .await
}

/// `GET` of a button's path: the page, and nothing is done.
pub async fn back(clerk: Clerk) -> Answer {
    clerk.answer(|_| Ok(Reply::Go("/stock".to_owned()))).await
}

fn key(fields: &Fields) -> String {
    format!("page-{}", fields.text("once"))
}

/// The page again with what was done, or with what is wrong beside what was typed.
fn ended<T>(room: &Room, done: Result<T, Trouble>, word: &str, typed: Typed) -> Result<Reply, Trouble> {
    match done {
        Ok(_) => Ok(Reply::Go(format!("/stock?done={word}"))),
        Err(wrong) => stock_page(room, None, Typed { wrong: Some(wrong), ..typed }, "").map(Reply::Wrong),
    }
}

/// `POST /stock/receive`.
pub async fn receive(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let text = |field: &str| fields.text(field).to_owned();
            let typed = Typed {
                form: "receive",
                kind: text("kind"),
                lot: text("lot"),
                count: text("count"),
                ..Typed::default()
            };
            let lot = (typed.kind.as_str(), typed.lot.as_str());
            let done = desk::receive_stock(&room.desk, room.actor(), lot, &typed.count, Some(&key(&fields)));
            ended(room, done, "received", typed)
        })
        .await
}

/// `POST /stock/take`: what was used, found broken or counted; or that the lot was reported as faulty.
pub async fn take(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let text = |field: &str| fields.text(field).to_owned();
            let typed = Typed {
                form: "take",
                lot: text("of"),
                count: text("count"),
                taken_as: text("as"),
                why: text("why"),
                ..Typed::default()
            };
            let (lot, key) = (named(&typed.lot), key(&fields));
            let Typed { count, taken_as, why, .. } = &typed;
            let done = match taken_as.as_str() {
                "fault" => desk::fault_stock(&room.desk, room.actor(), lot, why, Some(&key)),
                _ => desk::take_stock(&room.desk, room.actor(), lot, count, taken_as, why, Some(&key)),
            };
            ended(room, done, "taken", typed)
        })
        .await
}

/// `POST /stock/open`.
pub async fn open(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let of = fields.text("of");
            desk::open_stock(&room.desk, room.actor(), named(of), Some(&format!("{}-{of}", key(&fields))))?;
            Ok(Reply::Go("/stock?done=opened".to_owned()))
        })
        .await
}

/// Type and lot of a field that has both: no type has a space.
fn named(of: &str) -> (&str, &str) {
    of.split_once(' ').unwrap_or((of, ""))
}
