//! What outlives the process and is shared with others: Redis or Valkey, the embedded store, or neither.

pub(crate) mod backend;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Where answers are kept beyond memory.
#[derive(Clone, Debug, Default)]
pub struct StoreSettings {
    /// Redis or Valkey; while it can be reached nothing else is read or written.
    pub redis: Option<RedisSettings>,
    /// The file of this user.
    pub embedded: Option<EmbeddedSettings>,
    /// Which registry is asked. What another one answered is never taken for its answer.
    pub registry: String,
}

/// How Redis or Valkey is reached.
#[derive(Clone)]
pub struct RedisSettings {
    /// `redis://`, `rediss://`, `redis-cluster://`, `redis-sentinel://`, with user and password where they stand in it.
    pub url: String,
    /// A password from a file, which beats that in the URL.
    pub password: Option<String>,
    /// Connections at most; at least 2.
    pub connections_max: usize,
    /// To connect, and for a command that nobody waits for.
    pub timeout: Duration,
}

/// Where the embedded store lies.
#[derive(Clone, Debug)]
pub struct EmbeddedSettings {
    /// The folder; made where it isn't there.
    pub folder: PathBuf,
    /// Bytes on the disk.
    pub bytes_max: u64,
}

/// Without its secrets.
impl fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisSettings")
            .field("connections_max", &self.connections_max)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
