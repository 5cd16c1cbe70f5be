//! The breaker: hears the outcome of every request and moves the gate.
//!
//! # States
//!
//! ```text
//!            failures_max failures in a row
//!   Closed ────────────────────────────────► Open ◄────────────┐
//!     ▲  requests pass       the registry is left alone        │ the probe failed:
//!     │                                       │ pause over     │ twice the pause
//!     │          the probe succeeded          ▼                │
//!     └─────────────────────────────────── HalfOpen ───────────┘
//!                                     one request passes
//! ```
//!
//! [`Circuit`] decides and does no I/O; [`BreakerActor`] feeds it and sets its alarm. Only failures of the registry
//! count: a 404 is an answer.

use crate::gate::Gate;
use crate::registry::{RegistryError, Retry};
use crate::report::{BreakerReport, BreakerState};
use ractor::{Actor, ActorProcessingErr, ActorRef};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Failures in a row that open the circuit.
const FAILURES_MAX: u32 = 5;
/// How long the registry is left alone at first.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// How long it is left alone at most; a recovered registry is noticed no later than this.
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// How long it is left alone at most where it asks for that itself (`Retry-After`).
const PAUSE_ASKED_MAX: Duration = Duration::from_secs(60);

/// What became of one request.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The registry answered.
    Answered,
    /// The registry failed.
    Failed(RegistryError),
}

/// What the breaker hears.
#[derive(Debug)]
pub(crate) enum BreakerMessage {
    /// A request came to its end, for which leave was given when the circuit had opened so often.
    Ended { outcome: Outcome, opened: u64 },
    /// The pause that was begun with this count of openings is over.
    PauseOver { opened: u64 },
    /// Fails on purpose, to show what a failure does.
    #[cfg(test)]
    Crash,
}

/// Where the breaker gets what it needs.
#[derive(Clone, Debug)]
pub(crate) struct BreakerArguments {
    pub(crate) gate: Arc<Gate>,
}

/// The decisions of a circuit breaker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Circuit {
    /// Requests pass.
    Closed { failures_in_a_row: u32, opened: u64 },
    /// The registry is left alone.
    Open {
        until: Instant,
        pause: Duration,
        last: RegistryError,
        opened: u64,
    },
    /// One request may pass.
    HalfOpen {
        pause: Duration,
        last: RegistryError,
        opened: u64,
        probe_is_out: bool,
    },
}

impl Default for Circuit {
    fn default() -> Self {
        Self::Closed {
            failures_in_a_row: 0,
            opened: 0,
        }
    }
}

impl Circuit {
    /// How often it opened.
    pub(crate) fn opened(&self) -> u64 {
        match self {
            Self::Closed { opened, .. } | Self::Open { opened, .. } | Self::HalfOpen { opened, .. } => *opened,
        }
    }

    /// The circuit after the end of a request for which leave was given at its `then`th opening.
    fn after(self, outcome: Outcome, then: u64, now: Instant) -> Self {
        let opened = self.opened();
        let error = match outcome {
            // A late success is as good as a probe's.
            Outcome::Answered => {
                return Self::Closed {
                    failures_in_a_row: 0,
                    opened,
                };
            }
            // A late failure is no news: the pause it would bring about has been.
            Outcome::Failed(_) if then < opened => return self,
            Outcome::Failed(error) => error,
        };
        let asked = match error.retry {
            Retry::After(pause) => Some(pause.min(PAUSE_ASKED_MAX)),
            Retry::Soon | Retry::Never => None,
        };
        let pause = match self {
            Self::Closed { failures_in_a_row, .. } => {
                let failures_in_a_row = failures_in_a_row + 1;
                if failures_in_a_row < FAILURES_MAX && asked.is_none() {
                    return Self::Closed {
                        failures_in_a_row,
                        opened,
                    };
                }
                PAUSE_FIRST
            }
            Self::HalfOpen { pause, .. } if asked.is_some() => pause,
            Self::HalfOpen { pause, .. } => (pause * 2).min(PAUSE_MAX),
            open @ Self::Open { .. } => return open,
        };
        // The registry's own word, where it gives one, is better than our guess.
        let until = now + asked.map_or(pause, |asked| asked.max(PAUSE_FIRST));
        Self::Open {
            until,
            pause,
            last: error,
            opened: opened + 1,
        }
    }

