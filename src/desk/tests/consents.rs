//! What is recorded of consents: kind, version and hash of the text as it was shown, day, way, who took it; and texts that a
//! library put in the place of ours.

use super::*;
use crate::back::store::consents;
use crate::plan::member::{Condition, ConsentKind};
use crate::plan::messages::Lang;

fn recorded(desk: &Desk, member: i64) -> Vec<consents::Consent> {
    desk.store.look(|tx| consents::of_member(tx, member)).unwrap()
}

#[test]
fn each_consent_is_recorded_with_the_text_that_was_shown() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let own = |form: &mut EnrolForm| (form.anyway, form.own_number) = (true, None);
    let yesterday = desk.today().yesterday().unwrap().to_string();
    let child = format!("{}-01-01", desk.today().year() - 8);
    type Change = fn(&mut EnrolForm, &str, &str);
    let changes: [(Change, &[&str], &str, bool); 4] = [
        (|_, _, _| {}, &["local", "national"], "at-desk", false),
        (
            |form, yesterday, _| {
                (form.consent_way, form.consent_on) = (Some("on-paper".into()), Some(yesterday.into()))
            },
            &["local", "national"],
            "on-paper",
            true,
        ),
        (
            |form, _, child| {
                (form.birth, form.guardian, form.guardian_identity) =
                    (child.into(), Some("홍판서".into()), Some("passport".into()));
            },
            &["local", "national"],
            "by-guardian-at-desk",
            false,
        ),
        (
            |form, yesterday, child| {
                (form.birth, form.guardian, form.guardian_identity) =
                    (child.into(), Some("홍판서".into()), Some("passport".into()));
                (form.consent, form.own_number) = (Some("local".into()), Some("GP-1".into()));
                (form.consent_way, form.consent_on, form.lang) =
                    (Some("on-paper".into()), Some(yesterday.into()), Some("en".into()));
            },
            &["local"],
            "by-guardian-on-paper",
            true,
        ),
    ];
    for (change, kinds, way, before) in changes {
        let mut lang = Lang::Ko;
        let member = desk.enrol(|form| {
            own(form);
            change(form, &yesterday, &child);
            lang = form.lang.as_deref().and_then(Lang::parse).unwrap_or_default();
        });
        let rows = recorded(&desk, member.unwrap().member);
        let texts = consent_texts(&desk, lang).unwrap();
        assert_eq!(rows.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), kinds);
        for (row, text) in rows.iter().zip(&texts) {
            assert_eq!((row.version.as_str(), row.hash.as_deref()), ("2026-11", Some(&text.hash()[..])), "{way}");
            assert_eq!((row.way.as_str(), row.taken_by.as_str(), row.withdrawn), (way, "os:tester", None));
            assert_eq!(row.given_on == yesterday, before);
        }
    }
}

#[test]
fn the_day_and_the_way_are_judged_before_anything_is_made() {
    let desk = Room::new(&[]);
    let tomorrow = desk.today().tomorrow().unwrap().to_string();
    for (way, on, expected) in [
        (None, Some(tomorrow.as_str()), "consent-on"),
        (None, Some("2026-02-30"), "consent-on"),
        (None, Some("1980-01-01"), "consent-before-birth"),
        (Some("on-paper"), Some("2026-10-31"), "consent-before-text"),
        (Some("by-guardian-at-desk"), None, "consent-way"),
        (Some("by-phone"), None, "consent-way"),
        (Some("on-paper"), Some(" "), "done"),
    ] {
        let enrolled = desk.enrol(|form| {
            (form.consent_way, form.consent_on) = (way.map(str::to_owned), on.map(str::to_owned));
        });
        assert_eq!(code(enrolled), expected, "{way:?} {on:?}");
    }
}

