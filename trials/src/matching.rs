//! The stance of a record towards a mutation: targets, allows, excludes or silent, with the words that decide.

mod contains;
mod cues;
mod lexicon;
mod pairs;
mod passage;
mod phrase;
mod quoting;
mod reading;
mod rules;
mod tumours;
mod unwrapped;
mod voice;
mod words;

use self::lexicon::Lexicon;
use self::reading::Reader;
use crate::eligibility::Span;
use crate::mutation::Mutation;
use crate::study::Record;
use std::fmt;

/// What a record means for a patient with the mutation. In the order in which a reader wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stance {
    /// It enrols, in some cohort, because of this alteration or of a class that contains it.
    Targets,
    /// A patient with it may enrol, perhaps on a condition.
    Allows,
    /// The record does not decide.
    Silent,
    /// A patient with it can't enrol.
    Excludes,
}

/// A record judged for one mutation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The verdict.
    pub stance: Stance,
    /// How exactly the deciding words name the alteration; orders findings of one stance.
    pub specificity: Specificity,
    /// The deciding words, at most [`Finding::EVIDENCE_MAX`]; empty only for silent.
    pub evidence: Box<[Evidence]>,
    /// What a careful reader should look at again.
    pub doubts: Box<[Doubt]>,
}

/// How exactly the deciding words name the alteration. In the order in which a reader wants them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Specificity {
    /// The alteration itself, or a list that names it.
    Alteration,
    /// A class of the gene's alterations that contains it: "sensitising EGFR mutation", "exon 19 deletion".
    Class,
    /// The gene as a whole: "EGFR mutation-positive".
    Gene,
    /// A class of many genes: "RAS-mutant", "HRR genes", "actionable alteration".
    Pathway,
    /// Nothing that decides.
    None,
}

/// A verbatim piece of one string of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// Which string.
    pub source: Source,
    /// Which bytes of it; at most [`Evidence::QUOTE_MAX`] characters.
    pub span: Span,
}

/// A string of a record that a quote can come from. Numbers index the record's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The eligibility text, under a heading for inclusion.
    Inclusion,
    /// The eligibility text, under a heading for exclusion.
    Exclusion,
    /// The eligibility text where no heading says which.
    Eligibility,
    /// Brief title.
    BriefTitle,
    /// Official title.
    OfficialTitle,
    /// Brief summary.
    Summary,
    /// An arm's label.
    ArmLabel(u16),
    /// An arm's description.
    ArmDescription(u16),
    /// An intervention's name.
    Intervention(u16),
    /// A condition.
    Condition(u16),
    /// A keyword.
    Keyword(u16),
}

/// What a careful reader should look at again, in words for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Doubt {
    /// The gene is named in a way that was not understood.
    Unclear,
    /// A class that may contain the alteration decides.
    MayContain,
    /// A class that may contain the alteration is shut out.
    MayExclude,
    /// It is asked for in one place and shut out in another.
    Contradicted,
    /// Only some cohorts or arms take it.
    WhichCohort,
    /// The gene is named more often than is read.
    Cut,
}

impl Stance {
    /// Every stance, in a reader's order.
    pub const ALL: [Self; 4] = [Self::Targets, Self::Allows, Self::Silent, Self::Excludes];

    /// As answers and parameters spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Targets => "targets",
            Self::Allows => "allows",
            Self::Silent => "silent",
            Self::Excludes => "excludes",
        }
    }
}

impl Finding {
    /// The most pieces of evidence a finding shows.
    pub const EVIDENCE_MAX: usize = 3;
}

impl Evidence {
    /// The longest quote, in characters.
    pub const QUOTE_MAX: usize = 400;

    /// The quoted words, byte for byte as the record has them; empty where the record is not the one judged.
    #[must_use]
    pub fn quote<'r>(&self, record: Record<'r>) -> &'r str {
        self.span.of(self.source.text(record))
    }
}

impl Source {
    /// The whole string that it points to; empty where the record has none.
    #[must_use]
    pub fn text(self, record: Record<'_>) -> &str {
        let study = record.study;
        match self {
            Self::Inclusion | Self::Exclusion | Self::Eligibility => record.eligibility,
            Self::BriefTitle => &study.brief_title,
            Self::OfficialTitle => study.official_title.as_deref().unwrap_or(""),
            Self::Summary => study.summary.as_deref().unwrap_or(""),
            Self::ArmLabel(i) => study.arms.get(usize::from(i)).map_or("", |a| &a.label),
            Self::ArmDescription(i) => study
                .arms
                .get(usize::from(i))
                .and_then(|a| a.description.as_deref())
                .unwrap_or(""),
            Self::Intervention(i) => study.interventions.get(usize::from(i)).map_or("", |x| &x.name),
            Self::Condition(i) => study.conditions.get(usize::from(i)).map_or("", |c| c),
            Self::Keyword(i) => study.keywords.get(usize::from(i)).map_or("", |k| k),
        }
    }

    /// The section's name in answers: inclusion, exclusion, eligibility, title, summary, arm, intervention, condition, keyword.
    #[must_use]
    pub fn section(self) -> &'static str {
        match self {
            Self::Inclusion => "inclusion",
            Self::Exclusion => "exclusion",
            Self::Eligibility => "eligibility",
            Self::BriefTitle | Self::OfficialTitle => "title",
            Self::Summary => "summary",
            Self::ArmLabel(_) | Self::ArmDescription(_) => "arm",
            Self::Intervention(_) => "intervention",
            Self::Condition(_) => "condition",
            Self::Keyword(_) => "keyword",
        }
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclear => f.write_str("the gene is named in a way that was not understood; read the record"),
            Self::MayContain => f.write_str("the record names a class that may or may not contain this alteration"),
            Self::MayExclude => f.write_str("an exclusion names a class that may contain this alteration"),
            Self::Contradicted => f.write_str("one criterion asks for it and another shuts it out; read both"),
            Self::Cut => f.write_str("the gene is named more often than was read; read the record"),
            Self::WhichCohort => {
                f.write_str("only some cohorts or arms take it, and which of them is open isn't in the record")
            }
        }
    }
}

/// A mutation made ready for judging many records: its names are compiled once.
#[derive(Debug)]
pub struct Judge {
    mutation: Mutation,
    lexicon: Lexicon,
}

impl Judge {
    /// Prepares to judge records for `mutation`.
    #[must_use]
    pub fn new(mutation: &Mutation) -> Self {
        Self {
            mutation: mutation.clone(),
            lexicon: Lexicon::new(mutation),
        }
    }

    /// Judges one record.
    #[must_use]
    pub fn judge(&self, record: Record<'_>) -> Finding {
        let reader = Reader {
            mutation: &self.mutation,
            lexicon: &self.lexicon,
        };
        let heard = reader.eligibility(record);
        let decided = rules::decide(&heard);
        if decided.stance == Stance::Allows && heard.leaves_it_to_the_title() {
            let by_title = rules::decide(&reader.titles(record.study));
            return match by_title.stance {
                Stance::Targets if !heard.names_another() => by_title,
                Stance::Excludes => by_title,
                _ => decided,
            };
        }
        if decided.stance != Stance::Silent || heard.names_another() {
            return decided;
        }
        let mut by_purpose = rules::decide(&reader.purpose(record.study));
        match by_purpose.stance {
            Stance::Silent => decided,
            Stance::Targets | Stance::Allows if heard.may_shut() => {
                by_purpose.doubts = [&*by_purpose.doubts, &[Doubt::MayExclude]].concat().into();
                by_purpose
            }
            _ => by_purpose,
        }
    }
}

#[cfg(test)]
mod tests;
