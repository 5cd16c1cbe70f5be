//! Why a text was not read, and what to write instead.

use super::{Family, Signature, coding, positive};
use crate::class::Class;
use crate::gene::Gene;
use std::fmt;

/// Why a text could not be read as one mutation. The message says what to write instead.
///
/// Texts in it are cut and freed of control characters when they are shown, never before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnreadMutation {
    /// Nothing was written.
    Empty,
    /// The text is longer than [`super::Mutation::TEXT_MAX`].
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// No gene answers to the name.
    UnknownGene {
        /// The name as written.
        name: String,
        /// The nearest real gene, if one is near.
        nearest: Option<Gene>,
    },
    /// The name is an alias of several genes.
    AmbiguousGene {
        /// The name as written.
        name: String,
        /// The genes that bear it.
        genes: Vec<Gene>,
    },
    /// An alteration without its gene: `L858R`.
    NoGene {
        /// The text as written.
        text: String,
    },
    /// The gene or family was read, what happened to it was not.
    UnknownAlteration {
        /// Gene or family.
        of: String,
        /// The words that were not understood.
        words: String,
    },
    /// More than one alteration in one place.
    SeveralAlterations {
        /// The text as written.
        text: String,
    },
    /// The report says that there is no alteration: wild type, negative, not detected.
    NoAlteration {
        /// The text as written.
        text: String,
    },
    /// `X` after a codon: any change in one report, a stop in another.
    AnyOrStop {
        /// The gene.
        gene: Gene,
        /// Codon and reference, `R130`.
        codon: String,
    },
    /// A group of alterations rather than one: `non-V600`, class II, uncommon.
    Group {
        /// The gene.
        gene: Gene,
        /// The words as written.
        words: String,
    },
    /// A family of genes was read, what happened to it was not, or can only be asked of its members.
    OfFamily {
        /// The family.
        family: Family,
        /// The words that were not understood.
        words: String,
    },
    /// A signature of the tumour was named, but not that the tumour has it: `TMB 12`.
    NoSignature {
        /// The signature.
        signature: Signature,
        /// The text as written.
        text: String,
    },
    /// A signature with something beside it: `MSI-H colon`.
    SignatureAndMore {
        /// The signature.
        signature: Signature,
        /// The text as written.
        text: String,
    },
    /// A disease where an alteration was asked for: `CML`, `lung cancer`.
    Disease {
        /// The disease as written.
        name: String,
    },
    /// A change of a chromosome that leads to no one gene or pair: `t(X;18)`, `del(5q)`.
    Chromosome {
        /// The text as written.
        text: String,
    },
    /// "Positive" says nothing of what was found in this gene.
    PositiveForWhat {
        /// The gene.
        gene: Gene,
    },
}

