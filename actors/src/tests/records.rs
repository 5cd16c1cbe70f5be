//! Whole records: one flight, kept and evicted by bytes, renewed behind, and a number that nobody knows.

use super::*;
use trials::NctId;

fn number(text: &str) -> NctId {
    text.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_hundred_who_ask_for_a_record_are_one_request_and_it_is_kept() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    let nct_id = number("NCT01234567");
    let answers = join_all((0..100).map(|_| front.record(nct_id, front.deadline()))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().is_ok_and(|found| found.record().nct_id == nct_id))
    );
    assert_eq!(registry.requests(), 1);
    let again = front.record(nct_id, front.deadline()).await.unwrap();
    assert_eq!(again.provenance.source, Source::Memory);
    assert_eq!(registry.requests(), 1);
    assert_eq!(front.invalidate("trial:NCT0123*").await, Ok(1));
    front.record(nct_id, front.deadline()).await.unwrap();
    assert_eq!(registry.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_number_is_told_asked_once_kept_nowhere_and_no_fault_of_the_registry() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    let nct_id = number("NCT99999901");
    for requests in 1..=10 {
        let refusal = front.record(nct_id, front.deadline()).await.unwrap_err();
        assert_eq!(refusal, Refusal::UnknownNumber { nct_id });
        assert_eq!(registry.requests(), requests);
    }
    let report = front.report();
    assert_eq!(report.counts.request_failures, 0);
    assert_eq!(report.cache.records, 0);
    assert!(front.record(number("NCT01234567"), front.deadline()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_old_record_is_served_as_stale_and_renewed_behind_and_kept_where_that_fails() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    let nct_id = number("NCT01234567");
    front.record(nct_id, front.deadline()).await.unwrap();
    renew_data(&system, &registry).await;
    registry.then([
        Step::Fail(unavailable()),
        Step::Fail(unavailable()),
        Step::Fail(unavailable()),
        Step::Fail(unavailable()),
    ]);
    let stale = front.record(nct_id, front.deadline()).await.unwrap();
    assert!(stale.provenance.stale && stale.provenance.source == Source::Memory);
    sleep(Duration::from_secs(4)).await;
    let failed = front.record(nct_id, front.deadline()).await.unwrap();
    let reason = failed.provenance.reason.clone().unwrap();
    assert!(reason.contains("renewing it failed"), "{reason}");
    sleep(Duration::from_secs(6)).await;
    front.record(nct_id, front.deadline()).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert!(!front.record(nct_id, front.deadline()).await.unwrap().provenance.stale);
}

#[tokio::test(start_paused = true)]
async fn records_stay_under_the_bound_on_memory_and_the_least_used_go() {
    let settings = Settings {
        memory_bytes_max: 20_000,
        ..unrationed()
    };
    let (system, registry) = start(settings).await;
    let front = system.front();
    for n in 1..=30 {
        let nct_id = number(&format!("NCT000000{n:02}"));
        front.record(nct_id, front.deadline()).await.unwrap();
        // Used again and again, so that it stays.
        front.record(number("NCT00000001"), front.deadline()).await.unwrap();
    }
    let report = front.report();
    assert!(report.cache.bytes <= 20_000 && report.cache.records < 30, "{report:?}");
    assert!(report.counts.evictions > 0);
    let before = registry.requests();
    front.record(number("NCT00000001"), front.deadline()).await.unwrap();
    assert_eq!(registry.requests(), before);
    assert_eq!(front.invalidate("*").await, Ok(report.cache.records));
    assert_eq!(front.report().cache.bytes, 0);
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_hangs_or_fails_is_told() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    let nct_id = number("NCT01234567");
    registry.then([Step::Hang]);
    let begun = Instant::now();
    let refusal = front.record(nct_id, front.deadline()).await.unwrap_err();
    assert!(matches!(refusal, Refusal::TimedOut { .. }), "{refusal:?}");
    assert!(begun.elapsed() <= Settings::default().question_timeout);
    let never = RegistryError {
        retry: Retry::Never,
        ..unavailable()
    };
    registry.then([Step::Fail(never.clone())]);
    let refusal = front.record(nct_id, front.deadline()).await.unwrap_err();
    assert_eq!(refusal, Refusal::Registry(never));
}
