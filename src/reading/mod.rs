//! Reads an uploaded file as the text that its human reader sees.
//!
//! The type is told by the content and never by a name or a label. Plain text, Markdown, docx, odt,
//! doc and pdf are read; everything else is recognised as far as needed to say what to do next. Nothing here
//! touches the disk, the network or the clock, and nothing interprets the text: titles, articles
//! and citations are found elsewhere.

mod counting;
mod doc;
mod docx;
mod equation;
mod fields;
mod inheritance;
mod labels;
mod lines;
mod lists;
mod markdown;
mod odt;
mod pdf;
mod plain;
mod refusal;
mod sniff;
mod symbols;
mod xml;
mod zipped;

use std::borrow::Cow;

pub use refusal::{Kind, Reason};

use sniff::Container;
use zipped::Zipped;

/// A file type whose text can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Plain text in UTF-8, UTF-16 with a byte order mark, or GB18030.
    Txt,
    /// Markdown; its marks are no part of the text.
    Md,
    /// A word-processor document of ISO/IEC 29500, transitional or strict.
    Docx,
    /// A document of Word 97 to 2003, or of WPS.
    Doc,
    /// An OpenDocument text (ISO/IEC 26300).
    Odt,
    /// A PDF with a text layer (ISO 32000).
    Pdf,
}

impl Format {
    /// The media type under which the original bytes are served again.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Txt => "text/plain",
            Self::Md => "text/markdown",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Doc => "application/msword",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Pdf => "application/pdf",
        }
    }

    /// The usual end of the file name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Txt => "txt",
            Self::Md => "md",
            Self::Docx => "docx",
            Self::Doc => "doc",
            Self::Odt => "odt",
            Self::Pdf => "pdf",
        }
    }
}

/// What was read: the whole text, its lines parted by `\n` alone.
///
/// Headers, footers, page numbers, footnotes and comments are no part of the text; automatic
/// numbers are. Tracked changes count as accepted, and hidden text is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The type that the content showed.
    pub format: Format,
    /// The text; it has at least one visible character.
    pub text: String,
}

/// How much a single file may cost to read. Sizes are in bytes unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The file itself.
    pub input_bytes: usize,
    /// Everything that is unpacked out of a docx, counted while it is inflated.
    pub unpacked_bytes: usize,
    /// Entries in the package of a docx.
    pub entries: usize,
    /// Elements open at once in one XML part.
    pub xml_depth: usize,
    /// Elements in one XML part.
    pub xml_nodes: usize,
    /// Lists, abstract lists and styles of a docx, so many of each.
    pub definitions: usize,
    /// Pages of a PDF.
    pub pages: usize,
    /// Characters of the text.
    pub output_chars: usize,
}

impl Limits {
    /// A scanned seal page in a docx may weigh some megabytes; 20 MiB holds every genuine draft.
    pub const INPUT_BYTES: usize = 20 * 1024 * 1024;
    /// Only XML parts are unpacked. A text of a million characters with heavy formatting takes
    /// about 40 MiB of XML.
    pub const UNPACKED_BYTES: usize = 64 * 1024 * 1024;
    /// A document with a thousand pictures still fits, and the directory stays cheap to hold.
    pub const ENTRIES: usize = 4096;
    /// Real documents with tables in tables in text boxes stay below 80.
    pub const XML_DEPTH: usize = 256;
    /// About twice as many elements as 64 MiB of genuine word-processor XML has.
    pub const XML_NODES: usize = 2_000_000;
    /// Word itself takes about two thousand lists and four thousand styles; files that were pasted together for years have some
    /// thousands more.
    pub const DEFINITIONS: usize = 20_000;
    /// The longest statute books have about three thousand.
    pub const PAGES: usize = 5_000;
    /// The longest statute books have under a million characters.
    pub const OUTPUT_CHARS: usize = 4_000_000;
}

impl Limits {
    /// Whether a file may define so many things of one kind.
    fn definitions(&self, count: usize) -> Result<(), Reason> {
        if count > self.definitions { Err(Reason::TooManyNodes) } else { Ok(()) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            input_bytes: Self::INPUT_BYTES,
            unpacked_bytes: Self::UNPACKED_BYTES,
            entries: Self::ENTRIES,
            xml_depth: Self::XML_DEPTH,
            xml_nodes: Self::XML_NODES,
            definitions: Self::DEFINITIONS,
            pages: Self::PAGES,
            output_chars: Self::OUTPUT_CHARS,
        }
    }
}

/// Why a file gave no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Another type of file than those of [`Format`].
    #[error("{}", found.sentence_zh())]
    Unsupported {
        /// What the content was recognised as.
        found: Kind,
    },
    /// One of the types of [`Format`], but without a text that can be relied on.
    #[error("{}", reason.sentence_zh())]
    Unreadable {
        /// What stands in the way.
        reason: Reason,
    },
    /// A page that is a picture among pages with text, as where a scanned page was put in: its text would be lost.
    #[error("{}", self.zh())]
    PicturePage {
        /// Which page, counted from 1.
        page: usize,
    },
}

impl From<Kind> for ReadError {
    fn from(found: Kind) -> Self {
        Self::Unsupported { found }
    }
}

