//! The text of a call: given as `text`, or read from a `file`. Exactly one of the two.

use crate::base::said::Said;
use crate::documents::files::StoredFile;
use crate::reading::{self, Limits, ReadError};
use crate::web::aside::aside;
use crate::web::body::{Upload, text_or_file};
use crate::web::kind;
use crate::web::refusal::Refusal;

/// The longest text, in characters, however it comes.
pub const TEXT_CHARACTERS_MAX: usize = 2_000_000;

/// A text and the file that it was read from.
#[derive(Debug)]
pub struct TextInput {
    /// The text as a reader sees it, lines ended by `\n`.
    pub text: String,
    /// The original file.
    pub file: Option<StoredFile>,
}

/// Takes the text of a call; a file is read on another thread, since a large one takes a while.
///
/// # Errors
/// 422 `text_or_file` where there is neither or both; 415 or 422 for a file that cannot be read.
pub async fn take(text: Option<String>, upload: Option<Upload>) -> Result<TextInput, Refusal> {
    match (text, upload) {
        (Some(text), None) => Ok(TextInput { text: text.replace("\r\n", "\n").replace('\r', "\n"), file: None }),
        (None, Some(upload)) => {
            if upload.content.is_empty() {
                return Err(Refusal::new(
                    kind::UNREADABLE_FILE,
                    Said::fixed(
                        "文件是空的（0 字节），请检查所选的文件后重新上传。",
                        "The file is empty (0 bytes); check which file was chosen and upload it again.",
                    ),
                )
                .with("reason", reading::Reason::EmptyText.code().into()));
            }
            let (file, reading) = aside(move || {
                let reading = reading::read(&upload.content, &Limits::default());
                reading.map(|reading| (StoredFile::read_as(upload, reading.format), reading))
            })
            .await?
            .map_err(refused_file)?;
            if reading.text.chars().count() > TEXT_CHARACTERS_MAX {
                return Err(Refusal::field(
                    "/file",
                    kind::TOO_LONG,
                    Said::new(
                        format!("文本最多 {TEXT_CHARACTERS_MAX} 字。"),
                        format!("The text has at most {TEXT_CHARACTERS_MAX} characters."),
                    ),
                ));
            }
            if reading.text.contains('\0') {
                return Err(Refusal::field("/file", kind::BAD_CHARACTER, Said::fixed("文件含有空字符。", "The file contains U+0000.")));
            }
            Ok(TextInput { text: reading.text, file: Some(file) })
        }
        (None, None) | (Some(_), Some(_)) => Err(Refusal::shape(vec![text_or_file()])),
    }
}

fn refused_file(error: ReadError) -> Refusal {
    let kind = match error {
        ReadError::Unsupported { .. } => kind::UNSUPPORTED_FILE,
        ReadError::Unreadable { .. } | ReadError::PicturePage { .. } => kind::UNREADABLE_FILE,
    };
    Refusal::new(kind, Said::new(error.zh(), error.en())).with("reason", error.code().into())
}
