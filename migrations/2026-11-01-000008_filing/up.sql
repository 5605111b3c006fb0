-- Filing (备案) and filing review: several filings of one document, each with its own chain of statuses and its own clock.
-- Creates tables; adds evidence constraints to step_changes.

CREATE TABLE filing_transitions (
    from_status text NOT NULL,
    action      text NOT NULL,
    to_status   text NOT NULL,
    CONSTRAINT filing_transitions_pkey PRIMARY KEY (from_status, action, to_status)
);
COMMENT ON TABLE filing_transitions IS 'Every way from one filing status to another; equal to the table in the code, which a test compares.';
COMMENT ON COLUMN filing_transitions.from_status IS 'Status before.';
COMMENT ON COLUMN filing_transitions.action IS 'What moves it.';
COMMENT ON COLUMN filing_transitions.to_status IS 'Status after.';
INSERT INTO filing_transitions (from_status, action, to_status) VALUES
    ('awaiting_registration', 'intake', 'under_filing_review'),
    ('awaiting_registration', 'intake', 'registration_suspended'),
    ('awaiting_registration', 'intake', 'filing_refused'),
    ('registration_suspended', 'supplement', 'awaiting_registration'),
    ('under_filing_review', 'review', 'filing_reviewed'),
    ('under_filing_review', 'review', 'rectifying'),
    ('rectifying', 'rectify', 'rectification_reported'),
    ('rectifying', 'review', 'filing_reviewed'),
    ('rectifying', 'review', 'rectifying'),
    ('rectification_reported', 'review', 'filing_reviewed'),
    ('rectification_reported', 'review', 'rectifying');

