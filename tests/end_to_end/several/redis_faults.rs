//! What goes wrong with Redis, through the whole program and under load: no question fails, and none waits for it.

use super::{ONE, PATIENCE, PLAIN, answered, percentile, question, short_or_long};
use crate::support::mutations::GENES;
use crate::support::program::Program;
use crate::support::redis_server::RedisServer;
use crate::support::watched_registry::WatchedRegistry;
use futures::future::join_all;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// What goes wrong with a store is said within this, and that it is over.
const SAID_WITHIN: Duration = Duration::from_secs(2);
const HEALTHY_WITHIN: Duration = Duration::from_secs(5);
/// Warm questions that are under way at once in each process, with one that is cold.
/// Not among the cold ones, so that it is never dropped.
const WARM: &str = "MLH1 mutation";
const WARM_AT_ONCE: usize = 5;
/// By how much warm questions may take longer than before where the machine is busy with something else.
const HICCUP: Duration = Duration::from_millis(100);

/// A process under load, whose Redis is watched.
struct Loaded {
    program: Program,
    /// Of the next cold question.
    next: usize,
    /// How long the warm questions took since it was looked at last.
    waits: Vec<Duration>,
}

impl Loaded {
    async fn start(registry: &WatchedRegistry, url: &str, nth: usize) -> Self {
        let variables = [
            ("REGISTRY", registry.base_url()),
            ("REDIS_URL", url),
            PLAIN[0],
            ("RUST_LOG", "error"),
        ];
        Self {
            program: Program::greeted(&[], &variables).await,
            next: nth,
            waits: Vec::new(),
        }
    }

    /// Asks mostly what is warm, and what is not, all at once. None may fail.
    async fn ask(&mut self) {
        let gene = GENES[self.next % GENES.len()];
        let cold = format!("{gene} A{}C", 1 + self.next / GENES.len());
        self.next += 1;
        let begun = Instant::now();
        let mut warm = Vec::new();
        for _ in 0..WARM_AT_ONCE {
            warm.push(self.program.begin(ONE, question(WARM)).await);
        }
        let cold = self.program.begin(ONE, question(&cold)).await;
        let mut left = warm.len() + 1;
        while left > 0 {
            let message = self.program.message().await.expect("an answer");
            let id = message["id"].as_u64().unwrap();
            answered(message["result"].clone());
            left -= 1;
            if id != cold {
                self.waits.push(begun.elapsed());
            }
        }
    }

    /// Asks and asks until it says that its Redis is so. Gives how long that took.
    async fn until(&mut self, state: &str, within: Duration) -> Duration {
        let begun = Instant::now();
        loop {
            self.ask().await;
            let told = self.program.call("get_health_status", json!({})).await;
            let redis = &told["structuredContent"]["components"]["redis"];
            if redis["state"] == state {
                assert_eq!(redis["cause"].is_null(), state == "healthy", "{redis}");
                assert_eq!(redis["remedy"].is_null(), state == "healthy", "{redis}");
                return begun.elapsed();
            }
            assert!(begun.elapsed() < within, "not {state} within {within:?}: {redis}");
        }
    }

    /// Drops what was cold, so that it is again.
    async fn forget(&mut self) {
        for gene in GENES {
            let pattern = json!({"pattern": format!("gene:{gene}")});
            self.program.call("invalidate_cache", pattern).await;
        }
    }

    /// Asks for so long.
    async fn go_on(&mut self, time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time {
            self.ask().await;
        }
    }
}

/// Has each say that its Redis is so, and gives how long the last took.
async fn all_until(loaded: &mut [Loaded], state: &str, within: Duration) -> Duration {
    let waiting = loaded.iter_mut().map(|one| one.until(state, within));
    join_all(waiting).await.into_iter().max().unwrap()
}

/// What 99 of a hundred warm questions took since this was looked at last, and how many there were.
fn warm(loaded: &mut [Loaded]) -> (Duration, usize) {
    let waits: Vec<Duration> = loaded
        .iter_mut()
        .flat_map(|one| std::mem::take(&mut one.waits))
        .collect();
    (percentile(&waits, 99), waits.len())
}

