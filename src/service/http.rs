//! The routes of the service itself, all without login.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

use super::health;
use super::pages;
use crate::web::call::{Answer, Ctx};
use crate::web::openapi;
use crate::web::reply::Reply;

/// The operations of the service itself.
#[derive(OpenApi)]
#[openapi(paths(live, ready, metrics, openapi_json, docs, docs_file, problems))]
pub struct Api;

/// The process is up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Live {
    /// Always `live`.
    #[schema(example = "live")]
    pub status: String,
    /// The version of the program.
    #[schema(example = "0.1.0")]
    pub version: String,
}

/// The service can work.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    /// Always `ready`; a service that is not answers 503.
    #[schema(example = "ready")]
    pub status: String,
    /// The migration at which the database stands.
    #[schema(example = "20261101000001")]
    pub migration: String,
}

/// Whether the process is up
///
/// Asks nothing but the process itself: 200 also while the database is away.
#[utoipa::path(get, path = "/health/live", tag = "service", responses((status = 200, description = "The process is up", body = Live)))]
pub async fn live(ctx: Ctx) -> Answer {
    ctx.no_query()?;
    let live = Live { status: "live".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    Ok(Reply::ok(&live)?.into_response(None))
}

/// Whether the service can work
///
/// The database is reached and migrated to the version of this program, and the service has not been told to stop. 503 with `Retry-After` otherwise.
#[utoipa::path(get, path = "/health/ready", tag = "service", responses((status = 200, description = "The service can work", body = Ready)))]
pub async fn ready(ctx: Ctx) -> Answer {
    ctx.no_query()?;
    let ready = Ready { status: "ready".to_owned(), migration: health::ready(ctx.app()).await? };
    Ok(Reply::ok(&ready)?.into_response(None))
}

/// Figures for Prometheus
///
/// Answers by method, route and status, how the database and the service's own jobs fare, and what the process uses. No personal data.
/// `docs/OPERATIONS.md` names every figure.
#[utoipa::path(get, path = "/metrics", tag = "service",
    responses((status = 200, description = "The figures", body = String, content_type = "text/plain")))]
pub async fn metrics(ctx: Ctx) -> Answer {
    ctx.no_query()?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(crate::metrics::text(ctx.app())))
}

/// This document
///
/// The OpenAPI 3.1 document of this version; `lawgate openapi` prints the same.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "service",
    responses((status = 200, description = "The OpenAPI document", body = Object),
        (status = 304, description = "Nothing changed since the named reading")))]
pub async fn openapi_json(ctx: Ctx) -> Answer {
    ctx.no_query()?;
    let reply =
        Reply::Json { status: actix_web::http::StatusCode::OK, location: None, body: openapi::text().to_owned(), tagged: true, next: None };
    Ok(reply.into_response(ctx.if_none_match()))
}

/// The browsable reference
///
/// An HTML page over this document, with or without a slash at its end. It loads nothing from elsewhere.
#[utoipa::path(get, path = "/api/docs", tag = "service",
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub async fn docs(ctx: Ctx) -> Answer {
    ctx.no_query()?;
    Ok(pages::page(pages::REFERENCE.to_owned()))
}

/// A file of the browsable reference
///
/// Scripts, styles and pictures of the page at `/api/docs`.
#[utoipa::path(get, path = "/api/docs/{file}", tag = "service", params(("file" = String, Path, description = "The file's name", example = "swagger-ui.css")),
    responses((status = 200, description = "The file", body = String, content_type = "application/octet-stream")))]
pub async fn docs_file(_: Ctx, file: Path<String>) -> Answer {
    pages::file(&file)
}

/// Every kind of problem
///
/// The page that the `type` of every problem leads to: all codes with status and title, and the reasons that can close the gate.
#[utoipa::path(get, path = "/api/docs/problems", tag = "service",
    responses((status = 200, description = "The page", body = String, content_type = "text/html")))]
pub async fn problems(ctx: Ctx) -> Answer {
    ctx.no_query()?;
    Ok(pages::page(pages::problems()))
}
