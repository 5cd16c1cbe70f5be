//! The cache: what is known of each subject, and one flight for what isn't.
//!
//! # The bargain
//!
//! However many ask, one fetch is under way for a candidate set or a record, and one judgement for a mutation in a set.
//! Whoever joins waits with the others until their own deadline. What memory lacks is looked for in the store before the
//! registry is asked. An answer from an earlier version of the registry's data is served at once and said to be stale,
//! while it is renewed behind; a failed renewal keeps it. Errors are told to those who wait and kept nowhere.
//!
//! It owns the connection to the store: it opens it when it starts, hears through it what other processes dropped, and
//! lets go of it when it ends.
//!
//! # What this actor never does
//!
//! It waits on nothing: fetching is the fetchers', judging is a task's, and both *always* come home ([`Homing`]).
//! Spelling, filters and paging never reach it: it knows mutations by their canonical value. Nor does it hear of a
//! question whose exact answer is at hand ([`at_hand`]).

mod at_hand;
mod flight;
mod freshness;
mod invalidation;
mod judgement;
mod landing;
pub(crate) mod memory;
mod part;

pub(crate) use at_hand::at_hand;

use crate::address::Address;
use crate::asker::{Asker, AskerId};
use crate::candidates::{Candidates, Findings, FlightNumber};
use crate::fetchers::FetchersMessage;
use crate::fetchers::order::{Lane, Receipt};
use crate::key::{Asked, Content, Key};
use crate::metrics::Counters;
use crate::refusal::Refusal;
use crate::store::{News, Store, Watch};
use crate::verdicts::{JudgedSet, Source};
use crate::version::Versions;
use flight::flight_deadline;
use judgement::Judgement;
use landing::Landing;
use memory::Memory;
use part::{Held, Part, Ready};
use ractor::{Actor, ActorProcessingErr, ActorRef};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Instant;
use tracing::Span;
use trials::Mutation;

/// How much sooner a fetch gives up than the asker who brought it about, so that its verdict is home in time.
const HOMECOMING: Duration = Duration::from_millis(100);
/// How long what could not be renewed is left alone, however often it is asked for.
const RENEWAL_PAUSE: Duration = Duration::from_secs(5);

/// What the cache hears.
#[derive(Debug)]
pub(crate) enum CacheMessage {
    /// Someone asks.
    Lookup { asked: Asked, lane: Lane, asker: Asker },
    /// Someone stopped waiting.
    Left { asker: AskerId },
    /// A look into the store came home; none where it keeps nothing of that name.
    Looked {
        key: Key,
        flight: FlightNumber,
        kept: Option<(Content, Source)>,
    },
    /// A fetch came home.
    Fetched {
        key: Key,
        flight: FlightNumber,
        outcome: Result<(Content, Source), Refusal>,
    },
    /// A judgement came home; none where it failed.
    Judged {
        candidates: Arc<Candidates>,
        mutation: Mutation,
        findings: Option<Arc<Findings>>,
    },
    /// What has this key is wanted up to date, for whoever will ask. Says from where it came; from memory, where it was.
    Freshen {
        key: Key,
        lane: Lane,
        reply: oneshot::Sender<Result<Source, Refusal>>,
    },
    /// Someone has waited for the registry's version as long as it is worth.
    Waited { asker: AskerId },
    /// What matches the glob is to be dropped; says how many entries went.
    Invalidate {
        pattern: String,
        reply: oneshot::Sender<usize>,
    },
    /// Another process on the store told something.
    Heard { news: News },
    /// The registry's version is wanted, whether somebody asks or not.
    LookUpVersion,
    /// Fails on purpose, to show what a failure does.
    #[cfg(test)]
    Crash,
}

/// Where the cache gets what it needs.
#[derive(Clone, Debug)]
pub(crate) struct CacheArguments {
    pub(crate) myself: Address<CacheMessage>,
    pub(crate) fetchers: Address<FetchersMessage>,
    pub(crate) memory: Arc<Mutex<Memory>>,
    pub(crate) counters: Arc<Counters>,
    /// Fetches under way or queued, for the report.
    pub(crate) flights: Arc<AtomicUsize>,
    /// The number of the next flight.
    pub(crate) next_flight: Arc<AtomicU64>,
    /// How many judgements run at once; they are pure computation, so as many as there are cores.
    pub(crate) judges: Arc<Semaphore>,
    pub(crate) store: Store,
    pub(crate) versions: Arc<Versions>,
    pub(crate) fresh_for: Duration,
    pub(crate) question_timeout: Duration,
}

