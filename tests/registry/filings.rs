//! Filing (备案) and filing review: every filing with its own status and clock, and the document's step from all of them.

use serde_json::{Value, json};

use super::helpers::app::{TestApp, new_document};
use super::helpers::published::{Days, SPRING, filed, filing_at, filing_in, published, published_titled};

const STATUSES: [&str; 7] = [
    "awaiting_registration",
    "registration_suspended",
    "filing_refused",
    "under_filing_review",
    "rectifying",
    "rectification_reported",
    "filing_reviewed",
];

async fn document(app: &TestApp, id: &str) -> Value {
    app.get("drafter", &format!("/documents/{id}")).await.expect(200)
}

#[actix_web::test]
async fn a_document_before_publication_is_not_filed() {
    let app = TestApp::start().await;
    let id = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let refused = app.post("drafter", &format!("/documents/{id}/filing"), json!({})).await.expect_problem(409, "wrong_step");
    assert_eq!((&refused["stage"], &refused["step"]), (&"drafted".into(), &"drafting".into()));
    // What is wrong with the shape is said before what is wrong with the state.
    app.post("drafter", &format!("/documents/{id}/filing"), json!({"target": 7})).await.expect_problem(422, "invalid_input");
    app.post("drafter", &format!("/documents/{id}/filing"), json!({"to": "linjiang"})).await.expect_problem(422, "invalid_input");
    assert_eq!(document(&app, &id).await["filings"], json!([]));
}

#[actix_web::test]
async fn only_the_drafter_files_and_strangers_see_nothing() {
    let app = TestApp::start().await;
    let id = published(&app, &SPRING).await;
    let path = format!("/documents/{id}/filing");
    app.post("", &path, json!({})).await.expect_problem(401, "unauthenticated");
    for who in ["outsider", "admin"] {
        app.post(who, &path, json!({})).await.expect_problem(404, "not_found");
    }
    for who in ["reviewer", "secretary", "auditor", "county_auditor"] {
        app.post(who, &path, json!({})).await.expect_problem(403, "forbidden");
    }
    app.post("drafter", &path, json!({"target": "bazhou"})).await.expect_problem(422, "unknown_target");
    app.post("drafter", &path, json!({"target": "nowhere"})).await.expect_problem(422, "unknown_target");
    assert_eq!(document(&app, &id).await["step"], "published");
}

#[actix_web::test]
async fn a_filing_to_all_targets_gives_each_its_own_and_happens_once() {
    let app = TestApp::start().await;
    let id = published(&app, &SPRING).await;
    let path = format!("/documents/{id}/filing");
    let tried = app.post("drafter", &format!("{path}?dry_run=true"), json!({})).await.expect(200);
    assert_eq!(tried["allowed"], true);
    assert_eq!(document(&app, &id).await["filings"], json!([]));
    let body = app.post("drafter", &path, json!({})).await.expect(200);
    assert_eq!((&body["stage"], &body["step"]), (&"filed".into(), &"awaiting_registration".into()));
    let filings = body["filings"].as_array().expect("filings");
    assert_eq!(filings.len(), 2);
    for filing in filings {
        assert_eq!((&filing["due_on"], &filing["filed_on"], &filing["late"]), (&"2026-03-17".into(), &"2026-03-03".into(), &false.into()));
        assert_eq!((&filing["status"], &filing["filing_no"]), (&"awaiting_registration".into(), &Value::Null));
    }
    app.post("drafter", &path, json!({})).await.expect_problem(409, "already_filed");
    app.post("drafter", &path, json!({"target": "linjiang"})).await.expect_problem(409, "already_filed");
}

#[actix_web::test]
async fn an_issuer_without_targets_has_nowhere_to_file() {
    let app = TestApp::start().await;
    let id = published(&app, &SPRING).await;
    assert_eq!(app.change_as_superuser("DELETE FROM filing_targets").await, "ok");
    app.post("drafter", &format!("/documents/{id}/filing"), json!({})).await.expect_problem(422, "no_filing_target");
}

