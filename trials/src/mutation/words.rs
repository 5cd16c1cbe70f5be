//! What happened to a gene, from the words around its name: every phrase and its one sense, in one table.
//!
//! All words must be understood, and what they say must be one alteration. A word that only says less than another
//! (`mutation` beside `L858R`, `exon 19` beside `E746_A750del`) gives way to it; two that say different things are refused.

use super::protein::{self, Word};
use super::{Alteration, ExonEvent, agreement, coding, disease, positive};
use crate::gene::Gene;

/// Why words were not read as one alteration.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// A word or what it says here was not understood.
    Unknown,
    /// Several alterations, or a second gene.
    Several,
    /// Nothing was found: wild type, negative.
    Absent,
    /// `R130X`.
    AnyOrStop(String),
    /// A group of alterations: `non-V600`, class II.
    Group,
    /// Positive, of a gene where that may mean several things.
    PositiveForWhat,
}

/// Reads the words that stand around the name of `gene`, or of a family where there is none.
pub(super) fn read(gene: Option<Gene>, text: &str) -> Result<Alteration, Trouble> {
    let words = split(text);
    let mut said = Said::default();
    let mut rest = words.as_slice();
    while let Some((word, tail)) = rest.split_first() {
        let is_all_but = word.eq_ignore_ascii_case("non")
            && tail
                .first()
                .is_some_and(|next| said.clone().change(gene, next).is_some_and(|change| change.is_ok()));
        if is_all_but {
            return Err(Trouble::Group);
        }
        let taken = phrase(rest)
            .map(|(length, sense)| said.hear(sense).map(|()| length))
            .or_else(|| said.share(word, tail).map(Ok))
            .or_else(|| said.exon(gene, word, tail).map(Ok))
            .or_else(|| said.change(gene, word).map(|heard| heard.map(|()| 1)));
        let taken = taken.unwrap_or_else(|| {
            // `V600E/K` are two changes of one codon.
            let is_residue = said.has_change() && word.len() == 1 && word.bytes().all(|b| b.is_ascii_uppercase());
            let is_gene = Gene::named(word).is_some() && !disease::is_abbreviation(word);
            Err(if is_residue || is_gene {
                Trouble::Several
            } else {
                Trouble::Unknown
            })
        })?;
        rest = rest.get(taken..).unwrap_or_default();
    }
    said.alteration(gene)
}

/// Whether a word can be meant as a gene: it is an approved symbol as HGNC writes it (`INS`), or no word of this grammar
/// and no disease.
pub(super) fn can_name_a_gene(word: &str) -> bool {
    Gene::named(word).is_some_and(|gene| gene.symbol() == word) || !knows(word)
}

/// Whether a word belongs to this grammar.
fn knows(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    PHRASES.iter().any(|(phrase, _)| *phrase == lower)
        || matches!(
            lower.as_str(),
            "exon" | "ex" | "exons" | "copy" | "number" | "wild" | "tandem" | "tyrosine" | "kinase"
        )
        || matches!(protein::read(word), Some(Word::Change(change)) if !matches!(change, Alteration::Codon { .. }))
        || coding::is_one(word)
        || glued_exon(&lower).is_some()
        || frequency(word, &[]).is_some()
        || disease::is_abbreviation(word)
}

