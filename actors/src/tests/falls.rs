//! Actors fall, one by one and under load: none wrong, none lost, none silent.

use super::*;

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

pub(super) fn crash<M: Message>(address: &Address<M>, message: M) {
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

#[tokio::test(start_paused = true)]
async fn fetches_queued_in_a_pool_that_falls_are_asked_for_again() {
    let (system, registry) = start(Settings {
        requests_max: 1,
        ..unrationed()
    })
    .await;
    let front = system.front();
    let calls: Vec<_> = registry::GENES[..6]
        .iter()
        .map(|name| {
            let front = front.clone();
            tokio::spawn(async move { ask(&front, name).await })
        })
        .collect();
    sleep(LATENCY / 2).await;
    let begun = Instant::now();
    system.shared().fetchers.kill();
    for answer in join_all(calls).await {
        assert_eq!(candidates(&answer.unwrap().unwrap()), 3);
    }
    assert!(begun.elapsed() < LATENCY * 10, "{:?}", begun.elapsed());
    assert_eq!(registry.requests(), 7, "the one that was lost, and no other, twice");
    assert_eq!(front.report().cache.flights, 0);
}
