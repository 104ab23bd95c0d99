//! Which room may name which: the arrows of the design, as one table. Pure; what names what is read in `paths.rs`.
//! Start at [`judge`].

use std::collections::BTreeSet;

use super::paths::Naming;

/// What is wrong with naming `path` from `module`, or `None` where the arrow is allowed. `rooms` are the modules two
/// deep that exist (`plan chip`, `back store`, …): only they are rooms, anything else after a floor is an item of it.
pub fn judge(module: &[String], naming: &Naming, rooms: &BTreeSet<[String; 2]>) -> Option<String> {
    let from = place(module, rooms);
    let to = place(&naming.path, rooms);
    if module.is_empty() || (from == to && !to.floor.is_empty()) {
        return None;
    }
    let wrong = |why: &str| Some(format!("{from} names {}: {why}", naming.path.join("::")));
    if from.floor == "simulator" {
        return wrong("the simulator names nothing of the house");
    }
    if to.floor.is_empty() {
        return wrong("name the room, not the house");
    }
    let types = naming.path.iter().any(|part| part.starts_with(char::is_uppercase));
    // The desk may hand on types that its own functions take and give; then it answers for them.
    let answered = from.floor == "desk" && types;
    if naming.handed_on && !answered && (to.floor == "back" || to.floor == "simulator" || from.floor == to.floor) {
        return wrong("a `pub use` of another room would hide an arrow");
    }
    let allowed = match (from.floor, from.room, to.floor, to.room) {
        // A floor's own front door declares its rooms and may speak of them.
        (floor, "", other, _) if floor == other => true,
        // The command line is where the other fronts are started: `serve`, `rig run`.
        ("front", "cli", "front", "web" | "rig") => true,
        ("front", "rig", "back", "encoder") | ("front", "rig", "simulator", _) => true,
        ("front", _, "desk", _) => true,
        ("front", _, "plan", _) => {
            if !types {
                return wrong("a front may name the types of a plan only");
            }
            true
        }
        ("desk", _, "plan" | "back", _) => true,
        ("back", "encoder", "simulator", _) => {
            if module.get(2).map(String::as_str) != Some("simulated") {
                return wrong("only back/encoder/simulated.rs knows the simulator");
            }
            true
        }
        ("back", _, "plan", _) => true,
        ("plan", "job", "plan", room) => room == "messages",
        ("plan", _, "plan", room) => room == "member" || room == "messages",
        _ => false,
    };
    if allowed { None } else { wrong("the design has no such arrow") }
}

/// A floor and a room on it; either may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place<'a> {
    floor: &'a str,
    room: &'a str,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}{}", self.floor, if self.room.is_empty() { "" } else { "/" }, self.room)
    }
}

/// `desk` and `simulator` are one room each; the other floors have rooms.
fn place<'a>(path: &'a [String], rooms: &BTreeSet<[String; 2]>) -> Place<'a> {
    let floor = path.first().map_or("", String::as_str);
    let room = match (floor, path.get(1)) {
        ("front" | "plan" | "back", Some(second)) if rooms.contains(&[floor.to_owned(), second.clone()]) => second,
        _ => "",
    };
    Place { floor: if floor == "*" { "" } else { floor }, room }
}

#[cfg(test)]
mod tests {
    use super::super::paths::{module_of, read};
    use super::*;

    fn rooms() -> BTreeSet<[String; 2]> {
        [
            "plan/job",
            "plan/chip",
            "plan/member",
            "plan/messages",
            "back/store",
            "back/encoder",
            "front/cli",
            "front/web",
            "front/rig",
        ]
        .iter()
        .map(|room| room.split_once('/').map(|(floor, room)| [floor.to_owned(), room.to_owned()]).unwrap())
        .collect()
    }

    /// The complaints about a source that stands in `file`.
    fn complaints(file: &str, text: &str) -> Vec<String> {
        let module = module_of(file);
        let source = read(text, &module).unwrap();
        source.namings.iter().filter_map(|naming| judge(&module, naming, &rooms())).collect()
    }

