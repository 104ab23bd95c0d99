//! Members of other libraries: what is refused, what is written, what is kept nowhere.

use super::*;
use crate::back::store::{consents, numbers, passwords};
use crate::desk::secret::matches;
use crate::plan::chip::keyed_password;
use crate::plan::job::NumberState;
use crate::plan::member::{About, BirthDate, MemberNumber, MemberPassword};

const NUMBER: &str = "11131400073925";
const PASSWORD: &str = "739182640517";

fn form() -> ImportForm {
    ImportForm { number: NUMBER.into(), person: hong() }
}

fn typed(password: &str) -> TypedPassword {
    TypedPassword::new(password, password)
}

impl Room {
    fn import(&self, change: impl FnOnce(&mut ImportForm)) -> Result<Imported, Trouble> {
        let mut form = form();
        change(&mut form);
        import(self, &actor(), &form, &typed(PASSWORD), None)
    }

    pub(super) fn own(&self, own: &str) -> i64 {
        let enrolled = self.enrol(|form| {
            (form.consent, form.own_number) = (Some("local".into()), Some(own.into()));
        });
        enrolled.unwrap().member
    }

    pub(super) fn file(&self, member: i64) -> MemberFile {
        show_member(self, &actor(), member).unwrap()
    }

    pub(super) fn consents(&self, member: i64) -> Vec<(String, bool)> {
        let rows = self.desk.store.look(|tx| consents::of_member(tx, member)).unwrap();
        rows.into_iter().map(|row| (row.kind, row.withdrawn.is_some())).collect()
    }

    /// Prints and hands over the card of a job, as the command line does.
    pub(super) fn finish(&self, job: i64) {
        let stop = std::sync::atomic::AtomicBool::new(false);
        let waiting = Waiting { feed: Feed::Dispense, longest: self.card_timeout(), stop: &stop };
        run(self, &actor(), job, Until::Printed, &waiting).unwrap();
        hand_over(self, &actor(), job, None, None, Feed::Dispense, None).unwrap();
    }
}

#[test]
fn an_imported_member_keeps_their_number_and_is_marked_as_not_reconciled() {
    let desk = Room::new(&[]);
    let imported = desk.import(|_| {}).unwrap();
    assert_eq!((imported.number.as_str(), imported.library.name.as_deref()), (NUMBER, Some("서울도서관")));
    let file = desk.file(imported.member);
    assert_eq!((file.origin.as_str(), file.reconciled, file.national), ("imported", None, true));
    assert_eq!(file.number.map(|number| number.to_string()).as_deref(), Some(NUMBER));
    let state = desk.desk.store.look(|tx| numbers::state(tx, imported.number)).unwrap();
    assert_eq!(state, Some(NumberState::Live));
    // Each consent once, and none withdrawn.
    let mut given = desk.consents(imported.member);
    given.dedup();
    assert_eq!(given, [("local".to_owned(), false), ("national".to_owned(), false)]);
    // The number is nobody else's, and its range is not ours.
    let other = desk.enrol(|form| form.name = "성춘향".into()).unwrap().member;
    let job = desk.issue(other, CardKind::Barcode).unwrap();
    assert_eq!(show_job(&desk, &actor(), job).unwrap().number.to_string(), "12100300000001");
}

