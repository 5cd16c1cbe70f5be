//! The catalogue of metrics: one table, from which Prometheus text and JSON are both written.
//!
//! The text is format 0.0.4, written by hand because the libraries write OpenMetrics, which Prometheus's own `promtool`
//! refuses as text. Nothing here has a label from the outside: a mutation is a patient's, and labels without a bound
//! fill a database. What may be a label is a word of this program: a tool, a tier, a component, an alert.
//! <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

use crate::calls::{Calls, Outcome};
use actors::report::{BreakerState, Report, State, TIME_BOUNDS_MS, WarmerState};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The media type of [`prometheus`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What every name begins with in Prometheus.
const PREFIX: &str = "clinical_trials_";

/// A figure that only grows, one that goes both ways, or many times sorted by length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}
use Kind::{Counter, Gauge, Histogram};

/// One metric of the catalogue.
struct Metric {
    name: &'static str,
    kind: Kind,
    /// What it is counted in; where that is a unit of Prometheus, its name says so too.
    unit: &'static str,
    meaning: &'static str,
    /// The names of its labels; each row of `read` has as many values.
    labels: &'static [&'static str],
    read: Read,
}

/// How it is read.
enum Read {
    /// One value.
    One(fn(&Report) -> f64),
    /// One value where there is one.
    Maybe(fn(&Report) -> Option<f64>),
    /// A value for each of a few labels.
    Each(for<'a> fn(&'a Report) -> Vec<(&'a str, f64)>),
    /// How often each tool came to each end.
    CallsByOutcome,
    /// How long the calls of each tool took.
    CallsByTime,
}
use Read::{CallsByOutcome, CallsByTime, Each, Maybe, One};

const fn metric(
    name: &'static str,
    kind: Kind,
    unit: &'static str,
    meaning: &'static str,
    labels: &'static [&'static str],
    read: Read,
) -> Metric {
    Metric {
        name,
        kind,
        unit,
        meaning,
        labels,
        read,
    }
}

