//! What somebody does behind the service's back, with every right over the database, is found and named: in every column of every
//! table, in the log, in its tree; and a whole new history by a head that was kept elsewhere.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection};
use ed25519_dalek::SigningKey;
use lawgate::base::clock;
use lawgate::evidence::digests::{self, Difference, Table, UNDIGESTED};
use lawgate::evidence::head::{Head, TreeHead, key_id};
use lawgate::evidence::tree::{Growing, leaf_hash};
use lawgate::evidence::verify::{Finding, Report, verify};
use lawgate::evidence::waiting;

use super::helpers::app::{ENTRY, TestApp, new_document};
use super::helpers::cluster::signing_key;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = Bool)]
    is_generated: bool,
    #[diesel(sql_type = Bool)]
    is_key: bool,
}

const COLUMNS: &str = "
    SELECT c.relname::text AS table_name, a.attname::text AS column_name, format_type(a.atttypid, NULL) AS type_name,
           a.attgenerated <> '' AS is_generated,
           EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS is_key
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
       AND NOT c.relname = ANY ($1)
     ORDER BY 1, a.attnum";

/// Somebody with every right: no trigger and no reference holds them back, and whatever checks rows is taken away first.
const OMNIPOTENT: &str = "
    SET session_replication_role = replica;
    DO $$ DECLARE c record; BEGIN
        FOR c IN SELECT conrelid::regclass AS table_name, conname FROM pg_constraint
                  WHERE contype IN ('f', 'c', 'u', 'x') AND connamespace = 'public'::regnamespace ORDER BY contype = 'u' LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.table_name, c.conname);
        END LOOP;
        FOR c IN SELECT indexrelid::regclass AS name FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
                  WHERE i.indisunique AND NOT i.indisprimary AND t.relnamespace = 'public'::regnamespace LOOP
            EXECUTE format('DROP INDEX %s', c.name);
        END LOOP;
    END $$";

/// Another value than the one there is.
fn another(column: &Column) -> String {
    let name = format!("\"{}\"", column.column_name);
    match column.type_name.as_str() {
        "uuid" => "gen_random_uuid()".to_owned(),
        "text" => format!("coalesce({name}, '') || 'x'"),
        "integer" | "bigint" | "smallint" => format!("coalesce({name}, 0) + 1003"),
        "boolean" => format!("NOT coalesce({name}, false)"),
        "date" => format!("coalesce({name}, DATE '2020-01-01') + 1003"),
        "timestamp with time zone" => format!("coalesce({name}, TIMESTAMPTZ '2020-01-01Z') + interval '1 microsecond'"),
        "bytea" => format!("coalesce({name}, '') || '\\x00'::bytea"),
        "jsonb" => format!("jsonb_build_object('x', {name})"),
        "text[]" => format!("coalesce({name}, '{{}}') || 'x'::text"),
        "uuid[]" => format!("coalesce({name}, '{{}}') || gen_random_uuid()"),
        other => panic!("no other value for {other} in {}.{}", column.table_name, column.column_name),
    }
}

/// Any value.
fn any(column: &Column) -> String {
    another(column).replace(&format!("\"{}\"", column.column_name), &format!("NULL::{}", column.type_name))
}

async fn superuser(app: &TestApp) -> AsyncPgConnection {
    AsyncPgConnection::establish(&app.database.superuser_url).await.expect("the superuser connects")
}

