//! Use case × role × route: every route has its door, each is opened as every role, and no page shows anybody a link or a button
//! that they may not press. What a role may do is the desk's table, driven in `desk/tests/rights.rs`.

use std::path::Path;

use actix_web::http::header;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, read_body};

use super::doors::{self, DOORS, Door};
use super::route_tests::service;
use super::word_tests::{House, house};
use super::{clerk, route_tests};
use crate::back::store::Store;
use crate::desk::{Act, Actor, Right, Role};

const ROLES: [Role; 3] = [Role::Clerk, Role::Manager, Role::Administrator];

/// Method and path of every route as `mod.rs` has them.
fn map() -> Vec<(&'static str, &'static str)> {
    let mut map = Vec::new();
    for service in include_str!("mod.rs").split("resource(\"").skip(1) {
        let service = service.split(".service(").next().unwrap_or_default();
        let Some((path, rest)) = service.split_once('"') else { continue };
        // Whatever has no method of its own is opened.
        let both =
            [("GET", rest.contains("get().to(") || rest.starts_with(").to(")), ("POST", rest.contains("post().to("))];
        map.extend(both.into_iter().filter(|(_, has)| *has).map(|(method, _)| (method, path)));
    }
    map
}

#[test]
fn every_route_has_its_door_and_no_door_stands_alone() {
    let map = map();
    assert!(map.len() > 120, "the map was not read: {}", map.len());
    let doors: Vec<(&str, &str)> = DOORS.iter().map(|(method, path, _)| (*method, *path)).collect();
    let without: Vec<_> = map.iter().filter(|route| !doors.contains(route)).collect();
    assert!(without.is_empty(), "say in doors.rs which right these ask for: {without:?}");
    let alone: Vec<_> = doors.iter().filter(|door| !map.contains(door)).collect();
    assert!(alone.is_empty(), "no such routes any more: {alone:?}");
    // In the same order, so that an address means the same line here and there.
    assert_eq!(map, doors);
}

/// The role of the one account of a house, from the next request on.
fn becomes(house: &House, role: Role) {
    let store = Store::open(&house.desk.settings.store.path).unwrap();
    store.change(|tx| Ok(tx.execute("UPDATE staff SET role = ?1", [role.as_str()])?)).unwrap();
}

fn actor(house: &House, role: Role) -> Actor {
    Actor { role, ..house.session.actor.clone() }
}

fn request(house: &House, method: &Method, path: &str) -> TestRequest {
    let request = TestRequest::default().method(method.clone()).uri(path).cookie(house.cookie());
    let request = request.insert_header((header::HOST, route_tests::HOST));
    if *method == Method::POST {
        let fields = [("csrf", house.session.csrf.as_str()), ("q", "x")];
        return request.insert_header((header::ORIGIN, route_tests::ORIGIN)).set_form(fields);
    }
    request
}

/// What is said to somebody who may not.
fn said(house: &House, act: Act) -> String {
    let trouble = actor(house, Role::Clerk)
        .may(act)
        .err()
        .unwrap_or_else(|| crate::plan::messages::Trouble::new("not-allowed").with("role", act.least().as_str()));
    house.room().speech().what(&trouble)
}

#[actix_web::test]
async fn every_route_is_refused_to_whom_the_table_refuses_and_to_nobody_else() {
    let house = house();
    route_tests::with_a_job(&house);
    let service = service!(house);
    let mut driven = 0;
    for role in ROLES {
        becomes(&house, role);
        for (method, path) in route_tests::map().into_iter().filter(|(_, path)| path != "/logout") {
            let door = doors::door(method.as_str(), &path);
            let answer = call_service(&service, request(&house, &method, &path).to_request()).await;
            let place = format!("{} {method} {path}", role.as_str());
            let shut = matches!(door, Some(Door::May(act)) if act.right_of(role) == Right::No);
            if shut {
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{place}");
                let Some(Door::May(act)) = door else { continue };
                let page = String::from_utf8_lossy(&read_body(answer).await).into_owned();
                assert!(page.contains(&said(&house, act)), "{place}");
            } else {
                assert_ne!(answer.status(), StatusCode::FORBIDDEN, "{place}");
            }
            driven += 1;
        }
    }
    assert!(driven > 360, "{driven}");
}

