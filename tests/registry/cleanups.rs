//! Clean-up (清理): rounds, candidates, proposals, and the issuer's published decision.

use serde_json::{Value, json};

use super::helpers::app::{TestApp, new_document};
use super::helpers::published::{Days, SPRING, filed, filing_at, published, published_of, published_titled};

/// Published the day after the cut-off date of [`round`].
const LATER: Days = Days { published: "2026-03-03", effective: "2026-04-03", expires: "2031-04-02" };

fn round(trigger: &str) -> Value {
    json!({"title": "青禾镇规范性文件清理", "body": "qinghe", "trigger": trigger, "cutoff_date": "2026-03-02"})
}

async fn open(app: &TestApp, round: Value) -> String {
    app.post("secretary", "/cleanups", round).await.expect(201)["id"].as_str().expect("an id").to_owned()
}

async fn propose(app: &TestApp, round: &str, document: &str, result: &str) -> Value {
    let mut body = json!({"document_id": document, "result": result, "reason": "依据已变化"});
    if result == "amendment_ordered" {
        body["amend_due"] = "2026-09-30".into();
    }
    app.post("auditor", &format!("/cleanups/{round}/results"), body).await.expect(201)
}

async fn publish_on(app: &TestApp, round: &str, day: &str) -> Value {
    let body = json!({"minutes_no": "青府纪〔2026〕9号", "published_on": day});
    app.post("secretary", &format!("/cleanups/{round}/publication"), body).await.expect(201)
}

/// A whole round with one document.
async fn judged(app: &TestApp, document: &str, result: &str, day: &str) -> String {
    let id = open(app, round("periodic")).await;
    propose(app, &id, document, result).await;
    publish_on(app, &id, day).await;
    id
}

async fn document(app: &TestApp, id: &str) -> Value {
    app.get("drafter", &format!("/documents/{id}")).await.expect(200)
}

async fn place(app: &TestApp, id: &str) -> (String, String, String) {
    let body = document(app, id).await;
    let word = |field: &str| body[field].as_str().expect("a word").to_owned();
    (word("stage"), word("step"), word("effect"))
}

fn at(stage: &str, step: &str, effect: &str) -> (String, String, String) {
    (stage.to_owned(), step.to_owned(), effect.to_owned())
}

#[actix_web::test]
async fn rounds_are_opened_by_the_body_and_its_superiors_alone() {
    let app = TestApp::start().await;
    app.post("", "/cleanups", round("periodic")).await.expect_problem(401, "unauthenticated");
    for who in ["drafter", "reviewer", "admin", "outsider"] {
        app.post(who, "/cleanups", json!({"nonsense": 1})).await.expect_problem(403, "forbidden");
    }
    for who in ["secretary", "auditor", "county_auditor"] {
        let created = app.post(who, "/cleanups", round("periodic")).await;
        let body = created.expect(201);
        assert_eq!((&body["unlisted_effect"], &body["lapse_if_missed"]), (&"none".into(), &false.into()));
        assert_eq!(app.get(who, created.header("location")).await.expect(200), body);
    }
    let of = |code: &str| {
        let mut new = round("periodic");
        new["body"] = code.into();
        new
    };
    app.post("auditor", "/cleanups", of("baishi")).await.expect_problem(403, "forbidden");
    app.post("secretary", "/cleanups", of("linjiang")).await.expect_problem(403, "forbidden");
    app.post("county_auditor", "/cleanups", of("baishi")).await.expect(201);
    app.post("county_auditor", "/cleanups", of("nowhere")).await.expect_problem(422, "unknown_body");
    app.post("auditor", "/cleanups", of("qinghe-yfzlb")).await.expect_problem(422, "not_an_issuer");
    let problem = app.post("secretary", "/cleanups", json!({"trigger": "whim", "cutoff_date": "soon"})).await;
    let faults = problem.expect_problem(422, "invalid_input")["errors"].as_array().map(Vec::len);
    assert_eq!(faults, Some(4));
}