#[derive(Clone)]
enum Sense {
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
fn phrase(words: &[&str]) -> Option<(usize, Sense)> {
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

/// Words of a text: at spaces and brackets, and at hyphens but in coding-DNA changes, where they are signs.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']' | '/' | '&' | ':' | '"'))
    {
        let word = word.trim_end_matches('.');
        let word = if matches!(word, "p" | "c") { "p." } else { word };
        if word.is_empty() || is_transcript(word) {
            continue;
        }
        if coding::read(None, word).is_some() || word.starts_with("c.") || word.starts_with("-1") {
            words.push(word);
            continue;
        }
        let positive = word.len() > 1 && word.ends_with('+');
        let parted = word.trim_end_matches('+').split('-').filter(|part| !part.is_empty());
        if word == "+" {
            // `ALK +` at the end says positive, between two words it says and.
            words.push(if text.trim_end().ends_with("+") && text.matches('+').count() == 1 {
                "positive"
            } else {
                "+"
            });
        }
        words.extend(parted);
        if positive {
            words.push("positive");
        }
    }
    words
}

/// The accession of a transcript or protein before a change, which says nothing that the gene doesn't.
fn is_transcript(word: &str) -> bool {
    ["NM_", "NP_", "ENST", "ENSP", "LRG_"].iter().any(|prefix| {
        word.strip_prefix(prefix)
            .is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    })
}

/// `ex19del`, `exon20ins`, `ex14`, `del19`, `19del`: the exon and the event, if it is said.
fn glued_exon(word: &str) -> Option<(u8, Option<ExonEvent>)> {
    let event = |text: &str| match text {
        "" | "mut" => Some(None),
        "del" | "dels" | "deletion" => Some(Some(ExonEvent::Deletion)),
        "ins" | "insertion" | "dup" => Some(Some(ExonEvent::Insertion)),
        "delins" | "indel" => Some(Some(ExonEvent::Mutation)),
        "skip" | "skipping" | "sk" => Some(Some(ExonEvent::Skipping)),
        _ => None,
    };
    let prefix = word.find(|c: char| c.is_ascii_digit())?;
    let (prefix, rest) = word.split_at(prefix);
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(digits);
    let exon = exon_number(number)?;
    match prefix {
        "ex" | "exon" | "δex" | "δexon" => Some((exon, event(suffix)?)),
        "del" | "ins" if suffix.is_empty() => Some((exon, event(prefix)?)),
        "" => event(suffix)?.map(|event| (exon, Some(event))),
        _ => None,
    }
}

/// An exon's number. Titin has the most exons, 363; what tumour reports name lies under 100.
fn exon_number(text: &str) -> Option<u8> {
    text.parse()
        .ok()
        .filter(|n| (1..100).contains(n) && !text.starts_with(['0', '+']))
}

/// What the words heard so far say.
#[derive(Clone, Default)]
struct Said {
    exon: Option<u8>,
    event: Option<ExonEvent>,
    /// Changes of the protein or the coding DNA, each once.
    changes: Vec<Alteration>,
    /// Whole alterations, each once.
    kinds: Vec<Alteration>,
    positive: bool,
    altered: bool,
    mutated: bool,
    /// A share of the sample was given.
    measured: bool,
}

impl Said {
    fn hear(&mut self, sense: Sense) -> Result<(), Trouble> {
        match sense {
            Sense::Filler => {}
            Sense::Altered => self.altered = true,
            Sense::Mutated => self.mutated = true,
            Sense::Positive => self.positive = true,
            Sense::Absent => return Err(Trouble::Absent),
            Sense::Or => return Err(Trouble::Several),
            Sense::Group => return Err(Trouble::Group),
            Sense::Event(event) => self.happened(event)?,
            Sense::Is(kind) if self.kinds.contains(&kind) => {}
            Sense::Is(kind) => self.kinds.push(kind),
        }
        Ok(())
    }

    fn has_change(&self) -> bool {
        !self.changes.is_empty()
    }

    fn happened(&mut self, event: ExonEvent) -> Result<(), Trouble> {
        match self.event.replace(event) {
            Some(other) if other != event => Err(Trouble::Several),
            _ => Ok(()),
        }
    }

    /// A share of the sample; how many words it took.
    fn share(&mut self, word: &str, tail: &[&str]) -> Option<usize> {
        let taken = frequency(word, tail)?;
        self.measured = true;
        Some(taken)
    }

    /// `exon 19`, `ex19del`, and for EGFR `del 19` and `E19del`; how many words it took.
    fn exon(&mut self, gene: Option<Gene>, word: &str, tail: &[&str]) -> Option<usize> {
        let lower = word.to_lowercase();
        let is_egfr = gene.is_some_and(|gene| gene.symbol() == "EGFR");
        let (exon, event, taken) = if matches!(lower.as_str(), "exon" | "ex" | "exons" | "δexon" | "δex") {
            let (exon, event) = glued_exon(&tail.first()?.to_ascii_lowercase())
                .or_else(|| Some((exon_number(tail.first()?)?, None)))?;
            (exon, event, 2)
        } else if let Some((exon, event)) = glued_exon(&lower) {
            (exon, event, 1)
        } else if let Some((exon, event)) = lower.strip_prefix('e').and_then(glued_exon).filter(|_| is_egfr) {
            (exon, event, 1)
        } else {
            let exon = exon_number(word).filter(|exon| is_egfr && self.event.is_some() && matches!(exon, 19 | 20))?;
            (exon, None, 1)
        };
        if self.exon.is_some_and(|other| other != exon) {
            return None;
        }
        self.exon = Some(exon);
        if let Some(event) = event {
            self.happened(event).ok()?;
        }
        Some(taken)
    }

    fn change(&mut self, gene: Option<Gene>, word: &str) -> Option<Result<(), Trouble>> {
        let symbol = gene.map_or("", Gene::symbol);
        let change = match (symbol, word.to_ascii_lowercase().as_str()) {
            // Variant III is the loss of exons 2 to 7, c.89_976del; variant 7 a splice form without the ligand's place.
            ("EGFR", "viii") => protein::read("L30_R297delinsG"),
            ("AR", "v7") => Some(Word::Change(Alteration::Splice)),
            _ => match coding::read(gene, word) {
                Some(change) => Some(Word::Change(change)),
                None => protein::read(word),
            },
        };
        match change? {
            Word::Change(change) => {
                if !self.changes.contains(&change) {
                    self.changes.push(change);
                }
            }
            Word::AnyOrStop { from, position } if HOTSPOT_GENES.contains(&symbol) => {
                self.changes.push(Alteration::Codon { from, position });
            }
            Word::AnyOrStop { from, position } => return Some(Err(Trouble::AnyOrStop(format!("{from}{position}")))),
        }
        Some(Ok(()))
    }

