//! What a card and a reader say to each other, whichever chip it is: selection, one exchange, its answer.
//!
//! Names no chip and no reader. Start at [`Exchange`].

use super::uid::Uid;

/// What anticollision and selection tell of a card (ISO/IEC 14443-3, 6.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    pub uid: Uid,
    /// ATQA, most significant byte first: `00 04` is a Classic 1K with a 4-byte UID.
    pub atqa: [u8; 2],
    pub sak: u8,
}

/// Where a card stands in the states of ISO/IEC 14443-3, 6.2, as far as a request (REQA) goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Answers a request; without power too, since the request brings it.
    Idle,
    /// Answers a wake-up (WUPA) only.
    Halted,
    /// Selected. A request is no frame that it waits for: it answers nothing and is idle then.
    Active,
}

/// What came back from the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The four bits 0Ah, or an authentication that went well.
    Ack,
    Data(Vec<u8>),
    Refused(Refusal),
    /// Nothing answered within the time; a PN532 says status 01h (UM0701-02, 7.1).
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A PN532 says status 14h: the authentication failed.
    WrongKey,
    /// Four bits that are no 0Ah; a PN532 says status 13h: no frame that it accepts as data.
    Nak,
}

impl Refusal {
    pub fn status(self) -> u8 {
        match self {
            Refusal::WrongKey => 0x14,
            Refusal::Nak => 0x13,
        }
    }
}

/// One exchange: the answer, and whether the memory that the image shows was programmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub answer: Answer,
    pub programmed: bool,
}

impl Exchange {
    pub fn ack() -> Exchange {
        Exchange { answer: Answer::Ack, programmed: false }
    }

    pub fn programmed() -> Exchange {
        Exchange { answer: Answer::Ack, programmed: true }
    }

    pub fn data(data: Vec<u8>) -> Exchange {
        Exchange { answer: Answer::Data(data), programmed: false }
    }

    pub fn refused(refusal: Refusal) -> Exchange {
        Exchange { answer: Answer::Refused(refusal), programmed: false }
    }

    pub fn silent() -> Exchange {
        Exchange { answer: Answer::Silent, programmed: false }
    }
}
