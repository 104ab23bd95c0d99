//! `enrol`, `member find`, `member show`, `member edit`, `member withdraw`.

use clap::{Args, Subcommand};

use super::stdin::Given;
use super::{Done, Rooms, json};
use crate::desk::{self, EditForm, EnrolForm, Evidence};
use crate::plan::messages::Trouble;

/// A person as `enrol` and `import` ask for one.
#[derive(Args)]
pub(super) struct Person {
    /// As it is printed on the card
    #[arg(long)]
    name: Option<String>,
    /// YYYY-MM-DD; of a group, the day it was founded
    #[arg(long, allow_negative_numbers = true)]
    birth: Option<String>,
    /// Mobile phone
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
    /// How consent was given: at-desk or on-paper
    #[arg(long)]
    consent_way: Option<String>,
    /// The day of the consent, YYYY-MM-DD; today when left out
    #[arg(long, allow_negative_numbers = true)]
    consent_on: Option<String>,
    /// What ties them to the library, where it asks: home, work or school
    #[arg(long)]
    condition: Option<String>,
    /// Who consents for a child under 14
    #[arg(long)]
    guardian: Option<String>,
    /// Kind of document that the guardian showed, as --identity
    #[arg(long)]
    guardian_identity: Option<String>,
    /// Who consents for a group
    #[arg(long)]
    representative: Option<String>,
    /// Kind of document that the representative showed, as --identity
    #[arg(long)]
    representative_identity: Option<String>,
    /// Go on although there is a member like this one
    #[arg(long)]
    anyway: bool,
}

impl Person {
    /// What was said in the argument list goes before what the form holds already.
    pub(super) fn fill(self, form: &mut EnrolForm) {
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
        fill(&mut form.consent_way, self.consent_way);
        fill(&mut form.consent_on, self.consent_on);
        fill(&mut form.condition, self.condition);
        fill(&mut form.guardian, self.guardian);
        fill(&mut form.guardian_identity, self.guardian_identity);
        fill(&mut form.representative, self.representative);
        fill(&mut form.representative_identity, self.representative_identity);
        form.anyway |= self.anyway;
    }
}

/// Options are text: the desk judges them. `--from -` reads the same options as one JSON object from stdin.
#[derive(Args)]
pub(super) struct Enrol {
    /// Read the options as one JSON object from stdin (`-`), so that no name stands in the process list
    #[arg(long, value_name = "-")]
    from: Option<String>,
    #[command(flatten)]
    person: Person,
    /// Number in the library's own system
    #[arg(long, allow_negative_numbers = true)]
    own_number: Option<String>,
    /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
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
        let mut given = Given::read(self.from.as_deref(), &desk::ENROL_OPTIONS)?;
        let key = given.key.take();
        let mut form: EnrolForm = given.form()?;
        self.person.fill(&mut form);
        form.own_number = self.own_number.or(form.own_number);
        Ok((form, super::key(self.key.or(key))?))
    }
}

/// What is to be changed; what is left out stays, an empty text takes it away. Values are judged by the desk.
#[derive(Args)]
pub(super) struct Edit {
    /// The member, by id
    #[arg(allow_negative_numbers = true)]
    id: String,
    /// Read the options as one JSON object from stdin (`-`), so that no name stands in the process list
    #[arg(long, value_name = "-")]
    from: Option<String>,
    /// As it is printed on the card
    #[arg(long)]
    name: Option<String>,
    /// YYYY-MM-DD; of a group, the day it was founded
    #[arg(long, allow_negative_numbers = true)]
    birth: Option<String>,
    /// Empty takes it away
    #[arg(long, allow_negative_numbers = true)]
    phone: Option<String>,
    /// adult, teen, child, foreigner or group
    #[arg(long)]
    kind: Option<String>,
    /// home, work or school
    #[arg(long)]
    condition: Option<String>,
    /// Who consents for a child under 14
    #[arg(long)]
    guardian: Option<String>,
    /// Kind of document that the guardian showed, as --identity
    #[arg(long)]
    guardian_identity: Option<String>,
    /// Who consents for a group
    #[arg(long)]
    representative: Option<String>,
    /// Kind of document that the representative showed, as --identity
    #[arg(long)]
    representative_identity: Option<String>,
    /// Number in the library's own system
    #[arg(long, allow_negative_numbers = true)]
    own_number: Option<String>,
    /// Go on although there is another member like this one
    #[arg(long)]
    anyway: bool,
    /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
    #[arg(long)]
    key: Option<String>,
}

impl Edit {
    fn run(self, rooms: Rooms) -> Done {
        let actor = rooms.actor();
        let id = desk::id(&self.id, "member-unknown", "member")?;
        let (form, key) = self.form()?;
        let desk = rooms.desk()?;
        Ok((json(&desk::edit(&desk, &actor, id, Evidence::Word, &form, key.as_deref())?), 0))
    }

    fn form(self) -> Result<(EditForm, Option<String>), Trouble> {
        let mut given = Given::read(self.from.as_deref(), &desk::EDIT_OPTIONS)?;
        let key = given.key.take();
        let form: EditForm = given.form()?;
        let form = EditForm {
            name: self.name.or(form.name),
            birth: self.birth.or(form.birth),
            phone: self.phone.or(form.phone),
            kind: self.kind.or(form.kind),
            condition: self.condition.or(form.condition),
            guardian: self.guardian.or(form.guardian),
            guardian_identity: self.guardian_identity.or(form.guardian_identity),
            representative: self.representative.or(form.representative),
            representative_identity: self.representative_identity.or(form.representative_identity),
            own_number: self.own_number.or(form.own_number),
            anyway: self.anyway || form.anyway,
            was: None,
        };
        Ok((form, super::key(self.key.or(key))?))
    }
}

#[derive(Subcommand)]
pub(super) enum Member {
    /// By number, name, initial consonants, birth date or own number; masked
    Find {
        /// What to look for
        #[arg(allow_negative_numbers = true)]
        text: String,
    },
    /// One member in full; the look is logged
    Show {
        /// The member, by id
        #[arg(allow_negative_numbers = true)]
        id: String,
    },
    /// Put a member's record right; what is left out stays as it is
    Edit(Box<Edit>),
    /// End a membership: cards void, number retired, consents withdrawn
    Withdraw {
        /// The member, by id
        #[arg(allow_negative_numbers = true)]
        id: String,
        /// Why, in a few words: no document numbers and no names of others
        #[arg(long)]
        why: Option<String>,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
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
            Member::Edit(edit) => edit.run(rooms),
            Member::Withdraw { id, why, key } => {
                let id = desk::id(&id, "member-unknown", "member")?;
                let key = super::key(key)?;
                let desk = rooms.desk()?;
                let done = desk::withdraw(&desk, &actor, id, Evidence::Word, why.as_deref(), key.as_deref())?;
                Ok((json(&done), 0))
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
