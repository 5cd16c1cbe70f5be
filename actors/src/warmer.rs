//! The warmer: asks for what will be asked, so that people find it warm.
//!
//! It asks the cache as a person would, in the lane that gives way to everyone: the rate budget is drawn on only while
//! half of its burst is left. What is warm already costs nothing and is skipped.

mod common;

use crate::address::Address;
use crate::asker::Asker;
use crate::cache::CacheMessage;
use crate::fetchers::order::Lane;
use crate::front::Door;
use crate::key::Asked;
use crate::refusal::Refusal;
use crate::report::WarmReport;
use crate::verdicts::Source;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};
use trials::Mutation;
use trials::question::Reach;

/// Mutations asked for at once: enough to keep a slow registry busy, few enough to give way quickly.
const AT_ONCE_MAX: usize = 4;
/// Mutations that wait to be warmed; those that come later are refused.
const QUEUE_MAX: usize = 1024;
/// How often the warmer looks whether a report is due and whether there is something to begin.
const TICK: Duration = Duration::from_millis(250);

/// What the warmer hears.
#[derive(Debug)]
pub(crate) enum WarmerMessage {
    /// Someone wants these mutations warm, or the common ones, and a report by then.
    Warm {
        mutations: Option<Vec<Mutation>>,
        until: Instant,
        reply: oneshot::Sender<WarmReport>,
    },
    /// One is done.
    Warmed {
        mutation: Mutation,
        outcome: Result<Source, Refusal>,
    },
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
    pub(crate) question_timeout: Duration,
    /// Whether the common mutations are warmed from the start.
    pub(crate) from_start: bool,
    /// Mutations that wait or are being asked for, for the report.
    pub(crate) left: Arc<AtomicUsize>,
}

/// What one incarnation keeps.
pub(crate) struct WarmerState {
    arguments: WarmerArguments,
    /// What waits, the most wanted first. What someone ordered goes before what is merely common.
    queue: VecDeque<Mutation>,
    /// What is being asked for; each comes home as `Warmed`.
    under_way: HashSet<Mutation>,
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
        let queue = if arguments.from_start {
            common::mutations().collect()
        } else {
            VecDeque::new()
        };
        arguments.left.store(queue.len(), Ordering::Relaxed);
        Ok(WarmerState {
            arguments,
            queue,
            under_way: HashSet::new(),
            reports: Vec::new(),
        })
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
            WarmerMessage::Warmed { mutation, outcome } => state.warmed(&mutation, &outcome),
            WarmerMessage::Tick => {}
            #[cfg(test)]
            WarmerMessage::Crash => panic!("asked to"),
        }
        state.begin();
        state.hand_in_due_reports();
        let left = state.queue.len() + state.under_way.len();
        state.arguments.left.store(left, Ordering::Relaxed);
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
            if !left.insert(mutation.clone()) || self.under_way.contains(&mutation) {
                continue;
            }
            self.queue.retain(|queued| *queued != mutation);
            if self.queue.len() + new.len() < QUEUE_MAX {
                new.push(mutation);
            } else {
                left.remove(&mutation);
                report.failed.push((mutation.to_string(), Refusal::Shed));
            }
        }
        // What someone ordered goes before what is merely common, in the order in which they want it.
        for mutation in new.into_iter().rev() {
            self.queue.push_front(mutation);
        }
        self.reports.push(DueReport {
            until,
            left,
            report,
            reply,
        });
    }

    fn warmed(&mut self, mutation: &Mutation, outcome: &Result<Source, Refusal>) {
        self.under_way.remove(mutation);
        for due in self.reports.iter_mut().filter(|due| due.left.contains(mutation)) {
            due.left.remove(mutation);
            let name = mutation.to_string();
            match outcome {
                Ok(Source::Memory) => due.report.skipped.push(name),
                Ok(_) => due.report.warmed.push(name),
                Err(refusal) => due.report.failed.push((name, refusal.clone())),
            }
        }
    }

    fn begin(&mut self) {
        if self.arguments.door.is_draining() {
            self.queue.clear();
        }
        while self.under_way.len() < AT_ONCE_MAX {
            let Some(mutation) = self.queue.pop_front() else { return };
            self.under_way.insert(mutation.clone());
            ask_for(&self.arguments, mutation);
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
}

/// Asks the cache as a person would, in the lane that gives way.
fn ask_for(arguments: &WarmerArguments, mutation: Mutation) {
    let (asker, replies) = Asker::new(&arguments.door);
    let id = asker.id();
    let lookup = CacheMessage::Lookup {
        asked: Asked::Trials {
            mutation: mutation.clone(),
            reach: Reach::Open,
        },
        lane: Lane::Warming,
        asker,
    };
    arguments.cache.post(lookup);
    let (warmer, cache, patience) = (
        arguments.myself.clone(),
        arguments.cache.clone(),
        arguments.question_timeout,
    );
    tokio::spawn(async move {
        let outcome = match timeout(patience, replies).await {
            Ok(Ok(reply)) => reply.map(|found| found.provenance().source),
            Ok(Err(_)) => Err(Refusal::Interrupted),
            Err(_) => {
                cache.post(CacheMessage::Left { asker: id });
                Err(Refusal::TimedOut {
                    after: patience,
                    last: None,
                })
            }
        };
        warmer.post(WarmerMessage::Warmed { mutation, outcome });
    });
}
