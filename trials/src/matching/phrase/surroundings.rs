//! What the words around a name say of it.

use super::{REACH_MAX, STRANGERS_MAX};
use crate::matching::contains::is_named_by;
use crate::matching::lexicon::Reach;
use crate::matching::words::{Kind, Said, Word};
use crate::mutation::{Alteration, ExonEvent, Mutation};

/// "a mutation in EGFR or an ALK fusion": what stands before "in" is said of the genes after it, and what follows the next
/// gene is said of that one.
pub(super) fn governed_from_left(words: &[Word], at: usize) -> bool {
    let mut of = false;
    for word in words.iter().take(at).rev().take(REACH_MAX) {
        match word.kind {
            Kind::Of => of = true,
            Kind::Said(said) => return of && matches!(said, Said::Mutation | Said::Alteration | Said::Fusion),
            kind if kind.is_gene() || kind.binds() => {}
            _ => return false,
        }
    }
    false
}

/// Whether what the word at `at` says happened to a gene that is named behind it: "rearrangements in the ALK gene".
pub(super) fn is_of_a_gene(words: &[Word], at: usize) -> bool {
    let of = words.get(at + 1).is_some_and(|w| w.kind == Kind::Of);
    let next = words.iter().skip(at + 1).find(|w| !w.kind.binds());
    of && next.is_some_and(|w| w.kind.is_gene())
}

/// "RAS wild-type (KRAS and NRAS exons 2, 3 and 4)": the wild type is said of all that the bracket spells out.
pub(super) fn glosses_wild_type(words: &[Word], at: usize) -> bool {
    let mut inside = words.iter().take(at).rev().take(REACH_MAX).skip_while(|w| {
        w.kind.is_gene()
            || (w.kind.binds() && w.kind != Kind::Open)
            || matches!(w.kind, Kind::Said(said) if variant(said))
    });
    inside.next().is_some_and(|w| w.kind == Kind::Open)
        && inside
            .find(|w| !matches!(w.kind, Kind::Link | Kind::Status | Kind::Test))
            .is_some_and(|w| w.kind == Kind::Negative)
}

/// Whether the word at `at` stands right before another gene and apart from what was said before it.
pub(super) fn begins_another(words: &[Word], at: usize) -> bool {
    let kind = |at: Option<usize>| at.and_then(|at| words.get(at)).map(|w| w.kind);
    let after = words.iter().skip(at + 1).find(|w| w.kind != Kind::Link);
    matches!(kind(at.checked_sub(1)), Some(Kind::Link | Kind::Comma))
        && after.is_some_and(|w| w.kind == Kind::OtherGene)
}

/// "EGFR/HER2 exon 20 insertion": a pair of genes with exons to name shares what is said of the second. A longer list
/// doesn't, "KRAS, BRAF and EGFR exon 20 insertion", nor do pairs where each member has its own change.
pub(super) fn of_a_pair(words: &[Word], at: usize, change: usize) -> bool {
    let said = words.get(change).map(|w| w.kind);
    let between = words.get(at + 1..change).unwrap_or(&[]);
    let before = at.checked_sub(1).and_then(|b| words.get(b));
    said == Some(Kind::Said(Said::Exon(20, ExonEvent::Insertion)))
        && between.iter().filter(|w| w.kind.is_gene()).count() == 1
        && between.iter().all(|w| w.kind.is_gene() || w.kind == Kind::Link)
        && before.is_none_or(|w| !w.kind.is_gene() && w.kind != Kind::Comma)
}

/// Whether the word at `at` stands behind a change, with nothing between, which no other gene has.
pub(super) fn follows_a_change(words: &[Word], at: usize) -> bool {
    let before = words.iter().take(at).rposition(|w| w.kind != Kind::Link);
    before.is_some_and(|before| {
        let is_change = words
            .get(before)
            .is_some_and(|w| matches!(w.kind, Kind::Said(said) if variant(said)));
        is_change && !belongs_to_an_earlier_gene(words, before)
    })
}

/// Whether the change at `at`, which stands before the gene that is read, follows another gene.
pub(super) fn belongs_to_an_earlier_gene(words: &[Word], at: usize) -> bool {
    let mut earlier = words.iter().take(at).rev().take(REACH_MAX);
    earlier
        .find(|w| !w.kind.binds() && !matches!(w.kind, Kind::Said(said) if variant(said)))
        .is_some_and(|w| w.kind.is_gene() && w.kind != Kind::Gene(Reach::Driver))
}

