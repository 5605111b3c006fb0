//! The values of a PDF (ISO 32000-2, 7.3) and the lexer that reads them.
//!
//! The lexer is lenient as viewers are: what cannot be read counts as absent. Nesting is bounded,
//! and every byte read and every value kept is counted by its caller's budget.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::Reason;
use super::budget::Budget;

/// Arrays and dictionaries open at once. Real files stay below ten.
const MAX_DEPTH: usize = 48;

/// Bytes gone through that cost as much as a short value.
pub(super) const BYTES_PER_STEP: usize = 4;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(Vec<u8>),
    Name(Vec<u8>),
    Array(Rc<Vec<Object>>),
    Dict(Dict),
    Stream(Stream),
    Ref(u32),
}

/// A stream's dictionary, and where its bytes lie in the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stream {
    pub(super) dict: Dict,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dict(pub(super) Rc<BTreeMap<Vec<u8>, Object>>);

impl Dict {
    pub(super) fn get(&self, key: &str) -> &Object {
        self.0.get(key.as_bytes()).unwrap_or(&Object::Null)
    }

    pub(super) fn is_name(&self, key: &str, name: &str) -> bool {
        self.get(key).name() == Some(name.as_bytes())
    }
}

impl Object {
    /// A whole number; the fraction of another is cut off.
    pub(super) fn int(&self) -> Option<i64> {
        if let Self::Int(value) = self {
            return Some(*value);
        }
        self.number().map(|value| value as i64)
    }

    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Int(value) = self {
            return Some(*value as f64);
        }
        if let Self::Real(value) = self { Some(*value) } else { None }
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(super) fn text(&self) -> Option<&[u8]> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn array(&self) -> Option<&[Object]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    pub(super) fn reference(&self) -> Option<u32> {
        if let Self::Ref(number) = self { Some(*number) } else { None }
    }

    pub(super) fn stream(&self) -> Option<&Stream> {
        if let Self::Stream(stream) = self { Some(stream) } else { None }
    }

    /// The dictionary of a dictionary or stream.
    pub(super) fn dict(&self) -> Option<&Dict> {
        if let Self::Dict(dict) = self {
            return Some(dict);
        }
        self.stream().map(|stream| &stream.dict)
    }
}

/// One step of the lexer.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Value(Object),
    Keyword(&'a [u8]),
    ArrayEnd,
    DictEnd,
    End,
}

