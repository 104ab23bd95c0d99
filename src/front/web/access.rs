//! The access log: filters, entries, plots, what stands out, reviews, and the log as a file. What is asked for goes by POST and is
//! kept in the session; the address holds its id alone. Who may and what is logged is the desk's. Start at [`show`].

use actix_web::{HttpRequest, web};
use askama::Template;

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room, address_asks};
use super::kept::is_id;
use super::members::once;
use super::page::{Page, clerk_name, draw};
use super::sheet::Sheet;
use super::speech::{Raw, Speech};
use crate::desk::{
    self, AccessPage, AccessQuery, AccessRow, AccessTyped, Act, Flag, PastReview, Person, Right, StaffCount, WrongField,
};
use crate::plan::messages::Trouble;
use crate::plan::plot::{Bar, Plot};
use crate::plan::sheet::Format;

const KIND: &str = "access";
/// What stands out and is seen at once; the rest is behind a line, but what is grave.
const FLAGS: usize = 4;
/// Persons of the plot; more are a table.
const PERSONS: usize = 12;
/// Characters of a filter.
const LONGEST: usize = 40;
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
    /// What was typed and cannot be taken, with what stood in the other fields.
    pub shown: Shown,
    /// The review that was signed just now.
    pub signed: Option<PastReview>,
    pub sheet: Sheet,
}

/// What a page shows beside the log: what is typed in its fields, and what became of it.
#[derive(Default)]
pub struct Shown {
    pub typed: Option<AccessTyped>,
    pub wrong: Option<WrongField>,
    pub findings: String,
    pub why: String,
    pub csv: bool,
    signed: Option<i64>,
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
    /// Somebody signed that they saw it.
    pub reviewed: bool,
    grave: bool,
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
    /// What the sheet is called.
    fn title(&self) -> String {
        self.s.t("access-title")
    }

    fn period_words(&self) -> String {
        self.s.t2("access-period", "from", self.s.date(&self.from), "to", self.s.date(&self.to))
    }

    fn words(&self, row: &AccessRow) -> (String, String) {
        desk::entry_words(self.s.messages, self.s.lang, &row.what, &row.purpose)
    }

    /// To the second: entries of one minute have an order.
    fn clock(&self, time: &str) -> String {
        time.get(11..19).unwrap_or_default().to_owned()
    }

    /// What is wrong with this field.
    fn wrong(&self, field: &str) -> Option<&Trouble> {
        self.shown.wrong.as_ref().filter(|wrong| wrong.field == field).map(|wrong| &wrong.trouble)
    }

    /// Where the hands go first: what is wrong, else the first field.
    fn focus(&self, field: &str) -> bool {
        self.shown.wrong.as_ref().map_or("from", |wrong| wrong.field) == field
    }

    /// What stands in a filter.
    fn typed(&self, field: &str) -> String {
        let query = &self.log.query;
        let Some(typed) = &self.shown.typed else {
            return match field {
                "member" => query.member.map(|member| member.to_string()).unwrap_or_default(),
                "staff" => query.staff.clone().unwrap_or_default(),
                "what" => query.what.clone().unwrap_or_default(),
                "from" => self.from.clone(),
                _ => self.to.clone(),
            };
        };
        match field {
            "member" => &typed.member,
            "staff" => &typed.staff,
            "what" => &typed.what,
            "from" => &typed.from,
            _ => &typed.to,
        }
        .clone()
    }

