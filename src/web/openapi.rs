//! The OpenAPI 3.1 document, made from the handlers themselves. What many operations share is added here once: how to sign in,
//! what each can refuse with, the headers for repeats and for concurrent changes, and the example of each body.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::refusal::{Problem, ProblemError, ReasonBody, Trial};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "lawgate",
        description = "行政规范性文件合法性审查登记系统。A registry for the legality review of administrative normative documents.\n\n\
            Refusals are `application/problem+json` (RFC 9457); every `code` is listed at `/api/docs/problems`. \
            `Accept-Language: en` gives English sentences, Chinese is the default. Ids are UUIDs, moments RFC 3339 in UTC, legal dates \
            `YYYY-MM-DD` in China. Lists of words may grow. Unknown fields and query parameters are refused by name. \
            Every answer has `X-Request-Id`, taken over from the caller when well-formed.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem, ProblemError, ReasonBody, Trial))
)]
struct Document;

/// The document as the handlers declare it, without what is shared.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.merge(crate::service::http::Api::openapi());
    document.merge(crate::documents::http::Api::openapi());
    document.merge(crate::reviews::http::Api::openapi());
    document.merge(crate::meetings::http::Api::openapi());
    document.merge(crate::issuances::http::Api::openapi());
    document.merge(crate::filings::http::Api::openapi());
    document.merge(crate::cleanups::http::Api::openapi());
    document.merge(crate::journal::http::Api::openapi());
    document.merge(crate::evidence::http::Api::openapi());
    document.merge(crate::possible::http::Api::openapi());
    document.merge(crate::demo::http::Api::openapi());
    document
}

/// The document as it is published.
#[must_use]
pub fn published() -> Value {
    // The types of the document serialise to JSON by construction; an empty document would fail every test of it.
    let mut document = serde_json::to_value(document()).unwrap_or_default();
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.values_mut().for_each(describe_optional_references);
    }
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            let Some(item) = item.as_object_mut() else { continue };
            let can_be_patched = item.contains_key("patch");
            for (method, operation) in item {
                if let Some(operation) = operation.as_object_mut() {
                    complete(path, method, operation, can_be_patched, &schemas);
                }
            }
        }
    }
    document["components"]["securitySchemes"] = json!({"bearer": {
        "type": "http", "scheme": "bearer", "bearerFormat": "lg_…",
        "description": "A token for one user acting for one body, sent as `Authorization: Bearer lg_…`.",
    }});
    document["tags"] = TAGS.iter().map(|(name, description)| json!({"name": name, "description": description})).collect();
    document["servers"] = json!([{"url": "/", "description": "This service"}]);
    document
}

/// The published document as text, for `GET /api/v1/openapi.json` and the command line.
#[must_use]
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| format!("{:#}\n", published()))
}

/// The groups of operations, in the order of the procedure.
const TAGS: &[(&str, &str)] = &[
    ("documents", "文件、文本版本与材料。Documents, their revisions and materials."),
    ("reviews", "合法性审核：送审、受理、审核意见。Legality review: submissions, intake, opinions."),
    ("meetings", "会议与议程。Meetings and their agenda."),
    ("issuances", "签发、编号与公布。Signing, numbering and publication."),
    ("filings", "备案与备案审查。Filing and filing review."),
    ("cleanups", "清理。Clean-up rounds."),
    ("evidence", "日志、事件与证据。The log as a feed, and what proves it."),
    ("demo", "演示时钟，仅演示系统。The demo's clock, in a demo only."),
    ("service", "服务状态与说明，无需登录。The state of the service and its documentation; no login."),
];

/// Paths that need no login.
const OPEN: &[&str] = &["/health/", "/metrics", "/api/v1/openapi.json", "/api/docs", "/api/v1/public/"];

/// Whether an operation needs no login.
#[must_use]
pub fn is_open(path: &str) -> bool {
    OPEN.iter().any(|open| path.starts_with(open))
}

/// Adds to one operation what it shares with others of its method.
fn complete(path: &str, method: &str, operation: &mut Map<String, Value>, can_be_patched: bool, schemas: &Value) {
    if !is_open(path) {
        operation.insert("security".to_owned(), json!([{"bearer": []}]));
    }
    operation.insert("operationId".to_owned(), operation_id(path, method).into());
    describe_files(operation);
    let takes_body = complete_body(operation, schemas);
    describe_trial(operation);
    let takes_words = path.contains('{');
    let mut add = |status: &str, description: &str| {
        let answers = operation.entry("responses").or_insert_with(|| json!({}));
        if answers.get(status).is_none() {
            answers[status] = problem(description);
        }
    };
    add("400", "The request cannot be parsed, or a query parameter is unknown");
    if !is_open(path) {
        add("401", "No valid token");
        add("403", "Known, but not allowed to this caller");
    }
    if takes_words || !is_open(path) {
        add("404", "There is no such thing, or the caller may not know of it");
    }
    if method != "get" {
        add("409", "The state stands in the way, or the first request with this key is still running");
        add("422", "The input is not as required, breaks a rule, or the key was used for another request");
    }
    if takes_body {
        add("408", "The body did not arrive in time");
        add("413", "The body is too large");
        add("415", "Unsupported media type or file");
    }
    if method == "patch" {
        add("412", "Changed since it was read");
        add("428", "If-Match is required");
    }
    add("500", "Something went wrong inside; the request id names it in the log");
    add("503", "The database is away; see Retry-After");
    match method {
        "post" => header(
            operation,
            "Idempotency-Key",
            false,
            255,
            "Makes the call safe to repeat: the same key, caller, path and body give the first success again for 24 hours, with `Idempotent-Replayed: true`.",
        ),
        "patch" => header(operation, "If-Match", true, 1000, "The `ETag` of the latest reading."),
        "get" if can_be_patched => {
            header(operation, "If-None-Match", false, 1000, "The `ETag` of an earlier reading; 304 where nothing changed.");
            operation["responses"]["304"] = json!({"description": "Nothing changed since the named reading"});
            operation["responses"]["200"]["headers"] = json!({"ETag": {
                "description": "Strong tag over everything that the answer shows", "schema": {"type": "string"}}});
        }
        _ => {}
    }
}

