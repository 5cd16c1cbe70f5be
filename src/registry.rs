//! The registry over HTTP: ClinicalTrials.gov's API v2, its embedded sample, or anything else that speaks it.
//!
//! One call is one request and one span; retrying, pacing and deadlines belong to those who call. What this file
//! promises:
//!
//! - **No fault is an empty page.** A page is a JSON object with a list of studies; whatever else comes is a
//!   [`RegistryError`] with the fault, and whether asking again can help (`faults`).
//! - **Everything is bounded.** Requests in flight, idle connections, the time to connect, the silence between two
//!   pieces of an answer, the size of a page unpacked, and how many pages the process decodes at once.
//! - **Async threads stay free.** A page is unpacked and decoded on a thread that may block (`body`, `page`).
//! - **It can be dropped at any await.** The request ends, its place is free; a page being decoded is thrown away.
//! - **The registry learns what is asked, not who asks.** No trace context, cookie or referer is sent.

mod body;
mod choice;
mod faults;
#[doc(hidden)]
pub mod foreign;
mod page;
mod proxies;
mod record;
pub mod sample;
mod version;
mod wire;

pub use choice::{Choice, NotARegistry};
pub use proxies::Proxies;

use actors::registry::Set;
use actors::{Fault, Page, PageRequest, Registry, RegistryError, RegistryVersion, Retry};
use body::Packed;
use faults::Patience;
use futures::FutureExt;
use futures::future::BoxFuture;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderValue};
use reqwest::{Url, redirect};
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use tokio::task::JoinError;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span, info_span};
use trials::NctId;
use trials::record::FullRecord;
use trials::study::OverallStatus;

/// The largest page taken, unpacked, in bytes. A thousand studies with all their sites take about a fifth of it.
pub const PAGE_BYTES_MAX: usize = 64 << 20;

/// How many pages the process unpacks and decodes at once, so that a batch of cold genes can't fill the memory.
const PAGES_DECODED_MAX: usize = 4;
static DECODING: Semaphore = Semaphore::const_new(PAGES_DECODED_MAX);

/// How often one request may be sent on to another path of the same host.
const REDIRECTS_MAX: usize = 3;

/// Who asks and what for, honestly: the registry's operators can tell us from others.
const USER_AGENT: &str = concat!(
    env!("CARGO_PKG_NAME"),
    "/",
    env!("CARGO_PKG_VERSION"),
    " (matches trials to tumour mutations; asks by gene, caches)"
);

/// The client's bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The longest wait for a connection, TLS included.
    pub connect_timeout: Duration,
    /// The longest silence: before an answer begins, and between two pieces of it.
    pub read_timeout: Duration,
    /// Requests in flight at once; at least 1.
    pub requests_max: usize,
    /// Idle connections kept.
    pub idle_max: usize,
    /// What leads to a registry elsewhere.
    pub proxies: Proxies,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            requests_max: 100,
            idle_max: 20,
            proxies: Proxies::default(),
        }
    }
}

/// A client of one registry.
#[derive(Debug)]
pub struct Client {
    /// Made by the first request: reading the system's certificates takes longer than all else of a start.
    http: OnceCell<reqwest::Client>,
    settings: Settings,
    base: Url,
    studies: Url,
    version: Url,
    in_flight: Semaphore,
    /// The embedded registry, which stops when this is dropped.
    sample: Option<sample::Server>,
}

/// A client could not be made.
#[derive(Debug)]
pub enum OpenError {
    /// The sample registry could not be started.
    Sample(io::Error),
    /// The base URL can't be used.
    Base(NotARegistry),
}

impl Client {
    /// Makes a client; starts the sample registry where that is the choice. Sends nothing yet.
    ///
    /// # Errors
    /// [`OpenError`], in one line.
    pub async fn open(choice: &Choice, settings: &Settings) -> Result<Self, OpenError> {
        let (base, sample) = match choice {
            Choice::Sample => {
                let server = sample::Server::start().await.map_err(OpenError::Sample)?;
                (choice::base(server.base_url()), Some(server))
            }
            elsewhere => (choice::base(elsewhere.base_url().unwrap_or_default()), None),
        };
        let base = base.map_err(OpenError::Base)?;
        let under_base = |name: &str| {
            let mut url = base.clone();
            url.path_segments_mut()
                .map_err(|()| OpenError::Base(NotARegistry::NoBase))?
                .pop_if_empty()
                .push(name);
            Ok(url)
        };
        Ok(Self {
            studies: under_base("studies")?,
            version: under_base("version")?,
            http: OnceCell::new(),
            settings: settings.clone(),
            base,
            in_flight: Semaphore::new(settings.requests_max.clamp(1, Semaphore::MAX_PERMITS)),
            sample,
        })
    }

