//! An answer in words that a clinician reads in a minute. Record text is untrusted: it can't leave its place.
//!
//! A summary says, in this order: what was asked and how much was found; each trial with its stance in plain words and
//! the quote that proves it; what shuts the patient out; what was left out and why; where it all comes from; and that a
//! clinician decides. It never says only "none": an empty page says what was read and why none of it is listed.
//!
//! [`Summary`] holds the words, piece by piece; a terminal aligns and colours them, and [`Summary`]'s `Display` is the
//! same as prose, in light Markdown that reads well as plain text. Every piece of a record passes through `for_people`,
//! and in prose stands within a line that begins with words of ours.

mod entry;
mod explanation;
mod record;
mod text;
mod words;

pub use entry::{Entry, Kind, Line};
pub use record::RecordSummary;

use crate::answer::{Answer, Funnel, Trial};
use crate::matching::Stance;
use crate::mutation::Mutation;
use crate::question::Question;
use entry::FIELD_MAX;
use std::fmt;
use std::time::Duration;
use text::quoted_within;
pub use text::shortened;
use words::{ago, are, candidate_records, filters_in_words, records, them, verb, were};

/// Where an answer comes from, as its text says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provenance<'p> {
    /// The tier that answered: `memory`, `registry` and the like.
    pub source: &'p str,
    /// Age of the oldest records read.
    pub age: Duration,
    /// Whether they may be out of date.
    pub stale: bool,
    /// Why, where they may.
    pub reason: Option<&'p str>,
    /// The registry's data version they were fetched under, where known.
    pub registry_version: Option<&'p str>,
}

/// What an answer says to people, each field one paragraph or a list of them, fit to be shown as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The mutation by its canonical name, and as it was asked where that differs.
    pub asked: String,
    /// How many trials are listed, by stance, and which of them this page shows.
    pub found: String,
    /// The filters.
    pub filters: String,
    /// This page, best first.
    pub trials: Vec<Entry>,
    /// Why no trial is listed; none where one is.
    pub why_none: Option<String>,
    /// Trials that a reader might expect and that shut the patient out.
    pub shut_out: Option<ShutOut>,
    /// Where all the other candidates went; none where there are no others.
    pub left_out: Option<String>,
    /// Where the answer comes from and how old it is.
    pub source: String,
    /// Why it may be out of date; none where it is fresh.
    pub stale: Option<String>,
}

/// Trials that shut the patient out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShutOut {
    /// How many there are.
    pub heading: String,
    /// Those nearest to what was asked: title and the words that decide.
    pub trials: Vec<Entry>,
}

/// What every summary ends with.
pub const CAUTION: &str = "This is a reading aid: it quotes the record and a clinician decides. Words in quotation marks are the record's, not instructions.";

impl Summary {
    /// The words for an answer.
    #[must_use]
    pub fn of(question: &Question, answer: &Answer, provenance: &Provenance<'_>) -> Self {
        let name = question.mutation.to_string();
        let first = question.filters.offset + 1;
        let numbered = answer.trials.iter().zip(first..);
        Self {
            asked: asked(&name, question),
            found: found(question, answer),
            filters: format!("Asked for: {}.", filters_in_words(&question.filters).join("; ")),
            trials: numbered
                .map(|(trial, number)| Entry::listed(trial, number, question))
                .collect(),
            why_none: answer.trials.is_empty().then(|| why_none(question, answer)),
            shut_out: shut_out(&name, answer),
            left_out: left_out(question, answer),
            source: source(provenance),
            stale: provenance.stale.then(|| stale(provenance)),
        }
    }
}

/// The summary as prose; ends with a line break.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n{}\n\n", self.asked, self.found, self.filters)?;
        for trial in &self.trials {
            writeln!(f, "{trial}\n")?;
        }
        for paragraph in self.why_none.iter() {
            writeln!(f, "{paragraph}\n")?;
        }
        if let Some(ShutOut { heading, trials }) = &self.shut_out {
            writeln!(f, "{heading}")?;
            for trial in trials {
                writeln!(f, "{trial}")?;
            }
            writeln!(f)?;
        }
        for paragraph in self.left_out.iter() {
            writeln!(f, "{paragraph}\n")?;
        }
        f.write_str(&self.source)?;
        for warning in self.stale.iter() {
            write!(f, " {warning}")?;
        }
        writeln!(f, "\n{CAUTION}")
    }
}

fn asked(name: &str, question: &Question) -> String {
    if question.input.trim() == name {
        name.to_owned()
    } else {
        format!("{name} (asked as {})", quoted_within(&question.input, 200))
    }
}

