//! How an answer is shown: JSON as it is, or as text with words of the catalogue; an error in two lines.

use std::io::Write;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::plan::member::MemberNumber;
use crate::plan::messages::{Lang, Messages, Trouble};

/// Prints a result on stdout and answers the exit code.
pub(super) fn show(messages: &Messages, lang: Lang, as_json: bool, value: &Option<Value>, code: u8) -> ExitCode {
    if let Some(value) = value {
        let text = if as_json { format!("{value}\n") } else { text(messages, lang, value) };
        // A closed pipe (`| head`) is no trouble of ours.
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
    ExitCode::from(code)
}

/// Prints an error on stderr: two lines, or one JSON object.
pub(super) fn fail(messages: &Messages, lang: Lang, as_json: bool, trouble: &Trouble, code: u8) -> ExitCode {
    let (what, help) = (messages.what(lang, trouble), messages.help(lang, trouble));
    let text = if as_json {
        format!("{}\n", json!({ "error": { "code": trouble.code, "what": what, "help": help } }))
    } else {
        format!("error: {}\nhelp: {}\n", one_line(&what), one_line(&help))
    };
    let _ = std::io::stderr().write_all(text.as_bytes());
    ExitCode::from(code)
}

/// What is odd and stops nobody, in two lines each: stderr is for people, so not under `--json`.
pub(super) fn warn(desk: &Desk, lang: Lang) {
    for warning in desk.warnings() {
        let (what, help) = (desk.messages.what(lang, &warning), desk.messages.help(lang, &warning));
        let _ = writeln!(std::io::stderr(), "warning: {}\nhelp: {}", one_line(&what), one_line(&help));
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An object as `label  value` lines, a list as a block for each item.
fn text(messages: &Messages, lang: Lang, value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => format!("{}\n", messages.text(lang, "cli-nothing", &[])),
        Value::Array(items) => items.iter().map(|item| line(messages, lang, item)).collect(),
        Value::Object(fields) => {
            let shown: Vec<(String, String)> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .flat_map(|(name, value)| pairs(messages, lang, name, value))
                .collect();
            let width = shown.iter().map(|(label, _)| columns(label)).max().unwrap_or(0);
            shown
                .iter()
                .map(|(label, value)| format!("{label}{}  {value}\n", " ".repeat(width - columns(label))))
                .collect()
        }
        other => format!("{}\n", plain(messages, lang, other)),
    }
}

/// What of a job stands in a list; the rest is for `job show`.
const OF_A_JOB: [&str; 7] = ["job", "number", "kind", "uid", "state", "step", "fee"];

/// One item of a list: its values in one line.
fn line(messages: &Messages, lang: Lang, item: &Value) -> String {
    let words: Vec<String> = match item {
        Value::Object(fields) => {
            let job = fields.contains_key("exchanges");
            let shown = fields.iter().filter(|(name, _)| !job || OF_A_JOB.contains(&name.as_str()));
            shown.filter(|(_, value)| !value.is_null()).map(|(_, value)| plain(messages, lang, value)).collect()
        }
        other => vec![plain(messages, lang, other)],
    };
    format!("{}\n", words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("  "))
}

fn pairs(messages: &Messages, lang: Lang, name: &str, value: &Value) -> Vec<(String, String)> {
    let label =
        messages.find(lang, &format!("label-{}", name.replace('_', "-")), &[]).unwrap_or_else(|| name.to_owned());
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().map(|item| (label.clone(), line(messages, lang, item).trim_end().to_owned())).collect()
        }
        Value::Object(fields) => vec![(label, labelled(messages, lang, fields))],
        value => vec![(label, plain(messages, lang, value))],
    }
}

/// The parts of a value in one line, each by its name where the catalogue has one.
fn labelled(messages: &Messages, lang: Lang, fields: &serde_json::Map<String, Value>) -> String {
    let parts = fields.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| {
        let label = messages.find(lang, &format!("part-{}", name.replace('_', "-")), &[]);
        let value = plain(messages, lang, value);
        label.map_or_else(|| value.clone(), |label| format!("{label} {value}"))
    });
    parts.collect::<Vec<_>>().join(" · ")
}

/// A scalar in words: a kebab-case word of ours is shown as the catalogue's `word-…`.
fn plain(messages: &Messages, lang: Lang, value: &Value) -> String {
    match value {
        Value::String(text) => {
            if let (14, Ok(number)) = (text.len(), MemberNumber::parse(text)) {
                return number.grouped();
            }
            let kebab = !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            let word = kebab.then(|| messages.find(lang, &format!("word-{text}"), &[])).flatten();
            word.unwrap_or_else(|| text.clone())
        }
        Value::Bool(yes) => messages.text(lang, if *yes { "word-yes" } else { "word-no" }, &[]),
        Value::Null => String::new(),
        Value::Array(items) => items.iter().map(|item| plain(messages, lang, item)).collect::<Vec<_>>().join(", "),
        Value::Object(_) => line(messages, lang, value).trim_end().to_owned(),
        Value::Number(number) => number.to_string(),
    }
}

/// Columns on a terminal: Hangul and Hanja take two.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if ('\u{1100}'..='\u{ffdc}').contains(&c) { 2 } else { 1 }).sum()
}
