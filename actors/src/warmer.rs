//! The warmer: asks for what will be asked, so that people find it warm.
//!
//! # When
//!
//! What someone orders is warmed in any process. Where warming is on, one process on a store also warms by itself:
//!
//! | why | what |
//! | --- | --- |
//! | it starts, or takes over | what trends, then what is common |
//! | the registry renewed its data | what trends, what is common, then whatever else is held and now stale, before anyone asks |
//! | every [`ROUND_EVERY`] | what trends or is common and isn't held |
//!
//! It has the registry's version looked up whenever it is no longer trusted, so that a change is noticed unasked.
//!
//! # The bargain
//!
//! It asks in the lanes that give way to everyone: the rate budget is drawn on only while half of its burst is left. While
//! people ask it does one thing at a time.
//! What is fresh costs nothing and is skipped. It leads by a lease: if it dies, another process takes over when that
//! runs out. The others go on renewing what they are asked for, and find in the store what the leader brought.
//!
//! # When it falls
//!
//! Counts, what was ordered, and what it did are in [`Trend`] and [`Log`], which outlive it. Its round is lost, and the
//! next incarnation begins one anew: that asks for nothing that is fresh by then.

mod beside;
mod common;
mod lead;
pub(crate) mod log;
mod plan;

use crate::address::Address;
use crate::asker::Asker;
use crate::cache::CacheMessage;
use crate::cache::memory::Memory;
use crate::fetchers::order::Lane;
use crate::front::Door;
use crate::key::{Asked, Key};
use crate::refusal::Refusal;
use crate::report::{WarmReport, WarmingCause};
use crate::store::Store;
use crate::store::lease::Taken;
use crate::trend::{SAVED_EVERY, Trend};
use crate::verdicts::Source;
use crate::version::Versions;
use beside::People;
use futures::future::join_all;
use lead::Lead;
use log::{Ending, Log};
use plan::Errand;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use rand::Rng;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use trials::Mutation;
use trials::question::Reach;

pub(crate) use lead::LEAD;
#[cfg(test)]
pub(crate) use lead::LEAD_FOR;

/// Errands that wait; what is ordered beyond that is refused, what is planned is left out.
const QUEUE_MAX: usize = 1024;
/// How often the warmer looks whether something is due.
const TICK: Duration = Duration::from_millis(250);
/// How often it looks whether something that trends or is common isn't held, give or take a quarter.
const ROUND_EVERY: Duration = Duration::from_secs(60);
/// How long no such look is taken where there was no room for what was missing.
const ROUND_WHEN_FULL: Duration = Duration::from_secs(3600);
/// By how much a look at the registry's version may be late, so that processes don't look all at once.
const LATE_MAX: Duration = Duration::from_secs(1);
/// How soon the version is looked up again where that failed.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// The longest that errands rest where the budget has nothing to spare or the registry is left alone.
const REST_MAX: Duration = Duration::from_secs(5);
/// How long a round waits for what other processes counted, before it goes by what is known here.
const TREND_PATIENCE: Duration = Duration::from_secs(1);

/// What the warmer hears.
#[derive(Debug)]
pub(crate) enum WarmerMessage {
    /// Someone wants these mutations warm, or the common ones, and a report by then.
    Warm {
        mutations: Option<Vec<Mutation>>,
        until: Instant,
        reply: oneshot::Sender<WarmReport>,
    },
    /// An errand is done.
    Done {
        errand: u64,
        outcome: Result<Source, Refusal>,
    },
    /// An attempt to lead came home.
    Led(Taken),
    /// Counts went to the store, and may have been read from it.
    Exchanged { are_read: bool },
    /// Time to look.
    Tick,
    /// Fails on purpose, to show what a failure does.
    #[cfg(test)]
    Crash,
}

/// Where the warmer gets what it needs.
#[derive(Clone, Debug)]
pub(crate) struct WarmerArguments {
    pub(crate) myself: Address<WarmerMessage>,
    pub(crate) cache: Address<CacheMessage>,
    pub(crate) door: Arc<Door>,
    /// Read, never written: to know what is held and how old it is.
    pub(crate) memory: Arc<Mutex<Memory>>,
    pub(crate) store: Store,
    pub(crate) versions: Arc<Versions>,
    pub(crate) trend: Arc<Trend>,
    pub(crate) log: Arc<Mutex<Log>>,
    pub(crate) question_timeout: Duration,
    pub(crate) fresh_for: Duration,
    /// Whether it warms by itself, or only what is ordered.
    pub(crate) is_on: bool,
}

