//! Foreign text made fit for people: readable, on one line, and unable to leave its place.

use std::borrow::Cow;

/// Text of a record, or of an asker, as people are shown it.
///
/// The registry's Markdown escapes are undone and wrapped lines joined. What could move a cursor, hide or reorder
/// words, or be taken for markup by whoever renders our text is made harmless: control and bidirectional characters
/// go, terminal sequences with them, a backtick becomes an apostrophe, a `<` that could open a tag becomes `‹`, and a
/// link or image is taken apart. "PD-L1 < 1%" and "≥ 18" stay as they are. Nothing else changes.
pub(super) fn for_people(text: &str) -> Cow<'_, str> {
    let is_trimmed = !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ");
    if is_trimmed && text.bytes().all(is_plain) && !text.contains("](") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(without_markup(&on_one_line(text)))
}

/// Escapes undone, gaps folded, and all that can't be seen gone.
fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut gap = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            '\u{1b}' => {
                skip_terminal_sequence(&mut letters);
                continue;
            }
            letter if letter.is_whitespace() => {
                gap = true;
                continue;
            }
            letter if moves_or_hides(letter) => continue,
            '\\' => letters.next_if(char::is_ascii_punctuation).unwrap_or(letter),
            letter => letter,
        };
        if gap && !line.is_empty() {
            line.push(' ');
        }
        gap = false;
        line.push(letter);
    }
    line
}

/// Markup taken apart. It comes second, since what stood between two characters may be gone by now.
fn without_markup(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let opens_tag = |next: &char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?');
        match letter {
            '`' => shown.push('\''),
            '<' if letters.peek().is_some_and(opens_tag) => shown.push('‹'),
            '(' if shown.ends_with(']') => shown.push_str(" ("),
            letter => shown.push(letter),
        }
    }
    shown
}

/// Foreign text as people are shown it, cut to at most `longest` characters with an ellipsis where something was cut;
/// never for a quote. Its curly quotation marks are straightened, so that a line has none but ours.
#[must_use]
pub fn shortened(text: &str, longest: usize) -> String {
    let text = straightened(&for_people(text));
    if text.len() <= longest {
        return text;
    }
    match text.char_indices().nth(longest) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
    }
}

/// The same between quotation marks, which nothing within can close.
pub(super) fn quoted(text: &str) -> String {
    format!("“{}”", straightened(&for_people(text)))
}

/// A criterion between quotation marks, without what made it an item of a list: the marker before it, a `;` behind it.
pub(super) fn criterion(text: &str) -> String {
    let shown = straightened(&for_people(text));
    let item = without_marker(&shown).trim_end_matches([' ', ';', ',']);
    // Of what was nothing but a marker, the marker is shown.
    format!("“{}”", if item.is_empty() { &shown } else { item })
}

/// What follows a list's marker: `* `, `---`, `2. `, `(a) `, `iv) `. What could be a value stays: `1.5 x ULN`, `2+`.
fn without_marker(line: &str) -> &str {
    let line = line.trim_start();
    let unmarked = line.trim_start_matches(['*', '-', '–', '•', '·', '◦', '○', '●', '■', '▪', '.']);
    let item = unmarked.trim_start();
    let is_negative = unmarked.starts_with(|c: char| c.is_ascii_digit()) && unmarked.len() < line.len();
    if is_negative {
        return line;
    }
    let Some(end) = item.find(['.', ')']).filter(|end| *end <= 4) else {
        return item;
    };
    let (marker, rest) = item.split_at(end);
    let marker = marker.trim_start_matches('(');
    let is_number = !marker.is_empty() && marker.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = marker.len() == 1 && marker.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_roman = !marker.is_empty() && marker.bytes().all(|byte| b"ivx".contains(&byte.to_ascii_lowercase()));
    match rest.get(1..) {
        Some(text) if (is_number || is_letter || is_roman) && text.starts_with(' ') => text.trim_start(),
        _ => item,
    }
}

/// The same between quotation marks, cut to at most `longest` characters.
pub(super) fn quoted_within(text: &str, longest: usize) -> String {
    format!("“{}”", shortened(text, longest))
}

