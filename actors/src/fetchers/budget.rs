//! The rate budget towards the registry: a token bucket that lets people go first.
//!
//! The registry is a public good whose limits are unpublished, so we keep to our own. A person's request reserves the
//! next token, in line with those before it, and knows at once when that will be. Renewal and warming reserve nothing:
//! they draw on what is spare, that is while more than half of the burst is left, so a person never waits behind them.
//!
//! Where there is a store, all processes on it draw on one bucket, which is a cell of the store; while the store is
//! away each keeps to a bucket of its own.

use crate::store::{Store, unix_ms};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Requests that may go out at once after a quiet time.
const BURST: f64 = 20.0;
/// Tokens that renewal and warming leave to people.
const KEPT_FOR_PEOPLE: f64 = BURST / 2.0;
/// The least wait for a spare token: what is missing may be too little to be a wait at all, and whoever waits for it would
/// come again and again in the same instant.
const SPARE_WAIT_MIN: Duration = Duration::from_millis(1);
/// The cell that holds the bucket of all processes.
const CELL: &str = "budget";
/// How long the cell lasts undrawn: by then the bucket is full again at any rate above one in three minutes.
const CELL_KEPT: Duration = Duration::from_secs(3600);
/// How often a draw on the shared bucket is tried when others draw at the same moment.
const TRIES_MAX: usize = 16;

/// A token bucket shared by all fetchers, and through the store by all processes.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Tokens gained per second; none: not rationed.
    per_second: Option<f64>,
    store: Store,
    /// Ours alone, while there is no store.
    own: Mutex<(Bucket, Instant)>,
    /// One draw of this process on the shared bucket at a time: it would only disturb its own.
    drawing: tokio::sync::Mutex<()>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Bucket {
    /// Below zero where more tokens are reserved than there are.
    tokens: f64,
}

impl Budget {
    /// A full bucket that gains this many tokens a minute.
    pub(crate) fn new(per_minute: Option<u32>, store: Store) -> Self {
        Self {
            per_second: per_minute.map(|n| f64::from(n) / 60.0),
            store,
            own: Mutex::new((Bucket { tokens: BURST }, Instant::now())),
            drawing: tokio::sync::Mutex::default(),
        }
    }

    /// Reserves the next token for a person's request: when it may go out.
    ///
    /// # Errors
    /// How long that would be, where it is not before the deadline; nothing is reserved then.
    pub(crate) async fn reserve(&self, now: Instant, deadline: Instant) -> Result<Instant, Duration> {
        let reserved = self.draw(now, |bucket, per_second| {
            bucket.reserve(per_second, deadline.saturating_duration_since(now))
        });
        reserved.await.map(|wait| now + wait)
    }

    /// Takes a spare token for renewal or warming.
    ///
    /// # Errors
    /// How long until there may be one.
    pub(crate) async fn take_spare(&self, now: Instant) -> Result<(), Duration> {
        self.draw(now, Bucket::take_spare).await
    }

    /// Whether there is a spare token.
    ///
    /// # Errors
    /// How long until there may be one.
    pub(crate) async fn look_for_spare(&self, now: Instant) -> Result<(), Duration> {
        self.draw(now, |bucket, per_second| {
            let mut copy = *bucket;
            copy.take_spare(per_second)
        })
        .await
    }

    /// Gives back a token for a request that was not sent.
    pub(crate) async fn give_back(&self, now: Instant) {
        let _ = self
            .draw(now, |bucket, _| {
                bucket.tokens += 1.0;
                Ok(())
            })
            .await;
    }

    /// Tokens there are now in the bucket of this process, for the report; none where nothing is rationed.
    pub(crate) fn tokens(&self, now: Instant) -> Option<f64> {
        let per_second = self.per_second?;
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bucket = own.0;
        bucket.fill(now.saturating_duration_since(own.1), per_second);
        Some(bucket.tokens)
    }

    /// Draws on the bucket of all processes, or on our own while there is none. What is drawn must not depend on how
    /// often it is tried.
    async fn draw<T: Default>(
        &self,
        now: Instant,
        take: impl Fn(&mut Bucket, f64) -> Result<T, Duration>,
    ) -> Result<T, Duration> {
        let Some(per_second) = self.per_second else {
            return Ok(T::default());
        };
        if let Some(drawn) = self.draw_shared(per_second, &take).await {
            return drawn;
        }
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let (bucket, filled) = &mut *own;
        bucket.fill(now.saturating_duration_since(*filled), per_second);
        *filled = now;
        take(bucket, per_second)
    }

