//! What people do in a clean-up round: one file per act.

pub mod open;
pub mod propose;
pub mod publish;
