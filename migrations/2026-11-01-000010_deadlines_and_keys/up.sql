-- Open deadlines as computed facts (rebuilt from the acts at any time), and idempotency keys.
-- Creates tables only.

CREATE TABLE deadlines (
    document_id uuid NOT NULL REFERENCES documents (id),
    kind        text NOT NULL,
    filing_key  uuid NOT NULL,
    due_on      date NOT NULL,
    provisional boolean NOT NULL,
    start_on    date NOT NULL,
    profile_id  uuid NOT NULL REFERENCES rule_profiles (id),
    CONSTRAINT deadlines_pkey PRIMARY KEY (document_id, kind, filing_key),
    CONSTRAINT deadlines_kind_known CHECK (kind IN ('intake', 'supplement', 'legality_review', 'publication', 'filing', 'filing_intake',
        'filing_review', 'rectification', 'expiry', 'amendment')),
    CONSTRAINT deadlines_due_after_start CHECK (due_on >= start_on)
);
CREATE INDEX deadlines_due ON deadlines (due_on);
COMMENT ON TABLE deadlines IS 'The deadlines that run now. Derived: deleted and written anew with each act on the document.';
COMMENT ON COLUMN deadlines.document_id IS 'The document concerned.';
COMMENT ON COLUMN deadlines.kind IS 'What is due.';
COMMENT ON COLUMN deadlines.due_on IS 'Last day.';
COMMENT ON COLUMN deadlines.provisional IS 'Whether that day was computed beyond the working-day calendar.';
COMMENT ON COLUMN deadlines.start_on IS 'Day from which it is counted; not counted itself.';
COMMENT ON COLUMN deadlines.profile_id IS 'The rule profile that gave the period.';
COMMENT ON COLUMN deadlines.filing_key IS 'The filing or target body concerned; the document''s own id where there is none.';

CREATE TABLE idempotency_keys (
    token_id    uuid NOT NULL REFERENCES tokens (id),
    key         text NOT NULL,
    fingerprint text NOT NULL,
    status      integer NOT NULL,
    location    text,
    body        text,
    created_at  timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (token_id, key),
    CONSTRAINT idempotency_keys_key_shape CHECK (char_length(key) BETWEEN 1 AND 255)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
COMMENT ON TABLE idempotency_keys IS 'The first success of each key, kept for 24 hours; refusals are not kept.';
COMMENT ON COLUMN idempotency_keys.token_id IS 'The token that sent it; keys of different tokens are strangers.';
COMMENT ON COLUMN idempotency_keys.key IS 'The key as sent.';
COMMENT ON COLUMN idempotency_keys.fingerprint IS 'SHA-256 over method, path and body, which a repeat must equal.';
COMMENT ON COLUMN idempotency_keys.status IS 'HTTP status of the first success.';
COMMENT ON COLUMN idempotency_keys.location IS 'Its Location header.';
COMMENT ON COLUMN idempotency_keys.body IS 'Its body.';
COMMENT ON COLUMN idempotency_keys.created_at IS 'When it was kept, on the machine''s clock.';
