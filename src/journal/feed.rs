//! The log as a feed: entries in the order of their positions, those that the caller may read. There is no other statement on it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::entry::SubjectKind;
use crate::base::ids::{BodyId, DocumentId};
use crate::documents::sight;
use crate::identity::actor::Role;
use crate::schema::{documents, log_entries, log_seals};
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// How many entries one call looks at, however few of them the caller may read.
const LOOKED_AT: i64 = 1000;

/// An entry at its position.
#[derive(Clone, Debug, Queryable)]
pub struct Placed {
    /// Its position.
    pub position: i64,
    /// The hash of its leaf.
    pub leaf_hash: Vec<u8>,
    /// The entry.
    pub id: Uuid,
    /// What was done.
    pub entry_type: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What it is about.
    pub subject_kind: SubjectKind,
    /// Which one.
    pub subject_id: Option<Uuid>,
    /// On whose timeline it stands.
    pub document_id: Option<DocumentId>,
    /// For which body it was done.
    pub body_id: Option<BodyId>,
    /// The particulars.
    pub data: Value,
}

/// So many entries after a position, each with whether the caller may read it.
///
/// # Errors
/// When the database refuses.
pub async fn stretch(tx: &mut Tx<'_>, after: Option<i64>, limit: i64) -> Result<Vec<(Placed, bool)>, Refusal> {
    let entries: Vec<Placed> = log_seals::table
        .inner_join(log_entries::table.on(log_entries::id.eq(log_seals::entry_id)))
        .filter(log_seals::position.gt(after.unwrap_or(-1)))
        .order(log_seals::position)
        .select((
            log_seals::position,
            log_seals::leaf_hash,
            log_entries::id,
            log_entries::type_,
            log_entries::at,
            log_entries::subject_kind,
            log_entries::subject_id,
            log_entries::document_id,
            log_entries::body_id,
            log_entries::data,
        ))
        .limit(limit)
        .load(tx.conn)
        .await?;
    let of_documents: HashSet<DocumentId> = entries.iter().filter_map(|entry| entry.document_id).collect();
    let seen = seen(tx, of_documents).await?;
    let readable = |entry: &Placed| {
        tx.actor.is(Role::Admin)
            || match entry.document_id {
                Some(document) => seen.contains(&document),
                // What a body did without a document is its own to read, and the auditors'.
                None => tx.actor.is(Role::Auditor) || entry.body_id == Some(tx.actor.body_id),
            }
    };
    Ok(entries
        .into_iter()
        .map(|entry| {
            let is_readable = readable(&entry);
            (entry, is_readable)
        })
        .collect())
}

/// Of these documents those whose timeline the caller may read.
async fn seen(tx: &mut Tx<'_>, wanted: HashSet<DocumentId>) -> Result<HashSet<DocumentId>, Refusal> {
    let Some(condition) = sight::inside(tx.actor).filter(|_| !wanted.is_empty()) else { return Ok(HashSet::new()) };
    let found: Vec<DocumentId> =
        documents::table.filter(documents::id.eq_any(wanted)).filter(condition).select(documents::id).load(tx.conn).await?;
    Ok(found.into_iter().collect())
}

/// A page of the feed.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// What the caller may read, in order.
    pub entries: Vec<Placed>,
    /// The last position looked at; the one asked for where there is none after it.
    pub next: Option<i64>,
}

/// The next entries after a position that the caller may read.
///
/// # Errors
/// When the database refuses.
pub async fn page(tx: &mut Tx<'_>, after: Option<i64>, limit: i64) -> Result<FeedPage, Refusal> {
    let mut page = FeedPage { entries: Vec::new(), next: after };
    for (entry, is_readable) in stretch(tx, after, LOOKED_AT.max(limit)).await? {
        if i64::try_from(page.entries.len()).unwrap_or(i64::MAX) == limit {
            break;
        }
        page.next = Some(entry.position);
        if is_readable {
            page.entries.push(entry);
        }
    }
    Ok(page)
}