#[actix_web::test]
async fn a_refused_address_says_who_may_and_whom_to_ask() {
    let house = house();
    for (act, words) in [(Act::ShowStaff, "책임자나 관리자"), (Act::ChangeStaff, "관리자")] {
        let mut room = house.room();
        room.session.actor.role = Role::Clerk;
        let clerk = clerk::Clerk { room, cookie: String::new(), asking: None };
        let Err(clerk::Refusal::Page(status, page)) = doors::admitted(clerk, Some(Door::May(act))) else {
            panic!("{act} was let through")
        };
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(page.contains(&format!("이 일은 {words}만 할 수 있습니다")) && page.contains("맡기세요"), "{page}");
    }
    let clerk = clerk::Clerk { room: house.room(), cookie: String::new(), asking: None };
    assert!(doors::admitted(clerk, Some(Door::May(Act::ChangeStaff))).is_ok());
}

/// Links and forms of a page: method and address.
fn pressed(page: &str) -> Vec<(&'static str, String)> {
    let tags = page.split('<').skip(1).filter_map(|tag| tag.split('>').next());
    let value = |tag: &str, name: &str| {
        let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
        rest.split('"').next().map(|value| value.replace("&amp;", "&").replace("&#38;", "&"))
    };
    let mut found = Vec::new();
    for tag in tags {
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        let post = value(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        match name {
            "a" => found.extend(value(tag, "href").map(|to| ("GET", to))),
            "form" => found.extend(value(tag, "action").map(|to| (if post { "POST" } else { "GET" }, to))),
            _ => found.extend(value(tag, "formaction").map(|to| ("POST", to))),
        }
    }
    found
}

/// What stands on a page and is not for this role.
fn forbidden(page: &str, role: Role, door: impl Fn(&str, &str) -> Option<Door>) -> Vec<String> {
    let shut = |(method, to): &(&'static str, String)| matches!(door(method, to), Some(Door::May(act)) if act.right_of(role) == Right::No);
    pressed(page).into_iter().filter(shut).map(|(method, to)| format!("{method} {to}")).collect()
}

#[actix_web::test]
async fn no_page_shows_anybody_what_they_may_not_press() {
    let house = house();
    route_tests::with_a_job(&house);
    let service = service!(house);
    for role in ROLES {
        becomes(&house, role);
        let (mut pages, mut links) = (0, 0);
        for (method, path) in route_tests::map() {
            if method != Method::GET || path.ends_with("/events") || path.starts_with("/static/") {
                continue;
            }
            let answer = call_service(&service, request(&house, &method, &path).to_request()).await;
            let page = String::from_utf8_lossy(&read_body(answer).await).into_owned();
            let wrong = forbidden(&page, role, doors::door);
            assert!(wrong.is_empty(), "{} is shown on {path}: {wrong:?}", role.as_str());
            pages += usize::from(page.contains("<html"));
            links += pressed(&page).len();
        }
        assert!(pages > 25 && links > 200, "{pages} pages with {links} links were looked at");
    }
}

#[test]
fn a_link_that_is_not_for_a_role_is_found() {
    let page = r#"<nav><a id="x" href="/staff?all=1">a</a></nav><form method="post" class="row" action="/staff/1/lock"><button formaction="/staff/1/role">b</button></form><a href="/desk">c</a>"#;
    let door = |_: &str, to: &str| to.starts_with("/staff").then_some(Door::May(Act::ShowStaff));
    assert_eq!(forbidden(page, Role::Clerk, door), ["GET /staff?all=1", "POST /staff/1/lock", "POST /staff/1/role"]);
    assert!(forbidden(page, Role::Manager, door).is_empty());
}

/// `page.may("…")` and `page.opens("…")` name what there is: a slip of the pen would hide a button from everybody.
#[test]
fn what_a_template_asks_for_is_in_the_table() {
    let mut asked = 0;
    for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/pages")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for name in text.split("page.may(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(Act::parse(name).is_some(), "{}: {name}", path.display());
            asked += 1;
        }
        for to in text.split("page.opens(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(doors::door("GET", to).is_some(), "{}: {to}", path.display());
            asked += 1;
        }
    }
    assert!(asked >= 5, "{asked}");
}
