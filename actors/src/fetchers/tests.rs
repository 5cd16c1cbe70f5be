//! The pool by itself: which orders give way, and which can be withdrawn.

use super::*;
use crate::Settings;
use crate::homing::Homing;
use crate::registry::{Page, RegistryVersion, Set};
use crate::system::System;
use futures::FutureExt;
use ractor::Actor;
use tokio::sync::mpsc;
use tracing::Span;
use trials::mutation::{Signature, Subject};
use trials::record::FullRecord;

/// A registry that never answers.
struct Silent;

impl Registry for Silent {
    fn page(&self, _: PageRequest) -> BoxFuture<'_, Result<Page, RegistryError>> {
        std::future::pending().boxed()
    }

    fn record(&self, _: NctId) -> BoxFuture<'_, Result<Option<FullRecord>, RegistryError>> {
        std::future::pending().boxed()
    }

    fn version(&self) -> BoxFuture<'_, Result<RegistryVersion, RegistryError>> {
        std::future::pending().boxed()
    }
}

/// Hears what comes home, in the cache's place.
struct Ear;

impl Actor for Ear {
    type Msg = CacheMessage;
    type State = mpsc::UnboundedSender<CacheMessage>;
    type Arguments = mpsc::UnboundedSender<CacheMessage>;

    async fn pre_start(
        &self,
        _: ActorRef<CacheMessage>,
        heard: mpsc::UnboundedSender<CacheMessage>,
    ) -> Result<Self::State, ActorProcessingErr> {
        Ok(heard)
    }

    async fn handle(
        &self,
        _: ActorRef<CacheMessage>,
        message: CacheMessage,
        heard: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        heard.send(message)?;
        Ok(())
    }
}

fn work(home: &Address<CacheMessage>, set: Set) -> Work {
    let subject = Subject::Signature(Signature::MsiHigh);
    let key = Key::Candidates(SetKey { subject, set });
    Work {
        key,
        flight: FlightNumber(0),
        deadline: Instant::now() + Duration::from_secs(40),
        homing: Homing::new(
            home,
            CacheMessage::Fetched {
                key,
                flight: FlightNumber(0),
                outcome: Err(Refusal::Interrupted),
            },
        ),
        span: Span::none(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_gives_way_from_the_lowest_lane_and_says_so() {
    let settings = Settings {
        requests_max: 1,
        ..Settings::default()
    };
    let system = System::start(settings, Arc::new(Silent)).await.unwrap();
    let fetchers = &system.shared().fetchers;
    let (heard, mut hears) = mpsc::unbounded_channel();
    let home = Address::vacant();
    home.move_in(Actor::spawn(None, Ear, heard).await.unwrap().0);

    // One is taken by the only fetcher, the others fill the queue; people come last and are one too many each.
    let mut orders = Vec::new();
    for _ in 0..=QUEUE_MAX {
        orders.push(Order::place(fetchers, Lane::Warming, work(&home, Set::Closed)));
    }
    for _ in 0..3 {
        orders.push(Order::place(fetchers, Lane::People, work(&home, Set::Open)));
    }
    for _ in 0..3 {
        let message = hears.recv().await.unwrap();
        assert!(
            matches!(&message, CacheMessage::Fetched { key: Key::Candidates(key), outcome: Err(Refusal::Shed), .. } if key.set == Set::Closed),
            "{message:?}"
        );
    }
    assert_eq!(system.shared().counters.shed.get(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_queued_order_can_be_withdrawn_and_one_being_worked_on_cannot() {
    let settings = Settings {
        requests_max: 1,
        ..Settings::default()
    };
    let system = System::start(settings, Arc::new(Silent)).await.unwrap();
    let fetchers = &system.shared().fetchers;
    let home = Address::vacant();
    let begun = Order::place(fetchers, Lane::People, work(&home, Set::Open));
    let queued = Order::place(fetchers, Lane::People, work(&home, Set::Open));
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert!(!begun.withdraw());
    assert!(queued.withdraw());
}
