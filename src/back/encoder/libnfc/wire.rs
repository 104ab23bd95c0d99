//! The little protocol between this program and its libnfc child, on the child's stdin and stdout. Pure: bytes in, words
//! out; it never blocks, and nothing that comes in makes it panic or keep more than one frame's worth.
//!
//! A frame is its length (two bytes, little-endian, of what follows), a turn number and a kind, then the body. An answer
//! bears the turn of its question, so that one late answer is never taken for the next. Start at [`Question`] and [`Answer`].

use zeroize::Zeroizing;

/// No frame is longer: 12 connection strings of libnfc's full length (`nfc_connstring`, 1024 bytes) fit.
pub(super) const LONGEST: usize = 12 * 1024 + 64;

/// The longest PN532 command with its code, `PN53x_EXTENDED_FRAME__DATA_MAX_LEN` in libnfc/chips/pn53x.h: libnfc copies a
/// command into a stack buffer of that size without looking.
pub(super) const LONGEST_COMMAND: usize = 264;

/// What the parent asks.
// Without `Debug` outside tests: a frame may hold a key.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) enum Question {
    /// libnfc's own scan.
    List,
    /// Opens that connection string; one that is open already is closed first.
    Open(String),
    /// One PN532 command, code first, with its time in milliseconds: never 0, which libnfc takes for ever.
    Command { millis: u16, command: Zeroizing<Vec<u8>> },
    /// Other children may have the port until the next command; it stays open.
    Lend,
    /// Field off, chip asleep, port given back.
    Close,
}

/// What the child says.
// Without `Debug` outside tests: a frame may hold a key.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) enum Answer {
    Done,
    Names(Vec<String>),
    /// What the PN532 answered after `D5` and code + 1.
    Response(Zeroizing<Vec<u8>>),
    /// libnfc's error code (`NFC_E…` in nfc/nfc.h), which is negative, or the system's, which is positive.
    Failed(i32),
}

/// A frame that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Garbled;

impl Question {
    pub(super) fn frame(&self, turn: u8) -> Zeroizing<Vec<u8>> {
        match self {
            Question::List => frame(turn, b'L', &[]),
            Question::Open(name) => frame(turn, b'O', name.as_bytes()),
            Question::Command { millis, command } => {
                let mut body = Zeroizing::new(Vec::with_capacity(2 + command.len()));
                body.extend_from_slice(&millis.to_le_bytes());
                body.extend_from_slice(command);
                frame(turn, b'C', &body)
            }
            Question::Lend => frame(turn, b'U', &[]),
            Question::Close => frame(turn, b'X', &[]),
        }
    }

    /// The turn and the question in a frame without its length.
    pub(super) fn read(frame: &[u8]) -> Result<(u8, Question), Garbled> {
        let [turn, kind, body @ ..] = frame else { return Err(Garbled) };
        let question = match (kind, body) {
            (b'L', []) => Question::List,
            (b'O', name) if !name.is_empty() && name.len() < 1024 && !name.contains(&0) => Question::Open(text(name)?),
            (b'C', [low, high, command @ ..]) if (1..=LONGEST_COMMAND).contains(&command.len()) => {
                let millis = u16::from_le_bytes([*low, *high]);
                if millis == 0 {
                    return Err(Garbled);
                }
                Question::Command { millis, command: Zeroizing::new(command.to_vec()) }
            }
            (b'U', []) => Question::Lend,
            (b'X', []) => Question::Close,
            _ => return Err(Garbled),
        };
        Ok((*turn, question))
    }
}

impl Answer {
    pub(super) fn frame(&self, turn: u8) -> Zeroizing<Vec<u8>> {
        match self {
            Answer::Done => frame(turn, b'd', &[]),
            Answer::Names(names) => frame(turn, b'n', names.join("\0").as_bytes()),
            Answer::Response(bytes) => frame(turn, b'r', bytes),
            Answer::Failed(code) => frame(turn, b'f', &code.to_le_bytes()),
        }
    }

    /// The turn and the answer in a frame without its length.
    pub(super) fn read(frame: &[u8]) -> Result<(u8, Answer), Garbled> {
        let [turn, kind, body @ ..] = frame else { return Err(Garbled) };
        let answer = match (kind, body) {
            (b'd', []) => Answer::Done,
            (b'n', []) => Answer::Names(Vec::new()),
            (b'n', names) => Answer::Names(text(names)?.split('\0').map(str::to_owned).collect()),
            (b'r', bytes) => Answer::Response(Zeroizing::new(bytes.to_vec())),
            (b'f', [a, b, c, d]) => Answer::Failed(i32::from_le_bytes([*a, *b, *c, *d])),
            _ => return Err(Garbled),
        };
        Ok((*turn, answer))
    }
}

