//! Whether every trouble can speak: the codes that the sources make, the two Fluent catalogues, and what is missing
//! between them. Judges ids and variables, never the wording. Start at [`complaints`].

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The ids of one language and the variables that each message names, whichever file it stands in.
pub type Catalogue = BTreeMap<String, BTreeSet<String>>;

/// What one source does with troubles, tests left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Troubles {
    /// `Trouble::new("code")`, with its line. Where the code is chosen on the spot, every text of the choice.
    pub codes: Vec<(usize, String)>,
    /// Functions that hand a parameter of theirs to `Trouble::new`: their callers give the code.
    pub carriers: Vec<Carrier>,
    /// Calls with a text that may be a code among their arguments.
    pub calls: Vec<Call>,
    /// Names given by `.with("name", …)` anywhere in the source.
    pub given: BTreeSet<String>,
}

/// `fn refused(state: &str, code: &'static str)`: the code is parameter 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Carrier {
    pub line: usize,
    pub function: String,
    pub parameter: usize,
}

/// `desk::id(text, "job-unknown", "job")`: in the module `desk`, `None` for the argument that is no such text.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    pub line: usize,
    pub module: String,
    pub function: String,
    pub texts: Vec<Option<String>>,
}

/// The function that some tokens stand in.
#[derive(Default)]
struct Function {
    name: String,
    parameters: Vec<String>,
    /// The texts in its body that look like codes of more than one word.
    texts: Vec<String>,
}

/// Reads one source.
pub fn troubles(text: &str) -> Result<Troubles, String> {
    let tokens: TokenStream = text.parse().map_err(|fault| format!("not Rust: {fault}"))?;
    let mut found = Troubles::default();
    collect(tokens, &Function::default(), &mut found);
    Ok(found)
}

fn collect(tokens: TokenStream, around: &Function, found: &mut Troubles) {
    let tokens: Vec<TokenTree> = super::paths::without_tests(tokens);
    let mut function = Function::default();
    for (at, token) in tokens.iter().enumerate() {
        let before = |back: usize| at.checked_sub(back).map(|at| tokens[at].to_string()).unwrap_or_default();
        if before(1) == "fn" {
            function.name = token.to_string();
        }
        let TokenTree::Group(group) = token else { continue };
        let line = group.span().start().line;
        let arguments = arguments(group.stream());
        let first = arguments.first().and_then(|argument| argument.first()).and_then(text_of);
        if before(1) == "new" && before(2) == ":" && before(4) == "Trouble" {
            match &first {
                Some(code) => found.codes.push((line, code.clone())),
                None => chosen(group.stream(), line, around, found),
            }
        } else if before(1) == "with" && before(2) == "." {
            found.given.extend(first);
        } else if group.delimiter() == Delimiter::Parenthesis {
            let alone = |argument: &Vec<TokenTree>| argument.first().and_then(text_of).filter(|text| may_be_code(text));
            let texts: Vec<Option<String>> = arguments.iter().map(alone).collect();
            if texts.iter().any(Option::is_some) {
                let module = if before(2) == ":" { before(4) } else { String::new() };
                found.calls.push(Call { line, module, function: before(1), texts });
            }
            if !function.name.is_empty() && function.parameters.is_empty() {
                function.parameters = arguments.iter().map(|argument| parameter(argument)).collect();
            }
        }
        if group.delimiter() == Delimiter::Brace && !function.name.is_empty() {
            function.texts = texts(group.stream()).into_iter().filter(|text| text.contains('-')).collect();
            collect(group.stream(), &std::mem::take(&mut function), found);
        } else {
            collect(group.stream(), around, found);
        }
    }
}

/// What commas part.
fn arguments(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let parts = tokens.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ','));
    parts.map(<[TokenTree]>::to_vec).collect()
}

