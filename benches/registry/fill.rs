//! Fills the database: a few documents are led to their step through the API, then copied by SQL as often as wanted, with all
//! rows that belong to them. The copies are what the API would have left, but for their hashes, which stay those of the original.

use std::path::Path;

use serde_json::{Value, json};

use super::service::Service;

/// A document that the others are copies of.
#[derive(Clone, Debug)]
pub struct Template {
    /// Where it stands.
    pub name: &'static str,
    /// Its id.
    pub id: String,
}

impl Template {
    /// The id of the copy with a number.
    pub fn copy(&self, number: u32) -> String {
        format!("{}{number:08x}", &self.id[..28])
    }
}

/// About 7 kB, as a 办法 of a township is long.
pub fn text(title: &str) -> String {
    let mut text = format!("{title}\n");
    let chapters = ["总则", "职责分工", "管理措施", "监督检查", "附则"];
    for number in 1..=34 {
        if number % 7 == 1 {
            text.push_str(&format!("第{}章　{}\n", number / 7 + 1, chapters[number / 7]));
        }
        text.push_str(&format!(
            "第{number}条　镇人民政府、村（居）民委员会和有关单位应当按照各自职责，做好本行政区域内的第{number}项工作，建立台账，明确责任人，按月报送进展情况，接受社会监督。\n"
        ));
    }
    text
}

/// The body of a call that drafts.
pub fn draft(issuer: &str, title: &str) -> String {
    json!({"title": title, "document_class": "government_document", "issuing_authority": issuer, "drafting_unit": "经济发展办公室",
        "concerns_market_entities": false, "text": text(title)})
    .to_string()
}

/// The body of a lawful opinion.
pub fn opinion() -> String {
    json!({"revision": 1, "outcome": "lawful", "summary": "经审核，制定主体合法，内容未超越权限，程序完备。"}).to_string()
}

/// The body of a publication.
pub fn publication() -> String {
    json!({"publication_date": "2026-03-12", "effective_date": "2026-05-01", "channel": "镇政务公开栏"}).to_string()
}

struct Teller<'a> {
    service: &'a Service,
}

impl Teller<'_> {
    async fn call(&self, who: &str, method: &str, path: &str, body: Value) -> Value {
        let mut connection = self.service.connect(who).await;
        let answered = connection.send(method, path, &body.to_string()).await.expect("an answer");
        let json = answered.json();
        assert!((200..300).contains(&answered.status), "{method} {path}: {} {json}", answered.status);
        json
    }

    async fn drafted(&self, title: &str) -> String {
        let body: Value = serde_json::from_str(&draft(self.service.body_of("secretary"), title)).expect("JSON");
        let id = self.call("drafter", "POST", "/documents", body).await["id"].as_str().expect("an id").to_owned();
        for kind in ["drafting_explanation", "legal_basis", "comment_summary", "unit_legality_opinion"] {
            let mut connection = self.service.connect("drafter").await;
            let answered = connection.add_material(&format!("/documents/{id}/materials"), kind).await.expect("an answer");
            assert_eq!(answered.status, 201, "{}", answered.json());
        }
        id
    }

    async fn under_review(&self, title: &str) -> String {
        let id = self.drafted(title).await;
        self.call("drafter", "POST", &format!("/documents/{id}/submissions"), json!({"revision": 1})).await;
        self.call("reviewer", "POST", &format!("/documents/{id}/intake"), json!({"result": "accepted"})).await;
        id
    }

    async fn cleared(&self, title: &str) -> String {
        let id = self.under_review(title).await;
        let body: Value = serde_json::from_str(&opinion()).expect("JSON");
        self.call("reviewer", "POST", &format!("/documents/{id}/opinions"), body).await;
        id
    }

    async fn clock(&self, moment: &str) {
        self.call("admin", "POST", "/demo/clock", json!({"now": moment})).await;
    }
}

