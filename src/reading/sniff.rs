//! Tells from the content which family of files some bytes belong to.
//!
//! It looks at signatures only and reads no text; whether a ZIP file is a docx is settled by
//! `docx`, which opens it.

use super::{Kind, ReadError, Reason};

/// The families that can be read further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// A ZIP file, which may be a docx.
    Zip,
    /// A compound file with a document of Word or WPS.
    Doc,
    /// A PDF.
    Pdf,
    /// No binary signature: a text in some encoding.
    Text,
}

/// Signatures at the very beginning of a file that no text begins with.
const SIGNATURES: &[(&[u8], Kind)] = &[
    (b"{\\rtf", Kind::Rtf),
    (b"\x7fELF", Kind::Executable),
    (b"\xfe\xed\xfa\xce", Kind::Executable),
    (b"\xfe\xed\xfa\xcf", Kind::Executable),
    (b"\xce\xfa\xed\xfe", Kind::Executable),
    (b"\xcf\xfa\xed\xfe", Kind::Executable),
    (b"\xca\xfe\xba\xbe", Kind::Executable),
    (b"\x89PNG\r\n\x1a\n", Kind::Image),
    (b"\xff\xd8\xff", Kind::Image),
    (b"GIF87a", Kind::Image),
    (b"GIF89a", Kind::Image),
    (b"II*\0", Kind::Image),
    (b"MM\0*", Kind::Image),
    (b"Rar!\x1a\x07", Kind::Archive),
    (b"7z\xbc\xaf\x27\x1c", Kind::Archive),
    (b"\x1f\x8b\x08", Kind::Archive),
    (b"\xfd7zXZ\0", Kind::Archive),
    (b"PK\x05\x06", Kind::Zip),
    (b"PK\x07\x08", Kind::Zip),
];

const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Directory entries of an OLE file are 128 bytes long and lie on multiples of it.
const OLE_ENTRY: usize = 128;

/// The family that the signature of `bytes` shows.
///
/// # Errors
/// Every binary type that is no ZIP file is refused here; an OLE file that holds an encrypted
/// docx has a reason of its own.
pub(super) fn container(bytes: &[u8]) -> Result<Container, ReadError> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Ok(Container::Zip);
    }
    if bytes.starts_with(OLE) {
        return ole(bytes);
    }
    // Some programs write a mark or blanks in front of the signatures of PDF and RTF.
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if body.starts_with(b"%PDF-") {
        return Ok(Container::Pdf);
    }
    if let Some((_, kind)) = SIGNATURES.iter().find(|(sign, _)| bytes.starts_with(sign) || body.starts_with(sign)) {
        return Err((*kind).into());
    }
    let has_nul = bytes.contains(&0);
    // These begin with letters that a text may begin with as well; a text has no NUL byte.
    if has_nul && bytes.starts_with(b"MZ") {
        return Err(Kind::Executable.into());
    }
    let is_riff_image = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP".as_slice());
    let is_heif = bytes.get(4..8) == Some(b"ftyp".as_slice())
        && bytes.get(8..11).is_some_and(|brand| [b"hei", b"mif", b"avi"].iter().any(|b| brand == *b));
    if is_riff_image || is_heif || (has_nul && bytes.starts_with(b"BM")) {
        return Err(Kind::Image.into());
    }
    let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    if has_nul && !is_utf16 {
        return Err(Kind::Unknown.into());
    }
    Ok(Container::Text)
}

/// Text files that are not meant to be read as they stand.
pub(super) fn markup(text: &str) -> Option<Kind> {
    /// Long enough for a declaration and a comment in front of the root element.
    const HEAD_CHARS: usize = 512;
    let head: String = text.trim_start().chars().take(HEAD_CHARS).map(|c| c.to_ascii_lowercase()).collect();
    if head.starts_with("<!doctype html") || head.starts_with("<html") {
        return Some(Kind::Html);
    }
    if head.starts_with("<?xml") {
        return Some(if head.contains("<html") { Kind::Html } else { Kind::Xml });
    }
    if head.starts_with("{\\rtf") {
        return Some(Kind::Rtf);
    }
    (head.starts_with("mime-version:") && head.contains("multipart/related")).then_some(Kind::Html)
}

fn ole(bytes: &[u8]) -> Result<Container, ReadError> {
    let has_stream = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        bytes.chunks(OLE_ENTRY).any(|entry| entry.starts_with(&name))
    };
    if has_stream("EncryptedPackage") {
        return Err(Reason::Encrypted.into());
    }
    if has_stream("WordDocument") {
        return Ok(Container::Doc);
    }
    if ["Workbook", "Book", "PowerPoint Document"].into_iter().any(has_stream) {
        return Err(Kind::OldOffice.into());
    }
    Err(Kind::Ole.into())
}
