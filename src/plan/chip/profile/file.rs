//! The text of a chip profile, in `templates/chips/`: refused at start with what, where and why, not at the desk.
//! Start at [`Profile::parse`].

use super::{Block, Encoding, Field, FieldContent, Pages, Profile, Protection, ReadKey};
use crate::plan::chip::ChipKind;
use crate::plan::chip::classic::{self, access::AccessBytes, access::Conditions};
use crate::plan::chip::keys::TRANSPORT_KEY;
use crate::plan::messages::Trouble;

#[derive(serde::Deserialize)]
struct File {
    name: String,
    layout: i64,
    chips: Vec<String>,
    aid: Option<String>,
    read_key: String,
    protection: String,
    permanent_access: Option<String>,
    pages: Option<String>,
    #[serde(default)]
    field: Vec<FileField>,
}

#[derive(serde::Deserialize)]
struct FileField {
    content: String,
    sector: Option<i64>,
    block: Option<i64>,
    page: Option<i64>,
    encoding: String,
}

const KEYS: [&str; 9] =
    ["name", "layout", "chips", "aid", "read_key", "protection", "permanent_access", "pages", "field"];
const FIELD_KEYS: [&str; 5] = ["content", "sector", "block", "page", "encoding"];

impl Profile {
    /// Reads and checks a profile file; `file` is the name that the refusals (`profile-…`, `access-bytes`) tell.
    pub fn parse(text: &str, file: &str) -> Result<Profile, Trouble> {
        Profile::checked(text).map_err(|trouble| trouble.with("file", file))
    }

    fn checked(text: &str) -> Result<Profile, Trouble> {
        known_keys(text)?;
        let raw: File = toml::from_str(text).map_err(|fault| syntax(&fault))?;
        let profile = Profile {
            layout: u8::try_from(raw.layout)
                .ok()
                .filter(|layout| *layout > 0)
                .ok_or_else(|| refused("layout", raw.layout))?,
            chips: raw.chips.iter().map(|code| chip(code)).collect::<Result<_, _>>()?,
            aid: raw.aid.as_deref().map(aid).transpose()?,
            read_key: read_key(&raw.read_key)?,
            protection: Protection::parse(&raw.protection).ok_or_else(|| refused("protection", &raw.protection))?,
            permanent: raw.permanent_access.as_deref().map_or(Ok(Conditions::DATA_FROZEN), permanent_access)?,
            pages: match raw.pages.as_deref() {
                None | Some("bare") => Pages::Bare,
                Some("tlv") => Pages::Tlv,
                Some(other) => return Err(refused("pages", other)),
            },
            fields: raw.field.iter().map(field).collect::<Result<_, _>>()?,
            name: raw.name,
        };
        if profile.name.is_empty() || !profile.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(refused("name", &profile.name));
        }
        if profile.chips.is_empty() {
            return Err(refused("chips", "[]"));
        }
        fields_agree(&profile)?;
        profile.chips.iter().try_for_each(|kind| profile.fits(*kind))?;
        Ok(profile)
    }
}

/// A value that is none of those allowed: `profile-value`, naming key and value.
fn refused(key: &'static str, value: impl std::fmt::Display) -> Trouble {
    Trouble::new("profile-value").with("key", key).with("value", value)
}

fn syntax(fault: &toml::de::Error) -> Trouble {
    Trouble::new("profile-syntax").with("detail", fault.message().lines().next().unwrap_or_default())
}

fn known_keys(text: &str) -> Result<(), Trouble> {
    let table: toml::Table = text.parse().map_err(|fault| syntax(&fault))?;
    let unknown = |key: &str| Trouble::new("profile-unknown-key").with("key", key);
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(unknown(key));
    }
    let fields = table.get("field").and_then(toml::Value::as_array).into_iter().flatten();
    let mut keys = fields.filter_map(toml::Value::as_table).flat_map(toml::Table::keys);
    match keys.find(|key| !FIELD_KEYS.contains(&key.as_str())) {
        Some(key) => Err(unknown(key)),
        None => Ok(()),
    }
}

fn chip(code: &str) -> Result<ChipKind, Trouble> {
    ChipKind::parse(code).map_err(|_| refused("chips", code))
}

/// Cluster 00 is the directory's own (AN10787, section 3.8), E1 the NFC Forum's.
fn aid(text: &str) -> Result<u16, Trouble> {
    let number = (text.len() == 4).then(|| u16::from_str_radix(text, 16).ok()).flatten();
    number.filter(|aid| aid >> 8 != 0x00 && aid >> 8 != 0xE1).ok_or_else(|| refused("aid", text))
}

