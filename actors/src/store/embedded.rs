//! The embedded store: SQLite files in a folder of the user's, shared by all their processes.
//!
//! # What it promises
//!
//! - Nothing is opened before it is needed, and never on an async thread: each file has a thread that does what it is
//!   sent, and ends with this.
//! - Any number of processes of one user may have it open. What they agree on (cells, counts, news) lies in a file of its
//!   own, so that an agreement never waits for an answer of megabytes to be written.
//! - A process that is killed costs at most the last entries. A file that is damaged, foreign or from a newer version is
//!   set aside and said; a new one is begun.
//! - It keeps to its bound on the disk: the least recently used entries go.
//! - On a full or read-only disk what is there can still be read, where SQLite can.
//!
//! # Why two files for each registry and format
//!
//! What one registry answered must never be taken for the answer of another, and two versions of the program may run at
//! the same time: with a file for each, neither drives out what the other keeps.

mod aside;
mod file;
#[cfg(test)]
mod tests;

use super::EmbeddedSettings;
use super::backend::{Backend, NEWS_KEPT, NewsMark, PERIODS_KEPT, StoreError, Stored, Tier, Usage};
use file::{Book, File};
use futures::FutureExt;
use futures::future::{BoxFuture, join};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::oneshot;

/// The number of the format, in the files and in their names.
const FORMAT: i32 = 1;

/// Candidate sets and records.
static ANSWERS: Book = Book {
    name: "answers",
    format: FORMAT,
    // "ctma"
    application_id: 0x6374_6d61,
    schema: "
        CREATE TABLE entries (key TEXT PRIMARY KEY, entry BLOB NOT NULL, bytes INTEGER NOT NULL, used INTEGER NOT NULL);
        CREATE INDEX entries_by_use ON entries (used);
    ",
};

/// What the processes agree on.
static AGREEMENTS: Book = Book {
    name: "agreements",
    format: FORMAT,
    // "ctmg"
    application_id: 0x6374_6d67,
    schema: "
        CREATE TABLE cells (name TEXT PRIMARY KEY, content BLOB NOT NULL, runs_out INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE counts (period INTEGER, what TEXT, times INTEGER NOT NULL, PRIMARY KEY (period, what)) WITHOUT ROWID;
        CREATE TABLE news (id INTEGER PRIMARY KEY AUTOINCREMENT, news TEXT NOT NULL);
    ",
};

/// Keys whose use is written down at once; use is a matter of days, so nothing is lost with those that are not.
const USED_KEYS_MAX: usize = 256;

/// SQLite files in a folder.
#[derive(Debug)]
pub(super) struct Embedded {
    folder: PathBuf,
    /// What tells this registry's files from others'.
    registry: String,
    bytes_max: u64,
    hands: Mutex<Hands>,
    /// Keys that were read and whose use is not yet written down.
    used: Arc<Mutex<HashSet<String>>>,
    evictions: Arc<std::sync::atomic::AtomicU64>,
}

/// The threads, each begun by the first that needs it.
#[derive(Debug, Default)]
struct Hands {
    reader: OnceLock<Hand>,
    writer: OnceLock<Hand>,
    agreeing: OnceLock<Hand>,
}

/// A thread with a file, which ends when this is dropped.
#[derive(Clone, Debug)]
struct Hand(mpsc::Sender<Job>);

type Job = Box<dyn FnOnce(&mut File) + Send>;

#[derive(Clone, Copy, Debug)]
enum Which {
    Reader,
    Writer,
    Agreeing,
}

impl Embedded {
    /// A store in this folder. Nothing is opened yet.
    pub(super) fn new(settings: &EmbeddedSettings, registry: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        registry.hash(&mut hasher);
        Self {
            folder: settings.folder.clone(),
            registry: format!("{:016x}", hasher.finish()),
            bytes_max: settings.bytes_max,
            hands: Mutex::default(),
            used: Arc::default(),
            evictions: Arc::default(),
        }
    }

    /// Has a thread do something with its file, and waits for what comes of it. What nobody waits for any more is done
    /// all the same.
    fn by<T: Send + 'static>(
        &self,
        which: Which,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Stored<'_, T> {
        let (reply, done) = oneshot::channel();
        let job: Job = Box::new(move |file| {
            // One who no longer waits has still had it done.
            let _ = reply.send(file.with(work));
        });
        let sent = self.hand(which).and_then(|hand| hand.0.send(job).map_err(|_| ended()));
        async move {
            sent?;
            done.await.unwrap_or_else(|_| Err(ended()))
        }
        .boxed()
    }

    fn hand(&self, which: Which) -> Result<Hand, StoreError> {
        let hands = self.hands.lock().unwrap_or_else(PoisonError::into_inner);
        let (slot, book) = match which {
            Which::Reader => (&hands.reader, &ANSWERS),
            Which::Writer => (&hands.writer, &ANSWERS),
            Which::Agreeing => (&hands.agreeing, &AGREEMENTS),
        };
        if let Some(hand) = slot.get() {
            return Ok(hand.clone());
        }
        let mut file = File::new(book, &self.folder, &self.registry);
        let (jobs, waiting) = mpsc::channel::<Job>();
        std::thread::Builder::new()
            .name(format!("store-{}", book.name))
            .spawn(move || {
                while let Ok(job) = waiting.recv() {
                    job(&mut file);
                }
            })
            .map_err(|error| StoreError::Failed {
                cause: error.to_string(),
            })?;
        Ok(slot.get_or_init(|| Hand(jobs)).clone())
    }
}

