//! Each fault alone, its words, and that a seed means one sequence.

use proptest::prelude::*;

use super::*;

fn faults(words: &str) -> Faults {
    words.parse().expect("known words")
}

fn heard(faults: &mut Faults, answers: &[&[u8]]) -> Vec<Option<Vec<u8>>> {
    let pass = |answer: &&[u8]| match faults.pass(answer.to_vec()) {
        Passed::Now(bytes) => Some(bytes),
        Passed::Never => None,
    };
    answers.iter().map(pass).collect()
}

#[test]
fn words_mean_what_they_are_shown_as() {
    for (words, shown) in [
        ("", "none"),
        ("none", "none"),
        ("stuck", "stuck"),
        ("slow=250 late", "late slow=250"),
        ("no-escape mutate=20", "no-escape mutate=20:1"),
        ("mutate=1000:7 status-bit7", "status-bit7 mutate=1000:7"),
    ] {
        assert_eq!(faults(words).to_string(), shown);
        assert_eq!(faults(shown), faults(words));
    }
    for words in ["stock", "mutate", "mutate=1001", "mutate=x", "slow=", "late=1"] {
        let unknown = words.parse::<Faults>().unwrap_err();
        assert!(unknown.to_string().starts_with(&format!("no fault is called {words};")), "{unknown}");
    }
}

#[test]
fn a_sound_link_changes_nothing_and_a_stuck_one_says_nothing() {
    assert_eq!(heard(&mut faults("none"), &[&[1], &[2]]), [Some(vec![1]), Some(vec![2])]);
    assert_eq!(heard(&mut faults("stuck"), &[&[1], &[2]]), [None, None]);
}

#[test]
fn from_the_fault_on_every_answer_is_the_one_before() {
    let mut link = faults("none");
    heard(&mut link, &[&[1], &[2]]);
    link.replace(faults("late"));
    assert_eq!(heard(&mut link, &[&[3], &[4]]), [Some(vec![2]), Some(vec![3])]);
    link.replace(faults("none"));
    assert_eq!(heard(&mut link, &[&[5]]), [Some(vec![5])]);
    assert_eq!(heard(&mut faults("late"), &[&[1], &[2]]), [None, Some(vec![1])], "nothing was before");
}

#[test]
fn bit_7_is_set_where_a_status_stands() {
    let answers: [&[u8]; 4] = [&[0xD5, 0x41, 0x00, 0x90, 0x00], &[0xD5, 0x4B, 0x00], &[0x90, 0x00], &[0xD5, 0x43]];
    let heard = heard(&mut faults("status-bit7"), &answers);
    assert_eq!(heard[0], Some(vec![0xD5, 0x41, 0x80, 0x90, 0x00]));
    assert!(heard[1..].iter().zip(&answers[1..]).all(|(heard, told)| heard.as_deref() == Some(*told)));
}

#[test]
fn about_the_given_share_is_changed() {
    let changed = |words: &str| {
        let mut link = faults(words);
        (0..2000).filter(|_| link.pass(vec![7; 8]) != Passed::Now(vec![7; 8])).count()
    };
    assert_eq!(changed("mutate=0"), 0);
    assert_eq!(changed("mutate=1000"), 2000);
    assert!((50..200).contains(&changed("mutate=50")), "{}", changed("mutate=50"));
}

proptest! {
    #[test]
    fn the_same_seed_changes_the_same(seed: u32, answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20)) {
        let words = format!("mutate=500:{seed}");
        let answers: Vec<&[u8]> = answers.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(heard(&mut faults(&words), &answers), heard(&mut faults(&words), &answers));
    }
}
