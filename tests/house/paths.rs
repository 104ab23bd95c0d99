//! Reads a Rust source as tokens and gives every path in it that names something of the house, made absolute, tests
//! left out. Knows no types and expands no macros: a path that only a macro writes is not seen. Judges nothing.
//! Start at [`read`].

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path that names something of the house, made absolute, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    pub line: usize,
    /// From the crate's root: `["plan", "messages", "Trouble"]`; a glob ends in `*`.
    pub path: Vec<String>,
    /// It stands in a `pub use`, so that others can reach it by this module's name.
    pub handed_on: bool,
}

/// Crates whose place in the house is ruled.
const OUTSIDE: [&str; 8] = ["std", "actix_web", "clap", "getrandom", "printpdf", "rusqlite", "rustix", "tokio"];

/// What one source says, tests left out.
#[derive(Debug, Default)]
pub struct Source {
    pub namings: Vec<Naming>,
    /// Paths that begin with one of [`OUTSIDE`]; a call of any `…::now()` is the path `now`.
    pub outside: Vec<Naming>,
    /// Modules declared under `#[cfg(test)]` without a body: their files are tests and are not judged.
    pub test_modules: Vec<Vec<String>>,
    /// The same with a `#[path = "…"]`: files beside the source.
    pub test_files: Vec<String>,
}

