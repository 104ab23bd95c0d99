//! The maker's signature over the UID. Start at [`Originality`].

use super::curve::verifies;
use crate::plan::chip::{ChipKind, Uid};

/// What the signature shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Originality {
    /// NXP's: a genuine chip; says nothing of whose card it is.
    Genuine,
    /// The simulated silicon's own.
    Simulated,
    /// Nobody's that we know.
    Wrong,
}

kebab!(Originality { Genuine = "genuine", Simulated = "simulated", Wrong = "wrong" });

/// NXP's public key for NTAG21x (AN11350).
const NTAG: (u128, u128) = (0x494E1A386D3D3CFE3DC10E5DE68A499B, 0x1C202DB5B132393E89ED19FE5BE8BC61);
/// NXP's public key for Ultralight EV1 (AN11341).
const EV1: (u128, u128) = (0x90933BDCD6E99B4E255E3DA55389A827, 0x564E11718E017292FAF23226A96614B8);
/// The public point of the simulated silicon, whose private key everybody may read.
const SIMULATED: (u128, u128) = (0xCD96A244453DA4E2CB03F7531C3C50AF, 0x2E00BFAC5664AD1E0508962DE5A428EF);

/// Judges what READ_SIG gave: ECDSA over secp128r1, the UID itself as the message, r and s 16 bytes each.
pub fn verify(signature: &[u8; 32], uid: &Uid, kind: ChipKind) -> Originality {
    let maker = match kind {
        ChipKind::UltralightEv1 | ChipKind::UltralightEv1Large => EV1,
        _ => NTAG,
    };
    let signed_by = |key| verifies(key, uid.bytes(), signature);
    match () {
        _ if signed_by(maker) => Originality::Genuine,
        _ if signed_by(SIMULATED) => Originality::Simulated,
        _ => Originality::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(hex: &str) -> [u8; 32] {
        std::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
    }

    /// What chips of NXP's gave to their readers, as published with tools that recover or check these keys.
    const REAL: [(ChipKind, &str, &str); 7] = [
        (ChipKind::Ntag213, "04E10CDA993C80", "8B76052EE42F5567BEB53238B3E3F9950707C0DCC956B5C5EFCFDB709B2D82B3"),
        (ChipKind::Ntag215, "04DB0BDA993C80", "6048EFD9417CD10F6B7F1818D471A7FE5B46868D2EABDC6307A1E0AAE139D8D0"),
        (ChipKind::Ntag216, "04AB87F2CA1190", "67B1750BCCEB1174F9A33BF20E0226551A6366939B31F949848C3C087350FA90"),
        (ChipKind::Ntag213, "0453C652FE4A80", "EDFD3263E7DDB1730260B832605205FB40FB32D7BB06F1DB49F17706C2ED6727"),
        (ChipKind::UltralightEv1, "04C1285A373080", "CEA2EB0B3C95D0844A95B824A7553703B3702378033BF0987899DB70151A19E7"),
        (
            ChipKind::UltralightEv1Large,
            "04C2285A373080",
            "A561506723D422D29ED9F93E60D20B9ED1E05CC1BF81DA19FE500CA0B81CC0ED",
        ),
        (ChipKind::UltralightEv1, "04EE45DAA34084", "EBB6102BFF74B087D18A57A54BC375159A04EA9BC61080B7F4A85AFE1587D73B"),
    ];

    #[test]
    fn genuine_chips_are_known_and_no_other() {
        for (kind, uid, hex) in REAL {
            let (uid, mut signature) = (Uid::parse(uid).unwrap(), signature(hex));
            assert_eq!(verify(&signature, &uid, kind), Originality::Genuine, "{uid}");
            let other = if kind == ChipKind::Ntag213 { ChipKind::UltralightEv1 } else { ChipKind::Ntag213 };
            let own = matches!(kind, ChipKind::Ntag215 | ChipKind::Ntag216);
            assert_eq!(verify(&signature, &uid, other) == Originality::Genuine, own, "{uid}");
            signature[31] ^= 1;
            assert_eq!(verify(&signature, &uid, kind), Originality::Wrong, "{uid}");
        }
    }

    #[test]
    fn a_signature_of_another_uid_or_none_is_wrong() {
        let (kind, _, hex) = REAL[0];
        let uid = Uid::parse("04E10CDA993C81").unwrap();
        assert_eq!(verify(&signature(hex), &uid, kind), Originality::Wrong);
        for empty in [[0; 32], [0xFF; 32]] {
            assert_eq!(verify(&empty, &uid, kind), Originality::Wrong);
        }
    }
}
