//! What an error may repeat of a text that was typed or scanned: enough to be known again, never an identity number.

use crate::plan::member::refuse_identity_number;

/// The longest text that is repeated whole, in characters.
const WHOLE: usize = 40;

/// The text as it was typed; a long one ends in `…`, and one that holds an identity number is `…` alone.
pub fn quoted(text: &str) -> String {
    let text = text.trim();
    if refuse_identity_number(text).is_err() {
        return "…".to_owned();
    }
    if text.chars().count() <= WHOLE {
        return text.to_owned();
    }
    text.chars().take(WHOLE).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_repeated_whole_or_says_that_it_goes_on() {
        assert_eq!(quoted(" 1234567890123456789012 "), "1234567890123456789012");
        assert_eq!(quoted(&"가".repeat(40)), "가".repeat(40));
        assert_eq!(quoted(&"가".repeat(41)), "가".repeat(40) + "…");
        assert_eq!(quoted("홍길동 880314-1234567"), "…");
    }
}
