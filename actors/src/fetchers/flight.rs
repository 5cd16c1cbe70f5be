//! One flight among all processes on a store: whoever has the lease asks the registry, the others take what it brings.

use super::{FetcherArguments, Order, Work};
use crate::cache::CacheMessage;
use crate::candidates::FlightNumber;
use crate::homing::Homing;
use crate::key::{Content, Key};
use crate::refusal::Refusal;
use crate::store::AGREEMENT_MAX;
use crate::store::lease::Taken;
use crate::verdicts::Source;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How often one who waits for another process's fetch looks whether it is there: first, and at most.
const LOOK_PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_millis(50));

/// How long is waited for what another process has just brought: it is there, and asking the registry takes as long.
const BROUGHT_LOOK_MAX: Duration = Duration::from_secs(1);

impl FetcherArguments {
    /// Brings home what was ordered: from the registry, or from the process on the store that was quicker.
    pub(super) async fn bring(
        &self,
        order: &Order,
        Work {
            key,
            flight,
            deadline,
            homing,
            ..
        }: Work,
    ) {
        let come_home = |homing: Homing, outcome| homing.arrive(CacheMessage::Fetched { key, flight, outcome });
        if key == Key::Version {
            let outcome = self.version(order, deadline).await;
            return come_home(homing, outcome.map(|_| (Content::Version, Source::Registry)));
        }
        let mut look_max = AGREEMENT_MAX;
        let lease = loop {
            let taken = self.store.take_flight(key).await;
            if matches!(taken, Taken::Alone) {
                if self.store.is_there() {
                    tracing::debug!(set = %key, "no agreement with other processes in time: fetched whoever else does");
                }
                break None;
            }
            // Another process may have brought it since we looked, or just now let go of the lease.
            if let Some(found) = self.kept(key, flight, look_max).await {
                return come_home(homing, Ok(found));
            }
            match taken {
                Taken::Ours(lease) => break Some(lease),
                _ if !self.flight_ended(key, deadline).await => {
                    let late = Refusal::TimedOut {
                        after: order.age(),
                        last: None,
                    };
                    return come_home(homing, Err(late));
                }
                _ => look_max = BROUGHT_LOOK_MAX,
            }
        };
        tracing::debug!(set = %key, is_alone = lease.is_none(), "asking the registry");
        let outcome = self.fetch(order, key, flight, deadline).await;
        let to_save = outcome.as_ref().ok().cloned();
        come_home(homing, outcome.map(|content| (content, Source::Registry)));
        if let Some(content) = to_save {
            // The lease goes with it: when it ends, the others find the content in the store.
            self.store.keep(key, content, lease);
        }
    }

    /// What the store keeps, if it needs no renewal.
    async fn kept(&self, key: Key, flight: FlightNumber, within: Duration) -> Option<(Content, Source)> {
        let (content, source) = self.store.load(key, flight, within).await?;
        let vintage = content.vintage()?;
        let freshness = self.versions.freshness(vintage, Instant::now(), self.fresh_for);
        (!freshness.is_stale()).then_some((content, source))
    }

    /// Waits until no process holds the lease on a key. False where that takes longer than there is time.
    pub(super) async fn flight_ended(&self, key: Key, deadline: Instant) -> bool {
        let (mut pause, most) = LOOK_PAUSES;
        while self.store.is_in_flight(key).await == Some(true) {
            if Instant::now() + pause >= deadline {
                return false;
            }
            sleep(pause).await;
            pause = (pause * 2).min(most);
        }
        true
    }
}
