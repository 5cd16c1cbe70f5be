//! What a process takes of the memory, as Linux tells it.

/// A size of a process in bytes: `VmRSS` for what is resident, `VmHWM` for the most that ever was. None elsewhere.
pub(crate) fn bytes(process: u32, field: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let mut lines = status.lines();
    let size = lines.find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    let kib: u64 = size.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib << 10)
}
