//! The deadlines that a document shows along the whole procedure, over HTTP, and what becomes of them when the calendar changes.

use std::rc::Rc;

use actix_web::rt::spawn;
use diesel::QueryDsl;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use lawgate::base::workdays::parse_day;
use lawgate::documents::deadlines::{judge_filings_anew, refresh_all};
use lawgate::rules::Rules;
use lawgate::schema::registry_state;
use serde_json::{Value, json};

use super::helpers::app::{ENTRY, TestApp};
use super::helpers::published::{Days, SPRING, filing_at, publish, published};
use super::helpers::{meeting_story, story};

/// The deadlines of a document as `kind due`, with `!` once overdue and `?` while provisional.
fn list(document: &Value) -> Vec<String> {
    let shown = document["deadlines"].as_array().expect("deadlines");
    shown
        .iter()
        .map(|deadline| {
            let word = |name: &str| deadline[name].as_str().expect("text").to_owned();
            let flag = |name: &str, sign: &'static str| if deadline[name].as_bool().expect("a flag") { sign } else { "" };
            assert_eq!(deadline["provisional"] == true, deadline.get("provisional_reason").is_some(), "{deadline}");
            format!("{} {}{}{}", word("kind"), word("due_on"), flag("overdue", "!"), flag("provisional", "?"))
        })
        .collect()
}

async fn of(app: &TestApp, id: &str) -> Vec<String> {
    list(&app.get("secretary", &format!("/documents/{id}")).await.expect(200))
}

#[actix_web::test]
async fn a_draft_owes_nothing() {
    let app = TestApp::start().await;
    let id = story::with_materials(&app).await;
    assert_eq!(of(&app, &id).await, [""; 0]);
}

#[actix_web::test]
async fn the_reviewer_s_deadlines_follow_each_other_and_last_until_the_end_of_their_day() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    assert_eq!(of(&app, &id).await, ["intake 2026-03-06"]);
    app.on_day("2026-03-06").await;
    assert_eq!(of(&app, &id).await, ["intake 2026-03-06"]);
    app.on_day("2026-03-07").await;
    assert_eq!(of(&app, &id).await, ["intake 2026-03-06!"]);
    assert_eq!(story::step(&app, &id).await, "awaiting_intake", "silence moves nothing");
    story::accept(&app, &id).await.expect(200);
    assert_eq!(of(&app, &id).await, ["legality_review 2026-03-24"], "from the day of the materials, not of the intake");
    story::opine(&app, &id, "lawful").await.expect(200);
    assert_eq!(of(&app, &id).await, [""; 0]);
}

#[actix_web::test]
async fn a_supplement_suspends_the_review_and_what_was_left_runs_on() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    assert_eq!(of(&app, &id).await, ["legality_review 2026-03-24"]);
    app.on_day("2026-03-05").await;
    let ask = json!({"result": "supplement_requested", "missing": ["legal_basis"], "reason": "缺少依据"});
    story::intake(&app, &id, ask).await.expect(200);
    assert_eq!(of(&app, &id).await, ["supplement 2026-03-09"], "the review stands still");
    app.on_day("2026-03-09").await;
    story::add_material(&app, &id, "legal_basis").await;
    story::submit(&app, &id).await.expect(200);
    assert_eq!(of(&app, &id).await, ["intake 2026-03-12"]);
    app.on_day("2026-03-11").await;
    story::accept(&app, &id).await.expect(200);
    // 5, 6 and 9 March are not counted.
    assert_eq!(of(&app, &id).await, ["legality_review 2026-03-27"]);
}

#[actix_web::test]
async fn a_supplement_before_the_first_acceptance_starts_the_review_later() {
    let app = TestApp::start().await;
    let id = story::submitted(&app).await;
    let ask = json!({"result": "supplement_requested", "missing": ["legal_basis"], "reason": "缺少依据"});
    story::intake(&app, &id, ask).await.expect(200);
    assert_eq!(of(&app, &id).await, ["supplement 2026-03-06"]);
    app.on_day("2026-03-06").await;
    story::submit(&app, &id).await.expect(200);
    app.on_day("2026-03-10").await;
    story::accept(&app, &id).await.expect(200);
    assert_eq!(of(&app, &id).await, ["legality_review 2026-03-27"], "fifteen working days from 6 March");
}