/// The name of a parameter: the word before its colon.
fn parameter(tokens: &[TokenTree]) -> String {
    let colon = tokens.iter().position(|token| token.to_string() == ":");
    colon.and_then(|at| at.checked_sub(1)).map(|at| tokens[at].to_string()).unwrap_or_default()
}

/// A code that is no literal: chosen between literals on the spot, given by the callers, or chosen in the function.
fn chosen(argument: TokenStream, line: usize, around: &Function, found: &mut Troubles) {
    let here = texts(argument.clone());
    let name = argument.to_string();
    if !here.is_empty() {
        found.codes.extend(here.into_iter().map(|code| (line, code)));
    } else if let Some(parameter) = around.parameters.iter().position(|parameter| *parameter == name) {
        found.carriers.push(Carrier { line, function: around.name.clone(), parameter });
    } else if around.texts.is_empty() {
        // Nobody is called by no name: this becomes a complaint.
        found.carriers.push(Carrier { line, function: String::new(), parameter: 0 });
    } else {
        found.codes.extend(around.texts.iter().map(|code| (line, code.clone())));
    }
}

/// Every text in these tokens that may be a code.
fn texts(tokens: TokenStream) -> Vec<String> {
    let inner = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => texts(group.stream()),
        token => text_of(&token).filter(|text| may_be_code(text)).into_iter().collect(),
    });
    inner.flatten().collect()
}

fn may_be_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn text_of(token: &TokenTree) -> Option<String> {
    let text = token.to_string();
    text.strip_prefix('"')?.strip_suffix('"').map(str::to_owned)
}

/// A code, where it stands, and the names that its maker gives.
struct Made<'a> {
    file: &'a str,
    line: usize,
    code: &'a str,
    given: Vec<&'a str>,
}

/// The codes of every source, those included that a carrier gets from callers in its own room or by its room's name. A
/// carrier that nobody calls with a literal is a complaint: no check could follow such a code.
fn codes<'a>(sources: &'a BTreeMap<String, Troubles>, wrong: &mut Vec<String>) -> Vec<Made<'a>> {
    let mut all = Vec::new();
    let room_of = |file: &str| file.rsplit_once('/').map_or("", |(room, _)| room).to_owned();
    for (file, troubles) in sources {
        // A room may name the file once, over all that its parts refuse.
        let room = room_of(file);
        let beside = sources.iter().filter(|(other, _)| room_of(other) == room);
        let given: Vec<&str> = beside.flat_map(|(_, theirs)| theirs.given.iter().map(String::as_str)).collect();
        let made = |(line, code): &'a (usize, String)| Made { file, line: *line, code, given: given.clone() };
        all.extend(troubles.codes.iter().map(made));
        let name = room.rsplit('/').next().unwrap_or_default();
        for carrier in &troubles.carriers {
            let before = all.len();
            for (caller, theirs) in sources {
                let near = caller.starts_with(&room);
                for call in theirs.calls.iter().filter(|call| call.function == carrier.function) {
                    if let Some(Some(code)) = call.texts.get(carrier.parameter).filter(|_| near || call.module == name)
                    {
                        // A carrier may be told the names too.
                        let told = call.texts.iter().flatten().map(String::as_str);
                        all.push(Made {
                            file: caller,
                            line: call.line,
                            code,
                            given: given.iter().copied().chain(told).collect(),
                        });
                    }
                }
            }
            if all.len() == before {
                let line = carrier.line;
                wrong.push(format!("{file}:{line}: the code given to Trouble::new stands nowhere as a literal"));
            }
        }
    }
    all
}

