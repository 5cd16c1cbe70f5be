//! Many questions at once, and many different ones: what they cost the registry, how long they take, and what is held.
//!
//! Each promise is shown twice: against the sample registry behind a door, which is always there, and against the
//! stand-in with real records, where it lies beside the workspace.

use crate::support::mutations::different_mutations;
use crate::support::process_memory;
use crate::support::program::Program;
use crate::support::service::Service;
use crate::support::stand_in::StandIn;
use crate::support::watched_registry::WatchedRegistry;
use futures::future::join_all;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// A registry that says what it was asked.
enum Watched {
    Sample(WatchedRegistry),
    Real(StandIn),
}

impl Watched {
    async fn sample() -> Self {
        Self::Sample(WatchedRegistry::start().await)
    }

    fn real() -> Option<Self> {
        StandIn::start().map(Self::Real)
    }

    fn base_url(&self) -> &str {
        match self {
            Self::Sample(registry) => registry.base_url(),
            Self::Real(registry) => registry.base_url(),
        }
    }

    async fn wait(&self, latency: Duration) {
        match self {
            Self::Sample(registry) => registry.wait(latency),
            Self::Real(registry) => {
                let knobs = json!({"latency": latency.as_millis() as u64});
                registry.configure(&knobs.to_string()).await;
            }
        }
    }

    /// The targets of all requests so far.
    async fn asked(&self) -> Vec<String> {
        match self {
            Self::Sample(registry) => registry.asked(),
            Self::Real(registry) => {
                let stats = registry.stats().await;
                let log = stats["log"].as_array().unwrap().iter();
                log.map(|entry| entry["url"].as_str().unwrap().to_owned()).collect()
            }
        }
    }

    /// The queries, without their further pages.
    async fn queries(&self) -> Vec<String> {
        let mut asked = self.asked().await;
        asked.retain(|target| target.contains("/studies?") && !target.contains("pageToken="));
        asked
    }
}

const ONE: &str = "summarize_trials_async";
const SEVERAL: &str = "summarize_multiple_trials_async";

