//! Containment: whether what a record says happened to a gene contains what happened in the patient's tumour.

use super::words::Said;
use crate::mutation::{Alteration, ExonEvent, Mutation};

/// Whether a class contains the patient's alteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contains {
    /// It does.
    Yes,
    /// It may; the words or the report leave it open.
    May,
    /// It doesn't.
    No,
}

/// Whether the class `said` contains `mutation`, both of the same gene.
pub(super) fn contains(said: Said, mutation: &Mutation) -> Contains {
    use Contains::{May, No, Yes};
    let (symbol, alteration) = match mutation {
        Mutation::OfGene { gene, alteration } => (gene.symbol(), alteration),
        Mutation::Fusion { gene, .. } => (gene.symbol(), &Alteration::Fusion),
        Mutation::OfFamily { alteration, .. } => ("", alteration),
        Mutation::Signature(_) => return Yes,
    };
    let small = !matches!(
        alteration,
        Alteration::Amplification | Alteration::Overexpression | Alteration::Loss | Alteration::Fusion
    );
    let yes = |is: bool| if is { Yes } else { No };
    match said {
        Said::Alteration => Yes,
        Said::Mutation => match alteration {
            // "ALK mutation" is written for its rearrangement, "PTEN mutation" for its loss; "HER2 mutation" not for its amplification.
            Alteration::Fusion | Alteration::Loss => Yes,
            _ => yes(small),
        },
        Said::Activating => match (symbol, alteration) {
            ("EGFR", Alteration::Exon { exon: 20, .. }) => May,
            ("EGFR", _) if position(alteration).is_some_and(|p| exon_of("EGFR", p) == Some(20)) => May,
            _ if small => Yes,
            (_, Alteration::Fusion) => Yes,
            _ => May,
        },
        // Exon 19 deletions and L858R are EGFR's common mutations; exon 20's are often counted apart (NCCN, 2025).
        Said::Uncommon => match (symbol, alteration) {
            ("EGFR", Alteration::Exon { exon: 20, .. } | Alteration::Any) => May,
            (
                "EGFR",
                Alteration::Exon {
                    exon: 19,
                    event: ExonEvent::Deletion,
                },
            ) => No,
            (
                "EGFR",
                Alteration::InFrame {
                    event: ExonEvent::Deletion,
                    ..
                },
            ) => No,
            (
                "EGFR",
                Alteration::Substitution {
                    position: 858, to: 'R', ..
                },
            ) => No,
            ("EGFR", Alteration::Substitution { position: 790, .. }) => May,
            _ => contains(Said::Mutation, mutation),
        },
        Said::Positive => match (symbol, alteration) {
            ("ERBB2", Alteration::Amplification | Alteration::Overexpression) => Yes,
            ("ERBB2", _) => No,
            ("ALK" | "ROS1" | "RET" | "NTRK1" | "NTRK2" | "NTRK3" | "", Alteration::Fusion) => Yes,
            ("ALK" | "ROS1" | "RET", _) => May,
            ("EGFR" | "MET" | "FGFR2" | "FGFR3", _) => May,
            _ if small => Yes,
            (_, Alteration::Fusion) => Yes,
            _ => May,
        },
        Said::Fusion => match alteration {
            Alteration::Fusion => Yes,
            Alteration::Any => May,
            // A resistance mutation of a fused kinase stands beside its fusion; the report doesn't say.
            _ if small && matches!(symbol, "ALK" | "ROS1" | "ABL1") => May,
            _ => No,
        },
        Said::Amplification => match alteration {
            Alteration::Amplification => Yes,
            Alteration::Overexpression | Alteration::Any => May,
            _ => No,
        },
        Said::Overexpression => match alteration {
            Alteration::Overexpression => Yes,
            // ERBB2's amplification is what its overexpression comes from (ASCO/CAP).
            Alteration::Amplification if symbol == "ERBB2" => Yes,
            Alteration::Amplification | Alteration::Any => May,
            // How much protein there is isn't told by a small change, nor told against.
            _ if small => May,
            _ => No,
        },
        Said::Loss => match alteration {
            Alteration::Loss => Yes,
            Alteration::Truncating | Alteration::Frameshift { .. } | Alteration::Any | Alteration::Splice => May,
            Alteration::Substitution { to: '*', .. } => May,
            Alteration::InFrame {
                event: ExonEvent::Deletion,
                ..
            } => May,
            // "PTEN loss" says nothing of a missense change, "exon 19 deletion" is read as such before this.
            _ if small => May,
            _ => No,
        },
        Said::Inactivation => match alteration {
            Alteration::Loss
            | Alteration::Any
            | Alteration::Truncating
            | Alteration::Frameshift { .. }
            | Alteration::Splice => Yes,
            Alteration::Substitution { to: '*', .. } => Yes,
            _ if small => May,
            _ => No,
        },
        Said::Substitution(at, residue) => match alteration {
            Alteration::Substitution { position, to, .. } => yes(*position == at && *to == residue),
            Alteration::Codon { position, .. } if *position == at => May,
            Alteration::TyrosineKinaseDomain if at > 800 => May,
            Alteration::Any => May,
            Alteration::Exon {
                exon,
                event: ExonEvent::Mutation,
            } if exon_of(symbol, at) == Some(*exon) => May,
            _ => No,
        },
        Said::Codon(at) => match alteration {
            Alteration::Any => May,
            other => yes(position(other) == Some(at)),
        },
        Said::Exon(at, event) => match alteration {
            Alteration::Exon { exon, event: have } => {
                yes(*exon == at && (event == *have || event == ExonEvent::Mutation || *have == ExonEvent::Mutation))
            }
            Alteration::InFrame { event: have, start, .. } => {
                yes(exon_of(symbol, *start) == Some(at) && (event == ExonEvent::Mutation || event == *have))
            }
            Alteration::Any => May,
            other => match position(other).map(|p| exon_of(symbol, p)) {
                Some(Some(exon)) => yes(event == ExonEvent::Mutation && exon == at),
                Some(None) if event == ExonEvent::Mutation => May,
                _ => No,
            },
        },
        Said::Exons(first, last) => {
            let each = |exon| contains(Said::Exon(exon, ExonEvent::Mutation), mutation);
            let found = |wanted| (first..=last).any(|exon| each(exon) == wanted);
            match () {
                () if found(Yes) => Yes,
                () if found(May) => May,
                () => No,
            }
        }
        Said::TandemDuplication => match alteration {
            Alteration::InternalTandemDuplication => Yes,
            Alteration::Any => May,
            _ => No,
        },
        Said::KinaseDomain => match alteration {
            Alteration::TyrosineKinaseDomain => Yes,
            Alteration::Any => May,
            // FLT3's second kinase domain.
            other => yes(position(other).is_some_and(|p| symbol != "FLT3" || (600..950).contains(&p))),
        },
        Said::Promoter => yes(matches!(alteration, Alteration::Promoter)),
    }
}

