//! Candidate sets and records, within a bound on the disk.
//!
//! An entry is megabytes, and a row that long is read as a whole to change a number in it: what is known of an entry, and
//! the entry itself, lie in tables of their own.

use super::file::Book;
use crate::store::backend::Usage;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::collections::HashSet;
use std::time::Duration;

/// The file of the answers.
pub(super) static ANSWERS: Book = Book {
    name: "answers",
    format: super::FORMAT,
    // "ctma"
    application_id: 0x6374_6d61,
    schema: "
        CREATE TABLE entries (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL, used INTEGER NOT NULL
        );
        CREATE INDEX entries_by_use ON entries (used);
        CREATE TABLE contents (id INTEGER PRIMARY KEY, entry BLOB NOT NULL);
        CREATE TABLE tallies (name TEXT PRIMARY KEY, tally INTEGER NOT NULL) WITHOUT ROWID;
    ",
};

/// How old the note of a use may grow before it is written down anew: a reader who comes back writes nothing.
const USE_KEPT: Duration = Duration::from_secs(3600);
/// Entries removed by one transaction: SQLite reads an entry to remove it, and others wait to write meanwhile.
const REMOVED_AT_ONCE_MAX: usize = 32;
/// Pages given back to the disk by one transaction.
const GIVEN_BACK_AT_ONCE: usize = 1024;
/// Such transactions after one entry.
const GIVEN_BACK_TIMES_MAX: usize = 32;

/// What was found under a key.
pub(super) struct Found {
    pub(super) entry: Vec<u8>,
    /// Whether its use is worth a note.
    pub(super) is_note_old: bool,
}

/// How much of the bound is for the file. Of the rest, one half is for the log beside it, the other for the largest entry
/// on its way through the log.
fn file_bytes_max(bytes_max: u64) -> u64 {
    bytes_max - bytes_max / 4
}

/// The largest entry that is kept: one that would drive out many others is not.
fn entry_bytes_max(bytes_max: u64) -> u64 {
    bytes_max / 8
}

/// The entry under a key.
pub(super) fn load(answers: &Connection, key: &str, now: i64) -> rusqlite::Result<Option<Found>> {
    let old = now.saturating_sub(i64::try_from(USE_KEPT.as_millis()).unwrap_or(i64::MAX));
    answers
        .prepare_cached("SELECT used, entry FROM entries JOIN contents USING (id) WHERE key = ?1")?
        .query_row([key], |row| {
            let used: i64 = row.get(0)?;
            Ok(Found {
                entry: row.get(1)?,
                is_note_old: used < old,
            })
        })
        .optional()
}

/// Keeps an entry in place of the one under its key; those that were used least go for it.
pub(super) fn save(
    answers: &mut Connection,
    key: &str,
    entry: &[u8],
    bytes_max: u64,
    now: i64,
) -> rusqlite::Result<()> {
    let bytes = entry.len() as u64;
    let work = answers.transaction_with_behavior(TransactionBehavior::Immediate)?;
    remove_one(&work, key)?;
    if bytes <= entry_bytes_max(bytes_max) {
        make_room(&work, bytes, file_bytes_max(bytes_max))?;
        work.prepare_cached("INSERT INTO entries (key, bytes, used) VALUES (?1, ?2, ?3)")?
            .execute(params![key, bytes.cast_signed(), now])?;
        work.prepare_cached("INSERT OR REPLACE INTO contents (id, entry) VALUES (?1, ?2)")?
            .execute(params![work.last_insert_rowid(), entry])?;
    } else {
        tracing::warn!(
            key,
            bytes,
            "an entry is larger than an eighth of CACHE_DISK_MAX and is not kept"
        );
    }
    work.commit()?;
    give_back(answers, file_bytes_max(bytes_max))
}

/// Writes down that these were used. One that has gone meanwhile is none.
pub(super) fn note_use(answers: &mut Connection, used: &HashSet<String>, now: i64) -> rusqlite::Result<()> {
    let work = answers.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for key in used {
        work.prepare_cached("UPDATE entries SET used = ?2 WHERE key = ?1")?
            .execute(params![key, now])?;
    }
    work.commit()
}

