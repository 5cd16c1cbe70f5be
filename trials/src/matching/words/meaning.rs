//! What a single word can mean beside a gene: the tables of exact spellings.

use super::{Kind, Said};
use crate::mutation::AMINO_ACIDS;
use crate::mutation::ExonEvent;

/// What `run`, a word without spaces and marks, can mean.
pub(super) fn classify(run: &str) -> Kind {
    // Every change has a number in it, and few words do.
    if run.bytes().any(|b| b.is_ascii_digit())
        && let Some(said) = variant(run)
    {
        return Kind::Said(said);
    }
    let mut buffer = [0; WORD_MAX];
    match in_lower_case(run, &mut buffer) {
        "mutation" | "mutations" | "mutant" | "mutants" | "mutated" | "mutational" | "mut" | "variant" | "variants"
        | "mt" | "m" => Kind::Said(Said::Mutation),
        "alteration" | "alterations" | "altered" | "aberration" | "aberrations" | "abnormality" | "abnormalities"
        | "anomalies" | "changes" | "genotype" | "defect" | "defects" => Kind::Said(Said::Alteration),
        "activating" | "activated" | "sensitizing" | "sensitising" | "sensitive" | "sensitivity" | "common"
        | "actionable" => Kind::Said(Said::Activating),
        "positive" | "positivity" => Kind::Said(Said::Positive),
        "fusion" | "fusions" | "rearrangement" | "rearrangements" | "rearranged" | "translocation"
        | "translocations" | "translocated" | "transcript" | "transcripts" => Kind::Said(Said::Fusion),
        "amplification" | "amplifications" | "amplified" => Kind::Said(Said::Amplification),
        "overexpression" | "overexpressing" | "overexpressed" => Kind::Said(Said::Overexpression),
        "loss" | "deletion" | "deletions" | "deleted" | "null" => Kind::Said(Said::Loss),
        "inactivation" | "inactivating" | "inactivated" | "deficient" | "deficiency" => Kind::Said(Said::Inactivation),
        "itd" => Kind::Said(Said::TandemDuplication),
        "tkd" => Kind::Said(Said::KinaseDomain),
        "promoter" => Kind::Said(Said::Promoter),
        "methylation" | "methylated" | "hypermethylation" | "hypermethylated" => Kind::Said(Said::Methylation),
        "pacc" => Kind::Said(Said::Class("PACC mutation")),
        "ultralow" => Kind::Said(Said::Class("ultralow")),
        "skipping" => Kind::Said(Said::Exon(14, ExonEvent::Skipping)),
        "negative" | "negativity" | "unmethylated" | "wildtype" | "wt" | "normal" | "unmutated" | "nonmutated"
        | "intact" => Kind::Negative,
        "inhibitor" | "inhibitors" | "tki" | "tkis" | "targeted" | "directed" | "antibody" | "antibodies"
        | "therapy" | "therapies" | "targeting" | "blocker" | "agents" | "agent" | "degrader" | "treatment"
        | "inhibition" | "adc" => Kind::Drug,
        "status" | "expression" => Kind::Status,
        "testing" | "test" | "tests" | "assay" | "assessment" | "analysis" | "analyses" | "ihc" | "results" => {
            Kind::Test
        }
        "received" | "receiving" | "progressed" | "undergone" | "failed" | "relapsed" | "treated" | "taken"
        | "given" | "exhausted" | "experienced" => Kind::Verb,
        "regardless" | "irrespective" => Kind::Either,
        "no" | "without" | "absence" | "lack" | "lacking" | "not" | "never" | "neither" | "nor" | "free"
        | "exclude" | "excludes" | "excluded" | "non" | "rule" => Kind::Negator,
        "which" | "who" | "whose" | "that" | "have" | "has" | "had" => Kind::Clause,
        "except" | "excluding" | "besides" => Kind::Except,
        "in" | "of" | "within" => Kind::Of,
        "inhibits" | "inhibit" | "inhibiting" | "blocks" => Kind::DrugOf,
        "other" => Kind::Another,
        "including" | "eg" | "include" | "includes" => Kind::Example,
        "and" | "or" | "gene" | "genes" | "unknown" | "the" | "a" | "an" | "any" | "for" | "known" | "pathogenic"
        | "likely" | "somatic" | "germline" | "deleterious" | "suspected" | "documented" | "confirmed"
        | "oncogenic" | "homozygous" | "heterozygous" | "biallelic" | "p" | "c" | "driver" | "oncogene" | "genetic"
        | "genomic" | "molecular" | "gain" | "function" | "following" | "hotspot" | "point" | "tumor" | "tumour"
        | "receptor" | "cancer" | "involving" | "associated" | "limited" | "to" | "but" | "following:" | "more"
        | "high" | "domain" | "one" | "either" | "both" | "carrying" | "with" | "evidence" | "is" | "are" | "as"
        | "at" | "least" | "ie" | "must" | "should" | "be" => Kind::Link,
        _ if looks_like_gene(run) => Kind::OtherGene,
        _ => Kind::Other,
    }
}

/// No word of the table is longer, in bytes.
const WORD_MAX: usize = 24;

/// `run` in lower case; empty where it is longer than any word of the table.
fn in_lower_case<'b>(run: &str, buffer: &'b mut [u8; WORD_MAX]) -> &'b str {
    let Some(lower) = buffer.get_mut(..run.len()) else {
        return "";
    };
    lower.copy_from_slice(run.as_bytes());
    lower.make_ascii_lowercase();
    std::str::from_utf8(lower).unwrap_or("")
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
    const STOP: (&str, char) = ("Ter", '*');
    if let Some(found) = AMINO_ACIDS
        .iter()
        .chain([&STOP])
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
