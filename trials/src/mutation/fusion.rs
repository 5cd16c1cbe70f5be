//! Fusions of two named genes: which text is one, the order of its partners, and the gene it is filed under.

use super::{Alteration, Mutation, UnreadMutation, disease, protein, words};
use crate::gene::Gene;

/// Kinases (and the ligand NRG1, whose fusions act through ERBB3) that drugs are aimed at when fused.
const KINASES: [&str; 25] = [
    "ABL1", "ABL2", "AKT3", "ALK", "BRAF", "CSF1R", "EGFR", "ERBB2", "ERBB4", "FGFR1", "FGFR2", "FGFR3", "FGFR4",
    "FLT3", "JAK2", "MET", "NRG1", "NTRK1", "NTRK2", "NTRK3", "PDGFRA", "PDGFRB", "RAF1", "RET", "ROS1",
];

/// Kinases, a ligand and factors of transcription that are the 3′ partner wherever the fusion is active, their domain lying at the
/// protein's end. `ALK-EML4`
/// is therefore EML4::ALK, whichever way a report has it.
const ALWAYS_THREE_PRIME: [&str; 18] = [
    "ABL1", "ABL2", "ALK", "BRAF", "ERG", "FLI1", "FLT3", "JAK2", "NRG1", "NTRK1", "NTRK2", "NTRK3", "PDGFRA",
    "PDGFRB", "RAF1", "RARA", "RET", "ROS1",
];

/// Kinases that are the 5′ partner wherever the fusion is active: the partner replaces their end.
const ALWAYS_FIVE_PRIME: [&str; 2] = ["FGFR2", "FGFR3"];

/// Other genes whose fusions reports write with a slash.
const FUSED_OTHERWISE: [&str; 20] = [
    "CBFB", "COL1A1", "DEK", "ETV6", "EWSR1", "FUS", "KMT2A", "MYB", "NUP98", "NUTM1", "PAX3", "PAX7", "PML", "RARA",
    "RUNX1", "SS18", "TCF3", "TFE3", "TMPRSS2", "YAP1",
];

/// Genes that are mutated or lost, and no partners: between slashes they are a finding of their own.
const MUTATED: [&str; 21] = [
    "APC", "AR", "ATM", "BRCA1", "BRCA2", "CD274", "CDKN2A", "ERBB3", "ESR1", "PGR", "HRAS", "IDH1", "IDH2", "KEAP1",
    "KRAS", "NRAS", "PIK3CA", "PTEN", "RB1", "STK11", "TP53",
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

/// Whether a gene drives a tumour by what it does: what is lost of it is a part, and never the gene.
pub(super) fn is_oncogene(gene: Gene) -> bool {
    is_kinase(gene)
        || matches!(
            gene.symbol(),
            "KIT" | "KRAS" | "NRAS" | "HRAS" | "PIK3CA" | "NOTCH1" | "CTNNB1" | "AR"
        )
}

pub(super) fn is_kinase(gene: Gene) -> bool {
    KINASES.contains(&gene.symbol())
}

/// `EML4(13)-ALK(20)`, `EML4-ALK variant 1`, `EML4-ALK (E13;A20)`, `BCR-ABL1 p190`: a fusion of two named genes, with the
/// exons that are joined, the transcript, or the form that is named after them; none if no such place is named.
pub(super) fn with_places(text: &str) -> Option<Mutation> {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    // In brackets behind a name: its exon.
    while let Some(open) = rest.find('(') {
        let (before, inside) = rest.split_at(open);
        let Some(close) = inside.find(')') else { break };
        kept.push_str(before);
        let words = inside.get(1..close)?;
        if !words.split([' ', ';', ':', ',', '/']).all(is_place) {
            kept.push_str(inside.get(..=close)?);
        }
        rest = inside.get(close + 1..)?;
    }
    kept.push_str(rest);
    let mut words: Vec<&str> = Vec::new();
    let mut counted = false;
    for word in kept.split_whitespace() {
        let (name, place) = word.split_once('.').unwrap_or((word, ""));
        let name = if is_transcript_place(place) { name } else { word };
        let bare = name.trim_matches([',', ';']);
        let is_count = bare.starts_with(|c: char| c.is_ascii_digit());
        if matches!(
            bare.to_ascii_lowercase().as_str(),
            "exon" | "ex" | "variant" | "var" | "type"
        ) {
            counted = true;
        } else if counted && is_count {
            // `13-ALK` is the exon and the next name.
            counted = false;
            if let Some((_, name)) = bare.split_once(['-', ':', '/']).filter(|(_, name)| name.len() > 1) {
                words.push("-");
                words.push(name.trim_matches(':'));
            }
        } else {
            counted = false;
            if !is_form(bare) {
                words.push(name);
            }
        }
    }
    let bare = words
        .join(" ")
        .replace(" - ", "-")
        .replace(" :: ", "::")
        .replace(" -", "-")
        .replace("- ", "-");
    let is_joined = bare.contains(['-', ':', '/', '>']);
    let same = |text: &str| text.split_whitespace().eq(bare.split_whitespace());
    if !is_joined || same(text) {
        return None;
    }
    match read(&bare)? {
        Ok(fusion @ Mutation::Fusion { .. }) => Some(fusion),
        _ => None,
    }
}

/// `13`, `ex13`, `E13`, `A20`, `E6a`, `V3`, `NM_019063`.
fn is_place(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = word.len() - digits.len();
    let number = digits.trim_end_matches(['a', 'b']);
    matches!(word.to_ascii_lowercase().as_str(), "exon" | "ex" | "variant" | "")
        || (letters <= 1 || word.to_ascii_lowercase().starts_with("ex"))
            && (1..=2).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
}

/// `E13A20`, `E6aA20.AB374362`, as laboratories write behind a point.
fn is_transcript_place(place: &str) -> bool {
    let parts = place.split('.').next().unwrap_or_default();
    let capitals = parts.bytes().filter(u8::is_ascii_uppercase).count();
    capitals == 2
        && parts.starts_with(|c: char| c.is_ascii_uppercase())
        && parts.bytes().any(|b| b.is_ascii_digit())
        && parts
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'a' | b'b'))
}

