//! The tree as a whole, against a registry that does as it is told, under paused time.

mod registry;
mod weather;

use crate::address::Address;
use crate::breaker::BreakerMessage;
use crate::cache::CacheMessage;
use crate::front::FrontMessage;
use crate::metrics::MetricsMessage;
use crate::warmer::WarmerMessage;
use crate::{Fault, Front, Refusal, RegistryError, Retry, Settings, Source, System, Verdicts};
use futures::future::join_all;
use ractor::Message;
use registry::{Step, Told};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, advance, sleep};
use trials::mutation::Subject;
use trials::question::{RawFilters, Reach};
use trials::{Mutation, Question};

/// Latency of the registry that does as it is told.
const LATENCY: Duration = Duration::from_millis(150);

fn mutation(name: &str) -> Mutation {
    Mutation::read(name).unwrap()
}

fn subject(name: &str) -> Subject {
    mutation(name).subjects()[0]
}

async fn start(settings: Settings) -> (System, Arc<Told>) {
    let registry = Arc::new(Told::new(LATENCY));
    let system = System::start(settings, Arc::clone(&registry) as Arc<dyn crate::Registry>)
        .await
        .unwrap();
    (system, registry)
}

fn unrationed() -> Settings {
    Settings {
        requests_per_minute: None,
        ..Settings::default()
    }
}

async fn ask(front: &Front, name: &str) -> Result<Verdicts, Refusal> {
    front.ask(&mutation(name), Reach::Open, front.deadline()).await
}

fn candidates(verdicts: &Verdicts) -> usize {
    let question = Question {
        input: String::new(),
        mutation: mutation("MSI-H"),
        filters: RawFilters::default().check().unwrap(),
    };
    verdicts.answer(&question).unwrap().funnel.candidates
}

fn unavailable() -> RegistryError {
    RegistryError {
        fault: Fault::Status {
            code: 503,
            words: "busy".into(),
        },
        retry: Retry::Soon,
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_equal_questions_are_one_request() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    let answers = join_all((0..100).map(|_| ask(&front, "MSI-H"))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().is_ok_and(|v| candidates(v) == 3)),
        "{answers:?}"
    );
    assert_eq!(registry.requests(), 1);
    let again = ask(&front, "microsatellite instability high").await.unwrap();
    assert_eq!(again.provenance.source, Source::Memory);
    assert_eq!(registry.requests(), 1, "another spelling asks nothing");
}

#[tokio::test(start_paused = true)]
async fn another_mutation_of_the_gene_is_judged_in_memory() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "EGFR L858R").await.unwrap();
    let other = ask(&front, "EGFR exon 20 insertion").await.unwrap();
    assert_eq!((other.provenance.source, registry.requests()), (Source::Memory, 1));
    front
        .ask(&mutation("EGFR L858R"), Reach::All, front.deadline())
        .await
        .unwrap();
    assert_eq!(
        registry.requests(),
        2,
        "the first reach beyond open trials asks for the others"
    );
}

#[tokio::test(start_paused = true)]
async fn both_partners_of_a_fusion_are_asked_for_and_a_shared_study_counts_once() {
    let (system, registry) = start(unrationed()).await;
    let verdicts = ask(&system.front(), "EML4::ALK fusion").await.unwrap();
    assert_eq!(registry.requests(), 2);
    assert_eq!(candidates(&verdicts), 3);
}

