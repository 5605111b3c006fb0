-- What nobody who types SQL as the run-time role can forge: an approval against the last opinion, a day that is not that of the
-- entry, an opinion of somebody who does not review, parts added to what was opined on, numbers that belong to nothing.
-- Adds constraints and triggers; scans the tables once, under locks that keep writers out meanwhile.

-- What is approved, signed or published is the current text under a lawful last opinion, by an act on that very text that holds.
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
    IF NEW.decision_id IS NOT NULL THEN
        PERFORM 1 FROM decisions s JOIN documents d ON d.id = s.document_id
          WHERE s.id = NEW.decision_id AND s.document_id = NEW.document_id
            AND s.revision_no = d.revision_no AND s.revision_sha256 = d.revision_sha256
            AND NOT EXISTS (SELECT 1 FROM decisions c WHERE c.corrects = s.id);
        IF NOT FOUND AND EXISTS (SELECT 1 FROM decisions WHERE id = NEW.decision_id) THEN
            RAISE EXCEPTION 'a step that a decision leads to rests on the decision that stands, on the current text'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_changes_rest_on_the_standing_decision';
        END IF;
    END IF;
    IF NEW.confirmation_id IS NOT NULL THEN
        PERFORM 1 FROM confirmations s JOIN documents d ON d.id = s.document_id
          WHERE s.id = NEW.confirmation_id AND s.document_id = NEW.document_id
            AND s.revision_no = d.revision_no AND s.revision_sha256 = d.revision_sha256
            AND NOT EXISTS (SELECT 1 FROM decisions c WHERE c.corrects = s.decision_id);
        IF NOT FOUND AND EXISTS (SELECT 1 FROM confirmations WHERE id = NEW.confirmation_id) THEN
            RAISE EXCEPTION 'a step that a confirmation leads to rests on the current text'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_changes_rest_on_the_confirmed_text';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION step_changes_only_under_a_lawful_opinion() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM documents WHERE id = NEW.document_id AND opinion_outcome = 'lawful' AND opinion_revision_sha256 = revision_sha256;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nothing is deliberated, approved, signed or published but under a lawful last opinion on that very text'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_changes_only_under_a_lawful_opinion';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER step_changes_only_under_a_lawful_opinion AFTER INSERT ON step_changes
    FOR EACH ROW WHEN (NEW.step IN ('on_agenda', 'approved', 'signed', 'published')) EXECUTE FUNCTION step_changes_only_under_a_lawful_opinion();

-- An opinion is on a text, whichever number the text has: changed and changed back, it is the same.
ALTER TABLE opinions ADD CONSTRAINT opinions_hash_target UNIQUE (id, document_id, revision_sha256, outcome);
ALTER TABLE confirmations DROP CONSTRAINT confirmations_gate;
ALTER TABLE confirmations ADD CONSTRAINT confirmations_gate FOREIGN KEY (opinion_id, document_id, revision_sha256, opinion_outcome)
    REFERENCES opinions (id, document_id, revision_sha256, outcome);
ALTER TABLE opinions DROP CONSTRAINT opinions_text_target;

-- An opinion is given by a reviewer of the body that reviews what the issuing authority issues.
CREATE FUNCTION opinions_by_the_review_body() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM documents d JOIN bodies b ON b.id = d.issuing_authority_id
        JOIN user_roles r ON r.body_id = b.review_body_id AND r.user_id = NEW.reviewer_id AND r.role = 'reviewer'
      WHERE d.id = NEW.document_id AND b.review_body_id = NEW.body_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an opinion is given by a reviewer of the review body'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'opinions_by_the_review_body';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER opinions_by_the_review_body AFTER INSERT ON opinions FOR EACH ROW EXECUTE FUNCTION opinions_by_the_review_body();

-- Days and moments. An entry is of the moment in which it is written (an hour is left for clocks that differ; a demo moves its
-- clock as it likes); a row is of its entry's moment and document; a legal day is the day in China of that moment.
CREATE FUNCTION log_entries_are_of_now() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    apart interval;
BEGIN
    SELECT NEW.at - clock_timestamp() INTO apart FROM registry_state WHERE NOT is_demo;
    IF apart NOT BETWEEN interval '-1 hour' AND interval '1 hour' THEN
        RAISE EXCEPTION 'an entry is of the moment in which it is written; the clocks are % apart', apart
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'log_entries_are_of_now';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_entries_are_of_now BEFORE INSERT ON log_entries FOR EACH ROW EXECUTE FUNCTION log_entries_are_of_now();

