-- Legality review: materials, submissions, intake, counsel, opinions with their comments and answers, withdrawal.
-- Creates tables; adds evidence constraints to step_changes (empty at this point).

CREATE TABLE materials (
    id          uuid PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES documents (id),
    kind        text NOT NULL,
    conclusion  text,
    file_sha256 text NOT NULL REFERENCES files (sha256),
    file_name   text NOT NULL,
    added_by    uuid NOT NULL REFERENCES users (id),
    added_at    timestamptz NOT NULL,
    entry_id    uuid NOT NULL,
    CONSTRAINT materials_kind_known CHECK (kind IN ('drafting_explanation', 'legal_basis', 'comment_summary', 'unit_legality_opinion',
        'fair_competition_conclusion', 'expert_argument', 'risk_assessment', 'policy_interpretation', 'other')),
    CONSTRAINT materials_conclusion_known CHECK (conclusion IN ('compliant', 'exception', 'not_compliant')),
    CONSTRAINT materials_conclusion_with_fair_competition CHECK ((kind = 'fair_competition_conclusion') = (conclusion IS NOT NULL)),
    CONSTRAINT materials_document_target UNIQUE (id, document_id),
    CONSTRAINT materials_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX materials_document ON materials (document_id, id);
CREATE INDEX materials_file ON materials (file_sha256);
CREATE INDEX materials_added_by ON materials (added_by);
CREATE INDEX materials_entry ON materials (entry_id);
COMMENT ON TABLE materials IS 'Submission materials (送审材料); those present at a submission are frozen with it.';
COMMENT ON COLUMN materials.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN materials.document_id IS 'The document concerned.';
COMMENT ON COLUMN materials.kind IS 'What it is.';
COMMENT ON COLUMN materials.conclusion IS 'The fair-competition conclusion, with that kind only.';
COMMENT ON COLUMN materials.file_sha256 IS 'The file that came with it.';
COMMENT ON COLUMN materials.file_name IS 'Name under which that file was handed in.';
COMMENT ON COLUMN materials.added_by IS 'Who added it.';
COMMENT ON COLUMN materials.added_at IS 'When.';
COMMENT ON COLUMN materials.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE submissions (
    id              uuid PRIMARY KEY,
    document_id     uuid NOT NULL,
    submission_no   integer NOT NULL,
    previous_no     integer GENERATED ALWAYS AS (NULLIF(submission_no - 1, 0)) STORED,
    revision_no     integer NOT NULL,
    revision_sha256 text NOT NULL,
    kind            text NOT NULL,
    note            text,
    urgent_reason   text,
    urgent_basis    text,
    submitted_by    uuid NOT NULL REFERENCES users (id),
    submitted_at    timestamptz NOT NULL,
    submitted_on    date NOT NULL,
    profile_id      uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id        uuid NOT NULL,
    CONSTRAINT submissions_revision_exists FOREIGN KEY (document_id, revision_no, revision_sha256)
        REFERENCES revisions (document_id, revision_no, revision_sha256),
    CONSTRAINT submissions_no_unique UNIQUE (document_id, submission_no),
    CONSTRAINT submissions_numbered_without_gap FOREIGN KEY (document_id, previous_no) REFERENCES submissions (document_id, submission_no),
    CONSTRAINT submissions_kind_known CHECK (kind IN ('first', 'supplement', 'amended', 'insisting', 'scope_answer')),
    CONSTRAINT submissions_urgency_complete CHECK ((urgent_reason IS NULL) = (urgent_basis IS NULL)),
    CONSTRAINT submissions_document_target UNIQUE (id, document_id),
    CONSTRAINT submissions_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX submissions_entry ON submissions (entry_id);
CREATE INDEX submissions_submitted_by ON submissions (submitted_by);
COMMENT ON TABLE submissions IS 'Each handing in of a revision for legality review, with the materials that came with it.';
COMMENT ON COLUMN submissions.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN submissions.document_id IS 'The document concerned.';
COMMENT ON COLUMN submissions.submission_no IS 'Number of the submission within the document.';
COMMENT ON COLUMN submissions.previous_no IS 'The number before, so that none is skipped.';
COMMENT ON COLUMN submissions.revision_no IS 'Number of the revision submitted.';
COMMENT ON COLUMN submissions.revision_sha256 IS 'Hash of that revision.';
COMMENT ON COLUMN submissions.kind IS 'first, supplement, amended, insisting or scope_answer.';
COMMENT ON COLUMN submissions.note IS 'The drafter''s note.';
COMMENT ON COLUMN submissions.urgent_reason IS 'Why it is urgent, where urgency is claimed.';
COMMENT ON COLUMN submissions.urgent_basis IS 'The legal basis for that.';
COMMENT ON COLUMN submissions.submitted_by IS 'Who submitted it.';
COMMENT ON COLUMN submissions.submitted_at IS 'When.';
COMMENT ON COLUMN submissions.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN submissions.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN submissions.submitted_on IS 'Day in China on which it arrived; the review clock rests on it.';

CREATE TABLE submission_materials (
    submission_id uuid NOT NULL,
    material_id   uuid NOT NULL,
    document_id   uuid NOT NULL,
    CONSTRAINT submission_materials_pkey PRIMARY KEY (submission_id, material_id),
    CONSTRAINT submission_materials_submission_exists FOREIGN KEY (submission_id, document_id) REFERENCES submissions (id, document_id),
    CONSTRAINT submission_materials_material_exists FOREIGN KEY (material_id, document_id) REFERENCES materials (id, document_id)
);
CREATE INDEX submission_materials_material ON submission_materials (material_id);
COMMENT ON TABLE submission_materials IS 'The frozen list of materials of one submission.';
COMMENT ON COLUMN submission_materials.submission_id IS 'The submission.';
COMMENT ON COLUMN submission_materials.material_id IS 'The material frozen with it.';
COMMENT ON COLUMN submission_materials.document_id IS 'The document concerned.';

CREATE TABLE intakes (
    id             uuid PRIMARY KEY,
    document_id    uuid NOT NULL,
    intake_no      integer NOT NULL,
    previous_no    integer GENERATED ALWAYS AS (NULLIF(intake_no - 1, 0)) STORED,
    submission_id  uuid NOT NULL,
    result         text NOT NULL,
    recognition    text NOT NULL,
    concerns_market_entities boolean,
    missing        jsonb,
    reason         text,
    clock_start_on date,
    due_on         date,
    due_provisional boolean,
    reviewer_id    uuid NOT NULL REFERENCES users (id),
    body_id        uuid NOT NULL REFERENCES bodies (id),
    taken_at       timestamptz NOT NULL,
    taken_on       date NOT NULL,
    profile_id     uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id       uuid NOT NULL,
    CONSTRAINT intakes_no_unique UNIQUE (document_id, intake_no),
    CONSTRAINT intakes_numbered_without_gap FOREIGN KEY (document_id, previous_no) REFERENCES intakes (document_id, intake_no),
    CONSTRAINT intakes_submission_exists FOREIGN KEY (submission_id, document_id) REFERENCES submissions (id, document_id),
    CONSTRAINT intakes_result_known CHECK (result IN ('accepted', 'supplement_requested', 'out_of_scope')),
    CONSTRAINT intakes_recognition_known CHECK (recognition IN ('normative', 'not_normative', 'party_document')),
    CONSTRAINT intakes_only_normative_is_accepted CHECK (recognition = 'normative' OR result = 'out_of_scope'),
    CONSTRAINT intakes_accepted_starts_the_clock CHECK ((result = 'accepted') = (clock_start_on IS NOT NULL)
        AND (clock_start_on IS NULL) = (due_on IS NULL) AND (due_on IS NULL) = (due_provisional IS NULL)),
    CONSTRAINT intakes_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT intakes_document_target UNIQUE (id, document_id)
);
CREATE INDEX intakes_submission ON intakes (submission_id);
CREATE INDEX intakes_entry ON intakes (entry_id);
CREATE INDEX intakes_reviewer ON intakes (reviewer_id);
CREATE INDEX intakes_body ON intakes (body_id);
COMMENT ON TABLE intakes IS 'The review body''s completeness check and recognition (认定) of a submission.';
COMMENT ON COLUMN intakes.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN intakes.document_id IS 'The document concerned.';
COMMENT ON COLUMN intakes.intake_no IS 'Number of the intake within the document.';
COMMENT ON COLUMN intakes.previous_no IS 'The number before, so that none is skipped.';
COMMENT ON COLUMN intakes.submission_id IS 'The submission taken in.';
COMMENT ON COLUMN intakes.result IS 'accepted, supplement_requested or out_of_scope.';
COMMENT ON COLUMN intakes.recognition IS 'Whether it was recognised as a normative document.';
COMMENT ON COLUMN intakes.missing IS 'What is missing.';
COMMENT ON COLUMN intakes.reason IS 'Why.';
COMMENT ON COLUMN intakes.clock_start_on IS 'Day on which the complete materials arrived; the review clock runs from it.';
COMMENT ON COLUMN intakes.due_on IS 'Last day for the opinion, as computed at the intake.';
COMMENT ON COLUMN intakes.due_provisional IS 'Whether that day was computed beyond the working-day calendar.';
COMMENT ON COLUMN intakes.reviewer_id IS 'Who took it in.';
COMMENT ON COLUMN intakes.body_id IS 'The review body.';
COMMENT ON COLUMN intakes.taken_at IS 'When.';
COMMENT ON COLUMN intakes.taken_on IS 'Day in China.';
COMMENT ON COLUMN intakes.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN intakes.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN intakes.concerns_market_entities IS 'Overrules the drafter''s statement from here on; null leaves it.';

CREATE TABLE counsel_opinions (
    id              uuid PRIMARY KEY,
    document_id     uuid NOT NULL,
    revision_no     integer NOT NULL,
    revision_sha256 text NOT NULL,
    counsel         text NOT NULL,
    kind            text NOT NULL,
    opinion         text NOT NULL,
    conflict_of_interest boolean NOT NULL,
    recorded_by     uuid NOT NULL REFERENCES users (id),
    recorded_at     timestamptz NOT NULL,
    entry_id        uuid NOT NULL,
    CONSTRAINT counsel_opinions_revision_exists FOREIGN KEY (document_id, revision_no, revision_sha256)
        REFERENCES revisions (document_id, revision_no, revision_sha256),
    CONSTRAINT counsel_opinions_kind_known CHECK (kind IN ('legal_counsel', 'government_lawyer', 'lawyer', 'expert', 'legal_staff')),
    CONSTRAINT counsel_opinions_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX counsel_opinions_document ON counsel_opinions (document_id, revision_no);
CREATE INDEX counsel_opinions_recorded_by ON counsel_opinions (recorded_by);
CREATE INDEX counsel_opinions_entry ON counsel_opinions (entry_id);
COMMENT ON TABLE counsel_opinions IS 'What legal counsel, government lawyers and experts said on a revision; support, never a substitute for the review.';
COMMENT ON COLUMN counsel_opinions.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN counsel_opinions.document_id IS 'The document concerned.';
COMMENT ON COLUMN counsel_opinions.revision_no IS 'Number of the revision concerned.';
COMMENT ON COLUMN counsel_opinions.revision_sha256 IS 'Hash of that revision.';
COMMENT ON COLUMN counsel_opinions.counsel IS 'Who was heard.';
COMMENT ON COLUMN counsel_opinions.kind IS 'As what they were heard: counsel, lawyer, expert or legal staff.';
COMMENT ON COLUMN counsel_opinions.opinion IS 'What they said.';
COMMENT ON COLUMN counsel_opinions.conflict_of_interest IS 'Whether they had an interest in the matter; then they do not count as heard.';
COMMENT ON COLUMN counsel_opinions.recorded_by IS 'Who entered it.';
COMMENT ON COLUMN counsel_opinions.recorded_at IS 'When it was entered.';
COMMENT ON COLUMN counsel_opinions.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE opinions (
    id              uuid PRIMARY KEY,
    document_id     uuid NOT NULL,
    opinion_no      integer NOT NULL,
    previous_no     integer GENERATED ALWAYS AS (NULLIF(opinion_no - 1, 0)) STORED,
    revision_no     integer NOT NULL,
    revision_sha256 text NOT NULL,
    submission_id   uuid NOT NULL,
    outcome         text NOT NULL,
    summary         text NOT NULL,
    items           jsonb NOT NULL,
    reason          text,
    corrects        uuid,
    reviewer_id     uuid NOT NULL REFERENCES users (id),
    body_id         uuid NOT NULL REFERENCES bodies (id),
    given_at        timestamptz NOT NULL,
    given_on        date NOT NULL,
    profile_id      uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id        uuid NOT NULL,
    CONSTRAINT opinions_no_unique UNIQUE (document_id, opinion_no),
    CONSTRAINT opinions_numbered_without_gap FOREIGN KEY (document_id, previous_no) REFERENCES opinions (document_id, opinion_no),
    CONSTRAINT opinions_revision_exists FOREIGN KEY (document_id, revision_no, revision_sha256)
        REFERENCES revisions (document_id, revision_no, revision_sha256),
    CONSTRAINT opinions_submission_exists FOREIGN KEY (submission_id, document_id) REFERENCES submissions (id, document_id),
    CONSTRAINT opinions_outcome_known CHECK (outcome IN ('lawful', 'needs_amendment', 'unlawful')),
    CONSTRAINT opinions_correction_has_reason CHECK (corrects IS NULL OR reason IS NOT NULL),
    CONSTRAINT opinions_document_target UNIQUE (id, document_id),
    CONSTRAINT opinions_corrected_exists FOREIGN KEY (corrects, document_id) REFERENCES opinions (id, document_id),
    CONSTRAINT opinions_outcome_target UNIQUE (id, document_id, outcome),
    CONSTRAINT opinions_gate_target UNIQUE (id, document_id, opinion_no, revision_no, revision_sha256, outcome, given_on),
    CONSTRAINT opinions_text_target UNIQUE (id, document_id, revision_no, revision_sha256, outcome),
    CONSTRAINT opinions_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX opinions_reviewer ON opinions (reviewer_id);
CREATE INDEX opinions_submission ON opinions (submission_id);
CREATE INDEX opinions_body ON opinions (body_id);
CREATE INDEX opinions_entry ON opinions (entry_id);
COMMENT ON TABLE opinions IS 'Legality opinions (合法性审核意见), each on one revision; kept for ever, the last one counts.';
COMMENT ON COLUMN opinions.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN opinions.document_id IS 'The document concerned.';
COMMENT ON COLUMN opinions.opinion_no IS 'Number of the opinion within the document.';
COMMENT ON COLUMN opinions.previous_no IS 'The number before, so that none is skipped.';
COMMENT ON COLUMN opinions.revision_no IS 'Number of the revision reviewed.';
COMMENT ON COLUMN opinions.revision_sha256 IS 'Hash of that revision.';
COMMENT ON COLUMN opinions.submission_id IS 'The submission that it answers.';
COMMENT ON COLUMN opinions.outcome IS 'lawful, needs_amendment or unlawful.';
COMMENT ON COLUMN opinions.summary IS 'The opinion in short.';
COMMENT ON COLUMN opinions.items IS 'What was examined.';
COMMENT ON COLUMN opinions.reason IS 'Why, or why an earlier opinion is corrected.';
COMMENT ON COLUMN opinions.reviewer_id IS 'Who gave it.';
COMMENT ON COLUMN opinions.body_id IS 'The review body.';
COMMENT ON COLUMN opinions.given_at IS 'When.';
COMMENT ON COLUMN opinions.given_on IS 'Day in China.';
COMMENT ON COLUMN opinions.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN opinions.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN opinions.corrects IS 'The opinion on the same text that this one counts instead of.';

CREATE TABLE opinion_comments (
    id          uuid PRIMARY KEY,
    opinion_id  uuid NOT NULL,
    document_id uuid NOT NULL,
    ordinal     integer NOT NULL,
    article     text NOT NULL,
    problem     text NOT NULL,
    suggestion  text NOT NULL,
    basis       text NOT NULL,
    CONSTRAINT opinion_comments_ordinal_unique UNIQUE (opinion_id, ordinal),
    CONSTRAINT opinion_comments_opinion_exists FOREIGN KEY (opinion_id, document_id) REFERENCES opinions (id, document_id),
    CONSTRAINT opinion_comments_document_target UNIQUE (id, document_id)
);
COMMENT ON TABLE opinion_comments IS 'What an opinion asks to change, article by article.';
COMMENT ON COLUMN opinion_comments.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN opinion_comments.opinion_id IS 'The opinion.';
COMMENT ON COLUMN opinion_comments.document_id IS 'The document concerned.';
COMMENT ON COLUMN opinion_comments.ordinal IS 'Place within the opinion, from 1.';
COMMENT ON COLUMN opinion_comments.article IS 'The article concerned.';
COMMENT ON COLUMN opinion_comments.problem IS 'What is wrong.';
COMMENT ON COLUMN opinion_comments.suggestion IS 'What to do.';
COMMENT ON COLUMN opinion_comments.basis IS 'The legal basis.';

CREATE TABLE comment_answers (
    comment_id    uuid PRIMARY KEY,
    document_id   uuid NOT NULL,
    submission_id uuid NOT NULL,
    adopted       text NOT NULL,
    reason        text,
    basis         text,
    CONSTRAINT comment_answers_comment_exists FOREIGN KEY (comment_id, document_id) REFERENCES opinion_comments (id, document_id),
    CONSTRAINT comment_answers_submission_exists FOREIGN KEY (submission_id, document_id) REFERENCES submissions (id, document_id),
    CONSTRAINT comment_answers_adopted_known CHECK (adopted IN ('yes', 'partly', 'no')),
    CONSTRAINT comment_answers_reason_unless_adopted CHECK (adopted = 'yes' OR reason IS NOT NULL)
);
CREATE INDEX comment_answers_submission ON comment_answers (submission_id);
COMMENT ON TABLE comment_answers IS 'The drafter''s answer to a comment, given with a submission.';
COMMENT ON COLUMN comment_answers.comment_id IS 'The comment answered.';
COMMENT ON COLUMN comment_answers.document_id IS 'The document concerned.';
COMMENT ON COLUMN comment_answers.submission_id IS 'The submission that brought the answer.';
COMMENT ON COLUMN comment_answers.adopted IS 'yes, partly or no.';
COMMENT ON COLUMN comment_answers.reason IS 'Why it was not adopted in full.';
COMMENT ON COLUMN comment_answers.basis IS 'The legal basis for that.';

CREATE TABLE withdrawals (
    id           uuid PRIMARY KEY,
    document_id  uuid NOT NULL REFERENCES documents (id),
    reason       text NOT NULL,
    withdrawn_by uuid NOT NULL REFERENCES users (id),
    withdrawn_at timestamptz NOT NULL,
    entry_id     uuid NOT NULL,
    CONSTRAINT withdrawals_once UNIQUE (document_id),
    CONSTRAINT withdrawals_document_target UNIQUE (id, document_id),
    CONSTRAINT withdrawals_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX withdrawals_withdrawn_by ON withdrawals (withdrawn_by);
CREATE INDEX withdrawals_entry ON withdrawals (entry_id);
COMMENT ON TABLE withdrawals IS 'The drafter''s withdrawal of a document; final.';
COMMENT ON COLUMN withdrawals.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN withdrawals.document_id IS 'The document concerned.';
COMMENT ON COLUMN withdrawals.reason IS 'Why.';
COMMENT ON COLUMN withdrawals.withdrawn_by IS 'Who withdrew it.';
COMMENT ON COLUMN withdrawals.withdrawn_at IS 'When.';
COMMENT ON COLUMN withdrawals.entry_id IS 'The log entry of the act, written in the same transaction.';

ALTER TABLE step_changes
    ADD CONSTRAINT step_changes_submission_exists FOREIGN KEY (submission_id, document_id) REFERENCES submissions (id, document_id),
    ADD CONSTRAINT step_changes_intake_exists FOREIGN KEY (intake_id, document_id) REFERENCES intakes (id, document_id),
    ADD CONSTRAINT step_changes_opinion_exists FOREIGN KEY (opinion_id, document_id) REFERENCES opinions (id, document_id),
    ADD CONSTRAINT step_changes_withdrawal_exists FOREIGN KEY (withdrawal_id, document_id) REFERENCES withdrawals (id, document_id),
    ADD COLUMN cleared_outcome text GENERATED ALWAYS AS (CASE WHEN step = 'cleared' THEN 'lawful' END) STORED,
    ADD CONSTRAINT step_changes_cleared_by_a_lawful_opinion FOREIGN KEY (opinion_id, document_id, cleared_outcome)
        REFERENCES opinions (id, document_id, outcome),
    ADD CONSTRAINT step_changes_cleared_names_the_opinion CHECK (step <> 'cleared' OR opinion_id IS NOT NULL),
    ADD CONSTRAINT step_changes_submit_rests_on_a_submission CHECK (action <> 'submit' OR submission_id IS NOT NULL),
    ADD CONSTRAINT step_changes_intake_rests_on_an_intake CHECK (action <> 'intake' OR intake_id IS NOT NULL),
    ADD CONSTRAINT step_changes_opine_rests_on_an_opinion CHECK (action <> 'opine' OR opinion_id IS NOT NULL),
    ADD CONSTRAINT step_changes_withdraw_rests_on_a_withdrawal CHECK (action <> 'withdraw' OR withdrawal_id IS NOT NULL);
COMMENT ON COLUMN step_changes.cleared_outcome IS 'lawful in step cleared; ties it to an opinion with that outcome.';

CREATE FUNCTION submissions_move_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE documents SET submission_no = NEW.submission_no
     WHERE id = NEW.document_id AND submission_no = NEW.submission_no - 1 AND revision_no = NEW.revision_no AND revision_sha256 = NEW.revision_sha256;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a submission names the current revision'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'submissions_on_the_current_revision';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER submissions_move_head AFTER INSERT ON submissions FOR EACH ROW EXECUTE FUNCTION submissions_move_head();

CREATE FUNCTION opinions_move_head() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    current_step text;
BEGIN
    UPDATE documents SET opinion_no = NEW.opinion_no, opinion_outcome = NEW.outcome, opinion_revision_sha256 = NEW.revision_sha256
     WHERE id = NEW.document_id AND opinion_no = NEW.opinion_no - 1 AND revision_no = NEW.revision_no AND revision_sha256 = NEW.revision_sha256
    RETURNING step INTO current_step;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an opinion names the current revision and follows the last opinion'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'opinions_on_the_current_revision';
    END IF;
    IF current_step NOT IN ('under_review', 'cleared', 'deferred', 'unlawful', 'amendment_required', 'finalising') THEN
        RAISE EXCEPTION 'no opinion in step %', current_step
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'opinions_only_while_under_review';
    END IF;
    IF EXISTS (SELECT 1 FROM revisions WHERE document_id = NEW.document_id AND authored_by = NEW.reviewer_id) THEN
        RAISE EXCEPTION 'the author of a revision does not review the document'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'opinions_reviewer_is_not_an_author';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER opinions_move_head AFTER INSERT ON opinions FOR EACH ROW EXECUTE FUNCTION opinions_move_head();

-- An opinion that does not find the text lawful says what is to change. Checked at the commit, when the comments are there.
CREATE FUNCTION opinions_have_comments() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.outcome <> 'lawful' AND NOT EXISTS (SELECT 1 FROM opinion_comments WHERE opinion_id = NEW.id) THEN
        RAISE EXCEPTION 'an opinion other than lawful has at least one comment'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'opinions_comment_unless_lawful';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER opinions_have_comments AFTER INSERT ON opinions DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION opinions_have_comments();

CREATE TRIGGER materials_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON materials FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER submissions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON submissions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER submission_materials_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON submission_materials FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER intakes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON intakes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER counsel_opinions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON counsel_opinions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER opinions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON opinions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER opinion_comments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON opinion_comments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER comment_answers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON comment_answers FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON withdrawals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
