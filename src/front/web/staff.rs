//! The staff: who they are, adding somebody, and what changes an account, each asked once more on a page that says what
//! will happen. A one-use link is drawn into the answer of the form that made it, and kept nowhere. It judges nothing.
//! Start at [`show`].

use actix_web::http::header;
use actix_web::{HttpRequest, web};
use askama::Template;
use serde::Deserialize;

use super::clerk::{Answer, Clerk, Fields, Posted, Reply, Room};
use super::members::once;
use super::page::{Page, draw};
use super::speech::Speech;
use crate::desk::{self, Act, Invited, Right, Role, StaffChange, StaffRef, StaffReport};
use crate::plan::messages::Trouble;

const ROLES: [Role; 3] = [Role::Clerk, Role::Manager, Role::Administrator];

#[derive(Template)]
#[template(path = "pages/staff.html")]
pub struct StaffPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub rows: Vec<StaffReport>,
    /// Who looks on: nobody locks or resets themselves.
    pub me: i64,
    /// Whether they may change accounts; else no button is shown.
    pub changes: bool,
    pub typed: Typed,
    /// Whose row was acted on, and what was done: a word of the page's own.
    pub at: Option<i64>,
    pub done: Option<&'static str>,
    pub once: String,
}

/// What the list was asked for: whose row was acted on, and what was done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    staff: Option<i64>,
    done: String,
}

/// What can have been done to an account.
const DONE: [&str; 6] = ["locked", "unlocked", "role", "role-same", "member", "member-none"];

/// What was typed of somebody new, and what is wrong with it.
#[derive(Default)]
pub struct Typed {
    pub name: String,
    pub role: Option<Role>,
    pub number: String,
    pub wrong: Option<Trouble>,
}

impl Typed {
    /// What is wrong with the name, or with the member number.
    fn wrong_with(&self, field: &str) -> Option<&Trouble> {
        self.wrong.as_ref().filter(|trouble| field_of(trouble) == field)
    }
}

fn field_of(trouble: &Trouble) -> &'static str {
    match trouble.code {
        "member-number" | "staff-member-unknown" | "staff-member-taken" => "number",
        _ => "name",
    }
}

impl StaffPage<'_> {
    /// Whose row has the focus: the one that was acted on, else the first that can be; none: the field of somebody new.
    fn focus(&self) -> i64 {
        if !self.changes || self.typed.wrong.is_some() {
            return 0;
        }
        let asked = self.rows.iter().find(|row| Some(row.staff) == self.at && self.acts(row));
        let other = self.rows.iter().find(|row| row.staff != self.me);
        asked.or(other).map_or(0, |row| row.staff)
    }

    fn acts(&self, row: &StaffReport) -> bool {
        row.staff != self.me || row.member.is_none()
    }

    /// What was done just now: of whom, and the word of it.
    fn told(&self) -> Option<(&StaffReport, &'static str)> {
        let row = self.rows.iter().find(|row| Some(row.staff) == self.at)?;
        self.done.map(|done| (row, done))
    }

    /// The lamp of an account: tone and icon.
    fn lamp(&self, state: &str) -> (&'static str, &'static str) {
        match state {
            "active" => ("ok", "done"),
            "locked" => ("bad", "lock"),
            _ => ("warn", "clock"),
        }
    }
}

/// `GET /staff`.
pub async fn show(clerk: Clerk, asked: Option<web::Query<Asked>>) -> Answer {
    let asked = asked.map(web::Query::into_inner).unwrap_or_default();
    clerk.answer(move |room| list(room, Typed::default(), asked).map(Reply::Page)).await
}

/// The list again, with what was done.
fn done(id: i64, done: &str) -> Reply {
    Reply::Go(format!("/staff?staff={id}&done={done}"))
}

/// `GET` of a button's path: the list, and nothing is done.
pub async fn back(clerk: Clerk) -> Answer {
    clerk.answer(|_| Ok(Reply::Go("/staff".to_owned()))).await
}

fn list(room: &Room, typed: Typed, asked: Asked) -> Result<String, Trouble> {
    Ok(draw(&StaffPage {
        rows: desk::list_staff(&room.desk, room.actor())?,
        page: Page::new(room, "staff", "/staff"),
        s: room.speech(),
        me: match &room.actor().staff {
            StaffRef::Account { id, .. } => *id,
            StaffRef::Os(_) => 0,
        },
        changes: room.actor().right(Act::ChangeStaff) == Right::Yes,
        typed,
        at: asked.staff,
        done: DONE.into_iter().find(|done| *done == asked.done),
        once: once()?,
    }))
}

/// `POST /staff`: somebody new. What is wrong with a field is said beside it.
pub async fn add(request: HttpRequest, Posted { clerk, fields }: Posted) -> Answer {
    let host = host(&request);
    clerk
        .answer(move |room| {
            let (name, number) = (fields.text("name"), fields.text("number"));
            let role = desk::staff_role(fields.text("role"))?;
            let made = desk::own_membership(&room.desk, room.actor(), number).and_then(|member| {
                desk::add_staff(&room.desk, room.actor(), name, role, member, key(&fields).as_deref())
            });
            match made {
                Ok(made) => link(room, made, &host),
                Err(wrong) if is_of_a_field(&wrong) => {
                    // An identity number is not shown again.
                    let shown = |text: &str| match desk::holds_identity_number(text) {
                        true => String::new(),
                        false => text.to_owned(),
                    };
                    let typed =
                        Typed { name: shown(name), role: Some(role), number: shown(number), wrong: Some(wrong) };
                    list(room, typed, Asked::default()).map(Reply::Wrong)
                }
                Err(trouble) => Err(trouble),
            }
        })
        .await
}

