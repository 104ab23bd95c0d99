//! Finding people and opening one of them. Lists mask names and birth dates; every id shown and every member opened is
//! logged before the answer goes out. Start at [`find`].

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::asked::{Wanted, readings};
use super::consent::{ConsentRow, consent_rows};
use super::convert::holds_own_card;
use super::{Act, Actor, Desk, actor, charge, report};
use crate::back::store::cards::{self, Card};
use crate::back::store::jobs;
use crate::back::store::members::{self, Member};
use crate::plan::fees::ChargeState;
use crate::plan::job::{CardKind, CardState};
use crate::plan::member::{
    BirthDate, Decoded, Library, MemberNumber, PersonName, Phone, hangul, refuse_identity_number,
};
use crate::plan::messages::Trouble;

/// A list on a screen is read by eye: more than this is no help.
const SHOWN: u32 = 50;

/// One person of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Hit {
    pub member: i64,
    /// Masked.
    pub name: String,
    /// Masked.
    pub birth: String,
    pub kind: String,
    /// `active` or `withdrawn`.
    pub state: String,
    pub number: Option<MemberNumber>,
    pub own_number: Option<String>,
    /// The card in use, else the newest one.
    pub card: Option<CardLine>,
}

#[derive(Debug, Clone, Copy, Serialize)]
pub struct CardLine {
    pub kind: CardKind,
    pub state: CardState,
}

pub struct Found {
    pub hits: Vec<Hit>,
    /// Libraries whose name or code matches.
    pub libraries: Vec<Library>,
    /// The text was a member number: whose library gave it.
    pub number: Option<Decoded>,
    /// That number is another library's, and nobody here goes by it: that library as the directory knows it.
    pub elsewhere: Option<Elsewhere>,
    /// Nobody was found, and the text is digits that are too few or too many for a member number: so many.
    pub digits: Option<usize>,
}

/// A number of another library: what is known of that library, and that its member can be taken over.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// As the import form takes it.
    pub number: MemberNumber,
    /// With address and telephone; `None` where the directory does not list the code.
    pub library: Option<Library>,
}

/// By number, name, initial consonants, birth date or own number.
pub fn find(desk: &Desk, actor: &Actor, text: &str) -> Result<Found, Trouble> {
    actor.may(Act::Find)?;
    let text = text.trim();
    refuse_identity_number(text)?;
    if text.is_empty() {
        return Ok(Found { hits: Vec::new(), libraries: Vec::new(), number: None, elsewhere: None, digits: None });
    }
    let found = desk.store.look(|tx| {
        let mut found: Vec<Member> = Vec::new();
        for search in readings(text, desk.today()).iter().map(Wanted::as_search) {
            for member in members::search(tx, &search, SHOWN)? {
                if found.iter().all(|known| known.id != member.id) {
                    found.push(member);
                }
            }
        }
        found.truncate(SHOWN as usize);
        Ok(found)
    })?;
    let hits = hits(desk, actor, found, "find")?;
    let number = MemberNumber::parse(text).ok().map(|number| desk.directory.decode(number));
    // Initials that name a person would name a dozen libraries too.
    let named = number.is_some() || (!hits.is_empty() && hangul::is_initials(text));
    let libraries = if named { Vec::new() } else { desk.directory.find(text).into_iter().take(5).cloned().collect() };
    let elsewhere =
        number.as_ref().filter(|number| hits.is_empty() && number.library.code != desk.settings.library.code);
    let elsewhere = elsewhere
        .map(|number| Elsewhere { number: number.number, library: desk.directory.show(number.library.code).cloned() });
    let digits = miscounted(text).filter(|_| hits.is_empty());
    Ok(Found { hits, libraries, number, elsewhere, digits })
}

/// How many digits there are where a member number must have been meant, and 14 are not there. Fewer than twelve may be a date
/// or a telephone number.
fn miscounted(text: &str) -> Option<usize> {
    let plain: String = text.nfkc().filter(|c| !matches!(c, ' ' | '-')).collect();
    let count = plain.len();
    (plain.bytes().all(|byte| byte.is_ascii_digit()) && count >= 12 && count != 14).then_some(count)
}

/// Masked rows of these members; the ids are logged before they are given out.
pub(super) fn hits(desk: &Desk, actor: &Actor, found: Vec<Member>, purpose: &str) -> Result<Vec<Hit>, Trouble> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    desk.store.change(|tx| {
        actor::log(desk, tx, actor, found.iter().map(|member| member.id), "list", purpose)?;
        found
            .into_iter()
            .map(|member| {
                let cards = cards::of_member(tx, member.id)?;
                let in_use = cards.iter().find(|card| card.state == CardState::Live);
                let card = in_use.or(cards.iter().find(|card| card.state != CardState::Spoiled));
                Ok(Hit {
                    member: member.id,
                    name: masked_name(&member.name),
                    birth: masked_birth(desk, &member.birth),
                    kind: member.kind,
                    state: member.state,
                    number: member.number,
                    own_number: member.own_number,
                    card: card.map(|card| CardLine { kind: card.kind, state: card.state }),
                })
            })
            .collect()
    })
}

/// Lists of what was done name also those whose membership ended since, and mark them.
pub(super) fn has_withdrawn(member: &Member) -> bool {
    member.state == "withdrawn"
}

