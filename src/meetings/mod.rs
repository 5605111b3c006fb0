//! Collective deliberation (集体审议): meetings, their agenda behind the gate, decisions and confirmations.

pub mod access;
pub mod actions;
pub mod http;
pub mod show;
pub mod store;
pub mod wire;
