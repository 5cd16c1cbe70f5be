//! The fetchers: a pool that asks the registry, people before renewal before warming.
//!
//! # The bargain
//!
//! Whoever orders a fetch hears of its end, whatever that is: the set, the registry's fault after as many attempts as
//! help, the deadline, a full queue, a fetcher that died. One layer retries, and it is this one; one rate budget is
//! drawn on, and it is this one; the gate is looked at before each request.
//!
//! The pool is ractor's factory: its queue is bounded and gives way from the lowest lane up, a dead fetcher is
//! replaced and the queue kept. A fetcher works on one order at a time, so their number bounds the requests at once.

pub(crate) mod budget;
mod retry;

use crate::address::Address;
use crate::breaker::{BreakerMessage, Outcome};
use crate::cache::CacheMessage;
use crate::cache::memory::Memory;
use crate::candidates::{Candidates, HeldStudy, Packer, SetKey};
use crate::gate::{Admission, Gate, Probe};
use crate::homing::Homing;
use crate::metrics::Counters;
use crate::refusal::Refusal;
use crate::registry::{Fault, Page, PageRequest, Registry, RegistryError, Retry};
use budget::Budget;
use ractor::factory::{
    DiscardHandler, DiscardMode, DiscardReason, DiscardSettings, Factory, FactoryArguments, FactoryMessage, Job,
    JobOptions, Worker, WorkerBuilder, WorkerId, queues, routing,
};
use ractor::{ActorProcessingErr, ActorRef};
use rand::Rng;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use tracing::{Instrument, Span};
use trials::query::Essie;

/// Orders that wait at once; beyond it the oldest of the lowest lane gives way.
const QUEUE_MAX: usize = 1024;
/// Pages of one set; a subject whose records mostly don't name it is cut here rather than read to its end.
const PAGES_MAX: usize = 10;
/// The registry's own bound on a page.
const PAGE_SIZE_MAX: usize = 1000;
/// How long a person's fetch waits for an open circuit to be tried again, rather than being refused at once.
const GATE_WAIT_MAX: Duration = Duration::from_secs(3);

/// Who a fetch is for. People go first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Lane {
    /// Someone waits for it.
    People,
    /// What is held has grown old.
    Renewal,
    /// Nobody has asked for it yet.
    #[default]
    Warming,
}

impl Lane {
    const ALL: [Self; 3] = [Self::People, Self::Renewal, Self::Warming];
}

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

/// What a queued job is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct JobKey {
    lane: Lane,
    set: SetKey,
}

/// A fetch that was ordered. Whoever takes the work out of it first does it: so an order may stand in two lanes, and
/// may be withdrawn while it is queued.
#[derive(Clone, Debug)]
pub(crate) struct Order(Arc<Slot>);

#[derive(Debug)]
struct Slot {
    lane: AtomicU8,
    work: Mutex<Option<Work>>,
}

/// What is to be fetched, until when, and the promise to come home with it.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) key: SetKey,
    pub(crate) expression: Essie,
    pub(crate) deadline: Instant,
    pub(crate) homing: Homing,
    /// The span of the question that brought the order about.
    pub(crate) span: Span,
}

/// Where a fetcher gets what it needs.
#[derive(Clone)]
pub(crate) struct FetcherArguments {
    pub(crate) registry: Arc<dyn Registry>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) breaker: Address<BreakerMessage>,
    pub(crate) budget: Arc<Budget>,
    pub(crate) memory: Arc<Mutex<Memory>>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) candidates_max: usize,
    pub(crate) fetchers: usize,
}

impl Order {
    /// Orders a fetch.
    pub(crate) fn place(fetchers: &Address<FetchersMessage>, lane: Lane, work: Work) -> Self {
        let set = work.key;
        let order = Self(Arc::new(Slot {
            lane: AtomicU8::new(lane as u8),
            work: Mutex::new(Some(work)),
        }));
        order.queue(fetchers, lane, set);
        order
    }

    /// Moves a queued order to a better lane; one that is being worked on draws on the budget as the better lane does.
    pub(crate) fn promote(&self, fetchers: &Address<FetchersMessage>, lane: Lane, set: SetKey) {
        if lane < self.lane() {
            self.0.lane.store(lane as u8, Ordering::Relaxed);
            self.queue(fetchers, lane, set);
        }
    }

    /// Takes the order back if nobody works on it yet. Says whether it did.
    pub(crate) fn withdraw(&self) -> bool {
        match self.take() {
            Some(work) => {
                work.homing.release();
                true
            }
            None => false,
        }
    }

    fn lane(&self) -> Lane {
        let lane = usize::from(self.0.lane.load(Ordering::Relaxed));
        Lane::ALL.get(lane).copied().unwrap_or_default()
    }