impl fmt::Display for UnreadMutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no mutation was given; write gene and alteration, such as EGFR L858R"),
            Self::TooLong { bytes } => write!(
                f,
                "{bytes} bytes are too long for one mutation; at most {} are read",
                super::Mutation::TEXT_MAX
            ),
            Self::UnknownGene { name, nearest } => {
                write!(f, "no gene is called {}; ", Harmless(name))?;
                match nearest {
                    Some(gene) => write!(f, "did you mean {gene}?"),
                    None => f.write_str("write an HGNC symbol and the alteration, such as EGFR L858R"),
                }
            }
            Self::AmbiguousGene { name, genes } => {
                write!(f, "{} is a name of several genes; write ", Harmless(name))?;
                for (i, gene) in genes.iter().take(GENES_SHOWN).enumerate() {
                    write!(f, "{}{gene}", if i == 0 { "" } else { " or " })?;
                }
                Ok(())
            }
            Self::NoGene { text } => {
                let example = if coding::is_one(text) {
                    "BRCA1 185delAG"
                } else {
                    "EGFR L858R"
                };
                write!(
                    f,
                    "{} names no gene; write the gene before the alteration, such as {example}",
                    Harmless(text)
                )
            }
            Self::UnknownAlteration { of, words } => write!(
                f,
                "what happened to {of} was not understood from {}; write {of} and a protein change (as in EGFR L858R) or an \
                 exon's (as in EGFR exon 19 deletion), or {of} amplification, {of} loss, {of} fusion or {of} mutation",
                Harmless(words)
            ),
            Self::SeveralAlterations { text } => write!(
                f,
                "{} names more than one alteration; ask for each by itself",
                Harmless(text)
            ),
            Self::NoAlteration { text } => write!(
                f,
                "{} says that nothing was found; write an alteration that the tumour has",
                Harmless(text)
            ),
            Self::AnyOrStop { gene, codon } => write!(
                f,
                "{codon}X is any change in one report and a stop in another; write {gene} {codon} or {gene} {codon}*"
            ),
            Self::Group { gene, words } => {
                write!(
                    f,
                    "{} is a group of alterations that isn't known; write {gene} and the change that was found (as in EGFR \
                     L858R), {gene} mutation",
                    Harmless(words)
                )?;
                for class in Class::of_gene(*gene)
                    .filter(|class| class.can_be_asked_for())
                    .take(CLASSES_SHOWN)
                {
                    write!(f, ", {gene} {class}")?;
                }
                Ok(())
            }
            Self::OfFamily { family, words } => {
                write!(
                    f,
                    "what happened to {family} was not understood from {}; write {family} mutation, {family} fusion, or the altered gene:",
                    Harmless(words)
                )?;
                for (i, gene) in family.members().iter().enumerate() {
                    write!(f, "{} {gene}", if i == 0 { "" } else { " or" })?;
                }
                Ok(())
            }
            Self::NoSignature { signature, text } => write!(
                f,
                "{} doesn't say whether the tumour is {signature}; where the report calls it that, write {signature}",
                Harmless(text)
            ),
            Self::SignatureAndMore { signature, text } => write!(
                f,
                "{} says more than {signature}; write {signature} alone where the report calls the tumour that; the disease goes into \
                 condition",
                Harmless(text)
            ),
            Self::Disease { name } => write!(
                f,
                "{} is a disease: give the alteration, such as EGFR L858R, and the disease as condition",
                Harmless(name)
            ),
            Self::Chromosome { text } => write!(
                f,
                "{} names a change of a chromosome, and no one gene; write the gene or the two fused genes that the report names",
                Harmless(text)
            ),
            Self::PositiveForWhat { gene } if positive::is_stained_for(*gene) => write!(
                f,
                "{gene} alone or positive doesn't say what was found: it is a protein that is stained for, and no mutation; \
                 where that is meant, write {gene} overexpression or {gene} amplification"
            ),
            Self::PositiveForWhat { gene } => write!(
                f,
                "{gene} alone or positive doesn't say what was found; write {gene} overexpression, {gene} amplification, \
                 {gene} fusion or {gene} mutation"
            ),
        }
    }
}

impl std::error::Error for UnreadMutation {}

/// The most classes named where a group is none of them.
const CLASSES_SHOWN: usize = 8;

/// The most genes named for a shared alias.
const GENES_SHOWN: usize = 6;

/// A foreign text as messages show it: quoted, cut, one line, without control or formatting characters.
struct Harmless<'t>(&'t str);

impl Harmless<'_> {
    /// In characters.
    const MAX: usize = 60;
}

impl fmt::Display for Harmless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.trim().chars().map(|c| match c {
            // Zero-width, bidirectional and byte-order marks reorder or hide what a person reads.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => ' ',
            c if c.is_control() || c.is_whitespace() => ' ',
            '"' => '\'',
            c => c,
        });
        f.write_str("\"")?;
        for c in shown.by_ref().take(Self::MAX) {
            write!(f, "{c}")?;
        }
        f.write_str(if shown.next().is_some() { "…\"" } else { "\"" })
    }
}