    /// None where there is no store, or it does not answer.
    async fn draw_shared<T>(
        &self,
        per_second: f64,
        take: impl Fn(&mut Bucket, f64) -> Result<T, Duration>,
    ) -> Option<Result<T, Duration>> {
        if !self.store.is_there() {
            return None;
        }
        let _alone = self.drawing.lock().await;
        for _ in 0..TRIES_MAX {
            let was = self.store.read(CELL.into()).await.ok()?;
            let now_ms = unix_ms();
            let mut bucket = was.as_deref().and_then(|cell| Bucket::read(cell, now_ms, per_second));
            let bucket = bucket.get_or_insert(Bucket { tokens: BURST });
            let before = *bucket;
            let drawn = take(bucket, per_second);
            if *bucket == before {
                return Some(drawn);
            }
            let cell = bucket.write(now_ms);
            if self.store.swap(CELL.into(), was, Some(cell), CELL_KEPT).await.ok()? {
                // What we took from the shared bucket is missing in ours too, should the store go away.
                let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
                *own = (*bucket, Instant::now());
                return Some(drawn);
            }
        }
        None
    }
}

impl Bucket {
    fn fill(&mut self, after: Duration, per_second: f64) {
        self.tokens = (self.tokens + after.as_secs_f64() * per_second).min(BURST);
    }

    /// The next token in line: how long until it is there, unless that is past the time there is.
    fn reserve(&mut self, per_second: f64, within: Duration) -> Result<Duration, Duration> {
        let wait = Duration::from_secs_f64((1.0 - self.tokens).max(0.0) / per_second);
        if !wait.is_zero() && wait >= within {
            return Err(wait);
        }
        self.tokens -= 1.0;
        Ok(wait)
    }

    fn take_spare(&mut self, per_second: f64) -> Result<(), Duration> {
        let missing = KEPT_FOR_PEOPLE + 1.0 - self.tokens;
        if missing > 0.0 {
            return Err(Duration::from_secs_f64(missing / per_second).max(SPARE_WAIT_MIN));
        }
        self.tokens -= 1.0;
        Ok(())
    }

    /// The bucket in a cell, filled up to now; none where the cell is not one of ours.
    fn read(cell: &[u8], now_ms: u64, per_second: f64) -> Option<Self> {
        let (tokens, filled_ms) = std::str::from_utf8(cell).ok()?.split_once(' ')?;
        let tokens: f64 = tokens.parse().ok().filter(|tokens: &f64| tokens.is_finite())?;
        let mut bucket = Self { tokens };
        // Where the clock of another machine is ahead, nothing is gained rather than lost.
        let after = now_ms.saturating_sub(filled_ms.parse().ok()?);
        bucket.fill(Duration::from_millis(after), per_second);
        Some(bucket)
    }

    fn write(&self, now_ms: u64) -> Vec<u8> {
        format!("{} {now_ms}", self.tokens).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_each_in_line() {
        let budget = Budget::new(Some(60), Store::default());
        let start = Instant::now();
        let deadline = start + Duration::from_secs(3);
        for _ in 0..20 {
            assert_eq!(budget.reserve(start, deadline).await, Ok(start));
        }
        assert_eq!(
            budget.reserve(start, deadline).await,
            Ok(start + Duration::from_secs(1))
        );
        assert_eq!(
            budget.reserve(start, deadline).await,
            Ok(start + Duration::from_secs(2))
        );
        assert_eq!(
            budget.reserve(start, deadline).await,
            Err(Duration::from_secs(3)),
            "told at once, nothing reserved"
        );
        budget.give_back(start).await;
        assert_eq!(
            budget.reserve(start, deadline).await,
            Ok(start + Duration::from_secs(2))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn warming_leaves_half_of_the_burst_to_people() {
        let budget = Budget::new(Some(60), Store::default());
        let start = Instant::now();
        let mut warmed = 0;
        while budget.take_spare(start).await.is_ok() {
            warmed += 1;
        }
        assert_eq!(warmed, 10);
        assert_eq!(budget.take_spare(start).await, Err(Duration::from_secs(1)));
        let mut people = 0;
        while budget.reserve(start, start + Duration::from_millis(1)).await.is_ok() {
            people += 1;
        }
        assert_eq!(people, 10);
    }

    #[tokio::test]
    async fn without_a_rate_nothing_waits() {
        let budget = Budget::new(None, Store::default());
        let now = Instant::now();
        for _ in 0..1000 {
            assert!(budget.take_spare(now).await.is_ok());
            assert_eq!(budget.reserve(now, now).await, Ok(now));
        }
    }
}
