//! Reads a profile from TOML or from its stored form and writes the stored form. Names every problem at once.
//! Does not look at other profiles; that is `periods`.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::contradictions::{contradictions, days_out_of_order};
use super::keys::{Draft, Header, RuleProfile};
use super::problem::{Accepted, Problem, ProfileError, ProfileProblem};
use super::shapes::Shape;
use super::sourced::{Mark, Sourced};
use super::values::RuleValue;
use crate::base::workdays::parse_day;

/// Keys about the profile itself. `last_day` may be left out.
const HEADER_KEYS: [&str; 4] = ["jurisdiction", "name", "first_day", "last_day"];
/// How much of a wrong value an error repeats.
const VALUE_SHOWN_CHARS: usize = 80;
/// A source is a title, number and article; longer is the text of a law, which does not belong here.
const SOURCE_CHARS_MAX: usize = 200;

impl RuleProfile {
    /// Reads a profile from TOML, in which `jurisdiction` and `name` are text and every other key is a table
    /// `{ value = …, source = "…", mark = "F" }`. Every key must be there but `last_day`.
    ///
    /// # Errors
    /// [`ProfileError::Syntax`] if the text is not TOML, else all problems at once.
    pub fn parse(toml_text: &str) -> Result<Self, ProfileError> {
        let table: toml::Table = toml_text.parse().map_err(|error: toml::de::Error| {
            let message = error.to_string().trim_end().to_owned();
            ProfileError::Syntax { message }
        })?;
        Self::from_json(&json_of_toml(toml::Value::Table(table)))
    }

    /// Reads a profile from its stored form, as strictly as from a file.
    ///
    /// # Errors
    /// All problems at once.
    pub fn from_json(stored: &Value) -> Result<Self, ProfileError> {
        let empty = Map::new();
        let mut reader = Reader { table: stored.as_object().unwrap_or(&empty), problems: Vec::new() };
        reader.refuse_unknown_keys();
        let header = reader.header();
        let draft = Draft::read(header, &mut reader);
        reader.problems.extend(contradictions(&draft));
        match draft.finish() {
            Some(profile) if reader.problems.is_empty() => Ok(profile),
            Some(_) | None => Err(ProfileError::Problems(reader.problems)),
        }
    }

    /// The stored form, which [`Self::from_json`] reads back to the same profile.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let header = self.header();
        let mut table: Map<String, Value> = self.values().map(|(key, value)| (key.to_owned(), value)).collect();
        table.insert("jurisdiction".to_owned(), json!(header.jurisdiction));
        table.insert("name".to_owned(), json!(header.name));
        table.insert("first_day".to_owned(), sourced_to_json(&header.first_day));
        if let Some(last_day) = &header.last_day {
            table.insert("last_day".to_owned(), sourced_to_json(last_day));
        }
        Value::Object(table)
    }

    /// This profile with its last day set, as when another follows it. Whether that day may still be set is for the
    /// caller, who knows today; a profile is never changed for days gone by.
    ///
    /// # Errors
    /// If the day lies before the first.
    pub fn with_last_day(mut self, last_day: Sourced<NaiveDate>) -> Result<Self, ProfileError> {
        self.header_mut().last_day = Some(last_day);
        match days_out_of_order(self.header()) {
            Some(problem) => Err(ProfileError::Problems(vec![problem])),
            None => Ok(self),
        }
    }
}

/// A value with its source as stored.
pub(super) fn sourced_to_json<T: RuleValue>(sourced: &Sourced<T>) -> Value {
    json!({
        "value": sourced.value.to_json(),
        "source": sourced.source,
        "mark": sourced.mark.code(),
    })
}

/// Takes keys out of a table and collects what is wrong.
pub(super) struct Reader<'a> {
    table: &'a Map<String, Value>,
    problems: Vec<ProfileProblem>,
}

