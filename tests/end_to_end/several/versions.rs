//! The registry renews its data under several processes.

use super::{LOOK_PAUSE, PLAIN, PROCESSES, Shared, ask, ask_all, counted, said};
use crate::support::watched_registry::WatchedRegistry;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const VERSION_TTL: Duration = Duration::from_secs(1);
/// From the first question after the registry renewed its data to answers from the new ones.
const RENEWED_WITHIN: Duration = VERSION_TTL.saturating_add(Duration::from_secs(IN_ALL_WITHIN_S));
/// Judging everything anew in four processes is the work of an optimised build.
const IN_ALL_WITHIN_S: u64 = if cfg!(debug_assertions) { 9 } else { 3 };

async fn a_new_version_costs_one_query_a_gene(shared: Shared) {
    let registry = WatchedRegistry::start().await;
    let ttl = VERSION_TTL.as_secs().to_string();
    let mut further = PLAIN.to_vec();
    further.push(("REGISTRY_VERSION_TTL", ttl.as_str()));
    let genes = ["EGFR", "KRAS", "BRAF", "ALK", "RET", "MET"];
    let questions: Vec<String> = genes.iter().map(|gene| format!("{gene} mutation")).collect();
    let mut programs = shared.programs(PROCESSES, registry.base_url(), &further).await;
    ask_all(&mut programs, &questions).await;
    let queries = counted(&registry);
    assert_eq!(queries.len(), genes.len(), "{queries:?}");
    assert!(
        queries.values().all(|&times| times == 1),
        "each gene once: {queries:?}\n{}",
        said(&programs)
    );

    let new = "2026-11-21T09:00:05";
    registry.wait(Duration::from_millis(300));
    registry.renew(new);
    let begun = Instant::now();
    let (mut rounds, mut stale, mut slowest) = (0, 0, Duration::ZERO);
    loop {
        let asked = Instant::now();
        let told = ask_all(&mut programs, &questions).await;
        slowest = slowest.max(asked.elapsed());
        rounds += 1;
        let mut not_new = Vec::new();
        for answer in told.iter().flatten() {
            let provenance = &answer["provenance"];
            assert_ne!(provenance["source"], "registry", "nobody waits for it: {provenance}");
            if provenance["registry_version"] == new {
                continue;
            }
            if provenance["stale"] == true {
                let reason = provenance["reason"].as_str().unwrap_or_default();
                assert!(
                    reason.contains("renewed its data") && reason.contains(new),
                    "{provenance}"
                );
                stale += 1;
            }
            not_new.push([&provenance["reason"], &provenance["version_checked_s"]]);
        }
        if not_new.is_empty() {
            break;
        }
        assert!(
            begun.elapsed() < RENEWED_WITHIN,
            "{not_new:?}, {:?}",
            counted(&registry)
        );
        sleep(LOOK_PAUSE).await;
    }
    println!(
        "a new version over {}: all new after {:.2?}, {stale} stale answers meanwhile, the slowest of {rounds} rounds of {} \
         questions took {slowest:.2?}",
        shared.source(),
        begun.elapsed(),
        PROCESSES * genes.len()
    );
    let queries = counted(&registry);
    assert!(
        queries.values().all(|&times| times == 2),
        "each gene once more: {queries:?}\n{}",
        said(&programs)
    );

    // A day later, under the same version, all is exact and nothing is asked. The day is a second long.
    drop(programs);
    let asked = registry.asked().len();
    further.push(("CACHE_TTL", "1"));
    sleep(Duration::from_millis(1200)).await;
    let mut later = shared.program(registry.base_url(), &further).await;
    for question in &questions {
        let answer = ask(&mut later, question).await;
        assert_eq!(answer["provenance"]["source"], shared.source());
        assert_eq!(answer["provenance"]["stale"], false, "{}", answer["provenance"]);
        assert!(
            answer["provenance"]["age_s"].as_u64() >= Some(1),
            "{}",
            answer["provenance"]
        );
    }
    assert_eq!(registry.asked().len(), asked, "{:?}", counted(&registry));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_version_is_answered_soon_and_each_gene_is_fetched_once() {
    a_new_version_costs_one_query_a_gene(Shared::folder("version")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_version_over_redis_is_answered_soon_and_each_gene_is_fetched_once() {
    if let Some(shared) = Shared::redis().await {
        a_new_version_costs_one_query_a_gene(shared).await;
    }
}