/// Adds one Fluent file to the catalogue of its language. Errors: what Fluent cannot read, an id that stands already.
pub fn add(catalogue: &mut Catalogue, text: &str) -> Result<(), String> {
    let resource = fluent_syntax::parser::parse(text).map_err(|(_, faults)| format!("not Fluent: {faults:?}"))?;
    for entry in resource.body {
        let (id, patterns): (String, Vec<Pattern<&str>>) = match entry {
            Entry::Message(message) => {
                let attributes = message.attributes.into_iter().map(|attribute| attribute.value);
                (message.id.name.to_owned(), message.value.into_iter().chain(attributes).collect())
            }
            Entry::Term(term) => (format!("-{}", term.id.name), vec![term.value]),
            _ => continue,
        };
        let mut variables = BTreeSet::new();
        patterns.iter().for_each(|pattern| in_pattern(pattern, &mut variables));
        if catalogue.insert(id.clone(), variables).is_some() {
            return Err(format!("{id} stands twice: the later one would silently win"));
        }
    }
    Ok(())
}

fn in_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        in_expression(expression, variables);
    }
}

fn in_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, variables),
        Expression::Select { selector, variants } => {
            in_inline(selector, variables);
            variants.iter().for_each(|variant| in_pattern(&variant.value, variables));
        }
    }
}

fn in_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    let mut in_call = |arguments: &CallArguments<&str>| {
        arguments.positional.iter().for_each(|value| in_inline(value, variables));
        arguments.named.iter().for_each(|argument| in_inline(&argument.value, variables));
    };
    match inline {
        InlineExpression::VariableReference { id } => drop(variables.insert(id.name.to_owned())),
        InlineExpression::FunctionReference { arguments, .. } => in_call(arguments),
        InlineExpression::TermReference { arguments: Some(arguments), .. } => in_call(arguments),
        InlineExpression::Placeable { expression } => in_expression(expression, variables),
        _ => {}
    }
}