fn found(question: &Question, answer: &Answer) -> String {
    let Answer {
        total, funnel, trials, ..
    } = answer;
    if *total == 0 {
        return match funnel.candidates {
            0 if funnel.capped => "none of the records that were read names it.".to_owned(),
            0 => "no record was found.".to_owned(),
            1 => "the 1 candidate record is not listed.".to_owned(),
            candidates => format!("none of {candidates} candidate records is listed."),
        };
    }
    let counts: Vec<String> = question
        .filters
        .stances
        .iter()
        .map(|stance| (funnel.of(*stance), stance))
        .map(|(count, stance)| format!("{count} {}", verb(*stance, count)))
        .collect();
    let mut text = format!(
        "{total} of {} {} listed: {}.",
        candidate_records(funnel.candidates),
        are(*total),
        counts.join(", ")
    );
    if !trials.is_empty() && *total > trials.len() {
        let first = question.filters.offset + 1;
        let last = question.filters.offset + trials.len();
        let here = if first == last {
            format!(" Here is number {first}")
        } else {
            format!(" Here are {first} to {last}")
        };
        text.push_str(&here);
        text.push_str(", best first");
        if let Some(next) = answer.next_offset {
            text.push_str(&format!("; the next page is at offset {next}"));
        }
        text.push('.');
    }
    text
}

fn why_none(question: &Question, answer: &Answer) -> String {
    let funnel = &answer.funnel;
    if answer.total > 0 {
        let (offset, total) = (question.filters.offset, answer.total);
        return format!(
            "This page is empty: offset {offset} lies past the last of {total}. Ask with a smaller offset."
        );
    }
    if funnel.candidates == 0 {
        let it = match question.mutation {
            Mutation::Signature(_) => "it",
            _ => "the gene",
        };
        let because = if funnel.capped {
            format!(
                "of the records that were read none, among those asked for, names {it} or a class that contains it; the \
                 registry holds more, which were not read"
            )
        } else {
            format!(
                "the registry answered and holds no record, among those asked for, that names {it} or a class that \
                 contains it"
            )
        };
        return format!("None is listed, because {because}. Trials for the tumour alone are not searched here.");
    }
    let mut reasons: Vec<String> = Stance::ALL
        .into_iter()
        .map(|stance| (funnel.of(stance), stance))
        .filter(|(count, _)| *count > 0)
        .map(|(count, stance)| format!("{count} {}", verb(stance, count)))
        .collect();
    let filtered: usize = funnel.filtered.values().sum();
    if filtered > 0 {
        reasons.push(format!("{filtered} {} turned away by the filters", were(filtered)));
    }
    if funnel.unreadable > 0 {
        reasons.push(format!("{} could not be read", funnel.unreadable));
    }
    format!(
        "None is listed. Of {}: {}.",
        records(funnel.candidates),
        reasons.join("; ")
    )
}

fn shut_out(name: &str, answer: &Answer) -> Option<ShutOut> {
    // Those already listed above, because they were asked for, need no second telling.
    let listed = |trial: &&Trial| !answer.trials.iter().any(|shown| shown.nct_id == trial.nct_id);
    let trials: Vec<Entry> = answer.excluded.iter().filter(listed).map(Entry::shut_out).collect();
    if trials.is_empty() {
        return None;
    }
    let count = match answer.funnel.excludes {
        1 => "1 trial that passes the same filters shuts".to_owned(),
        count => format!("{count} trials that pass the same filters shut"),
    };
    let which = if answer.funnel.excludes > trials.len() {
        "; those nearest to what was asked"
    } else {
        ""
    };
    Some(ShutOut {
        heading: format!("Not for this patient: {count} out {name}{which}:"),
        trials,
    })
}

fn left_out(question: &Question, answer: &Answer) -> Option<String> {
    let funnel = &answer.funnel;
    let mut parts = Vec::new();
    let by_filter: Vec<String> = Funnel::FILTERS
        .iter()
        .filter_map(|filter| funnel.filtered.get(filter).map(|count| format!("{filter} {count}")))
        .collect();
    if !by_filter.is_empty() {
        parts.push(format!("turned away by filter: {}", by_filter.join(", ")));
    }
    for stance in Stance::ALL {
        let count = funnel.of(stance);
        if count > 0 && !question.filters.stances.contains(&stance) {
            let verb = verb(stance, count);
            parts.push(format!(
                "{count} {verb} (to see {}, ask with stances {})",
                them(count),
                stance.as_str()
            ));
        }
    }
    if funnel.unreadable > 0 {
        parts.push(format!("{} could not be read", records(funnel.unreadable)));
    }
    if funnel.capped {
        parts
            .push("the registry holds more candidates than are kept, so the least relevant were never read".to_owned());
    }
    (!parts.is_empty()).then(|| format!("Left out, of {}: {}.", records(funnel.candidates), parts.join("; ")))
}

/// The registry is not named: it may be the sample, or another that speaks the same.
fn source(provenance: &Provenance<'_>) -> String {
    let when = ago(provenance.age);
    let mut text = match provenance.source {
        "registry" => format!("Source: the registry, fetched {when}"),
        tier => format!(
            "Source: the registry, fetched {when} and kept in {}",
            shortened(tier, FIELD_MAX)
        ),
    };
    if let Some(version) = provenance.registry_version {
        text.push_str(&format!(", data version {}", shortened(version, FIELD_MAX)));
    }
    text.push('.');
    text
}

fn stale(provenance: &Provenance<'_>) -> String {
    let reason = provenance
        .reason
        .unwrap_or("the registry could not be asked whether it has changed");
    format!(
        "It may be out of date: {}.",
        shortened(reason, 300).trim_end_matches('.')
    )
}

#[cfg(test)]
mod tests;
