//! Frames of the manual, and frames found again behind noise.

use proptest::prelude::*;

use super::*;

fn command(bytes: &[u8]) -> Event {
    Event::Command(bytes.to_vec())
}

fn asked(bytes: &[u8]) -> Vec<u8> {
    frame(&[&[HOST], bytes].concat())
}

/// GetFirmwareVersion as the application note AN10609 gives it, SAMConfiguration as libnfc sends it.
#[test]
fn frames_are_those_of_the_manual() {
    let version = [0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD4, 0x02, 0x2A, 0x00];
    assert_eq!(asked(&[0x02]), version);
    assert_eq!(Hsu::default().feed(&version), [command(&[0x02])]);
    let wake_up = [&[0x55, 0x55], &[0; 14][..], &[0x00, 0x00, 0xFF, 0x03, 0xFD, 0xD4, 0x14, 0x01, 0x17, 0x00]].concat();
    assert_eq!(Hsu::default().feed(&wake_up), [command(&[0x14, 0x01])]);
    assert_eq!(Hsu::default().feed(&ACK), [Event::Ack]);
    assert_eq!(Hsu::default().feed(&[0x00, 0x00, 0xFF, 0xFF, 0x00, 0x00]), [Event::Nack]);
}

#[test]
fn answers_are_framed_and_kept_for_a_nack() {
    let (mut line, mut sound) = (Hsu::default(), Faults::default());
    assert_eq!(line.repeat(), None);
    let answer = line.answer(&Reply::Response(vec![0x03, 0x32, 0x01, 0x06, 0x07]), &mut sound).expect("an answer");
    assert_eq!(answer, [0x00, 0x00, 0xFF, 0x06, 0xFA, 0xD5, 0x03, 0x32, 0x01, 0x06, 0x07, 0xE8, 0x00]);
    assert_eq!(line.repeat(), Some(&answer[..]));
    let error = line.answer(&Reply::SyntaxError, &mut sound);
    assert_eq!(error.as_deref(), Some(&[0x00, 0x00, 0xFF, 0x01, 0xFF, 0x7F, 0x81, 0x00][..]));
    assert_eq!(line.answer(&Reply::Nothing, &mut sound), None);
    let mut stuck: Faults = "stuck".parse().expect("a word");
    assert_eq!(line.answer(&Reply::SyntaxError, &mut stuck), None);
}

/// Above 255 bytes the extended form.
#[test]
fn lengths_choose_the_form() {
    for (length, header) in [
        (255, &[0x00, 0x00, 0xFF, 0xFF, 0x01][..]),
        (256, &[0x00, 0x00, 0xFF, 0xFF, 0xFF, 0x01, 0x00, 0xFF]),
        (265, &[0x00, 0x00, 0xFF, 0xFF, 0xFF, 0x01, 0x09, 0xF6]),
    ] {
        let body = vec![0x11; length - 1];
        assert!(asked(&body).starts_with(header), "{length}");
        assert_eq!(Hsu::default().feed(&asked(&body)), [command(&body)], "{length}");
    }
    assert_eq!(Hsu::default().feed(&asked(&[0; 265])), [Event::Damaged], "too long for the chip");
}

#[test]
fn wrong_sums_and_strange_senders_are_no_commands() {
    for (at, name) in [(3, "length"), (4, "length's sum"), (5, "sender"), (6, "data"), (7, "sum")] {
        let mut bytes = asked(&[0x02]);
        bytes[at] ^= 0x10;
        let mut line = Hsu::default();
        line.feed(&bytes);
        let events = line.feed(&[0; 300]);
        assert!(!events.iter().any(|event| matches!(event, Event::Command(_))), "{name}");
    }
    assert_eq!(Hsu::default().feed(&frame(&[0xD5, 0x03])), [Event::Damaged]);
}

#[test]
fn a_frame_inside_a_broken_one_is_found() {
    let broken = [&[0x00, 0x00, 0xFF, 0x0A, 0xF6], &asked(&[0x02])[..]].concat();
    let mut line = Hsu::default();
    assert_eq!(line.feed(&broken), []);
    assert_eq!(line.feed(&[0x00; 3]), [Event::Damaged, command(&[0x02])]);
}

proptest! {
    #[test]
    fn any_cut_of_the_stream_gives_the_same(commands in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..5), cut in 1..9_usize) {
        let stream: Vec<u8> = commands.iter().flat_map(|command| asked(command)).collect();
        let expected: Vec<Event> = commands.into_iter().map(Event::Command).collect();
        prop_assert_eq!(&Hsu::default().feed(&stream), &expected);
        let mut line = Hsu::default();
        let pieces: Vec<Event> = stream.chunks(cut).flat_map(|piece| line.feed(piece)).collect();
        prop_assert_eq!(pieces, expected);
    }

    #[test]
    fn a_frame_is_found_behind_any_noise(noise in prop::collection::vec(prop_oneof![Just(0x00), Just(0xFF), any::<u8>()], 0..600), quiet: bool) {
        let mut line = Hsu::default();
        line.feed(&noise);
        // Either the line was quiet for long, or a wake-up longer than any frame came first.
        if quiet {
            line.idle();
        } else {
            line.feed(&[0x55, 0x55]);
            line.feed(&[0; 300]);
        }
        let events = line.feed(&asked(&[0x02]));
        prop_assert_eq!(events.last(), Some(&command(&[0x02])));
    }
}
