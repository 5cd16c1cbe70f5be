//! What an error of SQLite's or of the system's means.

use crate::store::backend::StoreError;
use rusqlite::{Error, ErrorCode, ffi};
use std::io;
use std::path::Path;
use std::time::Duration;

/// What an error of SQLite's means to whoever asked. `waited` is how long others' writes were waited for.
pub(super) fn fault(error: &Error, waited: Duration) -> StoreError {
    let cause = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { cause },
        // SQLite tells a write that the disk had no room for as an error of the system, but for the plainest case.
        Some(ErrorCode::SystemIoFailure) if is_of_room(error) => StoreError::Full { cause },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly { cause }
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
            StoreError::Slow { after: waited }
        }
        Some(ErrorCode::SystemIoFailure) => StoreError::Unreachable { cause },
        _ => StoreError::Failed { cause },
    }
}

/// What an error of the system's means, at a place.
pub(super) fn of_io(error: &io::Error, place: &Path) -> StoreError {
    let cause = format!("{}: {error}", place.display());
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            StoreError::Full { cause }
        }
        io::ErrorKind::WouldBlock => StoreError::Slow {
            after: super::place::LOCK_WAIT,
        },
        _ => StoreError::ReadOnly { cause },
    }
}

/// Whether it is the file that is wrong, so that another one would do.
pub(super) fn is_damage(error: &Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                // An index that doesn't fit its table; a row that is not as its table says.
                | ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch
        )
    ) || matches!(
        extended(error),
        Some(ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_CORRUPTFS)
    )
        // A value of another kind than was written.
        || matches!(
            error,
            Error::InvalidColumnType(..) | Error::FromSqlConversionFailure(..) | Error::Utf8Error(..)
                | Error::IntegralValueOutOfRange(..)
        )
        // What is asked is fixed: where SQLite can't make sense of it, the file is not built as its format says.
        || matches!(error, Error::SqlInputError { .. } | Error::QueryReturnedNoRows)
        || (code == Some(ErrorCode::Unknown) && !error.to_string().contains("transaction"))
}

/// Whether it is the place that takes nothing, so that what is there may still be read.
pub(super) fn is_of_writing(error: &Error) -> bool {
    fault(error, Duration::ZERO).is_of_writing()
}

fn is_of_room(error: &Error) -> bool {
    matches!(
        extended(error),
        Some(
            ffi::SQLITE_IOERR_WRITE
                | ffi::SQLITE_IOERR_TRUNCATE
                | ffi::SQLITE_IOERR_SHMSIZE
                | ffi::SQLITE_IOERR_SHMOPEN
        )
    )
}

fn extended(error: &Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}
