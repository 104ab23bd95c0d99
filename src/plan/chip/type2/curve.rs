//! ECDSA verification over secp128r1 (SEC 2 version 1.0, 2.7.1; SEC 1, 4.1.4), without a hash. Verifies public values only,
//! so it need not hide how long it takes. Start at [`verifies`].

use num_bigint::BigUint;

const P: u128 = 0xFFFF_FFFD_FFFF_FFFF_FFFF_FFFF_FFFF_FFFF;
/// The order of the base point; here it is greater than the field's prime.
const N: u128 = 0xFFFF_FFFE_0000_0000_75A3_0D1B_9038_A115;
const BASE: (u128, u128) = (0x161F_F752_8B89_9B2D_0C28_607C_A52C_5B86, 0xCF5A_C839_5BAF_EB13_C02D_A292_DDED_7A83);

/// A number modulo P in Montgomery's form: times 2^128.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Element(u128);

const ZERO: Element = Element(0);
/// 2^128 modulo P.
const ONE: Element = Element(P.wrapping_neg());

impl Element {
    /// Of a number less than P.
    fn of(number: u128) -> Element {
        // 2^256 modulo P, by doubling 2^128.
        let square = (0..128).fold(ONE, |power, _| power.plus(power));
        Element(number).times(square)
    }

    fn plus(self, other: Element) -> Element {
        let (sum, over) = self.0.overflowing_add(other.0);
        Element(if over || sum >= P { sum.wrapping_sub(P) } else { sum })
    }

    fn minus(self, other: Element) -> Element {
        let (rest, under) = self.0.overflowing_sub(other.0);
        Element(if under { rest.wrapping_add(P) } else { rest })
    }

    /// The product by 2^-128 (Montgomery, with interleaved reduction). The low word of P is −1 modulo 2^64, so the factor of
    /// the reduction is the low word itself.
    fn times(self, other: Element) -> Element {
        let words = |number: u128| [number as u64, (number >> 64) as u64].map(u128::from);
        let low = |number: u128| u128::from(number as u64);
        let ([a0, a1], [p0, p1]) = (words(self.0), words(P));
        let (mut t0, mut t1, mut t2) = (0u128, 0u128, 0u128);
        for b in words(other.0) {
            let first = t0 + a0 * b;
            let second = t1 + a1 * b + (first >> 64);
            let third = t2 + (second >> 64);
            let factor = low(first);
            let carry = (low(first) + factor * p0) >> 64;
            let middle = low(second) + factor * p1 + carry;
            let top = low(third) + (middle >> 64);
            (t0, t1, t2) = (low(middle), low(top), (third >> 64) + (top >> 64));
        }
        let product = t1 << 64 | t0;
        Element(if t2 != 0 || product >= P { product.wrapping_sub(P) } else { product })
    }

    fn square(self) -> Element {
        self.times(self)
    }

    /// By Fermat.
    fn inverse(self) -> Element {
        (0..128).rev().fold(ONE, |power, bit| {
            let square = power.square();
            if (P - 2) >> bit & 1 == 1 { square.times(self) } else { square }
        })
    }

    fn twice(self) -> Element {
        self.plus(self)
    }
}

/// A point but the one at infinity.
#[derive(Clone, Copy)]
struct Affine {
    x: Element,
    y: Element,
}

/// x = X/Z², y = Y/Z³; no inversion until the end.
#[derive(Clone, Copy)]
struct Jacobian {
    x: Element,
    y: Element,
    z: Element,
}

impl Affine {
    /// Of coordinates less than P.
    fn of((x, y): (u128, u128)) -> Affine {
        Affine { x: Element::of(x), y: Element::of(y) }
    }

    fn jacobian(self) -> Jacobian {
        Jacobian { x: self.x, y: self.y, z: ONE }
    }
}

