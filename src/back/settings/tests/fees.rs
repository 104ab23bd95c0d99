//! The fees in the settings: what a dated change keeps and alters, and each mistake by its place.

use jiff::civil::{Date, date};

use super::*;
use crate::plan::fees::{ExemptionProof, Ground, NumberPolicy, OldCard, Rule};

/// A value other than the default for each key of a fee, as the file writes it and as the environment says it.
pub(super) const OTHERS: &[(&str, &str, &str)] = &[
    ("since", "\"2026-02-01\"", "2026-02-01"),
    ("amount", "1", "1"),
    ("exempt", "[\"disabled\", \"under-14\"]", "disabled, under-14"),
    ("first_free", "true", "true"),
    ("wait_days", "3", "3"),
    ("per_year", "2", "2"),
    ("old_card", "\"returned\"", "returned"),
    ("change", "[{ since = \"2026-03-01\" }]", "[{ since = \"2026-03-01\" }]"),
];

/// Of a number it depends on the reason.
pub(super) fn other(path: &str) -> (&'static str, &'static str) {
    let key = path.rsplit('.').next().unwrap();
    let lost = path.starts_with("fees.lost.") || path.starts_with("fees.stolen.");
    match (key, lost) {
        ("number", true) => ("\"keep\"", "keep"),
        ("number", false) => ("\"new\"", "new"),
        _ => OTHERS.iter().find(|(known, ..)| *known == key).map(|(_, value, said)| (*value, *said)).expect(path),
    }
}

fn rule(text: &str, reason: Reason, day: Date) -> Rule {
    settings(text, &[]).unwrap().fees[&reason].rule_on(day).clone()
}

const DATED: &str = "
[fees.lost]
amount = 1500
exempt = [\"veteran\", \"65-and-over\", \"veteran\"]
wait_days = 3
[[fees.lost.change]]
since = \"2027-01-01\"
amount = 3000
[[fees.lost.change]]
since = 2027-07-01
exempt = []
first_free = true
old_card = \"returned\"
number = \"keep\"
per_year = 2
wait_days = 0
[exemptions]
proof = \"told\"
";

#[test]
fn a_change_overrides_what_it_names_from_its_day_on() {
    let first = rule(DATED, Reason::Lost, date(2026, 12, 31));
    let base = Rule {
        amount: 1500,
        number: NumberPolicy::New,
        exempt: [Ground::SixtyFiveAndOver, Ground::Veteran].into(),
        proof: ExemptionProof::Told,
        wait_days: 3,
        ..Rule::free(Reason::Lost)
    };
    assert_eq!(first, base);
    let second = Rule { since: Some(date(2027, 1, 1)), amount: 3000, ..base };
    assert_eq!(rule(DATED, Reason::Lost, date(2027, 1, 1)), second);
    let third = Rule {
        since: Some(date(2027, 7, 1)),
        exempt: [].into(),
        first_free: true,
        wait_days: 0,
        per_year: 2,
        number: NumberPolicy::Keep,
        old_card: OldCard::Returned,
        ..second
    };
    assert_eq!(rule(DATED, Reason::Lost, date(2030, 1, 1)), third);
    // What is not named anywhere is as the embedded file has it.
    assert_eq!(rule("", Reason::Stolen, date(2026, 1, 1)).id().split('#').next(), Some("stolen@base"));
}

#[test]
fn the_environment_changes_the_first_rule_and_may_bring_changes() {
    let read = |environment: &[(&str, &str)], day| {
        settings(DATED, environment).unwrap().fees[&Reason::Lost].rule_on(day).amount
    };
    let amount = ("ISSUER__FEES__LOST__AMOUNT", "700");
    let changes = ("ISSUER__FEES__LOST__CHANGE", "[{ since = \"2028-01-01\", amount = 9 }]");
    assert_eq!(read(&[amount], date(2026, 6, 1)), 700);
    assert_eq!(read(&[amount], date(2027, 6, 1)), 3000);
    assert_eq!(read(&[amount, changes], date(2027, 6, 1)), 700);
    assert_eq!(read(&[amount, changes], date(2028, 1, 1)), 9);
}

/// File text, code, place, and what else the message must say of it: key, day or the day before.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("[fees.lost]\nsince = \"soon\"\n", "settings-fee-day", "issuer.toml:2 fees.lost.since", ""),
    ("[fees.lost]\nsince = 3\n", "settings-fee-day", "issuer.toml:2 fees.lost.since", ""),
    ("[[fees.lost.change]]\nsince = \"2027-02-29\"\n", "settings-fee-day", "issuer.toml:2 fees.lost.change.since", ""),
    ("[[fees.lost.change]]\nsince = \"2027-1-1\"\n", "settings-fee-day", "issuer.toml:2 fees.lost.change.since", ""),
    (
        "[[fees.lost.change]]\nsince = 2027-01-01T09:00:00\n",
        "settings-fee-day",
        "issuer.toml:2 fees.lost.change.since",
        "",
    ),
    ("[[fees.lost.change]]\nsince = 09:00:00\n", "settings-fee-day", "issuer.toml:2 fees.lost.change.since", ""),
    ("\n[[fees.lost.change]]\namount = 1\n", "settings-fee-since-missing", "issuer.toml:2", ""),
    ("[fees.lost]\nchange = 3\n", "settings-fee-changes", "issuer.toml:2 fees.lost.change", ""),
    ("[fees.lost]\nchange = [3]\n", "settings-fee-changes", "issuer.toml:2 fees.lost.change", ""),
    ("[fees.lost.change]\nsince = \"2027-01-01\"\n", "settings-fee-changes", "issuer.toml:1 fees.lost.change", ""),
    (
        "[[fees.lost.change]]\nsince = \"2027-01-01\"\n[[fees.lost.change]]\nsince = \"2027-01-01\"\n",
        "settings-fee-same-day",
        "issuer.toml:4 fees.lost.change.since",
        "2027-01-01",
    ),
    (
        "[[fees.lost.change]]\nsince = \"2027-01-02\"\n[[fees.lost.change]]\nsince = \"2027-01-01\"\n",
        "settings-fee-order",
        "issuer.toml:4 fees.lost.change.since",
        "2027-01-02",
    ),
    (
        "[fees.lost]\nsince = \"2026-01-01\"\n[[fees.lost.change]]\nsince = \"2025-12-31\"\n",
        "settings-fee-order",
        "issuer.toml:4 fees.lost.change.since",
        "2026-01-01",
    ),
    (
        "[[fees.lost.change]]\nsince = \"2027-01-01\"\nprice = 3\n",
        "settings-unknown-key",
        "issuer.toml:3",
        "fees.lost.change.price",
    ),
    (
        "[[fees.damaged.change]]\nsince = \"2027-01-01\"\nwait_days = 3\n",
        "settings-unknown-key",
        "issuer.toml:3",
        "fees.damaged.change.wait_days",
    ),
    ("[fees.lost]\nexempt = [\"poor\"]\n", "settings-value", "issuer.toml:2", "fees.lost.exempt"),
    ("[fees.lost]\nexempt = \"disabled\"\n", "settings-value", "issuer.toml:2", "fees.lost.exempt"),
    ("[fees.lost]\nper_year = 100\n", "settings-value", "issuer.toml:2", "fees.lost.per_year"),
    ("[fees.lost]\nwait_days = 366\n", "settings-value", "issuer.toml:2", "fees.lost.wait_days"),
    ("[fees.lost]\nold_card = \"kept\"\n", "settings-value", "issuer.toml:2", "fees.lost.old_card"),
    ("[fees.worn]\nwait_days = 1\n", "settings-unknown-key", "issuer.toml:2", "fees.worn.wait_days"),
    ("[fees.defective]\namount = 1\n", "settings-fee-own-fault", "issuer.toml:2 fees.defective.amount", ""),
    (
        "[[fees.defective.change]]\nsince = \"2027-01-01\"\namount = 1\n",
        "settings-fee-own-fault",
        "issuer.toml:3 fees.defective.change.amount",
        "",
    ),
    (
        "[[fees.lost.change]]\nsince = \"2027-01-01\"\namount = 1000001\n",
        "settings-value",
        "issuer.toml:3",
        "fees.lost.change.amount",
    ),
    ("[exemptions]\nproof = \"no\"\n", "settings-value", "issuer.toml:2", "exemptions.proof"),
    ("[exemptions]\nproofs = \"told\"\n", "settings-unknown-key", "issuer.toml:2", "exemptions.proofs"),
];

