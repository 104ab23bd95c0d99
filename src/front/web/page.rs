//! What every page has around its work: bar, strip, tray, language, csrf token. It asks the desk for the
//! state of devices and the day's count, nothing about persons. Start at [`Page`].

use askama::Template;

use super::clerk::Room;
use super::doors;
use super::speech::{Speech, loud, reader_label};
use super::tray::TrayPart;
use crate::desk::{self, Act, Actor, Counts, PrinterLine, ReaderLine, ReaderState, Right, StaffRef, Stamp};
use crate::plan::messages::Trouble;

/// The frame of a page for somebody who is logged in.
pub struct Page<'a> {
    /// Whose page it is: what they may not press is not shown.
    pub actor: &'a Actor,
    pub csrf: &'a str,
    /// Which entry of the menu is lit: `desk`, `codes`, `day`, `stock`, `access` or none.
    pub nav: &'static str,
    /// Trial and training are said on every page; production says nothing.
    pub stamp: Option<&'static str>,
    pub strip: StripPart<'a>,
    pub tray: Option<TrayPart<'a>>,
    /// Where the page's events come from.
    pub live: Option<String>,
    /// Where a form that changes the frame (language, tray) comes back to.
    pub here: String,
    /// Somebody who is half typed, on another page: the kind (`enrol`, `import`) and where it goes on.
    pub half_typed: Option<(String, String)>,
    /// Whoever types or points is noted once in so many seconds.
    pub active: u32,
}

impl<'a> Page<'a> {
    /// The frame of `here`; the tray is added by pages that show it.
    pub fn new(room: &'a Room, nav: &'static str, here: &str) -> Page<'a> {
        Page {
            actor: room.actor(),
            half_typed: half_typed(room, here),
            active: (room.desk.settings.web.idle_minutes * 20).clamp(1, 30),
            csrf: &room.session.csrf,
            nav,
            stamp: match room.desk.stamp() {
                Stamp::Trial => Some("trial"),
                Stamp::Training => Some("training"),
                Stamp::Production => None,
            },
            strip: StripPart::new(room),
            tray: None,
            live: Some("/events".to_owned()),
            here: here.to_owned(),
        }
    }

    /// Whether whoever sees the page may do this, alone or with a signature: `page.may("show-staff")`, by the act's name.
    pub fn may(&self, act: &str) -> bool {
        Act::parse(act).is_some_and(|act| self.actor.right(act) != Right::No)
    }

    /// Whether they do this with another person's signature alone: said before it is asked for.
    pub fn signed(&self, act: &str) -> bool {
        Act::parse(act).is_some_and(|act| self.actor.right(act) == Right::WithApproval)
    }

    /// Whether a link may lead them there: `page.opens("/staff")`.
    pub fn opens(&self, address: &str) -> bool {
        doors::opens(self.actor, "GET", address)
    }
}

fn half_typed(room: &Room, here: &str) -> Option<(String, String)> {
    let found = desk::newest_draft(&room.desk, &room.session);
    let (kind, id) = found.inspect_err(|trouble| tracing::warn!(code = trouble.code, "no drafts")).ok()??;
    let path = format!("/{kind}/{id}");
    (!here.starts_with(&path)).then_some((kind, path))
}

/// The strip below: reader, printer, register, today's count, clerk. Its id on the page is `strip`.
#[derive(Template)]
#[template(path = "pages/strip.html")]
pub struct StripPart<'a> {
    pub s: Speech<'a>,
    pub reader: Lamp,
    pub printer: Lamp,
    /// What was made today, by kind.
    pub today: Counts,
    /// What somebody has yet to end.
    pub unfinished: u32,
    pub desk: String,
    pub clerk: String,
    /// Today is closed here: the day on which counts what comes now.
    pub counts_for: Option<String>,
}

/// One device in the strip: colour and icon, name, and the word for its state.
pub struct Lamp {
    pub tone: &'static str,
    pub icon: &'static str,
    pub name: String,
    pub state: String,
}

