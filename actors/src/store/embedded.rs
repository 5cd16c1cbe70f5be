//! The embedded store: SQLite files in a folder of the user's, shared by all their processes.
//!
//! # What it promises
//!
//! - Nothing is opened before it is needed, and never on an async thread: each file has threads that do what they are
//!   sent, and end with this ([`hand`]).
//! - Any number of processes of one user may have it open. What they agree on (cells, counts, news) lies in a file of its
//!   own, so that an agreement never waits for an answer of megabytes to be written; and what is read never waits for
//!   what is written.
//! - A process that is killed costs nothing that was saved; a machine that loses power, the last of it. A file that is
//!   damaged, foreign or from a newer version is set aside and said, and a new one is begun ([`aside`]).
//! - A damaged byte is never taken for an answer or an agreement: entries are sealed by their format, agreements here.
//! - It keeps to its bound on the disk, the log included: the least recently used entries go. At most two files that were
//!   set aside come on top of that.
//! - On a full or read-only disk what is there is read ([`file`]).
//!
//! # Why two files for each registry and format
//!
//! What one registry answered must never be taken for the answer of another, and two versions of the program may run at
//! the same time: with files for each, neither drives out what the other keeps. What has not been written for a week goes.

mod agreements;
mod answers;
mod aside;
mod faults;
mod file;
mod hand;
mod place;
mod seal;
#[cfg(test)]
mod tests;

use super::EmbeddedSettings;
use super::backend::{Backend, NewsMark, StoreError, Stored, Tier, Usage};
use agreements::AGREEMENTS;
use answers::ANSWERS;
use file::Book;
use futures::FutureExt;
use futures::future::{BoxFuture, join, join_all};
use hand::{For, Hand, ended};
use rusqlite::Connection;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::timeout;

/// The number of the format, in the files and in their names.
const FORMAT: i32 = 1;
/// Keys whose use waits to be written down, with the next entry or when there are so many. It is a matter of hours:
/// nothing is lost with one that is lost.
const USED_KEYS_MAX: usize = 64;
/// How long the end of the threads is waited for. What they have not done by then they do still, if the process lives.
const CLOSE_WAIT: Duration = Duration::from_millis(150);

/// SQLite files in a folder.
#[derive(Debug)]
pub(super) struct Embedded {
    folder: PathBuf,
    /// What tells this registry's files from others'.
    registry: String,
    bytes_max: u64,
    answers: &'static Book,
    agreements: &'static Book,
    hands: Mutex<Hands>,
    /// Keys that were read and whose use is not yet written down.
    used: Arc<Mutex<HashSet<String>>>,
}

/// The threads, each begun by the first that needs it.
#[derive(Debug, Default)]
struct Hands {
    reader: Option<Hand>,
    writer: Option<Hand>,
    agreeing: Option<Hand>,
    is_closed: bool,
}

#[derive(Clone, Copy, Debug)]
enum Which {
    Reader,
    Writer,
    Agreeing,
}

impl Embedded {
    /// A store in this folder. Nothing is opened yet.
    pub(super) fn new(settings: &EmbeddedSettings, registry: &str) -> Self {
        Self::with_books(settings, registry, &ANSWERS, &AGREEMENTS)
    }

    fn with_books(
        settings: &EmbeddedSettings,
        registry: &str,
        answers: &'static Book,
        agreements: &'static Book,
    ) -> Self {
        Self {
            folder: settings.folder.clone(),
            registry: format!("{:016x}", seal::seal(&[registry.as_bytes()])),
            bytes_max: settings.bytes_max,
            answers,
            agreements,
            hands: Mutex::default(),
            used: Arc::default(),
        }
    }

    /// Has a thread do something with its file, and waits for what comes of it.
    fn by<T: Send + 'static>(
        &self,
        which: Which,
        whom: For,
        work: impl Fn(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Stored<'_, T> {
        let sent = self.send(which, whom, work);
        async move { sent?.await.unwrap_or_else(|_| Err(ended())) }.boxed()
    }

    fn send<T: Send + 'static>(
        &self,
        which: Which,
        whom: For,
        work: impl Fn(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<tokio::sync::oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let mut hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
        if hands.is_closed {
            return Err(ended());
        }
        let (slot, book) = match which {
            Which::Reader => (&mut hands.reader, self.answers),
            Which::Writer => (&mut hands.writer, self.answers),
            Which::Agreeing => (&mut hands.agreeing, self.agreements),
        };
        let hand = match slot {
            Some(hand) => hand,
            None => {
                let hand = Hand::new(book, &self.folder, &self.registry, self.bytes_max).map_err(|error| {
                    StoreError::Failed {
                        cause: format!("no thread could be begun: {error}"),
                    }
                })?;
                slot.insert(hand)
            }
        };
        hand.does(whom, work)
    }