/// What one incarnation keeps.
pub(crate) struct WarmerState {
    arguments: WarmerArguments,
    lead: Lead,
    /// What waits, the most wanted first. What someone ordered goes before what is planned.
    queue: VecDeque<Errand>,
    /// What is being asked for, by its number; each comes home as `Done`.
    under_way: HashMap<u64, Errand>,
    next_errand: u64,
    people: People,
    /// Nothing is begun before.
    rests_until: Option<Instant>,
    /// A round that is to begin.
    due: Option<WarmingCause>,
    /// Whether counts are on their way to the store; they come home as `Exchanged`.
    is_exchanging: bool,
    save_at: Instant,
    round_at: Instant,
    /// What had gone from memory for room when the round began.
    evictions: u64,
    /// The sighting of the registry's version that the next look follows, and when that is due.
    look: (Option<Instant>, Instant),
    /// Those who wait for a report; each ends when all of its own is done, or its time is up.
    reports: Vec<DueReport>,
}

struct DueReport {
    until: Instant,
    left: HashSet<Mutation>,
    report: WarmReport,
    reply: oneshot::Sender<WarmReport>,
}

/// Asks for what will be asked.
#[derive(Debug)]
pub(crate) struct WarmerActor;

impl Actor for WarmerActor {
    type Msg = WarmerMessage;
    type State = WarmerState;
    type Arguments = WarmerArguments;

    async fn pre_start(
        &self,
        myself: ActorRef<WarmerMessage>,
        arguments: WarmerArguments,
    ) -> Result<WarmerState, ActorProcessingErr> {
        myself.send_interval(TICK, || WarmerMessage::Tick);
        let now = Instant::now();
        let mut state = WarmerState {
            lead: Lead::new(),
            queue: VecDeque::new(),
            under_way: HashMap::new(),
            next_errand: 0,
            people: People::default(),
            rests_until: None,
            due: None,
            is_exchanging: false,
            save_at: now + SAVED_EVERY,
            round_at: now,
            evictions: 0,
            look: (None, now),
            reports: Vec::new(),
            arguments,
        };
        state.take_up_what_was_ordered();
        // At once, not with the first tick: what is warmed from the start is to be warm soon.
        state.look_after_what_is_due();
        Ok(state)
    }

    async fn handle(
        &self,
        _: ActorRef<WarmerMessage>,
        message: WarmerMessage,
        state: &mut WarmerState,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            WarmerMessage::Warm {
                mutations,
                until,
                reply,
            } => state.ordered(mutations, until, reply),
            WarmerMessage::Done { errand, outcome } => state.done(errand, outcome),
            WarmerMessage::Led(taken) => state.led(taken),
            WarmerMessage::Exchanged { are_read } => state.exchanged(are_read),
            WarmerMessage::Tick => state.look_after_what_is_due(),
            #[cfg(test)]
            WarmerMessage::Crash => panic!("asked to"),
        }
        state.begin();
        state.hand_in_due_reports();
        let left = state.queue.len() + state.under_way.len();
        state.log().left = left;
        Ok(())
    }
}

impl WarmerState {
    fn ordered(&mut self, mutations: Option<Vec<Mutation>>, until: Instant, reply: oneshot::Sender<WarmReport>) {
        let mut report = WarmReport::default();
        let mut left = HashSet::new();
        let wanted: Vec<Mutation> = mutations.unwrap_or_else(|| common::mutations().collect());
        let mut new = Vec::new();
        for mutation in wanted {
            let is_ordered = |errand: &Errand| errand.ordered.as_ref() == Some(&mutation);
            if !left.insert(mutation.clone()) || self.under_way.values().any(is_ordered) {
                continue;
            }
            let waiting = self.queue.iter().position(is_ordered);
            if let Some(earlier) = waiting.and_then(|position| self.queue.remove(position)) {
                self.ended(&earlier, Ending::LeftOut);
            }
            if self.queue.len() + new.len() < QUEUE_MAX {
                new.push(mutation);
            } else {
                left.remove(&mutation);
                report.failed.push((mutation.to_string(), Refusal::Shed));
            }
        }
        self.queue_ordered(new);
        self.reports.push(DueReport {
            until,
            left,
            report,
            reply,
        });
    }

