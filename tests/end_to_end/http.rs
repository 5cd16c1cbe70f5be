//! The daemon over HTTP: the conversation by both generations of the protocol, what an operator asks, who is let in,
//! bounds, cancelling, and the end. As a process it is tested in `daemon.rs`.

use crate::support::daemon::{Came, Daemon};
use crate::support::fault_server::Step;
use crate::support::service::{Service, Told};
use crate::support::watched_registry::WatchedRegistry;
use clinical_trials_mcp::http::{BODY_BYTES_MAX, BODY_WITHIN};
use reqwest::{Method, StatusCode};
use rmcp::model::ProtocolVersion;
use rmcp::service::ClientLifecycleMode;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout};

const SAMPLE: (&str, &str) = ("REGISTRY", "sample");
/// Nothing is asked but by the test.
const COLD: (&str, &str) = ("CACHE_WARMING", "off");
const PATHS: [&str; 6] = ["/mcp", "/health", "/ready", "/metrics", "/", "/nowhere"];
const PATIENCE: Duration = Duration::from_secs(30);

fn older() -> ClientLifecycleMode {
    ClientLifecycleMode::Initialize
}

fn newer() -> ClientLifecycleMode {
    ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::LATEST],
    }
}

/// An answer without what time and place make of it.
fn timeless(mut told: Told) -> (bool, String, Value) {
    if let Some(provenance) = told.structured.get_mut("provenance") {
        provenance["age_s"] = Value::Null;
        provenance["source"] = Value::Null;
    }
    let text = told.text.lines().filter(|line| !line.starts_with("Source:")).collect();
    (told.is_error, text, told.structured)
}

#[tokio::test]
async fn the_conversation_is_the_same_as_on_stdio_by_both_generations() {
    let stdio = Service::start(&[SAMPLE]).await;
    let daemon = Daemon::start(&[SAMPLE, COLD]).await;
    for lifecycle in [older(), newer()] {
        let client = Service::at(&daemon, lifecycle).await;
        assert_eq!(
            client.list_all_tools().await.unwrap(),
            stdio.list_all_tools().await.unwrap()
        );
        for (tool, arguments) in [
            ("summarize_trials_async", json!({"mutation": "EGFR L858R"})),
            (
                "summarize_trials_async",
                json!({"mutation": "ALK fusion", "phase": "3", "detail": "full"}),
            ),
            ("summarize_trials_async", json!({"mutation": "EGRF L858R"})),
            (
                "summarize_trials_async",
                json!({"mutation": "EGFR L858R", "colour": "red"}),
            ),
            ("invalidate_cache", json!({"pattern": "gene:NONE*"})),
        ] {
            let (ours, theirs) = (
                client.call(tool, arguments.clone()).await,
                stdio.call(tool, arguments).await,
            );
            assert_eq!(timeless(ours), timeless(theirs));
        }
        let batch = client
            .call(
                "summarize_multiple_trials_async",
                json!({"mutations": ["EGFR L858R", "KRAS G12C", "MSI-H"]}),
            )
            .await;
        assert_eq!(batch.answer()["results"].as_array().unwrap().len(), 3);
        let progress = client.progress();
        assert_eq!(progress.last(), Some(&(3.0, Some(3.0))), "{progress:?}");
        assert!(progress.is_sorted_by(|a, b| a.0 < b.0), "{progress:?}");
        client.end().await;
    }
    stdio.end().await;
    daemon.end().await;
}

