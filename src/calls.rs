//! Tool calls as figures: how many came to which end, and how long they took, by tool. Recorded in place, by atomics.
//!
//! A tool's name is the only label, and the tools are those of this program: nothing from the outside becomes one.

use actors::report::TIME_BOUNDS_MS;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer.
    Answered,
    /// What was asked could not be read or is not allowed: the caller's to mend.
    Refused,
    /// It could have been answered and was not.
    Failed,
    /// Its caller left, or the end cut it off.
    Cancelled,
}

impl Outcome {
    /// In the order in which they are counted.
    pub const ALL: [Self; 4] = [Self::Answered, Self::Refused, Self::Failed, Self::Cancelled];

    /// As figures name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The figures of every tool on offer. Cheap to clone; all clones count together.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<[Tool]>);

#[derive(Debug, Default)]
struct Tool {
    name: String,
    by_outcome: [AtomicU64; Outcome::ALL.len()],
    by_time: [AtomicU64; TIME_BOUNDS_MS.len() + 1],
    micros: AtomicU64,
}

/// The figures of one tool at one moment.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The tool.
    pub tool: &'a str,
    /// How often it came to each end, in the order of [`Outcome::ALL`].
    pub by_outcome: [u64; Outcome::ALL.len()],
    /// How many took at most each of [`TIME_BOUNDS_MS`], those of the bounds before included; cancelled ones are left out.
    pub within: [u64; TIME_BOUNDS_MS.len()],
    /// How many there were, however long they took.
    pub timed: u64,
    /// How long they took together.
    pub seconds: f64,
}

/// A call under way. Counts as cancelled where it is dropped before it ended.
#[derive(Debug)]
pub(crate) struct Call {
    calls: Calls,
    place: usize,
    begun: Instant,
    outcome: Outcome,
}

impl Calls {
    /// No call yet of any of these tools.
    pub(crate) fn of(tools: impl IntoIterator<Item = String>) -> Self {
        let tool = |name| Tool {
            name,
            ..Tool::default()
        };
        Self(tools.into_iter().map(tool).collect())
    }

    /// A call of this tool begins; none where it isn't one of them.
    pub(crate) fn begin(&self, tool: &str) -> Option<Call> {
        Some(Call {
            calls: self.clone(),
            place: self.0.iter().position(|known| known.name == tool)?,
            begun: Instant::now(),
            outcome: Outcome::Cancelled,
        })
    }

    /// The figures of each tool now.
    pub fn seen(&self) -> impl Iterator<Item = Seen<'_>> {
        self.0.iter().map(|tool| {
            let mut so_far = 0;
            let mut by_time = tool.by_time.iter().map(|times| times.load(Ordering::Relaxed));
            let within = std::array::from_fn(|_| {
                so_far += by_time.next().unwrap_or_default();
                so_far
            });
            Seen {
                tool: &tool.name,
                by_outcome: std::array::from_fn(|place| {
                    tool.by_outcome.get(place).map_or(0, |n| n.load(Ordering::Relaxed))
                }),
                within,
                timed: so_far + by_time.next().unwrap_or_default(),
                seconds: Duration::from_micros(tool.micros.load(Ordering::Relaxed)).as_secs_f64(),
            }
        })
    }
}

impl Call {
    /// It came to this end.
    pub(crate) fn ended(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let Some(tool) = self.calls.0.get(self.place) else {
            return;
        };
        if let Some(count) = tool.by_outcome.get(self.outcome as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        // How long a caller had patience says nothing of how fast we are.
        if self.outcome == Outcome::Cancelled {
            return;
        }
        let took = self.begun.elapsed();
        let place = TIME_BOUNDS_MS.partition_point(|&bound| Duration::from_millis(bound) < took);
        if let Some(count) = tool.by_time.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tool.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_their_end_and_timed_unless_cancelled() {
        let calls = Calls::of(["a".to_owned(), "b".to_owned()]);
        assert!(calls.begin("c").is_none());
        for outcome in [Outcome::Answered, Outcome::Answered, Outcome::Refused, Outcome::Failed] {
            calls.begin("b").unwrap().ended(outcome);
        }
        drop(calls.begin("b"));
        let seen: Vec<_> = calls.seen().collect();
        assert_eq!((seen[0].by_outcome, seen[0].timed), ([0; 4], 0));
        assert_eq!((seen[1].by_outcome, seen[1].timed), ([2, 1, 1, 1], 4));
        assert_eq!(seen[1].within.last(), Some(&4));
        assert!(seen[1].within.is_sorted());
    }
}
