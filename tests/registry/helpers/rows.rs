//! Rows written by hand as the run-time role: the way through the review that the database allows, piece by piece, so that
//! a test can leave one piece out or forge it and see which constraint says no.

use super::app::TestApp;

/// Runs `body` inside one transaction. It knows `d` (the document's row), `e` (a log entry on it), `p` (the profile),
/// `moment` and `day` on the registry's clock, and the users and bodies of the township.
pub async fn run(app: &TestApp, document: &str, body: &str) -> String {
    app.sql(&script(document, body)).await
}

pub fn script(document: &str, body: &str) -> String {
    format!(
        "DO $script$
DECLARE
    d documents%ROWTYPE; m meetings%ROWTYPE; e uuid := gen_random_uuid(); p uuid; s uuid := gen_random_uuid(); o uuid := gen_random_uuid();
    a uuid := gen_random_uuid(); x uuid := gen_random_uuid(); n1 uuid := gen_random_uuid(); n2 uuid := gen_random_uuid();
    secretary uuid; drafter uuid; reviewer uuid; town uuid; office uuid; moment timestamptz; day date; k text;
BEGIN
    SELECT now() + clock_offset_us * interval '1 microsecond' INTO moment FROM registry_state;
    day := (moment AT TIME ZONE 'Asia/Shanghai')::date;
    SELECT id INTO secretary FROM users WHERE login = 'wang.secretary';
    SELECT id INTO drafter FROM users WHERE login = 'chen.drafter';
    SELECT id INTO reviewer FROM users WHERE login = 'li.reviewer';
    SELECT id INTO town FROM bodies WHERE code = 'qinghe';
    SELECT id INTO office FROM bodies WHERE code = 'qinghe-fzb';
    SELECT id INTO p FROM rule_profiles WHERE jurisdiction = 'sichuan' ORDER BY first_day DESC LIMIT 1;
    SELECT * INTO d FROM documents WHERE id = '{document}';
    SELECT * INTO m FROM meetings ORDER BY id DESC LIMIT 1;
    INSERT INTO log_entries (id, at, type, user_id, body_id, role, document_id, subject_kind, subject_id, data)
        VALUES (e, moment, 'document.changed', secretary, town, 'secretary', d.id, 'document', d.id, '{{}}');
    {body}
END $script$;"
    )
}

/// A step by hand: action, stage, step, and the column of the evidence with its value.
pub fn step(action: &str, stage: &str, step: &str, evidence: &[(&str, &str)]) -> String {
    let columns: String = evidence.iter().map(|(column, _)| format!(", {column}")).collect();
    let values: String = evidence.iter().map(|(_, value)| format!(", {value}")).collect();
    format!(
        "INSERT INTO step_changes (document_id, seq, from_stage, from_step, action, stage, step, at, entry_id{columns})
            SELECT id, step_seq + 1, stage, step, '{action}', '{stage}', '{step}', moment, e{values} FROM documents WHERE id = d.id;"
    )
}

/// The required materials, a submission of the current revision, and its acceptance.
pub fn submit() -> String {
    let first = step("submit", "legality_review", "awaiting_intake", &[("submission_id", "s")]);
    let taken = step("intake", "legality_review", "under_review", &[("intake_id", "x")]);
    format!(
        "INSERT INTO files (sha256, size_bytes, media_type, content)
            VALUES (encode(sha256('x'::bytea), 'hex'), 1, 'text/plain', 'x'::bytea) ON CONFLICT DO NOTHING;
    FOREACH k IN ARRAY ARRAY['drafting_explanation', 'legal_basis', 'comment_summary', 'unit_legality_opinion'] LOOP
        INSERT INTO materials (id, document_id, kind, file_sha256, file_name, added_by, added_at, entry_id)
            VALUES (gen_random_uuid(), d.id, k, encode(sha256('x'::bytea), 'hex'), 'x.txt', drafter, moment, e);
    END LOOP;
    INSERT INTO submissions (id, document_id, submission_no, revision_no, revision_sha256, kind, submitted_by, submitted_at, submitted_on, profile_id, entry_id)
        VALUES (s, d.id, d.submission_no + 1, d.revision_no, d.revision_sha256, CASE d.submission_no WHEN 0 THEN 'first' ELSE 'amended' END,
                drafter, moment, day, p, e);
    INSERT INTO submission_materials (submission_id, material_id, document_id) SELECT s, id, d.id FROM materials WHERE document_id = d.id;
    IF d.stage = 'drafted' THEN
        INSERT INTO stage_changes (document_id, seq, stage, step_seq, at, entry_id) VALUES (d.id, 2, 'legality_review', d.step_seq + 1, moment, e);
    END IF;
    {first}
    INSERT INTO intakes (id, document_id, intake_no, submission_id, result, recognition, clock_start_on, due_on, due_provisional, reviewer_id, body_id, taken_at, taken_on, profile_id, entry_id)
        VALUES (x, d.id, d.submission_no + 1, s, 'accepted', 'normative', day, day + 15, false, reviewer, office, moment, day, p, e);
    {taken}"
    )
}

