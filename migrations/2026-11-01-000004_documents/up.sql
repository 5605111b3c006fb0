-- A document, its immutable revisions and files, and the two chains of its procedure: stages and steps.
-- The columns of documents below "head" are written by triggers alone, from append-only rows: the service's role has no
-- right to set them, so that a hand-written UPDATE cannot claim a revision, an opinion or a step that is not recorded.

CREATE TABLE stages (
    stage   text PRIMARY KEY,
    ordinal integer NOT NULL,
    CONSTRAINT stages_ordinal_unique UNIQUE (ordinal),
    CONSTRAINT stages_chain_target UNIQUE (stage, ordinal)
);
INSERT INTO stages VALUES ('drafted', 1), ('legality_review', 2), ('filed', 3), ('cleaned_up', 4);
COMMENT ON TABLE stages IS 'The four stages in their only order.';
COMMENT ON COLUMN stages.stage IS 'The word.';
COMMENT ON COLUMN stages.ordinal IS 'Place in the order, from 1.';

CREATE TABLE steps (
    stage text NOT NULL REFERENCES stages (stage),
    step  text NOT NULL,
    CONSTRAINT steps_pkey PRIMARY KEY (stage, step)
);
COMMENT ON TABLE steps IS 'Every step within its stage.';
COMMENT ON COLUMN steps.stage IS 'The stage.';
COMMENT ON COLUMN steps.step IS 'The step within it.';

CREATE TABLE step_transitions (
    from_stage text NOT NULL,
    from_step  text NOT NULL,
    action     text NOT NULL,
    to_stage   text NOT NULL,
    to_step    text NOT NULL,
    CONSTRAINT step_transitions_pkey PRIMARY KEY (from_stage, from_step, action, to_stage, to_step),
    CONSTRAINT step_transitions_from_exists FOREIGN KEY (from_stage, from_step) REFERENCES steps (stage, step),
    CONSTRAINT step_transitions_to_exists FOREIGN KEY (to_stage, to_step) REFERENCES steps (stage, step)
);
COMMENT ON TABLE step_transitions IS 'Every way from one step to another and the action that takes it; equal to the table in the code, which a test compares.';
COMMENT ON COLUMN step_transitions.from_stage IS 'Stage before.';
COMMENT ON COLUMN step_transitions.from_step IS 'Step before.';
COMMENT ON COLUMN step_transitions.action IS 'What moves it.';
COMMENT ON COLUMN step_transitions.to_stage IS 'Stage after.';
COMMENT ON COLUMN step_transitions.to_step IS 'Step after.';

INSERT INTO steps (stage, step) VALUES
    ('drafted', 'drafting'),
    ('drafted', 'withdrawn'),
    ('legality_review', 'awaiting_intake'),
    ('legality_review', 'supplement_requested'),
    ('legality_review', 'out_of_scope'),
    ('legality_review', 'under_review'),
    ('legality_review', 'amendment_required'),
    ('legality_review', 'unlawful'),
    ('legality_review', 'cleared'),
    ('legality_review', 'on_agenda'),
    ('legality_review', 'finalising'),
    ('legality_review', 'deferred'),
    ('legality_review', 'rejected'),
    ('legality_review', 'approved'),
    ('legality_review', 'signed'),
    ('legality_review', 'published'),
    ('legality_review', 'withdrawn'),
    ('filed', 'awaiting_registration'),
    ('filed', 'registration_suspended'),
    ('filed', 'filing_refused'),
    ('filed', 'under_filing_review'),
    ('filed', 'rectifying'),
    ('filed', 'filing_reviewed'),
    ('cleaned_up', 'continued'),
    ('cleaned_up', 'amendment_ordered'),
    ('cleaned_up', 'repealed'),
    ('cleaned_up', 'declared_lapsed');

