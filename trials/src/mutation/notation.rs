//! What is rewritten before a text is read: signs that stand for others, and the forms of laboratories that come to the
//! one form of the grammar whatever the gene is. Nothing here decides what is meant.

use super::{Family, coding, protein};
use crate::gene::Gene;

/// Every dash a hyphen, every blank a space, nothing invisible, and each form as the grammar has it.
pub(super) fn plain(text: &str) -> String {
    let signs: String = text.chars().filter(|c| !is_invisible(*c)).map(sign).collect();
    let signs: Vec<&str> = signs.split_whitespace().collect();
    let signs = signs
        .join(" ")
        .replace("&gt;", ">")
        .replace("->", ">")
        .replace("=>", ">")
        .replace("-/-", " null ");
    let signs = in_symbols(&signs);
    let quoted = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '.');
    let words: Vec<String> = signs
        .trim_matches(quoted)
        .split_whitespace()
        .map(word_of_the_grammar)
        .collect();
    let text = join(&words);
    // `ALK-`: the minus of a table of findings.
    match text.strip_suffix('-').map(str::trim) {
        Some(name) if Gene::named(name).is_some() => format!("{name} negative"),
        _ => text,
    }
}

/// Names in several words, as a report that spells everything out has them.
const LONG_NAMES: [(&str, &str); 17] = [
    ("human epidermal growth factor receptor 2", "ERBB2"),
    ("human epidermal growth factor receptor 3", "ERBB3"),
    ("epidermal growth factor receptor", "EGFR"),
    ("egf receptor", "EGFR"),
    ("anaplastic lymphoma kinase", "ALK"),
    ("janus kinase 2", "JAK2"),
    ("fms-like tyrosine kinase 3", "FLT3"),
    ("fms like tyrosine kinase 3", "FLT3"),
    ("fibroblast growth factor receptor 1", "FGFR1"),
    ("fibroblast growth factor receptor 2", "FGFR2"),
    ("fibroblast growth factor receptor 3", "FGFR3"),
    ("neurotrophic tyrosine receptor kinase", "NTRK"),
    ("isocitrate dehydrogenase 1", "IDH1"),
    ("isocitrate dehydrogenase 2", "IDH2"),
    ("rearranged during transfection", "RET"),
    ("kirsten rat sarcoma", "KRAS"),
    ("kirsten ras", "KRAS"),
];

fn in_symbols(text: &str) -> String {
    let mut text = text.to_owned();
    for (name, symbol) in LONG_NAMES {
        while let Some(at) = text.to_ascii_lowercase().find(name) {
            text.replace_range(at..at + name.len(), symbol);
        }
    }
    text
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '®' | '™')
}

fn sign(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => '-',
        'Δ' | '∆' => 'δ',
        '→' | '⟶' | '➔' => '>',
        '⁺' => '+',
        '“' | '”' | '„' => '"',
        '‘' | '’' | '`' | '´' => '\'',
        // Letters, digits and signs in full width.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c if c.is_whitespace() || c.is_control() => ' ',
        c => c,
    }
}

fn word_of_the_grammar(word: &str) -> String {
    let bare = word.trim_matches(|c| matches!(c, '(' | ')' | ',' | ';'));
    let rewritten = match bare {
        "TERTp" | "pTERT" | "hTERTp" => Some("TERT promoter".to_owned()),
        _ => marked_mutant(bare)
            .or_else(|| of_human(bare))
            .or_else(|| unmarked_splice_site(bare))
            .or_else(|| joined_by_a_hyphen(bare))
            .or_else(|| parted_by_underscores(bare))
            .or_else(|| exon_and_change(bare)),
    };
    match rewritten {
        Some(rewritten) => word.replace(bare, &rewritten),
        None => word.to_owned(),
    }
}

/// `KRASm`, `gBRCAm`, `IDHmut`, `HER2low`: a name in capitals, and what it is in small letters.
fn marked_mutant(word: &str) -> Option<String> {
    let is_name = |name: &str| {
        let name = name.trim_start_matches(['g', 's', 't']);
        name.len() >= 3
            && !name.contains(|c: char| c.is_ascii_lowercase())
            && (Gene::named(name).is_some_and(Gene::matters_in_oncology) || Family::named(name).is_some())
    };
    if let Some(name) = word.strip_suffix("-r").or_else(|| word.strip_suffix('r'))
        && matches!(name, "ALK" | "ROS1" | "RET" | "KMT2A" | "MLL" | "NUP98")
    {
        return Some(format!("{name} rearranged"));
    }
    let word = word.strip_suffix('+').unwrap_or(word);
    if let Some(name) = word
        .strip_prefix('m')
        .filter(|name| is_name(name) && Gene::named(word).is_none())
    {
        return Some(format!("mutant {name}"));
    }
    [
        ("mut", "mut"),
        ("m", "mut"),
        ("mt", "mut"),
        ("wt", "wt"),
        ("low", "low"),
    ]
    .into_iter()
    .find_map(|(end, means)| word.strip_suffix(end).map(|name| (name, means)))
    .filter(|(name, _)| Gene::named(word).is_none() && is_name(name))
    .map(|(name, means)| format!("{name} {means}"))
}

/// `hMLH1`: the human gene.
fn of_human(word: &str) -> Option<String> {
    let gene = Gene::named(word.strip_prefix('h')?).filter(|gene| word.get(1..) == Some(gene.symbol()))?;
    Gene::named(word).is_none().then(|| gene.symbol().to_owned())
}

