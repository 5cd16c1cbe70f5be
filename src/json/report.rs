//! What the server says of itself, as JSON.

use crate::calls::Calls;
use crate::metrics::{self, Figure};
use actors::report::{self, BreakerState, Report, State, WarmerState};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;
use trials::mutation::UnreadMutation;

/// How the server is doing.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Health<'a> {
    /// healthy, degraded (it answers, but not as it should) or unhealthy (it can't work): as bad as the worst component.
    pub status: &'static str,
    /// Seconds since the start.
    pub uptime_s: u64,
    /// Each component by its name; redis and embedded only where they are set.
    pub components: BTreeMap<&'static str, Component<'a>>,
    /// The alerts that fire, as in get_metrics_json; the status tells of this moment alone.
    #[schemars(with = "Vec<BTreeMap<&str, serde_json::Value>>")]
    pub alerts: Vec<Alert<'a>>,
}

/// How one component is doing.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Component<'a> {
    /// healthy, degraded or unhealthy; of the warmer working, resting or off, with a cause where it isn't healthy.
    pub state: &'static str,
    /// Why it isn't healthy; null where it is.
    pub cause: Option<&'a str>,
    /// Seconds it has been in this state.
    pub since_s: u64,
    /// What an operator can do; null where nothing needs doing.
    pub remedy: Option<&'a str>,
    /// How often it was restarted.
    pub restarts: u64,
    /// Of the warmer alone: how many mutations are left to warm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<usize>,
}

/// The circuit breaker before the registry.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Breaker<'a> {
    /// closed (requests pass), open (the registry is left alone) or half_open (one probe is out).
    pub state: &'static str,
    /// What opened it; null while it is closed.
    pub cause: Option<&'a str>,
    /// Seconds until the registry is tried again; null while it is closed.
    pub retry_in_s: Option<f64>,
    /// Failures in a row.
    pub failures_in_a_row: u32,
    /// How many in a row open it.
    pub failures_max: u32,
    /// How often it has opened.
    pub opened: u64,
}

/// An alert: what a person should look at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Alert<'a> {
    /// error_rate, latency, hit_rate, breaker_open, store_lost, budget_spent or version_too_old.
    pub name: &'static str,
    /// Whether it fires.
    pub firing: bool,
    /// Seconds since it began; null where it doesn't fire.
    pub since_s: Option<u64>,
    /// What it is about; null where there is too little to tell.
    pub figure: Option<f64>,
    /// Where it fires.
    pub fires_at: f64,
    /// Where it is over again.
    pub clears_at: f64,
    /// The figure and its limit in words.
    pub told: &'a str,
    /// What an operator can do.
    pub remedy: &'static str,
}

/// What is held and how well that serves.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Analytics<'a> {
    /// Bytes held in memory.
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
    /// Questions answered without the registry since the start.
    pub hits: u64,
    /// The same by the farthest tier that was needed.
    pub hits_by_tier: Tiers,
    /// Questions that had to ask the registry.
    pub misses: u64,
    /// Questions that joined a fetch under way.
    pub joined: u64,
    /// Answers served stale, said so, and renewed behind.
    pub stale: u64,
    /// Entries that went from memory for room.
    pub evictions: u64,
    /// hits / (hits + misses); null before the first question.
    pub hit_ratio: Option<f64>,
    /// Each store beyond memory, the first choice first: name, in_use, state, cause, remedy, since_s, entries, bytes, evictions.
    #[schemars(with = "Vec<BTreeMap<&str, serde_json::Value>>")]
    pub stores: Vec<Store<'a>>,
    /// The registry's version, by which answers are known to be exact.
    pub version: Version<'a>,
    /// The largest sets, largest first.
    pub largest: Vec<Set<'a>>,
    /// The mutations asked most often since the start, most first.
    pub top: Vec<Asked<'a>>,
    /// What trends, with its weight, heaviest first.
    pub trending: &'a [(String, f64)],
    /// The last 1, 5 and 60 minutes.
    pub windows: Vec<Window>,
}

/// Hits by the farthest tier that was needed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tiers {
    /// This process.
    pub memory: u64,
    /// The embedded store.
    pub embedded: u64,
    /// Redis or Valkey.
    pub redis: u64,
}

/// A store beyond memory.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Store<'a> {
    /// redis or embedded.
    pub name: &'static str,
    /// Whether it is the one that is read and written now.
    pub in_use: bool,
    /// healthy or degraded.
    pub state: &'static str,
    /// Why it isn't healthy; null where it is.
    pub cause: Option<&'a str>,
    /// What an operator can do; null where nothing needs doing.
    pub remedy: Option<&'static str>,
    /// Seconds it has been in this state.
    pub since_s: u64,
    /// How often it was given up until it answered again.
    pub times_given_up: u64,
    /// Entries it keeps.
    pub entries: u64,
    /// Bytes they take.
    pub bytes: u64,
    /// The bound in bytes; null where there is none of ours.
    pub bytes_max: Option<u64>,
    /// Entries that went for room.
    pub evictions: u64,
}

