//! A criterion's words, each with what it can mean beside a gene. Only exact spellings count; the rest is [`Kind::Other`].

use super::lexicon::{Hit, Reach};
use crate::mutation::ExonEvent;

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
    /// "status", "testing", "expression".
    Status,
    /// "no", "without", "absence".
    Negator,
    /// "other than", "except".
    Except,
    /// "including", "such as", "e.g.": examples follow.
    Example,
    /// "and", ",", "gene", "pathogenic": binds or colours, never decides.
    Link,
    /// The end of a sentence, or a semicolon.
    Stop,
    /// Any other word.
    Other,
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
    /// "EGFR-positive", without saying what is positive.
    Positive,
    /// `L858R`.
    Substitution(u32, char),
    /// `V600`, `G12X`.
    Codon(u32),
    /// `exon 19 deletion`.
    Exon(u8, ExonEvent),
    /// "fusion", "rearrangement", "translocation".
    Fusion,
    /// "amplification".
    Amplification,
    /// "overexpression".
    Overexpression,
    /// "loss", "deletion", "deficient".
    Loss,
    /// "inactivating", "-/-": the function is gone, however.
    Inactivation,
    /// FLT3's internal tandem duplication.
    TandemDuplication,
    /// FLT3's tyrosine-kinase domain.
    KinaseDomain,
    /// TERT's promoter.
    Promoter,
}

