//! The phrases that stand around the name of a gene, and the one sense of each.

use super::{Alteration, ExonEvent};

/// What a phrase says.
#[derive(Clone)]
pub(super) enum Sense {
    /// Says nothing by itself.
    Filler,
    /// The gene is altered, no more; also said of copies and fusions.
    Altered,
    /// The gene is mutated, no more; an amplification beside it is a second finding.
    Mutated,
    /// Something was found.
    Positive,
    /// Nothing was found.
    Absent,
    /// Another alteration may follow.
    Or,
    /// Alterations by what they have in common.
    Group,
    /// An event, of an exon if one is named.
    Event(ExonEvent),
    /// One whole alteration.
    Is(Alteration),
}

/// Phrases in lower case, hyphens as spaces. A longer phrase wins over a shorter one.
static PHRASES: &[(&str, Sense)] = {
    use Sense::{Absent, Altered, Event, Filler, Group, Is, Mutated, Or, Positive};
    &[
        ("gene", Filler),
        ("the", Filler),
        ("a", Filler),
        ("an", Filler),
        ("of", Filler),
        ("in", Filler),
        ("with", Filler),
        ("and", Filler),
        ("+", Filler),
        ("p.", Filler),
        ("protein", Filler),
        ("codon", Filler),
        ("status", Filler),
        ("tumor", Filler),
        ("tumour", Filler),
        ("somatic", Filler),
        ("germline", Filler),
        ("pathogenic", Filler),
        ("likely", Filler),
        ("deleterious", Filler),
        ("oncogenic", Filler),
        ("biallelic", Filler),
        ("activating", Altered),
        ("sensitizing", Altered),
        ("sensitising", Altered),
        ("high level", Filler),
        ("focal", Filler),
        ("allele frequency", Filler),
        ("allelic frequency", Filler),
        ("allele fraction", Filler),
        ("allelic fraction", Filler),
        ("variant allele frequency", Filler),
        ("variant allele fraction", Filler),
        ("missense", Mutated),
        ("point", Filler),
        ("mutation", Mutated),
        ("mutations", Mutated),
        ("mutated", Mutated),
        ("mutant", Mutated),
        ("mut", Mutated),
        ("variant", Altered),
        ("variants", Altered),
        ("alteration", Altered),
        ("alterations", Altered),
        ("altered", Altered),
        ("aberration", Altered),
        ("change", Altered),
        ("genetic", Filler),
        ("genomic", Filler),
        ("molecular", Filler),
        ("or", Or),
        ("class", Group),
        ("uncommon", Group),
        ("common", Group),
        ("atypical", Group),
        ("classical", Group),
        ("rare", Group),
        ("other", Group),
        ("compound", Group),
        ("complex", Group),
        ("pacc", Group),
        ("positive", Positive),
        ("pos", Positive),
        ("detected", Filler),
        ("present", Filler),
        ("wild type", Absent),
        ("wildtype", Absent),
        ("wt", Absent),
        ("negative", Absent),
        ("no", Absent),
        ("not", Absent),
        ("non", Absent),
        ("without", Absent),
        ("absent", Absent),
        ("undetected", Absent),
        ("deletion", Event(ExonEvent::Deletion)),
        ("deletions", Event(ExonEvent::Deletion)),
        ("deleted", Event(ExonEvent::Deletion)),
        ("del", Event(ExonEvent::Deletion)),
        ("dels", Event(ExonEvent::Deletion)),
        ("insertion", Event(ExonEvent::Insertion)),
        ("insertions", Event(ExonEvent::Insertion)),
        ("inserted", Event(ExonEvent::Insertion)),
        ("ins", Event(ExonEvent::Insertion)),
        ("dup", Event(ExonEvent::Insertion)),
        ("duplication", Event(ExonEvent::Insertion)),
        ("duplications", Event(ExonEvent::Insertion)),
        ("insertion duplication", Event(ExonEvent::Insertion)),
        ("ins dup", Event(ExonEvent::Insertion)),
        ("indel", Event(ExonEvent::Mutation)),
        ("indels", Event(ExonEvent::Mutation)),
        ("delins", Event(ExonEvent::Mutation)),
        ("deletion insertion", Event(ExonEvent::Mutation)),
        ("skipping", Event(ExonEvent::Skipping)),
        ("skip", Event(ExonEvent::Skipping)),
        ("skipped", Event(ExonEvent::Skipping)),
        ("amplification", Is(Alteration::Amplification)),
        ("amplifications", Is(Alteration::Amplification)),
        ("amplified", Is(Alteration::Amplification)),
        ("amp", Is(Alteration::Amplification)),
        ("gain", Is(Alteration::Amplification)),
        ("copy gain", Is(Alteration::Amplification)),
        ("copy number gain", Is(Alteration::Amplification)),
        ("copy number increase", Is(Alteration::Amplification)),
        ("cn gain", Is(Alteration::Amplification)),
        ("gcn gain", Is(Alteration::Amplification)),
        ("gene copy number gain", Is(Alteration::Amplification)),
        ("increased copy number", Is(Alteration::Amplification)),
        ("increased gene copy number", Is(Alteration::Amplification)),
        ("high copy number", Is(Alteration::Amplification)),
        ("copy number amplification", Is(Alteration::Amplification)),
        ("loss", Is(Alteration::Loss)),
        ("lost", Is(Alteration::Loss)),
        ("copy loss", Is(Alteration::Loss)),
        ("copy number loss", Is(Alteration::Loss)),
        ("loss of function", Is(Alteration::Loss)),
        ("loss of expression", Is(Alteration::Loss)),
        ("loss of", Is(Alteration::Loss)),
        ("lof", Is(Alteration::Loss)),
        ("deficient", Is(Alteration::Loss)),
        ("deficiency", Is(Alteration::Loss)),
        ("null", Is(Alteration::Loss)),
        ("homdel", Is(Alteration::Loss)),
        ("homozygous deletion", Is(Alteration::Loss)),
        ("homozygously deleted", Is(Alteration::Loss)),
        ("homozygous loss", Is(Alteration::Loss)),
        ("deep deletion", Is(Alteration::Loss)),
        ("biallelic deletion", Is(Alteration::Loss)),
        ("biallelic loss", Is(Alteration::Loss)),
        ("bi allelic loss", Is(Alteration::Loss)),
        ("inactivation", Is(Alteration::Loss)),
        ("inactivated", Is(Alteration::Loss)),
        ("inactivating", Is(Alteration::Loss)),
        ("inactivating mutation", Is(Alteration::Loss)),
        ("inactivating mutations", Is(Alteration::Loss)),
        ("loss of function mutation", Is(Alteration::Loss)),
        ("loss of function mutations", Is(Alteration::Loss)),
        ("lof mutation", Is(Alteration::Loss)),
        ("lof mutations", Is(Alteration::Loss)),
        ("overexpression", Is(Alteration::Overexpression)),
        ("overexpressed", Is(Alteration::Overexpression)),
        ("overexpressing", Is(Alteration::Overexpression)),
        ("over expression", Is(Alteration::Overexpression)),
        ("over expressed", Is(Alteration::Overexpression)),
        ("high expression", Is(Alteration::Overexpression)),
        ("fusion", Is(Alteration::Fusion)),
        ("fusions", Is(Alteration::Fusion)),
        ("fused", Is(Alteration::Fusion)),
        ("rearrangement", Is(Alteration::Fusion)),
        ("rearrangements", Is(Alteration::Fusion)),
        ("rearranged", Is(Alteration::Fusion)),
        ("translocation", Is(Alteration::Fusion)),
        ("translocations", Is(Alteration::Fusion)),
        ("translocated", Is(Alteration::Fusion)),
        ("itd", Is(Alteration::InternalTandemDuplication)),
        ("internal tandem duplication", Is(Alteration::InternalTandemDuplication)),
        ("tkd", Is(Alteration::TyrosineKinaseDomain)),
        ("tyrosine kinase domain", Is(Alteration::TyrosineKinaseDomain)),
        ("promoter", Is(Alteration::Promoter)),
        ("truncating", Is(Alteration::Truncating)),
        ("truncation", Is(Alteration::Truncating)),
        ("truncated", Is(Alteration::Truncating)),
        ("nonsense", Is(Alteration::Truncating)),
        ("frameshift", Is(Alteration::Truncating)),
        ("splice", Is(Alteration::Splice)),
        ("splicing", Is(Alteration::Splice)),
        ("splice site", Is(Alteration::Splice)),
    ]
};

/// The longest phrase that the words begin with, and how many words it has.
pub(super) fn phrase(words: &[&str]) -> Option<(usize, Sense)> {
    PHRASES
        .iter()
        .filter_map(|(phrase, sense)| {
            let length = phrase.split(' ').count();
            let same = phrase
                .split(' ')
                .eq(words.iter().take(length).map(|word| word.to_ascii_lowercase()));
            same.then(|| (length, sense.clone()))
        })
        .max_by_key(|(length, _)| *length)
}

/// Whether a word alone is a phrase, whatever its case.
pub(super) fn has(word: &str) -> bool {
    PHRASES.iter().any(|(phrase, _)| phrase.eq_ignore_ascii_case(word))
}
