//! The registry renews its data under several processes.

use super::{
    LOOK_PAUSE, ONE, PLAIN, PROCESSES, Shared, TELLING, answered, ask, ask_all, counted, percentile, said,
    short_or_long, until_warm,
};
use crate::support::daemon_process::DaemonProcess;
use crate::support::program::Program;
use crate::support::stand_in::StandIn;
use crate::support::watched_registry::WatchedRegistry;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const NEW: &str = "2026-11-21T09:00:05";
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

    let new = NEW;
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

/// Who is asked.
enum Asked {
    Daemon(DaemonProcess),
    Session(Program),
}

impl Asked {
    async fn ask(&mut self, mutation: &str) -> Value {
        let arguments = json!({"mutation": mutation, "status": "open", "limit": 50});
        answered(match self {
            Self::Daemon(daemon) => daemon.call(ONE, arguments).await,
            Self::Session(program) => program.call(ONE, arguments).await,
        })
    }

    fn said(&self) -> String {
        match self {
            Self::Daemon(daemon) => daemon.program.said(),
            Self::Session(program) => program.said(),
        }
    }
}

/// What is asked of the changed data: the first is of the gene whose trials change, the last of one that is rare.
const OF_CHANGED: [&str; 5] = ["EGFR L858R", "EGFR T790M", "KRAS G12C", "BRAF V600E", "FH mutation"];
const ADDED: &str = "NCT09999901";
const RENAMED: &str = "Known by another title since";
/// How much longer a question takes where the machine is busy with something else: less than the registry takes.
const HICCUP: Duration = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 100 });
const LATENCY_MS: u64 = 300;

/// Has one of these trials closed, one given another title, and one joined by another like it.
async fn change(registry: &StandIn, trials: &[String]) {
    let [twin, closed, edited] = trials else {
        panic!("three trials, not {trials:?}")
    };
    let mut added = registry.record(twin).await;
    added["protocolSection"]["identificationModule"]["nctId"] = json!(ADDED);
    let mut over = registry.record(closed).await;
    over["protocolSection"]["statusModule"]["overallStatus"] = json!("COMPLETED");
    let mut renamed = registry.record(edited).await;
    renamed["protocolSection"]["identificationModule"]["briefTitle"] = json!(RENAMED);
    let knobs = json!({"dataTimestamp": NEW, "add": [added, over, renamed]});
    registry.configure(&knobs.to_string()).await;
}

/// The trials of an answer, with their titles.
fn told_of(answer: &Value) -> BTreeMap<String, String> {
    let word = |trial: &Value, what: &str| trial[what].as_str().unwrap().to_owned();
    let trials = answer["trials"].as_array().unwrap().iter();
    trials
        .map(|trial| (word(trial, "nct_id"), word(trial, "title")))
        .collect()
}

async fn changed_studies_are_answered_soon(mut asked: Asked, registry: StandIn) {
    let mut first = Value::Null;
    for mutation in OF_CHANGED.iter().rev() {
        first = asked.ask(mutation).await;
    }
    let mut cached = Vec::new();
    for _ in 0..20 {
        for mutation in OF_CHANGED {
            let begun = Instant::now();
            let answer = asked.ask(mutation).await;
            cached.push(begun.elapsed());
            assert_eq!(answer["provenance"]["source"], "memory", "{}", answer["provenance"]);
        }
    }
    let before = told_of(&first);
    let trials = first["trials"].as_array().unwrap().iter().take(3);
    let trials: Vec<String> = trials
        .map(|trial| trial["nct_id"].as_str().unwrap().to_owned())
        .collect();
    registry.configure(&json!({"latency": LATENCY_MS}).to_string()).await;
    let asked_before = registry.log().await.len();
    change(&registry, &trials).await;
    let asked_before = asked_before + trials.len();

    let changed = Instant::now();
    let (mut waits, mut stale) = (Vec::new(), 0);
    let last = loop {
        let mut answers = Vec::new();
        for mutation in OF_CHANGED {
            let begun = Instant::now();
            let answer = asked.ask(mutation).await;
            waits.push(begun.elapsed());
            let provenance = &answer["provenance"];
            assert_eq!(provenance["source"], "memory", "nobody waits: {provenance}");
            if provenance["registry_version"] != NEW && provenance["stale"] == true {
                let reason = provenance["reason"].as_str().unwrap_or_default();
                assert!(
                    reason.contains("renewed its data") && reason.contains(NEW),
                    "{provenance}"
                );
                stale += 1;
            } else if provenance["registry_version"] != NEW {
                let checked = provenance["version_checked_s"].as_u64().unwrap();
                assert!(
                    Duration::from_secs(checked) <= RENEWED_WITHIN,
                    "it was not looked whether it is stale: {provenance}"
                );
            }
            answers.push(answer);
        }
        if answers
            .iter()
            .all(|answer| answer["provenance"]["registry_version"] == NEW)
        {
            break answers.swap_remove(0);
        }
        assert!(changed.elapsed() < RENEWED_WITHIN, "{answers:.3000?}\n{}", asked.said());
        sleep(LOOK_PAUSE).await;
    };
    let took = changed.elapsed();
    let after = told_of(&last);
    assert!(!before.contains_key(ADDED) && after.contains_key(ADDED), "{after:?}");
    assert!(
        before.contains_key(&trials[1]) && !after.contains_key(&trials[1]),
        "{after:?}"
    );
    assert_eq!(after.get(&trials[2]).map(String::as_str), Some(RENAMED));
    let (usual, meanwhile) = (percentile(&cached, 99), percentile(&waits, 100));
    println!(
        "studies added, closed and edited: all new after {took:.2?}, {stale} of {} answers meanwhile stale, the slowest {meanwhile:.2?} \
         against {usual:.2?} before",
        waits.len()
    );
    assert!(meanwhile < usual * 2 + HICCUP, "{meanwhile:?} against {usual:?} before");
    let mut queries = BTreeMap::new();
    for (target, _) in registry.log().await.split_off(asked_before) {
        if target.contains("/studies?") && !target.contains("pageToken=") {
            let subject = target.split("%22").nth(1).unwrap_or_default().to_owned();
            *queries.entry(subject).or_insert(0) += 1;
        }
    }
    assert!(queries.len() >= OF_CHANGED.len() - 1, "{queries:?}");
    assert!(queries.values().all(|&times| times == 1), "nothing twice: {queries:#?}");
}

/// A registry whose studies can be changed: the sample's, or in the long form real ones.
fn changeable() -> Option<StandIn> {
    match short_or_long(0, 1) {
        0 => StandIn::start_with_sample(),
        _ => StandIn::start(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn studies_that_change_are_answered_by_the_daemon_soon_after_and_nobody_waits_for_them() {
    let Some(registry) = changeable() else { return };
    let shared = Shared::folder("changed-daemon");
    let further = [PLAIN[0], TELLING, ("REGISTRY_VERSION_TTL", "1")];
    let daemon = shared.daemon(registry.base_url(), &further).await;
    until_warm(std::slice::from_ref(&daemon)).await;
    changed_studies_are_answered_soon(Asked::Daemon(daemon), registry).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn studies_that_change_are_answered_by_a_session_soon_after_its_next_question_and_nobody_waits_for_them() {
    let Some(registry) = changeable() else { return };
    let shared = Shared::folder("changed-session");
    let further = [PLAIN[0], PLAIN[1], ("REGISTRY_VERSION_TTL", "1")];
    let program = shared.program(registry.base_url(), &further).await;
    changed_studies_are_answered_soon(Asked::Session(program), registry).await;
}
