-- All profiles and the calendar are lost.
DROP TABLE registry_state, calendar_days, rule_profiles;
