//! One text to one mutation: the gene is looked for from the front, and all that is left must say what happened to it.

use super::family::NoSignature;
use super::protein::{self, Word};
use super::words::{self, Trouble};
use super::{Alteration, Family, Mutation, Signature, UnreadMutation, chromosome, coding, disease, fusion, notation};
use crate::class::Class;
use crate::gene::{Gene, Lookup};
use std::ops::Range;

/// The most words that the name of a gene or family has: `NTRK1, NTRK2 or NTRK3`, `HER-2/neu`, `folate receptor alpha`.
const NAME_WORDS_MAX: usize = 4;

pub(super) fn read(text: &str) -> Result<Mutation, UnreadMutation> {
    if text.len() > Mutation::TEXT_MAX {
        return Err(UnreadMutation::TooLong { bytes: text.len() });
    }
    let plain = notation::plain(text);
    let plain = plain.trim();
    if !plain.contains(char::is_alphanumeric) || says_nothing(plain) {
        return Err(UnreadMutation::Empty);
    }
    if let Some(signature) = Signature::named(plain) {
        return Ok(Mutation::Signature(signature));
    }
    if let Some((signature, rest)) = Signature::at_the_start_of(plain) {
        let text = plain.to_owned();
        return Err(match read(rest) {
            _ if words::read(None, rest) == Err(Trouble::Absent) => UnreadMutation::NoAlteration { text },
            Ok(_) => UnreadMutation::SeveralAlterations { text },
            Err(_) => UnreadMutation::SignatureAndMore { signature, text },
        });
    }
    match NoSignature::named(plain) {
        Some(NoSignature::Absent) => return Err(UnreadMutation::NoAlteration { text: plain.to_owned() }),
        Some(NoSignature::Measured(signature)) => {
            return Err(UnreadMutation::NoSignature {
                signature,
                text: plain.to_owned(),
            });
        }
        None => {}
    }
    if let Some(read) = chromosome::read(plain) {
        return read;
    }
    if disease::named_in(plain) == Some(plain) {
        return Err(UnreadMutation::Disease { name: plain.to_owned() });
    }
    if let Some(fusion) = fusion::with_places(plain) {
        return Ok(fusion);
    }
    if let Some(mutation) = change_in_a_fusion(plain) {
        return Ok(mutation);
    }
    if let Some(fusion) = fusion::read(plain) {
        return fusion;
    }
    of_gene_or_family(plain)
}

/// What is written where there is nothing to write; some of it is an alias of a gene.
fn says_nothing(text: &str) -> bool {
    [
        "na",
        "n/a",
        "nil",
        "none",
        "no",
        "yes",
        "unknown",
        "not applicable",
        "tbd",
        "pending",
    ]
    .iter()
    .any(|word| word.eq_ignore_ascii_case(text))
}

/// `BCR-ABL1 T315I`: resistance to an inhibitor arises in the fusion's kinase, and is named after it.
fn change_in_a_fusion(text: &str) -> Option<Mutation> {
    let (changes, others): (Vec<&str>, Vec<&str>) = text
        .split_whitespace()
        .filter(|word| {
            !matches!(
                word.to_ascii_lowercase().as_str(),
                "mutation" | "mutant" | "mutated" | "with" | "kinase" | "domain" | "detected" | "+"
            )
        })
        .map(|word| word.trim_end_matches("-mutant").trim_end_matches("-mutated"))
        .partition(|word| matches!(protein::read(word.trim_matches(',')), Some(Word::Change(_))));
    let [change] = changes.as_slice() else { return None };
    // In `EGFR L858R, ALK fusion` two genes stand apart.
    let is_one_word = others
        .iter()
        .any(|word| word.contains(['-', '/', ':']) && fusion::read(&format!("{word} fusion")).is_some());
    if !is_one_word {
        return None;
    }
    let Some(Ok(Mutation::Fusion { gene, .. })) = fusion::read(&others.join(" ")) else {
        return None;
    };
    let alteration = words::read(Some(gene), change)
        .ok()
        .filter(|_| fusion::is_kinase(gene))?;
    Some(Mutation::OfGene { gene, alteration })
}

