//! What waits for its position: committed acts, each with its entries and the digests of the rows that it wrote. The program that
//! writes an act vouches for it with its key, so that nothing gets a position which somebody else wrote into the database.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::head::key_id;
use super::leaf::{Entry, RowDigest, leaf};
use super::store::{self, TreeError};
use super::tree::leaf_hash;
use crate::schema::unsealed_acts;

/// How many entries are looked at at once.
pub const CHUNK: i64 = 500;

/// Before the first entry of any act.
pub const BEFORE_ALL: i64 = -1;

/// What a signature over an act begins with; no statement in JSON does.
const STATEMENT: &[u8] = b"lawgate-act/v1\n";

/// An act that waits.
#[derive(Clone, Debug, QueryableByName)]
pub struct Act {
    /// Its number.
    #[diesel(sql_type = BigInt)]
    pub act: i64,
    /// Whose signature it bears.
    #[diesel(sql_type = Nullable<Text>)]
    pub key_id: Option<String>,
    /// The signature.
    #[diesel(sql_type = Nullable<Binary>)]
    pub endorsement: Option<Vec<u8>>,
    /// How many entries it has; of more than [`CHUNK`] only that there are more.
    #[diesel(sql_type = BigInt)]
    pub entries: i64,
}

/// An entry that waits, with the rows that it answers for: those that name it, and for the first entry of an act those that name
/// none of the act's.
#[derive(Clone, Debug)]
pub struct WaitingEntry {
    /// Its act.
    pub act: i64,
    /// In which order acts wrote their entries.
    pub seq: i64,
    /// What it says.
    pub entry: Entry,
    /// The rows.
    pub rows: Vec<RowDigest>,
}

/// Whether any act waits that nobody doubts.
///
/// # Errors
/// When the database refuses.
pub async fn is_any(conn: &mut AsyncPgConnection) -> Result<bool, DieselError> {
    let waiting = unsealed_acts::table.filter(unsealed_acts::doubted_at.is_null());
    diesel::select(diesel::dsl::exists(waiting)).get_result(conn).await
}

/// The acts that are next, by the order of their commits, but for those that are doubted.
///
/// # Errors
/// When the database refuses.
pub async fn acts(conn: &mut AsyncPgConnection, at_most: i64) -> Result<Vec<Act>, DieselError> {
    diesel::sql_query(
        "SELECT act, key_id, endorsement,
                (SELECT count(*) FROM (SELECT FROM unsealed_entries e WHERE e.act = a.act LIMIT $2 + 1) counted) AS entries
           FROM unsealed_acts a WHERE doubted_at IS NULL ORDER BY commit_order, act LIMIT $1",
    )
    .bind::<BigInt, _>(at_most)
    .bind::<BigInt, _>(CHUNK)
    .load(conn)
    .await
}

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = BigInt)]
    act: i64,
    #[diesel(sql_type = BigInt)]
    seq: i64,
}

/// The next [`CHUNK`] entries of these acts, act by act, and of an act those after `seq`.
///
/// # Errors
/// When the database refuses.
pub async fn entries(conn: &mut AsyncPgConnection, acts: &[i64], seq: i64) -> Result<Vec<WaitingEntry>, DieselError> {
    let waiting: Vec<Waiting> = diesel::sql_query(
        "SELECT e.entry_id, e.act, e.seq FROM unnest($1) WITH ORDINALITY AS a (act, ordinal) JOIN unsealed_entries e USING (act)
          WHERE e.seq > $2 ORDER BY a.ordinal, e.seq LIMIT $3",
    )
    .bind::<Array<BigInt>, _>(acts)
    .bind::<BigInt, _>(seq)
    .bind::<BigInt, _>(CHUNK)
    .load(conn)
    .await?;
    let ids: Vec<Uuid> = waiting.iter().map(|waiting| waiting.entry_id).collect();
    let mut rows = rows(conn, acts, &ids).await?;
    let mut entries = store::entries(conn, &ids).await?;
    waiting
        .into_iter()
        .map(|Waiting { entry_id, act, seq }| {
            let entry = entries.remove(&entry_id).ok_or(DieselError::NotFound)?;
            Ok(WaitingEntry { act, seq, entry, rows: rows.remove(&entry_id).unwrap_or_default() })
        })
        .collect()
}

#[derive(QueryableByName)]
struct WrittenRow {
    #[diesel(sql_type = SqlUuid)]
    home: Uuid,
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    row_key: String,
    #[diesel(sql_type = Nullable<Binary>)]
    digest: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    replaced: Option<Vec<u8>>,
}

/// The rows that each of these entries of these acts answers for, in the order in which they were written.
async fn rows(conn: &mut AsyncPgConnection, acts: &[i64], ids: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<RowDigest>>, DieselError> {
    let written: Vec<WrittenRow> = diesel::sql_query(
        "SELECT e.entry_id AS home, r.act, r.seq, r.table_name, r.row_key, r.digest, r.replaced
           FROM unsealed_entries e JOIN unsealed_rows r ON r.act = e.act AND r.entry_id = e.entry_id
          WHERE e.act = ANY ($1) AND e.entry_id = ANY ($2)
          UNION ALL
         SELECT a.first_entry_id, r.act, r.seq, r.table_name, r.row_key, r.digest, r.replaced
           FROM unsealed_acts a JOIN unsealed_rows r USING (act)
          WHERE a.act = ANY ($1) AND a.first_entry_id = ANY ($2)
            AND NOT EXISTS (SELECT FROM unsealed_entries e WHERE e.act = r.act AND e.entry_id = r.entry_id)
          ORDER BY act, seq",
    )
    .bind::<Array<BigInt>, _>(acts)
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn)
    .await?;
    let mut rows: BTreeMap<Uuid, Vec<RowDigest>> = BTreeMap::new();
    for row in written {
        rows.entry(row.home).or_default().push(RowDigest {
            table: row.table_name,
            key: row.row_key,
            digest: row.digest.map(hex::encode),
            replaced: row.replaced.map(hex::encode),
        });
    }
    Ok(rows)
}

