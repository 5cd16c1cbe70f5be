//! The figures that the README and the release notes quote, measured on this machine, each the median of one run.
//!
//! ```sh
//! cargo bench --bench figures                # all
//! cargo bench --bench figures -- start again # some: start, idle, again, http, cold, largest, collector, memory
//! ```
//! The server is the real binary, spoken to over its pipes in plain lines of JSON: the client is so cheap that the
//! server is what is measured. Nothing but this project is needed; where the stand-in registry with real records lies
//! beside the workspace, the cold questions are asked of its records.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measurement fails by panicking and speaks on stdout"
)]

#[path = "figures/http.rs"]
mod http;
#[expect(dead_code, reason = "some of it is for tests alone")]
#[path = "../tests/end_to_end/support/mutations.rs"]
mod mutations;
#[path = "../tests/end_to_end/support/process_memory.rs"]
mod process_memory;

use actors::{PageRequest, Registry as _, Set};
use clinical_trials_mcp::registry::{Client, Settings, sample};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::Instant;
use trials::Mutation;
use trials::query::Essie;

/// Each figure: what it is called, and how it is had.
const FIGURES: [(&str, fn()); 8] = [
    ("start", start),
    ("idle", idle),
    ("again", again),
    ("http", http::http),
    ("cold", cold),
    ("largest", largest),
    ("collector", collector),
    ("memory", http::memory),
];

/// The program's own, so that a bare server is not compared by its allocator.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() {
    if http::is_bare() {
        return;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs benches too, without this flag: a figure of a debug build is none.
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("left out: figures are measured by `cargo bench --bench figures`");
        return;
    }
    let wanted = |name: &str| arguments.iter().any(|argument| argument == name);
    let is_all = !FIGURES.iter().any(|(name, _)| wanted(name));
    for (name, measure) in FIGURES {
        if is_all || wanted(name) {
            measure();
        }
    }
}

const SAMPLE: &[(&str, &str)] = &[("REGISTRY", "sample")];
const QUESTION: &str = "EGFR L858R";

/// From starting the process to its answer to `initialize`.
fn start() {
    let time = median(41, || {
        let begun = Instant::now();
        let server = Server::start(SAMPLE);
        let took = begun.elapsed();
        drop(server);
        took
    });
    say("start to initialize", &ms(time), "< 20 ms, aim < 6");
}

/// What a process that has been asked nothing holds.
fn idle() {
    let mut server = Server::start(SAMPLE);
    server.request("tools/list", &json!({}));
    say("idle, resident", &mib(server.child.id(), "VmRSS"), "< 20 MB, aim < 12");
}

/// A size of a process, of those that [`process_memory`] knows.
fn mib(process: u32, field: &str) -> String {
    let bytes = process_memory::bytes(process, field);
    bytes.map_or_else(
        || "?".to_owned(),
        |bytes| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)),
    )
}

/// The same question again, one at a time and many at once.
fn again() {
    let mut server = Server::start(SAMPLE);
    let answer = server.ask(QUESTION);
    println!("(the answer is {} bytes long)", answer.len());
    let time = median(2001, || {
        let begun = Instant::now();
        server.ask(QUESTION);
        begun.elapsed()
    });
    say("the same question again, p50", &ms(time), "< 1.5 ms");
    let rate = median(5, || server.pipelined(10_000));
    say("the same, pipelined", &per_second(10_000, rate), ">= 5,000/s");
}

/// A cold question with 100 candidates, against a bare GET, unpacking and decoding of the same page.
fn cold() {
    let runtime = Runtime::new().unwrap();
    let page = hundred_records(&runtime);
    let base = serve(page);
    let mut server = Server::start(&[("REGISTRY", base.as_str()), ("REGISTRY_RATE_LIMIT", "0")]);
    let client = runtime
        .block_on(Client::open(&base.parse().unwrap(), &Settings::default()))
        .unwrap();
    let request = || PageRequest {
        expression: expression(),
        set: Set::Open,
        size: 1000,
        token: None,
    };
    let (mut bare, mut cold) = (Vec::new(), Vec::new());
    // By turns, so that what else goes on in the machine falls on both.
    for _ in 0..31 {
        let begun = Instant::now();
        let page = runtime.block_on(client.page(request())).unwrap();
        bare.push(begun.elapsed());
        assert_eq!(page.studies.len(), 100);
        server.call("invalidate_cache", &json!({"pattern": "*"}));
        let begun = Instant::now();
        let answer = server.ask(QUESTION);
        cold.push(begun.elapsed());
        assert!(answer.contains("\"source\":\"registry\""), "{answer:.300}");
    }
    let (bare, cold) = (middle(bare), middle(cold));
    say("a bare page of 100 records", &ms(bare), "");
    say("a cold question with 100 candidates", &ms(cold), "");
    say("the difference", &ms(cold.saturating_sub(bare)), "<= 30 ms");
}

