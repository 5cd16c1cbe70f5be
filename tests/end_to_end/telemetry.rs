//! Traces: what reaches a collector, and what a bad collector costs.

use crate::support::otlp_receiver::{Mode, OtlpReceiver, tree};
use clinical_trials_mcp::config::{Config, Role};
use clinical_trials_mcp::telemetry::{self, Settings};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use rmcp::ServiceExt as _;
use rmcp::model::{CallToolRequestParams, RequestParamsMeta as _};
use serde_json::json;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;
use tracing::{Dispatch, Instrument, info_span};

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// The spans are those of this project, whose own target the test borrows.
macro_rules! span {
    ($($span:tt)*) => { info_span!(target: "clinical_trials_mcp", $($span)*) };
}

#[tokio::test]
async fn the_callers_trace_goes_on_through_every_span() {
    let receiver = OtlpReceiver::start(Mode::Healthy).await;
    let (dispatch, guard) = telemetry::subscriber(&receiver.settings(), "off").unwrap();
    {
        let _here = tracing::dispatcher::set_default(&dispatch);
        let call = span!("tools/call", otel.kind = "server", mutation = "EGFR L858R");
        telemetry::continue_trace(&call, Some(TRACEPARENT), None);
        let asked = async {
            let request = span!("GET", otel.name = "GET /studies", otel.kind = "client");
            tokio::spawn(async {}.instrument(request)).await.unwrap();
        };
        async { asked.instrument(span!("front")).await }.instrument(call).await;
    }
    guard.flush(Duration::from_secs(5)).await;

    let spans = receiver.spans();
    assert_eq!(
        tree(&spans),
        "tools/call (server)\n  front\n    GET /studies (client)\n"
    );
    let call = &spans[0];
    assert_eq!(call.parent_id.as_deref(), Some("00f067aa0ba902b7"));
    assert!(
        spans
            .iter()
            .all(|span| span.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736")
    );
    assert_eq!(call.attributes["mutation"], "EGFR L858R");
    assert_eq!(spans[2].kind, SpanKind::Client);
    assert_eq!(receiver.resource()["service.name"], "clinical-trials-mcp");
}

#[tokio::test]
async fn a_call_without_a_caller_begins_a_trace_even_inside_a_session_of_the_sdk() {
    let receiver = OtlpReceiver::start(Mode::Healthy).await;
    let (dispatch, guard) = telemetry::subscriber(&receiver.settings(), "off").unwrap();
    {
        let _here = tracing::dispatcher::set_default(&dispatch);
        let _session = info_span!(target: "rmcp::service", "serve_inner").entered();
        for _ in 0..2 {
            let call = span!("tools/call");
            telemetry::continue_trace(&call, None, None);
            call.in_scope(|| span!("front").in_scope(|| ()));
        }
    }
    guard.flush(Duration::from_secs(5)).await;

    let spans = receiver.spans();
    assert_eq!(tree(&spans), "tools/call\n  front\ntools/call\n  front\n");
    assert_ne!(spans[0].trace_id, spans[2].trace_id);
}

#[tokio::test]
async fn spans_reach_the_collector_before_the_end_too() {
    let receiver = OtlpReceiver::start(Mode::Healthy).await;
    let mut settings = receiver.settings();
    settings.export.as_mut().unwrap().batch_delay = Duration::from_millis(20);
    let (dispatch, guard) = telemetry::subscriber(&settings, "off").unwrap();
    tracing::dispatcher::with_default(&dispatch, || span!("front").in_scope(|| ()));
    let spans = receiver.spans_when(|spans| !spans.is_empty()).await;
    assert_eq!(spans[0].name, "front");
    guard.flush(Duration::from_secs(5)).await;
    assert_eq!(receiver.spans().len(), 1);
}

#[tokio::test]
async fn the_standard_variables_lead_to_the_collector() {
    let receiver = OtlpReceiver::start(Mode::Healthy).await;
    let settings = Settings::from_variables(|variable| {
        let value = match variable {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => receiver.endpoint(),
            "OTEL_EXPORTER_OTLP_HEADERS" => "authorization=Bearer%20token",
            "OTEL_SERVICE_NAME" => "ward-7",
            "OTEL_RESOURCE_ATTRIBUTES" => "deployment.environment.name=test,service.name=unused",
            _ => return None,
        };
        Some(value.to_owned())
    })
    .unwrap();
    let (dispatch, guard) = telemetry::subscriber(&settings, "off").unwrap();
    tracing::dispatcher::with_default(&dispatch, || span!("front").in_scope(|| ()));
    guard.flush(Duration::from_secs(5)).await;

    assert_eq!(receiver.requests(), 1);
    assert_eq!(receiver.headers()["authorization"], "Bearer token");
    assert_eq!(receiver.resource()["service.name"], "ward-7");
    assert_eq!(receiver.resource()["deployment.environment.name"], "test");
}

#[tokio::test]
async fn a_trace_that_the_caller_does_not_keep_is_not_exported() {
    let receiver = OtlpReceiver::start(Mode::Healthy).await;
    let (dispatch, guard) = telemetry::subscriber(&receiver.settings(), "off").unwrap();
    tracing::dispatcher::with_default(&dispatch, || {
        let call = span!("tools/call");
        telemetry::continue_trace(
            &call,
            Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"),
            None,
        );
        call.in_scope(|| span!("front").in_scope(|| ()));
    });
    guard.flush(Duration::from_secs(5)).await;
    assert_eq!(receiver.requests(), 0);
}

/// Asks the server, with the sample registry behind it, one tool call after the other, and gives the trace of each.
fn traces(calls: &[(&'static str, serde_json::Value)]) -> Vec<String> {
    let dispatch: Arc<OnceLock<Dispatch>> = Arc::default();
    let of_threads = Arc::clone(&dispatch);
    // A span that ends on a thread with another subscriber never ends for its parent: all threads of the runtime have ours.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_start(move || {
            if let Some(dispatch) = of_threads.get() {
                std::mem::forget(tracing::dispatcher::set_default(dispatch));
            }
        })
        .build()
        .unwrap();
    runtime.block_on(async {
        let receiver = OtlpReceiver::start(Mode::Healthy).await;
        let (ours, guard) = telemetry::subscriber(&receiver.settings(), "off").unwrap();
        let here = tracing::dispatcher::set_default(dispatch.get_or_init(|| ours));
        let config = Config::read(
            Role::Session,
            |_| None,
            |name| (name == "REGISTRY").then(|| "sample".into()),
        )
        .unwrap();
        let (near, far) = tokio::io::duplex(1 << 20);
        let server = tokio::spawn(clinical_trials_mcp::run(config, far, std::future::pending()));
        let client = ().serve(near).await.unwrap();
        for (number, (tool, arguments)) in calls.iter().enumerate() {
            let mut call = CallToolRequestParams::new(*tool).with_arguments(arguments.as_object().unwrap().clone());
            call.set_traceparent(&format!("00-{:032x}-00f067aa0ba902b7-01", number + 1));
            let answer = client.call_tool(call).await.unwrap();
            assert_ne!(answer.is_error, Some(true), "{answer:?}");
        }
        client.cancel().await.unwrap();
        server.await.unwrap().unwrap();
        drop(here);
        guard.flush(Duration::from_secs(5)).await;

        let spans = receiver.spans();
        let trace = |number: usize| {
            let id = format!("{number:032x}");
            let spans: Vec<_> = spans.iter().filter(|span| span.trace_id == id).cloned().collect();
            tree(&spans)
        };
        (1..=calls.len()).map(trace).collect()
    })
}

#[test]
fn a_cold_question_is_one_trace_down_to_the_registry_and_a_cached_one_ends_at_the_cache() {
    let ask = |mutation: &str| ("summarize_trials_async", json!({ "mutation": mutation }));
    let again = "EGFR p.Leu858Arg";
    let traces = traces(&[ask("EGFR L858R"), ask(again), ask(again), ask("EGFR T790M")]);
    let cold = "tools/call (server)\n  front\n    cache\n      fetch\n        GET /version (client)\n        \
                GET /studies (client)\n      judge\n  render\n";
    let cached = "tools/call (server)\n  front\n    cache\n  render\n";
    let judged = "tools/call (server)\n  front\n    cache\n      judge\n  render\n";
    assert_eq!(traces, [cold, cached, cached, judged]);
}

#[test]
fn a_batch_is_one_trace_with_a_branch_for_each_mutation() {
    let ask = json!({ "mutations": ["EGFR L858R", "EGFR T790M"] });
    let traces = traces(&[("summarize_multiple_trials_async", ask)]);
    assert_eq!(traces[0].matches("tools/call (server)\n").count(), 1, "{}", traces[0]);
    assert_eq!(traces[0].matches("\n  front\n    cache\n").count(), 2, "{}", traces[0]);
    assert_eq!(traces[0].matches("GET /studies (client)").count(), 1, "{}", traces[0]);
    assert_eq!(traces[0].matches("\n      judge\n").count(), 2, "{}", traces[0]);
}

#[tokio::test]
async fn a_bad_collector_costs_neither_the_work_nor_the_end_more_than_its_bound() {
    let hanging = OtlpReceiver::start(Mode::Hanging).await;
    let refusing = OtlpReceiver::start(Mode::Refusing).await;
    let collectors = [
        ("hanging", hanging.settings()),
        ("refusing", refusing.settings()),
        ("dead", OtlpReceiver::nobody().await),
    ];
    for (fault, settings) in collectors {
        let (dispatch, guard) = telemetry::subscriber(&settings, "off").unwrap();
        let start = Instant::now();
        tracing::dispatcher::with_default(&dispatch, || {
            // Ten times what the queue holds.
            for _ in 0..20_000 {
                span!("front").in_scope(|| ());
            }
        });
        let worked = start.elapsed();
        assert!(worked < Duration::from_secs(5), "{fault}: 20,000 spans took {worked:?}");

        let start = Instant::now();
        guard.flush(Duration::from_millis(300)).await;
        let flushed = start.elapsed();
        assert!(
            flushed < Duration::from_millis(700),
            "{fault}: the flush took {flushed:?}"
        );
    }
    assert!(hanging.requests() > 0 && refusing.requests() > 0);
}

/// In a process of its own: threads are counted by the kernel, and what is enabled depends on every subscriber of a process.
#[cfg(target_os = "linux")]
#[test]
fn without_an_endpoint_there_is_no_thread_and_no_span_and_libraries_are_quiet() {
    const ALONE: &str = "CLINICAL_TRIALS_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "telemetry::without_an_endpoint_there_is_no_thread_and_no_span_and_libraries_are_quiet";
        let alone = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--test-threads=1"])
            .env(ALONE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&alone.stdout);
        assert!(alone.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let before = threads();
    let guard = telemetry::start(&Settings::default(), telemetry::LOG_FILTER).unwrap();
    assert!(!guard.exports());
    assert_eq!(threads(), before);
    assert!(span!("front").is_disabled());
    assert!(tracing::event_enabled!(target: "clinical_trials_mcp", tracing::Level::INFO));
    assert!(!tracing::event_enabled!(target: "ractor", tracing::Level::INFO));
    assert!(tracing::event_enabled!(target: "ractor", tracing::Level::WARN));

    let start = Instant::now();
    for _ in 0..100_000 {
        span!("front", mutation = "EGFR L858R").in_scope(|| ());
    }
    let spans = start.elapsed();
    println!("100,000 spans that nobody exports took {spans:?}");
    assert!(
        spans < Duration::from_millis(500),
        "100,000 spans that nobody exports took {spans:?}"
    );
}
