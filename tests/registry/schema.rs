//! The migrated database itself: it is what the code believes it to be, it is described, and the run-time role can do no more than it must.
//! `UPDATE_SNAPSHOTS=1` writes `src/schema.rs` anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::MigrationHarness;
use lawgate::cluster::Role;
use lawgate::lifecycle::{filing, step};
use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::helpers::cluster::{Database, signing_key};
use super::helpers::snapshot;

/// Tables whose rows the run-time role may add and never change, and which refuse a change from any role.
const APPEND_ONLY: &[&str] = &[
    "agenda_removals",
    "cleanup_outcomes",
    "cleanup_publications",
    "cleanup_results",
    "comment_answers",
    "confirmations",
    "counsel_opinions",
    "decisions",
    "effect_end_voids",
    "effect_ends",
    "filing_changes",
    "filing_intakes",
    "filing_reviews",
    "filing_supplements",
    "files",
    "intakes",
    "issuance_voids",
    "log_entries",
    "log_nodes",
    "log_seals",
    "materials",
    "number_register",
    "opinion_comments",
    "opinions",
    "publications",
    "rectifications",
    "revision_joint_authorities",
    "revision_replaces",
    "revisions",
    "signing_keys",
    "stage_changes",
    "step_changes",
    "submission_materials",
    "submissions",
    "tree_heads",
    "withdrawals",
];

/// What the run-time role may do besides reading on all other tables; `()` names columns.
const OTHER_RIGHTS: &[(&str, &str)] = &[
    ("__diesel_schema_migrations", ""),
    ("agenda_items", "INSERT(*)"),
    ("bodies", "INSERT UPDATE(name,number_prefix,parent_id,review_body_id)"),
    ("calendar_days", ""),
    ("cleanups", "INSERT UPDATE(updated_at)"),
    ("deadlines", "DELETE INSERT UPDATE"),
    ("documents", "INSERT(created_at,created_by,drafting_body_id,drafting_unit,id,origin,updated_at) UPDATE(drafting_unit,updated_at)"),
    ("filing_targets", "DELETE INSERT"),
    ("filing_transitions", ""),
    ("filings", "INSERT(*)"),
    ("idempotency_keys", "DELETE INSERT UPDATE"),
    ("issuances", "INSERT(*)"),
    ("meetings", "INSERT UPDATE(held_on,status,title,updated_at)"),
    ("number_counters", "INSERT UPDATE(last_serial)"),
    ("number_voids", ""),
    ("registry_state", "UPDATE(clock_offset_us)"),
    ("rule_profiles", ""),
    ("stages", ""),
    ("step_transitions", ""),
    ("steps", ""),
    ("tokens", "INSERT UPDATE(revoked_at)"),
    ("unsealed_acts", "DELETE UPDATE(doubted_at,endorsement,key_id)"),
    ("unsealed_entries", "DELETE"),
    ("unsealed_rows", "DELETE"),
    ("user_roles", "DELETE INSERT"),
    ("users", "INSERT UPDATE(disabled_at,name)"),
];

/// The columns that triggers alone write, in tables where the run-time role inserts the others.
const HEADS: &[(&str, &[&str])] = &[
    ("agenda_items", &["state"]),
    ("filings", &["filing_no", "status", "status_seq"]),
    ("issuances", &["official_kind", "register_kind", "state"]),
];

