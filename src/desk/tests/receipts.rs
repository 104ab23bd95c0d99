//! Receipts as others read them: poppler judges the PDF (Debian packages poppler-utils and fonts-nanum), and what is drawn is held
//! to the paper. What a person is to look at is written by [`look`].

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::receipt::{Close, Copied, Money, Movement, Of, Receipt, Sums, draw, put_in_spool, scene};
use super::*;
use crate::back::machine::{Look, files};
use crate::plan::audit::anchors::Anchor;
use crate::plan::fees::{PayBy, Reason};
use crate::plan::layout::scene::{Run, Shape};
use crate::plan::layout::{Paper, Row, Scene, compose_paper, png};
use crate::plan::member::MemberNumber;
use crate::plan::messages::Lang;

const ROLL: &[(&str, &str)] = &[];
const A6: &[(&str, &str)] = &[("ISSUER__LAYOUT__RECEIPT", "receipt-a6")];
const HEAD: &str = "3f2a91bc0d4e77aa5b6c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c";
const LONG_WHY: &str = "오전에 거스름돈을 잘못 드렸다가 오후에 회원이 다시 와서 바로잡았으나 동전 통을 쏟아 세는 도중에 천 원이 \
    책상 밑으로 들어가 찾지 못했고, 관장에게 보고하고 다음 날 청소할 때 다시 찾아보기로 하였음. 확인한 사람은 관장과 수서 담당이며 \
    찾으면 다음 날의 마감에 적기로 함. 이와 같은 일이 다시 없도록 동전 통을 서랍 안에 고정하였음.";

fn number() -> MemberNumber {
    MemberNumber::parse("12100300000001").unwrap()
}

fn receipt(of: Of) -> Receipt {
    // 26 November 2026, 16:40:05 in Seoul.
    Receipt { number: 123, time: 1_795_678_805_000, desk: "1".into(), by: "staff:3".into(), copy: None, of }
}

fn money(movement: Movement) -> Receipt {
    let first = (movement != Movement::Payment).then_some(120);
    let (name, reason, by) = ("홍길동".to_owned(), Reason::Lost, PayBy::Cash);
    receipt(Of::Money(Money {
        movement,
        member: number(),
        name,
        reason,
        amount: 2000,
        by,
        first,
        why: None,
        allowed_by: None,
    }))
}

fn close(counted: i64, why: Option<&str>) -> Receipt {
    let anchor = Anchor {
        chain: "ledger_entries".into(),
        sequence: 412,
        head: HEAD.into(),
        time: "2026-11-26T18:02:11+09:00".into(),
    };
    receipt(Of::Close(Close {
        day: "2026-11-26".into(),
        expected: 52_000,
        counted,
        change: 50_000,
        later: 0,
        before: None,
        first: Some((180_000, 182_000)),
        times_counted: 2,
        why: why.map(str::to_owned),
        taken: Sums { cash: 54_000, card: 12_000, transfer: 2_000 },
        given_back: Sums { cash: 2_000, ..Sums::default() },
        payments: 34,
        last_receipt: 123,
        last_entry: 412,
        last_number: Some(MemberNumber::parse("12100300004388").unwrap()),
        anchor,
    }))
}

fn copied(mut receipt: Receipt) -> Receipt {
    receipt.copy = Some(Copied { nth: 2, time: 1_795_765_205_000, by: "성춘향".into() });
    receipt
}

fn runs(scene: &Scene) -> Vec<&Run> {
    scene.shapes.iter().filter_map(|shape| if let Shape::Text(run) = shape { Some(run) } else { None }).collect()
}

fn text(run: &Run) -> String {
    run.glyphs.iter().map(|glyph| glyph.character).collect()
}

/// What a program of poppler says of a PDF.
fn poppler(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipt.pdf");
    std::fs::write(&file, pdf).unwrap();
    let output = Command::new(program).args(arguments).arg(&file).arg("-").output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; apt-get install poppler-utils"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The words on the paper, line by line, spaces made one.
fn read(pdf: &[u8]) -> Vec<String> {
    let said = poppler("pdftotext", &["-layout"], pdf);
    said.lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty())
        .collect()
}

