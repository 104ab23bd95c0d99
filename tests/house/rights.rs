//! Whether every use case asks the table of rights: each public function of the desk that is told who acts. Reads functions and
//! the names that they call, knows no types. Start at [`complaints`].

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::paths;

/// Who is told who acts, and asks nothing: with the reason.
pub const BUT: [(&str, &str); 14] = [
    ("drop_kept", "what a session keeps of its own"),
    ("keep", "what a session keeps of its own"),
    ("keep_on", "what a session keeps of its own"),
    ("kept", "what a session keeps of its own"),
    ("newest_draft", "what a session keeps of its own"),
    ("rekeep", "what a session keeps of its own"),
    ("session_stands", "a session asks about itself"),
    ("set_lang", "a session's own language"),
    ("touch", "a session's own end"),
    ("listen", "a page says that it is there"),
    ("laid", "a reader's name; reading the card asks"),
    ("silent_reader", "a reader's name; reading the card asks"),
    ("usual_reader", "a reader's name"),
    ("once", "holds a key to the work that it is given, which asks"),
];

/// A function, as far as it matters here.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    /// `pub` without a restriction.
    pub public: bool,
    /// One of its parameters is an `Actor` or a `Session`.
    pub told: bool,
    /// It asks the table itself.
    pub asks: bool,
    /// The functions that it calls, methods left out.
    pub calls: Vec<String>,
}

/// The functions of one source, tests left out.
pub fn functions(text: &str) -> Result<Vec<Function>, String> {
    let tokens: TokenStream = text.parse().map_err(|fault| format!("not Rust: {fault}"))?;
    let mut found = Vec::new();
    walk(tokens, &mut found);
    Ok(found)
}

fn walk(tokens: TokenStream, found: &mut Vec<Function>) {
    let tokens = paths::without_tests(tokens);
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if word == "fn" => at = function(&tokens, at, found),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                walk(group.stream(), found);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Reads the function at `at`, and answers what comes after it.
fn function(tokens: &[TokenTree], at: usize, found: &mut Vec<Function>) -> usize {
    let (Some(TokenTree::Ident(name)), Some(before)) = (tokens.get(at + 1), tokens.get(..at)) else { return at + 1 };
    let group = |from: usize, wanted: Delimiter| {
        let is = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == wanted);
        tokens.iter().skip(from).position(is).map(|found| from + found)
    };
    let Some(parameters) = group(at + 2, Delimiter::Parenthesis) else { return at + 2 };
    let Some(body) = group(parameters + 1, Delimiter::Brace) else { return parameters + 1 };
    let (TokenTree::Group(given), TokenTree::Group(work)) = (&tokens[parameters], &tokens[body]) else { return body };
    let given = given.stream().to_string();
    let words: Vec<&str> = given.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let mut calls = Vec::new();
    let asks = calls_in(work.stream(), &mut calls);
    let public = before.iter().rev().find(|token| !matches!(token, TokenTree::Ident(word) if word == "const"));
    found.push(Function {
        name: name.to_string(),
        line: name.span().start().line,
        public: matches!(public, Some(TokenTree::Ident(word)) if word == "pub"),
        told: words.contains(&"Actor") || words.contains(&"Session"),
        asks,
        calls,
    });
    body + 1
}

/// Gathers what is called, and answers whether `.may(…)` is.
fn calls_in(tokens: TokenStream, calls: &mut Vec<String>) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut asks = false;
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            asks |= calls_in(group.stream(), calls);
        }
        let called = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
        let TokenTree::Ident(word) = token else { continue };
        if !called(tokens.get(at + 1)) {
            continue;
        }
        match at.checked_sub(1).and_then(|before| tokens.get(before)) {
            Some(TokenTree::Punct(mark)) if mark.as_char() == '.' => asks |= word == "may",
            _ => calls.push(word.to_string()),
        }
    }
    asks
}

