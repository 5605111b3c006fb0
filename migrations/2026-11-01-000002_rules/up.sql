-- The rules of a place as dated data, the working-day calendar, and the registry's own state (clock, version of the rules).
-- Creates tables only.

CREATE TABLE rule_profiles (
    id           uuid PRIMARY KEY,
    jurisdiction text NOT NULL,
    name         text NOT NULL,
    first_day    date NOT NULL,
    last_day     date,
    rules        jsonb NOT NULL,
    imported_at  timestamptz NOT NULL,
    CONSTRAINT rule_profiles_days_in_order CHECK (last_day IS NULL OR last_day >= first_day),
    -- One rule per place and day. The jurisdiction enters as a one-point range over its hash, because plain text in an
    -- exclusion constraint would need the extension btree_gist; a collision could only refuse a profile, never admit two.
    CONSTRAINT rule_profiles_one_per_day EXCLUDE USING gist (
        int8range(hashtext(jurisdiction)::bigint, hashtext(jurisdiction)::bigint, '[]') WITH &&,
        daterange(first_day, last_day, '[]') WITH &&)
);
COMMENT ON TABLE rule_profiles IS 'Rule profiles by jurisdiction and day; a stored profile is never changed.';
COMMENT ON COLUMN rule_profiles.id IS 'Its id, a UUIDv7.';
COMMENT ON COLUMN rule_profiles.jurisdiction IS 'For which places.';
COMMENT ON COLUMN rule_profiles.name IS 'Name in Chinese.';
COMMENT ON COLUMN rule_profiles.first_day IS 'First day on which it holds.';
COMMENT ON COLUMN rule_profiles.last_day IS 'Last day on which it holds; null while no end is set.';
COMMENT ON COLUMN rule_profiles.imported_at IS 'When it was stored.';
COMMENT ON COLUMN rule_profiles.rules IS 'Every rule with its value, source and certainty mark.';

CREATE TABLE calendar_days (
    day  date PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    CONSTRAINT calendar_days_kind_known CHECK (kind IN ('holiday', 'makeup_workday'))
);
COMMENT ON TABLE calendar_days IS 'Days that differ from the plain week by the yearly notice of the State Council: rest days and make-up working days.';
COMMENT ON COLUMN calendar_days.day IS 'The day.';
COMMENT ON COLUMN calendar_days.kind IS 'Rest day, or working day made up for one.';
COMMENT ON COLUMN calendar_days.name IS 'The holiday that it belongs to.';

CREATE TABLE registry_state (
    singleton       boolean PRIMARY KEY DEFAULT true,
    is_demo         boolean NOT NULL DEFAULT false,
    clock_offset_us bigint NOT NULL DEFAULT 0,
    rules_version   bigint NOT NULL DEFAULT 1,
    cursor_secret   bytea NOT NULL,
    CONSTRAINT registry_state_is_one_row CHECK (singleton),
    CONSTRAINT registry_state_only_a_demo_moves_the_clock CHECK (is_demo OR clock_offset_us = 0)
);
COMMENT ON TABLE registry_state IS 'One row: whether this is a demo, the offset of its clock, and the version of calendar and profiles.';
COMMENT ON COLUMN registry_state.singleton IS 'Always true: there is one row.';
COMMENT ON COLUMN registry_state.is_demo IS 'Whether this is a demo.';
COMMENT ON COLUMN registry_state.clock_offset_us IS 'Microseconds by which a demo''s clock is ahead of the machine''s.';
COMMENT ON COLUMN registry_state.rules_version IS 'Rises with every change of calendar or profiles.';
COMMENT ON COLUMN registry_state.cursor_secret IS 'Key of the cursors'' tags.';