/// Why a name is not one gene.
pub(super) fn not_one_gene(name: &str) -> UnreadMutation {
    if let Some(name) = disease::named_in(name) {
        return UnreadMutation::Disease { name: name.to_owned() };
    }
    match Gene::lookup(name) {
        Lookup::Ambiguous(genes) => UnreadMutation::AmbiguousGene {
            name: name.to_owned(),
            genes,
        },
        Lookup::Unknown { nearest } => UnreadMutation::UnknownGene {
            name: name.to_owned(),
            nearest,
        },
        Lookup::Found(gene) => UnreadMutation::UnknownGene {
            name: name.to_owned(),
            nearest: Some(gene),
        },
    }
}

fn of_gene_or_family(text: &str) -> Result<Mutation, UnreadMutation> {
    let words = spans(text);
    let slice = |range: Range<usize>| text.get(range).unwrap_or_default();
    // The first word that can be meant as a gene: where nothing is read, the message is about it.
    let first = words
        .iter()
        .position(|span| words::can_name_a_gene(slice(span.clone())));
    let mut refused = None;
    for (i, start) in words.iter().enumerate() {
        for end in words.iter().skip(i).take(NAME_WORDS_MAX).rev() {
            let name = slice(start.start..end.end);
            let is_one_word = start == end;
            let is_sign = |c: char| {
                !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, '-' | '/' | '.' | '\'' | '_' | ',')
            };
            if name.contains(is_sign) || is_one_word && !words::can_name_a_gene(name) {
                continue;
            }
            let rest = || format!("{} {}", slice(0..start.start), slice(end.end..text.len()));
            if let Some(read) = named(name, &rest) {
                match read {
                    Ok(mutation) => return Ok(mutation),
                    Err(trouble) if Some(i) == first && refused.is_none() => {
                        refused = Some(explain(text, name, &rest(), trouble))
                    }
                    Err(_) => {}
                }
            }
        }
    }
    if let Some(mutation) = words
        .first()
        .and_then(|word| glued(slice(word.clone()), slice(word.end..text.len())))
    {
        return Ok(mutation);
    }
    if let Some(mutation) = of_the_only_gene_with(text) {
        return Ok(mutation);
    }
    // `non-small cell` denies nothing.
    let says_more_than = |name: &str| match refused {
        Some(UnreadMutation::NoAlteration { .. }) => !name.starts_with("non"),
        Some(UnreadMutation::AnyOrStop { .. } | UnreadMutation::Group { .. }) => true,
        _ => false,
    };
    if let Some(name) = disease::named_in(text).filter(|name| !says_more_than(name)) {
        return Err(UnreadMutation::Disease { name: name.to_owned() });
    }
    Err(refused.unwrap_or_else(|| match first {
        None => UnreadMutation::NoGene { text: text.to_owned() },
        Some(i) => {
            let name = slice(words.get(i).cloned().unwrap_or_default());
            match words::read(None, text) {
                Ok(_) => UnreadMutation::NoGene { text: text.to_owned() },
                Err(_) => not_one_gene(name),
            }
        }
    }))
}

/// The mutation of the gene or family called `name`, if there is one; the rest says what happened to it.
fn named(name: &str, rest: &dyn Fn() -> String) -> Option<Result<Mutation, Trouble>> {
    let name = without_origin(name);
    if let Some(family) = Family::named(name) {
        return Some(words::read(None, &rest()).and_then(|alteration| of_family(family, alteration, &rest())));
    }
    if let Some(gene) = Gene::named(name) {
        if let Some(class) = Class::spelled(gene, &rest()) {
            let alteration = Alteration::Class(class);
            return Some(Ok(Mutation::OfGene { gene, alteration }));
        }
        return Some(words::read(Some(gene), &rest()).map(|alteration| Mutation::OfGene { gene, alteration }));
    }
    // Which gene is meant decides all; the words around it don't matter.
    Gene::is_shared(name).then_some(Err(Trouble::Unknown))
}

