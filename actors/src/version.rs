//! Which version of its data the registry has, and what that says of the age of an answer.
//!
//! # Why not simply by age
//!
//! The registry's data change once a day, at an hour nobody is told. An answer of five minutes may be out of date, and
//! one of twenty hours exact. The registry tells its version for one tiny request: while it is the one an answer was
//! fetched under, the answer is exact, whatever its age; when it is another, it is stale, however young.
//!
//! # The bargain
//!
//! A version that was looked up is trusted for a while (`REGISTRY_VERSION_TTL`). When that has run out, questions go on
//! being answered under it and it is looked up behind. Where it can't be had, age decides (`CACHE_TTL`), counted from
//! when an answer was last known to be exact, and the answer says so.
//!
//! A fetch carries the version that was looked up *before* its first page. If the data change between the two, it
//! carries an older version than it has and is renewed once too often; the other way round it would pass for exact.

use crate::refusal::Refusal;
use crate::registry::RegistryVersion;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The registry's version as it was at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    pub(crate) version: RegistryVersion,
    /// When it was asked for: it may have changed since.
    pub(crate) at: Instant,
}

/// When something was fetched, and under which version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vintage {
    /// When its first page was asked for.
    pub(crate) fetched_at: Instant,
    /// None where the version could not be had.
    pub(crate) under: Option<Sighting>,
}

/// Whether an answer is what the registry would say now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// As far as is known. Where that rests on age alone, why.
    Fresh { by_age: Option<String> },
    /// The registry has renewed its data since.
    Superseded { by: RegistryVersion },
    /// It was last known to be exact too long ago.
    TooOld,
}

/// What this process knows of the registry's version. Outlives every actor; read in place.
#[derive(Debug)]
pub(crate) struct Versions {
    /// How long a look-up is trusted.
    trusted_for: Duration,
    known: Mutex<Known>,
    /// Held by the one who looks it up; the others wait and read.
    pub(crate) looking_up: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug, Default)]
struct Known {
    last: Option<Sighting>,
    /// The last look-up's failure; ends with the next success.
    failed: Option<(Instant, Refusal)>,
    /// The first failure in a row; ends with the next success.
    failing_since: Option<Instant>,
}

impl Versions {
    /// Nothing known yet.
    pub(crate) fn new(trusted_for: Duration) -> Self {
        Self {
            trusted_for,
            known: Mutex::default(),
            looking_up: tokio::sync::Mutex::default(),
        }
    }

    /// The last version seen, however long ago.
    pub(crate) fn last(&self) -> Option<Sighting> {
        self.known().last.clone()
    }

    /// The last version seen, if it is still trusted.
    pub(crate) fn trusted(&self, now: Instant) -> Option<Sighting> {
        self.last().filter(|seen| self.is_trusted(seen, now))
    }

    /// Whether a sighting is young enough that nobody needs to look again.
    pub(crate) fn is_trusted(&self, seen: &Sighting, now: Instant) -> bool {
        now.saturating_duration_since(seen.at) < self.trusted_for
    }

    /// For how long a look-up is trusted.
    pub(crate) fn trusted_for(&self) -> Duration {
        self.trusted_for
    }

    /// Why the version could not be had when it was last looked for, and when that was.
    pub(crate) fn failed(&self) -> Option<(Instant, Refusal)> {
        self.known().failed.clone()
    }

    /// Since when no look-up has succeeded, where the last one failed.
    pub(crate) fn failing_since(&self) -> Option<Instant> {
        let known = self.known();
        known.failing_since.filter(|_| known.failed.is_some())
    }

    /// The version was seen, by us or by another process. Says whether it is another than the one seen before.
    pub(crate) fn saw(&self, seen: Sighting) -> bool {
        let mut known = self.known();
        known.failed = known.failed.take().filter(|(at, _)| *at > seen.at);
        known.failing_since = known.failing_since.filter(|_| known.failed.is_some());
        match &mut known.last {
            Some(last) if last.version == seen.version => {
                last.at = last.at.max(seen.at);
                false
            }
            Some(last) if last.at > seen.at => false,
            last => {
                let is_other = last.is_some();
                *last = Some(seen);
                is_other
            }
        }
    }

    /// The version could not be had.
    pub(crate) fn did_not_see(&self, at: Instant, why: Refusal) {
        let mut known = self.known();
        known.failing_since.get_or_insert(at);
        known.failed = Some((at, why));
    }

