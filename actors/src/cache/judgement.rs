//! Judgements: one for a mutation in a candidate set, however many wait for it, off every mailbox.

use super::{CacheArguments, CacheMessage};
use crate::asker::AskerId;
use crate::candidates::{Candidates, Findings};
use crate::homing::Homing;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tracing::Span;
use trials::Mutation;
use trials::matching::Judge;

/// A judgement under way or waiting for a free core.
pub(super) struct Judgement {
    pub(super) askers: Vec<AskerId>,
    /// Cleared when nobody waits any more: one that has not begun is then left undone.
    pub(super) is_wanted: Arc<AtomicBool>,
}

/// Judges on a blocking thread and comes home.
pub(super) fn begin(
    arguments: &CacheArguments,
    candidates: Arc<Candidates>,
    mutation: Mutation,
    is_wanted: Arc<AtomicBool>,
    span: &Span,
) {
    let failure = CacheMessage::Judged {
        candidates: Arc::clone(&candidates),
        mutation: mutation.clone(),
        findings: None,
    };
    let homing = Homing::new(&arguments.myself, failure);
    let (judges, counters) = (Arc::clone(&arguments.judges), Arc::clone(&arguments.counters));
    let span = tracing::info_span!(parent: span, "judge", candidates = candidates.studies.len());
    tokio::spawn(async move {
        // The semaphore is never closed; without a permit the judgement would only run beside more others.
        let _permit = judges.acquire_owned().await;
        if !is_wanted.load(Ordering::Relaxed) {
            homing.release();
            return;
        }
        counters.judgements.increment();
        let judging = tokio::task::spawn_blocking(move || {
            let _entered = span.entered();
            let findings = Findings::judge(&Judge::new(&mutation), &candidates);
            (candidates, mutation, findings)
        });
        match judging.await {
            Ok((candidates, mutation, Ok(findings))) => {
                homing.arrive(CacheMessage::Judged {
                    candidates,
                    mutation,
                    findings: Some(Arc::new(findings)),
                });
            }
            Ok((candidates, _, Err(error))) => tracing::error!(%error, set = %candidates.key, "judging failed"),
            Err(error) => tracing::error!(%error, "judging failed"),
        }
    });
}
