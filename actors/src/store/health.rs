//! Whether a store is there: the breaker that keeps a dead one from costing questions anything.
//!
//! A store that can't be reached or turns us away is given up at once, one that is slow after a few slow answers in a
//! row, over more than a moment. A store that was given up is asked for a sign of life by the rounds, and taken up again with the first. One
//! that answers but takes nothing, being full or read-only, goes on being read.

use super::backend::{StoreError, Tier, Usage};
use crate::report::{State, StoreReport};
use std::time::Duration;
use tokio::time::Instant;

/// Slow answers in a row that count as none.
const SLOW_MAX: u32 = 3;
/// How far the last of them is from the first: many that asked at once and were slow at once are one hiccup.
const SLOW_FOR: Duration = Duration::from_millis(300);
/// How long after a failed write a store that answers reads stays `degraded`.
const WRITING_REMEMBERED: Duration = Duration::from_secs(3);

/// How a store is doing, as far as its answers tell.
#[derive(Debug)]
pub(super) struct Health {
    /// Closed by ourselves: what fails from now on is no trouble of the store's.
    is_ended: bool,
    given_up: Option<Trouble>,
    /// The last write that was not taken; ends when none has failed for a while.
    not_taken: Option<Trouble>,
    slow_in_a_row: u32,
    /// When the first of these was.
    slow_since: Option<Instant>,
    since: Instant,
    times_given_up: u64,
    usage: Usage,
}

#[derive(Clone, Debug)]
struct Trouble {
    since: Instant,
    last: Instant,
    error: StoreError,
}

impl Health {
    /// Thought to be there until it turns out otherwise.
    pub(super) fn new() -> Self {
        Self {
            is_ended: false,
            given_up: None,
            not_taken: None,
            slow_in_a_row: 0,
            slow_since: None,
            since: Instant::now(),
            times_given_up: 0,
            usage: Usage::default(),
        }
    }

    /// Whether it is asked.
    pub(super) fn is_up(&self) -> bool {
        self.given_up.is_none() && !self.is_ended
    }

    /// It is asked no more.
    pub(super) fn end(&mut self) {
        self.is_ended = true;
    }

    /// It did what was asked.
    pub(super) fn answered(&mut self, tier: Tier, now: Instant) {
        self.slow_in_a_row = 0;
        self.slow_since = None;
        if let Some(trouble) = self.given_up.take() {
            let for_s = now.saturating_duration_since(trouble.since).as_secs();
            tracing::info!(store = tier.as_str(), for_s, "the store is back");
            self.since = now;
        }
    }

    /// It did not do what was asked.
    pub(super) fn failed(&mut self, tier: Tier, error: &StoreError, now: Instant) {
        if self.is_ended {
            return;
        }
        if error.is_of_writing() {
            let since = self.not_taken(now).map_or(now, |trouble| trouble.since);
            if since == now {
                tracing::warn!(store = tier.as_str(), %error, "the store is read and not written");
            }
            self.not_taken = Some(Trouble {
                since,
                last: now,
                error: error.clone(),
            });
            return;
        }
        if matches!(error, StoreError::Slow { .. }) {
            tracing::debug!(store = tier.as_str(), %error, "a store was slow");
            self.slow_in_a_row += 1;
            let slow_since = *self.slow_since.get_or_insert(now);
            if self.slow_in_a_row < SLOW_MAX || now.saturating_duration_since(slow_since) < SLOW_FOR {
                return;
            }
        }
        let since = self.given_up.as_ref().map_or(now, |trouble| trouble.since);
        if self.given_up.is_none() {
            tracing::warn!(store = tier.as_str(), %error, "the store is left alone until it answers again");
            self.times_given_up += 1;
        }
        self.given_up = Some(Trouble {
            since,
            last: now,
            error: error.clone(),
        });
    }

    /// How much it keeps, as it says itself.
    pub(super) fn uses(&mut self, usage: Usage) {
        self.usage = usage;
    }

    /// As operators read it.
    pub(super) fn report(&self, tier: Tier, is_in_use: bool, now: Instant) -> StoreReport {
        let trouble = self.given_up.as_ref().or_else(|| self.not_taken(now));
        StoreReport {
            name: tier.as_str(),
            is_in_use,
            state: if trouble.is_some() {
                State::Degraded
            } else {
                State::Healthy
            },
            cause: trouble.map(|trouble| trouble.error.to_string()),
            remedy: trouble.map(|trouble| trouble.error.remedy(tier)),
            since: now.saturating_duration_since(trouble.map_or(self.since, |trouble| trouble.since)),
            times_given_up: self.times_given_up,
            entries: self.usage.entries,
            bytes: self.usage.bytes,
            bytes_max: self.usage.bytes_max,
            evictions: self.usage.evictions,
        }
    }

    fn not_taken(&self, now: Instant) -> Option<&Trouble> {
        self.not_taken
            .as_ref()
            .filter(|trouble| now.saturating_duration_since(trouble.last) < WRITING_REMEMBERED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_after_we_closed_it_is_no_trouble_of_the_store() {
        let mut health = Health::new();
        health.end();
        let cause = "it was closed".to_owned();
        health.failed(Tier::Embedded, &StoreError::Unreachable { cause }, Instant::now());
        assert!(!health.is_up());
        let report = health.report(Tier::Embedded, false, Instant::now());
        assert_eq!((report.state, report.times_given_up), (State::Healthy, 0));
    }

    fn slow() -> StoreError {
        StoreError::Slow {
            after: Duration::from_millis(50),
        }
    }

    fn gone() -> StoreError {
        StoreError::Unreachable {
            cause: "refused".into(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_dead_store_is_given_up_at_once_and_taken_up_with_its_first_sign_of_life() {
        let mut health = Health::new();
        health.failed(Tier::Redis, &gone(), Instant::now());
        assert!(!health.is_up());
        let report = health.report(Tier::Redis, false, Instant::now());
        assert_eq!(report.state, State::Degraded);
        assert!(report.cause.is_some() && report.remedy.is_some());
        health.answered(Tier::Redis, Instant::now());
        assert!(health.is_up());
        assert_eq!(health.report(Tier::Redis, true, Instant::now()).state, State::Healthy);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_store_is_given_up_after_a_few_slow_answers_in_a_row() {
        let mut health = Health::new();
        for _ in 0..10 {
            health.failed(Tier::Redis, &slow(), Instant::now());
            health.failed(Tier::Redis, &slow(), Instant::now());
            health.answered(Tier::Redis, Instant::now());
        }
        assert!(health.is_up(), "never three in a row");
        for _ in 0..100 {
            health.failed(Tier::Redis, &slow(), Instant::now());
        }
        assert!(health.is_up(), "a hundred at once are one hiccup");
        tokio::time::advance(SLOW_FOR).await;
        health.failed(Tier::Redis, &slow(), Instant::now());
        assert!(!health.is_up());
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_store_goes_on_being_read_and_is_said_to_be_full_while_it_is() {
        let mut health = Health::new();
        let full = StoreError::Full {
            cause: "OOM command not allowed".into(),
        };
        health.failed(Tier::Redis, &full, Instant::now());
        assert!(health.is_up());
        assert_eq!(health.report(Tier::Redis, true, Instant::now()).state, State::Degraded);
        tokio::time::advance(WRITING_REMEMBERED).await;
        assert_eq!(health.report(Tier::Redis, true, Instant::now()).state, State::Healthy);
    }
}
