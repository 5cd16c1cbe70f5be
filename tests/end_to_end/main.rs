//! The whole, tested end to end, in one binary. Its table of contents:

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "all of this is tests, and their figures go to stderr"
)]

/// The registry client: every fault the registry can show, and the pages between them.
mod registry;

/// What the tests stand on.
mod support {
    /// A server that answers the bytes it is told to, and in the way it is told to.
    pub(crate) mod fault_server;
    /// The spans that a test's own thread makes.
    pub(crate) mod spans;
    /// The stand-in registry with real records, where it lies beside the workspace.
    pub(crate) mod stand_in;
}
