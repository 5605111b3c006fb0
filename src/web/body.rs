//! Request bodies: JSON or a multipart form, bounded before they are read, brought to one form for the shape check.
//! It does not look into files; reading them is the business of `reading`.

use std::sync::Arc;
use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::web::Payload;
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::json::{self, Parsed};
use super::kind;
use super::memory::{self, Held};
use super::refusal::{FieldError, Refusal};
use super::shape;
use crate::base::said::Said;

/// The largest JSON body: a text of 2 million characters with its escapes.
pub const JSON_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The largest multipart body, file and fields together.
pub const MULTIPART_BYTES_MAX: usize = 21 * 1024 * 1024;
/// The largest file within a form.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;
/// How long a body may take to arrive: the largest form over a line of 1.5 Mbit/s.
pub const BODY_PATIENCE: Duration = Duration::from_secs(120);
/// How many parts a form may have; no call takes more than a dozen.
const PARTS_MAX: usize = 64;

/// A file that came with a form. Its declared type is not kept: content tells what it is.
#[derive(Debug)]
pub struct Upload {
    /// The name under which it was sent, without any path.
    pub file_name: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// The memory that the form takes, which is not given back before the file is done with.
    held: Option<Arc<Held>>,
}

impl Upload {
    /// A file that came by no form.
    #[must_use]
    pub fn of(file_name: String, content: Vec<u8>) -> Self {
        Self { file_name, content, held: None }
    }
}

/// A body that has not been read yet, so that identity and permission are asked first.
pub struct RawBody {
    request: HttpRequest,
    payload: Payload,
}

impl FromRequest for RawBody {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        std::future::ready(Payload::from_request(&request, payload).into_inner().map(|payload| Self { request, payload }))
    }
}

/// A body that was read: its members, its file, and a fingerprint for idempotency keys.
#[derive(Debug, Default)]
pub struct Read {
    members: Map<String, Value>,
    /// Text parts of a form, still without types.
    parts: Vec<(String, String)>,
    /// The file of a form.
    pub upload: Option<Upload>,
    /// What a repeated request must equal.
    pub fingerprint: Vec<u8>,
    /// The memory that it takes, given back with it.
    held: Option<Arc<Held>>,
}

impl RawBody {
    /// Reads a JSON body, or a form where `forms` says that the call takes one.
    ///
    /// # Errors
    /// 400 what cannot be parsed, 408 what does not arrive in time, 413 too large, 415 another type.
    pub async fn read(self, forms: Forms) -> Result<Read, Refusal> {
        self.read_within(BODY_PATIENCE, forms).await
    }

    async fn read_within(self, patience: Duration, forms: Forms) -> Result<Read, Refusal> {
        tokio::time::timeout(patience, self.read_all(forms)).await.unwrap_or_else(|_| Err(too_slow(patience)))
    }

    async fn read_all(self, forms: Forms) -> Result<Read, Refusal> {
        let essence = content_type(&self.request);
        match (essence.as_deref(), forms) {
            (Some("multipart/form-data"), Forms::Taken) => self.read_form().await,
            (Some("application/json"), _) | (Some("application/merge-patch+json"), Forms::MergePatch) => self.read_json().await,
            (None, _) => {
                let read = self.read_json_or_nothing().await?;
                read.ok_or_else(|| unsupported(forms))
            }
            (Some(_), _) => Err(unsupported(forms)),
        }
    }

    async fn read_json(self) -> Result<Read, Refusal> {
        let (bytes, held) = self.bytes(JSON_BYTES_MAX).await?;
        let mut read = parse_json(&bytes)?;
        read.held = Some(Arc::new(held));
        Ok(read)
    }

    /// A call without a declared type may still be empty, which the shape check then judges.
    async fn read_json_or_nothing(self) -> Result<Option<Read>, Refusal> {
        let (bytes, _) = self.bytes(JSON_BYTES_MAX).await?;
        if bytes.is_empty() { Ok(Some(Read::default())) } else { Ok(None) }
    }

