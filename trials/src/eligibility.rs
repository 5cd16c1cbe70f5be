//! Eligibility prose into sections and criteria, each a span of the source; no byte is lost and reading never fails.

/// A half-open byte range of a text, on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}
