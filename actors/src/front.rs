//! Admission, deadline, cancellation, draining: the one door by which everything is asked.
//!
//! What is at hand is given at once; anything else is the actors', who are asked by a message.

use crate::address::Address;
use crate::asker::{Asker, AskerId};
use crate::cache::{CacheMessage, at_hand};
use crate::fetchers::order::Lane;
use crate::key::Asked;
use crate::metrics::Ending;
use crate::refusal::Refusal;
use crate::report::{Report, WarmReport};
use crate::system::Shared;
use crate::verdicts::{Found, Retrieved, Source, Verdicts};
use crate::warmer::WarmerMessage;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Instrument as _;
use trials::question::Reach;
use trials::{Mutation, NctId};

/// How long an operator's command waits for the actor that carries it out.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(5);

/// Where everything is asked. Cheap to clone; outlives restarts of the actor behind it.
///
/// Dropping a returned future cancels what it asked: its place and its port are free at once, while a fetch that
/// others share goes on.
#[derive(Clone, Debug)]
pub struct Front {
    shared: Arc<Shared>,
}

impl Front {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The deadline of a question, or of a batch as a whole, that arrives now.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.shared.settings.question_timeout
    }

    /// Judged candidates for a mutation.
    ///
    /// # Errors
    /// [`Refusal`] says whose fault it is and what to do; it is never told as an empty answer.
    pub async fn ask(&self, mutation: &Mutation, reach: Reach, deadline: Instant) -> Result<Verdicts, Refusal> {
        let asked = Asked::Trials {
            mutation: mutation.clone(),
            reach,
        };
        match self.put(asked, deadline).await? {
            Found::Verdicts(verdicts) => Ok(verdicts),
            // Whoever asks for trials is given trials.
            Found::Record(_) => Err(Refusal::Interrupted),
        }
    }

    /// The whole record of a trial.
    ///
    /// # Errors
    /// [`Refusal::UnknownNumber`] where the registry doesn't know the number; else it says whose fault it is.
    pub async fn record(&self, nct_id: NctId, deadline: Instant) -> Result<Retrieved, Refusal> {
        match self.put(Asked::Record(nct_id), deadline).await? {
            Found::Record(retrieved) => Ok(retrieved),
            // Whoever asks for a record is given one.
            Found::Verdicts(_) => Err(Refusal::Interrupted),
        }
    }

    async fn put(&self, asked: Asked, deadline: Instant) -> Result<Found, Refusal> {
        let counters = &self.shared.counters;
        let begun = Instant::now();
        counters.questions.increment();
        if let Asked::Trials { mutation, .. } = &asked {
            self.shared.trend.asked(mutation);
        }
        let answering = async {
            if let Some(found) = self.at_hand(&asked) {
                return Ok(found);
            }
            match self.ask_actors(&asked, deadline).await {
                // The actor that held the question fell. Its successor is a message away; a second fall is told.
                Err(Refusal::Interrupted) => self.ask_actors(&asked, deadline).await,
                reply => reply,
            }
        };
        let reply = answering.instrument(tracing::info_span!("front")).await;
        let ending = match &reply {
            Ok(found) if found.provenance().source == Source::Registry => Ending::Miss,
            Ok(_) => Ending::Hit,
            Err(_) => Ending::Refused,
        };
        let took = begun.elapsed();
        if ending == Ending::Refused {
            counters.refused.increment();
        } else {
            let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
            counters.answer_micros.add(micros);
        }
        let mutation = match asked {
            Asked::Trials { mutation, .. } => Some(mutation),
            Asked::Record(_) => None,
        };
        self.shared.ledger().ended(mutation, ending, took, Instant::now());
        reply
    }

    /// What is at hand, for one whom the door lets in; none where it takes the actors.
    fn at_hand(&self, asked: &Asked) -> Option<Found> {
        let shared = &self.shared;
        if shared.door.is_draining() {
            return None;
        }
        let mut found = at_hand(asked, &shared.memory, &shared.versions, shared.settings.fresh_for)?;
        let place = shared.door.enter().ok()?;
        // Of no length, but told as any other look into the cache.
        tracing::info_span!("cache", outcome = "hit").in_scope(|| ());
        shared.counters.hits.increment();
        found.keep(Some(Arc::new(place)));
        Some(found)
    }

    /// Asks by a message, whatever is at hand.
    pub(crate) async fn ask_actors(&self, asked: &Asked, deadline: Instant) -> Result<Found, Refusal> {
        if self.shared.door.is_draining() {
            return Err(Refusal::Draining);
        }
        let begun = Instant::now();
        let (asker, replies) = Asker::new(&self.shared.door);
        let mut leaving = Leaving {
            shared: &self.shared,
            asker: Some(asker.id()),
            by_choice: true,
        };
        self.shared.front.post(FrontMessage::Ask {
            asked: asked.clone(),
            asker,
        });
        match timeout_at(deadline, replies).await {
            Ok(reply) => {
                leaving.asker = None;
                reply.unwrap_or(Err(Refusal::Interrupted))
            }
            Err(_) => {
                leaving.by_choice = false;
                Err(Refusal::TimedOut {
                    after: begun.elapsed(),
                    last: None,
                })
            }
        }
    }

    /// Warms these mutations, or the list of common ones, and says what was done `within` that time.
    ///
    /// # Errors
    /// Where the server is stopping or restarting.
    pub async fn warm(&self, mutations: Option<Vec<Mutation>>, within: Duration) -> Result<WarmReport, Refusal> {
        self.command(within + COMMAND_TIMEOUT, |reply| {
            self.shared.warmer.post(WarmerMessage::Warm {
                mutations,
                until: Instant::now() + within,
                reply,
            });
        })
        .await
    }

    /// Drops every entry whose key (`mutation:EGFR L858R`, `gene:EGFR`, `trial:NCT…`) matches the glob, in which `*` is
    /// any text and `?` any one character; a dropped mutation takes the candidates with it that it was judged from.
    /// Says how many entries went.
    ///
    /// # Errors
    /// Where the server is stopping or restarting.
    pub async fn invalidate(&self, pattern: &str) -> Result<usize, Refusal> {
        self.command(COMMAND_TIMEOUT, |reply| {
            self.shared.cache.post(CacheMessage::Invalidate {
                pattern: pattern.to_owned(),
                reply,
            });
        })
        .await
    }

    /// What the server says of itself now. Waits for nobody.
    #[must_use]
    pub fn report(&self) -> Report {
        self.shared.report()
    }

    /// Sends a command and waits for what its actor says.
    async fn command<T>(&self, patience: Duration, send: impl FnOnce(oneshot::Sender<T>)) -> Result<T, Refusal> {
        if self.shared.door.is_draining() {
            return Err(Refusal::Draining);
        }
        let (reply, replies) = oneshot::channel();
        send(reply);
        match timeout(patience, replies).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) => Err(Refusal::Interrupted),
            Err(_) => Err(Refusal::NotCarriedOut { after: patience }),
        }
    }
}