#[actix_web::test]
async fn a_withdrawn_document_owes_nothing() {
    let app = TestApp::start().await;
    let id = story::under_review(&app).await;
    app.post("drafter", &format!("/documents/{id}/withdrawal"), json!({"reason": "取消"})).await.expect(200);
    assert_eq!(of(&app, &id).await, [""; 0]);
}

#[actix_web::test]
async fn signing_publication_and_filing_each_start_the_next_deadline() {
    let app = TestApp::start().await;
    let id = meeting_story::signed(&app).await;
    assert_eq!(of(&app, &id).await, ["publication 2026-04-08"]);
    app.post("secretary", &format!("/documents/{id}/issuance/void"), json!({"reason": "误录"})).await.expect(200);
    assert_eq!(of(&app, &id).await, [""; 0], "a void issuance owes no publication");
    meeting_story::issue(&app, &id).await;
    meeting_story::publish(&app, &id).await;
    // Published on 10 March, effective from 1 May; one deadline for each of the two bodies that the town files to.
    assert_eq!(of(&app, &id).await, ["filing 2026-03-25", "filing 2026-03-25", "expiry 2031-04-30"]);
    app.on_day("2026-03-26").await;
    assert_eq!(of(&app, &id).await, ["filing 2026-03-25!", "filing 2026-03-25!", "expiry 2031-04-30"]);
    let filed = app.post("drafter", &format!("/documents/{id}/filing"), json!({"target": "linjiang"})).await.expect(200);
    assert_eq!(list(&filed), ["filing 2026-03-25!", "filing_intake 2026-04-02", "expiry 2031-04-30"]);
    let filing = &filed["filings"][0];
    assert_eq!((&filing["due_on"], &filing["late"]), (&"2026-03-25".into(), &true.into()));
    let running = filed["deadlines"].as_array().expect("deadlines").iter().find(|deadline| deadline["kind"] == "filing_intake");
    assert_eq!(running.expect("it runs")["filing_id"], filing["id"]);
}

#[actix_web::test]
async fn each_filing_shows_the_deadline_of_its_status() {
    for (status, expected) in [
        ("awaiting_registration", Some("filing_intake 2026-03-10")),
        ("registration_suspended", Some("supplement 2026-03-18")),
        ("filing_refused", Some("filing 2026-03-17")),
        ("under_filing_review", Some("filing_review 2026-04-02")),
        ("rectifying", Some("rectification 2026-04-02")),
        ("rectification_reported", None),
        ("filing_reviewed", None),
    ] {
        let app = TestApp::start().await;
        let id = published(&app, &SPRING).await;
        filing_at(&app, &id, "linjiang", "county_auditor", status).await;
        let mut wanted: Vec<String> = vec!["filing 2026-03-17".to_owned(), "expiry 2031-03-31".to_owned()];
        wanted.extend(expected.map(str::to_owned));
        wanted.sort();
        let mut found = of(&app, &id).await;
        found.sort();
        assert_eq!(found, wanted, "{status}");
    }
}

#[actix_web::test]
async fn a_supplement_of_a_filing_starts_its_form_check_anew() {
    let app = TestApp::start().await;
    let id = published(&app, &SPRING).await;
    let filing = filing_at(&app, &id, "linjiang", "county_auditor", "registration_suspended").await;
    app.on_day("2026-03-12").await;
    app.post("drafter", &format!("/filings/{filing}/supplement"), json!({"note": "补充"})).await.expect(200);
    let found = of(&app, &id).await;
    assert!(found.contains(&"filing_intake 2026-03-19".to_owned()), "{found:?}");
}

