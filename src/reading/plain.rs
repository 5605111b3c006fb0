//! Decodes plain text: UTF-8, UTF-16 with a byte order mark, else GB18030.
//!
//! It never guesses: bytes that fit no encoding without an error are refused, since a wrong
//! character in a normative document is worse than none. Line ends become `\n`; nothing else of
//! what a reader sees is changed.

use super::{Kind, ReadError, Reason};

/// So many multi-byte characters in a row are never valid UTF-8 by chance; an error after them
/// means damage and not another encoding.
const UTF8_BEYOND_DOUBT: usize = 8;

/// One control character in so many is an accident; more of them are a binary file.
const CHARS_PER_CONTROL: usize = 200;

/// The text of `bytes`.
///
/// # Errors
/// [`Reason::BadEncoding`] where no encoding fits, [`Kind::Unknown`] for binary content.
pub(super) fn decode(bytes: &[u8]) -> Result<String, ReadError> {
    let text = if let Some(body) = bytes.strip_prefix(b"\xff\xfe") {
        utf16(body, u16::from_le_bytes)?
    } else if let Some(body) = bytes.strip_prefix(b"\xfe\xff") {
        utf16(body, u16::from_be_bytes)?
    } else {
        let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match std::str::from_utf8(body) {
            Ok(text) => text.to_owned(),
            Err(error) => gb18030(body, error.valid_up_to())?,
        }
    };
    clean(&text)
}

fn utf16(body: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ReadError> {
    let (pairs, rest) = body.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Reason::BadEncoding.into());
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<String, _>>().map_err(|_| Reason::BadEncoding.into())
}

fn gb18030(body: &[u8], valid_utf8: usize) -> Result<String, ReadError> {
    let prefix = body.get(..valid_utf8).unwrap_or_default();
    let multi_byte = std::str::from_utf8(prefix).map_or(0, |text| text.chars().filter(|c| !c.is_ascii()).take(UTF8_BEYOND_DOUBT).count());
    if multi_byte >= UTF8_BEYOND_DOUBT {
        return Err(Reason::BadEncoding.into());
    }
    encoding_rs::GB18030
        .decode_without_bom_handling_and_without_replacement(body)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Reason::BadEncoding.into())
}

/// Line ends become `\n`, and control characters, which nobody sees, are dropped.
fn clean(text: &str) -> Result<String, ReadError> {
    let text = text.trim_end_matches('\u{1A}');
    let mut cleaned = String::with_capacity(text.len());
    let (mut total, mut controls) = (0usize, 0usize);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        total += 1;
        match c {
            '\0' => return Err(Kind::Unknown.into()),
            '\r' => {
                chars.next_if_eq(&'\n');
                cleaned.push('\n');
            }
            '\n' | '\t' => cleaned.push(c),
            // Every editor shows these as the end of a line or page.
            '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            _ if c.is_ascii_control() => controls += 1,
            _ => cleaned.push(c),
        }
    }
    if controls * CHARS_PER_CONTROL > total {
        return Err(Kind::Unknown.into());
    }
    Ok(cleaned)
}