/// Waits until every entry has its position that is to get one.
async fn sealed(conn: &mut AsyncPgConnection) {
    for _ in 0..400 {
        let waiting = "SELECT EXISTS (SELECT FROM unsealed_acts WHERE doubted_at IS NULL) AS is_there";
        let waiting: Present = diesel::sql_query(waiting).get_result(conn).await.expect("it is asked");
        if !waiting.is_there {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("entries still wait for their positions");
}

async fn columns(conn: &mut AsyncPgConnection) -> Vec<Column> {
    let undigested: Vec<&str> = UNDIGESTED.iter().map(|(table, _)| *table).collect();
    diesel::sql_query(COLUMNS).bind::<Array<Text>, _>(undigested).load(conn).await.expect("the columns")
}

/// What is found of a table after somebody did this, which is then taken back.
async fn found_after(conn: &mut AsyncPgConnection, table: &Table, deed: &str) -> Vec<Difference> {
    conn.batch_execute("SAVEPOINT before").await.expect("a savepoint");
    conn.batch_execute(deed).await.unwrap_or_else(|error| panic!("{deed}: {error}"));
    let foreign = digests::foreign_rows_of(conn, table, 20).await.expect("it is looked at");
    conn.batch_execute("ROLLBACK TO SAVEPOINT before").await.expect("it is taken back");
    assert!(foreign.iter().all(|row| row.table == table.name), "{deed}: {foreign:?}");
    foreign.into_iter().map(|row| row.difference).collect()
}

#[derive(QueryableByName)]
struct Present {
    #[diesel(sql_type = Bool)]
    is_there: bool,
}

#[actix_web::test]
async fn every_change_deletion_and_insertion_in_every_table_is_found() {
    let app = TestApp::demo().await;
    let mut conn = superuser(&app).await;
    sealed(&mut conn).await;
    conn.batch_execute("BEGIN").await.expect("a transaction");
    let columns = columns(&mut conn).await;
    conn.batch_execute(OMNIPOTENT).await.expect("nothing holds them back");
    let tables = digests::gather(&mut conn, &[]).await.expect("it is gathered");
    let (rows, foreign) = digests::foreign_rows(&mut conn, &tables, 20).await.expect("it is looked at");
    assert!(rows > 500 && foreign.is_empty(), "{rows} {foreign:?}");
    for table in columns.chunk_by(|one, other| one.table_name == other.table_name) {
        let name = &table[0].table_name;
        let digested = tables.iter().find(|digested| digested.name == *name).expect("a table with digests");
        let there: Present =
            diesel::sql_query(format!("SELECT EXISTS (SELECT FROM {name}) AS is_there")).get_result(&mut conn).await.expect("it is asked");
        let written: Vec<&Column> = table.iter().filter(|column| !column.is_generated).collect();
        let names: Vec<String> = written.iter().map(|column| format!("\"{}\"", column.column_name)).collect();
        if !there.is_there {
            let values: Vec<String> = written.iter().map(|column| any(column)).collect();
            let deed = format!("INSERT INTO {name} ({}) OVERRIDING SYSTEM VALUE VALUES ({})", names.join(", "), values.join(", "));
            assert_eq!(found_after(&mut conn, digested, &deed).await, [Difference::Inserted], "{deed}");
            continue;
        }
        let one = format!("ctid = (SELECT min(ctid) FROM {name})");
        for column in table.iter().filter(|column| !column.is_generated) {
            let deed = format!("UPDATE {name} SET \"{}\" = {} WHERE {one}", column.column_name, another(column));
            let found = found_after(&mut conn, digested, &deed).await;
            let mut expected = if column.is_key { vec![Difference::Deleted, Difference::Inserted] } else { vec![Difference::Changed] };
            expected.retain(|difference| !found.contains(difference));
            assert!(expected.is_empty(), "{deed}: {found:?}");
        }
        let deed = format!("DELETE FROM {name} WHERE {one}");
        assert_eq!(found_after(&mut conn, digested, &deed).await, [Difference::Deleted], "{deed}");
        let values: Vec<String> =
            written.iter().map(|column| if column.is_key { another(column) } else { format!("\"{}\"", column.column_name) }).collect();
        let deed = format!(
            "INSERT INTO {name} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {name} WHERE {one}",
            names.join(", "),
            values.join(", ")
        );
        assert_eq!(found_after(&mut conn, digested, &deed).await, [Difference::Inserted], "{deed}");
    }
}

async fn findings_after(conn: &mut AsyncPgConnection, deed: &str) -> Vec<Finding> {
    conn.batch_execute("SAVEPOINT before").await.expect("a savepoint");
    conn.batch_execute(deed).await.unwrap_or_else(|error| panic!("{deed}: {error}"));
    let report = verify(conn, &[], &[]).await.expect("it is looked at");
    conn.batch_execute("ROLLBACK TO SAVEPOINT before").await.expect("it is taken back");
    report.findings
}

#[actix_web::test]
async fn every_change_of_the_log_and_its_tree_is_found() {
    let app = TestApp::demo().await;
    let mut conn = superuser(&app).await;
    sealed(&mut conn).await;
    conn.batch_execute("BEGIN").await.expect("a transaction");
    let report = verify(&mut conn, &[], &[]).await.expect("it is looked at");
    assert!(report.holds() && report.entries > 100 && report.heads > 0, "{report:?}");
    conn.batch_execute("ROLLBACK; BEGIN").await.expect("a transaction");
    conn.batch_execute(OMNIPOTENT).await.expect("nothing holds them back");
    let other = "'\\x7b7d'::bytea";
    for (deed, is_found) in [
        ("UPDATE log_entries SET data = '{\"reason\": \"x\"}' WHERE id = (SELECT entry_id FROM log_seals WHERE position = 7)".to_owned(),
            (|finding: &Finding| matches!(finding, Finding::EntryChanged(7, _))) as fn(&Finding) -> bool),
        ("UPDATE log_entries SET at = at + interval '1 microsecond' WHERE id = (SELECT entry_id FROM log_seals WHERE position = 7)".to_owned(),
            |finding| matches!(finding, Finding::EntryChanged(7, _))),
        ("DELETE FROM log_entries WHERE id = (SELECT entry_id FROM log_seals WHERE position = 7)".to_owned(),
            |finding| matches!(finding, Finding::EntryChanged(7, _))),
        ("INSERT INTO log_entries (id, at, type, subject_kind, data) VALUES (gen_random_uuid(), now(), 'opinion.given', 'document', '{}')".to_owned(),
            |finding| matches!(finding, Finding::EntryInserted(_))),
        (format!("UPDATE log_seals SET leaf = {other} WHERE position = 7"), |finding| matches!(finding, Finding::LeafHashWrong(7))),
        (format!("UPDATE log_seals SET leaf = {other}, leaf_hash = sha256('\\x00'::bytea || {other}) WHERE position = 7"),
            |finding| matches!(finding, Finding::LeafForeign(7))),
        ("UPDATE log_seals SET leaf_hash = sha256('x') WHERE position = 7".to_owned(), |finding| matches!(finding, Finding::LeafHashWrong(7))),
        ("DELETE FROM log_seals WHERE position = 7".to_owned(), |finding| matches!(finding, Finding::LeafMissing(7))),
        ("DELETE FROM log_seals WHERE position = (SELECT max(position) FROM log_seals)".to_owned(),
            |finding| matches!(finding, Finding::HeadWrong(_))),
        ("UPDATE log_nodes SET hash = sha256('x') WHERE level = 2 AND index = 1".to_owned(), |finding| matches!(finding, Finding::NodeWrong(2, 1))),
        ("DELETE FROM log_nodes WHERE level = 2 AND index = 1".to_owned(), |finding| matches!(finding, Finding::NodeWrong(2, 1))),
        ("UPDATE tree_heads SET root_hash = sha256('x')".to_owned(), |finding| matches!(finding, Finding::HeadWrong(_))),
        ("UPDATE tree_heads SET at = at + interval '1 microsecond'".to_owned(), |finding| matches!(finding, Finding::HeadUnsigned(_))),
        ("DELETE FROM tree_heads".to_owned(), |finding| matches!(finding, Finding::HeadMissing(_))),
    ] {
        let found = findings_after(&mut conn, &deed).await;
        assert!(found.as_slice().first().is_some_and(is_found), "{deed}: {found:?}");
    }
}

/// Looks at everything as it is now.
async fn looked_at(conn: &mut AsyncPgConnection, kept: &[TreeHead]) -> Report {
    looked_at_by(conn, kept, &[]).await
}

/// As [`looked_at`], by somebody who trusts these keys alone.
async fn looked_at_by(conn: &mut AsyncPgConnection, kept: &[TreeHead], trusted: &[String]) -> Report {
    conn.batch_execute("BEGIN").await.expect("a transaction");
    let report = verify(conn, kept, trusted).await.expect("it is looked at");
    conn.batch_execute("ROLLBACK").await.expect("its end");
    report
}

fn row(finding: &Finding) -> Option<(&str, Difference)> {
    if let Finding::Row(row) = finding { Some((row.table.as_str(), row.difference)) } else { None }
}

#[actix_web::test]
async fn an_entry_that_lawgate_did_not_write_gets_no_position_and_covers_no_row() {
    let app = TestApp::start().await;
    let id = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let mut conn = superuser(&app).await;
    sealed(&mut conn).await;
    // With every trigger at work, as the service itself would: an entry, and a row that is changed in its transaction.
    let forged = "00000000-0000-7000-8000-000000000001";
    let entry = ENTRY.replace("gen_random_uuid()", &format!("'{forged}'::uuid"));
    let change = format!("{entry}; UPDATE documents SET drafting_unit = '别处' WHERE id = '{id}'");
    conn.batch_execute(&format!("BEGIN; {change}; COMMIT")).await.expect("it is written");
    // The same once more, under a signature that another act got.
    let stolen = "ALTER TABLE unsealed_acts DISABLE TRIGGER ALL;
        INSERT INTO unsealed_acts (act, first_entry_id, commit_order, key_id, endorsement)
        SELECT -7, id, 0, (SELECT key_id FROM signing_keys LIMIT 1), (SELECT signature FROM tree_heads LIMIT 1) FROM log_entries ORDER BY id DESC LIMIT 1";
    conn.batch_execute(&format!("BEGIN; {stolen}; ALTER TABLE unsealed_acts ENABLE TRIGGER ALL; COMMIT")).await.expect("it is written");
    // An act of the service that comes later gets its position.
    let next = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].clone();
    sealed(&mut conn).await;
    let events = app.get("admin", "/events?limit=200").await.expect(200);
    let events = events["items"].as_array().expect("items");
    assert!(events.iter().any(|event| event["subject"] == next));
    assert!(!events.iter().any(|event| event["id"] == forged), "{events:?}");
    let report = looked_at(&mut conn, &[]).await;
    assert!(matches!(report.findings.as_slice(), [Finding::EntryInserted(_), Finding::Row(_)]), "{report:?}");
    assert_eq!(report.findings.last().and_then(row), Some(("documents", Difference::Changed)));
}

#[actix_web::test]
async fn what_an_act_wrote_over_a_changed_row_hides_nothing() {
    let app = TestApp::start().await;
    let id = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let mut conn = superuser(&app).await;
    sealed(&mut conn).await;
    let deed = format!(
        "SET session_replication_role = replica; UPDATE documents SET created_at = created_at - interval '1 day' WHERE id = '{id}'"
    );
    conn.batch_execute(&format!("{deed}; RESET session_replication_role")).await.expect("it is written");
    let report = looked_at(&mut conn, &[]).await;
    assert_eq!(report.findings.iter().filter_map(row).collect::<Vec<_>>(), [("documents", Difference::Changed)], "{report:?}");
    app.patch("drafter", &format!("/documents/{id}"), serde_json::json!({"drafting_unit": "司法所"})).await.expect(200);
    sealed(&mut conn).await;
    let report = looked_at(&mut conn, &[]).await;
    assert_eq!(report.findings.iter().filter_map(row).collect::<Vec<_>>(), [("documents", Difference::Changed)], "{report:?}");
}

#[derive(QueryableByName)]
struct Leaf {
    #[diesel(sql_type = Binary)]
    leaf: Vec<u8>,
}

/// Writes another history with the registry's own key: an entry, its leaf, every node and every head.
async fn rewrite(conn: &mut AsyncPgConnection, word: &str, other: &str) {
    conn.batch_execute(OMNIPOTENT).await.expect("nothing holds them back");
    let deed = format!(
        "UPDATE log_entries SET data = replace(data::text, '{word}', '{other}')::jsonb;
         UPDATE log_seals SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '{word}', '{other}'), 'UTF8');
         UPDATE log_seals SET leaf_hash = sha256('\\x00'::bytea || leaf); DELETE FROM log_nodes; DELETE FROM tree_heads"
    );
    conn.batch_execute(&deed).await.expect("it is written");
    let leaves: Vec<Leaf> = diesel::sql_query("SELECT leaf FROM log_seals ORDER BY position").load(conn).await.expect("the leaves");
    let mut tree = Growing::default();
    for leaf in leaves {
        for (node, hash) in tree.add(leaf_hash(&leaf.leaf)).into_iter().filter(|(node, _)| node.level > 0) {
            diesel::sql_query("INSERT INTO log_nodes (level, index, hash) VALUES ($1::integer, $2, $3)")
                .bind::<BigInt, _>(i64::from(node.level))
                .bind::<BigInt, _>(i64::try_from(node.index).expect("small"))
                .bind::<Binary, _>(hash.0.to_vec())
                .execute(conn)
                .await
                .expect("a node");
        }
    }
    let head = Head::sign(tree.size(), tree.root(), clock::machine_now(), &signing_key()).expect("it is signed");
    lawgate::evidence::store::keep_head(conn, &head).await.expect("a head");
}