#[test]
fn everything_wrong_with_the_consents_is_told_at_once_and_at_its_field() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "own-card")]);
    desk.enrol(|form| form.own_number = Some("GP-77".into())).unwrap();
    let wrong = |change: fn(&mut EnrolForm)| {
        let mut form = hong();
        form.name = "성춘향".into();
        change(&mut form);
        let wrong = consents_wrong(&desk, &form);
        wrong.into_iter().map(|(field, trouble)| (field, trouble.code)).collect::<Vec<_>>()
    };
    assert_eq!(wrong(|_| {}), []);
    assert_eq!(
        wrong(|form| (form.consent, form.consent_on) = (None, Some("내일".into()))),
        [("consent-on", "consent-on"), ("local", "consent-missing"), ("own-number", "own-number-missing")]
    );
    assert_eq!(wrong(|form| form.own_number = Some("GP-77".into())), [("own-number", "own-number-taken")]);
    assert_eq!(wrong(|form| form.consent = Some("all".into())), [("local", "consent")]);
}

/// A library may word its consents itself; what lacks a part that the law asks for is never shown to anybody.
#[test]
fn a_librarys_own_text_is_shown_and_recorded_and_one_without_its_parts_refused() {
    let desk = Room::new(&[]);
    assert_eq!(desk.settings.library.conditions, [] as [Condition; 0]);
    let folder = desk.folder.path().join("templates/consents");
    std::fs::create_dir_all(&folder).unwrap();
    let ours = include_str!("../../../templates/consents/local.toml");
    std::fs::write(folder.join("local.toml"), ours.replace("2026-11", "2027-01").replace("쓰는 목적", "목적")).unwrap();
    let Room { desk, folder: place } = desk;
    drop(desk);
    let settings = settings::load(None, std::iter::empty(), place.path()).unwrap();
    let assets = Assets::new(Some(place.path().join("templates")));
    let desk = Desk::open(settings, assets, Opening::Make).unwrap();
    let [local, national] = consent_texts(&desk, Lang::Ko).unwrap();
    assert_eq!((local.kind, local.version.as_str()), (ConsentKind::Local, "2027-01"));
    assert_eq!((national.version.as_str(), local.parts[0].0.as_str()), ("2026-11", "목적"));
    let member = enrol(&desk, &actor(), &hong(), None).unwrap().member;
    assert_eq!(recorded(&desk, member)[0].version, "2027-01");
    std::fs::write(folder.join("local.toml"), ours.replacen("about = \"refusal\"", "about = \"purpose\"", 1)).unwrap();
    assert_eq!(code(consent_texts(&desk, Lang::Ko)), "consent-text-part");
    let mut form = hong();
    form.name = "성춘향".into();
    assert_eq!(code(enrol(&desk, &actor(), &form, None)), "consent-text-part", "nobody consents to it");
    drop(desk);
    let settings = settings::load(None, std::iter::empty(), place.path()).unwrap();
    let assets = Assets::new(Some(place.path().join("templates")));
    let again = Desk::open(settings, assets, Opening::Make);
    assert_eq!(code(again.map(|_| ())), "consent-text-part", "and the desk does not open with it");
}

#[test]
fn the_text_names_the_period_that_the_settings_name_and_its_hash_is_recorded() {
    let said = |desk: &Room, lang| consent_texts(desk, lang).unwrap()[0].clone();
    let period = |desk: &Room, lang| said(desk, lang).parts[2].1.clone();
    let plain = Room::new(&[]);
    assert!(period(&plain, Lang::Ko).contains("도서관이 정하여 알린 보존 기간이 끝나면 지웁니다"));
    let desk = Room::new(&[("ISSUER__LIBRARY__RETENTION", "2 years")]);
    assert!(period(&desk, Lang::Ko).contains("2년이 지나면 지웁니다"), "{}", period(&desk, Lang::Ko));
    assert!(period(&desk, Lang::En).contains("erased after 2 year(s)."), "{}", period(&desk, Lang::En));
    assert_ne!(said(&desk, Lang::Ko).hash(), said(&plain, Lang::Ko).hash());
    let member = desk.enrol(|_| {}).unwrap().member;
    assert_eq!(recorded(&desk, member)[0].hash.as_deref(), Some(&said(&desk, Lang::Ko).hash()[..]));
}
