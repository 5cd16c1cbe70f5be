//! One rate budget among several processes.

use super::{ONE, PROCESSES, Shared, said, short_or_long};
use crate::support::mutations::GENES;
use crate::support::watched_registry::WatchedRegistry;
use futures::future::join_all;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

const PER_MINUTE: usize = 60;
/// Requests that may go out at once after a quiet time.
const BURST: usize = 20;
/// Requests that were let go at different times and came at the same, in windows shorter than a minute.
const IN_PASSING: f64 = 2.0;
const MINUTE: Duration = Duration::from_secs(60);

async fn several_keep_to_one_budget(shared: Shared) {
    let registry = WatchedRegistry::start().await;
    let timeout = short_or_long(5, 25).to_string();
    let further = [
        ("REGISTRY_RATE_LIMIT", "60"),
        ("QUESTION_TIMEOUT", timeout.as_str()),
        ("RUST_LOG", "warn,actors=debug"),
    ];
    let mut programs = shared.programs(PROCESSES, registry.base_url(), &further).await;
    let (mut answers, mut rationed) = (0, 0);
    for wave in 0..short_or_long(1, 5) {
        // To each its own genes, at once, and of each gene two sets; then records that nobody knows.
        let asking = programs
            .iter_mut()
            .zip(GENES.chunks(GENES.len() / PROCESSES))
            .enumerate();
        let told = join_all(asking.map(async |(nth, (program, genes))| {
            let mut ids = Vec::new();
            for (of_it, gene) in genes.iter().enumerate() {
                let number = format!("NCT9{wave}{nth}{of_it:05}");
                ids.push(match wave {
                    0 => {
                        let arguments = json!({"mutation": format!("{gene} mutation"), "status": "all", "limit": 1});
                        program.begin(ONE, arguments).await
                    }
                    _ => program.begin("get_trial", json!({"nct_id": number})).await,
                });
            }
            program.results(&ids).await
        }))
        .await;
        for told in told.iter().flatten() {
            let complaint = told["content"][0]["text"].as_str().unwrap();
            let is_rationed = complaint.contains("REGISTRY_RATE_LIMIT") || complaint.contains("QUESTION_TIMEOUT");
            let is_answered = told["isError"] != true || wave > 0 && complaint.contains("NCT9");
            assert!(is_rationed || is_answered, "{complaint}");
            rationed += usize::from(is_rationed);
            answers += usize::from(is_answered);
        }
    }
    assert!(answers > 0);
    let moments = registry.moments();
    let (in_a_minute, above) = (most_in_a_minute(&moments), most_above_the_rate(&moments));
    println!(
        "one budget of {PER_MINUTE} a minute over {}: {} requests, {answers} questions answered, {rationed} told to come again; \
         at most {in_a_minute} in a minute, and {above:.1} above the rate in any time",
        shared.source(),
        moments.len()
    );
    assert!(
        in_a_minute <= PER_MINUTE + BURST && above <= BURST as f64 + IN_PASSING,
        "{in_a_minute} requests in a minute, {above} above the rate\n{}",
        said(&programs)
    );
}

/// How many requests came in the worst of all minutes.
fn most_in_a_minute(moments: &[Instant]) -> usize {
    let from = |&first: &Instant| {
        let within = |&&at: &&Instant| at >= first && at.duration_since(first) < MINUTE;
        moments.iter().filter(within).count()
    };
    moments.iter().map(from).max().unwrap_or_default()
}

/// How many requests came above the rate, in the worst of all windows.
fn most_above_the_rate(moments: &[Instant]) -> f64 {
    let mut most: f64 = 0.0;
    for (first, &from) in moments.iter().enumerate() {
        for (last, &to) in moments.iter().enumerate().skip(first) {
            let earned = to.duration_since(from).as_secs_f64() / MINUTE.as_secs_f64() * PER_MINUTE as f64;
            most = most.max((last - first + 1) as f64 - earned);
        }
    }
    most
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_keep_to_one_rate_budget() {
    several_keep_to_one_budget(Shared::folder("budget")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_on_redis_keep_to_one_rate_budget() {
    if let Some(shared) = Shared::redis().await {
        several_keep_to_one_budget(shared).await;
    }
}
