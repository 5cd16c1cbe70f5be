//! The sample registry behind a door: who passes is written down, made to wait, or shown a fault, as the test says.

use crate::support::fault_server::{Step, read_head, response};
use clinical_trials_mcp::registry::sample;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// A registry that a test watches and turns the weather of. It ends when dropped.
#[derive(Debug)]
pub(crate) struct WatchedRegistry {
    base: String,
    shared: Arc<Shared>,
    /// Bound, so that nobody else takes its port, and not listening: connections are refused.
    closed: Option<TcpSocket>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    behind: sample::Server,
    weather: Mutex<Weather>,
    version: Mutex<String>,
    /// The targets of all requests so far.
    asked: watch::Sender<Vec<String>>,
    /// When each request came, look-ups of the version among them.
    moments: Mutex<Vec<Instant>>,
}

#[derive(Clone, Debug, Default)]
struct Weather {
    latency: Duration,
    /// What is done instead of answering, and for how many requests; none: for all.
    fault: Option<(Vec<Step>, Option<usize>)>,
}

impl WatchedRegistry {
    /// One that answers.
    pub(crate) async fn start() -> Self {
        let mut registry = Self::closed().await;
        registry.open();
        registry
    }

    /// One that refuses connections until it is opened.
    pub(crate) async fn closed() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        Self {
            base: format!("http://{}/api/v2", socket.local_addr().unwrap()),
            shared: Arc::new(Shared {
                behind: sample::Server::start().await.unwrap(),
                weather: Mutex::default(),
                version: Mutex::new(version("2026-11-20T09:00:05")),
                asked: watch::Sender::default(),
                moments: Mutex::default(),
            }),
            closed: Some(socket),
            accepting: None,
        }
    }

    /// Takes connections from now on.
    pub(crate) fn open(&mut self) {
        let listener = self.closed.take().unwrap().listen(1024).unwrap();
        let shared = Arc::clone(&self.shared);
        self.accepting = Some(tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, Arc::clone(&shared)));
            }
        }));
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base
    }

    /// Every answer takes this much longer from now on.
    pub(crate) fn wait(&self, latency: Duration) {
        self.shared.weather.lock().unwrap().latency = latency;
    }

    /// Shows this fault from now on.
    pub(crate) fn show(&self, fault: Vec<Step>) {
        self.shared.weather.lock().unwrap().fault = Some((fault, None));
    }

    /// Shows this fault to the next request, and is well again after.
    pub(crate) fn show_once(&self, fault: Vec<Step>) {
        self.shared.weather.lock().unwrap().fault = Some((fault, Some(1)));
    }

    /// Has another version of its data from now on.
    pub(crate) fn renew(&self, data_timestamp: &str) {
        *self.shared.version.lock().unwrap() = version(data_timestamp);
    }

    /// Answers from now on.
    pub(crate) fn recover(&self) {
        self.shared.weather.lock().unwrap().fault = None;
    }

    /// The targets of all requests so far, look-ups of the version left out.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shared.asked.borrow().clone()
    }

    /// The queries among them, without their further pages.
    pub(crate) fn queries(&self) -> Vec<String> {
        let mut asked = self.asked();
        asked.retain(|target| target.contains("/studies?") && !target.contains("pageToken="));
        asked
    }

    /// When each request so far came, in order, look-ups of the version among them.
    pub(crate) fn moments(&self) -> Vec<Instant> {
        self.shared.moments.lock().unwrap().clone()
    }

    /// Waits until this many requests have come.
    pub(crate) async fn until_asked(&self, times: usize) {
        let mut asked = self.shared.asked.subscribe();
        asked.wait_for(|asked| asked.len() >= times).await.unwrap();
    }
}

impl Drop for WatchedRegistry {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

impl Shared {
    fn fault(&self) -> Option<Vec<Step>> {
        let mut weather = self.weather.lock().unwrap();
        let (steps, times) = weather.fault.as_mut()?;
        let steps = steps.clone();
        if let Some(times) = times {
            *times -= 1;
            if *times == 0 {
                weather.fault = None;
            }
        }
        Some(steps)
    }
}

fn version(data_timestamp: &str) -> String {
    format!(r#"{{"apiVersion": "2.0.5", "dataTimestamp": "{data_timestamp}"}}"#)
}

async fn serve(mut connection: TcpStream, shared: Arc<Shared>) {
    let Some(head) = read_head(&mut connection).await else {
        return;
    };
    shared.moments.lock().unwrap().push(Instant::now());
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    // The look-up of the version has its own tests: here it is neither counted nor shown a fault.
    if target.ends_with("/version") {
        let body = shared.version.lock().unwrap().clone();
        let _ = connection.write_all(&response("200 OK", "", body.as_bytes())).await;
        let _ = connection.shutdown().await;
        return;
    }
    shared.asked.send_modify(|asked| asked.push(target.clone()));
    if let Some(steps) = shared.fault() {
        Step::take_all(&steps, &mut connection).await;
        return;
    }
    let latency = shared.weather.lock().unwrap().latency;
    let begun = Instant::now();
    let url = shared.behind.base_url().replace("/api/v2", &target);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.get(url).send().await.unwrap();
    let status = answer.status().to_string();
    let body = answer.bytes().await.unwrap();
    tokio::time::sleep_until(begun + latency).await;
    let _ = connection.write_all(&response(&status, "", &body)).await;
    let _ = connection.shutdown().await;
}