    fn take(&self) -> Option<Work> {
        self.0.work.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn queue(&self, fetchers: &Address<FetchersMessage>, lane: Lane, set: SetKey) {
        fetchers.post(FactoryMessage::Dispatch(Job {
            key: JobKey { lane, set },
            msg: self.clone(),
            options: JobOptions::default(),
            accepted: None,
        }));
    }
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

/// Asks the registry for one set at a time.
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
        // None where another lane's fetcher took it, or it was withdrawn.
        if let Some(work) = job.msg.take() {
            let Work {
                key,
                expression,
                deadline,
                homing,
                span,
            } = work;
            let span = tracing::info_span!(parent: &span, "fetch", set = %key);
            let outcome = state.fetch(&job.msg, key, expression, deadline).instrument(span).await;
            homing.arrive(CacheMessage::Fetched {
                key,
                outcome: outcome.map(Arc::new),
            });
        }
        Ok(job.key)
    }
}

impl FetcherArguments {
    /// Fetches page after page until the set is whole or the cap is hit.
    async fn fetch(
        &self,
        order: &Order,
        key: SetKey,
        expression: Essie,
        deadline: Instant,
    ) -> Result<Candidates, Refusal> {
        let size = u16::try_from(self.candidates_max.clamp(1, PAGE_SIZE_MAX)).unwrap_or(1);
        let mut studies = Vec::new();
        let mut unreadable = 0;
        let mut token = None;
        let mut pages = 0;
        loop {
            let request = PageRequest {
                expression: expression.clone(),
                set: key.set,
                size,
                token,
            };
            let page = self.page(order, request, deadline).await?;
            pages += 1;
            unreadable += page.unreadable;
            token = page.next;
            studies.extend(self.pack(key, page.studies).await?);
            let full = studies.len() >= self.candidates_max || pages == PAGES_MAX;
            if full || token.is_none() {
                let capped = studies.len() > self.candidates_max || token.is_some();
                studies.truncate(self.candidates_max);
                return Ok(Candidates {
                    key,
                    studies,
                    expression,
                    fetched_at: Instant::now(),
                    unreadable,
                    capped,
                });
            }
        }
    }

