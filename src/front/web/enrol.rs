//! A new member in three steps: who, consent, card. What is typed lives in the session as a draft; paths hold
//! its opaque id. The desk judges every step; nothing is written before the last.

use std::collections::BTreeSet;

use actix_web::web;
use askama::Template;
use serde::{Deserialize, Serialize};

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::devices::ReadyPart;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, EnrolForm, Evidence, Hit, IssueForm, PersonCheck, ReaderLine};
use crate::plan::job::CardKind;
use crate::plan::messages::Trouble;

const KIND: &str = "enrol";
pub const KINDS: [&str; 5] = ["adult", "teen", "child", "foreigner", "group"];
pub const IDENTITIES: [&str; 7] =
    ["resident-card", "driver-licence", "passport", "alien-card", "student-card", "mobile", "other"];

/// An enrolment that is being typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub form: EnrolForm,
    /// Step 1 was sent: from now on it shows what is wrong.
    pub tried: bool,
    /// Step 2 was sent.
    pub consented: bool,
    /// The likely duplicates that the clerk has seen; going on after that means another person.
    pub seen: BTreeSet<i64>,
}

impl Draft {
    pub fn of(room: &Room, id: &str) -> Result<Option<Draft>, Trouble> {
        let kept = desk::kept(&room.desk, &room.session, KIND, id)?;
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
    }

    fn keep(&self, room: &Room, id: &str) -> Result<(), Trouble> {
        let text = serde_json::to_string(self).map_err(|_| Trouble::new("web-trouble"))?;
        desk::rekeep(&room.desk, &room.session, KIND, id, &text)
    }

    fn take_person(&mut self, fields: &Fields) {
        let some = |name| Some(fields.text(name).to_owned()).filter(|text| !text.trim().is_empty());
        let form = &mut self.form;
        form.name = fields.text("name").to_owned();
        form.birth = fields.text("birth").to_owned();
        form.phone = some("phone");
        form.kind = some("kind");
        form.identity = some("identity");
        (form.guardian, form.guardian_identity) = (None, None);
        if form.kind.as_deref() == Some("child") {
            form.guardian = some("guardian");
            form.guardian_identity = some("guardian-identity");
        }
        self.tried = true;
    }

    fn take_consent(&mut self, fields: &Fields) {
        let given: Vec<&str> = ["local", "national"].into_iter().filter(|name| fields.has(name)).collect();
        self.form.consent = Some(given.join(","));
        self.form.own_number = Some(fields.text("own-number").to_owned()).filter(|text| !text.trim().is_empty());
        self.consented = true;
    }

    pub fn consents(&self, to: &str) -> bool {
        self.form.consent.as_deref().is_some_and(|given| given.split(',').any(|one| one == to))
    }
}

#[derive(Template)]
#[template(path = "pages/enrol_person.html")]
pub struct PersonPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    /// Where the form goes: `/enrol`, or `/enrol/{id}` once there is a draft.
    pub to: String,
    pub draft: Draft,
    /// What is wrong, by field, first field first.
    pub problems: Vec<(&'static str, Trouble)>,
    pub duplicates: Vec<Hit>,
}

impl PersonPage<'_> {
    fn problem(&self, field: &str) -> Option<&Trouble> {
        self.problems.iter().find(|(known, _)| *known == field).map(|(_, trouble)| trouble)
    }

    /// The first bad field gets the focus; without one the first of the form. Where somebody like this one is known,
    /// opening them has it, so that a second Enter does not make a second member.
    fn focus(&self, field: &str) -> bool {
        let otherwise = if self.duplicates.is_empty() { "kind" } else { "" };
        self.problems.first().map_or(otherwise, |(first, _)| first) == field
    }

    fn picked(&self, field: &Option<String>, value: &str, otherwise: &str) -> bool {
        field.as_deref().unwrap_or(otherwise) == value
    }
}

#[derive(Template)]
#[template(path = "pages/enrol_consent.html")]
pub struct ConsentPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub id: String,
    pub draft: Draft,
    pub facts: Vec<(String, String)>,
    pub membership: &'static str,
    pub trouble: Option<Trouble>,
}

#[derive(Template)]
#[template(path = "pages/enrol_card.html")]
pub struct CardPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub id: String,
    pub draft: Draft,
    pub facts: Vec<(String, String)>,
    pub library: String,
    pub per_library: u32,
    pub everywhere: u32,
    /// Whether reader and printer can take the card now.
    pub ready: ReadyPart<'a>,
    /// The readers to choose from, when there are several.
    pub readers: Vec<ReaderLine>,
    /// The one of them that is chosen until the clerk says otherwise.
    pub usual: Option<String>,
}

