//! The daemon: MCP over streamable HTTP, and what an operator asks of it.
//!
//! - **No state ties a client to an instance.** Every request to `/mcp` stands by itself, whatever the generation of the
//!   protocol: any number of daemons behind a balancer answer the parts of one conversation.
//! - **One path.** It is the same [`mcp::Server`] as on stdio; only the transport differs.
//! - **Nobody comes in by accident.** It listens on loopback unless told otherwise, and beyond that it demands a token;
//!   foreign names in `Host` and `Origin` are refused on every path (`callers`).
//! - **Everything is bounded**, and what is beyond a bound is told: the constants below.
//! - **The end is orderly.** After a signal `/ready` says so, new questions are refused by name, what is under way is
//!   answered, and nothing that hangs can hold it longer than [`DRAIN_WITHIN`].

mod callers;
mod connections;
mod exposition;
mod listen;
mod routes;
mod streamable;

pub use callers::{Hosts, Origins, Token};
pub use listen::{Listen, NotHeard};

use crate::config::Config;
use crate::{Broken, EXIT_WITHIN, Outcome, mcp, start};
use actors::System;
use connections::Connections;
use hyper_util::server::graceful::GracefulShutdown;
use routes::Readiness;
use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep_until, timeout_at};

/// Bytes of a request's body. The largest that is needed, fifty mutations with all filters, takes a tenth of it. 413.
pub const BODY_BYTES_MAX: usize = 256 << 10;

/// From a request's head to the last byte of its body: what fits into a packet or two needs no longer on any line. 408.
pub const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Bytes of a request's line and headers together, as far as one is refused that has sent so many and not come to the
/// end. Tokens and trace contexts take a few hundred. 431.
pub const HEAD_BYTES_MAX: usize = 32 << 10;

/// Headers of a request. 431.
pub const HEADERS_MAX: usize = 100;

/// From a connection's being free for a request to the request's whole head. Who writes it slowly is cut off then, and
/// who writes nothing: it bounds idle connections too, so a balancer in front must keep its own for less.
pub const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// Connections at once, each with one request at a time: HTTP/1.1 alone is spoken, so this bounds what is under way.
/// With their buffers they take at most 40 MB. Whoever comes beyond is told 503.
pub const CONNECTIONS_MAX: usize = 1024;

/// The longest silence of a reader that has an answer to take: then the connection is closed.
pub const WRITE_WITHIN: Duration = Duration::from_secs(30);

/// From the signal to the process's exit.
pub const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// What is home this long after the signal is answered; the rest is refused.
const ANSWERED_WITHIN: Duration = Duration::from_millis(9500);

/// The last refusal is on the wire this long after it was made, or is given up.
const REFUSED_WITHIN: Duration = Duration::from_millis(200);

/// From the last answer's being made to its being on the wire, where the end waits for nothing else.
const LAST_BYTES_WITHIN: Duration = Duration::from_secs(1);

/// Who may call the daemon.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The bearer token that all paths but `/health` and `/ready` ask for, if any.
    pub token: Option<Token>,
    /// The names accepted in `Host`.
    pub hosts: Hosts,
    /// The origins accepted in `Origin`.
    pub origins: Origins,
}

/// A daemon that listens and has not begun to answer.
#[derive(Debug)]
pub struct Daemon {
    system: System,
    listener: TcpListener,
    address: SocketAddr,
    connections: Connections,
    readiness: Readiness,
}

impl Daemon {
    /// Takes the port and starts the actors.
    ///
    /// # Errors
    /// In one line with the remedy: where others could come in without a token, where the port can't be had, and where
    /// the actors don't start.
    pub async fn start(config: Config, listen: Listen) -> Result<Self, NotStarted> {
        let settings = config.daemon.clone();
        let tools = config.tools;
        let listener = listen.open(settings.token.is_some()).await.map_err(NotStarted::Heard)?;
        let address = listener
            .local_addr()
            .map_err(|error| NotStarted::Heard(NotHeard::new(listen, error)))?;
        #[cfg(unix)]
        connections::allow_open_files();
        let system = start(config).await.map_err(NotStarted::Broken)?;
        let readiness = Readiness::default();
        let server = mcp::Server::new(system.front(), tools, None);
        let routes = routes::routes(system.front(), server, settings, readiness.clone());
        Ok(Self {
            system,
            listener,
            address,
            connections: Connections::new(CONNECTIONS_MAX, routes),
            readiness,
        })
    }

    /// Where it listens, with the real port where the system was to choose one.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `told_to_stop` resolves, then drains; when it resolves once more, ends at once. Returns when the
    /// process has to be gone.
    ///
    /// # Errors
    /// Where the restart budget of the actors is spent.
    pub async fn run(self, mut told_to_stop: impl AsyncFnMut()) -> Result<Instant, Broken> {
        let Self {
            system,
            listener,
            address,
            connections,
            readiness,
        } = self;
        let taking = GracefulShutdown::new();
        tracing::info!("listening on http://{address}/mcp");
        let failure = tokio::select! {
            never = connections.take_all(&listener, Some(&taking)) => match never {},
            () = told_to_stop() => None,
            failure = system.failed() => Some(failure),
        };
        let since = Instant::now();
        readiness.end();
        let by = if failure.is_none() {
            since + ANSWERED_WITHIN
        } else {
            since
        };
        tracing::info!("ending: what is under way is answered");
        // From here on idle connections are closed, and each of the others after its answer.
        let mut answered = pin!(taking.shutdown());
        let is_answered = tokio::select! {
            never = connections.take_all(&listener, None) => match never {},
            () = &mut answered => true,
            // What is left then is no question: a head without an end, a reader who takes nothing.
            () = connections.idle_for(LAST_BYTES_WITHIN) => false,
            () = sleep_until(by) => false,
            () = told_to_stop() => {
                tracing::warn!("told to stop once more: what is under way is refused");
                false
            }
        };
        let refused_by = Instant::now() + REFUSED_WITHIN;
        // Stopping the actors may take longer than their last reply.
        let _ = timeout_at(refused_by, system.drain(Duration::ZERO)).await;
        if !is_answered {
            // Whoever still waited has been refused: their replies leave.
            let _ = timeout_at(refused_by, answered).await;
        }
        match failure {
            Some(failure) => Err(Broken::Spent(failure)),
            None => Ok((Instant::now() + EXIT_WITHIN).min(since + DRAIN_WITHIN)),
        }
    }
}

/// Why the daemon does not run.
#[derive(Debug)]
pub enum NotStarted {
    /// It can't, or may not, listen where it was told to.
    Heard(NotHeard),
    /// The server behind it could not start.
    Broken(Broken),
}

impl NotStarted {
    /// What the process's exit code says.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Heard(error) => error.outcome(),
            Self::Broken(_) => Outcome::Broken,
        }
    }
}

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Heard(error) => error.fmt(f),
            Self::Broken(broken) => broken.fmt(f),
        }
    }
}

impl Error for NotStarted {}
