//! Which rows have digests in the log, and how the rows that are there now are held against them.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

/// The tables whose rows have no digest in the log, each with the reason. All others have, and a test makes sure of it.
pub const UNDIGESTED: &[(&str, &str)] = &[
    ("__diesel_schema_migrations", "which version the database has; migrations change it, and attest what they change"),
    ("idempotency_keys", "answers kept for a day, to be given again"),
    ("lawgate_restore_at_work", "a mark that is there only while a restore is at work"),
    ("log_entries", "the log itself; each entry is written out in its leaf"),
    ("log_nodes", "hashes that are computed anew from the leaves"),
    ("log_seals", "the leaves themselves"),
    ("tree_heads", "signed statements about the leaves"),
    ("unsealed_acts", "what waits for its position"),
    ("unsealed_entries", "what waits for its position"),
    ("unsealed_rows", "what waits for its position"),
];

/// How a row differs from what the log says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is there, but not as the last act left it.
    Changed,
    /// It is gone, and no act deleted it.
    Deleted,
    /// It is there, and no act wrote it.
    Inserted,
}

/// A row that is not as the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignRow {
    /// The table.
    pub table: String,
    /// The primary key, its parts joined by a slash.
    pub key: String,
    /// How it differs.
    pub difference: Difference,
    /// The position of the entry that speaks of it last; `None` where none does, or it has no position yet.
    pub position: Option<i64>,
}

/// The tables that hold rows, with the columns of their primary keys. Asked of the system's own catalogue, since whatever else
/// could be asked may have been changed together with the rows.
const TABLES: &str = "
    SELECT c.relname::text AS name,
           ARRAY(SELECT a.attname::text
                   FROM pg_catalog.pg_index i, unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, ordinal), pg_catalog.pg_attribute a
                  WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum
                  ORDER BY k.ordinal) AS key
      FROM pg_catalog.pg_class c
     WHERE c.relnamespace = 'public'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relname = ANY ($1)
     ORDER BY 1";

