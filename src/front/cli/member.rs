//! `enrol`, `member find`, `member show`.

use std::io::Read;

use clap::{Args, Subcommand};

use super::{Done, Rooms, json};
use crate::desk::{self, EnrolForm};
use crate::plan::messages::Trouble;

/// Options are text: the desk judges them. `--from -` reads the same options as one JSON object from stdin.
#[derive(Args)]
pub(super) struct Enrol {
    /// Read the options as one JSON object from stdin (`-`), so that no name stands in the process list
    #[arg(long, value_name = "-")]
    from: Option<String>,
    #[arg(long)]
    name: Option<String>,
    /// YYYY-MM-DD
    #[arg(long, allow_negative_numbers = true)]
    birth: Option<String>,
    #[arg(long, allow_negative_numbers = true)]
    phone: Option<String>,
    /// adult, teen, child, foreigner or group
    #[arg(long)]
    kind: Option<String>,
    /// Kind of document seen: resident-card, driver-licence, passport, alien-card, student-card, mobile or other
    #[arg(long)]
    identity: Option<String>,
    /// local or local,national
    #[arg(long)]
    consent: Option<String>,
    #[arg(long)]
    guardian: Option<String>,
    #[arg(long)]
    guardian_identity: Option<String>,
    #[arg(long, allow_negative_numbers = true)]
    own_number: Option<String>,
    /// Go on although there is a member like this one
    #[arg(long)]
    anyway: bool,
    /// Idempotency key
    #[arg(long)]
    key: Option<String>,
}

impl Enrol {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        let (form, key) = self.form()?;
        let desk = rooms.desk()?;
        let enrolled = desk::enrol(&desk, &actor, &form, key.as_deref())?;
        Ok((json(&enrolled), 0))
    }

    /// The form and the idempotency key; an option in the argument list goes before the one on stdin.
    fn form(self) -> Result<(EnrolForm, Option<String>), Trouble> {
        let (mut form, mut key) = match self.from.as_deref() {
            None => (EnrolForm::default(), None),
            Some("-") => from_stdin()?,
            Some(other) => return Err(Trouble::new("from-stdin-only").with("from", desk::quoted(other))),
        };
        if let Some(name) = self.name {
            form.name = name;
        }
        if let Some(birth) = self.birth {
            form.birth = birth;
        }
        let fill = |place: &mut Option<String>, given: Option<String>| {
            if given.is_some() {
                *place = given;
            }
        };
        fill(&mut form.phone, self.phone);
        fill(&mut form.kind, self.kind);
        fill(&mut form.identity, self.identity);
        fill(&mut form.consent, self.consent);
        fill(&mut form.guardian, self.guardian);
        fill(&mut form.guardian_identity, self.guardian_identity);
        fill(&mut form.own_number, self.own_number);
        fill(&mut key, self.key);
        form.anyway |= self.anyway;
        Ok((form, super::key(key)?))
    }
}

/// The options as they come on stdin: those of the form, and `key`.
#[derive(Default, serde::Deserialize)]
struct FromStdin {
    #[serde(default)]
    key: Option<String>,
    #[serde(flatten)]
    form: serde_json::Map<String, serde_json::Value>,
}

/// The parser's own message may quote what was typed; only the place is told.
fn from_stdin() -> Result<(EnrolForm, Option<String>), Trouble> {
    let told = |fault: &serde_json::Error| {
        Trouble::new("from-json").with("line", fault.line().max(1)).with("column", fault.column().max(1))
    };
    let mut text = String::new();
    std::io::stdin()
        .take(64 * 1024)
        .read_to_string(&mut text)
        .map_err(|_| Trouble::new("from-json").with("line", 1).with("column", 1))?;
    let FromStdin { key, form } =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|fault| told(&fault))?;
    let unknown = form.keys().find(|name| !desk::ENROL_OPTIONS.contains(&name.as_str()));
    if unknown.is_some() {
        return Err(Trouble::new("from-option").with("options", desk::ENROL_OPTIONS.join(", ")));
    }
    let form = serde_json::from_value(form.into()).map_err(|_| Trouble::new("from-value"))?;
    Ok((form, key))
}

#[derive(Subcommand)]
pub(super) enum Member {
    /// By number, name, initial consonants, birth date or own number; masked
    Find {
        #[arg(allow_negative_numbers = true)]
        text: String,
    },
    /// One member in full; the look is logged
    Show {
        #[arg(allow_negative_numbers = true)]
        id: String,
    },
}

impl Member {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        match self {
            Member::Find { text } => {
                let as_json = rooms.json;
                let desk = rooms.desk()?;
                let mut hits = desk::find(&desk, &actor, &text)?.hits;
                if as_json {
                    hits.iter_mut().for_each(|hit| hit.birth = iso(&hit.birth));
                }
                Ok((json(&hits), 0))
            }
            Member::Show { id } => {
                let id = desk::id(&id, "member-unknown", "member")?;
                let desk = rooms.desk()?;
                Ok((json(&desk::show_member(&desk, &actor, id)?), 0))
            }
        }
    }
}

/// A masked birth date as dates are written for programs: `1990. 1. **` is `1990-01-**`. Anything else stays.
fn iso(masked: &str) -> String {
    let parts: Vec<&str> = masked.split('.').map(str::trim).collect();
    let [year, month, day] = parts[..] else { return masked.to_owned() };
    format!("{year}-{month:0>2}-{day}")
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn a_masked_date_is_written_as_dates_are() {
        assert_eq!([iso("1990. 1. **"), iso("1990. 12. **"), iso("**")], ["1990-01-**", "1990-12-**", "**"]);
    }
}