/// `GET /enrol`: an empty form.
pub async fn begin(clerk: Clerk) -> Answer {
    clerk
        .answer(|room| {
            let page = Page::new(room, "desk", "/enrol");
            let draft = Draft::default();
            let (problems, duplicates) = (Vec::new(), Vec::new());
            Ok(Reply::Page(draw(&PersonPage {
                page,
                s: room.speech(),
                to: "/enrol".into(),
                draft,
                problems,
                duplicates,
            })))
        })
        .await
}

/// `POST /enrol`: the first step of a new draft.
pub async fn first(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let id = desk::keep(&room.desk, &room.session, KIND, "{}")?;
            person_sent(room, &id, Draft::default(), &fields)
        })
        .await
}

/// `GET /enrol/{id}`: the first step as it was typed, with what is wrong and who might be the same person.
pub async fn person(clerk: Clerk, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, |room, id, mut draft| {
        let mut check = PersonCheck { problems: Vec::new(), duplicates: Vec::new() };
        if draft.tried {
            check = desk::check_person(&room.desk, room.actor(), &draft.form)?;
            draft.seen = check.duplicates.iter().map(|hit| hit.member).collect();
            draft.keep(room, &id)?;
        }
        let to = format!("/enrol/{id}");
        let page = Page::new(room, "desk", &to);
        let PersonCheck { problems, duplicates } = check;
        Ok(Reply::Page(draw(&PersonPage { page, s: room.speech(), to, draft, problems, duplicates })))
    })
    .await
}

/// `POST /enrol/{id}`.
pub async fn person_again(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, move |room, id, draft| person_sent(room, &id, draft, &fields)).await
}

/// On to consent when every field is good and no likely duplicate is new to the clerk's eyes.
fn person_sent(room: &Room, id: &str, mut draft: Draft, fields: &Fields) -> Result<Reply, Trouble> {
    draft.take_person(fields);
    let check = desk::check_person(&room.desk, room.actor(), &draft.form)?;
    let known = check.duplicates.iter().all(|hit| draft.seen.contains(&hit.member));
    let on = check.problems.is_empty() && known;
    draft.form.anyway = on && !check.duplicates.is_empty();
    draft.keep(room, id)?;
    Ok(Reply::Go(if on { format!("/enrol/{id}/consent") } else { format!("/enrol/{id}") }))
}

/// `GET /enrol/{id}/consent`.
pub async fn consent(clerk: Clerk, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, |room, id, draft| {
        let trouble = draft.consented.then(|| desk::check_consent(&room.desk, &draft.form).err()).flatten();
        Ok(Reply::Page(draw(&ConsentPage {
            page: Page::new(room, "desk", &format!("/enrol/{id}/consent")),
            s: room.speech(),
            facts: facts(room, &draft, false),
            membership: room.desk.settings.library.membership.as_str(),
            id,
            draft,
            trouble,
        })))
    })
    .await
}

/// `POST /enrol/{id}/consent`.
pub async fn consent_sent(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, move |room, id, mut draft| {
        draft.take_consent(&fields);
        draft.keep(room, &id)?;
        let good = desk::check_consent(&room.desk, &draft.form).is_ok();
        Ok(Reply::Go(format!("/enrol/{id}/{}", if good { "card" } else { "consent" })))
    })
    .await
}

/// `GET /enrol/{id}/card`.
pub async fn card(clerk: Clerk, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, |room, id, draft| {
        if !draft.consented || desk::check_consent(&room.desk, &draft.form).is_err() {
            return Ok(Reply::Go(format!("/enrol/{id}/consent")));
        }
        let loans = &room.desk.settings.loans;
        let mut page = Page::new(room, "desk", &format!("/enrol/{id}/card"));
        page.live = Some(format!("/enrol/{id}/card/events"));
        let readers = desk::readers(&room.desk);
        let ready = ReadyPart::new(room, &readers);
        let usable = desk::usable_readers(readers.unwrap_or_default());
        Ok(Reply::Page(draw(&CardPage {
            s: room.speech(),
            facts: facts(room, &draft, true),
            library: room.desk.library().name.to_string(),
            per_library: loans.per_library,
            everywhere: loans.everywhere,
            ready,
            usual: desk::usual_reader(&room.desk, room.actor(), &usable)?,
            readers: if usable.len() > 1 { usable } else { Vec::new() },
            page,
            id,
            draft,
        })))
    })
    .await
}

