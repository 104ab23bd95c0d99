//! Korean particles after a value: 홍길동을, 박하나를. A catalogue writes both, `{ $name }을(를)`, since it cannot know how the
//! value ends; here the right one is taken. Never guesses: where the end cannot be heard (a word in small Latin letters)
//! both stay. Start at [`fit`].

/// As the catalogues write them, after a consonant, after a vowel.
const PAIRS: [(&str, &str, &str); 6] = [
    ("이(가)", "이", "가"),
    ("은(는)", "은", "는"),
    ("을(를)", "을", "를"),
    ("과(와)", "과", "와"),
    ("(이)라", "이라", "라"),
    ("(으)로", "으로", "로"),
];

/// How a word ends in speech.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Vowel,
    /// ㄹ, after which 로 stands as after a vowel.
    Rieul,
    Consonant,
}

/// The text with every double particle made the one that the word before it asks for.
pub(super) fn fit(text: &str) -> String {
    let mut fitted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, pair)) = next(rest) {
        let (before, after) = rest.split_at(at);
        fitted.push_str(before);
        let (written, consonant, vowel) = pair;
        fitted.push_str(match end(&fitted) {
            Some(End::Vowel) => vowel,
            Some(End::Rieul) if written == "(으)로" => vowel,
            Some(_) => consonant,
            None => written,
        });
        rest = after.strip_prefix(written).unwrap_or_default();
    }
    fitted.push_str(rest);
    fitted
}

/// The first double particle, and where it stands.
fn next(text: &str) -> Option<(usize, (&'static str, &'static str, &'static str))> {
    PAIRS.iter().filter_map(|&pair| Some((text.find(pair.0)?, pair))).min_by_key(|&(at, _)| at)
}

/// How the word at the end of the text is heard; closing quotes, and what stands in brackets, are not read aloud.
fn end(text: &str) -> Option<End> {
    let mut text = text.trim_end_matches(['"', '\'', '”', '’']);
    if let Some(bracket) = text.strip_suffix(')').and_then(|inner| inner.rfind('(')) {
        text = text.get(..bracket)?.trim_end_matches(['"', '\'', '”', '’', ' ']);
    }
    Some(match text.chars().next_back()? {
        syllable @ '가'..='힣' => match (u32::from(syllable) - u32::from('가')) % 28 {
            0 => End::Vowel,
            8 => End::Rieul,
            _ => End::Consonant,
        },
        // 이 사 오 구; 일 칠 팔; 영 삼 육, and 십 백 천 만 end in nought.
        '2' | '4' | '5' | '9' => End::Vowel,
        '1' | '7' | '8' | 'L' | 'R' => End::Rieul,
        '0' | '3' | '6' | 'M' | 'N' => End::Consonant,
        'A'..='Z' => End::Vowel,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn the_particle_follows_the_end_of_the_word() {
        for (written, read) in [
            ("홍길동을(를) 저장했습니다", "홍길동을 저장했습니다"),
            ("박하나을(를) 저장했습니다", "박하나를 저장했습니다"),
            ("번호 121003 0000 0001이(가) 바뀝니다", "번호 121003 0000 0001이 바뀝니다"),
            ("부호 121003은(는) 목록에 없습니다", "부호 121003은 목록에 없습니다"),
            ("부호 121002은(는) 목록에 없습니다", "부호 121002는 목록에 없습니다"),
            ("카드 3F E6 3F 8F은(는)", "카드 3F E6 3F 8F는"),
            ("판독기 \"ACR122U\"이(가) 없습니다", "판독기 \"ACR122U\"가 없습니다"),
            ("글자 각 (U+AC02)이(가) 없습니다", "글자 각 (U+AC02)이 없습니다"),
            ("서울(으)로, 부산(으)로, 대구(으)로", "서울로, 부산으로, 대구로"),
            ("\"spool\"(이)라고", "\"spool\"(이)라고"),
            ("issuer.db이(가) 없습니다", "issuer.db이(가) 없습니다"),
            ("이(가) 없이 시작하고 을(를) 없이 끝남", "이(가) 없이 시작하고 을(를) 없이 끝남"),
            ("판독기 1을(를) 모듈 2이(가) 잡습니다", "판독기 1을 모듈 2가 잡습니다"),
        ] {
            assert_eq!(fit(written), read);
        }
    }
}
