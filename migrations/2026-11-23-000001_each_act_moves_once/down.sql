-- Nothing is lost but the promises.
DROP TRIGGER step_changes_rest_on_what_holds ON step_changes;
DROP FUNCTION step_changes_rest_on_what_holds();
ALTER TABLE step_changes
    DROP CONSTRAINT step_changes_intake_result, DROP CONSTRAINT step_changes_opined_outcome,
    DROP COLUMN intake_result, DROP COLUMN opined_outcome;
ALTER TABLE intakes DROP CONSTRAINT intakes_step_target;
ALTER TABLE filing_changes
    DROP CONSTRAINT filing_changes_intake_once, DROP CONSTRAINT filing_changes_supplement_once,
    DROP CONSTRAINT filing_changes_review_once, DROP CONSTRAINT filing_changes_rectification_once;
DROP INDEX step_changes_opinion_once;
ALTER TABLE step_changes
    DROP CONSTRAINT step_changes_submission_once, DROP CONSTRAINT step_changes_intake_once,
    DROP CONSTRAINT step_changes_agenda_item_once, DROP CONSTRAINT step_changes_agenda_removal_once,
    DROP CONSTRAINT step_changes_decision_once, DROP CONSTRAINT step_changes_confirmation_once,
    DROP CONSTRAINT step_changes_issuance_once, DROP CONSTRAINT step_changes_issuance_void_once,
    DROP CONSTRAINT step_changes_publication_once, DROP CONSTRAINT step_changes_cleanup_outcome_once,
    DROP CONSTRAINT step_changes_withdrawal_once, DROP CONSTRAINT step_changes_revision_once;