#[tokio::test]
async fn parts_of_one_conversation_are_answered_by_any_instance() {
    let (one, other) = (
        Daemon::start(&[SAMPLE, COLD]).await,
        Daemon::start(&[SAMPLE, COLD]).await,
    );
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params":
        {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}});
    let greeted = Came::of(one.message("2025-11-25", &hello)).await;
    assert_eq!(greeted.json()["result"]["protocolVersion"], "2025-11-25");
    let label = greeted.header("mcp-session-id");
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let taken = Came::of(other.message("2025-11-25", &ready).header("mcp-session-id", label)).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED);
    for (id, daemon) in [(1, &other), (2, &one), (3, &other)] {
        let asking = daemon.call(id, "summarize_trials_async", json!({"mutation": "EGFR L858R"}));
        let told = Came::of(asking.header("mcp-session-id", label)).await;
        assert_eq!(told.header("content-type"), "application/json");
        assert_eq!(told.json()["id"], id);
        assert!(told.json()["result"]["structuredContent"]["total"].as_u64() > Some(0));
    }
    // The newer generation has no greeting: each request says all about itself.
    let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "0"},
        "io.modelcontextprotocol/clientCapabilities": {}});
    for daemon in [&one, &other] {
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params":
            {"name": "summarize_trials_async", "arguments": {"mutation": "EGFR L858R"}, "_meta": meta}});
        let asking = daemon.message("2026-07-28", &call);
        let told = Came::of(
            asking
                .header("mcp-method", "tools/call")
                .header("mcp-name", "summarize_trials_async"),
        )
        .await;
        assert!(
            told.json()["result"]["structuredContent"]["total"].as_u64() > Some(0),
            "{told:?}"
        );
    }
    one.end().await;
    other.end().await;
}

#[tokio::test]
async fn what_is_no_message_is_refused_and_the_daemon_goes_on() {
    let daemon = Daemon::start(&[SAMPLE, COLD]).await;
    for (body, status) in [
        ("", 400),
        ("garbage", 400),
        ("[]", 415),
        ("7", 400),
        (r#"{"jsonrpc": "2.0", "id": 1, "method": "no/such/method"}"#, 200),
        (
            r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "no_such_tool"}}"#,
            200,
        ),
        (
            r#"{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 9}}"#,
            202,
        ),
        (r#"{"jsonrpc": "2.0", "method": "notifications/cancelled"}"#, 202),
    ] {
        let request = daemon.message("2025-11-25", &Value::Null).body(body);
        let told = Came::of(request).await;
        assert_eq!(told.status, status, "{body}: {told:?}");
        if status == 400 {
            assert!(told.json()["error"]["code"].is_i64(), "{told:?}");
        }
        assert!(!told.text.contains("\"result\""), "{told:?}");
    }
    let health = daemon.get("/health").await;
    assert_eq!(health.json()["status"], "healthy");
    // There are no sessions to be listened to or ended.
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(
            Came::of(daemon.request(method, "/mcp")).await.status,
            StatusCode::METHOD_NOT_ALLOWED
        );
    }
    daemon.end().await;
}

