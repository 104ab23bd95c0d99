//! What follows for a Classic's sectors from one card's UID, its profile and the master keys: the two keys of every sector,
//! the contents of its blocks, and the candidates for the key that rules it. Start at [`Card::data`].

use super::mad;
use crate::plan::chip::ChipKind;
use crate::plan::chip::card::Card;
use crate::plan::chip::diversify::SectorKeys;
use crate::plan::chip::header::Content;
use crate::plan::chip::keys::{Candidate, KeyVersion, Letter, MAD_KEY, SectorKey, TRANSPORT_KEY, Whose};
use crate::plan::chip::profile::{FieldContent, ReadKey};

impl Card<'_> {
    /// The blocks of a sector and what they shall hold.
    pub fn data(&self, sector: u8, content: &Content, version: &KeyVersion) -> Vec<(u8, [u8; 16])> {
        if self.is_directory(sector) {
            return self.directory(sector);
        }
        let fields = self.profile.fields.iter().filter_map(|field| Some((field, field.block?)));
        let here = fields.filter(|(_, at)| at.sector == sector);
        here.map(|(field, at)| (at.address(), self.block(field, content, version))).collect()
    }

    /// Whether the sector is a directory that this profile writes.
    pub fn is_directory(&self, sector: u8) -> bool {
        self.profile.aid.is_some() && (sector == 0 || (sector == mad::SECOND && self.kind == ChipKind::Classic4k))
    }

    /// The blocks of a directory sector; none when the profile has no directory there.
    pub fn directory(&self, sector: u8) -> Vec<(u8, [u8; 16])> {
        let Some(aid) = self.profile.aid.filter(|_| self.is_directory(sector)) else { return Vec::new() };
        let aid = |sector: u8| if self.profile.uses(sector) { aid } else { 0 };
        let publisher =
            self.profile.field(FieldContent::Number).and_then(|field| field.block).map_or(0, |at| at.sector);
        if sector == 0 {
            return (1..).zip(mad::mad1(publisher, &std::array::from_fn(|i| aid(i as u8 + 1)))).collect();
        }
        let aids = std::array::from_fn(|i| aid(i as u8 + mad::SECOND + 1));
        (super::first_block(mad::SECOND)..).zip(mad::mad2(publisher, &aids)).collect()
    }

    /// The general purpose byte of a trailer: the directory's flags in sector 0, 00 in sector 16 (AN10787 rev. 07, section
    /// 2.4).
    pub fn gpb(&self, sector: u8) -> u8 {
        match self.kind {
            _ if sector != 0 || self.profile.aid.is_none() => 0,
            ChipKind::Classic4k => mad::GPB_2,
            _ => mad::GPB,
        }
    }

    /// The directory's by its standard, the profile's in sectors with fields, a diversified one elsewhere.
    pub fn key_a(&self, sector: u8, version: &KeyVersion) -> SectorKey {
        self.key_a_of(sector, version, self.profile.layout)
    }

    fn key_a_of(&self, sector: u8, version: &KeyVersion, layout: u8) -> SectorKey {
        if self.is_directory(sector) {
            return SectorKey::new(MAD_KEY);
        }
        match (&self.profile.read_key, self.profile.uses(sector)) {
            (ReadKey::Public(key), true) => SectorKey::new(*key),
            (ReadKey::Site, true) => {
                let site = SectorKeys { uid: None, ..self.diversified(version, layout) };
                site.key(sector, Letter::A)
            }
            _ => self.diversified(version, layout).key(sector, Letter::A),
        }
    }

    pub fn key_b(&self, sector: u8, version: &KeyVersion) -> SectorKey {
        self.diversified(version, self.profile.layout).key(sector, Letter::B)
    }

    fn diversified<'k>(&self, version: &'k KeyVersion, layout: u8) -> SectorKeys<'k> {
        SectorKeys { master: &version.classic, uid: Some(*self.uid), layout, site: self.site }
    }

    /// The factory's key A, then [`Card::ours`], and last the factory's key B, which rules blanks that somebody formatted
    /// for NDEF.
    pub fn candidates(&self, sector: u8) -> Vec<Candidate> {
        let transport = |letter| Candidate { letter, key: SectorKey::new(TRANSPORT_KEY), whose: Whose::Transport };
        let ours = self.ours(sector, Letter::B);
        std::iter::once(transport(Letter::A)).chain(ours).chain(std::iter::once(transport(Letter::B))).collect()
    }

    /// Our keys of this letter: of the newest version and layout first, each once.
    pub fn ours(&self, sector: u8, letter: Letter) -> Vec<Candidate> {
        let mut found: Vec<Candidate> = Vec::new();
        for layout in self.layouts() {
            for version in self.keys.newest_first() {
                let key = match letter {
                    Letter::A => self.key_a_of(sector, version, layout),
                    Letter::B => self.diversified(version, layout).key(sector, Letter::B),
                };
                // A public key is the same in every version: one try is enough.
                if !found.iter().any(|known| known.key == key) {
                    found.push(Candidate { letter, key, whose: Whose::Ours(version.version) });
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::chip::encode_plan::tests::keys;
    use crate::plan::chip::header::tests::content;
    use crate::plan::chip::profile::tests::IEUM;
    use crate::plan::chip::{Profile, Uid};

    #[test]
    fn read_keys_by_profile() {
        let key_a = |read_key: &str, uid: &str, sector| {
            let profile = Profile::parse(&IEUM.replace("4945554D3031", read_key), "x").unwrap();
            let uid = Uid::parse(uid).unwrap();
            let site = content().library;
            let card = Card { profile: &profile, kind: ChipKind::Classic1k, uid: &uid, site, keys: &keys() };
            *card.key_a(sector, keys().current()).bytes()
        };
        let (one, two) = ("047A1C5E", "047A1C5F");
        assert_eq!(key_a("A1B2C3D4E5F6", one, 1), [0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6]);
        assert_eq!(key_a("site", one, 1), key_a("site", two, 1));
        assert_ne!(key_a("site", one, 1), key_a("diversified", one, 1));
        assert_ne!(key_a("diversified", one, 1), key_a("diversified", two, 1));
        assert_ne!(key_a("site", one, 2), key_a("site", two, 2));
        assert_eq!(key_a("diversified", one, 0), MAD_KEY);
    }
}