    /// How many of the entries were looks, how many were lists, and how many acts.
    fn parts(&self) -> Option<String> {
        let of = |count: fn(&StaffCount) -> u64| self.s.grouped(&self.log.by_staff.iter().map(count).sum());
        let (looks, lists, changes) = (of(|of| of.looks), of(|of| of.lists), of(|of| of.changes));
        let args = [("looks", looks), ("lists", lists), ("changes", changes)];
        let whole = self.log.query.what.is_none() && self.log.total > 0;
        whole.then(|| self.s.messages.text(self.s.lang, "access-parts", &args))
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
    address_asks(&clerk, &request, &["page"])?;
    let page = asked_number(request.query_string(), "page").unwrap_or(1);
    clerk.answer(move |room| log_page(room, "", &AccessQuery::default(), page, Shown::default())).await
}

/// `POST /access`: other filters, which the session keeps: of a member the id, of what cannot be asked what was typed.
pub async fn seek(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let mut typed = typed(&fields);
            match desk::access_asked(&room.desk, room.actor(), &typed) {
                Ok(query) => typed.member = query.member.map(|member| member.to_string()).unwrap_or_default(),
                Err(wrong) if wrong.trouble.code == "identity-number" => {
                    // Such a number is kept nowhere, not even for the moment until the page comes.
                    let shown = Shown { typed: Some(typed), wrong: Some(*wrong), ..Shown::default() };
                    return log_page(room, "", &AccessQuery::default(), 1, shown);
                }
                Err(_) => {}
            }
            Ok(Reply::Go(path(&keep(room, &typed)?)))
        })
        .await
}

/// `GET /access/{id}?page=2&signed=3`.
pub async fn found(clerk: Clerk, id: web::Path<String>, request: HttpRequest) -> Answer {
    let asked = request.query_string().to_owned();
    clerk
        .answer(move |room| {
            let Some(typed) = kept(room, &id)? else { return Ok(Reply::Go("/access".to_owned())) };
            let page = asked_number(&asked, "page").unwrap_or(1);
            match desk::access_asked(&room.desk, room.actor(), &typed) {
                Ok(query) => {
                    let shown = Shown { signed: asked_number(&asked, "signed"), ..Shown::default() };
                    log_page(room, &id, &query, page, shown)
                }
                Err(wrong) => {
                    let shown = Shown { typed: Some(typed), wrong: Some(*wrong), ..Shown::default() };
                    log_page(room, &id, &AccessQuery::default(), page, shown)
                }
            }
        })
        .await
}

/// `POST /access/review`: signs what was found in the period that was shown, which stays on the page.
pub async fn review(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let key = format!("page-{}", fields.text("once"));
            let (from, to) = (fields.text("from"), fields.text("to"));
            let findings = fields.text("findings");
            match desk::review_access(&room.desk, room.actor(), from, to, findings, Some(&key)) {
                Ok(made) => {
                    let typed = AccessTyped { from: made.from, to: made.to, ..AccessTyped::default() };
                    Ok(Reply::Go(format!("{}?signed={}", path(&keep(room, &typed)?), made.review)))
                }
                Err(trouble) if is_of(&trouble, "findings") => {
                    let wrong = Some(WrongField { field: "findings", trouble });
                    refused(room, &fields, Shown { wrong, findings: findings.to_owned(), ..Shown::default() })
                }
                Err(trouble) => Err(trouble),
            }
        })
        .await
}

/// `POST /access/export`: what was shown, all of it, as a file.
pub async fn export(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let format = Format::parse(fields.text("format")).ok_or_else(|| Trouble::new("sheet-format"))?;
            let asked = asked_again(room, &fields)?;
            let (why, lang) = (fields.text("why"), room.session.lang);
            match desk::access_sheet(&room.desk, room.actor(), &asked, why, format, lang) {
                Ok(sheet) => Ok(Reply::File(sheet)),
                Err(trouble) if is_of(&trouble, "why") => {
                    let (wrong, csv) = (Some(WrongField { field: "why", trouble }), format == Format::Csv);
                    refused(room, &fields, Shown { wrong, why: why.to_owned(), csv, ..Shown::default() })
                }
                Err(trouble) => Err(trouble),
            }
        })
        .await
}

/// Whether it is about the text of this field, and not about the log.
fn is_of(trouble: &Trouble, field: &str) -> bool {
    trouble.code == "identity-number" || trouble.code.strip_prefix(field).is_some_and(|rest| rest.starts_with('-'))
}

/// The page as it was shown, with what was typed.
fn refused(room: &Room, fields: &Fields, shown: Shown) -> Result<Reply, Trouble> {
    log_page(room, fields.text("asked"), &asked_again(room, fields)?, 1, shown)
}

