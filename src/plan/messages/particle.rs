//! Korean particles after a value: 이 or 가, 을 or 를, by the sound that the value ends in. Pure; what it cannot read keeps both
//! forms. Catalogues call it as `{ PARTICLE($name, "이") }`, which gives the particle alone. Start at [`particle`].

/// The form after a final consonant, as a catalogue names it, and the form after a vowel.
const FORMS: [(&str, &str); 6] =
    [("이", "가"), ("을", "를"), ("은", "는"), ("과", "와"), ("으로", "로"), ("이라고", "라고")];

/// What a word ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Vowel,
    /// ㄹ, after which 으로 is 로.
    Rieul,
    Consonant,
}

/// The particle that follows `word`; `form` is the one after a consonant. An unknown form stays as it is.
pub fn particle(word: &str, form: &str) -> String {
    let Some((closed, open)) = FORMS.iter().find(|(closed, _)| *closed == form) else { return form.to_owned() };
    match end(word) {
        Some(End::Consonant) => (*closed).to_owned(),
        Some(End::Rieul) if *closed != "으로" => (*closed).to_owned(),
        Some(_) => (*open).to_owned(),
        None => both(closed, open),
    }
}

/// `이(가)`, `(으)로`, `(이)라고`.
fn both(closed: &str, open: &str) -> String {
    match closed.strip_suffix(open) {
        Some(more) => format!("({more}){open}"),
        None => format!("{closed}({open})"),
    }
}

/// By the last letter or digit; brackets, quotes and full stops are not read aloud.
fn end(word: &str) -> Option<End> {
    match word.chars().rev().find(|c| c.is_alphanumeric())? {
        syllable @ '가'..='힣' => Some(match (u32::from(syllable) - u32::from('가')) % 28 {
            0 => End::Vowel,
            8 => End::Rieul,
            _ => End::Consonant,
        }),
        // 일, 칠, 팔; 영, 삼, 육 (and 십, 백, 천, 만); 이, 사, 오, 구.
        '1' | '7' | '8' => Some(End::Rieul),
        '0' | '3' | '6' => Some(End::Consonant),
        '2' | '4' | '5' | '9' => Some(End::Vowel),
        // 엘 and 알, and what a word in small letters sounds like: 토믈, 리더.
        'L' | 'l' | 'R' => Some(End::Rieul),
        'M' | 'm' | 'N' | 'n' => Some(End::Consonant),
        latin if latin.is_ascii_alphabetic() => Some(End::Vowel),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_particle_is_the_one_that_is_spoken() {
        for (word, all) in [
            ("홍길동", "이 을 은 과 으로 이라고"),
            ("이순", "이 을 은 과 으로 이라고"),
            ("성춘희", "가 를 는 와 로 라고"),
            ("서울", "이 을 은 과 로 이라고"),
            ("121003 0000 0001", "이 을 은 과 로 이라고"),
            ("121003 0000 0002", "가 를 는 와 로 라고"),
            ("10", "이 을 은 과 으로 이라고"),
            ("103", "이 을 은 과 으로 이라고"),
            ("5", "가 를 는 와 로 라고"),
            ("8", "이 을 은 과 로 이라고"),
            ("USB", "가 를 는 와 로 라고"),
            ("PDF", "가 를 는 와 로 라고"),
            ("URL", "이 을 은 과 로 이라고"),
            ("RAM", "이 을 은 과 으로 이라고"),
            ("issuer.toml", "이 을 은 과 로 이라고"),
            ("card reader", "가 를 는 와 로 라고"),
            ("구포도서관(본관).", "이 을 은 과 으로 이라고"),
            ("", "이(가) 을(를) 은(는) 과(와) (으)로 (이)라고"),
            ("東京", "이(가) 을(를) 은(는) 과(와) (으)로 (이)라고"),
        ] {
            let spoken: Vec<String> = FORMS.iter().map(|(form, _)| particle(word, form)).collect();
            assert_eq!(spoken.join(" "), all, "{word}");
        }
        assert_eq!(particle("홍길동", "께서"), "께서");
    }
}
