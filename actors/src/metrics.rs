//! What is counted, and what must be seen over time: rolling windows, the most asked, restarts, alerts.
//!
//! Counters are recorded where things happen, without a message, and so is how each question ended, in a [`Ledger`]: it is
//! shared so that it outlives the actor and is read in place, and a report waits for no mailbox. The metrics actor hears of
//! actors that fell, and every few seconds looks at what alerts are about.

use crate::address::Address;
use crate::alerts::{self, Alerts, Vitals};
use crate::fetchers::budget::Budget;
use crate::gate::Gate;
use crate::report::{AlertReport, BreakerState, Component, Counts, State, TIME_BOUNDS_MS, Window};
use crate::store::Store;
use crate::system::Child;
use crate::version::Versions;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use trials::Mutation;

/// Windows that are kept, in minutes.
const WINDOW_MINUTES: [u64; 3] = [1, 5, 60];
/// Mutations counted. When more are asked, those asked least are forgotten.
const MUTATIONS_COUNTED_MAX: usize = 4096;
/// How long a restart keeps a component `degraded`.
const RESTART_REMEMBERED: Duration = Duration::from_secs(60);

/// Counts since the start, recorded where things happen.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) questions: Counter,
    pub(crate) hits: Counter,
    pub(crate) embedded_hits: Counter,
    pub(crate) redis_hits: Counter,
    pub(crate) misses: Counter,
    pub(crate) joined: Counter,
    pub(crate) stale: Counter,
    pub(crate) refused: Counter,
    pub(crate) cancelled: Counter,
    pub(crate) requests: Counter,
    pub(crate) lookups: Counter,
    pub(crate) request_failures: Counter,
    pub(crate) retries: Counter,
    pub(crate) shed: Counter,
    pub(crate) judgements: Counter,
    pub(crate) restarts: Counter,
    pub(crate) answer_micros: Counter,
}

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    /// One more.
    pub(crate) fn increment(&self) {
        self.add(1);
    }

    /// `n` more.
    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// So far.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counters {
    /// All counts at one moment; `evictions` and `in_flight` are counted by their owners.
    pub(crate) fn counts(&self, evictions: u64, in_flight: u64) -> Counts {
        Counts {
            questions: self.questions.get(),
            hits: self.hits.get(),
            embedded_hits: self.embedded_hits.get(),
            redis_hits: self.redis_hits.get(),
            misses: self.misses.get(),
            joined: self.joined.get(),
            stale: self.stale.get(),
            refused: self.refused.get(),
            cancelled: self.cancelled.get(),
            requests: self.requests.get(),
            lookups: self.lookups.get(),
            request_failures: self.request_failures.get(),
            retries: self.retries.get(),
            shed: self.shed.get(),
            evictions,
            judgements: self.judgements.get(),
            restarts: self.restarts.get(),
            in_flight,
            answer_micros: self.answer_micros.get(),
        }
    }
}

/// A fact that must be seen over time.
#[derive(Debug)]
pub(crate) enum MetricsMessage {
    /// An actor failed and will be restarted.
    Fell { child: Child, cause: String },
    /// Time to look at what alerts are about.
    Look,
    /// Fails on purpose, to show what a failure does.
    #[cfg(test)]
    Crash,
}

/// How a question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// From memory or a store.
    Hit,
    /// With the registry's help.
    Miss,
    /// Not.
    Refused,
}

/// Where the metrics actor gets what it needs.
#[derive(Clone, Debug)]
pub(crate) struct MetricsArguments {
    pub(crate) ledger: Arc<Mutex<Ledger>>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) store: Store,
    pub(crate) budget: Arc<Budget>,
    pub(crate) versions: Arc<Versions>,
}

/// What is seen over time. Askers note how their questions ended, the metrics actor what fell and what alerts say.
#[derive(Debug)]
pub(crate) struct Ledger {
    started: Instant,
    /// The last hour by minutes since the start, the newest last; minutes without questions are left out.
    minutes: VecDeque<(u64, Minute)>,
    asked: HashMap<Mutation, u64>,
    falls: HashMap<Child, Fall>,
    alerts: Alerts,
}

#[derive(Clone, Copy, Debug, Default)]
struct Minute {
    questions: u64,
    hits: u64,
    errors: u64,
    times: Times,
}

/// How many answers took how long, by [`TIME_BOUNDS_MS`]; the last place is for what took longer.
type Times = [u32; TIME_BOUNDS_MS.len() + 1];

#[derive(Clone, Debug)]
struct Fall {
    times: u64,
    last: Instant,
    cause: String,
}

