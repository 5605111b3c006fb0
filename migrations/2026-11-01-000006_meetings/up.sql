-- The gate. An agenda entry exists only for a revision whose last legality opinion is lawful and on that very text.
-- Creates the meetings, their agenda, decisions and confirmations; adds evidence constraints to step_changes.

CREATE TABLE meetings (
    id         uuid PRIMARY KEY,
    body_id    uuid NOT NULL REFERENCES bodies (id),
    kind       text NOT NULL,
    held_on    date NOT NULL,
    title      text NOT NULL,
    status     text NOT NULL DEFAULT 'scheduled',
    created_by uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT meetings_kind_known CHECK (kind IN ('executive_meeting', 'plenary_meeting', 'office_meeting')),
    CONSTRAINT meetings_status_known CHECK (status IN ('scheduled', 'cancelled')),
    CONSTRAINT meetings_title_shape CHECK (char_length(title) BETWEEN 1 AND 300),
    CONSTRAINT meetings_agenda_target UNIQUE (id, body_id, held_on, status)
);
CREATE INDEX meetings_body ON meetings (body_id, id);
CREATE INDEX meetings_created_by ON meetings (created_by);
COMMENT ON TABLE meetings IS 'Meetings for collective deliberation (集体审议) of one body.';
COMMENT ON COLUMN meetings.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN meetings.body_id IS 'The body that meets.';
COMMENT ON COLUMN meetings.kind IS 'executive_meeting, plenary_meeting or office_meeting.';
COMMENT ON COLUMN meetings.held_on IS 'Its day.';
COMMENT ON COLUMN meetings.title IS 'Its title.';
COMMENT ON COLUMN meetings.status IS 'scheduled or cancelled.';
COMMENT ON COLUMN meetings.created_by IS 'Who created it.';
COMMENT ON COLUMN meetings.created_at IS 'When it was created.';
COMMENT ON COLUMN meetings.updated_at IS 'When anything about it last changed.';

