//! The gate before the registry: callers read it in place, the breaker moves it.
//!
//! The breaker hears outcomes in its mailbox, off everyone's way; a caller only looks at the gate, so a closed
//! circuit costs a question nothing. The gate outlives the breaker's incarnations: a new one reads here what the old
//! one knew.

use crate::breaker::Circuit;
use crate::registry::RegistryError;
use std::mem::discriminant;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio::time::Instant;

/// The gate before the registry.
#[derive(Debug)]
pub(crate) struct Gate {
    circuit: watch::Sender<Circuit>,
    /// When the circuit last changed its state.
    since: Mutex<Instant>,
    /// Whether the one probe of a half-open circuit is out.
    probe_is_out: AtomicBool,
}

/// What a caller may do.
#[derive(Debug)]
pub(crate) enum Admission {
    /// Ask.
    Admit,
    /// Ask: this request decides whether the circuit closes. Dropping the probe unreported lets another try.
    Probe(Probe),
    /// Leave the registry alone.
    Refuse {
        /// When it will be tried again; none while a probe is out.
        until: Option<Instant>,
        /// What opened the circuit.
        last: RegistryError,
    },
}

/// The one request that a half-open circuit lets through.
#[derive(Debug)]
pub(crate) struct Probe {
    gate: Arc<Gate>,
    reported: bool,
}

impl Gate {
    /// A gate that admits.
    pub(crate) fn new() -> Self {
        Self {
            circuit: watch::Sender::new(Circuit::default()),
            since: Mutex::new(Instant::now()),
            probe_is_out: AtomicBool::new(false),
        }
    }

    /// What a caller may do now.
    pub(crate) fn admission(self: &Arc<Self>) -> Admission {
        match &*self.circuit.borrow() {
            Circuit::Closed { .. } => Admission::Admit,
            Circuit::Open { until, last, .. } => Admission::Refuse {
                until: Some(*until),
                last: last.clone(),
            },
            Circuit::HalfOpen { last, .. } => {
                if self.probe_is_out.swap(true, Ordering::AcqRel) {
                    Admission::Refuse {
                        until: None,
                        last: last.clone(),
                    }
                } else {
                    Admission::Probe(Probe {
                        gate: Arc::clone(self),
                        reported: false,
                    })
                }
            }
        }
    }

    /// The circuit as the breaker last left it.
    pub(crate) fn circuit(&self) -> Circuit {
        self.circuit.borrow().clone()
    }

    /// The breaker moves the gate.
    pub(crate) fn set(&self, circuit: Circuit) {
        self.probe_is_out.store(false, Ordering::Release);
        let is_news = discriminant(&*self.circuit.borrow()) != discriminant(&circuit);
        if is_news {
            *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        self.circuit.send_replace(circuit);
    }

    /// When the circuit last changed its state.
    pub(crate) fn since(&self) -> Instant {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For callers who wait until the breaker moves the gate.
    pub(crate) fn watch(&self) -> watch::Receiver<Circuit> {
        self.circuit.subscribe()
    }
}

impl Probe {
    /// The breaker has been told of the outcome, and moves the gate.
    pub(crate) fn reported(mut self) {
        self.reported = true;
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        if self.reported {
            return;
        }
        self.gate.probe_is_out.store(false, Ordering::Release);
        // Those who wait for the probe's outcome look again: there may be none.
        self.gate.circuit.send_modify(|_| {});
    }
}
