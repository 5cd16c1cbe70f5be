//! The gate before the registry: callers read it in place, the breaker moves it.
//!
//! The breaker hears outcomes in its mailbox, off everyone's way; a caller only looks at the gate, so a closed
//! circuit costs a question nothing. The gate outlives the breaker's incarnations: a new one reads here what the old
//! one knew.

use crate::address::Address;
use crate::breaker::{BreakerMessage, Circuit, Outcome};
use crate::registry::RegistryError;
use std::mem::discriminant;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio::time::Instant;

/// The gate before the registry.
#[derive(Debug)]
pub(crate) struct Gate {
    circuit: watch::Sender<Circuit>,
    /// When the circuit last changed its state.
    since: Mutex<Instant>,
}

/// Leave to send one request, to be ended by telling its outcome. The probe of a half-open circuit that is dropped
/// untold lets another try.
#[derive(Debug)]
pub(crate) struct Pass {
    gate: Arc<Gate>,
    /// How often the circuit had opened when leave was given.
    opened: u64,
    is_probe: bool,
}

/// Why there is no leave.
#[derive(Debug)]
pub(crate) struct Refused {
    /// When the registry will be tried again; none while a probe is out.
    pub(crate) until: Option<Instant>,
    /// What opened the circuit.
    pub(crate) last: RegistryError,
}

impl Gate {
    /// A gate that gives leave.
    pub(crate) fn new() -> Self {
        Self {
            circuit: watch::Sender::new(Circuit::default()),
            since: Mutex::new(Instant::now()),
        }
    }

    /// Why there would be no leave now, without asking for it.
    pub(crate) fn look(&self) -> Option<Refused> {
        refused(&self.circuit.borrow())
    }

    /// Leave to send one request.
    ///
    /// # Errors
    /// While the registry is left alone, or a probe is out.
    pub(crate) fn pass(self: &Arc<Self>) -> Result<Pass, Refused> {
        let mut refusal = None;
        let mut pass = Pass {
            gate: Arc::clone(self),
            opened: 0,
            is_probe: false,
        };
        // In one step, so that two callers can't both be the probe. Nobody waits for a probe to leave: no one is woken.
        self.circuit.send_if_modified(|circuit| {
            refusal = refused(circuit);
            pass.opened = circuit.opened();
            if let (None, Circuit::HalfOpen { probe_is_out, .. }) = (&refusal, circuit) {
                *probe_is_out = true;
                pass.is_probe = true;
            }
            false
        });
        refusal.map_or(Ok(pass), Err)
    }

    /// The circuit as it is.
    pub(crate) fn circuit(&self) -> Circuit {
        self.circuit.borrow().clone()
    }

    /// The breaker moves the gate. Gives the circuit before and after.
    pub(crate) fn turn(&self, decide: impl FnOnce(Circuit) -> Circuit) -> (Circuit, Circuit) {
        let before = self.circuit();
        let mut after = before.clone();
        self.circuit.send_if_modified(|circuit| {
            after = decide(circuit.clone());
            let is_moved = after != *circuit;
            *circuit = after.clone();
            is_moved
        });
        if discriminant(&before) != discriminant(&after) {
            *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        (before, after)
    }

    /// When the circuit last changed its state.
    pub(crate) fn since(&self) -> Instant {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For callers who wait until the gate moves.
    pub(crate) fn watch(&self) -> watch::Receiver<Circuit> {
        self.circuit.subscribe()
    }
}

impl Pass {
    /// The request came to its end.
    pub(crate) fn ended(mut self, breaker: &Address<BreakerMessage>, outcome: Outcome) {
        // From here on the breaker frees the probe: by moving the gate or, if it falls first, when it starts anew.
        self.is_probe = false;
        breaker.post(BreakerMessage::Ended {
            outcome,
            opened: self.opened,
        });
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.is_probe {
            self.gate.turn(Circuit::with_probe_home);
        }
    }
}

fn refused(circuit: &Circuit) -> Option<Refused> {
    match circuit {
        Circuit::Closed { .. }
        | Circuit::HalfOpen {
            probe_is_out: false, ..
        } => None,
        Circuit::HalfOpen {
            probe_is_out: true,
            last,
            ..
        } => Some(Refused {
            until: None,
            last: last.clone(),
        }),
        Circuit::Open { until, last, .. } => Some(Refused {
            until: Some(*until),
            last: last.clone(),
        }),
    }
}
