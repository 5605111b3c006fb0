//! What the review holds as the API shows it: submissions with materials, answers and intakes; counsel; opinions with comments.
//! One query for each kind of part, whatever the length of a page.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::wire::{
    Comment, CommentAnswer, CounselKind, CounselOpinion, FrozenMaterial, GivenResponse, Intake, Opinion, Submission, Urgency,
};
use crate::base::ids::{CommentId, CounselOpinionId, DocumentId, IntakeId, MaterialId, OpinionId, SubmissionId};
use crate::identity::bodies::BodyRef;
use crate::lifecycle::facts::{FairCompetition, MaterialKind, Outcome};
use crate::lifecycle::intake::{IntakeResult, Recognition};
use crate::lifecycle::submission::{Adopted, SubmissionKind};
use crate::schema::{
    bodies, comment_answers, counsel_opinions, intakes, materials, opinion_comments, opinions, submission_materials, submissions, users,
};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = submissions, check_for_backend(diesel::pg::Pg))]
struct SubmissionRow {
    id: SubmissionId,
    submission_no: i32,
    kind: SubmissionKind,
    revision_no: i32,
    revision_sha256: String,
    note: Option<String>,
    urgent_reason: Option<String>,
    urgent_basis: Option<String>,
    submitted_at: DateTime<Utc>,
    submitted_on: NaiveDate,
}

/// A page of the submissions after a number.
///
/// # Errors
/// When the database refuses.
pub async fn submission_page(tx: &mut Tx<'_>, id: DocumentId, after: Option<i32>, limit: i64) -> Result<Vec<Submission>, Refusal> {
    let rows: Vec<(SubmissionRow, String)> = submissions::table
        .inner_join(users::table.on(users::id.eq(submissions::submitted_by)))
        .filter(submissions::document_id.eq(id))
        .filter(submissions::submission_no.gt(after.unwrap_or(0)))
        .order(submissions::submission_no)
        .limit(limit)
        .select((SubmissionRow::as_select(), users::login))
        .load(tx.conn)
        .await?;
    let ids: Vec<SubmissionId> = rows.iter().map(|(row, _)| row.id).collect();
    let mut materials = frozen_materials(tx, &ids).await?;
    let mut responses = given_responses(tx, &ids).await?;
    let mut intakes = intakes_of(tx, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|(row, submitted_by)| Submission {
            id: row.id,
            submission_no: row.submission_no,
            kind: row.kind,
            revision: row.revision_no,
            revision_sha256: row.revision_sha256,
            note: row.note,
            urgent: row.urgent_reason.zip(row.urgent_basis).map(|(reason, basis)| Urgency { reason, basis }),
            materials: materials.remove(&row.id).unwrap_or_default(),
            responses: responses.remove(&row.id).unwrap_or_default(),
            intakes: intakes.remove(&row.id).unwrap_or_default(),
            submitted_by,
            submitted_at: row.submitted_at,
            submitted_on: row.submitted_on,
        })
        .collect())
}

async fn frozen_materials(tx: &mut Tx<'_>, ids: &[SubmissionId]) -> Result<HashMap<SubmissionId, Vec<FrozenMaterial>>, Refusal> {
    type Row = (SubmissionId, MaterialId, MaterialKind, Option<FairCompetition>, String, String);
    let rows: Vec<Row> = submission_materials::table
        .inner_join(materials::table.on(materials::id.eq(submission_materials::material_id)))
        .filter(submission_materials::submission_id.eq_any(ids))
        .order(materials::id)
        .select((
            submission_materials::submission_id,
            materials::id,
            materials::kind,
            materials::conclusion,
            materials::file_name,
            materials::file_sha256,
        ))
        .load(tx.conn)
        .await?;
    Ok(grouped(rows.into_iter().map(|(submission, id, kind, conclusion, file_name, file_sha256)| {
        (submission, FrozenMaterial { id, kind, conclusion, file_name, file_sha256 })
    })))
}