#[actix_web::test]
async fn a_whole_new_history_is_found_by_a_head_that_was_kept_elsewhere() {
    let app = TestApp::start().await;
    app.post("drafter", "/documents", new_document()).await.expect(201);
    let mut conn = superuser(&app).await;
    sealed(&mut conn).await;
    let kept: TreeHead = serde_json::from_value(app.get("admin", "/audit/tree-head").await.expect(200)).expect("a head");
    assert!(looked_at(&mut conn, std::slice::from_ref(&kept)).await.holds());
    rewrite(&mut conn, "linjiang-sfj", "linjiang-xxx").await;
    assert!(looked_at(&mut conn, &[]).await.holds(), "with the key everything can be rewritten");
    let report = looked_at(&mut conn, std::slice::from_ref(&kept)).await;
    assert_eq!(report.findings, [Finding::KeptHeadWrong(kept.tree_size)]);
}

#[actix_web::test]
async fn every_table_has_digests_or_a_reason_for_none() {
    let app = TestApp::start().await;
    let mut conn = superuser(&app).await;
    let undigested: Vec<&str> = UNDIGESTED.iter().map(|(table, _)| *table).filter(|table| *table != "lawgate_restore_at_work").collect();
    let deviating = "SELECT EXISTS (
        SELECT c.relname::text FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
           AND (c.relname = ANY ($1)) = (EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'a_row_is_digested' AND t.tgenabled = 'O')
                                         AND EXISTS (SELECT FROM digested_tables d WHERE d.table_name = c.relname AND cardinality(d.key_columns) > 0))) AS is_there";
    let found: Present = diesel::sql_query(deviating).bind::<Array<Text>, _>(&undigested).get_result(&mut conn).await.expect("it is asked");
    assert!(!found.is_there);
    conn.batch_execute("CREATE TABLE without_digest (id bigint PRIMARY KEY)").await.expect("a table");
    let found: Present = diesel::sql_query(deviating).bind::<Array<Text>, _>(&undigested).get_result(&mut conn).await.expect("it is asked");
    assert!(found.is_there, "a table without a digest is noticed");
}

