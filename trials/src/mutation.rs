//! A mutation as a tumour report means it: one canonical name for every spelling.
//!
//! Two spellings of one alteration are equal values here, so they share one key in every cache and get one answer.
//! What cannot be read is refused with a hint; nothing is guessed.

mod agreement;
mod chromosome;
mod coding;
pub(crate) mod disease;
mod family;
mod fusion;
mod name;
mod notation;
mod phrases;
mod positive;
mod protein;
mod reading;
mod share;
mod spellings;
mod unread;
mod words;

pub(crate) use protein::AMINO_ACIDS;
pub use unread::UnreadMutation;

use crate::class::Class;
use crate::gene::Gene;

/// One alteration of one gene, a fusion, a family's alteration, or a signature of the whole tumour.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mutation {
    /// An alteration of one gene: `EGFR L858R`, `ERBB2 amplification`, `BRCA1 mutation`, `ALK fusion` (partner unknown).
    OfGene {
        /// The altered gene.
        gene: Gene,
        /// What happened to it.
        alteration: Alteration,
    },
    /// A fusion with both partners known, in the order written 5′ to 3′ (HGVS `EML4::ALK`).
    Fusion {
        /// The 5′ partner.
        five_prime: Gene,
        /// The 3′ partner.
        three_prime: Gene,
        /// Which of the two the fusion is filed under: the kinase partner, without one the partner named first.
        gene: Gene,
    },
    /// Any member of a family: `NTRK fusion`, `RAS mutation`, `BRCA mutation`.
    OfFamily {
        /// The family.
        family: Family,
        /// What happened to one of its members ([`Alteration::Fusion`] or [`Alteration::Any`]).
        alteration: Alteration,
    },
    /// A property of the whole tumour.
    Signature(Signature),
}

/// What happened to a gene.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Alteration {
    /// One amino acid for another: `L858R`; for a stop, `R130*`. Letters are one-letter codes.
    Substitution {
        /// The reference amino acid.
        from: char,
        /// The codon.
        position: u32,
        /// The new amino acid, or `*`.
        to: char,
    },
    /// The reading frame shifts from this codon on: `R213fs`.
    Frameshift {
        /// The reference amino acid.
        from: char,
        /// The codon.
        position: u32,
    },
    /// Any change of one codon: `KRAS G12`, `BRAF V600`.
    Codon {
        /// The reference amino acid.
        from: char,
        /// The codon.
        position: u32,
    },
    /// A deletion, insertion, duplication or delins of residues, in one-letter HGVS without `p.`: `E746_A750del`, `A767_V769dup`.
    InFrame {
        /// The change as written canonically.
        hgvs: Box<str>,
        /// The first codon touched.
        start: u32,
        /// The last codon touched.
        end: u32,
        /// Whether residues were lost, gained, or both.
        event: ExonEvent,
    },
    /// A coding-DNA change that the table of known changes doesn't lead to a protein change: `c.68_69delAG`.
    CodingDna(Box<str>),
    /// Something happened in an exon: `exon 19 deletion`, `exon 20 insertion`, `exon 11 mutation`, `exon 14 skipping`.
    Exon {
        /// The exon's number.
        exon: u8,
        /// What happened there.
        event: ExonEvent,
    },
    /// More copies of the gene.
    Amplification,
    /// The gene or its function is lost: deletion, homozygous deletion, deficiency, null.
    Loss,
    /// More of the protein, which is not the same as more copies of the gene.
    Overexpression,
    /// A fusion or rearrangement whose partner isn't known.
    Fusion,
    /// An internal tandem duplication (FLT3).
    InternalTandemDuplication,
    /// A change in the tyrosine-kinase domain (FLT3).
    TyrosineKinaseDomain,
    /// A change in the promoter (TERT).
    Promoter,
    /// The promoter is methylated and the gene silent (MGMT).
    PromoterMethylation,
    /// Any truncating change.
    Truncating,
    /// Any change that disrupts splicing and isn't a known exon's skipping.
    Splice,
    /// A class of the gene's alterations: `sensitizing mutation`, `class II mutation`, `low`.
    Class(Class),
    /// Gene-level: the report says no more than that the gene is mutated.
    Any,
}