async fn given_responses(tx: &mut Tx<'_>, ids: &[SubmissionId]) -> Result<HashMap<SubmissionId, Vec<GivenResponse>>, Refusal> {
    type Row = (SubmissionId, CommentId, Adopted, Option<String>, Option<String>);
    let rows: Vec<Row> = comment_answers::table
        .filter(comment_answers::submission_id.eq_any(ids))
        .order(comment_answers::comment_id)
        .select((
            comment_answers::submission_id,
            comment_answers::comment_id,
            comment_answers::adopted,
            comment_answers::reason,
            comment_answers::basis,
        ))
        .load(tx.conn)
        .await?;
    Ok(grouped(
        rows.into_iter()
            .map(|(submission, comment_id, adopted, reason, basis)| (submission, GivenResponse { comment_id, adopted, reason, basis })),
    ))
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = intakes, check_for_backend(diesel::pg::Pg))]
struct IntakeRow {
    id: IntakeId,
    submission_id: SubmissionId,
    result: IntakeResult,
    recognition: Recognition,
    concerns_market_entities: Option<bool>,
    missing: Option<Value>,
    reason: Option<String>,
    clock_start_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    taken_at: DateTime<Utc>,
    taken_on: NaiveDate,
}

async fn intakes_of(tx: &mut Tx<'_>, ids: &[SubmissionId]) -> Result<HashMap<SubmissionId, Vec<Intake>>, Refusal> {
    let rows: Vec<(IntakeRow, String)> = intakes::table
        .inner_join(users::table.on(users::id.eq(intakes::reviewer_id)))
        .filter(intakes::submission_id.eq_any(ids))
        .order(intakes::intake_no)
        .select((IntakeRow::as_select(), users::login))
        .load(tx.conn)
        .await?;
    Ok(grouped(rows.into_iter().map(|(row, taken_by)| {
        let intake = Intake {
            id: row.id,
            result: row.result,
            recognition: row.recognition,
            concerns_market_entities: row.concerns_market_entities,
            missing: row.missing.unwrap_or_else(|| json!([])),
            reason: row.reason,
            clock_start_on: row.clock_start_on,
            due_on: row.due_on,
            taken_by,
            taken_at: row.taken_at,
            taken_on: row.taken_on,
        };
        (row.submission_id, intake)
    })))
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = counsel_opinions, check_for_backend(diesel::pg::Pg))]
struct CounselRow {
    id: CounselOpinionId,
    revision_no: i32,
    revision_sha256: String,
    counsel: String,
    kind: CounselKind,
    opinion: String,
    conflict_of_interest: bool,
    recorded_at: DateTime<Utc>,
}

fn counsel((row, recorded_by): (CounselRow, String)) -> CounselOpinion {
    CounselOpinion {
        id: row.id,
        revision: row.revision_no,
        revision_sha256: row.revision_sha256,
        counsel: row.counsel,
        kind: row.kind,
        opinion: row.opinion,
        conflict_of_interest: row.conflict_of_interest,
        recorded_by,
        recorded_at: row.recorded_at,
    }
}

/// What one counsel said.
///
/// # Errors
/// 404 where there is none on that document.
pub async fn counsel_opinion(tx: &mut Tx<'_>, document: DocumentId, id: CounselOpinionId) -> Result<CounselOpinion, Refusal> {
    counsel_opinions::table
        .inner_join(users::table.on(users::id.eq(counsel_opinions::recorded_by)))
        .filter(counsel_opinions::document_id.eq(document))
        .filter(counsel_opinions::id.eq(id))
        .select((CounselRow::as_select(), users::login))
        .first(tx.conn)
        .await
        .optional()?
        .map(counsel)
        .ok_or_else(Refusal::not_found)
}