/// Every status against every act: what is not in the table is refused, and leaves everything as it was.
#[actix_web::test]
async fn every_status_takes_only_its_own_acts() {
    let app = TestApp::start().await;
    for status in STATUSES {
        let doc = published(&app, &SPRING).await;
        let id = filing_at(&app, &doc, "linjiang", "county_auditor", status).await;
        let acts = [
            ("county_auditor", "intake", json!({"result": "registered"})),
            ("county_auditor", "intake", json!({"result": "suspended", "reason": "缺依据"})),
            ("county_auditor", "intake", json!({"result": "refused", "reason": "不属规范性文件"})),
            ("drafter", "supplement", json!({"note": "补交"})),
            ("county_auditor", "review", json!({"result": "passed"})),
            ("county_auditor", "review", json!({"result": "technical_advice"})),
            ("county_auditor", "review", json!({"result": "self_correction"})),
            ("county_auditor", "review", json!({"result": "ordered_correction"})),
            ("county_auditor", "review", json!({"result": "revoked"})),
            ("drafter", "rectification", json!({"action": "repealed", "report": "已废止"})),
        ];
        let before = app.get("county_auditor", &format!("/filings/{id}")).await;
        for (who, act, body) in acts {
            let possible = match status {
                "awaiting_registration" => act == "intake",
                "registration_suspended" => act == "supplement",
                "under_filing_review" | "rectification_reported" => act == "review",
                "rectifying" => act == "rectification",
                _ => false,
            };
            let path = format!("/filings/{id}/{act}");
            let tried = app.post(who, &format!("{path}?dry_run=true"), body.clone()).await.expect(200);
            assert_eq!(tried["allowed"], possible, "{status} {act} {body}: {tried}");
            if !possible {
                let refused = app.post(who, &path, body).await.expect_problem(409, "wrong_step");
                assert_eq!((&refused["filing_status"], &refused["stage"]), (&status.into(), &"filed".into()), "{refused}");
            }
        }
        let after = app.get("county_auditor", &format!("/filings/{id}")).await;
        assert_eq!(before.header("etag"), after.header("etag"), "{status}");
    }
}

#[actix_web::test]
async fn each_act_is_its_own_body_s_and_role_s() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = filed(&app, &doc, "linjiang").await;
    let acts = [
        ("intake", json!({"result": "registered"}), "county_auditor"),
        ("review", json!({"result": "passed"}), "county_auditor"),
        ("supplement", json!({"note": "补交"}), "drafter"),
        ("rectification", json!({"action": "amended", "report": "已修改"}), "drafter"),
    ];
    for (act, body, own) in acts {
        let path = format!("/filings/{id}/{act}");
        app.post("", &path, body.clone()).await.expect_problem(401, "unauthenticated");
        // Whoever must not act is told so before their input is looked at.
        for who in ["outsider", "admin"] {
            app.post(who, &path, json!({"nonsense": 1})).await.expect_problem(404, "not_found");
        }
        for who in ["reviewer", "secretary", "auditor", "drafter", "county_auditor"] {
            if who != own {
                app.post(who, &path, json!({"nonsense": 1})).await.expect_problem(403, "forbidden");
            }
        }
        app.post(own, &path, json!({"nonsense": 1})).await.expect_problem(422, "invalid_input");
        app.post(own, &format!("/filings/{doc}/{act}"), body).await.expect_problem(404, "not_found");
    }
    for who in ["auditor", "reviewer"] {
        app.get(who, &format!("/filings/{id}")).await.expect_problem(403, "forbidden");
    }
    app.get("outsider", &format!("/filings/{id}")).await.expect_problem(404, "not_found");
    for who in ["county_auditor", "drafter", "secretary"] {
        app.get(who, &format!("/filings/{id}")).await.expect(200);
    }
}