#[actix_web::test]
async fn who_vouches_with_a_key_of_their_own_is_known_by_it() {
    let app = TestApp::start().await;
    let id = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let mut conn = superuser(&app).await;
    sealed(&mut conn).await;
    let ours = key_id(&signing_key().verifying_key());
    let report = looked_at_by(&mut conn, &[], std::slice::from_ref(&ours)).await;
    assert!(report.holds() && report.keys.keys().eq([&ours]), "{report:?}");
    let forger = SigningKey::from_bytes(&[8; 32]);
    let theirs = key_id(&forger.verifying_key());
    let deed = format!("{ENTRY}; UPDATE documents SET drafting_unit = '别处' WHERE id = '{id}'");
    let forged = conn.transaction(async |conn| {
        conn.batch_execute(&deed).await?;
        waiting::endorse(conn, &forger, clock::machine_now()).await
    });
    forged.await.expect("it is written");
    sealed(&mut conn).await;
    let report = looked_at(&mut conn, &[]).await;
    assert!(report.holds() && report.keys.contains_key(&theirs), "it is told which keys there are: {report:?}");
    let report = looked_at_by(&mut conn, &[], std::slice::from_ref(&ours)).await;
    assert!(matches!(report.findings.as_slice().first(), Some(Finding::EntryOfOtherKey(_, key)) if *key == theirs), "{report:?}");
    let report = looked_at_by(&mut conn, &[], std::slice::from_ref(&theirs)).await;
    assert!(report.findings.iter().any(|finding| matches!(finding, Finding::HeadOfOtherKey(_, key) if *key == ours)), "{report:?}");
}

