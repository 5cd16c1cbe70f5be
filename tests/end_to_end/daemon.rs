//! The daemon as a process: where it listens and why it doesn't, signals, and how it ends.

use crate::support::fault_server::Step;
use crate::support::otlp_receiver::{Mode, OtlpReceiver};
use crate::support::program::{Program, run};
use crate::support::watched_registry::WatchedRegistry;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

const FREE_PORT: [&str; 3] = ["daemon", "--listen", "127.0.0.1:0"];
const SAMPLE: (&str, &str) = ("REGISTRY", "sample");
const COLD: (&str, &str) = ("CACHE_WARMING", "off");
/// From the first signal to the exit, whatever hangs.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// What starting and ending a process takes on a busy machine.
const MARGIN: Duration = Duration::from_secs(1);

fn http() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

fn call(base: &str, tool: &str, arguments: &Value) -> RequestBuilder {
    http()
        .post(format!("{base}/mcp"))
        .header("accept", "application/json, text/event-stream")
        .json(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": tool, "arguments": arguments}}))
}

#[tokio::test]
async fn it_says_where_it_listens_serves_there_and_ends_well_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let mut program = Program::start(&FREE_PORT, &[SAMPLE]);
        let base = program.base().await;
        let health = http().get(format!("{base}/health")).send().await.unwrap();
        assert_eq!(health.status(), StatusCode::OK);
        let told: Value = call(&base, "summarize_trials_async", &json!({"mutation": "EGFR L858R"}))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert!(
            told["result"]["structuredContent"]["total"].as_u64() > Some(0),
            "{told}"
        );
        // A connection that is kept open, and one that says nothing, hold up no end.
        let _idle = TcpStream::connect(base.strip_prefix("http://").unwrap()).await.unwrap();
        program.signal(signal);
        let ended = program.end().await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.took < MARGIN, "{signal}: {:?}", ended.took);
        assert_eq!(ended.stdout, "");
    }
}

#[tokio::test]
async fn what_hangs_is_refused_in_time_and_a_second_signal_does_not_wait_for_it() {
    let registry = WatchedRegistry::start().await;
    registry.show(vec![Step::Hang]);
    let collector = OtlpReceiver::start(Mode::Hanging).await;
    for (nth, signals) in [1, 2].into_iter().enumerate() {
        let variables = [
            ("REGISTRY", registry.base_url()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()),
            COLD,
        ];
        let mut program = Program::start(&FREE_PORT, &variables);
        let base = program.base().await;
        let asking = call(&base, "summarize_trials_async", &json!({"mutation": "EGFR L858R"})).send();
        let asking = tokio::spawn(asking);
        registry.until_asked(nth + 1).await;
        // One who writes a head without an end, and one who reads no answer.
        let place = base.strip_prefix("http://").unwrap();
        let mut slow = TcpStream::connect(place).await.unwrap();
        slow.write_all(b"GET /health HT").await.unwrap();
        program.signal("TERM");
        if signals == 2 {
            while http().get(format!("{base}/ready")).send().await.unwrap().status() == StatusCode::OK {
                tokio::task::yield_now().await;
            }
            program.signal("TERM");
        }
        let ended = program.end().await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let within = if signals == 2 {
            2 * MARGIN
        } else {
            DRAIN_WITHIN + MARGIN
        };
        assert!(ended.took < within, "{signals}: {:?}", ended.took);
        let told: Value = asking.await.unwrap().unwrap().json().await.unwrap();
        assert_eq!(told["result"]["isError"], json!(true), "{told}");
    }
}

#[tokio::test]
async fn where_it_cannot_or_may_not_listen_it_says_so_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().map(|at| (taken, at.to_string())).unwrap();
    for (listen, code, words) in [
        (taken.1.as_str(), 70, "is taken by another process"),
        (
            "nowhere",
            2,
            "--listen can't be \"nowhere\": allowed is an IP address and a port",
        ),
        ("0.0.0.0:0", 2, "there is no token: set MCP_AUTH_TOKEN_FILE"),
        ("[::]:0", 2, "there is no token: set MCP_AUTH_TOKEN_FILE"),
    ] {
        let ended = run(&["daemon", "--listen", listen], &[SAMPLE]).await;
        assert_eq!(ended.code, Some(code), "{listen}: {}", ended.stderr);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_token_comes_from_a_file_and_is_never_shown() {
    let token = "a-token-of-some-length";
    let file = std::env::temp_dir().join(format!("clinical-trials-token-{}", std::process::id()));
    std::fs::write(&file, format!("{token}\n")).unwrap();
    let path = file.to_str().unwrap();
    let variables = [SAMPLE, ("MCP_AUTH_TOKEN_FILE", path), ("RUST_LOG", "debug")];
    let mut program = Program::start(&["daemon", "--listen", "0.0.0.0:0"], &variables);
    let base = program.base().await.replace("0.0.0.0", "127.0.0.1");
    let metrics = || http().get(format!("{base}/metrics"));
    assert_eq!(metrics().send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let let_in = metrics().bearer_auth(token).send().await.unwrap();
    assert_eq!(let_in.status(), StatusCode::OK);
    assert!(!let_in.text().await.unwrap().contains(token));
    program.signal("TERM");
    let ended = program.end().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains(token), "{}", ended.stderr);
    // A file without a usable token is refused, and what is in it not shown.
    std::fs::write(&file, "short secret").unwrap();
    let refused = run(&["daemon"], &variables).await;
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("MCP_AUTH_TOKEN_FILE") && !refused.stderr.contains("short secret"),
        "{}",
        refused.stderr
    );
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test]
async fn the_callers_span_is_the_parent_by_header_and_sooner_by_what_the_message_says() {
    let collector = OtlpReceiver::start(Mode::Healthy).await;
    let variables = [SAMPLE, COLD, ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint())];
    let mut program = Program::start(&FREE_PORT, &variables);
    let base = program.base().await;
    let parent = |trace: u32| format!("00-{trace:032x}-00f067aa0ba902b7-01");
    for (by_header, by_message) in [(Some(1), None), (Some(2), Some(3)), (None, Some(4)), (None, None)] {
        let mut params = json!({"name": "get_health_status", "arguments": {}});
        if let Some(trace) = by_message {
            params["_meta"] = json!({"traceparent": parent(trace)});
        }
        let mut request = http()
            .post(format!("{base}/mcp"))
            .header("accept", "application/json, text/event-stream")
            .json(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}));
        if let Some(trace) = by_header {
            request = request.header("traceparent", parent(trace));
        }
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }
    program.signal("TERM");
    assert_eq!(program.end().await.code, Some(0));
    let spans = collector.spans();
    let calls: Vec<_> = spans.iter().filter(|span| span.name == "tools/call").collect();
    for (trace, is_there) in [(1, true), (2, false), (3, true), (4, true)] {
        let trace = format!("{trace:032x}");
        let call = calls.iter().find(|span| span.trace_id == trace);
        assert_eq!(call.is_some(), is_there, "{trace}: {calls:?}");
        assert!(call.is_none_or(|call| call.parent_id.as_deref() == Some("00f067aa0ba902b7")));
    }
    assert_eq!(
        (
            calls.len(),
            calls.iter().filter(|call| call.parent_id.is_none()).count()
        ),
        (4, 1)
    );
}
