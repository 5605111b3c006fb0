//! Meetings: who keeps them, what stands on their agenda, what they decide.

mod agenda;
mod changes;
mod confirmation;
mod decisions;
mod joint;