/// The name of an operation: its method and the words of its path, so that it is the only one of that name.
fn operation_id(path: &str, method: &str) -> String {
    let words = path.strip_prefix("/api/v1").unwrap_or(path);
    let words = words.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// What is said of an optional member that refers to another schema stands inside the union with null; it belongs to the member.
fn describe_optional_references(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
                properties.values_mut().for_each(lift_description);
            }
            members.values_mut().for_each(describe_optional_references);
        }
        Value::Array(items) => items.iter_mut().for_each(describe_optional_references),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn lift_description(property: &mut Value) {
    let said = property.get("oneOf").and_then(Value::as_array).into_iter().flatten().find_map(|branch| branch.get("description"));
    if let (Some(said), None) = (said.cloned(), property.get("description")) {
        property["description"] = said;
    }
}

/// What `?dry_run=true` answers, beside what the act itself answers.
fn describe_trial(operation: &mut Map<String, Value>) {
    let is_tried =
        operation.get("parameters").and_then(Value::as_array).into_iter().flatten().any(|parameter| parameter["name"] == "dry_run");
    let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut).filter(|_| is_tried) else { return };
    let trial = json!({"$ref": "#/components/schemas/Trial"});
    match answers.get_mut("200") {
        Some(answer) => {
            let own = answer["content"]["application/json"]["schema"].take();
            answer["content"]["application/json"]["schema"] = json!({"anyOf": [own, trial]});
        }
        None => {
            let content = json!({"application/json": {"schema": trial}});
            answers.insert("200".to_owned(), json!({"description": "With `dry_run=true`: whether it would be done", "content": content}));
        }
    }
}

/// A file that is answered is described by its media type alone.
fn describe_files(operation: &mut Map<String, Value>) {
    for response in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        for (media_type, media) in response.get_mut("content").and_then(Value::as_object_mut).into_iter().flatten() {
            if media.get("schema").is_none() {
                media["schema"] = json!({"type": "string", "contentMediaType": media_type});
            }
        }
    }
}

/// Shows an example with each form of a body, and the file in a multipart form; says whether there is a body.
fn complete_body(operation: &mut Map<String, Value>, schemas: &Value) -> bool {
    let Some(content) = operation.get_mut("requestBody").and_then(|body| body.get_mut("content")).and_then(Value::as_object_mut) else {
        return false;
    };
    let only_as_a_form = content.len() == 1;
    for (media_type, media) in content {
        let name = media.pointer("/schema/$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
        let Some(name) = name.map(str::to_owned) else { continue };
        let mut example = examples().get(&name).cloned();
        if media_type == "multipart/form-data" {
            media["schema"] = with_file(&schemas[&name], only_as_a_form);
            if let Some(members) = example.as_mut().and_then(Value::as_object_mut) {
                members.remove("text");
                members.insert("file".to_owned(), "（文件内容）".into());
            }
        }
        if let Some(example) = example {
            media["example"] = example;
        }
    }
    true
}

/// A body's schema as a form takes it: the same members and a file.
fn with_file(schema: &Value, is_required: bool) -> Value {
    let mut schema = schema.clone();
    schema["properties"]["file"] = json!({"type": "string", "contentMediaType": "application/octet-stream",
        "description": "The file. What it is is told by its content; its name is kept."});
    if is_required {
        match schema.get_mut("required").and_then(Value::as_array_mut) {
            Some(required) => required.push("file".into()),
            None => schema["required"] = json!(["file"]),
        }
    }
    schema
}

/// An example of each body, by the name of its schema. A test holds each to its schema and misses none.
fn examples() -> &'static Value {
    static EXAMPLES: OnceLock<Value> = OnceLock::new();
    EXAMPLES.get_or_init(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default())
}

fn header(operation: &mut Map<String, Value>, name: &str, required: bool, length_max: u32, description: &str) {
    let parameter = json!({"name": name, "in": "header", "required": required, "description": description,
        "schema": {"type": "string", "minLength": 1, "maxLength": length_max}});
    if let Some(parameters) = operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut() {
        parameters.push(parameter);
    }
}

fn problem(description: &str) -> Value {
    json!({"description": description, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}})
}
