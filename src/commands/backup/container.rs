//! The file of a backup: a zip archive that any tool lists, sealed by a hash over all of it in its comment, so that a byte that was
//! changed or lost anywhere is noticed before anything is made of it. Knows nothing of databases.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::tables::Tables;
use crate::base::said::Said;
use crate::commands::Failure;
use crate::demo::load::CREDENTIALS;
use crate::evidence::keys;

/// What this program writes and reads.
pub const FORMAT: &str = "lawgate-backup/1";
/// The dump inside the archive, as `pg_dump` writes it.
const DUMP: &str = "dump.pgcustom";
/// What the backup is.
const MANIFEST: &str = "manifest.json";
/// What the archive's comment begins with; the hash follows in hexadecimal.
const SEAL: &[u8] = b"sha256:";
/// Length of the comment.
const COMMENT_BYTES: u16 = 71;
/// Bytes at the end that hold the comment and its length.
const TAIL_BYTES: u64 = 73;
/// How much is read at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// Version of the program that made it.
    pub lawgate: String,
    /// When, on the machine's clock.
    pub made_at: chrono::DateTime<chrono::Utc>,
    /// Major version of the database server.
    pub postgresql: u32,
    /// Major version of the `pg_dump` that wrote the dump.
    pub pg_dump: u32,
    /// The migrations that the database had seen.
    pub migrations: Vec<String>,
    /// Whether it is a demo.
    pub is_demo: bool,
    /// The log entry with which the backup began; it is the last of its kind inside.
    pub begun_by: crate::base::ids::EntryId,
    /// Whether the signing key is inside.
    pub signing_keys: bool,
    /// Rows and hash of every table, from the same snapshot as the dump.
    pub tables: Tables,
}

/// A backup in the making, under another name beside its own; removed when it is dropped unfinished.
#[derive(Debug)]
pub struct Partial {
    path: PathBuf,
    is_finished: bool,
}

