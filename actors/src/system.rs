//! The root supervisor: start order, restart budget, delayed restart by message, drain in reverse.
//!
//! # The tree
//!
//! ```text
//! System      one for one; each child has a restart budget, and past it the whole tree fails
//! ├─ Metrics   start order is dependency order;
//! ├─ Breaker   stop order is the reverse
//! ├─ Fetchers
//! ├─ Cache
//! ├─ Warmer
//! └─ Front
//! ```
//!
//! A child that failed is restarted by a message that the supervisor sends itself after a pause: it never sleeps, so
//! it hears of the next failure at once. A child whose restart fails is treated as one that failed again. When a
//! child's budget is spent, [`System::failed`] resolves: the process must end, never live on by half.

mod reporting;

use crate::address::Address;
use crate::breaker::{BreakerActor, BreakerArguments, BreakerMessage};
use crate::cache::memory::Memory;
use crate::cache::{CacheActor, CacheArguments, CacheMessage};
use crate::fetchers::budget::Budget;
use crate::fetchers::{FetcherArguments, FetchersMessage, factory};
use crate::front::{Door, Front, FrontActor, FrontArguments, FrontMessage};
use crate::gate::Gate;
use crate::metrics::{Counters, Ledger, MetricsActor, MetricsArguments, MetricsMessage};
use crate::registry::Registry;
use crate::store::{Store, StoreSettings};
use crate::trend::Trend;
use crate::version::Versions;
use crate::warmer::log::Log;
use crate::warmer::{self, WarmerActor, WarmerArguments, WarmerMessage};
use ractor::{Actor, ActorCell, ActorId, ActorProcessingErr, ActorRef, SpawnErr, SupervisionEvent};
use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::{Instant, timeout};

/// Restarts of one child within [`BUDGET_WINDOW`] before the tree fails.
const RESTARTS_MAX: usize = 5;
/// How long a restart counts.
const BUDGET_WINDOW: Duration = Duration::from_secs(30);
/// The pause before the first restart within the window; each further one doubles it.
const RESTART_PAUSE: Duration = Duration::from_millis(10);
/// How long one child is waited for when it is stopped.
const STOP_WAIT_MAX: Duration = Duration::from_millis(100);
/// Fetchers, unless fewer requests at once are allowed: as many as one burst of the budget can keep busy, and more.
const FETCHERS_MAX: usize = 32;
/// Entries of each list in a report.
const REPORT_LIST_MAX: usize = 10;

/// Every bound of the tree, each with its unit.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Questions taken at once.
    pub questions_max: usize,
    /// From a question's arrival to its answer or refusal; a fetch has the same length from its own start.
    pub question_timeout: Duration,
    /// How long an answer counts as fresh.
    pub fresh_for: Duration,
    /// Bytes held in memory.
    pub memory_bytes_max: usize,
    /// Candidates kept per gene and set.
    pub candidates_max: usize,
    /// Requests to the registry at once.
    pub requests_max: usize,
    /// Requests a minute to the registry; none: not rationed.
    pub requests_per_minute: Option<u32>,
    /// Whether what is common and what trends is kept warm, from the start and unasked.
    pub warming: bool,
    /// How long the registry's version, once looked up, is trusted.
    pub version_trusted_for: Duration,
    /// Where answers are kept beyond memory.
    pub store: StoreSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            questions_max: 4096,
            question_timeout: Duration::from_secs(40),
            fresh_for: Duration::from_secs(3600),
            memory_bytes_max: 64 << 20,
            candidates_max: 2000,
            requests_max: 100,
            requests_per_minute: Some(50),
            warming: false,
            version_trusted_for: Duration::from_secs(60),
            store: StoreSettings::default(),
        }
    }
}

/// The running tree.
pub struct System {
    shared: Arc<Shared>,
    supervisor: ActorRef<SystemMessage>,
    failure: watch::Receiver<Option<Failure>>,
}

/// The tree could not be started, or a child's restart budget is spent.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which actor, and what it said.
    pub cause: String,
}

impl System {
    /// Starts the tree, in dependency order.
    ///
    /// # Errors
    /// Where an actor does not start.
    pub async fn start(settings: Settings, registry: Arc<dyn Registry>) -> Result<Self, Failure> {
        let (failed, failure) = watch::channel(None);
        let shared = Arc::new(Shared::new(settings, registry));
        let arguments = SystemArguments {
            shared: Arc::clone(&shared),
            failed,
        };
        let (supervisor, _) = Actor::spawn(None, SystemActor, arguments)
            .await
            .map_err(|error| Failure {
                cause: error.to_string(),
            })?;
        Ok(Self {
            shared,
            supervisor,
            failure,
        })
    }