/// What of a stream has come so far; frames are taken off its front.
#[derive(Default)]
pub(super) struct Inbox {
    bytes: Zeroizing<Vec<u8>>,
}

impl Inbox {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame without its length. After [`Garbled`] nothing on this stream can be trusted any more.
    pub(super) fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Garbled> {
        let [low, high, rest @ ..] = self.bytes.as_slice() else { return Ok(None) };
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        if !(2..=LONGEST).contains(&length) {
            return Err(Garbled);
        }
        let Some(frame) = rest.get(..length) else { return Ok(None) };
        let frame = Zeroizing::new(frame.to_vec());
        let left = Zeroizing::new(self.bytes.get(2 + length..).unwrap_or_default().to_vec());
        self.bytes = left;
        Ok(Some(frame))
    }
}

fn frame(turn: u8, kind: u8, body: &[u8]) -> Zeroizing<Vec<u8>> {
    let body = body.get(..LONGEST - 2).unwrap_or(body);
    let length = (2 + body.len()) as u16;
    let mut frame = Zeroizing::new(Vec::with_capacity(4 + body.len()));
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&[turn, kind]);
    frame.extend_from_slice(body);
    frame
}

fn text(bytes: &[u8]) -> Result<String, Garbled> {
    String::from_utf8(bytes.to_vec()).map_err(|_| Garbled)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question() -> impl Strategy<Value = Question> {
        let command = (1u16.., proptest::collection::vec(any::<u8>(), 1..=LONGEST_COMMAND));
        prop_oneof![
            Just(Question::List),
            Just(Question::Lend),
            Just(Question::Close),
            "[a-z0-9_:/]{1,60}".prop_map(Question::Open),
            command.prop_map(|(millis, command)| Question::Command { millis, command: Zeroizing::new(command) }),
        ]
    }

    fn answer() -> impl Strategy<Value = Answer> {
        prop_oneof![
            Just(Answer::Done),
            any::<i32>().prop_map(Answer::Failed),
            proptest::collection::vec("[a-z0-9_:/]{1,60}", 0..12).prop_map(Answer::Names),
            proptest::collection::vec(any::<u8>(), 0..=LONGEST_COMMAND)
                .prop_map(|bytes| Answer::Response(Zeroizing::new(bytes))),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(questions in proptest::collection::vec((any::<u8>(), question()), 1..5), cut in 1usize..40) {
            let stream: Vec<u8> = questions.iter().flat_map(|(turn, question)| question.frame(*turn).to_vec()).collect();
            let mut inbox = Inbox::default();
            let mut read = Vec::new();
            for piece in stream.chunks(cut) {
                inbox.push(piece);
                while let Ok(Some(frame)) = inbox.next() {
                    read.push(Question::read(&frame));
                }
            }
            prop_assert!(read == questions.into_iter().map(Ok).collect::<Vec<_>>());
        }

        #[test]
        fn an_answer_comes_over_with_its_turn(turn: u8, answer in answer()) {
            let mut inbox = Inbox::default();
            inbox.push(&answer.frame(turn));
            let frame = inbox.next().ok().flatten();
            prop_assert!(frame.is_some_and(|frame| Answer::read(&frame) == Ok((turn, answer))));
            prop_assert!(inbox.next() == Ok(None));
        }

        #[test]
        fn garbage_is_refused_or_read_and_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut inbox = Inbox::default();
            inbox.push(&bytes);
            let mut frames = 0;
            while let Ok(Some(frame)) = inbox.next() {
                frames += 1;
                prop_assert!(frames <= bytes.len());
                let _ = (Question::read(&frame), Answer::read(&frame));
            }
        }
    }

    #[test]
    fn an_oversized_frame_is_garbled_before_its_body_comes() {
        let mut inbox = Inbox::default();
        inbox.push(&[0xFF, 0xFF]);
        assert!(inbox.next() == Err(Garbled));
    }

    #[test]
    fn no_time_at_all_and_a_command_too_long_for_libnfc_are_refused() {
        let mut command = vec![1, b'C', 0x10, 0x00];
        command.extend([0x55; LONGEST_COMMAND]);
        assert!(Question::read(&command).is_ok());
        command.push(0x55);
        assert!(Question::read(&command).is_err());
        assert!(Question::read(&[1, b'C', 0, 0, 0x02]).is_err(), "0 is for ever");
    }
}
