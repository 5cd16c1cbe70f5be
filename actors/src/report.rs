//! What the server says of itself: plain values, taken at one moment. The edges put them into JSON, Markdown or metrics.

use crate::refusal::Refusal;
use std::time::Duration;

/// The whole server at one moment.
#[derive(Clone, Debug)]
pub struct Report {
    /// Since the server started.
    pub uptime: Duration,
    /// Each component, in dependency order.
    pub components: Vec<Component>,
    /// The circuit breaker.
    pub breaker: BreakerReport,
    /// The cache.
    pub cache: CacheReport,
    /// Each store beyond memory, the first choice first; none where there is none.
    pub stores: Vec<StoreReport>,
    /// What is known of the registry's version.
    pub version: VersionReport,
    /// The warmer.
    pub warmer: WarmerReport,
    /// Counts since the start.
    pub counts: Counts,
    /// The rate budget, as this process knows it.
    pub budget: BudgetReport,
    /// Every alert, firing or not.
    pub alerts: Vec<AlertReport>,
}

/// Upper bounds, in milliseconds, by which times are sorted: of answers here, of tool calls at the edge.
pub const TIME_BOUNDS_MS: [u64; 15] = [
    1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000,
];

/// The rate budget towards the registry.
#[derive(Clone, Copy, Debug, Default)]
pub struct BudgetReport {
    /// Requests a minute; none: not rationed.
    pub per_minute: Option<u32>,
    /// Requests that may go out now, below zero where some wait; none: not rationed.
    pub tokens: Option<f64>,
}

/// One alert.
#[derive(Clone, Debug)]
pub struct AlertReport {
    /// `error_rate`, `latency`, `hit_rate`, `breaker_open`, `store_lost`, `budget_spent`, `version_too_old`.
    pub name: &'static str,
    /// How long it has been firing; none where it isn't.
    pub firing_for: Option<Duration>,
    /// What it is about; none where there is too little to tell.
    pub figure: Option<f64>,
    /// What the figure is counted in.
    pub unit: &'static str,
    /// Where it fires.
    pub fires_at: f64,
    /// Where it clears.
    pub clears_at: f64,
    /// The figure and its limit in words.
    pub told: String,
    /// What an operator can do.
    pub remedy: &'static str,
    /// How often it fired since the start.
    pub times_fired: u64,
}

/// How a component or the whole is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should.
    Healthy,
    /// Works, but not as it should.
    Degraded,
    /// Does not work.
    Unhealthy,
}

/// One component.
#[derive(Clone, Debug)]
pub struct Component {
    /// `metrics`, `breaker`, `fetchers`, `cache`, `warmer`, `front`, `registry`, and the stores that are set: `redis`,
    /// `embedded`.
    pub name: &'static str,
    /// How it is doing.
    pub state: State,
    /// Why, where it isn't healthy.
    pub cause: Option<String>,
    /// How long it has been in this state.
    pub since: Duration,
    /// What an operator can do, where it isn't healthy.
    pub remedy: Option<String>,
    /// How often it was restarted.
    pub restarts: u64,
}

/// The circuit breaker at one moment.
#[derive(Clone, Debug)]
pub struct BreakerReport {
    /// `closed` (requests pass), `open` (the registry is left alone), `half_open` (one request may pass, and decides).
    pub state: BreakerState,
    /// What opened it.
    pub cause: Option<String>,
    /// When it is tried again.
    pub retry_in: Option<Duration>,
    /// Failures in a row.
    pub failures_in_a_row: u32,
    /// How many in a row open it.
    pub failures_max: u32,
    /// How often it opened.
    pub opened: u64,
}

/// A breaker's state, by the names operators know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Requests pass.
    Closed,
    /// The registry is left alone.
    Open,
    /// One request may pass, and decides.
    HalfOpen,
}

/// The warmer at one moment.
#[derive(Clone, Debug, Default)]
pub struct WarmerReport {
    /// What it is at.
    pub state: WarmerState,
    /// What waits or is being asked for.
    pub left: usize,
    /// Whether it warms by itself: warming is on, and among all processes on the store this is the one.
    pub is_leader: bool,
    /// In how long the registry's version is looked up next, where that is done unasked.
    pub next_look: Option<Duration>,
    /// What it did lately, newest first, at most five rounds.
    pub rounds: Vec<RoundReport>,
    /// What people ask for lately, with its weight, heaviest first, at most ten: a question weighs 1, and half of that
    /// after two days.
    pub trending: Vec<(String, f64)>,
}

/// One round of warming.
#[derive(Clone, Debug)]
pub struct RoundReport {
    /// Why it began.
    pub why: WarmingCause,
    /// How long ago it began.
    pub begun: Duration,
    /// How long it took; none while it goes on.
    pub took: Option<Duration>,
    /// Candidate sets and records that were not fresh, or mutations that were ordered.
    pub planned: usize,
    /// Of these, fetched or loaded from the store.
    pub warmed: usize,
    /// Fresh already when their turn came.
    pub skipped: usize,
    /// Not held any more, without room in memory, or overtaken by a later round.
    pub left_out: usize,
    /// Could not be had.
    pub failures: usize,
    /// Of the failures at most ten: what, and why.
    pub failed: Vec<(String, String)>,
}

