//! How an answer is shown: JSON as it is, or as text with words of the catalogue; an error in two lines.

use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

use super::listing::moment;
use crate::desk::{Told, grouped};
use crate::plan::member::MemberNumber;
use crate::plan::messages::{Lang, Messages, Trouble};

/// Writes on stdout what a command has to say. A closed pipe (`| head`) is no trouble of ours; anything else that keeps an answer
/// from whoever asked is `output-lost`.
pub(super) fn put(text: &[u8]) -> Result<(), Trouble> {
    let mut out = std::io::stdout().lock();
    reached(out.write_all(text).and_then(|()| out.flush()))
}

/// Whether what was written reached whoever asked.
pub(super) fn reached(written: std::io::Result<()>) -> Result<(), Trouble> {
    match written {
        Err(fault) if fault.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Trouble::new("output-lost").with("reason", fault))
        }
        _ => Ok(()),
    }
}

/// Prints a result on stdout and answers the exit code.
pub(super) fn show(messages: &Messages, lang: Lang, as_json: bool, value: &Option<Value>, code: u8) -> ExitCode {
    if let Some(value) = value {
        let text = if as_json { format!("{value}\n") } else { text(messages, lang, value) };
        if let Err(trouble) = put(text.as_bytes()) {
            return fail(messages, lang, as_json, &trouble, 1);
        }
    }
    ExitCode::from(code)
}

/// Prints an error on stderr: two lines, or one JSON object.
pub(super) fn fail(messages: &Messages, lang: Lang, as_json: bool, trouble: &Trouble, code: u8) -> ExitCode {
    let (what, help) = (messages.what(lang, trouble), help(messages, lang, trouble));
    let text = if as_json {
        format!("{}\n", json!({ "error": { "code": trouble.code, "what": what, "help": help } }))
    } else {
        format!("error: {}\nhelp: {}\n", one_line(&what), one_line(&help))
    };
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::from(code)
}

/// What to do: where a job is at hand, `cli-rec-CODE` names the command that goes on with it.
fn help(messages: &Messages, lang: Lang, trouble: &Trouble) -> String {
    let job = trouble.args.iter().any(|(name, _)| *name == "job");
    let here = || messages.find(lang, &format!("cli-rec-{}", trouble.code), &trouble.args);
    job.then(here).flatten().unwrap_or_else(|| messages.help(lang, trouble))
}

/// What is odd and stops nobody, in two lines each: stderr is for people, so not under `--json`.
pub(super) fn warn(messages: &Messages, lang: Lang, warnings: &[Trouble]) {
    for warning in warnings {
        let (what, help) = (messages.what(lang, warning), messages.help(lang, warning));
        let _ = writeln!(std::io::stderr(), "warning: {}\nhelp: {}", one_line(&what), one_line(&help));
    }
}

/// Each trouble by its code, what is wrong and what to do, as `--json` has it.
pub(super) fn told(messages: &Messages, lang: Lang, troubles: &[Trouble]) -> Value {
    troubles.iter().map(|trouble| one(messages, lang, trouble)).collect()
}

/// One trouble as [`told`] has it.
pub(super) fn one(messages: &Messages, lang: Lang, trouble: &Trouble) -> Value {
    json!({ "code": trouble.code, "what": messages.what(lang, trouble), "help": messages.help(lang, trouble) })
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An object as `label  value` lines, a list as a table under its heads.
fn text(messages: &Messages, lang: Lang, value: &Value) -> String {
    let words = Words { messages, lang };
    match value {
        Value::Array(items) if items.is_empty() => format!("{}\n", messages.text(lang, "cli-nothing", &[])),
        Value::Array(items) => words.table(items).iter().map(|line| format!("{line}\n")).collect(),
        Value::Object(fields) => {
            let shown: Vec<Vec<String>> = fields
                .iter()
                .filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()))
                .flat_map(|(name, value)| words.pairs(fields, name, value))
                .collect();
            aligned(&shown).iter().map(|line| format!("{line}\n")).collect()
        }
        other => format!("{}\n", words.plain(other)),
    }
}

type Fields = serde_json::Map<String, Value>;

/// What of a job stands in a list; the rest is for `job show`.
const OF_A_JOB: [&str; 8] = ["job", "number", "kind", "uid", "state", "step", "fee", "trouble"];

