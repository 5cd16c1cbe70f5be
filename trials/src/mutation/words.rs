//! What happened to a gene, from the words around its name.
//!
//! All words must be understood, and what they say must be one alteration. A word that only says less than another
//! (`mutation` beside `L858R`, `exon 19` beside `E746_A750del`) gives way to it; two that say different things are refused.

use super::phrases::{self, Sense, phrase};
use super::protein::{self, Word};
use super::{Alteration, ExonEvent, agreement, coding, disease, positive, share};
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
            .or_else(|| said.exon(gene, word, tail))
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
pub(super) fn knows(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    phrases::has(word)
        || matches!(
            lower.as_str(),
            "exon" | "ex" | "exons" | "copy" | "number" | "wild" | "tandem" | "tyrosine" | "kinase"
        )
        || matches!(protein::read(word), Some(Word::Change(change)) if !matches!(change, Alteration::Codon { .. }))
        || coding::is_one(word)
        || glued_exon(&lower).is_some()
        || share::share(word, &[]).is_some()
        || disease::is_abbreviation(word)
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
    /// The function is gone, however.
    inactive: bool,
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
            Sense::Inactivating => self.inactive = true,
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
        let taken = share::share(word, tail)?;
        self.measured = true;
        Some(taken)
    }

    /// `exon 19`, `ex19del`, and for EGFR `del 19` and `E19del`; how many words it took.
    fn exon(&mut self, gene: Option<Gene>, word: &str, tail: &[&str]) -> Option<Result<usize, Trouble>> {
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
        if self.exon.replace(exon).is_some_and(|other| other != exon) {
            return Some(Err(Trouble::Several));
        }
        let heard = event.map_or(Ok(()), |event| self.happened(event));
        Some(heard.map(|()| taken))
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
            && self
                .event
                .is_none_or(|event| agreement::is_of_event(change, event) || self.skips(change))
            && self.exon.is_none_or(|exon| agreement::may_lie_in(gene, exon, change));
        if !is_all_of_it {
            return Err(Trouble::Several);
        }
        let spliced = self.kinds.contains(&Alteration::Splice).then_some(ExonEvent::Skipping);
        Ok(match (change, self.exon, self.event.or(spliced)) {
            (Alteration::CodingDna(_), Some(exon), Some(event)) => exon_event(gene, exon, event),
            // `MET D1010N exon 14 skipping`: the change is how, the skipping what it comes to.
            (_, Some(exon), Some(ExonEvent::Skipping)) => exon_event(gene, exon, ExonEvent::Skipping),
            _ => change.clone(),
        })
    }

    /// Whether a change of the protein may be what lets its exon be skipped.
    fn skips(&self, change: &Alteration) -> bool {
        let can = matches!(change, Alteration::Substitution { .. } | Alteration::InFrame { .. });
        can && self.exon.is_some() && self.event == Some(ExonEvent::Skipping)
    }

    fn without_a_change(&mut self, gene: Option<Gene>) -> Result<Alteration, Trouble> {
        if self.inactive && self.kinds.is_empty() && self.exon.is_none() {
            return Ok(Alteration::Loss);
        }
        let kind = match self.kinds.as_slice() {
            [] => None,
            [kind] => Some(kind),
            _ => return Err(Trouble::Several),
        };
        let says = self.altered || self.mutated || self.positive;
        if self.measured && !says && kind.is_none() && self.exon.is_none() && self.event.is_none() {
            // Of a protein that is stained for a share is its expression.
            return positive::of_a_bare_name(gene).and(Err(Trouble::Unknown));
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

/// Oncogenes that are activated by one change of one codon, where `V600X` is any change of it. In other genes `R130X`
/// may be a stop.
const HOTSPOT_GENES: [&str; 14] = [
    "AKT1", "BRAF", "EGFR", "ERBB2", "HRAS", "IDH1", "IDH2", "KIT", "KRAS", "MYD88", "NRAS", "PDGFRA", "PIK3CA", "RET",
];
