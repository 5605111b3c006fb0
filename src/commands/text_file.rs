//! Reads a small file of text that a person hands to a command: UTF-8, with or without a byte order mark, or GB18030 as Chinese
//! spreadsheets save it. It never guesses: bytes that are neither are refused, for a wrong character in a name stays for life.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Failure;
use crate::base::said::Said;

/// The longest file that is read; the bodies of a whole province fill less.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A file that was read.
#[derive(Debug)]
pub struct TextFile {
    /// Its name without directories, for the log.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its text, without a byte order mark.
    pub text: String,
}

/// Reads a file.
///
/// # Errors
/// A sentence that names the file and says what to do next.
pub fn read(path: &Path) -> Result<TextFile, Failure> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        Failure::failed(Said::new(
            format!("无法读取文件 `{shown}`（{error}）：请检查文件名和权限"),
            format!("the file `{shown}` cannot be read ({error}): check its name and rights"),
        ))
    };
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > BYTES_MAX {
        return Err(Failure::failed(Said::new(
            format!("文件 `{shown}` 过大：请拆成不超过16 MiB的文件"),
            format!("the file `{shown}` is too long: split it into files of at most 16 MiB"),
        )));
    }
    let text = decode(&bytes).ok_or_else(|| {
        Failure::failed(Said::new(
            format!("文件 `{shown}` 既不是 UTF-8 也不是 GB18030 编码的文本：请在表格软件中另存为“CSV UTF-8”"),
            format!("the file `{shown}` is text neither in UTF-8 nor in GB18030: save it as “CSV UTF-8”"),
        ))
    })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(TextFile { name, sha256: hex::encode(Sha256::digest(&bytes)), text })
}

/// The text of bytes; `None` where no encoding fits, or what it gives is no text.
fn decode(bytes: &[u8]) -> Option<String> {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) if body.len() != bytes.len() => return None,
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(body)?.into_owned(),
    };
    let is_text = !text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'));
    is_text.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn both_encodings_are_read_and_anything_else_is_refused() {
        let (gb18030, _, _) = encoding_rs::GB18030.encode("青禾镇人民政府");
        assert_eq!(decode("青禾镇".as_bytes()).as_deref(), Some("青禾镇"));
        assert_eq!(decode("\u{feff}青禾镇".as_bytes()).as_deref(), Some("青禾镇"));
        assert_eq!(decode(&gb18030).as_deref(), Some("青禾镇人民政府"));
        let utf16: Vec<u8> = "code,name\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bad in [&b"\xff\xfe\x00"[..], b"a\x00b", b"\xef\xbb\xbf\xff", b"a\xff", &utf16] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
    }
}
