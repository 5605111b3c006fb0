//! Every step × every act on the running service, compared with the table that `docs/procedure.md` prints.
//! Each document is brought to its step over HTTP; each act is tried without being done.

use lawgate::lifecycle::action::Action;
use lawgate::lifecycle::step::{STEPS, Stage, Step};
use serde_json::{Value, json};

use super::helpers::app::{Answered, TestApp};
use super::helpers::{meeting_story, story};

/// A document at a step, with the meeting on whose agenda it stood and the decision that was made there.
struct Reached {
    id: String,
    meeting: String,
    decision: Option<String>,
}

async fn act(app: &TestApp, who: &str, path: &str, body: Value) -> Value {
    let answered = app.post(who, path, body).await;
    assert!(answered.status == 200 || answered.status == 201, "{path}: {} {}", answered.status, String::from_utf8_lossy(&answered.body));
    answered.json()
}

async fn decided(app: &TestApp, outcome: &str) -> Reached {
    let id = story::cleared(app).await;
    let meeting = meeting_story::meeting(app, "2026-03-20").await;
    act(app, "secretary", &format!("/meetings/{meeting}/agenda"), json!({"document_id": id})).await;
    app.on_day("2026-03-20").await;
    let decision = act(app, "secretary", &format!("/meetings/{meeting}/agenda/{id}/decision"), decision_body(outcome, None)).await;
    Reached { id, meeting, decision: decision["id"].as_str().map(str::to_owned) }
}

fn decision_body(outcome: &str, corrects: Option<&str>) -> Value {
    let mut body = json!({"outcome": outcome, "minutes_no": "〔2026〕1号", "attendees": ["甲", "乙"], "presider": "甲"});
    if let Some(corrects) = corrects {
        body["corrects"] = corrects.into();
        body["reason"] = "记录有误".into();
    }
    body
}

async fn opined(app: &TestApp, outcome: &str) -> Reached {
    let id = story::under_review(app).await;
    let body = json!({"revision": 1, "outcome": outcome, "summary": "经审核，须作改动。",
        "comments": [{"article": "第二条", "problem": "依据不足", "suggestion": "补充依据", "basis": "行政许可法"}]});
    act(app, "reviewer", &format!("/documents/{id}/opinions"), body).await;
    at_no_meeting(app, id).await
}

async fn at_no_meeting(app: &TestApp, id: String) -> Reached {
    Reached { id, meeting: meeting_story::meeting(app, "2026-03-27").await, decision: None }
}

async fn published(app: &TestApp) -> Reached {
    let reached = decided(app, "approved").await;
    let path = format!("/documents/{}", reached.id);
    act(app, "secretary", &format!("{path}/issuance"), json!({"signed_by": "甲", "signed_on": "2026-03-20"})).await;
    act(
        app,
        "secretary",
        &format!("{path}/publication"),
        json!({"publication_date": "2026-03-20", "effective_date": "2026-05-01", "channel": "公告栏"}),
    )
    .await;
    reached
}

/// Filed to both superiors, each filing then taken one way.
async fn filed(app: &TestApp, intake: Option<&str>, review: Option<&str>) -> Reached {
    let reached = published(app).await;
    let path = format!("/documents/{}", reached.id);
    act(app, "drafter", &format!("{path}/filing"), json!({})).await;
    let document = app.get("drafter", &path).await.expect(200);
    for filing in document["filings"].as_array().expect("filings") {
        let who = if filing["target"]["code"] == "linjiang" { "county_auditor" } else { "auditor" };
        let filing = format!("/filings/{}", filing["id"].as_str().expect("an id"));
        if let Some(result) = intake {
            act(app, who, &format!("{filing}/intake"), json!({"result": result, "reason": "形式审查"})).await;
        }
        if let Some(result) = review {
            act(app, who, &format!("{filing}/review"), json!({"result": result, "findings": "审查意见"})).await;
        }
    }
    reached
}