/// What a key signs of an act: the hashes of its entries' leaves, as if each stood at position 0, one after another.
#[derive(Clone, Debug)]
struct Statement<'k> {
    key_id: &'k str,
    hashes: Sha256,
}

impl<'k> Statement<'k> {
    fn of(key_id: &'k str) -> Self {
        Self { key_id, hashes: Sha256::new() }
    }

    fn add(&mut self, entry: &Entry, rows: Vec<RowDigest>) -> Result<(), TreeError> {
        self.hashes.update(leaf_hash(&leaf(0, self.key_id, entry, rows)?).0);
        Ok(())
    }

    fn bytes(self) -> Vec<u8> {
        [STATEMENT, self.hashes.finalize().as_slice()].concat()
    }
}

/// Vouches for the act of the open transaction, of which everything is written: nothing may follow but its commit. The key is made
/// known with it where it is not known yet. An act without entries needs nothing.
///
/// # Errors
/// When the database refuses, or an entry cannot be written as a leaf.
pub async fn endorse(conn: &mut AsyncPgConnection, key: &SigningKey, now: DateTime<Utc>) -> Result<(), TreeError> {
    let own: Option<i64> = unsealed_acts::table
        .filter(unsealed_acts::act.eq(diesel::dsl::sql::<BigInt>("pg_current_xact_id()::text::bigint")))
        .select(unsealed_acts::act)
        .first(conn)
        .await
        .optional()?;
    let Some(act) = own else { return Ok(()) };
    store::introduce(conn, &key.verifying_key(), now).await?;
    let key_id = key_id(&key.verifying_key());
    let statement = statement_of(conn, act, &key_id).await?;
    sign(conn, act, statement, key).await
}

/// As [`endorse`], with a key that is known, for an act whose entries are at hand.
///
/// # Errors
/// As [`endorse`].
pub async fn endorse_these(conn: &mut AsyncPgConnection, act: i64, written: &[Entry], key: &SigningKey) -> Result<(), TreeError> {
    let ids: Vec<Uuid> = written.iter().map(|entry| entry.id).collect();
    let mut rows = rows(conn, &[act], &ids).await?;
    let key_id = key_id(&key.verifying_key());
    let mut statement = Statement::of(&key_id);
    for entry in written {
        statement.add(entry, rows.remove(&entry.id).unwrap_or_default())?;
    }
    sign(conn, act, statement, key).await
}

/// Reads an act from its first entry to its last.
async fn statement_of<'k>(conn: &mut AsyncPgConnection, act: i64, key_id: &'k str) -> Result<Statement<'k>, TreeError> {
    let (mut statement, mut seq) = (Statement::of(key_id), BEFORE_ALL);
    loop {
        let chunk = entries(conn, &[act], seq).await?;
        let Some(last) = chunk.last() else { return Ok(statement) };
        seq = last.seq;
        for waiting in chunk {
            statement.add(&waiting.entry, waiting.rows)?;
        }
    }
}

/// Whether the program that wrote an act vouches for it, with one of these keys.
///
/// # Errors
/// As [`endorse`].
pub async fn is_endorsed(conn: &mut AsyncPgConnection, act: &Act, keys: &[VerifyingKey]) -> Result<bool, TreeError> {
    Ok(act.is_signed(statement_of(conn, act.act, act.key_id()).await?, keys))
}

/// Those of these acts for which nobody vouches; all of their entries are at hand.
///
/// # Errors
/// When an entry cannot be written as a leaf.
pub fn doubtful(acts: &[Act], entries: &[WaitingEntry], keys: &[VerifyingKey]) -> Result<Vec<i64>, TreeError> {
    let mut statements: BTreeMap<i64, Statement<'_>> = acts.iter().map(|act| (act.act, Statement::of(act.key_id()))).collect();
    for waiting in entries {
        if let Some(statement) = statements.get_mut(&waiting.act) {
            statement.add(&waiting.entry, waiting.rows.clone())?;
        }
    }
    let mut is_doubtful = |act: &&Act| !statements.remove(&act.act).is_some_and(|statement| act.is_signed(statement, keys));
    Ok(acts.iter().filter(|act| is_doubtful(act)).map(|act| act.act).collect())
}

impl Act {
    /// The key that vouches for it, as it says.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.key_id.as_deref().unwrap_or_default()
    }

    fn is_signed(&self, statement: Statement<'_>, keys: &[VerifyingKey]) -> bool {
        let key = keys.iter().find(|key| key_id(key) == self.key_id());
        let signature = self.endorsement.as_deref().and_then(|bytes| Signature::from_slice(bytes).ok());
        key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(&statement.bytes(), &signature).is_ok())
    }
}

async fn sign(conn: &mut AsyncPgConnection, act: i64, statement: Statement<'_>, key: &SigningKey) -> Result<(), TreeError> {
    diesel::update(unsealed_acts::table.find(act))
        .set((unsealed_acts::key_id.eq(statement.key_id), unsealed_acts::endorsement.eq(key.sign(&statement.bytes()).to_bytes().to_vec())))
        .execute(conn)
        .await?;
    Ok(())
}