/// What one incarnation keeps. What must outlive it is in [`Memory`].
pub(crate) struct CacheState {
    arguments: CacheArguments,
    /// Each leaves when answered, told to leave, or dropped with the state.
    waiting: HashMap<AskerId, Waiting>,
    /// One for each set or record that is fetched; ends when it comes home.
    flights: HashMap<Key, Flight>,
    /// One for each judgement under way, by the flight that brought its candidates; ends when it comes home, or when
    /// everyone who waits for it has left.
    judgements: HashMap<(FlightNumber, Mutation), Judgement>,
    /// What came home to renew an older set and is judged first; its flight ends when it takes its place.
    landings: HashMap<FlightNumber, Landing>,
    /// The last failure of each renewal; ends with the next success.
    failed_renewals: HashMap<Key, FailedRenewal>,
    /// Hears what other processes dropped; ends with this incarnation.
    _watch: Option<Watch>,
}

/// One who waits, and what they have so far.
struct Waiting {
    asker: Asker,
    asked: Asked,
    parts: Vec<Part>,
    /// The farthest tier that a part came from.
    source: Source,
    /// Whether they wait for the registry's version, have waited, or had no need to.
    version: VersionWait,
    /// In whose lane their fetches stand.
    lane: Lane,
    /// Open until they are answered.
    span: Span,
    since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VersionWait {
    NotYet,
    Waiting,
    Over,
}

/// A fetch under way or queued, or the look into the store before it.
struct Flight {
    number: FlightNumber,
    /// None while it is looked for in the store.
    receipt: Option<Receipt>,
    lane: Lane,
    since: Instant,
    /// The span of the question that brought it about.
    span: Span,
    /// Those who wait for it. A renewal may have none.
    askers: HashSet<AskerId>,
    /// Those who want it fresh, and with it are told so.
    wishes: Vec<Wish>,
    /// Whether it goes on when nobody waits.
    is_renewal: bool,
}

/// One who wants something fresh.
struct Wish {
    lane: Lane,
    reply: oneshot::Sender<Result<Source, Refusal>>,
}

/// For whom a flight takes off.
enum Sake {
    /// They wait for it.
    Asker(AskerId),
    /// They want it fresh.
    Wish(Wish),
    /// An older answer was given, and is renewed behind.
    Renewal,
}

struct FailedRenewal {
    at: Instant,
    refusal: Refusal,
}

/// Looks after candidate sets, flights and those who wait.
#[derive(Debug)]
pub(crate) struct CacheActor;

impl Actor for CacheActor {
    type Msg = CacheMessage;
    type State = CacheState;
    type Arguments = CacheArguments;

    async fn pre_start(
        &self,
        _: ActorRef<CacheMessage>,
        arguments: CacheArguments,
    ) -> Result<CacheState, ActorProcessingErr> {
        arguments.flights.store(0, Ordering::Relaxed);
        let watch = arguments.store.watch(arguments.myself.clone());
        Ok(CacheState {
            arguments,
            _watch: watch,
            waiting: HashMap::new(),
            flights: HashMap::new(),
            judgements: HashMap::new(),
            landings: HashMap::new(),
            failed_renewals: HashMap::new(),
        })
    }

