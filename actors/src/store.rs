//! What outlives the process and is shared with others: Redis or Valkey, the embedded store, or neither.
//!
//! # The bargain
//!
//! A store makes answers come sooner and spares the registry; it is never needed for one. Whatever it does, stall, die,
//! refuse, lose what it had, a question costs at most the wait for one read, and a fetch that for an agreement, and after
//! a few of those not even that: a store that fails is left alone, said to be `degraded`, and taken up again by itself
//! when it answers. Only while it is opened for the first time does it cost a little more, once.
//!
//! While Redis can be reached, the embedded store is neither read nor written; while it can't, the embedded store stands
//! in. What it took meanwhile is not carried back: the registry's version tells what is exact, wherever it lies.

pub(crate) mod backend;
mod check;
mod embedded;
mod format;
mod health;
pub(crate) mod lease;
mod redis;

pub use check::{Checked, check};

use crate::address::Address;
use crate::cache::CacheMessage;
use crate::candidates::FlightNumber;
use crate::key::{Content, Key};
use crate::registry::RegistryVersion;
use crate::report::StoreReport;
use crate::verdicts::Source;
use crate::version::Sighting;
use backend::{Backend, NewsMark, StoreError, Stored, Tier};
use format::Moment;
use health::Health;
use lease::{Lease, Taken};
use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::task::TaskTracker;

/// The longest that a question waits for what a store may keep.
pub(crate) const ON_THE_WAY_MAX: Duration = Duration::from_millis(50);
/// The longest that a fetch waits to agree with other processes: going on without them costs the registry a request that
/// was another's already, and that takes longer.
pub(crate) const AGREEMENT_MAX: Duration = Duration::from_millis(200);
/// The longest that the first who need a store wait for it to open: what they did without it, others would do again.
const OPENING_MAX: Duration = Duration::from_millis(500);
/// How long a command to the embedded store may take that nobody waits for.
const EMBEDDED_PATIENCE: Duration = Duration::from_secs(5);
/// How often news are looked for, and with them whether a store is there.
const ROUND: Duration = Duration::from_millis(250);
/// How long the look for news may take before the store counts as slow.
const ROUND_MAX: Duration = Duration::from_millis(1000);
/// How long the end waits for what is being kept.
const KEPT_WITHIN: Duration = Duration::from_millis(500);
/// How long the lease of one fetch holds without a sign of life: if its holder dies, the others go on after so long.
const FLIGHT_LEASE: Duration = Duration::from_millis(700);
/// How long a version that was looked up is kept for other processes.
const VERSION_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long one period of counts is.
pub(crate) const PERIOD: Duration = Duration::from_secs(6 * 3600);

/// Where answers are kept beyond memory.
#[derive(Clone, Debug, Default)]
pub struct StoreSettings {
    /// Redis or Valkey; while it can be reached nothing else is read or written.
    pub redis: Option<RedisSettings>,
    /// The file of this user.
    pub embedded: Option<EmbeddedSettings>,
    /// Which registry is asked. What another one answered is never taken for its answer.
    pub registry: String,
}

/// How Redis or Valkey is reached.
#[derive(Clone)]
pub struct RedisSettings {
    /// `redis://`, `rediss://`, `redis-cluster://`, `redis-sentinel://`, with user and password where they stand in it.
    pub url: String,
    /// A password from a file, which beats that in the URL.
    pub password: Option<String>,
    /// Connections at most; at least 2.
    pub connections_max: usize,
    /// To connect, and for a command that nobody waits for.
    pub timeout: Duration,
}

/// Where the embedded store lies.
#[derive(Clone, Debug)]
pub struct EmbeddedSettings {
    /// The folder; made where it isn't there.
    pub folder: PathBuf,
    /// Bytes on the disk.
    pub bytes_max: u64,
}

/// What answers are kept in beyond memory, by whoever is there to keep them. Cheap to clone; by default nobody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// The first that is there is used.
    legs: Vec<Leg>,
    /// Which registry is asked.
    registry: String,
    /// Entries made with another bound on candidates are not taken for these.
    candidates_max: usize,
    /// This process, among all on the store.
    holder: String,
    /// What is being kept.
    keeping: TaskTracker,
}