/// What is known of the registry's version.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Version<'a> {
    /// The last one seen; null before the first look.
    pub version: Option<&'a str>,
    /// Seconds since it was last seen; null before that.
    pub checked_s: Option<u64>,
    /// Why it can't be had; null where the last look-up went well.
    pub failed: Option<&'a str>,
}

/// One candidate set.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Set<'a> {
    /// Its key, such as gene:EGFR.
    pub key: &'a str,
    /// Studies in it.
    pub studies: usize,
    /// Bytes it holds, with its share of what it holds with others.
    pub bytes: usize,
    /// Its age in seconds.
    pub age_s: u64,
}

/// How often a mutation was asked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Asked<'a> {
    /// Its canonical name.
    pub mutation: &'a str,
    /// How often.
    pub questions: u64,
}

/// What happened in the last minutes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Window {
    /// How many seconds it reaches back.
    pub length_s: u64,
    /// Questions answered or refused.
    pub questions: u64,
    /// Answered without the registry.
    pub hits: u64,
    /// hits / answered; null where nothing was.
    pub hit_ratio: Option<f64>,
    /// Refused or failed.
    pub errors: u64,
    /// Milliseconds within which 95 of 100 answers were given; null where there were none.
    pub p95_ms: Option<u64>,
}

/// All figures at one moment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Metrics<'a> {
    /// Seconds since the start.
    pub uptime_s: u64,
    /// Every metric by its name (in Prometheus with clinical_trials_ before it): kind, unit, meaning, samples {labels, value; of a histogram value = count, sum, buckets [[bound, count]]}.
    #[schemars(with = "BTreeMap<&str, serde_json::Value>")]
    pub metrics: BTreeMap<&'static str, Figure<'a>>,
    /// The last 1, 5 and 60 minutes.
    #[schemars(with = "Vec<BTreeMap<&str, serde_json::Value>>")]
    pub windows: Vec<Window>,
    /// Every alert, firing or not.
    #[schemars(with = "Vec<BTreeMap<&str, serde_json::Value>>")]
    pub alerts: Vec<Alert<'a>>,
    /// The mutations asked most often since the start, most first.
    #[schemars(with = "Vec<BTreeMap<&str, serde_json::Value>>")]
    pub top: Vec<Asked<'a>>,
}

/// What warming did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Warmed<'a> {
    /// Fetched or judged now.
    pub warmed: &'a [String],
    /// Were warm already.
    pub skipped: &'a [String],
    /// Failed, and why.
    pub failed: Vec<super::Failed<'a>>,
    /// Still going on behind.
    pub going_on: &'a [String],
}

/// What was dropped.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Invalidated<'a> {
    /// As it was given.
    pub pattern: &'a str,
    /// How many entries went.
    pub invalidated: usize,
}

/// How the server is doing.
#[must_use]
pub fn health(report: &Report) -> Health<'_> {
    let worst = report.components.iter().map(|component| component.state).max();
    Health {
        status: state(worst.unwrap_or(State::Healthy)),
        uptime_s: report.uptime.as_secs(),
        components: report
            .components
            .iter()
            .map(|component| (component.name, Component::of(component, &report.warmer)))
            .collect(),
        alerts: alerts(report).filter(|alert| alert.firing).collect(),
    }
}

/// The circuit breaker before the registry.
#[must_use]
pub fn breaker(breaker: &report::BreakerReport) -> Breaker<'_> {
    Breaker {
        state: match breaker.state {
            BreakerState::Closed => "closed",
            BreakerState::Open => "open",
            BreakerState::HalfOpen => "half_open",
        },
        cause: breaker.cause.as_deref(),
        retry_in_s: breaker.retry_in.map(tenths),
        failures_in_a_row: breaker.failures_in_a_row,
        failures_max: breaker.failures_max,
        opened: breaker.opened,
    }
}

