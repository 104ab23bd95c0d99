//! The Fluent catalogue and the errors that speak from it. Every error is a pair: `err-CODE` says what is
//! wrong and where, `rec-CODE` says what to do. Start at [`Trouble`].

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

/// The two languages of the desk; Korean comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    #[default]
    Ko,
    En,
}

impl Lang {
    /// `ko` or `en`, as on the command line and in the `lang` attribute of a page.
    pub fn parse(text: &str) -> Option<Lang> {
        match text {
            "ko" => Some(Lang::Ko),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Lang::Ko => "ko",
            Lang::En => "en",
        }
    }
}

/// What went wrong and what to do about it. The code is kebab-case, stable and public (the contract's
/// `error.code`); the words come from the catalogue. Arguments never hold key material, passwords or
/// anything personal beyond what the asker typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub code: &'static str,
    pub args: Vec<(&'static str, String)>,
}

impl Trouble {
    pub fn new(code: &'static str) -> Trouble {
        Trouble { code, args: Vec::new() }
    }

    /// Adds an argument that the two messages of this code may name.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Trouble {
        self.args.push((name, value.to_string()));
        self
    }
}

/// For logs only: the code and its arguments. What people read comes from [`Messages`].
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        for (name, value) in &self.args {
            write!(f, " {name}={value}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Trouble {}

/// Both catalogues, ready to speak.
pub struct Messages {
    ko: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

impl Messages {
    /// Builds the catalogues from Fluent sources; a later source overrides an earlier one.
    /// Errors name the first source line that Fluent cannot read.
    pub fn new<'a>(
        ko: impl IntoIterator<Item = &'a str>,
        en: impl IntoIterator<Item = &'a str>,
    ) -> Result<Messages, String> {
        Ok(Messages { ko: bundle(Lang::Ko, ko)?, en: bundle(Lang::En, en)? })
    }

    /// Catalogues without a word: every message shows its id.
    pub fn empty() -> Messages {
        Messages {
            ko: FluentBundle::new_concurrent(vec![langid!("ko-KR")]),
            en: FluentBundle::new_concurrent(vec![langid!("en-US")]),
        }
    }

    /// The text of a message, or `None` when the catalogue does not have it.
    pub fn find(&self, lang: Lang, id: &str, args: &[(&'static str, String)]) -> Option<String> {
        self.find_told(lang, id, args)
    }

    /// The same for a trouble that was stored and read again: its argument names are text of their own.
    pub fn find_told<N: AsRef<str>>(&self, lang: Lang, id: &str, args: &[(N, String)]) -> Option<String> {
        let bundle = match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        };
        let pattern = bundle.get_message(id)?.value()?;
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(name.as_ref(), FluentValue::from(value.as_str()));
        }
        let mut faults = Vec::new();
        Some(bundle.format_pattern(pattern, Some(&fluent), &mut faults).into_owned())
    }

    /// The text of a message; a missing one shows its id, and a test keeps that from shipping.
    pub fn text(&self, lang: Lang, id: &str, args: &[(&'static str, String)]) -> String {
        self.find(lang, id, args).unwrap_or_else(|| id.to_owned())
    }

    /// What is wrong, and where.
    pub fn what(&self, lang: Lang, trouble: &Trouble) -> String {
        self.text(lang, &format!("err-{}", trouble.code), &trouble.args)
    }

    /// What to do about it.
    pub fn help(&self, lang: Lang, trouble: &Trouble) -> String {
        self.text(lang, &format!("rec-{}", trouble.code), &trouble.args)
    }
}

fn bundle<'a>(lang: Lang, sources: impl IntoIterator<Item = &'a str>) -> Result<FluentBundle<FluentResource>, String> {
    let id = match lang {
        Lang::Ko => langid!("ko-KR"),
        Lang::En => langid!("en-US"),
    };
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Isolation marks are invisible characters that would end up in a clerk's clipboard.
    bundle.set_use_isolating(false);
    for source in sources {
        let resource =
            FluentResource::try_new(source.to_owned()).map_err(|(_, faults)| format!("{}: {faults:?}", lang.code()))?;
        bundle.add_resource_overriding(resource);
    }
    Ok(bundle)
}
