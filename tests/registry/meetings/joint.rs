//! A document of several authorities goes through the meetings of the one that issues it. The others are named in it and bound by
//! it; that gives their people neither sight of a draft nor a hand in its procedure.

use serde_json::{Value, json};

use crate::helpers::app::{TestApp, new_document};
use crate::helpers::meeting_story::{MEETING_DAY, decide, issue, meeting, minutes, place, publish, text};
use crate::helpers::story;

/// A lawful document of the town, jointly with the neighbouring one, whose drafter is its secretary too.
async fn joint(app: &TestApp) -> String {
    let appointed = "INSERT INTO user_roles (user_id, body_id, role)
        SELECT users.id, bodies.id, 'secretary' FROM users, bodies WHERE login = 'wu.drafter' AND code = 'baishi'";
    assert_eq!(app.change_as_superuser(appointed).await, "ok");
    let mut new = new_document();
    new["joint_authorities"] = json!(["baishi"]);
    let id = story::draft_of(app, new).await;
    story::clear(app, &id).await;
    let named = &app.get("drafter", &format!("/documents/{id}")).await.expect(200)["joint_authorities"];
    assert_eq!(named[0]["code"], "baishi");
    id
}

async fn meeting_next_door(app: &TestApp) -> String {
    let new = json!({"body": "baishi", "kind": "executive_meeting", "held_on": MEETING_DAY, "title": "第3次镇政府常务会议"});
    text(&app.post("outsider", "/meetings", new).await.expect(201)["id"])
}

#[actix_web::test]
async fn a_joint_document_goes_to_no_meeting_but_that_of_its_issuing_authority() {
    let app = TestApp::start().await;
    let id = joint(&app).await;
    let other = meeting_next_door(&app).await;
    let gate = app.get("drafter", &format!("/documents/{id}/gate?meeting_id={other}")).await.expect(200);
    assert_eq!((&gate["open"], story::codes(&gate["reasons"])), (&Value::Bool(false), vec!["wrong_body".to_owned()]));
    let body = json!({"document_id": id});
    let path = format!("/meetings/{other}/agenda");
    app.post("outsider", &path, body.clone()).await.expect_problem(404, "not_found");
    app.post("secretary", &path, body.clone()).await.expect_problem(404, "not_found");
    let own = meeting(&app, MEETING_DAY).await;
    app.post("outsider", &format!("/meetings/{own}/agenda"), body).await.expect_problem(404, "not_found");
    place(&app, &own, &id).await;
    app.on_day(MEETING_DAY).await;
    let decision = format!("/meetings/{own}/agenda/{id}/decision");
    app.post("outsider", &decision, minutes("approved")).await.expect_problem(404, "not_found");
    assert_eq!(decide(&app, &own, &id, "approved").await["outcome"], "approved");
}

#[actix_web::test]
async fn a_joint_authoritys_people_neither_read_nor_act() {
    let app = TestApp::start().await;
    let id = joint(&app).await;
    let own = meeting(&app, MEETING_DAY).await;
    place(&app, &own, &id).await;
    app.on_day(MEETING_DAY).await;
    decide(&app, &own, &id, "approved").await;
    let unseen = async || {
        for path in ["", "/timeline", "/opinions", "/revisions/1", "/gate"] {
            app.get("outsider", &format!("/documents/{id}{path}")).await.expect_problem(404, "not_found");
        }
        assert_eq!(app.get("outsider", "/documents").await.expect(200)["items"], json!([]));
    };
    unseen().await;
    let signed = json!({"signed_by": "王建国", "signed_on": MEETING_DAY});
    app.post("outsider", &format!("/documents/{id}/issuance"), signed).await.expect_problem(404, "not_found");
    assert_eq!(issue(&app, &id).await["official_doc_no"], "青府规〔2026〕1号");
    let dates = json!({"publication_date": MEETING_DAY, "effective_date": "2026-05-01", "channel": "政府公报"});
    app.post("outsider", &format!("/documents/{id}/publication"), dates).await.expect_problem(404, "not_found");
    publish(&app, &id).await;
    app.post("outsider", &format!("/documents/{id}/filing"), json!({})).await.expect_problem(404, "not_found");
    unseen().await;
}
