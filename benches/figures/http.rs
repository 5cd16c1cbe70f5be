//! The daemon: the same question again over HTTP, against the bare SDK with an answer of equal size, and what a warm one
//! holds.
//!
//! Daemon and bare server are processes of their own and are asked by turns, over connections that stay open. The bare
//! server has the daemon's mode of transport, its allocator and `TCP_NODELAY`, and gives one answer that it holds ready:
//! what it is faster by is what the daemon does beside speaking. Both are started anew several times, because two starts
//! of one program differ by more than a change that is looked for.

use super::mutations::different_mutations;
use super::{QUESTION, SAMPLE, StandIn, mib, middle, per_second, say};
use axum::serve::ListenerExt as _;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData, Implementation, ServerCapabilities,
    ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::Instant;

/// Set where this binary is to be the bare server.
const BARE: &str = "FIGURES_BARE";

/// Questions of one measurement, and how many connections share them.
const CALLS: u32 = 4000;
const CONNECTIONS: [u32; 2] = [1, 8];
/// How often both servers are started.
const STARTS: usize = 9;
/// Measurements of each after one start.
const TURNS: usize = 3;
/// Questions, each about another mutation, after which a daemon is warm: fifty of each of forty genes.
const DIFFERENT: usize = 2000;

/// Whether this process is to be the bare server; it is then for as long as it lives.
pub(crate) fn is_bare() -> bool {
    if std::env::var_os(BARE).is_none() {
        return false;
    }
    // As the program does.
    #[cfg(target_os = "linux")]
    rustix::thread::disable_transparent_huge_pages(true).unwrap();
    Runtime::new().unwrap().block_on(serve_bare());
    true
}

/// Questions a second over HTTP, and the share of what the bare SDK does.
pub(crate) fn http() {
    let answer = Process::daemon(SAMPLE).connect().ask(QUESTION);
    println!("(the answer is {} bytes long)", answer.len());
    let mut times = CONNECTIONS.map(|connections| (connections, Vec::new(), Vec::new()));
    for _ in 0..STARTS {
        let (daemon, bare) = (Process::daemon(SAMPLE), Process::bare(&answer));
        for (connections, ours, theirs) in &mut times {
            // By turns, so that what else goes on in the machine falls on both.
            for _ in 0..TURNS {
                theirs.push(bare.ask_all(*connections));
                ours.push(daemon.ask_all(*connections));
            }
        }
    }
    for (connections, ours, theirs) in times {
        let (ours, theirs) = (middle(ours), middle(theirs));
        let over = format!("over {connections} connections");
        say(&format!("the daemon, {over}"), &per_second(CALLS, ours), "");
        say(&format!("the bare SDK, {over}"), &per_second(CALLS, theirs), "");
        let share = 100.0 * theirs.as_secs_f64() / ours.as_secs_f64();
        say("the share that is left", &format!("{share:.0} %"), ">= 80 %");
    }
}

/// What a daemon holds that has been asked more than its memory takes, with real records.
pub(crate) fn memory() {
    let Some(registry) = StandIn::start(0) else { return };
    for held_max in ["16", "64"] {
        let daemon = Process::daemon(&[
            ("REGISTRY", registry.base.as_str()),
            ("REGISTRY_RATE_LIMIT", "0"),
            ("CACHE_MEMORY_MAX", held_max),
        ]);
        let mut connection = daemon.connect();
        for mutation in different_mutations(DIFFERENT) {
            let question = json!({"mutation": mutation, "status": "all"});
            connection.call("summarize_trials_async", &question);
        }
        let analytics = connection.call("get_cache_analytics", &json!({}));
        let analytics: Value = serde_json::from_str(&analytics).unwrap();
        println!(
            "(held: {} KiB)",
            analytics["result"]["structuredContent"]["bytes"].as_u64().unwrap() >> 10
        );
        let bound = 30e6 / f64::from(1 << 20) + 1.3 * held_max.parse::<f64>().unwrap();
        let what = format!("a warm daemon of {held_max} MiB, resident");
        let process = daemon.child.id();
        say(&what, &mib(process, "VmRSS"), &format!("<= {bound:.1} MiB"));
        say("the same, at most", &mib(process, "VmHWM"), "");
    }
}

/// A server in a process of its own; killed when dropped.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn daemon(variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clinical-trials-mcp"))
            .args(["daemon", "--listen", "127.0.0.1:0"])
            .env_clear()
            .envs(variables.iter().copied())
            .env("CACHE_WARMING", "off")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let address = said.into_iter().find_map(|line| {
            let (_, place) = line.split_once("listening on http://")?;
            Some(place.trim_end_matches("/mcp").to_owned())
        });
        Self {
            child,
            address: address.unwrap(),
        }
    }

    fn bare(answer: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env(BARE, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            child,
            address: address.trim().to_owned(),
        }
    }

    fn connect(&self) -> Connection {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_nodelay(true).unwrap();
        Connection(BufReader::with_capacity(1 << 16, stream))
    }

    /// How long so many questions take, of which each connection has one under way.
    fn ask_all(&self, connections: u32) -> Duration {
        let mut open: Vec<Connection> = (0..connections).map(|_| self.connect()).collect();
        for connection in &mut open {
            connection.ask(QUESTION);
        }
        let begun = Instant::now();
        thread::scope(|scope| {
            for connection in &mut open {
                scope.spawn(move || {
                    for _ in 0..CALLS / connections {
                        connection.ask(QUESTION);
                    }
                });
            }
        });
        begun.elapsed()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that stays open.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn ask(&mut self, mutation: &str) -> String {
        self.call("summarize_trials_async", &json!({"mutation": mutation}))
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> String {
        let params = json!({"name": tool, "arguments": arguments});
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n{call}",
            call.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        assert!(length > 1000, "{}", String::from_utf8_lossy(&body));
        String::from_utf8(body).unwrap()
    }
}

/// The SDK with nothing behind it.
#[derive(Clone)]
struct Bare(Arc<CallToolResult>);

impl ServerHandler for Bare {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("bare", "0"))
    }

    async fn call_tool(
        &self,
        _: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        Ok(CallToolResult::clone(&self.0).into())
    }
}

/// Serves the answer that comes on stdin, and says on stdout where.
async fn serve_bare() {
    let mut answer = String::new();
    std::io::stdin().read_to_string(&mut answer).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let answer = Bare(Arc::new(serde_json::from_value(answer["result"].clone()).unwrap()));
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true);
    let service: StreamableHttpService<Bare, NeverSessionManager> =
        StreamableHttpService::new(move || Ok(answer.clone()), Arc::default(), config);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let routes = axum::Router::new().route_service("/mcp", service);
    axum::serve(listener, routes).await.unwrap();
}
