//! Phrases by which a record is a candidate though it doesn't name the gene: groups of genes, and signatures.
//!
//! One table (`class/groups.tsv`), for what is asked of the registry and for what is read in its answer. A capital of a
//! phrase is looked for as a capital, a small letter in either case.

use crate::class::groups;
use crate::mutation::{Signature, Subject};

/// Every phrase that names the subject as one of many, or a signature.
pub(super) fn phrases(subject: Subject) -> impl Iterator<Item = &'static str> {
    groups::of(subject)
        .flat_map(|group| group.phrases.iter().copied())
        .chain(of_signature(subject).iter().copied())
}

/// What is asked of the registry, so that every record with one of the phrases is brought.
pub(super) fn sought(subject: Subject) -> impl Iterator<Item = &'static str> {
    groups::of(subject)
        .flat_map(|group| {
            if group.sought.is_empty() {
                &group.phrases
            } else {
                &group.sought
            }
        })
        .copied()
        .chain(of_signature(subject).iter().copied())
}

fn of_signature(subject: Subject) -> &'static [&'static str] {
    match subject {
        Subject::Gene(_) => &[],
        Subject::Signature(Signature::MsiHigh) => &[
            "MSI",
            "MSI-H",
            "MSIH",
            "microsatellite instability",
            "microsatellite unstable",
            "microsatellite instable",
            "dMMR",
            "mismatch repair",
        ],
        Subject::Signature(Signature::MismatchRepairDeficient) => &[
            "dMMR",
            "MMRd",
            "MMR deficient",
            "MMR-D",
            "mismatch repair",
            "MSI-H",
            "microsatellite instability",
        ],
        Subject::Signature(Signature::TmbHigh) => &[
            "TMB",
            "TMB-H",
            "mutational burden",
            "mutation burden",
            "mutational load",
            "hypermutated",
        ],
        Subject::Signature(Signature::Hrd) => {
            &["HRD", "HRR", "homologous recombination", "BRCA", "genomic instability"]
        }
        Subject::Signature(Signature::Codeletion1p19q) => &["1p/19q", "1p19q", "1p and 19q", "1p 19q"],
        Subject::Signature(Signature::Trisomy12) => &["trisomy 12", "trisomy of chromosome 12"],
    }
}