#[actix_web::test]
async fn a_round_is_known_to_its_body_and_worked_on_by_few() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = open(&app, round("periodic")).await;
    let proposal = json!({"document_id": doc, "result": "continued", "reason": "仍然适用"});
    let decision = json!({"minutes_no": "青府纪〔2026〕9号", "published_on": "2026-03-03"});
    for path in [format!("/cleanups/{id}"), format!("/cleanups/{id}/candidates")] {
        app.get("", &path).await.expect_problem(401, "unauthenticated");
        app.get("outsider", &path).await.expect_problem(404, "not_found");
        for who in ["drafter", "reviewer", "admin"] {
            app.get(who, &path).await.expect_problem(403, "forbidden");
        }
        for who in ["secretary", "auditor", "county_auditor"] {
            app.get(who, &path).await.expect(200);
        }
    }
    for (act, body) in [("results", &proposal), ("publication", &decision)] {
        let path = format!("/cleanups/{id}/{act}");
        app.post("outsider", &path, body.clone()).await.expect_problem(404, "not_found");
        for who in ["drafter", "reviewer", "admin"] {
            app.post(who, &path, json!({"nonsense": 1})).await.expect_problem(403, "forbidden");
        }
    }
    for who in ["auditor", "county_auditor"] {
        app.post(who, &format!("/cleanups/{id}/publication"), decision.clone()).await.expect_problem(403, "forbidden");
    }
    app.get("auditor", "/cleanups/7").await.expect_problem(404, "not_found");
    let count = |body: Value| body["items"].as_array().map(Vec::len);
    assert_eq!(count(app.get("county_auditor", "/cleanups").await.expect(200)), Some(1));
    assert_eq!(count(app.get("county_auditor", "/cleanups?body=baishi").await.expect(200)), Some(0));
    app.get("drafter", "/cleanups").await.expect_problem(403, "forbidden");
}

