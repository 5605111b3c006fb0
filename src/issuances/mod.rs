//! From the approval to the public: signing, unified numbering, voiding, publication, and the register of all numbers.

pub mod actions;
pub mod faults;
pub mod http;
pub mod numbers;
pub mod published_text;
pub mod show;
pub mod store;
pub mod wire;
