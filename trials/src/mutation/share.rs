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
    // `CN 12`, `MAF 5%`, `AR 0.6`, `ratio 5`: a gene or nothing where no number follows.
    if ["cn", "gcn", "maf", "ar", "ratio", "copies", "cnv"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
    {
        let counted = |text: &str| number(text, 1000.0) || amount(text, None).is_some();
        if !value.is_empty() {
            return counted(value).then_some(1);
        }
        return tail.first().is_some_and(|word| counted(word)).then_some(2);
    }
    let after = |names: &[&str]| {
        tail.first()
            .is_some_and(|unit| names.iter().any(|known| known.eq_ignore_ascii_case(unit)))
    };
    if number(word, 1000.0) && after(&["copies", "copy", "bp", "x"]) {
        return Some(2);
    }
    let glued = ["bp", "x"]
        .iter()
        .find_map(|unit| word.to_ascii_lowercase().strip_suffix(unit).map(str::to_owned));
    if glued.is_some_and(|amount| number(&amount, 1000.0)) {
        return Some(1);
    }
    if name.eq_ignore_ascii_case("copy") && after(&["number"]) {
        return tail.get(1).is_some_and(|word| number(word, 1000.0)).then_some(3);
    }
    if ["allelic", "allele"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
        && after(&["ratio", "burden"])
    {
        return Some(
            2 + usize::from(
                tail.get(1)
                    .is_some_and(|word| number(word, 1000.0) || amount(word, None).is_some()),
            ),
        );
    }
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

/// Whether a word is followed by a figure: `VAF = 23%`.
pub(super) fn is_named(word: &str) -> bool {
    is_frequency_name(word)
        || ["cn", "gcn", "maf", "ar", "ratio"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(word))
}

fn is_frequency_name(word: &str) -> bool {
    ["vaf", "af"].iter().any(|name| name.eq_ignore_ascii_case(word))
}
