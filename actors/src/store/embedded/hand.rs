//! A thread that has a file, and does with it what it is sent, one after the other. No async thread ever waits for a disk.

use super::file::{BUSY_WAIT, Book, File};
use crate::store::backend::StoreError;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{self, TrySendError};
use tokio::sync::oneshot;

/// What may wait for one thread; what comes beyond that is refused as slow.
const WAITING_MAX: usize = 1024;

/// A thread with a file. When this is dropped the thread does what it was sent, closes the file and ends.
#[derive(Debug)]
pub(super) struct Hand {
    jobs: mpsc::SyncSender<Job>,
    /// Heard when the thread has ended.
    ended: oneshot::Receiver<()>,
}

type Job = Box<dyn FnOnce(&mut File) + Send>;

/// Whether something is done for the world, or for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// It is done even if nobody waits for it any more.
    Good,
    /// It is left out if nobody waits for it any more: what is read, and a right that nobody would use.
    TheAsker,
}

impl Hand {
    /// Begins the thread. The file is opened by the first that needs it.
    pub(super) fn new(book: &'static Book, folder: &Path, registry: &str, bytes_max: u64) -> std::io::Result<Self> {
        let mut file = File::new(book, folder, registry, bytes_max);
        let (jobs, waiting) = mpsc::sync_channel::<Job>(WAITING_MAX);
        let (end, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name(format!("store-{}", book.name))
            .spawn(move || {
                while let Ok(job) = waiting.recv() {
                    job(&mut file);
                }
                file.close();
                // Nobody may be waiting.
                let _ = end.send(());
            })?;
        Ok(Self { jobs, ended })
    }

    /// Has something done, and says where to hear what came of it.
    pub(super) fn does<T: Send + 'static>(
        &self,
        whom: For,
        work: impl Fn(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (reply, done) = oneshot::channel();
        let job: Job = Box::new(move |file| {
            if whom == For::TheAsker && reply.is_closed() {
                return;
            }
            let result = catch_unwind(AssertUnwindSafe(|| file.with(&work))).unwrap_or_else(|_| {
                file.forget();
                Err(StoreError::Failed {
                    cause: "a call to the file panicked".into(),
                })
            });
            // One who no longer waits has still had it done.
            let _ = reply.send(result);
        });
        match self.jobs.try_send(job) {
            Ok(()) => Ok(done),
            Err(TrySendError::Full(_)) => Err(StoreError::Slow { after: BUSY_WAIT }),
            Err(TrySendError::Disconnected(_)) => Err(ended()),
        }
    }

    /// Lets the thread do what it was sent, and waits for its end.
    pub(super) async fn end(self) {
        let Self { jobs, ended } = self;
        drop(jobs);
        let _ = ended.await;
    }
}

/// What is told by a store that was closed.
pub(super) fn ended() -> StoreError {
    StoreError::Unreachable {
        cause: "it was closed".into(),
    }
}