/// Six hex digits whose inverted copies agree, and that leave data to nobody: `access-bytes`, `profile-value`.
fn permanent_access(text: &str) -> Result<Conditions, Trouble> {
    let wrong = || refused("permanent_access", text);
    let hex = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let [_, six, seven, eight] = u32::from_str_radix(text, 16).ok().filter(|_| hex).ok_or_else(wrong)?.to_be_bytes();
    let conditions = AccessBytes([six, seven, eight]).check()?;
    let known = [Conditions::DATA_FROZEN, Conditions::ALL_FROZEN];
    known.into_iter().find(|known| *known == conditions).ok_or_else(wrong)
}

fn read_key(text: &str) -> Result<ReadKey, Trouble> {
    match text {
        "site" => return Ok(ReadKey::Site),
        "diversified" => return Ok(ReadKey::Diversified),
        _ => {}
    }
    let hex = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u64::from_str_radix(text, 16).ok().filter(|_| hex);
    let wrong = || Trouble::new("profile-read-key").with("length", text.chars().count());
    let mut key = [0; 6];
    key.copy_from_slice(&number.ok_or_else(wrong)?.to_be_bytes()[2..]);
    // With the transport key as read key no card could be told from a blank.
    if key == TRANSPORT_KEY { Err(wrong()) } else { Ok(ReadKey::Public(key)) }
}

fn field(raw: &FileField) -> Result<Field, Trouble> {
    let content = FieldContent::parse(&raw.content).ok_or_else(|| refused("content", &raw.content))?;
    let encoding = match (raw.encoding.as_str(), content) {
        ("ascii", FieldContent::Number) => Encoding::Ascii,
        ("bcd", FieldContent::Number) => Encoding::Bcd,
        ("binary", FieldContent::Header | FieldContent::Seal) => Encoding::Binary,
        (other, _) => return Err(refused("encoding", other)),
    };
    let block = match (raw.sector, raw.block) {
        (None, None) => None,
        (sector, block) => Some(place(&raw.content, sector, block)?),
    };
    let page = raw.page.map(|page| match u8::try_from(page) {
        Ok(page @ 4..) => Ok(page),
        _ => Err(Trouble::new("profile-page").with("field", &raw.content).with("page", page)),
    });
    Ok(Field { content, encoding, block, page: page.transpose()? })
}

/// Sector 0 is the directory's and the maker's, a sector's last block its trailer.
fn place(name: &str, sector: Option<i64>, block: Option<i64>) -> Result<Block, Trouble> {
    let small = |number: Option<i64>| number.and_then(|number| u8::try_from(number).ok());
    match (small(sector), small(block)) {
        (Some(sector @ 1..=39), Some(block)) if block + 1 < classic::blocks(sector) => Ok(Block { sector, block }),
        _ => {
            let shown = |number: Option<i64>| number.map_or("–".to_owned(), |number| number.to_string());
            let refused = Trouble::new("profile-place").with("field", name);
            Err(refused.with("sector", shown(sector)).with("block", shown(block)))
        }
    }
}

fn fields_agree(profile: &Profile) -> Result<(), Trouble> {
    let fields = &profile.fields;
    for (i, one) in fields.iter().enumerate() {
        if fields[..i].iter().any(|other| other.content == one.content) {
            return Err(refused("content", one.content));
        }
        if profile.pages == Pages::Tlv
            && let Some(page) = one.page
        {
            // In the TLV they follow each other; a page of its own would be a second place.
            return Err(Trouble::new("profile-page").with("field", one.content).with("page", page));
        }
        for other in &fields[..i] {
            overlap(one, other)?;
        }
    }
    let has = |content| profile.field(content).is_some();
    if has(FieldContent::Seal) && !(has(FieldContent::Number) && has(FieldContent::Header)) {
        return Err(Trouble::new("profile-seal"));
    }
    Ok(())
}

fn overlap(one: &Field, other: &Field) -> Result<(), Trouble> {
    if let (Some(at), Some(there)) = (one.block, other.block)
        && at == there
    {
        return Err(Trouble::new("profile-overlap").with("sector", at.sector).with("block", at.block));
    }
    if let (Some(at), Some(there)) = (one.page, other.page) {
        let pages = |first: u8, field: &Field| usize::from(first)..usize::from(first) + field.bytes() / 4;
        let (mine, theirs) = (pages(at, one), pages(there, other));
        if mine.start < theirs.end && theirs.start < mine.end {
            return Err(Trouble::new("profile-overlap-page").with("page", at.max(there)));
        }
    }
    Ok(())
}

