//! What a Redis that stalls, dies, fills up or turns us away costs those who ask: nothing but its help.

use super::*;
use crate::report::{State, StoreReport};
use crate::store::{AGREEMENT_MAX, ON_THE_WAY_MAX, Store, StoreSettings};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A store over a server, with questions coming all the while.
struct Load {
    store: Store,
    _watch: JoinHandle<()>,
    asking: JoinHandle<()>,
    stop: Arc<AtomicBool>,
    /// The longest that any question waited, in microseconds.
    longest: Arc<AtomicU64>,
}

impl Load {
    async fn on(server: &Server) -> Self {
        let store = Store::new(
            &StoreSettings {
                redis: Some(settings(&server.url())),
                embedded: None,
                registry: REGISTRY.into(),
            },
            2000,
        );
        let (stop, longest) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let asking = {
            let (store, stop, longest) = (store.clone(), Arc::clone(&stop), Arc::clone(&longest));
            tokio::spawn(async move {
                let mut n: u64 = 0;
                while !stop.load(Ordering::Relaxed) {
                    n += 1;
                    let begun = Instant::now();
                    let _ = store.read("some".into()).await;
                    let some = Some(n.to_string().into_bytes());
                    let _ = store.swap(format!("of {n}"), None, some, Duration::from_secs(1)).await;
                    let waited = u64::try_from(begun.elapsed().as_micros()).unwrap();
                    longest.fetch_max(waited, Ordering::Relaxed);
                    sleep(Duration::from_millis(2)).await;
                }
            })
        };
        let watch = {
            let store = store.clone();
            tokio::spawn(async move {
                loop {
                    store.round().await;
                    sleep(crate::store::ROUND).await;
                }
            })
        };
        let load = Self {
            store,
            _watch: watch,
            asking,
            stop,
            longest,
        };
        load.until(State::Healthy, PATIENCE).await;
        load
    }

    /// Waits until the store is said to be so, at most that long.
    async fn until(&self, state: State, within: Duration) -> StoreReport {
        let begun = Instant::now();
        loop {
            let report = self.store.report().remove(0);
            // A store nobody has heard of yet is healthy only as long as nobody asked.
            if report.state == state && (state != State::Healthy || report.is_in_use) {
                return report;
            }
            assert!(begun.elapsed() < within, "{state:?} within {within:?}: {report:?}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// That it was degraded in time, and says why and what to do.
    async fn degraded(&self) -> StoreReport {
        let report = self.until(State::Degraded, Duration::from_secs(2)).await;
        assert!(report.cause.is_some() && report.remedy.is_some(), "{report:?}");
        report
    }

    async fn healthy(&self) {
        self.until(State::Healthy, Duration::from_secs(5)).await;
    }

    /// That no question waited longer than it may: for two commands, and for a machine that is busy with others.
    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.asking.await.unwrap();
        let longest = Duration::from_micros(self.longest.load(Ordering::Relaxed));
        assert!(longest < AGREEMENT_MAX * 2 + Duration::from_millis(200), "{longest:?}");
        self._watch.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_ten_times_in_a_row_and_back_empty() {
    let Some(mut server) = Server::start(&[]).await else {
        return;
    };
    let load = Load::on(&server).await;
    for _ in 0..10 {
        server.kill();
        load.degraded().await;
        server.start_again(&[]).await;
        load.healthy().await;
        let connections = server.info("total_connections_received");
        assert!(connections < 40, "a storm of {connections} connections");
    }
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled() {
    let Some(server) = Server::start(&[]).await else { return };
    let load = Load::on(&server).await;
    server.stall(true);
    load.degraded().await;
    // Given up, it costs nothing at all.
    load.longest.store(0, Ordering::Relaxed);
    sleep(Duration::from_millis(1500)).await;
    let longest = Duration::from_micros(load.longest.load(Ordering::Relaxed));
    assert!(longest < ON_THE_WAY_MAX, "{longest:?}");
    server.stall(false);
    load.healthy().await;
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn read_only() {
    let Some(server) = Server::start(&[]).await else { return };
    let Some(other) = Server::start(&[]).await else { return };
    let load = Load::on(&server).await;
    server.say(&["REPLICAOF", "127.0.0.1", &other.port.to_string()]);
    load.degraded().await;
    // While it copies the other it answers nobody; then it is read and not written.
    let begun = Instant::now();
    let is_read = |report: &StoreReport| {
        let cause = report.cause.as_deref().unwrap_or_default();
        report.is_in_use && cause.contains("takes nothing")
    };
    while !is_read(&load.store.report()[0]) {
        assert!(begun.elapsed() < PATIENCE, "{:?}", load.store.report());
        sleep(Duration::from_millis(10)).await;
    }
    server.say(&["REPLICAOF", "NO", "ONE"]);
    load.healthy().await;
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn out_of_memory() {
    let Some(server) = Server::start(&[]).await else { return };
    let load = Load::on(&server).await;
    server.say(&["CONFIG", "SET", "maxmemory", "1"]);
    let report = load.degraded().await;
    assert!(report.is_in_use && report.cause.unwrap().contains("no room"));
    server.say(&["CONFIG", "SET", "maxmemory", "0"]);
    load.healthy().await;
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_password_changed() {
    let Some(server) = Server::start(&[]).await else { return };
    let load = Load::on(&server).await;
    server.say(&["CONFIG", "SET", "requirepass", "correct-horse"]);
    server.say(&["-a", "correct-horse", "CLIENT", "KILL", "TYPE", "normal"]);
    let report = load.degraded().await;
    assert!(report.cause.unwrap().contains("turns this server away") || !report.is_in_use);
    server.say(&["-a", "correct-horse", "CONFIG", "SET", "requirepass", ""]);
    load.healthy().await;
    load.end().await;
}
