//! Clean-up rounds as the API shows and takes them. Field names are the public contract's.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::base::ids::{CleanupId, CleanupResultId, DocumentId};
use crate::documents::wire::Effect;
use crate::identity::bodies::BodyRef;
use crate::lifecycle::cleanup::{CleanupResult, CleanupTrigger, LeftOut, UnlistedResult};
use crate::lifecycle::step::{Stage, Step};
use crate::web::refusal::ReasonBody;

/// A new clean-up round.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCleanup {
    /// Title.
    #[schema(min_length = 1, max_length = 300, pattern = r"\S", example = "青禾镇2026年行政规范性文件清理")]
    pub title: String,
    /// Code of the body whose documents are cleaned up.
    #[schema(min_length = 1, max_length = 64, example = "qinghe")]
    pub body: String,
    /// What sets it off. A periodic or special round looks at every document published by the cut-off date and not ended.
    pub trigger: CleanupTrigger,
    /// Documents published after this day are not in the round.
    pub cutoff_date: NaiveDate,
    /// The superior law that sets it off.
    #[schema(nullable = false)]
    pub law_id: Option<Uuid>,
    /// What becomes of documents in scope of a periodic or special round that the published catalogue does not list.
    #[schema(nullable = false)]
    pub unlisted_effect: Option<UnlistedResult>,
    /// Whether a document that is not amended by its day lapses the day after.
    #[serde(default)]
    pub lapse_if_missed: bool,
}

/// A proposal for one document; a later one for the same document replaces it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCleanupResult {
    /// A document of the round's body, published by the cut-off date.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// 继续有效, 修改, 废止 or 宣布失效.
    pub result: CleanupResult,
    /// Why.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub reason: String,
    /// With `amendment_ordered`, and only with it: the last day for the amendment, after today.
    #[schema(nullable = false)]
    pub amend_due: Option<NaiveDate>,
    /// The published document of the same body that replaces it.
    #[schema(value_type = Option<String>, format = Uuid, nullable = false)]
    pub replaced_by: Option<DocumentId>,
}

/// The issuer's decision on a round.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCleanupPublication {
    /// Number of the minutes of the meeting that decided.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "青府纪〔2026〕9号")]
    pub minutes_no: String,
    /// The day of publication of the catalogue: not after today, not before the round was opened.
    pub published_on: NaiveDate,
}

/// Which rounds to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CleanupFilter {
    /// Code of the body whose documents are cleaned up.
    pub body: Option<String>,
    /// Items per page: 50 unless told, at most 200.
    #[serde(default, deserialize_with = "crate::web::query::limit")]
    pub limit: Option<u32>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// Where a page of candidates begins.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CandidatePage {
    /// Items per page: 50 unless told, at most 200.
    #[serde(default, deserialize_with = "crate::web::query::limit")]
    pub limit: Option<u32>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// A clean-up round.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Cleanup {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: CleanupId,
    /// Title.
    pub title: String,
    /// Whose documents.
    pub body: BodyRef,
    /// What set it off.
    pub trigger: CleanupTrigger,
    /// Documents published after this day are not in it.
    pub cutoff_date: NaiveDate,
    /// The superior law that set it off.
    pub law_id: Option<Uuid>,
    /// What becomes of documents in scope that the catalogue does not list.
    pub unlisted_effect: UnlistedResult,
    /// Whether a missed amendment lapses.
    pub lapse_if_missed: bool,
    /// Login of who opened it.
    pub opened_by: String,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// The day on which its catalogue was published; `null` while it is open.
    pub published_on: Option<NaiveDate>,
}

/// A round with its proposals and, once published, its catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CleanupDetail {
    /// The round.
    #[serde(flatten)]
    pub cleanup: Cleanup,
    /// The proposal that stands for each document.
    pub results: Vec<CleanupProposal>,
    /// The issuer's decision.
    pub publication: Option<CleanupPublication>,
    /// The published catalogue: what became of each document.
    pub outcomes: Vec<CleanupOutcome>,
    /// Documents with a proposal that the publication passed over, and why.
    pub left_out: Vec<CleanupLeftOut>,
}

/// A proposal as recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CleanupProposal {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: CleanupResultId,
    /// The document.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// Its title.
    pub title: String,
    /// Its document number.
    pub official_doc_no: Option<String>,
    /// The result proposed.
    pub result: CleanupResult,
    /// Why.
    pub reason: String,
    /// The last day for the amendment.
    pub amend_due: Option<NaiveDate>,
    /// What replaces it.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub replaced_by: Option<DocumentId>,
    /// Login of who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: DateTime<Utc>,
}

/// The issuer's decision as recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CleanupPublication {
    /// Number of the minutes.
    pub minutes_no: String,
    /// The day of publication.
    pub published_on: NaiveDate,
    /// The day on which it was entered here.
    pub recorded_on: NaiveDate,
    /// Login of who entered it.
    pub recorded_by: String,
}

/// A line of the published catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CleanupOutcome {
    /// The document.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// Its title.
    pub title: String,
    /// Its document number.
    pub official_doc_no: Option<String>,
    /// What became of it.
    pub result: CleanupResult,
    /// Why.
    pub reason: String,
    /// The last day for the amendment.
    pub amend_due: Option<NaiveDate>,
    /// What replaces it.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub replaced_by: Option<DocumentId>,
    /// Whether the round listed it; otherwise it got the effect for what is not listed.
    pub listed: bool,
}

/// A document that the publication passed over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CleanupLeftOut {
    /// The document.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// Its title.
    pub title: String,
    /// Its document number.
    pub official_doc_no: Option<String>,
    /// The result that had been proposed.
    pub result: CleanupResult,
    /// Why it was passed over.
    pub left_out: LeftOut,
}

/// A document that the round should judge, with the reasons.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CleanupCandidate {
    /// The document's id; a candidate has no other.
    #[schema(value_type = String, format = Uuid)]
    pub id: DocumentId,
    /// The same id, under the name by which a proposal takes it.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// Title.
    pub title: String,
    /// Document number.
    pub official_doc_no: Option<String>,
    /// Who drafted it.
    pub drafting_unit: String,
    /// Stage.
    pub stage: Stage,
    /// Step.
    pub step: Step,
    /// Effect today.
    pub effect: Effect,
    /// 公布日期.
    pub publication_date: NaiveDate,
    /// 施行日期.
    pub effective_date: Option<NaiveDate>,
    /// Last day of validity.
    pub expiry_date: Option<NaiveDate>,
    /// Why it is a candidate, all reasons at once.
    pub reasons: Vec<ReasonBody>,
    /// The result that the round proposes for it so far.
    pub proposed: Option<CleanupResult>,
}
