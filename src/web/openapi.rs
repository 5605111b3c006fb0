//! The OpenAPI 3.1 document, made from the handlers themselves. What every operation can answer is added here once.

use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::refusal::{Problem, ProblemError, ReasonBody};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "lawgate",
        description = "行政规范性文件合法性审查登记系统。A registry for the legality review of administrative normative documents.",
        license(name = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem, ProblemError, ReasonBody))
)]
struct Document;

/// The document with what all operations share.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.merge(crate::documents::http::Api::openapi());
    document.merge(crate::reviews::http::Api::openapi());
    document.merge(crate::meetings::http::Api::openapi());
    document.merge(crate::issuances::http::Api::openapi());
    document.merge(crate::filings::http::Api::openapi());
    document.merge(crate::cleanups::http::Api::openapi());
    document.merge(crate::demo::http::Api::openapi());
    if let Some(components) = document.components.as_mut() {
        components.add_security_scheme(
            "bearer",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("lg_…")
                    .description(Some("A token for one user and one body."))
                    .build(),
            ),
        );
    }
    for (path, item) in &mut document.paths.paths {
        let is_open = OPEN.iter().any(|open| path.starts_with(open));
        let operations = [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            if !is_open {
                operation.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
            }
            for (status, description) in SHARED_ANSWERS {
                if is_open && matches!(*status, "401" | "403") {
                    continue;
                }
                operation.responses.responses.entry((*status).to_owned()).or_insert_with(|| RefOr::T(problem(description)));
            }
        }
    }
    document
}

/// Paths that need no login.
const OPEN: &[&str] = &["/health/", "/metrics", "/api/v1/openapi.json", "/api/v1/public/"];

/// What any operation may answer besides its own.
const SHARED_ANSWERS: &[(&str, &str)] = &[
    ("400", "The request cannot be parsed, or a query parameter is unknown"),
    ("401", "No valid token"),
    ("403", "Known, but not allowed to this caller"),
    ("404", "There is no such thing, or the caller may not know of it"),
    ("409", "The state stands in the way"),
    ("412", "Changed since it was read"),
    ("413", "The body is too large"),
    ("415", "Unsupported media type or file"),
    ("422", "The input is not as required, or breaks a rule"),
    ("428", "If-Match is required"),
    ("503", "The database is away; see Retry-After"),
];

fn problem(description: &str) -> Response {
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", ContentBuilder::new().schema(Some(RefOr::Ref(Ref::from_schema_name("Problem")))).build())
        .build()
}