/// The name of a form: `v1`, `V3a/b`, `p190`, `e13a2`, `b3a2`, `E13;A20`.
fn is_form(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let lower = lower.trim_matches(|c| matches!(c, '(' | ')'));
    matches!(
        lower,
        "p190"
            | "p210"
            | "p230"
            | "b2a2"
            | "b3a2"
            | "e1a2"
            | "e13a2"
            | "e14a2"
            | "e19a2"
            | "3a/b"
            | "intact"
            | "domain"
    ) || lower
        .strip_prefix('v')
        .is_some_and(|number| matches!(number.trim_end_matches(['a', 'b', '/']), "1" | "2" | "3" | "4" | "5"))
        || lower
            .split_once([';', ':'])
            .is_some_and(|(a, b)| a.len() > 1 && b.len() > 1 && is_place(a) && is_place(b))
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
    if let Some(fusion) = named_twice(&named) {
        return Some(Ok(fusion));
    }
    for separator in ["::", "--", ">", "/", "-", ":", "_", "~", ";", "+", " "] {
        for (at, _) in named.match_indices(separator) {
            let (left, right) = (named.get(..at)?.trim(), named.get(at + separator.len()..)?.trim());
            // `ER+/HER2-` says of two proteins that they are there or not.
            // `neu 3` is no spelling of NEU3.
            let is_numbered = |name: &str| {
                name.rsplit_once(' ')
                    .is_some_and(|(_, last)| last.bytes().all(|b| b.is_ascii_digit()))
            };
            let is_signed = |name: &str| name.ends_with(['+', '-']);
            // `BTC FGFR2 fusion` is FGFR2's, in a biliary tract cancer.
            let is_disease = |name: &str| separator != "::" && disease::is_abbreviation(name);
            let partner = |name: &str| {
                Gene::named(name).filter(|_| !is_disease(name)).filter(|_| {
                    words::can_name_a_gene(name) && !is_codon(name) && !is_signed(name) && !is_numbered(name)
                })
            };
            let (Some(first), Some(second)) = (partner(left), partner(right)) else {
                if separator == "::" {
                    let known = match (is_unknown(left), is_unknown(right)) {
                        (true, false) => partner(right),
                        (false, true) => partner(left),
                        _ => None,
                    };
                    return Some(match known {
                        Some(gene) => Ok(Mutation::OfGene {
                            gene,
                            alteration: Alteration::Fusion,
                        }),
                        None => Err(unknown_partner(left, right)),
                    });
                }
                continue;
            };
            if first == second {
                continue;
            }
            // `EGFR, ALK fusion`, `ER/PR positive` are two findings.
            let is_a_list = separator == " " && text.contains(',')
                || matches!(separator, "/" | ";")
                    && (MUTATED.contains(&first.symbol()) || MUTATED.contains(&second.symbol()));
            if is_a_list {
                return Some(Err(UnreadMutation::SeveralAlterations { text: text.to_owned() }));
            }
            return match separator {
                "::" | "--" | ">" | "~" => Some(Ok(Mutation::fusion(first, second))),
                _ if said => Some(Ok(Mutation::fusion(first, second))),
                "/" | "-" | "_" | ":" | ";" if can_only_be_a_fusion(separator, first, second) => {
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

/// `ALK EML4-ALK`, what is left of `ALK fusion (EML4-ALK)`: the gene, and the fusion of it.
fn named_twice(text: &str) -> Option<Mutation> {
    let (pairs, genes): (Vec<&str>, Vec<&str>) = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c| matches!(c, ':' | ',' | ';')))
        .filter(|word| !word.is_empty())
        .partition(|word| Gene::named(word).is_none() || disease::is_abbreviation(word));
    let [pair] = pairs.as_slice() else { return None };
    let [gene] = genes.as_slice() else { return None };
    let (one, other) = pair.split_once("::").or_else(|| pair.split_once(['-', '/', '>']))?;
    let (one, other, gene) = (Gene::named(one)?, Gene::named(other)?, Gene::named(gene)?);
    (one != other && (gene == one || gene == other)).then(|| Mutation::fusion(one, other))
}

/// HGVS writes `?` for a partner that isn't known.
fn is_unknown(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "?" | "unknown" | "x" | "other" | "intergenic"
    )
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
        let word = word
            .strip_suffix(':')
            .filter(|word| !word.is_empty() && !word.ends_with(':'))
            .unwrap_or(word);
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
        "inversion",
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
        "detected",
        "present",
        "identified",
        "partner",
        "rna",
        "by",
        "ngs",
        "fish",
    ]
    .iter()
    .any(|known| known.eq_ignore_ascii_case(word))
}