async fn cleaned_up(app: &TestApp, result: &str) -> Reached {
    let reached = filed(app, Some("registered"), Some("passed")).await;
    let round = json!({"title": "2026年清理", "body": "qinghe", "trigger": "periodic", "cutoff_date": "2026-03-20"});
    let round = act(app, "auditor", "/cleanups", round).await;
    let path = format!("/cleanups/{}", round["id"].as_str().expect("an id"));
    let mut body = json!({"document_id": reached.id, "result": result, "reason": "清理"});
    if result == "amendment_ordered" {
        body["amend_due"] = "2026-06-30".into();
    }
    act(app, "auditor", &format!("{path}/results"), body).await;
    act(app, "secretary", &format!("{path}/publication"), json!({"minutes_no": "〔2026〕2号", "published_on": "2026-03-20"})).await;
    reached
}

async fn reach(app: &TestApp, stage: Stage, step: Step) -> Reached {
    match step {
        Step::Drafting => at_no_meeting(app, story::with_materials(app).await).await,
        Step::Withdrawn => {
            let id = if stage == Stage::Drafted { story::draft(app).await } else { story::submitted(app).await };
            act(app, "drafter", &format!("/documents/{id}/withdrawal"), json!({"reason": "不再需要"})).await;
            at_no_meeting(app, id).await
        }
        Step::AwaitingIntake => at_no_meeting(app, story::submitted(app).await).await,
        Step::SupplementRequested | Step::OutOfScope => {
            let id = story::submitted(app).await;
            let body = if step == Step::OutOfScope {
                json!({"result": "out_of_scope", "recognition": "not_normative", "reason": "属内部管理制度"})
            } else {
                json!({"result": "supplement_requested", "missing": ["制定依据文本"], "reason": "依据不全"})
            };
            act(app, "reviewer", &format!("/documents/{id}/intake"), body).await;
            at_no_meeting(app, id).await
        }
        Step::UnderReview => at_no_meeting(app, story::under_review(app).await).await,
        Step::AmendmentRequired => opined(app, "needs_amendment").await,
        Step::Unlawful => opined(app, "unlawful").await,
        Step::Cleared => at_no_meeting(app, story::cleared(app).await).await,
        Step::OnAgenda => {
            let id = story::cleared(app).await;
            let meeting = meeting_story::meeting(app, "2026-03-20").await;
            act(app, "secretary", &format!("/meetings/{meeting}/agenda"), json!({"document_id": id})).await;
            app.on_day("2026-03-20").await;
            Reached { id, meeting, decision: None }
        }
        Step::Finalising => decided(app, "approved_in_principle").await,
        Step::Deferred => decided(app, "deferred").await,
        Step::Rejected => decided(app, "rejected").await,
        Step::Approved => decided(app, "approved").await,
        Step::Signed => {
            let reached = decided(app, "approved").await;
            act(app, "secretary", &format!("/documents/{}/issuance", reached.id), json!({"signed_by": "甲", "signed_on": "2026-03-20"}))
                .await;
            reached
        }
        Step::Published => published(app).await,
        Step::AwaitingRegistration => filed(app, None, None).await,
        Step::RegistrationSuspended => filed(app, Some("suspended"), None).await,
        Step::FilingRefused => filed(app, Some("refused"), None).await,
        Step::UnderFilingReview => filed(app, Some("registered"), None).await,
        Step::Rectifying => filed(app, Some("registered"), Some("self_correction")).await,
        Step::FilingReviewed => filed(app, Some("registered"), Some("passed")).await,
        Step::Continued => cleaned_up(app, "continued").await,
        Step::AmendmentOrdered => cleaned_up(app, "amendment_ordered").await,
        Step::Repealed => cleaned_up(app, "repealed").await,
        Step::DeclaredLapsed => cleaned_up(app, "declared_lapsed").await,
    }
}

