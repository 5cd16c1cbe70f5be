//! When a failed request is sent again. One layer retries, inside the one deadline, and this is its rule.

use crate::registry::{RegistryError, Retry};
use std::time::Duration;
use tokio::time::Instant;

/// Requests sent for one page, the first included.
const ATTEMPTS_MAX: u32 = 4;
/// The pause before the second attempt; each further one doubles it.
const BACKOFF_FIRST: Duration = Duration::from_millis(200);

/// What to do about a failed request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send it again after this long.
    Again(Duration),
    /// Tell the error.
    GiveUp,
}

/// Decides about the `attempt`th request (from 1) that failed with `error`.
///
/// `jitter` is from 0 to 1, and spreads the clients that fail together over half of the pause. A `Retry-After` is
/// honoured in full or, where it reaches past the deadline, told at once instead of being waited for in vain.
pub(crate) fn next(attempt: u32, error: &RegistryError, now: Instant, deadline: Instant, jitter: f64) -> Next {
    let backoff = BACKOFF_FIRST * 2u32.saturating_pow(attempt.saturating_sub(1));
    let spread = backoff.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0));
    let pause = match error.retry {
        Retry::Never => return Next::GiveUp,
        Retry::Soon => spread,
        Retry::After(asked) => asked.max(spread),
    };
    if attempt >= ATTEMPTS_MAX || now + pause >= deadline {
        Next::GiveUp
    } else {
        Next::Again(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Fault;

    fn error(retry: Retry) -> RegistryError {
        RegistryError {
            fault: Fault::Dropped,
            retry,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_and_attempts_end() {
        let now = Instant::now();
        let deadline = now + Duration::from_secs(40);
        let pause = |attempt| next(attempt, &error(Retry::Soon), now, deadline, 1.0);
        assert_eq!(pause(1), Next::Again(Duration::from_millis(200)));
        assert_eq!(pause(2), Next::Again(Duration::from_millis(400)));
        assert_eq!(pause(3), Next::Again(Duration::from_millis(800)));
        assert_eq!(pause(4), Next::GiveUp);
        let least = next(1, &error(Retry::Soon), now, deadline, 0.0);
        assert_eq!(least, Next::Again(Duration::from_millis(100)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_registry_asks_for_is_honoured_or_told() {
        let now = Instant::now();
        let deadline = now + Duration::from_secs(5);
        let asked = |s| next(1, &error(Retry::After(Duration::from_secs(s))), now, deadline, 0.0);
        assert_eq!(asked(2), Next::Again(Duration::from_secs(2)));
        assert_eq!(asked(60), Next::GiveUp);
        assert_eq!(next(1, &error(Retry::Never), now, deadline, 0.0), Next::GiveUp);
    }
}
