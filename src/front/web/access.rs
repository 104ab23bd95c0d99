//! The access log: filters, entries, plots, what stands out, reviews, and the log as a file. What is asked for goes by POST and is
//! kept in the session; the address holds its id alone. Who may and what is logged is the desk's. Start at [`show`].

use actix_web::{HttpRequest, web};
use askama::Template;

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::kept::is_id;
use super::members::once;
use super::page::{Page, clerk_name, draw};
use super::speech::{Raw, Speech};
use crate::desk::{self, AccessPage, AccessQuery, AccessRow, Act, Flag, PastReview, Person, Right, StaffCount};
use crate::plan::messages::Trouble;
use crate::plan::plot::{Bar, Plot};
use crate::plan::sheet::Format;

const KIND: &str = "access";
/// What stands out and is seen at once; the rest is behind a line.
const FLAGS: usize = 4;
/// Persons of the plot; more are a table.
const PERSONS: usize = 12;
/// Of the plots' view boxes.
const WIDTH: f64 = 352.0;
const HEIGHT: f64 = 150.0;

#[derive(Template)]
#[template(path = "pages/access.html")]
pub struct LogPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub log: AccessPage,
    /// The period that is shown.
    pub from: String,
    pub to: String,
    /// The id of what was asked for; empty for the usual period.
    pub asked: String,
    /// Without the number of the page.
    pub here: String,
    pub filtered: bool,
    /// Nobody and nothing is left out of the period.
    pub whole: bool,
    pub people: Vec<Person>,
    pub flags_first: Vec<FlagLine>,
    pub flags_rest: Vec<FlagLine>,
    pub plots: Plots,
    pub reviews: Vec<PastReview>,
    pub may_review: bool,
    pub may_export: bool,
    pub signer: String,
    pub once: String,
    /// A question that could not be answered.
    pub trouble: Option<Trouble>,
}

/// Something that stands out, and the filters that show it.
pub struct FlagLine {
    pub nth: usize,
    pub name: String,
    pub word: String,
    pub count: u64,
    pub day: Option<String>,
    pub member: Option<i64>,
    pub staff: String,
    pub from: String,
    pub to: String,
}

/// The two plots, and the figures of the first.
pub struct Plots {
    pub hours: Raw,
    pub hour_rows: Vec<(usize, u64)>,
    pub staff: Raw,
    /// How many persons are drawn.
    pub drawn: usize,
}

impl LogPage<'_> {
    fn words(&self, row: &AccessRow) -> (String, &'static str, String) {
        desk::entry_words(&row.what, &row.purpose)
    }

    fn who(&self, id: &str, name: &str) -> String {
        who(self.s, id, name)
    }

    fn review_line(&self, past: &PastReview) -> String {
        let review = &past.review;
        let args = [
            ("from", self.s.date(&review.from)),
            ("to", self.s.date(&review.to)),
            ("rows", self.s.grouped(&review.rows)),
            ("flags", review.flags.len().to_string()),
        ];
        self.s.messages.text(self.s.lang, "access-review-line", &args)
    }
}

/// A person's name; what nobody did has the program's.
fn who(s: Speech<'_>, id: &str, name: &str) -> String {
    if id == "house" { s.t("access-house") } else { s.by(name) }
}

/// `GET /access?page=2`: the usual period.
pub async fn show(clerk: Clerk, request: HttpRequest) -> Answer {
    let page = page_of(request.query_string());
    clerk.answer(move |room| log_page(room, "", &AccessQuery::default(), page)).await
}

/// `POST /access`: other filters, which the session keeps.
pub async fn seek(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let asked = serde_json::to_string(&query(&fields)?).map_err(|_| Trouble::new("web-trouble"))?;
            Ok(Reply::Go(format!("/access/{}", desk::keep(&room.desk, &room.session, KIND, &asked)?)))
        })
        .await
}

/// `GET /access/{id}?page=2`.
pub async fn found(clerk: Clerk, id: web::Path<String>, request: HttpRequest) -> Answer {
    let page = page_of(request.query_string());
    clerk
        .answer(move |room| match kept(room, &id)? {
            Some(asked) => log_page(room, &id, &asked, page),
            None => Ok(Reply::Go("/access".to_owned())),
        })
        .await
}

/// `POST /access/review`: signs what was found in the period that was shown.
pub async fn review(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let key = format!("page-{}", fields.text("once"));
            let (from, to) = (fields.text("from"), fields.text("to"));
            desk::review_access(&room.desk, room.actor(), from, to, fields.text("findings"), Some(&key))?;
            Ok(Reply::Go(path(fields.text("asked"))))
        })
        .await
}

/// `POST /access/export`: what was shown, all of it, as a file.
pub async fn export(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let format = Format::parse(fields.text("format")).ok_or_else(|| Trouble::new("sheet-format"))?;
            let asked = kept(room, fields.text("asked"))?.unwrap_or_default();
            let shown = |name: &str| Some(fields.text(name).to_owned());
            let asked = AccessQuery { from: shown("from"), to: shown("to"), ..asked };
            let (why, lang) = (fields.text("why"), room.session.lang);
            Ok(Reply::File(desk::access_sheet(&room.desk, room.actor(), &asked, why, format, lang)?))
        })
        .await
}

/// `GET` of a form's address: the log.
pub async fn back(clerk: Clerk) -> Answer {
    clerk.answer(|_| Ok(Reply::Go("/access".to_owned()))).await
}

fn path(id: &str) -> String {
    if is_id(id) { format!("/access/{id}") } else { "/access".to_owned() }
}

