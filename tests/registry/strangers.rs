//! Every operation of the published document, walked by people who have no business there: a stranger without a login, every wrong
//! role of the township with a document of that township, and a drafter of another township. An operation that is not walked fails.

use serde_json::{Value, json};

use super::helpers::app::{Answered, TestApp};
use super::helpers::{meeting_story, story};

/// Everybody who can sign in.
const EVERYBODY: &[&str] = &["drafter", "reviewer", "secretary", "auditor", "county_auditor", "admin", "outsider"];

/// Who has business with an operation.
enum Business {
    /// Needs no login.
    Open,
    /// Whoever may read the document in the path.
    Reads,
    /// These, whatever the thing in the path; all others may not.
    Only(&'static [&'static str]),
    /// A list: these may find something in it; others find nothing or may not look.
    Lists(&'static [&'static str]),
    /// A stream, which whoever can sign in may follow, and which does not end.
    Follows,
}

/// Who has business with an operation; `None` where nobody has thought about it yet.
fn business(method: &str, path: &str) -> Option<Business> {
    use Business::{Follows, Lists, Only, Open, Reads};
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    Some(match (method, path) {
        (
            "get",
            "/health/live" | "/health/ready" | "/metrics" | "/openapi.json" | "/api/docs" | "/api/docs/problems" | "/api/docs/{file}",
        ) => Open,
        ("post", "/documents") => Only(&["drafter", "outsider"]),
        ("get", "/documents") => Lists(&["drafter", "reviewer", "secretary", "auditor", "county_auditor"]),
        (
            "get",
            "/documents/{id}"
            | "/documents/{id}/revisions"
            | "/documents/{id}/revisions/{n}"
            | "/documents/{id}/revisions/{n}/file"
            | "/documents/{id}/diff"
            | "/documents/{id}/timeline"
            | "/documents/{id}/materials"
            | "/documents/{id}/materials/{material_id}"
            | "/documents/{id}/materials/{material_id}/file"
            | "/documents/{id}/submissions"
            | "/documents/{id}/counsel-opinions"
            | "/documents/{id}/counsel-opinions/{counsel_opinion_id}"
            | "/documents/{id}/opinions"
            | "/documents/{id}/gate"
            | "/documents/{id}/issuance"
            | "/documents/{id}/publication"
            | "/documents/{id}/publication/file"
            | "/documents/{id}/actions"
            | "/documents/{id}/revisions/{n}/structure"
            | "/documents/{id}/revisions/{n}/citations"
            | "/documents/{id}/revisions/{n}/findings",
        ) => Reads,
        ("patch", "/documents/{id}")
        | (
            "post",
            "/documents/{id}/revisions"
            | "/documents/{id}/materials"
            | "/documents/{id}/submissions"
            | "/documents/{id}/withdrawal"
            | "/documents/{id}/filing",
        )
        | ("post", "/filings/{id}/supplement" | "/filings/{id}/rectification") => Only(&["drafter"]),
        ("post", "/documents/{id}/intake" | "/documents/{id}/counsel-opinions" | "/documents/{id}/opinions") => Only(&["reviewer"]),
        (
            "post",
            "/meetings/{id}/agenda"
            | "/meetings/{id}/agenda/{document_id}/decision"
            | "/meetings/{id}/agenda/{document_id}/confirmation"
            | "/documents/{id}/issuance"
            | "/documents/{id}/issuance/void"
            | "/documents/{id}/publication"
            | "/meetings"
            | "/cleanups/{id}/publication",
        )
        | ("patch" | "get", "/meetings/{id}")
        | ("delete", "/meetings/{id}/agenda/{document_id}") => Only(&["secretary"]),
        ("get", "/meetings") => Lists(&["secretary"]),
        ("get", "/numbers") => Lists(&["secretary", "auditor", "county_auditor"]),
        ("get", "/filings") => Lists(&["drafter", "secretary", "auditor", "county_auditor"]),
        ("get", "/filings/{id}" | "/filings/{id}/supplements/{supplement_id}/file") => Only(&["drafter", "secretary", "county_auditor"]),
        ("post", "/filings/{id}/intake" | "/filings/{id}/review") => Only(&["county_auditor"]),
        ("get", "/cleanups") => Lists(&["secretary", "auditor", "county_auditor"]),
        ("post", "/cleanups" | "/cleanups/{id}/results") | ("get", "/cleanups/{id}" | "/cleanups/{id}/candidates") => {
            Only(&["secretary", "auditor", "county_auditor"])
        }
        ("get", "/events") => Lists(&["drafter", "reviewer", "secretary", "auditor", "county_auditor", "admin"]),
        ("get", "/events/stream") => Follows,
        ("get", "/audit/tree-head" | "/audit/key" | "/audit/entries" | "/audit/proofs/inclusion" | "/audit/proofs/consistency") => {
            Only(&["auditor", "county_auditor", "admin"])
        }
        ("post", "/demo/clock") => Only(&["admin"]),
        _ => return None,
    })
}

