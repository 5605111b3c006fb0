//! The published document: up to date, complete, and true to the router. `UPDATE_SNAPSHOTS=1` writes `docs/openapi.json` anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jsonschema::{Draft, Validator};
use lawgate::web::openapi;
use serde_json::{Value, json};

use super::helpers::snapshot;

/// Every operation of the document: path, method and what is said of it.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().expect("an item").iter().map(move |(method, operation)| (path.clone(), method.clone(), operation.clone()))
        })
        .collect()
}

/// Every object with `properties` inside a schema, with its place.
fn objects<'s>(place: String, schema: &'s Value, found: &mut Vec<(String, &'s Value)>) {
    match schema {
        Value::Object(members) => {
            if members.get("properties").is_some_and(Value::is_object) {
                found.push((place.clone(), schema));
            }
            for (name, member) in members {
                objects(format!("{place}/{name}"), member, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                objects(format!("{place}/{index}"), item, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A validator of a schema inside the document, references included.
fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(&whole).expect("a schema")
}

#[test]
fn the_checked_in_document_is_that_of_the_handlers() {
    snapshot::compare(Path::new("docs/openapi.json"), openapi::text());
}

#[test]
fn the_document_is_openapi_3_1_with_a_version_and_groups() {
    let document = openapi::published();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")));
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    for part in ["title", "description"] {
        assert!(document["info"][part].as_str().is_some_and(|text| !text.is_empty()), "{part}");
    }
    assert!(document["components"]["securitySchemes"]["bearer"]["description"].is_string());
}

#[test]
fn every_operation_says_what_it_does_takes_and_answers() {
    let document = openapi::published();
    let groups: BTreeSet<&str> = document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut faults = Vec::new();
    for (path, method, operation) in operations(&document) {
        let mut fault = |what: &str| faults.push(format!("{method} {path}: {what}"));
        for part in ["summary", "description"] {
            if operation[part].as_str().is_none_or(|text| text.trim().is_empty()) {
                fault(&format!("no {part}"));
            }
        }
        match operation["tags"].as_array().map(Vec::as_slice) {
            Some([Value::String(tag)]) if groups.contains(tag.as_str()) => {}
            _ => fault("not in exactly one described group"),
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if parameter["description"].as_str().is_none_or(str::is_empty) || !parameter["schema"].is_object() {
                fault(&format!("parameter {} without description or schema", parameter["name"]));
            }
        }
        let named: BTreeSet<&str> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let described: BTreeSet<&str> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        if named != described {
            fault(&format!("its path names {named:?}, its parameters {described:?}"));
        }
        let responses = operation["responses"].as_object().expect("responses");
        if !responses.keys().any(|status| status.starts_with('2')) {
            fault("no success");
        }
        for (status, response) in responses {
            if response["description"].as_str().is_none_or(str::is_empty) {
                fault(&format!("{status} without description"));
            }
            let content = response["content"].as_object();
            let media_type = content.and_then(|content| content.keys().next()).map(String::as_str);
            if status.starts_with(['4', '5']) && media_type != Some("application/problem+json") {
                fault(&format!("{status} is no problem"));
            }
            if (status == "200" || status == "201")
                && content.is_none_or(|content| content.values().any(|media| !media["schema"].is_object()))
            {
                fault(&format!("{status} without schema"));
            }
        }
        if openapi::is_open(&path) == operation.get("security").is_some() {
            fault("open and locked at once, or neither");
        }
        if method == "get" && operation.get("requestBody").is_some() {
            fault("a body to read");
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let document = openapi::published();
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for (path, method, operation) in operations(&document) {
        let id = operation["operationId"].as_str().expect("an id").to_owned();
        assert!(id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_'), "{id}");
        if let Some(other) = ids.insert(id.clone(), format!("{method} {path}")) {
            panic!("{id} is {other} and {method} {path}");
        }
    }
}

#[test]
fn every_member_of_every_schema_is_described() {
    let document = openapi::published();
    let mut found = Vec::new();
    objects("schemas".to_owned(), &document["components"]["schemas"], &mut found);
    assert!(found.len() > 20);
    let mut silent = Vec::new();
    for (place, schema) in found {
        for (name, property) in schema["properties"].as_object().expect("properties") {
            if property["description"].as_str().is_none_or(str::is_empty) {
                silent.push(format!("{place}: {name}"));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn every_schema_is_one_and_every_reference_leads_somewhere() {
    let document = openapi::published();
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            panic!("{name}: {error}");
        }
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let pointer = reference.strip_prefix('#').expect("a reference into the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn every_body_has_an_example_that_it_would_take() {
    let document = openapi::published();
    let mut bodies = 0;
    for (path, method, operation) in operations(&document) {
        for (media_type, media) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
            bodies += 1;
            let example = media.get("example").unwrap_or_else(|| panic!("{method} {path}: {media_type} without example"));
            let faults: Vec<String> = validator(&document, &media["schema"])
                .iter_errors(example)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{method} {path}: {media_type}: {faults:?}");
            assert!(example.as_object().is_some_and(|members| !members.is_empty()), "{method} {path}: {media_type}: an empty example");
            let mut stranger = example.clone();
            stranger["no_such_member"] = json!(1);
            assert!(!validator(&document, &media["schema"]).is_valid(&stranger), "{method} {path}: {media_type} takes unknown members");
        }
    }
    assert!(bodies > 5);
}

#[test]
fn no_example_is_left_over() {
    let examples: Value = serde_json::from_str(include_str!("../../src/web/examples.json")).expect("JSON");
    let text = lawgate::web::openapi::document().to_json().expect("JSON");
    for name in examples.as_object().expect("an object").keys() {
        assert!(text.contains(&format!("\"#/components/schemas/{name}\"")), "{name} is no body");
    }
}

#[test]
fn the_examples_of_members_are_values_that_they_take() {
    let document = openapi::published();
    let mut found = Vec::new();
    objects("schemas".to_owned(), &document["components"]["schemas"], &mut found);
    for (place, schema) in found {
        for (name, property) in schema["properties"].as_object().expect("properties") {
            let shown = property.get("example").into_iter().chain(property["examples"].as_array().into_iter().flatten());
            for example in shown {
                assert!(validator(&document, property).is_valid(example), "{place}: {name}: {example}");
            }
        }
    }
}

/// The routes that `src/router.rs` mounts, with their methods.
fn mounted() -> BTreeMap<String, BTreeSet<String>> {
    let source = include_str!("../../src/router.rs");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in source.split("resource(").skip(1) {
        let Some(path) = call.trim_start().strip_prefix("config,").and_then(|rest| rest.trim_start().strip_prefix('"')) else { continue };
        let (path, rest) = path.split_once('"').expect("a path");
        let methods = rest.split_once('[').and_then(|(_, list)| list.split_once("]")).expect("a list of methods").0;
        let named = ["get", "post", "patch", "put", "delete"].into_iter().filter(|method| {
            methods
                .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != ':' && letter != '(')
                .any(|word| word.starts_with(&format!("{method}(")))
        });
        assert!(found.insert(path.to_owned(), named.map(str::to_owned).collect()).is_none(), "{path} is mounted twice");
    }
    found
}

#[test]
fn what_is_mounted_is_described_and_nothing_else() {
    let mut described: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, method, _) in operations(&openapi::published()) {
        described.entry(path).or_default().insert(method);
    }
    let mut mounted = mounted();
    assert!(mounted.len() > 10, "the source is read");
    assert_eq!(mounted.remove("/api/docs/"), Some(["get".to_owned()].into()), "the reference's other spelling");
    assert_eq!(mounted, described);
}