    /// What someone ordered goes before what is planned, in the order in which they want it.
    fn queue_ordered(&mut self, mutations: Vec<Mutation>) {
        if mutations.is_empty() {
            return;
        }
        let mut log = self.log();
        let round = log.begin(WarmingCause::Ordered, mutations.len());
        log.ordered.extend(mutations.iter().cloned());
        drop(log);
        for mutation in mutations.into_iter().rev() {
            self.queue.push_front(Errand::ordered(mutation, round));
        }
    }

    /// What was ordered of an incarnation that fell.
    fn take_up_what_was_ordered(&mut self) {
        let mut log = self.log();
        log.cut_short();
        log.is_leader = false;
        let ordered = std::mem::take(&mut log.ordered);
        drop(log);
        self.queue_ordered(ordered);
    }

    fn done(&mut self, number: u64, outcome: Result<Source, Refusal>) {
        // An errand of an earlier incarnation is nobody's.
        let Some(errand) = self.under_way.remove(&number) else {
            return;
        };
        if let Some(rest) = self.rest_after(&errand, &outcome) {
            self.rests_until = Some(Instant::now() + rest);
            self.queue.push_front(errand);
            return;
        }
        let ending = match &outcome {
            Ok(Source::Memory) => Ending::WasWarm,
            Ok(_) => Ending::Warmed,
            Err(refusal) => Ending::Failed {
                cause: refusal.to_string(),
            },
        };
        self.ended(&errand, ending);
        let Some(mutation) = errand.ordered else { return };
        for due in self.reports.iter_mut().filter(|due| due.left.contains(&mutation)) {
            due.left.remove(&mutation);
            let name = mutation.to_string();
            match &outcome {
                Ok(Source::Memory) => due.report.skipped.push(name),
                Ok(_) => due.report.warmed.push(name),
                Err(refusal) => due.report.failed.push((name, refusal.clone())),
            }
        }
    }

    /// How long to rest before an errand is tried again; none where it is done or failed. To have nothing to spare for
    /// warming is no failure: it waits.
    fn rest_after(&self, errand: &Errand, outcome: &Result<Source, Refusal>) -> Option<Duration> {
        let rest = match outcome {
            Err(Refusal::Rationed { retry_in }) => *retry_in,
            Err(Refusal::Interrupted) => TICK,
            // Who ordered it is told.
            Err(Refusal::BreakerOpen { retry_in, .. }) if errand.ordered.is_none() => *retry_in,
            // Its turn did not come while people used up the budget; the registry itself said nothing.
            Err(Refusal::TimedOut { last: None, .. }) if errand.ordered.is_none() => TICK,
            _ => return None,
        };
        Some(rest.clamp(TICK, REST_MAX))
    }

    fn ended(&self, errand: &Errand, ending: Ending) {
        let mut log = self.log();
        log.ended(errand.round, &errand.name(), ending);
        if let Some(mutation) = &errand.ordered
            && let Some(position) = log.ordered.iter().position(|ordered| ordered == mutation)
        {
            log.ordered.swap_remove(position);
        }
    }

    fn begin(&mut self) {
        if self.arguments.door.is_draining() {
            self.queue.clear();
        }
        if self.rests_until.is_some_and(|until| Instant::now() < until) {
            return;
        }
        while self.under_way.len() < self.people.errands_beside(&self.arguments.door) {
            let Some(errand) = self.queue.pop_front() else { return };
            if !self.is_worth_it(&errand) {
                self.ended(&errand, Ending::LeftOut);
                // What found no room would find none in a minute, either.
                self.round_at = Instant::now() + ROUND_WHEN_FULL;
                continue;
            }
            let number = self.next_errand;
            self.next_errand += 1;
            run(&self.arguments, number, errand.clone());
            self.under_way.insert(number, errand);
        }
    }

