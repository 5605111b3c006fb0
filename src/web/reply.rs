//! What an action gives back on success: a status and a body, a file, or nothing. No action builds an HTTP response itself.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::refusal::Refusal;

/// A success, before it becomes an HTTP response.
#[derive(Debug)]
pub enum Reply {
    /// A JSON body.
    Json {
        /// 200 or 201.
        status: StatusCode,
        /// Where the created thing is, with 201.
        location: Option<String>,
        /// The serialised body.
        body: String,
        /// Whether a strong `ETag` over the body goes with it.
        tagged: bool,
        /// The address of the next page, for the `Link` header.
        next: Option<String>,
    },
    /// A file or a rendered page.
    Bytes {
        /// The media type.
        media_type: String,
        /// The name under which it is offered; shown in place where `None`.
        file_name: Option<String>,
        /// The content.
        content: Vec<u8>,
    },
    /// 204.
    Nothing,
}

impl Reply {
    /// 200 with a body.
    ///
    /// # Errors
    /// When the body cannot be serialised, which no type of ours makes possible.
    pub fn ok(body: &impl Serialize) -> Result<Self, Refusal> {
        Ok(Self::Json { status: StatusCode::OK, location: None, body: written(body)?, tagged: false, next: None })
    }

    /// 200 with a body and its strong `ETag`.
    ///
    /// # Errors
    /// As [`Reply::ok`].
    pub fn tagged(body: &impl Serialize) -> Result<Self, Refusal> {
        Ok(Self::Json { status: StatusCode::OK, location: None, body: written(body)?, tagged: true, next: None })
    }

    /// 201 with the created thing and where it is.
    ///
    /// # Errors
    /// As [`Reply::ok`].
    pub fn created(location: String, body: &impl Serialize) -> Result<Self, Refusal> {
        Ok(Self::Json { status: StatusCode::CREATED, location: Some(location), body: written(body)?, tagged: false, next: None })
    }

    /// 201 with the created thing, where it is, and its strong `ETag`.
    ///
    /// # Errors
    /// As [`Reply::ok`].
    pub fn created_tagged(location: String, body: &impl Serialize) -> Result<Self, Refusal> {
        Ok(Self::Json { status: StatusCode::CREATED, location: Some(location), body: written(body)?, tagged: true, next: None })
    }

    /// The HTTP response; 304 where `if_none_match` names the tag.
    #[must_use]
    pub fn into_response(self, if_none_match: Option<&str>) -> HttpResponse {
        match self {
            Self::Json { status, location, body, tagged, next } => {
                let mut answer = HttpResponse::build(status);
                if let Some(location) = location {
                    answer.insert_header((header::LOCATION, location));
                }
                if let Some(next) = next {
                    answer.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
                }
                answer.insert_header((header::CACHE_CONTROL, "private, no-cache"));
                if tagged {
                    let tag = etag(&body);
                    if status == StatusCode::OK && if_none_match.is_some_and(|wanted| is_had(wanted, &tag)) {
                        return HttpResponse::NotModified()
                            .insert_header((header::ETAG, tag))
                            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
                            .finish();
                    }
                    answer.insert_header((header::ETAG, tag));
                }
                answer.content_type("application/json").body(body)
            }
            Self::Bytes { media_type, file_name, content } => {
                let mut answer = HttpResponse::Ok();
                if let Some(name) = file_name {
                    answer.insert_header((header::CONTENT_DISPOSITION, attachment(&name)));
                }
                answer.insert_header((header::CACHE_CONTROL, "private, no-cache"));
                answer.insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"));
                answer.content_type(media_type).body(content)
            }
            Self::Nothing => HttpResponse::NoContent().finish(),
        }
    }
}

fn written(body: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(body).map_err(Refusal::internal)
}

/// The strong entity tag of a body: the first half of its SHA-256, quoted.
#[must_use]
pub fn etag(body: &str) -> String {
    let digest = Sha256::digest(body.as_bytes());
    format!("\"{}\"", hex::encode(&digest[..16]))
}

/// Whether `If-None-Match` says that the caller has a body already. A proxy that compressed it made its tag weak, which does here
/// (RFC 9110 section 13.1.2).
fn is_had(list: &str, tag: &str) -> bool {
    list.trim() == "*" || list.split(',').map(str::trim).any(|each| each.strip_prefix("W/").unwrap_or(each) == tag)
}

/// Whether a list of tags as in `If-Match` names a tag. A weak tag never matches.
#[must_use]
pub fn names_tag(list: &str, tag: &str) -> bool {
    list.trim() == "*" || list.split(',').any(|each| each.trim() == tag)
}

/// Whether a header is a list of entity tags (RFC 9110, 8.8.3), strong or weak, or `*`.
#[must_use]
pub fn is_tag_list(list: &str) -> bool {
    let is_tag = |each: &str| {
        let opaque = each.strip_prefix("W/").unwrap_or(each);
        opaque.len() >= 2 && opaque.starts_with('"') && opaque.ends_with('"')
    };
    list.trim() == "*" || list.split(',').all(|each| is_tag(each.trim()))
}

/// `Content-Disposition` for a file name that a stranger chose: ASCII fallback and RFC 5987 form, neither able to end the header.
fn attachment(name: &str) -> String {
    let ascii: String =
        name.chars().map(|letter| if letter.is_ascii_alphanumeric() || "-_. ".contains(letter) { letter } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::{attachment, is_had, names_tag};

    #[test]
    fn a_weak_tag_says_that_one_has_it_and_never_that_one_may_change_it() {
        for (list, had, names) in
            [("\"a\"", true, true), ("W/\"a\"", true, false), ("\"b\", W/\"a\"", true, false), ("*", true, true), ("a", false, false)]
        {
            assert_eq!((is_had(list, "\"a\""), names_tag(list, "\"a\"")), (had, names), "{list}");
        }
    }

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        let header = attachment("办法\"\r\nX: y.docx");
        assert!(header.chars().all(|letter| letter.is_ascii() && !letter.is_control()));
        assert_eq!(header.matches('"').count(), 2);
    }

    #[test]
    fn only_the_exact_strong_tag_matches() {
        assert!(names_tag("\"a\", \"b\"", "\"b\""));
        assert!(names_tag("*", "\"b\""));
        assert!(!names_tag("W/\"b\"", "\"b\""));
        assert!(!names_tag("b", "\"b\""));
    }
}