    /// One page, asked for as often as helps.
    async fn page(&self, order: &Order, request: PageRequest, deadline: Instant) -> Result<Page, Refusal> {
        let begun = Instant::now();
        let mut attempt = 0;
        let mut last = None;
        loop {
            let probe = self.pass_gate(order, deadline).await?;
            self.draw_on_budget(order, deadline).await?;
            attempt += 1;
            self.counters.requests.increment();
            let Ok(answer) = timeout_at(deadline, self.registry.page(request.clone())).await else {
                let after = begun.elapsed();
                let hung = RegistryError {
                    fault: Fault::TimedOut { after },
                    retry: Retry::Soon,
                };
                self.failed(probe, hung);
                return Err(Refusal::TimedOut { after, last });
            };
            let error = match answer {
                Ok(page) => {
                    self.answered(probe);
                    return Ok(page);
                }
                Err(error) => error,
            };
            if error.is_of_the_question() {
                self.answered(probe);
            } else {
                self.failed(probe, error.clone());
            }
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

    /// Waits at the gate as long as someone would want to.
    async fn pass_gate(&self, order: &Order, deadline: Instant) -> Result<Option<Probe>, Refusal> {
        let patience = deadline.min(Instant::now() + GATE_WAIT_MAX);
        let mut moves = self.gate.watch();
        loop {
            moves.borrow_and_update();
            let (until, last) = match self.gate.admission() {
                Admission::Admit => return Ok(None),
                Admission::Probe(probe) => return Ok(Some(probe)),
                Admission::Refuse { until, last } => (until, last),
            };
            let now = Instant::now();
            let retry_in = until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
            if order.lane() != Lane::People || now + retry_in >= patience {
                return Err(Refusal::BreakerOpen { last, retry_in });
            }
            tokio::select! {
                _ = moves.changed() => {}
                () = sleep_until(patience) => {}
            }
        }
    }

    /// Waits for the rate budget, or says at once that it can't come in time.
    async fn draw_on_budget(&self, order: &Order, deadline: Instant) -> Result<(), Refusal> {
        while let Err(wait) = self.budget.take(order.lane(), Instant::now()) {
            if Instant::now() + wait >= deadline {
                return Err(Refusal::Rationed { retry_in: wait });
            }
            // A promotion while waiting is seen at the next look.
            sleep(wait.min(Duration::from_millis(500))).await;
        }
        Ok(())
    }

    /// Compresses the studies that name the subject, off the async threads.
    async fn pack(&self, key: SetKey, studies: Vec<(trials::Study, String)>) -> Result<Vec<Arc<HeldStudy>>, Refusal> {
        let memory = Arc::clone(&self.memory);
        let packed = tokio::task::spawn_blocking(move || {
            let mut packer = Packer::new(key.subject)?;
            let mut held = Vec::with_capacity(studies.len());
            for (study, eligibility) in studies {
                if let Some(study) = packer.pack(study, &eligibility)? {
                    let shared = memory.lock().unwrap_or_else(PoisonError::into_inner).shared(&study);
                    held.push(shared.unwrap_or_else(|| Arc::new(study)));
                }
            }
            Ok::<_, io::Error>(held)
        });
        match packed.await {
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

    fn answered(&self, probe: Option<Probe>) {
        self.breaker.ended(Outcome::Answered);
        if let Some(probe) = probe {
            probe.reported();
        }
    }

    fn failed(&self, probe: Option<Probe>, error: RegistryError) {
        self.counters.request_failures.increment();
        self.breaker.ended(Outcome::Failed(error));
        if let Some(probe) = probe {
            probe.reported();
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
        if let Some(work) = job.msg.take() {
            self.counters.shed.increment();
            work.homing.arrive(CacheMessage::Fetched {
                key: work.key,
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

/// Reads a job's lane off its key.
pub(crate) struct Lanes;

impl queues::PriorityManager<JobKey, Lane> for Lanes {
    fn is_discardable(&self, _: &JobKey) -> bool {
        true
    }

    fn get_priority(&self, job: &JobKey) -> Option<Lane> {
        Some(job.lane)
    }
}

impl queues::Priority for Lane {
    fn get_index(&self) -> usize {
        *self as usize
    }
}

impl From<usize> for Lane {
    fn from(index: usize) -> Self {
        Self::ALL.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::registry::Set;
    use crate::system::System;
    use futures::FutureExt;
    use futures::future::BoxFuture;
    use ractor::Actor;
    use tokio::sync::mpsc;
    use trials::mutation::{Signature, Subject};

    /// A registry that never answers.
    struct Silent;

    impl Registry for Silent {
        fn page(&self, _: PageRequest) -> BoxFuture<'_, Result<Page, RegistryError>> {
            std::future::pending().boxed()
        }
    }

    /// Hears what comes home, in the cache's place.
    struct Ear;

    impl Actor for Ear {
        type Msg = CacheMessage;
        type State = mpsc::UnboundedSender<CacheMessage>;
        type Arguments = mpsc::UnboundedSender<CacheMessage>;

        async fn pre_start(
            &self,
            _: ActorRef<CacheMessage>,
            heard: mpsc::UnboundedSender<CacheMessage>,
        ) -> Result<Self::State, ActorProcessingErr> {
            Ok(heard)
        }

        async fn handle(
            &self,
            _: ActorRef<CacheMessage>,
            message: CacheMessage,
            heard: &mut Self::State,
        ) -> Result<(), ActorProcessingErr> {
            heard.send(message)?;
            Ok(())
        }
    }

    fn work(home: &Address<CacheMessage>, set: Set) -> Work {
        let subject = Subject::Signature(Signature::MsiHigh);
        let key = SetKey { subject, set };
        Work {
            key,
            expression: Essie::candidates(subject),
            deadline: Instant::now() + Duration::from_secs(40),
            homing: Homing::new(
                home,
                CacheMessage::Fetched {
                    key,
                    outcome: Err(Refusal::Interrupted),
                },
            ),
            span: Span::none(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_gives_way_from_the_lowest_lane_and_says_so() {
        let settings = Settings {
            requests_max: 1,
            ..Settings::default()
        };
        let system = System::start(settings, Arc::new(Silent)).await.unwrap();
        let fetchers = &system.shared().fetchers;
        let (heard, mut hears) = mpsc::unbounded_channel();
        let home = Address::vacant();
        home.move_in(Actor::spawn(None, Ear, heard).await.unwrap().0);

        // One is taken by the only fetcher, the others fill the queue; people come last and are one too many each.
        let mut orders = Vec::new();
        for _ in 0..=QUEUE_MAX {
            orders.push(Order::place(fetchers, Lane::Warming, work(&home, Set::Closed)));
        }
        for _ in 0..3 {
            orders.push(Order::place(fetchers, Lane::People, work(&home, Set::Open)));
        }
        for _ in 0..3 {
            let message = hears.recv().await.unwrap();
            assert!(
                matches!(&message, CacheMessage::Fetched { key, outcome: Err(Refusal::Shed) } if key.set == Set::Closed),
                "{message:?}"
            );
        }
        assert_eq!(system.shared().counters.shed.get(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_queued_order_can_be_withdrawn_and_one_being_worked_on_cannot() {
        let settings = Settings {
            requests_max: 1,
            ..Settings::default()
        };
        let system = System::start(settings, Arc::new(Silent)).await.unwrap();
        let fetchers = &system.shared().fetchers;
        let home = Address::vacant();
        let begun = Order::place(fetchers, Lane::People, work(&home, Set::Open));
        let queued = Order::place(fetchers, Lane::People, work(&home, Set::Open));
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(!begun.withdraw());
        assert!(queued.withdraw());
    }
}