    /// The circuit after the pause of its `opened`th opening.
    fn after_pause(self, opened: u64) -> Self {
        match self {
            Self::Open {
                pause,
                last,
                opened: current,
                ..
            } if current == opened => Self::HalfOpen {
                pause,
                last,
                opened,
                probe_is_out: false,
            },
            other => other,
        }
    }

    /// The circuit where nobody will tell what became of its probe: another may try.
    pub(crate) fn with_probe_home(mut self) -> Self {
        if let Self::HalfOpen { probe_is_out, .. } = &mut self {
            *probe_is_out = false;
        }
        self
    }

    /// What operators are told of it.
    pub(crate) fn report(&self, now: Instant) -> BreakerReport {
        let (state, cause, retry_in, failures_in_a_row) = match self {
            Self::Closed { failures_in_a_row, .. } => (BreakerState::Closed, None, None, *failures_in_a_row),
            Self::Open { until, last, .. } => (
                BreakerState::Open,
                Some(last.to_string()),
                Some(until.saturating_duration_since(now)),
                FAILURES_MAX,
            ),
            Self::HalfOpen { last, .. } => (BreakerState::HalfOpen, Some(last.to_string()), None, FAILURES_MAX),
        };
        BreakerReport {
            state,
            cause,
            retry_in,
            failures_in_a_row,
            failures_max: FAILURES_MAX,
            opened: self.opened(),
        }
    }
}

/// Feeds the circuit and sets its alarm.
#[derive(Debug)]
pub(crate) struct BreakerActor;

impl Actor for BreakerActor {
    type Msg = BreakerMessage;
    type State = BreakerArguments;
    type Arguments = BreakerArguments;

    async fn pre_start(
        &self,
        myself: ActorRef<BreakerMessage>,
        arguments: BreakerArguments,
    ) -> Result<Self::State, ActorProcessingErr> {
        // The alarm of an incarnation before this one died with it, and so may have the news of its probe.
        let (_, circuit) = arguments.gate.turn(Circuit::with_probe_home);
        set_alarm(&myself, &circuit);
        Ok(arguments)
    }

    async fn handle(
        &self,
        myself: ActorRef<BreakerMessage>,
        message: BreakerMessage,
        state: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        let (before, after) = match message {
            BreakerMessage::Ended { outcome, opened } => state
                .gate
                .turn(|circuit| circuit.after(outcome, opened, Instant::now())),
            BreakerMessage::PauseOver { opened } => state.gate.turn(|circuit| circuit.after_pause(opened)),
            #[cfg(test)]
            BreakerMessage::Crash => panic!("asked to"),
        };
        if after != before {
            tell(&before, &after);
            set_alarm(&myself, &after);
        }
        Ok(())
    }
}

/// Wakes the breaker when the pause of an open circuit is over.
fn set_alarm(myself: &ActorRef<BreakerMessage>, circuit: &Circuit) {
    if let Circuit::Open { until, opened, .. } = circuit {
        let opened = *opened;
        myself.send_after(until.saturating_duration_since(Instant::now()), move || {
            BreakerMessage::PauseOver { opened }
        });
    }
}

