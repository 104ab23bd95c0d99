//! What stands out and what does not, case by case, and the tail held against one that is added up exactly.

use super::*;

/// `count` of `of` against `other_count` of `other_of`.
#[test]
fn what_stands_out_is_often_enough_far_enough_and_no_chance() {
    for (own, others, expected, why) in [
        ((2, 2), (0, 1000), false, "twice is none to talk of"),
        ((3, 100), (0, 1000), true, "nobody else ever did"),
        ((3, 3), (0, 1), false, "one case of others says nothing"),
        ((3, 100), (0, 0), false, "nobody else does such work"),
        ((3, 300), (10, 1000), false, "the same rate"),
        ((5, 200), (10, 1000), false, "2.5 times is not more than 2.5 times"),
        ((4, 100), (10, 1000), false, "by chance once in fifty"),
        ((6, 100), (10, 1000), true, "6 % against 1 %"),
        ((40, 100), (10, 1000), true, "nearly half"),
        ((30, 100), (300, 1000), false, "everybody does"),
        ((80, 100), (400, 1000), false, "twice as often is not 2.5 times"),
        ((3, 1_000_000), (0, 1), false, "one case of others says nothing of a million"),
        ((50_000, 100_000), (1, 100_000), true, "large numbers stay numbers"),
    ] {
        assert_eq!(stands_out(own, others), expected, "{why}: {own:?} {others:?}");
    }
}

#[test]
fn the_tail_is_the_binomial_one() {
    // Added up by Pascal's triangle.
    for of in 1..=25u64 {
        for p in [0.01, 0.3, 0.5, 0.9] {
            let mut row = vec![1.0f64];
            for _ in 0..of {
                let before = row.clone();
                row = (0..=before.len())
                    .map(|k| {
                        let stay = before.get(k).map_or(0.0, |chance| chance * (1.0 - p));
                        stay + k.checked_sub(1).and_then(|k| before.get(k)).map_or(0.0, |chance| chance * p)
                    })
                    .collect();
            }
            for count in 0..=of {
                let exact: f64 = row[usize::try_from(count).unwrap()..].iter().sum();
                let found = tail(count, of, p);
                assert!((found - exact).abs() < 1e-9, "{count} of {of} at {p}: {found} {exact}");
            }
        }
    }
}

#[test]
fn each_measure_is_of_the_work_in_which_it_can_happen() {
    let deeds = Deeds {
        handed_over: 10,
        made: 15,
        charges: 20,
        payments: 5,
        waivers: 5,
        refunds: 1,
        reversals: 2,
        cancels: 30,
        spoiled: 10,
        taken: 5,
        unpaid: 1,
        reissues: 4,
        free: 2,
        exempt: 3,
        again: 2,
        closes: 3,
        differences: 1,
        counts: 6,
        first_counts: 2,
        reopenings: 1,
    };
    let found: Vec<(u64, u64)> = MEASURES.iter().map(|measure| deeds.of(*measure)).collect();
    assert_eq!(
        found,
        [
            (5, 10),
            (1, 6),
            (2, 20),
            (30, 30),
            (10, 25),
            (5, 30),
            (1, 10),
            (2, 4),
            (3, 20),
            (2, 20),
            (1, 3),
            (2, 6),
            (1, 4)
        ]
    );
    let shown = compared(&deeds, &Deeds::default());
    assert!(shown.iter().all(|one| !one.flagged && one.others.is_none() && one.alone == (one.count >= LEAST)));
    assert_eq!((shown[0].rate, shown[1].rate), (Some(50.0), Some(16.7)));
    assert_eq!(Deeds::default().plus(&deeds), deeds);
}
