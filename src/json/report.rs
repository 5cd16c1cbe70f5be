//! What the server says of itself, as JSON.

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
    /// healthy, degraded or unhealthy: as bad as the worst component.
    pub status: &'static str,
    /// Seconds since the start.
    pub uptime_s: u64,
    /// Each component by its name.
    pub components: BTreeMap<&'static str, Component<'a>>,
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

/// What is held in memory and how well that serves.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Analytics<'a> {
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
    /// Questions answered from memory since the start.
    pub hits: u64,
    /// Questions that had to ask the registry.
    pub misses: u64,
    /// Questions that joined a fetch under way.
    pub joined: u64,
    /// Answers from a set older than it should be.
    pub stale: u64,
    /// Sets evicted for room.
    pub evictions: u64,
    /// hits / (hits + misses); null before the first question.
    pub hit_ratio: Option<f64>,
    /// The largest sets, largest first.
    pub largest: Vec<Set<'a>>,
    /// The mutations asked most often, most first.
    pub top: Vec<Asked<'a>>,
    /// The last minutes, shortest window first.
    pub windows: Vec<Window>,
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
    /// Answered from memory.
    pub hits: u64,
    /// Refused or failed.
    pub errors: u64,
}

/// All figures at one moment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Metrics<'a> {
    /// Seconds since the start.
    pub uptime_s: u64,
    /// Counts since the start.
    pub counts: Counts,
    /// The last minutes, shortest window first.
    pub windows: Vec<Window>,
    /// The cache: the same as the output of get_cache_analytics.
    #[schemars(with = "BTreeMap<&str, serde_json::Value>")]
    pub cache: Analytics<'a>,
    /// The circuit breaker: the same as the output of get_circuit_breaker_status.
    #[schemars(with = "BTreeMap<&str, serde_json::Value>")]
    pub breaker: Breaker<'a>,
}

/// Counts since the start.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Counts {
    /// Questions that arrived.
    pub questions: u64,
    /// Answered from memory.
    pub hits: u64,
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
    /// Questions under way now.
    pub in_flight: u64,
    /// Requests sent to the registry.
    pub requests: u64,
    /// Requests that failed.
    pub request_failures: u64,
    /// Requests sent again.
    pub retries: u64,
    /// Fetches that gave way in a full queue.
    pub shed: u64,
    /// Candidate sets evicted for room.
    pub evictions: u64,
    /// Mutations judged against a set.
    pub judgements: u64,
    /// Actors restarted.
    pub restarts: u64,
    /// Mean time of an answered question in milliseconds; null before the first.
    pub answer_mean_ms: Option<f64>,
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
        hits: counts.hits,
        misses: counts.misses,
        joined: counts.joined,
        stale: counts.stale,
        evictions: counts.evictions,
        hit_ratio: ratio(counts.hits, counts.hits + counts.misses),
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
        top: cache
            .top
            .iter()
            .map(|(mutation, questions)| Asked {
                mutation,
                questions: *questions,
            })
            .collect(),
        windows: windows(report),
    }
}

/// All figures at one moment.
#[must_use]
pub fn metrics(report: &Report) -> Metrics<'_> {
    Metrics {
        uptime_s: report.uptime.as_secs(),
        counts: Counts::from(&report.counts),
        windows: windows(report),
        cache: analytics(report),
        breaker: breaker(&report.breaker),
    }
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

