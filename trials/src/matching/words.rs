//! A criterion's words, each with what it can mean beside a gene. Only exact spellings count; the rest is [`Kind::Other`].

mod lists;
mod meaning;

use self::lists::{class_lists, closed_lists, exon_lists, full_names, gloss, repeats_denial};
use self::meaning::classify;
use super::lexicon::{Hit, Reach};
use crate::mutation::{ExonEvent, disease};

/// A word, number or mark of a criterion.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    /// First byte, in the text that was cut.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it can mean.
    pub kind: Kind,
}

/// What a word can mean beside a gene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The gene that is asked for, or a class of genes that contains it.
    Gene(Reach),
    /// Written as another gene's symbol is.
    OtherGene,
    /// What happened to a gene.
    Said(Said),
    /// "wild-type", "negative", "HER2-".
    Negative,
    /// "inhibitor", "-targeted", "therapy": what stands before it is a drug's target, not an alteration.
    Drug,
    /// "status", "expression".
    Status,
    /// "testing", "assay".
    Test,
    /// "no", "without", "absence".
    Negator,
    /// "with or without", "regardless of": what follows may be or not be.
    Either,
    /// "received", "progressed": a denial before it denies what was done, not what stands after it.
    Verb,
    /// "inhibitor of", "anti-": the genes that follow are a drug's targets.
    DrugOf,
    /// "other than", "except".
    Except,
    /// "including", "such as", "e.g.": examples follow.
    Example,
    /// "and", "gene", "pathogenic": binds or colours, never decides.
    Link,
    /// "in", "of": what stands before it happened to the genes after it.
    Of,
    /// "other", without "than".
    Another,
    /// A comma.
    Comma,
    /// A bracket opens.
    Open,
    /// A bracket closes.
    Close,
    /// The end of a sentence, or a semicolon.
    Stop,
    /// "which", "who": a clause of its own begins.
    Clause,
    /// Any other word.
    Other,
}

impl Kind {
    /// Whether it binds or colours the words around it and decides nothing.
    pub(super) fn binds(self) -> bool {
        matches!(
            self,
            Self::Link | Self::Of | Self::Another | Self::Comma | Self::Open | Self::Close
        )
    }

    /// Whether it is a gene, asked for or not.
    pub(super) fn is_gene(self) -> bool {
        matches!(self, Self::Gene(_) | Self::OtherGene)
    }
}

/// What a phrase says happened to the gene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// "alteration", "aberration", "altered": anything.
    Alteration,
    /// "mutation", "mutant", "variant".
    Mutation,
    /// "activating", "sensitizing": those that make the protein active, and drugs work.
    Activating,
    /// "uncommon", "rare", "atypical": of EGFR, those beside the two that most patients have.
    Uncommon,
    /// A class by its name in the table of classes: "common mutation", "class II mutation".
    Class(&'static str),
    /// "EGFR-positive", without saying what is positive.
    Positive,
    /// `L858R`.
    Substitution(u32, char),
    /// `V600`, `G12X`.
    Codon(u32),
    /// `exon 19 deletion`.
    Exon(u8, ExonEvent),
    /// `exons 18 to 21`, any mutation there.
    Exons(u8, u8),
    /// "fusion", "rearrangement", "translocation".
    Fusion,
    /// "amplification".
    Amplification,
    /// "overexpression".
    Overexpression,
    /// "HER2-expressing": the protein is there, perhaps in excess.
    Expressed,
    /// "loss", "deletion".
    Loss,
    /// "inactivating", "deficient", "-/-": the function is gone, however.
    Inactivation,
    /// FLT3's internal tandem duplication.
    TandemDuplication,
    /// FLT3's tyrosine-kinase domain.
    KinaseDomain,
    /// TERT's promoter.
    Promoter,
    /// MGMT's promoter is methylated.
    Methylation,
}

/// How many bytes a word takes, with the blank behind it: fewer than most do.
const WORD_BYTES: usize = 5;

