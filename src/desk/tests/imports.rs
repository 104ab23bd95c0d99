//! Members of other libraries and own cards that become 책이음 cards: what is refused, what is written, what is kept nowhere.

use super::*;
use crate::back::store::{consents, jobs as stored, numbers, passwords};
use crate::desk::log_in::matches;
use crate::plan::chip::keyed_password;
use crate::plan::job::NumberState;
use crate::plan::member::{About, BirthDate, MemberNumber, MemberPassword};

const NUMBER: &str = "11131400073925";
const PASSWORD: &str = "739182640517";

fn form() -> ImportForm {
    ImportForm { number: NUMBER.into(), person: hong(), condition: None }
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

    fn own(&self, own: &str) -> i64 {
        let enrolled = self.enrol(|form| {
            (form.consent, form.own_number) = (Some("local".into()), Some(own.into()));
        });
        enrolled.unwrap().member
    }

    fn convert(&self, member: i64, change: impl FnOnce(&mut ConvertForm)) -> Result<i64, Trouble> {
        let card =
            IssueForm { member, evidence: Evidence::Document, kind: CardKind::Barcode, reader: None, printer: None };
        let mut form = ConvertForm { card, consent: Some("national".into()), told: true };
        change(&mut form);
        plan_convert(self, &actor(), &form, None)
    }

    fn file(&self, member: i64) -> MemberFile {
        show_member(self, &actor(), member).unwrap()
    }

    fn consents(&self, member: i64) -> Vec<(String, bool)> {
        let rows = self.desk.store.look(|tx| consents::of_member(tx, member)).unwrap();
        rows.into_iter().map(|row| (row.kind, row.withdrawn.is_some())).collect()
    }

    /// Prints and hands over the card of a job, as the command line does.
    fn finish(&self, job: i64) {
        let stop = std::sync::atomic::AtomicBool::new(false);
        let waiting = Waiting { feed: Feed::Dispense, longest: self.card_timeout(), stop: &stop };
        run(self, &actor(), job, Until::Printed, &waiting).unwrap();
        hand_over(self, &actor(), job, None, None, Feed::Dispense).unwrap();
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
            form.condition = Some("home".into());
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
        (|form| form.condition = None, "condition-missing"),
        (|form| form.condition = Some("school".into()), "condition"),
        (|form| form.condition = Some("friend".into()), "condition"),
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
    let member = desk.own(NUMBER);
    let known = desk.import(|form| form.person.name = "성춘향".into()).err().unwrap();
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
fn an_own_card_becomes_a_card_with_a_new_number_and_is_void_at_hand_over() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let member = desk.own("GP-77");
    let before = conversion(&desk, &actor(), member).unwrap();
    assert_eq!((before.keeps_number, before.consented, before.own_advised), (None, false, false));
    for (change, expected) in [
        ((|form| form.consent = None) as fn(&mut ConvertForm), "convert-consent-missing"),
        (|form| form.consent = Some("local".into()), "convert-consent-missing"),
        (|form| form.consent = Some("every".into()), "consent"),
        (|form| form.told = false, "convert-told-missing"),
        (|form| form.card.member = 99, "member-unknown"),
    ] {
        assert_eq!(code(desk.convert(member, change)), expected);
    }
    assert!(!desk.file(member).national, "a refusal changes nothing");
    let job = desk.convert(member, |_| {}).unwrap();
    assert_eq!(code(desk.convert(member, |_| {})), "job-open");
    let file = desk.file(member);
    assert_eq!((file.national, file.own_ended, file.jobs[0].number.as_str()), (true, None, "12100300000001"));
    assert_eq!(desk.desk.store.look(|tx| stored::get(tx, job)).unwrap().reason, "conversion");
    desk.finish(job);
    let file = desk.file(member);
    assert!(file.own_ended.is_some(), "the own card is void");
    assert_eq!(file.number.map(|number| number.to_string()).as_deref(), Some("12100300000001"));
    assert_eq!(code(desk.convert(member, |_| {})), "nothing-to-convert");
    assert!(desk.consents(member).contains(&("national".to_owned(), false)));
}

#[test]
fn a_conversion_that_is_cancelled_leaves_the_member_as_before() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "own-card")]);
    let member = desk.own("GP-77");
    assert!(conversion(&desk, &actor(), member).unwrap().own_advised);
    let job = desk.convert(member, |_| {}).unwrap();
    assert!(cancel(&desk, &actor(), job, Feed::ByHand).unwrap().number_retired);
    let file = desk.file(member);
    assert_eq!((file.national, file.number, file.own_ended), (false, None, None));
    assert!(desk.consents(member).contains(&("national".to_owned(), true)), "the consent is noted as withdrawn");
    assert_eq!(code(desk.issue(member, CardKind::Barcode)), "own-card-only");
    // And again, with the next number.
    let job = desk.convert(member, |_| {}).unwrap();
    assert_eq!(show_job(&desk, &actor(), job).unwrap().number.to_string(), "12100300000002");
}