#[actix_web::test]
async fn what_is_kept_from_its_position_stands_for_nothing() {
    let app = TestApp::start().await;
    let id = app.post("drafter", "/documents", new_document()).await.expect(201)["id"].as_str().expect("an id").to_owned();
    let mut conn = superuser(&app).await;
    sealed(&mut conn).await;
    let ours = key_id(&signing_key().verifying_key());
    let forger = SigningKey::from_bytes(&[8; 32]);
    // A key of one's own, an entry and a row under it, and a mark that keeps the sealer from ever showing them.
    let deed = format!("{ENTRY}; UPDATE documents SET drafting_unit = '别处' WHERE id = '{id}'");
    let forged = conn.transaction(async |conn| {
        conn.batch_execute(&deed).await?;
        waiting::endorse(conn, &forger, clock::machine_now()).await?;
        conn.batch_execute("UPDATE unsealed_acts SET doubted_at = now() WHERE act = pg_current_xact_id()::text::bigint").await?;
        Ok::<_, lawgate::evidence::store::TreeError>(())
    });
    forged.await.expect("it is written");
    for trusted in [&[][..], std::slice::from_ref(&ours)] {
        let report = looked_at_by(&mut conn, &[], trusted).await;
        assert!(report.findings.iter().any(|finding| matches!(finding, Finding::EntryInserted(_))), "{report:?}");
        assert!(report.findings.iter().filter_map(row).any(|row| row == ("documents", Difference::Changed)), "{report:?}");
    }
    // While it waits, a key that is not trusted counts as little as once it has a position.
    conn.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(x'7365616c'::bigint)").await.expect("nobody seals meanwhile");
    conn.batch_execute("UPDATE unsealed_acts SET doubted_at = NULL").await.expect("it waits again");
    let report = verify(&mut conn, &[], std::slice::from_ref(&ours)).await.expect("it is looked at");
    assert!(report.findings.iter().any(|finding| matches!(finding, Finding::EntryInserted(_))), "{report:?}");
    conn.batch_execute("ROLLBACK").await.expect("its end");
}
