//! What the session keeps of a page that is being filled in, under an opaque id, until it is sent for good or left. It judges
//! nothing, and knows no page. Start at [`Kept`].

use actix_web::web;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::clerk::{Answer, Clerk, Reply, Room};
use crate::desk;
use crate::plan::messages::Trouble;

/// Something that is being typed. What an older version of this program kept, and cannot be read any more, is gone.
pub trait Kept: Serialize + DeserializeOwned {
    /// Under which the session keeps it.
    const KIND: &'static str;

    fn of(room: &Room, id: &str) -> Result<Option<Self>, Trouble> {
        let kept = desk::kept(&room.desk, &room.session, Self::KIND, id)?;
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// For the first time; the answer is its id.
    fn begin(&self, room: &Room) -> Result<String, Trouble> {
        desk::keep(&room.desk, &room.session, Self::KIND, &text(self)?)
    }

    fn keep(&self, room: &Room, id: &str) -> Result<(), Trouble> {
        desk::rekeep(&room.desk, &room.session, Self::KIND, id, &text(self)?)
    }

    fn forget(room: &Room, id: &str) -> Result<(), Trouble> {
        desk::drop_kept(&room.desk, &room.session, Self::KIND, id)
    }
}

fn text(kept: &impl Serialize) -> Result<String, Trouble> {
    serde_json::to_string(kept).map_err(|_| Trouble::new("web-trouble"))
}

/// The clerk leaves: what was typed is forgotten.
pub async fn leave<T: Kept>(clerk: Clerk, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            T::forget(room, &id)?;
            Ok(Reply::Go("/desk".to_owned()))
        })
        .await
}