#[rustfmt::skip]
static CATALOGUE: &[Metric] = &[
    metric("uptime_seconds", Gauge, "seconds", "Seconds since the start.", &[], One(|r| r.uptime.as_secs_f64())),

    metric("tool_calls_total", Counter, "calls", "Tool calls by tool and by how they ended: answered, refused (the caller's to mend), failed, cancelled.", &["tool", "outcome"], CallsByOutcome),
    metric("tool_call_seconds", Histogram, "seconds", "How long tool calls took that were not cancelled.", &["tool"], CallsByTime),

    metric("questions_total", Counter, "questions", "Questions that arrived.", &[], One(|r| count(r.counts.questions))),
    metric("questions_in_flight", Gauge, "questions", "Questions under way.", &[], One(|r| count(r.counts.in_flight))),
    metric("refusals_total", Counter, "questions", "Questions refused or failed.", &[], One(|r| count(r.counts.refused))),
    metric("cancellations_total", Counter, "questions", "Questions cancelled by their asker.", &[], One(|r| count(r.counts.cancelled))),
    metric("answer_seconds_total", Counter, "seconds", "Time spent answering, summed over answered questions.", &[], One(|r| count(r.counts.answer_micros) / 1e6)),
    metric("answers_total", Counter, "questions", "Questions answered, by the farthest tier that was needed: memory, embedded, redis, registry.", &["tier"],
        Each(|r| vec![("memory", count(r.counts.hits)), ("embedded", count(r.counts.embedded_hits)), ("redis", count(r.counts.redis_hits)), ("registry", count(r.counts.misses))])),
    metric("cache_hits_total", Counter, "questions", "Questions answered without the registry.", &[], One(|r| count(hits(r)))),
    metric("cache_misses_total", Counter, "questions", "Questions that had to ask the registry.", &[], One(|r| count(r.counts.misses))),
    metric("flights_joined_total", Counter, "questions", "Questions that joined a fetch under way.", &[], One(|r| count(r.counts.joined))),
    metric("stale_answers_total", Counter, "questions", "Answers that were served stale, said so, and were renewed behind.", &[], One(|r| count(r.counts.stale))),
    metric("judgements_total", Counter, "judgements", "Mutations judged against a set.", &[], One(|r| count(r.counts.judgements))),

    metric("cache_bytes", Gauge, "bytes", "Bytes held in memory.", &[], One(|r| size(r.cache.bytes))),
    metric("cache_bytes_max", Gauge, "bytes", "The bound on bytes held in memory.", &[], One(|r| size(r.cache.bytes_max))),
    metric("cache_sets", Gauge, "sets", "Candidate sets held in memory.", &[], One(|r| size(r.cache.sets))),
    metric("cache_records", Gauge, "records", "Whole records held in memory.", &[], One(|r| size(r.cache.records))),
    metric("cache_studies", Gauge, "studies", "Different studies held in memory.", &[], One(|r| size(r.cache.studies))),
    metric("cache_mutations", Gauge, "mutations", "Mutations with findings held in memory.", &[], One(|r| size(r.cache.mutations))),
    metric("evictions_total", Counter, "entries", "Entries that went for room, by tier.", &["tier"],
        Each(|r| std::iter::once(("memory", count(r.counts.evictions))).chain(r.stores.iter().map(|s| (s.name, count(s.evictions)))).collect())),

    metric("store_up", Gauge, "0 or 1", "Whether a store that is set does all that is asked of it.", &["store"], Each(|r| r.stores.iter().map(|s| (s.name, flag(s.state == State::Healthy))).collect())),
    metric("store_in_use", Gauge, "0 or 1", "Whether it is the store that is read and written now.", &["store"], Each(|r| r.stores.iter().map(|s| (s.name, flag(s.is_in_use))).collect())),
    metric("store_given_up_total", Counter, "times", "How often a store was given up until it answered again.", &["store"], Each(|r| r.stores.iter().map(|s| (s.name, count(s.times_given_up))).collect())),
    metric("store_entries", Gauge, "entries", "Entries that a store keeps.", &["store"], Each(|r| r.stores.iter().map(|s| (s.name, count(s.entries))).collect())),
    metric("store_bytes", Gauge, "bytes", "Bytes that they take.", &["store"], Each(|r| r.stores.iter().map(|s| (s.name, count(s.bytes))).collect())),
    metric("store_bytes_max", Gauge, "bytes", "The bound on these bytes, where there is one of ours.", &["store"], Each(|r| r.stores.iter().filter_map(|s| Some((s.name, count(s.bytes_max?)))).collect())),

    metric("flights", Gauge, "fetches", "Fetches under way or queued.", &[], One(|r| size(r.cache.flights))),
    metric("registry_requests_total", Counter, "requests", "Requests sent to the registry, look-ups of its version included.", &[], One(|r| count(r.counts.requests))),
    metric("registry_failures_total", Counter, "requests", "Requests to the registry that failed.", &[], One(|r| count(r.counts.request_failures))),
    metric("registry_retries_total", Counter, "requests", "Requests sent to the registry again.", &[], One(|r| count(r.counts.retries))),
    metric("fetches_shed_total", Counter, "fetches", "Fetches that gave way in a full queue.", &[], One(|r| count(r.counts.shed))),
    metric("registry_lookups_total", Counter, "requests", "Look-ups of the registry's version.", &[], One(|r| count(r.counts.lookups))),
    metric("registry_version_age_seconds", Gauge, "seconds", "How old the registry's data are, by the time that its version names.", &[], Maybe(|r| version_age(r.version.version.as_deref()?))),
    metric("registry_version_checked_seconds", Gauge, "seconds", "How long ago the registry's version was last seen.", &[], Maybe(|r| r.version.checked.map(|ago| ago.as_secs_f64()))),
    metric("registry_version_unknown", Gauge, "0 or 1", "Whether the last look-up of the registry's version failed.", &[], One(|r| flag(r.version.failed.is_some()))),
    metric("budget_tokens", Gauge, "requests", "Requests that the rate budget lets go now; below zero where some wait.", &[], Maybe(|r| r.budget.tokens)),
    metric("budget_per_minute", Gauge, "requests", "Requests a minute that the rate budget allows.", &[], Maybe(|r| r.budget.per_minute.map(f64::from))),
    metric("breaker_opened_total", Counter, "times", "How often the circuit breaker opened.", &[], One(|r| count(r.breaker.opened))),
    metric("breaker_state", Gauge, "0, 1 or 2", "The circuit breaker: 0 closed, 1 half open, 2 open.", &[],
        One(|r| match r.breaker.state { BreakerState::Closed => 0.0, BreakerState::HalfOpen => 1.0, BreakerState::Open => 2.0 })),

    metric("warmer_state", Gauge, "0, 1 or 2", "The warmer: 0 off, 1 resting, 2 working.", &[],
        One(|r| match r.warmer.state { WarmerState::Off => 0.0, WarmerState::Resting => 1.0, WarmerState::Working => 2.0 })),
    metric("warmer_left", Gauge, "mutations", "What is left to warm.", &[], One(|r| size(r.warmer.left))),

    metric("component_state", Gauge, "0, 1 or 2", "A component: 0 healthy, 1 degraded, 2 unhealthy.", &["component"],
        Each(|r| r.components.iter().map(|c| (c.name, match c.state { State::Healthy => 0.0, State::Degraded => 1.0, State::Unhealthy => 2.0 })).collect())),
    metric("actor_restarts_total", Counter, "times", "Actors restarted.", &[], One(|r| count(r.counts.restarts))),
    metric("alert_firing", Gauge, "0 or 1", "Whether an alert fires.", &["alert"], Each(|r| r.alerts.iter().map(|a| (a.name, flag(a.firing_for.is_some()))).collect())),
    metric("alerts_fired_total", Counter, "times", "How often an alert fired.", &["alert"], Each(|r| r.alerts.iter().map(|a| (a.name, count(a.times_fired))).collect())),
];

