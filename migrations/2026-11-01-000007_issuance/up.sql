-- Signing, unified numbering, publication, and the ends of effect.
-- Creates tables; adds evidence constraints to step_changes.

CREATE TABLE number_counters (
    body_id     uuid NOT NULL REFERENCES bodies (id),
    kind        text NOT NULL,
    year        integer NOT NULL,
    last_serial integer NOT NULL,
    CONSTRAINT number_counters_pkey PRIMARY KEY (body_id, kind, year)
);
COMMENT ON TABLE number_counters IS 'The row that writers of one number run queue on; the register itself holds that nothing is skipped.';
COMMENT ON COLUMN number_counters.body_id IS 'The body whose numbers they are.';
COMMENT ON COLUMN number_counters.kind IS 'Which of its series.';
COMMENT ON COLUMN number_counters.year IS 'Which year.';
COMMENT ON COLUMN number_counters.last_serial IS 'The last serial given.';

CREATE TABLE number_register (
    id              uuid PRIMARY KEY,
    body_id         uuid NOT NULL REFERENCES bodies (id),
    kind            text NOT NULL,
    year            integer NOT NULL,
    serial          integer NOT NULL,
    previous_serial integer GENERATED ALWAYS AS (NULLIF(serial - 1, 0)) STORED,
    number          text NOT NULL,
    document_id     uuid NOT NULL REFERENCES documents (id),
    given_at        timestamptz NOT NULL,
    entry_id        uuid NOT NULL,
    CONSTRAINT number_register_kind_known CHECK (kind IN ('register_no', 'official_doc_no', 'filing_no')),
    CONSTRAINT number_register_serial_positive CHECK (serial >= 1),
    CONSTRAINT number_register_year_plausible CHECK (year BETWEEN 1949 AND 2999),
    CONSTRAINT number_register_serial_unique UNIQUE (body_id, kind, year, serial),
    CONSTRAINT number_register_without_gap FOREIGN KEY (body_id, kind, year, previous_serial)
        REFERENCES number_register (body_id, kind, year, serial),
    CONSTRAINT number_register_number_unique UNIQUE (kind, number),
    CONSTRAINT number_register_document_target UNIQUE (id, document_id, kind),
    CONSTRAINT number_register_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX number_register_document ON number_register (document_id);
CREATE INDEX number_register_entry ON number_register (entry_id);
COMMENT ON TABLE number_register IS 'Every register, document and filing number ever given; gapless per body, kind and year, never given twice.';
COMMENT ON COLUMN number_register.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN number_register.body_id IS 'The body whose number it is.';
COMMENT ON COLUMN number_register.kind IS 'register_no, official_doc_no or filing_no.';
COMMENT ON COLUMN number_register.year IS 'Year of the series.';
COMMENT ON COLUMN number_register.serial IS 'Place in the series, from 1.';
COMMENT ON COLUMN number_register.previous_serial IS 'The place before, so that none is skipped.';
COMMENT ON COLUMN number_register.number IS 'The number as it is written.';
COMMENT ON COLUMN number_register.document_id IS 'The document that got it.';
COMMENT ON COLUMN number_register.given_at IS 'When it was given.';
COMMENT ON COLUMN number_register.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE number_voids (
    number_id uuid PRIMARY KEY REFERENCES number_register (id),
    reason    text NOT NULL,
    voided_by uuid NOT NULL REFERENCES users (id),
    voided_at timestamptz NOT NULL,
    entry_id  uuid NOT NULL,
    CONSTRAINT number_voids_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX number_voids_voided_by ON number_voids (voided_by);
CREATE INDEX number_voids_entry ON number_voids (entry_id);
COMMENT ON TABLE number_voids IS 'Numbers that were voided, with the reason; they stay in the register.';
COMMENT ON COLUMN number_voids.number_id IS 'The number.';
COMMENT ON COLUMN number_voids.reason IS 'Why.';
COMMENT ON COLUMN number_voids.voided_by IS 'Who voided it.';
COMMENT ON COLUMN number_voids.voided_at IS 'When.';
COMMENT ON COLUMN number_voids.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE issuances (
    id              uuid PRIMARY KEY,
    document_id     uuid NOT NULL,
    revision_no     integer NOT NULL,
    revision_sha256 text NOT NULL,
    decision_id     uuid NOT NULL,
    decision_outcome text NOT NULL,
    held_on         date NOT NULL,
    confirmation_id uuid,
    -- Without a confirmation the meeting itself approved this very text; with one, the confirmation binds it.
    decided_revision_no integer GENERATED ALWAYS AS (CASE WHEN confirmation_id IS NULL THEN revision_no END) STORED,
    decided_revision_sha256 text GENERATED ALWAYS AS (CASE WHEN confirmation_id IS NULL THEN revision_sha256 END) STORED,
    signed_by       text NOT NULL,
    signed_on       date NOT NULL,
    register_number_id uuid NOT NULL,
    register_kind   text NOT NULL DEFAULT 'register_no',
    official_number_id uuid NOT NULL,
    official_kind   text NOT NULL DEFAULT 'official_doc_no',
    recorded_by     uuid NOT NULL REFERENCES users (id),
    recorded_at     timestamptz NOT NULL,
    recorded_on     date NOT NULL,
    profile_id      uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id        uuid NOT NULL,
    state           text NOT NULL DEFAULT 'valid',
    CONSTRAINT issuances_state_known CHECK (state IN ('valid', 'void')),
    CONSTRAINT issuances_rest_on_an_approval CHECK (
        (confirmation_id IS NULL AND decision_outcome = 'approved') OR (confirmation_id IS NOT NULL AND decision_outcome = 'approved_in_principle')),
    CONSTRAINT issuances_decision_exists FOREIGN KEY (decision_id, document_id, decision_outcome, held_on)
        REFERENCES decisions (id, document_id, outcome, held_on),
    CONSTRAINT issuances_of_the_decided_text FOREIGN KEY (decision_id, document_id, decided_revision_no, decided_revision_sha256)
        REFERENCES decisions (id, document_id, revision_no, revision_sha256),
    CONSTRAINT issuances_of_the_confirmed_text FOREIGN KEY (confirmation_id, document_id, decision_id, revision_no, revision_sha256)
        REFERENCES confirmations (id, document_id, decision_id, revision_no, revision_sha256),
    CONSTRAINT issuances_signed_after_the_meeting CHECK (signed_on >= held_on),
    CONSTRAINT issuances_signed_before_recorded CHECK (signed_on <= recorded_on),
    CONSTRAINT issuances_register_kind CHECK (register_kind = 'register_no'),
    CONSTRAINT issuances_official_kind CHECK (official_kind = 'official_doc_no'),
    CONSTRAINT issuances_register_no_given FOREIGN KEY (register_number_id, document_id, register_kind) REFERENCES number_register (id, document_id, kind),
    CONSTRAINT issuances_official_doc_no_given FOREIGN KEY (official_number_id, document_id, official_kind) REFERENCES number_register (id, document_id, kind),
    CONSTRAINT issuances_document_target UNIQUE (id, document_id),
    CONSTRAINT issuances_state_target UNIQUE (id, document_id, revision_no, revision_sha256, signed_on, state),
    CONSTRAINT issuances_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX issuances_one_valid ON issuances (document_id) WHERE state = 'valid';
CREATE INDEX issuances_document ON issuances (document_id);
CREATE INDEX issuances_decision ON issuances (decision_id);
CREATE INDEX issuances_confirmation ON issuances (confirmation_id);
CREATE INDEX issuances_register_number ON issuances (register_number_id);
CREATE INDEX issuances_official_number ON issuances (official_number_id);
CREATE INDEX issuances_recorded_by ON issuances (recorded_by);
CREATE INDEX issuances_entry ON issuances (entry_id);
COMMENT ON TABLE issuances IS 'Signing and numbering of an approved text (签发, 统一登记, 统一编号).';
COMMENT ON COLUMN issuances.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN issuances.document_id IS 'The document concerned.';
COMMENT ON COLUMN issuances.revision_no IS 'Number of the revision issued.';
COMMENT ON COLUMN issuances.revision_sha256 IS 'Hash of that revision.';
COMMENT ON COLUMN issuances.decision_id IS 'The decision that it rests on.';
COMMENT ON COLUMN issuances.decision_outcome IS 'Its outcome.';
COMMENT ON COLUMN issuances.held_on IS 'The meeting''s day.';
COMMENT ON COLUMN issuances.confirmation_id IS 'The confirmation, after an approval in principle.';
COMMENT ON COLUMN issuances.decided_revision_no IS 'The revision that the decision itself binds; null where a confirmation does.';
COMMENT ON COLUMN issuances.decided_revision_sha256 IS 'Its hash.';
COMMENT ON COLUMN issuances.signed_by IS 'Who signed it.';
COMMENT ON COLUMN issuances.signed_on IS 'Day of signing (成文日期).';
COMMENT ON COLUMN issuances.register_number_id IS 'The register number given.';
COMMENT ON COLUMN issuances.register_kind IS 'Always register_no.';
COMMENT ON COLUMN issuances.official_number_id IS 'The official document number given.';
COMMENT ON COLUMN issuances.official_kind IS 'Always official_doc_no.';
COMMENT ON COLUMN issuances.recorded_by IS 'Who entered it.';
COMMENT ON COLUMN issuances.recorded_at IS 'When it was entered.';
COMMENT ON COLUMN issuances.recorded_on IS 'Day in China on which it was entered.';
COMMENT ON COLUMN issuances.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN issuances.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN issuances.state IS 'valid or void; set by triggers.';

CREATE TABLE issuance_voids (
    id          uuid PRIMARY KEY,
    issuance_id uuid NOT NULL,
    document_id uuid NOT NULL,
    reason      text NOT NULL,
    voided_by   uuid NOT NULL REFERENCES users (id),
    voided_at   timestamptz NOT NULL,
    entry_id    uuid NOT NULL,
    CONSTRAINT issuance_voids_once UNIQUE (issuance_id),
    CONSTRAINT issuance_voids_document_target UNIQUE (id, document_id),
    CONSTRAINT issuance_voids_issuance_exists FOREIGN KEY (issuance_id, document_id) REFERENCES issuances (id, document_id),
    CONSTRAINT issuance_voids_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX issuance_voids_voided_by ON issuance_voids (voided_by);
CREATE INDEX issuance_voids_entry ON issuance_voids (entry_id);
COMMENT ON TABLE issuance_voids IS 'An issuance taken back before publication; its numbers stay void.';
COMMENT ON COLUMN issuance_voids.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN issuance_voids.issuance_id IS 'The issuance taken back.';
COMMENT ON COLUMN issuance_voids.document_id IS 'The document concerned.';
COMMENT ON COLUMN issuance_voids.reason IS 'Why.';
COMMENT ON COLUMN issuance_voids.voided_by IS 'Who took it back.';
COMMENT ON COLUMN issuance_voids.voided_at IS 'When.';
COMMENT ON COLUMN issuance_voids.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE publications (
    id              uuid PRIMARY KEY,
    document_id     uuid NOT NULL,
    issuance_id     uuid NOT NULL,
    issuance_state  text NOT NULL DEFAULT 'valid',
    revision_no     integer NOT NULL,
    revision_sha256 text NOT NULL,
    signed_on       date NOT NULL,
    publication_date date NOT NULL,
    effective_date  date NOT NULL,
    expiry_date     date NOT NULL,
    channel         text NOT NULL,
    short_lead_reason text,
    file_sha256     text REFERENCES files (sha256),
    file_name       text,
    published_text  text,
    recorded_by     uuid NOT NULL REFERENCES users (id),
    recorded_at     timestamptz NOT NULL,
    recorded_on     date NOT NULL,
    profile_id      uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id        uuid NOT NULL,
    CONSTRAINT publications_once UNIQUE (document_id),
    CONSTRAINT publications_issuance_is_valid CHECK (issuance_state = 'valid'),
    CONSTRAINT publications_of_the_issued_text FOREIGN KEY (issuance_id, document_id, revision_no, revision_sha256, signed_on, issuance_state)
        REFERENCES issuances (id, document_id, revision_no, revision_sha256, signed_on, state),
    CONSTRAINT publications_after_signing CHECK (publication_date >= signed_on),
    CONSTRAINT publications_not_in_the_future CHECK (publication_date <= recorded_on),
    CONSTRAINT publications_not_retroactive CHECK (effective_date >= publication_date),
    CONSTRAINT publications_expire_after_effect CHECK (expiry_date >= effective_date),
    CONSTRAINT publications_file_complete CHECK ((file_sha256 IS NULL) = (file_name IS NULL) AND (file_sha256 IS NULL) = (published_text IS NULL)),
    CONSTRAINT publications_document_target UNIQUE (id, document_id),
    CONSTRAINT publications_filing_target UNIQUE (id, document_id, publication_date),
    CONSTRAINT publications_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX publications_issuance ON publications (issuance_id);
CREATE INDEX publications_file ON publications (file_sha256);
CREATE INDEX publications_recorded_by ON publications (recorded_by);
CREATE INDEX publications_entry ON publications (entry_id);
COMMENT ON TABLE publications IS 'Publication of the issued text with its legal dates.';
COMMENT ON COLUMN publications.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN publications.document_id IS 'The document concerned.';
COMMENT ON COLUMN publications.issuance_id IS 'The issuance published.';
COMMENT ON COLUMN publications.issuance_state IS 'Always valid.';
COMMENT ON COLUMN publications.revision_no IS 'Number of the revision published.';
COMMENT ON COLUMN publications.revision_sha256 IS 'Hash of that revision.';
COMMENT ON COLUMN publications.signed_on IS 'Day of signing.';
COMMENT ON COLUMN publications.publication_date IS 'Day of publication (公布日期).';
COMMENT ON COLUMN publications.effective_date IS 'First day of effect (施行日期).';
COMMENT ON COLUMN publications.expiry_date IS 'Last day of validity.';
COMMENT ON COLUMN publications.channel IS 'Where it was published.';
COMMENT ON COLUMN publications.short_lead_reason IS 'Why it takes effect sooner than the rule says.';
COMMENT ON COLUMN publications.file_sha256 IS 'The published text as a file.';
COMMENT ON COLUMN publications.file_name IS 'Name under which that file was handed in.';
COMMENT ON COLUMN publications.published_text IS 'Its text, compared with the approved revision.';
COMMENT ON COLUMN publications.recorded_by IS 'Who entered it.';
COMMENT ON COLUMN publications.recorded_at IS 'When it was entered.';
COMMENT ON COLUMN publications.recorded_on IS 'Day in China on which it was entered.';
COMMENT ON COLUMN publications.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN publications.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE effect_ends (
    id          uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES documents (id),
    effect      text NOT NULL,
    from_on     date NOT NULL,
    cause       text NOT NULL,
    cause_id    uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    entry_id    uuid NOT NULL,
    CONSTRAINT effect_ends_effect_known CHECK (effect IN ('lapsed', 'repealed', 'revoked', 'superseded')),
    CONSTRAINT effect_ends_cause_known CHECK (cause IN ('replacement', 'filing_review', 'cleanup', 'missed_amendment')),
    CONSTRAINT effect_ends_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX effect_ends_document ON effect_ends (document_id, from_on);
CREATE INDEX effect_ends_entry ON effect_ends (entry_id);
COMMENT ON TABLE effect_ends IS 'Acts that end a document''s effect, each with the first day without effect; the earliest one counts.';
COMMENT ON COLUMN effect_ends.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN effect_ends.document_id IS 'The document concerned.';
COMMENT ON COLUMN effect_ends.effect IS 'lapsed, repealed, revoked or superseded.';
COMMENT ON COLUMN effect_ends.from_on IS 'First day without effect.';
COMMENT ON COLUMN effect_ends.cause IS 'The kind of act that ends it.';
COMMENT ON COLUMN effect_ends.cause_id IS 'That act''s id.';
COMMENT ON COLUMN effect_ends.recorded_at IS 'When it was entered.';
COMMENT ON COLUMN effect_ends.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE effect_end_voids (
    effect_end_id uuid PRIMARY KEY REFERENCES effect_ends (id),
    reason        text NOT NULL,
    voided_at     timestamptz NOT NULL,
    entry_id      uuid NOT NULL,
    CONSTRAINT effect_end_voids_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX effect_end_voids_entry ON effect_end_voids (entry_id);
COMMENT ON TABLE effect_end_voids IS 'Ends of effect that a later decision took back before they came, such as a lapse after a missed amendment.';
COMMENT ON COLUMN effect_end_voids.effect_end_id IS 'The end taken back.';
COMMENT ON COLUMN effect_end_voids.reason IS 'Why.';
COMMENT ON COLUMN effect_end_voids.voided_at IS 'When.';
COMMENT ON COLUMN effect_end_voids.entry_id IS 'The log entry of the act, written in the same transaction.';

-- The effect of a document on a day, from dates and decisions alone.
CREATE FUNCTION effect_on(a_document_id uuid, a_day date) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN d.publication_date IS NULL OR a_day < d.publication_date THEN 'not_issued'
        WHEN e.from_on IS NOT NULL AND (d.expiry_date IS NULL OR e.from_on <= d.expiry_date + 1) THEN e.effect
        WHEN d.expiry_date < a_day THEN 'lapsed'
        WHEN d.effective_date > a_day THEN 'not_yet_effective'
        ELSE 'in_force' END
    FROM documents d
    LEFT JOIN LATERAL (
        SELECT effect, from_on FROM effect_ends
         WHERE document_id = d.id AND from_on <= a_day AND NOT EXISTS (SELECT 1 FROM effect_end_voids v WHERE v.effect_end_id = effect_ends.id)
         ORDER BY from_on, id LIMIT 1) e ON true
    WHERE d.id = a_document_id
$$;

ALTER TABLE step_changes
    ADD CONSTRAINT step_changes_issuance_exists FOREIGN KEY (issuance_id, document_id) REFERENCES issuances (id, document_id),
    ADD CONSTRAINT step_changes_issuance_void_exists FOREIGN KEY (issuance_void_id, document_id) REFERENCES issuance_voids (id, document_id),
    ADD CONSTRAINT step_changes_publication_exists FOREIGN KEY (publication_id, document_id) REFERENCES publications (id, document_id),
    ADD CONSTRAINT step_changes_issue_rests_on_an_issuance CHECK (action <> 'issue' OR issuance_id IS NOT NULL),
    ADD CONSTRAINT step_changes_void_rests_on_a_void CHECK (action <> 'void_issuance' OR issuance_void_id IS NOT NULL),
    ADD CONSTRAINT step_changes_publish_rests_on_a_publication CHECK (action <> 'publish' OR publication_id IS NOT NULL);

CREATE FUNCTION issuances_move_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'valid' OR EXISTS (SELECT 1 FROM decisions WHERE corrects = NEW.decision_id) THEN
        RAISE EXCEPTION 'an issuance rests on the decision that stands'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'issuances_on_the_standing_decision';
    END IF;
    UPDATE documents SET signed_on = NEW.signed_on,
           register_no = (SELECT number FROM number_register WHERE id = NEW.register_number_id),
           official_doc_no = (SELECT number FROM number_register WHERE id = NEW.official_number_id)
     WHERE id = NEW.document_id AND step = 'approved' AND revision_no = NEW.revision_no AND revision_sha256 = NEW.revision_sha256;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an issuance is of the approved, current text'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'issuances_of_the_approved_text';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issuances_move_head AFTER INSERT ON issuances FOR EACH ROW EXECUTE FUNCTION issuances_move_head();

CREATE FUNCTION issuance_voids_end_issuance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE issuances SET state = 'void' WHERE id = NEW.issuance_id AND state = 'valid';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a valid issuance can be voided'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'issuance_voids_only_of_a_valid_issuance';
    END IF;
    INSERT INTO number_voids (number_id, reason, voided_by, voided_at, entry_id)
        SELECT n, NEW.reason, NEW.voided_by, NEW.voided_at, NEW.entry_id
          FROM issuances i, unnest(ARRAY[i.register_number_id, i.official_number_id]) AS n WHERE i.id = NEW.issuance_id;
    UPDATE documents SET signed_on = NULL, register_no = NULL, official_doc_no = NULL WHERE id = NEW.document_id;
    RETURN NEW;
END $$;
CREATE TRIGGER issuance_voids_end_issuance AFTER INSERT ON issuance_voids FOR EACH ROW EXECUTE FUNCTION issuance_voids_end_issuance();

CREATE FUNCTION publications_move_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE documents SET publication_date = NEW.publication_date, effective_date = NEW.effective_date, expiry_date = NEW.expiry_date
     WHERE id = NEW.document_id AND step = 'signed';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a signed document is published'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'publications_of_a_signed_document';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publications_move_head AFTER INSERT ON publications FOR EACH ROW EXECUTE FUNCTION publications_move_head();

CREATE TRIGGER number_register_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON number_register FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER number_voids_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON number_voids FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER issuances_never_deleted BEFORE DELETE OR TRUNCATE ON issuances FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER issuance_voids_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON issuance_voids FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER publications_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON publications FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER effect_ends_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON effect_ends FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER effect_end_voids_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON effect_end_voids FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