/// EGFR, cold, at a latency of 150 ms, with real records.
fn largest() {
    let Some(registry) = StandIn::start(150) else { return };
    let mut server = Server::start(&[("REGISTRY", registry.base.as_str()), ("REGISTRY_RATE_LIMIT", "0")]);
    let time = median(7, || {
        server.call("invalidate_cache", &json!({"pattern": "*"}));
        let begun = Instant::now();
        server.ask(QUESTION);
        begun.elapsed()
    });
    say("EGFR, cold, at 150 ms", &ms(time), "< 1 s");
}

/// Throughput with a collector that refuses connections, relative to none.
fn collector() {
    // Bound and given back: nobody listens there.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let dead = format!("http://{nobody}");
    let mut without = Server::start(SAMPLE);
    let mut with = Server::start(&[SAMPLE[0], ("OTEL_EXPORTER_OTLP_ENDPOINT", dead.as_str())]);
    let (mut rates_without, mut rates_with) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        rates_without.push(without.pipelined(10_000));
        rates_with.push(with.pipelined(10_000));
    }
    let (without, with) = (middle(rates_without), middle(rates_with));
    say("pipelined, no exporter", &per_second(10_000, without), "");
    say("pipelined, a dead collector", &per_second(10_000, with), "");
    let share = 100.0 * without.as_secs_f64() / with.as_secs_f64();
    say("the share that is left", &format!("{share:.0} %"), ">= 75 %");
}

fn median(times: usize, mut measure: impl FnMut() -> Duration) -> Duration {
    middle((0..times).map(|_| measure()).collect())
}