#[actix_web::test]
async fn candidates_come_with_all_their_reasons() {
    let app = TestApp::start_at("2026-06-01T01:00:00Z").await;
    let ending = Days { published: "2026-02-02", effective: "2026-03-04", expires: "2026-11-30" };
    let plain = published_titled(&app, &SPRING, "甲").await;
    let filed_one = published_titled(&app, &SPRING, "乙").await;
    filed(&app, &filed_one, "linjiang").await;
    let ends = published_titled(&app, &ending, "丙").await;
    let adverse = published_titled(&app, &SPRING, "丁").await;
    filing_at(&app, &adverse, "linjiang", "county_auditor", "rectifying").await;
    let revoked = published_titled(&app, &SPRING, "戊").await;
    let filing = filing_at(&app, &revoked, "linjiang", "county_auditor", "under_filing_review").await;
    app.post("county_auditor", &format!("/filings/{filing}/review"), json!({"result": "revoked"})).await.expect(200);
    let outside = published_titled(&app, &LATER, "己").await;
    app.post("drafter", "/documents", new_document()).await.expect(201);
    let reasons = async |trigger: &str| -> Vec<(String, Vec<String>)> {
        let id = open(&app, round(trigger)).await;
        let body = app.get("auditor", &format!("/cleanups/{id}/candidates")).await.expect(200);
        let codes = |item: &Value| -> Vec<String> {
            item["reasons"].as_array().expect("reasons").iter().map(|each| each["code"].as_str().expect("a code").to_owned()).collect()
        };
        body["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|item| (item["document_id"].as_str().expect("an id").to_owned(), codes(item)))
            .collect()
    };
    let with = |id: &String, codes: &[&str]| (id.clone(), codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>());
    assert_eq!(
        reasons("periodic").await,
        [
            with(&plain, &["in_scope", "issued_not_filed"]),
            with(&filed_one, &["in_scope"]),
            with(&ends, &["in_scope", "validity_ends", "issued_not_filed"]),
            with(&adverse, &["in_scope", "adverse_filing_result"]),
            with(&revoked, &["adverse_filing_result"]),
        ]
    );
    assert_eq!(
        reasons("superior_law").await,
        [
            with(&plain, &["issued_not_filed"]),
            with(&ends, &["validity_ends", "issued_not_filed"]),
            with(&adverse, &["adverse_filing_result"]),
            with(&revoked, &["adverse_filing_result"]),
        ]
    );
    assert!(!reasons("special").await.iter().any(|(id, _)| *id == outside));
    let id = open(&app, round("periodic")).await;
    let first = app.get("auditor", &format!("/cleanups/{id}/candidates?limit=3")).await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("a next page");
    let second = app.get("auditor", &format!("/cleanups/{id}/candidates?limit=3&cursor={cursor}")).await.expect(200);
    assert_eq!((first["items"].as_array().map(Vec::len), second["items"].as_array().map(Vec::len)), (Some(3), Some(2)));
    app.get("auditor", &format!("/cleanups/{id}/candidates?colour=red")).await.expect_problem(400, "unknown_query_parameter");
}

#[actix_web::test]
async fn a_proposal_fits_its_round_and_its_result() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let after = published_titled(&app, &LATER, "之后").await;
    let draft = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let id = open(&app, round("periodic")).await;
    let path = format!("/cleanups/{id}/results");
    let post = async |body: Value| app.post("auditor", &path, body).await;
    for outside in [after.as_str(), draft.as_str(), "0198c000-0000-7000-8000-000000000000"] {
        let body = json!({"document_id": outside, "result": "continued", "reason": "仍然适用"});
        post(body).await.expect_problem(422, "not_in_round");
    }
    let with = |result: &str, more: Value| {
        let mut body = json!({"document_id": doc, "result": result, "reason": "情况变化"});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    post(with("amendment_ordered", json!({}))).await.expect_problem(422, "amend_due_required");
    post(with("continued", json!({"amend_due": "2026-09-30"}))).await.expect_problem(422, "amend_due_required");
    post(with("amendment_ordered", json!({"amend_due": "2026-03-03"}))).await.expect_problem(422, "date_too_early");
    post(with("repealed", json!({"replaced_by": doc}))).await.expect_problem(422, "replacement_not_related");
    post(with("repealed", json!({"replaced_by": draft}))).await.expect_problem(422, "not_the_issuer");
    post(with("continued", json!({"replaced_by": after}))).await.expect_problem(422, "replacement_not_related");
    let both = post(with("amendment_ordered", json!({"replaced_by": draft}))).await.expect_problem(422, "amend_due_required");
    assert_eq!(both["errors"].as_array().map(Vec::len), Some(2));
    post(with("repealed", json!({"reason": " "}))).await.expect_problem(422, "invalid_input");
    post(with("repealed", json!({"replaced_by": after}))).await.expect(201);
    // A later proposal for the same document replaces it, and nothing has moved.
    propose(&app, &id, &doc, "continued").await;
    let read = app.get("secretary", &format!("/cleanups/{id}")).await.expect(200);
    assert_eq!((read["results"].as_array().map(Vec::len), &read["results"][0]["result"]), (Some(1), &"continued".into()));
    assert_eq!((&read["publication"], &read["outcomes"]), (&Value::Null, &json!([])));
    assert_eq!(place(&app, &doc).await, at("legality_review", "published", "not_yet_effective"));
}

#[actix_web::test]
async fn a_publication_has_its_day_and_happens_once() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = open(&app, round("periodic")).await;
    let path = format!("/cleanups/{id}/publication");
    let post = async |day: &str| app.post("secretary", &path, json!({"minutes_no": "青府纪〔2026〕9号", "published_on": day})).await;
    post("2026-03-03").await.expect_problem(409, "nothing_to_publish");
    propose(&app, &id, &doc, "continued").await;
    post("2026-03-04").await.expect_problem(422, "date_in_future");
    post("2026-03-02").await.expect_problem(422, "date_before_act");
    app.on_day("2026-03-10").await;
    let body = publish_on(&app, &id, "2026-03-05").await;
    let publication = &body["publication"];
    assert_eq!((&publication["published_on"], &publication["recorded_on"]), (&"2026-03-05".into(), &"2026-03-10".into()));
    post("2026-03-05").await.expect_problem(409, "cleanup_published");
    let late = json!({"document_id": doc, "result": "repealed", "reason": "过时"});
    app.post("auditor", &format!("/cleanups/{id}/results"), late).await.expect_problem(409, "cleanup_published");
}

