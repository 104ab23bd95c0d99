//! What a page carries when it is printed as a sheet for the file: the library, what it is of, who printed it and when, and the boxes in
//! which the house signs. The style sheet repeats the first three on every page of paper. Start at [`Sheet`].

use super::clerk::Room;
use super::page::clerk_name;

/// The head of a printed sheet, in words that are ready.
pub struct Sheet {
    pub library: String,
    /// `2026. 11. 26. 16:40 출력 · 성춘향`: when the page was made.
    pub printed: String,
}

impl Sheet {
    pub fn new(room: &Room) -> Sheet {
        let (s, now) = (room.speech(), room.desk.clock());
        Sheet {
            library: room.desk.library().name,
            printed: s.t2(
                "sheet-printed",
                "time",
                format!("{} {}", s.date(&now), s.clock(&now)),
                "who",
                clerk_name(room),
            ),
        }
    }
}