#[derive(Debug)]
struct Leg {
    backend: Box<dyn Backend>,
    /// Filled once it was opened, or could not be in time.
    opened: OnceCell<()>,
    /// How long a command may take that nobody waits for.
    patience: Duration,
    health: Mutex<Health>,
    mark: Mutex<Option<NewsMark>>,
}

/// What a process told the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// What matches this glob was dropped.
    Dropped { pattern: String },
}

/// Looks for news until it is dropped.
#[derive(Debug)]
pub(crate) struct Watch(JoinHandle<()>);

impl Store {
    /// The stores of these settings. Connects to nothing and opens nothing yet: what isn't needed is not waited for.
    pub(crate) fn new(settings: &StoreSettings, candidates_max: usize) -> Self {
        let mut legs = Vec::new();
        if let Some(redis) = &settings.redis {
            let backend = redis::Redis::new(redis, &settings.registry);
            legs.push(Leg::new(Box::new(backend), redis.timeout));
        }
        if let Some(embedded) = &settings.embedded {
            let backend = embedded::Embedded::new(embedded, &settings.registry);
            legs.push(Leg::new(Box::new(backend), EMBEDDED_PATIENCE));
        }
        Self::over(legs, settings.registry.clone(), candidates_max)
    }

    fn over(legs: Vec<Leg>, registry: String, candidates_max: usize) -> Self {
        Self(Arc::new(Inner {
            legs,
            registry,
            candidates_max,
            holder: format!("{:016x}", rand::random::<u64>()),
            keeping: TaskTracker::new(),
        }))
    }

    /// Whether there is anything that keeps answers now.
    pub(crate) fn is_there(&self) -> bool {
        self.leg().is_some()
    }

    /// Whether there is anything to keep answers in, there now or not.
    pub(crate) fn is_configured(&self) -> bool {
        !self.0.legs.is_empty()
    }

    /// What is kept under a key, however old, if it can be read within a moment.
    pub(crate) async fn load(&self, key: Key, flight: FlightNumber, within: Duration) -> Option<(Content, Source)> {
        let leg = self.leg()?;
        let entry = leg.ask(within, leg.backend.load(key.to_string())).await.ok()??;
        let (registry, candidates_max) = (self.0.registry.clone(), self.0.candidates_max);
        let decoding = tokio::task::spawn_blocking(move || {
            format::decode(&entry, key, flight, &registry, candidates_max, Moment::now())
        });
        let content = decoding.await.ok()??;
        Some((content, source(leg.backend.tier())))
    }

    /// Keeps what was fetched, for others and for later, and then lets go of the lease on it. Nobody waits for it but
    /// the end of the process, which would else come before the end of a short session's only fetch is written.
    pub(crate) fn keep(&self, key: Key, content: Content, lease: Option<Lease>) {
        if !self.is_there() {
            return;
        }
        let store = self.clone();
        self.0.keeping.spawn(async move {
            store.save(key, content).await;
            drop(lease);
        });
    }

    async fn save(&self, key: Key, content: Content) {
        let Some(leg) = self.leg() else { return };
        let (registry, candidates_max) = (self.0.registry.clone(), self.0.candidates_max);
        let encoding =
            tokio::task::spawn_blocking(move || format::encode(&content, &registry, candidates_max, Moment::now()));
        match encoding.await {
            Ok(Ok(entry)) if entry.len() <= backend::ENTRY_BYTES_MAX => {
                // How it went is the store's health.
                let _ = leg.ask(leg.patience, leg.backend.save(key.to_string(), entry)).await;
            }
            Ok(Ok(entry)) => tracing::warn!(set = %key, bytes = entry.len(), "too large to be kept in a store"),
            Ok(Err(error)) => tracing::error!(set = %key, %error, "what was fetched could not be packed for the store"),
            Err(error) => tracing::error!(set = %key, %error, "packing for the store failed"),
        }
    }

    /// Drops what is meant and tells the other processes to. Gives the keys that were there.
    pub(crate) async fn drop_matching(&self, pattern: &str, is_meant: impl Fn(&str) -> bool) -> HashSet<String> {
        let Some(leg) = self.leg() else { return HashSet::new() };
        let Ok(mut keys) = leg.ask(leg.patience, leg.backend.keys()).await else {
            return HashSet::new();
        };
        keys.retain(|key| is_meant(key));
        let gone = leg
            .ask(leg.patience, leg.backend.remove(keys))
            .await
            .unwrap_or_default();
        let news = format!("{} dropped {pattern}", self.0.holder);
        let _ = leg.ask(leg.patience, leg.backend.tell(news)).await;
        gone.into_iter().collect()
    }

