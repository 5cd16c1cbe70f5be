//! The root supervisor: start order, restart budget, delayed restart by message, drain in reverse.

use crate::front::Front;
use crate::registry::Registry;
use std::sync::Arc;
use std::time::Duration;

/// Every bound of the tree, each with its unit.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Questions taken at once.
    pub questions_max: usize,
    /// From a question's arrival to its answer or refusal; a fetch has the same length from its own start.
    pub question_timeout: Duration,
    /// How long an answer counts as fresh.
    pub fresh_for: Duration,
    /// Bytes held in memory.
    pub memory_bytes_max: usize,
    /// Candidates kept per gene and set.
    pub candidates_max: usize,
    /// Requests to the registry at once.
    pub requests_max: usize,
    /// Requests a minute to the registry; none: not rationed.
    pub requests_per_minute: Option<u32>,
    /// Whether the list of common mutations is warmed from the start.
    pub warming: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            questions_max: 4096,
            question_timeout: Duration::from_secs(40),
            fresh_for: Duration::from_secs(3600),
            memory_bytes_max: 64 << 20,
            candidates_max: 2000,
            requests_max: 100,
            requests_per_minute: Some(50),
            warming: false,
        }
    }
}

/// The running tree.
#[derive(Debug)]
pub struct System {
    front: Front,
}

/// The tree could not be started, or its restart budget is spent.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which actor, and what it said.
    pub cause: String,
}

impl System {
    /// Starts the tree, in dependency order.
    ///
    /// # Errors
    /// Where an actor does not start.
    #[allow(clippy::unused_async)]
    pub async fn start(settings: Settings, registry: Arc<dyn Registry>) -> Result<Self, Failure> {
        let _ = (settings, registry);
        unimplemented!()
    }

    /// The handle by which everything is asked. It outlives restarts.
    #[must_use]
    pub fn front(&self) -> Front {
        self.front.clone()
    }

    /// Resolves when the restart budget is spent: the process must then end, never live on by half.
    #[allow(clippy::unused_async)]
    pub async fn failed(&self) -> Failure {
        unimplemented!()
    }

    /// Refuses new questions, waits at most `within` for those under way, then stops the actors in reverse.
    #[allow(clippy::unused_async)]
    pub async fn drain(&self, within: Duration) {
        let _ = within;
    }
}