    /// What is only renewed because it is held must be held still. What isn't held must not drive out what is, unless
    /// the registry renewed its data and there is a store that keeps it.
    fn is_worth_it(&self, errand: &Errand) -> bool {
        let memory = self.memory();
        let is_held = || errand.keys.iter().any(|key| memory.holds(key));
        if errand.is_merely_held {
            return is_held();
        }
        let is_kept = errand.lane == Lane::Renewal && self.arguments.store.is_there();
        let is_full = memory.evictions() > self.evictions;
        errand.ordered.is_some() || is_kept || !is_full || is_held()
    }

    /// Looks whether a round, a look at the registry's version or a visit to the store is due.
    fn look_after_what_is_due(&mut self) {
        let now = Instant::now();
        if self.arguments.door.is_draining() {
            return;
        }
        if self.arguments.is_on {
            self.look_after_the_lead(now);
            self.look_after_the_version(now);
        }
        if now >= self.round_at {
            self.round_at = now + ROUND_EVERY.mul_f64(rand::rng().random_range(0.75..1.25));
            self.save_at = now + SAVED_EVERY;
            if self.is_leading() {
                let mut errands = self.queue.iter().chain(self.under_way.values());
                let is_busy = errands.any(|errand| errand.ordered.is_none());
                self.due = self.due.or((!is_busy).then_some(WarmingCause::Trend));
            } else if self.arguments.is_on || self.arguments.trend.is_unsaved() {
                // For the report, and so that the next who leads knows.
                self.exchange(true);
            }
        }
        if self.due.is_some() {
            self.exchange(true);
        } else if now >= self.save_at {
            self.save_at = now + SAVED_EVERY;
            if self.arguments.trend.is_unsaved() {
                self.exchange(false);
            }
        }
    }

    /// Has the version looked up when it is no longer trusted, whether somebody asks or not, and what is held renewed
    /// when it changed.
    fn look_after_the_version(&mut self, now: Instant) {
        let seen = self.arguments.versions.last();
        let seen_at = seen.as_ref().map(|seen| seen.at);
        if self.look.0 != seen_at {
            let late = LATE_MAX.mul_f64(rand::rng().random());
            let due = seen_at.map_or(now, |at| at + self.arguments.versions.trusted_for() + late);
            self.look = (seen_at, due);
        }
        if now >= self.look.1 {
            self.arguments.cache.post(CacheMessage::LookUpVersion);
            self.look.1 = now + LOOK_AGAIN;
        }
        let mut log = self.log();
        log.next_look = Some(self.look.1);
        let Some(seen) = seen else { return };
        let has_changed = log
            .renewed_under
            .as_ref()
            .is_some_and(|version| *version != seen.version);
        log.renewed_under = Some(seen.version);
        drop(log);
        if has_changed && self.is_leading() {
            self.due = Some(WarmingCause::VersionChanged);
        }
    }

    /// Sends what was counted to the store, and where a round is due reads what all processes counted. One at a time.
    fn exchange(&mut self, reads: bool) {
        if self.is_exchanging {
            return;
        }
        self.is_exchanging = true;
        let (trend, store, myself) = (
            Arc::clone(&self.arguments.trend),
            self.arguments.store.clone(),
            self.arguments.myself.clone(),
        );
        // What came too late for the round is there for the next one.
        let exchanging = tokio::spawn(async move {
            if reads {
                trend.exchange(&store).await;
            } else {
                trend.save(&store).await;
            }
        });
        tokio::spawn(async move {
            let _ = timeout(TREND_PATIENCE, exchanging).await;
            myself.post(WarmerMessage::Exchanged { are_read: reads });
        });
    }

    fn exchanged(&mut self, are_read: bool) {
        self.is_exchanging = false;
        if self.due.is_some() && !are_read {
            return self.exchange(true);
        }
        if let Some(why) = self.due.take()
            && self.is_leading()
        {
            self.begin_round(why);
        }
    }

