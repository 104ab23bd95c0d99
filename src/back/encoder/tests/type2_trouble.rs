//! What can go wrong with a Type 2 chip, and what the encoder makes of it.

use super::type2::{IEUM, Job, KINDS, changed, fault, new_card, not_blank};
use super::*;
use crate::plan::chip::Holder;

/// CFG0 by the sheets.
fn config(kind: Kind) -> usize {
    new_card(kind).image().len() / 4 - 4
}

fn refused(card: &Silicon, job: Job) -> (&'static str, Fate) {
    let mut reader = LooseReader::with_card(card.clone());
    let mut marks = Vec::new();
    let stop = job.encode(&mut reader, &mut marks).unwrap_err();
    assert_eq!(image(&reader), card.image(), "written to all the same");
    assert!(!marks.iter().any(|mark| matches!(mark, Mark::Intent(_))));
    (stop.trouble.code, stop.fate)
}

/// Guarded from page 4 on by somebody's password, with this ACCESS byte.
fn guarded(kind: Kind, pwd: [u8; 4], access: u8) -> Silicon {
    let at = 4 * config(kind);
    changed(&new_card(kind), |image| {
        image[at + 3] = 4;
        image[at + 4] = access;
        image[at + 8..at + 12].copy_from_slice(&pwd);
    })
}

#[test]
fn a_foreign_password_is_not_touched() {
    for kind in KINDS {
        let card = guarded(kind, [1, 2, 3, 4], 0);
        assert_eq!(refused(&card, IEUM), ("unknown-key", Fate::Unusable));
        let mut reader = LooseReader::with_card(card);
        let reading = IEUM.read(&mut reader, Depth::Whole);
        assert_eq!((reading.holder, reading.transport), (Holder::Other, false));
        assert_eq!(reading.findings[0].code, "pages-open");
        assert_eq!(reading.findings[0].args, [("pages", "2–3".to_owned())]);
        assert_eq!(IEUM.blank(&mut reader, &mut Vec::new()).unwrap_err().trouble.code, "unknown-key");
        // Reading asks for it too: nothing is known, and nothing tried.
        let hidden = guarded(kind, [1, 2, 3, 4], 0x80);
        assert_eq!(refused(&hidden, IEUM), ("unknown-key", Fate::Unusable));
        let reading = IEUM.read(&mut LooseReader::with_card(hidden), Depth::Whole);
        assert_eq!(reading.findings[0].code, "pages-unread");
    }
}

/// Three wrong passwords would shut it for its owner too: none is tried.
#[test]
fn a_chip_with_a_limit_is_never_asked() {
    for kind in KINDS {
        let card = guarded(kind, [1, 2, 3, 4], 0x01);
        let mut reader = LooseReader::with_card(card.clone());
        assert_eq!(refused(&card, IEUM), ("card-auth-limit", Fate::Unusable));
        let stop = IEUM.encode(&mut reader, &mut Vec::new()).unwrap_err();
        assert_eq!(stop.trouble.code, "card-auth-limit");
        assert_eq!(IEUM.blank(&mut reader, &mut Vec::new()).unwrap_err().trouble.code, "card-auth-limit");
        IEUM.read(&mut reader, Depth::Whole);
        assert_eq!(reader.cards()[0].hidden().unwrap().failed, 0);
    }
}

/// Somebody guarded a blank with a password that everybody knows: as good as open.
#[test]
fn a_chip_guarded_with_a_known_password_is_taken() {
    for (kind, known) in KINDS.into_iter().flat_map(|kind| [(kind, 0xFF), (kind, 0x00)]) {
        let mut reader = LooseReader::with_card(guarded(kind, [known; 4], 0));
        let reading = IEUM.read(&mut reader, Depth::Whole);
        assert_eq!(reading.findings[0].code, "pages-open");
        IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(fault(&image(&reader), kind, IEUM), None);
    }
}

/// As some stock comes: with the UID shown in the user memory.
#[test]
fn an_open_chip_that_mirrors_its_uid_is_taken() {
    for kind in [Kind::Ntag213, Kind::Ntag215, Kind::Ntag216] {
        let at = 4 * config(kind);
        let card = changed(&new_card(kind), |image| {
            image[at] = 0x44;
            image[at + 2] = 0x05;
        });
        let mut reader = LooseReader::with_card(card);
        IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(fault(&image(&reader), kind, IEUM), None, "{kind:?}");
    }
}

