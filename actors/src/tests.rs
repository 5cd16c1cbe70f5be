//! The tree as a whole, against a registry that does as it is told, under paused time.

mod answers;
mod falls;
mod freshness;
mod limits;
mod outage;
mod records;
mod warming;
mod weather;

mod registry;

use crate::address::Address;
use crate::breaker::BreakerMessage;
use crate::cache::CacheMessage;
use crate::front::FrontMessage;
use crate::metrics::MetricsMessage;
use crate::version::Sighting;
use crate::warmer::WarmerMessage;
use crate::{Fault, Front, Refusal, RegistryError, RegistryVersion, Retry, Settings, Source, System, Verdicts};
use futures::future::join_all;
use ractor::Message;
use registry::{Step, Told};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, advance, sleep};
use trials::mutation::Subject;
use trials::question::{RawFilters, Reach};
use trials::{Mutation, Question};

/// Latency of the registry that does as it is told.
const LATENCY: Duration = Duration::from_millis(150);

fn mutation(name: &str) -> Mutation {
    Mutation::read(name).unwrap()
}

fn subject(name: &str) -> Subject {
    mutation(name).subjects()[0]
}

async fn start(settings: Settings) -> (System, Arc<Told>) {
    let (system, registry) = start_knowing_nothing(settings).await;
    // So that the first question costs no look-up, and figures of one request are figures of one request.
    let version = RegistryVersion::read(registry::VERSION).unwrap();
    system.shared().versions.saw(Sighting {
        version,
        at: Instant::now(),
    });
    (system, registry)
}

async fn start_knowing_nothing(settings: Settings) -> (System, Arc<Told>) {
    let registry = Arc::new(Told::new(LATENCY));
    let system = System::start(settings, Arc::clone(&registry) as Arc<dyn crate::Registry>)
        .await
        .unwrap();
    (system, registry)
}

/// The registry renews its data, and the server gets to know of it.
async fn renew_data(system: &System, registry: &Told) {
    registry.has_version(Some("2026-11-21T09:00:07"));
    advance(Duration::from_secs(61)).await;
    system.shared().cache.post(CacheMessage::LookUpVersion);
    sleep(LATENCY * 2).await;
}

fn unrationed() -> Settings {
    Settings {
        requests_per_minute: None,
        ..Settings::default()
    }
}

async fn ask(front: &Front, name: &str) -> Result<Verdicts, Refusal> {
    front.ask(&mutation(name), Reach::Open, front.deadline()).await
}

fn candidates(verdicts: &Verdicts) -> usize {
    let question = Question {
        input: String::new(),
        mutation: mutation("MSI-H"),
        filters: RawFilters::default().check().unwrap(),
    };
    verdicts.answer(&question).unwrap().funnel.candidates
}

fn unavailable() -> RegistryError {
    RegistryError {
        fault: Fault::Status {
            code: 503,
            words: "busy".into(),
        },
        retry: Retry::Soon,
    }
}