#[actix_web::test]
async fn nobody_registers_or_reviews_what_they_filed() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = filed(&app, &doc, "linjiang").await;
    // The drafter is given the auditor's role of the county and a token for it.
    let granted = app
        .change_as_superuser(
            "INSERT INTO user_roles SELECT u.id, b.id, 'auditor' FROM users u, bodies b WHERE u.login = 'chen.drafter' AND b.code = 'linjiang';
             INSERT INTO tokens (id, user_id, body_id, name, token_sha256, created_at)
                SELECT gen_random_uuid(), u.id, b.id, 'both', encode(sha256('lg_both'), 'hex'), now() FROM users u, bodies b
                 WHERE u.login = 'chen.drafter' AND b.code = 'linjiang'",
        )
        .await;
    assert_eq!(granted, "ok");
    for (act, body) in [("intake", json!({"result": "registered"})), ("review", json!({"result": "passed"}))] {
        let headers = [("authorization", "Bearer lg_both"), ("content-type", "application/json")];
        let answer = app.send("POST", "", &format!("/filings/{id}/{act}"), &headers, Some(body.to_string().into_bytes())).await;
        answer.expect_problem(403, "filer_cannot_review");
    }
    app.post("county_auditor", &format!("/filings/{id}/intake"), json!({"result": "registered"})).await.expect(200);
}

#[actix_web::test]
async fn a_form_check_gives_reasons_and_gapless_numbers_per_body_and_year() {
    let app = TestApp::start().await;
    let mut numbers = Vec::new();
    for index in 0..3 {
        let doc = published(&app, &SPRING).await;
        let id = filed(&app, &doc, "linjiang").await;
        let path = format!("/filings/{id}/intake");
        for result in ["suspended", "refused"] {
            app.post("county_auditor", &path, json!({"result": result})).await.expect_problem(422, "reason_required");
        }
        app.post("county_auditor", &path, json!({"result": "suspended", "reason": " "})).await.expect_problem(422, "invalid_input");
        if index == 1 {
            // A refused filing takes no number.
            app.post("county_auditor", &path, json!({"result": "refused", "reason": "不属备案范围"})).await.expect(200);
            assert_eq!(document(&app, &doc).await["step"], "filing_refused");
            continue;
        }
        let body = app.post("county_auditor", &path, json!({"result": "registered"})).await.expect(200);
        assert_eq!((&body["step"], &body["filing_no"]), (&"under_filing_review".into(), &filing_in(&body, "linjiang")["filing_no"]));
        numbers.push(body["filing_no"].clone());
    }
    assert_eq!(numbers, ["临府规备〔2026〕1号", "临府规备〔2026〕2号"]);
    app.on_day("2027-01-04").await;
    let doc = published(&app, &Days { published: "2026-12-31", effective: "2027-02-01", expires: "2032-01-31" }).await;
    let id = filed(&app, &doc, "linjiang").await;
    let body = app.post("county_auditor", &format!("/filings/{id}/intake"), json!({"result": "registered"})).await.expect(200);
    assert_eq!(body["filing_no"], "临府规备〔2027〕1号");
}

#[actix_web::test]
async fn a_refused_filing_may_be_filed_again_and_an_open_one_not() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    filing_at(&app, &doc, "linjiang", "county_auditor", "filing_refused").await;
    app.on_day("2026-03-18").await;
    let again = app.post("drafter", &format!("/documents/{doc}/filing"), json!({"target": "linjiang"})).await.expect(200);
    assert_eq!((&again["step"], again["filings"].as_array().map(Vec::len)), (&"awaiting_registration".into(), Some(2)));
    assert_eq!(filing_in(&again, "linjiang")["late"], true);
    app.post("drafter", &format!("/documents/{doc}/filing"), json!({"target": "linjiang"})).await.expect_problem(409, "already_filed");
}

