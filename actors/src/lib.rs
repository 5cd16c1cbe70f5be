//! The supervised actors between the edges and the domain: who waits for whom, and what happens on failure.

pub mod front;
pub mod refusal;
pub mod registry;
pub mod report;
pub mod system;
pub mod verdicts;

pub use front::Front;
pub use refusal::Refusal;
pub use registry::{Fault, Page, PageRequest, Registry, RegistryError, Retry};
pub use system::{Settings, System};
pub use verdicts::{Provenance, Source, Verdicts};