/// Fields that are won, of whatever owns them; of a lot of cards such a number is cards.
const WON: [&str; 7] = ["amount", "change", "counted", "difference", "expected", "first_counted", "later"];

/// Won as a table of figures shows them: `-2,000`.
pub(super) fn won(won: i64) -> String {
    let (sign, amount) = signed(won);
    format!("{sign}{amount}")
}

fn signed(won: i64) -> (&'static str, String) {
    (if won < 0 { "-" } else { "" }, grouped(won.unsigned_abs()))
}

fn is_won(owner: &Fields, name: &str) -> bool {
    let way = owner.contains_key("transfer") && ["cash", "card", "transfer"].contains(&name);
    way || (WON.contains(&name) && !owner.contains_key("lot"))
}

/// Names that somebody gave, and chips' numbers, which may look like a member's: no words of ours.
const AS_THEY_ARE: [&str; 9] = ["name", "lot", "uid", "printer", "reader", "port", "file", "folder", "guardian"];

/// What is of the stock has one of these.
const OF_STOCK: [&str; 3] = ["received", "issued_of_none", "lot"];

/// The catalogue in one language, for the values of an answer.
struct Words<'a> {
    messages: &'a Messages,
    lang: Lang,
}

impl Words<'_> {
    fn find(&self, family: &str, name: &str) -> Option<String> {
        self.messages.find(self.lang, &format!("{family}-{}", name.replace('_', "-")), &[])
    }

    fn label(&self, name: &str) -> String {
        self.find("label", name).unwrap_or_else(|| name.to_owned())
    }

    /// What a field is called by what it is of: an issued card is a day elsewhere, and in the stock a count.
    fn label_of(&self, owner: &Fields, name: &str) -> String {
        let stock = OF_STOCK.iter().any(|field| owner.contains_key(*field));
        stock.then(|| self.find("label-stock", name)).flatten().unwrap_or_else(|| self.label(name))
    }

    /// The head of a column. Where yes or no stands below it, it is `label-NAME-is`: of one thing it is a day, of another whether.
    fn head(&self, rows: &[&Fields], name: &str) -> String {
        let is = rows.iter().any(|row| row.get(name).is_some_and(Value::is_boolean));
        let plain = || rows.first().map_or_else(|| self.label(name), |row| self.label_of(row, name));
        is.then(|| self.find("label", &format!("{name}-is"))).flatten().unwrap_or_else(plain)
    }

    /// A line of heads and one for each item, in columns; a column in which nobody has anything is left out.
    fn table(&self, items: &[Value]) -> Vec<String> {
        let rows: Vec<&Fields> = items.iter().filter_map(Value::as_object).collect();
        if rows.len() < items.len() {
            return items.iter().map(|item| self.plain(item)).collect();
        }
        let mut heads: Vec<&String> = Vec::new();
        for row in &rows {
            let job = row.contains_key("exchanges");
            let shown =
                row.iter().filter(|(name, value)| !value.is_null() && (!job || OF_A_JOB.contains(&name.as_str())));
            heads.extend(shown.map(|(name, _)| name).filter(|name| !heads.contains(name)).collect::<Vec<_>>());
        }
        // In the order of the fields, whichever row brought a column first.
        heads.sort_by_key(|head| rows.first().and_then(|row| row.keys().position(|name| name == *head)));
        let cell = |row: &Fields, name: &String| match row.get(name) {
            None | Some(Value::Null) => "–".to_owned(),
            Some(value) => self.value(row, name, value),
        };
        let head = heads.iter().map(|name| self.head(&rows, name)).collect();
        let cells = rows.iter().map(|row| heads.iter().map(|name| cell(row, name)).collect());
        aligned(&std::iter::once(head).chain(cells).collect::<Vec<_>>())
    }

    /// The lines of one field: a list in it is a table of its own, a finding says what to do as well.
    fn pairs(&self, owner: &Fields, name: &str, value: &Value) -> Vec<Vec<String>> {
        let lines: Vec<String> = match value {
            Value::Array(items) if items.iter().any(|item| item.get("what").is_some()) => items
                .iter()
                .flat_map(|item| [&item["what"], &item["help"]])
                .filter_map(|text| text.as_str().map(one_line))
                .collect(),
            Value::Array(items) if items.iter().any(Value::is_object) => self.table(items),
            value => vec![self.value(owner, name, value)],
        };
        let labels = std::iter::once(self.label_of(owner, name)).chain(std::iter::repeat(String::new()));
        labels.zip(lines).map(|(label, line)| vec![label, line]).collect()
    }

    /// A value in words, by what it is of: `ready` is one thing of a job, another of a card, a third of a reader.
    fn value(&self, owner: &Fields, name: &str, value: &Value) -> String {
        let families: &[&str] = match name {
            "state" if owner.contains_key("staff") => &["staff-state"],
            "state" if owner.contains_key("job") && !owner.contains_key("card") => &["job-state", "card-state"],
            "state" if owner.contains_key("job") && owner.contains_key("number_retired") => &["job-state"],
            "state" if !owner.contains_key("name") => &["card-state", "job-state"],
            "step" => &["job-step"],
            "back_doors" => &["back-doors"],
            "why" if owner.contains_key("lot") => &["web-ended"],
            _ => &[],
        };
        if AS_THEY_ARE.contains(&name)
            && let Some(text) = value.as_str()
        {
            return text.to_owned();
        }
        if let (true, Some(won)) = (is_won(owner, name), value.as_i64()) {
            let (sign, amount) = signed(won);
            return format!("{sign}{}", self.messages.text(self.lang, "web-won", &[("amount", amount)]));
        }
        let text = value.as_str().filter(|text| kebab(text));
        let word = text.and_then(|text| families.iter().find_map(|family| self.find(family, text)));
        word.unwrap_or_else(|| self.plain(value))
    }

    /// A value alone: a kebab-case word of ours is the catalogue's `word-…`, a trouble is what it says.
    fn plain(&self, value: &Value) -> String {
        match value {
            Value::String(text) => {
                if let (14, Ok(number)) = (text.len(), MemberNumber::parse(text)) {
                    return number.grouped();
                }
                if is_moment(text) {
                    return moment(text);
                }
                let word = if kebab(text) { self.find("word", text) } else { None };
                word.unwrap_or_else(|| text.clone())
            }
            Value::Bool(yes) => self.messages.text(self.lang, if *yes { "word-yes" } else { "word-no" }, &[]),
            Value::Null => String::new(),
            Value::Array(items) => items.iter().map(|item| self.plain(item)).collect::<Vec<_>>().join(", "),
            Value::Object(fields) => self.told(value).unwrap_or_else(|| self.labelled(fields)),
            Value::Number(number) => number.to_string(),
        }
    }

    /// A trouble that was kept with its job, as its message says it.
    fn told(&self, value: &Value) -> Option<String> {
        let told: Told = serde_json::from_value(value.clone()).ok()?;
        let what = self.messages.find_told(self.lang, &format!("err-{}", told.code), &told.args);
        Some(one_line(&what.unwrap_or(told.code)))
    }

    /// The parts of a value in one line, each by its name where the catalogue has one.
    fn labelled(&self, fields: &Fields) -> String {
        let parts = fields.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| {
            let value = self.value(fields, name, value);
            self.find("part", name).map_or_else(|| value.clone(), |label| format!("{label} {value}"))
        });
        parts.collect::<Vec<_>>().join(" · ")
    }
}