impl Backend for Embedded {
    fn tier(&self) -> Tier {
        Tier::Embedded
    }

    fn open(&self) -> BoxFuture<'_, ()> {
        let nothing = |_: &mut Connection| Ok(());
        // What can't be opened says so when it is needed.
        join(self.by(Which::Reader, nothing), self.by(Which::Agreeing, nothing))
            .map(drop)
            .boxed()
    }

    fn load(&self, key: String) -> Stored<'_, Option<Vec<u8>>> {
        let used = Arc::clone(&self.used);
        self.by(Which::Reader, move |answers| {
            let entry = answers
                .prepare_cached("SELECT entry FROM entries WHERE key = ?1")?
                .query_row([&key], |row| row.get(0))
                .optional()?;
            let mut used = used.lock().unwrap_or_else(PoisonError::into_inner);
            if entry.is_some() && used.len() < USED_KEYS_MAX {
                used.insert(key);
            }
            Ok(entry)
        })
    }

    fn save(&self, key: String, entry: Vec<u8>) -> Stored<'_, ()> {
        let used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        let (bytes_max, evictions) = (self.bytes_max, Arc::clone(&self.evictions));
        self.by(Which::Writer, move |answers| {
            let work = answers.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let now = unix_ms();
            for key in &used {
                work.prepare_cached("UPDATE entries SET used = ?2 WHERE key = ?1")?
                    .execute(params![key, now])?;
            }
            let bytes = u64::try_from(entry.len()).unwrap_or(u64::MAX);
            work.execute("DELETE FROM entries WHERE key = ?1", [&key])?;
            let gone = make_room(&work, bytes, bytes_max)?;
            evictions.fetch_add(gone, std::sync::atomic::Ordering::Relaxed);
            if bytes <= room_for_one(bytes_max) {
                work.prepare_cached("INSERT INTO entries (key, entry, bytes, used) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![key, entry, whole(bytes), now])?;
            }
            work.commit()?;
            // Pages that nothing needs go back to the disk; a few at a time, so that this stays short.
            answers.execute_batch("PRAGMA incremental_vacuum(2000)")
        })
    }

    fn remove(&self, keys: Vec<String>) -> Stored<'_, Vec<String>> {
        self.by(Which::Writer, move |answers| {
            let work = answers.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut gone = Vec::new();
            for key in keys {
                if work.execute("DELETE FROM entries WHERE key = ?1", [&key])? > 0 {
                    gone.push(key);
                }
            }
            work.commit()?;
            Ok(gone)
        })
    }

    fn keys(&self) -> Stored<'_, Vec<String>> {
        self.by(Which::Reader, |answers| {
            answers
                .prepare_cached("SELECT key FROM entries")?
                .query_map([], |row| row.get(0))?
                .collect()
        })
    }

    fn read(&self, cell: String) -> Stored<'_, Option<Vec<u8>>> {
        self.by(Which::Agreeing, move |agreements| held(agreements, &cell, unix_ms()))
    }

    fn swap(&self, cell: String, was: Option<Vec<u8>>, now: Option<Vec<u8>>, keep_for: Duration) -> Stored<'_, bool> {
        self.by(Which::Agreeing, move |agreements| {
            let work = agreements.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let at = unix_ms();
            if held(&work, &cell, at)? != was {
                return Ok(false);
            }
            match now {
                Some(content) => {
                    let runs_out = at.saturating_add(i64::try_from(keep_for.as_millis()).unwrap_or(i64::MAX));
                    work.prepare_cached("INSERT OR REPLACE INTO cells (name, content, runs_out) VALUES (?1, ?2, ?3)")?
                        .execute(params![cell, content, runs_out])?
                }
                None => work
                    .prepare_cached("DELETE FROM cells WHERE name = ?1")?
                    .execute([&cell])?,
            };
            work.commit()?;
            Ok(true)
        })
    }

    fn count(&self, period: u64, counts: Vec<(String, u64)>) -> Stored<'_, ()> {
        self.by(Which::Agreeing, move |agreements| {
            let work = agreements.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (what, times) in counts {
                work.prepare_cached(
                    "INSERT INTO counts (period, what, times) VALUES (?1, ?2, ?3) \
                     ON CONFLICT (period, what) DO UPDATE SET times = times + ?3",
                )?
                .execute(params![whole(period), what, whole(times)])?;
            }
            let oldest = whole(period.saturating_sub(PERIODS_KEPT));
            work.execute("DELETE FROM counts WHERE period < ?1", [oldest])?;
            work.execute("DELETE FROM cells WHERE runs_out <= ?1", [unix_ms()])?;
            work.commit()
        })
    }

    fn counts(&self, from: u64) -> Stored<'_, Vec<(u64, String, u64)>> {
        self.by(Which::Agreeing, move |agreements| {
            let counted = |row: &rusqlite::Row<'_>| {
                let (period, times): (i64, i64) = (row.get(0)?, row.get(2)?);
                Ok((period.unsigned_abs(), row.get(1)?, times.unsigned_abs()))
            };
            agreements
                .prepare_cached("SELECT period, what, times FROM counts WHERE period >= ?1")?
                .query_map([whole(from)], counted)?
                .collect()
        })
    }

    fn tell(&self, news: String) -> Stored<'_, ()> {
        self.by(Which::Agreeing, move |agreements| {
            let work = agreements.transaction_with_behavior(TransactionBehavior::Immediate)?;
            work.execute("INSERT INTO news (news) VALUES (?1)", [&news])?;
            let kept = i64::try_from(NEWS_KEPT).unwrap_or(i64::MAX);
            work.execute("DELETE FROM news WHERE id <= ?1", [work.last_insert_rowid() - kept])?;
            work.commit()
        })
    }

    fn news(&self, last: Option<NewsMark>) -> Stored<'_, (NewsMark, Vec<String>)> {
        self.by(Which::Agreeing, move |agreements| {
            let newest: i64 = agreements
                .prepare_cached("SELECT coalesce(max(id), 0) FROM news")?
                .query_row([], |row| row.get(0))?;
            let mark = NewsMark(newest.to_string());
            let Some(last) = last.and_then(|mark| mark.0.parse::<i64>().ok()) else {
                return Ok((mark, Vec::new()));
            };
            let news = agreements
                .prepare_cached("SELECT news FROM news WHERE id > ?1 AND id <= ?2 ORDER BY id")?
                .query_map([last, newest], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            Ok((mark, news))
        })
    }

    fn usage(&self) -> Stored<'_, Usage> {
        let (bytes_max, evictions) = (self.bytes_max, Arc::clone(&self.evictions));
        self.by(Which::Reader, move |answers| {
            let entries: i64 = answers
                .prepare_cached("SELECT count(*) FROM entries")?
                .query_row([], |row| row.get(0))?;
            Ok(Usage {
                entries: entries.unsigned_abs(),
                bytes: bytes_on_disk(answers)?,
                bytes_max: Some(bytes_max),
                evictions: evictions.load(std::sync::atomic::Ordering::Relaxed),
            })
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        // The threads end when they have done what was sent, and close their files.
        drop(std::mem::take(
            &mut *self.hands.lock().unwrap_or_else(PoisonError::into_inner),
        ));
        futures::future::ready(()).boxed()
    }
}

