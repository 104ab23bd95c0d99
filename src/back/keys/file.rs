//! The text of the key file. No refusal repeats what stands in it but purposes, versions and lines.
//! Start at [`parse`].

use std::fmt::Write;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::plan::chip::{KeySet, KeyVersion, MasterKey, Purpose};
use crate::plan::messages::Trouble;

const HEAD: &str = "\
# The master keys of this library's cards. Whoever has them can rewrite every card; whoever loses them can rewrite none.
# Keep this file at mode 0600 and a copy of it under lock and key. Only `issuer key rotate` writes it anew: it adds a
# version and keeps every older one. Then the copy must be made anew.

# The version that new cards take; older ones stay readable while they stand here.
";

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    current: u8,
    key: Vec<Entry>,
}

#[derive(serde::Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Entry {
    purpose: String,
    version: u8,
    /// 32 hex digits.
    key: String,
    /// The check value, six hex digits: finds a key that was mistyped or torn.
    check: String,
}

/// The key set of a file's text. Errors as [`super::load`]'s.
pub fn parse(text: &str) -> Result<KeySet, Trouble> {
    // The parser's own words may quote the value, so only the line is told.
    let file: Text = toml::from_str(text).map_err(|fault| {
        let before = fault.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        Trouble::new("key-file-format").with("line", before.matches('\n').count() + 1)
    })?;
    let mut versions: Vec<u8> = file.key.iter().map(|entry| entry.version).collect();
    versions.sort_unstable();
    versions.dedup();
    if let Some(entry) = file.key.iter().find(|entry| Purpose::parse(&entry.purpose).is_none()) {
        return Err(Trouble::new("key-file-purpose").with("version", entry.version));
    }
    let versions = versions.into_iter().map(|version| key_version(&file.key, version));
    KeySet::new(versions.collect::<Result<_, _>>()?, file.current)
        .map_err(|_| Trouble::new("key-file-version").with("version", file.current))
}

fn key_version(entries: &[Entry], version: u8) -> Result<KeyVersion, Trouble> {
    let key = |purpose: Purpose| {
        let named = |code| Trouble::new(code).with("purpose", purpose.code()).with("version", version);
        let mut found = entries.iter().filter(|entry| entry.version == version && entry.purpose == purpose.code());
        let entry = found.next().ok_or_else(|| named("key-file-incomplete"))?;
        if found.next().is_some() {
            return Err(named("key-file-twice"));
        }
        let key = key_of(&entry.key).ok_or_else(|| named("key-file-length"))?;
        if !check_text(&key, purpose).eq_ignore_ascii_case(&entry.check) {
            return Err(named("key-file-check"));
        }
        Ok(key)
    };
    Ok(KeyVersion {
        version,
        classic: key(Purpose::Classic)?,
        pwd: key(Purpose::Pwd)?,
        seal: key(Purpose::Seal)?,
        backup: key(Purpose::Backup)?,
    })
}

fn key_of(hex: &str) -> Option<MasterKey> {
    if hex.len() != 32 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = Zeroizing::new(u128::from_str_radix(hex, 16).ok()?.to_be_bytes());
    let key = MasterKey::new(*bytes);
    bytes.zeroize();
    Some(key)
}

/// The check value in hex, upper case.
pub fn check_text(key: &MasterKey, purpose: Purpose) -> String {
    key.check_value(purpose).iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The text of a key set.
pub fn print(keys: &KeySet) -> Zeroizing<String> {
    // Sized once: a string that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(1024 + 1024 * keys.newest_first().count()));
    text.push_str(HEAD);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "current = {}", keys.current().version);
    for version in keys.newest_first() {
        for purpose in Purpose::ALL {
            let key = version.key(purpose);
            let _ =
                write!(text, "\n[[key]]\npurpose = \"{}\"\nversion = {}\nkey = \"", purpose.code(), version.version);
            for byte in key.bytes() {
                let _ = write!(text, "{byte:02X}");
            }
            let _ = writeln!(text, "\"\ncheck = \"{}\"", check_text(key, purpose));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(version: u8) -> KeyVersion {
        let key = |purpose: u8| MasterKey::new(std::array::from_fn(|i| purpose ^ version ^ i as u8));
        KeyVersion { version, classic: key(0x10), pwd: key(0x30), seal: key(0x50), backup: key(0x70) }
    }

    fn text() -> String {
        print(&KeySet::new(vec![keys(1), keys(2)], 1).unwrap()).to_string()
    }

    #[test]
    fn several_versions_come_back_with_the_current_one_marked() {
        let read = parse(&text()).unwrap();
        assert_eq!(read.current().version, 1);
        assert_eq!(print(&read).as_str(), text());
    }

    #[test]
    fn refusals() {
        let key = "key = \"111013121514171619181B1A1D1C1F1E\"";
        let table = [
            (key, "key = \"111013121514171619181B1A1D1C1F\"", "key-file-length"),
            (key, "key = \"+11013121514171619181B1A1D1C1F1E\"", "key-file-length"),
            (key, "key = \"111013121514171619181B1A1D1C1F1F\"", "key-file-check"),
            ("purpose = \"pwd\"", "purpose = \"money\"", "key-file-purpose"),
            ("purpose = \"pwd\"", "purpose = \"classic\"", "key-file-twice"),
            ("version = 1", "version = 3", "key-file-incomplete"),
            ("version = 1", "version = 300", "key-file-format"),
            ("current = 1", "current = 3", "key-file-version"),
            ("current = 1", "current = 1\ncolour = 2", "key-file-format"),
            ("check = ", "# check = ", "key-file-format"),
        ];
        for (from, to, code) in table {
            assert!(text().contains(from), "{from}");
            assert_eq!(parse(&text().replacen(from, to, 1)).map(drop).unwrap_err().code, code, "{to}");
        }
        assert_eq!(parse("current = 1\nkey = []").map(drop).unwrap_err().code, "key-file-version");
    }

    #[test]
    fn a_refusal_never_repeats_a_key() {
        // A key where a number is due: the parser would quote it.
        let swapped = text().replacen("version = 1", "version = \"111013121514171619181B1A1D1C1F1E\"", 1);
        let refused = parse(&swapped).map(drop).unwrap_err();
        assert_eq!(refused.code, "key-file-format");
        assert!(!refused.to_string().contains("1110"), "{refused}");
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            prop_assert!(parse(&text).is_err());
        }

        #[test]
        fn mangled_files_never_panic(cut in 0usize..1500, put in "[ -~\n]{0,12}", drop in 0usize..40) {
            let text = text();
            let rest = text.chars().skip(cut + drop);
            let mangled: String = text.chars().take(cut).chain(put.chars()).chain(rest).collect();
            let _ = parse(&mangled);
        }
    }
}
