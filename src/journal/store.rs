//! Appending to the log and reading a document's timeline. There is no other statement on the table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::entry::{EntryType, NewEntry, SubjectKind};
use crate::base::ids::{DocumentId, EntryId};
use crate::evidence::leaf::Entry;
use crate::lifecycle::step::{Stage, Step};
use crate::schema::{bodies, log_entries, step_changes, users};
use crate::web::refusal::Refusal;
use crate::web::tx::{Tx, Written};

impl Tx<'_> {
    /// Writes an entry and gives the id that the rows of the act refer to.
    ///
    /// # Errors
    /// When the entry cannot be written; then the act does not happen either.
    pub async fn record(&mut self, entry: NewEntry) -> Result<EntryId, Refusal> {
        let id = entry.id;
        let (revision_no, revision_sha256) = entry.revision.map_or((None, None), |(no, sha256)| (Some(no), Some(sha256)));
        let hashed = Entry {
            id: id.0,
            at: self.now,
            entry_type: entry.entry_type.as_str().to_owned(),
            user_id: Some(self.actor.user_id.0),
            body_id: Some(self.actor.body_id.0),
            role: Some(entry.role.as_str().to_owned()),
            token_id: Some(self.actor.token_id.0),
            request_id: Some(self.request_id.to_owned()),
            from_address: self.from_address.map(str::to_owned),
            document_id: entry.document.map(|document| document.0),
            subject: entry.subject,
            revision: (revision_no, revision_sha256.clone()),
            profile_id: entry.profile.map(|profile| profile.0),
            data: entry.data.clone(),
        };
        let act: i64 = diesel::insert_into(log_entries::table)
            .values((
                log_entries::id.eq(id),
                log_entries::at.eq(self.now),
                log_entries::type_.eq(entry.entry_type),
                log_entries::user_id.eq(Some(self.actor.user_id)),
                log_entries::body_id.eq(Some(self.actor.body_id)),
                log_entries::role.eq(Some(entry.role)),
                log_entries::token_id.eq(Some(self.actor.token_id)),
                log_entries::request_id.eq(Some(self.request_id)),
                log_entries::from_address.eq(self.from_address),
                log_entries::document_id.eq(entry.document),
                log_entries::subject_kind.eq(entry.subject.0),
                log_entries::subject_id.eq(entry.subject.1),
                log_entries::revision_no.eq(revision_no),
                log_entries::revision_sha256.eq(revision_sha256),
                log_entries::profile_id.eq(entry.profile),
                log_entries::data.eq(entry.data),
            ))
            .returning(diesel::dsl::sql::<BigInt>("pg_current_xact_id()::text::bigint"))
            .get_result(self.conn)
            .await?;
        self.written.get_or_insert_with(|| Written { act, entries: Vec::new() }).entries.push(hashed);
        Ok(id)
    }
}

/// Writes an entry of the registry itself, for administration from the shell.
///
/// # Errors
/// When the database refuses.
pub async fn record_administration(
    conn: &mut AsyncPgConnection,
    entry_type: EntryType,
    subject: (SubjectKind, Option<Uuid>),
    at: DateTime<Utc>,
    data: Value,
) -> Result<EntryId, diesel::result::Error> {
    let id = EntryId::new();
    record_administration_as(conn, id, entry_type, subject, at, data).await?;
    Ok(id)
}

/// As [`record_administration`], under an id that is known before.
///
/// # Errors
/// When the database refuses.
pub async fn record_administration_as(
    conn: &mut AsyncPgConnection,
    id: EntryId,
    entry_type: EntryType,
    subject: (SubjectKind, Option<Uuid>),
    at: DateTime<Utc>,
    data: Value,
) -> Result<(), diesel::result::Error> {
    diesel::insert_into(log_entries::table)
        .values((
            log_entries::id.eq(id),
            log_entries::at.eq(at),
            log_entries::type_.eq(entry_type),
            log_entries::role.eq(Some("system")),
            log_entries::subject_kind.eq(subject.0),
            log_entries::subject_id.eq(subject.1),
            log_entries::data.eq(data),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// An entry as a timeline shows it.
#[derive(Debug, Queryable)]
pub struct TimelineRow {
    /// The entry.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub entry_type: String,
    /// Who: login and name.
    pub user: Option<(String, String)>,
    /// For which body: code and name.
    pub body: Option<(String, String)>,
    /// In which role.
    pub role: Option<String>,
    /// On which revision.
    pub revision_no: Option<i32>,
    /// Its hash.
    pub revision_sha256: Option<String>,
    /// Under which profile.
    pub profile_id: Option<Uuid>,
    /// The particulars.
    pub data: Value,
}

/// The steps that the entries of a document took it, first to last where one entry took it two.
///
/// # Errors
/// When the database refuses.
pub async fn steps_taken(conn: &mut AsyncPgConnection, document: DocumentId, entries: &[Uuid]) -> Result<Vec<StepTaken>, Refusal> {
    Ok(step_changes::table
        .filter(step_changes::document_id.eq(document))
        .filter(step_changes::entry_id.eq_any(entries))
        .order(step_changes::seq)
        .select((step_changes::entry_id, step_changes::from_stage, step_changes::from_step, step_changes::stage, step_changes::step))
        .load(conn)
        .await?)
}

/// A step that an entry took a document.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct StepTaken {
    /// The entry.
    pub entry: EntryId,
    /// The stage before; `None` for the first step.
    pub from_stage: Option<Stage>,
    /// The step before.
    pub from_step: Option<Step>,
    /// The stage after.
    pub stage: Stage,
    /// The step after.
    pub step: Step,
}

/// A page of a document's timeline, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn timeline_page(
    conn: &mut AsyncPgConnection,
    document: DocumentId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<TimelineRow>, Refusal> {
    let mut query = log_entries::table
        .left_join(users::table.on(users::id.nullable().eq(log_entries::user_id)))
        .left_join(bodies::table.on(bodies::id.nullable().eq(log_entries::body_id)))
        .filter(log_entries::document_id.eq(document))
        .select((
            log_entries::id,
            log_entries::at,
            log_entries::type_,
            (users::login, users::name).nullable(),
            (bodies::code, bodies::name).nullable(),
            log_entries::role,
            log_entries::revision_no,
            log_entries::revision_sha256,
            log_entries::profile_id,
            log_entries::data,
        ))
        .order(log_entries::id)
        .limit(limit)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(log_entries::id.gt(after));
    }
    Ok(query.load(conn).await?)
}
