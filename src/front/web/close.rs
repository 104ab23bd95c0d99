//! The close of this desk's day in three pages: the drawer is counted, then compared, then closed; and earlier closes, which a manager
//! opens again. What to expect stands in no page before the count is kept. Start at [`show`].

use actix_web::web;
use askama::Template;

use super::approval;
use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::members::once;
use super::page::{Page, draw};
use super::sheet::Sheet;
use super::speech::Speech;
use crate::desk::{self, CloseView, Closed, Counted, DrawerCount, PastClose, grouped};
use crate::plan::fees::close::{PIECES, Pieces};
use crate::plan::messages::Trouble;

/// Under which the session keeps the reason of a reopening that waits for a signature.
const WHY: &str = "reopen";

/// Where the count of a drawer cannot go on: the first page again says so.
const AGAIN: [&str; 4] = ["count-stale", "count-missing", "day-closed", "day-ahead"];

#[derive(Template)]
#[template(path = "pages/close.html")]
pub struct ClosePage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub view: CloseView,
    /// Each note and coin, and what was typed of it.
    pub pieces: Vec<(u32, String)>,
    pub chosen: String,
    pub trouble: Option<Trouble>,
}

impl ClosePage<'_> {
    /// What the link to a close leads to, for whoever looks at the list.
    fn act(&self, past: &PastClose) -> String {
        let opens = past.stands && self.page.may("reopen-day");
        self.s.t(if opens { "close-reopen" } else { "close-look" })
    }

    /// The piece that could not be read, else the first one.
    fn focus(&self, piece: &u32) -> bool {
        match self.wrong() {
            Some(wrong) => *wrong == grouped(*piece),
            None => Some(piece) == PIECES.first(),
        }
    }

    fn is_wrong(&self, piece: &u32) -> bool {
        self.wrong() == Some(&grouped(*piece))
    }

    fn wrong(&self) -> Option<&String> {
        let trouble = self.trouble.as_ref().filter(|trouble| trouble.code == "count-piece")?;
        trouble.args.iter().find(|(name, _)| *name == "piece").map(|(_, piece)| piece)
    }
}

#[derive(Template)]
#[template(path = "pages/close_counted.html")]
pub struct CountedPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub count: DrawerCount,
    /// What was typed.
    pub why: String,
    pub once: String,
    pub trouble: Option<Trouble>,
}

#[derive(Template)]
#[template(path = "pages/close_closed.html")]
pub struct ClosedPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub sheet: Sheet,
    pub closed: Closed,
    pub counts_for: Option<String>,
    /// It is the last one, and still stands.
    pub stands: bool,
    /// What was typed.
    pub why: String,
    pub once: String,
}

impl ClosedPage<'_> {
    /// What the sheet is called, and of which day and desk it is.
    fn title(&self) -> String {
        self.s.t("close-sheet")
    }

    fn period_words(&self) -> String {
        let day = self.s.date(&self.closed.day);
        match self.closed.desk.is_empty() {
            true => day,
            false => format!("{day} · {}", self.s.t1("web-at-desk", "n", &self.closed.desk)),
        }
    }
}

/// `GET /close`.
pub async fn show(clerk: Clerk) -> Answer {
    clerk.answer(|room| Ok(Reply::Page(first(room, &Fields::default(), None)?))).await
}

/// `POST /close`: what was counted, which is kept from now on.
pub async fn count(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let day = Some(fields.text("day")).filter(|day| !day.is_empty());
            let counted = Pieces::typed(|piece| fields.text(&format!("n{piece}")))
                .and_then(|pieces| desk::count_drawer(&room.desk, room.actor(), None, day, Counted::Pieces(pieces)));
            match counted {
                Ok(count) => Ok(Reply::Go(format!("/close/counted/{}", count.count))),
                Err(trouble) => Ok(Reply::Wrong(first(room, &fields, Some(trouble))?)),
            }
        })
        .await
}