    fn alteration(mut self, gene: Option<Gene>) -> Result<Alteration, Trouble> {
        // A coding change that isn't a known one gives way to the protein change beside it.
        if self
            .changes
            .iter()
            .any(|change| !matches!(change, Alteration::CodingDna(_)))
        {
            self.changes
                .retain(|change| !matches!(change, Alteration::CodingDna(_)));
        }
        match self.changes.as_slice() {
            [] => self.without_a_change(gene),
            [change] => self.of_a_change(gene, change),
            _ => Err(Trouble::Several),
        }
    }

    /// One change: all else that was said must be true of it.
    fn of_a_change(&self, gene: Option<Gene>, change: &Alteration) -> Result<Alteration, Trouble> {
        let is_all_of_it = self.kinds.iter().all(|kind| agreement::says_less(kind, change))
            && self.event.is_none_or(|event| agreement::is_of_event(change, event))
            && self.exon.is_none_or(|exon| agreement::may_lie_in(gene, exon, change));
        if !is_all_of_it {
            return Err(Trouble::Several);
        }
        let spliced = self.kinds.contains(&Alteration::Splice).then_some(ExonEvent::Skipping);
        Ok(match (change, self.exon, self.event.or(spliced)) {
            (Alteration::CodingDna(_), Some(exon), Some(event)) => exon_event(gene, exon, event),
            _ => change.clone(),
        })
    }

    fn without_a_change(&self, gene: Option<Gene>) -> Result<Alteration, Trouble> {
        let kind = match self.kinds.as_slice() {
            [] => None,
            [kind] => Some(kind),
            _ => return Err(Trouble::Several),
        };
        let says = self.altered || self.mutated || self.positive;
        if self.measured && !says && kind.is_none() && self.exon.is_none() && self.event.is_none() {
            return Err(Trouble::Unknown);
        }
        match (self.exon, kind, self.event) {
            (Some(exon), Some(Alteration::Splice), None | Some(ExonEvent::Skipping)) => {
                Ok(exon_event(gene, exon, ExonEvent::Skipping))
            }
            (Some(exon), None, event) => Ok(exon_event(gene, exon, event.unwrap_or(ExonEvent::Mutation))),
            (Some(_), ..) => Err(Trouble::Several),
            (None, Some(kind), _) if self.mutated && agreement::is_besides_a_mutation(kind) => Err(Trouble::Several),
            (None, Some(Alteration::Loss), None | Some(ExonEvent::Deletion)) => Ok(Alteration::Loss),
            (None, Some(kind), None) => Ok(kind.clone()),
            (None, Some(_), Some(_)) => Err(Trouble::Several),
            (None, None, Some(ExonEvent::Deletion)) if self.mutated => Err(Trouble::Several),
            (None, None, Some(ExonEvent::Deletion)) => Ok(Alteration::Loss),
            (None, None, Some(_)) => Err(Trouble::Unknown),
            (None, None, None) if self.altered || self.mutated => Ok(Alteration::Any),
            (None, None, None) if self.positive => positive::of(gene),
            (None, None, None) => positive::of_a_bare_name(gene),
        }
    }
}

fn exon_event(gene: Option<Gene>, exon: u8, event: ExonEvent) -> Alteration {
    gene.map_or(Alteration::Exon { exon, event }, |gene| coding::exon(gene, exon, event))
}

/// How many words say how much of the sample bears the change, which is no part of its name: `23%`, `VAF 0.23`.
fn frequency(word: &str, tail: &[&str]) -> Option<usize> {
    let number = |text: &str, most: f64| {
        text.trim_start_matches(['~', '<', '>', '=', '≈', '≥', '≤'])
            .parse::<f64>()
            .is_ok_and(|number| (0.0..=most).contains(&number))
    };
    let amount = |word: &str, next: Option<&&str>| match word.strip_suffix('%') {
        Some(percent) => number(percent, 100.0).then_some(1),
        None if next == Some(&"%") => number(word, 100.0).then_some(2),
        None => None,
    };
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    if !is_frequency_name(name) {
        return amount(word, tail.first());
    }
    if !value.is_empty() {
        return (amount(value, None).is_some() || number(value, 100.0)).then_some(1);
    }
    let value = tail
        .first()
        .and_then(|word| amount(word, tail.get(1)).or_else(|| number(word, 100.0).then_some(1)));
    Some(1 + value.unwrap_or(0))
}

fn is_frequency_name(word: &str) -> bool {
    ["vaf", "af"].iter().any(|name| name.eq_ignore_ascii_case(word))
}

/// Oncogenes that are activated by one change of one codon, where `V600X` is any change of it. In other genes `R130X`
/// may be a stop.
const HOTSPOT_GENES: [&str; 14] = [
    "AKT1", "BRAF", "EGFR", "ERBB2", "HRAS", "IDH1", "IDH2", "KIT", "KRAS", "MYD88", "NRAS", "PDGFRA", "PIK3CA", "RET",
];
