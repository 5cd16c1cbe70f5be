//! Passes over a criterion's words that look past one neighbour: lists, brackets and names that are spelled out.

use super::{Kind, Said, Word, braf_class};
use crate::mutation::ExonEvent;

/// The longest full name of a gene, in words.
const FULL_NAME_MAX: usize = 10;

/// "Negative for HER2 (HER2-)": a minus says again what the words before it said, and takes nothing back.
pub(super) fn repeats_denial(words: &[Word], from: usize) -> bool {
    let mut after = words.iter().skip(from);
    let predicate = after.find(|w| !w.kind.is_gene() && !w.kind.binds() && w.kind != Kind::Other);
    predicate.is_some_and(|w| w.kind == Kind::Negative && w.start == w.end)
}

/// The words before a bracket that holds only a gene's symbol are its name, "anaplastic lymphoma kinase (ALK)", where
/// one of them is a word of which names of genes are made: as a symbol does, they say nothing else.
pub(super) fn full_names(words: &mut [Word], lower: &[&str]) {
    const NAMING: [&str; 10] = [
        "kinase",
        "receptor",
        "growth",
        "homolog",
        "oncogene",
        "proto",
        "viral",
        "protein",
        "polymerase",
        "susceptibility",
    ];
    for open in 0..words.len() {
        let kind = |n: usize| words.get(open + n).map(|w| w.kind);
        // "KRAS (Kirsten rat sarcoma viral oncogene) wild-type": the other way about.
        let behind_a_symbol = kind(0) == Some(Kind::Open)
            && open
                .checked_sub(1)
                .and_then(|at| words.get(at))
                .is_some_and(|w| w.kind.is_gene());
        if behind_a_symbol {
            let inside = words.iter().zip(lower).skip(open + 1).take(FULL_NAME_MAX + 1);
            let spelled: Vec<&str> = inside
                .take_while(|(w, _)| w.kind != Kind::Close)
                .map(|(_, l)| *l)
                .collect();
            let length = spelled.len();
            let closes = words.get(open + 1 + length).is_some_and(|w| w.kind == Kind::Close);
            let says_nothing = words
                .iter()
                .skip(open + 1)
                .take(length)
                .all(|w| w.kind == Kind::Other || w.kind.is_gene());
            if closes && says_nothing && spelled.iter().any(|w| NAMING.contains(w)) {
                for word in words.iter_mut().skip(open).take(length + 2) {
                    word.kind = Kind::Link;
                }
            }
            continue;
        }
        let bracket = kind(0) == Some(Kind::Open) && kind(1).is_some_and(Kind::is_gene) && kind(2) == Some(Kind::Close);
        if !bracket {
            continue;
        }
        let name = |(word, lower): &(&Word, &&str)| {
            word.kind == Kind::Other || NAMING.contains(*lower) || **lower == "tyrosine"
        };
        let before = words.iter().zip(lower).take(open).rev();
        let spelled: Vec<&str> = before.take_while(name).map(|(_, w)| *w).take(FULL_NAME_MAX).collect();
        if spelled.iter().any(|w| NAMING.contains(w)) {
            let length = spelled.len();
            for word in words.iter_mut().take(open).skip(open - length) {
                word.kind = Kind::Link;
            }
        }
    }
}

/// "No mutation in EGFR or ALK, and KRAS G12C": "or" closes the list, and what follows ", and" is said anew.
pub(super) fn closed_lists(words: &mut [Word], lower: &[&str]) {
    let mut or = false;
    let mut of = false;
    for i in 0..words.len() {
        let is = |n: usize, word: &str| lower.get(i + n).is_some_and(|w| *w == word);
        let Some(kind) = words.get(i).map(|w| w.kind) else {
            break;
        };
        let gene_follows = words.get(i + 2).is_some_and(|w| w.kind.is_gene());
        match kind {
            Kind::Of => (of, or) = (true, false),
            Kind::Link if is(0, "or") => or = of,
            Kind::Comma if or && is(1, "and") && gene_follows => {
                if let Some(word) = words.get_mut(i) {
                    word.kind = Kind::Stop;
                }
            }
            kind if kind.is_gene() || kind.binds() => {}
            _ => (of, or) = (false, false),
        }
    }
}

/// "exon 9, 11 or 13": each number of the list is an exon.
pub(super) fn exon_lists(words: &mut [Word], lower: &[&str]) {
    let mut exon = None;
    let mut separated = false;
    for (word, lower) in words.iter_mut().zip(lower) {
        if exon.is_none() && !matches!(word.kind, Kind::Said(Said::Exon(..))) {
            continue;
        }
        match (word.kind, lower.parse::<u8>()) {
            (Kind::Said(Said::Exon(_, event)), _) => (exon, separated) = (Some(event), false),
            (_, Ok(number)) if separated => {
                if let Some(event) = exon {
                    word.kind = Kind::Said(Said::Exon(number, event));
                    separated = false;
                }
            }
            (Kind::Link, Ok(_)) => {}
            (Kind::Comma | Kind::Link, _) if matches!(*lower, "," | "/" | "or" | "and") => separated = exon.is_some(),
            _ => exon = None,
        }
    }
}

/// "class II or III": each number of the list is a class.
pub(super) fn class_lists(words: &mut [Word], lower: &[&str]) {
    let mut listed = false;
    for (word, lower) in words.iter_mut().zip(lower) {
        match word.kind {
            Kind::Said(Said::Class(_)) if lower.starts_with("class") => listed = true,
            _ if !listed => {}
            Kind::Comma | Kind::Link | Kind::Other | Kind::OtherGene => match braf_class(lower) {
                Some(class) => word.kind = Kind::Said(Said::Class(class)),
                None => listed = word.kind != Kind::Other && word.kind != Kind::OtherGene,
            },
            _ => listed = false,
        }
    }
}

/// An exon beside an exact change says where it lies and asks for no other: "L861Q (exon 21)", "exon 21 (L858R)",
/// "Ex21-L858R".
pub(super) fn gloss(words: &mut [Word], lower: &[&str]) {
    let exact = |w: Option<&Word>| {
        matches!(
            w.map(|w| w.kind),
            Some(Kind::Said(Said::Substitution(..) | Said::Codon(_)))
        )
    };
    for i in 0..words.len() {
        let Some(Kind::Said(Said::Exon(_, ExonEvent::Mutation))) = words.get(i).map(|w| w.kind) else {
            continue;
        };
        let colours =
            |w: &&Word| matches!(w.kind, Kind::Open | Kind::Link | Kind::Said(Said::Mutation)) && w.end - w.start != 2;
        let is_parted = lower
            .get(i)
            .is_some_and(|w| w.starts_with("ex") && !w.ends_with(|c: char| c.is_ascii_digit()));
        let own_words = 1 + usize::from(is_parted);
        let after = words.iter().skip(i + own_words).take(4).find(|w| !colours(w));
        let before = i.checked_sub(1).and_then(|b| words.get(b)).map(|w| w.kind);
        let bracketed = before == Some(Kind::Open) && exact(i.checked_sub(2).and_then(|b| words.get(b)));
        // "L861Q mutations in exon 21".
        let lies_in = |w: &&Word| matches!(w.kind, Kind::Of | Kind::Said(Said::Mutation));
        let bracketed =
            bracketed || before == Some(Kind::Of) && exact(words.iter().take(i).rev().take(3).find(|w| !lies_in(w)));
        if (bracketed || exact(after))
            && let Some(word) = words.get_mut(i)
        {
            word.kind = Kind::Link;
        }
    }
}
