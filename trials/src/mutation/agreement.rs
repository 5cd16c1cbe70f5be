//! Whether two things said of one gene are one alteration: a second one is never dropped for a first.

use super::{Alteration, ExonEvent};
use crate::class::codons_of;
use crate::gene::Gene;

/// Whether `kind` says of a change no more than the change does by itself.
pub(super) fn says_less(kind: &Alteration, change: &Alteration) -> bool {
    use Alteration::{
        CodingDna, Codon, Frameshift, InFrame, Loss, Splice, Substitution, Truncating, TyrosineKinaseDomain,
    };
    let truncates = matches!(change, Substitution { to: '*', .. } | Frameshift { .. });
    match kind {
        Truncating => truncates || matches!(change, CodingDna(_)),
        Loss => truncates || is_of_event(change, ExonEvent::Deletion),
        // The last bases of an exon are part of its splice site.
        Splice => matches!(
            change,
            Substitution { .. } | Frameshift { .. } | InFrame { .. } | CodingDna(_)
        ),
        TyrosineKinaseDomain => matches!(
            change,
            Substitution { .. } | Codon { .. } | InFrame { .. } | CodingDna(_)
        ),
        // `TERT promoter C228T`.
        _ => kind == change,
    }
}

/// Whether a change is an event of that kind. A delins loses residues and gains others, so it is called either.
pub(super) fn is_of_event(change: &Alteration, said: ExonEvent) -> bool {
    let event = match change {
        Alteration::InFrame { event, .. } => *event,
        Alteration::CodingDna(change) if change.contains("delins") => ExonEvent::Mutation,
        Alteration::CodingDna(change) if change.contains("del") => ExonEvent::Deletion,
        Alteration::CodingDna(change) if change.contains("ins") || change.contains("dup") => ExonEvent::Insertion,
        // A base beside the exon is changed, and the exon is skipped.
        Alteration::CodingDna(_) => return said == ExonEvent::Skipping,
        _ => return false,
    };
    match said {
        ExonEvent::Mutation => true,
        ExonEvent::Skipping => event != ExonEvent::Insertion,
        said => event == said || event == ExonEvent::Mutation,
    }
}

/// Whether a gene-wide alteration beside the word "mutation" is a second finding; a truncating mutation is one.
pub(super) fn is_besides_a_mutation(kind: &Alteration) -> bool {
    matches!(
        kind,
        Alteration::Amplification | Alteration::Overexpression | Alteration::Fusion | Alteration::Loss
    )
}

/// Whether a change can lie in an exon: no where the exon's codons are known to be others.
pub(super) fn may_lie_in(gene: Option<Gene>, exon: u8, change: &Alteration) -> bool {
    let start = match change {
        Alteration::Substitution { position, .. }
        | Alteration::Frameshift { position, .. }
        | Alteration::Codon { position, .. } => *position,
        Alteration::InFrame { start, .. } => *start,
        _ => return true,
    };
    let known = gene.and_then(|gene| codons_of(gene.symbol(), exon));
    // A codon may be cut by the exon's end.
    known.is_none_or(|(first, last)| (first.saturating_sub(1)..=last + 1).contains(&start))
}
