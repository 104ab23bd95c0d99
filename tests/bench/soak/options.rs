//! What the soak is asked for on its command line. Start at [`Options::parse`].

use std::fmt;
use std::time::Duration;

pub struct Options {
    pub minutes: f64,
    pub readers: usize,
    pub boards: usize,
    pub seed: u64,
    /// As `rig simulate --timing` has it.
    pub timing: String,
    /// Every line that the clerks tell.
    pub verbose: bool,
}

impl Options {
    /// `--minutes N` and so on; cargo's own `--bench` is passed over.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
        let mut options =
            Options { minutes: 60.0, readers: 4, boards: 2, seed: 1, timing: "acr122u".to_owned(), verbose: false };
        while let Some(word) = words.next() {
            if word == "--bench" {
                continue;
            }
            if word == "--verbose" {
                options.verbose = true;
                continue;
            }
            let value = words.next().ok_or_else(|| format!("{word} wants a value"))?;
            let wrong = |_| format!("{word} {value}: no number");
            match word.as_str() {
                "--minutes" => options.minutes = value.parse().map_err(|_| format!("{word} {value}: no number"))?,
                "--readers" => options.readers = value.parse().map_err(wrong)?,
                "--boards" => options.boards = value.parse().map_err(wrong)?,
                "--seed" => options.seed = value.parse().map_err(wrong)?,
                "--timing" => options.timing = value,
                _ => {
                    return Err(format!(
                        "{word}: there is --minutes, --readers, --boards, --seed, --timing and --verbose"
                    ));
                }
            }
        }
        match options.minutes.is_finite() && options.minutes > 0.0 && options.readers + options.boards > 0 {
            true => Ok(options),
            false => Err("more than no minutes, and at least one reader or board".to_owned()),
        }
    }

    pub fn time(&self) -> Duration {
        Duration::from_secs_f64(self.minutes * 60.0)
    }

    /// The first part of it: a quarter, three minutes at most.
    pub fn warm_up(&self) -> Duration {
        (self.time() / 4).min(Duration::from_secs(180))
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} minutes, {} ACR122U, {} PN532, seed {}, timing {}",
            self.minutes, self.readers, self.boards, self.seed, self.timing
        )
    }
}