impl Ledger {
    /// An empty ledger.
    pub(crate) fn new() -> Self {
        Self {
            started: Instant::now(),
            minutes: VecDeque::new(),
            asked: HashMap::new(),
            falls: HashMap::new(),
            alerts: Alerts::new(),
        }
    }

    /// Since the server started.
    pub(crate) fn uptime(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.started)
    }

    /// What happened lately, shortest window first.
    pub(crate) fn windows(&self, now: Instant) -> Vec<Window> {
        let current = self.minute_of(now);
        let window = |length: u64| {
            let since = (current + 1).saturating_sub(length);
            let mut window = Window {
                length: Duration::from_secs(60 * length),
                questions: 0,
                hits: 0,
                errors: 0,
                answered_within: None,
            };
            let mut times = Times::default();
            for (_, minute) in self.minutes.iter().rev().take_while(|(at, _)| *at >= since) {
                window.questions += minute.questions;
                window.hits += minute.hits;
                window.errors += minute.errors;
                for (sum, &more) in times.iter_mut().zip(&minute.times) {
                    *sum = sum.saturating_add(more);
                }
            }
            window.answered_within = most_within(&times);
            window
        };
        WINDOW_MINUTES.into_iter().map(window).collect()
    }

    /// The mutations asked most, most first.
    pub(crate) fn top(&self, n: usize) -> Vec<(String, u64)> {
        let mut asked: Vec<(&Mutation, u64)> = self.asked.iter().map(|(mutation, times)| (mutation, *times)).collect();
        asked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        asked
            .into_iter()
            .take(n)
            .map(|(mutation, times)| (mutation.to_string(), times))
            .collect()
    }

    /// How an actor of the tree is doing.
    pub(crate) fn component(&self, child: Child, is_there: bool, now: Instant) -> Component {
        let fall = self.falls.get(&child);
        let state = match fall {
            // What only counts or warms can be missing; questions are answered all the same.
            _ if !is_there && matches!(child, Child::Metrics | Child::Breaker | Child::Warmer) => State::Degraded,
            _ if !is_there => State::Unhealthy,
            Some(fall) if now.saturating_duration_since(fall.last) < RESTART_REMEMBERED => State::Degraded,
            _ => State::Healthy,
        };
        let since = fall.map_or(self.uptime(now), |fall| {
            let since = now.saturating_duration_since(fall.last);
            let is_over = state == State::Healthy;
            if is_over {
                since.saturating_sub(RESTART_REMEMBERED)
            } else {
                since
            }
        });
        Component {
            name: child.name(),
            state,
            cause: fall
                .filter(|_| state != State::Healthy)
                .map(|fall| format!("it failed: {}", fall.cause)),
            since,
            remedy: (state != State::Healthy).then(|| {
                "it is restarted by itself; if this comes again, report it with the log of its failure".into()
            }),
            restarts: fall.map_or(0, |fall| fall.times),
        }
    }

    /// Every alert, firing or not.
    pub(crate) fn alerts(&self, now: Instant) -> Vec<AlertReport> {
        self.alerts.report(now)
    }

    /// Looks at what alerts are about, beside what the ledger knows itself.
    fn look(&mut self, mut vitals: Vitals, now: Instant) {
        let windows = self.windows(now);
        if let [_, five, hour] = windows.as_slice() {
            vitals.questions = five.questions;
            vitals.errors = five.errors;
            vitals.answered_within = five.answered_within;
            vitals.hour_questions = hour.questions;
            vitals.hour_hits = hour.hits;
        }
        self.alerts.look(&vitals, now);
    }

    fn minute_of(&self, now: Instant) -> u64 {
        self.uptime(now).as_secs() / 60
    }

    fn fell(&mut self, child: Child, cause: String, now: Instant) {
        let times = self.falls.get(&child).map_or(0, |fall| fall.times) + 1;
        self.falls.insert(
            child,
            Fall {
                times,
                last: now,
                cause,
            },
        );
    }

    /// A question came to its end `now`, which is no earlier than the last; it was about no mutation where a record was
    /// asked for.
    pub(crate) fn ended(&mut self, mutation: Option<Mutation>, ending: Ending, took: Duration, now: Instant) {
        let current = self.minute_of(now);
        if self.minutes.back().is_none_or(|(at, _)| *at != current) {
            self.minutes.push_back((current, Minute::default()));
        }
        let oldest_kept = current.saturating_sub(WINDOW_MINUTES.into_iter().max().unwrap_or(0));
        while self.minutes.front().is_some_and(|(at, _)| *at < oldest_kept) {
            self.minutes.pop_front();
        }
        if let Some((_, minute)) = self.minutes.back_mut() {
            minute.questions += 1;
            minute.hits += u64::from(ending == Ending::Hit);
            minute.errors += u64::from(ending == Ending::Refused);
            if ending != Ending::Refused
                && let Some(times) = minute.times.get_mut(place_of(took))
            {
                *times = times.saturating_add(1);
            }
        }
        let Some(mutation) = mutation else { return };
        *self.asked.entry(mutation).or_default() += 1;
        if self.asked.len() > MUTATIONS_COUNTED_MAX {
            self.forget_the_rare();
        }
    }

    /// Halves the counts and forgets those that come to nothing, until half of the room is free.
    fn forget_the_rare(&mut self) {
        while self.asked.len() > MUTATIONS_COUNTED_MAX / 2 {
            for times in self.asked.values_mut() {
                *times /= 2;
            }
            self.asked.retain(|_, times| *times > 0);
        }
    }
}

