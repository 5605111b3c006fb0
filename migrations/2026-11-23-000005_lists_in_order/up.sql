-- Lists show the newest documents of some bodies first: an index per way to them, in the order of the list.
-- Changes no table and no promise.

CREATE INDEX documents_issuer_in_order ON documents (issuing_authority_id, created_at, id);
CREATE INDEX documents_drafts_in_order ON documents (drafting_body_id, created_at, id);
-- Each begins with the column of one of these, so they serve for nothing more.
DROP INDEX documents_issuing_authority;
DROP INDEX documents_drafting_body;

-- Whose documents were filed to a body.
CREATE INDEX filings_target_and_body ON filings (target_id, body_id);
