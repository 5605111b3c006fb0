//! What the system knows of this process, from /proc and the resource limits. Figures that it does not give are left out.

use std::fs;

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage};

use super::catalogue;

/// Sets the process's figures to what they are now.
pub(super) fn measure() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(kilobytes) = field(&status, "VmRSS:") {
        metrics::gauge!(catalogue::RESIDENT_MEMORY).set(kilobytes * 1024.0);
    }
    if let Some(threads) = field(&status, "Threads:") {
        metrics::gauge!(catalogue::THREADS).set(threads);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        // The directory that is being read is one of them, and closed again when this is over.
        let open = u32::try_from(open.count().saturating_sub(1)).unwrap_or(u32::MAX);
        metrics::gauge!(catalogue::OPEN_FDS).set(f64::from(open));
    }
    if let Ok((limit, _)) = getrlimit(Resource::RLIMIT_NOFILE) {
        metrics::gauge!(catalogue::MAX_FDS).set(f64::from(u32::try_from(limit).unwrap_or(u32::MAX)));
    }
    if let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) {
        let seconds = usage.user_time().tv_sec() + usage.system_time().tv_sec();
        metrics::counter!(catalogue::CPU_SECONDS).absolute(u64::try_from(seconds).unwrap_or_default());
    }
}

/// A number of `/proc/self/status`, in the unit that the system gives it in.
fn field(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_field_is_read_by_its_name() {
        let status = "Name:\tlawgate\nVmRSS:\t   12344 kB\nThreads:\t7\n";
        assert_eq!((field(status, "VmRSS:"), field(status, "Threads:"), field(status, "VmHWM:")), (Some(12344.0), Some(7.0), None));
    }
}
