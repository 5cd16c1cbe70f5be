//! The whole service in this process, and an MCP client that speaks to it.

use crate::support::daemon::Daemon;
use clinical_trials_mcp::Broken;
use clinical_trials_mcp::config::{Config, Role};
use rmcp::model::{
    CallToolRequest, CallToolRequestParams, CallToolResult, ClientRequest, ProgressNotificationParam, ServerResult,
};
use rmcp::service::{
    ClientLifecycleMode, NotificationContext, Peer, PeerRequestOptions, RequestHandle, RunningService,
    serve_client_with_lifecycle,
};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::{ClientHandler, RoleClient, ServiceExt as _};
use serde_json::{Value, json};
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// The service, asked by a client of the official SDK over a pipe in memory.
pub(crate) struct Service {
    client: RunningService<RoleClient, Listener>,
    /// None where others use it too.
    server: Option<JoinHandle<Result<Instant, Broken>>>,
}

/// Asks questions. Cheap to clone, so that a test can ask many at once.
#[derive(Clone, Debug)]
pub(crate) struct Asker(Peer<RoleClient>);

/// What a tool told.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) is_error: bool,
    pub(crate) text: String,
    /// Null where there is none.
    pub(crate) structured: Value,
    pub(crate) took: Duration,
}

/// How many of how many.
pub(crate) type Progress = (f64, Option<f64>);

/// A client that writes down how far its batches are.
#[derive(Clone, Debug, Default)]
struct Listener {
    progress: Arc<Mutex<Vec<Progress>>>,
}

impl Service {
    /// Starts it with these variables and greets it.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).into())
        };
        let config = Config::read(Role::Session, |_| None, variable).unwrap();
        let (near, far) = tokio::io::duplex(1 << 20);
        let server = tokio::spawn(clinical_trials_mcp::run(config, far, std::future::pending()));
        let client = Listener::default().serve(near).await.unwrap();
        Self {
            client,
            server: Some(server),
        }
    }

    /// A client of a daemon, by one generation of the protocol or the other.
    pub(crate) async fn at(daemon: &Daemon, lifecycle: ClientLifecycleMode) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let uri = StreamableHttpClientTransportConfig::with_uri(daemon.url("/mcp"));
        let transport = StreamableHttpClientTransport::with_client(http, uri);
        let client = serve_client_with_lifecycle(Listener::default(), transport, lifecycle);
        Self {
            client: client.await.unwrap(),
            server: None,
        }
    }

    pub(crate) fn asker(&self) -> Asker {
        Asker(self.client.peer().clone())
    }

    /// What the client heard of its batches.
    pub(crate) fn progress(&self) -> Vec<Progress> {
        self.client.service().progress.lock().unwrap().clone()
    }

    /// Hangs up, and waits for the end of a server of its own.
    pub(crate) async fn end(self) {
        self.client.cancel().await.unwrap();
        if let Some(server) = self.server {
            server.await.unwrap().unwrap();
        }
    }
}

impl Deref for Service {
    type Target = Peer<RoleClient>;

    fn deref(&self) -> &Peer<RoleClient> {
        self.client.peer()
    }
}

impl Service {
    pub(crate) async fn call(&self, tool: &'static str, arguments: Value) -> Told {
        self.asker().call(tool, arguments).await
    }

    /// Asks for one mutation.
    pub(crate) async fn ask(&self, mutation: &str) -> Told {
        self.asker().ask(mutation).await
    }

    /// One of the counts of `get_metrics_json`.
    pub(crate) async fn count(&self, name: &str) -> u64 {
        let told = self.call("get_metrics_json", json!({})).await;
        count_in(&told.structured, name)
    }
}

impl Asker {
    pub(crate) async fn call(&self, tool: &'static str, arguments: Value) -> Told {
        let begun = Instant::now();
        let result = self.0.call_tool(parameters(tool, arguments)).await.unwrap();
        Told::new(&result, begun.elapsed())
    }

    /// Asks for one mutation.
    pub(crate) async fn ask(&self, mutation: &str) -> Told {
        self.call("summarize_trials_async", json!({ "mutation": mutation }))
            .await
    }

    /// A call that can be cancelled, as an MCP client cancels.
    pub(crate) async fn begin(&self, tool: &'static str, arguments: Value) -> RequestHandle<RoleClient> {
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(parameters(tool, arguments)));
        let options = PeerRequestOptions::no_options();
        self.0.send_cancellable_request(request, options).await.unwrap()
    }
}

fn parameters(tool: &'static str, arguments: Value) -> CallToolRequestParams {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object, not {arguments}")
    };
    CallToolRequestParams::new(tool).with_arguments(arguments)
}

impl Told {
    fn new(result: &CallToolResult, took: Duration) -> Self {
        let [content] = &result.content[..] else {
            panic!("one text, not {:?}", result.content)
        };
        Self {
            is_error: result.is_error == Some(true),
            text: content.as_text().unwrap().text.clone(),
            structured: result.structured_content.clone().unwrap_or_default(),
            took,
        }
    }

    /// What a call that was begun told.
    pub(crate) async fn of(call: RequestHandle<RoleClient>) -> Self {
        let begun = Instant::now();
        match call.await_response().await.unwrap() {
            ServerResult::CallToolResult(result) => Self::new(&result, begun.elapsed()),
            other => panic!("no tool result: {other:?}"),
        }
    }

    /// The structured content of an answer.
    pub(crate) fn answer(&self) -> &Value {
        assert!(!self.is_error, "{}", self.text);
        &self.structured
    }

    /// The words of a refusal: a complaint in one line, with no answer beside it that could be read as an empty one.
    pub(crate) fn complaint(&self) -> &str {
        assert!(self.is_error, "no error: {}", self.text);
        assert_eq!(self.structured, Value::Null, "an error has no answer beside it");
        assert!(!self.text.contains('\n'), "more than a line: {}", self.text);
        let lower = self.text.to_lowercase();
        assert!(!lower.contains("no trial") && !lower.contains("0 trials"), "{lower}");
        &self.text
    }
}

impl ClientHandler for Listener {
    async fn on_progress(&self, progress: ProgressNotificationParam, _: NotificationContext<RoleClient>) {
        self.progress.lock().unwrap().push((progress.progress, progress.total));
    }
}

/// The metric of the catalogue that tells this count, and its value in the answer of `get_metrics_json`.
pub(crate) fn count_in(told: &Value, name: &str) -> u64 {
    let metric = match name {
        "questions" => "questions_total",
        "in_flight" => "questions_in_flight",
        "joined" => "flights_joined_total",
        "misses" => "cache_misses_total",
        "refused" => "refusals_total",
        "cancelled" => "cancellations_total",
        "requests" => "registry_requests_total",
        "request_failures" => "registry_failures_total",
        other => other,
    };
    let value = told["metrics"][metric]["samples"][0]["value"].as_f64().unwrap();
    format!("{value}").parse().unwrap()
}