    /// The version that some process looked up last, and when.
    pub(crate) async fn version(&self) -> Option<Sighting> {
        let leg = self.leg()?;
        let cell = leg
            .ask(AGREEMENT_MAX, leg.backend.read("version".into()))
            .await
            .ok()??;
        let text = String::from_utf8(cell).ok()?;
        let (version, at) = text.split_once(' ')?;
        Some(Sighting {
            version: RegistryVersion::read(version)?,
            at: Moment::now().instant(at.parse().ok()?)?,
        })
    }

    /// Tells the other processes which version was looked up.
    pub(crate) async fn saw(&self, seen: &Sighting) {
        let Some(leg) = self.leg() else { return };
        let cell = || "version".to_owned();
        let text = format!("{} {}", seen.version.as_str(), Moment::now().millis(seen.at));
        let Ok(was) = leg.ask(AGREEMENT_MAX, leg.backend.read(cell())).await else {
            return;
        };
        // Where another was quicker, theirs is as good.
        let _ = leg
            .ask(
                AGREEMENT_MAX,
                leg.backend.swap(cell(), was, Some(text.into_bytes()), VERSION_KEPT),
            )
            .await;
    }

    /// The right to fetch what has this key, alone among all processes on the store.
    pub(crate) async fn take_flight(&self, key: Key) -> Taken {
        self.take(format!("flight:{key}"), FLIGHT_LEASE).await
    }

    /// The right to do what has this name, alone among all processes on the store.
    pub(crate) async fn take(&self, name: String, keep_for: Duration) -> Taken {
        if !self.is_there() {
            return Taken::Alone;
        }
        Lease::take(self, name, keep_for).await
    }

    /// Lets go of the right to do what has this name, if it is ours: at the end, so that the next one needs not wait for
    /// it to run out.
    pub(crate) async fn let_go(&self, name: &str) {
        let us = self.holder().as_bytes().to_vec();
        // One that ran out is another's or nobody's; one that can't be let go of runs out.
        let _ = self.swap(name.to_owned(), Some(us), None, ON_THE_WAY_MAX).await;
    }

    /// Whether somebody holds the right to fetch what has this key. None where that can't be told.
    pub(crate) async fn is_in_flight(&self, key: Key) -> Option<bool> {
        let cell = self.read(format!("flight:{key}")).await.ok()?;
        Some(cell.is_some())
    }

    /// What a cell holds.
    pub(crate) async fn read(&self, cell: String) -> Result<Option<Vec<u8>>, StoreError> {
        let leg = self.leg().ok_or_else(nobody)?;
        leg.ask(AGREEMENT_MAX, leg.backend.read(cell)).await
    }

    /// Puts `now` into a cell if it holds exactly `was`.
    pub(crate) async fn swap(
        &self,
        cell: String,
        was: Option<Vec<u8>>,
        now: Option<Vec<u8>>,
        keep_for: Duration,
    ) -> Result<bool, StoreError> {
        let leg = self.leg().ok_or_else(nobody)?;
        leg.ask(AGREEMENT_MAX, leg.backend.swap(cell, was, now, keep_for)).await
    }

    /// Adds to the counts of the current period.
    ///
    /// # Errors
    /// Where they are not kept: the counts are still the caller's.
    pub(crate) async fn count(&self, counts: Vec<(String, u64)>) -> Result<(), StoreError> {
        let leg = self.leg().ok_or_else(nobody)?;
        leg.ask(leg.patience, leg.backend.count(Moment::now().period(), counts))
            .await
    }

    /// The counts of every period kept: how many periods ago, what was counted, how often.
    pub(crate) async fn counts(&self) -> Result<Vec<(u64, String, u64)>, StoreError> {
        let leg = self.leg().ok_or_else(nobody)?;
        let current = Moment::now().period();
        let from = current.saturating_sub(backend::PERIODS_KEPT);
        let counts = leg.ask(leg.patience, leg.backend.counts(from)).await?;
        let by_age = |(period, what, times)| (current.saturating_sub(period), what, times);
        Ok(counts.into_iter().map(by_age).collect())
    }

