//! The life of a document up to the gate, told over HTTP, so that a test can begin where its own promise begins.
//! Every function takes the shortest way and fails where a step is refused. Ids are given as text, as paths need them.

use serde_json::{Value, json};

use super::app::{Answered, TestApp, new_document};

/// The four materials that Sichuan's profile asks for.
pub const MATERIALS: &[&str] = &["drafting_explanation", "legal_basis", "comment_summary", "unit_legality_opinion"];

/// A comment, for opinions.
pub fn comment() -> Value {
    json!({"article": "第二条", "problem": "超越职权", "suggestion": "删去", "basis": "行政处罚法第十六条"})
}

/// A drafted document: its id.
pub async fn draft(app: &TestApp) -> String {
    draft_of(app, new_document()).await
}

/// A drafted document with what a body says: its id.
pub async fn draft_of(app: &TestApp, body: Value) -> String {
    let created = app.post("drafter", "/documents", body).await.expect(201);
    created["id"].as_str().expect("an id").to_owned()
}

/// A draft with all materials that it needs.
pub async fn with_materials(app: &TestApp) -> String {
    let id = draft(app).await;
    add_materials(app, &id).await;
    id
}

/// Adds the four required materials.
pub async fn add_materials(app: &TestApp, id: &str) {
    for kind in MATERIALS {
        add_material(app, id, kind).await;
    }
}

/// Adds one material.
pub async fn add_material(app: &TestApp, id: &str, kind: &str) {
    let file = ("材料.txt", format!("{kind} {id}").into_bytes());
    app.post_form("drafter", &format!("/documents/{id}/materials"), &[("kind", kind)], Some((file.0, &file.1))).await.expect(201);
}

/// Adds a fair-competition conclusion: `compliant`, `exception` or `not_compliant`.
pub async fn add_conclusion(app: &TestApp, id: &str, conclusion: &str) {
    let fields = [("kind", "fair_competition_conclusion"), ("conclusion", conclusion)];
    let path = format!("/documents/{id}/materials");
    app.post_form("drafter", &path, &fields, Some(("结论.txt", conclusion.as_bytes()))).await.expect(201);
}

/// A submitted document, awaiting intake.
pub async fn submitted(app: &TestApp) -> String {
    let id = with_materials(app).await;
    submit(app, &id).await.expect(200);
    id
}

/// A document under review.
pub async fn under_review(app: &TestApp) -> String {
    let id = submitted(app).await;
    accept(app, &id).await.expect(200);
    id
}

/// A document found lawful.
pub async fn cleared(app: &TestApp) -> String {
    let id = under_review(app).await;
    opine(app, &id, "lawful").await.expect(200);
    id
}

/// Takes a draft to `cleared`, with the materials that it still needs.
pub async fn clear(app: &TestApp, id: &str) {
    add_materials(app, id).await;
    submit(app, id).await.expect(200);
    accept(app, id).await.expect(200);
    opine(app, id, "lawful").await.expect(200);
}

/// A document of which the current revision got another outcome than `lawful`.
pub async fn set_back(app: &TestApp, outcome: &str) -> String {
    let id = under_review(app).await;
    opine(app, &id, outcome).await.expect(200);
    id
}

/// Submits the current revision, every open comment answered as adopted.
pub async fn submit(app: &TestApp, id: &str) -> Answered {
    let responses: Vec<Value> =
        open_comments(app, id).await.iter().map(|comment| json!({"comment_id": comment, "adopted": "yes"})).collect();
    submit_with(app, id, json!({"responses": responses})).await
}

/// Submits the current revision with further members.
pub async fn submit_with(app: &TestApp, id: &str, members: Value) -> Answered {
    let mut body = members;
    body["revision"] = revision(app, id).await;
    app.post("drafter", &format!("/documents/{id}/submissions"), body).await
}

/// Accepts the last submission.
pub async fn accept(app: &TestApp, id: &str) -> Answered {
    intake(app, id, json!({"result": "accepted"})).await
}

/// Any intake.
pub async fn intake(app: &TestApp, id: &str, body: Value) -> Answered {
    app.post("reviewer", &format!("/documents/{id}/intake"), body).await
}

/// Gives an opinion on the current revision, with one comment unless it is `lawful`.
pub async fn opine(app: &TestApp, id: &str, outcome: &str) -> Answered {
    opine_with(app, id, outcome, json!({})).await
}

/// Gives an opinion with further members, such as the `reason` of a second one.
pub async fn opine_with(app: &TestApp, id: &str, outcome: &str, members: Value) -> Answered {
    let mut body = json!({"revision": revision(app, id).await, "outcome": outcome, "summary": "经审核"});
    if outcome != "lawful" {
        body["comments"] = json!([comment()]);
    }
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    app.post("reviewer", &format!("/documents/{id}/opinions"), body).await
}

/// Makes a revision with another text and gives its number.
pub async fn revise(app: &TestApp, id: &str, text: &str) -> Value {
    let made = app.post("drafter", &format!("/documents/{id}/revisions"), json!({"text": text})).await.expect(201);
    made["revision"].clone()
}

/// The document as its drafter sees it.
pub async fn document(app: &TestApp, id: &str) -> Value {
    app.get("drafter", &format!("/documents/{id}")).await.expect(200)
}

/// Its step.
pub async fn step(app: &TestApp, id: &str) -> String {
    document(app, id).await["step"].as_str().expect("a step").to_owned()
}

/// The number of its current revision.
pub async fn revision(app: &TestApp, id: &str) -> Value {
    document(app, id).await["revision"].clone()
}

/// The comments that wait for an answer since the last lawful opinion, oldest first.
pub async fn open_comments(app: &TestApp, id: &str) -> Vec<String> {
    let list = app.get("drafter", &format!("/documents/{id}/opinions?limit=200")).await.expect(200);
    let opinions = list["items"].as_array().expect("items").clone();
    let last_lawful = opinions.iter().rposition(|opinion| opinion["outcome"] == "lawful").map_or(0, |index| index + 1);
    opinions[last_lawful..]
        .iter()
        .flat_map(|opinion| opinion["comments"].as_array().expect("comments").clone())
        .filter(|comment| comment["answer"].is_null())
        .map(|comment| comment["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// The codes of what stands between the document and a meeting.
pub async fn gate(app: &TestApp, id: &str) -> Vec<String> {
    codes(&app.get("drafter", &format!("/documents/{id}/gate")).await.expect(200)["reasons"])
}

/// A text that differs from every other by its number.
pub fn text(no: u32) -> String {
    format!("青禾镇集市管理办法\n第一条　为了规范集市秩序，制定本办法。\n第二条　集市每月开放{no}日。\n")
}

/// The codes of a list of reasons or errors.
pub fn codes(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(|each| each["code"].as_str().expect("a code").to_owned()).collect()
}
