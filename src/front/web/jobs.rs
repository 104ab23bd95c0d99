//! The issue page of one job, and what its buttons do. The desk's threads do the work; this page watches and asks.
//! A refusal is kept in the session and told on the page itself: `/jobs/N/told/{id}`.

use actix_web::web;
use askama::Template;

use super::approval;
use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::page::{Page, draw};
use super::parts::{Part, Refused, parts, phase};
use super::say::number_after;
use super::speech::{Raw, Speech};
use super::tray::TrayPart;
use crate::desk::{self, Evidence, Feed, PrintFate};
use crate::plan::fees::ChargeState;
use crate::plan::fees::PayBy;
use crate::plan::job::CardKind;
use crate::plan::messages::Trouble;

const KIND: &str = "told";

#[derive(Template)]
#[template(path = "pages/issue.html")]
pub struct IssuePage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub job: i64,
    pub rfid: bool,
    /// Drawn as it will stand on a card.
    pub sticker: bool,
    pub alt: String,
    pub parts: Vec<Part>,
}

impl IssuePage<'_> {
    fn part(&self, id: &str) -> Raw {
        Raw(self.parts.iter().find(|(known, _)| *known == id).map(|(_, html)| html.clone()).unwrap_or_default())
    }
}

/// `GET /jobs/{id}`.
pub async fn show(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |room| issue_page(room, *id, None)).await
}

/// `GET /jobs/{id}/told/{told}`.
pub async fn show_told(clerk: Clerk, path: web::Path<(i64, String)>) -> Answer {
    clerk.answer(move |room| issue_page(room, path.0, Some(&path.1))).await
}

fn issue_page(room: &Room, job: i64, kept: Option<&str>) -> Result<Reply, Trouble> {
    let view = desk::job_view(&room.desk, room.actor(), job, true)?;
    let told = kept.map(|id| told(room, id)).transpose()?.flatten();
    let here = here(job, kept);
    let parts = parts(room, &view, told.as_ref(), &here)?;
    let s = room.speech();
    let mut page = Page::new(room, "desk", &here);
    page.tray = TrayPart::of(room, &here)?;
    page.live = Some(format!("{here}/events"));
    let (rfid, sticker) = (view.kind == CardKind::Rfid, view.kind == CardKind::Sticker);
    let alt = if sticker { "web-sticker-alt" } else { "web-card-alt" };
    let alt = s.t2(alt, "name", &view.name, "number", view.number.grouped());
    Ok(Reply::Page(draw(&IssuePage { page, s, job, rfid, sticker, alt, parts })))
}

/// The path of the page.
pub fn here(job: i64, told: Option<&str>) -> String {
    told.map_or_else(|| format!("/jobs/{job}"), |told| format!("/jobs/{job}/told/{told}"))
}

/// The refusal of this id, if the session still keeps it.
pub fn told(room: &Room, id: &str) -> Result<Option<Refused>, Trouble> {
    let kept = desk::kept(&room.desk, &room.session, KIND, id)?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Does something to a job, and goes back to its page; a refusal is told there.
async fn act(
    Posted { clerk, fields }: Posted,
    job: i64,
    work: impl FnOnce(&Room, &Fields) -> Result<(), Trouble> + Send + 'static,
) -> Answer {
    clerk
        .answer(move |room| {
            let Err(trouble) = work(room, &fields) else { return Ok(Reply::Go(here(job, None))) };
            let view = desk::job_view(&room.desk, room.actor(), job, false)?;
            let s = room.speech();
            let code = trouble.code.to_owned();
            let (what, help, why) = (s.what(&trouble), s.help(&trouble), fields.text("why").to_owned());
            let told = Refused { code, what, help, phase: phase(&view).to_owned(), why };
            let text = serde_json::to_string(&told).map_err(|_| Trouble::new("web-trouble"))?;
            let id = desk::keep(&room.desk, &room.session, KIND, &text)?;
            if approval::wanted(&trouble) {
                return Ok(Reply::Sign(trouble, here(job, Some(&id))));
            }
            tracing::info!(code = trouble.code, job, "refused");
            Ok(Reply::Go(here(job, Some(&id))))
        })
        .await
}

/// `GET` of a button's path, from the history or after a log-in: the job's page, and nothing is done.
pub async fn back(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |_| Ok(Reply::Go(here(*id, None)))).await
}