    async fn bytes(mut self, limit: usize) -> Result<(Vec<u8>, Held), Refusal> {
        refuse_declared_length(&self.request, limit)?;
        let mut held = memory::ARRIVING.hold();
        let mut bytes = Vec::new();
        while let Some(chunk) = self.payload.next().await {
            let chunk = chunk.map_err(broken_body)?;
            if bytes.len() + chunk.len() > limit {
                return Err(too_large(limit));
            }
            held.grow(chunk.len())?;
            bytes.extend_from_slice(&chunk);
        }
        Ok((bytes, held))
    }

    async fn read_form(self) -> Result<Read, Refusal> {
        refuse_declared_length(&self.request, MULTIPART_BYTES_MAX)?;
        let mut form = Multipart::new(self.request.headers(), self.payload);
        let mut read = Read::default();
        let mut held = memory::ARRIVING.hold();
        let mut total = 0_usize;
        let mut count = 0_usize;
        while let Some(field) = form.next().await {
            let mut field = field.map_err(|error| broken_form(&error))?;
            count += 1;
            if count > PARTS_MAX {
                return Err(Refusal::new(kind::PAYLOAD_TOO_LARGE, Said::fixed("表单的部分过多。", "The form has too many parts.")));
            }
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.content_disposition().and_then(|disposition| disposition.get_filename().map(base_name));
            let mut content = Vec::new();
            while let Some(chunk) = field.next().await {
                let chunk = chunk.map_err(|error| broken_form(&error))?;
                total += chunk.len();
                if total > MULTIPART_BYTES_MAX || content.len() + chunk.len() > FILE_BYTES_MAX {
                    return Err(too_large(FILE_BYTES_MAX));
                }
                held.grow(chunk.len())?;
                content.extend_from_slice(&chunk);
            }
            fingerprint_part(&mut read.fingerprint, &name, file_name.as_deref(), &content);
            if name == "file" {
                if read.upload.is_some() {
                    return Err(Refusal::field("/file", kind::DUPLICATE, Said::fixed("只能提交一个文件。", "Only one file is taken.")));
                }
                read.upload = Some(Upload::of(file_name.unwrap_or_else(|| "file".to_owned()), content));
            } else {
                let text = String::from_utf8(content).map_err(|_| {
                    Refusal::new(
                        kind::MALFORMED_BODY,
                        Said::new(format!("表单项 {name} 不是 UTF-8。"), format!("The part {name} is not UTF-8.")),
                    )
                })?;
                read.parts.push((name, text));
            }
        }
        let held = Arc::new(held);
        if let Some(upload) = &mut read.upload {
            upload.held = Some(Arc::clone(&held));
        }
        read.held = Some(held);
        Ok(read)
    }
}

/// Which kinds of body a call takes besides JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forms {
    /// JSON only.
    Refused,
    /// JSON or a multipart form with a file.
    Taken,
    /// JSON or a merge patch.
    MergePatch,
}

impl Read {
    /// The body as its type, shape checked.
    ///
    /// # Errors
    /// 422 with every fault.
    pub fn shaped<T: DeserializeOwned + ToSchema>(&mut self) -> Result<T, Refusal> {
        self.shaped_beside(false)
    }

    /// As [`Read::shaped`], of a form with its file: a call that takes a text, as `text` or as `file`, misses it with all else
    /// that is missing.
    ///
    /// # Errors
    /// 422 with every fault.
    pub fn shaped_with_file<T: DeserializeOwned + ToSchema>(&mut self) -> Result<(T, Option<Upload>), Refusal> {
        let upload = self.upload.take();
        let named = upload.is_some() || self.members.contains_key("text") || self.parts.iter().any(|(name, _)| name == "text");
        let shaped = self.shaped_beside(!named && shape::property(&T::name(), "text").is_some())?;
        Ok((shaped, upload))
    }

