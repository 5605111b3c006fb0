//! Every URL of the service in one list. A method that a path does not take is answered with the ones that it takes.

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Responder, Route};

use crate::base::said::Said;
use crate::cleanups;
use crate::demo;
use crate::documents;
use crate::evidence;
use crate::filings;
use crate::issuances;
use crate::journal;
use crate::meetings;
use crate::possible;
use crate::reviews;
use crate::service;
use crate::web::kind;
use crate::web::refusal::Refusal;

/// Mounts everything.
pub fn mount(config: &mut ServiceConfig) {
    mount_metrics(config);
    mount_without_metrics(config);
}

/// Mounts the figures and nothing else, for an address of their own.
pub fn mount_metrics_alone(config: &mut ServiceConfig) {
    mount_metrics(config);
    config.default_service(web::to(nothing_here));
}

/// Mounts everything but the figures.
pub fn mount_without_metrics(config: &mut ServiceConfig) {
    mount_service(config);
    mount_documents(config);
    mount_reviews(config);
    mount_meetings(config);
    mount_issuances(config);
    mount_filings(config);
    mount_cleanups(config);
    mount_evidence(config);
    mount_demo(config);
    config.default_service(web::to(nothing_here));
}

fn mount_metrics(config: &mut ServiceConfig) {
    resource(config, "/metrics", [get(service::http::metrics)]);
}

fn mount_evidence(config: &mut ServiceConfig) {
    resource(config, "/api/v1/events", [get(journal::http::events)]);
    resource(config, "/api/v1/events/stream", [get(journal::http::stream)]);
    resource(config, "/api/v1/audit/tree-head", [get(evidence::http::tree_head)]);
    resource(config, "/api/v1/audit/key", [get(evidence::http::key)]);
    resource(config, "/api/v1/audit/proofs/inclusion", [get(evidence::http::inclusion)]);
    resource(config, "/api/v1/audit/proofs/consistency", [get(evidence::http::consistency)]);
    resource(config, "/api/v1/audit/entries", [get(evidence::http::entries)]);
}

fn mount_documents(config: &mut ServiceConfig) {
    resource(config, "/api/v1/documents", [post(documents::http::create), get(documents::http::lists::list)]);
    resource(config, "/api/v1/documents/{id}", [get(documents::http::read), patch(documents::http::patch)]);
    resource(config, "/api/v1/documents/{id}/revisions", [post(documents::http::revisions::create), get(documents::http::revisions::list)]);
    resource(config, "/api/v1/documents/{id}/revisions/{n}", [get(documents::http::revisions::read)]);
    resource(config, "/api/v1/documents/{id}/revisions/{n}/file", [get(documents::http::revisions::file)]);
    resource(config, "/api/v1/documents/{id}/diff", [get(documents::http::revisions::diff)]);
    resource(config, "/api/v1/documents/{id}/actions", [get(possible::http::actions)]);
    resource(config, "/api/v1/documents/{id}/timeline", [get(documents::http::lists::timeline)]);
    resource(config, "/api/v1/documents/{id}/materials", [post(documents::http::materials::add), get(documents::http::materials::list)]);
    resource(config, "/api/v1/documents/{id}/materials/{material_id}", [get(documents::http::materials::read)]);
    resource(config, "/api/v1/documents/{id}/materials/{material_id}/file", [get(documents::http::materials::file)]);
}

fn mount_service(config: &mut ServiceConfig) {
    resource(config, "/health/live", [get(service::http::live)]);
    resource(config, "/health/ready", [get(service::http::ready)]);
    resource(config, "/api/v1/openapi.json", [get(service::http::openapi_json)]);
    resource(config, "/api/docs", [get(service::http::docs)]);
    resource(config, "/api/docs/", [get(service::http::docs)]);
    resource(config, "/api/docs/problems", [get(service::http::problems)]);
    resource(config, "/api/docs/{file}", [get(service::http::docs_file)]);
}

fn mount_reviews(config: &mut ServiceConfig) {
    use reviews::http;
    resource(config, "/api/v1/documents/{id}/submissions", [post(http::submit), get(http::submissions)]);
    resource(config, "/api/v1/documents/{id}/intake", [post(http::take_in)]);
    resource(config, "/api/v1/documents/{id}/counsel-opinions", [post(http::hear_counsel), get(http::counsel_opinions)]);
    resource(config, "/api/v1/documents/{id}/counsel-opinions/{counsel_opinion_id}", [get(http::counsel_opinion)]);
    resource(config, "/api/v1/documents/{id}/opinions", [post(http::opine), get(http::opinions)]);
    resource(config, "/api/v1/documents/{id}/withdrawal", [post(http::withdraw)]);
    resource(config, "/api/v1/documents/{id}/gate", [get(http::read_gate)]);
}

