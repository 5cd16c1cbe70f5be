//! What every backend promises, shown of each by its own tests.

use super::*;
use futures::future::join_all;
use std::sync::Arc;

/// Goes through all that a backend promises. It must be empty at first.
pub(crate) async fn keeps_its_promises(backend: Arc<dyn Backend>) {
    entries(&*backend).await;
    cells(Arc::clone(&backend)).await;
    counts(&*backend).await;
    news(&*backend).await;
}

async fn entries(backend: &dyn Backend) {
    let key = |n: usize| format!("gene:TEST{n}");
    assert_eq!(backend.load(key(1)).await.unwrap(), None);
    let large: Vec<u8> = (0..1_000_000_u32).flat_map(u32::to_le_bytes).collect();
    backend.save(key(1), large.clone()).await.unwrap();
    backend.save(key(2), b"two".to_vec()).await.unwrap();
    backend.save(key(2), b"".to_vec()).await.unwrap();
    assert_eq!(backend.load(key(1)).await.unwrap(), Some(large));
    assert_eq!(
        backend.load(key(2)).await.unwrap(),
        Some(Vec::new()),
        "in place of the one before"
    );
    let mut keys = backend.keys().await.unwrap();
    keys.sort_unstable();
    assert_eq!(keys, [key(1), key(2)]);
    let gone = backend.remove(vec![key(2), key(3)]).await.unwrap();
    assert_eq!(gone, [key(2)]);
    assert_eq!(backend.load(key(2)).await.unwrap(), None);
    let usage = backend.usage().await.unwrap();
    assert!(usage.entries >= 1 && usage.bytes >= 1_000_000, "{usage:?}");
}

async fn cells(backend: Arc<dyn Backend>) {
    let long = Duration::from_secs(60);
    let cell = |name: &str| name.to_owned();
    let one = Some(b"1".to_vec());
    assert_eq!(backend.read(cell("a")).await.unwrap(), None);
    assert!(!backend.swap(cell("a"), one.clone(), None, long).await.unwrap());
    assert!(backend.swap(cell("a"), None, one.clone(), long).await.unwrap());
    assert!(!backend.swap(cell("a"), None, Some(b"2".to_vec()), long).await.unwrap());
    assert_eq!(backend.read(cell("a")).await.unwrap(), one);
    assert!(backend.swap(cell("a"), one.clone(), None, long).await.unwrap());
    assert_eq!(backend.read(cell("a")).await.unwrap(), None);
    // What holds nothing is something all the same.
    assert!(backend.swap(cell("empty"), None, Some(Vec::new()), long).await.unwrap());
    assert!(!backend.swap(cell("empty"), None, one.clone(), long).await.unwrap());

    let short = Duration::from_millis(60);
    assert!(backend.swap(cell("b"), None, one.clone(), short).await.unwrap());
    assert!(!backend.swap(cell("b"), None, one.clone(), short).await.unwrap());
    tokio::time::timeout(Duration::from_secs(5), async {
        while !backend.swap(cell("b"), None, one.clone(), short).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("it runs out");

    // However many count at once, none is lost.
    let count = |backend: Arc<dyn Backend>| async move {
        for _ in 0..25 {
            increment(&*backend, "counter").await;
        }
    };
    join_all((0..8).map(|_| count(Arc::clone(&backend)))).await;
    let counted = backend.read(cell("counter")).await.unwrap().unwrap();
    assert_eq!(String::from_utf8(counted).unwrap(), "200");
}

/// Adds one to a number in a cell, however many do so at once.
pub(crate) async fn increment(backend: &dyn Backend, name: &str) {
    loop {
        let Ok(was) = backend.read(name.to_owned()).await else {
            continue;
        };
        let number: u64 = was
            .as_ref()
            .map_or(0, |was| String::from_utf8_lossy(was).parse().unwrap());
        let now = Some((number + 1).to_string().into_bytes());
        if let Ok(true) = backend.swap(name.to_owned(), was, now, Duration::from_secs(600)).await {
            return;
        }
    }
}

async fn counts(backend: &dyn Backend) {
    let now = 1000;
    backend.count(now - 1, vec![("EGFR L858R".into(), 2)]).await.unwrap();
    backend
        .count(now, vec![("EGFR L858R".into(), 3), ("MSI-H".into(), 1)])
        .await
        .unwrap();
    backend.count(now, vec![("MSI-H".into(), 4)]).await.unwrap();
    let mut counts = backend.counts(now - 5).await.unwrap();
    counts.sort_unstable();
    let of = |period, what: &str, times| (period, what.to_owned(), times);
    assert_eq!(
        counts,
        [
            of(now - 1, "EGFR L858R", 2),
            of(now, "EGFR L858R", 3),
            of(now, "MSI-H", 5)
        ]
    );
    assert_eq!(backend.counts(now).await.unwrap().len(), 2);
}

async fn news(backend: &dyn Backend) {
    let (mark, told) = backend.news(None).await.unwrap();
    assert!(told.is_empty());
    backend.tell("one".into()).await.unwrap();
    backend.tell("two".into()).await.unwrap();
    let (mark, told) = backend.news(Some(mark)).await.unwrap();
    assert_eq!(told, ["one", "two"]);
    let (mark, told) = backend.news(Some(mark)).await.unwrap();
    assert!(told.is_empty());
    backend.tell("three".into()).await.unwrap();
    assert_eq!(backend.news(Some(mark)).await.unwrap().1, ["three"]);
    let (_, told) = backend.news(None).await.unwrap();
    assert!(told.is_empty(), "who comes new hears only what comes then");
}
