//! Options as one JSON object on standard input, so that no name and no password stands in the process list. What was typed is
//! never repeated in a refusal. Start at [`Given::read`].

use std::io::Read;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::desk;
use crate::plan::messages::Trouble;

/// More than any form of ours takes.
const LONGEST: u64 = 64 * 1024;

/// The options that were sent, and the idempotency key with them.
#[derive(Default)]
pub(super) struct Given {
    fields: Map<String, Value>,
    pub key: Option<String>,
}

impl Given {
    /// Of `--from`: nothing without it, else the object on standard input, whose names are among these and `key`.
    ///
    /// # Errors
    /// `from-stdin-only`, `from-json`, `from-option`, `from-value`.
    pub fn read(from: Option<&str>, options: &[&str]) -> Result<Given, Trouble> {
        match from {
            None => Ok(Given::default()),
            Some("-") => Given::parse(std::io::stdin(), options),
            Some(other) => Err(Trouble::new("from-stdin-only").with("from", desk::quoted(other))),
        }
    }

    /// The parser's own message may quote what was typed; only the place is told.
    fn parse(input: impl Read, options: &[&str]) -> Result<Given, Trouble> {
        let told = |line: usize, column: usize| {
            Trouble::new("from-json").with("line", line.max(1)).with("column", column.max(1))
        };
        // There may be a password in it: nothing of it is left behind, nor of a smaller buffer before.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize));
        input.take(LONGEST).read_to_string(&mut text).map_err(|_| told(1, 1))?;
        let fields = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|fault| told(fault.line(), fault.column()))?;
        let mut given = Given { fields, key: None };
        if given.fields.keys().any(|name| name != "key" && !options.contains(&name.as_str())) {
            return Err(Trouble::new("from-option").with("options", options.join(", ")));
        }
        given.key = given.take("key")?;
        Ok(given)
    }

    /// One text, which is not among the fields of the form.
    pub fn take(&mut self, name: &str) -> Result<Option<String>, Trouble> {
        match self.fields.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Trouble::new("from-value")),
        }
    }

    /// What is left, as the form that it is of.
    pub fn form<T: DeserializeOwned>(self) -> Result<T, Trouble> {
        serde_json::from_value(self.fields.into()).map_err(|_| Trouble::new("from-value"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn one_object_of_known_names_with_its_key() {
        let options = ["name", "password"];
        let parse = |text: &'static str| Given::parse(text.as_bytes(), &options);
        for (text, expected) in [
            ("", Trouble::new("from-json").with("line", 1).with("column", 1)),
            ("{\n\n[", Trouble::new("from-json").with("line", 3).with("column", 1)),
            ("{\"names\": \"홍길동\"}", Trouble::new("from-option").with("options", "name, password")),
            ("{\"key\": 7}", Trouble::new("from-value")),
        ] {
            assert_eq!(parse(text).err(), Some(expected), "{text}");
        }
        let mut given = parse("\u{feff}{\"key\": \"k\", \"name\": \"홍길동\", \"password\": null}").unwrap();
        assert_eq!((given.take("password"), given.key.as_deref()), (Ok(None), Some("k")));
        assert_eq!(given.form::<Map<String, Value>>().unwrap()["name"], "홍길동");
        let wrong = parse("{\"name\": 1}").unwrap().form::<BTreeMap<String, String>>();
        assert_eq!(wrong.err(), Some(Trouble::new("from-value")));
    }
}