fn is_of_a_field(wrong: &Trouble) -> bool {
    const OF_A_FIELD: [&str; 6] = [
        "staff-name",
        "staff-name-taken",
        "identity-number",
        "member-number",
        "staff-member-unknown",
        "staff-member-taken",
    ];
    OF_A_FIELD.contains(&wrong.code)
}

/// The key under which a form is done once.
fn key(fields: &Fields) -> Option<String> {
    let once = fields.text("once");
    (!once.is_empty()).then(|| format!("page-{once}"))
}

/// The name under which this service was asked for; the gate has let it through.
fn host(request: &HttpRequest) -> String {
    request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned()
}

#[derive(Template)]
#[template(path = "pages/staff_link.html")]
pub struct LinkPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    pub staff: StaffReport,
    /// Shown this once. None: the form was sent again after the link had been used.
    pub link: Option<String>,
    /// A further one: the form was sent again.
    pub again: bool,
}

fn link(room: &Room, made: Invited, host: &str) -> Result<Reply, Trouble> {
    Ok(Reply::Page(draw(&LinkPage {
        page: Page::new(room, "staff", "/staff"),
        s: room.speech(),
        link: made.token.map(|token| format!("http://{host}/setup/{token}")),
        staff: made.staff,
        again: made.again,
    })))
}

#[derive(Template)]
#[template(path = "pages/staff_ask.html")]
pub struct AskPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    /// `lock` or `reset`.
    pub act: &'static str,
    pub staff: StaffReport,
    pub once: String,
}

fn ask(room: &Room, act: &'static str, id: i64) -> Result<Reply, Trouble> {
    let change = if act == "lock" { StaffChange::Lock } else { StaffChange::Reset };
    Ok(Reply::Page(draw(&AskPage {
        staff: desk::staff_to_change(&room.desk, room.actor(), id, change)?,
        page: Page::new(room, "staff", &format!("/staff/{id}/{act}")),
        s: room.speech(),
        act,
        once: once()?,
    })))
}

#[derive(Template)]
#[template(path = "pages/staff_edit.html")]
pub struct EditPage<'a> {
    pub page: Page<'a>,
    pub s: Speech<'a>,
    /// `role` or `member`.
    pub act: &'static str,
    pub staff: StaffReport,
    /// A number that was typed, and what is wrong with it.
    pub number: String,
    pub wrong: Option<Trouble>,
    pub once: String,
}

fn edit(
    room: &Room,
    act: &'static str,
    id: i64,
    (number, wrong): (String, Option<Trouble>),
) -> Result<String, Trouble> {
    let change = if act == "role" { StaffChange::Role } else { StaffChange::Member };
    Ok(draw(&EditPage {
        staff: desk::staff_to_change(&room.desk, room.actor(), id, change)?,
        page: Page::new(room, "staff", &format!("/staff/{id}/{act}")),
        s: room.speech(),
        act,
        number,
        wrong,
        once: once()?,
    }))
}

/// `GET /staff/{id}/lock`.
pub async fn ask_lock(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |room| ask(room, "lock", *id)).await
}

/// `POST /staff/{id}/lock`.
pub async fn lock(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            desk::lock_staff(&room.desk, room.actor(), *id, key(&fields).as_deref())?;
            Ok(done(*id, "locked"))
        })
        .await
}

/// `POST /staff/{id}/unlock`.
pub async fn unlock(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            desk::unlock_staff(&room.desk, room.actor(), *id, key(&fields).as_deref())?;
            Ok(done(*id, "unlocked"))
        })
        .await
}

/// `GET /staff/{id}/reset`.
pub async fn ask_reset(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |room| ask(room, "reset", *id)).await
}

/// `POST /staff/{id}/reset`.
pub async fn reset(request: HttpRequest, Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    let host = host(&request);
    clerk
        .answer(move |room| {
            link(room, desk::reset_staff(&room.desk, room.actor(), *id, key(&fields).as_deref())?, &host)
        })
        .await
}

/// `GET /staff/{id}/role`.
pub async fn ask_role(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |room| edit(room, "role", *id, (String::new(), None)).map(Reply::Page)).await
}

/// `POST /staff/{id}/role`.
pub async fn role(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let role = desk::staff_role(fields.text("role"))?;
            let before = desk::staff_to_change(&room.desk, room.actor(), *id, StaffChange::Role)?;
            desk::set_role(&room.desk, room.actor(), *id, role, key(&fields).as_deref())?;
            Ok(done(*id, if before.role == role { "role-same" } else { "role" }))
        })
        .await
}

/// `GET /staff/{id}/member`.
pub async fn ask_member(clerk: Clerk, id: web::Path<i64>) -> Answer {
    clerk.answer(move |room| edit(room, "member", *id, (String::new(), None)).map(Reply::Page)).await
}

/// `POST /staff/{id}/member`: an empty number says that it is not known.
pub async fn member(Posted { clerk, fields }: Posted, id: web::Path<i64>) -> Answer {
    clerk
        .answer(move |room| {
            let number = fields.text("number");
            let joined = desk::own_membership(&room.desk, room.actor(), number).and_then(|member| {
                desk::set_own_membership(&room.desk, room.actor(), *id, member, key(&fields).as_deref())
            });
            match joined {
                Ok(row) => Ok(done(*id, if row.member.is_some() { "member" } else { "member-none" })),
                Err(wrong) if is_of_a_field(&wrong) => {
                    let typed = if wrong.code == "identity-number" { "" } else { number };
                    edit(room, "member", *id, (typed.to_owned(), Some(wrong))).map(Reply::Wrong)
                }
                Err(trouble) => Err(trouble),
            }
        })
        .await
}
