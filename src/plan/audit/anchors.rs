//! Anchors: heads of chains that are kept outside the database, since a chain proves nothing against whoever owns the file.
//! It reads no file and compares nothing. Start at [`read`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::plan::messages::Trouble;

/// The head of a chain at a time, as it is kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The table.
    pub chain: String,
    pub sequence: i64,
    /// 64 hexadecimal digits.
    pub head: String,
    /// RFC 3339.
    pub time: String,
}

impl Anchor {
    pub fn hash(&self) -> Option<[u8; 32]> {
        let mut hash = [0; 32];
        if self.head.len() != 64 || !self.head.is_ascii() {
            return None;
        }
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(self.head.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(hash)
    }

    pub fn taken(&self) -> Option<Timestamp> {
        self.time.parse().ok()
    }

    fn stands(&self) -> bool {
        self.sequence >= 1 && self.hash().is_some() && self.taken().is_some()
    }
}

/// The anchors of a text: one JSON object a line, a list of them, or an answer that holds some as `anchor` or `anchors`. One that is
/// no anchor makes the whole text useless: `anchors-malformed`. `anchors-empty` for a text without any.
pub fn read(text: &str) -> Result<Vec<Anchor>, Trouble> {
    let mut found = Vec::new();
    let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    for value in values {
        let place = found.len() + 1;
        let value = value.map_err(|_| malformed(place))?;
        collect(value, &mut found)?;
    }
    if found.is_empty() { Err(Trouble::new("anchors-empty")) } else { Ok(found) }
}

fn collect(value: Value, found: &mut Vec<Anchor>) -> Result<(), Trouble> {
    let place = found.len() + 1;
    let mut fields = match value {
        Value::Array(items) => return items.into_iter().try_for_each(|item| collect(item, found)),
        Value::Object(fields) => fields,
        _ => return Err(malformed(place)),
    };
    if let Some(held) = fields.remove("anchors").or_else(|| fields.remove("anchor")) {
        return collect(held, found);
    }
    let anchor: Anchor = serde_json::from_value(Value::Object(fields)).map_err(|_| malformed(place))?;
    if !anchor.stands() {
        return Err(malformed(place));
    }
    found.push(anchor);
    Ok(())
}

fn malformed(place: usize) -> Trouble {
    Trouble::new("anchors-malformed").with("place", place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(sequence: i64) -> String {
        let head = "0a".repeat(32);
        format!(
            r#"{{"chain":"access_entries","sequence":{sequence},"head":"{head}","time":"2026-11-26T10:00:00+09:00"}}"#
        )
    }

    #[test]
    fn anchors_come_as_lines_as_a_list_and_inside_an_answer() {
        let (a, b) = (one(1), one(7));
        for text in [
            format!("{a}\n{b}\n"),
            format!("[{a},{b}]"),
            format!(r#"{{"ok":true,"entries":9,"anchors":[{a},{b}]}}"#),
            format!("{{\"day\":\"2026-11-26\",\"anchor\":{a}}}\n{b}"),
        ] {
            let found = read(&text).unwrap();
            assert_eq!(found.iter().map(|anchor| anchor.sequence).collect::<Vec<_>>(), [1, 7], "{text}");
            assert_eq!(found[0].hash(), Some([10; 32]));
        }
    }

    #[test]
    fn what_is_no_anchor_is_refused_and_its_place_named() {
        let good = one(1);
        for bad in [
            "",
            "[]",
            "7",
            "\"x\"",
            "{}",
            "{",
            &one(0),
            &one(-1),
            &good.replace("0a0a", "0g0a"),
            &good.replace("0a0a", "0a"),
            &good.replace("0a0a", "가"),
            &good.replace("2026-11-26T", "yesterday "),
            &good.replace("\"sequence\":1", "\"sequence\":\"1\""),
            &good.replace("\"sequence\":1,", ""),
        ] {
            if bad.is_empty() || bad == "[]" {
                assert_eq!(read(bad).unwrap_err().code, "anchors-empty");
                continue;
            }
            assert_eq!(read(bad), Err(malformed(1)), "{bad}");
            assert_eq!(read(&format!("{good}\n{bad}")), Err(malformed(2)), "{bad}");
        }
    }
}
