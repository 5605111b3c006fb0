//! Collective deliberation (集体审议): meetings, their agenda behind the gate, decisions and confirmations.

pub mod http;
