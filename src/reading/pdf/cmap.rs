//! Character maps: from the codes of a font to Unicode, or to the numbers of its glyphs (ISO 32000-2, 9.7.5 and 9.10.3).

use std::collections::BTreeMap;

use super::super::Reason;
use super::budget::Budget;
use super::object::{Lexer, Object, Token};

/// Bytes that a code may stand for (ISO 32000-2, 9.10.3).
const MAX_TEXT: usize = 512;

/// What a map gives for a code.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Text(String),
    Number(u32),
}

#[derive(Debug, Default)]
pub(super) struct CMap {
    /// By the first code of a range: its last code, and what the first one gives.
    ranges: BTreeMap<u32, (u32, Target)>,
    /// Length, first and last code of each space of codes.
    spaces: Vec<(usize, u32, u32)>,
}

impl CMap {
    pub(super) fn parse(bytes: &[u8], budget: &Budget) -> Result<Self, Reason> {
        let mut map = Self::default();
        let mut lexer = Lexer::new(bytes, 0, budget);
        let mut operands: Vec<Object> = Vec::new();
        loop {
            match lexer.token(0)? {
                Token::End => return Ok(map),
                Token::Value(value) => {
                    budget.object()?;
                    operands.push(value);
                }
                Token::Keyword(word) => {
                    map.take(word, &operands);
                    operands.clear();
                }
                Token::ArrayEnd | Token::DictEnd => {}
            }
        }
    }

    /// How many spaces of codes there are to look through for the length of a code.
    pub(super) fn spaces(&self) -> usize {
        self.spaces.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The Unicode text of a code.
    pub(super) fn text(&self, code: u32) -> Option<String> {
        let (first, (last, Target::Text(text))) = self.ranges.range(..=code).next_back()? else { return None };
        if code > *last {
            return None;
        }
        let mut chars: Vec<char> = text.chars().collect();
        let end = chars.last_mut()?;
        *end = char::from_u32(u32::from(*end).checked_add(code - first)?)?;
        Some(chars.into_iter().collect())
    }

    /// The number of the glyph of a code.
    pub(super) fn number(&self, code: u32) -> Option<u32> {
        match self.ranges.range(..=code).next_back()? {
            (first, (last, Target::Number(number))) if code <= *last => number.checked_add(code - first),
            _ => None,
        }
    }

    /// Bytes of the next code; two where no space of codes fits.
    pub(super) fn length(&self, bytes: &[u8]) -> usize {
        let fits = |(length, first, last): &&(usize, u32, u32)| {
            let Some(code) = bytes.get(..*length) else { return false };
            // Each byte lies between those of the ends.
            code.iter().enumerate().all(|(at, byte)| {
                let shift = 8 * (length - 1 - at);
                ((first >> shift) & 0xFF..=(last >> shift) & 0xFF).contains(&u32::from(*byte))
            })
        };
        self.spaces.iter().find(fits).map_or(2, |(length, ..)| *length)
    }

    fn take(&mut self, word: &[u8], operands: &[Object]) {
        match word {
            b"endcodespacerange" => {
                for pair in operands.chunks(2) {
                    if let [Object::Text(first), Object::Text(last)] = pair
                        && (1..=4).contains(&first.len())
                        && self.spaces.len() < 256
                    {
                        self.spaces.push((first.len(), code(first), code(last)));
                    }
                }
            }
            b"endbfchar" => {
                for pair in operands.chunks(2) {
                    if let [Object::Text(from), Object::Text(to)] = pair {
                        self.ranges.insert(code(from), (code(from), Target::Text(utf16(to))));
                    }
                }
            }
            b"endbfrange" => {
                for triple in operands.chunks(3) {
                    self.text_range(triple);
                }
            }
            b"endcidchar" => {
                for pair in operands.chunks(2) {
                    if let [Object::Text(from), Object::Int(to)] = pair {
                        self.numbers(code(from), code(from), *to);
                    }
                }
            }
            b"endcidrange" => {
                for triple in operands.chunks(3) {
                    if let [Object::Text(from), Object::Text(to), Object::Int(number)] = triple {
                        self.numbers(code(from), code(to), *number);
                    }
                }
            }
            _ => {}
        }
    }

    fn text_range(&mut self, triple: &[Object]) {
        match triple {
            [Object::Text(from), Object::Text(to), Object::Text(text)] => {
                self.ranges.insert(code(from), (code(to), Target::Text(utf16(text))));
            }
            [Object::Text(from), Object::Text(_), Object::Array(texts)] => {
                for (at, text) in (code(from)..=u32::MAX).zip(texts.iter()) {
                    if let Object::Text(text) = text {
                        self.ranges.insert(at, (at, Target::Text(utf16(text))));
                    }
                }
            }
            _ => {}
        }
    }

    fn numbers(&mut self, from: u32, to: u32, number: i64) {
        if let Ok(number) = u32::try_from(number) {
            self.ranges.insert(from, (to, Target::Number(number)));
        }
    }
}

/// The code of up to four bytes.
pub(super) fn code(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |code, byte| (code << 8) | u32::from(*byte))
}

/// One byte alone is a character of Latin-1 to the programs that write it; what is longer than the standard allows is no text.
fn utf16(bytes: &[u8]) -> String {
    if bytes.len() > MAX_TEXT {
        return String::new();
    }
    if let [byte] = bytes {
        return char::from(*byte).to_string();
    }
    let (pairs, _) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair))).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
