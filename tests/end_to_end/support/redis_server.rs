//! A real redis-server on a port of its own. It is no part of the project: without it the tests that need it say in one
//! line that they were left out.

use std::io::Write as _;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

/// How long is waited for it to take connections.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server that keeps nothing on the disk; killed when dropped.
#[derive(Debug)]
pub(crate) struct RedisServer {
    process: Child,
    port: u16,
}

impl RedisServer {
    /// Starts one; none, and one line, where there is no redis-server.
    pub(crate) async fn start() -> Option<Self> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let Ok(process) = spawn(port) else {
            static SAID: Once = Once::new();
            SAID.call_once(|| {
                let _ = writeln!(std::io::stderr(), "left out: redis-server is not installed");
            });
            return None;
        };
        let server = Self { process, port };
        server.until_open().await;
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// How it is reached by one who gives this password.
    pub(crate) fn url_with(&self, password: &str) -> String {
        format!("redis://:{password}@127.0.0.1:{}", self.port)
    }

    /// Says something to it, with this password where there is one, and gives what it answers.
    pub(crate) fn say(&self, password: &str, words: &[&str]) -> String {
        let said = Command::new("redis-cli")
            .args(["-p", &self.port.to_string(), "--no-auth-warning"])
            .args(if password.is_empty() {
                vec![]
            } else {
                vec!["-a", password]
            })
            .args(words)
            .output()
            .unwrap();
        String::from_utf8_lossy(&said.stdout).trim().to_owned()
    }

    /// Ends it at once, with all that it had.
    pub(crate) fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Starts it again on its port, empty.
    pub(crate) async fn start_again(&mut self) {
        self.kill();
        self.process = spawn(self.port).unwrap();
        self.until_open().await;
    }

    /// Stops it from answering, as a machine does that stalls, or lets it go on.
    pub(crate) fn stall(&self, is_stalled: bool) {
        let signal = if is_stalled { "-STOP" } else { "-CONT" };
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    async fn until_open(&self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert!(begun.elapsed() < PATIENCE, "redis-server did not start");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(port: u16) -> std::io::Result<Child> {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}
