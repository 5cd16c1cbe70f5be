//! The rate budget towards the registry: a token bucket that lets people go first.
//!
//! The registry is a public good whose limits are unpublished, so we keep to our own. A person's request reserves the
//! next token, in line with those before it, and knows at once when that will be. Renewal and warming reserve nothing:
//! they draw on what is spare, that is while more than half of the burst is left, so a person never waits behind them.
//!
//! Where there is a store, all processes on it draw on one bucket, which is a cell of the store. A store that is slow for
//! a moment, or in which others draw at the same moment, is asked again; while it is away each process goes on from what
//! it knows of the bucket. It never takes more out of a cell than it knows there can be: one that was lost, or lies in
//! another store than the one before, is no new burst, and a clock that is set forward brings no tokens.

use crate::store::backend::StoreError;
use crate::store::{Store, unix_ms};
use rand::Rng;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Requests that may go out at once after a quiet time.
const BURST: f64 = 20.0;
/// Tokens that renewal and warming leave to people.
const KEPT_FOR_PEOPLE: f64 = BURST / 2.0;
/// What a request that had to wait is left for its answer: one that went out at the last moment would be cut off, and its
/// token be wasted.
const ANSWER_WITHIN: Duration = Duration::from_millis(500);
/// The least wait for a spare token: what is missing may be too little to be a wait at all, and whoever waits for it would
/// come again and again in the same instant.
const SPARE_WAIT_MIN: Duration = Duration::from_millis(1);
/// The cell that holds the bucket of all processes.
const CELL: &str = "budget";
/// How long the cell lasts undrawn: by then the bucket is full again at any rate above one in three minutes.
const CELL_KEPT: Duration = Duration::from_secs(3600);
/// How long a draw on the shared bucket is tried for: longer than a store that is away is taken for slow.
const AGREED_WITHIN: Duration = Duration::from_secs(2);
/// The pauses between two tries, each a random part of it: the first, and the longest.
const TRY_PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(16));
/// How far a cell may be ahead of our clock, where another machine's is. Beyond that it was set when a clock was wrong.
const AHEAD_MAX_MS: u64 = 60_000;

/// A token bucket shared by all fetchers, and through the store by all processes.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Tokens gained per second; none: not rationed.
    per_second: Option<f64>,
    store: Store,
    /// What we know of the bucket, and of when: all there is of it while there is no store.
    own: Mutex<(Bucket, Instant)>,
    /// One draw of this process at a time: on the shared bucket they would only disturb each other.
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
    /// How long that would be, where no answer could be there before the deadline; nothing is reserved then.
    pub(crate) async fn reserve(&self, deadline: Instant) -> Result<Instant, Duration> {
        self.draw(|bucket, per_second, now| {
            let within = deadline.saturating_duration_since(now);
            bucket.reserve(per_second, within).map(|wait| now + wait)
        })
        .await
        .map(|at| at.unwrap_or_else(Instant::now))
    }

    /// Takes a spare token for renewal or warming.
    ///
    /// # Errors
    /// How long until there may be one.
    pub(crate) async fn take_spare(&self) -> Result<(), Duration> {
        let drawn = self.draw(|bucket, per_second, _| bucket.take_spare(per_second));
        drawn.await.map(|_| ())
    }

    /// Whether there is a spare token.
    ///
    /// # Errors
    /// How long until there may be one.
    pub(crate) async fn look_for_spare(&self) -> Result<(), Duration> {
        let looked = self.draw(|bucket, per_second, _| {
            let mut copy = *bucket;
            copy.take_spare(per_second)
        });
        looked.await.map(|_| ())
    }

    /// Gives back a token for a request that was not sent.
    pub(crate) async fn give_back(&self) {
        let _ = self
            .draw(|bucket, _, _| {
                bucket.tokens += 1.0;
                Ok(())
            })
            .await;
    }

    /// Tokens there are now in the bucket of this process, for the report; none where nothing is rationed.
    pub(crate) fn tokens(&self, now: Instant) -> Option<f64> {
        let per_second = self.per_second?;
        Some(self.known(now, per_second).tokens)
    }

    /// Draws on the bucket of all processes, or on what we know of it while there is none. What is drawn must not depend
    /// on how often it is tried, and is as of the moment given with the bucket. None where nothing is rationed.
    async fn draw<T>(
        &self,
        take: impl Fn(&mut Bucket, f64, Instant) -> Result<T, Duration>,
    ) -> Result<Option<T>, Duration> {
        let Some(per_second) = self.per_second else {
            return Ok(None);
        };
        let _alone = self.drawing.lock().await;
        if let Some(drawn) = self.draw_shared(per_second, &take).await {
            return drawn.map(Some);
        }
        let now = Instant::now();
        let mut bucket = self.known(now, per_second);
        let drawn = take(&mut bucket, per_second, now);
        self.knows(bucket, now);
        drawn.map(Some)
    }

    /// None where there is no store, or it does not answer.
    async fn draw_shared<T>(
        &self,
        per_second: f64,
        take: impl Fn(&mut Bucket, f64, Instant) -> Result<T, Duration>,
    ) -> Option<Result<T, Duration>> {
        let until = Instant::now() + AGREED_WITHIN;
        let (mut pause, longest) = TRY_PAUSES;
        while self.store.is_there() {
            match self.try_shared(per_second, &take).await {
                Ok(Some(drawn)) => return Some(drawn),
                Ok(None) | Err(StoreError::Slow { .. }) if Instant::now() < until => {}
                _ => return None,
            }
            let part: f64 = rand::rng().random();
            sleep(pause.mul_f64(part)).await;
            pause = (pause * 2).min(longest);
        }
        None
    }

    /// One draw on the shared bucket; none where another drew at the same moment.
    async fn try_shared<T>(
        &self,
        per_second: f64,
        take: impl Fn(&mut Bucket, f64, Instant) -> Result<T, Duration>,
    ) -> Result<Option<Result<T, Duration>>, StoreError> {
        let was = self.store.read(CELL.into()).await?;
        let (now, now_ms) = (Instant::now(), unix_ms());
        let mut bucket = self.known(now, per_second);
        let mut filled_ms = now_ms;
        if let Some((shared, at_ms)) = was.as_deref().and_then(|cell| Bucket::read(cell, now_ms, per_second)) {
            bucket.tokens = bucket.tokens.min(shared.tokens);
            filled_ms = at_ms;
        }
        let before = bucket;
        let drawn = take(&mut bucket, per_second, now);
        if bucket != before {
            let cell = bucket.write(filled_ms);
            if !self.store.swap(CELL.into(), was, Some(cell), CELL_KEPT).await? {
                return Ok(None);
            }
        }
        // What was taken from the shared bucket is missing in ours too, should the store go away.
        self.knows(bucket, now);
        Ok(Some(drawn))
    }

    /// What there can be in the bucket, by what we know of it.
    fn known(&self, now: Instant, per_second: f64) -> Bucket {
        let (mut bucket, filled) = *self.own.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.fill(now.saturating_duration_since(filled), per_second);
        bucket
    }

    fn knows(&self, bucket: Bucket, now: Instant) {
        *self.own.lock().unwrap_or_else(PoisonError::into_inner) = (bucket, now);
    }
}

