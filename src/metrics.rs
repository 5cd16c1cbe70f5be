//! The report as Prometheus text format 0.0.4: a table of figures and the few lines that write it.
//!
//! Written by hand, because the libraries write OpenMetrics, which Prometheus's own `promtool` refuses as text. Nothing
//! here has a label from the outside: a mutation is a patient's, and labels without a bound fill a database.
//! <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

use actors::report::{BreakerState, Report, State};
use std::fmt::Write as _;

/// The media type of [`prometheus`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A figure that only grows, or one that goes both ways.
#[derive(Clone, Copy)]
enum Type {
    Counter,
    Gauge,
}
use Type::{Counter, Gauge};

/// The figures without labels: name, type, meaning, value.
type Row = (&'static str, Type, &'static str, fn(&Report) -> f64);

#[rustfmt::skip]
const FIGURES: &[Row] = &[
    ("uptime_seconds", Gauge, "Seconds since the start.", |r| r.uptime.as_secs_f64()),
    ("questions_total", Counter, "Questions that arrived.", |r| count(r.counts.questions)),
    ("questions_in_flight", Gauge, "Questions under way.", |r| count(r.counts.in_flight)),
    ("refusals_total", Counter, "Questions refused or failed.", |r| count(r.counts.refused)),
    ("cancellations_total", Counter, "Questions cancelled by their asker.", |r| count(r.counts.cancelled)),
    ("answer_seconds_total", Counter, "Time spent answering, summed over answered questions.", |r| count(r.counts.answer_micros) / 1e6),
    ("cache_hits_total", Counter, "Questions answered from memory.", |r| count(r.counts.hits)),
    ("cache_misses_total", Counter, "Questions that had to ask the registry.", |r| count(r.counts.misses)),
    ("flights_joined_total", Counter, "Questions that joined a fetch under way.", |r| count(r.counts.joined)),
    ("stale_answers_total", Counter, "Answers from a set older than it should be.", |r| count(r.counts.stale)),
    ("cache_evictions_total", Counter, "Candidate sets evicted for room.", |r| count(r.counts.evictions)),
    ("cache_bytes", Gauge, "Bytes held in memory.", |r| size(r.cache.bytes)),
    ("cache_bytes_max", Gauge, "The bound on bytes held in memory.", |r| size(r.cache.bytes_max)),
    ("cache_sets", Gauge, "Candidate sets held.", |r| size(r.cache.sets)),
    ("cache_studies", Gauge, "Different studies held.", |r| size(r.cache.studies)),
    ("cache_mutations", Gauge, "Mutations with findings held.", |r| size(r.cache.mutations)),
    ("flights", Gauge, "Fetches under way or queued.", |r| size(r.cache.flights)),
    ("judgements_total", Counter, "Mutations judged against a set.", |r| count(r.counts.judgements)),
    ("registry_requests_total", Counter, "Requests sent to the registry.", |r| count(r.counts.requests)),
    ("registry_failures_total", Counter, "Requests to the registry that failed.", |r| count(r.counts.request_failures)),
    ("registry_retries_total", Counter, "Requests sent to the registry again.", |r| count(r.counts.retries)),
    ("fetches_shed_total", Counter, "Fetches that gave way in a full queue.", |r| count(r.counts.shed)),
    ("breaker_opened_total", Counter, "How often the circuit breaker opened.", |r| count(r.breaker.opened)),
    ("actor_restarts_total", Counter, "Actors restarted.", |r| count(r.counts.restarts)),
];

/// The report as Prometheus text.
#[must_use]
pub fn prometheus(report: &Report) -> String {
    let mut text = String::with_capacity(8192);
    for (name, kind, meaning, value) in FIGURES {
        heading(&mut text, name, *kind, meaning);
        sample(&mut text, name, "", value(report));
    }
    heading(
        &mut text,
        "breaker_state",
        Gauge,
        "The circuit breaker: 0 closed, 1 half open, 2 open.",
    );
    let breaker = match report.breaker.state {
        BreakerState::Closed => 0.0,
        BreakerState::HalfOpen => 1.0,
        BreakerState::Open => 2.0,
    };
    sample(&mut text, "breaker_state", "", breaker);
    heading(
        &mut text,
        "component_state",
        Gauge,
        "A component: 0 healthy, 1 degraded, 2 unhealthy.",
    );
    for component in &report.components {
        let state = match component.state {
            State::Healthy => 0.0,
            State::Degraded => 1.0,
            State::Unhealthy => 2.0,
        };
        sample(
            &mut text,
            "component_state",
            &format!("{{component=\"{}\"}}", component.name),
            state,
        );
    }
    text
}

const PREFIX: &str = "clinical_trials_";

fn heading(text: &mut String, name: &str, kind: Type, meaning: &str) {
    let kind = match kind {
        Counter => "counter",
        Gauge => "gauge",
    };
    // Writing to a string can't fail.
    let _ = write!(text, "# HELP {PREFIX}{name} {meaning}\n# TYPE {PREFIX}{name} {kind}\n");
}

fn sample(text: &mut String, name: &str, labels: &str, value: f64) {
    let _ = writeln!(text, "{PREFIX}{name}{labels} {value}");
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

    #[test]
    fn every_family_has_help_and_type_once_before_its_samples() {
        let text = prometheus(&crate::json::test_report());
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
                assert_eq!(series.split('{').next(), families.last().copied());
                assert!(value.parse::<f64>().is_ok(), "{line}");
            }
        }
        assert!(text.ends_with('\n'));
        assert!(text.contains("\nclinical_trials_cache_hits_total 9\n"), "{text}");
        assert!(text.contains("\nclinical_trials_breaker_state 2\n"), "{text}");
    }

    #[test]
    fn counters_end_in_total_and_gauges_do_not() {
        for (name, kind, ..) in FIGURES {
            assert_eq!(name.ends_with("_total"), matches!(kind, Counter), "{name}");
        }
    }

    #[test]
    fn no_label_holds_what_was_asked() {
        assert!(!prometheus(&crate::json::test_report()).contains("EGFR"));
    }
}