#[actix_web::test]
async fn an_amendment_due_before_the_publication_is_proposed_anew_first() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = open(&app, round("periodic")).await;
    propose(&app, &id, &doc, "amendment_ordered").await;
    app.on_day("2026-09-30").await;
    let body = json!({"minutes_no": "青府纪〔2026〕9号", "published_on": "2026-09-30"});
    app.post("secretary", &format!("/cleanups/{id}/publication"), body).await.expect_problem(422, "date_too_early");
    publish_on(&app, &id, "2026-09-29").await;
}

#[actix_web::test]
async fn every_step_of_filed_is_cleaned_up_and_its_filing_goes_on() {
    let app = TestApp::start().await;
    let statuses = [
        "awaiting_registration",
        "registration_suspended",
        "filing_refused",
        "under_filing_review",
        "rectifying",
        "rectification_reported",
        "filing_reviewed",
    ];
    let results = ["continued", "amendment_ordered", "repealed", "declared_lapsed"];
    let id = open(&app, round("periodic")).await;
    let mut documents = Vec::new();
    for (index, status) in statuses.into_iter().enumerate() {
        let doc = published(&app, &SPRING).await;
        let filing = filing_at(&app, &doc, "linjiang", "county_auditor", status).await;
        let result = results[index % results.len()];
        propose(&app, &id, &doc, result).await;
        documents.push((doc, filing, status, result));
    }
    app.on_day("2026-05-06").await;
    let published = publish_on(&app, &id, "2026-05-06").await;
    assert_eq!((published["outcomes"].as_array().map(Vec::len), &published["left_out"]), (Some(7), &json!([])));
    for (doc, filing, status, result) in &documents {
        let effect = match *result {
            "repealed" => "repealed",
            "declared_lapsed" => "lapsed",
            _ => "in_force",
        };
        assert_eq!(place(&app, doc).await, at("cleaned_up", result, effect), "{status}");
        assert_eq!(app.get("county_auditor", &format!("/filings/{filing}")).await.expect(200)["status"], *status);
    }
    // The filing goes on by its own status; the document's step stays that of the clean-up.
    let (doc, filing, ..) = &documents[0];
    let body = app.post("county_auditor", &format!("/filings/{filing}/intake"), json!({"result": "registered"})).await.expect(200);
    assert_eq!((&body["stage"], &body["step"]), (&"cleaned_up".into(), &"continued".into()));
    assert_eq!(body["filings"][0]["status"], "under_filing_review");
    let again = app.post("drafter", &format!("/documents/{doc}/filing"), json!({})).await.expect(200);
    assert_eq!((&again["step"], again["filings"].as_array().map(Vec::len)), (&"continued".into(), Some(2)));
    app.on_day("2026-05-05").await;
    assert_eq!(document(&app, &documents[2].0).await["effect"], "in_force");
}

#[actix_web::test]
async fn a_published_document_changes_its_effect_at_once_and_its_step_with_the_late_filing() {
    let app = TestApp::start().await;
    for (result, effect) in
        [("continued", "in_force"), ("amendment_ordered", "in_force"), ("repealed", "repealed"), ("declared_lapsed", "lapsed")]
    {
        app.on_day("2026-05-06").await;
        let doc = published(&app, &SPRING).await;
        judged(&app, &doc, result, "2026-05-06").await;
        assert_eq!(place(&app, &doc).await, at("legality_review", "published", effect));
        app.on_day("2026-05-20").await;
        let late = app.post("drafter", &format!("/documents/{doc}/filing"), json!({"target": "linjiang"})).await.expect(200);
        assert_eq!((&late["stage"], &late["step"], &late["effect"]), (&"cleaned_up".into(), &result.into(), &effect.into()));
        assert_eq!((&late["filings"][0]["status"], &late["filings"][0]["late"]), (&"awaiting_registration".into(), &true.into()));
        let stages = app
            .sql_as_superuser(&format!(
                "DO $$ BEGIN RAISE EXCEPTION '%', (SELECT string_agg(stage, ' ' ORDER BY seq) FROM stage_changes WHERE document_id = '{doc}'); END $$"
            ))
            .await;
        assert_eq!(stages, "drafted legality_review filed cleaned_up");
    }
}