#[actix_web::test]
async fn two_filings_have_their_own_clocks_and_the_furthest_gives_the_step() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let inner = filing_at(&app, &doc, "qinghe-yfzlb", "auditor", "filing_reviewed").await;
    assert_eq!(document(&app, &doc).await["step"], "filing_reviewed");
    app.on_day("2026-03-18").await;
    let county = filed(&app, &doc, "linjiang").await;
    let body = document(&app, &doc).await;
    assert_eq!(body["step"], "awaiting_registration");
    assert_eq!((&filing_in(&body, "qinghe-yfzlb")["late"], &filing_in(&body, "linjiang")["late"]), (&false.into(), &true.into()));
    let first_number = body["filing_no"].clone();
    app.post("county_auditor", &format!("/filings/{county}/intake"), json!({"result": "suspended", "reason": "缺说明"})).await.expect(200);
    assert_eq!(document(&app, &doc).await["step"], "registration_suspended");
    app.on_day("2026-03-25").await;
    app.post("drafter", &format!("/filings/{county}/supplement"), json!({})).await.expect_problem(422, "invalid_input");
    let path = format!("/filings/{county}/supplement");
    let form = app.post_form("drafter", &path, &[("note", "补交起草说明")], Some(("说明.txt", "说明".as_bytes()))).await;
    assert_eq!(form.expect(200)["step"], "awaiting_registration");
    let read = app.get("county_auditor", &format!("/filings/{county}")).await.expect(200);
    assert_eq!((&read["filed_on"], &read["late"]), (&"2026-03-18".into(), &true.into()));
    assert_eq!((&read["supplements"][0]["note"], &read["supplements"][0]["file"]["name"]), (&"补交起草说明".into(), &"说明.txt".into()));
    app.post("county_auditor", &format!("/filings/{county}/intake"), json!({"result": "registered"})).await.expect(200);
    let body = document(&app, &doc).await;
    assert_eq!((&body["step"], &body["filing_no"]), (&"under_filing_review".into(), &first_number));
    assert_ne!(filing_in(&body, "linjiang")["filing_no"], first_number);
    app.get("auditor", &format!("/filings/{inner}")).await.expect(200);
}

#[actix_web::test]
async fn lateness_is_open_after_a_provisional_day() {
    let app = TestApp::start_at("2026-12-22T01:00:00Z").await;
    // Fifteen days from 20 December end on 4 January 2027, beyond the calendar.
    let days = Days { published: "2026-12-20", effective: "2027-02-01", expires: "2032-01-31" };
    for (day, late) in [("2026-12-31", json!(false)), ("2027-01-04", json!(false)), ("2027-01-05", Value::Null)] {
        let doc = published(&app, &days).await;
        app.on_day(day).await;
        let id = filed(&app, &doc, "linjiang").await;
        let read = app.get("drafter", &format!("/filings/{id}")).await.expect(200);
        assert_eq!((&read["due_on"], &read["provisional"], &read["late"]), (&"2027-01-04".into(), &true.into(), &late), "{day}");
        assert_eq!(filing_in(&document(&app, &doc).await, "linjiang")["provisional"], true);
        assert!(read["provisional_reason"].as_str().is_some_and(|reason| reason.contains("2026-12-31")), "{read}");
    }
    let count = |items: Value| items["items"].as_array().map(Vec::len);
    assert_eq!(count(app.get("county_auditor", "/filings?late=false").await.expect(200)), Some(2));
    assert_eq!(count(app.get("county_auditor", "/filings?late=true").await.expect(200)), Some(0));
    assert_eq!(count(app.get("county_auditor", "/filings").await.expect(200)), Some(3));
}

#[actix_web::test]
async fn only_a_superior_orders_or_revokes() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = filing_at(&app, &doc, "qinghe-yfzlb", "auditor", "under_filing_review").await;
    for result in ["ordered_correction", "revoked"] {
        app.post("auditor", &format!("/filings/{id}/review"), json!({"result": result})).await.expect_problem(403, "beyond_powers");
    }
    assert_eq!(document(&app, &doc).await["step"], "under_filing_review");
    let past_the_service = format!(
        "INSERT INTO filing_reviews (id, filing_id, target_role, review_no, result, problem_types, auditor_id, reviewed_at, reviewed_on, profile_id, entry_id)
         SELECT gen_random_uuid(), f.id, f.role, 1, 'revoked', '{{}}', f.filed_by, now(), f.filed_on, f.profile_id, f.entry_id FROM filings f WHERE f.id = '{id}'"
    );
    assert_eq!(app.sql(&past_the_service).await, "filing_reviews_power_of_the_role");
}

