//! Traces: what reaches a collector, and what a bad collector costs.

use crate::support::otlp_receiver::{Mode, OtlpReceiver, tree};
use clinical_trials_mcp::telemetry::{self, Settings};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use std::time::Duration;
use tokio::time::Instant;
use tracing::{Instrument, info_span};

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

/// Threads are counted by the kernel, in a process of their own, so that no other test's are among them.
#[cfg(target_os = "linux")]
#[test]
fn without_an_endpoint_no_thread_is_started() {
    const ALONE: &str = "CLINICAL_TRIALS_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "telemetry::without_an_endpoint_no_thread_is_started";
        let alone = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--test-threads=1"])
            .env(ALONE, "1")
            .output()
            .unwrap();
        assert!(alone.status.success(), "{}", String::from_utf8_lossy(&alone.stdout));
        return;
    }
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let before = threads();
    let (dispatch, guard) = telemetry::subscriber(&Settings::default(), "off").unwrap();
    tracing::dispatcher::with_default(&dispatch, || span!("front").in_scope(|| ()));
    assert!(!guard.exports());
    assert_eq!(threads(), before);
}