fn info(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("receipt.pdf");
    std::fs::write(&file, pdf).unwrap();
    let said = |program: &str| {
        let output = Command::new(program).arg(&file).output().expect("apt-get install poppler-utils");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    said("pdfinfo") + &said("pdffonts")
}

#[test]
fn a_payment_says_what_was_paid_and_no_more_of_the_member_than_is_needed() {
    for settings in [ROLL, A6] {
        let lines = read(&draw(&Room::new(settings), &money(Movement::Payment), Lang::Ko).unwrap());
        for line in [
            "부산광역시립구포도서관",
            "영수증",
            "No. 000123",
            "일시 2026. 11. 26. 16:40:05",
            "회원번호 121003 **** **01",
            "이름 홍*동",
            "내용 재발급(분실)",
            "수납 방법 현금",
            "수납 금액 2,000원",
            "창구 1",
            "담당 staff:3",
        ] {
            assert!(lines.iter().any(|found| found == line), "{line}: {lines:#?}");
        }
        assert_eq!(lines.len(), 11, "{lines:#?}");
    }
}

#[test]
fn an_amount_can_be_read_back_whatever_it_is() {
    let room = Room::new(ROLL);
    for amount in [0, 1, 500, 1_000, 20_500, 1_234_567, u32::MAX] {
        for (movement, label, sign) in [
            (Movement::Payment, "수납 금액", 1),
            (Movement::Refund, "반환 금액", -1),
            (Movement::Reversal, "취소 금액", -1),
        ] {
            let mut receipt = money(movement);
            if let Of::Money(money) = &mut receipt.of {
                money.amount = amount;
            }
            let lines = read(&draw(&room, &receipt, Lang::Ko).unwrap());
            let line = lines.iter().find_map(|line| line.strip_prefix(label)).unwrap();
            let won: i64 = line.trim().strip_suffix('원').unwrap().replace(',', "").parse().unwrap();
            assert_eq!(won, sign * i64::from(amount), "{lines:#?}");
        }
    }
}

#[test]
fn money_given_back_names_its_first_receipt_and_is_signed_for() {
    let room = Room::new(ROLL);
    for (movement, title) in [(Movement::Refund, "반환 영수증"), (Movement::Reversal, "취소 영수증")] {
        let lines = read(&draw(&room, &money(movement), Lang::Ko).unwrap());
        for line in [title, "원 영수증 No. 000120", "반환 방법 현금", "받은 분 서명"] {
            assert!(lines.iter().any(|found| found == line), "{line}: {lines:#?}");
        }
    }
}

#[test]
fn a_day_closed_again_adds_up_on_its_paper() {
    for settings in [ROLL, A6] {
        let mut again = close(54_000, None);
        if let Of::Close(close) = &mut again.of {
            (close.expected, close.later, close.before) = (54_000, 2_000, Some((120, "변학도".into())));
        }
        let lines = read(&draw(&Room::new(settings), &again, Lang::Ko).unwrap());
        for line in ["앞선 마감 영수증 No. 000120", "마감 해제한 사람 변학도", "다음 영업일분 2,000원"]
        {
            assert!(lines.iter().any(|found| found == line), "{line}: {lines:#?}");
        }
    }
}

#[test]
fn a_close_of_day_carries_its_anchor_so_that_it_can_be_typed_off() {
    for settings in [ROLL, A6] {
        let room = Room::new(settings);
        let lines = read(&draw(&room, &close(51_000, Some("거스름돈 착오")), Lang::Ko).unwrap());
        for line in [
            "마감 영수증",
            "영업일 2026. 11. 26.",
            "장부 시재 52,000원",
            "실제 시재 51,000원",
            "과부족 -1,000원",
            "과부족 사유 거스름돈 착오",
            "입금 출금",
            "현금 54,000원 2,000원",
            "카드 12,000원 0원",
            "이체 2,000원 0원",
            "수납 건수 34건",
            "마지막 영수증 No. 000123",
            "마지막 장부 순번 412",
            "마지막 회원번호 121003 0000 4388",
            "기록 ledger_entries",
            "순번 412",
            "때 2026-11-26T18:02:11+09:00",
            "확인",
        ] {
            assert!(lines.iter().any(|found| found == line), "{line}: {lines:#?}");
        }
        let at = lines.iter().position(|line| line == "끝값").unwrap();
        assert_eq!(lines[at + 1..at + 5].concat().replace(' ', ""), HEAD);
        assert_eq!(lines[at + 1], "3f2a 91bc 0d4e 77aa");
    }
    let room = Room::new(ROLL);
    let said = |counted| read(&draw(&room, &close(counted, None), Lang::Ko).unwrap()).join("\n");
    assert!(said(53_000).contains("과부족 +1,000원") && said(52_000).contains("과부족 0원"));
    assert!(!said(52_000).contains("과부족 사유"));
}

#[test]
fn a_copy_is_marked_across_and_in_its_title() {
    for settings in [ROLL, A6] {
        let room = Room::new(settings);
        for first in [money(Movement::Payment), money(Movement::Refund), close(52_000, None)] {
            let across = |scene: &Scene| -> Vec<String> {
                let runs = runs(scene);
                let big = runs.into_iter().filter(|run| run.size > 0.3 * scene.width);
                big.map(text).collect()
            };
            assert_eq!(across(&scene(&room, &first, Lang::Ko).unwrap()), Vec::<String>::new());
            let copy = scene(&room, &copied(first.clone()), Lang::Ko).unwrap();
            assert_eq!(across(&copy), ["사본"]);
            let titles =
                |receipt: &Receipt| read(&draw(&room, receipt, Lang::Ko).unwrap()).join("\n").contains("영수증 (사본)");
            assert_eq!((titles(&first), titles(&copied(first.clone()))), (false, true));
            // It lies under the text. Whoever made the copy stands on it, and nobody signs it again.
            assert_eq!(text(runs(&copy)[0]), "사본");
            let said = read(&draw(&room, &copied(first.clone()), Lang::Ko).unwrap()).join("\n");
            assert!(said.contains("2번째") && said.contains("성춘향"), "{said}");
            assert!(!said.contains("서명") && !said.contains("확인"), "{said}");
        }
    }
}

#[test]
fn what_a_practice_desk_prints_is_no_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let desk = open_training(settings::load(None, std::iter::empty(), folder.path()).unwrap()).unwrap();
    for (receipt, lang, mark) in [
        (money(Movement::Payment), Lang::Ko, "연습"),
        (copied(money(Movement::Payment)), Lang::Ko, "연습 사본"),
        (copied(money(Movement::Payment)), Lang::En, "연습 COPY"),
    ] {
        let scene = scene(&desk, &receipt, lang).unwrap();
        assert_eq!(text(runs(&scene)[0]), mark);
    }
}

