//! The fetchers: a pool that asks the registry, people before renewal before warming.
//!
//! # The bargain
//!
//! Whoever orders a fetch hears of its end, whatever that is: the set or record, the registry's fault after as many attempts as
//! help, the deadline, a full queue, a fetcher that died. One layer retries, and it is this one; one rate budget is
//! drawn on, and it is this one; the gate is looked at before each request.
//!
//! # The life of a fetch
//!
//! The cache places an [`Order`] for [`Work`] and keeps only a weak hold on it. The queue owns the order: if the pool
//! falls with it, the work is dropped, and its [`Homing`] tells. An order that a person joins is queued a second time,
//! in their lane; whichever of its places in the queue is reached first takes the work out. One that renewal or
//! warming placed rests outside the pool until the budget has something to spare, so that it never holds a fetcher
//! that a person needs.
//!
//! # Among several processes
//!
//! Where there is a store, a fetch begins with a lease on its key. Whoever has it asks the registry, answers their own
//! askers, and lets go of it when the store has what was fetched; the others wait for that and ask nobody. A holder
//! that dies is followed within a second. The version of the registry's data is looked up in the same way.
//!
//! The pool is ractor's factory: its queue is bounded and gives way from the lowest lane up, a dead fetcher is
//! replaced and the queue kept. A fetcher works on one order at a time, so their number bounds the requests at once.

pub(crate) mod budget;
mod flight;
pub(crate) mod order;
mod retry;
mod version;

use crate::address::Address;
use crate::breaker::{BreakerMessage, Outcome};
use crate::cache::CacheMessage;
use crate::candidates::{Candidates, FlightNumber, HeldStudy, Packer, SetKey};
use crate::gate::{Gate, Pass, Refused};
use crate::key::{Content, HeldRecord, Key};
use crate::metrics::Counters;
use crate::refusal::Refusal;
use crate::registry::{Fault, PageRequest, Registry, RegistryError, Retry};
use crate::store::Store;
use crate::version::{Versions, Vintage};
use budget::Budget;
use futures::future::BoxFuture;
use order::{JobKey, Lane, Lanes, Order, Work};
use ractor::factory::{
    DiscardHandler, DiscardMode, DiscardReason, DiscardSettings, Factory, FactoryArguments, FactoryMessage, Job,
    Worker, WorkerBuilder, WorkerId, queues, routing,
};
use ractor::{ActorProcessingErr, ActorRef};
use rand::Rng;
use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tracing::Instrument;
use trials::NctId;
use trials::query::Essie;

/// Orders that wait at once; beyond it the oldest of the lowest lane gives way.
const QUEUE_MAX: usize = 1024;
/// The registry's own bound on a page.
const PAGE_SIZE_MAX: usize = 1000;
/// Pages of one set, for each page that the cap would fill: a subject whose records mostly don't name it is cut here
/// rather than read to its end.
const PAGES_PER_FULL_PAGE_MAX: usize = 3;
/// How long a person's fetch waits for an open circuit to be tried again, rather than being refused at once.
const GATE_WAIT_MAX: Duration = Duration::from_secs(3);
/// A request that our own deadline cut off sooner than this says nothing about the registry.
const HANG_MIN: Duration = Duration::from_secs(5);
/// How long renewal and warming wait for a token that was there when they were taken up. They hold the lease on their
/// key meanwhile, for which a person of another process may be waiting.
const SPARE_WAIT_MAX: Duration = Duration::from_secs(3);

/// What the factory hears.
pub(crate) type FetchersMessage = FactoryMessage<JobKey, Order>;
/// The queue of the factory.
type Lines = queues::PriorityQueue<JobKey, Order, Lane, Lanes, { Lane::ALL.len() }>;
/// How the factory finds a fetcher for an order.
type Routing = routing::QueuerRouting<JobKey, Order>;
/// The factory.
pub(crate) type Fetchers = Factory<JobKey, Order, FetcherArguments, Fetcher, Routing, Lines>;
/// What the factory is started with.
pub(crate) type FetchersArguments = FactoryArguments<JobKey, Order, FetcherArguments, Fetcher, Routing, Lines>;

