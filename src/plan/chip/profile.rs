//! A chip profile: what stands where on a card and which key reads it. Files in `templates/chips/`; refused
//! at start, not at the desk. Start at [`Profile::parse`].

use super::super::messages::Trouble;
use super::ChipKind;
use super::keys::TRANSPORT_KEY;

/// How firmly a card is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protection {
    /// Nothing is written without this site's keys; the site may write again.
    Keyed,
    /// Nothing is written ever again.
    Permanent,
}

kebab!(Protection { Keyed = "keyed", Permanent = "permanent" });

/// Where key A of the sectors with fields comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadKey {
    /// Known to every library; not a secret.
    Public([u8; 6]),
    /// One of this site, the same on all its cards.
    Site,
    /// Another one on every card.
    Diversified,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldContent {
    Number,
    Header,
    Seal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Ascii,
    Bcd,
    Binary,
}

/// One block of 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub content: FieldContent,
    /// From 1 on: sector 0 belongs to the directory.
    pub sector: u8,
    /// Within the sector, 0 to 2.
    pub block: u8,
    pub encoding: Encoding,
}

impl Field {
    /// The block's number on the card.
    pub fn address(&self) -> u8 {
        self.sector * 4 + self.block
    }
}

/// A profile that is sound in itself and fits every chip it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub layout: u8,
    pub chips: Vec<ChipKind>,
    pub aid: u16,
    pub read_key: ReadKey,
    pub protection: Protection,
    pub fields: Vec<Field>,
}

#[derive(serde::Deserialize)]
struct File {
    name: String,
    layout: i64,
    chips: Vec<String>,
    aid: String,
    read_key: String,
    protection: String,
    #[serde(default)]
    field: Vec<FileField>,
}

#[derive(serde::Deserialize)]
struct FileField {
    content: String,
    sector: i64,
    block: i64,
    encoding: String,
}

const KEYS: [&str; 7] = ["name", "layout", "chips", "aid", "read_key", "protection", "field"];
const FIELD_KEYS: [&str; 4] = ["content", "sector", "block", "encoding"];

impl Profile {
    /// Reads and checks a profile file; `file` is the name that the refusals (`profile-…`) tell.
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
            aid: aid(&raw.aid)?,
            read_key: read_key(&raw.read_key)?,
            protection: Protection::parse(&raw.protection).ok_or_else(|| refused("protection", &raw.protection))?,
            fields: raw.field.iter().map(field).collect::<Result<_, _>>()?,
            name: raw.name,
        };
        if profile.name.is_empty() || !profile.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(refused("name", &profile.name));
        }
        fields_agree(&profile.fields)?;
        profile.chips.iter().try_for_each(|kind| profile.fits(*kind))?;
        Ok(profile)
    }

    /// Whether this chip is meant and has room: else `profile-fit`.
    pub fn fits(&self, kind: ChipKind) -> Result<(), Trouble> {
        let room = self.chips.contains(&kind) && self.fields.iter().all(|field| field.sector < kind.sectors().min(16));
        if room {
            return Ok(());
        }
        let last = self.fields.iter().map(|field| field.sector).max().unwrap_or(0);
        Err(Trouble::new("profile-fit").with("profile", &self.name).with("chip", kind.name()).with("sector", last))
    }

    pub fn field(&self, content: FieldContent) -> Option<&Field> {
        self.fields.iter().find(|field| field.content == content)
    }

    /// Whether a sector holds a field.
    pub fn uses(&self, sector: u8) -> bool {
        self.fields.iter().any(|field| field.sector == sector)
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
    let kind = ChipKind::parse(code).map_err(|_| refused("chips", code))?;
    // The other kinds come with their own layouts; until then a profile that names them must not start.
    if kind == ChipKind::Classic1k { Ok(kind) } else { Err(Trouble::new("chip-unsupported").with("chip", kind.name())) }
}

/// Cluster 00 is the directory's own (AN10787, section 3.8), E1 the NFC Forum's.
fn aid(text: &str) -> Result<u16, Trouble> {
    let number = (text.len() == 4).then(|| u16::from_str_radix(text, 16).ok()).flatten();
    number.filter(|aid| aid >> 8 != 0x00 && aid >> 8 != 0xE1).ok_or_else(|| refused("aid", text))
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
    let content = match raw.content.as_str() {
        "number" => FieldContent::Number,
        "header" => FieldContent::Header,
        "seal" => FieldContent::Seal,
        other => return Err(refused("content", other)),
    };
    let encoding = match (raw.encoding.as_str(), content) {
        ("ascii", FieldContent::Number) => Encoding::Ascii,
        ("bcd", FieldContent::Number) => Encoding::Bcd,
        ("binary", FieldContent::Header | FieldContent::Seal) => Encoding::Binary,
        (other, _) => return Err(refused("encoding", other)),
    };
    // Sector 0 is the directory's and the maker's, block 3 the trailer's.
    match (u8::try_from(raw.sector), u8::try_from(raw.block)) {
        (Ok(sector @ 1..=39), Ok(block @ 0..=2)) => Ok(Field { content, sector, block, encoding }),
        _ => Err(Trouble::new("profile-place")
            .with("field", &raw.content)
            .with("sector", raw.sector)
            .with("block", raw.block)),
    }
}

fn fields_agree(fields: &[Field]) -> Result<(), Trouble> {
    for (i, one) in fields.iter().enumerate() {
        if fields[..i].iter().any(|other| other.address() == one.address()) {
            return Err(Trouble::new("profile-overlap").with("sector", one.sector).with("block", one.block));
        }
        if fields[..i].iter().any(|other| other.content == one.content) {
            return Err(refused("content", format!("{:?}", one.content).to_lowercase()));
        }
    }
    let has = |content| fields.iter().any(|field| field.content == content);
    if has(FieldContent::Seal) && !(has(FieldContent::Number) && has(FieldContent::Header)) {
        return Err(Trouble::new("profile-seal"));
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub const IEUM: &str = include_str!("../../../templates/chips/ieum.toml");

    pub fn ieum() -> Profile {
        Profile::parse(IEUM, "ieum.toml").unwrap()
    }

    #[test]
    fn ieum_is_sound() {
        let profile = ieum();
        assert_eq!(profile.field(FieldContent::Number).map(Field::address), Some(4));
        assert_eq!(profile.field(FieldContent::Header).map(Field::address), Some(5));
        assert_eq!(profile.field(FieldContent::Seal).map(Field::address), Some(6));
        assert_eq!(profile.read_key, ReadKey::Public(*b"IEUM01"));
        assert_eq!(profile.fits(ChipKind::Classic1k), Ok(()));
        assert_eq!(profile.fits(ChipKind::Ntag213).unwrap_err().code, "profile-fit");
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
            ("sector = 1\nblock = 0", "sector = 64\nblock = 0", "profile-place"),
            ("\"classic-1k\"", "\"classic-2k\"", "profile-value"),
            ("\"classic-1k\"", "\"ntag213\"", "chip-unsupported"),
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
                let address = profile.field(FieldContent::Number).unwrap().address();
                prop_assert!((4..64).contains(&address) && address % 4 != 3);
            }
        }
    }
}
