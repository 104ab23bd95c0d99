//! The layers that settings are read from, and what a key was given as. It knows no key by itself: `sections.rs` has
//! the list. Start at [`Source`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::plan::messages::Trouble;

/// What an override in the environment begins with.
pub(super) const PREFIX: &str = "ISSUER__";

/// Environment, file and embedded defaults, in this order of precedence.
pub(super) struct Source<'a> {
    environment: &'a [(String, String)],
    layers: Vec<Layer<'a>>,
}

struct Layer<'a> {
    /// As errors name it.
    file: &'a str,
    text: &'a str,
    table: DeTable<'a>,
}

/// What one key was given as, and where.
pub(super) struct Given<'s> {
    key: String,
    place: String,
    raw: Raw<'s>,
    /// The file that it stands in and its text.
    file: Option<(&'s str, &'s str)>,
}

/// One table of a list of them (`[[fees.lost.change]]`).
pub(super) struct Table<'s> {
    /// The list's key: `fees.lost.change`.
    key: &'s str,
    /// Where the list was given; of a file, the table has a line of its own.
    list: &'s str,
    file: Option<(&'s str, &'s str)>,
    start: usize,
    table: DeTable<'s>,
}

enum Raw<'s> {
    Toml(&'s DeValue<'s>),
    /// Read as the type that is asked for.
    Environment(&'s str),
}

impl<'a> Source<'a> {
    /// The layers from the nearest to the defaults, each its name and text. `settings-syntax` names the line; what is
    /// not in `keys` (each `section.key`) is `settings-unknown-key`.
    pub fn new(
        environment: &'a [(String, String)],
        layers: &[(&'a str, &'a str)],
        keys: &[&str],
    ) -> Result<Source<'a>, Trouble> {
        let layers = layers.iter().map(|(file, text)| {
            let table = DeTable::parse(text).map_err(|fault| {
                let at = fault.span().map_or(0, |span| span.start);
                Trouble::new("settings-syntax").with("place", place(file, text, at))
            })?;
            Ok::<_, Trouble>(Layer { file, text, table: table.into_inner() })
        });
        let source = Source { environment, layers: layers.collect::<Result<_, _>>()? };
        for layer in &source.layers {
            layer.all_known(keys, &layer.table, "")?;
        }
        match environment.iter().find(|(name, _)| !keys.iter().any(|key| variable(key) == *name)) {
            None => Ok(source),
            Some((name, _)) => Err(unknown_variable(name, keys)),
        }
    }

    /// The nearest layer's word for `key` of `section`, if any has one.
    pub fn given(&self, section: &str, key: &str) -> Option<Given<'_>> {
        let path = format!("{section}.{key}");
        let variable = variable(&path);
        if let Some((name, text)) = self.environment.iter().find(|(name, _)| *name == variable) {
            return Some(Given { key: path, place: name.clone(), raw: Raw::Environment(text), file: None });
        }
        let (layer, value) = self.layers.iter().find_map(|layer| Some((layer, layer.find(&path)?)))?;
        let place = place(layer.file, layer.text, value.span().start);
        Some(Given { key: path, place, raw: Raw::Toml(value.get_ref()), file: Some((layer.file, layer.text)) })
    }

    /// As [`Source::given`], of a key that the embedded defaults name (a test holds that they do).
    pub fn needed(&self, section: &str, key: &str) -> Result<Given<'_>, Trouble> {
        let missing = || Trouble::new("settings-key-missing").with("key", format!("{section}.{key}"));
        self.given(section, key).ok_or_else(missing)
    }
}

impl<'a> Layer<'a> {
    fn all_known(&self, keys: &[&str], table: &DeTable, above: &str) -> Result<(), Trouble> {
        for (key, value) in table {
            let path = format!("{above}{}", key.get_ref());
            if keys.contains(&path.as_str()) {
                continue;
            }
            let place = place(self.file, self.text, key.span().start);
            let below = format!("{path}.");
            if !keys.iter().any(|known| known.starts_with(&below)) {
                return Err(unknown(place, &path, keys, above));
            }
            match value.get_ref() {
                DeValue::Table(inner) => self.all_known(keys, inner, &below)?,
                _ => return Err(Trouble::new("settings-section").with("place", place).with("key", path)),
            }
        }
        Ok(())
    }

    fn find(&self, path: &str) -> Option<&Spanned<DeValue<'a>>> {
        let (section, key) = path.rsplit_once('.')?;
        let mut table = &self.table;
        for name in section.split('.') {
            table = table.get(name)?.get_ref().as_table()?;
        }
        table.get(key)
    }
}