#[tokio::test(start_paused = true)]
async fn fifteen_cold_genes_cost_little_more_time_than_one() {
    let (system, registry) = start(Settings::default()).await;
    let front = system.front();
    let genes = [
        "EGFR", "ALK", "KRAS", "BRAF", "MET", "RET", "ROS1", "ERBB2", "NRAS", "KIT", "IDH1", "IDH2", "ATM", "PTEN",
        "TP53",
    ];
    let begun = Instant::now();
    let answers = join_all(genes.iter().map(|gene| ask(&front, gene))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(registry.requests(), 15);
    assert!(begun.elapsed() < LATENCY * 3, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_passing_fault_is_retried_and_a_lasting_one_is_told_never_as_an_empty_answer() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    registry.then([Step::Fail(unavailable()), Step::Fail(unavailable())]);
    assert_eq!(candidates(&ask(&front, "EGFR L858R").await.unwrap()), 3);

    registry.always(Some(Step::Fail(unavailable())));
    let begun = Instant::now();
    let refusal = ask(&front, "ALK fusion").await.unwrap_err();
    assert_eq!(refusal, Refusal::Registry(unavailable()));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());

    registry.always(None);
    assert!(ask(&front, "ALK fusion").await.is_ok(), "later calls recover");
}

#[tokio::test(start_paused = true)]
async fn what_asking_again_cannot_mend_is_asked_once() {
    let (system, registry) = start(unrationed()).await;
    let error = RegistryError {
        fault: Fault::Status {
            code: 400,
            words: "no".into(),
        },
        retry: Retry::Never,
    };
    registry.always(Some(Step::Fail(error.clone())));
    assert_eq!(
        ask(&system.front(), "MSI-H").await.unwrap_err(),
        Refusal::Registry(error)
    );
    assert_eq!(registry.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hanging_registry_is_told_within_the_deadline() {
    let (system, registry) = start(unrationed()).await;
    registry.always(Some(Step::Hang));
    let begun = Instant::now();
    let refusal = ask(&system.front(), "MSI-H").await.unwrap_err();
    assert!(matches!(refusal, Refusal::TimedOut { .. }), "{refusal:?}");
    assert!(
        begun.elapsed() <= Settings::default().question_timeout,
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn an_outage_opens_the_circuit_and_recovery_closes_it() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    registry.always(Some(Step::Fail(unavailable())));
    let _ = join_all(["EGFR", "ALK", "KRAS"].map(|gene| ask(&front, gene))).await;
    let sent = registry.requests();
    let refusals = join_all((0..50).map(|_| ask(&front, "BRAF V600E"))).await;
    assert!(refusals.iter().all(Result::is_err));
    assert!(
        registry.requests() - sent < 8,
        "the registry is left alone: {}",
        registry.requests() - sent
    );
    registry.always(None);
    sleep(Duration::from_secs(10)).await;
    assert!(ask(&front, "BRAF V600E").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_old_answer_is_served_at_once_as_stale_and_renewed_behind() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "MSI-H").await.unwrap();
    advance(Duration::from_secs(3601)).await;
    let begun = Instant::now();
    let stale = ask(&front, "MSI-H").await.unwrap();
    assert!(stale.provenance.stale && stale.provenance.age >= Duration::from_secs(3600));
    assert!(
        stale
            .provenance
            .reason
            .is_some_and(|reason| reason.contains("CACHE_TTL"))
    );
    assert!(begun.elapsed() < LATENCY, "nobody waits for a renewal");
    sleep(LATENCY * 2).await;
    let fresh = ask(&front, "MSI-H").await.unwrap();
    assert!(!fresh.provenance.stale);
    assert_eq!(registry.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_renewal_keeps_the_older_answer_and_says_why() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "MSI-H").await.unwrap();
    registry.always(Some(Step::Fail(unavailable())));
    advance(Duration::from_secs(3601)).await;
    ask(&front, "MSI-H").await.unwrap();
    sleep(Duration::from_secs(4)).await;
    let stale = ask(&front, "MSI-H").await.unwrap();
    assert!(
        stale
            .provenance
            .reason
            .as_ref()
            .is_some_and(|reason| reason.contains("503")),
        "{:?}",
        stale.provenance
    );
    assert_eq!(candidates(&stale), 3);
}

#[tokio::test(start_paused = true)]
async fn one_who_leaves_frees_their_place_and_a_shared_fetch_goes_on() {
    let (system, registry) = start(Settings {
        questions_max: 2,
        ..unrationed()
    })
    .await;
    let front = system.front();
    let gone = ask(&front, "MSI-H");
    let stays = tokio::spawn({
        let front = front.clone();
        async move { ask(&front, "MSI-H").await }
    });
    let left = tokio::time::timeout(Duration::from_millis(20), gone).await;
    assert!(left.is_err());
    sleep(Duration::from_millis(1)).await;
    assert_eq!(front.report().counts.in_flight, 1);
    assert!(stays.await.unwrap().is_ok());
    assert_eq!((registry.requests(), front.report().counts.cancelled), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn more_questions_than_there_are_places_are_refused_by_name_of_the_bound() {
    let (system, _) = start(Settings {
        questions_max: 2,
        ..unrationed()
    })
    .await;
    let front = system.front();
    let answers = join_all((0..3).map(|_| ask(&front, "MSI-H"))).await;
    let busy = answers
        .iter()
        .filter(|answer| matches!(answer, Err(Refusal::Busy { questions_max: 2 })))
        .count();
    assert_eq!(busy, 1, "{answers:?}");
}

#[tokio::test(start_paused = true)]
async fn a_spent_budget_is_told_at_once_where_it_cannot_come_in_time() {
    let settings = Settings {
        requests_per_minute: Some(1),
        question_timeout: Duration::from_secs(5),
        ..unrationed()
    };
    let (system, registry) = start(settings).await;
    let front = system.front();
    for n in 0..20 {
        ask(&front, registry::GENES[n]).await.unwrap();
    }
    let begun = Instant::now();
    let refusal = ask(&front, registry::GENES[20]).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Rationed { .. }), "{refusal:?}");
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!(registry.requests(), 20);
}

#[tokio::test(start_paused = true)]
async fn memory_stays_under_its_bound_and_questions_larger_than_it_are_still_answered() {
    let (system, _) = start(Settings {
        memory_bytes_max: 8 << 10,
        ..unrationed()
    })
    .await;
    let front = system.front();
    for gene in registry::GENES {
        assert_eq!(candidates(&ask(&front, gene).await.unwrap()), 3);
        assert!(front.report().cache.bytes <= 8 << 10);
    }
    assert!(front.report().counts.evictions > 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_invalidated_is_fetched_anew() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "EGFR L858R").await.unwrap();
    ask(&front, "MSI-H").await.unwrap();
    assert_eq!(front.invalidate("mutation:ALK*").await, Ok(0));
    assert_eq!(
        front.invalidate("mutation:EGFR*").await,
        Ok(2),
        "the findings and the candidates they came from"
    );
    ask(&front, "MSI-H").await.unwrap();
    assert_eq!(registry.requests(), 2);
    ask(&front, "EGFR L858R").await.unwrap();
    assert_eq!(registry.requests(), 3);
    assert_eq!(front.invalidate("*").await, Ok(4));
    assert_eq!(front.report().cache.bytes, 0);
}

#[tokio::test(start_paused = true)]
async fn warming_says_what_it_did() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "MSI-H").await.unwrap();
    registry.of(
        subject("ALK fusion"),
        Step::Fail(RegistryError {
            fault: Fault::Dropped,
            retry: Retry::Never,
        }),
    );
    registry.of(subject("BRAF V600E"), Step::Hang);
    let wanted = ["MSI-H", "EGFR L858R", "ALK fusion", "BRAF V600E"]
        .map(mutation)
        .to_vec();
    let report = front.warm(Some(wanted), Duration::from_secs(10)).await.unwrap();
    assert_eq!(
        (report.skipped, report.warmed),
        (vec!["MSI-H".to_owned()], vec!["EGFR L858R".to_owned()])
    );
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.going_on, ["BRAF V600E"]);
}

#[tokio::test(start_paused = true)]
async fn a_person_who_joins_a_fetch_queued_for_warming_moves_it_ahead() {
    let (system, _) = start(Settings {
        requests_per_minute: Some(6),
        ..Settings::default()
    })
    .await;
    let front = system.front();
    // The first ten draw half of the burst; the rest of the warming then waits ten seconds for each token.
    let wanted = registry::GENES[..14].iter().map(|name| mutation(name)).collect();
    let report = front.warm(Some(wanted), Duration::from_secs(3)).await.unwrap();
    assert_eq!(report.warmed.len(), 10, "{report:?}");
    let begun = Instant::now();
    ask(&front, registry::GENES[10]).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn draining_answers_what_is_home_in_time_and_refuses_the_rest() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    registry.of(subject("BRAF V600E"), Step::Hang);
    let spawn = |name: &'static str| {
        let front = front.clone();
        tokio::spawn(async move { ask(&front, name).await })
    };
    let (home, away) = (spawn("EGFR L858R"), spawn("BRAF V600E"));
    sleep(Duration::from_millis(10)).await;
    let begun = Instant::now();
    system.drain(Duration::from_millis(700)).await;
    assert!(begun.elapsed() < Duration::from_millis(1000), "{:?}", begun.elapsed());
    assert!(home.await.unwrap().is_ok());
    assert_eq!(away.await.unwrap().unwrap_err(), Refusal::Draining);
    assert!(matches!(front.invalidate("*").await, Err(Refusal::Draining)));
}

