//! The whole, tested end to end, in one binary. Its table of contents:

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

/// The conversation with an MCP client: tools, answers, refusals, the end.
mod conversation;
/// The registry client: every fault the registry can show, and the pages between them.
mod registry;
/// Traces: what reaches a collector, and what a bad collector costs.
mod telemetry;

/// What the tests stand on.
mod support {
    /// A server that answers the bytes it is told to, and in the way it is told to.
    pub(crate) mod fault_server;
    /// A collector that takes OTLP and decodes it.
    pub(crate) mod otlp_receiver;
    /// The spans that a test's own thread makes.
    pub(crate) mod spans;
    /// The stand-in registry with real records, where it lies beside the workspace.
    pub(crate) mod stand_in;
}
