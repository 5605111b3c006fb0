-- Nothing is lost but the promises.
DROP TRIGGER effect_end_voids_only_of_a_lapse ON effect_end_voids;
DROP TRIGGER effect_ends_rest_on_an_act ON effect_ends;
DROP TRIGGER filings_to_a_target ON filings;
DROP TRIGGER number_register_leads_the_counter ON number_register;
DROP TRIGGER number_counters_follow_the_register ON number_counters;
DROP TRIGGER number_register_belongs_to_an_act ON number_register;
DROP TRIGGER documents_begin_whole ON documents;
DROP TRIGGER comment_answers_come_with_their_submission ON comment_answers;
DROP TRIGGER submission_materials_come_with_their_submission ON submission_materials;
DROP TRIGGER opinion_comments_come_with_their_opinion ON opinion_comments;
DROP TRIGGER revision_replaces_come_with_their_revision ON revision_replaces;
DROP TRIGGER revision_joint_authorities_come_with_their_revision ON revision_joint_authorities;
DROP TRIGGER log_entries_are_of_now ON log_entries;
DROP TRIGGER opinions_by_the_review_body ON opinions;
DROP TRIGGER step_changes_only_under_a_lawful_opinion ON step_changes;
DROP FUNCTION effect_end_voids_only_of_a_lapse();
DROP FUNCTION effect_ends_rest_on_an_act();
DROP FUNCTION filings_to_a_target();
DROP FUNCTION number_counters_follow_the_register();
DROP FUNCTION number_register_belongs_to_an_act();
DROP FUNCTION documents_begin_whole();
DROP FUNCTION comes_with_its_submission();
DROP FUNCTION comes_with_its_opinion();
DROP FUNCTION comes_with_its_revision();
DROP FUNCTION log_entries_are_of_now();
DROP FUNCTION opinions_by_the_review_body();
DROP FUNCTION step_changes_only_under_a_lawful_opinion();
ALTER TABLE filing_changes DROP CONSTRAINT filing_changes_intake_result, DROP CONSTRAINT filing_changes_review_result;
ALTER TABLE filing_reviews DROP CONSTRAINT filing_reviews_status_target, DROP COLUMN leads_to;
ALTER TABLE filing_intakes DROP CONSTRAINT filing_intakes_status_target, DROP COLUMN leads_to, DROP CONSTRAINT filing_intakes_number_once;
ALTER TABLE issuances DROP CONSTRAINT issuances_register_no_once, DROP CONSTRAINT issuances_official_doc_no_once;
CREATE INDEX issuances_register_number ON issuances (register_number_id);
CREATE INDEX issuances_official_number ON issuances (official_number_id);
CREATE INDEX filing_intakes_number ON filing_intakes (number_id);
ALTER TABLE revisions DROP CONSTRAINT revisions_logged, ADD CONSTRAINT revisions_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE stage_changes DROP CONSTRAINT stage_changes_logged, ADD CONSTRAINT stage_changes_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE step_changes DROP CONSTRAINT step_changes_logged, ADD CONSTRAINT step_changes_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE materials DROP CONSTRAINT materials_logged, ADD CONSTRAINT materials_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE submissions DROP CONSTRAINT submissions_logged, DROP CONSTRAINT submissions_submitted_on_its_day, ADD CONSTRAINT submissions_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE intakes DROP CONSTRAINT intakes_logged, DROP CONSTRAINT intakes_taken_on_its_day, ADD CONSTRAINT intakes_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE counsel_opinions DROP CONSTRAINT counsel_opinions_logged, ADD CONSTRAINT counsel_opinions_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE opinions DROP CONSTRAINT opinions_logged, DROP CONSTRAINT opinions_given_on_its_day, ADD CONSTRAINT opinions_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE withdrawals DROP CONSTRAINT withdrawals_logged, ADD CONSTRAINT withdrawals_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE agenda_items DROP CONSTRAINT agenda_items_logged, DROP CONSTRAINT agenda_items_placed_on_its_day, ADD CONSTRAINT agenda_items_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE agenda_removals DROP CONSTRAINT agenda_removals_logged, ADD CONSTRAINT agenda_removals_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE decisions DROP CONSTRAINT decisions_logged, DROP CONSTRAINT decisions_recorded_on_its_day, ADD CONSTRAINT decisions_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE confirmations DROP CONSTRAINT confirmations_logged, ADD CONSTRAINT confirmations_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE issuances DROP CONSTRAINT issuances_logged, DROP CONSTRAINT issuances_recorded_on_its_day, ADD CONSTRAINT issuances_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE issuance_voids DROP CONSTRAINT issuance_voids_logged, ADD CONSTRAINT issuance_voids_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE publications DROP CONSTRAINT publications_logged, DROP CONSTRAINT publications_recorded_on_its_day, ADD CONSTRAINT publications_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE effect_ends DROP CONSTRAINT effect_ends_logged, ADD CONSTRAINT effect_ends_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE filings DROP CONSTRAINT filings_logged, DROP CONSTRAINT filings_filed_on_its_day, ADD CONSTRAINT filings_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE number_register DROP CONSTRAINT number_register_logged, ADD CONSTRAINT number_register_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE cleanup_results DROP CONSTRAINT cleanup_results_logged, ADD CONSTRAINT cleanup_results_logged
    FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE log_entries DROP CONSTRAINT log_entries_moment_is_known;
ALTER TABLE opinions ADD CONSTRAINT opinions_text_target UNIQUE (id, document_id, revision_no, revision_sha256, outcome);
ALTER TABLE confirmations DROP CONSTRAINT confirmations_gate;
ALTER TABLE confirmations ADD CONSTRAINT confirmations_gate FOREIGN KEY (opinion_id, document_id, revision_no, revision_sha256, opinion_outcome)
    REFERENCES opinions (id, document_id, revision_no, revision_sha256, outcome);
ALTER TABLE opinions DROP CONSTRAINT opinions_hash_target;
CREATE OR REPLACE FUNCTION step_changes_rest_on_what_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
