//! What the session keeps of a page that is being filled in, under an opaque id, until it is sent for good or left. It judges
//! nothing, and knows no page. Start at [`Kept`].

use actix_web::web;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::clerk::{Answer, Clerk, Fields, Reply, Room};
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

    /// While it is being typed, before it is sent: what is there already is gone on with.
    fn typing(room: &Room, id: &str, work: impl FnOnce(&mut Self)) -> Result<(), Trouble>
    where
        Self: Default,
    {
        if !is_id(id) {
            return Err(Trouble::new("web-request"));
        }
        desk::keep_on(&room.desk, &room.session, Self::KIND, id, |had| {
            let mut kept: Self = had.and_then(|had| serde_json::from_str(&had).ok()).unwrap_or_default();
            work(&mut kept);
            text(&kept)
        })
    }

    fn keep(&self, room: &Room, id: &str) -> Result<(), Trouble> {
        desk::rekeep(&room.desk, &room.session, Self::KIND, id, &text(self)?)
    }

    fn forget(room: &Room, id: &str) -> Result<(), Trouble> {
        desk::drop_kept(&room.desk, &room.session, Self::KIND, id)
    }
}

/// Whether this may be the id of something that is kept.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit())
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

/// The draft whose first step is sent: the one that was kept while it was typed, else a new one.
pub fn begun<T: Kept + Default>(room: &Room, fields: &Fields) -> Result<(String, T), Trouble> {
    let id = fields.text("draft");
    if is_id(id) {
        return Ok((id.to_owned(), T::of(room, id)?.unwrap_or_default()));
    }
    let draft = T::default();
    Ok((draft.begin(room)?, draft))
}

#[cfg(test)]
mod tests {
    use super::super::enrol::Draft;
    use super::super::word_tests::house;
    use super::*;

    #[test]
    fn what_is_typed_is_kept_under_the_id_its_first_step_is_sent_with() {
        let house = house();
        let room = house.room();
        let id = "ab12".repeat(8);
        let name = |name: &str| Fields(vec![("name".to_owned(), name.to_owned()), ("draft".to_owned(), id.clone())]);
        Draft::typing(&room, &id, |draft| draft.take_typing(&name("홍길"), room.session.lang)).unwrap();
        let (begun, draft) = begun::<Draft>(&room, &name("홍길동")).unwrap();
        assert_eq!((begun.as_str(), draft.form.name.as_str(), draft.tried), (id.as_str(), "홍길", false));
        assert!(Draft::typing(&room, "../x", |_| {}).is_err());
        let (other, draft) = super::begun::<Draft>(&room, &Fields::default()).unwrap();
        assert!(is_id(&other) && other != id && draft.form.name.is_empty());
        let typed =
            Fields(vec![("name".to_owned(), "880314-1234560".to_owned()), ("birth".to_owned(), "880314-1".to_owned())]);
        let typed = super::super::draft::so_far(typed);
        Draft::typing(&room, &id, |draft| draft.take_typing(&typed, room.session.lang)).unwrap();
        let text = desk::kept(&room.desk, &room.session, Draft::KIND, &id).unwrap().unwrap();
        assert!(!text.contains("880314"), "{text}");
    }
}