impl<'a> StripPart<'a> {
    pub fn new(room: &'a Room) -> StripPart<'a> {
        StripPart::of(room, &desk::readers(&room.desk), None)
    }

    /// Beside a job the reader `at` which it is done is the one that is shown.
    pub fn of(room: &'a Room, readers: &Result<Vec<ReaderLine>, Trouble>, at: Option<&str>) -> StripPart<'a> {
        let s = room.speech();
        let printers = desk::printers(&room.desk);
        if let Ok(readers) = readers {
            desk::notice(&room.desk, readers);
        }
        StripPart {
            s,
            reader: match readers {
                Ok(readers) => reader_lamp(s, readers, at),
                Err(_) => Lamp { tone: "bad", icon: "fail", name: String::new(), state: s.t("web-reader-unreachable") },
            },
            printer: printer_lamp(s, &printers),
            today: desk::counts_today(&room.desk).unwrap_or_default(),
            unfinished: desk::unfinished_count(&room.desk).unwrap_or(0),
            desk: room.actor().desk.clone(),
            clerk: clerk_name(room),
            counts_for: desk::next_business_day(&room.desk, room.actor()).unwrap_or_default(),
        }
    }
}

pub fn clerk_name(room: &Room) -> String {
    match &room.actor().staff {
        StaffRef::Account { name, .. } => name.clone(),
        StaffRef::Os(account) => account.clone(),
    }
}

/// The job's reader, else the one that is worst off. One that is lost is never hidden by another that is well.
fn reader_lamp(s: Speech<'_>, readers: &[ReaderLine], at: Option<&str>) -> Lamp {
    let is_lost = |reader: &&ReaderLine| reader.state.is_lost();
    let at = readers.iter().find(|reader| Some(reader.name.as_str()) == at);
    let worst = || readers.iter().find(is_lost).or(readers.iter().find(|reader| reader.state == ReaderState::Taken));
    let Some(reader) = at.or_else(worst).or(readers.first()) else {
        return Lamp { tone: "bad", icon: "fail", name: String::new(), state: s.t("web-reader-none") };
    };
    let (tone, icon) = reader_tone(reader);
    let others = readers.iter().filter(is_lost).filter(|other| other.name != reader.name).count();
    if at.is_none() && readers.len() > 1 && reader.state.is_free() {
        return Lamp { tone, icon, name: String::new(), state: s.t1("web-readers-ready", "n", readers.len()) };
    }
    let name = if reader.kind == "simulated" { s.t("web-simulated") } else { reader_label(&reader.name) };
    let state = s.of("web-reader", reader.state.as_str());
    let (tone, icon) = if others > 0 { ("bad", "fail") } else { (tone, icon) };
    let state = if others > 0 { format!("{state} · {}", s.t1("web-readers-lost", "n", others)) } else { state };
    Lamp { tone, icon, name, state }
}

/// Colour and icon of a reader's state.
pub fn reader_tone(reader: &ReaderLine) -> (&'static str, &'static str) {
    match reader.state {
        ReaderState::Stuck | ReaderState::Gone => ("bad", "fail"),
        ReaderState::Taken => ("warn", "clock"),
        // Nor is a simulated one an alarm: its name says it, and so does the bar of every page.
        _ => ("ok", "done"),
    }
}

fn printer_lamp(s: Speech<'_>, printers: &[PrinterLine]) -> Lamp {
    let Some(printer) = printers.first() else {
        return Lamp { tone: "bad", icon: "fail", name: String::new(), state: s.t("web-printer-none") };
    };
    let (tone, icon) = printer_tone(printer);
    Lamp { tone, icon, name: s.of("web-printer-kind", printer.kind), state: s.of("web-printer", printer.state) }
}

/// Colour and icon of a printer's state.
pub fn printer_tone(printer: &PrinterLine) -> (&'static str, &'static str) {
    match printer.state {
        "ready" => ("ok", "done"),
        "unwritable" | "full" | "gone" => ("bad", "fail"),
        _ => ("warn", "alert"),
    }
}

#[derive(Template)]
#[template(path = "pages/refusal.html")]
struct RefusalPage<'a> {
    s: Speech<'a>,
    /// Of somebody who is logged in; else empty.
    csrf: &'a str,
    what: String,
    loud: String,
    rest: String,
    /// The way back leads to the staff, of what was refused there.
    staff: bool,
}

/// A refusal in the same hand as every page: what is wrong, what to do, a way back. A code the catalogue
/// does not know speaks as `web-trouble` rather than as a bare code.
pub fn refusal_page(s: Speech<'_>, csrf: &str, trouble: &Trouble) -> String {
    let known = s.messages.find(s.lang, &format!("err-{}", trouble.code), &trouble.args).is_some();
    let said = if known { trouble.clone() } else { Trouble::new("web-trouble") };
    let (act, rest) = loud(&s.help(&said));
    let staff = !csrf.is_empty() && said.code.starts_with("staff-");
    draw(&RefusalPage { s, csrf, what: s.what(&said), loud: act, rest, staff })
}

/// Renders a template. Writing into memory cannot fail; should a template ever, the page is empty and the log says so.
pub fn draw(template: &impl Template) -> String {
    template.render().unwrap_or_else(|fault| {
        tracing::error!(%fault, "a template did not render");
        String::new()
    })
}

#[cfg(test)]
mod tests {
    use ReaderState::{Card, Empty, Gone, Stuck, Taken};

    use super::super::word_tests::house;
    use super::*;

    fn reader(number: usize, state: ReaderState) -> ReaderLine {
        let name = format!("ACS ACR122U PICC Interface {number:02} 00");
        ReaderLine { name, kind: "pcsc", state, uid: None, port: None, trouble: None }
    }

    #[test]
    fn no_reader_that_is_lost_is_hidden_by_one_that_is_well() {
        let house = house();
        let room = house.room();
        let at = reader(0, Empty).name;
        for (states, at, tone, said) in [
            (&[Card][..], None, "ok", "카드 있음"),
            (&[Empty, Card], None, "ok", "2대 준비됨"),
            (&[Empty, Gone], None, "bad", "연결 끊김"),
            (&[Empty, Stuck], None, "bad", "응답 없음"),
            (&[Empty, Taken], None, "warn", "쓰는 중"),
            (&[Empty, Card], Some(&*at), "ok", "카드 없음"),
            (&[Empty, Gone], Some(&*at), "bad", "카드 없음 · 그 밖에 1대 끊김"),
            (&[], None, "bad", "없음"),
        ] {
            for kind in ["pcsc", "simulated"] {
                let line = |(i, state): (usize, &ReaderState)| ReaderLine { kind, ..reader(i, *state) };
                let readers: Vec<ReaderLine> = states.iter().enumerate().map(line).collect();
                let lamp = reader_lamp(room.speech(), &readers, at);
                assert_eq!((lamp.tone, &*lamp.state), (tone, said), "{kind} {states:?} {at:?}");
            }
        }
    }
}
