//! Why a question got no answer, told so that a person knows whose fault it is and what to do next.
//!
//! A refusal is never an empty answer, and an empty answer is never a refusal.

use crate::registry::{RegistryError, Retry};
use std::fmt;
use std::time::Duration;
use trials::NctId;

/// Why a question got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// As many questions as are taken at once are being answered.
    Busy {
        /// The bound.
        questions_max: usize,
    },
    /// The server is stopping.
    Draining,
    /// The question's time ran out.
    TimedOut {
        /// How long was waited.
        after: Duration,
        /// What the registry last answered to the attempts so far.
        last: Option<RegistryError>,
    },
    /// The rate budget towards the registry is spent for longer than the question would wait.
    Rationed {
        /// When the next request may go out.
        retry_in: Duration,
    },
    /// The queue to the registry is full, and this request was the one to give way.
    Shed,
    /// The registry failed.
    Registry(RegistryError),
    /// The registry has failed so often that it is left alone for a while.
    BreakerOpen {
        /// What it last answered.
        last: RegistryError,
        /// When it is tried again.
        retry_in: Duration,
    },
    /// The registry answered that it knows no trial of this number. No fault of its, and asking again soon won't help.
    UnknownNumber {
        /// The number.
        nct_id: NctId,
    },
    /// A part of the server failed and was restarted while it held this question.
    Interrupted,
    /// An operator's command was not carried out in time.
    NotCarriedOut {
        /// How long was waited.
        after: Duration,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { questions_max } => {
                write!(f, "{questions_max} questions are being answered, which is as many as are taken at once; ask again in a moment")
            }
            Self::Draining => f.write_str("the server is stopping and takes no more questions; ask again when it is back"),
            Self::TimedOut { after, last: None } => {
                write!(f, "no answer within {:.0} s (QUESTION_TIMEOUT); the registry is slow or rationed: ask again later", after.as_secs_f64())
            }
            Self::TimedOut { after, last: Some(last) } => {
                write!(f, "no answer within {:.0} s (QUESTION_TIMEOUT): {last}", after.as_secs_f64())
            }
            Self::Rationed { retry_in } => write!(
                f,
                "the rate budget towards the registry (REGISTRY_RATE_LIMIT) is spent; ask again in {:.0} s",
                retry_in.as_secs_f64().ceil()
            ),
            Self::Shed => f.write_str("too many requests to the registry are waiting, and this one gave way; ask again in a moment"),
            Self::Registry(error) => error.fmt(f),
            Self::UnknownNumber { nct_id } => write!(
                f,
                "the registry answered and doesn't know the number {nct_id}; check its digits, or look for the trial by a mutation"
            ),
            Self::BreakerOpen { last, retry_in } if retry_in.is_zero() => {
                write!(f, "the registry has failed repeatedly and is being tried with one request; the last failure: {last}")
            }
            Self::BreakerOpen { last, retry_in } if matches!(last.retry, Retry::After(_)) => write!(
                f,
                "the registry asked for a pause and is left alone for another {:.0} s; what it answered: {last}",
                retry_in.as_secs_f64().ceil()
            ),
            Self::BreakerOpen { last, retry_in } => write!(
                f,
                "the registry has failed repeatedly and is left alone for another {:.0} s; the last failure: {last}",
                retry_in.as_secs_f64().ceil()
            ),
            Self::NotCarriedOut { after } => {
                write!(f, "not carried out within {:.0} s; the server is busy or restarting: try again", after.as_secs_f64())
            }
            Self::Interrupted => {
                f.write_str("a part of this server failed while it held the question and was restarted; this is our fault: ask again")
            }
        }
    }
}

impl std::error::Error for Refusal {}
