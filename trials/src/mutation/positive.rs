//! What "positive" means of a gene, where a report says no more.

use super::Alteration;
use super::words::Trouble;
use crate::gene::Gene;

/// HER2-positive is immunohistochemistry 3+ or amplification by in-situ hybridisation (ASCO/CAP guideline 2018), one
/// group for every drug and trial that asks for it; amplification is the alteration behind both. ALK-, ROS1-, RET- and
/// NTRK-positive are fusions. Of genes whose protein is stained for, or that are fused, amplified and mutated alike, the
/// word decides nothing; nor of HR, where it means the hormone receptors.
pub(super) fn of(gene: Option<Gene>) -> Result<Alteration, Trouble> {
    match gene.map(Gene::symbol) {
        Some("ERBB2") => Ok(Alteration::Amplification),
        Some("ALK" | "ROS1" | "RET" | "NTRK1" | "NTRK2" | "NTRK3") => Ok(Alteration::Fusion),
        Some("MET" | "ESR1" | "AR" | "FGFR1" | "FGFR2" | "FGFR3" | "FGFR4" | "ERBB3" | "CDKN2A" | "HR") => {
            Err(Trouble::PositiveForWhat)
        }
        _ => of_a_bare_name(gene),
    }
}

/// What the name of a gene says alone: that it is altered, but of a protein that is only ever stained for nothing.
pub(super) fn of_a_bare_name(gene: Option<Gene>) -> Result<Alteration, Trouble> {
    match gene {
        Some(gene) if is_stained_for(gene) => Err(Trouble::PositiveForWhat),
        _ => Ok(Alteration::Any),
    }
}

/// Whether what is found of a gene is its protein on the cell, and no mutation.
pub(super) fn is_stained_for(gene: Gene) -> bool {
    STAINED_FOR.contains(&gene.symbol())
}

/// Targets of antibodies and cell therapies whose finding is the protein on the cell, as the labels of those ask for it.
const STAINED_FOR: [&str; 20] = [
    "CD19", "CD22", "CD274", "CD276", "CD33", "CD38", "CEACAM5", "CLDN18", "DLL3", "FOLH1", "FOLR1", "GPC3", "MS4A1",
    "MSLN", "NECTIN4", "PGR", "TACSTD2", "TNFRSF17", "TNFRSF8", "VTCN1",
];