    /// The handle by which everything is asked. It outlives restarts.
    #[must_use]
    pub fn front(&self) -> Front {
        Front::new(Arc::clone(&self.shared))
    }

    /// Resolves when the restart budget is spent: the process must then end, never live on by half.
    pub async fn failed(&self) -> Failure {
        let mut failure = self.failure.clone();
        let failed = failure.wait_for(Option::is_some).await.map(|failure| failure.clone());
        match failed {
            Ok(Some(failure)) => failure,
            // The supervisor ended without saying why: killed, or stopped by `drain`.
            _ => Failure {
                cause: "the supervisor is gone".into(),
            },
        }
    }

    /// Refuses new questions, waits at most `within` for those under way, refuses the rest, and stops the actors in
    /// reverse.
    pub async fn drain(self, within: Duration) {
        self.shared.door.close();
        // On time-out those still waiting are refused as their actors stop.
        let _ = timeout(within, self.shared.door.emptied()).await;
        let (done, stopped) = oneshot::channel();
        if self.supervisor.cast(SystemMessage::Stop { done }).is_ok() {
            let _ = stopped.await;
        }
        // The next process knows what this one was asked, and needs not wait for its lease to run out.
        let last_words = async {
            self.shared.trend.save(&self.shared.store).await;
            if self.shared.settings.warming {
                self.shared.store.let_go(warmer::LEAD).await;
            }
        };
        let _ = timeout(STOP_WAIT_MAX, last_words).await;
        self.shared.store.close().await;
    }

    #[cfg(test)]
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl fmt::Debug for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("System")
            .field("shared", &self.shared)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server can't go on: {}", self.cause)
    }
}

impl std::error::Error for Failure {}

/// An actor of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Child {
    Metrics,
    Breaker,
    Fetchers,
    Cache,
    Warmer,
    Front,
}

impl Child {
    /// In dependency order.
    pub(crate) const ALL: [Self; 6] = [
        Self::Metrics,
        Self::Breaker,
        Self::Fetchers,
        Self::Cache,
        Self::Warmer,
        Self::Front,
    ];

    /// As reports and logs name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Breaker => "breaker",
            Self::Fetchers => "fetchers",
            Self::Cache => "cache",
            Self::Warmer => "warmer",
            Self::Front => "front",
        }
    }
}

/// What outlives every incarnation of every actor: addresses, and what must not be lost in a crash.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) metrics: Address<MetricsMessage>,
    pub(crate) breaker: Address<BreakerMessage>,
    pub(crate) fetchers: Address<FetchersMessage>,
    pub(crate) cache: Address<CacheMessage>,
    pub(crate) warmer: Address<WarmerMessage>,
    pub(crate) front: Address<FrontMessage>,
    pub(crate) door: Arc<Door>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) memory: Arc<Mutex<Memory>>,
    ledger: Arc<Mutex<Ledger>>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) store: Store,
    pub(crate) versions: Arc<Versions>,
    pub(crate) trend: Arc<Trend>,
    budget: Arc<Budget>,
    judges: Arc<Semaphore>,
    flights: Arc<AtomicUsize>,
    warming: Arc<Mutex<Log>>,
    next_flight: Arc<AtomicU64>,
    registry: Arc<dyn Registry>,
}

impl Shared {
    fn new(settings: Settings, registry: Arc<dyn Registry>) -> Self {
        let judges = std::thread::available_parallelism().map_or(1, Into::into);
        let store = Store::new(&settings.store, settings.candidates_max);
        Self {
            metrics: Address::vacant(),
            breaker: Address::vacant(),
            fetchers: Address::vacant(),
            cache: Address::vacant(),
            warmer: Address::vacant(),
            front: Address::vacant(),
            door: Arc::new(Door::new(settings.questions_max)),
            gate: Arc::new(Gate::new()),
            memory: Arc::new(Mutex::new(Memory::new(settings.memory_bytes_max))),
            ledger: Arc::new(Mutex::new(Ledger::new())),
            counters: Arc::default(),
            versions: Arc::new(Versions::new(settings.version_trusted_for)),
            trend: Arc::new(Trend::new()),
            budget: Arc::new(Budget::new(settings.requests_per_minute, store.clone())),
            store,
            judges: Arc::new(Semaphore::new(judges)),
            flights: Arc::default(),
            warming: Arc::default(),
            next_flight: Arc::default(),
            registry,
            settings,
        }
    }