#[actix_web::test]
async fn later_rounds_move_what_is_not_final_to_any_result_and_nothing_else() {
    let app = TestApp::start().await;
    for first in ["continued", "amendment_ordered"] {
        for second in ["continued", "amendment_ordered", "repealed", "declared_lapsed"] {
            let doc = published(&app, &SPRING).await;
            filed(&app, &doc, "linjiang").await;
            judged(&app, &doc, first, "2026-03-03").await;
            judged(&app, &doc, second, "2026-03-03").await;
            assert_eq!(document(&app, &doc).await["step"], second, "{first} then {second}");
        }
    }
    for first in ["repealed", "declared_lapsed"] {
        for filed_first in [true, false] {
            let doc = published(&app, &SPRING).await;
            if filed_first {
                filed(&app, &doc, "linjiang").await;
            }
            judged(&app, &doc, first, "2026-03-03").await;
            let id = open(&app, round("special")).await;
            let body = json!({"document_id": doc, "result": "amendment_ordered", "reason": "再审"});
            app.post("secretary", &format!("/cleanups/{id}/results"), body).await.expect_problem(409, "document_final");
            let candidates = app.get("secretary", &format!("/cleanups/{id}/candidates")).await.expect(200);
            assert!(candidates["items"].as_array().expect("items").iter().all(|item| item["document_id"] != doc.as_str()));
        }
    }
}

#[actix_web::test]
async fn what_became_final_meanwhile_is_left_out_and_named() {
    let app = TestApp::start().await;
    let (gone, stays) = (published_titled(&app, &SPRING, "甲").await, published_titled(&app, &SPRING, "乙").await);
    filed(&app, &gone, "linjiang").await;
    let id = open(&app, round("periodic")).await;
    propose(&app, &id, &gone, "continued").await;
    propose(&app, &id, &stays, "continued").await;
    judged(&app, &gone, "repealed", "2026-03-03").await;
    let body = publish_on(&app, &id, "2026-03-03").await;
    assert_eq!(body["left_out"].as_array().map(Vec::len), Some(1));
    assert_eq!((&body["left_out"][0]["document_id"], &body["left_out"][0]["left_out"]), (&gone.as_str().into(), &"became_final".into()));
    assert_eq!((&body["outcomes"][0]["document_id"], body["outcomes"].as_array().map(Vec::len)), (&stays.as_str().into(), Some(1)));
    assert_eq!(document(&app, &gone).await["step"], "repealed");
}

#[actix_web::test]
async fn what_is_not_listed_gets_the_round_s_effect_and_only_that_which_is_in_scope() {
    let app = TestApp::start().await;
    for (unlisted, step, effect) in
        [("none", "published", "in_force"), ("repeal", "published", "repealed"), ("lapse", "published", "lapsed")]
    {
        app.on_day("2026-05-06").await;
        let listed = published_titled(&app, &SPRING, "列入").await;
        let silent = published_titled(&app, &SPRING, "未列入").await;
        let filed_one = published_titled(&app, &SPRING, "已报备").await;
        filed(&app, &filed_one, "linjiang").await;
        let later = published_titled(&app, &LATER, "之后").await;
        let revoked = published_titled(&app, &SPRING, "已撤销").await;
        let filing = filing_at(&app, &revoked, "linjiang", "county_auditor", "under_filing_review").await;
        app.post("county_auditor", &format!("/filings/{filing}/review"), json!({"result": "revoked"})).await.expect(200);
        let mut new = round("periodic");
        new["unlisted_effect"] = unlisted.into();
        let id = open(&app, new).await;
        propose(&app, &id, &listed, "continued").await;
        let body = publish_on(&app, &id, "2026-05-06").await;
        assert_eq!(place(&app, &listed).await, at("legality_review", "published", "in_force"), "{unlisted}");
        assert_eq!(place(&app, &silent).await, at("legality_review", step, effect), "{unlisted}");
        assert_eq!(place(&app, &later).await, at("legality_review", "published", "in_force"), "{unlisted}");
        assert_eq!(place(&app, &revoked).await, at("filed", "filing_reviewed", "revoked"), "{unlisted}");
        let filed_step = document(&app, &filed_one).await["step"].clone();
        let expected = match unlisted {
            "repeal" => "repealed",
            "lapse" => "declared_lapsed",
            _ => "awaiting_registration",
        };
        assert_eq!(filed_step, expected);
        let unlisted_named = body["outcomes"].as_array().expect("outcomes").iter().filter(|each| each["listed"] == false).count();
        assert_eq!(unlisted_named > 0, unlisted != "none");
    }
}

