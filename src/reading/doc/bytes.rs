//! Little-endian numbers in bytes that may end anywhere.

pub(super) fn u8_at(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

pub(super) fn i32_at(bytes: &[u8], at: usize) -> Option<i32> {
    u32_at(bytes, at).map(u32::cast_signed)
}

/// A place or size; 32 bits fit everywhere that this program runs.
pub(super) fn place_at(bytes: &[u8], at: usize) -> Option<usize> {
    u32_at(bytes, at).and_then(|place| usize::try_from(place).ok())
}

/// `length` bytes from `at` on.
pub(super) fn part(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}

/// UTF-16 text; what is none becomes U+FFFD.
pub(super) fn text(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| u16::from_le_bytes(*pair))).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
