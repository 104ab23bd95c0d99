//! The dialogue of a signature over the whole page's service: what waits in the session and what never does, who may open it, and where
//! it leads when it is over. What a signature is worth is proven in `desk/tests/approval.rs`.

use actix_web::cookie::Cookie;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::test::{TestRequest, call_service, read_body};

use super::route_tests;
use super::route_tests::service;
use super::word_tests::{House, house, house_with};
use crate::back::store::Store;
use crate::desk::{self, Role};

/// 변학도, a manager, who has the password of the house.
fn with_a_manager(house: &House) {
    let store = Store::open(&house.desk.settings.store.path).unwrap();
    store
        .change(|tx| {
            tx.execute(
                "INSERT INTO staff (name, role, state, password, created) SELECT '변학도', 'manager', 'active', password, 0 FROM staff",
                [],
            )?;
            tx.execute("UPDATE charges SET state = 'unpaid', amount = 2000", [])?;
            Ok(())
        })
        .unwrap();
}

/// The hidden fields of the dialogue, as a browser sends them again.
fn hidden(page: &str) -> Vec<(String, String)> {
    let form = page.split("id=\"approval\"").nth(1).and_then(|rest| rest.split("</form>").next()).unwrap_or_default();
    let field = |tag: &str| {
        let value = |name: &str| Some(tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.to_owned());
        Some((value("name")?, value("value")?))
    };
    form.split("<input type=\"hidden\"").skip(1).filter_map(field).collect()
}

/// Where an answer leads.
fn led<B>(answer: &ServiceResponse<B>) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(answer.headers().get(header::SET_COOKIE).is_none(), "nobody is logged in by it");
    answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned()
}

fn posted(house: &House, path: &str, fields: &[(String, String)]) -> TestRequest {
    let request = TestRequest::post().uri(path).cookie(house.cookie()).insert_header((header::HOST, route_tests::HOST));
    request.insert_header((header::ORIGIN, route_tests::ORIGIN)).set_form(fields)
}

fn asked(house: &House, path: &str) -> TestRequest {
    TestRequest::get().uri(path).cookie(house.cookie()).insert_header((header::HOST, route_tests::HOST))
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[actix_web::test]
async fn a_form_that_wants_a_signature_waits_in_a_dialogue_and_is_sent_again() {
    let house = house();
    route_tests::with_a_job(&house);
    with_a_manager(&house);
    becomes_clerk(&house);
    let service = service!(house);
    let waive = "/charges/1/waive";
    let first = [
        pair("csrf", &house.session.csrf),
        pair("once", "ab12"),
        pair("why", "도서관 <사정>"),
        pair("pw", "비밀"),
        pair("note", "880314-1234560"),
    ];
    let dialogue = led(&call_service(&service, posted(&house, waive, &first).to_request()).await);
    assert!(dialogue.starts_with("/approvals/"), "{dialogue}");
    assert_eq!(
        led(&call_service(&service, posted(&house, waive, &first).to_request()).await),
        dialogue,
        "pressed twice"
    );
    let page = async |cookie: Option<Cookie<'static>>| {
        let mut request = TestRequest::get().uri(&dialogue).insert_header((header::HOST, route_tests::HOST));
        if let Some(cookie) = cookie {
            request = request.cookie(cookie);
        }
        call_service(&service, request.to_request()).await
    };
    let shown = async || String::from_utf8_lossy(&read_body(page(Some(house.cookie())).await).await).into_owned();
    let html = shown().await;
    assert!(html.contains("홍*동") && html.contains("2,000원") && !html.contains("비밀\""), "{html}");
    assert!(html.contains("id=\"no-scan\"") && !html.contains("name=\"q\""), "a scan is no lookup here: {html}");
    let fields = hidden(&html);
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["csrf", "approval", "once", "why"], "{html}");
    let mut again = fields.clone();
    again[3].1 = "도서관 <사정>".to_owned();
    let signed = |name: &str, password: &str| {
        let own = [pair("approver", name), pair("approver-password", password)];
        again.iter().cloned().chain(own).collect::<Vec<_>>()
    };
    for (name, password, stays, told) in [
        ("변학도", "아무 말이나 넣음", true, "맞지 않습니다"),
        ("성춘향", House::PASSWORD, false, "스스로 승인할 수 없습니다"),
        ("", House::PASSWORD, true, "승인하는 사람의 이름이 비어"),
        (House::PASSWORD, "변학도", false, "맞지 않습니다"),
    ] {
        assert_eq!(
            led(&call_service(&service, posted(&house, waive, &signed(name, password)).to_request()).await),
            dialogue
        );
        let html = shown().await;
        assert!(html.contains(told) && html.contains("id=\"approver\"") && !html.contains(House::PASSWORD), "{name}");
        assert_eq!(html.contains(&format!("value=\"{name}\"")), stays, "{name}: {html}");
    }
    let kept = desk::kept(&house.desk, &house.session, "approval", &again[1].1).unwrap().unwrap();
    assert!(kept.contains("사정"), "{kept}");
    for secret in ["비밀", "880314", "아무 말이나", House::PASSWORD, &house.session.csrf] {
        assert!(!kept.contains(secret), "{secret} is kept: {kept}");
    }
    // Another session's, be it of the same person, and nobody's.
    let whence = desk::Whence::default();
    let other = desk::log_in(&house.desk, "변학도", House::PASSWORD, "1", &whence).unwrap();
    let other = Cookie::new("issuer-8470", other.cookie);
    assert_eq!(led(&page(Some(other)).await), "/desk");
    assert!(led(&page(None).await).starts_with("/login"));
    for _ in 0..2 {
        let answer =
            call_service(&service, posted(&house, waive, &signed("변학도", House::PASSWORD)).to_request()).await;
        assert_eq!(led(&answer), "/members/1", "once and once more");
    }
    assert_eq!(led(&page(Some(house.cookie())).await), "/members/1", "it is over");
    let kept = desk::kept(&house.desk, &house.session, "approval", &again[1].1).unwrap().unwrap();
    assert!(!kept.contains("사정"), "{kept}");
    let fee = desk::fees_of(&house.desk, &house.session.actor, 1).unwrap().pop().unwrap();
    assert_eq!((fee.state.as_str(), fee.why.as_deref()), ("waived", Some("도서관 <사정>")));
    assert!(fee.allowed_by.is_some_and(|by| by != house.session.actor.id()));
    let session = desk::session(&house.desk, house.cookie().value(), &whence).unwrap().unwrap();
    assert_eq!(
        (session.id, session.actor.role),
        (house.session.id, Role::Clerk),
        "the session is the clerk's, as it was"
    );
}