/// Says in the log what an operator wants to know; counting failures is not that.
fn tell(before: &Circuit, after: &Circuit) {
    match (before, after) {
        (_, Circuit::Open { last, pause, .. }) => {
            tracing::warn!(pause_s = pause.as_secs_f64(), cause = %last, "the circuit to the registry is open");
        }
        (Circuit::Open { .. } | Circuit::HalfOpen { .. }, Circuit::Closed { .. }) => {
            tracing::info!("the circuit to the registry is closed again");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::registry::Fault;

    fn failure() -> Outcome {
        Outcome::Failed(RegistryError {
            fault: Fault::Dropped,
            retry: Retry::Soon,
        })
    }

    fn opened() -> (Circuit, Instant) {
        let now = Instant::now();
        let circuit = (0..FAILURES_MAX).fold(Circuit::default(), |circuit, _| circuit.after(failure(), 0, now));
        (circuit, now)
    }

    #[tokio::test]
    async fn it_opens_after_failures_in_a_row_and_not_before() {
        let now = Instant::now();
        let mut circuit = Circuit::default();
        for _ in 1..FAILURES_MAX {
            circuit = circuit.after(failure(), 0, now);
        }
        assert!(matches!(
            circuit,
            Circuit::Closed {
                failures_in_a_row: 4,
                ..
            }
        ));
        let forgiven = circuit.clone().after(Outcome::Answered, 0, now);
        assert_eq!(forgiven, Circuit::default());
        assert!(matches!(
            circuit.after(failure(), 0, now),
            Circuit::Open { pause: PAUSE_FIRST, .. }
        ));
    }

    #[tokio::test]
    async fn each_failed_probe_doubles_the_pause_up_to_its_bound() {
        let (mut circuit, now) = opened();
        let mut pauses = vec![];
        for n in 1..=6 {
            let Circuit::Open { pause, .. } = &circuit else {
                panic!("{circuit:?}")
            };
            pauses.push(pause.as_secs());
            circuit = circuit.after_pause(n).after(failure(), n, now);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 10, 10]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_the_registry_asks_for_is_kept_at_once() {
        let now = Instant::now();
        let asks = |seconds| {
            let retry = Retry::After(Duration::from_secs(seconds));
            Outcome::Failed(RegistryError {
                fault: Fault::Dropped,
                retry,
            })
        };
        let pause = |circuit: &Circuit| match circuit {
            Circuit::Open { until, .. } => until.duration_since(now).as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!(pause(&Circuit::default().after(asks(7), 0, now)), 7);
        assert_eq!(pause(&Circuit::default().after(asks(86_400), 0, now)), 60);
    }

    #[tokio::test]
    async fn news_from_before_the_opening_reopens_nothing() {
        let (circuit, now) = opened();
        let half_open = circuit.after_pause(1);
        assert_eq!(
            half_open.clone().after(failure(), 0, now),
            half_open,
            "a late failure is no news"
        );
        let closed = half_open.after(Outcome::Answered, 0, now);
        assert_eq!(closed.clone().after(failure(), 0, now), closed);
    }

    #[tokio::test]
    async fn the_alarm_of_an_earlier_opening_opens_nothing() {
        let (circuit, now) = opened();
        let again = circuit.after_pause(1).after(failure(), 1, now);
        assert!(matches!(again.clone().after_pause(1), Circuit::Open { .. }));
        assert!(matches!(again.after_pause(2), Circuit::HalfOpen { .. }));
    }

    async fn live(gate: &Arc<Gate>) -> Address<BreakerMessage> {
        let address = Address::vacant();
        let arguments = BreakerArguments { gate: Arc::clone(gate) };
        address.move_in(Actor::spawn(None, BreakerActor, arguments).await.unwrap().0);
        address
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_passes_when_the_pause_is_over_and_its_success_closes_the_circuit() {
        let gate = Arc::new(Gate::new());
        let breaker = live(&gate).await;
        let mut moves = gate.watch();
        for _ in 0..FAILURES_MAX {
            gate.pass().unwrap().ended(&breaker, failure());
        }
        moves
            .wait_for(|circuit| matches!(circuit, Circuit::Open { .. }))
            .await
            .unwrap();
        assert!(gate.pass().unwrap_err().until.is_some());

        moves
            .wait_for(|circuit| matches!(circuit, Circuit::HalfOpen { .. }))
            .await
            .unwrap();
        let probe = gate.pass().unwrap();
        assert!(gate.pass().unwrap_err().until.is_none(), "only one");
        drop(probe);
        let probe = gate.pass().expect("an untold probe lets another try");

        probe.ended(&breaker, Outcome::Answered);
        moves
            .wait_for(|circuit| matches!(circuit, Circuit::Closed { .. }))
            .await
            .unwrap();
        assert!(gate.pass().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_incarnation_goes_on_with_the_circuit_it_finds() {
        let gate = Arc::new(Gate::new());
        let (circuit, _) = opened();
        gate.turn(|_| circuit);
        let _breaker = live(&gate).await;
        gate.watch()
            .wait_for(|circuit| matches!(circuit, Circuit::HalfOpen { .. }))
            .await
            .unwrap();

        // Its probe's news is lost with it.
        let vacant = Address::vacant();
        gate.pass().unwrap().ended(&vacant, Outcome::Answered);
        assert!(gate.pass().is_err());
        let _next = live(&gate).await;
        assert!(gate.pass().is_ok());
    }
}
