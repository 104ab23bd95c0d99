//! Signatures judged by a verifier of our own, and the verifier judged by signatures of NXP's chips.

use super::*;

/// NXP's public keys (AN11350, AN11341) with signatures that its chips gave.
const GENUINE: [(&str, &str, &str); 4] = [
    (
        "04494E1A386D3D3CFE3DC10E5DE68A499B1C202DB5B132393E89ED19FE5BE8BC61",
        "04E10CDA993C80",
        "8B76052EE42F5567BEB53238B3E3F9950707C0DCC956B5C5EFCFDB709B2D82B3",
    ),
    (
        "04494E1A386D3D3CFE3DC10E5DE68A499B1C202DB5B132393E89ED19FE5BE8BC61",
        "04DB0BDA993C80",
        "6048EFD9417CD10F6B7F1818D471A7FE5B46868D2EABDC6307A1E0AAE139D8D0",
    ),
    (
        "0490933BDCD6E99B4E255E3DA55389A827564E11718E017292FAF23226A96614B8",
        "04C1285A373080",
        "CEA2EB0B3C95D0844A95B824A7553703B3702378033BF0987899DB70151A19E7",
    ),
    (
        "0490933BDCD6E99B4E255E3DA55389A827564E11718E017292FAF23226A96614B8",
        "04C2285A373080",
        "A561506723D422D29ED9F93E60D20B9ED1E05CC1BF81DA19FE500CA0B81CC0ED",
    ),
];

fn point(hex: &str) -> Point {
    Point { x: number(&hex[2..34]), y: number(&hex[34..]) }
}

fn times(point: &Point, scalar: &BigUint) -> Option<Point> {
    let mut sum = None;
    for bit in (0..128).rev() {
        sum = sum.map(|sum| curve().double(&sum));
        if scalar.bit(bit) {
            sum = match sum {
                None => Some(point.clone()),
                Some(sum) => curve().add(&sum, point),
            };
        }
    }
    sum
}

/// SEC 1, 4.1.4, without a hash.
fn verifies(public: &Point, message: &BigUint, signature: &[u8]) -> bool {
    let n = &curve().n;
    let (r, s) = (BigUint::from_bytes_be(&signature[..16]), BigUint::from_bytes_be(&signature[16..]));
    if r == BigUint::ZERO || s == BigUint::ZERO || &r >= n || &s >= n {
        return false;
    }
    let inverse = s.modinv(n).expect("n is prime");
    let (u1, u2) = (message * &inverse % n, &r * &inverse % n);
    let sum = match (times(&curve().doubled[0], &u1), times(public, &u2)) {
        (Some(a), Some(b)) => curve().add(&a, &b),
        (a, b) => a.or(b),
    };
    sum.is_some_and(|sum| sum.x % n == r)
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hex")).collect()
}

#[test]
fn the_verifier_knows_genuine_chips_and_no_others() {
    for (public, uid, signature) in GENUINE {
        let mut signature = bytes(signature);
        assert!(verifies(&point(public), &number(uid), &signature), "{uid}");
        assert!(!verifies(&point(PUBLIC), &number(uid), &signature), "{uid}");
        signature[31] ^= 1;
        assert!(!verifies(&point(public), &number(uid), &signature), "{uid}");
    }
}

#[test]
fn the_public_point_belongs_to_the_key() {
    let found = curve().times(&BigUint::from_bytes_be(&PRIVATE)).expect("a point");
    assert_eq!(format!("04{:032X}{:032X}", found.x, found.y), PUBLIC);
}

#[test]
fn every_signature_fits_its_uid_and_no_other() {
    for last in 0..32 {
        let uid = [0x04, 0x51, 0x5C, 0xFA, 0x6F, 0x73, last];
        let signature = sign(&uid);
        let message = BigUint::from_bytes_be(&uid);
        assert!(verifies(&point(PUBLIC), &message, &signature));
        assert!(!verifies(&point(PUBLIC), &(message + 1u8), &signature));
        assert_eq!(sign(&uid), signature, "deterministic");
    }
}

/// The quick way against the schoolbook's, where they could differ: one bit, many, the order and its neighbours.
#[test]
fn multiples_of_the_base_point_are_the_schoolbooks() {
    let curve = curve();
    let one = BigUint::from(1u8);
    let scalars = [one.clone(), BigUint::from(3u8), (&one << 127u8) + &one, &curve.n - &one, &curve.n - 2u8];
    for scalar in scalars {
        assert_eq!(curve.times(&scalar), times(&curve.doubled[0], &scalar), "{scalar:X}");
    }
    assert_eq!(curve.times(&curve.n), None);
}
