//! Which rule holds on a day, what it asks of whom, and that a rule's id is the rule's alone.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn lost(amount: u32) -> Rule {
    Rule { amount, number: NumberPolicy::New, ..Rule::free(Reason::Lost) }
}

fn born(day: Date) -> Option<BirthDate> {
    BirthDate::new(day, date(2030, 1, 1)).ok()
}

fn facts(today: Date) -> Facts {
    Facts { today, birth: born(date(1990, 6, 1)), said_exempt: SaidExempt::No, reissues_before: 3 }
}

fn asked(rule: &Rule, facts: &Facts) -> Result<(u32, Option<&'static str>), &'static str> {
    due(rule, facts).map(|due| (due.amount, due.basis.map(Basis::as_str))).map_err(|trouble| trouble.code)
}

#[test]
fn a_rule_holds_from_its_day_until_the_next_one() {
    let mut rules = DatedRules::new(lost(2000));
    let more = |amount| Change { amount: Some(amount), ..Change::default() };
    rules.change(date(2027, 1, 1), more(3000)).unwrap();
    let free = Change { first_free: Some(true), ..Change::default() };
    rules.change(date(2027, 7, 1), free).unwrap();
    for (day, amount, first_free) in [
        (date(1990, 1, 1), 2000, false),
        (date(2026, 12, 31), 2000, false),
        (date(2027, 1, 1), 3000, false),
        (date(2027, 6, 30), 3000, false),
        (date(2027, 7, 1), 3000, true),
        (date(2099, 1, 1), 3000, true),
    ] {
        let rule = rules.rule_on(day);
        assert_eq!((rule.amount, rule.first_free, rule.number), (amount, first_free, NumberPolicy::New), "{day}");
    }
    let before = rules.clone();
    assert_eq!(rules.change(date(2027, 7, 1), more(1)), Err(OutOfOrder::SameDay));
    assert_eq!(rules.change(date(2027, 6, 30), more(1)), Err(OutOfOrder::Earlier));
    assert_eq!(rules, before);
    let mut dated = DatedRules::new(Rule { since: Some(date(2026, 1, 1)), ..lost(1) });
    assert_eq!(dated.change(date(2025, 12, 31), more(2)), Err(OutOfOrder::Earlier));
    let early = dated.rule_on(date(2025, 12, 31));
    assert_eq!((early.amount, early.since, early.number), (0, None, NumberPolicy::New), "it has not begun");
    assert_eq!(dated.rule_on(date(2026, 1, 1)).amount, 1);
}

#[test]
fn age_exempts_from_the_birthday_on_and_up_to_it() {
    let children = Rule { exempt: [Ground::Under14].into(), ..lost(2000) };
    let old = Rule { exempt: [Ground::SixtyFiveAndOver].into(), ..lost(2000) };
    let leap = date(2012, 2, 29);
    for (rule, birth, today, exempt) in [
        (&children, date(2012, 5, 10), date(2026, 5, 9), true),
        (&children, date(2012, 5, 10), date(2026, 5, 10), false),
        // Born on 29 February: older on 1 March, in a year without that day as in one that has it.
        (&children, leap, date(2026, 2, 28), true),
        (&children, leap, date(2026, 3, 1), false),
        (&old, date(1961, 5, 10), date(2026, 5, 9), false),
        (&old, date(1961, 5, 10), date(2026, 5, 10), true),
        (&old, date(1960, 2, 29), date(2025, 2, 28), false),
        (&old, date(1960, 2, 29), date(2025, 3, 1), true),
        (&old, date(2012, 5, 10), date(2026, 5, 9), false),
        (&children, date(1961, 5, 10), date(2026, 5, 10), false),
    ] {
        let facts = Facts { birth: born(birth), ..facts(today) };
        let expected = if exempt { (0, Some("exempt-seen")) } else { (2000, None) };
        assert_eq!(asked(rule, &facts), Ok(expected), "{birth} {today}");
    }
    let group = Facts { birth: None, ..facts(date(2026, 1, 1)) };
    assert_eq!(asked(&children, &group), Ok((2000, None)));
}

#[test]
fn what_is_asked_is_less_for_a_reason_alone() {
    let today = date(2026, 3, 2);
    let said = Rule { exempt: [Ground::Disabled, Ground::Veteran].into(), ..lost(2000) };
    let told = Rule { proof: ExemptionProof::Told, ..said.clone() };
    let first = Rule { first_free: true, ..said.clone() };
    let aged = Rule { exempt: [Ground::Under14].into(), ..lost(2000) };
    let defective = Rule { amount: 2000, ..Rule::free(Reason::Defective) };
    let issue = Rule { first_free: true, amount: 500, ..Rule::free(Reason::FirstIssue) };
    let (seen, only_told, no) = (SaidExempt::Seen, SaidExempt::Told, SaidExempt::No);
    for (rule, said_exempt, before, expected) in [
        (&lost(2000), no, 0, Ok((2000, None))),
        (&lost(0), no, 0, Ok((0, None))),
        (&lost(0), only_told, 0, Ok((0, None))),
        (&lost(2000), seen, 0, Err("exempt-not-here")),
        (&aged, seen, 0, Err("exempt-not-here")),
        (&said, no, 0, Ok((2000, None))),
        (&said, seen, 0, Ok((0, Some("exempt-seen")))),
        (&said, only_told, 0, Err("exempt-proof-missing")),
        (&told, only_told, 0, Ok((0, Some("exempt-told")))),
        (&told, seen, 0, Ok((0, Some("exempt-seen")))),
        (&first, no, 0, Ok((0, Some("first-free")))),
        (&first, only_told, 0, Ok((0, Some("first-free")))),
        (&first, no, 1, Ok((2000, None))),
        (&first, seen, 1, Ok((0, Some("exempt-seen")))),
        // What the library itself spoiled costs nothing whatever a rule says.
        (&defective, no, 5, Ok((0, Some("own-fault")))),
        // A first card is no reissue.
        (&issue, no, 0, Ok((500, None))),
    ] {
        let facts = Facts { said_exempt, reissues_before: before, ..facts(today) };
        assert_eq!(asked(rule, &facts), expected, "{} {said_exempt} {before}", rule.id());
    }
}

#[test]
fn a_loss_waits_from_the_day_of_its_report() {
    let rule = Rule { wait_days: 7, ..lost(0) };
    let stolen = Rule { reason: Reason::Stolen, ..rule.clone() };
    let damaged = Rule { reason: Reason::Damaged, ..rule.clone() };
    let today = date(2026, 12, 28);
    for (rule, reported, expected) in [
        (&rule, None, Some(date(2027, 1, 4))),
        (&rule, Some(date(2026, 12, 22)), Some(date(2026, 12, 29))),
        (&rule, Some(date(2026, 12, 21)), None),
        (&stolen, None, Some(date(2027, 1, 4))),
        (&damaged, None, None),
        (&lost(0), None, None),
        // The clock was set back since.
        (&lost(0), Some(date(2026, 12, 30)), Some(date(2026, 12, 30))),
    ] {
        assert_eq!(waits_until(rule, reported, today), expected, "{} {reported:?}", rule.reason);
    }
}

#[test]
fn the_most_of_a_year_is_reached_or_not() {
    for (reason, per_year, had, expected) in [
        (Reason::Lost, 0, 99, false),
        (Reason::Lost, 2, 1, false),
        (Reason::Lost, 2, 2, true),
        (Reason::Worn, 1, 4, true),
        (Reason::Defective, 1, 4, false),
    ] {
        assert_eq!(at_limit(&Rule { per_year, ..Rule::free(reason) }, had), expected, "{reason} {per_year} {had}");
    }
}

#[test]
fn a_reason_that_saves_the_fee_wants_to_be_shown() {
    for (reason, amount, lost_costs, expected) in [
        (Reason::Worn, 0, 2000, true),
        (Reason::Defective, 0, 2000, true),
        (Reason::Worn, 0, 0, false),
        (Reason::Damaged, 1000, 2000, false),
        (Reason::FirstIssue, 0, 2000, false),
        (Reason::Sticker, 0, 2000, false),
    ] {
        let rule = Rule { amount, ..Rule::free(reason) };
        assert_eq!(wants_evidence(&rule, &lost(lost_costs)), expected, "{reason} {amount} {lost_costs}");
    }
}

#[test]
fn what_is_said_of_an_exemption_is_read_or_refused() {
    for (text, expected) in [
        (None, Ok(SaidExempt::No)),
        (Some("seen"), Ok(SaidExempt::Seen)),
        (Some(" told "), Ok(SaidExempt::Told)),
        (Some("no"), Err("exempt-said")),
        (Some(""), Err("exempt-said")),
        (Some("disabled"), Err("exempt-said")),
    ] {
        assert_eq!(SaidExempt::read(text).map_err(|trouble| trouble.code), expected, "{text:?}");
    }
    for (exempt, seen, expected) in [
        (false, false, SaidExempt::No),
        (false, true, SaidExempt::No),
        (true, false, SaidExempt::Told),
        (true, true, SaidExempt::Seen),
    ] {
        assert_eq!(SaidExempt::ticked(exempt, seen), expected);
    }
}

/// The digits are those of `printf … | sha256sum`: who has the text can check the id.
#[test]
fn a_rule_is_called_by_its_text() {
    let rule = Rule {
        since: Some(date(2026, 1, 1)),
        exempt: [Ground::Veteran, Ground::Under14].into(),
        first_free: true,
        wait_days: 3,
        per_year: 2,
        old_card: OldCard::Returned,
        ..lost(2000)
    };
    let text = "reason = lost\nsince = 2026-01-01\namount = 2000\nnumber = new\nexempt = under-14, veteran\nproof = required\nfirst_free = true\nwait_days = 3\nper_year = 2\nold_card = returned\n";
    assert_eq!(rule.canonical(), text);
    assert_eq!(rule.id(), "lost@2026-01-01#ffbec204");
    assert_eq!(lost(2000).id(), "lost@base#d49fd40a");
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let reason = proptest::sample::select(Reason::ALL);
    let exempt = proptest::collection::btree_set(proptest::sample::select(Ground::ALL), 0..5);
    let day = proptest::option::of(0..4000_i64);
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (reason, exempt, day, switches, (0..4_u32, 0..3_u32, 0..3_u32)).prop_map(|(reason, exempt, day, s, n)| Rule {
        reason,
        since: day.map(|days| date(2020, 1, 1).saturating_add(Span::new().days(days))),
        amount: n.0 * 500,
        number: if s.0 { NumberPolicy::New } else { NumberPolicy::Keep },
        exempt,
        proof: if s.1 { ExemptionProof::Told } else { ExemptionProof::Required },
        first_free: s.2,
        wait_days: n.1,
        per_year: n.2,
        old_card: if s.3 { OldCard::Returned } else { OldCard::Void },
    })
}

proptest! {
    /// Another rule has another text and another id; the same rule the same.
    #[test]
    fn an_id_is_one_rules_alone(one in any_rule(), other in any_rule()) {
        prop_assert_eq!(one == other, one.canonical() == other.canonical());
        prop_assert_eq!(one == other, one.id() == other.id());
    }

    /// Never more than the rule names; less always has its basis, and what the library spoiled costs nothing.
    #[test]
    fn nothing_is_asked_beyond_the_rule(
        rule in any_rule(), said in proptest::sample::select(SaidExempt::ALL), before in 0..3_u32, age in 0..90_i16,
    ) {
        let today = date(2026, 6, 15);
        let birth = born(date(2026 - age, 6, 15));
        let facts = Facts { today, birth, said_exempt: said, reissues_before: before };
        if let Ok(due) = due(&rule, &facts) {
            prop_assert!(due.amount == 0 || due.amount == rule.amount);
            prop_assert!(due.amount == rule.amount || due.basis.is_some());
            prop_assert!(due.amount == 0 || due.basis.is_none());
            prop_assert!(!rule.reason.is_own_fault() || due.amount == 0);
            prop_assert!(due.basis != Some(Basis::ExemptTold) || rule.proof == ExemptionProof::Told);
        } else {
            prop_assert!(said != SaidExempt::No, "nobody is refused who says nothing");
        }
    }

    /// Of all rules that have begun it is the youngest.
    #[test]
    fn the_rule_of_a_day_is_the_last_that_has_begun(days in proptest::collection::btree_set(0..2000_i64, 0..8), at in -10..2100_i64) {
        let day = |days: i64| date(2026, 1, 1).saturating_add(Span::new().days(days));
        let mut rules = DatedRules::new(lost(0));
        for (n, since) in days.iter().enumerate() {
            let amount = u32::try_from(n).ok().map(|n| n + 1);
            prop_assert_eq!(rules.change(day(*since), Change { amount, ..Change::default() }), Ok(()));
        }
        let begun = days.iter().filter(|since| **since <= at).count();
        prop_assert_eq!(rules.rule_on(day(at)).amount as usize, begun);
    }
}
