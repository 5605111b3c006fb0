//! SQL on the tables of the legality review: what the acts write, and what their rules ask.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use super::wire::{CommentResponse, CounselKind, NewCounselOpinion, NewIntake, NewOpinion, NewSubmission};
use crate::base::ids::{
    CommentId, CounselOpinionId, DecisionId, DocumentId, EntryId, IntakeId, MaterialId, OpinionId, ProfileId, SubmissionId, WithdrawalId,
};
use crate::base::workdays::Due;
use crate::documents::standing::Standing;
use crate::lifecycle::facts::{MaterialKind, Outcome};
use crate::lifecycle::intake::Recognition;
use crate::lifecycle::opinion::LastMove;
use crate::lifecycle::step::Move;
use crate::lifecycle::submission::{Adopted, Answer, PastComment, SubmissionKind, TextPast};
use crate::schema::{
    comment_answers, counsel_opinions, decisions, intakes, materials, opinion_comments, opinions, revisions, step_changes,
    submission_materials, submissions, withdrawals,
};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// Whether the caller wrote any revision of a document.
///
/// # Errors
/// When the database refuses.
pub async fn is_author(tx: &mut Tx<'_>, id: DocumentId) -> Result<bool, Refusal> {
    Ok(diesel::select(diesel::dsl::exists(
        revisions::table.filter(revisions::document_id.eq(id)).filter(revisions::authored_by.eq(tx.actor.user_id)),
    ))
    .get_result(tx.conn)
    .await?)
}

/// Every material of a document with its kind, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn materials_all(conn: &mut AsyncPgConnection, id: DocumentId) -> Result<Vec<(MaterialId, MaterialKind)>, Refusal> {
    Ok(materials::table
        .filter(materials::document_id.eq(id))
        .order(materials::id)
        .select((materials::id, materials::kind))
        .load(conn)
        .await?)
}

/// The comments since the last lawful opinion, with the text on which each was made and its answer.
///
/// # Errors
/// When the database refuses.
pub async fn comments_past(conn: &mut AsyncPgConnection, id: DocumentId) -> Result<Vec<PastComment>, Refusal> {
    let last_lawful: Option<i32> = opinions::table
        .filter(opinions::document_id.eq(id))
        .filter(opinions::outcome.eq(Outcome::Lawful))
        .select(diesel::dsl::max(opinions::opinion_no))
        .first(conn)
        .await?;
    type Row = (CommentId, String, Option<(Adopted, Option<String>, Option<String>)>);
    let rows: Vec<Row> = opinion_comments::table
        .inner_join(opinions::table.on(opinions::id.eq(opinion_comments::opinion_id)))
        .left_join(comment_answers::table.on(comment_answers::comment_id.eq(opinion_comments::id)))
        .filter(opinion_comments::document_id.eq(id))
        .filter(opinions::opinion_no.gt(last_lawful.unwrap_or(0)))
        .order((opinions::opinion_no, opinion_comments::ordinal))
        .select((
            opinion_comments::id,
            opinions::revision_sha256,
            (comment_answers::adopted, comment_answers::reason, comment_answers::basis).nullable(),
        ))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, revision_sha256, answer)| PastComment {
            id,
            revision_sha256,
            answer: answer.map(|(adopted, reason, basis)| Answer { adopted, has_reason: reason.is_some(), has_basis: basis.is_some() }),
        })
        .collect())
}

/// What became of a text of this document before, in whichever revisions it stood.
///
/// # Errors
/// When the database refuses.
pub async fn text_past(conn: &mut AsyncPgConnection, id: DocumentId, sha256: &str) -> Result<TextPast, Refusal> {
    let outcome: Option<Outcome> = opinions::table
        .filter(opinions::document_id.eq(id))
        .filter(opinions::revision_sha256.eq(sha256))
        .order(opinions::opinion_no.desc())
        .select(opinions::outcome)
        .first(conn)
        .await
        .optional()?;
    let decided: Vec<(DecisionId, String, Option<DecisionId>)> = decisions::table
        .filter(decisions::document_id.eq(id))
        .filter(decisions::revision_sha256.eq(sha256))
        .select((decisions::id, decisions::outcome, decisions::corrects))
        .load(conn)
        .await?;
    let is_corrected = |id: DecisionId| decided.iter().any(|(_, _, corrects)| *corrects == Some(id));
    let is_sent_back =
        decided.iter().any(|(id, outcome, _)| matches!(outcome.as_str(), "amend_then_resubmit" | "rejected") && !is_corrected(*id));
    Ok(TextPast { outcome, is_sent_back })
}

