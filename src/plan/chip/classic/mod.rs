//! MIFARE Classic: sectors and blocks (MF1S50YYX_V1, MF1S70YYX_V1, section 8.6), what each shall hold, how it is locked,
//! attacked and judged. Start at [`goal::SectorGoal`].

pub mod access;
pub mod attack;
pub mod goal;
pub mod mad;
pub mod read;
mod sectors;

/// Sectors below this have 4 blocks, those from it on 16 (4K only).
pub const FIRST_LARGE: u8 = 32;

/// Blocks of a sector, its trailer counted.
pub fn blocks(sector: u8) -> u8 {
    if sector < FIRST_LARGE { 4 } else { 16 }
}

/// The card-wide number of a sector's first block. Sectors end at 39; what lies beyond is taken for 39.
pub fn first_block(sector: u8) -> u8 {
    let sector = sector.min(39);
    if sector < FIRST_LARGE { sector * 4 } else { 128 + (sector - FIRST_LARGE) * 16 }
}

/// The card-wide number of a sector's trailer.
pub fn trailer_block(sector: u8) -> u8 {
    first_block(sector) + (blocks(sector) - 1)
}

/// Whether a block is its sector's trailer.
pub fn is_trailer(block: u8) -> bool {
    if block < 128 { block % 4 == 3 } else { block % 16 == 15 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sectors_lie_one_behind_the_other() {
        let mut next = 0u16;
        for sector in 0..40 {
            assert_eq!(u16::from(first_block(sector)), next);
            next += u16::from(blocks(sector));
            assert_eq!(u16::from(trailer_block(sector)) + 1, next);
            assert!(is_trailer(trailer_block(sector)) && !is_trailer(first_block(sector)));
        }
        assert_eq!(next, 256);
    }
}