#[test]
fn what_stands_against_an_import_is_named() {
    let desk = Room::new(&[("ISSUER__LIBRARY__CONDITIONS", r#"["home", "work"]"#)]);
    let with = |change: fn(&mut ImportForm)| {
        desk.import(|form| {
            form.person.condition = Some("home".into());
            change(form);
        })
    };
    type Change = fn(&mut ImportForm);
    let table: [(Change, &str); 14] = [
        (|form| form.number = "1113140007392".into(), "member-number"),
        (|form| form.number = "12100300000001".into(), "number-own"),
        (|form| form.person.name = " ".into(), "name-missing"),
        (|form| form.person.name = "𠮷野家".into(), "glyph-missing"),
        (|form| form.person.birth = "내일".into(), "birth-date"),
        (|form| form.person.identity = None, "identity-missing"),
        (|form| form.person.consent = None, "consent-missing"),
        (|form| form.person.consent = Some("national".into()), "consent-missing"),
        (|form| form.person.consent = Some("local".into()), "import-national-missing"),
        (|form| form.person.kind = Some("child".into()), "kind-birth"),
        (|form| form.person.condition = None, "condition-missing"),
        (|form| form.person.condition = Some("school".into()), "condition"),
        (|form| form.person.condition = Some("friend".into()), "condition"),
        (|form| form.person.phone = Some("880314-1234567".into()), "identity-number"),
    ];
    for (at, (change, expected)) in table.into_iter().enumerate() {
        assert_eq!(code(with(change)), expected, "row {at}");
    }
    // Nothing of all that was written, and the person of the last row is taken in once.
    assert_eq!(with(|_| {}).unwrap().member, 1);
    let twice = with(|form| form.person.anyway = true).err().unwrap();
    assert_eq!(twice.code, "member-known");
    assert!(twice.args.contains(&("member", "1".to_owned())), "{twice:?}");
    assert_eq!(code(with(|form| form.number = "11131400073926".into())), "member-duplicate");
}

#[test]
fn a_code_in_no_list_is_taken_with_what_it_says_itself() {
    let desk = Room::new(&[]);
    let imported = desk.import(|form| form.number = "11199900000001".into()).unwrap();
    assert_eq!(imported.library.name, None);
    assert_eq!(
        imported.library.region,
        MemberNumber::parse(NUMBER).map(|n| desk.directory.decode(n).library.region).unwrap()
    );
}

#[test]
fn a_number_that_somebody_has_as_their_own_is_known() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    // Under a code that no library has: one that a library may have is no own number.
    let member = desk.own("00012345678901");
    let again = |form: &mut ImportForm| (form.number, form.person.name) = ("00012345678901".into(), "성춘향".into());
    let known = desk.import(again).err().unwrap();
    assert_eq!((known.code, known.args.last().map(|(_, id)| id.clone())), ("member-known", Some(member.to_string())));
}

#[test]
fn a_password_is_asked_for_whatever_else_is_right() {
    let desk = Room::new(&[]);
    let refused = |first: &str, again: &str| {
        let mut form = form();
        form.person.phone = Some("010-2345-6789".into());
        code(import(&desk, &actor(), &form, &TypedPassword::new(first, again), None))
    };
    for (first, again, expected) in [
        ("", "", "member-password-missing"),
        ("739182", "", "member-password-again"),
        ("739182", "739181", "member-password-again"),
        ("73918", "73918", "member-password-short"),
        ("비밀번호", "비밀번호", "member-password-digits"),
        ("880314", "880314", "member-password-birth"),
        ("02345678", "02345678", "member-password-phone"),
        ("073925", "073925", "member-password-number"),
        ("739182", "739182", "done"),
    ] {
        assert_eq!(refused(first, again), expected, "{first} {again}");
    }
}

#[test]
fn asked_again_under_its_key_an_import_is_one_member() {
    let desk = Room::new(&[]);
    let asked = |form: &ImportForm, key: &str| import(&desk, &actor(), form, &typed(PASSWORD), Some(key));
    let first = asked(&form(), "k").unwrap().member;
    assert_eq!(asked(&form(), "k").unwrap().member, first);
    let mut other = form();
    other.person.name = "성춘향".into();
    assert_eq!(code(asked(&other, "k")), "key-reused");
    assert_eq!(code(asked(&form(), "other")), "member-known");
}

/// Every file of the desk: database, its journal, locks, spool, simulator.
fn holds(folder: &std::path::Path, needle: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holds(&path, needle));
        } else if std::fs::read(&path).unwrap().windows(needle.len()).any(|part| part == needle) {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_password_lies_in_no_file_and_neither_does_its_keyed_hash() {
    let desk = Room::new(&[]);
    let imported = desk.import(|_| {}).unwrap();
    let job = desk.issue(imported.member, CardKind::Rfid).unwrap();
    desk.finish(job);
    let about =
        About { birth: BirthDate::parse("1988-03-14", desk.today()).unwrap(), phone: None, number: imported.number };
    let password = MemberPassword::parse(PASSWORD, PASSWORD, &about).unwrap();
    let keys = desk.keys();
    let hash = keyed_password(keys.current(), &password);
    // The judge sees what is there.
    let folder = desk.folder.path();
    assert!(!holds(folder, NUMBER.as_bytes()).is_empty(), "the database is looked into");
    let upper: String = hash.iter().map(|byte| format!("{byte:02X}")).collect();
    for needle in [PASSWORD.as_bytes(), &hash[..], hex(&hash[..]).as_bytes(), upper.as_bytes()] {
        assert_eq!(holds(folder, needle), Vec::<std::path::PathBuf>::new());
    }
    // What is kept is argon2id of the keyed hash, as strong as the staff's, and of nothing weaker.
    let (phc, version) = desk
        .desk
        .store
        .look(|tx| {
            Ok(tx.query_row("SELECT phc, key_version FROM member_passwords", [], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, u8>(1)?))
            })?)
        })
        .unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    assert_eq!(version, keys.current().version);
    assert!(matches(&phc, &hash[..]) && !matches(&phc, PASSWORD.as_bytes()));
    assert!(desk.desk.store.look(|tx| passwords::set_at(tx, imported.member)).unwrap().is_some());
}

