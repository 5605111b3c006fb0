//! Clean-up rounds (清理): candidates, proposals, and the issuer's published decision.

pub mod http;