/// Where a fetcher gets what it needs.
#[derive(Clone)]
pub(crate) struct FetcherArguments {
    pub(crate) registry: Arc<dyn Registry>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) breaker: Address<BreakerMessage>,
    pub(crate) budget: Arc<Budget>,
    /// For orders that rest and come again.
    pub(crate) myself: Address<FetchersMessage>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) store: Store,
    pub(crate) versions: Arc<Versions>,
    /// By when what another process fetched must be renewed, where only its age can tell.
    pub(crate) fresh_for: Duration,
    pub(crate) candidates_max: usize,
    pub(crate) fetchers: usize,
}

/// The factory and its arguments.
pub(crate) fn factory(arguments: &FetcherArguments) -> (Fetchers, FetchersArguments) {
    let discard_handler = Arc::new(GivingWay {
        counters: Arc::clone(&arguments.counters),
    });
    let settings = FactoryArguments::builder()
        .worker_builder(Box::new(Recruiter(arguments.clone())))
        .num_initial_workers(arguments.fetchers)
        .router(Routing::default())
        .queue(queues::PriorityQueue::new(Lanes))
        .discard_handler(discard_handler)
        .discard_settings(DiscardSettings::Static {
            limit: QUEUE_MAX,
            mode: DiscardMode::Oldest,
        })
        .build();
    (Fetchers::default(), settings)
}

/// Asks the registry for one set or record at a time.
#[derive(Debug)]
pub(crate) struct Fetcher;

impl Worker for Fetcher {
    type Key = JobKey;
    type Message = Order;
    type Arguments = FetcherArguments;
    type State = FetcherArguments;

    async fn pre_start(
        &self,
        _: WorkerId,
        _: &ActorRef<FetchersMessage>,
        arguments: FetcherArguments,
    ) -> Result<FetcherArguments, ActorProcessingErr> {
        Ok(arguments)
    }

    async fn handle(
        &self,
        _: WorkerId,
        _: &ActorRef<FetchersMessage>,
        job: Job<JobKey, Order>,
        state: &mut FetcherArguments,
    ) -> Result<JobKey, ActorProcessingErr> {
        let order = job.msg;
        if order.lane() != Lane::People
            && let Err(wait) = state.budget.look_for_spare().await
        {
            state.put_off(order, wait);
            return Ok(job.key);
        }
        // None where another place in the queue was reached first, or it was withdrawn.
        let work = order.work().take();
        if let Some(work) = work {
            let span = tracing::info_span!(parent: &work.span, "fetch", set = %work.key);
            state.bring(&order, work).instrument(span).await;
        }
        Ok(job.key)
    }
}

impl FetcherArguments {
    /// Has an order wait outside the pool for something to spare, or tells it that this won't come in time.
    fn put_off(&self, order: Order, wait: Duration) {
        let mut work = order.work();
        let is_in_time = work.as_ref().is_some_and(|work| Instant::now() + wait < work.deadline);
        if is_in_time {
            drop(work);
            order.rest(self.myself.clone(), wait);
        } else if let Some(Work {
            key, flight, homing, ..
        }) = work.take()
        {
            homing.arrive(CacheMessage::Fetched {
                key,
                flight,
                outcome: Err(Refusal::Rationed { retry_in: wait }),
            });
        }
    }

    async fn fetch(
        &self,
        order: &Order,
        key: Key,
        flight: FlightNumber,
        deadline: Instant,
    ) -> Result<Content, Refusal> {
        match key {
            Key::Candidates(set) => {
                let candidates = self.candidates(order, set, flight, deadline).await?;
                Ok(Content::Candidates(Arc::new(candidates)))
            }
            Key::Trial(nct_id) => {
                let record = self.record(order, nct_id, deadline).await?;
                Ok(Content::Record(Arc::new(record)))
            }
            Key::Version => self.version(order, deadline).await.map(|_| Content::Version),
        }
    }

    /// Fetches one whole record.
    async fn record(&self, order: &Order, asked: NctId, deadline: Instant) -> Result<HeldRecord, Refusal> {
        let fetching = || self.request(order, deadline, || self.registry.record(asked));
        let (record, vintage) = self.under_one_version(order, deadline, fetching).await?;
        Ok(HeldRecord {
            asked,
            record: record.ok_or(Refusal::UnknownNumber { nct_id: asked })?,
            vintage,
        })
    }

    /// Fetches a candidate set.
    async fn candidates(
        &self,
        order: &Order,
        key: SetKey,
        flight: FlightNumber,
        deadline: Instant,
    ) -> Result<Candidates, Refusal> {
        let fetching = || self.pages(order, key, flight, deadline);
        let (mut candidates, vintage) = self.under_one_version(order, deadline, fetching).await?;
        candidates.vintage = vintage;
        Ok(candidates)
    }