impl Jacobian {
    /// a is −3 (dbl-2001-b of the explicit formulas database). No point of this curve has y = 0: its order is an odd prime.
    fn double(self) -> Jacobian {
        let delta = self.z.square();
        let gamma = self.y.square();
        let beta = self.x.times(gamma);
        let rise = self.x.minus(delta).times(self.x.plus(delta));
        let alpha = rise.twice().plus(rise);
        let (beta_4, gamma_2) = (beta.twice().twice(), gamma.square());
        let x = alpha.square().minus(beta_4.twice());
        let z = self.y.plus(self.z).square().minus(gamma).minus(delta);
        let y = alpha.times(beta_4.minus(x)).minus(gamma_2.twice().twice().twice());
        Jacobian { x, y, z }
    }

    /// `None`: the point at infinity.
    fn plus(self, point: Affine) -> Option<Jacobian> {
        let square = self.z.square();
        let run = point.x.times(square).minus(self.x);
        let rise = point.y.times(square.times(self.z)).minus(self.y);
        if run == ZERO {
            return (rise == ZERO).then(|| self.double());
        }
        let run_2 = run.square();
        let run_3 = run_2.times(run);
        let middle = self.x.times(run_2);
        let x = rise.square().minus(run_3).minus(middle.twice());
        let y = rise.times(middle.minus(x)).minus(self.y.times(run_3));
        Some(Jacobian { x, y, z: self.z.times(run) })
    }

    fn affine(self) -> Affine {
        let inverse = self.z.inverse();
        let square = inverse.square();
        Affine { x: self.x.times(square), y: self.y.times(square.times(inverse)) }
    }
}

/// Whether r ‖ s, 16 bytes each, is a signature of this number by the owner of this public point (x, y) of the curve.
pub(super) fn verifies(public: (u128, u128), message: &[u8], signature: &[u8; 32]) -> bool {
    let n = BigUint::from(N);
    let (r, s) = (BigUint::from_bytes_be(&signature[..16]), BigUint::from_bytes_be(&signature[16..]));
    if r == BigUint::ZERO || s == BigUint::ZERO || r >= n || s >= n {
        return false;
    }
    let Some(inverse) = s.modinv(&n) else { return false };
    let (u1, u2) = (BigUint::from_bytes_be(message) * &inverse % &n, &r * inverse % &n);
    let (base, public) = (Affine::of(BASE), Affine::of(public));
    let both = base.jacobian().plus(public).map(Jacobian::affine);
    let mut sum: Option<Jacobian> = None;
    for bit in (0..128).rev() {
        sum = sum.map(Jacobian::double);
        let point = match (u1.bit(bit), u2.bit(bit)) {
            (true, true) => both,
            (true, false) => Some(base),
            (false, true) => Some(public),
            (false, false) => None,
        };
        sum = match (sum, point) {
            (Some(sum), Some(point)) => sum.plus(point),
            (None, Some(point)) => Some(point.jacobian()),
            (sum, None) => sum,
        };
    }
    // x is less than P and so than N: it is its own remainder.
    let x = u128::try_from(&r).ok().filter(|x| *x < P);
    sum.zip(x).is_some_and(|(sum, x)| Element::of(x).times(sum.z.square()) == sum.x)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against arithmetic that knows nothing of Montgomery.
        #[test]
        fn elements_are_multiplied_and_inverted_right(a: u128, b: u128) {
            let (a, b) = (a % P, b % P);
            let product = BigUint::from(a) * BigUint::from(b) % BigUint::from(P);
            let product = Element::of(u128::try_from(product).unwrap());
            prop_assert!(Element::of(a).times(Element::of(b)) == product);
            prop_assert!(a == 0 || Element::of(a).times(Element::of(a).inverse()) == ONE);
        }
    }

    #[test]
    fn the_base_point_has_the_order_of_the_standard() {
        let base = Affine::of(BASE);
        let mut sum: Option<Jacobian> = None;
        for bit in (0..128).rev() {
            sum = sum.map(Jacobian::double);
            if N >> bit & 1 == 1 {
                sum = match sum {
                    Some(sum) => sum.plus(base),
                    None => Some(base.jacobian()),
                };
            }
        }
        assert!(sum.is_none());
    }
}
