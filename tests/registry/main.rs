//! Tests of the registry on a real PostgreSQL: one cluster for this binary, one database for each test.

#![allow(missing_docs, unreachable_pub, reason = "helpers of a test binary are no public interface")]

mod helpers;

mod amendments;
mod cleanups;
mod conventions;
mod deadlines;
mod demo;
mod documents;
mod effects;
mod feed;
mod filings;
mod forgeries;
mod gate_sql;
mod gate_sql_after;
mod glossary;
mod investigation;
mod issuances;
mod meetings;
mod messages;
mod openapi;
mod races;
mod reviews;
mod schema;
mod service;
mod slow_bodies;
mod step_sql;
mod strangers;
mod tampering;
mod transitions;
mod upkeep;
