//! Documents as the API shows and takes them. Field names are the public contract's.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::ids::{DocumentId, FilingId, MaterialId};
use crate::base::text_enum::text_enum;
use crate::identity::bodies::{BodyRef, TargetRole};
use crate::lifecycle::facts::{FairCompetition, MaterialKind};
use crate::lifecycle::step::{Stage, Step};

text_enum! {
    /// The two classes (domain: SC1 art. 2 `[X]`).
    pub enum DocumentClass {
        /// 政府规范性文件.
        GovernmentDocument = "government_document",
        /// 部门规范性文件.
        DepartmentDocument = "department_document",
    }
}

text_enum! {
    /// What a replacement does to the document that it replaces.
    pub enum ReplacementEffect {
        /// 废止.
        Repealed = "repealed",
        /// Superseded by the new text.
        Superseded = "superseded",
    }
}

text_enum! {
    /// Where a document comes from.
    pub enum Origin {
        /// Drafted in the registry.
        Registered = "registered",
        /// Older than the registry, imported.
        Legacy = "legacy",
    }
}

text_enum! {
    /// The effect of a document today, from dates and decisions alone.
    pub enum Effect {
        /// Not published.
        NotIssued = "not_issued",
        /// Published, not yet effective.
        NotYetEffective = "not_yet_effective",
        /// In force.
        InForce = "in_force",
        /// Lapsed (失效).
        Lapsed = "lapsed",
        /// Repealed (废止).
        Repealed = "repealed",
        /// Revoked (撤销) by a superior.
        Revoked = "revoked",
        /// Replaced by another document.
        Superseded = "superseded",
    }
}

impl Effect {
    /// Whether the document was in effect, or was to be, and no longer is.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Lapsed | Self::Repealed | Self::Revoked | Self::Superseded)
    }
}

text_enum! {
    /// The kinds of deadlines.
    pub enum DeadlineKind {
        /// The reviewer's intake of a submission.
        Intake = "intake",
        /// The drafter's supplement.
        Supplement = "supplement",
        /// The legality opinion.
        LegalityReview = "legality_review",
        /// Publication after signing.
        Publication = "publication",
        /// Filing after publication.
        Filing = "filing",
        /// The form check of a filing.
        FilingIntake = "filing_intake",
        /// The filing review.
        FilingReview = "filing_review",
        /// A rectification.
        Rectification = "rectification",
        /// The end of validity.
        Expiry = "expiry",
        /// An amendment ordered by a clean-up.
        Amendment = "amendment",
    }
}

impl DeadlineKind {
    /// Whether only a document that is in effect, or will be, owes this.
    #[must_use]
    pub const fn ends_with_effect(self) -> bool {
        matches!(self, Self::Expiry | Self::Amendment)
    }
}

text_enum! {
    /// The status of one filing.
    pub enum FilingStatus {
        /// Filed, awaiting registration.
        AwaitingRegistration = "awaiting_registration",
        /// Registration suspended (暂缓登记).
        RegistrationSuspended = "registration_suspended",
        /// Refused (不予备案).
        FilingRefused = "filing_refused",
        /// Under filing review.
        UnderFilingReview = "under_filing_review",
        /// Being rectified.
        Rectifying = "rectifying",
        /// The issuer has reported its rectification.
        RectificationReported = "rectification_reported",
        /// The review is over.
        FilingReviewed = "filing_reviewed",
    }
}

/// A document that this one replaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// The published document of the same issuing authority.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// What becomes of it on the new document's effective date.
    pub effect: ReplacementEffect,
}

/// A new document. Either `text` here, or a `file` in a multipart form.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDocument {
    /// Title.
    #[schema(min_length = 1, max_length = 300, pattern = r"\S", example = "元潭镇集市管理办法")]
    pub title: String,
    /// Class.
    pub document_class: DocumentClass,
    /// Code of the issuing authority.
    #[schema(min_length = 1, max_length = 64, example = "yuantan")]
    pub issuing_authority: String,
    /// The unit that drafts, in words.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "经济发展办公室")]
    pub drafting_unit: String,
    /// Whether it concerns market entities (经营主体), which asks for a fair-competition review.
    pub concerns_market_entities: bool,
    /// The text, lines as in the document.
    #[schema(min_length = 1, max_length = 2000000, pattern = r"\S", nullable = false)]
    pub text: Option<String>,
    /// Codes of further issuers of a jointly issued document.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub joint_authorities: Vec<String>,
    /// Published documents that this one replaces.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub replaces: Vec<Replacement>,
}

/// A merge patch of a document: what binds besides text and file makes a new revision; the drafting unit does not.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentPatch {
    /// Title.
    #[schema(min_length = 1, max_length = 300, pattern = r"\S", nullable = false)]
    pub title: Option<String>,
    /// Class.
    #[schema(nullable = false)]
    pub document_class: Option<DocumentClass>,
    /// Code of the issuing authority.
    #[schema(min_length = 1, max_length = 64, nullable = false)]
    pub issuing_authority: Option<String>,
    /// The unit that drafts.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", nullable = false)]
    pub drafting_unit: Option<String>,
    /// Whether it concerns market entities.
    #[schema(nullable = false)]
    pub concerns_market_entities: Option<bool>,
    /// Codes of further issuers.
    #[schema(max_items = 20, nullable = false)]
    pub joint_authorities: Option<Vec<String>>,
    /// What it replaces.
    #[schema(max_items = 100, nullable = false)]
    pub replaces: Option<Vec<Replacement>>,
}

