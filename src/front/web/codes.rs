//! 도서관 부호, both directions: a name, an address or a code gives libraries; a number gives the library that
//! gave it. A search may hold a member number, so it goes by POST like every other.

use std::ops::Range;

use actix_web::web;
use askama::Template;

use super::Front;
use super::clerk::{Answer, Clerk, Posted, Reply, Room};
use super::page::{Page, draw};
use super::speech::{Raw, Speech};
use crate::desk;
use crate::plan::member::{Decoded, Library, MemberNumber};

const KIND: &str = "codes";
/// More rows than this are read by nobody.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "pages/codes.html")]
pub struct CodesPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub text: String,
    pub libraries: Vec<Library>,
    pub more: usize,
    /// The number that was asked for, part by part.
    pub number: Option<Decoded>,
    /// The library that the side column explains.
    pub chosen: Option<Library>,
    /// How many of our members go by a number of the library explained.
    pub members: Option<u32>,
    /// It is this one.
    pub ours: bool,
}

impl CodesPage<'_> {
    /// The text with what was searched for marked.
    fn marked(&self, text: &str) -> Raw {
        mark(text, &self.text)
    }
}

/// `GET /codes`.
pub async fn show(clerk: Clerk) -> Answer {
    clerk.answer(|room| Ok(Reply::Page(codes_page(room, "/codes", String::new(), None)))).await
}

/// `POST /codes`.
pub async fn find(Posted { clerk, fields }: Posted) -> Answer {
    clerk
        .answer(move |room| {
            let text = fields.text("q").trim();
            if text.is_empty() {
                return Ok(Reply::Go("/codes".to_owned()));
            }
            Ok(Reply::Go(format!("/codes/found/{}", desk::keep(&room.desk, &room.session, KIND, text)?)))
        })
        .await
}

/// `GET /codes/found/{id}`.
pub async fn found(clerk: Clerk, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let Some(text) = desk::kept(&room.desk, &room.session, KIND, &id)? else {
                return Ok(Reply::Go("/codes".to_owned()));
            };
            Ok(Reply::Page(codes_page(room, &format!("/codes/found/{id}"), text, None)))
        })
        .await
}

/// `GET /codes/{code}`: one library explained. A library code is nobody's, so it may stand in a URL.
pub async fn library(_front: web::Data<Front>, clerk: Clerk, code: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let library = desk::show_library(&room.desk, &code)?;
            Ok(Reply::Page(codes_page(room, &format!("/codes/{code}"), code.to_string(), Some(library))))
        })
        .await
}

fn codes_page(room: &Room, here: &str, text: String, chosen: Option<Library>) -> String {
    let mut libraries = if text.is_empty() { Vec::new() } else { desk::find_library(&room.desk, &text) };
    let more = libraries.len().saturating_sub(SHOWN);
    libraries.truncate(SHOWN);
    let number = MemberNumber::parse(&text).ok().map(|number| room.desk.directory.decode(number));
    let chosen = chosen.or_else(|| libraries.first().cloned());
    let code = number.as_ref().map(|number| number.library.code).or(chosen.as_ref().map(|library| library.code));
    let members = code.and_then(|code| desk::members_of(&room.desk, code).ok());
    let ours = code == Some(room.desk.settings.library.code);
    let page = Page::new(room, "codes", here);
    draw(&CodesPage { page, s: room.speech(), text, libraries, more, number, chosen, members, ours })
}

/// Escapes `text` and marks where `query` stands in it, as the directory's search found it: the whole of it, else each
/// of its words; initial consonants stand for syllables.
fn mark(text: &str, query: &str) -> Raw {
    let escaped =
        |part: &str| askama::filters::escape(part, askama::filters::Html).map(|e| e.to_string()).unwrap_or_default();
    let mut found: Vec<Range<usize>> = place(text, query).into_iter().collect();
    if found.is_empty() {
        found = query.split_whitespace().filter_map(|word| place(text, word)).collect();
        found.sort_by_key(|range| range.start);
    }
    let (mut marked, mut at) = (String::new(), 0);
    for Range { start, end } in found {
        let (Some(before), Some(inside)) = (text.get(at..start), text.get(start..end)) else { continue };
        marked.push_str(&format!("{}<mark>{}</mark>", escaped(before), escaped(inside)));
        at = end;
    }
    marked.push_str(&escaped(text.get(at..).unwrap_or_default()));
    Raw(marked)
}

/// The first piece of `text` that the query names, in bytes.
fn place(text: &str, query: &str) -> Option<Range<usize>> {
    text.char_indices().find_map(|(start, _)| {
        let end = start + begins(text.get(start..)?, query)?;
        (!text.get(start..end)?.trim().is_empty()).then_some(start..end)
    })
}

/// How many bytes at the beginning of `text` the query names: the same letters, in a syllable's place its initial
/// consonant, spaces not counted.
fn begins(text: &str, query: &str) -> Option<usize> {
    let mut letters = text.char_indices().filter(|(_, c)| !c.is_whitespace());
    if text.starts_with(char::is_whitespace) {
        return None;
    }
    let mut end = 0;
    for wanted in query.chars().filter(|c| !c.is_whitespace()) {
        let (at, letter) = letters.next()?;
        if !letter.to_lowercase().eq(wanted.to_lowercase()) && initial(letter) != Some(wanted) {
            return None;
        }
        end = at + letter.len_utf8();
    }
    Some(end)
}

/// The initial consonant of a Hangul syllable (Unicode 3.12: 588 syllables begin with each, from U+AC00).
fn initial(syllable: char) -> Option<char> {
    let at = u32::from(syllable).checked_sub(0xAC00).filter(|at| *at < 11_172)?;
    "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ".chars().nth((at / 588) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_searched_for_is_marked_and_nothing_escapes_escaping() {
        assert_eq!(mark("부천시립상동도서관", "상동").0, "부천시립<mark>상동</mark>도서관");
        assert_eq!(mark("<b>상동", "상동").0, "&#60;b&#62;<mark>상동</mark>");
        assert_eq!(mark("a<b", "<").0, "a<mark>&#60;</mark>b");
        assert_eq!(mark("상동", "").0, "상동");
        assert_eq!(mark("부산광역시립구포도서관", "ㄱㅍ").0, "부산광역시립<mark>구포</mark>도서관");
        assert_eq!(mark("가평군 설악도서관", "ㄱㅍㄱㅅ").0, "<mark>가평군 설</mark>악도서관");
        assert_eq!(mark("경기도 부천시 상동로", "상동 부천").0, "경기도 <mark>부천</mark>시 <mark>상동</mark>로");
        assert_eq!(mark("121003", "1210").0, "<mark>1210</mark>03");
    }
}