#[actix_web::test]
async fn the_day_of_a_rectification_goes_with_a_correction_and_lies_ahead() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = filing_at(&app, &doc, "linjiang", "county_auditor", "under_filing_review").await;
    let path = format!("/filings/{id}/review");
    let early = json!({"result": "self_correction", "due_on": "2026-03-03", "problem_types": ["content", "content"]});
    let problem = app.post("county_auditor", &path, early).await.expect_problem(422, "duplicate");
    let codes: Vec<&str> = problem["errors"].as_array().expect("errors").iter().filter_map(|each| each["code"].as_str()).collect();
    assert_eq!(codes, ["duplicate", "date_too_early"]);
    for result in ["passed", "technical_advice", "revoked"] {
        let body = json!({"result": result, "due_on": "2026-04-01"});
        app.post("county_auditor", &path, body).await.expect_problem(422, "due_on_mismatch");
    }
    let body = json!({"result": "ordered_correction", "problem_types": ["content", "procedure"], "findings": "增设许可"});
    assert_eq!(app.post("county_auditor", &path, body).await.expect(200)["step"], "rectifying");
    let read = app.get("drafter", &format!("/filings/{id}")).await.expect(200);
    // Thirty days from 3 March, the profile's.
    assert_eq!((&read["reviews"][0]["due_on"], &read["reviews"][0]["provisional"]), (&"2026-04-02".into(), &false.into()));
    assert_eq!(read["reviews"][0]["problem_types"], json!(["content", "procedure"]));
}

#[actix_web::test]
async fn without_a_report_a_missed_day_allows_a_new_order_or_revocation_and_nothing_else() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = filing_at(&app, &doc, "linjiang", "county_auditor", "rectifying").await;
    let path = format!("/filings/{id}/review");
    app.on_day("2026-04-02").await;
    app.post("county_auditor", &path, json!({"result": "revoked"})).await.expect_problem(409, "wrong_step");
    app.on_day("2026-04-03").await;
    for result in ["passed", "technical_advice"] {
        app.post("county_auditor", &path, json!({"result": result})).await.expect_problem(409, "wrong_step");
    }
    let again = app.post("county_auditor", &path, json!({"result": "ordered_correction", "due_on": "2026-04-10"})).await.expect(200);
    assert_eq!(again["step"], "rectifying");
    // The new order has its own day.
    app.post("county_auditor", &path, json!({"result": "revoked"})).await.expect_problem(409, "wrong_step");
    app.on_day("2026-04-11").await;
    let revoked = app.post("county_auditor", &path, json!({"result": "revoked"})).await.expect(200);
    assert_eq!((&revoked["step"], &revoked["effect"]), (&"filing_reviewed".into(), &"revoked".into()));
}

#[actix_web::test]
async fn a_provisional_day_is_never_missed_for_certain() {
    let app = TestApp::start_at("2026-12-10T01:00:00Z").await;
    let doc = published(&app, &SPRING).await;
    let id = filing_at(&app, &doc, "linjiang", "county_auditor", "rectifying").await;
    let read = app.get("drafter", &format!("/filings/{id}")).await.expect(200);
    assert_eq!((&read["reviews"][0]["due_on"], &read["reviews"][0]["provisional"]), (&"2027-01-11".into(), &true.into()));
    app.on_day("2027-03-01").await;
    let path = format!("/filings/{id}/review");
    app.post("county_auditor", &path, json!({"result": "revoked"})).await.expect_problem(409, "wrong_step");
    app.post("drafter", &format!("/filings/{id}/rectification"), json!({"action": "amended", "report": "已修改"})).await.expect(200);
}

#[actix_web::test]
async fn a_revocation_ends_the_effect_on_its_day_and_not_before() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = filing_at(&app, &doc, "linjiang", "county_auditor", "under_filing_review").await;
    app.on_day("2026-05-06").await;
    assert_eq!(document(&app, &doc).await["effect"], "in_force");
    app.post("county_auditor", &format!("/filings/{id}/review"), json!({"result": "revoked"})).await.expect(200);
    assert_eq!(document(&app, &doc).await["effect"], "revoked");
    app.on_day("2026-05-05").await;
    assert_eq!(document(&app, &doc).await["effect"], "in_force");
}

