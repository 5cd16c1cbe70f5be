//! What the tests stand on.

pub(crate) mod otlp_receiver;