/// A metric with its values, as JSON has it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Figure<'a> {
    /// counter, gauge or histogram.
    pub kind: &'static str,
    /// What it is counted in.
    pub unit: &'static str,
    /// What it tells.
    pub meaning: &'static str,
    /// One for each combination of labels; none where there is nothing to tell.
    pub samples: Vec<Sample<'a>>,
}

/// One value of a metric.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Sample<'a> {
    /// Its labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<&'static str, &'a str>,
    /// The figure; of a histogram the number of times.
    pub value: f64,
    /// Of a histogram: their sum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<f64>,
    /// Of a histogram: how many were at most so long, by the bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buckets: Option<Vec<(f64, u64)>>,
}

/// Every metric by its name, without the prefix that Prometheus knows it by.
#[must_use]
pub fn figures<'a>(report: &'a Report, calls: &'a Calls) -> BTreeMap<&'static str, Figure<'a>> {
    let figure = |metric: &'static Metric| {
        let figure = Figure {
            kind: metric.kind.as_str(),
            unit: metric.unit,
            meaning: metric.meaning,
            samples: metric.samples(report, calls),
        };
        (metric.name, figure)
    };
    CATALOGUE.iter().map(figure).collect()
}

/// The report as Prometheus text.
#[must_use]
pub fn prometheus(report: &Report, calls: &Calls) -> String {
    let mut text = String::with_capacity(32 << 10);
    for metric in CATALOGUE {
        let samples = metric.samples(report, calls);
        // A family without samples says nothing.
        if samples.is_empty() {
            continue;
        }
        let (name, kind) = (metric.name, metric.kind.as_str());
        // Writing to a string can't fail.
        let _ = write!(
            text,
            "# HELP {PREFIX}{name} {}\n# TYPE {PREFIX}{name} {kind}\n",
            metric.meaning
        );
        for sample in &samples {
            sample.write(name, &mut text);
        }
    }
    text
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Metric {
    fn samples<'a>(&self, report: &'a Report, calls: &'a Calls) -> Vec<Sample<'a>> {
        let labelled = |values: &[&'a str]| self.labels.iter().copied().zip(values.iter().copied()).collect();
        match self.read {
            One(read) => vec![Sample::of(labelled(&[]), read(report))],
            Maybe(read) => read(report)
                .map(|value| Sample::of(labelled(&[]), value))
                .into_iter()
                .collect(),
            Each(read) => {
                let values = read(report).into_iter();
                values
                    .map(|(label, value)| Sample::of(labelled(&[label]), value))
                    .collect()
            }
            CallsByOutcome => calls
                .seen()
                .flat_map(|seen| {
                    let ends = Outcome::ALL.into_iter().zip(seen.by_outcome);
                    ends.map(move |(outcome, times)| (seen.tool, outcome.as_str(), times))
                })
                .map(|(tool, outcome, times)| Sample::of(labelled(&[tool, outcome]), count(times)))
                .collect(),
            CallsByTime => calls
                .seen()
                .map(|seen| Sample {
                    sum: Some(seen.seconds),
                    buckets: Some(
                        TIME_BOUNDS_MS
                            .iter()
                            .map(|&ms| count(ms) / 1e3)
                            .zip(seen.within)
                            .collect(),
                    ),
                    ..Sample::of(labelled(&[seen.tool]), count(seen.timed))
                })
                .collect(),
        }
    }
}

impl<'a> Sample<'a> {
    fn of(labels: BTreeMap<&'static str, &'a str>, value: f64) -> Self {
        Self {
            labels,
            value,
            sum: None,
            buckets: None,
        }
    }

    fn write(&self, name: &str, text: &mut String) {
        let Some(buckets) = &self.buckets else {
            let _ = writeln!(text, "{PREFIX}{name}{} {}", self.labelled(None), self.value);
            return;
        };
        for (bound, times) in buckets {
            let labels = self.labelled(Some(&bound.to_string()));
            let _ = writeln!(text, "{PREFIX}{name}_bucket{labels} {times}");
        }
        let (every, labels) = (self.labelled(Some("+Inf")), self.labelled(None));
        let _ = writeln!(text, "{PREFIX}{name}_bucket{every} {}", self.value);
        let _ = writeln!(text, "{PREFIX}{name}_sum{labels} {}", self.sum.unwrap_or_default());
        let _ = writeln!(text, "{PREFIX}{name}_count{labels} {}", self.value);
    }

    /// Its labels as Prometheus writes them. Their values are words of this program, which need no escaping.
    fn labelled(&self, bound: Option<&str>) -> String {
        let labels = self.labels.iter().map(|(name, value)| (*name, *value));
        let labels: Vec<String> = labels
            .chain(bound.map(|bound| ("le", bound)))
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        if labels.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", labels.join(","))
        }
    }
}

/// Questions answered without the registry.
pub(crate) fn hits(report: &Report) -> u64 {
    report.counts.hits + report.counts.embedded_hits + report.counts.redis_hits
}

/// How many seconds ago a version of the registry was made, by the time in it (`2026-11-20T09:00:05`, taken as UTC); none
/// where there is none.
fn version_age(version: &str) -> Option<f64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let made = Duration::from_secs(unix_seconds(version)?);
    Some(since.saturating_sub(made).as_secs_f64())
}

