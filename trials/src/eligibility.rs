//! Eligibility prose into sections and criteria, each a span of the source.
//!
//! The registry's text is Markdown written by thousands of hands: headings in many forms or none, bullets, numbers,
//! hard-wrapped lines, nesting by spaces, sometimes everything in one line. Reading it never fails and takes time
//! linear in its length. The bargain: every byte that isn't white space lies in exactly one [`Criterion`], criteria
//! are in the order of the text, and their spans never overlap.

mod headings;

pub(crate) use headings::begins_with_cohort;

use headings::{inline_heading, is_cohort_heading, next_root, section_heading};

/// A half-open byte range of a text, on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end`; what lies past 4 GiB is cut to it.
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let bound = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            start: bound(start),
            end: bound(end),
        }
    }

    /// The spanned piece of `text`; empty where the span doesn't fit it.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// Under which kind of heading a criterion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// What a patient must be or have.
    Inclusion,
    /// What shuts a patient out.
    Exclusion,
    /// No heading says which.
    Neither,
}

/// One bullet, numbered point or paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// Under which kind of heading it stands; a heading belongs to the section that it opens.
    pub section: Section,
    /// Its words, with its bullet, without white space around.
    pub span: Span,
    /// The index of the criterion that it is nested under, or of the cohort heading above it; always a smaller one.
    pub parent: Option<u32>,
    /// Whether it is a heading ("Exclusion Criteria:", "Cohort B:") rather than a criterion.
    pub heading: bool,
}

impl Criterion {
    /// The number or letter that is written before it in `text`: `3` of `3. `, `a` of `(a) `; none for a bullet.
    #[must_use]
    pub fn label(self, text: &str) -> Option<&str> {
        let words = self.span.of(text);
        let marker = words.get(..bullet_len(words))?.trim();
        let closed = marker.trim_end_matches(['.', ')']);
        let label = closed.trim_start_matches(['\\', '(']).trim_end_matches('\\');
        (closed.len() < marker.len() && !label.is_empty()).then_some(label)
    }
}

/// An eligibility text, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Eligibility {
    criteria: Vec<Criterion>,
}

impl Eligibility {
    /// Reads a text.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self::read_through(text, text.len())
    }

    /// Reads a text as far as the criterion in which byte `last` lies. Of a criterion, nothing hangs on those behind it.
    pub(crate) fn read_through(text: &str, last: usize) -> Self {
        let mut reader = Reader::default();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            reader.line(text, at, line);
            at += line.len();
            if reader.criteria.last().is_some_and(|c| c.span.end as usize > last) {
                break;
            }
        }
        reader.finish(text)
    }

    /// Every criterion and heading, in the order of the text.
    #[must_use]
    pub fn criteria(&self) -> &[Criterion] {
        &self.criteria
    }

    /// The criterion in which byte `at` lies.
    #[must_use]
    pub fn at(&self, at: usize) -> Option<usize> {
        let after = self.criteria.partition_point(|c| c.span.start as usize <= at);
        let index = after.checked_sub(1)?;
        let criterion = self.criteria.get(index)?;
        (at < criterion.span.end as usize).then_some(index)
    }

    /// The criteria that `index` is nested under, the nearest first.
    pub fn parents(&self, index: usize) -> impl Iterator<Item = &Criterion> {
        let mut next = self.criteria.get(index).and_then(|c| c.parent);
        // Parents have smaller indices, so this ends; a bound keeps a pathological nesting cheap.
        std::iter::from_fn(move || {
            let criterion = self.criteria.get(next? as usize)?;
            next = criterion.parent;
            Some(criterion)
        })
        .take(NESTING_MAX)
    }
}

/// How many levels of nesting are followed.
const NESTING_MAX: usize = 8;

/// A criterion that may still grow by continued lines.
struct Open {
    start: usize,
    end: usize,
    indent: usize,
    bullet: bool,
    heading: Option<Section>,
}

#[derive(Default)]
struct Reader {
    criteria: Vec<Criterion>,
    /// Indices of the criteria that later ones may nest under, with their indent.
    above: Vec<(usize, u32)>,
    /// The heading such as "Cohort B:" under which criteria stand.
    cohort: Option<u32>,
    section: Option<Section>,
    open: Option<Open>,
    /// The next place where a word stands that headings may be made of.
    root: Option<usize>,
}