/// Foreign keys of several columns that are found by an index on fewer, because those already name one row or one document's few.
const COVERED_BY_A_SHORTER_INDEX: &[&str] = &[
    "agenda_items_gate",
    "agenda_items_logged",
    "agenda_items_meeting_exists",
    "agenda_items_meeting_of_the_issuer",
    "agenda_removals_item_exists",
    "agenda_removals_logged",
    "cleanup_outcomes_rest_on_a_proposal",
    "cleanup_results_logged",
    "cleanup_results_without_gap",
    "comment_answers_comment_exists",
    "comment_answers_submission_exists",
    "confirmations_decision_exists",
    "confirmations_gate",
    "confirmations_logged",
    "counsel_opinions_logged",
    "counsel_opinions_revision_exists",
    "decisions_corrected_exists",
    "decisions_logged",
    "decisions_on_the_agenda",
    "effect_ends_logged",
    "filing_changes_follow_previous",
    "filing_changes_intake_exists",
    "filing_changes_intake_result",
    "filing_changes_rectification_exists",
    "filing_changes_review_exists",
    "filing_changes_review_result",
    "filing_changes_supplement_exists",
    "filing_reviews_filing_exists",
    "filing_reviews_without_gap",
    "filings_logged",
    "filings_of_a_publication",
    "intakes_logged",
    "intakes_numbered_without_gap",
    "intakes_submission_exists",
    "issuance_voids_issuance_exists",
    "issuance_voids_logged",
    "issuances_decision_exists",
    "issuances_logged",
    "issuances_of_the_confirmed_text",
    "issuances_of_the_decided_text",
    "issuances_official_doc_no_given",
    "issuances_register_no_given",
    "materials_logged",
    "number_register_logged",
    "number_register_without_gap",
    "opinion_comments_opinion_exists",
    "opinions_corrected_exists",
    "opinions_logged",
    "opinions_numbered_without_gap",
    "opinions_revision_exists",
    "opinions_submission_exists",
    "publications_logged",
    "publications_of_the_issued_text",
    "rectifications_answer_a_review",
    "revisions_logged",
    "revisions_numbered_without_gap",
    "stage_changes_by_a_step",
    "stage_changes_follow_previous",
    "stage_changes_logged",
    "step_changes_agenda_item_exists",
    "step_changes_agenda_removal_exists",
    "step_changes_cleaned_up_as_decided",
    "step_changes_cleanup_outcome_exists",
    "step_changes_cleared_by_a_lawful_opinion",
    "step_changes_confirmation_exists",
    "step_changes_decided_outcome",
    "step_changes_decision_exists",
    "step_changes_filing_exists",
    "step_changes_follow_previous",
    "step_changes_intake_exists",
    "step_changes_intake_result",
    "step_changes_issuance_exists",
    "step_changes_issuance_void_exists",
    "step_changes_logged",
    "step_changes_opined_outcome",
    "step_changes_opinion_exists",
    "step_changes_publication_exists",
    "step_changes_submission_exists",
    "step_changes_withdrawal_exists",
    "step_changes_within_stage",
    "submission_materials_material_exists",
    "submission_materials_submission_exists",
    "submissions_logged",
    "submissions_numbered_without_gap",
    "submissions_revision_exists",
    "withdrawals_logged",
];

/// Tables of which no row is ever deleted or renamed, and of whose rows nobody asks what refers to them: an index on the many
/// columns that name them would only cost.
const PARENTS_THAT_STAY: &[&str] = &[
    "bodies",
    "filing_transitions",
    "log_seals",
    "rule_profiles",
    "signing_keys",
    "stages",
    "step_transitions",
    "steps",
    "tokens",
    "users",
];

/// Rows of a query, every value as text.
async fn rows(url: &str, sql: &str) -> Vec<Vec<String>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("it connects");
    let running = actix_web::rt::spawn(connection);
    let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{error:?}: {sql}"));
    drop(client);
    running.await.expect("the connection ends").expect("the connection ends well");
    messages
        .into_iter()
        .filter_map(|message| if let SimpleQueryMessage::Row(row) = message { Some(row) } else { None })
        .map(|row| (0..row.len()).map(|column| row.get(column).unwrap_or_default().to_owned()).collect())
        .collect()
}

/// The first column of a query.
async fn names(url: &str, sql: &str) -> Vec<String> {
    rows(url, sql).await.into_iter().filter_map(|row| row.into_iter().next()).collect()
}

#[actix_web::test]
async fn the_code_knows_the_tables_as_they_are() {
    let database = Database::new();
    let columns = rows(
        &database.owner_url,
        "SELECT c.table_name, c.column_name, c.udt_name, c.is_nullable FROM information_schema.columns c
           JOIN information_schema.tables t USING (table_schema, table_name)
          WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE '\\_\\_diesel%'
          ORDER BY c.table_name COLLATE \"C\", c.ordinal_position",
    )
    .await;
    let keys = rows(
        &database.owner_url,
        "SELECT r.relname, string_agg(a.attname, ', ' ORDER BY array_position(k.conkey, a.attnum)) FROM pg_constraint k
           JOIN pg_class r ON r.oid = k.conrelid JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = ANY (k.conkey)
          WHERE k.contype = 'p' GROUP BY r.relname",
    )
    .await;
    let keys: BTreeMap<String, String> = keys.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in columns {
        let [table, column, kind, nullable] = row.as_slice() else { panic!("four columns") };
        tables.entry(table.clone()).or_default().push(column_line(column, kind, nullable == "YES"));
    }
    let mut text =
        String::from("//! The tables as diesel knows them. Generated from the migrated database; a test compares, never edited by hand.\n");
    for (table, columns) in &tables {
        let key = keys.get(table).unwrap_or_else(|| panic!("{table} has no primary key"));
        write!(text, "\ndiesel::table! {{\n    {table} ({key}) {{\n{}    }}\n}}\n", columns.concat()).expect("written");
    }
    text.push_str("\ndiesel::allow_tables_to_appear_in_same_query!(\n");
    for table in tables.keys() {
        writeln!(text, "    {table},").expect("written");
    }
    text.push_str(");\n");
    snapshot::compare(Path::new("src/schema.rs"), &text);
}