/// Two hundred calls in flight while an actor falls: none wrong, none lost, none silent.
async fn survives(fall: impl FnOnce(&System)) {
    let (system, _) = start(unrationed()).await;
    let front = system.front();
    let calls: Vec<_> = (0..200)
        .map(|n| {
            let front = front.clone();
            tokio::spawn(async move { ask(&front, registry::GENES[n % 20]).await })
        })
        .collect();
    sleep(LATENCY / 2).await;
    let begun = Instant::now();
    fall(&system);
    let answers = join_all(calls).await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    for answer in answers {
        match answer.unwrap() {
            Ok(verdicts) => assert_eq!(candidates(&verdicts), 3),
            Err(refusal) => panic!("{refusal}"),
        }
    }
    assert_eq!(
        candidates(&ask(&front, "PTEN loss").await.unwrap()),
        3,
        "and life goes on"
    );
}

fn crash<M: Message>(address: &Address<M>, message: M) {
    address.post(message);
}

#[tokio::test(start_paused = true)]
async fn every_actor_may_be_killed_under_load() {
    survives(|system| system.shared().metrics.kill()).await;
    survives(|system| system.shared().breaker.kill()).await;
    survives(|system| system.shared().fetchers.kill()).await;
    survives(|system| system.shared().cache.kill()).await;
    survives(|system| system.shared().warmer.kill()).await;
    survives(|system| system.shared().front.kill()).await;
}

#[tokio::test(start_paused = true)]
async fn every_actor_may_panic_under_load() {
    survives(|system| crash(&system.shared().metrics, MetricsMessage::Crash)).await;
    survives(|system| crash(&system.shared().breaker, BreakerMessage::Crash)).await;
    survives(|system| crash(&system.shared().cache, CacheMessage::Crash)).await;
    survives(|system| crash(&system.shared().warmer, WarmerMessage::Crash)).await;
    survives(|system| crash(&system.shared().front, FrontMessage::Crash)).await;
}

#[tokio::test(start_paused = true)]
async fn a_fetcher_that_panics_is_replaced_and_its_question_asked_again() {
    let (system, registry) = start(unrationed()).await;
    registry.then([Step::Panic]);
    assert_eq!(candidates(&ask(&system.front(), "MSI-H").await.unwrap()), 3);
    assert_eq!(registry.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_spent_restart_budget_fails_the_tree_and_says_who() {
    let (system, _) = start(unrationed()).await;
    for _ in 0..6 {
        crash(&system.shared().cache, CacheMessage::Crash);
        sleep(Duration::from_secs(1)).await;
    }
    let failure = system.failed().await;
    assert!(failure.cause.contains("cache fell 6 times"), "{failure}");
}