impl From<&report::Counts> for Counts {
    fn from(counts: &report::Counts) -> Self {
        let answered = counts
            .questions
            .saturating_sub(counts.refused + counts.cancelled + counts.in_flight);
        Self {
            questions: counts.questions,
            hits: counts.hits,
            misses: counts.misses,
            joined: counts.joined,
            stale: counts.stale,
            refused: counts.refused,
            cancelled: counts.cancelled,
            in_flight: counts.in_flight,
            requests: counts.requests,
            request_failures: counts.request_failures,
            retries: counts.retries,
            shed: counts.shed,
            evictions: counts.evictions,
            judgements: counts.judgements,
            restarts: counts.restarts,
            answer_mean_ms: ratio(counts.answer_micros, answered.saturating_mul(1000)),
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
            errors: window.errors,
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
pub(crate) mod tests {
    use super::*;
    use actors::report::{BreakerReport, CacheReport, Counts as ReportCounts, SetReport};
    use serde_json::json;

    /// A report of a server with a sick registry.
    pub(crate) fn report() -> Report {
        Report {
            uptime: Duration::from_secs(90),
            components: vec![
                report::Component {
                    name: "cache",
                    state: State::Healthy,
                    cause: None,
                    since: Duration::from_secs(90),
                    remedy: None,
                    restarts: 0,
                },
                report::Component {
                    name: "warmer",
                    state: State::Healthy,
                    cause: None,
                    since: Duration::from_secs(90),
                    remedy: None,
                    restarts: 0,
                },
                report::Component {
                    name: "registry",
                    state: State::Degraded,
                    cause: Some("5 failures in a row".to_owned()),
                    since: Duration::from_secs(4),
                    remedy: Some("wait".to_owned()),
                    restarts: 0,
                },
            ],
            warmer: report::WarmerReport {
                state: WarmerState::Working,
                left: 7,
                ..report::WarmerReport::default()
            },
            breaker: BreakerReport {
                state: BreakerState::Open,
                cause: Some("HTTP status 503".to_owned()),
                retry_in: Some(Duration::from_millis(2540)),
                failures_in_a_row: 5,
                failures_max: 5,
                opened: 1,
            },
            cache: CacheReport {
                bytes: 3 << 20,
                bytes_max: 64 << 20,
                sets: 1,
                records: 0,
                studies: 200,
                mutations: 1,
                flights: 0,
                largest: vec![SetReport {
                    key: "gene:EGFR".to_owned(),
                    studies: 200,
                    bytes: 3 << 20,
                    age: Duration::from_secs(61),
                }],
                top: vec![("EGFR L858R".to_owned(), 9)],
                windows: vec![report::Window {
                    length: Duration::from_secs(60),
                    questions: 10,
                    hits: 9,
                    errors: 0,
                }],
            },
            stores: Vec::new(),
            version: report::VersionReport::default(),
            counts: ReportCounts {
                questions: 10,
                hits: 9,
                misses: 1,
                answer_micros: 20_000,
                ..ReportCounts::default()
            },
        }
    }

    #[test]
    fn the_whole_is_as_sick_as_its_worst_component() {
        let report = report();
        assert_eq!(
            serde_json::to_value(health(&report)).expect("JSON"),
            json!({"status": "degraded", "uptime_s": 90, "components": {
                "cache": {"state": "healthy", "cause": null, "since_s": 90, "remedy": null, "restarts": 0},
                "warmer": {"state": "working", "cause": null, "since_s": 90, "remedy": null, "restarts": 0, "left": 7},
                "registry": {"state": "degraded", "cause": "5 failures in a row", "since_s": 4, "remedy": "wait", "restarts": 0},
            }})
        );
    }

    #[test]
    fn the_breaker_says_when_it_tries_again() {
        let report = report();
        let told = serde_json::to_value(breaker(&report.breaker)).expect("JSON");
        assert_eq!((&told["state"], &told["retry_in_s"]), (&json!("open"), &json!(2.5)));
    }

    #[test]
    fn ratios_of_nothing_are_null() {
        let mut report = report();
        assert_eq!(analytics(&report).hit_ratio, Some(0.9));
        assert_eq!(metrics(&report).counts.answer_mean_ms, Some(2.0));
        report.counts = ReportCounts::default();
        assert_eq!(analytics(&report).hit_ratio, None);
        assert_eq!(metrics(&report).counts.answer_mean_ms, None);
    }
}