/// Where among the bounds a time belongs.
fn place_of(took: Duration) -> usize {
    TIME_BOUNDS_MS.partition_point(|&bound| Duration::from_millis(bound) < took)
}

/// The bound within which 95 of 100 lie.
fn most_within(times: &Times) -> Option<Duration> {
    let all: u64 = times.iter().map(|&n| u64::from(n)).sum();
    let mut so_far = 0;
    let place = times.iter().position(|&n| {
        so_far += u64::from(n);
        all > 0 && so_far * 100 >= all * 95
    })?;
    let last = TIME_BOUNDS_MS.last().copied().unwrap_or_default();
    let bound = TIME_BOUNDS_MS.get(place).copied().unwrap_or(last * 2);
    Some(Duration::from_millis(bound))
}

impl MetricsArguments {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What alerts are about and the ledger doesn't know.
    fn vitals(&self, now: Instant) -> Vitals {
        let stores = self.store.report();
        Vitals {
            breaker_is_open: self.gate.circuit().report(now).state != BreakerState::Closed,
            store_is_lost: stores.iter().any(|store| store.state != State::Healthy),
            tokens: self.budget.tokens(now),
            version_is_unknown: self.versions.failing_since().is_some(),
            ..Vitals::default()
        }
    }
}

/// Looks after falls and alerts.
#[derive(Debug)]
pub(crate) struct MetricsActor;

impl Actor for MetricsActor {
    type Msg = MetricsMessage;
    type State = MetricsArguments;
    type Arguments = MetricsArguments;

    async fn pre_start(
        &self,
        myself: ActorRef<MetricsMessage>,
        arguments: MetricsArguments,
    ) -> Result<Self::State, ActorProcessingErr> {
        myself.send_interval(alerts::LOOK_EVERY, || MetricsMessage::Look);
        Ok(arguments)
    }

    async fn handle(
        &self,
        _: ActorRef<MetricsMessage>,
        message: MetricsMessage,
        state: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        let now = Instant::now();
        match message {
            MetricsMessage::Look => {
                let vitals = state.vitals(now);
                state.ledger().look(vitals, now);
            }
            MetricsMessage::Fell { child, cause } => state.ledger().fell(child, cause, now),
            #[cfg(test)]
            MetricsMessage::Crash => panic!("asked to"),
        }
        Ok(())
    }
}

impl Address<MetricsMessage> {
    /// Tells of an actor that failed.
    pub(crate) fn fell(&self, child: Child, cause: &str) {
        self.post(MetricsMessage::Fell {
            child,
            cause: cause.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trials::mutation::Signature;

    #[tokio::test(start_paused = true)]
    async fn windows_count_what_happened_within_them() {
        let mut ledger = Ledger::new();
        let mutation = Some(Mutation::Signature(Signature::MsiHigh));
        let (quick, slow) = (Duration::from_millis(3), Duration::from_secs(3));
        ledger.ended(mutation.clone(), Ending::Miss, slow, Instant::now());
        tokio::time::advance(Duration::from_secs(180)).await;
        ledger.ended(mutation.clone(), Ending::Hit, quick, Instant::now());
        ledger.ended(mutation, Ending::Refused, slow, Instant::now());
        let within: Vec<_> = ledger
            .windows(Instant::now())
            .iter()
            .map(|w| w.answered_within)
            .collect();
        let [ms, s] = [5, 5_000].map(|ms| Some(Duration::from_millis(ms)));
        assert_eq!(within, [ms, s, s]);
        let questions: Vec<u64> = ledger.windows(Instant::now()).iter().map(|w| w.questions).collect();
        assert_eq!(questions, [2, 3, 3]);
        tokio::time::advance(Duration::from_secs(2 * 3600)).await;
        let questions: Vec<u64> = ledger.windows(Instant::now()).iter().map(|w| w.questions).collect();
        assert_eq!(questions, [0, 0, 0]);
    }
}
