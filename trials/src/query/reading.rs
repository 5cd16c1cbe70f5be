//! Whether a name that stands in a text is meant as one: its words, its bounds, and its case.

use std::ops::Range;

/// The sign in a phrase that stands for at most two words: `actionable … mutation`.
pub(super) const GAP: &str = " … ";

/// The end of `name` where it stands at `at`, its capitals as they are where `capitals` says so.
///
/// A blank or hyphen of the name is any run of blanks and hyphens in the text, so that a phrase is also found across a
/// line break.
pub(super) fn end_of(name: &str, capitals: bool, text: &str, at: usize) -> Option<usize> {
    let Some((head, tail)) = name.split_once(GAP) else {
        return end_of_words(name, capitals, text, at);
    };
    let mut at = end_of_words(head, capitals, text, at)?;
    for _ in 0..=2 {
        at = text.len()
            - text
                .get(at..)?
                .strip_prefix(is_joint)?
                .trim_start_matches(is_joint)
                .len();
        if let Some(end) = end_of_words(tail, capitals, text, at) {
            return Some(end);
        }
        at += text.get(at..)?.find(|c: char| !c.is_alphanumeric())?;
    }
    None
}

fn end_of_words(name: &str, capitals: bool, text: &str, at: usize) -> Option<usize> {
    let mut rest = text.get(at..)?;
    for wanted in name.chars() {
        if is_joint(wanted) {
            rest = rest.strip_prefix(is_joint)?.trim_start_matches(is_joint);
        } else {
            let mut chars = rest.chars();
            let found = chars.next()?;
            let same =
                found == wanted || found.eq_ignore_ascii_case(&wanted) && !(capitals && wanted.is_ascii_uppercase());
            rest = same.then_some(chars.as_str())?;
        }
    }
    Some(text.len() - rest.len())
}

/// Between two words of one name; a backslash is the registry's escape.
fn is_joint(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2013}' | '\\')
}

/// A word starts after a blank or sign, and after one small letter that laboratories put before a symbol: germline
/// `gBRCA1`, somatic `sBRCA1`, tumour `tBRCA1`, mutant `mKRAS`, phosphorylated `pMET`, plasma and cellular `c`. Not `e`.
pub(super) fn starts_a_word(text: &str, at: usize) -> bool {
    let mut before = text.get(..at).unwrap_or_default().chars().rev();
    let is_symbol = text
        .get(at..)
        .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    match before.next() {
        Some('g' | 's' | 't' | 'm' | 'p' | 'c') if is_symbol => !before.next().is_some_and(char::is_alphanumeric),
        letter => !letter.is_some_and(char::is_alphanumeric),
    }
}

/// A name ends before a blank or sign, and before what is written against it: `METex14`, `EGFRvIII`, `EGFRm`, `KRASG12C`, `TP53WT`.
pub(super) fn ends_a_name(after: &str, takes_changes: bool) -> bool {
    const AGAINST: [&str; 14] = [
        "ex", "vIII", "mut", "Mut", "amp", "neg", "pos", "low", "neu", "wt", "WT", "ITD", "TKD", "Δ",
    ];
    let mut chars = after.chars();
    match chars.next() {
        None => true,
        Some(c) if !c.is_alphanumeric() => true,
        _ if AGAINST.iter().any(|known| after.starts_with(known)) => true,
        Some('m' | 's' | 'M') => !chars.next().is_some_and(char::is_alphanumeric),
        Some(c) if takes_changes && "ACDEFGHIKLMNPQRSTVWY".contains(c) => {
            chars.next().is_some_and(|c| c.is_ascii_digit()) && chars.next().is_some_and(|c| c.is_ascii_digit())
        }
        _ => false,
    }
}

/// A phrase ends at a word's end or a plural's, a receptor's name not before the number or name of its relative: HER2 is
/// `epidermal growth factor receptor 2`.
pub(super) fn ends_a_phrase(name: &str, after: &str) -> bool {
    let rest = after.strip_prefix('s').unwrap_or(after);
    let next = rest.trim_start_matches([' ', '-', '(', '/']);
    let relatives = ["2", "3", "4", "type", "HER"];
    let is_relative = name.ends_with("receptor") && relatives.iter().any(|relative| next.starts_with(relative));
    !is_relative && !rest.starts_with(char::is_alphanumeric)
}

/// Whether a symbol that is also a word or lab value is meant as a gene: not `CRITERIA MET` among words in capitals, nor
/// an `EGFR` that is measured in ml/min, nor a `CAT scan`.
pub(super) fn is_a_gene(text: &str, place: Range<usize>) -> bool {
    let before = words_before(text, place.start);
    let after = words_after(text, place.end);
    let near = || before.iter().chain(&after);
    let is_scan = after.first().is_some_and(|word| word.starts_with("scan"));
    if is_scan || near().any(|word| is_of_filtration(word)) {
        return false;
    }
    let mut prose = near().filter(|word| is_prose(word)).peekable();
    let is_shouted = prose.peek().is_some() && prose.all(|word| word.bytes().all(|b| b.is_ascii_uppercase()));
    !is_shouted
        || before
            .first()
            .into_iter()
            .chain(after.first())
            .any(|word| is_of_genes(word))
}

/// How many words on either side decide.
const NEAR: usize = 4;

/// The words before a place, the nearest first.
fn words_before(text: &str, at: usize) -> Vec<&str> {
    let text = text.get(..at).unwrap_or_default();
    text.rsplit(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(NEAR)
        .collect()
}

fn words_after(text: &str, at: usize) -> Vec<&str> {
    let text = text.get(at..).unwrap_or_default();
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(NEAR)
        .collect()
}

/// A word long enough not to be a symbol, and one that can be spoken: not `NSCLC`.
fn is_prose(word: &str) -> bool {
    let is_vowel = |b: u8| b"AEIOUaeiou".contains(&b);
    word.len() >= 5 && word.bytes().all(|b| b.is_ascii_alphabetic()) && word.bytes().any(is_vowel)
}

fn is_of_filtration(word: &str) -> bool {
    ["glomerular", "filtration", "ml", "creatinine", "ckd", "mdrd"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

fn is_of_genes(word: &str) -> bool {
    [
        "mutat",
        "mutant",
        "positive",
        "negative",
        "amplif",
        "fusion",
        "rearrang",
        "exon",
        "inhibitor",
        "tki",
        "gene",
        "wild",
    ]
    .iter()
    .any(|known| {
        word.get(..known.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(known))
    })
}