/// What a cell holds at a moment, in milliseconds since 1970.
fn held(agreements: &Connection, cell: &str, at: i64) -> rusqlite::Result<Option<Vec<u8>>> {
    agreements
        .prepare_cached("SELECT content FROM cells WHERE name = ?1 AND runs_out > ?2")?
        .query_row(params![cell, at], |row| row.get(0))
        .optional()
}

/// Drops the least recently used entries until there is room for so many bytes. Says how many went.
fn make_room(answers: &Connection, bytes: u64, bytes_max: u64) -> rusqlite::Result<u64> {
    let mut gone = 0;
    loop {
        if bytes_on_disk(answers)?.saturating_add(bytes) <= bytes_max - bytes_max / 8 {
            return Ok(gone);
        }
        let dropped = answers
            .prepare_cached("DELETE FROM entries WHERE key = (SELECT key FROM entries ORDER BY used LIMIT 1)")?
            .execute([])?;
        if dropped == 0 {
            return Ok(gone);
        }
        gone += 1;
    }
}

/// Bytes of the pages in use. An eighth of the bound is left to the log beside them and to what is on its way out.
fn bytes_on_disk(answers: &Connection) -> rusqlite::Result<u64> {
    let pragma = |name: &str| answers.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = pragma("page_count")? - pragma("freelist_count")?;
    Ok((pages * pragma("page_size")?).unsigned_abs())
}

/// The largest entry that is kept: one that would drive out most others is not.
fn room_for_one(bytes_max: u64) -> u64 {
    bytes_max / 2
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn ended() -> StoreError {
    StoreError::Failed {
        cause: "the store's thread ended".into(),
    }
}
