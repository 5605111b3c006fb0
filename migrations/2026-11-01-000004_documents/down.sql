-- All documents and their history are lost.
DROP TABLE stage_changes, step_changes, revision_replaces, revision_joint_authorities, revisions, documents, files, step_transitions, steps, stages CASCADE;
DROP FUNCTION revisions_move_head(), step_changes_move_head();
