//! What people notice of a store, of warming and of the registry: as little as can be.

use super::{ONE, Shared, counted, question, short_or_long};
use crate::support::mutations::{GENES, different_mutations, zipf_mix};
use crate::support::service::Service;
use crate::support::watched_registry::WatchedRegistry;
use futures::future::join_all;
use serde_json::json;
use std::collections::HashSet;
use tokio::time::Instant;

/// Of a hundred questions on a warm server, as many are answered from memory.
const FROM_MEMORY_MIN: f64 = 0.99;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nearly_all_that_people_ask_a_warm_server_is_answered_from_memory() {
    let registry = WatchedRegistry::start().await;
    let shared = Shared::folder("mix");
    let (name, folder) = shared.variable();
    let variables = [
        ("REGISTRY", registry.base_url()),
        (name, folder.as_str()),
        ("REGISTRY_VERSION_TTL", "1"),
        ("REGISTRY_RATE_LIMIT", "0"),
    ];
    let service = Service::start(&variables).await;
    let genes: Vec<String> = GENES.iter().map(|gene| format!("{gene} mutation")).collect();
    let warmed = service.call("warm_cache", json!({"mutations": genes})).await;
    assert_eq!(warmed.answer()["failed"], json!([]), "{}", warmed.text);

    let mutations = different_mutations(2000);
    let questions = short_or_long(2_000, 100_000);
    let mix = zipf_mix(&mutations, questions, 5);
    let different: HashSet<&String> = mix.iter().collect();
    let (mut from_memory, mut stale) = (0, 0);
    let begun = Instant::now();
    for (nth, asked) in mix.chunks(50).enumerate() {
        if nth == questions / 50 / 2 {
            registry.renew("2026-11-21T09:00:05");
        }
        let asker = service.asker();
        let told = join_all(asked.iter().map(|mutation| asker.call(ONE, question(mutation)))).await;
        for told in &told {
            let provenance = &told.answer()["provenance"];
            from_memory += usize::from(provenance["source"] == "memory");
            stale += usize::from(provenance["stale"] == true);
        }
    }
    let share = from_memory as f64 / questions as f64;
    let queries = counted(&registry);
    println!(
        "{questions} questions about {} mutations in {:.1?}: {:.2} % from memory, {stale} stale; {} queries about {} genes under \
         two versions",
        different.len(),
        begun.elapsed(),
        share * 100.0,
        queries.values().sum::<usize>(),
        queries.len()
    );
    assert!(share >= FROM_MEMORY_MIN, "{share}");
    assert!(
        queries.values().all(|&times| times <= 2),
        "one a gene and version: {queries:?}"
    );
    service.end().await;
}