fn column_line(column: &str, kind: &str, nullable: bool) -> String {
    let diesel_type = match kind {
        "uuid" => "Uuid",
        "text" | "varchar" => "Text",
        "int4" => "Integer",
        "int8" => "BigInt",
        "bool" => "Bool",
        "date" => "Date",
        "timestamptz" => "Timestamptz",
        "jsonb" => "Jsonb",
        "bytea" => "Bytea",
        "_text" => "Array<Text>",
        other => panic!("{column} has the type {other}, which the generator does not know"),
    };
    let diesel_type = if nullable { format!("Nullable<{diesel_type}>") } else { diesel_type.to_owned() };
    if column == "type" {
        format!("        #[sql_name = \"type\"]\n        type_ -> {diesel_type},\n")
    } else {
        format!("        {column} -> {diesel_type},\n")
    }
}

#[actix_web::test]
async fn every_table_and_column_is_described() {
    let database = Database::new();
    let silent = names(
        &database.owner_url,
        "SELECT r.relname || COALESCE('.' || a.attname, '') FROM pg_class r
           LEFT JOIN LATERAL (SELECT 0 AS attnum, NULL AS attname UNION ALL SELECT attnum, attname FROM pg_attribute
                              WHERE attrelid = r.oid AND attnum > 0 AND NOT attisdropped) a ON true
          WHERE r.relnamespace = 'public'::regnamespace AND r.relkind IN ('r', 'v', 'm', 'p') AND r.relname NOT LIKE '\\_\\_diesel%'
            AND COALESCE(col_description(r.oid, NULLIF(a.attnum, 0)), CASE a.attnum WHEN 0 THEN obj_description(r.oid, 'pg_class') END, '') = ''
          ORDER BY r.relname, a.attnum",
    )
    .await;
    assert!(silent.is_empty(), "{} without a comment:\n{}", silent.len(), silent.join("\n"));
}

#[actix_web::test]
async fn every_check_has_a_name_that_says_what_it_holds() {
    let database = Database::new();
    let unnamed = names(
        &database.owner_url,
        "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'x') AND conname ~ '_check[0-9]*$|_excl[0-9]*$'",
    )
    .await;
    assert_eq!(unnamed, [""; 0]);
}

#[actix_web::test]
async fn nothing_that_is_referred_to_can_be_deleted() {
    let database = Database::new();
    let lenient = names(
        &database.owner_url,
        "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'f' AND confdeltype NOT IN ('a', 'r')",
    )
    .await;
    assert_eq!(lenient, [""; 0]);
    let to_documents =
        names(&database.owner_url, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confrelid = 'documents'::regclass").await;
    assert!(to_documents[0].parse::<u32>().expect("a number") > 5, "the query finds the foreign keys");
}

#[actix_web::test]
async fn every_foreign_key_is_found_by_an_index() {
    let database = Database::new();
    // For each foreign key: whether some index begins with exactly its columns, whether some index begins with one of them.
    let keys = rows(
        &database.owner_url,
        "SELECT k.conname, k.confrelid::regclass,
                EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
                    AND (SELECT array_agg(no ORDER BY no) FROM unnest((i.indkey::int2[])[0:cardinality(k.conkey) - 1]) AS no)
                      = (SELECT array_agg(no ORDER BY no) FROM unnest(k.conkey) AS no)),
                EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL AND (i.indkey::int2[])[0] = ANY (k.conkey))
           FROM pg_constraint k WHERE k.connamespace = 'public'::regnamespace AND k.contype = 'f' ORDER BY k.conname COLLATE \"C\"",
    )
    .await;
    assert!(keys.len() > 100, "the query finds the foreign keys");
    let mut bare = Vec::new();
    let mut shortened = Vec::new();
    for key in &keys {
        let [name, parent, whole, begun] = key.as_slice() else { panic!("four columns") };
        if whole == "t" || PARENTS_THAT_STAY.contains(&parent.as_str()) {
            continue;
        }
        if begun == "t" { shortened.push(name.as_str()) } else { bare.push(name.as_str()) }
    }
    assert_eq!(bare, [""; 0], "no index begins with any column of these");
    assert_eq!(shortened, COVERED_BY_A_SHORTER_INDEX);
}

