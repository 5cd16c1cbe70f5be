//! The criteria of a record one by one, numbered and nested as they are written.

use crate::eligibility::{Eligibility, Section};
use std::collections::HashMap;

/// A criterion, or a heading over criteria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedCriterion<'t> {
    /// `2.a` is the point that the record writes as `a` under the one that it writes as `2`; what the record doesn't
    /// number is numbered by its place. None for a heading. The record may begin anew under each heading, so only the
    /// place in the list tells two criteria apart.
    pub number: Option<String>,
    /// Under which kind of heading it stands.
    pub section: Section,
    /// The index of the criterion or heading that it is nested under.
    pub parent: Option<usize>,
    /// How many criteria and headings it is nested under.
    pub depth: usize,
    /// Whether it is a heading.
    pub heading: bool,
    /// Its words, byte for byte, with the bullet or number before them.
    pub text: &'t str,
}

/// Every criterion and heading of an eligibility text, in its order.
#[must_use]
pub fn numbered(text: &str) -> Vec<NumberedCriterion<'_>> {
    let eligibility = Eligibility::read(text);
    let mut list: Vec<NumberedCriterion<'_>> = Vec::with_capacity(eligibility.criteria().len());
    // How many points stand under each parent, and how many sections were opened, since each counts from 1.
    let mut points: HashMap<(Option<usize>, usize), usize> = HashMap::new();
    let mut opened = 0;
    for criterion in eligibility.criteria() {
        opened += usize::from(criterion.heading && criterion.parent.is_none());
        let parent = criterion.parent.map(|at| at as usize);
        let above = parent.and_then(|at| list.get(at));
        let number = (!criterion.heading).then(|| {
            let point = points.entry((parent, opened)).or_default();
            *point += 1;
            let label = criterion.label(text).map_or_else(|| point.to_string(), str::to_owned);
            match above.and_then(|above| above.number.as_ref()) {
                Some(above) => format!("{above}.{label}"),
                None => label,
            }
        });
        let depth = above.map_or(0, |above| above.depth + 1);
        list.push(NumberedCriterion {
            number,
            section: criterion.section,
            parent,
            depth,
            heading: criterion.heading,
            text: criterion.span.of(text),
        });
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(text: &str) -> Vec<String> {
        let label = |c: NumberedCriterion<'_>| c.number.unwrap_or_else(|| "heading".to_owned());
        numbered(text).into_iter().map(label).collect()
    }

    #[test]
    fn bullets_are_numbered_by_their_place_within_what_they_are_nested_under() {
        let text = "Inclusion Criteria:\n\n* One\n* Two\n\n  * Two and a bit\n  * Two and more\n* Three\n\n\
                    Exclusion Criteria:\n\n* Not one";
        assert_eq!(numbers(text), ["heading", "1", "2", "2.1", "2.2", "3", "heading", "1"]);
        let list = numbered(text);
        assert_eq!(list[3].parent, Some(2));
        assert_eq!((list[1].depth, list[3].depth), (0, 1));
        assert_eq!(list[3].text, "* Two and a bit");
        assert_eq!(list[7].section, Section::Exclusion);
    }

    #[test]
    fn a_number_that_is_written_is_kept() {
        let text = "Inclusion Criteria:\n\n3. Three\n\n   1. one of them\n   2. (b) two\n4\\. Four\n* Five\n(c) c\n\
                    iv) iv";
        assert_eq!(numbers(text), ["heading", "3", "3.1", "3.2", "4", "3", "c", "iv"]);
    }

    #[test]
    fn each_cohort_counts_from_one() {
        let text = "Inclusion Criteria:\n\nCohort A:\n\n* One\n* Two\n\nCohort B:\n\n* One";
        assert_eq!(numbers(text), ["heading", "heading", "1", "2", "heading", "1"]);
        assert_eq!(numbered(text)[2].parent, Some(1));
    }

    proptest! {
        #[test]
        fn every_criterion_is_told_once_verbatim_and_under_an_earlier_one(text in "([A-Za-z*(). :\\\\0-9-]{0,40}\n){0,12}") {
            let list = numbered(&text);
            prop_assert_eq!(list.len(), Eligibility::read(&text).criteria().len());
            for (at, criterion) in list.iter().enumerate() {
                prop_assert!(text.contains(criterion.text));
                prop_assert!(criterion.parent.is_none_or(|parent| parent < at));
                prop_assert_eq!(criterion.heading, criterion.number.is_none());
            }
        }
    }
}
