//! What the warmer did and why, and what must outlive it. Shared, so that a report waits for nobody.

use crate::registry::RegistryVersion;
use crate::report::{RoundReport, WarmingCause};
use std::collections::VecDeque;
use tokio::time::Instant;
use trials::Mutation;

/// Rounds that are remembered.
const ROUNDS_KEPT: usize = 5;
/// Failures that are named for each round.
const FAILURES_NAMED_MAX: usize = 10;

/// What outlives an incarnation of the warmer.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// Errands that wait or are under way.
    pub(crate) left: usize,
    /// Whether it warms by itself.
    pub(crate) is_leader: bool,
    /// When the registry's version is looked up next.
    pub(crate) next_look: Option<Instant>,
    /// Under which version of the registry's data the last round began.
    pub(super) renewed_under: Option<RegistryVersion>,
    /// What someone ordered and is not yet done.
    pub(super) ordered: Vec<Mutation>,
    /// Newest first.
    rounds: VecDeque<Round>,
    next_round: u64,
}

#[derive(Debug)]
struct Round {
    number: u64,
    why: WarmingCause,
    begun: Instant,
    ended: Option<Instant>,
    left: usize,
    report: RoundReport,
}

/// How an errand ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ending {
    /// It was fetched, or loaded from the store.
    Warmed,
    /// It was fresh already.
    WasWarm,
    /// It was not worth it any more, or there was no room for it.
    LeftOut,
    /// It could not be had.
    Failed { cause: String },
}

impl Log {
    /// A round begins with so many errands. Gives its number.
    pub(super) fn begin(&mut self, why: WarmingCause, planned: usize) -> u64 {
        let number = self.next_round;
        self.next_round += 1;
        let now = Instant::now();
        self.rounds.push_front(Round {
            number,
            why,
            begun: now,
            ended: (planned == 0).then_some(now),
            left: planned,
            report: RoundReport::new(why, planned),
        });
        self.rounds.truncate(ROUNDS_KEPT);
        number
    }

    /// An errand of a round ended.
    pub(super) fn ended(&mut self, number: u64, name: &str, ending: Ending) {
        let Some(round) = self.rounds.iter_mut().find(|round| round.number == number) else {
            return;
        };
        let report = &mut round.report;
        match ending {
            Ending::Warmed => report.warmed += 1,
            Ending::WasWarm => report.skipped += 1,
            Ending::LeftOut => report.left_out += 1,
            Ending::Failed { cause } => {
                report.failures += 1;
                if report.failed.len() < FAILURES_NAMED_MAX {
                    report.failed.push((name.to_owned(), cause));
                }
            }
        }
        round.left = round.left.saturating_sub(1);
        if round.left == 0 {
            round.ended = Some(Instant::now());
            let (why, took_s) = (round.why.as_str(), round.begun.elapsed().as_secs());
            let (warmed, failed) = (report.warmed, report.failures);
            tracing::info!(why, warmed, failed, took_s, "warmed");
        }
    }

    /// The warmer fell: what was under way or waited is not done, but for what was ordered.
    pub(super) fn cut_short(&mut self) {
        let now = Instant::now();
        for round in self.rounds.iter_mut().filter(|round| round.ended.is_none()) {
            round.report.left_out += round.left;
            round.left = 0;
            round.ended = Some(now);
        }
    }

    /// The last rounds, newest first.
    pub(crate) fn rounds(&self, now: Instant) -> Vec<RoundReport> {
        let report = |round: &Round| RoundReport {
            begun: now.saturating_duration_since(round.begun),
            took: round.ended.map(|ended| ended.saturating_duration_since(round.begun)),
            ..round.report.clone()
        };
        self.rounds.iter().map(report).collect()
    }
}
