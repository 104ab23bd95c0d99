//! The job's own table: which event leads from which states to which. It never looks at a card or a number.
//! Start at [`next`]; [`TABLE`] is the whole truth and `graph.rs` draws it.

use crate::plan::messages::Trouble;

use super::refused;

/// Where a job stands. Only `handed-over` counts as issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Asked for, the number reserved; nothing has touched a card.
    Planned,
    /// The intent is recorded: writes that cannot be undone may have happened on a known card.
    Encoding,
    /// The chip was read back and is write-protected.
    Locked,
    /// The protection was tried and held.
    Proven,
    /// A print was asked for, or is to be asked for again after `not-out`.
    Printing,
    /// Sent to the printer, fate unknown. Never prints again by itself.
    PrintInDoubt,
    /// Chip and print are done; the three readings are outstanding.
    Ready,
    HandedOver,
    /// Stopped; the store keeps the state it stopped in beside this one.
    Failed,
    Cancelled,
}
kebab!(JobState {
    Planned = "planned",
    Encoding = "encoding",
    Locked = "locked",
    Proven = "proven",
    Printing = "printing",
    PrintInDoubt = "print-in-doubt",
    Ready = "ready",
    HandedOver = "handed-over",
    Failed = "failed",
    Cancelled = "cancelled",
});

impl JobState {
    /// What `job list --open` lists: everything but handed-over and cancelled.
    pub fn is_open(self) -> bool {
        !matches!(self, JobState::HandedOver | JobState::Cancelled)
    }
}

/// What the member gets. `rfid`: chip and bar code; `barcode`: no chip; `sticker`: on a card the member holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardKind {
    Rfid,
    Barcode,
    Sticker,
}
kebab!(CardKind { Rfid = "rfid", Barcode = "barcode", Sticker = "sticker" });

/// The steps the page and `job list` show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    Card,
    Write,
    ReadBack,
    Lock,
    Proof,
    Print,
    Check,
    HandOver,
}
kebab!(Step {
    Card = "card",
    Write = "write",
    ReadBack = "read-back",
    Lock = "lock",
    Proof = "proof",
    Print = "print",
    Check = "check",
    HandOver = "hand-over",
});

/// What happens to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobEvent {
    /// A card was found and all writes that cannot be undone are named, before the first; again when the same card is taken
    /// up again, and when the proof of a locked one finds that it does not hold what it should.
    Intent,
    /// Read back and write-protected: the fact after verification.
    Locked,
    /// The protection was tried and held.
    Proven,
    /// The print is about to be sent. From `printing` only after `not-out`, or to a spool, which is never in doubt: that call is the desk's.
    Print,
    /// The printer is known to have put the card out.
    Printed,
    /// Sent, and nobody can tell whether a card came out.
    InDoubt,
    /// The clerk holds the printed card after all.
    Out,
    /// Nothing came out: the clerk says so, or the printer refused the print before taking it.
    NotOut,
    /// The card or its print is no use: same number, next sequence, a new blank.
    Spoiled,
    /// Three readings agree: chip, print, member.
    HandOver,
    /// The step cannot go on now. The store keeps where the job stood. A job in doubt or ready has no step that could fail.
    Fail,
    /// Goes on where it stood: the state that the store kept at `Fail`.
    Resume(JobState),
    /// Given up. What becomes of card and number is the desk's.
    Cancel,
}

impl JobEvent {
    /// Every event; `Resume` once for each state.
    pub fn all() -> impl Iterator<Item = JobEvent> {
        use JobEvent::*;
        let plain = [Intent, Locked, Proven, Print, Printed, InDoubt, Out, NotOut, Spoiled, HandOver, Fail, Cancel];
        plain.into_iter().chain(JobState::ALL.iter().map(|stood| Resume(*stood)))
    }

    /// The kebab-case name, as in the journal and in `job-state`.
    pub fn as_str(self) -> &'static str {
        match self {
            JobEvent::Intent => "intent",
            JobEvent::Locked => "locked",
            JobEvent::Proven => "proven",
            JobEvent::Print => "print",
            JobEvent::Printed => "printed",
            JobEvent::InDoubt => "in-doubt",
            JobEvent::Out => "out",
            JobEvent::NotOut => "not-out",
            JobEvent::Spoiled => "spoiled",
            JobEvent::HandOver => "hand-over",
            JobEvent::Fail => "fail",
            JobEvent::Resume(_) => "resume",
            JobEvent::Cancel => "cancel",
        }
    }
}