pub(super) struct Lexer<'a> {
    data: &'a [u8],
    pub(super) at: usize,
    budget: &'a Budget,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(data: &'a [u8], at: usize, budget: &'a Budget) -> Self {
        Self { data, at, budget }
    }

    /// The next value; a reference is one. `None` at a keyword or at the end.
    pub(super) fn value(&mut self) -> Result<Option<Object>, Reason> {
        let Token::Value(value) = self.token(0)? else {
            return Ok(None);
        };
        let Object::Int(number) = value else {
            return Ok(Some(value));
        };
        let behind = self.at;
        if let (Token::Value(Object::Int(_)), Token::Keyword(b"R")) = (self.token(0)?, self.token(0)?) {
            return Ok(Some(u32::try_from(number).map_or(Object::Null, Object::Ref)));
        }
        self.at = behind;
        Ok(Some(value))
    }

    pub(super) fn int(&mut self) -> Result<Option<i64>, Reason> {
        Ok(match self.token(0)? {
            Token::Value(value) => value.int(),
            Token::Keyword(_) | Token::ArrayEnd | Token::DictEnd | Token::End => None,
        })
    }

    /// Whether `word` comes next; goes past it where it does.
    pub(super) fn keyword(&mut self, word: &[u8]) -> Result<bool, Reason> {
        let before = self.at;
        let is_next = matches!(self.token(0)?, Token::Keyword(found) if found == word);
        if !is_next {
            self.at = before;
        }
        Ok(is_next)
    }

    pub(super) fn token(&mut self, depth: usize) -> Result<Token<'a>, Reason> {
        self.budget.step(1)?;
        self.skip_blanks()?;
        let Some(first) = self.peek(0) else {
            return Ok(Token::End);
        };
        Ok(match first {
            b'/' => Token::Value(Object::Name(self.counted(Self::name)?)),
            b'(' => Token::Value(Object::Text(self.counted(Self::literal)?)),
            b'<' if self.peek(1) == Some(b'<') => {
                self.at += 2;
                Token::Value(self.dict(depth)?)
            }
            b'<' => Token::Value(Object::Text(self.counted(Self::hexadecimal)?)),
            b'>' if self.peek(1) == Some(b'>') => {
                self.at += 2;
                Token::DictEnd
            }
            b'[' => {
                self.at += 1;
                Token::Value(Object::Array(Rc::new(self.items(depth, false)?)))
            }
            b']' => {
                self.at += 1;
                Token::ArrayEnd
            }
            b'+' | b'-' | b'.' | b'0'..=b'9' => {
                let begun = self.at;
                let number = self.number();
                self.passed(begun)?;
                Token::Value(number)
            }
            b')' | b'>' | b'{' | b'}' => {
                self.at += 1;
                Token::Keyword(b"")
            }
            _ => {
                let begun = self.at;
                let word = self.word();
                self.passed(begun)?;
                word
            }
        })
    }

    /// Counts the bytes gone through since `begun`: however long it is, a value is one step only where it is short.
    fn passed(&self, begun: usize) -> Result<(), Reason> {
        self.budget.step((self.at - begun) / BYTES_PER_STEP)
    }

    /// Reads a string or name, whose bytes are kept: objects may overlap, so that the size of the file is no bound.
    fn counted(&mut self, read: fn(&mut Self) -> Vec<u8>) -> Result<Vec<u8>, Reason> {
        let begun = self.at;
        let bytes = read(self);
        self.passed(begun)?;
        self.budget.unpack(bytes.len())?;
        Ok(bytes)
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.data.get(self.at.checked_add(ahead)?).copied()
    }

    fn skip_blanks(&mut self) -> Result<(), Reason> {
        let begun = self.at;
        while let Some(c) = self.peek(0) {
            if c == b'%' {
                while self.peek(0).is_some_and(|c| c != b'\n' && c != b'\r') {
                    self.at += 1;
                }
            } else if is_blank(c) {
                self.at += 1;
            } else {
                break;
            }
        }
        self.passed(begun)
    }

    fn word(&mut self) -> Token<'a> {
        let begun = self.at;
        while self.peek(0).is_some_and(is_regular) {
            self.at += 1;
        }
        match self.data.get(begun..self.at).unwrap_or_default() {
            b"null" => Token::Value(Object::Null),
            b"true" => Token::Value(Object::Bool(true)),
            b"false" => Token::Value(Object::Bool(false)),
            word => Token::Keyword(word),
        }
    }

    fn number(&mut self) -> Object {
        let begun = self.at;
        while self.peek(0).is_some_and(|c| matches!(c, b'+' | b'-' | b'.' | b'0'..=b'9')) {
            self.at += 1;
        }
        let digits = self.data.get(begun..self.at).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default();
        // Some programs write --5 or 12-3; viewers take what they can.
        let digits = digits.trim_start_matches('+');
        let digits = if digits.starts_with("--") { digits.trim_start_matches('-') } else { digits };
        let end = digits.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-')).map_or(digits.len(), |(at, _)| at);
        let digits = digits.get(..end).unwrap_or_default();
        if digits.contains('.') {
            Object::Real(digits.parse::<f64>().ok().filter(|value| value.is_finite()).unwrap_or(0.0))
        } else {
            digits.parse().map_or(Object::Real(digits.parse().unwrap_or(0.0)), Object::Int)
        }
    }

    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(c) = self.peek(0).filter(|c| is_regular(*c)) {
            self.at += 1;
            let code = (c == b'#').then(|| Some(hex(self.peek(0)?)? * 16 + hex(self.peek(1)?)?)).flatten();
            match code {
                Some(code) => {
                    self.at += 2;
                    name.push(code);
                }
                None => name.push(c),
            }
        }
        name
    }

    fn literal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut text = Vec::new();
        let mut open = 1usize;
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                b'\\' => {
                    text.extend(self.escape());
                    continue;
                }
                _ => {}
            }
            text.push(c);
        }
        text
    }

    fn escape(&mut self) -> Option<u8> {
        let c = self.peek(0)?;
        self.at += 1;
        match c {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\r' => {
                if self.peek(0) == Some(b'\n') {
                    self.at += 1;
                }
                None
            }
            b'\n' => None,
            b'0'..=b'7' => {
                let mut code = u32::from(c - b'0');
                for _ in 0..2 {
                    let Some(c @ b'0'..=b'7') = self.peek(0) else { break };
                    self.at += 1;
                    code = code * 8 + u32::from(c - b'0');
                }
                u8::try_from(code & 0xFF).ok()
            }
            c => Some(c),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        let digits = self.data.get(self.at + 1..).unwrap_or_default();
        let length = digits.iter().position(|c| *c == b'>').unwrap_or(digits.len());
        // Behind the closing mark, where there is one.
        self.at += (length + 2).min(digits.len() + 1);
        from_hex(digits.get(..length).unwrap_or_default())
    }

    fn dict(&mut self, depth: usize) -> Result<Object, Reason> {
        let mut items = self.items(depth, true)?.into_iter();
        let mut dict = BTreeMap::new();
        if items.len() > 0 {
            self.budget.dict()?;
        }
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            if let Object::Name(key) = key {
                dict.insert(key, value);
            }
        }
        Ok(Object::Dict(Dict(Rc::new(dict))))
    }

    /// The values up to the end of an array or dictionary, references put together.
    fn items(&mut self, depth: usize, is_dict: bool) -> Result<Vec<Object>, Reason> {
        if depth >= MAX_DEPTH {
            return Err(Reason::TooDeep);
        }
        let mut items = Vec::new();
        loop {
            match self.token(depth + 1)? {
                Token::Value(value) => {
                    self.budget.object()?;
                    items.push(value);
                }
                Token::Keyword(b"R") => {
                    items.pop();
                    let number = items.pop().and_then(|number| u32::try_from(number.int()?).ok());
                    items.push(number.map_or(Object::Null, Object::Ref));
                }
                // An array that is never closed ends where the object does.
                Token::Keyword(b"endobj" | b"stream") | Token::End => return Ok(items),
                Token::Keyword(_) => {}
                Token::ArrayEnd if is_dict => {}
                Token::ArrayEnd | Token::DictEnd => return Ok(items),
            }
        }
    }
}

pub(super) fn is_blank(c: u8) -> bool {
    matches!(c, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_regular(c: u8) -> bool {
    !is_blank(c) && !matches!(c, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// The bytes behind pairs of hexadecimal digits; other characters count for nothing, and a last digit alone has a zero beside it.
pub(super) fn from_hex(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 2 + 1);
    let mut digits = text.iter().filter_map(|c| hex(*c));
    while let Some(high) = digits.next() {
        bytes.push(high * 16 + digits.next().unwrap_or(0));
    }
    bytes
}

fn hex(c: u8) -> Option<u8> {
    char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
