//! What happened to a gene, from the words around its name.
//!
//! All words must be understood, and what they say must be one alteration. A word that only says less than another
//! (`mutation` beside `L858R`, `exon 19` beside `E746_A750del`) gives way to it; two that say different things are refused.

use super::phrases::{self, Sense, phrase};
use super::protein::{self, Word};
use super::{Alteration, ExonEvent, agreement, coding, disease, fusion, positive, share};
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
        if let Some(taken) = said.codon(gene, word, tail).or_else(|| same_gene(gene, rest)) {
            rest = rest.get(taken..).unwrap_or_default();
            continue;
        }
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

/// The gene once more, by another of its names: `HER2 (ERBB2)`, `CDKN2A/p16`; how many words it took.
fn same_gene(gene: Option<Gene>, words: &[&str]) -> Option<usize> {
    let gene = gene?;
    let is_same = |count: &usize| {
        let name = words.get(..*count).map(<[&str]>::concat);
        name.is_some_and(|name| name.len() > 2 && Gene::named(&name) == Some(gene))
    };
    (1..=3).rev().find(is_same)
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
    let mut words = Vec::<&str>::new();
    for word in text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']' | '/' | '&' | ':' | '"'))
    {
        let word = word.trim_end_matches('.');
        let word = if matches!(word, "p" | "c" | "P" | "C") {
            "p."
        } else {
            word
        };
        let is_equal = word == "=" && words.last().is_some_and(|last: &&str| share::is_named(last));
        let is_comparison = is_equal
            || word != "="
                && word
                    .chars()
                    .all(|c| matches!(c, '≥' | '≤' | '<' | '>' | '=' | '~' | '≈' | '.' | '·' | '|' | '*' | '_'));
        if is_comparison || is_transcript(word) {
            continue;
        }
        if word == "?" || is_genomic(word) {
            words.push("?");
            continue;
        }
        // `R213fs-34` is one word.
        if coding::read(None, word).is_some()
            || matches!(protein::read(word), Some(Word::Change(Alteration::Frameshift { .. })))
            || word.starts_with("c.")
            || word.starts_with("-1")
        {
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

/// A place in the genome, `chr7`, `g.55259515T>G`, which says nothing that the change beside it doesn't.
fn is_genomic(word: &str) -> bool {
    let is_chromosome = word
        .strip_prefix("chr")
        .is_some_and(|number| number.len() <= 2 && !number.is_empty());
    is_chromosome || word.starts_with("g.")
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
    /// How it was found, or what it does, was said.
    beside: bool,
    /// The change is a stop.
    stop: bool,
    /// The change shifts the frame.
    frameshift: bool,
    /// A codon followed by `X`.
    any_or_stop: Option<(char, u32)>,
    /// The first and last exon of several.
    exons: Option<(u8, u8)>,
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
            Sense::Beside => self.beside = true,
            Sense::Stop => {
                self.stop = true;
                self.hear(Sense::Is(Alteration::Truncating))?;
            }
            Sense::Frameshift => {
                self.frameshift = true;
                self.hear(Sense::Is(Alteration::Truncating))?;
            }
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

    /// `codon 12` of a gene whose codon 12 is known; how many words it took.
    fn codon(&mut self, gene: Option<Gene>, word: &str, tail: &[&str]) -> Option<usize> {
        let position = tail
            .first()
            .filter(|_| word.eq_ignore_ascii_case("codon"))?
            .parse()
            .ok()?;
        let from = coding::residue_at(gene?, position)?;
        let change = Alteration::Codon { from, position };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
        Some(2)
    }

    /// `exon 19`, `ex19del`, and for EGFR `del 19` and `E19del`; how many words it took.
    fn exon(&mut self, gene: Option<Gene>, word: &str, tail: &[&str]) -> Option<Result<usize, Trouble>> {
        let lower = word.to_lowercase();
        let is_egfr = gene.is_some_and(|gene| gene.symbol() == "EGFR");
        let is_met = gene.is_some_and(|gene| gene.symbol() == "MET");
        if let ("exon" | "exons" | "ex", Some(first), Some(last)) = (
            lower.as_str(),
            tail.first().and_then(|word| exon_number(word)),
            tail.get(1).and_then(|word| exon_number(word)),
        ) && first < last
        {
            self.exons = Some((first, last));
            return Some(Ok(3));
        }
        let is_event = |word: &&str| matches!(phrase(&[word]), Some((1, Sense::Event(_))));
        let (exon, event, taken) = if matches!(lower.as_str(), "exon" | "ex" | "exons" | "δexon" | "δex") {
            let (exon, event) = glued_exon(&tail.first()?.to_ascii_lowercase())
                .or_else(|| Some((exon_number(tail.first()?)?, None)))?;
            (exon, event, 2)
        } else if let Some((exon, event)) = glued_exon(&lower) {
            (exon, event, 1)
        } else if let Some((exon, event)) = lower.strip_prefix('e').and_then(glued_exon).filter(|_| is_egfr) {
            (exon, event, 1)
        } else if lower == "delta"
            && tail
                .first()
                .is_some_and(|word| word.to_ascii_lowercase().starts_with("ex"))
        {
            return Some(Ok(1));
        } else if let Some(exon) = ["dele", "delex", "delexon", "inse"]
            .iter()
            .find_map(|prefix| exon_number(lower.strip_prefix(prefix)?))
            .filter(|_| is_egfr || is_met)
        {
            let event = if lower.starts_with("ins") {
                ExonEvent::Insertion
            } else {
                ExonEvent::Deletion
            };
            (exon, Some(event), 1)
        } else if let Some(exon) = lower
            .strip_prefix('δ')
            .and_then(exon_number)
            .filter(|exon| is_met && *exon == 14)
        {
            (exon, Some(ExonEvent::Skipping), 1)
        } else {
            let said = self.event.is_some() || tail.first().is_some_and(is_event);
            let exon = exon_number(word)
                .filter(|exon| said && (is_egfr && matches!(exon, 19 | 20) || is_met && *exon == 14))?;
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
            ("EGFR", "viii") => protein::read(VARIANT_III),
            ("EGFR", "iii") if self.altered => protein::read(VARIANT_III),
            // The antibody that stains this change alone.
            ("BRAF", "ve1") => protein::read("V600E"),
            ("AR", "v7") => Some(Word::Change(Alteration::Splice)),
            _ => match coding::read(gene, word) {
                Some(change) => Some(Word::Change(change)),
                None => protein::read(word),
            },
        };
        let change = match change? {
            Word::Change(change) if symbol.starts_with("H3") => Word::Change(without_the_first_methionine(change)),
            change => change,
        };
        match change {
            Word::Change(change) => {
                if !self.changes.contains(&change) {
                    self.changes.push(change);
                }
            }
            Word::AnyOrStop { from, position } if HOTSPOT_GENES.contains(&symbol) => {
                self.changes.push(Alteration::Codon { from, position });
            }
            Word::AnyOrStop { from, position } => self.any_or_stop = Some((from, position)),
        }
        Some(Ok(()))
    }

    fn alteration(mut self, gene: Option<Gene>) -> Result<Alteration, Trouble> {
        if let Some((from, position)) = self.any_or_stop {
            let stop = Alteration::Substitution {
                from,
                position,
                to: '*',
            };
            if self.stop {
                self.changes.push(stop);
            } else if self.changes.as_slice() != [stop] {
                return Err(Trouble::AnyOrStop(format!("{from}{position}")));
            }
        }
        self.sharpen();
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

    /// `R130 stop`, `R213 frameshift`: a codon, and in a word what it was changed to.
    fn sharpen(&mut self) {
        for change in &mut self.changes {
            if let Alteration::Codon { from, position } = *change {
                if self.stop {
                    *change = Alteration::Substitution {
                        from,
                        position,
                        to: '*',
                    };
                } else if self.frameshift {
                    *change = Alteration::Frameshift { from, position };
                }
            }
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
        if let Some(exons) = self.exons {
            return self.of_exons(gene, exons, kind);
        }
        if self.beside && !says && kind.is_none() && self.exon.is_none() && self.event.is_none() {
            return Err(Trouble::Unknown);
        }
        if self.measured && !says && kind.is_none() && self.exon.is_none() && self.event.is_none() {
            // Of a protein that is stained for a share is its expression.
            return positive::of_a_bare_name(gene).and(Err(Trouble::Unknown));
        }
        match (self.exon, kind, self.event) {
            (Some(exon), Some(Alteration::Splice), None | Some(ExonEvent::Skipping)) => {
                Ok(exon_event(gene, exon, ExonEvent::Skipping))
            }
            (Some(exon), None, event) => Ok(exon_event(gene, exon, event.unwrap_or(ExonEvent::Mutation))),
            (Some(exon), Some(Alteration::Loss), None | Some(ExonEvent::Deletion)) => Ok(match gene {
                Some(gene) if !fusion::is_oncogene(gene) => Alteration::Loss,
                gene => exon_event(gene, exon, ExonEvent::Deletion),
            }),
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

impl Said {
    /// `loss of exons 2-8`: of a gene that is lost it is the loss; of EGFR's exons 2 to 7 it is variant III.
    fn of_exons(&self, gene: Option<Gene>, exons: (u8, u8), kind: Option<&Alteration>) -> Result<Alteration, Trouble> {
        let is_lost = self.event == Some(ExonEvent::Deletion) || kind == Some(&Alteration::Loss);
        let gene = gene.filter(|_| is_lost && kind.is_none_or(|kind| *kind == Alteration::Loss));
        match gene {
            Some(gene) if gene.symbol() == "EGFR" && exons == (2, 7) => match protein::read(VARIANT_III) {
                Some(Word::Change(change)) => Ok(change),
                _ => Err(Trouble::Unknown),
            },
            Some(gene) if !fusion::is_oncogene(gene) => Ok(Alteration::Loss),
            _ => Err(Trouble::Unknown),
        }
    }
}

/// Histone H3 is counted without its first methionine; HGVS counts it: p.Lys28Met is K27M, p.Gly35Arg is G34R.
fn without_the_first_methionine(change: Alteration) -> Alteration {
    match change {
        Alteration::Substitution { from, position, to } if matches!((from, position), ('K', 28) | ('G', 35)) => {
            Alteration::Substitution {
                from,
                position: position - 1,
                to,
            }
        }
        change => change,
    }
}

/// EGFR without its exons 2 to 7, c.89_976del.
const VARIANT_III: &str = "L30_R297delinsG";

fn exon_event(gene: Option<Gene>, exon: u8, event: ExonEvent) -> Alteration {
    gene.map_or(Alteration::Exon { exon, event }, |gene| coding::exon(gene, exon, event))
}

/// Oncogenes that are activated by one change of one codon, where `V600X` is any change of it. In other genes `R130X`
/// may be a stop.
const HOTSPOT_GENES: [&str; 24] = [
    "ABL1", "AKT1", "ALK", "BRAF", "EGFR", "ERBB2", "ESR1", "FLT3", "GNA11", "GNAQ", "GNAS", "HRAS", "IDH1", "IDH2",
    "JAK2", "KIT", "KRAS", "MPL", "MYD88", "NRAS", "PDGFRA", "PIK3CA", "RET", "SF3B1",
];