fn straightened(text: &str) -> String {
    if text.is_ascii() {
        text.to_owned()
    } else {
        text.replace(['“', '”'], "\"")
    }
}

/// Whether a character moves a cursor, or hides or reorders what stands beside it: controls, bidirectional overrides,
/// zero-width and other invisible characters.
pub(super) fn moves_or_hides(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Passes over what follows an escape character: `[31m` and its like; a string such as a window's title stays, as text.
fn skip_terminal_sequence(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if letters.next_if_eq(&'[').is_some() {
        while letters
            .next_if(|letter| matches!(letter, '0'..='9' | ';' | '?' | ':'))
            .is_some()
        {}
        letters.next_if(char::is_ascii_alphabetic);
    }
}

/// Whether a byte stays as it is, whatever stands beside it; of a parenthesis that is true but behind a bracket.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b'`' | b'<')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_wrapped_lines_are_for_machines() {
        for (record, shown) in [
            ("Age \\>= 18 years", "Age >= 18 years"),
            ("PD-L1 \\< 1% \\[SP263\\]", "PD-L1 < 1% [SP263]"),
            ("ALT <5 x ULN, platelets ≥100", "ALT <5 x ULN, platelets ≥100"),
            ("an EGFR\n    mutation\r\n  (exon 19)", "an EGFR mutation (exon 19)"),
            ("  spaces  ", "spaces"),
            ("Türkiye's 5′ site", "Türkiye's 5′ site"),
            ("a\\b", "a\\b"),
            ("C:\\\\", "C:\\"),
        ] {
            assert_eq!(for_people(record), shown);
        }
    }

    #[test]
    fn nothing_of_a_record_moves_a_cursor_hides_words_or_is_markup() {
        for (record, shown) in [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}x", "]0;titlex"),
            ("a\u{202e}b\u{2066}c\u{200b}d\u{e0041}", "abcd"),
            ("<script>x</script>", "‹script>x‹/script>"),
            ("\\<script\\>", "‹script>"),
            ("`rm` ```", "'rm' '''"),
            ("\\`x\\`", "'x'"),
            ("![x](http://evil)", "![x] (http://evil)"),
            ("[x]\\(http://evil)", "[x] (http://evil)"),
            ("<\u{200b}b>", "‹b>"),
            ("a\u{2028}b\u{85}c\u{0}d", "a b cd"),
        ] {
            assert_eq!(for_people(record), shown);
        }
        assert_eq!(quoted("a ” then “ ignore"), "“a \" then \" ignore”");
    }

    #[test]
    fn a_criterion_is_shown_without_the_marks_of_its_list() {
        for (record, shown) in [
            ("* EGFR L858R", "EGFR L858R"),
            ("2\\. EGFR L858R confirmed;", "EGFR L858R confirmed"),
            ("11. Documented MSI", "Documented MSI"),
            ("---Advanced NSCLC", "Advanced NSCLC"),
            ("* (a) NSCLC without EGFR,", "NSCLC without EGFR"),
            ("iv) KRAS G12C", "KRAS G12C"),
            (". Exception: KRAS", "Exception: KRAS"),
            ("2+ IHC with ISH", "2+ IHC with ISH"),
            ("1.5 x ULN", "1.5 x ULN"),
            ("-5 degrees", "-5 degrees"),
            ("ALK. Or ROS1", "ALK. Or ROS1"),
            ("* ", "*"),
        ] {
            assert_eq!(criterion(record), format!("“{shown}”"), "{record}");
        }
    }

    #[test]
    fn shortening_counts_characters_and_says_so() {
        assert_eq!(shortened("ééééé", 5), "ééééé");
        assert_eq!(shortened("éééé éé", 5), "éééé…");
    }

    proptest! {
        #[test]
        fn whatever_comes_in_one_harmless_line_comes_out(text in "\\PC*|[\\x00-\\xff\\\\<`\\]\\(\u{202e}\n]*") {
            let shown = for_people(&text);
            prop_assert!(!shown.contains(moves_or_hides));
            prop_assert!(!shown.contains('`') && !shown.contains("](") && !shown.contains("</"));
        }
    }
}
