//! The directory of library codes: code → library, name → code, member number → library. Its rows come as CSV
//! text; it never reads a file itself. A code that is not in it is unknown, not wrong. Start at [`Directory`].

use super::hangul::{folded, is_consonant, position_folded, stands_for};
use super::identity::quotable;
use super::{LibraryCode, LibraryKind, MemberNumber, Region};
use crate::plan::messages::Trouble;

/// The rows that are built in (`templates/data/README.md` tells where they come from).
const EMBEDDED: &str = include_str!("../../../templates/data/library-codes.csv");

/// One library of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    pub code: LibraryCode,
    pub name: String,
    pub address: String,
    pub tel: String,
    pub homepage: String,
}

impl Library {
    pub fn kind(&self) -> LibraryKind {
        LibraryKind::of(self.code)
    }

    pub fn region(&self) -> Option<Region> {
        Region::of(self.code)
    }
}

/// A member number taken apart. Kind and region come from the digits and are told for unknown libraries too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub number: MemberNumber,
    pub grouped: String,
    pub library: DecodedLibrary,
    pub serial: u32,
}

/// The library that gave a number; without a name when its code is not in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedLibrary {
    pub code: LibraryCode,
    pub name: Option<String>,
    pub kind: LibraryKind,
    pub region: Option<Region>,
}

/// All libraries, sorted by code, and what they are searched by.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    library: Library,
    name: Vec<char>,
    /// The places in `name` where a word begins.
    words: Vec<usize>,
    address: Vec<char>,
    region: Vec<char>,
}

impl Directory {
    /// The built-in directory.
    pub fn embedded() -> Directory {
        // A test holds that every embedded row is good.
        Directory::default().with_rows(EMBEDDED, "library-codes.csv").unwrap_or_default()
    }

    /// Adds the rows of a CSV text (`code,name` and, if they are there, `address,tel,homepage`); a row whose code is known
    /// replaces it. The first bad one is `library-row` or `library-columns`, naming `file` and its line.
    pub fn with_rows(mut self, csv: &str, file: &str) -> Result<Directory, Trouble> {
        let mut rows = rows(csv, file)?;
        // The last row of a code wins; `sort_by_key` keeps the order within a code.
        rows.sort_by_key(|library| library.code);
        for library in rows {
            let entry = Entry::new(library);
            match self.entries.binary_search_by_key(&entry.library.code, |e| e.library.code) {
                Ok(at) => self.entries[at] = entry,
                Err(at) => self.entries.insert(at, entry),
            }
        }
        Ok(self)
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The library of that code, if the directory has it.
    pub fn show(&self, code: LibraryCode) -> Option<&Library> {
        let at = self.entries.binary_search_by_key(&code, |e| e.library.code).ok()?;
        self.entries.get(at).map(|e| &e.library)
    }

    /// A member number taken apart.
    pub fn decode(&self, number: MemberNumber) -> Decoded {
        let code = number.library();
        let library = DecodedLibrary {
            code,
            name: self.show(code).map(|library| library.name.clone()),
            kind: LibraryKind::of(code),
            region: Region::of(code),
        };
        Decoded { number, grouped: number.grouped(), library, serial: number.serial() }
    }

    /// Libraries by code or its beginning, a whole member number, part of the name, initial consonants, region or address.
    /// Several words must all be found. Best first: the whole name, its beginning, the beginning of a word in it,
    /// inside it, region, address; then the shorter name, then the code.
    pub fn find(&self, text: &str) -> Vec<&Library> {
        if let Ok(number) = MemberNumber::parse(text) {
            return self.show(number.library()).into_iter().collect();
        }
        let fold = |text: &str| folded(text).chars().collect::<Vec<char>>();
        let whole = fold(text);
        let words: Vec<Vec<char>> = text.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect();
        let mut found: Vec<(u32, usize, &Library)> = self
            .entries
            .iter()
            .filter_map(|entry| Some((entry.rank(&whole, &words)?, entry.name.len(), &entry.library)))
            .collect();
        found.sort_by_key(|(rank, length, library)| (*rank, *length, library.code));
        found.into_iter().map(|(_, _, library)| library).collect()
    }
}

impl Entry {
    fn new(library: Library) -> Entry {
        let fold = |text: &str| folded(text).chars().collect::<Vec<char>>();
        let mut words = Vec::new();
        let mut at = 0;
        for word in library.name.split_inclusive([' ', '(', ')', '·', '-']) {
            words.push(at);
            at += folded(word).chars().count();
        }
        let region = library.region().map(|region| fold(&format!("{}|{}", region.ko, region.en))).unwrap_or_default();
        Entry { name: fold(&library.name), words, address: fold(&library.address), region, library }
    }

