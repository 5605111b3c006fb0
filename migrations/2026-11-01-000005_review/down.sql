-- All materials, submissions and opinions are lost.
ALTER TABLE step_changes
    DROP CONSTRAINT step_changes_submission_exists, DROP CONSTRAINT step_changes_intake_exists,
    DROP CONSTRAINT step_changes_opinion_exists, DROP CONSTRAINT step_changes_withdrawal_exists,
    DROP CONSTRAINT step_changes_cleared_by_a_lawful_opinion, DROP CONSTRAINT step_changes_cleared_names_the_opinion,
    DROP CONSTRAINT step_changes_submit_rests_on_a_submission, DROP CONSTRAINT step_changes_intake_rests_on_an_intake,
    DROP CONSTRAINT step_changes_opine_rests_on_an_opinion, DROP CONSTRAINT step_changes_withdraw_rests_on_a_withdrawal,
    DROP COLUMN cleared_outcome;
DROP TABLE withdrawals, comment_answers, opinion_comments, opinions, counsel_opinions, intakes, submission_materials, submissions, materials;
DROP FUNCTION submissions_move_head(), opinions_move_head(), opinions_have_comments();
