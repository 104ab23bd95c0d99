//! The dialogue in which a manager signs for one act of a clerk, without a script and without a session of the manager's. An act that
//! was refused for want of a signature leads here; its form waits in the session, and is sent again to its own path with name and
//! password. What is signed is what the desk wrote down, never what a form says. Start at [`Asking`].

use actix_web::{HttpRequest, web};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::clerk::{Answer, Clerk, Fields, Reply, Room, front};
use super::kept::Kept;
use super::page::{Page, clerk_name, draw};
use super::speech::Speech;
use super::whence::whence;
use crate::desk::{self, Act, Asked, Told, Whence};
use crate::plan::messages::Trouble;

/// The dialogue's own fields: which signature, whose name, whose password.
const OWN: [&str; 3] = ["approval", "approver", "approver-password"];

/// What wants another person than the one who was named.
const ANOTHER: [&str; 3] = ["approval-self", "approval-role", "approval-reset"];

/// A form as it was sent, from which the dialogue would send it again, and what was signed with it.
#[derive(Debug, Default)]
pub struct Asking {
    path: String,
    fields: Vec<(String, String)>,
    signing: Option<Signing>,
}

/// Never shown, never kept, and gone with the request.
struct Signing {
    id: String,
    name: String,
    password: String,
    whence: Whence,
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signing").finish_non_exhaustive()
    }
}

impl Asking {
    /// Takes the dialogue's own fields out of a form: no handler sees them.
    pub fn take(request: &HttpRequest, fields: &mut Fields) -> Asking {
        let text = |name: &str| fields.text(name).to_owned();
        let signing = front(request).ok().filter(|_| fields.has(OWN[0])).map(|front| Signing {
            id: text(OWN[0]),
            name: text(OWN[1]),
            password: text(OWN[2]),
            whence: whence(&front, request),
        });
        fields.0.retain(|(name, _)| !OWN.contains(&name.as_str()));
        let again = fields.0.iter().filter(|(name, value)| may_be_sent_again(name, value)).cloned().collect();
        Asking { path: request.path().to_owned(), fields: again, signing }
    }

    /// Signs, where that is what was sent; the trouble is told in the dialogue if the act still wants a signature after it.
    pub fn sign(&self, room: &Room) -> Option<Trouble> {
        self.signing.as_ref().and_then(|signing| self.signed(room, signing).err())
    }

    /// What is signed was asked for by the very form that is sent again, at its own path: another act, subject or amount, or other
    /// words, are signed in a dialogue of their own (`approval-other`).
    fn signed(&self, room: &Room, Signing { id, name, password, whence }: &Signing) -> Result<(), Trouble> {
        let waiting = Waiting::of(room, id)?.ok_or_else(|| Trouble::new("approval-gone"))?;
        if waiting.path.is_empty() {
            // It is over: pressed twice, the act answers for itself.
            return Ok(());
        }
        if waiting.path != self.path || sorted(&waiting.fields) != sorted(&self.fields) {
            return Err(Trouble::new("approval-other"));
        }
        match (name.trim().is_empty(), password.is_empty()) {
            (true, _) => Err(Trouble::new("approval-name-missing")),
            (_, true) => Err(Trouble::new("web-password-missing")),
            _ => desk::sign_approval(&room.desk, &room.session, id, name, password, whence),
        }
    }

    /// Where an act leads that came of a form: to the dialogue while it wants a signature, and the dialogue to what came of it.
    ///
    /// # Errors
    /// Those of the act.
    pub fn then(self, room: &Room, done: Result<Reply, Trouble>, unsigned: Option<Trouble>) -> Result<Reply, Trouble> {
        let (needed, back) = match done {
            Ok(Reply::Sign(needed, back)) => (needed, back),
            // Asked for as a page, an act's own path leads to its form.
            Err(needed) if wanted(&needed) => (needed, self.path.clone()),
            Ok(Reply::Go(to)) => {
                self.over(room, &to);
                return Ok(Reply::Go(to));
            }
            done => return done,
        };
        if let Some(trouble) = &unsigned {
            tracing::warn!(code = trouble.code, "not signed");
        }
        let id = desk::ask_approval(&room.desk, &room.session, &needed)?;
        let another = unsigned.as_ref().is_some_and(|trouble| ANOTHER.contains(&trouble.code));
        let typed = self.signing.filter(|_| !another).map(|signing| signing.name).unwrap_or_default();
        let waiting = Waiting {
            path: self.path,
            fields: self.fields,
            back,
            name: desk::name_again(&typed).to_owned(),
            refused: unsigned.as_ref().map(Told::from),
        };
        waiting.keep(room, &id)?;
        Ok(Reply::Go(format!("/approvals/{id}")))
    }

