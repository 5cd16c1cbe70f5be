//! Questions that are answered: how often the registry is asked, and for what.

use super::*;
use crate::key::Asked;
use crate::verdicts::Found;
use futures::FutureExt as _;

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
async fn what_was_on_its_way_when_it_was_invalidated_is_asked_for_anew() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    let asking = tokio::spawn({
        let front = front.clone();
        async move { ask(&front, "MSI-H").await }
    });
    sleep(LATENCY / 2).await;
    front.invalidate("signature:*").await.unwrap();
    let begun = Instant::now();
    assert!(asking.await.unwrap().is_ok());
    assert_eq!(begun.elapsed(), LATENCY, "answered by what was asked for after it");
    assert_eq!(registry.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_at_hand_is_answered_without_a_message_and_what_is_stale_is_not() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    assert!(ask(&front, "EGFR L858R").now_or_never().is_none(), "nothing is held");
    ask(&front, "EGFR L858R").await.unwrap();
    let before = front.report();
    let at_hand = ask(&front, "EGFR L858R").now_or_never().expect("at hand").unwrap();
    assert_eq!(at_hand.provenance.source, Source::Memory);
    let after = front.report();
    assert_eq!(after.counts.hits, before.counts.hits + 1);
    assert_eq!(
        after.counts.in_flight,
        before.counts.in_flight + 1,
        "its place is kept until it is made"
    );
    drop(at_hand);
    assert_eq!(front.report().counts.in_flight, before.counts.in_flight);
    assert!(
        ask(&front, "EGFR T790M").now_or_never().is_none(),
        "held, and not judged"
    );

    renew_data(&system, &registry).await;
    assert!(ask(&front, "EGFR L858R").now_or_never().is_none(), "stale");
    assert!(ask(&front, "EGFR L858R").await.unwrap().provenance.stale);
    sleep(LATENCY * 2).await;
    let renewed = ask(&front, "EGFR L858R").now_or_never().expect("at hand").unwrap();
    assert!(!renewed.provenance.stale);
}

#[tokio::test(start_paused = true)]
async fn what_is_at_hand_is_what_the_actors_would_say() {
    let (system, _registry) = start(unrationed()).await;
    let front = system.front();
    for name in ["EGFR L858R", "EML4::ALK fusion", "NTRK fusion"] {
        let mutation = mutation(name);
        for reach in [Reach::Open, Reach::All] {
            front.ask(&mutation, reach, front.deadline()).await.unwrap();
            for _ in 0..3 {
                advance(Duration::from_secs(1)).await;
                let at_hand = front.ask(&mutation, reach, front.deadline()).now_or_never();
                let at_hand = at_hand.expect("at hand").unwrap();
                let mutation = mutation.clone();
                let asked = Asked::Trials { mutation, reach };
                let Ok(Found::Verdicts(told)) = front.ask_actors(&asked, front.deadline()).await else {
                    panic!("{name}: no verdicts");
                };
                assert_eq!(at_hand.provenance, told.provenance, "{name}");
                assert_eq!(at_hand.origin(), told.origin(), "{name}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_in_doubt_is_not_at_hand() {
    let (system, _registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "ALK fusion").await.unwrap();
    assert!(
        ask(&front, "EML4::ALK fusion").now_or_never().is_none(),
        "one of two sets is held"
    );
    advance(Duration::from_secs(3601)).await;
    assert!(
        ask(&front, "ALK fusion").now_or_never().is_none(),
        "the version is not trusted"
    );
    system.drain(Duration::from_secs(1)).await;
    assert!(matches!(ask(&front, "ALK fusion").await, Err(Refusal::Draining)));
}
