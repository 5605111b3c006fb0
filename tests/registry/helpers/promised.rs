//! Holds every answer that any test gets to the published document: the status is one that the operation names, and the body is of
//! the schema that it names for it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::OnceLock;

use jsonschema::{Draft, Validator};
use serde_json::Value;

thread_local! {
    static KNOWN: RefCell<HashMap<String, Rc<Validator>>> = RefCell::default();
}

fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(lawgate::web::openapi::published)
}

/// The path of the document that an address falls under; a fixed word goes before a parameter.
fn template(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &&String| {
        let wanted: Vec<&str> = template.split('/').collect();
        wanted.len() == parts.len()
            && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') && !part.is_empty() || wanted == part)
    };
    let paths = document()["paths"].as_object().expect("paths");
    paths.keys().filter(fits).min_by_key(|template| template.matches('{').count()).map(String::as_str)
}

/// Checks an answer. `path` may carry a query.
pub fn check(method: &str, path: &str, status: u16, media_type: &str, body: &[u8]) {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let Some(template) = template(path) else { return };
    let wanted = if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() };
    let Some(operation) = document()["paths"][template].get(&wanted) else { return };
    let Some(response) = operation["responses"].get(status.to_string()) else {
        panic!("{method} {template} answered {status}, which its description does not name: {}", String::from_utf8_lossy(body));
    };
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let Some(content) = response["content"].as_object() else {
        assert!(body.is_empty(), "{method} {template}: {status} has a body that is not described");
        return;
    };
    if method == "HEAD" {
        return;
    }
    let Some(media) = content.get(media_type) else {
        // A file is described by one media type and is of the one that it was handed in with.
        let is_file = content.contains_key("application/octet-stream");
        assert!(is_file, "{method} {template}: {status} is described as {:?}, not {media_type}", content.keys());
        return;
    };
    if !media_type.ends_with("json") {
        return;
    }
    let place = format!("{wanted} {template} {status} {media_type}");
    let validator = KNOWN.with(|known| known.borrow().get(&place).cloned()).unwrap_or_else(|| {
        let mut schema = media["schema"].clone();
        schema["components"] = document()["components"].clone();
        let built = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(&schema).expect("a schema");
        let built = Rc::new(built);
        KNOWN.with(|known| known.borrow_mut().insert(place.clone(), Rc::clone(&built)));
        built
    });
    let value: Value = serde_json::from_slice(body).unwrap_or_else(|error| panic!("{place}: {error}"));
    let faults: Vec<String> = validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{place} is not as described: {faults:#?}\n{value}");
}
