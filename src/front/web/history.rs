//! All that happened to a member and, to whoever asks for it, all who looked, fifty lines a page. Opening it is a line of it.

use actix_web::{HttpRequest, web};
use askama::Template;

use super::clerk::{Answer, Clerk, Reply};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, History};

#[derive(Template)]
#[template(path = "pages/history.html")]
pub struct HistoryPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub member: i64,
    pub history: History,
}

impl HistoryPage<'_> {
    /// The pages before and after show the same kind of lines.
    fn more(&self) -> &'static str {
        more(self.history.looks)
    }
}

fn more(looks: bool) -> &'static str {
    if looks { "&looks=1" } else { "" }
}

/// `GET /members/{id}/history?page=2`, and `?looks=1` with those who looked.
pub async fn show(clerk: Clerk, id: web::Path<i64>, request: HttpRequest) -> Answer {
    let (page, looks) = (page_of(request.query_string()), with_looks(request.query_string()));
    clerk
        .answer(move |room| {
            let history = desk::history(&room.desk, room.actor(), *id, page, looks)?;
            Ok(Reply::Page(draw(&HistoryPage {
                page: Page::new(room, "desk", &format!("/members/{id}/history?page={page}{}", more(looks))),
                s: room.speech(),
                member: *id,
                history,
            })))
        })
        .await
}

/// The number of the page; the first when there is none.
fn page_of(query: &str) -> u32 {
    query.split('&').find_map(|part| part.strip_prefix("page=")?.parse().ok()).unwrap_or(1)
}

fn with_looks(query: &str) -> bool {
    query.split('&').any(|part| part == "looks=1")
}

#[cfg(test)]
mod tests {
    use super::{page_of, with_looks};

    #[test]
    fn looks_are_shown_when_they_are_asked_for() {
        for (query, shown) in [("", false), ("looks=1", true), ("page=2&looks=1", true), ("looks=0", false)] {
            assert_eq!(with_looks(query), shown, "{query}");
        }
    }

    #[test]
    fn a_page_is_a_number_or_the_first() {
        for (query, page) in [("", 1), ("page=3", 3), ("a=b&page=2", 2), ("page=x", 1), ("page=-1", 1), ("page=", 1)] {
            assert_eq!(page_of(query), page, "{query}");
        }
    }
}
