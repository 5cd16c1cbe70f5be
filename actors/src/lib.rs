//! The supervised actors between the edges and the domain: who waits for whom, and what happens on failure.
//!
//! # The life of a question
//!
//! ```text
//! Front::ask ─► at hand: held, judged, exact ──────────────────────────────────────► asker
//!           └─► Front ─► Cache ── judged in memory ───────────────────────────────► asker
//!               room?     ├─ candidates in memory ─► [task: judge] ─► Judged ─► every asker waiting
//!                         └─ miss ─► Fetchers ─► gate? budget? registry ─► Fetched ─► [task: judge] ─► …
//! ```
//!
//! # Invariants
//!
//! - *The asker is passed on* and answered by whoever knows; nobody waits on a chain of replies. One that is dropped
//!   refuses by itself ([`asker`]).
//! - *No mailbox waits* on a network or a long computation. What is spawned always comes home ([`homing`]).
//! - *One flight* for a candidate set or a record, one judgement for a mutation in it, however many ask ([`cache`]).
//! - *One deadline*, passed down and never extended; one layer that retries; one rate budget ([`fetchers`]).
//! - *A restarted actor is never noticed* by those who write to it ([`address`]); what must survive a crash is in
//!   [`system::Shared`], not only in the state that crashed.

pub mod front;
pub mod places;
pub mod refusal;
pub mod registry;
pub mod report;
pub mod store;
pub mod system;
pub mod verdicts;

mod address;
mod alerts;
mod asker;
mod breaker;
mod cache;
mod candidates;
mod fetchers;
mod gate;
mod homing;
mod key;
mod metrics;
mod trend;
mod version;
mod warmer;

pub use front::Front;
pub use refusal::Refusal;
pub use registry::{Fault, Page, PageRequest, Registry, RegistryError, RegistryVersion, Retry, Set};
pub use system::{Failure, Settings, System};
pub use verdicts::{Provenance, Retrieved, Source, Verdicts};

#[cfg(test)]
mod tests;