impl Reader {
    fn line(&mut self, text: &str, mut at: usize, mut line: &str) {
        loop {
            let trimmed = line.trim_start();
            let indent = line.len() - trimmed.len();
            let words = trimmed.trim_end();
            if words.is_empty() {
                self.close(text);
                return;
            }
            let (start, end) = (at + indent, at + indent + words.len());
            let bullet = bullet_len(words);
            let may_head = self.may_head(text, start, end);
            let whole = || section_heading(words.get(bullet..).unwrap_or(words));
            if let Some(section) = may_head.then(whole).flatten() {
                self.heading(text, start, end, indent, section);
                return;
            }
            let Some((offset, length, section)) = may_head.then(|| inline_heading(words)).flatten() else {
                self.piece(text, start, end, indent, bullet > 0);
                return;
            };
            // Everything in one line: a heading in the middle of it opens its section there.
            if offset > 0 {
                self.piece(text, start, start + offset, indent, bullet > 0);
            }
            self.heading(text, start + offset, start + offset + length, indent, section);
            at = start + offset + length;
            line = line.get(indent + offset + length..).unwrap_or("");
            if line.trim().is_empty() {
                return;
            }
        }
    }

    /// Whether `text[start..end]` holds a word that headings may be made of. Most lines don't, and are spared the rest.
    fn may_head(&mut self, text: &str, start: usize, end: usize) -> bool {
        let known = self.root.filter(|root| *root >= start);
        let root = known.unwrap_or_else(|| next_root(text, start));
        self.root = Some(root);
        root < end
    }

    fn heading(&mut self, text: &str, start: usize, end: usize, indent: usize, section: Section) {
        self.close(text);
        self.open = Some(Open {
            start,
            end,
            indent,
            bullet: false,
            heading: Some(section),
        });
        self.close(text);
    }

    fn piece(&mut self, text: &str, start: usize, end: usize, indent: usize, bullet: bool) {
        match &mut self.open {
            Some(open) if !bullet && (!open.bullet || indent > 0 || !text_ends_sentence(text, open.end)) => {
                open.end = end;
            }
            _ => {
                self.close(text);
                self.open = Some(Open {
                    start,
                    end,
                    indent,
                    bullet,
                    heading: None,
                });
            }
        }
    }

    fn close(&mut self, text: &str) {
        let Some(open) = self.open.take() else { return };
        let words = text.get(open.start..open.end).unwrap_or("").trim_end();
        if words.is_empty() {
            return;
        }
        let index = u32::try_from(self.criteria.len()).unwrap_or(u32::MAX);
        if let Some(section) = open.heading {
            self.section = Some(section);
            self.above.clear();
            // "Inclusion criteria for the HER2 cohort" stands over its criteria as a cohort's heading does.
            self.cohort = words.to_ascii_lowercase().contains("cohort").then_some(index);
        }
        let cohort = open.heading.is_none() && !open.bullet && is_cohort_heading(words);
        // A line such as "Cohort 5: patients with KRAS" ends the cohort above it, though it heads nothing.
        if !open.bullet && begins_with_cohort(words) {
            self.cohort = None;
        }
        while self.above.last().is_some_and(|(indent, _)| *indent >= open.indent) {
            self.above.pop();
        }
        let parent = if open.heading.is_some() || cohort {
            None
        } else {
            self.above.last().map(|(_, index)| *index).or(self.cohort)
        };
        if cohort {
            self.cohort = Some(index);
            self.above.clear();
        } else if open.heading.is_none() {
            self.above.push((open.indent, index));
        }
        self.criteria.push(Criterion {
            section: self.section.unwrap_or(Section::Neither),
            span: Span::new(open.start, open.start + words.len()),
            parent,
            heading: open.heading.is_some() || cohort,
        });
    }

    fn finish(mut self, text: &str) -> Eligibility {
        self.close(text);
        Eligibility {
            criteria: self.criteria,
        }
    }
}

fn text_ends_sentence(text: &str, end: usize) -> bool {
    text.get(..end).is_some_and(|t| t.ends_with(['.', ';', ':']))
}

/// Whether a line begins something, by a bullet, a number or as a heading, and can't go on with the one above it. What was
/// taken for its end would shut out, or let in, by that one's words.
pub(crate) fn begins_anew(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or("");
    bullet_len(line) > 0
        || !first.contains(char::is_alphanumeric)
        || line.ends_with(':')
        || next_root(line, 0) < line.len() && section_heading(line).is_some()
}

/// The length of a bullet or number, with the space after it: `* `, `- `, `• `, `o `, `1. `, `2) `, `(a) `, `\- `.
fn bullet_len(words: &str) -> usize {
    let unescaped = words.strip_prefix('\\').unwrap_or(words);
    let escape = words.len() - unescaped.len();
    for mark in ["* ", "- ", "• ", "•", "– ", "— ", "o ", "· ", "+ ", "▪ ", "● ", "§ "] {
        if unescaped.starts_with(mark) {
            return escape + mark.len();
        }
    }
    let inner = unescaped.strip_prefix('(').unwrap_or(unescaped);
    let label = inner.bytes().take_while(u8::is_ascii_alphanumeric).take(4).count();
    let short = inner
        .get(..label)
        .is_some_and(|l| l.bytes().all(|b| b.is_ascii_digit()) || l.len() == 1 || is_roman(l));
    let after = inner.get(label..).unwrap_or("");
    let close = if after.starts_with("\\. ") || after.starts_with("\\) ") {
        3
    } else if after.starts_with(". ") || after.starts_with(") ") {
        2
    } else {
        return 0;
    };
    if label == 0 || !short {
        return 0;
    }
    words.len() - inner.len() + label + close
}

