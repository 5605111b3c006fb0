//! Opens the ZIP package and finds its parts by their relationships.
//!
//! Nothing is unpacked but the parts asked for, each counted against the limit while it is
//! inflated. Names in headers are never used as paths.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::super::{Kind, Limits, ReadError, Reason};
use super::xml::{Ns, Xml};

/// One XML part.
pub(super) struct Part {
    /// Its name without a slash in front.
    pub(super) name: String,
    pub(super) xml: String,
}

pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The index of each entry under its name in lower case: part names differ by more.
    names: HashMap<String, usize>,
    limits: &'a Limits,
    unpacked: usize,
}

struct Relationship {
    /// The last step of the type's URI, which transitional and strict files have in common.
    kind: String,
    target: String,
}

impl<'a> Package<'a> {
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

    /// The main part of a text document.
    ///
    /// # Errors
    /// The kind of file where the package is another one than a docx.
    pub(super) fn main_part(&mut self) -> Result<Part, ReadError> {
        if let Some(kind) = self.foreign_kind()? {
            return Err(kind.into());
        }
        let relationships = self.relationships("_rels/.rels", "")?;
        let is_office = !relationships.is_empty() || self.names.contains_key("[content_types].xml");
        // Some programs leave the relationships out; then the usual name has to do.
        let name = relationships
            .into_iter()
            .find(|relationship| relationship.kind == "officeDocument")
            .map(|relationship| relationship.target)
            .filter(|target| self.names.contains_key(&target.to_ascii_lowercase()))
            .unwrap_or_else(|| "word/document.xml".to_owned());
        let Some(part) = self.part(&name)? else {
            return Err(if is_office { Reason::NoDocumentPart.into() } else { Kind::Zip.into() });
        };
        self.check_root(&part)?;
        if self.has_macros(&part)? {
            return Err(Kind::Docm.into());
        }
        Ok(part)
    }

    /// The part that `main` names by a relationship of this kind, or has beside it.
    pub(super) fn related(&mut self, main: &Part, kind: &str) -> Result<Option<Part>, ReadError> {
        let folder = folder(&main.name);
        let named = self
            .relationships(&relationships_of(&main.name), folder)?
            .into_iter()
            .find(|relationship| relationship.kind == kind)
            .map(|relationship| relationship.target)
            .filter(|target| self.names.contains_key(&target.to_ascii_lowercase()));
        let name = named.unwrap_or_else(|| join(folder, &format!("{kind}.xml")));
        self.part(&name)
    }

    /// Packages of other standards carry a mark of their own.
    fn foreign_kind(&mut self) -> Result<Option<Kind>, ReadError> {
        if self.names.contains_key("ofd.xml") {
            return Ok(Some(Kind::Ofd));
        }
        let Some(index) = self.names.get("mimetype").copied() else {
            return Ok(None);
        };
        let mimetype = self.unpack(index)?;
        let mimetype = String::from_utf8_lossy(&mimetype);
        Ok(match mimetype.trim() {
            "application/vnd.oasis.opendocument.text" | "application/vnd.oasis.opendocument.text-template" => Some(Kind::Odt),
            other if other.starts_with("application/vnd.oasis.opendocument") => Some(Kind::OpenDocument),
            _ => None,
        })
    }

    fn check_root(&self, part: &Part) -> Result<(), ReadError> {
        let root = Xml::new(&part.xml, self.limits).next_element()?;
        match root.as_ref().map(|root| (root.ns, root.local())) {
            Some((Ns::Word, "document")) => Ok(()),
            Some((_, "workbook")) => Err(Kind::Xlsx.into()),
            Some((_, "presentation")) => Err(Kind::Pptx.into()),
            _ => Err(Reason::NoDocumentPart.into()),
        }
    }

    fn has_macros(&mut self, main: &Part) -> Result<bool, ReadError> {
        let has_project = self
            .relationships(&relationships_of(&main.name), folder(&main.name))?
            .iter()
            .any(|relationship| relationship.kind == "vbaProject");
        if has_project {
            return Ok(true);
        }
        let Some(types) = self.part("[Content_Types].xml")? else {
            return Ok(false);
        };
        let mut xml = Xml::new(&types.xml, self.limits);
        while let Some(element) = xml.next_element()? {
            let kind = xml.attribute(&element, "ContentType")?;
            if kind.is_some_and(|kind| kind.contains("macroEnabled")) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn relationships(&mut self, name: &str, folder: &str) -> Result<Vec<Relationship>, ReadError> {
        let Some(part) = self.part(name)? else {
            return Ok(Vec::new());
        };
        let mut xml = Xml::new(&part.xml, self.limits);
        let mut found = Vec::new();
        while let Some(element) = xml.next_element()? {
            let is_external = xml.attribute(&element, "TargetMode")?.is_some_and(|mode| mode == "External");
            if element.local() != "Relationship" || is_external {
                continue;
            }
            if let (Some(kind), Some(target)) = (xml.attribute(&element, "Type")?, xml.attribute(&element, "Target")?) {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.push(Relationship { kind, target: join(folder, &target) });
            }
        }
        Ok(found)
    }

    fn part(&mut self, name: &str) -> Result<Option<Part>, ReadError> {
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

fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn relationships_of(name: &str) -> String {
    let file = name.rsplit('/').next().unwrap_or(name);
    join(folder(name), &format!("_rels/{file}.rels"))
}

/// Resolves a target against the folder of its source; `..` never leads out of the package.
fn join(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/").replace("%20", " ");
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}
