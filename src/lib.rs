//! Which clinical trials would take a patient with this mutation? The edges: command line, configuration, MCP, HTTP,
//! registry client, telemetry.
//!
//! In the order of a question's life: [`cli`] and [`config`] say how to run, [`mcp`], [`http`] and [`find`] take the question,
//! [`ask`] puts it to the actors, [`registry`] fetches what they lack, [`json`], [`calls`] and [`metrics`] are what programs read.

pub mod cli;
pub mod config;

pub mod ask;
pub mod doctor;
pub mod find;
pub mod http;
pub mod legacy;
pub mod mcp;
mod stdio;

pub mod calls;
pub mod json;
pub mod metrics;

pub mod registry;
pub mod telemetry;

use actors::System;
use actors::system::Failure;
use config::Config;
use rmcp::RoleServer;
use rmcp::transport::IntoTransport;
use std::error::Error;
use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use stdio::{Conversation, Pending};
use tokio::time::Instant;

/// What is home this long after the end began is answered; the rest is refused.
pub const DRAIN_WITHIN: Duration = Duration::from_millis(700);

/// The last reply is on the wire this long after the end began, or is given up: the client doesn't read.
const CLOSED_WITHIN: Duration = Duration::from_millis(800);

/// From the beginning of the end to the process's exit, flushing included.
pub const EXIT_WITHIN: Duration = Duration::from_secs(1);

/// How a command went, as scripts see it: its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All was done, every question answered: 0.
    Done,
    /// A question failed: 1.
    Failed,
    /// The input was refused, a setting, an argument or a mutation: 2.
    Refused,
    /// It can't run, or its restart budget is spent: 70, `EX_SOFTWARE` of sysexits.h.
    Broken,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Failed => Self::from(1),
            Outcome::Refused => Self::from(2),
            Outcome::Broken => Self::from(70),
        }
    }
}

/// Why the server does not run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Broken {
    /// The client of the registry could not be opened.
    Registry(registry::OpenError),
    /// The actors did not start.
    Start(Failure),
    /// The actors failed more often than their restart budget allows.
    Spent(Failure),
}

/// The server: answers on `transport` until it closes or `shutdown` resolves. Returns when that was, so that what comes
/// after knows what is left of the last second.
///
/// # Errors
/// Where it could not start, or where its restart budget is spent: the process must then end, never live on by half.
pub async fn run<T, E, A>(config: Config, transport: T, shutdown: impl Future<Output = ()>) -> Result<Instant, Broken>
where
    T: IntoTransport<RoleServer, E, A>,
    E: Error + Send + Sync + 'static,
{
    let tools = config.tools;
    let system = start(config).await?;
    let pending = Pending::new();
    let server = mcp::Server::new(system.front(), tools, Some(pending.clone()));
    let mut conversation = Conversation::begin(server, transport, pending);
    tokio::select! {
        () = conversation.over(shutdown) => {}
        failure = system.failed() => {
            // Those who wait are told why, as far as they take it.
            conversation.close(Instant::now() + CLOSED_WITHIN.saturating_sub(DRAIN_WITHIN)).await;
            return Err(Broken::Spent(failure));
        }
    }
    let since = Instant::now();
    // What came before the client hung up is let in; after a signal nothing is.
    conversation.hung_up_and_answered(since + DRAIN_WITHIN).await;
    // While this waits, the conversation goes on: replies leave, and new questions are refused by name.
    // Stopping the actors may take longer than their last reply: it goes on behind.
    let left = DRAIN_WITHIN.saturating_sub(since.elapsed());
    let draining = tokio::spawn(system.drain(left));
    let _ = tokio::time::timeout_at(since + DRAIN_WITHIN, draining).await;
    conversation.close(since + CLOSED_WITHIN).await;
    Ok(since)
}

/// The actors over the registry that the settings choose.
pub(crate) async fn start(config: Config) -> Result<System, Broken> {
    let client = registry::Client::open(&config.registry, &config.http)
        .await
        .map_err(Broken::Registry)?;
    let mut settings = config.actors;
    if !client.is_rationed() {
        settings.requests_per_minute = None;
    }
    settings.store.registry = client.identity();
    System::start(settings, Arc::new(client)).await.map_err(Broken::Start)
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry(error) => error.fmt(f),
            Self::Start(failure) => write!(f, "the server could not start: {}", failure.cause),
            Self::Spent(failure) => {
                write!(
                    f,
                    "a part of the server failed again and again ({}); it ends rather than live on by half",
                    failure.cause
                )
            }
        }
    }
}

impl Error for Broken {}
