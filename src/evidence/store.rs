//! What the tables of the log's tree hold: positions, nodes, heads and public keys.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Binary, Integer};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde_json::json;
use uuid::Uuid;

use super::head::{Head, KEY_ALG, Succession, key_id};
use super::leaf::Entry;
use super::tree::{Growing, Node, TreeHash, peaks};
use crate::base::ids::EntryId;
use crate::journal::entry::{EntryType, SubjectKind};
use crate::journal::store::record_administration_as;
use crate::schema::{log_entries, log_nodes, log_seals, signing_keys, tree_heads};
use crate::web::refusal::Refusal;

/// What should not be in the tables of the tree.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The database refused or is away.
    #[error(transparent)]
    Database(#[from] DieselError),
    /// A node of the tree is missing or is no hash.
    #[error("the tree over the log lacks a node of its first {0} entries: run `lawgate audit verify`")]
    Incomplete(u64),
    /// An entry cannot be written as a leaf.
    #[error("an entry cannot be written as JSON: {0}")]
    Leaf(#[from] serde_json::Error),
}

impl From<TreeError> for Refusal {
    fn from(error: TreeError) -> Self {
        match error {
            TreeError::Database(error) => Self::from(error),
            TreeError::Incomplete(_) | TreeError::Leaf(_) => Self::internal(error),
        }
    }
}

/// How many entries have a position.
///
/// # Errors
/// When the database refuses.
pub async fn size(conn: &mut AsyncPgConnection) -> Result<u64, DieselError> {
    let last: Option<i64> = log_seals::table.order(log_seals::position.desc()).select(log_seals::position).first(conn).await.optional()?;
    Ok(last.and_then(|last| u64::try_from(last + 1).ok()).unwrap_or(0))
}

/// The hashes of those of these nodes that are known.
///
/// # Errors
/// When the database refuses.
pub async fn nodes(conn: &mut AsyncPgConnection, wanted: &[Node]) -> Result<BTreeMap<Node, TreeHash>, DieselError> {
    let (leaves, inner): (Vec<Node>, Vec<Node>) = wanted.iter().partition(|node| node.level == 0);
    let mut known = BTreeMap::new();
    if !leaves.is_empty() {
        let positions: Vec<i64> = leaves.iter().filter_map(|node| i64::try_from(node.index).ok()).collect();
        let found: Vec<(i64, Vec<u8>)> = log_seals::table
            .filter(log_seals::position.eq_any(positions))
            .select((log_seals::position, log_seals::leaf_hash))
            .load(conn)
            .await?;
        known.extend(found.into_iter().filter_map(|(position, hash)| Some((Node::leaf(u64::try_from(position).ok()?), hash_of(hash)?))));
    }
    if !inner.is_empty() {
        let (levels, indexes): (Vec<i32>, Vec<i64>) =
            inner.iter().filter_map(|node| Some((i32::try_from(node.level).ok()?, i64::try_from(node.index).ok()?))).unzip();
        let found: Vec<NodeRow> =
            diesel::sql_query("SELECT level, index, hash FROM unnest($1, $2) AS wanted (level, index) JOIN log_nodes USING (level, index)")
                .bind::<Array<Integer>, _>(levels)
                .bind::<Array<BigInt>, _>(indexes)
                .load(conn)
                .await?;
        known.extend(found.into_iter().filter_map(|row| {
            let node = Node { level: u32::try_from(row.level).ok()?, index: u64::try_from(row.index).ok()? };
            Some((node, hash_of(row.hash)?))
        }));
    }
    Ok(known)
}

#[derive(QueryableByName)]
struct NodeRow {
    #[diesel(sql_type = Integer)]
    level: i32,
    #[diesel(sql_type = BigInt)]
    index: i64,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

fn hash_of(bytes: Vec<u8>) -> Option<TreeHash> {
    bytes.try_into().ok().map(TreeHash)
}

/// The tree as it stands, ready to grow.
///
/// # Errors
/// When the database refuses, or lacks one of its nodes.
pub async fn growing(conn: &mut AsyncPgConnection) -> Result<Growing, TreeError> {
    let size = size(conn).await?;
    let peaks = peaks(size);
    let known = nodes(conn, &peaks).await?;
    let hashes: Option<Vec<TreeHash>> = peaks.iter().map(|node| known.get(node).copied()).collect();
    hashes.and_then(|hashes| Growing::of(size, hashes)).ok_or(TreeError::Incomplete(size))
}

/// Keeps nodes above the leaves.
///
/// # Errors
/// When the database refuses.
pub async fn keep_nodes(conn: &mut AsyncPgConnection, made: &[(Node, TreeHash)]) -> Result<(), DieselError> {
    let rows: Vec<_> = made
        .iter()
        .filter(|(node, _)| node.level > 0)
        .map(|(node, hash)| {
            (
                log_nodes::level.eq(i32::try_from(node.level).unwrap_or(i32::MAX)),
                log_nodes::index.eq(i64::try_from(node.index).unwrap_or(i64::MAX)),
                log_nodes::hash.eq(hash.0.to_vec()),
            )
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(log_nodes::table).values(rows).execute(conn).await?;
    }
    Ok(())
}

/// Keeps a signed head.
///
/// # Errors
/// When the database refuses.
pub async fn keep_head(conn: &mut AsyncPgConnection, head: &Head) -> Result<(), DieselError> {
    diesel::insert_into(tree_heads::table)
        .values((
            tree_heads::tree_size.eq(i64::try_from(head.size).unwrap_or(i64::MAX)),
            tree_heads::root_hash.eq(head.root.0.to_vec()),
            tree_heads::at.eq(head.at),
            tree_heads::key_id.eq(&head.key_id),
            tree_heads::signature.eq(&head.signature),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A row of the table of heads.
pub type HeadRow = (i64, Vec<u8>, DateTime<Utc>, String, Vec<u8>);

/// The head that a row holds; `None` where it holds none.
#[must_use]
pub fn head_of((size, root, at, key_id, signature): HeadRow) -> Option<Head> {
    Some(Head { size: u64::try_from(size).ok()?, root: hash_of(root)?, at, key_id, signature })
}

/// The latest signed head; `None` before the first sealing.
///
/// # Errors
/// When the database refuses.
pub async fn latest_head(conn: &mut AsyncPgConnection) -> Result<Option<Head>, DieselError> {
    let row: Option<HeadRow> = tree_heads::table.order(tree_heads::tree_size.desc()).first(conn).await.optional()?;
    Ok(row.and_then(head_of))
}

/// A key as it is kept.
#[derive(Clone, Debug, Queryable)]
pub struct KeyRow {
    /// Its name.
    pub key_id: String,
    /// What it signs with.
    pub algorithm: String,
    /// Its public half.
    pub public_key: Vec<u8>,
    /// Since when it signs.
    pub introduced_at: DateTime<Utc>,
    /// The key that it replaced.
    pub introduced_by: Option<String>,
    /// That key's signature on this one.
    pub signature: Option<Vec<u8>>,
}

/// All keys, the first one first.
///
/// # Errors
/// When the database refuses.
pub async fn keys(conn: &mut AsyncPgConnection) -> Result<Vec<KeyRow>, DieselError> {
    signing_keys::table
        .order((signing_keys::introduced_at, signing_keys::entry_id))
        .select((
            signing_keys::key_id,
            signing_keys::algorithm,
            signing_keys::public_key,
            signing_keys::introduced_at,
            signing_keys::introduced_by,
            signing_keys::signature,
        ))
        .load(conn)
        .await
}

/// The leaves at these positions.
///
/// # Errors
/// When the database refuses.
pub async fn leaves(conn: &mut AsyncPgConnection, positions: &[i64]) -> Result<BTreeMap<i64, Vec<u8>>, DieselError> {
    let found: Vec<(i64, Vec<u8>)> =
        log_seals::table.filter(log_seals::position.eq_any(positions)).select((log_seals::position, log_seals::leaf)).load(conn).await?;
    Ok(found.into_iter().collect())
}

/// The public halves of all keys.
///
/// # Errors
/// When the database refuses.
pub async fn verifying_keys(conn: &mut AsyncPgConnection) -> Result<Vec<VerifyingKey>, DieselError> {
    let bytes: Vec<Vec<u8>> = signing_keys::table.select(signing_keys::public_key).load(conn).await?;
    Ok(bytes.into_iter().filter_map(verifying_key).collect())
}

fn verifying_key(bytes: Vec<u8>) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()
}

impl KeyRow {
    /// The key itself; `None` where it is none.
    #[must_use]
    pub fn key(&self) -> Option<VerifyingKey> {
        verifying_key(self.public_key.clone())
    }

    /// Whether it is what it says: of its name, and, where it replaced one of these keys, introduced by that one's signature.
    #[must_use]
    pub fn is_introduced(&self, keys: &[Self]) -> bool {
        let Some(key) = self.key().filter(|key| key_id(key) == self.key_id) else { return false };
        match (&self.introduced_by, &self.signature) {
            (None, None) => true,
            (Some(by), Some(signature)) => {
                let old = keys.iter().find(|known| known.key_id == *by).and_then(Self::key);
                old.is_some_and(|old| Succession::new(by, &key, self.introduced_at).is_signed_by(signature, &old))
            }
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// Makes a key known within the open transaction, with an entry in the log, unless it is known already. Heads that it signs from
/// now on count, and acts for which it vouches.
///
/// # Errors
/// When the database refuses.
pub async fn introduce(conn: &mut AsyncPgConnection, key: &VerifyingKey, now: DateTime<Utc>) -> Result<(), DieselError> {
    if is_known(conn, key).await? {
        return Ok(());
    }
    let key_id = key_id(key);
    // Two instances with one key may come to introduce it at once; the second finds it there.
    let entry = EntryId::new();
    let introduced = diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::key_id.eq(&key_id),
            signing_keys::algorithm.eq(KEY_ALG),
            signing_keys::public_key.eq(key.as_bytes().to_vec()),
            signing_keys::introduced_at.eq(now),
            signing_keys::entry_id.eq(entry),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    if introduced > 0 {
        let data = json!({"key_id": key_id, "alg": KEY_ALG, "public_key": STANDARD.encode(key.as_bytes())});
        record_administration_as(conn, entry, EntryType::SigningKeyIntroduced, (SubjectKind::Registry, None), now, data).await?;
    }
    Ok(())
}

/// Makes a key known within the open transaction that signs in the place of another, with an entry in the log and the signature of
/// the one that it replaces.
///
/// # Errors
/// When the database refuses, or the signed statement cannot be written.
pub async fn succeed(
    conn: &mut AsyncPgConnection,
    old: &SigningKey,
    key: &VerifyingKey,
    entry: EntryId,
    now: DateTime<Utc>,
) -> Result<(), TreeError> {
    let introduced_by = key_id(&old.verifying_key());
    let signature = Succession::new(&introduced_by, key, now).sign(old)?;
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::key_id.eq(key_id(key)),
            signing_keys::algorithm.eq(KEY_ALG),
            signing_keys::public_key.eq(key.as_bytes().to_vec()),
            signing_keys::introduced_at.eq(now),
            signing_keys::introduced_by.eq(introduced_by),
            signing_keys::signature.eq(signature),
            signing_keys::entry_id.eq(entry),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether a key is known.
///
/// # Errors
/// When the database refuses.
pub async fn is_known(conn: &mut AsyncPgConnection, key: &VerifyingKey) -> Result<bool, DieselError> {
    diesel::select(diesel::dsl::exists(signing_keys::table.find(key_id(key)))).get_result(conn).await
}

type EntryRow = (
    (Uuid, DateTime<Utc>, String, Option<Uuid>, Option<Uuid>, Option<String>, Option<Uuid>, Option<String>),
    (Option<String>, Option<Uuid>, SubjectKind, Option<Uuid>, Option<i32>, Option<String>, Option<Uuid>, serde_json::Value),
);

/// These entries, each as it is hashed.
///
/// # Errors
/// When the database refuses.
pub async fn entries(conn: &mut AsyncPgConnection, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Entry>, DieselError> {
    let found: Vec<EntryRow> = log_entries::table
        .filter(log_entries::id.eq_any(ids))
        .select((
            (
                log_entries::id,
                log_entries::at,
                log_entries::type_,
                log_entries::user_id,
                log_entries::body_id,
                log_entries::role,
                log_entries::token_id,
                log_entries::request_id,
            ),
            (
                log_entries::from_address,
                log_entries::document_id,
                log_entries::subject_kind,
                log_entries::subject_id,
                log_entries::revision_no,
                log_entries::revision_sha256,
                log_entries::profile_id,
                log_entries::data,
            ),
        ))
        .load(conn)
        .await?;
    let entry = |row: EntryRow| {
        let (id, at, entry_type, user_id, body_id, role, token_id, request_id) = row.0;
        let (from_address, document_id, subject_kind, subject_id, revision_no, revision_sha256, profile_id, data) = row.1;
        let entry = Entry {
            id,
            at,
            entry_type,
            user_id,
            body_id,
            role,
            token_id,
            request_id,
            from_address,
            document_id,
            subject: (subject_kind, subject_id),
            revision: (revision_no, revision_sha256),
            profile_id,
            data,
        };
        (id, entry)
    };
    Ok(found.into_iter().map(entry).collect())
}
