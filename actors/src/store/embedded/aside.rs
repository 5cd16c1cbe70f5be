//! Sets a file aside that can't be used: it is kept for whoever wants to know why, and said, and a new one is begun.

use super::file::identity;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Files set aside that are kept, of each kind; the oldest go.
const KEPT_MAX: usize = 2;
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

/// Sets it aside, unless another process already has. `found` is the identity of the file that was found unusable.
pub(super) fn set(path: &Path, found: Option<u64>, why: Why) {
    // Held until the end: of two processes that find it damaged, the second finds it gone.
    let _alone = lock(path);
    if found.is_none() || identity(path) != found {
        return;
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let aside = with_suffix(path, &format!(".{why}-{}", since.as_millis()));
    match fs::rename(path, &aside) {
        Ok(()) => tracing::warn!(
            file = %path.display(),
            kept_as = %aside.display(),
            "a file of the cache is {why}: it was set aside, and a new one is begun"
        ),
        Err(error) => {
            tracing::warn!(file = %path.display(), %error, "a file of the cache is {why} and can't be set aside");
            return;
        }
    }
    for suffix in BESIDE {
        // Not there, or not needed.
        let _ = fs::rename(with_suffix(path, suffix), with_suffix(&aside, suffix));
    }
    drop_oldest(path);
}

/// Keeps the newest of those that were set aside from this place.
fn drop_oldest(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().map(|name| name.to_string_lossy())) else {
        return;
    };
    let Ok(entries) = fs::read_dir(folder) else { return };
    let whys = [Why::Damaged, Why::Foreign, Why::Newer, Why::Older];
    let when = |file: &str| -> Option<u128> {
        let rest = file.strip_prefix(&*name)?.strip_prefix('.')?;
        let (why, when) = rest.split_once('-')?;
        whys.iter().any(|known| known.to_string() == why).then_some(())?;
        when.parse().ok()
    };
    let mut aside: Vec<(u128, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| Some((when(entry.file_name().to_str()?)?, entry.path())))
        .collect();
    aside.sort_unstable();
    aside.reverse();
    for (_, path) in aside.into_iter().skip(KEPT_MAX) {
        for path in BESIDE
            .map(|suffix| with_suffix(&path, suffix))
            .into_iter()
            .chain([path])
        {
            let _ = fs::remove_file(path);
        }
    }
}

/// Alone among the processes that set files aside here. Where there is no such lock, the rename alone decides.
fn lock(path: &Path) -> Option<fs::File> {
    let lock = fs::File::create(with_suffix(path, ".lock")).ok()?;
    lock.lock().ok()?;
    Some(lock)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
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
