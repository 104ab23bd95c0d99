//! Keeps the numbers of identity documents out, whatever field they are typed into. Never repeats one.
//! Start at [`identity_number_inside`].

use unicode_normalization::UnicodeNormalization;

use crate::plan::messages::Trouble;

/// Whether the number of an identity document stands anywhere in the text. Full-width digits and letters are the same ones,
/// and signs that have no width are passed over. Looked for are:
/// - a resident or foreigner registration number: `YYMMDD` that is a day, then `[1-8]` and six digits (주민등록법 시행규칙 제2조),
///   together or with the separators that people put between, up to one after each digit. There is no check digit to ask: those
///   given since October 2020 have none;
/// - a driving licence (도로교통법 시행규칙 별지 제55호서식): region 11 to 28, two digits of the year, six of a serial, two more; as
///   `11-12-345678-90`, as twelve bare digits or spelled with spaces; an old one has the region's name in front of ten digits;
/// - a passport, of which ICAO Doc 9303 gives the number nine places: `M12345678` and since 2021 `M123A4567` (여권법 시행규칙),
///   in other countries a letter and eight digits, two letters and seven digits (`PM1234567` of the old Korean ones too), or a
///   letter, seven digits and a letter. With spaces between too, where the letter is one of the Korean or Chinese passport.
///
/// Birth dates, telephone numbers, 14-digit member numbers, UIDs and UUIDs are none of these. It asks for no context, since what is
/// typed as one thing may be another; so it also takes for one what is none: an own number of thirteen digits that begins with a
/// day (`9001011234567`), of twelve that begins with 11 to 28 (`201400012345`, but not `2014-00012345`), and one of a passport's
/// shape (`G20260001`, but not `G-20260001`). What it lets pass: passports of eight places or of digits alone.
pub fn identity_number_inside(text: &str) -> bool {
    let chars = readable(text);
    let spelled = runs(&chars).iter().any(|run| run.is_registration() || run.is_licence());
    let old = |at| registration_at(&chars, at) || licence_at(&chars, at) || regional_licence_at(&chars, at);
    spelled || (0..chars.len()).any(|at| old(at) || passport_at(&chars, at))
}

/// `identity-number` when there is one inside; the refusal carries nothing of the text.
pub fn refuse_identity_number(text: &str) -> Result<(), Trouble> {
    if identity_number_inside(text) { Err(Trouble::new("identity-number")) } else { Ok(()) }
}

/// What a refusal may repeat of a text that was typed: its first 40 characters, and nothing if an identity number is inside.
pub(super) fn quotable(text: &str) -> String {
    if identity_number_inside(text) { "…".to_owned() } else { text.trim().chars().take(40).collect() }
}

/// As an eye reads it: one form of every digit and letter, nothing that is not seen, and no UUID.
fn readable(text: &str) -> Vec<char> {
    let seen = |c: &char| {
        !matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
    };
    let plain = |c: char| if c.is_whitespace() { ' ' } else { c.to_ascii_uppercase() };
    let mut chars: Vec<char> = text.nfkc().filter(seen).map(plain).collect();
    for at in 0..chars.len() {
        let Some(window) = chars.get_mut(at..at + UUID.len()) else { break };
        if window.iter().zip(UUID.bytes()).all(|(c, form)| if form == b'-' { *c == '-' } else { c.is_ascii_hexdigit() })
        {
            window.fill('?');
        }
    }
    chars
}

/// The form of a UUID (RFC 9562), as keys often are.
const UUID: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/// Digits with up to three separators between, and nothing at either end that they could belong to.
#[derive(Default)]
struct Run {
    digits: Vec<u32>,
    /// How many digits stand together.
    groups: Vec<usize>,
}

impl Run {
    fn number(&self, digits: std::ops::Range<usize>) -> u32 {
        self.digits.get(digits).unwrap_or_default().iter().fold(0, |sum, digit| sum * 10 + digit)
    }

    /// Thirteen digits, not grouped as a date before a telephone number is.
    fn is_registration(&self) -> bool {
        let spelled = match self.groups[..] {
            [2, 2, 2, 3, 4] => false,
            [6, ..] | [2, 2, 2, ..] => true,
            _ => self.groups.iter().all(|group| *group <= 3),
        };
        let is_day = (1..=12).contains(&self.number(2..4)) && (1..=31).contains(&self.number(4..6));
        spelled && self.digits.len() == 13 && is_day && (1..=8).contains(&self.number(6..7))
    }

    /// Twelve digits, not grouped as a year and a serial are.
    fn is_licence(&self) -> bool {
        let spelled = match self.groups[..] {
            [12] | [2, 10] | [2, 2, 8] | [4, 6, 2] | [10, 2] | [2, 2, 6, 2] => true,
            _ => self.groups.iter().all(|group| *group <= 3),
        };
        spelled && self.digits.len() == 12 && (11..=28).contains(&self.number(0..2))
    }
}

/// The runs of digits in a text; in each also the longest rows of single digits, and every twelve that stand together.
fn runs(chars: &[char]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        // A plus makes it a telephone number in international form.
        let apart = at == 0 || !(chars[at - 1].is_ascii_alphanumeric() || chars[at - 1] == '+');
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let mut run = Run::default();
        loop {
            let group = chars.iter().skip(at).map_while(|c| c.to_digit(10)).collect::<Vec<u32>>();
            at += group.len();
            run.groups.push(group.len());
            run.digits.extend(group);
            let between = separators(chars, at, 3);
            if between == 0 || !chars.get(at + between).is_some_and(char::is_ascii_digit) {
                break;
            }
            at += between;
        }
        if apart && !chars.get(at).is_some_and(char::is_ascii_alphanumeric) {
            runs.extend(run.parts());
            runs.push(run);
        }
    }
    runs
}

