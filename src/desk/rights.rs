//! Who may do what: one table of the desk's use cases, asked by each of them before anything else. A front asks the same table
//! to show nobody a button that they may not press. Start at [`Act`], and at [`Actor::may`].

use super::{Actor, Role};
use crate::plan::kebab;
use crate::plan::messages::Trouble;

/// A use case, or several that are one right: what a library would let somebody do or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    Find,
    ShowMember,
    ShowHistory,
    Enrol,
    EditMember,
    WithdrawMember,
    Import,
    Issue,
    Convert,
    Reissue,
    ReissueFree,
    ReissueEarly,
    ReissueBeyond,
    BlockCard,
    ReleaseCard,
    ReadCard,
    RecoverCard,
    BlankCard,
    ShowJob,
    WorkOnJob,
    CancelJob,
    HandOver,
    HandOverUnpaid,
    ShowFees,
    TakeFee,
    WaiveFee,
    RefundFee,
    PrintReceipt,
    GiveUpCard,
    ShowDay,
    CloseDay,
    ReopenDay,
    ShowLedger,
    Preview,
    ShowDevices,
    Examine,
    Practise,
    ShowKeys,
    RotateKeys,
    OwnAccount,
    ShowStaff,
    ChangeStaff,
    Approve,
    ShowAccess,
    ReviewAccess,
    ExportAccess,
    ShowExposure,
    VerifyAudit,
    ShowStock,
    TakeStock,
    ReceiveStock,
    FaultStock,
    ShowReports,
    ExportLedger,
}

kebab!(Act {
    Find = "find",
    ShowMember = "show-member",
    ShowHistory = "show-history",
    Enrol = "enrol",
    EditMember = "edit-member",
    WithdrawMember = "withdraw-member",
    Import = "import",
    Issue = "issue",
    Convert = "convert",
    Reissue = "reissue",
    ReissueFree = "reissue-free",
    ReissueEarly = "reissue-early",
    ReissueBeyond = "reissue-beyond",
    BlockCard = "block-card",
    ReleaseCard = "release-card",
    ReadCard = "read-card",
    RecoverCard = "recover-card",
    BlankCard = "blank-card",
    ShowJob = "show-job",
    WorkOnJob = "work-on-job",
    CancelJob = "cancel-job",
    HandOver = "hand-over",
    HandOverUnpaid = "hand-over-unpaid",
    ShowFees = "show-fees",
    TakeFee = "take-fee",
    WaiveFee = "waive-fee",
    RefundFee = "refund-fee",
    PrintReceipt = "print-receipt",
    GiveUpCard = "give-up-card",
    ShowDay = "show-day",
    CloseDay = "close-day",
    ReopenDay = "reopen-day",
    ShowLedger = "show-ledger",
    Preview = "preview",
    ShowDevices = "show-devices",
    Examine = "examine",
    Practise = "practise",
    ShowKeys = "show-keys",
    RotateKeys = "rotate-keys",
    OwnAccount = "own-account",
    ShowStaff = "show-staff",
    ChangeStaff = "change-staff",
    Approve = "approve",
    ShowAccess = "show-access",
    ReviewAccess = "review-access",
    ExportAccess = "export-access",
    ShowExposure = "show-exposure",
    VerifyAudit = "verify-audit",
    ShowStock = "show-stock",
    TakeStock = "take-stock",
    ReceiveStock = "receive-stock",
    FaultStock = "fault-stock",
    ShowReports = "show-reports",
    ExportLedger = "export-ledger",
});

/// What a role may do with a use case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    Yes,
    /// With a second person's signature for this one time.
    WithApproval,
    No,
}

/// How a use case is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// This role and those above it.
    From(Role),
    /// This role and those above it do it alone, everybody below with the signature of one of them.
    Signed(Role),
}

impl Act {
    /// The table. It has no other case, so a use case without a line does not build.
    const fn guard(self) -> Guard {
        use Act::*;
        use Guard::{From, Signed};
        use Role::{Administrator, Clerk, Manager};
        match self {
            Find | ShowMember | ShowHistory | Enrol | EditMember | WithdrawMember | Import => From(Clerk),
            Issue | Convert | Reissue | BlockCard | ReleaseCard => From(Clerk),
            ReadCard | RecoverCard | BlankCard => From(Clerk),
            ShowJob | WorkOnJob | CancelJob | HandOver => From(Clerk),
            HandOverUnpaid | WaiveFee | RefundFee | GiveUpCard => Signed(Manager),
            ReissueFree | ReissueEarly | ReissueBeyond => Signed(Manager),
            ShowFees | TakeFee | PrintReceipt | ShowDay | CloseDay => From(Clerk),
            Preview | ShowDevices | Examine | Practise | OwnAccount => From(Clerk),
            ShowKeys | ShowStaff | Approve | ReopenDay | ShowLedger => From(Manager),
            ShowAccess | ReviewAccess | ExportAccess | ShowExposure | VerifyAudit => From(Manager),
            ShowStock | TakeStock => From(Clerk),
            ReceiveStock | FaultStock => From(Manager),
            ShowReports | ExportLedger => From(Manager),
            RotateKeys | ChangeStaff => From(Administrator),
        }
    }

    /// The least role that does it alone.
    pub const fn least(self) -> Role {
        match self.guard() {
            Guard::From(role) | Guard::Signed(role) => role,
        }
    }

    pub fn right_of(self, role: Role) -> Right {
        match self.guard() {
            Guard::From(least) | Guard::Signed(least) if role >= least => Right::Yes,
            Guard::Signed(_) => Right::WithApproval,
            Guard::From(_) => Right::No,
        }
    }
}

impl Actor {
    /// What this actor's role may do with it, for whoever shows a button.
    pub fn right(&self, act: Act) -> Right {
        act.right_of(self.role)
    }

    /// `not-allowed` when the role does not reach, and no signature would help. Acts that want one ask for it by themselves.
    pub fn may(&self, act: Act) -> Result<(), Trouble> {
        match self.right(act) {
            Right::Yes | Right::WithApproval => Ok(()),
            Right::No => Err(Trouble::new("not-allowed").with("role", act.least().as_str())),
        }
    }
}
