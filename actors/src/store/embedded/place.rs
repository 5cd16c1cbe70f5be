//! Where the files lie: their folder, who may read them, and how processes keep out of each other's way while a file is
//! begun, opened, closed or set aside.

use super::aside::with_suffix;
use std::fs::{self, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

/// How long one waits for another process that opens or sets aside the same file: it takes them milliseconds.
pub(super) const LOCK_WAIT: Duration = Duration::from_millis(500);
/// How often one looks whether it has.
const LOCK_LOOK: Duration = Duration::from_millis(2);

/// The right to open, close or move a file, alone among all processes; let go of when dropped.
///
/// SQLite finds the log of a file by its name. One who opened a file while it is being moved would take the log of the
/// one before for its own, and one who closed it then would remove the log of the next.
#[derive(Debug)]
pub(super) struct Alone(#[expect(dead_code, reason = "held")] fs::File);

impl Alone {
    /// Waits a while for it. Fails with `WouldBlock` where another keeps it for longer, being stopped perhaps.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let mut opening = fs::OpenOptions::new();
        opening.write(true).create(true).truncate(false);
        for_its_user_alone(&mut opening);
        let lock = opening.open(with_suffix(path, ".lock"))?;
        for _ in 0..LOCK_WAIT.as_millis() / LOCK_LOOK.as_millis() {
            match lock.try_lock() {
                Ok(()) => return Ok(Self(lock)),
                // This thread is there to wait for files, and nobody unparks it.
                Err(TryLockError::WouldBlock) => std::thread::park_timeout(LOCK_LOOK),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::ErrorKind::WouldBlock.into())
    }
}

/// Makes the folder, for its user alone: what was asked is in there.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut making = fs::DirBuilder::new();
    making.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        making.mode(0o700);
    }
    making.create(folder)
}

/// Begins a file where there is none, for its user alone, should the folder be everyone's. SQLite gives the log beside it
/// the same rights.
pub(super) fn begin(path: &Path) -> io::Result<()> {
    let mut beginning = fs::OpenOptions::new();
    beginning.write(true).create_new(true);
    for_its_user_alone(&mut beginning);
    // One that is there is never opened but by SQLite: to close it would let go of SQLite's locks in this process.
    match beginning.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn for_its_user_alone(options: &mut fs::OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// What tells a file from another that takes its place; none where there is none. A file that is open keeps its number
/// for as long, wherever it is moved.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().map(|about| (about.dev(), about.ino()))
}

/// As on Unix, where it can be told.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    path.exists().then_some((0, 0))
}

/// The file system of a folder, where it may lie on another machine. By the numbers in statfs(2) of Linux.
#[cfg(target_os = "linux")]
pub(super) fn network(folder: &Path) -> Option<&'static str> {
    const NETWORKS: [(u64, &str); 9] = [
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xff53_4d42, "SMB"),
        (0xfe53_4d42, "SMB"),
        (0x0102_1997, "9P"),
        (0x5346_414f, "AFS"),
        (0x00c3_6400, "Ceph"),
        (0x0bd0_0bd0, "Lustre"),
        // Not all of them, but which is on another machine can't be told.
        (0x6573_5546, "FUSE"),
    ];
    let about = rustix::fs::statfs(folder).ok()?;
    let kind = u64::try_from(about.f_type).unwrap_or_default() & 0xffff_ffff;
    NETWORKS.into_iter().find(|known| known.0 == kind).map(|known| known.1)
}

/// Elsewhere it can't be told without more than it is worth.
#[cfg(not(target_os = "linux"))]
pub(super) fn network(_: &Path) -> Option<&'static str> {
    None
}
