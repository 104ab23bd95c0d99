//! The records of rights: who let whom in, locked, reset or promoted whom, when and from where. It shows, and changes nothing; the
//! desk logs the look. Start at [`show`].

use actix_web::HttpRequest;
use askama::Template;

use super::clerk::{Answer, Clerk, Reply};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Person, RightsRow};

/// Records of a page.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "pages/rights.html")]
pub struct RightsPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    /// The newest first.
    pub rows: Vec<RightsRow>,
    pub total: usize,
    /// Everybody with an account, and the number of whom was chosen.
    pub people: Vec<(i64, Person)>,
    pub chosen: Option<i64>,
}

impl RightsPage<'_> {
    fn words(&self, row: &RightsRow) -> (String, String) {
        desk::rights_words(self.s.messages, self.s.lang, &row.what, &row.detail)
    }

    fn who(&self, id: &str, name: &str) -> String {
        if id == "house" { self.s.t("access-house") } else { self.s.by(name) }
    }

    fn at(&self, row: &RightsRow) -> String {
        format!("{} {}", self.s.date(&row.time), row.time.get(11..19).unwrap_or_default())
    }
}

/// `GET /access/rights?staff=3`.
pub async fn show(clerk: Clerk, request: HttpRequest) -> Answer {
    let chosen = request.query_string().split('&').find_map(|part| part.strip_prefix("staff=")?.parse::<i64>().ok());
    clerk
        .answer(move |room| {
            let (desk, actor) = (&room.desk, room.actor());
            let mut rows = desk::rights_log(desk, actor, chosen, None, None)?;
            let total = rows.len();
            rows.reverse();
            rows.truncate(MOST);
            let number = |person: Person| Some((person.staff.strip_prefix("staff:")?.parse().ok()?, person));
            let here = chosen.map_or_else(|| "/access/rights".to_owned(), |id| format!("/access/rights?staff={id}"));
            Ok(Reply::Page(draw(&RightsPage {
                page: Page::new(room, "access", &here),
                s: room.speech(),
                people: desk::access_people(desk, actor)?.into_iter().filter_map(number).collect(),
                rows,
                total,
                chosen,
            })))
        })
        .await
}
