//! Landing: what renews an older set is judged, for what was asked of that, before it takes its place.
//!
//! Until then the older set goes on answering, said to be stale. If the new one took its place at once, everybody who asks
//! next would wait for a judgement, only because the registry renewed its data.

use super::CacheState;
use super::judgement;
use crate::candidates::{Candidates, Findings, FlightNumber};
use crate::key::{Content, Key};
use crate::verdicts::Source;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::time::Instant;
use tracing::Span;
use trials::Mutation;

/// Mutations of a set that are judged before it takes its place, the last used first.
const JUDGED_FIRST_MAX: usize = 32;
/// How long a set waits for that at most.
const LANDING_MAX: Duration = Duration::from_secs(1);

/// A set that is not in its place yet.
pub(super) struct Landing {
    candidates: Arc<Candidates>,
    source: Source,
    since: Instant,
    /// Not yet judged, the next one last. One at a time, so that people's judgements find a free core.
    left: Vec<Mutation>,
    judged: Vec<(Mutation, Arc<Findings>)>,
}

impl CacheState {
    /// Begins to judge what came home, where an older set is held from which something was judged. Says whether it did.
    pub(super) fn is_judged_first(&mut self, candidates: &Arc<Candidates>, source: Source) -> bool {
        let mut left = self.memory().judged_from(&candidates.key, JUDGED_FIRST_MAX);
        left.reverse();
        if left.is_empty() {
            return false;
        }
        let landing = Landing {
            candidates: Arc::clone(candidates),
            source,
            since: Instant::now(),
            left,
            judged: Vec::new(),
        };
        self.landings.insert(candidates.flight, landing);
        self.judge_next_or_land(candidates.flight);
        true
    }

    /// Takes what was judged for a landing. Gives it back where it is of none.
    pub(super) fn judged_first(
        &mut self,
        from: &Arc<Candidates>,
        mutation: Mutation,
        findings: Option<Arc<Findings>>,
    ) -> Option<(Mutation, Option<Arc<Findings>>)> {
        let Some(landing) = self.landings.get_mut(&from.flight) else {
            return Some((mutation, findings));
        };
        // What could not be judged is judged when it is asked for.
        landing.judged.extend(findings.map(|findings| (mutation, findings)));
        self.judge_next_or_land(from.flight);
        None
    }

    fn judge_next_or_land(&mut self, number: FlightNumber) {
        let Some(landing) = self.landings.get_mut(&number) else {
            return;
        };
        let is_late = landing.since.elapsed() >= LANDING_MAX;
        if let Some(mutation) = landing.left.pop().filter(|_| !is_late) {
            let candidates = Arc::clone(&landing.candidates);
            let is_wanted = Arc::new(AtomicBool::new(true));
            return judgement::begin(&self.arguments, candidates, mutation, is_wanted, &Span::none());
        }
        if let Some(landing) = self.landings.remove(&number) {
            let key = Key::Candidates(landing.candidates.key);
            let outcome = Ok((Content::Candidates(landing.candidates), landing.source));
            self.landed(key, number, outcome, landing.judged);
        }
    }
}
