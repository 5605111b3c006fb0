DROP TRIGGER rule_profiles_keep_their_past ON rule_profiles;
DROP FUNCTION rule_profiles_keep_their_past();
COMMENT ON TABLE rule_profiles IS 'Rule profiles by jurisdiction and day; a stored profile is never changed.';
ALTER TABLE rule_profiles DROP CONSTRAINT rule_profiles_columns_tell_the_rules;