INSERT INTO step_transitions (from_stage, from_step, action, to_stage, to_step) VALUES
    ('drafted', 'drafting', 'submit', 'legality_review', 'awaiting_intake'),
    ('legality_review', 'supplement_requested', 'submit', 'legality_review', 'awaiting_intake'),
    ('legality_review', 'out_of_scope', 'submit', 'legality_review', 'awaiting_intake'),
    ('legality_review', 'amendment_required', 'submit', 'legality_review', 'awaiting_intake'),
    ('legality_review', 'unlawful', 'submit', 'legality_review', 'awaiting_intake'),
    ('legality_review', 'rejected', 'submit', 'legality_review', 'awaiting_intake'),
    ('legality_review', 'awaiting_intake', 'intake', 'legality_review', 'under_review'),
    ('legality_review', 'awaiting_intake', 'intake', 'legality_review', 'supplement_requested'),
    ('legality_review', 'awaiting_intake', 'intake', 'legality_review', 'out_of_scope'),
    ('legality_review', 'under_review', 'intake', 'legality_review', 'supplement_requested'),
    ('legality_review', 'under_review', 'opine', 'legality_review', 'cleared'),
    ('legality_review', 'under_review', 'opine', 'legality_review', 'amendment_required'),
    ('legality_review', 'under_review', 'opine', 'legality_review', 'unlawful'),
    ('legality_review', 'deferred', 'opine', 'legality_review', 'cleared'),
    ('legality_review', 'deferred', 'opine', 'legality_review', 'amendment_required'),
    ('legality_review', 'deferred', 'opine', 'legality_review', 'unlawful'),
    ('legality_review', 'cleared', 'opine', 'legality_review', 'amendment_required'),
    ('legality_review', 'cleared', 'opine', 'legality_review', 'unlawful'),
    ('legality_review', 'unlawful', 'opine', 'legality_review', 'cleared'),
    ('legality_review', 'unlawful', 'opine', 'legality_review', 'amendment_required'),
    ('legality_review', 'amendment_required', 'opine', 'legality_review', 'cleared'),
    ('legality_review', 'amendment_required', 'opine', 'legality_review', 'unlawful'),
    ('legality_review', 'awaiting_intake', 'revise', 'legality_review', 'amendment_required'),
    ('legality_review', 'under_review', 'revise', 'legality_review', 'amendment_required'),
    ('legality_review', 'cleared', 'revise', 'legality_review', 'amendment_required'),
    ('legality_review', 'deferred', 'revise', 'legality_review', 'amendment_required'),
    ('drafted', 'drafting', 'withdraw', 'drafted', 'withdrawn'),
    ('legality_review', 'awaiting_intake', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'supplement_requested', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'out_of_scope', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'under_review', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'amendment_required', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'unlawful', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'cleared', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'finalising', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'deferred', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'rejected', 'withdraw', 'legality_review', 'withdrawn'),
    ('legality_review', 'cleared', 'place_on_agenda', 'legality_review', 'on_agenda'),
    ('legality_review', 'deferred', 'place_on_agenda', 'legality_review', 'on_agenda'),
    ('legality_review', 'on_agenda', 'take_off_agenda', 'legality_review', 'cleared'),
    ('legality_review', 'on_agenda', 'decide', 'legality_review', 'approved'),
    ('legality_review', 'on_agenda', 'decide', 'legality_review', 'finalising'),
    ('legality_review', 'on_agenda', 'decide', 'legality_review', 'amendment_required'),
    ('legality_review', 'on_agenda', 'decide', 'legality_review', 'deferred'),
    ('legality_review', 'on_agenda', 'decide', 'legality_review', 'rejected'),
    ('legality_review', 'approved', 'correct_decision', 'legality_review', 'finalising'),
    ('legality_review', 'approved', 'correct_decision', 'legality_review', 'amendment_required'),
    ('legality_review', 'approved', 'correct_decision', 'legality_review', 'deferred'),
    ('legality_review', 'approved', 'correct_decision', 'legality_review', 'rejected'),
    ('legality_review', 'finalising', 'correct_decision', 'legality_review', 'approved'),
    ('legality_review', 'finalising', 'correct_decision', 'legality_review', 'amendment_required'),
    ('legality_review', 'finalising', 'correct_decision', 'legality_review', 'deferred'),
    ('legality_review', 'finalising', 'correct_decision', 'legality_review', 'rejected'),
    ('legality_review', 'amendment_required', 'correct_decision', 'legality_review', 'approved'),
    ('legality_review', 'amendment_required', 'correct_decision', 'legality_review', 'finalising'),
    ('legality_review', 'amendment_required', 'correct_decision', 'legality_review', 'deferred'),
    ('legality_review', 'amendment_required', 'correct_decision', 'legality_review', 'rejected'),
    ('legality_review', 'deferred', 'correct_decision', 'legality_review', 'approved'),
    ('legality_review', 'deferred', 'correct_decision', 'legality_review', 'finalising'),
    ('legality_review', 'deferred', 'correct_decision', 'legality_review', 'amendment_required'),
    ('legality_review', 'deferred', 'correct_decision', 'legality_review', 'rejected'),
    ('legality_review', 'rejected', 'correct_decision', 'legality_review', 'approved'),
    ('legality_review', 'rejected', 'correct_decision', 'legality_review', 'finalising'),
    ('legality_review', 'rejected', 'correct_decision', 'legality_review', 'amendment_required'),
    ('legality_review', 'rejected', 'correct_decision', 'legality_review', 'deferred'),
    ('legality_review', 'finalising', 'confirm', 'legality_review', 'approved'),
    ('legality_review', 'approved', 'issue', 'legality_review', 'signed'),
    ('legality_review', 'signed', 'void_issuance', 'legality_review', 'approved'),
    ('legality_review', 'signed', 'publish', 'legality_review', 'published'),
    ('legality_review', 'published', 'file', 'filed', 'awaiting_registration'),
    ('filed', 'filing_refused', 'file', 'filed', 'awaiting_registration'),
    ('filed', 'under_filing_review', 'file', 'filed', 'awaiting_registration'),
    ('filed', 'rectifying', 'file', 'filed', 'awaiting_registration'),
    ('filed', 'filing_reviewed', 'file', 'filed', 'awaiting_registration'),
    ('filed', 'awaiting_registration', 'advance_filing', 'filed', 'registration_suspended'),
    ('filed', 'awaiting_registration', 'advance_filing', 'filed', 'filing_refused'),
    ('filed', 'awaiting_registration', 'advance_filing', 'filed', 'under_filing_review'),
    ('filed', 'awaiting_registration', 'advance_filing', 'filed', 'rectifying'),
    ('filed', 'awaiting_registration', 'advance_filing', 'filed', 'filing_reviewed'),
    ('filed', 'registration_suspended', 'advance_filing', 'filed', 'awaiting_registration'),
    ('filed', 'registration_suspended', 'advance_filing', 'filed', 'filing_refused'),
    ('filed', 'registration_suspended', 'advance_filing', 'filed', 'under_filing_review'),
    ('filed', 'registration_suspended', 'advance_filing', 'filed', 'rectifying'),
    ('filed', 'registration_suspended', 'advance_filing', 'filed', 'filing_reviewed'),
    ('filed', 'filing_refused', 'advance_filing', 'filed', 'awaiting_registration'),
    ('filed', 'filing_refused', 'advance_filing', 'filed', 'registration_suspended'),
    ('filed', 'filing_refused', 'advance_filing', 'filed', 'under_filing_review'),
    ('filed', 'filing_refused', 'advance_filing', 'filed', 'rectifying'),
    ('filed', 'filing_refused', 'advance_filing', 'filed', 'filing_reviewed'),
    ('filed', 'under_filing_review', 'advance_filing', 'filed', 'awaiting_registration'),
    ('filed', 'under_filing_review', 'advance_filing', 'filed', 'registration_suspended'),
    ('filed', 'under_filing_review', 'advance_filing', 'filed', 'filing_refused'),
    ('filed', 'under_filing_review', 'advance_filing', 'filed', 'rectifying'),
    ('filed', 'under_filing_review', 'advance_filing', 'filed', 'filing_reviewed'),
    ('filed', 'rectifying', 'advance_filing', 'filed', 'awaiting_registration'),
    ('filed', 'rectifying', 'advance_filing', 'filed', 'registration_suspended'),
    ('filed', 'rectifying', 'advance_filing', 'filed', 'filing_refused'),
    ('filed', 'rectifying', 'advance_filing', 'filed', 'under_filing_review'),
    ('filed', 'rectifying', 'advance_filing', 'filed', 'filing_reviewed'),
    ('filed', 'filing_reviewed', 'advance_filing', 'filed', 'awaiting_registration'),
    ('filed', 'filing_reviewed', 'advance_filing', 'filed', 'registration_suspended'),
    ('filed', 'filing_reviewed', 'advance_filing', 'filed', 'filing_refused'),
    ('filed', 'filing_reviewed', 'advance_filing', 'filed', 'under_filing_review'),
    ('filed', 'filing_reviewed', 'advance_filing', 'filed', 'rectifying'),
    ('filed', 'awaiting_registration', 'clean_up', 'cleaned_up', 'continued'),
    ('filed', 'awaiting_registration', 'clean_up', 'cleaned_up', 'amendment_ordered'),
    ('filed', 'awaiting_registration', 'clean_up', 'cleaned_up', 'repealed'),
    ('filed', 'awaiting_registration', 'clean_up', 'cleaned_up', 'declared_lapsed'),
    ('filed', 'registration_suspended', 'clean_up', 'cleaned_up', 'continued'),
    ('filed', 'registration_suspended', 'clean_up', 'cleaned_up', 'amendment_ordered'),
    ('filed', 'registration_suspended', 'clean_up', 'cleaned_up', 'repealed'),
    ('filed', 'registration_suspended', 'clean_up', 'cleaned_up', 'declared_lapsed'),
    ('filed', 'filing_refused', 'clean_up', 'cleaned_up', 'continued'),
    ('filed', 'filing_refused', 'clean_up', 'cleaned_up', 'amendment_ordered'),
    ('filed', 'filing_refused', 'clean_up', 'cleaned_up', 'repealed'),
    ('filed', 'filing_refused', 'clean_up', 'cleaned_up', 'declared_lapsed'),
    ('filed', 'under_filing_review', 'clean_up', 'cleaned_up', 'continued'),
    ('filed', 'under_filing_review', 'clean_up', 'cleaned_up', 'amendment_ordered'),
    ('filed', 'under_filing_review', 'clean_up', 'cleaned_up', 'repealed'),
    ('filed', 'under_filing_review', 'clean_up', 'cleaned_up', 'declared_lapsed'),
    ('filed', 'rectifying', 'clean_up', 'cleaned_up', 'continued'),
    ('filed', 'rectifying', 'clean_up', 'cleaned_up', 'amendment_ordered'),
    ('filed', 'rectifying', 'clean_up', 'cleaned_up', 'repealed'),
    ('filed', 'rectifying', 'clean_up', 'cleaned_up', 'declared_lapsed'),
    ('filed', 'filing_reviewed', 'clean_up', 'cleaned_up', 'continued'),
    ('filed', 'filing_reviewed', 'clean_up', 'cleaned_up', 'amendment_ordered'),
    ('filed', 'filing_reviewed', 'clean_up', 'cleaned_up', 'repealed'),
    ('filed', 'filing_reviewed', 'clean_up', 'cleaned_up', 'declared_lapsed'),
    ('cleaned_up', 'continued', 'clean_up', 'cleaned_up', 'continued'),
    ('cleaned_up', 'continued', 'clean_up', 'cleaned_up', 'amendment_ordered'),
    ('cleaned_up', 'continued', 'clean_up', 'cleaned_up', 'repealed'),
    ('cleaned_up', 'continued', 'clean_up', 'cleaned_up', 'declared_lapsed'),
    ('cleaned_up', 'amendment_ordered', 'clean_up', 'cleaned_up', 'continued'),
    ('cleaned_up', 'amendment_ordered', 'clean_up', 'cleaned_up', 'amendment_ordered'),
    ('cleaned_up', 'amendment_ordered', 'clean_up', 'cleaned_up', 'repealed'),
    ('cleaned_up', 'amendment_ordered', 'clean_up', 'cleaned_up', 'declared_lapsed');

