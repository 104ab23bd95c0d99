//! The attacks on the pages of a finished Type 2 chip. Start at [`PageProof`].

use super::goal::PageGoal;
use crate::plan::chip::proof::ProofLevel;

#[derive(Debug, Clone)]
pub struct PageProof {}

impl PageProof {
    pub(in crate::plan::chip) fn new(_goal: &PageGoal, _level: ProofLevel) -> PageProof {
        PageProof {}
    }
}
