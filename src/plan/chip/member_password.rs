//! What a member's password becomes before the slow hash of the store: an HMAC under a key of this desk, so that a copy of
//! the database alone gives nobody six digits to try. It keeps nothing. Start at [`keyed_password`].

use zeroize::Zeroizing;

use super::super::member::MemberPassword;
use super::keys::{KeyVersion, hmac_sha256};

/// Tells this use of the master key from every other; passwords in the database hang on it.
const LABEL: &[u8] = b"issuer member-password v1";

/// HMAC-SHA-256 of the password, under a key that follows from the seal's master key of this version and [`LABEL`].
pub fn keyed_password(keys: &KeyVersion, password: &MemberPassword) -> Zeroizing<[u8; 32]> {
    hmac_sha256(&*keys.seal.derive(LABEL), &[password.bytes()])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::super::member::{About, BirthDate, MemberNumber};
    use super::super::keys::tests::fixed;
    use super::*;

    fn password(text: &str) -> MemberPassword {
        let birth = BirthDate::new(date(1988, 3, 14), date(2026, 11, 26)).unwrap();
        let about = About { birth, phone: None, number: MemberNumber::parse("11131400000001").unwrap() };
        MemberPassword::parse(text, text, &about).unwrap()
    }

    #[test]
    fn another_key_or_another_password_gives_another_hash() {
        let hash = |version: u8, text: &str| keyed_password(&fixed(version), &password(text));
        assert_eq!(hash(1, "739182"), hash(1, "739182"));
        assert_ne!(hash(1, "739182"), hash(2, "739182"));
        assert_ne!(hash(1, "739182"), hash(1, "739183"));
    }
}
