//! What a store stands on, as a trait: entries, cells, counts, news. Redis and the embedded store implement it alike.
//!
//! # The bargain
//!
//! A backend keeps bytes and compares bytes; it decides nothing. What they mean is [`super::format`]'s (entries), and
//! [`super::lease`]'s and the rate budget's (cells). It is safe to drop at any await, and never blocks an async thread.
//! A value that is not ours or is damaged counts as none: it is never an error, and never an answer.
//!
//! | what | for | survives |
//! | --- | --- | --- |
//! | entry | a candidate set or a record under its key, `gene:EGFR` | until evicted or dropped |
//! | cell | a few bytes that processes agree on by compare and swap: leases, the rate budget, the registry's version | until it runs out |
//! | counts | how often each mutation was asked for, by period | [`PERIODS_KEPT`] periods |
//! | news | what other processes must hear soon: what was dropped | [`NEWS_KEPT`] items |

#[cfg(test)]
pub(crate) mod tests;

use futures::future::BoxFuture;
use std::fmt;
use std::time::Duration;

/// Periods for which counts are kept.
pub(crate) const PERIODS_KEPT: u64 = 28;
/// News kept for those who read them late.
pub(crate) const NEWS_KEPT: usize = 1000;
/// The largest entry that is saved, in bytes, compressed.
pub(crate) const ENTRY_BYTES_MAX: usize = 64 << 20;

/// What a call to a backend brings.
pub(crate) type Stored<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Where a store keeps what it is given.
pub(crate) trait Backend: fmt::Debug + Send + Sync + 'static {
    /// As answers name it.
    fn tier(&self) -> Tier;

    /// Opens what it stands on. Ends when that is done, or turns out not to be possible for now.
    fn open(&self) -> BoxFuture<'_, ()>;

    /// The entry under a key.
    fn load(&self, key: String) -> Stored<'_, Option<Vec<u8>>>;

    /// Keeps an entry in place of what was under its key.
    fn save(&self, key: String, entry: Vec<u8>) -> Stored<'_, ()>;

    /// Drops the entries under these keys. Says which of them were there.
    fn remove(&self, keys: Vec<String>) -> Stored<'_, Vec<String>>;

    /// The key of every entry.
    fn keys(&self) -> Stored<'_, Vec<String>>;

    /// What a cell holds; none where it is empty or has run out.
    fn read(&self, cell: String) -> Stored<'_, Option<Vec<u8>>>;

    /// Puts `now` into a cell if it holds exactly `was`, and says whether it did. What is put there runs out after
    /// `keep_for`; none empties the cell. Atomic among all processes on the store.
    fn swap(&self, cell: String, was: Option<Vec<u8>>, now: Option<Vec<u8>>, keep_for: Duration) -> Stored<'_, bool>;

    /// Adds to the counts of a period. Periods older than [`PERIODS_KEPT`] before it go.
    fn count(&self, period: u64, counts: Vec<(String, u64)>) -> Stored<'_, ()>;

    /// The counts from a period on: the period, what was counted, how often.
    fn counts(&self, from: u64) -> Stored<'_, Vec<(u64, String, u64)>>;

    /// Tells every process on the store, this one included.
    fn tell(&self, news: String) -> Stored<'_, ()>;

    /// What was told after `last`, oldest first, and where to read on; without `last` nothing but where that is.
    fn news(&self, last: Option<NewsMark>) -> Stored<'_, (NewsMark, Vec<String>)>;

    /// How much is kept.
    fn usage(&self) -> Stored<'_, Usage>;

    /// Ends connections and threads; what was saved before is kept.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// A place in the news of a store, in the backend's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewsMark(pub(crate) String);

/// What a store stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Tier {
    /// Redis or Valkey, shared by machines.
    Redis,
    /// A file, shared by the processes of one user.
    Embedded,
}

/// How much a store keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Entries.
    pub(crate) entries: u64,
    /// Bytes they take.
    pub(crate) bytes: u64,
    /// The bound in bytes, where there is one of ours.
    pub(crate) bytes_max: Option<u64>,
    /// Entries that went for room.
    pub(crate) evictions: u64,
}

/// Why a store did not do what was asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StoreError {
    /// No connection.
    Unreachable { cause: String },
    /// It did not answer in time.
    Slow { after: Duration },
    /// It turns us away: a wrong password, a user without rights.
    Denied { cause: String },
    /// It has no room: out of memory, a full disk.
    Full { cause: String },
    /// It takes nothing: a read-only replica, disk or folder.
    ReadOnly { cause: String },
    /// Anything else, in its own words.
    Failed { cause: String },
}

impl Tier {
    /// As answers spell it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::Embedded => "embedded",
        }
    }
}

impl StoreError {
    /// Whether the store still answers reads, so that only writing is lost.
    pub(crate) fn is_of_writing(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::ReadOnly { .. })
    }

    /// What an operator can do.
    pub(crate) fn remedy(&self, tier: Tier) -> &'static str {
        match (self, tier) {
            (Self::Unreachable { .. }, Tier::Redis) => "check that Redis runs and that REDIS_URL leads to it",
            (Self::Slow { .. }, Tier::Redis) => "look for what keeps Redis busy (SLOWLOG GET), or for a slow network",
            (Self::Denied { .. }, Tier::Redis) => {
                "check the user and password in REDIS_URL or REDIS_PASSWORD_FILE, and what the user may do"
            }
            (Self::Full { .. }, Tier::Redis) => {
                "raise Redis's maxmemory, or let it evict (maxmemory-policy allkeys-lru)"
            }
            (Self::ReadOnly { .. }, Tier::Redis) => {
                "REDIS_URL leads to a replica: name the primary, or use sentinel or cluster"
            }
            (Self::Full { .. }, Tier::Embedded) => "make room on the disk of CACHE_DIR, or lower CACHE_DISK_MAX",
            (Self::ReadOnly { .. } | Self::Denied { .. }, Tier::Embedded) => {
                "make CACHE_DIR writable, or set it to a folder that is"
            }
            (Self::Unreachable { .. } | Self::Slow { .. }, Tier::Embedded) => {
                "look at the disk of CACHE_DIR, and at what else works on it"
            }
            (Self::Failed { .. }, _) => "report this with the log line of its failure",
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { cause } => write!(f, "it can't be reached ({cause})"),
            Self::Slow { after } => write!(f, "it did not answer within {} ms", after.as_millis()),
            Self::Denied { cause } => write!(f, "it turns this server away ({cause})"),
            Self::Full { cause } => write!(f, "it has no room ({cause})"),
            Self::ReadOnly { cause } => write!(f, "it takes nothing ({cause})"),
            Self::Failed { cause } => write!(f, "it failed ({cause})"),
        }
    }
}

impl std::error::Error for StoreError {}
