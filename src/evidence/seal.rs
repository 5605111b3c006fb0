//! Sealing: committed entries get the next positions and become leaves of the tree, whose new head is signed.
//!
//! Writers take no position themselves, for then each would wait for the commit of the one before. They leave their entries and
//! the digests of their rows behind; whoever seals sees what is committed, and what it does not see yet comes later. So a reader
//! that has read up to a position has missed nothing before it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use ed25519_dalek::SigningKey;

use super::head::Head;
use super::leaf::leaf;
use super::store::{self, TreeError};
use super::tree::{Growing, leaf_hash};
use super::waiting::{self, Act, BEFORE_ALL, CHUNK, WaitingEntry};
use crate::schema::log_seals;

/// One that seals at a time, over all instances. Any number would do; this one spells "seal".
const SEAL_LOCK: i64 = 0x7365_616c;

/// What one sealing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// How many entries got their position.
    pub entries: u64,
    /// Acts for which no key of this registry vouches: somebody else wrote them. They get no position.
    pub doubtful: Vec<i64>,
    /// Whether more acts wait.
    pub is_more: bool,
}

/// Seals the next acts within the open transaction: as many as have [`CHUNK`] entries together, or one that has more; `None` where
/// another instance is at it.
///
/// # Errors
/// When the database refuses, the tree lacks a node, or an entry cannot be written as a leaf; then nothing is to be committed.
pub async fn seal(conn: &mut AsyncPgConnection, key: &SigningKey, now: DateTime<Utc>) -> Result<Option<Sealed>, TreeError> {
    let has_turn: bool =
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>("pg_try_advisory_xact_lock(").bind::<BigInt, _>(SEAL_LOCK).sql(")"))
            .get_result(conn)
            .await?;
    if !has_turn {
        return Ok(None);
    }
    let waiting = waiting::acts(conn, CHUNK).await?;
    let acts = first_of(&waiting);
    let Some(first) = acts.first() else { return Ok(Some(Sealed::default())) };
    let mut numbers: Vec<i64> = acts.iter().map(|act| act.act).collect();
    let mut chunk = waiting::entries(conn, &numbers, BEFORE_ALL).await?;
    let keys = store::verifying_keys(conn).await?;
    let doubtful = if first.entries <= CHUNK {
        waiting::doubtful(acts, &chunk, &keys)?
    } else if waiting::is_endorsed(conn, first, &keys).await? {
        Vec::new()
    } else {
        numbers.clone()
    };
    doubt(conn, &doubtful, now).await?;
    numbers.retain(|act| !doubtful.contains(act));
    chunk.retain(|entry| !doubtful.contains(&entry.act));
    let mut tree = store::growing(conn).await?;
    let begun = tree.size();
    while let Some(last) = chunk.last() {
        let seq = last.seq;
        let may_be_more = first.entries > CHUNK;
        append(conn, &mut tree, acts, chunk).await?;
        chunk = if may_be_more { waiting::entries(conn, &numbers, seq).await? } else { Vec::new() };
    }
    if tree.size() > begun {
        store::keep_head(conn, &Head::sign(tree.size(), tree.root(), now, key)?).await?;
        forget(conn, &numbers).await?;
    }
    Ok(Some(Sealed { entries: tree.size() - begun, doubtful, is_more: acts.len() < waiting.len() }))
}

/// The first acts that have [`CHUNK`] entries together at most, or the first one alone.
fn first_of(waiting: &[Act]) -> &[Act] {
    let mut entries = 0;
    let fitting = waiting.iter().take_while(|act| {
        entries += act.entries;
        entries <= CHUNK
    });
    waiting.get(..fitting.count().max(1)).unwrap_or_default()
}

/// Gives entries the next positions.
async fn append(conn: &mut AsyncPgConnection, tree: &mut Growing, acts: &[Act], entries: Vec<WaitingEntry>) -> Result<(), TreeError> {
    let key_ids: BTreeMap<i64, &str> = acts.iter().map(|act| (act.act, act.key_id())).collect();
    let (mut seals, mut nodes) = (Vec::with_capacity(entries.len()), Vec::new());
    for WaitingEntry { act, entry, rows, .. } in entries {
        let position = tree.size();
        let bytes = leaf(position, key_ids.get(&act).copied().unwrap_or_default(), &entry, rows)?;
        let hash = leaf_hash(&bytes);
        nodes.extend(tree.add(hash));
        seals.push((
            log_seals::position.eq(i64::try_from(position).unwrap_or(i64::MAX)),
            log_seals::entry_id.eq(entry.id),
            log_seals::leaf.eq(bytes),
            log_seals::leaf_hash.eq(hash.0.to_vec()),
        ));
    }
    diesel::insert_into(log_seals::table).values(seals).execute(conn).await?;
    store::keep_nodes(conn, &nodes).await?;
    Ok(())
}

/// Keeps acts from being looked at again and again for which nobody vouches.
async fn doubt(conn: &mut AsyncPgConnection, acts: &[i64], now: DateTime<Utc>) -> Result<(), DieselError> {
    if !acts.is_empty() {
        diesel::sql_query("UPDATE unsealed_acts SET doubted_at = $2 WHERE act = ANY ($1)")
            .bind::<Array<BigInt>, _>(acts)
            .bind::<Timestamptz, _>(now)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Takes away what waited.
async fn forget(conn: &mut AsyncPgConnection, acts: &[i64]) -> Result<(), DieselError> {
    for table in ["unsealed_rows", "unsealed_entries", "unsealed_acts"] {
        diesel::sql_query(format!("DELETE FROM {table} WHERE act = ANY ($1)")).bind::<Array<BigInt>, _>(acts).execute(conn).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::first_of;
    use crate::evidence::waiting::{Act, CHUNK};

    #[test]
    fn acts_are_sealed_whole() {
        let waiting = |entries: &[i64]| -> Vec<Act> {
            entries.iter().zip(1..).map(|(entries, act)| Act { act, key_id: None, endorsement: None, entries: *entries }).collect()
        };
        for (entries, fitting) in [
            (vec![], 0),
            (vec![1], 1),
            (vec![CHUNK + 1], 1),
            (vec![CHUNK + 1, 1], 1),
            (vec![1, CHUNK + 1], 1),
            (vec![1, CHUNK - 1, 1], 2),
            (vec![2, CHUNK - 1], 1),
        ] {
            assert_eq!(first_of(&waiting(&entries)).len(), fitting, "{entries:?}");
        }
    }
}