/// A signature that was asked for one act is not given by the form of another: neither on another job's path nor with other words.
#[actix_web::test]
async fn what_was_asked_for_is_signed_by_its_own_form_alone() {
    let house = house();
    route_tests::with_a_job(&house);
    with_a_manager(&house);
    becomes_clerk(&house);
    let service = service!(house);
    let store = Store::open(&house.desk.settings.store.path).unwrap();
    let count = |sql: &str| -> i64 { store.look(|tx| Ok(tx.query_row(sql, [], |row| row.get(0))?)).unwrap() };
    let waive = "/charges/1/waive";
    let fields = |why: &str| vec![pair("csrf", &house.session.csrf), pair("once", "ab12"), pair("why", why)];
    let dialogue = led(&call_service(&service, posted(&house, waive, &fields("도서관 사정")).to_request()).await);
    let signed = |id: &str, name: &str, why: &str| {
        let own = [pair("approval", id), pair("approver", name), pair("approver-password", House::PASSWORD)];
        fields(why).into_iter().chain(own).collect::<Vec<_>>()
    };
    for (path, id, why, told) in [
        ("/jobs/1/unpaid", &dialogue[11..], "도서관 사정", "다릅니다"),
        (waive, &dialogue[11..], "다른 사정", "다릅니다"),
        (waive, "00ff", "도서관 사정", "찾을 수 없습니다"),
    ] {
        let anew = led(&call_service(&service, posted(&house, path, &signed(id, "변학도", why)).to_request()).await);
        let answer = call_service(&service, asked(&house, &anew).to_request()).await;
        let html = String::from_utf8_lossy(&read_body(answer).await).into_owned();
        assert!(html.contains(told), "{path} {id} {why}: {html}");
        assert_eq!(count("SELECT count(*) FROM approvals WHERE signed IS NOT NULL"), 0, "{path} {id} {why}");
        assert_eq!(count("SELECT count(*) FROM access_entries WHERE what = 'approve'"), 0, "{path} {id} {why}");
    }
    // Nothing was signed: the words that were asked for go no further without a name and a password.
    let bare: Vec<_> =
        fields("도서관 사정").into_iter().chain([pair("approval", &dialogue[11..]), pair("approver", "")]).collect();
    assert_eq!(led(&call_service(&service, posted(&house, waive, &bare).to_request()).await), dialogue);
    let done = signed(&dialogue[11..], "변학도", "도서관 사정");
    assert_eq!(led(&call_service(&service, posted(&house, waive, &done).to_request()).await), "/members/1");
    assert_eq!(count("SELECT count(*) FROM approvals WHERE used IS NOT NULL"), 1);
}