#[test]
fn the_page_is_the_paper_and_the_fonts_are_subsets() {
    let page = |settings, receipt: &Receipt| info(&draw(&Room::new(settings), receipt, Lang::Ko).unwrap());
    let height = |said: &str| -> f64 {
        let size = said.lines().find_map(|line| line.strip_prefix("Page size:")).unwrap();
        assert!(size.trim().starts_with("226.772 x"), "80 mm: {size}");
        size.split_whitespace().nth(2).unwrap().parse().unwrap()
    };
    // The roll is as long as what stands on it, and never shorter than 70 mm.
    let (short, long) = (page(ROLL, &money(Movement::Payment)), page(ROLL, &close(51_000, Some(LONG_WHY))));
    assert!(height(&short) >= 198.4 && height(&short) < 300.0, "{short}");
    assert!(height(&long) > 400.0, "{long}");
    for receipt in [money(Movement::Payment), close(51_000, Some(LONG_WHY))] {
        let said = page(A6, &receipt);
        // 105 × 148 mm; pdfinfo knows the size by no other name than its points.
        assert!(said.contains("297.638 x 419.528 pts"), "{said}");
        assert!(said.contains("Pages:           1"), "{said}");
        let fonts: Vec<Vec<&str>> =
            said.lines().filter(|line| line.contains("+Nanum")).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(fonts.len(), 2, "{said}");
        for font in fonts {
            assert_eq!(font[font.len() - 5..font.len() - 2], ["yes", "yes", "yes"], "{said}");
        }
    }
}

#[test]
fn every_word_of_every_receipt_is_said_in_both_languages() {
    let room = Room::new(ROLL);
    for lang in [Lang::Ko, Lang::En] {
        for movement in [Movement::Payment, Movement::Refund, Movement::Reversal] {
            for (reason, by) in Reason::ALL.iter().zip(PayBy::ALL.iter().cycle()) {
                let mut receipt = copied(money(movement));
                if let Of::Money(money) = &mut receipt.of {
                    (money.reason, money.by) = (*reason, *by);
                }
                said_in_words(&scene(&room, &receipt, lang).unwrap());
            }
        }
        let mut receipt = close(0, Some("?"));
        if let Of::Close(close) = &mut receipt.of {
            close.last_number = None;
        }
        said_in_words(&scene(&room, &receipt, lang).unwrap());
    }
}

fn said_in_words(scene: &Scene) {
    for run in runs(scene) {
        assert!(!text(run).contains("receipt-"), "{}", text(run));
    }
}

#[test]
fn the_same_receipt_is_the_same_file() {
    let room = Room::new(ROLL);
    let receipt = close(51_000, Some(LONG_WHY));
    assert_eq!(draw(&room, &receipt, Lang::Ko), draw(&room, &receipt, Lang::Ko));
    assert!(draw(&room, &receipt, Lang::Ko).unwrap().len() < 64 * 1024);
}

