//! Server-sent events: the regions of a page that changed, drawn by the very templates of the page. A stream belongs
//! to one session, ends with it, and is itself no activity. It holds no state but what it sent last.
//! Start at [`job`].

use std::collections::HashMap;
use std::time::Duration;

use actix_web::web::Bytes;
use actix_web::{HttpResponse, web};
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::oneshot;

use super::clerk::{Answer, Onlooker, Room};
use super::devices::{ReadersPart, ReadyPart};
use super::found_card::WhoseCard;
use super::jobs::{self, told};
use super::page::{StripPart, draw};
use super::parts::{Part, parts};
use super::tray::TrayPart;
use crate::desk::{self, Event, Landing};
use crate::plan::messages::Trouble;

/// Between two looks at a quiet desk. Other processes work on the same store and tell nobody here, a session ends by
/// itself, and a page that hears nothing for two seconds says that the service is gone.
const TICK: Duration = Duration::from_millis(500);
/// A browser that lost its stream asks again after so many milliseconds.
const AGAIN: u16 = 500;
/// A sign of life that a page can hear; a comment it cannot.
const ALIVE: &str = "event: alive\ndata: 1\n\n";
/// Steps that come faster than an eye can follow are drawn together.
const BREATH: Duration = Duration::from_millis(40);

/// What a stream shows.
#[derive(Clone)]
enum Subject {
    /// Strip, and on the devices' page readers and tray.
    Frame {
        tray: bool,
    },
    /// Strip, and a card that is laid down: it opens its holder, or tells on the page of this member whose it is.
    Laid {
        member: Option<i64>,
        /// Of several pages of a session the newest hears.
        ticket: u64,
    },
    /// Strip, and whether a card can be issued.
    Ready,
    Job {
        job: i64,
        told: Option<String>,
    },
}

/// `GET /events`: the strip of any page.
pub async fn frame(Onlooker(clerk): Onlooker) -> Answer {
    Ok(live(clerk.room, Subject::Frame { tray: false }))
}

/// `GET /desk/events`: the strip, and where a card leads that is laid down.
pub async fn desk(Onlooker(clerk): Onlooker) -> Answer {
    let ticket = desk::listen(&clerk.room.desk, &clerk.room.session);
    Ok(live(clerk.room, Subject::Laid { member: None, ticket }))
}

/// `GET /members/{id}/events`: the same beside a member's file.
pub async fn member(Onlooker(clerk): Onlooker, id: web::Path<i64>) -> Answer {
    let ticket = desk::listen(&clerk.room.desk, &clerk.room.session);
    Ok(live(clerk.room, Subject::Laid { member: Some(*id), ticket }))
}

/// `GET /devices/events`: strip, readers and tray.
pub async fn devices(Onlooker(clerk): Onlooker) -> Answer {
    Ok(live(clerk.room, Subject::Frame { tray: true }))
}

/// `GET /enrol/{id}/card/events`: strip, and whether the devices are ready.
pub async fn ready(Onlooker(clerk): Onlooker) -> Answer {
    Ok(live(clerk.room, Subject::Ready))
}

/// `GET /jobs/{id}/events`.
pub async fn job(Onlooker(clerk): Onlooker, id: web::Path<i64>) -> Answer {
    Ok(live(clerk.room, Subject::Job { job: *id, told: None }))
}

/// `GET /jobs/{id}/told/{told}/events`.
pub async fn job_told(Onlooker(clerk): Onlooker, path: web::Path<(i64, String)>) -> Answer {
    let (job, told) = path.into_inner();
    Ok(live(clerk.room, Subject::Job { job, told: Some(told) }))
}

struct Live {
    room: Room,
    subject: Subject,
    events: Receiver<Event>,
    sent: Sent,
    /// What the card that is being read leads to.
    landing: Option<oneshot::Receiver<Landing>>,
    /// How long to wait for an event before looking anyway; zero at first.
    pause: Duration,
}

fn live(room: Room, subject: Subject) -> HttpResponse {
    let events = room.desk.subscribe();
    let live = Live { room, subject, events, sent: Sent::default(), landing: None, pause: Duration::ZERO };
    let stream = stream::unfold(live, |mut live| async move {
        let text = live.next().await?;
        Some((Ok::<_, actix_web::Error>(Bytes::from(text)), live))
    });
    HttpResponse::Ok().content_type("text/event-stream").streaming(stream)
}

