//! What goes wrong with Redis, through the whole program.

use super::{PATIENCE, PLAIN, ask, short_or_long};
use crate::support::mutations::GENES;
use crate::support::program::Program;
use crate::support::redis_server::RedisServer;
use crate::support::watched_registry::WatchedRegistry;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// What goes wrong with a store is said within this, and that it is over.
const SAID_WITHIN: Duration = Duration::from_secs(2);
const HEALTHY_WITHIN: Duration = Duration::from_secs(5);

/// Asks and asks, mostly what is warm and now and then what is not, until the program says that its Redis is so. No
/// question may fail meanwhile. Gives how long that took, and how long the slowest warm question did.
async fn ask_until(
    program: &mut Program,
    cold: &mut impl Iterator<Item = String>,
    state: &str,
    within: Duration,
) -> (Duration, Duration) {
    let begun = Instant::now();
    let mut slowest = Duration::ZERO;
    loop {
        for _ in 0..5 {
            let asked = Instant::now();
            ask(program, "EGFR L858R").await;
            slowest = slowest.max(asked.elapsed());
        }
        ask(program, &cold.next().unwrap()).await;
        let told = program.call("get_health_status", json!({})).await;
        let redis = &told["structuredContent"]["components"]["redis"];
        if redis["state"] == state {
            assert_eq!(redis["cause"].is_null(), state == "healthy", "{redis}");
            assert_eq!(redis["remedy"].is_null(), state == "healthy", "{redis}");
            return (begun.elapsed(), slowest);
        }
        assert!(begun.elapsed() < within, "not {state} within {within:?}: {redis}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_may_die_stall_or_come_back_empty_and_no_question_fails() {
    let Some(mut server) = RedisServer::start().await else {
        return;
    };
    let registry = WatchedRegistry::start().await;
    let url = server.url();
    let variables = [
        ("REGISTRY", registry.base_url()),
        ("REDIS_URL", url.as_str()),
        PLAIN[0],
        ("RUST_LOG", "error"),
    ];
    let mut program = Program::greeted(&[], &variables).await;
    // Each a gene that was not asked for before, and then from the first on by other mutations.
    let mut cold = (1..).flat_map(|position| GENES.iter().map(move |gene| format!("{gene} A{position}C")));
    ask_until(&mut program, &mut cold, "healthy", PATIENCE).await;
    for nth in 0..short_or_long(3, 12) {
        let what = match nth % 3 {
            0 => "killed, back empty",
            1 => "stalled",
            _ => "killed again",
        };
        if nth % 3 == 1 {
            server.stall(true)
        } else {
            server.kill()
        }
        let (said, slow) = ask_until(&mut program, &mut cold, "degraded", SAID_WITHIN).await;
        if nth % 3 == 1 {
            server.stall(false)
        } else {
            server.start_again().await
        }
        let (back, slow_back) = ask_until(&mut program, &mut cold, "healthy", HEALTHY_WITHIN).await;
        println!(
            "Redis {what}: said after {said:.2?}, healthy {back:.2?} after its return, the slowest warm question {:.2?}",
            slow.max(slow_back)
        );
    }
    program.hang_up();
    assert_eq!(program.end().await.code, Some(0));
}
