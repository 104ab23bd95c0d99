//! The search of jobs by number, state, kind, day and reader. What is searched for goes by POST and is kept in the session.

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, JobQuery, JobsFound};
use crate::plan::job::{CardKind, JobState};
use crate::plan::messages::Trouble;

const KIND: &str = "jobs";

#[derive(Template)]
#[template(path = "pages/jobs.html")]
pub struct JobsPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub asked: JobQuery,
    pub states: &'static [JobState],
    pub kinds: &'static [CardKind],
    /// The readers there are now.
    pub readers: Vec<String>,
    pub found: Option<Result<JobsFound, Trouble>>,
}

/// `GET /jobs`.
pub async fn show(clerk: Clerk) -> Answer {
    clerk.answer(|room| Ok(Reply::Page(jobs_page(room, "/jobs", JobQuery::default(), None)))).await
}

/// `POST /jobs`.
pub async fn seek(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let asked = serde_json::to_string(&query(&fields)).map_err(|_| Trouble::new("web-trouble"))?;
            Ok(Reply::Go(format!("/jobs/found/{}", desk::keep(&room.desk, &room.session, KIND, &asked)?)))
        })
        .await
}

/// `GET /jobs/found/{id}`.
pub async fn found(clerk: Clerk, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let kept = desk::kept(&room.desk, &room.session, KIND, &id)?;
            let Some(asked) = kept.and_then(|text| serde_json::from_str::<JobQuery>(&text).ok()) else {
                return Ok(Reply::Go("/jobs".to_owned()));
            };
            let found = desk::seek_jobs(&room.desk, room.actor(), &asked);
            Ok(Reply::Page(jobs_page(room, &format!("/jobs/found/{id}"), asked, Some(found))))
        })
        .await
}

fn query(fields: &Fields) -> JobQuery {
    let text = |name: &str| fields.text(name).trim().to_owned();
    JobQuery {
        number: text("number"),
        state: text("state"),
        kind: text("kind"),
        day: text("day"),
        reader: text("reader"),
    }
}

fn jobs_page(room: &Room, here: &str, asked: JobQuery, found: Option<Result<JobsFound, Trouble>>) -> String {
    let readers = desk::readers(&room.desk).unwrap_or_default().into_iter().map(|reader| reader.name).collect();
    draw(&JobsPage {
        page: Page::new(room, "jobs", here),
        s: room.speech(),
        asked,
        states: JobState::ALL,
        kinds: CardKind::ALL,
        readers,
        found,
    })
}