#[cfg(test)]
pub(in crate::plan::chip) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub const IEUM: &str = include_str!("../../../../templates/chips/ieum.toml");

    pub fn ieum() -> Profile {
        Profile::parse(IEUM, "ieum.toml").unwrap()
    }

    #[test]
    fn ieum_is_sound() {
        let profile = ieum();
        let address = |content| profile.field(content).and_then(|field| field.block).map(Block::address);
        assert_eq!(address(FieldContent::Number), Some(4));
        assert_eq!(address(FieldContent::Header), Some(5));
        assert_eq!(address(FieldContent::Seal), Some(6));
        assert_eq!(profile.read_key, ReadKey::Public(*b"IEUM01"));
        for kind in ChipKind::ALL {
            assert_eq!(profile.fits(kind), Ok(()), "{kind}");
        }
    }

    #[test]
    fn refusals() {
        let table = [
            ("aid = \"40C1\"", "aid = \"E103\"", "profile-value"),
            ("aid = \"40C1\"", "aid = \"0040\"", "profile-value"),
            ("aid = \"40C1\"", "aid = \"40\"", "profile-value"),
            ("\"4945554D3031\"", "\"4945554D30\"", "profile-read-key"),
            ("\"4945554D3031\"", "\"+945554D3031\"", "profile-read-key"),
            ("\"4945554D3031\"", "\"FFFFFFFFFFFF\"", "profile-read-key"),
            ("layout = 1", "layout = 0", "profile-value"),
            ("layout = 1", "layout = 256", "profile-value"),
            ("layout = 1", "layout = \"1\"", "profile-syntax"),
            ("layout = 1", "", "profile-syntax"),
            ("layout = 1", "layout = 1\ncolour = 2", "profile-unknown-key"),
            ("block = 0", "block = 0\ncolour = 2", "profile-unknown-key"),
            ("block = 0", "block = 1", "profile-overlap"),
            ("block = 0", "block = 3", "profile-place"),
            ("block = 0", "block = -1", "profile-place"),
            ("sector = 1\nblock = 0", "sector = 0\nblock = 0", "profile-place"),
            ("sector = 1\nblock = 0", "sector = 16\nblock = 0", "profile-fit"),
            ("sector = 1\nblock = 0", "sector = 1", "profile-place"),
            ("sector = 1\nblock = 0", "page = 4", "profile-page"),
            ("pages = \"tlv\"", "pages = \"bare\"", "profile-fit"),
            ("pages = \"tlv\"", "pages = \"ndef\"", "profile-value"),
            ("permanent_access = \"878F07\"", "permanent_access = \"878F08\"", "access-bytes"),
            ("permanent_access = \"878F07\"", "permanent_access = \"787788\"", "profile-value"),
            ("permanent_access = \"878F07\"", "permanent_access = \"878F\"", "profile-value"),
            ("sector = 1\nblock = 0", "sector = 64\nblock = 0", "profile-place"),
            ("\"classic-1k\"", "\"classic-2k\"", "profile-value"),
            ("content = \"header\"", "content = \"seal\"", "profile-value"),
            ("encoding = \"ascii\"", "encoding = \"binary\"", "profile-value"),
            ("protection = \"keyed\"", "protection = \"none\"", "profile-value"),
            ("name = \"ieum\"", "name = \"../ieum\"", "profile-value"),
        ];
        for (from, to, code) in table {
            assert!(IEUM.contains(from), "{from}");
            let refused = Profile::parse(&IEUM.replacen(from, to, 1), "x.toml").unwrap_err();
            assert_eq!(refused.code, code, "{to}");
            assert!(refused.args.contains(&("file", "x.toml".to_owned())));
        }
    }

    #[test]
    fn a_seal_without_what_it_seals_is_refused() {
        let start = IEUM.find("[[field]]").unwrap();
        let seal = IEUM.rfind("[[field]]").unwrap();
        let text = format!("{}{}", &IEUM[..start], &IEUM[seal..]);
        assert_eq!(Profile::parse(&text, "x").unwrap_err().code, "profile-seal");
    }

    proptest! {
        #[test]
        fn mangled_profiles_never_panic(cut in 0usize..2000, put in "[ -~\n]{0,12}", drop in 0usize..20) {
            let chars: Vec<char> = IEUM.chars().collect();
            let cut = cut.min(chars.len());
            let rest = chars.iter().skip(cut + drop);
            let text: String = chars[..cut].iter().copied().chain(put.chars()).chain(rest.copied()).collect();
            let _ = Profile::parse(&text, "x");
        }

        #[test]
        fn whatever_is_accepted_lies_within_the_chip(sector in -2i64..70, block in -2i64..6) {
            let place = format!("sector = {sector}\nblock = {block}");
            if let Ok(profile) = Profile::parse(&IEUM.replacen("sector = 1\nblock = 0", &place, 1), "x") {
                let address = profile.field(FieldContent::Number).unwrap().block.unwrap().address();
                prop_assert!((4..64).contains(&address) && address % 4 != 3);
            }
        }
    }
}
