//! Answers that are at hand: everything that was asked for is held, judged, and exact under a version that is trusted.
//!
//! Such an answer changes nothing and begins nothing, so it is read where it is asked for, without a message: nearly all
//! that a warm server is asked. Whatever is missing, stale or in doubt is the cache actor's to see to.

use super::memory::Memory;
use super::part::{Ready, found, provenance};
use crate::key::{Asked, Key};
use crate::verdicts::{Found, JudgedSet, Source};
use crate::version::{Freshness, Versions};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The answer, if it is at hand.
pub(crate) fn at_hand(
    asked: &Asked,
    memory: &Mutex<Memory>,
    versions: &Versions,
    fresh_for: Duration,
) -> Option<Found> {
    let now = Instant::now();
    versions.trusted(now)?;
    // Where another asker holds it, it is free again in less time than a message takes.
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    let ready = asked.keys().into_iter().map(|key| ready(&mut memory, &key, asked));
    let parts: Vec<Ready> = ready.collect::<Option<_>>()?;
    drop(memory);
    let exact = Freshness::Fresh { by_age: None };
    let is_exact = |part: &Ready| versions.freshness(part.vintage(), now, fresh_for) == exact;
    parts
        .iter()
        .all(is_exact)
        .then(|| found(provenance(&parts, Source::Memory, (false, None), versions, now), parts))
}

fn ready(memory: &mut Memory, key: &Key, asked: &Asked) -> Option<Ready> {
    match (key, asked) {
        (Key::Candidates(set), Asked::Trials { mutation, .. }) => Some(Ready::Judged(JudgedSet {
            candidates: memory.candidates(set)?,
            findings: memory.findings(set, mutation)?,
        })),
        (Key::Trial(nct_id), Asked::Record(_)) => memory.record(*nct_id).map(Ready::Record),
        // Each is answered from its own keys.
        _ => None,
    }
}