/// What the log says of every row, in the order of its writings: of rows that wait for their position too, which were written later
/// than all others. Each writing tells what it found, which is what the one before it left, unless somebody else was there between
/// them; what a migration attests begins anew.
const SAID: &str = "
    CREATE TEMPORARY TABLE said ON COMMIT DROP AS
        SELECT table_name, row_key, digest, position,
               lead(row_key) OVER writings IS NULL AS is_last,
               NOT is_attested AND replaced IS DISTINCT FROM lag(digest) OVER writings AS is_broken
          FROM (SELECT x.\"table\" AS table_name, x.key AS row_key, decode(x.digest, 'hex') AS digest, decode(x.replaced, 'hex') AS replaced,
                       s.position, NULL::bigint AS commit_order, NULL::bigint AS seq, leaf ->> 'type' = 'registry.rows_attested' AS is_attested
                  FROM (SELECT position, convert_from(leaf, 'UTF8')::jsonb AS leaf FROM public.log_seals) s
                 CROSS JOIN LATERAL jsonb_to_recordset(s.leaf -> 'rows') AS x (\"table\" text, key text, digest text, replaced text)
                 UNION ALL
                SELECT r.table_name, r.row_key, r.digest, r.replaced, NULL, a.commit_order, r.seq, coalesce(l.type = 'registry.rows_attested', false)
                  FROM public.unsealed_acts a
                  JOIN public.unsealed_rows r USING (act)
                  LEFT JOIN public.log_entries l ON l.id = r.entry_id
                 WHERE a.act = ANY ($1)) written
        WINDOW writings AS (PARTITION BY table_name, row_key ORDER BY position NULLS LAST, commit_order, seq)";

/// A table whose rows have digests.
#[derive(Clone, Debug, QueryableByName)]
pub struct Table {
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
    /// The columns of its primary key.
    #[diesel(sql_type = Array<Text>)]
    pub key: Vec<String>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    row_key: String,
    #[diesel(sql_type = Bool)]
    is_there: bool,
    #[diesel(sql_type = Bool)]
    is_known: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    position: Option<i64>,
}

/// Gathers what the log says within the open transaction, whose leaves have been found to be whole: of all that has a position, and
/// of what waits for one these acts. Gives the tables that it speaks of.
///
/// # Errors
/// When the database refuses.
pub async fn gather(conn: &mut AsyncPgConnection, acts: &[i64]) -> Result<Vec<Table>, DieselError> {
    conn.batch_execute("SET LOCAL search_path = pg_catalog, public, pg_temp; SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'")
        .await?;
    diesel::sql_query(SAID).bind::<Array<BigInt>, _>(acts).execute(conn).await?;
    conn.batch_execute("ANALYZE pg_temp.said").await?;
    let undigested: Vec<&str> = UNDIGESTED.iter().map(|(table, _)| *table).collect();
    diesel::sql_query(TABLES).bind::<Array<Text>, _>(&undigested).load(conn).await
}

/// Holds every row against what was gathered; the number of rows, and of those that differ the first of each table.
///
/// # Errors
/// When the database refuses.
pub async fn foreign_rows(conn: &mut AsyncPgConnection, tables: &[Table], at_most: i64) -> Result<(i64, Vec<ForeignRow>), DieselError> {
    let (mut counted, mut foreign) = (0, Vec::new());
    for table in tables {
        foreign.extend(foreign_rows_of(conn, table, at_most).await?);
        let rows: Counted =
            diesel::sql_query(format!("SELECT count(*) AS count FROM public.{}", quoted(&table.name))).get_result(conn).await?;
        counted += rows.count;
    }
    // What somebody changed and an act then wrote over, and rows of tables that are gone.
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let others: Vec<Row> = diesel::sql_query(
        "SELECT table_name, row_key, is_broken AS is_there, true AS is_known, position FROM pg_temp.said
          WHERE is_broken OR is_last AND digest IS NOT NULL AND NOT table_name = ANY ($1)
          ORDER BY table_name, row_key, position LIMIT $2",
    )
    .bind::<Array<Text>, _>(&names)
    .bind::<BigInt, _>(at_most)
    .load(conn)
    .await?;
    foreign.extend(others.into_iter().map(ForeignRow::of));
    Ok((counted, foreign))
}

/// Holds the rows of one table against what was gathered; the first of those that differ.
///
/// # Errors
/// When the database refuses.
pub async fn foreign_rows_of(conn: &mut AsyncPgConnection, table: &Table, at_most: i64) -> Result<Vec<ForeignRow>, DieselError> {
    let live = live(table);
    let rows: Vec<Row> = diesel::sql_query(format!(
        "SELECT $1 AS table_name, row_key, live.digest IS NOT NULL AS is_there, said.digest IS NOT NULL AS is_known, said.position
           FROM ({live}) live
           FULL JOIN (SELECT row_key, digest, position FROM pg_temp.said WHERE table_name = $1 AND is_last) said USING (row_key)
          WHERE live.digest IS DISTINCT FROM said.digest
          ORDER BY row_key LIMIT $2"
    ))
    .bind::<Text, _>(&table.name)
    .bind::<BigInt, _>(at_most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(ForeignRow::of).collect())
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The rows of a table as the log has them: key and digest. The bytes of a file are known by their hash, which is their key; where
/// they are others the row has no digest that the log could know.
fn live(table: &Table) -> String {
    let key: Vec<String> = table.key.iter().map(|column| format!("fields ->> '{}'", column.replace('\'', "''"))).collect();
    let name = quoted(&table.name);
    let fields = if table.name == "files" {
        r"to_jsonb(t) || jsonb_build_object('content', CASE WHEN encode(sha256(t.content), 'hex') = t.sha256 THEN '\x' ELSE 'other bytes' END)"
    } else {
        "to_jsonb(t)"
    };
    format!(
        "SELECT concat_ws('/', {key}) AS row_key, sha256(convert_to(jsonb_strip_nulls(fields)::text, 'UTF8')) AS digest
           FROM (SELECT {fields} AS fields FROM public.{name} t) rows",
        key = key.join(", "),
    )
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl ForeignRow {
    fn of(row: Row) -> Self {
        let difference = match (row.is_there, row.is_known) {
            (true, true) => Difference::Changed,
            (false, _) => Difference::Deleted,
            (true, false) => Difference::Inserted,
        };
        Self { table: row.table_name, key: row.row_key, difference, position: row.position }
    }
}
