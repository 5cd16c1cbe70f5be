//! The verbatim piece of a record that is shown as evidence: a sentence, or what fits of it around the deciding words.

use super::Evidence;
use crate::eligibility::Span;

/// The sentence, or where it is too long, the piece of it around `start..end`; never more than a quote may be.
pub(super) fn quote(text: &str, (mut from, mut to): (usize, usize), start: usize, end: usize) -> Span {
    let end = end.max(start);
    if text
        .get(from..to)
        .is_none_or(|s| s.chars().count() > Evidence::QUOTE_MAX)
    {
        // Bytes are at least as many as characters, so a window in bytes keeps the bound.
        let room = Evidence::QUOTE_MAX.saturating_sub(end - start);
        let sentence = (from, to);
        from = from.max(start.saturating_sub(room / 2));
        to = to.min(from + Evidence::QUOTE_MAX);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        if from > sentence.0 {
            from = begin(text, from, start);
        }
        if to < sentence.1 {
            to = finish(text, from, to, end);
        }
    }
    let words = text.get(from..to).unwrap_or("");
    let lead = words.len()
        - words
            .trim_start_matches(|c: char| c.is_whitespace() || ".,;".contains(c))
            .len();
    Span::new(from + lead, (from + words.trim_end().len()).max(from + lead))
}

/// Where a quote that is cut begins: with the first clause after `from`, or the first whole word; `start` at the latest.
fn begin(text: &str, from: usize, start: usize) -> usize {
    let lead = text.get(from..start).unwrap_or("");
    let half = lead.len() / 2;
    let clause = lead.find([',', ';']).filter(|at| *at < half);
    let word = lead.find(char::is_whitespace);
    clause.or(word).map_or(start.max(from), |at| from + at)
}

/// Where a quote that is cut ends: with the last clause before `to`, or the last whole word; `end` at the earliest.
fn finish(text: &str, from: usize, to: usize, end: usize) -> usize {
    let Some(tail) = text.get(end..to) else {
        // The phrase itself is too long for a quote.
        let kept = text.get(from..to).and_then(|t| t.rfind(char::is_whitespace));
        return kept.filter(|at| *at > 0).map_or(to, |at| from + at);
    };
    let half = tail.len() / 2;
    let clause = tail.rfind([',', ';']).filter(|at| *at > half);
    let word = tail.rfind(char::is_whitespace);
    clause.or(word).map_or(end, |at| end + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_sentence_is_cut_at_clauses_and_words_around_the_phrase() {
        let filler = "lorem ipsum, ".repeat(40);
        let text = format!("{filler}EGFR L858R{}", ", dolor sit amet".repeat(40));
        let (start, end) = (filler.len(), filler.len() + "EGFR L858R".len());
        let words = quote(&text, (0, text.len()), start, end).of(&text);
        assert!(words.starts_with("lorem ipsum, lorem"), "{words}");
        assert!(words.contains("EGFR L858R"));
        assert!(words.ends_with("dolor sit amet"), "{words}");
        assert!(words.len() <= Evidence::QUOTE_MAX);
    }

    #[test]
    fn a_phrase_longer_than_a_quote_is_cut_at_a_word() {
        let text = "EGFR or ".repeat(100);
        let words = quote(&text, (0, text.len()), 8, text.len()).of(&text);
        assert!(words.starts_with("EGFR or") && words.ends_with("EGFR or"), "{words}");
        let unbroken = "x".repeat(1000);
        assert_eq!(
            quote(&unbroken, (0, 1000), 0, 1000).of(&unbroken).len(),
            Evidence::QUOTE_MAX
        );
    }
}
