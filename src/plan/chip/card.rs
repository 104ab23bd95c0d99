//! What follows from one card's UID, its profile and the master keys: the two keys of every sector, the contents of
//! its blocks, and the candidates for the key that rules it. Start at [`Card`].

use super::super::member::{LibraryCode, MemberNumber};
use super::super::messages::Trouble;
use super::access::Conditions;
use super::diversify::SectorKeys;
use super::encode_plan::{Candidate, SectorGoal, Trailer, Whose};
use super::header::{Content, number_block, seal};
use super::keys::{KeySet, KeyVersion, Letter, MAD_KEY, SectorKey, TRANSPORT_KEY};
use super::profile::{Encoding, Field, FieldContent, Profile, ReadKey};
use super::{Uid, mad};

/// What the keys and contents of one card follow from.
pub(super) struct Card<'a> {
    pub profile: &'a Profile,
    pub uid: &'a Uid,
    pub site: LibraryCode,
    pub keys: &'a KeySet,
}

impl Card<'_> {
    pub fn goal(&self, sector: u8, content: &Content, version: &KeyVersion) -> Result<SectorGoal, Trouble> {
        let trailer = Trailer {
            a: self.key_a(sector, version),
            conditions: Conditions::KEYED,
            gpb: if sector == 0 { mad::GPB } else { 0 },
            b: self.key(sector, Letter::B, version),
        };
        // Ours at once after the transport key: a torn card has both, an old one only the latter.
        Ok(SectorGoal { sector, data: self.data(sector, content, version), trailer, ruling: self.candidates(sector) })
    }

    fn data(&self, sector: u8, content: &Content, version: &KeyVersion) -> Vec<(u8, [u8; 16])> {
        if sector == 0 {
            let [one, two] = self.directory();
            return vec![(1, one), (2, two)];
        }
        let fields = self.profile.fields.iter().filter(|field| field.sector == sector);
        fields.map(|field| (field.address(), self.block(field, content, version))).collect()
    }

    fn block(&self, field: &Field, content: &Content, version: &KeyVersion) -> [u8; 16] {
        match (field.content, field.encoding) {
            (FieldContent::Number, Encoding::Bcd) => bcd_number(&content.number),
            (FieldContent::Number, _) => number_block(&content.number),
            (FieldContent::Header, _) => content.header().encode(),
            (FieldContent::Seal, _) => seal(&version.seal, self.uid, &content.number, &content.header().encode()),
        }
    }

    pub fn directory(&self) -> [[u8; 16]; 2] {
        let aids = std::array::from_fn(|i| if self.profile.uses(i as u8 + 1) { self.profile.aid } else { 0 });
        mad::mad1(self.profile.field(FieldContent::Number).map_or(0, |field| field.sector), &aids)
    }

    /// The directory's by its standard, the profile's in sectors with fields, a diversified one elsewhere.
    pub fn key_a(&self, sector: u8, version: &KeyVersion) -> SectorKey {
        if sector == 0 {
            return SectorKey::new(MAD_KEY);
        }
        match (&self.profile.read_key, self.profile.uses(sector)) {
            (ReadKey::Public(key), true) => SectorKey::new(*key),
            (ReadKey::Site, true) => {
                let site = SectorKeys { uid: None, ..self.diversified(version) };
                site.key(sector, Letter::A)
            }
            _ => self.key(sector, Letter::A, version),
        }
    }

    pub fn key(&self, sector: u8, letter: Letter, version: &KeyVersion) -> SectorKey {
        self.diversified(version).key(sector, letter)
    }

    fn diversified<'k>(&self, version: &'k KeyVersion) -> SectorKeys<'k> {
        SectorKeys { master: &version.classic, uid: Some(*self.uid), layout: self.profile.layout, site: self.site }
    }

    /// The factory's key A, ours from the newest version on, and last the factory's key B, which rules blanks
    /// that somebody formatted for NDEF.
    pub fn candidates(&self, sector: u8) -> Vec<Candidate> {
        let transport = |letter| Candidate { letter, key: SectorKey::new(TRANSPORT_KEY), whose: Whose::Transport };
        let ours = self.keys.newest_first().map(|version| Candidate {
            letter: Letter::B,
            key: self.key(sector, Letter::B, version),
            whose: Whose::Ours(version.version),
        });
        std::iter::once(transport(Letter::A)).chain(ours).chain(std::iter::once(transport(Letter::B))).collect()
    }
}

/// 14 digits in seven bytes, zeros behind.
fn bcd_number(number: &MemberNumber) -> [u8; 16] {
    let digits = number.ascii();
    let mut block = [0; 16];
    for (byte, pair) in block.iter_mut().zip(digits.chunks(2)) {
        *byte = pair.iter().fold(0, |byte, digit| byte << 4 | (digit - b'0'));
    }
    block
}

#[cfg(test)]
mod tests {
    use super::super::encode_plan::tests::keys;
    use super::super::header::tests::content;
    use super::super::profile::tests::IEUM;
    use super::*;

    #[test]
    fn read_keys_by_profile() {
        let key_a = |read_key: &str, uid: &str, sector| {
            let profile = Profile::parse(&IEUM.replace("4945554D3031", read_key), "x").unwrap();
            let uid = Uid::parse(uid).unwrap();
            let site = content().library;
            let card = Card { profile: &profile, uid: &uid, site, keys: &keys() };
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

    #[test]
    fn a_bcd_number_takes_seven_bytes() {
        let block = bcd_number(&content().number);
        assert_eq!(block, [0x12, 0x10, 0x03, 0, 0, 0, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