#[tokio::test]
async fn health_readiness_and_figures_are_told_to_whoever_watches() {
    let daemon = Daemon::start(&[SAMPLE, COLD]).await;
    let by_tool = Came::of(daemon.call(1, "get_health_status", json!({}))).await.json();
    for method in [Method::GET, Method::POST] {
        let health = Came::of(daemon.request(method, "/health")).await;
        assert_eq!(health.status, StatusCode::OK);
        assert_eq!(health.header("content-type"), "application/json");
        let health = health.json();
        assert_eq!(health["status"], "healthy");
        let names =
            |health: &Value| -> Vec<String> { health["components"].as_object().unwrap().keys().cloned().collect() };
        assert_eq!(names(&health), names(&by_tool["result"]["structuredContent"]));
        let warmer = &health["components"]["warmer"];
        assert_eq!((&warmer["state"], &warmer["left"]), (&json!("off"), &json!(0)));
    }
    let ready = daemon.get("/ready").await;
    assert_eq!((ready.status, ready.text.as_str()), (StatusCode::OK, "ready\n"));
    let metrics = daemon.get("/metrics").await;
    assert_eq!(
        metrics.header("content-type"),
        "text/plain; version=0.0.4; charset=utf-8"
    );
    promtool_takes(&metrics.text);
    let asking = daemon.request(Method::GET, "/metrics").header(
        "accept",
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    );
    let open = Came::of(asking).await;
    assert_eq!(
        open.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert!(open.text.ends_with("\n# EOF\n"));
    let elsewhere = daemon.get("/nowhere").await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    assert!(
        elsewhere.text.lines().count() == 1 && elsewhere.text.contains("/mcp"),
        "{elsewhere:?}"
    );
    daemon.end().await;
}

fn promtool_takes(text: &str) {
    let checking = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut checking) = checking else {
        println!("left out: promtool is not installed (Debian: prometheus)");
        return;
    };
    checking.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let checked = checking.wait_with_output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[tokio::test]
async fn it_warms_what_is_common_from_the_start_and_holds_more_than_a_session() {
    let registry = WatchedRegistry::start().await;
    let begun = Instant::now();
    let daemon = Daemon::start(&[("REGISTRY", registry.base_url())]).await;
    timeout(PATIENCE, registry.until_asked(1)).await.expect("it warms");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    let warmer = daemon.get("/health").await.json()["components"]["warmer"].clone();
    assert_eq!(warmer["state"], "working");
    assert!(warmer["left"].as_u64() > Some(0), "{warmer}");
    let held = Came::of(daemon.call(1, "get_cache_analytics", json!({}))).await.json();
    assert_eq!(held["result"]["structuredContent"]["bytes_max"], 512 << 20);
    daemon.end().await;
}

#[tokio::test]
async fn with_a_token_every_path_but_health_and_readiness_asks_for_it() {
    let token = "a-token-of-some-length";
    let daemon = Daemon::start(&[SAMPLE, COLD, ("MCP_AUTH_TOKEN", token)]).await;
    for path in PATHS {
        let open = ["/health", "/ready"].contains(&path);
        for (given, is_right) in [
            (None, false),
            (Some(format!("Bearer {token}")), true),
            (Some("Bearer another-token-of-some-length".to_owned()), false),
            (Some(format!("Basic {token}")), false),
        ] {
            let mut request = daemon.request(Method::GET, path);
            if let Some(given) = &given {
                request = request.header("authorization", given);
            }
            let told = Came::of(request).await;
            let is_let_in = open || is_right;
            assert_eq!(
                told.status != StatusCode::UNAUTHORIZED,
                is_let_in,
                "{path} {given:?}: {told:?}"
            );
            if !is_let_in {
                assert!(told.header("www-authenticate").starts_with("Bearer realm="), "{told:?}");
                assert!(!told.text.contains(token));
            }
        }
    }
    daemon.end().await;
}

#[tokio::test]
async fn foreign_names_are_refused_on_every_path_and_pages_of_this_machine_are_not() {
    let daemon = Daemon::start(&[SAMPLE, COLD]).await;
    for path in PATHS {
        for (name, value) in [
            ("host", "evil.example"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            for method in [Method::GET, Method::POST, Method::OPTIONS] {
                let told = Came::of(daemon.request(method, path).header(name, value)).await;
                assert_eq!(told.status, StatusCode::FORBIDDEN, "{path} {name}: {value}");
            }
        }
        // A browser asks before it sends a message from a page of another port.
        let asking = daemon
            .request(Method::OPTIONS, path)
            .header("origin", "http://localhost:6274")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,mcp-protocol-version");
        let told = Came::of(asking).await;
        assert!(told.status.is_success(), "{told:?}");
        assert_eq!(told.header("access-control-allow-origin"), "http://localhost:6274");
    }
    // An absolute target, a host too few and a host too many, which no client of ours can send.
    for (head, status) in [
        ("GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n", "403"),
        ("GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n", "200"),
        ("GET /health HTTP/1.1\r\nHost: [::1]:80\r\n", "200"),
        ("GET /health HTTP/1.1\r\nHost: LOCALHOST\r\n", "200"),
        ("GET /health HTTP/1.1\r\n", "400"),
        (
            "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n",
            "400",
        ),
        ("GET /health HTTP/1.0\r\nHost: evil.example\r\n", "403"),
    ] {
        let mut line = daemon.connect().await;
        line.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut told = String::new();
        line.read_to_string(&mut told).await.unwrap();
        assert_eq!(told.split(' ').nth(1), Some(status), "{head}: {told}");
    }
    daemon.end().await;
}

#[tokio::test]
async fn too_large_a_body_is_told_whether_or_not_its_length_is_announced() {
    let daemon = Daemon::start(&[SAMPLE, COLD]).await;
    let large = "x".repeat(BODY_BYTES_MAX + 1);
    let announced = daemon.message("2025-11-25", &Value::Null).body(large.clone());
    assert_eq!(Came::of(announced).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut line = daemon.connect().await;
    let head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    let body = format!("{head}{:x}\r\n{large}\r\n", large.len());
    let _ = line.write_all(body.as_bytes()).await;
    let mut told = vec![0; 12];
    line.read_exact(&mut told).await.unwrap();
    assert_eq!(told, b"HTTP/1.1 413");
    daemon.end().await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told() {
    let daemon = Daemon::start(&[SAMPLE, COLD]).await;
    let mut line = daemon.connect().await;
    let head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    line.write_all(format!("{head}1\r\n{{\r\nno length\r\n").as_bytes())
        .await
        .unwrap();
    let mut told = String::new();
    line.read_to_string(&mut told).await.unwrap();
    assert!(
        told.starts_with("HTTP/1.1 400 ") && told.contains("the body broke off"),
        "{told}"
    );
    daemon.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_waited_for_so_long_and_no_longer() {
    let daemon = Daemon::start(&[SAMPLE, COLD]).await;
    let mut line = daemon.connect().await;
    let begun = Instant::now();
    line.write_all(b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        .await
        .unwrap();
    let mut told = String::new();
    line.read_to_string(&mut told).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
    assert!(begun.elapsed() >= BODY_WITHIN, "{:?}", begun.elapsed());
}

/// Waits until that many questions were cancelled.
async fn until_cancelled(daemon: &Daemon, times: u64) {
    let cancelled = async {
        while daemon.count("cancelled").await < times {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, cancelled).await.expect("cancelled");
    assert_eq!(daemon.count("in_flight").await, 0);
}

#[tokio::test]
async fn who_hangs_up_or_cancels_frees_the_place_that_their_question_took() {
    let registry = WatchedRegistry::start().await;
    registry.show(vec![Step::Hang]);
    let daemon = Daemon::start(&[("REGISTRY", registry.base_url()), COLD]).await;
    // By hanging up, before an answer has begun and in the midst of one.
    let ask = |id: u64| daemon.call(id, "summarize_trials_async", json!({"mutation": "EGFR L858R"}));
    let asking = tokio::spawn(ask(1).send());
    registry.until_asked(1).await;
    asking.abort();
    until_cancelled(&daemon, 1).await;
    // One can't be read and is home at once; the other waits, so the answer has begun and doesn't end.
    let batch = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {
        "name": "summarize_multiple_trials_async", "arguments": {"mutations": ["no such thing", "EGFR L858R"]},
        "_meta": {"progressToken": "t"}}});
    let mut begun = daemon.message("2025-11-25", &batch).send().await.unwrap();
    let first = begun.chunk().await.unwrap().unwrap();
    assert!(
        String::from_utf8_lossy(&first).contains("notifications/progress"),
        "{first:?}"
    );
    drop(begun);
    until_cancelled(&daemon, 2).await;
    // By a message that finds the call by its client's label: another client's call of the same id goes on.
    let other = tokio::spawn(ask(3).header("mcp-session-id", "another").send());
    let mine = tokio::spawn(ask(3).header("mcp-session-id", "mine").send());
    while daemon.count("in_flight").await < 2 {
        tokio::task::yield_now().await;
    }
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 3}});
    let cancelling = daemon.message("2025-11-25", &cancel);
    let taken = Came::of(cancelling.header("mcp-session-id", "mine")).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED);
    let told = mine.await.unwrap().unwrap().text().await.unwrap();
    assert!(told.contains("cancelled by its client"), "{told}");
    assert_eq!(daemon.count("in_flight").await, 1);
    assert!(!other.is_finished());
    other.abort();
    until_cancelled(&daemon, 4).await;
    // And as clients of the SDK do it, by both generations.
    for (lifecycle, times) in [(older(), 5), (newer(), 6)] {
        let client = Service::at(&daemon, lifecycle).await;
        let call = client
            .asker()
            .begin("summarize_trials_async", json!({"mutation": "EGFR L858R"}))
            .await;
        while daemon.count("in_flight").await < 1 {
            tokio::task::yield_now().await;
        }
        call.cancel(None).await.unwrap();
        until_cancelled(&daemon, times).await;
        client.end().await;
    }
    daemon.end().await;
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_midst_of_an_answer_harms_nobody() {
    let daemon = Daemon::start(&[SAMPLE, COLD]).await;
    for _ in 0..20 {
        let mut line = daemon.connect().await;
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params":
            {"name": "summarize_trials_async", "arguments": {"mutation": "EGFR L858R", "limit": 50, "detail": "full"}}})
        .to_string();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n",
            call.len()
        );
        line.write_all(head.as_bytes()).await.unwrap();
        line.write_all(call.as_bytes()).await.unwrap();
        let mut some = [0; 64];
        line.read_exact(&mut some).await.unwrap();
        // Closed with bytes unread, which resets it.
        drop(line);
    }
    assert_eq!(daemon.get("/health").await.json()["status"], "healthy");
    assert_eq!(daemon.count("in_flight").await, 0);
    daemon.end().await;
}

