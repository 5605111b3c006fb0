//! The timeline as the API shows it. Field names are the public contract's.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::entry::SubjectKind;
use super::feed::Placed;
use crate::base::ids::DocumentId;
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

/// One entry of the log as an event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Event {
    /// Its position in the log, from 0 on, without a gap, in the order of the commits.
    pub position: i64,
    /// The log entry.
    #[schema(value_type = String, format = Uuid)]
    pub id: uuid::Uuid,
    /// What was done.
    #[serde(rename = "type")]
    #[schema(example = "document.stage_changed")]
    pub entry_type: String,
    /// When, on the registry's clock.
    pub at: DateTime<Utc>,
    /// What kind of thing it was done to.
    pub subject_kind: SubjectKind,
    /// The id of that thing; `null` for the registry itself.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub subject: Option<uuid::Uuid>,
    /// The document on whose timeline it stands.
    pub document_id: Option<DocumentId>,
    /// The particulars, with the reasons and notes that were given.
    #[schema(value_type = Object)]
    pub data: serde_json::Value,
}

impl Event {
    /// The event of an entry at its position.
    #[must_use]
    pub fn of(placed: Placed) -> Self {
        Self {
            position: placed.position,
            id: placed.id,
            entry_type: placed.entry_type,
            at: placed.at,
            subject_kind: placed.subject_kind,
            subject: placed.subject_id,
            document_id: placed.document_id,
            data: placed.data,
        }
    }
}

/// A page of the feed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Events {
    /// The events that the caller may read, in the order of their positions.
    pub items: Vec<Event>,
    /// What to ask for next as `after`: the last position that was looked at, past those that the caller may not read. `null` while
    /// the log has none.
    pub next: Option<i64>,
}
