DROP FUNCTION attest_rows(text);
DROP VIEW digested_tables;
DO $$
DECLARE
    digested regclass;
BEGIN
    FOR digested IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'a_row_is_digested' LOOP
        EXECUTE format('DROP TRIGGER a_row_is_digested ON %s', digested);
    END LOOP;
END $$;
DROP TRIGGER log_entries_wait_for_a_position ON log_entries;
DROP TABLE tree_heads, signing_keys, log_nodes, log_seals, unsealed_rows, unsealed_entries, unsealed_acts;
DROP SEQUENCE log_commit_order;
DROP FUNCTION digest_row();
DROP FUNCTION row_key(jsonb, text[]);
DROP FUNCTION row_digest(jsonb);
DROP FUNCTION take_commit_order();
DROP FUNCTION wait_for_a_position();
ALTER TABLE log_entries DROP COLUMN from_address;
