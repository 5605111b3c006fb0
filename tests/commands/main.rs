//! The command line, driven as its users do: exit statuses, sentences, signals, and what is left behind.

#![allow(missing_docs, unreachable_pub, reason = "helpers of a test binary are no public interface")]

mod administration;
mod audit;
mod backups;
mod bodies;
mod demo;
mod permits;
mod program;
mod restores;
mod rules;
mod serve;
mod servers;
mod setup;
mod usage;