    /// This process, among all on the store.
    pub(crate) fn holder(&self) -> &str {
        &self.0.holder
    }

    /// Looks for news and for stores that came back, and tells the cache of what others dropped.
    pub(crate) fn watch(&self, cache: Address<CacheMessage>) -> Option<Watch> {
        if self.0.legs.is_empty() {
            return None;
        }
        let store = self.clone();
        Some(Watch(tokio::spawn(async move {
            let mut rounds = interval(ROUND);
            rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                rounds.tick().await;
                for news in store.round().await {
                    cache.post(CacheMessage::Heard { news });
                }
            }
        })))
    }

    /// How each store is doing, the first choice first.
    pub(crate) fn report(&self) -> Vec<StoreReport> {
        let in_use = self.leg().map(|leg| leg.backend.tier());
        let now = Instant::now();
        let report = |leg: &Leg| {
            leg.health()
                .report(leg.backend.tier(), in_use == Some(leg.backend.tier()), now)
        };
        self.0.legs.iter().map(report).collect()
    }

    /// Waits a moment for what is being kept, and ends connections and threads.
    pub(crate) async fn close(&self) {
        self.0.keeping.close();
        if timeout(KEPT_WITHIN, self.0.keeping.wait()).await.is_err() {
            tracing::warn!("the end did not wait for all that was to be kept in the store");
        }
        for leg in &self.0.legs {
            leg.health().end();
            leg.backend.close().await;
        }
    }

    /// One look at the stores: the one in use for its news, those that were given up for a sign of life.
    async fn round(&self) -> Vec<News> {
        let in_use = self.leg().map(|leg| leg.backend.tier());
        let mut heard = Vec::new();
        for leg in &self.0.legs {
            let is_in_use = in_use == Some(leg.backend.tier());
            if !is_in_use && leg.health().is_up() {
                continue;
            }
            let mark = leg.mark.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let Ok((mark, news)) = leg.ask(ROUND_MAX, leg.backend.news(mark)).await else {
                continue;
            };
            *leg.mark.lock().unwrap_or_else(PoisonError::into_inner) = Some(mark);
            heard.extend(news.iter().filter_map(|news| News::of_others(news, &self.0.holder)));
            if let Ok(usage) = leg.ask(ROUND_MAX, leg.backend.usage()).await {
                leg.health().uses(usage);
            }
        }
        heard
    }

    /// The store in use: the first that is there.
    fn leg(&self) -> Option<&Leg> {
        self.0.legs.iter().find(|leg| leg.health().is_up())
    }
}

impl Leg {
    fn new(backend: Box<dyn Backend>, patience: Duration) -> Self {
        Self {
            backend,
            opened: OnceCell::new(),
            patience,
            health: Mutex::new(Health::new()),
            mark: Mutex::default(),
        }
    }

    /// Waits for what was asked of the backend, and takes note of how it went.
    async fn ask<T>(&self, within: Duration, asked: Stored<'_, T>) -> Result<T, StoreError> {
        self.opened
            .get_or_init(async || {
                // What could not be opened says so when it is asked.
                let _ = timeout(OPENING_MAX, self.backend.open()).await;
            })
            .await;
        let outcome = match timeout(within, asked).await {
            Ok(outcome) => outcome,
            Err(_) => Err(StoreError::Slow { after: within }),
        };
        let tier = self.backend.tier();
        match &outcome {
            Ok(_) => self.health().answered(tier, Instant::now()),
            Err(error) => self.health().failed(tier, error, Instant::now()),
        }
        outcome
    }

    fn health(&self) -> std::sync::MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl News {
    /// What another process told; none for our own, and for what is not understood.
    fn of_others(text: &str, us: &str) -> Option<Self> {
        let (who, what) = text.split_once(' ')?;
        let pattern = what.strip_prefix("dropped ")?;
        (who != us).then(|| Self::Dropped {
            pattern: pattern.to_owned(),
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Without its secrets.
impl fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSettings")
            .field("connections_max", &self.connections_max)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn source(tier: Tier) -> Source {
    match tier {
        Tier::Redis => Source::Redis,
        Tier::Embedded => Source::Embedded,
    }
}

fn nobody() -> StoreError {
    StoreError::Unreachable {
        cause: "there is no store".into(),
    }
}

/// The clock that processes and machines share, in milliseconds since 1970.
pub(crate) fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
