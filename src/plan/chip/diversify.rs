//! Key diversification: AN10922 for AES-128, and this house's own rules for the six bytes of a Crypto-1 key and for the
//! password of a Type 2 chip. Keeps no state and logs nothing. Start at [`SectorKeys`] and [`Passwords`].

use super::super::member::LibraryCode;
use super::Uid;
use super::keys::{Letter, MasterKey, Password, SectorKey, WELL_KNOWN, WELL_KNOWN_PASSWORDS};

/// The AES-128 key that AN10922 (section 2.2) makes from a master key and 1 to 31 bytes of input.
/// The input is always padded to two blocks, so for 15 bytes and fewer a CMAC of RFC 4493 would give another key.
/// Longer input is cut at 31 bytes; nobody in this house passes that much.
pub fn an10922(master: &MasterKey, input: &[u8]) -> [u8; 16] {
    let mut message = [0u8; 32];
    message[0] = 0x01;
    let length = input.len().min(31);
    message[1..=length].copy_from_slice(&input[..length]);
    let k1 = double(master.encrypt([0; 16]));
    let subkey = if length == 31 {
        k1
    } else {
        message[length + 1] = 0x80;
        double(k1)
    };
    let mut block = [0u8; 16];
    block.copy_from_slice(&message[..16]);
    let first = master.encrypt(block);
    for (i, byte) in block.iter_mut().enumerate() {
        *byte = first[i] ^ message[16 + i] ^ subkey[i];
    }
    master.encrypt(block)
}

/// Doubling in GF(2^128) with x^128 + x^7 + x^2 + x + 1 (RFC 4493, section 2.3).
fn double(block: [u8; 16]) -> [u8; 16] {
    let number = u128::from_be_bytes(block);
    (number << 1 ^ if number >> 127 == 1 { 0x87 } else { 0 }).to_be_bytes()
}

/// Everything that Crypto-1 keys of one card follow from, beside sector and letter.
pub struct SectorKeys<'a> {
    /// The master key of purpose `classic`.
    pub master: &'a MasterKey,
    /// `None`: the same keys on every card of the site (`read_key = "site"`).
    pub uid: Option<Uid>,
    /// The profile's layout version.
    pub layout: u8,
    pub site: LibraryCode,
}

impl SectorKeys<'_> {
    /// AN10922 knows no six-byte keys; this is our own rule, version 1, and cards in circulation hold it:
    ///
    /// ```text
    /// UID, 7 bytes, padded on the right with 00 ‖ its length ‖ sector ‖ 0A or 0B ‖ layout version ‖ site id, 6 ASCII digits
    /// ```
    ///
    /// 17 bytes, so that AN10922 and a plain CMAC agree; the first six of the result. Should they be a key
    /// that everybody knows, a counter from 1 on is appended and the rule applied again.
    pub fn key(&self, sector: u8, letter: Letter) -> SectorKey {
        let mut input = [0u8; 18];
        if let Some(uid) = &self.uid {
            input[..uid.bytes().len()].copy_from_slice(uid.bytes());
            input[7] = uid.bytes().len() as u8;
        }
        input[8] = sector;
        input[9] = if letter == Letter::A { 0x0A } else { 0x0B };
        input[10] = self.layout;
        input[11..17].copy_from_slice(self.site.as_str().as_bytes());
        unlike(&WELL_KNOWN, |counter| {
            input[17] = counter;
            let used = if counter == 0 { 17 } else { 18 };
            let whole = an10922(self.master, &input[..used]);
            [whole[0], whole[1], whole[2], whole[3], whole[4], whole[5]]
        })
    }
}

/// The first candidate that nobody knows. 255 misses in a row do not happen (2^-11000), so the last one stands.
fn unlike(known: &[[u8; 6]], mut candidate: impl FnMut(u8) -> [u8; 6]) -> SectorKey {
    let mut counter = 0;
    loop {
        let key = candidate(counter);
        if counter == u8::MAX || !known.contains(&key) {
            return SectorKey::new(key);
        }
        counter += 1;
    }
}

/// Everything that the password of one Type 2 chip follows from.
pub struct Passwords<'a> {
    /// The master key of purpose `pwd`.
    pub master: &'a MasterKey,
    pub uid: Uid,
    /// The profile's layout version.
    pub layout: u8,
    pub site: LibraryCode,
}

impl Passwords<'_> {
    /// Our own rule, version 1; cards in circulation hold what it gives:
    ///
    /// ```text
    /// UID, 7 bytes, padded on the right with 00 ‖ its length ‖ 'P' ‖ layout version ‖ site id, 6 ASCII digits
    /// ```
    ///
    /// 16 bytes, so that AN10922 and a plain CMAC agree; the first four of the result are PWD, the next two PACK. Should
    /// PWD be one that everybody knows, or PACK the factory's, a counter from 1 on is appended and the rule applied again.
    pub fn password(&self) -> Password {
        let mut input = [0u8; 17];
        input[..self.uid.bytes().len()].copy_from_slice(self.uid.bytes());
        input[7] = self.uid.bytes().len() as u8;
        input[8] = b'P';
        input[9] = self.layout;
        input[10..16].copy_from_slice(self.site.as_str().as_bytes());
        unlike_known(|counter| {
            input[16] = counter;
            let used = if counter == 0 { 16 } else { 17 };
            an10922(self.master, &input[..used])
        })
    }
}