#[tokio::test]
async fn told_to_stop_it_says_so_answers_what_is_under_way_and_takes_nothing_more() {
    let registry = WatchedRegistry::start().await;
    registry.wait(Duration::from_millis(700));
    let daemon = Daemon::start(&[("REGISTRY", registry.base_url()), COLD]).await;
    let asking = daemon.call(1, "summarize_trials_async", json!({"mutation": "EGFR L858R"}));
    let asking = tokio::spawn(Came::of(asking));
    registry.until_asked(1).await;
    // Neither an idle connection nor one in the midst of a head keeps it from its end.
    let idle = daemon.connect().await;
    let mut slow = daemon.connect().await;
    slow.write_all(b"GET /health HT").await.unwrap();
    daemon.stop();
    while daemon.get("/ready").await.status == StatusCode::OK {
        tokio::task::yield_now().await;
    }
    let ready = daemon.get("/ready").await;
    assert_eq!(
        (ready.status, ready.text.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "ending\n")
    );
    let told = Came::of(daemon.call(2, "summarize_trials_async", json!({"mutation": "MSI-H"}))).await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(told.header("retry-after"), "1");
    let answered = asking.await.unwrap();
    assert!(
        answered.json()["result"]["structuredContent"]["total"].as_u64() > Some(0),
        "{answered:?}"
    );
    assert_eq!(answered.header("connection"), "close");
    let begun = Instant::now();
    timeout(PATIENCE, daemon.ended()).await.expect("it ends");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    drop((idle, slow));
}

#[tokio::test]
async fn told_to_stop_twice_it_refuses_what_is_under_way_and_ends_at_once() {
    let registry = WatchedRegistry::start().await;
    registry.show(vec![Step::Hang]);
    let daemon = Daemon::start(&[("REGISTRY", registry.base_url()), COLD]).await;
    let asking = daemon.call(1, "summarize_trials_async", json!({"mutation": "EGFR L858R"}));
    let asking = tokio::spawn(Came::of(asking));
    registry.until_asked(1).await;
    daemon.stop();
    while daemon.get("/ready").await.status == StatusCode::OK {
        tokio::task::yield_now().await;
    }
    assert!(!asking.is_finished());
    let begun = Instant::now();
    daemon.stop();
    let refused = asking.await.unwrap().json();
    assert_eq!(refused["result"]["isError"], json!(true), "{refused}");
    timeout(PATIENCE, daemon.ended()).await.expect("it ends");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}
