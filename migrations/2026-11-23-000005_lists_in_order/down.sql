DROP INDEX filings_target_and_body;
CREATE INDEX documents_issuing_authority ON documents (issuing_authority_id, id);
CREATE INDEX documents_drafting_body ON documents (drafting_body_id, id);
DROP INDEX documents_drafts_in_order;
DROP INDEX documents_issuer_in_order;
