-- All users, roles, bodies and tokens are lost.
DROP TABLE tokens, user_roles, users, filing_targets, bodies;
