//! Which password of a member of staff will do: long, and none that somebody who knows the desk would try first. Long words
//! without rules about signs and capitals, as NIST SP 800-63B (5.1.1.2) has it; no refusal repeats a part of it.
//! Start at [`check`].

use unicode_normalization::UnicodeNormalization;

use crate::plan::messages::Trouble;

/// Fewest characters: it is typed at a shared desk, and must withstand a look over the shoulder.
pub const LEAST: usize = 10;
/// Most characters.
pub const MOST: usize = 200;

/// Signs that follow each other where fingers or schoolchildren go: each of them forwards and backwards.
const ROWS: [&str; 8] = [
    "0123456789012",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "가나다라마바사아자차카타파하",
];
/// Signs of a row that count as one.
const ROW: usize = 4;
/// Signs that must be left when rows and repetitions are counted as one sign each.
const OWN: usize = 6;

/// Words that everybody tries, as they are typed; 도서관 and 책이음 also on a keyboard that was left in Latin letters.
const COMMON: [&str; 22] = [
    "password",
    "passwort",
    "passw0rd",
    "letmein",
    "welcome",
    "iloveyou",
    "dragon",
    "monkey",
    "football",
    "baseball",
    "sunshine",
    "princess",
    "administrator",
    "admin",
    "manager",
    "library",
    "librarian",
    "도서관",
    "책이음",
    "사서",
    "ehtjrhks",
    "cordldma",
];

/// The password as it is hashed: the same signs however the keyboard composed them.
pub fn composed(password: &str) -> String {
    password.nfc().collect()
}

/// What is wrong with a password of the account `name`, by the first rule that it breaks: `password-short`, `password-long`,
/// `password-name`, `password-row`, `password-common`.
pub fn check(name: &str, password: &str) -> Result<(), Trouble> {
    let password = composed(password);
    let chars = password.chars().count();
    if chars < LEAST {
        return Err(Trouble::new("password-short").with("least", LEAST));
    }
    if chars > MOST {
        return Err(Trouble::new("password-long").with("most", MOST));
    }
    let plain = password.to_lowercase();
    if holds(&plain, &name.nfc().collect::<String>().to_lowercase()) {
        return Err(Trouble::new("password-name"));
    }
    if own(&plain) < OWN {
        return Err(Trouble::new("password-row"));
    }
    let without = COMMON.iter().fold(plain, |left, word| left.replace(word, ""));
    let letters: String = without.chars().filter(|c| c.is_alphanumeric()).collect();
    if own(&letters) < OWN {
        return Err(Trouble::new("password-common"));
    }
    Ok(())
}

/// Whether the name, or a part of it that is more than a syllable, stands in the password: the given name of a Korean one too, and
/// each as it is typed on a keyboard that was left in Latin letters.
fn holds(password: &str, name: &str) -> bool {
    let given = |part: &str| {
        let syllables: Vec<char> = part.chars().collect();
        let korean = syllables.len() >= 3 && syllables.iter().all(|sign| keys(*sign).is_some());
        korean.then(|| syllables.iter().skip(1).collect::<String>())
    };
    let parts: Vec<&str> = name.split_whitespace().chain([name]).collect();
    let all = parts.iter().filter_map(|part| given(part)).chain(parts.iter().map(|part| (*part).to_owned()));
    all.filter(|part| part.chars().count() >= 2).any(|part| {
        let typed: Option<String> = part.chars().map(keys).collect();
        password.contains(&part) || typed.is_some_and(|typed| password.contains(&typed))
    })
}

/// The keys of a syllable on the two-set keyboard (KS X 5002), capitals as small letters; none of anything else.
fn keys(syllable: char) -> Option<String> {
    const FIRST: &str = "r r s e e f a q q t t d w w c z x v g";
    const MIDDLE: &str = "k o i o j p u p h hk ho hl y n nj np nl b m ml l";
    const LAST: &str = "- r r rt s sw sg e f fr fa fq ft fx fv fg a q qt t t d w c z x v g";
    // In the order of Unicode's syllables (chapter 3.12): 21 vowels with 28 ends to each initial consonant.
    let place = u32::from(syllable).checked_sub(0xAC00).filter(|place| *place < 11_172)? as usize;
    let of = |row: &'static str, at: usize| row.split(' ').nth(at);
    let parts = [of(FIRST, place / 588)?, of(MIDDLE, place % 588 / 28)?, of(LAST, place % 28)?];
    Some(parts.concat().replace('-', ""))
}

