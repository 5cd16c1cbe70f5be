//! The promise that a task comes home: whatever becomes of it, the cache hears of it.

use crate::address::Address;
use crate::cache::CacheMessage;

/// Brings one message to the cache: what the task found or, if it is dropped without that (timed out, shed, panicked,
/// its worker killed), what stands for its failure.
#[derive(Debug)]
pub(crate) struct Homing {
    cache: Address<CacheMessage>,
    otherwise: Option<CacheMessage>,
}

impl Homing {
    /// A promise that is kept with `otherwise` if nothing better comes.
    pub(crate) fn new(cache: &Address<CacheMessage>, otherwise: CacheMessage) -> Self {
        Self {
            cache: cache.clone(),
            otherwise: Some(otherwise),
        }
    }

    /// Comes home.
    pub(crate) fn arrive(mut self, message: CacheMessage) {
        self.otherwise = None;
        self.cache.post(message);
    }

    /// Nobody waits any more.
    pub(crate) fn release(mut self) {
        self.otherwise = None;
    }
}

impl Drop for Homing {
    fn drop(&mut self) {
        if let Some(message) = self.otherwise.take() {
            self.cache.post(message);
        }
    }
}
