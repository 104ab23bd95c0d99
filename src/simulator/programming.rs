//! How memory is programmed, whichever chip it is: whole, or cut off by a tear. The same seed gives the same tear in every run.
//!
//! Names no chip. Start at [`Programming`].

/// How far programming gets before the power is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Programming {
    Whole,
    /// Some of the bits that change have changed; the seed says which.
    Half(u32),
    /// The erase is done (cells to this value), the writing is not.
    Erased(u8),
}

impl Programming {
    /// What a block or page holds after this, when it held `old` and was to hold `new`.
    pub fn outcome<const N: usize>(self, old: [u8; N], new: [u8; N]) -> [u8; N] {
        match self {
            Programming::Whole => new,
            Programming::Erased(value) => [value; N],
            Programming::Half(seed) => half(old, new, seed),
        }
    }

    /// Whether memory that is safe from tearing holds the new content after this: it is the old or the new, nothing
    /// else.
    pub fn lasts(self) -> bool {
        match self {
            Programming::Whole => true,
            Programming::Erased(value) => value != 0,
            Programming::Half(seed) => seed % 2 == 1,
        }
    }
}

/// Where two bits or more differ, at least one is changed and at least one is not.
fn half<const N: usize>(old: [u8; N], new: [u8; N], seed: u32) -> [u8; N] {
    let changing: Vec<usize> = (0..N * 8).filter(|bit| (old[bit / 8] ^ new[bit / 8]) >> (bit % 8) & 1 == 1).collect();
    let mut random = seed.wrapping_mul(0x9E37_79B9) | 1;
    let mut done: Vec<bool> = changing.iter().map(|_| xorshift(&mut random) & 0x10 != 0).collect();
    if changing.len() > 1 {
        if done.iter().all(|d| *d) {
            done[0] = false;
        } else if !done.contains(&true) {
            done[0] = true;
        }
    }
    let mut block = old;
    for (bit, _) in changing.iter().zip(&done).filter(|(_, done)| **done) {
        block[bit / 8] ^= 1 << (bit % 8);
    }
    block
}

/// Marsaglia's 32-bit xorshift: the same start gives the same numbers in every run. The state must not be 0.
pub fn xorshift(state: &mut u32) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    *state
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn half_programmed_is_a_mixture_and_repeats(old: [u8; 16], new: [u8; 16], seed: u32) {
            let torn = Programming::Half(seed).outcome(old, new);
            for i in 0..16 {
                prop_assert_eq!((torn[i] ^ old[i]) & (torn[i] ^ new[i]), 0);
            }
            let differing: u32 = (0..16).map(|i| (old[i] ^ new[i]).count_ones()).sum();
            prop_assert!(differing < 2 || (torn != old && torn != new));
            prop_assert_eq!(torn, Programming::Half(seed).outcome(old, new));
        }
    }
}