#[actix_web::test]
async fn a_dialogue_that_is_too_late_leads_back_to_its_form() {
    let house = house();
    route_tests::with_a_job(&house);
    with_a_manager(&house);
    becomes_clerk(&house);
    let service = service!(house);
    let fields = [pair("csrf", &house.session.csrf), pair("once", "ab12"), pair("why", "도서관 사정")];
    let dialogue = led(&call_service(&service, posted(&house, "/charges/1/waive", &fields).to_request()).await);
    let store = Store::open(&house.desk.settings.store.path).unwrap();
    let late = "UPDATE approvals SET asked = asked - 660000, until = until - 660000";
    store.change(|tx| Ok(tx.execute(late, [])?)).unwrap();
    let answer = call_service(&service, asked(&house, &dialogue).to_request()).await;
    assert_eq!(led(&answer), "/charges/1/waive");
    // Signed all the same, it is asked for anew, and says so.
    let own =
        [pair("approval", &dialogue[11..]), pair("approver", "변학도"), pair("approver-password", House::PASSWORD)];
    let signed: Vec<_> = fields.iter().cloned().chain(own).collect();
    let anew = led(&call_service(&service, posted(&house, "/charges/1/waive", &signed).to_request()).await);
    assert!(anew.starts_with("/approvals/") && anew != dialogue, "{anew}");
    let answer = call_service(&service, asked(&house, &anew).to_request()).await;
    let html = String::from_utf8_lossy(&read_body(answer).await).into_owned();
    assert!(html.contains("너무 오래되었습니다") && html.contains("value=\"변학도\""), "{html}");
}

/// An own card of a member becomes a 책이음 card with its fee waived: everything that was chosen goes through the dialogue and is there
/// again when it was cancelled.
#[actix_web::test]
async fn a_conversion_with_a_waiver_loses_nothing_on_its_way_through_the_dialogue() {
    let house = house_with("[library]\nmembership = \"on-request\"\n[fees.conversion]\namount = 3000\n");
    let form = desk::EnrolForm {
        name: "홍길동".into(),
        birth: "19880314".into(),
        kind: Some("adult".into()),
        identity: Some("resident-card".into()),
        consent: Some("local".into()),
        own_number: Some("20240001".into()),
        consent_way: Some("at-desk".into()),
        ..desk::EnrolForm::default()
    };
    let member = desk::enrol(&house.desk, &house.session.actor, &form, None).unwrap().member;
    desk::note_evidence(&house.desk, &house.session, member, desk::Evidence::Document).unwrap();
    with_a_manager(&house);
    becomes_clerk(&house);
    let service = service!(house);
    let path = format!("/members/{member}/convert");
    let shown = async |path: &str| {
        let answer = call_service(&service, asked(&house, path).to_request()).await;
        String::from_utf8_lossy(&read_body(answer).await).into_owned()
    };
    let today = &jiff::Timestamp::now().to_string()[..10];
    let chosen = [
        pair("csrf", &house.session.csrf),
        pair("once", "ab12"),
        pair("told", "1"),
        pair("national", "1"),
        pair("consent-way", "on-paper"),
        pair("consent-on", today),
        pair("card", "barcode"),
        pair("pay", "waive"),
        pair("why", "도서관 사정"),
    ];
    let dialogue = led(&call_service(&service, posted(&house, &path, &chosen).to_request()).await);
    assert!(dialogue.starts_with("/approvals/"), "{dialogue}: {}", shown(&path).await);
    let html = shown(&dialogue).await;
    assert!(html.contains("3,000원") && html.contains(&format!("href=\"{path}\" data-esc")), "{html}");
    let kept: Vec<_> = hidden(&html).into_iter().filter(|(name, _)| name != "approval").collect();
    assert_eq!(kept, chosen, "what was chosen is sent again");
    // Cancelled, it stands in the form as before.
    let html = shown(&path).await;
    let tag = |part: &str| html.split('<').find(|tag| tag.contains(part)).unwrap_or_default().to_owned();
    for part in ["name=\"told\"", "id=\"national\"", "value=\"barcode\"", "value=\"waive\"", "value=\"on-paper\""] {
        assert!([" checked", " selected"].iter().any(|set| tag(part).contains(set)), "{part}: {}", tag(part));
    }
    assert!(tag("name=\"why\"").contains("도서관 사정") && tag("name=\"consent-on\"").contains(today), "{html}");
    let own =
        [pair("approval", &dialogue[11..]), pair("approver", "변학도"), pair("approver-password", House::PASSWORD)];
    let signed: Vec<_> = kept.into_iter().chain(own).collect();
    let to = led(&call_service(&service, posted(&house, &path, &signed).to_request()).await);
    assert!(to.starts_with("/jobs/"), "{to}: {}", shown(&to).await);
    assert_eq!(led(&call_service(&service, asked(&house, &dialogue).to_request()).await), to);
    let fee = desk::fees_of(&house.desk, &house.session.actor, member).unwrap().pop().unwrap();
    assert_eq!((fee.state.as_str(), fee.amount, fee.why.as_deref()), ("waived", 3000, Some("도서관 사정")));
    assert!(fee.allowed_by.is_some_and(|by| by != house.session.actor.id()));
}

fn becomes_clerk(house: &House) {
    let store = Store::open(&house.desk.settings.store.path).unwrap();
    store.change(|tx| Ok(tx.execute("UPDATE staff SET role = 'clerk' WHERE name = '성춘향'", [])?)).unwrap();
}