/// What happened in an exon, or to a run of residues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExonEvent {
    /// Residues are lost.
    Deletion,
    /// Residues are gained (a duplication is an insertion).
    Insertion,
    /// Residues are lost and others gained, or the event isn't said.
    Mutation,
    /// The exon is left out of the transcript.
    Skipping,
}

/// A family of genes that reports and records name as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// NTRK1, NTRK2, NTRK3.
    Ntrk,
    /// KRAS, NRAS, HRAS.
    Ras,
    /// BRCA1, BRCA2.
    Brca,
    /// FGFR1 to FGFR4.
    Fgfr,
    /// IDH1, IDH2.
    Idh,
}

/// A property of the whole tumour rather than of a gene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signature {
    /// Microsatellite instability, high.
    MsiHigh,
    /// Deficient mismatch repair.
    MismatchRepairDeficient,
    /// Tumour mutational burden, high.
    TmbHigh,
    /// Homologous recombination deficiency.
    Hrd,
    /// The arms 1p and 19q are both lost (oligodendroglioma).
    Codeletion1p19q,
    /// A third chromosome 12 (chronic lymphocytic leukemia).
    Trisomy12,
}

/// What candidates are asked for by: one request brings every record that names it. The key of the candidate sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A gene and the classes that contain it.
    Gene(Gene),
    /// A signature.
    Signature(Signature),
}

impl Mutation {
    /// The longest text taken for one mutation, in bytes.
    pub const TEXT_MAX: usize = 200;

    /// Reads a mutation as reports spell it.
    ///
    /// # Errors
    /// [`UnreadMutation`] says what was not understood and which form is expected.
    pub fn read(text: &str) -> Result<Self, UnreadMutation> {
        reading::read(text)
    }

    /// The gene the mutation is filed under: of a fusion the kinase partner; none for a family or signature.
    #[must_use]
    pub fn gene(&self) -> Option<Gene> {
        match self {
            Self::OfGene { gene, .. } | Self::Fusion { gene, .. } => Some(*gene),
            Self::OfFamily { .. } | Self::Signature(_) => None,
        }
    }

    /// Every subject whose candidates the mutation is judged among: its gene, both partners of a fusion, each member of a family.
    #[must_use]
    pub fn subjects(&self) -> Vec<Subject> {
        match self {
            Self::OfGene { gene, .. } => vec![Subject::Gene(*gene)],
            Self::Fusion {
                five_prime,
                three_prime,
                gene,
            } => {
                let other = if gene == five_prime { three_prime } else { five_prime };
                vec![Subject::Gene(*gene), Subject::Gene(*other)]
            }
            Self::OfFamily { family, .. } => family.members().iter().copied().map(Subject::Gene).collect(),
            Self::Signature(signature) => vec![Subject::Signature(*signature)],
        }
    }

    /// What kind of alteration it is, in a word or two for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OfGene { alteration, .. } | Self::OfFamily { alteration, .. } => alteration.kind(),
            Self::Fusion { .. } => "fusion",
            Self::Signature(_) => "signature",
        }
    }
}

impl Alteration {
    /// What kind of alteration it is, in a word or two for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Substitution { to: '*', .. } => "stop",
            Self::Substitution { .. } => "substitution",
            Self::Frameshift { .. } => "frameshift",
            Self::Codon { .. } => "codon",
            Self::InFrame { .. } => "in-frame change",
            Self::CodingDna(_) => "coding-DNA change",
            Self::Exon { .. } => "exon event",
            Self::Amplification => "amplification",
            Self::Loss => "loss",
            Self::Overexpression => "overexpression",
            Self::Fusion => "fusion",
            Self::InternalTandemDuplication => "internal tandem duplication",
            Self::TyrosineKinaseDomain => "tyrosine-kinase domain change",
            Self::Promoter => "promoter change",
            Self::PromoterMethylation => "promoter methylation",
            Self::Truncating => "truncation",
            Self::Splice => "splice change",
            Self::Class(_) => "class",
            Self::Any => "gene-level",
        }
    }
}

#[cfg(test)]
mod tests;
