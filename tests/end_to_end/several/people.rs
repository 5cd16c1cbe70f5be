//! What people notice of a store, of warming and of the registry: as little as can be.

use super::{ONE, Shared, TELLING, answered, counted, percentile, question, short_or_long};
use crate::support::daemon_process::DaemonProcess;
use crate::support::mutations::{GENES, different_mutations, zipf_mix};
use crate::support::service::Service;
use crate::support::stand_in::StandIn;
use crate::support::watched_registry::WatchedRegistry;
use futures::future::join_all;
use serde_json::json;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep};

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

/// What people notice of warming: how much longer than without it 99 of a hundred of them wait at most.
const LONGER_MAX: f64 = 1.2;
/// A question that is answered from memory takes less than a busy machine's scheduler takes to give a core to whom it is
/// due: so much longer is not noticed.
const NOT_NOTICED: f64 = if cfg!(debug_assertions) { 0.100 } else { 0.005 };
/// Not among what is warmed from the start, so that nobody but people brings it.
const WARM: &str = "MLH1 mutation";
const COLD: [&str; 6] = ["SETD2", "FH", "VHL", "RB1", "GNAS", "MEN1"];
const PEOPLE: usize = 3;
const READING: Duration = Duration::from_millis(10);
const LATENCY: Duration = Duration::from_millis(150);

/// How long people waited.
#[derive(Default)]
struct Waits {
    warm: Vec<Duration>,
    cold: Vec<Duration>,
}

impl Waits {
    fn all(&self) -> Vec<Duration> {
        [&self.warm[..], &self.cold].concat()
    }
}

/// One who asks, and how long it took.
async fn waited(daemon: &DaemonProcess, mutation: &str) -> Duration {
    let begun = Instant::now();
    answered(daemon.call(ONE, question(mutation)).await);
    begun.elapsed()
}

/// People ask a daemon that has just begun, what is warm and what is cold, while it warms flat out or while it doesn't.
async fn people_ask(registry: &str, rate: &str, warming: &str) -> Waits {
    let shared = Shared::folder("people");
    let further = [("REGISTRY_RATE_LIMIT", rate), ("CACHE_WARMING", warming), TELLING];
    let daemon = shared.daemon(registry, &further).await;
    waited(&daemon, WARM).await;
    let is_over = AtomicBool::new(false);
    let warm = async || {
        let mut waits = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            waits.push(waited(&daemon, WARM).await);
            // As people do, who read what they were told; and a machine that is busy with questions alone shows nothing.
            sleep(READING).await;
        }
        waits
    };
    let cold = async {
        let mut waits = Vec::new();
        for gene in COLD {
            waits.push(waited(&daemon, &format!("{gene} mutation")).await);
        }
        is_over.store(true, Ordering::Relaxed);
        waits
    };
    let (warm, cold) = tokio::join!(join_all((0..PEOPLE).map(|_| warm())), cold);
    let state = daemon.health().await["components"]["warmer"]["state"].clone();
    assert_eq!(state == "working", warming == "on", "it warms all the time: {state}");
    Waits {
        warm: warm.concat(),
        cold,
    }
}

fn median(mut of: Vec<Duration>) -> f64 {
    of.sort_unstable();
    of[of.len() / 2].as_secs_f64()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_wait_no_longer_while_warming_runs_flat_out() {
    let sample = WatchedRegistry::start().await;
    sample.wait(LATENCY);
    let real = match short_or_long(0, 1) {
        0 => None,
        _ => StandIn::start(),
    };
    if let Some(real) = &real {
        let knobs = json!({"latency": u64::try_from(LATENCY.as_millis()).unwrap()});
        real.configure(&knobs.to_string()).await;
    }
    let registry = real.as_ref().map_or(sample.base_url(), StandIn::base_url);
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..short_or_long(3, 15) {
        without.push(people_ask(registry, "7", "off").await);
        with.push(people_ask(registry, "7", "on").await);
    }
    let mut told = Vec::new();
    for (what, of) in [
        (
            "warm",
            (|waits: &Waits| percentile(&waits.warm, 99)) as fn(&Waits) -> Duration,
        ),
        ("cold", |waits| percentile(&waits.cold, 99)),
        ("all", |waits| percentile(&waits.all(), 99)),
    ] {
        let (before, meanwhile) = (
            median(without.iter().map(of).collect()),
            median(with.iter().map(of).collect()),
        );
        println!(
            "p99 of {what} questions while warming runs flat out {:.1} ms, without it {:.1} ms: {:.2} times, by medians of {} rounds",
            meanwhile * 1e3,
            before * 1e3,
            meanwhile / before,
            with.len()
        );
        told.push((what, before, meanwhile));
    }
    for (what, before, meanwhile) in told {
        assert!(
            meanwhile < before * LONGER_MAX + NOT_NOTICED,
            "{what}: {meanwhile} s, {before} s without warming"
        );
    }
}