/// The state after `event`, or `job-state` naming the state and the event that may not meet.
pub fn next(kind: CardKind, state: JobState, event: JobEvent) -> Result<JobState, Trouble> {
    TABLE
        .iter()
        .find(|rule| rule.event == event && rule.kinds.contains(&kind) && rule.from.contains(&state))
        .map(|rule| rule.to)
        .ok_or_else(|| refused("job-state", state.as_str(), event.as_str()))
}

/// The step that a job in this state comes to next; `None` when it is failed (ask for the state it stood in) or cancelled.
/// Between `write` and `lock` the encoder's marks say more than the state does.
pub fn step(kind: CardKind, state: JobState) -> Option<Step> {
    match state {
        JobState::Planned if kind == CardKind::Rfid => Some(Step::Card),
        JobState::Encoding => Some(Step::Write),
        JobState::Locked => Some(Step::Proof),
        JobState::Planned | JobState::Proven | JobState::Printing | JobState::PrintInDoubt => Some(Step::Print),
        JobState::Ready => Some(Step::Check),
        JobState::HandedOver => Some(Step::HandOver),
        JobState::Failed | JobState::Cancelled => None,
    }
}

/// The steps of a kind of card, in order. Without a chip there are three.
pub fn steps(kind: CardKind) -> &'static [Step] {
    match kind {
        CardKind::Rfid => Step::ALL,
        CardKind::Barcode | CardKind::Sticker => &[Step::Print, Step::Check, Step::HandOver],
    }
}

/// One line of the table: `event` leads from any of `from` to `to`, for these kinds of card.
pub(super) struct Rule {
    pub event: JobEvent,
    pub kinds: &'static [CardKind],
    pub from: &'static [JobState],
    pub to: JobState,
}

const ANY: &[CardKind] = CardKind::ALL;
const CHIP: &[CardKind] = &[CardKind::Rfid];
const NO_CHIP: &[CardKind] = &[CardKind::Barcode, CardKind::Sticker];

const fn rule(event: JobEvent, kinds: &'static [CardKind], from: &'static [JobState], to: JobState) -> Rule {
    Rule { event, kinds, from, to }
}

