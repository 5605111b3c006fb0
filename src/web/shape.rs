//! The shape of what is taken in. The schema that the OpenAPI document shows is the one that is enforced: a body is checked
//! against it first, all faults at once, and only then read into its type.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, RwLock};

use jsonschema::Validator;
use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::fault;
use super::kind;
use super::openapi;
use super::refusal::{FieldError, Refusal};
use crate::base::said::Said;

/// The deepest nesting that a body may have; nothing that we take is deeper than four.
const DEPTH_MAX: usize = 32;

/// Reads a value into a type, after checking it against the type's published schema.
///
/// # Errors
/// 422 with every fault and its pointer.
pub fn read<T: DeserializeOwned + ToSchema>(value: Value) -> Result<T, Refusal> {
    let mut errors = Vec::new();
    unstorable(&value, &mut String::new(), 0, &mut errors);
    let validator = validator(&T::name())?;
    for error in validator.iter_errors(&value) {
        describe(&error, &mut errors);
    }
    if !errors.is_empty() {
        errors.sort_by(|one, other| one.pointer.cmp(&other.pointer));
        errors.dedup();
        // What is empty is not blank besides.
        let empty: Vec<String> = errors.iter().filter(|error| error.kind == kind::TOO_SHORT).map(|error| error.pointer.clone()).collect();
        errors.retain(|error| error.kind != kind::BLANK || !empty.contains(&error.pointer));
        for error in &mut errors {
            if let Some(said) = elsewhere(&T::name(), error) {
                error.detail = said;
            }
        }
        return Err(Refusal::shape(errors));
    }
    serde_json::from_value(value).map_err(|error| {
        // The schema let through what the type does not take: a fault of ours in the schema, but still the caller's input.
        tracing::warn!("a body passed its schema {} and was refused by its type: {error}", T::name());
        Refusal::shape(vec![FieldError::new("", kind::BAD_FORMAT, Said::new(format!("内容不符合要求：{error}"), error.to_string()))])
    })
}

/// The published schema of one property of a type, following a reference; `None` where there is no such property.
#[must_use]
pub fn property(type_name: &str, property: &str) -> Option<Value> {
    let found = components().pointer(&format!("/schemas/{type_name}/properties/{property}"))?;
    Some(resolve(found).clone())
}

/// Whether a property's schema takes strings, looking through references and nullable unions.
#[must_use]
pub fn takes(schema: &Value, kind: &str) -> bool {
    let schema = resolve(schema);
    let typed = match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        Some(_) | None => false,
    };
    typed
        || ["oneOf", "anyOf"]
            .iter()
            .filter_map(|union| schema.get(union).and_then(Value::as_array))
            .flatten()
            .any(|branch| takes(branch, kind))
}

fn resolve(schema: &Value) -> &Value {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix("#/components"))
        .and_then(|pointer| components().pointer(pointer))
        .unwrap_or(schema)
}

fn components() -> &'static Value {
    static COMPONENTS: OnceLock<Value> = OnceLock::new();
    COMPONENTS.get_or_init(|| {
        serde_json::to_value(openapi::document())
            .ok()
            .and_then(|mut document| document.get_mut("components").map(Value::take))
            .unwrap_or_default()
    })
}

fn validator(name: &str) -> Result<Arc<Validator>, Refusal> {
    static KNOWN: OnceLock<RwLock<HashMap<String, Arc<Validator>>>> = OnceLock::new();
    let known = KNOWN.get_or_init(RwLock::default);
    if let Some(found) = known.read().ok().and_then(|map| map.get(name).cloned()) {
        return Ok(found);
    }
    let schema = json!({"$ref": format!("#/components/schemas/{name}"), "components": components()});
    let built = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .map_err(|error| Refusal::internal(format!("schema {name}: {error}")))?;
    let built = Arc::new(built);
    if let Ok(mut map) = known.write() {
        map.insert(name.to_owned(), Arc::clone(&built));
    }
    Ok(built)
}