    fn shaped_beside<T: DeserializeOwned + ToSchema>(&mut self, lacks_text: bool) -> Result<T, Refusal> {
        let name = T::name();
        let mut members = std::mem::take(&mut self.members);
        for (part, text) in std::mem::take(&mut self.parts) {
            let value = match shape::property(&name, &part) {
                Some(schema) => typed(&schema, text),
                None => Value::String(text),
            };
            match (members.get_mut(&part), value) {
                // A list may be given as one part per item.
                (Some(Value::Array(items)), Value::Array(more)) => items.extend(more),
                (Some(_), _) => {
                    return Err(Refusal::field(
                        format!("/{part}"),
                        kind::DUPLICATE,
                        Said::new(format!("{part} 出现了两次。"), format!("{part} is given twice.")),
                    ));
                }
                (None, value) => {
                    members.insert(part, value);
                }
            }
        }
        shape::read(Value::Object(members)).map_err(|mut refusal| {
            if !lacks_text || refusal.kind != kind::INVALID_INPUT {
                return refusal;
            }
            let mut errors = std::mem::take(&mut refusal.errors);
            errors.push(text_or_file());
            Refusal::shape(errors)
        })
    }
}

/// The value that a text part stands for, by the published schema of its member.
fn typed(schema: &Value, text: String) -> Value {
    if shape::takes(schema, "string") {
        return Value::String(text);
    }
    if shape::takes(schema, "array") {
        return match strict(&text) {
            Some(Value::Array(items)) => Value::Array(items),
            Some(one @ Value::Object(_)) => Value::Array(vec![one]),
            Some(_) | None => Value::Array(vec![Value::String(text)]),
        };
    }
    strict(&text).unwrap_or(Value::String(text))
}

/// The JSON of a text part; what is none, or names a member twice, stays the text that it is and is judged as such.
fn strict(text: &str) -> Option<Value> {
    json::parse(text.as_bytes()).ok().filter(|parsed| parsed.twice.is_empty()).map(|parsed| parsed.value)
}

fn parse_json(bytes: &[u8]) -> Result<Read, Refusal> {
    if bytes.trim_ascii().is_empty() {
        return Err(Refusal::new(
            kind::MALFORMED_BODY,
            Said::fixed(
                "没有提交正文；请提交 JSON 对象，没有内容可填时提交 {}。",
                "There is no body; send a JSON object, {} where there is nothing to say.",
            ),
        ));
    }
    let Parsed { value, twice } = json::parse(bytes).map_err(|error| {
        Refusal::new(
            kind::MALFORMED_BODY,
            Said::new(
                format!("正文不是有效的 JSON（第 {} 行第 {} 列）。", error.line(), error.column()),
                format!("The body is not valid JSON (line {}, column {}).", error.line(), error.column()),
            ),
        )
    })?;
    if !twice.is_empty() {
        return Err(Refusal::fields(twice.into_iter().map(given_twice).collect()));
    }
    match value {
        Value::Object(members) => {
            let fingerprint = serde_json_canonicalizer::to_vec(&Value::Object(members.clone())).map_err(Refusal::internal)?;
            Ok(Read { members, fingerprint, ..Read::default() })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Err(Refusal::shape(vec![FieldError::new(
            "",
            kind::WRONG_TYPE,
            Said::fixed("正文应为 JSON 对象。", "The body must be a JSON object."),
        )])),
    }
}

/// The fault of a call that gives its text neither as `text` nor as `file`, or as both.
#[must_use]
pub fn text_or_file() -> FieldError {
    FieldError::new(
        "/text",
        kind::TEXT_OR_FILE,
        Said::fixed("请提供 text 或 file，二者取一。", "Give either text or file, one of the two."),
    )
}

/// One of the two would silently win, and nobody could say which was meant.
fn given_twice(pointer: String) -> FieldError {
    let said = Said::new(
        format!("{pointer} 在正文中出现了两次，请只保留一处。"),
        format!("{pointer} is given twice in the body; keep one of them."),
    );
    FieldError::new(pointer, kind::DUPLICATE, said)
}

fn fingerprint_part(fingerprint: &mut Vec<u8>, name: &str, file_name: Option<&str>, content: &[u8]) {
    for piece in [name.as_bytes(), file_name.unwrap_or_default().as_bytes(), content] {
        fingerprint.extend_from_slice(&(piece.len() as u64).to_be_bytes());
        fingerprint.extend_from_slice(piece);
    }
}

/// The last component of a name that may carry a path of the sender's machine.
fn base_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|letter| !letter.is_control()).take(200).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean }
}

