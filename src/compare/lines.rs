//! Lines of a text, with every line end that a file may contain.
//!
//! It does not join wrapped lines: a line is what the text has between two
//! line ends.

/// One line with its place in the text, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// Where the line begins.
    pub start: usize,
    /// The line without its line end.
    pub text: &'a str,
}

/// Whether `c` ends a line. Form feeds come from PDF files, U+2028 from
/// browsers and word processors.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The lines of `text` in order; `\r\n` is one line end.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !is_line_end(c) {
            continue;
        }
        let mut next = at + c.len_utf8();
        if c == '\r' && chars.next_if(|&(_, after)| after == '\n').is_some() {
            next += 1;
        }
        found.push(Line { start, text: text.get(start..at).unwrap_or_default() });
        start = next;
    }
    if start < text.len() {
        found.push(Line { start, text: text.get(start..).unwrap_or_default() });
    }
    found
}

/// `text` without any blank, ideographic ones included.
pub(super) fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether a line ends as a sentence, a list lead-in or a closed quotation
/// does. A line that does not may have been wrapped in the middle of a sentence.
pub(super) fn ends_sentence(line: &str) -> bool {
    line.trim_end().ends_with(['。', '！', '？', '：', '；', '”', '）', '》', '】', ':', ';', ')', '.'])
}

/// The text by which two pieces are compared: lines without the blanks at
/// their ends, blank lines left out.
pub(super) fn without_layout(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for line in lines(text) {
        let trimmed = line.text.trim();
        if !trimmed.is_empty() {
            if !plain.is_empty() {
                plain.push('\n');
            }
            plain.push_str(trimmed);
        }
    }
    plain
}
