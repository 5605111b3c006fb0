-- The append-only log: every action writes its entry in its own transaction, and every row that records an act names its entry.
-- Creates one table and the function that refuses changes to append-only tables.

CREATE TABLE log_entries (
    id              uuid PRIMARY KEY,
    at              timestamptz NOT NULL,
    type            text NOT NULL,
    user_id         uuid,
    body_id         uuid,
    role            text,
    token_id        uuid,
    request_id      text,
    document_id     uuid,
    subject_kind    text NOT NULL,
    subject_id      uuid,
    revision_no     integer,
    revision_sha256 text,
    profile_id      uuid,
    data            jsonb NOT NULL,
    CONSTRAINT log_entries_type_shape CHECK (type ~ '^[a-z_]+\.[a-z_]+$'),
    CONSTRAINT log_entries_user_exists FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT log_entries_body_exists FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT log_entries_token_exists FOREIGN KEY (token_id) REFERENCES tokens (id),
    CONSTRAINT log_entries_profile_exists FOREIGN KEY (profile_id) REFERENCES rule_profiles (id),
    CONSTRAINT log_entries_actor_complete CHECK ((user_id IS NULL) = (body_id IS NULL)),
    CONSTRAINT log_entries_role_known CHECK (role IN ('drafter', 'reviewer', 'secretary', 'auditor', 'admin', 'system')),
    CONSTRAINT log_entries_document_is_known UNIQUE (id, document_id)
);
CREATE INDEX log_entries_document ON log_entries (document_id, id);
CREATE INDEX log_entries_subject ON log_entries (subject_kind, subject_id, id);
COMMENT ON TABLE log_entries IS 'What was done, by whom, for which body, when, on what; written in the transaction of the act itself.';
COMMENT ON COLUMN log_entries.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN log_entries.at IS 'When, on the registry''s clock.';
COMMENT ON COLUMN log_entries.type IS 'What was done, as kind.verb.';
COMMENT ON COLUMN log_entries.user_id IS 'Who did it; null for the registry itself.';
COMMENT ON COLUMN log_entries.body_id IS 'For which body.';
COMMENT ON COLUMN log_entries.role IS 'In which role.';
COMMENT ON COLUMN log_entries.token_id IS 'With which token.';
COMMENT ON COLUMN log_entries.request_id IS 'In which request.';
COMMENT ON COLUMN log_entries.document_id IS 'On which document.';
COMMENT ON COLUMN log_entries.subject_kind IS 'What kind of thing it was done to.';
COMMENT ON COLUMN log_entries.subject_id IS 'Which one.';
COMMENT ON COLUMN log_entries.revision_no IS 'On which revision.';
COMMENT ON COLUMN log_entries.revision_sha256 IS 'Its hash.';
COMMENT ON COLUMN log_entries.data IS 'The particulars: ids, words and dates.';
COMMENT ON COLUMN log_entries.profile_id IS 'The rule profile under which a decision was made.';

-- Append-only also for roles that hold more rights than the service does.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;

CREATE TRIGGER log_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