/// `c.2573T>G`, `185delAG`: a coding-DNA change that the tables know of one gene alone.
fn of_the_only_gene_with(text: &str) -> Option<Mutation> {
    let gene = text.split_whitespace().find_map(coding::only_gene_with)?;
    let alteration = words::read(Some(gene), text).ok()?;
    Some(Mutation::OfGene { gene, alteration })
}

/// `gBRCA1`, `sBRCA2`, `tBRCA`: germline, somatic, tumour.
fn without_origin(name: &str) -> &str {
    name.strip_prefix(['g', 's', 't'])
        .filter(|gene| gene.starts_with("BRCA"))
        .unwrap_or(name)
}

fn of_family(family: Family, alteration: Alteration, rest: &str) -> Result<Mutation, Trouble> {
    let says = |word: &str| rest.to_ascii_lowercase().contains(word);
    let alteration = match alteration {
        // NTRK-positive is a fusion, as of each of its members.
        Alteration::Any if family == Family::Ntrk && (says("positive") || says("+")) && !says("mut") => {
            Alteration::Fusion
        }
        Alteration::Any | Alteration::Fusion => alteration,
        _ => return Err(Trouble::Unknown),
    };
    Ok(Mutation::OfFamily { family, alteration })
}

/// `KRASG12C`, `METex14`, `EGFRvIII`, `FLT3ITD`: a gene and what happened to it in one word. A rare gene's alias is not
/// looked for there: among 60,000 names one begins nearly every word.
fn glued(word: &str, after: &str) -> Option<Mutation> {
    let ends = word.char_indices().map(|(at, _)| at).filter(|at| *at >= 2);
    ends.rev().find_map(|at| {
        let (name, change) = word.split_at(at);
        let gene =
            Gene::named(name).filter(|gene| gene.matters_in_oncology() || gene.symbol().eq_ignore_ascii_case(name))?;
        let alteration = words::read(Some(gene), &format!("{change} {after}")).ok()?;
        // `BCRA1` is no codon of BCR, `BRAFV600` is one of BRAF.
        if let Alteration::Codon { from, position } = alteration
            && coding::residue_at(gene, position) != Some(from)
        {
            return None;
        }
        Some(Mutation::OfGene { gene, alteration })
    })
}

fn explain(text: &str, name: &str, rest: &str, trouble: Trouble) -> UnreadMutation {
    let text = text.to_owned();
    let name = without_origin(name);
    let Some(gene) = Gene::named(name) else {
        return match Family::named(name) {
            Some(family) => match trouble {
                Trouble::Absent => UnreadMutation::NoAlteration { text },
                Trouble::Several => UnreadMutation::SeveralAlterations { text },
                _ => UnreadMutation::OfFamily {
                    family,
                    words: rest.trim().to_owned(),
                },
            },
            None => not_one_gene(name),
        };
    };
    match trouble {
        Trouble::Unknown => UnreadMutation::UnknownAlteration {
            of: gene.symbol().to_owned(),
            words: rest.trim().to_owned(),
        },
        Trouble::Several => UnreadMutation::SeveralAlterations { text },
        Trouble::Absent => UnreadMutation::NoAlteration { text },
        Trouble::Group => UnreadMutation::Group {
            gene,
            words: rest.trim().to_owned(),
        },
        Trouble::AnyOrStop(codon) => UnreadMutation::AnyOrStop { gene, codon },
        Trouble::PositiveForWhat => UnreadMutation::PositiveForWhat { gene },
    }
}

/// Where the words stand: runs without blanks, brackets and joining signs.
fn spans(text: &str) -> Vec<Range<usize>> {
    let is_between = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                ',' | ';' | ':' | '(' | ')' | '[' | ']' | '/' | '&' | '-' | '+' | '"' | '?'
            )
    };
    let mut spans = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_between(c), start) {
            (true, Some(from)) => {
                spans.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    spans
}