impl Given<'_> {
    /// Where it was given, `issuer.toml:12` or the variable's name, and the key unless the variable says it.
    pub fn place(&self) -> String {
        match self.raw {
            Raw::Toml(_) => format!("{} {}", self.place, self.key),
            Raw::Environment(_) => self.place.clone(),
        }
    }

    pub fn text(&self) -> Result<&str, Trouble> {
        match self.raw {
            Raw::Toml(DeValue::String(text)) => Ok(text),
            Raw::Environment(text) => Ok(text),
            Raw::Toml(_) => Err(self.refused("text", "")),
        }
    }

    /// A name of a file without its ending: letters, digits, hyphen, underscore.
    pub fn name(&self) -> Result<String, Trouble> {
        let text = self.text()?;
        let fits = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        if fits { Ok(text.to_owned()) } else { Err(self.refused("name", "")) }
    }

    pub fn number(&self, range: RangeInclusive<u32>) -> Result<u32, Trouble> {
        let number = match self.raw {
            Raw::Toml(DeValue::Integer(number)) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
            Raw::Environment(text) => text.trim().parse().ok(),
            Raw::Toml(_) => None,
        };
        let allowed = || format!("{}–{}", range.start(), range.end());
        number.filter(|number| range.contains(number)).ok_or_else(|| self.refused("number", &allowed()))
    }

    /// A serial as printed, `"00005001"`, or as a number.
    pub fn serial(&self) -> Result<u32, Trouble> {
        let printed = match self.raw {
            Raw::Toml(DeValue::String(text)) => Some(text.as_ref()),
            Raw::Environment(text) => Some(text),
            Raw::Toml(_) => None,
        };
        let Some(printed) = printed else { return self.number(0..=99_999_999) };
        let fits = (1..=8).contains(&printed.len()) && printed.bytes().all(|b| b.is_ascii_digit());
        printed.parse().ok().filter(|_| fits).ok_or_else(|| self.refused("number", "0–99999999"))
    }

    pub fn flag(&self) -> Result<bool, Trouble> {
        match self.raw {
            Raw::Toml(DeValue::Boolean(flag)) => Ok(*flag),
            Raw::Environment("true") => Ok(true),
            Raw::Environment("false") => Ok(false),
            _ => Err(self.refused("choice", "true, false")),
        }
    }

    /// One of the words of a kebab-case enum.
    pub fn choice<T: Copy>(&self, all: &[T], word: impl Fn(T) -> &'static str) -> Result<T, Trouble> {
        let allowed = || all.iter().map(|one| word(*one)).collect::<Vec<_>>().join(", ");
        let refused = || self.refused("choice", &allowed());
        let text = self.text().map_err(|_| refused())?;
        all.iter().copied().find(|one| word(*one) == text).ok_or_else(refused)
    }

    /// A list of texts; in the environment separated by commas, or as TOML writes it.
    pub fn texts(&self) -> Result<Vec<String>, Trouble> {
        let refused = || self.refused("list", "");
        match self.raw {
            Raw::Toml(value) => texts(value).ok_or_else(refused),
            Raw::Environment(text) if text.trim_start().starts_with('[') => {
                DeValue::parse(text.trim()).ok().and_then(|value| texts(value.get_ref())).ok_or_else(refused)
            }
            Raw::Environment(text) => {
                Ok(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
            }
        }
    }

    /// A list of words, each one of these; named twice counts once.
    pub fn choices<T: Copy + PartialEq>(&self, all: &[T], word: impl Fn(T) -> &'static str) -> Result<Vec<T>, Trouble> {
        let allowed = all.iter().map(|one| word(*one)).collect::<Vec<_>>().join(", ");
        let mut chosen = Vec::new();
        for text in self.texts()? {
            let one = all.iter().copied().find(|one| word(*one) == text);
            let one = one.ok_or_else(|| self.refused("choice", &allowed))?;
            if !chosen.contains(&one) {
                chosen.push(one);
            }
        }
        Ok(chosen)
    }

    /// A table of texts, in the environment as TOML writes it in one line.
    pub fn pairs(&self) -> Result<BTreeMap<String, String>, Trouble> {
        let found = match self.raw {
            Raw::Toml(value) => pairs(value),
            Raw::Environment(text) => DeValue::parse(text.trim()).ok().and_then(|value| pairs(value.get_ref())),
        };
        found.ok_or_else(|| self.refused("pairs", ""))
    }

    /// A day, in quotes or as TOML writes it.
    pub fn day(&self) -> Option<Date> {
        match self.raw {
            Raw::Toml(DeValue::Datetime(day)) => day.to_string().parse().ok().filter(|_| day.time.is_none()),
            Raw::Toml(DeValue::String(text)) => written_day(text),
            Raw::Environment(text) => written_day(text),
            Raw::Toml(_) => None,
        }
    }

    /// A list of tables, in the environment as TOML writes it in one line.
    pub fn tables(&self) -> Option<Vec<Table<'_>>> {
        let environment;
        let value = match self.raw {
            Raw::Toml(value) => value,
            Raw::Environment(text) => {
                environment = DeValue::parse(text.trim()).ok()?.into_inner();
                &environment
            }
        };
        value.as_array()?.iter().map(|item| Table::of(self, item)).collect()
    }

    /// `settings-value`: where, which key, what it takes. The value itself is not repeated.
    pub fn refused(&self, takes: &'static str, allowed: &str) -> Trouble {
        let trouble = Trouble::new("settings-value").with("place", &self.place).with("key", &self.key);
        trouble.with("takes", takes).with("allowed", allowed)
    }
}

