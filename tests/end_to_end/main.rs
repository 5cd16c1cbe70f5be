//! The whole service from outside, in one binary.

mod support;

// Traces: what reaches a collector, and what a bad collector costs.
mod telemetry;