fn first(room: &Room, fields: &Fields, trouble: Option<Trouble>) -> Result<String, Trouble> {
    let view = desk::close_view(&room.desk, room.actor())?;
    let chosen = Some(fields.text("day").to_owned()).filter(|day| view.days.contains(day));
    Ok(draw(&ClosePage {
        page: Page::new(room, "day", "/close"),
        s: room.speech(),
        pieces: PIECES.map(|piece| (piece, fields.text(&format!("n{piece}")).to_owned())).to_vec(),
        chosen: chosen.or_else(|| view.days.first().cloned()).unwrap_or_default(),
        view,
        trouble,
    }))
}

/// `GET /close/counted/{id}`: what the drawer should hold, beside what was counted.
pub async fn counted(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| match second(room, *id, "", None)? {
            Some(page) => Ok(Reply::Page(page)),
            None => Ok(Reply::Go("/close".to_owned())),
        })
        .await
}

/// `POST /close/counted/{id}`: the day is closed by this count.
pub async fn close(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let (why, key) = (fields.text("why"), format!("page-{}", fields.text("once")));
            match desk::close_day(&room.desk, room.actor(), *id, why, Some(&key)) {
                Ok(closed) => Ok(Reply::Go(format!("/close/closed/{}", closed.anchor.sequence))),
                Err(trouble) if AGAIN.contains(&trouble.code) => {
                    Ok(Reply::Wrong(first(room, &Fields::default(), Some(trouble))?))
                }
                Err(trouble) => match second(room, *id, why, Some(trouble.clone()))? {
                    Some(page) => Ok(Reply::Wrong(page)),
                    None => Err(trouble),
                },
            }
        })
        .await
}

fn second(room: &Room, id: i64, why: &str, trouble: Option<Trouble>) -> Result<Option<String>, Trouble> {
    let Some(count) = desk::counted_drawer(&room.desk, room.actor(), id)? else { return Ok(None) };
    Ok(Some(draw(&CountedPage {
        page: Page::new(room, "day", &format!("/close/counted/{id}")),
        s: room.speech(),
        count,
        why: why.to_owned(),
        once: once()?,
        trouble,
    })))
}

/// `GET /close/closed/{id}`.
pub async fn closed(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let closed = desk::closed_day(&room.desk, room.actor(), *id)?;
            let view = desk::close_view(&room.desk, room.actor())?;
            Ok(Reply::Page(draw(&ClosedPage {
                page: Page::new(room, "day", &format!("/close/closed/{id}")),
                s: room.speech(),
                sheet: Sheet::new(room),
                counts_for: desk::next_business_day(&room.desk, room.actor())?,
                stands: view.past.iter().any(|past| past.close == *id && past.stands),
                why: desk::kept(&room.desk, &room.session, WHY, &id.to_string())?.unwrap_or_default(),
                once: once()?,
                closed,
            })))
        })
        .await
}

/// `GET` of the button's path: the close, and nothing is done.
pub async fn back(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |_| Ok(Reply::Go(format!("/close/closed/{id}")))).await
}

/// `POST /close/closed/{id}/reopen`.
pub async fn reopen(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let (why, key) = (fields.text("why"), format!("page-{}", fields.text("once")));
            let (place, form) = (id.to_string(), format!("/close/closed/{id}"));
            let Closed { desk: of, day, .. } = desk::closed_day(&room.desk, room.actor(), *id)?;
            match desk::reopen_day(&room.desk, room.actor(), Some(&of), &day, why, Some(&key)) {
                Err(trouble) if approval::wanted(&trouble) => {
                    desk::rekeep(&room.desk, &room.session, WHY, &place, why)?;
                    Ok(Reply::Sign(trouble, form))
                }
                done => {
                    desk::drop_kept(&room.desk, &room.session, WHY, &place)?;
                    done.map(|_| Reply::Go("/close".to_owned()))
                }
            }
        })
        .await
}
