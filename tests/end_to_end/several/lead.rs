//! Which of several daemons warms for all: one at a time, and soon another where it dies or stalls.

use super::{LOOK_PAUSE, Shared, TELLING, short_or_long};
use crate::support::daemon_process::DaemonProcess;
use crate::support::watched_registry::WatchedRegistry;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const LEADS: &str = "this process leads the warming";
const LEADS_NO_LONGER: &str = "this process no longer leads the warming";
/// From the death of the one that leads to the next one's lead.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(5);
/// For how long two may both think that they lead, after one of them stalled.
const BOTH_AT_MOST: Duration = Duration::from_secs(5);
const FURTHER: [(&str, &str); 2] = [("REGISTRY_RATE_LIMIT", "0"), TELLING];

/// Whether a daemon leads, by what it says.
fn leads(daemon: &DaemonProcess) -> bool {
    let said = daemon.program.said();
    said.matches(LEADS).count() > said.matches(LEADS_NO_LONGER).count()
}

/// Waits until exactly one leads, and gives its place.
async fn the_leader(daemons: &[DaemonProcess]) -> usize {
    let begun = Instant::now();
    loop {
        let leading: Vec<usize> = (0..daemons.len()).filter(|&nth| leads(&daemons[nth])).collect();
        if let [leader] = leading[..] {
            return leader;
        }
        assert!(begun.elapsed() < TAKEN_OVER_WITHIN * 2, "{leading:?} lead");
        sleep(LOOK_PAUSE).await;
    }
}

async fn the_next_one_leads_soon(shared: Shared) {
    let registry = WatchedRegistry::start().await;
    let mut daemons = Vec::new();
    for _ in 0..3 {
        daemons.push(shared.daemon(registry.base_url(), &FURTHER).await);
    }
    for _ in 0..2 {
        let leader = daemons.remove(the_leader(&daemons).await);
        leader.program.signal("KILL");
        let killed = Instant::now();
        while !daemons.iter().any(leads) {
            assert!(killed.elapsed() < TAKEN_OVER_WITHIN, "none leads");
            sleep(LOOK_PAUSE).await;
        }
        println!(
            "the leader killed over {}: the next one leads after {:.2?}",
            shared.source(),
            killed.elapsed()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_leader_is_killed_the_next_one_leads_within_five_seconds() {
    for nth in 0..short_or_long(1, 5) {
        the_next_one_leads_soon(Shared::folder(&format!("lead-{nth}"))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_leader_on_redis_is_killed_the_next_one_leads_within_five_seconds() {
    for _ in 0..short_or_long(1, 5) {
        let Some(shared) = Shared::redis().await else { return };
        the_next_one_leads_soon(shared).await;
    }
}

/// The leader stalls for longer than its lease, and goes on.
async fn one_leads_at_a_time(shared: Shared) {
    let registry = WatchedRegistry::start().await;
    let mut daemons = Vec::new();
    for _ in 0..2 {
        daemons.push(shared.daemon(registry.base_url(), &FURTHER).await);
    }
    for _ in 0..short_or_long(1, 4) {
        let stalled = the_leader(&daemons).await;
        daemons[stalled].program.signal("STOP");
        let other = 1 - stalled;
        let begun = Instant::now();
        while !leads(&daemons[other]) {
            assert!(begun.elapsed() < TAKEN_OVER_WITHIN, "the other takes over");
            sleep(LOOK_PAUSE).await;
        }
        daemons[stalled].program.signal("CONT");
        let begun = Instant::now();
        while leads(&daemons[stalled]) {
            assert!(begun.elapsed() < BOTH_AT_MOST, "it notices that it was stalled");
            sleep(LOOK_PAUSE).await;
        }
        println!(
            "the leader stalled over {}: both led for {:.2?}",
            shared.source(),
            begun.elapsed()
        );
        assert!(leads(&daemons[other]), "the one that took over goes on");
    }
    // A leader that ends well lets go of it, and the other needs not wait for the lease.
    let ended = daemons.remove(the_leader(&daemons).await);
    ended.program.signal("TERM");
    assert_eq!(ended.program.end().await.code, Some(0));
    let begun = Instant::now();
    while !leads(&daemons[0]) {
        assert!(begun.elapsed() < SOON, "it was let go of");
        sleep(LOOK_PAUSE).await;
    }
}

/// Where nobody has to wait for a lease to run out.
const SOON: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_daemons_never_both_lead_for_longer_than_the_lease() {
    one_leads_at_a_time(Shared::folder("stalled")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_daemons_on_redis_never_both_lead_for_longer_than_the_lease() {
    if let Some(shared) = Shared::redis().await {
        one_leads_at_a_time(shared).await;
    }
}
