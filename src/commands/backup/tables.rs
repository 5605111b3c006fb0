//! What every table holds, as a number of rows and a hash: the SHA-256 of what
//! `COPY (SELECT * FROM table ORDER BY key) TO STDOUT` writes. A backup says it of its snapshot, a restore holds the result against it.

use std::collections::BTreeMap;

use futures_util::{StreamExt, pin_mut};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Error};

/// What a table holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// How many rows.
    pub rows: u64,
    /// SHA-256 over all of them.
    pub sha256: String,
}

/// Every table by name.
pub type Tables = BTreeMap<String, Content>;

/// How values are written, whatever the server's own settings are.
const SETTINGS: &str = "SET search_path = pg_catalog; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET timezone = 'UTC';
    SET bytea_output = 'hex'; SET extra_float_digits = 3; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";

/// The tables, each with its key; text is ordered by its bytes, which every server does alike.
fn tables_and_keys() -> String {
    let ours = ours("pg_class", "c");
    format!(
        r#"
SELECT c.relname::text,
       coalesce(string_agg(CASE WHEN a.attname IS NOT NULL THEN format('%I::text COLLATE "C"', a.attname) END, ', ' ORDER BY array_position(i.indkey::int2[], a.attnum)), 't::text COLLATE "C"')
  FROM pg_class c
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND {ours}
 GROUP BY c.relname ORDER BY c.relname"#
    )
}

/// The condition that something of a catalogue did not come with an extension: those are neither backed up nor in the way.
#[must_use]
pub fn ours(catalogue: &str, alias: &str) -> String {
    format!(
        "NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_catalog.{catalogue}'::regclass AND d.objid = {alias}.oid AND d.deptype = 'e')"
    )
}

/// Writes values of this session alike everywhere.
///
/// # Errors
/// When the database refuses.
pub async fn prepare(client: &Client) -> Result<(), Error> {
    client.batch_execute(SETTINGS).await
}

/// Begins the transaction of a backup, in which nothing changes any more. A table that is written anew, as some migrations do,
/// is empty to whoever looked before; so all of them are held as they are before the first look.
///
/// # Errors
/// When the database refuses.
pub async fn begin(client: &Client) -> Result<(), Error> {
    let names: Vec<String> = client.query(&tables_and_keys(), &[]).await?.iter().map(|row| quoted(row.get(0))).collect();
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    client.batch_execute(&format!("LOCK TABLE {} IN ACCESS SHARE MODE", names.join(", "))).await
}

fn quoted(name: &str) -> String {
    format!("public.\"{}\"", name.replace('"', "\"\""))
}

/// Reads all of every table, in the transaction that the client is in.
///
/// # Errors
/// When the database refuses.
pub async fn contents(client: &Client) -> Result<Tables, Error> {
    let mut tables = Tables::new();
    for row in client.query(&tables_and_keys(), &[]).await? {
        let (name, key): (String, String) = (row.get(0), row.get(1));
        let stream = client.copy_out(&format!("COPY (SELECT * FROM {} t ORDER BY {key}) TO STDOUT", quoted(&name))).await?;
        pin_mut!(stream);
        let (mut hash, mut rows) = (Sha256::new(), 0);
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            // A line feed inside a value is written as two other characters, so that each one ends a row.
            rows += chunk.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
            hash.update(&chunk);
        }
        tables.insert(name, Content { rows, sha256: hex::encode(hash.finalize()) });
    }
    Ok(tables)
}