/// PROT, CFGLCK, the counter's bits, AUTHLIM: undone only by writing CFG1, and torn that would lock the chip for ever. Whatever
/// the card was and whatever is asked of it, nothing is written and no password tried.
#[test]
fn an_access_byte_that_no_finished_card_has_is_refused_before_anything_is_written() {
    for kind in KINDS {
        let at = 4 * config(kind);
        let ntag = !matches!(kind, Kind::UltralightEv1 | Kind::UltralightEv1Large);
        let starts = [new_card(kind), IEUM.finished(kind).cards()[0].clone()];
        let counter: &[u8] = if ntag { &[0x10, 0x18] } else { &[] };
        for (start, access) in starts.iter().flat_map(|start| {
            [0x80, 0x40, 0x01, 0x03, 0x07, 0x83].iter().chain(counter).map(move |access| (start, *access))
        }) {
            let card = changed(start, |image| image[at + 4] = access);
            // A guarded chip with PROT does not show its settings at all.
            let hidden = access & 0x80 != 0 && card.image()[at + 3] != 0xFF;
            let code = match access & 0x07 {
                _ if hidden => "unknown-key",
                0 => "card-configured",
                _ => "card-auth-limit",
            };
            for job in [IEUM, Job { version: 2, ..IEUM }, Job { protection: Protection::Permanent, ..IEUM }] {
                assert_eq!(refused(&card, job), (code, Fate::Unusable), "{kind:?} {access:02X}");
            }
            let mut reader = LooseReader::with_card(card.clone());
            let stop = IEUM.blank(&mut reader, &mut Vec::new()).unwrap_err();
            assert_eq!((stop.trouble.code, stop.fate), (code, Fate::Unusable), "{kind:?} {access:02X}");
            assert_eq!(reader.cards()[0].hidden().unwrap().failed, 0);
            assert_eq!(image(&reader), card.image());
            assert!(!IEUM.read(&mut reader, Depth::Whole).transport, "{kind:?} {access:02X}");
        }
    }
}

/// Another PACK behind our own password, and a password that everybody knows.
#[test]
fn a_password_that_is_not_all_ours_is_told() {
    for kind in KINDS {
        let (at, whole) = (4 * config(kind), IEUM.finished(kind).cards()[0].clone());
        let told = |change: &dyn Fn(&mut [u8])| {
            let reading = IEUM.read(&mut LooseReader::with_card(changed(&whole, change)), Depth::Whole);
            assert!(reading.intact && reading.rewritable);
            (reading.holder, reading.findings.into_iter().map(|found| (found.code, found.args)).collect::<Vec<_>>())
        };
        let ours = Holder::Ours { versions: vec![1] };
        let pack = vec![("settings-wrong", vec![("what", "PACK".to_owned())])];
        assert_eq!(told(&|image| image[at + 12..at + 14].fill(0)), (ours.clone(), pack), "{kind:?}");
        assert_eq!(told(&|_| ()), (ours, vec![]));
        let open = vec![("pages-open", vec![("pages", format!("2–{}", at / 4 + 3))])];
        for known in [0xFF, 0x00] {
            let found = told(&|image| image[at + 8..at + 12].fill(known));
            assert_eq!(found, (Holder::Transport, open.clone()), "{kind:?} {known:02X}");
        }
    }
}

#[test]
fn locked_pages_are_found_before_anything_is_written() {
    for kind in KINDS {
        let permanent = Job { protection: Protection::Permanent, ..IEUM };
        // Page 7 locked; the lock bits of pages 10 to 15 frozen; page 3 says something else.
        let locked = changed(&new_card(kind), |image| image[10] = 0x80);
        let frozen = changed(&new_card(kind), |image| image[10] = 0x04);
        let other = changed(&new_card(kind), |image| image[12..16].copy_from_slice(&[0xF1, 0x10, 0xFF, 0xEE]));
        for (card, job) in [(&locked, IEUM), (&frozen, permanent), (&other, IEUM)] {
            assert_eq!(refused(card, job), ("card-permanent", Fate::Unusable), "{kind:?}");
            let read = IEUM.read(&mut LooseReader::with_card(card.clone()), Depth::Data);
            assert_eq!((read.rewritable, read.transport), (job.protection == Protection::Permanent, false));
        }
        // Nothing that we must write is locked there.
        let mut reader = LooseReader::with_card(frozen);
        IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
    }
}

#[test]
fn a_permanent_card_takes_nothing_else_and_is_never_blank() {
    for kind in KINDS {
        for profile in ["ieum", "uid-only"] {
            let job = Job { protection: Protection::Permanent, profile, ..IEUM };
            let card = job.finished(kind).cards()[0].clone();
            let mut reader = LooseReader::with_card(card.clone());
            let stop = job.blank(&mut reader, &mut Vec::new()).unwrap_err();
            assert_eq!((stop.trouble.code, stop.fate), ("card-permanent", Fate::Unusable));
            assert_eq!(image(&reader), card.image());
        }
        let job = Job { protection: Protection::Permanent, ..IEUM };
        let card = job.finished(kind).cards()[0].clone();
        assert_eq!(refused(&card, Job { version: 2, ..job }), ("card-permanent", Fate::Unusable));
    }
}

#[test]
fn a_keyed_card_becomes_permanent() {
    for kind in KINDS {
        let mut reader = IEUM.finished(kind);
        let job = Job { protection: Protection::Permanent, ..IEUM };
        job.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(fault(&image(&reader), kind, job), None, "{kind:?}");
        // And is as good as keyed to whoever asks for that.
        let encoded = IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(encoded.locks, 0);
    }
}

