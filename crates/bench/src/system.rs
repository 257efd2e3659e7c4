//! What Linux tells of processes under `/proc`; other systems give `None`.
//!
//! Asking the kernel directly (`wait4`, `getrusage`) would need `unsafe` or another
//! dependency, and the same numbers stand in these files.

use std::fs;

/// One tick of the times in `/proc/PID/stat`: 100 a second on every Linux.
const TICK_MS: f64 = 10.0;

/// User and system time of this process so far, in milliseconds.
pub(crate) fn own_cpu_ms() -> Option<f64> {
    times().map(|times| times[0])
}

/// User and system time of all ended children so far, in milliseconds.
///
/// The kernel adds them up in nanoseconds and rounds to a tick only here, so the mean
/// over many children is finer than a tick.
pub(crate) fn children_cpu_ms() -> Option<f64> {
    times().map(|times| times[1])
}

/// The most memory that a running process has held so far, in MiB. An ended process
/// has none.
pub(crate) fn peak_mib(pid: u32) -> Option<f64> {
    memory(&pid.to_string(), "VmHWM:")
}

/// The memory that this process holds now, in MiB.
pub(crate) fn own_mib() -> Option<f64> {
    memory("self", "VmRSS:")
}

/// Lets the peak of this process begin anew, where the system can (proc(5), 5 in
/// `clear_refs`); else it stays the greatest since the start.
pub(crate) fn reset_peak() {
    // A system that cannot is no reason not to measure.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

fn memory(process: &str, field: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}

/// `[own, children's]` time in milliseconds.
fn times() -> Option<[f64; 2]> {
    cpu_times(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// proc(5): `utime`, `stime`, `cutime` and `cstime` are the fields 14 to 17. Field 2
/// is a name in brackets that may hold blanks, so the count starts behind it.
fn cpu_times(stat: &str) -> Option<[f64; 2]> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut ticks = behind_name
        .split_whitespace()
        .skip(11)
        .map_while(|field| field.parse::<f64>().ok());
    let mut next = || ticks.next();
    let (user, system, children_user, children_system) =
        (next()?, next()?, next()?, next()?);
    Some([(user + system) * TICK_MS, (children_user + children_system) * TICK_MS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_behind_a_name_with_blanks() {
        let stat = "7 (a b) c) S 1 7 7 0 -1 4194304 100 0 0 0 5 2 30 4 20 0 1 0";
        assert_eq!(cpu_times(stat), Some([70.0, 340.0]));
        assert_eq!(cpu_times("7 (a) S 1"), None);
    }
}