#[test]
fn a_sticker_makes_a_card_of_another_library_or_an_own_card_one_of_ours() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let imported = desk.import(|_| {}).unwrap();
    desk.finish(desk.issue(imported.member, CardKind::Sticker).unwrap());
    let enrolled = desk.enrol(|form| {
        form.name = "성춘향".into();
        (form.consent, form.own_number) = (Some("local".into()), Some("GP-78".into()));
    });
    let own = enrolled.unwrap().member;
    desk.finish(desk.convert(own, |form| form.card.kind = CardKind::Sticker).unwrap());
    for member in [imported.member, own] {
        let cards = desk.file(member).cards;
        assert_eq!((cards.len(), cards[0].kind, cards[0].state.is_in_use()), (1, CardKind::Sticker, true));
    }
}

/// Each consent has the version and the hash of the text that was shown, and its way and day.
#[test]
fn consents_are_recorded_with_their_texts() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let imported = desk.import(|form| {
        form.person.consent_way = Some("on-paper".into());
        form.person.consent_on = Some("2026-11-02".into());
    });
    let rows = desk.file(imported.unwrap().member).consents;
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!((row.way.as_str(), row.given_on.as_str()), ("on-paper", "2026-11-02"));
        assert!(row.hash.is_some() && !row.version.is_empty());
    }
    let enrolled = desk.enrol(|form| {
        form.name = "성춘향".into();
        (form.consent, form.own_number) = (Some("local".into()), Some("GP-78".into()));
    });
    let own = enrolled.unwrap().member;
    desk.convert(own, |_| {}).unwrap();
    let rows = desk.file(own).consents;
    assert_eq!((rows.len(), rows[1].kind.as_str(), rows[1].way.as_str()), (2, "national", "at-desk"));
    assert!(rows[1].hash.is_some());
    let wrong = |form: &mut ImportForm| form.person.consent_on = Some("2999-01-01".into());
    let mut form = form();
    wrong(&mut form);
    let told: Vec<_> = check_import(&desk, &actor(), &form).unwrap().problems;
    assert!(told.iter().any(|(field, trouble)| (*field, trouble.code) == ("consent-on", "consent-on")), "{told:?}");
}

#[test]
fn a_group_is_imported_by_its_representative() {
    let desk = Room::new(&[]);
    let group = |form: &mut ImportForm| {
        (form.person.kind, form.person.identity) = (Some("group".into()), None);
    };
    assert_eq!(code(desk.import(group)), "representative-missing");
    let imported = desk.import(|form| {
        group(form);
        form.person.representative = Some("성춘향".into());
        form.person.representative_identity = Some("passport".into());
    });
    let file = desk.file(imported.unwrap().member);
    assert_eq!((file.guardian.as_deref(), file.guardian_identity.as_deref()), (Some("성춘향"), Some("passport")));
}

/// An imported member is listed to be reconciled, can be put right, and leaves no password behind.
#[test]
fn an_imported_member_is_a_member_like_any_other() {
    let desk = Room::new(&[]);
    let imported = desk.import(|_| {}).unwrap();
    let listed = || unfinished(&desk, &actor()).unwrap().imports.iter().map(|row| row.member).collect::<Vec<_>>();
    assert_eq!(listed(), [imported.member]);
    let change = EditForm { name: Some("홍길순".into()), ..EditForm::default() };
    let edited = edit(&desk, &actor(), imported.member, Evidence::Document, &change, None).unwrap();
    assert_eq!(edited.changed, ["name"]);
    let file = desk.file(imported.member);
    assert_eq!((file.name.as_str(), file.number), ("홍길순", Some(imported.number)));
    let kept = || desk.desk.store.look(|tx| passwords::set_at(tx, imported.member)).unwrap();
    assert!(kept().is_some());
    withdraw(&desk, &actor(), imported.member, Evidence::Document, Some("이사"), None).unwrap();
    assert_eq!((kept(), listed()), (None, Vec::new()));
}