CREATE TABLE files (
    sha256     text PRIMARY KEY,
    size_bytes bigint NOT NULL,
    media_type text NOT NULL,
    content    bytea NOT NULL,
    CONSTRAINT files_hash_is_of_the_content CHECK (sha256 = encode(sha256(content), 'hex')),
    CONSTRAINT files_size_is_of_the_content CHECK (size_bytes = length(content))
);
ALTER TABLE files ALTER COLUMN content SET STORAGE EXTERNAL;
COMMENT ON TABLE files IS 'Original bytes of files as they were handed in, by their SHA-256.';
COMMENT ON COLUMN files.sha256 IS 'SHA-256 of the content, which is its key: the same file is stored once.';
COMMENT ON COLUMN files.size_bytes IS 'Size in bytes.';
COMMENT ON COLUMN files.media_type IS 'Media type, told by the content.';
COMMENT ON COLUMN files.content IS 'The bytes.';

CREATE TABLE documents (
    id               uuid PRIMARY KEY,
    origin           text NOT NULL DEFAULT 'registered',
    drafting_body_id uuid NOT NULL,
    drafting_unit    text NOT NULL,
    created_by       uuid NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    -- head
    revision_no          integer NOT NULL DEFAULT 0,
    revision_sha256      text,
    title                text,
    document_class       text,
    issuing_authority_id uuid,
    concerns_market_entities boolean,
    opinion_no           integer NOT NULL DEFAULT 0,
    opinion_outcome      text,
    opinion_revision_sha256 text,
    submission_no        integer NOT NULL DEFAULT 0,
    stage                text,
    step                 text,
    step_seq             integer NOT NULL DEFAULT 0,
    register_no          text,
    official_doc_no      text,
    signed_on            date,
    publication_date     date,
    effective_date       date,
    expiry_date          date,
    filing_no            text,
    CONSTRAINT documents_origin_known CHECK (origin IN ('registered', 'legacy')),
    CONSTRAINT documents_drafting_body_exists FOREIGN KEY (drafting_body_id) REFERENCES bodies (id),
    CONSTRAINT documents_creator_exists FOREIGN KEY (created_by) REFERENCES users (id),
    CONSTRAINT documents_issuing_authority_exists FOREIGN KEY (issuing_authority_id) REFERENCES bodies (id),
    CONSTRAINT documents_drafting_unit_shape CHECK (char_length(drafting_unit) BETWEEN 1 AND 200),
    -- What an agenda entry rests on: while one stands, none of these columns can move.
    CONSTRAINT documents_gate_target UNIQUE (id, revision_no, revision_sha256, opinion_no, opinion_outcome)
);
CREATE INDEX documents_drafting_body ON documents (drafting_body_id, id);
CREATE INDEX documents_issuing_authority ON documents (issuing_authority_id, id);
CREATE INDEX documents_creator ON documents (created_by);
COMMENT ON TABLE documents IS 'A normative document from its first draft; its head columns mirror the append-only rows and are set by triggers.';
COMMENT ON COLUMN documents.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN documents.origin IS 'Drafted in the registry, or older and imported.';
COMMENT ON COLUMN documents.drafting_body_id IS 'The body whose drafter created it.';
COMMENT ON COLUMN documents.drafting_unit IS 'The drafting unit in words.';
COMMENT ON COLUMN documents.created_by IS 'Who created it.';
COMMENT ON COLUMN documents.created_at IS 'When it was created.';
COMMENT ON COLUMN documents.updated_at IS 'When anything about it last changed.';
COMMENT ON COLUMN documents.revision_no IS 'Head: number of the current revision.';
COMMENT ON COLUMN documents.revision_sha256 IS 'Head: its hash.';
COMMENT ON COLUMN documents.title IS 'Head: its title.';
COMMENT ON COLUMN documents.document_class IS 'Head: its class.';
COMMENT ON COLUMN documents.issuing_authority_id IS 'Head: its issuing authority.';
COMMENT ON COLUMN documents.concerns_market_entities IS 'Head: whether the drafter says that market entities are concerned.';
COMMENT ON COLUMN documents.opinion_no IS 'Head: number of the last opinion.';
COMMENT ON COLUMN documents.opinion_outcome IS 'Head: its outcome.';
COMMENT ON COLUMN documents.opinion_revision_sha256 IS 'Head: the text that it is on.';
COMMENT ON COLUMN documents.submission_no IS 'Head: number of the last submission.';
COMMENT ON COLUMN documents.stage IS 'Head: stage.';
COMMENT ON COLUMN documents.step IS 'Head: step within the stage.';
COMMENT ON COLUMN documents.step_seq IS 'Head: number of the last step change.';
COMMENT ON COLUMN documents.register_no IS 'Head: register number (登记号) while the issuance is valid.';
COMMENT ON COLUMN documents.official_doc_no IS 'Head: official document number (发文字号) while the issuance is valid.';
COMMENT ON COLUMN documents.signed_on IS 'Head: day of signing (成文日期).';
COMMENT ON COLUMN documents.publication_date IS 'Head: day of publication (公布日期).';
COMMENT ON COLUMN documents.effective_date IS 'Head: first day of effect (施行日期).';
COMMENT ON COLUMN documents.expiry_date IS 'Head: last day of validity.';
COMMENT ON COLUMN documents.filing_no IS 'Head: filing number (备案号) of the first registration.';

