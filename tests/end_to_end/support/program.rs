//! The real binary as a child process, spoken to over its pipes as clients do.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// How long a test waits for a line or an end that must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    stderr: JoinHandle<()>,
    /// What it has said on stderr so far.
    said: watch::Receiver<String>,
    /// The id of the last request.
    last: u64,
    /// What came that was no answer to the request waited for.
    pub(crate) aside: Vec<Value>,
}

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// None where a signal killed it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// From when it was told to end.
    pub(crate) took: Duration,
}

/// The binary with these arguments and no variables but these.
fn command(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clinical-trials-mcp"));
    command
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs it to its end, with nothing on stdin.
pub(crate) async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    let begun = Instant::now();
    let mut command = command(arguments, variables);
    let running = command.stdin(Stdio::null()).output();
    let output = timeout(PATIENCE, running).await.expect("it ends").unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        took: begun.elapsed(),
    }
}

impl Program {
    pub(crate) fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = command(arguments, variables).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (saying, said) = watch::channel(String::new());
        Self {
            stdin: child.stdin.take(),
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            stderr: tokio::spawn(async move {
                let mut line = String::new();
                while stderr.read_line(&mut line).await.unwrap() > 0 {
                    saying.send_modify(|said| said.push_str(&line));
                    line.clear();
                }
            }),
            said,
            child,
            last: 0,
            aside: Vec::new(),
        }
    }

    /// Starts it and greets it.
    pub(crate) async fn greeted(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut program = Self::start(arguments, variables);
        let hello = program
            .request(
                "initialize",
                json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}),
            )
            .await;
        assert_eq!(hello["result"]["serverInfo"]["name"], "clinical-trials-mcp", "{hello}");
        program.notify("notifications/initialized", json!({})).await;
        program
    }

    /// Waits until it says where it listens, and gives that: `http://127.0.0.1:PORT`.
    pub(crate) async fn base(&mut self) -> String {
        let listens = |said: &String| said.contains("listening on ");
        let said = timeout(PATIENCE, self.said.wait_for(listens))
            .await
            .expect("it listens");
        let said = said.expect("it listens").clone();
        let (_, place) = said.split_once("listening on ").unwrap();
        let (base, _) = place.split_once("/mcp").unwrap();
        base.to_owned()
    }

    /// What it has said on stderr so far.
    pub(crate) fn said(&self) -> String {
        self.said.borrow().clone()
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).await.unwrap();
        stdin.flush().await.unwrap();
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        let line = json!({"jsonrpc": "2.0", "method": method, "params": params});
        self.write(format!("{line}\n").as_bytes()).await;
    }

    /// Sends a request without waiting for its answer. Gives its id.
    pub(crate) async fn send(&mut self, method: &str, params: Value) -> u64 {
        self.last += 1;
        let line = json!({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params});
        self.write(format!("{line}\n").as_bytes()).await;
        self.last
    }

    /// Sends a request and waits for its answer; other messages are kept aside.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        loop {
            let message = self.message().await.expect("an answer before the end");
            if message["id"] == json!(id) {
                return message;
            }
            self.aside.push(message);
        }
    }

    /// Calls a tool and gives its result.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self
            .request("tools/call", json!({"name": tool, "arguments": arguments}))
            .await;
        answer["result"].clone()
    }

    /// Calls a tool without waiting for its answer. Gives the request's id.
    pub(crate) async fn begin(&mut self, tool: &str, arguments: Value) -> u64 {
        self.send("tools/call", json!({"name": tool, "arguments": arguments}))
            .await
    }

    /// The results of calls that were begun, in the order of these ids; other messages are kept aside.
    pub(crate) async fn results(&mut self, ids: &[u64]) -> Vec<Value> {
        let mut results = HashMap::new();
        while results.len() < ids.len() {
            let message = self.message().await.expect("an answer before the end");
            match message["id"].as_u64().filter(|id| ids.contains(id)) {
                Some(id) => {
                    results.insert(id, message["result"].clone());
                }
                None => self.aside.push(message),
            }
        }
        ids.iter().map(|id| results[id].clone()).collect()
    }

    /// The next message; none at the end. Whatever isn't JSON-RPC fails the test.
    pub(crate) async fn message(&mut self) -> Option<Value> {
        let line = timeout(PATIENCE, self.lines.next_line())
            .await
            .expect("a line on stdout")
            .unwrap()?;
        Some(json_rpc(&line))
    }

    /// Closes its stdin.
    pub(crate) fn hang_up(&mut self) {
        self.stdin = None;
    }

    /// Sends it a signal, by name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for its end. Whatever it still writes must be JSON-RPC too.
    pub(crate) async fn end(mut self) -> Ended {
        let begun = Instant::now();
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
        let took = begun.elapsed();
        let mut stdout = String::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            json_rpc(&line);
            stdout.push_str(&line);
            stdout.push('\n');
        }
        Ended {
            code: status.code(),
            stdout,
            stderr: {
                self.stderr.await.unwrap();
                self.said.borrow().clone()
            },
            took,
        }
    }
}

fn json_rpc(line: &str) -> Value {
    let message: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} on stdout: {line:?}"));
    assert_eq!(message["jsonrpc"], "2.0", "{line}");
    message
}
