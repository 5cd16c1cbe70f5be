//! What the actors need of a registry, as a trait: they never know HTTP.
//!
//! One call is one request. Retrying, pacing and deadlines are the fetchers' business; an implementation does none of
//! it, but must be safe to drop at any await.

use futures::future::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use trials::NctId;
use trials::query::Essie;
use trials::record::FullRecord;
use trials::study::Study;

/// A registry of trials.
pub trait Registry: Send + Sync + 'static {
    /// Asks for one page of the studies that match.
    fn page(&self, request: PageRequest) -> BoxFuture<'_, Result<Page, RegistryError>>;

    /// Asks for one whole record; none where the registry answers that it knows no such number. A former number leads to
    /// the record that took its place.
    fn record(&self, nct_id: NctId) -> BoxFuture<'_, Result<Option<FullRecord>, RegistryError>>;

    /// Asks which version of its data it has.
    fn version(&self) -> BoxFuture<'_, Result<RegistryVersion, RegistryError>>;
}

/// A version of the registry's data, by its own words (`dataTimestamp`, such as `2026-11-20T09:00:05`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RegistryVersion(Arc<str>);

impl RegistryVersion {
    /// The longest one that is taken, in bytes.
    pub const BYTES_MAX: usize = 64;

    /// A version by its words: visible ASCII, 1 to [`Self::BYTES_MAX`] bytes; anything else is none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let is_one = (1..=Self::BYTES_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_one.then(|| Self(text.into()))
    }

    /// Its words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of one search.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// What must match.
    pub expression: Essie,
    /// Open trials, or all the others.
    pub set: Set,
    /// How many studies at most, up to 1000, the registry's own bound.
    pub size: u16,
    /// Where the page before said that this one starts.
    pub token: Option<String>,
}

/// Which of a subject's two candidate sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Set {
    /// Recruiting, not yet recruiting, by invitation.
    Open,
    /// Every other status.
    Closed,
}

/// One page of studies.
#[derive(Debug, Default)]
pub struct Page {
    /// Each study with its eligibility text.
    pub studies: Vec<(Study, String)>,
    /// How many records of the page could not be decoded.
    pub unreadable: usize,
    /// Where the next page starts; none on the last.
    pub next: Option<String>,
}

/// A request that brought no page: what happened, and whether asking again can help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryError {
    /// What happened.
    pub fault: Fault,
    /// Whether asking again can help.
    pub retry: Retry,
}

/// What happened to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The registry answered with an error status.
    Status {
        /// HTTP status code.
        code: u16,
        /// The registry's own words, shortened and made harmless.
        words: String,
    },
    /// No connection: refused, unreachable, TLS.
    Unreachable {
        /// Why, in the system's words.
        cause: String,
    },
    /// The host name has no address.
    UnknownHost {
        /// The name.
        host: String,
    },
    /// The connection ended before the answer did.
    Dropped,
    /// Nothing came for this long.
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// The answer is no JSON of the registry's shape.
    Unintelligible {
        /// What it looks like instead.
        what: String,
    },
    /// The answer is larger than is taken, unpacked.
    TooLarge {
        /// The bound in bytes.
        max: usize,
    },
}

/// Whether asking again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It may.
    Soon,
    /// It may, but not before this long (`Retry-After`).
    After(Duration),
    /// The same question gets the same error.
    Never,
}

impl RegistryError {
    /// Whether the registry is well and only turned this question down: no sign of an outage. A client or network that
    /// is turned away altogether (401, 403, 407) is no such case: it should hold back.
    pub(crate) fn is_of_the_question(&self) -> bool {
        let Fault::Status { code, .. } = self.fault else {
            return false;
        };
        self.retry == Retry::Never && (400..500).contains(&code) && ![401, 403, 407].contains(&code)
    }
}

/// What happened, whose fault it is and what to do, in one sentence for people.
impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            Fault::Status { code, words } if words.is_empty() => {
                write!(f, "the registry answered with HTTP status {code}")?
            }
            Fault::Status { code, words } => write!(f, "the registry answered with HTTP status {code}: {words}")?,
            Fault::Unreachable { cause } => write!(f, "the registry can't be reached ({cause})")?,
            Fault::UnknownHost { host } => write!(f, "the registry's host {host} is unknown")?,
            Fault::Dropped => f.write_str("the registry broke off in the middle of its answer")?,
            Fault::TimedOut { after } => write!(f, "the registry did not answer within {:.1} s", after.as_secs_f64())?,
            Fault::Unintelligible { what } => write!(f, "the registry's answer was not understood ({what})")?,
            Fault::TooLarge { max } => write!(f, "the registry's answer is larger than {} MiB", max >> 20)?,
        }
        f.write_str(match (&self.fault, self.retry) {
            (Fault::UnknownHost { .. } | Fault::Unreachable { .. }, _) => {
                "; check the network, the proxy settings and REGISTRY, then ask again"
            }
            (Fault::Status { code: 403, .. }, _) => {
                "; it turns this client or network away: ask from another network, or ask the registry's operators"
            }
            (Fault::Status { code: 404, words }, _) if !words.starts_with("NCT number ") => {
                "; the registry's interface is not at that address: check REGISTRY, whose path is /api/v2 at ClinicalTrials.gov"
            }
            (_, Retry::Never) => "; asking again will not help: please report this question",
            (_, Retry::Soon | Retry::After(_)) => {
                "; this is a fault of the registry, not of the question: ask again later"
            }
        })
    }
}

impl std::error::Error for RegistryError {}