impl Live {
    /// The next piece of the stream; `None` ends it.
    async fn next(&mut self) -> Option<String> {
        if !self.wait().await {
            return None;
        }
        let (room, subject, first) = (self.room.clone(), self.subject.clone(), self.pause.is_zero());
        let drawn = web::block(move || {
            let stands = desk::session_stands(&room.desk, &room.session)?;
            if let (true, Subject::Job { job, .. }) = (stands && first, &subject) {
                desk::follow_job(&room.desk, room.actor(), *job)?;
            }
            if stands { look(&room, &subject).map(Some) } else { Ok(None) }
        });
        let Ok(Ok(Some(Look { mut parts, laid }))) = drawn.await else {
            return None;
        };
        if let Some(reader) = laid {
            self.read(reader);
        }
        let go = self.landed(&mut parts).await;
        self.pause = TICK;
        let text: String = self.sent.changed(parts).iter().map(frame_of).collect();
        let text = text + go.unwrap_or_default().as_str();
        Some(match (first, text.is_empty()) {
            (true, _) => format!("retry: {AGAIN}\n\n{text}"),
            (false, true) => ALIVE.to_owned(),
            (false, false) => text,
        })
    }

    /// Reads the card in the background: the page must go on hearing that the service lives.
    fn read(&mut self, reader: String) {
        let (sender, landing) = oneshot::channel();
        self.landing = Some(landing);
        let room = self.room.clone();
        let read = web::block(move || {
            let landing = desk::read_laid(&room.desk, &room.session, &reader);
            let landing =
                landing.inspect_err(|trouble| tracing::warn!(code = trouble.code, "a card laid down was not read"));
            // The page may have gone on meanwhile.
            let _ = sender.send(landing.unwrap_or(Landing::Nothing));
            room.desk.tell(Event::Reader);
        });
        actix_web::rt::spawn(async move {
            // A panic in there was logged by its thread.
            let _ = read.await;
        });
    }

    /// Where the card that was read leads: another page, or a word on this one.
    async fn landed(&mut self, parts: &mut Vec<Part>) -> Option<String> {
        let landing = self.landing.as_mut()?.try_recv().ok()?;
        self.landing = None;
        let (room, subject) = (self.room.clone(), self.subject.clone());
        match landing {
            Landing::Nothing => None,
            Landing::Job(job) => Some(go(&format!("/jobs/{job}"))),
            Landing::Member(other) if matches!(subject, Subject::Laid { member: Some(id), .. } if id != other) => {
                let drawn = web::block(move || WhoseCard::draw(&room, other)).await;
                parts.push(("laid", drawn.ok()?.ok()?));
                None
            }
            Landing::Member(member) => Some(go(&format!("/members/{member}"))),
            Landing::Found(id) => Some(go(&format!("/found/card/{id}"))),
        }
    }

    /// Waits until something this stream shows may have changed; false when its session ended or the desk closes.
    async fn wait(&mut self) -> bool {
        if self.pause.is_zero() {
            return true;
        }
        let until = tokio::time::Instant::now() + self.pause;
        loop {
            match tokio::time::timeout_at(until, self.events.recv()).await {
                Err(_) => return true,
                Ok(Err(RecvError::Closed)) => return false,
                Ok(Err(RecvError::Lagged(_))) => break,
                Ok(Ok(event)) if self.ends(&event) => return false,
                Ok(Ok(event)) if self.concerns(&event) => break,
                Ok(Ok(_)) => {}
            }
        }
        tokio::time::sleep(BREATH).await;
        while let Ok(event) = self.events.try_recv() {
            if self.ends(&event) {
                return false;
            }
        }
        true
    }

    fn ends(&self, event: &Event) -> bool {
        matches!(event, Event::SessionEnded(id) if *id == self.room.session.id)
    }

    fn concerns(&self, event: &Event) -> bool {
        match (event, &self.subject) {
            (Event::Job(id), Subject::Job { job, .. }) => id == job,
            (Event::Reader | Event::Printer, _) => true,
            _ => false,
        }
    }
}

