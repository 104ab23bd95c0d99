//! An own card gives way to a 책이음 card (전환): consent to the national register is taken now, the card is an ordinary job, and at
//! hand-over the own card is void. Cancelled, the member is as before. Start at [`plan_convert`].

use serde_json::json;

use super::applicant::{consent_way, consented_on};
use super::consent::{self, Shown};
use super::enrol::{adopt, asked};
use super::fee_rules::Terms;
use super::issue::{no_open_job, reserve};
use super::planned::{MadeAt, Numbered, Planned, planned_once};
use super::{Act, Actor, Desk, IssueForm, actor, pictures};
use crate::back::store::jobs::{self, Job};
use crate::back::store::members::{self, Member};
use crate::back::store::{Tx, consents, numbers};
use crate::plan::fees::{Reason, SaidExempt, Settlement};
use crate::plan::member::{BirthDate, Consent, MemberKind, MemberNumber, Membership, needs_guardian};
use crate::plan::messages::{Lang, Trouble};

/// A conversion as it was asked for.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ConvertForm {
    pub card: IssueForm,
    /// `national`, where the member has not consented to it yet.
    pub consent: Option<String>,
    /// How it was given: `at-desk` or `on-paper`.
    pub consent_way: Option<String>,
    /// The day of the consent; today when nothing is said.
    pub consent_on: Option<String>,
    /// The member was told that the number changes, and with it what hangs on the old one.
    pub told: bool,
    /// What is said of the money.
    pub settlement: Settlement,
    /// In which language the text of the consent was shown.
    #[serde(skip)]
    pub lang: Lang,
}

/// What a conversion would do: what the page says before it.
pub struct Conversion {
    /// The member's own number stays: it is a 책이음 number already.
    pub keeps_number: Option<MemberNumber>,
    /// Consent to the national register was given before.
    pub consented: bool,
    /// A guardian consents, not the member.
    pub guarded: bool,
    /// The library advises the own card.
    pub own_advised: bool,
    /// Won.
    pub fee: u32,
}

/// Whether a member's card can be converted, and what that would mean.
///
/// # Errors
/// `nothing-to-convert`, `member-withdrawn`, `job-open`, `guardian-missing`, `member-unknown`.
pub fn conversion(desk: &Desk, actor: &Actor, member: i64) -> Result<Conversion, Trouble> {
    actor.may(Act::Convert)?;
    desk.store.look(|tx| {
        let member = members::get(tx, member)?;
        nothing_against(desk, tx, &member)?;
        Ok(Conversion {
            keeps_number: own_as_number(desk, &member),
            consented: member.national,
            guarded: guarded(desk, &member).is_some(),
            own_advised: desk.settings.library.membership == Membership::OwnCard,
            fee: Terms::new(desk, tx, &member, Reason::Conversion, SaidExempt::No)?.due.amount,
        })
    })
}

/// Whether the library gives cards of its own, which could be converted.
pub fn gives_own_cards(desk: &Desk) -> bool {
    desk.settings.library.membership != Membership::Integrated
}

/// Plans the card of a conversion and answers the job's id. The same key with the same form answers the same job.
///
/// # Errors
/// Those of [`conversion`], `convert-consent-missing`, `convert-told-missing`, `consent-way`, `consent-on`, `identity-number`, `nothing-to-pay`, `number-range-guard` and the
/// like, and those of the printed name.
pub fn plan_convert(desk: &Desk, actor: &Actor, form: &ConvertForm, key: Option<&str>) -> Result<i64, Trouble> {
    actor.may(Act::Convert)?;
    let kind = form.card.kind;
    let consent = Consent::parse(form.consent.as_deref().unwrap_or_default())?;
    let way = consent_way(&form.consent_way)?;
    let made_at = MadeAt::new(desk, kind, form.card.reader.as_deref(), form.card.printer.as_deref())?;
    let asked = key.map(|key| asked(desk, key, "convert", form, actor));
    planned_once(desk, actor, asked.as_ref(), |tx, now| {
        let member = members::get(tx, form.card.member)?;
        nothing_against(desk, tx, &member)?;
        let birth = BirthDate::parse(&member.birth, desk.today()).ok();
        let on = consented_on(desk, &form.consent_on, birth, Consent { local: false, national: consent.national })?;
        agreed(desk, &member, consent, form.told)?;
        pictures::compose(desk, &member.name, MemberNumber::new(desk.settings.library.code, 0)?, kind)?;
        let numbered = match own_as_number(desk, &member) {
            Some(number) => Numbered { number: keep(desk, tx, &member, number, now)?, reserved: false, old: None },
            None => Numbered { number: reserve(desk, tx, &member, now)?, reserved: true, old: None },
        };
        if !member.national {
            members::set_national(tx, member.id, true)?;
            let way = way.recorded(guarded(desk, &member).is_some());
            let shown = Shown { way, on: on.to_string(), lang: form.lang };
            consent::record(desk, tx, actor, member.id, Consent { local: false, national: true }, &shown)?;
        }
        let planned = Planned {
            member: member.id,
            terms: Terms::new(desk, tx, &member, Reason::Conversion, SaidExempt::No)?,
            made_at: &made_at,
            numbered,
            replaces: None,
            settlement: &form.settlement,
            evidence: form.card.evidence,
            purpose: "convert",
            detail: json!({ "reason": Reason::Conversion, "consented": !member.national }),
        };
        planned.write(desk, tx, actor, now)
    })
}