    /// Whether what was fetched then is what the registry would say now.
    pub(crate) fn freshness(&self, of: &Vintage, now: Instant, fresh_for: Duration) -> Freshness {
        let known = self.known();
        let same = match (&of.under, &known.last) {
            (Some(under), Some(last)) if under.version != last.version && last.at >= under.at => {
                return Freshness::Superseded {
                    by: last.version.clone(),
                };
            }
            (Some(under), Some(last)) if under.version == last.version => Some(last.at),
            _ => None,
        };
        let exact_at = same.map_or(of.fetched_at, |seen| seen.max(of.fetched_at));
        if now.saturating_duration_since(exact_at) >= fresh_for {
            return Freshness::TooOld;
        }
        let by_age = if of.under.is_none() {
            Some("the registry's version could not be had when it was fetched".into())
        } else {
            let failure = known.failed.as_ref().filter(|(at, _)| *at > exact_at);
            failure.map(|(_, why)| format!("the registry's version can't be had: {why}"))
        };
        Freshness::Fresh {
            by_age: by_age
                .map(|why: String| format!("fresh by its age alone (CACHE_TTL, {} s): {why}", fresh_for.as_secs())),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Freshness {
    /// Whether it should be renewed.
    pub(crate) fn is_stale(&self) -> bool {
        !matches!(self, Self::Fresh { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH_FOR: Duration = Duration::from_secs(3600);

    fn seen(version: &str, at: Instant) -> Sighting {
        Sighting {
            version: RegistryVersion::read(version).unwrap(),
            at,
        }
    }

    fn fetched(version: &str, at: Instant) -> Vintage {
        Vintage {
            fetched_at: at,
            under: Some(seen(version, at)),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn under_an_unchanged_version_an_answer_is_exact_whatever_its_age() {
        let versions = Versions::new(Duration::from_secs(60));
        let old = fetched("monday", Instant::now());
        tokio::time::advance(Duration::from_secs(30 * 3600)).await;
        assert_eq!(versions.freshness(&old, Instant::now(), FRESH_FOR), Freshness::TooOld);
        versions.saw(seen("monday", Instant::now()));
        assert_eq!(
            versions.freshness(&old, Instant::now(), FRESH_FOR),
            Freshness::Fresh { by_age: None }
        );
    }

    #[tokio::test(start_paused = true)]
    async fn under_a_changed_version_an_answer_is_stale_however_young() {
        let versions = Versions::new(Duration::from_secs(60));
        let young = fetched("monday", Instant::now());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!versions.saw(seen("monday", Instant::now())));
        assert!(versions.saw(seen("tuesday", Instant::now())), "another version");
        let freshness = versions.freshness(&young, Instant::now(), FRESH_FOR);
        assert!(matches!(freshness, Freshness::Superseded { by } if by.as_str() == "tuesday"));
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_version_cannot_be_had_age_decides_and_says_so() {
        let versions = Versions::new(Duration::from_secs(60));
        let answer = fetched("monday", Instant::now());
        versions.saw(seen("monday", Instant::now()));
        tokio::time::advance(Duration::from_secs(1800)).await;
        versions.did_not_see(Instant::now(), Refusal::Interrupted);
        let Freshness::Fresh { by_age: Some(why) } = versions.freshness(&answer, Instant::now(), FRESH_FOR) else {
            panic!("said")
        };
        assert!(why.contains("CACHE_TTL") && why.contains("can't be had"), "{why}");
        tokio::time::advance(Duration::from_secs(1800)).await;
        assert_eq!(
            versions.freshness(&answer, Instant::now(), FRESH_FOR),
            Freshness::TooOld
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_another_process_saw_later_counts_and_what_it_saw_earlier_does_not() {
        let versions = Versions::new(Duration::from_secs(60));
        let before = Instant::now();
        tokio::time::advance(Duration::from_secs(10)).await;
        versions.saw(seen("tuesday", Instant::now()));
        assert!(!versions.saw(seen("monday", before)));
        assert_eq!(
            versions.last().map(|last| last.version.as_str().to_owned()),
            Some("tuesday".into())
        );
        // What was fetched under a version that is newer than the one seen is not out of date.
        tokio::time::advance(Duration::from_secs(10)).await;
        let newer = fetched("wednesday", Instant::now());
        assert!(!versions.freshness(&newer, Instant::now(), FRESH_FOR).is_stale());
    }
}
