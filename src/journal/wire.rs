//! The timeline as the API shows it. Field names are the public contract's.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::identity::bodies::BodyRef;
use crate::lifecycle::step::{Stage, Step};

/// One entry of a timeline.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// The log entry.
    #[schema(value_type = String, format = Uuid)]
    pub id: uuid::Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// What was done.
    #[serde(rename = "type")]
    #[schema(example = "opinion.given")]
    pub entry_type: String,
    /// Who did it; `null` for the registry itself.
    pub actor: Option<TimelineActor>,
    /// On which revision.
    pub revision: Option<i32>,
    /// Its hash.
    pub revision_sha256: Option<String>,
    /// The rule profile under which it was decided.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub profile_id: Option<uuid::Uuid>,
    /// Where the document stood before, where this moved it.
    pub from: Option<TimelinePlace>,
    /// Where it stood after, where this moved it.
    pub to: Option<TimelinePlace>,
    /// The particulars, with the reasons and notes that were given.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

/// Where a document stood.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct TimelinePlace {
    /// Its stage.
    pub stage: Stage,
    /// Its step.
    pub step: Step,
}

/// Who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineActor {
    /// Login.
    pub login: String,
    /// Name.
    pub name: String,
    /// For which body.
    pub body: BodyRef,
    /// In which role.
    pub role: Option<String>,
}
