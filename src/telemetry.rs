//! Logs and traces: what the server does, told to an operator, without ever standing in the way of an answer.
//!
//! # Where it goes
//! Log lines go to stderr; stdout belongs to the protocol. Spans go to an OTLP collector, over HTTP as protobuf, if an
//! endpoint is set; without one there is no exporter, no thread, and a span in the code costs one relaxed load.
//!
//! # Why a slow collector is never felt
//! A finished span is put into a bounded queue; where that is full, the span is dropped. One thread takes batches out of
//! the queue and alone waits for the collector. At the end, [`Guard::flush`] waits for that thread no longer than it is
//! told to, whatever the collector does.
//!
//! # Which spans are exported
//! This project's own, at `info` and above. Those of libraries are left out: the protocol's SDK keeps one span open for a
//! whole session, and as a parent it would turn all questions of that session into one endless trace.

mod export;
pub mod names;
mod settings;

pub use settings::{Export, Sampling, Settings, SettingsError};

use opentelemetry::trace::TracerProvider;
use opentelemetry::{Context, propagation::TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::collections::HashMap;
use std::fmt;
use std::io::IsTerminal;
use std::time::Duration;
use tracing::subscriber::Interest;
use tracing::{Dispatch, Level, Metadata, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::filter::{EnvFilter, LevelFilter, Targets};
use tracing_subscriber::layer::{Context as LayerContext, Filter, Layer, SubscriberExt};

/// What is logged unless `RUST_LOG` says otherwise.
pub const LOG_FILTER: &str = "info";

/// Libraries that say at `info` what only their own authors want to know. A directive of the same name in `RUST_LOG`
/// beats these.
const QUIET: &str =
    "rmcp=warn,ractor=warn,hyper=warn,hyper_util=warn,h2=warn,reqwest=warn,rustls=warn,fred=warn,opentelemetry=warn";

/// Logs and traces of the whole process, from here on until the guard is flushed.
///
/// # Errors
/// Where the filter can't be read, the exporter can't be built, or another subscriber is already in place.
pub fn start(settings: &Settings, log_filter: &str) -> Result<Guard, StartError> {
    let (dispatch, guard) = subscriber(settings, log_filter)?;
    tracing::dispatcher::set_global_default(dispatch).map_err(|_| StartError::AlreadyStarted)?;
    Ok(guard)
}

/// The same subscriber as a value, for a caller that puts it in place for one thread only, as parallel tests do.
///
/// # Errors
/// Where the filter can't be read or the exporter can't be built.
pub fn subscriber(settings: &Settings, log_filter: &str) -> Result<(Dispatch, Guard), StartError> {
    let filter = EnvFilter::try_new(format!("{QUIET},{log_filter}")).map_err(|error| StartError::Filter {
        value: log_filter.to_owned(),
        cause: error.to_string(),
    })?;
    let stderr = std::io::stderr;
    let log = tracing_subscriber::fmt::layer()
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()))
        .with_filter(LogFilter::new(filter));
    let provider = settings.export.as_ref().map(export::provider).transpose()?;
    let traces = provider.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(names::TRACER))
            // Where in the source, on which thread and how long idle: six attributes a span that nobody asks for.
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(own_spans())
    });
    let dispatch = Dispatch::new(tracing_subscriber::registry().with(log).with(traces));
    Ok((dispatch, Guard { provider }))
}

/// Makes the caller's span the parent of `span`, by the W3C headers that came with the call. Without usable headers
/// `span` begins a trace of its own, whatever span is current.
///
/// To be called before `span` is first entered: its identity is settled there.
pub fn continue_trace(span: &Span, traceparent: Option<&str>, tracestate: Option<&str>) {
    if !span.is_disabled() {
        // Fails where nothing is exported, or the span has begun: then there is no parent to tell anybody of.
        let _ = span.set_parent(parent_of(traceparent, tracestate));
    }
}

/// The remote parent that W3C trace headers name; an empty context where they name none, or can't be read.
#[must_use]
pub fn parent_of(traceparent: Option<&str>, tracestate: Option<&str>) -> Context {
    let carrier: HashMap<String, String> = [("traceparent", traceparent), ("tracestate", tracestate)]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier)
}

/// Holds the exporter, if there is one. Dropped without [`flush`](Self::flush), the spans still queued may be lost.
#[derive(Debug)]
#[must_use = "what is still queued is exported by flush"]
pub struct Guard {
    provider: Option<SdkTracerProvider>,
}

impl Guard {
    /// Whether spans are exported at all.
    #[must_use]
    pub fn exports(&self) -> bool {
        self.provider.is_some()
    }

    /// Exports what is queued and ends the exporter, in at most `within`; what the collector has not taken by then is
    /// given up.
    pub async fn flush(self, within: Duration) {
        let Some(provider) = self.provider else { return };
        let (done, finished) = tokio::sync::oneshot::channel();
        // A thread of its own, not the runtime's: the runtime would wait for it when it ends, and so would a process
        // whose collector hangs.
        let flushing = std::thread::Builder::new()
            .name("telemetry-flush".to_owned())
            .spawn(move || {
                let _ = provider.shutdown_with_timeout(within);
                let _ = done.send(());
            });
        if flushing.is_ok() {
            let _ = tokio::time::timeout(within, finished).await;
        }
    }
}

