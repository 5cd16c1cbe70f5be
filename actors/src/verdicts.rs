//! What the actors answer: judged candidates or a whole record, and where they come from.
//!
//! Filters, paging and detail are applied to it by the asker's own task, so they never split the cache or cost a
//! request.

use crate::candidates::{Candidates, Findings, FlightNumber, Unpacker};
use crate::key::HeldRecord;
use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use trials::answer::{Answer, Judged, Trial, present, select};
use trials::record::FullRecord;
use trials::{NctId, Question};

/// The judged candidates of one mutation.
#[derive(Clone, Debug)]
pub struct Verdicts {
    /// Where they come from and how old they are.
    pub provenance: Provenance,
    pub(crate) sets: Vec<JudgedSet>,
    /// The asker's place among the questions taken at once. It is kept until the answer is made and dropped, so that
    /// draining waits for answers, not only for verdicts.
    pub(crate) ticket: Option<Arc<OwnedSemaphorePermit>>,
}

/// The fetches that verdicts were judged from. Of one mutation, verdicts of equal origin are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Vec<FlightNumber>);

/// A whole record that was asked for by its number.
#[derive(Clone, Debug)]
pub struct Retrieved {
    /// Where it comes from and how old it is.
    pub provenance: Provenance,
    pub(crate) held: Arc<HeldRecord>,
    /// As that of [`Verdicts`].
    pub(crate) ticket: Option<Arc<OwnedSemaphorePermit>>,
}

/// Any answer, on its way to the one who asked.
#[derive(Debug)]
pub(crate) enum Found {
    Verdicts(Verdicts),
    Record(Retrieved),
}

/// One candidate set and what the mutation means to each study of it.
#[derive(Clone, Debug)]
pub(crate) struct JudgedSet {
    pub(crate) candidates: Arc<Candidates>,
    pub(crate) findings: Arc<Findings>,
}

/// Where an answer comes from and how old it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// The farthest tier that was asked.
    pub source: Source,
    /// Age of the oldest set that was judged, or of the record.
    pub age: Duration,
    /// Whether it may be out of date.
    pub stale: bool,
    /// Why it is stale, or why only its age says that it isn't, for people.
    pub reason: Option<String>,
    /// The registry's data version it was fetched under, where known.
    pub registry_version: Option<String>,
    /// How long ago that version was looked up, where it was.
    pub version_checked: Option<Duration>,
    /// The expressions sent; of a record, its number.
    pub query: Arc<str>,
}

/// Which tier an answer came from, the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// Held in memory.
    Memory,
    /// Kept by the embedded store.
    Embedded,
    /// Kept by Redis or Valkey.
    Redis,
    /// Fetched for this question.
    Registry,
}

impl Provenance {
    /// Cuts its ages to whole seconds.
    pub fn cut_to_seconds(&mut self) {
        for age in std::iter::once(&mut self.age).chain(&mut self.version_checked) {
            *age = Duration::from_secs(age.as_secs());
        }
    }
}

impl Source {
    /// As answers spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Embedded => "embedded",
            Self::Redis => "redis",
            Self::Registry => "registry",
        }
    }
}

impl Retrieved {
    /// The number it was asked for by; a former one leads to a record with another.
    #[must_use]
    pub fn asked(&self) -> NctId {
        self.held.asked
    }

    /// The record.
    #[must_use]
    pub fn record(&self) -> &FullRecord {
        &self.held.record
    }
}

impl Found {
    /// Where it comes from.
    pub(crate) fn provenance(&self) -> &Provenance {
        match self {
            Self::Verdicts(verdicts) => &verdicts.provenance,
            Self::Record(retrieved) => &retrieved.provenance,
        }
    }

    /// Keeps the asker's place.
    pub(crate) fn keep(&mut self, place: Option<Arc<OwnedSemaphorePermit>>) {
        match self {
            Self::Verdicts(verdicts) => verdicts.ticket = place,
            Self::Record(retrieved) => retrieved.ticket = place,
        }
    }
}

impl Verdicts {
    /// The fetches that they were judged from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin(self.sets.iter().map(|set| set.candidates.flight).collect())
    }

    /// Filters, ranks and pages them for a question.
    ///
    /// # Errors
    /// Where a record that is held can't be unpacked, which only a fault of this process can bring about.
    pub fn answer(&self, question: &Question) -> io::Result<Answer> {
        let studies: usize = self.sets.iter().map(|set| set.candidates.studies.len()).sum();
        let mut judged = Vec::with_capacity(studies);
        let mut held = Vec::with_capacity(studies);
        let mut unreadable: usize = self.sets.iter().map(|set| set.candidates.unreadable).sum();
        // A record that several sets found (both partners of a fusion, members of a family) counts once.
        let mut seen = HashSet::new();
        for set in &self.sets {
            for (index, candidate) in set.candidates.studies.iter().enumerate() {
                if self.sets.len() > 1 && !seen.insert(candidate.study.nct_id) {
                    continue;
                }
                match set.findings.of(index) {
                    Some(finding) => {
                        judged.push(Judged {
                            study: &candidate.study,
                            finding,
                        });
                        held.push(candidate);
                    }
                    None => unreadable += 1,
                }
            }
        }
        let capped = self.sets.iter().any(|set| set.candidates.capped);
        let selection = select(question, &judged, unreadable, capped);

        let mut unpacker = Unpacker::new()?;
        let mut shown = |indices: &[usize]| -> io::Result<Vec<Trial>> {
            let known = indices
                .iter()
                .filter_map(|&index| Some((*held.get(index)?, judged.get(index)?)));
            known
                .map(|(held, judged)| Ok(present(question, unpacker.record(held)?, judged.finding)))
                .collect()
        };
        Ok(Answer {
            trials: shown(&selection.trials)?,
            excluded: shown(&selection.excluded)?,
            total: selection.total,
            next_offset: selection.next_offset,
            funnel: selection.funnel,
        })
    }
}