#[actix_web::test]
async fn a_round_that_looks_at_reasons_only_sweeps_nothing_along() {
    let app = TestApp::start().await;
    let (listed, silent) = (published_titled(&app, &SPRING, "甲").await, published_titled(&app, &SPRING, "乙").await);
    let mut new = round("superior_law");
    new["unlisted_effect"] = "repeal".into();
    let id = open(&app, new).await;
    propose(&app, &id, &listed, "continued").await;
    publish_on(&app, &id, "2026-03-03").await;
    assert_eq!(document(&app, &silent).await["effect"], "not_yet_effective");
}

#[actix_web::test]
async fn a_missed_amendment_lapses_only_where_the_round_says_so_and_the_day_after() {
    let app = TestApp::start().await;
    let mut strict = round("periodic");
    strict["lapse_if_missed"] = true.into();
    for (new, after) in [(round("periodic"), "in_force"), (strict, "lapsed")] {
        app.on_day("2026-03-03").await;
        let doc = published(&app, &SPRING).await;
        filed(&app, &doc, "linjiang").await;
        let id = open(&app, new).await;
        propose(&app, &id, &doc, "amendment_ordered").await;
        publish_on(&app, &id, "2026-03-03").await;
        app.on_day("2026-09-30").await;
        assert_eq!(place(&app, &doc).await, at("cleaned_up", "amendment_ordered", "in_force"));
        app.on_day("2026-10-01").await;
        assert_eq!(place(&app, &doc).await, at("cleaned_up", "amendment_ordered", after));
        let id = open(&app, round("expiry")).await;
        let candidates = app.get("secretary", &format!("/cleanups/{id}/candidates")).await.expect(200);
        let item = candidates["items"].as_array().expect("items").iter().find(|item| item["document_id"] == doc.as_str()).cloned();
        let item = item.expect("a missed amendment is a candidate");
        assert!(item["reasons"].as_array().expect("reasons").iter().any(|reason| reason["code"] == "amendment_missed"), "{item}");
    }
}

#[actix_web::test]
async fn an_ordered_amendment_keeps_its_step_and_is_superseded_when_its_replacement_takes_effect() {
    let app = TestApp::start().await;
    let old = published(&app, &SPRING).await;
    filed(&app, &old, "linjiang").await;
    let mut strict = round("periodic");
    strict["lapse_if_missed"] = true.into();
    let id = open(&app, strict).await;
    propose(&app, &id, &old, "amendment_ordered").await;
    publish_on(&app, &id, "2026-03-03").await;
    let mut new = new_document();
    new["title"] = "青禾镇集市管理办法（修订）".into();
    new["replaces"] = json!([{"document_id": old, "effect": "superseded"}]);
    let replacement = published_of(&app, &Days { published: "2026-08-03", effective: "2026-09-10", expires: "2031-09-09" }, new).await;
    app.on_day("2026-09-09").await;
    assert_eq!(place(&app, &old).await, at("cleaned_up", "amendment_ordered", "in_force"));
    for day in ["2026-09-10", "2026-10-01"] {
        app.on_day(day).await;
        assert_eq!(place(&app, &old).await, at("cleaned_up", "amendment_ordered", "superseded"), "{day}");
    }
    let id = open(&app, round("expiry")).await;
    let candidates = app.get("secretary", &format!("/cleanups/{id}/candidates")).await.expect(200);
    let codes: Vec<&str> =
        candidates["items"][0]["reasons"].as_array().expect("reasons").iter().filter_map(|each| each["code"].as_str()).collect();
    assert_eq!((&candidates["items"][0]["document_id"], codes), (&old.as_str().into(), vec!["replaced"]));
    let body = json!({"document_id": old, "result": "repealed", "reason": "已被替代", "replaced_by": replacement});
    app.post("secretary", &format!("/cleanups/{id}/results"), body).await.expect(201);
}

