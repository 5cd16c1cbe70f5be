//! How a flight takes off: a look into the store where memory lacks it, then an order.

use super::{CacheArguments, CacheMessage, CacheState, Flight, HOMECOMING, Sake};
use crate::candidates::FlightNumber;
use crate::fetchers::order::{Lane, Order, Receipt, Work};
use crate::homing::Homing;
use crate::key::Key;
use crate::refusal::Refusal;
use crate::store::ON_THE_WAY_MAX;
use std::collections::HashSet;
use std::sync::atomic::Ordering;
use tokio::time::Instant;
use tracing::{Instrument, Span};

impl CacheState {
    /// Has it looked for in the store, where memory lacks it, and then fetched. A flight has a deadline of its own,
    /// whatever that of the asker who brought it about.
    pub(super) fn take_off(&mut self, key: Key, lane: Lane, sake: Sake, span: &Span) {
        let since = Instant::now();
        let number = FlightNumber(self.arguments.next_flight.fetch_add(1, Ordering::Relaxed));
        // What is renewed is held already, and the fetcher looks itself whether another process was quicker.
        let is_held = match &sake {
            Sake::Asker(_) => false,
            Sake::Wish(_) => self.memory().holds(&key),
            Sake::Renewal => true,
        };
        let receipt = if is_held || !self.arguments.store.is_there() {
            let deadline = flight_deadline(since, &self.arguments);
            Some(self.order(key, number, lane, deadline, span))
        } else {
            self.look_into_store(key, number, span);
            None
        };
        let mut flight = Flight {
            number,
            receipt,
            lane,
            since,
            span: span.clone(),
            askers: HashSet::new(),
            wishes: Vec::new(),
            is_renewal: false,
        };
        match sake {
            Sake::Asker(asker) => {
                flight.askers.insert(asker);
            }
            Sake::Wish(wish) => flight.wishes.push(wish),
            Sake::Renewal => flight.is_renewal = true,
        }
        self.flights.insert(key, flight);
    }

    pub(super) fn order(&self, key: Key, number: FlightNumber, lane: Lane, deadline: Instant, span: &Span) -> Receipt {
        let failure = CacheMessage::Fetched {
            key,
            flight: number,
            outcome: Err(Refusal::Interrupted),
        };
        let work = Work {
            key,
            flight: number,
            deadline,
            homing: Homing::new(&self.arguments.myself, failure),
            span: span.clone(),
        };
        Order::place(&self.arguments.fetchers, lane, work)
    }

    pub(super) fn look_into_store(&self, key: Key, number: FlightNumber, span: &Span) {
        let nothing = CacheMessage::Looked {
            key,
            flight: number,
            kept: None,
        };
        let homing = Homing::new(&self.arguments.myself, nothing);
        let store = self.arguments.store.clone();
        let looking = async move {
            let kept = store.load(key, number, ON_THE_WAY_MAX).await;
            homing.arrive(CacheMessage::Looked {
                key,
                flight: number,
                kept,
            });
        };
        let span = tracing::info_span!(parent: span, "store", set = %key);
        tokio::spawn(looking.instrument(span));
    }
}

/// A flight gives up a little before the asker who brought it about.
pub(super) fn flight_deadline(since: Instant, arguments: &CacheArguments) -> Instant {
    since + arguments.question_timeout.saturating_sub(HOMECOMING)
}