/// Drops the entries under these keys. Says which of them were there.
pub(super) fn remove(answers: &mut Connection, keys: &[String]) -> rusqlite::Result<Vec<String>> {
    let mut gone = Vec::new();
    for keys in keys.chunks(REMOVED_AT_ONCE_MAX) {
        let work = answers.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for key in keys {
            if remove_one(&work, key)? {
                gone.push(key.clone());
            }
        }
        work.commit()?;
    }
    Ok(gone)
}

/// The key of every entry.
pub(super) fn keys(answers: &Connection) -> rusqlite::Result<Vec<String>> {
    answers
        .prepare_cached("SELECT key FROM entries")?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// How much is kept.
pub(super) fn usage(answers: &Connection, bytes_max: u64) -> rusqlite::Result<Usage> {
    let number = |sql: &str| {
        let number = answers.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0));
        number
            .optional()
            .map(|number| number.unwrap_or_default().unsigned_abs())
    };
    Ok(Usage {
        entries: number("SELECT count(*) FROM entries")?,
        bytes: Pages::of(answers)?.used_bytes(),
        bytes_max: Some(bytes_max),
        evictions: number("SELECT tally FROM tallies WHERE name = 'evictions'")?,
    })
}

fn remove_one(work: &Transaction<'_>, key: &str) -> rusqlite::Result<bool> {
    let id: Option<i64> = work
        .prepare_cached("DELETE FROM entries WHERE key = ?1 RETURNING id")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    let Some(id) = id else { return Ok(false) };
    work.prepare_cached("DELETE FROM contents WHERE id = ?1")?
        .execute([id])?;
    Ok(true)
}

/// Drops the least recently used entries until there is room for so many bytes.
fn make_room(work: &Transaction<'_>, bytes: u64, bytes_max: u64) -> rusqlite::Result<()> {
    let mut gone = 0;
    while Pages::of(work)?.used_bytes().saturating_add(bytes) > bytes_max {
        let least: Option<String> = work
            .prepare_cached("SELECT key FROM entries ORDER BY used, id LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        let Some(key) = least else { break };
        remove_one(work, &key)?;
        gone += 1;
    }
    if gone > 0 {
        work.prepare_cached(
            "INSERT INTO tallies (name, tally) VALUES ('evictions', ?1) \
             ON CONFLICT (name) DO UPDATE SET tally = tally + ?1",
        )?
        .execute([gone])?;
    }
    Ok(())
}

/// Gives pages back to the disk where the file is longer than it may be, as after the bound was lowered. Otherwise free
/// pages are kept: the next entry needs them.
fn give_back(answers: &Connection, bytes_max: u64) -> rusqlite::Result<()> {
    for _ in 0..GIVEN_BACK_TIMES_MAX {
        let pages = Pages::of(answers)?;
        if pages.free == 0 || pages.bytes() <= bytes_max {
            break;
        }
        // It gives back a page with each row that is asked of it.
        let mut giving = answers.prepare(&format!("PRAGMA incremental_vacuum({GIVEN_BACK_AT_ONCE})"))?;
        let mut pages = giving.query([])?;
        while pages.next()?.is_some() {}
    }
    Ok(())
}

/// What a file consists of.
struct Pages {
    all: u64,
    free: u64,
    page_bytes: u64,
}

impl Pages {
    fn of(answers: &Connection) -> rusqlite::Result<Self> {
        let number = |pragma: &str| {
            let number = answers
                .prepare_cached(pragma)?
                .query_row([], |row| row.get::<_, i64>(0));
            number.map(i64::unsigned_abs)
        };
        Ok(Self {
            all: number("PRAGMA page_count")?,
            free: number("PRAGMA freelist_count")?,
            page_bytes: number("PRAGMA page_size")?,
        })
    }

    fn bytes(&self) -> u64 {
        self.all.saturating_mul(self.page_bytes)
    }

    fn used_bytes(&self) -> u64 {
        self.all.saturating_sub(self.free).saturating_mul(self.page_bytes)
    }
}