/// Tries an act without doing it and says whether the step stands in the way.
async fn is_refused_for_its_step(app: &TestApp, reached: &Reached, action: Action) -> bool {
    let document = format!("/documents/{}", reached.id);
    let agenda = format!("/meetings/{}/agenda", reached.meeting);
    let current = app.get("drafter", &document).await.expect(200);
    let revision = current["revision"].clone();
    let dry = async |who: &str, path: &str, body: Value| app.post(who, &format!("{path}?dry_run=true"), body).await;
    let answered = match action {
        Action::Patch => {
            // A patch cannot be tried without being done; this one says what is there already.
            app.patch("drafter", &document, json!({"drafting_unit": current["drafting_unit"]})).await
        }
        Action::Materials => {
            let path = format!("{document}/materials?dry_run=true");
            app.post_form("drafter", &path, &[("kind", "other")], Some(("材料.txt", "材料".as_bytes()))).await
        }
        Action::Revisions => dry("drafter", &format!("{document}/revisions"), json!({"text": "第一条　改动后的文本。"})).await,
        Action::Submissions => dry("drafter", &format!("{document}/submissions"), json!({"revision": revision, "note": "说明"})).await,
        Action::Intake => {
            let body = json!({"result": "supplement_requested", "missing": ["依据"], "reason": "依据不全"});
            dry("reviewer", &format!("{document}/intake"), body).await
        }
        Action::CounselOpinions => {
            let body = json!({"counsel": "某律师事务所", "kind": "legal_counsel", "opinion": "无不同意见", "conflict_of_interest": false});
            dry("reviewer", &format!("{document}/counsel-opinions"), body).await
        }
        Action::Opinions => {
            let body = json!({"revision": revision, "outcome": "lawful", "summary": "合法", "reason": "复核"});
            dry("reviewer", &format!("{document}/opinions"), body).await
        }
        Action::Withdrawal => dry("drafter", &format!("{document}/withdrawal"), json!({"reason": "不再需要"})).await,
        Action::Agenda => dry("secretary", &agenda, json!({"document_id": reached.id})).await,
        Action::AgendaRemoval => return !removal_is_offered(app, reached).await,
        Action::Decision => {
            let body = decision_body("approved", reached.decision.as_deref());
            dry("secretary", &format!("{agenda}/{}/decision", reached.id), body).await
        }
        Action::Confirmation => {
            dry("secretary", &format!("{agenda}/{}/confirmation", reached.id), json!({"revision": revision, "note": "已按会议意见修改"}))
                .await
        }
        Action::Issuance => dry("secretary", &format!("{document}/issuance"), json!({"signed_by": "甲", "signed_on": "2026-03-20"})).await,
        Action::IssuanceVoid => dry("secretary", &format!("{document}/issuance/void"), json!({"reason": "日期有误"})).await,
        Action::Publication => {
            let body = json!({"publication_date": "2026-03-20", "effective_date": "2026-05-01", "channel": "公告栏"});
            dry("secretary", &format!("{document}/publication"), body).await
        }
        Action::Filing => dry("drafter", &format!("{document}/filing"), json!({})).await,
    };
    says_wrong_step(action, &answered)
}

/// Taking off has no dry run; what the service offers says the same.
async fn removal_is_offered(app: &TestApp, reached: &Reached) -> bool {
    let items = app.get("secretary", &format!("/documents/{}/actions", reached.id)).await.expect(200);
    let offered = items["items"]
        .as_array()
        .expect("items")
        .iter()
        .find(|item| item["action"] == "agenda_removal")
        .map(|item| item["allowed"] == true)
        .expect("agenda_removal is listed");
    if !offered {
        let removed = app.delete("secretary", &format!("/meetings/{}/agenda/{}", reached.meeting, reached.id)).await;
        assert!(removed.status == 404 || removed.status == 409, "{}", removed.status);
    }
    offered
}

fn says_wrong_step(action: Action, answered: &Answered) -> bool {
    let body = answered.json();
    match answered.status {
        200 | 201 => {
            let stands_in_the_way = if action == Action::Agenda { "already_decided" } else { "wrong_step" };
            let codes: Vec<&str> = body["reasons"].as_array().into_iter().flatten().filter_map(|reason| reason["code"].as_str()).collect();
            if action == Action::Agenda { body["allowed"] == false } else { codes.contains(&stands_in_the_way) }
        }
        // Nothing to decide on, and for a reviewer nothing to know of before the first submission.
        404 if matches!(action, Action::Decision | Action::Confirmation | Action::Intake | Action::CounselOpinions | Action::Opinions) => {
            true
        }
        409 => body["code"] == "wrong_step",
        other => panic!("{action}: {other} {body}"),
    }
}

