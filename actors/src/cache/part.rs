//! The parts that an answer is made of: judged sets, or one whole record.

use crate::candidates::Candidates;
use crate::key::{HeldRecord, Key};
use crate::verdicts::{Found, JudgedSet, Provenance, Retrieved, Source, Verdicts};
use crate::version::{Versions, Vintage};
use std::sync::Arc;
use tokio::time::Instant;

/// One of the sets that a mutation is judged from, or the record that was asked for.
pub(super) struct Part {
    pub(super) key: Key,
    pub(super) ready: Option<Ready>,
}

/// A part as an answer is made of it.
#[derive(Clone)]
pub(super) enum Ready {
    Judged(JudgedSet),
    Record(Arc<HeldRecord>),
}

/// What is held of a part.
#[derive(Clone)]
pub(super) enum Held {
    Candidates(Arc<Candidates>),
    Record(Arc<HeldRecord>),
}

/// The answer that the parts make. What was asked for decides of which kind they are, and a record is one part.
pub(super) fn found(provenance: Provenance, parts: Vec<Ready>) -> Found {
    let mut sets = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Ready::Judged(judged) => sets.push(judged),
            Ready::Record(held) => {
                return Found::Record(Retrieved {
                    provenance,
                    held,
                    ticket: None,
                });
            }
        }
    }
    Found::Verdicts(Verdicts {
        provenance,
        sets,
        ticket: None,
    })
}

/// Where the parts of an answer come from and how old they are now; whether they are stale, and why or why not, is told
/// by whoever looked.
pub(super) fn provenance(
    parts: &[Ready],
    source: Source,
    (stale, reason): (bool, Option<String>),
    versions: &Versions,
    now: Instant,
) -> Provenance {
    let age = |part: &Ready| now.saturating_duration_since(part.vintage().fetched_at);
    // Of several parts, the version of the oldest.
    let oldest = parts.iter().max_by_key(|part| age(part));
    let under = oldest.and_then(|part| part.vintage().under.as_ref());
    let seen = versions.last();
    Provenance {
        source,
        age: oldest.map(age).unwrap_or_default(),
        stale,
        reason,
        registry_version: under.map(|under| under.version.as_str().to_owned()),
        version_checked: seen.map(|seen| now.saturating_duration_since(seen.at)),
        query: queries(parts),
    }
}

/// What was sent for all of them.
fn queries(parts: &[Ready]) -> Arc<str> {
    match parts {
        [one] => one.query(),
        parts => {
            let queries: Vec<_> = parts.iter().map(Ready::query).collect();
            queries.join(" | ").into()
        }
    }
}

impl Ready {
    pub(super) fn key(&self) -> Key {
        match self {
            Self::Judged(judged) => Key::Candidates(judged.candidates.key),
            Self::Record(record) => Key::Trial(record.asked),
        }
    }

    pub(super) fn vintage(&self) -> &Vintage {
        match self {
            Self::Judged(judged) => &judged.candidates.vintage,
            Self::Record(record) => &record.vintage,
        }
    }

    /// What was sent for it.
    fn query(&self) -> Arc<str> {
        match self {
            Self::Judged(judged) => judged.candidates.expression.shared(),
            Self::Record(record) => record.asked.to_string().into(),
        }
    }
}
