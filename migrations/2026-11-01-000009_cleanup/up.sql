-- Clean-up (清理): rounds, proposals, and the issuer's published decision.
-- Creates tables; adds evidence constraints to step_changes.

CREATE TABLE cleanups (
    id              uuid PRIMARY KEY,
    title           text NOT NULL,
    body_id         uuid NOT NULL REFERENCES bodies (id),
    trigger         text NOT NULL,
    cutoff_date     date NOT NULL,
    law_id          uuid,
    unlisted_effect text NOT NULL,
    lapse_if_missed boolean NOT NULL,
    opened_by       uuid NOT NULL REFERENCES users (id),
    opened_for      uuid NOT NULL REFERENCES bodies (id),
    opened_at       timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    entry_id        uuid NOT NULL,
    CONSTRAINT cleanups_trigger_known CHECK (trigger IN ('periodic', 'special', 'superior_law', 'expiry')),
    CONSTRAINT cleanups_unlisted_effect_known CHECK (unlisted_effect IN ('none', 'repeal', 'lapse')),
    CONSTRAINT cleanups_title_shape CHECK (char_length(title) BETWEEN 1 AND 300),
    CONSTRAINT cleanups_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX cleanups_body ON cleanups (body_id, id);
CREATE INDEX cleanups_opened_by ON cleanups (opened_by);
CREATE INDEX cleanups_opened_for ON cleanups (opened_for);
CREATE INDEX cleanups_entry ON cleanups (entry_id);
COMMENT ON TABLE cleanups IS 'A clean-up round over the documents of one issuing body.';
COMMENT ON COLUMN cleanups.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN cleanups.title IS 'Title of the round.';
COMMENT ON COLUMN cleanups.body_id IS 'The issuing body whose documents are judged.';
COMMENT ON COLUMN cleanups.trigger IS 'What called for the round.';
COMMENT ON COLUMN cleanups.cutoff_date IS 'Documents published by this day are in scope.';
COMMENT ON COLUMN cleanups.law_id IS 'The superior law that changed, where that is the trigger.';
COMMENT ON COLUMN cleanups.unlisted_effect IS 'What becomes of documents in scope that the catalogue does not list.';
COMMENT ON COLUMN cleanups.lapse_if_missed IS 'Whether a document lapses when its amendment is missed.';
COMMENT ON COLUMN cleanups.opened_by IS 'Who opened it.';
COMMENT ON COLUMN cleanups.opened_for IS 'The body for which they acted.';
COMMENT ON COLUMN cleanups.opened_at IS 'When it was opened.';
COMMENT ON COLUMN cleanups.updated_at IS 'When anything about it last changed.';
COMMENT ON COLUMN cleanups.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE cleanup_results (
    id          uuid PRIMARY KEY,
    cleanup_id  uuid NOT NULL REFERENCES cleanups (id),
    document_id uuid NOT NULL REFERENCES documents (id),
    result_no   integer NOT NULL,
    previous_no integer GENERATED ALWAYS AS (NULLIF(result_no - 1, 0)) STORED,
    result      text NOT NULL,
    reason      text NOT NULL,
    amend_due   date,
    replaced_by uuid REFERENCES documents (id),
    proposed_by uuid NOT NULL REFERENCES users (id),
    proposed_for uuid NOT NULL REFERENCES bodies (id),
    proposed_at timestamptz NOT NULL,
    entry_id    uuid NOT NULL,
    CONSTRAINT cleanup_results_numbered UNIQUE (cleanup_id, document_id, result_no),
    CONSTRAINT cleanup_results_without_gap FOREIGN KEY (cleanup_id, document_id, previous_no)
        REFERENCES cleanup_results (cleanup_id, document_id, result_no),
    CONSTRAINT cleanup_results_result_known CHECK (result IN ('continued', 'amendment_ordered', 'repealed', 'declared_lapsed')),
    CONSTRAINT cleanup_results_amend_due_with_amendment CHECK ((result = 'amendment_ordered') = (amend_due IS NOT NULL)),
    CONSTRAINT cleanup_results_replaced_by_another CHECK (replaced_by <> document_id),
    CONSTRAINT cleanup_results_outcome_target UNIQUE (id, cleanup_id, document_id, result),
    CONSTRAINT cleanup_results_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX cleanup_results_document ON cleanup_results (document_id);
CREATE INDEX cleanup_results_replaced_by ON cleanup_results (replaced_by);
CREATE INDEX cleanup_results_proposed_by ON cleanup_results (proposed_by);
CREATE INDEX cleanup_results_proposed_for ON cleanup_results (proposed_for);
CREATE INDEX cleanup_results_entry ON cleanup_results (entry_id);
COMMENT ON TABLE cleanup_results IS 'Proposals within a round; a later one for the same document replaces the earlier.';
COMMENT ON COLUMN cleanup_results.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN cleanup_results.cleanup_id IS 'The round.';
COMMENT ON COLUMN cleanup_results.document_id IS 'The document concerned.';
COMMENT ON COLUMN cleanup_results.result_no IS 'Number of the proposal for this document within the round.';
COMMENT ON COLUMN cleanup_results.previous_no IS 'The number before, so that none is skipped.';
COMMENT ON COLUMN cleanup_results.result IS 'What is proposed.';
COMMENT ON COLUMN cleanup_results.reason IS 'Why.';
COMMENT ON COLUMN cleanup_results.amend_due IS 'Proposed last day of an amendment.';
COMMENT ON COLUMN cleanup_results.replaced_by IS 'The document that is to take its place.';
COMMENT ON COLUMN cleanup_results.proposed_by IS 'Who proposed it.';
COMMENT ON COLUMN cleanup_results.proposed_for IS 'The body for which they acted.';
COMMENT ON COLUMN cleanup_results.proposed_at IS 'When.';
COMMENT ON COLUMN cleanup_results.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE cleanup_publications (
    cleanup_id   uuid PRIMARY KEY REFERENCES cleanups (id),
    minutes_no   text NOT NULL,
    published_on date NOT NULL,
    recorded_on  date NOT NULL,
    recorded_by  uuid NOT NULL REFERENCES users (id),
    recorded_at  timestamptz NOT NULL,
    profile_id   uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id     uuid NOT NULL,
    CONSTRAINT cleanup_publications_not_in_the_future CHECK (published_on <= recorded_on),
    CONSTRAINT cleanup_publications_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX cleanup_publications_recorded_by ON cleanup_publications (recorded_by);
CREATE INDEX cleanup_publications_entry ON cleanup_publications (entry_id);
COMMENT ON TABLE cleanup_publications IS 'The issuer''s decision on a round and its publication.';
COMMENT ON COLUMN cleanup_publications.cleanup_id IS 'The round.';
COMMENT ON COLUMN cleanup_publications.minutes_no IS 'Number of the minutes of the issuer''s decision.';
COMMENT ON COLUMN cleanup_publications.published_on IS 'Day of publication, the legal date.';
COMMENT ON COLUMN cleanup_publications.recorded_on IS 'Day in China on which it was entered.';
COMMENT ON COLUMN cleanup_publications.recorded_by IS 'Who entered it.';
COMMENT ON COLUMN cleanup_publications.recorded_at IS 'When it was entered.';
COMMENT ON COLUMN cleanup_publications.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN cleanup_publications.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE cleanup_outcomes (
    id          uuid PRIMARY KEY,
    cleanup_id  uuid NOT NULL REFERENCES cleanup_publications (cleanup_id),
    document_id uuid NOT NULL REFERENCES documents (id),
    result_id   uuid,
    result      text NOT NULL,
    reason      text NOT NULL,
    amend_due   date,
    replaced_by uuid REFERENCES documents (id),
    published_on date NOT NULL,
    left_out    text,
    entry_id    uuid NOT NULL,
    CONSTRAINT cleanup_outcomes_once UNIQUE (cleanup_id, document_id),
    CONSTRAINT cleanup_outcomes_result_known CHECK (result IN ('continued', 'amendment_ordered', 'repealed', 'declared_lapsed')),
    CONSTRAINT cleanup_outcomes_rest_on_a_proposal FOREIGN KEY (result_id, cleanup_id, document_id, result)
        REFERENCES cleanup_results (id, cleanup_id, document_id, result),
    CONSTRAINT cleanup_outcomes_unlisted_ends CHECK (result_id IS NOT NULL OR result IN ('repealed', 'declared_lapsed')),
    CONSTRAINT cleanup_outcomes_left_out_known CHECK (left_out IN ('became_final', 'not_published', 'not_of_this_body')),
    CONSTRAINT cleanup_outcomes_document_target UNIQUE (id, document_id),
    CONSTRAINT cleanup_outcomes_step_target UNIQUE (id, document_id, result),
    CONSTRAINT cleanup_outcomes_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX cleanup_outcomes_document ON cleanup_outcomes (document_id);
CREATE INDEX cleanup_outcomes_result ON cleanup_outcomes (result_id);
CREATE INDEX cleanup_outcomes_replaced_by ON cleanup_outcomes (replaced_by);
CREATE INDEX cleanup_outcomes_entry ON cleanup_outcomes (entry_id);
COMMENT ON TABLE cleanup_outcomes IS 'The published catalogue of a round: what became of each document; left_out names why one was passed over.';
COMMENT ON COLUMN cleanup_outcomes.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN cleanup_outcomes.cleanup_id IS 'The round.';
COMMENT ON COLUMN cleanup_outcomes.document_id IS 'The document concerned.';
COMMENT ON COLUMN cleanup_outcomes.result_id IS 'The proposal adopted; null where the document was not listed and the round says what then happens.';
COMMENT ON COLUMN cleanup_outcomes.result IS 'What became of the document.';
COMMENT ON COLUMN cleanup_outcomes.reason IS 'Why.';
COMMENT ON COLUMN cleanup_outcomes.amend_due IS 'Last day for an amendment ordered.';
COMMENT ON COLUMN cleanup_outcomes.replaced_by IS 'The document that takes its place.';
COMMENT ON COLUMN cleanup_outcomes.published_on IS 'The day of the round''s publication.';
COMMENT ON COLUMN cleanup_outcomes.left_out IS 'Why the document was passed over; null where the outcome holds.';
COMMENT ON COLUMN cleanup_outcomes.entry_id IS 'The log entry of the act, written in the same transaction.';

ALTER TABLE step_changes
    ADD CONSTRAINT step_changes_cleanup_outcome_exists FOREIGN KEY (cleanup_outcome_id, document_id) REFERENCES cleanup_outcomes (id, document_id),
    ADD COLUMN cleaned_result text GENERATED ALWAYS AS (CASE WHEN stage = 'cleaned_up' THEN step END) STORED,
    ADD CONSTRAINT step_changes_cleaned_up_rests_on_an_outcome CHECK (stage <> 'cleaned_up' OR cleanup_outcome_id IS NOT NULL),
    ADD CONSTRAINT step_changes_cleaned_up_as_decided FOREIGN KEY (cleanup_outcome_id, document_id, cleaned_result)
        REFERENCES cleanup_outcomes (id, document_id, result);
COMMENT ON COLUMN step_changes.cleaned_result IS 'The result that leads to this step; ties it to an outcome with that result.';

CREATE TRIGGER cleanups_never_deleted BEFORE DELETE OR TRUNCATE ON cleanups FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cleanup_results_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cleanup_results FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cleanup_publications_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cleanup_publications FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cleanup_outcomes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cleanup_outcomes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