/// Cuts `text[from..to]` into words. `hits` are the genes found in it, in order.
pub(super) fn words(text: &str, from: usize, to: usize, hits: &[Hit]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
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
                if hit.negative {
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
                Some('-' | '−' | '–') if ends && next.is_some_and(|c| c != ' ') => {
                    words.push(word(at, at, Kind::Negative));
                }
                _ => {}
            }
            at = words.last().map_or(at, |w| w.end.max(at));
            continue;
        }
        let rest = text.get(at..to).unwrap_or("");
        let Some(first) = rest.chars().next() else { break };
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
        } else {
            match first {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let kind = match first {
                ';' if depth == 0 => Kind::Stop,
                '.' => {
                    let after = rest.get(1..).unwrap_or("");
                    let begins = after.trim_start().chars().next();
                    let spaced = after.starts_with(char::is_whitespace);
                    let lead = words.last().map_or(0, |w| w.end - w.start);
                    if after.is_empty() || (spaced && begins.is_some_and(char::is_uppercase) && lead > 2) {
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
    join(&mut words, text);
    words
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

/// Two words that only together mean something.
fn join(words: &mut [Word], text: &str) {
    let lower: Vec<String> = words
        .iter()
        .map(|w| text.get(w.start..w.end).unwrap_or("").to_ascii_lowercase())
        .collect();
    for i in 0..words.len() {
        let at = |n: usize| lower.get(i + n).map_or("", String::as_str);
        let kind = match (at(0), at(1)) {
            ("wild", "type") | ("non", "mutated" | "mutant" | "amplified") => Some((Kind::Negative, 2)),
            ("other", "than") | ("apart", "from") => Some((Kind::Except, 2)),
            ("such", "as") | ("not", "limited") | ("i" | "e", ".") => Some((Kind::Example, 2)),
            ("not", "only") | ("no", "longer") => Some((Kind::Other, 2)),
            ("over", "expression" | "expressing" | "expressed") => Some((Kind::Said(Said::Overexpression), 2)),
            ("tyrosine", "kinase") if at(2).starts_with("domain") => Some((Kind::Said(Said::KinaseDomain), 3)),
            ("tyrosine", "kinase") => Some((Kind::Link, 2)),
            ("tandem", "duplication" | "duplications" | "repeat") => Some((Kind::Said(Said::TandemDuplication), 2)),
            ("copy", "number") => Some((Kind::Said(Said::Amplification), 3)),
            ("anti", _) => Some((Kind::Other, 1)),
            ("exon" | "exons" | "ex", number) => number.parse::<u8>().ok().map(|exon| {
                let (event, used) = exon_event(&lower, i + 2);
                (Kind::Said(Said::Exon(exon, event)), used - i)
            }),
            _ => None,
        };
        if let Some((kind, used)) = kind {
            if let Some(word) = words.get_mut(i) {
                word.kind = kind;
            }
            for later in words.iter_mut().skip(i + 1).take(used - 1) {
                later.kind = Kind::Link;
            }
        }
    }
}

/// The event that follows an exon's number, and where the words after it begin.
fn exon_event(lower: &[String], from: usize) -> (ExonEvent, usize) {
    for (at, word) in lower.iter().enumerate().skip(from).take(4) {
        if let Some(event) = event(word) {
            return (event, at + 1);
        }
        if word == ";" || word == "exon" || word == "or" || word == "," {
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

fn classify(run: &str) -> Kind {
    if let Some(said) = variant(run) {
        return Kind::Said(said);
    }
    let lower = run.to_ascii_lowercase();
    match lower.as_str() {
        "mutation" | "mutations" | "mutant" | "mutants" | "mutated" | "mutational" | "mut" | "variant" | "variants"
        | "mt" | "m" => Kind::Said(Said::Mutation),
        "alteration" | "alterations" | "altered" | "aberration" | "aberrations" | "abnormality" | "abnormalities"
        | "anomalies" | "changes" | "genotype" | "defect" | "defects" => Kind::Said(Said::Alteration),
        "activating" | "activated" | "sensitizing" | "sensitising" | "sensitive" | "sensitivity" | "common"
        | "actionable" => Kind::Said(Said::Activating),
        "positive" | "positivity" => Kind::Said(Said::Positive),
        "fusion" | "fusions" | "rearrangement" | "rearrangements" | "rearranged" | "translocation"
        | "translocations" | "translocated" => Kind::Said(Said::Fusion),
        "amplification" | "amplifications" | "amplified" => Kind::Said(Said::Amplification),
        "overexpression" | "overexpressing" | "overexpressed" => Kind::Said(Said::Overexpression),
        "loss" | "deletion" | "deletions" | "deleted" | "deficient" | "deficiency" | "null" => Kind::Said(Said::Loss),
        "inactivation" | "inactivating" | "inactivated" => Kind::Said(Said::Inactivation),
        "itd" => Kind::Said(Said::TandemDuplication),
        "tkd" => Kind::Said(Said::KinaseDomain),
        "promoter" => Kind::Said(Said::Promoter),
        "skipping" => Kind::Said(Said::Exon(14, ExonEvent::Skipping)),
        "negative" | "wildtype" | "wt" | "normal" | "unmutated" | "nonmutated" | "intact" => Kind::Negative,
        "inhibitor" | "inhibitors" | "tki" | "tkis" | "targeted" | "directed" | "antibody" | "antibodies"
        | "therapy" | "therapies" | "targeting" | "blocker" | "agents" | "agent" | "degrader" | "treatment"
        | "inhibition" | "adc" => Kind::Drug,
        "status" | "testing" | "test" | "tests" | "expression" | "assay" | "assessment" | "ihc" | "regardless"
        | "results" => Kind::Status,
        "no" | "without" | "absence" | "lack" | "lacking" | "not" | "never" | "neither" | "nor" | "free"
        | "exclude" | "excludes" | "excluded" | "non" | "rule" => Kind::Negator,
        "except" | "excluding" | "besides" => Kind::Except,
        "including" | "eg" | "ie" | "include" | "includes" => Kind::Example,
        "and" | "or" | "gene" | "genes" | "in" | "of" | "the" | "a" | "an" | "any" | "for" | "known" | "pathogenic"
        | "likely" | "somatic" | "germline" | "deleterious" | "suspected" | "documented" | "confirmed"
        | "oncogenic" | "homozygous" | "heterozygous" | "biallelic" | "p" | "c" | "driver" | "oncogene" | "genetic"
        | "genomic" | "molecular" | "gain" | "function" | "other" | "following" | "hotspot" | "point" | "tumor"
        | "tumour" | "receptor" | "cancer" | "involving" | "associated" | "limited" | "to" | "but" | "following:"
        | "high" | "domain" | "one" | "either" | "both" | "carrying" | "with" | "evidence" | "is" | "are" | "as"
        | "at" | "least" => Kind::Link,
        _ if looks_like_gene(run) => Kind::OtherGene,
        _ => Kind::Other,
    }
}

/// `L858R`, `V600`, `G12X`, `Leu858Arg`, `ex19del`, `del19`.
fn variant(run: &str) -> Option<Said> {
    let lower = run.to_ascii_lowercase();
    let exon = lower.strip_prefix("exon").or_else(|| lower.strip_prefix("ex"));
    if let Some(rest) = exon {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest.get(..digits)?.parse().ok()?;
        let event = match rest.get(digits..)? {
            "" => ExonEvent::Mutation,
            "del" => ExonEvent::Deletion,
            "ins" => ExonEvent::Insertion,
            "skip" | "skipping" => ExonEvent::Skipping,
            _ => return None,
        };
        let event = if number == 14 && event == ExonEvent::Mutation {
            ExonEvent::Skipping
        } else {
            event
        };
        return Some(Said::Exon(number, event));
    }
    match lower.as_str() {
        "del19" | "19del" => return Some(Said::Exon(19, ExonEvent::Deletion)),
        "20ins" | "ins20" => return Some(Said::Exon(20, ExonEvent::Insertion)),
        _ => {}
    }
    let (from, rest) = residue(run)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || from == 'H' && rest == "3" || digits < 2 {
        return None;
    }
    let position = rest.get(..digits)?.parse().ok()?;
    match rest.get(digits..)? {
        "" | "X" | "x" | "mut" => (digits >= 2 && from != 'X' && !matches!(from, 'T' | 'P' | 'B' | 'O') || digits >= 3)
            .then_some(Said::Codon(position)),
        "*" => Some(Said::Substitution(position, '*')),
        to => {
            let (to, rest) = residue(to)?;
            rest.is_empty().then_some(Said::Substitution(position, to))
        }
    }
}

/// The amino acid that `text` begins with, by three-letter code or upper-case letter, and the rest.
fn residue(text: &str) -> Option<(char, &str)> {
    const THREE: [(&str, char); 21] = [
        ("Ala", 'A'),
        ("Arg", 'R'),
        ("Asn", 'N'),
        ("Asp", 'D'),
        ("Cys", 'C'),
        ("Gln", 'Q'),
        ("Glu", 'E'),
        ("Gly", 'G'),
        ("His", 'H'),
        ("Ile", 'I'),
        ("Leu", 'L'),
        ("Lys", 'K'),
        ("Met", 'M'),
        ("Phe", 'F'),
        ("Pro", 'P'),
        ("Ser", 'S'),
        ("Thr", 'T'),
        ("Trp", 'W'),
        ("Tyr", 'Y'),
        ("Val", 'V'),
        ("Ter", '*'),
    ];
    if let Some(found) = THREE
        .iter()
        .find_map(|(three, one)| Some((*one, text.strip_prefix(three)?)))
    {
        return Some(found);
    }
    let first = text.chars().next()?;
    "ACDEFGHIKLMNPQRSTVWY"
        .contains(first)
        .then(|| (first, text.get(1..).unwrap_or("")))
}

fn looks_like_gene(run: &str) -> bool {
    (2..=9).contains(&run.len())
        && run.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && run.bytes().filter(u8::is_ascii_uppercase).count() >= 2
        && !matches!(
            run,
            "NSCLC"
                | "AND"
                | "OR"
                | "NOT"
                | "IHC"
                | "FISH"
                | "NGS"
                | "PCR"
                | "CLIA"
                | "DNA"
                | "RNA"
                | "AML"
                | "CRC"
                | "ECOG"
        )
        || run.len() == 1 && run.bytes().all(|b| b.is_ascii_digit())
}
