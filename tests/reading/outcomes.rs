//! What becomes of a file: its text, or why it is refused, in bounded time.

use std::time::{Duration, Instant};

use crate::reader::{Format, Kind, Limits, ReadError, Reason, media_type, read};

/// Generous for a slow machine without optimisation; what grows with the square of its size takes minutes.
const PATIENCE: Duration = Duration::from_secs(60);

/// The text, or why there is none.
pub fn outcome(bytes: &[u8]) -> Result<String, ReadError> {
    let begun = Instant::now();
    let result = read(bytes, &Limits::default()).map(|reading| reading.text);
    assert!(begun.elapsed() < PATIENCE, "took {:?}", begun.elapsed());
    result
}

/// Why a file of a known kind cannot be read.
#[track_caller]
pub fn reason(bytes: &[u8]) -> Reason {
    match outcome(bytes) {
        Err(ReadError::Unreadable { reason }) => reason,
        other => panic!("expected a reason, got {other:?}"),
    }
}

/// The kind of a file that is not read.
#[track_caller]
pub fn kind(bytes: &[u8]) -> Kind {
    match outcome(bytes) {
        Err(ReadError::Unsupported { found }) => found,
        other => panic!("expected a kind, got {other:?}"),
    }
}

/// The text of a file that is read as this format, and known by its first bytes as this media type.
#[track_caller]
pub fn text_as(bytes: &[u8], format: Format, media: &str) -> String {
    let reading = read(bytes, &Limits::default()).expect("the file is readable");
    assert_eq!((reading.format, media_type(bytes)), (format, media));
    reading.text
}
