//! The private cluster on a real PostgreSQL: starts, crashes, refusals and rights.
//! Run as root these tests also cover the change of account; as a user they skip that and say so.

#![allow(missing_docs, unreachable_pub, reason = "helpers of a test binary are no public interface")]

mod child;
mod crashes;
mod privacy;
mod refusals;
mod roles;
mod sessions;
mod stage;
mod starts;