impl Partial {
    /// Opens the file for nobody but its owner.
    ///
    /// # Errors
    /// When the directory takes no files.
    pub fn create(target: &Path) -> io::Result<(Self, File)> {
        let mut name = target.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".partial-{}", uuid::Uuid::now_v7().simple()));
        let path = target.with_file_name(name);
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        Ok((Self { path, is_finished: false }, file))
    }

    /// Gives the file its name; one that is there is replaced only where that is wished.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] where somebody else has taken the name meanwhile.
    pub fn put_in_place(mut self, target: &Path, replace: bool) -> io::Result<()> {
        if replace {
            std::fs::rename(&self.path, target)?;
            self.is_finished = true;
        } else {
            match std::fs::hard_link(&self.path, target) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                // Some file systems know no second name for a file.
                Err(_) if !target.exists() => {
                    std::fs::rename(&self.path, target)?;
                    self.is_finished = true;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Makes the name of a file durable.
///
/// # Errors
/// When the directory cannot be synced.
pub fn sync_name(target: &Path) -> io::Result<()> {
    let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_finished {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// What lies beside the database and is nowhere in it.
#[derive(Clone, Default)]
pub struct Secrets {
    /// The logins of a demo.
    pub credentials: Option<Vec<u8>>,
    /// The signing key.
    pub signing_key: Option<Vec<u8>>,
}

/// The archive while the dump is written into it.
pub struct Writer {
    zip: ZipWriter<File>,
}

impl Writer {
    /// Begins with the dump.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn begin(file: File) -> io::Result<Self> {
        let mut zip = ZipWriter::new(file);
        zip.start_file(DUMP, options())?;
        Ok(Self { zip })
    }

    /// Ends the archive and seals it; gives the file's own SHA-256 and its length.
    ///
    /// # Errors
    /// When the file cannot be written or synced.
    pub fn finish(mut self, manifest: &Manifest, secrets: &Secrets) -> io::Result<(String, u64)> {
        for (name, content) in [(CREDENTIALS, &secrets.credentials), (keys::FILE_NAME, &secrets.signing_key)] {
            if let Some(content) = content {
                self.zip.start_file(name, options())?;
                self.zip.write_all(content)?;
            }
        }
        self.zip.start_file(MANIFEST, options())?;
        self.zip.write_all(&serde_json::to_vec_pretty(manifest)?)?;
        let mut file = self.zip.finish()?;
        let end = file.seek(SeekFrom::End(0))?;
        let sealed = end.checked_sub(2).ok_or(io::ErrorKind::InvalidData)?;
        let mut hash = hash_of(&mut file, sealed)?;
        let seal = hex::encode(hash.clone().finalize());
        let tail = [&COMMENT_BYTES.to_le_bytes()[..], SEAL, seal.as_bytes()].concat();
        file.seek(SeekFrom::Start(sealed))?;
        file.write_all(&tail)?;
        file.sync_all()?;
        hash.update(&tail);
        Ok((hex::encode(hash.finalize()), sealed + TAIL_BYTES))
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

fn options() -> SimpleFileOptions {
    // The dump is compressed already.
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true).unix_permissions(0o600)
}

fn hash_of(file: &mut File, bytes: u64) -> io::Result<Sha256> {
    file.seek(SeekFrom::Start(0))?;
    let mut hash = Sha256::new();
    let mut left = Read::by_ref(file).take(bytes);
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match left.read(&mut chunk)? {
            0 => return Ok(hash),
            read => hash.update(chunk.get(..read).unwrap_or_default()),
        }
    }
}

/// A backup whose every byte is as it was written.
pub struct Backup {
    /// What it says of itself.
    pub manifest: Manifest,
    /// SHA-256 of the whole file.
    pub sha256: String,
    /// What it holds besides the database.
    pub secrets: Secrets,
    zip: ZipArchive<File>,
}

impl Backup {
    /// Opens a backup and checks all of it.
    ///
    /// # Errors
    /// A sentence that says whether it is none, is damaged, or was made by a later version.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let (seal, sha256) = match seal_of(&mut file) {
            Ok(Some(found)) => found,
            Ok(None) => {
                return Err(Failure::failed(Said::new(
                    format!("`{shown}` 不是 lawgate 的备份，或已被截断：请使用 `lawgate backup` 写出的完整文件"),
                    format!("`{shown}` is no backup of lawgate, or was cut off: give a whole file as `lawgate backup` wrote it"),
                )));
            }
            Err(error) => return Err(unreadable(path, &error)),
        };
        let damaged = || {
            Failure::failed(Said::new(
                format!("备份 `{shown}` 已损坏（校验和不符）：请使用另一份备份"),
                format!("the backup `{shown}` is damaged, its checksum does not fit: use another copy"),
            ))
        };
        if !seal {
            return Err(damaged());
        }
        let mut zip = ZipArchive::new(file).map_err(|_| damaged())?;
        let words: serde_json::Value = serde_json::from_slice(&part(&mut zip, MANIFEST).ok_or_else(damaged)?).map_err(|_| damaged())?;
        if words["format"] != FORMAT {
            let format = words["format"].as_str().unwrap_or("?").to_owned();
            return Err(Failure::failed(Said::new(
                format!("备份 `{shown}` 的格式 {format} 不是本版本所认识的 {FORMAT}：请使用更新版本的 lawgate"),
                format!("the backup `{shown}` has the format {format}, this version reads {FORMAT}: use a newer lawgate"),
            )));
        }
        let manifest: Manifest = serde_json::from_value(words).map_err(|_| damaged())?;
        let secrets = Secrets { credentials: part(&mut zip, CREDENTIALS), signing_key: part(&mut zip, keys::FILE_NAME) };
        Ok(Self { manifest, sha256, secrets, zip })
    }

    /// Copies the dump, as long as nobody wants it to stop.
    ///
    /// # Errors
    /// When either side fails.
    pub fn copy_dump(&mut self, to: &mut impl Write, stop_wanted: &dyn Fn() -> bool) -> io::Result<()> {
        copy(&mut self.zip.by_name(DUMP)?, to, stop_wanted)
    }
}

/// Copies all of a stream, as long as nobody wants it to stop.
///
/// # Errors
/// When either side fails, and [`io::ErrorKind::Interrupted`] when it was to stop.
pub fn copy(from: &mut impl Read, to: &mut impl Write, stop_wanted: &dyn Fn() -> bool) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        if stop_wanted() {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "told to stop"));
        }
        match from.read(&mut chunk)? {
            0 => return Ok(()),
            read => to.write_all(chunk.get(..read).unwrap_or_default())?,
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    Failure::failed(Said::new(
        format!("无法读取备份 `{shown}`（{error}）：请检查文件名和权限"),
        format!("the backup `{shown}` cannot be read ({error}): check its name and rights"),
    ))
}

/// Whether the seal fits, and the file's own hash; `None` where there is no seal.
fn seal_of(file: &mut File) -> io::Result<Option<(bool, String)>> {
    let length = file.seek(SeekFrom::End(0))?;
    let Some(sealed) = length.checked_sub(TAIL_BYTES) else { return Ok(None) };
    file.seek(SeekFrom::Start(sealed))?;
    let mut tail = Vec::new();
    file.take(TAIL_BYTES).read_to_end(&mut tail)?;
    let seal = tail.strip_prefix(&COMMENT_BYTES.to_le_bytes()[..]).and_then(|rest| rest.strip_prefix(SEAL)).map(<[u8]>::to_vec);
    let Some(seal) = seal else { return Ok(None) };
    let mut hash = hash_of(file, sealed)?;
    let fits = hex::encode(hash.clone().finalize()).as_bytes() == seal;
    hash.update(&tail);
    Ok(Some((fits, hex::encode(hash.finalize()))))
}

fn part(zip: &mut ZipArchive<File>, name: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    zip.by_name(name).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
