//! Filings as the API shows and takes them. Field names are the public contract's.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::ids::{DocumentId, FilingId};
use crate::documents::wire::{FileRef, FilingStatus};
use crate::identity::bodies::{BodyRef, TargetRole};
use crate::lifecycle::filing::{FilingIntakeResult, FilingReviewResult, ProblemType, RectificationAction};

/// A filing call.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilingCall {
    /// Code of the body to file to; without it, every body that is still to be filed to.
    #[schema(min_length = 1, max_length = 64, nullable = false, example = "linjiang")]
    pub target: Option<String>,
}

/// The form check of a filing.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilingIntake {
    /// 予以登记, 暂缓登记 or 不予备案.
    pub result: FilingIntakeResult,
    /// Why; required unless registered.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S", nullable = false)]
    pub reason: Option<String>,
}

/// What the issuer supplies after a suspended registration: a `note`, or a `file` in a multipart form, or both.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilingSupplement {
    /// What is supplied.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S", nullable = false)]
    pub note: Option<String>,
}

/// A result of the substantive filing review.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilingReview {
    /// The result. `ordered_correction` and `revoked` only by a supervising government or a standing committee.
    pub result: FilingReviewResult,
    /// What was found wrong, each at most once.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub problem_types: Vec<ProblemType>,
    /// What was found, in words.
    #[schema(min_length = 1, max_length = 20000, pattern = r"\S", nullable = false)]
    pub findings: Option<String>,
    /// With a result that asks for a correction: its last day, after today. Without it, the profile's.
    #[schema(nullable = false)]
    pub due_on: Option<NaiveDate>,
}

/// The issuer's report on a rectification.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RectificationReport {
    /// What was done.
    pub action: RectificationAction,
    /// The report.
    #[schema(min_length = 1, max_length = 20000, pattern = r"\S")]
    pub report: String,
    /// The document whose current revision replaces this one.
    #[schema(value_type = Option<String>, format = Uuid, nullable = false)]
    pub replacement_document_id: Option<DocumentId>,
}

/// Which filings to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FilingFilter {
    /// Only with this status.
    pub status: Option<FilingStatus>,
    /// `true`: filed late; `false`: in time. Those after a provisional day are in neither.
    pub late: Option<bool>,
    /// Code of the issuing authority.
    pub body: Option<String>,
    /// Only of this document.
    #[param(value_type = Option<String>, format = Uuid)]
    pub document_id: Option<DocumentId>,
    /// Items per page: 50 unless told, at most 200.
    #[serde(default, deserialize_with = "crate::web::query::limit")]
    pub limit: Option<u32>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// One filing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Filing {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: FilingId,
    /// The document filed.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// Its title.
    pub title: String,
    /// Its document number.
    pub official_doc_no: Option<String>,
    /// Who issued it.
    pub issuing_authority: BodyRef,
    /// To whom it was filed.
    pub target: BodyRef,
    /// In which role that body receives it.
    pub role: TargetRole,
    /// Where it stands.
    pub status: FilingStatus,
    /// Whether it was filed late; `null` after a provisional day.
    pub late: Option<bool>,
    /// The day of filing.
    pub filed_on: NaiveDate,
    /// The last day for filing.
    pub due_on: NaiveDate,
    /// Whether that day lies beyond the known working-day calendar.
    pub provisional: bool,
    /// Why it is provisional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisional_reason: Option<String>,
    /// The filing number, once registered.
    pub filing_no: Option<String>,
}

/// One filing with everything that was done to it, in order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilingDetail {
    /// The filing.
    #[serde(flatten)]
    pub filing: Filing,
    /// Login of who filed it.
    pub filed_by: String,
    /// Its form checks.
    pub intakes: Vec<FilingIntakeRecord>,
    /// What was supplied.
    pub supplements: Vec<FilingSupplementRecord>,
    /// Its reviews; the last one counts.
    pub reviews: Vec<FilingReviewRecord>,
    /// What the issuer reported.
    pub rectifications: Vec<RectificationRecord>,
}

/// A form check as recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilingIntakeRecord {
    /// Its id.
    pub id: uuid::Uuid,
    /// Its result.
    pub result: FilingIntakeResult,
    /// Why.
    pub reason: Option<String>,
    /// Its day.
    pub taken_on: NaiveDate,
    /// Login of who made it.
    pub taken_by: String,
}

/// A supplement as recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilingSupplementRecord {
    /// Its id.
    pub id: uuid::Uuid,
    /// What was supplied, in words.
    pub note: Option<String>,
    /// The file.
    pub file: Option<FileRef>,
    /// When.
    pub supplied_at: DateTime<Utc>,
    /// Login of who supplied it.
    pub supplied_by: String,
}

/// A review as recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FilingReviewRecord {
    /// Its id.
    pub id: uuid::Uuid,
    /// Its number within the filing.
    pub review: i32,
    /// Its result.
    pub result: FilingReviewResult,
    /// What was found wrong.
    pub problem_types: Vec<ProblemType>,
    /// What was found, in words.
    pub findings: Option<String>,
    /// The last day of the rectification asked for.
    pub due_on: Option<NaiveDate>,
    /// Whether that day lies beyond the known working-day calendar.
    pub provisional: bool,
    /// Why it is provisional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisional_reason: Option<String>,
    /// Its day.
    pub reviewed_on: NaiveDate,
    /// Login of who gave it.
    pub reviewed_by: String,
}

/// A rectification report as recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RectificationRecord {
    /// Its id.
    pub id: uuid::Uuid,
    /// The number of the review that it answers.
    pub review: i32,
    /// What was done.
    pub action: RectificationAction,
    /// The report.
    pub report: String,
    /// The replacement document.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub replacement_document_id: Option<DocumentId>,
    /// Its day.
    pub reported_on: NaiveDate,
    /// Login of who reported.
    pub reported_by: String,
}
