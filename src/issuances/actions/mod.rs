//! The acts between approval and publication, one file each.

pub mod issue;
pub mod publish;
pub mod void;
