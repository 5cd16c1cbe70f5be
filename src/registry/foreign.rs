//! The readers of the registry's JSON without the registry: for those who try them with foreign bytes (`fuzz`,
//! `tests/hostile`). Not for callers, who have a [`super::Client`].

use super::{page, record};
use actors::Page;
use trials::record::FullRecord;

/// What the client makes of the body of a page; none where it makes a fault of it.
#[must_use]
pub fn page(body: &[u8]) -> Option<Page> {
    page::read(body).ok()
}

/// What the client makes of the body of one record; none where it makes a fault of it.
#[must_use]
pub fn record(body: &[u8]) -> Option<FullRecord> {
    record::read(body).ok()
}
