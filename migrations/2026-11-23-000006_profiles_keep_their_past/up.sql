-- Days gone by are judged by the rules that held on them, whoever comes: a profile's end may be set to a day that is not over,
-- nothing else of it changes, and none is taken away. What the columns say of it is what its rules say.
-- Changes rule_profiles.

ALTER TABLE rule_profiles
    ADD CONSTRAINT rule_profiles_columns_tell_the_rules CHECK ((
        rules->>'jurisdiction' = jurisdiction
        AND rules->>'name' = name
        AND rules->'first_day'->>'value' = to_char(first_day, 'YYYY-MM-DD')
        AND coalesce(rules->'last_day'->>'value', '') = coalesce(to_char(last_day, 'YYYY-MM-DD'), '')) IS TRUE);
COMMENT ON TABLE rule_profiles IS 'Rule profiles by jurisdiction and day; of a stored profile nothing changes but its end, on a day that is not over.';

CREATE FUNCTION rule_profiles_keep_their_past() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date;
BEGIN
    SELECT ((now() + clock_offset_us * interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai')::date INTO STRICT today FROM registry_state;
    IF TG_OP = 'UPDATE'
        AND (NEW.id, NEW.jurisdiction, NEW.name, NEW.first_day, NEW.imported_at)
            = (OLD.id, OLD.jurisdiction, OLD.name, OLD.first_day, OLD.imported_at)
        AND NEW.rules - 'last_day' = OLD.rules - 'last_day'
        AND least(coalesce(OLD.last_day, 'infinity'), coalesce(NEW.last_day, 'infinity')) >= today THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'of a rule profile only the end changes, to a day that is not over'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'rule_profiles_keep_their_past';
END $$;
CREATE TRIGGER rule_profiles_keep_their_past BEFORE UPDATE OR DELETE ON rule_profiles
    FOR EACH ROW EXECUTE FUNCTION rule_profiles_keep_their_past();
