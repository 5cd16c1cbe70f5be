//! One file as one thread has it open: opened when it is needed, opened again when it was moved, set aside when it can't
//! be used.

use super::aside::{self, Why};
use crate::store::backend::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

/// How long a thread waits for another process's write.
const BUSY_WAIT: Duration = Duration::from_millis(50);
/// How long one waits for another process that sets up the same file.
const SET_UP_WAIT: Duration = Duration::from_secs(2);
/// How often one looks whether the file is still in its place.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long a file that could not be opened is left alone.
const PAUSE: Duration = Duration::from_millis(200);
/// What the log beside a file may keep between checkpoints, in bytes.
const LOG_BYTES_MAX: u64 = 8 << 20;

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
    open: Option<Open>,
    /// The last time that it could not be opened, and why.
    failed: Option<(Instant, StoreError)>,
}

#[derive(Debug)]
struct Open {
    connection: Connection,
    identity: Option<u64>,
    looked: Instant,
    is_read_only: bool,
}

impl File {
    /// The file of a kind and registry in a folder, not yet open.
    pub(super) fn new(book: &'static Book, folder: &Path, registry: &str) -> Self {
        let name = format!("{}-v{}-{registry}.sqlite", book.name, book.format);
        Self {
            book,
            path: folder.join(name),
            open: None,
            failed: None,
        }
    }

    /// Does something with the file. One that turns out to be damaged is set aside, and what was to be done is lost with
    /// it: the next is done with a new one.
    pub(super) fn with<T>(
        &mut self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let open = self.opened()?;
        let is_read_only = open.is_read_only;
        match work(&mut open.connection) {
            Ok(done) => Ok(done),
            Err(error) => {
                if is_damage(&error) {
                    self.set_aside(Why::Damaged);
                }
                Err(fault(&error, is_read_only))
            }
        }
    }

    fn opened(&mut self) -> Result<&mut Open, StoreError> {
        let now = Instant::now();
        if let Some(open) = &mut self.open
            && now.saturating_duration_since(open.looked) >= LOOK_EVERY
        {
            open.looked = now;
            // Another process may have set it aside, or a person removed it: what is written there would be lost.
            if open.identity != identity(&self.path) {
                self.open = None;
            }
        }
        if self.open.is_none() {
            if let Some((at, error)) = &self.failed
                && now.saturating_duration_since(*at) < PAUSE
            {
                return Err(error.clone());
            }
            match self.open_anew() {
                Ok(open) => {
                    self.failed = None;
                    self.open = Some(open);
                }
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

    fn open_anew(&mut self) -> Result<Open, StoreError> {
        if let Some(folder) = self.path.parent() {
            make_folder(folder).map_err(|error| of_io(&error, folder))?;
            if is_on_a_network(folder) {
                return Err(StoreError::ReadOnly {
                    cause: format!(
                        "{} lies on a network file system, where SQLite's log can't be shared",
                        folder.display()
                    ),
                });
            }
        }
        // Twice: the file that is found may have to be set aside first.
        for _ in 0..2 {
            match self.connect() {
                Ok(Ok(open)) => return Ok(open),
                Ok(Err(why)) => self.set_aside(why),
                Err(error) if is_damage(&error) => self.set_aside(Why::Damaged),
                Err(error) if is_of_permission(&error) => {
                    return self.connect_to_read().map_err(|_| fault(&error, true));
                }
                Err(error) => return Err(fault(&error, false)),
            }
        }
        Err(StoreError::Failed {
            cause: format!("{} can be neither used nor set aside", self.path.display()),
        })
    }

    /// Opens the file and sets it up; inside, why it can't be used.
    fn connect(&self) -> rusqlite::Result<Result<Open, Why>> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&self.path, flags)?;
        keep_private(&self.path);
        connection.busy_timeout(SET_UP_WAIT)?;
        // Only a file without tables takes this; on others it changes nothing.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "journal_size_limit", LOG_BYTES_MAX.cast_signed())?;
        connection.pragma_update(None, "cell_size_check", true)?;
        // A file that is cut short while it is mapped would kill the process.
        connection.pragma_update(None, "mmap_size", 0)?;
        let work = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let number = |name: &str| work.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let (whose, format) = (number("application_id")?, number("user_version")?);
        let tables: i64 = work.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        let is_new = tables == 0 && whose == 0 && format == 0;
        if !is_new && whose != self.book.application_id {
            return Ok(Err(Why::Foreign));
        }
        if format > self.book.format {
            return Ok(Err(Why::Newer));
        }
        if !is_new && format < self.book.format {
            return Ok(Err(Why::Older));
        }
        if is_new {
            work.execute_batch(self.book.schema)?;
            work.pragma_update(None, "application_id", self.book.application_id)?;
            work.pragma_update(None, "user_version", self.book.format)?;
        }
        work.commit()?;
        connection.busy_timeout(BUSY_WAIT)?;
        Ok(Ok(self.as_open(connection, false)))
    }

    /// Opens a file that can't be written, as it lies on the disk: nobody writes it while that is so.
    fn connect_to_read(&self) -> rusqlite::Result<Open> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let path = self
            .path
            .to_string_lossy()
            .replace('%', "%25")
            .replace('?', "%3f")
            .replace('#', "%23");
        let connection = Connection::open_with_flags(format!("file:{path}?immutable=1"), flags)?;
        let whose = connection.pragma_query_value(None, "application_id", |row| row.get::<_, i32>(0))?;
        if whose != self.book.application_id {
            return Err(rusqlite::Error::InvalidQuery);
        }
        Ok(self.as_open(connection, true))
    }

