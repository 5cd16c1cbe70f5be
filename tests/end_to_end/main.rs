//! The whole service from outside, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod support;

// Traces: what reaches a collector, and what a bad collector costs.
mod telemetry;