/// A page of what counsel said after an id.
///
/// # Errors
/// When the database refuses.
pub async fn counsel_opinion_page(
    tx: &mut Tx<'_>,
    document: DocumentId,
    after: Option<CounselOpinionId>,
    limit: i64,
) -> Result<Vec<CounselOpinion>, Refusal> {
    let mut query = counsel_opinions::table
        .inner_join(users::table.on(users::id.eq(counsel_opinions::recorded_by)))
        .filter(counsel_opinions::document_id.eq(document))
        .order(counsel_opinions::id)
        .limit(limit)
        .select((CounselRow::as_select(), users::login))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(counsel_opinions::id.gt(after));
    }
    let rows: Vec<(CounselRow, String)> = query.load(tx.conn).await?;
    Ok(rows.into_iter().map(counsel).collect())
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = opinions, check_for_backend(diesel::pg::Pg))]
struct OpinionRow {
    id: OpinionId,
    opinion_no: i32,
    revision_no: i32,
    revision_sha256: String,
    outcome: Outcome,
    summary: String,
    items: Value,
    reason: Option<String>,
    corrects: Option<OpinionId>,
    given_at: DateTime<Utc>,
    given_on: NaiveDate,
}

/// A page of the opinions after a number, each with its comments and their answers.
///
/// # Errors
/// When the database refuses.
pub async fn opinion_page(tx: &mut Tx<'_>, id: DocumentId, after: Option<i32>, limit: i64) -> Result<Vec<Opinion>, Refusal> {
    let rows: Vec<(OpinionRow, i32, String, BodyRef)> = opinions::table
        .inner_join(submissions::table.on(submissions::id.eq(opinions::submission_id)))
        .inner_join(users::table.on(users::id.eq(opinions::reviewer_id)))
        .inner_join(bodies::table.on(bodies::id.eq(opinions::body_id)))
        .filter(opinions::document_id.eq(id))
        .filter(opinions::opinion_no.gt(after.unwrap_or(0)))
        .order(opinions::opinion_no)
        .limit(limit)
        .select((OpinionRow::as_select(), submissions::submission_no, users::login, (bodies::code, bodies::name)))
        .load(tx.conn)
        .await?;
    let ids: Vec<OpinionId> = rows.iter().map(|(row, ..)| row.id).collect();
    let mut comments = comments_of(tx, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|(row, submission_no, reviewer, body)| Opinion {
            id: row.id,
            opinion_no: row.opinion_no,
            revision: row.revision_no,
            revision_sha256: row.revision_sha256,
            submission_no,
            outcome: row.outcome,
            summary: row.summary,
            items: row.items,
            reason: row.reason,
            corrects: row.corrects,
            comments: comments.remove(&row.id).unwrap_or_default(),
            reviewer,
            body,
            given_at: row.given_at,
            given_on: row.given_on,
        })
        .collect())
}

async fn comments_of(tx: &mut Tx<'_>, ids: &[OpinionId]) -> Result<HashMap<OpinionId, Vec<Comment>>, Refusal> {
    type AnswerRow = (Adopted, Option<String>, Option<String>);
    type Row = (OpinionId, CommentId, (String, String, String, String), Option<AnswerRow>, Option<i32>);
    let rows: Vec<Row> = opinion_comments::table
        .left_join(comment_answers::table.on(comment_answers::comment_id.eq(opinion_comments::id)))
        .left_join(submissions::table.on(submissions::id.nullable().eq(comment_answers::submission_id.nullable())))
        .filter(opinion_comments::opinion_id.eq_any(ids))
        .order((opinion_comments::opinion_id, opinion_comments::ordinal))
        .select((
            opinion_comments::opinion_id,
            opinion_comments::id,
            (opinion_comments::article, opinion_comments::problem, opinion_comments::suggestion, opinion_comments::basis),
            (comment_answers::adopted, comment_answers::reason, comment_answers::basis).nullable(),
            submissions::submission_no.nullable(),
        ))
        .load(tx.conn)
        .await?;
    Ok(grouped(rows.into_iter().map(|(opinion, id, (article, problem, suggestion, basis), answer, submission_no)| {
        let answer = answer.zip(submission_no).map(|((adopted, reason, basis), submission_no)| CommentAnswer {
            submission_no,
            adopted,
            reason,
            basis,
        });
        (opinion, Comment { id, article, problem, suggestion, basis, answer })
    })))
}

fn grouped<K: Eq + std::hash::Hash, V>(pairs: impl Iterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_default().push(value);
    }
    groups
}
