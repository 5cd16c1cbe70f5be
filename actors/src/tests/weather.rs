//! Seeded weather: faults, falls, cancellations and renewals at random, under paused time.
//!
//! Whatever happens: every question ends by its deadline, an answer is whole, and a failure is told as one. A seed that
//! fails is printed and fails again.

use super::falls::crash;
use super::registry::{GENES, Step};
use super::{LATENCY, candidates, start, subject, unavailable, unrationed};
use crate::breaker::BreakerMessage;
use crate::cache::CacheMessage;
use crate::front::FrontMessage;
use crate::{Refusal, Settings, System};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use trials::question::Reach;

/// Seeds that CI runs.
const SEEDS: u64 = 24;
/// Seeds of the long proof: `LONG_PROOFS=1 cargo test -p actors weather`.
const SEEDS_LONG: u64 = 2000;
const EVENTS: usize = 120;

#[tokio::test(start_paused = true)]
async fn in_any_weather_every_question_ends_well_or_is_refused_by_its_deadline() {
    let seeds = if std::env::var_os("LONG_PROOFS").is_some() {
        SEEDS_LONG
    } else {
        SEEDS
    };
    let mut answered = 0;
    for seed in 0..seeds {
        answered += weather(seed).await;
    }
    // Weather in which nothing is ever answered would prove nothing.
    assert!(answered > 20 * seeds, "{answered}");
}

/// Says how many questions were answered.
async fn weather(seed: u64) -> u64 {
    let mut random = StdRng::seed_from_u64(seed);
    let settings = Settings {
        fresh_for: Duration::from_secs(5),
        memory_bytes_max: 64 << 10,
        question_timeout: Duration::from_secs(10),
        ..unrationed()
    };
    let (system, registry) = start(settings).await;
    let front = system.front();
    let mut calls = Vec::new();
    for _ in 0..EVENTS {
        match random.random_range(0..20) {
            0 => registry.then([Step::Fail(unavailable()), Step::Fail(unavailable())]),
            1 => registry.of(subject(GENES[random.random_range(0..GENES.len())]), Step::Hang),
            2 => registry.then([Step::Panic]),
            3 => registry.always(Some(Step::Fail(unavailable()))),
            4..=6 => registry.always(None),
            7 => fall(&system, random.random_range(0..6)),
            8 => {
                let _ = front.invalidate("gene:*").await;
            }
            _ => {
                let front = front.clone();
                let name = GENES[random.random_range(0..GENES.len())];
                let patience = Duration::from_millis(random.random_range(1..20_000));
                calls.push(tokio::spawn(async move {
                    let (begun, deadline) = (Instant::now(), front.deadline());
                    let mutation = super::mutation(name);
                    let asking = front.ask(&mutation, Reach::Open, deadline);
                    // Some give up before that: they are cancelled, which must not hurt the others.
                    let answer = tokio::time::timeout(patience, asking).await;
                    (answer, begun.elapsed())
                }));
            }
        }
        sleep(Duration::from_millis(random.random_range(0..400))).await;
    }
    let mut answered = 0;
    for call in calls {
        let (answer, took) = call.await.unwrap();
        assert!(took <= Duration::from_secs(10) + LATENCY, "seed {seed}: {took:?}");
        match answer {
            Ok(Ok(verdicts)) => {
                assert_eq!(candidates(&verdicts), 3, "seed {seed}");
                answered += 1;
            }
            Ok(Err(Refusal::Busy { .. } | Refusal::Draining)) => panic!("seed {seed}: refused without a reason"),
            Ok(Err(_)) | Err(_) => {}
        }
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!(
        front.report().counts.in_flight,
        0,
        "seed {seed}: every place is free again"
    );
    system.drain(Duration::from_millis(700)).await;
    answered
}

fn fall(system: &System, which: u32) {
    let shared = system.shared();
    match which {
        0 => shared.cache.kill(),
        1 => shared.fetchers.kill(),
        2 => shared.front.kill(),
        3 => crash(&shared.cache, CacheMessage::Crash),
        4 => crash(&shared.breaker, BreakerMessage::Crash),
        _ => crash(&shared.front, FrontMessage::Crash),
    }
}
