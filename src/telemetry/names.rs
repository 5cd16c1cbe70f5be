//! Every name under which the server speaks of itself to telemetry, with its meaning, in one table.
//!
//! A name is a promise to dashboards and alerts. The macros of `tracing` want literals for the names of spans and fields:
//! a test reads the sources and fails where one of them stands outside this table. Metrics need no literals elsewhere:
//! their table, with their meanings, is the code that writes them.
//!
//! Nothing here identifies a patient: ages, places and conditions are never recorded, mutations only as the gene whose
//! candidates are asked for.

/// What the exporter calls the origin of the spans.
pub const TRACER: &str = "clinical-trials-mcp";

/// The resource attribute for the service's name.
pub const SERVICE_NAME: &str = "service.name";

/// The resource attribute for the service's version.
pub const SERVICE_VERSION: &str = "service.version";

/// A name and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name {
    /// As it is written in traces and logs.
    pub name: &'static str,
    /// What it says; of a number, in which unit.
    pub meaning: &'static str,
}

/// The targets of log lines and spans: the crate that speaks, and after it the module.
pub const TARGETS: &[Name] = &[
    name(
        "clinical_trials_mcp",
        "the edges: tools, terminal, registry client, telemetry itself",
    ),
    name(
        "actors",
        "the tree: questions on their way, restarts, the breaker, the cache",
    ),
];

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
    name("store", "one look into the store for what memory lacks"),
    name(
        "fetch",
        "one fetch of a candidate set or a record: its wait in the queue, its pages and retries, however many askers share it",
    ),
    name(
        "GET",
        "one request to the registry, of kind client; exported as `GET /studies`, `GET /studies/{nctId}` or `GET /version`, by HTTP conventions",
    ),
    name("judge", "one mutation judged against its candidates"),
    name("render", "the findings selected, paged and written for the asker"),
];

/// Attributes of spans, and fields of log lines.
pub const ATTRIBUTES: &[Name] = &[
    name(
        "otel.name",
        "the span's name in the trace, where it is not the literal in the code",
    ),
    name(
        "otel.kind",
        "`server` on a tool call, `client` on a request to the registry",
    ),
    name("otel.status_code", "`error`, in any case, where the span's work failed"),
    name("otel.status_description", "why it failed, in one line"),
    name("mcp.method.name", "the protocol's method, `tools/call`"),
    name("gen_ai.tool.name", "the tool that was called"),
    name(
        "outcome",
        "how the cache could help: a hit, a miss, or joined to a fetch under way",
    ),
    name(
        "set",
        "the candidate set or record meant, by its key in the cache, such as `gene:EGFR` or `trial:NCT01234567`",
    ),
    name("version", "the version of its data that the registry has now"),
    name("store", "a store beyond memory: `redis` or `embedded`"),
    name("for_s", "how long that lasted, in seconds"),
    name("file", "a file of the embedded store"),
    name("kept_as", "where that file was moved to"),
    name("key", "what a store keeps something under"),
    name("is_alone", "whether a fetch was made without agreement among processes"),
    name("why", "what brought it about: a round of warming, or a file set aside"),
    name(
        "errands",
        "how many candidate sets and records a round of warming is to fetch",
    ),
    name("warmed", "how many of them were fetched"),
    name("failed", "how many of them could not be had"),
    name("took_s", "how long a round of warming took, in seconds"),
    name("alert", "an alert, by its name"),
    name("about", "what an alert says, with its figure and its limit"),
    name("remedy", "what an operator can do"),
    name("after_s", "how long an alert was firing, in seconds"),
    name("candidates", "how many studies are judged"),
    name("nct_id", "the study that could not be read, or kept"),
    name(
        "bytes",
        "how large a candidate set or record is that is too large to be kept",
    ),
    name("attempt", "how often it was tried, from 1"),
    name("pause_ms", "how long until it is tried again, in milliseconds"),
    name("pause_s", "how long until it is tried again, in seconds"),
    name("seconds", "how long the process ran"),
    name("http.request.method", "the method of a request to the registry"),
    name(
        "http.response.status_code",
        "the status that the registry answered with",
    ),
    name("http.response.body.size", "the bytes of a registry's answer, unpacked"),
    name("url.full", "the address of a request to the registry, shortened"),
    name("server.address", "the registry's host"),
    name("server.port", "the registry's port"),
    name("error", "what went wrong, for people"),
    name(
        "error.type",
        "what went wrong, as one word of a fixed set, or an HTTP status",
    ),
    name("refusal", "what the asker was told instead of an answer"),
    name("actor", "an actor of the tree, by its name"),
    name("cause", "why an actor fell, or why the circuit to the registry opened"),
];

const fn name(name: &'static str, meaning: &'static str) -> Name {
    Name { name, meaning }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once_and_says_what_it_means() {
        for table in [TARGETS, SPANS, ATTRIBUTES] {
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
}
