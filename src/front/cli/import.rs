//! `import` and `convert`: another library's member, and an own card that becomes a 책이음 card. A password is read from stdin
//! alone: every process on the computer sees an argument. Start at [`Import`].

use clap::Args;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::member::Person;
use super::stdin::Given;
use super::{Done, Rooms, job};
use crate::desk::{self, ConvertForm, Evidence, ImportForm, Imported, IssueForm, TypedPassword};
use crate::plan::fees::Settlement;
use crate::plan::job::CardKind;
use crate::plan::messages::{Lang, Trouble};

/// Options are text: the desk judges them. `--from -` reads them as one JSON object from stdin, and the password with them.
#[derive(Args)]
pub(super) struct Import {
    /// The member's 책이음 number, of another library
    #[arg(allow_negative_numbers = true)]
    number: String,
    /// Read the options and the password as one JSON object from stdin (`-`)
    #[arg(long, value_name = "-")]
    from: Option<String>,
    #[command(flatten)]
    person: Person,
    /// The card made at once: none, sticker, rfid or barcode
    #[arg(long, default_value = "none")]
    card: String,
    /// Never: only to say so
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "", allow_negative_numbers = true)]
    password: Option<String>,
    /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
    #[arg(long)]
    key: Option<String>,
}

/// Everything that was asked for, from both places.
struct Asked {
    form: ImportForm,
    card: Option<String>,
    password: TypedPassword,
    key: Option<String>,
}

impl Import {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, json_wanted, lang) = (rooms.actor(), rooms.json, rooms.lang);
        let asked = self.asked()?;
        let card = card_kind(asked.card.as_deref())?;
        let key = super::key(asked.key)?;
        let desk = rooms.desk()?;
        let imported = desk::import(&desk, &actor, &asked.form, &asked.password, key.as_deref())?;
        let shown = shown(&imported, json_wanted, lang);
        let Some(kind) = card else { return Ok((Some(shown), 0)) };
        let form =
            IssueForm { member: imported.member, evidence: Evidence::Document, kind, reader: None, printer: None };
        let made = key.as_deref().map(|key| format!("{key} card"));
        let id = desk::plan_issue(&desk, &actor, &form, made.as_deref())?;
        let (made, code) = job::finish(&desk, &actor, id, None, json_wanted, lang)?;
        Ok((with(shown, made), code))
    }

    /// An option in the argument list goes before the one on stdin.
    fn asked(self) -> Result<Asked, Trouble> {
        if self.password.is_some() {
            return Err(Trouble::new("password-argument"));
        }
        let mut asked = asked_on(Given::read(self.from.as_deref(), &desk::import_options())?)?;
        asked.form.number = self.number;
        self.person.fill(&mut asked.form.person);
        asked.key = self.key.or(asked.key);
        if self.card != "none" || asked.card.is_none() {
            asked.card = Some(self.card);
        }
        Ok(asked)
    }
}

/// What was sent on standard input: the person, and what goes into no form.
fn asked_on(mut given: Given) -> Result<Asked, Trouble> {
    let (first, again) = (Zeroizing::new(given.take("password")?), Zeroizing::new(given.take("password-again")?));
    let password = TypedPassword::new(first.as_deref().unwrap_or_default(), again.as_deref().unwrap_or_default());
    let (card, key) = (given.take("card")?, given.key.take());
    Ok(Asked { form: ImportForm { number: String::new(), person: given.form()? }, card, password, key })
}

/// `none` is no card at all.
fn card_kind(text: Option<&str>) -> Result<Option<CardKind>, Trouble> {
    match text {
        None | Some("none") => Ok(None),
        Some(text) => match CardKind::parse(text) {
            Some(kind) => Ok(Some(kind)),
            None => Err(Trouble::new("import-card").with("kind", desk::quoted(text))),
        },
    }
}

/// A stable word for programs, the field's own word for people.
fn shown(imported: &Imported, as_json: bool, lang: Lang) -> Value {
    let library = &imported.library;
    json!({
        "member": imported.member,
        "number": imported.number,
        "library": {
            "code": library.code,
            "name": library.name,
            "kind": if as_json { library.kind.as_str() } else { library.kind.word(lang) },
            "region": library.region.map(|region| region.word(lang)),
        },
        "reconciled": false,
    })
}

/// The job of the card beside what was imported.
fn with(mut shown: Value, made: Option<Value>) -> Option<Value> {
    if let (Value::Object(shown), Some(Value::Object(made))) = (&mut shown, made) {
        for (name, value) in made {
            shown.entry(name).or_insert(value);
        }
    }
    Some(shown)
}

/// The own card becomes a 책이음 card.
#[derive(Args)]
pub(super) struct Convert {
    /// The member, by id
    #[arg(allow_negative_numbers = true)]
    member: String,
    /// rfid, barcode or sticker
    #[arg(long, default_value = "rfid")]
    kind: String,
    /// national, where the member consents to it now
    #[arg(long)]
    consent: Option<String>,
    /// How consent was given: at-desk or on-paper
    #[arg(long)]
    consent_way: Option<String>,
    /// The day of the consent, YYYY-MM-DD; today when left out
    #[arg(long, allow_negative_numbers = true)]
    consent_on: Option<String>,
    /// The member was told that the number changes, and that phone apps must be set anew
    #[arg(long)]
    told: bool,
    /// By name or port, as `issuer reader list` has it; else the first one
    #[arg(long)]
    reader: Option<String>,
    /// By name, as `issuer printer list` has it; else the first one
    #[arg(long)]
    printer: Option<String>,
    /// How the fee is paid: cash, card or transfer
    #[arg(long)]
    pay: Option<String>,
    /// Why the fee is waived
    #[arg(long)]
    waive: Option<String>,
    /// Seconds to wait for a card, instead of `[reader] card_timeout`
    #[arg(long, allow_negative_numbers = true)]
    wait: Option<String>,
    /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
    #[arg(long)]
    key: Option<String>,
}

impl Convert {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        let kind = job::kind(&self.kind)?;
        let member = desk::id(&self.member, "member-unknown", "member")?;
        let key = super::key(self.key)?;
        let settlement = Settlement::read(self.pay.as_deref(), self.waive.as_deref())?;
        let card = IssueForm { member, evidence: Evidence::Word, kind, reader: self.reader, printer: self.printer };
        let form = ConvertForm {
            card,
            consent: self.consent,
            consent_way: self.consent_way,
            consent_on: self.consent_on,
            told: self.told,
            settlement,
            lang: Lang::default(),
        };
        job::made(rooms, &actor, self.wait.as_deref(), |desk| desk::plan_convert(desk, &actor, &form, key.as_deref()))
    }
}
