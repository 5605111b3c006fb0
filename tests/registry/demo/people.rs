//! What each of the seven users of the demo finds, over HTTP.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::helpers::app::TestApp;
use super::every_place;

async fn seen_by(app: &TestApp, who: &str) -> Vec<Value> {
    let page = app.get(who, "/documents?limit=200").await.expect(200);
    assert_eq!(page["next_cursor"], Value::Null, "all fit on one page");
    page["items"].as_array().expect("items").clone()
}

fn texts<'a>(items: &'a [Value], field: &str) -> BTreeSet<&'a str> {
    items.iter().filter_map(|item| item[field].as_str()).collect()
}

#[actix_web::test]
async fn each_user_finds_documents_of_their_own() {
    let app = TestApp::demo().await;

    let own = seen_by(&app, "drafter").await;
    let places: BTreeSet<String> =
        own.iter().map(|item| format!("{}/{}", item["stage"].as_str().expect("a stage"), item["step"].as_str().expect("a step"))).collect();
    assert_eq!(places.into_iter().collect::<Vec<_>>(), every_place(), "the drafter can try every step on a document of their own");

    let issued = seen_by(&app, "secretary").await;
    assert!(issued.iter().all(|item| item["issuing_authority"]["code"] == "qinghe"));
    assert!(issued.len() > own.len(), "the secretary sees the drafts of other sections and of the village too");

    let reviewed = seen_by(&app, "reviewer").await;
    let drafts = issued.iter().filter(|item| item["stage"] == "drafted").count();
    assert_eq!(reviewed.len(), issued.len() - drafts, "the reviewer sees what was submitted");

    let filed = seen_by(&app, "auditor").await;
    assert!(filed.iter().all(|item| item["publication_date"].is_string()), "an auditor sees what was published");
    let county = seen_by(&app, "county_auditor").await;
    let issuers: BTreeSet<&str> = county.iter().filter_map(|item| item["issuing_authority"]["code"].as_str()).collect();
    assert_eq!(issuers, BTreeSet::from(["baishi", "linjiang-nyj", "qinghe"]), "the county sees its towns and departments");
    assert_eq!(county.len(), filed.len() + 3);

    assert!(seen_by(&app, "admin").await.is_empty(), "an administrator sees no document");
    assert_eq!((own.len(), issued.len(), reviewed.len(), filed.len()), (35, 38, 36, 17));
}

#[actix_web::test]
async fn the_outsider_sees_the_neighbouring_town_and_nothing_else() {
    let app = TestApp::demo().await;
    let own = seen_by(&app, "outsider").await;
    assert_eq!(texts(&own, "title").len(), 4);
    assert!(own.iter().all(|item| item["issuing_authority"]["code"] == "baishi"), "{:?}", texts(&own, "title"));
    for who in ["drafter", "secretary", "reviewer", "auditor"] {
        let of_town = seen_by(&app, who).await;
        assert!(texts(&of_town, "id").is_disjoint(&texts(&own, "id")), "{who} sees nothing of the neighbour");
    }
    for item in seen_by(&app, "secretary").await {
        let id = item["id"].as_str().expect("an id");
        app.get("outsider", &format!("/documents/{id}")).await.expect_problem(404, "not_found");
        app.get("outsider", &format!("/documents/{id}/timeline")).await.expect_problem(404, "not_found");
    }
    let meetings = app.get("outsider", "/meetings").await;
    assert!(meetings.status == 403 || meetings.json()["items"].as_array().is_some_and(Vec::is_empty), "{meetings:?}");
}

#[actix_web::test]
async fn every_timeline_leads_from_the_draft_to_where_the_document_stands() {
    let app = TestApp::demo().await;
    let mut told = 0;
    for who in ["secretary", "outsider"] {
        for item in seen_by(&app, who).await {
            let (title, id) = (&item["title"], item["id"].as_str().expect("an id"));
            let timeline = app.get(who, &format!("/documents/{id}/timeline?limit=200")).await.expect(200);
            let entries = timeline["items"].as_array().expect("items");
            assert_eq!(entries.first().expect("a first entry")["type"], "document.created", "{title}");
            assert!(entries.iter().all(|entry| entry["actor"]["login"].is_string()), "{title}: somebody did each");
            let mut place = (Value::from("drafted"), Value::from("drafting"));
            for (from, to) in entries.iter().map(|entry| (&entry["from"], &entry["to"])).filter(|(_, to)| to.is_object()) {
                if from.is_object() {
                    assert_eq!((&from["stage"], &from["step"]), (&place.0, &place.1), "{title}: no step is left out");
                }
                place = (to["stage"].clone(), to["step"].clone());
            }
            assert_eq!((&item["stage"], &item["step"]), (&place.0, &place.1), "{title}");
            told += 1;
        }
    }
    assert_eq!(told, 42);
}

#[actix_web::test]
async fn the_word_file_comes_back_and_reads_as_its_revision() {
    let app = TestApp::demo().await;
    let page = app.get("drafter", "/documents?limit=200&q=文明养犬").await.expect(200);
    let id = page["items"][0]["id"].as_str().expect("the document on dogs").to_owned();
    let revision = app.get("drafter", &format!("/documents/{id}/revisions/2")).await.expect(200);
    let file = app.get("drafter", &format!("/documents/{id}/revisions/2/file")).await;
    assert_eq!(file.status, 200);
    assert!(file.header("content-type").contains("wordprocessingml"), "{:?}", file.headers);
    let read = lawgate::reading::read(&file.body, &lawgate::reading::Limits::default()).expect("a Word file");
    assert_eq!(revision["text"], read.text);
    assert!(read.text.contains("提倡每户适度养犬"));
}

#[actix_web::test]
async fn the_demo_goes_on_from_where_it_stands() {
    let app = TestApp::demo().await;
    let find = async |who: &str, q: &str| -> String {
        let page = app.get(who, &format!("/documents?q={q}")).await.expect(200);
        page["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no document {q} for {who}")).to_owned()
    };
    // The cleared document goes to the meeting to come, the one under review does not.
    let meetings = app.get("secretary", "/meetings?limit=200").await.expect(200);
    let next = meetings["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|meeting| meeting["title"].as_str().is_some_and(|title| title.contains("下次")));
    let next = next.expect("a meeting to come")["id"].as_str().expect("an id").to_owned();
    let agenda = format!("/meetings/{next}/agenda");
    let dogs = find("secretary", "文明养犬").await;
    app.post("secretary", &agenda, serde_json::json!({"document_id": dogs})).await.expect(201);
    let river = find("secretary", "河道清洁").await;
    app.post("secretary", &agenda, serde_json::json!({"document_id": river})).await.expect_problem(409, "gate_closed");
    // The overdue filing is made late, the approved document is issued under the next number and not under the void one.
    let waste = find("drafter", "生活垃圾分类管理办法").await;
    let filed = app.post("drafter", &format!("/documents/{waste}/filing"), serde_json::json!({})).await.expect(200);
    assert!(filed["filings"].as_array().expect("filings").iter().all(|filing| filing["late"] == true), "{filed}");
    let housing = find("secretary", "宅基地").await;
    let issued = app
        .post("secretary", &format!("/documents/{housing}/issuance"), serde_json::json!({"signed_by": "何镇长", "signed_on": "2026-12-01"}))
        .await
        .expect(200);
    let void = app.get("secretary", "/numbers?limit=200").await;
    let numbers = void.expect(200).to_string();
    assert!(numbers.contains(issued["official_doc_no"].as_str().expect("a number")));
}
