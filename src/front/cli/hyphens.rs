//! Values that begin with a hyphen, as somebody may type them: `--name '- -'`, `member find '-홍'`. The parser would call them
//! options; here they become values, which the desk judges. It judges none itself. Start at [`as_values`].

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::{ArgAction, Command};

/// The same command line, in which no value looks like an option: one that follows an option is joined to it by `=`, any
/// other stands at the end, after `--`. What is written as an option is, stays one, so that a mistyped option is a usage error.
pub(super) fn as_values(command: &Command, arguments: Vec<OsString>) -> Vec<OsString> {
    if arguments.iter().any(|argument| argument == "--") {
        return arguments;
    }
    let takes_value = options(command);
    let mut joined: Vec<OsString> = Vec::new();
    let mut last: Vec<OsString> = Vec::new();
    let mut before = None;
    for argument in arguments {
        let text = argument.to_string_lossy().into_owned();
        let option: Option<OsString> = before.take();
        if let Some(mut option) = option {
            if text.starts_with('-') && !is_option(&text) {
                option.push("=");
                option.push(argument);
                joined.push(option);
                continue;
            }
            joined.push(option);
        } else if text.starts_with('-') && !may_be_meant_as_option(&text) {
            last.push(argument);
            continue;
        }
        if takes_value.contains(&text) {
            before = Some(argument);
        } else {
            joined.push(argument);
        }
    }
    joined.extend(before);
    if !last.is_empty() {
        joined.push("--".into());
        joined.extend(last);
    }
    joined
}

/// The options of a command and all below that take a value.
fn options(command: &Command) -> BTreeSet<String> {
    let own =
        command.get_arguments().filter(|argument| matches!(argument.get_action(), ArgAction::Set | ArgAction::Append));
    let own = own.filter_map(|argument| argument.get_long().map(|long| format!("--{long}")));
    own.chain(command.get_subcommands().flat_map(options)).collect()
}

/// `--name`, `--name=value`, `-h`, `-V`, and `-` for stdin.
fn is_option(text: &str) -> bool {
    let name = text.split('=').next().unwrap_or_default();
    let long = name.strip_prefix("--").is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    });
    long || matches!(text, "-" | "-h" | "-V")
}

fn may_be_meant_as_option(text: &str) -> bool {
    let short = text.strip_prefix('-').is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric()));
    is_option(text) || short
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::Line;
    use super::*;

    #[test]
    fn a_value_may_begin_with_a_hyphen_and_an_option_stays_one() {
        for (typed, wanted) in [
            (&["enrol", "--name", "- -", "--json"][..], &["enrol", "--name=- -", "--json"][..]),
            (&["enrol", "--name", "-홍길동"], &["enrol", "--name=-홍길동"]),
            (&["enrol", "--name", "-h -"], &["enrol", "--name=-h -"]),
            (&["enrol", "--name", "--x y"], &["enrol", "--name=--x y"]),
            (&["enrol", "--name", "--birth", "1988"], &["enrol", "--name", "--birth", "1988"]),
            (&["enrol", "--anyway", "- -"], &["enrol", "--anyway", "--", "- -"]),
            (&["enrol", "--from", "-", "--name", "-abc"], &["enrol", "--from", "-", "--name=-abc"]),
            (&["issue", "1", "--wait", "-1"], &["issue", "1", "--wait=-1"]),
            (&["fee", "waive", "2", "--why", "-- 없음"], &["fee", "waive", "2", "--why=-- 없음"]),
            (&["member", "find", "- -", "--json"], &["member", "find", "--json", "--", "- -"]),
            (&["member", "find", "-홍"], &["member", "find", "--", "-홍"]),
            (&["member", "show", "-1"], &["member", "show", "-1"]),
            (&["member", "find", "--nope"], &["member", "find", "--nope"]),
            (&["issue", "-x"], &["issue", "-x"]),
            (&["member", "find", "--json", "--", "-홍"], &["member", "find", "--json", "--", "-홍"]),
            (&["enrol", "--name"], &["enrol", "--name"]),
        ] {
            let typed = typed.iter().map(OsString::from).collect();
            assert_eq!(as_values(&Line::command(), typed), wanted, "{wanted:?}");
        }
    }

    #[test]
    fn no_text_that_follows_an_option_is_a_usage_error() {
        for value in ["- -", "-", "-홍", "-1-", "- 880314", "-abc", "--Name", "-- --", "---", "-."] {
            for line in [
                &["issuer", "enrol", "--name"][..],
                &["issuer", "enrol", "--guardian"],
                &["issuer", "enrol", "--kind"],
                &["issuer", "enrol", "--consent"],
                &["issuer", "enrol", "--key"],
                &["issuer", "fee", "waive", "2", "--why"],
                &["issuer", "member", "withdraw", "3", "--why"],
                &["issuer", "member", "edit", "3", "--representative"],
            ] {
                let typed: Vec<OsString> = line.iter().chain([&value]).map(OsString::from).collect();
                let parsed = Line::command().try_get_matches_from(as_values(&Line::command(), typed));
                assert!(parsed.is_ok(), "{line:?} {value}: {parsed:?}");
            }
        }
    }
}
