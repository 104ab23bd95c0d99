//! One visit to a Type 2 chip: reading, writing and giving the password, with everything that can go wrong on the way.
//!
//! What goes unheard is asked again after a fresh selection, but a write: whether it was done is for the caller to read.
//! Nothing is decided here. Start at [`Visit`].

use zeroize::Zeroizing;

use crate::back::encoder::contact::{Contact, Heard, Written};
use crate::back::encoder::marks::Stop;
use crate::back::encoder::{Identified, Reader};
use crate::plan::chip::Password;
use crate::plan::chip::type2::Page;

const READ: u8 = 0x30;
const FAST_READ: u8 = 0x3A;
const WRITE: u8 = 0xA2;
const PWD_AUTH: u8 = 0x1B;
const READ_SIG: [u8; 2] = [0x3C, 0x00];

/// Pages in one FAST_READ: 240 bytes, so that the answer stays within a short APDU and a PN532's frame.
pub(super) const AT_ONCE: u8 = 60;

pub(in crate::back::encoder) struct Visit<'r> {
    contact: Contact<'r>,
    /// The password was given since the last selection.
    open: bool,
}

impl<'r> Visit<'r> {
    /// A visit to the card that [`identify`](crate::back::encoder::identify) left selected.
    pub fn new(reader: &'r mut dyn Reader, card: &Identified) -> Visit<'r> {
        Visit { contact: Contact::new(reader, card), open: false }
    }

    /// Makes the next exchange start from a re-activated card, as a configuration rules from power-on only.
    pub fn leave(&mut self) {
        self.contact.leave();
    }

    pub fn select(&mut self) -> Result<(), Stop> {
        self.open &= self.contact.is_selected();
        self.contact.select()
    }

    /// Pages `first` to `last`, numbered, or `None` when the card refuses to show them.
    pub fn read(&mut self, first: u8, last: u8) -> Result<Option<Vec<(u8, Page)>>, Stop> {
        let mut pages = Vec::new();
        let mut from = first;
        while from <= last {
            let to = last.min(from.saturating_add(AT_ONCE - 1));
            match self.read_at_once(from, to)? {
                Some(some) => pages.extend((from..).zip(some)),
                None => return Ok(None),
            }
            let Some(next) = to.checked_add(1) else { break };
            from = next;
        }
        Ok(Some(pages))
    }

    /// Up to four pages by READ, which every reader knows, more by FAST_READ.
    fn read_at_once(&mut self, first: u8, last: u8) -> Result<Option<Vec<Page>>, Stop> {
        let count = usize::from(last - first) + 1;
        loop {
            self.select()?;
            let (heard, expected) = match count {
                ..=4 => (self.contact.exchange(&[READ, first])?, 4),
                _ => (self.contact.raw(&[FAST_READ, first, last])?, count),
            };
            match heard {
                Heard::Answer(answer) if answer.len() == expected * 4 => {
                    let pages = answer.chunks_exact(4).take(count);
                    return Ok(Some(pages.map(|page| std::array::from_fn(|i| page[i])).collect()));
                }
                Heard::Answer(_) => self.contact.unclear()?,
                Heard::Refused => return Ok(None),
                Heard::Nothing => {}
            }
        }
    }

    /// Gives a password: what the chip answers to the right one, `None` to a wrong one.
    pub fn open(&mut self, pwd: &Page) -> Result<Option<[u8; 2]>, Stop> {
        let mut frame = Zeroizing::new([PWD_AUTH; 5]);
        frame[1..].copy_from_slice(pwd);
        loop {
            self.select()?;
            match self.contact.raw(&frame[..])? {
                Heard::Answer(answer) => match <[u8; 2]>::try_from(answer.as_slice()) {
                    Ok(pack) => {
                        self.open = true;
                        return Ok(Some(pack));
                    }
                    Err(_) => self.contact.unclear()?,
                },
                Heard::Refused => return Ok(None),
                Heard::Nothing => {}
            }
        }
    }

    /// One write, never repeated here, behind this password if there is one.
    pub fn write(&mut self, page: u8, content: &Page, door: Option<&Password>) -> Result<Written, Stop> {
        self.select()?;
        if let Some(password) = door.filter(|_| !self.open)
            && self.open(password.pwd())?.is_none()
        {
            return Ok(Written::Refused);
        }
        let mut frame = Zeroizing::new([WRITE, page, 0, 0, 0, 0]);
        frame[2..].copy_from_slice(content);
        Ok(match self.contact.exchange(&frame[..])? {
            Heard::Answer(_) => Written::Acknowledged,
            Heard::Refused => Written::Refused,
            Heard::Nothing => Written::Unsure,
        })
    }

    /// The maker's signature; `None`: a chip that has none.
    pub fn signature(&mut self) -> Result<Option<[u8; 32]>, Stop> {
        loop {
            self.select()?;
            match self.contact.raw(&READ_SIG)? {
                Heard::Answer(answer) => match answer.try_into() {
                    Ok(signature) => return Ok(Some(signature)),
                    Err(_) => self.contact.unclear()?,
                },
                Heard::Refused => return Ok(None),
                Heard::Nothing => {}
            }
        }
    }
}