/// The longest reason there may be.
#[test]
fn whatever_reason_may_be_written_fits_both_papers() {
    for settings in [ROLL, A6] {
        let room = Room::new(settings);
        let why: String = LONG_WHY.chars().cycle().take(200).collect();
        for why in [why, "가".repeat(200), "W".repeat(200)] {
            let said = read(&draw(&room, &close(51_000, Some(&why)), Lang::Ko).unwrap());
            let bare = |text: &str| text.replace(' ', "");
            assert!(bare(&said.concat()).contains(&bare(&why)), "{why}: {said:#?}");
        }
    }
    let refused = draw(&Room::new(A6), &close(51_000, Some("잔돈 🧿")), Lang::Ko).unwrap_err();
    assert_eq!((refused.code, refused.args[0].1.as_str()), ("glyph-missing", "🧿"));
}

#[test]
fn a_card_is_not_printed_by_a_receipts_layout_nor_a_receipt_by_a_cards() {
    let open = |name: &str, layout: &str| {
        let folder = tempfile::tempdir().unwrap();
        code(super::open(folder.path(), &[(name, layout)]))
    };
    for card in ["CARD", "BARCODE_CARD", "STICKER"] {
        assert_eq!(open(&format!("ISSUER__LAYOUT__{card}"), "receipt"), "layout-no-barcode");
    }
    assert_eq!(open("ISSUER__LAYOUT__RECEIPT", "ieum-card"), "layout-no-rows");
    assert_eq!(open("ISSUER__LAYOUT__RECEIPT", "none"), "layout-missing");
}

#[test]
fn a_receipt_lies_in_the_spool_by_its_number_until_it_is_swept() {
    let room = Room::new(&[("ISSUER__PRINTER__KEEP_DAYS", "7")]);
    let pdf = draw(&room, &money(Movement::Payment), Lang::Ko).unwrap();
    let file = put_in_spool(&room, 123, false, &pdf).unwrap();
    let copy = put_in_spool(&room, 123, true, &pdf).unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!((name(&file), name(&copy)), ("receipt-000123.pdf".into(), "receipt-000123-copy.pdf".into()));
    assert_eq!(std::fs::read(&file).unwrap(), pdf);
    let eight_days_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(8 * 24 * 60 * 60);
    let torn = file.with_file_name(".receipt-000124-copy.part");
    std::fs::write(&torn, b"torn").unwrap();
    for old in [&file, &torn] {
        std::fs::File::options().write(true).open(old).unwrap().set_modified(eight_days_ago).unwrap();
    }
    let left = files::leftovers(&room.settings.printer.folder, 24 * 60 * 60);
    assert!(matches!(left, Look::Found(left) if left == [torn]), "the doctor sweeps what a torn write left");
    sweep_spool(&room).unwrap();
    assert_eq!((file.exists(), copy.exists()), (false, true));
}

/// Writes the receipts that people look at into the folder that `ISSUER_LOOK` names, as the PDF is rasterised and as our PNG.
#[test]
fn look() {
    let Some(folder) = std::env::var_os("ISSUER_LOOK").map(PathBuf::from) else { return };
    let mut rare = money(Movement::Payment);
    if let Of::Money(money) = &mut rare.of {
        (money.name, money.reason) = ("뷁쀍똠".into(), Reason::NumberChanged);
    }
    for (paper, settings, dpi) in [("roll", ROLL, 203), ("a6", A6, 300)] {
        let room = Room::new(settings);
        for (name, receipt, lang) in [
            ("payment", money(Movement::Payment), Lang::Ko),
            ("payment-en", money(Movement::Payment), Lang::En),
            ("rare", rare.clone(), Lang::Ko),
            ("copy", copied(money(Movement::Payment)), Lang::Ko),
            ("refund", money(Movement::Refund), Lang::Ko),
            ("reversal-copy-en", copied(money(Movement::Reversal)), Lang::En),
            ("close", close(51_000, Some("거스름돈 착오")), Lang::Ko),
            ("close-en", close(52_000, None), Lang::En),
            ("close-long", copied(close(51_000, Some(LONG_WHY))), Lang::Ko),
        ] {
            let scene = scene(&room, &receipt, lang).unwrap();
            let file = |ending: &str| folder.join(format!("{paper}-{name}{ending}"));
            std::fs::write(file(".png"), png(&scene, dpi).unwrap()).unwrap();
            std::fs::write(file(".pdf"), draw(&room, &receipt, lang).unwrap()).unwrap();
        }
        let fonts = room.assets.fonts(&room.receipt_layout.font_names()).unwrap();
        let paper_of = Paper {
            library: "전북특별자치도교육청 군산학생교육문화관 대야분관".into(),
            title: "반환 영수증 (사본)".into(),
            number: "No. 000123".into(),
            rows: vec![Row::Rule, Row::Pair("내용".into(), LONG_WHY.into()), Row::Rule],
        };
        let scene = compose_paper(&room.receipt_layout, &paper_of, &fonts, dpi).unwrap();
        std::fs::write(folder.join(format!("{paper}-library.png")), png(&scene, dpi).unwrap()).unwrap();
    }
}
