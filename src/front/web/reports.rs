//! Reports of money and the registers, for managers: a period, sums with their plots, what each person did beside the others, issues
//! and reissues, and each of them as a file. The period goes by POST and is kept in the session; the address holds its id alone. Who
//! may and what is logged is the desk's. Start at [`show`].

use actix_web::{HttpRequest, web};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room, address_asks};
use super::kept::is_id;
use super::page::{Page, draw};
use super::report_plots::{Plots, plots, rate_plot};
use super::sheet::Sheet;
use super::speech::{Raw, Speech};
use crate::desk::{self, Act, By, ClerkReport, Desk, MoneyReport, Paper, Period, RegisterPage, Right, SPANS};
use crate::plan::messages::Trouble;
use crate::plan::sheet::Format;

const KIND: &str = "reports";
/// Characters of a date.
const LONGEST: usize = 20;
/// The ways of looking at a period.
const VIEWS: [&str; 4] = ["sums", "clerks", "issues", "reissues"];

/// What a page shows of a period.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Typed {
    pub from: String,
    pub to: String,
    /// One of [`SPANS`], where no ends were typed.
    pub span: String,
    /// Rows of the sums.
    pub by: String,
}

impl Typed {
    fn by(&self) -> By {
        By::parse(&self.by).unwrap_or(By::Day)
    }

    fn period(&self, desk: &Desk) -> Result<Period, Trouble> {
        if self.from.is_empty() && self.to.is_empty() {
            return Ok(desk::money_span(desk, &self.span));
        }
        desk::money_period(&self.from, &self.to)
    }
}

#[derive(Template)]
#[template(path = "pages/reports.html")]
pub struct ReportsPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub sheet: Sheet,
    /// One of [`VIEWS`].
    pub view: &'static str,
    /// The id of what was asked for; empty for this month.
    pub asked: String,
    pub typed: Typed,
    pub period: Period,
    pub by: By,
    pub sums: Option<(MoneyReport, Plots)>,
    pub clerks: Option<(ClerkReport, Raw)>,
    pub register: Option<RegisterPage>,
    pub may_export: bool,
    /// Of the period.
    pub trouble: Option<Trouble>,
    /// Of the reason of an export, with what was typed.
    pub why: String,
    pub why_trouble: Option<Trouble>,
    pub format: String,
}

impl ReportsPage<'_> {
    fn spans(&self) -> [&'static str; 5] {
        SPANS
    }

    fn views(&self) -> [&'static str; 4] {
        VIEWS
    }

    fn address(&self, view: &str) -> String {
        address(view, &self.asked)
    }

    /// Won as they are read: `-2,000`.
    fn won(&self, won: &i64) -> String {
        signed(*won)
    }

    /// What the sheet is called.
    fn title(&self) -> String {
        self.s.of("reports-view", self.view)
    }

    fn period_words(&self) -> String {
        match (self.period.from, self.period.to) {
            (None, None) => self.s.t("reports-always"),
            (from, to) => {
                let end =
                    |end: Option<jiff::civil::Date>| end.map(|day| self.s.date(&day.to_string())).unwrap_or_default();
                self.s.t2("access-period", "from", end(from), "to", end(to))
            }
        }
    }

    /// The key of a row in words.
    fn key(&self, row: &desk::MoneyRow) -> String {
        let key = row.line.key.as_str();
        match self.by {
            By::Day => self.s.date(key),
            By::Desk if key.is_empty() => self.s.t("reports-command-line"),
            By::Desk => self.s.t1("reports-desk", "n", key),
            By::Reason => self.s.of("web-why", key),
            _ => row.name.as_deref().map_or_else(|| key.to_owned(), |name| self.s.by(name)),
        }
    }

    /// How often somebody did it.
    fn often(&self, line: &desk::ClerkLine, measure: &desk::Measure) -> String {
        self.s.grouped(&line.deeds.of(*measure).0)
    }

    fn rate(&self, rate: &Option<f64>) -> String {
        rate.map_or_else(|| "–".to_owned(), |rate| format!("{rate:.1}%"))
    }

    /// How the fee of a card was settled.
    fn settled(&self, row: &desk::RegisterRow) -> String {
        match (row.card.state.as_deref(), row.card.paid_by.as_deref()) {
            (Some("paid"), Some(by)) => self.s.of("reports-account", by),
            (Some(state), _) => self.s.of("reports-state", state),
            (None, _) => String::new(),
        }
    }

    /// Why a card costs less than its rule says.
    fn waived_as(&self, row: &desk::RegisterRow) -> String {
        match (row.card.basis.as_deref(), row.card.state.as_deref()) {
            (Some(basis), _) => self.s.of("reports-basis", basis),
            (None, Some("waived")) => self.s.t("reports-state-waived"),
            _ => String::new(),
        }
    }

    fn paper(&self) -> &'static str {
        match self.view {
            "clerks" => "rates",
            "sums" => self.by.as_str(),
            other => other,
        }
    }
}

