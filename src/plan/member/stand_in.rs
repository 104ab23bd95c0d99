//! Who may stand in for somebody: anyone but themselves. It never looks at documents and never asks for an age.
//! Start at [`another_stands_in`].

use super::{Guardian, MemberKind, PersonName};
use crate::plan::messages::Trouble;

/// Nobody consents in their own place: `guardian-self` when guardian and child have one name. Of a group's representative
/// that is no rule.
pub fn another_stands_in(kind: MemberKind, name: &PersonName, guardian: Option<&Guardian>) -> Result<(), Trouble> {
    match guardian {
        Some(guardian) if kind != MemberKind::Group && guardian.name.key() == name.key() => {
            Err(Trouble::new("guardian-self"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::member::Identity;

    #[test]
    fn nobody_consents_in_their_own_place() {
        let name = |text: &str| PersonName::parse(text).unwrap();
        let guardian = |text: &str| Guardian { name: name(text), identity: Identity::Passport };
        for (kind, child, other, refused) in [
            (MemberKind::Child, "이아이", "이아이", true),
            (MemberKind::Foreigner, "Ana Li", "ana  li", true),
            (MemberKind::Child, "이아이", "이어른", false),
            (MemberKind::Group, "이아이", "이아이", false),
        ] {
            let got = another_stands_in(kind, &name(child), Some(&guardian(other)));
            assert_eq!(got.is_err_and(|trouble| trouble.code == "guardian-self"), refused, "{kind} {child} {other}");
        }
        assert_eq!(another_stands_in(MemberKind::Child, &name("이아이"), None), Ok(()));
    }
}
