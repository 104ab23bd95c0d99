//! The dialogue in which a manager signs for one act of a clerk: an act that was refused for want of a signature comes back as this
//! page, which sends the same form again with name and password. Without a script, and without a session of the manager's.
//! What is signed is what the desk wrote down, never what the form says. Start at [`Asking`].

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use askama::Template;

use super::clerk::{Fields, Refusal, Reply, Room, front, whence};
use super::log_in::filled;
use super::page::{Page, clerk_name, draw};
use super::speech::Speech;
use crate::desk::{self, Asked, Whence};
use crate::plan::messages::Trouble;

/// The dialogue's own fields: which signature, whose name, whose password.
const OWN: [&str; 3] = ["approval", "approver", "approver-password"];

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

    /// Signs, where that is what was sent; the trouble is told in the dialogue if the act still wants a signature.
    pub fn sign(&self, room: &Room) -> Option<Trouble> {
        let Signing { id, name, password, whence } = self.signing.as_ref()?;
        let signed = filled(name, password)
            .and_then(|()| desk::sign_approval(&room.desk, &room.session, id, name, password, whence));
        signed.err()
    }

    /// The dialogue for what an act was refused for. `back`: where its form stands, with what was typed.
    pub fn page(
        self,
        room: &Room,
        needed: &Trouble,
        back: String,
        unsigned: Option<Trouble>,
    ) -> Result<Reply, Refusal> {
        let asked =
            desk::ask_approval(&room.desk, &room.session, needed).map_err(|trouble| Refusal::at(room, &trouble))?;
        let status = if unsigned.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        if let Some(trouble) = &unsigned {
            tracing::warn!(code = trouble.code, "not signed");
        }
        let page = draw(&ApprovalPage {
            page: Page::new(room, "", &back),
            s: room.speech(),
            asked,
            name: self.signing.map(|signing| signing.name).unwrap_or_default(),
            path: self.path,
            fields: self.fields,
            asks: clerk_name(room),
            trouble: unsigned,
            back,
        });
        if status == StatusCode::OK { Ok(Reply::Page(page)) } else { Err(Refusal::Page(status, page)) }
    }

    /// Where a form leads back to whose handler says nothing: the same address asked for as a page.
    pub fn path(&self) -> String {
        self.path.clone()
    }
}

/// Passwords and numbers of documents are asked for again, never written into a page; the session's token is its own.
fn may_be_sent_again(name: &str, value: &str) -> bool {
    let secret = ["password", "pw", "secret", "identity-number", "document"].iter().any(|part| name.contains(part));
    name != "csrf" && !secret && !desk::holds_identity_number(value)
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
    /// Where the form is sent again, and what it held.
    path: String,
    fields: Vec<(String, String)>,
    /// Whoever asks: the session is and stays theirs.
    asks: String,
    /// As typed.
    name: String,
    trouble: Option<Trouble>,
    back: String,
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
