//! What Redis's and fred's errors mean.

use super::super::backend::StoreError;
use fred::error::{Error, ErrorKind};
use std::time::Duration;

/// How long the system's own words may be, in characters.
const WORDS_MAX: usize = 200;

/// What went wrong.
pub(super) fn of(error: &Error) -> StoreError {
    let details = error.details();
    // The system's own words, where fred gives an error's innards.
    let words = details
        .split_once("message: \"")
        .and_then(|(_, rest)| rest.split_once('"'));
    let cause: String = words
        .map_or(details, |(words, _)| words)
        .chars()
        .filter(|c| !c.is_control())
        .take(WORDS_MAX)
        .collect();
    let word = cause.split(' ').next().unwrap_or_default();
    match word {
        "OOM" => return StoreError::Full { cause },
        "READONLY" => return StoreError::ReadOnly { cause },
        "WRONGPASS" | "NOAUTH" | "NOPERM" => return StoreError::Denied { cause },
        "LOADING" | "BUSY" | "CLUSTERDOWN" | "MASTERDOWN" | "TRYAGAIN" => return StoreError::Unreachable { cause },
        // A disk that takes nothing is full as far as we are concerned.
        "MISCONF" => return StoreError::Full { cause },
        _ => {}
    }
    match error.kind() {
        ErrorKind::Auth => StoreError::Denied { cause },
        ErrorKind::Timeout => StoreError::Slow { after: Duration::ZERO },
        ErrorKind::IO
        | ErrorKind::Canceled
        | ErrorKind::Cluster
        | ErrorKind::Sentinel
        | ErrorKind::Routing
        | ErrorKind::Tls
        | ErrorKind::Backpressure => StoreError::Unreachable { cause },
        _ => StoreError::Failed { cause },
    }
}

/// What went wrong while there is no connection: silence then is that of nobody.
pub(super) fn of_connecting(error: &Error) -> StoreError {
    match of(error) {
        StoreError::Slow { .. } => StoreError::Unreachable {
            cause: "there was no connection in time".into(),
        },
        told => told,
    }
}

/// Whether the command failed because there is no connection, for which there is a reason elsewhere.
pub(super) fn is_of_the_connection(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::IO | ErrorKind::Canceled | ErrorKind::Routing | ErrorKind::Sentinel | ErrorKind::Timeout
    )
}

/// Whether the server has not seen the script before.
pub(super) fn is_unknown_script(error: &Error) -> bool {
    error.details().starts_with("NOSCRIPT")
}

/// Whether the key holds a value of another kind.
pub(super) fn is_of_another_kind(error: &Error) -> bool {
    error.details().starts_with("WRONGTYPE")
}