/// Under load, more than once in the long form: the fault happens, and is over.
async fn goes_wrong(
    what: &str,
    url: &str,
    mut server: RedisServer,
    happens: impl AsyncFn(&mut RedisServer),
    is_over: impl AsyncFn(&mut RedisServer),
) {
    let registry = WatchedRegistry::start().await;
    registry.wait(Duration::from_millis(50));
    let mut loaded = join_all((0..2).map(|nth| Loaded::start(&registry, url, nth * 20))).await;
    all_until(&mut loaded, "healthy", PATIENCE).await;
    warm(&mut loaded);
    join_all(loaded.iter_mut().map(|one| one.go_on(Duration::from_secs(1)))).await;
    let (before, _) = warm(&mut loaded);
    for _ in 0..short_or_long(1, 10) {
        for one in &mut loaded {
            one.forget().await;
        }
        happens(&mut server).await;
        let said = all_until(&mut loaded, "degraded", SAID_WITHIN).await;
        join_all(loaded.iter_mut().map(|one| one.go_on(Duration::from_secs(1)))).await;
        is_over(&mut server).await;
        let back = all_until(&mut loaded, "healthy", HEALTHY_WITHIN).await;
        let (meanwhile, questions) = warm(&mut loaded);
        println!(
            "Redis {what}: said after {said:.2?}, healthy {back:.2?} after its return; p99 of {questions} warm questions \
             {meanwhile:.2?}, before {before:.2?}"
        );
        assert!(
            meanwhile < before * 2 + HICCUP,
            "{what}: {meanwhile:?}, {before:?} before"
        );
    }
    for mut one in loaded {
        one.program.hang_up();
        assert_eq!(one.program.end().await.code, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_may_be_killed_and_come_back_empty_and_no_question_fails_or_waits() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    goes_wrong(
        "killed, back empty",
        &server.url(),
        server,
        async |server| server.kill(),
        async |server| server.start_again().await,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_may_stall_and_no_question_fails_or_waits() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    goes_wrong(
        "stalled",
        &server.url(),
        server,
        async |server| server.stall(true),
        async |server| server.stall(false),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_may_become_a_read_only_replica_and_no_question_fails_or_waits() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    // A primary that is never there: what the replica has it goes on reading out.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port().to_string();
    drop(nobody);
    goes_wrong(
        "read-only",
        &server.url(),
        server,
        async |server| assert_eq!(server.say("", &["REPLICAOF", "127.0.0.1", &port]), "OK"),
        async |server| assert_eq!(server.say("", &["REPLICAOF", "NO", "ONE"]), "OK"),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_may_run_out_of_memory_and_no_question_fails_or_waits() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    assert_eq!(
        server.say("", &["CONFIG", "SET", "maxmemory-policy", "noeviction"]),
        "OK"
    );
    goes_wrong(
        "out of memory",
        &server.url(),
        server,
        async |server| assert_eq!(server.say("", &["CONFIG", "SET", "maxmemory", "1mb"]), "OK"),
        async |server| assert_eq!(server.say("", &["CONFIG", "SET", "maxmemory", "0"]), "OK"),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_may_change_its_password_and_no_question_fails_or_waits() {
    let Some(server) = RedisServer::start().await else {
        return;
    };
    let set = |server: &RedisServer, from: &str, to: &str| {
        assert_eq!(server.say(from, &["CONFIG", "SET", "requirepass", to]), "OK");
        // Those who are in stay in, until they are shown out.
        server.say(to, &["CLIENT", "KILL", "TYPE", "normal"]);
    };
    set(&server, "", "was right");
    goes_wrong(
        "with another password",
        &server.url_with("was%20right"),
        server,
        async |server| set(server, "was right", "is right"),
        async |server| set(server, "is right", "was right"),
    )
    .await;
}
