//! Every route of the map is knocked at: with a foreign Host, a foreign Origin, without a session, without a csrf
//! token; and every answer wears the same headers. The list is read from `mod.rs`, so that a new route is in it.

use actix_web::cookie::Cookie;
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, read_body};

use super::word_tests::{House, house};
use super::{LARGEST_FORM, clerk, guard};
use crate::desk;
use crate::plan::messages::{Lang, Trouble};

pub const HOST: &str = "127.0.0.1:8470";
pub const ORIGIN: &str = "http://127.0.0.1:8470";

/// Method and path of every route, with something in each place.
pub fn map() -> Vec<(Method, String)> {
    let mut map = Vec::new();
    for service in include_str!("mod.rs").split("resource(\"").skip(1) {
        let service = service.split(".service(").next().unwrap_or_default();
        let Some((path, rest)) = service.split_once('"') else { continue };
        let filled =
            path.replace("{id}", "1").replace("{name}", "desk.css").replace("{lang}", "en").replace("{code}", "121003");
        let filled = filled.replace("{told}", "abc").replace("{token}", "abc");
        map.extend(rest.contains("get().to(").then(|| (Method::GET, filled.clone())));
        map.extend(rest.contains("post().to(").then(|| (Method::POST, filled.clone())));
    }
    assert!(map.len() > 40, "the map was not read: {map:?}");
    map
}

/// What anybody may ask for.
fn public(path: &str) -> bool {
    ["/static/", "/login", "/setup/"].iter().any(|start| path.starts_with(start))
}

/// The service as it runs, over this house's desk. (A macro, since the request's type has no public name.)
macro_rules! service {
    ($house:expr) => {{
        let front =
            $crate::front::web::Front::new($house.desk.clone(), $crate::front::web::route_tests::HOST.parse().unwrap());
        let app = actix_web::App::new()
            .app_data(actix_web::web::Data::new(front))
            .app_data(actix_web::web::FormConfig::default().limit($crate::front::web::LARGEST_FORM))
            .wrap(actix_web::middleware::from_fn($crate::front::web::guard::guard))
            .configure($crate::front::web::routes);
        actix_web::test::init_service(app).await
    }};
}
pub(super) use service;

fn knock(method: &Method, path: &str) -> TestRequest {
    let request = TestRequest::default().method(method.clone()).uri(path).insert_header((header::HOST, HOST));
    if *method == Method::POST {
        return request.insert_header((header::ORIGIN, ORIGIN)).set_form([("q", "x")]);
    }
    request
}

