//! ECDSA verification over secp128r1 (SEC 2 version 1.0, 2.7.1; SEC 1, 4.1.4), without a hash. Verifies public values only,
//! so it need not hide how long it takes. Start at [`verifies`].

use num_bigint::BigUint;

const P: u128 = 0xFFFF_FFFD_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF;
const N: u128 = 0xFFFF_FFFE_0000_0000_75A3_0D1B_9038_A115;
const BASE: (u128, u128) = (0x161F_F752_8B89_9B2D_0C28_607C_A52C_5B86, 0xCF5A_C839_5BAF_EB13_C02D_A292_DDED_7A83);

/// A point but the one at infinity.
#[derive(Clone)]
struct Affine {
    x: BigUint,
    y: BigUint,
}

/// x = X/Z², y = Y/Z³; no inversion until the end.
struct Jacobian {
    x: BigUint,
    y: BigUint,
    z: BigUint,
}

struct Field {
    p: BigUint,
}

impl Field {
    fn multiply(&self, a: &BigUint, b: &BigUint) -> BigUint {
        a * b % &self.p
    }

    fn subtract(&self, a: &BigUint, b: &BigUint) -> BigUint {
        (a + &self.p - b) % &self.p
    }

    /// a is −3 (dbl-2001-b of the explicit formulas database). No point of this curve has y = 0: its order is an odd prime.
    fn double(&self, point: &Jacobian) -> Jacobian {
        let delta = self.multiply(&point.z, &point.z);
        let gamma = self.multiply(&point.y, &point.y);
        let beta = self.multiply(&point.x, &gamma);
        let alpha = self.multiply(&(self.subtract(&point.x, &delta) * 3u8), &(&point.x + &delta));
        let x = self.subtract(&(&alpha * &alpha % &self.p), &(&beta * 8u8 % &self.p));
        let sum = &point.y + &point.z;
        let z = self.subtract(&self.subtract(&(&sum * &sum % &self.p), &gamma), &delta);
        let rest = self.subtract(&(&beta * 4u8 % &self.p), &x);
        let y = self.subtract(&self.multiply(&alpha, &rest), &(&gamma * &gamma * 8u8 % &self.p));
        Jacobian { x, y, z }
    }

    /// `None`: the point at infinity.
    fn add(&self, sum: Option<Jacobian>, point: &Affine) -> Option<Jacobian> {
        let Some(sum) = sum else {
            return Some(Jacobian { x: point.x.clone(), y: point.y.clone(), z: BigUint::from(1u8) });
        };
        let square = self.multiply(&sum.z, &sum.z);
        let run = self.subtract(&self.multiply(&point.x, &square), &sum.x);
        let rise = self.subtract(&self.multiply(&point.y, &self.multiply(&square, &sum.z)), &sum.y);
        if run == BigUint::ZERO {
            return (rise == BigUint::ZERO).then(|| self.double(&sum));
        }
        let run_2 = self.multiply(&run, &run);
        let run_3 = self.multiply(&run_2, &run);
        let middle = self.multiply(&sum.x, &run_2);
        let x = self.subtract(&self.subtract(&(&rise * &rise % &self.p), &run_3), &(&middle * 2u8 % &self.p));
        let y = self.subtract(&self.multiply(&rise, &self.subtract(&middle, &x)), &self.multiply(&sum.y, &run_3));
        Some(Jacobian { x, y, z: self.multiply(&sum.z, &run) })
    }

    fn affine(&self, point: &Jacobian) -> Option<Affine> {
        let inverse = point.z.modinv(&self.p)?;
        let square = self.multiply(&inverse, &inverse);
        let y = self.multiply(&point.y, &self.multiply(&square, &inverse));
        Some(Affine { x: self.multiply(&point.x, &square), y })
    }
}

/// Whether r ‖ s, 16 bytes each, is a signature of this number by the owner of this public point (x, y).
pub(super) fn verifies(public: (u128, u128), message: &[u8], signature: &[u8; 32]) -> bool {
    let (field, n) = (Field { p: BigUint::from(P) }, BigUint::from(N));
    let (r, s) = (BigUint::from_bytes_be(&signature[..16]), BigUint::from_bytes_be(&signature[16..]));
    if r == BigUint::ZERO || s == BigUint::ZERO || r >= n || s >= n {
        return false;
    }
    let Some(inverse) = s.modinv(&n) else { return false };
    let (u1, u2) = (BigUint::from_bytes_be(message) * &inverse % &n, &r * inverse % &n);
    let point = |(x, y)| Affine { x: BigUint::from(x), y: BigUint::from(y) };
    let (base, public) = (point(BASE), point(public));
    let one = Jacobian { x: base.x.clone(), y: base.y.clone(), z: BigUint::from(1u8) };
    let both = field.add(Some(one), &public).and_then(|sum| field.affine(&sum));
    let mut sum = None;
    for bit in (0..128).rev() {
        sum = sum.map(|sum| field.double(&sum));
        sum = match (u1.bit(bit), u2.bit(bit), &both) {
            (true, true, Some(both)) => field.add(sum, both),
            // The public point is the base's negative: nothing is added.
            (true, true, None) | (false, false, _) => sum,
            (true, false, _) => field.add(sum, &base),
            (false, true, _) => field.add(sum, &public),
        };
    }
    sum.and_then(|sum| field.affine(&sum)).is_some_and(|point| point.x % n == r)
}