/// `375+1G>A`: a place beside an exon is only ever one of the coding DNA.
fn unmarked_splice_site(word: &str) -> Option<String> {
    let after = word.trim_start_matches(|c: char| c.is_ascii_digit());
    let beside = after.strip_prefix(['+', '-'])?;
    let is_place = after.len() < word.len() && beside.starts_with(|c: char| c.is_ascii_digit());
    (is_place && coding::is_one(word)).then(|| format!("c.{word}"))
}

/// `E746-A750del`, `delE746-A750`, `δE746-A750`, `L747_P753>S`: from one residue to another.
fn joined_by_a_hyphen(word: &str) -> Option<String> {
    let (lost_first, range) = ["del", "δ", "Del"]
        .iter()
        .find_map(|lost| word.strip_prefix(lost))
        .map_or((false, word), |range| (true, range));
    let range = range.strip_prefix("p.").unwrap_or(range);
    let (first, rest) = range.split_once(['-', '_'])?;
    let end = rest.rfind(|c: char| c.is_ascii_digit()).map(|at| at + 1)?;
    // Behind the second codon; an inserted run has no digits.
    let (last, change) = rest.split_at(end);
    if !protein::is_codon(first) || !protein::is_codon(last) {
        return None;
    }
    let lower = change.to_ascii_lowercase();
    match lower.as_str() {
        "" if lost_first => Some(format!("{first}_{last}del")),
        _ if lost_first && lower.starts_with("ins") => Some(format!("{first}_{last}del{change}")),
        _ if lower.starts_with('>') => Some(format!("{first}_{last}delins{}", change.get(1..)?)),
        _ if ["del", "dup", "ins"].iter().any(|event| lower.starts_with(event)) => {
            Some(format!("{first}_{last}{change}"))
        }
        _ => None,
    }
}

/// `exon_19_deletion`.
fn parted_by_underscores(word: &str) -> Option<String> {
    let is_exon = word.to_ascii_lowercase().contains("exon_");
    is_exon.then(|| word.replace('_', " "))
}

/// `ex21L858R`, `Ex.19`.
fn exon_and_change(word: &str) -> Option<String> {
    let head = word.get(..2).filter(|head| head.eq_ignore_ascii_case("ex"))?;
    let rest = word.get(2..)?.trim_start_matches('.');
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (exon, change) = rest.split_at(digits);
    let is_change =
        change.starts_with(|c: char| c.is_ascii_uppercase()) && change.contains(|c: char| c.is_ascii_digit());
    let is_either = !exon.is_empty() && (is_change && protein::read(change).is_some() || word.contains('.'));
    is_either.then(|| format!("{head} {exon} {change}").trim_end().to_owned())
}

/// What was written in parts: `L 858 R`, `c.2573 T>G`, `E746_A750 deletion`, `D770_N771 ins SVD`, `12,3%`.
fn join(words: &[String]) -> String {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let lower = word.to_ascii_lowercase();
        let before = joined.iter().rev().nth(1).cloned();
        let Some(last) = joined.last_mut() else {
            joined.push(word.clone());
            continue;
        };
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let range = protein::is_range(last.trim_start_matches("p.").trim_start_matches('('));
        let event = match lower.trim_matches(|c| matches!(c, '(' | ')' | ',')) {
            "deletion" | "del" => Some("del"),
            "duplication" | "dup" => Some("dup"),
            _ => None,
        };
        let lost = matches!(last.to_ascii_lowercase().as_str(), "del" | "deletion" | "δ");
        if lost && protein::is_range(word) {
            *last = format!("{}del", word.replace('-', "_"));
            continue;
        }
        if range {
            *last = last.replace('-', "_");
        }
        if let Some(event) = event.filter(|_| range) {
            last.push_str(event);
        } else if range && (lower.starts_with("ins") || lower.starts_with("delins")) && lower.len() > 3 && !lower.starts_with("insert")
            || last.ends_with("del") && last.contains('_') && lower.starts_with("ins") && lower.len() > 3 && !lower.starts_with("insert")
            || last.contains('_') && last.ends_with("ins") && protein::is_run(word)
            // `2573 T>G`, `c.-124 C>T`.
            || last.ends_with(|c: char| c.is_ascii_digit()) && coding::is_one(&format!("{last}{word}")) && word.contains('>')
            || last.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with('>')
            // `185del AG`.
            || last.starts_with(|c: char| c.is_ascii_digit()) && last.ends_with("del") && coding::is_one(last) && word.bytes().all(|b| b"ACGT".contains(&b))
        {
            last.push_str(word);
        } else if is_number(last)
            && before.as_deref().is_some_and(protein::is_residue)
            && protein::is_residue(word.trim_end_matches([',', ';']))
        {
            let number = joined.pop().unwrap_or_default();
            if let Some(residue) = joined.last_mut() {
                residue.push_str(&number);
                residue.push_str(word);
            }
        } else {
            joined.push(word.clone());
        }
    }
    let text = joined.join(" ");
    decimal_commas(&text)
}

/// `12,3%` as `12.3%`.
fn decimal_commas(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    text.char_indices()
        .map(|(at, c)| {
            let follows = text.get(at + c.len_utf8()..).unwrap_or_default();
            let percent = follows
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .starts_with('%');
            if c == ',' && digit(at.checked_sub(1)) && digit(Some(at + 1)) && percent {
                '.'
            } else {
                c
            }
        })
        .collect()
}
