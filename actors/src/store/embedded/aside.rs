//! Sets a file aside that can't be used: it is kept for whoever wants to know why, and said, and a new one is begun. And
//! drops what was left behind.

use super::place::{Alone, identity};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Files set aside that are kept, of each kind and registry; the oldest go.
const KEPT_MAX: usize = 2;
/// How long a file of ours is kept that nobody writes any more: of another format, or of a registry that isn't asked.
const UNUSED_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// What lies beside a file of SQLite's.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Why a file can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// SQLite finds it damaged.
    Damaged,
    /// It is not one of ours.
    Foreign,
    /// A newer version of the program wrote it.
    Newer,
    /// An older version of the program wrote it, in a form that is no longer read.
    Older,
}

/// Sets it aside, unless another process already has. `found` is the identity of the file that was found unusable. Says
/// whether it is out of the way.
pub(super) fn set(path: &Path, found: Option<(u64, u64)>, why: Why, cause: &str, _: &Alone) -> bool {
    if found.is_none() || identity(path) != found {
        return true;
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Never in place of one that was set aside in the same second.
    let free = (since.as_secs()..).map(|at| with_suffix(path, &format!(".{why}-{at}")));
    let Some(aside) = free.into_iter().find(|aside| !aside.exists()) else {
        return false;
    };
    if let Err(error) = fs::rename(path, &aside) {
        tracing::warn!(file = %path.display(), %why, cause, %error, "a file of the cache can neither be used nor set aside");
        return false;
    }
    for suffix in BESIDE {
        // Where it can't be moved it must go: the new file would take it for its own.
        let beside = with_suffix(path, suffix);
        if fs::rename(&beside, with_suffix(&aside, suffix)).is_err() {
            let _ = fs::remove_file(beside);
        }
    }
    tracing::warn!(
        file = %path.display(), %why, cause, kept_as = %aside.display(),
        "a file of the cache can't be used: it was set aside, and a new one is begun"
    );
    drop_oldest(path);
    true
}

/// Drops files of ours that nobody has written for long, `path` aside: those of formats and registries that are no longer
/// in use.
pub(super) fn drop_unused(path: &Path) {
    let Some(folder) = path.parent() else { return };
    let Ok(entries) = fs::read_dir(folder) else { return };
    let is_old = |path: &Path| {
        let about = fs::metadata(path).and_then(|about| about.modified());
        about.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > UNUSED_KEPT))
    };
    for other in entries.flatten().map(|entry| entry.path()) {
        let is_ours = other
            .file_name()
            .is_some_and(|name| is_a_name_of_ours(&name.to_string_lossy()));
        // What was written last is in the log.
        let wal = with_suffix(&other, "-wal");
        if is_ours && other != *path && is_old(&other) && (!wal.exists() || is_old(&wal)) {
            let Ok(_alone) = Alone::at(&other) else { continue };
            tracing::info!(file = %other.display(), "a file of the cache that has long been unused is dropped");
            remove_with_its_log(&other);
            let _ = fs::remove_file(with_suffix(&other, ".lock"));
        }
    }
}

/// Whether a file of this name is one that a version of the program keeps: `answers-v1-0123456789abcdef.sqlite`.
fn is_a_name_of_ours(name: &str) -> bool {
    let digits = |text: &str, is_one: fn(&char) -> bool| !text.is_empty() && text.chars().all(|of| is_one(&of));
    let mut parts = name.strip_suffix(".sqlite").unwrap_or_default().split('-');
    let (kind, format, registry) = (parts.next(), parts.next(), parts.next());
    matches!(kind, Some("answers" | "agreements"))
        && format
            .and_then(|format| format.strip_prefix('v'))
            .is_some_and(|format| digits(format, char::is_ascii_digit))
        && registry.is_some_and(|registry| registry.len() == 16 && digits(registry, char::is_ascii_hexdigit))
        && parts.next().is_none()
}

/// Keeps the newest of those that were set aside from this place.
fn drop_oldest(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().map(|name| name.to_string_lossy())) else {
        return;
    };
    let Ok(entries) = fs::read_dir(folder) else { return };
    let whys = [Why::Damaged, Why::Foreign, Why::Newer, Why::Older];
    let when = |file: &str| -> Option<u64> {
        let rest = file.strip_prefix(&*name)?.strip_prefix('.')?;
        let (why, when) = rest.split_once('-')?;
        whys.iter().any(|known| known.to_string() == why).then_some(())?;
        when.parse().ok()
    };
    let mut aside: Vec<(u64, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| Some((when(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    aside.sort_unstable();
    aside.reverse();
    for (_, path) in aside.into_iter().skip(KEPT_MAX) {
        remove_with_its_log(&path);
    }
}

fn remove_with_its_log(path: &Path) {
    // The file first: a log without its file is nothing, a file without its log is not what it was.
    let _ = fs::remove_file(path);
    for suffix in BESIDE {
        let _ = fs::remove_file(with_suffix(path, suffix));
    }
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Damaged => "damaged",
            Self::Foreign => "foreign",
            Self::Newer => "newer",
            Self::Older => "older",
        })
    }
}