/// What is held in memory and how well that serves.
#[must_use]
pub fn analytics(report: &Report) -> Analytics<'_> {
    let (cache, counts) = (&report.cache, &report.counts);
    Analytics {
        bytes: cache.bytes,
        bytes_max: cache.bytes_max,
        sets: cache.sets,
        records: cache.records,
        studies: cache.studies,
        mutations: cache.mutations,
        flights: cache.flights,
        hits: metrics::hits(report),
        hits_by_tier: Tiers {
            memory: counts.hits,
            embedded: counts.embedded_hits,
            redis: counts.redis_hits,
        },
        misses: counts.misses,
        joined: counts.joined,
        stale: counts.stale,
        evictions: counts.evictions,
        hit_ratio: ratio(metrics::hits(report), metrics::hits(report) + counts.misses),
        stores: report.stores.iter().map(Store::from).collect(),
        version: Version {
            version: report.version.version.as_deref(),
            checked_s: report.version.checked.map(|ago| ago.as_secs()),
            failed: report.version.failed.as_deref(),
        },
        largest: cache
            .largest
            .iter()
            .map(|set| Set {
                key: &set.key,
                studies: set.studies,
                bytes: set.bytes,
                age_s: set.age.as_secs(),
            })
            .collect(),
        top: top(report),
        trending: &report.warmer.trending,
        windows: windows(report),
    }
}

/// All figures at one moment.
#[must_use]
pub fn metrics<'a>(report: &'a Report, calls: &'a Calls) -> Metrics<'a> {
    Metrics {
        uptime_s: report.uptime.as_secs(),
        metrics: metrics::figures(report, calls),
        windows: windows(report),
        alerts: alerts(report).collect(),
        top: top(report),
    }
}

/// Every alert, firing or not.
pub fn alerts(report: &Report) -> impl Iterator<Item = Alert<'_>> {
    report.alerts.iter().map(|alert| Alert {
        name: alert.name,
        firing: alert.firing_for.is_some(),
        since_s: alert.firing_for.map(|since| since.as_secs()),
        figure: alert.figure.map(|figure| (figure * 1000.0).round() / 1000.0),
        fires_at: alert.fires_at,
        clears_at: alert.clears_at,
        told: &alert.told,
        remedy: alert.remedy,
    })
}

fn top(report: &Report) -> Vec<Asked<'_>> {
    let top = report.cache.top.iter();
    top.map(|most| {
        let (mutation, questions) = (most.0.as_str(), most.1);
        Asked { mutation, questions }
    })
    .collect()
}

/// What warming did, and which mutations could not be read.
#[must_use]
pub fn warmed<'a>(warm: &'a report::WarmReport, unread: &'a [(String, UnreadMutation)]) -> Warmed<'a> {
    fn failed<'a, E: Display>((mutation, error): &'a (String, E)) -> super::Failed<'a> {
        super::Failed {
            mutation,
            error: error.to_string(),
        }
    }
    Warmed {
        warmed: &warm.warmed,
        skipped: &warm.skipped,
        failed: unread
            .iter()
            .map(failed)
            .chain(warm.failed.iter().map(failed))
            .collect(),
        going_on: &warm.going_on,
    }
}

impl<'a> Component<'a> {
    fn of(component: &'a report::Component, warmer: &report::WarmerReport) -> Self {
        let is_warmer = component.name == "warmer";
        Self {
            state: match warmer.state {
                _ if !is_warmer => state(component.state),
                WarmerState::Working => "working",
                WarmerState::Resting => "resting",
                WarmerState::Off => "off",
            },
            cause: component.cause.as_deref(),
            since_s: component.since.as_secs(),
            remedy: component.remedy.as_deref(),
            restarts: component.restarts,
            left: is_warmer.then_some(warmer.left),
        }
    }
}

impl<'a> From<&'a report::StoreReport> for Store<'a> {
    fn from(store: &'a report::StoreReport) -> Self {
        Self {
            name: store.name,
            in_use: store.is_in_use,
            state: state(store.state),
            cause: store.cause.as_deref(),
            remedy: store.remedy,
            since_s: store.since.as_secs(),
            times_given_up: store.times_given_up,
            entries: store.entries,
            bytes: store.bytes,
            bytes_max: store.bytes_max,
            evictions: store.evictions,
        }
    }
}

fn windows(report: &Report) -> Vec<Window> {
    report
        .cache
        .windows
        .iter()
        .map(|window| Window {
            length_s: window.length.as_secs(),
            questions: window.questions,
            hits: window.hits,
            hit_ratio: ratio(window.hits, window.questions.saturating_sub(window.errors)),
            errors: window.errors,
            p95_ms: window
                .answered_within
                .map(|within| u64::try_from(within.as_millis()).unwrap_or(u64::MAX)),
        })
        .collect()
}

fn state(state: State) -> &'static str {
    match state {
        State::Healthy => "healthy",
        State::Degraded => "degraded",
        State::Unhealthy => "unhealthy",
    }
}

/// A ratio to three decimals; none of nothing.
#[expect(clippy::cast_precision_loss, reason = "a ratio is shown to three decimals")]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 1000.0).round() / 1000.0)
}

fn tenths(time: Duration) -> f64 {
    (time.as_secs_f64() * 10.0).round() / 10.0
}

#[cfg(test)]
pub(crate) mod tests;
