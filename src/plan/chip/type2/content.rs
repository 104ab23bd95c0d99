//! What our fields look like in the pages of a Type 2 chip, and how they are found there again. Start at [`pages`] and
//! [`found`].

use super::compact::{self, Compact};
use super::map::{FIRST_USER, Map, Page};
use crate::plan::chip::ChipKind;
use crate::plan::chip::card::Card;
use crate::plan::chip::found::{Authority, Fields, Seal};
use crate::plan::chip::header::{Content, Header, read_bcd_number, read_number_block, seal};
use crate::plan::chip::keys::KeyVersion;
use crate::plan::chip::profile::{Encoding, Field, FieldContent, Pages, Profile};

/// A proprietary TLV, and the one that ends all (NFC Forum Type 2 Tag, section 2.3).
const PROPRIETARY: u8 = 0xFD;
const TERMINATOR: u8 = 0xFE;

/// The user pages that a card of ours fills, in ascending order, and what they hold. Others are left alone.
pub(super) fn pages(card: &Card<'_>, content: &Content, version: &KeyVersion) -> Vec<(u8, Page)> {
    let profile = card.profile;
    match profile.pages {
        _ if profile.fields.is_empty() => Vec::new(),
        Pages::Tlv if profile.is_compact(card.kind) => {
            paged(FIRST_USER, &tlv(&compact::encode(content, card.uid, &version.seal)))
        }
        Pages::Tlv => {
            let bytes = profile.fields.iter().flat_map(|field| field_bytes(card, field, content, version));
            paged(FIRST_USER, &tlv(&bytes.collect::<Vec<_>>()))
        }
        Pages::Bare => {
            let placed = profile.fields.iter().filter_map(|field| Some((field, field.page?)));
            let mut pages: Vec<(u8, Page)> =
                placed.flat_map(|(field, page)| paged(page, &field_bytes(card, field, content, version))).collect();
            pages.sort_unstable_by_key(|(page, _)| *page);
            pages
        }
    }
}

/// Whether the profile announces its fields by a capability container on page 3.
pub(super) fn is_announced(profile: &Profile) -> bool {
    profile.pages == Pages::Tlv && !profile.fields.is_empty()
}

/// The user pages that the profile fills, in the order of its fields.
pub(super) fn filled(profile: &Profile, kind: ChipKind) -> impl Iterator<Item = u8> {
    let runs: Vec<(u8, usize)> = match profile.pages {
        _ if profile.fields.is_empty() => Vec::new(),
        Pages::Tlv => vec![(FIRST_USER, inner_length(profile, kind) + 3)],
        Pages::Bare => profile.fields.iter().filter_map(|field| Some((field.page?, field.bytes()))).collect(),
    };
    runs.into_iter().flat_map(|(first, bytes)| (first..).take(bytes.div_ceil(4)))
}

/// Bytes within the TLV.
fn inner_length(profile: &Profile, kind: ChipKind) -> usize {
    if profile.is_compact(kind) { compact::LENGTH } else { profile.fields.iter().map(Field::bytes).sum() }
}

fn field_bytes(card: &Card<'_>, field: &Field, content: &Content, version: &KeyVersion) -> Vec<u8> {
    card.block(field, content, version)[..field.bytes()].to_vec()
}

fn tlv(inner: &[u8]) -> Vec<u8> {
    let mut bytes = vec![PROPRIETARY, inner.len() as u8];
    bytes.extend(inner);
    bytes.push(TERMINATOR);
    bytes
}

/// Whole pages, the last one filled with zeros.
fn paged(first: u8, bytes: &[u8]) -> Vec<(u8, Page)> {
    let page = |chunk: &[u8]| std::array::from_fn(|i| chunk.get(i).copied().unwrap_or(0));
    (first..).zip(bytes.chunks(4).map(page)).collect()
}

/// What is found of a card of ours.
pub(super) struct Found {
    pub fields: Fields,
    /// Capability container, TLV, terminator and filling are there and right; true where the profile has none.
    pub announced: bool,
}