impl Reader<'_> {
    /// The value of a key with its source; a problem for each part that is missing or not accepted.
    pub(super) fn sourced<T>(&mut self, key: &str, shape: &impl Shape<T>) -> Option<Sourced<T>> {
        let Some(entry) = self.table.get(key) else {
            self.problem(key, None, Problem::Missing(shape.accepted()));
            return None;
        };
        let Some(parts) = entry.as_object() else {
            let accepted = Accepted::new("{ value = …, source = \"…\", mark = \"…\" }", "{ value = …, source = \"…\", mark = \"…\" }");
            self.problem(key, Some(entry), Problem::NotAccepted(accepted));
            return None;
        };
        for (part, value) in parts {
            if !["value", "source", "mark"].contains(&part.as_str()) {
                let accepted = Accepted::new("value, source, mark", "value, source, mark");
                let problem = Problem::UnknownKey(accepted);
                self.problem(&format!("{key}.{part}"), Some(value), problem);
            }
        }
        let value = self.part(parts, key, "value", |it| shape.read(it), shape.accepted());
        let source = self.part(parts, key, "source", read_source, source_accepted());
        let mark = self.part(parts, key, "mark", read_mark, mark_accepted());
        Some(Sourced { value: value?, source: source?, mark: mark? })
    }

    fn part<T>(
        &mut self,
        parts: &Map<String, Value>,
        key: &str,
        part: &str,
        read: impl Fn(&Value) -> Option<T>,
        accepted: Accepted,
    ) -> Option<T> {
        let name = format!("{key}.{part}");
        let Some(value) = parts.get(part) else {
            self.problem(&name, None, Problem::Missing(accepted));
            return None;
        };
        let read = read(value);
        if read.is_none() {
            self.problem(&name, Some(value), Problem::NotAccepted(accepted));
        }
        read
    }

    fn header(&mut self) -> Option<Header> {
        let jurisdiction = self.text("jurisdiction", is_jurisdiction_code, || {
            Accepted::new("1至64个小写字母、数字、- 或 _ 组成的代码", "a code of 1 to 64 lower-case letters, digits, - or _")
        });
        let name = self.text("name", is_name, || Accepted::new("1至100字的名称", "a name of 1 to 100 characters"));
        let first_day = self.sourced("first_day", &Day);
        let last_day = match self.table.get("last_day") {
            None => Some(None),
            Some(_) => self.sourced("last_day", &Day).map(Some),
        };
        let header = Header { jurisdiction: jurisdiction?, name: name?, first_day: first_day?, last_day: last_day? };
        self.problems.extend(days_out_of_order(&header));
        Some(header)
    }

    fn text(&mut self, key: &str, is_accepted: impl Fn(&str) -> bool, accepted: impl Fn() -> Accepted) -> Option<String> {
        let Some(value) = self.table.get(key) else {
            self.problem(key, None, Problem::Missing(accepted()));
            return None;
        };
        let text = value.as_str().filter(|text| is_accepted(text));
        if text.is_none() {
            self.problem(key, Some(value), Problem::NotAccepted(accepted()));
        }
        text.map(str::to_owned)
    }

    fn refuse_unknown_keys(&mut self) {
        let table = self.table;
        for (key, value) in table {
            let known = HEADER_KEYS.contains(&key.as_str());
            if !known && !RuleProfile::KEYS.contains(&key.as_str()) {
                let keys = [&HEADER_KEYS[..], RuleProfile::KEYS].concat().join(", ");
                let accepted = Accepted::new(&keys, &keys);
                self.problem(key, Some(value), Problem::UnknownKey(accepted));
            }
        }
    }

    fn problem(&mut self, key: &str, value: Option<&Value>, problem: Problem) {
        let shown = value.map_or_else(String::new, ToString::to_string);
        self.problems.push(ProfileProblem {
            key: key.chars().take(VALUE_SHOWN_CHARS).collect(),
            value: shown.chars().take(VALUE_SHOWN_CHARS).collect(),
            problem,
        });
    }
}

struct Day;

impl Shape<NaiveDate> for Day {
    fn read(&self, value: &Value) -> Option<NaiveDate> {
        parse_day(value.as_str()?)
    }
    fn accepted(&self) -> Accepted {
        Accepted::new("YYYY-MM-DD格式的日期", "an existing day written YYYY-MM-DD")
    }
}

fn read_source(value: &Value) -> Option<String> {
    let source = value.as_str()?.trim();
    let fits = !source.is_empty() && source.chars().count() <= SOURCE_CHARS_MAX && !source.chars().any(char::is_control);
    fits.then(|| source.to_owned())
}

fn source_accepted() -> Accepted {
    Accepted::new("1至200字的出处（文件及条款，不抄录条文）", "a source of 1 to 200 characters (instrument and article, not its text)")
}

fn read_mark(value: &Value) -> Option<Mark> {
    Mark::parse(value.as_str()?)
}

fn mark_accepted() -> Accepted {
    let list = |describe: fn(Mark) -> &'static str| {
        let all = Mark::ALL.map(|mark| format!("{} ({})", mark.code(), describe(mark)));
        all.join(", ")
    };
    Accepted { zh: list(Mark::zh), en: list(Mark::en) }
}

fn is_jurisdiction_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_name(text: &str) -> bool {
    let fits = (1..=100).contains(&text.chars().count());
    fits && !text.trim().is_empty() && !text.chars().any(char::is_control)
}

/// TOML as JSON; dates become text, so that `2024-08-01` may stand with or without quotes.
fn json_of_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::from(flag),
        toml::Value::Datetime(moment) => Value::from(moment.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json_of_toml).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json_of_toml(value))).collect(),
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
