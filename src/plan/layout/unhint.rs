//! Takes the hinting out of a TrueType subset: at a card printer's 300 dpi nobody runs it, and it is a fifth of the
//! file. Touches nothing else; a font that it cannot follow is left as it is.

/// The font without `cvt `, `fpgm`, `prep` and glyph instructions (OpenType 1.9.1, "glyf"); `None` when it has no
/// TrueType outlines or they cannot be followed.
pub fn unhint(font: &[u8]) -> Option<Vec<u8>> {
    let tables = tables(font)?;
    let table = |tag: &[u8; 4]| tables.iter().find(|(known, _)| known == tag).map(|(_, bytes)| *bytes);
    let (glyf, loca, head) = (table(b"glyf")?, table(b"loca")?, table(b"head")?);
    let offsets = offsets(loca, short(head, 50)? != 0)?;
    let mut glyphs = Vec::with_capacity(glyf.len());
    // Written long, so that no length can overflow; `head` says so.
    let mut places = Vec::with_capacity(offsets.len() * 4);
    for pair in offsets.windows(2) {
        places.extend((glyphs.len() as u32).to_be_bytes());
        glyphs.extend(bare(glyf.get(pair[0]..pair[1])?)?);
        glyphs.resize(glyphs.len().next_multiple_of(4), 0);
    }
    places.extend((glyphs.len() as u32).to_be_bytes());
    let mut head = head.to_vec();
    head.get_mut(50..52)?.copy_from_slice(&[0, 1]);
    let kept = tables.iter().filter(|(tag, _)| !matches!(tag, b"cvt " | b"fpgm" | b"prep"));
    let kept: Vec<([u8; 4], &[u8])> = kept
        .map(|(tag, bytes)| match tag {
            b"glyf" => (*tag, &glyphs[..]),
            b"loca" => (*tag, &places[..]),
            b"head" => (*tag, &head[..]),
            _ => (*tag, *bytes),
        })
        .collect();
    Some(assemble(font.get(..4)?, &kept))
}

fn tables(font: &[u8]) -> Option<Vec<([u8; 4], &[u8])>> {
    let count = usize::from(short(font, 4)?);
    let record = |at: usize| {
        let record = font.get(12 + 16 * at..28 + 16 * at)?;
        let (start, length) = (long(record, 8)?, long(record, 12)?);
        Some((record[..4].try_into().ok()?, font.get(start..start.checked_add(length)?)?))
    };
    (0..count).map(record).collect()
}

fn offsets(loca: &[u8], is_long: bool) -> Option<Vec<usize>> {
    let width = if is_long { 4 } else { 2 };
    loca.chunks_exact(width)
        .map(|entry| if is_long { long(entry, 0) } else { Some(usize::from(short(entry, 0)?) * 2) })
        .collect()
}

/// One glyph without its instructions.
fn bare(glyph: &[u8]) -> Option<Vec<u8>> {
    const HAS_INSTRUCTIONS: u16 = 0x0100;
    if glyph.is_empty() {
        return Some(Vec::new());
    }
    let contours = short(glyph, 0)? as i16;
    if let Ok(contours) = usize::try_from(contours) {
        let length_at = 10 + 2 * contours;
        let instructions = usize::from(short(glyph, length_at)?);
        let mut bare = glyph.get(..length_at)?.to_vec();
        bare.extend([0, 0]);
        bare.extend(glyph.get(length_at + 2 + instructions..)?);
        return Some(bare);
    }
    let mut bare = glyph.to_vec();
    let mut at = 10;
    loop {
        let flags = short(glyph, at)?;
        bare.get_mut(at..at + 2)?.copy_from_slice(&(flags & !HAS_INSTRUCTIONS).to_be_bytes());
        // ARG_1_AND_2_ARE_WORDS; WE_HAVE_A_SCALE, AN_X_AND_Y_SCALE, A_TWO_BY_TWO; MORE_COMPONENTS.
        at += 4 + if flags & 1 != 0 { 4 } else { 2 };
        at += match flags & 0xc8 {
            0x08 => 2,
            0x40 => 4,
            0x80 => 8,
            _ => 0,
        };
        if flags & 0x20 == 0 {
            bare.truncate(at);
            return Some(bare);
        }
    }
}

fn assemble(version: &[u8], tables: &[([u8; 4], &[u8])]) -> Vec<u8> {
    let count = tables.len() as u16;
    let power = count.checked_ilog2().unwrap_or(0) as u16;
    let mut font = version.to_vec();
    for field in [count, 16 << power, power, 16 * count - (16 << power)] {
        font.extend(field.to_be_bytes());
    }
    let mut start = 12 + 16 * tables.len();
    for (tag, bytes) in tables {
        font.extend(tag);
        for field in [checksum(bytes), start as u32, bytes.len() as u32] {
            font.extend(field.to_be_bytes());
        }
        start += bytes.len().next_multiple_of(4);
    }
    for (_, bytes) in tables {
        font.extend(*bytes);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    font
}

fn checksum(bytes: &[u8]) -> u32 {
    bytes.chunks(4).fold(0, |sum: u32, word| {
        let word = word.iter().zip([24, 16, 8, 0]).fold(0, |value, (byte, shift)| value | u32::from(*byte) << shift);
        sum.wrapping_add(word)
    })
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two contours' ends, three bytes of instructions, then what must stay.
    const SIMPLE: [u8; 21] = [0, 2, 9, 9, 9, 9, 9, 9, 9, 9, 0, 1, 0, 3, 0, 3, 0xaa, 0xbb, 0xcc, 7, 8];

    #[test]
    fn a_simple_glyph_keeps_all_but_its_instructions() {
        assert_eq!(bare(&SIMPLE).unwrap(), [0, 2, 9, 9, 9, 9, 9, 9, 9, 9, 0, 1, 0, 3, 0, 0, 7, 8]);
    }

    #[test]
    fn a_composite_glyph_loses_the_flag_and_the_tail() {
        let glyph = [
            0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x20, 0, 5, 1, 2, 0x01, 0x08, 0, 6, 3, 4, 0x40, 0, 0, 2, 0xaa,
            0xbb,
        ];
        let kept = [0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 5, 1, 2, 0, 0x08, 0, 6, 3, 4, 0x40, 0];
        assert_eq!(bare(&glyph).unwrap(), kept);
    }

    #[test]
    fn tables_come_out_whole_and_hinting_does_not() {
        let mut head = [0; 54];
        head[51] = 1;
        let loca = [0, 0, 0, 0, 0, 0, 0, 21].map(|byte: u8| byte);
        let font = assemble(
            &[0, 1, 0, 0],
            &[(*b"fpgm", &[1; 5]), (*b"glyf", &SIMPLE), (*b"head", &head), (*b"loca", &loca), (*b"name", b"n")],
        );
        let slim = unhint(&font).unwrap();
        let tables = tables(&slim).unwrap();
        assert_eq!(tables.iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), [*b"glyf", *b"head", *b"loca", *b"name"]);
        assert_eq!(tables[0].1.len(), 20);
        assert_eq!(tables[2].1, [0, 0, 0, 0, 0, 0, 0, 20]);
        assert_eq!(tables[3].1, b"n");
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            unhint(&bytes);
            bare(&bytes);
        }
    }
}