fn unix_seconds(time: &str) -> Option<u64> {
    let (date, clock) = time.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(clock.split_once('.').map_or(clock, |(clock, _)| clock), ':')?;
    let is_a_time =
        year >= 1970 && (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 60;
    if !is_a_time {
        return None;
    }
    // Years begin in March, so that the leap day is their last: days since then, less those up to 1970.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 719_469;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

fn numbers(text: &str, between: char) -> Option<[u64; 3]> {
    // No number of a time is longer, and what is can't be reckoned with.
    let number = |part: &str| part.parse().ok().filter(|_| part.len() <= 4);
    let numbers: Option<Vec<u64>> = text.split(between).map(number).collect();
    numbers?.try_into().ok()
}

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Prometheus counts in doubles: exact up to 2⁵³"
)]
fn count(number: u64) -> f64 {
    number as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Prometheus counts in doubles: exact up to 2⁵³"
)]
fn size(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls() -> Calls {
        let calls = Calls::of(["get_trial".to_owned()]);
        calls.begin("get_trial").expect("known").ended(Outcome::Answered);
        calls
    }

    #[test]
    fn every_family_has_help_and_type_once_before_its_samples() {
        let text = prometheus(&crate::json::test_report(), &calls());
        let mut families = Vec::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let name = rest.split(' ').next().expect("a name");
                assert!(!families.contains(&name), "{name} twice");
                families.push(name);
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                assert_eq!(rest.split(' ').next(), families.last().copied());
            } else {
                let (series, value) = line.rsplit_once(' ').expect("a sample");
                let family = families.last().expect("a family");
                let name = series.split('{').next().expect("a name");
                assert!(
                    ["", "_bucket", "_sum", "_count"].contains(&name.strip_prefix(family).expect("its own")),
                    "{line}"
                );
                assert!(value.parse::<f64>().is_ok(), "{line}");
            }
        }
        assert!(text.ends_with('\n'));
        for line in [
            "clinical_trials_cache_hits_total 9",
            "clinical_trials_breaker_state 2",
            "clinical_trials_answers_total{tier=\"memory\"} 9",
            "clinical_trials_tool_calls_total{outcome=\"answered\",tool=\"get_trial\"} 1",
            "clinical_trials_tool_call_seconds_bucket{tool=\"get_trial\",le=\"60\"} 1",
            "clinical_trials_tool_call_seconds_bucket{tool=\"get_trial\",le=\"+Inf\"} 1",
            "clinical_trials_tool_call_seconds_count{tool=\"get_trial\"} 1",
        ] {
            assert!(text.contains(&format!("\n{line}\n")), "{line} in {text}");
        }
    }

    #[test]
    fn names_say_what_prometheus_expects_of_them_and_are_given_once() {
        let mut names = Vec::new();
        for metric in CATALOGUE {
            let name = metric.name;
            assert_eq!(name.ends_with("_total"), metric.kind == Counter, "{name}");
            assert!(!names.contains(&name), "{name} twice");
            assert!(metric.meaning.ends_with('.'), "{name}");
            names.push(name);
        }
    }

    #[test]
    fn operators_are_told_of_no_name_that_is_not_there() {
        let told = include_str!("../docs/migration.md").split('`');
        let names: Vec<_> = told.filter_map(|word| word.strip_prefix(PREFIX)).collect();
        assert!(names.len() > 8, "{names:?}");
        for name in names {
            assert!(CATALOGUE.iter().any(|metric| metric.name == name), "{name}");
        }
    }

    #[test]
    fn json_and_text_have_the_same_figures() {
        let (report, calls) = (crate::json::test_report(), calls());
        let text = prometheus(&report, &calls);
        for (name, figure) in figures(&report, &calls) {
            let is_told = text.contains(&format!("# TYPE {PREFIX}{name} {}\n", figure.kind));
            assert_eq!(is_told, !figure.samples.is_empty(), "{name}");
        }
    }

    #[test]
    fn no_label_holds_what_was_asked() {
        assert!(!prometheus(&crate::json::test_report(), &calls()).contains("EGFR"));
    }

    #[test]
    fn a_version_that_is_a_time_has_an_age() {
        assert_eq!(unix_seconds("1970-01-02T00:00:05"), Some(86_405));
        assert_eq!(unix_seconds("2026-11-20T09:00:05"), Some(1_795_165_205));
        assert_eq!(unix_seconds("2024-02-29T00:00:00"), Some(1_709_164_800));
        for no_time in [
            "",
            "monday",
            "0-0-0T0:0:0",
            "2026-13-01T00:00:00",
            "2026-11-20",
            "2026-11-20T9:00",
        ] {
            assert_eq!(unix_seconds(no_time), None, "{no_time}");
        }
    }
}
