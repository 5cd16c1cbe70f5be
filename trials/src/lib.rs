//! The pure domain: which trials would take a patient with this mutation, and the words that prove it.
//!
//! No async, no clock, no I/O, no wire formats: everything here is a function of its arguments, so a finding can be
//! repeated, tested and argued about. Reading human text never fails; it returns what it read and what it doubts.
//!
//! In the order of a question's life:
//!
//! 1. [`mutation`]: what a report says becomes one canonical [`Mutation`] (gene by [`gene`]).
//! 2. [`class`]: what wide words contain: classes of alterations, groups of genes.
//! 3. [`question`]: a mutation with checked filters.
//! 4. [`query`]: the expression that brings every record naming the gene.
//! 5. [`study`]: a record as we hold it.
//! 6. [`eligibility`]: its criteria, with spans into the text.
//! 7. [`matching`]: the stance of a record towards a mutation, with evidence.
//! 8. [`ranking`]: the order in which a reader sees them.
//! 9. [`answer`]: filters, paging and the funnel; what a caller is given.
//! 10. [`summary`]: the same, as prose a clinician reads in a minute.
//!
//! Beside it: [`record`], one whole record part by part, and [`explanation`], how a mutation is read.

pub mod answer;
pub mod class;
pub mod eligibility;
pub mod explanation;
pub mod gene;
pub mod matching;
pub mod mutation;
pub mod query;
pub mod question;
pub mod ranking;
pub mod record;
pub mod study;
pub mod summary;

pub use gene::Gene;
pub use mutation::Mutation;
pub use question::Question;
pub use study::{NctId, Record, Study};
