//! What the digits of a library code say by themselves: kind (T) and region (RR) of `T RR NNN`, in both languages.
//! It needs no directory. Start at [`LibraryKind::of`] and [`Region::of`].

use super::LibraryCode;
use crate::plan::messages::Lang;

/// The kind of library, the first digit of its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LibraryKind {
    National,
    Public,
    University,
    Special,
    Small,
    /// A digit without a published meaning.
    Unknown,
}
kebab!(LibraryKind {
    National = "national",
    Public = "public",
    University = "university",
    Special = "special",
    Small = "small",
    Unknown = "unknown",
});

impl LibraryKind {
    pub fn of(code: LibraryCode) -> LibraryKind {
        match code.as_str().as_bytes().first() {
            Some(b'0') => LibraryKind::National,
            Some(b'1') => LibraryKind::Public,
            Some(b'3') => LibraryKind::University,
            Some(b'5' | b'6') => LibraryKind::Special,
            Some(b'7') => LibraryKind::Small,
            _ => LibraryKind::Unknown,
        }
    }

    /// 공공도서관, public library.
    pub fn word(self, lang: Lang) -> &'static str {
        let (ko, en) = match self {
            LibraryKind::National => ("국립도서관", "national library"),
            LibraryKind::Public => ("공공도서관", "public library"),
            LibraryKind::University => ("대학도서관", "university library"),
            LibraryKind::Special => ("전문도서관", "special library"),
            LibraryKind::Small => ("작은도서관", "small library"),
            LibraryKind::Unknown => ("알 수 없는 종류", "unknown kind"),
        };
        match lang {
            Lang::Ko => ko,
            Lang::En => en,
        }
    }
}

/// A city or province of KS X 1505.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    pub ko: &'static str,
    pub en: &'static str,
}

impl Region {
    /// The region of the second and third digit, `None` when KS X 1505 does not list them.
    pub fn of(code: LibraryCode) -> Option<Region> {
        let region = |ko, en| Some(Region { ko, en });
        match code.as_str().get(1..3)? {
            "11" => region("서울", "Seoul"),
            "21" | "26" => region("부산", "Busan"),
            "22" | "27" => region("대구", "Daegu"),
            "23" | "28" => region("인천", "Incheon"),
            "24" | "29" => region("광주", "Gwangju"),
            "25" | "30" => region("대전", "Daejeon"),
            "31" => region("울산", "Ulsan"),
            "41" => region("경기", "Gyeonggi"),
            "42" => region("강원", "Gangwon"),
            "43" => region("충북", "Chungbuk"),
            "44" => region("충남", "Chungnam"),
            "45" => region("전북", "Jeonbuk"),
            "46" => region("전남", "Jeonnam"),
            "47" => region("경북", "Gyeongbuk"),
            "48" => region("경남", "Gyeongnam"),
            "49" => region("제주", "Jeju"),
            "50" => region("세종", "Sejong"),
            _ => None,
        }
    }

    /// 부산, Busan.
    pub fn word(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Ko => self.ko,
            Lang::En => self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_tell_kind_and_region() {
        for (code, kind, region) in [
            ("121003", "public", Some("부산")),
            ("126999", "public", Some("부산")),
            ("111314", "public", Some("서울")),
            ("141321", "public", Some("경기")),
            ("011001", "national", Some("서울")),
            ("327001", "university", Some("대구")),
            ("511001", "special", Some("서울")),
            ("641001", "special", Some("경기")),
            ("748067", "small", Some("경남")),
            ("150001", "public", Some("세종")),
            ("299001", "unknown", None),
        ] {
            let parsed = LibraryCode::parse(code).unwrap();
            assert_eq!(LibraryKind::of(parsed).as_str(), kind, "{code}");
            assert_eq!(Region::of(parsed).map(|r| r.word(Lang::Ko)), region, "{code}");
        }
    }
}
