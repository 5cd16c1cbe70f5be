//! A daemon in this process, and requests to it in plain HTTP.

use clinical_trials_mcp::Broken;
use clinical_trials_mcp::config::{Config, Role};
use clinical_trials_mcp::http::{self, Listen};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// A running daemon; it ends with the test's runtime at the latest.
#[derive(Debug)]
pub(crate) struct Daemon {
    address: SocketAddr,
    stop: mpsc::UnboundedSender<()>,
    running: JoinHandle<Result<Instant, Broken>>,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Daemon {
    /// Starts one with these variables, on a port that the system chooses.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).into())
        };
        let config = Config::read(Role::Daemon, |_| None, variable).unwrap();
        let daemon = http::Daemon::start(config, Listen::read("127.0.0.1:0").unwrap())
            .await
            .unwrap();
        let address = daemon.address();
        let (stop, mut told) = mpsc::unbounded_channel();
        let running = tokio::spawn(daemon.run(async move || {
            if told.recv().await.is_none() {
                std::future::pending().await
            }
        }));
        Self {
            address,
            stop,
            running,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A connection of its own.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    pub(crate) async fn get(&self, path: &str) -> Came {
        Came::of(self.request(Method::GET, path)).await
    }

    /// A message to `/mcp`, as a client of this version of the protocol sends it.
    pub(crate) fn message(&self, version: &str, message: &Value) -> RequestBuilder {
        self.request(Method::POST, "/mcp")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", version)
            .json(message)
    }

    /// A call of a tool by the older generation of the protocol.
    pub(crate) fn call(&self, id: u64, tool: &str, arguments: Value) -> RequestBuilder {
        let params = json!({"name": tool, "arguments": arguments});
        let call = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
        self.message("2025-11-25", &call)
    }

    /// One of the counts of `get_metrics_json`.
    pub(crate) async fn count(&self, name: &str) -> u64 {
        let told = Came::of(self.call(0, "get_metrics_json", json!({}))).await.json();
        super::service::count_in(&told["result"]["structuredContent"], name)
    }

    /// Tells it to stop, as a signal does.
    pub(crate) fn stop(&self) {
        self.stop.send(()).unwrap();
    }

    /// Tells it to stop and waits for its end.
    pub(crate) async fn end(self) {
        self.stop();
        self.running.await.unwrap().unwrap();
    }

    /// Waits for the end that it was told of.
    pub(crate) async fn ended(self) {
        self.running.await.unwrap().unwrap();
    }
}

impl Came {
    pub(crate) async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}
