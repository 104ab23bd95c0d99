//! A new member in three steps: who, consent, card. What is typed lives in the session as a draft; paths hold
//! its opaque id. The desk judges every step; nothing is written before the last.

use actix_web::web;
use askama::Template;

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::devices::ReadyPart;
pub use super::draft::Draft;
use super::draft::{Problem, problem, so_far};
use super::kept::{self, Kept};
use super::members::once;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Alike, Evidence, IssueForm, PersonCheck, ReaderLine};
use crate::plan::fees::{SaidExempt, Settlement};
use crate::plan::job::CardKind;
use crate::plan::member::{Condition, ConsentKind, ConsentText, Membership};
use crate::plan::messages::Trouble;

pub const KINDS: [&str; 5] = ["adult", "teen", "child", "foreigner", "group"];
pub const IDENTITIES: [&str; 7] =
    ["resident-card", "driver-licence", "passport", "alien-card", "student-card", "mobile", "other"];

#[derive(Template)]
#[template(path = "pages/enrol_person.html")]
pub struct PersonPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    /// Where the form goes: `/enrol`, or `/enrol/{id}` once there is a draft.
    pub to: String,
    /// Of the draft, or of the one that there will be.
    pub id: String,
    pub draft: Draft,
    /// What is wrong, by field, first field first.
    pub problems: Vec<Problem>,
    pub duplicates: Vec<Alike>,
    /// What the library asks its members for; nothing where it asks for nothing.
    pub conditions: &'a [Condition],
}

impl PersonPage<'_> {
    fn problem(&self, field: &str) -> Option<&Trouble> {
        problem(&self.problems, field)
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
    pub membership: Membership,
    /// The whole texts, the library's own first.
    pub texts: [ConsentText; 2],
    pub problems: Vec<Problem>,
    /// A guardian consents, not the member.
    pub guarded: bool,
}

impl ConsentPage<'_> {
    fn problem(&self, field: &str) -> Option<&Trouble> {
        problem(&self.problems, field)
    }

    /// What is wrong with a field of the step before.
    fn elsewhere(&self) -> Option<&Trouble> {
        let here = ["local", "national", "own-number", "consent-way", "consent-on"];
        self.problems.iter().find(|(field, _)| !here.contains(&field.as_str())).map(|(_, trouble)| trouble)
    }

    fn focus(&self, field: &str) -> bool {
        self.problems.first().map_or("local", |(first, _)| first) == field
    }

    fn by(&self, way: &str) -> bool {
        self.draft.form.consent_way.as_deref().unwrap_or("at-desk") == way
    }

    /// Without this consent nothing is given out: both where every card is a 책이음 card.
    fn required(&self, kind: &ConsentKind) -> bool {
        *kind == ConsentKind::Local || self.membership == Membership::Integrated
    }
}

/// The likely same people, as the side of a page being typed shows them.
#[derive(Template)]
#[template(path = "pages/alike.html")]
pub struct AlikePart<'a> {
    pub s: Speech<'a>,
    pub duplicates: Vec<Alike>,
    pub first: bool,
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
    /// The library advises its own card, and the member has one.
    pub own_advised: bool,
    /// The library gives own cards, and the member has one.
    pub own_possible: bool,
    /// Won, by the rule of today.
    pub fee: u32,
    /// Who says that they are exempt could be.
    pub exempts: bool,
}

/// `GET /enrol`: an empty form.
pub async fn begin(clerk: Clerk) -> Answer {
    clerk
        .answer(|room| {
            let check = PersonCheck { problems: Vec::new(), duplicates: Vec::new() };
            Ok(Reply::Page(person_page(room, "/enrol".to_owned(), once()?, Draft::default(), check)))
        })
        .await
}

/// `POST /enrol`: the first step of a new draft.
pub async fn first(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let (id, draft) = kept::begun::<Draft>(room, &fields)?;
            person_sent(room, &id, draft, &fields)
        })
        .await
}

/// `GET /enrol/alike`: nothing is there but for the script.
pub async fn to_begin(clerk: Clerk) -> Answer {
    clerk.answer(|_| Ok(Reply::Go("/enrol".to_owned()))).await
}

/// `POST /enrol/alike`: who is likely the same person as is being typed, as the inner markup of the page's side.
pub async fn alike(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let [name, birth, phone] = ["name", "birth", "phone"].map(|field| fields.text(field));
            let but = fields.text("member").parse().ok();
            let duplicates = desk::alike_as_typed(&room.desk, &room.session, name, birth, phone, but)?;
            Ok(Reply::Page(draw(&AlikePart { s: room.speech(), duplicates, first: false })))
        })
        .await
}

/// `GET /enrol/{id}`: the first step as it was typed, with what is wrong and who might be the same person.
pub async fn person(clerk: Clerk, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, |room, id, mut draft| {
        let mut check = PersonCheck { problems: Vec::new(), duplicates: Vec::new() };
        if draft.tried {
            check = desk::check_person(&room.desk, room.actor(), &draft.form)?;
            draft.shown(&check.duplicates);
            draft.keep(room, &id)?;
        }
        Ok(Reply::Page(person_page(room, format!("/enrol/{id}"), id, draft, check)))
    })
    .await
}

