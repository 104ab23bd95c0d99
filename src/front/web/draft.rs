//! A person who is being typed, to be enrolled or taken in: what the session keeps of them between the steps. The number of an identity document is
//! never among it; that one was typed is. It judges nothing. Start at [`Draft`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::clerk::Fields;
use super::kept::Kept;
use crate::desk::{self, Alike, EnrolForm};
use crate::plan::messages::{Lang, Trouble};

/// A field by name, and what is wrong with it.
pub type Problem = (String, Trouble);

/// What is wrong with this field.
pub fn problem<'a>(problems: &'a [Problem], field: &str) -> Option<&'a Trouble> {
    problems.iter().find(|(known, _)| known == field).map(|(_, trouble)| trouble)
}

/// The fields into which the number of a document was typed: it is forgotten at once, and the field still says why it is empty.
pub fn refused(problems: &[(&'static str, Trouble)]) -> BTreeSet<String> {
    let numbers = problems.iter().filter(|(_, trouble)| trouble.code == "identity-number");
    numbers.map(|(field, _)| (*field).to_owned()).collect()
}

/// The problems of a form whose refused fields were emptied since, as if they were not.
pub fn with_refused(refused: &BTreeSet<String>, problems: Vec<(&'static str, Trouble)>) -> Vec<Problem> {
    let numbers = refused.iter().map(|field| (field.clone(), Trouble::new("identity-number")));
    let others = problems.into_iter().filter(|(field, _)| !refused.contains(*field));
    numbers.chain(others.map(|(field, trouble)| (field.to_owned(), trouble))).collect()
}

/// The fields as far as they may be kept while they are being typed: the number of a document is known for one when it is whole,
/// and its beginning is not kept either.
pub fn so_far(fields: Fields) -> Fields {
    let may_become_one = |field: &str, text: &str| {
        let text: String = text.trim().chars().map(|c| if c.is_numeric() { '0' } else { c }).collect();
        let (first, rest) = text.split_at(text.find(|c| c != '0').unwrap_or(text.len()));
        let digits = text.matches('0').count();
        let in_two_parts = first.len() == 6 && rest.chars().skip(1).any(|c| c == '0');
        match field {
            "name" | "guardian" | "representative" => digits > 6,
            "birth" => digits > 8 || (in_two_parts && digits > 6),
            "phone" => in_two_parts,
            _ => false,
        }
    };
    let fields = fields.0.into_iter();
    Fields(
        fields
            .map(|(field, text)| if may_become_one(&field, &text) { (field, String::new()) } else { (field, text) })
            .collect(),
    )
}

/// What was typed into a field, when anything was.
pub fn some(fields: &Fields, name: &str) -> Option<String> {
    Some(fields.text(name).to_owned()).filter(|text| !text.trim().is_empty())
}

/// Somebody who is being typed, step by step.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub form: EnrolForm,
    /// The step of the person was sent: from now on it shows what is wrong.
    pub tried: bool,
    /// The step of the consents was sent.
    pub consented: bool,
    /// The likely duplicates that the clerk has seen; going on after that means another person.
    pub seen: BTreeSet<i64>,
    /// The fields of the step just sent that held the number of a document.
    pub refused: BTreeSet<String>,
}

impl Kept for Draft {
    const KIND: &'static str = "enrol";
}

impl Draft {
    /// The step of the person. Who stands in is taken for those alone who need somebody.
    pub fn take_person(&mut self, fields: &Fields) {
        let form = &mut self.form;
        form.name = fields.text("name").to_owned();
        form.birth = fields.text("birth").to_owned();
        form.phone = some(fields, "phone");
        form.kind = some(fields, "kind");
        form.identity = some(fields, "identity");
        form.condition = some(fields, "condition");
        (form.guardian, form.guardian_identity) = (None, None);
        (form.representative, form.representative_identity) = (None, None);
        match form.kind.as_deref() {
            Some("child" | "foreigner") => {
                form.guardian = some(fields, "guardian");
                form.guardian_identity = some(fields, "guardian-identity");
            }
            Some("group") => {
                form.representative = some(fields, "representative");
                form.representative_identity = some(fields, "representative-identity");
                form.identity = form.representative_identity.clone();
            }
            _ => {}
        }
        self.tried = true;
    }

    /// What was ticked under texts in this language.
    pub fn take_consents(&mut self, fields: &Fields, lang: Lang) {
        let given: Vec<&str> = ["local", "national"].into_iter().filter(|name| fields.has(name)).collect();
        self.form.consent = Some(given.join(","));
        self.form.lang = Some(lang.code().to_owned());
    }

    /// How and on which day consent is given.
    pub fn take_way(&mut self, fields: &Fields) {
        self.form.consent_way = some(fields, "consent-way");
        self.form.consent_on = some(fields, "consent-on");
    }

    /// Enrolment's step of the consents, whose texts were shown in this language.
    pub fn take_consent(&mut self, fields: &Fields, lang: Lang) {
        self.take_consents(fields, lang);
        self.take_way(fields);
        self.form.own_number = some(fields, "own-number");
        self.consented = true;
    }

    /// What stands in the fields while it is being typed: nothing is called wrong for that.
    pub fn take_typing(&mut self, fields: &Fields, lang: Lang) {
        let (tried, consented) = (self.tried, self.consented);
        if fields.has("name") {
            self.take_person(fields)
        } else {
            self.take_consent(fields, lang)
        }
        (self.tried, self.consented) = (tried, consented);
        self.refused.clear();
    }

    /// The step of the person was judged: on to the next when every field is good and no likely duplicate is new to the clerk's
    /// eyes. Going on beside some means another person.
    pub fn judged(&mut self, problems: &[desk::Problem], duplicates: &[Alike]) -> bool {
        let known = duplicates.iter().all(|hit| self.seen.contains(&hit.member));
        let on = problems.is_empty() && known;
        self.form.anyway = on && !duplicates.is_empty();
        self.refuse(problems);
        on
    }

    /// These are on the page now, for the clerk to see.
    pub fn shown(&mut self, duplicates: &[Alike]) {
        self.seen = duplicates.iter().map(|hit| hit.member).collect();
    }

    pub fn consents(&self, to: &str) -> bool {
        self.form.consent.as_deref().is_some_and(|given| given.split(',').any(|one| one == to))
    }

    /// Remembers where a document's number was typed.
    pub fn refuse(&mut self, problems: &[(&'static str, Trouble)]) {
        self.refused = refused(problems);
    }

    pub fn with_refused(&self, problems: Vec<(&'static str, Trouble)>) -> Vec<Problem> {
        with_refused(&self.refused, problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> Fields {
        Fields(fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    #[test]
    fn who_stands_in_is_taken_for_those_who_need_somebody() {
        let fields = [
            ("name", "홍길동"),
            ("identity", "mobile"),
            ("guardian", "홍판서"),
            ("guardian-identity", "passport"),
            ("representative", "심봉사"),
            ("representative-identity", "other"),
        ];
        for (kind, guardian, representative, identity) in [
            ("child", Some("홍판서"), None, "mobile"),
            ("foreigner", Some("홍판서"), None, "mobile"),
            ("adult", None, None, "mobile"),
            ("group", None, Some("심봉사"), "other"),
        ] {
            let mut draft = Draft::default();
            draft.take_person(&sent(&[&fields[..], &[("kind", kind)]].concat()));
            assert_eq!(draft.form.guardian.as_deref(), guardian, "{kind}");
            assert_eq!(draft.form.representative.as_deref(), representative, "{kind}");
            assert_eq!(draft.form.identity.as_deref(), Some(identity), "{kind}");
        }
    }

    #[test]
    fn the_beginning_of_a_documents_number_is_not_kept_while_it_is_typed() {
        for (field, text, kept) in [
            ("birth", "880314-1", false),
            ("birth", "880314 12", false),
            ("birth", "8803141234", false),
            ("birth", "19880314", true),
            ("birth", "1988-03-14", true),
            ("birth", "1988. 3. 14.", true),
            ("birth", "880314", true),
            ("phone", "880314-12345", false),
            ("phone", "８８０３１４-１", false),
            ("phone", "010-1234-5678", true),
            ("phone", "01012345678", true),
            ("name", "8803141", false),
            ("name", "홍길동", true),
            ("number", "12100300000001", true),
        ] {
            let kept = if kept { text } else { "" };
            assert_eq!(so_far(sent(&[(field, text)])).text(field), kept, "{field} {text}");
        }
    }

    #[test]
    fn while_it_is_typed_nothing_is_called_wrong_and_nothing_sent_is_undone() {
        let mut draft = Draft::default();
        draft.take_typing(&sent(&[("name", "홍"), ("birth", "")]), Lang::Ko);
        assert_eq!((draft.form.name.as_str(), draft.tried), ("홍", false));
        draft.take_person(&sent(&[("name", "홍길동"), ("birth", "")]));
        draft.take_typing(&sent(&[("name", "홍길순"), ("birth", "19880314")]), Lang::Ko);
        assert_eq!((draft.form.name.as_str(), draft.tried), ("홍길순", true));
        draft.take_typing(&sent(&[("local", "1"), ("own-number", "")]), Lang::Ko);
        assert!(draft.consents("local") && !draft.consented && draft.form.name == "홍길순");
    }

    #[test]
    fn only_ticked_consents_are_given() {
        let mut draft = Draft::default();
        draft.take_consent(&sent(&[("national", "1")]), Lang::Ko);
        assert_eq!(draft.form.consent.as_deref(), Some("national"));
        assert!(draft.consents("national") && !draft.consents("local"));
        draft.take_consent(&sent(&[]), Lang::En);
        assert!(!draft.consents("national") && draft.form.lang.as_deref() == Some("en"));
    }

    #[test]
    fn a_field_that_held_a_documents_number_says_so_after_it_was_emptied() {
        let mut draft = Draft::default();
        draft.refuse(&[("name", Trouble::new("identity-number")), ("birth", Trouble::new("birth-date"))]);
        let told = draft.with_refused(vec![("name", Trouble::new("name-missing")), ("phone", Trouble::new("phone"))]);
        let told: Vec<_> = told.iter().map(|(field, trouble)| (field.as_str(), trouble.code)).collect();
        assert_eq!(told, [("name", "identity-number"), ("phone", "phone")]);
    }
}