    async fn handle(
        &self,
        _: ActorRef<CacheMessage>,
        message: CacheMessage,
        state: &mut CacheState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            CacheMessage::Lookup { asked, lane, asker } => state.lookup(asked, lane, asker),
            CacheMessage::Left { asker } => state.left(asker),
            CacheMessage::Looked { key, flight, kept } => state.looked(key, flight, kept),
            CacheMessage::Fetched { key, flight, outcome } => state.fetched(key, flight, outcome),
            CacheMessage::Judged {
                candidates,
                mutation,
                findings,
            } => state.judged(&candidates, mutation, findings),
            CacheMessage::Freshen { key, lane, reply } => state.freshen(key, Wish { lane, reply }),
            CacheMessage::Waited { asker } => state.waited_for_version(asker),
            CacheMessage::Invalidate { pattern, reply } => state.invalidate_everywhere(pattern, reply),
            CacheMessage::Heard {
                news: News::Dropped { pattern },
            } => {
                state.invalidate(&pattern);
            }
            CacheMessage::LookUpVersion => state.look_up_version(),
            #[cfg(test)]
            CacheMessage::Crash => panic!("asked to"),
        }
        state.arguments.flights.store(state.flights.len(), Ordering::Relaxed);
        Ok(())
    }
}

impl CacheState {
    /// Answers from memory, or has the asker wait for what is missing.
    fn lookup(&mut self, asked: Asked, lane: Lane, asker: Asker) {
        if asker.is_gone() {
            return;
        }
        let span = tracing::info_span!("cache", outcome = tracing::field::Empty);
        let mut waiting = Waiting {
            asker,
            asked,
            parts: Vec::new(),
            lane,
            source: Source::Memory,
            version: VersionWait::NotYet,
            span,
            since: Instant::now(),
        };
        let (mut missing, mut joined) = (0, 0);
        for key in waiting.asked.keys() {
            let held = self.held(&key);
            let ready = if let Some(held) = held {
                self.ready_or_begun(&held, &waiting.asked, waiting.asker.id(), &waiting.span)
            } else {
                missing += 1;
                joined += usize::from(self.board(key, lane, waiting.asker.id(), &waiting.span));
                None
            };
            waiting.parts.push(Part { key, ready });
        }
        let outcome = match (missing, joined) {
            (0, _) => "hit",
            (missing, joined) if missing == joined => "joined",
            _ => "miss",
        };
        waiting.span.record("outcome", outcome);
        // Warming is no question, and the counts are of questions.
        if lane == Lane::People {
            self.arguments.counters.joined.add(u64::from(outcome == "joined"));
        }
        self.answer_or_keep(waiting);
    }

    /// Forgets one who stopped waiting, and what nobody else wants: queued fetches, judgements not begun.
    fn left(&mut self, asker: AskerId) {
        let Some(waiting) = self.waiting.remove(&asker) else {
            return;
        };
        for part in &waiting.parts {
            let Some(flight) = self.flights.get_mut(&part.key) else {
                continue;
            };
            flight.askers.remove(&asker);
            // A look into the store is short and comes home by itself.
            let is_withdrawn = || flight.receipt.as_ref().is_some_and(Receipt::withdraw);
            if flight.askers.is_empty() && flight.wishes.is_empty() && !flight.is_renewal && is_withdrawn() {
                self.flights.remove(&part.key);
            }
        }
        self.judgements.retain(|_, judgement| {
            judgement.askers.retain(|&id| id != asker);
            let is_wanted = !judgement.askers.is_empty();
            judgement.is_wanted.store(is_wanted, Ordering::Relaxed);
            is_wanted
        });
    }

    /// Keeps what the store had for those who wait, or has it fetched.
    fn looked(&mut self, key: Key, number: FlightNumber, kept: Option<(Content, Source)>) {
        let Some(flight) = self.flights.get_mut(&key).filter(|flight| flight.number == number) else {
            return;
        };
        match kept {
            // Stale or not, they are answered with it, and then it is renewed.
            Some(found) => self.fetched(key, number, Ok(found)),
            None if flight.askers.is_empty() && flight.wishes.is_empty() => {
                self.flights.remove(&key);
            }
            None => {
                let (lane, since, span) = (flight.lane, flight.since, flight.span.clone());
                let receipt = self.order(key, number, lane, flight_deadline(since, &self.arguments), &span);
                if let Some(flight) = self.flights.get_mut(&key) {
                    flight.receipt = Some(receipt);
                }
            }
        }
    }

