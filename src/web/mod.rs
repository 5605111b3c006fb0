//! Everything between HTTP and the actions: what is taken in, what is given back, and how one call becomes one transaction.

pub mod aside;
pub mod body;
pub mod call;
pub mod cursor;
pub mod envelope;
pub mod fault;
pub mod idempotency;
pub mod json;
pub mod kind;
pub mod memory;
pub mod openapi;
pub mod paced;
pub mod query;
pub mod refusal;
pub mod reply;
pub mod shape;
pub mod tx;
