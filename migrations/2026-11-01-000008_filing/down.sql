-- All filings and their reviews are lost.
ALTER TABLE step_changes DROP CONSTRAINT step_changes_filing_exists, DROP CONSTRAINT step_changes_filed_rests_on_a_filing;
DROP TABLE rectifications, filing_reviews, filing_supplements, filing_intakes, filing_changes, filings, filing_transitions CASCADE;
DROP FUNCTION filing_changes_move_head();