impl From<Reason> for ReadError {
    fn from(reason: Reason) -> Self {
        Self::Unreadable { reason }
    }
}

impl ReadError {
    /// The stable code of the kind or reason.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unsupported { found } => found.code(),
            Self::Unreadable { reason } => reason.code(),
            Self::PicturePage { .. } => "picture_page",
        }
    }

    /// The sentence for the reader in Chinese.
    #[must_use]
    pub fn zh(self) -> Cow<'static, str> {
        match self {
            Self::Unsupported { found } => found.sentence_zh().into(),
            Self::Unreadable { reason } => reason.sentence_zh().into(),
            Self::PicturePage { page } => {
                format!("PDF 的第 {page} 页是图片（如扫描页），其中的文字无法读取。请上传含有全部文字的原稿 docx 文件。").into()
            }
        }
    }

    /// The same in English.
    #[must_use]
    pub fn en(self) -> Cow<'static, str> {
        match self {
            Self::Unsupported { found } => found.sentence_en().into(),
            Self::Unreadable { reason } => reason.sentence_en().into(),
            Self::PicturePage { page } => format!(
                "Page {page} of the PDF is a picture, such as a scan, whose words cannot be read. Upload the docx file of the draft with all its text."
            )
            .into(),
        }
    }
}

/// The media type that the content shows, for storing a file of whatever kind; its label is not asked.
#[must_use]
pub fn media_type(bytes: &[u8]) -> &'static str {
    match sniff::container(bytes) {
        Ok(Container::Zip) => packaged(bytes, &Limits::default())
            .map_or("application/zip", |package| package.format().map_or("application/zip", Format::media_type)),
        Ok(Container::Doc) => Format::Doc.media_type(),
        Ok(Container::Text) => read_text(bytes).map_or("text/plain", |reading| reading.format.media_type()),
        Ok(Container::Pdf) => Format::Pdf.media_type(),
        Err(ReadError::Unsupported { .. } | ReadError::Unreadable { .. } | ReadError::PicturePage { .. }) => "application/octet-stream",
    }
}

/// Reads `bytes` within `limits`.
///
/// # Errors
/// [`ReadError::Unsupported`] where the content is of another type, [`ReadError::Unreadable`]
/// where it is damaged, locked, hostile, too large or without any text.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    if bytes.len() > limits.input_bytes {
        return Err(Reason::TooLarge.into());
    }
    let reading = match sniff::container(bytes)? {
        Container::Zip => match packaged(bytes, limits)? {
            Packaged::Docx(zip) => Reading { format: Format::Docx, text: docx::read(zip, limits)? },
            Packaged::Odt(zip) => Reading { format: Format::Odt, text: odt::read(zip, limits)? },
        },
        Container::Doc => Reading { format: Format::Doc, text: doc::read(bytes, limits)? },
        Container::Pdf => Reading { format: Format::Pdf, text: pdf::read(bytes, limits)? },
        Container::Text => read_text(bytes)?,
    };
    if reading.text.chars().count() > limits.output_chars {
        return Err(Reason::TooLong.into());
    }
    if !reading.text.chars().any(is_visible) {
        return Err(Reason::EmptyText.into());
    }
    Ok(reading)
}

/// A package by the standard whose mark it carries; without a mark it may be a docx.
enum Packaged<'a> {
    Docx(Zipped<'a>),
    Odt(Zipped<'a>),
}

impl Packaged<'_> {
    fn format(self) -> Option<Format> {
        match self {
            Self::Docx(zip) => docx::is_docx(zip).then_some(Format::Docx),
            Self::Odt(zip) => zip.has(odt::CONTENT).then_some(Format::Odt),
        }
    }
}

fn packaged<'a>(bytes: &'a [u8], limits: &'a Limits) -> Result<Packaged<'a>, ReadError> {
    let mut zip = Zipped::open(bytes, limits)?;
    if zip.has("OFD.xml") {
        return Err(Kind::Ofd.into());
    }
    match zip.mimetype()?.as_deref() {
        Some("application/vnd.oasis.opendocument.text" | "application/vnd.oasis.opendocument.text-template") => Ok(Packaged::Odt(zip)),
        Some(other) if other.starts_with("application/vnd.oasis.opendocument") => Err(Kind::OpenDocument.into()),
        Some(_) | None => Ok(Packaged::Docx(zip)),
    }
}

fn read_text(bytes: &[u8]) -> Result<Reading, ReadError> {
    let text = plain::decode(bytes)?;
    if let Some(found) = sniff::markup(&text) {
        return Err(found.into());
    }
    match markdown::visible_text(&text) {
        Some(text) => Ok(Reading { format: Format::Md, text }),
        None => Ok(Reading { format: Format::Txt, text }),
    }
}

/// What a reader sees of `c`: a no-break blank is a blank; control characters are no XML and would only hide in the text.
fn as_shown(c: char) -> Option<char> {
    match c {
        '\u{A0}' => Some(' '),
        '\n' | '\t' => Some(c),
        _ if c.is_control() => None,
        _ => Some(c),
    }
}

/// Blanks, invisible joiners and byte order marks alone make no text.
fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}