/// The module that a file under `src/` holds: `src/plan/chip/mod.rs` → `plan chip`, `src/lib.rs` → nothing.
pub fn module_of(file: &str) -> Vec<String> {
    let bare = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: Vec<String> = bare.split('/').map(str::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// Reads a source that stands in `module`.
pub fn read(text: &str, module: &[String]) -> Result<Source, String> {
    let tokens: TokenStream = text.parse().map_err(|fault| format!("not Rust: {fault}"))?;
    let mut source = Source::default();
    walk(tokens, module, false, &mut source);
    Ok(source)
}

/// Goes through the tokens of one module. `public` says that we are inside the tree of a `pub use`.
fn walk(tokens: TokenStream, module: &[String], public: bool, source: &mut Source) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    let mut exported = public;
    while at < tokens.len() {
        if test_attribute(&tokens, at) {
            at = after_item(&tokens, at + 2, module, source);
            continue;
        }
        match &tokens[at] {
            TokenTree::Ident(word) if word == "pub" => {
                let scope = matches!(tokens.get(at + 1), Some(TokenTree::Group(g)) if restriction(g));
                exported = word_at(&tokens, at + 1 + usize::from(scope)) == "use";
                at += 1 + usize::from(scope);
            }
            TokenTree::Ident(word) if word == "mod" => at = inner_module(&tokens, at, module, source),
            TokenTree::Ident(word) if (word == "crate" || word == "super" || word == "self") && starts(&tokens, at) => {
                at = path(&tokens, at, module, exported, source);
            }
            TokenTree::Ident(word) if OUTSIDE.iter().any(|name| word == name) && colons(&tokens, at + 1) => {
                let mut names = Source::default();
                let line = word.span().start().line;
                at = branch(&tokens, at + 1, vec![word.to_string()], line, false, &mut names);
                source.outside.extend(names.namings);
            }
            TokenTree::Ident(word) if word == "now" && at >= 2 && colons(&tokens, at - 2) => {
                if matches!(tokens.get(at + 1), Some(TokenTree::Group(_))) {
                    let line = word.span().start().line;
                    source.outside.push(Naming { line, path: vec!["now".to_owned()], handed_on: false });
                }
                at += 1;
            }
            TokenTree::Punct(mark) => {
                exported = exported && mark.as_char() != ';';
                at += 1;
            }
            TokenTree::Group(group) => {
                walk(group.stream(), module, exported, source);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// `(crate)`, `(super)`, `(in crate::plan)` after `pub`: says who may look in, names nothing.
fn restriction(group: &proc_macro2::Group) -> bool {
    let first = group.stream().into_iter().next().map(|token| token.to_string()).unwrap_or_default();
    group.delimiter() == Delimiter::Parenthesis && ["crate", "super", "self", "in"].contains(&first.as_str())
}

/// `#[cfg(test)]` and `#[test]` at this place; `#![…]` is another matter.
fn test_attribute(tokens: &[TokenTree], at: usize) -> bool {
    let (Some(TokenTree::Punct(mark)), Some(TokenTree::Group(group))) = (tokens.get(at), tokens.get(at + 1)) else {
        return false;
    };
    let text: String = group.stream().to_string().split_whitespace().collect();
    mark.as_char() == '#' && group.delimiter() == Delimiter::Bracket && (text == "cfg(test)" || text == "test")
}

/// The tokens of one level without the items that a test attribute stands before.
pub fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if test_attribute(&tokens, at) {
            at = after_item(&tokens, at + 2, &[], &mut Source::default());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Steps over the item that follows a test attribute: to its `;` or its `{…}`.
fn after_item(tokens: &[TokenTree], mut at: usize, module: &[String], source: &mut Source) -> usize {
    let (mut name, mut file) = (None, None);
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if word == "mod" => name = Some(word_at(tokens, at + 1)),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return at + 1,
            TokenTree::Group(group) if group.stream().to_string().starts_with("path = ") => {
                file = group.stream().to_string().split('"').nth(1).map(str::to_owned);
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => {
                match file {
                    Some(file) => source.test_files.push(file),
                    None => source.test_modules.extend(name.map(|name| [module, &[name]].concat())),
                }
                return at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    at
}

fn inner_module(tokens: &[TokenTree], at: usize, module: &[String], source: &mut Source) -> usize {
    if let Some(TokenTree::Group(body)) = tokens.get(at + 2) {
        walk(body.stream(), &[module, &[word_at(tokens, at + 1)]].concat(), false, source);
        return at + 3;
    }
    at + 1
}

/// A keyword begins a path where `::` follows, or `as` (`use crate as house`).
fn starts(tokens: &[TokenTree], at: usize) -> bool {
    colons(tokens, at + 1) || (tokens[at].to_string() != "self" && word_at(tokens, at + 1) == "as")
}

fn colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    colon(at) && colon(at + 1)
}

fn word_at(tokens: &[TokenTree], at: usize) -> String {
    match tokens.get(at) {
        Some(TokenTree::Ident(word)) => word.to_string().trim_start_matches("r#").to_owned(),
        _ => String::new(),
    }
}

/// Reads a path that begins with `crate`, `super` or `self` and answers where it ends.
fn path(tokens: &[TokenTree], at: usize, module: &[String], handed_on: bool, source: &mut Source) -> usize {
    let line = tokens[at].span().start().line;
    let base = match word_at(tokens, at).as_str() {
        "crate" => Vec::new(),
        "super" => module[..module.len().saturating_sub(1)].to_vec(),
        _ => module.to_vec(),
    };
    branch(tokens, at + 1, base, line, handed_on, source)
}

/// After one part of a path: more parts, a group of them, or its end. Records every leaf.
fn branch(
    tokens: &[TokenTree],
    mut at: usize,
    mut so_far: Vec<String>,
    line: usize,
    handed_on: bool,
    source: &mut Source,
) -> usize {
    while colons(tokens, at) {
        match tokens.get(at + 2) {
            // Generic arguments are no part of it; the paths in them are met by the walk.
            Some(TokenTree::Ident(_)) => {
                match word_at(tokens, at + 2).as_str() {
                    "super" => drop(so_far.pop()),
                    "self" => {}
                    part => so_far.push(part.to_owned()),
                }
                at += 3;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                leaves(group.stream(), &so_far, handed_on, source);
                return at + 3;
            }
            Some(TokenTree::Punct(mark)) if mark.as_char() == '*' => {
                so_far.push("*".to_owned());
                at += 3;
            }
            _ => break,
        }
    }
    source.namings.push(Naming { line, path: so_far, handed_on });
    at
}

/// The branches of `a::{b, c::{d, self}, *}`.
fn leaves(stream: TokenStream, base: &[String], handed_on: bool, source: &mut Source) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    for branch_tokens in tokens.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',')) {
        let Some(first) = branch_tokens.first() else { continue };
        let mut path = base.to_vec();
        match first.to_string().as_str() {
            "self" => {}
            "super" => drop(path.pop()),
            part => path.push(part.trim_start_matches("r#").to_owned()),
        }
        branch(branch_tokens, 1, path, first.span().start().line, handed_on, source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        read(text, &module_of("src/plan/chip/write.rs")).unwrap().namings.iter().map(|n| n.path.join("::")).collect()
    }

    #[test]
    fn paths_are_made_absolute() {
        let table = [
            ("use crate::plan::chip::Uid;", "plan::chip::Uid"),
            ("use super::Uid;", "plan::chip::Uid"),
            ("use super::super::messages::Trouble;", "plan::messages::Trouble"),
            ("fn f() -> super::super::job::Job { todo!() }", "plan::job::Job"),
            ("mod inner { use super::super::Uid; }", "plan::chip::Uid"),
            ("use crate as house;", ""),
            ("use crate::*;", "*"),
            ("use super::super::*;", "plan::*"),
            ("fn f() { g(&[crate::back::store::open::<u8>()]) }", "back::store::open"),
            ("macro_rules! m { () => { $crate::back::store::open() } }", "back::store::open"),
        ];
        for (text, expected) in table {
            assert_eq!(paths(text), [expected], "{text}");
        }
    }

    #[test]
    fn groups_are_taken_apart() {
        let text = "use crate::{plan::{self, messages::{Lang, Trouble as T}}, back::{store::*, r#encoder}, desk};";
        let expected =
            ["plan", "plan::messages::Lang", "plan::messages::Trouble", "back::store::*", "back::encoder", "desk"];
        assert_eq!(paths(text), expected);
    }

    #[test]
    fn what_comes_from_outside_is_found() {
        let text = "use std::{fs, time::{Duration, Instant}}; fn f(x: std::net::IpAddr) { jiff::Zoned::now(); g(now) }";
        let found = read(text, &[]).unwrap().outside.iter().map(|n| n.path.join("::")).collect::<Vec<_>>();
        assert_eq!(found, ["std::fs", "std::time::Duration", "std::time::Instant", "std::net::IpAddr", "now"]);
    }

    #[test]
    fn words_that_are_no_path_are_passed_over() {
        let text =
            "pub(crate) struct A; pub(in crate::plan) fn f(self) { self.x; \"crate::back::store\"; } // crate::desk::X";
        assert_eq!(paths(text), [""; 0]);
    }

    #[test]
    fn tests_are_left_out_and_what_follows_them_is_not() {
        let text = "#[cfg(test)] mod tests { use crate::back::store::X; }
                    #[cfg(test)] use crate::desk::Y;
                    #[cfg(test)] #[allow(unused)] mod cases;
                    #[cfg(test)] #[path = \"chip_tests.rs\"] mod more;
                    use crate::back::encoder::Z;";
        let source = read(text, &module_of("src/plan/chip/mod.rs")).unwrap();
        assert_eq!(
            source.namings.iter().map(|n| (n.line, n.path.join("::"))).collect::<Vec<_>>(),
            [(5, "back::encoder::Z".to_owned())]
        );
        assert_eq!(source.test_modules, [["plan", "chip", "cases"]]);
        assert_eq!(source.test_files, ["chip_tests.rs"]);
    }
}