/// How many signs there are when each row, each repetition and each sign that came before counts once.
fn own(password: &str) -> usize {
    let signs: Vec<char> = password.chars().collect();
    let mut seen = Vec::new();
    let mut count = 0;
    let mut at = 0;
    while let Some(&sign) = signs.get(at) {
        let length = row_at(&signs[at..]);
        if !seen.contains(&sign) {
            count += 1;
            seen.push(sign);
        }
        at += length.max(1);
    }
    count
}

/// How many signs from here on go along a row; 1 where none does.
fn row_at(signs: &[char]) -> usize {
    let along = |row: Vec<char>| {
        let Some(start) = signs.first() else { return 0 };
        let places = row.iter().enumerate().filter(|(_, sign)| *sign == start);
        places.map(|(place, _)| row[place..].iter().zip(signs).take_while(|(a, b)| a == b).count()).max().unwrap_or(0)
    };
    let rows = ROWS.iter().flat_map(|row| [row.chars().collect::<Vec<_>>(), row.chars().rev().collect()]);
    let longest = rows.map(along).max().unwrap_or(0);
    if longest >= ROW { longest } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str, password: &str) -> Option<&'static str> {
        check(name, password).err().map(|trouble| trouble.code)
    }

    #[test]
    fn what_somebody_would_try_first_is_told_apart() {
        for (password, expected) in [
            ("짧은말", "password-short"),
            ("ninechars", "password-short"),
            ("kim-minsu-2026!", "password-name"),
            ("MinSu.garden.blue", "password-name"),
            ("aaaaaaaaaaaa", "password-row"),
            ("abababababab", "password-row"),
            ("1234567890", "password-row"),
            ("qwertyuiop", "password-row"),
            ("1q2w3e4r5t", "password-row"),
            ("qwer1234asdf", "password-row"),
            ("가나다라마바사아자차", "password-row"),
            ("Password1234", "password-common"),
            ("library2026!", "password-common"),
            ("도서관도서관책이음1", "password-common"),
            ("ehtjrhks1234", "password-common"),
        ] {
            assert_eq!(code("Kim MinSu", password), Some(expected), "{password}");
        }
        assert_eq!(code("김민수", &"길".repeat(201)), Some("password-long"));
        for password in ["민수네 집 앞 은행나무", "rlaalstn-garden-7", "Alstn.garden.blue", "김민수네 은행나무 길"]
        {
            assert_eq!(code("김민수", password), Some("password-name"), "{password}");
        }
        assert_eq!(code("김민수", "수박과 참외와 자두"), None, "one syllable is no name");
    }

    #[test]
    fn a_long_word_of_ones_own_will_do_whatever_its_signs() {
        for password in [
            "maple bench river",
            "창가에 앉은 파란 의자",
            "correct horse battery",
            "tr4mpoline-kiosk",
            "나무2026아래서읽는다",
        ] {
            assert_eq!(code("김민수", password), None, "{password}");
        }
    }

    #[test]
    fn syllables_are_the_keys_under_which_they_lie() {
        for (syllable, expected) in [('가', "rk"), ('힣', "glg"), ('닭', "ekfr"), ('꽃', "rhc"), ('왜', "dho")] {
            assert_eq!(keys(syllable).as_deref(), Some(expected), "{syllable}");
        }
        assert_eq!((keys('a'), keys('ㄱ'), keys('漢')), (None, None, None));
    }

    /// A keyboard that sends syllables in parts (NFD) types the same password.
    #[test]
    fn composed_and_decomposed_syllables_are_the_same() {
        let decomposed: String = "창가에 앉은 큰 의자".nfd().collect();
        assert_eq!(composed(&decomposed), "창가에 앉은 큰 의자");
        assert_eq!(code("창가", &decomposed), Some("password-name"));
    }
}