#[actix_web::test]
async fn a_reported_repeal_ends_the_effect_only_when_its_review_passes() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = filing_at(&app, &doc, "linjiang", "county_auditor", "rectifying").await;
    app.on_day("2026-04-02").await;
    let report = json!({"action": "repealed", "report": "镇政府已决定废止"});
    let body = app.post("drafter", &format!("/filings/{id}/rectification"), report.clone()).await.expect(200);
    assert_eq!((&body["step"], &body["effect"]), (&"rectifying".into(), &"in_force".into()));
    assert_eq!(filing_in(&body, "linjiang")["status"], "rectification_reported");
    // A further order answers the report without ending anything.
    let path = format!("/filings/{id}/review");
    let again = app.post("county_auditor", &path, json!({"result": "self_correction"})).await.expect(200);
    assert_eq!(again["effect"], "in_force");
    app.post("drafter", &format!("/filings/{id}/rectification"), report).await.expect(200);
    app.on_day("2026-04-20").await;
    let passed = app.post("county_auditor", &path, json!({"result": "passed"})).await.expect(200);
    assert_eq!((&passed["step"], &passed["effect"]), (&"filing_reviewed".into(), &"repealed".into()));
    app.on_day("2026-04-19").await;
    assert_eq!(document(&app, &doc).await["effect"], "in_force");
}

#[actix_web::test]
async fn a_pass_of_an_amendment_ends_nothing() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = filing_at(&app, &doc, "linjiang", "county_auditor", "rectification_reported").await;
    let text = document(&app, &doc).await["revision_sha256"].clone();
    let passed = app.post("county_auditor", &format!("/filings/{id}/review"), json!({"result": "passed"})).await.expect(200);
    assert_eq!((&passed["effect"], &passed["revision_sha256"]), (&"not_yet_effective".into(), &text));
}

#[actix_web::test]
async fn a_replacement_is_a_document_that_replaces_this_one() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let other = published_titled(&app, &SPRING, "青禾镇摊点管理办法").await;
    let id = filing_at(&app, &doc, "linjiang", "county_auditor", "rectifying").await;
    let path = format!("/filings/{id}/rectification");
    let report = |replacement: &str| json!({"action": "amended", "report": "另行制定", "replacement_document_id": replacement});
    for unrelated in [other.as_str(), doc.as_str(), "0198c000-0000-7000-8000-000000000000"] {
        app.post("drafter", &path, report(unrelated)).await.expect_problem(422, "replacement_not_related");
    }
    let mut new = new_document();
    new["title"] = "青禾镇集市管理办法（修订）".into();
    new["replaces"] = json!([{"document_id": doc, "effect": "superseded"}]);
    let replacement = app.post("drafter", "/documents", new).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let body = app.post("drafter", &path, report(&replacement)).await.expect(200);
    assert_eq!(filing_in(&body, "linjiang")["status"], "rectification_reported");
    let read = app.get("county_auditor", &format!("/filings/{id}")).await.expect(200);
    assert_eq!(
        (&read["rectifications"][0]["replacement_document_id"], &read["rectifications"][0]["review"]),
        (&replacement.into(), &1.into())
    );
}

