//! Who acts: bodies, users, roles and tokens, and the table of who may do what.

pub mod actor;
pub mod bodies;
pub mod permits;
pub mod permits_table;
pub mod store;
