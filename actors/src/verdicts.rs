//! What the actors answer: judged candidates and where they come from. Filters, paging and detail are applied to it by
//! the asker's own task, so they never split the cache or cost a request.

use std::time::Duration;
use trials::Question;
use trials::answer::Answer;

/// The judged candidates of one mutation.
#[derive(Clone, Debug)]
pub struct Verdicts {
    /// Where they come from and how old they are.
    pub provenance: Provenance,
}

/// Where an answer comes from and how old it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// The farthest tier that was asked.
    pub source: Source,
    /// Age of the oldest set that was judged.
    pub age: Duration,
    /// Whether it may be out of date.
    pub stale: bool,
    /// Why it is stale, for people.
    pub reason: Option<String>,
    /// The registry's data version it was fetched under, where known.
    pub registry_version: Option<String>,
    /// How long ago that version was looked up, where it was.
    pub version_checked: Option<Duration>,
    /// The expressions sent.
    pub query: String,
}

/// Which tier an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// Held in memory.
    Memory,
    /// Fetched for this question.
    Registry,
}

impl Source {
    /// As answers spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Registry => "registry",
        }
    }
}

impl Verdicts {
    /// Filters, ranks and pages them for a question.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Answer {
        let _ = question;
        unimplemented!()
    }
}
