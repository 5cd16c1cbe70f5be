//! Orders: what is to be fetched, for whom, and who may still take it out of the queue.

use super::FetchersMessage;
use crate::address::Address;
use crate::candidates::FlightNumber;
use crate::homing::Homing;
use crate::key::Key;
use ractor::factory::{FactoryMessage, Job, JobOptions, queues};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tracing::Span;

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
    pub(super) const ALL: [Self; 3] = [Self::People, Self::Renewal, Self::Warming];
}

/// What a queued job is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct JobKey {
    pub(super) lane: Lane,
    key: Key,
}

/// A fetch that was ordered. Whoever takes the work out of it first does it.
#[derive(Clone, Debug)]
pub(crate) struct Order(Arc<Desk>);

/// The cache's hold on an order, which does not keep it alive.
#[derive(Debug)]
pub(crate) struct Receipt(Weak<Desk>);

#[derive(Debug)]
struct Desk {
    key: Key,
    placed: Instant,
    lane: AtomicU8,
    /// None once it is being worked on, or withdrawn.
    work: Mutex<Option<Work>>,
}

/// What is to be fetched, until when, and the promise to come home with it.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) key: Key,
    /// The flight this is for.
    pub(crate) flight: FlightNumber,
    pub(crate) deadline: Instant,
    pub(crate) homing: Homing,
    /// The span of the question that brought the order about; none for a renewal, which nobody waits for.
    pub(crate) span: Span,
}

impl Order {
    /// Orders a fetch.
    pub(crate) fn place(fetchers: &Address<FetchersMessage>, lane: Lane, work: Work) -> Receipt {
        let desk = Desk {
            key: work.key,
            placed: Instant::now(),
            lane: AtomicU8::new(lane as u8),
            work: Mutex::new(Some(work)),
        };
        let order = Self(Arc::new(desk));
        let receipt = Receipt(Arc::downgrade(&order.0));
        order.queue(fetchers, lane);
        receipt
    }

    pub(super) fn lane(&self) -> Lane {
        let lane = usize::from(self.0.lane.load(Ordering::Relaxed));
        Lane::ALL.get(lane).copied().unwrap_or_default()
    }

    /// Since it was placed.
    pub(super) fn age(&self) -> Duration {
        self.0.placed.elapsed()
    }

    pub(super) fn work(&self) -> MutexGuard<'_, Option<Work>> {
        self.0.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(self, fetchers: &Address<FetchersMessage>, lane: Lane) {
        let key = JobKey { lane, key: self.0.key };
        fetchers.post(FactoryMessage::Dispatch(Job {
            key,
            msg: self,
            options: JobOptions::default(),
            accepted: None,
        }));
    }

    /// Comes again after a while.
    pub(super) fn rest(self, fetchers: Address<FetchersMessage>, wait: Duration) {
        tokio::spawn(async move {
            sleep(wait).await;
            let lane = self.lane();
            self.queue(&fetchers, lane);
        });
    }
}

impl Receipt {
    /// Moves the order to a better lane; one that is being worked on draws on the budget as the better lane does.
    pub(crate) fn promote(&self, fetchers: &Address<FetchersMessage>, lane: Lane) {
        let Some(desk) = self.0.upgrade() else { return };
        let order = Order(desk);
        if lane < order.lane() {
            order.0.lane.store(lane as u8, Ordering::Relaxed);
            order.queue(fetchers, lane);
        }
    }

    /// Takes the order back if nobody works on it yet. Says whether it did.
    pub(crate) fn withdraw(&self) -> bool {
        let Some(desk) = self.0.upgrade() else { return false };
        match Order(desk).work().take() {
            Some(work) => {
                work.homing.release();
                true
            }
            None => false,
        }
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
