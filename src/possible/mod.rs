//! What a caller could do next with a document, and everything that stands in the way: permission, step, and what the rules of
//! each act already know without the caller's input. It does nothing and promises nothing; a trial run of the call itself,
//! with its input, is exact.

pub mod http;
pub mod reasons;
pub mod wire;
