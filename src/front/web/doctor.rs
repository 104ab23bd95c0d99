//! What the doctor found, in the same words as the command line: what is to be seen to first, what is well folded below.
//! Nothing is mended from here; the command to type stands with each finding.

use askama::Template;

use super::clerk::{Answer, Clerk, Reply};
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, CheckState, Finding};

#[derive(Template)]
#[template(path = "pages/doctor.html")]
pub struct DoctorPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub summary: String,
    pub findings: Vec<Row>,
    pub fine: Vec<Row>,
}

/// One check as the page shows it.
pub struct Row {
    pub check: &'static str,
    pub label: String,
    pub tone: &'static str,
    pub icon: &'static str,
    pub word: String,
    pub what: String,
    /// A sentence, or a sentence with commands below it.
    pub help: Vec<String>,
}

/// `GET /doctor`.
pub async fn show(clerk: Clerk) -> Answer {
    clerk
        .answer(|room| {
            let s = room.speech();
            let mut found = desk::examine(&room.desk, room.actor())?;
            found.sort_by_key(|finding| finding.state);
            let count = |state| found.iter().filter(|finding| finding.state == state).count().to_string();
            let [fails, warns, fine] = [CheckState::Fail, CheckState::Warn, CheckState::Ok].map(count);
            let args = [("fails", fails), ("warns", warns), ("fine", fine)];
            let summary = s.messages.text(s.lang, "doctor-summary", &args);
            let (fine, findings): (Vec<&Finding>, Vec<&Finding>) =
                found.iter().partition(|finding| finding.state == CheckState::Ok);
            let rows = |findings: Vec<&Finding>| findings.into_iter().map(|finding| row(s, finding)).collect();
            let page = Page::new(room, "", "/doctor");
            Ok(Reply::Page(draw(&DoctorPage { page, s, summary, findings: rows(findings), fine: rows(fine) })))
        })
        .await
}

fn row(s: Speech<'_>, finding: &Finding) -> Row {
    let (tone, icon) = match finding.state {
        CheckState::Fail => ("bad", "fail"),
        CheckState::Warn => ("warn", "alert"),
        CheckState::Ok => ("ok", "done"),
    };
    Row {
        check: finding.check,
        label: s.of("doctor-check", finding.check),
        tone,
        icon,
        word: s.of("doctor-state", finding.state.as_str()),
        what: s.whole(finding.what(s.messages, s.lang)),
        help: s
            .begun(finding.help(s.messages, s.lang))
            .lines()
            .filter(|line| !line.is_empty())
            .map(Into::into)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::super::word_tests::house;
    use super::*;
    use crate::plan::messages::Lang;

    #[actix_web::test]
    async fn the_page_shows_every_check_once_in_both_languages() {
        let house = house();
        let checks = desk::examine(&house.desk, &house.session.actor).unwrap();
        for lang in [Lang::Ko, Lang::En] {
            let mut room = house.room();
            room.session.lang = lang;
            let answer = show(Clerk { room, cookie: String::new(), asking: None }).await.unwrap();
            let page = String::from_utf8(to_bytes(answer.into_body()).await.unwrap().to_vec()).unwrap();
            for finding in &checks {
                assert_eq!(page.matches(&format!("id=\"check-{}\"", finding.check)).count(), 1, "{}", finding.check);
            }
            // An id in place of a text is a word that the catalogue lacks.
            assert!(!page.contains(">doctor-"), "{page}");
        }
    }
}
