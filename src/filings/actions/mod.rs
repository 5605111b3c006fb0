//! What people do to filings: one file per act.

pub mod file;
pub mod intake;
pub mod rectify;
pub mod review;
pub mod supplement;
