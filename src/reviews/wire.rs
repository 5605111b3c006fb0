//! What the legality review takes and shows. Field names are the public contract's.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::ids::{CommentId, CounselOpinionId, IntakeId, MaterialId, MeetingId, OpinionId, SubmissionId};
use crate::base::text_enum::text_enum;
use crate::documents::wire::Document;
use crate::identity::bodies::BodyRef;
use crate::lifecycle::facts::{FairCompetition, MaterialKind, Outcome};
use crate::lifecycle::intake::{IntakeResult, Recognition};
use crate::lifecycle::submission::{Adopted, SubmissionKind};
use crate::web::refusal::ReasonBody;

text_enum! {
    /// Who was heard as counsel (法律顾问、公职律师、专家).
    pub enum CounselKind {
        /// The government's legal counsel (法律顾问).
        LegalCounsel = "legal_counsel",
        /// A lawyer in public service (公职律师).
        GovernmentLawyer = "government_lawyer",
        /// A lawyer (律师).
        Lawyer = "lawyer",
        /// A specialist (专家).
        Expert = "expert",
        /// Legal staff (法制工作人员).
        LegalStaff = "legal_staff",
    }
}

/// A submission for legality review. The materials handed in by now are frozen with it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubmission {
    /// Number of the current revision.
    #[schema(minimum = 1, maximum = 2147483647, example = 1)]
    pub revision: i32,
    /// One answer for each comment that is still open.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub responses: Vec<CommentResponse>,
    /// A claim of urgency. Once an intake accepts it, the meeting need not leave the profile's minimum of working days; the review
    /// itself is never left out.
    pub urgent: Option<Urgency>,
    /// A note to the review body; needed in `out_of_scope`, where it answers the reason.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub note: Option<String>,
}

/// The drafter's answer to one comment.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentResponse {
    /// The comment.
    #[schema(value_type = String, format = Uuid)]
    pub comment_id: CommentId,
    /// Whether it is adopted.
    pub adopted: Adopted,
    /// Why not, or not wholly; needed unless `yes`.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub reason: Option<String>,
    /// The legal basis for that; needed where the text is submitted unchanged.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub basis: Option<String>,
}

/// Why a submission is urgent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Urgency {
    /// Why: a sudden event, or an urgent order of a superior.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub reason: String,
    /// On what basis.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub basis: String,
}

/// The review body's answer to a submission.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIntake {
    /// Taken in, to be supplemented, or not for this review. Under review only `supplement_requested`, which suspends the clock.
    pub result: IntakeResult,
    /// What it is recognised as (认定); `normative` where left out, and the only one but with `out_of_scope`.
    pub recognition: Option<Recognition>,
    /// Overrules the drafter's statement for this and later revisions.
    pub concerns_market_entities: Option<bool>,
    /// What is missing: kinds of materials, or in words.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub missing: Vec<MissingItem>,
    /// Why; needed with `out_of_scope`, and with `supplement_requested` unless `missing` says it.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub reason: Option<String>,
}

/// A kind of material, or words for what is missing.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "comment_summary")]
pub struct MissingItem(pub String);

/// What counsel said on the current revision.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCounselOpinion {
    /// Who.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub counsel: String,
    /// In which quality.
    pub kind: CounselKind,
    /// What they said.
    #[schema(min_length = 1, max_length = 20000, pattern = r"\S")]
    pub opinion: String,
    /// Whether they have an interest in the matter; then they do not count as heard.
    pub conflict_of_interest: bool,
}

/// A legality opinion (合法性审核意见).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOpinion {
    /// Number of the current revision, which the opinion binds.
    #[schema(minimum = 1, maximum = 2147483647, example = 1)]
    pub revision: i32,
    /// 合法, 应当予以修改, 不合法.
    pub outcome: Outcome,
    /// The conclusion in words.
    #[schema(min_length = 1, max_length = 20000, pattern = r"\S")]
    pub summary: String,
    /// The items examined, each in a word or a sentence.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub items: Vec<ExaminedItem>,
    /// What is to change; at least one unless `lawful`.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub comments: Vec<NewComment>,
    /// Why there is a second opinion on the same text.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub reason: Option<String>,
}

/// One item that was examined, such as `authority_scope`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "authority_scope")]
pub struct ExaminedItem(pub String);

/// One comment of an opinion.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// Which article, such as 第九条.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S")]
    pub article: String,
    /// What is wrong.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub problem: String,
    /// What to do.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub suggestion: String,
    /// On what legal basis.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub basis: String,
}

/// A withdrawal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWithdrawal {
    /// Why.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub reason: String,
}

/// A document after an intake, and the day on which the opinion is due.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TakenInDocument {
    /// The document.
    #[serde(flatten)]
    pub document: Document,
    /// The last day for the opinion; `null` where the clock does not run.
    pub due_on: Option<NaiveDate>,
    /// Whether that day lies beyond the known working-day calendar.
    pub provisional: bool,
}