    /// The act is done: whoever comes back to its dialogue is led on. That this could not be kept undoes nothing.
    fn over(&self, room: &Room, to: &str) {
        let Some(Signing { id, .. }) = &self.signing else { return };
        let kept = Waiting::of(room, id).and_then(|waiting| match waiting {
            Some(_) => Waiting { back: to.to_owned(), ..Waiting::default() }.keep(room, id),
            None => Ok(()),
        });
        if let Err(trouble) = kept {
            tracing::warn!(code = trouble.code, "a dialogue that is over was not noted");
        }
    }
}

/// What the session keeps under the id of what is to be signed.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Waiting {
    /// Where the form is sent again; empty when nothing waits any more.
    path: String,
    /// What it held.
    fields: Vec<(String, String)>,
    /// Where the form stands with what was typed in it, or what came of it.
    back: String,
    /// Of whoever would sign, as typed.
    name: String,
    /// Why it was not signed.
    refused: Option<Told>,
}

impl Kept for Waiting {
    const KIND: &'static str = "approval";
}

/// `GET /approvals/{id}`: the dialogue, while it waits to be signed; else it leads on to what came of it, or to its form.
pub async fn show(clerk: Clerk, id: web::Path<String>) -> Answer {
    clerk
        .answer(move |room| {
            let Some(waiting) = Waiting::of(room, &id)? else { return Ok(Reply::Go("/desk".to_owned())) };
            let asked = Some(&id).filter(|_| !waiting.path.is_empty());
            let asked = asked.map(|id| desk::show_approval(&room.desk, &room.session, id)).transpose()?.flatten();
            let Some(asked) = asked else { return Ok(Reply::Go(waiting.back)) };
            Ok(Reply::Page(draw(&ApprovalPage {
                page: Page::new(room, "", &format!("/approvals/{id}")),
                s: room.speech(),
                asked,
                asks: clerk_name(room),
                waiting,
            })))
        })
        .await
}

/// Passwords and numbers of documents are asked for again, never kept or written into a page; the session's token is its own.
fn may_be_sent_again(name: &str, value: &str) -> bool {
    let secret = ["password", "pw", "secret", "identity-number", "document"].iter().any(|part| name.contains(part));
    name != "csrf" && !secret && !desk::holds_identity_number(value)
}

/// In whatever order a browser sends them.
fn sorted(fields: &[(String, String)]) -> Vec<&(String, String)> {
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort();
    fields
}

/// Whether this is a refusal for want of a signature.
pub fn wanted(trouble: &Trouble) -> bool {
    trouble.code == "approval-needed"
}

#[derive(Template)]
#[template(path = "pages/approval.html")]
struct ApprovalPage<'a> {
    page: Page<'a>,
    s: Speech<'a>,
    asked: Asked,
    /// Whoever asks: the session is and stays theirs.
    asks: String,
    waiting: Waiting,
}

impl ApprovalPage<'_> {
    /// What is signed is the time, not the money.
    fn waits(&self) -> bool {
        matches!(self.asked.act, Act::ReissueEarly | Act::ReissueBeyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_sent_through_the_dialogue() {
        for (name, value, again) in [
            ("why", "도서관 사정", true),
            ("once", "ab12", true),
            ("csrf", "ab12", false),
            ("password", "739182", false),
            ("password-again", "739182", false),
            ("pw", "x", false),
            ("identity-number", "x", false),
            ("why", "880314-1234560", false),
        ] {
            assert_eq!(may_be_sent_again(name, value), again, "{name}");
        }
        let signing =
            Signing {
                id: "a".into(), name: "이몽룡".into(), password: "살구나무".into(), whence: Whence::default()
            };
        let shown = format!("{:?}", Asking { signing: Some(signing), ..Asking::default() });
        assert!(!shown.contains("살구") && !shown.contains("이몽룡"), "{shown}");
    }
}
