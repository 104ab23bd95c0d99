//! `staff add|list|lock|unlock|reset|role|member`: who works at the desk. It makes the one-use link of a token, and knows
//! no rule. Start at [`Staff`].

use clap::Subcommand;
use serde_json::Value;

use super::house::set_up_link;
use super::{Done, Rooms, json};
use crate::desk::{self, Desk, Invited};
use crate::plan::messages::{Lang, Trouble};

#[derive(Subcommand)]
pub(super) enum Staff {
    /// A new account, and the one-use link through which its person chooses a password
    Add {
        /// Their name, with which they log in
        name: String,
        /// clerk, manager or administrator
        #[arg(long)]
        role: String,
        /// Their own membership, by id
        #[arg(long, allow_negative_numbers = true)]
        member: Option<String>,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// All accounts, oldest first
    List,
    /// Shuts an account out: its sessions end at once
    Lock {
        #[command(flatten)]
        whose: Whose,
    },
    /// Lets an account that is locked in again
    Unlock {
        #[command(flatten)]
        whose: Whose,
    },
    /// Takes the password from an account and makes a new one-use link; it approves nothing for 24 hours
    Reset {
        #[command(flatten)]
        whose: Whose,
    },
    /// Gives an account another role; its sessions end at once
    Role {
        /// The account, by id
        #[arg(allow_negative_numbers = true)]
        staff: String,
        /// clerk, manager or administrator
        role: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
    /// Says which member an account's person is, so that nobody serves themselves
    Member {
        /// The account, by id
        #[arg(allow_negative_numbers = true)]
        staff: String,
        /// The member, by id, or none
        #[arg(allow_negative_numbers = true)]
        member: String,
        /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
        #[arg(long)]
        key: Option<String>,
    },
}

#[derive(clap::Args)]
pub(super) struct Whose {
    /// The account, by id
    #[arg(allow_negative_numbers = true)]
    staff: String,
    /// Idempotency key: under the same key it is done once, and asked again it answers as the first time
    #[arg(long)]
    key: Option<String>,
}

impl Whose {
    fn read(self) -> Result<(i64, Option<String>), Trouble> {
        Ok((account(&self.staff)?, super::key(self.key)?))
    }
}

impl Staff {
    pub(super) fn run(self, rooms: Rooms) -> Done {
        let (actor, lang, listen) = (rooms.actor(), rooms.lang, rooms.settings.web.listen.to_string());
        match self {
            Staff::Add { name, role, member, key } => {
                let (role, key) = (desk::staff_role(&role)?, super::key(key)?);
                let member = member.map(|text| desk::id(&text, "member-unknown", "member")).transpose()?;
                let desk = rooms.desk()?;
                let made = desk::add_staff(&desk, &actor, &name, role, member, key.as_deref())?;
                Ok((with_link(&desk, lang, &made, &listen), 0))
            }
            Staff::List => Ok((json(&desk::list_staff(&rooms.desk()?, &actor)?), 0)),
            Staff::Lock { whose } => {
                let (id, key) = whose.read()?;
                Ok((json(&desk::lock_staff(&rooms.desk()?, &actor, id, key.as_deref())?), 0))
            }
            Staff::Unlock { whose } => {
                let (id, key) = whose.read()?;
                Ok((json(&desk::unlock_staff(&rooms.desk()?, &actor, id, key.as_deref())?), 0))
            }
            Staff::Reset { whose } => {
                let (id, key) = whose.read()?;
                let desk = rooms.desk()?;
                let made = desk::reset_staff(&desk, &actor, id, key.as_deref())?;
                Ok((with_link(&desk, lang, &made, &listen), 0))
            }
            Staff::Role { staff, role, key } => {
                let (id, role, key) = (account(&staff)?, desk::staff_role(&role)?, super::key(key)?);
                Ok((json(&desk::set_role(&rooms.desk()?, &actor, id, role, key.as_deref())?), 0))
            }
            Staff::Member { staff, member, key } => {
                let (id, key) = (account(&staff)?, super::key(key)?);
                let member = match member.trim() {
                    "none" => None,
                    text => Some(desk::id(text, "member-unknown", "member")?),
                };
                Ok((json(&desk::set_own_membership(&rooms.desk()?, &actor, id, member, key.as_deref())?), 0))
            }
        }
    }
}

fn account(text: &str) -> Result<i64, Trouble> {
    desk::id(text, "staff-unknown", "staff")
}

/// With the one-use link; asked again under its key, with where a new one comes from.
fn with_link(desk: &Desk, lang: Lang, made: &Invited, listen: &str) -> Option<Value> {
    let mut said = json(&made.staff)?;
    let link = made.token.as_ref().map(|token| set_up_link(listen, token));
    let given = made.again && link.is_none();
    let said_of = said.as_object_mut()?;
    said_of.insert("setup".to_owned(), link.into());
    if given {
        let id = ("staff", made.staff.staff.to_string());
        said_of.insert("note".to_owned(), desk.messages.text(lang, "staff-link-given", &[id]).into());
    }
    Some(said)
}
