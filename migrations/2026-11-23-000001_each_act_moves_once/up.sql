-- An act moves a document once, to the step that its own words lead to, and only while it still holds: a row that an earlier
-- round left behind is no evidence for a later move.
-- Adds constraints to step_changes and filing_changes; scans both once, under a lock that keeps writers out meanwhile.

ALTER TABLE step_changes
    ADD CONSTRAINT step_changes_submission_once UNIQUE (submission_id),
    ADD CONSTRAINT step_changes_intake_once UNIQUE (intake_id),
    ADD CONSTRAINT step_changes_agenda_item_once UNIQUE (agenda_item_id),
    ADD CONSTRAINT step_changes_agenda_removal_once UNIQUE (agenda_removal_id),
    ADD CONSTRAINT step_changes_decision_once UNIQUE (decision_id),
    ADD CONSTRAINT step_changes_confirmation_once UNIQUE (confirmation_id),
    ADD CONSTRAINT step_changes_issuance_once UNIQUE (issuance_id),
    ADD CONSTRAINT step_changes_issuance_void_once UNIQUE (issuance_void_id),
    ADD CONSTRAINT step_changes_publication_once UNIQUE (publication_id),
    ADD CONSTRAINT step_changes_cleanup_outcome_once UNIQUE (cleanup_outcome_id),
    ADD CONSTRAINT step_changes_withdrawal_once UNIQUE (withdrawal_id),
    ADD CONSTRAINT step_changes_revision_once UNIQUE (document_id, revision_no);
-- Taking off an agenda names the opinion again, because the way back to cleared rests on it too.
CREATE UNIQUE INDEX step_changes_opinion_once ON step_changes (opinion_id) WHERE action = 'opine';

ALTER TABLE filing_changes
    ADD CONSTRAINT filing_changes_intake_once UNIQUE (intake_id),
    ADD CONSTRAINT filing_changes_supplement_once UNIQUE (supplement_id),
    ADD CONSTRAINT filing_changes_review_once UNIQUE (review_id),
    ADD CONSTRAINT filing_changes_rectification_once UNIQUE (rectification_id);

-- The step that an intake leads to is that of its result, and likewise for an opinion.
ALTER TABLE intakes ADD CONSTRAINT intakes_step_target UNIQUE (id, document_id, result);
ALTER TABLE step_changes
    ADD COLUMN intake_result text GENERATED ALWAYS AS (CASE WHEN action = 'intake' THEN
        CASE step WHEN 'under_review' THEN 'accepted' ELSE step END END) STORED,
    ADD COLUMN opined_outcome text GENERATED ALWAYS AS (CASE WHEN action = 'opine' THEN
        CASE step WHEN 'cleared' THEN 'lawful' WHEN 'amendment_required' THEN 'needs_amendment' ELSE step END END) STORED,
    ADD CONSTRAINT step_changes_intake_result FOREIGN KEY (intake_id, document_id, intake_result)
        REFERENCES intakes (id, document_id, result),
    ADD CONSTRAINT step_changes_opined_outcome FOREIGN KEY (opinion_id, document_id, opined_outcome)
        REFERENCES opinions (id, document_id, outcome);
COMMENT ON COLUMN step_changes.intake_result IS 'The result that leads to this step; ties it to an intake with that result.';
COMMENT ON COLUMN step_changes.opined_outcome IS 'The outcome that leads to this step; ties it to an opinion with that outcome.';

-- What holds is asked of the heads, which the acts have moved before the step follows.
CREATE FUNCTION step_changes_rest_on_what_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.opinion_id IS NOT NULL AND (NEW.action = 'opine' OR NEW.step = 'cleared') THEN
        PERFORM 1 FROM documents d JOIN opinions o ON o.id = NEW.opinion_id
          WHERE d.id = NEW.document_id AND o.document_id = d.id AND o.opinion_no = d.opinion_no
            AND o.revision_no = d.revision_no AND o.revision_sha256 = d.revision_sha256;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a step that an opinion leads to rests on the last opinion, on the current text'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_changes_rest_on_the_last_opinion';
        END IF;
    END IF;
    IF NEW.action IN ('decide', 'correct_decision') AND EXISTS (SELECT 1 FROM decisions WHERE corrects = NEW.decision_id) THEN
        RAISE EXCEPTION 'a step that a decision leads to rests on the decision that stands'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_changes_rest_on_the_standing_decision';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER step_changes_rest_on_what_holds BEFORE INSERT ON step_changes FOR EACH ROW EXECUTE FUNCTION step_changes_rest_on_what_holds();
