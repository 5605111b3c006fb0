//! A published document, written into the tables as its publication leaves it. Only for tests of what comes after publication.

use serde_json::{Value, json};

use super::app::{TestApp, new_document};

/// The days of a publication.
pub struct Days {
    pub published: &'static str,
    pub effective: &'static str,
    pub expires: &'static str,
}

/// Published on 2026-03-02, in force from 2026-04-01 for five years; to be filed by 2026-03-17.
pub const SPRING: Days = Days { published: "2026-03-02", effective: "2026-04-01", expires: "2031-03-31" };

/// A document of the township, published as given, and its id.
pub async fn published(app: &TestApp, days: &Days) -> String {
    published_titled(app, days, "青禾镇集市管理办法").await
}

pub async fn published_titled(app: &TestApp, days: &Days, title: &str) -> String {
    let mut new = new_document();
    new["title"] = title.into();
    let id = app.post("drafter", "/documents", new).await.expect(201)["id"].as_str().expect("an id").to_owned();
    publish(app, &id, days).await;
    id
}

pub async fn publish(app: &TestApp, id: &str, days: &Days) {
    let Days { published, effective, expires } = days;
    let sql = format!(
        "SET session_replication_role = replica;
         WITH p AS (INSERT INTO publications (id, document_id, issuance_id, revision_no, revision_sha256, signed_on, publication_date,
                effective_date, expiry_date, channel, recorded_by, recorded_at, recorded_on, profile_id, entry_id)
             SELECT gen_random_uuid(), d.id, gen_random_uuid(), d.revision_no, d.revision_sha256, '{published}', '{published}', '{effective}',
                '{expires}', '公告栏', d.created_by, now(), '{published}', (SELECT id FROM rule_profiles ORDER BY first_day DESC LIMIT 1),
                gen_random_uuid() FROM documents d WHERE d.id = '{id}' RETURNING id, document_id),
         s AS (INSERT INTO step_changes (document_id, seq, from_stage, from_step, action, stage, step, at, entry_id, publication_id)
             SELECT document_id, 2, 'legality_review', 'signed', 'publish', 'legality_review', 'published', now(), gen_random_uuid(), id FROM p),
         t AS (INSERT INTO stage_changes (document_id, seq, stage, step_seq, at, entry_id)
             SELECT document_id, 2, 'legality_review', 2, now(), gen_random_uuid() FROM p)
         UPDATE documents SET stage = 'legality_review', step = 'published', step_seq = 2, signed_on = '{published}',
                publication_date = '{published}', effective_date = '{effective}', expiry_date = '{expires}',
                official_doc_no = '青府规〔2026〕' || left(id::text, 8) || '号', register_no = '青登〔2026〕' || left(id::text, 8) || '号'
          WHERE id = '{id}';"
    );
    assert_eq!(app.sql_as_superuser(&sql).await, "ok");
}

/// Files to one body and gives the filing's id.
pub async fn filed(app: &TestApp, document: &str, target: &str) -> String {
    let body = app.post("drafter", &format!("/documents/{document}/filing"), json!({"target": target})).await.expect(200);
    filing_in(&body, target)["id"].as_str().expect("an id").to_owned()
}

/// The filing to a body, as a document lists it; the newest where there are several.
pub fn filing_in(document: &Value, target: &str) -> Value {
    let all = document["filings"].as_array().expect("filings");
    all.iter().rev().find(|filing| filing["target"]["code"] == target).expect("a filing there").clone()
}

/// Brings a fresh filing to a status and gives its id.
pub async fn filing_at(app: &TestApp, document: &str, target: &str, auditor: &str, status: &str) -> String {
    let id = filed(app, document, target).await;
    let intake = |result: &str| json!({"result": result, "reason": "材料不全"});
    let steps: &[(&str, &str, Value)] = &match status {
        "awaiting_registration" => vec![],
        "registration_suspended" => vec![(auditor, "intake", intake("suspended"))],
        "filing_refused" => vec![(auditor, "intake", intake("refused"))],
        "under_filing_review" => vec![(auditor, "intake", intake("registered"))],
        "rectifying" => vec![(auditor, "intake", intake("registered")), (auditor, "review", json!({"result": "self_correction"}))],
        "rectification_reported" => vec![
            (auditor, "intake", intake("registered")),
            (auditor, "review", json!({"result": "self_correction"})),
            ("drafter", "rectification", json!({"action": "amended", "report": "已修改"})),
        ],
        "filing_reviewed" => vec![(auditor, "intake", intake("registered")), (auditor, "review", json!({"result": "passed"}))],
        other => panic!("no filing status {other}"),
    };
    for (who, act, body) in steps {
        app.post(who, &format!("/filings/{id}/{act}"), body.clone()).await.expect(200);
    }
    let read = app.get(auditor, &format!("/filings/{id}")).await.expect(200);
    assert_eq!(read["status"], status);
    id
}
