//! Admission, deadline, cancellation, draining: the one door by which everything is asked.

use crate::refusal::Refusal;
use crate::report::{Report, WarmReport};
use crate::verdicts::Verdicts;
use std::time::Duration;
use tokio::time::Instant;
use trials::Mutation;
use trials::question::Reach;

/// Where everything is asked. Cheap to clone; outlives restarts of the actor behind it.
///
/// Dropping a returned future cancels what it asked: its place and its port are free at once, while a fetch that
/// others share goes on.
#[derive(Clone, Debug)]
pub struct Front {}

impl Front {
    /// The deadline of a question, or of a batch as a whole, that arrives now.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        unimplemented!()
    }

    /// Judged candidates for a mutation.
    ///
    /// # Errors
    /// [`Refusal`] says whose fault it is and what to do; it is never told as an empty answer.
    #[allow(clippy::unused_async)]
    pub async fn ask(&self, mutation: &Mutation, reach: Reach, deadline: Instant) -> Result<Verdicts, Refusal> {
        let _ = (mutation, reach, deadline);
        unimplemented!()
    }

    /// Warms these mutations, or the list of common ones, and says what was done `within` that time.
    ///
    /// # Errors
    /// Where the server is stopping or restarting.
    #[allow(clippy::unused_async)]
    pub async fn warm(&self, mutations: Option<Vec<Mutation>>, within: Duration) -> Result<WarmReport, Refusal> {
        let _ = (mutations, within);
        unimplemented!()
    }

    /// Drops every entry whose key (`mutation:EGFR L858R`, `gene:EGFR`, `trial:NCT…`) matches the glob, in which `*` is
    /// any text and `?` any one character; a dropped mutation takes the candidates with it that it was judged from.
    /// Says how many entries went.
    ///
    /// # Errors
    /// Where the server is stopping or restarting.
    #[allow(clippy::unused_async)]
    pub async fn invalidate(&self, pattern: &str) -> Result<usize, Refusal> {
        let _ = pattern;
        unimplemented!()
    }

    /// What the server says of itself now. Never waits on the registry.
    #[allow(clippy::unused_async)]
    pub async fn report(&self) -> Report {
        unimplemented!()
    }
}
