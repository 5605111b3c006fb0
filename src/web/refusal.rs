//! Why a call was not carried out, in the words of the catalogue; and its RFC 9457 body.
//! Actions and rules make refusals without knowing HTTP beyond the catalogue's status.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use diesel::result::Error as DieselError;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::kind::{self, Kind};
use crate::base::db::{self, Trouble};
use crate::base::said::{Lang, Said};
use crate::base::together::Consequence;

/// One reason among several, with its stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable word.
    pub code: &'static str,
    /// The sentence for the reader.
    pub detail: Said,
}

/// What is wrong with one part of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to the part.
    pub pointer: String,
    /// What kind of fault.
    pub kind: &'static Kind,
    /// What is wrong and what to do, for the reader.
    pub detail: Said,
}

impl FieldError {
    /// A fault at a pointer.
    pub fn new(pointer: impl Into<String>, kind: &'static Kind, detail: Said) -> Self {
        Self { pointer: pointer.into(), kind, detail }
    }
}

/// A refusal of a call. Its parts stand behind a pointer, so that the way of success does not carry their size.
#[derive(Debug)]
pub struct Refusal(Box<Parts>);

/// The parts of a refusal.
#[derive(Debug)]
pub struct Parts {
    /// Which problem of the catalogue.
    pub kind: &'static Kind,
    /// The sentence for the reader.
    pub detail: Said,
    /// Faults of the input, all at once.
    pub errors: Vec<FieldError>,
    /// All reasons at once, where the state stands in the way.
    pub reasons: Vec<Reason>,
    /// Further members of the problem, such as `stage`, `step` and `allowed`.
    pub members: Map<String, Value>,
    /// Further headers of the answer.
    pub headers: Vec<(header::HeaderName, HeaderValue)>,
    /// What went wrong inside, for the log only.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Refusal {
    /// A refusal with a sentence of its own.
    #[must_use]
    pub fn new(kind: &'static Kind, detail: Said) -> Self {
        Self(Box::new(Parts {
            kind,
            detail,
            errors: Vec::new(),
            reasons: Vec::new(),
            members: Map::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// A refusal that says no more than its title.
    #[must_use]
    pub fn plain(kind: &'static Kind) -> Self {
        Self::new(kind, Said::fixed(kind.zh, kind.en))
    }

    /// What one may not know exists, or what does not.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(kind::NOT_FOUND, Said::fixed("没有这样的内容，或者您无权得知。", "There is no such thing, or you may not know of it."))
    }

    /// Known, but not allowed to this caller.
    #[must_use]
    pub fn forbidden(detail: Said) -> Self {
        Self::new(kind::FORBIDDEN, detail)
    }

    /// One value that breaks a rule.
    pub fn field(pointer: impl Into<String>, kind: &'static Kind, detail: Said) -> Self {
        Self::fields(vec![FieldError::new(pointer, kind, detail)])
    }

    /// Several values that break rules; the problem's code is that of the first, its sentence names all.
    #[must_use]
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let kind = errors.first().map_or(kind::INVALID_INPUT, |first| first.kind);
        let mut refusal = Self::new(kind, all_said(&errors));
        refusal.errors = errors;
        refusal
    }

    /// A shape that is not what the call takes: all faults at once under one code.
    #[must_use]
    pub fn shape(errors: Vec<FieldError>) -> Self {
        let detail = Said::new(
            format!("提交的内容有 {} 处不符合要求，请按 errors 逐项改正。", errors.len()),
            format!("{} part(s) of the input are not as required; errors names each.", errors.len()),
        );
        let mut refusal = Self::new(kind::INVALID_INPUT, detail);
        refusal.errors = errors;
        refusal
    }

    /// The state stands in the way, for all these reasons.
    #[must_use]
    pub fn closed(kind: &'static Kind, detail: Said, reasons: Vec<Reason>) -> Self {
        let mut refusal = Self::new(kind, detail);
        refusal.reasons = reasons;
        refusal
    }

    /// Adds a member to the problem.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds what went wrong inside, for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Something that should not have happened; the caller learns nothing but the request id.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = Said::fixed(
            "服务内部出错，操作没有进行。请记下请求编号并联系管理员。",
            "Something went wrong inside; nothing was done. Note the request id and tell the administrator.",
        );
        Self::new(kind::INTERNAL, detail).caused_by(cause)
    }

