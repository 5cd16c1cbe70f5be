//! What the project promises about itself, as tests: who may know whom, how files look, what the names mean, and that
//! the configuration beside the code agrees with it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

// The files these tests read.
mod files;

// Which room knows what: manifests, and all that they bring in.
mod rooms;

// What every file keeps to.
mod text;

// Names given to telemetry stand in the one table.
mod names;

// The collector, the containers and the README speak of the same places.
mod containers;