/// What the page is told to go to.
fn go(to: &str) -> String {
    format!("event: go\ndata: {}\n\n", serde_json::json!({ "to": to }))
}

/// What a look found.
struct Look {
    parts: Vec<Part>,
    /// The reader on which a card was laid down just now.
    laid: Option<String>,
}

fn look(room: &Room, subject: &Subject) -> Result<Look, Trouble> {
    if let Subject::Laid { ticket, .. } = subject {
        let readers = desk::readers(&room.desk);
        let parts = vec![("strip", draw(&StripPart::of(room, &readers, None)))];
        let laid = readers.ok().and_then(|readers| desk::laid(&room.desk, &room.session, *ticket, &readers));
        return Ok(Look { parts, laid });
    }
    regions(room, subject).map(|parts| Look { parts, laid: None })
}

/// What the subject looks like now: a fraction of a millisecond of queries and drawing.
fn regions(room: &Room, subject: &Subject) -> Result<Vec<Part>, Trouble> {
    match subject {
        Subject::Laid { .. } => Ok(Vec::new()),
        Subject::Frame { tray } => {
            let readers = desk::readers(&room.desk);
            let mut parts = vec![("strip", draw(&StripPart::of(room, &readers, None)))];
            if *tray {
                parts.push(("readers", draw(&ReadersPart::new(room, readers))));
                if let Some(tray) = TrayPart::of(room, "/devices")? {
                    parts.push(("tray", draw(&tray)));
                }
            }
            Ok(parts)
        }
        Subject::Ready => {
            let readers = desk::readers(&room.desk);
            let strip = draw(&StripPart::of(room, &readers, None));
            Ok(vec![("strip", strip), ("ready", draw(&ReadyPart::new(room, &readers)))])
        }
        Subject::Job { job, told: kept } => {
            let mut view = desk::job_view(&room.desk, room.actor(), *job, false)?;
            if desk::look_at_chip(&room.desk, room.actor(), &view)? {
                view = desk::job_view(&room.desk, room.actor(), *job, false)?;
            }
            let told = kept.as_deref().map(|id| told(room, id)).transpose()?.flatten();
            parts(room, &view, told.as_ref(), &jobs::here(*job, kept.as_deref()))
        }
    }
}

/// What a stream sent last, by region.
#[derive(Default)]
struct Sent(HashMap<&'static str, String>);

impl Sent {
    /// Only the regions that are other than before.
    fn changed(&mut self, parts: Vec<Part>) -> Vec<Part> {
        parts.into_iter().filter(|(id, html)| self.0.insert(id, html.clone()).as_ref() != Some(html)).collect()
    }
}

/// One event; its data is one line of JSON.
fn frame_of((id, html): &Part) -> String {
    format!("event: part\ndata: {}\n\n", serde_json::json!({ "id": id, "html": html }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(id: &'static str, html: &str) -> Part {
        (id, html.to_owned())
    }

    #[test]
    fn the_first_look_sends_everything_and_later_ones_what_changed() {
        let mut sent = Sent::default();
        assert_eq!(sent.changed(vec![part("say", "a"), part("chip", "b")]).len(), 2);
        assert_eq!(sent.changed(vec![part("say", "a"), part("chip", "c")]), [part("chip", "c")]);
        assert_eq!(sent.changed(vec![part("say", "a"), part("chip", "c")]), []);
        assert_eq!(sent.changed(vec![part("chip", "b")]), [part("chip", "b")], "back to an older look is a change too");
    }

    #[test]
    fn an_event_is_one_line_of_data_whatever_the_markup_holds() {
        let text = frame_of(&part("say", "<p>\n\"x\"\r\n</p>\n\n"));
        assert_eq!(text.lines().count(), 3);
        let data = text
            .lines()
            .nth(1)
            .and_then(|line| line.strip_prefix("data: "))
            .map(serde_json::from_str::<serde_json::Value>);
        assert_eq!(data.and_then(Result::ok).map(|data| data["html"] == "<p>\n\"x\"\r\n</p>\n\n"), Some(true));
    }
}
