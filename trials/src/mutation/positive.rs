//! What "positive" means of a gene, where a report says no more.

use super::Alteration;
use super::words::Trouble;
use crate::gene::Gene;

/// HER2-positive is immunohistochemistry 3+ or amplification by in-situ hybridisation (ASCO/CAP guideline 2018), one
/// group for every drug and trial that asks for it; amplification is the alteration behind both. ALK-, ROS1-, RET- and
/// NTRK-positive are fusions. Of genes whose protein is stained for, or that are fused, amplified and mutated alike,
/// the word decides nothing.
pub(super) fn of(gene: Option<Gene>) -> Result<Alteration, Trouble> {
    match gene.map(Gene::symbol) {
        Some("ERBB2") => Ok(Alteration::Amplification),
        Some("ALK" | "ROS1" | "RET" | "NTRK1" | "NTRK2" | "NTRK3") => Ok(Alteration::Fusion),
        Some(
            "MET" | "CD274" | "ESR1" | "PGR" | "AR" | "CLDN18" | "TACSTD2" | "FOLR1" | "NECTIN4" | "FGFR1" | "FGFR2"
            | "FGFR3" | "FGFR4" | "DLL3" | "MSLN" | "TNFRSF17" | "FOLH1" | "CD276" | "VTCN1" | "CEACAM5" | "GPC3"
            | "CD19" | "MS4A1" | "CD22" | "CD33" | "CD38" | "TNFRSF8" | "ERBB3" | "CDKN2A",
        ) => Err(Trouble::PositiveForWhat),
        _ => Ok(Alteration::Any),
    }
}