/// `-2,000`.
pub fn signed(won: i64) -> String {
    let sign = if won < 0 { "-" } else { "" };
    format!("{sign}{}", desk::grouped(won.unsigned_abs()))
}

fn address(view: &str, asked: &str) -> String {
    match (view, is_id(asked)) {
        ("sums", true) => format!("/reports/{asked}"),
        ("sums", false) => "/reports".to_owned(),
        (view, true) => format!("/reports/{view}/{asked}"),
        (view, false) => format!("/reports/{view}"),
    }
}

fn view(name: &str) -> &'static str {
    VIEWS.into_iter().find(|view| *view == name).unwrap_or("sums")
}

/// `GET /reports` and `/reports/{id}`.
pub async fn show(clerk: Clerk, id: Option<web::Path<String>>, request: HttpRequest) -> Answer {
    let id = id.map(|id| id.into_inner()).unwrap_or_default();
    address_asks(&clerk, &request, &[])?;
    clerk.answer(move |room| kept_page(room, "sums", &id, 1)).await
}

/// `GET /reports/clerks` and `/reports/clerks/{id}`.
pub async fn clerks(clerk: Clerk, id: Option<web::Path<String>>, request: HttpRequest) -> Answer {
    let id = id.map(|id| id.into_inner()).unwrap_or_default();
    address_asks(&clerk, &request, &[])?;
    clerk.answer(move |room| kept_page(room, "clerks", &id, 1)).await
}

/// `GET /reports/issues` and `/reports/issues/{id}?page=2`; `?page=all` has them on one page, for printing.
pub async fn issues(clerk: Clerk, id: Option<web::Path<String>>, request: HttpRequest) -> Answer {
    register(clerk, "issues", id, &request).await
}

/// `GET /reports/reissues` and `/reports/reissues/{id}?page=2`.
pub async fn reissues(clerk: Clerk, id: Option<web::Path<String>>, request: HttpRequest) -> Answer {
    register(clerk, "reissues", id, &request).await
}

async fn register(clerk: Clerk, view: &'static str, id: Option<web::Path<String>>, request: &HttpRequest) -> Answer {
    let id = id.map(|id| id.into_inner()).unwrap_or_default();
    address_asks(&clerk, request, &["page"])?;
    let page = request.query_string().split('&').find_map(|part| part.strip_prefix("page=")).unwrap_or("1");
    let page = if page == "all" { desk::ALL_PAGES } else { page.parse().unwrap_or(1) };
    clerk.answer(move |room| kept_page(room, view, &id, page)).await
}

/// `POST /reports`: another period, which the session keeps.
pub async fn seek(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let typed = typed(&fields);
            let shown = view(fields.text("view"));
            match typed.period(&room.desk) {
                Err(trouble) if trouble.code == "identity-number" => {
                    // Such a number is kept nowhere, not even for the moment until the page comes.
                    let wrong = Wrong { trouble: Some(trouble), ..Wrong::default() };
                    page(room, shown, "", Typed::default(), 1, wrong)
                }
                _ => {
                    let text = serde_json::to_string(&typed).map_err(|_| Trouble::new("web-trouble"))?;
                    Ok(Reply::Go(address(shown, &desk::keep(&room.desk, &room.session, KIND, &text)?)))
                }
            }
        })
        .await
}

