//! The daemon as a child process, and questions to it over HTTP.

use crate::support::program::Program;
use serde_json::{Value, json};

/// A running daemon on a port that the system chose; killed when dropped.
#[derive(Debug)]
pub(crate) struct DaemonProcess {
    pub(crate) program: Program,
    base: String,
    http: reqwest::Client,
}

impl DaemonProcess {
    /// Starts one with these variables, and waits until it takes questions.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        let mut program = Program::start(&["daemon", "--listen", "127.0.0.1:0"], variables);
        Self {
            base: program.base().await,
            program,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Calls a tool and gives its result.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({"name": tool, "arguments": arguments});
        let asked = self
            .http
            .post(format!("{}/mcp", self.base))
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25")
            .json(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}));
        let told = asked.send().await.unwrap().bytes().await.unwrap();
        let told: Value = serde_json::from_slice(&told).unwrap();
        told["result"].clone()
    }

    /// How it is doing, as `/health` tells.
    pub(crate) async fn health(&self) -> Value {
        let told = self.http.get(format!("{}/health", self.base)).send().await.unwrap();
        serde_json::from_slice(&told.bytes().await.unwrap()).unwrap()
    }
}
