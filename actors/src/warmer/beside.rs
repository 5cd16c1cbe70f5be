//! How much the warmer does at once: less while people ask.

use crate::front::Door;
use std::time::Duration;
use tokio::time::Instant;

/// Errands at once: enough to keep a slow registry busy, few enough to give way quickly.
const AT_ONCE_MAX: usize = 4;
/// Errands at once while people ask: what one takes of the cores and of the registry is all that they can notice.
const AT_ONCE_BESIDE_PEOPLE: usize = 1;
/// How long after their last question people count as still asking.
const PEOPLE_STAY: Duration = Duration::from_secs(2);

/// Whether people ask.
#[derive(Debug, Default)]
pub(super) struct People {
    /// How many questions had been let in when it was looked last.
    let_in: u64,
    /// When it was last seen that they asked.
    seen: Option<Instant>,
}

impl People {
    /// How many errands may be under way now.
    pub(super) fn errands_beside(&mut self, door: &Door) -> usize {
        let now = Instant::now();
        let let_in = door.let_in();
        if let_in != self.let_in || door.inside() > 0 {
            self.let_in = let_in;
            self.seen = Some(now);
        }
        let is_recent = |at: Instant| now.saturating_duration_since(at) < PEOPLE_STAY;
        match self.seen.is_some_and(is_recent) {
            true => AT_ONCE_BESIDE_PEOPLE,
            false => AT_ONCE_MAX,
        }
    }
}