/// `POST /enrol/{id}/card`: enrols, plans the card, starts the job. The draft's id is the idempotency key of
/// both, so that pressing twice makes one member and one job.
pub async fn card_sent(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, move |room, id, draft| {
        let chip = fields.text("card") == CardKind::Rfid.as_str() && draft.consents("national");
        let readers = desk::readers(&room.desk);
        if chip && desk::reader_at_hand(&room.desk, &readers).is_err() {
            // The page says why, and when it is over.
            return Ok(Reply::Go(format!("/enrol/{id}/card")));
        }
        let enrolled = desk::enrol(&room.desk, room.actor(), &draft.form, Some(&format!("enrol-{id}")))?;
        let member = enrolled.member;
        let Some(kind) = CardKind::parse(fields.text("card")).filter(|_| enrolled.national) else {
            desk::drop_kept(&room.desk, &room.session, KIND, &id)?;
            return Ok(Reply::Go(format!("/members/{member}")));
        };
        let chosen = Some(fields.text("reader")).filter(|_| chip);
        let usable = desk::usable_readers(readers.unwrap_or_default());
        let chosen = chosen.filter(|chosen| usable.iter().any(|reader| reader.name == *chosen)).map(str::to_owned);
        let usual =
            if chip && chosen.is_none() { desk::usual_reader(&room.desk, room.actor(), &usable)? } else { None };
        let form = IssueForm { member, evidence: Evidence::Document, kind, reader: chosen.or(usual), printer: None };
        let job = desk::plan_issue(&room.desk, room.actor(), &form, Some(&format!("issue-{id}")))?;
        desk::drop_kept(&room.desk, &room.session, KIND, &id)?;
        desk::start(&room.desk, room.actor(), job)?;
        Ok(Reply::Go(format!("/jobs/{job}")))
    })
    .await
}

/// `POST /enrol/{id}/leave`: what was typed is forgotten.
pub async fn leave(Posted { clerk, .. }: Posted, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            desk::drop_kept(&room.desk, &room.session, KIND, &id)?;
            Ok(Reply::Go("/desk".to_owned()))
        })
        .await
}

/// The draft of this id; one that is gone begins anew.
async fn with_draft(
    clerk: Clerk,
    id: web::Path<String>,
    work: impl FnOnce(&Room, String, Draft) -> Result<Reply, Trouble> + Send + 'static,
) -> Answer {
    clerk
        .answer(move |room| match Draft::of(room, &id)? {
            Some(draft) => work(room, id.into_inner(), draft),
            None => Ok(Reply::Go("/enrol".to_owned())),
        })
        .await
}

/// What was typed so far, as the side column lists it.
fn facts(room: &Room, draft: &Draft, consent: bool) -> Vec<(String, String)> {
    let (s, form) = (room.speech(), &draft.form);
    let mut facts = vec![
        (s.t("web-kind"), s.of("web-kind", form.kind.as_deref().unwrap_or("adult"))),
        (s.t("web-name"), form.name.trim().to_owned()),
        (s.t("web-birth"), s.date(form.birth.trim())),
        (s.t("web-identity-seen"), s.of("web-identity", form.identity.as_deref().unwrap_or("–"))),
    ];
    facts.extend(form.phone.as_ref().map(|phone| (s.t("web-phone"), phone.clone())));
    facts.extend(form.guardian.as_ref().map(|guardian| (s.t("web-guardian"), guardian.clone())));
    if consent {
        let given = if draft.consents("national") { "web-consent-both" } else { "web-consent-local-only" };
        facts.push((s.t("web-consent"), s.t(given)));
        facts.extend(form.own_number.as_ref().map(|own| (s.t("web-own-number"), own.clone())));
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> Fields {
        Fields(fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn a_guardian_is_taken_for_a_child_only() {
        let fields = [("name", "홍길동"), ("guardian", "홍판서"), ("guardian-identity", "passport")];
        for (kind, guardian) in [("child", Some("홍판서")), ("adult", None)] {
            let mut draft = Draft::default();
            draft.take_person(&sent(&[&fields[..], &[("kind", kind)]].concat()));
            assert_eq!(draft.form.guardian.as_deref(), guardian, "{kind}");
        }
    }

    #[test]
    fn only_ticked_consents_are_given() {
        let mut draft = Draft::default();
        draft.take_consent(&sent(&[("national", "1")]));
        assert_eq!(draft.form.consent.as_deref(), Some("national"));
        assert!(draft.consents("national") && !draft.consents("local"));
        draft.take_consent(&sent(&[]));
        assert!(!draft.consents("national"));
    }
}
