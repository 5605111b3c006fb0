//! What surrounds every answer: the request id, problems in the reader's language, security headers, one log line.
//! It also turns what the framework itself answers into problems, so that a caller never meets another form.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use uuid::Uuid;

use super::kind::{self, Kind};
use super::memory;
use super::paced::{self, Paced};
use super::refusal::Refusal;
use crate::app::App;
use crate::base::said::Lang;
use crate::metrics;

/// The id of a request, taken over from the caller when well-formed.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The header that carries it both ways.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken over.
const REQUEST_ID_LENGTH_MAX: usize = 128;

/// Wraps one request.
///
/// # Errors
/// Never on its own: every error becomes a problem.
pub async fn envelope(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = std::time::Instant::now();
    let in_flight = metrics::InFlight::begin();
    let is_stopping = request.app_data::<Data<App>>().is_some_and(|app| app.stopping.is_begun());
    let id = request_id(&request);
    let lang = language(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    // The request is not cloned before routing: the router needs it for itself. An error here is one of no handler.
    let mut response = next.call(request).await?.map_into_boxed_body();
    let refused = response.response().error().and_then(refusal_of).map(|refusal| {
        report(refusal, &id);
        refusal.answer(lang, &id)
    });
    if let Some(answer) = refused {
        response = response.into_response(answer);
    } else if is_foreign_error(&response) {
        let mut answer = by_status(response.status()).answer(lang, &id);
        if let Some(allow) = response.headers().get(header::ALLOW) {
            answer.headers_mut().insert(header::ALLOW, allow.clone());
        }
        response = response.into_response(answer);
    }
    response = paced(response, lang, &id);
    if is_stopping {
        // A connection that is kept open would keep a service that stops waiting for it.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    let status = response.status();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(X_REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language, Authorization"));
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    }
    let (method, route) = (response.request().method().clone(), response.request().match_pattern());
    let route = route.unwrap_or_else(|| "-".to_owned());
    let elapsed = started.elapsed();
    drop(in_flight);
    metrics::observe(method.as_str(), &route, status.as_u16(), elapsed);
    tracing::info!(
        request_id = %id,
        method = %method,
        route = %route,
        status = status.as_u16(),
        duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    Ok(response)
}

/// A large answer takes its share of the memory for such answers, for as long as its caller reads it.
fn paced(response: ServiceResponse<BoxBody>, lang: Lang, id: &str) -> ServiceResponse<BoxBody> {
    let BodySize::Sized(length) = response.response().body().size() else { return response };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length < paced::LARGE_BYTES {
        return response;
    }
    let mut held = memory::LEAVING.hold();
    if let Err(refusal) = held.grow(length) {
        report(&refusal, id);
        return response.into_response(refusal.answer(lang, id));
    }
    response.map_body(|_, body| match body.try_into_bytes() {
        Ok(bytes) => BoxBody::new(Paced::new(bytes, held, paced::PATIENCE)),
        Err(body) => body,
    })
}

fn request_id(request: &ServiceRequest) -> String {
    request
        .headers()
        .get(&X_REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            !id.is_empty()
                && id.len() <= REQUEST_ID_LENGTH_MAX
                && id.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.:+/=".contains(letter))
        })
        .map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

fn language(request: &ServiceRequest) -> Lang {
    request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map_or(Lang::Zh, Lang::preferred)
}

fn refusal_of(error: &Error) -> Option<&Refusal> {
    error.as_error::<Refusal>()
}

fn report(refusal: &Refusal, id: &str) {
    if let Some(cause) = &refusal.cause {
        if refusal.kind.status >= 500 {
            tracing::error!(request_id = %id, code = refusal.kind.code, "refused: {cause}");
        } else {
            tracing::debug!(request_id = %id, code = refusal.kind.code, "refused: {cause}");
        }
    }
}

/// Whether an error answer was made by the framework and not by us.
fn is_foreign_error(response: &ServiceResponse<BoxBody>) -> bool {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return false;
    }
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !media_type.starts_with("application/problem+json")
}

fn by_status(status: StatusCode) -> Refusal {
    let kind: &'static Kind = match status.as_u16() {
        401 => kind::UNAUTHENTICATED,
        403 => kind::FORBIDDEN,
        404 => kind::NOT_FOUND,
        405 => kind::METHOD_NOT_ALLOWED,
        406 => kind::NOT_ACCEPTABLE,
        408 => kind::REQUEST_TIMEOUT,
        413 => kind::PAYLOAD_TOO_LARGE,
        415 => kind::UNSUPPORTED_MEDIA_TYPE,
        503 => kind::UNAVAILABLE,
        400..=499 => kind::BAD_REQUEST,
        _ => return Refusal::internal("the framework failed"),
    };
    Refusal::plain(kind)
}