fn kept(room: &Room, id: &str) -> Result<Option<AccessQuery>, Trouble> {
    if !is_id(id) {
        return Ok(None);
    }
    let kept = desk::kept(&room.desk, &room.session, KIND, id)?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

fn page_of(query: &str) -> u32 {
    query.split('&').find_map(|part| part.strip_prefix("page=")?.parse().ok()).unwrap_or(1)
}

fn query(fields: &Fields) -> Result<AccessQuery, Trouble> {
    let given = |name: &str| Some(fields.text(name).trim().to_owned()).filter(|text| !text.is_empty());
    let member = given("member").map(|text| desk::id(&text, "member-unknown", "member")).transpose()?;
    Ok(AccessQuery { from: given("from"), to: given("to"), staff: given("staff"), member, what: given("what") })
}

/// What was asked for; where that cannot be answered, why, over the usual period.
fn log_page(room: &Room, id: &str, asked: &AccessQuery, page: u32) -> Result<Reply, Trouble> {
    let (desk, actor, s) = (&room.desk, room.actor(), room.speech());
    let (log, trouble) = match desk::access_page(desk, actor, asked, page) {
        Err(trouble) if !id.is_empty() && actor.right(Act::ShowAccess) == Right::Yes => {
            (desk::access_page(desk, actor, &AccessQuery::default(), 1)?, Some(trouble))
        }
        log => (log?, None),
    };
    let (from, to) = (log.query.from.clone().unwrap_or_default(), log.query.to.clone().unwrap_or_default());
    let people = desk::access_people(desk, actor)?;
    let mut flags: Vec<FlagLine> = log.flags.iter().enumerate().map(|flag| flag_line(s, &log, &people, flag)).collect();
    let here = path(id);
    Ok(Reply::Page(draw(&LogPage {
        page: Page::new(room, "access", &here),
        s,
        filtered: !id.is_empty(),
        whole: log.query.staff.is_none() && log.query.member.is_none() && log.query.what.is_none() && log.total > 0,
        asked: id.to_owned(),
        flags_rest: flags.split_off(flags.len().min(FLAGS)),
        flags_first: flags,
        plots: plots(s, &log),
        reviews: desk::last_reviews(desk, actor)?,
        may_review: actor.right(Act::ReviewAccess) == Right::Yes,
        may_export: actor.right(Act::ExportAccess) == Right::Yes,
        signer: clerk_name(room),
        once: once()?,
        from,
        to,
        here,
        people,
        log,
        trouble,
    })))
}

fn flag_line(s: Speech<'_>, log: &AccessPage, people: &[Person], (nth, flag): (usize, &Flag)) -> FlagLine {
    let name = people.iter().find(|person| person.staff == flag.staff).map_or(&flag.staff, |person| &person.name);
    let end = |end: &Option<String>| end.clone().unwrap_or_default();
    // What is of one day alone is shown by that day; the rest by the period that it was added up over.
    let day = flag.day.clone().filter(|_| matches!(flag.kind, desk::FlagKind::Much | desk::FlagKind::Lists));
    FlagLine {
        nth,
        name: who(s, &flag.staff, name),
        word: format!("access-flag-{}", flag.kind),
        count: flag.count,
        from: day.clone().unwrap_or_else(|| end(&log.query.from)),
        to: day.unwrap_or_else(|| end(&log.query.to)),
        day: flag.day.clone(),
        member: flag.member,
        staff: flag.staff.clone(),
    }
}

fn plots(s: Speech<'_>, log: &AccessPage) -> Plots {
    let bars: Vec<Bar> =
        (0..).zip(log.hours).map(|(hour, n): (u8, u64)| Bar { name: hour.to_string(), values: vec![n] }).collect();
    let most = log.hours.iter().enumerate().filter(|(_, n)| **n > 0).max_by_key(|(hour, n)| (**n, usize::MAX - hour));
    let desc = match most {
        Some((hour, n)) => s.t2("access-by-hour-most", "hour", hour, "n", s.grouped(n)),
        None => s.t("access-by-hour-none"),
    };
    let (title, part) = (s.t("access-by-hour"), s.t("access-count"));
    let hours = Plot { id: "plot-hours", title: &title, desc: &desc, parts: &[&part], bars: &bars };
    let drawn = &log.by_staff[..log.by_staff.len().min(PERSONS)];
    let all = |of: &StaffCount| of.looks + of.lists + of.changes;
    let desc = drawn.first().map_or_else(
        || s.t("access-by-hour-none"),
        |of| s.t2("access-by-staff-most", "name", who(s, &of.staff, &of.name), "n", s.grouped(&all(of))),
    );
    let person =
        |of: &StaffCount| Bar { name: who(s, &of.staff, &of.name), values: vec![of.looks, of.lists, of.changes] };
    let persons: Vec<Bar> = drawn.iter().map(person).collect();
    let (title, parts) = (s.t("access-by-staff"), ["access-looks", "access-lists", "access-changes"].map(|id| s.t(id)));
    let parts = parts.each_ref().map(String::as_str);
    let staff = Plot { id: "plot-staff", title: &title, desc: &desc, parts: &parts, bars: &persons };
    Plots {
        hours: Raw(hours.columns(WIDTH, HEIGHT)),
        hour_rows: log.hours.iter().copied().enumerate().filter(|(_, n)| *n > 0).collect(),
        staff: Raw(staff.rows(WIDTH)),
        drawn: drawn.len(),
    }
}
