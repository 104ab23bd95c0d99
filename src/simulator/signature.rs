//! The originality signature of the simulated Type 2 chips: ECDSA over secp128r1, the 7-byte UID itself as the
//! message, as READ_SIG gives it (32 bytes, r then s).
//!
//! NXP signs with a private key that nobody else has, so the simulator has a key of its own. Its public point is
//! [`PUBLIC`]: a card whose signature fits it is simulated silicon, and nothing else. The key protects nothing. Start
//! at [`sign`].

use std::sync::OnceLock;

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

/// The public point that belongs to the simulator's key: 04, x, y.
pub const PUBLIC: &str = "04CD96A244453DA4E2CB03F7531C3C50AF2E00BFAC5664AD1E0508962DE5A428EF";

/// The simulator's private key: "simulated chips!" in ASCII, which is less than the group's order.
const PRIVATE: [u8; 16] = *b"simulated chips!";

/// A point of the curve but the one at infinity.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Point {
    x: BigUint,
    y: BigUint,
}

/// secp128r1 (SEC 2, version 1.0, 2.7.1): y² = x³ − 3x + b over the prime `p`; `base` has the prime order `n`.
struct Curve {
    p: BigUint,
    n: BigUint,
    /// base · 2^i for every bit of a scalar.
    doubled: Vec<Point>,
}

fn number(hex: &str) -> BigUint {
    BigUint::parse_bytes(hex.as_bytes(), 16).unwrap_or_else(|| unreachable!("a constant in hex"))
}

fn curve() -> &'static Curve {
    static CURVE: OnceLock<Curve> = OnceLock::new();
    CURVE.get_or_init(|| {
        let base =
            Point { x: number("161FF7528B899B2D0C28607CA52C5B86"), y: number("CF5AC8395BAFEB13C02DA292DDED7A83") };
        let mut curve = Curve {
            p: number("FFFFFFFDFFFFFFFFFFFFFFFFFFFFFFFF"),
            n: number("FFFFFFFE0000000075A30D1B9038A115"),
            doubled: Vec::new(),
        };
        let doubled = std::iter::successors(Some(base), |point| Some(curve.double(point))).take(128).collect();
        curve.doubled = doubled;
        curve
    })
}

impl Curve {
    fn subtract(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.p - b % &self.p) % &self.p
    }

    fn double(&self, point: &Point) -> Point {
        // The tangent; a is −3. No point of this curve has y = 0: its order is an odd prime.
        let rise = self.subtract(&(BigUint::from(3u8) * &point.x * &point.x), &BigUint::from(3u8));
        self.third(point, point, &rise, &(BigUint::from(2u8) * &point.y))
    }

    /// `None`: the sum is the point at infinity.
    #[cfg(test)]
    fn add(&self, a: &Point, b: &Point) -> Option<Point> {
        if a.x == b.x {
            return (a.y == b.y).then(|| self.double(a));
        }
        Some(self.third(a, b, &self.subtract(&b.y, &a.y), &self.subtract(&b.x, &a.x)))
    }

    /// The third point of the line through two, mirrored.
    fn third(&self, a: &Point, b: &Point, rise: &BigUint, run: &BigUint) -> Point {
        let inverse = run.modinv(&self.p).unwrap_or_default();
        let slope = rise * inverse % &self.p;
        let x = self.subtract(&self.subtract(&(&slope * &slope), &a.x), &b.x);
        let y = self.subtract(&(&slope * self.subtract(&a.x, &x)), &a.y);
        Point { x, y }
    }

    /// The base point times a scalar; `None` for a multiple of the order. Added up in Jacobian coordinates, which
    /// takes one inversion where affine ones take sixty.
    fn times(&self, scalar: &BigUint) -> Option<Point> {
        let powers = self.doubled.iter().zip(0u64..).filter(|(_, bit)| scalar.bit(*bit));
        let sum = powers.fold(None, |sum, (power, _)| match sum {
            None => Some(Jacobian::of(power)),
            Some(sum) => self.add_mixed(&sum, power),
        })?;
        let inverse = sum.z.modinv(&self.p)?;
        let square = &inverse * &inverse % &self.p;
        Some(Point { x: sum.x * &square % &self.p, y: sum.y * (square * inverse % &self.p) % &self.p })
    }

    /// `None`: the sum is the point at infinity.
    fn add_mixed(&self, a: &Jacobian, b: &Point) -> Option<Jacobian> {
        let p = &self.p;
        let square = &a.z * &a.z % p;
        let run = self.subtract(&(&b.x * &square), &a.x);
        let rise = self.subtract(&(&b.y * (&a.z * &square % p)), &a.y);
        if run == BigUint::ZERO {
            return (rise == BigUint::ZERO).then(|| Jacobian::of(&self.double(b)));
        }
        let run_2 = &run * &run % p;
        let run_3 = &run * &run_2 % p;
        let middle = &a.x * run_2 % p;
        let x = self.subtract(&(&rise * &rise), &(&run_3 + (&middle << 1u8)));
        let y = self.subtract(&(rise * self.subtract(&middle, &x)), &(&a.y * run_3));
        Some(Jacobian { x, y, z: &a.z * run % p })
    }
}

/// The point (x/z², y/z³).
struct Jacobian {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

impl Jacobian {
    fn of(point: &Point) -> Jacobian {
        Jacobian { x: point.x.clone(), y: point.y.clone(), z: BigUint::from(1u8) }
    }
}

/// Signs a UID: r and s, 16 bytes each. The nonce comes from key and UID, so that the same chip always gives the
/// same signature.
pub fn sign(uid: &[u8; 7]) -> [u8; 32] {
    let curve = curve();
    let (key, message) = (BigUint::from_bytes_be(&PRIVATE), BigUint::from_bytes_be(uid));
    let one = BigUint::from(1u8);
    // One try is all it takes but for one UID in 2^127.
    for round in 0u8..=u8::MAX {
        let seed = Sha256::new().chain_update(PRIVATE).chain_update(uid).chain_update([round]).finalize();
        let nonce = BigUint::from_bytes_be(&seed) % (&curve.n - &one) + &one;
        let Some(point) = curve.times(&nonce) else { continue };
        let r = point.x % &curve.n;
        let inverse = nonce.modinv(&curve.n).unwrap_or_default();
        let s = (&message + &r * &key) * inverse % &curve.n;
        if r != BigUint::ZERO && s != BigUint::ZERO {
            let mut signature = [0; 32];
            put(&mut signature[..16], &r);
            put(&mut signature[16..], &s);
            return signature;
        }
    }
    [0; 32]
}

/// Big-endian, with leading 00.
fn put(field: &mut [u8], number: &BigUint) {
    let bytes = number.to_bytes_be();
    let start = field.len().saturating_sub(bytes.len());
    field[start..].copy_from_slice(&bytes);
}

#[cfg(test)]
#[path = "signature_tests.rs"]
mod tests;