/// Why logs and traces could not be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// The log filter can't be read.
    Filter {
        /// What was given.
        value: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The exporter can't be built.
    Exporter {
        /// What is wrong.
        cause: String,
    },
    /// The process has a subscriber already.
    AlreadyStarted,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Filter { value, cause } => write!(
                f,
                "RUST_LOG: `{value}` can't be used ({cause}); allowed are levels and target=level, separated by commas, such as `info,actors=debug`"
            ),
            Self::Exporter { cause } => write!(f, "traces can't be exported: {cause}"),
            Self::AlreadyStarted => f.write_str("logs are already being taken by another subscriber of this process"),
        }
    }
}

impl std::error::Error for StartError {}

/// The spans that go to a collector.
fn own_spans() -> Targets {
    Targets::new().with_targets([
        (env!("CARGO_CRATE_NAME"), LevelFilter::INFO),
        ("actors", LevelFilter::INFO),
    ])
}

/// The log's own filter. Log lines stand without their spans unless somebody looks closely: at `info` a span that is not
/// exported would be made, formatted and thrown away several times a question, for nobody.
struct LogFilter {
    lines: EnvFilter,
    spans: bool,
}

impl LogFilter {
    fn new(lines: EnvFilter) -> Self {
        let spans = lines.max_level_hint().is_none_or(|level| level >= Level::DEBUG);
        Self { lines, spans }
    }

    fn concerns(&self, metadata: &Metadata<'_>) -> bool {
        self.spans || metadata.is_event()
    }
}

impl<S> Filter<S> for LogFilter
where
    EnvFilter: Filter<S>,
{
    fn enabled(&self, metadata: &Metadata<'_>, context: &LayerContext<'_, S>) -> bool {
        self.concerns(metadata) && Filter::enabled(&self.lines, metadata, context)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.concerns(metadata) {
            Filter::<S>::callsite_enabled(&self.lines, metadata)
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Filter::<S>::max_level_hint(&self.lines)
    }

    fn on_new_span(&self, attributes: &tracing::span::Attributes<'_>, id: &tracing::Id, context: LayerContext<'_, S>) {
        Filter::on_new_span(&self.lines, attributes, id, context);
    }

    fn on_record(&self, id: &tracing::Id, values: &tracing::span::Record<'_>, context: LayerContext<'_, S>) {
        Filter::on_record(&self.lines, id, values, context);
    }

    fn on_enter(&self, id: &tracing::Id, context: LayerContext<'_, S>) {
        Filter::on_enter(&self.lines, id, context);
    }

    fn on_exit(&self, id: &tracing::Id, context: LayerContext<'_, S>) {
        Filter::on_exit(&self.lines, id, context);
    }

    fn on_close(&self, id: tracing::Id, context: LayerContext<'_, S>) {
        Filter::on_close(&self.lines, id, context);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::TraceContextExt;

    const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_names_the_remote_parent() {
        let parent = parent_of(Some(TRACEPARENT), Some("vendor=1"));
        let parent = parent.span().span_context().clone();
        assert!(parent.is_remote() && parent.is_sampled());
        assert_eq!(parent.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(parent.span_id().to_string(), "00f067aa0ba902b7");
        assert_eq!(parent.trace_state().header(), "vendor=1");
    }

    #[test]
    fn a_traceparent_that_cannot_be_read_is_no_parent() {
        for garbage in [
            "",
            "00",
            "00-00000000000000000000000000000000-0000000000000000-01",
            "zz-xx-yy-01",
            "\u{0}",
        ] {
            assert!(
                !parent_of(Some(garbage), None).span().span_context().is_valid(),
                "{garbage:?}"
            );
        }
        assert!(!parent_of(None, Some("vendor=1")).span().span_context().is_valid());
    }

    #[test]
    fn without_an_exporter_a_span_is_not_even_made() {
        let (dispatch, guard) = subscriber(&Settings::default(), LOG_FILTER).unwrap();
        assert!(!guard.exports());
        tracing::dispatcher::with_default(&dispatch, || {
            assert!(tracing::info_span!("front").is_disabled());
            assert!(tracing::event_enabled!(Level::INFO));
        });
    }

    #[test]
    fn a_close_look_at_the_log_shows_the_spans_too() {
        let (dispatch, _guard) = subscriber(&Settings::default(), "debug").unwrap();
        tracing::dispatcher::with_default(&dispatch, || assert!(!tracing::info_span!("front").is_disabled()));
    }

    #[test]
    fn noisy_libraries_are_quiet_until_they_are_named() {
        let heard = |filter: &str| {
            let (dispatch, _guard) = subscriber(&Settings::default(), filter).unwrap();
            tracing::dispatcher::with_default(&dispatch, || tracing::event_enabled!(target: "ractor", Level::INFO))
        };
        assert!(!heard("info"));
        assert!(heard("info,ractor=info"));
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_refused_in_one_line() {
        let error = subscriber(&Settings::default(), "actors=loud").unwrap_err().to_string();
        assert!(error.starts_with("RUST_LOG: `actors=loud` can't be used"), "{error}");
        assert!(!error.contains('\n'));
    }
}
