//! What the registry's version says of an answer, through the whole tree.

use super::*;

fn at_every_look(settings: Settings) -> Settings {
    Settings {
        version_trusted_for: Duration::from_secs(60),
        ..settings
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_question_looks_the_version_up_and_says_it() {
    let (system, registry) = start_knowing_nothing(unrationed()).await;
    let front = system.front();
    let answer = ask(&front, "MSI-H").await.unwrap();
    assert_eq!(answer.provenance.registry_version.as_deref(), Some(registry::VERSION));
    assert!(answer.provenance.version_checked.is_some() && answer.provenance.reason.is_none());
    assert_eq!((registry.requests(), registry.lookups()), (1, 1));
    // Trusted for a minute, however many ask.
    join_all(registry::GENES.iter().map(|name| ask(&front, name))).await;
    assert_eq!(registry.lookups(), 1);
}

#[tokio::test(start_paused = true)]
async fn under_an_unchanged_version_a_day_old_answer_is_exact_and_costs_one_look_up() {
    let (system, registry) = start(at_every_look(unrationed())).await;
    let front = system.front();
    ask(&front, "MSI-H").await.unwrap();
    advance(Duration::from_secs(24 * 3600)).await;
    let begun = Instant::now();
    let answer = ask(&front, "MSI-H").await.unwrap();
    assert!(!answer.provenance.stale, "{:?}", answer.provenance);
    assert!(answer.provenance.age >= Duration::from_secs(24 * 3600));
    assert_eq!(begun.elapsed(), LATENCY, "the look-up was waited for, and nothing else");
    assert_eq!((registry.requests(), registry.lookups()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn while_the_version_is_looked_up_behind_questions_are_answered_under_the_last_one() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "MSI-H").await.unwrap();
    advance(Duration::from_secs(600)).await;
    let begun = Instant::now();
    let answers = join_all((0..100).map(|_| ask(&front, "MSI-H"))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().is_ok_and(|v| !v.provenance.stale))
    );
    assert!(begun.elapsed() < LATENCY, "nobody waited");
    sleep(LATENCY * 2).await;
    assert_eq!((registry.requests(), registry.lookups()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_look_up_that_hangs_costs_half_a_second_and_the_answer_says_that_it_is_stale() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "MSI-H").await.unwrap();
    registry.always(Some(Step::Hang));
    advance(Duration::from_secs(2 * 3600)).await;
    let begun = Instant::now();
    let answer = ask(&front, "MSI-H").await.unwrap();
    assert_eq!(begun.elapsed(), Duration::from_millis(500));
    assert!(answer.provenance.stale);
    let reason = answer.provenance.reason.unwrap();
    assert!(reason.contains("CACHE_TTL"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn where_the_version_cannot_be_had_age_decides_and_the_answer_says_so() {
    let (system, registry) = start_knowing_nothing(unrationed()).await;
    registry.has_version(None);
    let front = system.front();
    ask(&front, "MSI-H").await.unwrap();
    let answer = ask(&front, "MSI-H").await.unwrap();
    assert!(!answer.provenance.stale && answer.provenance.registry_version.is_none());
    let reason = answer.provenance.reason.unwrap();
    assert!(reason.contains("CACHE_TTL") && reason.contains("version"), "{reason}");
    advance(Duration::from_secs(3601)).await;
    let answer = ask(&front, "MSI-H").await.unwrap();
    assert!(answer.provenance.stale, "{:?}", answer.provenance);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(registry.requests(), 2, "renewed behind");
    assert!(!ask(&front, "MSI-H").await.unwrap().provenance.stale);
}

#[tokio::test(start_paused = true)]
async fn data_that_change_while_they_are_fetched_are_fetched_once_more() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    let asking = tokio::spawn({
        let front = front.clone();
        async move { ask(&front, "MSI-H").await }
    });
    sleep(LATENCY / 2).await;
    system.shared().versions.saw(Sighting {
        version: RegistryVersion::read("2026-11-21T09:00:07").unwrap(),
        at: Instant::now(),
    });
    let answer = asking.await.unwrap().unwrap();
    assert_eq!(registry.requests(), 2);
    assert!(!answer.provenance.stale);
    assert_eq!(
        answer.provenance.registry_version.as_deref(),
        Some("2026-11-21T09:00:07")
    );
}

#[tokio::test(start_paused = true)]
async fn a_changed_version_has_each_set_fetched_once() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    for name in &registry::GENES[..10] {
        ask(&front, name).await.unwrap();
    }
    renew_data(&system, &registry).await;
    for _ in 0..5 {
        let answers = join_all(registry::GENES[..10].iter().map(|name| ask(&front, name))).await;
        assert!(answers.iter().all(Result::is_ok));
        sleep(LATENCY).await;
    }
    assert_eq!((registry.requests(), registry.lookups()), (20, 1));
}

#[tokio::test(start_paused = true)]
async fn what_renews_a_set_is_judged_before_it_takes_its_place_for_what_was_asked_of_the_one_before() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    let asked = ["EGFR L858R", "EGFR T790M", "EGFR G719A"];
    for name in asked {
        ask(&front, name).await.unwrap();
    }
    renew_data(&system, &registry).await;
    assert!(ask(&front, asked[0]).await.unwrap().provenance.stale);
    let judged = loop {
        let judged = front.report().counts.judgements;
        if !ask(&front, asked[0]).await.unwrap().provenance.stale {
            break judged;
        }
        sleep(LATENCY / 10).await;
    };
    for name in asked {
        let answer = ask(&front, name).await.unwrap();
        assert_eq!(answer.provenance.source, Source::Memory);
        assert!(!answer.provenance.stale);
    }
    assert_eq!(
        front.report().counts.judgements,
        judged,
        "nobody waited for a judgement"
    );
    assert_eq!((judged, registry.requests()), (6, 2));
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_while_its_renewal_is_judged_is_asked_for_anew() {
    let (system, registry) = start(unrationed()).await;
    let front = system.front();
    ask(&front, "EGFR L858R").await.unwrap();
    renew_data(&system, &registry).await;
    ask(&front, "EGFR L858R").await.unwrap();
    sleep(LATENCY).await;
    front.invalidate("gene:EGFR*").await.unwrap();
    let answer = ask(&front, "EGFR L858R").await.unwrap();
    assert!(!answer.provenance.stale);
    assert_eq!(front.report().cache.flights, 0, "nothing is left under way");
    assert!(registry.requests() >= 2);
}
