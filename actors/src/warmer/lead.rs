//! Which of the processes on a store warms by itself: one at a time, by a lease.
//!
//! A process that can't reach its store can't know whether another leads. It waits for as long as a lease holds, and
//! then acts for itself, within a rate budget of its own, until the store is back.

use super::{WarmerMessage, WarmerState};
use crate::report::WarmingCause;
use crate::store::lease::{Lease, Taken};
use std::time::Duration;
use tokio::time::Instant;

/// The cell of the lease.
pub(crate) const LEAD: &str = "warmer";
/// How long the lead holds without a sign of life: if its holder dies, another takes over within five seconds.
pub(crate) const LEAD_FOR: Duration = Duration::from_secs(4);
/// How often those who don't lead try to.
const TRIED_EVERY: Duration = Duration::from_millis(500);

/// Whether this process leads.
#[derive(Debug)]
pub(super) struct Lead {
    held: Held,
    try_at: Instant,
    /// Since when no store is there to agree on it.
    storeless_since: Option<Instant>,
}

#[derive(Debug)]
enum Held {
    No,
    ByLease(Lease),
    /// There is nobody to agree with.
    Alone,
}

impl Lead {
    pub(super) fn new() -> Self {
        Self {
            held: Held::No,
            try_at: Instant::now(),
            storeless_since: None,
        }
    }
}

impl WarmerState {
    /// Whether this process warms by itself.
    pub(super) fn is_leading(&self) -> bool {
        match &self.lead.held {
            Held::No => false,
            Held::ByLease(lease) => !lease.is_lost(),
            Held::Alone => true,
        }
    }

    /// Notices a lost lead, and tries for a free one.
    pub(super) fn look_after_the_lead(&mut self, now: Instant) {
        let store = &self.arguments.store;
        let is_over = match &self.lead.held {
            Held::No => false,
            Held::ByLease(lease) => lease.is_lost(),
            // The store is back, and with it the others.
            Held::Alone => store.is_configured() && store.is_there(),
        };
        if is_over {
            tracing::info!("this process no longer leads the warming");
            self.lead = Lead::new();
            self.log().is_leader = false;
            self.due = None;
            self.drop_own_errands();
        }
        if !matches!(self.lead.held, Held::No) || now < self.lead.try_at {
            return;
        }
        self.lead.try_at = now + TRIED_EVERY;
        let store = self.arguments.store.clone();
        if !store.is_configured() {
            return self.take_the_lead(Held::Alone);
        }
        let myself = self.arguments.myself.clone();
        tokio::spawn(async move {
            let taken = store.take(LEAD.into(), LEAD_FOR).await;
            myself.post(WarmerMessage::Led(taken));
        });
    }

    /// An attempt to lead came home.
    pub(super) fn led(&mut self, taken: Taken) {
        if !matches!(self.lead.held, Held::No) {
            return;
        }
        let now = Instant::now();
        match taken {
            Taken::Ours(lease) => self.take_the_lead(Held::ByLease(lease)),
            Taken::Theirs => self.lead.storeless_since = None,
            // Slow once is not away.
            Taken::Alone if self.arguments.store.is_there() => self.lead.storeless_since = None,
            Taken::Alone => {
                let since = *self.lead.storeless_since.get_or_insert(now);
                if now.saturating_duration_since(since) >= LEAD_FOR {
                    self.take_the_lead(Held::Alone);
                }
            }
        }
    }

    fn take_the_lead(&mut self, held: Held) {
        if matches!(held, Held::ByLease(_)) {
            tracing::info!("this process leads the warming");
        }
        self.lead.held = held;
        self.log().is_leader = true;
        self.due = Some(WarmingCause::Start);
    }
}