/// What led to the present step.
///
/// # Errors
/// When the database refuses.
pub async fn last_move(conn: &mut AsyncPgConnection, standing: &Standing) -> Result<LastMove, Refusal> {
    let (by, opinion): (Move, Option<OpinionId>) = step_changes::table
        .find((standing.id, standing.step_seq))
        .select((step_changes::action, step_changes::opinion_id))
        .first(conn)
        .await?;
    let opinion_sha256 = match opinion {
        Some(opinion) => Some(opinions::table.find(opinion).select(opinions::revision_sha256).first(conn).await?),
        None => None,
    };
    Ok(LastMove { by, opinion_sha256 })
}

/// Writes a submission with its frozen materials and its answers.
///
/// # Errors
/// When the database refuses.
pub async fn submission_insert(
    tx: &mut Tx<'_>,
    standing: &Standing,
    (id, no, kind): (SubmissionId, i32, SubmissionKind),
    new: &NewSubmission,
    frozen: &[(MaterialId, MaterialKind)],
    (profile, entry): (ProfileId, EntryId),
) -> Result<(), Refusal> {
    let revision = &standing.facts.revision;
    diesel::insert_into(submissions::table)
        .values((
            submissions::id.eq(id),
            submissions::document_id.eq(standing.id),
            submissions::submission_no.eq(no),
            submissions::revision_no.eq(revision.no),
            submissions::revision_sha256.eq(&revision.sha256),
            submissions::kind.eq(kind),
            submissions::note.eq(&new.note),
            submissions::urgent_reason.eq(new.urgent.as_ref().map(|urgent| &urgent.reason)),
            submissions::urgent_basis.eq(new.urgent.as_ref().map(|urgent| &urgent.basis)),
            submissions::submitted_by.eq(tx.actor.user_id),
            submissions::submitted_at.eq(tx.now),
            submissions::submitted_on.eq(tx.today),
            submissions::profile_id.eq(profile),
            submissions::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    let rows: Vec<_> = frozen
        .iter()
        .map(|(material, _)| {
            (
                submission_materials::submission_id.eq(id),
                submission_materials::material_id.eq(*material),
                submission_materials::document_id.eq(standing.id),
            )
        })
        .collect();
    diesel::insert_into(submission_materials::table).values(rows).execute(tx.conn).await?;
    let answer = |response: &CommentResponse| {
        (
            comment_answers::comment_id.eq(response.comment_id),
            comment_answers::document_id.eq(standing.id),
            comment_answers::submission_id.eq(id),
            comment_answers::adopted.eq(response.adopted),
            comment_answers::reason.eq(response.reason.clone()),
            comment_answers::basis.eq(response.basis.clone()),
        )
    };
    let rows: Vec<_> = new.responses.iter().map(answer).collect();
    diesel::insert_into(comment_answers::table).values(rows).execute(tx.conn).await?;
    Ok(())
}

/// When the clock of an accepted submission started, and when the opinion is due.
#[derive(Clone, Copy, Debug)]
pub struct Started {
    /// The day on which the complete materials had arrived.
    pub complete_on: NaiveDate,
    /// The last day for the opinion.
    pub due: Due,
}

/// Writes an intake.
///
/// # Errors
/// When the database refuses.
pub async fn intake_insert(
    tx: &mut Tx<'_>,
    document: DocumentId,
    (id, submission): (IntakeId, SubmissionId),
    (new, recognition): (&NewIntake, Recognition),
    started: Option<Started>,
    (profile, entry): (ProfileId, EntryId),
) -> Result<(), Refusal> {
    let last: Option<i32> =
        intakes::table.filter(intakes::document_id.eq(document)).select(diesel::dsl::max(intakes::intake_no)).first(tx.conn).await?;
    diesel::insert_into(intakes::table)
        .values((
            intakes::id.eq(id),
            intakes::document_id.eq(document),
            intakes::intake_no.eq(last.unwrap_or(0) + 1),
            intakes::submission_id.eq(submission),
            intakes::result.eq(new.result),
            intakes::recognition.eq(recognition),
            intakes::concerns_market_entities.eq(new.concerns_market_entities),
            intakes::missing.eq((!new.missing.is_empty()).then(|| json!(new.missing))),
            intakes::reason.eq(&new.reason),
            intakes::clock_start_on.eq(started.map(|started| started.complete_on)),
            intakes::due_on.eq(started.map(|started| started.due.due_on)),
            intakes::due_provisional.eq(started.map(|started| started.due.is_provisional())),
            intakes::reviewer_id.eq(tx.actor.user_id),
            intakes::body_id.eq(tx.actor.body_id),
            intakes::taken_at.eq(tx.now),
            intakes::taken_on.eq(tx.today),
            intakes::profile_id.eq(profile),
            intakes::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}

/// Writes what counsel said.
///
/// # Errors
/// When the database refuses.
pub async fn counsel_opinion_insert(
    tx: &mut Tx<'_>,
    standing: &Standing,
    id: CounselOpinionId,
    new: &NewCounselOpinion,
    entry: EntryId,
) -> Result<(), Refusal> {
    let kind: CounselKind = new.kind;
    diesel::insert_into(counsel_opinions::table)
        .values((
            counsel_opinions::id.eq(id),
            counsel_opinions::document_id.eq(standing.id),
            counsel_opinions::revision_no.eq(standing.facts.revision.no),
            counsel_opinions::revision_sha256.eq(&standing.facts.revision.sha256),
            counsel_opinions::counsel.eq(&new.counsel),
            counsel_opinions::kind.eq(kind),
            counsel_opinions::opinion.eq(&new.opinion),
            counsel_opinions::conflict_of_interest.eq(new.conflict_of_interest),
            counsel_opinions::recorded_by.eq(tx.actor.user_id),
            counsel_opinions::recorded_at.eq(tx.now),
            counsel_opinions::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}

/// What an opinion is about besides what it says.
#[derive(Clone, Copy, Debug)]
pub struct OpinionFrame {
    /// Its id.
    pub id: OpinionId,
    /// Its number within the document.
    pub no: i32,
    /// The submission that it answers.
    pub submission: SubmissionId,
    /// The opinion that it counts instead of.
    pub corrects: Option<OpinionId>,
    /// The profile under which it was given.
    pub profile: ProfileId,
    /// Its log entry.
    pub entry: EntryId,
}

/// Writes an opinion with its comments.
///
/// # Errors
/// When the database refuses.
pub async fn opinion_insert(tx: &mut Tx<'_>, standing: &Standing, frame: OpinionFrame, new: &NewOpinion) -> Result<(), Refusal> {
    let items: Value = json!(new.items);
    diesel::insert_into(opinions::table)
        .values((
            opinions::id.eq(frame.id),
            opinions::document_id.eq(standing.id),
            opinions::opinion_no.eq(frame.no),
            opinions::revision_no.eq(standing.facts.revision.no),
            opinions::revision_sha256.eq(&standing.facts.revision.sha256),
            opinions::submission_id.eq(frame.submission),
            opinions::outcome.eq(new.outcome),
            opinions::summary.eq(&new.summary),
            opinions::items.eq(items),
            opinions::reason.eq(&new.reason),
            opinions::corrects.eq(frame.corrects),
            opinions::reviewer_id.eq(tx.actor.user_id),
            opinions::body_id.eq(tx.actor.body_id),
            opinions::given_at.eq(tx.now),
            opinions::given_on.eq(tx.today),
            opinions::profile_id.eq(frame.profile),
            opinions::entry_id.eq(frame.entry),
        ))
        .execute(tx.conn)
        .await?;
    let rows: Vec<_> = (1_i32..)
        .zip(&new.comments)
        .map(|(ordinal, comment)| {
            (
                opinion_comments::id.eq(CommentId::new()),
                opinion_comments::opinion_id.eq(frame.id),
                opinion_comments::document_id.eq(standing.id),
                opinion_comments::ordinal.eq(ordinal),
                opinion_comments::article.eq(&comment.article),
                opinion_comments::problem.eq(&comment.problem),
                opinion_comments::suggestion.eq(&comment.suggestion),
                opinion_comments::basis.eq(&comment.basis),
            )
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(opinion_comments::table).values(rows).execute(tx.conn).await?;
    }
    Ok(())
}

/// Writes a withdrawal.
///
/// # Errors
/// When the database refuses.
pub async fn withdrawal_insert(
    tx: &mut Tx<'_>,
    document: DocumentId,
    id: WithdrawalId,
    reason: &str,
    entry: EntryId,
) -> Result<(), Refusal> {
    diesel::insert_into(withdrawals::table)
        .values((
            withdrawals::id.eq(id),
            withdrawals::document_id.eq(document),
            withdrawals::reason.eq(reason),
            withdrawals::withdrawn_by.eq(tx.actor.user_id),
            withdrawals::withdrawn_at.eq(tx.now),
            withdrawals::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await?;
    Ok(())
}
