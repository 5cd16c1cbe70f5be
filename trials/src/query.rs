//! Essie expressions, by a builder in which unescaped text can't be written, and the one that brings a subject's candidates.
//!
//! One expression a subject, over every field in which a record names a gene. The registry's search is blind to case,
//! so a symbol that is also a word or a lab value (EGFR and eGFR, MET, ALK) is asked for in context where prose
//! stands, and plainly in titles, conditions, keywords, interventions and arms. [`names`] then reads what came with its case.

mod candidates;
mod classes;

use crate::mutation::Subject;
use crate::study::Record;
use aho_corasick::AhoCorasick;
use std::fmt;

/// An Essie expression. Only this module's constructors make one, and each quotes and escapes the text it is given,
/// so nothing that a user typed is ever executed by the registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Essie(String);

/// A field of a record that the registry searches by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// The eligibility text, which a search without an area leaves out.
    EligibilityCriteria,
    /// Brief title.
    BriefTitle,
    /// Official title.
    OfficialTitle,
    /// Brief summary.
    BriefSummary,
    /// Conditions.
    Condition,
    /// Keywords.
    Keyword,
    /// Names of interventions.
    InterventionName,
    /// Labels of arms.
    ArmGroupLabel,
    /// Descriptions of arms.
    ArmGroupDescription,
}

impl Area {
    fn as_str(self) -> &'static str {
        match self {
            Self::EligibilityCriteria => "EligibilityCriteria",
            Self::BriefTitle => "BriefTitle",
            Self::OfficialTitle => "OfficialTitle",
            Self::BriefSummary => "BriefSummary",
            Self::Condition => "Condition",
            Self::Keyword => "Keyword",
            Self::InterventionName => "InterventionName",
            Self::ArmGroupLabel => "ArmGroupLabel",
            Self::ArmGroupDescription => "ArmGroupDescription",
        }
    }
}

impl Essie {
    /// The longest expression that is sent, in bytes: the length of a request line is bounded.
    pub const LENGTH_MAX: usize = 4096;

    /// The expression that brings every record naming the subject or a class that contains it.
    #[must_use]
    pub fn candidates(subject: Subject) -> Self {
        candidates::expression(subject)
    }

    /// The exact phrase: quoted, its quotes and backslashes escaped, control characters as spaces.
    #[must_use]
    pub fn phrase(text: &str) -> Self {
        let mut quoted = String::with_capacity(text.len() + 2);
        quoted.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => quoted.extend(['\\', c]),
                c if c.is_control() => quoted.push(' '),
                c => quoted.push(c),
            }
        }
        quoted.push('"');
        Self(quoted)
    }

    /// Any of the expressions. Of none: a phrase that no record has.
    #[must_use]
    pub fn any(expressions: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(expressions, " OR ")
    }

    /// All of the expressions. Of none: a phrase that no record has.
    #[must_use]
    pub fn all(expressions: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(expressions, " AND ")
    }

    /// The expression within one field.
    #[must_use]
    pub fn area(area: Area, expression: &Self) -> Self {
        Self(format!("AREA[{}]{expression}", area.as_str()))
    }

    /// The expression as the registry takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn joined(expressions: impl IntoIterator<Item = Self>, operator: &str) -> Self {
        let parts: Vec<String> = expressions.into_iter().map(|expression| expression.0).collect();
        match parts.as_slice() {
            [] => Self::phrase(""),
            [one] => Self(one.clone()),
            _ => Self(format!("({})", parts.join(operator))),
        }
    }
}

impl fmt::Display for Essie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a record, read with its case, names the subject or a class that contains it.
///
/// The registry's search is blind to case: asked for EGFR it brings eGFR, a kidney's lab value. A record for which
/// this is false is no candidate. For many records of one subject make a [`Naming`] once.
#[must_use]
pub fn names(record: Record<'_>, subject: Subject) -> bool {
    Naming::of(subject).stands_in(record)
}

/// The spellings of a subject and of the classes that contain it, made ready for reading many records.
#[derive(Debug)]
pub struct Naming {
    /// Finds the first words of all names, in any case; none if there is nothing to find.
    first_words: Option<AhoCorasick>,
    names: Vec<Name>,
}