/// Somebody's NDEF message on an open chip: not as delivered, but free for us.
#[test]
fn an_open_chip_with_data_is_no_blank_and_may_be_taken() {
    for kind in KINDS {
        let card = changed(&new_card(kind), |image| image[16..24].copy_from_slice(b"\x03\x03\xD0\x00\x00\xFE\0\0"));
        let mut reader = LooseReader::with_card(card);
        for depth in [Depth::Data, Depth::Whole] {
            let reading = IEUM.read(&mut reader, depth);
            assert_eq!((reading.transport, reading.holder), (false, Holder::Transport));
        }
        IEUM.blank(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(not_blank(&image(&reader), kind), None);
        assert!(IEUM.read(&mut reader, Depth::Whole).transport);
    }
}

/// A card whose keys are ours and whose content somebody destroyed before they were set, or through a hole.
#[test]
fn a_damaged_card_of_ours_is_told_and_mended() {
    for kind in KINDS {
        let card = IEUM.finished(kind).cards()[0].clone();
        let card = changed(&card, |image| image[16..28].fill(0));
        let mut reader = LooseReader::with_card(card);
        let reading = IEUM.read(&mut reader, Depth::Whole);
        assert_eq!((reading.holder, reading.intact), (Holder::Ours { versions: vec![1] }, false));
        assert!(reading.findings.iter().any(|finding| finding.code == "directory-wrong"));
        IEUM.encode(&mut reader, &mut Vec::new()).unwrap();
        assert_eq!(fault(&image(&reader), kind, IEUM), None);
    }
}

/// The lock was taken off again: the proof finds it, and leaves the card as it was.
#[test]
fn a_hole_in_the_lock_is_found() {
    for kind in KINDS {
        let at = 4 * config(kind);
        for (auth0, let_through) in [(4, vec![2, 3]), (3, vec![2])] {
            let card = changed(&IEUM.finished(kind).cards()[0], |image| image[at + 3] = auth0);
            let mut reader = LooseReader::with_card(card.clone());
            let target = identify(&mut reader).unwrap();
            let plan = ProofPlan::new(&IEUM.plan(&target), ProofLevel::Used).unwrap();
            let mut proof = None;
            let stop = prove(&mut reader, &target, &plan, &mut |mark| {
                if let Mark::Proven(told) = mark {
                    proof = Some(told);
                }
                Ok(())
            })
            .unwrap_err();
            assert_eq!((stop.trouble.code, stop.fate), ("chip-lets-write", Fate::Spoiled));
            let through = proof.unwrap().attempts.into_iter().filter(|attempt| !attempt.refused);
            assert_eq!(through.filter_map(|attempt| attempt.block).collect::<Vec<_>>(), let_through, "{kind:?}");
            assert_eq!(image(&reader), card.image());
        }
    }
}

#[test]
fn a_forged_signature_is_told() {
    let mut card = IEUM.finished(Kind::Ntag213).cards()[0].clone();
    card.set_hidden(crate::simulator::silicon::Hidden { forged_signature: true, ..card.hidden().unwrap() });
    let reading = IEUM.read(&mut LooseReader::with_card(card), Depth::Data);
    assert_eq!(reading.originality, Some(crate::plan::chip::Originality::Wrong));
    assert!(reading.intact);
}

#[test]
fn marks_come_in_order_and_the_intent_before_the_first_write() {
    let told = std::cell::RefCell::new(Vec::new());
    let mut reader = LooseReader::with_card(new_card(Kind::UltralightEv1));
    let card = identify(&mut reader).unwrap();
    let plan = IEUM.plan(&card);
    let proof = ProofPlan::new(&plan, ProofLevel::Used).unwrap();
    encode_and_prove(&mut reader, &card, &plan, &proof, &mut |mark| {
        told.borrow_mut().push(match mark {
            Mark::Begin(step) => format!("+{}", step.code()),
            Mark::End(step) => format!("-{}", step.code()),
            Mark::Sector { sector, state } => format!("{sector} {}", state.code()),
            Mark::Intent(intent) => format!("intent {:?}", intent.areas),
            Mark::Locked { .. } => "locked".to_owned(),
            Mark::Proven(proof) => format!("proven {}", proof.refused()),
            other => panic!("{other:?}"),
        });
        Ok(())
    })
    .unwrap();
    let due = [
        "+write",
        "intent [4, 3, 2, 1, 0]",
        "-write",
        "+read-back",
        "2 written",
        "1 written",
        "0 written",
        "-read-back",
        "+lock",
        "4 now",
        "0 locked",
        "1 locked",
        "2 locked",
        "3 locked",
        "4 locked",
        "-lock",
        "locked",
        "+proof",
        "0 proven",
        "1 proven",
        "3 proven",
        "4 proven",
        "-proof",
        "proven 10",
    ];
    assert_eq!(told.into_inner(), due);
}
