//! The configuration of a Type 2 chip: from which page on it asks for its password, what it mirrors and counts.
//!
//! NTAG213_215_216 rev. 3.2, section 8.5.7, and MF0ULX1 rev. 3.3, section 8.5.6. Start at [`Config`].

use super::type2_map::PAGE;

/// CFG0 and CFG1 as they were at power-on: what is written to them rules from the next one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Config {
    pub mirror: u8,
    pub mirror_page: u8,
    pub auth0: u8,
    access: u8,
}

impl Config {
    pub fn new(cfg0: [u8; PAGE], cfg1: [u8; PAGE]) -> Config {
        let ([mirror, _, mirror_page, auth0], [access, ..]) = (cfg0, cfg1);
        Config { mirror, mirror_page, auth0, access }
    }

    pub fn prot(self) -> bool {
        self.access & 0x80 != 0
    }

    pub fn locked(self) -> bool {
        self.access & 0x40 != 0
    }

    pub fn counter_enabled(self) -> bool {
        self.access & 0x10 != 0
    }

    pub fn counter_protected(self) -> bool {
        self.access & 0x08 != 0
    }

    pub fn limit(self) -> u8 {
        self.access & 0x07
    }
}