/// Every transition there is, with the states it may start from.
pub(super) const TABLE: &[Rule] = {
    use JobEvent as E;
    use JobState::*;
    &[
        rule(E::Intent, CHIP, &[Planned, Encoding, Locked], Encoding),
        rule(E::Locked, CHIP, &[Encoding], Locked),
        rule(E::Proven, CHIP, &[Locked], Proven),
        rule(E::Print, CHIP, &[Proven, Printing], Printing),
        rule(E::Print, NO_CHIP, &[Planned, Printing], Printing),
        rule(E::Printed, ANY, &[Printing], Ready),
        rule(E::InDoubt, ANY, &[Printing], PrintInDoubt),
        rule(E::Out, ANY, &[PrintInDoubt], Ready),
        rule(E::NotOut, ANY, &[Printing, PrintInDoubt], Printing),
        rule(E::Spoiled, CHIP, &[Encoding, Locked, Proven, Printing, PrintInDoubt, Ready], Planned),
        rule(E::Spoiled, NO_CHIP, &[Printing, PrintInDoubt, Ready], Planned),
        rule(E::HandOver, ANY, &[Ready], HandedOver),
        rule(E::Fail, CHIP, &[Planned, Encoding, Locked, Proven, Printing], Failed),
        rule(E::Fail, NO_CHIP, &[Planned, Printing], Failed),
        rule(E::Resume(Planned), ANY, &[Failed], Planned),
        rule(E::Resume(Encoding), CHIP, &[Failed], Encoding),
        rule(E::Resume(Locked), CHIP, &[Failed], Locked),
        rule(E::Resume(Proven), CHIP, &[Failed], Proven),
        rule(E::Resume(Printing), ANY, &[Failed], Printing),
        rule(E::Cancel, ANY, &[Planned, Encoding, Locked, Proven, Printing, PrintInDoubt, Ready, Failed], Cancelled),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    /// All that may happen, written out by hand: state, event, where it leads with a chip, where without one.
    /// What is not here must be refused.
    const EXPECTED: &[(&str, &str, &str, &str)] = &[
        ("planned", "intent", "encoding", "-"),
        ("planned", "print", "-", "printing"),
        ("planned", "fail", "failed", "failed"),
        ("planned", "cancel", "cancelled", "cancelled"),
        ("encoding", "intent", "encoding", "-"),
        ("encoding", "locked", "locked", "-"),
        ("encoding", "spoiled", "planned", "-"),
        ("encoding", "fail", "failed", "-"),
        ("encoding", "cancel", "cancelled", "cancelled"),
        ("locked", "intent", "encoding", "-"),
        ("locked", "proven", "proven", "-"),
        ("locked", "spoiled", "planned", "-"),
        ("locked", "fail", "failed", "-"),
        ("locked", "cancel", "cancelled", "cancelled"),
        ("proven", "print", "printing", "-"),
        ("proven", "spoiled", "planned", "-"),
        ("proven", "fail", "failed", "-"),
        ("proven", "cancel", "cancelled", "cancelled"),
        ("printing", "print", "printing", "printing"),
        ("printing", "printed", "ready", "ready"),
        ("printing", "in-doubt", "print-in-doubt", "print-in-doubt"),
        ("printing", "not-out", "printing", "printing"),
        ("printing", "spoiled", "planned", "planned"),
        ("printing", "fail", "failed", "failed"),
        ("printing", "cancel", "cancelled", "cancelled"),
        ("print-in-doubt", "out", "ready", "ready"),
        ("print-in-doubt", "not-out", "printing", "printing"),
        ("print-in-doubt", "spoiled", "planned", "planned"),
        ("print-in-doubt", "cancel", "cancelled", "cancelled"),
        ("ready", "hand-over", "handed-over", "handed-over"),
        ("ready", "spoiled", "planned", "planned"),
        ("ready", "cancel", "cancelled", "cancelled"),
        ("failed", "resume planned", "planned", "planned"),
        ("failed", "resume encoding", "encoding", "-"),
        ("failed", "resume locked", "locked", "-"),
        ("failed", "resume proven", "proven", "-"),
        ("failed", "resume printing", "printing", "printing"),
        ("failed", "cancel", "cancelled", "cancelled"),
    ];

    fn spelled(event: JobEvent) -> String {
        match event {
            JobEvent::Resume(stood) => format!("resume {stood}"),
            plain => plain.as_str().to_owned(),
        }
    }

    #[test]
    fn every_pair_of_state_and_event_is_as_the_table_says() {
        let mut met = 0;
        for kind in CardKind::ALL {
            for state in JobState::ALL {
                for event in JobEvent::all() {
                    let row = EXPECTED.iter().find(|row| row.0 == state.as_str() && row.1 == spelled(event));
                    met += usize::from(row.is_some() && *kind == CardKind::Rfid);
                    let to = row.map_or("-", |row| if *kind == CardKind::Rfid { row.2 } else { row.3 });
                    let refusal = Trouble::new("job-state").with("state", state.as_str()).with("event", event.as_str());
                    let expected = JobState::parse(to).ok_or(refusal);
                    assert_eq!(next(*kind, *state, event), expected, "{kind}: {state} + {}", spelled(event));
                }
            }
        }
        assert_eq!(met, EXPECTED.len(), "a row of the expected table names no pair");
    }

    #[test]
    fn no_two_rules_answer_the_same_question() {
        for kind in CardKind::ALL {
            for state in JobState::ALL {
                for event in JobEvent::all() {
                    let answers = TABLE
                        .iter()
                        .filter(|r| r.event == event && r.kinds.contains(kind) && r.from.contains(state))
                        .count();
                    assert!(answers <= 1, "{kind}: {state} + {}", spelled(event));
                }
            }
        }
    }

    #[test]
    fn a_failed_job_returns_to_every_state_it_can_fail_in() {
        for kind in CardKind::ALL {
            for stood in JobState::ALL {
                let fails = next(*kind, *stood, JobEvent::Fail).is_ok();
                let returns = next(*kind, JobState::Failed, JobEvent::Resume(*stood)).is_ok();
                // A barcode job may be told to return to planned or printing, and fails in no other.
                assert_eq!(fails, returns, "{kind}: {stood}");
            }
        }
    }

    #[test]
    fn the_contract_names_states_steps_and_kinds() {
        let states = "planned encoding locked proven printing print-in-doubt ready handed-over failed cancelled";
        assert_eq!(JobState::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" "), states);
        let names = "card write read-back lock proof print check hand-over";
        assert_eq!(Step::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" "), names);
        assert_eq!(CardKind::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" "), "rfid barcode sticker");
        for state in JobState::ALL {
            assert_eq!(JobState::parse(state.as_str()), Some(*state));
        }
    }

    #[test]
    fn a_step_shown_is_one_of_its_kind() {
        for kind in CardKind::ALL {
            for state in JobState::ALL {
                // States a kind never reaches are not asked for.
                let reachable = *kind == CardKind::Rfid
                    || !matches!(state, JobState::Encoding | JobState::Locked | JobState::Proven);
                if let (Some(step), true) = (step(*kind, *state), reachable) {
                    assert!(steps(*kind).contains(&step), "{kind}: {state} → {step}");
                }
            }
        }
        assert_eq!(step(CardKind::Barcode, JobState::Planned), Some(Step::Print));
        assert_eq!(step(CardKind::Rfid, JobState::Planned), Some(Step::Card));
    }
}
