//! Real servers on ports of their own, killed when dropped.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Once;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long is waited for what must come.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// One server.
pub(super) struct Server {
    process: Child,
    pub(super) port: u16,
    folder: PathBuf,
}

impl Server {
    /// Starts one with these further arguments; none, and one line, where there is no redis-server.
    pub(super) async fn start(arguments: &[&str]) -> Option<Self> {
        Self::start_at(free_port(), "redis-server", arguments).await
    }

    pub(super) async fn start_at(port: u16, program: &str, arguments: &[&str]) -> Option<Self> {
        let folder = std::env::temp_dir().join(format!("clinical-trials-redis-{port}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let started = Command::new(program)
            .args(if program == "redis-server" { &[][..] } else { arguments })
            .args(["--port", &port.to_string(), "--save", "", "--appendonly", "no"])
            .args(["--bind", "127.0.0.1", "--enable-debug-command", "yes", "--dir"])
            .arg(&folder)
            .args(if program == "redis-server" { arguments } else { &[][..] })
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(process) = started else {
            static SAID: Once = Once::new();
            SAID.call_once(|| eprintln!("left out: redis-server is not installed"));
            return None;
        };
        let server = Self { process, port, folder };
        server
            .until(&["PING"], |said| said.contains("PONG") || said.contains("NOAUTH"))
            .await;
        Some(server)
    }

    /// Says something to it, and gives what it answers.
    pub(super) fn say(&self, words: &[&str]) -> String {
        let Output { stdout, .. } = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(words)
            .output()
            .unwrap();
        String::from_utf8_lossy(&stdout).into_owned()
    }

    /// Says something until it answers as it should.
    pub(super) async fn until(&self, words: &[&str], is_right: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        while !is_right(&self.say(words)) {
            assert!(begun.elapsed() < PATIENCE, "{words:?}: {}", self.say(words));
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// A number of `INFO`.
    pub(super) fn info(&self, name: &str) -> u64 {
        let info = self.say(&["INFO"]);
        let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap().trim().parse().unwrap()
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it at once, with all that it had.
    pub(super) fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Starts it again on its port, empty.
    pub(super) async fn start_again(&mut self, arguments: &[&str]) {
        self.kill();
        let again = Self::start_at(self.port, "redis-server", arguments).await.unwrap();
        let old = std::mem::replace(self, again);
        // Its process is gone, and its folder is now the other's.
        std::mem::forget(old);
    }

    /// Stops it from answering, or lets it go on, as a machine does that stalls.
    pub(super) fn stall(&self, is_stalled: bool) {
        let signal = if is_stalled { "-STOP" } else { "-CONT" };
        let id = self.process.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A port that nobody uses, and for a cluster's own talk that nobody uses the one ten thousand above it.
pub(super) fn free_port() -> u16 {
    loop {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        if let Some(above) = port.checked_add(10_000)
            && TcpListener::bind(("127.0.0.1", above)).is_ok()
        {
            return port;
        }
    }
}
