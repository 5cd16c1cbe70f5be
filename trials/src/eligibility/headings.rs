//! Headings, which open a section or say for which cohort the criteria under them are.
//!
//! Most lines are none, and whether one may be is asked of every byte: a text is first searched for two roots of three
//! letters, many places at once, and only a line that holds one is read.

use super::Section;

/// The longest heading, in bytes: "The main exclusion criteria include but are not limited to the following:".
const HEADING_MAX: usize = 120;
/// How many places are looked at together for [`next_root`].
const TOGETHER: usize = 64;

/// The first place at or after `from` where a root stands that is part of what headings are made of, "inclusion", "excluded",
/// "eligible"; else the end of the text.
pub(super) fn next_root(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while bytes
        .get(at..)
        .and_then(<[u8]>::first_chunk)
        .is_some_and(|c| !holds_root(c))
    {
        at += TOGETHER;
    }
    let rest = bytes.get(at..).unwrap_or(&[]);
    let found = rest
        .windows(3)
        .position(|three| matches!(three, [a, b, c] if is_root(*a, *b, *c)));
    found.map_or(bytes.len(), |found| at + found)
}

/// Every place is looked at, found or not: without a way out of the loop the compiler compares sixteen at once.
fn holds_root(bytes: &[u8; TOGETHER + 2]) -> bool {
    let [_, second @ ..] = bytes;
    let [_, third @ ..] = second;
    let threes = bytes.iter().zip(second).zip(third);
    threes.fold(false, |found, ((a, b), c)| found | is_root(*a, *b, *c))
}

/// "clu" or "lig", in whatever case.
fn is_root(a: u8, b: u8, c: u8) -> bool {
    let [a, b, c] = [a, b, c].map(|letter| letter | SMALL);
    (a == b'c') & (b == b'l') & (c == b'u') | (a == b'l') & (b == b'i') & (c == b'g')
}

/// The bit that tells a small letter from its capital.
const SMALL: u8 = 0x20;

/// The section that a whole line opens, if it is a heading.
pub(super) fn section_heading(words: &str) -> Option<Section> {
    if words.len() > HEADING_MAX || !may_be_whole(words) {
        return None;
    }
    let plain: String = words
        .chars()
        .filter(|c| !is_markdown(*c))
        .collect::<String>()
        .to_ascii_lowercase();
    let plain = plain.trim();
    let unmarked = plain.trim_end_matches([':', '.', '-', ' ']);
    let marked = plain.ends_with(':') || plain.ends_with(":-");
    let count = unmarked.split_whitespace().count();
    // French sponsors write "non-inclusion criteria".
    let refused = unmarked.contains("non-inclusion") || unmarked.contains("non inclusion");
    let inclusion = unmarked.contains("inclusion") && !refused;
    let exclusion = unmarked.contains("exclusion") || refused;
    if inclusion && exclusion {
        return (count <= 5 && (marked || unmarked.ends_with("criteria"))).then_some(Section::Neither);
    }
    if inclusion || exclusion {
        let begins = ["inclusion", "exclusion", "non-inclusion", "non inclusion"]
            .iter()
            .any(|word| unmarked.starts_with(word));
        let bare = begins && count <= 2 && !unmarked.contains(',');
        let ends = count <= 6
            && unmarked.ends_with("criteria")
            && !unmarked.contains("meet")
            && !unmarked.contains("protocol");
        if bare || ends || (marked && count <= 14) {
            return Some(if inclusion {
                Section::Inclusion
            } else {
                Section::Exclusion
            });
        }
        return None;
    }
    if !marked || count > 14 {
        return None;
    }
    let excluding = [
        "ineligib",
        "not eligible",
        "excluded if",
        "excluded for",
        "are excluded",
        "be excluded",
    ];
    // "Ineligible for intensive chemotherapy:" says whom the trial takes.
    let elsewhere = unmarked.split_once("eligible for ").is_some_and(|(_, what)| {
        !["this", "the ", "enrol", "inclusion", "participation", "study"]
            .iter()
            .any(|w| what.starts_with(w))
    });
    if !elsewhere && excluding.iter().any(|e| unmarked.contains(e)) && words.len() < 100 && !unmarked.contains(" with ")
    {
        return Some(Section::Exclusion);
    }
    (unmarked == "eligibility criteria" || unmarked == "eligibility").then_some(Section::Inclusion)
}