/// Tells the actors, when it is dropped unanswered, that nobody waits any more.
struct Leaving<'a> {
    shared: &'a Shared,
    /// None once answered.
    asker: Option<AskerId>,
    /// Whether the caller gave up, rather than the time having run out.
    by_choice: bool,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if let Some(asker) = self.asker {
            if self.by_choice {
                self.shared.counters.cancelled.increment();
            }
            self.shared.front.post(FrontMessage::Left { asker });
        }
    }
}

/// Who may come in. Shared, so that it outlives the front actor.
#[derive(Debug)]
pub(crate) struct Door {
    /// Places among the questions taken at once.
    places: Arc<Semaphore>,
    places_max: usize,
    is_draining: AtomicBool,
    askers: AtomicU64,
    /// How many were let in so far.
    let_in: AtomicU64,
}

impl Door {
    /// An open door with this many places.
    pub(crate) fn new(places_max: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places_max)),
            places_max,
            is_draining: AtomicBool::new(false),
            askers: AtomicU64::new(0),
            let_in: AtomicU64::new(0),
        }
    }

    /// A name for the next asker.
    pub(crate) fn next_asker(&self) -> AskerId {
        AskerId(self.askers.fetch_add(1, Ordering::Relaxed))
    }

    /// Lets nobody in any more.
    pub(crate) fn close(&self) {
        self.is_draining.store(true, Ordering::Release);
    }

    /// Whether nobody is let in any more.
    pub(crate) fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Acquire)
    }

    /// Waits until everyone who was let in has been answered or has left.
    pub(crate) async fn emptied(&self) {
        let all = u32::try_from(self.places_max).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        let _ = self.places.acquire_many(all).await;
    }

    /// Questions under way.
    pub(crate) fn inside(&self) -> usize {
        self.places_max.saturating_sub(self.places.available_permits())
    }

    /// How many were let in so far.
    pub(crate) fn let_in(&self) -> u64 {
        self.let_in.load(Ordering::Relaxed)
    }

    /// Lets somebody in to the place that is returned, or says why not.
    fn enter(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        // Looked at when the place is held: before, the door could be closed and found empty meanwhile.
        if self.is_draining() {
            return Err(Refusal::Draining);
        }
        let place = place.map_err(|_| Refusal::Busy {
            questions_max: self.places_max,
        })?;
        self.let_in.fetch_add(1, Ordering::Relaxed);
        Ok(place)
    }

    /// Lets an asker in, or tells them why not.
    fn admit(&self, mut asker: Asker) -> Option<Asker> {
        match self.enter() {
            Ok(ticket) => {
                asker.admit(ticket);
                Some(asker)
            }
            Err(refusal) => {
                asker.answer(Err(refusal));
                None
            }
        }
    }
}

/// What the front hears.
#[derive(Debug)]
pub(crate) enum FrontMessage {
    /// A question arrives.
    Ask { asked: Asked, asker: Asker },
    /// One who asked stopped waiting.
    Left { asker: AskerId },
    /// Fails on purpose, to show what a failure does.
    #[cfg(test)]
    Crash,
}

/// Where the front gets what it needs.
#[derive(Clone, Debug)]
pub(crate) struct FrontArguments {
    pub(crate) door: Arc<Door>,
    pub(crate) cache: Address<CacheMessage>,
}

/// Lets questions in and passes them on.
#[derive(Debug)]
pub(crate) struct FrontActor;

impl Actor for FrontActor {
    type Msg = FrontMessage;
    type State = FrontArguments;
    type Arguments = FrontArguments;

    async fn pre_start(
        &self,
        _: ActorRef<FrontMessage>,
        arguments: FrontArguments,
    ) -> Result<FrontArguments, ActorProcessingErr> {
        Ok(arguments)
    }

    async fn handle(
        &self,
        _: ActorRef<FrontMessage>,
        message: FrontMessage,
        state: &mut FrontArguments,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            FrontMessage::Ask { asked, asker } => {
                if let Some(asker) = state.door.admit(asker) {
                    state.cache.post(CacheMessage::Lookup {
                        asked,
                        lane: Lane::People,
                        asker,
                    });
                }
            }
            // By the same way as the question, so that it can't overtake it.
            FrontMessage::Left { asker } => state.cache.post(CacheMessage::Left { asker }),
            #[cfg(test)]
            FrontMessage::Crash => panic!("asked to"),
        }
        Ok(())
    }
}