/// The hand-over of a conversion: from now on the own card is void.
pub(super) fn complete(desk: &Desk, tx: &Tx, job: &Job) -> Result<(), Trouble> {
    if job.reason != Reason::Conversion.as_str() {
        return Ok(());
    }
    members::end_own(tx, job.member, desk.now().as_millisecond())
}

/// The conversion is given up: the own card goes on, and the consent that was taken for it is noted as withdrawn.
pub(super) fn undo(desk: &Desk, tx: &Tx, job: &Job) -> Result<(), Trouble> {
    // A card that the member has kept its number; that reissue was for the same reason.
    if job.reason != Reason::Conversion.as_str() || job.replaces.is_some() {
        return Ok(());
    }
    members::clear_number(tx, job.member)?;
    let now = desk.now().as_millisecond();
    // One out of our range is retired like any other job's; their own was adopted for this job alone.
    if !job.reserved {
        numbers::release(tx, job.number, now)?;
    }
    // A consent from before is not this job's to take back.
    if jobs::planned(tx, job.id)?["consented"] == true {
        consents::withdraw(tx, job.member, "national", now)?;
        members::set_national(tx, job.member, false)?;
    }
    Ok(())
}

fn nothing_against(desk: &Desk, tx: &Tx, member: &Member) -> Result<(), Trouble> {
    if member.state != "active" {
        return Err(Trouble::new("member-withdrawn").with("member", member.id));
    }
    no_open_job(tx, member)?;
    if !has_own_number_alone(desk, member) {
        return Err(Trouble::new("nothing-to-convert").with("member", member.id));
    }
    match guarded(desk, member) {
        Some(age) if member.guardian.is_none() => Err(Trouble::new("guardian-missing").with("age", age)),
        _ => Ok(()),
    }
}

/// The member has the library's own card in hand: a 책이음 card takes its place and is not given beside it.
pub(super) fn holds_own_card(desk: &Desk, member: &Member) -> bool {
    member.own_card && has_own_number_alone(desk, member)
}

/// The library's own number, and none of 책이음.
fn has_own_number_alone(desk: &Desk, member: &Member) -> bool {
    gives_own_cards(desk) && member.own_number.is_some() && member.number.is_none()
}

/// A new member who could have a 책이음 card takes the library's own one: a 책이음 card is a conversion from now on.
pub fn with_own_card(desk: &Desk, actor: &Actor, member: i64) -> Result<(), Trouble> {
    actor.may(Act::Convert)?;
    desk.store.change(|tx| {
        actor::not_oneself(tx, actor, member)?;
        let found = members::get(tx, member)?;
        // One who has a card of either kind is past this choice.
        if found.own_card || !has_own_number_alone(desk, &found) {
            return Ok(());
        }
        members::give_own_card(tx, member)?;
        actor::log(desk, tx, actor, [member], "change", "own-card")
    })
}

/// The age of one for whom a guardian consents.
fn guarded(desk: &Desk, member: &Member) -> Option<i16> {
    let (birth, today) = (BirthDate::parse(&member.birth, desk.today()).ok()?, desk.today());
    needs_guardian(MemberKind::parse(&member.kind)?, birth, today).then(|| birth.age(today))
}

/// What must have been agreed to and said before anything is made.
fn agreed(desk: &Desk, member: &Member, consent: Consent, told: bool) -> Result<(), Trouble> {
    if !member.national && !consent.national {
        return Err(Trouble::new("convert-consent-missing").with("member", member.id));
    }
    match own_as_number(desk, member) {
        None if !told => Err(Trouble::new("convert-told-missing").with("member", member.id)),
        _ => Ok(()),
    }
}

/// An own number that is a 책이음 number of ours already.
fn own_as_number(desk: &Desk, member: &Member) -> Option<MemberNumber> {
    let own = member.own_number.as_deref().filter(|own| own.len() == 14)?;
    MemberNumber::parse(own).ok().filter(|number| number.library() == desk.settings.library.code)
}

/// The member goes by their own number from now on.
fn keep(desk: &Desk, tx: &Tx, member: &Member, number: MemberNumber, now: i64) -> Result<MemberNumber, Trouble> {
    adopt(desk, tx, member.id, &Member { national: true, ..member.clone() }, now)?;
    Ok(number)
}