async fn check(stage: Stage, step: Step) {
    let app = TestApp::start().await;
    let reached = reach(&app, stage, step).await;
    // Whoever asked for the amendment can take it back: here the reviewer did, so there is no decision to correct.
    let not_this_way: &[Action] = if step == Step::AmendmentRequired { &[Action::Decision] } else { &[] };
    check_reached(&app, &reached, stage, step, not_this_way).await;
}

/// The other way into `amendment_required`: the meeting asked for it, so its decision can be corrected, and no opinion led there.
#[actix_web::test]
async fn acts_while_the_meeting_wants_an_amendment() {
    let app = TestApp::start().await;
    let reached = decided(&app, "amend_then_resubmit").await;
    check_reached(&app, &reached, Stage::LegalityReview, Step::AmendmentRequired, &[Action::Opinions]).await;
}

async fn check_reached(app: &TestApp, reached: &Reached, stage: Stage, step: Step, not_this_way: &[Action]) {
    let document = app.get("drafter", &format!("/documents/{}", reached.id)).await.expect(200);
    assert_eq!((&document["stage"], &document["step"]), (&stage.as_str().into(), &step.as_str().into()));
    let mut wrong = Vec::new();
    for &action in Action::ALL {
        let refused = is_refused_for_its_step(app, reached, action).await;
        let possible = action.is_possible_at(step) && !not_this_way.contains(&action);
        if refused == possible {
            wrong.push(format!("{action} is {} at {stage}/{step}", if refused { "refused" } else { "possible" }));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let after = app.get("drafter", &format!("/documents/{}", reached.id)).await.expect(200);
    assert_eq!(
        (&after["stage"], &after["step"], &after["revision"]),
        (&document["stage"], &document["step"], &document["revision"]),
        "trying is not doing"
    );
}

macro_rules! every_step {
    ($($name:ident: $stage:ident / $step:ident;)+) => {
        $(#[actix_web::test]
        async fn $name() {
            check(Stage::$stage, Step::$step).await;
        })+

        #[test]
        fn no_step_is_left_out() {
            let listed = [$((Stage::$stage, Step::$step)),+];
            for (stage, steps) in STEPS {
                for step in *steps {
                    assert!(listed.contains(&(*stage, *step)), "{stage}/{step} has no test");
                }
            }
        }
    };
}

every_step! {
    acts_while_drafting: Drafted / Drafting;
    acts_after_the_withdrawal_of_a_draft: Drafted / Withdrawn;
    acts_while_awaiting_intake: LegalityReview / AwaitingIntake;
    acts_while_supplementing: LegalityReview / SupplementRequested;
    acts_while_out_of_scope: LegalityReview / OutOfScope;
    acts_while_under_review: LegalityReview / UnderReview;
    acts_while_amendment_is_required: LegalityReview / AmendmentRequired;
    acts_while_unlawful: LegalityReview / Unlawful;
    acts_while_cleared: LegalityReview / Cleared;
    acts_while_on_the_agenda: LegalityReview / OnAgenda;
    acts_while_finalising: LegalityReview / Finalising;
    acts_while_deferred: LegalityReview / Deferred;
    acts_while_rejected: LegalityReview / Rejected;
    acts_while_approved: LegalityReview / Approved;
    acts_while_signed: LegalityReview / Signed;
    acts_while_published: LegalityReview / Published;
    acts_after_a_withdrawal: LegalityReview / Withdrawn;
    acts_while_awaiting_registration: Filed / AwaitingRegistration;
    acts_while_registration_is_suspended: Filed / RegistrationSuspended;
    acts_after_the_filing_was_refused: Filed / FilingRefused;
    acts_while_under_filing_review: Filed / UnderFilingReview;
    acts_while_rectifying: Filed / Rectifying;
    acts_after_the_filing_review: Filed / FilingReviewed;
    acts_while_continued: CleanedUp / Continued;
    acts_while_amendment_is_ordered: CleanedUp / AmendmentOrdered;
    acts_after_repeal: CleanedUp / Repealed;
    acts_after_a_declared_lapse: CleanedUp / DeclaredLapsed;
}
