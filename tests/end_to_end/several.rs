//! Several processes on one store: what they share, what they spare the registry, and what happens when one dies.
//!
//! Each process is the real binary with a client of its own. What they share is a folder of the test's, or a
//! redis-server that the test started. The short forms run with the other tests; the numbers in full:
//! `LONG_PROOFS=1 cargo test --release --test end_to_end several:: -- --nocapture --test-threads=1`

use crate::support::fault_server::FaultServer;
use crate::support::mutations::{GENES, different_mutations, zipf_mix};
use crate::support::program::Program;
use crate::support::redis_server::RedisServer;
use crate::support::service::Service;
use crate::support::watched_registry::WatchedRegistry;
use futures::future::join_all;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const ONE: &str = "summarize_trials_async";
const PROCESSES: usize = 4;
/// How often is looked for what nobody tells.
const LOOK_PAUSE: Duration = Duration::from_millis(20);
/// How long is waited for what must come, where nothing is promised of the time.
const PATIENCE: Duration = Duration::from_secs(20);
/// Without a rate; what the stores and fetches do is said, for a test that fails to show.
const PLAIN: [(&str, &str); 2] = [("REGISTRY_RATE_LIMIT", "0"), ("RUST_LOG", "warn,actors=debug")];

/// The second number in full, the first otherwise.
fn short_or_long(short: usize, long: usize) -> usize {
    if std::env::var_os("LONG_PROOFS").is_some() {
        long
    } else {
        short
    }
}

/// What processes share; gone when dropped.
enum Shared {
    Folder(PathBuf),
    Redis(RedisServer),
}

impl Shared {
    fn folder(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("clinical-trials-several-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Self::Folder(folder)
    }

    /// None, and one line, where there is no redis-server.
    async fn redis() -> Option<Self> {
        RedisServer::start().await.map(Self::Redis)
    }

    fn variable(&self) -> (&'static str, String) {
        match self {
            Self::Folder(folder) => ("CACHE_DIR", folder.to_string_lossy().into_owned()),
            Self::Redis(server) => ("REDIS_URL", server.url()),
        }
    }

    /// As provenance names it.
    fn source(&self) -> &'static str {
        match self {
            Self::Folder(_) => "embedded",
            Self::Redis(_) => "redis",
        }
    }

    async fn program(&self, registry: &str, further: &[(&str, &str)]) -> Program {
        let (name, value) = self.variable();
        let mut variables = vec![("REGISTRY", registry), (name, value.as_str())];
        variables.extend(further);
        Program::greeted(&[], &variables).await
    }

    async fn programs(&self, count: usize, registry: &str, further: &[(&str, &str)]) -> Vec<Program> {
        join_all((0..count).map(|_| self.program(registry, further))).await
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Self::Folder(folder) = self {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// A question for one trial at most, so that many answers fit into a pipe.
fn question(mutation: &str) -> Value {
    json!({"mutation": mutation, "limit": 1})
}

async fn ask(program: &mut Program, mutation: &str) -> Value {
    answered(program.call(ONE, question(mutation)).await)
}

/// The structured content of an answer.
fn answered(told: Value) -> Value {
    assert_ne!(told["isError"], true, "{told:.1000}");
    told["structuredContent"].clone()
}

/// Asks each process each of these questions, all at once.
async fn ask_all(programs: &mut [Program], questions: &[String]) -> Vec<Vec<Value>> {
    let asking = programs.iter_mut().map(async |program| {
        let mut ids = Vec::new();
        for mutation in questions {
            ids.push(program.begin(ONE, question(mutation)).await);
        }
        let told = program.results(&ids).await;
        told.into_iter().map(answered).collect()
    });
    join_all(asking).await
}

/// What they have complained of on stderr.
fn said(programs: &[Program]) -> String {
    programs.iter().map(Program::said).collect()
}

async fn figures(program: &mut Program) -> Value {
    program.call("get_cache_analytics", json!({})).await["structuredContent"].clone()
}

/// How often the registry was queried for each subject, told by the first phrase of the query.
fn counted(registry: &WatchedRegistry) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for query in registry.queries() {
        let subject = query.split("%22").nth(1).unwrap_or_default().to_owned();
        *counted.entry(subject).or_default() += 1;
    }
    counted
}

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

/// Requests that may go out at once after a quiet time, and each second after.
const BURST: f64 = 20.0;
const PER_SECOND: f64 = 1.0;
/// Requests that were let go at different times and came at the same.
const IN_PASSING: f64 = 2.0;

async fn several_keep_to_one_budget(shared: Shared) {
    let registry = WatchedRegistry::start().await;
    let timeout = short_or_long(5, 60).to_string();
    let further = [
        ("REGISTRY_RATE_LIMIT", "60"),
        ("QUESTION_TIMEOUT", timeout.as_str()),
        ("RUST_LOG", "warn"),
    ];
    let mut programs = shared.programs(PROCESSES, registry.base_url(), &further).await;
    // To each its own genes, at once, and of each gene two sets.
    let asking = programs.iter_mut().zip(GENES.chunks(GENES.len() / PROCESSES));
    let told = join_all(asking.map(async |(program, genes)| {
        let mut ids = Vec::new();
        for gene in genes {
            let arguments = json!({"mutation": format!("{gene} mutation"), "status": "all", "limit": 1});
            ids.push(program.begin(ONE, arguments).await);
        }
        program.results(&ids).await
    }))
    .await;
    let (mut answers, mut rationed) = (0, 0);
    for told in told.iter().flatten() {
        if told["isError"] == true {
            let complaint = told["content"][0]["text"].as_str().unwrap();
            assert!(
                complaint.contains("REGISTRY_RATE_LIMIT") || complaint.contains("QUESTION_TIMEOUT"),
                "{complaint}"
            );
            rationed += 1;
        } else {
            answers += 1;
        }
    }
    assert!(answers > 0);
    let moments = registry.moments();
    let most = most_over_the_rate(&moments);
    println!(
        "one budget over {}: {} requests in {timeout} s, {answers} questions answered, {rationed} told to come again; at most \
         {most:.1} above the rate",
        shared.source(),
        moments.len()
    );
    assert!(most <= BURST + IN_PASSING, "{most} requests above the rate");
}

/// How many requests came above the rate, in the worst of all windows.
fn most_over_the_rate(moments: &[Instant]) -> f64 {
    let mut most: f64 = 0.0;
    for (first, &from) in moments.iter().enumerate() {
        for (last, &to) in moments.iter().enumerate().skip(first) {
            let earned = to.duration_since(from).as_secs_f64() * PER_SECOND;
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