ALTER TABLE log_entries ADD CONSTRAINT log_entries_moment_is_known UNIQUE (id, document_id, at);
ALTER TABLE revisions DROP CONSTRAINT revisions_logged, ADD CONSTRAINT revisions_logged
    FOREIGN KEY (entry_id, document_id, created_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE stage_changes DROP CONSTRAINT stage_changes_logged, ADD CONSTRAINT stage_changes_logged
    FOREIGN KEY (entry_id, document_id, at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE step_changes DROP CONSTRAINT step_changes_logged, ADD CONSTRAINT step_changes_logged
    FOREIGN KEY (entry_id, document_id, at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE materials DROP CONSTRAINT materials_logged, ADD CONSTRAINT materials_logged
    FOREIGN KEY (entry_id, document_id, added_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE submissions DROP CONSTRAINT submissions_logged, ADD CONSTRAINT submissions_logged
    FOREIGN KEY (entry_id, document_id, submitted_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT submissions_submitted_on_its_day CHECK (submitted_on = (submitted_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE intakes DROP CONSTRAINT intakes_logged, ADD CONSTRAINT intakes_logged
    FOREIGN KEY (entry_id, document_id, taken_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT intakes_taken_on_its_day CHECK (taken_on = (taken_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE counsel_opinions DROP CONSTRAINT counsel_opinions_logged, ADD CONSTRAINT counsel_opinions_logged
    FOREIGN KEY (entry_id, document_id, recorded_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE opinions DROP CONSTRAINT opinions_logged, ADD CONSTRAINT opinions_logged
    FOREIGN KEY (entry_id, document_id, given_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT opinions_given_on_its_day CHECK (given_on = (given_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE withdrawals DROP CONSTRAINT withdrawals_logged, ADD CONSTRAINT withdrawals_logged
    FOREIGN KEY (entry_id, document_id, withdrawn_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE agenda_items DROP CONSTRAINT agenda_items_logged, ADD CONSTRAINT agenda_items_logged
    FOREIGN KEY (entry_id, document_id, placed_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT agenda_items_placed_on_its_day CHECK (placed_on = (placed_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE agenda_removals DROP CONSTRAINT agenda_removals_logged, ADD CONSTRAINT agenda_removals_logged
    FOREIGN KEY (entry_id, document_id, removed_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE decisions DROP CONSTRAINT decisions_logged, ADD CONSTRAINT decisions_logged
    FOREIGN KEY (entry_id, document_id, recorded_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT decisions_recorded_on_its_day CHECK (recorded_on = (recorded_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE confirmations DROP CONSTRAINT confirmations_logged, ADD CONSTRAINT confirmations_logged
    FOREIGN KEY (entry_id, document_id, confirmed_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE issuances DROP CONSTRAINT issuances_logged, ADD CONSTRAINT issuances_logged
    FOREIGN KEY (entry_id, document_id, recorded_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT issuances_recorded_on_its_day CHECK (recorded_on = (recorded_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE issuance_voids DROP CONSTRAINT issuance_voids_logged, ADD CONSTRAINT issuance_voids_logged
    FOREIGN KEY (entry_id, document_id, voided_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE publications DROP CONSTRAINT publications_logged, ADD CONSTRAINT publications_logged
    FOREIGN KEY (entry_id, document_id, recorded_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT publications_recorded_on_its_day CHECK (recorded_on = (recorded_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE effect_ends DROP CONSTRAINT effect_ends_logged, ADD CONSTRAINT effect_ends_logged
    FOREIGN KEY (entry_id, document_id, recorded_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE filings DROP CONSTRAINT filings_logged, ADD CONSTRAINT filings_logged
    FOREIGN KEY (entry_id, document_id, filed_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT filings_filed_on_its_day CHECK (filed_on = (filed_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE number_register DROP CONSTRAINT number_register_logged, ADD CONSTRAINT number_register_logged
    FOREIGN KEY (entry_id, document_id, given_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE cleanup_results DROP CONSTRAINT cleanup_results_logged, ADD CONSTRAINT cleanup_results_logged
    FOREIGN KEY (entry_id, document_id, proposed_at) REFERENCES log_entries (id, document_id, at) DEFERRABLE INITIALLY DEFERRED;

-- What belongs to a revision, an opinion or a submission comes with it, in one transaction, and nothing is added afterwards.
CREATE FUNCTION comes_with_its_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM revisions WHERE document_id = NEW.document_id AND revision_no = NEW.revision_no AND xmin = pg_current_xact_id()::xid;
    IF NOT FOUND AND EXISTS (SELECT 1 FROM revisions WHERE document_id = NEW.document_id AND revision_no = NEW.revision_no) THEN
        RAISE EXCEPTION 'what a revision binds comes with it'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_come_with_their_revision';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER revision_joint_authorities_come_with_their_revision BEFORE INSERT ON revision_joint_authorities
    FOR EACH ROW EXECUTE FUNCTION comes_with_its_revision();
CREATE TRIGGER revision_replaces_come_with_their_revision BEFORE INSERT ON revision_replaces
    FOR EACH ROW EXECUTE FUNCTION comes_with_its_revision();

CREATE FUNCTION comes_with_its_opinion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM opinions WHERE id = NEW.opinion_id AND xmin = pg_current_xact_id()::xid;
    IF NOT FOUND AND EXISTS (SELECT 1 FROM opinions WHERE id = NEW.opinion_id) THEN
        RAISE EXCEPTION 'the comments of an opinion come with it'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'opinion_comments_come_with_their_opinion';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER opinion_comments_come_with_their_opinion BEFORE INSERT ON opinion_comments
    FOR EACH ROW EXECUTE FUNCTION comes_with_its_opinion();

CREATE FUNCTION comes_with_its_submission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM submissions WHERE id = NEW.submission_id AND xmin = pg_current_xact_id()::xid;
    IF NOT FOUND AND EXISTS (SELECT 1 FROM submissions WHERE id = NEW.submission_id) THEN
        RAISE EXCEPTION 'what a submission hands in comes with it'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_come_with_their_submission';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER submission_materials_come_with_their_submission BEFORE INSERT ON submission_materials
    FOR EACH ROW EXECUTE FUNCTION comes_with_its_submission();
CREATE TRIGGER comment_answers_come_with_their_submission BEFORE INSERT ON comment_answers
    FOR EACH ROW EXECUTE FUNCTION comes_with_its_submission();

-- A document begins with its first revision and its first step.
CREATE FUNCTION documents_begin_whole() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM documents WHERE id = NEW.id AND (revision_no = 0 OR step IS NULL)) THEN
        RAISE EXCEPTION 'a document begins with a revision and a step'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'documents_begin_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER documents_begin_whole AFTER INSERT ON documents DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION documents_begin_whole();

-- A number is given once, to one issuance or one registration, and the counter is the register's last number.
DROP INDEX issuances_register_number;
DROP INDEX issuances_official_number;
DROP INDEX filing_intakes_number;
ALTER TABLE issuances
    ADD CONSTRAINT issuances_register_no_once UNIQUE (register_number_id),
    ADD CONSTRAINT issuances_official_doc_no_once UNIQUE (official_number_id);
ALTER TABLE filing_intakes ADD CONSTRAINT filing_intakes_number_once UNIQUE (number_id);

CREATE FUNCTION number_register_belongs_to_an_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM issuances WHERE NEW.id IN (register_number_id, official_number_id))
       AND NOT EXISTS (SELECT 1 FROM filing_intakes WHERE number_id = NEW.id) THEN
        RAISE EXCEPTION 'a number is given by an issuance or a registration'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'number_register_belongs_to_an_act';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER number_register_belongs_to_an_act AFTER INSERT ON number_register DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION number_register_belongs_to_an_act();

CREATE FUNCTION number_counters_follow_the_register() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM number_counters c WHERE c.body_id = NEW.body_id AND c.kind = NEW.kind AND c.year = NEW.year
                  AND c.last_serial IS DISTINCT FROM (SELECT max(serial) FROM number_register r
                        WHERE r.body_id = c.body_id AND r.kind = c.kind AND r.year = c.year)) THEN
        RAISE EXCEPTION 'the counter is the last number of the register'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'number_counters_follow_the_register';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER number_counters_follow_the_register AFTER INSERT OR UPDATE ON number_counters DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION number_counters_follow_the_register();
CREATE CONSTRAINT TRIGGER number_register_leads_the_counter AFTER INSERT ON number_register DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION number_counters_follow_the_register();

-- A filing is to a body that the issuer files to, in that body's role; its status is the one that the act's result leads to.
CREATE FUNCTION filings_to_a_target() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM filing_targets t JOIN documents d ON d.issuing_authority_id = t.body_id
      WHERE d.id = NEW.document_id AND t.body_id = NEW.body_id AND t.target_id = NEW.target_id AND t.role = NEW.role;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a document is filed to the bodies that its issuer files to'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'filings_to_a_target';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER filings_to_a_target AFTER INSERT ON filings FOR EACH ROW EXECUTE FUNCTION filings_to_a_target();

ALTER TABLE filing_intakes
    ADD COLUMN leads_to text GENERATED ALWAYS AS (CASE result WHEN 'registered' THEN 'under_filing_review'
        WHEN 'suspended' THEN 'registration_suspended' WHEN 'refused' THEN 'filing_refused' END) STORED,
    ADD CONSTRAINT filing_intakes_status_target UNIQUE (id, filing_id, leads_to);
ALTER TABLE filing_reviews
    ADD COLUMN leads_to text GENERATED ALWAYS AS (CASE WHEN result IN ('self_correction', 'ordered_correction') THEN 'rectifying'
        ELSE 'filing_reviewed' END) STORED,
    ADD CONSTRAINT filing_reviews_status_target UNIQUE (id, filing_id, leads_to);
ALTER TABLE filing_changes
    ADD CONSTRAINT filing_changes_intake_result FOREIGN KEY (intake_id, filing_id, status) REFERENCES filing_intakes (id, filing_id, leads_to),
    ADD CONSTRAINT filing_changes_review_result FOREIGN KEY (review_id, filing_id, status) REFERENCES filing_reviews (id, filing_id, leads_to);
COMMENT ON COLUMN filing_intakes.leads_to IS 'The status that this result leads to.';
COMMENT ON COLUMN filing_reviews.leads_to IS 'The status that this result leads to.';

-- An effect ends by an act on this very document, and only the lapse after a missed amendment can be taken back.
CREATE FUNCTION effect_ends_rest_on_an_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT (CASE NEW.cause
        WHEN 'replacement' THEN EXISTS (SELECT 1 FROM publications p
            JOIN revision_replaces r ON r.document_id = p.document_id AND r.revision_no = p.revision_no
            WHERE p.id = NEW.cause_id AND r.replaced_id = NEW.document_id AND r.effect = NEW.effect AND p.effective_date = NEW.from_on)
        WHEN 'filing_review' THEN EXISTS (SELECT 1 FROM filing_reviews v JOIN filings f ON f.id = v.filing_id
            WHERE v.id = NEW.cause_id AND f.document_id = NEW.document_id
              AND (v.result, NEW.effect) IN (('revoked', 'revoked'), ('passed', 'repealed')))
        ELSE EXISTS (SELECT 1 FROM cleanup_outcomes o WHERE o.id = NEW.cause_id AND o.document_id = NEW.document_id AND o.left_out IS NULL
              AND (NEW.cause, o.result, NEW.effect) IN (('cleanup', 'repealed', 'repealed'), ('cleanup', 'declared_lapsed', 'lapsed'),
                   ('missed_amendment', 'amendment_ordered', 'lapsed'))) END) THEN
        RAISE EXCEPTION 'an effect ends by an act on the document'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'effect_ends_rest_on_an_act';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER effect_ends_rest_on_an_act BEFORE INSERT ON effect_ends FOR EACH ROW EXECUTE FUNCTION effect_ends_rest_on_an_act();

CREATE FUNCTION effect_end_voids_only_of_a_lapse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM effect_ends WHERE id = NEW.effect_end_id AND cause <> 'missed_amendment') THEN
        RAISE EXCEPTION 'only the lapse after a missed amendment is taken back'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'effect_end_voids_only_of_a_lapse';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER effect_end_voids_only_of_a_lapse BEFORE INSERT ON effect_end_voids FOR EACH ROW EXECUTE FUNCTION effect_end_voids_only_of_a_lapse();