    /// Whether the registry is a public good to be asked gently. The embedded one is not.
    #[must_use]
    pub fn is_rationed(&self) -> bool {
        self.sample.is_none()
    }

    /// What tells this registry from others: what one of them answered is never taken for the answer of another.
    #[must_use]
    pub fn identity(&self) -> String {
        match self.sample {
            // It moves from port to port, and is another when its studies are.
            Some(_) => format!("sample {}", sample::fingerprint()),
            None => self.base.to_string(),
        }
    }

    /// The base URL asked.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.base.as_str()
    }

    /// Sends one request, and records in the current span what came of it. `place` is that of a request in
    /// flight, and free again once the answer is here.
    async fn ask<T: Send + 'static>(
        &self,
        url: Url,
        place: Option<SemaphorePermit<'_>>,
        read: fn(&[u8]) -> Result<T, page::NotAPage>,
    ) -> Result<T, RegistryError> {
        let body = self.receive(url).await;
        drop(place);
        let outcome = match body {
            Ok(body) => decode(body, read).await,
            Err(error) => Err(error),
        };
        if let Err(error) = &outcome {
            let span = Span::current();
            span.record("error.type", &*faults::error_type(&error.fault));
            span.record("otel.status_code", "ERROR");
            span.record("otel.status_description", display(error));
        }
        outcome
    }

    async fn receive(&self, url: Url) -> Result<Packed, RegistryError> {
        let host = self.base.host_str().unwrap_or_default();
        let (http, patience) = (self.http().await?, self.patience());
        let response = http
            .get(url)
            .send()
            .await
            .map_err(|error| faults::unsent(&error, host, patience))?;
        let status = response.status();
        Span::current().record("http.response.status_code", status.as_u16());
        if !status.is_success() {
            let headers = response.headers().clone();
            let words = Packed::receive_some(response, 16 << 10).await.first_words(4 << 10);
            return Err(faults::refused(status, &headers, &words, SystemTime::now()));
        }
        let body = Packed::receive(response, PAGE_BYTES_MAX)
            .await
            .map_err(|error| faults::unreceived(&error, PAGE_BYTES_MAX, patience))?;
        Span::current().record("http.response.body.size", body.len());
        Ok(body)
    }

    /// The span of one request, named by HTTP's conventions for a client.
    fn span(&self, name: &'static str, url: &Url) -> Span {
        info_span!(
            "GET",
            otel.name = name,
            otel.kind = "client",
            http.request.method = "GET",
            url.full = %shortened(url.as_str()),
            server.address = self.base.host_str(),
            server.port = self.base.port_or_known_default(),
            http.response.status_code = Empty,
            http.response.body.size = Empty,
            error.type = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        )
    }

    async fn http(&self) -> Result<&reqwest::Client, RegistryError> {
        let (base, settings) = (self.base.clone(), self.settings.clone());
        let make = async || match tokio::task::spawn_blocking(move || http(&base, &settings)).await {
            Ok(made) => made.map_err(|error| faults::unmade(&error)),
            Err(failure) => Err(unfinished(failure)),
        };
        self.http.get_or_try_init(make).await
    }

    fn patience(&self) -> Patience {
        Patience {
            connect: self.settings.connect_timeout,
            read: self.settings.read_timeout,
        }
    }
}

impl Registry for Client {
    fn page(&self, request: PageRequest) -> BoxFuture<'_, Result<Page, RegistryError>> {
        async move {
            // Never closed, so an error can't happen; if it did, the bound would merely not hold.
            let place = self.in_flight.acquire().await.ok();
            let url = page_url(&self.studies, &request);
            let span = self.span("GET /studies", &url);
            self.ask(url, place, page::read).instrument(span).await
        }
        .boxed()
    }

    fn record(&self, nct_id: NctId) -> BoxFuture<'_, Result<Option<FullRecord>, RegistryError>> {
        async move {
            let place = self.in_flight.acquire().await.ok();
            let url = record_url(&self.studies, nct_id);
            let span = self.span("GET /studies/{nctId}", &url);
            match self.ask(url, place, record::read).instrument(span).await {
                Err(error) if is_unknown_number(&error) => Ok(None),
                answer => answer.map(Some),
            }
        }
        .boxed()
    }

    fn version(&self) -> BoxFuture<'_, Result<RegistryVersion, RegistryError>> {
        async move {
            let place = self.in_flight.acquire().await.ok();
            let span = self.span("GET /version", &self.version);
            self.ask(self.version.clone(), place, version::read)
                .instrument(span)
                .await
        }
        .boxed()
    }
}

