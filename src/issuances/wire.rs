//! Issuance, publication and the number register as the API shows and takes them. Field names are the public contract's.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::ids::{DocumentId, NumberId};
use crate::base::text_enum::text_enum;
use crate::documents::wire::FileRef;

text_enum! {
    /// The three runs of numbers that a body keeps.
    pub enum NumberKind {
        /// 登记号, of the unified register.
        RegisterNo = "register_no",
        /// 发文字号.
        OfficialDocNo = "official_doc_no",
        /// 备案号, given by the body that receives a filing.
        FilingNo = "filing_no",
    }
}

/// Signing (签发); register number and document number are given with it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIssuance {
    /// Who signed, by name.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S", example = "王建国")]
    pub signed_by: String,
    /// The day of the signature (成文日期), which gives the year of both numbers.
    pub signed_on: NaiveDate,
}

/// Taking an issuance back before publication.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVoid {
    /// Why. It stands beside both numbers in the register.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub reason: String,
}

/// Publication. In a multipart form, `file` is the published text and is compared with the approved one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPublication {
    /// 公布日期.
    pub publication_date: NaiveDate,
    /// 施行日期.
    pub effective_date: NaiveDate,
    /// Where it was published.
    #[schema(min_length = 1, max_length = 300, pattern = r"\S", example = "镇人民政府门户网站")]
    pub channel: String,
    /// Last day of validity; left out, the longest that the profile allows.
    pub expiry_date: Option<NaiveDate>,
    /// Why it takes effect sooner after publication than the profile has it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S")]
    pub short_lead_reason: Option<String>,
}

/// Signing and numbering as it was entered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssuanceRecord {
    /// The signed revision.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// Who signed, by name.
    pub signed_by: String,
    /// The day of the signature (成文日期).
    pub signed_on: NaiveDate,
    /// 登记号.
    pub register_no: String,
    /// 发文字号.
    pub official_doc_no: String,
    /// The day on which it was entered.
    pub recorded_on: NaiveDate,
    /// Who entered it, by login.
    pub recorded_by: String,
}

/// A publication as it was entered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublicationRecord {
    /// The published revision.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// 公布日期.
    pub publication_date: NaiveDate,
    /// 施行日期.
    pub effective_date: NaiveDate,
    /// Last day of validity.
    pub expiry_date: NaiveDate,
    /// Where it was published.
    pub channel: String,
    /// Why it takes effect sooner after publication than the profile has it.
    pub short_lead_reason: Option<String>,
    /// The published text as it was handed in; `null` where the approved revision itself is what was published.
    pub file: Option<FileRef>,
    /// The day on which it was entered.
    pub recorded_on: NaiveDate,
    /// Who entered it, by login.
    pub recorded_by: String,
}

/// Which numbers to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NumberQuery {
    /// Code of the body whose register it is; the caller's own where left out.
    pub body: Option<String>,
    /// One run only.
    pub kind: Option<NumberKind>,
    /// One year only.
    pub year: Option<i32>,
    /// Items per page: 50, at most 200.
    #[serde(default, deserialize_with = "crate::web::query::limit")]
    pub limit: Option<u32>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// A number as the register keeps it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NumberEntry {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: NumberId,
    /// Its run.
    pub kind: NumberKind,
    /// Its year.
    pub year: i32,
    /// Its place in the run of that year, from 1 without gaps.
    pub serial: i32,
    /// As written.
    #[schema(example = "青府规〔2026〕1号")]
    pub number: String,
    /// The document that it was given to.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// Its voiding; a void number is never given again.
    pub void: Option<NumberVoid>,
}

/// The voiding of a number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NumberVoid {
    /// Why.
    pub reason: String,
    /// When.
    pub voided_at: DateTime<Utc>,
}
