//! One file as one thread has it open: opened when it is needed, opened again when it was moved, set aside when it can't
//! be used, read where it can't be written.

use super::aside::{self, Why, with_suffix};
use super::faults::{fault, is_damage, is_of_writing, of_io};
use super::place::{self, Alone, identity};
use crate::store::backend::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior, ffi};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// How long a thread waits for another process's write.
pub(super) const BUSY_WAIT: Duration = Duration::from_millis(50);
/// How long one waits for it while a file is opened.
const SET_UP_WAIT: Duration = Duration::from_secs(1);
/// How often something is tried that turns out to be damaged, or is moved meanwhile, again and again.
const TRIES_MAX: usize = 3;
/// How long a file that could not be opened is left alone.
const PAUSE: Duration = Duration::from_millis(200);
/// How long a file that can't be written is read before one looks whether it can.
const READ_ONLY_FOR: Duration = Duration::from_secs(5);
/// Bytes of the log beside a file from which on what stands in it is put into the file, at most: it is read as a whole
/// by the first process that opens it.
const LOG_BYTES_MAX: u64 = 4 << 20;
/// Of SQLite's pages.
const PAGE_BYTES: u64 = 4096;

/// A kind of file.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) name: &'static str,
    pub(super) format: i32,
    /// By which SQLite files of ours are told from others'.
    pub(super) application_id: i32,
    pub(super) schema: &'static str,
}

/// A file of a kind.
#[derive(Debug)]
pub(super) struct File {
    book: &'static Book,
    path: PathBuf,
    log_bytes_max: u64,
    open: Option<Open>,
    /// The last time that it could not be opened, and why.
    failed: Option<(Instant, StoreError)>,
}

/// A file that is open. Where it is dropped nothing is done beside the file, as another may have taken its place.
#[derive(Debug)]
struct Open {
    connection: Connection,
    identity: Option<(u64, u64)>,
    /// Why it is only read, and since when.
    read_only: Option<(Instant, StoreError)>,
}

impl File {
    /// The file of a kind and registry in a folder, not yet open. With its log it keeps to a bound in bytes.
    pub(super) fn new(book: &'static Book, folder: &Path, registry: &str, bytes_max: u64) -> Self {
        let name = format!("{}-v{}-{registry}.sqlite", book.name, book.format);
        Self {
            book,
            path: folder.join(name),
            log_bytes_max: LOG_BYTES_MAX.min(bytes_max / 8),
            open: None,
            failed: None,
        }
    }