    /// Plans a round, in place of what is left of the one before.
    fn begin_round(&mut self, why: WarmingCause) {
        self.drop_own_errands();
        let trending = self.arguments.trend.sets();
        let memory = self.memory();
        let (versions, now) = (&self.arguments.versions, Instant::now());
        let is_fresh = |key: &Key| {
            memory.vintage(key).is_some_and(|vintage| {
                let freshness = versions.freshness(vintage, now, self.arguments.fresh_for);
                !freshness.is_stale()
            })
        };
        let lane = match why {
            WarmingCause::VersionChanged => Lane::Renewal,
            _ => Lane::Warming,
        };
        let mut errands = plan::plan(trending, memory.by_use(), is_fresh, lane);
        let evictions = memory.evictions();
        drop(memory);
        self.evictions = evictions;
        errands.truncate(QUEUE_MAX.saturating_sub(self.queue.len()));
        // A look that found all warm is no round to speak of.
        if errands.is_empty() && why == WarmingCause::Trend {
            return;
        }
        let round = self.log().begin(why, errands.len());
        tracing::info!(why = why.as_str(), errands = errands.len(), "warming");
        for errand in &mut errands {
            errand.round = round;
        }
        self.queue.extend(errands);
    }

    /// Forgets what waits and was not ordered.
    fn drop_own_errands(&mut self) {
        let (kept, dropped) = std::mem::take(&mut self.queue)
            .into_iter()
            .partition(|errand: &Errand| errand.ordered.is_some());
        self.queue = kept;
        let dropped: VecDeque<Errand> = dropped;
        for errand in dropped {
            self.ended(&errand, Ending::LeftOut);
        }
    }

    fn hand_in_due_reports(&mut self) {
        let now = Instant::now();
        let (due, waiting) = std::mem::take(&mut self.reports)
            .into_iter()
            .partition(|due: &DueReport| due.left.is_empty() || due.until <= now);
        self.reports = waiting;
        for DueReport {
            left,
            mut report,
            reply,
            ..
        } in due
        {
            report.going_on = left.iter().map(ToString::to_string).collect();
            report.going_on.sort_unstable();
            // One who no longer listens has still had it done.
            let _ = reply.send(report);
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.arguments.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.arguments.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Brings what an errand is about up to date, has it judged, and comes home.
fn run(arguments: &WarmerArguments, number: u64, errand: Errand) {
    let arguments = arguments.clone();
    tokio::spawn(async move {
        let freshened = errand.keys.iter().map(|&key| freshened(&arguments, key, errand.lane));
        let outcomes: Result<Vec<Source>, Refusal> = join_all(freshened).await.into_iter().collect();
        let mut outcome = outcomes.map(|sources| sources.into_iter().max().unwrap_or(Source::Memory));
        for mutation in &errand.judge {
            if outcome.is_ok()
                && let Err(refusal) = judged(&arguments, mutation).await
            {
                outcome = Err(refusal);
            }
        }
        arguments.myself.post(WarmerMessage::Done {
            errand: number,
            outcome,
        });
    });
}

/// Has the cache bring something up to date.
async fn freshened(arguments: &WarmerArguments, key: Key, lane: Lane) -> Result<Source, Refusal> {
    let (reply, replies) = oneshot::channel();
    arguments.cache.post(CacheMessage::Freshen { key, lane, reply });
    // A flight always comes home; the time is for two of them, the second because the store's was out of date.
    let patience = arguments.question_timeout * 2;
    match timeout(patience, replies).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Refusal::Interrupted),
        Err(_) => Err(Refusal::TimedOut {
            after: patience,
            last: None,
        }),
    }
}

/// Asks the cache as a person would, in the lane that gives way, so that a mutation is judged.
async fn judged(arguments: &WarmerArguments, mutation: &Mutation) -> Result<Source, Refusal> {
    let (asker, replies) = Asker::new(&arguments.door);
    let id = asker.id();
    arguments.cache.post(CacheMessage::Lookup {
        asked: Asked::Trials {
            mutation: mutation.clone(),
            reach: Reach::Open,
        },
        lane: Lane::Warming,
        asker,
    });
    match timeout(arguments.question_timeout, replies).await {
        Ok(Ok(reply)) => reply.map(|found| found.provenance().source),
        Ok(Err(_)) => Err(Refusal::Interrupted),
        Err(_) => {
            arguments.cache.post(CacheMessage::Left { asker: id });
            Err(Refusal::TimedOut {
                after: arguments.question_timeout,
                last: None,
            })
        }
    }
}