    fn as_open(&self, connection: Connection, is_read_only: bool) -> Open {
        Open {
            connection,
            identity: identity(&self.path),
            looked: Instant::now(),
            is_read_only,
        }
    }

    fn set_aside(&mut self, why: Why) {
        let identity = match self.open.take() {
            Some(open) => open.identity,
            None => identity(&self.path),
        };
        aside::set(&self.path, identity, why);
    }
}

/// What an error of SQLite's means.
fn fault(error: &rusqlite::Error, is_read_only: bool) -> StoreError {
    let cause = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { cause },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly { cause }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Slow { after: BUSY_WAIT },
        // SQLite tells a write that the disk had no room for as an error of the system.
        Some(ErrorCode::SystemIoFailure) if extended(error) == Some(ffi::SQLITE_IOERR_WRITE) => {
            StoreError::Full { cause }
        }
        _ if is_read_only => StoreError::ReadOnly { cause },
        _ => StoreError::Failed { cause },
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        || extended(error) == Some(ffi::SQLITE_IOERR_SHORT_READ)
        // What we say is right SQL: where SQLite finds it wrong, a table or column is not there that should be.
        || extended(error) == Some(ffi::SQLITE_ERROR)
        // A value of another kind than was written.
        || matches!(error, rusqlite::Error::InvalidColumnType(..) | rusqlite::Error::FromSqlConversionFailure(..))
}

fn is_of_permission(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied)
    )
}

fn extended(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}

fn of_io(error: &io::Error, place: &Path) -> StoreError {
    let cause = format!("{}: {error}", place.display());
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full { cause },
        _ => StoreError::ReadOnly { cause },
    }
}

/// What tells a file from another that takes its place; none where there is none, or the system doesn't say.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().map(|about| about.ino())
}

/// As on Unix, where it can be told.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> Option<u64> {
    path.exists().then_some(0)
}

/// Makes the folder, for its user alone: what was asked is in there.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut making = fs::DirBuilder::new();
    making.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        making.mode(0o700);
    }
    making.create(folder)
}

/// For its user alone, should the folder be everyone's. SQLite gives the log beside it the same rights.
fn keep_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // On a disk that takes nothing it stays as it is.
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Whether a folder lies on another machine. By the numbers in statfs(2) of Linux.
#[cfg(target_os = "linux")]
fn is_on_a_network(folder: &Path) -> bool {
    const NETWORKS: [u64; 8] = [
        0x6969,      // NFS
        0x517b,      // SMB
        0xff53_4d42, // CIFS
        0xfe53_4d42, // SMB 2
        0x0102_1997, // 9P
        0x5346_414f, // AFS
        0x00c3_6400, // Ceph
        0x0bd0_0bd0, // Lustre
    ];
    rustix::fs::statfs(folder).is_ok_and(|about| {
        let kind = u64::try_from(about.f_type).unwrap_or_default() & 0xffff_ffff;
        NETWORKS.contains(&kind)
    })
}

/// Elsewhere it can't be told without more than it is worth.
#[cfg(not(target_os = "linux"))]
fn is_on_a_network(_: &Path) -> bool {
    false
}
