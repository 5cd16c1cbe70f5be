//! Under which version of the registry's data something is fetched.

use super::{FetcherArguments, Order};
use crate::key::Key;
use crate::refusal::Refusal;
use crate::store::lease::Taken;
use crate::version::{Sighting, Vintage};
use futures::future::join;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long a fetch waits for the registry's version, the first time that it is asked for, before it goes on without.
const VERSION_PATIENCE: Duration = Duration::from_secs(2);

impl FetcherArguments {
    /// Fetches something under the version that was looked up before, and once more where that turns out to have
    /// changed meanwhile.
    pub(super) async fn under_one_version<T, F>(
        &self,
        order: &Order,
        deadline: Instant,
        fetching: impl Fn() -> F,
    ) -> Result<(T, Vintage), Refusal>
    where
        F: Future<Output = Result<T, Refusal>>,
    {
        let mut is_second = false;
        loop {
            let fetched_at = Instant::now();
            let (fetched, under) = match self.versions.last() {
                Some(seen) if self.versions.is_trusted(&seen, fetched_at) => (fetching().await?, Some(seen)),
                // Beside the fetch: if the version is still the one seen before, it was all along.
                Some(seen) => {
                    let (looked_up, fetched) = join(self.patient_version(order, deadline), fetching()).await;
                    let under = looked_up.filter(|now| now.version == seen.version).unwrap_or(seen);
                    (fetched?, Some(under))
                }
                // Nothing to compare with: the version has to be there first.
                None => {
                    let looked_up = self.patient_version(order, deadline).await;
                    (fetching().await?, looked_up)
                }
            };
            let has_changed = match (&under, self.versions.last()) {
                (Some(under), Some(last)) => under.version != last.version,
                _ => false,
            };
            if has_changed && !is_second {
                is_second = true;
                continue;
            }
            return Ok((fetched, Vintage { fetched_at, under }));
        }
    }

    /// The registry's version, if it can be had soon.
    async fn patient_version(&self, order: &Order, deadline: Instant) -> Option<Sighting> {
        if self.gate.look().is_some() {
            return None;
        }
        let until = deadline.min(Instant::now() + VERSION_PATIENCE);
        timeout_at(until, self.version(order, deadline)).await.ok()?.ok()
    }

    /// The registry's version: the one that is trusted, or the one that another process looked up, or asked for once.
    pub(super) async fn version(&self, order: &Order, deadline: Instant) -> Result<Sighting, Refusal> {
        let _alone = self.versions.looking_up.lock().await;
        if let Some(seen) = self.versions.trusted(Instant::now()) {
            return Ok(seen);
        }
        let lease = loop {
            if let Some(seen) = self.store.version().await {
                self.versions.saw(seen);
            }
            if let Some(seen) = self.versions.trusted(Instant::now()) {
                return Ok(seen);
            }
            match self.store.take_flight(Key::Version).await {
                Taken::Ours(lease) => break Some(lease),
                Taken::Alone => break None,
                Taken::Theirs if self.flight_ended(Key::Version, deadline).await => {}
                Taken::Theirs => break None,
            }
        };
        let at = Instant::now();
        self.counters.lookups.increment();
        let looked_up = self.request_once(order, deadline, || self.registry.version()).await;
        match looked_up {
            Ok(version) => {
                let seen = Sighting { version, at };
                if self.versions.saw(seen.clone()) {
                    tracing::info!(version = seen.version.as_str(), "the registry has renewed its data");
                }
                self.store.saw(&seen).await;
                drop(lease);
                Ok(seen)
            }
            Err(refusal) => {
                self.versions.did_not_see(Instant::now(), refusal.clone());
                Err(refusal)
            }
        }
    }
}
