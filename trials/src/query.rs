//! Essie expressions, by a builder in which unescaped text can't be written, and the one that brings a subject's candidates.
//!
//! One expression a subject, over every field in which a record names a gene. The registry's search is blind to case,
//! so a symbol that is also a word or a lab value (EGFR and eGFR, MET, ALK) is asked for in context where prose
//! stands, and plainly in titles, conditions, keywords, interventions and arms. [`names`] then reads what came with its case.

mod candidates;
mod classes;

use crate::gene::Gene;
use crate::mutation::Subject;
use crate::study::Record;
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
/// this is false is no candidate.
#[must_use]
pub fn names(record: Record<'_>, subject: Subject) -> bool {
    let study = record.study;
    let texts = [&*study.brief_title, record.eligibility]
        .into_iter()
        .chain(study.official_title.as_deref())
        .chain(study.summary.as_deref())
        .chain(study.conditions.iter().map(|text| &**text))
        .chain(study.keywords.iter().map(|text| &**text))
        .chain(
            study
                .interventions
                .iter()
                .flat_map(|i| std::iter::once(&*i.name).chain(i.other_names.iter().map(|n| &**n))),
        )
        .chain(
            study
                .arms
                .iter()
                .flat_map(|arm| std::iter::once(&*arm.label).chain(arm.description.as_deref())),
        );
    let spellings: Vec<&str> = match subject {
        Subject::Gene(gene) => gene.names().collect(),
        Subject::Signature(_) => Vec::new(),
    };
    let phrases: Vec<&str> = classes::phrases(subject).collect();
    let gene = match subject {
        Subject::Gene(gene) => Some(gene),
        Subject::Signature(_) => None,
    };
    texts.into_iter().any(|text| {
        spellings.iter().any(|name| contains(text, name, gene)) || phrases.iter().any(|phrase| says(text, phrase))
    })
}

/// Whether a gene's spelling stands in the text as a name. A spelling that is no word stands in any case; one that is
/// a word or a lab value stands only as it is written (`EGFR`, never `eGFR`), and not in capitals that shout.
fn contains(text: &str, name: &str, gene: Option<Gene>) -> bool {
    let exact =
        gene.is_some_and(candidates::needs_context) || name.len() <= 4 && !name.contains(|c: char| c.is_ascii_digit());
    text.char_indices().any(|(at, _)| {
        let Some(found) = text.get(at..at + name.len()) else {
            return false;
        };
        let same = if exact {
            found == name
        } else {
            found.eq_ignore_ascii_case(name)
        };
        same && starts_a_word(text, at) && ends_a_name(text.get(at + name.len()..).unwrap_or_default())
    })
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

/// Whether a phrase of a class stands in the text, in any case, blanks and hyphens alike. Written with a capital it
/// stands only so: `RAS`, `HRR`.
fn says(text: &str, phrase: &str) -> bool {
    let exact = phrase.contains(|c: char| c.is_ascii_uppercase());
    text.char_indices().any(|(at, _)| {
        let Some(found) = text.as_bytes().get(at..at + phrase.len()) else {
            return false;
        };
        let same = found.iter().zip(phrase.as_bytes()).all(|(a, b)| match b {
            b' ' | b'-' => a.is_ascii_whitespace() || *a == b'-',
            _ if exact => a == b,
            _ => a.eq_ignore_ascii_case(b),
        });
        same && starts_a_word(text, at)
            && !text
                .get(at + phrase.len()..)
                .is_some_and(|after| after.starts_with(|c: char| c.is_alphanumeric() && c != 's'))
    })
}

#[cfg(test)]
mod tests;