/// Why a round of warming began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarmingCause {
    /// The process began to warm by itself: at its start, or because the one that did is gone.
    Start,
    /// The registry renewed its data.
    VersionChanged,
    /// Something that trends, or is common, was not held.
    Trend,
    /// Someone ordered it.
    Ordered,
}

/// What the warmer is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WarmerState {
    /// It has something to warm.
    Working,
    /// It has nothing left to warm.
    Resting,
    /// It warms nothing of itself, and nothing was ordered.
    #[default]
    Off,
}

impl RoundReport {
    pub(crate) fn new(why: WarmingCause, planned: usize) -> Self {
        Self {
            why,
            begun: Duration::ZERO,
            took: None,
            planned,
            warmed: 0,
            skipped: 0,
            left_out: 0,
            failures: 0,
            failed: Vec::new(),
        }
    }
}

impl WarmingCause {
    /// As reports spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::VersionChanged => "version changed",
            Self::Trend => "trend",
            Self::Ordered => "ordered",
        }
    }
}

/// The cache at one moment.
#[derive(Clone, Debug)]
pub struct CacheReport {
    /// Bytes held.
    pub bytes: usize,
    /// The bound in bytes.
    pub bytes_max: usize,
    /// Candidate sets held.
    pub sets: usize,
    /// Whole records held.
    pub records: usize,
    /// Different studies held.
    pub studies: usize,
    /// Mutations with findings held.
    pub mutations: usize,
    /// Fetches under way or queued.
    pub flights: usize,
    /// The largest sets, largest first, at most ten.
    pub largest: Vec<SetReport>,
    /// The mutations asked most often, most first, at most ten.
    pub top: Vec<(String, u64)>,
    /// Rolling windows, shortest first.
    pub windows: Vec<Window>,
}

/// One store beyond memory.
#[derive(Clone, Debug)]
pub struct StoreReport {
    /// `redis` or `embedded`.
    pub name: &'static str,
    /// Whether it is the one that is read and written now.
    pub is_in_use: bool,
    /// How it is doing.
    pub state: State,
    /// Why, where it isn't healthy.
    pub cause: Option<String>,
    /// What an operator can do, where it isn't healthy.
    pub remedy: Option<&'static str>,
    /// How long it has been in this state.
    pub since: Duration,
    /// How often it was given up.
    pub times_given_up: u64,
    /// Entries it keeps.
    pub entries: u64,
    /// Bytes they take.
    pub bytes: u64,
    /// The bound in bytes, where there is one of ours.
    pub bytes_max: Option<u64>,
    /// Entries that went for room.
    pub evictions: u64,
}

/// What is known of the registry's version.
#[derive(Clone, Debug, Default)]
pub struct VersionReport {
    /// The last one seen.
    pub version: Option<String>,
    /// How long ago it was looked up.
    pub checked: Option<Duration>,
    /// Why it could not be had, where the last look-up failed.
    pub failed: Option<String>,
    /// For how long no look-up has succeeded, where the last one failed.
    pub failed_for: Option<Duration>,
}

/// One candidate set.
#[derive(Clone, Debug)]
pub struct SetReport {
    /// `gene:EGFR`.
    pub key: String,
    /// Studies in it.
    pub studies: usize,
    /// Bytes of its studies, those that other sets hold too included.
    pub bytes: usize,
    /// Its age.
    pub age: Duration,
}

/// What happened in the last minutes.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// How long it reaches back.
    pub length: Duration,
    /// Questions answered or refused.
    pub questions: u64,
    /// Answered without the registry, from memory or a store.
    pub hits: u64,
    /// Refused or failed.
    pub errors: u64,
    /// Within which time 95 of 100 answers were given, as one of [`TIME_BOUNDS_MS`]; none without answers. What took
    /// longer than the last of them counts as twice that.
    pub answered_within: Option<Duration>,
}

/// Counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Questions that arrived.
    pub questions: u64,
    /// Answered from memory, judging in memory included.
    pub hits: u64,
    /// Answered from the embedded store.
    pub embedded_hits: u64,
    /// Answered from Redis or Valkey.
    pub redis_hits: u64,
    /// That had to ask the registry, alone or with others.
    pub misses: u64,
    /// That joined a fetch already under way.
    pub joined: u64,
    /// Answered with a set older than it should be.
    pub stale: u64,
    /// Refused or failed.
    pub refused: u64,
    /// Cancelled by their asker.
    pub cancelled: u64,
    /// Requests sent to the registry, look-ups of its version included.
    pub requests: u64,
    /// Look-ups of its version.
    pub lookups: u64,
    /// Requests that failed.
    pub request_failures: u64,
    /// Requests sent again.
    pub retries: u64,
    /// Fetches that gave way in a full queue.
    pub shed: u64,
    /// Candidate sets, whole records, and findings by themselves, that went for room.
    pub evictions: u64,
    /// Mutations judged against a set.
    pub judgements: u64,
    /// Actors restarted.
    pub restarts: u64,
    /// Questions under way.
    pub in_flight: u64,
    /// Time spent answering, in microseconds, summed over answered questions.
    pub answer_micros: u64,
}

/// What warming did.
#[derive(Clone, Debug, Default)]
pub struct WarmReport {
    /// Fetched now.
    pub warmed: Vec<String>,
    /// Were held already.
    pub skipped: Vec<String>,
    /// Failed, and why.
    pub failed: Vec<(String, Refusal)>,
    /// Still going on behind.
    pub going_on: Vec<String>,
}
