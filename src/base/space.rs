//! How much room is left on the disk of a private cluster. Refuses nothing itself.
//!
//! A PostgreSQL server that cannot extend its write-ahead log stops altogether, and nothing can be read either. So the service
//! stops writing while there is still room for the server itself: then what is there can be read on.

use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

/// Room that is left to the server: three segments of its write-ahead log, and what it needs to start after a crash.
pub const RESERVE_BYTES: u64 = 64 * 1024 * 1024;

/// The disks on which a private cluster lives.
#[derive(Clone, Debug)]
pub struct Space {
    directories: [PathBuf; 2],
}

impl Space {
    /// Of a cluster's directory. Its write-ahead log may be a link to another disk.
    #[must_use]
    pub fn of_cluster(pgdata: &Path) -> Self {
        Self { directories: [pgdata.to_path_buf(), pgdata.join("pg_wal")] }
    }

    /// Bytes that are free for the server, on the fuller disk. `None` where the system does not say.
    #[must_use]
    pub fn free_bytes(&self) -> Option<u64> {
        self.directories.iter().filter_map(|directory| free(directory)).min()
    }

    /// Whether only the reserve is left.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.free_bytes().is_some_and(|free| free < RESERVE_BYTES)
    }
}

fn free(directory: &Path) -> Option<u64> {
    let disk = statvfs(directory).ok()?;
    disk.blocks_available().checked_mul(disk.fragment_size())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Space;

    #[test]
    fn a_disk_that_cannot_be_asked_is_not_taken_for_a_full_one() {
        let nowhere = Space::of_cluster(Path::new("/nowhere/at/all"));
        assert_eq!((nowhere.free_bytes(), nowhere.is_short()), (None, false));
        assert!(Space::of_cluster(&std::env::temp_dir()).free_bytes().is_some());
    }
}