/// `2026-11-27T05:02:24+09:00`, and nothing that somebody might have typed.
fn is_moment(text: &str) -> bool {
    let form = "0000-00-00T00:00:00";
    let alike = |(c, of): (char, char)| if of == '0' { c.is_ascii_digit() } else { c == of };
    text.len() == 25 && text.chars().zip(form.chars()).all(alike) && text.get(19..20).is_some_and(|s| "+-".contains(s))
}

fn kebab(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

/// Rows of cells as lines, their columns below one another.
pub(super) fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let width = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| columns(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows.iter().map(Vec::len).max().unwrap_or(0)).map(width).collect();
    let padded =
        |(cell, width): (&String, &usize)| format!("{cell}{}", " ".repeat(width.saturating_sub(columns(cell))));
    let line =
        |row: &Vec<String>| row.iter().zip(&widths).map(padded).collect::<Vec<_>>().join("  ").trim_end().to_owned();
    rows.iter().map(line).collect()
}

/// Columns on a terminal: Hangul and Hanja take two.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|c| if ('\u{1100}'..='\u{ffdc}').contains(&c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Assets;

    #[test]
    fn a_name_is_no_word_of_ours_and_a_chips_number_no_members() {
        let messages = Assets::new(None).messages().unwrap();
        let said = text(&messages, Lang::Ko, &json!([{ "name": "spool", "kind": "spool", "uid": "04112233445566" }]));
        assert!(said.lines().nth(1).is_some_and(|line| line.starts_with("spool ")), "{said}");
        assert!(said.contains("04112233445566"), "{said}");
        let card = text(&messages, Lang::Ko, &json!({ "ok": true, "findings": [] }));
        assert_eq!(card.lines().count(), 1, "{card}");
    }

    #[test]
    fn a_list_has_heads_and_a_trouble_speaks() {
        let messages = Assets::new(None).messages().unwrap();
        let job = |id: u32, state: &str, trouble: Value| json!({ "job": id, "kind": "rfid", "uid": null, "exchanges": 0, "state": state, "trouble": trouble });
        let trouble = json!({ "code": "not-ready", "args": [["job", "7"], ["state", "planned"]] });
        let said = text(&messages, Lang::En, &json!([job(1, "ready", Value::Null), job(12, "failed", trouble)]));
        let lines: Vec<&str> = said.lines().collect();
        assert!(lines[0].starts_with("Job  Kind") && !lines[0].contains("UID"), "{said}");
        assert!(lines[1].contains(" – ") || lines[1].ends_with('–'), "{said}");
        assert!(lines[2].contains("stopped") && !said.contains("not-ready") && !said.contains("args"), "{said}");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn money_is_grouped_and_whether_is_no_day() {
        let messages = Assets::new(None).messages().unwrap();
        let member = json!({
            "charges": [{ "charge": 1, "amount": 12_000, "state": "unpaid" }],
            "consents": [{ "kind": "local", "withdrawn": false }],
            "fee": { "charge": 1, "amount": 2000, "state": "paid" },
        });
        for (lang, wanted) in
            [(Lang::Ko, ["12,000원", "2,000원", "거둠"]), (Lang::En, ["12,000", "2,000", "Withdrawn"])]
        {
            let said = text(&messages, lang, &member);
            assert!(wanted.iter().all(|part| said.contains(part)) && !said.contains("탈퇴"), "{said}");
            assert!(!said.contains("12000") && !said.contains(" 2000"), "{said}");
        }
    }

    #[test]
    fn a_time_is_read_as_the_clock_on_the_wall_says_it() {
        let messages = Assets::new(None).messages().unwrap();
        let seen = json!([{ "staff": 1, "name": "김관리", "last_seen": "2026-11-27T05:02:24+09:00" }]);
        let said = text(&messages, Lang::Ko, &seen);
        assert!(said.contains("2026-11-27 05:02:24") && !said.contains("+09"), "{said}");
        for typed in ["2026-11-27", "2026-11-27T05:02:24", "2026-11-27T05:02:24 09:00", "2026-11-2xT05:02:24+09:00"] {
            assert!(!is_moment(typed), "{typed}");
        }
    }

    #[test]
    fn one_state_of_a_job_has_one_word_in_a_list_and_alone() {
        let messages = Assets::new(None).messages().unwrap();
        let job = json!({ "job": 1, "kind": "rfid", "exchanges": 0, "state": "ready", "step": "check" });
        for (lang, word) in [(Lang::Ko, "대조 남음"), (Lang::En, "check to do")] {
            for answer in [job.clone(), json!([job.clone()])] {
                let said = text(&messages, lang, &answer);
                assert!(said.contains(word), "{said}");
            }
        }
    }

    #[test]
    fn a_column_stands_where_the_fields_have_it_also_when_the_first_row_is_empty_there() {
        let messages = Assets::new(None).messages().unwrap();
        let rows =
            json!([{ "name": "a", "uid": null, "state": "gone" }, { "name": "b", "uid": "04AA", "state": "card" }]);
        let said = text(&messages, Lang::En, &rows);
        let head = said.lines().next().unwrap_or_default();
        assert!(head.find("UID").zip(head.find("State")).is_some_and(|(uid, state)| uid < state), "{said}");
    }
}
