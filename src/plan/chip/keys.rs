//! Key material in types that wipe themselves and never print. Where it comes from is `back/keys`' business.
//! Start at [`KeySet`].

use std::fmt;

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use cmac::{Cmac, Mac};
use hmac::Hmac;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::super::messages::Trouble;

/// What a master key is for. They are independent: none follows from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    Classic,
    Pwd,
    Seal,
    Backup,
}

impl Purpose {
    pub const ALL: [Purpose; 4] = [Purpose::Classic, Purpose::Pwd, Purpose::Seal, Purpose::Backup];

    /// As in the key file and in `key show`.
    pub fn code(self) -> &'static str {
        match self {
            Purpose::Classic => "classic",
            Purpose::Pwd => "pwd",
            Purpose::Seal => "seal",
            Purpose::Backup => "backup",
        }
    }

    pub fn parse(code: &str) -> Option<Purpose> {
        Purpose::ALL.into_iter().find(|purpose| purpose.code() == code)
    }
}

/// An AES-128 master key.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 16]);

impl MasterKey {
    pub fn new(bytes: [u8; 16]) -> MasterKey {
        MasterKey(bytes)
    }

    /// For the key file, and nowhere else.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Three bytes by which a key is recognised and not found out: CMAC(key, "kcv" ‖ purpose). AES of zero would
    /// be the seed of CMAC's subkeys.
    pub fn check_value(&self, purpose: Purpose) -> [u8; 3] {
        let tag = self.cmac(&[b"kcv", purpose.code().as_bytes()]);
        [tag[0], tag[1], tag[2]]
    }

    /// AES-CMAC (RFC 4493) over the parts in a row.
    pub(super) fn cmac(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut mac = <Cmac<aes::Aes128> as KeyInit>::new(&self.0.into());
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }

    /// HKDF-SHA-256 (RFC 5869), 32 bytes: a key for another use, told apart by its label from everything else that this
    /// master key does.
    pub(super) fn derive(&self, label: &[u8]) -> Zeroizing<[u8; 32]> {
        hkdf(b"issuer", &self.0, label)
    }

    /// One AES-128 block.
    pub(super) fn encrypt(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = block.into();
        aes::Aes128::new(&self.0.into()).encrypt_block(&mut block);
        block.into()
    }
}

/// HKDF of RFC 5869 with SHA-256, its first block.
fn hkdf(salt: &[u8], material: &[u8], label: &[u8]) -> Zeroizing<[u8; 32]> {
    let extracted = hmac_sha256(salt, &[material]);
    hmac_sha256(&*extracted, &[label, &[1]])
}

/// HMAC-SHA-256 (RFC 2104) over the parts in a row.
pub(super) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return Zeroizing::new([0; 32]) };
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// The six bytes of a Crypto-1 key.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SectorKey([u8; 6]);

impl SectorKey {
    pub fn new(bytes: [u8; 6]) -> SectorKey {
        SectorKey(bytes)
    }

    /// For a frame to the chip, and nowhere else.
    pub fn bytes(&self) -> &[u8; 6] {
        &self.0
    }
}

impl PartialEq for SectorKey {
    fn eq(&self, other: &SectorKey) -> bool {
        self.0 == other.0
    }
}

impl Eq for SectorKey {}

/// PWD and PACK of a Type 2 chip: what it asks for before a write, and what it answers to the right one.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Password {
    pwd: [u8; 4],
    pack: [u8; 2],
}

impl Password {
    pub fn new(pwd: [u8; 4], pack: [u8; 2]) -> Password {
        Password { pwd, pack }
    }

    /// What the factory delivers (NTAG213/215/216 rev. 3.2 and MF0ULX1 rev. 3.3, section 8.5.7).
    pub fn factory() -> Password {
        Password { pwd: [0xFF; 4], pack: [0; 2] }
    }

    /// For a frame to the chip, and nowhere else.
    pub fn pwd(&self) -> &[u8; 4] {
        &self.pwd
    }

    /// For comparison with the chip's answer, and for a frame to it.
    pub fn pack(&self) -> &[u8; 2] {
        &self.pack
    }
}

macro_rules! never_printed {
    ($($kind:ty),*) => {$(
        impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("Key(..)")
            }
        }
    )*};
}
never_printed!(MasterKey, SectorKey, Password);

/// Which of a sector's two keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Letter {
    A,
    B,
}

/// Whose key answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The factory's.
    Transport,
    /// Ours, of this master key version.
    Ours(u8),
    /// Another one that everybody knows.
    Everybody,
}

/// A key that may rule a sector.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub letter: Letter,
    pub key: SectorKey,
    pub whose: Whose,
}

/// The factory's key of every Classic sector.
pub const TRANSPORT_KEY: [u8; 6] = [0xFF; 6];
/// Key A of a MAD sector (AN10787, section 3.3): public by its standard.
pub const MAD_KEY: [u8; 6] = [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5];
/// What every phone app tries first: transport, MAD, NFC Forum (AN1305), zeros.
pub const WELL_KNOWN: [[u8; 6]; 4] = [TRANSPORT_KEY, MAD_KEY, [0xD3, 0xF7, 0xD3, 0xF7, 0xD3, 0xF7], [0; 6]];