    /// The database is away for a moment.
    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail =
            Said::fixed("数据库暂时无法使用，操作没有进行，请稍后再试。", "The database is away; nothing was done. Try again shortly.");
        Self::new(kind::UNAVAILABLE, detail).caused_by(cause).retried_after("2")
    }

    /// The database has too much to do, or did not answer in time.
    pub fn busy(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = Said::fixed(
            "数据库繁忙，未能及时应答，操作没有进行，请稍后再试。",
            "The database is busy and did not answer in time; nothing was done. Try again shortly.",
        );
        Self::new(kind::UNAVAILABLE, detail).caused_by(cause).retried_after("5")
    }

    /// Others already send or read so much that there is no memory for this call.
    pub fn crowded(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = Said::fixed(
            "同时传送的文件过多，操作没有进行，请稍后再试。",
            "Too many files are being sent or read at once; nothing was done. Try again shortly.",
        );
        Self::new(kind::UNAVAILABLE, detail).caused_by(cause).retried_after("10")
    }

    /// The disk of the database is full. Nothing was written, and what is there can still be read.
    pub fn storage_full(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = Said::fixed(
            "数据库的磁盘已满，操作没有进行；已有内容仍可查阅。请联系管理员腾出空间，然后再试。",
            "The disk of the database is full; nothing was done, and what is there can still be read. Ask the administrator to make room, then try again.",
        );
        Self::new(kind::STORAGE_FULL, detail).caused_by(cause).retried_after("60")
    }

    /// The database went away while it was committing: the act may have been done.
    pub fn outcome_unknown(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = Said::fixed(
            "提交时与数据库的连接中断，操作可能已经完成，也可能没有。请重新读取核实；若请求带有 Idempotency-Key，原样重发即可，不会重复办理。",
            "The connection to the database broke during the commit: the act may have been done or not. Read again to see; a request with an Idempotency-Key can simply be repeated and is done once.",
        );
        Self::new(kind::OUTCOME_UNKNOWN, detail).caused_by(cause).retried_after("2")
    }

    fn retried_after(self, seconds: &'static str) -> Self {
        self.with_header(header::RETRY_AFTER, HeaderValue::from_static(seconds))
    }

    /// The same refusal with a sentence that says more.
    #[must_use]
    pub fn saying(mut self, detail: Said) -> Self {
        self.detail = detail;
        self
    }

    /// Whether the state or a value refused, as opposed to identity, permission or form: what a dry run reports as `allowed: false`.
    #[must_use]
    pub fn is_of_the_procedure(&self) -> bool {
        self.kind.status == 409
            || (self.kind.status == 422 && self.kind != kind::INVALID_INPUT && self.kind != kind::IDEMPOTENCY_KEY_REUSED)
    }

    /// The reasons of this refusal as a list, whatever form it has.
    #[must_use]
    pub fn as_reasons(&self) -> Vec<Reason> {
        if !self.reasons.is_empty() {
            self.reasons.clone()
        } else if !self.errors.is_empty() {
            self.errors.iter().map(|error| Reason { code: error.kind.code, detail: error.detail.clone() }).collect()
        } else {
            vec![Reason { code: self.kind.code, detail: self.detail.clone() }]
        }
    }

    /// The answer, in one language.
    #[must_use]
    pub fn answer(&self, lang: Lang, request_id: &str) -> HttpResponse {
        let title = match lang {
            Lang::Zh => self.kind.zh,
            Lang::En => self.kind.en,
        };
        let mut body = json!({
            "type": format!("/api/docs/problems#{}", self.kind.code),
            "title": title,
            "status": self.kind.status,
            "detail": self.detail.in_lang(lang),
            "instance": request_id,
            "code": self.kind.code,
        });
        if let Some(members) = body.as_object_mut() {
            if !self.errors.is_empty() {
                let errors: Vec<Value> = self
                    .errors
                    .iter()
                    .map(|error| json!({"pointer": error.pointer, "code": error.kind.code, "detail": error.detail.in_lang(lang)}))
                    .collect();
                members.insert("errors".to_owned(), errors.into());
            }
            if !self.reasons.is_empty() {
                members.insert("reasons".to_owned(), reasons_in(&self.reasons, lang));
            }
            members.extend(self.members.clone());
        }
        let status = StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = HttpResponse::build(status);
        for (name, value) in &self.headers {
            answer.insert_header((name.clone(), value.clone()));
        }
        if self.kind == kind::UNAUTHENTICATED {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"lawgate\", charset=\"UTF-8\""));
        }
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        answer.content_type("application/problem+json").body(body.to_string())
    }
}

