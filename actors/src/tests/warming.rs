//! What is warmed unasked, when, in which order, and at whose cost: in one process under paused time, in two on one
//! store in real time.

use super::*;
use crate::report::{WarmerReport, WarmerState, WarmingCause};
use crate::store::{EmbeddedSettings, StoreSettings};
use crate::warmer::{LEAD, LEAD_FOR};
use std::path::{Path, PathBuf};
use tokio::time::timeout;

/// Outside the list of common mutations.
const RARE: &str = "SETD2 mutation";
const TUESDAY: &str = "2026-11-21T09:00:07";
/// How many sets the common mutations are judged from.
const COMMON_SETS: usize = 61;
const PATIENCE: Duration = Duration::from_secs(30);

fn warming(settings: Settings) -> Settings {
    Settings {
        warming: true,
        ..settings
    }
}

/// Waits for what the warmer says of itself.
async fn until(system: &System, is_so: impl Fn(&WarmerReport) -> bool) -> WarmerReport {
    let front = system.front();
    let waiting = async {
        loop {
            let report = front.report().warmer;
            if is_so(&report) {
                return report;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    match timeout(PATIENCE * 20, waiting).await {
        Ok(report) => report,
        Err(_) => panic!("it never came: {:?}", front.report().warmer),
    }
}

fn is_done(why: WarmingCause) -> impl Fn(&WarmerReport) -> bool {
    move |report| {
        let done = |round: &crate::report::RoundReport| round.why == why && round.took.is_some();
        report.state == WarmerState::Resting && report.rounds.iter().any(done)
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_common_is_warm_soon_after_the_start_and_the_report_says_why() {
    let (system, registry) = start_knowing_nothing(warming(unrationed())).await;
    sleep(Duration::from_secs(1)).await;
    assert!(registry.requests() > 0, "it begins within a second");
    let report = until(&system, is_done(WarmingCause::Start)).await;
    let round = &report.rounds[0];
    assert!(report.is_leader && report.next_look.is_some());
    assert_eq!((round.failures, round.left_out), (0, 0), "{round:?}");
    assert_eq!(round.planned, round.warmed);
    assert_eq!(registry.requests(), COMMON_SETS);
    let answer = ask(&system.front(), "KRAS G12C").await.unwrap();
    assert_eq!(answer.provenance.source, Source::Memory);
    assert_eq!(
        system.front().report().counts.judgements,
        COMMON_SETS as u64,
        "and judged"
    );
}

#[tokio::test(start_paused = true)]
async fn a_changed_version_is_noticed_unasked_and_all_that_is_warm_renewed_once_before_anyone_asks() {
    let (system, registry) = start_knowing_nothing(warming(unrationed())).await;
    until(&system, is_done(WarmingCause::Start)).await;
    let front = system.front();
    // One that is merely held, and never will trend.
    ask(&front, "FH mutation").await.unwrap();
    let before = registry.requests();
    registry.has_version(Some(TUESDAY));
    let changed = Instant::now();
    let noticed = || {
        system
            .shared()
            .versions
            .last()
            .is_some_and(|seen| seen.version.as_str() == TUESDAY)
    };
    while !noticed() {
        sleep(Duration::from_millis(50)).await;
    }
    assert!(changed.elapsed() < Duration::from_secs(63), "{:?}", changed.elapsed());
    let report = until(&system, is_done(WarmingCause::VersionChanged)).await;
    assert_eq!(report.rounds[0].warmed, report.rounds[0].planned, "{report:?}");
    assert_eq!(registry.requests() - before, COMMON_SETS + 1, "each once");
    for name in ["FH mutation", "KRAS G12C"] {
        let answer = ask(&front, name).await.unwrap();
        assert!(!answer.provenance.stale, "{:?}", answer.provenance);
        assert_eq!(answer.provenance.registry_version.as_deref(), Some(TUESDAY));
    }
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(registry.requests() - before, COMMON_SETS + 1, "and none since");
}

#[tokio::test(start_paused = true)]
async fn a_gene_outside_the_list_that_was_asked_five_times_is_renewed_first_and_comes_back_where_it_was_dropped() {
    let (system, registry) = start_knowing_nothing(warming(Settings::default())).await;
    let front = system.front();
    for _ in 0..5 {
        ask(&front, RARE).await.unwrap();
        sleep(Duration::from_secs(600)).await;
    }
    let report = until(&system, is_done(WarmingCause::Start)).await;
    assert_eq!(report.trending, [(RARE.to_owned(), 5.0)]);
    // Dropped from memory: the trend brings it back.
    front.invalidate("gene:SETD2*").await.unwrap();
    let report = until(&system, is_done(WarmingCause::Trend)).await;
    assert_eq!((report.rounds[0].planned, report.rounds[0].warmed), (1, 1));
    // A day later the registry renews its data, and this is renewed before the common ones.
    advance(Duration::from_secs(24 * 3600)).await;
    sleep(Duration::from_secs(5)).await;
    let before = registry.requests();
    registry.has_version(Some(TUESDAY));
    while registry.requests() == before {
        sleep(Duration::from_millis(10)).await;
    }
    sleep(Duration::from_secs(3)).await;
    let answer = ask(&front, RARE).await.unwrap();
    assert!(!answer.provenance.stale, "{:?}", answer.provenance);
    assert_eq!(answer.provenance.source, Source::Memory);
    let report = front.report().warmer;
    assert_eq!(report.rounds[0].why, WarmingCause::VersionChanged);
    assert_eq!(
        report.state,
        WarmerState::Working,
        "the common ones wait for the budget"
    );
}

#[tokio::test(start_paused = true)]
async fn warming_is_no_question_and_a_process_that_does_not_warm_counts_all_the_same() {
    let (system, _) = start(unrationed()).await;
    let front = system.front();
    front.warm(Some(vec![mutation(RARE)]), PATIENCE).await.unwrap();
    assert!(front.report().warmer.trending.is_empty());
    ask(&front, RARE).await.unwrap();
    let report = front.report().warmer;
    assert_eq!(report.trending, [(RARE.to_owned(), 1.0)]);
    assert_eq!((report.state, report.is_leader), (WarmerState::Off, false));
    assert_eq!(report.rounds[0].why, WarmingCause::Ordered);
}

#[tokio::test(start_paused = true)]
async fn while_people_alone_would_use_up_the_budget_warming_takes_less_than_a_twentieth() {
    let (system, registry) = start_knowing_nothing(warming(Settings::default())).await;
    until(&system, is_done(WarmingCause::Start)).await;
    registry.has_version(Some(TUESDAY));
    let front = system.front();
    // Fifty cold questions a minute, which is the whole budget, after a burst that uses up what was saved.
    let mut asked = Vec::new();
    for n in 0..20 {
        asked.push(tokio::spawn(cold(front.clone(), n)));
    }
    sleep(Duration::from_secs(1)).await;
    let before = registry.requests();
    for n in 20..520 {
        asked.push(tokio::spawn(cold(front.clone(), n)));
        sleep(Duration::from_millis(1200)).await;
    }
    let all = registry.requests() - before;
    let report = front.report().warmer;
    assert_eq!(report.rounds[0].why, WarmingCause::VersionChanged);
    let by_warmer = report.rounds[0].warmed;
    assert!(all > 400 && by_warmer * 20 < all, "{by_warmer} of {all}");
    join_all(asked).await;
    // When people leave some, it goes on where it was.
    let report = until(&system, is_done(WarmingCause::VersionChanged)).await;
    assert_eq!(report.rounds[0].failures, 0, "{report:?}");
}

/// Somebody asks for what nobody holds; where the budget is spent for longer than they would wait, they are told so.
async fn cold(front: Front, n: usize) {
    let number = format!("NCT{n:08}").parse().unwrap();
    let _ = front.record(number, front.deadline()).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_warmed_unasked_does_not_drive_out_what_is_held() {
    let (system, registry) = start_knowing_nothing(warming(Settings {
        memory_bytes_max: 24 << 10,
        ..unrationed()
    }))
    .await;
    let report = until(&system, is_done(WarmingCause::Start)).await;
    assert!(report.rounds[0].left_out > 30, "{report:?}");
    let before = registry.requests();
    sleep(Duration::from_secs(3000)).await;
    assert_eq!(registry.requests(), before, "it doesn't fetch the same again and again");
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_had_is_named_with_its_cause_and_tried_again() {
    let (system, registry) = start_knowing_nothing(warming(unrationed())).await;
    let refused = RegistryError {
        fault: Fault::Status {
            code: 400,
            words: "no such field".into(),
        },
        retry: Retry::Never,
    };
    registry.of(subject("KRAS G12C"), Step::Fail(refused));
    let report = until(&system, is_done(WarmingCause::Start)).await;
    let round = report
        .rounds
        .iter()
        .find(|round| round.why == WarmingCause::Start)
        .unwrap();
    assert_eq!(round.failures, 1, "{round:?}");
    assert_eq!(round.failed[0].0, "gene:KRAS");
    assert!(round.failed[0].1.contains("no such field"), "{:?}", round.failed);
    until(&system, is_done(WarmingCause::Trend)).await;
}

#[tokio::test(start_paused = true)]
async fn a_warmer_that_falls_goes_on_with_what_it_was_at_and_fetches_nothing_twice() {
    let (system, registry) = start_knowing_nothing(warming(unrationed())).await;
    sleep(Duration::from_secs(1)).await;
    let front = system.front();
    let ordering = tokio::spawn({
        let front = front.clone();
        async move { front.warm(Some(vec![mutation(RARE)]), PATIENCE).await }
    });
    sleep(Duration::from_millis(1)).await;
    falls::crash(&system.shared().warmer, WarmerMessage::Crash);
    assert!(ordering.await.unwrap().is_err(), "who ordered is told that it fell");
    until(&system, |report| {
        is_done(WarmingCause::Start)(report)
            && report
                .rounds
                .iter()
                .any(|round| round.planned == round.warmed + round.skipped)
    })
    .await;
    assert_eq!(
        registry.requests(),
        COMMON_SETS + 1,
        "all, and what was ordered, each once"
    );
}

// Several processes on one store, in real time: what they agree on runs out by the clock that they share.

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("warming-{:016x}", rand::random::<u64>()));
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn on(folder: &Path) -> Settings {
    Settings {
        warming: true,
        requests_per_minute: None,
        store: StoreSettings {
            redis: None,
            embedded: Some(EmbeddedSettings {
                folder: folder.to_owned(),
                bytes_max: 64 << 20,
            }),
            registry: "told".into(),
        },
        ..Settings::default()
    }
}

async fn on_one_store(settings: Settings, registry: &Arc<Told>) -> System {
    System::start(settings, Arc::clone(registry) as Arc<dyn crate::Registry>)
        .await
        .unwrap()
}

fn quick() -> Arc<Told> {
    Arc::new(Told::new(Duration::from_millis(2)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_process_leads_and_the_others_find_in_the_store_what_it_brought() {
    let folder = Folder::new();
    let registry = quick();
    let leader = on_one_store(on(&folder.0), &registry).await;
    until(&leader, is_done(WarmingCause::Start)).await;
    let follower = on_one_store(on(&folder.0), &registry).await;
    sleep(Duration::from_secs(2)).await;
    assert!(leader.front().report().warmer.is_leader && !follower.front().report().warmer.is_leader);
    let answer = ask(&follower.front(), "KRAS G12C").await.unwrap();
    assert_ne!(answer.provenance.source, Source::Registry);
    assert_eq!(registry.requests(), COMMON_SETS);
    // What is ordered is warmed in any process.
    let ordered = follower
        .front()
        .warm(Some(vec![mutation(RARE)]), PATIENCE)
        .await
        .unwrap();
    assert_eq!(ordered.warmed, [RARE]);
    // The lead passes at once from one that ends in good order.
    let ended = Instant::now();
    leader.drain(Duration::from_secs(1)).await;
    until(&follower, |report| report.is_leader).await;
    assert!(ended.elapsed() < LEAD_FOR / 2, "{:?}", ended.elapsed());
    until(&follower, is_done(WarmingCause::Start)).await;
    assert_eq!(
        registry.requests(),
        COMMON_SETS + 1,
        "nothing that the store holds is asked for"
    );
    follower.drain(Duration::from_secs(1)).await;
}

#[test]
fn when_the_leader_dies_another_takes_over_as_its_lease_runs_out_and_no_two_lead() {
    let folder = Folder::new();
    let registry = quick();
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    };
    let (dying, living) = (runtime(), runtime());
    let leader = dying.block_on(on_one_store(on(&folder.0), &registry));
    dying.block_on(until(&leader, |report| report.is_leader));
    let follower = living.block_on(on_one_store(on(&folder.0), &registry));
    living.block_on(async {
        for _ in 0..20 {
            sleep(Duration::from_millis(100)).await;
            let leads = [&leader, &follower].map(|system| system.front().report().warmer.is_leader);
            assert_eq!(leads, [true, false]);
        }
    });
    // Without a last word.
    std::mem::forget(leader);
    dying.shutdown_background();
    let died = Instant::now();
    living.block_on(until(&follower, |report| report.is_leader));
    let after = died.elapsed();
    assert!(after < LEAD_FOR + Duration::from_secs(2), "{after:?}");
    assert!(after > LEAD_FOR / 2, "it was let go of, rather than run out: {after:?}");
    living.block_on(follower.drain(Duration::from_secs(1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_whose_lease_another_took_stops_leading() {
    let folder = Folder::new();
    let registry = quick();
    let system = on_one_store(on(&folder.0), &registry).await;
    until(&system, |report| report.is_leader).await;
    // As if it had been stalled for so long that it ran out, and another had come.
    let store = &system.shared().store;
    let us = store.holder().as_bytes().to_vec();
    let another = Some(b"another".to_vec());
    assert_eq!(store.swap(LEAD.into(), Some(us), another, LEAD_FOR * 2).await, Ok(true));
    let taken = Instant::now();
    until(&system, |report| !report.is_leader).await;
    assert!(taken.elapsed() < LEAD_FOR, "{:?}", taken.elapsed());
    until(&system, |report| report.is_leader).await;
    assert!(taken.elapsed() > LEAD_FOR, "{:?}", taken.elapsed());
    system.drain(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trend_is_shared_and_outlives_those_who_counted_it() {
    let folder = Folder::new();
    let registry = quick();
    let off = || Settings {
        warming: false,
        ..on(&folder.0)
    };
    let asked = on_one_store(off(), &registry).await;
    for _ in 0..5 {
        ask(&asked.front(), RARE).await.unwrap();
    }
    // It dies; what it counted more than a few seconds ago is known.
    sleep(Duration::from_millis(3000)).await;
    std::mem::forget(asked);
    let before = registry.requests();
    let next = on_one_store(on(&folder.0), &registry).await;
    until(&next, is_done(WarmingCause::Start)).await;
    let trending = next.front().report().warmer.trending;
    assert_eq!(trending, [(RARE.to_owned(), 5.0)]);
    assert_eq!(
        registry.requests() - before,
        COMMON_SETS,
        "what trends was in the store"
    );
    let answer = ask(&next.front(), RARE).await.unwrap();
    assert_eq!(answer.provenance.source, Source::Memory, "and is warm");
    // One that ends in good order leaves what it counted last, too.
    next.drain(Duration::from_secs(1)).await;
    let last = on_one_store(on(&folder.0), &registry).await;
    until(&last, is_done(WarmingCause::Start)).await;
    assert_eq!(last.front().report().warmer.trending, [(RARE.to_owned(), 6.0)]);
    last.drain(Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_process_was_asked_the_leader_renews_for_all_when_the_data_change() {
    let folder = Folder::new();
    let registry = quick();
    let every_second = |settings| Settings {
        version_trusted_for: Duration::from_secs(1),
        ..settings
    };
    let leader = on_one_store(every_second(on(&folder.0)), &registry).await;
    until(&leader, is_done(WarmingCause::Start)).await;
    let follower = on_one_store(every_second(on(&folder.0)), &registry).await;
    for _ in 0..5 {
        ask(&follower.front(), RARE).await.unwrap();
    }
    sleep(Duration::from_millis(3000)).await;
    let before = registry.requests();
    registry.has_version(Some(TUESDAY));
    let report = until(&leader, is_done(WarmingCause::VersionChanged)).await;
    assert_eq!(report.trending[0].0, RARE);
    assert_eq!(
        registry.requests() - before,
        COMMON_SETS + 1,
        "each once, by the leader"
    );
    let ask_until_fresh = async {
        while ask(&follower.front(), RARE).await.unwrap().provenance.stale {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, ask_until_fresh).await.unwrap();
    assert_eq!(
        registry.requests() - before,
        COMMON_SETS + 1,
        "and from the store by the others"
    );
    leader.drain(Duration::from_secs(1)).await;
    follower.drain(Duration::from_secs(1)).await;
}
