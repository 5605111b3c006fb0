//! How many files and sockets this process may open, and what of that is left for callers.

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// More sockets than this serve nobody on one machine.
const FILES_MAX: u64 = 65_536;
/// What the process opens besides: its own sockets and files, the private server's log, the event loops.
const BESIDES: u64 = 64;
/// Fewer callers than this to a worker make no service.
const CALLERS_MIN: u64 = 8;

/// Raises this process's limit as far as the system lets it. What shells and service managers give by default is for programs that
/// wait on few files at once.
pub fn raise() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard.min(FILES_MAX)
        && let Err(error) = setrlimit(Resource::RLIMIT_NOFILE, hard.min(FILES_MAX), hard)
    {
        tracing::warn!("the limit of open files stays at {soft}: {error}");
    }
}

/// How many callers each worker may be connected with, so that they never take the last file: a further one waits until one goes.
#[must_use]
pub fn callers_per_worker(connections: usize, workers: usize) -> usize {
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(soft, _)| soft.min(FILES_MAX));
    let callers = share(limit, connections as u64, workers as u64);
    usize::try_from(callers).unwrap_or(usize::MAX)
}

fn share(limit: u64, connections: u64, workers: u64) -> u64 {
    (limit.saturating_sub(connections + BESIDES) / workers.max(1)).max(CALLERS_MIN)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn callers_and_connections_together_stay_below_the_limit() {
        assert_eq!(share(1024, 16, 2), 472);
        assert_eq!(share(65_536, 16, 4), 16_364);
        assert_eq!(share(64, 16, 2), 8, "with so few files it is tried all the same");
    }
}