    /// Fetches page after page until the set is whole or the cap is hit.
    async fn pages(
        &self,
        order: &Order,
        key: SetKey,
        flight: FlightNumber,
        deadline: Instant,
    ) -> Result<Candidates, Refusal> {
        let expression = Essie::candidates(key.subject);
        let size = self.candidates_max.clamp(1, PAGE_SIZE_MAX);
        let pages_max = PAGES_PER_FULL_PAGE_MAX * self.candidates_max.div_ceil(size).max(1);
        let size = u16::try_from(size).unwrap_or(u16::MAX);
        let mut studies = Vec::new();
        // The order by relevance may shift between two pages, and a study then come twice.
        let mut seen = HashSet::new();
        let mut unreadable = 0;
        let mut token = None;
        for pages in 1.. {
            let request = PageRequest {
                expression: expression.clone(),
                set: key.set,
                size,
                token,
            };
            let page = self
                .request(order, deadline, || self.registry.page(request.clone()))
                .await?;
            unreadable += page.unreadable;
            token = page.next;
            let packed = self.pack(key, page.studies).await?;
            studies.extend(packed.into_iter().filter(|held| seen.insert(held.study.nct_id)));
            if studies.len() >= self.candidates_max || pages == pages_max || token.is_none() {
                break;
            }
        }
        let capped = studies.len() > self.candidates_max || token.is_some();
        studies.truncate(self.candidates_max);
        Ok(Candidates {
            key,
            flight,
            studies,
            expression,
            vintage: Vintage {
                fetched_at: Instant::now(),
                under: None,
            },
            unreadable,
            capped,
        })
    }

