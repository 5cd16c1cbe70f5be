//! The cache: what is known of each subject, and one flight for what isn't.
//!
//! # The bargain
//!
//! However many ask, one fetch is under way for a candidate set or a record, and one judgement for a mutation in a set. Whoever joins
//! waits with the others until their own deadline. An older answer is served at once and said to be stale, while it
//! is renewed behind; a failed renewal keeps it. Errors are told to those who wait and kept nowhere.
//!
//! # What this actor never does
//!
//! It waits on nothing: fetching is the fetchers', judging is a task's, and both *always* come home ([`Homing`]).
//! Spelling, filters and paging never reach it: it knows mutations by their canonical value.

mod judgement;
pub(crate) mod memory;
mod part;

use crate::address::Address;
use crate::asker::{Asker, AskerId};
use crate::candidates::{Candidates, Findings, FlightNumber};
use crate::fetchers::FetchersMessage;
use crate::fetchers::order::{Lane, Order, Receipt, Work};
use crate::homing::Homing;
use crate::key::{Asked, Content, Key, sets};
use crate::metrics::Counters;
use crate::refusal::Refusal;
use crate::verdicts::{JudgedSet, Provenance, Source};
use judgement::Judgement;
use memory::Memory;
use part::{Held, Part, Ready, found};
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
use trials::question::Reach;
use wildmatch::WildMatch;

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
    /// A fetch came home.
    Fetched {
        key: Key,
        flight: FlightNumber,
        outcome: Result<Content, Refusal>,
    },
    /// A judgement came home; none where it failed.
    Judged {
        candidates: Arc<Candidates>,
        mutation: Mutation,
        findings: Option<Arc<Findings>>,
    },
    /// What matches the glob is to be dropped; says how many entries went.
    Invalidate {
        pattern: String,
        reply: oneshot::Sender<usize>,
    },
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
    /// The last failure of each renewal; ends with the next success.
    failed_renewals: HashMap<Key, FailedRenewal>,
}

/// One who waits, and what they have so far.
struct Waiting {
    asker: Asker,
    asked: Asked,
    parts: Vec<Part>,
    /// Whether any part had to be fetched.
    source: Source,
    /// In whose lane their fetches stand.
    lane: Lane,
    /// Open until they are answered.
    span: Span,
    since: Instant,
}