fn content_type(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn refuse_declared_length(request: &HttpRequest, limit: usize) -> Result<(), Refusal> {
    let declared =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) { Err(too_large(limit)) } else { Ok(()) }
}

fn too_large(limit: usize) -> Refusal {
    let mebibytes = limit / (1024 * 1024);
    Refusal::new(
        kind::PAYLOAD_TOO_LARGE,
        Said::new(format!("内容超过上限 {mebibytes} MiB。"), format!("The content is larger than the limit of {mebibytes} MiB.")),
    )
}

fn too_slow(patience: Duration) -> Refusal {
    let seconds = patience.as_secs();
    Refusal::new(
        kind::REQUEST_TIMEOUT,
        Said::new(
            format!("内容未能在 {seconds} 秒内传完，请检查网络后重新提交。"),
            format!("The body did not arrive within {seconds} seconds; check the network and send it again."),
        ),
    )
}

fn unsupported(forms: Forms) -> Refusal {
    let accepted = match forms {
        Forms::Refused => "application/json",
        Forms::Taken => "application/json, multipart/form-data",
        Forms::MergePatch => "application/json, application/merge-patch+json",
    };
    Refusal::new(
        kind::UNSUPPORTED_MEDIA_TYPE,
        Said::new(format!("请以下列内容类型提交：{accepted}。"), format!("Send one of these content types: {accepted}.")),
    )
}

fn broken_body(error: actix_web::error::PayloadError) -> Refusal {
    Refusal::new(kind::BAD_REQUEST, Said::fixed("请求正文没有收完整。", "The body did not arrive whole.")).caused_by(error.to_string())
}

fn broken_form(error: &actix_multipart::MultipartError) -> Refusal {
    Refusal::new(kind::MALFORMED_BODY, Said::fixed("表单格式不完整或有误。", "The form is incomplete or malformed."))
        .caused_by(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::test::TestRequest;
    use actix_web::web::{Bytes, Payload};
    use actix_web::{FromRequest, dev, http::header};
    use futures_util::{Stream, StreamExt, stream};

    use super::{Forms, RawBody, base_name, parse_json};

    /// A body of which this arrives, and nothing more, without its end.
    async fn hanging(content_type: &str, begin: &'static str) -> RawBody {
        let arrived = stream::iter([Ok(Bytes::from_static(begin.as_bytes()))]).chain(stream::pending());
        let arrived: std::pin::Pin<Box<dyn Stream<Item = _>>> = Box::pin(arrived);
        let mut request = TestRequest::post();
        if !content_type.is_empty() {
            request = request.insert_header((header::CONTENT_TYPE, content_type));
        }
        let request = request.to_http_request();
        let payload = Payload::from_request(&request, &mut dev::Payload::from(arrived)).await.expect("it is always there");
        RawBody { request, payload }
    }

    #[actix_web::test]
    async fn a_body_that_never_ends_is_refused_in_time() {
        let form = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n办法";
        for (content_type, begin) in [("application/json", "{\"title\": "), ("multipart/form-data; boundary=b", form), ("", "x")] {
            let body = hanging(content_type, begin).await;
            let refused = body.read_within(Duration::from_millis(20), Forms::Taken).await.expect_err("it never ends");
            assert_eq!((refused.kind.status, refused.kind.code), (408, "request_timeout"), "{content_type}");
        }
    }

    #[test]
    fn a_sender_s_path_is_no_part_of_a_file_name() {
        assert_eq!(base_name("C:\\公文\\办法.docx"), "办法.docx");
        assert_eq!(base_name("../../etc/passwd"), "passwd");
        assert_eq!(base_name("a\r\nb"), "ab");
        assert_eq!(base_name("/"), "file");
    }

    #[test]
    fn a_repeated_body_has_the_same_fingerprint_whatever_its_layout() {
        let one = parse_json(br#"{"a": 1, "b": [2]}"#).expect("parses");
        let other = parse_json(br#"{ "b":[2],"a":1 }"#).expect("parses");
        assert_eq!(one.fingerprint, other.fingerprint);
    }
}
