//! What lies in a shared store: what is dropped, written when a process dies, and of which registry it is.

use super::{LOOK_PAUSE, ONE, PLAIN, PROCESSES, Shared, ask, ask_all, figures, question, short_or_long};
use crate::support::fault_server::FaultServer;
use crate::support::mutations::GENES;
use crate::support::program::Program;
use crate::support::watched_registry::WatchedRegistry;
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What is dropped in one process is dropped in all within this.
const DROPPED_WITHIN: Duration = Duration::from_secs(1);

async fn what_one_drops_all_drop(shared: Shared) {
    let registry = WatchedRegistry::start().await;
    let mut programs = shared.programs(PROCESSES, registry.base_url(), &PLAIN).await;
    ask_all(&mut programs, &["EGFR L858R".into(), "KRAS G12C".into()]).await;
    assert_eq!(registry.asked().len(), 2);
    let dropped = programs[0]
        .call("invalidate_cache", json!({"pattern": "gene:EGFR*"}))
        .await;
    assert!(
        dropped["structuredContent"]["invalidated"].as_u64() >= Some(1),
        "{dropped}"
    );
    let begun = Instant::now();
    for program in &mut programs {
        while figures(program).await["sets"] != 1 {
            assert!(begun.elapsed() < DROPPED_WITHIN);
            sleep(LOOK_PAUSE).await;
        }
    }
    println!(
        "dropped in every process over {} after {:.2?}",
        shared.source(),
        begun.elapsed()
    );
    // In the store too: one more query, whoever is asked.
    ask_all(&mut programs, &["EGFR L858R".into(), "KRAS G12C".into()]).await;
    let queries = registry.queries();
    assert_eq!(queries.len(), 3, "{queries:?}");
    assert!(queries[2].contains("EGFR"), "{queries:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_drops_all_drop_within_a_second() {
    what_one_drops_all_drop(Shared::folder("dropped")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_on_redis_drops_all_drop_within_a_second() {
    if let Some(shared) = Shared::redis().await {
        what_one_drops_all_drop(shared).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_killed_while_it_writes_serves_when_it_is_started_again() {
    let shared = Shared::folder("writing");
    let registry = WatchedRegistry::start().await;
    let times = short_or_long(4, 50);
    let mut from_the_store = 0;
    for nth in 0..times {
        let mut program = shared.program(registry.base_url(), &PLAIN).await;
        if nth > 0 {
            // What the one before wrote is whole or not there: either way it is answered rightly.
            let answer = ask(&mut program, "EGFR L858R").await;
            assert!(answer["total"].as_u64() > Some(0), "{answer}");
            from_the_store += usize::from(answer["provenance"]["source"] == "embedded");
            program.call("invalidate_cache", json!({"pattern": "*"})).await;
        }
        ask(&mut program, "EGFR L858R").await;
        for gene in GENES.iter().skip(1) {
            program.begin(ONE, question(&format!("{gene} mutation"))).await;
        }
        // Somewhere in the writing that follows the answers, sooner or later each time.
        for _ in 0..nth % 20 {
            program.message().await;
        }
        program.signal("KILL");
        program.end().await;
    }
    println!("killed {times} times while it wrote: what it wrote first was there {from_the_store} times after");
    assert!(from_the_store > 0);
    let mut program = shared.program(registry.base_url(), &PLAIN).await;
    let told = program.call("get_health_status", json!({})).await;
    let embedded = &told["structuredContent"]["components"]["embedded"];
    assert_eq!(embedded["state"], "healthy", "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_registry_answered_is_never_taken_for_the_answer_of_another() {
    async fn of_both(shared: &Shared) {
        let empty =
            br#"{"apiVersion": "2.0.5", "dataTimestamp": "2026-11-20T09:00:05", "totalCount": 0, "studies": []}"#;
        let empty = FaultServer::answering("200 OK", "Content-Type: application/json\r\n", empty).await;
        for (round, source) in ["registry", shared.source()].into_iter().enumerate() {
            let mut of_sample = shared.program("sample", &PLAIN).await;
            let mut of_empty = shared.program(empty.base_url(), &PLAIN).await;
            let (some, none) = (
                ask(&mut of_sample, "EGFR L858R").await,
                ask(&mut of_empty, "EGFR L858R").await,
            );
            assert!(some["total"].as_u64() > Some(0), "{round}: {some}");
            assert_eq!(none["total"], 0, "{round}: {none}");
            assert_eq!(none["provenance"]["source"], source, "{none}");
            assert_eq!(some["provenance"]["source"], source, "{some}");
            for program in [of_sample, of_empty] {
                end_well(program).await;
            }
        }
    }
    of_both(&Shared::folder("both")).await;
}

/// Lets it end by itself, so that what it has fetched is written.
async fn end_well(mut program: Program) {
    program.hang_up();
    assert_eq!(program.end().await.code, Some(0));
}