/// An opinion on the current revision, on its last submission; it moves nothing.
pub fn opinion(outcome: &str) -> String {
    format!(
        "INSERT INTO opinions (id, document_id, opinion_no, revision_no, revision_sha256, submission_id, outcome, summary, items, reviewer_id, body_id, given_at, given_on, profile_id, entry_id)
        SELECT o, d.id, opinion_no + 1, revision_no, revision_sha256,
               (SELECT id FROM submissions WHERE document_id = d.id ORDER BY submission_no DESC LIMIT 1),
               '{outcome}', '意见', '[]', reviewer, office, moment, day, p, e FROM documents WHERE id = d.id;
    IF '{outcome}' <> 'lawful' THEN
        INSERT INTO opinion_comments (id, opinion_id, document_id, ordinal, article, problem, suggestion, basis)
            VALUES (gen_random_uuid(), o, d.id, 1, '第一条', '问题', '建议', '依据');
    END IF;"
    )
}

/// An agenda entry for the newest meeting, resting on the document's last opinion, and the step to it.
pub fn agenda() -> String {
    format!("{}{}", agenda_item(&[]), step("place_on_agenda", "legality_review", "on_agenda", &[("agenda_item_id", "a")]))
}

/// An agenda entry alone, with some columns forged.
pub fn agenda_item(forged: &[(&str, &str)]) -> String {
    let columns = [
        ("id", "a"),
        ("meeting_id", "m.id"),
        ("body_id", "m.body_id"),
        ("held_on", "m.held_on"),
        ("meeting_status", "m.status"),
        ("document_id", "d.id"),
        ("revision_no", "d.revision_no"),
        ("revision_sha256", "d.revision_sha256"),
        ("opinion_id", "(SELECT id FROM opinions WHERE document_id = d.id ORDER BY opinion_no DESC LIMIT 1)"),
        ("opinion_no", "d.opinion_no"),
        ("opinion_outcome", "'lawful'"),
        ("opinion_given_on", "(SELECT given_on FROM opinions WHERE document_id = d.id ORDER BY opinion_no DESC LIMIT 1)"),
        ("placed_by", "secretary"),
        ("placed_at", "moment"),
        ("placed_on", "day"),
        ("entry_id", "e"),
    ];
    insert("agenda_items", &columns, forged)
}

/// A decision on the document's last agenda entry, with some columns forged.
pub fn decision(outcome: &str, forged: &[(&str, &str)]) -> String {
    let outcome = format!("'{outcome}'");
    let columns = [
        ("id", "x"),
        ("agenda_item_id", "(SELECT id FROM agenda_items WHERE document_id = d.id ORDER BY placed_at DESC LIMIT 1)"),
        ("document_id", "d.id"),
        ("meeting_id", "m.id"),
        ("held_on", "m.held_on"),
        ("revision_no", "d.revision_no"),
        ("revision_sha256", "d.revision_sha256"),
        ("decision_no", "1"),
        ("outcome", outcome.as_str()),
        ("minutes_no", "'1'"),
        ("attendees", "'[]'"),
        ("presider", "'甲'"),
        ("dissents", "'[]'"),
        ("recorded_by", "secretary"),
        ("recorded_at", "moment"),
        ("recorded_on", "day"),
        ("profile_id", "p"),
        ("entry_id", "e"),
    ];
    insert("decisions", &columns, forged)
}

/// An insert of these columns, some of them with other values, or with further ones.
pub fn insert(table: &str, columns: &[(&str, &str)], forged: &[(&str, &str)]) -> String {
    let mut all: Vec<(&str, &str)> = columns.to_vec();
    for (column, value) in forged {
        match all.iter_mut().find(|(known, _)| known == column) {
            Some(found) => found.1 = value,
            None => all.push((column, value)),
        }
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = all.iter().map(|(_, value)| *value).collect();
    format!("INSERT INTO {table} ({}) VALUES ({});", names.join(", "), values.join(", "))
}

/// Takes a drafted document to `cleared`: submitted, accepted and found lawful today.
pub async fn clear(app: &TestApp, document: &str) {
    let cleared = step("opine", "legality_review", "cleared", &[("opinion_id", "o")]);
    let body = format!("{}{}{cleared}", submit(), opinion("lawful"));
    assert_eq!(run(app, document, &body).await, "ok");
}

/// Gives an opinion that moves nothing, as one in `finalising` does.
pub async fn opine(app: &TestApp, document: &str, outcome: &str) {
    assert_eq!(run(app, document, &opinion(outcome)).await, "ok");
}