    /// How well it fits, the least best; `None` when a word is nowhere.
    fn rank(&self, whole: &[char], words: &[Vec<char>]) -> Option<u32> {
        // 구포 도서관 is the name of one word with a space in it before it is two words.
        if let Some(rank) = self.rank_word(whole) {
            return Some(rank);
        }
        if words.len() < 2 {
            return None;
        }
        words.iter().map(|word| self.rank_word(word)).sum()
    }

    fn rank_word(&self, word: &[char]) -> Option<u32> {
        if word.iter().all(char::is_ascii_digit) && word.len() <= 6 {
            let code = self.library.code.as_str();
            if !word.is_empty() && word.iter().zip(code.chars()).all(|(digit, own)| *digit == own) {
                return Some(u32::from(word.len() < 6));
            }
        }
        if let Some(at) = position_folded(&self.name, word) {
            let begins = |at: &usize| self.name.get(*at..at + word.len()).is_some_and(|part| stands_for(part, word));
            return Some(match at {
                0 if word.len() == self.name.len() => 0,
                0 => 1,
                _ if self.words.iter().any(begins) => 2,
                _ => 3,
            });
        }
        // Initial consonants would be found in nearly every address.
        if word.iter().all(|c| is_consonant(*c)) {
            return None;
        }
        if position_folded(&self.region, word).is_some() {
            return Some(4);
        }
        position_folded(&self.address, word).map(|_| 5)
    }
}

fn rows(csv: &str, file: &str) -> Result<Vec<Library>, Trouble> {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().map_err(|_| Trouble::new("library-columns").with("file", file))?.clone();
    let column = |name: &str| header.iter().position(|column| column.trim() == name);
    let (Some(code), Some(name)) = (column("code"), column("name")) else {
        return Err(Trouble::new("library-columns").with("file", file));
    };
    let rest = [column("address"), column("tel"), column("homepage")];
    let mut libraries = Vec::new();
    for row in reader.records() {
        let bad = |line: u64, text: &str| {
            Trouble::new("library-row").with("file", file).with("line", line).with("text", quotable(text))
        };
        let row = row.map_err(|fault| bad(fault.position().map_or(0, csv::Position::line), ""))?;
        let line = row.position().map_or(0, csv::Position::line);
        let field = |column: usize| row.get(column).unwrap_or_default().trim().to_owned();
        let [address, tel, homepage] = rest.map(|column| column.map(&field).unwrap_or_default());
        let parsed = LibraryCode::parse(&field(code)).map_err(|_| bad(line, &field(code)))?;
        if field(name).is_empty() {
            return Err(bad(line, &field(code)));
        }
        libraries.push(Library { code: parsed, name: field(name), address, tel, homepage });
    }
    Ok(libraries)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::messages::Lang;

    fn codes(directory: &Directory, text: &str) -> Vec<String> {
        directory.find(text).iter().map(|library| library.code.to_string()).collect()
    }

    #[test]
    fn all_embedded_rows_are_good() {
        let directory = Directory::embedded();
        assert_eq!(directory.len(), EMBEDDED.lines().count() - 1);
        assert_eq!(directory.len(), 1_528);
        let gupo = directory.show(LibraryCode::parse("121003").unwrap()).unwrap();
        assert_eq!(gupo.name, "부산광역시립구포도서관");
        // One code of the public listing names no region of KS X 1505.
        let odd: Vec<&str> = directory
            .entries
            .iter()
            .filter(|e| e.library.region().is_none() || e.library.kind() == LibraryKind::Unknown)
            .map(|e| e.library.code.as_str())
            .collect();
        assert_eq!(odd, ["114157"]);
    }

    #[test]
    fn finds_in_every_way_a_clerk_asks() {
        let directory = Directory::embedded();
        for (text, first) in [
            ("121003", "121003"),
            ("121003 0000 0001", "121003"),
            ("구포도서관", "121003"),
            ("구포 도서관", "121003"),
            ("ㅂㅅㄱㅇㅅㄹㄱㅍㄷㅅㄱ", "121003"),
            ("구포ㄷㅅㄱ", "121003"),
            ("부산 ㄱㅍㄷㅅㄱ", "121003"),
            ("부산 구포", "121003"),
            ("구포 busan", "121003"),
            ("구포 Busan", "121003"),
            ("부산광역시립구포도서관", "121003"),
            ("서울도서관", "111314"),
            ("부천시립상동도서관", "141321"),
            ("상동도서관 부천", "141321"),
        ] {
            assert_eq!(codes(&directory, text).first().map(String::as_str), Some(first), "{text}");
        }
        let initials = ["130023", "147042", "121003", "141006", "111006"];
        assert_eq!(codes(&directory, "ㄱㅍㄷㅅㄱ"), initials);
        assert!(codes(&directory, "ㄱㅍ ㄷㅅㄱ").iter().take(5).eq(initials.iter()));
        assert!(codes(&directory, "1210").iter().all(|code| code.starts_with("1210")));
        for nothing in ["", "  ", "구포 서울특별시", "없는도서관이름", "999999", "ㄱㅎㄲㅃ"] {
            assert_eq!(codes(&directory, nothing), Vec::<String>::new(), "{nothing:?}");
        }
    }

    #[test]
    fn the_better_fit_comes_first() {
        let rows = "code,name,address\n111009,나무 하늘,\n111008,높은하늘도서관,\n111007,하늘도서관,\n111006,하늘,\n111005,바다,하늘로 1\n";
        let directory = Directory::default().with_rows(rows, "test.csv").unwrap();
        assert_eq!(codes(&directory, "하늘"), ["111006", "111007", "111009", "111008", "111005"]);
        assert_eq!(codes(&directory, "ㅎㄴ"), ["111006", "111007", "111009", "111008"]);
    }

    #[test]
    fn rows_of_a_file_replace_and_add_by_code() {
        let rows = "\u{feff}name,code\r\n우리도서관,121003\r\n새도서관,199999\r\n";
        let directory = Directory::embedded().with_rows(rows, "own.csv").unwrap();
        assert_eq!(directory.len(), 1_529);
        assert_eq!(directory.show(LibraryCode::parse("121003").unwrap()).unwrap().name, "우리도서관");
        assert_eq!(codes(&directory, "새도서관"), ["199999"]);
    }

    #[test]
    fn names_the_bad_row() {
        let row = |line: u64, text: &str| {
            Trouble::new("library-row").with("file", "own.csv").with("line", line).with("text", text)
        };
        for (rows, expected) in [
            ("code,name\n121003,가\n12100,나\n", row(3, "12100")),
            ("code,name\n121003,\n", row(2, "121003")),
            ("code,name\n121003\n", row(2, "121003")),
            ("kode,name\n121003,가\n", Trouble::new("library-columns").with("file", "own.csv")),
            ("", Trouble::new("library-columns").with("file", "own.csv")),
        ] {
            assert_eq!(Directory::default().with_rows(rows, "own.csv").unwrap_err(), expected);
        }
    }

    #[test]
    fn decodes_known_and_unknown_numbers() {
        let directory = Directory::embedded();
        let known = directory.decode(MemberNumber::parse("12100300000001").unwrap());
        assert_eq!((known.grouped.as_str(), known.serial), ("121003 0000 0001", 1));
        assert_eq!(known.library.name.as_deref(), Some("부산광역시립구포도서관"));
        let unknown = directory.decode(MemberNumber::parse("74899912345678").unwrap());
        assert_eq!((unknown.library.name, unknown.serial), (None, 12_345_678));
        assert_eq!(unknown.library.kind, LibraryKind::Small);
        assert_eq!(unknown.library.region.map(|r| r.word(Lang::En)), Some("Gyeongnam"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = Directory::embedded().find(&text);
            let _ = Directory::default().with_rows(&text, "test.csv");
        }

        #[test]
        fn every_library_is_found_by_its_own_name(at in 0usize..1_528) {
            let directory = Directory::embedded();
            let library = &directory.entries[at].library;
            prop_assert!(directory.find(&library.name).contains(&library), "{}", library.name);
        }
    }
}