    /// Takes what was fetched, or tells those who wait what went wrong.
    fn fetched(&mut self, key: Key, number: FlightNumber, outcome: Result<(Content, Source), Refusal>) {
        if let Ok((Content::Candidates(candidates), source)) = &outcome
            && self.flights.get(&key).is_some_and(|flight| flight.number == number)
            && self.is_judged_first(candidates, *source)
        {
            return;
        }
        self.landed(key, number, outcome, Vec::new());
    }

    /// Keeps what was fetched, with what was judged from it already, and has it judged for those who wait.
    fn landed(
        &mut self,
        key: Key,
        number: FlightNumber,
        outcome: Result<(Content, Source), Refusal>,
        judged: Vec<(Mutation, Arc<Findings>)>,
    ) {
        // What an earlier incarnation ordered, or was invalidated on its way, nobody waits for.
        if self.flights.get(&key).is_none_or(|flight| flight.number != number) {
            return;
        }
        let Some(flight) = self.flights.remove(&key) else {
            return;
        };
        if key == Key::Version {
            return self.version_came_home();
        }
        match outcome {
            Ok((content, source)) => {
                self.failed_renewals.remove(&key);
                // What another process saw of the version counts as if we had.
                if let Some(under) = content.vintage().and_then(|vintage| vintage.under.clone()) {
                    self.arguments.versions.saw(under);
                }
                let held = match content {
                    Content::Candidates(candidates) => {
                        let mut memory = self.memory();
                        let candidates = memory.insert(candidates);
                        for (mutation, findings) in judged {
                            memory.insert_findings(&candidates, &mutation, findings);
                        }
                        drop(memory);
                        Held::Candidates(candidates)
                    }
                    Content::Record(record) => Held::Record(self.memory().insert_record(record)),
                    Content::Version => return,
                };
                for id in flight.askers {
                    let Some(waiting) = self.waiting.get_mut(&id) else {
                        continue;
                    };
                    waiting.source = waiting.source.max(source);
                    let (asked, span) = (waiting.asked.clone(), waiting.span.clone());
                    // One of many with the same mutation begins the judgement; the others join it.
                    if let Some(ready) = self.ready_or_begun(&held, &asked, id, &span) {
                        self.give(id, ready);
                    }
                }
                for wish in flight.wishes {
                    // What the store had may be older than it should be.
                    if source == Source::Registry || self.is_fresh(&key) {
                        wish.come_true(Ok(source));
                    } else {
                        self.freshen(key, wish);
                    }
                }
            }
            Err(refusal) => self.not_fetched(key, flight, &refusal),
        }
    }

    /// Tells those who wait what went wrong, and remembers it for the older answer, if there is one.
    fn not_fetched(&mut self, key: Key, flight: Flight, refusal: &Refusal) {
        if self.memory().holds(&key) {
            tracing::warn!(set = %key, %refusal, "renewing failed; the older answer is kept");
            let failed = FailedRenewal {
                at: Instant::now(),
                refusal: refusal.clone(),
            };
            self.failed_renewals.insert(key, failed);
        }
        for wish in flight.wishes {
            wish.come_true(Err(refusal.clone()));
        }
        let ran_out_of_time = matches!(refusal, Refusal::TimedOut { .. } | Refusal::Rationed { .. });
        for id in flight.askers {
            let Some(waiting) = self.waiting.get(&id) else { continue };
            if ran_out_of_time && waiting.since > flight.since {
                // The time that ran out was not theirs: they came later, and have some left.
                let (lane, span) = (waiting.lane, waiting.span.clone());
                self.board(key, lane, id, &span);
            } else if let Some(waiting) = self.waiting.remove(&id) {
                waiting.asker.answer(Err(refusal.clone()));
            }
        }
    }

    /// Keeps what was judged and gives it to those who wait.
    fn judged(&mut self, candidates: &Arc<Candidates>, mutation: Mutation, findings: Option<Arc<Findings>>) {
        let Some((mutation, findings)) = self.judged_first(candidates, mutation, findings) else {
            return;
        };
        let judgement = self.judgements.remove(&(candidates.flight, mutation.clone()));
        if let Some(findings) = &findings {
            self.memory()
                .insert_findings(candidates, &mutation, Arc::clone(findings));
        }
        for id in judgement.map(|judgement| judgement.askers).unwrap_or_default() {
            match &findings {
                Some(findings) => {
                    let judged = JudgedSet {
                        candidates: Arc::clone(candidates),
                        findings: Arc::clone(findings),
                    };
                    self.give(id, Ready::Judged(judged));
                }
                None => {
                    if let Some(waiting) = self.waiting.remove(&id) {
                        waiting.asker.answer(Err(Refusal::Interrupted));
                    }
                }
            }
        }
    }