/// Exceptions that are none any more: no use case of that name is left.
pub fn stale(files: &BTreeMap<String, Vec<Function>>) -> Vec<&'static str> {
    let told =
        |name: &str| files.values().flatten().any(|function| function.public && function.told && function.name == name);
    BUT.iter().map(|(name, _)| *name).filter(|name| !told(name)).collect()
}

/// The use cases that ask nothing, by themselves or through what they call.
pub fn complaints(files: &BTreeMap<String, Vec<Function>>) -> Vec<String> {
    let mut asking: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    for (file, functions) in files {
        for function in functions {
            *asking.entry((file, &function.name)).or_insert(true) &= function.asks;
        }
    }
    // A name means the function beside it, else all that have it.
    let means = |asking: &BTreeMap<(&str, &str), bool>, file: &str, name: &str| match asking.get(&(file, name)) {
        Some(asks) => *asks,
        None => {
            let mut named = asking.iter().filter(|((_, found), _)| *found == name).map(|(_, asks)| *asks).peekable();
            named.peek().is_some() && named.all(|asks| asks)
        }
    };
    loop {
        let mut more = Vec::new();
        for (file, functions) in files {
            for function in functions.iter().filter(|function| !asking[&(file.as_str(), function.name.as_str())]) {
                if function.calls.iter().any(|call| call != &function.name && means(&asking, file, call)) {
                    more.push((file.as_str(), function.name.as_str()));
                }
            }
        }
        if more.is_empty() {
            break;
        }
        asking.extend(more.into_iter().map(|place| (place, true)));
    }
    let mut wrong = Vec::new();
    for (file, functions) in files {
        for function in functions.iter().filter(|function| function.public && function.told) {
            let excused = BUT.iter().any(|(name, _)| *name == function.name);
            if !function.asks && !asking[&(file.as_str(), function.name.as_str())] && !excused {
                wrong.push(format!("{file}:{}: `{}` asks no `may(Act::…)`", function.line, function.name));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(sources: &[(&str, &str)]) -> Vec<String> {
        let read = |(file, text): &(&str, &str)| (file.to_string(), functions(text).unwrap());
        complaints(&sources.iter().map(read).collect())
    }

    #[test]
    fn a_use_case_that_asks_nothing_is_named() {
        for (text, good) in [
            ("pub fn pay(actor: &Actor) { actor.may(Act::TakeFee)?; }", true),
            ("pub fn pay(actor: &Actor) { settle(actor) } fn settle(actor: &Actor) { actor.may(Act::TakeFee) }", true),
            ("pub fn pay(session: &super::Session) { work(|| session.actor.may(Act::TakeFee)) }", true),
            ("pub fn pay(actor: &Actor) { done() }", false),
            ("pub fn pay(actor: &Actor) { pay(actor) }", false),
            ("pub fn pay(session: &Session) { actor.settle() } fn settle() { actor.may(Act::TakeFee) }", false),
            ("pub(super) fn pay(actor: &Actor) { done() }", true),
            ("fn pay(actor: &Actor) { done() }", true),
            ("pub fn pay(desk: &Desk) { done() }", true),
            ("pub fn pay(by: Actors) { done() }", true),
            ("pub fn touch(session: &Session) { done() }", true),
            ("#[cfg(test)] mod tests { pub fn pay(actor: &Actor) {} }", true),
            ("impl Desk { pub fn pay(&self, actor: &Actor) {} }", false),
        ] {
            assert_eq!(judged(&[("src/desk/pay.rs", text)]).is_empty(), good, "{text}");
        }
        let asks = ("src/desk/a.rs", "pub fn settle(actor: &Actor) { actor.may(Act::TakeFee) }");
        let calls = ("src/desk/b.rs", "pub fn pay(actor: &Actor) { settle(actor) }");
        let other = ("src/desk/c.rs", "fn settle() {}");
        assert!(judged(&[asks, calls]).is_empty());
        assert_eq!(judged(&[asks, calls, other]).len(), 1, "one of that name asks nothing");
    }
}
