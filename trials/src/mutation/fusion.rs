//! Fusions of two named genes: which text is one, the order of its partners, and the gene it is filed under.

use super::{Mutation, UnreadMutation, disease, protein, words};
use crate::gene::Gene;

/// Kinases (and the ligand NRG1, whose fusions act through ERBB3) that drugs are aimed at when fused.
const KINASES: [&str; 25] = [
    "ABL1", "ABL2", "AKT3", "ALK", "BRAF", "CSF1R", "EGFR", "ERBB2", "ERBB4", "FGFR1", "FGFR2", "FGFR3", "FGFR4",
    "FLT3", "JAK2", "MET", "NRG1", "NTRK1", "NTRK2", "NTRK3", "PDGFRA", "PDGFRB", "RAF1", "RET", "ROS1",
];

/// Kinases that are the 3′ partner wherever the fusion is active, their domain lying at the protein's end. `ALK-EML4`
/// is therefore EML4::ALK, whichever way a report has it.
const ALWAYS_THREE_PRIME: [&str; 14] = [
    "ABL1", "ABL2", "ALK", "BRAF", "FLT3", "JAK2", "NTRK1", "NTRK2", "NTRK3", "PDGFRA", "PDGFRB", "RAF1", "RET", "ROS1",
];

/// Kinases that are the 5′ partner wherever the fusion is active: the partner replaces their end.
const ALWAYS_FIVE_PRIME: [&str; 2] = ["FGFR2", "FGFR3"];

/// Other genes whose fusions reports write with a slash.
const FUSED_OTHERWISE: [&str; 20] = [
    "CBFB", "COL1A1", "DEK", "ETV6", "EWSR1", "FUS", "KMT2A", "MYB", "NUP98", "NUTM1", "PAX3", "PAX7", "PML", "RARA",
    "RUNX1", "SS18", "TCF3", "TFE3", "TMPRSS2", "YAP1",
];

impl Mutation {
    /// The fusion of two genes: partners put in the one order in which they drive a tumour, filed under the kinase.
    #[must_use]
    pub fn fusion(first: Gene, second: Gene) -> Self {
        let is = |list: &[&str], gene: Gene| list.contains(&gene.symbol());
        let turned =
            !is_kinase(second) && is(&ALWAYS_THREE_PRIME, first) || !is_kinase(first) && is(&ALWAYS_FIVE_PRIME, second);
        let (five_prime, three_prime) = if turned { (second, first) } else { (first, second) };
        let gene = if is_kinase(five_prime) && !is_kinase(three_prime) || !is_kinase(three_prime) {
            five_prime
        } else {
            three_prime
        };
        Self::Fusion {
            five_prime,
            three_prime,
            gene,
        }
    }
}

/// `K19` is a codon before it is an alias of KRT19.
fn is_codon(name: &str) -> bool {
    protein::read(name).is_some() && Gene::named(name).is_none_or(|gene| gene.symbol() != name)
}

pub(super) fn is_kinase(gene: Gene) -> bool {
    KINASES.contains(&gene.symbol())
}

/// Reads a text as a fusion of two named genes; none if it isn't one.
pub(super) fn read(text: &str) -> Option<Result<Mutation, UnreadMutation>> {
    let (named, said) = without_fusion_words(text);
    if matches!(
        named.to_ascii_lowercase().as_str(),
        "philadelphia chromosome" | "philadelphia" | "ph" | "ph chromosome"
    ) && (said || named.len() > 2)
    {
        return Some(Ok(Mutation::fusion(Gene::named("BCR")?, Gene::named("ABL1")?)));
    }
    // `AR::MET` is no spelling of ARMET, an alias of MANF.
    if Gene::named(&named).is_some() && !named.contains("::") {
        return None;
    }
    for separator in ["::", "--", "/", "-", ":", "_", ";", "+", " "] {
        for (at, _) in named.match_indices(separator) {
            let (left, right) = (named.get(..at)?.trim(), named.get(at + separator.len()..)?.trim());
            // `ER+/HER2-` says of two proteins that they are there or not.
            let is_signed = |name: &str| name.ends_with(['+', '-']);
            // `BTC FGFR2 fusion` is FGFR2's, in a biliary tract cancer.
            let is_disease = |name: &str| separator != "::" && disease::is_abbreviation(name);
            let partner = |name: &str| {
                Gene::named(name)
                    .filter(|_| !is_disease(name))
                    .filter(|_| words::can_name_a_gene(name) && !is_codon(name) && !is_signed(name))
            };
            let (Some(first), Some(second)) = (partner(left), partner(right)) else {
                if separator == "::" {
                    return Some(Err(unknown_partner(left, right)));
                }
                continue;
            };
            if first == second {
                continue;
            }
            return match separator {
                "::" | "--" => Some(Ok(Mutation::fusion(first, second))),
                _ if said => Some(Ok(Mutation::fusion(first, second))),
                "/" | "-" if can_only_be_a_fusion(separator, first, second) => {
                    Some(Ok(Mutation::fusion(first, second)))
                }
                "/" | "-" => Some(Err(UnreadMutation::SeveralAlterations { text: text.to_owned() })),
                // Nothing says that the two are fused.
                _ => continue,
            };
        }
    }
    None
}

/// `EML4-ALK` is a fusion; `EGFR/ALK` are two genes, and so are `TP53/RB1`.
fn can_only_be_a_fusion(separator: &str, first: Gene, second: Gene) -> bool {
    let fused = |gene: Gene| FUSED_OTHERWISE.contains(&gene.symbol());
    match (is_kinase(first), is_kinase(second)) {
        (true, true) => false,
        (true, false) | (false, true) => true,
        (false, false) => separator == "-" || fused(first) || fused(second),
    }
}

fn unknown_partner(left: &str, right: &str) -> UnreadMutation {
    let name = if Gene::named(left).is_none() { left } else { right };
    super::reading::not_one_gene(name)
}

/// The text without the words that say that genes are fused, and whether there was one.
fn without_fusion_words(text: &str) -> (String, bool) {
    let mut said = false;
    let mut kept = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',')) {
        let positive = word.strip_suffix('+').filter(|w| !w.is_empty());
        let word = positive.unwrap_or(word);
        said |= positive.is_some();
        // `EML4-ALK-positive`, `EML4-ALK-rearranged`.
        let (word, tail) = match word.rsplit_once('-') {
            Some((head, tail)) if is_fusion_word(tail) && !head.is_empty() => (head, true),
            _ => (word, false),
        };
        said |= tail;
        if is_fusion_word(word) {
            said = true;
        } else if !word.is_empty() && !is_filler(word) {
            kept.push(word);
        }
    }
    (kept.join(" "), said)
}

fn is_fusion_word(word: &str) -> bool {
    [
        "fusion",
        "fusions",
        "fused",
        "rearrangement",
        "rearranged",
        "translocation",
        "translocated",
        "positive",
    ]
    .iter()
    .any(|known| known.eq_ignore_ascii_case(word))
}

fn is_filler(word: &str) -> bool {
    [
        "of",
        "and",
        "with",
        "the",
        "gene",
        "between",
        "to",
        "oncogene",
        "oncogenic",
        "transcript",
    ]
    .iter()
    .any(|known| known.eq_ignore_ascii_case(word))
}
