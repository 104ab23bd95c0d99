//! Password, AUTH0, PROT, AUTHLIM and CFGLCK of the Type 2 chips: from when on they rule, what they keep shut, for
//! how long.

use super::*;

#[test]
fn configuration_rules_from_the_next_power_on() {
    for sheet in SHEETS {
        let mut chip = sheet.chip();
        write(&mut chip, sheet.pwd(), PASSWORD);
        assert_eq!(write(&mut chip, sheet.cfg0, [0, 0, 0, 4]), Answer::Ack);
        assert_eq!(write(&mut chip, sheet.cfg1(), [0x80 | 0x40 | 0x01, 0, 0, 0]), Answer::Ack);
        assert_eq!(write(&mut chip, 5, [1; 4]), Answer::Ack, "AUTH0 does not rule yet");
        assert!(matches!(send(&mut chip, &[0x30, 4]), Answer::Data(_)), "nor PROT");
        assert_eq!(write(&mut chip, sheet.cfg1(), [0x80 | 0x40 | 0x01, 0, 0, 0]), Answer::Ack, "nor CFGLCK");
        chip.select();
        assert_eq!(write(&mut chip, 5, [2; 4]), nak());
        chip.select();
        assert_eq!(send(&mut chip, &[0x30, 4]), nak());
        chip.select();
        assert_eq!(verify(&mut chip, PASSWORD), Answer::Data(vec![0, 0]));
        assert_eq!(write(&mut chip, sheet.cfg1(), [0; 4]), nak());
    }
}

/// Every AUTH0, every page, both settings of PROT, with and without the password.
#[test]
fn auth0_and_prot_keep_pages_from_being_written_and_read() {
    for sheet in SHEETS {
        for auth0 in [0, 2, 3, 4, 5, sheet.cfg0, sheet.pwd(), sheet.pages - 1, sheet.pages, 0xFF] {
            for prot in [false, true] {
                let chip = protected(&sheet, auth0, if prot { 0x80 } else { 0 });
                for at in 2..sheet.pages {
                    let case = format!("{} AUTH0 {auth0} PROT {prot} page {at}", sheet.kind.name());
                    let mut stranger = chip.clone();
                    let written = write(&mut stranger, at, [0; 4]);
                    assert_eq!(written, if at < auth0 { Answer::Ack } else { nak() }, "{case}");
                    let mut stranger = chip.clone();
                    let read = matches!(send(&mut stranger, &[0x30, at]), Answer::Data(_));
                    assert_eq!(read, !prot || at < auth0, "{case}");
                    let mut owner = chip.clone();
                    assert_eq!(verify(&mut owner, PASSWORD), pack());
                    assert!(matches!(send(&mut owner, &[0x30, at]), Answer::Data(_)), "{case}");
                    assert_eq!(write(&mut owner, at, [0; 4]), Answer::Ack, "{case}");
                }
            }
        }
    }
}

#[test]
fn reading_rolls_over_where_protection_begins() {
    for sheet in SHEETS {
        let mut chip = protected(&sheet, 6, 0x80);
        let pages = |chip: &Type2, numbers: [u8; 4]| Answer::Data(numbers.map(|at| page(chip, at)).concat());
        let expected = pages(&chip, [4, 5, 0, 1]);
        assert_eq!(send(&mut chip, &[0x30, 4]), expected);
        assert_eq!(send(&mut chip, &[0x3A, 4, 6]), nak());
        chip.select();
        assert!(matches!(send(&mut chip, &[0x3A, 4, 5]), Answer::Data(_)));
        let mut narrow = protected(&sheet, 1, 0x80);
        let expected = pages(&narrow, [0, 0, 0, 0]);
        assert_eq!(send(&mut narrow, &[0x30, 0]), expected);
        let mut shut = protected(&sheet, 0, 0x80);
        assert_eq!(send(&mut shut, &[0x30, 0]), nak());
    }
}

#[test]
fn cfglck_freezes_the_configuration_but_not_the_password() {
    for sheet in SHEETS {
        let mut chip = protected(&sheet, 0xFF, 0x40);
        for at in [sheet.cfg0, sheet.cfg1()] {
            let before = page(&chip, at);
            assert_eq!(write(&mut chip, at, [0; 4]), nak());
            chip.select();
            verify(&mut chip, PASSWORD);
            assert_eq!(write(&mut chip, at, [0; 4]), nak(), "not even with the password");
            chip.select();
            assert_eq!(page(&chip, at), before);
        }
        assert_eq!(write(&mut chip, sheet.pwd(), [1, 2, 3, 4]), Answer::Ack);
        assert_eq!(write(&mut chip, sheet.pack(), [9, 8, 0, 0]), Answer::Ack);
        assert_eq!(verify(&mut chip, [1, 2, 3, 4]), Answer::Data(vec![9, 8]));
    }
}

#[test]
fn authlim_counts_failures_without_power_and_locks_for_ever() {
    for sheet in SHEETS {
        for limit in 1..=7 {
            let mut chip = protected(&sheet, 4, limit);
            for _ in 1..limit {
                assert_eq!(verify(&mut chip, [0; 4]), nak());
                chip.select();
            }
            assert_eq!(verify(&mut chip, PASSWORD), pack(), "one before the limit");
            for _ in 0..limit {
                chip.select();
                assert_eq!(verify(&mut chip, [0; 4]), nak(), "counted from 0 again");
            }
            let mut laid_back = Type2::from_image(chip.map, uid(), chip.image()).expect("its own image");
            laid_back.set_hidden(chip.hidden());
            for _ in 0..3 {
                laid_back.select();
                assert_eq!(verify(&mut laid_back, PASSWORD), nak(), "{} {limit}", sheet.kind.name());
            }
            laid_back.select();
            assert_eq!(write(&mut laid_back, 4, [0; 4]), nak());
        }
        let mut chip = protected(&sheet, 4, 0);
        for _ in 0..20 {
            assert_eq!(verify(&mut chip, [0; 4]), nak());
            chip.select();
        }
        assert_eq!(verify(&mut chip, PASSWORD), pack(), "000: no limit");
        assert_eq!(chip.hidden(), Hidden::default());
    }
}

#[test]
fn the_session_ends_with_a_refusal_and_with_the_power() {
    for sheet in SHEETS {
        let mut chip = protected(&sheet, 4, 0);
        verify(&mut chip, PASSWORD);
        assert_eq!(write(&mut chip, 4, [1; 4]), Answer::Ack);
        chip.select();
        assert_eq!(write(&mut chip, 4, [2; 4]), nak());
        chip.select();
        verify(&mut chip, PASSWORD);
        assert_eq!(verify(&mut chip, [0; 4]), nak());
        chip.select();
        assert_eq!(write(&mut chip, 4, [2; 4]), nak());
    }
}
