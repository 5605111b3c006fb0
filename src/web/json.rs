//! JSON as it was sent: parsed strictly, so that a member given twice is found and not silently overwritten by the last.
//! It knows no schema; what members there may be is judged in `shape`.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::shape::escaped;

/// A value, and the JSON pointers of the members that were given more than once in it.
#[derive(Debug)]
pub struct Parsed {
    /// The value; of a member given twice, the last.
    pub value: Value,
    /// Pointers, each once, in the order of the text.
    pub twice: Vec<String>,
}

/// Parses one JSON value that fills the whole input.
///
/// # Errors
/// What is no JSON, or nested deeper than the parser goes.
pub fn parse(bytes: &[u8]) -> Result<Parsed, serde_json::Error> {
    let twice = RefCell::new(Vec::new());
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { pointer: String::new(), twice: &twice }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(Parsed { value, twice: twice.into_inner() })
}

/// Reads a value at a pointer and notes repeated members.
struct Strict<'t> {
    pointer: String,
    twice: &'t RefCell<Vec<String>>,
}

impl Strict<'_> {
    fn at(&self, name: &str) -> Self {
        Self { pointer: format!("{}/{}", self.pointer, escaped(name)), twice: self.twice }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self.at(&values.len().to_string()))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let inner = self.at(&name);
            let pointer = inner.pointer.clone();
            let value = members.next_value_seed(inner)?;
            if values.insert(name, value).is_some() {
                let mut twice = self.twice.borrow_mut();
                if !twice.contains(&pointer) {
                    twice.push(pointer);
                }
            }
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::parse;

    #[test]
    fn a_member_given_twice_is_named_wherever_it_stands() {
        let parsed = parse(br#"{"a": 1, "b": [{"c/d": 1, "x": {"e": 1, "e": 1}, "c/d": 2}], "a": 2, "a": 3}"#).expect("parses");
        assert_eq!(parsed.twice, ["/b/0/x/e", "/b/0/c~1d", "/a"]);
        // The same member written in two ways is the same member.
        assert_eq!(parse(br#"{"a": 1, "\u0061": 1}"#).expect("parses").twice, ["/a"]);
        assert!(parse(br#"{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}"#).expect("parses").twice.is_empty());
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for bad in [&b""[..], b"{", b"{} {}", b"{\"a\": 1,}", b"[1", b"nul", b"{\"a\": \"\xff\"}", b"{\"a\": 1e999}"] {
            assert!(parse(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_as_the_library_reads_them(text in r#"[\[\]{}",:0-9a-e.\-+ \\un]{0,60}"#) {
            let library: Option<Value> = serde_json::from_str(&text).ok();
            prop_assert_eq!(parse(text.as_bytes()).ok().map(|parsed| parsed.value), library);
        }
    }
}