/// A submission with its materials, answers and intakes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Submission {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: SubmissionId,
    /// Its number within the document.
    pub submission_no: i32,
    /// Why it was handed in.
    pub kind: SubmissionKind,
    /// The revision.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// The drafter's note.
    pub note: Option<String>,
    /// The claim of urgency.
    pub urgent: Option<Urgency>,
    /// The frozen list of materials.
    pub materials: Vec<FrozenMaterial>,
    /// The answers to comments.
    pub responses: Vec<GivenResponse>,
    /// What the review body answered.
    pub intakes: Vec<Intake>,
    /// Login of the drafter.
    pub submitted_by: String,
    /// When.
    pub submitted_at: DateTime<Utc>,
    /// The day in China.
    pub submitted_on: NaiveDate,
}

/// A material of a frozen list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FrozenMaterial {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MaterialId,
    /// What it is.
    pub kind: MaterialKind,
    /// The fair-competition conclusion.
    pub conclusion: Option<FairCompetition>,
    /// Name of its file.
    pub file_name: String,
    /// SHA-256 of its file.
    pub file_sha256: String,
}

/// An answer that was given with a submission.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GivenResponse {
    /// The comment.
    #[schema(value_type = String, format = Uuid)]
    pub comment_id: CommentId,
    /// Whether it is adopted.
    pub adopted: Adopted,
    /// Why not, or not wholly.
    pub reason: Option<String>,
    /// On what basis.
    pub basis: Option<String>,
}

/// An intake as recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Intake {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: IntakeId,
    /// What it said.
    pub result: IntakeResult,
    /// The recognition.
    pub recognition: Recognition,
    /// What it said on market entities, where it overruled the drafter.
    pub concerns_market_entities: Option<bool>,
    /// What is missing.
    #[schema(value_type = Vec<MissingItem>)]
    pub missing: serde_json::Value,
    /// Why.
    pub reason: Option<String>,
    /// The day on which the complete materials had arrived.
    pub clock_start_on: Option<NaiveDate>,
    /// The day for the opinion as computed then; the document's `deadlines` have today's.
    pub due_on: Option<NaiveDate>,
    /// Login of the reviewer.
    pub taken_by: String,
    /// When.
    pub taken_at: DateTime<Utc>,
    /// The day in China.
    pub taken_on: NaiveDate,
}

/// Counsel's opinion as recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CounselOpinion {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: CounselOpinionId,
    /// The revision on which it was given.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// Who.
    pub counsel: String,
    /// In which quality.
    pub kind: CounselKind,
    /// What they said.
    pub opinion: String,
    /// Whether they have an interest in the matter.
    pub conflict_of_interest: bool,
    /// Login of who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// A legality opinion with its comments and their answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Opinion {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: OpinionId,
    /// Its number within the document; the last one counts.
    pub opinion_no: i32,
    /// The revision that it binds.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// The number of the submission that it answers.
    pub submission_no: i32,
    /// 合法, 应当予以修改, 不合法.
    pub outcome: Outcome,
    /// The conclusion in words.
    pub summary: String,
    /// The items examined.
    #[schema(value_type = Vec<ExaminedItem>)]
    pub items: serde_json::Value,
    /// Why there is a second opinion.
    pub reason: Option<String>,
    /// The opinion that it counts instead of.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub corrects: Option<OpinionId>,
    /// What is to change.
    pub comments: Vec<Comment>,
    /// Login of the reviewer.
    pub reviewer: String,
    /// The review body.
    pub body: BodyRef,
    /// When.
    pub given_at: DateTime<Utc>,
    /// The day in China.
    pub given_on: NaiveDate,
}

/// A comment with its answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Comment {
    /// Its id, by which a submission answers it.
    #[schema(value_type = String, format = Uuid)]
    pub id: CommentId,
    /// Which article.
    pub article: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub suggestion: String,
    /// On what legal basis.
    pub basis: String,
    /// The drafter's answer; `null` while there is none.
    pub answer: Option<CommentAnswer>,
}

/// The answer to a comment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommentAnswer {
    /// The number of the submission that gave it.
    pub submission_no: i32,
    /// Whether the comment is adopted.
    pub adopted: Adopted,
    /// Why not, or not wholly.
    pub reason: Option<String>,
    /// On what basis.
    pub basis: Option<String>,
}

/// For which meeting the gate is asked.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GateQuery {
    /// The meeting; without it only the document's own reasons are given.
    #[param(value_type = Option<String>, format = Uuid)]
    pub meeting_id: Option<MeetingId>,
}

/// Whether the document may go to a meeting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Gate {
    /// Whether nothing stands in the way.
    pub open: bool,
    /// The current revision, which the answer is about.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// Everything that stands in the way.
    pub reasons: Vec<ReasonBody>,
}