/// Cuts `text[from..to]`, which is `lower` in lower case, into words. `hits` are the genes found in it, in order.
pub(super) fn words(text: &str, (from, to): (usize, usize), lower: &str, hits: &[Hit]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(to.saturating_sub(from) / WORD_BYTES);
    let mut hits = hits.iter().filter(|h| h.start >= from && h.end <= to).peekable();
    let mut at = from;
    let mut depth = 0_u32;
    while at < to {
        while hits.peek().is_some_and(|h| h.start < at) {
            hits.next();
        }
        if let Some(hit) = hits.next_if(|h| h.start == at) {
            words.push(word(
                hit.start,
                hit.end,
                if hit.is_tumour {
                    Kind::OtherGene
                } else if hit.negative {
                    Kind::Negative
                } else {
                    Kind::Gene(hit.reach)
                },
            ));
            at = hit.end;
            let rest = text.get(at..to).unwrap_or("");
            let next = rest.chars().nth(1);
            let mark = rest.chars().next();
            let ends = next.is_none_or(|c| !c.is_alphanumeric() && c != '>');
            match mark {
                Some('+') if ends => words.push(word(at, at + 1, Kind::Said(Said::Positive))),
                Some('-') if rest.starts_with("-/-") => words.push(word(at, at + 3, Kind::Said(Said::Inactivation))),
                _ if rest.trim_start().starts_with("(-)") => words.push(word(at, at, Kind::Negative)),
                _ if rest.trim_start().starts_with("(+)") => words.push(word(at, at, Kind::Said(Said::Positive))),
                // "HR+/HER2-breast cancer".
                Some('-') if text.get(..hit.start).is_some_and(|before| before.ends_with("+/")) => {
                    words.push(word(at, at, Kind::Negative));
                }
                Some('-' | '−' | '–') if ends && is_minus(rest) => words.push(word(at, at, Kind::Negative)),
                _ => {}
            }
            at = words.last().map_or(at, |w| w.end.max(at));
            continue;
        }
        let rest = text.get(at..to).unwrap_or("");
        let Some(first) = rest.chars().next() else { break };
        if first == ' ' {
            at += 1;
            continue;
        }
        // "mutation(s)": a plural that is left open, not a bracket.
        if rest.starts_with("(s)") && words.last().is_some_and(|w| w.end == at) {
            at += "(s)".len();
            continue;
        }
        if first.is_alphanumeric() {
            let next_hit = hits.peek().map_or(to, |h| h.start);
            let length = rest
                .find(|c: char| !c.is_alphanumeric() && c != '*')
                .unwrap_or(rest.len())
                .min(next_hit - at)
                .max(first.len_utf8());
            let run = rest.get(..length).unwrap_or(rest);
            push_run(&mut words, at, run, text);
            at += run.len();
            // "T790M+": a test has found it.
            let changed = words
                .last()
                .is_some_and(|w| matches!(w.kind, Kind::Said(said) if by_position(said)));
            if changed && text.get(at..to).is_some_and(|rest| rest.starts_with('+')) {
                words.push(word(at, at + 1, Kind::Said(Said::Positive)));
                at += 1;
            }
        } else {
            match first {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let kind = match first {
                ';' if depth == 0 => Kind::Stop,
                ',' => Kind::Comma,
                '(' | '[' => Kind::Open,
                ')' | ']' => Kind::Close,
                // HGVS writes a fusion so: BCR::ABL1.
                ':' if rest.starts_with("::") => Kind::Said(Said::Fusion),
                '.' => {
                    let after = rest.get(1..).unwrap_or("");
                    let begins = after.trim_start().chars().next();
                    let spaced = after.starts_with(char::is_whitespace);
                    let lead = words.last().map_or(0, |w| w.end - w.start);
                    // "e.g. EGFR" goes on; after a word or a mark, "(ISH)+. Participants", a sentence ends.
                    let marked = text.get(..at).is_some_and(|t| t.ends_with([')', ']', '+', '%', '"']));
                    if after.is_empty() || (spaced && begins.is_some_and(char::is_uppercase) && (lead > 2 || marked)) {
                        Kind::Stop
                    } else {
                        Kind::Link
                    }
                }
                _ => Kind::Link,
            };
            if !first.is_whitespace() && first != '-' && first != '\\' {
                words.push(word(at, at + first.len_utf8(), kind));
            }
            at += first.len_utf8();
        }
    }
    join(&mut words, text, (lower, from));
    words
}

/// Whether the hyphen with which `rest` begins is a minus, "ER+/HER2- disease", and binds nothing that follows:
/// "EGFR- mutant", "RAS- or EGFR-mutant".
fn is_minus(rest: &str) -> bool {
    let mut letters = rest.chars();
    letters.next();
    match letters.next() {
        None => true,
        Some(' ') => {
            let run = letters
                .as_str()
                .split(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap_or("");
            matches!(classify(run), Kind::Other | Kind::Stop | Kind::Clause | Kind::Of)
                || run.is_empty()
                || run == "with"
                || disease::is_abbreviation(run)
        }
        Some(mark) => !mark.is_whitespace(),
    }
}

fn word(start: usize, end: usize, kind: Kind) -> Word {
    Word { start, end, kind }
}

fn push_run(words: &mut Vec<Word>, at: usize, run: &str, text: &str) {
    let end = at + run.len();
    let mut kind = classify(run);
    // `G12C/D/V`: a lone letter after a slash repeats the codon before it.
    if run.len() == 1
        && let [.., before, slash] = words.as_slice()
        && text.get(slash.start..slash.end) == Some("/")
        && let Kind::Said(Said::Substitution(position, _) | Said::Codon(position)) = before.kind
        && let Some(to) = run.chars().next().filter(char::is_ascii_uppercase)
    {
        kind = Kind::Said(Said::Substitution(position, to));
    }
    words.push(word(at, end, kind));
}

/// Words that only together mean something.
fn join(words: &mut [Word], text: &str, (lower, from): (&str, usize)) {
    let lower: Vec<&str> = words
        .iter()
        .map(|w| lower.get(w.start - from..w.end - from).unwrap_or(""))
        .collect();
    for i in 0..words.len() {
        let Some((kind, used)) = compound(words, &lower, i, text) else {
            continue;
        };
        if let Some(word) = words.get_mut(i) {
            word.kind = kind;
        }
        for later in words.iter_mut().skip(i + 1).take(used - 1) {
            later.kind = Kind::Link;
        }
        if kind == Kind::Negator && repeats_denial(words, i + used) {
            for word in words.iter_mut().skip(i).take(used) {
                word.kind = Kind::Link;
            }
        }
    }
    full_names(words, &lower);
    closed_lists(words, &lower);
    exon_lists(words, &lower);
    class_lists(words, &lower);
    gloss(words, &lower);
}

/// Whether a hyphen stands between the `i`th word and the next.
fn range(words: &[Word], i: usize, text: &str) -> bool {
    let between = words.get(i).zip(words.get(i + 1));
    between.is_some_and(|(one, other)| matches!(text.get(one.end..other.start), Some("-" | "–")))
}

/// What the words from the `i`th on mean together, and how many they are.
fn compound(words: &[Word], lower: &[&str], i: usize, text: &str) -> Option<(Kind, usize)> {
    let at = |n: usize| lower.get(i + n).copied().unwrap_or("");
    let kind = |n: usize| words.get(i + n).map(|w| w.kind);
    let kind_before = i.checked_sub(1).and_then(|j| words.get(j)).map(|w| w.kind);
    let before = |n: usize| i.checked_sub(n).and_then(|j| lower.get(j)).copied().unwrap_or("");
    Some(match (at(0), at(1)) {
        ("wild", "type") | ("non", "mutated" | "mutant" | "amplified") => (Kind::Negative, 2),
        // "KRAS non-G12C" is every other change; "non-squamous" denies nothing but the squamous.
        ("non", _) if matches!(kind(1), Some(Kind::Said(said)) if by_position(said)) => (Kind::Except, 1),
        ("non", _) if !kind(1).is_some_and(Kind::is_gene) && !matches!(kind(1), Some(Kind::Said(_))) => {
            (Kind::Other, 2)
        }
        ("in", "frame") => (Kind::Link, 2),
        // A family of kinases, by what activates them: no gene is said to be activated.
        ("mitogen", "activated") => (Kind::Other, 2),
        ("other", "than") | ("apart", "from") | ("exception", "of") => (Kind::Except, 2),
        ("e", ".") if at(2) == "g" => (Kind::Example, 4),
        // "i.e." spells out what is meant.
        ("i", ".") if at(2) == "e" => (Kind::Link, 4),
        ("such", "as") | ("not", "limited") | ("e", ".") => (Kind::Example, 2),
        ("not", "only") | ("no", "longer") => (Kind::Other, 2),
        ("with", "or" | "and" | "/") if at(2) == "without" => (Kind::Either, 3),
        ("regardless" | "irrespective" | "independent", "of") => (Kind::Either, 2),
        ("expressing", _) if kind_before.is_some_and(Kind::is_gene) => (Kind::Said(Said::Expressed), 1),
        ("over", "expression" | "expressing" | "expressed") => (Kind::Said(Said::Overexpression), 2),
        ("tyrosine", "kinase") if at(2).starts_with("domain") => (Kind::Said(Said::KinaseDomain), 3),
        ("tyrosine", "kinase") => (Kind::Link, 2),
        ("tandem", "duplication" | "duplications" | "repeat") => (Kind::Said(Said::TandemDuplication), 2),
        ("copy", "number")
            if matches!(
                at(2),
                "gain" | "gains" | "increase" | "increased" | "amplification" | "≥" | ">" | "alteration"
            ) =>
        {
            (Kind::Said(Said::Amplification), 3)
        }
        // A count alone may be of a normal gene: "average HER2 copy number < 4".
        ("copy", "number") => (Kind::Link, 2),
        // "Estrogen receptor positive" says nothing of the gene that follows.
        ("receptor", "positive" | "negative")
            if !i
                .checked_sub(1)
                .is_some_and(|j| words.get(j).is_some_and(|w| w.kind.is_gene())) =>
        {
            (Kind::Other, 2)
        }
        ("low", _) if is_her2(before(1)) => (Kind::Said(Said::Class("low")), 1),
        ("zero", _) if is_her2(before(1)) => (Kind::Negative, 1),
        ("class" | "classes", number) if of_mutations(words, i) => (Kind::Said(Said::Class(braf_class(number)?)), 2),
        ("common" | "classical" | "resistance" | "gatekeeper", next)
            if kind(1).is_some_and(Kind::is_gene) || next.starts_with("mutation") || next.starts_with("alteration") =>
        {
            let class = match at(0) {
                "common" => "common mutation",
                "classical" => "classical mutation",
                "gatekeeper" => "gatekeeper mutation",
                _ => "resistance mutation",
            };
            (Kind::Said(Said::Class(class)), 1)
        }
        ("promoter", next) if next.contains("methylat") => (Kind::Link, 1),
        ("solvent", "front") => (Kind::Said(Said::Class("solvent-front mutation")), 2),
        ("ligand", "binding") if at(2) == "domain" => (Kind::Said(Said::Class("ligand-binding domain mutation")), 3),
        // "Negative for EGFR and ALK" says that both are; "for EGFR mutations" denies what follows.
        ("negative", "for") if ends_with_genes(words, i + 2) => (Kind::Negative, 2),
        ("negative", "for") => (Kind::Negator, 2),
        ("anti", _) => (Kind::DrugOf, 1),
        ("uncommon" | "rare" | "atypical", next)
            if kind(1).is_some_and(Kind::is_gene) || next.starts_with("mutation") || next.starts_with("variant") =>
        {
            (Kind::Said(Said::Uncommon), 1)
        }
        // "A valid mutation result is required", whatever it is.
        ("mutation" | "mutational" | "test" | "testing" | "analysis", "result") => (Kind::Test, 2),
        ("small", "molecule") => (Kind::Link, 2),
        ("specific" | "specifically", "for") if kind_before == Some(Kind::Drug) => (Kind::DrugOf, 2),
        ("targeting", _) if kind(1).is_some_and(Kind::is_gene) => (Kind::DrugOf, 1),
        ("that" | "which" | "directly" | "specifically", "target" | "targets" | "targeted" | "targeting") => {
            (Kind::DrugOf, 2)
        }
        (
            "inhibitor" | "inhibitors" | "antibody" | "antibodies" | "blocker" | "blockers" | "degrader" | "degraders"
            | "agent" | "agents" | "drug" | "drugs",
            "of" | "against" | "targeting" | "to" | "directed" | "for",
        ) => (Kind::DrugOf, 2),
        // "A negative FISH test (HER2 amplification)" denies what the test is for.
        ("negative", "fish" | "ish" | "ihc") if before(1) == "a" => (Kind::Negator, 1),
        // "Documented negative test result for EGFR mutation" denies it.
        ("negative", "test" | "tests" | "testing" | "result" | "results" | "screening")
            if tested_for(words, lower, i).is_some() =>
        {
            let used = tested_for(words, lower, i)?;
            let kind = if ends_with_genes(words, i + used) {
                Kind::Negative
            } else {
                Kind::Negator
            };
            (kind, used)
        }
        // "or a negative test for the variant": an adjective of the test.
        ("negative" | "positive" | "normal", "test" | "result" | "results" | "testing" | "tests")
            if matches!(before(1), "a" | "an" | "with") =>
        {
            (Kind::Clause, 2)
        }
        ("exon" | "exons", first) if at(2) == "to" || range(words, i + 1, text) => {
            let last = if at(2) == "to" { at(3) } else { at(2) };
            let used = if at(2) == "to" { 4 } else { 3 };
            (Kind::Said(Said::Exons(first.parse().ok()?, last.parse().ok()?)), used)
        }
        ("exon" | "exons" | "ex", number) => {
            let exon = number.parse::<u8>().ok()?;
            let (event, used) = exon_event(lower, i + 2);
            (Kind::Said(Said::Exon(exon, event)), used - i)
        }
        ("codon" | "codons", number) => (Kind::Said(Said::Codon(number.parse().ok()?)), 2),
        // "BCR-ABL1": records write a fusion with a hyphen, too.
        (partner, _) if FIVE_PRIME.contains(&partner) && matches!(kind(1), Some(Kind::Gene(_))) => {
            let (one, other) = (words.get(i)?, words.get(i + 1)?);
            if !matches!(text.get(one.end..other.start), Some("-" | "–")) {
                return None;
            }
            (Kind::Said(Said::Fusion), 1)
        }
        _ => return None,
    })
}

/// Whether what begins at `from` is genes and nothing that happened to them.
fn ends_with_genes(words: &[Word], from: usize) -> bool {
    let mut named = false;
    for word in words.iter().skip(from) {
        match word.kind {
            kind if kind.is_gene() => named = true,
            kind if kind.binds() => {}
            Kind::Said(_) | Kind::Negative => return false,
            _ => break,
        }
    }
    named
}

/// How many words "negative test result for" are at `i`, if genes follow.
fn tested_for(words: &[Word], lower: &[&str], i: usize) -> Option<usize> {
    let at = (i + 2..i + 4).find(|at| lower.get(*at).is_some_and(|w| matches!(*w, "for" | "of")))?;
    let genes = words.iter().skip(at + 1).take(4).any(|w| w.kind.is_gene());
    genes.then_some(at + 1 - i)
}

fn is_her2(word: &str) -> bool {
    matches!(word, "her2" | "erbb2" | "her-2")
}

/// Whether the "class" at `i` is one of mutations, "class II BRAF mutations", and none of heart failure.
fn of_mutations(words: &[Word], i: usize) -> bool {
    let is_gene = |w: &Word| w.kind.is_gene() || matches!(w.kind, Kind::Said(Said::Mutation | Said::Alteration));
    words.iter().take(i).rev().take(3).any(is_gene) || words.iter().skip(i + 2).take(5).any(is_gene)
}

/// The class of BRAF mutations with a number.
pub(super) fn braf_class(number: &str) -> Option<&'static str> {
    Some(match number {
        "i" | "1" => "class I mutation",
        "ii" | "2" => "class II mutation",
        "iii" | "3" => "class III mutation",
        _ => return None,
    })
}

/// A change by position.
fn by_position(said: Said) -> bool {
    matches!(said, Said::Substitution(..) | Said::Codon(_) | Said::Exon(..))
}

/// The 5′ partners of fusions that records write with a hyphen before the kinase, in lower case.
const FIVE_PRIME: [&str; 16] = [
    "bcr", "eml4", "kif5b", "ccdc6", "ncoa4", "cd74", "slc34a2", "etv6", "npm", "npm1", "lmna", "tpm3", "fip1l1",
    "kiaa1549", "strn", "sdc4",
];

/// The event that follows an exon's number, and where the words after it begin.
fn exon_event(lower: &[&str], from: usize) -> (ExonEvent, usize) {
    for (at, word) in lower.iter().enumerate().skip(from).take(4) {
        if let Some(event) = event(word) {
            return (event, at + 1);
        }
        if matches!(*word, ";" | "exon" | "or" | ",") {
            break;
        }
    }
    (ExonEvent::Mutation, from)
}

fn event(word: &str) -> Option<ExonEvent> {
    Some(match word.trim_end_matches('s') {
        "deletion" | "del" | "deleted" => ExonEvent::Deletion,
        "insertion" | "in" if word != "in" => ExonEvent::Insertion,
        "insertion" | "duplication" => ExonEvent::Insertion,
        "skipping" | "skip" => ExonEvent::Skipping,
        _ => return None,
    })
}