    /// Reads from the file, or does something with it. If the file turns out to be damaged, or is moved meanwhile, that
    /// is done again with another one.
    pub(super) fn with<T>(&mut self, work: impl Fn(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        for _ in 0..TRIES_MAX {
            let open = self.opened()?;
            let done = work(&mut open.connection);
            if let Some((_, why)) = &open.read_only {
                let why = why.clone();
                return done.map_err(|error| {
                    self.open = None;
                    // Another process may be writing after all; whatever it is, nothing can be done about it here.
                    match is_damage(&error) || is_of_writing(&error) {
                        true => why,
                        false => fault(&error, BUSY_WAIT),
                    }
                });
            }
            // What was done with a file that is no longer in its place, nobody else will find.
            let opened = open.identity;
            let is_in_place = opened == identity(&self.path);
            match done {
                Ok(done) if is_in_place => return Ok(done),
                Err(error) if is_damage(&error) => self.set_aside(&error)?,
                Err(error) if is_in_place => return Err(fault(&error, BUSY_WAIT)),
                _ => self.open = None,
            }
        }
        Err(StoreError::Failed {
            cause: format!("{} is damaged again and again", self.path.display()),
        })
    }

    /// Forgets what is open: it is not known what state it is in.
    pub(super) fn forget(&mut self) {
        self.open = None;
    }

    /// Closes it as SQLite would: the last of all processes to do so leaves no log.
    pub(super) fn close(mut self) {
        let Some(open) = self.open.take() else { return };
        // Alone, or what is removed may be the log of a file that has taken its place.
        if open.read_only.is_none()
            && open.identity == identity(&self.path)
            && let Ok(_alone) = Alone::at(&self.path)
            && open.identity == identity(&self.path)
        {
            let _ = open
                .connection
                .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
            drop(open);
        }
    }

    fn opened(&mut self) -> Result<&mut Open, StoreError> {
        let now = Instant::now();
        let is_of_use = self.open.as_ref().is_some_and(|open| match &open.read_only {
            // Another process may have set it aside, or a person removed it.
            None => open.identity == identity(&self.path),
            Some((since, _)) => now.saturating_duration_since(*since) < READ_ONLY_FOR,
        });
        if !is_of_use {
            self.open = None;
            if let Some((at, error)) = &self.failed
                && now.saturating_duration_since(*at) < PAUSE
            {
                return Err(error.clone());
            }
            self.failed = None;
            match self.open_anew() {
                Ok(open) => self.open = Some(open),
                Err(error) => {
                    self.failed = Some((now, error.clone()));
                    return Err(error);
                }
            }
        }
        self.open.as_mut().ok_or_else(|| StoreError::Failed {
            cause: "the file is not open".into(),
        })
    }

    fn open_anew(&self) -> Result<Open, StoreError> {
        let folder = self.path.parent().unwrap_or(&self.path);
        // Where it can't be made, the next step says why.
        let made = place::make_folder(folder);
        if let Some(network) = place::network(folder) {
            return Err(StoreError::Denied {
                cause: format!(
                    "{} lies on {network}, where processes can't share a file safely",
                    folder.display()
                ),
            });
        }
        let alone = match made
            .and_then(|()| Alone::at(&self.path))
            .and_then(|alone| place::begin(&self.path).map(|()| alone))
        {
            Ok(alone) => alone,
            Err(error) => return self.open_to_read(of_io(&error, &self.path)),
        };
        aside::drop_unused(&self.path);
        // The file that is found may have to be set aside first.
        for _ in 0..TRIES_MAX {
            let found = identity(&self.path);
            let (why, cause) = match self.connect() {
                Ok(Ok(open)) => return Ok(open),
                Ok(Err(why)) => (why, String::new()),
                Err(error) if is_damage(&error) => (Why::Damaged, error.to_string()),
                Err(error) => return self.open_to_read(fault(&error, SET_UP_WAIT)),
            };
            if !aside::set(&self.path, found, why, &cause, &alone) {
                return Err(StoreError::Failed {
                    cause: format!("{} is {why} and can't be set aside", self.path.display()),
                });
            }
            place::begin(&self.path).map_err(|error| of_io(&error, &self.path))?;
        }
        Err(StoreError::Failed {
            cause: format!("{} can be neither used nor set aside", self.path.display()),
        })
    }

    /// Opens the file and sets it up; inside, why it can't be used. A file that isn't ours is not changed.
    fn connect(&self) -> rusqlite::Result<Result<Open, Why>> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&self.path, flags)?;
        // By its rights and the disk's; nothing has been read of it yet.
        if connection.is_readonly("main")? {
            return Err(rusqlite::Error::SqliteFailure(
                ffi::Error::new(ffi::SQLITE_READONLY),
                None,
            ));
        }
        guard(&connection)?;
        connection.busy_timeout(SET_UP_WAIT)?;
        let is_new = match self.look(&connection)? {
            Ok(is_new) => is_new,
            Err(why) => return Ok(Err(why)),
        };
        // By its first bytes, which are not what they were.
        if connection.is_readonly("main")? {
            return Ok(Err(Why::Damaged));
        }
        if is_new {
            // Takes effect in a file without tables alone.
            connection.pragma_update(None, "page_size", PAGE_BYTES.cast_signed())?;
            connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        }
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let log_bytes_max = self.log_bytes_max.cast_signed();
        connection.pragma_update_and_check(None, "journal_size_limit", log_bytes_max, |_| Ok(()))?;
        let log_pages_max = (self.log_bytes_max / PAGE_BYTES).max(1).cast_signed();
        connection.pragma_update_and_check(None, "wal_autocheckpoint", log_pages_max, |_| Ok(()))?;
        if is_new {
            let work = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            work.execute_batch(self.book.schema)?;
            work.pragma_update(None, "application_id", self.book.application_id)?;
            work.pragma_update(None, "user_version", self.book.format)?;
            work.commit()?;
        }
        connection.busy_timeout(BUSY_WAIT)?;
        Ok(Ok(Open {
            connection,
            identity: identity(&self.path),
            read_only: None,
        }))
    }

    /// Whether the file is new, or why it can't be used.
    fn look(&self, connection: &Connection) -> rusqlite::Result<Result<bool, Why>> {
        let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let (whose, format) = (number("application_id")?, number("user_version")?);
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok(if tables == 0 && whose == 0 && format == 0 {
            Ok(true)
        } else if whose != self.book.application_id {
            Err(Why::Foreign)
        } else if format > self.book.format {
            Err(Why::Newer)
        } else if format < self.book.format {
            Err(Why::Older)
        } else {
            Ok(false)
        })
    }

    /// Opens a file that can't be written, for `why`, to be read; fails for the same reason where there is nothing to read.
    fn open_to_read(&self, why: StoreError) -> Result<Open, StoreError> {
        if !why.is_of_writing() {
            return Err(why);
        }
        let path = self
            .path
            .to_string_lossy()
            .replace('%', "%25")
            .replace('?', "%3f")
            .replace('#', "%23");
        // With its log if SQLite can, which takes a map of it that somebody must have been able to write; otherwise what is
        // in the file itself. Should it be written meanwhile, entries and agreements are sealed.
        let ways = match with_suffix(&self.path, "-wal").exists() {
            true => &["mode=ro", "mode=ro&immutable=1"][..],
            false => &["mode=ro&immutable=1"],
        };
        for way in ways {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let opened = Connection::open_with_flags(format!("file:{path}?{way}"), flags).and_then(|connection| {
                guard(&connection)?;
                let found = self.look(&connection)?;
                Ok((connection, found))
            });
            if let Ok((connection, Ok(false))) = opened {
                return Ok(Open {
                    connection,
                    identity: identity(&self.path),
                    read_only: Some((Instant::now(), why)),
                });
            }
        }
        Err(why)
    }

    fn set_aside(&mut self, error: &rusqlite::Error) -> Result<(), StoreError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let found = open.identity;
        drop(open);
        let alone = Alone::at(&self.path).map_err(|error| of_io(&error, &self.path))?;
        if aside::set(&self.path, found, Why::Damaged, &error.to_string(), &alone) {
            return Ok(());
        }
        Err(fault(error, BUSY_WAIT))
    }
}

/// What holds for every connection, before anything is read.
fn guard(connection: &Connection) -> rusqlite::Result<()> {
    for (config, is_on) in [
        // Only `File::close` touches what lies beside the file.
        (DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
    ] {
        connection.set_db_config(config, is_on)?;
    }
    connection.pragma_update(None, "cell_size_check", true)?;
    // A file that is cut short while it is mapped would kill the process.
    connection.pragma_update(None, "mmap_size", 0)
}