/// A stored name as lists show it.
pub(super) fn masked_name(name: &str) -> String {
    PersonName::parse(name).map_or_else(|_| "*".to_owned(), |name| name.masked())
}

fn masked_birth(desk: &Desk, birth: &str) -> String {
    BirthDate::parse(birth, desk.today()).map_or_else(|_| "**".to_owned(), BirthDate::masked)
}

/// A member in full.
#[derive(Debug, Clone, Serialize)]
pub struct MemberFile {
    pub member: i64,
    pub name: String,
    pub kind: String,
    /// `YYYY-MM-DD`.
    pub birth: String,
    pub phone: Option<String>,
    pub number: Option<MemberNumber>,
    pub own_number: Option<String>,
    pub national: bool,
    /// Kind of document seen.
    pub identity: String,
    /// `YYYY-MM-DD` on which it was seen.
    pub identity_on: Option<String>,
    /// What ties them to this library, where it asks.
    pub condition: Option<String>,
    pub consents: Vec<ConsentRow>,
    /// When the membership ended, and what was said of it.
    pub withdrawn: Option<String>,
    pub withdrawn_why: Option<String>,
    pub guardian: Option<String>,
    pub guardian_identity: Option<String>,
    pub state: String,
    /// `enrolled` or `imported`.
    pub origin: String,
    /// When the register confirmed what was imported by hand.
    pub reconciled: Option<String>,
    /// When the own card gave way to a 책이음 card.
    pub own_ended: Option<String>,
    /// The library's own card is in hand, and can give way to a 책이음 card.
    #[serde(skip)]
    pub holds_own_card: bool,
    /// RFC 3339 with offset.
    pub consent_at: String,
    pub enrolled: String,
    pub cards: Vec<CardRow>,
    pub jobs: Vec<super::JobReport>,
    pub charges: Vec<super::ChargeReport>,
    /// When this look was logged.
    pub seen_at: String,
}

impl MemberFile {
    /// What is still to be paid, in won.
    pub fn unpaid(&self) -> u32 {
        let due = self.charges.iter().filter(|charge| charge.state == ChargeState::Unpaid);
        due.map(|charge| charge.amount).sum()
    }

    /// The newest charges that were more than nothing, newest first.
    pub fn latest_charges(&self) -> impl Iterator<Item = &super::ChargeReport> {
        self.charges.iter().rev().filter(|charge| charge.amount > 0).take(5)
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct CardRow {
    pub card: i64,
    pub job: i64,
    pub kind: CardKind,
    pub number: MemberNumber,
    pub uid: Option<String>,
    pub chip: Option<String>,
    pub sequence: u8,
    pub state: CardState,
    /// `YYYY-MM-DD`.
    pub issued: String,
    pub ended_why: Option<String>,
    /// Why it is blocked, while it is.
    pub suspended_why: Option<String>,
}

/// Opens a member; the look is committed to the log before this answers.
pub fn show_member(desk: &Desk, actor: &Actor, id: i64) -> Result<MemberFile, Trouble> {
    actor.may(Act::ShowMember)?;
    desk.store.change(|tx| {
        let member = members::get(tx, id)?;
        actor::log(desk, tx, actor, [id], "look", "member")?;
        let cards = cards::of_member(tx, id)?.into_iter().map(card_row).collect();
        let jobs = jobs::of_member(tx, id)?
            .into_iter()
            .map(|job| report::report_of(tx, job))
            .collect::<Result<_, Trouble>>()?;
        let (withdrawn, withdrawn_why) = members::withdrawn(tx, id)?.unzip();
        let holds_own_card = holds_own_card(desk, &member);
        Ok(MemberFile {
            holds_own_card,
            member: id,
            name: member.name,
            kind: member.kind,
            birth: member.birth,
            phone: member.phone.map(|phone| Phone::parse(&phone).map_or(phone, |phone| phone.grouped())),
            number: member.number,
            own_number: member.own_number,
            national: member.national,
            identity: member.identity,
            identity_on: member.identity_on,
            condition: member.condition,
            consents: consent_rows(tx, id)?,
            withdrawn: withdrawn.map(|at| desk.rfc3339(at)),
            withdrawn_why: withdrawn_why.flatten(),
            guardian: member.guardian,
            guardian_identity: member.guardian_identity,
            state: member.state,
            origin: member.origin,
            reconciled: member.reconciled.map(|at| desk.rfc3339(at)),
            own_ended: member.own_ended.map(|at| desk.rfc3339(at)),
            consent_at: desk.rfc3339(member.consent_at),
            enrolled: desk.rfc3339(member.created),
            cards,
            jobs,
            charges: charge::of_member(desk, tx, id)?,
            seen_at: desk.rfc3339(desk.now().as_millisecond()),
        })
    })
}

pub(super) fn card_row(card: Card) -> CardRow {
    CardRow {
        card: card.id,
        job: card.job,
        kind: card.kind,
        number: card.number,
        uid: card.uid,
        chip: card.chip,
        sequence: card.sequence,
        state: card.state,
        issued: card.issued_on,
        ended_why: card.ended_why,
        suspended_why: card.suspended.filter(|_| card.state == CardState::Suspended).map(|block| block.why),
    }
}
