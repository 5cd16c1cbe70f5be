//! The rate budget towards the registry: a token bucket that lets people go first.
//!
//! The registry is a public good whose limits are unpublished, so we keep to our own. Renewal and warming draw on the
//! budget only while more than half of the burst is left: a person never waits behind them.

use super::Lane;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::Instant;

/// Requests that may go out at once after a quiet time.
const BURST: f64 = 20.0;

/// A token bucket shared by all fetchers.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Tokens gained per second; none: not rationed.
    per_second: Option<f64>,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Budget {
    /// A full bucket that gains this many tokens a minute.
    pub(crate) fn new(per_minute: Option<u32>) -> Self {
        Self {
            per_second: per_minute.map(|n| f64::from(n) / 60.0),
            bucket: Mutex::new(Bucket {
                tokens: BURST,
                filled: Instant::now(),
            }),
        }
    }

    /// Takes a token for a request of this lane.
    ///
    /// # Errors
    /// How long to wait before trying again.
    pub(crate) fn take(&self, lane: Lane, now: Instant) -> Result<(), Duration> {
        let Some(per_second) = self.per_second else {
            return Ok(());
        };
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let gained = now.saturating_duration_since(bucket.filled).as_secs_f64() * per_second;
        bucket.tokens = (bucket.tokens + gained).min(BURST);
        bucket.filled = now;
        let kept_for_people = if lane == Lane::People { 0.0 } else { BURST / 2.0 };
        let missing = kept_for_people + 1.0 - bucket.tokens;
        if missing <= 0.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64(missing / per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate() {
        let budget = Budget::new(Some(60));
        let start = Instant::now();
        for _ in 0..20 {
            budget.take(Lane::People, start).unwrap();
        }
        let wait = budget.take(Lane::People, start).unwrap_err();
        assert_eq!(wait, Duration::from_secs(1));
        budget.take(Lane::People, start + wait).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn warming_leaves_half_of_the_burst_to_people() {
        let budget = Budget::new(Some(60));
        let start = Instant::now();
        let warmed = (0..20)
            .take_while(|_| budget.take(Lane::Warming, start).is_ok())
            .count();
        assert_eq!(warmed, 10);
        assert!(budget.take(Lane::Renewal, start).is_err());
        let people = (0..20).take_while(|_| budget.take(Lane::People, start).is_ok()).count();
        assert_eq!(people, 10);
    }

    #[tokio::test]
    async fn without_a_rate_nothing_waits() {
        let budget = Budget::new(None);
        assert!((0..1000).all(|_| budget.take(Lane::Warming, Instant::now()).is_ok()));
    }
}
