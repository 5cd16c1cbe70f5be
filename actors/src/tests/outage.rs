//! The registry fails: what is told, when, and that it passes.

use super::*;

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
async fn an_answer_from_before_a_renewal_of_the_data_is_served_at_once_as_stale_and_renewed_behind() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "MSI-H").await.unwrap();
    renew_data(&system, &registry).await;
    let begun = Instant::now();
    let stale = ask(&front, "MSI-H").await.unwrap();
    assert!(stale.provenance.stale);
    let reason = stale.provenance.reason.unwrap();
    assert!(
        reason.contains("renewed its data") && reason.contains("2026-11-21"),
        "{reason}"
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
    renew_data(&system, &registry).await;
    registry.always(Some(Step::Fail(unavailable())));
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
async fn a_client_that_is_turned_away_holds_back() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    let error = RegistryError {
        fault: Fault::Status {
            code: 403,
            words: String::new(),
        },
        retry: Retry::Never,
    };
    registry.always(Some(Step::Fail(error)));
    for name in &registry::GENES[..10] {
        assert!(ask(&front, name).await.is_err());
    }
    assert!(registry.requests() < 10, "{}", registry.requests());
}

#[tokio::test(start_paused = true)]
async fn one_who_joins_a_fetch_late_keeps_their_own_time() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    registry.always(Some(Step::Hang));
    let first = tokio::spawn({
        let front = front.clone();
        async move { ask(&front, "MSI-H").await }
    });
    sleep(Duration::from_secs(39)).await;
    let late = tokio::spawn({
        let front = front.clone();
        async move { ask(&front, "MSI-H").await }
    });
    sleep(Duration::from_millis(10)).await;
    registry.always(None);
    assert!(matches!(first.await.unwrap(), Err(Refusal::TimedOut { .. })));
    assert_eq!(candidates(&late.await.unwrap().unwrap()), 3);
}
