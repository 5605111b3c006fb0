//! Tests of the rule beside.
