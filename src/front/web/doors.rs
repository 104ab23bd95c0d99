//! Which right every address asks for: one line a route, in the order of the map in `mod.rs`, which a test holds beside this one.
//! An address is refused here before its handler runs, and a page asks here before it shows a link or a button. It grants
//! nothing: the desk's use cases ask again. Start at [`DOORS`].

use actix_web::HttpRequest;

use super::clerk::{Clerk, Refusal};
use crate::desk::{Act, Actor, Right};

/// What stands before an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Anybody, logged in or not.
    Open,
    /// Whoever is logged in: their own session, and what is nobody's data.
    Own,
    /// Whose role has the right to it.
    May(Act),
}

use Door::{May, Open, Own};

/// Method, path and door of every route; the first line that fits an address is its own.
pub const DOORS: &[(&str, &str, Door)] = &[
    ("GET", "/", Open),
    ("GET", "/static/{name}", Open),
    ("GET", "/setup/{token}", Open),
    ("POST", "/setup/{token}", Open),
    ("GET", "/setup/{token}/{lang}", Open),
    ("GET", "/login", Open),
    ("POST", "/login", Open),
    ("GET", "/login/{lang}", Open),
    ("GET", "/logout", Own),
    ("POST", "/logout", Own),
    ("GET", "/lang", Own),
    ("POST", "/lang", Own),
    ("GET", "/active", Own),
    ("POST", "/active", Own),
    ("GET", "/clerk", Own),
    ("GET", "/account", May(Act::OwnAccount)),
    ("GET", "/account/password", May(Act::OwnAccount)),
    ("POST", "/account/password", May(Act::OwnAccount)),
    ("GET", "/account/sessions/end", May(Act::OwnAccount)),
    ("POST", "/account/sessions/end", May(Act::OwnAccount)),
    ("GET", "/account/sessions/{id}/end", May(Act::OwnAccount)),
    ("POST", "/account/sessions/{id}/end", May(Act::OwnAccount)),
    ("GET", "/desk", May(Act::ShowDay)),
    ("GET", "/find", May(Act::Find)),
    ("POST", "/find", May(Act::Find)),
    ("GET", "/found/{id}", May(Act::Find)),
    ("GET", "/desk/events", May(Act::Find)),
    ("GET", "/found/card/{id}", May(Act::Find)),
    ("GET", "/found/card/{id}/recover", May(Act::RecoverCard)),
    ("POST", "/found/card/{id}/recover", May(Act::RecoverCard)),
    ("GET", "/found/card/{id}/release", May(Act::ReleaseCard)),
    ("POST", "/found/card/{id}/release", May(Act::ReleaseCard)),
    ("GET", "/desk/card", May(Act::ReadCard)),
    ("POST", "/desk/card", May(Act::ReadCard)),
    ("GET", "/members/{id}/events", May(Act::ShowMember)),
    ("GET", "/work", May(Act::ShowDay)),
    ("GET", "/day", May(Act::ShowDay)),
    ("POST", "/day", May(Act::ShowDay)),
    ("GET", "/day/{id}", May(Act::ShowDay)),
    ("GET", "/close", May(Act::CloseDay)),
    ("POST", "/close", May(Act::CloseDay)),
    ("GET", "/close/counted/{id}", May(Act::CloseDay)),
    ("POST", "/close/counted/{id}", May(Act::CloseDay)),
    ("GET", "/close/closed/{id}", May(Act::CloseDay)),
    ("GET", "/close/closed/{id}/reopen", May(Act::ReopenDay)),
    ("POST", "/close/closed/{id}/reopen", May(Act::ReopenDay)),
    ("GET", "/access", May(Act::ShowAccess)),
    ("POST", "/access", May(Act::ShowAccess)),
    ("GET", "/access/review", May(Act::ReviewAccess)),
    ("POST", "/access/review", May(Act::ReviewAccess)),
    ("GET", "/access/export", May(Act::ExportAccess)),
    ("POST", "/access/export", May(Act::ExportAccess)),
    ("GET", "/access/rights", May(Act::ShowAccess)),
    ("GET", "/access/{id}", May(Act::ShowAccess)),
    ("GET", "/reports", May(Act::ShowReports)),
    ("POST", "/reports", May(Act::ShowReports)),
    ("GET", "/reports/export", May(Act::ExportLedger)),
    ("POST", "/reports/export", May(Act::ExportLedger)),
    ("GET", "/reports/clerks", May(Act::ShowReports)),
    ("GET", "/reports/clerks/{id}", May(Act::ShowReports)),
    ("GET", "/reports/issues", May(Act::ShowReports)),
    ("GET", "/reports/issues/{id}", May(Act::ShowReports)),
    ("GET", "/reports/reissues", May(Act::ShowReports)),
    ("GET", "/reports/reissues/{id}", May(Act::ShowReports)),
    ("GET", "/reports/{id}", May(Act::ShowReports)),
    ("GET", "/jobs", May(Act::ShowDay)),
    ("POST", "/jobs", May(Act::ShowDay)),
    ("GET", "/jobs/found/{id}", May(Act::ShowDay)),
    ("GET", "/enrol", May(Act::Enrol)),
    ("POST", "/enrol", May(Act::Enrol)),
    ("GET", "/enrol/alike", May(Act::Enrol)),
    ("POST", "/enrol/alike", May(Act::Enrol)),
    ("GET", "/enrol/{id}", May(Act::Enrol)),
    ("POST", "/enrol/{id}", May(Act::Enrol)),
    ("GET", "/enrol/{id}/consent", May(Act::Enrol)),
    ("POST", "/enrol/{id}/consent", May(Act::Enrol)),
    ("GET", "/enrol/{id}/card", May(Act::Enrol)),
    ("POST", "/enrol/{id}/card", May(Act::Enrol)),
    ("GET", "/enrol/{id}/card/events", May(Act::Enrol)),
    ("GET", "/enrol/{id}/card.png", May(Act::Enrol)),
    ("GET", "/enrol/{id}/keep", May(Act::Enrol)),
    ("POST", "/enrol/{id}/keep", May(Act::Enrol)),
    ("GET", "/enrol/{id}/leave", May(Act::Enrol)),
    ("POST", "/enrol/{id}/leave", May(Act::Enrol)),
    ("GET", "/import", May(Act::Import)),
    ("POST", "/import", May(Act::Import)),
    ("GET", "/import/{id}", May(Act::Import)),
    ("POST", "/import/{id}", May(Act::Import)),
    ("GET", "/import/{id}/password", May(Act::Import)),
    ("POST", "/import/{id}/password", May(Act::Import)),
    ("GET", "/import/{id}/card", May(Act::Import)),
    ("POST", "/import/{id}/card", May(Act::Import)),
    ("GET", "/import/{id}/keep", May(Act::Import)),
    ("POST", "/import/{id}/keep", May(Act::Import)),
    ("GET", "/import/{id}/leave", May(Act::Import)),
    ("POST", "/import/{id}/leave", May(Act::Import)),
    ("GET", "/members/{id}/convert", May(Act::Convert)),
    ("POST", "/members/{id}/convert", May(Act::Convert)),
    ("GET", "/members/{id}", May(Act::ShowMember)),
    ("GET", "/members/{id}/seen", May(Act::ShowMember)),
    ("POST", "/members/{id}/seen", May(Act::ShowMember)),
    ("GET", "/members/{id}/issue", May(Act::Issue)),
    ("POST", "/members/{id}/issue", May(Act::Issue)),
    ("GET", "/members/{id}/reissue", May(Act::Reissue)),
    ("POST", "/members/{id}/reissue", May(Act::Reissue)),
    ("GET", "/members/{id}/reissue/recover", May(Act::RecoverCard)),
    ("POST", "/members/{id}/reissue/recover", May(Act::RecoverCard)),
    ("GET", "/members/{id}/reissue/recovered", May(Act::RecoverCard)),
    ("GET", "/members/{id}/reissue/told/{told}", May(Act::Reissue)),
    ("GET", "/members/{id}/block", May(Act::BlockCard)),
    ("POST", "/members/{id}/block", May(Act::BlockCard)),
    ("GET", "/members/{id}/release", May(Act::ReleaseCard)),
    ("POST", "/members/{id}/release", May(Act::ReleaseCard)),
    ("GET", "/members/{id}/charges", May(Act::ShowFees)),
    ("GET", "/charges/{id}/pay", May(Act::TakeFee)),
    ("POST", "/charges/{id}/pay", May(Act::TakeFee)),
    ("GET", "/charges/{id}/waive", May(Act::WaiveFee)),
    ("POST", "/charges/{id}/waive", May(Act::WaiveFee)),
    ("GET", "/receipts/{id}", May(Act::PrintReceipt)),
    ("GET", "/receipts/{id}/print", May(Act::PrintReceipt)),
    ("POST", "/receipts/{id}/print", May(Act::PrintReceipt)),
    ("GET", "/charges/{id}/refund", May(Act::RefundFee)),
    ("POST", "/charges/{id}/refund", May(Act::RefundFee)),
    ("GET", "/jobs/{id}/pay", May(Act::TakeFee)),
    ("POST", "/jobs/{id}/pay", May(Act::TakeFee)),
    ("GET", "/jobs/{id}/unpaid", May(Act::HandOverUnpaid)),
    ("POST", "/jobs/{id}/unpaid", May(Act::HandOverUnpaid)),
    ("GET", "/jobs/{id}/old-returned", May(Act::HandOver)),
    ("POST", "/jobs/{id}/old-returned", May(Act::HandOver)),
    ("GET", "/approvals/{id}", Own),
    ("GET", "/members/{id}/edit", May(Act::EditMember)),
    ("POST", "/members/{id}/edit", May(Act::EditMember)),
    ("GET", "/members/{id}/edit/{told}", May(Act::EditMember)),
    ("POST", "/members/{id}/edit/{told}", May(Act::EditMember)),
    ("GET", "/members/{id}/edit/{told}/keep", May(Act::EditMember)),
    ("POST", "/members/{id}/edit/{told}/keep", May(Act::EditMember)),
    ("GET", "/members/{id}/renamed", May(Act::EditMember)),
    ("GET", "/members/{id}/withdraw", May(Act::WithdrawMember)),
    ("POST", "/members/{id}/withdraw", May(Act::WithdrawMember)),
    ("GET", "/members/{id}/history", May(Act::ShowHistory)),
    ("GET", "/jobs/{id}", May(Act::ShowJob)),
    ("GET", "/jobs/{id}/events", May(Act::ShowJob)),
    ("GET", "/jobs/{id}/told/{told}", May(Act::ShowJob)),
    ("GET", "/jobs/{id}/told/{told}/events", May(Act::ShowJob)),
    ("GET", "/jobs/{id}/card.png", May(Act::ShowJob)),
    ("GET", "/jobs/{id}/resume", May(Act::WorkOnJob)),
    ("POST", "/jobs/{id}/resume", May(Act::WorkOnJob)),
    ("GET", "/jobs/{id}/new-card", May(Act::WorkOnJob)),
    ("POST", "/jobs/{id}/new-card", May(Act::WorkOnJob)),
    ("GET", "/jobs/{id}/other-reader", May(Act::WorkOnJob)),
    ("POST", "/jobs/{id}/other-reader", May(Act::WorkOnJob)),
    ("GET", "/jobs/{id}/print", May(Act::WorkOnJob)),
    ("POST", "/jobs/{id}/print", May(Act::WorkOnJob)),
    ("GET", "/jobs/{id}/fate", May(Act::WorkOnJob)),
    ("POST", "/jobs/{id}/fate", May(Act::WorkOnJob)),
    ("GET", "/jobs/{id}/scan", May(Act::HandOver)),
    ("POST", "/jobs/{id}/scan", May(Act::HandOver)),
    ("GET", "/jobs/{id}/slip", May(Act::ShowJob)),
    ("GET", "/jobs/{id}/leave", May(Act::WorkOnJob)),
    ("POST", "/jobs/{id}/leave", May(Act::WorkOnJob)),
    ("GET", "/jobs/{id}/cancel", May(Act::CancelJob)),
    ("POST", "/jobs/{id}/cancel", May(Act::CancelJob)),
    ("GET", "/codes", Own),
    ("POST", "/codes", Own),
    ("GET", "/codes/found/{id}", Own),
    ("GET", "/codes/{code}", Own),
    ("GET", "/staff", May(Act::ShowStaff)),
    ("POST", "/staff", May(Act::ChangeStaff)),
    ("GET", "/staff/{id}/lock", May(Act::ChangeStaff)),
    ("POST", "/staff/{id}/lock", May(Act::ChangeStaff)),
    ("GET", "/staff/{id}/unlock", May(Act::ChangeStaff)),
    ("POST", "/staff/{id}/unlock", May(Act::ChangeStaff)),
    ("GET", "/staff/{id}/reset", May(Act::ChangeStaff)),
    ("POST", "/staff/{id}/reset", May(Act::ChangeStaff)),
    ("GET", "/staff/{id}/role", May(Act::ChangeStaff)),
    ("POST", "/staff/{id}/role", May(Act::ChangeStaff)),
    ("GET", "/staff/{id}/member", May(Act::ChangeStaff)),
    ("POST", "/staff/{id}/member", May(Act::ChangeStaff)),
    ("GET", "/stock", May(Act::ShowStock)),
    ("POST", "/stock", May(Act::ShowStock)),
    ("GET", "/stock/receive", May(Act::ReceiveStock)),
    ("POST", "/stock/receive", May(Act::ReceiveStock)),
    ("GET", "/stock/take", May(Act::TakeStock)),
    ("POST", "/stock/take", May(Act::TakeStock)),
    ("GET", "/stock/open", May(Act::TakeStock)),
    ("POST", "/stock/open", May(Act::TakeStock)),
    ("GET", "/stock/{day}", May(Act::ShowStock)),
    ("GET", "/devices", May(Act::ShowDevices)),
    ("GET", "/devices/events", May(Act::ShowDevices)),
    ("GET", "/doctor", May(Act::Examine)),
    ("GET", "/events", Own),
    ("GET", "/training", May(Act::Practise)),
    ("GET", "/training/anew", May(Act::Practise)),
    ("POST", "/training/anew", May(Act::Practise)),
    ("GET", "/tray", May(Act::Practise)),
    ("POST", "/tray", May(Act::Practise)),
];