/// Finds the fields again. `page` gives what was read of the chip.
pub(super) fn found(
    profile: &Profile,
    map: &Map,
    page: impl Fn(u8) -> Option<Page>,
    authority: &Authority<'_>,
) -> Found {
    let bytes = |first: u8, length: usize| {
        let pages: Option<Vec<Page>> = (first..).take(length.div_ceil(4)).map(&page).collect();
        pages.map(|pages| pages.concat())
    };
    if !is_announced(profile) {
        let of = |content| {
            let field = profile.field(content)?;
            bytes(field.page?, field.bytes()).map(|mut bytes| {
                bytes.truncate(field.bytes());
                bytes
            })
        };
        return Found { fields: fields(profile, of, authority), announced: true };
    }
    let length = inner_length(profile, map.kind);
    let whole = bytes(FIRST_USER, length + 3).unwrap_or_default();
    let framed = match whole.as_slice() {
        [PROPRIETARY, told, rest @ ..] if usize::from(*told) == length => {
            rest.split_at_checked(length).filter(|(_, end)| {
                end.split_first()
                    .is_some_and(|(first, fill)| *first == TERMINATOR && fill.iter().all(|byte| *byte == 0))
            })
        }
        _ => None,
    };
    let inner = whole.get(2..2 + length).unwrap_or_default();
    let fields = match <&[u8; compact::LENGTH]>::try_from(inner) {
        Ok(inner) if profile.is_compact(map.kind) => compact_fields(inner, authority),
        _ => fields(profile, |content| slice(profile, inner, content), authority),
    };
    let announced = framed.is_some() && page(super::map::CONTAINER).is_some_and(|found| is_container(map, found));
    Found { fields, announced }
}

/// Whether page 3 can still become one: its bits are only ever set.
pub(super) fn can_be_container(map: &Map, found: Page) -> bool {
    let due = map.container();
    is_container(map, std::array::from_fn(|i| found[i] | due[i]))
}

/// As ours or NXP's: the read-only nibble may be set, a keyed card and a permanent one differ in it.
pub(super) fn is_container(map: &Map, found: Page) -> bool {
    let due = map.container();
    found[..3] == due[..3] && (found[3] == due[3] || found[3] == super::map::READ_ONLY)
}

/// The bytes of one field within the TLV.
fn slice(profile: &Profile, inner: &[u8], content: FieldContent) -> Option<Vec<u8>> {
    let before = profile.fields.iter().take_while(|field| field.content != content).map(Field::bytes).sum::<usize>();
    let length = profile.field(content)?.bytes();
    inner.get(before..before + length).map(<[u8]>::to_vec)
}

fn compact_fields(inner: &[u8; compact::LENGTH], authority: &Authority<'_>) -> Fields {
    let decoded = Compact::decode(inner);
    let (sealed, stored) = compact::parts(inner);
    let library = decoded.map(|compact| compact.header.library);
    let seal = authority.judge(stored, library, |key| compact::seal(key, authority.uid, sealed));
    Fields { number: decoded.map(|compact| compact.number), header: decoded.map(|compact| compact.header), seal }
}

fn fields(profile: &Profile, of: impl Fn(FieldContent) -> Option<Vec<u8>>, authority: &Authority<'_>) -> Fields {
    let block = |content| of(content).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    let bcd = profile.field(FieldContent::Number).is_some_and(|field| field.encoding == Encoding::Bcd);
    let number = match bcd {
        true => of(FieldContent::Number).and_then(|bytes| read_bcd_number(&bytes)),
        false => block(FieldContent::Number).and_then(|block| read_number_block(&block)),
    };
    let head = block(FieldContent::Header).unwrap_or_default();
    let header = Header::decode(&head);
    let stored = block(FieldContent::Seal);
    let sealed = number.zip(header);
    let seal = match stored {
        None => Seal::Absent,
        Some(stored) => authority.judge(&stored, sealed.map(|(_, header)| header.library), |key| {
            sealed.map_or([0; 16], |(number, _)| seal(key, authority.uid, &number, &head))
        }),
    };
    Fields { number, header, seal }
}
