//! One word for each thing of money: what a page, a receipt, a file and the command line say of one amount is one word in each
//! language, and the words that were given up stand in no message. Start at the first test.

use std::path::Path;

use super::word_tests::house;
use crate::plan::messages::Lang;

/// What says the same: the word of `money.ftl`, and whoever else says it. Where a page asks for the paper's own message there is
/// nothing to compare.
const SAME: [(&str, &[&str]); 22] = [
    ("money-charged", &["reports-col-charged", "ledger-total-charged", "ledger-account-charged"]),
    ("money-paid", &["reports-col-paid", "ledger-total-paid", "reports-state-paid"]),
    ("money-waived", &["reports-col-waived", "ledger-total-waived", "reports-state-waived", "ledger-account-waived"]),
    ("money-refunded", &["reports-col-refunded", "ledger-total-refunded", "reports-state-refunded"]),
    ("money-reversed", &["reports-col-reversed", "ledger-total-reversed", "reports-state-reversed"]),
    ("money-unpaid", &["reports-col-unpaid", "ledger-total-unpaid", "ledger-account-receivable"]),
    ("money-in", &["reports-in", "close-taken", "label-taken", "receipt-label-taken"]),
    ("money-out", &["reports-out", "close-given", "label-given-back", "receipt-label-given-back"]),
    ("money-cash", &["reports-account-cash", "ledger-account-cash", "close-cash", "receipt-by-cash", "web-pay-cash"]),
    ("money-card", &["reports-account-card", "ledger-account-card", "close-card", "receipt-by-card", "web-pay-card"]),
    (
        "money-transfer",
        &[
            "reports-account-transfer",
            "ledger-account-transfer",
            "close-transfer",
            "receipt-by-transfer",
            "web-pay-transfer",
        ],
    ),
    ("money-expected", &["close-expected", "label-expected", "reports-col-expected", "receipt-label-expected"]),
    (
        "money-counted",
        &["close-counted", "close-col-counted", "label-counted", "reports-col-counted", "receipt-label-counted"],
    ),
    ("money-difference", &["close-difference", "close-col-difference", "label-difference", "receipt-label-difference"]),
    ("money-difference-why", &["close-why", "receipt-label-difference-why"]),
    ("money-change", &["close-change", "receipt-label-change"]),
    ("money-first-count", &["label-first", "label-first-counted", "reports-short-first-counts"]),
    ("money-payments", &["label-payments", "receipt-label-payments"]),
    ("money-day", &["close-col-day", "reports-col-day", "receipt-label-day"]),
    ("money-by", &["close-col-by", "reports-col-by", "ledger-col-by", "receipt-label-staff"]),
    ("money-allowed", &["reports-col-allowed", "receipt-label-allowed-by", "label-allowed-by"]),
    ("money-last-receipt", &["close-highest-receipt", "label-highest-receipt", "receipt-label-last-receipt"]),
];

#[test]
fn an_amount_has_one_name_on_page_paper_and_file() {
    let house = house();
    let messages = &house.desk.messages;
    for lang in [Lang::Ko, Lang::En] {
        for (word, others) in SAME {
            let said = messages.find(lang, word, &[]).unwrap_or_else(|| panic!("{word} says nothing"));
            for other in others {
                assert_eq!(messages.find(lang, other, &[]).as_deref(), Some(&*said), "{other} beside {word}, {lang:?}");
            }
        }
        for kind in ["charge", "payment", "waiver", "refund", "reversal", "close", "reopen"] {
            let find = |family: &str| messages.find(lang, &format!("{family}-{kind}"), &[]);
            let said = find("money-entry");
            assert!(said.is_some() && find("ledger-kind") == said && find("reports-entry") == said, "{kind}");
        }
    }
}

#[test]
fn words_that_were_given_up_stand_in_no_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/messages");
    for (lang, given_up) in [
        (
            "ko",
            &[
                "환불",
                "있어야 할 현금",
                "센 현금",
                "예상 시재",
                "차액",
                "되돌림",
                "미수",
                "원장",
                "청구",
                "계좌 이체",
                "마감 풂",
            ][..],
        ),
        ("en", &["aid back", "Receivable", "pened again"]),
    ] {
        for file in std::fs::read_dir(folder.join(lang)).unwrap().flatten() {
            let text = std::fs::read_to_string(file.path()).unwrap();
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let said = line.split_once(" = ").map_or(line, |(_, said)| said);
                for word in given_up {
                    assert!(!said.contains(word), "{}: {word:?} in {line:?}", file.path().display());
                }
            }
        }
    }
}