    /// Writes down which entries were used, once there are so many.
    fn note_use(&self, enough: usize) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= enough {
            let used = std::mem::take(&mut *used);
            // One that can't be noted was used in vain.
            let _ = self.send(Which::Writer, For::Good, move |answers| {
                answers::note_use(answers, &used, unix_ms())
            });
        }
    }
}

impl Backend for Embedded {
    fn tier(&self) -> Tier {
        Tier::Embedded
    }

    fn open(&self) -> BoxFuture<'_, ()> {
        let nothing = |_: &mut Connection| Ok(());
        // What can't be opened says so when it is needed.
        join(
            self.by(Which::Reader, For::TheAsker, nothing),
            self.by(Which::Agreeing, For::TheAsker, nothing),
        )
        .map(drop)
        .boxed()
    }

    fn load(&self, key: String) -> Stored<'_, Option<Vec<u8>>> {
        self.note_use(USED_KEYS_MAX);
        let used = Arc::clone(&self.used);
        self.by(Which::Reader, For::TheAsker, move |answers| {
            let found = answers::load(answers, &key, unix_ms())?;
            if found.as_ref().is_some_and(|found| found.is_note_old) {
                used.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
            }
            Ok(found.map(|found| found.entry))
        })
    }

    fn save(&self, key: String, entry: Vec<u8>) -> Stored<'_, ()> {
        // First, so that what was used isn't what goes for it.
        self.note_use(1);
        let bytes_max = self.bytes_max;
        self.by(Which::Writer, For::Good, move |answers| {
            answers::save(answers, &key, &entry, bytes_max, unix_ms())
        })
    }

    fn remove(&self, keys: Vec<String>) -> Stored<'_, Vec<String>> {
        self.by(Which::Writer, For::Good, move |answers| answers::remove(answers, &keys))
    }

    fn keys(&self) -> Stored<'_, Vec<String>> {
        self.by(Which::Reader, For::TheAsker, |answers| answers::keys(answers))
    }

    fn read(&self, cell: String) -> Stored<'_, Option<Vec<u8>>> {
        self.by(Which::Agreeing, For::TheAsker, move |agreements| {
            agreements::held(agreements, &cell, unix_ms())
        })
    }

    fn swap(&self, cell: String, was: Option<Vec<u8>>, now: Option<Vec<u8>>, keep_for: Duration) -> Stored<'_, bool> {
        // What is let go of is let go of, but what is taken must be taken by somebody.
        let whom = if now.is_none() { For::Good } else { For::TheAsker };
        self.by(Which::Agreeing, whom, move |agreements| {
            agreements::swap(agreements, &cell, was.as_deref(), now.as_deref(), keep_for, unix_ms())
        })
    }

    fn count(&self, period: u64, counts: Vec<(String, u64)>) -> Stored<'_, ()> {
        self.by(Which::Agreeing, For::Good, move |agreements| {
            agreements::count(agreements, period, &counts, unix_ms())
        })
    }

    fn counts(&self, from: u64) -> Stored<'_, Vec<(u64, String, u64)>> {
        self.by(Which::Agreeing, For::TheAsker, move |agreements| {
            agreements::counts(agreements, from)
        })
    }

    fn tell(&self, news: String) -> Stored<'_, ()> {
        self.by(Which::Agreeing, For::Good, move |agreements| {
            agreements::tell(agreements, &news)
        })
    }

    fn news(&self, last: Option<NewsMark>) -> Stored<'_, (NewsMark, Vec<String>)> {
        self.by(Which::Agreeing, For::TheAsker, move |agreements| {
            agreements::news(agreements, last.as_ref())
        })
    }

    fn usage(&self) -> Stored<'_, Usage> {
        let bytes_max = self.bytes_max;
        self.by(Which::Reader, For::TheAsker, move |answers| {
            answers::usage(answers, bytes_max)
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.note_use(1);
        let hands = {
            let mut hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
            hands.is_closed = true;
            [hands.reader.take(), hands.writer.take(), hands.agreeing.take()]
        };
        async move {
            let ends = join_all(hands.into_iter().flatten().map(Hand::end));
            let _ = timeout(CLOSE_WAIT, ends).await;
        }
        .boxed()
    }
}

fn unix_ms() -> i64 {
    i64::try_from(super::unix_ms()).unwrap_or(i64::MAX)
}