impl<'s> Table<'s> {
    fn of(list: &'s Given, item: &Spanned<DeValue<'s>>) -> Option<Table<'s>> {
        let table = item.get_ref().as_table()?.clone();
        Some(Table { key: &list.key, list: &list.place, file: list.file, start: item.span().start, table })
    }

    /// `issuer.toml:12`, or the variable's name.
    pub fn place(&self) -> String {
        self.place_of(self.start)
    }

    fn place_of(&self, start: usize) -> String {
        self.file.map_or_else(|| self.list.to_owned(), |(file, text)| place(file, text, start))
    }

    /// What this table names a key, if it does.
    pub fn given(&self, key: &str) -> Option<Given<'_>> {
        let value = self.table.get(key)?;
        let place = self.place_of(value.span().start);
        Some(Given { key: format!("{}.{key}", self.key), place, raw: Raw::Toml(value.get_ref()), file: None })
    }

    /// `settings-unknown-key` for what is not in `keys`, each of which begins with `above`.
    pub fn all_known(&self, keys: &[&str], above: &str) -> Result<(), Trouble> {
        let strange = self.table.keys().find(|key| !keys.contains(&format!("{above}{}", key.get_ref()).as_str()));
        strange.map_or(Ok(()), |key| {
            let place = self.place_of(key.span().start);
            Err(unknown(place, &format!("{}.{}", self.key, key.get_ref()), keys, above))
        })
    }
}

/// `2027-01-01`, and no other way of writing a day.
fn written_day(text: &str) -> Option<Date> {
    text.trim().parse::<Date>().ok().filter(|day| day.to_string() == text.trim())
}

fn texts(value: &DeValue) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
}

fn pairs(value: &DeValue) -> Option<BTreeMap<String, String>> {
    let pair = |(key, value): (&Spanned<_>, &Spanned<DeValue>)| -> Option<(String, String)> {
        let key: &std::borrow::Cow<str> = key.get_ref();
        Some((key.to_string(), value.get_ref().as_str()?.to_owned()))
    };
    value.as_table()?.iter().map(pair).collect()
}

/// Names what would be known at that level: the keys of the section, or the sections.
fn unknown(place: String, key: &str, keys: &[&str], above: &str) -> Trouble {
    let known: BTreeSet<&str> = keys.iter().filter_map(|path| path.strip_prefix(above)?.split('.').next()).collect();
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    let key: String = key.chars().take(60).collect();
    Trouble::new("settings-unknown-key").with("from", "file").with("place", place).with("key", key).with("known", known)
}

/// The same of an override: the variables of its section, or one for each section.
fn unknown_variable(name: &str, keys: &[&str]) -> Trouble {
    let section = |key: &str| key.rsplit_once('.').map_or("", |(section, _)| section).to_owned();
    let near: BTreeSet<String> = keys
        .iter()
        .filter(|key| name.starts_with(&format!("{}__", variable(&section(key)))))
        .map(|key| variable(key))
        .collect();
    let sections = || keys.iter().map(|key| format!("{}__…", variable(&section(key)))).collect();
    let known: BTreeSet<String> = if near.is_empty() { sections() } else { near };
    let shown: String = name.chars().take(80).collect();
    let trouble =
        Trouble::new("settings-unknown-key").with("from", "environment").with("place", &shown).with("key", shown);
    trouble.with("known", known.into_iter().collect::<Vec<_>>().join(", "))
}

/// An override whose value is no text at all.
pub(super) fn not_text(name: &str, keys: &[&str]) -> Trouble {
    let Some(key) = keys.iter().find(|key| variable(key) == name) else { return unknown_variable(name, keys) };
    Trouble::new("settings-value").with("place", name).with("key", key).with("takes", "text").with("allowed", "")
}

/// `[fees.number-changed] amount` is `ISSUER__FEES__NUMBER_CHANGED__AMOUNT`.
fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "__").replace('-', "_").to_uppercase())
}

/// `issuer.toml:12`
fn place(file: &str, text: &str, at: usize) -> String {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    format!("{file}:{}", before.iter().filter(|byte| **byte == b'\n').count() + 1)
}