#[actix_web::test]
async fn a_later_result_takes_a_lapse_back_that_has_not_come() {
    let app = TestApp::start().await;
    let mut strict = round("periodic");
    strict["lapse_if_missed"] = true.into();
    // Judged anew in time: no lapse. Judged anew after the lapse: it has happened.
    for (day, effect) in [("2026-09-30", "in_force"), ("2026-10-01", "lapsed")] {
        app.on_day("2026-03-03").await;
        let doc = published(&app, &SPRING).await;
        filed(&app, &doc, "linjiang").await;
        let id = open(&app, strict.clone()).await;
        propose(&app, &id, &doc, "amendment_ordered").await;
        publish_on(&app, &id, "2026-03-03").await;
        app.on_day(day).await;
        judged(&app, &doc, "continued", day).await;
        app.on_day("2026-12-01").await;
        assert_eq!(place(&app, &doc).await, at("cleaned_up", "continued", effect), "{day}");
    }
}

#[actix_web::test]
async fn a_repeal_in_a_later_round_ends_a_pending_lapse() {
    let app = TestApp::start().await;
    let mut strict = round("periodic");
    strict["lapse_if_missed"] = true.into();
    let doc = published(&app, &SPRING).await;
    filed(&app, &doc, "linjiang").await;
    let id = open(&app, strict).await;
    propose(&app, &id, &doc, "amendment_ordered").await;
    publish_on(&app, &id, "2026-03-03").await;
    app.on_day("2026-06-01").await;
    judged(&app, &doc, "repealed", "2026-06-01").await;
    app.on_day("2026-12-01").await;
    assert_eq!(place(&app, &doc).await, at("cleaned_up", "repealed", "repealed"));
}

#[actix_web::test]
async fn every_judged_document_has_its_own_entry_and_a_dry_run_has_none() {
    let app = TestApp::start().await;
    let docs = [published(&app, &SPRING).await, published(&app, &SPRING).await];
    let id = open(&app, round("periodic")).await;
    for doc in &docs {
        propose(&app, &id, doc, "repealed").await;
    }
    let body = json!({"minutes_no": "青府纪〔2026〕9号", "published_on": "2026-03-03"});
    let tried = app.post("secretary", &format!("/cleanups/{id}/publication?dry_run=true"), body).await.expect(200);
    assert_eq!(tried["allowed"], true);
    assert_eq!(document(&app, &docs[0]).await["effect"], "not_yet_effective");
    publish_on(&app, &id, "2026-03-03").await;
    for doc in &docs {
        let told = app
            .sql_as_superuser(&format!(
                "DO $$ BEGIN RAISE EXCEPTION '%', (SELECT string_agg(type, ' ' ORDER BY id) FROM log_entries
                  WHERE document_id = '{doc}' AND id > (SELECT max(id::text)::uuid FROM log_entries
                    WHERE document_id = '{doc}' AND type = 'document.published')); END $$"
            ))
            .await;
        assert_eq!(told, "cleanup.result_proposed document.cleaned_up effect.ended");
    }
}

#[actix_web::test]
async fn a_document_is_not_cleaned_up_past_the_catalogue() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    filed(&app, &doc, "linjiang").await;
    let jump = format!(
        "INSERT INTO step_changes (document_id, seq, from_stage, from_step, action, stage, step, at, entry_id)
         SELECT document_id, seq + 1, stage, step, 'clean_up', 'cleaned_up', 'repealed', now(), entry_id FROM step_changes
          WHERE document_id = '{doc}' ORDER BY seq DESC LIMIT 1"
    );
    assert_eq!(app.sql(&jump).await, "step_changes_cleaned_up_rests_on_an_outcome");
    assert_eq!(document(&app, &doc).await["stage"], "filed");
}

#[actix_web::test]
async fn of_two_publications_at_once_one_is_refused() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = open(&app, round("periodic")).await;
    propose(&app, &id, &doc, "continued").await;
    let path = format!("/cleanups/{id}/publication");
    let body = json!({"minutes_no": "青府纪〔2026〕9号", "published_on": "2026-03-03"});
    let both = futures_util::future::join(app.post("secretary", &path, body.clone()), app.post("secretary", &path, body));
    let (one, other) = both.await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}