fn dressed(headers: &HeaderMap, path: &str) {
    let text = |name: header::HeaderName| {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    assert_eq!(text(header::CONTENT_SECURITY_POLICY), guard::POLICY, "{path}");
    assert_eq!(text(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
    assert_eq!(text(header::REFERRER_POLICY), "same-origin", "{path}");
    assert_eq!(text(header::CROSS_ORIGIN_RESOURCE_POLICY), "same-origin", "{path}");
    assert_eq!(text(header::CROSS_ORIGIN_OPENER_POLICY), "same-origin", "{path}");
    let stored = if path == "/static/desk.css" { "no-cache" } else { "no-store" };
    assert_eq!(text(header::CACHE_CONTROL), stored, "{path}");
}

#[actix_web::test]
async fn a_foreign_host_gets_a_page_that_says_so() {
    let house = house();
    let service = service!(house);
    for (method, path) in map() {
        let request = knock(&method, &path).insert_header((header::HOST, "evil.example:8470")).to_request();
        let answer = call_service(&service, request).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{method} {path}");
        assert!(String::from_utf8_lossy(&read_body(answer).await).contains("localhost"), "{method} {path}");
    }
}

#[actix_web::test]
async fn a_change_from_elsewhere_is_refused_everywhere() {
    let house = house();
    let service = service!(house);
    for (_, path) in map().into_iter().filter(|(method, _)| *method == Method::POST) {
        for origin in ["null", "http://evil.example", "http://127.0.0.1:8471"] {
            let request =
                knock(&Method::POST, &path).cookie(house.cookie()).insert_header((header::ORIGIN, origin)).to_request();
            let answer = call_service(&service, request).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin} {path}");
        }
    }
}

#[actix_web::test]
async fn without_a_session_only_the_public_pages_open() {
    let house = house();
    let service = service!(house);
    for (method, path) in map() {
        let answer = call_service(&service, knock(&method, &path).to_request()).await;
        dressed(answer.headers(), &path);
        let to_log_in = answer.headers().get(header::LOCATION).is_some_and(|to| to.as_bytes().starts_with(b"/login"));
        let shut =
            (answer.status() == StatusCode::SEE_OTHER && to_log_in) || answer.status() == StatusCode::UNAUTHORIZED;
        assert_eq!(!shut, public(&path), "{method} {path} {}", answer.status());
    }
}

#[actix_web::test]
async fn with_a_session_every_answer_is_dressed_and_a_form_without_its_token_is_refused() {
    let house = house();
    let service = service!(house);
    for (method, path) in map().into_iter().filter(|(_, path)| path != "/logout") {
        let answer = call_service(&service, knock(&method, &path).cookie(house.cookie()).to_request()).await;
        dressed(answer.headers(), &path);
        assert_ne!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR, "{method} {path}");
        if method == Method::POST && !public(&path) {
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
            assert!(String::from_utf8_lossy(&read_body(answer).await).contains("refusal-what"), "{path}");
        }
    }
}

#[actix_web::test]
async fn what_is_not_there_or_too_long_is_a_page_of_the_same_hand() {
    let house = house();
    let service = service!(house);
    let long = [("csrf", house.session.csrf.clone()), ("q", "가".repeat(LARGEST_FORM))];
    let cases = [
        (knock(&Method::GET, "/nowhere").to_request(), StatusCode::NOT_FOUND),
        (knock(&Method::GET, "/jobs/x").cookie(house.cookie()).to_request(), StatusCode::NOT_FOUND),
        (knock(&Method::GET, "/members/99").cookie(house.cookie()).to_request(), StatusCode::NOT_FOUND),
        (knock(&Method::POST, "/desk").to_request(), StatusCode::METHOD_NOT_ALLOWED),
        (
            knock(&Method::POST, "/find").cookie(house.cookie()).set_form(&long).to_request(),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
    ];
    for (request, status) in cases {
        let path = request.path().to_owned();
        let answer = call_service(&service, request).await;
        assert_eq!(answer.status(), status, "{path}");
        dressed(answer.headers(), &path);
        assert!(String::from_utf8_lossy(&read_body(answer).await).contains("refusal-help"), "{path}");
    }
}

#[actix_web::test]
async fn what_is_searched_for_stands_in_no_url() {
    let house = house();
    let service = service!(house);
    for path in ["/find", "/codes"] {
        let fields = [("csrf", house.session.csrf.as_str()), ("q", "임꺽정")];
        let answer =
            call_service(&service, knock(&Method::POST, path).cookie(house.cookie()).set_form(fields).to_request())
                .await;
        let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        assert!(to.starts_with(if path == "/find" { "/found/" } else { "/codes/found/" }), "{to}");
        let answer = call_service(&service, knock(&Method::GET, &to).cookie(house.cookie()).to_request()).await;
        assert!(String::from_utf8_lossy(&read_body(answer).await).contains("임꺽정"), "{to}");
    }
}

#[actix_web::test]
async fn what_an_address_asks_for_is_not_passed_over() {
    let house = house();
    let service = service!(house);
    for (path, status) in [
        ("/reports?from=2026-99", StatusCode::UNPROCESSABLE_ENTITY),
        ("/reports?by=foo", StatusCode::UNPROCESSABLE_ENTITY),
        ("/reports/issues?page=1&to=x", StatusCode::UNPROCESSABLE_ENTITY),
        ("/access?from=x", StatusCode::UNPROCESSABLE_ENTITY),
        ("/reports/issues?page=1", StatusCode::OK),
        ("/access?page=1", StatusCode::OK),
    ] {
        let request = knock(&Method::GET, path).cookie(house.cookie()).to_request();
        assert_eq!(call_service(&service, request).await.status(), status, "{path}");
    }
}

#[actix_web::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let house = house();
    let service = service!(house);
    let fields = [("id", "성춘향"), ("pw", House::PASSWORD), ("desk", "2"), ("lang", "en")];
    let answer = call_service(&service, knock(&Method::POST, "/login").set_form(fields).to_request()).await;
    let cookie = answer.headers().get(header::SET_COOKIE).and_then(|c| c.to_str().ok()).unwrap_or_default().to_owned();
    for part in ["issuer-8470=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let all: Vec<_> = answer.headers().get_all(header::SET_COOKIE).filter_map(|c| c.to_str().ok()).collect();
    for part in ["issuer-desk-8470=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=34560000"] {
        assert!(all.len() == 2 && all[1].contains(part), "{part} in {all:?}");
    }
    let wrong = [("id", "성춘향"), ("pw", "아무 말이나 넣음"), ("desk", "2")];
    let answer = call_service(&service, knock(&Method::POST, "/login").set_form(wrong).to_request()).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.headers().get(header::SET_COOKIE).is_none());
}

#[actix_web::test]
async fn a_session_begun_elsewhere_is_sent_to_the_log_in_that_says_so() {
    let house = house();
    let service = service!(house);
    let away = |path: &str| {
        knock(&Method::GET, path).cookie(house.cookie()).peer_addr("10.0.0.9:4000".parse().unwrap()).to_request()
    };
    let answer = call_service(&service, away("/day")).await;
    let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(to, "/login?ended=elsewhere&back=/day");
    let page = call_service(&service, knock(&Method::GET, &to).to_request()).await;
    assert!(String::from_utf8_lossy(&read_body(page).await).contains("다른 컴퓨터에서 시작되었습니다"));
    assert_eq!(call_service(&service, away("/events")).await.status(), StatusCode::UNAUTHORIZED);
}

#[actix_web::test]
async fn a_long_name_that_may_be_a_password_is_not_shown_again_and_a_wait_has_its_own_status() {
    let house = house();
    let service = service!(house);
    let fields = |name| [("id", name), ("pw", "아무 말이나 넣음"), ("desk", "2")];
    let log_in = |name| knock(&Method::POST, "/login").set_form(fields(name)).to_request();
    for (name, shown) in [(House::PASSWORD, false), ("성춘향", true), ("성춘향", true)] {
        let answer = call_service(&service, log_in(name)).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert_eq!(String::from_utf8_lossy(&read_body(answer).await).contains(name), shown, "{name}");
    }
    let mut tries = 0;
    let waits = loop {
        let answer = call_service(&service, log_in("성춘향")).await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        (tries += 1, assert!(tries < 9, "no wait"));
    };
    let seconds = waits.headers().get(header::RETRY_AFTER).and_then(|seconds| seconds.to_str().ok());
    assert!(seconds.and_then(|seconds| seconds.parse::<u64>().ok()).is_some_and(|seconds| seconds > 0), "{seconds:?}");
}

#[actix_web::test]
async fn a_panic_becomes_a_page_that_says_what_to_do() {
    let house = house();
    let clerk = clerk::Clerk { room: house.room(), cookie: String::new(), asking: None };
    let answer = clerk.answer(|_| panic!("planted")).await;
    let Err(clerk::Refusal::Page(status, page)) = answer else { panic!("no page") };
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let help = house.room().speech().help(&Trouble::new("web-trouble"));
    assert!(page.contains(&super::speech::loud(&help).0) && !page.contains("planted"), "{page}");
}

#[actix_web::test]
async fn the_path_of_a_button_leads_back_to_its_page() {
    let house = house();
    let service = service!(house);
    for (path, to) in [
        ("/jobs/1/leave", "/jobs/1"),
        ("/jobs/1/print", "/jobs/1"),
        ("/jobs/1/scan", "/jobs/1"),
        ("/members/1/issue", "/members/1"),
        ("/tray", "/desk"),
    ] {
        let answer = call_service(&service, knock(&Method::GET, path).cookie(house.cookie()).to_request()).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        assert!(answer.headers().get(header::LOCATION).is_some_and(|found| found == to), "{path}");
    }
}

#[actix_web::test]
async fn who_was_logged_out_is_told_so_and_led_back() {
    let house = house();
    let service = service!(house);
    let stale = Cookie::new("issuer-8470", "0".repeat(64));
    let answer = call_service(&service, knock(&Method::POST, "/jobs/3/print").cookie(stale).to_request()).await;
    let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(to, "/login?ended=1&back=/jobs/3");
    let answer = call_service(&service, knock(&Method::GET, &to).to_request()).await;
    assert!(String::from_utf8_lossy(&read_body(answer).await).contains("id=\"ended\""));
    for (back, to) in [("/jobs/3", "/jobs/3"), ("//evil.example", "/desk")] {
        let fields = [("id", "성춘향"), ("pw", House::PASSWORD), ("desk", "2"), ("back", back)];
        let answer = call_service(&service, knock(&Method::POST, "/login").set_form(fields).to_request()).await;
        assert!(answer.headers().get(header::LOCATION).is_some_and(|found| found == to), "{back}");
    }
}

#[actix_web::test]
async fn an_english_session_is_refused_in_english() {
    let house = house();
    let service = service!(house);
    desk::set_lang(&house.desk, &house.session, Lang::En).unwrap();
    let long = [("csrf", house.session.csrf.clone()), ("q", "x".repeat(LARGEST_FORM))];
    for request in [
        knock(&Method::GET, "/nowhere").cookie(house.cookie()).to_request(),
        knock(&Method::POST, "/find").cookie(house.cookie()).set_form(&long).to_request(),
    ] {
        let path = request.path().to_owned();
        let answer = call_service(&service, request).await;
        assert!(String::from_utf8_lossy(&read_body(answer).await).contains("<html lang=\"en\">"), "{path}");
    }
}

/// A member and a planned job, both number 1, whose person the clerk has seen.
pub fn with_a_job(house: &House) {
    let form = desk::EnrolForm {
        name: "홍길동".into(),
        birth: "19880314".into(),
        phone: Some("01012345678".into()),
        kind: Some("adult".into()),
        identity: Some("resident-card".into()),
        consent: Some("local,national".into()),
        consent_way: Some("at-desk".into()),
        ..desk::EnrolForm::default()
    };
    let actor = &house.session.actor;
    let member = desk::enrol(&house.desk, actor, &form, None).unwrap().member;
    desk::note_evidence(&house.desk, &house.session, member, desk::Evidence::Document).unwrap();
    let kind = crate::plan::job::CardKind::Barcode;
    let evidence = desk::Evidence::Document;
    let form = desk::IssueForm { member, evidence, kind, reader: None, printer: None };
    assert_eq!((member, desk::plan_issue(&house.desk, actor, &form, None).unwrap()), (1, 1));
}

/// How a page takes a scan: as a lookup of this session, or not at all, and then it says so.
fn scans(house: &House, page: &str) -> &'static str {
    let lookup = page.contains("name=\"q\"") && page.contains(&house.session.csrf);
    match (lookup, page.contains("id=\"no-scan\"")) {
        (true, false) => "lookup",
        (false, true) => "nothing",
        _ => "lost",
    }
}