    /// What is seen over time.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_there(&self, child: Child) -> bool {
        match child {
            Child::Metrics => self.metrics.is_inhabited(),
            Child::Breaker => self.breaker.is_inhabited(),
            Child::Fetchers => self.fetchers.is_inhabited(),
            Child::Cache => self.cache.is_inhabited(),
            Child::Warmer => self.warmer.is_inhabited(),
            Child::Front => self.front.is_inhabited(),
        }
    }

    fn move_out(&self, child: Child) {
        match child {
            Child::Metrics => self.metrics.move_out(),
            Child::Breaker => self.breaker.move_out(),
            Child::Fetchers => self.fetchers.move_out(),
            Child::Cache => self.cache.move_out(),
            Child::Warmer => self.warmer.move_out(),
            Child::Front => self.front.move_out(),
        }
    }

    /// Starts an incarnation and moves it in.
    async fn spawn(&self, child: Child, supervisor: ActorCell) -> Result<ActorCell, SpawnErr> {
        match child {
            Child::Metrics => {
                let arguments = MetricsArguments {
                    ledger: Arc::clone(&self.ledger),
                    gate: Arc::clone(&self.gate),
                    store: self.store.clone(),
                    budget: Arc::clone(&self.budget),
                    versions: Arc::clone(&self.versions),
                };
                spawn_at(&self.metrics, MetricsActor, arguments, supervisor).await
            }
            Child::Breaker => {
                let arguments = BreakerArguments {
                    gate: Arc::clone(&self.gate),
                };
                spawn_at(&self.breaker, BreakerActor, arguments, supervisor).await
            }
            Child::Fetchers => {
                let (fetchers, arguments) = factory(&FetcherArguments {
                    registry: Arc::clone(&self.registry),
                    gate: Arc::clone(&self.gate),
                    breaker: self.breaker.clone(),
                    budget: Arc::clone(&self.budget),
                    myself: self.fetchers.clone(),
                    counters: Arc::clone(&self.counters),
                    store: self.store.clone(),
                    versions: Arc::clone(&self.versions),
                    fresh_for: self.settings.fresh_for,
                    candidates_max: self.settings.candidates_max,
                    fetchers: self.settings.requests_max.clamp(1, FETCHERS_MAX),
                });
                spawn_at(&self.fetchers, fetchers, arguments, supervisor).await
            }
            Child::Cache => {
                let arguments = CacheArguments {
                    myself: self.cache.clone(),
                    fetchers: self.fetchers.clone(),
                    memory: Arc::clone(&self.memory),
                    counters: Arc::clone(&self.counters),
                    flights: Arc::clone(&self.flights),
                    next_flight: Arc::clone(&self.next_flight),
                    judges: Arc::clone(&self.judges),
                    store: self.store.clone(),
                    versions: Arc::clone(&self.versions),
                    fresh_for: self.settings.fresh_for,
                    question_timeout: self.settings.question_timeout,
                };
                spawn_at(&self.cache, CacheActor, arguments, supervisor).await
            }
            Child::Warmer => {
                let arguments = WarmerArguments {
                    myself: self.warmer.clone(),
                    cache: self.cache.clone(),
                    door: Arc::clone(&self.door),
                    memory: Arc::clone(&self.memory),
                    store: self.store.clone(),
                    versions: Arc::clone(&self.versions),
                    trend: Arc::clone(&self.trend),
                    log: Arc::clone(&self.warming),
                    question_timeout: self.settings.question_timeout,
                    fresh_for: self.settings.fresh_for,
                    is_on: self.settings.warming,
                };
                spawn_at(&self.warmer, WarmerActor, arguments, supervisor).await
            }
            Child::Front => {
                let arguments = FrontArguments {
                    door: Arc::clone(&self.door),
                    cache: self.cache.clone(),
                };
                spawn_at(&self.front, FrontActor, arguments, supervisor).await
            }
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

async fn spawn_at<A: Actor>(
    address: &Address<A::Msg>,
    actor: A,
    arguments: A::Arguments,
    supervisor: ActorCell,
) -> Result<ActorCell, SpawnErr> {
    let (incarnation, _) = Actor::spawn_linked(None, actor, arguments, supervisor).await?;
    let cell = incarnation.get_cell();
    address.move_in(incarnation);
    Ok(cell)
}

/// What the supervisor hears, beside its children's ends.
#[derive(Debug)]
pub(crate) enum SystemMessage {
    /// The pause before a child's restart is over.
    Restart(Child),
    /// Stop the children in reverse, and yourself.
    Stop { done: oneshot::Sender<()> },
}

struct SystemArguments {
    shared: Arc<Shared>,
    failed: watch::Sender<Option<Failure>>,
}

/// What the supervisor keeps.
struct SystemState {
    shared: Arc<Shared>,
    failed: watch::Sender<Option<Failure>>,
    /// The living incarnations.
    children: HashMap<ActorId, (Child, ActorCell)>,
    /// When each child fell within the budget's window.
    falls: HashMap<Child, VecDeque<Instant>>,
    is_stopping: bool,
}

#[derive(Debug)]
struct SystemActor;

impl Actor for SystemActor {
    type Msg = SystemMessage;
    type State = SystemState;
    type Arguments = SystemArguments;

    async fn pre_start(
        &self,
        myself: ActorRef<SystemMessage>,
        SystemArguments { shared, failed }: SystemArguments,
    ) -> Result<SystemState, ActorProcessingErr> {
        let mut children = HashMap::new();
        for child in Child::ALL {
            let cell = shared.spawn(child, myself.get_cell()).await?;
            children.insert(cell.get_id(), (child, cell));
        }
        Ok(SystemState {
            shared,
            failed,
            children,
            falls: HashMap::new(),
            is_stopping: false,
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<SystemMessage>,
        message: SystemMessage,
        state: &mut SystemState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            SystemMessage::Restart(child) => {
                if state.is_stopping {
                    return Ok(());
                }
                match state.shared.spawn(child, myself.get_cell()).await {
                    Ok(cell) => {
                        state.children.insert(cell.get_id(), (child, cell));
                    }
                    Err(error) => state.fell(&myself, child, &error.to_string()),
                }
            }
            SystemMessage::Stop { done } => {
                state.stop_children().await;
                myself.stop(None);
                // One who no longer waits has still had it done.
                let _ = done.send(());
            }
        }
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<SystemMessage>,
        event: SupervisionEvent,
        state: &mut SystemState,
    ) -> Result<(), ActorProcessingErr> {
        let (who, cause) = match event {
            SupervisionEvent::ActorFailed(who, error) => (who, error.to_string()),
            SupervisionEvent::ActorTerminated(who, _, reason) => (who, reason.unwrap_or_else(|| "it stopped".into())),
            SupervisionEvent::ActorStarted(_) | SupervisionEvent::ProcessGroupChanged(_) => return Ok(()),
        };
        if let Some((child, _)) = state.children.remove(&who.get_id()) {
            state.fell(&myself, child, &cause);
        }
        Ok(())
    }
}

impl SystemState {
    /// Has a fallen child restarted after a pause, or fails the tree where its budget is spent.
    fn fell(&mut self, myself: &ActorRef<SystemMessage>, child: Child, cause: &str) {
        self.shared.move_out(child);
        if self.is_stopping {
            return;
        }
        tracing::error!(actor = child.name(), cause, "an actor fell");
        self.shared.counters.restarts.increment();
        self.shared.metrics.fell(child, cause);
        let falls = self.falls.entry(child).or_default();
        match pause_after_fall(falls, Instant::now()) {
            Some(pause) => {
                myself.send_after(pause, move || SystemMessage::Restart(child));
            }
            None => {
                let cause = format!(
                    "{} fell {} times within {} s: {cause}",
                    child.name(),
                    falls.len(),
                    BUDGET_WINDOW.as_secs()
                );
                self.failed.send_replace(Some(Failure { cause }));
                myself.stop(None);
            }
        }
    }

    /// Stops the children in reverse; one that doesn't hear of it in time is killed.
    async fn stop_children(&mut self) {
        self.is_stopping = true;
        for child in Child::ALL.into_iter().rev() {
            self.shared.move_out(child);
            let incarnation = self
                .children
                .values()
                .find(|(name, _)| *name == child)
                .map(|(_, cell)| cell.clone());
            if let Some(cell) = incarnation
                && cell.stop_and_wait(None, Some(STOP_WAIT_MAX)).await.is_err()
            {
                cell.kill();
            }
        }
    }
}

/// How long to wait before the restart after this fall; none where the budget is spent.
fn pause_after_fall(falls: &mut VecDeque<Instant>, now: Instant) -> Option<Duration> {
    while falls
        .front()
        .is_some_and(|&fall| now.saturating_duration_since(fall) > BUDGET_WINDOW)
    {
        falls.pop_front();
    }
    falls.push_back(now);
    let recent = falls.len();
    (recent <= RESTARTS_MAX).then(|| RESTART_PAUSE * 2u32.saturating_pow(u32::try_from(recent - 1).unwrap_or(u32::MAX)))
}