fn mount_meetings(config: &mut ServiceConfig) {
    use meetings::http::{create, list, patch as change, place_on_agenda, read, record_confirmation, record_decision, take_off_agenda};
    resource(config, "/api/v1/meetings", [get(list), post(create)]);
    resource(config, "/api/v1/meetings/{id}", [get(read), patch(change)]);
    resource(config, "/api/v1/meetings/{id}/agenda", [post(place_on_agenda)]);
    resource(config, "/api/v1/meetings/{id}/agenda/{document_id}", [delete(take_off_agenda)]);
    resource(config, "/api/v1/meetings/{id}/agenda/{document_id}/decision", [post(record_decision)]);
    resource(config, "/api/v1/meetings/{id}/agenda/{document_id}/confirmation", [post(record_confirmation)]);
}

fn mount_issuances(config: &mut ServiceConfig) {
    use issuances::http::{
        list_numbers, publication_file, read_issuance, read_publication, record_issuance, record_publication, void_issuance,
    };
    resource(config, "/api/v1/documents/{id}/issuance", [get(read_issuance), post(record_issuance)]);
    resource(config, "/api/v1/documents/{id}/issuance/void", [post(void_issuance)]);
    resource(config, "/api/v1/documents/{id}/publication", [get(read_publication), post(record_publication)]);
    resource(config, "/api/v1/documents/{id}/publication/file", [get(publication_file)]);
    resource(config, "/api/v1/numbers", [get(list_numbers)]);
}

fn mount_filings(config: &mut ServiceConfig) {
    resource(config, "/api/v1/documents/{id}/filing", [post(filings::http::file)]);
    resource(config, "/api/v1/filings", [get(filings::http::list)]);
    resource(config, "/api/v1/filings/{id}", [get(filings::http::read)]);
    resource(config, "/api/v1/filings/{id}/intake", [post(filings::http::intake)]);
    resource(config, "/api/v1/filings/{id}/supplement", [post(filings::http::supplement)]);
    resource(config, "/api/v1/filings/{id}/supplements/{supplement_id}/file", [get(filings::http::supplement_file)]);
    resource(config, "/api/v1/filings/{id}/review", [post(filings::http::review)]);
    resource(config, "/api/v1/filings/{id}/rectification", [post(filings::http::rectification)]);
}

fn mount_cleanups(config: &mut ServiceConfig) {
    resource(config, "/api/v1/cleanups", [get(cleanups::http::list), post(cleanups::http::open)]);
    resource(config, "/api/v1/cleanups/{id}", [get(cleanups::http::read)]);
    resource(config, "/api/v1/cleanups/{id}/candidates", [get(cleanups::http::candidates)]);
    resource(config, "/api/v1/cleanups/{id}/results", [post(cleanups::http::propose)]);
    resource(config, "/api/v1/cleanups/{id}/publication", [post(cleanups::http::publish)]);
}

fn mount_demo(config: &mut ServiceConfig) {
    resource(config, "/api/v1/demo/clock", [post(demo::http::move_clock)]);
}

/// What a path answers to one method.
struct Method {
    name: &'static str,
    routes: Vec<Route>,
}

/// Mounts a path with its methods, and 405 with `Allow` for all others.
fn resource<const N: usize>(config: &mut ServiceConfig, path: &str, methods: [Method; N]) {
    let mut names: Vec<&str> = Vec::new();
    for method in &methods {
        names.push(method.name);
        if method.name == "GET" {
            names.push("HEAD");
        }
    }
    let allow = names.join(", ");
    let mut resource = web::resource(path.to_owned());
    for method in methods {
        for route in method.routes {
            resource = resource.route(route);
        }
    }
    config.service(resource.default_service(web::to(move || not_allowed(allow.clone()))));
}

async fn not_allowed(allow: String) -> Result<HttpResponse, Refusal> {
    let refusal = Refusal::new(
        kind::METHOD_NOT_ALLOWED,
        Said::new(format!("此地址只接受这些请求方法：{allow}。"), format!("This address takes these methods only: {allow}.")),
    );
    Err(match header::HeaderValue::from_str(&allow) {
        Ok(value) => refusal.with_header(header::ALLOW, value),
        Err(_) => refusal,
    })
}

async fn nothing_here(_: HttpRequest) -> Result<HttpResponse, Refusal> {
    Err(Refusal::not_found())
}

fn get<F, Args>(handler: F) -> Method
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Method { name: "GET", routes: vec![web::get().to(handler.clone()), web::head().to(handler)] }
}

fn post<F, Args>(handler: F) -> Method
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Method { name: "POST", routes: vec![web::post().to(handler)] }
}

fn patch<F, Args>(handler: F) -> Method
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Method { name: "PATCH", routes: vec![web::patch().to(handler)] }
}

fn delete<F, Args>(handler: F) -> Method
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Method { name: "DELETE", routes: vec![web::delete().to(handler)] }
}