#[actix_web::test]
async fn lists_show_each_caller_their_own_and_page_without_gaps() {
    let app = TestApp::start().await;
    let mut filed_ids = Vec::new();
    for _ in 0..3 {
        let doc = published(&app, &SPRING).await;
        app.post("drafter", &format!("/documents/{doc}/filing"), json!({})).await.expect(200);
        filed_ids.push(doc);
    }
    let items = |body: Value| body["items"].as_array().expect("items").clone();
    for who in ["reviewer", "admin"] {
        app.get(who, "/filings").await.expect_problem(403, "forbidden");
    }
    app.get("", "/filings").await.expect_problem(401, "unauthenticated");
    assert_eq!(items(app.get("drafter", "/filings").await.expect(200)).len(), 6);
    assert_eq!(items(app.get("secretary", "/filings").await.expect(200)).len(), 6);
    assert_eq!(items(app.get("outsider", "/filings").await.expect(200)).len(), 0);
    for (who, target) in [("auditor", "qinghe-yfzlb"), ("county_auditor", "linjiang")] {
        let own = items(app.get(who, "/filings").await.expect(200));
        assert_eq!(own.len(), 3);
        assert!(own.iter().all(|item| item["target"]["code"] == target));
    }
    assert_eq!(items(app.get("drafter", &format!("/filings?document_id={}", filed_ids[0])).await.expect(200)).len(), 2);
    assert_eq!(items(app.get("drafter", "/filings?body=qinghe&status=awaiting_registration").await.expect(200)).len(), 6);
    assert_eq!(items(app.get("drafter", "/filings?body=baishi").await.expect(200)).len(), 0);
    assert_eq!(items(app.get("drafter", "/filings?status=filing_refused").await.expect(200)).len(), 0);
    app.get("drafter", "/filings?status=lost").await.expect_problem(400, "bad_query_parameter");
    app.get("drafter", "/filings?document_id=7").await.expect_problem(400, "bad_query_parameter");
    app.get("drafter", "/filings?colour=red").await.expect_problem(400, "unknown_query_parameter");
    let (mut seen, mut path) = (Vec::new(), "/filings?limit=4".to_owned());
    loop {
        let page = app.get("drafter", &path).await;
        let body = page.expect(200);
        seen.extend(items(body.clone()).into_iter().map(|item| item["id"].to_string()));
        match body["next_cursor"].as_str() {
            Some(cursor) => path = format!("/filings?limit=4&cursor={cursor}"),
            None => break,
        }
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((count, seen.len()), (6, 6));
    let item = items(app.get("drafter", "/filings?limit=1").await.expect(200))[0].clone();
    for field in ["id", "document_id", "title", "status", "late", "filed_on", "due_on", "filing_no", "target", "role", "issuing_authority"]
    {
        assert!(item.get(field).is_some(), "{field} in {item}");
    }
}

#[actix_web::test]
async fn of_two_filings_at_once_to_one_body_one_is_refused() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let path = format!("/documents/{doc}/filing");
    let both = futures_util::future::join(
        app.post("drafter", &path, json!({"target": "linjiang"})),
        app.post("drafter", &path, json!({"target": "linjiang"})),
    );
    let (one, other) = both.await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(document(&app, &doc).await["filings"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn a_filing_s_status_cannot_be_written_past_its_chain() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    let id = filed(&app, &doc, "linjiang").await;
    assert!(app.sql(&format!("UPDATE filings SET status = 'filing_reviewed' WHERE id = '{id}'")).await.contains("permission denied"));
    let jump = format!(
        "INSERT INTO filing_changes (filing_id, seq, from_status, action, status, at, day, entry_id)
         SELECT id, 2, 'awaiting_registration', 'review', 'filing_reviewed', now(), filed_on, entry_id FROM filings WHERE id = '{id}'"
    );
    assert_ne!(app.sql(&jump).await, "ok");
    let late = format!(
        "INSERT INTO filings (id, document_id, publication_id, publication_date, body_id, target_id, role, filed_by, filed_at, filed_on, due_on,
            due_provisional, late, profile_id, entry_id)
         SELECT gen_random_uuid(), document_id, publication_id, publication_date, body_id, body_id, role, filed_by,
            (due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai', due_on + 1, due_on, false, false, profile_id, entry_id FROM filings WHERE id = '{id}'"
    );
    assert_eq!(app.sql(&late).await, "filings_late_is_after_the_day");
}

#[actix_web::test]
async fn the_timeline_tells_every_act_on_a_filing() {
    let app = TestApp::start().await;
    let doc = published(&app, &SPRING).await;
    filing_at(&app, &doc, "linjiang", "county_auditor", "filing_reviewed").await;
    let told = app
        .sql_as_superuser(&format!(
            "DO $$ BEGIN RAISE EXCEPTION '%', (SELECT string_agg(type, ' ' ORDER BY id) FROM log_entries
              WHERE document_id = '{doc}' AND id > (SELECT max(id::text)::uuid FROM log_entries
                WHERE document_id = '{doc}' AND type = 'document.published')); END $$"
        ))
        .await;
    assert_eq!(told, "filing.made document.stage_changed filing.taken_in filing.reviewed");
}
