//! Ticks that are read at a glance: round numbers, a few of them, the highest not below the highest bar. Start at [`Scale`].

/// From nothing to a round number, in equal round steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    step: u64,
    steps: u64,
}

impl Scale {
    /// The scale on which so many fit: two to four steps of 1, 2 or 5 times a power of ten.
    pub fn to(most: u64) -> Scale {
        let most = most.max(2);
        let mut ten: u64 = 1;
        loop {
            for times in [1, 2, 5] {
                let Some(step) = ten.checked_mul(times) else { continue };
                let steps = most.div_ceil(step);
                if steps <= 4 && steps.checked_mul(step).is_some() {
                    return Scale { step, steps };
                }
            }
            // Nothing that is counted is near the end of what a count can hold.
            match ten.checked_mul(10) {
                Some(next) => ten = next,
                None => return Scale { step: most, steps: 1 },
            }
        }
    }

    /// The highest tick.
    pub fn top(&self) -> u64 {
        self.step * self.steps
    }

    /// Every tick but nothing, lowest first.
    pub fn ticks(&self) -> impl Iterator<Item = u64> + use<> {
        let step = self.step;
        (1..=self.steps).map(move |nth| nth * step)
    }
}
