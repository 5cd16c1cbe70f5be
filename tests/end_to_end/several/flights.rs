//! One flight among several processes: equal questions cost one query, and one that dies in the middle is followed.

use super::{ONE, PATIENCE, PLAIN, PROCESSES, Shared, answered, ask, ask_all, figures, question, short_or_long};
use crate::support::watched_registry::WatchedRegistry;
use std::time::Duration;
use tokio::time::Instant;

async fn equal_cold_questions_cost_one_query(shared: Shared) {
    let registry = WatchedRegistry::start().await;
    registry.wait(Duration::from_millis(300));
    let each = short_or_long(200, 1000) / PROCESSES;
    let mut programs = shared.programs(PROCESSES, registry.base_url(), &PLAIN).await;
    let begun = Instant::now();
    let told = ask_all(&mut programs, &vec!["EGFR L858R".into(); each]).await;
    println!(
        "{} equal cold questions to {PROCESSES} processes over {}: {:.2?}, {} request",
        each * PROCESSES,
        shared.source(),
        begun.elapsed(),
        registry.asked().len()
    );
    let first = &told[0][0];
    assert!(first["total"].as_u64() > Some(0), "{first}");
    for answer in told.iter().flatten() {
        assert_eq!(answer["trials"], first["trials"]);
    }
    assert_eq!(registry.asked().len(), 1, "{:?}", registry.asked());

    // The holder answers before it has written; that one wrote the others show, who were answered from the store.
    let mut later = shared.program(registry.base_url(), &PLAIN).await;
    let answer = ask(&mut later, "EGFR T790M").await;
    assert_eq!(answer["provenance"]["source"], shared.source());
    assert_eq!(answer["provenance"]["stale"], false, "{}", answer["provenance"]);
    assert_eq!(registry.asked().len(), 1, "one that starts later asks nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_cold_questions_to_several_processes_are_one_query() {
    equal_cold_questions_cost_one_query(Shared::folder("equal")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_cold_questions_to_several_processes_on_redis_are_one_query() {
    if let Some(shared) = Shared::redis().await {
        equal_cold_questions_cost_one_query(shared).await;
    }
}

/// From the death of the one that asks the registry to the request of the one that takes over.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(1);

async fn another_takes_over(shared: &Shared) {
    let registry = WatchedRegistry::start().await;
    // Whoever asks now gets no answer while it matters.
    registry.wait(PATIENCE);
    let mut programs = shared.programs(PROCESSES, registry.base_url(), &PLAIN).await;
    let mut holder = programs.remove(0);
    holder.begin(ONE, question("ALK fusion")).await;
    registry.until_asked(1).await;
    let each = 20;
    let mut asked = Vec::new();
    for program in &mut programs {
        let mut ids = Vec::new();
        for _ in 0..each {
            ids.push(program.begin(ONE, question("ALK fusion")).await);
        }
        let begun = Instant::now();
        while figures(program).await["flights"] == 0 {
            assert!(begun.elapsed() < PATIENCE, "they are on their way");
        }
        asked.push(ids);
    }
    assert_eq!(registry.asked().len(), 1, "the others wait");

    registry.wait(Duration::ZERO);
    holder.signal("KILL");
    let killed = Instant::now();
    registry.until_asked(2).await;
    let took = killed.elapsed();
    println!(
        "killed in the middle of its request, over {}: followed after {took:.2?}",
        shared.source()
    );
    assert!(took < TAKEN_OVER_WITHIN, "{took:?}");
    for (program, ids) in programs.iter_mut().zip(&asked) {
        for told in program.results(ids).await {
            let answer = answered(told);
            assert!(answer["total"].as_u64() > Some(0), "{answer}");
        }
    }
    assert_eq!(registry.asked().len(), 2, "one more request: {:?}", registry.asked());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_one_that_asks_is_killed_another_takes_over_within_a_second() {
    for nth in 0..short_or_long(1, 20) {
        another_takes_over(&Shared::folder(&format!("killed-{nth}"))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_one_that_asks_is_killed_another_on_redis_takes_over_within_a_second() {
    for _ in 0..short_or_long(1, 20) {
        let Some(shared) = Shared::redis().await else { return };
        another_takes_over(&shared).await;
    }
}
