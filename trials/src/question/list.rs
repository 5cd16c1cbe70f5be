//! The list of mutations that a batch asks about.

use super::{BadFilter, Filters};

/// The mutations of a comma-separated list: none twice, none empty, each where it stood first.
///
/// A comma within parentheses or brackets belongs to its mutation: `EGFR (exon 19, del)` is one.
///
/// # Errors
/// Where the list holds none, or more than [`Filters::MUTATIONS_MAX`].
pub fn mutations_of(list: &str) -> Result<Vec<String>, BadFilter> {
    let mut depth = 0_u32;
    let items = list.split(|letter| {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    });
    // A parenthesis that is never closed must not swallow the rest of the list.
    let items: Vec<&str> = items.collect();
    if depth == 0 {
        mutations_among(items)
    } else {
        mutations_among(list.split(','))
    }
}

/// The mutations of a list that is one already, by the rules of [`mutations_of`] but the comma's.
///
/// # Errors
/// Where the list holds none, or more than [`Filters::MUTATIONS_MAX`].
pub fn mutations_among<'a>(items: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>, BadFilter> {
    let mut mutations: Vec<String> = Vec::new();
    let items = items.into_iter().map(str::trim).filter(|item| !item.is_empty());
    for (place, item) in items.enumerate() {
        // Counted as written: who sends the same fifty-one times is told so rather than answered once.
        if place == Filters::MUTATIONS_MAX {
            let given = format!("a list of more than {}", Filters::MUTATIONS_MAX);
            return Err(refused(given));
        }
        if !mutations.iter().any(|known| known.eq_ignore_ascii_case(item)) {
            mutations.push(item.to_owned());
        }
    }
    if mutations.is_empty() {
        return Err(refused("empty".to_owned()));
    }
    Ok(mutations)
}

fn refused(given: String) -> BadFilter {
    let allowed = format!(
        "1 to {} mutations, such as EGFR L858R, KRAS G12C",
        Filters::MUTATIONS_MAX
    );
    BadFilter::new("mutations", given, allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_mutations_keeps_each_once_where_it_stood_first() {
        let split = |list| mutations_of(list).unwrap();
        assert_eq!(
            split("EGFR L858R, KRAS G12C ,, egfr l858r,"),
            ["EGFR L858R", "KRAS G12C"]
        );
        assert_eq!(
            split("EGFR (exon 19, del), ALK fusion"),
            ["EGFR (exon 19, del)", "ALK fusion"]
        );
        assert_eq!(split("EGFR (exon 19, ALK fusion"), ["EGFR (exon 19", "ALK fusion"]);
        let fifty: Vec<String> = (0..50).map(|n| format!("KRAS G{n}")).collect();
        assert_eq!(split(&fifty.join(",")), fifty);
        let message = mutations_of(&format!("{},EGFR", fifty.join(",")))
            .unwrap_err()
            .to_string();
        assert!(
            message.starts_with("mutations can't be a list of more than 50: allowed is 1 to 50"),
            "{message}"
        );
        assert!(mutations_among(["EGFR"; 51]).is_err());
        assert!(mutations_of(" , ").is_err());
    }
}
