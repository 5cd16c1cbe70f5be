//! What several daemons warm: what people ask for, and at whose cost.

use super::{LOOK_PAUSE, PATIENCE, Shared, TELLING, counted, short_or_long, until_warm};
use crate::support::daemon_process::DaemonProcess;
use crate::support::watched_registry::WatchedRegistry;
use futures::future::join_all;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Outside the list of what is warmed from the start.
const RARE: &str = "SETD2 mutation";
/// As the registry hears of it first.
const RARE_SUBJECT: &str = "SETD2";
const TUESDAY: &str = "2026-11-21T09:00:05";
const VERSION_TTL: Duration = Duration::from_secs(1);
const FURTHER: [(&str, &str); 3] = [("REGISTRY_RATE_LIMIT", "0"), ("REGISTRY_VERSION_TTL", "1"), TELLING];

async fn ask(daemon: &DaemonProcess, mutation: &str) -> Value {
    let told = daemon
        .call("summarize_trials_async", json!({"mutation": mutation, "limit": 1}))
        .await;
    assert_ne!(told["isError"], true, "{told}");
    told["structuredContent"]["provenance"].clone()
}

/// Waits until the store tells a daemon that the rare one trends.
async fn until_trending(shared: &Shared, registry: &WatchedRegistry) {
    let begun = Instant::now();
    loop {
        // Reads what all counted when it begins.
        let reader = shared.daemon(registry.base_url(), &FURTHER).await;
        let asked = Instant::now();
        while asked.elapsed() < VERSION_TTL {
            let told = reader.call("get_cache_analytics", json!({})).await;
            let trending = &told["structuredContent"]["trending"];
            if trending
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one == &json!([RARE, 5.0]))
            {
                return;
            }
            sleep(LOOK_PAUSE).await;
        }
        assert!(begun.elapsed() < PATIENCE, "five questions are counted in the store");
    }
}

async fn what_trends_is_renewed_before_anyone_asks(shared: Shared) {
    let registry = WatchedRegistry::start().await;
    let daemons = shared.daemons(2, registry.base_url(), &FURTHER).await;
    until_warm(&daemons).await;
    for daemon in daemons.iter().cycle().take(5) {
        assert_eq!(ask(daemon, RARE).await["stale"], false);
    }
    assert_eq!(counted(&registry)[RARE_SUBJECT], 1, "one asked the registry, for all");
    until_trending(&shared, &registry).await;
    for daemon in daemons {
        daemon.program.signal("KILL");
    }
    // All of them are new, and none was ever asked.
    let daemons = shared.daemons(2, registry.base_url(), &FURTHER).await;
    until_warm(&daemons).await;
    let before = registry.queries().len();
    registry.renew(TUESDAY);
    let renewed = Instant::now();
    let is_renewed = || {
        registry.queries()[before..]
            .iter()
            .any(|query| query.contains(RARE_SUBJECT))
    };
    while !is_renewed() {
        assert!(renewed.elapsed() < PATIENCE, "{:?}", counted(&registry));
        sleep(LOOK_PAUSE).await;
    }
    let took = renewed.elapsed();
    until_warm(&daemons).await;
    for daemon in &daemons {
        let provenance = ask(daemon, RARE).await;
        let source = provenance["source"].as_str().unwrap();
        assert!(["memory", shared.source()].contains(&source), "{provenance}");
        assert_eq!(provenance["registry_version"], TUESDAY, "{provenance}");
        assert_eq!(provenance["stale"], false, "{provenance}");
    }
    println!(
        "{RARE}, asked five times before all daemons over {} were killed, renewed {took:.2?} after the registry's data",
        shared.source()
    );
    assert_eq!(counted(&registry)[RARE_SUBJECT], 2, "{:?}", counted(&registry));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gene_outside_the_list_asked_five_times_is_renewed_before_anyone_asks_though_all_daemons_were_killed() {
    what_trends_is_renewed_before_anyone_asks(Shared::folder("trends")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gene_outside_the_list_asked_five_times_is_renewed_over_redis_though_all_daemons_were_killed() {
    if let Some(shared) = Shared::redis().await {
        what_trends_is_renewed_before_anyone_asks(shared).await;
    }
}

/// Of all requests, while people alone would use up the budget.
const WARMING_SHARE_MAX: f64 = 0.05;
/// How many cold questions people have under way in each daemon.
const COLD_AT_ONCE: usize = 12;

async fn people_use_up_the_budget(shared: Shared) {
    let registry = WatchedRegistry::start().await;
    registry.wait(Duration::from_millis(50));
    let further = [
        ("REGISTRY_RATE_LIMIT", "600"),
        ("QUESTION_TIMEOUT", "3"),
        ("REGISTRY_VERSION_TTL", "2"),
        ("RUST_LOG", "clinical_trials_mcp=info"),
    ];
    // The first is only asked; it uses up the burst before the others begin.
    let cold = ("CACHE_WARMING", "off");
    let first = shared
        .daemon(registry.base_url(), &[&further[..], &[cold]].concat())
        .await;
    for mutation in ["EGFR L858R", "KRAS G12C", "BRAF V600E"] {
        ask(&first, mutation).await;
    }
    let next = AtomicUsize::new(0);
    let time = Duration::from_secs(short_or_long(5, 60) as u64);
    let people = async |daemon: &DaemonProcess, until: Instant| {
        while Instant::now() < until {
            let number = format!("NCT{:08}", 90_000_000 + next.fetch_add(1, Ordering::Relaxed));
            // Nobody knows it, or it is told to come again.
            daemon.call("get_trial", json!({"nct_id": number})).await;
        }
    };
    let until = Instant::now() + time;
    let crowd = async |daemon: &DaemonProcess| {
        join_all((0..COLD_AT_ONCE).map(|_| people(daemon, until))).await;
    };
    let warmed = async {
        while registry.asked().len() < 20 {
            sleep(LOOK_PAUSE).await;
        }
        let from = registry.asked().len();
        let daemons = shared.daemons(2, registry.base_url(), &further).await;
        // What was asked before is there to be renewed, too.
        registry.renew(TUESDAY);
        let mut asking = Vec::new();
        for daemon in &daemons {
            asking.push(crowd(daemon));
        }
        let renewed = async {
            while Instant::now() < until {
                ask(&first, "EGFR L858R").await;
                sleep(LOOK_PAUSE * 5).await;
            }
        };
        tokio::join!(join_all(asking), renewed);
        (from, daemons)
    };
    let (_, (from, _daemons)) = tokio::join!(crowd(&first), warmed);
    let left = Instant::now();
    let asked = registry.asked().split_off(from);
    let warming = asked.iter().filter(|target| target.contains("/studies?")).count();
    let share = warming as f64 / asked.len() as f64;
    println!(
        "people use up the budget over {}: {warming} of {} requests were for warming and renewal",
        shared.source(),
        asked.len()
    );
    assert!(asked.len() > 15, "{}", asked.len());
    assert!(share < WARMING_SHARE_MAX, "{share}: {asked:?}");
    // It only waited.
    while !registry
        .asked()
        .split_off(from + asked.len())
        .iter()
        .any(|target| target.contains("/studies?"))
    {
        assert!(left.elapsed() < PATIENCE, "nothing is warmed when people have left");
        sleep(LOOK_PAUSE).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_people_use_up_the_budget_several_daemons_warm_next_to_nothing() {
    people_use_up_the_budget(Shared::folder("share")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_people_use_up_the_budget_several_daemons_on_redis_warm_next_to_nothing() {
    if let Some(shared) = Shared::redis().await {
        people_use_up_the_budget(shared).await;
    }
}