#[actix_web::test]
async fn an_ordered_amendment_runs_until_its_day_or_another_round() {
    let app = TestApp::start().await;
    let id = published(&app, &SPRING).await;
    let judge = async |result: Value| {
        let round = json!({"title": "清理", "body": "qinghe", "trigger": "periodic", "cutoff_date": "2026-03-03"});
        let cleanup = app.post("secretary", "/cleanups", round).await.expect(201)["id"].as_str().expect("an id").to_owned();
        let mut proposal = result;
        proposal["document_id"] = id.as_str().into();
        proposal["reason"] = "上位法已修改".into();
        app.post("secretary", &format!("/cleanups/{cleanup}/results"), proposal).await.expect(201);
        let decided = json!({"minutes_no": "〔2026〕8号", "published_on": "2026-03-03"});
        app.post("secretary", &format!("/cleanups/{cleanup}/publication"), decided).await.expect(201);
    };
    for (target, auditor) in [("qinghe-yfzlb", "auditor"), ("linjiang", "county_auditor")] {
        filing_at(&app, &id, target, auditor, "filing_reviewed").await;
    }
    judge(json!({"result": "amendment_ordered", "amend_due": "2026-08-30"})).await;
    assert_eq!(of(&app, &id).await, ["amendment 2026-08-30", "expiry 2031-03-31"], "a named day stays, also where it is a Sunday");
    judge(json!({"result": "continued"})).await;
    assert_eq!(of(&app, &id).await, ["expiry 2031-03-31"]);
}

#[actix_web::test]
async fn what_only_a_document_in_effect_owes_ends_with_its_effect() {
    let app = TestApp::start().await;
    let id = published(&app, &SPRING).await;
    filing_at(&app, &id, "qinghe-yfzlb", "auditor", "filing_reviewed").await;
    filing_at(&app, &id, "linjiang", "county_auditor", "filing_reviewed").await;
    assert_eq!(of(&app, &id).await, ["expiry 2031-03-31"]);
    app.on_day("2031-03-31").await;
    assert_eq!(of(&app, &id).await, ["expiry 2031-03-31"]);
    app.on_day("2031-04-01").await;
    let lapsed = app.get("secretary", &format!("/documents/{id}")).await.expect(200);
    assert_eq!(lapsed["effect"], "lapsed");
    assert_eq!(list(&lapsed), [""; 0], "without any act");
    let overdue = app.get("secretary", "/documents?overdue=true").await.expect(200);
    assert_eq!(overdue["items"], json!([]));
}

/// Some days of 2027, made up: two rest days more and a Saturday made up.
const DAYS_OF_2027: &str = "INSERT INTO calendar_days (day, kind, name) VALUES ('2027-01-01', 'holiday', '元旦'),
    ('2027-01-04', 'holiday', '元旦'), ('2027-01-05', 'holiday', '元旦'), ('2027-01-09', 'makeup_workday', '元旦')";

/// Imports a calendar as an administration does: rows, a new version of the rules, and everything anew, in one transaction.
async fn import_2027(app: &TestApp, today: &str) -> usize {
    let mut owner = AsyncPgConnection::establish(&app.database.owner_url).await.expect("the owner connects");
    let stored = format!("BEGIN; {ENTRY}; UPDATE registry_state SET rules_version = rules_version + 1; {DAYS_OF_2027};");
    owner.batch_execute(&stored).await.expect("the calendar is stored");
    let version: i64 = registry_state::table.select(registry_state::rules_version).first(&mut owner).await.expect("a version");
    let rules = Rules::load(&mut owner, version).await.expect("rules");
    let count = refresh_all(&mut owner, &rules, parse_day(today).expect("a day")).await.expect("computed anew");
    judge_filings_anew(&mut owner, &rules).await.expect("judged anew");
    owner.batch_execute("COMMIT").await.expect("committed");
    count
}