CREATE TABLE agenda_items (
    id              uuid PRIMARY KEY,
    meeting_id      uuid NOT NULL,
    body_id         uuid NOT NULL,
    held_on         date NOT NULL,
    meeting_status  text NOT NULL,
    document_id     uuid NOT NULL,
    revision_no     integer NOT NULL,
    revision_sha256 text NOT NULL,
    opinion_id      uuid NOT NULL,
    opinion_no      integer NOT NULL,
    opinion_outcome text NOT NULL,
    opinion_given_on date NOT NULL,
    placed_by       uuid NOT NULL REFERENCES users (id),
    placed_at       timestamptz NOT NULL,
    placed_on       date NOT NULL,
    entry_id        uuid NOT NULL,
    state           text NOT NULL DEFAULT 'live',
    live_document_id uuid GENERATED ALWAYS AS (CASE WHEN state = 'live' THEN document_id END) STORED,
    CONSTRAINT agenda_items_state_known CHECK (state IN ('live', 'decided', 'taken_off')),
    CONSTRAINT agenda_items_only_lawful CHECK (opinion_outcome = 'lawful'),
    CONSTRAINT agenda_items_gate FOREIGN KEY (opinion_id, document_id, opinion_no, revision_no, revision_sha256, opinion_outcome, opinion_given_on)
        REFERENCES opinions (id, document_id, opinion_no, revision_no, revision_sha256, outcome, given_on),
    CONSTRAINT agenda_items_gate_is_current FOREIGN KEY (live_document_id, revision_no, revision_sha256, opinion_no, opinion_outcome)
        REFERENCES documents (id, revision_no, revision_sha256, opinion_no, opinion_outcome),
    CONSTRAINT agenda_items_meeting_of_the_issuer FOREIGN KEY (document_id, revision_no, revision_sha256, body_id)
        REFERENCES revisions (document_id, revision_no, revision_sha256, issuing_authority_id),
    CONSTRAINT agenda_items_meeting_exists FOREIGN KEY (meeting_id, body_id, held_on, meeting_status)
        REFERENCES meetings (id, body_id, held_on, status) ON UPDATE CASCADE,
    CONSTRAINT agenda_items_meeting_after_opinion CHECK (state = 'taken_off' OR held_on >= opinion_given_on),
    CONSTRAINT agenda_items_meeting_not_cancelled CHECK (state = 'taken_off' OR meeting_status = 'scheduled'),
    CONSTRAINT agenda_items_meeting_not_held_yet CHECK (state = 'taken_off' OR held_on >= placed_on),
    CONSTRAINT agenda_items_document_target UNIQUE (id, document_id),
    CONSTRAINT agenda_items_decision_target UNIQUE (id, document_id, meeting_id, held_on, revision_no, revision_sha256),
    CONSTRAINT agenda_items_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX agenda_items_one_live ON agenda_items (document_id) WHERE state = 'live';
CREATE INDEX agenda_items_meeting ON agenda_items (meeting_id, id);
CREATE INDEX agenda_items_document ON agenda_items (document_id);
CREATE INDEX agenda_items_opinion ON agenda_items (opinion_id);
CREATE INDEX agenda_items_live_head ON agenda_items (live_document_id, revision_no, revision_sha256, opinion_no, opinion_outcome);
CREATE INDEX agenda_items_placed_by ON agenda_items (placed_by);
CREATE INDEX agenda_items_entry ON agenda_items (entry_id);
COMMENT ON TABLE agenda_items IS 'What stands on a meeting''s agenda, each entry with the opinion that opened the gate for it.';
COMMENT ON COLUMN agenda_items.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN agenda_items.meeting_id IS 'The meeting.';
COMMENT ON COLUMN agenda_items.body_id IS 'The meeting''s body, which is the issuing authority of the revision.';
COMMENT ON COLUMN agenda_items.held_on IS 'The meeting''s day; follows the meeting.';
COMMENT ON COLUMN agenda_items.meeting_status IS 'The meeting''s status; follows the meeting.';
COMMENT ON COLUMN agenda_items.document_id IS 'The document concerned.';
COMMENT ON COLUMN agenda_items.revision_no IS 'Number of the revision placed.';
COMMENT ON COLUMN agenda_items.revision_sha256 IS 'Hash of that revision.';
COMMENT ON COLUMN agenda_items.opinion_id IS 'The opinion that opened the gate.';
COMMENT ON COLUMN agenda_items.opinion_no IS 'That opinion''s number, the last one.';
COMMENT ON COLUMN agenda_items.opinion_outcome IS 'Always lawful.';
COMMENT ON COLUMN agenda_items.opinion_given_on IS 'The day of that opinion.';
COMMENT ON COLUMN agenda_items.placed_by IS 'Who placed it.';
COMMENT ON COLUMN agenda_items.placed_at IS 'When it was placed.';
COMMENT ON COLUMN agenda_items.placed_on IS 'Day in China on which it was placed.';
COMMENT ON COLUMN agenda_items.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN agenda_items.state IS 'live, decided or taken_off; set by triggers.';
COMMENT ON COLUMN agenda_items.live_document_id IS 'The document while the entry is live, so that its head cannot move under it.';
COMMENT ON CONSTRAINT agenda_items_gate ON agenda_items IS 'No document on an agenda without a lawful opinion on that very revision hash.';
COMMENT ON CONSTRAINT agenda_items_gate_is_current ON agenda_items IS
    'While an entry stands, its revision is the current one and its opinion the last one: neither can be overtaken.';

CREATE TABLE agenda_removals (
    id             uuid PRIMARY KEY,
    agenda_item_id uuid NOT NULL,
    document_id    uuid NOT NULL,
    cause          text NOT NULL,
    removed_by     uuid NOT NULL REFERENCES users (id),
    removed_at     timestamptz NOT NULL,
    entry_id       uuid NOT NULL,
    CONSTRAINT agenda_removals_once UNIQUE (agenda_item_id),
    CONSTRAINT agenda_removals_document_target UNIQUE (id, document_id),
    CONSTRAINT agenda_removals_item_exists FOREIGN KEY (agenda_item_id, document_id) REFERENCES agenda_items (id, document_id),
    CONSTRAINT agenda_removals_cause_known CHECK (cause IN ('taken_off', 'meeting_cancelled')),
    CONSTRAINT agenda_removals_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX agenda_removals_removed_by ON agenda_removals (removed_by);
CREATE INDEX agenda_removals_entry ON agenda_removals (entry_id);
COMMENT ON TABLE agenda_removals IS 'An entry taken off before any decision, by hand or because the meeting was cancelled.';
COMMENT ON COLUMN agenda_removals.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN agenda_removals.agenda_item_id IS 'The entry taken off.';
COMMENT ON COLUMN agenda_removals.document_id IS 'The document concerned.';
COMMENT ON COLUMN agenda_removals.cause IS 'Taken off by hand, or the meeting was cancelled.';
COMMENT ON COLUMN agenda_removals.removed_by IS 'Who took it off.';
COMMENT ON COLUMN agenda_removals.removed_at IS 'When.';
COMMENT ON COLUMN agenda_removals.entry_id IS 'The log entry of the act, written in the same transaction.';

CREATE TABLE decisions (
    id              uuid PRIMARY KEY,
    agenda_item_id  uuid NOT NULL,
    document_id     uuid NOT NULL,
    meeting_id      uuid NOT NULL,
    held_on         date NOT NULL,
    revision_no     integer NOT NULL,
    revision_sha256 text NOT NULL,
    decision_no     integer NOT NULL,
    outcome         text NOT NULL,
    minutes_no      text NOT NULL,
    attendees       jsonb NOT NULL,
    presider        text NOT NULL,
    dissents        jsonb NOT NULL,
    corrects        uuid,
    reason          text,
    recorded_by     uuid NOT NULL REFERENCES users (id),
    recorded_at     timestamptz NOT NULL,
    recorded_on     date NOT NULL,
    profile_id      uuid NOT NULL REFERENCES rule_profiles (id),
    entry_id        uuid NOT NULL,
    CONSTRAINT decisions_on_the_agenda FOREIGN KEY (agenda_item_id, document_id, meeting_id, held_on, revision_no, revision_sha256)
        REFERENCES agenda_items (id, document_id, meeting_id, held_on, revision_no, revision_sha256),
    CONSTRAINT decisions_outcome_known CHECK (outcome IN ('approved', 'approved_in_principle', 'amend_then_resubmit', 'deferred', 'rejected')),
    CONSTRAINT decisions_from_the_day_of_the_meeting CHECK (recorded_on >= held_on),
    CONSTRAINT decisions_numbered UNIQUE (agenda_item_id, decision_no),
    CONSTRAINT decisions_later_one_corrects CHECK ((decision_no = 1) = (corrects IS NULL)),
    CONSTRAINT decisions_correction_has_reason CHECK (corrects IS NULL OR reason IS NOT NULL),
    CONSTRAINT decisions_corrected_once UNIQUE (corrects),
    CONSTRAINT decisions_item_target UNIQUE (id, agenda_item_id),
    CONSTRAINT decisions_corrected_exists FOREIGN KEY (corrects, agenda_item_id) REFERENCES decisions (id, agenda_item_id),
    CONSTRAINT decisions_document_target UNIQUE (id, document_id),
    CONSTRAINT decisions_outcome_target UNIQUE (id, document_id, outcome, held_on),
    CONSTRAINT decisions_text_target UNIQUE (id, document_id, revision_no, revision_sha256),
    CONSTRAINT decisions_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX decisions_document ON decisions (document_id);
CREATE INDEX decisions_recorded_by ON decisions (recorded_by);
CREATE INDEX decisions_entry ON decisions (entry_id);
COMMENT ON TABLE decisions IS 'What the meeting decided on the revision before it; a wrong entry is corrected by a later one that names it.';
COMMENT ON COLUMN decisions.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN decisions.agenda_item_id IS 'The agenda entry decided.';
COMMENT ON COLUMN decisions.document_id IS 'The document concerned.';
COMMENT ON COLUMN decisions.meeting_id IS 'The meeting.';
COMMENT ON COLUMN decisions.revision_no IS 'Number of the revision decided.';
COMMENT ON COLUMN decisions.revision_sha256 IS 'Hash of that revision.';
COMMENT ON COLUMN decisions.decision_no IS '1 for the first entry, more for corrections.';
COMMENT ON COLUMN decisions.outcome IS 'What the meeting decided.';
COMMENT ON COLUMN decisions.minutes_no IS 'Number of the minutes.';
COMMENT ON COLUMN decisions.attendees IS 'Who took part.';
COMMENT ON COLUMN decisions.presider IS 'Who presided.';
COMMENT ON COLUMN decisions.dissents IS 'Who disagreed and why.';
COMMENT ON COLUMN decisions.corrects IS 'The wrong entry that this one takes the place of.';
COMMENT ON COLUMN decisions.reason IS 'Why it is corrected, or why the meeting decided so.';
COMMENT ON COLUMN decisions.recorded_by IS 'Who entered it.';
COMMENT ON COLUMN decisions.recorded_at IS 'When it was entered.';
COMMENT ON COLUMN decisions.recorded_on IS 'Day in China on which it was entered.';
COMMENT ON COLUMN decisions.profile_id IS 'The rule profile under which it was decided.';
COMMENT ON COLUMN decisions.entry_id IS 'The log entry of the act, written in the same transaction.';
COMMENT ON COLUMN decisions.held_on IS 'The meeting''s day, the legal date of the decision; recorded_on is the day of entry.';

CREATE TABLE confirmations (
    id              uuid PRIMARY KEY,
    document_id     uuid NOT NULL,
    decision_id     uuid NOT NULL,
    decision_outcome text NOT NULL,
    held_on         date NOT NULL,
    revision_no     integer NOT NULL,
    revision_sha256 text NOT NULL,
    opinion_id      uuid NOT NULL,
    opinion_outcome text NOT NULL,
    note            text NOT NULL,
    confirmed_by    uuid NOT NULL REFERENCES users (id),
    confirmed_at    timestamptz NOT NULL,
    entry_id        uuid NOT NULL,
    CONSTRAINT confirmations_of_an_approval_in_principle CHECK (decision_outcome = 'approved_in_principle'),
    CONSTRAINT confirmations_decision_exists FOREIGN KEY (decision_id, document_id, decision_outcome, held_on)
        REFERENCES decisions (id, document_id, outcome, held_on),
    CONSTRAINT confirmations_only_lawful CHECK (opinion_outcome = 'lawful'),
    CONSTRAINT confirmations_gate FOREIGN KEY (opinion_id, document_id, revision_no, revision_sha256, opinion_outcome)
        REFERENCES opinions (id, document_id, revision_no, revision_sha256, outcome),
    CONSTRAINT confirmations_once UNIQUE (decision_id),
    CONSTRAINT confirmations_document_target UNIQUE (id, document_id),
    CONSTRAINT confirmations_issuance_target UNIQUE (id, document_id, decision_id, revision_no, revision_sha256),
    CONSTRAINT confirmations_logged FOREIGN KEY (entry_id) REFERENCES log_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX confirmations_document ON confirmations (document_id);
CREATE INDEX confirmations_opinion ON confirmations (opinion_id);
CREATE INDEX confirmations_confirmed_by ON confirmations (confirmed_by);
CREATE INDEX confirmations_entry ON confirmations (entry_id);
COMMENT ON TABLE confirmations IS 'After an approval in principle: the secretary''s confirmation of the finished text, itself found lawful.';
COMMENT ON COLUMN confirmations.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN confirmations.document_id IS 'The document concerned.';
COMMENT ON COLUMN confirmations.decision_id IS 'The approval in principle.';
COMMENT ON COLUMN confirmations.decision_outcome IS 'Always approved_in_principle.';
COMMENT ON COLUMN confirmations.held_on IS 'The meeting''s day.';
COMMENT ON COLUMN confirmations.revision_no IS 'Number of the finished revision.';
COMMENT ON COLUMN confirmations.revision_sha256 IS 'Hash of that revision.';
COMMENT ON COLUMN confirmations.opinion_id IS 'The opinion on the finished revision.';
COMMENT ON COLUMN confirmations.opinion_outcome IS 'Always lawful.';
COMMENT ON COLUMN confirmations.note IS 'How the meeting''s orders were carried out.';
COMMENT ON COLUMN confirmations.confirmed_by IS 'Who confirmed it.';
COMMENT ON COLUMN confirmations.confirmed_at IS 'When.';
COMMENT ON COLUMN confirmations.entry_id IS 'The log entry of the act, written in the same transaction.';

ALTER TABLE step_changes
    ADD CONSTRAINT step_changes_agenda_item_exists FOREIGN KEY (agenda_item_id, document_id) REFERENCES agenda_items (id, document_id),
    ADD CONSTRAINT step_changes_agenda_removal_exists FOREIGN KEY (agenda_removal_id, document_id) REFERENCES agenda_removals (id, document_id),
    ADD CONSTRAINT step_changes_decision_exists FOREIGN KEY (decision_id, document_id) REFERENCES decisions (id, document_id),
    ADD CONSTRAINT step_changes_confirmation_exists FOREIGN KEY (confirmation_id, document_id) REFERENCES confirmations (id, document_id),
    ADD CONSTRAINT step_changes_agenda_rests_on_an_entry CHECK (action <> 'place_on_agenda' OR agenda_item_id IS NOT NULL),
    ADD CONSTRAINT step_changes_removal_rests_on_a_removal CHECK (action <> 'take_off_agenda' OR agenda_removal_id IS NOT NULL),
    ADD CONSTRAINT step_changes_decide_rests_on_a_decision CHECK (action NOT IN ('decide', 'correct_decision') OR decision_id IS NOT NULL),
    ADD CONSTRAINT step_changes_confirm_rests_on_a_confirmation CHECK (action <> 'confirm' OR confirmation_id IS NOT NULL),
    -- The step that a decision leads to is that of its outcome.
    ADD COLUMN decided_outcome text GENERATED ALWAYS AS (CASE WHEN action IN ('decide', 'correct_decision') THEN
        CASE step WHEN 'approved' THEN 'approved' WHEN 'finalising' THEN 'approved_in_principle' WHEN 'amendment_required' THEN 'amend_then_resubmit'
                  WHEN 'deferred' THEN 'deferred' WHEN 'rejected' THEN 'rejected' END END) STORED;
COMMENT ON COLUMN step_changes.decided_outcome IS 'The outcome that leads to this step; ties it to a decision with that outcome.';
ALTER TABLE decisions ADD CONSTRAINT decisions_step_target UNIQUE (id, document_id, outcome);
ALTER TABLE step_changes ADD CONSTRAINT step_changes_decided_outcome FOREIGN KEY (decision_id, document_id, decided_outcome)
    REFERENCES decisions (id, document_id, outcome);

-- At the commit, an entry that stands belongs to a document that is on the agenda, and the other way round.
CREATE FUNCTION agenda_items_and_step_agree() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    on_agenda boolean;
    has_entry boolean;
    checked uuid;
BEGIN
    IF TG_TABLE_NAME = 'documents' THEN
        checked := NEW.id;
    ELSE
        checked := NEW.document_id;
    END IF;
    SELECT step IS NOT DISTINCT FROM 'on_agenda' INTO on_agenda FROM documents WHERE id = checked;
    has_entry := EXISTS (SELECT 1 FROM agenda_items WHERE document_id = checked AND state = 'live');
    IF on_agenda <> has_entry THEN
        RAISE EXCEPTION 'step on_agenda and a standing agenda entry go together'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'agenda_items_and_step_agree';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agenda_items_and_step_agree AFTER INSERT OR UPDATE ON agenda_items DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION agenda_items_and_step_agree();
CREATE CONSTRAINT TRIGGER documents_and_agenda_agree AFTER UPDATE OF step ON documents DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.step IS DISTINCT FROM NEW.step) EXECUTE FUNCTION agenda_items_and_step_agree();

CREATE FUNCTION agenda_items_start_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'live' THEN
        RAISE EXCEPTION 'an agenda entry begins by standing'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'agenda_items_begin_live';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agenda_items_start_live BEFORE INSERT ON agenda_items FOR EACH ROW EXECUTE FUNCTION agenda_items_start_live();

CREATE FUNCTION agenda_removals_end_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE agenda_items SET state = 'taken_off' WHERE id = NEW.agenda_item_id AND state = 'live';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a standing entry can be taken off'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'agenda_removals_only_of_a_standing_entry';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agenda_removals_end_entry AFTER INSERT ON agenda_removals FOR EACH ROW EXECUTE FUNCTION agenda_removals_end_entry();

CREATE FUNCTION decisions_end_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.corrects IS NULL THEN
        UPDATE agenda_items SET state = 'decided' WHERE id = NEW.agenda_item_id AND state = 'live';
    ELSE
        -- Corrected only while the document stands at the step and on the revision of the corrected decision, which is the
        -- last one that moved it; and into an approval only under a lawful last opinion on that text.
        PERFORM 1 FROM agenda_items i JOIN documents d ON d.id = i.document_id JOIN decisions c ON c.id = NEW.corrects
          WHERE i.id = NEW.agenda_item_id AND i.state = 'decided' AND d.revision_no = NEW.revision_no
            AND d.revision_sha256 = NEW.revision_sha256
            AND d.step = CASE c.outcome WHEN 'approved' THEN 'approved' WHEN 'approved_in_principle' THEN 'finalising'
                WHEN 'amend_then_resubmit' THEN 'amendment_required' ELSE c.outcome END
            AND (NEW.outcome <> 'approved' OR (d.opinion_outcome = 'lawful' AND d.opinion_revision_sha256 = NEW.revision_sha256))
            AND i.id = (SELECT m.agenda_item_id FROM step_changes s JOIN decisions m ON m.id = s.decision_id
                         WHERE s.document_id = i.document_id ORDER BY s.seq DESC LIMIT 1);
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a decision needs a standing agenda entry, a correction the decided text and step'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'decisions_only_on_a_standing_entry';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decisions_end_entry AFTER INSERT ON decisions FOR EACH ROW EXECUTE FUNCTION decisions_end_entry();

-- A confirmation binds the current text, found lawful by the last opinion.
CREATE FUNCTION confirmations_check_current() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM documents d JOIN opinions o ON o.id = NEW.opinion_id
      WHERE d.id = NEW.document_id AND d.step = 'finalising' AND d.revision_no = NEW.revision_no AND d.revision_sha256 = NEW.revision_sha256
        AND o.opinion_no = d.opinion_no
        AND NOT EXISTS (SELECT 1 FROM decisions c WHERE c.corrects = NEW.decision_id)
      FOR UPDATE OF d;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a confirmation binds the current text and its last opinion'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'confirmations_of_the_current_text';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER confirmations_check_current AFTER INSERT ON confirmations FOR EACH ROW EXECUTE FUNCTION confirmations_check_current();

CREATE TRIGGER agenda_items_never_deleted BEFORE DELETE OR TRUNCATE ON agenda_items FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER meetings_never_deleted BEFORE DELETE OR TRUNCATE ON meetings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER agenda_removals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agenda_removals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER confirmations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON confirmations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