fn middle(mut durations: Vec<Duration>) -> Duration {
    durations.sort_unstable();
    durations[durations.len() / 2]
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn per_second(calls: u32, time: Duration) -> String {
    format!("{:.0}/s", f64::from(calls) / time.as_secs_f64())
}

fn say(what: &str, figure: &str, bound: &str) {
    println!("{what:<40} {figure:>16}   {bound}");
}

/// The real binary, greeted. It ends when its stdin is dropped.
struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    fn start(variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clinical-trials-mcp"))
            .env_clear()
            .env("RUST_LOG", "error")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut server = Self {
            stdin: child.stdin.take(),
            stdout: BufReader::with_capacity(1 << 16, child.stdout.take().unwrap()),
            child,
        };
        let client = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "figures", "version": "0"}});
        server.request("initialize", &client);
        server.write("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n");
        server
    }

    fn write(&mut self, lines: &str) {
        self.stdin.as_mut().unwrap().write_all(lines.as_bytes()).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    fn request(&mut self, method: &str, params: &Value) -> String {
        self.write(&request(0, method, params));
        self.line()
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> String {
        let answer = self.request("tools/call", &json!({"name": tool, "arguments": arguments}));
        assert!(answer.contains("\"isError\":false"), "{answer:.500}");
        answer
    }

    fn ask(&mut self, mutation: &str) -> String {
        self.call("summarize_trials_async", &json!({"mutation": mutation}))
    }

    /// How long so many equal questions take, of which at most [`WINDOW`] are under way.
    fn pipelined(&mut self, calls: usize) -> Duration {
        self.ask(QUESTION);
        let question = json!({"name": "summarize_trials_async", "arguments": {"mutation": QUESTION}});
        let portion = |nth: usize| -> String {
            let ids = nth * PORTION + 1..=(nth + 1) * PORTION;
            ids.map(|id| request(id, "tools/call", &question)).collect()
        };
        let portions: Vec<String> = (0..calls / PORTION).map(portion).collect();
        let (first, rest) = portions.split_at(WINDOW / PORTION);
        let mut rest = rest.iter();
        let mut line = Vec::new();
        let begun = Instant::now();
        self.write(&first.concat());
        for nth in 1..=portions.len() * PORTION {
            line.clear();
            self.stdout.read_until(b'\n', &mut line).unwrap();
            assert!(line.len() > 1000, "{}", String::from_utf8_lossy(&line));
            if nth % PORTION == 0
                && let Some(portion) = rest.next()
            {
                self.write(portion);
            }
        }
        begun.elapsed()
    }
}

/// Questions under way at once when they are pipelined: few enough that a pipe holds them all.
const WINDOW: usize = 250;
/// Questions written at once.
const PORTION: usize = 50;

fn request(id: usize, method: &str, params: &Value) -> String {
    format!(
        "{}\n",
        json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
    )
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

fn expression() -> Essie {
    let subjects = Mutation::read(QUESTION).unwrap().subjects();
    Essie::candidates(*subjects.first().unwrap())
}

/// A packed page of 100 records that name EGFR: real ones, or the sample's again and again under other numbers.
fn hundred_records(runtime: &Runtime) -> Vec<u8> {
    let real = StandIn::start(0);
    let sample = real
        .is_none()
        .then(|| runtime.block_on(sample::Server::start()).unwrap());
    let base = real.as_ref().map(|registry| registry.base.as_str());
    let base = base.or(sample.as_ref().map(sample::Server::base_url)).unwrap();
    let expression = expression();
    let query = [
        ("query.term", expression.as_str()),
        ("pageSize", "200"),
        ("sort", "@relevance"),
    ];
    let page = runtime.block_on(async {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http.get(format!("{base}/studies")).query(&query).send().await.unwrap();
        answer.bytes().await.unwrap()
    });
    let page: Value = serde_json::from_slice(&page).unwrap();
    let records = page["studies"].as_array().unwrap();
    println!("({} records to take the page from)", records.len());
    let mut hundred: Vec<Value> = records.iter().cycle().take(100).cloned().collect();
    for (number, record) in hundred.iter_mut().enumerate() {
        record["protocolSection"]["identificationModule"]["nctId"] = json!(format!("NCT98{number:06}"));
    }
    let page = json!({ "studies": hundred }).to_string();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(page.as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    println!(
        "(the page is {} KiB, packed {} KiB)",
        page.len() >> 10,
        packed.len() >> 10
    );
    packed
}

/// A server that answers every request with this page, at once, over connections that stay open.
fn serve(page: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/api/v2", listener.local_addr().unwrap());
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        page.len()
    );
    let answer = [head.into_bytes(), page].concat();
    thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let answer = answer.clone();
            thread::spawn(move || answer_all(&connection, &answer));
        }
    });
    base
}

fn answer_all(mut connection: &TcpStream, answer: &[u8]) {
    let mut head = Vec::new();
    for byte in BufReader::new(connection).bytes().map_while(Result::ok) {
        head.push(byte);
        if head.ends_with(b"\r\n\r\n") {
            head.clear();
            if connection.write_all(answer).is_err() {
                return;
            }
        }
    }
}

/// The stand-in registry with real records; killed when dropped.
struct StandIn {
    node: Child,
    base: String,
}

impl StandIn {
    /// Starts it with a latency in milliseconds; none, and one line, where it or node is missing.
    fn start(latency_ms: u32) -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/registry");
        if !folder.is_dir() {
            println!("left out: no stand-in registry with real records beside the workspace");
            return None;
        }
        let started = Command::new("node")
            .arg(folder.join("registry.mjs"))
            .args(["--port", "0", "--latency", &latency_ms.to_string(), "--studies"])
            .arg(folder.join("studies.json.gz"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut node) = started else {
            println!("left out: the stand-in registry needs node");
            return None;
        };
        let mut base = String::new();
        BufReader::new(node.stdout.take()?).read_line(&mut base).unwrap();
        Some(Self {
            node,
            base: base.trim().to_owned(),
        })
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}