impl Bucket {
    fn fill(&mut self, after: Duration, per_second: f64) {
        self.tokens = (self.tokens + after.as_secs_f64() * per_second).min(BURST);
    }

    /// The next token in line: how long until it is there, unless that is past the time there is.
    fn reserve(&mut self, per_second: f64, within: Duration) -> Result<Duration, Duration> {
        let wait = Duration::from_secs_f64((1.0 - self.tokens).max(0.0) / per_second);
        if !wait.is_zero() && wait + ANSWER_WITHIN.min(within / 2) >= within {
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

    /// The bucket in a cell, filled up to now, and of when it then is; none where the cell is not one of ours.
    fn read(cell: &[u8], now_ms: u64, per_second: f64) -> Option<(Self, u64)> {
        let (tokens, filled_ms) = std::str::from_utf8(cell).ok()?.split_once(' ')?;
        let tokens: f64 = tokens.parse().ok().filter(|tokens: &f64| tokens.is_finite())?;
        let filled_ms: u64 = filled_ms.parse().ok()?;
        let mut bucket = Self { tokens };
        bucket.fill(Duration::from_millis(now_ms.saturating_sub(filled_ms)), per_second);
        // Where the clock of another machine is ahead, its time stays in the cell: put back to ours, it would be
        // counted again.
        let is_ahead = filled_ms > now_ms && filled_ms - now_ms <= AHEAD_MAX_MS;
        Some((bucket, if is_ahead { filled_ms } else { now_ms }))
    }

    fn write(&self, filled_ms: u64) -> Vec<u8> {
        format!("{} {filled_ms}", self.tokens).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{EmbeddedSettings, StoreSettings};
    use futures::future::join_all;
    use std::path::PathBuf;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_each_in_line() {
        let budget = Budget::new(Some(60), Store::default());
        let start = Instant::now();
        let deadline = start + Duration::from_secs(3);
        for _ in 0..20 {
            assert_eq!(budget.reserve(deadline).await, Ok(start));
        }
        assert_eq!(budget.reserve(deadline).await, Ok(start + Duration::from_secs(1)));
        assert_eq!(budget.reserve(deadline).await, Ok(start + Duration::from_secs(2)));
        assert_eq!(
            budget.reserve(deadline).await,
            Err(Duration::from_secs(3)),
            "told at once, nothing reserved"
        );
        budget.give_back().await;
        assert_eq!(budget.reserve(deadline).await, Ok(start + Duration::from_secs(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn warming_leaves_half_of_the_burst_to_people() {
        let budget = Budget::new(Some(60), Store::default());
        let start = Instant::now();
        let mut warmed = 0;
        while budget.take_spare().await.is_ok() {
            warmed += 1;
        }
        assert_eq!(warmed, 10);
        assert_eq!(budget.take_spare().await, Err(Duration::from_secs(1)));
        let mut people = 0;
        while budget.reserve(start + Duration::from_millis(1)).await.is_ok() {
            people += 1;
        }
        assert_eq!(people, 10);
    }

    #[tokio::test(start_paused = true)]
    async fn no_token_is_reserved_for_a_request_that_would_be_cut_off() {
        let budget = Budget::new(Some(60), Store::default());
        let start = Instant::now();
        for _ in 0..20 {
            assert_eq!(budget.reserve(start + SPARE_WAIT_MIN).await, Ok(start));
        }
        let late = start + Duration::from_millis(1400);
        assert_eq!(budget.reserve(late).await, Err(Duration::from_secs(1)));
        let in_time = start + Duration::from_millis(1600);
        assert_eq!(budget.reserve(in_time).await, Ok(start + Duration::from_secs(1)));
    }

    #[tokio::test]
    async fn without_a_rate_nothing_waits() {
        let budget = Budget::new(None, Store::default());
        let now = Instant::now();
        for _ in 0..1000 {
            assert!(budget.take_spare().await.is_ok());
            assert!(budget.reserve(now).await.is_ok());
        }
    }

    /// A folder for one test; gone when dropped.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("clinical-trials-budget-{name}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&folder);
            Self(folder)
        }

        /// As another process would have it.
        fn store(&self) -> Store {
            let embedded = EmbeddedSettings {
                folder: self.0.clone(),
                bytes_max: 64 << 20,
            };
            let settings = StoreSettings {
                redis: None,
                embedded: Some(embedded),
                registry: "sample".into(),
            };
            Store::new(&settings, 2000)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    /// Requests that may go out at once.
    async fn drawn_at_once(budget: &Budget, tries: usize) -> usize {
        let at_once = || Instant::now() + Duration::from_micros(1);
        let drawing = (0..tries).map(|_| async { usize::from(budget.reserve(at_once()).await.is_ok()) });
        join_all(drawing).await.into_iter().sum()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn however_many_draw_at_the_same_moment_one_burst_passes() {
        let folder = Folder::new("moment");
        // One in a minute, so that what is gained meanwhile is less than one.
        let budgets: Vec<Budget> = (0..8).map(|_| Budget::new(Some(1), folder.store())).collect();
        let drawn = join_all(budgets.iter().map(|budget| drawn_at_once(budget, 20))).await;
        assert_eq!(drawn.iter().sum::<usize>(), 20, "{drawn:?}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_bucket_that_is_lost_is_no_new_burst() {
        let folder = Folder::new("lost");
        let store = folder.store();
        let budget = Budget::new(Some(1), store.clone());
        assert_eq!(drawn_at_once(&budget, 20).await, 20);
        let cell = store.read(CELL.into()).await.unwrap();
        assert!(store.swap(CELL.into(), cell, None, CELL_KEPT).await.unwrap());
        assert_eq!(drawn_at_once(&budget, 20).await, 0);
        // What is told of it then holds for the others too.
        assert!(budget.reserve(Instant::now() + CELL_KEPT).await.is_ok());
        assert_eq!(drawn_at_once(&Budget::new(Some(1), folder.store()), 20).await, 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_store_that_is_busy_for_a_moment_is_asked_again() {
        let folder = Folder::new("busy");
        assert_eq!(drawn_at_once(&Budget::new(Some(1), folder.store()), 19).await, 19);
        let newcomer = Budget::new(Some(1), folder.store());
        assert!(newcomer.look_for_spare().await.is_err(), "its store is open");
        let newcomer = Budget::new(Some(1), newcomer.store);
        let file = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path();
        let mut files = std::fs::read_dir(&folder.0).unwrap().map(file);
        let is_of_agreements = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("agreements") && name.ends_with(".sqlite")
        };
        let busy = rusqlite::Connection::open(files.find(is_of_agreements).unwrap()).unwrap();
        busy.execute_batch("BEGIN IMMEDIATE").unwrap();
        let drawing = tokio::spawn(async move { drawn_at_once(&newcomer, 20).await });
        // Longer than one write waits for another.
        sleep(Duration::from_millis(120)).await;
        busy.execute_batch("COMMIT").unwrap();
        assert_eq!(drawing.await.unwrap(), 1);
    }

    #[test]
    fn clocks_that_differ_bring_no_tokens() {
        let (behind, ahead) = (1_000_000, 1_030_000);
        let drawn = Bucket { tokens: 0.0 }.write(ahead);
        let (bucket, at) = Bucket::read(&drawn, behind, 1.0).unwrap();
        assert_eq!(bucket.tokens, 0.0);
        let (bucket, _) = Bucket::read(&bucket.write(at), ahead + 1000, 1.0).unwrap();
        assert_eq!(bucket.tokens, 1.0, "a second's");
        // One that was set years ahead by mistake is not waited for.
        let mistaken = Bucket { tokens: 0.0 }.write(behind * 100);
        let (bucket, at) = Bucket::read(&mistaken, behind, 1.0).unwrap();
        let (bucket, _) = Bucket::read(&bucket.write(at), behind + 1000, 1.0).unwrap();
        assert_eq!(bucket.tokens, 1.0);
    }
}
