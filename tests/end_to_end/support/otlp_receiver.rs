//! A collector to look into: takes OTLP over HTTP on a port of its own, decodes it, and shows the spans as a tree.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use clinical_trials_mcp::telemetry::{Export, Settings};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long a test waits for spans before it says which ones came.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the receiver treats those who export to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Takes what comes.
    Healthy,
    /// Takes the request and never answers.
    Hanging,
    /// Answers 503: come again.
    Refusing,
}

/// The receiver. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct OtlpReceiver {
    base: String,
    received: watch::Receiver<Received>,
    task: JoinHandle<()>,
}

/// One span as it was received.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) name: String,
    pub(crate) kind: SpanKind,
    /// In hexadecimal, as `traceparent` writes it.
    pub(crate) trace_id: String,
    pub(crate) span_id: String,
    /// None for the first span of its trace.
    pub(crate) parent_id: Option<String>,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) started_unix_ns: u64,
}

#[derive(Clone, Debug, Default)]
struct Received {
    requests: usize,
    resource: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    spans: Vec<Span>,
}

impl OtlpReceiver {
    pub(crate) async fn start(mode: Mode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (sender, received) = watch::channel(Received::default());
        let router = Router::new()
            .route("/v1/traces", post(receive))
            .layer(DefaultBodyLimit::disable())
            .with_state((mode, sender));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, received, task }
    }

    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` is set to.
    pub(crate) fn endpoint(&self) -> &str {
        &self.base
    }

    /// Settings that export here.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            export: Some(Export {
                endpoint: format!("{}/v1/traces", self.base),
                ..Export::default()
            }),
        }
    }

    /// How many requests came.
    pub(crate) fn requests(&self) -> usize {
        self.received.borrow().requests
    }

    /// What the last request said of the process that sent it.
    pub(crate) fn resource(&self) -> BTreeMap<String, String> {
        self.received.borrow().resource.clone()
    }

    /// The headers of the last request.
    pub(crate) fn headers(&self) -> BTreeMap<String, String> {
        self.received.borrow().headers.clone()
    }

    /// Every span received so far, in the order of their beginnings.
    pub(crate) fn spans(&self) -> Vec<Span> {
        in_order(self.received.borrow().spans.clone())
    }

    /// Every span, as soon as they satisfy `enough`.
    ///
    /// # Panics
    /// Where they don't within ten seconds.
    pub(crate) async fn spans_when(&self, enough: impl Fn(&[Span]) -> bool) -> Vec<Span> {
        let mut received = self.received.clone();
        let waited = tokio::time::timeout(PATIENCE, received.wait_for(|received| enough(&received.spans))).await;
        match waited {
            Ok(received) => in_order(received.unwrap().spans.clone()),
            Err(_) => panic!("the spans awaited did not come; these did:\n{}", tree(&self.spans())),
        }
    }

    /// A spot on this machine where nobody listens.
    pub(crate) async fn nobody() -> Settings {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
        Settings {
            export: Some(Export {
                endpoint,
                ..Export::default()
            }),
        }
    }
}

impl Drop for OtlpReceiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The spans as an indented tree: a name a line, `client` and `server` after it where that is its kind, siblings in the
/// order of their beginnings. A span whose parent is elsewhere begins a tree.
pub(crate) fn tree(spans: &[Span]) -> String {
    let is_here = |id: &Option<String>| {
        id.as_ref()
            .is_some_and(|id| spans.iter().any(|span| &span.span_id == id))
    };
    let mut text = String::new();
    for root in spans.iter().filter(|span| !is_here(&span.parent_id)) {
        branch(spans, root, 0, &mut text);
    }
    text
}

fn branch(spans: &[Span], span: &Span, depth: usize, text: &mut String) {
    let kind = match span.kind {
        SpanKind::Client => " (client)",
        SpanKind::Server => " (server)",
        _ => "",
    };
    writeln!(text, "{:indent$}{}{kind}", "", span.name, indent = depth * 2).unwrap();
    for child in spans
        .iter()
        .filter(|child| child.parent_id.as_ref() == Some(&span.span_id))
    {
        branch(spans, child, depth + 1, text);
    }
}

async fn receive(
    State((mode, received)): State<(Mode, watch::Sender<Received>)>,
    headers: axum::http::HeaderMap,
    body: Bytes,
) -> Response {
    assert_eq!(headers.get(header::CONTENT_TYPE).unwrap(), "application/x-protobuf");
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let taken = mode == Mode::Healthy;
    received.send_modify(|received| {
        received.requests += 1;
        received.headers = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        if taken {
            for batch in &request.resource_spans {
                received.resource = attributes(&batch.resource.as_ref().unwrap().attributes);
            }
            let spans = request.resource_spans.into_iter().flat_map(|batch| batch.scope_spans);
            received
                .spans
                .extend(spans.flat_map(|scope| scope.spans).map(Span::from));
        }
    });
    match mode {
        Mode::Healthy => {
            let answer = ExportTraceServiceResponse::default().encode_to_vec();
            ([(header::CONTENT_TYPE, "application/x-protobuf")], answer).into_response()
        }
        Mode::Hanging => std::future::pending().await,
        Mode::Refusing => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

impl From<opentelemetry_proto::tonic::trace::v1::Span> for Span {
    fn from(span: opentelemetry_proto::tonic::trace::v1::Span) -> Self {
        Self {
            kind: span.kind(),
            name: span.name,
            trace_id: hexadecimal(&span.trace_id),
            span_id: hexadecimal(&span.span_id),
            parent_id: Some(hexadecimal(&span.parent_span_id)).filter(|id| !id.is_empty()),
            attributes: attributes(&span.attributes),
            started_unix_ns: span.start_time_unix_nano,
        }
    }
}

fn attributes(pairs: &[KeyValue]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|pair| (pair.key.clone(), shown(pair.value.as_ref())))
        .collect()
}

fn shown(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::BoolValue(truth)) => truth.to_string(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::DoubleValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

fn in_order(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| span.started_unix_ns);
    spans
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