/// A new revision. Either `text` here, or a `file` in a multipart form.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRevision {
    /// The text.
    #[schema(min_length = 1, max_length = 2000000, pattern = r"\S", nullable = false)]
    pub text: Option<String>,
    /// What was changed and why.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub note: Option<String>,
}

/// A material, in a multipart form with its `file`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMaterial {
    /// What it is.
    pub kind: MaterialKind,
    /// With `fair_competition_conclusion` only: what the review concluded.
    pub conclusion: Option<FairCompetition>,
}

/// A deadline that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Deadline {
    /// What is due.
    pub kind: DeadlineKind,
    /// Last day.
    pub due_on: NaiveDate,
    /// Whether that day is over.
    pub overdue: bool,
    /// Whether the day lies beyond the known working-day calendar and may move when the next year is imported.
    pub provisional: bool,
    /// Why it is provisional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisional_reason: Option<String>,
    /// The filing concerned, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub filing_id: Option<FilingId>,
}

/// One filing, as a document lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FilingSummary {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: FilingId,
    /// To whom.
    pub target: BodyRef,
    /// In which role that body receives it.
    pub role: TargetRole,
    /// Where it stands.
    pub status: FilingStatus,
    /// The last day for filing.
    pub due_on: NaiveDate,
    /// Whether that day lies beyond the known working-day calendar.
    pub provisional: bool,
    /// Why it is provisional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provisional_reason: Option<String>,
    /// The day of filing.
    pub filed_on: Option<NaiveDate>,
    /// Whether it was filed late; `null` after a provisional day.
    pub late: Option<bool>,
    /// The filing number, once registered.
    pub filing_no: Option<String>,
}

/// A document with its stage, step, effect and deadlines.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Document {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: DocumentId,
    /// Title of the current revision.
    pub title: String,
    /// Class.
    pub document_class: DocumentClass,
    /// Who issues it, and leads where several do.
    pub issuing_authority: BodyRef,
    /// The other issuers.
    pub joint_authorities: Vec<BodyRef>,
    /// Who drafts it.
    pub drafting_unit: String,
    /// Whether market entities are concerned, as the drafter or the last intake that overruled it says.
    pub concerns_market_entities: bool,
    /// What it replaces.
    pub replaces: Vec<Replacement>,
    /// Stage.
    pub stage: Stage,
    /// Step within the stage.
    pub step: Step,
    /// Effect today.
    pub effect: Effect,
    /// Origin.
    pub origin: Origin,
    /// Number of the current revision.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// 登记号.
    pub register_no: Option<String>,
    /// 发文字号.
    pub official_doc_no: Option<String>,
    /// 成文日期.
    pub signed_on: Option<NaiveDate>,
    /// 公布日期.
    pub publication_date: Option<NaiveDate>,
    /// 施行日期.
    pub effective_date: Option<NaiveDate>,
    /// Last day of validity.
    pub expiry_date: Option<NaiveDate>,
    /// 备案号 of the first registration.
    pub filing_no: Option<String>,
    /// The deadlines that run now.
    pub deadlines: Vec<Deadline>,
    /// Its filings.
    pub filings: Vec<FilingSummary>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When anything about it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A revision, as a list shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionSummary {
    /// Its number.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// Title.
    pub title: String,
    /// Class.
    pub document_class: DocumentClass,
    /// Issuing authority.
    pub issuing_authority: BodyRef,
    /// Other issuers.
    pub joint_authorities: Vec<BodyRef>,
    /// What it replaces.
    pub replaces: Vec<Replacement>,
    /// Whether it concerns market entities, as the drafter says.
    pub concerns_market_entities: bool,
    /// The original file, where there is one.
    pub file: Option<FileRef>,
    /// What was changed and why.
    pub note: Option<String>,
    /// Login of its author.
    pub authored_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A revision with its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Revision {
    /// Everything but the text.
    #[serde(flatten)]
    pub summary: RevisionSummary,
    /// The text that the hash binds.
    pub text: String,
}

/// A stored file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileRef {
    /// The name under which it was handed in.
    pub name: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Its media type, told by its content.
    pub media_type: String,
    /// Its size in bytes.
    pub size_bytes: i64,
}

/// A material as handed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Material {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MaterialId,
    /// What it is.
    pub kind: MaterialKind,
    /// The fair-competition conclusion.
    pub conclusion: Option<FairCompetition>,
    /// The file.
    pub file: FileRef,
    /// Login of who added it.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
    /// The submissions that it was frozen into, by number.
    pub submissions: Vec<i32>,
}
