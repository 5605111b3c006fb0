//! Opens a ZIP package and unpacks the parts that are asked for.
//!
//! Nothing is unpacked but those, each counted against the limit while it is inflated. Names in
//! headers are never used as paths. Which parts a document has is settled by its reader.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Limits, ReadError, Reason};

/// One XML part.
pub(super) struct Part {
    /// Its name without a slash in front.
    pub(super) name: String,
    pub(super) xml: String,
}

pub(super) struct Zipped<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The index of each entry under its name in lower case: part names differ by more.
    names: HashMap<String, usize>,
    limits: &'a Limits,
    unpacked: usize,
}

impl<'a> Zipped<'a> {
    /// # Errors
    /// Packages that are damaged, encrypted, ambiguous or too large in number.
    pub(super) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Self, ReadError> {
        // Counted before the directory is built, which takes more memory than it has bytes.
        if bytes.windows(4).filter(|window| *window == b"PK\x01\x02").count() > limits.entries {
            return Err(Reason::TooManyEntries.into());
        }
        if !bytes.windows(4).any(|window| window == b"PK\x05\x06") {
            return Err(Reason::Truncated.into());
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Reason::DamagedPackage)?;
        if archive.len() > limits.entries {
            return Err(Reason::TooManyEntries.into());
        }
        // A program in front of the package would make it two files in one.
        if archive.offset() != 0 || archive.has_duplicate_names() {
            return Err(Reason::AmbiguousPackage.into());
        }
        if archive.has_overlapping_entries().map_err(|_| Reason::DamagedPackage)? {
            return Err(Reason::AmbiguousPackage.into());
        }
        let mut names = HashMap::with_capacity(archive.len());
        for index in 0..archive.len() {
            let name = archive
                .name_for_index(index)
                .and_then(Result::ok)
                .map(|name| name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase())
                .ok_or(Reason::DamagedPackage)?;
            if names.insert(name, index).is_some() {
                return Err(Reason::AmbiguousPackage.into());
            }
        }
        Ok(Self { archive, names, limits, unpacked: 0 })
    }

    pub(super) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Whether there is an entry of this name, the case of its letters aside.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&name.to_ascii_lowercase())
    }

    /// The type that packages of some standards name in their first entry.
    pub(super) fn mimetype(&mut self) -> Result<Option<String>, ReadError> {
        let Some(index) = self.names.get("mimetype").copied() else {
            return Ok(None);
        };
        let mimetype = self.unpack(index)?;
        Ok(Some(String::from_utf8_lossy(&mimetype).trim().to_owned()))
    }

    /// The XML part of this name, if there is one.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part>, ReadError> {
        let Some(index) = self.names.get(&name.to_ascii_lowercase()).copied() else {
            return Ok(None);
        };
        let bytes = self.unpack(index)?;
        Ok(Some(Part { name: name.to_owned(), xml: decode(bytes)? }))
    }

    fn unpack(&mut self, index: usize) -> Result<Vec<u8>, Reason> {
        let left = self.limits.unpacked_bytes.saturating_sub(self.unpacked);
        let entry = self.archive.by_index(index).map_err(|error| refusal(&error))?;
        // One byte more than allowed tells a part that just fits from one that goes on.
        let allowed = u64::try_from(left).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        entry.take(allowed).read_to_end(&mut bytes).map_err(|_| Reason::DamagedPackage)?;
        if bytes.len() > left {
            return Err(Reason::Bomb);
        }
        self.unpacked += bytes.len();
        Ok(bytes)
    }
}

fn refusal(error: &ZipError) -> Reason {
    let is_locked = matches!(error, ZipError::InvalidPassword)
        || matches!(error, ZipError::UnsupportedArchive(why) if *why == ZipError::PASSWORD_REQUIRED);
    if is_locked { Reason::Encrypted } else { Reason::DamagedPackage }
}

/// XML parts are UTF-8 or UTF-16 (ISO/IEC 29500-2).
fn decode(bytes: Vec<u8>) -> Result<String, Reason> {
    let unit = match bytes.as_slice() {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => {
            let text = String::from_utf8(bytes).map_err(|_| Reason::BrokenXml)?;
            return Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text));
        }
    };
    let (pairs, _) = bytes.as_chunks::<2>();
    // The first pair is the byte order mark.
    char::decode_utf16(pairs.iter().skip(1).map(|pair| unit(*pair))).collect::<Result<String, _>>().map_err(|_| Reason::BrokenXml)
}