async fn a_hundred_equal_questions_are_one_query_and_what_follows_none(registry: Watched) {
    registry.wait(Duration::from_millis(150)).await;
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let asker = service.asker();
    let told = join_all((0..100).map(|_| asker.ask("EGFR L858R"))).await;
    let first = told[0].answer().clone();
    assert!(first["total"].as_u64() > Some(0), "{first}");
    assert!(told.iter().all(|told| told.answer()["trials"] == first["trials"]));
    assert_eq!(registry.queries().await.len(), 1, "{:?}", registry.asked().await);
    assert_eq!(service.count("misses").await, 100);
    assert_eq!(service.count("joined").await, 99);
    let pages = registry.asked().await.len();

    for arguments in [
        json!({"mutation": "EGFR L858R"}),
        json!({"mutation": "EGFR p.Leu858Arg"}),
        json!({"mutation": "ErbB1 c.2573T>G"}),
        json!({"mutation": "EGFR T790M"}),
        json!({"mutation": "EGFR exon 20 insertion"}),
        json!({"mutation": "EGFR L858R", "country": "Germany", "age": 64, "sex": "female", "phase": "3"}),
        json!({"mutation": "EGFR L858R", "condition": "lung cancer", "near": {"lat": 48.14, "lon": 11.58}}),
        json!({"mutation": "EGFR L858R", "limit": 1, "offset": 1}),
        json!({"mutation": "EGFR L858R", "stances": ["silent", "excludes"], "detail": "full"}),
        json!({"mutation": "EGFR L858R", "status": "RECRUITING"}),
    ] {
        let told = service.call(ONE, arguments.clone()).await;
        assert_eq!(told.answer()["provenance"]["source"], "memory", "{arguments}");
    }
    assert_eq!(registry.asked().await.len(), pages, "nothing of that costs a request");

    let all = json!({"mutation": "EGFR L858R", "status": "all"});
    for source in ["registry", "memory"] {
        let told = service.call(ONE, all.clone()).await;
        assert_eq!(told.answer()["provenance"]["source"], source);
    }
    let queries = registry.queries().await;
    assert_eq!(queries.len(), 2, "{queries:?}");
    assert!(
        queries[1].contains("COMPLETED") && !queries[1].contains("NOT_YET_RECRUITING"),
        "{}",
        queries[1]
    );
    service.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_equal_questions_are_one_query() {
    a_hundred_equal_questions_are_one_query_and_what_follows_none(Watched::sample().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_equal_questions_about_real_records_are_one_query() {
    if let Some(registry) = Watched::real() {
        a_hundred_equal_questions_are_one_query_and_what_follows_none(registry).await;
    }
}

const COLD_GENES: [&str; 15] = [
    "KRAS G12C",
    "BRAF V600E",
    "ALK fusion",
    "RET fusion",
    "MET exon 14 skipping",
    "ERBB2 amplification",
    "ROS1 fusion",
    "NTRK1 fusion",
    "FGFR2 fusion",
    "PIK3CA H1047R",
    "BRCA1 mutation",
    "IDH1 R132H",
    "FLT3 ITD",
    "KIT D816V",
    "PTEN loss",
];

/// How long one cold question and a batch of fifteen take, each at a latency of a second.
async fn one_and_fifteen(registry: &Watched) -> (Duration, Duration) {
    registry.wait(Duration::from_secs(1)).await;
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let one = service.ask("NRAS Q61R").await;
    one.answer();
    let batch = service.call(SEVERAL, json!({"mutations": COLD_GENES})).await;
    assert_eq!(
        batch.answer()["results"].as_array().unwrap().len(),
        15,
        "{}",
        batch.answer()["failed"]
    );
    let queries = registry.queries().await;
    assert_eq!(queries.len(), 16, "{queries:?}");
    service.end().await;
    println!("one cold question {:?}, a batch of fifteen {:?}", one.took, batch.took);
    (one.took, batch.took)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_cold_genes_costs_little_more_than_one() {
    let (one, fifteen) = one_and_fifteen(&Watched::sample().await).await;
    assert!(fifteen <= 3 * one, "{fifteen:?} against {one:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_of_cold_genes_with_real_records_costs_at_most_three_times_one() {
    let Some(registry) = Watched::real() else { return };
    let (one, fifteen) = one_and_fifteen(&registry).await;
    // Reading thousands of real records is the work of an optimised build.
    let times = if cfg!(debug_assertions) { 12 } else { 3 };
    assert!(fifteen <= times * one, "{fifteen:?} against {one:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_largest_gene_is_answered_cold_in_under_a_second() {
    let Some(registry) = Watched::real() else { return };
    registry.wait(Duration::from_millis(150)).await;
    let service = Service::start(&[("REGISTRY", registry.base_url())]).await;
    let told = service.ask("EGFR L858R").await;
    println!("EGFR cold: {:?}, {}", told.took, told.answer()["funnel"]);
    assert!(told.answer()["funnel"]["candidates"].as_u64() > Some(100));
    let bound = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });
    assert!(told.took < bound, "{:?}", told.took);
    service.end().await;
}

/// The command for all ten thousand:
/// `LONG_PROOFS=1 cargo test --release --test end_to_end stampede::memory -- --nocapture`
const LONG_PROOFS: &str = "LONG_PROOFS";
const CACHE_MIB_MAX: u64 = 2;
/// What the process needs beside its cache: code, pages that are being read, the allocator's slack.
const BESIDE_MIB_MAX: u64 = if cfg!(debug_assertions) { 320 } else { 160 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_under_its_bound_however_many_different_questions_are_asked() {
    let is_long = std::env::var_os(LONG_PROOFS).is_some();
    let questions = if is_long { 10_000 } else { 320 };
    if !is_long {
        println!("the short form: {questions} questions; {LONG_PROOFS}=1 asks 10,000");
    }
    let registry = match Watched::real() {
        Some(registry) => registry,
        None => Watched::sample().await,
    };
    let bound = CACHE_MIB_MAX.to_string();
    let variables = [
        ("REGISTRY", registry.base_url()),
        ("CACHE_MEMORY_MAX", bound.as_str()),
        ("REGISTRY_RATE_LIMIT", "0"),
        ("RUST_LOG", "warn"),
    ];
    let mut program = Program::greeted(&[], &variables).await;
    let begun = Instant::now();
    let mut most = (0, 0);
    // Gene by gene: more than fit, so that their sets push each other out.
    let asked: Vec<String> = different_mutations(questions);
    assert_eq!(asked.len(), questions);
    for batch in asked.chunks(50) {
        let told = program.call(SEVERAL, json!({"mutations": batch, "limit": 1})).await;
        let failed = &told["structuredContent"]["failed"];
        assert_eq!(failed, &json!([]), "{told:.2000}");
        let held = program.call("get_cache_analytics", json!({})).await["structuredContent"].clone();
        let (bytes, bytes_max) = (held["bytes"].as_u64().unwrap(), held["bytes_max"].as_u64().unwrap());
        assert_eq!(bytes_max, CACHE_MIB_MAX << 20);
        assert!(bytes <= bytes_max, "{held}");
        most = (
            most.0.max(bytes),
            most.1.max(process_memory::bytes(program.id(), "VmRSS").unwrap_or(0)),
        );
    }
    let held = program.call("get_cache_analytics", json!({})).await["structuredContent"].clone();
    println!(
        "{questions} different questions in {:.1?}: held at most {} KiB of {} KiB, resident at most {} MiB, {} evictions",
        begun.elapsed(),
        most.0 >> 10,
        CACHE_MIB_MAX << 10,
        most.1 >> 20,
        held["evictions"]
    );
    assert!(
        most.1 < (CACHE_MIB_MAX + BESIDE_MIB_MAX) << 20,
        "{} MiB resident",
        most.1 >> 20
    );
    program.hang_up();
    assert_eq!(program.end().await.code, Some(0));
}
