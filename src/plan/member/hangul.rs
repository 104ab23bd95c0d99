//! Initial consonants (초성) of Hangul: ㅎㄱㄷ for 홍길동. It never changes what is stored; it only compares.
//! Start at [`initials`] and [`is_initials`].

use unicode_normalization::UnicodeNormalization;

/// The 19 initial consonants in the order of Unicode's syllables (chapter 3.12), as compatibility letters.
const INITIALS: [char; 19] =
    ['ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'];

/// A text as it is compared: without white space, NFC, lower case. Clusters that a Korean keyboard joins by
/// itself while only consonants are typed (ㄳ for ㄱㅅ) are taken apart.
pub fn folded(text: &str) -> String {
    let mut folded = String::new();
    // The white space goes first: marks that it kept apart come into their order then.
    for c in text.chars().filter(|c| !c.is_whitespace()).nfc() {
        match cluster(c) {
            Some(parts) => folded.push_str(parts),
            None => folded.extend(conjoining_initial(c).unwrap_or(c).to_lowercase()),
        }
    }
    folded
}

/// The text with every syllable replaced by its initial consonant, otherwise [`folded`]: 구포도서관 → ㄱㅍㄷㅅㄱ.
pub fn initials(text: &str) -> String {
    folded(text).chars().map(|c| initial(c).unwrap_or(c)).collect()
}

/// Whether the text is nothing but initial consonants (and spaces).
pub fn is_initials(text: &str) -> bool {
    let folded = folded(text);
    !folded.is_empty() && folded.chars().all(is_consonant)
}

/// Where `query` stands in `text`, counted in folded characters. A consonant in the query stands for any syllable
/// that begins with it: ㅎㄱㄷ, 홍ㄱㄷ and 길동 are all in 홍길동.
pub fn position(text: &str, query: &str) -> Option<usize> {
    let (text, query): (Vec<char>, Vec<char>) = (folded(text).chars().collect(), folded(query).chars().collect());
    position_folded(&text, &query)
}

/// [`position`] of texts that are folded already.
pub(super) fn position_folded(text: &[char], query: &[char]) -> Option<usize> {
    if query.is_empty() {
        return None;
    }
    text.windows(query.len()).position(|window| stands_for(window, query))
}

/// Whether a folded query of the same length stands for these characters.
pub(super) fn stands_for(text: &[char], query: &[char]) -> bool {
    text.iter().zip(query).all(|(t, q)| t == q || (is_consonant(*q) && initial(*t) == Some(*q)))
}

pub(super) fn is_consonant(c: char) -> bool {
    INITIALS.contains(&c)
}

fn initial(c: char) -> Option<char> {
    // 588 syllables to an initial consonant: 21 vowels with 28 ends each.
    let place = (c as u32).checked_sub(0xAC00).filter(|place| *place < 11_172)? / 588;
    INITIALS.get(place as usize).copied()
}

fn conjoining_initial(c: char) -> Option<char> {
    INITIALS.get((c as u32).checked_sub(0x1100)? as usize).copied()
}

fn cluster(c: char) -> Option<&'static str> {
    Some(match c {
        'ㄳ' => "ㄱㅅ",
        'ㄵ' => "ㄴㅈ",
        'ㄶ' => "ㄴㅎ",
        'ㄺ' => "ㄹㄱ",
        'ㄻ' => "ㄹㅁ",
        'ㄼ' => "ㄹㅂ",
        'ㄽ' => "ㄹㅅ",
        'ㄾ' => "ㄹㅌ",
        'ㄿ' => "ㄹㅍ",
        'ㅀ' => "ㄹㅎ",
        'ㅄ' => "ㅂㅅ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_initials() {
        for (text, expected) in [
            ("홍길동", "ㅎㄱㄷ"),
            ("구포 도서관", "ㄱㅍㄷㅅㄱ"),
            ("까치", "ㄲㅊ"),
            ("가힣", "ㄱㅎ"),
            ("Kim 하나", "kimㅎㄴ"),
            ("", ""),
        ] {
            assert_eq!(initials(text), expected);
        }
    }

    #[test]
    fn tells_initials_from_text() {
        for (text, expected) in [
            ("ㅎㄱㄷ", true),
            ("ㅎ ㄱ", true),
            ("ㄳ", true),
            ("\u{1112}", true),
            ("홍ㄱ", false),
            ("ㅏ", false),
            ("", false),
            ("a", false),
        ] {
            assert_eq!(is_initials(text), expected, "{text}");
        }
    }

    #[test]
    fn finds_by_initials_by_text_and_by_both() {
        for (text, query, expected) in [
            ("홍길동", "ㅎㄱㄷ", Some(0)),
            ("홍길동", "홍ㄱㄷ", Some(0)),
            ("홍길동", "길ㄷ", Some(1)),
            ("홍길동", "홍 길", Some(0)),
            ("홍길동", "ㄱㅎ", None),
            ("홍길동", "홍길동전", None),
            ("박수근 국수집", "ㄱㅅ", Some(3)),
            ("박수근 국수집", "ㄳ", Some(3)),
            ("MARIA", "ari", Some(1)),
            ("홍길동", "", None),
            ("\u{ccd}\u{a0}\u{16af0}", "\u{16af0}\u{ccd}", Some(0)),
        ] {
            assert_eq!(position(text, query), expected, "{query} in {text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_found_by_its_own_initials(text in "[가-힣]{1,8}") {
            prop_assert!(is_initials(&initials(&text)));
            prop_assert_eq!(position(&text, &initials(&text)), Some(0));
        }

        #[test]
        fn any_text_may_be_asked(text in any::<String>(), query in any::<String>()) {
            let _ = position(&text, &query);
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }
    }
}