/// A fetch under way or queued.
struct Flight {
    number: FlightNumber,
    receipt: Receipt,
    since: Instant,
    /// Those who wait for it. A renewal may have none.
    askers: HashSet<AskerId>,
    /// Whether it goes on when nobody waits.
    is_renewal: bool,
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
        Ok(CacheState {
            arguments,
            waiting: HashMap::new(),
            flights: HashMap::new(),
            judgements: HashMap::new(),
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
            CacheMessage::Fetched { key, flight, outcome } => state.fetched(key, flight, outcome),
            CacheMessage::Judged {
                candidates,
                mutation,
                findings,
            } => state.judged(&candidates, mutation, findings),
            CacheMessage::Invalidate { pattern, reply } => {
                // One who no longer listens has still had it done.
                let _ = reply.send(state.invalidate(&pattern));
            }
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
        let (source, since) = (Source::Memory, Instant::now());
        let mut waiting = Waiting {
            asker,
            asked,
            parts: Vec::new(),
            lane,
            source,
            span,
            since,
        };
        let (mut missing, mut joined) = (0, 0);
        for key in waiting.asked.keys() {
            let held = self.held(&key);
            let ready = if let Some(held) = held {
                if self.is_stale(held.fetched_at()) {
                    self.renew(key);
                }
                self.ready_or_begun(&held, &waiting.asked, waiting.asker.id(), &waiting.span)
            } else {
                missing += 1;
                joined += usize::from(self.board(key, lane, waiting.asker.id(), &waiting.span));
                waiting.source = Source::Registry;
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
            let counters = &self.arguments.counters;
            let counter = if missing == 0 { &counters.hits } else { &counters.misses };
            counter.increment();
            counters.joined.add(u64::from(outcome == "joined"));
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
            if flight.askers.is_empty() && !flight.is_renewal && flight.receipt.withdraw() {
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

    /// Keeps what was fetched and has it judged for those who wait, or tells them what went wrong.
    fn fetched(&mut self, key: Key, number: FlightNumber, outcome: Result<Content, Refusal>) {
        // What an earlier incarnation ordered, or was invalidated on its way, nobody waits for.
        if self.flights.get(&key).is_none_or(|flight| flight.number != number) {
            return;
        }
        let Some(flight) = self.flights.remove(&key) else {
            return;
        };
        match outcome {
            Ok(content) => {
                self.failed_renewals.remove(&key);
                let held = match content {
                    Content::Candidates(candidates) => Held::Candidates(self.memory().insert(candidates)),
                    Content::Record(record) => Held::Record(self.memory().insert_record(*record)),
                };
                for id in flight.askers {
                    let Some(waiting) = self.waiting.get(&id) else { continue };
                    let (asked, span) = (waiting.asked.clone(), waiting.span.clone());
                    // One of many with the same mutation begins the judgement; the others join it.
                    if let Some(ready) = self.ready_or_begun(&held, &asked, id, &span) {
                        self.give(id, ready);
                    }
                }
            }
            Err(refusal) => self.not_fetched(key, &flight, &refusal),
        }
    }

    /// Tells those who wait what went wrong, and remembers it for the older answer, if there is one.
    fn not_fetched(&mut self, key: Key, flight: &Flight, refusal: &Refusal) {
        if self.memory().holds(&key) {
            tracing::warn!(set = %key, %refusal, "renewing failed; the older answer is kept");
            let failed = FailedRenewal {
                at: Instant::now(),
                refusal: refusal.clone(),
            };
            self.failed_renewals.insert(key, failed);
        }
        let ran_out_of_time = matches!(refusal, Refusal::TimedOut { .. } | Refusal::Rationed { .. });
        for &id in &flight.askers {
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

    /// Drops every entry whose key matches, and the candidates that a matching mutation was judged from. What is on its
    /// way for them is asked for anew.
    fn invalidate(&mut self, pattern: &str) -> usize {
        let mut doomed: HashSet<Key> = HashSet::new();
        // A mutation named in full drops its candidates also where its own findings have gone for room before.
        if let Some(mutation) = pattern
            .strip_prefix("mutation:")
            .and_then(|name| Mutation::read(name).ok())
        {
            doomed.extend(sets(&mutation, Reach::All).map(Key::Candidates));
        }
        let pattern = WildMatch::new(pattern);
        let is_meant = |key: &Key| pattern.matches(&key.to_string());
        let means = |mutation: &Mutation| pattern.matches(&format!("mutation:{mutation}"));
        {
            let memory = self.memory();
            doomed.extend(memory.keys().filter(is_meant));
            doomed.extend(
                memory
                    .judged()
                    .filter(|(mutation, _)| means(mutation))
                    .map(|(_, key)| Key::Candidates(key)),
            );
        }
        doomed.extend(self.flights.keys().filter(|key| is_meant(key)));
        for key in &doomed {
            if let Some(flight) = self.flights.remove(key) {
                flight.receipt.withdraw();
                for id in flight.askers {
                    let Some(waiting) = self.waiting.get(&id) else { continue };
                    let (lane, span) = (waiting.lane, waiting.span.clone());
                    self.board(*key, lane, id, &span);
                }
            }
        }
        let mut memory = self.memory();
        doomed.iter().map(|key| memory.remove(key)).sum()
    }

    /// What memory holds of that name.
    fn held(&self, key: &Key) -> Option<Held> {
        match key {
            Key::Candidates(set) => self.memory().candidates(set).map(Held::Candidates),
            Key::Trial(nct_id) => self.memory().record(*nct_id).map(Held::Record),
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

    fn answer_or_keep(&mut self, waiting: Waiting) {
        let parts: Option<Vec<Ready>> = waiting.parts.iter().map(|part| part.ready.clone()).collect();
        match parts {
            Some(parts) => {
                let provenance = self.provenance(&parts, waiting.source);
                if provenance.stale {
                    self.arguments.counters.stale.increment();
                }
                waiting.asker.answer(Ok(found(provenance, parts)));
            }
            None => {
                self.waiting.insert(waiting.asker.id(), waiting);
            }
        }
    }

    fn provenance(&self, parts: &[Ready], source: Source) -> Provenance {
        let now = Instant::now();
        let age = |part: &Ready| now.saturating_duration_since(part.fetched_at());
        let stale = parts.iter().find(|part| self.is_stale(part.fetched_at()));
        let reason = stale.map(|part| match self.failed_renewals.get(&part.key()) {
            Some(failed) => {
                let ago = now.saturating_duration_since(failed.at).as_secs();
                format!("renewing it failed {ago} s ago: {}", failed.refusal)
            }
            None => format!(
                "older than {} s (CACHE_TTL); asked again in a moment, it may have been renewed",
                self.arguments.fresh_for.as_secs()
            ),
        });
        let queries: Vec<String> = parts.iter().map(Ready::query).collect();
        Provenance {
            source,
            age: parts.iter().map(age).max().unwrap_or_default(),
            stale: stale.is_some(),
            reason,
            registry_version: None,
            version_checked: None,
            query: queries.join(" | "),
        }
    }

    fn is_stale(&self, fetched_at: Instant) -> bool {
        Instant::now().saturating_duration_since(fetched_at) >= self.arguments.fresh_for
    }

    /// Has an asker wait for a set or record, on a flight that is under way or on a new one. Says whether they joined.
    fn board(&mut self, key: Key, lane: Lane, asker: AskerId, span: &Span) -> bool {
        if let Some(flight) = self.flights.get_mut(&key) {
            flight.askers.insert(asker);
            flight.receipt.promote(&self.arguments.fetchers, lane);
            return true;
        }
        self.take_off(key, lane, Some(asker), span);
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
            self.take_off(key, Lane::Renewal, None, &Span::none());
        }
    }

    /// Has it fetched. A flight has a deadline of its own, whatever that of the asker who brought it about.
    fn take_off(&mut self, key: Key, lane: Lane, asker: Option<AskerId>, span: &Span) {
        let since = Instant::now();
        let deadline = since + self.arguments.question_timeout.saturating_sub(HOMECOMING);
        let number = FlightNumber(self.arguments.next_flight.fetch_add(1, Ordering::Relaxed));
        let failure = CacheMessage::Fetched {
            key,
            flight: number,
            outcome: Err(Refusal::Interrupted),
        };
        let homing = Homing::new(&self.arguments.myself, failure);
        let work = Work {
            key,
            flight: number,
            deadline,
            homing,
            span: span.clone(),
        };
        let receipt = Order::place(&self.arguments.fetchers, lane, work);
        let is_renewal = asker.is_none();
        let flight = Flight {
            number,
            receipt,
            since,
            askers: asker.into_iter().collect(),
            is_renewal,
        };
        self.flights.insert(key, flight);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.arguments.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