/// The documents that the others are copied from, one at each place of interest.
pub async fn templates(service: &Service) -> Vec<Template> {
    let tell = Teller { service };
    let (drafting, under_review, cleared) =
        (tell.drafted("试验办法甲").await, tell.under_review("试验办法乙").await, tell.cleared("试验办法丙").await);
    let (signed, filed) = (tell.cleared("试验办法丁").await, tell.cleared("试验办法戊").await);
    let meeting = json!({"body": service.body_of("secretary"), "kind": "office_meeting", "held_on": "2026-03-12", "title": "镇长办公会议"});
    let meeting = tell.call("secretary", "POST", "/meetings", meeting).await["id"].as_str().expect("an id").to_owned();
    for id in [&signed, &filed] {
        tell.call("secretary", "POST", &format!("/meetings/{meeting}/agenda"), json!({"document_id": id})).await;
    }
    tell.clock("2026-03-12T09:00:00+08:00").await;
    for id in [&signed, &filed] {
        let decision = json!({"outcome": "approved", "minutes_no": "〔2026〕3号", "attendees": ["甲", "乙", "丙"], "presider": "甲"});
        tell.call("secretary", "POST", &format!("/meetings/{meeting}/agenda/{id}/decision"), decision).await;
        let issuance = json!({"signed_by": "甲", "signed_on": "2026-03-12"});
        tell.call("secretary", "POST", &format!("/documents/{id}/issuance"), issuance).await;
    }
    let body: Value = serde_json::from_str(&publication()).expect("JSON");
    tell.call("secretary", "POST", &format!("/documents/{filed}/publication"), body).await;
    tell.call("drafter", "POST", &format!("/documents/{filed}/filing"), json!({})).await;
    [("drafting", drafting), ("under_review", under_review), ("cleared", cleared), ("signed", signed), ("filed", filed)]
        .into_iter()
        .map(|(name, id)| Template { name, id })
        .collect()
}

/// Copies a document into the numbers from `first` to `last`.
pub fn copy(service: &Service, pg_bin: &Path, template: &Template, first: u32, last: u32) {
    let sql = COPY.replace(":document", &template.id).replace(":first", &first.to_string()).replace(":last", &last.to_string());
    service.sql(pg_bin, &sql);
}

/// Copies all rows of a document. A copied id keeps its first 28 characters and ends in the number of the copy; numbers that
/// must be unique get it too. Triggers and foreign keys are off meanwhile: what is copied held them.
const COPY: &str = r"
SET session_replication_role = replica;
DO $$
DECLARE
    made record;
    own text[];
    wanted text;
    from_rows text;
BEGIN
    CREATE TEMP TABLE own_ids (id uuid PRIMARY KEY) ON COMMIT DROP;
    INSERT INTO own_ids VALUES (':document');
    CREATE TEMP TABLE own_tables (name text, condition text) ON COMMIT DROP;
    INSERT INTO own_tables VALUES ('documents', 'id = '':document''');
    INSERT INTO own_tables
        SELECT c.table_name, 'document_id = '':document''' FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND c.column_name = 'document_id' AND t.table_type = 'BASE TABLE' AND c.table_name <> 'idempotency_keys';
    INSERT INTO own_tables
        SELECT c.table_name, c.column_name || ' IN (SELECT id FROM ' || CASE c.column_name WHEN 'filing_id' THEN 'filings' ELSE 'submissions' END
            || ' WHERE document_id = '':document'')'
        FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND c.column_name IN ('filing_id', 'submission_id') AND t.table_type = 'BASE TABLE'
            AND c.table_name NOT IN (SELECT name FROM own_tables);
    FOR made IN SELECT o.name, o.condition FROM own_tables o JOIN information_schema.columns c
        ON c.table_schema = 'public' AND c.table_name = o.name AND c.column_name = 'id' WHERE o.name <> 'documents'
    LOOP
        EXECUTE format('INSERT INTO own_ids SELECT id FROM %I WHERE %s ON CONFLICT DO NOTHING', made.name, made.condition);
    END LOOP;
    FOR made IN SELECT name, condition FROM own_tables LOOP
        SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position),
            string_agg(CASE
                WHEN udt_name = 'uuid' THEN format(
                    'CASE WHEN EXISTS (SELECT 1 FROM own_ids o WHERE o.id = src.%1$I) THEN overlay(src.%1$I::text PLACING lpad(to_hex(n), 8, ''0'') FROM 29)::uuid ELSE src.%1$I END', column_name)
                WHEN column_name IN ('register_no', 'official_doc_no', 'filing_no') AND udt_name = 'text'
                    OR made.name = 'number_register' AND column_name = 'number' THEN format('src.%I || ''-'' || n', column_name)
                WHEN made.name = 'number_register' AND column_name = 'serial' THEN 'src.serial * 1000000 + n'
                WHEN made.name = 'documents' AND column_name = 'created_at' THEN 'src.created_at - n % 1000000 * interval ''1 minute'''
                WHEN column_name = 'title' THEN 'src.title || n'
                ELSE format('src.%I', column_name) END, ', ' ORDER BY ordinal_position)
        INTO from_rows, wanted
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name = made.name AND is_generated = 'NEVER';
        EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM %I src CROSS JOIN generate_series(:first, :last) n WHERE %s',
            made.name, from_rows, wanted, made.name, made.condition);
    END LOOP;
END $$;
";
