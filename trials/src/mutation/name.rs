//! Canonical names: what answers and store keys call a mutation. Each reads back as the mutation it names.

use super::{Alteration, ExonEvent, Mutation, Subject};
use std::fmt;

/// The canonical name, which [`Mutation::read`] reads back as the same mutation.
impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfGene { gene, alteration } => write!(f, "{gene} {alteration}"),
            Self::Fusion {
                five_prime,
                three_prime,
                ..
            } => write!(f, "{five_prime}::{three_prime} fusion"),
            Self::OfFamily { family, alteration } => write!(f, "{family} {alteration}"),
            Self::Signature(signature) => write!(f, "{signature}"),
        }
    }
}

/// The alteration without its gene, as it stands in the canonical name: `L858R`, `exon 19 deletion`, `ITD`.
impl fmt::Display for Alteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Substitution { from, position, to } => write!(f, "{from}{position}{to}"),
            Self::Frameshift { from, position } => write!(f, "{from}{position}fs"),
            Self::Codon { from, position } => write!(f, "{from}{position}"),
            Self::InFrame { hgvs, .. } => f.write_str(hgvs),
            Self::CodingDna(change) => f.write_str(change),
            Self::Exon { exon, event } => write!(f, "exon {exon} {event}"),
            Self::Amplification => f.write_str("amplification"),
            Self::Loss => f.write_str("loss"),
            Self::Overexpression => f.write_str("overexpression"),
            Self::Fusion => f.write_str("fusion"),
            Self::InternalTandemDuplication => f.write_str("ITD"),
            Self::TyrosineKinaseDomain => f.write_str("TKD"),
            Self::Promoter => f.write_str("promoter mutation"),
            Self::PromoterMethylation => f.write_str("promoter methylation"),
            Self::Class(class) => write!(f, "{class}"),
            Self::Truncating => f.write_str("truncating mutation"),
            Self::Splice => f.write_str("splice mutation"),
            Self::Any => f.write_str("mutation"),
        }
    }
}

impl fmt::Display for ExonEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deletion => "deletion",
            Self::Insertion => "insertion",
            Self::Mutation => "mutation",
            Self::Skipping => "skipping",
        })
    }
}

/// `EGFR`, `MSI-H`: as it stands in a store key after `gene:` or `signature:`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gene(gene) => write!(f, "{gene}"),
            Self::Signature(signature) => write!(f, "{signature}"),
        }
    }
}
