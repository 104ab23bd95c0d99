//! Draws the job's table as Mermaid text for the README. It never adds an edge of its own.
//! Start at [`graph`].

use super::JobState;
use super::life::TABLE;

/// The Mermaid state diagram of the job, one line an edge, exactly what the table lists. The README holds it
/// between `<!-- job-graph -->` and `<!-- /job-graph -->`.
pub fn graph() -> String {
    let mut text = String::from("stateDiagram-v2\n");
    for state in JobState::ALL.iter().filter(|state| id(**state) != state.as_str()) {
        text += &format!("    state \"{state}\" as {}\n", id(*state));
    }
    text += &format!("    [*] --> {}\n", id(JobState::Planned));
    for from in JobState::ALL {
        for to in JobState::ALL {
            let mut names: Vec<&str> = TABLE
                .iter()
                .filter(|rule| rule.to == *to && rule.from.contains(from))
                .map(|rule| rule.event.as_str())
                .collect();
            names.dedup();
            if !names.is_empty() {
                text += &format!("    {} --> {}: {}\n", id(*from), id(*to), names.join(", "));
            }
        }
    }
    for state in JobState::ALL.iter().filter(|state| !state.is_open()) {
        text += &format!("    {} --> [*]\n", id(*state));
    }
    text
}

/// Mermaid takes no hyphen in the id of a state.
fn id(state: JobState) -> String {
    state.as_str().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::super::{CardKind, JobEvent, next};
    use super::*;

    #[test]
    fn draws_every_transition_and_no_other() {
        let drawn = graph();
        for from in JobState::ALL {
            for to in JobState::ALL {
                let possible =
                    CardKind::ALL.iter().any(|kind| JobEvent::all().any(|event| next(*kind, *from, event) == Ok(*to)));
                let edge = format!("    {} --> {}: ", id(*from), id(*to));
                assert_eq!(drawn.contains(&edge), possible, "{from} → {to}");
            }
        }
    }

    #[test]
    fn ids_have_no_hyphen() {
        assert!(graph().contains("state \"print-in-doubt\" as print_in_doubt"));
        assert!(!graph().replace("-->", "").lines().any(|line| line.starts_with("    print-in-doubt")));
    }
}