#[actix_web::test]
async fn every_page_of_somebody_logged_in_takes_a_scan_as_a_lookup() {
    let house = house();
    with_a_job(&house);
    let service = service!(house);
    let mut pages = 0;
    let made_up =
        ["/nowhere", "/jobs/99/slip", "/jobs/x", "/members/99/convert"].map(|path| (Method::GET, path.to_owned()));
    let leaves = |path: &str| path == "/logout" || path.ends_with("/events");
    for (method, path) in map().into_iter().chain(made_up).filter(|(_, path)| !leaves(path)) {
        let answer = call_service(&service, knock(&method, &path).cookie(house.cookie()).to_request()).await;
        let body = String::from_utf8_lossy(&read_body(answer).await).into_owned();
        // A GET of a link that is used up is a refusal, and still the clerk's.
        let strange = path.starts_with("/login") || (path.starts_with("/setup/") && method == Method::POST);
        if body.contains("<html") {
            pages += 1;
            assert_eq!(scans(&house, &body), if strange { "nothing" } else { "lookup" }, "{method} {path}");
        }
    }
    assert!(pages > 60, "{pages} pages were looked at");
    let turned = turned_to_the_member(&house);
    let answer = call_service(&service, knock(&Method::GET, &turned).cookie(house.cookie()).to_request()).await;
    assert_eq!(scans(&house, &String::from_utf8_lossy(&read_body(answer).await)), "nothing", "{turned}");
}