#[actix_web::test]
async fn the_run_time_role_has_exactly_the_rights_that_it_needs() {
    let database = Database::new();
    let role = Role::App.name();
    let granted = rows(
        &database.owner_url,
        &format!(
            "SELECT r.relname, x.privilege_type, '' FROM pg_class r, aclexplode(r.relacl) x
               WHERE r.relnamespace = 'public'::regnamespace AND r.relkind = 'r' AND x.grantee = '{role}'::regrole
             UNION ALL
             SELECT r.relname, x.privilege_type, string_agg(a.attname, ',' ORDER BY a.attname COLLATE \"C\") FROM pg_class r
               JOIN pg_attribute a ON a.attrelid = r.oid, aclexplode(a.attacl) x
               WHERE r.relnamespace = 'public'::regnamespace AND x.grantee = '{role}'::regrole GROUP BY 1, 2
             ORDER BY 1, 2, 3"
        ),
    )
    .await;
    let all_tables =
        names(&database.owner_url, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'").await;
    let mut found: BTreeMap<&str, Vec<String>> = all_tables.iter().map(|table| (table.as_str(), Vec::new())).collect();
    let mut readable = BTreeSet::new();
    for row in &granted {
        let [table, right, columns] = row.as_slice() else { panic!("three columns") };
        if right == "SELECT" && columns.is_empty() {
            readable.insert(table.as_str());
        } else if columns.is_empty() {
            found.entry(table).or_default().push(right.clone());
        } else {
            found.entry(table).or_default().push(format!("{right}({columns})"));
        }
    }
    for (table, head) in HEADS {
        let generated = names(
            &database.owner_url,
            &format!(
                "SELECT string_agg(attname, ',' ORDER BY attname COLLATE \"C\") FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0
                   AND attgenerated = '' AND attname NOT IN ('{}')",
                head.join("', '")
            ),
        )
        .await;
        let rights = found.get_mut(table).unwrap_or_else(|| panic!("{table} is no table"));
        assert_eq!(*rights, [format!("INSERT({})", generated[0])], "{table}: the service may not write {head:?}");
        *rights = vec!["INSERT(*)".to_owned()];
    }
    let expected: BTreeMap<&str, &str> = APPEND_ONLY.iter().map(|table| (*table, "INSERT")).chain(OTHER_RIGHTS.iter().copied()).collect();
    let found: BTreeMap<&str, String> = found.into_iter().map(|(table, rights)| (table, rights.join(" "))).collect();
    let expected: BTreeMap<&str, String> = expected.into_iter().map(|(table, rights)| (table, rights.to_owned())).collect();
    assert_eq!(found, expected);
    assert_eq!(readable.len(), all_tables.len(), "the run-time role reads every table");
    let owned = names(
        &database.owner_url,
        &format!("SELECT relname FROM pg_class WHERE relowner = '{role}'::regrole UNION ALL SELECT proname FROM pg_proc WHERE proowner = '{role}'::regrole"),
    )
    .await;
    assert_eq!(owned, [""; 0], "the run-time role owns nothing");
    let powers = names(&database.owner_url, &format!("SELECT rolname FROM pg_roles WHERE rolname = '{role}' AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)")).await;
    assert_eq!(powers, [""; 0]);
}

#[actix_web::test]
async fn append_only_tables_refuse_every_role() {
    let database = Database::new();
    let (client, connection) = tokio_postgres::connect(&database.superuser_url, NoTls).await.expect("it connects");
    actix_web::rt::spawn(connection);
    for table in APPEND_ONLY.iter().chain(&["documents", "meetings", "agenda_items", "issuances", "filings", "cleanups", "number_voids"]) {
        let changed_by_triggers_or_service = ["documents", "meetings", "agenda_items", "issuances", "filings", "cleanups"].contains(table);
        let key =
            names(&database.owner_url, &format!("SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum = 1"))
                .await;
        let mut attempts = vec![format!("DELETE FROM {table}"), format!("TRUNCATE {table} CASCADE")];
        if !changed_by_triggers_or_service {
            attempts.push(format!("UPDATE {table} SET {0} = {0}", key[0]));
        }
        for attempt in attempts {
            let error = client.batch_execute(&attempt).await.expect_err(&attempt);
            let constraint = error.as_db_error().and_then(|error| error.constraint()).unwrap_or_default();
            assert!(constraint.ends_with("_append_only"), "{attempt}: {error}");
        }
    }
}

#[actix_web::test]
async fn the_ways_of_the_procedure_are_the_same_in_code_and_database() {
    let database = Database::new();
    let stages = names(&database.owner_url, "SELECT stage FROM stages ORDER BY ordinal").await;
    assert_eq!(stages, step::Stage::ALL.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut steps: Vec<String> =
        step::STEPS.iter().flat_map(|(stage, steps)| steps.iter().map(move |step| format!("{stage} {step}"))).collect();
    steps.sort();
    let mut stored = names(&database.owner_url, "SELECT stage || ' ' || step FROM steps").await;
    stored.sort();
    assert_eq!(stored, steps);
    let mut transitions: Vec<String> = step::transitions()
        .iter()
        .map(|each| format!("{} {} {} {} {}", each.from_stage, each.from, each.by, each.to_stage, each.to))
        .collect();
    transitions.sort();
    let mut stored =
        names(&database.owner_url, "SELECT concat_ws(' ', from_stage, from_step, action, to_stage, to_step) FROM step_transitions").await;
    stored.sort();
    assert_eq!(stored, transitions);
    let mut ways: Vec<String> = filing::TRANSITIONS.iter().map(|(from, by, to)| format!("{from} {by} {to}")).collect();
    ways.sort();
    let mut stored = names(&database.owner_url, "SELECT concat_ws(' ', from_status, action, to_status) FROM filing_transitions").await;
    stored.sort();
    assert_eq!(stored, ways);
}

/// Everything that a migration can leave behind, one line each.
async fn structure(url: &str) -> Vec<String> {
    names(
        url,
        "SELECT line FROM (
            SELECT concat_ws(' ', 'column', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, a.attacl,
                             pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum)) AS line
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'S')
            UNION ALL SELECT concat_ws(' ', 'table', relname, relkind, relacl, relrowsecurity, obj_description(oid, 'pg_class')) FROM pg_class
             WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'constraint', conname, conrelid::regclass, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint'))
              FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'index', indexdef) FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid::regclass, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT concat_ws(' ', 'function', pg_get_functiondef(oid), obj_description(oid, 'pg_proc')) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'type', typname) FROM pg_type WHERE typnamespace = 'public'::regnamespace
            UNION ALL SELECT concat_ws(' ', 'transition', t.*::text) FROM step_transitions t
            UNION ALL SELECT concat_ws(' ', 'filing transition', t.*::text) FROM filing_transitions t
         ) lines ORDER BY line COLLATE \"C\"",
    )
    .await
}