/// One spelling.
#[derive(Debug)]
struct Name {
    text: &'static str,
    /// Only as it is written: a word or lab value in another case, or a phrase with a capital.
    exact: bool,
    /// A gene's, against which a change may be written: `KRASG12C`.
    of_gene: bool,
}

impl Naming {
    /// The naming of a subject.
    #[must_use]
    pub fn of(subject: Subject) -> Self {
        let mut names = Vec::new();
        if let Subject::Gene(gene) = subject {
            names.extend(gene.names().map(|text| Name {
                text,
                exact: candidates::needs_context(gene)
                    || text.len() <= 4 && !text.contains(|c: char| c.is_ascii_digit()),
                of_gene: true,
            }));
        }
        names.extend(classes::phrases(subject).map(|text| Name {
            text,
            exact: text.contains(|c: char| c.is_ascii_uppercase()),
            of_gene: false,
        }));
        let first_words = AhoCorasick::builder().ascii_case_insensitive(true).build(
            names
                .iter()
                .map(|name| name.text.split([' ', '-']).next().unwrap_or_default()),
        );
        Self {
            first_words: first_words.ok(),
            names,
        }
    }

    /// Whether the record names the subject or a class that contains it.
    #[must_use]
    pub fn stands_in(&self, record: Record<'_>) -> bool {
        let study = record.study;
        [&*study.brief_title, record.eligibility]
            .into_iter()
            .chain(study.official_title.as_deref())
            .chain(study.summary.as_deref())
            .chain(study.conditions.iter().map(|text| &**text))
            .chain(study.keywords.iter().map(|text| &**text))
            .chain(study.interventions.iter().flat_map(|intervention| {
                std::iter::once(&*intervention.name).chain(intervention.other_names.iter().map(|name| &**name))
            }))
            .chain(
                study
                    .arms
                    .iter()
                    .flat_map(|arm| std::iter::once(&*arm.label).chain(arm.description.as_deref())),
            )
            .any(|text| self.stands_in_text(text))
    }

    fn stands_in_text(&self, text: &str) -> bool {
        self.first_words
            .iter()
            .flat_map(|words| words.find_overlapping_iter(text))
            .any(|found| {
                self.names
                    .get(found.pattern().as_usize())
                    .is_some_and(|name| name.stands_at(text, found.start()))
            })
    }
}

impl Name {
    /// Whether the name stands in the text at `at`; blanks and hyphens are alike.
    fn stands_at(&self, text: &str, at: usize) -> bool {
        let end = at + self.text.len();
        let (Some(found), Some(after)) = (text.get(at..end), text.get(end..)) else {
            return false;
        };
        let same = found.bytes().zip(self.text.bytes()).all(|(a, b)| match b {
            b' ' | b'-' => a.is_ascii_whitespace() || a == b'-',
            _ if self.exact => a == b,
            _ => a.eq_ignore_ascii_case(&b),
        });
        let ends = if self.of_gene {
            ends_a_name(after)
        } else {
            !after.starts_with(|c: char| c.is_alphanumeric() && c != 's')
        };
        same && ends && starts_a_word(text, at)
    }
}

fn starts_a_word(text: &str, at: usize) -> bool {
    !text
        .get(..at)
        .is_some_and(|before| before.ends_with(char::is_alphanumeric))
}

/// A name ends before a blank or sign, and before what is written against it: `METex14`, `EGFRvIII`, `EGFRm`, `KRASG12C`.
fn ends_a_name(after: &str) -> bool {
    let mut chars = after.chars();
    match chars.next() {
        None => true,
        Some(c) if !c.is_alphanumeric() => true,
        Some('m' | 's') => !chars.next().is_some_and(char::is_alphanumeric),
        Some(c) if c.is_ascii_uppercase() => {
            chars.next().is_some_and(|c| c.is_ascii_digit()) && chars.next().is_some_and(|c| c.is_ascii_digit())
        }
        _ => {
            after.starts_with("ex") || after.starts_with("vIII") || after.starts_with("mut") || after.starts_with("amp")
        }
    }
}

#[cfg(test)]
mod tests;