    /// One request, sent as often as helps.
    async fn request<'s, T>(
        &'s self,
        order: &Order,
        deadline: Instant,
        send: impl Fn() -> BoxFuture<'s, Result<T, RegistryError>>,
    ) -> Result<T, Refusal> {
        let begun = Instant::now();
        let mut attempt = 0;
        let mut last = None;
        loop {
            attempt += 1;
            let error = match self.attempt(order, deadline, begun, &last, &send).await? {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let jitter = rand::rng().random();
            match retry::next(attempt, &error, Instant::now(), deadline, jitter) {
                retry::Next::GiveUp => return Err(Refusal::Registry(error)),
                retry::Next::Again(pause) => {
                    tracing::debug!(attempt, pause_ms = pause.as_millis(), %error, "asking the registry again");
                    self.counters.retries.increment();
                    sleep(pause).await;
                    last = Some(error);
                }
            }
        }
    }

    /// One request, sent once: what it is for can be done without, or comes again by itself.
    async fn request_once<'s, T>(
        &'s self,
        order: &Order,
        deadline: Instant,
        send: impl Fn() -> BoxFuture<'s, Result<T, RegistryError>>,
    ) -> Result<T, Refusal> {
        let attempt = self.attempt(order, deadline, Instant::now(), &None, &send).await?;
        attempt.map_err(Refusal::Registry)
    }

    /// Sends a request and tells the breaker how it ended. Within: the registry's error, which may be worth another
    /// attempt; without: a refusal, which is not.
    async fn attempt<'s, T>(
        &'s self,
        order: &Order,
        deadline: Instant,
        begun: Instant,
        last: &Option<RegistryError>,
        send: &impl Fn() -> BoxFuture<'s, Result<T, RegistryError>>,
    ) -> Result<Result<T, RegistryError>, Refusal> {
        let timed_out = || Refusal::TimedOut {
            after: begun.elapsed(),
            last: last.clone(),
        };
        if Instant::now() >= deadline {
            return Err(timed_out());
        }
        let pass = self.pass(order, deadline).await?;
        self.counters.requests.increment();
        let sent = Instant::now();
        let Ok(answer) = timeout_at(deadline, send()).await else {
            self.cut_off(pass, sent.elapsed());
            return Err(timed_out());
        };
        match &answer {
            Err(error) if !error.is_of_the_question() => {
                self.counters.request_failures.increment();
                pass.ended(&self.breaker, Outcome::Failed(error.clone()));
            }
            _ => pass.ended(&self.breaker, Outcome::Answered),
        }
        Ok(answer)
    }

    /// Leave to send one request: the gate is open, and the budget has been drawn on.
    async fn pass(&self, order: &Order, deadline: Instant) -> Result<Pass, Refusal> {
        let patience = deadline.min(Instant::now() + GATE_WAIT_MAX);
        let mut moves = self.gate.watch();
        loop {
            moves.borrow_and_update();
            if let Some(Refused { until, last }) = self.gate.look() {
                let now = Instant::now();
                let retry_in = until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
                if order.lane() != Lane::People || now + retry_in >= patience {
                    return Err(Refusal::BreakerOpen { last, retry_in });
                }
                tokio::select! {
                    _ = moves.changed() => {}
                    () = sleep_until(patience) => {}
                }
                continue;
            }
            // First the budget: the one probe must not be held by someone who waits for a token.
            self.draw_on_budget(order, deadline).await?;
            match self.gate.pass() {
                Ok(pass) => return Ok(pass),
                Err(_) => self.budget.give_back().await,
            }
        }
    }

    /// Waits for the rate budget, or says at once that it can't come in time.
    async fn draw_on_budget(&self, order: &Order, deadline: Instant) -> Result<(), Refusal> {
        let begun = Instant::now();
        loop {
            if order.lane() == Lane::People {
                let at = self
                    .budget
                    .reserve(deadline)
                    .await
                    .map_err(|retry_in| Refusal::Rationed { retry_in })?;
                sleep_until(at).await;
                return Ok(());
            }
            let Err(wait) = self.budget.take_spare().await else {
                return Ok(());
            };
            if Instant::now() + wait >= deadline.min(begun + SPARE_WAIT_MAX) {
                return Err(Refusal::Rationed { retry_in: wait });
            }
            // A promotion while waiting is seen at the next look.
            sleep(wait.min(Duration::from_millis(500))).await;
        }
    }

    /// Our own deadline ended a request. The registry is blamed only if it had time to answer.
    fn cut_off(&self, pass: Pass, after: Duration) {
        if after >= HANG_MIN {
            self.counters.request_failures.increment();
            let hung = RegistryError {
                fault: Fault::TimedOut { after },
                retry: Retry::Soon,
            };
            pass.ended(&self.breaker, Outcome::Failed(hung));
        }
    }

    /// Compresses the studies that name the subject, off the async threads.
    async fn pack(&self, key: SetKey, studies: Vec<(trials::Study, String)>) -> Result<Vec<Arc<HeldStudy>>, Refusal> {
        let packing = tokio::task::spawn_blocking(move || {
            let mut packer = Packer::new(key.subject)?;
            let packed = studies
                .into_iter()
                .map(|(study, eligibility)| packer.pack(study, &eligibility));
            packed
                .filter_map(|held| held.map(|held| held.map(Arc::new)).transpose())
                .collect::<io::Result<Vec<_>>>()
        });
        match packing.await {
            Ok(Ok(held)) => Ok(held),
            Ok(Err(error)) => {
                tracing::error!(%error, set = %key, "a page could not be packed");
                Err(Refusal::Interrupted)
            }
            Err(error) => {
                tracing::error!(%error, set = %key, "reading a page failed");
                Err(Refusal::Interrupted)
            }
        }
    }
}

/// Answers for the orders that give way in a full queue.
struct GivingWay {
    counters: Arc<Counters>,
}

impl DiscardHandler<JobKey, Order> for GivingWay {
    fn discard(&self, reason: DiscardReason, job: &mut Job<JobKey, Order>) {
        // An order that was promoted stands in its better lane still.
        if job.msg.lane() != job.key.lane || !matches!(reason, DiscardReason::Loadshed) {
            return;
        }
        if let Some(Work {
            key, flight, homing, ..
        }) = job.msg.work().take()
        {
            self.counters.shed.increment();
            homing.arrive(CacheMessage::Fetched {
                key,
                flight,
                outcome: Err(Refusal::Shed),
            });
        }
    }
}

/// Builds the fetchers, and the ones that replace the fallen.
struct Recruiter(FetcherArguments);

impl WorkerBuilder<Fetcher, FetcherArguments> for Recruiter {
    fn build(&mut self, _: WorkerId) -> (Fetcher, FetcherArguments) {
        (Fetcher, self.0.clone())
    }
}

#[cfg(test)]
mod tests;
