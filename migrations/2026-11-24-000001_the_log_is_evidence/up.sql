-- The log becomes evidence: each committed entry gets a position and is hashed into a tree together with the digests of the rows
-- that its act wrote. Creates eight tables and a trigger on every table that holds business rows; reads all of those once, under
-- locks that keep writers out meanwhile.

ALTER TABLE log_entries ADD COLUMN from_address text;
COMMENT ON COLUMN log_entries.from_address IS 'From which network address; null for commands on the server itself.';

-- What waits for its position. An act is one transaction; its number becomes negative when a backup is restored, because
-- transactions count anew in another cluster.
CREATE SEQUENCE log_commit_order;
CREATE TABLE unsealed_acts (
    act            bigint PRIMARY KEY DEFAULT pg_current_xact_id()::text::bigint,
    first_entry_id uuid NOT NULL,
    commit_order   bigint,
    key_id         text,
    endorsement    bytea,
    doubted_at     timestamptz
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX unsealed_acts_in_order ON unsealed_acts (commit_order, act) WHERE doubted_at IS NULL;
COMMENT ON TABLE unsealed_acts IS 'Committed transactions whose entries have no position yet.';
COMMENT ON COLUMN unsealed_acts.act IS 'The transaction; negative in one that came with a backup.';
COMMENT ON COLUMN unsealed_acts.first_entry_id IS 'Its first entry, which answers for the rows that name none of its entries.';
COMMENT ON COLUMN unsealed_acts.commit_order IS 'In which order the commits began.';
COMMENT ON COLUMN unsealed_acts.key_id IS 'The key with which the program that wrote it vouches for it.';
COMMENT ON COLUMN unsealed_acts.endorsement IS 'That key''s signature over its entries and the digests of its rows.';
COMMENT ON COLUMN unsealed_acts.doubted_at IS 'Since when it is known that no key of this registry vouches for it; it never gets a position.';

CREATE TABLE unsealed_entries (
    entry_id uuid PRIMARY KEY,
    act      bigint NOT NULL,
    seq      bigint GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT unsealed_entries_entry_exists FOREIGN KEY (entry_id) REFERENCES log_entries (id),
    CONSTRAINT unsealed_entries_act_exists FOREIGN KEY (act) REFERENCES unsealed_acts (act) ON UPDATE CASCADE
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE INDEX unsealed_entries_act ON unsealed_entries (act, seq);
COMMENT ON TABLE unsealed_entries IS 'Entries that have no position yet.';
COMMENT ON COLUMN unsealed_entries.entry_id IS 'The entry.';
COMMENT ON COLUMN unsealed_entries.act IS 'The transaction that wrote it.';
COMMENT ON COLUMN unsealed_entries.seq IS 'In which order it wrote them.';

CREATE TABLE unsealed_rows (
    act        bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    seq        bigint GENERATED ALWAYS AS IDENTITY,
    entry_id   uuid,
    table_name text NOT NULL,
    row_key    text NOT NULL,
    digest     bytea,
    replaced   bytea,
    PRIMARY KEY (act, seq),
    CONSTRAINT unsealed_rows_are_of_a_logged_act FOREIGN KEY (act) REFERENCES unsealed_acts (act)
        ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT unsealed_rows_digest_is_sha256 CHECK (length(digest) = 32),
    CONSTRAINT unsealed_rows_replaced_is_sha256 CHECK (length(replaced) = 32)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX unsealed_rows_entry ON unsealed_rows (act, entry_id);
COMMENT ON TABLE unsealed_rows IS 'Digests of the rows that those entries'' acts wrote.';
COMMENT ON COLUMN unsealed_rows.act IS 'The transaction; without an entry in it there is none.';
COMMENT ON COLUMN unsealed_rows.seq IS 'In which order they were written.';
COMMENT ON COLUMN unsealed_rows.entry_id IS 'The entry that the row names, which may be of an earlier act.';
COMMENT ON COLUMN unsealed_rows.table_name IS 'The table.';
COMMENT ON COLUMN unsealed_rows.row_key IS 'The primary key, its parts joined by a slash.';
COMMENT ON COLUMN unsealed_rows.digest IS 'SHA-256 over the row; null where it was deleted.';
COMMENT ON COLUMN unsealed_rows.replaced IS 'SHA-256 over the row before; null where there was none.';

CREATE FUNCTION wait_for_a_position() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO unsealed_acts (first_entry_id) VALUES (NEW.id) ON CONFLICT (act) DO NOTHING;
    INSERT INTO unsealed_entries (entry_id, act) VALUES (NEW.id, pg_current_xact_id()::text::bigint);
    RETURN NULL;
END $$;
CREATE TRIGGER log_entries_wait_for_a_position AFTER INSERT ON log_entries FOR EACH ROW EXECUTE FUNCTION wait_for_a_position();

-- A sequence, not a lock: nobody waits for the commit of another.
CREATE FUNCTION take_commit_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE unsealed_acts SET commit_order = nextval('log_commit_order') WHERE act = NEW.act;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unsealed_acts_take_commit_order AFTER INSERT ON unsealed_acts DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION take_commit_order();

-- A row as it is hashed: its fields as JSON, written alike whatever a session's settings are. A field without a value is left out,
-- so that a column that is added later, and empty, changes no digest. The bytes of a file are known by their hash, which is their key.
CREATE FUNCTION row_digest(fields jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sha256(convert_to(jsonb_strip_nulls(fields)::text, 'UTF8'));

CREATE FUNCTION row_key(fields jsonb, VARIADIC columns text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    part text;
    key text;
BEGIN
    FOREACH part IN ARRAY columns LOOP
        key := concat_ws('/', key, fields ->> part);
    END LOOP;
    RETURN key;
END $$;

CREATE FUNCTION digest_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    before jsonb;
    after jsonb;
    key text;
BEGIN
    IF TG_TABLE_NAME = 'files' THEN
        IF TG_OP <> 'INSERT' THEN OLD.content := ''; END IF;
        IF TG_OP <> 'DELETE' THEN NEW.content := ''; END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN before := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN after := to_jsonb(NEW); END IF;
    key := row_key(coalesce(after, before), VARIADIC TG_ARGV);
    IF TG_OP = 'UPDATE' AND key <> row_key(before, VARIADIC TG_ARGV) THEN
        RAISE EXCEPTION 'the key of a row never changes' USING ERRCODE = 'check_violation', CONSTRAINT = 'row_key_never_changes', TABLE = TG_TABLE_NAME;
    END IF;
    INSERT INTO unsealed_rows (entry_id, table_name, row_key, digest, replaced)
        VALUES ((coalesce(after, before) ->> 'entry_id')::uuid, TG_TABLE_NAME, key, row_digest(after), row_digest(before));
    RETURN NULL;
END $$;

-- Positions.
CREATE TABLE log_seals (
    position  bigint PRIMARY KEY,
    follows   bigint GENERATED ALWAYS AS (CASE WHEN position > 0 THEN position - 1 END) STORED,
    entry_id  uuid NOT NULL,
    leaf      bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    CONSTRAINT log_seals_entry_exists FOREIGN KEY (entry_id) REFERENCES log_entries (id),
    CONSTRAINT log_seals_one_position_each UNIQUE (entry_id),
    CONSTRAINT log_seals_without_gap FOREIGN KEY (follows) REFERENCES log_seals (position),
    CONSTRAINT log_seals_begin_at_0 CHECK (position >= 0),
    CONSTRAINT log_seals_hash_is_of_the_leaf CHECK (leaf_hash = sha256('\x00'::bytea || leaf))
);
COMMENT ON TABLE log_seals IS 'The position of each entry in the log, with the bytes that are hashed into the tree.';
COMMENT ON COLUMN log_seals.position IS 'From 0 on, without a gap, in the order of the commits.';
COMMENT ON COLUMN log_seals.follows IS 'The position before it.';
COMMENT ON COLUMN log_seals.entry_id IS 'The entry.';
COMMENT ON COLUMN log_seals.leaf IS 'The entry and the digests of its rows, as RFC 8785 writes them.';
COMMENT ON COLUMN log_seals.leaf_hash IS 'The hash of the leaf (RFC 9162, section 2.1).';

CREATE TABLE log_nodes (
    level integer NOT NULL,
    index bigint NOT NULL,
    hash  bytea NOT NULL,
    PRIMARY KEY (level, index),
    CONSTRAINT log_nodes_stand_over_leaves CHECK (level > 0 AND index >= 0),
    CONSTRAINT log_nodes_hash_is_sha256 CHECK (length(hash) = 32)
);
COMMENT ON TABLE log_nodes IS 'Complete nodes of the tree over the log; what a leaf hash is stands at its seal.';
COMMENT ON COLUMN log_nodes.level IS 'How far above the leaves.';
COMMENT ON COLUMN log_nodes.index IS 'Which of its level, from the left.';
COMMENT ON COLUMN log_nodes.hash IS 'The hash of its two halves.';

CREATE TABLE signing_keys (
    key_id        text PRIMARY KEY,
    algorithm     text NOT NULL,
    public_key    bytea NOT NULL,
    introduced_at timestamptz NOT NULL,
    introduced_by text,
    signature     bytea,
    entry_id      uuid NOT NULL,
    CONSTRAINT signing_keys_public_key_once UNIQUE (public_key),
    CONSTRAINT signing_keys_algorithm_known CHECK (algorithm = 'ed25519'),
    CONSTRAINT signing_keys_introduced_by_exists FOREIGN KEY (introduced_by) REFERENCES signing_keys (key_id),
    CONSTRAINT signing_keys_introduction_is_signed CHECK ((introduced_by IS NULL) = (signature IS NULL)),
    CONSTRAINT signing_keys_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX signing_keys_entry ON signing_keys (entry_id);
COMMENT ON TABLE signing_keys IS 'The public halves of the keys that sign heads of the log.';
COMMENT ON COLUMN signing_keys.key_id IS 'Its name: the first 16 hexadecimal digits of the SHA-256 of the public key.';
COMMENT ON COLUMN signing_keys.algorithm IS 'The signature algorithm.';
COMMENT ON COLUMN signing_keys.public_key IS 'The public key.';
COMMENT ON COLUMN signing_keys.introduced_at IS 'Since when it signs.';
COMMENT ON COLUMN signing_keys.introduced_by IS 'The key that it replaced, where it replaced one.';
COMMENT ON COLUMN signing_keys.signature IS 'That key''s signature on this one.';
COMMENT ON COLUMN signing_keys.entry_id IS 'The log entry.';

CREATE TABLE tree_heads (
    tree_size bigint PRIMARY KEY,
    root_hash bytea NOT NULL,
    at        timestamptz NOT NULL,
    key_id    text NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT tree_heads_key_exists FOREIGN KEY (key_id) REFERENCES signing_keys (key_id),
    CONSTRAINT tree_heads_root_is_sha256 CHECK (length(root_hash) = 32)
);
COMMENT ON TABLE tree_heads IS 'Signed heads of the log: how many entries it had, and the root of the tree over them.';
COMMENT ON COLUMN tree_heads.tree_size IS 'How many entries.';
COMMENT ON COLUMN tree_heads.root_hash IS 'The root (RFC 9162, section 2.1).';
COMMENT ON COLUMN tree_heads.at IS 'When it was signed, on the machine''s clock.';
COMMENT ON COLUMN tree_heads.key_id IS 'The key.';
COMMENT ON COLUMN tree_heads.signature IS 'Its signature over the head as RFC 8785 writes it.';

CREATE TRIGGER log_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_nodes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_nodes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signing_keys_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signing_keys FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tree_heads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tree_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Every table whose rows an act writes. Not among them: the log itself and what proves it, keys of repeats, which expire, and the
-- record of migrations.
CREATE VIEW digested_tables AS
    SELECT c.relname::text AS table_name,
           (SELECT array_agg(a.attname::text ORDER BY k.ordinal)
              FROM pg_index i, unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, ordinal)
              JOIN pg_attribute a ON a.attnum = k.attnum
             WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid) AS key_columns
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
       AND c.relname NOT IN ('__diesel_schema_migrations', 'idempotency_keys', 'log_entries', 'log_seals', 'log_nodes', 'tree_heads',
                             'unsealed_acts', 'unsealed_entries', 'unsealed_rows', 'lawgate_restore_at_work');
COMMENT ON VIEW digested_tables IS 'The tables whose rows have digests in the log, with the columns of their primary keys.';
COMMENT ON COLUMN digested_tables.table_name IS 'The table.';
COMMENT ON COLUMN digested_tables.key_columns IS 'The columns of its primary key.';

-- The name makes it the first of a table's triggers, so that what another of them changes in the same row comes after it.
DO $$
DECLARE
    digested record;
BEGIN
    FOR digested IN SELECT * FROM digested_tables LOOP
        EXECUTE format('CREATE TRIGGER a_row_is_digested AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION digest_row(%s)',
            digested.table_name, (SELECT string_agg(quote_literal(column_name), ', ') FROM unnest(digested.key_columns) AS column_name));
    END LOOP;
END $$;

-- Attests the rows of a table as they are now, in entries of a thousand rows each: for what was there before there were digests,
-- and for a migration that changes what rows look like.
CREATE FUNCTION attest_rows(name text) RETURNS void LANGUAGE plpgsql
    SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
DECLARE
    key_columns text[] := (SELECT d.key_columns FROM digested_tables d WHERE d.table_name = name);
    fields text := CASE WHEN name = 'files' THEN 'to_jsonb(t) || jsonb_build_object(''content'', ''\x'')' ELSE 'to_jsonb(t)' END;
    counted record;
    entry uuid;
    clock timestamptz := clock_timestamp() + coalesce((SELECT clock_offset_us FROM registry_state), 0) * interval '1 microsecond';
BEGIN
    CREATE TEMPORARY TABLE attested ON COMMIT DROP AS SELECT NULL::bigint AS chunk, NULL::text AS row_key, NULL::bytea AS digest LIMIT 0;
    EXECUTE format('INSERT INTO attested SELECT (row_number() OVER () - 1) / 1000, row_key(f, VARIADIC $1), row_digest(f) FROM (SELECT %s AS f FROM %I t) r',
        fields, name) USING key_columns;
    FOR counted IN SELECT chunk, count(*) AS rows FROM attested GROUP BY chunk ORDER BY chunk LOOP
        -- A UUIDv7 like all others.
        entry := (lpad(to_hex((extract(epoch FROM clock) * 1000)::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid;
        INSERT INTO log_entries (id, at, type, role, subject_kind, data)
            VALUES (entry, clock, 'registry.rows_attested', 'system', 'registry', jsonb_build_object('table', name, 'rows', counted.rows));
        INSERT INTO unsealed_rows (entry_id, table_name, row_key, digest)
            SELECT entry, name, row_key, digest FROM attested WHERE chunk = counted.chunk;
    END LOOP;
    DROP TABLE attested;
END $$;

INSERT INTO unsealed_acts (first_entry_id) SELECT id FROM log_entries ORDER BY id LIMIT 1;
INSERT INTO unsealed_entries (entry_id, act) SELECT id, pg_current_xact_id()::text::bigint FROM log_entries ORDER BY id;
SELECT attest_rows(table_name) FROM digested_tables ORDER BY table_name;
