//! A text whose lines were broken at a width, read as though they had not been.
//!
//! More than a quarter of the records looked at were typed into lines of some eighty columns, with an indent before each:
//! names and turns of speech of several words then stand on two lines, "other than acute promyelocytic / leukemia". Such a
//! break says nothing, and is closed to one blank before the text is read. What was read is quoted as it is written.

use crate::eligibility::begins_anew;
use std::borrow::Cow;
use std::ops::Range;

/// The widest lines, in characters, at which texts were broken; a longer line says that this one wasn't.
const WIDTH_MAX: usize = 120;
/// The narrowest.
const WIDTH_MIN: usize = 60;

/// A text without the breaks that a width made.
pub(super) struct Unwrapped<'t> {
    /// As it is written.
    pub written: &'t str,
    text: Cow<'t, str>,
    /// Each break that was closed: where its blank stands, and how many bytes shorter the text is behind it.
    closed: Vec<(usize, usize)>,
}

impl<'t> Unwrapped<'t> {
    /// A text that nobody has broken into lines, such as a title.
    pub(super) fn line(text: &'t str) -> Self {
        Self {
            written: text,
            text: Cow::Borrowed(text),
            closed: Vec::new(),
        }
    }

    /// Closes the breaks of a text in one pass.
    pub(super) fn of(written: &'t str) -> Self {
        let Some(width) = width(written) else {
            return Self::line(written);
        };
        let mut text = String::with_capacity(written.len());
        let mut closed = Vec::new();
        let mut shorter = 0;
        let mut last = "";
        for line in lines(written) {
            if goes_on(last, line, width) {
                let words = line.trim_start();
                let kept = text.trim_end().len();
                shorter += text.len() - kept + line.len() - words.len() - 1;
                text.truncate(kept);
                closed.push((kept, shorter));
                text.push(' ');
                text.push_str(words);
            } else {
                text.push_str(line);
            }
            last = line;
        }
        if closed.is_empty() {
            return Self::line(written);
        }
        Self {
            written,
            text: Cow::Owned(text),
            closed,
        }
    }

    /// The text to be read.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a piece of it stands in the text as it is written.
    pub(super) fn place(&self, piece: Range<usize>) -> Range<usize> {
        let at = |at: usize| {
            let before = self.closed.partition_point(|(blank, _)| *blank < at);
            let shorter = before.checked_sub(1).and_then(|last| self.closed.get(last));
            at + shorter.map_or(0, |(_, shorter)| *shorter)
        };
        at(piece.start)..at(piece.end)
    }
}

/// The width that a text may have been broken at: that of its widest line, in characters.
fn width(written: &str) -> Option<usize> {
    let mut width = 0;
    let mut is_indented = false;
    for line in lines(written) {
        is_indented |= line.starts_with(|c: char| c.is_whitespace() && c != '\n');
        // A line has no more characters than bytes.
        if line.len() > width {
            width = width.max(length(line.trim_end()));
        }
        // Most texts say with one of their first lines that they weren't broken.
        if width > WIDTH_MAX {
            return None;
        }
    }
    (is_indented && width >= WIDTH_MIN).then_some(width)
}

/// Whether a line goes on in the next one: it does where that one's first word found no room in it.
fn goes_on(line: &str, next: &str, width: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_indented = next.starts_with(char::is_whitespace) && indent(next) >= indent(line);
    let had_room = || {
        let word = next.split_whitespace().next().unwrap_or("");
        length(line.trim_end()) + " ".len() + length(word) <= width
    };
    is_indented && !had_room() && !line.trim().is_empty() && !begins_anew(next.trim())
}

/// A text's lines, each with its end. Unbroken texts have long ones, over which a search for many bytes at once is quick.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    ends.chain([text.len()])
        .filter_map(move |end| text.get(std::mem::replace(&mut from, end)..end))
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WRAPPED: &str = "
        Inclusion Criteria:

          1. Histologically confirmed leukemia of any kind, other than acute promyelocytic
             leukemia, as defined by the criteria of the World Health Organization, which
             must be
          2. Age of 18 years or older
          -  No other cancer that was treated in the last five years with any chemotherapy,
          -  Adequate organ function
";

    #[test]
    fn a_line_that_was_full_goes_on_in_the_next_and_no_other_does() {
        let unwrapped = Unwrapped::of(WRAPPED);
        let lines: Vec<&str> = unwrapped
            .text()
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty())
            .collect();
        assert_eq!(lines.len(), 5, "{lines:#?}");
        assert!(lines[1].ends_with("acute promyelocytic leukemia, as defined by the criteria of the World Health Organization, which must be"), "{lines:#?}");
    }

    #[test]
    fn what_begins_anew_is_never_swallowed() {
        for heading in [
            "Exclusion criteria",
            "EXCLUSION CRITERIA:",
            "Key exclusion criteria",
            "Patients who:",
            "o Age",
            "1\\. Age",
            "IV. Age",
            "•Age",
            "(a) Age",
            "-- Age",
        ] {
            let text = format!(
                "  Inclusion:\n  {}\n  {heading}\n  EGFR mutation",
                "criterion ".repeat(9)
            );
            assert_eq!(Unwrapped::of(&text).text(), text);
        }
    }

    #[test]
    fn a_text_in_lines_of_its_own_is_read_as_it_is() {
        for text in [
            "",
            "Inclusion Criteria:\n\n* EGFR\n* ALK",
            &"a line without an end ".repeat(20),
            "short\n  lines\n  of a list",
        ] {
            assert_eq!(Unwrapped::of(text).text(), text);
        }
    }

    proptest! {
        #[test]
        fn every_piece_stands_where_it_is_said_to(
            lines in prop::collection::vec("([ \t\u{3000}]{0,12}[a-zé0-9.(-]{1,6}){0,14} {0,3}\r?", 0..20),
            from in 0_usize..400,
            length in 0_usize..80,
        ) {
            let written = lines.join("\n");
            let unwrapped = Unwrapped::of(&written);
            let text = unwrapped.text();
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(text), words(&written));
            if let Some(piece) = text.get(from..from + length) {
                let piece = piece.trim();
                let from = from + text[from..].find(piece).unwrap();
                let there = &written[unwrapped.place(from..from + piece.len())];
                prop_assert_eq!(words(there), words(piece));
            }
        }
    }
}