#[actix_web::test]
async fn a_day_beyond_the_calendar_is_provisional_until_the_next_year_is_imported() {
    let app = TestApp::start_at("2026-12-28T01:00:00Z").await;
    let submitted = story::submitted(&app).await;
    let reviewed = story::under_review(&app).await;
    let draft = story::draft(&app).await;
    assert_eq!(of(&app, &submitted).await, ["intake 2026-12-31"], "within the calendar");
    // New Year's Day alone is known of 2027.
    assert_eq!(of(&app, &reviewed).await, ["legality_review 2027-01-19?"]);
    let read = app.get("secretary", &format!("/documents/{reviewed}")).await;
    let reason = read.json()["deadlines"][0]["provisional_reason"].as_str().expect("a reason").to_owned();
    assert!(reason.contains("2026-12-31"), "{reason}");
    assert_eq!(import_2027(&app, "2026-12-28").await, 3);
    assert_eq!(of(&app, &reviewed).await, ["legality_review 2027-01-20"], "two rest days more, one Saturday made up");
    assert_eq!(of(&app, &submitted).await, ["intake 2026-12-31"]);
    assert_eq!(of(&app, &draft).await, [""; 0]);
    let path = format!("/documents/{reviewed}");
    let again = app.send("GET", "secretary", &path, &[("if-none-match", read.header("etag"))], None).await;
    assert_eq!(again.status, 200, "the tag covers computed fields");
}

#[actix_web::test]
async fn lateness_after_a_provisional_day_is_open_until_the_calendar_is_known() {
    for (filed_on, late) in [("2027-01-14", false), ("2027-01-15", true)] {
        let app = TestApp::start_at("2026-12-30T01:00:00Z").await;
        let id = story::draft(&app).await;
        // The fifteenth day, 14 January, is a Thursday; whether it is a working day, nobody knows yet.
        publish(&app, &id, &Days { published: "2026-12-30", effective: "2027-02-01", expires: "2032-01-31" }).await;
        app.on_day(filed_on).await;
        let filed = app.post("drafter", &format!("/documents/{id}/filing"), json!({"target": "linjiang"})).await.expect(200);
        let filing = &filed["filings"][0];
        let open = if late { Value::Null } else { false.into() };
        assert_eq!((&filing["due_on"], &filing["late"]), (&"2027-01-14".into(), &open));
        import_2027(&app, filed_on).await;
        let read = app.get("secretary", &format!("/documents/{id}")).await.expect(200);
        assert_eq!(
            (&read["filings"][0]["due_on"], &read["filings"][0]["late"]),
            (&"2027-01-14".into(), &late.into()),
            "filed on {filed_on}"
        );
        let other = read["deadlines"].as_array().expect("deadlines").iter().find(|deadline| deadline["kind"] == "filing");
        assert_eq!(other.expect("the other target")["provisional"], false);
    }
}

#[actix_web::test]
async fn the_service_may_not_judge_a_filing_anew() {
    let app = TestApp::start().await;
    let id = published(&app, &SPRING).await;
    filing_at(&app, &id, "linjiang", "county_auditor", "awaiting_registration").await;
    let refused = app.sql("UPDATE filings SET late = false").await;
    assert!(refused.contains("permission denied"), "{refused}");
}

#[actix_web::test]
async fn an_act_that_waited_for_an_import_does_not_bring_the_old_days_back() {
    let app = Rc::new(TestApp::start_at("2026-12-28T01:00:00Z").await);
    let id = story::submitted(&app).await;
    // The import holds the document; the reviewer's call begins under the old calendar and waits behind it.
    let mut importer = AsyncPgConnection::establish(&app.database.owner_url).await.expect("the owner connects");
    let lock = format!("BEGIN; SELECT 1 FROM documents WHERE id = '{id}' FOR UPDATE");
    importer.batch_execute(&lock).await.expect("locked");
    let call = spawn({
        let (app, id) = (Rc::clone(&app), id.clone());
        async move { story::accept(&app, &id).await.expect(200) }
    });
    let until_somebody_waits = "DO $$ BEGIN FOR i IN 1..2000 LOOP
             IF EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') THEN RETURN; END IF;
             PERFORM pg_sleep(0.01); PERFORM pg_stat_clear_snapshot();
         END LOOP; RAISE EXCEPTION 'nobody waits'; END $$";
    assert_eq!(app.sql_as_superuser(until_somebody_waits).await, "ok");
    let imported = format!("{ENTRY}; UPDATE registry_state SET rules_version = rules_version + 1; {DAYS_OF_2027}; COMMIT");
    importer.batch_execute(&imported).await.expect("imported");
    call.await.expect("the call ends");
    assert_eq!(of(&app, &id).await, ["legality_review 2027-01-20"]);
}