    /// What memory holds of that name.
    fn held(&self, key: &Key) -> Option<Held> {
        match key {
            Key::Candidates(set) => self.memory().candidates(set).map(Held::Candidates),
            Key::Trial(nct_id) => self.memory().record(*nct_id).map(Held::Record),
            Key::Version => None,
        }
    }

    /// What is held, made ready for what was asked; none where the asker has to wait for a judgement.
    fn ready_or_begun(&mut self, held: &Held, asked: &Asked, asker: AskerId, span: &Span) -> Option<Ready> {
        match (held, asked) {
            (Held::Candidates(candidates), Asked::Trials { mutation, .. }) => self
                .judged_or_begun(candidates, mutation, asker, span)
                .map(Ready::Judged),
            (Held::Record(record), Asked::Record(_)) => Some(Ready::Record(Arc::clone(record))),
            // Each waits for its own keys.
            _ => None,
        }
    }

    /// What is judged already, or else has the asker wait for a judgement.
    fn judged_or_begun(
        &mut self,
        candidates: &Arc<Candidates>,
        mutation: &Mutation,
        asker: AskerId,
        span: &Span,
    ) -> Option<JudgedSet> {
        if let Some(findings) = self.memory().findings(&candidates.key, mutation) {
            return Some(JudgedSet {
                candidates: Arc::clone(candidates),
                findings,
            });
        }
        match self.judgements.entry((candidates.flight, mutation.clone())) {
            Entry::Occupied(mut judgement) => judgement.get_mut().askers.push(asker),
            Entry::Vacant(place) => {
                let is_wanted = Arc::new(AtomicBool::new(true));
                place.insert(Judgement {
                    askers: vec![asker],
                    is_wanted: Arc::clone(&is_wanted),
                });
                judgement::begin(
                    &self.arguments,
                    Arc::clone(candidates),
                    mutation.clone(),
                    is_wanted,
                    span,
                );
            }
        }
        None
    }

    /// Gives a part to one who waits, and answers them if it was the last.
    fn give(&mut self, id: AskerId, ready: Ready) {
        let Some(mut waiting) = self.waiting.remove(&id) else {
            return;
        };
        let key = ready.key();
        if let Some(part) = waiting.parts.iter_mut().find(|part| part.key == key) {
            part.ready = Some(ready);
        }
        self.answer_or_keep(waiting);
    }

    /// Has an asker wait for a set or record, on a flight that is under way or on a new one. Says whether they joined.
    fn board(&mut self, key: Key, lane: Lane, asker: AskerId, span: &Span) -> bool {
        if let Some(flight) = self.flights.get_mut(&key) {
            flight.askers.insert(asker);
            flight.lane = flight.lane.min(lane);
            if let Some(receipt) = &flight.receipt {
                receipt.promote(&self.arguments.fetchers, lane);
            }
            return true;
        }
        self.take_off(key, lane, Sake::Asker(asker), span);
        false
    }

    /// Has it fetched anew behind, unless it is already or has just failed.
    fn renew(&mut self, key: Key) {
        let failed_just_now = self
            .failed_renewals
            .get(&key)
            .is_some_and(|failed| Instant::now().saturating_duration_since(failed.at) < RENEWAL_PAUSE);
        if !self.flights.contains_key(&key) && !failed_just_now {
            // A trace of its own: the question that noticed it does not wait for it.
            self.take_off(key, Lane::Renewal, Sake::Renewal, &Span::none());
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.arguments.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wish {
    fn come_true(self, outcome: Result<Source, Refusal>) {
        // One who no longer listens has still had it done.
        let _ = self.reply.send(outcome);
    }
}