/// The first candidate whose password nobody knows and whose PACK is not the factory's; as [`unlike`].
fn unlike_known(mut candidate: impl FnMut(u8) -> [u8; 16]) -> Password {
    let mut counter = 0;
    loop {
        let [a, b, c, d, e, f, ..] = candidate(counter);
        let known = WELL_KNOWN_PASSWORDS.contains(&[a, b, c, d]) || [e, f] == [0, 0];
        if counter == u8::MAX || !known {
            return Password::new([a, b, c, d], [e, f]);
        }
        counter += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::tests::fixed;
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
    }

    /// AN10922 section 2.2.1, and the vector of libfreefare's issue 91 whose input is shorter than a block.
    #[test]
    fn an10922_vectors() {
        let table = [
            (
                0x00112233445566778899AABBCCDDEEFF,
                "04782E21801D803042F54E585020416275",
                "A8DD63A3B89D54B37CA802473FDA9175",
            ),
            (0xf3f9377698707b688eaf84abe39e3791, "04deadbeeffeed", "0bb408baff98b6ee9f2e1585777f6a51"),
        ];
        for (master, input, expected) in table {
            let master = MasterKey::new(u128::to_be_bytes(master));
            assert_eq!(an10922(&master, &hex(input)).to_vec(), hex(expected), "{input}");
        }
    }

    /// From 15 bytes on the message fills a block and more, and the two readings of AN10922 are one: RFC 4493.
    #[test]
    fn long_inputs_agree_with_rfc_4493() {
        let master = MasterKey::new([0x5A; 16]);
        for length in 16..=31 {
            let input: Vec<u8> = (0..length).collect();
            assert_eq!(an10922(&master, &input), master.cmac(&[&[0x01], &input]), "{length}");
        }
        assert_ne!(an10922(&master, &[1, 2, 3]), master.cmac(&[&[0x01, 1, 2, 3]]));
    }

    /// Cards in circulation hold these keys: a change here locks their issuer out.
    #[test]
    fn the_rule_of_version_1_stands() {
        let keys = fixed(1);
        let uid = Uid::parse("047A1C5E").unwrap();
        let site = LibraryCode::parse("121003").unwrap();
        let card = SectorKeys { master: &keys.classic, uid: Some(uid), layout: 1, site };
        let input = hex("047A1C5E00000004010B01313231303033");
        assert_eq!(input.len(), 17);
        let whole = keys.classic.cmac(&[&[0x01], &input]);
        assert_eq!(card.key(1, Letter::B).bytes()[..], whole[..6]);
    }

    #[test]
    fn every_card_sector_letter_site_and_layout_has_its_own_key() {
        let keys = fixed(1);
        let mut seen = std::collections::HashSet::new();
        let mut count = 0;
        for uid in ["047A1C5E", "047A1C5E000000", "047A1C5F"] {
            for site in ["121003", "121004"] {
                for layout in [1, 2] {
                    for sector in 0..40 {
                        for letter in [Letter::A, Letter::B] {
                            let uid = Some(Uid::parse(uid).unwrap());
                            let site = LibraryCode::parse(site).unwrap();
                            let card = SectorKeys { master: &keys.classic, uid, layout, site };
                            seen.insert(*card.key(sector, letter).bytes());
                            count += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn a_key_that_everybody_knows_is_hashed_again() {
        let key =
            unlike(&WELL_KNOWN, |counter| if counter < 2 { WELL_KNOWN[usize::from(counter)] } else { [counter; 6] });
        assert_eq!(key.bytes(), &[2; 6]);
    }

    /// Cards in circulation hold this password: a change here locks their issuer out.
    #[test]
    fn the_password_rule_of_version_1_stands() {
        let keys = fixed(1);
        let uid = Uid::parse("047A1C5E318042").unwrap();
        let site = LibraryCode::parse("121003").unwrap();
        let password = Passwords { master: &keys.pwd, uid, layout: 1, site }.password();
        let input = hex("047A1C5E318042075001313231303033");
        assert_eq!(input.len(), 16);
        let whole = keys.pwd.cmac(&[&[0x01], &input]);
        assert_eq!(
            (password.pwd()[..].to_vec(), password.pack()[..].to_vec()),
            (whole[..4].into(), whole[4..6].into())
        );
    }

    #[test]
    fn every_card_site_layout_and_version_has_its_own_password() {
        let mut seen = std::collections::HashSet::new();
        for (master, uid) in [(1, "047A1C5E318042"), (2, "047A1C5E318042"), (1, "047A1C5E318043")] {
            for site in ["121003", "121004"] {
                for layout in [1, 2] {
                    let (keys, uid) = (fixed(master), Uid::parse(uid).unwrap());
                    let site = LibraryCode::parse(site).unwrap();
                    seen.insert(*Passwords { master: &keys.pwd, uid, layout, site }.password().pwd());
                }
            }
        }
        assert_eq!(seen.len(), 12);
    }

    #[test]
    fn a_password_that_everybody_knows_is_hashed_again() {
        let results = [[0xFF; 16], [0; 16], [1, 2, 3, 4, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7], [5; 16]];
        let password = unlike_known(|counter| results[usize::from(counter)]);
        assert_eq!((password.pwd(), password.pack()), (&[5; 4], &[5; 2]));
    }
}
