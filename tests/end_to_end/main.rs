//! The whole, tested end to end, in one binary. Its table of contents:

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

/// What is answered, against the contract: fields, sums, quotes, pages, batches.
mod answers;
/// The conversation with an MCP client: what is offered, progress, cancellation.
mod conversation;
/// The daemon as a process: where it listens and why it doesn't, signals, and how it ends.
mod daemon;
/// `doctor`: what it finds and what it tells.
mod doctor;
/// The daemon over HTTP: the conversation, what an operator asks, who is let in, bounds, the end.
mod http;
/// Every command of `docs/migration.md`, run or checked for its form.
mod migration;
/// What goes wrong at the registry, through the whole server: what is told, and recovery.
mod outage;
/// The program as a process: what comes in, how it ends, what a terminal sees.
mod process;
/// One whole record, and how a mutation is read.
mod record;
/// What is refused, and in which words.
mod refusals;
/// The registry client: every fault the registry can show, and the pages between them.
mod registry;
/// Several processes on one store: what they share, what they spare the registry, and what happens when one dies.
mod several;
/// Many questions at once, and many different ones: what they cost the registry, and what they hold.
mod stampede;
/// Traces: what reaches a collector, and what a bad collector costs.
mod telemetry;

/// What the tests stand on.
mod support {
    /// A daemon in this process, and requests to it in plain HTTP.
    pub(crate) mod daemon;
    /// The daemon as a child process.
    pub(crate) mod daemon_process;
    /// A server that answers the bytes it is told to, and in the way it is told to.
    pub(crate) mod fault_server;
    /// Many mutations, for the questions that are many.
    pub(crate) mod mutations;
    /// A collector that takes OTLP and decodes it.
    pub(crate) mod otlp_receiver;
    /// What a process takes of the memory.
    pub(crate) mod process_memory;
    /// The real binary as a child process.
    pub(crate) mod program;
    /// A real redis-server on a port of its own.
    pub(crate) mod redis_server;
    /// The whole service in this process, and an MCP client that speaks to it.
    pub(crate) mod service;
    /// The spans that a test's own thread makes.
    pub(crate) mod spans;
    /// The stand-in registry with real records, where it lies beside the workspace.
    pub(crate) mod stand_in;
    /// The sample registry behind a door: watched, slowed down, at fault.
    pub(crate) mod watched_registry;
}
