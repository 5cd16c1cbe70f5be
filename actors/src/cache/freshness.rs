//! Whether what is held may be answered with: what is stale is renewed behind, and says why.

use super::part::{Ready, found, provenance};
use super::{CacheMessage, CacheState, RENEWAL_PAUSE, Sake, VersionWait, Waiting, Wish};
use crate::asker::AskerId;
use crate::fetchers::order::Lane;
use crate::key::Key;
use crate::verdicts::{Provenance, Source};
use crate::version::{Freshness, Vintage};
use std::time::Duration;
use tokio::time::Instant;
use tracing::Span;

/// How long a question waits for the registry's version where the last one seen is too old to answer under.
const VERSION_PATIENCE: Duration = Duration::from_millis(500);

impl CacheState {
    /// Has something fetched anew unless it is fresh, and then tells the one who wants it so.
    pub(super) fn freshen(&mut self, key: Key, wish: Wish) {
        if self.is_fresh(&key) {
            return wish.come_true(Ok(Source::Memory));
        }
        let Some(flight) = self.flights.get_mut(&key) else {
            return self.take_off(key, wish.lane, Sake::Wish(wish), &Span::none());
        };
        flight.lane = flight.lane.min(wish.lane);
        if let Some(receipt) = &flight.receipt {
            receipt.promote(&self.arguments.fetchers, wish.lane);
        }
        flight.wishes.push(wish);
    }

    /// Whether something is held that needs no renewal.
    pub(super) fn is_fresh(&self, key: &Key) -> bool {
        let arguments = &self.arguments;
        let fresh = |vintage: &Vintage| {
            let freshness = arguments
                .versions
                .freshness(vintage, Instant::now(), arguments.fresh_for);
            !freshness.is_stale()
        };
        self.memory().vintage(key).is_some_and(fresh)
    }

    /// Answers one who has every part, and sees to what is stale behind; else has them wait.
    pub(super) fn answer_or_keep(&mut self, mut waiting: Waiting) {
        let parts: Option<Vec<Ready>> = waiting.parts.iter().map(|part| part.ready.clone()).collect();
        let Some(parts) = parts else {
            self.waiting.insert(waiting.asker.id(), waiting);
            return;
        };
        let freshness: Vec<Freshness> = parts.iter().map(|part| self.freshness(part)).collect();
        if self.arguments.versions.trusted(Instant::now()).is_none() {
            self.look_up_version();
        }
        // The version may show that what looks old is exact: that is worth a moment, once.
        if freshness.contains(&Freshness::TooOld)
            && waiting.version != VersionWait::Over
            && self.flights.contains_key(&Key::Version)
        {
            if waiting.version == VersionWait::NotYet {
                waiting.version = VersionWait::Waiting;
                self.wait_for_version(waiting.asker.id());
            }
            self.waiting.insert(waiting.asker.id(), waiting);
            return;
        }
        for (part, freshness) in parts.iter().zip(&freshness) {
            if freshness.is_stale() {
                self.renew(part.key());
            }
        }
        let provenance = self.provenance(&parts, &freshness, waiting.source);
        let counters = &self.arguments.counters;
        if waiting.lane == Lane::People {
            let by_tier = match provenance.source {
                Source::Memory => &counters.hits,
                Source::Embedded => &counters.embedded_hits,
                Source::Redis => &counters.redis_hits,
                Source::Registry => &counters.misses,
            };
            by_tier.increment();
            counters.stale.add(u64::from(provenance.stale));
        }
        waiting.asker.answer(Ok(found(provenance, parts)));
    }

    fn provenance(&self, parts: &[Ready], freshness: &[Freshness], source: Source) -> Provenance {
        let now = Instant::now();
        let mut with_freshness = parts.iter().zip(freshness);
        let stale = with_freshness.find(|(_, freshness)| freshness.is_stale());
        let reason = match stale {
            Some((part, freshness)) => Some(self.why_stale(part, freshness, now)),
            None => freshness.iter().find_map(|freshness| match freshness {
                Freshness::Fresh { by_age } => by_age.clone(),
                _ => None,
            }),
        };
        provenance(parts, source, (stale.is_some(), reason), &self.arguments.versions, now)
    }

    /// Why something is stale and what becomes of it, for people.
    fn why_stale(&self, part: &Ready, freshness: &Freshness, now: Instant) -> String {
        let mut why = match freshness {
            Freshness::Superseded { by } => {
                format!("the registry has renewed its data since (version {})", by.as_str())
            }
            _ => {
                let limit = self.arguments.fresh_for.as_secs();
                let known = match self.arguments.versions.failed() {
                    Some((_, refusal)) => format!("the registry's version can't be had ({refusal})"),
                    None => "the registry's version could not be had in time".into(),
                };
                format!("{known}, and it is older than {limit} s (CACHE_TTL)")
            }
        };
        why.push_str("; ");
        match self.failed_renewals.get(&part.key()) {
            Some(failed) => {
                let ago = now.saturating_duration_since(failed.at).as_secs();
                why.push_str(&format!("renewing it failed {ago} s ago: {}", failed.refusal));
            }
            None => why.push_str("it is being renewed: asked again in a moment, the answer may be newer"),
        }
        why
    }

    fn freshness(&self, part: &Ready) -> Freshness {
        let arguments = &self.arguments;
        arguments
            .versions
            .freshness(part.vintage(), Instant::now(), arguments.fresh_for)
    }

    /// Has the version looked up behind, unless it is already, or that has just failed.
    pub(super) fn look_up_version(&mut self) {
        let failed_just_now = self
            .arguments
            .versions
            .failed()
            .is_some_and(|(at, _)| Instant::now().saturating_duration_since(at) < RENEWAL_PAUSE);
        if !self.flights.contains_key(&Key::Version) && !failed_just_now {
            // One request a minute, on which every answer rests: it goes with those of people.
            self.take_off(Key::Version, Lane::People, Sake::Renewal, &Span::none());
        }
    }

    fn wait_for_version(&self, asker: AskerId) {
        let myself = self.arguments.myself.clone();
        tokio::spawn(async move {
            tokio::time::sleep(VERSION_PATIENCE).await;
            myself.post(CacheMessage::Waited { asker });
        });
    }

    /// Answers those who waited for the registry's version, whatever came of it.
    pub(super) fn version_came_home(&mut self) {
        let waited: Vec<AskerId> = self
            .waiting
            .iter()
            .filter(|(_, waiting)| waiting.version == VersionWait::Waiting)
            .map(|(&id, _)| id)
            .collect();
        for asker in waited {
            self.waited_for_version(asker);
        }
    }

    pub(super) fn waited_for_version(&mut self, asker: AskerId) {
        if let Some(mut waiting) = self.waiting.remove(&asker) {
            if waiting.version == VersionWait::Waiting {
                waiting.version = VersionWait::Over;
            }
            self.answer_or_keep(waiting);
        }
    }
}