/// The address of a page. What differs from question to question stands first, where a shortened one still shows it.
///
/// The expression goes in a `query` parameter because only those are ranked by `@relevance`, and without a sort the
/// registry's first page is not sorted at all. It names its own search areas.
fn page_url(studies: &Url, request: &PageRequest) -> Url {
    let mut url = studies.clone();
    let mut query = url.query_pairs_mut();
    query.append_pair("query.term", request.expression.as_str());
    query.append_pair("filter.overallStatus", &statuses(request.set));
    query.append_pair("pageSize", &request.size.to_string());
    if let Some(token) = &request.token {
        query.append_pair("pageToken", token);
    }
    query.append_pair("sort", "@relevance");
    query.append_pair("fields", wire::FIELDS);
    drop(query);
    url
}

/// The address of a record.
fn record_url(studies: &Url, nct_id: NctId) -> Url {
    let mut url = studies.clone();
    url.set_path(&format!("{}/{nct_id}", studies.path()));
    url.query_pairs_mut().append_pair("fields", record::FIELDS);
    url
}

/// Whether the registry itself says that it has no such number. A 404 in other words comes from something in between,
/// or from a base URL that leads elsewhere, and says nothing about the trial.
fn is_unknown_number(error: &RegistryError) -> bool {
    matches!(&error.fault, Fault::Status { code: 404, words }
        if words.starts_with("NCT number ") && words.trim_end_matches('.').ends_with(" not found"))
}

/// The statuses of a set; the two sets share none and leave none out.
fn statuses(set: Set) -> String {
    let of_set = OverallStatus::ALL
        .iter()
        .filter(|status| status.is_open() == (set == Set::Open));
    of_set.map(|status| status.as_str()).collect::<Vec<_>>().join(",")
}

/// An address short enough for a span. It is plain ASCII: whatever else was asked is percent-encoded.
fn shortened(url: &str) -> &str {
    url.get(..url.len().min(512)).unwrap_or(url)
}

fn http(base: &Url, settings: &Settings) -> Result<reqwest::Client, reqwest::Error> {
    let headers = HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static("application/json")),
        (ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
    ]);
    let client = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .no_gzip() // bodies are unpacked where they are decoded
        .referer(false)
        .retry(reqwest::retry::never())
        .redirect(redirect::Policy::custom(follow))
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.read_timeout)
        .pool_max_idle_per_host(settings.idle_max)
        // A connection that a sleeping laptop or a changed network left dead is noticed while it is used, and not
        // handed to the next request.
        .http2_keep_alive_interval(Duration::from_secs(10))
        .http2_keep_alive_timeout(Duration::from_secs(5));
    settings.proxies.lead_to(base, client)?.build()
}

/// Follows a few redirects within the host, never down to plain HTTP. Any other is told as the status that it is.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let [first, ..] = attempt.previous() else {
        return attempt.stop();
    };
    let same_host = first.host_str() == attempt.url().host_str();
    let downgraded = first.scheme() == "https" && attempt.url().scheme() != "https";
    if same_host && !downgraded && attempt.previous().len() <= REDIRECTS_MAX {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

/// Unpacks and decodes an answer where blocking harms nobody.
async fn decode<T: Send + 'static>(
    body: Packed,
    read: fn(&[u8]) -> Result<T, page::NotAPage>,
) -> Result<T, RegistryError> {
    let permit = DECODING.acquire().await.ok();
    let decoding = tokio::task::spawn_blocking(move || {
        // Held to the end of the work: a caller who leaves must not let a fifth page in.
        let _permit = permit;
        let body = body
            .unpack(PAGE_BYTES_MAX)
            .map_err(|error| faults::unpacked(error, PAGE_BYTES_MAX))?;
        read(&body).map_err(|error| faults::unread(error, &body))
    });
    decoding.await.unwrap_or_else(|failure| Err(unfinished(failure)))
}

/// Work on another thread that has no outcome: a panic goes on here; else the runtime is going down.
fn unfinished(failure: JoinError) -> RegistryError {
    match failure.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => RegistryError {
            fault: Fault::Dropped,
            retry: Retry::Never,
        },
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sample(error) => write!(f, "the sample registry could not be started: {error}"),
            Self::Base(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}