fn person_page(room: &Room, to: String, id: String, draft: Draft, check: PersonCheck) -> String {
    let page = Page::new(room, "desk", &to);
    let problems = draft.with_refused(check.problems);
    let conditions = &room.desk.settings.library.conditions;
    draw(&PersonPage { page, s: room.speech(), to, id, draft, problems, duplicates: check.duplicates, conditions })
}

/// `POST /enrol/{id}`.
pub async fn person_again(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, move |room, id, draft| person_sent(room, &id, draft, &fields)).await
}

/// On to consent when every field is good and no likely duplicate is new to the clerk's eyes.
fn person_sent(room: &Room, id: &str, mut draft: Draft, fields: &Fields) -> Result<Reply, Trouble> {
    draft.take_person(fields);
    let check = desk::check_person(&room.desk, room.actor(), &draft.form)?;
    let on = draft.judged(&check.problems, &check.duplicates);
    draft.keep(room, id)?;
    Ok(Reply::Go(if on { format!("/enrol/{id}/consent") } else { format!("/enrol/{id}") }))
}

/// `GET /enrol/{id}/consent`.
pub async fn consent(clerk: Clerk, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, |room, id, draft| {
        let wrong = if draft.consented { desk::consents_wrong(&room.desk, &draft.form) } else { Vec::new() };
        Ok(Reply::Page(draw(&ConsentPage {
            page: Page::new(room, "desk", &format!("/enrol/{id}/consent")),
            s: room.speech(),
            facts: facts(room, &draft, false),
            membership: room.desk.settings.library.membership,
            texts: desk::consent_texts(&room.desk, room.session.lang)?,
            problems: draft.with_refused(wrong),
            guarded: draft.form.guardian.is_some(),
            id,
            draft,
        })))
    })
    .await
}

/// `POST /enrol/{id}/consent`.
pub async fn consent_sent(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    with_draft(clerk, id, move |room, id, mut draft| {
        draft.take_consent(&fields, room.session.lang);
        let wrong = desk::consents_wrong(&room.desk, &draft.form);
        draft.refuse(&wrong);
        draft.keep(room, &id)?;
        Ok(Reply::Go(format!("/enrol/{id}/{}", if wrong.is_empty() { "card" } else { "consent" })))
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
        let (fee, exempts) = desk::first_fee(&room.desk);
        let membership = room.desk.settings.library.membership;
        let own_possible = membership != Membership::Integrated && draft.form.own_number.is_some();
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
            own_advised: own_possible && membership == Membership::OwnCard,
            own_possible,
            fee,
            exempts,
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
            Draft::forget(room, &id)?;
            desk::with_own_card(&room.desk, room.actor(), member)?;
            // The document was seen a moment ago: whoever changes their mind is not asked for it again.
            desk::note_evidence(&room.desk, &room.session, member, Evidence::Document)?;
            return Ok(Reply::Go(format!("/members/{member}")));
        };
        let chosen = Some(fields.text("reader")).filter(|_| chip);
        let usable = desk::usable_readers(readers.unwrap_or_default());
        let chosen = chosen.filter(|chosen| usable.iter().any(|reader| reader.name == *chosen)).map(str::to_owned);
        let usual =
            if chip && chosen.is_none() { desk::usual_reader(&room.desk, room.actor(), &usable)? } else { None };
        let form = IssueForm { member, evidence: Evidence::Document, kind, reader: chosen.or(usual), printer: None };
        let exempt = SaidExempt::ticked(fields.has("exempt"), fields.has("exempt-seen"));
        let (later, key) = (Settlement::Later, format!("issue-{id}"));
        let job = desk::plan_issue_paid(&room.desk, room.actor(), &form, &later, exempt, Some(&key))?;
        Draft::forget(room, &id)?;
        desk::start(&room.desk, room.actor(), job)?;
        Ok(Reply::Go(format!("/jobs/{job}")))
    })
    .await
}

/// `POST /enrol/{id}/keep`: what stands in the fields, so that a scan, another page or the end of the session loses nothing.
pub async fn keep(Posted { clerk, fields }: Posted, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let fields = so_far(fields);
            Draft::typing(room, &id, |draft| draft.take_typing(&fields, room.session.lang))?;
            Ok(Reply::Page(String::new()))
        })
        .await
}

/// `POST /enrol/{id}/leave`: what was typed is forgotten.
pub async fn leave(Posted { clerk, .. }: Posted, id: web::Path<String>) -> Answer {
    kept::leave::<Draft>(clerk, id).await
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
    facts.extend(form.phone.as_ref().map(|phone| (s.t("web-phone"), s.phone(phone))));
    facts.extend(form.condition.as_ref().map(|condition| (s.t("web-condition"), s.of("web-condition", condition))));
    facts.extend(form.guardian.as_ref().map(|guardian| (s.t("web-guardian"), guardian.clone())));
    facts.extend(form.representative.as_ref().map(|who| (s.t("web-representative"), who.clone())));
    if consent {
        let given = if draft.consents("national") { "web-consent-both" } else { "web-consent-local-only" };
        facts.push((s.t("web-consent"), s.t(given)));
        facts.extend(form.own_number.as_ref().map(|own| (s.t("web-own-number"), own.clone())));
    }
    facts
}
