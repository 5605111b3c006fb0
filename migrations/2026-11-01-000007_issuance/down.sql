-- All issuances, numbers and publications are lost.
ALTER TABLE step_changes
    DROP CONSTRAINT step_changes_issuance_exists, DROP CONSTRAINT step_changes_issuance_void_exists,
    DROP CONSTRAINT step_changes_publication_exists, DROP CONSTRAINT step_changes_issue_rests_on_an_issuance,
    DROP CONSTRAINT step_changes_void_rests_on_a_void, DROP CONSTRAINT step_changes_publish_rests_on_a_publication;
DROP FUNCTION effect_on(uuid, date);
DROP TABLE effect_end_voids, effect_ends, publications, issuance_voids, issuances, number_voids, number_register, number_counters;
DROP FUNCTION issuances_move_head(), issuance_voids_end_issuance(), publications_move_head();
