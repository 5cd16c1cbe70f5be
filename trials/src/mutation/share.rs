//! The share of a sample that bears a change: `23%`, `VAF 0.23`. It is no part of the change's name.

/// How many of the words, from `word` on, are a share; none if there is none.
pub(super) fn share(word: &str, tail: &[&str]) -> Option<usize> {
    let number = |text: &str, most: f64| {
        text.trim_start_matches(['~', '<', '>', '=', '≈', '≥', '≤'])
            .parse::<f64>()
            .is_ok_and(|number| (0.0..=most).contains(&number))
    };
    let amount = |word: &str, next: Option<&&str>| match word.strip_suffix('%') {
        Some(percent) => number(percent, 100.0).then_some(1),
        None if next == Some(&"%") => number(word, 100.0).then_some(2),
        None => None,
    };
    let (name, value) = word.split_once('=').unwrap_or((word, ""));
    if !is_frequency_name(name) {
        return amount(word, tail.first());
    }
    if !value.is_empty() {
        return (amount(value, None).is_some() || number(value, 100.0)).then_some(1);
    }
    let value = tail
        .first()
        .and_then(|word| amount(word, tail.get(1)).or_else(|| number(word, 100.0).then_some(1)));
    Some(1 + value.unwrap_or(0))
}

fn is_frequency_name(word: &str) -> bool {
    ["vaf", "af"].iter().any(|name| name.eq_ignore_ascii_case(word))
}