/// Whether the `j`th word, which has no meaning, colours the genes in "mutation in … genes".
pub(super) fn names_genes(words: &[Word], j: usize) -> bool {
    let mut before = words.iter().take(j).rev().take(STRANGERS_MAX + 2);
    before
        .find(|w| !matches!(w.kind, Kind::Other | Kind::Link))
        .is_some_and(|w| w.kind == Kind::Of)
}

/// Whether a driver word only colours the genes beside it: "EGFR, ALK and ROS1 actionable genomic alterations" are of these.
pub(in crate::matching) fn colours_genes(words: &[Word], at: usize) -> bool {
    let gene = |w: Option<&Word>| w.is_some_and(|w| matches!(w.kind, Kind::OtherGene | Kind::Gene(Reach::Gene)));
    gene(words.iter().take(at).rev().find(|w| !w.kind.binds()))
        || gene(words.iter().skip(at + 1).find(|w| !w.kind.binds()))
}

/// Whether a bracket of examples, "(e.g.", opens between an exception with another gene and the word at `to`.
pub(super) fn exemplifies(words: &[Word], from: usize, to: usize) -> bool {
    let between = words.get(from + 1..to).unwrap_or(&[]);
    let opens = between.iter().position(|w| w.kind == Kind::Open);
    opens.is_some_and(|at| {
        between.iter().take(at).any(|w| w.kind.is_gene())
            && between.get(at + 1).is_some_and(|w| w.kind == Kind::Example)
    })
}

/// The word behind the bracket that opens at `open`, where it holds no more than a measure and another finding follows:
/// "overexpression (H score > 50) or amplification".
pub(super) fn past_a_measure(words: &[Word], open: usize) -> Option<usize> {
    const MEASURE_MAX: usize = 8;
    let inside = words.iter().skip(open + 1).take(MEASURE_MAX);
    let length = inside
        .take_while(|w| matches!(w.kind, Kind::Other | Kind::Link))
        .count();
    let close = open + 1 + length;
    let kind = |at: usize| words.get(at).map(|w| w.kind);
    let goes_on = kind(close + 1) == Some(Kind::Link) && matches!(kind(close + 2), Some(Kind::Said(_)));
    (length > 0 && kind(close) == Some(Kind::Close) && goes_on).then_some(close + 1)
}

/// Whether a comma stands right behind the word at `at`, or behind the bracket that glosses it: what it says ends there, as
/// in "triple-negative, HER2-positive or …".
pub(super) fn ends_a_member(words: &[Word], at: usize) -> bool {
    let mut depth = 0_u32;
    let next = words.iter().skip(at + 1).take(REACH_MAX).find(|w| {
        match w.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => return depth == 0,
        }
        false
    });
    next.is_some_and(|w| w.kind == Kind::Comma)
}

/// Whether the word is said of the gene right before it: "HER2-negative".
pub(super) fn belongs_to_a_gene(words: &[Word], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|b| words.get(b));
    before.is_some_and(|w| matches!(w.kind, Kind::Gene(_) | Kind::OtherGene | Kind::Said(_)))
}

/// Whether `said` is the report's own name for the mutation, where that is a class: a codon, an exon's event.
pub(super) fn names(said: Said, mutation: &Mutation) -> bool {
    let Mutation::OfGene { alteration, .. } = mutation else {
        return false;
    };
    match (said, alteration) {
        (Said::Codon(at), Alteration::Codon { position, .. }) => at == *position,
        (Said::Exon(at, event), Alteration::Exon { exon, event: have }) => at == *exon && event == *have,
        (Said::KinaseDomain, Alteration::TyrosineKinaseDomain) => true,
        (said, Alteration::Class(class)) => is_named_by(*class, said),
        _ => false,
    }
}

/// Said of a gene as a whole: a more exact word beside it says which.
pub(super) fn general(said: Said) -> bool {
    matches!(
        said,
        Said::Alteration | Said::Mutation | Said::Activating | Said::Uncommon | Said::Class(_) | Said::Positive
    )
}

/// A change by position, which belongs to the gene beside it and to no other of a list.
pub(in crate::matching) fn variant(said: Said) -> bool {
    matches!(
        said,
        Said::Substitution(..)
            | Said::Codon(_)
            | Said::Exon(..)
            | Said::Exons(..)
            | Said::TandemDuplication
            | Said::KinaseDomain
    )
}
