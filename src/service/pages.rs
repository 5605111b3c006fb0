//! The pages that explain the API: the browsable reference, its files, and the catalogue of problems.
//! They come out of the program itself; a browser loads nothing from elsewhere, which their policy also forbids.

use std::fmt::Write as _;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header;
use utoipa_swagger_ui::Config;

use crate::base::said::Lang;
use crate::lifecycle::gate::GateReason;
use crate::web::call::Answer;
use crate::web::kind;
use crate::web::refusal::Refusal;

/// What a page may load: its own scripts and styles. The reference sets styles inline and shows small inline pictures.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The reference. Its addresses are absolute, so that it works with and without a slash at its end.
pub const REFERENCE: &str = r#"<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>lawgate API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/api/docs/favicon-32x32.png">
</head>
<body>
<p style="margin:1em 2em;font-family:sans-serif"><a href="/api/docs/problems">错误代码 Problems</a> · <a href="/api/v1/openapi.json">OpenAPI 3.1</a></p>
<div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
<noscript>本页需要 JavaScript；同样的内容见 <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>。</noscript>
</body>
</html>
"#;

/// Starts the reference. `validatorUrl: null` keeps it from asking a validator elsewhere.
const START: &str = "window.addEventListener('load', function () {\n  window.ui = SwaggerUIBundle({ url: '/api/v1/openapi.json', \
    dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, defaultModelsExpandDepth: 0 });\n});\n";

/// An HTML page under the pages' policy.
#[must_use]
pub fn page(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type("text/html; charset=utf-8")
        .body(html)
}

/// A file of the reference.
///
/// # Errors
/// 404 where there is no such file.
pub fn file(name: &str) -> Answer {
    let (content, media_type) = if name == "start.js" {
        (START.as_bytes().to_vec(), "text/javascript".to_owned())
    } else {
        let found = utoipa_swagger_ui::serve(name, Arc::new(Config::from("/api/v1/openapi.json")))
            .map_err(|error| Refusal::internal(error.to_string()))?
            .filter(|_| name.ends_with(".css") || name.ends_with(".js") || name.ends_with(".png"))
            .ok_or_else(Refusal::not_found)?;
        (found.bytes.into_owned(), found.content_type)
    };
    let media_type = if media_type.starts_with("text/") { format!("{media_type}; charset=utf-8") } else { media_type };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .content_type(media_type)
        .body(content))
}

/// The catalogue of problems and gate reasons, each under the anchor that the `type` of a problem names.
#[must_use]
pub fn problems() -> String {
    let mut html = String::from(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>错误代码 Problems</title>\n<style>body{font-family:sans-serif;max-width:70em;margin:2em auto;padding:0 1em;line-height:1.6}\
         table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}\
         :target{background:#fff3c4}</style>\n</head>\n<body>\n<h1>错误代码 Problems</h1>\n\
         <p>拒绝均为 <code>application/problem+json</code>（RFC 9457）；<code>code</code> 不随语言和版本改变。\
         Every refusal is <code>application/problem+json</code> (RFC 9457); a <code>code</code> never changes its meaning.</p>\n\
         <table>\n<thead><tr><th>code</th><th>status</th><th>中文</th><th>English</th></tr></thead>\n<tbody>\n",
    );
    for kind in kind::ALL {
        row(&mut html, kind.code, Some(kind.status), kind.zh, kind.en);
    }
    html.push_str(
        "</tbody>\n</table>\n<h2 id=\"gate-reasons\">关口不通过的原因 Why the gate is closed</h2>\n\
         <p><code>gate_closed</code> 的 <code>reasons</code> 一次列出全部原因。The <code>reasons</code> of <code>gate_closed</code> name all at once.</p>\n\
         <table>\n<thead><tr><th>code</th><th>中文</th><th>English</th></tr></thead>\n<tbody>\n",
    );
    for reason in GateReason::ALL {
        let said = reason.said();
        row(&mut html, &format!("gate-{}", reason.as_str()), None, said.in_lang(Lang::Zh), said.in_lang(Lang::En));
    }
    html.push_str("</tbody>\n</table>\n</body>\n</html>\n");
    html
}

/// One row. The texts are constants of the program and hold no markup.
fn row(html: &mut String, anchor: &str, status: Option<u16>, zh: &str, en: &str) {
    let code = anchor.strip_prefix("gate-").unwrap_or(anchor);
    let status = status.map(|status| format!("<td>{status}</td>")).unwrap_or_default();
    // Writing to a string cannot fail.
    let _ = writeln!(html, "<tr id=\"{anchor}\"><td><code>{code}</code></td>{status}<td>{zh}</td><td lang=\"en\">{en}</td></tr>");
}

#[cfg(test)]
mod tests {
    use super::{file, problems};
    use crate::lifecycle::gate::GateReason;
    use crate::web::kind;

    #[test]
    fn every_code_has_its_anchor_and_no_text_holds_markup() {
        let html = problems();
        for kind in kind::ALL {
            assert_eq!(html.matches(&format!("id=\"{}\"", kind.code)).count(), 1, "{}", kind.code);
            assert!(!format!("{}{}", kind.zh, kind.en).contains(['<', '&', '>']), "{}", kind.code);
        }
        for reason in GateReason::ALL {
            assert_eq!(html.matches(&format!("id=\"gate-{reason}\"")).count(), 1, "{reason}");
        }
        let listed: Vec<&str> = GateReason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(listed, kind::GATE_REASONS);
    }

    #[test]
    fn no_file_but_those_of_the_reference_is_given() {
        for name in ["", "/", "index.html", "../Cargo.toml", "swagger-initializer.js.map", "nothing.js"] {
            assert!(file(name).is_err(), "{name}");
        }
        for name in ["start.js", "swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"] {
            assert!(file(name).is_ok(), "{name}");
        }
    }
}