fn position(alteration: &Alteration) -> Option<u32> {
    match alteration {
        Alteration::Substitution { position, .. }
        | Alteration::Frameshift { position, .. }
        | Alteration::Codon { position, .. } => Some(*position),
        Alteration::InFrame { start, .. } => Some(*start),
        _ => None,
    }
}

/// The exon in which a codon lies, for the genes whose exons records name (RefSeq MANE Select transcripts).
fn exon_of(symbol: &str, codon: u32) -> Option<u8> {
    let table: &[(u8, u32, u32)] = match symbol {
        "EGFR" => &[(18, 688, 728), (19, 729, 761), (20, 762, 823), (21, 824, 875)],
        "ERBB2" => &[(19, 737, 769), (20, 770, 831), (21, 832, 883), (8, 301, 341)],
        "KRAS" | "NRAS" | "HRAS" => &[(2, 1, 37), (3, 38, 97), (4, 98, 150)],
        "BRAF" => &[(11, 439, 478), (15, 581, 620)],
        "PIK3CA" => &[(9, 514, 555), (20, 979, 1068)],
        "KIT" => &[
            (9, 449, 513),
            (11, 550, 591),
            (13, 627, 663),
            (14, 664, 713),
            (17, 788, 828),
            (18, 829, 865),
        ],
        _ => return None,
    };
    table
        .iter()
        .find(|(_, first, last)| (*first..=*last).contains(&codon))
        .map(|(exon, ..)| *exon)
}