/// What "inclusion" and "exclusion" have in common.
const STEM: &str = "clusion";

/// Where [`STEM`] stands, in whatever case.
fn stems(words: &str) -> impl Iterator<Item = usize> {
    let windows = words.as_bytes().windows(STEM.len()).enumerate();
    windows.filter_map(|(at, window)| {
        let begins = matches!(window.first(), Some(b'c' | b'C'));
        (begins && window.eq_ignore_ascii_case(STEM.as_bytes())).then_some(at)
    })
}

/// Whether a line can be a heading as a whole: it holds the [`STEM`], perhaps with Markdown within, or ends in a colon or its
/// dash. "Including", which begins many lines, does neither.
fn may_be_whole(words: &str) -> bool {
    let ends = |c: &char| !is_markdown(*c) && !c.is_whitespace();
    words.contains(is_markdown)
        || matches!(words.chars().rev().find(ends), Some(':' | '-'))
        || stems(words).next().is_some()
}

fn is_markdown(c: char) -> bool {
    matches!(c, '*' | '#' | '_' | '\\')
}

/// A heading inside a line: its offset, its length, and the section that it opens.
pub(super) fn inline_heading(words: &str) -> Option<(usize, usize, Section)> {
    for stem in stems(words) {
        let from = stem + STEM.len();
        let section = match words.get(stem.saturating_sub(2)..stem) {
            Some("In" | "IN") => Section::Inclusion,
            Some("Ex" | "EX") => Section::Exclusion,
            _ => continue,
        };
        let lead = words.get(..stem - 2).unwrap_or("").to_ascii_lowercase();
        let refused = lead.ends_with("non-") || lead.ends_with("non ");
        let section = if refused { Section::Exclusion } else { section };
        let rest = words.get(from..).unwrap_or("");
        let criteria = [" Criteria", " criteria", " CRITERIA"]
            .iter()
            .find_map(|c| rest.strip_prefix(c));
        let after = criteria.unwrap_or(rest);
        let marks = after.len() - after.trim_start_matches([':', '*', '_', ' ']).len();
        let colon = after.get(..marks).is_some_and(|m| m.contains(':'));
        if colon {
            let end = from + (rest.len() - after.len()) + marks;
            let start = stem - 2 - if refused { "non-".len() } else { 0 };
            let end = words.get(start..end).map_or(end, |h| start + h.trim_end().len());
            return Some((start, end - start, section));
        }
    }
    None
}

/// Whether the first word says that the rest is for one cohort.
pub(crate) fn begins_with_cohort(words: &str) -> bool {
    let first = words.split_whitespace().next().unwrap_or("");
    ["cohort", "arm", "part", "group", "module"]
        .iter()
        .any(|c| first.eq_ignore_ascii_case(c))
}

/// "Cohort B:", "Part 2", "For Arm E:", "All Cohorts:": a heading that says for whom the criteria under it are.
pub(super) fn is_cohort_heading(words: &str) -> bool {
    if words.len() > HEADING_MAX || !words.trim_end_matches(['*', '_', ' ']).ends_with(':') {
        return false;
    }
    let lower = words.to_ascii_lowercase();
    [
        "cohort",
        "arm ",
        "arms",
        "part ",
        "module ",
        "group ",
        "subprotocol",
        "phase ",
        "step ",
    ]
    .iter()
    .any(|c| lower.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_next_root_is_found_wherever_it_stands(text in "([ a-ilugCLUIG\n]|clu|LIG|[ -~é]{0,80}){0,20}") {
            let lower = text.to_ascii_lowercase();
            for from in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                let found = ["clu", "lig"].iter().filter_map(|root| lower[from..].find(root)).min();
                prop_assert_eq!(next_root(&text, from), found.map_or(text.len(), |at| from + at));
            }
        }
    }
}
