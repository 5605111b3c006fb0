//! What people do to a draft: one file per act.

pub mod draft;