impl Run {
    fn parts(&self) -> Vec<Run> {
        let mut parts: Vec<Run> = Vec::new();
        let mut row: Option<usize> = None;
        let mut first = 0;
        for (at, group) in self.groups.iter().enumerate() {
            let digits = self.digits.get(first..first + group).unwrap_or_default();
            let last = if *group == 1 { row.filter(|row| row + 1 == at).and(parts.last_mut()) } else { None };
            match last {
                Some(last) => {
                    last.digits.extend(digits);
                    last.groups.push(1);
                }
                None if *group == 1 || *group == 12 => {
                    parts.push(Run { digits: digits.to_vec(), groups: vec![*group] });
                }
                None => {}
            }
            row = (*group == 1).then_some(at);
            first += group;
        }
        parts
    }
}

/// Anywhere among other digits too: `880314-1234567`, `88-03-14 1 234567`.
fn registration_at(chars: &[char], at: usize) -> bool {
    if at > 0 && (chars[at - 1].is_ascii_digit() || chars[at - 1] == '+') {
        return false;
    }
    let month = at + 2 + separators(chars, at + 2, 1);
    let day = month + 2 + separators(chars, month + 2, 1);
    let is_day = digits(chars, at, 2).is_some()
        && digits(chars, month, 2).is_some_and(|month| (1..=12).contains(&month))
        && digits(chars, day, 2).is_some_and(|day| (1..=31).contains(&day));
    // Whatever sign stands between the two halves.
    let sex = day + 2 + chars.iter().skip(day + 2).take(3).take_while(|c| !c.is_alphanumeric()).count();
    let rest = sex + 1 + separators(chars, sex + 1, 1);
    is_day
        && digits(chars, sex, 1).is_some_and(|sex| (1..=8).contains(&sex))
        && digits(chars, rest, 6).is_some()
        && ends(chars, rest + 6)
}

/// The part that all licences share: `12-345678-90`.
fn licence_at(chars: &[char], at: usize) -> bool {
    let separated = |i: usize| chars.get(i).is_some_and(|c| separates(*c));
    (at == 0 || !chars[at - 1].is_ascii_digit())
        && digits(chars, at, 2).is_some()
        && separated(at + 2)
        && digits(chars, at + 3, 6).is_some()
        && separated(at + 9)
        && digits(chars, at + 10, 2).is_some()
        && ends(chars, at + 12)
}

/// What an old licence has in place of a region's number.
const REGIONS: [&str; 16] = [
    "서울", "부산", "경기", "강원", "충북", "충남", "전북", "전남", "경북", "경남", "제주", "대구", "인천", "광주",
    "대전", "울산",
];

/// `서울 9512345678`; a telephone number there begins with 0.
fn regional_licence_at(chars: &[char], at: usize) -> bool {
    let is_region = |region: &&str| region.chars().eq(chars.iter().skip(at).take(2).copied());
    let first = at + 2 + separators(chars, at + 2, 1);
    digits(chars, first, 1).is_some_and(|digit| digit > 0)
        && digits(chars, first, 10).is_some()
        && ends(chars, first + 10)
        && REGIONS.iter().any(is_region)
}

fn passport_at(chars: &[char], at: usize) -> bool {
    let starts = at == 0 || !chars[at - 1].is_ascii_alphanumeric();
    if !starts || !chars[at].is_ascii_uppercase() {
        return false;
    }
    // Nine places, and how many stand together.
    let (mut places, mut groups, mut next) = (Vec::new(), vec![0], at);
    while let Some(c) = chars.get(next).filter(|c| c.is_ascii_alphanumeric() || **c == ' ') {
        match *c {
            ' ' if places.len() == 9 || !chars.get(next + 1).is_some_and(char::is_ascii_alphanumeric) => break,
            ' ' => groups.push(0),
            _ if places.len() == 9 => return false,
            c => {
                places.push(c);
                groups.last_mut().map(|count| *count += 1).unwrap_or_default();
            }
        }
        next += 1;
    }
    let form: String = places.iter().map(|c| if c.is_ascii_digit() { '9' } else { 'A' }).collect();
    // Types of the Korean passport (여권법 시행령), and E of the Chinese one.
    let near = matches!(chars[at], 'M' | 'S' | 'R' | 'G' | 'D' | 'E');
    let together = matches!(groups[..], [9] | [5, 4]) || (near && is_near_grouping(&groups));
    together && (matches!(&*form, "A99999999" | "AA9999999" | "A9999999A") || (near && form == "A999A9999"))
}

/// The letter apart, one space in the rest, or every sign by itself; a letter before `1988 03 14` is none.
fn is_near_grouping(groups: &[usize]) -> bool {
    let rest = groups.strip_prefix(&[1]).unwrap_or(groups);
    rest.len() <= 2 || groups.iter().all(|group| *group == 1)
}

/// How many separators stand there, at most so many.
fn separators(chars: &[char], at: usize, most: usize) -> usize {
    chars.iter().skip(at).take(most).take_while(|c| separates(**c)).count()
}

fn digits(chars: &[char], at: usize, count: usize) -> Option<u32> {
    chars.get(at..at + count)?.iter().try_fold(0u32, |sum, c| Some(sum.wrapping_mul(10).wrapping_add(c.to_digit(10)?)))
}

fn ends(chars: &[char], at: usize) -> bool {
    !chars.get(at).is_some_and(char::is_ascii_digit)
}

fn separates(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '·' | '(' | ')' | '/' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