/// Finds what no column can hold: the NUL character, and nesting without end.
fn unstorable(value: &Value, pointer: &mut String, depth: usize, errors: &mut Vec<FieldError>) {
    if depth > DEPTH_MAX {
        errors.push(FieldError::new(pointer.clone(), kind::OUT_OF_RANGE, Said::fixed("嵌套过深。", "Nested too deeply.")));
        return;
    }
    let length = pointer.len();
    match value {
        Value::String(text) if text.contains('\0') => {
            errors.push(FieldError::new(
                pointer.clone(),
                kind::BAD_CHARACTER,
                Said::fixed("含有空字符（U+0000），无法存储，请删除。", "Contains U+0000, which cannot be stored; remove it."),
            ));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                unstorable(item, pointer, depth + 1, errors);
                pointer.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                pointer.push('/');
                pointer.push_str(&escaped(name));
                unstorable(member, pointer, depth + 1, errors);
                pointer.truncate(length);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A member's name inside a JSON pointer (RFC 6901).
#[must_use]
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// One schema fault as one or more field errors.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library may add kinds of faults; each is still a fault")]
fn describe(error: &ValidationError<'_>, errors: &mut Vec<FieldError>) {
    let pointer = error.instance_path().as_str().to_owned();
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            errors.push(FieldError::new(
                format!("{pointer}/{}", escaped(name)),
                kind::MISSING,
                Said::new(format!("缺少必填项 {name}。"), format!("{name} is required.")),
            ));
        }
        ValidationErrorKind::AdditionalProperties { unexpected } | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                errors.push(FieldError::new(
                    format!("{pointer}/{}", escaped(name)),
                    kind::UNKNOWN_FIELD,
                    Said::new(format!("没有 {name} 这一项，请删除。"), format!("There is no field {name}; remove it.")),
                ));
            }
        }
        ValidationErrorKind::Type { kind: wanted } => {
            errors.push(FieldError::new(pointer, kind::WRONG_TYPE, fault::wrong_type(wanted)));
        }
        ValidationErrorKind::Enum { options } => {
            let words: Vec<String> = options.as_array().into_iter().flatten().filter(|word| !word.is_null()).map(plain).collect();
            errors.push(FieldError::new(pointer, kind::NOT_AN_OPTION, fault::not_an_option(&words, description_of(options))));
        }
        ValidationErrorKind::MinLength { limit } => {
            errors.push(FieldError::new(
                pointer,
                kind::TOO_SHORT,
                if *limit == 1 {
                    Said::fixed("不能为空。", "Must not be empty.")
                } else {
                    Said::new(format!("至少 {limit} 个字。"), format!("At least {limit} characters."))
                },
            ));
        }
        ValidationErrorKind::MaxLength { limit } => {
            errors.push(FieldError::new(
                pointer,
                kind::TOO_LONG,
                Said::new(format!("最多 {limit} 个字。"), format!("At most {limit} characters.")),
            ));
        }
        ValidationErrorKind::MaxItems { limit } => {
            errors.push(FieldError::new(
                pointer,
                kind::TOO_MANY,
                Said::new(format!("最多 {limit} 项。"), format!("At most {limit} items.")),
            ));
        }
        ValidationErrorKind::MinItems { limit } => {
            errors.push(FieldError::new(
                pointer,
                kind::TOO_SHORT,
                Said::new(format!("至少 {limit} 项。"), format!("At least {limit} item(s).")),
            ));
        }
        ValidationErrorKind::Minimum { limit } | ValidationErrorKind::Maximum { limit } => {
            errors.push(FieldError::new(
                pointer,
                kind::OUT_OF_RANGE,
                Said::new(format!("超出范围，界限为 {limit}。"), format!("Out of range; the limit is {limit}.")),
            ));
        }
        ValidationErrorKind::Format { format } => {
            let said = match format.as_str() {
                "date" => fault::bad_day(error.instance()),
                "date-time" => Said::fixed(
                    "应为带时区的时刻，写作 2026-12-01T09:00:00+08:00。",
                    "Must be a moment with its offset, written 2026-12-01T09:00:00+08:00.",
                ),
                "uuid" => Said::fixed(
                    "应为所指内容的 id（UUID，照抄接口给出的）。",
                    "Must be the id (a UUID) of what is meant, as the API gave it.",
                ),
                _ => Said::fixed("格式不对。", "Bad format."),
            };
            errors.push(FieldError::new(pointer, kind::BAD_FORMAT, said));
        }
        ValidationErrorKind::Pattern { .. } => {
            errors.push(FieldError::new(pointer, kind::BLANK, Said::fixed("不能为空白。", "Must not be blank.")));
        }
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            // An optional member is a union with null: what its other branch says is what the reader needs.
            let telling = context.iter().find(|branch| {
                branch.iter().all(
                    |each| !matches!(each.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(one) } if one.to_string() == "null"),
                )
            });
            match telling {
                Some(branch) => branch.iter().for_each(|each| describe(each, errors)),
                None => errors.push(FieldError::new(pointer, kind::BAD_FORMAT, Said::fixed("格式不对。", "Bad format."))),
            }
        }
        _ => errors.push(FieldError::new(pointer, kind::BAD_FORMAT, Said::new("格式不对。", error.to_string()))),
    }
}

/// Where a member that one call does not take is changed instead: the call's type, the member, and what to do.
const ELSEWHERE: &[(&str, &str, Said)] = &[
    ("DocumentPatch", "/text", BY_REVISION),
    ("DocumentPatch", "/file", BY_REVISION),
    ("MeetingPatch", "/body", ANOTHER_MEETING),
    ("MeetingPatch", "/kind", ANOTHER_MEETING),
];
const BY_REVISION: Said =
    Said::fixed("正文不在此处修改，请用 revisions 提交新版本。", "The text is not changed here; send a new revision to revisions.");
const ANOTHER_MEETING: Said =
    Said::fixed("此项不能更改；请取消会议后另建会议。", "This stays as it is; cancel the meeting and create another.");

fn elsewhere(type_name: &str, error: &FieldError) -> Option<Said> {
    let found = ELSEWHERE.iter().find(|(name, pointer, _)| *name == type_name && *pointer == error.pointer);
    found.filter(|_| error.kind == kind::UNKNOWN_FIELD).map(|(_, _, said)| said.clone())
}

/// What the published schema says about a list of options, which alone tells one list from another.
fn description_of(options: &Value) -> Option<&'static str> {
    let schemas = components().get("schemas")?.as_object()?;
    let schema = schemas.values().find(|schema| schema.get("enum") == Some(options))?;
    schema.get("description")?.as_str()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