/// The door of an address as it stands in a link or a request; `None` where no route leads.
pub fn door(method: &str, address: &str) -> Option<Door> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let fits = |pattern: &str| {
        let (mut wanted, mut found) = (pattern.split('/'), path.split('/'));
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return true,
                (Some(part), Some(given)) if part == given || (part.starts_with('{') && !given.is_empty()) => {}
                _ => return false,
            }
        }
    };
    DOORS.iter().find(|(of, pattern, _)| *of == method && fits(pattern)).map(|(_, _, door)| *door)
}

/// What stands before the address that is asked for.
pub fn door_of(request: &HttpRequest) -> Option<Door> {
    door(request.method().as_str(), request.path())
}

/// Refuses an address to whom the table gives no right to it, before its handler runs.
pub fn admitted(clerk: Clerk, door: Option<Door>) -> Result<Clerk, Refusal> {
    if let Some(May(act)) = door {
        clerk.room.actor().may(act).map_err(|trouble| Refusal::at(&clerk.room, &trouble))?;
    }
    Ok(clerk)
}

/// Whether this actor may open this address, alone or with a signature. What is no route of ours is nobody's to refuse.
pub fn opens(actor: &Actor, method: &str, address: &str) -> bool {
    match door(method, address) {
        Some(May(act)) => actor.right(act) != Right::No,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_door_of_its_own_route() {
        for (method, address, expected) in [
            ("GET", "/members/12", Some(May(Act::ShowMember))),
            ("GET", "/members/12/history?looks=1", Some(May(Act::ShowHistory))),
            ("GET", "/jobs/found/ab", Some(May(Act::ShowDay))),
            ("GET", "/enrol/alike", Some(May(Act::Enrol))),
            ("POST", "/charges/3/waive", Some(May(Act::WaiveFee))),
            ("GET", "/static/desk.css", Some(Open)),
            ("POST", "/desk", None),
            ("GET", "/members/", None),
            ("GET", "/nowhere", None),
            ("GET", "https://evil.example/desk", None),
        ] {
            assert_eq!(door(method, address), expected, "{method} {address}");
        }
    }
}
