//! Meetings as the API shows and takes them. Field names are the public contract's.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::base::ids::{AgendaItemId, DecisionId, DocumentId, MeetingId, OpinionId};
use crate::base::text_enum::text_enum;
use crate::identity::bodies::BodyRef;
use crate::lifecycle::decision::DecisionOutcome;

text_enum! {
    /// The kinds of meetings that decide on normative documents.
    pub enum MeetingKind {
        /// 常务会议.
        ExecutiveMeeting = "executive_meeting",
        /// 全体会议.
        PlenaryMeeting = "plenary_meeting",
        /// 办公会议.
        OfficeMeeting = "office_meeting",
    }
}

text_enum! {
    /// Whether a meeting takes place.
    pub enum MeetingStatus {
        /// It is planned, or was held.
        Scheduled = "scheduled",
        /// It was cancelled, for good.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// The one status that a change can set.
    pub enum MeetingCancellation {
        /// Cancels the meeting and frees what stands on its agenda.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// Where an entry of an agenda stands.
    pub enum AgendaItemState {
        /// On the agenda, not decided.
        Live = "live",
        /// Decided.
        Decided = "decided",
        /// Taken off before any decision.
        TakenOff = "taken_off",
    }
}

text_enum! {
    /// Why an entry was taken off.
    pub enum RemovalCause {
        /// By hand.
        TakenOff = "taken_off",
        /// Its meeting was cancelled.
        MeetingCancelled = "meeting_cancelled",
    }
}

/// A new meeting.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMeeting {
    /// Code of the body that meets: the caller's own.
    #[schema(min_length = 1, max_length = 64, example = "qinghe")]
    pub body: String,
    /// Its kind.
    pub kind: MeetingKind,
    /// Its day. It may lie in the past, but nothing can be placed on the agenda of a day that is over.
    pub held_on: NaiveDate,
    /// Its title.
    #[schema(min_length = 1, max_length = 300, pattern = r"\S", example = "第12次镇政府常务会议")]
    pub title: String,
}

/// A merge patch of a meeting. Body and kind never change.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeetingPatch {
    /// Its title.
    #[schema(min_length = 1, max_length = 300, pattern = r"\S", nullable = false)]
    pub title: Option<String>,
    /// Its day. The gate of everything on the agenda is asked anew for it.
    #[schema(nullable = false)]
    pub held_on: Option<NaiveDate>,
    /// Cancels it; what stands on its agenda goes back to `cleared`.
    #[schema(nullable = false)]
    pub status: Option<MeetingCancellation>,
}

/// A document to be placed on an agenda.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgendaItem {
    /// The document, issued by the body that meets.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
}

/// What the meeting decided, as its minutes have it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// The outcome.
    pub outcome: DecisionOutcome,
    /// Number of the minutes (会议纪要).
    #[schema(min_length = 1, max_length = 100, pattern = r"\S", example = "〔2026〕7号")]
    pub minutes_no: String,
    /// Who attended, by name.
    #[schema(min_items = 1, max_items = 300)]
    pub attendees: Vec<PersonName>,
    /// Who presided, by name.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub presider: String,
    /// Dissenting opinions, each with whose it is.
    #[serde(default)]
    #[schema(max_items = 300)]
    pub dissents: Vec<Dissent>,
    /// The decision that was entered wrongly and that this entry corrects.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub corrects: Option<DecisionId>,
    /// Why; needed with `corrects`.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub reason: Option<String>,
}

/// The confirmation of a text that was approved in principle and finished since.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConfirmation {
    /// The current revision, to which the approval is bound.
    #[schema(minimum = 1)]
    pub revision: i32,
    /// How the text follows what the meeting ordered.
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub note: String,
}

/// A person's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(pub String);

/// A dissenting opinion in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Dissent(pub String);

// Written out because the derive has no length for a type of one unnamed field.
impl PartialSchema for PersonName {
    fn schema() -> RefOr<Schema> {
        short_text(100)
    }
}

impl ToSchema for PersonName {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed("PersonName")
    }
}

impl PartialSchema for Dissent {
    fn schema() -> RefOr<Schema> {
        short_text(2000)
    }
}

impl ToSchema for Dissent {
    fn name() -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed("Dissent")
    }
}

fn short_text(max: usize) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(max)).pattern(Some(r"\S")).into()
}

/// Which meetings to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MeetingQuery {
    /// Only those that are planned or were held, or only those cancelled.
    pub status: Option<MeetingStatus>,
    /// Items per page: 50, at most 200.
    #[serde(default, deserialize_with = "crate::web::query::limit")]
    pub limit: Option<u32>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

/// A meeting without its agenda.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeetingSummary {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: MeetingId,
    /// Who meets.
    pub body: BodyRef,
    /// Its kind.
    pub kind: MeetingKind,
    /// Its day.
    pub held_on: NaiveDate,
    /// Its title.
    pub title: String,
    /// Whether it takes place.
    pub status: MeetingStatus,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A meeting with its agenda.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Meeting {
    /// The meeting.
    #[serde(flatten)]
    pub summary: MeetingSummary,
    /// Everything that stands or stood on its agenda, in the order of placing.
    pub agenda: Vec<AgendaItem>,
}

/// A document on an agenda.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgendaItem {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: AgendaItemId,
    /// The meeting.
    #[schema(value_type = String, format = Uuid)]
    pub meeting_id: MeetingId,
    /// The document.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// Title of the revision on the agenda.
    pub title: String,
    /// That revision.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// The lawful opinion that opened the gate.
    #[schema(value_type = String, format = Uuid)]
    pub opinion_id: OpinionId,
    /// Where the entry stands.
    pub state: AgendaItemState,
    /// Why it was taken off.
    pub removal: Option<RemovalCause>,
    /// Login of who placed it.
    pub placed_by: String,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// The decision and its corrections; the last one stands.
    pub decisions: Vec<Decision>,
}

/// A recorded decision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Decision {
    /// Its id, which a correction names.
    #[schema(value_type = String, format = Uuid)]
    pub id: DecisionId,
    /// The meeting.
    #[schema(value_type = String, format = Uuid)]
    pub meeting_id: MeetingId,
    /// The document.
    #[schema(value_type = String, format = Uuid)]
    pub document_id: DocumentId,
    /// The revision decided on.
    pub revision: i32,
    /// Its hash.
    pub revision_sha256: String,
    /// The outcome.
    pub outcome: DecisionOutcome,
    /// Number of the minutes.
    pub minutes_no: String,
    /// Who attended.
    #[schema(value_type = Vec<PersonName>)]
    pub attendees: serde_json::Value,
    /// Who presided.
    pub presider: String,
    /// Dissenting opinions.
    #[schema(value_type = Vec<Dissent>)]
    pub dissents: serde_json::Value,
    /// The decision that this one corrects.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub corrects: Option<DecisionId>,
    /// Why.
    pub reason: Option<String>,
    /// The meeting's day.
    pub held_on: NaiveDate,
    /// The day of entry.
    pub recorded_on: NaiveDate,
    /// Login of who entered it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}