/// Everything that is wrong between the sources (`file → its troubles`) and the catalogues, one line each.
pub fn complaints(sources: &BTreeMap<String, Troubles>, ko: &Catalogue, en: &Catalogue) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut given: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Made { file, line, code, given: names } in codes(sources, &mut wrong) {
        given.entry(code).or_default().extend(names);
        for (language, catalogue) in [("ko", ko), ("en", en)] {
            for id in [format!("err-{code}"), format!("rec-{code}")] {
                if !catalogue.contains_key(&id) {
                    wrong.push(format!("{file}:{line}: {id} is missing in {language}"));
                }
            }
        }
    }
    for (language, catalogue, other) in [("ko", ko, en), ("en", en, ko)] {
        for (id, variables) in catalogue {
            match other.get(id) {
                None => wrong.push(format!("{id} stands in {language} only")),
                Some(theirs) if theirs != variables && language == "ko" => {
                    wrong.push(format!("{id} names {variables:?} in ko, {theirs:?} in en"));
                }
                Some(_) => {}
            }
            let code = id.strip_prefix("err-").or(id.strip_prefix("rec-")).unwrap_or_default();
            for name in
                given.get(code).into_iter().flat_map(|given| variables.iter().filter(|v| !given.contains(v.as_str())))
            {
                wrong.push(format!("{id} in {language} names ${name}, which no source that makes {code} gives"));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(text: &str) -> Catalogue {
        let mut catalogue = Catalogue::new();
        add(&mut catalogue, text).unwrap();
        catalogue
    }

    /// One source against both catalogues.
    fn judged(source: &str, ko: &str, en: &str) -> Vec<String> {
        let sources = BTreeMap::from([("a.rs".to_owned(), troubles(source).unwrap())]);
        complaints(&sources, &catalogue(ko), &catalogue(en))
    }

    const SOURCE: &str = "fn f() { g(|| Trouble::new(\"uid\").with(\"length\", 3)) }";
    const BOTH: &str = "err-uid = { $length }\nrec-uid = do\n";

    #[test]
    fn a_pair_in_both_languages_is_all_right() {
        assert_eq!(judged(SOURCE, BOTH, BOTH), [""; 0]);
    }

    #[test]
    fn what_is_missing_is_named_with_its_place() {
        assert_eq!(
            judged(SOURCE, BOTH, ""),
            [
                "a.rs:1: err-uid is missing in en",
                "a.rs:1: rec-uid is missing in en",
                "err-uid stands in ko only",
                "rec-uid stands in ko only"
            ]
        );
        assert_eq!(judged(SOURCE, "err-uid = { $length }", "err-uid = { $length }").len(), 2);
        assert_eq!(judged("", "a = 1", "a = 1\nb = 2"), ["b stands in en only"]);
    }

    #[test]
    fn variables_are_the_same_in_both_and_given_by_the_source() {
        assert_eq!(judged("", "a = { $x }", "a = { $y }"), ["a names {\"x\"} in ko, {\"y\"} in en"]);
        assert_eq!(judged("", "a = { $x }", "a = x").len(), 1);
        let misspelt = "err-uid = { $lenght }\nrec-uid = do\n";
        assert_eq!(judged(SOURCE, misspelt, misspelt).len(), 2);
    }

    #[test]
    fn variables_are_found_wherever_fluent_lets_them_stand() {
        let text = "a = { NUMBER($one, minimumFractionDigits: 2) } { $two ->\n    [x] { $three }\n   *[y] { { $four } }\n }\n    .label = { $five }\n";
        let expected = ["five", "four", "one", "three", "two"].map(str::to_owned);
        assert_eq!(catalogue(text)["a"], BTreeSet::from(expected));
    }

    #[test]
    fn a_code_that_is_chosen_is_followed_to_its_literals() {
        let codes = |text: &str| troubles(text).unwrap().codes.into_iter().map(|(_, code)| code).collect::<Vec<_>>();
        assert_eq!(codes("fn f() { Trouble::new(if a { \"one\" } else { \"two-b\" }) }"), ["one", "two-b"]);
        assert_eq!(
            codes("fn f() { for (x, c) in [(1, \"a-b\"), (2, \"c-d\")] { Trouble::new(c).with(\"n\", x) } }"),
            ["a-b", "c-d"]
        );
        let carried = "fn r(c: &'static str) { Trouble::new(c) } fn f() { r(\"planted\") }";
        assert_eq!(judged(carried, "", "").len(), 4);
        assert!(judged("fn r(c: &'static str) { Trouble::new(c) }", "", "")[0].contains("nowhere as a literal"));
        assert!(judged("fn r() { Trouble::new(elsewhere()) }", "", "")[0].contains("nowhere as a literal"));
    }

    #[test]
    fn a_code_given_from_another_room_is_followed_by_the_room_s_name() {
        let sources = BTreeMap::from([
            (
                "src/desk/ids.rs".to_owned(),
                troubles("pub fn id(t: &str, c: &'static str, n: &'static str) { Trouble::new(c).with(n, t) }")
                    .unwrap(),
            ),
            (
                "src/front/cli/job.rs".to_owned(),
                troubles("fn f() { desk::id(text, \"job-unknown\", \"job\"); id(x, \"other\", \"y\") }").unwrap(),
            ),
        ]);
        let words = catalogue("err-job-unknown = { $job }\nrec-job-unknown = x");
        assert_eq!(complaints(&sources, &words, &words), [""; 0]);
        assert_eq!(complaints(&sources, &Catalogue::new(), &Catalogue::new()).len(), 4);
    }

    #[test]
    fn tests_are_left_out() {
        let text = "#[cfg(test)] mod tests { fn f() { Trouble::new(\"planted\") } }\nfn g() { messages::Trouble::new(\n\"real\") }";
        assert_eq!(troubles(text).unwrap().codes, [(2, "real".to_owned())]);
    }

    #[test]
    fn a_catalogue_that_fluent_cannot_read_or_that_repeats_itself_is_refused() {
        assert!(add(&mut Catalogue::new(), "a = { $x\n").is_err());
        assert!(add(&mut catalogue("a = 1"), "a = 2").unwrap_err().contains("twice"));
    }
}