fn is_roman(label: &str) -> bool {
    label
        .bytes()
        .all(|b| matches!(b.to_ascii_lowercase(), b'i' | b'v' | b'x'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sections(text: &str) -> Vec<(Section, &str)> {
        Eligibility::read(text)
            .criteria()
            .iter()
            .filter(|c| !c.heading)
            .map(|c| (c.section, c.span.of(text)))
            .collect()
    }

    #[test]
    fn headings_of_every_style_open_their_section() {
        for (inclusion, exclusion) in [
            ("Inclusion Criteria:", "Exclusion Criteria:"),
            ("INCLUSION CRITERIA", "EXCLUSION CRITERIA"),
            ("Key Inclusion Criteria", "Key Exclusion Criteria:"),
            ("**Inclusion Criteria:**", "**Exclusion Criteria:**"),
            ("* INCLUSION CRITERIA:", "* EXCLUSION CRITERIA:"),
            ("Inclusion:", "Exclusion:"),
            (
                "Module 1 specific inclusion criteria:",
                "The main exclusion criteria include but are not limited to the following:",
            ),
        ] {
            let text = format!("{inclusion}\n\n* one\n\n{exclusion}\n\n* two\n");
            assert_eq!(
                sections(&text),
                [(Section::Inclusion, "* one"), (Section::Exclusion, "* two")],
                "{text}"
            );
        }
    }

    #[test]
    fn one_line_is_cut_at_its_headings() {
        let text = "Inclusion Criteria: adults with EGFR L858R. Exclusion Criteria: pregnancy.";
        assert_eq!(
            sections(text),
            [
                (Section::Inclusion, "adults with EGFR L858R."),
                (Section::Exclusion, "pregnancy.")
            ]
        );
    }

    #[test]
    fn a_nested_bullet_knows_its_parent() {
        let text = "Inclusion Criteria:\n\n* Any of the following:\n  * EGFR mutation\n  * ALK fusion\n* Adult\n\nCohort B:\n\n* KRAS";
        let read = Eligibility::read(text);
        let parent = |words: &str| {
            let at = text.find(words).unwrap();
            let index = read.at(at).unwrap();
            read.parents(index).next().map(|c| c.span.of(text))
        };
        assert_eq!(parent("ALK"), Some("* Any of the following:"));
        assert_eq!(parent("Adult"), None);
        assert_eq!(parent("KRAS"), Some("Cohort B:"));
    }

    #[test]
    fn a_wrapped_line_continues_its_criterion() {
        let text = "        Inclusion Criteria:\n\n          -  EGFR mutation that is\n             documented\n\n          -  Adult\n";
        assert_eq!(sections(text).len(), 2);
        assert!(sections(text)[0].1.ends_with("documented"));
    }

    proptest! {
        #[test]
        fn spans_are_sane_and_no_byte_is_lost(text in "(?s)([ *\\-\n:.A-Za-z0-9é≥]|Inclusion Criteria|Exclusion Criteria:|\n\\* |\n  1\\. |Cohort A:){0,60}") {
            check(&text);
        }

        #[test]
        fn what_stands_behind_a_criterion_is_nothing_to_it(text in "(?s)([ *\\-\n:.A-Za-z0-9é≥]|Inclusion Criteria|Exclusion Criteria:|\n\\* |\n  1\\. |Cohort A:){0,60}", step in 11_usize..60) {
            let all = Eligibility::read(&text);
            for at in (0..text.len()).step_by(step) {
                let far = Eligibility::read_through(&text, at);
                let index = all.at(at);
                prop_assert_eq!(far.at(at), index);
                let known = index.map_or(0, |index| index + 1);
                prop_assert_eq!(far.criteria.get(..known), all.criteria.get(..known));
            }
        }

        #[test]
        fn arbitrary_text_is_read(text in any::<String>()) {
            check(&text);
        }
    }

    fn check(text: &str) {
        let mut at = 0;
        let read = Eligibility::read(text);
        for (index, criterion) in read.criteria().iter().enumerate() {
            let (start, end) = (criterion.span.start as usize, criterion.span.end as usize);
            assert!(
                text[at..start].trim().is_empty(),
                "{:?} lost before {start}",
                &text[at..start]
            );
            assert!(!text[start..end].is_empty());
            assert!(criterion.parent.is_none_or(|p| (p as usize) < index));
            at = end;
        }
        assert!(text[at..].trim().is_empty());
    }
}