/// The seed's 부천: the own number is a 책이음 number already, nothing changes and nothing need be said.
#[test]
fn an_own_number_of_our_code_stays_even_after_a_cancelled_conversion() {
    let settings = [("ISSUER__NUMBER__FIRST", "00000100"), ("ISSUER__LIBRARY__MEMBERSHIP", "on-request")];
    let desk = Room::new(&settings);
    let member = desk.own("12100300000042");
    let kept = conversion(&desk, &actor(), member).unwrap().keeps_number;
    assert_eq!(kept.map(|number| number.to_string()).as_deref(), Some("12100300000042"));
    let untold = |form: &mut ConvertForm| form.told = false;
    let job = desk.convert(member, untold).unwrap();
    assert!(!cancel(&desk, &actor(), job, Feed::ByHand).unwrap().number_retired);
    let file = desk.file(member);
    assert_eq!((file.national, file.number), (false, None));
    let job = desk.convert(member, untold).unwrap();
    assert_eq!(show_job(&desk, &actor(), job).unwrap().number.to_string(), "12100300000042");
    desk.finish(job);
    let file = desk.file(member);
    assert_eq!(file.number.map(|number| number.to_string()).as_deref(), Some("12100300000042"));
    assert!(file.own_ended.is_some());
}

#[test]
fn a_consent_from_before_outlives_a_cancelled_conversion() {
    let desk = Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request")]);
    let member = desk.enrol(|form| form.own_number = Some("GP-77".into())).unwrap().member;
    assert!(conversion(&desk, &actor(), member).unwrap().consented);
    let job = desk.convert(member, |form| form.consent = None).unwrap();
    cancel(&desk, &actor(), job, Feed::ByHand).unwrap();
    let file = desk.file(member);
    assert_eq!((file.national, file.number), (true, None));
    assert!(!desk.consents(member).contains(&("national".to_owned(), true)));
}

#[test]
fn what_cannot_be_converted_says_so() {
    let integrated = Room::new(&[]);
    let member = integrated.enrol(|_| {}).unwrap().member;
    assert_eq!(code(integrated.convert(member, |_| {})), "nothing-to-convert");
    assert_eq!(code(conversion(&integrated, &actor(), member)), "nothing-to-convert");
    assert!(!gives_own_cards(&integrated));
    let open =
        Room::new(&[("ISSUER__LIBRARY__MEMBERSHIP", "on-request"), ("ISSUER__FEES__CONVERSION__AMOUNT", "1000")]);
    let holder = open.enrol(|_| {}).unwrap().member;
    assert_eq!(code(open.convert(holder, |_| {})), "nothing-to-convert");
    assert_eq!(code(no_conversion_fee_due(&open, None, None)), "ledger-missing");
    assert_eq!(code(no_conversion_fee_due(&integrated, Some("cash"), None)), "nothing-to-pay");
    assert_eq!(code(no_conversion_fee_due(&integrated, None, None)), "done");
    // Under fourteen a guardian agrees.
    let born = format!("{}-01-01", open.today().year() - 15);
    let teen = open.enrol(|form| {
        (form.name, form.birth) = ("성춘향".into(), born);
        (form.consent, form.own_number) = (Some("local".into()), Some("GP-78".into()));
    });
    let teen = teen.unwrap().member;
    let young = format!("{}-01-01", open.today().year() - 9);
    let younger = |tx: &crate::back::store::Tx| {
        Ok(tx.execute("UPDATE member_persons SET birth = ?1 WHERE member = ?2", (young, teen))?)
    };
    open.desk.store.change(younger).unwrap();
    assert_eq!(code(open.convert(teen, |_| {})), "guardian-missing");
    let state = |job: i64| show_job(&open, &actor(), job).map(|job| job.state);
    assert_eq!(code(state(1)), "job-unknown", "no job was made");
}