/// Things of the township, by which the paths are filled.
struct Things {
    document: String,
    material: String,
    counsel: String,
    meeting: String,
    filing: String,
    cleanup: String,
    /// Who may read the document.
    readers: &'static [&'static str],
}

impl Things {
    fn filled(&self, path: &str) -> String {
        let first = path.split("/{id}").next().unwrap_or_default();
        let id = match first.rsplit('/').next() {
            Some("meetings") => &self.meeting,
            Some("filings") => &self.filing,
            Some("cleanups") => &self.cleanup,
            _ => &self.document,
        };
        let filled = path
            .replace("{id}", id)
            .replace("{document_id}", &self.document)
            .replace("{material_id}", &self.material)
            .replace("{counsel_opinion_id}", &self.counsel)
            .replace("{supplement_id}", &self.counsel)
            .replace("{n}", "1")
            .replace("{file}", "start.js");
        assert!(!filled.contains('{'), "{path} has a parameter that the walk does not know");
        filled
    }
}

fn operations() -> Vec<(String, String)> {
    let document = lawgate::web::openapi::published();
    let paths = document["paths"].as_object().expect("paths");
    paths
        .iter()
        .flat_map(|(path, item)| item.as_object().expect("an item").keys().map(move |method| (method.clone(), path.clone())))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// The township's affairs: one document filed with its own office and the county, of which its readers know; and an untouched draft, of which only its
/// drafter and the issuer's secretary know.
async fn township(app: &TestApp) -> [Things; 2] {
    let document = story::under_review(app).await;
    let heard = json!({"counsel": "张律师", "kind": "legal_counsel", "opinion": "无异议", "conflict_of_interest": false});
    let counsel = app.post("reviewer", &format!("/documents/{document}/counsel-opinions"), heard).await.expect(201);
    story::opine(app, &document, "lawful").await.expect(200);
    let draft = story::with_materials(app).await;
    meeting_story::approve(app, &document).await;
    meeting_story::issue(app, &document).await;
    meeting_story::publish(app, &document).await;
    let filed = app.post("drafter", &format!("/documents/{document}/filing"), json!({})).await.expect(200);
    let round = json!({"title": "定期清理", "body": "qinghe", "trigger": "periodic", "cutoff_date": "2026-03-09"});
    let cleanup = text(&app.post("secretary", "/cleanups", round).await.expect(201)["id"]);
    let meetings = app.get("secretary", "/meetings").await.expect(200);
    let meeting = text(&meetings["items"][0]["id"]);
    let filings = filed["filings"].as_array().expect("filings");
    let filing = text(&filings.iter().find(|filing| filing["target"]["code"] == "linjiang").expect("filed with the county")["id"]);
    let material_of = async |id: &str| text(&app.get("drafter", &format!("/documents/{id}/materials")).await.expect(200)["items"][0]["id"]);
    let things = |document: String, material: String, readers| Things {
        document,
        material,
        counsel: text(&counsel["id"]),
        meeting: meeting.clone(),
        filing: filing.clone(),
        cleanup: cleanup.clone(),
        readers,
    };
    let (material, drafted) = (material_of(&document).await, material_of(&draft).await);
    [
        things(document, material, &["drafter", "reviewer", "secretary", "auditor", "county_auditor"]),
        things(draft, drafted, &["drafter", "secretary"]),
    ]
}

async fn call(app: &TestApp, who: &str, method: &str, path: &str) -> Answered {
    let method = method.to_uppercase();
    if method == "GET" || method == "DELETE" {
        return app.send(&method, who, path, &[], None).await;
    }
    let headers = [("content-type", "application/json"), ("if-match", "\"none\"")];
    app.send(&method, who, path, &headers, Some(b"{}".to_vec())).await
}

#[actix_web::test]
async fn a_stranger_is_asked_to_sign_in_everywhere_but_where_it_is_open() {
    let app = TestApp::start().await;
    let [things, _] = township(&app).await;
    for (method, path) in operations() {
        let business = business(&method, &path).unwrap_or_else(|| panic!("{method} {path} is not walked: say in `business` whose it is"));
        let answered = call(&app, "", &method, &things.filled(&path)).await;
        if matches!(business, Business::Open) {
            assert_eq!(answered.status, 200, "{method} {path}");
        } else {
            answered.expect_problem(401, "unauthenticated");
            assert!(answered.header("www-authenticate").starts_with("Bearer "), "{method} {path}");
        }
    }
}

#[actix_web::test]
async fn whoever_has_no_business_there_is_refused() {
    let app = TestApp::start().await;
    for things in township(&app).await {
        for (method, path) in operations() {
            let business = business(&method, &path).unwrap_or_else(|| panic!("{method} {path} is not walked"));
            let (concerned, is_list) = match business {
                Business::Open | Business::Follows => continue,
                Business::Reads => (things.readers, false),
                Business::Only(these) => (these, false),
                Business::Lists(these) => (these, true),
            };
            for who in EVERYBODY.iter().filter(|who| !concerned.contains(who)) {
                let answered = call(&app, who, &method, &things.filled(&path)).await;
                let what = format!("{method} {path} as {who}: {} {}", answered.status, String::from_utf8_lossy(&answered.body));
                let finds_nothing = is_list && answered.status == 200 && answered.json()["items"] == json!([]);
                assert!(finds_nothing || matches!(answered.status, 403 | 404), "{what}");
                // Who may not know of a document does not learn that it is there.
                if path.contains("/documents/{id}") && !things.readers.contains(who) {
                    assert_eq!(answered.status, 404, "{what}");
                }
            }
        }
    }
}

#[actix_web::test]
async fn whoever_has_business_there_is_not_refused_for_who_they_are() {
    let app = TestApp::start().await;
    let [things, _] = township(&app).await;
    for (method, path) in operations() {
        let concerned = match business(&method, &path).unwrap_or_else(|| panic!("{method} {path} is not walked")) {
            Business::Open | Business::Follows => continue,
            Business::Reads => things.readers,
            Business::Only(these) | Business::Lists(these) => these,
        };
        for who in concerned {
            let answered = call(&app, who, &method, &things.filled(&path)).await;
            let what = format!("{method} {path} as {who}: {} {}", answered.status, String::from_utf8_lossy(&answered.body));
            assert!(answered.status < 500 && !matches!(answered.status, 401 | 403 | 405), "{what}");
        }
    }
}

#[actix_web::test]
async fn another_township_s_drafter_finds_nothing_of_this_one() {
    let app = TestApp::start().await;
    for things in township(&app).await {
        for (method, path) in operations().into_iter().filter(|(_, path)| !is_open(path) && !follows(path)) {
            let answered = call(&app, "outsider", &method, &things.filled(&path)).await;
            let what = format!("{method} {path}: {} {}", answered.status, String::from_utf8_lossy(&answered.body));
            let named = String::from_utf8_lossy(&answered.body).into_owned();
            for id in [&things.document, &things.meeting, &things.filing, &things.cleanup, &things.material] {
                assert!(!named.contains(id.as_str()), "{what}");
            }
            assert!(!named.contains("青禾"), "{what}");
            if path.contains("{id}") {
                assert_eq!(answered.status, 404, "{what}");
            }
        }
    }
}

/// A stream does not end; what it shows is what the feed shows.
fn follows(path: &str) -> bool {
    matches!(business("get", path), Some(Business::Follows))
}

fn is_open(path: &str) -> bool {
    lawgate::web::openapi::is_open(path)
}
