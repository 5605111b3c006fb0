-- Who there is: the tree of bodies, where each of them files, the users, their roles and their tokens.
-- Creates tables only; takes no lock on anything that exists.

CREATE TABLE bodies (
    id             uuid PRIMARY KEY,
    code           text NOT NULL,
    name           text NOT NULL,
    level          text NOT NULL,
    parent_id      uuid,
    number_prefix  text,
    may_issue      boolean NOT NULL,
    review_body_id uuid,
    jurisdiction   text NOT NULL,
    registry_first_day date NOT NULL,
    created_at     timestamptz NOT NULL,
    CONSTRAINT bodies_code_unique UNIQUE (code),
    CONSTRAINT bodies_code_shape CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'),
    CONSTRAINT bodies_name_shape CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT bodies_level_known CHECK (level IN ('province', 'city', 'county', 'town', 'department', 'section', 'village')),
    CONSTRAINT bodies_number_prefix_unique UNIQUE (number_prefix),
    CONSTRAINT bodies_section_or_village_never_issues CHECK (NOT (may_issue AND level IN ('section', 'village'))),
    CONSTRAINT bodies_issuer_has_number_prefix CHECK (NOT may_issue OR number_prefix IS NOT NULL),
    CONSTRAINT bodies_parent_exists FOREIGN KEY (parent_id) REFERENCES bodies (id),
    CONSTRAINT bodies_review_body_exists FOREIGN KEY (review_body_id) REFERENCES bodies (id),
    CONSTRAINT bodies_parent_is_another CHECK (parent_id <> id),
    CONSTRAINT bodies_issuer_target UNIQUE (id, may_issue)
);
CREATE INDEX bodies_parent ON bodies (parent_id);
CREATE INDEX bodies_review_body ON bodies (review_body_id);
COMMENT ON TABLE bodies IS 'Administrative bodies (province, city, county, town, department, section, village) as a tree.';
COMMENT ON COLUMN bodies.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN bodies.name IS 'Full name.';
COMMENT ON COLUMN bodies.level IS 'province, city, county, town, department, section or village.';
COMMENT ON COLUMN bodies.parent_id IS 'The body above it in the tree.';
COMMENT ON COLUMN bodies.created_at IS 'When it was created.';
COMMENT ON COLUMN bodies.code IS 'Stable code by which the API names the body.';
COMMENT ON COLUMN bodies.number_prefix IS 'Organ code at the head of official document numbers, such as 元府规; unique.';
COMMENT ON COLUMN bodies.may_issue IS 'Whether the body may be an issuing authority; sections and villages never may (domain rule on 内设机构 and 村).';
COMMENT ON COLUMN bodies.review_body_id IS 'The body whose reviewers give the legality opinion on what this body issues.';
COMMENT ON COLUMN bodies.jurisdiction IS 'Key of the rule profiles that hold for this body.';
COMMENT ON COLUMN bodies.registry_first_day IS 'First day on which this body works with the registry; older documents are legacy.';

CREATE TABLE filing_targets (
    body_id   uuid NOT NULL,
    target_id uuid NOT NULL,
    role      text NOT NULL,
    ordinal   integer NOT NULL,
    CONSTRAINT filing_targets_pkey PRIMARY KEY (body_id, target_id),
    CONSTRAINT filing_targets_body_exists FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT filing_targets_target_exists FOREIGN KEY (target_id) REFERENCES bodies (id),
    CONSTRAINT filing_targets_target_is_another CHECK (body_id <> target_id),
    CONSTRAINT filing_targets_role_known CHECK (role IN ('supervising_government', 'standing_committee', 'internal_rule_of_law_office'))
);
CREATE INDEX filing_targets_target ON filing_targets (target_id);
COMMENT ON TABLE filing_targets IS 'To whom a body files its documents, and in which role that body receives them.';
COMMENT ON COLUMN filing_targets.body_id IS 'The body that files.';
COMMENT ON COLUMN filing_targets.target_id IS 'The body that receives.';
COMMENT ON COLUMN filing_targets.role IS 'In which role it receives.';
COMMENT ON COLUMN filing_targets.ordinal IS 'Order in which targets are shown.';

CREATE TABLE users (
    id          uuid PRIMARY KEY,
    login       text NOT NULL,
    name        text NOT NULL,
    created_at  timestamptz NOT NULL,
    disabled_at timestamptz,
    CONSTRAINT users_login_unique UNIQUE (login),
    CONSTRAINT users_login_shape CHECK (login ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    CONSTRAINT users_name_shape CHECK (char_length(name) BETWEEN 1 AND 100)
);
COMMENT ON TABLE users IS 'People who act; never deleted, because their acts stay on record for life.';
COMMENT ON COLUMN users.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN users.login IS 'Name to sign in with.';
COMMENT ON COLUMN users.name IS 'The person''s name.';
COMMENT ON COLUMN users.created_at IS 'When it was created.';
COMMENT ON COLUMN users.disabled_at IS 'When the user was shut out; null while active.';

CREATE TABLE user_roles (
    user_id uuid NOT NULL,
    body_id uuid NOT NULL,
    role    text NOT NULL,
    CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, body_id, role),
    CONSTRAINT user_roles_user_exists FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT user_roles_body_exists FOREIGN KEY (body_id) REFERENCES bodies (id),
    CONSTRAINT user_roles_role_known CHECK (role IN ('drafter', 'reviewer', 'secretary', 'auditor', 'admin'))
);
CREATE INDEX user_roles_body ON user_roles (body_id);
COMMENT ON TABLE user_roles IS 'Which roles a user holds in which body; several are possible.';
COMMENT ON COLUMN user_roles.user_id IS 'The user.';
COMMENT ON COLUMN user_roles.body_id IS 'The body.';
COMMENT ON COLUMN user_roles.role IS 'The role held there.';

CREATE TABLE tokens (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL,
    body_id      uuid NOT NULL,
    name         text NOT NULL,
    token_sha256 text NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    CONSTRAINT tokens_hash_unique UNIQUE (token_sha256),
    CONSTRAINT tokens_hash_shape CHECK (token_sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT tokens_user_exists FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT tokens_body_exists FOREIGN KEY (body_id) REFERENCES bodies (id)
);
CREATE INDEX tokens_user ON tokens (user_id);
CREATE INDEX tokens_body ON tokens (body_id);
COMMENT ON TABLE tokens IS 'Bearer tokens, each for one user acting for one body; only the SHA-256 of a token is stored.';
COMMENT ON COLUMN tokens.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN tokens.user_id IS 'The user.';
COMMENT ON COLUMN tokens.body_id IS 'The body for which it acts.';
COMMENT ON COLUMN tokens.name IS 'Name by which its holder knows it.';
COMMENT ON COLUMN tokens.token_sha256 IS 'SHA-256 of the token.';
COMMENT ON COLUMN tokens.created_at IS 'When it was created.';
COMMENT ON COLUMN tokens.expires_at IS 'When it ends by itself.';
COMMENT ON COLUMN tokens.revoked_at IS 'When it was revoked.';