/// Passwords that everybody tries: the factory's, and the zeros that a copied dump leaves, since PWD never shows.
pub const WELL_KNOWN_PASSWORDS: [[u8; 4]; 2] = [[0xFF; 4], [0; 4]];

/// All master keys of one version.
#[derive(Debug, Clone)]
pub struct KeyVersion {
    /// 1 to 255, as in the header on the chip.
    pub version: u8,
    pub classic: MasterKey,
    pub pwd: MasterKey,
    pub seal: MasterKey,
    pub backup: MasterKey,
}

impl KeyVersion {
    pub fn key(&self, purpose: Purpose) -> &MasterKey {
        match purpose {
            Purpose::Classic => &self.classic,
            Purpose::Pwd => &self.pwd,
            Purpose::Seal => &self.seal,
            Purpose::Backup => &self.backup,
        }
    }
}

/// Every version that cards in circulation may carry; new cards take the current one.
#[derive(Debug, Clone)]
pub struct KeySet {
    versions: Vec<KeyVersion>,
    current: usize,
}

impl KeySet {
    /// Version 0, one version twice, or a current one that is not there are `key-versions`.
    pub fn new(mut versions: Vec<KeyVersion>, current: u8) -> Result<KeySet, Trouble> {
        versions.sort_by_key(|keys| keys.version);
        let twice = versions.windows(2).any(|pair| pair[0].version == pair[1].version);
        let zero = versions.iter().any(|keys| keys.version == 0);
        let place = versions.iter().position(|keys| keys.version == current);
        match place {
            Some(current) if !twice && !zero => Ok(KeySet { versions, current }),
            _ => Err(Trouble::new("key-versions").with("version", current)),
        }
    }

    pub fn current(&self) -> &KeyVersion {
        &self.versions[self.current]
    }

    /// The current version first, then the others from the newest.
    pub fn newest_first(&self) -> impl Iterator<Item = &KeyVersion> {
        let current = self.current().version;
        let rest = self.versions.iter().rev().filter(move |keys| keys.version != current);
        std::iter::once(self.current()).chain(rest)
    }

    pub fn version(&self, version: u8) -> Option<&KeyVersion> {
        self.versions.iter().find(|keys| keys.version == version)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Different keys for every purpose and version, the same in every run.
    pub fn fixed(version: u8) -> KeyVersion {
        let key = |purpose: u8| MasterKey::new(std::array::from_fn(|i| purpose ^ version.wrapping_mul(17) ^ i as u8));
        KeyVersion { version, classic: key(0x10), pwd: key(0x30), seal: key(0x50), backup: key(0x70) }
    }

    #[test]
    fn nothing_of_a_key_is_printed() {
        let text = format!("{:?} {:?}", KeySet::new(vec![fixed(1)], 1).unwrap(), SectorKey::new([0xAB; 6]));
        assert!(text.contains("Key(..)"));
        assert!(!text.to_lowercase().contains("ab, ab") && !text.contains("171"), "{text}");
    }

    /// RFC 4493, section 4, examples 1 and 2.
    #[test]
    fn cmac_is_that_of_the_rfc() {
        let key = MasterKey::new(0x2b7e151628aed2a6abf7158809cf4f3c_u128.to_be_bytes());
        assert_eq!(key.cmac(&[]), 0xbb1d6929e95937287fa37d129b756746_u128.to_be_bytes());
        let message = 0x6bc1bee22e409f96e93d7e117393172a_u128.to_be_bytes();
        assert_eq!(key.cmac(&[&message[..5], &message[5..]]), 0x070a16b46b4d4144f79bdd9dd04a287c_u128.to_be_bytes());
    }

    /// RFC 4231, test case 2, and RFC 5869, test case 1 (its first 32 bytes).
    #[test]
    fn hmac_and_hkdf_are_those_of_the_rfcs() {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let tag = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex(&*tag), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let salt: Vec<u8> = (0..=0x0c).collect();
        let label: Vec<u8> = (0xf0..=0xf9).collect();
        let key = hkdf(&salt, &[0x0b; 22], &label);
        assert_eq!(hex(&*key), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }

    #[test]
    fn a_derived_key_is_another_for_every_label_and_master() {
        let (one, other) = (fixed(1), fixed(2));
        assert_ne!(one.seal.derive(b"a"), one.seal.derive(b"b"));
        assert_ne!(one.seal.derive(b"a"), other.seal.derive(b"a"));
    }

    #[test]
    fn check_values_differ_by_purpose() {
        let key = MasterKey::new([7; 16]);
        let values: std::collections::HashSet<_> = Purpose::ALL.map(|purpose| key.check_value(purpose)).into();
        assert_eq!(values.len(), 4);
    }

    #[test]
    fn the_current_version_comes_first() {
        let keys = KeySet::new(vec![fixed(3), fixed(1), fixed(2)], 2).unwrap();
        assert_eq!(keys.newest_first().map(|keys| keys.version).collect::<Vec<_>>(), [2, 3, 1]);
        assert_eq!(KeySet::new(vec![fixed(1), fixed(1)], 1).unwrap_err().code, "key-versions");
        assert_eq!(KeySet::new(vec![fixed(1)], 2).unwrap_err().code, "key-versions");
        assert_eq!(KeySet::new(vec![], 1).unwrap_err().code, "key-versions");
    }
}
