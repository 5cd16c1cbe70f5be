//! The rate budget towards the registry: a token bucket that lets people go first.
//!
//! The registry is a public good whose limits are unpublished, so we keep to our own. A person's request reserves the
//! next token, in line with those before it, and knows at once when that will be. Renewal and warming reserve nothing:
//! they draw on what is spare, that is while more than half of the burst is left, so a person never waits behind them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Requests that may go out at once after a quiet time.
const BURST: f64 = 20.0;
/// Tokens that renewal and warming leave to people.
const KEPT_FOR_PEOPLE: f64 = BURST / 2.0;

/// A token bucket shared by all fetchers.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Tokens gained per second; none: not rationed.
    per_second: Option<f64>,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// Below zero where more tokens are reserved than there are.
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

    /// Reserves the next token for a person's request: when it may go out.
    ///
    /// # Errors
    /// How long that would be, where it is not before the deadline; nothing is reserved then.
    pub(crate) fn reserve(&self, now: Instant, deadline: Instant) -> Result<Instant, Duration> {
        self.draw(now, |bucket, per_second| {
            let wait = Duration::from_secs_f64((1.0 - bucket.tokens).max(0.0) / per_second);
            if now + wait >= deadline {
                return Err(wait);
            }
            bucket.tokens -= 1.0;
            Ok(now + wait)
        })
        .unwrap_or(Ok(now))
    }

    /// Takes a spare token for renewal or warming.
    ///
    /// # Errors
    /// How long until there may be one.
    pub(crate) fn take_spare(&self, now: Instant) -> Result<(), Duration> {
        self.look_for_spare(now)?;
        self.draw(now, |bucket, _| bucket.tokens -= 1.0);
        Ok(())
    }

    /// Whether there is a spare token.
    ///
    /// # Errors
    /// How long until there may be one.
    pub(crate) fn look_for_spare(&self, now: Instant) -> Result<(), Duration> {
        self.draw(now, |bucket, per_second| {
            let missing = KEPT_FOR_PEOPLE + 1.0 - bucket.tokens;
            if missing > 0.0 {
                Err(Duration::from_secs_f64(missing / per_second))
            } else {
                Ok(())
            }
        })
        .unwrap_or(Ok(()))
    }

    /// Gives back a token for a request that was not sent.
    pub(crate) fn give_back(&self, now: Instant) {
        self.draw(now, |bucket, _| bucket.tokens += 1.0);
    }

    /// Fills the bucket up to now and draws on it; none where nothing is rationed.
    fn draw<T>(&self, now: Instant, take: impl FnOnce(&mut Bucket, f64) -> T) -> Option<T> {
        let per_second = self.per_second?;
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let gained = now.saturating_duration_since(bucket.filled).as_secs_f64() * per_second;
        bucket.tokens = (bucket.tokens + gained).min(BURST);
        bucket.filled = now;
        Some(take(&mut bucket, per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_each_in_line() {
        let budget = Budget::new(Some(60));
        let start = Instant::now();
        let deadline = start + Duration::from_secs(3);
        for _ in 0..20 {
            assert_eq!(budget.reserve(start, deadline), Ok(start));
        }
        assert_eq!(budget.reserve(start, deadline), Ok(start + Duration::from_secs(1)));
        assert_eq!(budget.reserve(start, deadline), Ok(start + Duration::from_secs(2)));
        assert_eq!(
            budget.reserve(start, deadline),
            Err(Duration::from_secs(3)),
            "told at once, nothing reserved"
        );
        budget.give_back(start);
        assert_eq!(budget.reserve(start, deadline), Ok(start + Duration::from_secs(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn warming_leaves_half_of_the_burst_to_people() {
        let budget = Budget::new(Some(60));
        let start = Instant::now();
        let warmed = (0..20).take_while(|_| budget.take_spare(start).is_ok()).count();
        assert_eq!(warmed, 10);
        assert_eq!(budget.take_spare(start), Err(Duration::from_secs(1)));
        let people = (0..20)
            .take_while(|_| budget.reserve(start, start + Duration::from_millis(1)).is_ok())
            .count();
        assert_eq!(people, 10);
    }

    #[tokio::test]
    async fn without_a_rate_nothing_waits() {
        let budget = Budget::new(None);
        let now = Instant::now();
        assert!((0..1000).all(|_| budget.take_spare(now).is_ok() && budget.reserve(now, now) == Ok(now)));
    }
}
