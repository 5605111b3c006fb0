//! Clean-up rounds (清理): candidates, proposals, and the issuer's published decision.
//! Lock order: the round, then its documents by id.

pub mod actions;
pub mod candidates;
pub mod http;
pub mod list;
pub mod show;
pub mod standing;
pub mod store;
pub mod wire;
