//! The routes of issuances: parse, call one action, answer. No rule and no SQL stands here.

use utoipa::OpenApi;

/// The operations of this feature.
#[derive(OpenApi)]
#[openapi(paths())]
pub struct Api;
