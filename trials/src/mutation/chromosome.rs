//! Changes of chromosomes, `t(9;22)(q34;q11)`, `del(17p)`: which lead to one gene or one pair, and which to none.

use super::{Mutation, UnreadMutation};

/// The table, where its columns are explained.
const TABLE: &str = include_str!("chromosomes.tsv");

/// Reads a text that is a change of a chromosome and no more; none if it isn't one.
pub(super) fn read(text: &str) -> Option<Result<Mutation, UnreadMutation>> {
    let key = key(text)?;
    let known = TABLE.lines().find_map(|line| {
        let mut columns = line.split('\t');
        (columns.next()? == key).then(|| columns.next())?
    });
    Some(match known {
        Some(name) => Mutation::read(name),
        None => Err(UnreadMutation::Chromosome { text: text.to_owned() }),
    })
}

/// The change as the table has it: `t(9;22)` for `translocation t(9;22)(q34;q11.2)`, `del(17p)` for `17p deletion`.
fn key(text: &str) -> Option<String> {
    const SAYS_LITTLE: [&str; 12] = [
        "positive",
        "translocation",
        "fusion",
        "of",
        "chromosome",
        "the",
        "arm",
        "present",
        "detected",
        "abnormality",
        "rearrangement",
        "cytogenetic",
    ];
    let lower = text
        .to_lowercase()
        .replace("; ", ";")
        .replace(" (", "(")
        .replace("( ", "(");
    let mut words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || c == ',')
        .map(|word| word.trim_end_matches("-positive").trim_matches('+'))
        .filter(|word| !word.is_empty() && !SAYS_LITTLE.contains(word))
        .collect();
    let of_an_arm = |word: &str| matches!(word, "del" | "deletion" | "deleted" | "loss" | "monosomy");
    let arm = match words.as_mut_slice() {
        [one] => match rearranged(one) {
            Some(found) => return Some(found),
            None => one
                .strip_prefix("del")
                .or_else(|| one.strip_suffix("del"))
                .or_else(|| one.strip_suffix('-'))?
                .trim_matches('-'),
        },
        [arm, event] | [event, arm] if of_an_arm(event) && is_arm(arm) => arm,
        [event, arm] if of_an_arm(event) => arm,
        _ => {
            // `minus` and `deletion` joined to the arm by a hyphen.
            let [one] = words.as_slice() else { return None };
            one
        }
    };
    let arm = arm.trim_matches(|c| matches!(c, '(' | ')'));
    let bare = arm.find(['p', 'q']).and_then(|at| arm.get(..=at))?;
    (is_arm(bare) && is_band(arm.get(bare.len()..)?)).then(|| format!("del({bare})"))
}

/// `t(9;22)(q34;q11)`, `inv(16)(p13.1q22)`: the part before the bands.
fn rearranged(word: &str) -> Option<String> {
    let (kind, rest) = word.split_once('(')?;
    let (chromosomes, bands) = rest.split_once(')')?;
    let are_bands = bands
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, 'p' | 'q' | ';' | '.' | '(' | ')' | '~' | '-'));
    let is_chromosome = |text: &str| {
        matches!(text, "x" | "y")
            || text
                .parse::<u8>()
                .is_ok_and(|n| (1..=22).contains(&n) && !text.starts_with('0'))
    };
    if !are_bands {
        return None;
    }
    match kind {
        "t" => {
            let (one, other) = chromosomes.split_once([';', ':', '/', ','])?;
            let number = |text: &str| text.parse::<u8>().unwrap_or(0);
            let (one, other) = if number(one) <= number(other) {
                (one, other)
            } else {
                (other, one)
            };
            (is_chromosome(one) && is_chromosome(other)).then(|| format!("t({one};{other})"))
        }
        "inv" => is_chromosome(chromosomes).then(|| format!("inv({chromosomes})")),
        "del" if is_chromosome(chromosomes) => {
            let arm = bands.strip_prefix('(')?.chars().next()?;
            Some(format!("del({chromosomes}{arm})"))
        }
        "del" => is_arm(chromosomes).then(|| format!("del({chromosomes})")),
        _ => None,
    }
}

/// `17p`.
fn is_arm(text: &str) -> bool {
    let number = text.strip_suffix(['p', 'q']);
    number.is_some_and(|n| matches!(n, "x" | "y") || n.parse::<u8>().is_ok_and(|n| (1..=22).contains(&n)))
}

/// What follows an arm: `13.1`.
fn is_band(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_leads_to_its_canonical_name() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            let [change, name, source] = columns.as_slice() else {
                panic!("{line}")
            };
            assert!(source.len() > 10, "{line}");
            assert_eq!(key(change).as_deref(), Some(*change));
            assert_eq!(Mutation::read(change).map(|m| m.to_string()).as_deref(), Ok(*name));
        }
    }

    #[test]
    fn an_arm_is_lost_in_many_spellings() {
        for text in [
            "del(17p)",
            "del 17p",
            "del17p",
            "17p deletion",
            "17p del",
            "17p-",
            "deletion of 17p",
            "deletion 17p",
            "deletion 17p13.1",
            "del(17)(p13.1)",
            "loss of chromosome 17p",
            "del(17p13)",
        ] {
            assert_eq!(key(text).as_deref(), Some("del(17p)"), "{text}");
        }
        for text in [
            "EGFR del 19",
            "del19",
            "19del",
            "t(x",
            "p53 loss",
            "deletion",
            "-",
            "KRAS",
        ] {
            assert_eq!(key(text), None, "{text}");
        }
    }
}