/// The step of an import at which the screen is turned to the member.
fn turned_to_the_member(house: &House) -> String {
    let id = desk::keep(&house.desk, &house.session, "import", "{}").unwrap();
    format!("/import/{id}/password")
}

/// Whatever is a whole page, or takes the lookup out of the bar, has another or says that there is none.
#[test]
fn every_template_of_a_page_says_how_it_takes_a_scan() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/pages");
    let mut pages = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("<!doctype") || (text.contains("{% block bar %}") && !text.contains("<!doctype")) {
            pages += 1;
            let scans = ["name=\"q\"", "pages/scan.html", "pages/no_scan.html"];
            assert!(scans.iter().any(|scan| text.contains(scan)), "{}", path.display());
        }
    }
    assert!(pages >= 7, "{pages} templates were read");
}

#[actix_web::test]
async fn who_or_what_is_not_there_is_not_found_on_every_path() {
    let house = house();
    let service = service!(house);
    let of_one = |path: &String| {
        ["/members/1", "/jobs/1", "/charges/1"].iter().any(|start| path.starts_with(start))
            && !path.ends_with("/events")
    };
    let mut knocked = 0;
    for (method, path) in map().into_iter().filter(|(_, path)| of_one(path)) {
        let path = path.replacen("/1", "/999", 1);
        let request = knock(&method, &path).cookie(house.cookie());
        let fields = [("csrf", house.session.csrf.as_str()), ("once", "ab"), ("word", "1"), ("advised", "1")];
        let request = if method == Method::POST { request.set_form(fields) } else { request };
        let mut answer = call_service(&service, request.to_request()).await;
        // The path of a button leads to its page, which is not there.
        for _ in 0..3 {
            let Some(to) = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()) else { break };
            let request = knock(&Method::GET, to).cookie(house.cookie()).to_request();
            answer = call_service(&service, request).await;
        }
        knocked += 1;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{method} {path}");
    }
    assert!(knocked > 35, "{knocked}");
    assert_eq!(desk::evidence_of(&house.desk, &house.session, 999).unwrap_err().code, "member-unknown");
}

#[actix_web::test]
async fn the_other_language_comes_back_to_what_a_page_was_asked_for() {
    let house = house();
    with_a_job(&house);
    let service = service!(house);
    for path in ["/members/1/history?page=1&looks=1", "/members/1/history?page=2"] {
        let answer = call_service(&service, knock(&Method::GET, path).cookie(house.cookie()).to_request()).await;
        let page = String::from_utf8_lossy(&read_body(answer).await).into_owned();
        let from =
            page.split("name=\"from\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let from = from.replace("&amp;", "&").replace("&#38;", "&");
        let fields = [("csrf", house.session.csrf.as_str()), ("lang", "en"), ("from", &from)];
        let request = knock(&Method::POST, "/lang").cookie(house.cookie()).set_form(fields).to_request();
        let answer = call_service(&service, request).await;
        assert_eq!(answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()), Some(path));
    }
}