/// `POST /jobs/{id}/resume`: goes on where the job stands.
pub async fn resume(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, _| desk::resume_on_page(&room.desk, room.actor(), job)).await
}

/// `POST /jobs/{id}/new-card`: the torn or spoiled one is booked out; same number, a new blank.
pub async fn new_card(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, _| desk::new_card(&room.desk, room.actor(), job)).await
}

/// `POST /jobs/{id}/other-reader`: goes on at the next reader that is free.
pub async fn other_reader(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, _| desk::other_reader(&room.desk, room.actor(), job)).await
}

/// `POST /jobs/{id}/print`.
pub async fn print(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, _| desk::print_on_page(&room.desk, room.actor(), job).map(drop)).await
}

/// `POST /jobs/{id}/fate`: whether the card came out of the printer, as the clerk sees it.
pub async fn fate(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, fields| {
        let fate = PrintFate::parse(fields.text("fate")).ok_or_else(|| Trouble::new("web-request"))?;
        desk::settle_print(&room.desk, room.actor(), job, fate)
    })
    .await
}

/// `POST /jobs/{id}/scan`: the printed number, scanned or typed; chip, print and member are compared. Empty: the print that
/// was scanned a moment ago, now that its card lies there.
pub async fn scan(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, fields| {
        let scan = Some(fields.text("scan")).filter(|scan| !scan.trim().is_empty());
        desk::check_and_hand_over(&room.desk, room.actor(), job, scan)
    })
    .await
}

/// `POST /jobs/{id}/pay`: the fee comes in where the card is handed over.
pub async fn pay(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, fields| {
        let by = PayBy::read(fields.text("by"))?;
        let view = desk::job_view(&room.desk, room.actor(), job, false)?;
        let charge = view.charge.map(|charge| charge.charge).ok_or_else(|| Trouble::new("web-request"))?;
        let seen = desk::evidence_of(&room.desk, &room.session, view.member)?.unwrap_or(Evidence::Word);
        let key = format!("page-charge-{charge}");
        desk::pay_fee(&room.desk, room.actor(), seen, charge, by, Some(&key)).map(drop)
    })
    .await
}

/// `POST /jobs/{id}/unpaid`: why the card goes out before its fee is paid.
pub async fn unpaid(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, fields| desk::leave_unpaid(&room.desk, room.actor(), job, fields.text("why"))).await
}

/// `POST /jobs/{id}/old-returned`: whether the member brought the old card back.
pub async fn old_returned(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, fields| match fields.text("old-returned") {
        said @ ("yes" | "no") => desk::note_old_card(&room.desk, room.actor(), job, said == "yes"),
        _ => Err(Trouble::new("old-card-unsaid")),
    })
    .await
}

/// `POST /jobs/{id}/leave`: the reader lets go, the job stays open.
pub async fn leave(Posted { clerk, .. }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            desk::job_view(&room.desk, room.actor(), *id, false)?;
            desk::stop_waiting(&room.desk, room.actor(), *id)?;
            Ok(Reply::Go("/desk".to_owned()))
        })
        .await
}

#[derive(Template)]
#[template(path = "pages/cancel.html")]
pub struct CancelPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub job: i64,
    pub name: String,
    pub number: String,
    /// What becomes of the number.
    pub fate: String,
    /// A chip on the reader would be blanked.
    pub rfid: bool,
    /// Won that go back to the member.
    pub paid: Option<u32>,
}

/// `GET /jobs/{id}/cancel`: says what is lost before it is.
pub async fn ask_cancel(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let view = desk::job_view(&room.desk, room.actor(), *id, true)?;
            Ok(Reply::Page(draw(&CancelPage {
                page: Page::new(room, "desk", &format!("/jobs/{id}/cancel")),
                s: room.speech(),
                job: *id,
                fate: number_after(room.speech(), &view),
                name: view.name,
                number: view.number.grouped(),
                rfid: view.kind == CardKind::Rfid,
                paid: view.charge.filter(|charge| charge.state == ChargeState::Paid).map(|charge| charge.amount),
            })))
        })
        .await
}

/// `POST /jobs/{id}/cancel`.
pub async fn cancel(posted: Posted, id: web::Path<i64>) -> Answer {
    let job = id.into_inner();
    act(posted, job, move |room, _| desk::cancel(&room.desk, room.actor(), job, Feed::ByHand).map(drop)).await
}