CREATE TABLE revisions (
    document_id     uuid NOT NULL,
    revision_no     integer NOT NULL,
    previous_no     integer GENERATED ALWAYS AS (NULLIF(revision_no - 1, 0)) STORED,
    revision_sha256 text NOT NULL,
    title           text NOT NULL,
    document_class  text NOT NULL,
    issuing_authority_id uuid NOT NULL,
    issuer_may_issue boolean NOT NULL DEFAULT true,
    concerns_market_entities boolean NOT NULL,
    text            text NOT NULL,
    file_sha256     text,
    file_name       text,
    note            text,
    authored_by     uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    entry_id        uuid NOT NULL,
    CONSTRAINT revisions_pkey PRIMARY KEY (document_id, revision_no),
    CONSTRAINT revisions_document_exists FOREIGN KEY (document_id) REFERENCES documents (id),
    CONSTRAINT revisions_numbered_without_gap FOREIGN KEY (document_id, previous_no) REFERENCES revisions (document_id, revision_no),
    CONSTRAINT revisions_number_positive CHECK (revision_no >= 1),
    CONSTRAINT revisions_hash_shape CHECK (revision_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT revisions_title_shape CHECK (char_length(title) BETWEEN 1 AND 300),
    CONSTRAINT revisions_text_not_blank CHECK (btrim(text, E' \t\r\n　') <> ''),
    CONSTRAINT revisions_class_known CHECK (document_class IN ('government_document', 'department_document')),
    CONSTRAINT revisions_issuer_may_issue CHECK (issuer_may_issue),
    CONSTRAINT revisions_issuing_authority_exists FOREIGN KEY (issuing_authority_id, issuer_may_issue) REFERENCES bodies (id, may_issue),
    CONSTRAINT revisions_file_exists FOREIGN KEY (file_sha256) REFERENCES files (sha256),
    CONSTRAINT revisions_file_has_name CHECK ((file_sha256 IS NULL) = (file_name IS NULL)),
    CONSTRAINT revisions_author_exists FOREIGN KEY (authored_by) REFERENCES users (id),
    CONSTRAINT revisions_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT revisions_text_target UNIQUE (document_id, revision_no, revision_sha256),
    CONSTRAINT revisions_issuer_target UNIQUE (document_id, revision_no, revision_sha256, issuing_authority_id)
);
CREATE INDEX revisions_issuing_authority ON revisions (issuing_authority_id);
CREATE INDEX revisions_file ON revisions (file_sha256);
CREATE INDEX revisions_author ON revisions (authored_by, document_id);
CREATE INDEX revisions_entry ON revisions (entry_id);
COMMENT ON TABLE revisions IS 'What an opinion binds: text, file, title, class, issuer and the rest under one hash. Never changed.';
COMMENT ON COLUMN revisions.document_id IS 'The document concerned.';
COMMENT ON COLUMN revisions.revision_no IS 'Number within the document, from 1.';
COMMENT ON COLUMN revisions.previous_no IS 'The number before, so that none is skipped.';
COMMENT ON COLUMN revisions.title IS 'Title.';
COMMENT ON COLUMN revisions.document_class IS 'government_document or department_document.';
COMMENT ON COLUMN revisions.issuing_authority_id IS 'The issuing authority.';
COMMENT ON COLUMN revisions.issuer_may_issue IS 'Always true; ties the row to a body that may issue.';
COMMENT ON COLUMN revisions.concerns_market_entities IS 'Whether the drafter says that market entities are concerned.';
COMMENT ON COLUMN revisions.text IS 'The text.';
COMMENT ON COLUMN revisions.file_sha256 IS 'The original file, where there was one.';
COMMENT ON COLUMN revisions.file_name IS 'Name under which that file was handed in.';
COMMENT ON COLUMN revisions.note IS 'What was changed and why.';
COMMENT ON COLUMN revisions.authored_by IS 'Who wrote it.';
COMMENT ON COLUMN revisions.created_at IS 'When it was created.';
COMMENT ON COLUMN revisions.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN revisions.revision_sha256 IS 'SHA-256 over the canonical JSON (RFC 8785) of everything that the revision binds.';

CREATE TABLE revision_joint_authorities (
    document_id uuid NOT NULL,
    revision_no integer NOT NULL,
    ordinal     integer NOT NULL,
    body_id     uuid NOT NULL,
    may_issue   boolean NOT NULL DEFAULT true,
    CONSTRAINT revision_joint_authorities_pkey PRIMARY KEY (document_id, revision_no, ordinal),
    CONSTRAINT revision_joint_authorities_once UNIQUE (document_id, revision_no, body_id),
    CONSTRAINT revision_joint_authorities_revision_exists FOREIGN KEY (document_id, revision_no) REFERENCES revisions (document_id, revision_no),
    CONSTRAINT revision_joint_authorities_may_issue CHECK (may_issue),
    CONSTRAINT revision_joint_authorities_body_exists FOREIGN KEY (body_id, may_issue) REFERENCES bodies (id, may_issue)
);
CREATE INDEX revision_joint_authorities_body ON revision_joint_authorities (body_id);
COMMENT ON TABLE revision_joint_authorities IS 'The other issuers of a jointly issued document; the issuing authority itself leads.';
COMMENT ON COLUMN revision_joint_authorities.document_id IS 'The document concerned.';
COMMENT ON COLUMN revision_joint_authorities.revision_no IS 'Number of the revision concerned.';
COMMENT ON COLUMN revision_joint_authorities.ordinal IS 'Place among the issuers, from 0.';
COMMENT ON COLUMN revision_joint_authorities.body_id IS 'The issuer.';
COMMENT ON COLUMN revision_joint_authorities.may_issue IS 'Always true; ties the row to a body that may issue.';

CREATE TABLE revision_replaces (
    document_id uuid NOT NULL,
    revision_no integer NOT NULL,
    replaced_id uuid NOT NULL,
    effect      text NOT NULL,
    CONSTRAINT revision_replaces_pkey PRIMARY KEY (document_id, revision_no, replaced_id),
    CONSTRAINT revision_replaces_revision_exists FOREIGN KEY (document_id, revision_no) REFERENCES revisions (document_id, revision_no),
    CONSTRAINT revision_replaces_replaced_exists FOREIGN KEY (replaced_id) REFERENCES documents (id),
    CONSTRAINT revision_replaces_another CHECK (replaced_id <> document_id),
    CONSTRAINT revision_replaces_effect_known CHECK (effect IN ('repealed', 'superseded'))
);
CREATE INDEX revision_replaces_replaced ON revision_replaces (replaced_id);
COMMENT ON TABLE revision_replaces IS 'Published documents whose effect ends when this one takes effect.';
COMMENT ON COLUMN revision_replaces.document_id IS 'The document concerned.';
COMMENT ON COLUMN revision_replaces.revision_no IS 'Number of the revision concerned.';
COMMENT ON COLUMN revision_replaces.replaced_id IS 'The document replaced.';
COMMENT ON COLUMN revision_replaces.effect IS 'What becomes of it.';

CREATE TABLE stage_changes (
    document_id  uuid NOT NULL,
    seq          integer NOT NULL,
    previous_seq integer GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED,
    stage        text NOT NULL,
    step_seq     integer NOT NULL,
    at           timestamptz NOT NULL,
    entry_id     uuid NOT NULL,
    CONSTRAINT stage_changes_pkey PRIMARY KEY (document_id, seq),
    CONSTRAINT stage_changes_document_exists FOREIGN KEY (document_id) REFERENCES documents (id),
    CONSTRAINT stage_changes_in_order FOREIGN KEY (stage, seq) REFERENCES stages (stage, ordinal),
    CONSTRAINT stage_changes_follow_previous FOREIGN KEY (document_id, previous_seq) REFERENCES stage_changes (document_id, seq),
    CONSTRAINT stage_changes_stage_once UNIQUE (document_id, stage),
    CONSTRAINT stage_changes_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX stage_changes_entry ON stage_changes (entry_id);
COMMENT ON TABLE stage_changes IS 'The stages a document has entered. Its sequence number is the stage''s place in the order, so it cannot skip, fork or go back.';
COMMENT ON COLUMN stage_changes.document_id IS 'The document concerned.';
COMMENT ON COLUMN stage_changes.seq IS 'Number of the change, which is the stage''s place in the order.';
COMMENT ON COLUMN stage_changes.previous_seq IS 'The number before, so that none is skipped.';
COMMENT ON COLUMN stage_changes.stage IS 'The stage entered.';
COMMENT ON COLUMN stage_changes.step_seq IS 'The step change that entered it.';
COMMENT ON COLUMN stage_changes.at IS 'When.';
COMMENT ON COLUMN stage_changes.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE step_changes (
    document_id  uuid NOT NULL,
    seq          integer NOT NULL,
    previous_seq integer GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED,
    from_stage   text,
    from_step    text,
    action       text NOT NULL,
    stage        text NOT NULL,
    step         text NOT NULL,
    at           timestamptz NOT NULL,
    entry_id     uuid NOT NULL,
    -- The record of the act that took this step; which one is needed depends on the action (constraints added with each table).
    submission_id        uuid,
    intake_id            uuid,
    opinion_id           uuid,
    agenda_item_id       uuid,
    agenda_removal_id    uuid,
    decision_id          uuid,
    confirmation_id      uuid,
    issuance_id          uuid,
    issuance_void_id     uuid,
    publication_id       uuid,
    filing_id            uuid,
    cleanup_outcome_id   uuid,
    withdrawal_id        uuid,
    revision_no          integer,
    CONSTRAINT step_changes_pkey PRIMARY KEY (document_id, seq),
    CONSTRAINT step_changes_document_exists FOREIGN KEY (document_id) REFERENCES documents (id),
    CONSTRAINT step_changes_step_exists FOREIGN KEY (stage, step) REFERENCES steps (stage, step),
    CONSTRAINT step_changes_first_is_drafting CHECK (
        (seq = 1) = (from_step IS NULL) AND (from_step IS NULL) = (from_stage IS NULL)
        AND (seq > 1 OR (stage = 'drafted' AND step = 'drafting' AND action = 'draft'))),
    CONSTRAINT step_changes_chain_target UNIQUE (document_id, seq, stage, step),
    CONSTRAINT step_changes_allowed FOREIGN KEY (from_stage, from_step, action, stage, step)
        REFERENCES step_transitions (from_stage, from_step, action, to_stage, to_step),
    CONSTRAINT step_changes_follow_previous FOREIGN KEY (document_id, previous_seq, from_stage, from_step)
        REFERENCES step_changes (document_id, seq, stage, step),
    CONSTRAINT step_changes_within_stage FOREIGN KEY (document_id, stage) REFERENCES stage_changes (document_id, stage),
    CONSTRAINT step_changes_stage_target UNIQUE (document_id, seq, stage),
    CONSTRAINT step_changes_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT step_changes_revise_names_revision CHECK (action <> 'revise' OR revision_no IS NOT NULL),
    CONSTRAINT step_changes_revision_exists FOREIGN KEY (document_id, revision_no) REFERENCES revisions (document_id, revision_no)
);
CREATE INDEX step_changes_entry ON step_changes (entry_id);
COMMENT ON TABLE step_changes IS 'The steps a document has taken, each following the one before by an allowed transition and resting on a recorded act.';
COMMENT ON COLUMN step_changes.document_id IS 'The document concerned.';
COMMENT ON COLUMN step_changes.seq IS 'Number of the change within the document, from 1.';
COMMENT ON COLUMN step_changes.previous_seq IS 'The number before, so that none is skipped.';
COMMENT ON COLUMN step_changes.from_stage IS 'Stage before; null for the first.';
COMMENT ON COLUMN step_changes.from_step IS 'Step before; null for the first.';
COMMENT ON COLUMN step_changes.action IS 'What moved it.';
COMMENT ON COLUMN step_changes.stage IS 'Stage after.';
COMMENT ON COLUMN step_changes.step IS 'Step after.';
COMMENT ON COLUMN step_changes.at IS 'When.';
COMMENT ON COLUMN step_changes.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN step_changes.submission_id IS 'The submission, where that moved it.';
COMMENT ON COLUMN step_changes.intake_id IS 'The intake, where that moved it.';
COMMENT ON COLUMN step_changes.opinion_id IS 'The opinion, where that moved it or the step rests on it.';
COMMENT ON COLUMN step_changes.agenda_item_id IS 'The agenda entry, where that moved it.';
COMMENT ON COLUMN step_changes.agenda_removal_id IS 'The taking off, where that moved it.';
COMMENT ON COLUMN step_changes.decision_id IS 'The decision, where that moved it.';
COMMENT ON COLUMN step_changes.confirmation_id IS 'The confirmation, where that moved it.';
COMMENT ON COLUMN step_changes.issuance_id IS 'The issuance, where that moved it.';
COMMENT ON COLUMN step_changes.issuance_void_id IS 'The voiding, where that moved it.';
COMMENT ON COLUMN step_changes.publication_id IS 'The publication, where that moved it.';
COMMENT ON COLUMN step_changes.filing_id IS 'The filing that gives the step, in stage filed.';
COMMENT ON COLUMN step_changes.cleanup_outcome_id IS 'The published outcome, in stage cleaned_up.';
COMMENT ON COLUMN step_changes.withdrawal_id IS 'The withdrawal, where that moved it.';
COMMENT ON COLUMN step_changes.revision_no IS 'The new revision, where that moved it.';
ALTER TABLE stage_changes ADD CONSTRAINT stage_changes_by_a_step FOREIGN KEY (document_id, step_seq, stage)
    REFERENCES step_changes (document_id, seq, stage) DEFERRABLE INITIALLY DEFERRED;

-- Heads -----------------------------------------------------------------------------------------------------------

CREATE FUNCTION revisions_move_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    current_step text;
BEGIN
    UPDATE documents SET revision_no = NEW.revision_no, revision_sha256 = NEW.revision_sha256, title = NEW.title,
           document_class = NEW.document_class, issuing_authority_id = NEW.issuing_authority_id,
           concerns_market_entities = NEW.concerns_market_entities
     WHERE id = NEW.document_id AND revision_no = NEW.revision_no - 1
    RETURNING step INTO current_step;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'revision % does not follow the current one', NEW.revision_no
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'revisions_follow_the_current';
    END IF;
    -- The text is closed on the agenda and from the approval on.
    IF current_step NOT IN ('drafting', 'awaiting_intake', 'supplement_requested', 'out_of_scope', 'under_review', 'amendment_required',
                            'unlawful', 'cleared', 'finalising', 'deferred', 'rejected') THEN
        RAISE EXCEPTION 'no revision in step %', current_step
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'revisions_only_while_the_text_is_open';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER revisions_move_head AFTER INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION revisions_move_head();

CREATE FUNCTION step_changes_move_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE documents SET stage = NEW.stage, step = NEW.step, step_seq = NEW.seq
     WHERE id = NEW.document_id AND step_seq = NEW.seq - 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'step % does not follow the current one', NEW.seq
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_changes_follow_the_current';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER step_changes_move_head AFTER INSERT ON step_changes FOR EACH ROW EXECUTE FUNCTION step_changes_move_head();

CREATE TRIGGER files_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON files FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON revisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revision_joint_authorities_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON revision_joint_authorities FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revision_replaces_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON revision_replaces FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stage_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stage_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER step_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON step_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER documents_never_deleted BEFORE DELETE OR TRUNCATE ON documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
