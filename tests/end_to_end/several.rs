//! Several processes on one store: what they share, what they spare the registry, and what happens when one dies.
//!
//! Each process is the real binary with a client of its own. What they share is a folder of the test's, or a
//! redis-server that the test started. The short forms run with the other tests; the numbers in full:
//! `LONG_PROOFS=1 cargo test --release --test end_to_end several:: -- --nocapture --test-threads=1`

/// One rate budget among them.
mod budget;
/// One flight among them.
mod flights;
/// Which of several daemons warms for all.
mod lead;
/// What people notice: as little as can be.
mod people;
/// What goes wrong with Redis.
mod redis_faults;
/// What lies in the store.
mod stored;
/// The registry renews its data.
mod versions;
/// What several daemons warm, and at whose cost.
mod warming;

use crate::support::daemon_process::DaemonProcess;
use crate::support::program::Program;
use crate::support::redis_server::RedisServer;
use crate::support::watched_registry::WatchedRegistry;
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const ONE: &str = "summarize_trials_async";
const PROCESSES: usize = 4;
/// How often is looked for what nobody tells.
const LOOK_PAUSE: Duration = Duration::from_millis(20);
/// How long is waited for what must come, where nothing is promised of the time.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long warming from the start takes at most, with real records too.
const WARM_WITHIN: Duration = Duration::from_secs(120);
/// Without a rate; what the stores and fetches do is said, for a test that fails to show.
const PLAIN: [(&str, &str); 2] = [("REGISTRY_RATE_LIMIT", "0"), ("RUST_LOG", "warn,actors=debug")];

/// As a daemon says where it listens, and which of several leads.
const TELLING: (&str, &str) = ("RUST_LOG", "info,actors=debug");

/// The second number in full, the first otherwise.
fn short_or_long(short: usize, long: usize) -> usize {
    if std::env::var_os("LONG_PROOFS").is_some() {
        long
    } else {
        short
    }
}

/// What processes share; gone when dropped.
enum Shared {
    Folder(PathBuf),
    Redis(RedisServer),
}

impl Shared {
    fn folder(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("clinical-trials-several-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Self::Folder(folder)
    }

    /// None, and one line, where there is no redis-server.
    async fn redis() -> Option<Self> {
        RedisServer::start().await.map(Self::Redis)
    }

    fn variable(&self) -> (&'static str, String) {
        match self {
            Self::Folder(folder) => ("CACHE_DIR", folder.to_string_lossy().into_owned()),
            Self::Redis(server) => ("REDIS_URL", server.url()),
        }
    }

    /// As provenance names it.
    fn source(&self) -> &'static str {
        match self {
            Self::Folder(_) => "embedded",
            Self::Redis(_) => "redis",
        }
    }

    async fn program(&self, registry: &str, further: &[(&str, &str)]) -> Program {
        let (name, value) = self.variable();
        let mut variables = vec![("REGISTRY", registry), (name, value.as_str())];
        variables.extend(further);
        Program::greeted(&[], &variables).await
    }

    async fn daemon(&self, registry: &str, further: &[(&str, &str)]) -> DaemonProcess {
        let (name, value) = self.variable();
        let mut variables = vec![("REGISTRY", registry), (name, value.as_str())];
        variables.extend(further);
        DaemonProcess::start(&variables).await
    }

    async fn daemons(&self, count: usize, registry: &str, further: &[(&str, &str)]) -> Vec<DaemonProcess> {
        join_all((0..count).map(|_| self.daemon(registry, further))).await
    }

    async fn programs(&self, count: usize, registry: &str, further: &[(&str, &str)]) -> Vec<Program> {
        join_all((0..count).map(|_| self.program(registry, further))).await
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Self::Folder(folder) = self {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// A question for one trial at most, so that many answers fit into a pipe.
fn question(mutation: &str) -> Value {
    json!({"mutation": mutation, "limit": 1})
}

async fn ask(program: &mut Program, mutation: &str) -> Value {
    answered(program.call(ONE, question(mutation)).await)
}

/// The structured content of an answer.
fn answered(told: Value) -> Value {
    assert_ne!(told["isError"], true, "{told:.1000}");
    told["structuredContent"].clone()
}

/// Asks each process each of these questions, all at once.
async fn ask_all(programs: &mut [Program], questions: &[String]) -> Vec<Vec<Value>> {
    let asking = programs.iter_mut().map(async |program| {
        let mut ids = Vec::new();
        for mutation in questions {
            ids.push(program.begin(ONE, question(mutation)).await);
        }
        let told = program.results(&ids).await;
        told.into_iter().map(answered).collect()
    });
    join_all(asking).await
}

/// The time within which this many of a hundred were done.
fn percentile(times: &[Duration], of_hundred: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() * of_hundred).div_ceil(100).max(1);
    sorted[place - 1]
}

/// Waits until what is warmed from the start is warm: one of them has begun to, and all rest.
async fn until_warm(daemons: &[DaemonProcess]) {
    let begun = Instant::now();
    let has_begun = |daemon: &DaemonProcess| daemon.program.said().contains("errands=");
    loop {
        let mut is_warm = daemons.iter().any(has_begun);
        for daemon in daemons {
            is_warm &= daemon.health().await["components"]["warmer"]["state"] == "resting";
        }
        if is_warm {
            return;
        }
        assert!(begun.elapsed() < WARM_WITHIN, "{}", daemons[0].health().await);
        sleep(LOOK_PAUSE).await;
    }
}

/// What they have complained of on stderr.
fn said(programs: &[Program]) -> String {
    programs.iter().map(Program::said).collect()
}

async fn figures(program: &mut Program) -> Value {
    program.call("get_cache_analytics", json!({})).await["structuredContent"].clone()
}

/// How often the registry was queried for each subject, told by the first phrase of the query.
fn counted(registry: &WatchedRegistry) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for query in registry.queries() {
        let subject = query.split("%22").nth(1).unwrap_or_default().to_owned();
        *counted.entry(subject).or_default() += 1;
    }
    counted
}