#[test]
fn a_rule_that_cannot_be_is_refused_by_its_place_in_both_languages() {
    let messages = Messages::new(
        [
            include_str!("../../../../templates/messages/ko/settings.ftl"),
            include_str!("../../../../templates/messages/ko/fee-rules.ftl"),
        ],
        [
            include_str!("../../../../templates/messages/en/settings.ftl"),
            include_str!("../../../../templates/messages/en/fee-rules.ftl"),
        ],
    )
    .unwrap();
    for (text, code, place, named) in REFUSED {
        let trouble = settings(text, &[]).expect_err(text);
        assert_eq!((trouble.code, arg(&trouble, "place").as_str()), (*code, *place), "{text}");
        let also = [arg(&trouble, "key"), arg(&trouble, "before")].concat();
        assert_eq!(also, *named, "{text}");
        for lang in [Lang::Ko, Lang::En] {
            for line in [messages.what(lang, &trouble), messages.help(lang, &trouble)] {
                let whole = line.contains(' ') && !line.contains("{$") && !line.contains('\n');
                assert!(whole, "{} in {}: {line}", trouble.code, lang.code());
            }
        }
    }
}

#[test]
fn mistakes_in_a_list_of_the_environment_are_named_by_the_variable() {
    let variable = "ISSUER__FEES__LOST__CHANGE";
    for (value, code) in [
        ("soon", "settings-fee-changes"),
        ("[{ since = 3 }]", "settings-fee-day"),
        ("[{ amount = 3 }]", "settings-fee-since-missing"),
        ("[{ since = \"2027-01-01\", price = 3 }]", "settings-unknown-key"),
    ] {
        let trouble = settings("", &[(variable, value)]).unwrap_err();
        assert_eq!(trouble.code, code, "{value}");
        assert!(arg(&trouble, "place").starts_with(variable), "{value}: {}", arg(&trouble, "place"));
    }
}
