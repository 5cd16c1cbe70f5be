//! Essie expressions, by a builder in which unescaped text can't be written, and the one that brings a subject's candidates.
//!
//! One expression a subject, over the eligibility text and every field that the registry searches by default. The
//! registry's search is blind to case, so a symbol that is also a word or a lab value (EGFR and eGFR, MET, ALK) is asked
//! for among records about tumours, the commonest in context. [`names`] then reads what came with its case.

mod candidates;
mod classes;
mod reading;

use crate::mutation::Subject;
use crate::study::Record;
use aho_corasick::AhoCorasick;
use std::fmt;
use std::sync::Arc;

/// An Essie expression. Only this module's constructors make one, and each quotes and escapes the text it is given,
/// so nothing that a user typed is ever executed by the registry. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Essie(Arc<str>);

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
    /// Conditions, titles, keywords and the registry's own terms for the conditions, as one.
    ConditionSearch,
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
            Self::ConditionSearch => "ConditionSearch",
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
        Self(quoted.into())
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

    /// The first expression where the second doesn't hold.
    #[must_use]
    pub fn but_not(wanted: &Self, unwanted: &Self) -> Self {
        Self(format!("({wanted} NOT {unwanted})").into())
    }

    /// The expression within one field.
    #[must_use]
    pub fn area(area: Area, expression: &Self) -> Self {
        Self(format!("AREA[{}]{expression}", area.as_str()).into())
    }

    /// The expression as the registry takes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, shared.
    #[must_use]
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    fn joined(expressions: impl IntoIterator<Item = Self>, operator: &str) -> Self {
        let parts: Vec<Arc<str>> = expressions.into_iter().map(|expression| expression.0).collect();
        match parts.as_slice() {
            [] => Self::phrase(""),
            [one] => Self(Arc::clone(one)),
            _ => Self(format!("({})", parts.join(operator)).into()),
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
/// this is false is no candidate. Making the [`Naming`] costs ten times what reading a record
/// with it does: who reads many records of one subject holds one.
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
    /// The symbol is also a word or lab value: where it stands in capitals among others, its neighbours decide.
    in_context: bool,
}

/// One spelling.
#[derive(Debug)]
struct Name {
    text: &'static str,
    /// Its capitals must be capitals in the text; a small letter may be either.
    capitals: bool,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A gene's or protein's, against which a change may be written: `KRASG12C`.
    Symbol,
    /// Words, the last of which may be a plural.
    Phrase,
}

impl Naming {
    /// The naming of a subject.
    #[must_use]
    pub fn of(subject: Subject) -> Self {
        let mut names = Vec::new();
        if let Subject::Gene(gene) = subject {
            let collides = candidates::collides(gene);
            names.extend(gene.names().map(|text| Name {
                text,
                capitals: collides && text == gene.symbol()
                    || text.len() <= 4 && !text.contains(|c: char| c.is_ascii_digit()),
                kind: Kind::Symbol,
            }));
            names.extend(candidates::own_names(gene).map(|text| Name {
                text,
                capitals: true,
                kind: if text.contains(' ') { Kind::Phrase } else { Kind::Symbol },
            }));
        }
        names.extend(classes::phrases(subject).map(|text| Name {
            text,
            capitals: true,
            kind: Kind::Phrase,
        }));
        let first_words = AhoCorasick::builder().ascii_case_insensitive(true).build(
            names
                .iter()
                .map(|name| name.text.split([' ', '-']).next().unwrap_or_default()),
        );
        Self {
            first_words: first_words.ok(),
            names,
            in_context: matches!(subject, Subject::Gene(gene) if candidates::collides(gene)),
        }
    }

    /// Whether the record names the subject or a class that contains it.
    #[must_use]
    pub fn stands_in(&self, record: Record<'_>) -> bool {
        self.found_in(record).is_some()
    }

    /// The first name that is found in the record, as it is written there.
    #[must_use]
    pub fn found_in<'r>(&self, record: Record<'r>) -> Option<&'r str> {
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
            .find_map(|text| self.found_in_text(text))
    }

    fn found_in_text<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.first_words
            .as_ref()?
            .find_overlapping_iter(text)
            .find_map(|found| {
                let name = self.names.get(found.pattern().as_usize())?;
                let end = name.end(text, found.start())?;
                let place = found.start()..end;
                let is_meant = !self.in_context || reading::is_a_gene(text, place.clone());
                text.get(place).filter(|_| is_meant || name.kind == Kind::Phrase)
            })
    }
}

impl Name {
    /// Where the name ends that stands in the text at `at`; none if it doesn't stand there as a word.
    fn end(&self, text: &str, at: usize) -> Option<usize> {
        let end = reading::end_of(self.text, self.capitals, text, at)?;
        let after = text.get(end..)?;
        let ends = match self.kind {
            Kind::Symbol => reading::ends_a_name(after, self.text.len() > 2),
            Kind::Phrase => reading::ends_a_phrase(self.text, after),
        };
        (ends && reading::starts_a_word(text, at)).then_some(end)
    }
}

#[cfg(test)]
mod tests;
