//! Every name under which the server speaks of itself to telemetry, with its meaning, in one table.
//!
//! A name is a promise to dashboards and alerts. The macros of `tracing` want literals for the names of spans and fields:
//! a test reads the sources and fails where one of them stands outside this table.
//!
//! Nothing here identifies a patient. A mutation by its canonical name is what a question is about; ages, places and
//! conditions are never recorded.

/// What the exporter calls the origin of the spans.
pub const TRACER: &str = "clinical-trials-mcp";

/// The resource attribute for the service's name.
pub const SERVICE_NAME: &str = "service.name";

/// The resource attribute for the service's version.
pub const SERVICE_VERSION: &str = "service.version";

/// A name and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// As it is written in traces, logs or metrics.
    pub name: &'static str,
    /// What it says; of a number, in which unit.
    pub meaning: &'static str,
}

/// Spans, in the order in which a cold question makes them.
pub const SPANS: &[Name] = &[
    name(
        "tools/call",
        "one tool call, from its arrival to its reply; its parent is the caller's span, if the call names one",
    ),
    name(
        "front",
        "one question at the door: admission, deadline, cancellation, until its answer or refusal",
    ),
    name(
        "cache",
        "one question in the cache: found, joined to a fetch under way, or fetched",
    ),
    name(
        "fetch",
        "one fetch of a candidate set: its wait in the queue, its pages and retries, however many askers share it",
    ),
    name(
        "GET",
        "one request to the registry, of kind client; exported as `GET /studies`, by HTTP conventions",
    ),
    name("judge", "one mutation judged against its candidates"),
    name("render", "the findings selected, paged and written for the asker"),
];

/// Attributes of spans, and fields of log lines.
pub const ATTRIBUTES: &[Name] = &[
    name(
        "otel.name",
        "the span's name in the trace where it is not the literal in the code",
    ),
    name(
        "otel.kind",
        "`client` on a request to the registry, `server` on a tool call",
    ),
    name("otel.status_code", "`error` where the span's work failed"),
    name("otel.status_description", "why it failed, in one line"),
    name("mcp.method.name", "the protocol's method, `tools/call`"),
    name("gen_ai.tool.name", "the tool that was called"),
    name("jsonrpc.request.id", "the call's id, given by the client"),
    name("mutation", "the canonical name of the mutation asked about"),
    name("mutations", "how many mutations a batch asks about"),
    name("key", "a key of the cache, such as `gene:EGFR`"),
    name("hit", "whether the cache could answer without the registry"),
    name("joined", "whether the question joined a fetch already under way"),
    name("stale", "whether the answer is older than it should be"),
    name("lane", "the queue that a fetch stands in: people, refresh or warming"),
    name("attempt", "which attempt at a request this is, from 1"),
    name("page", "which page of a fetch this is, from 1"),
    name("candidates", "how many studies were judged, or fetched"),
    name("unreadable", "how many records could not be decoded"),
    name("trials", "how many trials an answer shows"),
    name("bytes", "bytes received, unpacked, or held"),
    name("http.request.method", "the method of a request to the registry"),
    name("http.response.status_code", "the status the registry answered with"),
    name("http.request.resend_count", "how often this request was sent before"),
    name("server.address", "the registry's host"),
    name("server.port", "the registry's port"),
    name("url.full", "the whole address of a request to the registry"),
    name("url.path", "the path of a request to the registry"),
    name(
        "url.template",
        "the path of a request to the registry, without what varies",
    ),
    name("error", "what went wrong, for people"),
    name(
        "error.type",
        "what went wrong, as one word of a fixed set, or an HTTP status",
    ),
    name(
        "fault",
        "whose fault it was: the asker's, the registry's, the network's, ours",
    ),
    name("actor", "an actor of the tree, by its name"),
    name(
        "cause",
        "why an actor ended, a question was refused, or the breaker opened",
    ),
    name("restarts", "how often an actor was restarted"),
    name("wait", "how long until it is tried again"),
    name("state", "the state that something went into"),
    name("variable", "a variable of the configuration"),
    name("registry", "the registry's base address"),
    name("questions", "how many questions are under way"),
];

/// Metrics, as `/metrics` and `get_metrics_prometheus` give them; counters end in `_total`.
pub const METRICS: &[Name] = &[
    name("clinical_trials_uptime_seconds", "seconds since the server started"),
    name("clinical_trials_questions_total", "questions that arrived"),
    name(
        "clinical_trials_cache_hits_total",
        "questions answered from memory, judging in memory included",
    ),
    name(
        "clinical_trials_cache_misses_total",
        "questions that had to ask the registry, alone or with others",
    ),
    name(
        "clinical_trials_flights_joined_total",
        "questions that joined a fetch already under way",
    ),
    name(
        "clinical_trials_stale_answers_total",
        "questions answered with a set older than it should be",
    ),
    name("clinical_trials_refusals_total", "questions refused or failed"),
    name(
        "clinical_trials_cancellations_total",
        "questions cancelled by their asker",
    ),
    name(
        "clinical_trials_registry_requests_total",
        "requests sent to the registry",
    ),
    name(
        "clinical_trials_registry_failures_total",
        "requests to the registry that failed",
    ),
    name(
        "clinical_trials_registry_retries_total",
        "requests to the registry sent again",
    ),
    name(
        "clinical_trials_fetches_shed_total",
        "fetches that gave way in a full queue",
    ),
    name(
        "clinical_trials_cache_evictions_total",
        "candidate sets evicted for room",
    ),
    name(
        "clinical_trials_judgements_total",
        "mutations judged against a candidate set",
    ),
    name("clinical_trials_actor_restarts_total", "actors restarted"),
    name(
        "clinical_trials_answer_seconds_total",
        "seconds spent answering, summed over answered questions",
    ),
    name("clinical_trials_questions_in_flight", "questions under way"),
    name("clinical_trials_cache_bytes", "bytes held in memory"),
    name("clinical_trials_cache_bytes_max", "the bound on bytes held in memory"),
    name("clinical_trials_cache_sets", "candidate sets held"),
    name("clinical_trials_cache_studies", "different studies held"),
    name("clinical_trials_cache_mutations", "mutations with findings held"),
    name("clinical_trials_flights", "fetches under way or queued"),
    name(
        "clinical_trials_breaker_state",
        "the circuit breaker: 0 closed, 1 half open, 2 open",
    ),
    name(
        "clinical_trials_breaker_opened_total",
        "how often the circuit breaker opened",
    ),
    name(
        "clinical_trials_component_state",
        "a component, by the label `component`: 0 healthy, 1 degraded, 2 unhealthy",
    ),
];

const fn name(name: &'static str, meaning: &'static str) -> Name {
    Name { name, meaning }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once_and_says_what_it_means() {
        for table in [SPANS, ATTRIBUTES, METRICS] {
            for (at, entry) in table.iter().enumerate() {
                assert!(!entry.meaning.is_empty(), "{} says nothing", entry.name);
                assert!(
                    table.iter().skip(at + 1).all(|other| other.name != entry.name),
                    "{} stands twice",
                    entry.name
                );
            }
        }
    }

    #[test]
    fn metrics_are_named_as_prometheus_wants_them() {
        for metric in METRICS {
            assert!(metric.name.starts_with("clinical_trials_"), "{}", metric.name);
            assert!(
                metric.name.bytes().all(|b| b == b'_' || b.is_ascii_lowercase()),
                "{}",
                metric.name
            );
        }
    }
}
