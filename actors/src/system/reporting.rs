//! What the server says of itself, read in place: a report waits for no mailbox.

use super::{Child, REPORT_LIST_MAX, Shared};
use crate::report::{
    BreakerReport, BreakerState, BudgetReport, CacheReport, Component, Report, State, StoreReport, VersionReport,
    WarmerReport, WarmerState,
};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

impl Shared {
    /// What the server says of itself now, read in place.
    pub(crate) fn report(&self) -> Report {
        let now = Instant::now();
        let warmer = self.warmer_report(now);
        let breaker = self.gate.circuit().report(now);
        // One lock after the other: whoever asks needs both, and waits for neither longer than it is read.
        let ledger = self.ledger();
        let mut components: Vec<Component> = Child::ALL
            .iter()
            .map(|&child| ledger.component(child, self.is_there(child), now))
            .collect();
        let (uptime, alerts) = (ledger.uptime(now), ledger.alerts(now));
        let (top, windows) = (ledger.top(REPORT_LIST_MAX), ledger.windows(now));
        drop(ledger);
        components.push(registry_component(
            &breaker,
            now.saturating_duration_since(self.gate.since()),
            &self.version_report(now),
        ));
        let stores = self.store.report();
        components.extend(stores.iter().map(store_component));
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        Report {
            uptime,
            components,
            breaker,
            cache: CacheReport {
                bytes: memory.bytes(),
                bytes_max: self.settings.memory_bytes_max,
                sets: memory.sets_held(),
                records: memory.records_held(),
                studies: memory.studies_held(),
                mutations: memory.judged().count(),
                flights: self.flights.load(Ordering::Relaxed),
                largest: memory.largest(REPORT_LIST_MAX, now),
                top,
                windows,
            },
            stores,
            version: self.version_report(now),
            warmer,
            counts: self.counters.counts(memory.evictions(), self.door.inside() as u64),
            budget: BudgetReport {
                per_minute: self.settings.requests_per_minute,
                tokens: self.budget.tokens(now),
            },
            alerts,
        }
    }

    fn version_report(&self, now: Instant) -> VersionReport {
        let seen = self.versions.last();
        VersionReport {
            checked: seen.as_ref().map(|seen| now.saturating_duration_since(seen.at)),
            version: seen.map(|seen| seen.version.as_str().to_owned()),
            failed: self.versions.failed().map(|(_, refusal)| refusal.to_string()),
            failed_for: self
                .versions
                .failing_since()
                .map(|since| now.saturating_duration_since(since)),
        }
    }

    fn warmer_report(&self, now: Instant) -> WarmerReport {
        let log = self.warming.lock().unwrap_or_else(PoisonError::into_inner);
        let state = match log.left {
            0 if self.settings.warming => WarmerState::Resting,
            0 => WarmerState::Off,
            _ => WarmerState::Working,
        };
        WarmerReport {
            state,
            left: log.left,
            is_leader: log.is_leader,
            next_look: log.next_look.map(|at| at.saturating_duration_since(now)),
            rounds: log.rounds(now),
            trending: self.trend.top(REPORT_LIST_MAX),
        }
    }
}

/// The registry as seen through the breaker and by its version: it is no actor, but it is what operators ask about
/// first. The server works without it, from what is held.
fn registry_component(breaker: &BreakerReport, since: Duration, version: &VersionReport) -> Component {
    let (state, cause, since, remedy) = match (breaker.state, &version.failed) {
        (BreakerState::Open | BreakerState::HalfOpen, _) => (
            State::Degraded,
            breaker.cause.clone(),
            since,
            Some("check the network and the registry; it is tried again by itself, and what is cached is served"),
        ),
        (BreakerState::Closed, Some(why)) => (
            State::Degraded,
            Some(format!(
                "its version can't be had, so that CACHE_TTL decides what is fresh: {why}"
            )),
            version.failed_for.unwrap_or_default(),
            Some(
                "check that the registry's /version answers (doctor does); it is looked up again with the next questions",
            ),
        ),
        (BreakerState::Closed, None) => (State::Healthy, None, since, None),
    };
    Component {
        name: "registry",
        state,
        cause,
        since,
        remedy: remedy.map(str::to_owned),
        restarts: 0,
    }
}

/// A store is no actor either; the server works without it, so it is never more than degraded.
fn store_component(store: &StoreReport) -> Component {
    Component {
        name: store.name,
        state: store.state,
        cause: store.cause.clone(),
        since: store.since,
        remedy: store.remedy.map(str::to_owned),
        restarts: 0,
    }
}
