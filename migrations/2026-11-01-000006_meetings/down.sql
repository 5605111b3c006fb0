-- All meetings, agendas and decisions are lost.
DROP TRIGGER documents_and_agenda_agree ON documents;
ALTER TABLE step_changes
    DROP CONSTRAINT step_changes_agenda_item_exists, DROP CONSTRAINT step_changes_agenda_removal_exists,
    DROP CONSTRAINT step_changes_decision_exists, DROP CONSTRAINT step_changes_confirmation_exists,
    DROP CONSTRAINT step_changes_agenda_rests_on_an_entry, DROP CONSTRAINT step_changes_removal_rests_on_a_removal,
    DROP CONSTRAINT step_changes_decide_rests_on_a_decision, DROP CONSTRAINT step_changes_confirm_rests_on_a_confirmation,
    DROP CONSTRAINT step_changes_decided_outcome, DROP COLUMN decided_outcome;
DROP TABLE confirmations, decisions, agenda_removals, agenda_items, meetings;
DROP FUNCTION agenda_items_and_step_agree(), agenda_items_start_live(), agenda_removals_end_entry(), decisions_end_entry(), confirmations_check_current();