/// `POST /reports/export`: what is shown, all of it, as a file.
pub async fn export(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let format = Format::parse(fields.text("format")).ok_or_else(|| Trouble::new("sheet-format"))?;
            let paper = Paper::parse(fields.text("paper")).unwrap_or(Paper::Entries);
            let asked = fields.text("asked");
            let typed = kept(room, asked)?.unwrap_or_default();
            let (why, lang, period) = (fields.text("why"), room.session.lang, typed.period(&room.desk)?);
            match desk::ledger_sheet(&room.desk, room.actor(), paper, period, why, format, lang) {
                Ok(made) => Ok(Reply::File(made.sheet)),
                Err(trouble) if trouble.code == "identity-number" || trouble.code.starts_with("why-") => {
                    let (why, format) = (why.to_owned(), format.to_string());
                    let wrong = Wrong { why, why_trouble: Some(trouble), format, trouble: None };
                    page(room, view(fields.text("view")), asked, typed, 1, wrong)
                }
                Err(trouble) => Err(trouble),
            }
        })
        .await
}

/// `GET` of the form's address: the reports.
pub async fn back(clerk: Clerk) -> Answer {
    clerk.answer(|_| Ok(Reply::Go("/reports".to_owned()))).await
}

fn typed(fields: &Fields) -> Typed {
    let given = |name: &str| fields.text(name).trim().chars().take(LONGEST).collect::<String>();
    let span = given("span");
    let by = given("by");
    // A button of a span says the whole period.
    match span.is_empty() {
        true => Typed { from: given("from"), to: given("to"), span, by },
        false => Typed { span, by, ..Typed::default() },
    }
}

fn kept(room: &Room, id: &str) -> Result<Option<Typed>, Trouble> {
    if !is_id(id) {
        return Ok(None);
    }
    let kept = desk::kept(&room.desk, &room.session, KIND, id)?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

fn kept_page(room: &Room, view: &'static str, id: &str, at: u32) -> Result<Reply, Trouble> {
    match (id, kept(room, id)?) {
        ("", _) => page(room, view, "", Typed::default(), at, Wrong::default()),
        (_, None) => Ok(Reply::Go(address(view, ""))),
        (id, Some(typed)) => page(room, view, id, typed, at, Wrong::default()),
    }
}

/// What was typed and cannot be taken.
#[derive(Default)]
struct Wrong {
    trouble: Option<Trouble>,
    why: String,
    why_trouble: Option<Trouble>,
    format: String,
}

fn page(
    room: &Room,
    view: &'static str,
    asked: &str,
    typed: Typed,
    at: u32,
    mut wrong: Wrong,
) -> Result<Reply, Trouble> {
    let (desk, actor, s, by) = (&room.desk, room.actor(), room.speech(), typed.by());
    let period = typed.period(desk).unwrap_or_else(|trouble| {
        wrong.trouble = Some(trouble);
        desk::money_span(desk, "month")
    });
    let (mut sums, mut clerks, mut register) = (None, None, None);
    match view {
        "clerks" => {
            let report = desk::clerk_report(desk, actor, period)?;
            let plot = rate_plot(s, &report);
            clerks = Some((report, plot));
        }
        "issues" | "reissues" => {
            register = Some(desk::register_page(desk, actor, view == "reissues", period, at)?);
        }
        _ => {
            let report = desk::money_report(desk, actor, period, by)?;
            let drawn = plots(s, &report);
            sums = Some((report, drawn));
        }
    }
    let unfit = wrong.trouble.is_some() || wrong.why_trouble.is_some();
    let html = draw(&ReportsPage {
        page: Page::new(room, "reports", &address(view, asked)),
        s,
        sheet: Sheet::new(room),
        view,
        asked: asked.to_owned(),
        typed: match (period.from, period.to) {
            (from, to) if wrong.trouble.is_none() => Typed {
                from: from.map(|day| day.to_string()).unwrap_or_default(),
                to: to.map(|day| day.to_string()).unwrap_or_default(),
                ..typed
            },
            _ => typed,
        },
        period,
        by,
        sums,
        clerks,
        register,
        may_export: actor.right(Act::ExportLedger) == Right::Yes,
        trouble: wrong.trouble,
        why: wrong.why,
        why_trouble: wrong.why_trouble,
        format: if wrong.format.is_empty() { Format::Xlsx.to_string() } else { wrong.format },
    });
    Ok(if unfit { Reply::Wrong(html) } else { Reply::Page(html) })
}
