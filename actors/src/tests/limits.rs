//! Bounds: places, memory, budget, lanes, leaving and draining.

use super::*;

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

#[tokio::test(start_paused = true)]
async fn a_person_never_waits_behind_renewals_that_wait_for_the_budget() {
    let (system, registry) = start(Settings {
        requests_max: 4,
        ..Settings::default()
    })
    .await;
    let front = system.front();
    for name in &registry::GENES[..20] {
        ask(&front, name).await.unwrap();
    }
    renew_data(&system, &registry).await;
    let stale = join_all(registry::GENES[..20].iter().map(|name| ask(&front, name))).await;
    assert!(
        stale
            .iter()
            .all(|answer| answer.as_ref().is_ok_and(|v| v.provenance.stale))
    );
    sleep(Duration::from_secs(2)).await;
    let begun = Instant::now();
    ask(&front, registry::GENES[20]).await.unwrap();
    assert!(begun.elapsed() <= LATENCY * 2, "{:?}", begun.elapsed());
    sleep(Duration::from_secs(30)).await;
    let renewed = ask(&front, registry::GENES[19]).await.unwrap();
    assert!(!renewed.provenance.stale, "{:?}", renewed.provenance);
}

#[tokio::test(start_paused = true)]
async fn a_place_is_free_again_when_the_answer_has_been_made() {
    let (system, _) = start(Settings {
        questions_max: 1,
        ..unrationed()
    })
    .await;
    let front = system.front();
    let verdicts = ask(&front, "MSI-H").await.unwrap();
    assert!(matches!(ask(&front, "MSI-H").await, Err(Refusal::Busy { .. })));
    drop(verdicts);
    assert!(ask(&front, "MSI-H").await.is_ok());
}
