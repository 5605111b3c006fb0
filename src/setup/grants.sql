-- The rights of the run-time role, given anew after every migration. It owns nothing, so it can neither disable a
-- constraint or trigger nor truncate; what is append-only it can read and insert, no more.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM APP_ROLE;
GRANT USAGE ON SCHEMA public TO APP_ROLE;
-- With a table of its own and the right to call them, it could have the functions of the heads write what no act has done.
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM APP_ROLE;
GRANT EXECUTE ON FUNCTION effect_on(uuid, date) TO APP_ROLE;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO APP_ROLE;
-- Append-only.
GRANT INSERT ON log_entries, files, revisions, revision_joint_authorities, revision_replaces, stage_changes, step_changes TO APP_ROLE;
GRANT INSERT ON materials, submissions, submission_materials, intakes, counsel_opinions, opinions, opinion_comments, comment_answers, withdrawals TO APP_ROLE;
GRANT INSERT ON agenda_removals, decisions, confirmations TO APP_ROLE;
GRANT INSERT ON number_register, issuance_voids, publications, effect_ends, effect_end_voids TO APP_ROLE;
GRANT INSERT ON filing_changes, filing_intakes, filing_supplements, filing_reviews, rectifications TO APP_ROLE;
GRANT INSERT ON cleanups, cleanup_results, cleanup_publications, cleanup_outcomes TO APP_ROLE;
-- The log's positions and its tree. What waits for a position is written by triggers alone, and goes when it has one.
GRANT INSERT ON log_seals, log_nodes, signing_keys, tree_heads TO APP_ROLE;
GRANT DELETE ON unsealed_acts, unsealed_entries, unsealed_rows TO APP_ROLE;
GRANT UPDATE (key_id, endorsement, doubted_at) ON unsealed_acts TO APP_ROLE;
-- Heads that triggers write: only the columns that are not head.
GRANT INSERT (id, origin, drafting_body_id, drafting_unit, created_by, created_at, updated_at) ON documents TO APP_ROLE;
GRANT UPDATE (drafting_unit, updated_at) ON documents TO APP_ROLE;
GRANT INSERT (id, meeting_id, body_id, held_on, meeting_status, document_id, revision_no, revision_sha256, opinion_id, opinion_no, opinion_outcome, opinion_given_on, placed_by, placed_at, placed_on, entry_id) ON agenda_items TO APP_ROLE;
GRANT INSERT (id, document_id, revision_no, revision_sha256, decision_id, decision_outcome, held_on, confirmation_id, signed_by, signed_on, register_number_id, official_number_id, recorded_by, recorded_at, recorded_on, profile_id, entry_id) ON issuances TO APP_ROLE;
GRANT INSERT (id, document_id, publication_id, publication_date, body_id, target_id, role, filed_by, filed_at, filed_on, due_on, due_provisional, late, profile_id, entry_id) ON filings TO APP_ROLE;
-- What changes over time.
GRANT INSERT ON meetings TO APP_ROLE;
GRANT UPDATE (held_on, title, status, updated_at) ON meetings TO APP_ROLE;
GRANT UPDATE (updated_at) ON cleanups TO APP_ROLE;
GRANT INSERT, UPDATE (last_serial) ON number_counters TO APP_ROLE;
GRANT INSERT, UPDATE, DELETE ON deadlines, idempotency_keys TO APP_ROLE;
GRANT UPDATE (clock_offset_us) ON registry_state TO APP_ROLE;
-- Administration, each act logged.
GRANT INSERT ON bodies, filing_targets, users, user_roles, tokens TO APP_ROLE;
GRANT DELETE ON user_roles, filing_targets TO APP_ROLE;
GRANT UPDATE (name, parent_id, number_prefix, review_body_id) ON bodies TO APP_ROLE;
GRANT UPDATE (name, disabled_at) ON users TO APP_ROLE;
GRANT UPDATE (revoked_at) ON tokens TO APP_ROLE;
