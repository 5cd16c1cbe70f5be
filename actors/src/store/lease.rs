//! A right that one process holds at a time among all on a store: to fetch something, to lead the warming.
//!
//! A lease is a cell with its holder's name, which runs out. Its holder gives signs of life until it lets go; if the
//! holder dies, the cell runs out by itself and the next one takes it. A holder that was stalled for longer than that
//! may find it taken: what it does then is done twice, never wrongly. One whose signs no store takes counts it as lost
//! when it has run out, as the others do.

use super::Store;
use super::backend::StoreError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

/// Signs of life within the time that a lease holds without one.
const SIGNS: u32 = 3;

/// How often a lease is asked for where the store is slow: after as many slow answers in a row it is given up anyway.
const TRIES_MAX: u32 = 3;

/// What came of trying to take a lease.
#[derive(Debug)]
pub(crate) enum Taken {
    /// It is ours, until this is dropped.
    Ours(Lease),
    /// Another process holds it.
    Theirs,
    /// There is no store to agree on it: everybody acts for themselves.
    Alone,
}

/// A right that is held. Let go of when dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    store: Store,
    name: String,
    keep_for: Duration,
    signs: JoinHandle<()>,
    held: Arc<Held>,
}

/// Until when it is held for certain.
#[derive(Debug)]
struct Held {
    until: Mutex<Instant>,
    is_lost: AtomicBool,
}

impl Lease {
    pub(super) async fn take(store: &Store, name: String, keep_for: Duration) -> Taken {
        let us = store.holder().as_bytes().to_vec();
        for attempt in 0..TRIES_MAX {
            let asked = Instant::now();
            match store.swap(name.clone(), None, Some(us.clone()), keep_for).await {
                Ok(true) => return Taken::Ours(Self::new(store, name, keep_for, asked)),
                Ok(false) => {
                    // What an attempt asked for may have been done after we stopped waiting for it.
                    let is_ours = attempt > 0 && store.read(name.clone()).await.is_ok_and(|held| held == Some(us));
                    return if is_ours {
                        Taken::Ours(Self::new(store, name, keep_for, asked))
                    } else {
                        Taken::Theirs
                    };
                }
                // A store that is busy for a moment is no reason to do what another does already.
                Err(StoreError::Slow { .. }) => {}
                Err(_) => return Taken::Alone,
            }
        }
        Taken::Alone
    }

    fn new(store: &Store, name: String, keep_for: Duration, asked: Instant) -> Self {
        let held = Arc::new(Held {
            until: Mutex::new(asked + keep_for),
            is_lost: AtomicBool::new(false),
        });
        let signs = signs(store.clone(), name.clone(), keep_for, Arc::clone(&held));
        Self {
            store: store.clone(),
            name,
            keep_for,
            signs: tokio::spawn(signs),
            held,
        }
    }

    /// Whether it ran out because signs of life came too late, or may have.
    pub(crate) fn is_lost(&self) -> bool {
        let until = *self.held.until.lock().unwrap_or_else(PoisonError::into_inner);
        self.held.is_lost.load(Ordering::Relaxed) || Instant::now() >= until
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.signs.abort();
        // Where the runtime is gone, it runs out by itself.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (store, name, keep_for) = (self.store.clone(), std::mem::take(&mut self.name), self.keep_for);
        runtime.spawn(async move {
            let us = store.holder().as_bytes().to_vec();
            // One that ran out is another's or nobody's: not ours to let go of.
            let _ = store.swap(name, Some(us), None, keep_for).await;
        });
    }
}

/// Gives signs of life until the lease turns out to be lost.
async fn signs(store: Store, name: String, keep_for: Duration, held: Arc<Held>) {
    let us = store.holder().as_bytes().to_vec();
    let mut pause = keep_for / SIGNS;
    loop {
        sleep(pause).await;
        let asked = Instant::now();
        let kept = store
            .swap(name.clone(), Some(us.clone()), Some(us.clone()), keep_for)
            .await;
        pause = match kept {
            Ok(true) => {
                *held.until.lock().unwrap_or_else(PoisonError::into_inner) = asked + keep_for;
                keep_for / SIGNS
            }
            Ok(false) => {
                held.is_lost.store(true, Ordering::Relaxed);
                return;
            }
            // The store may be back for the next sign, which is due sooner.
            Err(_) => keep_for / (SIGNS * SIGNS),
        };
    }
}
