//! No entry, no page: where the log cannot be written nobody's data leave the desk; and where it can, every page that shows somebody
//! has its entry before the page is there. Start at the first test.

use std::collections::{BTreeMap, BTreeSet};

use super::{addresses, database, ids, kept, practice};

/// What must not be shown of somebody: (id, full, masked).
struct Person {
    id: i64,
    full: Vec<String>,
    masked: String,
}

fn people(store: &rusqlite::Connection) -> Vec<Person> {
    let mut rows = store
        .prepare("SELECT member, name, birth, phone, number, guardian FROM member_persons JOIN members ON members.id = member")
        .expect("persons");
    let read = |row: &rusqlite::Row<'_>| {
        let text = |at| row.get::<_, Option<String>>(at);
        let (name, birth, number): (String, _, _) = (row.get(1)?, text(2)?.unwrap_or_default(), text(4)?);
        let first = name.chars().next().unwrap_or_default();
        let last = name.chars().last().unwrap_or_default();
        let stars = "*".repeat(name.chars().count().saturating_sub(2));
        let mut full = vec![name, birth];
        full.extend(text(3)?);
        full.extend(text(5)?);
        if let Some(number) = number {
            full.push(format!("{} {} {}", &number[..6], &number[6..10], &number[10..]));
            full.push(number);
        }
        full.retain(|text| !text.is_empty());
        Ok(Person { id: row.get(0)?, full, masked: format!("{first}{stars}{last}") })
    };
    let all: Vec<Person> = rows.query_map([], read).expect("persons").map(Result::unwrap).collect();
    assert!(all.len() >= 20, "{}", all.len());
    all
}

impl Person {
    /// Which of theirs stands on the page.
    fn on<'a>(&'a self, page: &str) -> Option<&'a str> {
        self.full.iter().chain([&self.masked]).map(String::as_str).find(|text| page.contains(text))
    }
}

/// The page of practice names its samples, who are nobody; a style sheet and the libraries have a number as an example.
fn names_nobody(path: &str) -> bool {
    path == "/training" || path.starts_with("/static/") || path.starts_with("/codes")
}

#[test]
fn where_the_log_cannot_be_written_nobody_is_shown_and_nothing_is_done() {
    let (desk, _service, mut visitor) = practice();
    let store = database(&desk);
    let kept = kept(&mut visitor, &store);
    let people = people(&store);
    let (gets, posts) = (addresses(false, &store, &kept), addresses(true, &store, &kept));
    store
        .execute_batch(
            "CREATE TRIGGER full_disk BEFORE INSERT ON access_entries BEGIN SELECT RAISE(ABORT, 'planted'); END",
        )
        .expect("a trigger");
    // What asked for a signature looked at this member a moment ago, and what a page draws in itself belongs to that look.
    let looked = ids(&store, "SELECT id FROM jobs WHERE member = 1");
    let drawn = |path: &str| {
        let of_one = looked.iter().any(|job| path.starts_with(&format!("/jobs/{job}/")));
        of_one && (path.ends_with("/events") || path.ends_with("/card.png"))
    };
    let mut refused = 0;
    for path in gets.iter().filter(|path| !names_nobody(path) && !drawn(path)) {
        let answer = if path.ends_with("/events") { visitor.listen(path) } else { Some(visitor.get(path)) };
        let Some(answer) = answer else { continue };
        let text = answer.text();
        for person in &people {
            assert_eq!(person.on(&text), None, "GET {path}, member {}", person.id);
        }
        // A picture of a card holds a name that no search finds.
        let picture = answer.header("content-type").starts_with("image/") && path.starts_with("/jobs/");
        assert!(!picture, "GET {path} is a picture");
        if path.starts_with("/members/") && answer.status != 303 && !path.ends_with("/events") {
            assert!(answer.status >= 400, "GET {path}: {}", answer.status);
            assert!(text.contains("refusal-help"), "GET {path} says nothing of what to do: {text}");
            refused += 1;
        }
    }
    assert!(refused > 60, "{refused}");
    for path in posts.iter().filter(|path| !path.ends_with("/anew") && *path != "/logout") {
        let once = "0123456789abcdef0123456789abcdef";
        let fields = [
            ("q", "김가온"),
            ("evidence", "document"),
            ("kind", "barcode"),
            ("once", once),
            ("why", "lost"),
            ("reason", "lost"),
            ("name", "김가온"),
            ("birth", "19880314"),
            ("identity", "mobile"),
            ("number", "12100300000001"),
        ];
        let answer = visitor.post(path, &fields);
        let text = answer.text();
        for person in people.iter().filter(|person| person.on("김가온 19880314 1988-03-14 12100300000001").is_none())
        {
            assert_eq!(person.on(&text), None, "POST {path}, member {}", person.id);
        }
    }
    store.execute_batch("DROP TRIGGER full_disk").expect("no trigger");
    assert_eq!(visitor.get("/members/1").status, 200, "and then it goes on");
}

#[test]
fn every_page_that_shows_somebody_has_its_entry_first() {
    let (desk, _service, mut visitor) = practice();
    let store = database(&desk);
    let kept = kept(&mut visitor, &store);
    let people = people(&store);
    // What several have (a guardian, a name that is masked alike) tells nobody apart.
    let mut owners: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for person in &people {
        for text in person.full.iter().chain([&person.masked]) {
            owners.entry(text).or_default().insert(person.id);
        }
    }
    let newest = || ids(&store, "SELECT coalesce(max(seq), 0) FROM access_entries")[0];
    let begun = newest();
    let mut shown = 0;
    for path in addresses(false, &store, &kept).iter().filter(|path| !names_nobody(path)) {
        let before = newest();
        let answer = if path.ends_with("/events") { visitor.listen(path) } else { Some(visitor.get(path)) };
        let Some(answer) = answer else { continue };
        let text = answer.text();
        // What a page draws in itself belongs to the look of a moment ago; the other test has none before it.
        let since = if path.starts_with("/jobs/") && (path.ends_with("/events") || path.ends_with("/card.png")) {
            begun
        } else {
            before
        };
        let logged: BTreeSet<i64> =
            ids(&store, &format!("SELECT member FROM access_entries WHERE seq > {since} AND member IS NOT NULL"))
                .into_iter()
                .collect();
        for person in &people {
            let own = person.full.iter().chain([&person.masked]).filter(|text| owners[text.as_str()].len() == 1);
            let Some(what) = own.map(String::as_str).find(|own| text.contains(own)) else { continue };
            shown += 1;
            assert!(
                logged.contains(&person.id),
                "GET {path} shows {what:?} of member {}; logged {logged:?}",
                person.id
            );
        }
        if answer.header("content-type") == "image/png" && path.starts_with("/jobs/") {
            let job: i64 = path.split('/').nth(2).and_then(|id| id.parse().ok()).expect("a job");
            let member = ids(&store, &format!("SELECT member FROM jobs WHERE id = {job}"))[0];
            assert!(logged.contains(&member), "GET {path} is a picture of somebody's card");
        }
    }
    assert!(shown > 150, "{shown}");
}
