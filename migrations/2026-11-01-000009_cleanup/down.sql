-- All clean-up rounds are lost.
ALTER TABLE step_changes
    DROP CONSTRAINT step_changes_cleanup_outcome_exists, DROP CONSTRAINT step_changes_cleaned_up_rests_on_an_outcome,
    DROP CONSTRAINT step_changes_cleaned_up_as_decided, DROP COLUMN cleaned_result;
DROP TABLE cleanup_outcomes, cleanup_publications, cleanup_results, cleanups;