/// How many faults one sentence tells before it refers to `errors`.
const TOLD_MAX: usize = 5;

/// What several faults say, each sentence once.
fn all_said(errors: &[FieldError]) -> Said {
    let mut told: Vec<&Said> = Vec::new();
    for error in errors {
        if !told.contains(&&error.detail) {
            told.push(&error.detail);
        }
    }
    match told.as_slice() {
        [] => Said::fixed("提交的内容不符合要求。", "The input is not as required."),
        [one] => (*one).clone(),
        several => {
            let joined = |lang, with| several.iter().take(TOLD_MAX).map(|said| said.in_lang(lang)).collect::<Vec<_>>().join(with);
            let (zh, en) = if several.len() > TOLD_MAX { ("其余见 errors。", " See errors for the others.") } else { ("", "") };
            Said::new(
                format!("共有 {} 处不符合要求：{}{zh}", several.len(), joined(Lang::Zh, "")),
                format!("{} faults: {}{en}", several.len(), joined(Lang::En, " ")),
            )
        }
    }
}

/// Reasons as the API writes them.
#[must_use]
pub fn reasons_in(reasons: &[Reason], lang: Lang) -> Value {
    reasons.iter().map(|reason| json!({"code": reason.code, "detail": reason.detail.in_lang(lang)})).collect::<Vec<_>>().into()
}

impl std::ops::Deref for Refusal {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl std::ops::DerefMut for Refusal {
    fn deref_mut(&mut self) -> &mut Parts {
        &mut self.0
    }
}

impl Consequence for Refusal {
    fn is_consequence(&self) -> bool {
        self.cause.as_ref().and_then(|cause| cause.downcast_ref::<DieselError>()).is_some_and(Consequence::is_consequence)
    }
}

impl From<DieselError> for Refusal {
    fn from(error: DieselError) -> Self {
        match db::trouble(&error) {
            Some(Trouble::Away) => Self::unavailable(error),
            Some(Trouble::Busy) => Self::busy(error),
            Some(Trouble::Full) => Self::storage_full(error),
            None => Self::internal(error),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.kind.code, self.detail.in_lang(Lang::En))
    }
}

impl actix_web::ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Only what reaches no envelope is answered here; the envelope writes it anew in the reader's language.
    fn error_response(&self) -> HttpResponse {
        self.answer(Lang::Zh, "")
    }
}

/// A problem as RFC 9457 describes it; every answer of 400 and above has this form.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// URI of the kind of problem, where the service documents it.
    #[serde(rename = "type")]
    #[schema(example = "/api/docs/problems#gate_closed")]
    pub kind: String,
    /// Short title of the kind.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What happened here and what to do next, in the reader's language.
    pub detail: String,
    /// The request id.
    pub instance: String,
    /// Stable word for programs.
    #[schema(example = "gate_closed")]
    pub code: String,
    /// For bad input: every fault with its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<ProblemError>>,
    /// Where the state stands in the way: every reason at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<ReasonBody>>,
    /// With `wrong_step`: the stage at which the document stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// With `wrong_step`: the step at which the document stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// With `wrong_step`: the actions that are possible now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<String>>,
}

/// One fault of the input.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemError {
    /// JSON pointer to the faulty part.
    #[schema(example = "/effective_date")]
    pub pointer: String,
    /// Stable word.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// What a call with `dry_run=true` answers: nothing was written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Trial {
    /// Whether the act would be done.
    pub allowed: bool,
    /// Why not, all reasons at once; empty where it would be done.
    pub reasons: Vec<ReasonBody>,
}

/// One reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonBody {
    /// Stable word.
    #[schema(example = "opinion_stale")]
    pub code: String,
    /// The sentence for the reader.
    pub detail: String,
}