CREATE TABLE filings (
    id             uuid PRIMARY KEY,
    document_id    uuid NOT NULL,
    publication_id uuid NOT NULL,
    publication_date date NOT NULL,
    body_id        uuid NOT NULL REFERENCES bodies (id),
    target_id      uuid NOT NULL REFERENCES bodies (id),
    role           text NOT NULL,
    filed_by       uuid NOT NULL REFERENCES users (id),
    filed_at       timestamptz NOT NULL,
    filed_on       date NOT NULL,
    due_on         date NOT NULL,
    due_provisional boolean NOT NULL,
    late           boolean,
    profile_id     uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id       uuid NOT NULL,
    -- head, set by triggers
    status         text,
    status_seq     integer NOT NULL DEFAULT 0,
    filing_no      text,
    CONSTRAINT filings_role_known CHECK (role IN ('supervising_government', 'standing_committee', 'internal_rule_of_law_office')),
    CONSTRAINT filings_of_a_publication FOREIGN KEY (publication_id, document_id, publication_date)
        REFERENCES publications (id, document_id, publication_date),
    CONSTRAINT filings_after_publication CHECK (filed_on >= publication_date),
    CONSTRAINT filings_late_is_after_the_day CHECK (late IS NULL OR late = (filed_on > due_on)),
    CONSTRAINT filings_late_is_open_after_a_provisional_day CHECK ((late IS NULL) = (due_provisional AND filed_on > due_on)),
    CONSTRAINT filings_document_target UNIQUE (id, document_id),
    CONSTRAINT filings_role_target UNIQUE (id, role),
    CONSTRAINT filings_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX filings_one_per_target ON filings (document_id, target_id) WHERE status IS DISTINCT FROM 'filing_refused';
CREATE INDEX filings_document ON filings (document_id, id);
CREATE INDEX filings_publication ON filings (publication_id);
CREATE INDEX filings_target ON filings (target_id, id);
CREATE INDEX filings_body ON filings (body_id);
CREATE INDEX filings_filed_by ON filings (filed_by);
CREATE INDEX filings_entry ON filings (entry_id);
COMMENT ON TABLE filings IS 'One filing of a published document to one superior; timeliness counts the day of the first report.';
COMMENT ON COLUMN filings.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN filings.document_id IS 'The document concerned.';
COMMENT ON COLUMN filings.publication_id IS 'The publication filed.';
COMMENT ON COLUMN filings.publication_date IS 'Its day, from which the period runs.';
COMMENT ON COLUMN filings.body_id IS 'The body that files.';
COMMENT ON COLUMN filings.target_id IS 'The body that receives.';
COMMENT ON COLUMN filings.role IS 'In which role it receives.';
COMMENT ON COLUMN filings.filed_by IS 'Who filed it.';
COMMENT ON COLUMN filings.filed_at IS 'When.';
COMMENT ON COLUMN filings.filed_on IS 'Day in China; the first one counts for timeliness.';
COMMENT ON COLUMN filings.due_on IS 'Last day for filing, as computed at the filing.';
COMMENT ON COLUMN filings.due_provisional IS 'Whether that day was computed beyond the working-day calendar.';
COMMENT ON COLUMN filings.late IS 'Whether it was filed after a firm last day; null after a provisional one.';
COMMENT ON COLUMN filings.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN filings.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN filings.status IS 'Head: status.';
COMMENT ON COLUMN filings.status_seq IS 'Head: number of the last change.';
COMMENT ON COLUMN filings.filing_no IS 'Head: filing number (备案号), once registered.';

CREATE TABLE filing_changes (
    filing_id    uuid NOT NULL REFERENCES filings (id),
    seq          integer NOT NULL,
    previous_seq integer GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED,
    from_status  text,
    action       text NOT NULL,
    status       text NOT NULL,
    at           timestamptz NOT NULL,
    day          date NOT NULL,
    entry_id     uuid NOT NULL,
    intake_id        uuid,
    supplement_id    uuid,
    review_id        uuid,
    rectification_id uuid,
    CONSTRAINT filing_changes_pkey PRIMARY KEY (filing_id, seq),
    CONSTRAINT filing_changes_chain_target UNIQUE (filing_id, seq, status),
    CONSTRAINT filing_changes_first_awaits_registration CHECK ((seq = 1) = (from_status IS NULL)
        AND (seq > 1 OR (status = 'awaiting_registration' AND action = 'file'))),
    CONSTRAINT filing_changes_allowed FOREIGN KEY (from_status, action, status) REFERENCES filing_transitions (from_status, action, to_status),
    CONSTRAINT filing_changes_follow_previous FOREIGN KEY (filing_id, previous_seq, from_status)
        REFERENCES filing_changes (filing_id, seq, status),
    CONSTRAINT filing_changes_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX filing_changes_entry ON filing_changes (entry_id);
COMMENT ON TABLE filing_changes IS 'The statuses a filing has gone through, each following the one before by an allowed transition.';
COMMENT ON COLUMN filing_changes.filing_id IS 'The filing.';
COMMENT ON COLUMN filing_changes.seq IS 'Number of the change within the filing, from 1.';
COMMENT ON COLUMN filing_changes.previous_seq IS 'The number before, so that none is skipped.';
COMMENT ON COLUMN filing_changes.from_status IS 'Status before; null for the first.';
COMMENT ON COLUMN filing_changes.action IS 'What moved it.';
COMMENT ON COLUMN filing_changes.status IS 'Status after.';
COMMENT ON COLUMN filing_changes.at IS 'When.';
COMMENT ON COLUMN filing_changes.day IS 'Day in China.';
COMMENT ON COLUMN filing_changes.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN filing_changes.intake_id IS 'The form check, where that moved it.';
COMMENT ON COLUMN filing_changes.supplement_id IS 'The supplement, where that moved it.';
COMMENT ON COLUMN filing_changes.review_id IS 'The review, where that moved it.';
COMMENT ON COLUMN filing_changes.rectification_id IS 'The report, where that moved it.';

CREATE TABLE filing_intakes (
    id        uuid PRIMARY KEY,
    filing_id uuid NOT NULL REFERENCES filings (id),
    result    text NOT NULL,
    reason    text,
    number_id uuid,
    auditor_id uuid NOT NULL REFERENCES users (id),
    taken_at  timestamptz NOT NULL,
    taken_on  date NOT NULL,
    profile_id uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id  uuid NOT NULL,
    CONSTRAINT filing_intakes_result_known CHECK (result IN ('registered', 'suspended', 'refused')),
    CONSTRAINT filing_intakes_reason_unless_registered CHECK (result = 'registered' OR reason IS NOT NULL),
    CONSTRAINT filing_intakes_number_when_registered CHECK ((result = 'registered') = (number_id IS NOT NULL)),
    CONSTRAINT filing_intakes_number_exists FOREIGN KEY (number_id) REFERENCES number_register (id),
    CONSTRAINT filing_intakes_filing_target UNIQUE (id, filing_id),
    CONSTRAINT filing_intakes_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX filing_intakes_filing ON filing_intakes (filing_id);
CREATE INDEX filing_intakes_number ON filing_intakes (number_id);
CREATE INDEX filing_intakes_auditor ON filing_intakes (auditor_id);
CREATE INDEX filing_intakes_entry ON filing_intakes (entry_id);
COMMENT ON TABLE filing_intakes IS 'The form check of a filing: registered, suspended or refused (予以登记, 暂缓登记, 不予备案).';
COMMENT ON COLUMN filing_intakes.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN filing_intakes.filing_id IS 'The filing.';
COMMENT ON COLUMN filing_intakes.result IS 'registered, suspended or refused.';
COMMENT ON COLUMN filing_intakes.reason IS 'Why it was not registered.';
COMMENT ON COLUMN filing_intakes.number_id IS 'The filing number given on registration.';
COMMENT ON COLUMN filing_intakes.auditor_id IS 'Who checked it.';
COMMENT ON COLUMN filing_intakes.taken_at IS 'When.';
COMMENT ON COLUMN filing_intakes.taken_on IS 'Day in China.';
COMMENT ON COLUMN filing_intakes.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN filing_intakes.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE filing_supplements (
    id          uuid PRIMARY KEY,
    filing_id   uuid NOT NULL REFERENCES filings (id),
    note        text,
    file_sha256 text REFERENCES files (sha256),
    file_name   text,
    supplied_by uuid NOT NULL REFERENCES users (id),
    supplied_at timestamptz NOT NULL,
    entry_id    uuid NOT NULL,
    CONSTRAINT filing_supplements_say_something CHECK (note IS NOT NULL OR file_sha256 IS NOT NULL),
    CONSTRAINT filing_supplements_file_has_name CHECK ((file_sha256 IS NULL) = (file_name IS NULL)),
    CONSTRAINT filing_supplements_filing_target UNIQUE (id, filing_id),
    CONSTRAINT filing_supplements_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX filing_supplements_filing ON filing_supplements (filing_id);
CREATE INDEX filing_supplements_file ON filing_supplements (file_sha256);
CREATE INDEX filing_supplements_supplied_by ON filing_supplements (supplied_by);
CREATE INDEX filing_supplements_entry ON filing_supplements (entry_id);
COMMENT ON TABLE filing_supplements IS 'What the issuer supplies after a suspended registration; the first filing day is kept.';
COMMENT ON COLUMN filing_supplements.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN filing_supplements.filing_id IS 'The filing.';
COMMENT ON COLUMN filing_supplements.note IS 'What is supplied, in words.';
COMMENT ON COLUMN filing_supplements.file_sha256 IS 'The file that came with it.';
COMMENT ON COLUMN filing_supplements.file_name IS 'Name under which that file was handed in.';
COMMENT ON COLUMN filing_supplements.supplied_by IS 'Who supplied it.';
COMMENT ON COLUMN filing_supplements.supplied_at IS 'When.';
COMMENT ON COLUMN filing_supplements.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE filing_reviews (
    id            uuid PRIMARY KEY,
    filing_id     uuid NOT NULL,
    target_role   text NOT NULL,
    review_no     integer NOT NULL,
    previous_no   integer GENERATED ALWAYS AS (NULLIF(review_no - 1, 0)) STORED,
    result        text NOT NULL,
    problem_types text[] NOT NULL,
    findings      text,
    due_on        date,
    due_provisional boolean,
    auditor_id    uuid NOT NULL REFERENCES users (id),
    reviewed_at   timestamptz NOT NULL,
    reviewed_on   date NOT NULL,
    profile_id    uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id      uuid NOT NULL,
    CONSTRAINT filing_reviews_numbered UNIQUE (filing_id, review_no),
    CONSTRAINT filing_reviews_without_gap FOREIGN KEY (filing_id, previous_no) REFERENCES filing_reviews (filing_id, review_no),
    CONSTRAINT filing_reviews_filing_exists FOREIGN KEY (filing_id, target_role) REFERENCES filings (id, role),
    CONSTRAINT filing_reviews_result_known CHECK (result IN ('passed', 'technical_advice', 'self_correction', 'ordered_correction', 'revoked')),
    CONSTRAINT filing_reviews_power_of_the_role CHECK (result NOT IN ('ordered_correction', 'revoked')
        OR target_role IN ('supervising_government', 'standing_committee')),
    CONSTRAINT filing_reviews_problem_types_known CHECK (problem_types <@ ARRAY['issuer', 'procedure', 'content', 'technique', 'other']),
    CONSTRAINT filing_reviews_correction_has_a_day CHECK ((result IN ('self_correction', 'ordered_correction')) = (due_on IS NOT NULL)
        AND (due_on IS NULL) = (due_provisional IS NULL)),
    CONSTRAINT filing_reviews_filing_target UNIQUE (id, filing_id),
    CONSTRAINT filing_reviews_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX filing_reviews_auditor ON filing_reviews (auditor_id);
CREATE INDEX filing_reviews_entry ON filing_reviews (entry_id);
COMMENT ON TABLE filing_reviews IS 'Results of the substantive filing review (备案审查), kept for ever; the last one counts.';
COMMENT ON COLUMN filing_reviews.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN filing_reviews.filing_id IS 'The filing.';
COMMENT ON COLUMN filing_reviews.target_role IS 'The receiver''s role, which says what it may order.';
COMMENT ON COLUMN filing_reviews.review_no IS 'Number of the review within the filing.';
COMMENT ON COLUMN filing_reviews.previous_no IS 'The number before, so that none is skipped.';
COMMENT ON COLUMN filing_reviews.result IS 'What was found.';
COMMENT ON COLUMN filing_reviews.problem_types IS 'What was wrong.';
COMMENT ON COLUMN filing_reviews.findings IS 'The findings in words.';
COMMENT ON COLUMN filing_reviews.due_on IS 'Last day for the rectification asked for.';
COMMENT ON COLUMN filing_reviews.due_provisional IS 'Whether that day was computed beyond the working-day calendar.';
COMMENT ON COLUMN filing_reviews.auditor_id IS 'Who reviewed it.';
COMMENT ON COLUMN filing_reviews.reviewed_at IS 'When.';
COMMENT ON COLUMN filing_reviews.reviewed_on IS 'Day in China.';
COMMENT ON COLUMN filing_reviews.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN filing_reviews.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE rectifications (
    id          uuid PRIMARY KEY,
    filing_id   uuid NOT NULL REFERENCES filings (id),
    review_id   uuid NOT NULL,
    action      text NOT NULL,
    report      text NOT NULL,
    replacement_document_id uuid REFERENCES documents (id),
    reported_by uuid NOT NULL REFERENCES users (id),
    reported_at timestamptz NOT NULL,
    reported_on date NOT NULL,
    entry_id    uuid NOT NULL,
    CONSTRAINT rectifications_action_known CHECK (action IN ('amended', 'repealed')),
    CONSTRAINT rectifications_answer_a_review FOREIGN KEY (review_id, filing_id) REFERENCES filing_reviews (id, filing_id),
    CONSTRAINT rectifications_filing_target UNIQUE (id, filing_id),
    CONSTRAINT rectifications_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX rectifications_filing ON rectifications (filing_id);
CREATE INDEX rectifications_review ON rectifications (review_id);
CREATE INDEX rectifications_replacement ON rectifications (replacement_document_id);
CREATE INDEX rectifications_reported_by ON rectifications (reported_by);
CREATE INDEX rectifications_entry ON rectifications (entry_id);
COMMENT ON TABLE rectifications IS 'The issuer''s report on a correction (整改); it changes no text.';
COMMENT ON COLUMN rectifications.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN rectifications.filing_id IS 'The filing.';
COMMENT ON COLUMN rectifications.review_id IS 'The review that asked for it.';
COMMENT ON COLUMN rectifications.action IS 'amended or repealed.';
COMMENT ON COLUMN rectifications.report IS 'What was done.';
COMMENT ON COLUMN rectifications.replacement_document_id IS 'The document that takes its place.';
COMMENT ON COLUMN rectifications.reported_by IS 'Who reported it.';
COMMENT ON COLUMN rectifications.reported_at IS 'When.';
COMMENT ON COLUMN rectifications.reported_on IS 'Day in China.';
COMMENT ON COLUMN rectifications.entry_id IS 'The log entry of the act, written in the same transaction.';

ALTER TABLE filing_changes
    ADD CONSTRAINT filing_changes_intake_exists FOREIGN KEY (intake_id, filing_id) REFERENCES filing_intakes (id, filing_id),
    ADD CONSTRAINT filing_changes_supplement_exists FOREIGN KEY (supplement_id, filing_id) REFERENCES filing_supplements (id, filing_id),
    ADD CONSTRAINT filing_changes_review_exists FOREIGN KEY (review_id, filing_id) REFERENCES filing_reviews (id, filing_id),
    ADD CONSTRAINT filing_changes_rectification_exists FOREIGN KEY (rectification_id, filing_id) REFERENCES rectifications (id, filing_id),
    ADD CONSTRAINT filing_changes_rest_on_an_act CHECK (CASE action WHEN 'intake' THEN intake_id IS NOT NULL WHEN 'supplement' THEN supplement_id IS NOT NULL
        WHEN 'review' THEN review_id IS NOT NULL WHEN 'rectify' THEN rectification_id IS NOT NULL ELSE action = 'file' END);

ALTER TABLE step_changes
    ADD CONSTRAINT step_changes_filing_exists FOREIGN KEY (filing_id, document_id) REFERENCES filings (id, document_id),
    ADD CONSTRAINT step_changes_filed_rests_on_a_filing CHECK (stage <> 'filed' OR filing_id IS NOT NULL);

CREATE FUNCTION filing_changes_move_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    given text;
BEGIN
    SELECT n.number INTO given FROM filing_intakes i JOIN number_register n ON n.id = i.number_id WHERE i.id = NEW.intake_id;
    UPDATE filings SET status = NEW.status, status_seq = NEW.seq, filing_no = COALESCE(filing_no, given)
     WHERE id = NEW.filing_id AND status_seq = NEW.seq - 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'filing status % does not follow the current one', NEW.seq
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'filing_changes_follow_the_current';
    END IF;
    IF given IS NOT NULL THEN
        UPDATE documents d SET filing_no = given FROM filings f WHERE f.id = NEW.filing_id AND d.id = f.document_id AND d.filing_no IS NULL;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER filing_changes_move_head AFTER INSERT ON filing_changes FOR EACH ROW EXECUTE FUNCTION filing_changes_move_head();

CREATE TRIGGER filings_never_deleted BEFORE DELETE OR TRUNCATE ON filings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER filing_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON filing_changes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER filing_intakes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON filing_intakes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER filing_supplements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON filing_supplements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER filing_reviews_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON filing_reviews FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rectifications_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rectifications FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
