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

use crate::address::Address;
use crate::gate::Gate;
use crate::registry::RegistryError;
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
    /// A request came to its end.
    Ended(Outcome),
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
    fn opened(&self) -> u64 {
        match self {
            Self::Closed { opened, .. } | Self::Open { opened, .. } | Self::HalfOpen { opened, .. } => *opened,
        }
    }

    /// The circuit after a request's end.
    fn after(self, outcome: Outcome, now: Instant) -> Self {
        match (self, outcome) {
            (Self::Closed { opened, .. } | Self::HalfOpen { opened, .. }, Outcome::Answered) => Self::Closed {
                failures_in_a_row: 0,
                opened,
            },
            (
                Self::Closed {
                    failures_in_a_row,
                    opened,
                },
                Outcome::Failed(error),
            ) => {
                let failures_in_a_row = failures_in_a_row + 1;
                if failures_in_a_row < FAILURES_MAX {
                    Self::Closed {
                        failures_in_a_row,
                        opened,
                    }
                } else {
                    Self::Open {
                        until: now + PAUSE_FIRST,
                        pause: PAUSE_FIRST,
                        last: error,
                        opened: opened + 1,
                    }
                }
            }
            (Self::HalfOpen { pause, opened, .. }, Outcome::Failed(error)) => {
                let pause = (pause * 2).min(PAUSE_MAX);
                Self::Open {
                    until: now + pause,
                    pause,
                    last: error,
                    opened: opened + 1,
                }
            }
            // Requests that were out when it opened: a late success is as good as a probe's, a late failure is no news.
            (Self::Open { opened, .. }, Outcome::Answered) => Self::Closed {
                failures_in_a_row: 0,
                opened,
            },
            (open @ Self::Open { .. }, Outcome::Failed(_)) => open,
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
            } if current == opened => Self::HalfOpen { pause, last, opened },
            other => other,
        }
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
        // The alarm of an incarnation before this one died with it.
        set_alarm(&myself, &arguments.gate.circuit());
        Ok(arguments)
    }

    async fn handle(
        &self,
        myself: ActorRef<BreakerMessage>,
        message: BreakerMessage,
        state: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        let before = state.gate.circuit();
        let after = match message {
            BreakerMessage::Ended(outcome) => before.clone().after(outcome, Instant::now()),
            BreakerMessage::PauseOver { opened } => before.clone().after_pause(opened),
            #[cfg(test)]
            BreakerMessage::Crash => panic!("asked to"),
        };
        if after != before {
            tell(&before, &after);
            set_alarm(&myself, &after);
            state.gate.set(after);
        }
        Ok(())
    }
}

impl Address<BreakerMessage> {
    /// Tells the breaker what became of a request.
    pub(crate) fn ended(&self, outcome: Outcome) {
        self.post(BreakerMessage::Ended(outcome));
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
    use crate::gate::Admission;
    use crate::registry::{Fault, Retry};

    fn failure() -> Outcome {
        Outcome::Failed(RegistryError {
            fault: Fault::Dropped,
            retry: Retry::Soon,
        })
    }

    fn opened() -> (Circuit, Instant) {
        let now = Instant::now();
        let circuit = (0..FAILURES_MAX).fold(Circuit::default(), |circuit, _| circuit.after(failure(), now));
        (circuit, now)
    }

    #[tokio::test]
    async fn it_opens_after_failures_in_a_row_and_not_before() {
        let now = Instant::now();
        let mut circuit = Circuit::default();
        for _ in 1..FAILURES_MAX {
            circuit = circuit.after(failure(), now);
        }
        assert!(matches!(
            circuit,
            Circuit::Closed {
                failures_in_a_row: 4,
                ..
            }
        ));
        let forgiven = circuit.clone().after(Outcome::Answered, now);
        assert_eq!(forgiven, Circuit::default());
        assert!(matches!(
            circuit.after(failure(), now),
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
            circuit = circuit.after_pause(n).after(failure(), now);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 10, 10]);
    }

    #[tokio::test]
    async fn the_alarm_of_an_earlier_opening_opens_nothing() {
        let (circuit, now) = opened();
        let again = circuit.after_pause(1).after(failure(), now);
        assert!(matches!(again.clone().after_pause(1), Circuit::Open { .. }));
        assert!(matches!(again.after_pause(2), Circuit::HalfOpen { .. }));
    }

    #[tokio::test(start_paused = true)]
    async fn the_actor_lets_one_probe_through_when_the_pause_is_over() {
        let gate = Arc::new(Gate::new());
        let (breaker, _) = Actor::spawn(
            None,
            BreakerActor,
            BreakerArguments {
                gate: Arc::clone(&gate),
            },
        )
        .await
        .unwrap();
        let mut moves = gate.watch();
        for _ in 0..FAILURES_MAX {
            breaker.cast(BreakerMessage::Ended(failure())).unwrap();
        }
        moves
            .wait_for(|circuit| matches!(circuit, Circuit::Open { .. }))
            .await
            .unwrap();
        assert!(matches!(gate.admission(), Admission::Refuse { until: Some(_), .. }));

        moves
            .wait_for(|circuit| matches!(circuit, Circuit::HalfOpen { .. }))
            .await
            .unwrap();
        let probe = gate.admission();
        assert!(matches!(probe, Admission::Probe(_)));
        assert!(
            matches!(gate.admission(), Admission::Refuse { until: None, .. }),
            "only one"
        );
        drop(probe);
        assert!(
            matches!(gate.admission(), Admission::Probe(_)),
            "an unreported probe lets another try"
        );

        breaker.cast(BreakerMessage::Ended(Outcome::Answered)).unwrap();
        moves
            .wait_for(|circuit| matches!(circuit, Circuit::Closed { .. }))
            .await
            .unwrap();
        assert!(matches!(gate.admission(), Admission::Admit));
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_incarnation_goes_on_with_the_circuit_it_finds() {
        let gate = Arc::new(Gate::new());
        let (circuit, _) = opened();
        gate.set(circuit);
        let _breaker = Actor::spawn(
            None,
            BreakerActor,
            BreakerArguments {
                gate: Arc::clone(&gate),
            },
        )
        .await
        .unwrap();
        gate.watch()
            .wait_for(|circuit| matches!(circuit, Circuit::HalfOpen { .. }))
            .await
            .unwrap();
    }
}