/// Runs something on a migration harness, which blocks and so needs a runtime of its own.
fn harness(url: &str, run: impl FnOnce(AsyncMigrationHarness<AsyncPgConnection>) + Send + 'static) {
    let url = url.to_owned();
    let worker = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let conn = AsyncPgConnection::establish(&url).await.expect("it connects");
            run(AsyncMigrationHarness::new(conn));
        });
    });
    worker.join().expect("the migrations run");
}

#[actix_web::test]
async fn migrations_go_down_to_nothing_and_up_to_the_same() {
    let database = Database::new();
    let before = structure(&database.superuser_url).await;
    harness(&database.owner_url, |mut harness| {
        harness.revert_all_migrations(lawgate::setup::MIGRATIONS).expect("all migrations go down");
    });
    let left = names(
        &database.owner_url,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE '\\_\\_diesel%'
         UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    )
    .await;
    assert_eq!(left, [""; 0], "what a migration made, its way down removes");
    let url = database.owner_url.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        runtime.block_on(lawgate::setup::migrate(&url, Role::App.name(), &signing_key())).expect("the migrations run");
    })
    .join()
    .expect("the migrations go up again");
    let after = structure(&database.superuser_url).await;
    assert!(before.len() > 500, "the query finds the structure");
    let differing: Vec<&String> =
        before.iter().filter(|line| !after.contains(line)).chain(after.iter().filter(|line| !before.contains(line))).collect();
    assert!(differing.is_empty(), "{differing:#?}");
}
