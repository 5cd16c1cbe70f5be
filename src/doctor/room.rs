//! Whether the disk of the embedded store has the room that it may take.

use super::Finding;
use actors::store::EmbeddedSettings;

/// A warning where it hasn't; nothing where it has, or where that can't be told.
#[cfg(unix)]
pub(super) fn finding(embedded: &EmbeddedSettings) -> Option<Finding> {
    let disk = rustix::fs::statvfs(&embedded.folder).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    (free < embedded.bytes_max).then(|| {
        let told = format!(
            "its disk has {} MiB free, and it may take {} MiB",
            free >> 20,
            embedded.bytes_max >> 20
        );
        Finding::warn(
            "embedded",
            told,
            "make room on the disk of CACHE_DIR, or lower CACHE_DISK_MAX",
        )
    })
}

#[cfg(not(unix))]
pub(super) fn finding(_: &EmbeddedSettings) -> Option<Finding> {
    None
}