    #[test]
    fn every_arrow_of_the_design_is_allowed() {
        let table = [
            ("src/front/web/issue.rs", "use crate::desk::issue; use crate::plan::messages::{Lang, Trouble};"),
            ("src/front/web/issue.rs", "use super::pages::Page; use crate::plan::chip::Uid;"),
            ("src/front/cli/serve.rs", "use crate::front::web::serve;"),
            (
                "src/front/rig/mod.rs",
                "use crate::back::encoder::Reader; use crate::simulator::Card; use crate::desk::Desk;",
            ),
            (
                "src/desk/issue.rs",
                "use crate::plan::chip::write; use crate::back::{store::Store, encoder}; use super::Actor;",
            ),
            ("src/desk/mod.rs", "pub use crate::back::{encoder::Feed, store::jobs::Proof};"),
            ("src/back/store/job.rs", "use crate::plan::job::State; use super::Store;"),
            ("src/back/encoder/simulated.rs", "use crate::simulator::Acr122u;"),
            (
                "src/plan/chip/mod.rs",
                "use super::messages::Trouble; use super::member::MemberNumber; use crate::plan::messages;",
            ),
            ("src/plan/job/mod.rs", "use super::messages::Trouble; pub use crate::plan::job::State;"),
            ("src/simulator/mod.rs", "use std::io; pub use classic::Card; fn f(self) {}"),
            ("src/simulator/mod.rs", "use self::classic::Card; mod inner { use super::Card; }"),
            ("src/plan/mod.rs", "pub mod chip; fn f() -> self::chip::Uid { todo!() }"),
            ("src/lib.rs", "pub use crate::desk::Desk;"),
        ];
        for (file, text) in table {
            assert_eq!(complaints(file, text), [""; 0], "{file}: {text}");
        }
    }

    #[test]
    fn every_other_arrow_is_refused() {
        let table = [
            ("src/front/web/issue.rs", "use crate::back::store::Store;"),
            ("src/front/web/issue.rs", "fn f() { crate::plan::chip::write() }"),
            ("src/front/web/issue.rs", "use crate::plan::chip;"),
            ("src/front/web/issue.rs", "use crate::plan::chip::*;"),
            ("src/front/web/issue.rs", "use crate::front::cli::run;"),
            ("src/front/web/issue.rs", "use crate::simulator::Card;"),
            ("src/front/rig/mod.rs", "use crate::back::store::Store;"),
            ("src/front/rig/mod.rs", "use crate::{desk::Desk, back::{encoder::Reader, store::Store}};"),
            ("src/desk/issue.rs", "use crate::front::web::Page;"),
            ("src/desk/issue.rs", "use crate::simulator::Card;"),
            ("src/desk/issue.rs", "pub use crate::back::store;"),
            ("src/desk/issue.rs", "pub use crate::back::store::*;"),
            ("src/back/mod.rs", "pub use crate::back::store::Store;"),
            ("src/desk/mod.rs", "pub(crate) use crate::{back::store::open};"),
            ("src/back/store/job.rs", "use crate::desk::Actor;"),
            ("src/back/store/job.rs", "use crate::back::encoder::Reader;"),
            ("src/back/store/job.rs", "use super::super::encoder::Reader;"),
            ("src/back/store/job.rs", "use crate::simulator::Card;"),
            ("src/back/encoder/mod.rs", "use crate::simulator::Card;"),
            ("src/back/encoder/pcsc/mod.rs", "use crate::simulator::Card;"),
            ("src/plan/chip/mod.rs", "use super::job::Job;"),
            ("src/plan/chip/mod.rs", "use super::*;"),
            ("src/plan/chip/mod.rs", "use crate::plan::Reexported;"),
            ("src/plan/chip/mod.rs", "use crate::back::store::Store;"),
            ("src/plan/chip/mod.rs", "pub use super::member::MemberNumber;"),
            ("src/plan/job/mod.rs", "use super::member::MemberNumber;"),
            ("src/plan/member/number.rs", "use super::super::chip::Uid;"),
            ("src/plan/chip/mod.rs", "use crate as house;"),
            ("src/plan/chip/mod.rs", "use crate::*;"),
            ("src/simulator/mod.rs", "use crate::plan::chip::Uid;"),
            ("src/simulator/classic.rs", "use super::super::plan::chip::Uid;"),
        ];
        for (file, text) in table {
            assert_eq!(complaints(file, text).len(), 1, "{file}: {text}");
        }
    }
}
