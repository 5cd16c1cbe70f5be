//! The registry over HTTP (stand-in for the real client, which is written elsewhere).

use actors::{Page, PageRequest, RegistryError};
use futures::future::BoxFuture;
use std::str::FromStr;
use std::time::Duration;

/// Which registry is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The real one.
    Live,
    /// The embedded one.
    Sample,
    /// Anything that speaks the v2 API.
    Base(reqwest::Url),
}

/// Bounds of the client.
#[derive(Clone, Debug)]
pub struct Settings {
    /// To connect.
    pub connect_timeout: Duration,
    /// Between two reads.
    pub read_timeout: Duration,
    /// Requests in flight.
    pub requests_max: usize,
    /// Idle connections kept.
    pub idle_max: usize,
}

/// Not a registry.
#[derive(Debug)]
pub struct NotARegistry;

impl FromStr for Choice {
    type Err = NotARegistry;

    fn from_str(text: &str) -> Result<Self, NotARegistry> {
        match text {
            "live" => Ok(Self::Live),
            "sample" => Ok(Self::Sample),
            base => reqwest::Url::parse(base)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"))
                .map(Self::Base)
                .ok_or(NotARegistry),
        }
    }
}

/// A client.
#[derive(Debug)]
pub struct Client {}

/// It could not be opened.
#[derive(Debug)]
pub struct OpenError;

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the registry client could not be opened")
    }
}

impl Client {
    /// Opens it.
    #[allow(clippy::unused_async, clippy::missing_errors_doc)]
    pub async fn open(_: &Choice, _: &Settings) -> Result<Self, OpenError> {
        Ok(Self {})
    }

    /// Whether its operators ration it.
    #[must_use]
    pub fn is_rationed(&self) -> bool {
        true
    }
}

impl actors::Registry for Client {
    fn page(&self, _: PageRequest) -> BoxFuture<'_, Result<Page, RegistryError>> {
        Box::pin(async { Ok(Page::default()) })
    }
}
