//! The key that signs, in a file of its own: made at the first start, readable by its owner alone.

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};

/// Where the key lies within a data directory.
pub const FILE_NAME: &str = "signing-key.pem";
/// Where the next key lies while it takes the place of the present one.
pub const NEXT_NAME: &str = "signing-key.next.pem";
/// What its owner may do with it, and nobody else.
const MODE: u32 = 0o600;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// Others can read it.
    #[error("{path} can be read by others (mode {mode:o}): if nobody did, run chmod 600 on it, else rotate the key")]
    Open {
        /// Which.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It is no Ed25519 key.
    #[error("{path} holds no Ed25519 key in PKCS #8: put the file back from where it is kept")]
    Content {
        /// Which.
        path: PathBuf,
    },
    /// The system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
}

/// The key of a data directory, made now where there is none.
///
/// # Errors
/// [`KeyError`], in words for whoever starts the service.
pub fn load_or_make(data_dir: &Path) -> Result<SigningKey, KeyError> {
    let path = data_dir.join(FILE_NAME);
    match load(&path) {
        Err(KeyError::File { cause, .. }) if cause.kind() == std::io::ErrorKind::NotFound => {
            let key = generate()?;
            match store(&path, &key) {
                // Somebody else was quicker; theirs is the key.
                Err(KeyError::File { cause, .. }) if cause.kind() == std::io::ErrorKind::AlreadyExists => load(&path),
                stored => stored.map(|()| key),
            }
        }
        loaded => loaded,
    }
}

/// Reads a key.
///
/// # Errors
/// As [`load_or_make`].
pub fn load(path: &Path) -> Result<SigningKey, KeyError> {
    let failed = |cause| KeyError::File { path: path.to_owned(), cause };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Open { path: path.to_owned(), mode });
    }
    let pem = std::fs::read_to_string(path).map_err(failed)?;
    parse(&pem).ok_or_else(|| KeyError::Content { path: path.to_owned() })
}

/// Reads what a key file holds; `None` where that is no key.
#[must_use]
pub fn parse(pem: &str) -> Option<SigningKey> {
    SigningKey::from_pkcs8_pem(pem).ok()
}

/// What a key file holds.
///
/// # Errors
/// When the key cannot be written as PKCS #8, which it always can.
pub fn written(key: &SigningKey) -> Result<Vec<u8>, KeyError> {
    key.to_pkcs8_pem(LineEnding::LF).map(|pem| pem.as_bytes().to_vec()).map_err(|_| KeyError::Content { path: FILE_NAME.into() })
}

/// A new key.
///
/// # Errors
/// When the system gives no random bytes.
pub fn generate() -> Result<SigningKey, KeyError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(KeyError::Random)?;
    Ok(SigningKey::from_bytes(&seed))
}

/// Puts the next key of a data directory into the place of the present one, which is gone then.
///
/// # Errors
/// As [`load_or_make`].
pub fn advance(data_dir: &Path) -> Result<(), KeyError> {
    let path = data_dir.join(FILE_NAME);
    let moved = std::fs::rename(data_dir.join(NEXT_NAME), &path).and_then(|()| std::fs::File::open(data_dir)?.sync_all());
    moved.map_err(|cause| KeyError::File { path, cause })
}

/// Writes a key into a file that does not exist yet: whole and on the disk, or not at all. Where root writes it, it belongs to whom
/// the directory belongs, who is to read it.
///
/// # Errors
/// As [`load_or_make`].
pub fn store(path: &Path, key: &SigningKey) -> Result<(), KeyError> {
    let failed = |cause| KeyError::File { path: path.to_owned(), cause };
    let pem = written(key)?;
    let staged = path.with_extension(format!("pem.{}", std::process::id()));
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = (|| {
        let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(&staged)?;
        file.write_all(&pem)?;
        if nix::unistd::geteuid().is_root() {
            let owner = std::fs::metadata(directory)?;
            std::os::unix::fs::fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
        }
        file.sync_all()?;
        // Unlike a renaming, a link takes no other file's place.
        std::fs::hard_link(&staged, path)?;
        std::fs::File::open(directory)?.sync_all()
    })();
    let removed = std::fs::remove_file(&staged);
    written.and(removed).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::{FILE_NAME, KeyError, generate, load, load_or_make, store};

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let made = load_or_make(directory.path()).expect("a key is made");
        assert_eq!(load_or_make(directory.path()).expect("it is read").to_bytes(), made.to_bytes());
        let path = directory.path().join(FILE_NAME);
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let left: Vec<_> = std::fs::read_dir(directory.path()).expect("a directory").flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(left, [FILE_NAME]);
    }

    #[test]
    fn a_key_that_others_can_read_is_not_used() {
        let directory = tempfile::tempdir().expect("a directory");
        load_or_make(directory.path()).expect("a key is made");
        let path = directory.path().join(FILE_NAME);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("the mode changes");
        assert!(matches!(load_or_make(directory.path()), Err(KeyError::Open { mode: 0o640, .. })));
    }

    #[test]
    fn a_file_that_is_no_key_is_neither_used_nor_replaced() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join(FILE_NAME);
        for content in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            std::fs::write(&path, content).expect("it is written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("the mode changes");
            assert!(matches!(load_or_make(directory.path()), Err(KeyError::Content { .. })));
            assert!(matches!(store(&path, &generate().expect("a key")), Err(KeyError::File { .. })));
            assert_eq!(std::fs::read_to_string(&path).expect("it is there"), content);
        }
        assert!(matches!(load(&directory.path().join("none")), Err(KeyError::File { .. })));
    }
}
