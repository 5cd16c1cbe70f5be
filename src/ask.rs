//! One question from its words to its answer: the path that tools and the terminal share.

use actors::{Front, Provenance, Refusal, Verdicts};
use futures::stream::{FuturesUnordered, StreamExt as _};
use std::fmt;
use tokio::time::Instant;
use trials::Question;
use trials::answer::Answer;
use trials::mutation::{Mutation, UnreadMutation};
use trials::question::Filters;
use trials::summary::{self, Summary};

/// An answered question: all that JSON and prose are made from.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What was asked.
    pub question: Question,
    /// The page, what was shut out, and the funnel.
    pub answer: Answer,
    /// Where it comes from and how old it is.
    pub provenance: Provenance,
    /// What it was made from. While it is held, the question counts as being answered, and the end waits for it.
    _made_from: Option<Verdicts>,
}

/// Several answered questions, and what went wrong with the others.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Those that were answered, in the order asked.
    pub results: Vec<Answered>,
    /// Those that were not, in the order asked: the mutation as written, and why.
    pub failed: Vec<(String, NotAnswered)>,
}

/// Why a question got no answer, which says nothing about its trials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAnswered {
    /// It was no question.
    Unread(UnreadMutation),
    /// It was refused, or failed.
    Refused(Refusal),
}

/// Reads one mutation under filters that are checked already.
///
/// # Errors
/// Where the mutation can't be read.
pub fn read(mutation: &str, filters: &Filters) -> Result<Question, UnreadMutation> {
    Ok(Question {
        input: mutation.to_owned(),
        mutation: Mutation::read(mutation)?,
        filters: filters.clone(),
    })
}

/// Asks, and makes the page. Dropping the future cancels what it asked.
///
/// # Errors
/// [`Refusal`] says whose fault it is and what to do.
pub async fn ask(front: &Front, question: Question, deadline: Instant) -> Result<Answered, Refusal> {
    let reach = question.filters.reach();
    let verdicts = front.ask(&question.mutation, reach, deadline).await?;
    Answered::new(question, verdicts)
}

/// Asks for several mutations at once, under one deadline; `told` hears how many are home, answered or not.
///
/// One that can't be read or isn't answered does not fail the others. Dropping the future cancels all of them.
pub async fn ask_all(
    front: &Front,
    mutations: Vec<String>,
    filters: &Filters,
    deadline: Instant,
    told: impl Fn(usize),
) -> Batch {
    let mut flying: FuturesUnordered<_> = mutations
        .iter()
        .enumerate()
        .map(|(place, mutation)| async move {
            let answered = match read(mutation, filters) {
                Ok(question) => ask(front, question, deadline).await.map_err(NotAnswered::Refused),
                Err(unread) => Err(NotAnswered::Unread(unread)),
            };
            (place, answered)
        })
        .collect();
    let mut home = Vec::with_capacity(mutations.len());
    while let Some(outcome) = flying.next().await {
        home.push(outcome);
        told(home.len());
        // What is warm is never waited for: without a pause fifty would be told of at once, and nobody could cancel.
        tokio::task::yield_now().await;
    }
    drop(flying);
    home.sort_unstable_by_key(|(place, _)| *place);
    let mut batch = Batch::default();
    for (mutation, (_, outcome)) in mutations.into_iter().zip(home) {
        match outcome {
            Ok(answered) => batch.results.push(answered),
            Err(error) => batch.failed.push((mutation, error)),
        }
    }
    batch
}

/// Foreign text for a message: one short line without control, bidirectional or invisible characters.
#[must_use]
pub fn shortened(text: &str) -> String {
    const SHOWN_MAX: usize = 60;
    summary::shortened(text, SHOWN_MAX)
}

/// Where an answer comes from, as its text says it.
pub(crate) fn provenance(provenance: &Provenance) -> summary::Provenance<'_> {
    summary::Provenance {
        source: provenance.source.as_str(),
        age: provenance.age,
        stale: provenance.stale,
        reason: provenance.reason.as_deref(),
        registry_version: provenance.registry_version.as_deref(),
    }
}

impl Answered {
    /// The page that a question asks for, from what was judged.
    ///
    /// # Errors
    /// Where a record that is held can't be unpacked.
    pub fn new(question: Question, verdicts: Verdicts) -> Result<Self, Refusal> {
        let answer = verdicts.answer(&question).map_err(|error| {
            // It was packed by this process a moment ago: ours, and the next fetch may mend it.
            tracing::error!(%error, "a record that is held can't be unpacked");
            Refusal::Interrupted
        })?;
        let provenance = verdicts.provenance.clone();
        Ok(Self {
            question,
            answer,
            provenance,
            _made_from: Some(verdicts),
        })
    }

    /// An answer that was made without the actors.
    pub(crate) fn made_alone(question: Question, answer: Answer, provenance: Provenance) -> Self {
        Self {
            question,
            answer,
            provenance,
            _made_from: None,
        }
    }

    /// The answer in words for people.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(&self.question, &self.answer, &provenance(&self.provenance))
    }
}

impl Batch {
    /// The answers as prose for people, one after the other, and what went wrong.
    #[must_use]
    pub fn prose(&self) -> String {
        let mut parts: Vec<String> = self
            .results
            .iter()
            .map(|answered| answered.summary().to_string())
            .collect();
        parts.extend(self.failed.iter().map(|(mutation, error)| {
            format!(
                "{}: NOT ANSWERED, which says nothing about its trials: {error}",
                shortened(mutation)
            )
        }));
        parts.join("\n\n")
    }
}

impl fmt::Display for NotAnswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(unread) => unread.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for NotAnswered {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_short_line() {
        assert_eq!(shortened(" EGFR\nL858R "), "EGFR L858R");
        assert_eq!(shortened(&"é".repeat(100)).chars().count(), 61);
        assert_eq!(shortened("a\u{202e}b\u{200b}c"), "abc");
    }
}