/// The question of the page that a form stood on, for the days that were shown.
fn asked_again(room: &Room, fields: &Fields) -> Result<AccessQuery, Trouble> {
    let kept = kept(room, fields.text("asked"))?.unwrap_or_default();
    let days = |name: &str| fields.text(name).to_owned();
    let typed = AccessTyped { from: days("from"), to: days("to"), ..kept };
    desk::access_asked(&room.desk, room.actor(), &typed).map_err(|wrong| wrong.trouble)
}

/// `GET` of a form's address: the log.
pub async fn back(clerk: Clerk) -> Answer {
    clerk.answer(|_| Ok(Reply::Go("/access".to_owned()))).await
}

fn path(id: &str) -> String {
    if is_id(id) { format!("/access/{id}") } else { "/access".to_owned() }
}

fn keep(room: &Room, typed: &AccessTyped) -> Result<String, Trouble> {
    let text = serde_json::to_string(typed).map_err(|_| Trouble::new("web-trouble"))?;
    desk::keep(&room.desk, &room.session, KIND, &text)
}

fn kept(room: &Room, id: &str) -> Result<Option<AccessTyped>, Trouble> {
    if !is_id(id) {
        return Ok(None);
    }
    let kept = desk::kept(&room.desk, &room.session, KIND, id)?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

fn asked_number<T: std::str::FromStr>(query: &str, name: &str) -> Option<T> {
    query.split('&').filter_map(|part| part.split_once('=')).find(|(given, _)| *given == name)?.1.parse().ok()
}

fn typed(fields: &Fields) -> AccessTyped {
    let given = |name: &str| fields.text(name).trim().chars().take(LONGEST).collect();
    AccessTyped {
        from: given("from"),
        to: given("to"),
        staff: given("staff"),
        member: given("member"),
        what: given("what"),
    }
}

/// What was asked for, as a page; where a field of it is wrong, with what was typed.
fn log_page(room: &Room, id: &str, asked: &AccessQuery, page: u32, shown: Shown) -> Result<Reply, Trouble> {
    let (desk, actor, s) = (&room.desk, room.actor(), room.speech());
    let mut log = desk::access_page(desk, actor, asked, page)?;
    let (from, to) = (log.query.from.clone().unwrap_or_default(), log.query.to.clone().unwrap_or_default());
    let people = desk::access_people(desk, actor)?;
    let reviews = desk::last_reviews(desk, actor)?;
    desk::gravest_first(&mut log.flags);
    let line = |flag| flag_line(s, &log, (&people, &reviews), flag);
    let mut flags: Vec<FlagLine> = log.flags.iter().enumerate().map(line).collect();
    let in_sight = flags.iter().take_while(|flag| flag.grave).count().max(FLAGS).min(flags.len());
    let here = path(id);
    let unfit = shown.wrong.is_some() && (id.is_empty() || shown.typed.is_none());
    let html = draw(&LogPage {
        page: Page::new(room, "access", &here),
        sheet: Sheet::new(room),
        s,
        filtered: !id.is_empty(),
        whole: log.query.staff.is_none() && log.query.member.is_none() && log.query.what.is_none() && log.total > 0,
        asked: id.to_owned(),
        flags_rest: flags.split_off(in_sight),
        flags_first: flags,
        plots: plots(s, &log),
        signed: reviews.iter().find(|past| shown.signed == Some(past.review.review)).cloned(),
        reviews,
        may_review: actor.right(Act::ReviewAccess) == Right::Yes,
        may_export: actor.right(Act::ExportAccess) == Right::Yes,
        signer: clerk_name(room),
        once: once()?,
        from,
        to,
        here,
        people,
        log,
        shown,
    });
    Ok(if unfit { Reply::Wrong(html) } else { Reply::Page(html) })
}

fn flag_line(
    s: Speech<'_>,
    log: &AccessPage,
    (people, reviews): (&[Person], &[PastReview]),
    (nth, flag): (usize, &Flag),
) -> FlagLine {
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
        reviewed: desk::was_reviewed(flag, reviews),
        grave: desk::is_grave(flag),
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
